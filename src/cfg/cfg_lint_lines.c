/* SPDX-License-Identifier: Apache-2.0 */
/* How the lines are written: what people do to a cfg file that Dogtag's tools take literally or ignore. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cfg/cfg_lint_internal.h"
#include "cfg/profiles.h"

static enum cfg_dialect other_dialect(enum cfg_dialect dialect)
{
    return dialect == CFG_HTTP ? CFG_REQUEST : CFG_HTTP;
}

static void unknown_key(struct lint *lint, const struct cfg_entry *entry)
{
    enum cfg_dialect dialect = lint->cfg->dialect;
    const char *tool = cfg_dialect_name(dialect);
    char *copy = xstrdup(entry->key);
    const char *trimmed = text_trim(copy);
    const struct cfg_key *exact = cfg_key_find(dialect, trimmed);
    const struct cfg_key *near = cfg_key_nearest(dialect, entry->key);
    if (exact) {
        lint_report(lint, CFG_LINT_BLANK_BEFORE_EQUALS, entry, exact->name, LINT_ARGS(NULL));
    } else if (dialect == CFG_REQUEST && strcmp(trimmed, "senderNonce.id") == 0) {
        lint_report(lint, CFG_LINT_NONCE_ID, entry, NULL, LINT_ARGS(NULL));
    } else if (cfg_key_find(other_dialect(dialect), trimmed)) {
        lint_report(lint, CFG_LINT_OTHER_DIALECT, entry, trimmed,
            LINT_ARGS(cfg_dialect_name(other_dialect(dialect)), tool));
    } else if (near) {
        lint_report(lint, CFG_LINT_MISSPELT_KEY, entry, NULL, LINT_ARGS(near->name, tool));
    } else {
        lint_report(lint, CFG_LINT_UNKNOWN_KEY, entry, NULL, LINT_ARGS(tool));
    }
    free(copy);
}

static bool quoted(const char *value)
{
    size_t len = strlen(value);
    return len >= 2 && (value[0] == '"' || value[0] == '\'') && value[len - 1] == value[0];
}

/* " #" in a value; free text and secrets may well hold it. */
static bool seems_commented(const struct cfg_entry *entry)
{
    if (entry->row->type == CFG_TYPE_TEXT || cfg_key_is_secret(entry->row)) {
        return false;
    }
    return strstr(entry->value, " #") || strstr(entry->value, "\t#");
}

static void known_key(struct lint *lint, const struct cfg_entry *entry)
{
    const char *value = entry->value;
    if (lint->cfg->dialect == CFG_REQUEST && *value && (unsigned char)*value <= 0x20) {
        lint_report(lint, CFG_LINT_BLANK_AFTER_EQUALS, entry, NULL, LINT_ARGS(NULL));
    }
    if (entry->flags & CFG_ENTRY_LOST_BLANKS) {
        lint_report(lint, CFG_LINT_TRAILING_BLANK, entry, NULL, LINT_ARGS(NULL));
    }
    if (quoted(value)) {
        lint_report(lint, CFG_LINT_QUOTES, entry, NULL, LINT_ARGS(NULL));
    }
    if (seems_commented(entry)) {
        lint_report(lint, CFG_LINT_INLINE_COMMENT, entry, NULL, LINT_ARGS(NULL));
    }
    if (!utf8_valid(value, strlen(value))) {
        lint_report(lint, CFG_LINT_NOT_UTF8, entry, NULL, LINT_ARGS(NULL));
    }
    const char *aim = lint->facts->dogtag;
    if (entry->row->since && aim && version_compare(aim, entry->row->since) < 0) {
        lint_report(lint, CFG_LINT_VERSION, entry, NULL, LINT_ARGS(entry->row->since, aim));
    }
}

/* The entry before this one that it replaces. */
static const struct cfg_entry *replaced(const struct cfg *cfg, size_t index)
{
    const struct cfg_key *row = cfg->v[index].row;
    for (size_t i = index; row && i-- > 0;) {
        if (cfg->v[i].row && cfg_key_canonical(cfg->v[i].row) == cfg_key_canonical(row)) {
            return &cfg->v[i];
        }
    }
    return NULL;
}

static void duplicates(struct lint *lint, size_t index)
{
    const struct cfg_entry *entry = &lint->cfg->v[index];
    const struct cfg_entry *earlier = replaced(lint->cfg, index);
    if (!earlier) {
        return;
    }
    char *line = xasprintf("%d", earlier->line);
    if (earlier->row == entry->row) {
        lint_report(lint, CFG_LINT_DUPLICATE, entry, NULL, LINT_ARGS(line));
    } else {
        lint_report(lint, CFG_LINT_ALIAS_TWICE, entry, NULL, LINT_ARGS(earlier->key, line));
    }
    free(line);
}

#define UTF8_BOM "\xef\xbb\xbf"

void lint_lines(struct lint *lint)
{
    for (size_t i = 0; i < lint->cfg->n; i++) {
        const struct cfg_entry *entry = &lint->cfg->v[i];
        if (entry->line == 1 && text_starts(entry->key, UTF8_BOM)) {
            lint_report(lint, CFG_LINT_BOM, entry, "", LINT_ARGS(NULL));
        } else if (entry->flags & CFG_ENTRY_NO_EQUALS) {
            /* The line itself stays unsaid: it may be a password without its key. */
            lint_report(lint, CFG_LINT_NO_EQUALS, entry, cfg_dialect_name(lint->cfg->dialect), LINT_ARGS(NULL));
        } else if (entry->flags & CFG_ENTRY_BAD_ESCAPE) {
            lint_report(lint, CFG_LINT_BAD_ESCAPE, entry, NULL, LINT_ARGS(NULL));
        } else if (!entry->row) {
            unknown_key(lint, entry);
        } else {
            known_key(lint, entry);
            duplicates(lint, i);
        }
    }
}
