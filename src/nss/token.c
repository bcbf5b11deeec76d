/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of an nssdb: names, lists, logins. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pk11pub.h>
#include <secerr.h>
#include <secmod.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/native.h"
#include "nss/nssdb.h"
#include "nss/nssdb_private.h"
#include "nss/nsserr.h"

/* Spellings of the database itself. To add one: a row. */
static const char *const internal_names[] = {"internal", "Internal Key Storage Token", "NSS Certificate DB",
                                             "NSS FIPS 140-2 Certificate DB"};

bool nssdb_token_is_internal(const char *token)
{
    if (!token || *token == '\0') {
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(internal_names); i++) {
        if (strcasecmp(token, internal_names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_internal_slot(PK11SlotInfo *slot)
{
    PK11SlotInfo *own = PK11_GetInternalKeySlot();
    bool same = own == slot;
    if (own) {
        PK11_FreeSlot(own);
    }
    return same;
}

char *nssdb_slot_name(PK11SlotInfo *slot)
{
    return xstrdup(is_internal_slot(slot) ? "internal" : PK11_GetTokenName(slot));
}

/* Tokens that cannot hold keys of a user: the generic crypto slot beside a database, and lists of root
 * certificates. */
static bool holds_keys(PK11SlotInfo *slot)
{
    if (is_internal_slot(slot)) {
        return true;
    }
    PK11SlotInfo *crypto = PK11_GetInternalSlot();
    bool generic = crypto == slot;
    if (crypto) {
        PK11_FreeSlot(crypto);
    }
    return !generic && !PK11_HasRootCerts(slot);
}

static bool missing_token(struct nssdb *db, const char *token, struct err *err)
{
    struct token_info *list = NULL;
    size_t n = 0;
    struct buf names = BUF_INIT(BUF_MAX_TEXT);
    if (nssdb_tokens(db, &list, &n, NULL)) {
        for (size_t i = 0; i < n; i++) {
            buf_add(&names, "%s%s", i ? ", " : "", list[i].internal ? "internal" : list[i].label);
        }
        token_info_free(list, n);
    }
    char *visible = text_visible_str(token);
    nss_fail_as(err, ERR_NSS_TOKEN_MISSING, _("The token that was named: %s. Tokens that are present: %s."), visible,
                buf_str(&names));
    free(visible);
    buf_release(&names);
    return false;
}

PK11SlotInfo *nssdb_slot(struct nssdb *db, const char *token, struct err *err)
{
    PK11SlotInfo *slot =
        nssdb_token_is_internal(token) ? PK11_GetInternalKeySlot() : PK11_FindSlotByName(token);
    if (slot && !PK11_IsPresent(slot)) {
        PK11_FreeSlot(slot);
        slot = NULL;
    }
    if (!slot) {
        missing_token(db, token ? token : "internal", err);
    }
    return slot;
}

static int tries_left_of(PK11SlotInfo *slot, int own)
{
    CK_TOKEN_INFO info;
    if (PK11_GetTokenInfo(slot, &info) == SECSuccess && (info.flags & CKF_USER_PIN_FINAL_TRY)) {
        return 1;
    }
    return own;
}

static bool is_locked(PK11SlotInfo *slot)
{
    CK_TOKEN_INFO info;
    return PK11_GetTokenInfo(slot, &info) == SECSuccess && (info.flags & CKF_USER_PIN_LOCKED);
}

static char *visible_token(PK11SlotInfo *slot)
{
    return is_internal_slot(slot) ? xstrdup("internal") : text_visible_str(PK11_GetTokenName(slot));
}

/* Asks once; false with err set. */
static bool ask(struct nssdb *db, PK11SlotInfo *slot, bool retry, int left, struct secret *out,
                struct err *err)
{
    char *name = visible_token(slot);
    struct err own = ERR_INIT;
    bool ok = false;
    if (!db->passwords.ask) {
        err_fail(err, ERR_SECRET_NEEDED, _("Token: %s"), name);
    } else if (db->passwords.ask(db->passwords.ctx, name, retry, left, out, &own) && secret_is_set(out)) {
        ok = true;
    } else if (err_is_set(&own)) {
        if (err) {
            err_move(err, &own);
        }
    } else {
        err_fail(err, ERR_NSS_LOGIN_CANCELLED, _("Token: %s"), name);
    }
    err_release(&own);
    free(name);
    return ok;
}

char *token_password_callback(PK11SlotInfo *slot, PRBool retry, void *arg)
{
    struct nssdb *db = arg;
    if (!db) {
        return NULL;
    }
    db->callback_tries = retry ? db->callback_tries + 1 : 0;
    if (db->callback_tries >= NSSDB_LOGIN_TRIES) {
        return NULL;
    }
    struct secret password = SECRET_INIT;
    char *copy = NULL;
    int left = tries_left_of(slot, NSSDB_LOGIN_TRIES - db->callback_tries);
    if (ask(db, slot, retry, left, &password, NULL)) {
        copy = PORT_Strdup(password.text);
    }
    secret_release(&password);
    return copy;
}

/* SECSuccess, SECWouldBlock = wrong password, SECFailure. */
static SECStatus try_password(PK11SlotInfo *slot, const struct secret *password)
{
    return PK11_CheckUserPassword(slot, password->text);
}

static bool login_failed(PK11SlotInfo *slot, SECStatus rv, struct err *err)
{
    char *name = visible_token(slot);
    if (is_locked(slot)) {
        nss_fail_as(err, ERR_NSS_TOKEN_LOCKED, _("Token: %s"), name);
    } else if (rv == SECWouldBlock) {
        nss_fail_as(err, ERR_NSS_WRONG_PASSWORD, _("Token: %s"), name);
    } else {
        nss_fail(err, ERR_NSS_WRONG_PASSWORD, _("Token: %s"), name);
    }
    free(name);
    return false;
}

/* Done without any password? *done says so; false when no password can help. */
static bool login_state(struct nssdb *db, PK11SlotInfo *slot, bool *done, struct err *err)
{
    bool internal = is_internal_slot(slot);
    *done = (internal && db->mode == NSSDB_NONE) || (!PK11_NeedUserInit(slot) && !PK11_NeedLogin(slot)) ||
            PK11_IsLoggedIn(slot, db);
    if (*done) {
        return true;
    }
    char *name = visible_token(slot);
    bool ok = true;
    if (PK11_NeedUserInit(slot)) {
        ok = err_fail(err, ERR_NSS_TOKEN_NEW, _("Token: %s"), name);
    } else if (is_locked(slot)) {
        ok = err_fail(err, ERR_NSS_TOKEN_LOCKED, _("Token: %s"), name);
    }
    free(name);
    return ok;
}

static bool login_slot(struct nssdb *db, PK11SlotInfo *slot, struct err *err)
{
    bool done = false;
    if (!login_state(db, slot, &done, err)) {
        return false;
    }
    SECStatus rv = done ? SECSuccess : SECWouldBlock;
    for (int round = 0; rv == SECWouldBlock && round < NSSDB_LOGIN_TRIES; round++) {
        struct secret password = SECRET_INIT;
        int left = tries_left_of(slot, NSSDB_LOGIN_TRIES - round);
        if (PK11_ProtectedAuthenticationPath(slot)) { /* typed on the token's own keypad: this call waits for it */
            rv = PK11_CheckUserPassword(slot, NULL);
            continue;
        }
        if (!ask(db, slot, round > 0, left, &password, err)) {
            secret_release(&password);
            return false;
        }
        rv = try_password(slot, &password);
        secret_release(&password);
        if (rv == SECWouldBlock && is_locked(slot)) {
            break;
        }
    }
    return rv == SECSuccess || login_failed(slot, rv, err);
}

bool nssdb_login(struct nssdb *db, const char *token, struct err *err)
{
    PK11SlotInfo *slot = nssdb_slot(db, token, err);
    if (!slot) {
        return false;
    }
    bool ok = login_slot(db, slot, err);
    PK11_FreeSlot(slot);
    return ok;
}

bool nssdb_login_with(struct nssdb *db, const char *token, const struct secret *password, struct err *err)
{
    PK11SlotInfo *slot = nssdb_slot(db, token, err);
    if (!slot) {
        return false;
    }
    bool done = false;
    bool ok = login_state(db, slot, &done, err);
    if (ok && !done) {
        SECStatus rv = try_password(slot, password);
        ok = rv == SECSuccess || login_failed(slot, rv, err);
    }
    PK11_FreeSlot(slot);
    return ok;
}

void nssdb_logout(struct nssdb *db)
{
    (void)db;
    PK11_LogoutAll();
}

bool nssdb_needs_init(struct nssdb *db)
{
    PK11SlotInfo *slot = db->mode == NSSDB_NONE ? NULL : PK11_GetInternalKeySlot();
    bool needed = slot && PK11_NeedUserInit(slot);
    if (slot) {
        PK11_FreeSlot(slot);
    }
    return needed;
}

bool nssdb_init_password(struct nssdb *db, const struct secret *password, struct err *err)
{
    if (!nssdb_needs_init(db)) {
        return true;
    }
    PK11SlotInfo *slot = nssdb_slot(db, NULL, err);
    if (!slot) {
        return false;
    }
    bool ok = PK11_InitPin(slot, NULL, password->text ? password->text : "") == SECSuccess;
    if (!ok) {
        nss_fail(err, ERR_NSS_READ_ONLY, _("The password of the new database could not be set."));
    }
    PK11_FreeSlot(slot);
    return ok && (!password->text || *password->text == '\0' || nssdb_login_with(db, NULL, password, err));
}

static struct token_info describe(struct nssdb *db, PK11SlotInfo *slot)
{
    struct token_info t = {.internal = is_internal_slot(slot)};
    SECMODModule *module = PK11_GetModule(slot);
    t.name = nssdb_slot_name(slot);
    t.label = text_visible_str(PK11_GetTokenName(slot));
    t.module = text_visible_str(module && module->commonName ? module->commonName : "");
    t.present = PK11_IsPresent(slot);
    t.needs_login = PK11_NeedLogin(slot);
    t.logged_in = !t.needs_login || PK11_IsLoggedIn(slot, db);
    t.needs_init = PK11_NeedUserInit(slot) && db->mode != NSSDB_NONE;
    t.read_only = PK11_IsReadOnly(slot);
    t.fips = t.internal && PK11_IsFIPS();
    return t;
}

bool nssdb_tokens(struct nssdb *db, struct token_info **list, size_t *n, struct err *err)
{
    *list = NULL;
    *n = 0;
    PK11SlotList *slots = PK11_GetAllTokens(CKM_INVALID_MECHANISM, PR_FALSE, PR_FALSE, db);
    if (!slots) {
        return nss_fail_as(err, ERR_NSS_TOKEN_MISSING, NULL);
    }
    for (PK11SlotListElement *e = slots->head; e; e = e->next) {
        if (!holds_keys(e->slot)) {
            continue;
        }
        *list = xrealloc(*list, (*n + 1) * sizeof(**list));
        struct token_info t = describe(db, e->slot);
        size_t at = *n;
        if (t.internal) {
            memmove(*list + 1, *list, *n * sizeof(**list));
            at = 0;
        }
        (*list)[at] = t;
        (*n)++;
    }
    PK11_FreeSlotList(slots);
    return true;
}

void token_info_free(struct token_info *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].name);
        free(list[i].label);
        free(list[i].module);
    }
    free(list);
}
