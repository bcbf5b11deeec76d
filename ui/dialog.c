/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "ui/copyview.h"
#include "ui/glossary.h"
#include "ui/plain.h"

#define INDENT 2
#define FIRST_PART_MAX 40 /* octets: the name of a key in any language */
#define TEXT_COLUMNS_MAX 76
#define ANSWER_GAP 3
#define HELP_COLUMNS_MIN 34

/* A sheet in the page area: a title, lines that scroll, and perhaps answers below. */
struct sheet {
    struct ui *ui;
    const char *title, *text;
    enum frame_message kind;
    const struct dialog *dialog; /* answers, or NULL */
    const char *details;         /* folded, or NULL */
    const struct action *own;    /* keys of a page, or NULL */
    int picked;                  /* its action, ACTION_BACK, or ACTION_QUIT */
    bool unfolded, is_help;
    int focus, top;
    struct strv lines;
    struct frame_area area;
    struct ui_painter painter;
};

/* "1. ", "  - ", blanks, and a first part like "  F1      " at the beginning of a line: the lines below it start where its text
 * does. In octets. */
static int hanging(const char *line)
{
    int blanks = (int)strspn(line, " ");
    const char *gap = blanks >= 2 ? strstr(line + blanks, "  ") : NULL;
    if (gap && gap - line < FIRST_PART_MAX) {
        return (int)(gap - line) + (int)strspn(gap, " ");
    }
    if (blanks >= 2) {
        return blanks + (line[blanks] == '-' && line[blanks + 1] == ' ' ? 2 : 0);
    }
    int digits = (int)strspn(line, "0123456789");
    return digits > 0 && line[digits] == '.' && line[digits + 1] == ' ' ? digits + 2 : 0;
}

static void add_paragraph(struct sheet *s, const char *line, int columns)
{
    int indent = hanging(line), hang = text_width_n(line, (size_t)indent);
    struct strv wrapped = STRV_INIT;
    text_wrap(line + indent, columns - hang, &wrapped);
    for (size_t i = 0; i < wrapped.n; i++) {
        strv_push_take(&s->lines,
                       i == 0 ? xasprintf("%.*s%s", indent, line, wrapped.v[0]) : xasprintf("%*s%s", hang, "", wrapped.v[i]));
    }
    strv_release(&wrapped);
}

static void add_text(struct sheet *s, const char *text)
{
    struct strv raw = STRV_INIT;
    int columns = s->area.cols - INDENT;
    strv_split(&raw, text, '\n');
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.v[i][0] == '\0') {
            strv_push(&s->lines, "");
        } else if (strncmp(raw.v[i], "  ", 2) == 0 && text_width(raw.v[i]) <= columns) {
            strv_push(&s->lines, raw.v[i]);
        } else {
            add_paragraph(s, raw.v[i], columns > TEXT_COLUMNS_MAX ? TEXT_COLUMNS_MAX : columns);
        }
    }
    while (s->lines.n > 0 && s->lines.v[s->lines.n - 1][0] == '\0') {
        free(s->lines.v[--s->lines.n]);
        s->lines.v[s->lines.n] = NULL;
    }
    strv_release(&raw);
}

static int answer_count(const struct sheet *s)
{
    int n = 0;
    while (s->dialog && n < DIALOG_MAX_ANSWERS && s->dialog->answers[n].label) {
        n++;
    }
    return n;
}

/* Label without its '&'; the octet offset of the marked letter in *at, or -1. */
static void plain_label(const char *label, char *out, size_t size, int *at)
{
    size_t n = 0;
    *at = -1;
    for (; *label && n + 1 < size; label++) {
        if (*label == '&' && label[1] && *at < 0) {
            *at = (int)n;
            continue;
        }
        out[n++] = *label;
    }
    out[n] = '\0';
}

static int answer_columns(const struct sheet *s)
{
    int widest = 0;
    for (int i = 0; i < answer_count(s); i++) {
        char label[160];
        int at;
        plain_label(ui_text(s->dialog->answers[i].label), label, sizeof label, &at);
        int w = text_width(label);
        widest = w > widest ? w : widest;
    }
    return widest;
}

/* The help beside an answer, in what the widest answer leaves; where that is little, one row that may be cut. */
static void wrap_help(const struct sheet *s, int i, int columns, struct strv *rows)
{
    const char *help = s->dialog->answers[i].help ? ui_text(s->dialog->answers[i].help) : "";
    if (*help && s->area.rows > 10 && columns >= HELP_COLUMNS_MIN) {
        text_wrap(help, columns, rows);
    } else if (*help) {
        strv_push_take(rows, text_ellipsis(help, columns, s->ui->ascii));
    }
}

static int help_columns(const struct sheet *s)
{
    int columns = s->area.cols - INDENT - answer_columns(s) - ANSWER_GAP;
    return columns > 1 ? columns : 1;
}

static int answer_rows(const struct sheet *s)
{
    int n = answer_count(s), rows = n ? 1 : 0;
    for (int i = 0; i < n; i++) {
        struct strv help = STRV_INIT;
        wrap_help(s, i, help_columns(s), &help);
        rows += help.n > 1 ? (int)help.n : 1;
        strv_release(&help);
    }
    return rows;
}

/* Rows for the text between title and answers. */
static int text_rows(const struct sheet *s)
{
    int lead = s->area.rows > 10 ? 3 : 1;
    int rows = s->area.rows - lead - answer_rows(s);
    return rows > 0 ? rows : 1;
}

static int page_step(const struct sheet *s)
{
    return text_rows(s) > 1 ? text_rows(s) - 1 : 1;
}

static void paint_answers(struct sheet *s, int y)
{
    int n = answer_count(s), x = s->area.x + INDENT, help_x = answer_columns(s) + ANSWER_GAP, columns = help_columns(s);
    for (int i = 0; i < n; i++) {
        char label[160];
        int at;
        const struct dialog_answer *a = &s->dialog->answers[i];
        plain_label(ui_text(a->label), label, sizeof label, &at);
        ui_put(s->ui, y, s->area.x, 1, ROLE_ACCENT, i == s->focus ? ui_sign(s->ui, SIGN_FOCUS) : " ");
        ui_put(s->ui, y, x, s->area.cols - INDENT, i == s->focus ? ROLE_TITLE : ROLE_TEXT, label);
        if (at >= 0) {
            size_t len = text_grapheme(label + at, strlen(label + at));
            ui_put_n(s->ui, y, x + text_width_n(label, (size_t)at), 2, ROLE_FIELD, label + at, len);
        }
        if (i == s->focus) {
            ui_set_cursor(s->ui, y, x);
        }
        struct strv help = STRV_INIT;
        wrap_help(s, i, columns, &help);
        for (size_t k = 0; k < help.n; k++) {
            ui_put(s->ui, y + (int)k, x + help_x, columns, ROLE_DIM, help.v[k]);
        }
        y += help.n > 1 ? (int)help.n : 1;
        strv_release(&help);
    }
}

static void paint_title(struct sheet *s, int y)
{
    int x = s->area.x + INDENT;
    enum ui_role role = s->kind == MESSAGE_BAD ? ROLE_BAD : s->kind == MESSAGE_WARN ? ROLE_WARN : ROLE_TITLE;
    if (s->kind == MESSAGE_BAD || s->kind == MESSAGE_WARN || s->kind == MESSAGE_OK) {
        ui_put(s->ui, y, s->area.x, 1, s->kind == MESSAGE_OK ? ROLE_OK : role,
               ui_sign(s->ui, s->kind == MESSAGE_OK ? SIGN_DONE : s->kind == MESSAGE_WARN ? SIGN_WARN : SIGN_BAD));
    }
    char *title = text_ellipsis(s->title ? s->title : "", s->area.cols - INDENT, s->ui->ascii);
    ui_put(s->ui, y, x, s->area.cols - INDENT, role, title);
    free(title);
}

static void layout(struct sheet *s)
{
    static const struct frame none = {.program = ""};
    const struct frame *frame = s->ui->frame ? s->ui->frame : &none;
    frame_layout(s->ui, frame, &s->area);
    frame_paint(s->ui, frame, &s->area, false);
    strv_release(&s->lines);
    add_text(s, s->text ? s->text : "");
    if (s->unfolded && s->details) {
        strv_push(&s->lines, "");
        add_text(s, s->details);
    }
    int last = (int)s->lines.n - text_rows(s);
    s->top = s->top > last ? last : s->top;
    s->top = s->top < 0 ? 0 : s->top;
}

static unsigned situation(const struct sheet *s)
{
    return ((int)s->lines.n > text_rows(s) ? ACTION_MANY : 0) | (s->details ? ACTION_LIST : 0) | (s->is_help ? ACTION_NO_HELP : 0);
}

static void paint_sheet(void *ctx)
{
    struct sheet *s = ctx;
    layout(s);
    bool room = s->area.rows > 10;
    int y = s->area.y + (room ? 1 : 0), rows = text_rows(s), x = s->area.x + INDENT;
    paint_title(s, y);
    y += room ? 2 : 1;
    int shown = (int)s->lines.n - s->top;
    shown = shown > rows ? rows : shown;
    for (int i = 0; i < shown; i++) {
        ui_put(s->ui, y + i, x, s->area.cols - INDENT, ROLE_TEXT, s->lines.v[s->top + i]);
    }
    if (s->top > 0) {
        ui_put(s->ui, y, s->area.x, 1, ROLE_ACCENT, ui_sign(s->ui, SIGN_UP));
    }
    bool more = s->top + rows < (int)s->lines.n;
    if (more) {
        ui_put(s->ui, y + rows - 1, s->area.x, 1, ROLE_ACCENT, ui_sign(s->ui, SIGN_DOWN));
    }
    ui_set_cursor(s->ui, y, x);
    if (s->dialog) {
        paint_answers(s, y + shown + 1);
        action_footer(s->ui, s->area.footer_y, NULL, action_picker, 0, NULL);
        return;
    }
    action_footer(s->ui, s->area.footer_y, s->own, action_viewer, situation(s), NULL);
}

static int by_letter(const struct sheet *s, int key)
{
    for (int i = 0; i < answer_count(s); i++) {
        const char *label = ui_text(s->dialog->answers[i].label);
        const char *mark = strchr(label, '&');
        uint32_t c = 0;
        if (mark && utf8_decode(mark + 1, strlen(mark + 1), &c) > 0 && (c | 0x20) == ((uint32_t)key | 0x20)) {
            return i;
        }
    }
    return -1;
}

/* Index of an answer when one was given, else -2. */
static int answer_key(struct sheet *s, int key)
{
    int n = answer_count(s);
    switch (key) {
    case UI_KEY_UP:
    case UI_KEY_LEFT:
    case UI_KEY_BACK_TAB:
        s->focus = (s->focus + n - 1) % n;
        return -2;
    case UI_KEY_DOWN:
    case UI_KEY_RIGHT:
    case UI_KEY_TAB:
        s->focus = (s->focus + 1) % n;
        return -2;
    case UI_KEY_PAGE_DOWN:
        s->top += page_step(s);
        return -2;
    case UI_KEY_PAGE_UP:
        s->top -= page_step(s);
        return -2;
    case UI_KEY_ENTER:
        return s->focus;
    case UI_KEY_ESC:
    case UI_CTRL('c'):
        return s->dialog->safe;
    case UI_CTRL('l'):
        ui_redraw(s->ui);
        return -2;
    default: {
        int i = key >= 0x20 && key < UI_KEY_SPECIAL ? by_letter(s, key) : -1;
        return i >= 0 ? i : -2;
    }
    }
}

static void copy_sheet(struct sheet *s)
{
    char *all = xasprintf("%s%s%s", s->text, s->details ? "\n\n" : "", s->details ? s->details : "");
    copyview(s->ui, s->title, all);
    free(all);
}

/* True when the viewer is done. */
static bool view_key(struct sheet *s, int key)
{
    const struct action *a = action_find(s->own, action_viewer, key);
    int id = key == UI_CTRL('c') ? ACTION_QUIT : a ? a->id : ACTION_NONE;
    s->picked = id;
    if (id >= ACTION_USER) {
        return true;
    }
    switch (id) {
    case ACTION_BACK:
    case ACTION_QUIT:
        return true;
    case ACTION_NEXT_FIELD:
        s->top++;
        break;
    case ACTION_PREV_FIELD:
        s->top--;
        break;
    case ACTION_PAGE_DOWN:
        s->top += page_step(s);
        break;
    case ACTION_PAGE_UP:
        s->top -= page_step(s);
        break;
    case ACTION_DETAILS:
        s->unfolded = !s->unfolded;
        s->top = s->unfolded ? (int)s->lines.n : s->top;
        break;
    case ACTION_COPY:
        copy_sheet(s);
        break;
    case ACTION_HELP:
        if (!s->is_help) {
            const char *title = s->title ? s->title : "";
            dialog_help(s->ui, title, title, s->own, action_viewer, situation(s));
        }
        break;
    case ACTION_REDRAW:
        ui_redraw(s->ui);
        break;
    default:
        break;
    }
    return false;
}

static int run_sheet(struct sheet *s)
{
    int result = -2;
    s->painter = (struct ui_painter){.paint = paint_sheet, .ctx = s};
    ui_push(s->ui, &s->painter);
    while (result == -2) {
        struct ui_event event;
        ui_repaint(s->ui);
        ui_read(s->ui, &event, -1);
        if (event.type == UI_EVENT_SIGNAL) {
            result = DIALOG_SIGNAL;
        } else if (event.type == UI_EVENT_KEY) {
            result = s->dialog ? answer_key(s, event.key) : view_key(s, event.key) ? 0 : -2;
        }
    }
    ui_pop(s->ui, &s->painter);
    strv_release(&s->lines);
    return result;
}

int dialog_ask(struct ui *ui, const struct dialog *dialog)
{
    if (ui->mode == UI_PLAIN) {
        return plain_ask(ui, dialog);
    }
    struct sheet s = {.ui = ui,
                      .title = dialog->title,
                      .text = dialog->text,
                      .kind = dialog->kind,
                      .dialog = dialog,
                      .focus = dialog->focus};
    return run_sheet(&s);
}

void dialog_message(struct ui *ui, enum frame_message kind, const char *title, const char *text)
{
    if (ui->mode == UI_PLAIN) {
        plain_view(ui, title, text);
        return;
    }
    struct sheet s = {.ui = ui, .title = title, .text = text, .kind = kind};
    (void)run_sheet(&s);
}

/* The page's keys as numbered answers; the first one goes back. */
static int ask_plain(struct ui *ui, const struct dialog_page *page)
{
    struct dialog ask = {.title = _("What next?"), .text = "", .answers = {{N_("Go back"), NULL}}, .focus = 0, .safe = 0};
    size_t n = 0;
    while (page->actions && page->actions[n].id != ACTION_NONE && n + 1 < DIALOG_MAX_ANSWERS) {
        ask.answers[n + 1] = (struct dialog_answer){page->actions[n].help, NULL};
        n++;
    }
    int answer = n ? plain_ask(ui, &ask) : 0;
    return answer <= 0 ? (answer == DIALOG_SIGNAL ? DIALOG_SIGNAL : ACTION_BACK) : page->actions[answer - 1].id;
}

int dialog_page(struct ui *ui, const struct dialog_page *page)
{
    if (ui->mode == UI_PLAIN) {
        char *all = xasprintf("%s%s%s", page->text, page->details ? "\n\n" : "", page->details ? page->details : "");
        plain_view(ui, page->title, all);
        free(all);
        return ask_plain(ui, page);
    }
    struct sheet s = {.ui = ui, .title = page->title, .text = page->text, .kind = page->kind,
                      .details = page->details, .own = page->actions, .is_help = page->is_help};
    int end = run_sheet(&s);
    return end == DIALOG_SIGNAL ? DIALOG_SIGNAL : s.picked;
}

static char *error_text(const struct err *err)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (int i = err->n_context - 1; i >= 0; i--) {
        buf_add(&out, "%s\n", err->context[i]);
    }
    buf_add(&out, "%s", err->n_context ? "\n" : "");
    if (*err_why(err->code)) {
        buf_add(&out, _("Why: %s"), err_why(err->code));
        buf_add(&out, "\n\n");
    }
    if (*err_todo(err->code)) {
        buf_add(&out, _("What to do: %s"), err_todo(err->code));
        buf_add(&out, "\n\n");
    }
    /* TRANSLATORS: %s is a fixed word that helpdesks quote, such as nss-wrong-password */
    buf_add(&out, _("Error id: %s"), err_id(err->code));
    return buf_take_str(&out);
}

void dialog_error(struct ui *ui, const struct err *err)
{
    char *text = error_text(err);
    char *details = err->source == ERR_SOURCE_NONE ? NULL
                                                   : xasprintf("  %s %ld %s", err_source_name(err->source), err->number,
                                                               err->symbol ? err->symbol : "");
    const struct dialog_page page = {.kind = MESSAGE_BAD, .title = err_what(err->code), .text = text, .details = details};
    int ignored = dialog_page(ui, &page);
    (void)ignored;
    free(details);
    free(text);
}

void dialog_view(struct ui *ui, const char *title, const char *text)
{
    dialog_message(ui, MESSAGE_NONE, title, text);
}

void dialog_help(struct ui *ui, const char *title, const char *text, const struct action *own, const struct action *common,
                 unsigned situation)
{
    enum { HELP_GLOSSARY = ACTION_USER };
    static const struct action words[] = {
        {HELP_GLOSSARY, {UI_KEY_F1 + 1}, NC_("footer", "glossary"), N_("Explain the words of the trade."), ACTION_FOOTER},
        {ACTION_NONE, {0}, NULL, NULL, 0},
    };
    if (ui->mode == UI_PLAIN) {
        plain_view(ui, title, text);
        return;
    }
    bool more = strcmp(title, text) != 0;
    char *keys = action_help_text(own, common, situation);
    char *all = xasprintf("%s%s%s\n\n%s", more ? text : "", more ? "\n\n" : "", _("Keys on this page"), keys);
    const struct dialog_page page = {.title = title, .text = all, .actions = words, .is_help = true};
    while (dialog_page(ui, &page) == HELP_GLOSSARY) {
        dialog_glossary(ui);
    }
    free(all);
    free(keys);
}

void dialog_glossary(struct ui *ui)
{
    char *text = glossary_text();
    const struct dialog_page page = {.title = _("Glossary"), .text = text, .is_help = true};
    int ignored = dialog_page(ui, &page);
    (void)ignored;
    free(text);
}
