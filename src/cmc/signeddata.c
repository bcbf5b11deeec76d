/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/signeddata.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "cmc/asn1.h"
#include "cmc/oids.h"
#include "nss/key.h"
#include "nss/sign.h"

#define CONTEXT_0 (SEC_ASN1_CONTEXT_SPECIFIC | SEC_ASN1_CONSTRUCTED | 0)
#define CONTEXT_1 (SEC_ASN1_CONTEXT_SPECIFIC | SEC_ASN1_CONSTRUCTED | 1)

/* ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY }: RFC 5652 3; the same shape is
 * EncapsulatedContentInfo ::= SEQUENCE { eContentType, eContent [0] EXPLICIT OCTET STRING OPTIONAL }: RFC 5652 5.2 */
struct content_asn1 {
    SECItem type, content;
};
static const SEC_ASN1Template content_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct content_asn1)},
    {SEC_ASN1_OBJECT_ID, offsetof(struct content_asn1, type), NULL, 0},
    {SEC_ASN1_OPTIONAL | SEC_ASN1_EXPLICIT | CONTEXT_0, offsetof(struct content_asn1, content), asn1_any, 0},
    {0, 0, NULL, 0}};

/* SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET OF AlgorithmIdentifier, encapContentInfo,
 *     certificates [0] IMPLICIT SET OF CertificateChoices OPTIONAL, crls [1] IMPLICIT SET OF ... OPTIONAL,
 *     signerInfos SET OF SignerInfo }: RFC 5652 5.1 */
struct signed_data_asn1 {
    SECItem version;
    struct asn1_alg_id **digests;
    struct content_asn1 content;
    SECItem **certs, **crls, **signers;
};
static const SEC_ASN1Template signed_data_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct signed_data_asn1)},
    {SEC_ASN1_INTEGER, offsetof(struct signed_data_asn1, version), NULL, 0},
    {SEC_ASN1_SET_OF, offsetof(struct signed_data_asn1, digests), asn1_alg_id_template, 0},
    {SEC_ASN1_INLINE, offsetof(struct signed_data_asn1, content), content_template, 0},
    {SEC_ASN1_OPTIONAL | CONTEXT_0, offsetof(struct signed_data_asn1, certs), asn1_set_of_any, 0},
    {SEC_ASN1_OPTIONAL | CONTEXT_1, offsetof(struct signed_data_asn1, crls), asn1_set_of_any, 0},
    {SEC_ASN1_SET_OF, offsetof(struct signed_data_asn1, signers), asn1_any, 0},
    {0, 0, NULL, 0}};

/* SignerInfo ::= SEQUENCE { version INTEGER, sid CHOICE { issuerAndSerialNumber, subjectKeyIdentifier [0] },
 *     digestAlgorithm, signedAttrs [0] IMPLICIT SET OF Attribute OPTIONAL, signatureAlgorithm, signature OCTET STRING,
 *     unsignedAttrs [1] IMPLICIT SET OF Attribute OPTIONAL }: RFC 5652 5.3
 * next: octets of what stands where signedAttrs may be, kept because exactly those are signed. */
struct signer_asn1 {
    SECItem version, sid;
    struct asn1_alg_id digest;
    SECItem next;
    SECItem **signed_attrs;
    SECItem signature_alg, signature;
    SECItem **unsigned_attrs;
};
static const SEC_ASN1Template signer_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct signer_asn1)},
    {SEC_ASN1_INTEGER, offsetof(struct signer_asn1, version), NULL, 0},
    {SEC_ASN1_ANY, offsetof(struct signer_asn1, sid), NULL, 0},
    {SEC_ASN1_INLINE, offsetof(struct signer_asn1, digest), asn1_alg_id_template, 0},
    {SEC_ASN1_SAVE, offsetof(struct signer_asn1, next), NULL, 0},
    {SEC_ASN1_OPTIONAL | CONTEXT_0, offsetof(struct signer_asn1, signed_attrs), asn1_set_of_any, 0},
    {SEC_ASN1_ANY, offsetof(struct signer_asn1, signature_alg), NULL, 0},
    {SEC_ASN1_OCTET_STRING, offsetof(struct signer_asn1, signature), NULL, 0},
    {SEC_ASN1_OPTIONAL | CONTEXT_1, offsetof(struct signer_asn1, unsigned_attrs), asn1_set_of_any, 0},
    {0, 0, NULL, 0}};

/* Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF ANY }: RFC 5652 5.3 */
struct attribute_asn1 {
    SECItem type;
    SECItem **values;
};
static const SEC_ASN1Template attribute_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct attribute_asn1)},
    {SEC_ASN1_OBJECT_ID, offsetof(struct attribute_asn1, type), NULL, 0},
    {SEC_ASN1_SET_OF, offsetof(struct attribute_asn1, values), asn1_any, 0},
    {0, 0, NULL, 0}};

/* --- writing --- */

static bool put_content_info(const char *oid, struct bytes content, struct buf *out)
{
    struct buf body = BUF_INIT_SECRET(BUF_MAX_MESSAGE); /* of an unsigned revocation: the passphrase is inside */
    bool ok = der_put_oid(&body, oid) && der_put(&body, ASN1_CONTEXT_CONSTRUCTED(0), content) &&
              der_put(out, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok;
}

static bool put_attribute(struct buf *out, const char *oid, struct bytes value)
{
    struct buf body = BUF_INIT(4096);
    bool ok =
        der_put_oid(&body, oid) && der_put(&body, ASN1_SET, value) && der_put(out, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok;
}

/* contentType and messageDigest as one SET OF in DER order, tagged 31 as it is signed. */
static bool put_signed_attrs(const struct signeddata_spec *spec, struct buf *out, struct err *err)
{
    struct buf digest = BUF_INIT(64);
    struct buf value = BUF_INIT(4096);
    struct buf attrs = BUF_INIT(8192);
    bool ok = hash_compute(spec->hash, spec->content, &digest, err);
    bool written = ok && der_put_oid(&value, spec->content_type_oid) &&
                   put_attribute(&attrs, OID_ATTR_CONTENT_TYPE, buf_peek(&value));
    buf_clear(&value);
    written = written && der_put(&value, ASN1_OCTET_STRING, buf_peek(&digest)) &&
              put_attribute(&attrs, OID_ATTR_MESSAGE_DIGEST, buf_peek(&value));
    if (ok && !written) {
        ok = asn1_unwritable(err, "signedAttrs");
    }
    ok = ok && asn1_put_sorted(out, ASN1_SET, buf_peek(&attrs), 2, err);
    buf_release(&digest);
    buf_release(&value);
    buf_release(&attrs);
    return ok;
}

static bool put_sid(const struct signeddata_spec *spec, struct buf *out)
{
    if (!spec->signer) {
        return der_put(out, ASN1_CONTEXT(0), spec->ski);
    }
    struct buf body = BUF_INIT(BUF_MAX_TEXT);
    bool ok = buf_append_bytes(&body, cert_issuer_der(spec->signer)) &&
              der_put(&body, ASN1_INTEGER, cert_serial(spec->signer)) && der_put(out, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok;
}

static bool put_signer_info(const struct signeddata_spec *spec, struct buf *out, struct err *err)
{
    struct buf body = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    struct buf attrs = BUF_INIT(8192);
    struct buf alg = BUF_INIT(1024);
    struct buf signature = BUF_INIT(65536);
    bool ok = put_signed_attrs(spec, &attrs, err) &&
              sign_data(spec->key, spec->hash, buf_peek(&attrs), &signature, &alg, err);
    if (ok) {
        attrs.data[0] = ASN1_CONTEXT_CONSTRUCTED(0); /* written as [0] IMPLICIT, signed as SET OF: RFC 5652 5.4 */
        ok =
            (der_put_int(&body, spec->signer ? 1 : 3) && put_sid(spec, &body) && hash_alg_id(spec->hash, true, &body) &&
             buf_append_bytes(&body, buf_peek(&attrs)) && buf_append_bytes(&body, buf_peek(&alg)) &&
             der_put(&body, ASN1_OCTET_STRING, buf_peek(&signature)) && der_put(out, ASN1_SEQUENCE, buf_peek(&body))) ||
            asn1_unwritable(err, "SignerInfo");
    }
    buf_release(&body);
    buf_release(&attrs);
    buf_release(&alg);
    buf_release(&signature);
    return ok;
}

/* certificates [0]: signer and others, each once, in DER order; an empty set is written too, as Dogtag's client does.
 */
static bool put_certs(const struct cert *signer, const struct cert_list *certs, struct buf *out, struct err *err)
{
    struct buf list = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    bool ok = !signer || buf_append_bytes(&list, cert_der(signer));
    for (size_t i = 0; ok && certs && i < certs->n; i++) {
        bool seen = signer && cert_equal(signer, certs->v[i]);
        for (size_t j = 0; j < i && !seen; j++) {
            seen = cert_equal(certs->v[j], certs->v[i]);
        }
        ok = seen || buf_append_bytes(&list, cert_der(certs->v[i]));
    }
    if (!ok) {
        asn1_unwritable(err, "CertificateSet");
    }
    ok = ok && asn1_put_sorted(out, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&list), SIGNEDDATA_MAX_CERTS, err);
    buf_release(&list);
    return ok;
}

static bool put_encap_content(const struct signeddata_spec *spec, struct buf *out)
{
    struct buf octets = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    bool ok = der_put(&octets, ASN1_OCTET_STRING, spec->content) &&
              put_content_info(spec->content_type_oid, buf_peek(&octets), out);
    buf_release(&octets);
    return ok;
}

bool signeddata_build(const struct signeddata_spec *spec, struct buf *der, struct err *err)
{
    if (!spec->signer && spec->ski.len == 0) {
        return err_fail(err, ERR_CMC_NO_SKI, NULL);
    }
    struct buf body = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    struct buf alg = BUF_INIT(256);
    struct buf signer = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    struct buf whole = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    bool ok = put_signer_info(spec, &signer, err);
    if (ok && !(der_put_int(&body, 3) && hash_alg_id(spec->hash, true, &alg) &&
                der_put(&body, ASN1_SET, buf_peek(&alg)) && put_encap_content(spec, &body))) {
        ok = asn1_unwritable(err, "SignedData");
    }
    ok = ok && put_certs(spec->signer, spec->certs, &body, err);
    if (ok && !(der_put(&body, ASN1_SET, buf_peek(&signer)) && der_put(&whole, ASN1_SEQUENCE, buf_peek(&body)) &&
                put_content_info(OID_SIGNED_DATA, buf_peek(&whole), der))) {
        ok = asn1_unwritable(err, "SignedData");
    }
    buf_release(&body);
    buf_release(&alg);
    buf_release(&signer);
    buf_release(&whole);
    return ok;
}

bool signeddata_certs_only(const struct cert_list *certs, struct buf *der, struct err *err)
{
    struct buf body = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    struct buf part = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    /* version 3 without signers, as Dogtag's simple response; encapContentInfo is id-data without content */
    bool ok = (der_put_int(&body, 3) && der_put(&body, ASN1_SET, BYTES_NONE) && der_put_oid(&part, OID_DATA) &&
               der_put(&body, ASN1_SEQUENCE, buf_peek(&part))) ||
              asn1_unwritable(err, "SignedData");
    ok = ok && put_certs(NULL, certs, &body, err);
    buf_clear(&part);
    if (ok && !(der_put(&body, ASN1_SET, BYTES_NONE) && der_put(&part, ASN1_SEQUENCE, buf_peek(&body)) &&
                put_content_info(OID_SIGNED_DATA, buf_peek(&part), der))) {
        ok = asn1_unwritable(err, "SignedData");
    }
    buf_release(&body);
    buf_release(&part);
    return ok;
}

bool signeddata_unsigned(const char *content_type_oid, struct bytes content, struct buf *der, struct err *err)
{
    struct buf octets = BUF_INIT(BUF_MAX_MESSAGE);
    octets.secret = true; /* a revocation passphrase is inside */
    bool ok =
        (der_put(&octets, ASN1_OCTET_STRING, content) && put_content_info(content_type_oid, buf_peek(&octets), der)) ||
        asn1_unwritable(err, "ContentInfo");
    buf_release(&octets);
    return ok;
}

/* --- reading --- */

void signeddata_release(struct signeddata *sd)
{
    for (size_t i = 0; i < sd->n_signers; i++) {
        free(sd->signers[i].digest_oid);
        free(sd->signers[i].attr_content_type);
        free(sd->signers[i].signature_oid);
    }
    free(sd->signers);
    strv_release(&sd->digests);
    cert_list_release(&sd->certs);
    free(sd->content_type);
    buf_release(&sd->content);
    buf_release(&sd->der);
    *sd = (struct signeddata){0};
}

static bool read_sid(struct bytes sid, struct signer_info *out)
{
    struct bytes rest = sid;
    struct der_tlv tlv;
    if (!der_next(&rest, &tlv) || rest.len > 0) {
        return false;
    }
    if (tlv.tag == ASN1_CONTEXT(0)) {
        out->id = SIGNER_BY_SKI;
        out->ski = tlv.body;
        return true;
    }
    out->id = SIGNER_BY_ISSUER_SERIAL;
    struct bytes body = tlv.body;
    return tlv.tag == ASN1_SEQUENCE && der_take_whole(&body, ASN1_SEQUENCE, &out->issuer_der) &&
           der_take(&body, ASN1_INTEGER, &out->serial) && body.len == 0 && out->serial.len > 0;
}

/* X.690 11.6: shorter or smaller first. */
static bool in_order(struct bytes a, struct bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int cmp = memcmp(a.data, b.data, n);
    return cmp < 0 || (cmp == 0 && a.len <= b.len);
}

/* The two attributes that matter; one that stands there twice counts as absent, so that verification fails. */
static bool read_attributes(struct asn1 *a, SECItem *const *attrs, struct signer_info *out, struct err *err)
{
    int types = 0;
    int digests = 0;
    out->attrs_sorted = true;
    for (size_t i = 0; attrs && attrs[i]; i++) {
        struct attribute_asn1 attr = {0};
        struct bytes value = BYTES_NONE;
        if (!asn1_decode(a, &attr, attribute_template, asn1_bytes(attrs[i]), "Attribute", err)) {
            return false;
        }
        if (i > 0 && !in_order(asn1_bytes(attrs[i - 1]), asn1_bytes(attrs[i]))) {
            out->attrs_sorted = false;
        }
        bool single = asn1_count(attr.values) == 1;
        if (der_oid_is(asn1_bytes(&attr.type), OID_ATTR_CONTENT_TYPE)) {
            types++;
            if (single && !out->attr_content_type && der_only(asn1_bytes(attr.values[0]), ASN1_OID, &value)) {
                out->attr_content_type = der_oid_text(value);
            }
        } else if (der_oid_is(asn1_bytes(&attr.type), OID_ATTR_MESSAGE_DIGEST)) {
            digests++;
            if (single && der_only(asn1_bytes(attr.values[0]), ASN1_OCTET_STRING, &value)) {
                out->attr_digest = value;
            }
        }
    }
    if (types != 1 || digests != 1) {
        free(out->attr_content_type);
        out->attr_content_type = NULL;
        out->attr_digest = BYTES_NONE;
    }
    return true;
}

static bool read_signer(struct bytes der, struct signer_info *out, struct err *err)
{
    struct asn1 a;
    struct signer_asn1 raw = {0};
    int64_t version = 0;
    asn1_init(&a);
    bool ok = asn1_decode(&a, &raw, signer_template, der, "SignerInfo", err);
    struct bytes alg = asn1_bytes(&raw.signature_alg);
    struct bytes params;
    struct bytes whole;
    if (ok && (!der_int(asn1_bytes(&raw.version), &version) || version < 0 || version > 100 ||
               !read_sid(asn1_bytes(&raw.sid), out) || !(out->digest_oid = der_oid_text(asn1_bytes(&raw.digest.oid))) ||
               !asn1_take_alg(&alg, &out->signature_oid, &params, &whole) || alg.len > 0)) {
        ok = asn1_damaged(err, "SignerInfo");
    }
    if (ok) {
        out->version = (int)version;
        out->digest_known = hash_by_oid(out->digest_oid, &out->digest);
        out->digest_has_null = raw.digest.params.len == 2 && raw.digest.params.data[0] == ASN1_NULL;
        out->signature_alg_der = asn1_bytes(&raw.signature_alg);
        out->signature = asn1_bytes(&raw.signature);
        if (raw.next.len > 0 && raw.next.data[0] == ASN1_CONTEXT_CONSTRUCTED(0)) {
            struct bytes rest = asn1_bytes(&raw.next);
            struct der_tlv tlv;
            if (der_next(&rest, &tlv)) {
                out->signed_attrs = tlv.whole;
            }
            ok = read_attributes(&a, raw.signed_attrs, out, err);
        }
    }
    asn1_release(&a);
    return ok;
}

static bool read_certs(SECItem *const *certs, struct signeddata *sd, struct err *err)
{
    if (asn1_count(certs) > SIGNEDDATA_MAX_CERTS) {
        return err_fail(err, ERR_CMC_TOO_MANY, NULL);
    }
    for (size_t i = 0; certs && certs[i]; i++) {
        struct cert *cert = cert_from_der(asn1_bytes(certs[i]), NULL);
        if (cert) {
            cert_list_push_take(&sd->certs, cert);
        } else {
            sd->n_unread_certs++;
        }
    }
    return true;
}

static bool read_signed_data(struct bytes der, struct signeddata *sd, struct err *err)
{
    struct asn1 a;
    struct signed_data_asn1 raw = {0};
    int64_t version = 0;
    asn1_init(&a);
    bool ok = asn1_decode(&a, &raw, signed_data_template, der, "SignedData", err);
    size_t n = asn1_count(raw.signers);
    if (ok && (n > SIGNEDDATA_MAX_SIGNERS || asn1_count((SECItem *const *)raw.digests) > SIGNEDDATA_MAX_SIGNERS)) {
        ok = err_fail(err, ERR_CMC_TOO_MANY, NULL);
    }
    if (ok && (!der_int(asn1_bytes(&raw.version), &version) || version < 0 || version > 100 ||
               !(sd->content_type = der_oid_text(asn1_bytes(&raw.content.type))))) {
        ok = asn1_damaged(err, "SignedData");
    }
    sd->version = (int)version;
    for (size_t i = 0; ok && raw.digests && raw.digests[i]; i++) {
        char *oid = der_oid_text(asn1_bytes(&raw.digests[i]->oid));
        ok = oid ? (strv_push_take(&sd->digests, oid), true) : asn1_damaged(err, "digestAlgorithms");
    }
    struct bytes octets;
    if (ok && raw.content.content.len > 0) {
        sd->has_content = true;
        ok = (der_only(asn1_bytes(&raw.content.content), ASN1_OCTET_STRING, &octets) &&
              buf_append_bytes(&sd->content, octets)) ||
             asn1_damaged(err, "eContent");
    }
    ok = ok && read_certs(raw.certs, sd, err);
    if (ok && n > 0) {
        sd->signers = xcalloc(n, sizeof(*sd->signers));
        while (ok && sd->n_signers < n) { /* counted first, so that a half-read one is released as well */
            sd->n_signers++;
            ok = read_signer(asn1_bytes(raw.signers[sd->n_signers - 1]), &sd->signers[sd->n_signers - 1], err);
        }
    }
    asn1_release(&a);
    return ok;
}

static bool read_data(struct bytes der, struct signeddata *sd, struct err *err)
{
    struct bytes octets;
    sd->content_type = xstrdup(OID_DATA);
    sd->has_content = true;
    return (der_only(der, ASN1_OCTET_STRING, &octets) && buf_append_bytes(&sd->content, octets)) ||
           asn1_damaged(err, "content");
}

bool signeddata_parse(struct bytes in, struct signeddata *sd, struct err *err)
{
    *sd = (struct signeddata){.content = BUF_INIT_SECRET(BUF_MAX_MESSAGE), .certs = CERT_LIST_INIT, .digests = STRV_INIT};
    if (!asn1_prepare(in, &sd->der, err)) {
        return false;
    }
    struct asn1 a;
    struct content_asn1 info = {0};
    asn1_init(&a);
    bool ok = asn1_decode(&a, &info, content_template, buf_peek(&sd->der), "ContentInfo", NULL);
    if (ok && der_oid_is(asn1_bytes(&info.type), OID_SIGNED_DATA)) {
        sd->is_signed = true;
        ok = read_signed_data(asn1_bytes(&info.content), sd, err);
    } else if (ok && der_oid_is(asn1_bytes(&info.type), OID_DATA)) {
        ok = read_data(asn1_bytes(&info.content), sd, err);
    } else {
        ok = err_fail(err, ERR_CMC_NOT_CMS, NULL);
    }
    asn1_release(&a);
    if (!ok) {
        signeddata_release(sd);
    }
    return ok;
}

/* --- verifying --- */

const struct cert *signeddata_signer_cert(const struct signeddata *sd, size_t signer)
{
    if (signer >= sd->n_signers) {
        return NULL;
    }
    const struct signer_info *info = &sd->signers[signer];
    return info->id == SIGNER_BY_SKI ? cert_list_find_ski(&sd->certs, info->ski)
                                     : cert_list_find_issuer_serial(&sd->certs, info->issuer_der, info->serial);
}

/* RFC 5652 5.6 and 11: both attributes are there and are those of the content. */
static bool content_is_signed(const struct signeddata *sd, const struct signer_info *info, struct err *err)
{
    if (info->signed_attrs.len == 0 || !info->attr_content_type || info->attr_digest.len == 0 ||
        strcmp(info->attr_content_type, sd->content_type) != 0 || !sd->has_content) {
        return err_fail(err, ERR_CMC_SIGNED_ATTRS, NULL);
    }
    if (!info->digest_known) {
        return err_fail(err, ERR_CMC_DIGEST_UNKNOWN, "%s", info->digest_oid);
    }
    struct buf digest = BUF_INIT(64);
    bool ok = hash_compute(info->digest, buf_peek(&sd->content), &digest, err);
    if (ok && !bytes_equal(buf_peek(&digest), info->attr_digest)) {
        ok = err_fail(err, ERR_CMC_DIGEST_MISMATCH, NULL);
    }
    buf_release(&digest);
    return ok;
}

static bool attrs_are_signed(const struct signer_info *info, struct bytes spki, struct err *err)
{
    struct buf signed_octets = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = buf_append_bytes(&signed_octets, info->signed_attrs);
    struct err cause = ERR_INIT;
    if (ok) {
        signed_octets.data[0] = ASN1_SET; /* received as [0] IMPLICIT, signed as SET OF: RFC 5652 5.4 */
        ok =
            sign_verify(spki, info->signature_alg_der, info->digest, info->signature, buf_peek(&signed_octets), &cause);
    }
    if (!ok) {
        err_fail(err, ERR_CMC_SIGNATURE, "%s",
                 err_is_set(&cause) ? err_what(cause.code) : _("The signature algorithm is unknown."));
    }
    err_release(&cause);
    buf_release(&signed_octets);
    return ok;
}

bool signeddata_verify(const struct signeddata *sd, size_t signer, struct bytes spki, const struct cert **signer_cert,
                       struct err *err)
{
    if (signer >= sd->n_signers) {
        return err_fail(err, ERR_CMC_UNSIGNED, NULL);
    }
    const struct cert *cert = signeddata_signer_cert(sd, signer);
    if (spki.len == 0) {
        if (!cert) {
            return err_fail(err, ERR_CMC_SIGNER_CERT_MISSING, NULL);
        }
        spki = cert_spki(cert);
    }
    if (!content_is_signed(sd, &sd->signers[signer], err) || !attrs_are_signed(&sd->signers[signer], spki, err)) {
        return false;
    }
    if (signer_cert) {
        *signer_cert = cert;
    }
    return true;
}
