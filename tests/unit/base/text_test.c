/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/text.h"

#include "base/strv.h"

#include "unit/unit.h"

static void test_visible(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *shown;
    } rows[] = {
        {"", ""},
        {"CN=Jos\xc3\xa9, O=\xe4\xb8\xad\xe6\x96\x87", "CN=Jos\xc3\xa9, O=\xe4\xb8\xad\xe6\x96\x87"},
        {"a\nb\tc\rd", "a\\nb\\tc\\x0Dd"},
        {"\x1b[2J\x07\x7f", "\\e[2J\\x07\\x7F"},
        {"back\\slash", "back\\\\slash"},
        {"\xc2\x9b" "31m", "\\u{009B}31m"},                                /* CSI as one C1 character */
        {"abc\xe2\x80\xae" "cod.exe", "abc\\u{202E}cod.exe"},               /* right-to-left override */
        {"\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f", "\\u{061C}\\u{200E}\\u{200F}"},
        {"\xe2\x81\xa6x\xe2\x81\xa9", "\\u{2066}x\\u{2069}"},
        {"a\xe2\x80\x8b" "b\xe2\x80\x8d\xef\xbb\xbf", "a\\u{200B}b\\u{200D}\\u{FEFF}"},
        {"\xe2\x80\xa8\xe2\x80\xa9", "\\u{2028}\\u{2029}"},
        {"\xf3\xa0\x81\x81", "\\u{E0041}"},                                 /* tag letter */
        {"\xee\x80\x80\xf4\x8f\xbf\xbd", "\\u{E000}\\u{10FFFD}"},           /* private use */
        {"\xef\xbf\xbe\xef\xb7\x90", "\\u{FFFE}\\u{FDD0}"},                 /* noncharacters */
        {"\xff\xc3(\xed\xa0\x80", "\\xFF\\xC3(\\xED\\xA0\\x80"},
        {"e\xcc\x81", "e\xcc\x81"},
        {"\xcc\x81x", "\\u{0301}x"},                                        /* would change our own text before it */
        {"\n\xcc\x81", "\\n\\u{0301}"},
        {"\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f"},
        {"\xc2\xad\xe3\x85\xa4", "\\u{00AD}\\u{3164}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unit_expect_text(text_visible_str(rows[i].raw), rows[i].shown);
    }
    unit_expect_text(text_visible(BYTES("a\0b", 3)), "a\\x00b");
    unit_expect_text(text_visible(BYTES_NONE), "");
    unit_expect_text(text_visible_lines(BYTES("a\r\nb\x1b\n", 6)), "a\\x0D\nb\\e\n");
}

static void test_visible_marks(void **state)
{
    (void)state;
    struct buf raw = BUF_INIT(1000);
    buf_add(&raw, "e");
    for (int i = 0; i < 10; i++) {
        buf_add(&raw, "\xcc\x81");
    }
    char *shown = text_visible(buf_peek(&raw));
    assert_int_equal(strlen(shown), 1 + 8 * 2 + 2 * strlen("\\u{0301}"));
    free(shown);
    buf_release(&raw);
}

/* Whatever comes in, what goes out is plain UTF-8 without controls, and safe text is not escaped again. */
static void test_visible_of_anything(void **state)
{
    (void)state;
    for (int round = 0; round < 2000; round++) {
        uint8_t raw[40];
        bytes_random(raw, sizeof(raw));
        char *shown = text_visible(BYTES(raw, sizeof(raw)));
        assert_true(utf8_valid(shown, strlen(shown)));
        for (const char *c = shown; *c; c++) {
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7F);
        }
        unit_expect_text(text_safe(shown), shown);
        free(shown);
    }
}

static void test_safe(void **state)
{
    (void)state;
    unit_expect_text(text_safe("C:\\dir \\e \x1b"), "C:\\dir \\e \\e");
}

static void test_ellipsis(void **state)
{
    (void)state;
    unit_expect_text(text_ellipsis("abcdef", 6, false), "abcdef");
    unit_expect_text(text_ellipsis("abcdef", 5, false), "abcd…");
    unit_expect_text(text_ellipsis("abcdef", 5, true), "ab...");
    unit_expect_text(text_ellipsis("abcdef", 2, true), "..");
    unit_expect_text(text_ellipsis("abcdef", 1, false), "…");
    unit_expect_text(text_ellipsis("abcdef", 0, false), "");
    unit_expect_text(text_ellipsis("abcdef", -3, true), "");
    unit_expect_text(text_ellipsis("中文字", 5, false), "中文…");
    unit_expect_text(text_ellipsis("中文字", 4, false), "中…");
}

static void test_padded(void **state)
{
    (void)state;
    unit_expect_text(text_padded("ab", 4), "ab  ");
    unit_expect_text(text_padded("中文", 5), "中文 ");
    unit_expect_text(text_padded("中文", 3), "中文");
    unit_expect_text(text_padded("", 0), "");
}

static void expect_wrap(const char *text, int columns, const char *joined)
{
    struct strv lines = STRV_INIT;
    text_wrap(text, columns, &lines);
    for (size_t i = 0; i < lines.n; i++) {
        assert_true(text_width(lines.v[i]) <= columns || columns < 2);
    }
    unit_expect_text(strv_join(&lines, "|"), joined);
    strv_release(&lines);
}

static void test_wrap(void **state)
{
    (void)state;
    expect_wrap("", 10, "");
    expect_wrap("one two three", 7, "one two|three");
    expect_wrap("one two three", 8, "one two|three");
    expect_wrap("one two three", 13, "one two three");
    expect_wrap("one  two   ", 3, "one|two");
    expect_wrap("a\n\nb\n", 10, "a||b");
    expect_wrap("abcdefgh", 3, "abc|def|gh");
    expect_wrap("ab cdefgh", 3, "ab|cde|fgh");
    expect_wrap("中文字幕", 5, "中文|字幕");
    expect_wrap("see 中文字 here", 8, "see 中文|字 here");
    /* No line begins with closing punctuation or ends with an opening bracket, unless nothing else fits. */
    expect_wrap("中文字，幕後", 6, "中文|字，幕|後");
    expect_wrap("中文（字）幕", 6, "中文|（字）|幕");
    expect_wrap("キーを作る。", 10, "キーを作|る。");
    expect_wrap("，，，", 2, "，|，|，");
    expect_wrap("e\xcc\x81" "e\xcc\x81" "e\xcc\x81", 2, "e\xcc\x81" "e\xcc\x81|e\xcc\x81");
    expect_wrap("ab", 0, "a|b");
    expect_wrap("中", 1, "中");
    expect_wrap("\xff\xff\xff", 2, "\xff\xff|\xff");
}

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("abc", ""), 3);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("output", "ouptut"), 1);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
    assert_int_equal(text_distance("input", "inputs"), 1);
    char *big = xcalloc(1, 100001);
    memset(big, 'x', 100000);
    assert_in_range(text_distance(big, "x"), 100, 100000);
    free(big);
}

static void expect_trim(const char *text, const char *trimmed)
{
    char *copy = xstrdup(text);
    assert_string_equal(text_trim(copy), trimmed);
    free(copy);
}

static void test_small(void **state)
{
    (void)state;
    expect_trim(" \t a b \r\n", "a b");
    expect_trim("  ", "");
    expect_trim("é", "é");
    assert_true(text_is_ascii("abc\n"));
    assert_false(text_is_ascii("é"));
    assert_true(text_starts("abc", "ab") && text_starts("abc", ""));
    assert_false(text_starts("a", "ab"));
    assert_true(text_ends("a.cfg", ".cfg") && !text_ends("cfg", ".cfg"));
}

static void test_dn_escape(void **state)
{
    (void)state;
    unit_expect_text(text_dn_escape("plain é"), "plain é");
    unit_expect_text(text_dn_escape("a,b+c\"d\\e<f>g;h"), "a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h");
    unit_expect_text(text_dn_escape("#x#"), "\\#x#");
    unit_expect_text(text_dn_escape(" x y "), "\\ x y\\ ");
    unit_expect_text(text_dn_escape(" "), "\\ ");
    unit_expect_text(text_dn_escape(""), "");
}

static void test_shell_quote(void **state)
{
    (void)state;
    unit_expect_text(text_shell_quote("a-b_c/d.e=f:g"), "a-b_c/d.e=f:g");
    unit_expect_text(text_shell_quote(""), "''");
    unit_expect_text(text_shell_quote("a b"), "'a b'");
    unit_expect_text(text_shell_quote("it's"), "'it'\\''s'");
    unit_expect_text(text_shell_quote("$(x)`y`\n"), "'$(x)`y`\n'");
    unit_expect_text(text_shell_quote("~"), "'~'");
}

static void test_numbers(void **state)
{
    (void)state;
    uint8_t digest[32] = {0};
    unit_expect_text(text_readout(digest), "0000 0000 0000 0000 0000");
    unit_expect_text(text_readout_words(digest), "acorn acorn acorn acorn acorn acorn acorn acorn");
    memset(digest, 0xFF, sizeof(digest));
    unit_expect_text(text_readout(digest), "1844 6744 0737 0955 1615"); /* 2^64-1 */
    digest[31] = 0;
    unit_expect_text(text_readout(digest), "1844 6744 0737 0955 1615");
    unit_expect_text(text_readout_words(digest), "zodiac zodiac zodiac zodiac zodiac zodiac zodiac zodiac");
    /* Each of the 64 bits counts, in both forms. */
    for (int bit = 0; bit < 64; bit++) {
        memset(digest, 0x5A, sizeof(digest));
        char *digits = text_readout(digest), *words = text_readout_words(digest);
        digest[bit / 8] ^= (uint8_t)(1 << bit % 8);
        char *other_digits = text_readout(digest), *other_words = text_readout_words(digest);
        assert_string_not_equal(digits, other_digits);
        assert_string_not_equal(words, other_words);
        free(digits);
        free(words);
        free(other_digits);
        free(other_words);
    }
    unit_expect_text(text_size(0), "0 B");
    unit_expect_text(text_size(1023), "1023 B");
    unit_expect_text(text_size(1024), "1.0 KiB");
    unit_expect_text(text_size(1258291), "1.2 MiB");
    unit_expect_text(text_size(1048575), "1.0 MiB");
    unit_expect_text(text_size(UINT64_MAX), "16.0 EiB");
}

/* All 256 words by their octets; what the list promises holds: short, first letters and spelling apart. */
static void test_words(void **state)
{
    (void)state;
    char *word[256];
    for (int i = 0; i < 256; i++) {
        uint8_t digest[32] = {(uint8_t)i};
        word[i] = text_readout_words(digest);
        word[i][strcspn(word[i], " ")] = '\0';
        assert_in_range(strlen(word[i]), 3, 7);
        assert_int_equal(strspn(word[i], "abcdefghijklmnopqrstuvwxyz"), strlen(word[i]));
        for (int k = 0; k < i; k++) {
            assert_true(strncmp(word[k], word[i], 3) < 0); /* sorted, too */
            assert_true(text_distance(word[k], word[i]) >= 3);
        }
    }
    for (int i = 0; i < 256; i++) {
        free(word[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visible),   cmocka_unit_test(test_visible_marks),
        cmocka_unit_test(test_safe),      cmocka_unit_test(test_visible_of_anything),
        cmocka_unit_test(test_ellipsis), cmocka_unit_test(test_padded),  cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_distance),  cmocka_unit_test(test_small),
        cmocka_unit_test(test_dn_escape), cmocka_unit_test(test_shell_quote),
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
