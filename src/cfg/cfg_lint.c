/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cfg/cfg_lint.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cfg/cfg_lint_internal.h"

static const struct {
    const char *id;
    enum cfg_severity severity;
    const char *reason, *remedy;
} rows[CFG_LINT_COUNT] = {
#define CFG_LINT(code, id_, severity_, reason_, remedy_) [CFG_LINT_##code] = {id_, severity_, reason_, remedy_},
#include "cfg/cfg_lint.def"
#undef CFG_LINT
};

const char *cfg_lint_id(enum cfg_lint_id what)
{
    return rows[what].id;
}

enum cfg_severity cfg_lint_severity(enum cfg_lint_id what)
{
    return rows[what].severity;
}

const char *cfg_lint_summary(enum cfg_lint_id what)
{
    return rows[what].reason;
}

const char *cfg_severity_word(enum cfg_severity severity)
{
    static const char *const words[] = {[CFG_NOTE] = "note", [CFG_WARNING] = "warning", [CFG_ERROR] = "error"};
    return words[severity];
}

#define TEXT_MAX ((size_t)64 << 10) /* one sentence; values longer than this are cut */
#define SHOWN_MAX 300               /* octets of a value that a sentence quotes */

static char *visible_excerpt(const char *text)
{
    if (!text) {
        return xstrdup("");
    }
    size_t len = strlen(text);
    if (len <= SHOWN_MAX) {
        return text_visible_str(text);
    }
    len = SHOWN_MAX;
    while (len && ((unsigned char)text[len] & 0xc0) == 0x80) {
        len--;
    }
    char *shown = text_visible(BYTES(text, len));
    char *cut = xasprintf("%s…", shown);
    free(shown);
    return cut;
}

/* Puts args[0] for {1}, and so on. */
static char *expand(const char *pattern, char *const args[4])
{
    struct buf out = BUF_INIT(TEXT_MAX);
    for (const char *p = pattern; *p; p++) {
        bool mark = p[0] == '{' && p[1] >= '1' && p[1] <= '4' && p[2] == '}';
        bool ok = mark ? buf_append_str(&out, args[p[1] - '1']) : buf_append_byte(&out, (uint8_t)*p);
        if (!ok) {
            break;
        }
        p += mark ? 2 : 0;
    }
    return buf_take_str(&out);
}

void lint_report(struct lint *lint, enum cfg_lint_id what, const struct cfg_entry *entry, const char *key,
    struct lint_args args)
{
    struct cfg_problems *out = lint->out;
    if (out->n == out->cap) {
        out->cap = out->cap ? out->cap * 2 : 16;
        out->v = xrealloc(out->v, out->cap * sizeof(out->v[0]));
    }
    const char *name = key ? key : entry ? entry->key : "";
    char *shown[4] = {
        visible_excerpt(name), visible_excerpt(args.two), visible_excerpt(args.three), visible_excerpt(args.four)};
    out->v[out->n++] = (struct cfg_problem){
        .what = what,
        .severity = rows[what].severity,
        .file = xstrdup(lint->cfg->source ? lint->cfg->source : ""),
        .line = entry ? entry->line : 0,
        .key = xstrdup(shown[0]),
        .reason = expand(_(rows[what].reason), shown),
        .remedy = expand(_(rows[what].remedy), shown),
    };
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        free(shown[i]);
    }
}

const char *lint_value(const struct lint *lint, enum cfg_key_id id)
{
    const char *value = cfg_get(lint->cfg, id);
    return value && *value ? value : NULL;
}

bool lint_used(const struct cfg *cfg, const struct cfg_key *row)
{
    if (!row->used_by) {
        return true;
    }
    for (int i = 0; i < CFG_KEY_COUNT; i++) {
        if (cfg_word_in(row->used_by, cfg_key((enum cfg_key_id)i)->name) && cfg_bool(cfg, (enum cfg_key_id)i)) {
            return true;
        }
    }
    return false;
}

bool lint_nickname_used(const struct lint *lint)
{
    switch (lint->mode) {
    case CFG_MODE_SIGNED:
    case CFG_MODE_REVOKE:
    case CFG_MODE_TLS_CLIENT:
        return true;
    case CFG_MODE_POP:
        return !cfg_bool(lint->cfg, CFG_USE_SHARED_SECRET);
    default:
        return false;
    }
}

const char *lint_dbdir(const struct cfg *cfg)
{
    const char *dir = cfg_get_or_default(cfg, CFG_DBDIR);
    return text_starts(dir, "sql:") || text_starts(dir, "dbm:") ? dir + 4 : dir;
}

const char *lint_token(const struct cfg *cfg)
{
    const char *token = cfg_get(cfg, CFG_TOKENNAME);
    return cfg_token_is_internal(token) ? NULL : token;
}

/* Next component; "" and "." are passed over. */
static const char *component(const char **at, size_t *len)
{
    for (;;) {
        *at += strspn(*at, "/");
        const char *start = *at;
        *len = strcspn(start, "/");
        *at = start + *len;
        if (*len != 1 || *start != '.') {
            return start;
        }
    }
}

bool lint_same_path(const char *a, const char *b)
{
    if ((*a == '/') != (*b == '/')) {
        return false;
    }
    size_t a_len, b_len;
    do {
        const char *x = component(&a, &a_len);
        const char *y = component(&b, &b_len);
        if (a_len != b_len || memcmp(x, y, a_len) != 0) {
            return false;
        }
    } while (a_len);
    return true;
}

/* By line, problems without a line last; stable. The lists are short. */
static void sort_from(struct cfg_problems *problems, size_t first)
{
    for (size_t i = first + 1; i < problems->n; i++) {
        struct cfg_problem moved = problems->v[i];
        size_t at = i;
        while (at > first && moved.line && (!problems->v[at - 1].line || problems->v[at - 1].line > moved.line)) {
            problems->v[at] = problems->v[at - 1];
            at--;
        }
        problems->v[at] = moved;
    }
}

static const struct cfg_lint_facts no_facts;

void cfg_lint(const struct cfg *cfg, const struct cfg_lint_facts *facts, struct cfg_problems *out)
{
    struct lint lint = {cfg, facts ? facts : &no_facts, out, cfg_mode(cfg)};
    size_t first = out->n;
    lint_lines(&lint);
    lint_values(&lint);
    lint_keys(&lint);
    lint_files(&lint);
    if (cfg->dialect == CFG_HTTP) {
        lint_server(&lint);
    }
    sort_from(out, first);
}

bool cfg_lint_file(const char *path, int dialect, const struct cfg_lint_facts *facts, struct cfg_problems *out,
    struct err *err)
{
    struct cfg cfg;
    cfg_init(&cfg, dialect == CFG_HTTP ? CFG_HTTP : CFG_REQUEST);
    if (!dialect) {
        struct buf text = BUF_INIT(CFG_TEXT_MAX);
        text.secret = true;
        if (file_read(path, &text, NULL)) {
            cfg.dialect = cfg_guess_dialect(buf_peek(&text));
        }
        buf_release(&text);
    }
    bool ok = cfg_read_lenient(&cfg, path, err);
    if (ok) {
        cfg_lint(&cfg, facts, out);
    }
    cfg_release(&cfg);
    return ok;
}

size_t cfg_problems_count(const struct cfg_problems *problems, enum cfg_severity at_least)
{
    size_t count = 0;
    for (size_t i = 0; i < problems->n; i++) {
        count += problems->v[i].severity >= at_least;
    }
    return count;
}

bool cfg_problems_has(const struct cfg_problems *problems, enum cfg_lint_id what)
{
    for (size_t i = 0; i < problems->n; i++) {
        if (problems->v[i].what == what) {
            return true;
        }
    }
    return false;
}

void cfg_problems_release(struct cfg_problems *problems)
{
    for (size_t i = 0; i < problems->n; i++) {
        free(problems->v[i].file);
        free(problems->v[i].key);
        free(problems->v[i].reason);
        free(problems->v[i].remedy);
    }
    free(problems->v);
    *problems = (struct cfg_problems)CFG_PROBLEMS_INIT;
}

char *cfg_problem_format(const struct cfg_problem *problem)
{
    struct buf out = BUF_INIT(4 * TEXT_MAX);
    if (*problem->file) {
        buf_add(&out, "%s:", problem->file);
    }
    if (problem->line) {
        buf_add(&out, "%d:", problem->line);
    }
    const char *words[] = {[CFG_NOTE] = _("note"), [CFG_WARNING] = _("warning"), [CFG_ERROR] = _("error")};
    buf_add(&out, "%s%s: ", out.len ? " " : "", words[problem->severity]);
    if (*problem->key) {
        buf_add(&out, "%s: ", problem->key);
    }
    buf_add(&out, "%s %s [%s]", problem->reason, problem->remedy, cfg_lint_id(problem->what));
    return buf_take_str(&out);
}
