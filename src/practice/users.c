/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/users.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "base/text.h"
#include "dir/sharedtoken_store.h"

#define PASSWORD_CONF "password.conf"
#define LDAP_TIMEOUT_MS 5000

/* The line "PROMPT=PASSWORD" of password.conf. */
static bool read_password(const struct practice_ca *ca, const char *prompt, struct secret *out, struct err *err)
{
    char *path = practice_path(ca, PASSWORD_CONF);
    struct buf text = {.max = BUF_MAX_TEXT, .secret = true};
    size_t len = strlen(prompt);
    bool ok = file_read(path, &text, err);
    bool found = false;
    for (const char *line = ok ? buf_str(&text) : ""; *line && !found;) {
        size_t n = strcspn(line, "\r\n");
        if (n > len && strncmp(line, prompt, len) == 0 && line[len] == '=') {
            secret_set(out, line + len + 1, n - len - 1);
            found = true;
        }
        line += n + strspn(line + n, "\r\n");
    }
    if (ok && !found) {
        ok = err_fail(err, ERR_SECRET_SOURCE, _("%s has no line \"%s=\"."), path, prompt);
    }
    buf_release(&text);
    free(path);
    return ok;
}

static struct dir *open_directory(struct practice_ca *ca, const struct csconf_ldap *where, struct err *err)
{
    struct secret password = SECRET_INIT;
    bool simple = where->bind_dn[0] != '\0';
    bool is_url = strstr(where->host, "://") != NULL;
    char *url = is_url ? xstrdup(where->host)
                       : xasprintf("%s://%s:%ld", where->secure ? "ldaps" : "ldap", where->host, where->port);
    const struct dir_options options = {.url = url, .bind = simple ? DIR_SIMPLE : DIR_ANONYMOUS,
                                        .bind_dn = simple ? where->bind_dn : NULL, .password = &password,
                                        .timeout_ms = LDAP_TIMEOUT_MS};
    struct dir *dir = !simple || read_password(ca, where->prompt, &password, err) ? dir_open(&options, ca->db, err) : NULL;
    secret_release(&password);
    free(url);
    return dir;
}

/* The record that counts wrong secrets, for a user who is known to the directory only. */
static bool counted(struct practice_ca *ca, struct user_row *row, struct err *err)
{
    struct user_row own;
    bool found = false;
    if (!store_user_set(ca->store, row->uid, row->dn, err) || !store_user_find(ca->store, row->uid, &own, &found, err)) {
        return false;
    }
    if (found) {
        row->failures = own.failures;
        row->last_failure = own.last_failure;
        user_row_release(&own);
    }
    return true;
}

static bool find_in_directory(struct practice_ca *ca, const char *uid, struct user_row *row, bool *found, struct err *err)
{
    struct dir_user user = {NULL, NULL, false};
    struct err why = ERR_INIT;
    char *token = NULL;
    *found = false;
    struct dir *dir = open_directory(ca, &ca->conf.users, err);
    if (!dir) {
        return false;
    }
    bool ok = dir_token_get(dir, ca->conf.users.base, uid, ca->conf.token_attribute, &user, &token, &why);
    if (ok && user.dn) {
        *row = (struct user_row){.uid = xstrdup(uid), .dn = xstrdup(user.dn), .token = token};
        token = NULL;
        *found = counted(ca, row, err);
        ok = *found;
        if (!ok) {
            user_row_release(row);
        }
    } else if (!ok && why.code == ERR_DIR_NO_USER) {
        ok = true;
    } else if (!ok) {
        err_copy(err, &why);
    }
    err_release(&why);
    free(token);
    dir_user_release(&user);
    dir_close(dir);
    return ok;
}

bool users_find(struct practice_ca *ca, const char *uid, struct user_row *row, bool *found, struct err *err)
{
    return ca->conf.users.host[0] ? find_in_directory(ca, uid, row, found, err) : store_user_find(ca->store, uid, row, found, err);
}

char *users_revocation_token(struct practice_ca *ca, const struct cert_row *row)
{
    char *token = NULL;
    if (row->rev_token || !ca->conf.records.host[0]) {
        return row->rev_token ? xstrdup(row->rev_token) : NULL;
    }
    struct dir *dir = open_directory(ca, &ca->conf.records, NULL);
    char *serial = xasprintf("0x%s", row->serial);
    if (!dir || !dir_revocation_get(dir, ca->conf.records.base, serial, &token, NULL)) {
        token = NULL;
    }
    free(serial);
    dir_close(dir);
    return token;
}

bool users_paused(const struct practice_ca *ca, int failures, int64_t last_failure, int64_t at)
{
    long limit = ca->conf.token_attempts;
    return limit > 0 && failures >= limit && at < last_failure + ca->conf.token_pause;
}
