/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TOOLS_TOOL_H
#define CMCW_TOOLS_TOOL_H
/*
 * The command line tools. One row per sub-command of `cmc` and per Dogtag name; two programs share the dispatcher:
 * `cmc` itself, which loads neither libcurl nor libldap, and `cmc-net` (in pkglibexecdir), which `cmc` turns into when
 * a sub-command needs the network. To add a tool: a file with its option rows and run function, a row in cmc.c or
 * cmc_net.c, its cases in tests/tools.
 */
#include "base/mem.h"
#include "base/opt.h"
#include "flow/secrets.h"

struct engine;
struct json;
struct err;

struct tool {
    const char *name;    /* "request", or "CMCRequest" */
    const char *summary; /* N_(), one line; NULL for Dogtag names (not in the list of sub-commands) */
    int (*run)(int argc,
               char **argv); /* argv[0] is the tool's name; returns the exit code. NULL: in the other program */
    bool dogtag;             /* speaks as Dogtag's tool: English in every locale, exit code 0 or 1 */
};

/* Dispatches by argv[0] (Dogtag names) or argv[1]. other_program: what to become for rows without run; NULL = none. */
int tool_main(const struct tool *rows, size_t n, const char *other_program, int argc, char **argv);

/* Turns into the other program with the same arguments; comes back only when that fails, with the exit code. */
int tool_become(const char *program, char **argv);

/* ---- what most tools share ---- */
struct tool_options {
    const char *dbdir, *token, *password_file, *secret_file, *http_user, *http_password_file;
    long password_fd, secret_fd, http_password_fd; /* -1 = none */
    bool json;
};
#define TOOL_OPTIONS_INIT                                                                                              \
    {                                                                                                                  \
        .password_fd = -1, .secret_fd = -1, .http_password_fd = -1                                                                       \
    }
/* Rows for an option table. */
#define TOOL_OPT_DB(o)                                                                                                 \
    {OPT_STR, "dbdir", 'd', N_("DIR"), N_("NSS database folder (default: the current one)."), &(o).dbdir, NULL, 0, 0}, \
    {                                                                                                                  \
        OPT_STR, "token", 0, N_("NAME"), N_("PKCS#11 token; internal is the database itself."), &(o).token, NULL, 0, 0 \
    }
#define TOOL_OPT_PASSWORD(o)                                                                                           \
    {OPT_STR,                                                                                                          \
     "password-file",                                                                                                  \
     0,                                                                                                                \
     N_("FILE"),                                                                                                       \
     N_("Read the token's password from this file (NSS password file syntax)."),                                       \
     &(o).password_file,                                                                                               \
     NULL,                                                                                                             \
     0,                                                                                                                \
     0},                                                                                                               \
    {                                                                                                                  \
        OPT_INT, "password-fd", 0, N_("N"), N_("Read the token's password from this file descriptor."),                \
            &(o).password_fd, NULL, 0, 65535                                                                           \
    }
#define TOOL_OPT_SECRET(o)                                                                                             \
    {                                                                                                                  \
        OPT_STR,          "secret-file", 0, N_("FILE"), N_("Read the shared secret from this file."),                  \
        &(o).secret_file, NULL,          0, 0},                                                                        \
    {                                                                                                                  \
        OPT_INT, "secret-fd", 0, N_("N"), N_("Read the shared secret from this file descriptor."), &(o).secret_fd,     \
            NULL, 0, 65535                                                                                             \
    }
#define TOOL_OPT_LOGIN(o)                                                                                              \
    {OPT_STR,        "http-user", 0, N_("NAME"), N_("User name for an EST server that asks for one (HTTP Basic)."),    \
     &(o).http_user, NULL,        0, 0},                                                                               \
        {OPT_STR, "http-password-file",    0,    N_("FILE"), N_("Read that user's password from this file."),          \
         &(o).http_password_file, NULL, 0, 0},                                                                         \
    {                                                                                                                  \
        OPT_INT, "http-password-fd", 0, N_("N"), N_("Read that user's password from this file descriptor."),           \
            &(o).http_password_fd, NULL, 0, 65535                                                                      \
    }
#define TOOL_OPT_JSON(o)                                                                                               \
    {                                                                                                                  \
        OPT_FLAG, "json", 0, NULL, N_("Print the result as JSON (versioned, stable)."), &(o).json, NULL, 0, 0          \
    }

#define TOOL_INSECURE_HELP                                                                                             \
    N_("Send it all the same: the server is not checked, and with secure=false everything goes over plain HTTP; a revocation's " \
       "secret then travels in clear.")

/* The warning for that option, loud. tls: there is at least encryption. */
const char *tool_insecure_text(bool tls);

/* Sources in order: file, descriptor, the terminal. Never argv or environment. Caller frees with secrets_free. */
struct secrets *tool_secrets(const struct tool_options *o) MUST_CHECK;
/* Parses; returns true to go on, else *exit_code is what to return. */
bool tool_parse(const struct opt *table, size_t n, const struct opt_usage *usage, int argc, char **argv, int *rest,
                int *exit_code) MUST_CHECK;
/* Which options make no sense in company, and which none alone: names without dashes, parted by blanks. */
struct tool_rule {
    const char *option;
    const char *excludes; /* NULL: nothing */
    const char *needs;    /* one of these; NULL: nothing */
};
/* The first rule that the parsed options break: ERR_USAGE with a sentence that names both. */
bool tool_rules_hold(const struct opt *table, size_t n, const struct tool_rule *rules, size_t n_rules, struct err *err) MUST_CHECK;
/* Reports err on stderr, and with json as {"version":1,"error":{…}} on stdout; returns its exit code and releases it.
 */
int tool_fail(const char *program, struct err *err, bool json);
/* Prints root with version 1 on stdout and frees it. */
void tool_print_json(struct json *root);
struct json *tool_error_json(const struct err *err) MUST_CHECK;
/* Reads a file, or standard input for "-". */
bool tool_read(const char *path, struct buf *out, struct err *err) MUST_CHECK;

/* ---- tools ---- */
int tool_pkcs10(int argc, char **argv);
int tool_request(int argc, char **argv);
int tool_response(int argc, char **argv);
int tool_show(int argc, char **argv);
int tool_desk(int argc, char **argv);
int tool_lint(int argc, char **argv);
int tool_needs_renewal(int argc, char **argv);
int tool_renew(int argc, char **argv);
int tool_archived(int argc, char **argv);
int tool_import(int argc, char **argv);
int tool_submit(int argc, char **argv);
int tool_batch(int argc, char **argv);
int tool_admin(int argc, char **argv);
int tool_ca(int argc, char **argv);
int tool_crmf(int argc, char **argv);
int tool_token(int argc, char **argv);
int tool_module(int argc, char **argv);
int tool_revoke(int argc, char **argv);
int tool_find(int argc, char **argv);
int tool_fetch(int argc, char **argv);
int dogtag_cmcrequest(int argc, char **argv);
int dogtag_cmcresponse(int argc, char **argv);
int dogtag_httpclient(int argc, char **argv);
int dogtag_pkcs10client(int argc, char **argv);
int dogtag_crmfpopclient(int argc, char **argv);
int dogtag_crmfpopclient_net(int argc, char **argv);
int dogtag_cmcsharedtoken(int argc, char **argv);
int dogtag_cmcrevoke(int argc, char **argv);
int dogtag_cmcenroll(int argc, char **argv);
int dogtag_pki(int argc, char **argv);
int dogtag_pki_ca(int argc, char **argv);
int dogtag_pkicertimport(int argc, char **argv);
#endif
