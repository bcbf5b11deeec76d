/* SPDX-License-Identifier: Apache-2.0 */
/* The list of saved enrollments: what each is, its state and age, and what it waits for. Read once, so that a thousand are no wait. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/when.h"
#include "screens/saved_list.h"

/* Words for the state in session.json, and what is next. To add one: a row. */
static const struct {
    const char *state, *label, *next; /* N_(): label at most 12 columns, next at most 24 */
} STATES[] = {
    {"editing", N_("unfinished"), N_("answer the questions")},
    {"running", N_("interrupted"), N_("go on where it stopped")},
    {"waiting", N_("waiting"), N_("the answer, when it is there")},
    {"done", N_("done"), N_("nothing: look at the result")},
    {"failed", N_("failed"), N_("see why, and try again")},
};

static size_t state_row(const char *state)
{
    size_t i = 0;
    while (i < ARRAY_LEN(STATES) && strcmp(STATES[i].state, state) != 0) {
        i++;
    }
    return i;
}

/* "3 days"; at most 10 columns. Caller frees. */
static char *age_text(int64_t seconds)
{
    /* TRANSLATORS: ages in a list: how long ago something was changed; at most 10 columns each */
    if (seconds < 60) {
        return xstrdup(_("just now"));
    }
    if (seconds < 3600) {
        return xasprintf(ngettext("%d minute", "%d minutes", (unsigned long)(seconds / 60)), (int)(seconds / 60));
    }
    if (seconds < 86400) {
        return xasprintf(ngettext("%d hour", "%d hours", (unsigned long)(seconds / 3600)), (int)(seconds / 3600));
    }
    return xasprintf(ngettext("%d day", "%d days", (unsigned long)(seconds / 86400)), (int)(seconds / 86400));
}

bool saved_list_read(struct saved_list *l, const char *state_dir, struct err *err)
{
    saved_list_release(l);
    return session_list(state_dir, &l->v, &l->n, err);
}

void saved_list_release(struct saved_list *l)
{
    session_info_free(l->v, l->n);
    l->v = NULL;
    l->n = 0;
}

static bool is_wanted(const struct saved_list *l, const struct session_info *info)
{
    return !*l->filter || strcmp(l->filter, "all") == 0 || strcmp(info->state, l->filter) == 0;
}

const char *saved_list_at(const struct saved_list *l, size_t row)
{
    for (size_t i = 0; i < l->n; i++) {
        if (is_wanted(l, &l->v[i]) && row-- == 0) {
            return l->v[i].id;
        }
    }
    return "";
}

static void list_saved(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    const struct saved_list *l = ctx;
    int64_t now = when_now();
    for (size_t i = 0; i < l->n; i++) {
        const struct session_info *info = &l->v[i];
        if (!is_wanted(l, info)) {
            continue;
        }
        const struct scenario *s = scenario_find(info->scenario);
        const char *title = *info->title ? info->title : s ? _(s->title) : info->id;
        size_t row = state_row(info->state);
        const char *next = row < ARRAY_LEN(STATES) ? _(STATES[row].next) : "";
        char *age = age_text(now - info->updated), *when = when_human(info->updated);
        char *label = xasprintf("%s\t%s\t%s", age, row < ARRAY_LEN(STATES) ? _(STATES[row].label) : info->state, title);
        /* TRANSLATORS: below the list: scenario, time of the last change, what is next; at most 76 columns */
        char *note = xasprintf(_("%s. Last change: %s. Next: %s."), s ? _(s->title) : info->scenario, when, next);
        choices_add(out, info->id, label, note, info->damaged ? _("Its file is damaged.") : NULL);
        free(age);
        free(when);
        free(label);
        free(note);
    }
}

static void list_filters(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    const struct saved_list *l = ctx;
    char *all = xasprintf(_("all (%zu)"), l->n);
    choices_add(out, "all", all, NULL, NULL);
    free(all);
    for (size_t i = 0; i < ARRAY_LEN(STATES); i++) {
        size_t count = 0;
        for (size_t k = 0; k < l->n; k++) {
            count += strcmp(l->v[k].state, STATES[i].state) == 0;
        }
        if (count) {
            char *label = xasprintf("%s (%zu)", _(STATES[i].label), count);
            choices_add(out, STATES[i].state, label, NULL, NULL);
            free(label);
        }
    }
}

static bool has_many(void *ctx, const struct field *field)
{
    (void)field;
    return ((const struct saved_list *)ctx)->n > SAVED_FILTER_FROM;
}

static const char *get(void *ctx, const char *key)
{
    const struct saved_list *l = ctx;
    return strcmp(key, "filter") == 0 ? (*l->filter ? l->filter : "all") : l->chosen;
}

static void set(void *ctx, const char *key, const char *value)
{
    struct saved_list *l = ctx;
    if (strcmp(key, "filter") == 0) {
        strncpy(l->filter, value, sizeof l->filter - 1);
    } else {
        strncpy(l->chosen, value, sizeof l->chosen - 1);
    }
}

const struct form_ops saved_list_ops = {.get = get, .set = set};

static const struct action ACTIONS[] = {
    {SAVED_DELETE, {UI_CTRL('d')}, NC_("footer", "delete"), N_("Wipe this saved enrollment."), ACTION_FOOTER},
    {ACTION_NONE},
};
static const struct field FIELDS[] = {
    {.kind = FIELD_LIST, .key = "saved", .label = "", .columns = N_("Age\tState\tSubject"), .choices = list_saved, .rows = 12,
     .flags = FIELD_REQUIRED | FIELD_ADVANCE, .help = N_("Choose one and press Enter; type a part of a name to find it."),
     .spoken = N_("Its number, or a part of a name."),
     .why = N_("Each enrollment goes on where it was left.")},
    {.kind = FIELD_CHOICE, .key = "filter", .label = N_("Show"), .choices = list_filters, .rows = 1, .width = 24, .visible = has_many,
     .help = N_("Only those in one state."),
     .why = N_("A short list is easier to read.")},
    FIELD_ROWS_END,
};
const struct page saved_list_page = {
    .id = "saved", .question = N_("Which enrollment do you want to continue?"), .fields = FIELDS, .actions = ACTIONS};
