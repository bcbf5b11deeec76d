/* SPDX-License-Identifier: Apache-2.0 */
#include "base/passphrase.h"

#include "unit/unit.h"

static int bits(const char *text)
{
    struct secret s = SECRET_INIT;
    secret_set(&s, text, strlen(text));
    int n = passphrase_bits(&s);
    secret_release(&s);
    return n;
}

static void test_generate(void **state)
{
    (void)state;
    struct secret first = SECRET_INIT, second = SECRET_INIT;
    passphrase_generate(&first);
    passphrase_generate(&second);
    assert_int_equal(first.len, PASSPHRASE_LEN);
    assert_int_equal(strlen(first.text), PASSPHRASE_LEN);
    assert_string_not_equal(first.text, second.text);
    assert_int_equal(strspn(first.text, "abdfghijklmnoprstuvz-"), PASSPHRASE_LEN);
    for (size_t i = 5; i < first.len; i += 6) {
        assert_int_equal(first.text[i], '-');
    }
    assert_int_equal(passphrase_bits(&first), PASSPHRASE_BITS);
    assert_int_equal(passphrase_rate(passphrase_bits(&first)), PASSPHRASE_STRONG);
    secret_release(&first);
    secret_release(&second);
}

/* Every bit of the random groups shows up: no letter is constant over many. */
static void test_spread(void **state)
{
    (void)state;
    bool seen[PASSPHRASE_LEN][256] = {{false}};
    struct secret s = SECRET_INIT;
    for (int round = 0; round < 400; round++) {
        passphrase_generate(&s);
        for (size_t i = 0; i < s.len; i++) {
            seen[i][(unsigned char)s.text[i]] = true;
        }
        secret_release(&s);
    }
    for (size_t i = 0; i < PASSPHRASE_LEN; i++) {
        int n = 0;
        for (int c = 0; c < 256; c++) {
            n += seen[i][c];
        }
        assert_int_equal(n, i % 6 == 5 ? 1 : i % 6 % 2 ? 4 : 16);
    }
}

static void test_rating(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum passphrase_rating rating;
    } rows[] = {
        {"", PASSPHRASE_WEAK},
        {"password", PASSPHRASE_WEAK},
        {"Secret.123", PASSPHRASE_WEAK},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaa", PASSPHRASE_WEAK},
        {"12345678901234567890", PASSPHRASE_WEAK},
        {"abcdefghijklmnopqrstuvwxyz", PASSPHRASE_WEAK},
        {"x7$Kq9!mT2vR+5", PASSPHRASE_FAIR},
        {"x7$Kq9!mT2vR#8pWz4&Yb6", PASSPHRASE_STRONG},
        {"lusab-babad-gutih", PASSPHRASE_WEAK},
        {"lusab-babad-gutih-tugad-mudof", PASSPHRASE_STRONG},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (passphrase_rate(bits(rows[i].text)) != rows[i].rating) {
            fail_msg("%s: %d bits", rows[i].text, bits(rows[i].text));
        }
    }
    struct secret none = SECRET_INIT;
    assert_int_equal(passphrase_bits(&none), 0);
}

static void test_ascii(void **state)
{
    (void)state;
    assert_true(passphrase_is_ascii(" ~aZ9", 5));
    assert_true(passphrase_is_ascii("", 0));
    assert_false(passphrase_is_ascii("\xc3\xa9", 2));
    assert_false(passphrase_is_ascii("a\tb", 3));
    assert_false(passphrase_is_ascii("a\177", 2));
    assert_false(passphrase_is_ascii("a\0b", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generate),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_rating),
        cmocka_unit_test(test_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
