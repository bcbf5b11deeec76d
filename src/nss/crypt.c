/* SPDX-License-Identifier: Apache-2.0 */
/* Symmetric keys, RSA key transport, AES-CBC. */
#include "config.h"

#include "nss/crypt.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <keyhi.h>
#include <pk11pub.h>

#include "base/i18n.h"
#include "nss/crypt_private.h"
#include "nss/native.h"
#include "nss/nsserr.h"

#define RSA_OCTETS_MAX 2048 /* modulus of 16384 bits */
#define AGREED_OCTETS 32    /* of an agreed key; the smallest curve gives as many */

static const CK_FLAGS skey_uses = CKF_WRAP | CKF_UNWRAP | CKF_ENCRYPT | CKF_DECRYPT;

static struct skey *skey_take(PK11SymKey *native)
{
    struct skey *skey = xcalloc(1, sizeof(*skey));
    skey->native = native;
    return skey;
}

void skey_free(struct skey *skey)
{
    if (skey) {
        PK11_FreeSymKey(skey->native);
        free(skey);
    }
}

static bool aes_length(size_t octets)
{
    return octets == 16 || octets == 24 || octets == 32;
}

/* Where a session key is made. A database that nobody logged in to uses none of its private keys, so the generic crypto slot
 * beside it does as well, without its password. FIPS mode has no such slot. */
static PK11SlotInfo *session_slot(struct nssdb *db, const char *token, bool *login, struct err *err)
{
    PK11SlotInfo *slot = nssdb_slot(db, token, err);
    *login = slot != NULL;
    if (slot && nssdb_token_is_internal(token) && !PK11_IsFIPS() && PK11_NeedLogin(slot) && !PK11_IsLoggedIn(slot, db)) {
        PK11_FreeSlot(slot);
        *login = false;
        slot = PK11_GetInternalSlot();
    }
    return slot;
}

struct skey *skey_generate(struct nssdb *db, const char *token, size_t octets, struct err *err)
{
    if (!aes_length(octets)) {
        err_fail(err, ERR_NSS_KEY_SPEC, _("AES keys have 16, 24 or 32 octets."));
        return NULL;
    }
    bool login = false;
    PK11SlotInfo *slot = session_slot(db, token, &login, err);
    if (!slot) {
        return NULL;
    }
    PK11SymKey *native = NULL;
    if (!login || nssdb_login(db, token, err)) {
        /* Sensitive, private and extractable: the one combination that softoken, FIPS mode and SoftHSM all
         * wrap. */
        PK11AttrFlags attributes =
            PK11_ATTR_SESSION | PK11_ATTR_EXTRACTABLE | PK11_ATTR_SENSITIVE | PK11_ATTR_PRIVATE;
        native = PK11_TokenKeyGenWithFlags(slot, CKM_AES_CBC_PAD, NULL, (int)octets, NULL, skey_uses,
                                           attributes, db);
        if (!native) {
            nss_fail(err, ERR_NSS_KEYGEN, NULL);
        }
    }
    PK11_FreeSlot(slot);
    return native ? skey_take(native) : NULL;
}

struct skey *skey_import(struct nssdb *db, const char *token, struct bytes value, struct err *err)
{
    if (!aes_length(value.len)) {
        err_fail(err, ERR_NSS_KEY_SPEC, _("AES keys have 16, 24 or 32 octets."));
        return NULL;
    }
    PK11SlotInfo *slot = nssdb_slot(db, token, err);
    if (!slot) {
        return NULL;
    }
    SECItem item = native_item(value);
    PK11SymKey *native = NULL;
    if (nssdb_login(db, token, err)) {
        native = PK11_ImportSymKeyWithFlags(slot, CKM_AES_CBC_PAD, PK11_OriginUnwrap, CKA_DECRYPT, &item,
                                            skey_uses, PR_FALSE, db);
        if (!native) {
            nss_fail(err, PK11_IsFIPS() ? ERR_NSS_FIPS : ERR_NSS_BAD_KEY, NULL);
        }
    }
    PK11_FreeSlot(slot);
    return native ? skey_take(native) : NULL;
}

bool skey_value(struct skey *skey, struct buf *out, struct err *err)
{
    if (PK11_ExtractKeyValue(skey->native) != SECSuccess) {
        return nss_fail(err, PK11_IsFIPS() ? ERR_NSS_FIPS : ERR_NSS_BAD_KEY, NULL);
    }
    SECItem *value = PK11_GetKeyData(skey->native);
    return (value && buf_append(out, value->data, value->len)) || err_fail(err, ERR_NSS_TOO_BIG, NULL);
}

struct oaep {
    CK_RSA_PKCS_OAEP_PARAMS params;
    SECItem item;
};

/* RFC 8017 A.2.1 with SHA-256 for both hashes and an empty label. NULL for PKCS#1 v1.5. */
static SECItem *oaep_item(enum rsa_padding padding, struct oaep *room)
{
    if (padding == RSA_PKCS1) {
        return NULL;
    }
    room->params = (CK_RSA_PKCS_OAEP_PARAMS){
        .hashAlg = CKM_SHA256, .mgf = CKG_MGF1_SHA256, .source = CKZ_DATA_SPECIFIED};
    room->item = (SECItem){siBuffer, (unsigned char *)&room->params, sizeof(room->params)};
    return &room->item;
}

static CK_MECHANISM_TYPE rsa_mechanism(enum rsa_padding padding)
{
    return padding == RSA_PKCS1 ? CKM_RSA_PKCS : CKM_RSA_PKCS_OAEP;
}

static SECKEYPublicKey *rsa_public(struct bytes spki, struct err *err)
{
    SECKEYPublicKey *public = native_public_key(spki, err);
    if (public && SECKEY_GetPublicKeyType(public) != rsaKey) {
        SECKEY_DestroyPublicKey(public);
        err_fail(err, ERR_NSS_ENCRYPT, _("Only RSA keys can encrypt."));
        return NULL;
    }
    return public;
}

bool crypt_rsa_wrap_key(struct skey *skey, struct bytes spki, enum rsa_padding padding, struct buf *out,
                        struct err *err)
{
    SECKEYPublicKey *public = rsa_public(spki, err);
    if (!public) {
        return false;
    }
    uint8_t room[RSA_OCTETS_MAX];
    SECItem wrapped = {siBuffer, room, SECKEY_PublicKeyStrength(public)};
    struct oaep oaep;
    SECStatus rv = SECFailure;
    if (wrapped.len <= sizeof(room)) {
        rv = padding == RSA_PKCS1
                 ? PK11_PubWrapSymKey(CKM_RSA_PKCS, public, skey->native, &wrapped)
                 : PK11_PubWrapSymKeyWithMechanism(public, CKM_RSA_PKCS_OAEP, oaep_item(padding, &oaep),
                                                   skey->native, &wrapped);
    }
    SECKEY_DestroyPublicKey(public);
    if (rv != SECSuccess) {
        return nss_fail(err, ERR_NSS_ENCRYPT, NULL);
    }
    return buf_append(out, wrapped.data, wrapped.len) || err_fail(err, ERR_NSS_TOO_BIG, NULL);
}

struct skey *crypt_rsa_unwrap_key(struct nssdb *db, const struct key *key, struct bytes wrapped,
                                  enum rsa_padding padding, size_t octets, struct err *err)
{
    (void)db;
    SECItem item = native_item(wrapped);
    struct oaep oaep;
    PK11SymKey *native = NULL;
    if (key_type(key) == KEY_RSA && aes_length(octets) && wrapped.len <= RSA_OCTETS_MAX) {
        native = padding == RSA_PKCS1
                     ? PK11_PubUnwrapSymKeyWithFlagsPerm(key_private(key), &item, CKM_AES_CBC_PAD,
                                                         CKA_DECRYPT, (int)octets, skey_uses, PR_FALSE)
                     : PK11_PubUnwrapSymKeyWithMechanism(key_private(key), CKM_RSA_PKCS_OAEP,
                                                         oaep_item(padding, &oaep), &item, CKM_AES_CBC_PAD,
                                                         CKA_DECRYPT, (int)octets);
    }
    if (native && PK11_GetKeyLength(native) != octets) {
        PK11_FreeSymKey(native);
        native = NULL;
    }
    if (!native) {
        nss_fail(err, ERR_NSS_DECRYPT, NULL);
        return NULL;
    }
    return skey_take(native);
}

bool crypt_rsa_encrypt(struct bytes spki, enum rsa_padding padding, struct bytes clear, struct buf *out,
                       struct err *err)
{
    SECKEYPublicKey *public = rsa_public(spki, err);
    if (!public) {
        return false;
    }
    uint8_t room[RSA_OCTETS_MAX];
    unsigned len = 0;
    struct oaep oaep;
    SECStatus rv = SECFailure;
    if (clear.len <= sizeof(room)) {
        rv = PK11_PubEncrypt(public, rsa_mechanism(padding), oaep_item(padding, &oaep), room, &len,
                             sizeof(room), clear.data, (unsigned)clear.len, NULL);
    }
    SECKEY_DestroyPublicKey(public);
    if (rv != SECSuccess) {
        return nss_fail(err, ERR_NSS_ENCRYPT, NULL);
    }
    return buf_append(out, room, len) || err_fail(err, ERR_NSS_TOO_BIG, NULL);
}

bool crypt_rsa_decrypt(const struct key *key, enum rsa_padding padding, struct bytes cipher, struct buf *out,
                       struct err *err)
{
    uint8_t room[RSA_OCTETS_MAX];
    unsigned len = 0;
    struct oaep oaep;
    if (key_type(key) != KEY_RSA || cipher.len > sizeof(room) ||
        PK11_PrivDecrypt(key_private(key), rsa_mechanism(padding), oaep_item(padding, &oaep), room, &len,
                         sizeof(room), cipher.data, (unsigned)cipher.len) != SECSuccess) {
        return nss_fail(err, ERR_NSS_DECRYPT, NULL);
    }
    bool ok = buf_append(out, room, len) || err_fail(err, ERR_NSS_TOO_BIG, NULL);
    mem_wipe(room, sizeof(room));
    return ok;
}

struct skey *crypt_ec_agree(struct nssdb *db, const struct key *key, struct bytes spki, bool encrypts, struct err *err)
{
    SECKEYPublicKey *public = native_public_key(spki, err);
    if (!public) {
        return NULL;
    }
    PK11SymKey *native = NULL;
    if (key_type(key) == KEY_EC && SECKEY_GetPublicKeyType(public) == ecKey) {
        native =
            PK11_PubDeriveWithKDF(key_private(key), public, PR_FALSE, NULL, NULL, CKM_ECDH1_DERIVE, CKM_AES_CBC,
                                  encrypts ? CKA_ENCRYPT : CKA_DECRYPT, AGREED_OCTETS, CKD_NULL, NULL, nssdb_wincx(db));
    }
    SECKEY_DestroyPublicKey(public);
    if (!native) {
        nss_fail(err, ERR_NSS_DECRYPT, NULL);
        return NULL;
    }
    return skey_take(native);
}

bool crypt_run(struct skey *skey, CK_MECHANISM_TYPE mechanism, struct bytes params, bool encrypt,
               struct bytes in, struct buf *out, struct err *err)
{
    enum err_code code = encrypt ? ERR_NSS_ENCRYPT : ERR_NSS_DECRYPT;
    if (in.len > BUF_MAX_MESSAGE) {
        return err_fail(err, ERR_NSS_TOO_BIG, NULL);
    }
    SECItem item = native_item(params);
    unsigned room = (unsigned)in.len + 64;
    uint8_t *result = xmalloc(room);
    unsigned len = 0;
    SECStatus rv = encrypt ? PK11_Encrypt(skey->native, mechanism, params.len ? &item : NULL, result, &len,
                                          room, in.data, (unsigned)in.len)
                           : PK11_Decrypt(skey->native, mechanism, params.len ? &item : NULL, result, &len,
                                          room, in.data, (unsigned)in.len);
    bool ok = rv == SECSuccess || nss_fail(err, code, NULL);
    ok = ok && (len == 0 || buf_append(out, result, len) || err_fail(err, ERR_NSS_TOO_BIG, NULL));
    mem_wipe(result, room);
    free(result);
    return ok;
}

static bool aes_cbc(struct skey *skey, struct bytes iv, bool padded, bool encrypt, struct bytes in,
                    struct buf *out, struct err *err)
{
    bool whole = in.len % 16 == 0;
    if (iv.len != 16 || (!whole && !(padded && encrypt)) || (!encrypt && in.len == 0)) {
        return err_fail(err, encrypt ? ERR_NSS_ENCRYPT : ERR_NSS_DECRYPT,
                        _("The length does not fit the AES block size."));
    }
    return crypt_run(skey, padded ? CKM_AES_CBC_PAD : CKM_AES_CBC, iv, encrypt, in, out, err);
}

bool crypt_aes_cbc_encrypt(struct skey *skey, struct bytes iv, bool padded, struct bytes clear,
                           struct buf *out, struct err *err)
{
    return aes_cbc(skey, iv, padded, true, clear, out, err);
}

bool crypt_aes_cbc_decrypt(struct skey *skey, struct bytes iv, bool padded, struct bytes cipher,
                           struct buf *out, struct err *err)
{
    return aes_cbc(skey, iv, padded, false, cipher, out, err);
}
