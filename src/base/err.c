/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/i18n.h"
#include "base/text.h"

struct row {
    const char *id;
    enum exit_code exit;
    const char *what;
    const char *why;
    const char *todo;
};

/* To add one: a row in the err_<area>.def of your layer. */
static const struct row rows[ERR_COUNT] = {
    [ERR_NONE] = {"none", EXIT_DONE, "", "", ""},
#define ERR_ROW(code, id, exit, what, why, todo) [ERR_##code] = {id, exit, what, why, todo},
#include "base/err_base.def"
#include "base/err_cfg.def"
#include "base/err_cmc.def"
#include "base/err_dir.def"
#include "base/err_flow.def"
#include "base/err_net.def"
#include "base/err_nss.def"
#include "base/err_practice.def"
#include "base/err_ui.def"
#undef ERR_ROW
};

/* Names of the libraries as they stand in a detail line. To add one: a row at the place of its ERR_SOURCE_. */
static const char *const source_names[] = {
    [ERR_SOURCE_NONE] = "",         [ERR_SOURCE_ERRNO] = "errno", [ERR_SOURCE_NSS] = "NSS",
    [ERR_SOURCE_CURL] = "libcurl",  [ERR_SOURCE_HTTP] = "HTTP",   [ERR_SOURCE_CMC] = "CMC",
    [ERR_SOURCE_SQLITE] = "SQLite", [ERR_SOURCE_LDAP] = "LDAP",   [ERR_SOURCE_GNUTLS] = "GnuTLS",
};

static const struct row *row_of(enum err_code code)
{
    return &rows[(unsigned)code < ERR_COUNT ? code : ERR_INTERNAL];
}

/* gettext("") would be the header of the catalogue. */
static const char *translated(const char *text)
{
    return text && *text ? gettext(text) : "";
}

const char *err_id(enum err_code code)
{
    return row_of(code)->id;
}

const char *err_what(enum err_code code)
{
    return translated(row_of(code)->what);
}

const char *err_what_english(enum err_code code)
{
    return row_of(code)->what;
}

const char *err_why(enum err_code code)
{
    return translated(row_of(code)->why);
}

const char *err_todo(enum err_code code)
{
    return translated(row_of(code)->todo);
}

const char *err_source_name(enum err_source source)
{
    return (size_t)source < ARRAY_LEN(source_names) ? source_names[source] : "";
}

enum exit_code err_exit(enum err_code code)
{
    return row_of(code)->exit;
}

enum err_code err_by_id(const char *id)
{
    for (int i = ERR_NONE + 1; i < ERR_COUNT; i++) {
        if (strcmp(rows[i].id, id) == 0) {
            return (enum err_code)i;
        }
    }
    return ERR_NONE;
}

void err_release(struct err *err)
{
    if (!err) {
        return;
    }
    for (int i = 0; i < err->n_context; i++) {
        free(err->context[i]);
    }
    free(err->symbol);
    *err = (struct err)ERR_INIT;
}

/* Takes the line. When all places are full the outermost line gives way, since the nearest ones say most. */
static void add_context(struct err *err, char *line)
{
    char *safe = text_safe(line);
    free(line);
    if (err->n_context == ERR_CONTEXT_MAX) {
        free(err->context[--err->n_context]);
    }
    err->context[err->n_context++] = safe;
}

/* The line may have been made from the old content of err: so it comes ready, and only then is err cleared. */
static void begin(struct err *err, enum err_code code, char *line)
{
    err_release(err);
    err->code = code;
    if (line) {
        add_context(err, line);
    }
}

bool err_fail(struct err *err, enum err_code code, const char *fmt, ...)
{
    if (!err) {
        return false;
    }
    char *line = NULL;
    if (fmt) {
        va_list ap;
        va_start(ap, fmt);
        line = xvasprintf(fmt, ap);
        va_end(ap);
    }
    begin(err, code, line);
    return false;
}

bool err_fail_errno(struct err *err, enum err_code code, const char *fmt, ...)
{
    int number = errno;
    if (!err) {
        return false;
    }
    char *line = NULL;
    if (fmt) {
        va_list ap;
        va_start(ap, fmt);
        line = xvasprintf(fmt, ap);
        va_end(ap);
    }
    begin(err, code, line);
    err_detail(err, ERR_SOURCE_ERRNO, number, strerror(number));
    errno = number;
    return false;
}

bool err_context(struct err *err, const char *fmt, ...)
{
    if (!err) {
        return false;
    }
    va_list ap;
    va_start(ap, fmt);
    add_context(err, xvasprintf(fmt, ap));
    va_end(ap);
    return false;
}

void err_detail(struct err *err, enum err_source source, long number, const char *symbol)
{
    if (!err) {
        return;
    }
    char *safe = symbol ? text_safe(symbol) : NULL;
    free(err->symbol);
    err->source = source;
    err->number = number;
    err->symbol = safe;
}

void err_move(struct err *dst, struct err *src)
{
    if (dst == src || !src) {
        return;
    }
    if (!dst) {
        err_release(src);
        return;
    }
    err_release(dst);
    *dst = *src;
    *src = (struct err)ERR_INIT;
}

void err_copy(struct err *dst, const struct err *src)
{
    if (!dst || dst == src) {
        return;
    }
    err_release(dst);
    *dst = *src;
    for (int i = 0; i < src->n_context; i++) {
        dst->context[i] = xstrdup(src->context[i]);
    }
    dst->symbol = xstrdup(src->symbol);
}

static void add_detail(struct buf *out, const struct err *err)
{
    if (err->source == ERR_SOURCE_NONE && !err->symbol) {
        return;
    }
    bool known = (unsigned)err->source < ARRAY_LEN(source_names);
    const char *name = known ? source_names[err->source] : "";
    if (err->symbol && *name) {
        /* TRANSLATORS: what a library said: its words or symbol, the library's name, its number. */
        buf_add(out, _("Detail: %s (%s %ld)"), err->symbol, name, err->number);
    } else if (err->symbol) {
        buf_add(out, _("Detail: %s"), err->symbol);
    } else {
        buf_add(out, _("Detail: %s %ld"), name, err->number);
    }
    buf_add(out, "\n");
}

char *err_format(const struct err *err, const char *program)
{
    struct buf out = BUF_INIT(SIZE_MAX - 1);
    if (program) {
        buf_add(&out, "%s: ", program);
    }
    /* TRANSLATORS: the sentence that says what happened, and its stable id. */
    buf_add(&out, _("error: %s [%s]"), err_what(err->code), err_id(err->code));
    buf_add(&out, "\n");
    for (int i = 0; i < err->n_context; i++) {
        buf_add(&out, "  %s\n", err->context[i]);
    }
    if (*err_why(err->code)) {
        buf_add(&out, _("Why: %s"), err_why(err->code));
        buf_add(&out, "\n");
    }
    if (*err_todo(err->code)) {
        buf_add(&out, _("What to do: %s"), err_todo(err->code));
        buf_add(&out, "\n");
    }
    add_detail(&out, err);
    return buf_take_str(&out);
}

int err_report(const struct err *err, const char *program)
{
    char *text = err_format(err, program);
    fputs(text, stderr);
    free(text);
    return (int)err_exit(err->code);
}
