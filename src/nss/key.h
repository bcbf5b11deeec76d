/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_KEY_H
#define CMCW_NSS_KEY_H
/*
 * struct key: a key pair on a token (handles; the private key never leaves it). Free it before nssdb_close().
 * Functions that need the token's password ask for it through the database's password source. CKA_ID: what
 * NSS calls the key, SHA-1 of the RSA modulus or of the EC point.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "nss/cert.h"
#include "nss/nssdb.h"

struct key;

struct key_spec {
    enum key_type type;
    int bits;          /* RSA: 2048, 3072, 4096; 0 = 2048 */
    const char *curve; /* EC: nistp256, nistp384, nistp521 (secp256r1 ... also); NULL = nistp256 */
    bool temporary;    /* session key: gone when the program ends */
    bool insensitive;  /* value may be read from the token (not in FIPS mode) */
    bool extractable;  /* may be wrapped for archival */
    bool derive;       /* EC for key agreement instead of signing */
    bool agrees;       /* EC for key agreement beside signing, where the token makes such a key; else for signing */
    bool wrap_ops; /* RSA: encrypt, decrypt, wrap, unwrap asked for outright (for encryption keys, archival,
                      two trips) */
};

/* token as in nssdb_login(). ERR_NSS_KEYGEN, ERR_NSS_KEY_SPEC (names what is wrong), login errors. */
struct key *key_generate(struct nssdb *db, const char *token, const struct key_spec *spec,
                         struct err *err) MUST_CHECK;
/* Makes a temporary key permanent on its token: the private half at once and whole, with its CKA_ID, so that a kill leaves either
 * nothing or a key that key_find() finds; then the public half. Of a permanent key: stores the public half when a kill left it out.
 * *key is another handle afterwards, and stays the old one on failure. ERR_NSS_KEYGEN. */
bool key_keep(struct nssdb *db, struct key **key, struct err *err) MUST_CHECK;
/* By CKA_ID; token NULL = all tokens, first match (those that need no further password first).
 * ERR_NSS_KEY_NOT_FOUND. */
struct key *key_find(struct nssdb *db, const char *token, struct bytes cka_id, struct err *err) MUST_CHECK;
/* By public key, on any token. ERR_NSS_KEY_NOT_FOUND. */
struct key *key_of_spki(struct nssdb *db, struct bytes spki, struct err *err) MUST_CHECK;
struct key *key_of_cert(struct nssdb *db, const struct cert *cert, struct err *err) MUST_CHECK;
/* Removes it from the token for good; taken in any case. */
bool key_delete(struct nssdb *db, struct key *taken, struct err *err) MUST_CHECK;
void key_free(struct key *key); /* NULL is fine; a temporary key is destroyed */

/* 20 octets as a rule. Appended. */
bool key_id(const struct key *key, struct buf *cka_id, struct err *err) MUST_CHECK;
/* CKA_ID that NSS gives to the key with this SubjectPublicKeyInfo. Appended. */
bool key_id_of_spki(struct bytes spki, struct buf *cka_id, struct err *err) MUST_CHECK;
bool key_spki(const struct key *key, struct buf *der, struct err *err) MUST_CHECK;
enum key_type key_type(const struct key *key);
int key_bits(const struct key *key);
char *key_text(const struct key *key) MUST_CHECK; /* "RSA 2048", "EC nistp256" */
const char *key_token(const struct key *key);     /* as for nssdb_login(): "internal" or a label. Lends */
bool key_is_temporary(const struct key *key);

/* Dogtag's spelling of 20 octets: signed hex without leading zeros, as Java's BigInteger.toString(16); other
 * lengths come as "0x...". Caller frees. */
char *key_id_text(struct bytes cka_id) MUST_CHECK;
/* Reads both spellings, blanks and newline at the end allowed. Signed hex gives 20 octets. ERR_NSS_KEY_ID.
 * Appended. */
bool key_id_parse(const char *text, struct buf *cka_id, struct err *err) MUST_CHECK;

/* All private keys of a token (NULL = all that need no login or are logged in). Caller frees array and keys.
 */
bool key_list(struct nssdb *db, const char *token, struct key ***keys, size_t *n, struct err *err) MUST_CHECK;
void key_list_free(struct key **keys, size_t n);

/* PrivateKeyInfo (RFC 5208), not encrypted; stored permanently. nickname may be NULL. *key may be NULL.
 * ERR_NSS_BAD_KEY. */
bool key_import_pkcs8(struct nssdb *db, const char *token, struct bytes pkcs8_der, const char *nickname,
                      struct key **key, struct err *err) MUST_CHECK;
#endif
