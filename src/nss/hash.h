/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_HASH_H
#define CMCW_NSS_HASH_H
/*
 * Message digests and HMAC (RFC 2104). An open nssdb is needed (NSSDB_NONE will do). HMAC runs on digest
 * contexts and not on key objects, because FIPS mode takes no secret keys from outside. Outputs are appended.
 */
#include "base/bytes.h"
#include "base/err.h"

enum hash_alg { HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512 };
#define HASH_MAX 64 /* octets of the longest digest */

bool hash_compute(enum hash_alg alg, struct bytes in, struct buf *out, struct err *err) MUST_CHECK;
/* Over several pieces, as if they were one; digest has room for hash_len(alg) octets. */
bool hash_pieces(enum hash_alg alg, const struct bytes *pieces, size_t n, uint8_t *digest,
                 struct err *err) MUST_CHECK;
bool hmac_compute(enum hash_alg alg, struct bytes key, struct bytes in, struct buf *out,
                  struct err *err) MUST_CHECK;

/* MD2 (number 2) or MD5 (5), 16 octets, appended: only for fingerprints as Dogtag's tools print them, never for anything that is
 * trusted. False where the library no longer has them (FIPS mode). */
bool hash_md(int number, struct bytes in, struct buf *out) MUST_CHECK;

size_t hash_len(enum hash_alg alg);
const char *hash_name(enum hash_alg alg); /* "SHA-256" */
const char *hash_oid(enum hash_alg alg);  /* dotted */
const char *hmac_oid(enum hash_alg alg);  /* dotted; id-hmacWithSHA... (RFC 8018), hMAC-SHA1 of RFC 4231
                                             form 1.2.840.113549.2.7 */
/* "SHA-256", "SHA256", "sha256" ...; and from dotted OIDs of either kind. False when unknown. */
bool hash_by_name(const char *name, enum hash_alg *alg) MUST_CHECK;
bool hash_by_oid(const char *dotted, enum hash_alg *alg) MUST_CHECK;
bool hmac_by_oid(const char *dotted, enum hash_alg *alg) MUST_CHECK;
/* AlgorithmIdentifier of the digest; with_null: SignedData and SignerInfo; without: identityProofV2 and
 * friends. Appended. */
bool hash_alg_id(enum hash_alg alg, bool with_null, struct buf *der) MUST_CHECK;
#endif
