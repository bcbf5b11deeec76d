/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/i18n.h"

#include <locale.h>

#include "base/text.h"
#include "base/when.h"
#include "unit/unit.h"

/* A catalogue of three rows, as msgfmt writes it: sorted originals, then translations. */
struct message {
    const char *from, *to;
};

static const struct message messages[] = {
    {"", "Content-Type: text/plain; charset=UTF-8\nLanguage: tlh\n"},
    {"It is empty.", "chIm."},
    {"date\004%Y-%m-%d", "%e.%m.%Y"},
    {"date\004%Y-%m-%d %H:%M UTC", "%d/%m/%Y, %k:%M %% UTC"},
    {"decimal mark\004.", ","},
    {"language code\004en", "tlh"},
};

static void add_word(struct buf *b, size_t value)
{
    uint32_t word = (uint32_t)value;
    assert_true(buf_append(b, &word, sizeof(word)));
}

static void add_table(struct buf *b, size_t *text_at, bool originals)
{
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        size_t len = strlen(originals ? messages[i].from : messages[i].to);
        add_word(b, len);
        add_word(b, *text_at);
        *text_at += len + 1;
    }
}

static void write_catalogue(const char *folder, const char *language)
{
    size_t n = ARRAY_LEN(messages);
    struct buf b = BUF_INIT(BUF_MAX_TEXT);
    add_word(&b, 0x950412de);
    add_word(&b, 0);
    add_word(&b, n);
    add_word(&b, 28);
    add_word(&b, 28 + 8 * n);
    add_word(&b, 0);
    add_word(&b, 28 + 16 * n);
    size_t text_at = 28 + 16 * n;
    add_table(&b, &text_at, true);
    add_table(&b, &text_at, false);
    for (size_t i = 0; i < n; i++) {
        assert_true(buf_append(&b, messages[i].from, strlen(messages[i].from) + 1));
    }
    for (size_t i = 0; i < n; i++) {
        assert_true(buf_append(&b, messages[i].to, strlen(messages[i].to) + 1));
    }
    char *below = xasprintf("%s/%s/LC_MESSAGES", folder, language);
    char *path = path_join(below, PACKAGE ".mo");
    assert_true(dir_create(below, 0700, NULL));
    assert_true(file_write(path, buf_peek(&b), 0600, NULL));
    buf_release(&b);
    free(path);
    free(below);
}

static void test_untranslated(void **state)
{
    (void)state;
    assert_true(i18n_init());
    assert_string_equal(i18n_language(), "en");
    assert_string_equal(i18n_row(NC_("menu", "File")), "File");
    assert_string_equal(i18n_row("plain"), "plain");
    assert_string_equal(i18n_row(""), "");
    assert_string_equal(C_("menu", "Open"), "Open");
    assert_string_equal(setlocale(LC_NUMERIC, NULL), "C");
}

static void test_available(void **state)
{
    assert_string_equal(i18n_available(), "en");
    write_catalogue(*state, "tlh");
    write_catalogue(*state, "de");
    char *empty = path_join(*state, "fr");
    assert_true(dir_create(empty, 0700, NULL));
    free(empty);
    assert_string_equal(i18n_available(), "en,de,tlh");
    setenv("CMC_WIZARD_LOCALEDIR", "/nonexistent-folder", 1);
    assert_true(i18n_init());
    assert_string_equal(i18n_available(), "en");
    setenv("CMC_WIZARD_LOCALEDIR", *state, 1);
    assert_true(i18n_init());
}

static void test_switch(void **state)
{
    (void)state;
    setenv("LANGUAGE", "xx", 1);
    assert_true(i18n_init());
    assert_false(i18n_switch("no_such"));
    assert_string_equal(getenv("LANGUAGE"), "xx");
    assert_false(i18n_switch("../../etc"));
    assert_false(i18n_switch("tlh:de"));
    assert_true(i18n_switch("tlh")); /* whatever locales are installed */
    assert_string_equal(i18n_language(), "tlh");
    assert_string_equal(_("It is empty."), "chIm.");
    assert_false(i18n_switch("no_such"));
    assert_string_equal(i18n_language(), "tlh"); /* a failed switch changes nothing */
    assert_true(i18n_switch("en"));
    assert_string_equal(i18n_language(), "en");
    assert_string_equal(_("It is empty."), "It is empty.");
    assert_true(i18n_switch("tlh"));
    assert_true(i18n_switch(""));
    assert_string_equal(i18n_language(), "en");
    assert_string_equal(getenv("LANGUAGE"), "xx");
}

/* Dates and numbers for people are the catalogue's; those for files stay. */
static void test_dates_and_numbers(void **state)
{
    (void)state;
    assert_true(i18n_switch("tlh"));
    unit_expect_text(when_human(1794182617), "09/11/2026, 0:03 %% UTC");
    unit_expect_text(when_day(1794182617), "9.11.2026");
    unit_expect_text(when_day_text("2026-11-09T00:03:37Z"), "9.11.2026");
    unit_expect_text(when_rfc3339(1794182617), "2026-11-09T00:03:37Z");
    unit_expect_text(text_decimal(1.25, 1), "1,2");
    unit_expect_text(text_decimal(3, 0), "3");
    unit_expect_text(text_size(1258291), "1,2 MiB");
    assert_true(i18n_switch(""));
    unit_expect_text(text_size(1258291), "1.2 MiB");
}

static void test_missing_locale(void **state)
{
    (void)state;
    setenv("LC_ALL", "xx_XX.UTF-8", 1);
    assert_true(i18n_init()); /* names still show */
    assert_string_equal(i18n_language(), "en");
    unsetenv("LANGUAGE");
    setenv("LC_ALL", "C", 1);
    assert_true(i18n_init());
    assert_string_equal(i18n_language(), "en");
    setenv("LC_ALL", "tlh_KX.UTF-8", 1); /* not installed, but there is a catalogue */
    assert_true(i18n_init());
    assert_string_equal(i18n_language(), "tlh");
    assert_string_equal(_("It is empty."), "chIm.");
}

/* A language is unsaid where nothing but a C locale in LANG is set. */
static void test_unsaid(void **state)
{
    static const struct {
        const char *variable, *value;
        bool unsaid;
    } rows[] = {
        {"LANG", "", true},          {"LANG", "C", true},        {"LANG", "C.UTF-8", true},      {"LANG", "POSIX", true},
        {"LANG", "de_DE", false},    {"LANG", "CS", false},      {"LC_ALL", "C", false},         {"LC_ALL", "", true},
        {"LC_MESSAGES", "C", false}, {"LANGUAGE", "en", false}, {"LC_CTYPE", "de_DE.UTF-8", true},
    };
    static const char *const all[] = {"LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_CTYPE"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t k = 0; k < ARRAY_LEN(all); k++) {
            unsetenv(all[k]);
        }
        assert_true(i18n_is_unsaid());
        setenv(rows[i].variable, rows[i].value, 1);
        assert_int_equal(i18n_is_unsaid(), rows[i].unsaid);
    }
}

static int setup(void **state)
{
    int failed = unit_folder(state);
    setenv("CMC_WIZARD_LOCALEDIR", *state, 1);
    return failed;
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_untranslated),
        cmocka_unit_test(test_available),
        cmocka_unit_test(test_switch),
        cmocka_unit_test(test_dates_and_numbers),
        cmocka_unit_test(test_missing_locale),
        cmocka_unit_test(test_unsaid),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
