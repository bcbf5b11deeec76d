/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints cmc-request.cfg(5) from the table of keys, the table of lint findings and the known profiles. Built only to
 * make and to check the manual page (data/man/cmc-request.cfg.5): make update-man writes it, a test compares.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cfg/cfg_lint.h"
#include "cfg/profiles.h"

/* Text for troff: backslashes, hyphens and dots or quotes at the start of a line. */
static void put_text(const char *text)
{
    if (*text == '.' || *text == '\'') {
        fputs("\\&", stdout);
    }
    for (; *text; text++) {
        if (*text == '\\') {
            fputs("\\e", stdout);
        } else if (*text == '-') {
            fputs("\\-", stdout);
        } else {
            putchar(*text);
        }
    }
}

static void put_line(const char *text)
{
    put_text(text);
    putchar('\n');
}

static void put_bold(const char *text)
{
    fputs("\\fB", stdout);
    put_text(text);
    fputs("\\fR", stdout);
}

static void put_words(const char *intro, const char *words)
{
    put_text(intro);
    while (*words) {
        size_t len = strcspn(words, " ");
        char word[64];
        snprintf(word, sizeof(word), "%.*s", (int)len, words);
        put_bold(word);
        words += len;
        words += strspn(words, " ");
        fputs(*words ? ", " : ".\n", stdout);
    }
}

static void put_requirement(const struct cfg_key *key, enum cfg_dialect dialect)
{
    unsigned here = key->required & (dialect == CFG_HTTP ? CFG_MODES_SUBMIT : CFG_MODES_REQUEST);
    if (here == (dialect == CFG_HTTP ? CFG_MODES_SUBMIT : CFG_MODES_REQUEST)) {
        put_line("Always needed.");
        return;
    }
    bool first = true;
    for (unsigned bit = 1; bit <= CFG_MODE_TLS_CLIENT; bit <<= 1) {
        if (here & bit) {
            put_text(first ? "Needed for: " : "; ");
            put_text(cfg_mode_word((enum cfg_mode)bit));
            first = false;
        }
    }
    if (!first) {
        put_line(".");
    }
}

static void put_key(const struct cfg_key *key, enum cfg_dialect dialect)
{
    fputs(".TP\n", stdout);
    put_bold(key->name);
    fputs(" (", stdout);
    put_text(cfg_type_word(cfg_key_type(key, dialect)));
    fputs(")\n", stdout);
    put_line(key->help);
    if (key->choices) {
        put_words("Values: ", key->choices);
    }
    if (key->type == CFG_TYPE_INT) {
        printf("Between %ld and %ld.\n", key->min, key->max);
    }
    if (key->otherwise && strcmp(key->otherwise, ".") == 0) {
        put_line("When it is absent: the current folder.");
    } else if (key->otherwise && !cfg_key_is_bool(key)) {
        put_words("When it is absent: ", key->otherwise);
    }
    put_requirement(key, dialect);
    if (key->needs) {
        put_words("When it is on, also needed: ", key->needs);
    }
    if (key->excludes) {
        put_words("When it is on, these are ignored: ", key->excludes);
    }
    if (key->used_by) {
        put_words("Only used with: ", key->used_by);
    }
    if (key->since) {
        put_words("Dogtag knows it since version ", key->since);
    }
    if (key->flags & CFG_F_UNDOCUMENTED) {
        put_line("Not in Dogtag's own manual.");
    }
}

static void put_keys(enum cfg_dialect dialect)
{
    for (int group = 0; group < CFG_GROUP_COUNT; group++) {
        bool open = false;
        for (int i = 0; i < CFG_KEY_COUNT; i++) {
            const struct cfg_key *key = cfg_key((enum cfg_key_id)i);
            if ((int)key->group != group || !(key->dialects & dialect)) {
                continue;
            }
            if (!open) {
                fputs(".SS ", stdout);
                put_line(cfg_group_title(key->group));
                open = true;
            }
            put_key(key, dialect);
        }
    }
}

static void put_profiles(void)
{
    const struct profile *profile;
    for (size_t i = 0; (profile = profile_at(i)); i++) {
        fputs(".TP\n", stdout);
        put_bold(profile->id);
        fputs(" (", stdout);
        put_text(profile_auth_word(profile->auth));
        fputs(")\n", stdout);
        put_line(profile->help);
        if (profile->rsa_sizes || profile->curves) {
            printf("Keys: %s%s%s.\n", profile->rsa_sizes ? profile->rsa_sizes : "",
                profile->rsa_sizes && profile->curves ? "," : "", profile->curves ? profile->curves : "");
        }
        printf("Valid for %d days, at most %d.\n", profile->days, profile->days_max);
        if (profile->flags & PROFILE_DISABLED) {
            put_line("Disabled in a stock installation.");
        } else if (profile->flags & PROFILE_BY_SITE) {
            put_line("Part of no stock installation.");
        }
        if (profile->since) {
            put_words("Since Dogtag ", profile->since);
        }
    }
}

static void put_findings(void)
{
    for (int i = 0; i < CFG_LINT_COUNT; i++) {
        fputs(".TP\n", stdout);
        put_bold(cfg_lint_id((enum cfg_lint_id)i));
        printf(" (%s)\n", cfg_severity_word(cfg_lint_severity((enum cfg_lint_id)i)));
        put_line(cfg_lint_summary((enum cfg_lint_id)i));
    }
}

/* The prose. Lines that begin with '.' are troff requests. */
static const char head[] =
    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
    ".\\\" Made by src/cfg/cfg_man from the table of keys. Do not edit: change the table, then run make update-man.\n"
    ".TH CMC\\-REQUEST.CFG 5 \"\" \"cmc\\-wizard\" \"File formats\"\n"
    ".SH NAME\n"
    "cmc\\-request.cfg, cmc\\-submit.cfg \\- what to put into a CMC request, and where to send it\n"
    ".SH DESCRIPTION\n"
    "Two files describe an enrollment: one is read by\n"
    ".B cmc request\n"
    "(or Dogtag's\n"
    ".BR CMCRequest ),\n"
    "the other by\n"
    ".B cmc submit\n"
    "(or\n"
    ".BR HttpClient ).\n"
    "The wizard writes both; every line can be written by hand as well.\n"
    ".B cmc lint\n"
    "lists everything that is wrong with them.\n"
    ".PP\n"
    "Names of files are relative to the folder in which the tool is started.\n"
    "Secrets may stand in the files, in clear; such a file should belong to you alone (mode 0600).\n"
    "Without a\n"
    ".B password\n"
    "line Dogtag's tools stop, and ours ask.\n"
    ".SH SYNTAX OF A REQUEST FILE\n"
    "Each line is\n"
    ".IR key = value .\n"
    "Blanks at both ends of a line do not count; empty lines and lines that begin with # are passed over.\n"
    "The key ends at the first equals sign and is case\\-sensitive. There must be no blank in front of the equals\n"
    "sign: the key would not be known. A blank behind it, and quotation marks, become a part of the value.\n"
    "There are no comments behind a value, no escapes and no continuation lines.\n"
    "Unknown keys are ignored without a word; of several lines with one key the last counts.\n"
    ".SH SYNTAX OF A SUBMIT FILE\n"
    "This is a Java Properties file. Key and value are parted by an equals sign, a colon or blanks; blanks around\n"
    "these do not count, blanks at the end of a line do. Lines that begin with # or ! are comments. A backslash begins\n"
    "an escape (\\et, \\en, \\er, \\ef, \\euXXXX; any other character stands for itself) or, at the end of a line,\n"
    "continues it.\n";
static const char files[] =
    ".SH FILES\n"
    "Complete pairs are installed among the examples: agent\\-request.cfg and agent\\-submit.cfg, and others.\n"
    ".SH SEE ALSO\n"
    ".BR cmc\\-wizard (1),\n"
    ".BR cmc (1),\n"
    ".BR cmc\\-practice\\-ca (1),\n"
    ".BR cmc\\-wizard\\-answers (5)\n";

int main(void)
{
    fputs(head, stdout);
    fputs(".SH KEYS OF A REQUEST FILE\n", stdout);
    put_keys(CFG_REQUEST);
    fputs(".SH KEYS OF A SUBMIT FILE\n", stdout);
    put_keys(CFG_HTTP);
    fputs(".SH PROFILES OF A STOCK CA\n", stdout);
    put_profiles();
    fputs(".SH FINDINGS\nWhat \\fBcmc lint\\fR can say, by its id. {1} stands for the key, "
          "{2} to {4} for what was found.\n", stdout);
    put_findings();
    fputs(files, stdout);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
