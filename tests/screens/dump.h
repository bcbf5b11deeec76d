/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_SCREENS_DUMP_H
#define CMCW_TESTS_SCREENS_DUMP_H
/*
 * Screens as text, compared with tests/screens/dumps/PAGE.LOOK.txt; what changes from run to run is masked. With CMCW_DUMPS_UPDATE in the
 * environment the files are written instead: then look at git diff.
 */
#include "unit/unit.h"

#include <regex.h>

#include "tests/harness/term.h"

/* To mask one more volatile value: a row. Replacements are as wide as what they stand for, where that is always the same. */
static const struct {
    const char *pattern, *by;
} MASKS[] = {
    {"/tmp/cmcw-[A-Za-z0-9]{6}", "/tmp/cmcw-......"},
    {"/[^ ]*/home[0-9]+/", "~/"},
    {"[0-9]{8}-[0-9]{6}-[a-z0-9]{4}", "YYYYMMDD-HHMMSS-...."},
    {"[0-9]{4}-[0-9]{2}-[0-9]{2}", "YYYY-MM-DD"},
    {"[0-9]{2}:[0-9]{2} UTC", "HH:MM UTC"},
    {" [0-9]{2}:[0-9]{2}\n", " HH:MM\n"}, /* the zone is on the next row */
    {"‹[0-9]+/", "‹~/"},
    {"localhost:[0-9]+", "localhost:....."},
    {"0x[0-9a-f]+", "0x..."},
    {"  \\.\\.[0-9a-f]{8}  ", "  ..........  "},
    {"Instance [0-9a-f]{1,6}", "Instance ......"},
    {"just now|[0-9]+ minutes?", "(age)   "},
    {"[0-9]{3} days", "NNN days"},
    {"([0-9A-F]{2}:){5,}[0-9A-F]{0,2}", "..:..:..:.."},
    {"([0-9]{4} ){4,5}[0-9]{4}", "DDDD DDDD DDDD DDDD DDDD"},
    {"/tmp/cmcw-unit-[A-Za-z0-9]{6}", "/tmp/cmcw-unit-......"},
};

static inline char *mask_one(char *text, const char *pattern, const char *by)
{
    regex_t re;
    regmatch_t m;
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    assert_int_equal(regcomp(&re, pattern, REG_EXTENDED), 0);
    const char *at = text;
    while (regexec(&re, at, 1, &m, 0) == 0) {
        buf_add(&out, "%.*s%s", (int)m.rm_so, at, by);
        at += m.rm_eo;
    }
    buf_add(&out, "%s", at);
    regfree(&re);
    free(text);
    return buf_take_str(&out);
}

static inline char *masked(char *text)
{
    for (size_t i = 0; i < ARRAY_LEN(MASKS); i++) {
        text = mask_one(text, MASKS[i].pattern, MASKS[i].by);
    }
    return text;
}

/* The screen when it is what is wanted, or what it has become after a while; without a wish when it is still. Caller frees. */
static inline char *dump_when_drawn(struct term *t, const char *want, unsigned flags)
{
    term_settle(t, want ? 10 : 150);
    char *got = masked(term_dump(t, flags | TERM_DUMP_CURSOR));
    for (int i = 0; want && i < 20 && strcmp(got, want) != 0; i++) {
        free(got);
        term_settle(t, 50);
        got = masked(term_dump(t, flags | TERM_DUMP_CURSOR));
    }
    return got;
}

/* The screen is what the dump of that page and look says. */
static inline void dump_compare(struct term *t, const char *page, const char *look, unsigned flags)
{
    struct err err = ERR_INIT;
    struct buf want = BUF_INIT(BUF_MAX_TEXT);
    bool update = getenv("CMCW_DUMPS_UPDATE") != NULL;
    char *below = xasprintf("tests/screens/dumps/%s.%s.txt", page, look), *file = unit_source(below);
    bool known = !update && file_read(file, &want, &err);
    char *got = dump_when_drawn(t, known ? buf_str(&want) : NULL, flags);
    if (update) {
        assert_true(file_write(file, bytes_of_str(got), 0644, &err));
    } else if (!known || strcmp(got, buf_str(&want)) != 0) {
        fprintf(stderr, "%s\n---- wanted\n%s\n---- got\n%s", file, buf_str(&want), got);
        fail_msg("%s", file);
    }
    err_release(&err);
    buf_release(&want);
    free(below);
    free(file);
    free(got);
}
#endif
