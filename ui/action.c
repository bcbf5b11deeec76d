/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/action.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

/* TRANSLATORS: words of the last line of the screen, behind the name of a key; at most 14 columns each. */
const struct action action_common[] = {
    {ACTION_NEXT,
     {UI_KEY_ENTER},
     NC_("footer", "Next"),
     N_("Go on; on a list or button: choose it."),
     ACTION_FOOTER | ACTION_RIGHT},
    {ACTION_NEXT_FIELD,
     {UI_KEY_TAB, UI_KEY_DOWN},
     NC_("footer", "next field"),
     N_("Move to the next field."),
     ACTION_FOOTER | ACTION_MANY},
    {ACTION_PREV_FIELD, {UI_KEY_BACK_TAB, UI_KEY_UP}, NULL, N_("Move to the field before."), ACTION_MANY},
    {ACTION_HELP,
     {UI_KEY_F1},
     NC_("footer", "help"),
     N_("Explain this page and this field, and why it is asked."),
     ACTION_FOOTER},
    {ACTION_BACK, {UI_KEY_ESC}, NC_("footer", "back"), N_("Go back one page; nothing typed is lost."), ACTION_FOOTER},
    {ACTION_OPEN,
     {UI_KEY_F1 + 1},
     NC_("footer", "list"),
     N_("Open the list, or look for a file."),
     ACTION_FOOTER | ACTION_LIST},
    {ACTION_CHANGE,
     {' ', UI_KEY_F1 + 1},
     NC_("footer", "change"),
     N_("Go to the page where this row can be changed."),
     ACTION_FOOTER | ACTION_ROWS},
    {ACTION_REVEAL,
     {UI_CTRL('r')},
     NC_("footer", "show"),
     N_("Show or hide a secret while typing it."),
     ACTION_FOOTER | ACTION_SECRET},
    {ACTION_SAVE_QUIT,
     {UI_CTRL('s')},
     NC_("footer", "save & quit"),
     N_("Save everything and leave; go on later."),
     ACTION_FOOTER},
    {ACTION_COPY, {UI_KEY_F1 + 4}, NULL, N_("Show the value alone, unwrapped, to copy it."), 0},
    {ACTION_LANGUAGE, {UI_KEY_F1 + 2}, NULL, N_("Change the language of everything on the screen."), 0},
    {ACTION_UNDO, {UI_CTRL('z'), UI_CTRL('_')}, NULL, N_("Undo the last change in this field."), ACTION_TEXT},
    {ACTION_REDO,
     {UI_CTRL('y')},
     NULL,
     N_("Restore what was undone last. If nothing was undone, insert the text that was cut last."),
     ACTION_TEXT},
    {ACTION_PAGE_DOWN, {UI_KEY_PAGE_DOWN}, NULL, N_("Scroll down."), 0},
    {ACTION_PAGE_UP, {UI_KEY_PAGE_UP}, NULL, N_("Scroll up."), 0},
    {ACTION_REDRAW, {UI_CTRL('l')}, NULL, N_("Draw the screen anew."), 0},
    {ACTION_QUIT, {UI_CTRL('c')}, NULL, N_("Leave: asks whether to save or to discard."), 0},
    {ACTION_NONE, {0}, NULL, NULL, 0},
};

const struct action action_viewer[] = {
    {ACTION_HELP, {UI_KEY_F1}, NC_("footer", "help"), N_("Explain the keys of this page and the words of the trade."), ACTION_FOOTER},
    {ACTION_BACK, {UI_KEY_ESC, UI_KEY_ENTER, 'q'}, NC_("footer", "close"), N_("Close this text."), ACTION_FOOTER},
    {ACTION_NEXT_FIELD, {UI_KEY_DOWN, 'j'}, NULL, N_("One line down."), 0},
    {ACTION_PREV_FIELD, {UI_KEY_UP, 'k'}, NULL, N_("One line up."), 0},
    {ACTION_PAGE_DOWN,
     {UI_KEY_PAGE_DOWN, ' '},
     NC_("footer", "more"),
     N_("One page down."),
     ACTION_FOOTER | ACTION_MANY},
    {ACTION_PAGE_UP, {UI_KEY_PAGE_UP, 'b'}, NULL, N_("One page up."), 0},
    {ACTION_DETAILS,
     {UI_KEY_F1 + 3},
     NC_("footer", "details"),
     N_("Show or hide technical details."),
     ACTION_FOOTER | ACTION_LIST},
    {ACTION_COPY,
     {UI_KEY_F1 + 4},
     NC_("footer", "copy"),
     N_("Show the text alone, unwrapped, to copy it."),
     ACTION_FOOTER},
    {ACTION_REDRAW, {UI_CTRL('l')}, NULL, N_("Draw the screen anew."), 0},
    {ACTION_NONE, {0}, NULL, NULL, 0},
};

const struct action action_progress[] = {
    {ACTION_CANCEL,
     {UI_KEY_ESC, UI_CTRL('c')},
     NC_("footer", "cancel"),
     N_("Stop this work; what is done stays done."),
     ACTION_FOOTER | ACTION_LIST},
    {ACTION_REDRAW, {UI_CTRL('l')}, NULL, N_("Draw the screen anew."), 0},
    {ACTION_NONE, {0}, NULL, NULL, 0},
};

const struct action action_picker[] = {
    {ACTION_NEXT, {UI_KEY_ENTER}, NC_("footer", "choose"), N_("Choose the marked row."), ACTION_FOOTER | ACTION_RIGHT},
    {ACTION_NEXT_FIELD, {UI_KEY_DOWN}, NULL, N_("One row down."), 0},
    {ACTION_PREV_FIELD, {UI_KEY_UP}, NULL, N_("One row up."), 0},
    {ACTION_PAGE_DOWN, {UI_KEY_PAGE_DOWN}, NULL, N_("One page down."), 0},
    {ACTION_PAGE_UP, {UI_KEY_PAGE_UP}, NULL, N_("One page up."), 0},
    {ACTION_BACK, {UI_KEY_ESC}, NC_("footer", "close"), N_("Close the list; nothing changes."), ACTION_FOOTER},
    {ACTION_REDRAW, {UI_CTRL('l')}, NULL, N_("Draw the screen anew."), 0},
    {ACTION_NONE, {0}, NULL, NULL, 0},
};

static const struct action *find_in(const struct action *table, int key)
{
    for (; table && table->id != ACTION_NONE; table++) {
        for (size_t i = 0; i < ARRAY_LEN(table->keys); i++) {
            if (table->keys[i] && table->keys[i] == key) {
                return table;
            }
        }
    }
    return NULL;
}

const struct action *action_find(const struct action *own, const struct action *common, int key)
{
    const struct action *found = key ? find_in(own, key) : NULL;
    return found || !key ? found : find_in(common, key);
}

/* To add a key name: a row. */
static const struct {
    int key;
    const char *name;
} name_rows[] = {
    /* TRANSLATORS: names of keys, as printed on keyboards of your language */
    {UI_KEY_ENTER, NC_("key", "Enter")},  {UI_KEY_TAB, NC_("key", "Tab")},
    {UI_KEY_ESC, NC_("key", "Esc")},      {UI_KEY_BACK_TAB, NC_("key", "Shift-Tab")},
    {UI_KEY_UP, NC_("key", "Up")},        {UI_KEY_DOWN, NC_("key", "Down")},
    {UI_KEY_LEFT, NC_("key", "Left")},    {UI_KEY_RIGHT, NC_("key", "Right")},
    {UI_KEY_PAGE_UP, NC_("key", "PgUp")}, {UI_KEY_PAGE_DOWN, NC_("key", "PgDn")},
    {UI_KEY_HOME, NC_("key", "Home")},    {UI_KEY_END, NC_("key", "End")},
    {UI_KEY_DELETE, NC_("key", "Del")},   {UI_KEY_INSERT, NC_("key", "Ins")},
    {' ', NC_("key", "Space")},           {UI_KEY_BACKSPACE, NC_("key", "Backspace")},
};

const char *action_key_name(int key, char buf[16])
{
    for (size_t i = 0; i < ARRAY_LEN(name_rows); i++) {
        if (name_rows[i].key == key) {
            return ui_text(name_rows[i].name);
        }
    }
    if (key >= UI_KEY_F1 && key < UI_KEY_F1 + 12) {
        snprintf(buf, 16, "F%d", key - UI_KEY_F1 + 1);
    } else if (key > 0 && key < 32) {
        /* TRANSLATORS: the Control key, followed by a letter; at most 7 columns */
        snprintf(buf, 16, "%s%c", C_("key", "Ctrl-"), key + 64);
    } else if (key >= UI_KEY_ALT) {
        snprintf(buf, 16, "Alt-%c", key - UI_KEY_ALT);
    } else {
        size_t n = key > 0 && key < 0x110000 ? utf8_encode((uint32_t)key, buf) : 0;
        buf[n] = '\0';
    }
    return buf;
}

#define FOOTER_PARTS 16
#define FOOTER_GAP 3

struct footer_part {
    const struct action *action;
    char key[24];
    const char *label;
    int width;
};

struct footer {
    struct footer_part left[FOOTER_PARTS], right;
    size_t n;
    bool has_right;
};

static bool row_works(const struct action *a, unsigned situation)
{
    if ((a->id == ACTION_BACK && situation & ACTION_NO_BACK) || (a->id == ACTION_NEXT && situation & ACTION_NO_NEXT) ||
        (a->id == ACTION_HELP && situation & ACTION_NO_HELP)) {
        return false;
    }
    unsigned needs = a->flags & (ACTION_SECRET | ACTION_LIST | ACTION_MANY | ACTION_ROWS | ACTION_TEXT);
    return (needs & situation) == needs;
}

static bool row_applies(const struct action *a, unsigned situation)
{
    return a->flags & ACTION_FOOTER && a->label && row_works(a, situation) &&
           !(a->id == ACTION_SAVE_QUIT && situation & ACTION_NO_SAVE);
}

static bool listed(const struct footer *f, const struct action *a)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->left[i].action->id == a->id || f->left[i].action->keys[0] == a->keys[0]) {
            return true;
        }
    }
    return f->has_right && f->right.action->id == a->id;
}

static void part_fill(struct footer_part *p, const struct action *a, const char *label)
{
    char buf[16];
    p->action = a;
    snprintf(p->key, sizeof p->key, "%s", action_key_name(a->keys[0], buf));
    p->label = label;
    p->width = text_width(p->key) + 1 + text_width(label);
}

static void collect(struct footer *f, const struct action *table, unsigned situation, const char *next_label)
{
    for (const struct action *a = table; a && a->id != ACTION_NONE; a++) {
        if (!row_applies(a, situation) || listed(f, a)) {
            continue;
        }
        if (a->flags & ACTION_RIGHT) {
            part_fill(&f->right, a, ui_text(a->id == ACTION_NEXT && next_label ? next_label : a->label));
            f->has_right = true;
        } else if (f->n < FOOTER_PARTS) {
            part_fill(&f->left[f->n++], a, ui_text(a->label));
        }
    }
}

static int left_columns(const struct footer *f)
{
    int used = 0;
    for (size_t i = 0; i < f->n; i++) {
        used += f->left[i].width + (i ? FOOTER_GAP : 0);
    }
    return used;
}

static void drop(struct footer *f, size_t at)
{
    f->n--;
    memmove(f->left + at, f->left + at + 1, (f->n - at) * sizeof f->left[0]);
}

/* Drops parts until it fits: copying, which help names, then from the end, but the first one (everybody tries Tab) before help and
 * back. */
static void fit(struct footer *f, const struct ui *ui, int columns)
{
    int arrow = text_width(ui_sign(ui, SIGN_NEXT)) + 1;
    int right = f->has_right ? f->right.width + arrow + FOOTER_GAP : 0;
    for (size_t i = 0; i < f->n && left_columns(f) + right > columns; i++) {
        if (f->left[i].action->id == ACTION_COPY) {
            drop(f, i);
        }
    }
    while (f->n > 0 && left_columns(f) + right > columns) {
        f->n--;
        if (f->n == 2 && f->left[0].action->id == ACTION_NEXT_FIELD) {
            memmove(f->left, f->left + 1, 2 * sizeof f->left[0]);
        }
    }
}

static void footer_make(struct footer *f, const struct ui *ui, int columns, const struct action *own,
                        const struct action *common, unsigned situation, const char *next_label)
{
    f->n = 0;
    f->has_right = false;
    /* The page's own rows come after the common ones on the line, but win their keys and ids: collect them first. */
    struct footer mine = {.n = 0};
    collect(&mine, own, situation, next_label);
    *f = mine;
    size_t own_n = f->n;
    collect(f, common, situation, next_label);
    /* Own rows to the end. */
    struct footer_part tmp[FOOTER_PARTS];
    memcpy(tmp, f->left, own_n * sizeof tmp[0]);
    memmove(f->left, f->left + own_n, (f->n - own_n) * sizeof tmp[0]);
    memcpy(f->left + (f->n - own_n), tmp, own_n * sizeof tmp[0]);
    fit(f, ui, columns);
}

void action_footer(struct ui *ui, int y, const struct action *own, const struct action *common, unsigned situation,
                   const char *next_label)
{
    struct footer f;
    int columns = ui->cols - 2;
    footer_make(&f, ui, columns, own, common, situation, next_label);
    int x = 1;
    for (size_t i = 0; i < f.n; i++) {
        x += ui_put(ui, y, x, ui->cols - x, ROLE_KEY, f.left[i].key) + 1;
        x += ui_put(ui, y, x, ui->cols - x, ROLE_TEXT, f.left[i].label) + FOOTER_GAP;
    }
    if (f.has_right) {
        const char *arrow = ui_sign(ui, SIGN_NEXT);
        x = ui->cols - 1 - f.right.width - text_width(arrow) - 1;
        x = x < 1 ? 1 : x;
        enum ui_role role = situation & ACTION_DIMMED ? ROLE_DIM : ROLE_KEY;
        char *all = xasprintf("%s %s %s", f.right.key, arrow, f.right.label); /* one piece: blanks of another role cost octets */
        ui_put(ui, y, x, ui->cols - x, role, all);
        free(all);
    }
}

char *action_footer_text(const struct ui *ui, int columns, const struct action *own, const struct action *common,
                         unsigned situation, const char *next_label)
{
    struct footer f;
    footer_make(&f, ui, columns, own, common, situation, next_label);
    struct buf out = BUF_INIT(4096);
    for (size_t i = 0; i < f.n; i++) {
        buf_add(&out, "%s%s %s", i ? "   " : "", f.left[i].key, f.left[i].label);
    }
    if (f.has_right) {
        buf_add(&out, "%s%s %s %s", f.n ? "   " : "", f.right.key, ui_sign(ui, SIGN_NEXT), f.right.label);
    }
    return buf_take_str(&out);
}

static void help_rows(struct buf *out, const struct action *table, const struct action *hidden_by, unsigned situation)
{
    for (const struct action *a = table; a && a->id != ACTION_NONE; a++) {
        if (!a->help || !row_works(a, situation) || (hidden_by && find_in(hidden_by, a->keys[0]))) {
            continue;
        }
        char buf[16];
        const char *name = action_key_name(a->keys[0], buf);
        int pad = 12 - text_width(name);
        buf_add(out, "  %s%*s%s\n", name, pad > 1 ? pad : 1, "", ui_text(a->help));
    }
}

char *action_help_text(const struct action *own, const struct action *common, unsigned situation)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    help_rows(&out, own, NULL, situation);
    help_rows(&out, common, own, situation);
    return buf_take_str(&out);
}
