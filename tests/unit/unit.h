/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_UNIT_H
#define CMCW_TESTS_UNIT_H
/*
 * What every unit test needs: cmocka with the headers it wants before it, and a private folder that is gone afterwards.
 *
 *     static int setup(void **state) { return unit_folder(state); }        group or test setup; *state is the path
 *     static int teardown(void **state) { return unit_folder_remove(state); }
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"

/* A new empty folder (0700) under $TMPDIR; its path is *state. */
static inline int unit_folder(void **state)
{
    const char *base = getenv("TMPDIR");
    char *path = xasprintf("%s/cmcw-unit-XXXXXX", base && *base ? base : "/tmp");
    *state = path;
    return mkdtemp(path) ? 0 : -1;
}

static inline int unit_folder_remove(void **state)
{
    bool ok = dir_remove(*state, NULL);
    free(*state);
    return ok ? 0 : -1;
}

/* Path of a file that comes with the sources: unit_source("tests/vectors/ca/INDEX.tsv"). Caller frees. */
static inline char *unit_source(const char *below)
{
    const char *top = getenv("top_srcdir");
    return path_join(top && *top ? top : ".", below);
}

/* Frees got. */
static inline void unit_expect_text(char *got, const char *expected)
{
    assert_string_equal(got, expected);
    free(got);
}

/* The code is the expected one; releases err. */
static inline void unit_expect_err(struct err *err, enum err_code expected)
{
    assert_string_equal(err_id(err->code), err_id(expected));
    err_release(err);
}
#endif
