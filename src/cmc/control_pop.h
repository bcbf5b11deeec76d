/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_CONTROL_POP_H
#define CMCW_CMC_CONTROL_POP_H
/*
 * encryptedPOP and decryptedPOP (RFC 5272 6.7): the proof for keys that cannot sign, in two trips.
 *
 *   EncryptedPOP ::= SEQUENCE { request TaggedRequest, cms ContentInfo, thePOPAlgID AlgorithmIdentifier,
 *                               witnessAlgID AlgorithmIdentifier, witness OCTET STRING }
 *   DecryptedPOP ::= SEQUENCE { bodyPartID BodyPartID, thePOPAlgID AlgorithmIdentifier, thePOP OCTET STRING }
 *
 * As Dogtag does it (and only so can its CA be answered): recipient issuer and serial in cms are placeholders; the IV
 * in cms is a dummy, the real one is the parameter of thePOPAlgID (the content cipher, AES-128-CBC, no padding); the
 * session key is wrapped with PKCS#1 v1.5 or with OAEP (SHA-256) though the message always says rsaEncryption; the
 * challenge is 64 octets; witness = SHA-256(challenge); thePOP = HMAC-SHA256(challenge, request TLV as received).
 */
#include "base/bytes.h"

struct key;
struct nssdb;
struct secret;

#define POP_CHALLENGE_LEN 64

struct encrypted_pop {
    struct bytes request; /* TaggedRequest TLV with its a0/a1 tag, as received */
    uint32_t request_id;  /* bodyPartID of tcr, certReqId of crm */
    bool request_is_crmf;
    struct bytes wrapped_key; /* encryptedKey of the one recipient */
    struct bytes content;     /* encryptedContent */
    struct bytes iv;          /* of thePOPAlgID */
    struct bytes pop_alg_der; /* thePOPAlgID, whole TLV, copied into DecryptedPOP */
    struct bytes witness;
};
/* Lends from der. ERR_CMC_DECODE; ERR_CMC_ENCRYPTED_POP_ALG when a cipher or hash is not the one above. */
bool encrypted_pop_decode(struct bytes der, struct encrypted_pop *pop, struct err *err) MUST_CHECK;
/* For the practice CA: challenge and session key are made here. challenge_out is a secret (POP_CHALLENGE_LEN octets).
 */
bool encrypted_pop_make(struct nssdb *db, struct bytes tagged_request_tlv, struct bytes spki, bool oaep,
                        struct buf *challenge_out, struct buf *der, struct err *err) MUST_CHECK;

/* How the CA wrapped the session key. AUTO tries PKCS#1 v1.5, then OAEP: the witness decides. */
enum pop_padding { POP_PADDING_PKCS1, POP_PADDING_OAEP, POP_PADDING_AUTO };
/* Opens the challenge with the request's private key and checks the witness in constant time. One error
 * (ERR_CMC_CHALLENGE) for every way to fail, so that nothing is learnt from the difference. */
bool encrypted_pop_open(struct nssdb *db, const struct encrypted_pop *pop, const struct key *key,
                        enum pop_padding padding, struct buf *challenge, struct err *err) MUST_CHECK;

struct decrypted_pop {
    uint32_t bodypart_id;
    struct bytes pop_alg_der;
    struct bytes pop;
};
bool decrypted_pop_encode(const struct decrypted_pop *pop, struct buf *der, struct err *err) MUST_CHECK;
bool decrypted_pop_decode(struct bytes der, struct decrypted_pop *pop, struct err *err) MUST_CHECK;
/* thePOP for a challenge and a TaggedRequest TLV. */
bool decrypted_pop_proof(struct bytes challenge, struct bytes tagged_request_tlv, struct buf *pop,
                         struct err *err) MUST_CHECK;
#endif
