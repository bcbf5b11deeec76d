/* SPDX-License-Identifier: Apache-2.0 */
/* Making PKCS#10 (RFC 2986):
 * CertificationRequest ::= SEQUENCE { CertificationRequestInfo, signatureAlgorithm, signature BIT STRING }
 * CertificationRequestInfo ::= SEQUENCE { version 0, subject, subjectPKInfo, attributes [0] IMPLICIT SET OF
 * Attribute }
 */
#include "config.h"

#include "base/i18n.h"
#include "nss/csr.h"
#include "nss/der.h"
#include "nss/sign.h"

#define CSR_MAX ((size_t)1 << 20)

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING } */
static bool put_extension(const char *oid, bool critical, struct bytes value, struct buf *out)
{
    static const uint8_t yes = 0xff;
    struct buf content = BUF_INIT(CSR_MAX);
    bool ok = der_put_oid(&content, oid) && (!critical || der_put(&content, ASN1_BOOLEAN, BYTES(&yes, 1))) &&
              der_put(&content, ASN1_OCTET_STRING, value) && der_put(out, ASN1_SEQUENCE, buf_peek(&content));
    buf_release(&content);
    return ok;
}

/* KeyUsage as a named BIT STRING: trailing zero bits are left out (X.690 11.2.2). */
static bool put_key_usage(unsigned usage, struct buf *out)
{
    uint8_t bits[3] = {0, (uint8_t)usage, usage & KU_DECIPHER_ONLY ? 0x80 : 0};
    size_t len = bits[2] ? 3 : 2;
    while (bits[0] < 7 && !(bits[len - 1] >> bits[0] & 1)) {
        bits[0]++;
    }
    struct buf value = BUF_INIT(16);
    bool ok = der_put(&value, ASN1_BIT_STRING, BYTES(bits, len)) &&
              put_extension("2.5.29.15", true, buf_peek(&value), out);
    buf_release(&value);
    return ok;
}

static bool put_ski(struct bytes spki, struct buf *out, struct err *err)
{
    struct buf id = BUF_INIT(HASH_MAX);
    struct buf value = BUF_INIT(HASH_MAX);
    bool ok =
        spki_key_identifier(spki, &id, err) && ((der_put(&value, ASN1_OCTET_STRING, buf_peek(&id)) &&
                                                 put_extension("2.5.29.14", false, buf_peek(&value), out)) ||
                                                err_fail(err, ERR_NSS_TOO_BIG, NULL));
    buf_release(&id);
    buf_release(&value);
    return ok;
}

static bool put_extensions(const struct csr_spec *spec, struct bytes spki, struct buf *out, struct err *err)
{
    struct buf sans = BUF_INIT(CSR_MAX);
    bool ok = true;
    if (spec->sans.n) {
        ok =
            sans_encode(&spec->sans, &sans, err) &&
            (put_extension("2.5.29.17", false, buf_peek(&sans), out) || err_fail(err, ERR_NSS_TOO_BIG, NULL));
    }
    if (ok && spec->ski) {
        ok = put_ski(spki, out, err);
    }
    if (ok && spec->key_usage) {
        ok = put_key_usage(spec->key_usage, out) || err_fail(err, ERR_NSS_TOO_BIG, NULL);
    }
    if (ok && spec->extra_extension.len) {
        ok = buf_append_bytes(out, spec->extra_extension) || err_fail(err, ERR_NSS_TOO_BIG, NULL);
    }
    buf_release(&sans);
    return ok;
}

/* Attribute { extensionRequest, SET { SEQUENCE OF Extension } } */
static bool put_extension_request(struct bytes extensions, struct buf *out)
{
    struct buf sequence = BUF_INIT(CSR_MAX);
    struct buf content = BUF_INIT(CSR_MAX);
    bool ok =
        der_put(&sequence, ASN1_SEQUENCE, extensions) && der_put_oid(&content, "1.2.840.113549.1.9.14") &&
        der_put(&content, ASN1_SET, buf_peek(&sequence)) && der_put(out, ASN1_SEQUENCE, buf_peek(&content));
    buf_release(&sequence);
    buf_release(&content);
    return ok;
}

static bool put_attributes(const struct csr_spec *spec, struct bytes spki, struct buf *out, struct err *err)
{
    struct buf extensions = BUF_INIT(CSR_MAX);
    struct buf request = BUF_INIT(CSR_MAX);
    struct bytes attributes[2];
    size_t n = 0;
    bool ok = put_extensions(spec, spki, &extensions, err);
    if (ok && extensions.len) {
        ok = put_extension_request(buf_peek(&extensions), &request) || err_fail(err, ERR_NSS_TOO_BIG, NULL);
        attributes[n++] = buf_peek(&request);
    }
    if (spec->extra_attribute.len) {
        attributes[n++] = spec->extra_attribute;
    }
    ok = ok && (der_put_set_of(out, ASN1_CONTEXT_CONSTRUCTED(0), attributes, n) ||
                err_fail(err, ERR_NSS_TOO_BIG, NULL));
    buf_release(&extensions);
    buf_release(&request);
    return ok;
}

bool csr_build(struct key *key, const struct csr_spec *spec, enum hash_alg hash, struct buf *der,
               struct err *err)
{
    struct buf spki = BUF_INIT(CSR_MAX);
    struct buf content = BUF_INIT(CSR_MAX);
    struct buf whole = BUF_INIT(CSR_MAX);
    struct buf signature = BUF_INIT(CSR_MAX);
    struct buf alg = BUF_INIT(256);
    static const uint8_t empty_name[] = {ASN1_SEQUENCE, 0};
    struct bytes subject = spec->subject_der.len ? spec->subject_der : BYTES(empty_name, 2);
    bool ok = key_spki(key, &spki, err) &&
              ((der_put_int(&content, 0) && buf_append_bytes(&content, subject) &&
                buf_append_bytes(&content, buf_peek(&spki))) ||
               err_fail(err, ERR_NSS_TOO_BIG, NULL)) &&
              put_attributes(spec, buf_peek(&spki), &content, err) &&
              (der_put(&whole, ASN1_SEQUENCE, buf_peek(&content)) || err_fail(err, ERR_NSS_TOO_BIG, NULL)) &&
              sign_data(key, hash, buf_peek(&whole), &signature, &alg, err) &&
              ((buf_append_bytes(&whole, buf_peek(&alg)) && der_put_bits(&whole, buf_peek(&signature)) &&
                der_put(der, ASN1_SEQUENCE, buf_peek(&whole))) ||
               err_fail(err, ERR_NSS_TOO_BIG, NULL));
    buf_release(&spki);
    buf_release(&content);
    buf_release(&whole);
    buf_release(&signature);
    buf_release(&alg);
    return ok;
}
