/* SPDX-License-Identifier: Apache-2.0 */
/* cmc submit CFG: what Dogtag's HttpClient does, with TLS that is checked and exit codes that mean something. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "cfg/cfg.h"
#include "cmc/response.h"
#include "flow/engine.h"
#include "nss/pem.h"
#include "tools/tool.h"

struct options {
    struct tool_options common;
    const char *proxy, *chain;
    long timeout;
    bool insecure, other_subject;
};

/* The outcome that the answer claims; whether it can be believed is what `cmc response` says. */
static int tell_outcome(const struct options *o, const struct cfg *cfg, const struct submit *submit)
{
    struct bytes body = submit_body(submit);
    int http_status = submit_http_status(submit);
    struct cmc_response r;
    struct err why = ERR_INIT, outcome = ERR_INIT;
    if (!cmc_response_parse(body, &r, &why)) {
        return tool_fail("cmc submit", &why, o->common.json);
    }
    bool failed = cmc_response_error(&r, submit_about(submit), &outcome);
    if (o->common.json) {
        struct json *root = json_new_object();
        json_set_str(root, "output", cfg_get(cfg, CFG_OUTPUT));
        json_set_num(root, "http-status", http_status);
        json_set_str(root, "outcome", cmc_outcome_name(r.outcome));
        if (failed) {
            json_set_take(root, "error", tool_error_json(&outcome));
        }
        tool_print_json(root);
    } else {
        printf(_("Outcome      %s\nWritten to   %s\n"), cmc_outcome_name(r.outcome), cfg_get(cfg, CFG_OUTPUT));
    }
    int code = failed ? err_report(&outcome, "cmc submit") : EXIT_DONE;
    err_release(&outcome);
    cmc_response_release(&r);
    return code;
}

/* What a listener gets of the message; NULL: nothing that is worth a word. */
static const char *exposure_text(enum submit_exposure exposes)
{
    switch (exposes) {
    case SUBMIT_EXPOSES_NOTHING:
        break;
    case SUBMIT_EXPOSES_PROOF:
        return _("Warning: this message proves a shared secret, and its way is NOT protected. Whoever reads it can try secrets "
                 "offline until one fits, without anybody noticing. Have the secret changed afterwards.");
    case SUBMIT_EXPOSES_UNREAD:
        return _("Warning: this message cannot be read here, and its way is NOT protected. If it proves a shared secret, whoever reads "
                 "it can try secrets offline until one fits; if it is a revocation, the secret itself may stand in it.");
    case SUBMIT_EXPOSES_SECRET:
        return _("Warning: the shared secret itself stands in this message, and its way is NOT protected. Whoever reads it knows the "
                 "secret and can revoke the certificate. Have the secret changed afterwards.");
    }
    return NULL;
}

static bool exchange(struct engine *e, const struct cfg *cfg, const struct submit_options *options, struct submit **out,
                     struct err *err)
{
    struct submit *s = submit_start(e, cfg, options, err);
    *out = s;
    if (!s) {
        return false;
    }
    const char *exposed = exposure_text(submit_exposes(s));
    if (exposed) {
        fprintf(stderr, "%s\n", exposed);
    }
    enum submit_state state;
    do {
        state = submit_poll(s, 1000, err);
    } while (state == SUBMIT_RUNNING);
    bool ok = state == SUBMIT_DONE && submit_finish(s, err);
    if (!ok && state == SUBMIT_FAILED && submit_sent(s) > 0) {
        err_context(err, "%s",
                    _("The request may have reached the CA. Look for the certificate before sending it again."));
    }
    return ok;
}

static int run(const struct options *o, const char *path, struct err *err)
{
    struct cfg cfg;
    struct engine engine;
    struct submit *submit = NULL;
    struct cert_list pinned = CERT_LIST_INIT;
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    struct secrets *secrets = tool_secrets(&o->common);
    cfg_init(&cfg, CFG_HTTP);
    engine_init(&engine, secrets);
    bool ok = cfg_read(&cfg, path, err) &&
              (!o->chain || (file_read(o->chain, &pem, err) && pem_decode_all(buf_peek(&pem), &pinned, err)));
    struct submit_options options = {.proxy = o->proxy,
                                     .user = o->common.http_user,
                                     .pinned = pinned.n ? &pinned : NULL,
                                     .insecure = o->insecure,
                                     .other_subject = o->other_subject,
                                     .timeout_ms = (int)o->timeout * 1000};
    if (ok && o->insecure) {
        fprintf(stderr, "%s\n", tool_insecure_text(cfg_bool(&cfg, CFG_SECURE)));
    }
    ok = ok && exchange(&engine, &cfg, &options, &submit, err);
    int code = ok ? tell_outcome(o, &cfg, submit) : -1;
    submit_free(submit);
    cert_list_release(&pinned);
    buf_release(&pem);
    cfg_release(&cfg);
    engine_release(&engine);
    secrets_free(secrets);
    return code;
}

int tool_submit(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT, .timeout = 60};
    const struct opt table[] = {
        TOOL_OPT_PASSWORD(o.common),
        TOOL_OPT_LOGIN(o.common),
        {OPT_STR, "proxy", 0, N_("URL"), N_("Go through this HTTP proxy (http://HOST:PORT)."), &o.proxy, NULL, 0, 0},
        {OPT_STR, "chain", 0, N_("FILE"), N_("PEM file of the CA certificates that the server must belong to."),
         &o.chain, NULL, 0, 0},
        {OPT_INT, "timeout", 0, N_("SECONDS"), N_("Give up after this time."), &o.timeout, NULL, 1, 3600},
        {OPT_FLAG, "allow-other-subject", 0, NULL,
         N_("Send even if the connection's certificate names somebody else than the signer's; stock CAs refuse that."),
         &o.other_subject, NULL, 0, 0},
        {OPT_FLAG, "insecure-i-know", 0, NULL, TOOL_INSECURE_HELP, &o.insecure, NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {
        "cmc submit", N_("[OPTION]... CFG"),
        N_("Sends the request that an HttpClient .cfg file names to the CA, and writes the answer to its output file."),
        N_("A request is never sent twice by itself: a CA issues again for a request that it gets again.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    if (argc - rest != 1) {
        err_fail(&err, ERR_USAGE, "%s", _("Name exactly one .cfg file."));
        return tool_fail(usage.program, &err, o.common.json);
    }
    code = run(&o, argv[rest], &err);
    return code < 0 ? tool_fail(usage.program, &err, o.common.json) : code;
}
