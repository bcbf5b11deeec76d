/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "screens/certlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"

#define SERIAL_COLUMNS 10 /* tell apart the certificates of one database */

bool app_cert_has_key(struct app *app, const struct certdb_entry *all, size_t n, size_t i)
{
    (void)app;
    (void)n;
    return all[i].has_key;
}

char *app_cert_until(const struct certdb_entry *entry)
{
    char *until = when_human(cert_not_after(entry->cert));
    char *text = xasprintf(_("Valid until %s, on %s."), until, entry->token);
    free(until);
    return text;
}

char *app_cert_serial(const struct cert *cert)
{
    char *whole = cert_serial_text(cert);
    size_t len = strlen(whole);
    if (len <= SERIAL_COLUMNS) {
        return whole;
    }
    char *end = xasprintf("..%s", whole + len - (SERIAL_COLUMNS - 2));
    free(whole);
    return end;
}

static void add_row(struct app *app, const struct cert_rows *rows, const struct certdb_entry *entry, struct choices *out)
{
    char *nick = text_visible_str(entry->nickname), *serial = app_cert_serial(entry->cert), *subject = cert_subject(entry->cert);
    char *label = xasprintf("%s\t%s\t%s", nick, serial, subject);
    char *value = rows->value ? rows->value(entry) : xstrdup(entry->nickname);
    char *note = rows->note ? rows->note(entry) : NULL;
    choices_add(out, value, label, note, rows->barred ? rows->barred(app, entry) : NULL);
    free(nick);
    free(serial);
    free(subject);
    free(label);
    free(value);
    free(note);
}

void app_list_certs(struct app *app, const char *dbdir_answer, const struct cert_rows *rows, struct choices *out)
{
    struct certdb_entry *all = NULL;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    if (app_open_db(app, dbdir_answer, true) && certdb_list(app->engine.db, NULL, &all, &n, &ignored)) {
        for (size_t i = 0; i < n; i++) {
            if (!cert_is_ca(all[i].cert) && (!rows->shows || rows->shows(app, all, n, i))) {
                add_row(app, rows, &all[i], out);
            }
        }
        certdb_entries_free(all, n);
    }
    err_release(&ignored);
}

void app_focus_list(struct app *app, const struct field *list)
{
    struct choices rows = {0};
    if (*app->result->focus) {
        return; /* where it was */
    }
    list->choices(app, list, &rows);
    if (rows.n > 1) {
        snprintf(app->result->focus, sizeof app->result->focus, "%s", list->key);
    }
    choices_release(&rows);
}
