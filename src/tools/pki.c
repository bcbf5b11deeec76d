/* SPDX-License-Identifier: Apache-2.0 */
/* What all sub-commands of `pki` share: common options, arguments, certificates in files and on their way to the
 * database. */
#include "config.h"

#include "tools/pki.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "nss/pem.h"
#include "tools/dogtag.h"
#include "tools/tool.h"

#define TOOL "pki"

/* ---- arguments ---- */

bool pki_misuse(struct err *err, const char *what, const char *argument)
{
    char *shown = text_visible_str(argument);
    err_fail(err, ERR_USAGE, "%s: %s", what, shown);
    free(shown);
    return false;
}

static const struct pki_arg *find_arg(const struct pki_arg *rows, size_t n, const char *name, size_t len)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(rows[i].name) == len && strncmp(rows[i].name, name, len) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

bool pki_take(const struct pki_arg *rows, size_t n, int argc, char **argv, int *i, struct err *err)
{
    const char *name = argv[*i];
    if (name[0] != '-' || !name[1]) {
        return false;
    }
    name += name[1] == '-' ? 2 : 1;
    const char *equals = strchr(name, '=');
    const struct pki_arg *row = find_arg(rows, n, name, equals ? (size_t)(equals - name) : strlen(name));
    if (!row || (equals && !row->value)) {
        return pki_misuse(err, "Unrecognized option", argv[*i]);
    }
    if (row->flag) {
        *row->flag = true;
    } else if (equals) {
        *row->value = equals + 1;
    } else if (*i + 1 < argc) {
        *row->value = argv[++*i];
    } else {
        return err_fail(err, ERR_USAGE, "Missing argument for option: %s", row->name);
    }
    return true;
}

/* Every sub-command takes these; there is nothing more to say. */
static bool is_quiet(const char *word)
{
    static const char *const words[] = {"-v", "--verbose", "--debug"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

bool pki_args(const struct pki_arg *rows, size_t n, int argc, char **argv, struct pki_words *words, struct err *err)
{
    struct err own = ERR_INIT;
    for (int i = 1; i < argc; i++) {
        if (is_quiet(argv[i]) || pki_take(rows, n, argc, argv, &i, &own)) {
            continue;
        }
        if (own.code) {
            err_move(err, &own);
            return false;
        }
        if (words->n == words->max || words->n == PKI_WORDS) {
            return pki_misuse(err, "Too many arguments specified", argv[i]);
        }
        words->v[words->n++] = argv[i];
    }
    return true;
}

static void usage(const struct pki_command *rows, size_t n, FILE *out)
{
    fprintf(
        out,
        "usage: pki [OPTIONS..] <command> [ARGS..]\n"
        " -c <password>           NSS database password (-C is safer)\n"
        " -C <password file>      NSS database password file\n"
        " -d <database>           NSS database location (default: ~/.dogtag/nssdb)\n"
        " -f <password config>    NSS database password configuration\n"
        " -h <hostname>           Hostname of the CA\n"
        " -n <nickname>           Nickname for client certificate authentication\n"
        " -p <port>               Port (default: 8443)\n"
        " -P <protocol>           Protocol (default: https)\n"
        " -u <username>           Account for basic authentication, instead of -n\n"
        " -U <uri>                Server URL, instead of -P, -h and -p\n"
        " -w <password>           Password of the account (-W is safer)\n"
        " -W <password file>      File with the password of the account\n"
        "    --token <token>      Security token name\n"
        "    --skip-revocation-check  Do not ask whether the server's certificate is revoked\n"
        "    --ignore-cert-status <list>  UNKNOWN_ISSUER, UNTRUSTED_ISSUER, BAD_CERT_DOMAIN: no check of the server\n"
        "    --help, --version\n\nCommands:\n");
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "  %s\n", rows[i].name);
    }
    fprintf(out, "\nThis is cmc-wizard's pki: only what enrollment with CMC needs; see cmc-dogtag(7).\n");
}

static const struct pki_command *find_command(const struct pki_command *rows, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

/* The same octets, where they can be wiped. */
static char *in_argv(const char *value, int argc, char **argv)
{
    for (int k = 1; value && k < argc; k++) {
        char *inside = strstr(argv[k], value);
        if (inside == value) {
            return inside;
        }
    }
    return NULL;
}

/* Options up to the sub-command; *first is its index. */
static bool common_options(struct pki *p, int argc, char **argv, int *first, struct err *err)
{
    const char *unused = NULL, *password = NULL, *user_password = NULL, *messages = NULL;
    bool off = false;
    const struct pki_arg rows[] = {
        {"d", &p->dir, NULL},
        {"c", &password, NULL},
        {"C", &p->password_file, NULL},
        {"f", &p->conf, NULL},
        {"n", &p->nickname, NULL},
        {"h", &p->host, NULL},
        {"p", &p->port, NULL},
        {"P", &p->protocol, NULL},
        {"U", &p->url, NULL},
        {"t", &p->type, NULL},
        {"u", &p->user, NULL},
        {"w", &user_password, NULL},
        {"W", &p->user_password_file, NULL},
        {"output", &messages, NULL},
        {"http-output", &messages, NULL},
        {"client-type", &unused, NULL},
        {"token", &p->token, NULL},
        {"api", &unused, NULL},
        {"message-format", &unused, NULL},
        {"ignore-banner", NULL, &off},
        {"e", NULL, &off},
        {"exit-on-error", NULL, &off},
        {"debug", NULL, &off},
        {"reject-cert-status", &unused, NULL},
        {"v", NULL, &p->verbose},
        {"verbose", NULL, &p->verbose},
        {"help", NULL, &p->help},
        {"version", NULL, &p->version},
        {"skip-revocation-check", NULL, &p->skip_revocation},
        {"ignore-cert-status", &p->ignored_statuses, NULL},
    };
    struct err own = ERR_INIT;
    int i = 1;
    while (i < argc && pki_take(rows, ARRAY_LEN(rows), argc, argv, &i, &own)) {
        i++;
    }
    *first = i;
    if (own.code) {
        err_move(err, &own);
        return false;
    }
    p->password = in_argv(password, i, argv);
    p->user_password = in_argv(user_password, i, argv);
    if (messages) {
        fprintf(stderr, "pki: warning: no HTTP messages are stored in a folder (--output)\n");
    }
    if (p->user && p->nickname) {
        return err_fail(err, ERR_USAGE, "The -n and -u options are mutually exclusive.");
    }
    if (p->user_password && p->user_password_file) {
        return err_fail(err, ERR_USAGE, "The -w and -W options are mutually exclusive.");
    }
    if ((p->password != NULL) + (p->password_file != NULL) + (p->conf != NULL) > 1) {
        return err_fail(err, ERR_USAGE, "The '-c', '-C' and '-f' options are mutually exclusive.");
    }
    return true;
}

static int fail(struct err *err)
{
    fflush(stdout);
    dogtag_fail(TOOL, err);
    return 255;
}

static int run(struct pki *p, const struct pki_command *command, int argc, char **argv)
{
    struct err err = ERR_INIT;
    const char *home = getenv("HOME");
    p->default_dir = path_join(home ? home : ".", ".dogtag/nssdb");
    p->dir = p->dir ? p->dir : p->default_dir;
    struct tool_options asking = TOOL_OPTIONS_INIT;
    bool ask = p->user && !p->user_password && !p->user_password_file; /* only here is anybody asked, as by Dogtag's */
    p->secrets = ask ? tool_secrets(&asking) : secrets_new(NULL, NULL);
    engine_init(&p->engine, p->secrets);
    if (p->password) {
        dogtag_take_password(p->secrets, p->password);
    } else if (p->password_file || p->conf) {
        secrets_add_file(p->secrets, "password", p->password_file ? p->password_file : p->conf);
    }
    if (p->user_password) {
        dogtag_take_secret(p->secrets, "account.password", p->user_password);
    } else if (p->user_password_file) {
        secrets_add_file(p->secrets, "account.password", p->user_password_file);
    }
    bool ok = command->run(p, argc, argv, &err);
    engine_release(&p->engine);
    secrets_free(p->secrets);
    free(p->default_dir);
    return ok ? 0 : fail(&err);
}

/* Behind a sub-command as well: there it names all of them, too. */
static bool asks_help(int argc, char **argv, int first)
{
    for (int i = first + 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            return true;
        }
    }
    return false;
}

/* Sub-commands that ask the CA only with such an option. To add one: a row, and the command in dogtag_pki_ca.c. */
static bool asks_ca(int argc, char **argv)
{
    static const struct {
        const char *command, *option;
    } rows[] = {{"client-cert-import", "--ca-server"}, {"client-cert-import", "--serial"}};
    for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
        for (int i = 1; strcmp(argv[0], rows[k].command) == 0 && i < argc; i++) {
            size_t len = strcspn(argv[i], "=");
            if (len == strlen(rows[k].option) && strncmp(argv[i], rows[k].option, len) == 0) {
                return true;
            }
        }
    }
    return false;
}

int pki_main(const struct pki_command *rows, size_t n, const char *other_program, int argc, char **argv)
{
    struct pki p = {.port = "8443", .protocol = "https"};
    struct err err = ERR_INIT;
    int first = argc;
    if (!common_options(&p, argc, argv, &first, &err)) {
        return fail(&err);
    }
    if (p.version) {
        printf("PKI Command-Line Interface %s (%s)\n", PACKAGE_VERSION, PACKAGE_NAME);
        return 0;
    }
    p.help = p.help || asks_help(argc, argv, first);
    if (p.help || first >= argc) {
        usage(rows, n, p.help ? stdout : stderr);
        return p.help ? 0 : 255;
    }
    const struct pki_command *command = find_command(rows, n, argv[first]);
    if (!command) {
        char *shown = text_visible_str(argv[first]);
        fprintf(stderr, "ERROR: Invalid module \"%s\".\n", shown);
        free(shown);
        err_fail(&err, ERR_USAGE, "This pki has only the commands that pki --help lists.");
        return fail(&err);
    }
    bool here = command->run && !(other_program && asks_ca(argc - first, argv + first));
    return here ? run(&p, command, argc - first, argv + first) : tool_become(other_program, argv);
}

bool pki_open(struct pki *p, bool writable, bool create, struct err *err)
{
    return engine_open_db(&p->engine, p->dir, writable, create, err) &&
           (create || !secrets_has(p->secrets, "password") || engine_login(&p->engine, p->token, err));
}

/* ---- output ---- */

void pki_message(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = xvasprintf(fmt, args);
    va_end(args);
    char *line = xcalloc(strlen(text) + 1, 1);
    memset(line, '-', strlen(text));
    printf("%s\n%s\n%s\n", line, text, line);
    free(line);
    free(text);
}

bool pki_password(const char *text, const char *file, struct secret *out, struct err *err)
{
    if (text && file) {
        return err_fail(err, ERR_USAGE, "PKCS #12 password and password file are mutually exclusive");
    }
    if (!text && !file) {
        return err_fail(err, ERR_USAGE, "Missing PKCS #12 password");
    }
    if (file) {
        return secret_read_file(out, file, err);
    }
    secret_set(out, text, strlen(text));
    return true;
}

bool pki_pem(struct bytes der, struct buf *out)
{
    buf_add(out, "-----BEGIN CERTIFICATE-----\r\n");
    bool ok = base64_encode(der, 76, true, out);
    buf_add(out, "-----END CERTIFICATE-----\r\n");
    return ok;
}

bool pki_write_cert(const struct cert *cert, const char *file, const char *format, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool der = format && strcasecmp(format, "DER") == 0;
    bool ok = der || !format || strcasecmp(format, "PEM") == 0 || strcasecmp(format, "RAW") == 0 ||
              pki_misuse(err, "Unsupported format", format);
    ok = ok && (der || pki_pem(cert_der(cert), &pem) || err_fail(err, ERR_INTERNAL, NULL));
    struct bytes out = der ? cert_der(cert) : buf_peek(&pem);
    if (ok && file) {
        ok = file_write(file, out, 0644, err);
    } else if (ok) {
        ok = fwrite(out.data, 1, out.len, stdout) == out.len || err_fail_errno(err, ERR_FILE_WRITE, "-");
    }
    buf_release(&pem);
    return ok;
}
