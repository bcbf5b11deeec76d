/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_ERR_H
#define CMCW_BASE_ERR_H
/*
 * Errors are values. A function that can fail returns false or NULL and fills the struct err given as its last
 * parameter; on success it leaves it untouched. The code picks a row of the catalogue (what happened, why it probably
 * did, what to do next, exit code); each layer on the way up may add a line of context. Only main functions print.
 *
 * To add an error: add a row to the err_<area>.def of your layer. The string id is stable for ever: scripts and
 * helpdesks quote it. Texts are whole sentences for a person who does not know the protocol, marked with N_().
 *
 *     if (!file_read(path, max, &buf, err)) {
 *         return err_context(err, _("The request could not be loaded."));
 *     }
 *     return err_fail(err, ERR_CFG_NO_EQUALS, "%s:%d", path, line);
 */
#include "base/mem.h"

/* Exit codes of cmc and cmc-wizard; documented in their man pages. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_INTERNAL = 1,    /* internal or I/O error */
    EXIT_REJECTED = 2,    /* the CA said no */
    EXIT_UNREACHABLE = 3, /* try again later */
    EXIT_USAGE = 4,       /* usage or configuration */
    EXIT_WAITING = 5,     /* pending, or second trip due */
    EXIT_CANCELLED = 6,   /* session saved */
    EXIT_UNTRUSTED = 7,   /* response not trusted */
    EXIT_SOME = 8,        /* cmc batch: some requests succeeded, others did not */
};

enum err_code {
    ERR_NONE = 0,
#define ERR_ROW(code, id, exit, what, why, todo) ERR_##code,
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
    ERR_COUNT
};

/* Which library a low-level number came from; shown only as a detail behind our own sentence. */
enum err_source { ERR_SOURCE_NONE, ERR_SOURCE_ERRNO, ERR_SOURCE_NSS, ERR_SOURCE_CURL, ERR_SOURCE_HTTP, ERR_SOURCE_CMC,
    ERR_SOURCE_SQLITE, ERR_SOURCE_LDAP, ERR_SOURCE_GNUTLS };

#define ERR_CONTEXT_MAX 8

struct err {
    enum err_code code;
    int n_context;
    char *context[ERR_CONTEXT_MAX]; /* owned; [0] is nearest to the failure. UTF-8, already made visible */
    enum err_source source;
    long number;  /* of that source */
    char *symbol; /* owned; e.g. "SEC_ERROR_BAD_PASSWORD", or NULL */
};

#define ERR_INIT {.code = ERR_NONE}

/* Catalogue access. Texts come translated. */
const char *err_id(enum err_code code);   /* "nss-wrong-password" */
const char *err_what(enum err_code code);
const char *err_what_english(enum err_code code); /* for texts that travel: cards, bundles */
const char *err_why(enum err_code code);  /* may be "" */
const char *err_todo(enum err_code code); /* may be "" */
enum exit_code err_exit(enum err_code code);
const char *err_source_name(enum err_source source); /* "NSS"; never translated */
/* ERR_NONE when no row has that id. */
enum err_code err_by_id(const char *id);

/* Sets code and first context line (fmt may be NULL). Always returns false, so that callers can return it.
 * An earlier error in err is replaced; its texts may be among the arguments. err may be NULL (caller does not care).
 * Lines go through text_safe(): hostile parts become visible, parts that already are stay as they are. */
bool err_fail(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same with errno as detail. */
bool err_fail_errno(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Adds a line (whole translated sentence); returns false. */
bool err_context(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);
void err_detail(struct err *err, enum err_source source, long number, const char *symbol);
static inline bool err_is_set(const struct err *err) { return err && err->code != ERR_NONE; }
/* Moves src into dst (dst's old content is released). */
void err_move(struct err *dst, struct err *src);
void err_copy(struct err *dst, const struct err *src);
void err_release(struct err *err);
/* One paragraph per part, for a terminal: "error: WHAT [id]", context lines, "Why: ", "What to do: ", detail.
 * Caller frees. */
char *err_format(const struct err *err, const char *program) MUST_CHECK;
/* err_format to stderr; returns err_exit(). */
int err_report(const struct err *err, const char *program);
#endif
