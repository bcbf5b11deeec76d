/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/csr.h"

#include "nss/dn.h"
#include "nss/nss_fixture.h"

static int setup(void **state)
{
    *state = open_none();
    return 0;
}

static int teardown(void **state)
{
    close_clean(*state);
    return 0;
}

static void built_is_read_back(void **state)
{
    struct err err = ERR_INIT;
    struct key_spec kinds[] = {{.type = KEY_RSA, .temporary = true},
                               {.type = KEY_EC, .curve = "nistp384", .temporary = true}};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct key *key = key_generate(*state, NULL, &kinds[i], &err);
        ok_or_report(key != NULL, &err);
        struct buf subject = BUF_INIT(1000);
        assert_true(dn_encode("CN=host.example.com,O=Example", &subject, NULL));
        struct csr_spec spec = {.subject_der = buf_peek(&subject),
                                .ski = true,
                                .key_usage = KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT,
                                .extra_attribute = BYTES("\x30\x08\x06\x02\x2a\x03\x31\x02\x05\x00", 10)};
        strv_push(&spec.sans, "DNS:host.example.com");
        strv_push(&spec.sans, "IP:192.0.2.1");
        strv_push(&spec.sans, "ip:2001:db8::1");
        strv_push(&spec.sans, "email:jdoe@example.com");
        strv_push(&spec.sans, "UPN:jdoe@example.com");
        struct buf der = BUF_INIT(100000);
        ok_or_report(csr_build(key, &spec, HASH_SHA256, &der, &err), &err);
        struct csr csr;
        ok_or_report(csr_parse(buf_peek(&der), &csr, &err), &err);
        assert_true(csr.signature_ok && csr.attributes_present);
        assert_string_equal(csr.subject, "CN=host.example.com,O=Example");
        char *sans = strv_join(&csr.sans, " ");
        unit_expect_text(sans, "DNS:host.example.com IP:192.0.2.1 IP:2001:db8::1 email:jdoe@example.com "
                               "UPN:jdoe@example.com");
        assert_int_equal(csr.key_usage, KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT);
        struct buf id = BUF_INIT(100);
        assert_true(spki_key_identifier(csr.spki, &id, NULL) && bytes_equal(buf_peek(&id), csr.ski));
        struct bytes value;
        assert_true(csr_attribute(&csr, "1.2.3", &value) && value.len == 2);
        assert_true(strv_has(&csr.attribute_oids, "1.2.840.113549.1.9.14"));
        assert_string_equal(csr.key_text, i ? "EC nistp384" : "RSA 2048");
        csr_release(&csr);
        /* One changed octet of the subject: still readable, signature wrong. */
        uint8_t *at = memmem(der.data, der.len, "host.example", 12);
        *at = 'H';
        ok_or_report(csr_parse(buf_peek(&der), &csr, &err), &err);
        assert_false(csr.signature_ok);
        assert_false(csr_verify(&csr, &err));
        unit_expect_err(&err, ERR_NSS_CSR_SIGNATURE);
        csr_release(&csr);
        buf_release(&id);
        buf_release(&der);
        buf_release(&subject);
        strv_release(&spec.sans);
        key_free(key);
    }
}

/* Nothing asked for: attributes are there all the same, and empty. */
static void attributes_always_present(void **state)
{
    struct err err = ERR_INIT;
    struct key *key = key_generate(*state, NULL, &(struct key_spec){.type = KEY_EC, .temporary = true}, &err);
    struct csr_spec spec = {0};
    struct buf der = BUF_INIT(100000);
    struct csr csr;
    ok_or_report(csr_build(key, &spec, HASH_SHA512, &der, &err), &err);
    ok_or_report(csr_parse(buf_peek(&der), &csr, &err), &err);
    assert_true(csr.attributes_present && csr.attributes.len == 0 && csr.signature_ok &&
                csr.key_usage == KU_ABSENT);
    csr_release(&csr);
    buf_release(&der);
    key_free(key);
}

static void bad_alternative_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"host",    "DNS:",     "DNS:a..b", "DNS:a b", "IP:1.2.3",
                                      "email:x", "email:@y", "UPN:x",    "XYZ:a",   "DNS:\xc3\xb6.example",
                                      "URI:x",   "DNS:a\nb"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct strv sans = STRV_INIT;
        struct buf der = BUF_INIT(10000);
        struct err err = ERR_INIT;
        strv_push(&sans, bad[i]);
        assert_false(sans_encode(&sans, &der, &err));
        assert_null(strchr(err.context[0], '\n'));
        unit_expect_err(&err, ERR_NSS_SAN);
        strv_release(&sans);
        buf_release(&der);
    }
}

static void recorded_requests(void **state)
{
    (void)state;
    static const struct {
        const char *path, *subject, *key;
    } rows[] = {
        {"tests/vectors/ca/agent-pkcs10-rsa/req.p10.b64", NULL, "RSA 2048"},
        {"tests/vectors/ca/agent-pkcs10-rsa/req.p10.der", NULL, "RSA 2048"},
        {"tests/vectors/ca/agent-pkcs10-p384/req.p10.b64", NULL, "EC nistp384"},
        {"tests/vectors/tools/p10-ec-p521/req.p10", NULL, "EC nistp521"},
        {"tests/vectors/tools/p10-enc-utf8/req.p10", NULL, "RSA 2048"},
        {"tests/vectors/tools/p10-dn-multi/req.p10", NULL, "RSA 2048"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf in = read_vector(rows[i].path);
        struct csr csr;
        struct err err = ERR_INIT;
        ok_or_report(csr_parse(buf_peek(&in), &csr, &err), &err);
        assert_true(csr.signature_ok);
        assert_string_equal(csr.key_text, rows[i].key);
        assert_true(csr.subject[0] != '\0');
        csr_release(&csr);
        buf_release(&in);
    }
    struct buf ski = read_vector("tests/vectors/tools/p10-ec-y/req.p10");
    struct csr csr;
    assert_true(csr_parse(buf_peek(&ski), &csr, NULL));
    struct buf id = BUF_INIT(100);
    assert_true(spki_key_identifier(csr.spki, &id, NULL) && bytes_equal(buf_peek(&id), csr.ski));
    buf_release(&id);
    csr_release(&csr);
    buf_release(&ski);
}

static void other_things(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum err_code code;
    } rows[] = {
        {"tests/vectors/ca/_client-pem/user1.pem", ERR_NSS_CSR_IS_CERT},
        {"tests/vectors/ca/agent-crmf-rsa/req.crmf.der", ERR_NSS_CSR_IS_CRMF},
        {"tests/vectors/ca/agent-pkcs10-rsa/request.der", ERR_NSS_BAD_CSR},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf in = read_vector(rows[i].path);
        struct csr csr;
        struct err err = ERR_INIT;
        assert_false(csr_parse(buf_peek(&in), &csr, &err));
        unit_expect_err(&err, rows[i].code);
        buf_release(&in);
    }
    struct csr csr;
    struct err err = ERR_INIT;
    assert_false(csr_parse(BYTES_NONE, &csr, &err));
    unit_expect_err(&err, ERR_FILE_EMPTY);
}

static void cut_off_anywhere(void **state)
{
    (void)state;
    struct buf in = read_vector("tests/vectors/ca/agent-pkcs10-rsa/req.p10.der");
    for (size_t n = 1; n < in.len; n += 5) {
        struct csr csr;
        assert_false(csr_parse(BYTES(in.data, n), &csr, NULL));
    }
    buf_release(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_is_read_back),    cmocka_unit_test(attributes_always_present),
        cmocka_unit_test(bad_alternative_names), cmocka_unit_test(recorded_requests),
        cmocka_unit_test(other_things),          cmocka_unit_test(cut_off_anywhere),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
