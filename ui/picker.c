/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/picker.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/edit.h"

#define FILTER_MAX 128
#define INDENT 2

struct pick {
    struct ui *ui;
    const struct picker *in;
    struct edit filter;
    size_t *shown; /* rows that match */
    size_t n, row, top;
    const char *message;
    struct frame_area area;
    struct ui_painter painter;
};

static void apply_filter(struct pick *p, size_t keep)
{
    p->n = 0;
    p->row = 0;
    for (size_t i = 0; i < p->in->choices->n; i++) {
        if (columns_match(p->in->choices->v[i].label, p->filter.text)) {
            p->row = i == keep ? p->n : p->row;
            p->shown[p->n++] = i;
        }
    }
}

static int list_y(const struct pick *p)
{
    return p->area.y + (p->area.rows > 10 ? 4 : 2) + (p->in->columns && *p->in->columns ? 1 : 0);
}

static size_t window(const struct pick *p)
{
    int rows = p->area.y + p->area.rows - list_y(p);
    return rows > 0 ? (size_t)rows : 1;
}

static void paint_rows(struct pick *p)
{
    struct columns c;
    int x = p->area.x + INDENT, cols = p->area.cols - INDENT, y = list_y(p);
    columns_measure(&c, p->in->choices, p->in->columns, cols - 2);
    if (p->in->columns && *p->in->columns) {
        char *head = columns_row(&c, p->in->columns, p->ui->ascii);
        ui_put(p->ui, y - 1, x, cols, ROLE_DIM, head);
        free(head);
    }
    if (p->n == 0) {
        ui_put(p->ui, y, x, cols, ROLE_DIM, _("Nothing matches; take back a letter."));
    }
    for (size_t i = p->top; i < p->n && i < p->top + window(p); i++, y++) {
        const struct choice *choice = &p->in->choices->v[p->shown[i]];
        char *row = columns_row(&c, choice->label, p->ui->ascii);
        enum ui_role role = i == p->row ? ROLE_SELECTED : choice->barred ? ROLE_DIM : ROLE_TEXT;
        if (i == p->row) {
            ui_put(p->ui, y, p->area.x, 1, ROLE_ACCENT, ui_sign(p->ui, SIGN_FOCUS));
        }
        ui_put(p->ui, y, x, cols, role, row);
        free(row);
    }
}

static void paint(void *ctx)
{
    struct pick *p = ctx;
    const struct frame none = {.program = ""};
    const struct frame *frame = p->ui->frame ? p->ui->frame : &none;
    frame_layout(p->ui, frame, &p->area);
    frame_paint(p->ui, frame, &p->area, false);
    size_t w = window(p);
    p->top = p->row < p->top ? p->row : p->top;
    p->top = p->row >= p->top + w ? p->row - w + 1 : p->top;
    p->top = p->n > w && p->top + w > p->n ? p->n - w : p->top;
    int x = p->area.x + INDENT, y = p->area.y + (p->area.rows > 10 ? 1 : 0);
    ui_put(p->ui, y, x, p->area.cols - INDENT, ROLE_TITLE, p->in->title);
    int used = ui_put(p->ui, y + 1, x, p->area.cols - INDENT, ROLE_DIM, _("Type to find:")) + 1;
    used += ui_put(p->ui, y + 1, x + used, p->area.cols - INDENT - used, ROLE_TEXT, p->filter.text);
    paint_rows(p);
    const struct choice *at = p->row < p->n ? &p->in->choices->v[p->shown[p->row]] : NULL;
    if (p->message) {
        frame_paint_message(p->ui, &p->area, MESSAGE_WARN, p->message);
    } else if (at && at->note) {
        frame_paint_message(p->ui, &p->area, MESSAGE_HINT, at->note);
    }
    action_footer(p->ui, p->area.footer_y, NULL, action_picker, 0, NULL);
    ui_set_cursor(p->ui, p->n ? list_y(p) + (int)(p->row - p->top) : y + 1, p->n ? x : x + used);
}

static void step(struct pick *p, long by)
{
    long to = (long)p->row + by, last = (long)p->n - 1;
    p->row = to < 0 || last < 0 ? 0 : to > last ? (size_t)last : (size_t)to;
}

/* True when the picker is done; *result is set. */
static bool on_action(struct pick *p, int id, int *result)
{
    const struct choice *at = p->row < p->n ? &p->in->choices->v[p->shown[p->row]] : NULL;
    switch (id) {
    case ACTION_NEXT:
        if (at && at->barred) {
            p->message = at->barred;
            return false;
        }
        *result = at ? (int)p->shown[p->row] : PICKER_NONE;
        return at != NULL;
    case ACTION_BACK:
        *result = PICKER_NONE;
        return true;
    case ACTION_NEXT_FIELD:
        step(p, 1);
        return false;
    case ACTION_PREV_FIELD:
        step(p, -1);
        return false;
    case ACTION_PAGE_DOWN:
        step(p, (long)window(p) - 1);
        return false;
    case ACTION_PAGE_UP:
        step(p, 1 - (long)window(p));
        return false;
    case ACTION_REDRAW:
        ui_redraw(p->ui);
        return false;
    default:
        return false;
    }
}

static void type(struct pick *p, int key)
{
    size_t keep = p->row < p->n ? p->shown[p->row] : 0;
    if (edit_key(&p->filter, key) == EDIT_CHANGED) {
        apply_filter(p, keep);
    }
}

static int loop(struct pick *p)
{
    int result = PICKER_NONE;
    for (;;) {
        struct ui_event event;
        ui_repaint(p->ui);
        ui_read(p->ui, &event, -1);
        p->message = NULL;
        if (event.type == UI_EVENT_SIGNAL) {
            return PICKER_SIGNAL;
        }
        if (event.type == UI_EVENT_PASTE) {
            edit_insert(&p->filter, event.text, strlen(event.text));
            apply_filter(p, 0);
        }
        if (event.type != UI_EVENT_KEY) {
            continue;
        }
        if (event.key == UI_CTRL('c')) {
            return PICKER_NONE;
        }
        const struct action *a = action_find(NULL, action_picker, event.key);
        if (!a) {
            type(p, event.key);
        } else if (on_action(p, a->id, &result)) {
            return result;
        }
    }
}

int picker_run(struct ui *ui, const struct picker *picker)
{
    struct pick p = {.ui = ui, .in = picker};
    p.shown = xcalloc(picker->choices->n ? picker->choices->n : 1, sizeof *p.shown);
    edit_init(&p.filter, FILTER_MAX, false);
    apply_filter(&p, picker->row);
    if (picker->first_key) {
        type(&p, picker->first_key);
    }
    p.painter = (struct ui_painter){.paint = paint, .ctx = &p};
    ui_push(ui, &p.painter);
    int result = loop(&p);
    ui_pop(ui, &p.painter);
    edit_release(&p.filter);
    free(p.shown);
    return result;
}

/* Rows of a folder: the way up, "this folder", folders, then files. */
static bool add_folder(struct choices *c, const char *folder, bool want_folder)
{
    struct strv names = STRV_INIT;
    struct err err = ERR_INIT;
    bool good = dir_list(folder, &names, &err);
    err_release(&err);
    choices_add(c, "..", "../", _("The folder above."), NULL);
    if (want_folder) {
        choices_add(c, ".", "./", _("Take this folder."), NULL);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < names.n; i++) {
            char *path = path_join(folder, names.v[i]);
            bool is_dir = dir_exists(path);
            free(path);
            if (is_dir != (pass == 0) || (!is_dir && want_folder) || names.v[i][0] == '.') {
                continue;
            }
            char *seen = text_visible_str(names.v[i]);
            char *label = xasprintf("%s%s", seen, is_dir ? "/" : "");
            choices_add(c, names.v[i], label, NULL, NULL);
            free(label);
            free(seen);
        }
    }
    strv_release(&names);
    return good;
}

static char *starting_folder(const char *start)
{
    char *path = path_expand_home(*start ? start : ".");
    char *full = path_absolute(path);
    free(path);
    size_t len = strlen(full);
    if (len > 2 && strcmp(full + len - 2, "/.") == 0) {
        full[len - 2] = '\0';
    }
    while (!dir_exists(full) && strcmp(full, "/") != 0) {
        char *up = path_dir(full);
        free(full);
        full = up;
    }
    return full;
}

char *picker_file(struct ui *ui, const char *title, const char *start, bool folder)
{
    char *here = starting_folder(start);
    for (;;) {
        struct choices c = {NULL, 0};
        add_folder(&c, here, folder);
        char *seen = text_visible_str(here);
        char *line = xasprintf("%s: %s", title, seen);
        struct picker p = {.title = line, .choices = &c, .row = 0};
        int row = picker_run(ui, &p);
        free(line);
        free(seen);
        char *value = row >= 0 ? xstrdup(c.v[row].value) : NULL;
        choices_release(&c);
        if (!value || strcmp(value, ".") == 0) {
            free(value);
            if (row < 0) {
                free(here);
                return NULL;
            }
            return here;
        }
        char *next = strcmp(value, "..") == 0 ? path_dir(here) : path_join(here, value);
        free(value);
        free(here);
        if (!dir_exists(next)) {
            return next;
        }
        here = next;
    }
}
