/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

/* Types ASCII and UTF-8 text key by key; "<" starts a control letter: "<a" is Ctrl-A. */
static void type(struct edit *e, const char *keys)
{
    for (size_t i = 0, len = strlen(keys); i < len;) {
        uint32_t c;
        i += utf8_decode(keys + i, len - i, &c);
        if (c == '<') {
            c = (uint32_t)UI_CTRL(keys[i]);
            i++;
        }
        (void)edit_key(e, (int)c);
    }
}

/* One row: keys, text afterwards, octet offset of the cursor. */
static const struct {
    const char *keys, *text;
    size_t cursor;
} key_rows[] = {
    {"abc", "abc", 3},
    {"abc<ax", "xabc", 1},
    {"abc<a<ex", "abcx", 4},
    {"abc<b<d", "ab", 2},
    {"abc<h", "ab", 2},
    {"one two<wx", "one x", 5},
    {"one two<a<k<y<y", "one twoone two", 14},
    {"one two<u", "", 0},
    {"one two<u<y", "one two", 7},
    {"ab<t", "ba", 2},
    {"山田<h", "山", 3},
    {"山田<bx", "山x田", 4},
    {"e\u0301x<b<b<d", "x", 0}, /* a combining mark goes with its letter */
    {"e\u0301<h", "", 0},
    {"\U0001F469\u200D\U0001F4BB<h", "", 0}, /* a joined emoji is one character */
    {"abc<z", "", 0},                        /* a run of letters is one undo step */
    {"ab cd<z", "ab", 2},
    {"ab<ac<z<z", "", 0},
    {"abc<u<z", "abc", 3},
    {"abc<b<_", "", 0},
    {"ab cd<z<y", "ab cd", 5}, /* redo */
    {"abc<u<z<y", "", 0},
    {"ab<ac<z<z<y<y", "cab", 1},
    {"ab<ac<z<z<y<y<z", "ab", 0},
    {"abc<uxy<z<y", "xy", 2},
    {"abc<uxy<z<y<y", "xyabc", 5}, /* nothing is left to redo: what was cut */
    {"ab cd<zx<y", "abx", 3},      /* a change ends it; nothing was cut */
};

static void keys_edit_by_grapheme(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(key_rows); i++) {
        struct edit e;
        edit_init(&e, 100, false);
        type(&e, key_rows[i].keys);
        assert_string_equal(e.text, key_rows[i].text);
        assert_int_equal(e.cursor, key_rows[i].cursor);
        assert_int_equal(e.len, strlen(e.text));
        edit_release(&e);
    }
}

static void words_are_jumped_over(void **state)
{
    (void)state;
    struct edit e;
    edit_init(&e, 100, false);
    edit_set(&e, "uid=jdoe,ou=people");
    edit_key(&e, UI_KEY_WORD_LEFT);
    assert_int_equal(e.cursor, 12);
    edit_key(&e, UI_KEY_WORD_LEFT);
    edit_key(&e, UI_KEY_WORD_LEFT);
    assert_int_equal(e.cursor, 4);
    edit_key(&e, UI_KEY_WORD_RIGHT);
    assert_int_equal(e.cursor, 8);
    edit_release(&e);
}

static void paste_is_cleaned(void **state)
{
    (void)state;
    /* pasted, kept */
    static const char *const rows[][2] = {
        {"jdoe\n", "jdoe"},
        {"a\nb\n\n", "a b"},
        {"a\tb\x1b[31m", "a b[31m"},
        {"a\u202eb\u200bc\u2066d", "abcd"},
        {"a\xff\xfe"
         "b",
         "ab"},
        {"\U0001F469\u200D\U0001F4BB", "\U0001F469\u200D\U0001F4BB"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct edit e;
        edit_init(&e, 100, false);
        assert_true(edit_insert(&e, rows[i][0], strlen(rows[i][0])));
        assert_string_equal(e.text, rows[i][1]);
        edit_release(&e);
    }
}

static void the_maximum_holds(void **state)
{
    (void)state;
    struct edit e;
    edit_init(&e, 5, false);
    assert_false(edit_insert(&e, "山田太", 9));
    assert_string_equal(e.text, "山"); /* never half a character */
    assert_int_equal(edit_key(&e, 'a'), EDIT_CHANGED);
    assert_int_equal(edit_key(&e, 0x5c71), EDIT_FULL);
    assert_int_equal(edit_key(&e, 'b'), EDIT_CHANGED);
    assert_int_equal(edit_key(&e, 'c'), EDIT_FULL);
    assert_string_equal(e.text, "山ab");
    edit_release(&e);
}

static void a_secret_leaves_no_copies(void **state)
{
    (void)state;
    struct edit e;
    edit_init(&e, 64, true);
    edit_insert(&e, "geheim", 6);
    edit_key(&e, UI_CTRL('u'));
    assert_string_equal(e.text, "");
    assert_null(e.kill);
    assert_null(e.undo);
    for (size_t i = 0; i < e.cap; i++) {
        assert_int_equal(e.text[i], 0);
    }
    assert_int_equal(edit_key(&e, UI_CTRL('z')), EDIT_IGNORED);
    edit_release(&e);
}

static void undo_is_bounded(void **state)
{
    (void)state;
    struct edit e;
    edit_init(&e, 4096, false);
    for (int i = 0; i < 500; i++) {
        type(&e, "x ");
    }
    int undone = 0;
    while (edit_undo(&e)) {
        undone++;
    }
    assert_in_range(undone, 50, 101);
    edit_release(&e);
}

static void the_view_follows_the_cursor(void **state)
{
    (void)state;
    struct edit e;
    struct edit_view v;
    edit_init(&e, 100, false);
    edit_set(&e, "0123456789abcdef");
    edit_view(&e, 8, &v);
    assert_true(v.more_left);
    assert_false(v.more_right);
    assert_int_equal(v.cursor, 7);
    assert_int_equal(v.end, 16);
    edit_key(&e, UI_KEY_HOME);
    edit_view(&e, 8, &v);
    assert_int_equal(v.start, 0);
    assert_int_equal(v.end, 8);
    assert_int_equal(v.cursor, 0);
    assert_false(v.more_left);
    assert_true(v.more_right);
    edit_set(&e, "山田太郎");
    edit_view(&e, 6, &v);
    assert_int_equal(v.start, 6); /* two wide characters and the cursor */
    assert_int_equal(v.cursor, 4);
    edit_release(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_edit_by_grapheme),
        cmocka_unit_test(words_are_jumped_over),
        cmocka_unit_test(paste_is_cleaned),
        cmocka_unit_test(the_maximum_holds),
        cmocka_unit_test(a_secret_leaves_no_copies),
        cmocka_unit_test(undo_is_bounded),
        cmocka_unit_test(the_view_follows_the_cursor),
    };
    return cmocka_run_group_tests_name("ui/edit", tests, NULL, NULL);
}
