/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/opt.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"

#define COLUMNS 79
#define HELP_COLUMN 30

/* getopt_long() returns these plus the index of the row; above all letters. */
enum { CODE_HELP = 256, CODE_VERSION, CODE_MAN, CODE_ROWS, CODE_ROW };

/* Built into every command; shown below its own rows. */
static const struct opt built_in[] = {
    {OPT_FLAG, "help", 0, NULL, N_("Show this help and exit."), NULL, NULL, 0, 0},
    {OPT_FLAG, "version", 0, NULL, N_("Show the version and exit."), NULL, NULL, 0, 0},
};

static bool takes_argument(const struct opt *row)
{
    return row->kind != OPT_FLAG && row->kind != OPT_HEADING;
}

/* ---- parsing ---- */

struct parser {
    struct option *longs; /* n + built-in + man-source + option-rows + end; headings left out */
    char *shorts;         /* ":a:b" */
};

static void parser_init(struct parser *p, const struct opt *table, size_t n)
{
    p->longs = xcalloc(n + ARRAY_LEN(built_in) + 3, sizeof(*p->longs));
    p->shorts = xcalloc(n * 2 + 2, 1);
    struct option *next = p->longs;
    char *letter = p->shorts;
    *letter++ = ':'; /* tells a missing argument from an unknown option */
    for (size_t i = 0; i < n; i++) {
        const struct opt *row = &table[i];
        if (row->kind == OPT_HEADING) {
            continue;
        }
        int has_arg = takes_argument(row) ? required_argument : no_argument;
        *next++ = (struct option){row->name, has_arg, NULL, CODE_ROW + (int)i};
        if (row->letter) {
            *letter++ = row->letter;
            letter = has_arg ? stpcpy(letter, ":") : letter;
        }
    }
    *next++ = (struct option){"help", no_argument, NULL, CODE_HELP};
    *next++ = (struct option){"version", no_argument, NULL, CODE_VERSION};
    *next++ = (struct option){"man-source", no_argument, NULL, CODE_MAN}; /* for data/man/make-pages.sh, not for people */
    *next++ = (struct option){"option-rows", no_argument, NULL, CODE_ROWS}; /* for data/completions/make_completions.py */
}

static void parser_release(struct parser *p)
{
    free(p->longs);
    free(p->shorts);
}

static bool set_int(const struct opt *row, const char *text, struct err *err)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    bool number = *text && *end == '\0' && (*text == '-' || (*text >= '0' && *text <= '9')) && errno == 0;
    if (!number || value < row->min || value > row->max) {
        return err_fail(err, ERR_USAGE, _("--%s takes a whole number from %ld to %ld, not \"%s\"."), row->name,
                        row->min, row->max, text);
    }
    *(long *)row->target = value;
    return true;
}

static bool set_choice(const struct opt *row, const char *text, struct err *err)
{
    struct strv choices = STRV_INIT;
    strv_split(&choices, row->choices, '|');
    bool known = strv_has(&choices, text);
    if (known) {
        *(const char **)row->target = text;
    } else {
        char *list = strv_join(&choices, ", ");
        err_fail(err, ERR_USAGE, _("--%s takes one of %s, not \"%s\"."), row->name, list, text);
        free(list);
    }
    strv_release(&choices);
    return known;
}

static bool set_target(const struct opt *row, const char *text, struct err *err)
{
    switch (row->kind) {
    case OPT_FLAG:
        *(bool *)row->target = true;
        return true;
    case OPT_STR:
        *(const char **)row->target = text;
        return true;
    case OPT_INT:
        return set_int(row, text, err);
    case OPT_STRV:
        strv_push(row->target, text);
        return true;
    case OPT_CHOICE:
        return set_choice(row, text, err);
    case OPT_HEADING:
        break;
    }
    return true;
}

static const char *nearest(const struct parser *p, const char *name)
{
    const char *best = NULL;
    int least = (int)strlen(name) / 3 + 2; /* farther is no misspelling */
    for (const struct option *o = p->longs; o->name; o++) {
        int distance = text_distance(name, o->name);
        if (distance < least) {
            least = distance;
            best = o->name;
        }
    }
    return best;
}

/* Number of options that name abbreviates. */
static int begin_with(const struct parser *p, const char *name)
{
    int count = 0;
    for (const struct option *o = p->longs; o->name; o++) {
        count += text_starts(o->name, name);
    }
    return count;
}

/* getopt_long() said '?'. word is the argument of the command line that it stands at. */
static void explain_unknown(const struct parser *p, const char *word, struct err *err)
{
    if (optopt >= CODE_HELP) {
        for (const struct option *o = p->longs; o->name; o++) {
            if (o->val == optopt) {
                err_fail(err, ERR_USAGE, _("--%s takes no value."), o->name);
            }
        }
        return;
    }
    if (optopt != 0) {
        err_fail(err, ERR_USAGE, _("There is no option -%c."), optopt);
        return;
    }
    word += strspn(word, "-");
    char *name = xstrndup(word, strcspn(word, "="));
    const char *near = nearest(p, name);
    if (begin_with(p, name) > 1) {
        err_fail(err, ERR_USAGE, _("--%s could mean several options; write it out."), name);
    } else if (near) {
        err_fail(err, ERR_USAGE, _("There is no option --%s; did you mean --%s?"), name, near);
    } else {
        err_fail(err, ERR_USAGE, _("There is no option --%s."), name);
    }
    free(name);
}

static void explain_missing(const struct opt *table, struct err *err)
{
    if (optopt >= CODE_ROW) {
        err_fail(err, ERR_USAGE, _("--%s needs a value."), table[optopt - CODE_ROW].name);
    } else {
        err_fail(err, ERR_USAGE, _("-%c needs a value."), optopt);
    }
}

static const struct opt *row_of(const struct opt *table, size_t n, int code)
{
    if (code >= CODE_ROW) {
        return &table[code - CODE_ROW];
    }
    for (size_t i = 0; i < n; i++) {
        if (table[i].kind != OPT_HEADING && table[i].letter == code) {
            return &table[i];
        }
    }
    return NULL;
}

static void man_paragraph(struct buf *out, const char *text);

static void show_help(const struct opt *table, size_t n, const struct opt_usage *usage)
{
    char *help = opt_help(table, n, usage);
    fputs(help, stdout);
    free(help);
}

/* A command's section of a manual page. */
static void show_man(const struct opt *table, size_t n, const struct opt_usage *usage)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    buf_add(&out, ".B %s\n", usage->program);
    man_paragraph(&out, usage->synopsis);
    buf_add(&out, ".PP\n");
    man_paragraph(&out, usage->about);
    char *rows = opt_man(table, n);
    buf_add(&out, "%s", rows);
    if (usage->epilog) {
        buf_add(&out, ".PP\n");
        man_paragraph(&out, usage->epilog);
    }
    fputs(buf_str(&out), stdout);
    free(rows);
    buf_release(&out);
}

static void show_row(char letter, const char *name, const char *arg, const char *choices, const char *help)
{
    char text[2] = {letter ? letter : '-', '\0'};
    printf("%s\t%s\t%s\t%s\t%s\n", text, name, arg ? _(arg) : "-", choices ? choices : "-", _(help));
}

/* Letter, name, argument, choices, help of each option, with tabs; "-" where there is none. */
static void show_rows(const struct opt *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (table[i].kind != OPT_HEADING) {
            show_row(table[i].letter, table[i].name, takes_argument(&table[i]) ? table[i].arg : NULL, table[i].choices,
                     table[i].help);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(built_in); i++) {
        show_row(0, built_in[i].name, NULL, NULL, built_in[i].help);
    }
}

static enum opt_result parse_all(const struct parser *p, const struct opt *table, size_t n,
                                 const struct opt_usage *usage, int argc, char **argv, struct err *err)
{
    for (;;) {
        int code = getopt_long(argc, argv, p->shorts, p->longs, NULL);
        switch (code) {
        case -1:
            return OPT_OK;
        case CODE_HELP:
            show_help(table, n, usage);
            return OPT_HELP_SHOWN;
        case CODE_ROWS:
            show_rows(table, n);
            return OPT_HELP_SHOWN;
        case CODE_MAN:
            show_man(table, n, usage);
            return OPT_HELP_SHOWN;
        case CODE_VERSION:
            printf("%s (%s) %s\n", usage->program, PACKAGE_NAME, PACKAGE_VERSION);
            return OPT_VERSION_SHOWN;
        case '?':
            explain_unknown(p, argv[optind - 1], err);
            return OPT_BAD;
        case ':':
            explain_missing(table, err);
            return OPT_BAD;
        default:
            if (!set_target(row_of(table, n, code), optarg, err)) {
                return OPT_BAD;
            }
        }
    }
}

enum opt_result opt_parse(const struct opt *table, size_t n, const struct opt_usage *usage, int argc, char **argv,
                          int *rest, struct err *err)
{
    struct parser parser;
    parser_init(&parser, table, n);
    optind = 0; /* glibc and musl: start over */
    opterr = 0;
    enum opt_result result = parse_all(&parser, table, n, usage, argc, argv, err);
    *rest = optind;
    parser_release(&parser);
    return result;
}

/* ---- help and manual ---- */

static void help_row(struct buf *out, const struct opt *row)
{
    if (row->kind == OPT_HEADING) {
        buf_add(out, "\n%s\n", gettext(row->help));
        return;
    }
    char *left = row->letter ? xasprintf("  -%c, --%s%s%s", row->letter, row->name, takes_argument(row) ? "=" : "",
                                         takes_argument(row) ? gettext(row->arg) : "")
                             : xasprintf("      --%s%s%s", row->name, takes_argument(row) ? "=" : "",
                                         takes_argument(row) ? gettext(row->arg) : "");
    buf_add(out, "%s", left);
    int at = text_width(left);
    free(left);
    struct strv lines = STRV_INIT;
    text_wrap(gettext(row->help), COLUMNS - HELP_COLUMN, &lines);
    for (size_t i = 0; i < lines.n; i++) {
        if (at + 2 > HELP_COLUMN) {
            buf_add(out, "\n");
            at = 0;
        }
        buf_add(out, "%*s%s\n", HELP_COLUMN - at, "", lines.v[i]);
        at = 0;
    }
    if (lines.n == 0) {
        buf_add(out, "\n");
    }
    strv_release(&lines);
}

static void help_paragraph(struct buf *out, const char *text)
{
    if (!text || !*text) {
        return;
    }
    struct strv lines = STRV_INIT;
    text_wrap(gettext(text), COLUMNS, &lines);
    for (size_t i = 0; i < lines.n; i++) {
        buf_add(out, "%s\n", lines.v[i]);
    }
    strv_release(&lines);
}

char *opt_help(const struct opt *table, size_t n, const struct opt_usage *usage)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    bool has_synopsis = usage->synopsis && *usage->synopsis;
    /* TRANSLATORS: the command's name and what follows it. */
    buf_add(&out, _("Usage: %s %s"), usage->program, has_synopsis ? gettext(usage->synopsis) : "");
    buf_add(&out, "\n");
    help_paragraph(&out, usage->about);
    if (n == 0 || table[0].kind != OPT_HEADING) {
        buf_add(&out, "\n%s\n", _("Options:"));
    }
    for (size_t i = 0; i < n; i++) {
        help_row(&out, &table[i]);
    }
    buf_add(&out, "\n");
    for (size_t i = 0; i < ARRAY_LEN(built_in); i++) {
        help_row(&out, &built_in[i]);
    }
    if (usage->epilog) {
        buf_add(&out, "\n");
        help_paragraph(&out, usage->epilog);
    }
    return buf_take_str(&out);
}

/* Text as troff takes it: no requests, no ligature of hyphens. */
static void man_text(struct buf *out, const char *s)
{
    if (*s == '.' || *s == '\'') {
        buf_add(out, "\\&");
    }
    for (; *s; s++) {
        if (*s == '-') {
            buf_add(out, "\\-");
        } else if (*s == '\\') {
            buf_add(out, "\\e");
        } else {
            buf_add(out, "%c", *s == '\n' ? ' ' : *s);
        }
    }
}

static void man_paragraph(struct buf *out, const char *text)
{
    if (text && *text) {
        man_text(out, gettext(text));
        buf_add(out, "\n");
    }
}

static void man_row(struct buf *out, const struct opt *row)
{
    if (row->kind == OPT_HEADING) {
        buf_add(out, ".SS \"");
        man_text(out, gettext(row->help));
        buf_add(out, "\"\n");
        return;
    }
    buf_add(out, ".TP\n");
    if (row->letter) {
        buf_add(out, "\\fB\\-%c\\fR, ", row->letter);
    }
    buf_add(out, "\\fB\\-\\-");
    man_text(out, row->name);
    buf_add(out, "\\fR");
    if (takes_argument(row)) {
        buf_add(out, "=\\fI");
        man_text(out, gettext(row->arg));
        buf_add(out, "\\fR");
    }
    buf_add(out, "\n");
    man_paragraph(out, row->help);
}

char *opt_man(const struct opt *table, size_t n)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < n; i++) {
        man_row(&out, &table[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(built_in); i++) {
        man_row(&out, &built_in[i]);
    }
    return buf_take_str(&out);
}
