/* SPDX-License-Identifier: Apache-2.0 */
/* PEM: several lines, mostly pasted. What was typed or pasted is kept as it is; the owner's text() says what it is. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/form_private.h"

#define PEM_ROWS 5
#define PEM_MAX ((size_t)64 << 10)

static size_t pem_max(const struct form_item *it)
{
    return it->field->max > 0 ? (size_t)it->field->max : PEM_MAX;
}

static void pem_load(struct form *f, struct form_item *it)
{
    free(it->text);
    it->text = *form_value(f, it->field) && it->field->text ? it->field->text(f->ctx, it->field) : NULL;
    strv_release(&it->lines);
    strv_split(&it->lines, form_value(f, it->field), '\n');
}

static int box_rows(const struct form_item *it)
{
    return it->field->rows > 0 ? it->field->rows : PEM_ROWS;
}

static void preview(struct form *f, struct form_item *it, struct strv *out)
{
    (void)f;
    if (it->text) {
        text_wrap(it->text, it->value_cols - 2, out);
    }
}

static int pem_rows(struct form *f, struct form_item *it)
{
    struct strv lines = STRV_INIT;
    preview(f, it, &lines);
    int rows = box_rows(it) + (int)lines.n;
    strv_release(&lines);
    return rows;
}

/* First line shown: the end of the text, where typing happens. */
static size_t first_line(const struct form_item *it)
{
    size_t rows = (size_t)box_rows(it);
    return it->lines.n > rows ? it->lines.n - rows : 0;
}

static void pem_paint(struct form *f, struct form_item *it, bool focused)
{
    (void)focused;
    bool empty = *form_value(f, it->field) == '\0';
    size_t first = first_line(it);
    for (int i = 0; i < box_rows(it); i++) {
        int y = it->value_y + i;
        form_fill(f, y, it->value_x, it->value_cols, ROLE_TEXT);
        form_put(f, y, it->value_x, 1, ROLE_DIM, ui_sign(f->ui, SIGN_BAR));
        const char *line = first + (size_t)i < it->lines.n ? it->lines.v[first + (size_t)i] : "";
        if (empty && i == 0) {
            line = it->field->hint ? ui_text(it->field->hint) : _("Paste it here.");
        }
        char *seen = text_visible_str(line);
        char *cut = text_ellipsis(seen, it->value_cols - 2, f->ui->ascii);
        form_put(f, y, it->value_x + 2, it->value_cols - 2, empty ? ROLE_DIM : ROLE_TEXT, cut);
        free(cut);
        free(seen);
    }
    struct strv lines = STRV_INIT;
    preview(f, it, &lines);
    for (size_t i = 0; i < lines.n; i++) {
        form_put(f, it->value_y + box_rows(it) + (int)i, it->value_x + 2, it->value_cols - 2, ROLE_TEXT, lines.v[i]);
    }
    strv_release(&lines);
}

static void pem_cursor(struct form *f, struct form_item *it, int *y, int *x)
{
    size_t last = it->lines.n ? it->lines.n - 1 : 0;
    int w = it->lines.n && *form_value(f, it->field) ? text_width(it->lines.v[last]) : 0;
    *y = it->value_y + (int)(last - first_line(it));
    *x = it->value_x + 2 + (w < it->value_cols - 3 ? w : it->value_cols - 3);
}

static enum form_key append(struct form *f, struct form_item *it, const char *text)
{
    const char *old = form_value(f, it->field);
    bool fits = strlen(old) + strlen(text) <= pem_max(it);
    if (!fits) {
        form_say(f, MESSAGE_WARN, _("This is larger than anything that belongs here; nothing was added."));
        return FORM_KEY_SAID;
    }
    char *value = xasprintf("%s%s", old, text);
    form_set_value(f, it->field, value);
    free(value);
    return FORM_KEY_RELOAD;
}

/* Between BEGIN and END a newline is part of the text, as it is when a terminal without paste marks sends a burst. */
static bool newline_belongs(struct form *f, const struct form_item *it, const struct ui_event *event)
{
    const char *value = form_value(f, it->field);
    bool open = strstr(value, "-----BEGIN") && !strstr(value, "-----END");
    return open || (event->burst && *value);
}

static enum form_key cut_end(struct form *f, struct form_item *it, bool line)
{
    char *value = xstrdup(form_value(f, it->field));
    size_t len = strlen(value), keep = 0;
    for (size_t i = 0; i < len; i += text_grapheme(value + i, len - i)) {
        if (!line || (i > 0 && value[i - 1] == '\n')) {
            keep = i;
        }
    }
    value[keep] = '\0';
    form_set_value(f, it->field, value);
    free(value);
    return FORM_KEY_RELOAD;
}

static enum form_key pem_key(struct form *f, struct form_item *it, const struct ui_event *event)
{
    int key = event->key;
    if (it->field->flags & FIELD_READONLY) {
        return FORM_KEY_IGNORED;
    }
    if (key == UI_KEY_ENTER) {
        return newline_belongs(f, it, event) ? append(f, it, "\n") : FORM_KEY_IGNORED;
    }
    if (key == UI_KEY_BACKSPACE || key == UI_CTRL('w')) {
        return cut_end(f, it, key != UI_KEY_BACKSPACE);
    }
    if (key == UI_CTRL('u')) {
        form_set_value(f, it->field, "");
        return FORM_KEY_RELOAD;
    }
    if (key < 0x20 || key >= UI_KEY_SPECIAL) {
        return FORM_KEY_IGNORED;
    }
    char utf8[5];
    utf8[utf8_encode((uint32_t)key, utf8)] = '\0';
    return append(f, it, utf8);
}

const struct form_kind form_kind_pem = {.focusable = true,
                                        .labelled = true,
                                        .typed = true,
                                        .load = pem_load,
                                        .rows = pem_rows,
                                        .paint = pem_paint,
                                        .cursor = pem_cursor,
                                        .key = pem_key,
                                        .paste = append};
