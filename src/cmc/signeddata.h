/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_SIGNEDDATA_H
#define CMCW_CMC_SIGNEDDATA_H
/*
 * ContentInfo and SignedData (RFC 5652 3, 5), as CMC uses them (RFC 5272 3.2, 4.2).
 *
 * Written: DER; SignedData version 3; digest identifiers with NULL parameters (Dogtag's CA refuses RSA signatures
 * otherwise); ECDSA identifiers without parameters; signed attributes contentType and messageDigest in DER order;
 * certificates sorted as DER wants; SignerInfo version 1 with issuerAndSerialNumber, version 3 with
 * subjectKeyIdentifier. Read: BER and DER, versions 1 to 5, digest identifiers with or without NULL, more signed
 * attributes, no signers at all. Signed octets are verified as received. Limits: SIGNEDDATA_MAX_CERTS,
 * SIGNEDDATA_MAX_SIGNERS.
 */
#include "base/bytes.h"
#include "base/strv.h"
#include "nss/cert.h"
#include "nss/hash.h"

struct key;

#define SIGNEDDATA_MAX_CERTS 128
#define SIGNEDDATA_MAX_SIGNERS 16

struct signeddata_spec {
    const char *content_type_oid; /* OID_CCT_PKI_DATA or OID_CCT_PKI_RESPONSE */
    struct bytes content;
    struct key *key;
    const struct cert *signer;     /* NULL: signer is named by ski */
    struct bytes ski;              /* key identifier octets when there is no signer certificate */
    const struct cert_list *certs; /* more certificates, may be NULL; the signer is always included, once */
    enum hash_alg hash;            /* SHA-256 for every Dogtag server */
};
bool signeddata_build(const struct signeddata_spec *spec, struct buf *der, struct err *err) MUST_CHECK;
/* The Simple PKI Response: certificates only, no signer. */
bool signeddata_certs_only(const struct cert_list *certs, struct buf *der, struct err *err) MUST_CHECK;
/* ContentInfo { id-data, content }: how Dogtag takes an unsigned revocation by shared secret. */
bool signeddata_unsigned(const char *content_type_oid, struct bytes content, struct buf *der,
                         struct err *err) MUST_CHECK;

enum signer_id { SIGNER_BY_ISSUER_SERIAL, SIGNER_BY_SKI };
struct signer_info {
    int version;
    enum signer_id id;
    struct bytes issuer_der, serial; /* SIGNER_BY_ISSUER_SERIAL; serial is INTEGER content */
    struct bytes ski;                /* SIGNER_BY_SKI */
    char *digest_oid;
    bool digest_known;
    enum hash_alg digest;
    bool digest_has_null;      /* parameters NULL present: what a Dogtag CA demands of RSA signers */
    struct bytes signed_attrs; /* as received, tag a0; empty when absent */
    char *attr_content_type;   /* value of the contentType attribute, or NULL */
    struct bytes attr_digest;  /* value of messageDigest, or empty */
    bool attrs_sorted;         /* signed attributes are in DER order */
    struct bytes signature_alg_der;
    char *signature_oid;
    struct bytes signature;
};
struct signeddata {
    struct buf der; /* the message with definite lengths; everything below lends from it */
    bool is_signed; /* ContentInfo is signedData (else id-data: unsigned) */
    int version;
    char *content_type; /* eContentType; NULL never */
    bool has_content;
    struct buf content;     /* octets of eContent */
    struct strv digests;    /* OIDs of digestAlgorithms */
    struct cert_list certs; /* those that could be read */
    size_t n_unread_certs;  /* others, skipped (attribute certificates, damaged ones) */
    struct signer_info *signers;
    size_t n_signers;
};
/* BER or DER. Takes ContentInfo with signedData, or with data (is_signed false). ERR_CMC_NOT_CMS, ERR_CMC_DECODE. */
bool signeddata_parse(struct bytes in, struct signeddata *sd, struct err *err) MUST_CHECK;
void signeddata_release(struct signeddata *sd);
/*
 * Arithmetic of one signature: content type and digest attributes, digest over the content, signature over the
 * attributes. spki: the key to use; empty = that of the signer's certificate, found among sd->certs by issuer and
 * serial or SKI. signer_cert (may be NULL) receives the certificate, lent by sd, or NULL for an explicit spki without
 * one. Says nothing about trust. ERR_CMC_SIGNER_CERT_MISSING, ERR_CMC_SIGNED_ATTRS, ERR_CMC_DIGEST_MISMATCH,
 * ERR_CMC_SIGNATURE.
 */
bool signeddata_verify(const struct signeddata *sd, size_t signer, struct bytes spki, const struct cert **signer_cert,
                       struct err *err) MUST_CHECK;
const struct cert *signeddata_signer_cert(const struct signeddata *sd, size_t signer); /* NULL when absent */
#endif
