/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CFG_CFG_H
#define CMCW_CFG_CFG_H
/*
 * A .cfg file in memory, and its two dialects, read with exactly the rules of Dogtag's tools.
 *
 * CFG_REQUEST (CMCRequest): lines end with LF, CR or CRLF; both ends of a line lose characters <= U+0020; empty lines
 * and lines that begin with '#' are skipped; the line is split at its first '='; the key is not trimmed ("format = x"
 * has the key "format "); leading blanks of the value stay, trailing ones are gone with the line; no quotes, escapes,
 * inline comments or continuation; a line without '=' ends the run; unknown keys are ignored; the last duplicate wins.
 *
 * CFG_HTTP (HttpClient): Java Properties: '#' and '!' comments; '=', ':' or blanks part key and value; backslash
 * escapes (\t \n \r \f \uXXXX, any other character stands for itself), continuation lines; leading blanks of the value
 * are skipped, trailing ones stay; a malformed \uXXXX ends the run.
 *
 * Text is UTF-8. A file holds at most CFG_TEXT_MAX octets and CFG_ENTRIES_MAX entries.
 *
 * request.selfSign and request.useSharedSecret are one variable (the last line wins): the functions below take either.
 *
 * Values of secret keys are wiped on release; nothing here prints them. Entries are lent until the next change.
 */
#include "base/bytes.h"
#include "base/secret.h"
#include "cfg/cfg_keys.h"

struct err;
struct strv;

#define CFG_TEXT_MAX BUF_MAX_TEXT
#define CFG_ENTRIES_MAX 4096

/* What lint wants to know about how a line was written. Bits. */
enum cfg_entry_flags {
    CFG_ENTRY_NO_EQUALS = 1,     /* request dialect: no '='; value is "", key the whole line */
    CFG_ENTRY_BAD_ESCAPE = 2,    /* http dialect: malformed \uXXXX */
    CFG_ENTRY_LOST_BLANKS = 4,   /* http: the value ends in blanks, which stay; request: never set */
    CFG_ENTRY_BLANK_SPLIT = 8,   /* http: a blank, not '=' or ':', parts key and value */
    CFG_ENTRY_CONTINUED = 16,    /* http: more than one line */
    CFG_ENTRY_ESCAPED = 32,      /* http: a backslash escape was used in the value */
};

struct cfg_entry {
    char *key;                 /* as read (http: unescaped) */
    char *value;               /* as read (http: unescaped); never NULL */
    const struct cfg_key *row; /* NULL when unknown in this dialect; may be an alias row */
    int line;                  /* 1-based; 0 when it was set by the program */
    unsigned flags;
};

struct cfg {
    enum cfg_dialect dialect;
    char *source; /* owned: file name for messages; NULL when made by the program */
    struct cfg_entry *v;
    size_t n, cap;
};

void cfg_init(struct cfg *cfg, enum cfg_dialect dialect);
void cfg_release(struct cfg *cfg);
void cfg_copy(struct cfg *dst, const struct cfg *src);

/*
 * Reads text into an initialised, empty cfg. source is for messages only (NULL allowed).
 * cfg_parse fails where Dogtag's tool would: ERR_CFG_NO_EQUALS, ERR_CFG_ESCAPE; also ERR_CFG_NUL (a NUL octet) and
 * ERR_CFG_TOO_LONG. cfg_scan keeps the entries of damaged lines (flags) for lint and fails only for the last two.
 */
bool cfg_parse(struct cfg *cfg, struct bytes text, const char *source, struct err *err) MUST_CHECK;
bool cfg_scan(struct cfg *cfg, struct bytes text, const char *source, struct err *err) MUST_CHECK;
/* The same from a file: ERR_CFG_MISSING, ERR_FILE_READ, ERR_FILE_TOO_BIG. */
bool cfg_read(struct cfg *cfg, const char *path, struct err *err) MUST_CHECK;
bool cfg_read_lenient(struct cfg *cfg, const char *path, struct err *err) MUST_CHECK;
/* Which dialect a file is most likely in, by its keys; CFG_REQUEST when undecided. */
enum cfg_dialect cfg_guess_dialect(struct bytes text);

/* ---- Reading. Unset keys give NULL; a key that is set but empty gives "". The last entry of a key wins. ---- */
const struct cfg_entry *cfg_entry(const struct cfg *cfg, enum cfg_key_id id);
const char *cfg_get(const struct cfg *cfg, enum cfg_key_id id);
/* The table's default when unset. */
const char *cfg_get_or_default(const struct cfg *cfg, enum cfg_key_id id);
/* By name, unknown keys too. */
const char *cfg_get_by_name(const struct cfg *cfg, const char *name);
bool cfg_has(const struct cfg *cfg, enum cfg_key_id id);
/* By the cs or ci rule of the key. */
bool cfg_bool(const struct cfg *cfg, enum cfg_key_id id);
/* ERR_CFG_REQUIRED when unset without default, ERR_CFG_NUMBER when it is no number or out of the row's range. */
bool cfg_int(const struct cfg *cfg, enum cfg_key_id id, long *out, struct err *err) MUST_CHECK;
/* Set and not empty, else ERR_CFG_REQUIRED naming the file. */
bool cfg_require(const struct cfg *cfg, enum cfg_key_id id, const char **out, struct err *err) MUST_CHECK;
/* Words parted by blanks (and tabs, as Dogtag does not: only U+0020 parts), appended. */
void cfg_list(const struct cfg *cfg, enum cfg_key_id id, struct strv *out);
/* A message of controls alone makes sense: getCert or confirmCertAcceptance is on. numRequests may be 0 then. */
bool cfg_controls_suffice(const struct cfg *cfg);
/* The input files that Dogtag would use: the first numRequests names; none where controls suffice and numRequests is 0.
 * ERR_CFG_NUMBER, ERR_CFG_REQUIRED, ERR_CFG_INPUT_COUNT. */
bool cfg_inputs(const struct cfg *cfg, struct strv *out, struct err *err) MUST_CHECK;
/* False when the key is unset; an empty value is a set, empty secret. */
bool cfg_secret(const struct cfg *cfg, enum cfg_key_id id, struct secret *out) MUST_CHECK;
/* Index into choices of the row; -1 when unset or not a choice. */
int cfg_enum(const struct cfg *cfg, enum cfg_key_id id);
/* tokenname is absent, "", "internal" or "Internal Key Storage Token" (any case). */
bool cfg_token_is_internal(const char *tokenname);
/* One bit: what the file asks for, by Dogtag's precedence. */
enum cfg_mode cfg_mode(const struct cfg *cfg);
/* The value of the profileId query parameter of servlet; NULL without. Caller frees. */
char *cfg_servlet_profile(const char *servlet) MUST_CHECK;
/* The path without query. Caller frees. */
char *cfg_servlet_path(const char *servlet) MUST_CHECK;

/* ---- Changing ---- */
/*
 * Setters replace the effective entry and drop its duplicates and aliases; a new key goes to the end.
 * ERR_CFG_VALUE when the value cannot be expressed in the dialect or read back equal: line breaks, other control
 * characters, invalid UTF-8, trailing blanks (request), a blank in a path of a list. The message names the key, never
 * a secret value.
 */
bool cfg_set(struct cfg *cfg, enum cfg_key_id id, const char *value, struct err *err) MUST_CHECK;
/* A PATH_LIST of several names; none may hold a blank or be empty. */
bool cfg_set_list(struct cfg *cfg, enum cfg_key_id id, const struct strv *names, struct err *err) MUST_CHECK;
bool cfg_set_secret(struct cfg *cfg, enum cfg_key_id id, const struct secret *value, struct err *err) MUST_CHECK;
void cfg_set_bool(struct cfg *cfg, enum cfg_key_id id, bool value);
void cfg_set_int(struct cfg *cfg, enum cfg_key_id id, long value);
void cfg_unset(struct cfg *cfg, enum cfg_key_id id);
/* Into the order of the key table (groups together, for a file with comments); unknown keys last. Stable. */
void cfg_sort(struct cfg *cfg);
/* Unknown keys too (key and value are checked as in cfg_set); always appends. */
bool cfg_add(struct cfg *cfg, const char *key, const char *value, struct err *err) MUST_CHECK;
/* The check alone, for form fields. */
bool cfg_check_value(enum cfg_dialect dialect, enum cfg_key_id id, const char *value, struct err *err) MUST_CHECK;

/* ---- Writing ---- */
enum cfg_write_flags {
    CFG_WRITE_COMMENTS = 1, /* a heading per group and the table's help above each key, for people */
    CFG_WRITE_SECRETS = 2,  /* "for use with other tools": secrets stand in the file. Without it their lines are left
                               out, never written empty, so that Dogtag's tool stops before it signs */
};
/* heading: comment lines at the top (NULL none); line breaks part them. Appends to out, which should be .secret when
 * secrets go in. */
bool cfg_format(const struct cfg *cfg, unsigned flags, const char *heading, struct buf *out,
    struct err *err) MUST_CHECK;
/* Atomically; mode 0600 when a secret stands in it, else 0644 less the umask of the process. */
bool cfg_write(const struct cfg *cfg, const char *path, unsigned flags, const char *heading,
    struct err *err) MUST_CHECK;
/* A secret key has a non-empty value. */
bool cfg_holds_secret(const struct cfg *cfg);
#endif
