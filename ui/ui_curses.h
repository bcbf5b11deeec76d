/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_UI_CURSES_H
#define CMCW_UI_UI_CURSES_H
/* The only place that names a curses header; only .c files of ui/ include it. */
#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <term.h>
#undef lines
#undef columns
#undef buttons
#undef tab
#undef bell
#endif
