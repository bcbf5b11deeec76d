/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CFG_CFG_LINT_H
#define CMCW_CFG_CFG_LINT_H
/*
 * All problems of a cfg file, or of a request cfg and its submit cfg together, at once.
 *
 * Every problem has a stable id (cfg_lint.def), a severity, file and line, the key, a reason and a remedy, both whole
 * translated sentences in which text from the file is already made visible; secret values never appear.
 * To add a check: a row in cfg_lint.def, code in one of cfg_lint_*.c, and a case in tests/unit/cfg/cfg_lint_test.c.
 *
 * An error: a tool (Dogtag's or ours) will stop, or the CA will surely refuse. A warning: it runs, but does something
 * else than it looks like. A note: worth knowing.
 */
#include "cfg/cfg.h"

enum cfg_severity { CFG_NOTE, CFG_WARNING, CFG_ERROR };

enum cfg_lint_id {
#define CFG_LINT(code, id, severity, reason, remedy) CFG_LINT_##code,
#include "cfg/cfg_lint.def"
#undef CFG_LINT
    CFG_LINT_COUNT
};

struct cfg_problem {
    enum cfg_lint_id what;
    enum cfg_severity severity;
    char *file;   /* owned; "" when the cfg has no source */
    int line;     /* 0 when it concerns no line (a missing key) */
    char *key;    /* owned; "" when it concerns no key */
    char *reason; /* owned, translated */
    char *remedy; /* owned, translated */
};

struct cfg_problems {
    struct cfg_problem *v;
    size_t n, cap;
};
#define CFG_PROBLEMS_INIT {NULL, 0, 0}

/*
 * What the caller can find out and this layer cannot. Every callback may be NULL: its checks are left out then.
 * Zero initialised: files are looked at, relative to the current folder; nothing is known of certificates.
 */
struct cfg_lint_facts {
    void *ctx;
    /* Subject DN (RFC 4514) of the certificate that this nickname means, malloc()ed; NULL when there is none. dbdir as
     * in the cfg (relative to the cfg's base folder), token NULL for the internal one. Compared as text. */
    char *(*subject_of)(void *ctx, const char *dbdir, const char *token, const char *nickname);
    /* False only when this password is certainly not that of the database. Asked for the internal token alone: others count. */
    bool (*password_opens)(void *ctx, const char *dbdir, const struct secret *password);
    /* Does the private key with this key id (as in the cfg) exist? */
    bool (*has_key)(void *ctx, const char *dbdir, const char *token, const char *key_id);
    /* Does this file hold a CRMF request for an EC key without a proof of possession? */
    bool (*ec_without_proof)(struct bytes content);
    const char *base_dir;     /* names in the cfg are relative to it; NULL = current folder */
    bool no_files;            /* do not look at the file system at all */
    bool will_ask_secrets;    /* our own tools: an absent password is a note, not an error */
    const char *coming;       /* input file that an earlier step will make (NULL: none): not missing yet */
    const char *dogtag;       /* version of the CA and tools aimed at, "11.3"; NULL = any */
    bool pop_link_required;   /* the CA has cmc.popLinkWitnessRequired=true */
};

/* Appends, ordered by line. facts may be NULL. */
void cfg_lint(const struct cfg *cfg, const struct cfg_lint_facts *facts, struct cfg_problems *out);
/* Only what concerns both files: chaining, database, nickname, subjects, servlet and profile against the signer.
 * Call cfg_lint for each file as well. */
void cfg_lint_pair(const struct cfg *request, const struct cfg *submit, const struct cfg_lint_facts *facts,
    struct cfg_problems *out);
/* Reads leniently, guesses the dialect unless given (0 = guess), lints. False only when the file cannot be read. */
bool cfg_lint_file(const char *path, int dialect, const struct cfg_lint_facts *facts, struct cfg_problems *out,
    struct err *err) MUST_CHECK;

const char *cfg_lint_id(enum cfg_lint_id what); /* "cfg-unknown-key" */
enum cfg_severity cfg_lint_severity(enum cfg_lint_id what);
/* The reason as it stands in the table, untranslated, with {1} for the key and {2} to {4} for facts: for the manual. */
const char *cfg_lint_summary(enum cfg_lint_id what);
/* Untranslated "error", "warning", "note": stable, for --json. */
const char *cfg_severity_word(enum cfg_severity severity);
size_t cfg_problems_count(const struct cfg_problems *problems, enum cfg_severity at_least);
bool cfg_problems_has(const struct cfg_problems *problems, enum cfg_lint_id what);
void cfg_problems_release(struct cfg_problems *problems);
/* "file:line: error: KEY: REASON REMEDY [id]". Caller frees. */
char *cfg_problem_format(const struct cfg_problem *problem) MUST_CHECK;
#endif
