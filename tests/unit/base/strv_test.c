/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/strv.h"

#include "unit/unit.h"

static void test_push(void **state)
{
    (void)state;
    struct strv s = STRV_INIT;
    for (int i = 0; i < 1000; i++) {
        strv_pushf(&s, "%d", i);
        assert_int_equal(s.n, i + 1);
        assert_null(s.v[s.n]);
    }
    assert_string_equal(s.v[0], "0");
    assert_string_equal(s.v[999], "999");
    assert_true(strv_has(&s, "500"));
    assert_false(strv_has(&s, "1000"));
    strv_release(&s);
    assert_null(s.v);
    strv_push(&s, "again");
    strv_push_take(&s, xstrdup("taken"));
    assert_int_equal(s.n, 2);
    strv_release(&s);
}

static void expect_split(const char *text, char at, size_t parts, const char *joined)
{
    struct strv s = STRV_INIT;
    strv_split(&s, text, at);
    assert_int_equal(s.n, parts);
    unit_expect_text(strv_join(&s, "|"), joined);
    strv_release(&s);
}

static void test_split(void **state)
{
    (void)state;
    expect_split("", ',', 1, "");
    expect_split("a", ',', 1, "a");
    expect_split("a,b", ',', 2, "a|b");
    expect_split(",a,,b,", ',', 5, "|a||b|");
    expect_split("a b", '\0', 1, "a b");
}

static void test_join_nothing(void **state)
{
    (void)state;
    struct strv s = STRV_INIT;
    unit_expect_text(strv_join(&s, ", "), "");
    assert_false(strv_has(&s, ""));
    strv_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_push),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_join_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
