/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/cert.h"

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

static void recorded_ca(void **state)
{
    (void)state;
    struct cert *ca = cert_vector("tests/vectors/ca/_client-pem/ca_signing.pem");
    unit_expect_text(cert_subject(ca), "CN=CA Signing Certificate,OU=pki-tomcat,O=EXAMPLE");
    assert_true(cert_is_ca(ca) && cert_is_self_signed(ca));
    assert_int_equal(cert_path_len(ca), -1);
    assert_true(cert_key_usage(ca) & KU_KEY_CERT_SIGN);
    assert_int_equal(cert_key_type(ca), KEY_RSA);
    assert_null(cert_unknown_critical(ca));
    assert_true(cert_valid_at(ca, RECORDED_TIME + 86400));
    struct buf id = BUF_INIT(100);
    assert_true(spki_key_identifier(cert_spki(ca), &id, NULL));
    assert_true(bytes_equal(buf_peek(&id), cert_ski(ca)));
    buf_release(&id);
    char *shown = cert_show(ca);
    assert_non_null(strstr(shown, "keyCertSign"));
    free(shown);
    cert_free(ca);
}

static void recorded_user(void **state)
{
    (void)state;
    struct cert *ca = cert_vector("tests/vectors/ca/_client-pem/ca_signing.pem");
    struct cert *user = cert_vector("tests/vectors/ca/_client-pem/user1.pem");
    struct cert *other_ca = cert_vector("tests/vectors/ca/_client-pem/ecca_signing.pem");
    struct err err = ERR_INIT;
    assert_false(cert_is_ca(user) || cert_is_self_signed(user));
    assert_true(cert_has_eku(user, "1.3.6.1.5.5.7.3.2"));
    assert_false(cert_has_eku(user, "1.3.6.1.5.5.7.3.27"));
    ok_or_report(cert_signed_by(user, ca, &err), &err);
    assert_false(cert_signed_by(user, other_ca, NULL));
    assert_true(bytes_equal(cert_aki(user), cert_ski(ca)));
    char *key = cert_key_text(other_ca);
    assert_string_equal(key, "EC nistp384");
    free(key);
    cert_free(ca);
    cert_free(user);
    cert_free(other_ca);
}

/* Cut off or changed anywhere: refused, or read as another certificate whose signature is wrong; never a
 * crash. */
static void damaged(void **state)
{
    (void)state;
    struct cert *ca = cert_vector("tests/vectors/ca/_client-pem/ca_signing.pem");
    struct cert *user = cert_vector("tests/vectors/ca/_client-pem/user1.pem");
    struct bytes der = cert_der(user);
    for (size_t n = 0; n < der.len; n += 7) {
        assert_null(cert_from_der(BYTES(der.data, n), NULL));
    }
    uint8_t *copy = malloc(der.len + 1);
    for (size_t at = 0; at < der.len; at += 3) {
        memcpy(copy, der.data, der.len);
        copy[at] ^= 0x11;
        struct cert *changed = cert_from_der(BYTES(copy, der.len), NULL);
        if (changed) {
            assert_false(cert_signed_by(changed, ca, NULL));
            free(cert_show(changed));
        }
        cert_free(changed);
    }
    memcpy(copy, der.data, der.len);
    copy[der.len] = 0;
    struct err err = ERR_INIT;
    assert_null(cert_from_der(BYTES(copy, der.len + 1), &err));
    unit_expect_err(&err, ERR_NSS_BAD_CERT);
    free(copy);
    cert_free(ca);
    cert_free(user);
}

static void alternative_names(void **state)
{
    (void)state;
    static const uint8_t names[] = {0x30, 0x1f, 0x82, 0x03, 'a',  0x1b, 'b',  0x87, 0x04, 127, 0,
                                    0,    1,    0x87, 0x03, 1,    2,    3,    0x81, 0x03, 'x', '@',
                                    'y',  0x88, 0x03, 0x2a, 0x03, 0x04, 0xa3, 0,    0x89, 0x00};
    struct strv sans = STRV_INIT;
    uint8_t fixed[sizeof(names)];
    memcpy(fixed, names, sizeof(names));
    fixed[1] = (uint8_t)(sizeof(names) - 2);
    assert_true(sans_text(BYTES(fixed, sizeof(fixed)), &sans));
    char *joined = strv_join(&sans, "|");
    unit_expect_text(joined, "DNS:a\\eb|IP:127.0.0.1|IP:#010203|email:x@y|RID:1.2.3.4|other:[3]|other:[9]");
    strv_release(&sans);
    assert_false(sans_text(BYTES("\x30\x02\x82\x05", 4), &sans));
    strv_release(&sans);
}

static void lists(void **state)
{
    (void)state;
    struct cert_list list = CERT_LIST_INIT;
    struct cert *ca = cert_vector("tests/vectors/ca/_client-pem/ca_signing.pem");
    struct cert *user = cert_vector("tests/vectors/ca/_client-pem/user1.pem");
    cert_list_push(&list, ca);
    cert_list_push_take(&list, cert_ref(user));
    assert_ptr_equal(cert_list_find_spki(&list, cert_spki(user)), user);
    assert_ptr_equal(cert_list_find_issuer_serial(&list, cert_issuer_der(user), cert_serial(user)), user);
    assert_ptr_equal(cert_list_find_ski(&list, cert_ski(ca)), ca);
    assert_null(cert_list_find_ski(&list, BYTES_NONE));
    assert_null(cert_list_find_der(&list, BYTES_NONE));
    cert_list_release(&list);
    cert_free(ca);
    cert_free(user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_ca),       cmocka_unit_test(recorded_user), cmocka_unit_test(damaged),
        cmocka_unit_test(alternative_names), cmocka_unit_test(lists),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
