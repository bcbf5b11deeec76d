/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's desk: the request that somebody else made, and what the agent decides about it. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "flow/desk.h"
#include "nss/nssdb.h"
#include "screens/app.h"

/* ---- which request ---- */

static char *check_request(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    struct desk_request r;
    struct err why = ERR_INIT;
    if (desk_open(value, &r, &why)) {
        desk_release(&r);
        return NULL;
    }
    return app_field_problem(&why);
}

static void add_row(struct buf *out, const char *label, const char *value)
{
    if (*value) {
        buf_add(out, "%s\t%s\n", label, value);
    }
}

/* Lines of a note are set one below the other. */
static void add_note(struct buf *out, const char *note)
{
    struct strv lines = STRV_INIT;
    strv_split(&lines, note, '\n');
    for (size_t i = 0; i < lines.n; i++) {
        char *shown = text_visible_str(lines.v[i]);
        add_row(out, i == 0 ? _("Note for the agent") : "", shown);
        free(shown);
    }
    strv_release(&lines);
}

/* What an agent looks at before anything is signed. */
static char *request_rows(void *ctx, const struct field *field)
{
    (void)field;
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    struct desk_request r;
    const char *path = app_get(ctx, "input");
    if (*path && desk_open(path, &r, NULL)) {
        char *sans = strv_join(&r.csr.sans, ", ");
        add_row(&out, _("Subject"), r.csr.subject);
        add_row(&out, _("Other names"), sans);
        add_row(&out, _("Key"), r.csr.key_text);
        add_row(&out, _("Proof of possession"),
                r.csr.signature_ok ? _("good: signed with the key itself") : _("WRONG"));
        const char *purpose = run_purpose_word(r.package.purpose);
        add_row(&out, _("Purpose"), purpose ? _(purpose) : r.package.purpose);
        add_row(&out, _("Profile"), r.package.profile);
        add_note(&out, r.package.note ? r.package.note : "");
        add_row(&out, _("Digits to compare"), r.readout);
        add_row(&out, _("Or as words"), r.words);
        free(sans);
        desk_release(&r);
    }
    return buf_take_str(&out);
}

static const struct field OPEN_FIELDS[] = {
    {.kind = FIELD_FILE,
     .key = "input",
     .label = N_("Request"),
     .flags = FIELD_REQUIRED | FIELD_MUST_EXIST,
     .validate = check_request,
     .help = N_("A .cmcpkg package or a CSR (PEM, base64 or DER). F2 looks for it."),
     .spoken = N_("A .cmcpkg package or a CSR (PEM, base64 or DER)."),
     .why = N_("Only what stands in this file is signed; the next page shows it before you decide.")},
    {.kind = FIELD_TABLE, .key = "input.preview", .text = request_rows},
    {.kind = FIELD_FILE,
     .key = "output",
     .label = N_("Result folder"),
     .flags = FIELD_FOLDER,
     .hint = N_("the saved enrollment's folder"),
     .help = N_("Where the certificate for the other person goes."),
     .why = N_("The other person waits for these files; the folder may be on a share or a memory stick.")},
    FIELD_ROWS_END,
};
static const struct page OPEN = {
    .id = "open",
    .question = N_("Whose request do you want to sign?"),
    .intro = N_("Compare the digits with the person who made it: both sides must show the same."),
    .fields = OPEN_FIELDS};

/* Reading a CSR needs NSS; without a database of its own the module opens one that holds nothing. */
static void need_nss(struct app *app)
{
    if (!app->engine.db) {
        struct err ignored = ERR_INIT;
        app->engine.db = nssdb_open(NULL, NSSDB_NONE, NULL, &ignored);
        app->engine.db_dir = xstrdup("");
        err_release(&ignored);
    }
}

static enum page_leave open_leave(struct app *app)
{
    struct err err = ERR_INIT;
    struct desk_request r;
    char *path = path_expand_home(app_get(app, "input")), *absolute = path_absolute(path);
    const char *before = session_fact(app->session, "decided.on");
    if (before && strcmp(before, absolute) != 0) { /* it was about another request */
        app_set(app, "decision", "");
    }
    session_set_fact(app->session, "decided.on", absolute);
    app_set(app, "input", absolute);
    bool ok = desk_open(absolute, &r, &err);
    if (ok) {
        ok = desk_prefill(&r, app->session, &err);
        app->dirty = true;
        desk_release(&r);
    }
    if (!ok) {
        app_error(app, NULL, &err);
    }
    free(path);
    free(absolute);
    return ok ? LEAVE_GO : LEAVE_STAY;
}

const struct app_page PAGE_OPEN = {.page = &OPEN, .label = N_("Request"), .enter = need_nss, .leave = open_leave};

/* ---- yes or no ---- */

static void list_decisions(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "approve", _("Approve: sign it and send it to the CA"),
                _("Only when the person read the same digits to you."), NULL);
    choices_add(out, "refuse", _("Refuse, with a reason"),
                _("The reason goes back in a file; the person can edit and ask again."), NULL);
}

static bool is_refused(void *ctx, const struct field *field)
{
    (void)field;
    return answer_is(((const struct app *)ctx)->session, "decision", "refuse");
}

static char *is_decided(void *ctx, const struct field *field, const char *value)
{
    (void)field;
    const struct app *app = ctx;
    if (*value) {
        return NULL;
    }
    return xstrdup(app->ui->mode == UI_PLAIN ? _("A decision is needed to go on.")
                                             : _("A decision is needed to go on: choose one with Space."));
}

static char *findings_of(struct app *app, bool grave)
{
    struct strv lists[2] = {STRV_INIT, STRV_INIT};
    struct desk_request r;
    if (desk_open(app_get(app, "input"), &r, NULL)) {
        const char *profile = app_get(app, "profile");
        desk_findings(&r, app_get(app, "purpose"), *profile ? profile : r.package.profile, &lists[0], &lists[1]);
        desk_release(&r);
    }
    char *text = strv_join(&lists[grave ? 0 : 1], "\n");
    strv_release(&lists[0]);
    strv_release(&lists[1]);
    return text;
}

static char *grave_findings(void *ctx, const struct field *field)
{
    (void)field;
    return findings_of(ctx, true);
}

static char *mild_findings(void *ctx, const struct field *field)
{
    (void)field;
    return findings_of(ctx, false);
}

static bool any(char *taken)
{
    bool there = *taken != '\0';
    free(taken);
    return there;
}

static bool has_grave(void *ctx, const struct field *field)
{
    return any(grave_findings(ctx, field));
}

static bool has_mild(void *ctx, const struct field *field)
{
    return any(mild_findings(ctx, field));
}

static const struct field DECISION_FIELDS[] = {
    {.kind = FIELD_TABLE,
     .key = "request",
     .text = request_rows,
     .help = N_("Ask for the digits; say them yourself only afterwards.")},
    {.kind = FIELD_NOTE, .text = grave_findings, .visible = has_grave, .flags = FIELD_WARN},
    {.kind = FIELD_NOTE, .text = mild_findings, .visible = has_mild},
    {.kind = FIELD_CHOICE,
     .key = "decision",
     .label = N_("Decision"),
     .choices = list_decisions,
     .rows = 2,
     .width = 50,
     .flags = FIELD_DECIDE,
     .validate = is_decided,
     .help = N_("Nothing is signed before the review page."),
     .why = N_("Your signature tells the CA that you checked who asks. Call the person and let the digits be read to "
               "you: a package "
               "that was changed on the way shows others.")},
    {.kind = FIELD_TEXT,
     .key = "refusal.reason",
     .label = N_("Reason"),
     .flags = FIELD_REQUIRED,
     .visible = is_refused,
     .max = 1000,
     .help = N_("What is wrong, and what the person should change."),
     .why = N_("The person reads it, and can mend the request without calling you.")},
    FIELD_ROWS_END,
};
/* A request that does not prove its key is nothing that an agent can approve. */
static char *check_decision(void *ctx, const struct page *page, const char **key)
{
    (void)page;
    struct desk_request r;
    struct app *app = ctx;
    bool good = true;
    if (desk_open(app_get(app, "input"), &r, NULL)) {
        good = r.csr.signature_ok;
        desk_release(&r);
    }
    *key = "decision";
    return good || is_refused(app, NULL) ? NULL
                                         : xstrdup(_("The request's own signature is wrong: it can only be refused."));
}

/* Three times Enter must not sign a stranger's request: unlike an answers file, the page has no default. */
static void decision_enter(struct app *app)
{
    need_nss(app);
    if (!session_answer(app->session, "decision")) {
        app_set(app, "decision", "");
    }
}

static const struct page DECISION = {.id = "decision",
                                     .question = N_("Do you approve this request?"),
                                     .fields = DECISION_FIELDS,
                                     .check = check_decision};
const struct app_page PAGE_DECISION = {.page = &DECISION, .label = N_("Decision"), .enter = decision_enter};
