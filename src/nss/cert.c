/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/cert.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "nss/der.h"
#include "nss/dn.h"
#include "nss/native.h"
#include "nss/nsserr.h"
#include "nss/sign.h"

#define OID_KEY_USAGE "2.5.29.15"
#define OID_BASIC_CONSTRAINTS "2.5.29.19"
#define OID_SKI "2.5.29.14"
#define OID_AKI "2.5.29.35"
#define OID_EKU "2.5.29.37"

struct cert {
    int references;
    struct buf der;
    struct bytes tbs, serial, signature_alg, issuer, subject, spki, extensions, signature, ski, aki;
    int64_t not_before, not_after;
    bool is_ca;
    int path_len;
    unsigned key_usage;
};

bool cert_extension(const struct cert *cert, const char *oid, struct bytes *value, bool *critical)
{
    struct bytes rest = cert->extensions;
    struct bytes extension, id, flag, content;
    while (der_take(&rest, ASN1_SEQUENCE, &extension)) {
        bool is_critical = der_take_whole(&extension, ASN1_OID, &id) &&
                           der_take(&extension, ASN1_BOOLEAN, &flag) && flag.len == 1 && flag.data[0];
        if (!der_take(&extension, ASN1_OCTET_STRING, &content) || !der_take(&id, ASN1_OID, &id)) {
            return false;
        }
        if (der_oid_is(id, oid)) {
            if (value) {
                *value = content;
            }
            if (critical) {
                *critical = is_critical;
            }
            return true;
        }
    }
    return false;
}

/* Content of SEQUENCE OF Extension is well-formed and no extension comes twice (RFC 5280 4.2). */
static bool extensions_sound(struct bytes content)
{
    struct bytes seen[64];
    size_t n = 0;
    while (content.len) {
        struct bytes extension, oid, flag, value;
        if (!der_take(&content, ASN1_SEQUENCE, &extension) || !der_take(&extension, ASN1_OID, &oid) ||
            n == ARRAY_LEN(seen)) {
            return false;
        }
        for (size_t i = 0; i < n; i++) {
            if (bytes_equal(seen[i], oid)) {
                return false;
            }
        }
        seen[n++] = oid;
        if (der_peek(extension) == ASN1_BOOLEAN &&
            (!der_take(&extension, ASN1_BOOLEAN, &flag) || flag.len != 1)) {
            return false;
        }
        if (!der_take(&extension, ASN1_OCTET_STRING, &value) || extension.len) {
            return false;
        }
    }
    return true;
}

static bool read_validity(struct bytes validity, struct cert *c)
{
    struct der_tlv from, to;
    return der_next(&validity, &from) && der_next(&validity, &to) && validity.len == 0 &&
           der_time(from.tag, from.body, &c->not_before) && der_time(to.tag, to.body, &c->not_after);
}

static bool read_tbs(struct bytes tbs, struct cert *c)
{
    struct bytes version, inner_alg, validity, explicit_content;
    struct der_tlv skipped;
    if (der_peek(tbs) == ASN1_CONTEXT_CONSTRUCTED(0) &&
        !der_take(&tbs, ASN1_CONTEXT_CONSTRUCTED(0), &version)) {
        return false;
    }
    if (!der_take(&tbs, ASN1_INTEGER, &c->serial) || c->serial.len == 0 || c->serial.len > 64 ||
        !der_take_whole(&tbs, ASN1_SEQUENCE, &inner_alg) ||
        !der_take_whole(&tbs, ASN1_SEQUENCE, &c->issuer) || !der_take(&tbs, ASN1_SEQUENCE, &validity) ||
        !read_validity(validity, c) || !der_take_whole(&tbs, ASN1_SEQUENCE, &c->subject) ||
        !der_take_whole(&tbs, ASN1_SEQUENCE, &c->spki)) {
        return false;
    }
    /* RFC 5280 4.1.1.2: the algorithm outside must be the one that is signed. */
    if (!bytes_equal(inner_alg, c->signature_alg)) {
        return false;
    }
    for (unsigned n = 1; n <= 2; n++) {
        int tag = der_peek(tbs);
        if ((tag == (int)ASN1_CONTEXT(n) || tag == (int)ASN1_CONTEXT_CONSTRUCTED(n)) &&
            !der_next(&tbs, &skipped)) {
            return false;
        }
    }
    if (der_peek(tbs) == ASN1_CONTEXT_CONSTRUCTED(3)) {
        return der_take(&tbs, ASN1_CONTEXT_CONSTRUCTED(3), &explicit_content) &&
               der_only(explicit_content, ASN1_SEQUENCE, &c->extensions) && extensions_sound(c->extensions) &&
               tbs.len == 0;
    }
    return tbs.len == 0;
}

static bool read_basic_constraints(struct cert *c)
{
    struct bytes value, content, flag, number;
    c->path_len = -1;
    if (!cert_extension(c, OID_BASIC_CONSTRAINTS, &value, NULL)) {
        return true;
    }
    if (!der_only(value, ASN1_SEQUENCE, &content)) {
        return false;
    }
    if (der_take(&content, ASN1_BOOLEAN, &flag)) {
        c->is_ca = flag.len == 1 && flag.data[0];
    }
    int64_t limit;
    if (der_take(&content, ASN1_INTEGER, &number)) {
        if (!der_int(number, &limit) || limit < 0 || limit > 1000) {
            return false;
        }
        c->path_len = (int)limit;
    }
    return content.len == 0;
}

static bool read_known_extensions(struct cert *c)
{
    struct bytes value, content, bits;
    c->key_usage = KU_ABSENT;
    if (cert_extension(c, OID_KEY_USAGE, &value, NULL)) {
        if (!der_only(value, ASN1_BIT_STRING, &bits) || bits.len < 1 || bits.len > 4) {
            return false;
        }
        c->key_usage = bits.len > 1 ? bits.data[1] : 0;
        if (bits.len > 2 && (bits.data[2] & 0x80)) {
            c->key_usage |= KU_DECIPHER_ONLY;
        }
    }
    if (cert_extension(c, OID_SKI, &value, NULL) && !der_only(value, ASN1_OCTET_STRING, &c->ski)) {
        return false;
    }
    if (cert_extension(c, OID_AKI, &value, NULL)) {
        if (!der_only(value, ASN1_SEQUENCE, &content)) {
            return false;
        }
        if (!der_take(&content, ASN1_CONTEXT(0), &c->aki)) {
            c->aki = BYTES_NONE;
        }
    }
    return read_basic_constraints(c);
}

static bool read_cert(struct cert *c)
{
    struct bytes content, tbs, bits;
    if (!der_only(buf_peek(&c->der), ASN1_SEQUENCE, &content) ||
        !der_take_whole(&content, ASN1_SEQUENCE, &c->tbs) || !der_only(c->tbs, ASN1_SEQUENCE, &tbs) ||
        !der_take_whole(&content, ASN1_SEQUENCE, &c->signature_alg) ||
        !der_take(&content, ASN1_BIT_STRING, &bits) || content.len || !der_bits(bits, &c->signature)) {
        return false;
    }
    return read_tbs(tbs, c) && read_known_extensions(c);
}

struct cert *cert_from_der(struct bytes der, struct err *err)
{
    struct cert *c = xcalloc(1, sizeof(*c));
    c->references = 1;
    buf_init(&c->der, CERT_MAX);
    if (der.len == 0 || !buf_append_bytes(&c->der, der) || !read_cert(c)) {
        cert_free(c);
        err_fail(err, ERR_NSS_BAD_CERT, NULL);
        return NULL;
    }
    return c;
}

/* The count is the only thing that changes in a certificate. */
struct cert *cert_ref(struct cert *cert)
{
    cert->references++;
    return cert;
}

void cert_free(struct cert *cert)
{
    if (cert && --cert->references == 0) {
        buf_release(&cert->der);
        free(cert);
    }
}

struct bytes cert_der(const struct cert *cert)
{
    return buf_peek(&cert->der);
}

struct bytes cert_tbs(const struct cert *cert)
{
    return cert->tbs;
}

struct bytes cert_signature(const struct cert *cert)
{
    return cert->signature;
}

struct bytes cert_signature_alg(const struct cert *cert)
{
    return cert->signature_alg;
}

struct bytes cert_subject_der(const struct cert *cert)
{
    return cert->subject;
}

struct bytes cert_issuer_der(const struct cert *cert)
{
    return cert->issuer;
}

struct bytes cert_serial(const struct cert *cert)
{
    return cert->serial;
}

struct bytes cert_spki(const struct cert *cert)
{
    return cert->spki;
}

struct bytes cert_ski(const struct cert *cert)
{
    return cert->ski;
}

struct bytes cert_aki(const struct cert *cert)
{
    return cert->aki;
}

struct bytes cert_extensions(const struct cert *cert)
{
    return cert->extensions;
}

int64_t cert_not_before(const struct cert *cert)
{
    return cert->not_before;
}

int64_t cert_not_after(const struct cert *cert)
{
    return cert->not_after;
}

bool cert_valid_at(const struct cert *cert, int64_t at)
{
    return at >= cert->not_before && at <= cert->not_after;
}

bool cert_is_ca(const struct cert *cert)
{
    return cert->is_ca;
}

int cert_path_len(const struct cert *cert)
{
    return cert->path_len;
}

unsigned cert_key_usage(const struct cert *cert)
{
    return cert->key_usage;
}

bool cert_equal(const struct cert *a, const struct cert *b)
{
    return a == b || bytes_equal(cert_der(a), cert_der(b));
}

bool cert_signed_by(const struct cert *cert, const struct cert *issuer, struct err *err)
{
    return sign_verify_any(issuer->spki, cert->signature_alg, cert->signature, cert->tbs, NULL, err);
}

bool cert_is_self_signed(const struct cert *cert)
{
    return bytes_equal(cert->subject, cert->issuer) && cert_signed_by(cert, cert, NULL);
}

bool cert_has_eku_extension(const struct cert *cert)
{
    return cert_extension(cert, OID_EKU, NULL, NULL);
}

bool cert_has_eku(const struct cert *cert, const char *oid)
{
    struct bytes value, content, id;
    if (!cert_extension(cert, OID_EKU, &value, NULL) || !der_only(value, ASN1_SEQUENCE, &content)) {
        return false;
    }
    while (der_take(&content, ASN1_OID, &id)) {
        if (der_oid_is(id, oid)) {
            return true;
        }
    }
    return false;
}

/* Extensions that path checks take account of, or that do not limit the use in a path. Name constraints and
 * policy constraints are deliberately absent: a certificate that insists on them is refused. To add one: a
 * row and its check. */
static const char *const understood[] = {OID_KEY_USAGE,
                                         OID_BASIC_CONSTRAINTS,
                                         OID_SKI,
                                         OID_AKI,
                                         OID_EKU,
                                         "2.5.29.17" /* subjectAltName */,
                                         "2.5.29.18" /* issuerAltName */,
                                         "2.5.29.31" /* cRLDistributionPoints */,
                                         "2.5.29.32" /* certificatePolicies */,
                                         "1.3.6.1.5.5.7.1.1" /* authorityInfoAccess */,
                                         "1.3.6.1.5.5.7.48.1.5" /* ocsp-nocheck */,
                                         "2.16.840.1.113730.1.1" /* netscape-cert-type */};

char *cert_unknown_critical(const struct cert *cert)
{
    struct bytes rest = cert->extensions;
    struct bytes extension, oid, flag;
    while (der_take(&rest, ASN1_SEQUENCE, &extension)) {
        if (!der_take(&extension, ASN1_OID, &oid)) {
            break;
        }
        bool critical = der_take(&extension, ASN1_BOOLEAN, &flag) && flag.data[0];
        bool known = !critical;
        for (size_t i = 0; !known && i < ARRAY_LEN(understood); i++) {
            known = der_oid_is(oid, understood[i]);
        }
        if (!known) {
            char *text = der_oid_text(oid);
            return text ? text : xstrdup("?");
        }
    }
    return NULL;
}

bool cert_fingerprint(const struct cert *cert, enum hash_alg alg, struct buf *out, struct err *err)
{
    return hash_compute(alg, cert_der(cert), out, err);
}

CERTCertificate *cert_native(const struct cert *cert, struct err *err)
{
    SECItem der = native_item(cert_der(cert));
    CERTCertificate *native = CERT_NewTempCertificate(CERT_GetDefaultCertDB(), &der, NULL, PR_FALSE, PR_TRUE);
    if (!native) {
        nss_fail(err, ERR_NSS_BAD_CERT, NULL);
    }
    return native;
}

struct cert *cert_from_native(const CERTCertificate *native, struct err *err)
{
    return cert_from_der(native_bytes(&native->derCert), err);
}
