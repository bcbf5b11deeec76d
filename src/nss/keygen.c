/* SPDX-License-Identifier: Apache-2.0 */
/* Making key pairs. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <keyhi.h>
#include <pk11pub.h>
#include <secoid.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/key.h"
#include "nss/native.h"
#include "nss/nsserr.h"

/* Curves that can be asked for. To add one: a row (and one in spki.c). */
static const struct {
    const char *name, *alias;
    SECOidTag tag;
} curves[] = {
    {"nistp256", "secp256r1", SEC_OID_SECG_EC_SECP256R1},
    {"nistp384", "secp384r1", SEC_OID_SECG_EC_SECP384R1},
    {"nistp521", "secp521r1", SEC_OID_SECG_EC_SECP521R1},
};

/* Curve OID as DER, what PKCS#11 calls EC_PARAMS. */
static bool curve_params(const char *curve, uint8_t *room, size_t size, SECItem *out, struct err *err)
{
    const char *name = curve ? curve : "nistp256";
    for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
        if (strcasecmp(name, curves[i].name) != 0 && strcasecmp(name, curves[i].alias) != 0) {
            continue;
        }
        const SECOidData *oid = SECOID_FindOIDByTag(curves[i].tag);
        if (!oid || oid->oid.len + 2 > size) {
            return err_fail(err, ERR_NSS_INTERNAL, NULL);
        }
        room[0] = 0x06;
        room[1] = (uint8_t)oid->oid.len;
        memcpy(room + 2, oid->oid.data, oid->oid.len);
        *out = (SECItem){siBuffer, room, oid->oid.len + 2};
        return true;
    }
    char *visible = text_visible_str(name);
    err_fail(err, ERR_NSS_KEY_SPEC, _("Curve: %s"), visible);
    free(visible);
    return false;
}

static PK11AttrFlags attributes_of(const struct key_spec *spec)
{
    PK11AttrFlags flags = spec->temporary ? PK11_ATTR_SESSION : PK11_ATTR_TOKEN;
    flags |= spec->insensitive ? PK11_ATTR_INSENSITIVE | PK11_ATTR_PUBLIC
                               : PK11_ATTR_SENSITIVE | PK11_ATTR_PRIVATE;
    if (spec->extractable) {
        flags |= PK11_ATTR_EXTRACTABLE; /* outright: SoftHSM wraps no others */
    }
    return flags;
}

static SECKEYPrivateKey *generate(struct nssdb *db, PK11SlotInfo *slot, const struct key_spec *spec,
                                  SECKEYPublicKey **public, struct err *err)
{
    PK11RSAGenParams rsa = {.keySizeInBits = spec->bits ? spec->bits : 2048, .pe = 65537};
    uint8_t room[32];
    SECItem curve;
    void *params = &rsa;
    CK_MECHANISM_TYPE mechanism = CKM_RSA_PKCS_KEY_PAIR_GEN;
    const CK_FLAGS all_rsa = CKF_SIGN | CKF_SIGN_RECOVER | CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP;
    CK_FLAGS wanted = spec->wrap_ops ? all_rsa : 0;
    CK_FLAGS mask = wanted;
    if (spec->type == KEY_EC) {
        if (!curve_params(spec->curve, room, sizeof(room), &curve, err)) {
            return NULL;
        }
        params = &curve;
        mechanism = CKM_EC_KEY_PAIR_GEN;
        wanted = spec->derive ? CKF_DERIVE : CKF_SIGN | (spec->agrees ? CKF_DERIVE : 0);
        mask = CKF_DERIVE | CKF_SIGN;
    } else if (rsa.keySizeInBits < 1024 || rsa.keySizeInBits > 16384 || rsa.keySizeInBits % 8) {
        err_fail(err, ERR_NSS_KEY_SPEC, _("RSA bits: %d"), spec->bits);
        return NULL;
    }
    SECKEYPrivateKey *private = PK11_GenerateKeyPairWithOpFlags(slot, mechanism, params, public,
                                                                attributes_of(spec), wanted, mask, db);
    if (!private && wanted == (CKF_SIGN | CKF_DERIVE)) {
        private =
            PK11_GenerateKeyPairWithOpFlags(slot, mechanism, params, public, attributes_of(spec), CKF_SIGN, mask, db);
    }
    if (!private) {
        bool fips = PK11_IsFIPS() && spec->insensitive;
        char *token = text_visible_str(PK11_GetTokenName(slot));
        nss_fail(err, fips ? ERR_NSS_FIPS : ERR_NSS_KEYGEN, _("Token: %s"), token);
        free(token);
    }
    return private;
}

struct key *key_generate(struct nssdb *db, const char *token, const struct key_spec *spec, struct err *err)
{
    if (spec->type != KEY_RSA && spec->type != KEY_EC) {
        err_fail(err, ERR_NSS_KEY_SPEC, NULL);
        return NULL;
    }
    PK11SlotInfo *slot = nssdb_slot(db, token, err);
    if (!slot) {
        return NULL;
    }
    struct key *key = NULL;
    if (!spec->temporary && nssdb_read_only(db) && nssdb_token_is_internal(token)) {
        err_fail(err, ERR_NSS_READ_ONLY, NULL);
    } else if (nssdb_login(db, token, err)) {
        SECKEYPublicKey *public = NULL;
        SECKEYPrivateKey *private = generate(db, slot, spec, &public, err);
        key = private ? key_from_native(db, private, public, err) : NULL;
    }
    PK11_FreeSlot(slot);
    return key;
}

/* The public half, unless it is there. An error here is none of the key's: NSS can do without it. */
static bool store_public(PK11SlotInfo *slot, SECKEYPublicKey *public, struct bytes id, struct err *err)
{
    SECKEYPublicKeyList *list = PK11_ListPublicKeysInSlot(slot, NULL);
    bool there = false;
    for (SECKEYPublicKeyListNode *node = list ? PUBKEY_LIST_HEAD(list) : NULL;
         node && !PUBKEY_LIST_END(node, list) && !there; node = PUBKEY_LIST_NEXT(node)) {
        SECItem own = {siBuffer, NULL, 0};
        if (PK11_ReadRawAttribute(PK11_TypePubKey, node->key, CKA_ID, &own) == SECSuccess) {
            there = bytes_equal(native_bytes(&own), id);
            SECITEM_FreeItem(&own, PR_FALSE);
        }
    }
    if (list) {
        SECKEY_DestroyPublicKeyList(list);
    }
    return there || PK11_ImportPublicKey(slot, public, PR_TRUE) != CK_INVALID_HANDLE || nss_fail(err, ERR_NSS_KEYGEN, NULL);
}

bool key_keep(struct nssdb *db, struct key **key, struct err *err)
{
    struct buf id = BUF_INIT(1024);
    PK11SlotInfo *slot = PK11_ReferenceSlot(key_private(*key)->pkcs11Slot);
    bool ok = key_id(*key, &id, err);
    if (ok && key_is_temporary(*key)) {
        SECKEYPrivateKey *private = PK11_ConvertSessionPrivKeyToTokenPrivKey(key_private(*key), db);
        SECKEYPublicKey *public = private ? SECKEY_CopyPublicKey(key_public(*key)) : NULL;
        struct key *kept = private ? key_from_native(db, private, public, err) : NULL;
        ok = kept || (private ? false : nss_fail(err, ERR_NSS_KEYGEN, NULL));
        if (kept) {
            key_free(*key);
            *key = kept;
        }
    }
    ok = ok && store_public(slot, key_public(*key), buf_peek(&id), err);
    PK11_FreeSlot(slot);
    buf_release(&id);
    return ok;
}
