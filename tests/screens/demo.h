/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_SCREENS_DEMO_H
#define CMCW_TESTS_SCREENS_DEMO_H
/* The demonstration program of ui/ in a pty. */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/harness/term.h"
#include "ui/ui.h"

#define WAIT_MS 10000
#define FIRST "Who are you"

struct start {
    int rows, cols;
    const char *arg[6];
    const char *env[6];
};

static inline struct term *start(struct start s)
{
    char path[4096];
    const char *build = getenv("top_builddir");
    snprintf(path, sizeof path, "%s/tests/screens/ui_demo", build ? build : ".");
    const char *argv[10] = {path};
    for (int i = 0; i < 6 && s.arg[i]; i++) {
        argv[i + 1] = s.arg[i];
    }
    return term_open(&(struct term_options){.argv = argv, .env = s.env, .rows = s.rows, .cols = s.cols});
}

static inline void expect_exit(struct term *t, int code)
{
    int status = 0;
    assert_true(term_wait_exit(t, WAIT_MS, &status));
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), code);
    assert_true(term_is_cooked(t));
    assert_false(term_on_altscreen(t));
    assert_true(term_cursor_visible(t));
    size_t len;
    const char *out = term_output(t, &len);
    char *text = strndup(out, len);
    /* Marks for pasted text are off again: the last word about them is "l". */
    const char *last = NULL;
    for (const char *p = text; (p = strstr(p, "\033[?2004")); p++) {
        last = p;
    }
    assert_non_null(last);
    assert_int_equal(last[7], 'l');
    free(text);
}

static inline void expect_cursor(struct term *t, int row, int col)
{
    int r = -1, c = -1;
    for (int i = 0; i < WAIT_MS / 20; i++) {
        term_settle(t, 20);
        term_cursor(t, &r, &c);
        if (r == row && c == col) {
            return;
        }
        (void)poll(NULL, 0, 20);
    }
    assert_int_equal(r, row);
    assert_int_equal(c, col);
}

static inline void to_request(struct term *t)
{
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "<Enter>");
    term_expect(t, "How do you prove", WAIT_MS);
    term_keys(t, "geheim<Enter>");
    term_expect(t, "What key", WAIT_MS);
    term_keys(t, "<Enter>");
    term_expect(t, "Which certificate", WAIT_MS);
}

/* ui_copy_test.c: what leaves the screen (copy view, clipboard), and help. */
void help_and_copy_view(void **state);
void clipboard_when_asked(void **state);
void no_secret_on_clipboard(void **state);
void copy_view_of_a_page(void **state);
void viewers_have_help(void **state);
#endif
