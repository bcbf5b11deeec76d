/* SPDX-License-Identifier: Apache-2.0 */
/* Finding certificates in the database and on tokens. */
#include "config.h"

#include "nss/certdb.h"

#include <stdlib.h>
#include <string.h>

#include <pk11pub.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "nss/native.h"
#include "nss/nsserr.h"

static void entry_release(struct certdb_entry *entry)
{
    cert_free(entry->cert);
    free(entry->nickname);
    free(entry->token);
}

void certdb_entries_free(struct certdb_entry *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        entry_release(&list[i]);
    }
    free(list);
}

/* On a token that is open the key itself is looked for; else NSS's "u" flag tells, from the public key. */
static bool has_key(struct nssdb *db, PK11SlotInfo *slot, CERTCertificate *native, const char *trust)
{
    if (strchr(trust, 'u')) {
        return true;
    }
    if (PK11_NeedLogin(slot) && !PK11_IsLoggedIn(slot, db)) {
        return false;
    }
    SECKEYPrivateKey *key = PK11_FindPrivateKeyFromCert(slot, native, db);
    if (key) {
        SECKEY_DestroyPrivateKey(key);
    }
    return key != NULL;
}

static char *plain_nickname(const char *token, const char *nickname)
{
    size_t n = strlen(token);
    if (!nickname) {
        return xstrdup("");
    }
    return xstrdup(strncmp(nickname, token, n) == 0 && nickname[n] == ':' ? nickname + n + 1 : nickname);
}

static void list_slot(struct nssdb *db, const char *token, struct certdb_entry **list, size_t *n)
{
    PK11SlotInfo *slot = nssdb_slot(db, token, NULL);
    CERTCertList *certs = slot ? PK11_ListCertsInSlot(slot) : NULL;
    for (CERTCertListNode *node = certs ? CERT_LIST_HEAD(certs) : NULL; node && !CERT_LIST_END(node, certs);
         node = CERT_LIST_NEXT(node)) {
        struct certdb_entry e = {.cert = cert_from_native(node->cert, NULL)};
        if (!e.cert) {
            continue; /* a certificate that cannot be read is no use to anyone */
        }
        const char *nickname = node->appData ? node->appData : node->cert->nickname;
        e.nickname = plain_nickname(PK11_GetTokenName(slot), nickname);
        e.token = nssdb_slot_name(slot);
        certdb_trust(db, e.cert, e.trust);
        e.has_key = has_key(db, slot, node->cert, e.trust);
        *list = xrealloc(*list, (*n + 1) * sizeof(**list));
        (*list)[(*n)++] = e;
    }
    if (certs) {
        CERT_DestroyCertList(certs);
    }
    if (slot) {
        PK11_FreeSlot(slot);
    }
}

static int compare_entries(const void *a, const void *b)
{
    const struct certdb_entry *x = a;
    const struct certdb_entry *y = b;
    int order = strcmp(x->nickname, y->nickname);
    if (order) {
        return order;
    }
    int64_t from_x = cert_not_before(x->cert);
    int64_t from_y = cert_not_before(y->cert);
    return (from_x < from_y) - (from_x > from_y);
}

bool certdb_list(struct nssdb *db, const char *token, struct certdb_entry **list, size_t *n, struct err *err)
{
    *list = NULL;
    *n = 0;
    if (token) {
        PK11SlotInfo *slot = nssdb_slot(db, token, err);
        if (!slot) {
            return false;
        }
        PK11_FreeSlot(slot);
        list_slot(db, token, list, n);
    } else {
        struct token_info *tokens;
        size_t count;
        if (!nssdb_tokens(db, &tokens, &count, err)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            if (tokens[i].present) {
                list_slot(db, tokens[i].name, list, n);
            }
        }
        token_info_free(tokens, count);
    }
    if (*n) {
        qsort(*list, *n, sizeof(**list), compare_entries);
    }
    return true;
}

/* "token:nick" when that token exists; then *nickname moves behind the colon. NULL when there is none. */
static char *token_in_nickname(struct nssdb *db, const char **nickname)
{
    const char *colon = strchr(*nickname, ':');
    if (!colon) {
        return NULL;
    }
    char *token = xstrndup(*nickname, (size_t)(colon - *nickname));
    PK11SlotInfo *slot = *token ? nssdb_slot(db, token, NULL) : NULL;
    if (!slot) {
        free(token);
        return NULL;
    }
    PK11_FreeSlot(slot);
    *nickname = colon + 1;
    return token;
}

/* All certificates of a subject share one nickname: the signing one is what a nickname means where somebody signs. */
static bool can_sign(const struct cert *c)
{
    unsigned usage = cert_key_usage(c);
    return (usage & KU_ABSENT) || (usage & KU_DIGITAL_SIGNATURE);
}

/* Better candidates first: key, valid, able to sign, newest. */
static int compare_candidates(const struct certdb_entry *x, const struct certdb_entry *y, int64_t now)
{
    int score_x = (x->has_key ? 4 : 0) + (cert_valid_at(x->cert, now) ? 2 : 0) + (can_sign(x->cert) ? 1 : 0);
    int score_y = (y->has_key ? 4 : 0) + (cert_valid_at(y->cert, now) ? 2 : 0) + (can_sign(y->cert) ? 1 : 0);
    if (score_x != score_y) {
        return score_y - score_x;
    }
    int64_t from_x = cert_not_before(x->cert);
    int64_t from_y = cert_not_before(y->cert);
    return (from_x < from_y) - (from_x > from_y);
}

static bool nickname_not_found(const char *nickname, const struct certdb_entry *list, size_t n,
                               struct err *err)
{
    char *visible = text_visible_str(nickname);
    err_fail(err, ERR_NSS_NICKNAME_NOT_FOUND, _("Nickname: %s"), visible);
    free(visible);
    const char *shown[3] = {NULL, NULL, NULL};
    for (size_t round = 0; round < ARRAY_LEN(shown); round++) {
        int best = -1;
        const char *best_name = NULL;
        for (size_t i = 0; i < n; i++) {
            bool seen = list[i].nickname[0] == '\0';
            for (size_t j = 0; j < round; j++) {
                seen = seen || strcmp(shown[j], list[i].nickname) == 0;
            }
            int distance = seen ? 0 : text_distance(nickname, list[i].nickname);
            if (!seen && (best < 0 || distance < best)) {
                best = distance;
                best_name = list[i].nickname;
            }
        }
        if (!best_name) {
            break;
        }
        shown[round] = best_name;
        visible = text_visible_str(best_name);
        err_context(err, _("A nickname in this database: %s"), visible);
        free(visible);
    }
    return false;
}

bool certdb_find_all(struct nssdb *db, const char *token, const char *nickname, struct cert_list *out,
                     struct err *err)
{
    struct certdb_entry *list;
    size_t n;
    char *named = token ? NULL : token_in_nickname(db, &nickname);
    bool listed = certdb_list(db, token ? token : named, &list, &n, err);
    free(named);
    if (!listed) {
        return false;
    }
    int64_t now = when_now();
    size_t found = 0;
    bool *used = xcalloc(n + 1, sizeof(*used));
    for (;;) {
        size_t best = n;
        for (size_t i = 0; i < n; i++) {
            if (!used[i] && strcmp(list[i].nickname, nickname) == 0 &&
                (best == n || compare_candidates(&list[i], &list[best], now) < 0)) {
                best = i;
            }
        }
        if (best == n) {
            break;
        }
        used[best] = true;
        found++;
        if (!cert_list_has(out, list[best].cert)) {
            cert_list_push(out, list[best].cert);
        }
    }
    free(used);
    bool ok = found > 0 || nickname_not_found(nickname, list, n, err);
    certdb_entries_free(list, n);
    return ok;
}

/* By NSS's own index: a list of all costs as many key derivations as there are certificates. NULL when it finds nothing. */
static struct cert *find_quickly(struct nssdb *db, const char *token, const char *nickname)
{
    PK11SlotInfo *slot = nssdb_slot(db, token, NULL);
    char *full = nssdb_token_is_internal(token) ? xstrdup(nickname) : xasprintf("%s:%s", token, nickname);
    CERTCertList *certs = slot ? PK11_FindCertsFromNickname(full, db) : NULL;
    struct certdb_entry best = {.cert = NULL};
    int64_t now = when_now();
    for (CERTCertListNode *node = certs ? CERT_LIST_HEAD(certs) : NULL; node && !CERT_LIST_END(node, certs);
         node = CERT_LIST_NEXT(node)) {
        struct certdb_entry e = {.cert = node->cert->isperm ? cert_from_native(node->cert, NULL) : NULL};
        if (!e.cert) {
            continue;
        }
        certdb_trust(db, e.cert, e.trust);
        e.has_key = has_key(db, slot, node->cert, e.trust);
        if (!best.cert || compare_candidates(&e, &best, now) < 0) {
            cert_free(best.cert);
            best = e;
        } else {
            cert_free(e.cert);
        }
    }
    if (certs) {
        CERT_DestroyCertList(certs);
    }
    if (slot) {
        PK11_FreeSlot(slot);
    }
    free(full);
    return best.cert;
}

struct cert *certdb_find(struct nssdb *db, const char *token, const char *nickname, struct err *err)
{
    struct cert_list all = CERT_LIST_INIT;
    struct cert *best = token && *nickname && !strchr(nickname, ':') ? find_quickly(db, token, nickname) : NULL;
    if (best) {
        return best;
    }
    if (certdb_find_all(db, token, nickname, &all, err)) {
        best = cert_ref(all.v[0]);
    }
    cert_list_release(&all);
    return best;
}

static char *full_nickname(const char *token, const char *nickname)
{
    return nssdb_token_is_internal(token) ? xstrdup(nickname) : xasprintf("%s:%s", token, nickname);
}

bool certdb_nickname_resolves_to(struct nssdb *db, const char *token, const char *nickname,
                                 const struct cert *cert, struct err *err)
{
    char *full = full_nickname(token, nickname);
    CERTCertificate *native = PK11_FindCertFromNickname(full, db);
    char *visible = text_visible_str(full);
    bool ok = false;
    if (!native) {
        nss_fail_as(err, ERR_NSS_NICKNAME_NOT_FOUND, _("Nickname: %s"), visible);
    } else if (bytes_equal(native_bytes(&native->derCert), cert_der(cert))) {
        ok = true;
    } else {
        struct cert *other = cert_from_native(native, NULL);
        char *subject = other ? cert_subject(other) : xstrdup("?");
        char *serial = other ? cert_serial_text(other) : xstrdup("?");
        err_fail(err, ERR_NSS_NICKNAME_OTHER, _("Nickname %s leads to %s, serial number %s."), visible,
                 subject, serial);
        free(serial);
        free(subject);
        cert_free(other);
    }
    if (native) {
        CERT_DestroyCertificate(native);
    }
    free(visible);
    free(full);
    return ok;
}

char *certdb_nickname_of(struct nssdb *db, const struct cert *cert)
{
    struct certdb_entry *list;
    size_t n;
    char *found = NULL;
    if (!certdb_list(db, NULL, &list, &n, NULL)) {
        return NULL;
    }
    for (size_t i = 0; i < n && !found; i++) {
        if (list[i].nickname[0] && cert_equal(list[i].cert, cert)) {
            found = full_nickname(list[i].token, list[i].nickname);
        }
    }
    certdb_entries_free(list, n);
    return found;
}

struct cert *certdb_find_issuer_serial(struct nssdb *db, struct bytes issuer_der, struct bytes serial)
{
    (void)db;
    CERTIssuerAndSN wanted;
    memset(&wanted, 0, sizeof(wanted));
    wanted.derIssuer = native_item(issuer_der);
    wanted.serialNumber = native_item(serial);
    CERTCertificate *native = CERT_FindCertByIssuerAndSN(CERT_GetDefaultCertDB(), &wanted);
    struct cert *cert = native ? cert_from_native(native, NULL) : NULL;
    if (native) {
        CERT_DestroyCertificate(native);
    }
    return cert;
}

void certdb_find_subject(struct nssdb *db, struct bytes subject_der, struct cert_list *out)
{
    (void)db;
    SECItem name = native_item(subject_der);
    CERTCertList *certs = CERT_CreateSubjectCertList(NULL, CERT_GetDefaultCertDB(), &name, 0, PR_FALSE);
    for (CERTCertListNode *node = certs ? CERT_LIST_HEAD(certs) : NULL; node && !CERT_LIST_END(node, certs);
         node = CERT_LIST_NEXT(node)) {
        struct cert *cert = cert_from_native(node->cert, NULL);
        if (cert) {
            cert_list_push_take(out, cert);
        }
    }
    if (certs) {
        CERT_DestroyCertList(certs);
    }
}

bool certdb_has(struct nssdb *db, const struct cert *cert)
{
    (void)db;
    SECItem der = native_item(cert_der(cert));
    CERTCertificate *native = CERT_FindCertByDERCert(CERT_GetDefaultCertDB(), &der);
    bool same = native && native->isperm && bytes_equal(native_bytes(&native->derCert), cert_der(cert));
    if (native) {
        CERT_DestroyCertificate(native);
    }
    return same;
}
