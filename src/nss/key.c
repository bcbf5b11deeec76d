/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/key.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <keyhi.h>
#include <pk11pub.h>
#include <secerr.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/native.h"
#include "nss/nsserr.h"

struct key {
    struct nssdb *db;
    SECKEYPrivateKey *private;
    SECKEYPublicKey *public;
    SECKEYPrivateKey *copy; /* session copy that signs */
    bool used;              /* has signed once */
    bool copy_tried;
    bool temporary;
    enum key_type type;
    int bits;
    char *token;
};

SECKEYPrivateKey *key_private(const struct key *key)
{
    return key->private;
}

SECKEYPublicKey *key_public(const struct key *key)
{
    return key->public;
}

SECKEYPrivateKey *key_signing(struct key *key)
{
    /* One signature is cheapest with the stored key; from the second on the copy saves deriving its keys again. */
    if (!key->used) {
        key->used = true;
        return key->private;
    }
    if (!key->copy_tried) {
        key->copy_tried = true;
        if (!key->temporary) {
            key->copy = PK11_CopyTokenPrivKeyToSessionPrivKey(key->private->pkcs11Slot, key->private);
            if (key->copy) {
                key->copy->wincx = key->db;
            }
        }
    }
    return key->copy ? key->copy : key->private;
}

/* Public half of a stored key: derived by NSS, else the public object with the same CKA_ID. */
static SECKEYPublicKey *find_public(SECKEYPrivateKey *private)
{
    SECKEYPublicKey *found = SECKEY_ConvertToPublicKey(private);
    if (found) {
        return found;
    }
    SECItem *id = PK11_GetLowLevelKeyIDForPrivateKey(private);
    SECKEYPublicKeyList *list = id ? PK11_ListPublicKeysInSlot(private->pkcs11Slot, NULL) : NULL;
    for (SECKEYPublicKeyListNode *node = list ? PUBKEY_LIST_HEAD(list) : NULL;
         node && !PUBKEY_LIST_END(node, list); node = PUBKEY_LIST_NEXT(node)) {
        SECItem own = {siBuffer, NULL, 0};
        if (!found && PK11_ReadRawAttribute(PK11_TypePubKey, node->key, CKA_ID, &own) == SECSuccess) {
            if (SECITEM_ItemsAreEqual(&own, id)) {
                found = SECKEY_CopyPublicKey(node->key);
            }
            SECITEM_FreeItem(&own, PR_FALSE);
        }
    }
    if (list) {
        SECKEY_DestroyPublicKeyList(list);
    }
    if (id) {
        SECITEM_FreeItem(id, PR_TRUE);
    }
    return found;
}

struct key *key_from_native(struct nssdb *db, SECKEYPrivateKey *private_taken, SECKEYPublicKey *public_taken,
                            struct err *err)
{
    struct key *key = xcalloc(1, sizeof(*key));
    key->db = db;
    key->private = private_taken;
    key->private->wincx = db;
    key->public = public_taken ? public_taken : find_public(private_taken);
    key->temporary = private_taken->pkcs11IsTemp;
    key->token = nssdb_slot_name(private_taken->pkcs11Slot);
    switch (SECKEY_GetPrivateKeyType(private_taken)) {
    case rsaKey:
        key->type = KEY_RSA;
        break;
    case ecKey:
        key->type = KEY_EC;
        break;
    default:
        key->type = KEY_OTHER;
        break;
    }
    key->bits = key->public ? (int)SECKEY_PublicKeyStrengthInBits(key->public) : 0;
    if (!key->public) {
        key_free(key);
        nss_fail_as(err, ERR_NSS_BAD_KEY, _("The token does not tell the public key."));
        return NULL;
    }
    return key;
}

void key_free(struct key *key)
{
    if (!key) {
        return;
    }
    if (key->copy) {
        SECKEY_DestroyPrivateKey(key->copy);
    }
    if (key->private) {
        SECKEY_DestroyPrivateKey(key->private);
    }
    if (key->public) {
        SECKEY_DestroyPublicKey(key->public);
    }
    free(key->token);
    free(key);
}

enum key_type key_type(const struct key *key)
{
    return key->type;
}

int key_bits(const struct key *key)
{
    return key->bits;
}

const char *key_token(const struct key *key)
{
    return key->token;
}

bool key_is_temporary(const struct key *key)
{
    return key->temporary;
}

bool key_spki(const struct key *key, struct buf *der, struct err *err)
{
    SECItem *item = SECKEY_EncodeDERSubjectPublicKeyInfo(key->public);
    if (!item) {
        return nss_fail_as(err, ERR_NSS_BAD_KEY, NULL);
    }
    bool ok = buf_append(der, item->data, item->len);
    SECITEM_FreeItem(item, PR_TRUE);
    return ok || err_fail(err, ERR_NSS_TOO_BIG, NULL);
}

char *key_text(const struct key *key)
{
    struct buf spki = BUF_INIT(CERT_MAX);
    char *text = key_spki(key, &spki, NULL) ? spki_text(buf_peek(&spki)) : xstrdup("?");
    buf_release(&spki);
    return text;
}

bool key_id(const struct key *key, struct buf *cka_id, struct err *err)
{
    SECItem *item = PK11_GetLowLevelKeyIDForPrivateKey(key->private);
    if (!item) {
        return nss_fail_as(err, ERR_NSS_BAD_KEY, NULL);
    }
    bool ok = buf_append(cka_id, item->data, item->len);
    SECITEM_FreeItem(item, PR_TRUE);
    return ok || err_fail(err, ERR_NSS_TOO_BIG, NULL);
}

bool key_id_of_spki(struct bytes spki, struct buf *cka_id, struct err *err)
{
    SECKEYPublicKey *public = native_public_key(spki, err);
    if (!public) {
        return false;
    }
    SECItem *value = SECKEY_GetPublicKeyType(public) == rsaKey  ? &public->u.rsa.modulus
                     : SECKEY_GetPublicKeyType(public) == ecKey ? &public->u.ec.publicValue
                                                                : NULL;
    SECItem *id = value ? PK11_MakeIDFromPubKey(value) : NULL;
    bool ok = id ? buf_append(cka_id, id->data, id->len) : nss_fail_as(err, ERR_NSS_BAD_KEY, NULL);
    if (id) {
        SECITEM_FreeItem(id, PR_TRUE);
    }
    SECKEY_DestroyPublicKey(public);
    return ok;
}

/* Removes the public object of a key pair, where the token keeps one. NSS frees what it deletes, so the node
 * is taken out of the list first; its memory belongs to the list. */
static void delete_public(PK11SlotInfo *slot, struct bytes id)
{
    SECKEYPublicKeyList *list = PK11_ListPublicKeysInSlot(slot, NULL);
    SECKEYPublicKeyListNode *next = NULL;
    for (SECKEYPublicKeyListNode *node = list ? PUBKEY_LIST_HEAD(list) : NULL;
         node && !PUBKEY_LIST_END(node, list); node = next) {
        next = PUBKEY_LIST_NEXT(node);
        SECItem own = {siBuffer, NULL, 0};
        if (PK11_ReadRawAttribute(PK11_TypePubKey, node->key, CKA_ID, &own) != SECSuccess) {
            continue;
        }
        if (bytes_equal(native_bytes(&own), id)) {
            PR_REMOVE_LINK(&node->links);
            PK11_DeleteTokenPublicKey(node->key);
        }
        SECITEM_FreeItem(&own, PR_FALSE);
    }
    if (list) {
        SECKEY_DestroyPublicKeyList(list);
    }
}

bool key_delete(struct nssdb *db, struct key *taken, struct err *err)
{
    struct buf id = BUF_INIT(1024);
    bool ok = key_id(taken, &id, err) && nssdb_login(db, taken->token, err);
    if (ok) {
        PK11SlotInfo *slot = PK11_ReferenceSlot(taken->private->pkcs11Slot);
        if (!taken->temporary) {
            delete_public(slot, buf_peek(&id));
        }
        ok = PK11_DeleteTokenPrivateKey(taken->private, PR_TRUE) == SECSuccess;
        taken->private = NULL; /* gone in any case */
        if (!ok) {
            nss_fail(err, ERR_NSS_READ_ONLY, _("The key could not be deleted."));
        }
        PK11_FreeSlot(slot);
    }
    buf_release(&id);
    key_free(taken);
    return ok;
}

bool key_import_pkcs8(struct nssdb *db, const char *token, struct bytes pkcs8_der, const char *nickname,
                      struct key **key, struct err *err)
{
    PK11SlotInfo *slot = nssdb_slot(db, token, err);
    if (!slot) {
        return false;
    }
    if (!nssdb_login(db, token, err)) {
        PK11_FreeSlot(slot);
        return false;
    }
    SECItem der = native_item(pkcs8_der);
    SECItem nick = native_item(bytes_of_str(nickname ? nickname : ""));
    SECKEYPrivateKey *private = NULL;
    SECStatus rv = PK11_ImportDERPrivateKeyInfoAndReturnKey(slot, &der, nickname ? &nick : NULL, NULL,
                                                            PR_TRUE, PR_TRUE, KU_ALL, &private, db);
    PK11_FreeSlot(slot);
    if (rv != SECSuccess || !private) {
        return nss_fail(err, PK11_IsFIPS() ? ERR_NSS_FIPS : ERR_NSS_BAD_KEY, NULL);
    }
    struct key *made = key_from_native(db, private, NULL, err);
    if (made && key) {
        *key = made;
    } else {
        key_free(made);
    }
    return made != NULL;
}
