/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of one line: TEXT, SECRET, FILE. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "base/text.h"
#include "ui/form_private.h"
#include "ui/picker.h"

#define VALUE_MAX 1024
#define MIN_COLUMNS 3

static size_t value_max(const struct field *field)
{
    return field->max > 0 ? (size_t)field->max : VALUE_MAX;
}

static void text_load(struct form *f, struct form_item *it)
{
    const char *value = form_value(f, it->field);
    if (it->editing && it->text && strcmp(it->text, value) == 0) {
        return;
    }
    if (!it->editing) {
        edit_init(&it->edit, value_max(it->field), false);
        it->editing = true;
    }
    free(it->text);
    it->text = xstrdup(value);
    edit_set(&it->edit, value);
}

static void secret_load(struct form *f, struct form_item *it)
{
    if (it->editing) {
        return; /* every change was handed over at once */
    }
    const struct secret *value = f->ops->get_secret ? f->ops->get_secret(f->ctx, it->field->key) : NULL;
    edit_init(&it->edit, value_max(it->field), true);
    it->editing = true;
    if (value && secret_is_set(value)) {
        edit_set(&it->edit, value->text);
    }
}

static int text_rows(struct form *f, struct form_item *it)
{
    (void)f;
    (void)it;
    return 1;
}

static int columns_of(const struct form_item *it)
{
    return it->value_cols < MIN_COLUMNS ? MIN_COLUMNS : it->value_cols;
}

static bool masked(const struct form_item *it)
{
    return it->field->kind == FIELD_SECRET && !it->revealed;
}

static int graphemes(const char *s, size_t len)
{
    int n = 0;
    for (size_t i = 0; i < len; n++) {
        i += text_grapheme(s + i, len - i);
    }
    return n;
}

struct shown {
    int used;   /* columns of text */
    int cursor; /* column of the cursor */
    bool more_left, more_right;
};

/* A masked secret shows one sign per character, the end of it when it is long. */
static void measure_masked(const struct form_item *it, struct shown *s)
{
    int columns = columns_of(it);
    int total = graphemes(it->edit.text, it->edit.len);
    int at = graphemes(it->edit.text, it->edit.cursor);
    int first = at > columns - 1 ? at - (columns - 1) : 0;
    s->used = total - first > columns ? columns : total - first;
    s->cursor = at - first;
    s->more_left = first > 0;
    s->more_right = total - first > columns;
}

/* Where nothing is hidden stands a blank of no colour: colours are octets. */
static void paint_mark(struct form *f, const struct form_item *it, int x, bool more, enum ui_sign sign)
{
    form_put(f, it->value_y, x, 1, more ? ROLE_ACCENT : ROLE_TEXT, more ? ui_sign(f->ui, sign) : " ");
}

static void paint_marks(struct form *f, struct form_item *it, const struct shown *s)
{
    paint_mark(f, it, it->value_x - 1, s->more_left, SIGN_LEFT);
    paint_mark(f, it, it->value_x + columns_of(it), s->more_right, SIGN_RIGHT);
    if (it->field->unit) {
        form_put(f, it->value_y, it->value_x + columns_of(it) + 1, f->area.cols, ROLE_TEXT, ui_text(it->field->unit));
    }
}

static void paint_value(struct form *f, struct form_item *it, struct shown *s)
{
    enum ui_role role = it->field->flags & FIELD_READONLY ? ROLE_TEXT : ROLE_FIELD;
    if (masked(it)) {
        measure_masked(it, s);
        for (int i = 0; i < s->used; i++) {
            form_put(f, it->value_y, it->value_x + i, 1, role, ui_sign(f->ui, SIGN_MASK));
        }
        return;
    }
    struct edit_view view;
    edit_view(&it->edit, columns_of(it), &view);
    char *part = xstrndup(it->edit.text + view.start, view.end - view.start);
    s->used = form_put(f, it->value_y, it->value_x, columns_of(it), role, part);
    s->cursor = view.cursor;
    s->more_left = view.more_left;
    s->more_right = view.more_right;
    if (it->field->kind == FIELD_SECRET) {
        mem_wipe(part, strlen(part));
    }
    free(part);
}

static void text_paint(struct form *f, struct form_item *it, bool focused)
{
    (void)focused;
    struct shown s = {0};
    paint_value(f, it, &s);
    if (it->edit.len == 0 && it->field->hint && !(it->field->flags & FIELD_READONLY)) {
        char *hint = text_ellipsis(ui_text(it->field->hint), columns_of(it), f->ui->ascii);
        s.used = form_put(f, it->value_y, it->value_x, columns_of(it), ROLE_DIM, hint);
        free(hint);
    }
    form_fill(f, it->value_y, it->value_x + s.used, columns_of(it) - s.used,
              it->field->flags & FIELD_READONLY ? ROLE_TEXT : ROLE_FIELD);
    paint_marks(f, it, &s);
}

static void text_cursor(struct form *f, struct form_item *it, int *y, int *x)
{
    (void)f;
    struct shown s = {0};
    if (masked(it)) {
        measure_masked(it, &s);
    } else {
        struct edit_view view;
        edit_view(&it->edit, columns_of(it), &view);
        s.cursor = view.cursor;
    }
    *y = it->value_y;
    *x = it->value_x + s.cursor;
}

static void hand_over(struct form *f, struct form_item *it)
{
    if (it->field->kind == FIELD_SECRET) {
        struct secret s = SECRET_INIT;
        secret_set(&s, it->edit.text, it->edit.len);
        if (f->ops->set_secret) {
            f->ops->set_secret(f->ctx, it->field->key, &s);
        }
        secret_release(&s);
        f->stale = true;
        return;
    }
    free(it->text);
    it->text = xstrdup(it->edit.text);
    form_set_value(f, it->field, it->edit.text);
}

static enum form_key pick_file(struct form *f, struct form_item *it)
{
    char *path = picker_file(f->ui, ui_text(it->field->label), it->edit.text, (it->field->flags & FIELD_FOLDER) != 0);
    if (f->ui->signal) {
        free(path);
        return FORM_KEY_SIGNAL;
    }
    if (path) {
        edit_set(&it->edit, path);
        hand_over(f, it);
        free(path);
        return FORM_KEY_RELOAD;
    }
    return FORM_KEY_SAID;
}

static enum form_key say_full(struct form *f, const struct form_item *it)
{
    char *text = xasprintf(_("No more fits here: %zu characters at most."), value_max(it->field));
    form_say(f, MESSAGE_WARN, text);
    free(text);
    return FORM_KEY_SAID;
}

static enum form_key text_key(struct form *f, struct form_item *it, const struct ui_event *event)
{
    enum field_kind kind = it->field->kind;
    if (kind == FIELD_FILE && event->key == UI_KEY_F1 + 1) {
        return pick_file(f, it);
    }
    if (kind == FIELD_SECRET && event->key == UI_CTRL('r')) {
        it->revealed = !it->revealed;
        return FORM_KEY_DONE;
    }
    if (it->field->flags & FIELD_READONLY) {
        return FORM_KEY_IGNORED;
    }
    switch (edit_key(&it->edit, event->key)) {
    case EDIT_CHANGED:
        hand_over(f, it);
        return FORM_KEY_DONE;
    case EDIT_MOVED:
        return FORM_KEY_DONE;
    case EDIT_FULL:
        return say_full(f, it);
    case EDIT_IGNORED:
        break;
    }
    /* Keys of the editor that have nothing to do must not fall through to the page. */
    return event->key >= 0x20 && event->key < UI_KEY_SPECIAL ? FORM_KEY_DONE : FORM_KEY_IGNORED;
}

static enum form_key text_paste(struct form *f, struct form_item *it, const char *text)
{
    if (it->field->flags & FIELD_READONLY) {
        return FORM_KEY_IGNORED;
    }
    bool all = edit_insert(&it->edit, text, strlen(text));
    hand_over(f, it);
    return all ? FORM_KEY_DONE : say_full(f, it);
}

static void secret_leave(struct form *f, struct form_item *it, bool by_arrow)
{
    (void)f;
    (void)by_arrow;
    it->revealed = false;
}

bool form_secret_is_capitals(const struct form_item *it)
{
    int letters = 0;
    for (size_t i = 0; i < it->edit.len;) {
        uint32_t c;
        size_t n = utf8_decode(it->edit.text + i, it->edit.len - i, &c);
        if (n == 0 || iswlower((wint_t)c)) {
            return false;
        }
        letters += iswupper((wint_t)c) ? 1 : 0;
        i += n;
    }
    return letters >= 3;
}

const struct form_kind form_kind_text = {.focusable = true,
                                         .labelled = true,
                                         .typed = true,
                                         .load = text_load,
                                         .rows = text_rows,
                                         .paint = text_paint,
                                         .cursor = text_cursor,
                                         .key = text_key,
                                         .paste = text_paste};
const struct form_kind form_kind_file = {.focusable = true,
                                         .labelled = true,
                                         .typed = true,
                                         .load = text_load,
                                         .rows = text_rows,
                                         .paint = text_paint,
                                         .cursor = text_cursor,
                                         .key = text_key,
                                         .paste = text_paste};
const struct form_kind form_kind_secret = {.focusable = true,
                                           .labelled = true,
                                           .typed = true,
                                           .load = secret_load,
                                           .rows = text_rows,
                                           .paint = text_paint,
                                           .cursor = text_cursor,
                                           .key = text_key,
                                           .paste = text_paste,
                                           .leave = secret_leave};
