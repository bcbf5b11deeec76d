/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tools/tool.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "cfg/cfg_keys.h"

static const struct tool *find(const struct tool *rows, size_t n, const char *name)
{
    for (size_t i = 0; name && i < n; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

/* The other program lies beside this one in the build tree, and in pkglibexecdir when installed. */
int tool_become(const char *program, char **argv)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    self[len < 0 ? 0 : len] = '\0';
    char *dir = path_dir(self);
    char *beside = path_join(dir, program);
    char *installed = path_join(PKGLIBEXECDIR, program);
    execv(file_exists(beside) ? beside : installed, argv);
    struct err err = ERR_INIT;
    err_fail_errno(&err, ERR_FILE_MISSING, "%s", installed);
    free(dir);
    free(beside);
    free(installed);
    return tool_fail("cmc", &err, false);
}

static void print_list(const struct tool *rows, size_t n, FILE *out)
{
    fprintf(out, "%s\n\n", _("Usage: cmc COMMAND [OPTION]... [FILE]..."));
    fprintf(out, "%s\n\n%s\n", _("CMC enrollment (RFC 5272) with Dogtag PKI and Red Hat Certificate System."),
            _("Commands:"));
    for (size_t i = 0; i < n; i++) {
        if (rows[i].summary) {
            fprintf(out, "  %-15s %s\n", rows[i].name, _(rows[i].summary));
        }
    }
    fprintf(out, "\n%s\n",
            _("Each command explains itself with --help. Exit codes: 0 done, 1 internal or I/O error, 2 rejected by "
              "the CA, "
              "3 CA unreachable, 4 usage or configuration, 5 waiting, 6 cancelled, 7 answer not trusted."));
}

static int unknown(const struct tool *rows, size_t n, const char *name)
{
    const char *near = NULL;
    int best = 4;
    for (size_t i = 0; i < n; i++) {
        int d = rows[i].summary ? text_distance(name, rows[i].name) : 99;
        if (d < best) {
            best = d;
            near = rows[i].name;
        }
    }
    struct err err = ERR_INIT;
    char *shown = text_visible_str(name);
    if (near) {
        err_fail(&err, ERR_USAGE, _("There is no command %s; did you mean %s?"), shown, near);
    } else {
        err_fail(&err, ERR_USAGE, _("There is no command %s."), shown);
    }
    free(shown);
    return tool_fail("cmc", &err, false);
}

int tool_main(const struct tool *rows, size_t n, const char *other_program, int argc, char **argv)
{
    secret_harden_process();
    const struct tool *tool = find(rows, n, path_base(argv[0]));
    if (tool && tool->dogtag) {
        /* LC_ALL stays C: English, byte for byte the same everywhere. */
        return tool->run ? tool->run(argc, argv) : tool_become(other_program, argv);
    }
    i18n_init();
    if (argc < 2) {
        print_list(rows, n, stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_list(rows, n, stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("cmc (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
        return EXIT_DONE;
    }
    tool = find(rows, n, argv[1]);
    if (!tool || tool->dogtag) {
        return unknown(rows, n, argv[1]);
    }
    return tool->run ? tool->run(argc - 1, argv + 1) : tool_become(other_program, argv);
}

/* ---- shared ---- */

static bool ask_terminal(void *ctx, const char *name, const char *token, bool retry, int tries_left, struct secret *out,
                         struct err *err)
{
    (void)ctx;
    char *shown = text_visible_str(token ? token : name);
    char *prompt = NULL;
    if (strcmp(name, "est.password") == 0) {
        prompt = xstrdup(_("Password for the EST server: "));
    } else if (!token) {
        prompt = xasprintf(_("Secret (%s): "), shown);
    } else if (retry && tries_left > 0) {
        prompt = xasprintf(ngettext("Wrong. %d try left. Password of token %s: ",
                                    "Wrong. %d tries left. Password of token %s: ", (unsigned long)tries_left),
                           tries_left, shown);
    } else {
        prompt = xasprintf(_("Password of token %s: "), shown);
    }
    bool ok = secret_prompt_tty(out, prompt, err);
    free(prompt);
    free(shown);
    return ok;
}

struct secrets *tool_secrets(const struct tool_options *o)
{
    struct secrets *s = secrets_new(ask_terminal, NULL);
    if (o->password_file) {
        secrets_add_file(s, "password", o->password_file);
    }
    if (o->password_fd >= 0) {
        secrets_add_fd(s, "password", (int)o->password_fd);
    }
    if (o->secret_file) {
        secrets_add_file(s, "witness.sharedSecret", o->secret_file);
    }
    if (o->secret_fd >= 0) {
        secrets_add_fd(s, "witness.sharedSecret", (int)o->secret_fd);
    }
    if (o->http_password_file) {
        secrets_add_file(s, "est.password", o->http_password_file);
    }
    if (o->http_password_fd >= 0) {
        secrets_add_fd(s, "est.password", (int)o->http_password_fd);
    }
    return s;
}

bool tool_parse(const struct opt *table, size_t n, const struct opt_usage *usage, int argc, char **argv, int *rest,
                int *exit_code)
{
    struct err err = ERR_INIT;
    switch (opt_parse(table, n, usage, argc, argv, rest, &err)) {
    case OPT_OK:
        return true;
    case OPT_HELP_SHOWN:
    case OPT_VERSION_SHOWN:
        *exit_code = EXIT_DONE;
        return false;
    case OPT_BAD:
        break;
    }
    *exit_code = tool_fail(usage->program, &err, false);
    return false;
}

/* ---- options in company ---- */

static bool is_given(const struct opt *row)
{
    switch (row->kind) {
    case OPT_FLAG:
        return *(const bool *)row->target;
    case OPT_INT:
        return *(const long *)row->target >= 0; /* a descriptor: -1 without the option */
    case OPT_STR:
    case OPT_CHOICE:
        return *(const char *const *)row->target != NULL;
    case OPT_STRV:
        return ((const struct strv *)row->target)->n > 0;
    case OPT_HEADING:
        break;
    }
    return false;
}

static const struct opt *given_among(const struct opt *table, size_t n, const char *words)
{
    for (size_t i = 0; i < n; i++) {
        if (table[i].kind != OPT_HEADING && cfg_word_in(words, table[i].name) && is_given(&table[i])) {
            return &table[i];
        }
    }
    return NULL;
}

static bool fail_needs(const struct tool_rule *rule, struct err *err)
{
    struct strv words = STRV_INIT;
    for (const char *word = rule->needs; *word; word += strspn(word, " ")) {
        size_t len = strcspn(word, " ");
        strv_push_take(&words, xasprintf("--%.*s", (int)len, word));
        word += len;
    }
    char *all = strv_join(&words, "/");
    /* TRANSLATORS: the first %s is an option, the second one or several, of which one is needed: "--store/--ldif" */
    err_fail(err, ERR_USAGE, _("--%s does nothing without %s."), rule->option, all);
    free(all);
    strv_release(&words);
    return false;
}

bool tool_rules_hold(const struct opt *table, size_t n, const struct tool_rule *rules, size_t n_rules, struct err *err)
{
    for (size_t i = 0; i < n_rules; i++) {
        const struct tool_rule *rule = &rules[i];
        const struct opt *other = given_among(table, n, rule->excludes);
        if (!given_among(table, n, rule->option)) {
            continue;
        }
        if (other) {
            return err_fail(err, ERR_USAGE, _("--%s and --%s cannot be given together."), rule->option, other->name);
        }
        if (rule->needs && !given_among(table, n, rule->needs)) {
            return fail_needs(rule, err);
        }
    }
    return true;
}

struct json *tool_error_json(const struct err *err)
{
    struct json *root = json_new_object();
    json_set_str(root, "id", err_id(err->code));
    json_set_num(root, "exit", err_exit(err->code));
    json_set_str(root, "what", err_what(err->code));
    json_set_str(root, "why", err_why(err->code));
    json_set_str(root, "todo", err_todo(err->code));
    struct json *context = json_set_array(root, "context");
    for (int i = 0; i < err->n_context; i++) {
        json_add_str(context, err->context[i]);
    }
    if (err->symbol) {
        json_set_str(root, "detail", err->symbol);
    }
    return root;
}

int tool_fail(const char *program, struct err *err, bool json)
{
    if (json) {
        struct json *root = json_new_object();
        json_set_take(root, "error", tool_error_json(err));
        tool_print_json(root);
    }
    int code = err_report(err, program);
    err_release(err);
    return code;
}

const char *tool_insecure_text(bool tls)
{
    return tls ? _("Warning: the server's certificate is NOT checked. Anybody in between can read everything and answer.")
               : _("Warning: plain HTTP, NOTHING is protected. Anybody in between can read everything and answer.");
}

void tool_print_json(struct json *root)
{
    struct json *first = json_new_object();
    json_set_num(first, "version", 1);
    while (json_size(root)) {
        struct json *member = json_at(root, 0);
        char *key = xstrdup(json_key(member));
        json_set_take(first, key, json_dup(member));
        json_remove(root, key);
        free(key);
    }
    char *text = json_print(first, true);
    fputs(text, stdout);
    free(text);
    json_free(first);
    json_free(root);
}

bool tool_read(const char *path, struct buf *out, struct err *err)
{
    if (strcmp(path, "-") != 0) {
        return file_read(path, out, err);
    }
    char chunk[8192];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
        if (!buf_append(out, chunk, got)) {
            return err_fail(err, ERR_FILE_TOO_BIG, "-");
        }
    }
    return out->len > 0 || err_fail(err, ERR_FILE_EMPTY, "-");
}
