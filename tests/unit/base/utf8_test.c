/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/text.h"

#include <locale.h>
#include <wchar.h>

#include "unit/unit.h"

static void test_round_trip(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF) {
            continue;
        }
        char octets[4];
        uint32_t back = 0xFFFFFFFF;
        size_t len = utf8_encode(cp, octets);
        if (utf8_decode(octets, len, &back) != len || back != cp) {
            fail_msg("U+%04X does not come back", (unsigned)cp);
        }
        if (len > 1 && utf8_decode(octets, len - 1, &back) != 0) {
            fail_msg("U+%04X cut short is accepted", (unsigned)cp);
        }
    }
}

static void test_invalid(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xed\xbf\xbf", "\xe2\x82", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xf8\x88\x80\x80\x80", "\xfe", "\xff",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint32_t cp = 0;
        assert_int_equal(utf8_decode(rows[i], strlen(rows[i]), &cp), 0);
        assert_false(utf8_valid(rows[i], strlen(rows[i])));
    }
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("a\0b", 3));
    assert_true(utf8_valid("Ünï 中文 😀", strlen("Ünï 中文 😀")));
    uint32_t cp = 0;
    assert_int_equal(utf8_decode("", 0, &cp), 0);
}

static void test_widths(void **state)
{
    (void)state;
    static const struct {
        uint32_t first, last;
        int width;
    } rows[] = {
        {0x20, 0x7E, 1},       {0xA0, 0x2FF, 1},      {0x300, 0x36F, 0},     {0x391, 0x3C9, 1},     {0x591, 0x5BD, 0},
        {0x5D0, 0x5EA, 1},     {0x64B, 0x65F, 0},     {0x1100, 0x115F, 2},   {0x1160, 0x11FF, 0},   {0x200B, 0x200F, 0},
        {0x202A, 0x202E, 0},   {0x2500, 0x257F, 1},   {0x231A, 0x231B, 2},   {0x3000, 0x3029, 2},   {0x302A, 0x302D, 0},
        {0x3041, 0x3096, 2},   {0x3099, 0x309A, 0},   {0x30A0, 0x30FF, 2},   {0x4E00, 0x9FFF, 2},   {0xAC00, 0xD7A3, 2},
        {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},   {0xFE20, 0xFE2F, 0},   {0xFF01, 0xFF60, 2},   {0xFF61, 0xFF9F, 1},
        {0xFFE0, 0xFFE6, 2},   {0x1F300, 0x1F320, 2}, {0x1F600, 0x1F64F, 2}, {0x1F1E6, 0x1F1FF, 1}, {0x1F3FB, 0x1F3FF, 2},
        {0x20000, 0x2FFFD, 2}, {0x30000, 0x3FFFD, 2}, {0xE0100, 0xE01EF, 0}, {0xFEFF, 0xFEFF, 0},   {0xAD, 0xAD, 1},
        {0x10000, 0x1005D, 1}, {0x1D400, 0x1D454, 1}, {0x1CC00, 0x1CCF9, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (uint32_t cp = rows[i].first; cp <= rows[i].last; cp++) {
            if (utf8_width(cp) != rows[i].width) {
                fail_msg("U+%04X is %d wide, not %d", (unsigned)cp, utf8_width(cp), rows[i].width);
            }
        }
    }
}

/* The C library's table may be of another Unicode version, never of another opinion on common text. */
static void test_widths_as_the_terminal(void **state)
{
    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        skip();
    }
    int differ = 0;
    for (uint32_t cp = 0x20; cp < 0x30000; cp++) {
        int width = wcwidth((wchar_t)cp);
        differ += width >= 0 && width != utf8_width(cp);
    }
    setlocale(LC_CTYPE, "C");
    assert_in_range(differ, 0, 200);
}

static void test_string_widths(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("中文"), 4);
    assert_int_equal(text_width("e\xcc\x81"), 1);
    assert_int_equal(text_width("\xff\xfe"), 2);
    assert_int_equal(text_width("\xe4\xb8"), 2); /* cut short: two odd octets */
    assert_int_equal(text_width("한국어"), 6);
    assert_int_equal(text_width("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"), 2); /* the same syllable in parts */
    assert_int_equal(text_width("😀"), 2);
    assert_int_equal(text_width_n("中文", 3), 2);
}

static void test_graphemes(void **state)
{
    (void)state;
    static const struct {
        const char *first, *rest;
    } rows[] = {
        {"a", "b"},
        {"e\xcc\x81\xcc\xa3", "x"},                                                  /* two accents */
        {"中", "文"},
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", "a"},                       /* woman, joiner, girl */
        {"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "\xf0\x9f\x91\x8d"},                    /* thumb with a skin tone */
        {"\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", "\xf0\x9f\x87\xab\xf0\x9f\x87\xb7"},    /* two flags */
        {"\xe2\x9d\xa4\xef\xb8\x8f", "x"},                                           /* heart as emoji */
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xe1\x84\x92"},                    /* a syllable in parts */
        {"a\xe2\x80\x8d", "b"},                                                      /* a joiner does not join letters */
        {"\xff", "\xcc\x81"},                                                        /* a mark on nothing */
        {"\n", "\xcc\x81"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *text = xasprintf("%s%s", rows[i].first, rows[i].rest);
        if (text_grapheme(text, strlen(text)) != strlen(rows[i].first)) {
            fail_msg("row %zu: %zu octets", i, text_grapheme(text, strlen(text)));
        }
        free(text);
    }
    assert_int_equal(text_grapheme("", 0), 0);
}

static void test_fit(void **state)
{
    (void)state;
    assert_int_equal(text_fit("abc", 2), 2);
    assert_int_equal(text_fit("abc", 9), 3);
    assert_int_equal(text_fit("abc", 0), 0);
    assert_int_equal(text_fit("abc", -1), 0);
    assert_int_equal(text_fit("中文", 3), 3);
    assert_int_equal(text_fit("中文", 1), 0);
    assert_int_equal(text_fit("ae\xcc\x81z", 2), 4);
    assert_int_equal(text_fit("\xff\xff", 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_widths),         cmocka_unit_test(test_widths_as_the_terminal),
        cmocka_unit_test(test_string_widths),  cmocka_unit_test(test_graphemes),
        cmocka_unit_test(test_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
