/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_UI_PRIVATE_H
#define CMCW_UI_UI_PRIVATE_H
/* What ui.c, ui_paint.c and ui_input.c share; nobody else includes it. */
#include <signal.h>
#include <wchar.h>

#include "ui/ui.h"
#include "ui/ui_curses.h"

struct ui_screen {
    SCREEN *curses; /* NULL in plain mode */
    FILE *out;      /* the terminal under a descriptor of its own, which ncurses writes to */
    int gather;     /* what a refresh writes goes here first, then to the terminal in one piece; < 0 = not possible */
    WINDOW *keys;   /* a pad: reading from it never refreshes the screen */
    int signal_fd;  /* TERM, HUP, INT, WINCH */
    sigset_t old_mask;
    struct buf paste; /* last pasted text */
    int64_t last_key_ms;
    mbstate_t partial; /* octets of a character that is not complete yet */
    bool brackets;     /* bracketed paste was switched on */
    bool underline;    /* the terminal can underline */
    attr_t attr[ROLE_COUNT];
    short pair[ROLE_COUNT];
};

/* Keys that ncurses does not know by itself; values far above its own. */
enum ui_curses_key { KEY_PASTE_BEGIN = 5000, KEY_PASTE_END, KEY_WORD_LEFT, KEY_WORD_RIGHT };

void ui_paint_init(struct ui *ui);
void ui_input_init(struct ui *ui);
bool ui_signals_open(struct ui *ui);
void ui_signals_close(struct ui *ui);
/* Takes what the signal descriptor has; true when the size changed. */
bool ui_signals_take(struct ui *ui);
/* Asks the terminal for its size and tells ncurses. */
void ui_take_size(struct ui *ui);
#endif
