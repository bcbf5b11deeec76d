/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TOOLS_PKI_H
#define CMCW_TOOLS_PKI_H
/*
 * Dogtag's `pki`, for the sub-commands that guides about CMC use, and PKICertImport. Options before the sub-command are
 * common to all; `cmc` has the rows that need no network, and becomes `cmc-net` for the others. English in every locale,
 * Dogtag's layout on standard output, exit 0 or 255 (PKICertImport: 1).
 * To add a sub-command: a row in dogtag_pki.c or dogtag_pki_ca.c, its function, its synopsis in pki.c.
 */
#include "flow/engine.h"
#include "net/carest.h"

struct cert_list;
struct certdb_entry;
struct err;

struct pki {
    const char *dir, *token, *nickname, *host, *port, *protocol, *url, *type, *password_file, *conf;
    const char *ignored_statuses, *user, *user_password_file;
    char *password, *user_password; /* in argv */
    bool skip_revocation, verbose, help, version;
    char *default_dir;
    struct engine engine;
    struct secrets *secrets;
};

struct pki_command {
    const char *name; /* "client-cert-import" */
    bool (*run)(struct pki *p, int argc, char **argv, struct err *err); /* argv[0] is the name; NULL: in the other program */
};
/* Options and sub-command; returns the exit code. other_program: for rows without function; NULL when there are none. */
int pki_main(const struct pki_command *rows, size_t n, const char *other_program, int argc, char **argv);

struct pki_arg {
    const char *name;   /* without dashes; one or two are taken, and the value behind '=' or as the next argument */
    const char **value; /* NULL for a flag */
    bool *flag;
};
#define PKI_WORDS 4
struct pki_words {
    const char *v[PKI_WORDS]; /* arguments that are no options */
    size_t n, max;
};
/* ERR_USAGE: unknown option, missing value, too many words. */
bool pki_args(const struct pki_arg *rows, size_t n, int argc, char **argv, struct pki_words *words, struct err *err) MUST_CHECK;
/* ERR_USAGE "what: argument", made visible; returns false. */
bool pki_misuse(struct err *err, const char *what, const char *argument);
/* The same for one argument at argv[*i]: false without an error when it is no option. */
bool pki_take(const struct pki_arg *rows, size_t n, int argc, char **argv, int *i, struct err *err) MUST_CHECK;

/* The database of the common options; a login only when a password was given. */
bool pki_open(struct pki *p, bool writable, bool create, struct err *err) MUST_CHECK;
/* -----, text, ----- of its length. */
void pki_message(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A password of the command line or of a file, which exclude each other. ERR_USAGE when there is none. */
bool pki_password(const char *text, const char *file, struct secret *out, struct err *err) MUST_CHECK;
/* PEM as nss-cert-export writes it: 76 columns, CRLF on every line. */
bool pki_pem(struct bytes der, struct buf *out) MUST_CHECK;
/* To a file, or to standard output when it is NULL. format: "PEM" or "DER", any case; NULL = PEM. */
bool pki_write_cert(const struct cert *cert, const char *file, const char *format, struct err *err) MUST_CHECK;
/* Root first, as Dogtag sorts; certificates of no chain keep their place behind it. */
void pki_sort(const struct cert_list *in, struct cert_list *out);
/* "CN - O" as NSS names CA certificates, with a number when another subject has it. Caller frees. */
char *pki_ca_nickname(struct pki *p, const struct cert *cert) MUST_CHECK;
/* Every certificate whose issuer is known (in the list or in the database) must be signed by it. Others are named on
 * standard error. ERR_NSS_CHAIN_SIGNATURE. */
bool pki_verify(struct pki *p, const char *tool, const struct cert_list *certs, struct err *err) MUST_CHECK;
/* Stores the certificates in any order after pki_verify(): leaf under nickname (NULL: made from the subject) with trust,
 * CAs under names of NSS. *stored: nickname of the leaf, or of the last CA; caller frees. */
struct pki_import {
    const char *nickname, *trust;
    bool ca;      /* the certificate to be named is a CA's */
    const char *ca_trust; /* for self-signed ones beside the leaf; NULL = none */
};
bool pki_import_certs(struct pki *p, const char *tool, const struct cert_list *certs, const struct pki_import *how,
                      char **stored, struct err *err) MUST_CHECK;

/* A package with its keys, as pk12util stores it, after the same verification. */
bool pki_pkcs12_take(struct pki *p, const char *file, const char *text, const char *password_file, struct err *err) MUST_CHECK;

/* ---- pki_find.c: what ca-cert-find searches by ---- */
/* Dogtag shows twenty at a time when nothing else is asked for. */
#define PKI_PAGE 20
struct pki_dates {
    const char *before_from, *before_to, *after_from, *after_to, *issued_from, *issued_to, *revoked_from, *revoked_to;
};
struct pki_find {
    struct ca_search search; /* lends from argv and from here: do not copy */
    struct pki_dates dates;
    const char *start, *size, *input, *reason, *validity_count, *validity_unit;
    int start_n, size_n;
    char reason_number[8];
    char *constraints; /* JSON of the --input file */
};
/* ERR_USAGE, ERR_FILE_*. Release in any case. */
bool pki_find_args(struct pki_find *a, int argc, char **argv, struct err *err) MUST_CHECK;
void pki_find_release(struct pki_find *a);

/* Sub-commands without network. */
bool pki_database_create(struct pki *p, int argc, char **argv, struct err *err);
bool pki_database_remove(struct pki *p, int argc, char **argv, struct err *err);
bool pki_client_find(struct pki *p, int argc, char **argv, struct err *err);
bool pki_client_show(struct pki *p, int argc, char **argv, struct err *err);
bool pki_nss_find(struct pki *p, int argc, char **argv, struct err *err);
bool pki_nss_show(struct pki *p, int argc, char **argv, struct err *err);
bool pki_nss_export(struct pki *p, int argc, char **argv, struct err *err);
bool pki_nss_request(struct pki *p, int argc, char **argv, struct err *err);
bool pki_key_create(struct pki *p, int argc, char **argv, struct err *err);
bool pki_key_find(struct pki *p, int argc, char **argv, struct err *err);
bool pki_client_import(struct pki *p, int argc, char **argv, struct err *err);
bool pki_nss_import(struct pki *p, int argc, char **argv, struct err *err);
bool pki_pkcs7_import(struct pki *p, int argc, char **argv, struct err *err);
bool pki_pkcs12_import(struct pki *p, int argc, char **argv, struct err *err);
bool pki_pkcs12_find(struct pki *p, int argc, char **argv, struct err *err);
bool pki_pkcs7_cert_import(struct pki *p, int argc, char **argv, struct err *err);
bool pki_pkcs7_cert_export(struct pki *p, int argc, char **argv, struct err *err);
bool pki_pkcs7_cert_find(struct pki *p, int argc, char **argv, struct err *err);
#endif
