/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both cfg parsers, the writer and lint. Invariants: whatever is read can be written (unless a line was damaged) and
 * then reads back equal; lint ends, and says nothing with a control character in it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/strv.h"
#include "cfg/cfg.h"
#include "cfg/cfg_lint.h"
#include "fuzz/fuzz.h"

static bool damaged(const struct cfg *cfg)
{
    for (size_t i = 0; i < cfg->n; i++) {
        if (cfg->v[i].flags & (CFG_ENTRY_NO_EQUALS | CFG_ENTRY_BAD_ESCAPE)) {
            return true;
        }
    }
    return false;
}

static bool left_out(const struct cfg_entry *entry)
{
    return entry->row && cfg_key_is_secret(entry->row) && !*entry->value;
}

static void check_round_trip(const struct cfg *cfg)
{
    struct buf text = BUF_INIT(8 * CFG_TEXT_MAX); /* escapes make it longer */
    struct cfg back;
    cfg_init(&back, cfg->dialect);
    demand(cfg_format(cfg, CFG_WRITE_SECRETS, "heading", &text, NULL) || text.len);
    if (text.len <= CFG_TEXT_MAX) {
        demand(cfg_parse(&back, buf_peek(&text), NULL, NULL));
        size_t at = 0;
        for (size_t i = 0; i < cfg->n; i++) {
            if (left_out(&cfg->v[i])) {
                continue;
            }
            demand(at < back.n && strcmp(back.v[at].key, cfg->v[i].key) == 0);
            demand(strcmp(back.v[at].value, cfg->v[i].value) == 0);
            at++;
        }
        demand(at == back.n);
    }
    cfg_release(&back);
    buf_release(&text);
}

static void check_lint(const struct cfg *cfg)
{
    struct cfg_lint_facts facts = {.no_files = true};
    struct cfg_problems problems = CFG_PROBLEMS_INIT;
    cfg_lint(cfg, &facts, &problems);
    for (size_t i = 0; i < problems.n; i++) {
        char *line = cfg_problem_format(&problems.v[i]);
        for (const char *p = line; *p; p++) {
            demand((unsigned char)*p >= 0x20 && *p != 0x7f);
        }
        free(line);
    }
    cfg_problems_release(&problems);
}

static void check_getters(const struct cfg *cfg)
{
    for (int i = 0; i < CFG_KEY_COUNT; i++) {
        enum cfg_key_id id = (enum cfg_key_id)i;
        long number;
        (void)cfg_bool(cfg, id);
        (void)cfg_enum(cfg, id);
        if (cfg_int(cfg, id, &number, NULL)) {
            demand(number >= cfg_key(id)->min && number <= cfg_key(id)->max);
        }
    }
    struct strv names = STRV_INIT;
    if (cfg_inputs(cfg, &names, NULL)) {
        demand(names.n > 0 || cfg_controls_suffice(cfg));
    }
    strv_release(&names);
    const char *servlet = cfg_get(cfg, CFG_SERVLET);
    if (servlet) {
        free(cfg_servlet_path(servlet));
        free(cfg_servlet_profile(servlet));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum cfg_dialect dialects[] = {CFG_REQUEST, CFG_HTTP};
    struct cfg read[2];
    bool ok[2];
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
        cfg_init(&read[i], dialects[i]);
        ok[i] = cfg_scan(&read[i], BYTES(data, size), "fuzz.cfg", NULL);
        if (ok[i]) {
            check_getters(&read[i]);
            check_lint(&read[i]);
        }
        if (ok[i] && !damaged(&read[i])) {
            check_round_trip(&read[i]);
        }
    }
    if (ok[0] && ok[1]) {
        struct cfg_lint_facts facts = {.no_files = true};
        struct cfg_problems problems = CFG_PROBLEMS_INIT;
        cfg_lint_pair(&read[0], &read[1], &facts, &problems);
        cfg_problems_release(&problems);
    }
    cfg_release(&read[0]);
    cfg_release(&read[1]);
    return 0;
}
