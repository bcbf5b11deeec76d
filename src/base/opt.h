/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_OPT_H
#define CMCW_BASE_OPT_H
/*
 * Command line options from one table on getopt_long: parser, --help and the man page come from the same rows.
 * To add an option: a row.
 */
#include "base/mem.h"

struct err;

enum opt_kind {
    OPT_FLAG,   /* no argument; target bool * */
    OPT_STR,    /* target const char **; lends from argv */
    OPT_INT,    /* target long *, min..max checked */
    OPT_STRV,   /* may be given again and again; target struct strv * */
    OPT_CHOICE, /* target const char **; choices is "a|b|c" */
    OPT_HEADING /* only for --help: help is the heading */
};

struct opt {
    enum opt_kind kind;
    const char *name;    /* long name without dashes */
    char letter;         /* short name or 0 */
    const char *arg;     /* argument's name in help: "FILE" (N_()), NULL for flags */
    const char *help;    /* N_(): one sentence */
    void *target;
    const char *choices; /* OPT_CHOICE */
    long min, max;       /* OPT_INT */
};

struct opt_usage {
    const char *program; /* "cmc request" */
    const char *synopsis; /* N_(): "[OPTION]... CFG" */
    const char *about;   /* N_(): a paragraph */
    const char *epilog;  /* N_() or NULL */
};

enum opt_result { OPT_OK, OPT_HELP_SHOWN, OPT_VERSION_SHOWN, OPT_BAD };

/* Fills targets; --help and --version (stdout) are built in, and --man-source and --option-rows, which manual pages and
 * completions are made with.
 * *rest = index of the first non-option in argv.
 * OPT_BAD fills err with ERR_USAGE (unknown option, missing or bad argument; nearest match named). */
enum opt_result opt_parse(const struct opt *table, size_t n, const struct opt_usage *usage, int argc, char **argv,
                          int *rest, struct err *err) MUST_CHECK;
/* The help text. Caller frees. */
char *opt_help(const struct opt *table, size_t n, const struct opt_usage *usage) MUST_CHECK;
/* The same rows as troff for a man page's OPTIONS section. Caller frees. */
char *opt_man(const struct opt *table, size_t n) MUST_CHECK;
#endif
