/* SPDX-License-Identifier: Apache-2.0 */
/* TABLE and TREE. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/form_private.h"

#define TABLE_GAP 3
#define TREE_ROWS_MIN 3

static void lines_load(struct form *f, struct form_item *it)
{
    free(it->text);
    it->text = it->field->text ? it->field->text(f->ctx, it->field) : NULL;
    strv_release(&it->lines);
    if (it->text && *it->text) {
        strv_split(&it->lines, it->text, '\n');
        if (it->lines.n > 0 && it->lines.v[it->lines.n - 1][0] == '\0') {
            free(it->lines.v[--it->lines.n]);
            it->lines.v[it->lines.n] = NULL;
        }
    }
    if (it->row >= it->lines.n) {
        it->row = 0;
    }
}

struct table_row {
    const char *label, *value, *target;
    size_t label_len, value_len;
};

static struct table_row parse_row(const char *line)
{
    struct table_row r = {.label = line, .value = "", .label_len = strcspn(line, "\t")};
    if (line[r.label_len] == '\t') {
        r.value = line + r.label_len + 1;
        r.value_len = strcspn(r.value, "\t");
        r.target = r.value[r.value_len] == '\t' ? r.value + r.value_len + 1 : NULL;
    }
    return r;
}

static int table_label_columns(const struct form_item *it)
{
    int widest = 0;
    for (size_t i = 0; i < it->lines.n; i++) {
        struct table_row r = parse_row(it->lines.v[i]);
        int w = r.value_len || r.target ? text_width_n(r.label, r.label_len) : 0;
        widest = w > widest ? w : widest;
    }
    int limit = it->value_cols * 2 / 5;
    return widest > limit ? limit : widest;
}

/* Wraps one row's value; returns its number of lines (at least 1). */
static int wrap_value(const struct form_item *it, const struct table_row *r, struct strv *out)
{
    char *value = xstrndup(r->value, r->value_len);
    text_wrap(value, it->value_cols - table_label_columns(it) - TABLE_GAP, out);
    free(value);
    return out->n ? (int)out->n : 1;
}

/* First line of a row within the table. */
static int row_offset(const struct form_item *it, size_t row)
{
    int y = 0;
    for (size_t i = 0; i < row && i < it->lines.n; i++) {
        struct table_row r = parse_row(it->lines.v[i]);
        struct strv value = STRV_INIT;
        y += wrap_value(it, &r, &value);
        strv_release(&value);
    }
    return y;
}

static long next_target(const struct form_item *it, long from, long step)
{
    for (long i = from; i >= 0 && i < (long)it->lines.n; i += step) {
        if (parse_row(it->lines.v[i]).target) {
            return i;
        }
    }
    return -1;
}

static void table_load(struct form *f, struct form_item *it)
{
    lines_load(f, it);
    long at = next_target(it, (long)it->row, 1);
    at = at < 0 ? next_target(it, (long)it->row, -1) : at;
    it->row = at < 0 ? 0 : (size_t)at;
}

static int table_rows(struct form *f, struct form_item *it)
{
    (void)f;
    return row_offset(it, it->lines.n);
}

static void table_paint(struct form *f, struct form_item *it, bool focused)
{
    int labels = table_label_columns(it);
    int y = it->value_y;
    for (size_t i = 0; i < it->lines.n; i++) {
        struct table_row r = parse_row(it->lines.v[i]);
        struct strv value = STRV_INIT;
        int rows = wrap_value(it, &r, &value);
        char *label = xstrndup(r.label, r.label_len);
        bool title = !r.value_len && !r.target;
        char *cut = text_ellipsis(label, title ? it->value_cols : labels, f->ui->ascii);
        form_put(f, y, 0, 1, ROLE_ACCENT, focused && i == it->row && r.target ? ui_sign(f->ui, SIGN_FOCUS) : " ");
        form_put(f, y, it->value_x, it->value_cols, title ? ROLE_TITLE : ROLE_DIM, cut);
        for (size_t k = 0; k < value.n; k++) {
            form_put(f, y + (int)k, it->value_x + labels + TABLE_GAP, it->value_cols, ROLE_TEXT, value.v[k]);
        }
        y += rows;
        free(cut);
        free(label);
        strv_release(&value);
    }
}

static void table_cursor(struct form *f, struct form_item *it, int *y, int *x)
{
    (void)f;
    *y = it->value_y + row_offset(it, it->row);
    *x = it->value_x + table_label_columns(it) + TABLE_GAP;
}

static enum form_key table_key(struct form *f, struct form_item *it, const struct ui_event *event)
{
    long to = -1;
    switch (event->key) {
    case UI_KEY_UP:
        to = next_target(it, (long)it->row - 1, -1);
        break;
    case UI_KEY_DOWN:
        to = next_target(it, (long)it->row + 1, 1);
        break;
    case ' ':
    case UI_KEY_F1 + 1: {
        const char *target = it->lines.n ? parse_row(it->lines.v[it->row]).target : NULL;
        if (!target) {
            return FORM_KEY_IGNORED;
        }
        size_t n = strlen(target);
        n = n < sizeof f->result->key ? n : sizeof f->result->key - 1;
        memcpy(f->result->key, target, n);
        f->result->key[n] = '\0';
        return FORM_KEY_JUMP;
    }
    default:
        return FORM_KEY_IGNORED;
    }
    if (to < 0) {
        return FORM_KEY_IGNORED;
    }
    it->row = (size_t)to;
    return FORM_KEY_SAID;
}

const struct form_kind form_kind_table = {.focusable = true,
                                          .load = table_load,
                                          .rows = table_rows,
                                          .paint = table_paint,
                                          .cursor = table_cursor,
                                          .key = table_key};

static size_t tree_window(const struct form *f, const struct form_item *it)
{
    int rows = it->field->rows > 0 ? it->field->rows : f->area.rows - 6;
    rows = rows > f->area.rows - 2 ? f->area.rows - 2 : rows;
    rows = rows < TREE_ROWS_MIN ? TREE_ROWS_MIN : rows;
    return it->lines.n < (size_t)rows ? it->lines.n : (size_t)rows;
}

static int tree_rows(struct form *f, struct form_item *it)
{
    size_t w = tree_window(f, it);
    it->top = it->top + w > it->lines.n ? it->lines.n - w : it->top;
    return w ? (int)w : 1;
}

static int tree_widest(const struct form_item *it)
{
    int widest = 0;
    for (size_t i = 0; i < it->lines.n; i++) {
        int w = text_width(it->lines.v[i]);
        widest = w > widest ? w : widest;
    }
    return widest;
}

/* Octets to skip so that columns are gone on the left. */
static size_t skip_columns(const char *s, int columns)
{
    return columns > 0 ? text_fit(s, columns) : 0;
}

static void tree_paint(struct form *f, struct form_item *it, bool focused)
{
    (void)focused;
    size_t w = tree_window(f, it);
    for (size_t i = 0; i < w; i++) {
        const char *line = it->lines.v[it->top + i];
        int y = it->value_y + (int)i;
        form_fill(f, y, it->value_x, it->value_cols, ROLE_TEXT);
        form_put(f, y, it->value_x, it->value_cols - 1, ROLE_TEXT, line + skip_columns(line, it->left));
    }
    int x = it->value_x + it->value_cols - 1;
    if (it->top > 0) {
        form_put(f, it->value_y, x, 1, ROLE_ACCENT, ui_sign(f->ui, SIGN_UP));
    }
    if (it->top + w < it->lines.n) {
        form_put(f, it->value_y + (int)w - 1, x, 1, ROLE_ACCENT, ui_sign(f->ui, SIGN_DOWN));
    }
}

static void tree_cursor(struct form *f, struct form_item *it, int *y, int *x)
{
    (void)f;
    *y = it->value_y;
    *x = it->value_x;
}

static enum form_key tree_key(struct form *f, struct form_item *it, const struct ui_event *event)
{
    size_t w = tree_window(f, it), last = it->lines.n - w, top = it->top;
    int left = it->left, widest = tree_widest(it) - it->value_cols / 2;
    switch (event->key) {
    case UI_KEY_UP:
        top = top > 0 ? top - 1 : top;
        break;
    case UI_KEY_DOWN:
        top = top < last ? top + 1 : top;
        break;
    case UI_KEY_PAGE_UP:
        top = top > w ? top - w : 0;
        break;
    case UI_KEY_PAGE_DOWN:
    case ' ':
        top = top + w < last ? top + w : last;
        break;
    case UI_KEY_HOME:
        top = 0;
        left = 0;
        break;
    case UI_KEY_END:
        top = last;
        break;
    case UI_KEY_LEFT:
        left = left > 8 ? left - 8 : 0;
        break;
    case UI_KEY_RIGHT:
        left = left < widest ? left + 8 : left;
        break;
    default:
        return FORM_KEY_IGNORED;
    }
    if (top == it->top && left == it->left) {
        return FORM_KEY_IGNORED;
    }
    it->top = top;
    it->left = left;
    return FORM_KEY_SAID;
}

const struct form_kind form_kind_tree = {.focusable = true,
                                         .labelled = true,
                                         .load = lines_load,
                                         .rows = tree_rows,
                                         .paint = tree_paint,
                                         .cursor = tree_cursor,
                                         .key = tree_key};

char *form_copy_text(struct form *f, struct form_item *it)
{
    switch (it->field->kind) {
    case FIELD_TABLE: {
        if (it->row >= it->lines.n) {
            return NULL;
        }
        struct table_row r = parse_row(it->lines.v[it->row]);
        return xstrndup(r.value, r.value_len);
    }
    case FIELD_TREE:
        return xstrdup(it->text);
    case FIELD_TEXT:
    case FIELD_FILE:
    case FIELD_PEM:
        return xstrdup(form_value(f, it->field));
    case FIELD_CHOICE:
    case FIELD_LIST:
        return it->row < it->choices.n ? xstrdup(it->choices.v[it->row].label) : NULL;
    case FIELD_END:
    case FIELD_SECRET: /* never */
    case FIELD_CHECK:
    case FIELD_HEADING:
    case FIELD_NOTE:
    case FIELD_BUTTON:
        break;
    }
    return NULL;
}

static void copy_table(const struct form_item *it, struct buf *out)
{
    int columns = 0;
    for (size_t i = 0; i < it->lines.n; i++) {
        struct table_row r = parse_row(it->lines.v[i]);
        int w = r.value_len ? text_width_n(r.label, r.label_len) : 0;
        columns = w > columns ? w : columns;
    }
    for (size_t i = 0; i < it->lines.n; i++) {
        struct table_row r = parse_row(it->lines.v[i]);
        int pad = r.value_len ? columns + TABLE_GAP - text_width_n(r.label, r.label_len) : 0;
        buf_add(out, "%.*s%*s%.*s\n", (int)r.label_len, r.label, pad, "", (int)r.value_len, r.value);
    }
}

char *form_copy_page(struct form *f)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < f->n; i++) {
        const struct form_item *it = &f->items[i];
        enum field_kind kind = it->field->kind;
        if (!it->visible || (kind != FIELD_TABLE && kind != FIELD_TREE && kind != FIELD_NOTE && kind != FIELD_HEADING)) {
            continue;
        }
        buf_add(&out, "%s", out.len ? "\n" : "");
        if (kind == FIELD_TABLE) {
            copy_table(it, &out);
        } else {
            buf_add(&out, "%s\n", it->field->text ? (it->text ? it->text : "") : ui_text(it->field->label));
        }
    }
    return buf_take_str(&out);
}
