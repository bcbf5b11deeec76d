/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_CRMF_H
#define CMCW_CMC_CRMF_H
/*
 * CRMF (RFC 4211): certificate request messages, proof of possession, archive options.
 *
 *     CertReqMessages ::= SEQUENCE SIZE (1..MAX) OF CertReqMsg
 *     CertReqMsg ::= SEQUENCE { certReq CertRequest, popo ProofOfPossession OPTIONAL, regInfo SEQUENCE OF ... OPTIONAL
 * } CertRequest ::= SEQUENCE { certReqId INTEGER, certTemplate CertTemplate, controls SEQUENCE OF AttributeTypeAndValue
 * OPTIONAL } CertTemplate ::= SEQUENCE { version [0] .. extensions [9] }   -- subject [5] explicit, publicKey [6],
 * extensions [9] implicit popo: raVerified [0] NULL | signature [1] POPOSigningKey | keyEncipherment [2] | keyAgreement
 * [3] POPOSigningKey ::= SEQUENCE { poposkInput [0] OPTIONAL, algorithmIdentifier, signature BIT STRING }
 *
 * Written: certReqId as given, version 2 in the template as Dogtag's clients do, subject, publicKey, extensions when
 * asked, controls always present (may be empty). The signature covers the DER of CertRequest. PKIArchiveOptions (6.4):
 * encryptedPrivKey [0] EncryptedValue { symmAlg [1], encSymmKey [2], encValue }.
 */
#include "base/bytes.h"
#include "nss/crypt.h"
#include "nss/hash.h"

struct cert;
struct key;
struct nssdb;

#define CRMF_MAX_CONTROLS 64

enum crmf_pop {
    CRMF_POP_NONE,
    CRMF_POP_RA_VERIFIED,
    CRMF_POP_SIGNATURE,
    CRMF_POP_KEY_ENCIPHERMENT,
    CRMF_POP_KEY_AGREEMENT
};

struct crmf_control {
    char *oid;
    struct bytes value; /* TLV */
};
struct crmf_msg {
    struct buf der;             /* the CertReqMsg, as given; all bytes below lend from it */
    struct bytes cert_request;  /* CertRequest TLV: what the signature covers */
    uint32_t req_id;            /* certReqId */
    struct bytes cert_template; /* TLV */
    struct bytes subject_der;   /* Name; empty when absent */
    struct bytes spki;          /* SubjectPublicKeyInfo, TLV with tag 30 rebuilt from [6]; empty when absent */
    struct buf spki_buf;
    struct bytes extensions; /* content of [9]: concatenated Extension TLVs; empty when absent */
    struct bytes ski_raw; /* extnValue octets of subjectKeyIdentifier (20 raw octets or 04 14 ..); empty when absent */
    bool has_controls;
    struct crmf_control *controls;
    size_t n_controls;
    enum crmf_pop pop;
    struct bytes popo;                       /* TLV with its context tag; empty when absent */
    struct bytes pop_alg_der, pop_signature; /* CRMF_POP_SIGNATURE */
    bool pop_has_input;                      /* poposkInput present */
    struct bytes reg_info;                   /* TLV or empty */
    char *subject;                           /* RFC 4514, visible; NULL when absent */
};

/* CertReqMsg, or CertReqMessages (first element; n_messages tells how many there are; may be NULL). BER or DER, no PEM.
 */
bool crmf_parse(struct bytes der, struct crmf_msg *msg, size_t *n_messages, struct err *err) MUST_CHECK;
void crmf_release(struct crmf_msg *msg);
const struct crmf_control *crmf_find_control(const struct crmf_msg *msg, const char *oid);
const char *crmf_pop_name(enum crmf_pop pop); /* "none", "signature" ... */
/* Signature POP with the template's key. ERR_CMC_POP_MISSING, ERR_CMC_POP_KIND, ERR_CMC_POP_WRONG. */
bool crmf_verify_pop(const struct crmf_msg *msg, struct err *err) MUST_CHECK;

enum crmf_ski {
    CRMF_SKI_NONE,
    CRMF_SKI_PROPER /* 04 14 .. */,
    CRMF_SKI_RAW /* 20 octets: what servers of all versions take */
};
struct crmf_spec {
    uint32_t req_id; /* 0: 1 */
    struct bytes subject_der;
    struct bytes archive_options;  /* PKIArchiveOptions TLV from archive_build; empty: no archival */
    struct bytes pop_link_witness; /* value TLV of popLinkWitnessV2; empty: none */
    enum crmf_ski ski;
    bool sign_pop; /* false: no popo field (encryption-only keys) */
    enum hash_alg hash;
};
/* One CertReqMsg for key. */
bool crmf_build(struct key *key, const struct crmf_spec *spec, struct buf *der, struct err *err) MUST_CHECK;
/* CertReqMessages with that one message, as files hold it. */
bool crmf_wrap(struct bytes certreqmsg, struct buf *der, struct err *err) MUST_CHECK;
/* The same message with a popLinkWitnessV2 control added (replacing one that is there) and its signature POP made
 * again; no POP stays no POP. key may be NULL when there is no signature POP. */
bool crmf_add_witness(const struct crmf_msg *msg, struct bytes witness_der, struct key *key, enum hash_alg hash,
                      struct buf *der, struct err *err) MUST_CHECK;

/* --- key archival --- */
/* Wraps are named by enum wrap_alg (nss/crypt.h): WRAP_AES_CBC_PAD is the most portable. */
struct archive_options {
    struct bytes symm_alg_der;
    char *symm_oid;
    struct bytes symm_params;  /* content of the OCTET STRING: IV, or 8 dummy octets */
    struct bytes enc_symm_key; /* without the unused-bits octet */
    struct bytes enc_value;
    bool enveloped; /* the EnvelopedData choice: kept, not opened */
};
/* value TLV of the PKIArchiveOptions control; lends (symm_oid is owned). */
bool archive_decode(struct bytes value_der, struct archive_options *out, struct err *err) MUST_CHECK;
void archive_release(struct archive_options *options);
/* What no key recovery authority would have, to be asked before a key is made: another key than RSA, a CA's own certificate, one
 * that is not valid at that time or not made for encryption. ERR_CMC_ARCHIVE_TRANSPORT with subject and reason. */
bool archive_transport_check(const struct cert *transport, int64_t at, struct err *err) MUST_CHECK;
/* Wraps key's private half for the KRA transport certificate on the key's own token. */
bool archive_build(struct nssdb *db, struct key *key, const struct cert *transport, enum wrap_alg wrap, bool oaep,
                   struct buf *der, struct err *err) MUST_CHECK;
/* For the practice KRA and tests: the PKCS#8 PrivateKeyInfo inside (pkcs8 should be secret). accept_kwp: for the
 * aes128-wrap-pad OID try RFC 5649 as well (KRAs before 11.10 do not). *wrap_used may be NULL. ERR_CMC_ARCHIVE_OPEN. */
bool archive_open(struct nssdb *db, const struct archive_options *options, const struct key *transport_key, bool oaep,
                  bool accept_kwp, struct buf *pkcs8, enum wrap_alg *wrap_used, struct err *err) MUST_CHECK;
#endif
