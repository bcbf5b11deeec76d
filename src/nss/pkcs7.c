/* SPDX-License-Identifier: Apache-2.0 */
/* Certs-only SignedData (RFC 5652 section 5.1; PKCS#7 calls it degenerate).
 *
 * ContentInfo ::= SEQUENCE { contentType id-signedData, content [0] EXPLICIT SignedData }
 * SignedData ::= SEQUENCE { version, digestAlgorithms SET, encapContentInfo SEQUENCE, certificates [0]
 * IMPLICIT SET OPTIONAL, crls [1] IMPLICIT OPTIONAL, signerInfos SET }
 */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "nss/der.h"
#include "nss/pem.h"

#define OID_SIGNED_DATA "1.2.840.113549.1.7.2"
#define OID_DATA "1.2.840.113549.1.7.1"

/* Content of certificates [0]; empty when absent. */
static bool find_certificates(struct bytes der, struct bytes *certificates)
{
    struct bytes info, oid, wrapped, sd, skipped;
    *certificates = BYTES_NONE;
    if (!der_only(der, ASN1_SEQUENCE, &info) || !der_take(&info, ASN1_OID, &oid) ||
        !der_oid_is(oid, OID_SIGNED_DATA) || !der_take(&info, ASN1_CONTEXT_CONSTRUCTED(0), &wrapped) ||
        !der_only(wrapped, ASN1_SEQUENCE, &sd) || !der_take(&sd, ASN1_INTEGER, &skipped) ||
        !der_take(&sd, ASN1_SET, &skipped) || !der_take(&sd, ASN1_SEQUENCE, &skipped)) {
        return false;
    }
    if (!der_take(&sd, ASN1_CONTEXT_CONSTRUCTED(0), certificates)) {
        *certificates = BYTES_NONE;
    }
    return true;
}

static bool add_all(struct bytes certificates, struct cert_list *out, struct err *err)
{
    struct der_tlv one;
    while (certificates.len) {
        if (!der_next(&certificates, &one)) {
            return err_fail(err, ERR_NSS_DER, NULL);
        }
        if (one.tag != ASN1_SEQUENCE) {
            continue; /* attribute certificates and other formats */
        }
        if (out->n >= CERT_LIST_MAX) {
            return err_fail(err, ERR_NSS_TOO_BIG, NULL);
        }
        struct cert *cert = cert_from_der(one.whole, err);
        if (!cert) {
            return false;
        }
        if (cert_list_has(out, cert)) {
            cert_free(cert);
        } else {
            cert_list_push_take(out, cert);
        }
    }
    return true;
}

bool pkcs7_certs(struct bytes der, struct cert_list *out, struct err *err)
{
    struct buf definite = BUF_INIT(BUF_MAX_MESSAGE);
    struct bytes certificates;
    bool ok = der_from_ber(der, &definite, err);
    if (ok && !find_certificates(buf_peek(&definite), &certificates)) {
        ok = err_fail(err, ERR_NSS_NO_CERTS, NULL);
    }
    ok = ok && add_all(certificates, out, err);
    buf_release(&definite);
    return ok;
}

bool pkcs7_build(const struct cert_list *certs, struct buf *der, struct err *err)
{
    struct buf all = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf sd = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf inner = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf content = BUF_INIT(256);
    bool ok = true;
    for (size_t i = 0; ok && i < certs->n; i++) {
        ok = buf_append_bytes(&all, cert_der(certs->v[i]));
    }
    ok = ok && der_put_int(&sd, 1) && der_put(&sd, ASN1_SET, BYTES_NONE) && der_put_oid(&content, OID_DATA) &&
         der_put(&sd, ASN1_SEQUENCE, buf_peek(&content)) &&
         der_put(&sd, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&all)) && der_put(&sd, ASN1_SET, BYTES_NONE) &&
         der_put(&inner, ASN1_SEQUENCE, buf_peek(&sd));
    buf_clear(&sd);
    ok = ok && der_put_oid(&sd, OID_SIGNED_DATA) &&
         der_put(&sd, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&inner)) &&
         der_put(der, ASN1_SEQUENCE, buf_peek(&sd));
    buf_release(&all);
    buf_release(&sd);
    buf_release(&inner);
    buf_release(&content);
    return ok || err_fail(err, ERR_NSS_TOO_BIG, NULL);
}
