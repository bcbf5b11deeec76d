/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/store.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/i18n.h"
#include "nss/cert.h"
#include "nss/dn.h"
#include "practice/store_sql.h"

/* To add a table: here, and its statements below. The version goes up when an old folder cannot be read any more. */
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS certs (id INTEGER PRIMARY KEY, serial TEXT NOT NULL, issuer BLOB NOT NULL, subject BLOB NOT NULL,"
    " subject_text TEXT NOT NULL, cn TEXT, uid TEXT, spki BLOB NOT NULL, der BLOB NOT NULL, not_before INTEGER NOT NULL,"
    " not_after INTEGER NOT NULL, issued_on INTEGER NOT NULL, requester TEXT NOT NULL, profile TEXT NOT NULL,"
    " revoked INTEGER NOT NULL DEFAULT 0, revoked_on INTEGER NOT NULL DEFAULT 0, reason INTEGER NOT NULL DEFAULT 0,"
    " invalidity INTEGER NOT NULL DEFAULT 0, rev_token TEXT, request_id INTEGER NOT NULL DEFAULT 0, UNIQUE (issuer, serial));"
    "CREATE INDEX IF NOT EXISTS certs_serial ON certs (serial);"
    "CREATE INDEX IF NOT EXISTS certs_spki ON certs (spki);"
    "CREATE INDEX IF NOT EXISTS certs_cn ON certs (cn);"
    "CREATE INDEX IF NOT EXISTS certs_uid ON certs (uid);"
    "CREATE TABLE IF NOT EXISTS requests (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, status TEXT NOT NULL,"
    " profile TEXT NOT NULL, requester TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, tagged BLOB,"
    " challenge BLOB, cert_serial TEXT, text TEXT);"
    "CREATE TABLE IF NOT EXISTS agents (cert BLOB PRIMARY KEY, uid TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS users (uid TEXT PRIMARY KEY, dn TEXT NOT NULL, token TEXT, failures INTEGER NOT NULL DEFAULT 0,"
    " last_failure INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE IF NOT EXISTS revocation_failures (cert INTEGER PRIMARY KEY, failures INTEGER NOT NULL, last_failure INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS archive (serial TEXT PRIMARY KEY, wrapped BLOB NOT NULL, blob BLOB NOT NULL, at INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);"
    "PRAGMA user_version = 1;";

struct store {
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT];
    bool in_transaction;
};

static bool store_fail(struct store *s, struct err *err, const char *what)
{
    err_fail(err, ERR_PRACTICE_STORE, "%s: %s", what, s->db ? sqlite3_errmsg(s->db) : "");
    if (s->db) {
        err_detail(err, ERR_SOURCE_SQLITE, sqlite3_extended_errcode(s->db), NULL);
    }
    return false;
}

struct store *store_open(const char *path, bool create, struct err *err)
{
    struct store *s = xcalloc(1, sizeof *s);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK ||
        sqlite3_exec(s->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(s->db, schema, NULL, NULL, NULL) != SQLITE_OK) {
        store_fail(s, err, path);
        store_close(s);
        return NULL;
    }
    sqlite3_busy_timeout(s->db, 5000);
    return s;
}

void store_close(struct store *s)
{
    if (!s) {
        return;
    }
    store_rollback(s);
    for (size_t i = 0; i < SQL_COUNT; i++) {
        sqlite3_finalize(s->statements[i]);
    }
    sqlite3_close(s->db);
    free(s);
}

sqlite3_stmt *store_stmt(struct store *s, enum store_sql which, struct err *err)
{
    if (!s->statements[which]) {
        const char *text = store_sql_text(which);
        if (sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, &s->statements[which], NULL) != SQLITE_OK) {
            store_fail(s, err, text);
            return NULL;
        }
    }
    sqlite3_reset(s->statements[which]);
    sqlite3_clear_bindings(s->statements[which]);
    return s->statements[which];
}

bool store_run(struct store *s, sqlite3_stmt *stmt, struct err *err)
{
    int rc = sqlite3_step(stmt);
    bool ok = rc == SQLITE_DONE || rc == SQLITE_ROW || store_fail(s, err, sqlite3_sql(stmt));
    sqlite3_reset(stmt);
    return ok;
}

bool store_row(struct store *s, sqlite3_stmt *stmt, bool *found, struct err *err)
{
    int rc = sqlite3_step(stmt);
    *found = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
        return true;
    }
    store_fail(s, err, sqlite3_sql(stmt));
    sqlite3_reset(stmt);
    return false;
}

sqlite3 *store_db(struct store *s)
{
    return s->db;
}

static bool exec(struct store *s, const char *sql, struct err *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_fail(s, err, sql);
}

bool store_begin(struct store *s, struct err *err)
{
    s->in_transaction = exec(s, "BEGIN IMMEDIATE", err);
    return s->in_transaction;
}

bool store_commit(struct store *s, struct err *err)
{
    if (!exec(s, "COMMIT", err)) {
        store_rollback(s);
        return false;
    }
    s->in_transaction = false;
    return true;
}

void store_rollback(struct store *s)
{
    if (s->in_transaction) {
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
        s->in_transaction = false;
    }
}

char *store_serial(struct bytes content)
{
    while (content.len > 1 && content.data[0] == 0) {
        content.data++;
        content.len--;
    }
    char *hex = bytes_hex(content);
    if (hex[0] == '0' && hex[1] != '\0') {
        memmove(hex, hex + 1, strlen(hex));
    }
    return hex;
}

void store_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
    if (text) {
        sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
    } else {
        sqlite3_bind_null(stmt, at);
    }
}

void store_bind_bytes(sqlite3_stmt *stmt, int at, struct bytes b)
{
    sqlite3_bind_blob64(stmt, at, b.len ? (const void *)b.data : "", b.len, SQLITE_TRANSIENT);
}

char *store_col_text(sqlite3_stmt *stmt, int column)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    return text ? xstrdup(text) : NULL;
}

void store_col_bytes(sqlite3_stmt *stmt, int column, struct buf *out)
{
    buf_init(out, BUF_MAX_MESSAGE);
    size_t len = (size_t)sqlite3_column_bytes(stmt, column);
    const void *data = sqlite3_column_blob(stmt, column);
    if (len > 0 && !buf_append(out, data, len)) {
        mem_exhausted();
    }
}

bool store_request_add(struct store *s, int64_t wanted_id, const char *kind, const char *status, const char *profile,
                       const char *requester, int64_t at, int64_t *id, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_REQUEST_ADD, err);
    if (!stmt) {
        return false;
    }
    if (wanted_id > 0) {
        sqlite3_bind_int64(stmt, 1, wanted_id);
    }
    store_bind_text(stmt, 2, kind);
    store_bind_text(stmt, 3, status);
    store_bind_text(stmt, 4, profile);
    store_bind_text(stmt, 5, requester ? requester : "");
    sqlite3_bind_int64(stmt, 6, at);
    if (!store_run(s, stmt, err)) {
        return false;
    }
    *id = sqlite3_last_insert_rowid(s->db);
    return true;
}

bool store_request_set_pop(struct store *s, int64_t id, struct bytes tagged, struct bytes challenge, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_REQUEST_SET_POP, err);
    if (!stmt) {
        return false;
    }
    store_bind_bytes(stmt, 1, tagged);
    store_bind_bytes(stmt, 2, challenge);
    sqlite3_bind_int64(stmt, 3, id);
    return store_run(s, stmt, err);
}

bool store_request_done(struct store *s, int64_t id, const char *status, const char *text, const char *serial, int64_t at,
                        struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_REQUEST_DONE, err);
    if (!stmt) {
        return false;
    }
    store_bind_text(stmt, 1, status);
    store_bind_text(stmt, 2, text);
    store_bind_text(stmt, 3, serial);
    sqlite3_bind_int64(stmt, 4, at);
    sqlite3_bind_int64(stmt, 5, id);
    return store_run(s, stmt, err);
}

bool store_request_find(struct store *s, int64_t id, struct request_row *row, bool *found, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_REQUEST_FIND, err);
    if (!stmt) {
        return false;
    }
    sqlite3_bind_int64(stmt, 1, id);
    if (!store_row(s, stmt, found, err)) {
        return false;
    }
    if (*found) {
        memset(row, 0, sizeof *row);
        row->id = id;
        row->kind = store_col_text(stmt, 0);
        row->status = store_col_text(stmt, 1);
        row->profile = store_col_text(stmt, 2);
        row->requester = store_col_text(stmt, 3);
        row->created = sqlite3_column_int64(stmt, 4);
        row->modified = sqlite3_column_int64(stmt, 5);
        store_col_bytes(stmt, 6, &row->tagged);
        store_col_bytes(stmt, 7, &row->challenge);
        row->cert_serial = store_col_text(stmt, 8);
        row->text = store_col_text(stmt, 9);
    }
    sqlite3_reset(stmt);
    return true;
}

void request_row_release(struct request_row *row)
{
    free(row->kind);
    free(row->status);
    free(row->profile);
    free(row->requester);
    free(row->text);
    free(row->cert_serial);
    buf_release(&row->tagged);
    buf_release(&row->challenge);
    memset(row, 0, sizeof *row);
}

bool store_agent_add(struct store *s, struct bytes cert_der, const char *uid, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_AGENT_ADD, err);
    if (!stmt) {
        return false;
    }
    store_bind_bytes(stmt, 1, cert_der);
    store_bind_text(stmt, 2, uid);
    return store_run(s, stmt, err);
}

bool store_agent_is(struct store *s, struct bytes cert_der, char **uid, bool *is, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_AGENT_FIND, err);
    if (!stmt) {
        return false;
    }
    store_bind_bytes(stmt, 1, cert_der);
    if (!store_row(s, stmt, is, err)) {
        return false;
    }
    if (*is && uid) {
        *uid = store_col_text(stmt, 0);
    }
    sqlite3_reset(stmt);
    return true;
}

bool store_user_set(struct store *s, const char *uid, const char *dn, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_USER_SET, err);
    if (!stmt) {
        return false;
    }
    store_bind_text(stmt, 1, uid);
    store_bind_text(stmt, 2, dn);
    return store_run(s, stmt, err);
}

bool store_user_token(struct store *s, const char *uid, const char *base64, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_USER_TOKEN, err);
    if (!stmt) {
        return false;
    }
    store_bind_text(stmt, 1, base64);
    store_bind_text(stmt, 2, uid);
    return store_run(s, stmt, err);
}

bool store_user_failures(struct store *s, const char *uid, int failures, int64_t at, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_USER_FAILURES, err);
    if (!stmt) {
        return false;
    }
    sqlite3_bind_int(stmt, 1, failures);
    sqlite3_bind_int64(stmt, 2, at);
    store_bind_text(stmt, 3, uid);
    return store_run(s, stmt, err);
}

bool store_user_find(struct store *s, const char *uid, struct user_row *row, bool *found, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_USER_FIND, err);
    if (!stmt) {
        return false;
    }
    store_bind_text(stmt, 1, uid);
    if (!store_row(s, stmt, found, err)) {
        return false;
    }
    if (*found) {
        *row = (struct user_row){.uid = xstrdup(uid), .dn = store_col_text(stmt, 0), .token = store_col_text(stmt, 1),
                                 .failures = sqlite3_column_int(stmt, 2), .last_failure = sqlite3_column_int64(stmt, 3)};
    }
    sqlite3_reset(stmt);
    return true;
}

void user_row_release(struct user_row *row)
{
    free(row->uid);
    free(row->dn);
    free(row->token);
    memset(row, 0, sizeof *row);
}

bool store_key_add(struct store *s, const char *serial, struct bytes wrapped_key, struct bytes blob, int64_t at,
                   struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_KEY_ADD, err);
    if (!stmt) {
        return false;
    }
    store_bind_text(stmt, 1, serial);
    store_bind_bytes(stmt, 2, wrapped_key);
    store_bind_bytes(stmt, 3, blob);
    sqlite3_bind_int64(stmt, 4, at);
    return store_run(s, stmt, err);
}

bool store_key_find(struct store *s, const char *serial, struct buf *wrapped_key, struct buf *blob, bool *found,
                    struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_KEY_FIND, err);
    if (!stmt) {
        return false;
    }
    store_bind_text(stmt, 1, serial);
    if (!store_row(s, stmt, found, err)) {
        return false;
    }
    if (*found) {
        store_col_bytes(stmt, 0, wrapped_key);
        store_col_bytes(stmt, 1, blob);
    }
    sqlite3_reset(stmt);
    return true;
}

bool store_count(struct store *s, enum store_count which, long *n, struct err *err)
{
    /* To add one: a row, and its name in enum store_count. */
    static const char *const texts[] = {
        [COUNT_CERTS] = "SELECT COUNT(*) FROM certs",
        [COUNT_REVOKED] = "SELECT COUNT(*) FROM certs WHERE revoked",
        [COUNT_REQUESTS] = "SELECT COUNT(*) FROM requests",
        [COUNT_PENDING] = "SELECT COUNT(*) FROM requests WHERE status = 'pending'",
        [COUNT_AGENTS] = "SELECT COUNT(*) FROM agents",
        [COUNT_USERS] = "SELECT COUNT(*) FROM users",
        [COUNT_KEYS] = "SELECT COUNT(*) FROM archive",
    };
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_prepare_v2(s->db, texts[which], -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW;
    if (ok) {
        *n = (long)sqlite3_column_int64(stmt, 0);
    } else {
        store_fail(s, err, texts[which]);
    }
    sqlite3_finalize(stmt);
    return ok;
}

bool store_next(struct store *s, const char *name, int64_t *value, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_COUNTER_NEXT, err);
    if (!stmt) {
        return false;
    }
    store_bind_text(stmt, 1, name);
    bool found = false;
    if (!store_row(s, stmt, &found, err)) {
        return false;
    }
    *value = found ? sqlite3_column_int64(stmt, 0) : 1;
    sqlite3_reset(stmt);
    return true;
}
