/* SPDX-License-Identifier: Apache-2.0 */
/* The answer is judged, the certificate stored, and the pair proven; or, at the agent desk, written to files. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "cmc/response.h"
#include "cmc/trust.h"
#include "flow/dirlook.h"
#include "flow/package.h"
#include "flow/run_internal.h"
#include "net/kra.h"
#include "nss/certdb.h"
#include "nss/chain.h"
#include "nss/pem.h"

#define KRA_TIMEOUT_MS 15000

static int64_t now_of(const struct run *run)
{
    return run->engine.at ? run->engine.at : when_now();
}

static bool from_hex_fact(struct run *run, const char *fact, struct buf *out)
{
    const char *hex = session_fact(run->session, fact);
    return !hex || bytes_from_hex(hex, out);
}

/* The certificate of the server that gave the answer, or NULL where there was no TLS. One that cannot be read is an error: what it
 * signed could not be told from an answer of the CA. */
static bool tls_server_cert(struct run *run, struct cert **cert, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    struct cert_list certs = CERT_LIST_INIT;
    *cert = NULL;
    if (!session_has_file(run->session, FILE_TLS_SERVER)) {
        return true;
    }
    bool ok = session_read_file(run->session, FILE_TLS_SERVER, &pem, err) && pem_decode_all(buf_peek(&pem), &certs, err) &&
              (certs.n || err_fail(err, ERR_FLOW_SESSION_DAMAGED, NULL));
    if (ok) {
        *cert = cert_ref(certs.v[0]);
    } else {
        err_context(err, "%s", FILE_TLS_SERVER);
    }
    cert_list_release(&certs);
    buf_release(&pem);
    return ok;
}

/* Chain-confirmed anchors when the session has them, else the database's trust. */
static bool trust(struct run *run, const struct cmc_response *response, struct cert_list *issued, struct err *err)
{
    struct buf spki = BUF_INIT(BUF_MAX_TEXT), nonce = BUF_INIT(BUF_MAX_TEXT), transaction = BUF_INIT(BUF_MAX_TEXT);
    struct cert_list anchors = CERT_LIST_INIT;
    bool ok = (run_revokes(run) || run_requested_key(run, &spki, err)) &&
              ((from_hex_fact(run, run_trip(run)->nonce, &nonce) && from_hex_fact(run, run_trip(run)->transaction, &transaction)) ||
               err_fail(err, ERR_FLOW_STEP_ORDER, NULL));
    bool pinned = run_load_chain(run, &anchors);
    /* Verifying needs NSS, and a run that goes on here has not opened a database yet. */
    bool open = run->engine.db || !pinned;
    ok = ok && (open || engine_open_db(&run->engine, run_dbdir(run), true, answer_true(run->session, "dbdir.create"), err)) &&
         (pinned || run_open_requester_db(run, err));
    struct cert *tls_server = NULL;
    ok = ok && tls_server_cert(run, &tls_server, err);
    struct bytes key = buf_peek(&spki);
    struct cmc_expect expect = {.spki = &key, .n_spki = run_revokes(run) ? 0 : 1, .sender_nonce = buf_peek(&nonce),
                                .transaction_id = buf_peek(&transaction),
                                .anchors = pinned ? &anchors : NULL, .db = pinned ? NULL : run->engine.db, .at = now_of(run),
                                .tls_server = tls_server};
    ok = ok && cmc_response_trust(response, &expect, issued, err);
    cert_free(tls_server);
    cert_list_release(&anchors);
    buf_release(&spki);
    buf_release(&nonce);
    buf_release(&transaction);
    return ok;
}

static bool store_certs(struct run *run, const struct cert *leaf, const struct cert_list *pool, struct err *err)
{
    struct cert_list chain = CERT_LIST_INIT;
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = chain_order(leaf, pool, &chain, err);
    for (size_t i = 0; ok && i < chain.n; i++) {
        ok = pem_encode(cert_der(chain.v[i]), "CERTIFICATE", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL);
    }
    ok = ok && session_write_file(run->session, FILE_CERT, buf_peek(&pem), err);
    buf_release(&pem);
    cert_list_release(&chain);
    return ok;
}

static void keep_facts(struct run *run, const struct cert *leaf)
{
    char *subject = cert_subject(leaf), *serial = cert_serial_text(leaf), *until = when_rfc3339(cert_not_after(leaf));
    char *issuer = cert_issuer(leaf);
    session_set_fact(run->session, "issued.subject", subject);
    session_set_fact(run->session, "issued.serial", serial);
    session_set_fact(run->session, "issued.issuer", issuer);
    session_set_fact(run->session, "issued.not-after", until);
    run_note(run, _("%s, serial %s"), subject, serial);
    free(subject);
    free(serial);
    free(issuer);
    free(until);
}

/* The CA refused: a later try builds and sends a new message; the key and the request stay. */
static bool refused(struct run *run, const struct cmc_response *response, struct err *err)
{
    char *profile = run_profile(run);
    static const int signers[] = {
        [SIGNED_BY_AGENT] = CMC_SENT_AGENT, [SIGNED_BY_NEW_KEY] = CMC_SENT_SHARED_SECRET, [SIGNED_BY_USER] = CMC_SENT_USER};
    bool by_secret = run_signer(run) == SIGNED_BY_NEW_KEY && !run_revokes(run);
    struct cmc_sent sent = {.signer = signers[run_signer(run)], .profile = profile,
                            .revocation = run_revokes(run),
                            .ec_key = answer_is(run->session, "key.type", "ec"),
                            .pop_link = by_secret && answer_true(run->session, "popLinkWitnessV2.enable"),
                            .identification = by_secret ? run_answer(run, "identification") : NULL};
    bool failed = cmc_response_error(response, &sent, err);
    struct err ignored = ERR_INIT;
    if (failed && err_exit(err->code) == EXIT_REJECTED && !run_write_card(run, err, &ignored)) {
        run_note(run, "%s", _("The card for the CA's administrator could not be written."));
    }
    err_release(&ignored);
    free(profile);
    return failed;
}

static bool forget_message(struct run *run)
{
    const struct trip *trip = run_trip(run);
    const char *const facts[] = {"nonce", "transaction", trip->state, trip->since, trip->nonce, trip->transaction};
    static const char *const first[] = {"cfgs", "request", "submit"}, *const second[] = {"cfgs-2", "request-2", "submit-2"};
    const char *const *steps = run_is_second_trip(run) ? second : first;
    for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
        session_set_fact(run->session, facts[i], NULL);
    }
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        session_clear_step(run->session, steps[i]);
    }
    char *from = session_file(run->session, trip->response), *to = session_file(run->session, trip->refused);
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct err ignored = ERR_INIT;
    bool ok = file_read(from, &der, &ignored) && file_write(to, buf_peek(&der), 0600, &ignored) && file_wipe(from, &ignored);
    err_release(&ignored);
    buf_release(&der);
    free(from);
    free(to);
    return ok;
}

static bool carried_key(const struct run *run)
{
    return run_has_step(run, "crmf") && answer_true(run->session, "archive");
}

static bool judge(struct run *run, const struct cmc_response *response, struct err *err)
{
    struct cert_list issued = CERT_LIST_INIT;
    bool ok = trust(run, response, &issued, err);
    /* Not an error but progress: the CA wants to see that we hold the key. */
    if (ok && response->outcome == CMC_POP_REQUIRED && !run_is_second_trip(run) && run_needs_second_trip(run)) {
        run_note(run, "%s", _("The CA now asks you to prove that you hold the key."));
        cert_list_release(&issued);
        return true;
    }
    if (ok && refused(run, response, err)) {
        if (err_exit(err->code) == EXIT_REJECTED) {
            forget_message(run);
        }
        ok = false;
    }
    if (ok && issued.n) {
        ok = store_certs(run, issued.v[0], &response->sd.certs, err);
        if (ok) {
            keep_facts(run, issued.v[0]);
            session_set_fact(run->session, "one-trip", run_is_second_trip(run) ? NULL : "true");
            /* Success for a request that carried the key. Whether it can be recovered only the KRA could confirm. */
            session_set_fact(run->session, "archival", carried_key(run) ? "accepted" : NULL);
        }
    }
    cert_list_release(&issued);
    return ok;
}

/* A certificate that the CA's search found after a broken connection was never in an answer: chain and key decide. */
static bool judge_found(struct run *run, struct err *err)
{
    struct cert *leaf = NULL;
    struct cert_list pool = CERT_LIST_INIT, anchors = CERT_LIST_INIT;
    bool ok = run_read_cert(run, &leaf, &pool, err);
    if (ok) {
        bool pinned = run_load_chain(run, &anchors);
        ok = pinned ? chain_verify_to(leaf, &anchors, &anchors, now_of(run), err)
                    : run_open_requester_db(run, err) && chain_verify(run->engine.db, leaf, &pool, now_of(run), err);
    }
    for (size_t i = 0; ok && i < anchors.n; i++) {
        cert_list_push(&pool, anchors.v[i]);
    }
    ok = ok && store_certs(run, leaf, &pool, err);
    if (ok) {
        keep_facts(run, leaf);
        session_set_fact(run->session, "archival", carried_key(run) ? "issued" : NULL);
    }
    cert_free(leaf);
    cert_list_release(&pool);
    cert_list_release(&anchors);
    return ok;
}

/* "You are not who you say" has three usual reasons that the CA does not tell apart; its directory does. */
static bool ask_directory(struct run *run, struct err *err)
{
    struct err ignored = ERR_INIT;
    bool by_secret = run_signer(run) == SIGNED_BY_NEW_KEY && !run_revokes(run);
    if (err->code != ERR_CA_BAD_IDENTITY || !by_secret || !dirlook_possible(run->session)) {
        return false;
    }
    run->dirlook = dirlook_start(run->session, run->engine.db, &ignored);
    err_release(&ignored);
    if (!run->dirlook) {
        return false;
    }
    err_move(&run->refusal, err);
    run_note(run, "%s", _("The CA refused; its directory is asked what it knows of you."));
    return true;
}

enum step_progress step_response_poll(struct run *run, int wait_ms, struct err *err)
{
    struct err ignored = ERR_INIT;
    if (!run->dirlook) {
        return WORK_DONE;
    }
    if (!dirlook_poll(run->dirlook, wait_ms)) {
        return WORK_RUNNING;
    }
    dirlook_finish(run->dirlook, run->session, &ignored);
    run->dirlook = NULL;
    err_release(&ignored);
    err_move(err, &run->refusal);
    return WORK_FAILED;
}

/* Only the question is dropped: the refusal is the news. */
void step_response_cancel(struct run *run)
{
    if (run->dirlook) {
        dirlook_cancel(run->dirlook);
        run->cancelled = false;
    }
}

bool step_response_start(struct run *run, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_response response;
    if (!run_need_nss(run, err)) {
        return false;
    }
    if (run_is_second_trip(run) && !run_needs_second_trip(run)) {
        return true;
    }
    if (!session_has_file(run->session, run_trip(run)->response) && session_has_file(run->session, FILE_CERT)) {
        return judge_found(run, err);
    }
    bool ok = session_read_file(run->session, run_trip(run)->response, &der, err) && cmc_response_parse(buf_peek(&der), &response, err);
    if (ok) {
        ok = judge(run, &response, err) || ask_directory(run, err);
        cmc_response_release(&response);
    }
    buf_release(&der);
    return ok;
}

/* An agent may ask the key recovery authority itself; where it does not answer, what the CA said is what is known. */
static void confirm_archival(struct run *run, const struct cert *leaf)
{
    bool one_db = strcmp(run_dbdir(run), run_agent_dbdir(run)) == 0;
    struct run_net net;
    struct err ignored = ERR_INIT;
    if (!session_fact(run->session, "archival") || run_signer(run) != SIGNED_BY_AGENT || !one_db || !run_net_init(run, &net, &ignored)) {
        err_release(&ignored);
        return;
    }
    net.net.total_timeout_ms = KRA_TIMEOUT_MS;
    struct net_identity agent = {run->engine.db, certdb_find(run->engine.db, run_agent_token(run), run_answer(run, "nickname"), &ignored)};
    struct carest *rest = agent.cert ? carest_open(&net.net, run->engine.db, &agent, &net.url, &ignored) : NULL;
    char *subject = cert_subject(leaf), *id = NULL;
    if (rest && kra_find_key(rest, subject, cert_spki(leaf), &id, &ignored) && id) {
        session_set_fact(run->session, "archival", "confirmed");
        run_note(run, "%s", _("The key recovery authority keeps the key."));
    }
    free(subject);
    free(id);
    carest_close(rest);
    cert_free(agent.cert);
    run_net_release(&net);
    err_release(&ignored);
}

bool step_proof_start(struct run *run, struct err *err)
{
    struct cert *leaf = NULL;
    struct cert_list pool = CERT_LIST_INIT;
    bool elsewhere = session_fact(run->session, "key.elsewhere") != NULL;
    bool ok = run_need_nss(run, err) && run_read_cert(run, &leaf, &pool, err);
    ok = ok && (elsewhere || (run_open_requester_db(run, err) && certdb_prove(run->engine.db, leaf, err)));
    if (ok) {
        session_set_fact(run->session, "proof", elsewhere ? "public-key" : "ok");
        run_note(run, "%s", elsewhere ? _("The certificate holds the public key that was requested.")
                                      : _("Key and certificate work together."));
        confirm_archival(run, leaf);
    }
    cert_free(leaf);
    cert_list_release(&pool);
    return ok;
}
