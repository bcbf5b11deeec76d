/* SPDX-License-Identifier: Apache-2.0 */
/* The run with its progress, and the result. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "screens/events.h"
#include "screens/failpage.h"

struct carrying {
    struct app *app;
    char outlook[512];
    enum run_state state;
    struct err err;
};

static enum progress_state poll(void *ctx)
{
    struct carrying *c = ctx;
    c->state = run_poll(c->app->run, 40, &c->err);
    return c->state == RUN_WORKING ? PROGRESS_AGAIN : c->state == RUN_DONE ? PROGRESS_DONE : PROGRESS_STOPPED;
}

static size_t count(void *ctx)
{
    return run_n_steps(((struct carrying *)ctx)->app->run);
}

static void step(void *ctx, size_t i, struct progress_step *out)
{
    const struct carrying *c = ctx;
    const struct run *run = c->app->run;
    bool failed = !run_step_done(run, i) && !run_step_running(run, i) && c->state == RUN_FAILED && (i == 0 || run_step_done(run, i - 1));
    out->label = _(run_step(run, i)->title);
    out->detail = run_step_running(run, i) && !*run_step_note(run, i) ? _(run_step(run, i)->doing) : run_step_note(run, i);
    out->state = run_step_done(run, i) ? STEP_DONE : run_step_running(run, i) ? STEP_HERE : failed ? STEP_PROBLEM : STEP_TODO;
    out->elapsed_ms = run_step_running(run, i) || run_step_done(run, i) ? run_step_ms(run, i) : -1;
}

static void cancel(void *ctx)
{
    run_cancel(((struct carrying *)ctx)->app->run);
}

/* Steps with which a station of the way is reached. */
static const char *const STATIONS[] = {"cfgs", "response", "cfgs-2", "response-2"};

int app_trip_at(const struct app *app)
{
    int at = -2;
    if (strcmp(app->scenario->name, "encryption") != 0) {
        return at;
    }
    for (size_t i = 0; app->run && i < run_n_steps(app->run); i++) {
        for (size_t k = 0; k < ARRAY_LEN(STATIONS); k++) {
            bool station = strcmp(run_step(app->run, i)->name, STATIONS[k]) == 0;
            bool way = at != -2 || strcmp(run_step(app->run, i)->name, "transport") == 0;
            at = station && way && (run_step_done(app->run, i) || run_step_running(app->run, i)) ? (int)k : at;
        }
        if (strcmp(run_step(app->run, i)->name, "transport") == 0) {
            at = -1;
        }
        if (at != -2 && strcmp(run_step(app->run, i)->name, "proof") == 0 && run_step_done(app->run, i)) {
            at = (int)ARRAY_LEN(STATIONS);
        }
    }
    return at;
}

char *app_trip_map(const struct app *app, int at)
{
    /* TRANSLATORS: stations of a way, drawn in one line; all four together at most 52 columns */
    static const char *const two[] = {N_("trip 1"), N_("the CA's challenge"), N_("trip 2"), N_("certificate")};
    static const char *const one[] = {N_("trip 1"), N_("certificate")};
    bool single = answer_is(app->session, "trips", "one"), words = app->ui->ascii || app->ui->mode == UI_PLAIN;
    const char *const *names = single ? one : two;
    int n = single ? 2 : 4, here = single && at > 0 ? (at >= 4 ? 2 : 1) : at;
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (int i = 0; i < n; i++) {
        const char *sign = words ? (i < here ? "[x]" : i == here ? "[>]" : "[ ]") : (i < here ? "✓" : i == here ? "▸" : "·");
        buf_add(&out, "%s%s %s", i ? (words ? " - " : " ─ ") : "", sign, _(names[i]));
    }
    return buf_take_str(&out);
}

/* Where it is on its way, and that nothing is lost. */
static const char *outlook(void *ctx)
{
    struct carrying *c = ctx;
    struct app *app = c->app;
    if (run_is_busy(app->run) && *c->outlook) { /* the step has the session to itself */
        return c->outlook;
    }
    int at = app_trip_at(app);
    char *map = at != -2 ? app_trip_map(app, at) : NULL;
    if (map) {
        snprintf(c->outlook, sizeof c->outlook, _("You are here: %s"), map);
    } else {
        snprintf(c->outlook, sizeof c->outlook, "%s", _("Every finished step is saved; it is safe to stop at any time."));
    }
    free(map);
    return c->outlook;
}

static const struct progress_ops OPS = {
    .poll = poll, .poll_waits = true, .count = count, .step = step, .cancel = cancel, .outlook = outlook};

/* ---- result ---- */

static void add_issued(struct buf *out, const char *got)
{
    buf_add(out, "\t");
    if (*got) {
        /* TRANSLATORS: in the table of what was requested and what was issued; without the value at most 14 columns */
        buf_add(out, _("issued: %s"), got);
    } else {
        buf_add(out, "%s", _("issued: nothing"));
    }
    buf_add(out, "\n");
}

/* What was kept has one line; what the CA changed has two, so that long names have room. */
static char *result_rows(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    char *rows = xstrdup(app->result_table ? app->result_table : ""), *save = NULL;
    for (char *row = strtok_r(rows, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
        char *asked = strchr(row, '\t'), *got = asked ? strchr(asked + 1, '\t') : NULL;
        if (!got || (!asked[1] && !got[1]) || asked + 1 == got) {
            if (got && got[1]) {
                *asked = *got = '\0';
                buf_add(&out, "%s\t%s\n", row, _("not requested"));
                add_issued(&out, got + 1);
            }
            continue;
        }
        *asked++ = '\0';
        *got++ = '\0';
        if (strcmp(asked, got) == 0) {
            buf_add(&out, "%s\t%s\n", row, got);
        } else {
            buf_add(&out, "%s\t", row);
            /* TRANSLATORS: in the table of what was requested and what was issued; without the value at most 14 columns */
            buf_add(&out, _("requested: %s"), asked);
            buf_add(&out, "\n");
            add_issued(&out, got);
        }
    }
    free(rows);
    return buf_take_str(&out);
}

/* What is known of the key's copy. */
static const struct {
    const char *fact, *words;
} ARCHIVAL[] = {
    {"accepted", N_("the CA accepted the key for archival; only the KRA could confirm it")},
    {"confirmed", N_("confirmed: the key recovery authority keeps the key")},
    {"issued", N_("the CA issued it, but its answer was lost; only the KRA could confirm it")},
};

static char *where(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    const char *nickname = session_fact(app->session, "nickname"), *until = session_fact(app->session, "issued.not-after");
    const char *proof = session_fact(app->session, "proof"), *serial = session_fact(app->session, "issued.serial");
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    const char *revoked = session_fact(app->session, "target.serial"), *status = session_fact(app->session, "revoke.status");
    if (revoked) {
        buf_add(&out, "%s\t%s\n%s\t%s\n", _("Certificate of"), session_fact(app->session, "target.subject"), _("Serial number"), revoked);
        char *before = run_revocation_state(app->session, false), *now = run_revocation_state(app->session, true);
        if (run_was_revoked(app->session)) {
            buf_add(&out, "%s\t%s\n", _("Before"), before);
        }
        buf_add(&out, "%s\t%s\n", _("At the CA"), status ? now : _("accepted; its records could not be asked"));
        free(before);
        free(now);
    }
    if (serial) {
        buf_add(&out, "%s\t%s\n", _("Serial number"), serial);
    }
    if (until) {
        char *day = when_day_text(until);
        buf_add(&out, "%s\t%s\n", _("Valid until"), day);
        free(day);
    }
    if (nickname) {
        char *shown = text_visible_str(nickname);
        char *db = path_tilde(app_get(app, "dbdir"));
        buf_add(&out, "%s\t%s\n%s\t%s\n", _("Stored as"), shown, _("Database"), db);
        free(db);
        free(shown);
    }
    if (proof) {
        buf_add(&out, "%s\t%s\n", _("Proof"), strcmp(proof, "ok") == 0 ? _("ok: key and certificate work together")
                                                                      : _("the certificate holds the requested public key"));
    }
    const char *archival = session_fact(app->session, "archival");
    for (size_t i = 0; archival && i < ARRAY_LEN(ARCHIVAL); i++) {
        if (strcmp(archival, ARCHIVAL[i].fact) == 0) {
            buf_add(&out, "%s\t%s\n", _("Archival"), _(ARCHIVAL[i].words));
        }
    }
    const char *digits = app->run ? run_readout(app->run, false) : NULL;
    if (digits) {
        buf_add(&out, "%s\t%s\n", _("Digits to compare"), digits);
    }
    const char *words = app->run ? run_readout(app->run, true) : NULL,
               *exported = session_fact(app->session, "export.dir");
    if (digits && words) {
        buf_add(&out, "%s\t%s\n", _("Or as words"), words);
    }
    char *files = path_tilde(exported ? exported : app->session->dir);
    buf_add(&out, "%s\t%s\n", _("Files"), files);
    free(files);
    return buf_take_str(&out);
}

/* A first certificate's name is the CA's to decide, as its page said: no loss. The subject is the first row. */
static char *losses(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    bool name_is_open = app->scenario && strcmp(app->scenario->name, "shared-secret") == 0;
    char *rows = xstrdup(app->result_table ? app->result_table : ""), *save = NULL;
    for (char *row = strtok_r(rows, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
        char *asked = strchr(row, '\t'), *got = asked ? strchr(asked + 1, '\t') : NULL;
        if (!got) {
            continue;
        }
        *asked++ = '\0';
        *got++ = '\0';
        bool is_name = row == rows;
        if (strcmp(asked, got) != 0 && !(is_name && name_is_open)) {
            buf_add(&out, "%s", out.len ? "\n" : "");
            buf_add(&out, *got ? _("The CA decided otherwise: %s.") : _("The CA left this out: %s."), row);
        }
    }
    free(rows);
    return buf_take_str(&out);
}

static bool has_losses(void *ctx, const struct field *field)
{
    char *text = losses(ctx, field);
    bool any = *text != '\0';
    free(text);
    return any;
}

static bool has_certificate(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    return app->result_table && *app->result_table;
}

static const struct field RESULT_FIELDS[] = {
    {.kind = FIELD_TABLE, .key = "where", .text = where, .help = N_("Keep the nickname in mind: programs ask for it.")},
    {.kind = FIELD_NOTE, .text = losses, .visible = has_losses, .flags = FIELD_WARN},
    {.kind = FIELD_HEADING, .label = N_("Requested and issued"), .visible = has_certificate},
    {.kind = FIELD_TABLE, .key = "compare", .text = result_rows, .visible = has_certificate},
    FIELD_ROWS_END,
};
enum { RESULT_MESSAGE = ACTION_USER, RESULT_REMIND, RESULT_UNDO };
static const struct action SENT_ACTIONS[] = {
    {RESULT_MESSAGE, {UI_KEY_F1 + 5}, NC_("footer", "message"), N_("Shows what was sent, part by part."), ACTION_FOOTER},
    {ACTION_NONE},
};
/* The same, where a certificate was stored; the first ones are in the footer where room is short. */
static const struct action STORED_ACTIONS[] = {
    {RESULT_REMIND, {UI_KEY_F1 + 6}, NC_("footer", "reminder"), N_("Writes a reminder for the time when the certificate ends."),
     ACTION_FOOTER},
    {RESULT_UNDO, {UI_KEY_F1 + 7}, NC_("footer", "take out"), N_("Takes what was stored out of the database again."), ACTION_FOOTER},
    {RESULT_MESSAGE, {UI_KEY_F1 + 5}, NC_("footer", "message"), N_("Shows what was sent, part by part."), ACTION_FOOTER},
    {ACTION_NONE},
};
static const struct field REVOKED_FIELDS[] = {
    {.kind = FIELD_TABLE, .key = "where", .text = where, .help = N_("Others learn it from the CA's list, or by asking the CA.")},
    FIELD_ROWS_END,
};
static const struct field WAITING_FIELDS[] = {
    {.kind = FIELD_TABLE, .key = "where", .text = where, .help = N_("Everything is saved here.")},
    FIELD_ROWS_END,
};
/* The user's side of a hand-over: what the agent gets, and how it goes on. */
static const struct field HANDED_FIELDS[] = {
    {.kind = FIELD_TABLE, .key = "where", .text = where, .help = N_("Read the digits to the CA agent, who must see the same.")},
    FIELD_ROWS_END,
};
/* The agent's side ends with a file to give back. */
static const struct field BACK_FIELDS[] = {
    {.kind = FIELD_TABLE, .key = "where", .text = where, .help = N_("The person who asked opens this file in the saved enrollment.")},
    {.kind = FIELD_NOTE, .text = losses, .visible = has_losses, .flags = FIELD_WARN},
    {.kind = FIELD_HEADING, .label = N_("Requested and issued"), .visible = has_certificate},
    {.kind = FIELD_TABLE, .key = "compare", .text = result_rows, .visible = has_certificate},
    FIELD_ROWS_END,
};

enum last_page { LAST_STORED, LAST_REVOKED, LAST_STILL_REVOKED, LAST_WAITING, LAST_HANDED, LAST_ANSWERED, LAST_REFUSED };

#define LAST .next_label = NC_("footer", "Finish"), .no_back = true, .no_save = true
#define GIVE_BACK                                                                                                       \
    .id = "give-back", .question = N_("Done: now give the answer back."),                                               \
    .intro = N_("The file answer.cmcpkg is for the person who asked; both sides show the same digits."), .fields = BACK_FIELDS

/* How an enrollment can end. To add a page: a row, and where it is chosen (page_of_result, app_run). */
static const struct page LAST_PAGES[] = {
    [LAST_STORED] = {.id = "result", .question = N_("The certificate is there, and it works."), .fields = RESULT_FIELDS,
                     .actions = STORED_ACTIONS, LAST},
    [LAST_REVOKED] = {.id = "revoked", .question = N_("The certificate is revoked."), .fields = REVOKED_FIELDS,
                      .actions = SENT_ACTIONS, LAST},
    [LAST_STILL_REVOKED] = {.id = "still-revoked", .question = N_("The certificate was already revoked or on hold: nothing has changed."),
                            .fields = REVOKED_FIELDS, .actions = SENT_ACTIONS, LAST},
    [LAST_WAITING] = {.id = "waiting", .question = N_("Now it is somebody else's turn."), .fields = WAITING_FIELDS, LAST},
    [LAST_HANDED] = {.id = "handed", .question = N_("Now it is somebody else's turn."),
                     .intro = N_("Give the file request.cmcpkg to the CA agent. When the answer is there, start the wizard again and "
                                 "continue this enrollment from the list of saved ones."),
                     .fields = HANDED_FIELDS, LAST},
    [LAST_ANSWERED] = {GIVE_BACK, .actions = SENT_ACTIONS, LAST},
    [LAST_REFUSED] = {GIVE_BACK, LAST}, /* nothing was sent */
};

static void make_result_table(struct app *app)
{
    free(app->result_table);
    app->result_table = run_result_table(app->run);
}

/* True when the certificate is out of the database: the result is no result any more. */
static bool take_out(struct app *app)
{
    const struct dialog ask = {.title = _("Take the certificate out of the database again?"),
                               .text = _("The certificate and the CA certificates that came with it are removed, and trust is as it was "
                                         "before. Your key stays, and so do the files: you can store it again later. The CA does not "
                                         "learn of it; the certificate stays valid there."),
                               .answers = {{N_("&Keep it"), NULL}, {N_("&Take it out"), NULL}, {NULL, NULL}},
                               .focus = 0, .safe = 0, .kind = MESSAGE_WARN};
    struct err err = ERR_INIT;
    if (!run_can_undo_import(app->run)) {
        dialog_message(app->ui, MESSAGE_HINT, _("Nothing was stored here."), _("The key is elsewhere: the files are all there is."));
        return false;
    }
    if (dialog_ask(app->ui, &ask) != 1) {
        return false;
    }
    if (!run_undo_import(app->run, &err)) {
        app_error(app, _("It could not be taken out."), &err);
        return false;
    }
    dialog_message(app->ui, MESSAGE_OK, _("It is out of the database again."),
                   _("Key and files are kept. To store it again, continue this enrollment from the list of saved ones."));
    return true;
}

static int show_result(struct app *app, enum last_page last, int code)
{
    const struct page *page = &LAST_PAGES[last];
    if (code == EXIT_DONE) {
        event_send_result(app->options, app->run);
    }
    struct form_result result = {0};
    make_result_table(app);
    app->translated = make_result_table;
    app->frame.current = app->frame.n_steps - 1;
    app->steps[app->frame.n_steps - 1].state = STEP_HERE;
    app->steps[app->frame.n_steps - 2].state = STEP_DONE;
    while (app->left == FORM_NEXT && form_run(app->ui, &app->frame, page, &app_form_ops, app, &result) == FORM_ACTION) {
        if (result.action == RESULT_REMIND) {
            app_remind(app);
            continue;
        }
        if (result.action == RESULT_UNDO) {
            if (take_out(app)) {
                return EXIT_CANCELLED;
            }
            continue;
        }
        char *tree = run_message_tree(app->run);
        dialog_view(app->ui, _("The message to the CA"), tree);
        free(tree);
    }
    return code;
}

/* ---- failures ---- */

/* What became of a request that was sent is not known: what is known, what the search found, and the choice. True: go on with the run. */
static bool ask_about_doubt(struct app *app, const struct err *err)
{
    enum { LOOK_AGAIN, SEND_AGAIN, LEAVE_IT };
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    buf_add(&text, "%s\n", err_what(err->code));
    for (int i = 0; i < err->n_context; i++) {
        buf_add(&text, "\n%s", err->context[i]);
    }
    buf_add(&text, "\n\n");
    /* TRANSLATORS: %s is a fixed word that helpdesks quote, such as nss-wrong-password */
    buf_add(&text, _("Error id: %s"), err_id(err->code));
    fail_tell(app, err);
    const struct dialog ask = {
        .title = _("Did the request arrive?"),
        .text = buf_str(&text),
        .answers = {{N_("&Look again"), N_("The CA is searched once more; nothing is sent.")},
                    {N_("&Send again"), N_("The same request goes to the CA a second time.")},
                    {N_("&Ask the agent first"), N_("Everything is saved; you go on when you know.")},
                    {NULL, NULL}},
        .focus = LOOK_AGAIN,
        .safe = LEAVE_IT,
        .kind = MESSAGE_WARN};
    int answer = dialog_ask(app->ui, &ask);
    buf_release(&text);
    if (answer == SEND_AGAIN) {
        app_set(app, "resend", "true");
        app_save(app);
    }
    return answer == LOOK_AGAIN || answer == SEND_AGAIN;
}

/* True goes on with the run, false back to the pages. */
static bool goes_on_after_failure(struct app *app, struct carrying *c)
{
    if (c->err.code == ERR_FLOW_RESEND_ASK) {
        return ask_about_doubt(app, &c->err);
    }
    if (c->err.code == ERR_FLOW_PACKAGE_REFUSED || app->left != FORM_NEXT) { /* a page of its own; a password's page was left */
        return false;
    }
    fail_page(app, _("It did not work this time."), &c->err,
              _("Everything is saved. Going back lets you change an answer and try again."));
    const struct dialog ask = {.title = _("Import it all the same?"),
                               .text = _("A practice certificate is worth nothing, but it does no harm in your database either."),
                               .answers = {{N_("&No"), NULL}, {N_("&Yes"), NULL}, {NULL, NULL}},
                               .focus = 0,
                               .safe = 0,
                               .kind = MESSAGE_WARN};
    if (c->err.code == ERR_FLOW_NOT_PRACTICE && app->left == FORM_NEXT && dialog_ask(app->ui, &ask) == 1) {
        app_set(app, "practice.import", "true");
        app_save(app);
    }
    return false;
}

static enum progress_verb carry_out(struct app *app, const char *doing, struct carrying *c)
{
    enum progress_verb verb;
    bool again = false;
    do {
        err_release(&c->err);
        c->err = (struct err)ERR_INIT;
        c->state = RUN_WORKING;
        verb = progress_run(app->ui, &app->frame, doing, &OPS, c);
        again = verb != PROGRESS_SIGNAL && c->state == RUN_FAILED && goes_on_after_failure(app, c);
    } while (again);
    return verb;
}

static enum last_page page_of_result(const struct app *app)
{
    if (strcmp(app->scenario->name, "revoke") == 0) {
        return run_was_revoked(app->session) ? LAST_STILL_REVOKED : LAST_REVOKED;
    }
    if (!app->scenario->refusal_steps) {
        return LAST_STORED;
    }
    return strcmp(app_get(app, "decision"), "refuse") == 0 ? LAST_REFUSED : LAST_ANSWERED;
}

int app_run(struct app *app)
{
    struct carrying c = {.app = app};
    struct err err = ERR_INIT;
    /* It may have ended since the enrollment began: by a reboot, or by somebody's hand. */
    if (practice_is_own(app->session) && !practice_ensure(app->ui, &app->frame, &err)) {
        app_error(app, _("The practice CA could not be started."), &err);
        return WIZARD_AGAIN;
    }
    app->translated = NULL;
    events_follow(app->run, app->options);
    bool revokes = strcmp(app->scenario->name, "revoke") == 0;
    enum progress_verb verb = carry_out(app, revokes ? _("Revoking the certificate") : _("Working on your certificate"), &c);
    int code = err_exit(c.err.code);
    if (run_is_busy(app->run)) {
        app_leave_token(app, verb != PROGRESS_SIGNAL);
    }
    if (verb == PROGRESS_SIGNAL) {
        code = EXIT_CANCELLED;
    } else if (c.state == RUN_DONE) {
        code = show_result(app, page_of_result(app), EXIT_DONE);
    } else if (c.state == RUN_WAITING && c.err.code == ERR_FLOW_WAITING) {
        fail_tell(app, &c.err);
        code = show_result(app, LAST_HANDED, EXIT_WAITING);
    } else if (c.state == RUN_WAITING) {
        fail_page(app, _("Saved. Continue when the answer is there."), &c.err, NULL);
        code = show_result(app, LAST_WAITING, EXIT_WAITING);
    } else if (c.state != RUN_CANCELLED && c.err.code == ERR_FLOW_PACKAGE_REFUSED) {
        fail_tell(app, &c.err);
        code = app_refused(app);
    } else {
        code = WIZARD_AGAIN;
    }
    err_release(&c.err);
    return code;
}
