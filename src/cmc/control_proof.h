/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_CONTROL_PROOF_H
#define CMCW_CMC_CONTROL_PROOF_H
/*
 * identityProofV2 (RFC 5272 6.2.1) and popLinkWitnessV2 (6.3.1.1): the same structure, the same way to make the key.
 *
 *     SEQUENCE { hashAlgID / keyGenAlgorithm AlgorithmIdentifier, macAlgID AlgorithmIdentifier, witness OCTET STRING }
 *     key = Hash(secret || identification)      witness = HMAC(key, data)
 *     data: identityProofV2: DER of reqSequence (30 LL ...); popLinkWitnessV2: the octets of popLinkRandom
 *
 * AlgorithmIdentifiers are written with parameters absent and read with absent or NULL. Server facts that are refused
 * here: secrets and identifications must be ASCII (ERR_CMC_SECRET_NOT_ASCII, ERR_CMC_IDENTIFICATION_NOT_ASCII): servers
 * count characters, not octets. HMAC-SHA384 cannot be verified by any server (ERR_CMC_MAC_SHA384). SHA-1:
 * ERR_CMC_MAC_SHA1. Reading and verifying takes all of them but SHA-1 in V2.
 */
#include "base/bytes.h"
#include "base/secret.h"
#include "nss/hash.h"

struct proof_v2 {
    enum hash_alg hash;             /* key derivation */
    enum hash_alg mac;              /* HMAC with this hash */
    struct bytes witness;           /* lent by the decoded DER, or by the caller when encoding */
    bool known;                     /* decoded: both algorithms are known; else hash and mac mean nothing */
    struct bytes hash_oid, mac_oid; /* decoded: content octets */
};

#define POP_LINK_RANDOM_LEN 64

/* "SHA-256", "SHA-256-HMAC" as cfg files spell them; false when unknown. */
bool proof_hash_by_name(const char *name, enum hash_alg *hash) MUST_CHECK;
bool proof_mac_by_name(const char *name, enum hash_alg *mac) MUST_CHECK;
/* The same MAC as people know it (RFC 2104): "HMAC-SHA-256"; an unknown name as it is. Lent. */
const char *proof_mac_shown(const char *name);
/* What we refuse to send, with the reason; true when servers can verify it. */
bool proof_algs_sendable(enum hash_alg hash, enum hash_alg mac, struct err *err) MUST_CHECK;

bool proof_v2_encode(const struct proof_v2 *proof, struct buf *der, struct err *err) MUST_CHECK;
bool proof_v2_decode(struct bytes der, struct proof_v2 *proof, struct err *err) MUST_CHECK;

/* The witness. identification may be empty. Nothing about the secret stays behind. */
bool proof_witness(enum hash_alg hash, enum hash_alg mac, struct bytes secret, struct bytes identification,
                   struct bytes data, struct buf *witness, struct err *err) MUST_CHECK;
/* Whole control value for secret, identification and data, after the checks for senders. */
bool proof_v2_make(enum hash_alg hash, enum hash_alg mac, const struct secret *secret, const char *identification,
                   struct bytes data, struct buf *der, struct err *err) MUST_CHECK;
/* For the practice CA and tests: constant time comparison. ERR_CMC_PROOF_WRONG, ERR_CMC_ALG_UNKNOWN. */
bool proof_v2_verify(struct bytes der, struct bytes secret, struct bytes identification, struct bytes data,
                     struct err *err) MUST_CHECK;
/* identityProof (v1, 6.2.2; SHA-1, legacy): HMAC-SHA1 with key SHA-1(secret) over reqSequence. Dead on every server. */
bool proof_v1_make(const struct secret *secret, struct bytes data, struct buf *der, struct err *err) MUST_CHECK;
#endif
