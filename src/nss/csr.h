/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_CSR_H
#define CMCW_NSS_CSR_H
/*
 * PKCS#10 requests (RFC 2986). Built ones are DER with the attributes always present; read ones may come from
 * anywhere: PEM with either label, text before it, bare base64, DER, BER. The signature is checked over the
 * octets as received.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/strv.h"
#include "nss/cert.h"
#include "nss/hash.h"
#include "nss/key.h"

struct csr_spec {
    struct bytes subject_der;
    struct strv sans;             /* "DNS:host", "IP:192.0.2.1" or v6, "email:a@b", "UPN:a@b", "URI:..." */
    bool ski;                     /* subjectKeyIdentifier = spki_key_identifier() */
    unsigned key_usage;           /* KU_* bits, 0 none */
    struct bytes extra_attribute; /* one more Attribute as DER (popLinkWitnessV2); empty = none */
    struct bytes extra_extension; /* one more Extension as DER; empty = none */
};
/* Appended. ERR_NSS_SAN (names the entry), ERR_NSS_SIGN. */
bool csr_build(struct key *key, const struct csr_spec *spec, enum hash_alg hash, struct buf *der,
               struct err *err) MUST_CHECK;
/* GeneralNames TLV of such SAN texts. Appended. ERR_NSS_SAN. */
bool sans_encode(const struct strv *sans, struct buf *der, struct err *err) MUST_CHECK;

/* All views lend from der. */
struct csr {
    struct buf der;    /* CertificationRequest */
    struct bytes info; /* CertificationRequestInfo as received: what is signed */
    struct bytes subject_der;
    struct bytes spki;
    struct bytes attributes; /* content of [0]: SET OF Attribute; empty when there are none */
    bool attributes_present; /* [0] is there, even when empty */
    struct bytes extensions; /* content of the SEQUENCE OF Extension of extensionRequest; empty when absent */
    struct bytes ski;        /* of extensionRequest; empty when absent */
    unsigned key_usage;      /* KU_* or KU_ABSENT */
    struct bytes signature_alg; /* AlgorithmIdentifier DER */
    struct bytes signature;
    char *subject;                              /* visible */
    struct strv sans;                           /* visible */
    struct strv attribute_oids, extension_oids; /* dotted */
    char *key_text;                             /* "RSA 2048" */
    enum key_type type;
    int bits;
    bool signature_ok;
};
/* Fills csr (release it also after failure is not needed). A wrong signature is not a failure here: see
 * signature_ok. ERR_NSS_BAD_CSR, ERR_NSS_CSR_IS_CERT and ERR_NSS_CSR_IS_CRMF when it is something else that
 * we know. */
bool csr_parse(struct bytes der_or_pem_or_b64, struct csr *csr, struct err *err) MUST_CHECK;
void csr_release(struct csr *csr);
/* ERR_NSS_CSR_SIGNATURE. */
bool csr_verify(const struct csr *csr, struct err *err) MUST_CHECK;
/* Content of the one value of an attribute, NULL data when absent; whole = the value's TLV. */
bool csr_attribute(const struct csr *csr, const char *oid, struct bytes *value_tlv);
#endif
