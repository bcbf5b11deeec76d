/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_CRYPT_H
#define CMCW_NSS_CRYPT_H
/*
 * Encryption for shared tokens, encryptedPOP and archival: RSA key transport (PKCS#1 v1.5, RFC 8017; OAEP
 * with SHA-256 and MGF1-SHA-256), AES-CBC, and wrapping of private keys on their token. struct skey is a
 * symmetric key on a token; free it before nssdb_close(). Clear text that comes out of the decrypt functions
 * goes into bufs that the caller marked secret where it matters.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "nss/key.h"

struct skey;

enum rsa_padding { RSA_PKCS1, RSA_OAEP_SHA256 };

/* How a private key (as PKCS#8 PrivateKeyInfo) is wrapped for the KRA. To add one: a row in crypt_wrap.c. */
enum wrap_alg {
    WRAP_AES_CBC_PAD, /* "AES/CBC/PKCS5Padding": parameters are the real IV, 16 octets */
    WRAP_AES_KW_PAD,  /* "AES KeyWrap/Padding": RFC 3394 over PKCS#7-padded data, as NSS does it; 8 dummy
                         octets as parameters */
    WRAP_AES_KWP,     /* "AES KeyWrap/Wrapped": RFC 5649; 8 dummy octets as parameters */
};
const char *wrap_alg_name(enum wrap_alg alg);                           /* Dogtag's spelling */
bool wrap_alg_by_name(const char *name, enum wrap_alg *alg) MUST_CHECK; /* any case */
const char *wrap_alg_oid(enum wrap_alg alg); /* for AES-128, dotted, as Dogtag writes it */

/* New AES session key on a token (NULL = internal), able to wrap, unwrap, encrypt and decrypt. octets 16, 24
 * or 32. */
struct skey *skey_generate(struct nssdb *db, const char *token, size_t octets, struct err *err) MUST_CHECK;
/* From known octets (not in FIPS mode: ERR_NSS_FIPS). */
struct skey *skey_import(struct nssdb *db, const char *token, struct bytes value, struct err *err) MUST_CHECK;
void skey_free(struct skey *skey); /* NULL is fine */
/* Octets of a key where the token gives them out. out should be secret. */
bool skey_value(struct skey *skey, struct buf *out, struct err *err) MUST_CHECK;

/* The session key for the owner of this RSA SubjectPublicKeyInfo. Appended. ERR_NSS_ENCRYPT. */
bool crypt_rsa_wrap_key(struct skey *skey, struct bytes spki, enum rsa_padding padding, struct buf *out,
                        struct err *err) MUST_CHECK;
/* AES key of octets length from such a blob. ERR_NSS_DECRYPT. A blob with damaged padding does not tell its
 * reason. */
struct skey *crypt_rsa_unwrap_key(struct nssdb *db, const struct key *key, struct bytes wrapped,
                                  enum rsa_padding padding, size_t octets, struct err *err) MUST_CHECK;
/* Small data (a passphrase, a challenge) straight with RSA; used by Dogtag's shared tokens and proofs. */
bool crypt_rsa_encrypt(struct bytes spki, enum rsa_padding padding, struct bytes clear, struct buf *out,
                       struct err *err) MUST_CHECK;
bool crypt_rsa_decrypt(const struct key *key, enum rsa_padding padding, struct bytes cipher, struct buf *out,
                       struct err *err) MUST_CHECK;

/* ECDH (RFC 5753 calls it so) without more: an AES-256 key that key shares with the owner of this EC
 * SubjectPublicKeyInfo of the same curve, on key's token; the last octets of the shared secret. Enough to prove that
 * both can, not to protect anything for long. encrypts: what it is for, else to decrypt. ERR_NSS_DECRYPT. */
struct skey *crypt_ec_agree(struct nssdb *db, const struct key *key, struct bytes spki, bool encrypts,
                            struct err *err) MUST_CHECK;

/* AES-CBC; iv 16 octets. padded: PKCS#7 padding; else the length must be a multiple of 16. Appended. */
bool crypt_aes_cbc_encrypt(struct skey *skey, struct bytes iv, bool padded, struct bytes clear,
                           struct buf *out, struct err *err) MUST_CHECK;
bool crypt_aes_cbc_decrypt(struct skey *skey, struct bytes iv, bool padded, struct bytes cipher,
                           struct buf *out, struct err *err) MUST_CHECK;

/* Private key wrapped by its own token with a key on that token (skey_generate(db, key_token(key), ...)).
 * params: IV for WRAP_AES_CBC_PAD, ignored otherwise. Appended. ERR_NSS_WRAP (says when the token refuses
 * this algorithm). */
bool crypt_wrap_private_key(struct skey *skey, const struct key *key, enum wrap_alg alg, struct bytes params,
                            struct buf *out, struct err *err) MUST_CHECK;
/* Whether the token (as in nssdb_login(), logged in) wraps its keys of this type so: tried with a session key that is forgotten at once,
 * because lists of mechanisms do not tell which of them wrap, and what works for one type need not for another. The database itself
 * (softoken) wraps all alike and is tried with an EC key, which takes no time. Where no such key pair can be made: what the list says.
 * What a token other than the database wraps is also read back, as a KRA would do it. */
bool crypt_token_wraps(struct nssdb *db, const char *token, enum key_type type, enum wrap_alg alg) MUST_CHECK;
/* PrivateKeyInfo DER out of such a blob (practice KRA, tests): decrypts to octets, checks the padding. out
 * should be secret. */
bool crypt_unwrap_private_key(struct skey *skey, enum wrap_alg alg, struct bytes params, struct bytes wrapped,
                              struct buf *pkcs8, struct err *err) MUST_CHECK;
#endif
