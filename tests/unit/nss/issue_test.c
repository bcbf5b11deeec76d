/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and CRLs that we make say what was asked for, when our own reader and NSS read them. */
#include "config.h"

#include "nss/issue.h"

#include "nss/chain.h"
#include "nss/crl.h"
#include "nss/dn.h"
#include "nss/native.h"
#include "nss/nss_fixture.h"

#define AT RECORDED_TIME

static struct nssdb *db;

static struct key *temporary(enum key_type type)
{
    struct err err = ERR_INIT;
    const struct key_spec spec = {.type = type, .temporary = true};
    struct key *key = key_generate(db, NULL, &spec, &err);
    ok_or_report(key != NULL, &err);
    return key;
}

static struct buf name_of(const char *text)
{
    struct err err = ERR_INIT;
    struct buf der = BUF_INIT(10000);
    ok_or_report(dn_encode(text, &der, &err), &err);
    return der;
}

static struct cert *make(struct key *key, struct key *signer, const char *subject, const char *issuer, struct bytes exts,
                         const char *serial_hex, int64_t until)
{
    struct err err = ERR_INIT;
    struct buf subject_der = name_of(subject);
    struct buf issuer_der = name_of(issuer);
    struct buf spki = BUF_INIT(10000);
    struct buf serial = BUF_INIT(100);
    struct buf der = BUF_INIT(100000);
    ok_or_report(key_spki(key, &spki, &err), &err);
    assert_true(bytes_from_hex(serial_hex, &serial));
    const struct issue_spec spec = {.serial = buf_peek(&serial), .issuer_der = buf_peek(&issuer_der),
                                    .subject_der = buf_peek(&subject_der), .not_before = AT - 10, .not_after = until,
                                    .spki = buf_peek(&spki), .extensions = exts, .hash = HASH_SHA256};
    ok_or_report(issue_cert(signer, &spec, &der, &err), &err);
    struct cert *cert = cert_from_der(buf_peek(&der), &err);
    ok_or_report(cert != NULL, &err);
    /* NSS reads it as well. */
    CERTCertificate *native = cert_native(cert, &err);
    ok_or_report(native != NULL, &err);
    CERT_DestroyCertificate(native);
    buf_release(&der);
    buf_release(&serial);
    buf_release(&spki);
    buf_release(&issuer_der);
    buf_release(&subject_der);
    return cert;
}

static void certificates(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    for (int type = 0; type < 2; type++) {
        struct key *ca_key = temporary(type ? KEY_EC : KEY_RSA);
        struct key *key = temporary(KEY_EC);
        struct buf exts = BUF_INIT(10000);
        assert_true(issue_ext_basic(&exts, true, true, 0) && issue_ext_key_usage(&exts, true, KU_KEY_CERT_SIGN | KU_CRL_SIGN) &&
                    issue_ext_ski(&exts, false, BYTES("\x01\x02\x03", 3)));
        struct cert *ca = make(ca_key, ca_key, "CN=CA", "CN=CA", buf_peek(&exts), "01", AT + 1000);
        assert_true(cert_is_ca(ca) && cert_is_self_signed(ca));
        assert_int_equal(cert_path_len(ca), 0);
        buf_clear(&exts);
        struct strv sans = STRV_INIT;
        struct strv purposes = STRV_INIT;
        struct strv points = STRV_INIT;
        strv_push(&sans, "DNS:host.example.com");
        strv_push(&sans, "IP:127.0.0.1");
        strv_push(&purposes, "1.3.6.1.5.5.7.3.1");
        strv_push(&points, "http://host/crl");
        const struct issue_access access = {"1.3.6.1.5.5.7.48.1", "http://host/ocsp"};
        assert_true(issue_ext_aki(&exts, cert_ski(ca)) && issue_ext_aia(&exts, false, &access, 1) &&
                    issue_ext_crldp(&exts, false, &points) && issue_ext_eku(&exts, false, &purposes) &&
                    issue_ext_san(&exts, false, &sans, &err) && issue_ext_ocsp_nocheck(&exts, false));
        struct cert *leaf = make(key, ca_key, "CN=leaf,O=x", "CN=CA", buf_peek(&exts), "ff00aa", AT + 500);
        unit_expect_text(cert_subject(leaf), "CN=leaf,O=x");
        unit_expect_text(cert_serial_text(leaf), "0xff00aa");
        assert_int_equal(cert_not_before(leaf), AT - 10);
        assert_int_equal(cert_not_after(leaf), AT + 500);
        assert_true(bytes_equal(cert_aki(leaf), cert_ski(ca)));
        assert_true(cert_has_eku(leaf, "1.3.6.1.5.5.7.3.1"));
        struct strv read = STRV_INIT;
        assert_true(cert_sans(leaf, &read));
        assert_int_equal(read.n, 2);
        struct cert_list anchors = CERT_LIST_INIT;
        cert_list_push(&anchors, ca);
        ok_or_report(chain_verify_to(leaf, NULL, &anchors, AT, &err), &err);
        assert_false(chain_verify_to(leaf, NULL, &anchors, AT + 600, &err));
        err_release(&err);
        cert_list_release(&anchors);
        strv_release(&read);
        strv_release(&points);
        strv_release(&purposes);
        strv_release(&sans);
        buf_release(&exts);
        cert_free(leaf);
        cert_free(ca);
        key_free(key);
        key_free(ca_key);
    }
}

/* Bits of the BIT STRING: each alone and some together, also after 2049. */
static void key_usages(void **state)
{
    (void)state;
    static const unsigned usages[] = {KU_DIGITAL_SIGNATURE, KU_NON_REPUDIATION, KU_KEY_ENCIPHERMENT, KU_DATA_ENCIPHERMENT,
                                      KU_KEY_AGREEMENT, KU_KEY_CERT_SIGN, KU_CRL_SIGN, KU_ENCIPHER_ONLY, KU_DECIPHER_ONLY,
                                      KU_DIGITAL_SIGNATURE | KU_DECIPHER_ONLY, KU_KEY_AGREEMENT | KU_ENCIPHER_ONLY,
                                      KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_ENCIPHERMENT};
    struct key *key = temporary(KEY_EC);
    for (size_t i = 0; i < ARRAY_LEN(usages); i++) {
        struct buf exts = BUF_INIT(1000);
        assert_true(issue_ext_key_usage(&exts, true, usages[i]));
        struct cert *cert = make(key, key, "CN=u", "CN=u", buf_peek(&exts), "02", INT64_C(2600000000));
        assert_int_equal(cert_key_usage(cert), usages[i]);
        assert_int_equal(cert_not_after(cert), INT64_C(2600000000));
        cert_free(cert);
        buf_release(&exts);
    }
    key_free(key);
}

static void crls(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct key *key = temporary(KEY_EC);
    struct key *other = temporary(KEY_EC);
    struct buf exts = BUF_INIT(1000);
    assert_true(issue_ext_basic(&exts, true, true, -1) && issue_ext_ski(&exts, false, BYTES("\x09", 1)));
    struct cert *ca = make(key, key, "CN=CA", "CN=CA", buf_peek(&exts), "01", AT + 1000);
    struct cert *stranger = make(other, other, "CN=CA", "CN=CA", buf_peek(&exts), "02", AT + 1000);
    const struct issue_revoked list[] = {{.serial = BYTES("\x05", 1), .when = AT - 5, .reason = 1},
                                         {.serial = BYTES("\x00\xff", 2), .when = AT - 3, .invalidity = AT - 100}};
    for (size_t n = 0; n <= ARRAY_LEN(list); n++) {
        struct buf der = BUF_INIT(10000);
        struct crl crl;
        ok_or_report(issue_crl(key, ca, list, n, AT, AT + 100, n + 1, HASH_SHA256, &der, &err), &err);
        ok_or_report(crl_parse(buf_peek(&der), &crl, &err) && crl_signed_by(&crl, ca, &err), &err);
        assert_false(crl_signed_by(&crl, stranger, &err));
        err_release(&err);
        assert_int_equal(crl.this_update, AT);
        assert_int_equal(crl.next_update, AT + 100);
        assert_true(crl_lists(&crl, BYTES("\x05", 1), AT, NULL) == (n >= 1));
        assert_true(crl_lists(&crl, BYTES("\x00\xff", 2), AT, NULL) == (n >= 2));
        assert_false(crl_lists(&crl, BYTES("\x06", 1), AT, NULL));
        buf_release(&der);
    }
    cert_free(stranger);
    cert_free(ca);
    buf_release(&exts);
    key_free(other);
    key_free(key);
}

static int open_db(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    db = nssdb_open(NULL, NSSDB_NONE, NULL, &err);
    return db ? 0 : -1;
}

static int close_db(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    return nssdb_close_checked(db, &err) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates),
        cmocka_unit_test(key_usages),
        cmocka_unit_test(crls),
    };
    return cmocka_run_group_tests(tests, open_db, close_db);
}
