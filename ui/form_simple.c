/* SPDX-License-Identifier: Apache-2.0 */
/* NOTE, HEADING, CHECK, BUTTON. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/form_private.h"

static void nothing_load(struct form *f, struct form_item *it)
{
    (void)f;
    (void)it;
}

static void corner_cursor(struct form *f, struct form_item *it, int *y, int *x)
{
    (void)f;
    *y = it->value_y;
    *x = it->value_x;
}

static void note_load(struct form *f, struct form_item *it)
{
    free(it->text);
    it->text = it->field->text ? it->field->text(f->ctx, it->field) : NULL;
}

static int note_rows(struct form *f, struct form_item *it)
{
    const char *text = it->field->text ? (it->text ? it->text : "") : ui_text(it->field->label);
    int sign = it->field->flags & FIELD_WARN ? text_width(ui_sign(f->ui, SIGN_WARN)) + 1 : 0;
    int columns = it->value_cols - sign;
    strv_release(&it->lines);
    text_wrap(text, columns > 76 ? 76 : columns, &it->lines);
    return (int)it->lines.n;
}

static void note_paint(struct form *f, struct form_item *it, bool focused)
{
    (void)focused;
    bool warn = (it->field->flags & FIELD_WARN) != 0;
    int x = it->value_x;
    if (warn && it->lines.n > 0) {
        x += form_put(f, it->value_y, x, 2, ROLE_WARN, ui_sign(f->ui, SIGN_WARN)) + 1;
        x = it->value_x + text_width(ui_sign(f->ui, SIGN_WARN)) + 1;
    }
    for (size_t i = 0; i < it->lines.n; i++) {
        form_put(f, it->value_y + (int)i, x, f->area.cols, warn ? ROLE_WARN : ROLE_TEXT, it->lines.v[i]);
    }
}

const struct form_kind form_kind_note = {
    .load = note_load, .rows = note_rows, .paint = note_paint, .cursor = corner_cursor};

static int one_row(struct form *f, struct form_item *it)
{
    (void)f;
    (void)it;
    return 1;
}

static void heading_paint(struct form *f, struct form_item *it, bool focused)
{
    (void)focused;
    enum ui_role role = it->field->flags & FIELD_WARN ? ROLE_WARN : ROLE_TITLE;
    char *text = text_ellipsis(ui_text(it->field->label), f->area.cols - FORM_MARGIN, f->ui->ascii);
    form_put(f, it->value_y, FORM_MARGIN, f->area.cols, role, text);
    free(text);
}

const struct form_kind form_kind_heading = {
    .load = nothing_load, .rows = one_row, .paint = heading_paint, .cursor = corner_cursor};

/* The label stands behind the box and may take several lines. */
static int check_rows(struct form *f, struct form_item *it)
{
    (void)f;
    strv_release(&it->lines);
    text_wrap(ui_text(it->field->label), it->value_cols - 4, &it->lines);
    return it->lines.n ? (int)it->lines.n : 1;
}

static bool is_on(struct form *f, const struct form_item *it)
{
    return strcmp(form_value(f, it->field), "yes") == 0;
}

static void check_paint(struct form *f, struct form_item *it, bool focused)
{
    (void)focused;
    form_put(f, it->value_y, it->value_x, 3, ROLE_TEXT, is_on(f, it) ? "[x]" : "[ ]");
    for (size_t i = 0; i < it->lines.n; i++) {
        form_put(f, it->value_y + (int)i, it->value_x + 4, f->area.cols, ROLE_TEXT, it->lines.v[i]);
    }
}

static void check_cursor(struct form *f, struct form_item *it, int *y, int *x)
{
    corner_cursor(f, it, y, x);
    *x += 1;
}

static enum form_key check_key(struct form *f, struct form_item *it, const struct ui_event *event)
{
    if (event->key != ' ' || it->field->flags & FIELD_READONLY) {
        return FORM_KEY_IGNORED;
    }
    form_set_value(f, it->field, is_on(f, it) ? "no" : "yes");
    return FORM_KEY_RELOAD;
}

const struct form_kind form_kind_check = {.focusable = true,
                                          .load = nothing_load,
                                          .rows = check_rows,
                                          .paint = check_paint,
                                          .cursor = check_cursor,
                                          .key = check_key};

static void button_paint(struct form *f, struct form_item *it, bool focused)
{
    char *text = xasprintf("[ %s ]", ui_text(it->field->label));
    form_put(f, it->value_y, it->value_x, it->value_cols, focused ? ROLE_KEY : ROLE_TEXT, text);
    free(text);
}

static void button_cursor(struct form *f, struct form_item *it, int *y, int *x)
{
    corner_cursor(f, it, y, x);
    *x += 2;
}

static enum form_key button_key(struct form *f, struct form_item *it, const struct ui_event *event)
{
    (void)f;
    (void)it;
    return event->key == UI_KEY_ENTER || event->key == ' ' ? FORM_KEY_ACTION : FORM_KEY_IGNORED;
}

const struct form_kind form_kind_button = {.focusable = true,
                                           .load = nothing_load,
                                           .rows = one_row,
                                           .paint = button_paint,
                                           .cursor = button_cursor,
                                           .key = button_key};
