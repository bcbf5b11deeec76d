/* SPDX-License-Identifier: Apache-2.0 */
/* cmc lint: every mistake of one cfg file, or of a request and a submit file together. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "cfg/cfg_lint.h"
#include "flow/cadesc.h"
#include "flow/engine.h"
#include "flow/secrets.h"
#include "nss/certdb.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "tools/tool.h"

/* The database is opened without a password, as certificates and their subjects are public; the file's own one is tried. */
struct facts {
    struct engine engine;
};

static char *subject_of(void *ctx, const char *dbdir, const char *token, const char *nickname)
{
    struct facts *f = ctx;
    struct err ignored = ERR_INIT;
    char *subject = NULL;
    if (engine_open_db(&f->engine, dbdir, false, false, &ignored)) {
        struct cert *cert = certdb_find(f->engine.db, token, nickname, &ignored);
        subject = cert ? cert_subject(cert) : NULL;
        cert_free(cert);
    }
    err_release(&ignored);
    return subject;
}

static bool password_opens(void *ctx, const char *dbdir, const struct secret *password)
{
    struct facts *f = ctx;
    struct err why = ERR_INIT;
    bool wrong = false;
    if (engine_open_db(&f->engine, dbdir, false, false, &why)) {
        f->engine.secrets = secrets_new(NULL, NULL);
        secrets_set(f->engine.secrets, "password", password);
        wrong = !engine_login(&f->engine, NULL, &why) && why.code == ERR_NSS_WRONG_PASSWORD;
        secrets_free(f->engine.secrets);
        f->engine.secrets = NULL;
    }
    err_release(&why);
    return !wrong;
}

static void print_problems(const struct cfg_problems *problems, bool json)
{
    if (!json) {
        for (size_t i = 0; i < problems->n; i++) {
            char *line = cfg_problem_format(&problems->v[i]);
            printf("%s\n", line);
            free(line);
        }
        return;
    }
    struct json *root = json_new_object();
    struct json *list = json_set_array(root, "problems");
    for (size_t i = 0; i < problems->n; i++) {
        const struct cfg_problem *p = &problems->v[i];
        struct json *row = json_add_object(list);
        json_set_str(row, "id", cfg_lint_id(p->what));
        json_set_str(row, "severity", cfg_severity_word(p->severity));
        json_set_str(row, "file", p->file);
        json_set_num(row, "line", p->line);
        json_set_str(row, "key", p->key);
        json_set_str(row, "reason", p->reason);
        json_set_str(row, "remedy", p->remedy);
    }
    tool_print_json(root);
}

static bool lint_pair(const char *request, const char *submit, const struct cfg_lint_facts *facts,
                      struct cfg_problems *problems, struct err *err)
{
    struct cfg a, b;
    cfg_init(&a, CFG_REQUEST);
    cfg_init(&b, CFG_HTTP);
    bool ok = cfg_read_lenient(&a, request, err) && cfg_read_lenient(&b, submit, err);
    if (ok) {
        cfg_lint(&a, facts, problems);
        struct cfg_lint_facts second = *facts;
        second.coming =
            cfg_get(&a, cfg_bool(&a, CFG_DECRYPTED_POP_ENABLE) ? CFG_DECRYPTED_POP_REQUEST_FILE : CFG_OUTPUT);
        cfg_lint(&b, &second, problems);
        cfg_lint_pair(&a, &b, facts, problems);
    }
    cfg_release(&a);
    cfg_release(&b);
    return ok;
}

/* What a CA description says; --dogtag counts more. */
static bool take_description(const char *name, struct cadesc *desc, struct cfg_lint_facts *facts, struct err *err)
{
    if (!name) {
        return true;
    }
    if (!cadesc_find(name, desc, err)) {
        return false;
    }
    facts->pop_link_required = desc->pop_link_required;
    facts->dogtag = facts->dogtag || !*desc->ca_version ? facts->dogtag : desc->ca_version;
    return true;
}

static bool lint_files(char **names, int n, const struct cfg_lint_facts *facts, struct cfg_problems *problems,
                       struct err *err)
{
    if (n != 1 && n != 2) {
        return err_fail(err, ERR_USAGE, "%s", _("Name one .cfg file, or the request's and the submit's."));
    }
    return n == 1 ? cfg_lint_file(names[0], 0, facts, problems, err)
                  : lint_pair(names[0], names[1], facts, problems, err);
}

int tool_lint(int argc, char **argv)
{
    bool json = false, ours = false;
    const char *version = NULL, *ca = NULL;
    const struct opt table[] = {
        {OPT_FLAG, "json", 0, NULL, N_("Print the problems as JSON."), &json, NULL, 0, 0},
        {OPT_STR, "dogtag", 0, N_("VERSION"), N_("Judge for this version of the CA and its tools, e.g. 10.5."),
         &version, NULL, 0, 0},
        {OPT_STR, "ca", 0, N_("NAME"), N_("Judge for the CA with this description: its version and what it demands."),
         &ca, NULL, 0, 0},
        {OPT_FLAG, "ask-secrets", 0, NULL, N_("Passwords that are left out are fine: our own tools ask for them."),
         &ours, NULL, 0, 0},
    };
    const struct opt_usage usage = {
        "cmc lint", N_("[OPTION]... CFG [SUBMIT-CFG]"),
        N_("Reports every problem of a .cfg file at once; with two files also what does not fit between them."),
        N_("Exit code 4 when there is an error, 0 when there are only warnings and notes.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    struct facts facts;
    struct cfg_problems problems = CFG_PROBLEMS_INIT;
    engine_init(&facts.engine, NULL);
    struct cfg_lint_facts callbacks = {
        .ctx = &facts, .subject_of = subject_of, .password_opens = password_opens,
        .ec_without_proof = engine_crmf_is_stuck, .dogtag = version, .will_ask_secrets = ours};
    struct cadesc desc = {0};
    bool ok = take_description(ca, &desc, &callbacks, &err) &&
              lint_files(argv + rest, argc - rest, &callbacks, &problems, &err);
    if (ok) {
        print_problems(&problems, json);
    }
    size_t errors = cfg_problems_count(&problems, CFG_ERROR);
    cfg_problems_release(&problems);
    cadesc_release(&desc);
    engine_release(&facts.engine);
    return !ok ? tool_fail(usage.program, &err, json) : errors ? EXIT_USAGE : EXIT_DONE;
}
