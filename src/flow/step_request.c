/* SPDX-License-Identifier: Apache-2.0 */
/* The message, made from the cfg file that cfgs.c wrote. */
#include "config.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/i18n.h"
#include "cfg/cfg.h"
#include "flow/run_internal.h"
#include "nss/pem.h"

bool step_cfgs_start(struct run *run, struct err *err)
{
    if (run_is_second_trip(run) && !run_needs_second_trip(run)) {
        return true;
    }
    if (run_is_second_trip(run)) {
        char *how = run_challenge_choice(run);
        session_set_fact(run->session, "challenge.how", how);
        run_note(run, _("The CA's challenge: %s."), how);
        free(how);
    } else {
        run_note(run, "%s, %s", run_trip(run)->request_cfg, run_trip(run)->submit_cfg);
    }
    return run_write_cfgs(run, err);
}

static void keep_hex(struct run *run, const char *fact, struct bytes octets)
{
    char *hex = octets.len ? bytes_hex(octets) : NULL;
    session_set_fact(run->session, fact, hex);
    free(hex);
}

/* The request as it went out, with popLinkWitnessV2: what somebody who compares by hand wants to see. */
static bool keep_rebuilt(struct run *run, struct bytes der, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = !der.len || ((pem_encode(der, "CERTIFICATE REQUEST", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL)) &&
                           session_write_file(run->session, FILE_REBUILT, buf_peek(&pem), err));
    buf_release(&pem);
    return ok;
}

/* What the answer has to repeat stands in the session, so that an answer that comes days later can be judged. */
bool step_request_start(struct run *run, struct err *err)
{
    struct cfg cfg;
    struct engine_request request;
    if (run_is_second_trip(run) && !run_needs_second_trip(run)) {
        return true;
    }
    cfg_init(&cfg, CFG_REQUEST);
    char *path = session_file(run->session, run_trip(run)->request_cfg);
    bool speaks = run_speaks_secret(run);
    run->engine.no_output = speaks;
    bool ok = run_open_agent_db(run, err) && cfg_read(&cfg, path, err) && engine_build(&run->engine, &cfg, &request, err);
    run->engine.no_output = false;
    if (ok) {
        buf_clear(&run->spoken);
        ok = !speaks || buf_append_bytes(&run->spoken, buf_peek(&request.der)) || err_fail(err, ERR_INTERNAL, NULL);
        keep_hex(run, run_trip(run)->nonce, buf_peek(&request.sender_nonce));
        keep_hex(run, run_trip(run)->transaction, buf_peek(&request.transaction_id));
        if (request.signer) {
            char *subject = cert_subject(request.signer);
            session_set_fact(run->session, "signer", subject);
            run_note(run, _("Signed by %s."), subject);
            free(subject);
        } else {
            run_note(run, "%s", _("Signed with the new key; the secret vouches for it."));
        }
        ok = ok && keep_rebuilt(run, buf_peek(&request.rebuilt), err);
        engine_request_release(&request);
        secrets_forget(run->secrets, "witness.sharedSecret"); /* the proof is made; nothing that waits for the CA needs it */
    }
    free(path);
    cfg_release(&cfg);
    return ok;
}
