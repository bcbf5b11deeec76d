/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/cmc_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmc/control_cert.h"
#include "cmc/control_plain.h"
#include "cmc/oids.h"
#include "cmc/status.h"
#include "nss/der.h"
#include "nss/pem.h"
#include "practice/audit.h"
#include "practice/policy.h"
#include "practice/respond.h"
#include "practice/store.h"

static void run_init(struct cmc_run *run, struct practice_ca *ca, const struct practice_request *request)
{
    memset(run, 0, sizeof *run);
    run->ca = ca;
    run->request = request;
    run->uid = "";
    buf_init(&run->directory_subject, BUF_MAX_TEXT);
    response_body_init(&run->body);
}

static void run_release(struct cmc_run *run)
{
    response_body_release(&run->body);
    cert_list_release(&run->certs);
    auth_token_release(&run->token);
    refusal_release(&run->refusal);
    message_release(&run->m);
    buf_release(&run->directory_subject);
}

/* ?profileId= wins over the path. */
static bool find_profile(struct cmc_run *run, const char *profile_id)
{
    char *asked = query_value(run->request->query, "profileId");
    const char *id = asked ? asked : profile_id;
    const char *known = id;
    if (run->ca->conf.old_self_signed_profiles && strcmp(id, "caFullCMCSelfSignedCert") == 0) {
        known = "caFullCMCSharedTokenCert";
    } else if (run->ca->conf.old_self_signed_profiles && strcmp(id, "caECFullCMCSelfSignedCert") == 0) {
        known = "caECFullCMCSharedTokenCert";
    }
    run->profile = profile_find(&run->ca->profiles, known);
    if (!run->profile || !run->profile->enabled || run->ca->conf.fault[FAULT_DISABLED_PROFILE]) {
        char *shown = text_visible_str(id);
        refuse(&run->refusal, CMC_FAIL_INTERNAL_CA_ERROR, "Profile %s Not Found", shown);
        free(shown);
        run->profile = NULL;
    }
    free(asked);
    return run->profile != NULL;
}

static bool internal(struct cmc_run *run, struct err *err)
{
    char *text = audit_reason(err);
    audit_event(run->ca, run->request->at, "CERT_REQUEST_PROCESSED", run->token.uid ? run->token.uid : "", false, "[Info=%s]", text);
    free(text);
    err_release(err);
    return refuse(&run->refusal, CMC_FAIL_INTERNAL_CA_ERROR, "Server Internal Error");
}

/* lraPOPWitness: an RA says that it checked possession. Stock CAs do not believe it. */
static bool lra_allowed(struct cmc_run *run)
{
    struct lra_pop_witness witness;
    struct bytes value = message_control(&run->m, OID_CMC_LRA_POP_WITNESS, NULL);
    if (value.len == 0 || run->ca->conf.lra_pop_allow) {
        return true;
    }
    refuse(&run->refusal, CMC_FAIL_POP_FAILED, NULL);
    if (lra_pop_witness_decode(value, &witness, NULL)) {
        for (size_t i = 0; i < witness.n && i < REFUSAL_BODY_MAX; i++) {
            run->refusal.body[run->refusal.n_body++] = witness.ids[i];
        }
    }
    return false;
}

static bool archive_key(struct cmc_run *run, const struct asked *asked, struct buf *wrapped, struct buf *blob, bool *archived)
{
    const struct crmf_control *options =
        asked->tagged->kind == REQUEST_CRM ? crmf_find_control(&asked->crmf, OID_PKI_ARCHIVE_OPTIONS) : NULL;
    *archived = options != NULL;
    if (!options || kra_archive(run, asked, options->value, wrapped, blob)) {
        return true;
    }
    return refuse(&run->refusal, CMC_FAIL_INTERNAL_CA_ERROR,
                  "Request Sending DRM request failed check KRA log for detail Rejected - {1}");
}

static bool request_record(struct cmc_run *run, struct err *err)
{
    return run->request_id != 0 ||
           store_request_add(run->ca->store, 0, "enrollment", "pending", run->profile->id, run->token.uid, run->request->at,
                             &run->request_id, err);
}

/* Profile, archival, certificate. trip2: refusals of the profile are badRequest then. */
static bool enroll_evaluated(struct cmc_run *run, struct enrollment *e, const struct asked *asked, bool trip2)
{
    struct err err = ERR_INIT;
    struct buf wrapped = BUF_INIT(BUF_MAX_TEXT);
    struct buf blob = BUF_INIT(BUF_MAX_TEXT);
    struct cert *cert = NULL;
    bool archived = false;
    if (!policy_fill_all(e, &err)) {
        return internal(run, &err);
    }
    char *reason = policy_check_all(e);
    if (reason) {
        char *shown = text_safe(reason);
        refuse(&run->refusal, trip2 ? CMC_FAIL_BAD_REQUEST : CMC_FAIL_INTERNAL_CA_ERROR, "Request %s Rejected - {1}", shown);
        free(shown);
        free(reason);
        return false;
    }
    bool ok = archive_key(run, asked, &wrapped, &blob, &archived);
    if (ok) {
        ok = practice_issue(run->ca, e, run->token.uid, run->request_id, &cert, &err);
        char *serial = ok ? store_serial(cert_serial(cert)) : NULL;
        ok = ok && store_request_done(run->ca->store, run->request_id, "complete", NULL, serial, run->request->at, &err) &&
             (!archived ||
              store_key_add(run->ca->store, serial, buf_peek(&wrapped), buf_peek(&blob), run->request->at, &err));
        ok = ok || internal(run, &err);
        if (ok) {
            char *subject = cert_subject(cert);
            audit_event(run->ca, run->request->at, "CERT_REQUEST_PROCESSED", run->token.uid, true,
                        "[ReqType=enrollment][CertSerial=0x%s][CertSubject=%s]", serial, subject);
            free(subject);
            cert_list_push(&run->certs, cert);
            run->issued = true;
        }
        free(serial);
    }
    cert_free(cert);
    buf_release(&blob);
    buf_release(&wrapped);
    return ok;
}

static bool enroll_one(struct cmc_run *run, const struct asked *asked, bool trip2)
{
    struct err err = ERR_INIT;
    struct enrollment e;
    if (!request_record(run, &err)) {
        return internal(run, &err);
    }
    enrollment_init(&e, run->ca, run->profile, run->request->at, run->request->port);
    e.asked_subject_der = asked->subject_der;
    e.asked_spki = asked->spki;
    e.signer_subject_der = run->token.kind == AUTH_USER ? run->token.signer_subject_der : BYTES_NONE;
    e.directory_subject_der = buf_peek(&run->directory_subject);
    bool ok = enroll_evaluated(run, &e, asked, trip2);
    enrollment_release(&e);
    if (!ok && run->refusal.set && !store_request_done(run->ca->store, run->request_id, trip2 ? "pending" : "rejected",
                                                       run->refusal.text, NULL, run->request->at, NULL)) {
        return false;
    }
    int status = run->ca->conf.confirm_required ? CMC_STATUS_CONFIRM_REQUIRED : CMC_STATUS_SUCCESS;
    return ok && (response_body_status(&run->body, status, asked->tagged->bodypart_id, -1, NULL, &err) ||
                  internal(run, &err));
}

/* A person has to decide: RFC 5272 has a status for it, Dogtag says it with an error. The request stays pending either way. */
static bool put_aside(struct cmc_run *run, const struct asked *asked, struct err *err)
{
    if (run->ca->conf.fault[FAULT_DEFERRED]) {
        return refuse(&run->refusal, CMC_FAIL_INTERNAL_CA_ERROR, "Request Deferred - {0}");
    }
    struct body_part part = {.n = 1, .id = {asked->tagged->bodypart_id}};
    struct cmc_status status = {.version = 2, .status = CMC_STATUS_PENDING, .body = &part, .n_body = 1, .has_pend = true,
                                .pend_time = run->request->at, .pend_token = BUF_INIT(64)};
    bool ok = (buf_printf(&status.pend_token, "%lld", (long long)run->request_id) || err_fail(err, ERR_INTERNAL, NULL)) &&
              response_body_add_status(&run->body, &status, err);
    buf_release(&status.pend_token);
    return ok;
}

/* First message: proofs, then either the certificate or a challenge. */
static bool enroll_first(struct cmc_run *run)
{
    struct err err = ERR_INIT;
    const struct asked *asked = &run->m.asked[0];
    if (run->m.n > 1) {
        return refuse(&run->refusal, CMC_FAIL_INTERNAL_CA_ERROR, "Policy Set Not Found");
    }
    if (asked->tagged->kind == REQUEST_ORM) {
        return refuse(&run->refusal, CMC_FAIL_BAD_REQUEST, "Invalid Request");
    }
    if ((run->token.kind == AUTH_SELF || run->request->over_est) && !identity_prove(run)) {
        return false;
    }
    if (!asked->readable) {
        return refuse(&run->refusal, CMC_FAIL_POP_FAILED, "Proof-of-Possession Verification Failed");
    }
    if (!asked_has_pop(asked)) {
        if (request_record(run, &err) && pop_challenge(run, asked, &err)) {
            return true;
        }
        return run->refusal.set ? false : internal(run, &err);
    }
    bool link = run->ca->conf.pop_link_witness_required || run->ca->conf.fault[FAULT_POP_LINK];
    if (link && !identity_pop_link(run, asked)) {
        return false;
    }
    bool verify = asked->tagged->kind == REQUEST_CRM || run->ca->conf.request_verify;
    if (verify && !asked_pop_ok(asked)) {
        return refuse(&run->refusal, CMC_FAIL_POP_FAILED, "Proof-of-Possession Verification Failed");
    }
    if (run->ca->conf.fault[FAULT_PENDING] || run->ca->conf.fault[FAULT_DEFERRED]) {
        bool aside = request_record(run, &err) && put_aside(run, asked, &err);
        return aside || (run->refusal.set ? false : internal(run, &err));
    }
    return enroll_one(run, asked, false);
}

static bool enroll_second(struct cmc_run *run)
{
    struct tagged_request stored;
    if (!pop_second_trip(run, &stored)) {
        return false;
    }
    struct asked asked = {.tagged = &stored};
    if (stored.kind == REQUEST_CRM && crmf_parse(buf_peek(&stored.der), &asked.crmf, NULL, NULL)) {
        asked.readable = true;
        asked.subject_der = asked.crmf.subject_der;
        asked.spki = asked.crmf.spki;
    } else if (stored.kind == REQUEST_TCR && csr_parse(buf_peek(&stored.der), &asked.csr, NULL)) {
        asked.readable = true;
        asked.subject_der = asked.csr.subject_der;
        asked.spki = asked.csr.spki;
    }
    bool ok = asked.readable ? enroll_one(run, &asked, true)
                             : refuse(&run->refusal, CMC_FAIL_INTERNAL_CA_ERROR, "Server Internal Error");
    if (asked.readable && stored.kind == REQUEST_CRM) {
        crmf_release(&asked.crmf);
    } else if (asked.readable) {
        csr_release(&asked.csr);
    }
    tagged_request_release(&stored);
    return ok;
}

/* getCert beside an enrollment: the certificate comes with the answer. */
static bool add_wanted_cert(struct cmc_run *run, struct err *err)
{
    struct issuer_serial wanted;
    uint32_t id = 0;
    struct bytes value = message_control(&run->m, OID_CMC_GET_CERT, &id);
    if (value.len == 0) {
        return true;
    }
    struct cert_row row;
    bool found = false;
    if (get_cert_decode(value, &wanted, NULL)) {
        char *serial = store_serial(wanted.serial);
        bool ok = store_cert_find(run->ca->store, wanted.issuer_der, serial, &row, &found, err);
        free(serial);
        if (!ok) {
            return false;
        }
    }
    if (!found) {
        return response_body_status(&run->body, CMC_STATUS_FAILED, id, CMC_FAIL_BAD_CERT_ID, NULL, err);
    }
    struct cert *cert = cert_from_der(buf_peek(&row.der), err);
    cert_row_release(&row);
    if (cert) {
        cert_list_push_take(&run->certs, cert);
    }
    return cert != NULL;
}

/* dataReturn, transactionId, recipientNonce and a new senderNonce, in the server's order. */
static bool add_echoes(struct cmc_run *run, struct err *err)
{
    struct bytes data = message_octets(&run->m, OID_CMC_DATA_RETURN);
    struct bytes nonce = message_octets(&run->m, OID_CMC_SENDER_NONCE);
    struct bytes transaction = message_control(&run->m, OID_CMC_TRANSACTION_ID, NULL);
    struct bytes number = BYTES_NONE;
    if (data.len > 0 && !response_body_add_octets(&run->body, OID_CMC_DATA_RETURN, data, err)) {
        return false;
    }
    if (transaction.len > 0 && control_integer_decode(transaction, &number, NULL) &&
        !response_body_add_transaction(&run->body, number, err)) {
        return false;
    }
    if (nonce.len == 0) {
        return true;
    }
    /* As the server makes it: 32 octets as a line of base64. */
    uint8_t fresh[32];
    struct buf text = BUF_INIT(256);
    bytes_random(fresh, sizeof fresh);
    bool ok = base64_encode(BYTES(fresh, sizeof fresh), 76, true, &text) &&
              response_body_add_octets(&run->body, OID_CMC_RECIPIENT_NONCE, nonce, err) &&
              response_body_add_octets(&run->body, OID_CMC_SENDER_NONCE, buf_peek(&text), err);
    buf_release(&text);
    return ok;
}

/* confirmCertAcceptance is never accepted. */
static bool add_confirmation(struct cmc_run *run, struct err *err)
{
    uint32_t id = 0;
    return message_control(&run->m, OID_CMC_CONFIRM_CERT_ACCEPTANCE, &id).len == 0 ||
           response_body_status(&run->body, CMC_STATUS_FAILED, id, CMC_FAIL_BAD_CERT_ID, NULL, err);
}

static bool run_message(struct cmc_run *run, const char *profile_id)
{
    struct err err = ERR_INIT;
    if (!find_profile(run, profile_id)) {
        return false;
    }
    message_read(&run->m, run->request->body);
    if (run->profile->by_form) { /* nobody is asked who they are; then the first field is missing */
        return refuse(&run->refusal, CMC_FAIL_BAD_REQUEST, "Subject Name Not Found");
    }
    if (!auth_run(run->ca, run->request, run->profile, &run->m, &run->token, &run->refusal) || !lra_allowed(run)) {
        return false;
    }
    uint32_t revoke_id = 0;
    struct bytes revoke = message_control(&run->m, OID_CMC_REVOKE_REQUEST, &revoke_id);
    if (run->m.n == 0 && revoke.len == 0) {
        return refuse(&run->refusal, CMC_FAIL_BAD_REQUEST, "ProfileSubmitCMCServlet authorization failure");
    }
    if (run->m.n > 0) {
        bool second = message_control(&run->m, OID_CMC_DECRYPTED_POP, NULL).len > 0;
        if (!(second ? (!run->request->over_est || identity_prove(run)) && enroll_second(run) : enroll_first(run))) {
            return false;
        }
    }
    bool ok = add_wanted_cert(run, &err) && add_echoes(run, &err) && add_confirmation(run, &err) &&
              (revoke.len == 0 || revoke_run(run, revoke, revoke_id, &err));
    return ok || internal(run, &err);
}

/* The transaction around everything that this message changes. */
static bool run_in_transaction(struct cmc_run *run, const char *profile_id)
{
    struct err err = ERR_INIT;
    if (!store_begin(run->ca->store, &err)) {
        return internal(run, &err);
    }
    bool ok = run_message(run, profile_id);
    if (!store_commit(run->ca->store, &err)) {
        refusal_release(&run->refusal);
        return internal(run, &err);
    }
    return ok;
}

void cmc_full(struct practice_ca *ca, const struct practice_request *request, const char *profile_id,
              struct practice_reply *reply)
{
    struct cmc_run run;
    run_init(&run, ca, request);
    if (run_in_transaction(&run, profile_id)) {
        respond_success(&run, reply);
    } else {
        respond_refusal(&run, reply);
    }
    run_release(&run);
}

/* --- Simple PKI Request: a bare PKCS#10, an agent behind it --- */

static bool run_simple(struct cmc_run *run, const char *profile_id)
{
    if (!find_profile(run, profile_id)) {
        return false;
    }
    if (strcmp(run->profile->auth, "AgentCertAuth") != 0) {
        return refuse(&run->refusal, CMC_FAIL_BAD_REQUEST, "Invalid Credential.");
    }
    struct tagged_request tagged = {.kind = REQUEST_TCR, .bodypart_id = 1};
    struct asked asked = {.tagged = &tagged};
    if (!auth_run(run->ca, run->request, run->profile, NULL, &run->token, &run->refusal)) {
        return false;
    }
    asked.readable = csr_parse(run->request->body, &asked.csr, NULL);
    if (!asked.readable) {
        return refuse(&run->refusal, CMC_FAIL_BAD_REQUEST, "Invalid Request");
    }
    asked.subject_der = asked.csr.subject_der;
    asked.spki = asked.csr.spki;
    bool ok = !run->ca->conf.request_verify || asked_pop_ok(&asked)
                  ? enroll_one(run, &asked, false)
                  : refuse(&run->refusal, CMC_FAIL_POP_FAILED, "Proof-of-Possession Verification Failed");
    csr_release(&asked.csr);
    return ok;
}

void cmc_simple(struct practice_ca *ca, const struct practice_request *request, const char *profile_id,
                struct practice_reply *reply)
{
    struct cmc_run run;
    struct err err = ERR_INIT;
    run_init(&run, ca, request);
    run.simple_request = true;
    bool ok = store_begin(ca->store, &err);
    if (ok) {
        ok = run_simple(&run, profile_id);
        if (!store_commit(ca->store, &err)) {
            refusal_release(&run.refusal);
            ok = false;
        }
    }
    if (err_is_set(&err)) {
        internal(&run, &err);
    }
    if (ok) {
        respond_success(&run, reply);
    } else {
        respond_refusal(&run, reply);
    }
    run_release(&run);
}
