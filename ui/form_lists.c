/* SPDX-License-Identifier: Apache-2.0 */
/* CHOICE and LIST. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "ui/columns.h"
#include "ui/form_private.h"
#include "ui/picker.h"

#define INLINE_ROWS 5
#define LIST_ROWS_MIN 3
#define NOTES_LOOKED_AT 32
#define TYPED_MS 1500 /* a pause this long starts a new search */

bool form_inline_choice(const struct form_item *it)
{
    size_t limit = it->field->rows > 0 ? (size_t)it->field->rows : INLINE_ROWS;
    return it->choices.n > 0 && it->choices.n <= limit;
}

static bool is_list(const struct form_item *it)
{
    return it->field->kind == FIELD_LIST || form_inline_choice(it);
}

static size_t picked(struct form *f, const struct form_item *it)
{
    const char *value = form_value(f, it->field);
    for (size_t i = 0; i < it->choices.n; i++) {
        if (strcmp(it->choices.v[i].value, value) == 0) {
            return i;
        }
    }
    return it->choices.n;
}

bool form_is_chosen(struct form *f, const struct form_item *it)
{
    return it->choices.n > 0 && picked(f, it) < it->choices.n;
}

bool form_is_open(const struct form_item *it)
{
    return is_list(it) && it->choices.n > 0;
}

static void list_load(struct form *f, struct form_item *it)
{
    choices_release(&it->choices);
    if (it->field->choices) {
        it->field->choices(f->ctx, it->field, &it->choices);
    }
    size_t at = picked(f, it);
    if (at < it->choices.n && !it->moved) {
        it->row = at;
    }
    if (it->row >= it->choices.n) {
        it->row = it->choices.n ? it->choices.n - 1 : 0;
    }
}

static bool has_heading(const struct form_item *it)
{
    return it->field->kind == FIELD_LIST && it->field->columns && it->choices.n > 0;
}

/* Rows of choices that a list shows. */
static size_t window(const struct form *f, const struct form_item *it)
{
    if (it->field->kind != FIELD_LIST) {
        return it->choices.n;
    }
    int rows = it->field->rows > 0 ? it->field->rows : f->area.rows - 7;
    rows = rows > f->area.rows - 3 ? f->area.rows - 3 : rows;
    rows = rows < LIST_ROWS_MIN ? LIST_ROWS_MIN : rows;
    return it->choices.n < (size_t)rows ? it->choices.n : (size_t)rows;
}

static bool scrolls(const struct form *f, const struct form_item *it)
{
    return window(f, it) < it->choices.n;
}

static int list_rows(struct form *f, struct form_item *it)
{
    if (!form_is_open(it)) {
        return 1;
    }
    size_t w = window(f, it);
    it->top = it->row < it->top ? it->row : it->top;
    it->top = it->row >= it->top + w ? it->row - w + 1 : it->top;
    it->top = it->top + w > it->choices.n ? it->choices.n - w : it->top;
    return (int)w + (has_heading(it) ? 1 : 0) + (scrolls(f, it) ? 1 : 0);
}

static void paint_closed(struct form *f, struct form_item *it)
{
    size_t at = picked(f, it);
    const char *text = it->choices.n == 0   ? _("Nothing to choose from.")
                       : at < it->choices.n ? it->choices.v[at].label
                                            : _("not chosen yet");
    int limit = it->field->width && it->field->width < it->value_cols - 3 ? it->field->width : it->value_cols - 3;
    limit = limit > 50 ? 50 : limit;
    char *cut = text_ellipsis(text, limit, f->ui->ascii);
    form_fill(f, it->value_y, it->value_x, limit, ROLE_FIELD);
    form_put(f, it->value_y, it->value_x, limit, at < it->choices.n ? ROLE_FIELD : ROLE_DIM, cut);
    form_put(f, it->value_y, it->value_x + limit + 1, 2, ROLE_ACCENT, ui_sign(f->ui, SIGN_DOWN));
    free(cut);
}

/* Columns of the sign before a row, blank included. */
static int sign_columns(const struct form *f)
{
    return text_width(ui_sign(f->ui, SIGN_OFF)) + 1;
}

static void paint_row(struct form *f, struct form_item *it, const struct columns *c, size_t i, int y, bool under_cursor)
{
    const struct choice *choice = &it->choices.v[i];
    bool on = i == picked(f, it);
    enum ui_role role = choice->barred ? ROLE_DIM : ROLE_TEXT;
    char *row = columns_row(c, choice->label, f->ui->ascii);
    form_fill(f, y, it->value_x, it->value_cols, ROLE_TEXT);
    int sign = sign_columns(f);
    form_put(f, y, 0, 1, under_cursor ? ROLE_ACCENT : ROLE_TEXT, under_cursor ? ui_sign(f->ui, SIGN_FOCUS) : " ");
    form_put(f, y, it->value_x, sign, on ? ROLE_ACCENT : ROLE_TEXT, ui_sign(f->ui, on ? SIGN_ON : SIGN_OFF));
    if (under_cursor) {
        role = it->field->kind == FIELD_LIST ? ROLE_SELECTED : ROLE_KEY;
    }
    form_put(f, y, it->value_x + sign, it->value_cols - sign, role, row);
    free(row);
}

static void paint_position(struct form *f, struct form_item *it, int y)
{
    size_t w = window(f, it);
    /* TRANSLATORS: below a list that scrolls: which rows are shown, and of how many; at most 40 columns */
    char *text = xasprintf(_("%zu to %zu of %zu"), it->top + 1, it->top + w, it->choices.n);
    form_fill(f, y, it->value_x, it->value_cols, ROLE_TEXT);
    form_put(f, y, it->value_x + sign_columns(f), it->value_cols, ROLE_DIM, text);
    free(text);
}

static void list_paint(struct form *f, struct form_item *it, bool focused)
{
    if (!form_is_open(it)) {
        paint_closed(f, it);
        return;
    }
    list_rows(f, it);
    const char *headings = has_heading(it) ? ui_text(it->field->columns) : NULL;
    struct columns c;
    columns_measure(&c, &it->choices, headings, it->value_cols - sign_columns(f));
    int y = it->value_y;
    if (headings) {
        char *row = columns_row(&c, headings, f->ui->ascii);
        form_put(f, y++, it->value_x + sign_columns(f), it->value_cols, ROLE_DIM, row);
        free(row);
    }
    size_t w = window(f, it);
    for (size_t i = it->top; i < it->top + w; i++) {
        paint_row(f, it, &c, i, y++, focused && i == it->row);
    }
    if (scrolls(f, it)) {
        paint_position(f, it, y);
    }
}

static void list_cursor(struct form *f, struct form_item *it, int *y, int *x)
{
    *y = it->value_y;
    *x = it->value_x;
    if (form_is_open(it)) {
        *x += sign_columns(f) > 2 ? 1 : 0; /* inside "( )" */
        *y += (has_heading(it) ? 1 : 0) + (int)(it->row - it->top);
    }
}

static enum form_key pick(struct form *f, struct form_item *it, size_t row)
{
    if (row >= it->choices.n) {
        return FORM_KEY_SAID;
    }
    if (it->choices.v[row].barred) {
        form_say(f, MESSAGE_WARN, it->choices.v[row].barred);
        return FORM_KEY_SAID;
    }
    it->row = row;
    it->moved = false;
    char *value = xstrdup(it->choices.v[row].value);
    form_set_value(f, it->field, value);
    free(value);
    return FORM_KEY_RELOAD;
}

static enum form_key open_picker(struct form *f, struct form_item *it, int first_key)
{
    struct picker p = {.title = ui_text(it->field->label),
                       .columns = ui_text(it->field->columns),
                       .choices = &it->choices,
                       .row = picked(f, it),
                       .first_key = first_key};
    p.row = p.row < it->choices.n ? p.row : it->row;
    int row = picker_run(f->ui, &p);
    if (row == PICKER_SIGNAL) {
        return FORM_KEY_SIGNAL;
    }
    return row < 0 ? FORM_KEY_SAID : pick(f, it, (size_t)row);
}

static enum form_key move(struct form *f, struct form_item *it, long by)
{
    long to = (long)it->row + by, last = (long)it->choices.n - 1;
    if ((by == 1 && to > last) || (by == -1 && to < 0)) {
        return FORM_KEY_IGNORED; /* the next field */
    }
    const char *before = form_help_line(it);
    it->row = to < 0 ? 0 : to > last ? (size_t)last : (size_t)to;
    it->moved = true;
    it->typed[0] = '\0'; /* what is typed next is another search */
    list_rows(f, it);
    bool told = strcmp(before, form_help_line(it)) != 0;
    return told || !form_row_shown(f, it->value_y + (int)(it->row - it->top)) ? FORM_KEY_SAID : FORM_KEY_DONE;
}

/* Type-ahead in an open list: the next row that contains what was typed. */
static enum form_key find(struct form *f, struct form_item *it, int key)
{
    int64_t now = when_monotonic_ms();
    if (now - it->typed_ms > TYPED_MS) {
        it->typed[0] = '\0';
    }
    it->typed_ms = now;
    size_t len = strlen(it->typed);
    char utf8[4];
    size_t n = utf8_encode((uint32_t)key, utf8);
    if (len + n >= sizeof it->typed) {
        return FORM_KEY_DONE;
    }
    memcpy(it->typed + len, utf8, n);
    it->typed[len + n] = '\0';
    for (size_t k = 0; k < it->choices.n; k++) {
        size_t i = (it->row + k) % it->choices.n;
        if (columns_match(it->choices.v[i].label, it->typed)) {
            it->row = i;
            it->moved = true;
            break;
        }
    }
    char *text = xasprintf(_("Find: %s"), it->typed);
    form_say(f, MESSAGE_HINT, text);
    free(text);
    return FORM_KEY_SAID;
}

static enum form_key enter(struct form *f, struct form_item *it)
{
    bool chosen = picked(f, it) < it->choices.n;
    if (!is_list(it)) {
        return chosen ? FORM_KEY_NEXT : open_picker(f, it, 0);
    }
    bool guesses = !chosen && !it->moved && it->field->flags & FIELD_DECIDE;
    if (it->row != picked(f, it) && !guesses) { /* what is highlighted is meant */
        enum form_key did = pick(f, it, it->row);
        if (did != FORM_KEY_RELOAD) {
            return did;
        }
    }
    return FORM_KEY_NEXT;
}

static enum form_key list_key(struct form *f, struct form_item *it, const struct ui_event *event)
{
    int key = event->key;
    bool printable = key > 0x20 && key < UI_KEY_SPECIAL && key != UI_KEY_BACKSPACE;
    if (it->choices.n == 0 || it->field->flags & FIELD_READONLY) {
        return FORM_KEY_IGNORED;
    }
    if (key == UI_KEY_ENTER) {
        return enter(f, it);
    }
    if (key == UI_KEY_F1 + 1 || (!is_list(it) && (key == ' ' || printable))) {
        return open_picker(f, it, printable ? key : 0);
    }
    if (!is_list(it)) {
        return FORM_KEY_IGNORED;
    }
    switch (key) {
    case ' ':
        /* In the middle of a search a blank is a letter. */
        return it->typed[0] && when_monotonic_ms() - it->typed_ms < TYPED_MS ? find(f, it, key) : pick(f, it, it->row);
    case UI_KEY_UP:
        return move(f, it, -1);
    case UI_KEY_DOWN:
        return move(f, it, 1);
    case UI_KEY_PAGE_UP:
        return scrolls(f, it) ? move(f, it, -(long)window(f, it)) : FORM_KEY_IGNORED;
    case UI_KEY_PAGE_DOWN:
        return scrolls(f, it) ? move(f, it, (long)window(f, it)) : FORM_KEY_IGNORED;
    case UI_KEY_HOME:
        return move(f, it, -(long)it->choices.n - 1);
    case UI_KEY_END:
        return move(f, it, (long)it->choices.n + 1);
    default:
        return printable ? find(f, it, key) : FORM_KEY_IGNORED;
    }
}

/* Going on with Tab takes what the cursor was moved to; passing with the arrows does not. */
static void list_leave(struct form *f, struct form_item *it, bool by_arrow)
{
    if (!by_arrow && it->moved && is_list(it) && it->row < it->choices.n && !it->choices.v[it->row].barred) {
        pick(f, it, it->row);
    }
    size_t at = picked(f, it);
    if (by_arrow && at < it->choices.n) {
        it->row = at; /* its note is shown again */
    }
    it->moved = false;
    it->typed[0] = '\0';
}

const struct form_kind form_kind_choice = {.focusable = true,
                                           .labelled = true,
                                           .typed = true,
                                           .load = list_load,
                                           .rows = list_rows,
                                           .paint = list_paint,
                                           .cursor = list_cursor,
                                           .key = list_key,
                                           .leave = list_leave};
const struct form_kind form_kind_list = {.focusable = true,
                                         .labelled = true,
                                         .typed = true,
                                         .load = list_load,
                                         .rows = list_rows,
                                         .paint = list_paint,
                                         .cursor = list_cursor,
                                         .key = list_key,
                                         .leave = list_leave};

static const char *choice_line(const struct choice *c)
{
    return c->barred ? c->barred : c->note;
}

const char *form_help_line(const struct form_item *it)
{
    if (is_list(it) && it->row < it->choices.n && choice_line(&it->choices.v[it->row])) {
        return choice_line(&it->choices.v[it->row]);
    }
    return ui_text(it->field->help);
}

int form_help_rows(const struct form_item *it, int columns)
{
    size_t rows = 0, n = is_list(it) ? it->choices.n : 0;
    for (size_t i = 0; i < n && i < NOTES_LOOKED_AT; i++) {
        const char *line = choice_line(&it->choices.v[i]);
        struct strv wrapped = STRV_INIT;
        if (line) {
            text_wrap(line, columns, &wrapped);
        }
        rows = wrapped.n > rows ? wrapped.n : rows;
        strv_release(&wrapped);
    }
    return (int)rows;
}
