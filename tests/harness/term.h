/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_HARNESS_TERM_H
#define CMCW_TESTS_HARNESS_TERM_H
/*
 * A terminal for tests: runs any program in a pty with an emulated screen (libvterm). Nothing sleeps; every wait has a
 * time limit. Failures of the harness itself (no pty, cannot execute) end the test program with a message.
 *
 *     struct term *t = term_open(&(struct term_options){.argv = argv, .rows = 24, .cols = 80});
 *     term_expect(t, "Who are you", 5000);
 *     term_keys(t, "jdoe<Tab><Enter>");
 *     char *screen = term_dump(t, 0);
 *     int status = term_close(t);
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct term;

struct term_options {
    const char *const *argv; /* NULL at the end; argv[0] is looked up in PATH */
    const char *const *env; /* "NAME=VALUE" sets, "NAME" removes; NULL at the end; on top of the tests' own environment.
                             * TERM=xterm-256color unless given; NO_COLOR, COLORFGBG, LINES, COLUMNS are removed. */
    const char *cwd;        /* NULL = stay */
    int rows, cols;         /* 0 = 24x80 */
};

struct term *term_open(const struct term_options *options);
/* Ends the program if it still runs (HUP, then KILL), frees; returns its wait status. */
int term_close(struct term *t);

/* Characters and <Enter> <Tab> <S-Tab> <Esc> <BS> <Del> <Ins> <Space> <LT> <Up> <Down> <Left> <Right> <Home> <End>
 * <PgUp> <PgDn> <F1>..<F12> <C-x>. After <Esc> the program's answer is waited for. */
void term_keys(struct term *t, const char *keys);
/* As a terminal pastes: with brackets when the program asked for them; \n is sent as \r. */
void term_paste(struct term *t, const char *text);
void term_raw(struct term *t, const void *data, size_t len);
void term_resize(struct term *t, int rows, int cols);
void term_signal(struct term *t, int signal);

/* True when the text stands on the screen (within one row) before the time is over. */
bool term_wait(struct term *t, const char *text, int timeout_ms);
bool term_wait_gone(struct term *t, const char *text, int timeout_ms);
/* Like term_wait, but prints the screen and ends the test program with failure when it does not come. */
void term_expect(struct term *t, const char *text, int timeout_ms);
void term_expect_gone(struct term *t, const char *text, int timeout_ms);
/* Takes output until none came for quiet_ms. */
void term_settle(struct term *t, int quiet_ms);
/* True when the program ended in time; its wait status in *status (may be NULL). */
bool term_wait_exit(struct term *t, int timeout_ms, int *status);

/* The screen as text: one line per row, blanks at the end cut, empty rows at the end cut. Caller frees. */
#define TERM_DUMP_ATTRS                                                                                                \
    1u /* with marks: {b ..} bold, {u ..} underline, {r ..} reverse, {fN ..} {gN ..} palette fore- and background */
#define TERM_DUMP_CURSOR 2u /* a line "cursor ROW COL" at the end */
#define TERM_DUMP_FULL 4u   /* every row, even when empty */
char *term_dump(struct term *t, unsigned flags);
/* Row of the first occurrence or -1; col may be NULL (counted in cells). */
int term_find(struct term *t, const char *text, int *col);
/* One row as text without blanks at the end; caller frees. */
char *term_row(struct term *t, int row);
void term_cursor(struct term *t, int *row, int *col);
/* True when the cell at row, col has a colour other than the terminal's own. */
bool term_cell_coloured(struct term *t, int row, int col);
bool term_any_colour(struct term *t);

/* Octets received since the last call (or the start), after a settle of quiet_ms. */
size_t term_bytes(struct term *t, int quiet_ms);
/* All output so far (the last 256 KiB of it); lent. */
const char *term_output(struct term *t, size_t *len);
/* What the program put on the terminal's clipboard last (OSC 52), decoded; NULL when nothing was, or nothing that can be decoded.
 * Caller frees. */
char *term_clipboard(struct term *t);
/* Is the line discipline as the program found it: every mode and every control character? */
bool term_is_cooked(struct term *t);
bool term_on_altscreen(struct term *t);
bool term_cursor_visible(struct term *t);
pid_t term_pid(struct term *t);
/* Compares two screens cell by cell, attributes included; prints the first difference to stderr. */
bool term_same(struct term *a, struct term *b);
#endif
