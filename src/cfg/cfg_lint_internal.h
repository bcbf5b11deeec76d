/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CFG_CFG_LINT_INTERNAL_H
#define CMCW_CFG_CFG_LINT_INTERNAL_H
/* Shared by cfg_lint*.c only. */
#include "cfg/cfg_lint.h"

struct lint {
    const struct cfg *cfg;
    const struct cfg_lint_facts *facts; /* never NULL */
    struct cfg_problems *out;
    enum cfg_mode mode;
};

/* Facts of a problem: {2}, {3}, {4} of its texts. Raw text; it is made visible on the way. */
struct lint_args {
    const char *two, *three, *four;
};
#define LINT_ARGS(...) ((struct lint_args){__VA_ARGS__})

/* entry gives line and key; NULL when the problem has no line. key NULL takes the entry's. */
void lint_report(struct lint *lint, enum cfg_lint_id what, const struct cfg_entry *entry, const char *key,
    struct lint_args args);

/* The checks of one file, each in its own source, in the order in which they run. */
void lint_lines(struct lint *lint);   /* how lines are written, unknown keys, duplicates */
void lint_values(struct lint *lint);  /* each value by its type */
void lint_keys(struct lint *lint);    /* what needs or excludes what */
void lint_files(struct lint *lint);   /* input, output, database; facts of the caller */
void lint_server(struct lint *lint);  /* host, TLS, servlet and profile */

/* Effective value that is not empty, or NULL. */
const char *lint_value(const struct lint *lint, enum cfg_key_id id);
/* Is one of the switches that make this key matter on? True for keys without such switches. */
bool lint_used(const struct cfg *cfg, const struct cfg_key *row);
/* Is the nickname one that a tool looks up in this mode? */
bool lint_nickname_used(const struct lint *lint);
/* dbdir without "sql:" or "dbm:". */
const char *lint_dbdir(const struct cfg *cfg);
/* token for the facts: NULL for the internal one. */
const char *lint_token(const struct cfg *cfg);
/* Do two names, each relative to the base folder, mean the same path? By text, after "./" and "//" are gone. */
bool lint_same_path(const char *a, const char *b);

/* What a file with a request holds, by its first octets. */
enum sniff {
    SNIFF_PKCS10,
    SNIFF_CRMF,
    SNIFF_OTHER,
};
struct sniffed {
    enum sniff what;
    bool binary;   /* DER, not PEM or base64 */
    bool preamble; /* text before the BEGIN line */
};
struct sniffed sniff_request(struct bytes content);
#endif
