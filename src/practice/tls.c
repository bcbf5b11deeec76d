/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/tls.h"

#include <stdlib.h>
#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/strv.h"
#include "nss/issue.h"
#include "nss/pem.h"

#define TLS_DAYS 3650

static bool tls_fail(struct err *err, int code)
{
    err_fail(err, ERR_PRACTICE_TLS, NULL);
    err_detail(err, ERR_SOURCE_GNUTLS, code, gnutls_strerror_name(code));
    return false;
}

/* New P-256 key: its PEM text and its SubjectPublicKeyInfo. */
bool tls_check(const char *key_pem, const char *cert_pem, struct err *err)
{
    gnutls_certificate_credentials_t pair;
    int code = gnutls_certificate_allocate_credentials(&pair);
    if (code < 0) {
        return tls_fail(err, code);
    }
    const gnutls_datum_t key = {(unsigned char *)(uintptr_t)key_pem, (unsigned)strlen(key_pem)};
    const gnutls_datum_t cert = {(unsigned char *)(uintptr_t)cert_pem, (unsigned)strlen(cert_pem)};
    code = gnutls_certificate_set_x509_key_mem(pair, &cert, &key, GNUTLS_X509_FMT_PEM); /* only read */
    gnutls_certificate_free_credentials(pair);
    return code >= 0 || tls_fail(err, code);
}

static bool new_key(struct buf *pem, struct buf *spki, struct err *err)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_privkey_t abstract_key = NULL;
    gnutls_pubkey_t public_key = NULL;
    gnutls_datum_t text = {NULL, 0};
    gnutls_datum_t der = {NULL, 0};
    int rc = gnutls_x509_privkey_init(&key);
    rc = rc < 0 ? rc : gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    rc = rc < 0 ? rc : gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &text);
    rc = rc < 0 ? rc : gnutls_privkey_init(&abstract_key);
    rc = rc < 0 ? rc : gnutls_privkey_import_x509(abstract_key, key, 0);
    rc = rc < 0 ? rc : gnutls_pubkey_init(&public_key);
    rc = rc < 0 ? rc : gnutls_pubkey_import_privkey(public_key, abstract_key, 0, 0);
    rc = rc < 0 ? rc : gnutls_pubkey_export2(public_key, GNUTLS_X509_FMT_DER, &der);
    bool ok = rc >= 0 && buf_append(pem, text.data, text.size) && buf_append(spki, der.data, der.size);
    if (text.data) {
        mem_wipe(text.data, text.size);
    }
    gnutls_free(text.data);
    gnutls_free(der.data);
    gnutls_pubkey_deinit(public_key);
    gnutls_privkey_deinit(abstract_key);
    gnutls_x509_privkey_deinit(key);
    return ok || tls_fail(err, rc);
}

static bool make_cert(struct practice_ca *ca, const char *subject, struct bytes spki, int64_t from, int days,
                      struct cert **cert, struct err *err)
{
    struct strv names = STRV_INIT;
    struct strv purposes = STRV_INIT;
    struct buf exts = BUF_INIT(BUF_MAX_TEXT);
    strv_push(&names, "DNS:localhost");
    strv_push(&names, "IP:127.0.0.1");
    strv_push(&names, "IP:::1");
    strv_push(&purposes, "1.3.6.1.5.5.7.3.1");
    bool ok = (issue_ext_key_usage(&exts, true, KU_DIGITAL_SIGNATURE) && issue_ext_eku(&exts, false, &purposes)) ||
              err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && issue_ext_san(&exts, false, &names, err) &&
         practice_issue_plain(ca, subject, spki, buf_peek(&exts), from, (int64_t)days * 86400, cert, err);
    buf_release(&exts);
    strv_release(&purposes);
    strv_release(&names);
    return ok;
}

/* Certificate and issuing CA, as servers send them; clients know the root. */
static bool write_cert(struct practice_ca *ca, const char *name, const struct cert *cert, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    char *path = practice_path(ca, name);
    bool ok = (pem_encode(cert_der(cert), "CERTIFICATE", 64, false, &pem) &&
               pem_encode(cert_der(ca->cert), "CERTIFICATE", 64, false, &pem)) ||
              err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && file_write(path, buf_peek(&pem), 0644, err);
    free(path);
    buf_release(&pem);
    return ok;
}

static bool write_key(struct practice_ca *ca, struct bytes key_pem, struct err *err)
{
    char *dir = practice_path(ca, PRACTICE_TLS), *path = practice_path(ca, PRACTICE_TLS_KEY);
    bool ok = dir_create(dir, 0700, err) && file_write(path, key_pem, 0600, err);
    free(path);
    free(dir);
    return ok;
}

bool tls_make(struct practice_ca *ca, const char *organization, int64_t at, struct err *err)
{
    struct buf key_pem = {.max = BUF_MAX_TEXT, .secret = true};
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    struct cert *cert = NULL;
    char *subject = xasprintf("CN=localhost,%s", organization);
    bool ok = new_key(&key_pem, &spki, err) && make_cert(ca, subject, buf_peek(&spki), at - 3600, TLS_DAYS, &cert, err) &&
              write_key(ca, buf_peek(&key_pem), err) && write_cert(ca, PRACTICE_TLS_CERT, cert, err);
    cert_free(cert);
    free(subject);
    buf_release(&spki);
    buf_release(&key_pem);
    return ok;
}

bool tls_make_expired(struct practice_ca *ca, int64_t at, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    struct cert_list good = CERT_LIST_INIT;
    struct cert *cert = NULL;
    char *path = practice_path(ca, PRACTICE_TLS_CERT);
    bool ok = file_read(path, &pem, err) && pem_decode_all(buf_peek(&pem), &good, err);
    if (ok) {
        char *subject = cert_subject(good.v[0]);
        ok = make_cert(ca, subject, cert_spki(good.v[0]), at - (int64_t)31 * 86400, 30, &cert, err) &&
             write_cert(ca, PRACTICE_TLS_EXPIRED, cert, err);
        free(subject);
    }
    cert_free(cert);
    cert_list_release(&good);
    buf_release(&pem);
    free(path);
    return ok;
}
