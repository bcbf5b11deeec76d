/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation: which certificate, why and since when, and who asks the CA for it. The certificate is looked up before
 * anything else. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/serial.h"
#include "nss/nssdb.h"
#include "screens/certlist.h"

/* ---- which ---- */

#define DIR_KEY "page.dbdir"

/* Of the database: nickname and serial number are one choice; "" is the row for a number. */
static char *target_value(const struct certdb_entry *e)
{
    char *serial = cert_serial_text(e->cert), *value = xasprintf("%s %s", serial, e->nickname);
    free(serial);
    return value;
}

static char *target_note(const struct certdb_entry *e)
{
    char *until = when_human(cert_not_after(e->cert)), *serial = cert_serial_text(e->cert);
    char *note = xasprintf(_("Valid until %s, serial number %s."), until, serial);
    free(until);
    free(serial);
    return note;
}

static void list_certs(void *ctx, const struct field *field, struct choices *out)
{
    static const struct cert_rows rows = {.value = target_value, .note = target_note};
    (void)field;
    app_list_certs(ctx, "dbdir", &rows, out);
    choices_add(out, "", _("Another certificate"), _("Named by its serial number; the CA shows it."), NULL);
}

/* The folder is shown as people write it, and kept as a path that works everywhere. */
static const char *get_dir(struct app *app)
{
    char *folder = path_tilde(app_get(app, "dbdir"));
    snprintf(app->scratch, sizeof app->scratch, "%s", folder);
    free(folder);
    return app->scratch;
}

static void set_dir(struct app *app, const char *value)
{
    bool as_it_is = !*value || text_starts(value, "sql:") || text_starts(value, "dbm:");
    char *home = path_expand_home(value), *path = as_it_is ? xstrdup(value) : path_absolute(home);
    app_set(app, "dbdir", path);
    free(home);
    free(path);
}

static const char *get_target(struct app *app, const char *key)
{
    if (strcmp(key, DIR_KEY) == 0) {
        return get_dir(app);
    }
    if (!*app_get(app, "revoke.nickname")) {
        return "";
    }
    snprintf(app->scratch, sizeof app->scratch, "%s %s", app_get(app, "revRequest.serial"),
             app_get(app, "revoke.nickname"));
    return app->scratch;
}

static void set_target(struct app *app, const char *key, const char *value)
{
    if (strcmp(key, DIR_KEY) == 0) {
        set_dir(app, value);
        return;
    }
    const char *blank = strchr(value, ' ');
    char *serial = blank ? xasprintf("%.*s", (int)(blank - value), value) : xstrdup("");
    if (blank || *app_get(app, "revoke.nickname")) {
        app_set(app, "revRequest.serial", serial);
    }
    app_set(app, "revoke.nickname", blank ? blank + 1 : "");
    free(serial);
}

static bool by_number(void *ctx, const struct field *field)
{
    (void)field;
    return !*app_get(ctx, "revoke.nickname");
}

static char *check_serial(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    struct buf number = BUF_INIT(256);
    struct err why = ERR_INIT;
    char *text =
        serial_parse(value, &number, &why) ? NULL : xstrdup(_("A serial number is decimal, or 0x and hex digits."));
    err_release(&why);
    buf_release(&number);
    return text;
}

static char *check_dir(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    char *path = path_expand_home(value);
    bool there = nssdb_present(path);
    free(path);
    return there ? NULL : xstrdup(_("There is no NSS database in this folder."));
}

static const struct field TARGET_FIELDS[] = {
    {.kind = FIELD_FILE,
     .key = DIR_KEY,
     .label = N_("Database"),
     .flags = FIELD_FOLDER | FIELD_REQUIRED,
     .validate = check_dir,
     .help = N_("The NSS database with your certificates; for an agent, with the agent's."),
     .why = N_("The certificate is looked for there, and so is the key that signs the request.")},
    {.kind = FIELD_LIST,
     .key = "page.target",
     .label = N_("Certificate"),
     /* TRANSLATORS: headings of columns, divided by tabs; each at most 14 columns */
     .columns = N_("Nickname\tSerial number\tSubject"),
     .choices = list_certs,
     .rows = 6,
     .help = N_("On the next page you see it before anything is asked of the CA."),
     .why = N_("A revoked certificate is trusted by nobody any more. Others learn it from the CA's list (CRL) or by "
               "asking it.")},
    {.kind = FIELD_TEXT,
     .key = "revRequest.serial",
     .label = N_("Serial number"),
     .width = 44,
     .max = 130,
     .flags = FIELD_REQUIRED,
     .visible = by_number,
     .validate = check_serial,
     .hint = "0x1a2b",
     .help = N_("It stands in the certificate; decimal, or 0x and hex."),
     .why = N_("The CA knows its certificates by their numbers.")},
    FIELD_ROWS_END,
};
static const struct page TARGET = {
    .id = "target", .question = N_("Which certificate is to be revoked?"), .fields = TARGET_FIELDS};

/* The run's own first steps: the CA's chain, and the certificate. */
struct lookup {
    struct run *run;
    enum run_state state;
    struct err err;
};

static bool looked_up(const struct lookup *l)
{
    for (size_t i = 0; i < run_n_steps(l->run); i++) {
        if (strcmp(run_step(l->run, i)->name, "target") == 0) {
            return run_step_done(l->run, i);
        }
    }
    return true;
}

static enum progress_state poll(void *ctx)
{
    struct lookup *l = ctx;
    if (looked_up(l)) {
        return PROGRESS_DONE;
    }
    l->state = run_poll(l->run, 40, &l->err);
    return l->state == RUN_WORKING ? PROGRESS_AGAIN : PROGRESS_STOPPED;
}

static size_t count(void *ctx)
{
    (void)ctx;
    return 2;
}

static void step(void *ctx, size_t i, struct progress_step *out)
{
    const struct lookup *l = ctx;
    out->label = _(run_step(l->run, i)->title);
    out->detail = NULL;
    out->state = run_step_done(l->run, i) ? STEP_DONE : run_step_running(l->run, i) ? STEP_HERE : STEP_TODO;
    out->elapsed_ms = -1;
}

static void cancel(void *ctx)
{
    run_cancel(((struct lookup *)ctx)->run);
}

static enum page_leave leave_target(struct app *app)
{
    static const struct progress_ops ops = {.poll = poll, .poll_waits = true, .count = count, .step = step, .cancel = cancel};
    struct lookup l = {.state = RUN_WORKING};
    run_free(app->run);
    app->run = NULL;
    app_drop_engine(app);
    l.run = run_new(app->session, app->secrets, &l.err);
    bool ok =
        l.run && progress_run(app->ui, &app->frame, _("Looking the certificate up"), &ops, &l) == PROGRESS_FINISHED;
    if (l.run && run_is_busy(l.run)) {
        app_leave_token(app, !app->ui->signal);
    }
    if (!ok && err_is_set(&l.err) && l.state != RUN_CANCELLED) {
        app_error(app, _("The certificate cannot be shown."), &l.err);
    }
    err_release(&l.err);
    run_free(l.run);
    session_set_state(app->session, "editing");
    app->dirty = true;
    return ok ? LEAVE_GO : LEAVE_STAY;
}

static void enter_target(struct app *app)
{
    app_take_usual_db(app);
    app_focus_list(app, &TARGET_FIELDS[1]);
}

const struct app_page PAGE_TARGET = {.page = &TARGET,
                                     .label = N_("Certificate"),
                                     .enter = enter_target,
                                     .leave = leave_target,
                                     .get = get_target,
                                     .set = set_target};

/* ---- why ---- */

static bool is_revoked(void *ctx, const struct field *field)
{
    (void)field;
    return run_was_revoked(((const struct app *)ctx)->session);
}

static char *about_revoked(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("It is already revoked or on hold; a new request would change nothing."));
}

static char *about_target(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    static const struct {
        const char *label, *fact; /* N_(): at most 22 columns */
    } rows[] = {{N_("Certificate of"), "target.subject"},
                {N_("Issued by"), "target.issuer"},
                {N_("Serial number"), "target.serial"},
                {N_("Valid until"), "target.not-after"},
                {N_("Key"), "target.key"}};
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *value = session_fact(app->session, rows[i].fact);
        char *shown = strcmp(rows[i].fact, "target.not-after") == 0 && value ? when_human_text(value) : xstrdup(value ? value : "");
        buf_add(&out, "%s\t%s\n", _(rows[i].label), shown);
        free(shown);
    }
    char *state = run_revocation_state(app->session, false);
    buf_add(&out, "%s\t%s\n", _("At the CA"), state);
    free(state);
    return buf_take_str(&out);
}

/* To add a reason: a row; the words of RFC 5280 5.3.1 stay, what they mean is said plainly. */
static const struct {
    const char *value, *label, *note, *barred; /* N_(): label at most 56 columns, note at most 76 */
} REASONS[] = {
    {"superseded", N_("It was replaced by a new one"), N_("superseded: nothing is wrong with the old key."), NULL},
    {"keyCompromise", N_("Its key is lost, stolen, or somebody may have seen it"),
     N_("keyCompromise: name the day below, as well as you know it."), NULL},
    {"cessationOfOperation", N_("It is no longer needed"),
     N_("cessationOfOperation: the service or the job has ended."), NULL},
    {"affiliationChanged", N_("The name or the organization in it has changed"),
     N_("affiliationChanged: the key is not in danger."), NULL},
    {"certificateHold", N_("For a while only (on hold)"),
     N_("certificateHold: a CA agent can release it again; you cannot."), NULL},
    {"caCompromise", N_("The CA that issued it is compromised"),
     N_("caCompromise: for certificates of CAs; the CA's administrator knows."), NULL},
    {"unspecified", N_("I would rather not say"), N_("unspecified: no reason stands in the CA's list."), NULL},
    {"removeFromCRL", N_("Release it from hold"), NULL,
     N_("By CMC the CA says yes and changes nothing; a CA agent releases it.")},
};

static void list_reasons(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    for (size_t i = 0; i < ARRAY_LEN(REASONS); i++) {
        choices_add(out, REASONS[i].value, _(REASONS[i].label), REASONS[i].note ? _(REASONS[i].note) : NULL,
                    REASONS[i].barred ? _(REASONS[i].barred) : NULL);
    }
}

static char *check_day(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    int64_t day = 0;
    if (*value && !when_parse_day(value, &day)) {
        return xstrdup(_("Write the day like 2026-11-21."));
    }
    return *value && day > when_now() ? xstrdup(_("That day lies in the future.")) : NULL;
}

static const struct field REASON_FIELDS[] = {
    {.kind = FIELD_TABLE, .key = "target", .text = about_target},
    {.kind = FIELD_NOTE, .key = "revoked", .text = about_revoked, .visible = is_revoked, .flags = FIELD_WARN},
    {.kind = FIELD_LIST, /* its rows need the whole width in every language */
     .key = "revRequest.reason",
     .label = N_("Reason"),
     .choices = list_reasons,
     .rows = 8,
     .flags = FIELD_REQUIRED,
     .help = N_("It stands in the CA's list, for everybody to read."),
     .why = N_(
         "Others judge by it: after a lost key even old signatures are in doubt; after a replacement they are not.")},
    {.kind = FIELD_TEXT,
     .key = "revRequest.invalidityDate",
     .label = N_("Not trusted since"),
     .width = 22,
     .validate = check_day,
     .hint = N_("not said"),
     .help = N_("The day since which the key may be in wrong hands, like 2026-11-21."),
     .why = N_("Signatures that were made before that day stay worth something.")},
    {.kind = FIELD_TEXT,
     .key = "revRequest.comment",
     .label = N_("Comment"),
     .max = 255,
     .help = N_("For the CA's records; may stay empty."),
     .why = N_("Months later it tells the CA's staff what happened.")},
    FIELD_ROWS_END,
};
static const struct page REASON = {
    .id = "reason", .question = N_("Why is this certificate to be revoked?"), .fields = REASON_FIELDS};
const struct app_page PAGE_REASON = {.page = &REASON, .label = N_("Reason")};

/* ---- who asks ---- */

static bool asks_agent(void *ctx, const struct field *field)
{
    (void)field;
    return strcmp(app_get(ctx, "revoke.by"), "agent") == 0;
}

static bool asks_secret(void *ctx, const struct field *field)
{
    (void)field;
    return strcmp(app_get(ctx, "revoke.by"), "secret") == 0;
}

static bool asks_signer(void *ctx, const struct field *field)
{
    return !asks_secret(ctx, field);
}

static bool asks_typed_secret(void *ctx, const struct field *field)
{
    return asks_secret(ctx, field) && !secrets_is_given(((const struct app *)ctx)->secrets, "witness.sharedSecret");
}

static void list_who(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "own",
                /* TRANSLATORS: who asks for a revocation, at most 50 columns */
                _("I do, with a certificate of the same name"),
                _("It may be the very certificate, while it still works."), NULL);
    choices_add(out, "agent", _("A CA agent"), _("An agent may revoke anybody's certificate."), NULL);
    choices_add(out, "secret",
                /* TRANSLATORS: who asks for a revocation, at most 50 columns */
                _("I do, with a secret that was made for it"),
                _("The helpdesk stored it with this certificate; nothing is signed."), NULL);
}

/* Whose name does not fit is shown and barred. */
static const char *why_not(struct app *app, const struct certdb_entry *e)
{
    const char *wanted = session_fact(app->session, "target.subject");
    char *subject = cert_subject(e->cert);
    bool same = wanted && strcmp(subject, wanted) == 0;
    free(subject);
    if (!cert_valid_at(e->cert, when_now())) {
        return _("It is expired.");
    }
    return same || asks_agent(app, NULL) ? NULL : _("It has another name than the certificate to revoke.");
}

/* Before somebody logs in a database with a password shows no keys: then every certificate may have one. */
static bool may_sign(struct app *app, const struct certdb_entry *all, size_t n, size_t i)
{
    (void)app;
    bool known = false;
    for (size_t k = 0; k < n && !known; k++) {
        known = all[k].has_key;
    }
    return !known || all[i].has_key;
}

static void list_signers(void *ctx, const struct field *field, struct choices *out)
{
    static const struct cert_rows rows = {.shows = may_sign, .barred = why_not};
    (void)field;
    app_list_certs(ctx, "dbdir", &rows, out);
}

static const struct field REVOKER_FIELDS[] = {
    {.kind = FIELD_CHOICE,
     .key = "revoke.by",
     .label = N_("Who asks"),
     .choices = list_who,
     .rows = 3,
     .flags = FIELD_REQUIRED,
     .help = N_("The CA wants to know that whoever asks may do so."),
     .why = N_("Somebody else must not be able to take your certificate away.")},
    {.kind = FIELD_LIST,
     .key = "nickname",
     .label = N_("Signed with"),
     /* TRANSLATORS: headings of columns, divided by tabs; each at most 14 columns */
     .columns = N_("Nickname\tSerial number\tSubject"),
     .choices = list_signers,
     .rows = 5,
     .flags = FIELD_REQUIRED,
     .visible = asks_signer,
     .help = N_("Its key signs the request, and opens the connection to the CA."),
     .why = N_("The CA compares its name with the name in the certificate that is revoked, or knows it as "
               "an agent's.")},
    {.kind = FIELD_SECRET,
     .key = "witness.sharedSecret",
     .label = N_("Secret"),
     .width = 40,
     .max = 512,
     .flags = FIELD_REQUIRED,
     .visible = asks_typed_secret,
     .help = N_("The one for revoking this certificate; it goes to the CA, over TLS only."),
     .why = N_("When the key is lost, a secret is all that is left to prove that the certificate is yours.")},
    FIELD_ROWS_END,
};
static const struct page REVOKER = {
    .id = "revoker", .question = N_("Who asks the CA to revoke it?"), .fields = REVOKER_FIELDS};

/* The certificate itself is the first guess, when its key is here. */
static void enter_revoker(struct app *app)
{
    const char *target = app_get(app, "revoke.nickname");
    if (!*app_get(app, "nickname") && *target) {
        app_set(app, "nickname", target);
    }
}

/* A secret belongs to no certificate of the database: a nickname would be looked up for nothing. */
static enum page_leave leave_revoker(struct app *app)
{
    struct err err = ERR_INIT;
    if (asks_secret(app, NULL)) {
        app_set(app, "nickname", "");
        return LEAVE_GO;
    }
    app->engine.secret_name = "password";
    bool ok = app_open_db(app, "dbdir", false) && app_login(app, app_get(app, "tokenname"), &err);
    if (!ok && err_is_set(&err)) {
        app_error(app, _("The certificate cannot be used."), &err);
    }
    err_release(&err);
    return ok ? LEAVE_GO : LEAVE_STAY;
}

const struct app_page PAGE_REVOKER = {
    .page = &REVOKER, .label = N_("Who asks"), .enter = enter_revoker, .leave = leave_revoker};
