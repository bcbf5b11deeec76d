/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_STORE_SQL_H
#define CMCW_PRACTICE_STORE_SQL_H
/* Prepared statements of the store, for store*.c only. Each is prepared once; store_stmt() gives it reset and unbound. */
#include <sqlite3.h>

#include "base/bytes.h"
#include "base/err.h"

struct store;

enum store_sql { SQL_CERT_ADD, SQL_CERT_FIND, SQL_CERT_FIND_SERIAL, SQL_CERT_REVOKE, SQL_CERT_REV_TOKEN, SQL_CERT_FAILURES_SET,
    SQL_CERT_FAILURES_FIND, SQL_REQUEST_ADD,
    SQL_REQUEST_SET_POP, SQL_REQUEST_DONE, SQL_REQUEST_FIND, SQL_AGENT_ADD, SQL_AGENT_FIND, SQL_USER_SET, SQL_USER_TOKEN,
    SQL_USER_FAILURES, SQL_USER_FIND, SQL_KEY_ADD, SQL_KEY_FIND, SQL_COUNTER_NEXT, SQL_COUNT };

#define CERT_COLUMNS                                                                                              \
    "id, serial, issuer, subject, der, subject_text, requester, profile, not_before, not_after, issued_on, revoked," \
    " revoked_on, invalidity, reason, rev_token, request_id"

const char *store_sql_text(enum store_sql which);
sqlite3_stmt *store_stmt(struct store *s, enum store_sql which, struct err *err) MUST_CHECK;
/* Steps to the end / to a row (then reset it after reading the columns). */
bool store_run(struct store *s, sqlite3_stmt *stmt, struct err *err) MUST_CHECK;
bool store_row(struct store *s, sqlite3_stmt *stmt, bool *found, struct err *err) MUST_CHECK;
sqlite3 *store_db(struct store *s);
void store_bind_text(sqlite3_stmt *stmt, int at, const char *text);
void store_bind_bytes(sqlite3_stmt *stmt, int at, struct bytes b);
char *store_col_text(sqlite3_stmt *stmt, int column) MUST_CHECK;
void store_col_bytes(sqlite3_stmt *stmt, int column, struct buf *out); /* initialises out */
#endif
