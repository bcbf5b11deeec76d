/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_NATIVE_H
#define CMCW_NSS_NATIVE_H
/*
 * NSS's own handles behind our structs, for src/nss, src/cmc and src/net only. Everything that is given (not
 * lent) must go before nssdb_close(), else it fails.
 */
#include <cert.h>
#include <keyhi.h>
#include <nspr.h>
#include <pk11pub.h>
#include <secoid.h>

#include "base/bytes.h"
#include "nss/cert.h"
#include "nss/hash.h"
#include "nss/key.h"
#include "nss/nssdb.h"

/* The pwarg / wincx of NSS calls, so that passwords are asked from our source. */
void *nssdb_wincx(struct nssdb *db);
/* Slot of a token name as for nssdb_login(); PK11_FreeSlot() it. ERR_NSS_TOKEN_MISSING. */
PK11SlotInfo *nssdb_slot(struct nssdb *db, const char *token, struct err *err) MUST_CHECK;
/* "internal" or the token's label, not made visible. Caller frees. */
char *nssdb_slot_name(PK11SlotInfo *slot) MUST_CHECK;

/* Lent by the key. key_signing() is the session copy where there is one, else the stored key. */
SECKEYPrivateKey *key_private(const struct key *key);
SECKEYPrivateKey *key_signing(struct key *key);
SECKEYPublicKey *key_public(const struct key *key);
/* Takes both handles (public may be NULL: derived). NULL on failure, handles freed. */
struct key *key_from_native(struct nssdb *db, SECKEYPrivateKey *private_taken, SECKEYPublicKey *public_taken,
                            struct err *err) MUST_CHECK;

/* The certificate as NSS object: that of the database or token when it is stored there, else a temporary one.
 * CERT_DestroyCertificate() it. */
CERTCertificate *cert_native(const struct cert *cert, struct err *err) MUST_CHECK;
struct cert *cert_from_native(const CERTCertificate *native, struct err *err) MUST_CHECK;

/* SubjectPublicKeyInfo DER to key; SECKEY_DestroyPublicKey() it. ERR_NSS_BAD_KEY. */
SECKEYPublicKey *native_public_key(struct bytes spki, struct err *err) MUST_CHECK;
SECOidTag native_hash_tag(enum hash_alg alg);
bool native_hash_from_tag(SECOidTag tag, enum hash_alg *alg) MUST_CHECK;

static inline SECItem native_item(struct bytes b)
{
    return (SECItem){siBuffer, (unsigned char *)(uintptr_t)b.data, (unsigned)b.len};
}
static inline struct bytes native_bytes(const SECItem *item)
{
    return item ? BYTES(item->data, item->len) : BYTES_NONE;
}
#endif
