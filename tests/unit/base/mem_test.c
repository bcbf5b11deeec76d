/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "unit/unit.h"

static void test_zero_sizes(void **state)
{
    (void)state;
    void *a = xmalloc(0);
    void *b = xcalloc(0, 8);
    assert_non_null(a);
    assert_non_null(b);
    a = xrealloc(a, 0);
    assert_non_null(a);
    free(a);
    free(b);
}

static void test_text(void **state)
{
    (void)state;
    assert_null(xstrdup(NULL));
    unit_expect_text(xstrdup("abc"), "abc");
    unit_expect_text(xstrndup("abc", 2), "ab");
    unit_expect_text(xstrndup("abc", 9), "abc");
    unit_expect_text(xasprintf("%s-%d", "a", 7), "a-7");
}

static void test_wipe(void **state)
{
    (void)state;
    char text[] = "secret";
    mem_wipe(text, sizeof(text));
    for (size_t i = 0; i < sizeof(text); i++) {
        assert_int_equal(text[i], 0);
    }
    mem_wipe(NULL, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zero_sizes),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_wipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
