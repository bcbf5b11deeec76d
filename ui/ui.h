/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_UI_H
#define CMCW_UI_UI_H
/*
 * The terminal. One struct ui per program; it is either a full screen (ncurses) or plain line prompts on the same
 * descriptors, and every widget of this folder works in both. No curses header is seen by users of ui/.
 *
 * Full screen rules: nothing is cleared between pages (ncurses sends differences only), the hardware cursor always
 * stands on the focused item, colours are roles and never the only signal, Esc is answered within 25 ms, pasted text
 * arrives as one event. SIGTERM, SIGHUP and SIGINT end every widget with a "signal" result, so that the program can
 * save and leave by ui_end(), which restores the terminal. Ctrl-C is a key (UI_CTRL('c')), not a signal.
 *
 * These signals (and SIGWINCH) are blocked and read through a descriptor between ui_init and ui_end: whoever starts
 * another program meanwhile gives it an empty signal mask (posix_spawnattr_setsigmask).
 *
 *     struct ui ui;
 *     if (!ui_init(&ui, &(struct ui_options){.plain = opt_plain}, &err)) { return err_report(&err, program); }
 *     ... form_run(&ui, ...) ...
 *     ui_end(&ui);
 */
#include "base/bytes.h"
#include "base/err.h"

enum ui_mode { UI_SCREEN, UI_PLAIN };

/* Why the full screen was not used; for the one line said at the start of plain mode. */
enum ui_plain_reason {
    UI_PLAIN_NOT,
    UI_PLAIN_ASKED,
    UI_PLAIN_NO_TTY,
    UI_PLAIN_DUMB,
    UI_PLAIN_SMALL,
    UI_PLAIN_ACCESSIBLE
};

#define UI_MIN_COLUMNS 40
#define UI_MIN_LINES 10
#define UI_RAIL_COLUMNS 92 /* from this width on the steps are shown beside the page */
#define UI_ESC_DELAY_MS 20 /* an Esc that nothing follows for so long is one: answered within 25 ms */

/* Keys: a Unicode code point, a control character, or one of these. */
#define UI_CTRL(c) ((c)&0x1f)
enum ui_key {
    UI_KEY_NONE = 0,
    UI_KEY_TAB = 9,
    UI_KEY_ENTER = 13,
    UI_KEY_ESC = 27,
    UI_KEY_BACKSPACE = 127,
    UI_KEY_SPECIAL = 0x110000, /* beyond Unicode */
    UI_KEY_UP,
    UI_KEY_DOWN,
    UI_KEY_LEFT,
    UI_KEY_RIGHT,
    UI_KEY_WORD_LEFT, /* Ctrl-Left, Alt-B */
    UI_KEY_WORD_RIGHT,
    UI_KEY_HOME,
    UI_KEY_END,
    UI_KEY_PAGE_UP,
    UI_KEY_PAGE_DOWN,
    UI_KEY_INSERT,
    UI_KEY_DELETE,
    UI_KEY_BACK_TAB,
    UI_KEY_F1 = UI_KEY_SPECIAL + 0x100, /* F2 = F1 + 1 ... F12 */
    UI_KEY_ALT = 0x200000,              /* added to a character */
};

enum ui_event_type {
    UI_EVENT_NONE,   /* time-out */
    UI_EVENT_KEY,    /* key */
    UI_EVENT_PASTE,  /* text: UTF-8, newlines as \n, no other control characters; lent until the next read */
    UI_EVENT_RESIZE, /* repaint has been done */
    UI_EVENT_SIGNAL, /* TERM, HUP, INT or the terminal is gone: leave, see ui->signal */
};

struct ui_event {
    enum ui_event_type type;
    int key;
    const char *text;
    bool burst; /* came in the same instant as the key before it: probably an unmarked paste */
};

/* To add a role: a name here and a row in ui_role_rows (ui.c). */
enum ui_role {
    ROLE_TEXT,     /* terminal's own colours */
    ROLE_TITLE,    /* program name, question */
    ROLE_DIM,      /* rules, help lines, steps to come */
    ROLE_LABEL,    /* field labels */
    ROLE_FIELD,    /* where something can be typed */
    ROLE_KEY,      /* a key in the footer */
    ROLE_ACCENT,   /* the focus marker, the step we are at */
    ROLE_SELECTED, /* the row under the cursor */
    ROLE_OK,
    ROLE_WARN,
    ROLE_BAD,
    ROLE_PRACTICE, /* the mark "practice CA" */
    ROLE_COUNT
};

struct ui_options {
    bool plain;      /* --plain */
    bool ascii;      /* --ascii: no box drawing, no typographic signs */
    bool accessible; /* --accessible or ACCESSIBLE=1: plain, secrets without echo hints */
    bool no_colour;  /* beside NO_COLOR in the environment */
    bool osc52;      /* copy view also offers the terminal's clipboard */
};

/* A layer of the screen. Only the topmost is drawn, and it draws everything. Lives as long as the widget that pushes
 * it. */
struct ui_painter {
    void (*paint)(void *ctx);
    void *ctx;
    struct ui_painter *below;
};

struct frame;
struct ui_screen; /* terminal side, ui_private.h */

struct ui {
    enum ui_mode mode;
    enum ui_plain_reason plain_reason;
    int rows, cols; /* current size; of plain mode: columns to wrap at */
    int colours;    /* 0 = monochrome or NO_COLOR, else 8, 16, 256, ... */
    bool ascii;     /* decoration in ASCII */
    bool utf8;      /* terminal takes UTF-8 */
    bool osc52;
    bool suspended;
    bool too_small; /* shows the notice; keys are held back */
    bool damaged;   /* something was painted since the last flush */
    int signal;     /* signal number that ended the program, or 0 */
    struct ui_painter *top;
    const struct frame *frame; /* the last one shown: dialogs keep it around them; it must outlive the ui's use */
    struct ui_screen *screen;  /* owned; NULL before ui_init and after ui_end */
    int cursor_y, cursor_x;    /* where the hardware cursor belongs */
    bool plain_eof;            /* plain mode: input ended */
    bool language_chosen;      /* the user said a language on its page */
};

/* Takes the terminal, or falls to plain mode and says why (one line on stdout; silent when asked for). setlocale must
 * have been called (i18n_init). ERR_UI_TERMINAL only if plain mode is impossible, too. */
bool ui_init(struct ui *ui, const struct ui_options *options, struct err *err) MUST_CHECK;
/* Restores the terminal; safe to call twice. */
void ui_end(struct ui *ui);
/* Leaves the full screen for a while (another program, copy view); ui_resume repaints. */
void ui_suspend(struct ui *ui);
void ui_resume(struct ui *ui);

/* Waits for something to happen; timeout_ms < 0 waits for ever. Pending input is always taken before the screen is
 * sent. After UI_EVENT_RESIZE the top layer has been painted anew. */
void ui_read(struct ui *ui, struct ui_event *event, int timeout_ms);
/* Sends what was painted. ui_read does it by itself. */
void ui_flush(struct ui *ui);

void ui_push(struct ui *ui, struct ui_painter *painter);
void ui_pop(struct ui *ui, struct ui_painter *painter);
/* Paints the topmost layer anew (virtual: only differences reach the terminal). */
void ui_repaint(struct ui *ui);
/* Sends every cell again (Ctrl-L). */
void ui_redraw(struct ui *ui);

/* Painting, for widgets. Text is UTF-8 and must have been made visible when it came from outside. Clipped to columns,
 * never half a wide character. Returns columns used. */
int ui_put(struct ui *ui, int y, int x, int columns, enum ui_role role, const char *text);
int ui_put_n(struct ui *ui, int y, int x, int columns, enum ui_role role, const char *text, size_t len);
/* Blanks; ROLE_FIELD draws a line to type on. */
void ui_fill(struct ui *ui, int y, int x, int columns, enum ui_role role);
void ui_rule(struct ui *ui, int y, int x, int columns);
void ui_set_cursor(struct ui *ui, int y, int x);
void ui_beep(struct ui *ui);

/* To add a sign: a name here and a row in ui_sign_rows (ui.c). */
enum ui_sign {
    SIGN_DONE,
    SIGN_HERE,
    SIGN_BAD,
    SIGN_WARN,
    SIGN_SKIPPED,
    SIGN_FOCUS,
    SIGN_NEXT,
    SIGN_LEFT,
    SIGN_RIGHT,
    SIGN_UP,
    SIGN_DOWN,
    SIGN_ON,
    SIGN_OFF,
    SIGN_DOT,
    SIGN_ELLIPSIS,
    SIGN_MASK,
    SIGN_RULE,
    SIGN_BAR,
    SIGN_COUNT
};
const char *ui_sign(const struct ui *ui, enum ui_sign sign);
/* gettext for table texts: NULL and "" give "". */
const char *ui_text(const char *msgid);
#endif
