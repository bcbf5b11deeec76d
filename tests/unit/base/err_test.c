/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/err.h"

#include <errno.h>

#include "unit/unit.h"

static bool is_kebab(const char *id)
{
    size_t len = strlen(id);
    return len > 0 && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == len && id[0] != '-' &&
           id[len - 1] != '-' && !strstr(id, "--");
}

static void test_catalogue(void **state)
{
    (void)state;
    for (int i = ERR_NONE + 1; i < ERR_COUNT; i++) {
        const char *id = err_id((enum err_code)i);
        assert_non_null(id);
        if (!is_kebab(id)) {
            fail_msg("the id \"%s\" is not lower-case-kebab", id);
        }
        if (err_by_id(id) != (enum err_code)i) {
            fail_msg("the id \"%s\" stands in two rows", id);
        }
        assert_in_range(err_exit((enum err_code)i), EXIT_DONE, EXIT_UNTRUSTED);
        const char *what = err_what((enum err_code)i);
        const char *todo = err_todo((enum err_code)i);
        if (err_exit((enum err_code)i) != EXIT_DONE && (!*what || !*todo)) {
            fail_msg("the row \"%s\" does not say what happened or what to do", id);
        }
    }
}

/* A person reads these as sentences; nothing in them is a format. */
static void test_sentences(void **state)
{
    (void)state;
    for (int i = ERR_NONE + 1; i < ERR_COUNT; i++) {
        const char *texts[] = {err_what((enum err_code)i), err_why((enum err_code)i), err_todo((enum err_code)i)};
        for (size_t part = 0; part < ARRAY_LEN(texts); part++) {
            size_t len = strlen(texts[part]);
            if (len > 0 && !strchr(".!?)", texts[part][len - 1])) {
                fail_msg("%s: \"%s\" is no sentence", err_id((enum err_code)i), texts[part]);
            }
            if (strchr(texts[part], '%') || strchr(texts[part], '\n')) {
                fail_msg("%s: \"%s\" holds a %% or a newline", err_id((enum err_code)i), texts[part]);
            }
        }
    }
    assert_string_equal(err_what(ERR_NONE), "");
}

static void test_lookup(void **state)
{
    (void)state;
    assert_int_equal(err_by_id("file-missing"), ERR_FILE_MISSING);
    assert_int_equal(err_by_id("File-Missing"), ERR_NONE);
    assert_int_equal(err_by_id(""), ERR_NONE);
    assert_int_equal(err_exit(ERR_NONE), EXIT_DONE);
    assert_string_equal(err_id((enum err_code)99999), "internal");
    assert_string_equal(err_id((enum err_code) - 1), "internal");
}

static void test_fail_and_context(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_false(err_is_set(&err));
    assert_false(err_is_set(NULL));
    assert_false(err_fail(&err, ERR_FILE_MISSING, "%s:%d", "a.cfg", 3));
    assert_true(err_is_set(&err));
    assert_false(err_context(&err, "The request could not be loaded."));
    assert_int_equal(err.n_context, 2);
    assert_string_equal(err.context[0], "a.cfg:3");

    /* Replaced by a failure whose text is taken from the old one. */
    assert_false(err_fail(&err, ERR_FILE_READ, "was: %s", err.context[0]));
    assert_int_equal(err.n_context, 1);
    assert_string_equal(err.context[0], "was: a.cfg:3");
    assert_false(err_fail(&err, ERR_USAGE, NULL));
    assert_int_equal(err.n_context, 0);
    err_release(&err);
    assert_false(err_is_set(&err));

    assert_false(err_fail(NULL, ERR_USAGE, "nobody cares"));
    assert_false(err_fail_errno(NULL, ERR_USAGE, NULL));
    assert_false(err_context(NULL, "nobody cares"));
    err_detail(NULL, ERR_SOURCE_NSS, 1, "X");
    err_release(NULL);
}

static void test_context_is_bounded_and_safe(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    err_fail(&err, ERR_USAGE, "first \x1b[2J\n\xe2\x80\xae \xff C:\\x");
    assert_string_equal(err.context[0], "first \\e[2J\\n\\u{202E} \\xFF C:\\x");
    for (int i = 0; i < 3 * ERR_CONTEXT_MAX; i++) {
        err_context(&err, "line %d", i);
    }
    assert_int_equal(err.n_context, ERR_CONTEXT_MAX);
    assert_true(strncmp(err.context[0], "first", 5) == 0);
    assert_string_equal(err.context[ERR_CONTEXT_MAX - 1], "line 23");
    err_detail(&err, ERR_SOURCE_NSS, -8177, "SEC_\x1b");
    assert_string_equal(err.symbol, "SEC_\\e");
    err_release(&err);
}

static void test_move_and_copy(void **state)
{
    (void)state;
    struct err a = ERR_INIT;
    struct err b = ERR_INIT;
    err_fail(&a, ERR_USAGE, "one");
    err_detail(&a, ERR_SOURCE_CURL, 7, "CURLE_COULDNT_CONNECT");
    err_copy(&b, &a);
    assert_int_equal(b.code, ERR_USAGE);
    assert_string_equal(b.context[0], "one");
    assert_ptr_not_equal(b.context[0], a.context[0]);
    err_copy(&b, &b);
    err_move(&b, &b);
    assert_string_equal(b.symbol, "CURLE_COULDNT_CONNECT");
    err_fail(&b, ERR_FILE_READ, "two");
    err_move(&a, &b);
    assert_int_equal(a.code, ERR_FILE_READ);
    assert_false(err_is_set(&b));
    err_move(NULL, &a);
    assert_false(err_is_set(&a));
    err_copy(NULL, &a);
}

static void test_format(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    err_fail(&err, ERR_FILE_WRITE, "out.p10");
    err_context(&err, "The request was not saved.");
    unit_expect_text(err_format(&err, NULL),
                     "error: A file could not be written. [file-write]\n"
                     "  out.p10\n"
                     "  The request was not saved.\n"
                     "Why: The disk may be full, or you may lack the permission to write there.\n"
                     "What to do: Free some space or choose another place; nothing was left half-written.\n");
    err_fail(&err, ERR_USAGE, NULL);
    err_detail(&err, ERR_SOURCE_NSS, -8177, "SEC_ERROR_BAD_PASSWORD");
    unit_expect_text(err_format(&err, "cmc"), "cmc: error: The command line is not right. [usage]\n"
                                              "What to do: Run the command with --help to see what it takes.\n"
                                              "Detail: SEC_ERROR_BAD_PASSWORD (NSS -8177)\n");
    err_detail(&err, ERR_SOURCE_HTTP, 503, NULL);
    char *text = err_format(&err, "cmc");
    assert_non_null(strstr(text, "Detail: HTTP 503\n"));
    free(text);
    err_release(&err);
}

static void test_errno(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    errno = ENOSPC;
    assert_false(err_fail_errno(&err, ERR_FILE_WRITE, "%s", "x"));
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(err.source, ERR_SOURCE_ERRNO);
    assert_int_equal(err.number, ENOSPC);
    assert_string_equal(err.symbol, strerror(ENOSPC));
    err_release(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_catalogue),     cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_lookup),        cmocka_unit_test(test_fail_and_context),
        cmocka_unit_test(test_move_and_copy), cmocka_unit_test(test_context_is_bounded_and_safe),
        cmocka_unit_test(test_format),        cmocka_unit_test(test_errno),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
