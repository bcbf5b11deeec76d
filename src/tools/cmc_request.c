/* SPDX-License-Identifier: Apache-2.0 */
/* cmc request CFG: what Dogtag's CMCRequest does, with errors that help. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/strv.h"
#include "cfg/cfg.h"
#include "cfg/cfg_lint.h"
#include "cmc/show.h"
#include "flow/engine.h"
#include "nss/pem.h"
#include "tools/tool.h"

static void print_human(const struct cfg *cfg, const struct engine_request *r)
{
    bool second = cfg_mode(cfg) == CFG_MODE_POP;
    const char *output = cfg_get(cfg, second ? CFG_DECRYPTED_POP_REQUEST_FILE : CFG_OUTPUT);
    for (size_t i = 0; i < r->subjects->n; i++) {
        printf(_("Request for  %s\n"), r->subjects->v[i]);
    }
    if (r->signer) {
        char *subject = cert_subject(r->signer);
        printf(_("Signed by    %s\n"), subject);
        free(subject);
    }
    printf(_("Written to   %s\n"), output);
}

static void print_json(const struct cfg *cfg, const struct engine_request *r)
{
    struct json *root = json_new_object();
    struct json *subjects = json_set_array(root, "subjects");
    for (size_t i = 0; i < r->subjects->n; i++) {
        json_add_str(subjects, r->subjects->v[i]);
    }
    if (r->signer) {
        char *subject = cert_subject(r->signer);
        json_set_str(root, "signer", subject);
        free(subject);
    }
    bool second = cfg_mode(cfg) == CFG_MODE_POP;
    json_set_str(root, "output", cfg_get(cfg, second ? CFG_DECRYPTED_POP_REQUEST_FILE : CFG_OUTPUT));
    char *nonce = bytes_hex(buf_peek(&r->sender_nonce)), *transaction = bytes_hex(buf_peek(&r->transaction_id));
    json_set_str(root, "sender-nonce", nonce);
    json_set_str(root, "transaction-id", transaction);
    json_set_num(root, "octets", (double)r->der.len);
    free(nonce);
    free(transaction);
    tool_print_json(root);
}

struct paste {
    bool wanted;
    const char *host, *profile;
    long port;
};

/* The form of a CA's end entity pages (input "cert_request") takes base64 without BEGIN and END. The body alone goes to
 * standard output, so that it can be piped into a clipboard. */
static bool print_paste(const struct paste *p, const struct engine_request *r, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = base64_encode(buf_peek(&r->der), 64, false, &text) || err_fail(err, ERR_INTERNAL, NULL);
    if (ok) {
        fprintf(stderr,
                _("Paste this into the certificate request of https://%s:%ld/ca/ee/ca/profileSelect?profileId=%s\n"),
                p->host ? p->host : _("HOST"), p->port, p->profile);
        fputs(buf_str(&text), stdout);
    }
    buf_release(&text);
    return ok;
}

/* Mistakes that would make Dogtag's tool stop or do something else than it looks like are said before anything is
 * signed. */
static void say_problems(const struct cfg *cfg, const char *base)
{
    struct cfg_problems problems = CFG_PROBLEMS_INIT;
    struct cfg_lint_facts facts = {.base_dir = base, .will_ask_secrets = true, .no_files = true};
    cfg_lint(cfg, &facts, &problems);
    for (size_t i = 0; i < problems.n; i++) {
        if (problems.v[i].severity == CFG_WARNING) {
            char *line = cfg_problem_format(&problems.v[i]);
            fprintf(stderr, "%s\n", line);
            free(line);
        }
    }
    cfg_problems_release(&problems);
}

int tool_request(int argc, char **argv)
{
    struct tool_options o = TOOL_OPTIONS_INIT;
    struct paste paste = {.port = 8443, .profile = "caFullCMCUserCert"};
    const struct opt table[] = {
        TOOL_OPT_PASSWORD(o),
        TOOL_OPT_SECRET(o),
        {OPT_FLAG, "paste", 0, NULL,
         N_("Print the request as the CA's enrollment page takes it, and the page's address on standard error."),
         &paste.wanted, NULL, 0, 0},
        {OPT_STR, "host", 0, N_("HOST"), N_("With --paste: name of the CA's computer."), &paste.host, NULL, 0, 0},
        {OPT_INT, "port", 0, N_("PORT"), N_("With --paste: its port (default 8443)."), &paste.port, NULL, 1, 65535},
        {OPT_STR, "profile", 0, N_("ID"), N_("With --paste: profile of the page (default caFullCMCUserCert)."),
         &paste.profile, NULL, 0, 0},
        TOOL_OPT_JSON(o),
    };
    const struct opt_usage usage = {
        "cmc request", N_("[OPTION]... CFG"),
        N_("Builds and signs the CMC request that a CMCRequest .cfg file describes, and writes its output file."),
        N_("Passwords that the .cfg leaves out are read from --password-file, --password-fd or the terminal.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    if (argc - rest != 1) {
        err_fail(&err, ERR_USAGE, "%s", _("Name exactly one .cfg file."));
        return tool_fail(usage.program, &err, o.json);
    }
    struct cfg cfg;
    struct engine engine;
    struct engine_request request;
    struct secrets *secrets = tool_secrets(&o);
    cfg_init(&cfg, CFG_REQUEST);
    engine_init(&engine, secrets);
    bool ok = cfg_read(&cfg, argv[rest], &err);
    if (ok) {
        say_problems(&cfg, NULL);
        ok = engine_build(&engine, &cfg, &request, &err);
    }
    if (ok) {
        if (paste.wanted && !o.json) {
            ok = print_paste(&paste, &request, &err);
        } else {
            (o.json ? print_json : print_human)(&cfg, &request);
        }
        engine_request_release(&request);
    }
    engine_release(&engine);
    secrets_free(secrets);
    cfg_release(&cfg);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.json);
}
