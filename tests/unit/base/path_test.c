/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/file.h"

#include "unit/unit.h"

static void test_join(void **state)
{
    (void)state;
    unit_expect_text(path_join("a", "b"), "a/b");
    unit_expect_text(path_join("a/", "b"), "a/b");
    unit_expect_text(path_join("a", "/b"), "/b");
    unit_expect_text(path_join("", "b"), "b");
    unit_expect_text(path_join("a", ""), "a");
    unit_expect_text(path_join("", ""), "");
    unit_expect_text(path_join("/", "b"), "/b");
}

static void test_parts(void **state)
{
    (void)state;
    unit_expect_text(path_dir("a/b"), "a");
    unit_expect_text(path_dir("/b"), "/");
    unit_expect_text(path_dir("b"), ".");
    assert_string_equal(path_base("a/b"), "b");
    assert_string_equal(path_base("b"), "b");
    assert_string_equal(path_base("a/"), "");
}

static void test_absolute(void **state)
{
    (void)state;
    unit_expect_text(path_absolute("/x"), "/x");
    char *here = getcwd(NULL, 0);
    char *expected = path_join(here, "x");
    unit_expect_text(path_absolute("x"), expected);
    free(expected);
    free(here);
}

static void test_home(void **state)
{
    (void)state;
    setenv("HOME", "/home/of somebody", 1);
    unit_expect_text(path_expand_home("~"), "/home/of somebody");
    unit_expect_text(path_expand_home("~/x"), "/home/of somebody/x");
    unit_expect_text(path_expand_home("~//x"), "/home/of somebody/x");
    unit_expect_text(path_expand_home("~other/x"), "~other/x");
    unit_expect_text(path_expand_home("a/~"), "a/~");
    unit_expect_text(path_expand_home(""), "");
    unsetenv("HOME");
    char *home = path_expand_home("~");
    assert_int_equal(home[0], '/');
    free(home);
}

static void test_xdg(void **state)
{
    (void)state;
    setenv("HOME", "/h", 1);
    unsetenv("XDG_STATE_HOME");
    setenv("XDG_CONFIG_HOME", "/c", 1);
    setenv("XDG_DATA_HOME", "relative/is/ignored", 1);
    unit_expect_text(xdg_path(XDG_STATE, "sessions"), "/h/.local/state/cmc-wizard/sessions");
    unit_expect_text(xdg_path(XDG_CONFIG, ""), "/c/cmc-wizard");
    unit_expect_text(xdg_path(XDG_DATA, "x"), "/h/.local/share/cmc-wizard/x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join), cmocka_unit_test(test_parts), cmocka_unit_test(test_absolute),
        cmocka_unit_test(test_home), cmocka_unit_test(test_xdg),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
