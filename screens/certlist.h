/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_SCREENS_CERTLIST_H
#define CMCW_SCREENS_CERTLIST_H
/* Lists of a database's certificates, as several pages show them: nickname, serial number and subject, CAs left out. */
#include "nss/certdb.h"
#include "screens/app.h"

/* What one page wants of it. Entries and app are lent for a call; texts that are returned belong to the caller. */
struct cert_rows {
    /* Whether entry i of all n has a row; NULL: each has. */
    bool (*shows)(struct app *app, const struct certdb_entry *all, size_t n, size_t i);
    char *(*value)(const struct certdb_entry *entry); /* NULL: its nickname */
    char *(*note)(const struct certdb_entry *entry);  /* NULL: none */
    /* Why it cannot be chosen, translated and lent; NULL: it can. The function NULL: all can. */
    const char *(*barred)(struct app *app, const struct certdb_entry *entry);
};

/* Adds the rows of the database in this folder; one that cannot be opened adds none. */
void app_list_certs(struct app *app, const char *dbdir_answer, const struct cert_rows *rows, struct choices *out);
/* When a page is entered for the first time: the focus is on its list where there is something in it, besides the row for all else. */
void app_focus_list(struct app *app, const struct field *list);
/* For shows: its private key is there. */
bool app_cert_has_key(struct app *app, const struct certdb_entry *all, size_t n, size_t i);
/* What tells certificates of one nickname apart in a row: the serial number, of a long one the end. */
char *app_cert_serial(const struct cert *cert) MUST_CHECK;
/* For note: "Valid until DAY, on TOKEN." */
char *app_cert_until(const struct certdb_entry *entry) MUST_CHECK;
#endif
