/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared secret before it is used. A wrong one costs an attempt at the CA and may lock the user out, a key and a message: so what
 * can be known here is asked first. The secret itself stays in the run's secrets; nothing of it is kept.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/passphrase.h"
#include "base/text.h"
#include "cfg/profiles.h"
#include "flow/run_internal.h"

static bool check_identification(const char *uid, struct err *err)
{
    if (!*uid) {
        return err_fail(err, ERR_FLOW_ANSWER_MISSING, "identification");
    }
    return passphrase_is_ascii(uid, strlen(uid)) || err_fail(err, ERR_CMC_IDENTIFICATION_NOT_ASCII, NULL);
}

static bool check_secret(const struct secret *secret, struct err *err)
{
    if (!secret_is_set(secret) || !secret->len) {
        return err_fail(err, ERR_CMC_SECRET_MISSING, NULL);
    }
    return passphrase_is_ascii(secret->text, secret->len) || err_fail(err, ERR_CMC_SECRET_NOT_ASCII, NULL);
}

/* Only asked of what is already in memory: a descriptor can be read once, and a person is asked by the step. */
void run_check_secret(struct run *run, struct preflight *out)
{
    struct err why = ERR_INIT;
    if (!*run_answer(run, "identification")) {
        char *text = xasprintf("identification: %s", _(answer_row("identification")->help));
        run_problem(out, ERR_FLOW_ANSWER_MISSING, text);
        free(text);
    } else if (!check_identification(run_answer(run, "identification"), &why)) {
        run_problem_of(out, &why);
    }
    const struct secret *known = secrets_peek(run->secrets, "witness.sharedSecret");
    if (known && !check_secret(known, &why)) {
        run_problem_of(out, &why);
    }
    /* A described CA is asked over TLS whatever the answer says; but nobody's "secure = false" is left out silently. */
    if (!answer_true(run->session, "secure")) {
        err_fail(&why, ERR_FLOW_SECRET_NEEDS_TLS, NULL);
        run_problem_of(out, &why);
    }
    if (answer_is(run->session, "identityProofV2.macAlg", "SHA-512-HMAC")) {
        const char *sentence = _("Servers before Dogtag 10.8 cannot verify HMAC-SHA-512; HMAC-SHA-256 works with every server.");
        if (run_ca_before(run->session, CFG_SHA512_HMAC_SINCE)) {
            run_problem(out, ERR_FLOW_ANSWER_BAD, sentence);
        } else {
            strv_push(out->warnings, sentence);
        }
    }
    if (!answer_true(run->session, "popLinkWitnessV2.enable")) {
        strv_push(out->warnings, _("popLinkWitnessV2 is switched off: a CA with cmc.popLinkWitnessRequired=true will refuse the request."));
    }
    if (*run_answer(run, "input")) {
        run_problem(out, ERR_FLOW_OWN_KEY, _("A request from elsewhere (input) cannot be used here: its own key has to sign the message."));
    }
}

bool step_secret_start(struct run *run, struct err *err)
{
    struct secret secret = SECRET_INIT;
    const char *uid = run_answer(run, "identification");
    bool ok = check_identification(uid, err) &&
              secrets_get(run->secrets, "witness.sharedSecret", NULL, false, -1, &secret, err) && check_secret(&secret, err);
    if (ok) {
        char *shown = text_visible_str(uid);
        run_note(run, _("User id %s; the secret is there."), shown);
        free(shown);
    }
    secret_release(&secret);
    return ok;
}
