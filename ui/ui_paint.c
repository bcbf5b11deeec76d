/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/text.h"
#include "ui/ui_private.h"

/* To add a role: a row. Colours are chosen to read well on black and on white (256 colours), or by COLORFGBG (8 and
 * 16); -1 is the terminal's own colour. attr is used always, bare where the role has no colour: a sign of success, warning or failure
 * has a shape of its own, but its words are told apart by these. */
static const struct {
    attr_t attr, bare;
    short fg8_dark, fg8_light, fg256;
} ui_role_rows[ROLE_COUNT] = {
    [ROLE_TEXT] = {A_NORMAL, A_NORMAL, -1, -1, -1},
    [ROLE_TITLE] = {A_BOLD, A_NORMAL, -1, -1, -1},
    [ROLE_DIM] = {A_DIM, A_NORMAL, -1, -1, -1},
    [ROLE_LABEL] = {A_NORMAL, A_NORMAL, -1, -1, -1},
    [ROLE_FIELD] = {A_UNDERLINE, A_NORMAL, -1, -1, -1},
    [ROLE_KEY] = {A_BOLD, A_NORMAL, -1, -1, -1},
    [ROLE_ACCENT] = {A_NORMAL, A_BOLD, COLOR_CYAN, COLOR_BLUE, 31}, /* both would cost octets at every step through a form */
    [ROLE_SELECTED] = {A_REVERSE, A_NORMAL, -1, -1, -1},
    [ROLE_OK] = {A_NORMAL, A_BOLD, COLOR_GREEN, COLOR_GREEN, 28},
    [ROLE_WARN] = {A_BOLD, A_UNDERLINE, COLOR_YELLOW, COLOR_MAGENTA, 130},
    [ROLE_BAD] = {A_BOLD, A_REVERSE, COLOR_RED, COLOR_RED, 160},
    [ROLE_PRACTICE] = {A_BOLD, A_UNDERLINE, COLOR_YELLOW, COLOR_MAGENTA, 130},
};

/* To add a sign: a row; both forms may be wider than one column, SIGN_MASK, SIGN_RULE and SIGN_BAR are one. */
static const struct {
    const char *fine, *ascii;
} ui_sign_rows[SIGN_COUNT] = {
    [SIGN_DONE] = {"✓", "+"},    [SIGN_HERE] = {"▸", ">"},  [SIGN_BAD] = {"✗", "x"},  [SIGN_WARN] = {"!", "!"},
    [SIGN_SKIPPED] = {"–", "-"}, [SIGN_FOCUS] = {"▸", ">"}, [SIGN_NEXT] = {"▸", ">"}, [SIGN_LEFT] = {"‹", "<"},
    [SIGN_RIGHT] = {"›", ">"},   [SIGN_UP] = {"↑", "^"},    [SIGN_DOWN] = {"↓", "v"}, [SIGN_ON] = {"●", "(*)"},
    [SIGN_OFF] = {"○", "( )"},   [SIGN_DOT] = {"·", "."},   [SIGN_MASK] = {"•", "*"}, [SIGN_ELLIPSIS] = {"…", "..."},
    [SIGN_RULE] = {"─", "-"},    [SIGN_BAR] = {"│", "|"},
};

/* What typographic signs become where only ASCII can be shown. To add one: a row. */
static const struct {
    uint32_t cp;
    const char *ascii;
} plain_rows[] = {
    {0x00a0, " "},  {0x00ab, "\""}, {0x00b7, "."},   {0x00bb, "\""}, {0x00d7, "x"},  {0x2010, "-"},  {0x2011, "-"},
    {0x2013, "-"},  {0x2014, "-"},  {0x2018, "'"},   {0x2019, "'"},  {0x201a, "'"},  {0x201c, "\""}, {0x201d, "\""},
    {0x201e, "\""}, {0x2022, "*"},  {0x2026, "..."}, {0x202f, " "},  {0x2192, "->"}, {0x2190, "<-"}, {0x2191, "^"},
    {0x2193, "v"},  {0x25b8, ">"},  {0x2713, "+"},   {0x2717, "x"},  {0x2500, "-"},  {0x2502, "|"},  {0x2264, "<="},
    {0x2265, ">="}, {0x2039, "<"},  {0x203a, ">"},
};

static bool background_is_light(void)
{
    const char *v = getenv("COLORFGBG");
    const char *last = v ? strrchr(v, ';') : NULL;
    if (!last) {
        return false;
    }
    int bg = atoi(last + 1);
    return bg == 7 || bg >= 9;
}

void ui_paint_init(struct ui *ui)
{
    struct ui_screen *s = ui->screen;
    attr_t can = term_attrs();
    bool light = background_is_light();
    s->underline = (can & A_UNDERLINE) != 0;
    short next = 1;
    for (int role = 0; role < ROLE_COUNT; role++) {
        short fg = ui->colours >= 256 ? ui_role_rows[role].fg256
                   : light            ? ui_role_rows[role].fg8_light
                                      : ui_role_rows[role].fg8_dark;
        s->pair[role] = 0;
        if (ui->colours >= 8 && fg >= 0 && next < COLOR_PAIRS && init_pair(next, fg, -1) == OK) {
            s->pair[role] = next++;
        }
        s->attr[role] = (ui_role_rows[role].attr | (s->pair[role] ? A_NORMAL : ui_role_rows[role].bare)) & (can | A_NORMAL);
    }
    if (!(s->attr[ROLE_SELECTED] & A_REVERSE)) {
        s->attr[ROLE_SELECTED] = can & (A_STANDOUT | A_BOLD);
    }
}

const char *ui_sign(const struct ui *ui, enum ui_sign sign)
{
    return ui->ascii ? ui_sign_rows[sign].ascii : ui_sign_rows[sign].fine;
}

static const char *plain_form(uint32_t cp)
{
    for (size_t i = 0; i < ARRAY_LEN(plain_rows); i++) {
        if (plain_rows[i].cp == cp) {
            return plain_rows[i].ascii;
        }
    }
    return NULL;
}

/* The last line of defence: text from outside has been made visible long before it comes here. */
static bool turns_the_line(uint32_t cp)
{
    return (cp >= 0x80 && cp < 0xa0) || cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

/* One grapheme that is not ASCII; returns columns used, -1 when it does not fit. */
static int put_grapheme(struct ui *ui, const char *s, size_t len, int columns)
{
    wchar_t w[CCHARW_MAX + 1];
    size_t n = 0;
    uint32_t first = 0xfffd;
    for (size_t i = 0; i < len && n < CCHARW_MAX;) {
        uint32_t cp;
        size_t used = utf8_decode(s + i, len - i, &cp);
        if (used == 0) {
            used = 1;
            cp = 0xfffd;
        }
        i += used;
        if (turns_the_line(cp)) {
            continue;
        }
        first = n == 0 ? cp : first;
        w[n++] = (wchar_t)cp;
    }
    w[n] = L'\0';
    if (n == 0) {
        return 0;
    }
    int width = text_width_n(s, len);
    const char *ascii = ui->ascii ? plain_form(first) : NULL;
    if (ascii) {
        width = (int)strlen(ascii);
        return width > columns ? -1 : (waddnstr(stdscr, ascii, width), width);
    }
    if (width > columns) {
        return -1;
    }
    if (!ui->utf8 && wctob((wint_t)first) == EOF) {
        for (int i = 0; i < width; i++) {
            waddch(stdscr, '?');
        }
        return width;
    }
    waddnwstr(stdscr, w, (int)n);
    return width;
}

int ui_put_n(struct ui *ui, int y, int x, int columns, enum ui_role role, const char *text, size_t len)
{
    if (y < 0 || y >= ui->rows || x < 0 || x >= ui->cols || !ui->screen->curses) {
        return 0;
    }
    if (columns > ui->cols - x) {
        columns = ui->cols - x;
    }
    ui->damaged = true;
    wattr_set(stdscr, ui->screen->attr[role], ui->screen->pair[role], NULL);
    int used = 0;
    for (size_t i = 0; i < len && used < columns;) {
        size_t run = 0;
        while (i + run < len && (unsigned char)text[i + run] >= 0x20 && (unsigned char)text[i + run] < 0x7f) {
            run++;
        }
        /* The last ASCII character may carry a combining mark: leave it to the grapheme path. */
        if (run > 0 && i + run < len && (unsigned char)text[i + run] >= 0x80) {
            run--;
        }
        wmove(stdscr, y, x + used);
        if (run > 0) {
            int n = run > (size_t)(columns - used) ? columns - used : (int)run;
            waddnstr(stdscr, text + i, n);
            used += n;
            i += run;
            continue;
        }
        size_t octets = text_grapheme(text + i, len - i);
        int width =
            (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? 0 : put_grapheme(ui, text + i, octets, columns - used);
        if (width < 0) {
            break;
        }
        used += width;
        i += octets ? octets : 1;
    }
    wattr_set(stdscr, A_NORMAL, 0, NULL);
    return used;
}

int ui_put(struct ui *ui, int y, int x, int columns, enum ui_role role, const char *text)
{
    return ui_put_n(ui, y, x, columns, role, text, strlen(text));
}

static void fill_with(struct ui *ui, int y, int x, int columns, enum ui_role role, const wchar_t *sign)
{
    if (y < 0 || y >= ui->rows || x < 0 || x >= ui->cols || !ui->screen->curses) {
        return;
    }
    if (columns > ui->cols - x) {
        columns = ui->cols - x;
    }
    if (columns <= 0) {
        return;
    }
    cchar_t cell;
    setcchar(&cell, sign, ui->screen->attr[role], ui->screen->pair[role], NULL);
    mvwhline_set(stdscr, y, x, &cell, columns);
    ui->damaged = true;
}

void ui_fill(struct ui *ui, int y, int x, int columns, enum ui_role role)
{
    fill_with(ui, y, x, columns, role, role == ROLE_FIELD && !ui->screen->underline ? L"_" : L" ");
}

void ui_rule(struct ui *ui, int y, int x, int columns)
{
    fill_with(ui, y, x, columns, ROLE_DIM, ui->ascii ? L"-" : L"─");
}

void ui_set_cursor(struct ui *ui, int y, int x)
{
    ui->cursor_y = y;
    ui->cursor_x = x;
}
