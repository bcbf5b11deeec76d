/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/secret.h"
#include "base/strv.h"
#include "base/text.h"
#include "ui/copyview.h"
#include "ui/dialog.h"
#include "ui/form_private.h"
#include "ui/language.h"
#include "ui/plain.h"

#define IDLE_MS 150 /* after typing stops: previews and Next are worked out anew */
#define TICK_MS 250

void choices_add(struct choices *c, const char *value, const char *label, const char *note, const char *barred)
{
    c->v = xrealloc(c->v, (c->n + 1) * sizeof *c->v);
    c->v[c->n++] = (struct choice){
        .value = xstrdup(value), .label = xstrdup(label), .note = xstrdup(note), .barred = xstrdup(barred)};
}

void choices_release(struct choices *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->v[i].value);
        free(c->v[i].label);
        free(c->v[i].note);
        free(c->v[i].barred);
    }
    free(c->v);
    *c = (struct choices){NULL, 0};
}

bool field_is_visible(const struct field *field, void *ctx)
{
    return !field->visible || field->visible(ctx, field);
}

bool field_is_focusable(const struct field *field)
{
    return form_kind(field->kind)->focusable;
}

bool field_holds_value(const struct field *field)
{
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_SECRET:
    case FIELD_CHOICE:
    case FIELD_CHECK:
    case FIELD_FILE:
    case FIELD_LIST:
    case FIELD_PEM:
        return true;
    case FIELD_END:
    case FIELD_HEADING:
    case FIELD_NOTE:
    case FIELD_TABLE:
    case FIELD_TREE:
    case FIELD_BUTTON:
        break;
    }
    return false;
}

static bool has_value(const struct field *field, const struct form_ops *ops, void *ctx, const char *value)
{
    if (field->kind != FIELD_SECRET) {
        return *value != '\0';
    }
    const struct secret *s = ops->get_secret ? ops->get_secret(ctx, field->key) : NULL;
    return s && secret_is_set(s) && s->len > 0;
}

/* A value that is not on offer, or one that is barred. */
static char *choice_problem(const struct field *field, void *ctx, const char *value)
{
    char *problem = NULL;
    struct choices c = {NULL, 0};
    bool found = false;
    field->choices(ctx, field, &c);
    for (size_t i = 0; i < c.n; i++) {
        if (strcmp(c.v[i].value, value) == 0) {
            found = true;
            problem = xstrdup(c.v[i].barred);
            break;
        }
    }
    choices_release(&c);
    return found ? problem : xasprintf(_("“%s” is not among the choices."), value);
}

static char *file_problem(const struct field *field, const char *value)
{
    char *path = path_expand_home(value);
    bool good = field->flags & FIELD_FOLDER ? dir_exists(path) : file_exists(path);
    free(path);
    if (good || !(field->flags & FIELD_MUST_EXIST)) {
        return NULL;
    }
    return xstrdup(field->flags & FIELD_FOLDER ? _("There is no such folder.") : _("There is no such file."));
}

char *field_problem(const struct field *field, const struct form_ops *ops, void *ctx)
{
    if (!field_holds_value(field)) {
        return NULL;
    }
    const char *got = field->kind == FIELD_SECRET ? "" : ops->get(ctx, field->key);
    char *value = xstrdup(got ? got : "");
    char *problem = NULL;
    bool there = has_value(field, ops, ctx, value);
    if (!there && field->flags & FIELD_REQUIRED) {
        const char *label = ui_text(field->label);
        problem = *label ? xasprintf(_("%s: this is needed to go on."), label) : xstrdup(_("An answer is needed to go on."));
    } else if (there && (field->kind == FIELD_CHOICE || field->kind == FIELD_LIST) && field->choices) {
        problem = choice_problem(field, ctx, value);
    } else if (there && field->kind == FIELD_FILE) {
        problem = file_problem(field, value);
    }
    if (!problem && field->validate) {
        problem = field->validate(ctx, field, value);
    }
    free(value);
    return problem;
}

char *form_problem(const struct page *page, const struct form_ops *ops, void *ctx, const char **key)
{
    for (const struct field *field = page->fields; field && field->kind != FIELD_END; field++) {
        if (!field_is_visible(field, ctx)) {
            continue;
        }
        char *problem = field_problem(field, ops, ctx);
        if (problem) {
            if (key) {
                *key = field->key;
            }
            return problem;
        }
    }
    const char *about = NULL;
    char *problem = page->check ? page->check(ctx, page, &about) : NULL;
    if (key) {
        *key = about;
    }
    return problem;
}

const char *form_value(struct form *f, const struct field *field)
{
    const char *value = f->ops->get(f->ctx, field->key);
    return value ? value : "";
}

void form_set_value(struct form *f, const struct field *field, const char *value)
{
    f->ops->set(f->ctx, field->key, value);
    f->stale = true;
}

void form_say(struct form *f, enum frame_message kind, const char *text)
{
    free(f->message);
    f->message = kind == MESSAGE_NONE ? NULL : xstrdup(text);
    f->message_kind = kind;
}

char *form_default_help(const struct page *page, const struct field *field, bool spoken)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    if (field && field->label && field->kind != FIELD_NOTE) {
        const char *label = ui_text(field->label), *help = ui_text(spoken && field->spoken ? field->spoken : field->help);
        buf_add(&out, "%s%s", label, *label ? "\n\n" : "");
        buf_add(&out, "%s%s", help, *help ? "\n\n" : "");
        if (field->why) {
            buf_add(&out, "%s\n\n%s\n\n", _("Why do you ask this?"), ui_text(field->why));
        }
    }
    if (page->intro || out.len == 0) {
        buf_add(&out, "%s", ui_text(page->intro ? page->intro : page->question));
    }
    return buf_take_str(&out);
}

/* As in the footer, and what it has no room for: lists that are open on the page can be opened, too. */
static unsigned help_situation(const struct form *f)
{
    unsigned s = form_situation(f);
    if (f->focus >= f->n) {
        return s;
    }
    const struct form_item *it = &f->items[f->focus];
    enum field_kind kind = it->field->kind;
    s |= it->choices.n > 0 ? ACTION_LIST : 0;
    s |= kind == FIELD_TEXT || kind == FIELD_SECRET || kind == FIELD_FILE || kind == FIELD_PEM ? ACTION_TEXT : 0;
    return kind == FIELD_BUTTON ? s & ~ACTION_NO_NEXT : s;
}

static void show_help(struct form *f)
{
    const struct field *field = f->focus < f->n ? f->items[f->focus].field : NULL;
    char *text = f->ops->help ? f->ops->help(f->ctx, f->page, field) : NULL;
    if (!text) {
        text = form_default_help(f->page, field, false);
    }
    dialog_help(f->ui, ui_text(f->page->question), text, f->page->actions, action_common, help_situation(f));
    free(text);
}

/* The value as it is, but for what a terminal would obey: that is shown. Caller frees. */
static char *tame(const char *text)
{
    struct strv lines = STRV_INIT, seen = STRV_INIT;
    strv_split(&lines, text, '\n');
    for (size_t i = 0; i < lines.n; i++) {
        strv_push_take(&seen, text_safe(lines.v[i]));
    }
    char *all = strv_join(&seen, "\n");
    strv_release(&lines);
    strv_release(&seen);
    return all;
}

/* The value that has the focus; where nothing that could have one has it, all that the page shows. */
static void copy_focused(struct form *f)
{
    struct form_item *it = f->focus < f->n && f->items[f->focus].field->kind != FIELD_BUTTON ? &f->items[f->focus] : NULL;
    char *text = it ? form_copy_text(f, it) : form_copy_page(f);
    if (text && (it || *text)) {
        char *seen = tame(text);
        copyview(f->ui, ui_text(it ? it->field->label : f->page->question), seen);
        free(seen);
    }
    free(text);
}

static void leave_focus(struct form *f, bool by_arrow)
{
    if (f->focus < f->n) {
        struct form_item *it = &f->items[f->focus];
        const struct form_kind *kind = form_kind(it->field->kind);
        if (kind->leave) {
            kind->leave(f, it, by_arrow);
        }
        it->moved = false;
    }
}

/* A bad value is said when its field is left, but does not hold anybody up. */
static void judge_left(struct form *f, const struct field *field)
{
    const char *value = field->kind == FIELD_TEXT || field->kind == FIELD_FILE ? form_value(f, field) : "";
    char *problem = *value ? field_problem(field, f->ops, f->ctx) : NULL;
    if (problem) {
        form_say(f, MESSAGE_WARN, problem);
        free(problem);
    }
}

static void focus_to(struct form *f, size_t to, bool by_arrow)
{
    if (to >= f->n || to == f->focus) {
        return;
    }
    const struct field *left = f->focus < f->n ? f->items[f->focus].field : NULL;
    leave_focus(f, by_arrow);
    form_say(f, MESSAGE_NONE, NULL);
    bool reload = f->stale;
    f->focus = to;
    if (left) {
        judge_left(f, left);
    }
    if (reload || f->stale) {
        form_load(f);
    }
}

static void focus_step(struct form *f, int step, bool wrap, bool by_arrow)
{
    if (f->focus >= f->n) {
        f->scroll += step;
        return;
    }
    if (f->stale) { /* what was just typed may have brought the next field about: whoever types fast must not land behind it */
        form_load(f);
    }
    size_t i = f->focus;
    for (size_t tried = 0; tried < f->n; tried++) {
        if ((step < 0 && i == 0) || (step > 0 && i + 1 >= f->n)) {
            if (!wrap) {
                /* Nothing more to focus: show the rest of the page. */
                f->scroll += step;
                return;
            }
            i = step > 0 ? 0 : f->n - 1;
        } else {
            i = step > 0 ? i + 1 : i - 1;
        }
        if (form_can_focus(&f->items[i])) {
            focus_to(f, i, by_arrow);
            return;
        }
    }
}

static void focus_key(struct form *f, const char *key)
{
    for (size_t i = 0; key && *key && i < f->n; i++) {
        const struct form_item *it = &f->items[i];
        if (it->field->key && strcmp(it->field->key, key) == 0 && form_can_focus(it)) {
            f->focus = i;
            return;
        }
    }
}

static void page_scroll(struct form *f, int direction)
{
    int rows = f->area.rows - f->pinned, by = rows > 2 ? rows - 2 : 1;
    f->scroll += direction * by;
    int last = f->content_rows - f->area.rows;
    f->scroll = f->scroll > last ? last : f->scroll;
    f->scroll = f->scroll < 0 ? 0 : f->scroll;
    /* The focus goes along with what is shown. */
    for (size_t k = 0; k < f->n; k++) {
        size_t i = direction > 0 ? k : f->n - 1 - k;
        const struct form_item *it = &f->items[i];
        if (form_can_focus(it) && it->y >= f->scroll + f->pinned && it->y + it->height <= f->scroll + f->area.rows) {
            focus_to(f, i, true);
            return;
        }
    }
}

/* True when the page may be left; else the focus stands on the first bad field and the message says why. */
static bool try_next(struct form *f)
{
    leave_focus(f, false);
    const char *key = NULL;
    char *problem = form_problem(f->page, f->ops, f->ctx, &key);
    if (!problem) {
        return true;
    }
    form_load(f);
    focus_key(f, key);
    form_say(f, MESSAGE_BAD, problem);
    if (f->ops->refused) {
        f->ops->refused(f->ctx, key, problem);
    }
    free(problem);
    return false;
}

static void remember(struct form *f)
{
    f->result->focus[0] = '\0';
    if (f->focus < f->n) {
        const struct form_item *it = &f->items[f->focus];
        snprintf(f->result->focus, sizeof f->result->focus, "%s", it->field->key ? it->field->key : "");
        f->result->focus_row = it->row;
    }
}

static void switch_language(struct form *f)
{
    leave_focus(f, false);
    if (language_is_page(f->page) || !language_choose(f->ui, f->frame)) {
        return;
    }
    form_say(f, MESSAGE_NONE, NULL);
    if (f->ops->translated) {
        f->ops->translated(f->ctx);
    }
    form_load(f);
}

enum outcome { STAY, STAY_REPAINT, LEAVE };

static enum outcome do_next(struct form *f, enum form_verb *verb)
{
    if (f->page->no_next || !try_next(f)) {
        return STAY_REPAINT;
    }
    *verb = FORM_NEXT;
    return LEAVE;
}

static enum outcome do_action(struct form *f, const struct action *a, enum form_verb *verb)
{
    switch (a->id) {
    case ACTION_NEXT:
        return do_next(f, verb);
    case ACTION_BACK:
        if (f->page->no_back) {
            return STAY;
        }
        leave_focus(f, true);
        *verb = FORM_BACK;
        return LEAVE;
    case ACTION_SAVE_QUIT:
    case ACTION_QUIT:
        leave_focus(f, true);
        *verb = a->id == ACTION_QUIT ? FORM_ASK_QUIT : FORM_QUIT;
        return LEAVE;
    case ACTION_NEXT_FIELD:
        focus_step(f, 1, true, false);
        return STAY_REPAINT;
    case ACTION_PREV_FIELD:
        focus_step(f, -1, true, false);
        return STAY_REPAINT;
    case ACTION_PAGE_DOWN:
        page_scroll(f, 1);
        return STAY_REPAINT;
    case ACTION_PAGE_UP:
        page_scroll(f, -1);
        return STAY_REPAINT;
    case ACTION_HELP:
        show_help(f);
        return STAY_REPAINT;
    case ACTION_COPY:
        copy_focused(f);
        return STAY_REPAINT;
    case ACTION_REDRAW:
        ui_redraw(f->ui);
        return STAY_REPAINT;
    case ACTION_LANGUAGE:
        switch_language(f);
        return STAY_REPAINT;
    default:
        break;
    }
    if (a->id >= ACTION_USER || a->id == ACTION_DETAILS) {
        leave_focus(f, false);
        f->result->action = a->id;
        f->result->key[0] = '\0';
        *verb = FORM_ACTION;
        return LEAVE;
    }
    return STAY;
}

static enum outcome after_kind(struct form *f, struct form_item *it, enum form_key did, enum form_verb *verb)
{
    switch (did) {
    case FORM_KEY_IGNORED:
        return STAY;
    case FORM_KEY_SAID:
        return STAY_REPAINT;
    case FORM_KEY_DONE:
        if (f->message) {
            form_say(f, MESSAGE_NONE, NULL);
            return STAY_REPAINT;
        }
        form_paint_item(f, it);
        form_place_cursor(f);
        return STAY;
    case FORM_KEY_RELOAD:
        form_say(f, MESSAGE_NONE, NULL);
        form_load(f);
        return STAY_REPAINT;
    case FORM_KEY_NEXT:
        return do_next(f, verb);
    case FORM_KEY_ACTION:
        leave_focus(f, false);
        f->result->action = 0;
        snprintf(f->result->key, sizeof f->result->key, "%s", it->field->key);
        *verb = FORM_ACTION;
        return LEAVE;
    case FORM_KEY_JUMP:
        *verb = FORM_JUMP;
        return LEAVE;
    case FORM_KEY_SIGNAL:
        *verb = FORM_SIGNAL;
        return LEAVE;
    }
    return STAY;
}

static enum outcome on_key(struct form *f, const struct ui_event *event, enum form_verb *verb)
{
    struct form_item *it = f->focus < f->n ? &f->items[f->focus] : NULL;
    const struct form_kind *kind = it ? form_kind(it->field->kind) : NULL;
    bool printable = event->key >= 0x20 && event->key < UI_KEY_SPECIAL && event->key != UI_KEY_BACKSPACE;
    const struct action *own =
        kind && kind->typed && printable ? NULL : action_find(f->page->actions, NULL, event->key);
    if (own) {
        return do_action(f, own, verb);
    }
    enum form_key did = kind && kind->key ? kind->key(f, it, event) : FORM_KEY_IGNORED;
    if (did != FORM_KEY_IGNORED) {
        return after_kind(f, it, did, verb);
    }
    if (event->key == UI_KEY_UP || event->key == UI_KEY_DOWN) {
        focus_step(f, event->key == UI_KEY_DOWN ? 1 : -1, false, true);
        return STAY_REPAINT;
    }
    const struct action *a = action_find(NULL, action_common, event->key);
    return a ? do_action(f, a, verb) : STAY;
}

static enum outcome on_paste(struct form *f, const char *text, enum form_verb *verb)
{
    struct form_item *it = f->focus < f->n ? &f->items[f->focus] : NULL;
    const struct form_kind *kind = it ? form_kind(it->field->kind) : NULL;
    if (!kind || !kind->paste) {
        return STAY;
    }
    return after_kind(f, it, kind->paste(f, it, text), verb);
}

static void on_idle(struct form *f)
{
    bool changed = f->stale;
    if (f->stale) {
        form_load(f);
    }
    if (f->ops->tick && f->ops->tick(f->ctx)) {
        form_load(f);
        changed = true;
    }
    if (changed) {
        ui_repaint(f->ui);
    }
}

static enum form_verb run(struct form *f)
{
    enum form_verb verb = FORM_SIGNAL;
    bool shown = !f->ops->shown;
    for (;;) {
        struct ui_event event;
        ui_read(f->ui, &event, !shown ? 0 : f->stale ? IDLE_MS : f->ops->tick ? TICK_MS : -1);
        if (!shown && event.type == UI_EVENT_NONE) {
            f->ops->shown(f->ctx);
            shown = true;
            continue;
        }
        enum outcome o = STAY;
        switch (event.type) {
        case UI_EVENT_SIGNAL:
            leave_focus(f, true);
            return FORM_SIGNAL;
        case UI_EVENT_NONE:
            on_idle(f);
            break;
        case UI_EVENT_RESIZE:
            break;
        case UI_EVENT_KEY:
            o = on_key(f, &event, &verb);
            break;
        case UI_EVENT_PASTE:
            o = on_paste(f, event.text, &verb);
            break;
        }
        if (o == LEAVE) {
            return verb;
        }
        if (o == STAY_REPAINT) {
            ui_repaint(f->ui);
        }
    }
}

static void first_focus(struct form *f)
{
    f->focus = 0;
    form_load(f);
    if (f->result->focus[0]) {
        focus_key(f, f->result->focus);
        if (f->focus < f->n && !form_is_chosen(f, &f->items[f->focus])) {
            f->items[f->focus].row = f->result->focus_row;
        }
        return;
    }
    const char *key = NULL;
    char *problem = form_problem(f->page, f->ops, f->ctx, &key);
    if (problem) {
        focus_key(f, key);
    }
    free(problem);
}

static void form_release(struct form *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct form_item *it = &f->items[i];
        if (it->editing) {
            edit_release(&it->edit);
        }
        choices_release(&it->choices);
        strv_release(&it->lines);
        strv_release(&it->help);
        free(it->text);
    }
    free(f->items);
    strv_release(&f->question);
    strv_release(&f->intro);
    free(f->message);
}

enum form_verb form_run(struct ui *ui, const struct frame *frame, const struct page *page, const struct form_ops *ops,
                        void *ctx, struct form_result *result)
{
    result->action = 0;
    result->key[0] = '\0';
    ui->frame = frame;
    if (ui->mode == UI_PLAIN) {
        return plain_form_run(ui, frame, page, ops, ctx, result);
    }
    struct form f = {.ui = ui, .frame = frame, .page = page, .ops = ops, .ctx = ctx, .result = result};
    while (page->fields && page->fields[f.n].kind != FIELD_END) {
        f.n++;
    }
    f.items = xcalloc(f.n ? f.n : 1, sizeof *f.items);
    for (size_t i = 0; i < f.n; i++) {
        f.items[i].field = &page->fields[i];
    }
    first_focus(&f);
    if (page->message) {
        form_say(&f, page->message_kind, page->message);
    }
    f.painter = (struct ui_painter){.paint = form_paint, .ctx = &f};
    ui_push(ui, &f.painter);
    ui_repaint(ui);
    enum form_verb verb = run(&f);
    remember(&f);
    ui_pop(ui, &f.painter);
    form_release(&f);
    return verb;
}
