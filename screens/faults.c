/* SPDX-License-Identifier: Apache-2.0 */
/* Failures on demand: the practice CA's faults, switched on and off, so that everybody has seen the explanation before. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "screens/app.h"

struct faults {
    struct app *app;
    char *lines; /* of practice_faults() */
    char chosen[64];
};

static const char *get(void *ctx, const char *key)
{
    (void)key;
    return ((struct faults *)ctx)->chosen;
}

static void set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct faults *f = ctx;
    snprintf(f->chosen, sizeof f->chosen, "%s", value);
}

struct line {
    char name[64], state[8], id[64];
    const char *what;
};

/* False at the end. */
static bool next_line(const char **at, struct line *out, char **owned)
{
    int used = 0;
    size_t n = strcspn(*at, "\n");
    free(*owned);
    *owned = xstrndup(*at, n);
    *at += n + ((*at)[n] == '\n');
    if (sscanf(*owned, "%63s %7s %63s %n", out->name, out->state, out->id, &used) != 3) {
        return false;
    }
    out->what = *owned + used;
    return true;
}

static void list_faults(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    const struct faults *f = ctx;
    const char *at = f->lines;
    char *owned = NULL;
    struct line line;
    while (next_line(&at, &line, &owned)) {
        char *label = xasprintf("%s\t%s", strcmp(line.state, "on") == 0 ? _("on") : _("off"), _(line.what));
        char *note = strcmp(line.id, "-") == 0 ? xstrdup(_("The wizard waits, and says for what."))
                                               : xasprintf(_("The wizard then shows the error %s."), line.id);
        choices_add(out, line.name, label, note, NULL);
        free(label);
        free(note);
    }
    free(owned);
}

static bool is_on(const struct faults *f, const char *name)
{
    const char *at = f->lines;
    char *owned = NULL;
    struct line line;
    bool on = false;
    while (next_line(&at, &line, &owned)) {
        on = on || (strcmp(line.name, name) == 0 && strcmp(line.state, "on") == 0);
    }
    free(owned);
    return on;
}

enum { FAULTS_PRACTISE = ACTION_USER };
static const struct action ACTIONS[] = {
    {FAULTS_PRACTISE, {UI_KEY_F1 + 5}, NC_("footer", "practise"), N_("Starts an enrollment with the practice CA."), ACTION_FOOTER},
    {ACTION_NONE},
};
static const struct field FIELDS[] = {
    {.kind = FIELD_LIST, .key = "fault", .label = "", .columns = N_("State\tWhat goes wrong"), .choices = list_faults, .rows = 13,
     .flags = FIELD_REQUIRED | FIELD_ADVANCE, .help = N_("Enter switches it on or off; F6 starts to practise."),
     .spoken = N_("Its number switches it on or off."),
     .why = N_("Whoever helps others should have seen each failure before it is real.")},
    FIELD_ROWS_END,
};
static const struct page PAGE = {.id = "faults", .question = N_("What should go wrong at the practice CA?"), .fields = FIELDS,
                                 .actions = ACTIONS, .next_label = NC_("footer", "Switch")};

static bool load(struct faults *f)
{
    struct err err = ERR_INIT;
    free(f->lines);
    f->lines = practice_faults(&err);
    if (!f->lines) {
        app_error(f->app, NULL, &err);
    }
    return f->lines != NULL;
}

static int walk(struct faults *f)
{
    const struct form_ops ops = {.get = get, .set = set};
    struct form_result result = {0};
    struct err err = ERR_INIT;
    while (load(f)) {
        f->app->frame = (struct frame){.program = "cmc-wizard", .scenario = N_("Rehearsal"), .practice = N_("practice CA"),
                                       .language = i18n_language()};
        enum form_verb verb = form_run(f->app->ui, &f->app->frame, &PAGE, &ops, f, &result);
        if (verb == FORM_ACTION) {
            return app_practice(f->app);
        }
        if (verb != FORM_NEXT) {
            return verb == FORM_BACK ? WIZARD_AGAIN : EXIT_DONE;
        }
        if (!practice_fault(f->chosen, !is_on(f, f->chosen), &err)) {
            app_error(f->app, NULL, &err);
        }
    }
    return WIZARD_AGAIN;
}

int app_faults(struct app *app)
{
    struct faults f = {.app = app, .chosen = "wrong-agent"};
    struct err err = ERR_INIT;
    if (!practice_ensure(app->ui, &app->frame, &err)) {
        app_error(app, _("The practice CA could not be started."), &err);
        return WIZARD_AGAIN;
    }
    int code = walk(&f);
    free(f.lines);
    return code;
}
