/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/action.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "ui/columns.h"

static const struct action own[] = {
    {ACTION_USER, {UI_KEY_F1 + 5}, "card", "Show the card.", ACTION_FOOTER},
    {ACTION_USER + 1, {UI_KEY_F1}, "other", "Instead of help.", ACTION_FOOTER},
    {ACTION_NONE, {0}, NULL, NULL, 0},
};

static void own_rows_win(void **state)
{
    (void)state;
    assert_int_equal(action_find(own, action_common, UI_KEY_F1)->id, ACTION_USER + 1);
    assert_int_equal(action_find(own, action_common, UI_KEY_ESC)->id, ACTION_BACK);
    assert_int_equal(action_find(NULL, action_common, UI_KEY_F1)->id, ACTION_HELP);
    assert_null(action_find(own, action_common, 'x'));
    assert_null(action_find(own, action_common, 0));
}

static void no_key_twice(void **state)
{
    (void)state;
    static const struct action *const tables[] = {action_viewer, action_progress, action_picker};
    for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
        for (const struct action *a = tables[t]; a->id != ACTION_NONE; a++) {
            for (size_t k = 0; k < ARRAY_LEN(a->keys) && a->keys[k]; k++) {
                assert_ptr_equal(action_find(NULL, tables[t], a->keys[k]), a);
            }
        }
    }
}

static void the_footer_fits(void **state)
{
    (void)state;
    struct ui ui = {.mode = UI_SCREEN, .rows = 24, .cols = 80};
    unsigned all = ACTION_SECRET | ACTION_LIST | ACTION_MANY | ACTION_ROWS;
    for (int columns = 36; columns < 160; columns++) {
        char *text = action_footer_text(&ui, columns, own, action_common, all, "Send");
        assert_in_range(text_width(text), 1, columns);
        assert_non_null(strstr(text, "Enter ▸ Send"));
        free(text);
    }
    char *wide = action_footer_text(&ui, 200, own, action_common, ACTION_MANY, NULL);
    assert_non_null(strstr(wide, "Tab next field"));
    assert_non_null(strstr(wide, "F6 card"));
    assert_non_null(strstr(wide, "F1 other"));
    assert_null(strstr(wide, "help"));   /* its key is taken */
    assert_null(strstr(wide, "Ctrl-R")); /* not on a secret */
    free(wide);
    char *last = action_footer_text(&ui, 200, NULL, action_common, ACTION_NO_BACK | ACTION_NO_NEXT, NULL);
    assert_null(strstr(last, "Esc"));
    assert_null(strstr(last, "Enter"));
    free(last);
}

static void narrow_footers_keep_the_way_out(void **state)
{
    (void)state;
    struct ui ui = {.mode = UI_SCREEN, .rows = 10, .cols = 40};
    char *text = action_footer_text(&ui, 38, NULL, action_common, ACTION_MANY, NULL);
    assert_string_equal(text, "F1 help   Esc back   Enter ▸ Next");
    free(text);
}

static void help_names_every_action(void **state)
{
    (void)state;
    char *text = action_help_text(own, action_common, 0);
    assert_non_null(strstr(text, "Show the card."));
    assert_non_null(strstr(text, "Ctrl-S"));
    assert_non_null(strstr(text, "Ctrl-C"));
    assert_null(strstr(text, "Explain this page"));
    free(text);
}

/* As the footer: what does nothing in this situation is not named. */
static void help_names_what_works(void **state)
{
    (void)state;
    static const struct {
        unsigned situation;
        const char *key;
    } rows[] = {{ACTION_MANY, "  Tab "},   {ACTION_MANY, "  Shift-Tab "}, {ACTION_LIST, "  F2 "},
                {ACTION_ROWS, "  Space "}, {ACTION_SECRET, "  Ctrl-R "},  {ACTION_TEXT, "  Ctrl-Z "},
                {ACTION_TEXT, "  Ctrl-Y "}};
    char *none = action_help_text(NULL, action_common, 0),
         *end = action_help_text(NULL, action_common, ACTION_NO_BACK | ACTION_NO_NEXT);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *text = action_help_text(NULL, action_common, rows[i].situation);
        assert_non_null(strstr(text, rows[i].key));
        assert_null(strstr(none, rows[i].key));
        free(text);
    }
    assert_non_null(strstr(none, "  Esc "));
    assert_null(strstr(end, "  Esc "));
    assert_null(strstr(end, "  Enter "));
    free(none);
    free(end);
}

/* A text with many keys of its own: copying goes from the footer first. */
static void copying_gives_way(void **state)
{
    (void)state;
    struct ui ui = {.mode = UI_SCREEN, .rows = 24, .cols = 80};
    char *wide = action_footer_text(&ui, 100, own, action_viewer, ACTION_MANY, NULL);
    char *narrow = action_footer_text(&ui, text_width(wide) - 1, own, action_viewer, ACTION_MANY, NULL);
    assert_non_null(strstr(wide, "F5 copy"));
    assert_null(strstr(narrow, "F5 copy"));
    assert_non_null(strstr(narrow, "F6 card"));
    free(wide);
    free(narrow);
}

static void keys_have_names(void **state)
{
    (void)state;
    char buf[16];
    assert_string_equal(action_key_name(UI_KEY_F1 + 11, buf), "F12");
    assert_string_equal(action_key_name(UI_CTRL('s'), buf), "Ctrl-S");
    assert_string_equal(action_key_name(UI_KEY_ENTER, buf), "Enter");
    assert_string_equal(action_key_name(0xe9, buf), "é");
}

static void columns_give_way(void **state)
{
    (void)state;
    struct choices c = {NULL, 0};
    choices_add(&c, "1", "山田太郎の証明書\tNSS Certificate DB\t2027-01-01", NULL, NULL);
    choices_add(&c, "2", "short\tx\ty", NULL, NULL);
    struct columns cols;
    columns_measure(&cols, &c, "Name\tToken\tUntil", 60);
    assert_int_equal(cols.n, 3);
    assert_int_equal(cols.width[0], 16);
    for (int total = 20; total < 60; total++) {
        columns_measure(&cols, &c, NULL, total);
        for (size_t i = 0; i < c.n; i++) {
            char *row = columns_row(&cols, c.v[i].label, false);
            assert_true(text_width(row) <= total);
            free(row);
        }
    }
    assert_true(columns_match("Agent Certificate", "cert"));
    assert_true(columns_match("ÄPFEL", ""));
    assert_false(columns_match("Agent", "agents"));
    choices_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_rows_win),
        cmocka_unit_test(no_key_twice),
        cmocka_unit_test(the_footer_fits),
        cmocka_unit_test(narrow_footers_keep_the_way_out),
        cmocka_unit_test(help_names_every_action),
        cmocka_unit_test(help_names_what_works),
        cmocka_unit_test(copying_gives_way),
        cmocka_unit_test(keys_have_names),
        cmocka_unit_test(columns_give_way),
    };
    return cmocka_run_group_tests_name("ui/action", tests, NULL, NULL);
}
