/* SPDX-License-Identifier: Apache-2.0 */
/* What an unattended run will have to ask for, known before it begins: passwords, secrets, and who vouches for the CA. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "flow/run_internal.h"
#include "nss/nssdb.h"

/* "KEY: what it is", once. */
static void name_key(struct preflight *out, const char *answer, const char *ending)
{
    const struct answer_row *row = answer_row(answer);
    char *text = xasprintf("%s%s: %s", answer, ending, row ? _(row->help) : "");
    if (!strv_has(out->problems, text)) {
        run_problem(out, ERR_FLOW_ANSWER_MISSING, text);
    }
    free(text);
}

static void need_secret(struct run *run, struct preflight *out, const char *name)
{
    if (!secrets_has(run->secrets, name)) {
        name_key(out, name, ".file");
    }
}

/* A database that is not there gets a password; one that cannot be read is complained about by the step that opens it. */
static bool wants_password(struct run *run, const char *dir, const char *token)
{
    struct token_info *list = NULL;
    size_t n = 0;
    bool wants = false;
    struct err ignored = ERR_INIT;
    if (!*dir || !nssdb_present(dir)) {
        return true;
    }
    if (engine_open_db(&run->engine, dir, false, false, &ignored) && nssdb_tokens(run->engine.db, &list, &n, &ignored)) {
        for (size_t i = 0; i < n; i++) {
            bool it = nssdb_token_is_internal(token) ? list[i].internal : strcmp(list[i].name, token) == 0;
            wants = wants || (it && (list[i].needs_login || list[i].needs_init));
        }
        token_info_free(list, n);
    }
    err_release(&ignored);
    return wants;
}

static void check_passwords(struct run *run, struct preflight *out)
{
    bool signs = run_has_step(run, "agent") || run_has_step(run, "signer") || run_has_step(run, "revoker");
    bool by_secret = run_speaks_secret(run); /* no key is touched */
    if (run_has_step(run, "key") && wants_password(run, run_dbdir(run), run_answer(run, "tokenname"))) {
        need_secret(run, out, "password");
    }
    if (signs && !by_secret && wants_password(run, run_agent_dbdir(run), run_agent_token(run))) {
        need_secret(run, out, run_agent_secret(run));
    }
    if (signs && *run_answer(run, "agent.p12")) {
        need_secret(run, out, "agent.p12.password");
    }
    if (run_has_step(run, "submit") && run_over_est(run) && *run_answer(run, "est.user")) {
        need_secret(run, out, "est.password");
    }
    if (run_has_step(run, "secret") || by_secret) {
        need_secret(run, out, "witness.sharedSecret");
    }
}

/* Where a database is, its trust may confirm the chain: that is known when the CA has shown it, and the fingerprint is told then. */
static void check_confirmation(struct run *run, struct preflight *out)
{
    struct cert_list before = CERT_LIST_INIT;
    bool may_trust = nssdb_present(run_agent_dbdir(run)) || nssdb_present(run_dbdir(run));
    if (run_has_step(run, "server") && !*run_answer(run, "ca") && !*run_answer(run, "ca.fingerprint") &&
        !*run_answer(run, "ca.chain") && !may_trust &&
        !run_load_chain(run, &before)) {
        name_key(out, "ca.fingerprint", "");
    }
    cert_list_release(&before);
}

void run_check_given(struct run *run, struct preflight *out)
{
    bool refuses = run->scenario->refusal_steps && answer_is(run->session, "decision", "refuse");
    for (size_t i = 0; i < run->n_rows; i++) {
        if (run->rows[i].done) {
            return; /* what the steps that are left need is theirs to say */
        }
    }
    if (!refuses) {
        check_passwords(run, out);
        check_confirmation(run, out);
    }
}
