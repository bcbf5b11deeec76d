/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/form_private.h"

#define LABEL_COLUMNS_MAX 22
#define LABEL_GAP 3
#define INTRO_FROM_ROWS 14 /* smaller pages leave the paragraph out when it does not fit */
#define STACKED_BELOW 58   /* narrower pages put labels above values */
#define VALUE_COLUMNS_MAX 56
#define PAGE_ROWS_MIN 4 /* what a pinned question leaves for fields */

/* To add a kind of field: a row, its form_kind, a case in plain.c. */
static const struct form_kind *const form_kind_rows[] = {
    [FIELD_TEXT] = &form_kind_text,   [FIELD_SECRET] = &form_kind_secret,   [FIELD_CHOICE] = &form_kind_choice,
    [FIELD_CHECK] = &form_kind_check, [FIELD_FILE] = &form_kind_file,       [FIELD_LIST] = &form_kind_list,
    [FIELD_PEM] = &form_kind_pem,     [FIELD_HEADING] = &form_kind_heading, [FIELD_NOTE] = &form_kind_note,
    [FIELD_TABLE] = &form_kind_table, [FIELD_TREE] = &form_kind_tree,       [FIELD_BUTTON] = &form_kind_button,
};

const struct form_kind *form_kind(enum field_kind kind)
{
    return form_kind_rows[kind];
}

static bool table_has_target(const struct form_item *it)
{
    for (size_t i = 0; i < it->lines.n; i++) {
        const char *tab = strchr(it->lines.v[i], '\t');
        if (tab && strchr(tab + 1, '\t')) {
            return true;
        }
    }
    return false;
}

bool form_can_focus(const struct form_item *it)
{
    if (!it->visible || !form_kind(it->field->kind)->focusable) {
        return false;
    }
    return it->field->kind != FIELD_TABLE || table_has_target(it);
}

static void keep_focus(struct form *f)
{
    if (f->focus < f->n && form_can_focus(&f->items[f->focus])) {
        return;
    }
    for (size_t i = f->focus; i < f->n; i++) {
        if (form_can_focus(&f->items[i])) {
            f->focus = i;
            return;
        }
    }
    for (size_t i = f->n; i-- > 0;) {
        if (form_can_focus(&f->items[i])) {
            f->focus = i;
            return;
        }
    }
    f->focus = f->n;
}

void form_load(struct form *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct form_item *it = &f->items[i];
        it->visible = field_is_visible(it->field, f->ctx);
        if (it->visible) {
            form_kind(it->field->kind)->load(f, it);
        }
    }
    keep_focus(f);
    char *problem = form_problem(f->page, f->ops, f->ctx, NULL);
    f->valid = problem == NULL;
    free(problem);
    f->stale = false;
}

static int label_columns(const struct form *f)
{
    int columns = 0;
    for (size_t i = 0; i < f->n; i++) {
        const struct form_item *it = &f->items[i];
        bool labelled = form_kind(it->field->kind)->labelled || (it->field->kind == FIELD_NOTE && it->field->text);
        if (it->visible && labelled && it->field->label) {
            int w = text_width(ui_text(it->field->label));
            columns = w > columns ? w : columns;
        }
    }
    return columns > LABEL_COLUMNS_MAX ? LABEL_COLUMNS_MAX : columns;
}

static bool has_label(const struct form_item *it)
{
    return it->field->label && *it->field->label &&
           (form_kind(it->field->kind)->labelled || (it->field->kind == FIELD_NOTE && it->field->text));
}

static void place_value(struct form *f, struct form_item *it)
{
    enum field_kind kind = it->field->kind;
    bool wide = kind == FIELD_LIST || kind == FIELD_TREE || kind == FIELD_TABLE || kind == FIELD_PEM ||
                kind == FIELD_HEADING || (kind == FIELD_NOTE && !has_label(it));
    it->value_x = FORM_MARGIN + (f->stacked || wide || f->label_cols == 0 ? 0 : f->label_cols + LABEL_GAP);
    it->value_cols = f->area.cols - it->value_x;
    if (kind == FIELD_TEXT || kind == FIELD_SECRET || kind == FIELD_FILE) {
        int limit = it->field->width ? it->field->width : VALUE_COLUMNS_MAX;
        int unit = it->field->unit ? text_width(ui_text(it->field->unit)) + 1 : 0;
        it->value_cols = it->value_cols - unit < limit ? it->value_cols - unit : limit;
    }
}

/* Heights and places for one way of spacing; returns the rows of the whole page. */
static int place_all(struct form *f)
{
    int lead = f->roomy ? 1 : 0;
    int y = lead + (int)f->question.n + (f->question.n ? 1 : 0);
    y += (int)f->intro.n + (f->intro.n ? 1 : 0);
    bool first = true;
    for (size_t i = 0; i < f->n; i++) {
        struct form_item *it = &f->items[i];
        if (!it->visible) {
            it->height = 0;
            continue;
        }
        const struct form_kind *kind = form_kind(it->field->kind);
        if (!first && (f->roomy || it->field->kind == FIELD_HEADING)) {
            y++;
        }
        first = false;
        place_value(f, it);
        bool above = has_label(it) && (f->stacked || it->value_x == FORM_MARGIN);
        it->y = y;
        it->value_y = y + (above ? 1 : 0);
        it->value_rows = kind->rows(f, it);
        strv_release(&it->help);
        if (f->helps && kind->focusable) {
            int columns = f->area.cols - it->value_x - (it->value_x == FORM_MARGIN ? 2 : 0);
            const char *line = form_help_line(it);
            if (*line) {
                text_wrap(line, columns, &it->help);
            }
            for (int keep = form_help_rows(it, columns); (int)it->help.n < keep;) {
                strv_push(&it->help, "");
            }
        }
        it->height = (above ? 1 : 0) + it->value_rows + (int)it->help.n;
        y += it->height;
    }
    return y;
}

/* Small pages: the question stays in sight, whatever has the focus. */
static void pin_question(struct form *f)
{
    int room = f->area.rows - PAGE_ROWS_MIN, rows = (int)f->question.n;
    f->pinned = f->content_rows <= f->area.rows || room < 1 ? 0 : rows < room ? rows : room;
}

static void scroll_to_focus(struct form *f)
{
    int rows = f->area.rows, last = f->content_rows - rows, head = f->pinned;
    if (f->focus < f->n) {
        const struct form_item *it = &f->items[f->focus];
        int top = it->y, bottom = it->y + it->height;
        if (it->height > rows - head) {
            int y, x;
            form_kind(it->field->kind)->cursor(f, f->items + f->focus, &y, &x);
            top = y > 0 ? y - 1 : y;
            bottom = y + 2;
        }
        /* The first field brings the question with it. */
        bool is_first = true;
        for (size_t i = 0; i < f->focus; i++) {
            is_first = is_first && !form_can_focus(&f->items[i]);
        }
        if (is_first && bottom <= rows) {
            top = 0;
        }
        f->scroll = bottom > f->scroll + rows ? bottom - rows : f->scroll;
        f->scroll = top < f->scroll + head ? top - head : f->scroll;
    }
    f->scroll = f->scroll > last ? last : f->scroll;
    f->scroll = f->scroll < 0 ? 0 : f->scroll;
}

void form_layout(struct form *f)
{
    frame_layout(f->ui, f->frame, &f->area);
    f->stacked = f->area.cols < STACKED_BELOW;
    f->label_cols = label_columns(f);
    int columns = f->area.cols - FORM_MARGIN;
    strv_release(&f->question);
    strv_release(&f->intro);
    if (f->page->question) {
        text_wrap(ui_text(f->page->question), columns, &f->question);
    }
    if (f->page->intro) {
        text_wrap(ui_text(f->page->intro), columns > 76 ? 76 : columns, &f->intro);
    }
    /* The most comfortable spacing that fits; failing all, the last one scrolls. */
    static const struct {
        bool roomy, helps, intro;
    } ways[] = {
        {true, true, true}, {false, true, true}, {true, false, true}, {false, false, true}, {false, false, false}};
    size_t n = f->area.rows < INTRO_FROM_ROWS ? ARRAY_LEN(ways) : ARRAY_LEN(ways) - 1;
    for (size_t i = 0; i < n; i++) {
        if (!ways[i].intro) {
            strv_release(&f->intro); /* F1 has it */
        }
        f->roomy = ways[i].roomy;
        f->helps = ways[i].helps;
        f->content_rows = place_all(f);
        if (f->content_rows <= f->area.rows) {
            break;
        }
    }
    pin_question(f);
    scroll_to_focus(f);
}

bool form_row_shown(const struct form *f, int y)
{
    return y < f->pinned || (y >= f->scroll + f->pinned && y < f->scroll + f->area.rows);
}

static int screen_row(const struct form *f, int y)
{
    return f->area.y + (y < f->pinned ? y : y - f->scroll);
}

int form_put(struct form *f, int y, int x, int columns, enum ui_role role, const char *text)
{
    if (!form_row_shown(f, y) || x >= f->area.cols) {
        return 0;
    }
    if (columns > f->area.cols - x) {
        columns = f->area.cols - x;
    }
    return ui_put(f->ui, screen_row(f, y), f->area.x + x, columns, role, text);
}

void form_fill(struct form *f, int y, int x, int columns, enum ui_role role)
{
    if (form_row_shown(f, y)) {
        ui_fill(f->ui, screen_row(f, y), f->area.x + x, columns, role);
    }
}

static void paint_label(struct form *f, struct form_item *it, bool focused)
{
    enum field_kind kind = it->field->kind;
    if (focused && kind != FIELD_TABLE && !form_is_open(it)) { /* these mark the row */
        form_put(f, it->y, 0, 1, ROLE_ACCENT, ui_sign(f->ui, SIGN_FOCUS));
    }
    if (has_label(it)) {
        bool above = it->value_y > it->y;
        char *label =
            text_ellipsis(ui_text(it->field->label), above ? f->area.cols - FORM_MARGIN : f->label_cols, f->ui->ascii);
        form_put(f, it->y, FORM_MARGIN, f->area.cols, ROLE_LABEL, label);
        free(label);
    }
}

void form_paint_item(struct form *f, struct form_item *it)
{
    if (!it->visible) {
        return;
    }
    bool focused = f->focus < f->n && it == &f->items[f->focus];
    form_kind(it->field->kind)->paint(f, it, focused);
}

/* Signs at the right edge that there is more above or below. */
static void paint_more(struct form *f)
{
    int x = f->area.x + f->area.cols - 1;
    if (f->scroll > 0) {
        ui_put(f->ui, f->area.y + f->pinned, x, 1, ROLE_ACCENT, ui_sign(f->ui, SIGN_UP));
    }
    if (f->scroll + f->area.rows < f->content_rows) {
        ui_put(f->ui, f->area.y + f->area.rows - 1, x, 1, ROLE_ACCENT, ui_sign(f->ui, SIGN_DOWN));
    }
}

unsigned form_situation(const struct form *f)
{
    unsigned s = (f->valid ? 0 : ACTION_DIMMED) | (f->page->no_back ? ACTION_NO_BACK : 0) | (f->page->no_next ? ACTION_NO_NEXT : 0) |
                 (f->page->no_save ? ACTION_NO_SAVE : 0);
    size_t focusable = 0;
    for (size_t i = 0; i < f->n; i++) {
        focusable += form_can_focus(&f->items[i]) ? 1 : 0;
    }
    s |= focusable > 1 ? ACTION_MANY : 0;
    if (f->focus < f->n) {
        const struct form_item *it = &f->items[f->focus];
        enum field_kind kind = it->field->kind;
        s |= kind == FIELD_TABLE ? ACTION_ROWS : 0;
        s |= kind == FIELD_SECRET ? ACTION_SECRET : 0;
        s |= kind == FIELD_FILE || (kind == FIELD_CHOICE && !form_inline_choice(it)) ? ACTION_LIST : 0;
    }
    return s;
}

static void paint_bottom(struct form *f)
{
    if (f->message) {
        frame_paint_message(f->ui, &f->area, f->message_kind, f->message);
    } else if (f->focus < f->n && f->items[f->focus].field->kind == FIELD_SECRET &&
               form_secret_is_capitals(&f->items[f->focus])) {
        frame_paint_message(f->ui, &f->area, MESSAGE_HINT, _("All capitals so far. Is Caps Lock on?"));
    } else if (!f->helps && f->focus < f->n) {
        frame_paint_message(f->ui, &f->area, MESSAGE_HINT, form_help_line(&f->items[f->focus]));
    }
    action_footer(f->ui, f->area.footer_y, f->page->actions, action_common, form_situation(f), f->page->next_label);
}

void form_place_cursor(struct form *f)
{
    int y = f->scroll, x = FORM_MARGIN;
    if (f->focus < f->n) {
        form_kind(f->items[f->focus].field->kind)->cursor(f, &f->items[f->focus], &y, &x);
    }
    y = y < f->scroll + f->pinned ? f->scroll + f->pinned : y;
    y = y >= f->scroll + f->area.rows ? f->scroll + f->area.rows - 1 : y;
    ui_set_cursor(f->ui, f->area.y + y - f->scroll, f->area.x + x);
}

void form_paint(void *form)
{
    struct form *f = form;
    form_layout(f);
    frame_paint(f->ui, f->frame, &f->area, true);
    int y = f->roomy ? 1 : 0;
    for (size_t i = 0; i < f->question.n; i++) {
        form_put(f, y++, FORM_MARGIN, f->area.cols, ROLE_TITLE, f->question.v[i]);
    }
    y += f->question.n ? 1 : 0;
    for (size_t i = 0; i < f->intro.n; i++) {
        form_put(f, y++, FORM_MARGIN, f->area.cols, ROLE_TEXT, f->intro.v[i]);
    }
    for (size_t i = 0; i < f->n; i++) {
        struct form_item *it = &f->items[i];
        if (!it->visible) {
            continue;
        }
        paint_label(f, it, i == f->focus);
        form_paint_item(f, it);
        int help_x = it->value_x + (it->value_x == FORM_MARGIN && it->help.n ? 2 : 0);
        for (size_t k = 0; k < it->help.n; k++) {
            form_put(f, it->value_y + it->value_rows + (int)k, help_x, f->area.cols, ROLE_DIM, it->help.v[k]);
        }
    }
    paint_more(f);
    paint_bottom(f);
    form_place_cursor(f);
}
