/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one step that cannot be taken back. Dogtag issues again for a request that it gets again, so a request is never resent by itself:
 * the mark "sending" is on disk before a byte leaves, and when it is found without an answer, the CA is asked for the certificate first.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/when.h"
#include "cfg/cfg.h"
#include "flow/run_internal.h"
#include "net/carest.h"
#include "nss/dn.h"
#include "nss/pem.h"

#define CLOCK_NOISE 120 /* seconds */

/* A CA's clock may be behind ours. */
#define CLOCK_SLACK (60 * 60)

#define FACT_RETRY "submit.retry-at" /* when the EST server that answered "later" wants to see the request again */

static bool set_state(struct run *run, const char *state, struct err *err)
{
    session_set_fact(run->session, run_trip(run)->state, state);
    if (!state || strcmp(state, "sending") != 0) {
        session_set_fact(run->session, run_trip(run)->since, NULL);
    }
    if (!state || strcmp(state, "later") != 0) {
        session_set_fact(run->session, FACT_RETRY, NULL);
    }
    return session_save(run->session, err);
}

/* The leave to send again is for once: the next doubt is asked about anew. */
static bool mark_sending(struct run *run, struct err *err)
{
    if (!session_fact(run->session, run_trip(run)->since)) {
        char *now = when_rfc3339(when_now());
        session_set_fact(run->session, run_trip(run)->since, now);
        free(now);
    }
    return session_set_answer(run->session, "resend", "false", err) && set_state(run, "sending", err);
}

/* This time nothing went out; what an earlier sending left open stays open. */
static void mark_unsent(struct run *run)
{
    struct err ignored = ERR_INIT;
    bool ok = run->doubted || set_state(run, NULL, &ignored);
    (void)ok;
    err_release(&ignored);
}

static bool keep_found(struct run *run, const struct cert *cert, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = pem_encode(cert_der(cert), "CERTIFICATE", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && session_write_file(run->session, FILE_CERT, buf_peek(&pem), err) && set_state(run, "found", err);
    buf_release(&pem);
    run_note(run, "%s", _("The CA had already issued it."));
    return ok;
}

static int64_t sent_at(const struct run *run)
{
    int64_t at = 0;
    const char *since = session_fact(run->session, run_trip(run)->since);
    return since && when_parse_rfc3339(since, &at) ? at : 0;
}

/* The name under which the CA issues: the request's where an agent signs, the signer's where a user does. With a shared secret it is the
 * directory's, which nobody here knows (NULL): the name that was typed would mislead. */
static const char *issued_name(const struct run *run)
{
    static const char *const facts[] = {[SIGNED_BY_AGENT] = "subject", [SIGNED_BY_USER] = "signer.subject"};
    enum scenario_signer signer = run_signer(run);
    return signer == SIGNED_BY_NEW_KEY ? NULL : session_fact(run->session, facts[signer]);
}

/* Searches by the time of sending, and the name where it is known, and takes only a certificate for the very key. */
static bool search(struct run *run, struct carest *rest, struct cert **found, struct err *err)
{
    struct buf spki = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT);
    const char *name = issued_name(run);
    bool ok = run_requested_key(run, &spki, err) && (!name || dn_encode(name, &der, err));
    if (ok && !name) {
        ok = carest_find_spki(rest, NULL, NULL, sent_at(run) - CLOCK_SLACK, buf_peek(&spki), found, err);
    } else if (ok) {
        char *cn = dn_value(buf_peek(&der), "CN"), *uid = dn_value(buf_peek(&der), "UID");
        ok = carest_find_spki(rest, cn, cn ? NULL : uid, sent_at(run) - CLOCK_SLACK, buf_peek(&spki), found, err);
        free(cn);
        free(uid);
    }
    buf_release(&spki);
    buf_release(&der);
    return ok;
}

static bool is_renewed_one(const struct run *run, const struct cert *found)
{
    const char *old = session_fact(run->session, "renewed.serial");
    char *serial = cert_serial_text(found);
    bool same = old && strcmp(old, serial) == 0;
    free(serial);
    return same;
}

/* True with *issued when the CA has it; true without when the CA says that it has not; false when it cannot be asked. */
static bool look_up(struct run *run, bool *issued, struct err *err)
{
    struct run_net net;
    struct cert *found = NULL;
    *issued = false;
    if (!run_open_agent_db(run, err) || !run_net_init(run, &net, err)) {
        return false;
    }
    struct carest *rest = carest_open(&net.net, run->engine.db, NULL, &net.url, err);
    bool ok = rest && search(run, rest, &found, err);
    if (ok && found && is_renewed_one(run, found)) { /* the same key: what is found is the old certificate */
        cert_free(found);
        found = NULL;
    }
    if (ok && found) {
        *issued = true;
        ok = keep_found(run, found, err);
    }
    cert_free(found);
    carest_close(rest);
    run_net_release(&net);
    return ok;
}

/* What is known, what the search found, and what sending again would do. */
static bool ask_about_doubt(struct run *run, bool asked, struct err *why, struct err *err)
{
    const char *since = session_fact(run->session, run_trip(run)->since);
    err_fail(err, ERR_FLOW_RESEND_ASK, NULL);
    if (since) {
        char *when = when_human_text(since);
        /* TRANSLATORS: %s is a date with the time of day */
        err_context(err, _("It was sent on %s; no answer is here."), when);
        free(when);
    }
    if (asked) {
        err_context(err, "%s", _("The CA was searched: since then it has issued no certificate for this key."));
    } else {
        char *subject = run_subject(run);
        err_context(err, _("The CA could not be searched: %s"), err_what(why->code));
        err_context(err, _("Ask the CA agent whether a certificate was issued for %s."), subject);
        free(subject);
    }
    if (run_needs_second_trip(run) && !run_is_second_trip(run)) {
        return err_context(err, "%s",
                           _("On the first trip nothing is issued: if it arrived, a request is pending there, and it may be sent again."));
    }
    return err_context(err, "%s", _("If it arrived after all and is sent again, the CA issues a second certificate."));
}

/* RFC 7030 section 4.2.3: the server took the request and wants to see the same one again, not before a time. */
static bool is_time_again(const struct run *run, struct err *err)
{
    const char *at = session_fact(run->session, FACT_RETRY);
    int64_t when = 0;
    int64_t now = run->engine.at ? run->engine.at : when_now();
    if (!at || !when_parse_rfc3339(at, &when) || now >= when) {
        return true;
    }
    char *human = when_human(when);
    err_fail(err, ERR_NET_EST_LATER, _("The server said to come again on %s."), human);
    free(human);
    return false;
}

static bool mark_later(struct run *run, struct err *err)
{
    int64_t at = submit_retry_at(run->submit);
    char *text = at ? when_rfc3339(at) : NULL;
    session_set_fact(run->session, FACT_RETRY, text);
    free(text);
    return set_state(run, "later", err);
}

/* Returns true when sending may go on; *settled when there is nothing to send any more. */
static bool settle_doubt(struct run *run, bool *settled, struct err *err)
{
    const char *state = session_fact(run->session, run_trip(run)->state);
    run->doubted = false;
    if (state && strcmp(state, "later") == 0 && !is_time_again(run, err)) {
        return false;
    }
    *settled = session_has_file(run->session, run_trip(run)->response) || (state && strcmp(state, "found") == 0);
    if (*settled || !state || strcmp(state, "sending") != 0 || run_revokes(run)) { /* revoking twice does no harm */
        return true;
    }
    struct err why = ERR_INIT;
    bool asked = look_up(run, settled, &why);
    run->doubted = !*settled;
    bool ok = *settled || answer_true(run->session, "resend") || ask_about_doubt(run, asked, &why, err);
    err_release(&why);
    return ok;
}

void run_check_est(struct run *run, struct preflight *out)
{
    if (run_revokes(run) || run_needs_second_trip(run)) {
        run_problem(out, ERR_FLOW_EST_CONTROLS,
                    _("A revocation, and the second trip of an encryption certificate, do not go over EST: the CA would demand a proof "
                      "that they do not have. Choose the CA's own servlets (protocol = cmc)."));
    }
}

static bool start_sending(struct run *run, struct err *err)
{
    bool settled = false;
    struct run_net net;
    struct cfg cfg;
    if (run_is_second_trip(run) && !run_needs_second_trip(run) && !run->kept) {
        return true;
    }
    if (!settle_doubt(run, &settled, err)) {
        return false;
    }
    run->redo = run->kept && !settled;
    run->kept = false;
    if (settled || run->redo) {
        return true;
    }
    if (!run_open_agent_db(run, err) || !run_net_init(run, &net, err)) {
        return false;
    }
    cfg_init(&cfg, CFG_HTTP);
    char *path = session_file(run->session, run_trip(run)->submit_cfg);
    run->pinned = net.pinned;
    net.pinned = (struct cert_list)CERT_LIST_INIT;
    net.submit.pinned = run->pinned.n ? &run->pinned : NULL;
    net.submit.message = buf_peek(&run->spoken);
    bool ok = cfg_read(&cfg, path, err) && mark_sending(run, err);
    run->submit = ok ? submit_start(&run->engine, &cfg, &net.submit, err) : NULL;
    free(path);
    cfg_release(&cfg);
    run_net_release(&net);
    if (ok && !run->submit) {
        mark_unsent(run);
    }
    return run->submit != NULL;
}

/* A revocation by secret carries the secret itself (RFC 5272 section 6.11): once it is on its way, or cannot be, it goes from here;
 * continuing makes the message anew. */
bool step_submit_start(struct run *run, struct err *err)
{
    bool started = start_sending(run, err);
    buf_release(&run->spoken);
    return started;
}

/* Its certificate may not sign the answer, which the step "response" checks: without the file it could not. */
static bool keep_tls_server(struct run *run, struct err *err)
{
    const struct cert_list *chain = submit_server_chain(run->submit);
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool none = !chain || chain->n == 0;
    bool ok = none || ((pem_encode(cert_der(chain->v[0]), "CERTIFICATE", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL)) &&
                       session_write_file(run->session, FILE_TLS_SERVER, buf_peek(&pem), err));
    buf_release(&pem);
    return ok;
}

/* How far this computer's clock is from the server's, for the failure page: "+312" seconds ahead. Small ones are the way's. */
static void keep_clock_skew(struct run *run)
{
    static const char name[] = "\nDate: ";
    struct bytes headers_raw = submit_headers(run->submit);
    char *headers = headers_raw.len ? xstrndup((const char *)headers_raw.data, headers_raw.len) : NULL;
    char *at = headers ? strcasestr(headers, name) : NULL;
    int64_t then = 0;
    if (at) {
        at += sizeof name - 1;
        at[strcspn(at, "\r\n")] = '\0';
    }
    if (at && when_parse_http(at, &then)) {
        int64_t ahead = when_now() - then;
        char *seconds = xasprintf("%+lld", (long long)ahead);
        session_set_fact(run->session, "clock.compared", "true");
        session_set_fact(run->session, "clock.ahead", ahead > CLOCK_NOISE || ahead < -CLOCK_NOISE ? seconds : NULL);
        free(seconds);
    }
    free(headers);
}

enum step_progress step_submit_poll(struct run *run, int wait_ms, struct err *err)
{
    if (!run->submit) {
        return WORK_DONE;
    }
    enum submit_state state = submit_poll(run->submit, wait_ms, err);
    if (state == SUBMIT_RUNNING) {
        return WORK_RUNNING;
    }
    keep_clock_skew(run);
    bool noted = state == SUBMIT_DONE && keep_tls_server(run, err);
    bool good = noted && submit_finish(run->submit, err);
    if (good || submit_http_status(run->submit) == 401) { /* needed no more, or wrong */
        secrets_forget(run->secrets, "est.password");
    }
    if (good) {
        return set_state(run, "answered", err) ? WORK_DONE : WORK_FAILED;
    }
    if (state == SUBMIT_DONE && submit_http_status(run->submit) == 202) {
        struct err ignored = ERR_INIT;
        bool kept = mark_later(run, &ignored);
        (void)kept; /* otherwise the request is in doubt, which asks before it is sent again */
        err_release(&ignored);
        return WORK_FAILED;
    }
    /* No byte sent, or a page where CMC was due: nothing was issued, so it may be tried again without a question. A CMC answer
     * that could not be stored or looked at, a server's own failure, and a connection that broke leave a doubt. */
    bool page = noted && submit_body(run->submit).len == 0 && submit_http_status(run->submit) < 500;
    if (page || submit_sent(run->submit) == 0) {
        mark_unsent(run);
    }
    return WORK_FAILED;
}

void step_submit_cancel(struct run *run)
{
    if (run->submit) {
        submit_cancel(run->submit);
    }
}
