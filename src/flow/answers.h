/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_ANSWERS_H
#define CMCW_FLOW_ANSWERS_H
/*
 * The answers of the wizard: one table of names, kinds, defaults and checks, used by pages, by --answers FILE, by
 * --print-answers, by the session file and by cmc-wizard-answers(5).
 * An answers file has lines "key = value" ('#' comments, blanks around both ends of key and value are dropped, UTF-8).
 * "answers.version = 1" says which form it has, and may be left out. A secret never stands in it:
 * "password.file = PATH" or "password.fd = N" says where it comes from.
 * To add an answer: a row in answers.c, and a field on a page.
 */
#include "base/bytes.h"

struct session;
struct strv;

enum answer_kind {
    ANSWER_TEXT,
    ANSWER_DN,       /* RFC 4514 */
    ANSWER_LIST,     /* several values, separated by commas */
    ANSWER_INT,
    ANSWER_BOOL,     /* true | false */
    ANSWER_CHOICE,   /* one of row->choices, separated by | */
    ANSWER_FILE,     /* an existing file to read */
    ANSWER_DIR,
    ANSWER_NICKNAME,
    ANSWER_FINGERPRINT, /* SHA-256 in hex, colons allowed */
    ANSWER_SECRET,   /* only by NAME.file or NAME.fd; never saved */
};

struct answer_row {
    const char *name;    /* the .cfg key where there is one */
    enum answer_kind kind;
    const char *otherwise; /* default, or NULL */
    const char *choices;
    const char *help;    /* N_(): one sentence, for the man page and a field's help line */
};

const struct answer_row *answer_row(const char *name); /* NULL when unknown */
const struct answer_row *answer_rows(size_t *n);
/* Value or default ("" when neither). Lends. */
const char *answer_get(const struct session *s, const char *name);
bool answer_true(const struct session *s, const char *name);
bool answer_is(const struct session *s, const char *name, const char *value);
/* Checks one value against its row (syntax only). ERR_FLOW_ANSWER_BAD. */
bool answer_check(const struct answer_row *row, const char *value, struct err *err) MUST_CHECK;

/* Where a secret comes from, in order of asking. */
struct secret_origin {
    char *name; /* answer name: "password", "witness.sharedSecret", "agent.p12.password" */
    char *file; /* NULL or path */
    int fd;     /* -1 = none */
};
/* The form of answers files. It changes when a name or value that scripts use is taken away or gets another meaning (names are
 * snapshot-tested in tests/promises); new names leave it alone. */
#define ANSWERS_VERSION 1
#define ANSWERS_VERSION_KEY "answers.version"
struct answers {
    int version; /* as the file says; else ANSWERS_VERSION */
    struct strv *names, *values; /* parallel, in file order */
    struct secret_origin *origins;
    size_t n_origins;
};
/* Reads an answers file; every mistake is reported at once in the error's context lines with its line number.
 * ERR_FLOW_ANSWERS_FILE, or ERR_FLOW_ANSWER_BAD when nothing but values are wrong, as on a page; ERR_FLOW_ANSWERS_VERSION for a newer
 * form, whatever else is in it. Paths in it are relative to the current folder. */
bool answers_read(const char *path, struct answers *out, struct err *err) MUST_CHECK;
void answers_release(struct answers *a);
bool answers_apply(const struct answers *a, struct session *s, struct err *err) MUST_CHECK;
/* The session's answers as such a file, with a comment per line (help); the secrets that it
 * needs as commented-out NAME.file lines. With those filled in, the file enrolls again. */
char *answers_print(const struct session *s) MUST_CHECK;
/* troff rows for cmc-wizard-answers(5). */
char *answers_man(void) MUST_CHECK;
#endif
