/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/bytes.h"

#include "unit/unit.h"

static void test_equal(void **state)
{
    (void)state;
    assert_true(bytes_equal(BYTES_NONE, BYTES("x", 0)));
    assert_true(bytes_equal(BYTES("a\0b", 3), BYTES("a\0b", 3)));
    assert_false(bytes_equal(BYTES("a\0b", 3), BYTES("a\0c", 3)));
    assert_false(bytes_equal(BYTES("ab", 2), BYTES("ab", 1)));
    assert_true(bytes_equal_ct(BYTES_NONE, BYTES_NONE));
    assert_true(bytes_equal_ct(BYTES("abc", 3), BYTES("abc", 3)));
    assert_false(bytes_equal_ct(BYTES("abc", 3), BYTES("abd", 3)));
    assert_false(bytes_equal_ct(BYTES("abc", 3), BYTES("bbc", 3)));
    assert_false(bytes_equal_ct(BYTES("abc", 3), BYTES("abc", 2)));
    assert_int_equal(bytes_of_str(NULL).len, 0);
    assert_int_equal(bytes_of_str("four").len, 4);
}

static void test_hex(void **state)
{
    (void)state;
    unit_expect_text(bytes_hex(BYTES("\x00\x7f\xff", 3)), "007fff");
    unit_expect_text(bytes_hex(BYTES_NONE), "");
    unit_expect_text(bytes_hex_colons(BYTES("\x0a\xbc", 2)), "0A:BC");
    unit_expect_text(bytes_hex_colons(BYTES_NONE), "");

    struct buf out = BUF_INIT(4);
    assert_true(bytes_from_hex("0aFf", &out));
    assert_true(bytes_equal(buf_peek(&out), BYTES("\x0a\xff", 2)));
    static const char *const refused[] = {"0", "0g", "g0", " 0", "0a:bc", "0x0a", "0a0b0c"};
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        assert_false(bytes_from_hex(refused[i], &out));
        assert_int_equal(out.len, 2);
    }
    assert_true(bytes_from_hex("", &out));
    buf_release(&out);
}

static void test_maximum(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(5);
    assert_string_equal(buf_str(&b), "");
    assert_true(buf_append(&b, "abc", 3));
    assert_false(buf_append(&b, "def", 3));
    assert_string_equal(buf_str(&b), "abc");
    assert_false(buf_append(&b, "x", SIZE_MAX));
    assert_false(buf_printf(&b, "%d", 123));
    assert_true(buf_append_str(&b, "d"));
    assert_true(buf_append_byte(&b, 'e'));
    assert_false(buf_append_byte(&b, 'f'));
    assert_true(buf_append(&b, NULL, 0));
    assert_string_equal(buf_str(&b), "abcde");
    unit_expect_text(buf_take_str(&b), "abcde");
    assert_int_equal(b.len, 0);
    assert_true(buf_append_bytes(&b, BYTES("xyz", 3)));
    buf_clear(&b);
    assert_string_equal(buf_str(&b), "");
    buf_release(&b);
    unit_expect_text(buf_take_str(&b), "");
}

static void test_growth(void **state)
{
    (void)state;
    for (int secret = 0; secret < 2; secret++) {
        struct buf b = BUF_INIT(BUF_MAX_TEXT);
        b.secret = secret != 0;
        for (int i = 0; i < 10000; i++) {
            buf_add(&b, "%d,", i % 10);
        }
        assert_int_equal(b.len, 20000);
        assert_int_equal(strlen(buf_str(&b)), 20000);
        assert_memory_equal(b.data + 19990, "5,6,7,8,9,", 10);
        buf_release(&b);
        assert_null(b.data);
        assert_true(b.secret == (secret != 0));
    }
}

static void test_random(void **state)
{
    (void)state;
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    bytes_random(a, sizeof(a));
    bytes_random(b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
    bytes_random(a, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal),  cmocka_unit_test(test_hex),    cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_growth), cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
