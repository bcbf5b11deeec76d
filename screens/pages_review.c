/* SPDX-License-Identifier: Apache-2.0 */
/* Everything on one page before anything happens: answers to jump to, what will be touched, commands, files. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "screens/app.h"

static char *answers_text(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    return xstrdup(app->review_table ? app->review_table : "");
}

static char *notes_text(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    return xstrdup(app->review_notes ? app->review_notes : "");
}

static bool has_notes(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    return app->review_notes && *app->review_notes;
}

static char *effects_text(void *ctx, const struct field *field)
{
    (void)field;
    struct app *app = ctx;
    return app->run ? run_review_effects(app->run) : xstrdup("");
}

static char *map_text(void *ctx, const struct field *field)
{
    (void)field;
    return app_trip_map(ctx, app_trip_at(ctx));
}

static bool has_map(void *ctx, const struct field *field)
{
    (void)field;
    return app_trip_at(ctx) != -2;
}

/* A refusal and a hand-over send nothing: there are no .cfg files and no message. */
static bool sends(const struct app *app)
{
    bool found = false;
    for (size_t i = 0; app->run && i < run_n_steps(app->run) && !found; i++) {
        found = strcmp(run_step(app->run, i)->name, "request") == 0;
    }
    return found;
}

static bool writes_cfgs(void *ctx, const struct field *field)
{
    (void)field;
    return sends(ctx);
}

static bool only_makes_request(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    return !sends(app) && !app->scenario->refusal_steps;
}

static const struct field FIELDS[] = {
    {.kind = FIELD_NOTE, .key = "map", .text = map_text, .visible = has_map},
    {.kind = FIELD_NOTE, .text = notes_text, .visible = has_notes, .flags = FIELD_WARN},
    {.kind = FIELD_TABLE,
     .key = "answers",
     .text = answers_text,
     .help = N_("Space on a line goes there to change it; then you come back here.")},
    {.kind = FIELD_HEADING, .label = N_("What happens next")},
    {.kind = FIELD_NOTE, .key = "effects", .text = effects_text},
    {.kind = FIELD_CHECK,
     .key = "tools.passwords",
     .label = N_("For other tools"),
     .visible = writes_cfgs,
     .help = N_("Write the password into the .cfg files too, for use with Dogtag's own tools."),
     .why = N_("Dogtag's own tools read passwords from these files only; the wizard asks for them.")},
    {.kind = FIELD_BUTTON,
     .key = "commands",
     .label = N_("Show commands and files"),
     .visible = writes_cfgs,
     .help = N_("The same enrollment with Dogtag's tools. F6 shows the message itself.")},
    {.kind = FIELD_BUTTON,
     .key = "commands",
     .label = N_("Show commands"),
     .visible = only_makes_request,
     .help = N_("The same request with Dogtag's tools.")},
    FIELD_ROWS_END,
};

/* Fatal problems keep the page, where they stand in the note above the table. */
static bool passes(struct app *app)
{
    struct preflight found;
    struct err err = ERR_INIT;
    bool ok = app->run != NULL;
    if (ok && run_preflight(app->run, &found, &err)) {
        ok = preflight_passes(&found, &err);
        preflight_release(&found);
    }
    if (err_is_set(&err)) {
        ok = false;
        app_error(app, _("It cannot start like this."), &err);
    }
    return ok;
}

enum { REVIEW_MESSAGE = ACTION_USER };
static const struct action ACTIONS[] = {
    {REVIEW_MESSAGE, {UI_KEY_F1 + 5}, NC_("footer", "message"), N_("Shows the message to the CA, part by part."), ACTION_FOOTER},
    {ACTION_NONE},
};
#define REVIEW .id = "review", .question = N_("Is everything right?"), .fields = FIELDS, .next_label = NC_("footer", "Start")
static const struct page PAGE = {REVIEW, .actions = ACTIONS};
static const struct page PAGE_SENDS_NOTHING = {REVIEW};

static const struct page *variant(const struct app *app)
{
    return sends(app) ? &PAGE : &PAGE_SENDS_NOTHING;
}

static void enter(struct app *app)
{
    struct err err = ERR_INIT;
    struct preflight found = {0};
    struct buf notes = BUF_INIT(BUF_MAX_TEXT);
    run_free(app->run);
    app_drop_engine(app);
    app->run = run_new(app->session, app->secrets, &err);
    if (!app->run || !run_preflight(app->run, &found, &err)) {
        app_error(app, NULL, &err);
        return;
    }
    const struct strv *lists[] = {found.problems, found.warnings};
    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        for (size_t i = 0; i < lists[l]->n; i++) {
            buf_add(&notes, "%s%s", notes.len ? "\n" : "", lists[l]->v[i]);
        }
    }
    preflight_release(&found);
    free(app->review_notes);
    free(app->review_table);
    app->review_notes = buf_take_str(&notes);
    app->review_table = run_review_table(app->run);
}

struct preview {
    struct run *run;
    char *tree;
};

static bool make_preview(void *arg, struct err *err)
{
    struct preview *p = arg;
    p->tree = run_preview_tree(p->run, err);
    return p->tree != NULL;
}

/* It is signed for this, so a token may want a PIN or a touch. */
static void show_message(struct app *app)
{
    struct err err = ERR_INIT;
    struct preview p = {.run = app->run};
    if (app->run && app_errand(app, _("Make the message"), make_preview, &p, &err)) {
        dialog_view(app->ui, _("The message to the CA"), p.tree);
    } else {
        app_error(app, _("The message cannot be shown yet."), &err);
    }
    free(p.tree);
}

static void action(struct app *app, const struct form_result *result)
{
    struct err err = ERR_INIT;
    if (result->action == REVIEW_MESSAGE) {
        show_message(app);
        return;
    }
    bool cfgs = sends(app);
    if (!app->run || (cfgs && !run_write_cfgs(app->run, &err))) {
        app_error(app, _("The .cfg files cannot be written yet."), &err);
        return;
    }
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    char *commands = run_review_commands(app->run);
    static const char *const files[] = {"cmc-request.cfg", "cmc-submit.cfg"};
    buf_add(&text, "%s\n\n%s\n", _("These commands do the same with Dogtag's tools, or with ours under the same names:"), commands);
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct buf file = BUF_INIT(BUF_MAX_TEXT);
        if (cfgs && !answer_true(app->session, "tools.passwords") && session_read_file(app->session, files[i], &file, NULL)) {
            buf_add(&text, "%s\n\n%s\n", files[i], buf_str(&file));
        }
        buf_release(&file);
    }
    free(commands);
    dialog_view(app->ui, _("Commands and files"), buf_str(&text));
    buf_release(&text);
}

/* What cannot be taken back is asked once more; No is the answer that Enter gives. */
static enum page_leave leave(struct app *app)
{
    const char *subject = session_fact(app->session, "target.subject"), *serial = session_fact(app->session, "target.serial");
    if (!passes(app)) {
        return LEAVE_STAY;
    }
    if (strcmp(app->scenario->name, "revoke") != 0) {
        return LEAVE_GO;
    }
    char *text = xasprintf(strcmp(app_get(app, "revRequest.reason"), "certificateHold") == 0
                               ? _("%s\nSerial number %s\n\nNobody trusts it until a CA agent releases it.")
                               : _("%s\nSerial number %s\n\nFrom then on nobody trusts it any more. This cannot be taken back."),
                           subject ? subject : "", serial ? serial : "");
    const struct dialog ask = {.title = _("Revoke this certificate?"), .text = text,
                               .answers = {{N_("&No, keep it"), NULL}, {N_("&Yes, revoke it"), NULL}, {NULL, NULL}},
                               .focus = 0, .safe = 0, .kind = MESSAGE_WARN};
    bool yes = dialog_ask(app->ui, &ask) == 1;
    free(text);
    return yes ? LEAVE_GO : LEAVE_STAY;
}

const struct app_page PAGE_REVIEW = {.page = &PAGE, .variant = variant, .label = N_("Review"), .enter = enter, .leave = leave,
                                     .action = action};
