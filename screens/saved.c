/* SPDX-License-Identifier: Apache-2.0 */
/* Saved enrollments: continue one, import the answer to one, or wipe one. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/saved.h"
#include "screens/app.h"

enum { SAVED_DELETE = ACTION_USER, SAVED_IMPORT };

static const struct action ACTIONS[] = {
    {SAVED_DELETE, {UI_CTRL('d')}, NC_("footer", "Delete"), N_("Wipe this saved enrollment."), ACTION_FOOTER},
    {ACTION_NONE},
};

static const char *get(void *ctx, const char *key)
{
    (void)key;
    return ((struct app *)ctx)->scratch;
}

static void set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct app *app = ctx;
    strncpy(app->scratch, value, sizeof app->scratch - 1);
}

/* Words for the state in session.json. To add one: a row. */
static const struct {
    const char *state, *label; /* N_(): at most 12 columns */
} STATES[] = {
    {"editing", N_("unfinished")}, {"running", N_("interrupted")}, {"waiting", N_("waiting")},
    {"done", N_("done")},          {"failed", N_("failed")},
};

static const char *state_label(const char *state)
{
    for (size_t i = 0; i < ARRAY_LEN(STATES); i++) {
        if (strcmp(STATES[i].state, state) == 0) {
            return _(STATES[i].label);
        }
    }
    return state;
}

static void list_saved(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    struct app *app = ctx;
    struct session_info *list = NULL;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    if (session_list(app->options->state_dir, &list, &n, &ignored)) {
        for (size_t i = 0; i < n; i++) {
            const struct scenario *s = scenario_find(list[i].scenario);
            char *when = when_human(list[i].updated);
            char *label = xasprintf("%.16s\t%s\t%s", when, state_label(list[i].state),
                                    *list[i].title ? list[i].title
                                    : s            ? _(s->title)
                                                   : list[i].id);
            choices_add(out, list[i].id, label, s ? _(s->title) : NULL, list[i].damaged ? _("Its file is damaged.") : NULL);
            free(when);
            free(label);
        }
        session_info_free(list, n);
    }
    err_release(&ignored);
}

static const struct field FIELDS[] = {
    {.kind = FIELD_LIST, .key = "saved", .label = "", .columns = N_("Last change\tState\tSubject"), .choices = list_saved, .rows = 10,
     .flags = FIELD_REQUIRED | FIELD_ADVANCE, .help = N_("Choose one and press Enter.")},
    FIELD_ROWS_END,
};
static const struct page PAGE = {
    .id = "saved", .question = N_("Which enrollment do you want to continue?"), .fields = FIELDS, .actions = ACTIONS};

static void delete_one(struct app *app)
{
    struct err err = ERR_INIT;
    bool key_left = false;
    const struct dialog ask = {.title = _("Delete this saved enrollment?"),
                               .text = _("Its files are wiped. A key that was made for it and has no certificate is "
                                         "removed from its database, too."),
                               .answers = {{N_("&Keep it"), NULL}, {N_("&Delete it"), NULL}, {NULL, NULL}},
                               .focus = 0,
                               .safe = 0,
                               .kind = MESSAGE_WARN};
    if (!*app->scratch || dialog_ask(app->ui, &ask) != 1) {
        return;
    }
    if (!saved_delete(app->options->state_dir, app->scratch, app->secrets, &key_left, &err)) {
        app_error(app, _("It could not be deleted."), &err);
    } else if (key_left) {
        dialog_message(app->ui, MESSAGE_WARN, _("Deleted"), _("Its key could not be removed and is still in the database."));
    }
    app->scratch[0] = '\0';
}

static bool none_saved(struct app *app)
{
    struct choices all = {0};
    list_saved(app, NULL, &all);
    bool none = all.n == 0;
    choices_release(&all);
    if (none) {
        dialog_message(app->ui, MESSAGE_HINT, _("Nothing is saved"), _("There is no saved enrollment yet. Start a new one."));
    }
    return none;
}

static bool open_chosen(struct app *app, const char *id)
{
    struct err err = ERR_INIT;
    app->session = session_open(app->options->state_dir, id, &err);
    app->scenario = app->session ? scenario_find(json_get_str(app->session->root, "scenario", "")) : NULL;
    if (!app->session || !app->scenario) {
        app_error(app, _("The saved enrollment cannot be continued."), &err);
        return false;
    }
    /* A practice one needs its CA again, and the passwords that lie in its folder. */
    if (text_starts(app_get(app, "ca"), "practice") &&
        (!practice_ensure(app->ui, &app->frame, &err) || !practice_answers(app->session, app->secrets, &err))) {
        app_error(app, _("The practice CA could not be started."), &err);
        return false;
    }
    return true;
}

/* A request that was handed over waits for a file: ask for it before the pages are shown. */
static bool ask_answer(struct app *app)
{
    static const struct field fields[] = {
        {.kind = FIELD_FILE, .key = "file", .label = N_("Answer"), .flags = FIELD_MUST_EXIST,
         .help = N_("The answer.cmcpkg, .cmc or certificate that came back. Empty: not yet.")},
        FIELD_ROWS_END,
    };
    static const struct page page = {.id = "answer", .question = N_("Has the CA agent's answer arrived?"), .fields = fields};
    const struct form_ops ops = {.get = get, .set = set};
    app->frame = (struct frame){.program = "cmc-wizard", .scenario = app->scenario->title, .language = i18n_language()};
    struct form_result result = {0};
    struct err err = ERR_INIT;
    if (strcmp(session_state(app->session), "waiting") != 0) {
        return true;
    }
    app->scratch[0] = '\0';
    if (form_run(app->ui, &app->frame, &page, &ops, app, &result) != FORM_NEXT) {
        return false;
    }
    if (*app->scratch && !saved_take_answer(app->session, app->scratch, &err)) {
        app_error(app, _("This file is not the answer to this request."), &err);
        return false;
    }
    return true;
}

int app_continue(struct app *app)
{
    const struct form_ops ops = {.get = get, .set = set};
    app->frame = (struct frame){.program = "cmc-wizard", .scenario = "", .language = i18n_language()};
    struct form_result result = {0};
    if (app->options->resume) {
        return open_chosen(app, app->options->resume) && ask_answer(app) ? app_enroll(app) : EXIT_USAGE;
    }
    for (;;) {
        if (none_saved(app)) {
            return WIZARD_AGAIN;
        }
        enum form_verb verb = form_run(app->ui, &app->frame, &PAGE, &ops, app, &result);
        if (verb == FORM_ACTION) {
            delete_one(app);
            continue;
        }
        if (verb == FORM_BACK) {
            return WIZARD_AGAIN;
        }
        if (verb != FORM_NEXT) {
            return EXIT_DONE;
        }
        return open_chosen(app, app->scratch) && ask_answer(app) ? app_enroll(app) : WIZARD_AGAIN;
    }
}
