/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "nss/cert.h"
#include "nss/dn.h"
#include "practice/store.h"
#include "practice/store_sql.h"

const char *store_sql_text(enum store_sql which)
{
    /* To add one: a row, and its name in enum store_sql. */
    static const char *const texts[SQL_COUNT] = {
        [SQL_CERT_ADD] = "INSERT OR IGNORE INTO certs (serial, issuer, subject, subject_text, cn, uid, spki, der, not_before, not_after,"
                         " issued_on, requester, profile, request_id) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        [SQL_CERT_FIND] = "SELECT " CERT_COLUMNS " FROM certs WHERE issuer = ? AND serial = ?",
        [SQL_CERT_FIND_SERIAL] = "SELECT " CERT_COLUMNS " FROM certs WHERE serial = ? ORDER BY id DESC LIMIT 1",
        [SQL_CERT_REVOKE] = "UPDATE certs SET revoked = 1, revoked_on = ?, reason = ?, invalidity = ? WHERE id = ?",
        [SQL_CERT_REV_TOKEN] = "UPDATE certs SET rev_token = ? WHERE id = ?",
        [SQL_CERT_FAILURES_SET] = "INSERT OR REPLACE INTO revocation_failures (cert, failures, last_failure) VALUES (?,?,?)",
        [SQL_CERT_FAILURES_FIND] = "SELECT failures, last_failure FROM revocation_failures WHERE cert = ?",
        [SQL_REQUEST_ADD] = "INSERT INTO requests (id, kind, status, profile, requester, created, modified)"
                            " VALUES (?1,?2,?3,?4,?5,?6,?6)",
        [SQL_REQUEST_SET_POP] = "UPDATE requests SET tagged = ?, challenge = ? WHERE id = ?",
        [SQL_REQUEST_DONE] = "UPDATE requests SET status = ?, text = ?, cert_serial = ?, modified = ? WHERE id = ?",
        [SQL_REQUEST_FIND] = "SELECT kind, status, profile, requester, created, modified, tagged, challenge, cert_serial, text"
                             " FROM requests WHERE id = ?",
        [SQL_AGENT_ADD] = "INSERT OR REPLACE INTO agents (cert, uid) VALUES (?,?)",
        [SQL_AGENT_FIND] = "SELECT uid FROM agents WHERE cert = ?",
        [SQL_USER_SET] = "INSERT INTO users (uid, dn) VALUES (?1,?2) ON CONFLICT (uid) DO UPDATE SET dn = ?2",
        [SQL_USER_TOKEN] = "UPDATE users SET token = ?, failures = 0 WHERE uid = ?",
        [SQL_USER_FAILURES] = "UPDATE users SET failures = ?, last_failure = ? WHERE uid = ?",
        [SQL_USER_FIND] = "SELECT dn, token, failures, last_failure FROM users WHERE uid = ?",
        [SQL_KEY_ADD] = "INSERT OR REPLACE INTO archive (serial, wrapped, blob, at) VALUES (?,?,?,?)",
        [SQL_KEY_FIND] = "SELECT wrapped, blob FROM archive WHERE serial = ?",
        [SQL_COUNTER_NEXT] = "INSERT INTO counters (name, value) VALUES (?1, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
                             " RETURNING value",
    };
    return texts[which];
}

bool store_cert_add(struct store *s, const struct cert *cert, const char *requester, const char *profile, int64_t request_id,
                    int64_t at, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_CERT_ADD, err);
    if (!stmt) {
        return false;
    }
    char *serial = store_serial(cert_serial(cert));
    char *text = cert_subject(cert);
    char *cn = dn_value(cert_subject_der(cert), "CN");
    char *uid = dn_value(cert_subject_der(cert), "UID");
    store_bind_text(stmt, 1, serial);
    store_bind_bytes(stmt, 2, cert_issuer_der(cert));
    store_bind_bytes(stmt, 3, cert_subject_der(cert));
    store_bind_text(stmt, 4, text);
    store_bind_text(stmt, 5, cn);
    store_bind_text(stmt, 6, uid);
    store_bind_bytes(stmt, 7, cert_spki(cert));
    store_bind_bytes(stmt, 8, cert_der(cert));
    sqlite3_bind_int64(stmt, 9, cert_not_before(cert));
    sqlite3_bind_int64(stmt, 10, cert_not_after(cert));
    sqlite3_bind_int64(stmt, 11, at);
    store_bind_text(stmt, 12, requester ? requester : "");
    store_bind_text(stmt, 13, profile ? profile : "");
    sqlite3_bind_int64(stmt, 14, request_id);
    bool ok = store_run(s, stmt, err);
    free(uid);
    free(cn);
    free(text);
    free(serial);
    return ok;
}

static void row_from(sqlite3_stmt *stmt, struct cert_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sqlite3_column_int64(stmt, 0);
    row->serial = store_col_text(stmt, 1);
    store_col_bytes(stmt, 2, &row->issuer_der);
    store_col_bytes(stmt, 3, &row->subject_der);
    store_col_bytes(stmt, 4, &row->der);
    row->subject = store_col_text(stmt, 5);
    row->requester = store_col_text(stmt, 6);
    row->profile = store_col_text(stmt, 7);
    row->not_before = sqlite3_column_int64(stmt, 8);
    row->not_after = sqlite3_column_int64(stmt, 9);
    row->issued_on = sqlite3_column_int64(stmt, 10);
    row->revoked = sqlite3_column_int(stmt, 11) != 0;
    row->revoked_on = sqlite3_column_int64(stmt, 12);
    row->invalidity = sqlite3_column_int64(stmt, 13);
    row->reason = sqlite3_column_int(stmt, 14);
    row->rev_token = store_col_text(stmt, 15);
    row->request_id = sqlite3_column_int64(stmt, 16);
}

void cert_row_release(struct cert_row *row)
{
    free(row->serial);
    free(row->subject);
    free(row->requester);
    free(row->profile);
    free(row->rev_token);
    buf_release(&row->issuer_der);
    buf_release(&row->subject_der);
    buf_release(&row->der);
    memset(row, 0, sizeof *row);
}

bool store_cert_find(struct store *s, struct bytes issuer_der, const char *serial, struct cert_row *row, bool *found,
                     struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, issuer_der.len ? SQL_CERT_FIND : SQL_CERT_FIND_SERIAL, err);
    if (!stmt) {
        return false;
    }
    int at = 1;
    if (issuer_der.len) {
        store_bind_bytes(stmt, at++, issuer_der);
    }
    store_bind_text(stmt, at, serial);
    if (!store_row(s, stmt, found, err)) {
        return false;
    }
    if (*found) {
        row_from(stmt, row);
    }
    sqlite3_reset(stmt);
    return true;
}

bool store_cert_revoke(struct store *s, int64_t id, int64_t at, int reason, int64_t invalidity, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_CERT_REVOKE, err);
    if (!stmt) {
        return false;
    }
    sqlite3_bind_int64(stmt, 1, at);
    sqlite3_bind_int(stmt, 2, reason);
    sqlite3_bind_int64(stmt, 3, invalidity);
    sqlite3_bind_int64(stmt, 4, id);
    return store_run(s, stmt, err);
}

bool store_cert_rev_token(struct store *s, int64_t id, const char *base64, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_CERT_REV_TOKEN, err);
    if (!stmt) {
        return false;
    }
    store_bind_text(stmt, 1, base64);
    sqlite3_bind_int64(stmt, 2, id);
    return store_run(s, stmt, err) && store_cert_failures_set(s, id, 0, 0, err);
}

bool store_cert_failures_set(struct store *s, int64_t id, int failures, int64_t at, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_CERT_FAILURES_SET, err);
    if (!stmt) {
        return false;
    }
    sqlite3_bind_int64(stmt, 1, id);
    sqlite3_bind_int(stmt, 2, failures);
    sqlite3_bind_int64(stmt, 3, at);
    return store_run(s, stmt, err);
}

bool store_cert_failures_find(struct store *s, int64_t id, int *failures, int64_t *last, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(s, SQL_CERT_FAILURES_FIND, err);
    bool found = false;
    *failures = 0;
    *last = 0;
    if (!stmt) {
        return false;
    }
    sqlite3_bind_int64(stmt, 1, id);
    if (!store_row(s, stmt, &found, err)) {
        return false;
    }
    if (found) {
        *failures = sqlite3_column_int(stmt, 0);
        *last = sqlite3_column_int64(stmt, 1);
    }
    sqlite3_reset(stmt);
    return true;
}

/* Condition and value of one column of the filter. */
static void where_text(struct buf *sql, const char *column, const char *value, bool exactly, int *n)
{
    if (value && *value) {
        buf_add(sql, exactly ? " AND %s = ?%d" : " AND instr(lower(%s), lower(?%d)) > 0", column, ++*n);
    }
}

/* Kinds of certificates as REST clients ask for them; none is of another kind. */
static const char *status_condition(const char *status)
{
    static const struct {
        const char *status, *condition;
    } rows[] = {
        {"REVOKED", " AND revoked AND not_after >= ?20"},
        {"REVOKED_EXPIRED", " AND revoked AND not_after < ?20"},
        {"EXPIRED", " AND NOT revoked AND not_after < ?20"},
        {"INVALID", " AND NOT revoked AND not_before > ?20"},
        {"VALID", " AND NOT revoked AND not_after >= ?20 AND not_before <= ?20"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].status, status) == 0) {
            return rows[i].condition;
        }
    }
    return " AND 0";
}

/* The n-th of these has parameter FIRST + n. To add one: a row. */
#define FIRST 30
static const struct {
    size_t offset;
    const char *contains, *exactly; /* %d: its parameter; NULL: one condition for both */
} fields[] = {
#define IN_SUBJECT(member, type)                                                                                              \
    {offsetof(struct cert_filter, member),                                                                                    \
     " AND instr(',' || upper(subject_text), '," type "=') > 0"                                                                    \
     " AND instr(substr(lower(subject_text), instr(',' || upper(subject_text), '," type "=')), lower(?%d)) > 0",                        \
     " AND instr(',' || subject_text || ',', '," type "=' || ?%d || ',') > 0"}
    IN_SUBJECT(email, "E"),
    IN_SUBJECT(org, "O"),
    IN_SUBJECT(org_unit, "OU"),
    IN_SUBJECT(locality, "L"),
    IN_SUBJECT(state, "ST"),
    IN_SUBJECT(country, "C"),
    {offsetof(struct cert_filter, issued_by), " AND CASE WHEN requester = '' THEN 'system' ELSE requester END = ?%d", NULL},
    {offsetof(struct cert_filter, reason), " AND revoked AND reason = CAST(?%d AS INTEGER)", NULL},
    {offsetof(struct cert_filter, not_before_from), " AND not_before >= CAST(?%d AS INTEGER) / 1000", NULL},
    {offsetof(struct cert_filter, not_before_to), " AND not_before <= CAST(?%d AS INTEGER) / 1000", NULL},
    {offsetof(struct cert_filter, not_after_from), " AND not_after >= CAST(?%d AS INTEGER) / 1000", NULL},
    {offsetof(struct cert_filter, not_after_to), " AND not_after <= CAST(?%d AS INTEGER) / 1000", NULL},
    {offsetof(struct cert_filter, issued_on_from), " AND issued_on >= CAST(?%d AS INTEGER) / 1000", NULL},
    {offsetof(struct cert_filter, issued_on_to), " AND issued_on <= CAST(?%d AS INTEGER) / 1000", NULL},
    {offsetof(struct cert_filter, revoked_on_from), " AND revoked AND revoked_on >= CAST(?%d AS INTEGER) / 1000", NULL},
    {offsetof(struct cert_filter, revoked_on_to), " AND revoked AND revoked_on <= CAST(?%d AS INTEGER) / 1000", NULL},
    {offsetof(struct cert_filter, validity_least), " AND not_after - not_before >= CAST(?%d AS INTEGER) / 1000", NULL},
    {offsetof(struct cert_filter, validity_most), " AND not_after - not_before <= CAST(?%d AS INTEGER) / 1000", NULL},
    {offsetof(struct cert_filter, netscape_type), " AND ?%d IS NULL", NULL},
};

static const char *field_of(const struct cert_filter *f, size_t i)
{
    const char *value = *(const char *const *)(const void *)((const char *)f + fields[i].offset);
    return value && *value ? value : NULL;
}

/* The number is the only thing that goes into the text of the statement. */
static void where_field(struct buf *sql, const char *condition, int number)
{
    const char *at = strstr(condition, "%d");
    buf_add(sql, "%.*s%d%s", (int)(at - condition), condition, number, at + 2);
}

static void search_where(const struct cert_filter *f, struct buf *sql)
{
    int n = 0;
    where_text(sql, "cn", f->cn, f->exactly, &n);
    where_text(sql, "uid", f->uid, f->exactly, &n);
    buf_add(sql, "%s%s%s%s%s", f->spki.len ? " AND spki = ?21" : "", f->issuer_der.len ? " AND issuer = ?22" : "",
            f->serial_from ? " AND (length(serial), serial) >= (length(?23), ?23)" : "",
            f->serial_to ? " AND (length(serial), serial) <= (length(?24), ?24)" : "",
            f->status ? status_condition(f->status) : "");
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (field_of(f, i)) {
            where_field(sql, f->exactly && fields[i].exactly ? fields[i].exactly : fields[i].contains, FIRST + (int)i);
        }
    }
}

static void search_bind(sqlite3_stmt *stmt, const struct cert_filter *f)
{
    int n = 0;
    if (f->cn && *f->cn) {
        store_bind_text(stmt, ++n, f->cn);
    }
    if (f->uid && *f->uid) {
        store_bind_text(stmt, ++n, f->uid);
    }
    /* Numbers beyond the last one that the statement has are refused by SQLite, which is fine here. */
    sqlite3_bind_int64(stmt, 20, f->at);
    if (f->spki.len) {
        store_bind_bytes(stmt, 21, f->spki);
    }
    if (f->issuer_der.len) {
        store_bind_bytes(stmt, 22, f->issuer_der);
    }
    store_bind_text(stmt, 23, f->serial_from);
    store_bind_text(stmt, 24, f->serial_to);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        store_bind_text(stmt, FIRST + (int)i, field_of(f, i));
    }
}

static bool search_fail(struct store *s, struct err *err)
{
    err_fail(err, ERR_PRACTICE_STORE, "%s", sqlite3_errmsg(store_db(s)));
    return false;
}

bool store_cert_search(struct store *s, const struct cert_filter *f, struct cert_rows *rows, struct err *err)
{
    memset(rows, 0, sizeof *rows);
    struct buf where = BUF_INIT(BUF_MAX_TEXT);
    search_where(f, &where);
    char *count = xasprintf("SELECT COUNT(*) FROM certs WHERE 1%s", buf_str(&where));
    char *list = xasprintf("SELECT " CERT_COLUMNS " FROM certs WHERE 1%s ORDER BY id LIMIT %ld OFFSET %ld", buf_str(&where),
                           f->size > 0 ? f->size : 20L, f->start > 0 ? f->start : 0L);
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_prepare_v2(store_db(s), count, -1, &stmt, NULL) == SQLITE_OK;
    if (ok) {
        search_bind(stmt, f);
        ok = sqlite3_step(stmt) == SQLITE_ROW;
        rows->total = ok ? (long)sqlite3_column_int64(stmt, 0) : 0;
    }
    sqlite3_finalize(stmt);
    stmt = NULL;
    ok = ok && sqlite3_prepare_v2(store_db(s), list, -1, &stmt, NULL) == SQLITE_OK;
    if (ok) {
        search_bind(stmt, f);
        int rc;
        while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
            rows->v = xrealloc(rows->v, (rows->n + 1) * sizeof *rows->v);
            row_from(stmt, &rows->v[rows->n++]);
        }
        ok = rc == SQLITE_DONE;
    }
    ok = ok || search_fail(s, err);
    sqlite3_finalize(stmt);
    free(list);
    free(count);
    buf_release(&where);
    return ok;
}

void cert_rows_release(struct cert_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        cert_row_release(&rows->v[i]);
    }
    free(rows->v);
    memset(rows, 0, sizeof *rows);
}
