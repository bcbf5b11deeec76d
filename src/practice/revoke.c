/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "cmc/control_cert.h"
#include "cmc/status.h"
#include "nss/dn.h"
#include "practice/audit.h"
#include "practice/cmc_run.h"
#include "practice/store.h"
#include "practice/users.h"

/* Codes that Dogtag knows; 9, 10 and unknown ones become unspecified. */
static int known_reason(int reason)
{
    return reason >= 0 && reason <= 8 && reason != 7 ? reason : REVOKE_UNSPECIFIED;
}

static bool answer(struct cmc_run *run, uint32_t id, int fail_info, const char *text, struct err *err)
{
    return response_body_status(&run->body, fail_info < 0 ? CMC_STATUS_SUCCESS : CMC_STATUS_FAILED, id, fail_info, text, err);
}

/* The secret of the certificate's token; false when there is none, or it cannot be opened. */
static bool find_secret(struct cmc_run *run, const struct cert_row *row, struct secret *secret)
{
    char *token = users_revocation_token(run->ca, row);
    bool ok = token && identity_open_token(run->ca, token, secret);
    free(token);
    return ok;
}

/* Guesses are counted for each certificate, and after some of them even the right secret waits, as for users. *why: for the log. */
static bool secret_matches(struct cmc_run *run, const struct cert_row *row, const struct revoke_request *request, const char **why)
{
    struct secret secret = SECRET_INIT;
    int failures = 0;
    int64_t last = 0, now = run->request->at;
    bool ok = request->has_passphrase && find_secret(run, row, &secret) &&
              store_cert_failures_find(run->ca->store, row->id, &failures, &last, NULL);
    *why = ok ? "" : "no shared secret, or it cannot be opened";
    if (ok) {
        bool paused = users_paused(run->ca, failures, last, now);
        ok = !paused && bytes_equal_ct(request->passphrase, BYTES(secret.text, secret.len));
        *why = paused ? "too many wrong secrets" : ok ? "" : "wrong secret";
        int counted = ok ? 0 : paused ? failures : failures + 1;
        ok = (counted == failures || store_cert_failures_set(run->ca->store, row->id, counted, now, NULL)) && ok;
    }
    secret_release(&secret);
    return ok;
}

/* NULL: allowed. Else the text for badIdentity; "" stands for none. */
static const char *objection(struct cmc_run *run, const struct cert_row *row, const struct revoke_request *request, const char **why)
{
    if (run->token.kind == AUTH_NOBODY || request->has_passphrase) {
        if (!secret_matches(run, row, request, why)) {
            return "";
        }
        return dn_equal(request->cert.issuer_der, buf_peek(&row->issuer_der))
                   ? NULL
                   : " certificate issuer DN and revocation request issuer DN do not match";
    }
    if (run->token.kind == AUTH_AGENT || !run->ca->conf.revoke_verify) {
        return NULL;
    }
    return dn_equal(run->token.signer_subject_der, buf_peek(&row->subject_der)) ? NULL
                                                                                : " certificate principal and signer do not match";
}

static bool revoke_row(struct cmc_run *run, const struct cert_row *row, const struct revoke_request *request, uint32_t id,
                       struct err *err)
{
    int64_t request_id = 0;
    const char *why = "";
    const char *text = objection(run, row, request, &why);
    const char *who = run->token.uid ? run->token.uid : "";
    audit_event(run->ca, run->request->at, "CERT_STATUS_CHANGE_REQUEST_PROCESSED", who, !text,
                *why ? "[ReqType=revoke][CertSerialNum=0x%s][RevokeReasonNum=%s][Approval=%s][Info=%s]"
                     : "[ReqType=revoke][CertSerialNum=0x%s][RevokeReasonNum=%s][Approval=%s]",
                row->serial, revoke_reason_name(request->reason), text ? "rejected" : "complete", why);
    if (text) {
        return answer(run, id, CMC_FAIL_BAD_IDENTITY, *text ? text : NULL, err);
    }
    /* Revoked already (removeFromCRL for a held one, too): success, and nothing changes. */
    if (!row->revoked &&
        (!store_cert_revoke(run->ca->store, row->id, run->request->at, known_reason(request->reason),
                            request->has_invalidity ? request->invalidity : 0, err) ||
         !store_request_add(run->ca->store, 0, "revocation", "complete", run->profile->id, who, run->request->at, &request_id,
                            err) ||
         !store_request_done(run->ca->store, request_id, "complete", NULL, row->serial, run->request->at, err))) {
        return false;
    }
    return answer(run, id, -1, NULL, err);
}

bool revoke_run(struct cmc_run *run, struct bytes value_der, uint32_t control_id, struct err *err)
{
    struct revoke_request request;
    struct cert_row row;
    bool found = false;
    if (!revoke_request_decode(value_der, &request, NULL)) {
        return answer(run, control_id, CMC_FAIL_BAD_REQUEST, NULL, err);
    }
    /* The server looks by serial only; what the request calls the issuer is compared afterwards, if at all. */
    char *serial = store_serial(request.cert.serial);
    bool ok = store_cert_find(run->ca->store, BYTES_NONE, serial, &row, &found, err);
    free(serial);
    if (!ok) {
        return false;
    }
    if (!found) {
        return answer(run, control_id, CMC_FAIL_BAD_CERT_ID, NULL, err);
    }
    ok = revoke_row(run, &row, &request, control_id, err);
    cert_row_release(&row);
    return ok;
}
