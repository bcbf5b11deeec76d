/* SPDX-License-Identifier: Apache-2.0 */
/* Which certificate is renewed, and whether it keeps its key. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/expiry.h"
#include "nss/cert.h"
#include "screens/certlist.h"

char *app_days_left(long days)
{
    if (days < 0) {
        return xstrdup(_("ended"));
    }
    /* TRANSLATORS: in a column of at most 12 columns */
    return xasprintf(ngettext("%ld day", "%ld days", (unsigned long)days), days);
}

static const char *why_not(const struct expiry *e, int64_t now)
{
    if (!cert_valid_at(e->cert, now)) {
        return _("It has ended: an ended certificate cannot vouch for a new one. Enroll again.");
    }
    return e->can_sign ? NULL : _("It cannot sign. Your signing certificate gets you a new one to encrypt.");
}

static bool read_database(struct app *app, struct expiry_list *all)
{
    struct err ignored = ERR_INIT;
    all->sessions = app->options->state_dir;
    bool ok = app_open_db(app, "dbdir", true) && expiry_add_db(all, app->engine.db, &ignored);
    err_release(&ignored);
    return ok;
}

static void add_row(const struct expiry *e, int64_t now, struct choices *out)
{
    char *nick = text_visible_str(e->nickname), *serial = cert_serial_text(e->cert), *subject = cert_subject(e->cert);
    char *short_serial = app_cert_serial(e->cert), *left = app_days_left(expiry_days_left(e, now));
    char *until = when_human(cert_not_after(e->cert));
    /* TRANSLATORS: instead of days left, in a column of at most 12 columns */
    char *value = xasprintf("%s %s", serial, e->nickname),
         *label = xasprintf("%s\t%s\t%s\t%s", nick, short_serial, e->replaced ? _("replaced") : left, subject);
    char *note = e->replaced ? xasprintf(_("Until %s; a newer one is there already."), until)
                             : xasprintf(_("Valid until %s, serial number %s."), until, serial);
    choices_add(out, value, label, note, why_not(e, now));
    char *const owned[] = {nick, serial, short_serial, subject, left, until, value, label, note};
    for (size_t i = 0; i < ARRAY_LEN(owned); i++) {
        free(owned[i]);
    }
}

/* The one that ends first is on top; what has a successor is at the end. */
static void list_own(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    struct expiry_list all = EXPIRY_LIST_INIT;
    int64_t now = when_now();
    bool ok = read_database(ctx, &all);
    for (int replaced = 0; ok && replaced < 2; replaced++) {
        for (size_t i = 0; i < all.n; i++) {
            if (all.v[i].replaced == (replaced == 1)) {
                add_row(&all.v[i], now, out);
            }
        }
    }
    expiry_list_release(&all);
}

static const struct expiry *chosen(struct app *app, struct expiry_list *all)
{
    const char *nickname = app_get(app, "renew.nickname");
    return *nickname && read_database(app, all) ? expiry_find(all, nickname, app_get(app, "renew.serial")) : NULL;
}

/* Nickname and serial are one choice. */
static const char *get(struct app *app, const char *key)
{
    (void)key;
    if (!*app_get(app, "renew.nickname")) {
        return "";
    }
    snprintf(app->scratch, sizeof app->scratch, "%s %s", app_get(app, "renew.serial"), app_get(app, "renew.nickname"));
    return app->scratch;
}

static void set(struct app *app, const char *key, const char *value)
{
    (void)key;
    const char *blank = strchr(value, ' ');
    char *serial = blank ? xasprintf("%.*s", (int)(blank - value), value) : xstrdup("");
    app_set(app, "renew.serial", serial);
    app_set(app, "renew.nickname", blank ? blank + 1 : "");
    /* Its kind of key is the new one's, not that of an earlier choice. */
    static const char *const kind[] = {"key.type", "key.size", "key.curve"};
    for (size_t i = 0; i < ARRAY_LEN(kind); i++) {
        app_set(app, kind[i], NULL);
    }
    free(serial);
}

static void enter(struct app *app)
{
    struct choices rows = {0};
    list_own(app, NULL, &rows);
    for (size_t i = 0; i < rows.n && !*app_get(app, "renew.nickname"); i++) {
        if (!rows.v[i].barred) {
            set(app, "page.renew", rows.v[i].value);
        }
    }
    if (!rows.n) {
        dialog_message(app->ui, MESSAGE_HINT, _("Nothing to renew"),
                       _("This database holds no certificate with its key. Go back and choose another one."));
    }
    choices_release(&rows);
}

static char *about_key(void *ctx, const struct field *field)
{
    (void)field;
    struct app *app = ctx;
    struct expiry_list all = EXPIRY_LIST_INIT;
    const struct expiry *e = chosen(app, &all);
    char *kind = e ? cert_key_text(e->cert) : NULL, *opens = e ? when_human(expiry_window_opens(&all, e)) : NULL;
    char *text;
    if (!e) {
        text = xstrdup(_("A new key is safer; the same key saves you from telling others a new one."));
    } else if (answer_true(app->session, "renew.samekey")) {
        text = xasprintf(_("The key (%s) stays. A usual CA takes it again from %s on."), kind, opens);
    } else {
        text = xasprintf(_("A new key of the same kind (%s) is made. The old one stays in the database."), kind);
    }
    free(kind);
    free(opens);
    expiry_list_release(&all);
    return text;
}

static const struct field FIELDS[] = {
    {.kind = FIELD_LIST,
     .key = "page.renew",
     .label = N_("Certificate"),
     /* TRANSLATORS: headings of columns, divided by tabs; each at most 14 columns */
     .columns = N_("Nickname\tSerial number\tLeft\tSubject"),
     .choices = list_own,
     .rows = 6,
     .flags = FIELD_REQUIRED,
     .help = N_("It signs the request for its successor; the one that ends first is on top."),
     .why =
         N_("The CA knows you by this certificate. The new one gets the same name and is stored beside the old one.")},
    {.kind = FIELD_CHECK,
     .key = "renew.samekey",
     .label = N_("Keep the key"),
     .help = N_("Only near the end of the certificate; a new key is the usual choice."),
     .why = N_("A new key ends the risk that the old one was seen by somebody; some systems are tied to "
               "the old one.")},
    {.kind = FIELD_NOTE, .key = "key", .text = about_key},
    FIELD_ROWS_END,
};
static const struct page PAGE = {
    .id = "renew", .question = N_("Which certificate do you want to renew?"), .fields = FIELDS};

/* What the CA would refuse is said here, where it can be changed. */
static enum page_leave leave(struct app *app)
{
    struct expiry_list all = EXPIRY_LIST_INIT;
    const struct expiry *e = chosen(app, &all);
    bool early = e && answer_true(app->session, "renew.samekey") && when_now() < expiry_window_opens(&all, e);
    char *opens = early ? when_human(expiry_window_opens(&all, e)) : NULL;
    expiry_list_release(&all);
    if (early && !*app_get(app, "profile")) {
        struct err err = ERR_INIT;
        err_fail(&err, ERR_FLOW_RENEW_EARLY, _("The key can be certified again from %s on."), opens);
        app_error(app, NULL, &err);
    }
    free(opens);
    return early && !*app_get(app, "profile") ? LEAVE_STAY : LEAVE_GO;
}

const struct app_page PAGE_RENEW = {
    .page = &PAGE, .label = N_("Certificate"), .enter = enter, .leave = leave, .get = get, .set = set};
