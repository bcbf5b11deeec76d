/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's certificate: imported from PKCS#12 when it comes in a file, then found, and proven to be what the cfg's nickname means. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/when.h"
#include "flow/run_internal.h"
#include "nss/certdb.h"
#include "nss/key.h"

static bool import_p12(struct run *run, const char *path, struct err *err)
{
    struct buf p12 = BUF_INIT(BUF_MAX_MESSAGE);
    struct secret password = SECRET_INIT;
    struct strv nicknames = STRV_INIT;
    char *file = path_expand_home(path);
    bool ok = file_read(file, &p12, err);
    for (int tries = 0; ok && tries < 3; tries++) {
        struct err why = ERR_INIT;
        if (!secrets_get(run->secrets, "agent.p12.password", NULL, tries > 0, 3 - tries, &password, err)) {
            ok = false;
            if (tries > 0 && err_is_set(err) && err->code == ERR_NSS_WRONG_PASSWORD) { /* nobody has another one to try */
                err_fail(err, ERR_NSS_P12_PASSWORD, "%s", path);
            }
        } else if (engine_import_pkcs12(&run->engine, run_agent_token(run), buf_peek(&p12), &password,
                                        answer_true(run->session, "practice.import"), &nicknames, &why)) {
            break;
        } else if (why.code != ERR_NSS_P12_PASSWORD || tries == 2) {
            err_move(err, &why);
            ok = false;
        }
        err_release(&why);
    }
    if (ok && nicknames.n && !*run_answer(run, "nickname")) {
        ok = session_set_answer(run->session, "nickname", nicknames.v[0], err);
    }
    secret_release(&password);
    strv_release(&nicknames);
    buf_release(&p12);
    free(file);
    return ok;
}

static bool check_agent(struct run *run, struct cert *agent, const char *nickname, struct err *err)
{
    int64_t now = run->engine.at ? run->engine.at : when_now();
    struct key *key = key_of_cert(run->engine.db, agent, err);
    if (!key) {
        return err_context(err, _("The certificate %s cannot sign here."), nickname);
    }
    key_free(key);
    if (!cert_valid_at(agent, now)) {
        return err_fail(err, ERR_NSS_CHAIN_EXPIRED, "%s", nickname);
    }
    if (run_signer(run) == SIGNED_BY_AGENT) {
        return certdb_nickname_resolves_to(run->engine.db, run_agent_token(run), nickname, agent, err);
    }
    /* A user's signing and encryption certificates share a nickname: we take the signing one, Dogtag's tools may not. */
    struct err other = ERR_INIT;
    if (!certdb_nickname_resolves_to(run->engine.db, run_agent_token(run), nickname, agent, &other)) {
        run_note(run, _("%s also names another certificate: the files perhaps do not work with Dogtag's own tools."), nickname);
    }
    err_release(&other);
    return true;
}

bool step_agent_start(struct run *run, struct err *err)
{
    const char *p12 = run_answer(run, "agent.p12");
    if (!run_open_agent_db(run, err)) {
        return false;
    }
    const char *imported = session_fact(run->session, "agent.imported");
    if (*p12 && !(imported && strcmp(imported, run_agent_dbdir(run)) == 0)) {
        if (!import_p12(run, p12, err)) {
            return err_context(err, _("The agent's certificate file could not be imported."));
        }
        session_set_fact(run->session, "agent.imported", run_agent_dbdir(run));
        secrets_forget(run->secrets, "agent.p12.password");
    }
    const char *nickname = run_answer(run, "nickname");
    if (!*nickname) {
        return err_fail(err, ERR_FLOW_ANSWER_MISSING, "nickname");
    }
    struct cert *agent = certdb_find(run->engine.db, run_agent_token(run), nickname, err);
    bool ok = agent && check_agent(run, agent, nickname, err);
    if (ok) {
        char *subject = cert_subject(agent);
        char *until = when_rfc3339(cert_not_after(agent)), *issuer = cert_issuer(agent);
        session_set_fact(run->session, "signer.subject", subject);
        session_set_fact(run->session, "signer.issuer", issuer);
        session_set_fact(run->session, "signer.not-after", until);
        free(until);
        free(issuer);
        run_note(run, "%s", subject);
        free(subject);
    }
    cert_free(agent);
    return ok;
}
