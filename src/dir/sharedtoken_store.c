/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "dir/sharedtoken_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "dir/internal.h"
#include "dir/record.h"

#define LIST_MAX 10000

static const char *or_default(const char *attribute)
{
    return attribute && *attribute ? attribute : DIR_TOKEN_ATTRIBUTE;
}

/* libldap's structures want char *, but do not write. */
static char *lend(const char *text)
{
    return (char *)(uintptr_t)text;
}

void dir_user_release(struct dir_user *user)
{
    free(user->dn);
    free(user->uid);
    free(user->name);
    *user = (struct dir_user){0};
}

void dir_users_free(struct dir_user *users, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        dir_user_release(&users[i]);
    }
    free(users);
}

/* ---- searching ---- */

/* RFC 4515 section 3. */
static char *filter_escape(const char *value)
{
    struct buf out = BUF_INIT(strlen(value) * 3 + 1);
    for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
        bool plain = *p > 0x20 && *p < 0x7f && !strchr("*()\\", *p);
        buf_add(&out, plain ? "%c" : "\\%02x", *p);
    }
    char *text = xstrdup(buf_str(&out));
    buf_release(&out);
    return text;
}

/* First value as text, or NULL. Caller frees. */
static char *value_of(struct dir *dir, LDAPMessage *entry, const char *attribute)
{
    struct berval **values = ldap_get_values_len(dir->ld, entry, attribute);
    char *text = values && values[0] ? xstrndup(values[0]->bv_val, values[0]->bv_len) : NULL;
    ldap_value_free_len(values);
    return text;
}

static bool base_of(struct dir *dir, const char *base, const char **use, struct err *err)
{
    *use = base && *base ? base : dir->base;
    return **use || err_fail(err, ERR_DIR_NO_BASE, NULL);
}

static bool search(struct dir *dir, const char *base, int scope, const char *filter, const char *attribute, int most,
                   LDAPMessage **result, struct err *err)
{
    char *attributes[] = {lend("uid"), lend("cn"), lend(attribute), NULL};
    struct timeval limit = dir_timeout(dir);
    int rc = ldap_search_ext_s(dir->ld, base, scope, filter, attributes, 0, NULL, NULL, &limit, most, result);
    if (rc == LDAP_SUCCESS || rc == LDAP_SIZELIMIT_EXCEEDED) {
        return true;
    }
    dir_fail(dir, rc, err);
    if (rc == LDAP_NO_SUCH_OBJECT && err) {
        err->code = ERR_DIR_NO_USER;
    }
    return false;
}

static void user_take(struct dir *dir, LDAPMessage *entry, const char *attribute, struct dir_user *out, char **token)
{
    char *dn = ldap_get_dn(dir->ld, entry);
    char *uid = value_of(dir, entry, "uid"), *name = value_of(dir, entry, "cn");
    char *value = value_of(dir, entry, attribute);
    *out = (struct dir_user){.dn = xstrdup(dn ? dn : ""), .uid = uid ? uid : xstrdup(""), .name = name ? name : xstrdup(""),
                             .has_token = value != NULL};
    ldap_memfree(dn);
    if (token) {
        *token = value;
    } else {
        free(value);
    }
}

bool dir_token_get(struct dir *dir, const char *base, const char *uid, const char *attribute, struct dir_user *user,
                   char **token, struct err *err)
{
    struct dir_user found = {0};
    LDAPMessage *result = NULL;
    const char *where;
    attribute = or_default(attribute);
    *token = NULL;
    if (!base_of(dir, base, &where, err)) {
        return false;
    }
    char *escaped = filter_escape(uid);
    char *filter = xasprintf("(uid=%s)", escaped);
    bool good = search(dir, where, LDAP_SCOPE_SUBTREE, filter, attribute, 2, &result, err);
    int n = good ? ldap_count_entries(dir->ld, result) : 0;
    if (good && n != 1) {
        char *shown = text_visible_str(uid);
        good = err_fail(err, n > 1 ? ERR_DIR_MANY_USERS : ERR_DIR_NO_USER, _("User: %s"), shown);
        free(shown);
    }
    if (good) {
        user_take(dir, ldap_first_entry(dir->ld, result), attribute, &found, token);
    }
    ldap_msgfree(result);
    free(filter);
    free(escaped);
    if (user && good) {
        *user = found;
    } else {
        dir_user_release(&found);
    }
    return good;
}

bool dir_user_find(struct dir *dir, const char *base, const char *uid, const char *attribute, struct dir_user *out,
                   struct err *err)
{
    char *token = NULL;
    bool good = dir_token_get(dir, base, uid, attribute, out, &token, err);
    free(token);
    return good;
}

/* All entries of the filter. */
static bool list_users(struct dir *dir, const char *base, const char *filter, const char *attribute, int most, struct dir_user **users,
                       size_t *n, struct err *err)
{
    LDAPMessage *result = NULL;
    const char *where;
    *users = NULL;
    *n = 0;
    bool good = base_of(dir, base, &where, err) && search(dir, where, LDAP_SCOPE_SUBTREE, filter, attribute, most, &result, err);
    int count = good ? ldap_count_entries(dir->ld, result) : 0;
    *users = count > 0 ? xcalloc((size_t)count, sizeof(**users)) : NULL;
    for (LDAPMessage *e = good ? ldap_first_entry(dir->ld, result) : NULL; e && *n < (size_t)count; e = ldap_next_entry(dir->ld, e)) {
        user_take(dir, e, attribute, &(*users)[(*n)++], NULL);
    }
    ldap_msgfree(result);
    return good;
}

bool dir_token_list(struct dir *dir, const char *base, const char *attribute, struct dir_user **users, size_t *n, struct err *err)
{
    attribute = or_default(attribute);
    char *filter = xasprintf("(&(uid=*)(%s=*))", attribute);
    bool good = list_users(dir, base, filter, attribute, LIST_MAX, users, n, err);
    free(filter);
    return good;
}

static int by_uid(const void *a, const void *b)
{
    return strcasecmp(((const struct dir_user *)a)->uid, ((const struct dir_user *)b)->uid);
}

/* One is asked for in excess, to know whether there are more. */
bool dir_user_search(struct dir *dir, const char *base, const char *prefix, const char *attribute, int most, struct dir_user **users,
                     size_t *n, bool *more, struct err *err)
{
    attribute = or_default(attribute);
    char *begin = filter_escape(prefix);
    char *filter = xasprintf("(&(uid=*)(|(uid=%s*)(cn=%s*)(sn=%s*)))", begin, begin, begin);
    bool good = list_users(dir, base, filter, attribute, most + 1, users, n, err);
    *more = good && *n > (size_t)most;
    while (*n > (size_t)most) {
        dir_user_release(&(*users)[--*n]);
    }
    if (*n) {
        qsort(*users, *n, sizeof **users, by_uid);
    }
    free(filter);
    free(begin);
    return good;
}

/* ---- changing a user ---- */

static int modify(struct dir *dir, const char *dn, LDAPMod **mods)
{
    return ldap_modify_ext_s(dir->ld, dn, mods, NULL, NULL);
}

/* A change that was sent and not answered may have been made. Always false. */
static bool change_fail(struct dir *dir, int rc, struct err *err)
{
    bool lost = rc == LDAP_TIMEOUT || rc == LDAP_SERVER_DOWN || rc == LDAP_CONNECT_ERROR || rc == LDAP_DECODING_ERROR;
    bool said = dir_fail(dir, rc, err);
    if (lost && err) {
        err->code = ERR_DIR_IN_DOUBT;
    }
    return said;
}

static int put(struct dir *dir, const char *dn, const char *attribute, const char *line, bool add_class)
{
    char *classes[] = {lend(DIR_TOKEN_CLASS), NULL};
    char *values[] = {lend(line), NULL};
    LDAPMod class_mod = {.mod_op = LDAP_MOD_ADD, .mod_type = lend("objectClass"), .mod_values = classes};
    LDAPMod token_mod = {.mod_op = LDAP_MOD_REPLACE, .mod_type = lend(attribute), .mod_values = values};
    LDAPMod *mods[] = {add_class ? &class_mod : &token_mod, add_class ? &token_mod : NULL, NULL};
    return modify(dir, dn, mods);
}

/* 389 Directory Server lets entries with extensibleObject hold attributes that no schema knows, also misspelt ones. */
static bool attribute_known(struct dir *dir, const char *attribute, struct err *err)
{
    bool has = false;
    if (!dir_schema_has(dir, attribute, &has, NULL) || has) {
        return true; /* where the schema may not be read the server decides */
    }
    char *shown = text_visible_str(attribute);
    err_fail(err, ERR_DIR_SCHEMA, _("Attribute: %s"), shown);
    free(shown);
    return false;
}

bool dir_token_put(struct dir *dir, const char *base, const char *uid, const char *attribute, const char *token,
                   struct err *err)
{
    struct dir_user user = {0};
    char *line = dir_token_line(token, err);
    attribute = or_default(attribute);
    bool good = line && dir_user_find(dir, base, uid, attribute, &user, err) && attribute_known(dir, attribute, err);
    if (good) {
        int rc = put(dir, user.dn, attribute, line, false);
        if (rc == LDAP_OBJECT_CLASS_VIOLATION) { /* no class of the entry allows the attribute */
            rc = put(dir, user.dn, attribute, line, true);
        }
        good = rc == LDAP_SUCCESS || change_fail(dir, rc, err);
    }
    dir_user_release(&user);
    free(line);
    return good;
}

bool dir_token_remove(struct dir *dir, const char *base, const char *uid, const char *attribute, struct err *err)
{
    struct dir_user user = {0};
    attribute = or_default(attribute);
    bool good = dir_user_find(dir, base, uid, attribute, &user, err);
    if (good && !user.has_token) {
        good = err_fail(err, ERR_DIR_NO_TOKEN, NULL);
    } else if (good) {
        LDAPMod mod = {.mod_op = LDAP_MOD_DELETE, .mod_type = lend(attribute)};
        LDAPMod *mods[] = {&mod, NULL};
        int rc = modify(dir, user.dn, mods);
        good = rc == LDAP_SUCCESS || change_fail(dir, rc, err);
    }
    dir_user_release(&user);
    return good;
}

/* ---- the record of a certificate ---- */

/* Values of metaInfo that begin with the prefix, as stored. */
static bool revocation_values(struct dir *dir, const char *dn, struct strv *out, struct err *err)
{
    LDAPMessage *result = NULL;
    if (!search(dir, dn, LDAP_SCOPE_BASE, "(objectClass=*)", DIR_REVOCATION_ATTRIBUTE, 1, &result, err)) {
        if (err && err->code == ERR_DIR_NO_USER) {
            err->code = ERR_DIR_NO_CERT;
        }
        ldap_msgfree(result);
        return false;
    }
    LDAPMessage *entry = ldap_first_entry(dir->ld, result);
    struct berval **values = entry ? ldap_get_values_len(dir->ld, entry, DIR_REVOCATION_ATTRIBUTE) : NULL;
    for (size_t i = 0; values && values[i]; i++) {
        char *text = xstrndup(values[i]->bv_val, values[i]->bv_len);
        if (text_starts(text, DIR_REVOCATION_PREFIX)) {
            strv_push(out, text);
        }
        free(text);
    }
    bool found = entry != NULL;
    ldap_value_free_len(values);
    ldap_msgfree(result);
    return found || err_fail(err, ERR_DIR_NO_CERT, NULL);
}

/* In one operation: the old ones out, the new one (or NULL) in. Other values of metaInfo stay. */
static bool revocation_replace(struct dir *dir, const char *dn, const struct strv *old, const char *value,
                               struct err *err)
{
    char *added[] = {lend(value), NULL};
    LDAPMod out_mod = {.mod_op = LDAP_MOD_DELETE, .mod_type = lend(DIR_REVOCATION_ATTRIBUTE), .mod_values = old->v};
    LDAPMod in_mod = {.mod_op = LDAP_MOD_ADD, .mod_type = lend(DIR_REVOCATION_ATTRIBUTE), .mod_values = added};
    LDAPMod *mods[3] = {NULL};
    size_t n = 0;
    if (old->n > 0) {
        mods[n++] = &out_mod;
    }
    if (value) {
        mods[n++] = &in_mod;
    }
    int rc = modify(dir, dn, mods);
    return rc == LDAP_SUCCESS || change_fail(dir, rc, err);
}

bool dir_revocation_put(struct dir *dir, const char *ca_base, const char *serial, const char *token, struct err *err)
{
    struct strv old = STRV_INIT;
    char *line = dir_token_line(token, err);
    char *dn = line ? dir_cert_record_dn(ca_base, serial, err) : NULL;
    char *value = xasprintf("%s%s", DIR_REVOCATION_PREFIX, line ? line : "");
    bool good = dn && revocation_values(dir, dn, &old, err);
    bool same =
        good && old.n == 1 && strcmp(old.v[0], value) == 0; /* deleting and adding one value is refused by some */
    good = good && (same || revocation_replace(dir, dn, &old, value, err));
    strv_release(&old);
    free(value);
    free(dn);
    free(line);
    return good;
}

bool dir_revocation_remove(struct dir *dir, const char *ca_base, const char *serial, struct err *err)
{
    struct strv old = STRV_INIT;
    char *dn = dir_cert_record_dn(ca_base, serial, err);
    bool good = dn && revocation_values(dir, dn, &old, err);
    if (good && old.n == 0) {
        good = err_fail(err, ERR_DIR_NO_TOKEN, NULL);
    }
    good = good && revocation_replace(dir, dn, &old, NULL, err);
    strv_release(&old);
    free(dn);
    return good;
}

bool dir_revocation_get(struct dir *dir, const char *ca_base, const char *serial, char **token, struct err *err)
{
    struct strv old = STRV_INIT;
    char *dn = dir_cert_record_dn(ca_base, serial, err);
    bool good = dn && revocation_values(dir, dn, &old, err);
    *token = good && old.n > 0 ? xstrdup(old.v[0] + strlen(DIR_REVOCATION_PREFIX)) : NULL;
    strv_release(&old);
    free(dn);
    return good;
}
