/* SPDX-License-Identifier: Apache-2.0 */
/* Serial numbers as people write them, and back. */
#include "unit/unit.h"

#include "flow/serial.h"

static void expect_serial(const char *text, const char *hex, const char *decimal)
{
    struct err err = ERR_INIT;
    struct buf content = BUF_INIT(64);
    assert_true(serial_parse(text, &content, &err));
    unit_expect_text(bytes_hex(buf_peek(&content)), hex);
    unit_expect_text(serial_decimal(buf_peek(&content)), decimal);
    buf_release(&content);
}

static void test_good(void **state)
{
    (void)state;
    expect_serial("0", "00", "0");
    expect_serial("1", "01", "1");
    expect_serial("127", "7f", "127");
    expect_serial("128", "0080", "128"); /* positive in DER */
    expect_serial("0x1A2b", "1a2b", "6699");
    expect_serial("0X00ff", "00ff", "255");
    expect_serial("18446744073709551616", "010000000000000000", "18446744073709551616");
    expect_serial("0xffffffffffffffffffffffffffffffff", "00ffffffffffffffffffffffffffffffff", "340282366920938463463374607431768211455");
}

static void test_bad(void **state)
{
    static const char *const bad[] = {"", "0x", "12a", "-1", " 1", "1 ", "0xg", "1.0", "\x1b[1m1"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err = ERR_INIT;
        struct buf content = BUF_INIT(64);
        assert_false(serial_parse(bad[i], &content, &err));
        assert_null(err.n_context ? strchr(err.context[0], 0x1b) : NULL);
        unit_expect_err(&err, ERR_CFG_NUMBER);
        buf_release(&content);
    }
    char huge[200];
    memset(huge, '9', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    struct err err = ERR_INIT;
    struct buf content = BUF_INIT(256);
    assert_false(serial_parse(huge, &content, &err));
    unit_expect_err(&err, ERR_CFG_NUMBER);
    buf_release(&content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_bad)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
