/* SPDX-License-Identifier: Apache-2.0 */
/* Finding stored keys: by CKA_ID, by public key, all of them. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <keyhi.h>
#include <pk11pub.h>

#include "base/i18n.h"
#include "nss/key.h"
#include "nss/native.h"
#include "nss/nsserr.h"

static struct key *find_on_slot(struct nssdb *db, PK11SlotInfo *slot, struct bytes cka_id, struct err *err)
{
    SECItem id = native_item(cka_id);
    SECKEYPrivateKey *private = PK11_FindKeyByKeyID(slot, &id, db);
    return private ? key_from_native(db, private, NULL, err) : NULL;
}

static struct key *find_on_token(struct nssdb *db, const char *token, struct bytes cka_id, struct err *err)
{
    PK11SlotInfo *slot = nssdb_slot(db, token, err);
    struct key *key = slot ? find_on_slot(db, slot, cka_id, err) : NULL;
    if (slot) {
        PK11_FreeSlot(slot);
    }
    return key;
}

static void not_found(struct bytes cka_id, struct err *err)
{
    if (!err_is_set(err)) {
        char *text = key_id_text(cka_id);
        err_fail(err, ERR_NSS_KEY_NOT_FOUND, _("Key id: %s"), text);
        free(text);
    }
}

/* Tokens that are open come first, then those that first have to be logged in to; so nobody is asked in vain.
 */
static struct key *find_everywhere(struct nssdb *db, struct bytes cka_id, struct err *err)
{
    struct token_info *list;
    size_t n;
    struct key *key = NULL;
    struct err own = ERR_INIT;
    if (!nssdb_tokens(db, &list, &n, &own)) {
        err_release(&own);
        return NULL;
    }
    for (int closed = 0; !key && closed < 2; closed++) {
        for (size_t i = 0; !key && i < n; i++) {
            if (!list[i].present || list[i].needs_init || (list[i].logged_in ? 0 : 1) != closed) {
                continue;
            }
            struct err one = ERR_INIT;
            if (!closed || nssdb_login(db, list[i].name, &one)) {
                key = find_on_token(db, list[i].name, cka_id, &one);
            }
            if (err_is_set(&one) && !err_is_set(&own)) {
                err_move(&own, &one);
            }
            err_release(&one);
        }
    }
    if (!key && err && err_is_set(&own)) {
        err_move(err, &own);
    }
    err_release(&own);
    token_info_free(list, n);
    return key;
}

struct key *key_find(struct nssdb *db, const char *token, struct bytes cka_id, struct err *err)
{
    struct err own = ERR_INIT;
    struct key *key = NULL;
    if (!token) {
        key = find_everywhere(db, cka_id, &own);
    } else if (nssdb_login(db, token, &own)) {
        key = find_on_token(db, token, cka_id, &own);
    }
    if (!key) {
        not_found(cka_id, &own);
        if (err) {
            err_move(err, &own);
        }
    }
    err_release(&own);
    return key;
}

static bool same_spki(const struct key *key, struct bytes spki)
{
    struct buf own = BUF_INIT(CERT_MAX);
    bool same = key_spki(key, &own, NULL) && bytes_equal(buf_peek(&own), spki);
    buf_release(&own);
    return same;
}

/* Keys that came from elsewhere can have any CKA_ID. */
static struct key *search_by_value(struct nssdb *db, struct bytes spki)
{
    struct key **keys;
    size_t n;
    struct key *found = NULL;
    if (!key_list(db, NULL, &keys, &n, NULL)) {
        return NULL;
    }
    for (size_t i = 0; i < n && !found; i++) {
        if (same_spki(keys[i], spki)) {
            found = keys[i];
            keys[i] = NULL;
        }
    }
    key_list_free(keys, n);
    return found;
}

struct key *key_of_spki(struct nssdb *db, struct bytes spki, struct err *err)
{
    struct buf id = BUF_INIT(1024);
    struct err own = ERR_INIT;
    struct key *key = NULL;
    if (key_id_of_spki(spki, &id, &own)) {
        key = key_find(db, NULL, buf_peek(&id), &own);
    }
    if (key && !same_spki(key, spki)) {
        key_free(key);
        key = NULL;
    }
    if (!key) {
        key = search_by_value(db, spki);
    }
    if (!key) {
        not_found(buf_peek(&id), &own);
        if (err) {
            err_move(err, &own);
        }
    }
    err_release(&own);
    buf_release(&id);
    return key;
}

struct key *key_of_cert(struct nssdb *db, const struct cert *cert, struct err *err)
{
    return key_of_spki(db, cert_spki(cert), err);
}

static void list_slot(struct nssdb *db, const char *token, struct key ***keys, size_t *n)
{
    PK11SlotInfo *slot = nssdb_slot(db, token, NULL);
    SECKEYPrivateKeyList *list = slot ? PK11_ListPrivKeysInSlot(slot, NULL, db) : NULL;
    for (SECKEYPrivateKeyListNode *node = list ? PRIVKEY_LIST_HEAD(list) : NULL;
         node && !PRIVKEY_LIST_END(node, list); node = PRIVKEY_LIST_NEXT(node)) {
        SECKEYPrivateKey *copy = SECKEY_CopyPrivateKey(node->key);
        struct key *key = copy ? key_from_native(db, copy, NULL, NULL) : NULL;
        if (key) {
            *keys = xrealloc(*keys, (*n + 1) * sizeof(**keys));
            (*keys)[(*n)++] = key;
        }
    }
    if (list) {
        SECKEY_DestroyPrivateKeyList(list);
    }
    if (slot) {
        PK11_FreeSlot(slot);
    }
}

bool key_list(struct nssdb *db, const char *token, struct key ***keys, size_t *n, struct err *err)
{
    *keys = NULL;
    *n = 0;
    if (token) {
        if (!nssdb_login(db, token, err)) {
            return false;
        }
        list_slot(db, token, keys, n);
        return true;
    }
    struct token_info *tokens;
    size_t count;
    if (!nssdb_tokens(db, &tokens, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (tokens[i].present && tokens[i].logged_in) {
            list_slot(db, tokens[i].name, keys, n);
        }
    }
    token_info_free(tokens, count);
    return true;
}

void key_list_free(struct key **keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        key_free(keys[i]);
    }
    free(keys);
}
