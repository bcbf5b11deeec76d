/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocation: the certificate is looked at first (database and CA), then who may ask for its revocation, and when the
 * CA has answered, the CA is asked once more what it now says of the certificate. A revocation that arrives twice does
 * no harm.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/passphrase.h"
#include "base/text.h"
#include "base/when.h"
#include "cmc/control_cert.h"
#include "flow/run_internal.h"
#include "flow/serial.h"
#include "net/carest.h"
#include "nss/certdb.h"
#include "nss/pem.h"

bool run_revokes(const struct run *run)
{
    return run_has_step(run, "target");
}

enum scenario_signer run_signer(const struct run *run)
{
    static const struct {
        const char *by;
        enum scenario_signer signer;
    } rows[] = {{"agent", SIGNED_BY_AGENT}, {"secret", SIGNED_BY_NEW_KEY}};
    for (size_t i = 0; run_revokes(run) && i < ARRAY_LEN(rows); i++) {
        if (answer_is(run->session, "revoke.by", rows[i].by)) {
            return rows[i].signer;
        }
    }
    return run->scenario->signer;
}

/* ---- the CA's word of it, before and after ---- */

bool run_was_revoked(const struct session *s)
{
    const char *status = session_fact(s, "target.status");
    return status && text_starts(status, "REVOKED");
}

static bool is_held(const struct session *s, bool after)
{
    const char *status = session_fact(s, after ? "revoke.status" : "target.status");
    const char *reason = session_fact(s, after ? "revoke.reason" : "target.reason");
    return status && text_starts(status, "REVOKED") && reason &&
           strcmp(reason, revoke_reason_name(REVOKE_CERTIFICATE_HOLD)) == 0;
}

char *run_revocation_state(const struct session *s, bool after)
{
    static const struct {
        const char *word, *text; /* N_(): at most 44 columns */
    } rows[] = {{"VALID", N_("valid")},
                {"REVOKED", N_("revoked")},
                {"EXPIRED", N_("expired")},
                {"REVOKED_EXPIRED", N_("revoked, and expired")},
                {"INVALID", N_("not yet valid")}};
    const char *status = session_fact(s, after ? "revoke.status" : "target.status");
    const char *reason = session_fact(s, after ? "revoke.reason" : "target.reason"), *text = NULL;
    for (size_t i = 0; status && i < ARRAY_LEN(rows); i++) {
        text = strcmp(status, rows[i].word) == 0 ? _(rows[i].text) : text;
    }
    if (!text) {
        return xstrdup(status && *status ? status : _("not known: its records could not be asked"));
    }
    if (is_held(s, after) && strcmp(status, "REVOKED") == 0) {
        text = _("on hold");
    }
    return reason ? xasprintf(_("%s (%s)"), text, reason) : xstrdup(text);
}

char *run_revocation_unchanged(const struct session *s)
{
    const char *status = session_fact(s, "revoke.status");
    if (!run_was_revoked(s) || !status) {
        return NULL;
    }
    if (!text_starts(status, "REVOKED")) {
        return NULL; /* an agent released it in between */
    }
    char *state = run_revocation_state(s, true);
    /* TRANSLATORS: the state of a certificate at the CA, as in: revoked (superseded) */
    char *text =
        xasprintf(_("At the CA the certificate is in the same state as before: %s. The request has changed nothing, not even the "
                    "reason."), state);
    free(state);
    return text;
}

/* ---- the certificate ---- */

static void keep_target(struct run *run, const struct cert *cert)
{
    char *texts[] = {cert_subject(cert), cert_issuer(cert), cert_serial_text(cert), when_rfc3339(cert_not_after(cert)),
                     cert_key_text(cert)};
    static const char *const facts[] = {"target.subject", "target.issuer", "target.serial", "target.not-after",
                                        "target.key"};
    for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
        session_set_fact(run->session, facts[i], texts[i]);
        free(texts[i]);
    }
}

/* Of several certificates with the nickname the serial number decides. */
static struct cert *from_database(struct run *run, const char *nickname, struct err *err)
{
    struct cert_list all = CERT_LIST_INIT;
    const char *serial = run_answer(run, "revRequest.serial");
    struct buf wanted = BUF_INIT(256);
    struct cert *found = NULL;
    bool ok = engine_open_db(&run->engine, run_dbdir(run), true, false, err) &&
              certdb_find_all(run->engine.db, run_answer(run, "tokenname"), nickname, &all, err) &&
              (!*serial || serial_parse(serial, &wanted, err));
    for (size_t i = 0; ok && i < all.n && !found; i++) {
        if (!*serial || bytes_equal(cert_serial(all.v[i]), buf_peek(&wanted))) {
            found = cert_ref(all.v[i]);
        }
    }
    if (ok && !found) {
        err_fail(err, ERR_FLOW_REVOKE_TARGET, "%s %s", nickname, serial);
    }
    cert_list_release(&all);
    buf_release(&wanted);
    return found;
}

/* The CA that was confirmed has issued it: another CA could not revoke it. */
static bool is_of_this_ca(struct run *run, const struct cert *cert, struct err *err)
{
    struct cert_list chain = CERT_LIST_INIT;
    bool known = run_load_chain(run, &chain), issued = false;
    for (size_t i = 0; i < chain.n && !issued; i++) {
        issued =
            bytes_equal(cert_subject_der(chain.v[i]), cert_issuer_der(cert)) && cert_signed_by(cert, chain.v[i], NULL);
    }
    cert_list_release(&chain);
    if (known && !issued) {
        char *issuer = cert_issuer(cert);
        err_fail(err, ERR_FLOW_REVOKE_OTHER_CA, "%s", issuer);
        free(issuer);
    }
    return !known || issued;
}

static bool ask_ca(struct run *run, const char *serial, struct err *err)
{
    struct run_net net;
    if (!run_need_nss(run, err) || !run_net_init(run, &net, err)) {
        return false;
    }
    run->pinned = net.pinned;
    net.pinned = (struct cert_list)CERT_LIST_INIT;
    net.net.pinned_chain = run->pinned.n ? &run->pinned : NULL;
    run->rest = carest_open(&net.net, run->engine.db, NULL, &net.url, err);
    bool ok = run->rest && carest_start(run->rest, CAREST_CERT, serial, err);
    run_net_release(&net);
    return ok;
}

bool step_target_start(struct run *run, struct err *err)
{
    const char *nickname = run_answer(run, "revoke.nickname"), *serial = run_answer(run, "revRequest.serial");
    struct buf number = BUF_INIT(256);
    if (!*nickname && !*serial) {
        return err_fail(err, ERR_FLOW_ANSWER_MISSING, "revoke.nickname");
    }
    if (*serial && !serial_parse(serial, &number, err)) {
        return false;
    }
    buf_release(&number);
    session_set_fact(run->session, "target.serial", NULL);
    session_set_fact(run->session, "target.status", NULL);
    session_set_fact(run->session, "target.reason", NULL);
    if (!*nickname) {
        return ask_ca(run, serial, err);
    }
    struct cert *cert = from_database(run, nickname, err);
    bool ok = cert && is_of_this_ca(run, cert, err);
    if (ok) {
        keep_target(run, cert);
    }
    cert_free(cert);
    struct err why = ERR_INIT;
    if (ok && !ask_ca(run, session_fact(run->session, "target.serial"), &why)) {
        carest_close(run->rest); /* the certificate is known; what the CA says of it is not */
        run->rest = NULL;
    }
    err_release(&why);
    return ok;
}

/* NULL: the CA does not tell. */
static const char *reason_word(const struct ca_cert *told)
{
    return told->reason >= 0 ? revoke_reason_name(told->reason) : NULL;
}

static bool take_target(struct run *run, struct err *err)
{
    struct ca_cert told = {0};
    if (!carest_take_cert(run->rest, &told, err)) {
        return false;
    }
    const char *known = session_fact(run->session, "target.serial");
    char *serial = cert_serial_text(told.chain.v[0]), *status = text_visible_str(told.status);
    bool ok = is_of_this_ca(run, told.chain.v[0], err) &&
              (!known || strcmp(known, serial) == 0 || err_fail(err, ERR_FLOW_REVOKE_TARGET, "%s", serial));
    if (ok) {
        keep_target(run, told.chain.v[0]);
        session_set_fact(run->session, "target.status", *status ? status : NULL);
        session_set_fact(run->session, "target.reason", reason_word(&told));
    }
    free(serial);
    free(status);
    ca_cert_release(&told);
    return ok;
}

static void say_target(struct run *run)
{
    const char *status = session_fact(run->session, "target.status"),
               *subject = session_fact(run->session, "target.subject");
    const char *serial = session_fact(run->session, "target.serial");
    if (!status) {
        run_note(run, _("%s, serial %s; the CA's records could not be asked."), subject, serial);
    } else if (is_held(run->session, false)) {
        run_note(run, _("%s, serial %s: it is on hold already; another request changes nothing."), subject, serial);
    } else if (run_was_revoked(run->session)) {
        run_note(run, _("%s, serial %s: it is revoked already; another request changes nothing."), subject, serial);
    } else {
        run_note(run, _("%s, serial %s"), subject, serial);
    }
}

/* DONE or FAILED of an exchange; without REST, or when the CA does not tell, a certificate of the database goes on
 * unasked. */
enum step_progress step_target_poll(struct run *run, int wait_ms, struct err *err)
{
    bool known = session_fact(run->session, "target.serial") != NULL;
    struct err why = ERR_INIT;
    enum exchange_state state = run->rest ? carest_poll(run->rest, wait_ms, &why) : EXCHANGE_FAILED;
    if (state == EXCHANGE_RUNNING) {
        return WORK_RUNNING;
    }
    bool ok = state == EXCHANGE_DONE && take_target(run, &why);
    if (!ok && (!known || why.code == ERR_FLOW_REVOKE_OTHER_CA || why.code == ERR_FLOW_REVOKE_TARGET)) {
        err_move(err, &why);
        err_release(&why);
        return WORK_FAILED;
    }
    err_release(&why);
    say_target(run);
    return WORK_DONE;
}

void step_rest_cancel(struct run *run)
{
    if (run->rest) {
        carest_cancel(run->rest);
    }
}

/* ---- who asks for it ---- */

static bool check_secret(struct run *run, struct err *err)
{
    struct secret secret = SECRET_INIT;
    bool ok = secrets_get(run->secrets, "witness.sharedSecret", NULL, false, -1, &secret, err) &&
              (secret.len || err_fail(err, ERR_CMC_SECRET_MISSING, NULL)) &&
              (passphrase_is_ascii(secret.text, secret.len) || err_fail(err, ERR_CMC_SECRET_NOT_ASCII, NULL));
    secret_release(&secret);
    if (ok) {
        run_note(run, "%s", _("Nobody signs; the secret of the certificate vouches for you."));
    }
    return ok;
}

/* A CA takes a user's word for a certificate of the same name only. */
static bool is_same_name(struct run *run, struct err *err)
{
    const char *mine = session_fact(run->session, "signer.subject"),
               *other = session_fact(run->session, "target.subject");
    return run_signer(run) != SIGNED_BY_USER || (mine && other && strcmp(mine, other) == 0) ||
           err_fail(err, ERR_FLOW_REVOKE_SIGNER, "%s", mine ? mine : "");
}

bool step_revoker_start(struct run *run, struct err *err)
{
    if (run_signer(run) == SIGNED_BY_NEW_KEY) {
        return check_secret(run, err);
    }
    return step_agent_start(run, err) && is_same_name(run, err);
}

/* ---- afterwards ---- */

bool step_status_start(struct run *run, struct err *err)
{
    const char *serial = session_fact(run->session, "target.serial");
    struct err why = ERR_INIT;
    if (!serial) {
        return err_fail(err, ERR_FLOW_STEP_ORDER, NULL);
    }
    if (!ask_ca(run, serial, &why)) {
        carest_close(run->rest);
        run->rest = NULL;
    }
    err_release(&why);
    return true;
}

static enum step_progress judge_status(struct run *run, const char *status, const char *reason, struct err *err)
{
    session_set_fact(run->session, "revoke.status", status);
    session_set_fact(run->session, "revoke.reason", status ? reason : NULL);
    char *unchanged = run_revocation_unchanged(run->session);
    bool ok =
        unchanged || !status || text_starts(status, "REVOKED") || err_fail(err, ERR_FLOW_NOT_REVOKED, "%s", status);
    if (unchanged) {
        run_note(run, "%s", unchanged);
    } else if (!status) {
        run_note(run, "%s", _("The CA has accepted the revocation; its records could not be asked afterwards."));
    } else if (ok) {
        run_note(run, "%s",
                 answer_is(run->session, "revRequest.reason", "certificateHold")
                     ? _("The CA now says: revoked (on hold).")
                     : _("The CA now says: revoked."));
    }
    free(unchanged);
    return ok ? WORK_DONE : WORK_FAILED;
}

enum step_progress step_status_poll(struct run *run, int wait_ms, struct err *err)
{
    struct err why = ERR_INIT;
    struct ca_cert now = {0};
    enum exchange_state state = run->rest ? carest_poll(run->rest, wait_ms, &why) : EXCHANGE_FAILED;
    if (state == EXCHANGE_RUNNING) {
        return WORK_RUNNING;
    }
    bool told = state == EXCHANGE_DONE && carest_take_cert(run->rest, &now, &why);
    err_release(&why);
    char *status = told ? text_visible_str(now.status) : xstrdup("");
    enum step_progress progress = judge_status(run, *status ? status : NULL, told ? reason_word(&now) : NULL, err);
    free(status);
    ca_cert_release(&now);
    return progress;
}

/* ---- beforehand ---- */

static void check_day(struct run *run, struct preflight *out)
{
    const char *day = run_answer(run, "revRequest.invalidityDate");
    int64_t when = 0;
    if (!*day) {
        return;
    }
    if (!when_parse_day(day, &when)) {
        run_problem(out, ERR_FLOW_ANSWER_BAD,
                    _("The day since which the key is not to be trusted is written 2026-11-21 (revRequest.invalidityDate)."));
    } else if (when > (run->engine.at ? run->engine.at : when_now())) {
        run_problem(out, ERR_FLOW_ANSWER_BAD,
                    _("The day since which the key is not to be trusted lies in the future (revRequest.invalidityDate)."));
    }
}

static void warn_of_revoked(struct run *run, struct preflight *out)
{
    const char *reason = session_fact(run->session, "target.reason");
    if (is_held(run->session, false)) {
        strv_push(out->warnings, _("It is on hold already: another request changes nothing. Only a CA agent can "
                                   "release it, or revoke it for good."));
    } else if (run_was_revoked(run->session) && reason) {
        strv_push_take(
            out->warnings,
            xasprintf(_("It is revoked already (%s): another request changes nothing, not even the reason."), reason));
    } else if (run_was_revoked(run->session)) {
        strv_push(out->warnings, _("It is revoked already: another request changes nothing, not even the reason."));
    }
}

void run_check_revocation(struct run *run, struct preflight *out)
{
    enum scenario_signer signer = run_signer(run);
    if (!*run_answer(run, "revoke.nickname") && !*run_answer(run, "revRequest.serial")) {
        run_problem(out, ERR_FLOW_ANSWER_MISSING, _("The certificate to revoke is not named (revoke.nickname or revRequest.serial)."));
    }
    if (!*run_answer(run, "ca") && !*run_answer(run, "host")) {
        run_problem(out, ERR_FLOW_ANSWER_MISSING, _("The certificate authority is not named (host or ca)."));
    }
    if (!*run_dbdir(run)) {
        run_problem(out, ERR_FLOW_ANSWER_MISSING, _("The folder of the NSS database is not named (dbdir)."));
    }
    if (signer != SIGNED_BY_NEW_KEY && !*run_answer(run, "nickname") && !*run_answer(run, "agent.p12")) {
        run_problem(out, ERR_FLOW_ANSWER_MISSING, _("The certificate that signs the revocation is not named (nickname)."));
    }
    if (signer == SIGNED_BY_NEW_KEY && !answer_true(run->session, "secure")) {
        run_problem(out, ERR_FLOW_SECRET_NEEDS_TLS, err_what(ERR_FLOW_SECRET_NEEDS_TLS));
    }
    if (answer_is(run->session, "revRequest.reason", "removeFromCRL")) {
        run_problem(out, ERR_FLOW_NO_UNHOLD, _("removeFromCRL takes no hold back: the CA answers success and changes nothing. A CA agent "
                             "releases a hold."));
    }
    warn_of_revoked(run, out);
    if (signer != SIGNED_BY_AGENT) {
        strv_push(out->warnings, _("The CA needs a profile for user-signed requests that is enabled; a new CA has none."));
    }
    check_day(run, out);
}
