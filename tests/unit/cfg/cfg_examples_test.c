/* SPDX-License-Identifier: Apache-2.0 */
/* The installed examples lint clean, fit each other, and look as the writer would write them today. */
#include "config.h"

#include "unit/unit.h"

#include "cfg/cfg.h"
#include "cfg/cfg_lint.h"

static const char *const pairs[] = {"agent", "server"};

static void read_example(struct cfg *cfg, enum cfg_dialect dialect, const char *pair, const char *kind)
{
    char *name = xasprintf("data/examples/%s-%s.cfg", pair, kind);
    char *path = unit_source(name);
    cfg_init(cfg, dialect);
    assert_true(cfg_read(cfg, path, NULL));
    free(path);
    free(name);
}

/* Only the note that a password will be asked for. */
static void expect_clean(const struct cfg *cfg)
{
    struct cfg_lint_facts facts = {.no_files = true, .will_ask_secrets = true, .dogtag = "10.5"};
    struct cfg_problems problems = CFG_PROBLEMS_INIT;
    cfg_lint(cfg, &facts, &problems);
    assert_int_equal(problems.n, 1);
    assert_int_equal(problems.v[0].what, CFG_LINT_PASSWORD_ASKED);
    cfg_problems_release(&problems);
}

static void examples_lint_clean(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct cfg request, submit;
        read_example(&request, CFG_REQUEST, pairs[i], "request");
        read_example(&submit, CFG_HTTP, pairs[i], "submit");
        expect_clean(&request);
        expect_clean(&submit);
        struct cfg_problems problems = CFG_PROBLEMS_INIT;
        cfg_lint_pair(&request, &submit, NULL, &problems);
        assert_int_equal(problems.n, 0);
        cfg_release(&request);
        cfg_release(&submit);
    }
}

/* The comment lines in front of the first group, without "# ". Caller frees. */
static char *heading_of(const char *text)
{
    struct buf heading = BUF_INIT(BUF_MAX_TEXT);
    const char *end = strstr(text, "\n# ---- ");
    assert_non_null(end);
    while (text < end) {
        size_t len = strcspn(text, "\n");
        const char *shown = len > 2 ? text + 2 : text + len;
        buf_add(&heading, "%s%.*s", heading.len ? "\n" : "", (int)(text + len - shown), shown);
        text += len + 1;
    }
    return buf_take_str(&heading);
}

static void examples_carry_todays_comments(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_LEN(pairs); i++) {
        bool request = i % 2 == 0;
        char *name = xasprintf("data/examples/%s-%s.cfg", pairs[i / 2], request ? "request" : "submit");
        char *path = unit_source(name);
        struct buf text = BUF_INIT(CFG_TEXT_MAX), again = BUF_INIT(CFG_TEXT_MAX);
        assert_true(file_read(path, &text, NULL));
        struct cfg cfg;
        cfg_init(&cfg, request ? CFG_REQUEST : CFG_HTTP);
        assert_true(cfg_parse(&cfg, buf_peek(&text), NULL, NULL));
        char *heading = heading_of(buf_str(&text));
        assert_true(cfg_format(&cfg, CFG_WRITE_COMMENTS, heading, &again, NULL));
        assert_string_equal(buf_str(&again), buf_str(&text));
        free(heading);
        cfg_release(&cfg);
        buf_release(&text);
        buf_release(&again);
        free(path);
        free(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_lint_clean),
        cmocka_unit_test(examples_carry_todays_comments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
