/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_SIGN_H
#define CMCW_NSS_SIGN_H
/*
 * Signatures: RSA PKCS#1 v1.5 (shaXWithRSAEncryption, NULL parameters) and ECDSA (ecdsa-with-SHAx, parameters
 * absent). ECDSA values are DER SEQUENCE { r, s }. Keys sign with a session copy where the token allows it,
 * which is up to twenty times as fast; the copy lives in struct key.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "nss/hash.h"
#include "nss/key.h"

/* alg_id_der may be NULL. Both appended. Logs in when the token wants it. ERR_NSS_SIGN. */
bool sign_data(struct key *key, enum hash_alg hash, struct bytes data, struct buf *signature,
               struct buf *alg_id_der, struct err *err) MUST_CHECK;
/* AlgorithmIdentifier that sign_data() writes for this kind of key. Appended. */
bool sign_alg_id(enum key_type type, enum hash_alg hash, struct buf *alg_id_der, struct err *err) MUST_CHECK;
/* alg_id_der: shaXWithRSA, rsaEncryption, ecdsa-with-SHAx (parameters absent or NULL), RSA-PSS. The hash that
 * the signature really used must be expected. ERR_NSS_BAD_SIGNATURE, ERR_NSS_SIGN_ALG (algorithm unknown or
 * not the expected hash). */
bool sign_verify(struct bytes spki_der, struct bytes alg_id_der, enum hash_alg expected,
                 struct bytes signature, struct bytes data, struct err *err) MUST_CHECK;
/* The same with whatever SHA-1 or SHA-2 hash the algorithm names (certificates, CRLs, PKCS#10); used may be
 * NULL. */
bool sign_verify_any(struct bytes spki_der, struct bytes alg_id_der, struct bytes signature,
                     struct bytes data, enum hash_alg *used, struct err *err) MUST_CHECK;
/* "SHA-256 with RSA"; dotted OID when unknown. Caller frees. */
char *sign_alg_text(struct bytes alg_id_der) MUST_CHECK;
#endif
