/* SPDX-License-Identifier: Apache-2.0 */
/* Reading PKCS#10 from anywhere. */
#include "config.h"

#include "nss/csr.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "nss/der.h"
#include "nss/dn.h"
#include "nss/pem.h"
#include "nss/sign.h"

#define CSR_MAX ((size_t)1 << 20)

static bool find_extension(struct bytes extensions, const char *oid, struct bytes *value)
{
    struct bytes extension, id, flag;
    while (der_take(&extensions, ASN1_SEQUENCE, &extension)) {
        if (!der_take(&extension, ASN1_OID, &id)) {
            return false;
        }
        if (!der_take(&extension, ASN1_BOOLEAN, &flag)) {
            flag = BYTES_NONE;
        }
        if (der_oid_is(id, oid)) {
            return der_take(&extension, ASN1_OCTET_STRING, value);
        }
    }
    return false;
}

static void push_oid(struct strv *list, struct bytes oid)
{
    char *text = der_oid_text(oid);
    strv_push_take(list, text ? text : xstrdup("?"));
}

bool csr_attribute(const struct csr *csr, const char *oid, struct bytes *value_tlv)
{
    struct bytes rest = csr->attributes;
    struct bytes attribute, id, values;
    struct der_tlv value;
    *value_tlv = BYTES_NONE;
    while (der_take(&rest, ASN1_SEQUENCE, &attribute)) {
        if (der_take(&attribute, ASN1_OID, &id) && der_oid_is(id, oid) &&
            der_take(&attribute, ASN1_SET, &values) && der_next(&values, &value)) {
            *value_tlv = value.whole;
            return true;
        }
    }
    return false;
}

static bool read_extensions(struct csr *csr)
{
    struct bytes whole, value, bits, rest, extension, id;
    csr->key_usage = KU_ABSENT;
    /* The second OID is what old Windows machines write. */
    if (!csr_attribute(csr, "1.2.840.113549.1.9.14", &whole) &&
        !csr_attribute(csr, "1.3.6.1.4.1.311.2.1.14", &whole)) {
        return true;
    }
    if (!der_only(whole, ASN1_SEQUENCE, &csr->extensions)) {
        return false;
    }
    rest = csr->extensions;
    while (rest.len) {
        if (!der_take(&rest, ASN1_SEQUENCE, &extension) || !der_take(&extension, ASN1_OID, &id)) {
            return false;
        }
        push_oid(&csr->extension_oids, id);
    }
    if (find_extension(csr->extensions, "2.5.29.17", &value) && !sans_text(value, &csr->sans)) {
        return false;
    }
    if (find_extension(csr->extensions, "2.5.29.14", &value) &&
        !der_only(value, ASN1_OCTET_STRING, &csr->ski)) {
        return false;
    }
    if (find_extension(csr->extensions, "2.5.29.15", &value)) {
        if (!der_only(value, ASN1_BIT_STRING, &bits) || bits.len < 1 || bits.len > 4) {
            return false;
        }
        csr->key_usage = (bits.len > 1 ? bits.data[1] : 0u) |
                         (bits.len > 2 && (bits.data[2] & 0x80) ? (unsigned)KU_DECIPHER_ONLY : 0u);
    }
    return true;
}

static bool read_attributes(struct csr *csr)
{
    struct bytes rest = csr->attributes;
    struct bytes attribute, id, values;
    while (rest.len) {
        if (!der_take(&rest, ASN1_SEQUENCE, &attribute) || !der_take(&attribute, ASN1_OID, &id) ||
            !der_take(&attribute, ASN1_SET, &values) || attribute.len) {
            return false;
        }
        push_oid(&csr->attribute_oids, id);
    }
    return read_extensions(csr);
}

static bool read_csr(struct csr *csr)
{
    struct bytes content, info, version, bits;
    if (!der_only(buf_peek(&csr->der), ASN1_SEQUENCE, &content) ||
        !der_take_whole(&content, ASN1_SEQUENCE, &csr->info) || !der_only(csr->info, ASN1_SEQUENCE, &info) ||
        !der_take_whole(&content, ASN1_SEQUENCE, &csr->signature_alg) ||
        !der_take(&content, ASN1_BIT_STRING, &bits) || content.len || !der_bits(bits, &csr->signature)) {
        return false;
    }
    if (!der_take(&info, ASN1_INTEGER, &version) || version.len != 1 ||
        !der_take_whole(&info, ASN1_SEQUENCE, &csr->subject_der) ||
        !der_take_whole(&info, ASN1_SEQUENCE, &csr->spki)) {
        return false;
    }
    csr->attributes_present = info.len > 0;
    if (info.len && (!der_take(&info, ASN1_CONTEXT_CONSTRUCTED(0), &csr->attributes) || info.len)) {
        return false;
    }
    const char *curve;
    return spki_describe(csr->spki, &csr->type, &csr->bits, &curve) && read_attributes(csr);
}

/* CertReqMessages ::= SEQUENCE OF SEQUENCE { CertRequest SEQUENCE { INTEGER, CertTemplate SEQUENCE ... } ...
 * } */
static bool is_crmf(struct bytes der)
{
    struct bytes messages, message, request, id, template;
    return der_only(der, ASN1_SEQUENCE, &messages) && der_take(&messages, ASN1_SEQUENCE, &message) &&
           der_take(&message, ASN1_SEQUENCE, &request) && der_take(&request, ASN1_INTEGER, &id) &&
           der_take(&request, ASN1_SEQUENCE, &template) &&
           (template.len == 0 || (der_peek(template) & 0xc0) == 0x80);
}

static bool not_a_csr(struct bytes der, struct err *err)
{
    struct cert *cert = cert_from_der(der, NULL);
    enum err_code code = cert ? ERR_NSS_CSR_IS_CERT : is_crmf(der) ? ERR_NSS_CSR_IS_CRMF : ERR_NSS_BAD_CSR;
    cert_free(cert);
    return err_fail(err, code, NULL);
}

/* DER stays as it is; BER becomes DER (its signature then decides whether that was right). */
static bool normalize(struct buf *der, struct err *err)
{
    struct bytes ignored;
    struct buf definite = BUF_INIT(CSR_MAX);
    if (der_only(buf_peek(der), ASN1_SEQUENCE, &ignored)) {
        return true;
    }
    bool ok = der_from_ber(buf_peek(der), &definite, NULL);
    if (ok) {
        buf_release(der);
        *der = definite;
        return true;
    }
    buf_release(&definite);
    return err_fail(err, ERR_NSS_BAD_CSR, NULL);
}

bool csr_parse(struct bytes der_or_pem_or_b64, struct csr *csr, struct err *err)
{
    *csr = (struct csr){.der = BUF_INIT(CSR_MAX)};
    bool ok = pem_decode(der_or_pem_or_b64, &csr->der, NULL, err) && normalize(&csr->der, err) &&
              (read_csr(csr) || not_a_csr(buf_peek(&csr->der), err));
    if (!ok) {
        csr_release(csr);
        return false;
    }
    csr->subject = dn_text(csr->subject_der);
    csr->key_text = spki_text(csr->spki);
    csr->signature_ok = csr_verify(csr, NULL);
    return true;
}

bool csr_verify(const struct csr *csr, struct err *err)
{
    struct err own = ERR_INIT;
    bool ok = sign_verify_any(csr->spki, csr->signature_alg, csr->signature, csr->info, NULL, &own);
    if (!ok && own.code == ERR_NSS_BAD_SIGNATURE) {
        err_fail(err, ERR_NSS_CSR_SIGNATURE, NULL);
    } else if (!ok && err) {
        err_move(err, &own);
    }
    err_release(&own);
    return ok;
}

void csr_release(struct csr *csr)
{
    buf_release(&csr->der);
    free(csr->subject);
    free(csr->key_text);
    strv_release(&csr->sans);
    strv_release(&csr->attribute_oids);
    strv_release(&csr->extension_oids);
    *csr = (struct csr){.der = BUF_INIT(CSR_MAX)};
}
