/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/nssdb.h"

#include <stdlib.h>
#include <string.h>

#include <nss.h>
#include <pk11pub.h>
#include <secerr.h>
#include <secmod.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "nss/native.h"
#include "nss/nssdb_private.h"
#include "nss/nsserr.h"

static bool has_file(const char *dir, const char *name)
{
    char *path = path_join(dir, name);
    bool there = file_exists(path);
    free(path);
    return there;
}

static const char *plain_dir(const char *dir)
{
    return text_starts(dir, "sql:") ? dir + 4 : dir;
}

bool nssdb_present(const char *dir)
{
    return dir && has_file(plain_dir(dir), "cert9.db");
}

static bool refuse_legacy(const char *path, struct err *err)
{
    char *quoted = text_shell_quote(path);
    char *visible = text_visible_str(quoted);
    /* TRANSLATORS: %s is a folder; the command stays as it is. */
    err_fail(err, ERR_NSS_DBM,
             _("To convert it: certutil -d sql:%s --upgrade-merge --source-dir dbm:%s --upgrade-id old"),
             visible, visible);
    free(visible);
    free(quoted);
    return false;
}

/* Judges the folder before NSS does, whose only answer would be "bad database". */
static bool check_dir(const char *dir, enum nssdb_mode mode, const char **path, struct err *err)
{
    if (!dir || *dir == '\0' || text_starts(dir, "extern:") || text_starts(dir, "rdb:")) {
        return err_fail(err, ERR_NSS_DB_MISSING, _("No folder was named."));
    }
    if (text_starts(dir, "dbm:")) {
        return refuse_legacy(dir + 4, err);
    }
    *path = plain_dir(dir);
    if (has_file(*path, "cert9.db")) {
        return true;
    }
    if (has_file(*path, "cert8.db") || has_file(*path, "key3.db")) {
        return refuse_legacy(*path, err);
    }
    if (mode == NSSDB_CREATE) {
        return dir_exists(*path) || dir_create(*path, 0700, err);
    }
    char *visible = text_visible_str(*path);
    err_fail(err, ERR_NSS_DB_MISSING, _("Folder: %s"), visible);
    free(visible);
    return false;
}

static bool initialize(const char *path, enum nssdb_mode mode, struct err *err)
{
    if (mode == NSSDB_NONE) {
        return NSS_NoDB_Init(NULL) == SECSuccess || nss_fail_as(err, ERR_NSS_INIT, NULL);
    }
    char *config = xasprintf("sql:%s", path);
    SECStatus rv = NSS_Initialize(config, "", "", SECMOD_DB, mode == NSSDB_READ ? NSS_INIT_READONLY : 0);
    free(config);
    if (rv == SECSuccess) {
        return true;
    }
    char *visible = text_visible_str(path);
    nss_fail_as(err, ERR_NSS_DB_DAMAGED, _("Folder: %s"), visible);
    free(visible);
    return false;
}

struct nssdb *nssdb_open(const char *dir, enum nssdb_mode mode, const struct password_source *passwords,
                         struct err *err)
{
    const char *path = "";
    if (mode != NSSDB_NONE && !check_dir(dir, mode, &path, err)) {
        return NULL;
    }
    if (NSS_IsInitialized()) {
        err_fail(err, ERR_NSS_ALREADY_OPEN, NULL);
        return NULL;
    }
    if (!initialize(path, mode, err)) {
        return NULL;
    }
    struct nssdb *db = xcalloc(1, sizeof(*db));
    db->dir = xstrdup(path);
    db->mode = mode;
    if (passwords) {
        db->passwords = *passwords;
    }
    PK11_SetPasswordFunc(token_password_callback);
    return db;
}

bool nssdb_close_checked(struct nssdb *db, struct err *err)
{
    if (!db) {
        return true;
    }
    for (size_t i = 0; i < db->n_attached; i++) {
        SECMOD_CloseUserDB(db->attached[i]);
        PK11_FreeSlot(db->attached[i]);
    }
    free(db->attached);
    PK11_SetPasswordFunc(NULL);
    SECStatus rv = NSS_Shutdown();
    free(db->dir);
    free(db);
    return rv == SECSuccess || nss_fail_as(err, ERR_NSS_STILL_IN_USE, NULL);
}

void nssdb_close(struct nssdb *db)
{
    struct err err = ERR_INIT;
    nssdb_close_checked(db, &err);
    err_release(&err);
}

const char *nssdb_dir(const struct nssdb *db)
{
    return db->dir;
}

bool nssdb_read_only(const struct nssdb *db)
{
    return db->mode == NSSDB_READ || db->mode == NSSDB_NONE;
}

void *nssdb_wincx(struct nssdb *db)
{
    return db;
}

/* Value for NSS's parameter strings, in single quotes. */
static char *quote_parameter(const char *value)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (const char *p = value; *p; p++) {
        buf_add(&out, *p == '\'' || *p == '\\' ? "\\%c" : "%c", *p);
    }
    return buf_take_str(&out);
}

bool nssdb_attach(struct nssdb *db, const char *dir, const char *token, bool read_only, struct err *err)
{
    const char *path = NULL;
    if (!check_dir(dir, read_only ? NSSDB_READ : NSSDB_CREATE, &path, err)) {
        return false;
    }
    char *quoted_dir = quote_parameter(path);
    char *quoted_token = quote_parameter(token);
    char *spec = xasprintf("configDir='sql:%s' tokenDescription='%s'%s", quoted_dir, quoted_token,
                           read_only ? " flags=readOnly" : "");
    PK11SlotInfo *slot = SECMOD_OpenUserDB(spec);
    free(spec);
    free(quoted_token);
    free(quoted_dir);
    if (!slot) {
        return nss_fail_as(err, ERR_NSS_DB_DAMAGED, NULL);
    }
    db->attached = xrealloc(db->attached, (db->n_attached + 1) * sizeof(*db->attached));
    db->attached[db->n_attached++] = slot;
    return true;
}

void nssdb_detach(struct nssdb *db, const char *token)
{
    for (size_t i = 0; i < db->n_attached; i++) {
        if (strcmp(PK11_GetTokenName(db->attached[i]), token) == 0) {
            SECMOD_CloseUserDB(db->attached[i]);
            PK11_FreeSlot(db->attached[i]);
            db->attached[i] = db->attached[--db->n_attached];
            return;
        }
    }
}
