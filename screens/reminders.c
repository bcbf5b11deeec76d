/* SPDX-License-Identifier: Apache-2.0 */
/* What ends when, over all databases that are found; and files that remind of an end, offered after an enrollment. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/expiry.h"
#include "flow/reminder.h"
#include "flow/saved.h"
#include "nss/cert.h"
#include "screens/certlist.h"

/* ---- reminders ---- */

struct asking {
    struct app *app;
    bool wanted[3];
    char dir[1024];
};

/* To add a kind: a row, its key in KIND_FIELDS. */
static const char *const KINDS[] = {"ics", "systemd", "certmonger"};

static bool *wanted(struct asking *a, const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
        if (strcmp(KINDS[i], key) == 0) {
            return &a->wanted[i];
        }
    }
    return NULL;
}

static const char *get_wanted(void *ctx, const char *key)
{
    struct asking *a = ctx;
    const bool *flag = wanted(a, key);
    return !flag ? a->dir : *flag ? "yes" : "no";
}

static void set_wanted(void *ctx, const char *key, const char *value)
{
    struct asking *a = ctx;
    bool *flag = wanted(a, key);
    if (flag) {
        *flag = strcmp(value, "yes") == 0;
    } else {
        strncpy(a->dir, value, sizeof a->dir - 1);
    }
}

static const struct field KIND_FIELDS[] = {
    {.kind = FIELD_CHECK,
     .key = "ics",
     .label = N_("Calendar"),
     .help = N_("An .ics file that calendar programs open."),
     .why = N_("Your calendar tells you in time, on your other devices as well.")},
    {.kind = FIELD_CHECK,
     .key = "systemd",
     .label = N_("Renew by itself"),
     .help = N_("A systemd timer and service of yours; how to switch them on stands in them."),
     .why = N_("The computer then renews the certificate before it ends, without you.")},
    {.kind = FIELD_CHECK,
     .key = "certmonger",
     .label = N_("certmonger"),
     .help = N_("The command that lets certmonger warn in time."),
     .why = N_("Where certmonger runs already, it can watch this certificate as well.")},
    {.kind = FIELD_FILE,
     .key = "dir",
     .label = N_("Folder"),
     .flags = FIELD_FOLDER | FIELD_REQUIRED,
     .help = N_("The files go there."),
     .why = N_("You can look at the files before you use one of them.")},
    FIELD_ROWS_END,
};
static const struct page KIND_PAGE = {.id = "reminders",
                                      .question = N_("What shall remind you before the certificate ends?"),
                                      .fields = KIND_FIELDS,
                                      .next_label = NC_("footer", "Write")};

static bool keep_answers(struct asking *a)
{
    struct strv kinds = STRV_INIT;
    for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
        if (a->wanted[i]) {
            strv_push(&kinds, KINDS[i]);
        }
    }
    char *list = strv_join(&kinds, ", "), *home = path_expand_home(a->dir), *dir = path_absolute(home);
    bool any = kinds.n > 0;
    app_set(a->app, "reminder", list);
    app_set(a->app, "reminder.dir", dir);
    app_save(a->app);
    free(list);
    free(home);
    free(dir);
    strv_release(&kinds);
    return any;
}

void app_remind(struct app *app)
{
    if (!session_fact(app->session, "nickname")) { /* at the agent desk: the certificate is somebody else's */
        dialog_message(app->ui, MESSAGE_HINT, _("Nothing to remind of"), _("The certificate is not in a database of yours."));
        return;
    }
    struct asking a = {.app = app, .wanted = {true}};
    const struct form_ops ops = {.get = get_wanted, .set = set_wanted};
    struct form_result result = {0};
    struct err err = ERR_INIT;
    struct strv written = STRV_INIT;
    char *folder = path_tilde(app->session->dir);
    strncpy(a.dir, folder, sizeof a.dir - 1);
    free(folder);
    if (app_inner_form(app, &app->frame, &KIND_PAGE, &ops, &a, &result) != FORM_NEXT || !keep_answers(&a)) {
        return;
    }
    if (run_write_reminders(app->run, &written, &err)) {
        char *list = strv_join(&written, "\n\n");
        dialog_message(app->ui, MESSAGE_OK, _("Written"), list);
        free(list);
    } else {
        app_error(app, _("The reminder could not be written."), &err);
    }
    strv_release(&written);
}

/* ---- overview ---- */

struct overview {
    struct expiry_list all;
    struct strv unread; /* folders that could not be opened */
    char chosen[24];    /* index in all */
};

static void read_all(struct app *app, struct overview *o)
{
    struct strv folders = STRV_INIT;
    expiry_folders(app->options->state_dir, &folders);
    o->all.sessions = app->options->state_dir;
    for (size_t i = 0; i < folders.n; i++) {
        struct err ignored = ERR_INIT;
        if (!expiry_add_folder(&o->all, folders.v[i], &ignored)) {
            strv_push(&o->unread, folders.v[i]);
        }
        err_release(&ignored);
    }
    strv_release(&folders);
}

static void list_all(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    struct overview *o = ctx;
    int64_t now = when_now();
    for (size_t i = 0; i < o->all.n; i++) {
        const struct expiry *e = &o->all.v[i];
        char index[24], *nick = text_visible_str(e->nickname), *left = app_days_left(expiry_days_left(e, now));
        char *tilde = path_tilde(e->dbdir), *dir = text_visible_str(tilde),
             *until = when_human(cert_not_after(e->cert)), *subject = cert_subject(e->cert);
        char *serial = app_cert_serial(e->cert);
        char *label = xasprintf("%s\t%s\t%s\t%s", e->replaced ? _("replaced") : left, nick, serial, dir),
             *note = e->replaced ? xasprintf(_("Until %s; a newer one is there already."), until)
                                 : xasprintf(_("%s, until %s"), subject, until);
        const char *ended =
            cert_not_after(e->cert) < now ? _("It has ended: it cannot vouch for a new one. Enroll again.") : NULL;
        snprintf(index, sizeof index, "%zu", i);
        choices_add(out, index, label, note, ended);
        char *const owned[] = {nick, serial, left, tilde, dir, until, subject, label, note};
        for (size_t k = 0; k < ARRAY_LEN(owned); k++) {
            free(owned[k]);
        }
    }
}

static const char *get_chosen(void *ctx, const char *key)
{
    (void)key;
    return ((struct overview *)ctx)->chosen;
}

static void set_chosen(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct overview *o = ctx;
    strncpy(o->chosen, value, sizeof o->chosen - 1);
}

static bool has_unread(void *ctx, const struct field *field)
{
    (void)field;
    return ((const struct overview *)ctx)->unread.n > 0;
}

static char *about_unread(void *ctx, const struct field *field)
{
    (void)field;
    char *list = strv_join(&((const struct overview *)ctx)->unread, ", "), *shown = text_visible_str(list);
    char *text = xasprintf(_("Could not be read: %s"), shown);
    free(list);
    free(shown);
    return text;
}

static const struct field OVERVIEW_FIELDS[] = {
    {.kind = FIELD_LIST,
     .key = "certificate",
     .label = "",
     /* TRANSLATORS: headings of columns, divided by tabs; each at most 14 columns */
     .columns = N_("Left\tNickname\tSerial number\tDatabase"),
     .choices = list_all,
     .rows = 12,
     .flags = FIELD_REQUIRED | FIELD_ADVANCE,
     .help = N_("Enter renews the one under the cursor."),
     .spoken = N_("The number of the one to renew."),
     .why = N_("A renewal is signed with the certificate that ends: it works only while that is valid.")},
    {.kind = FIELD_NOTE, .key = "unread", .text = about_unread, .visible = has_unread, .flags = FIELD_WARN},
    FIELD_ROWS_END,
};
static const struct page OVERVIEW = {.id = "expiry",
                                     .question = N_("Which of your certificates end when?"),
                                     .fields = OVERVIEW_FIELDS,
                                     .next_label = NC_("footer", "Renew")};

/* One that cannot sign is not renewed but followed by another: that is the encryption scenario. */
static int renew(struct app *app, const struct expiry *e)
{
    if (!app_start(app, e->can_sign ? "renewal" : "encryption")) {
        return EXIT_INTERNAL;
    }
    char *serial = cert_serial_text(e->cert);
    app->dirty = saved_take_ca(app->session, app->options->state_dir, serial, e->dbdir) || app->dirty;
    app_set(app, "dbdir", e->dbdir);
    app_set(app, "tokenname", e->token);
    if (e->can_sign) {
        app_set(app, "renew.nickname", e->nickname);
        app_set(app, "renew.serial", serial);
    }
    free(serial);
    struct err err = ERR_INIT;
    if (text_starts(app_get(app, "ca"), "practice") &&
        (!practice_ensure(app->ui, &app->frame, &err) || !practice_answers(app->session, app->secrets, &err))) {
        app_error(app, _("The practice CA could not be started."), &err);
        return WIZARD_AGAIN;
    }
    return app_enroll(app);
}

int app_expiry(struct app *app)
{
    struct overview o = {.chosen = ""};
    const struct form_ops ops = {.get = get_chosen, .set = set_chosen};
    struct form_result result = {0};
    int code = WIZARD_AGAIN;
    read_all(app, &o);
    app->frame = (struct frame){.program = "cmc-wizard", .scenario = "", .language = i18n_language()};
    if (!o.all.n) {
        dialog_message(
            app->ui, MESSAGE_HINT, _("No certificates"),
            _("No certificate with its key was found in the usual databases or in those of saved enrollments."));
    } else {
        enum form_verb verb = form_run(app->ui, &app->frame, &OVERVIEW, &ops, &o, &result);
        if (verb == FORM_NEXT) {
            code = renew(app, &o.all.v[strtoul(o.chosen, NULL, 10)]);
        } else if (verb != FORM_BACK) {
            code = EXIT_CANCELLED;
        }
    }
    expiry_list_release(&o.all);
    strv_release(&o.unread);
    return code;
}
