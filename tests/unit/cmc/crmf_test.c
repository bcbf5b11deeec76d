/* SPDX-License-Identifier: Apache-2.0 */
/* CRMF: recorded messages, building, proof of possession, archival both ways. */
#include "config.h"

#include "fixture.h"

#include "cmc/crmf.h"
#include "cmc/oids.h"
#include "cmc/request.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

static void test_recorded(void **state)
{
    static const struct {
        const char *file;
        enum crmf_pop pop;
        bool good, archival;
        size_t ski_len;
        const char *subject;
    } rows[] = {
        {"ca/agent-crmf-rsa/req.crmf.der", CRMF_POP_SIGNATURE, true, false, 0, NULL},
        {"ca/agent-crmf-ec/req.crmf.der", CRMF_POP_SIGNATURE, true, false, 0, NULL},
        {"ca/sst-crmf-rsa/req.crmf.der", CRMF_POP_SIGNATURE, true, false, 20, NULL},
        {"ca/sst-crmf-ec/req.crmf.der", CRMF_POP_SIGNATURE, true, false, 20, NULL},
        {"ca/epop-rsa/req.crmf.der", CRMF_POP_NONE, false, false, 0, "CN=epop,O=Example"},
        {"ca/archival-rsa-aescbc/req.crmf.der", CRMF_POP_SIGNATURE, true, true, 0, NULL},
        {"ca/epop-archival-rsa/req.crmf.der", CRMF_POP_NONE, false, true, 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf der;
        struct crmf_msg msg;
        size_t n = 0;
        struct err err = ERR_INIT;
        fixture_vector(rows[i].file, &der);
        if (!crmf_parse(buf_peek(&der), &msg, &n, &err)) {
            fail_msg("%s: %s", rows[i].file, err_what(err.code));
        }
        assert_int_equal(n, 1);
        assert_int_equal(msg.req_id, 1);
        assert_int_equal(msg.pop, rows[i].pop);
        bool good = crmf_verify_pop(&msg, &err);
        if (good != rows[i].good) {
            fail_msg("%s: POP %d", rows[i].file, good);
        }
        err_release(&err);
        assert_int_equal(crmf_find_control(&msg, OID_PKI_ARCHIVE_OPTIONS) != NULL, rows[i].archival);
        assert_int_equal(msg.ski_raw.len, rows[i].ski_len);
        if (rows[i].subject) {
            assert_string_equal(msg.subject, rows[i].subject);
        }
        crmf_release(&msg);
        for (size_t cut = 0; cut < der.len; cut += 11) {
            assert_false(crmf_parse(BYTES(der.data, cut), &msg, NULL, NULL));
        }
        buf_release(&der);
    }
}

static void test_build(void **state)
{
    struct fixture *f = *state;
    struct key *keys[] = {f->user_key, f->ec_key};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        for (int sign = 0; sign < 2; sign++) {
            struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
            struct buf wrapped = BUF_INIT(BUF_MAX_MESSAGE);
            struct buf spki;
            struct crmf_msg msg;
            struct crmf_spec spec = {.req_id = 5,
                                     .subject_der = cert_subject_der(f->agent),
                                     .ski = sign ? CRMF_SKI_PROPER : CRMF_SKI_NONE,
                                     .sign_pop = sign,
                                     .hash = HASH_SHA256};
            assert_true(crmf_build(keys[i], &spec, &der, NULL));
            assert_true(crmf_wrap(buf_peek(&der), &wrapped, NULL));
            fixture_judge(f, buf_peek(&wrapped));
            assert_true(crmf_parse(buf_peek(&wrapped), &msg, NULL, NULL));
            assert_int_equal(msg.req_id, 5);
            assert_true(msg.has_controls && msg.n_controls == 0);
            fixture_spki(keys[i], &spki);
            assert_true(bytes_equal(msg.spki, buf_peek(&spki)));
            assert_true(bytes_equal(msg.subject_der, cert_subject_der(f->agent)));
            assert_int_equal(msg.ski_raw.len, sign ? 22 : 0);
            assert_int_equal(crmf_verify_pop(&msg, NULL), sign);
            crmf_release(&msg);
            if (sign) { /* one octet of the subject changed */
                struct err err = ERR_INIT;
                der.data[der.len / 3] ^= 1;
                if (crmf_parse(buf_peek(&der), &msg, NULL, NULL)) {
                    assert_false(crmf_verify_pop(&msg, &err));
                    err_release(&err);
                    crmf_release(&msg);
                }
            }
            buf_release(&spki);
            buf_release(&wrapped);
            buf_release(&der);
        }
    }
}

static void test_archival(void **state)
{
    struct fixture *f = *state;
    struct cert *transport = fixture_cert(f->root_key, "CN=Transport", f->ca_key, f->ca, 0);
    static const enum wrap_alg wraps[] = {WRAP_AES_CBC_PAD, WRAP_AES_KW_PAD, WRAP_AES_KWP};
    struct key *keys[] = {f->user_key, f->ec_key};
    for (size_t i = 0; i < ARRAY_LEN(wraps); i++) {
        for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
            for (int oaep = 0; oaep < 2; oaep++) {
                struct buf options = BUF_INIT(BUF_MAX_TEXT);
                struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
                struct buf pkcs8 = BUF_INIT(BUF_MAX_TEXT);
                struct crmf_msg msg;
                struct archive_options opened;
                enum wrap_alg used = WRAP_AES_CBC_PAD;
                struct err err = ERR_INIT;
                if (!archive_build(f->db, keys[k], transport, wraps[i], oaep, &options, &err)) {
                    fail_msg("%s: %s", wrap_alg_name(wraps[i]), err_what(err.code));
                }
                struct crmf_spec spec = {.subject_der = cert_subject_der(f->agent),
                                         .archive_options = buf_peek(&options),
                                         .sign_pop = true,
                                         .hash = HASH_SHA256};
                assert_true(crmf_build(keys[k], &spec, &der, NULL));
                assert_true(crmf_parse(buf_peek(&der), &msg, NULL, NULL));
                assert_true(crmf_verify_pop(&msg, NULL));
                const struct crmf_control *control = crmf_find_control(&msg, OID_PKI_ARCHIVE_OPTIONS);
                assert_non_null(control);
                assert_true(archive_decode(control->value, &opened, NULL));
                assert_string_equal(opened.symm_oid,
                                    wraps[i] == WRAP_AES_CBC_PAD ? OID_AES128_CBC : OID_AES128_WRAP_PAD);
                assert_int_equal(opened.symm_params.len, wraps[i] == WRAP_AES_CBC_PAD ? 16 : 8);
                if (!archive_open(f->db, &opened, f->root_key, oaep, true, &pkcs8, &used, &err)) {
                    fail_msg("%s: %s", wrap_alg_name(wraps[i]), err_what(err.code));
                }
                assert_int_equal(used, wraps[i]);
                assert_int_equal(pkcs8.data[0], 0x30);
                buf_clear(&pkcs8);
                assert_false(
                    archive_open(f->db, &opened, f->root_key, !oaep, true, &pkcs8, NULL, &err)); /* other padding */
                unit_expect_err(&err, ERR_CMC_ARCHIVE_OPEN);
                assert_false(archive_open(f->db, &opened, f->ca_key, oaep, true, &pkcs8, NULL, NULL)); /* other key */
                if (wraps[i] == WRAP_AES_KWP) { /* an older KRA */
                    assert_false(archive_open(f->db, &opened, f->root_key, oaep, false, &pkcs8, NULL, NULL));
                }
                archive_release(&opened);
                crmf_release(&msg);
                buf_release(&options);
                buf_release(&der);
                buf_release(&pkcs8);
            }
        }
    }
    cert_free(transport);
    struct err err = ERR_INIT;
    struct buf none = BUF_INIT(BUF_MAX_TEXT);
    struct cert *ec = fixture_cert(f->ec_key, "CN=EC transport", f->ca_key, f->ca, 0);
    assert_false(archive_build(f->db, f->user_key, ec, WRAP_AES_CBC_PAD, false, &none, &err));
    unit_expect_err(&err, ERR_CMC_ARCHIVE_TRANSPORT);
    cert_free(ec);
}

#define NOT_TO_OPEN (-1)

/* Blobs of Dogtag's tool, opened with the recorded transport key, hold the key of the request. */
static void test_recorded_archival(void **state)
{
    static const struct {
        const char *file;
        bool oaep;
        int wrap;
    } rows[] = {
        {"tools/crmf-arch-rsa-aes-cbc/req.crmf", false, WRAP_AES_CBC_PAD},
        {"tools/crmf-arch-rsa-aes-kw-pad-oaep/req.crmf", true, WRAP_AES_KW_PAD},
        {"tools/crmf-arch-rsa-kwp-oaep/req.crmf", true, WRAP_AES_KW_PAD},
        {"tools/crmf-arch-env/req.crmf", false, WRAP_AES_CBC_PAD},
        {"tools/crmf-arch-ec/req.crmf", false, WRAP_AES_KW_PAD},
        {"tools/crmf-arch-ec-e0/req.crmf", false, WRAP_AES_KW_PAD},
        {"tools/crmf-arch-rsa-oaep-2dash/req.crmf", true, WRAP_AES_KW_PAD},
        {"tools/crmf-arch-rsa-pop-none/req.crmf", false, WRAP_AES_KW_PAD},
        {"tools/crmf-arch-y/req.crmf", false, WRAP_AES_KW_PAD},
        {"tools/crmf-arch-b64nohdr/req.crmf", false, WRAP_AES_KW_PAD},
        {"tools/cmc-crmf-arch-agent/req.crmf", false, WRAP_AES_KW_PAD},
        {"tools/cmc-crmf-archcbc-agent/req.crmf", false, WRAP_AES_CBC_PAD},
        {"tools/cmc-crmf-ecarch-agent/req.crmf", false, WRAP_AES_CBC_PAD},
        {"tools/crmf-arch-rsa-des3/req.crmf", false, NOT_TO_OPEN}, /* single DES by its name, three keys in truth: no KRA opens it */
    };
    struct fixture *f = *state;
    struct strv all = STRV_INIT;
    fixture_vector_cases("tools", "arch", "req.crmf", &all);
    assert_int_equal(all.n, ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *name = xstrndup(rows[i].file + strlen("tools/"), strlen(rows[i].file) - strlen("tools/") - strlen("/req.crmf"));
        assert_true(strv_has(&all, name));
        free(name);
    }
    strv_release(&all);
    size_t opened = 0;
    struct key *transport = fixture_vector_key(f, "tools/_base/kra-transport.key.der");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf pem;
        struct buf der = BUF_INIT(BUF_MAX_TEXT);
        struct buf pkcs8 = BUF_INIT(BUF_MAX_TEXT);
        struct crmf_msg msg;
        struct archive_options options;
        enum wrap_alg used = WRAP_AES_CBC_PAD;
        struct err err = ERR_INIT;
        fixture_vector(rows[i].file, &pem);
        assert_true(pem_decode(buf_peek(&pem), &der, NULL, NULL));
        assert_true(crmf_parse(buf_peek(&der), &msg, NULL, NULL));
        const struct crmf_control *control = crmf_find_control(&msg, OID_PKI_ARCHIVE_OPTIONS);
        assert_non_null(control);
        assert_true(archive_decode(control->value, &options, NULL));
        if (rows[i].wrap == NOT_TO_OPEN) {
            assert_false(archive_open(f->db, &options, transport, rows[i].oaep, true, &pkcs8, &used, &err));
            unit_expect_err(&err, ERR_CMC_ARCHIVE_OPEN);
            archive_release(&options);
            crmf_release(&msg);
            buf_release(&pem);
            buf_release(&der);
            continue;
        }
        opened++;
        if (!archive_open(f->db, &options, transport, rows[i].oaep, true, &pkcs8, &used, &err)) {
            fail_msg("%s: %s", rows[i].file, err_what(err.code));
        }
        if ((int)used != rows[i].wrap) {
            fail_msg("%s: %s", rows[i].file, wrap_alg_name(used));
        }
        struct key *key = NULL; /* the key inside is the key of the request */
        struct buf spki;
        assert_true(key_import_pkcs8(f->db, NULL, buf_peek(&pkcs8), NULL, &key, NULL));
        fixture_spki(key, &spki);
        assert_true(bytes_equal(buf_peek(&spki), msg.spki));
        key_free(key);
        buf_release(&spki);
        archive_release(&options);
        crmf_release(&msg);
        buf_release(&pem);
        buf_release(&der);
        buf_release(&pkcs8);
    }
    assert_int_equal(opened, 13);
    key_free(transport);
}

static void test_damaged_options(void **state)
{
    static const char *const bad[] = {
        "", "a000", "a0023000", "a004300281ff", "3000", "a00630048200a100", "a0083006a102060182 00"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct buf der = BUF_INIT(64);
        struct archive_options options;
        if (bytes_from_hex(bad[i], &der)) {
            assert_false(archive_decode(buf_peek(&der), &options, NULL));
        }
        buf_release(&der);
    }
}

/* What we wrap for the recorded transport certificate opens with its recorded key. */
static void test_for_recorded_transport(void **state)
{
    static const enum wrap_alg wraps[] = {WRAP_AES_CBC_PAD, WRAP_AES_KW_PAD, WRAP_AES_KWP};
    struct fixture *f = *state;
    struct key *transport_key = fixture_vector_key(f, "tools/_base/kra-transport.key.der");
    struct buf pem;
    struct cert_list certs = CERT_LIST_INIT;
    fixture_vector("tools/_base/kra-transport.pem", &pem);
    assert_true(pem_decode_all(buf_peek(&pem), &certs, NULL));
    for (size_t i = 0; i < ARRAY_LEN(wraps) * 2; i++) {
        struct buf value = BUF_INIT(BUF_MAX_TEXT), pkcs8 = BUF_INIT(BUF_MAX_TEXT), spki;
        struct archive_options options;
        enum wrap_alg used = WRAP_AES_CBC_PAD;
        struct key *key = NULL;
        bool oaep = i % 2 == 1;
        assert_true(archive_build(f->db, f->user_key, certs.v[0], wraps[i / 2], oaep, &value, NULL));
        assert_true(archive_decode(buf_peek(&value), &options, NULL));
        assert_true(archive_open(f->db, &options, transport_key, oaep, true, &pkcs8, &used, NULL));
        assert_int_equal(used, wraps[i / 2]);
        struct buf own;
        assert_true(key_import_pkcs8(f->db, NULL, buf_peek(&pkcs8), NULL, &key, NULL));
        fixture_spki(key, &spki);
        fixture_spki(f->user_key, &own);
        assert_true(bytes_equal(buf_peek(&spki), buf_peek(&own)));
        key_free(key);
        archive_release(&options);
        buf_release(&value);
        buf_release(&pkcs8);
        buf_release(&spki);
        buf_release(&own);
    }
    cert_list_release(&certs);
    buf_release(&pem);
    key_free(transport_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),        cmocka_unit_test(test_build),
        cmocka_unit_test(test_archival),        cmocka_unit_test(test_recorded_archival),
        cmocka_unit_test(test_for_recorded_transport),
        cmocka_unit_test(test_damaged_options),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
