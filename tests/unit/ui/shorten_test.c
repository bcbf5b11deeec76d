/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/shorten.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One row: what ncurses writes, what is sent. */
static const struct {
    const char *from, *to;
} rows[] = {
    {"", ""},
    {"abc", "abc"},
    /* The character set is chosen once, and again when it was another one. */
    {"\033(Ba\033(Bb", "\033(Bab"},
    {"\033(Ba\033(0q\033(Bb\033(Bc", "\033(Ba\033(0q\033(Bbc"},
    /* Attributes one after the other become one sequence. */
    {"\033[39m\033(B\033[mx", "\033(B\033[mx"},
    {"\033(B\033[0m\033[38;5;31mx", "\033(B\033[0;38;5;31mx"},
    {"\033[1m\033[4mx", "\033[1;4mx"},
    {"\033[1m\033[0;4m\033[7mx", "\033[0;4;7mx"},
    /* What is off is not put off again. */
    {"\033[mx\033[0;1my\033[mz", "\033[mx\033[1my\033[mz"},
    {"\033[mx\033[my", "\033[mxy"},
    {"\033[mx\033[0;1my\033[0;2mz", "\033[mx\033[1my\033[0;2mz"},
    {"\033[mx\033[24;12H\033[0;1my\033[K\033[0;1mz", "\033[mx\033[24;12H\033[1my\033[K\033[0;1mz"},
    /* Unless something in between may have put it on. */
    {"\033[mx\0338\033[0;1my", "\033[mx\0338\033[0;1my"},
    {"\033[m\0338\033[0;1my", "\033[m\0338\033[0;1my"},
    {"\033[mx\033[?1049h\033[0;1my", "\033[mx\033[?1049h\033[0;1my"},
    {"\033[mx\033[!p\033[0;1my", "\033[mx\033[!p\033[0;1my"},
    {"\033[mx\033[4:3my\033[0;1mz", "\033[mx\033[4:3my\033[0;1mz"},
    {"\033[mx\033[38;2;100;101;102;48;2;103;104;105my\033[0;1mz", "\033[mx\033[38;2;100;101;102;48;2;103;104;105my\033[0;1mz"},
    /* An empty parameter is a 0; it stays where it is. */
    {"\033[mx\033[;1my\033[0;2mz", "\033[mx\033[;1my\033[0;2mz"},
    {"\033[mx\033[1;0my\033[0;2mz", "\033[mx\033[1;0my\033[0;2mz"},
    /* What is cut off is handed on. */
    {"a\033", "a\033"},
    {"a\033[", "a\033["},
    {"a\033[0;1", "a\033[0;1"},
    {"a\033(", "a\033("},
    {"\033(Ba\033(", "\033(Ba\033("},
    {"\033[1m", "\033[1m"},
};

static void each_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = strdup(rows[i].from);
        size_t len = shorten(text, strlen(text));
        text[len] = '\0';
        assert_string_equal(text, rows[i].to);
        free(text);
    }
}

/* ---- a terminal that knows nothing but attributes and two character sets ---- */

struct cell {
    bool set[10]; /* 1 to 9 */
    int colour;   /* -1: its own */
    char charset, letter;
};

static void apply(struct cell *now, const int *p, int n)
{
    for (int i = 0; i < n; i++) {
        if (p[i] == 0) {
            memset(now->set, 0, sizeof now->set);
            now->colour = -1;
        } else if (p[i] < 10) {
            now->set[p[i]] = true;
        } else if (p[i] == 39) {
            now->colour = -1;
        } else if (p[i] == 38 && i + 2 < n) {
            now->colour = p[i + 2];
            i += 2;
        }
    }
}

/* What every letter looks like; the cursor never moves. */
static size_t show(const char *text, size_t len, struct cell *out)
{
    struct cell now = {.colour = 7, .set = {[3] = true}, .charset = '?'}, saved = {.colour = 5, .set = {[9] = true}, .charset = '0'};
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '\033') {
            out[n] = now;
            out[n++].letter = text[i];
        } else if (text[i + 1] == '(') {
            now.charset = text[i += 2];
        } else if (text[i + 1] == '8') {
            now = saved;
            i++;
        } else {
            int p[64] = {0}, count = 1;
            for (i += 2; text[i] != 'm'; i++) {
                p[count - 1] = text[i] == ';' ? p[count - 1] : p[count - 1] * 10 + text[i] - '0';
                count += text[i] == ';';
            }
            apply(&now, p, count);
        }
    }
    return n;
}

/* Any order of what ncurses writes looks the same, and is not longer. */
static void any_order_looks_the_same(void **state)
{
    (void)state;
    static const char *const parts[] = {"\033(B", "\033(0", "\033[m",  "\033[0m",     "\033[0;1m",          "\033[0;2m", "\033[0;4m",
                                        "\033[1m", "\033[39m", "\0338", "\033[38;5;31m", "\033[0;1;38;5;130m", "\033[;4m",  "\033[1;0m",
                                        "a",     "b",       "c",      "d"};
    uint32_t seed = 1;
    for (int round = 0; round < 5000; round++) {
        char text[1024] = "", shorter[1024];
        struct cell before[64], after[64];
        for (int i = 0; i < 40; i++) {
            seed = seed * 1664525u + 1013904223u;
            strcat(text, parts[(seed >> 16) % (sizeof parts / sizeof parts[0])]);
        }
        size_t len = strlen(text);
        memcpy(shorter, text, len);
        size_t less = shorten(shorter, len), n = show(text, len, before);
        assert_true(less <= len);
        assert_int_equal(show(shorter, less, after), n);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(before[i].letter, after[i].letter);
            assert_int_equal(before[i].charset, after[i].charset);
            assert_int_equal(before[i].colour, after[i].colour);
            assert_memory_equal(before[i].set, after[i].set, sizeof before[i].set);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_rule), cmocka_unit_test(any_order_looks_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
