/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/scenario.h"

#include <string.h>

#include "base/i18n.h"
#include "flow/run_internal.h"

/* To add a step: its functions in a step_*.c, declared in run_internal.h, a row here, its name in a scenario. */
static const struct step_type STEPS[] = {
    /* TRANSLATORS: titles of steps have at most 22 columns. */
    {"server", N_("Contact the CA"), N_("The certificate authority's chain is fetched and compared with the one you confirmed."),
     STEP_LOCAL, step_server_start, step_server_poll, step_server_cancel, NULL},
    {"secret", N_("Check the secret"), N_("User id and secret are looked at before anything is made."), STEP_LOCAL,
     step_secret_start, NULL, NULL, NULL},
    {"key", N_("Make the key"), N_("A key pair is made in your database; the private key never leaves it."), STEP_KEY,
     step_key_start, step_key_poll, NULL, step_key_undo},
    {"csr", N_("Write the request"), N_("The certificate request is written and signed with the new key."), STEP_LOCAL,
     step_csr_start, NULL, NULL, NULL},
    {"package", N_("Hand over"), N_("The request waits for the CA agent's answer."), STEP_LOCAL, step_package_start,
     step_package_poll, NULL, NULL},
    {"agent", N_("Agent certificate"), N_("The agent's certificate is looked up, and imported when it came in a file."),
     STEP_DATABASE, step_agent_start, NULL, NULL, NULL},
    {"signer", N_("Your certificate"), N_("The certificate that signs for you is looked up."), STEP_LOCAL, step_agent_start, NULL, NULL,
     NULL},
    {"transport", N_("Archival"), N_("The transport certificate of the key recovery authority is fetched and checked."), STEP_LOCAL,
     step_transport_start, NULL, NULL, NULL},
    {"crmf", N_("Write the request"), N_("The request is written; the key goes into it wrapped, when it is archived."), STEP_LOCAL,
     step_crmf_start, NULL, NULL, NULL},
    {"renew", N_("Old certificate"), N_("The certificate that is renewed is looked up, and whether the CA will take it."), STEP_LOCAL,
     step_renew_start, NULL, NULL, NULL},
    {"target", N_("Look it up"), N_("The certificate is looked up, in the database and at the CA."), STEP_LOCAL, step_target_start,
     step_target_poll, step_rest_cancel, NULL},
    {"revoker", N_("Who asks for it"), N_("Whoever asks the CA for the revocation is looked up."), STEP_DATABASE, step_revoker_start, NULL,
     NULL, NULL},
    {"status", N_("Ask the CA again"), N_("The CA is asked what it now says of the certificate."), STEP_LOCAL, step_status_start,
     step_status_poll, step_rest_cancel, NULL},
    {"cfgs-2", N_("Second trip: files"), N_("The files for the second trip are written."), STEP_LOCAL, step_cfgs_start, NULL, NULL, NULL},
    {"request-2", N_("Open the challenge"), N_("The new key opens the CA's challenge, and the proof is signed."), STEP_LOCAL,
     step_request_start, NULL, NULL, NULL},
    {"submit-2", N_("Send the proof"), N_("The proof is on its way to the certificate authority."), STEP_CA, step_submit_start,
     step_submit_poll, step_submit_cancel, NULL},
    {"response-2", N_("Check the answer"), N_("The answer's signature, chain and key are checked."), STEP_LOCAL, step_response_start,
     step_response_poll, step_response_cancel, NULL},
    {"cfgs", N_("Write .cfg files"), N_("The files that Dogtag's own tools take are written."), STEP_LOCAL, step_cfgs_start, NULL,
     NULL, NULL},
    {"request", N_("Sign the message"), N_("The CMC message is built and signed."), STEP_LOCAL, step_request_start, NULL, NULL, NULL},
    {"submit", N_("Send to the CA"), N_("The message is on its way to the certificate authority."), STEP_CA, step_submit_start,
     step_submit_poll, step_submit_cancel, NULL},
    {"response", N_("Check the answer"), N_("The answer's signature, chain and key are checked."), STEP_LOCAL, step_response_start,
     step_response_poll, step_response_cancel, NULL},
    {"import", N_("Store certificate"), N_("The certificate and its chain go into your database."), STEP_DATABASE,
     step_import_start, NULL, NULL, NULL},
    {"proof", N_("Prove that it works"), N_("The stored key signs or decrypts something, and the certificate must agree."),
     STEP_LOCAL, step_proof_start, NULL, NULL, NULL},
    {"export", N_("Write the files"), N_("The certificate is written to files for the person who asked for it."), STEP_LOCAL,
     step_export_start, NULL, NULL, NULL},
    {"refuse", N_("Write the refusal"), N_("Your reason is written to a file for the person who asked."), STEP_LOCAL,
     step_refuse_start, NULL, NULL, NULL},
};

static const char *const AGENT_SIGNED_PAGES[] = {"purpose", "server", "database", "subject", "key", "agent", "review", NULL};
static const char *const AGENT_SIGNED_STEPS[] = {"server",  "transport", "agent", "key",    "csr",   "crmf", "cfgs",
                                                 "request", "submit", "response",  "import", "proof", NULL};
static const char *const MAKE_CSR_PAGES[] = {"purpose", "database", "subject", "key", "review", NULL};
static const char *const MAKE_CSR_STEPS[] = {"key", "csr", "package", "response", "import", "proof", NULL};
static const char *const AGENT_DESK_PAGES[] = {"open", "decision", "purpose", "server", "agent", "review", NULL};
static const char *const SHARED_SECRET_PAGES[] = {"server", "database", "you", "secret", "key", "review", NULL};
static const char *const SHARED_SECRET_STEPS[] = {"secret",   "server",   "key",    "csr",   "cfgs", "request",
                                                  "submit",   "response", "import", "proof", NULL};
static const char *const ENCRYPTION_PAGES[] = {"server", "database", "signer", "encryption", "review", NULL};
static const char *const ENCRYPTION_STEPS[] = {"server",     "signer", "transport", "key",    "crmf",      "cfgs",
                                               "request",    "submit", "response",  "cfgs-2", "request-2", "submit-2",
                                               "response-2", "import", "proof",     NULL};
static const char *const RENEWAL_PAGES[] = {"server", "database", "renew", "review", NULL};
static const char *const RENEWAL_STEPS[] = {"server",  "renew",  "signer",   "key",    "csr",   "cfgs",
                                            "request", "submit", "response", "import", "proof", NULL};
static const char *const REVOKE_PAGES[] = {"server", "target", "reason", "revoker", "review", NULL};
static const char *const REVOKE_STEPS[] = {"server", "target", "revoker", "cfgs", "request", "submit", "response", "status", NULL};
static const char *const AGENT_DESK_STEPS[] = {"server", "agent", "csr", "cfgs", "request", "submit", "response", "export", NULL};
static const char *const AGENT_DESK_REFUSAL[] = {"refuse", NULL};

/* To add a scenario: a row of pages and steps here, its words, and a line in tests/flow/flows.csv. */
static const struct scenario SCENARIOS[] = {
    /* TRANSLATORS: titles of scenarios have at most 26 columns: they stand in the title bar. */
    {"agent-signed", N_("Signed by a CA agent"),
     N_("You hold a CA agent's certificate, or the agent sits beside you: the request is made, signed and sent in one go."),
     AGENT_SIGNED_PAGES, AGENT_SIGNED_STEPS, SIGNED_BY_AGENT, NULL},
    {"make-csr", N_("Handed to a CA agent"),
     N_("You make the key and the request here, hand the request to a CA agent, and import the answer later."), MAKE_CSR_PAGES,
     MAKE_CSR_STEPS, SIGNED_BY_AGENT, NULL},
    {"agent-desk", N_("Agent desk"),
     N_("You are a CA agent: open a request that somebody gave you, look at it, sign it, send it, give the certificate back."),
     AGENT_DESK_PAGES, AGENT_DESK_STEPS, SIGNED_BY_AGENT, AGENT_DESK_REFUSAL},
    {"shared-secret", N_("First certificate"),
     N_("You have no certificate yet; the CA's helpdesk gave you a secret that proves who you are."), SHARED_SECRET_PAGES,
     SHARED_SECRET_STEPS, SIGNED_BY_NEW_KEY, NULL},
    {"encryption", N_("Encryption certificate"),
     N_("You own a signing certificate: the CA sends a challenge that only the new encryption key can read."), ENCRYPTION_PAGES,
     ENCRYPTION_STEPS, SIGNED_BY_USER, NULL},
    {"renewal", N_("Renewal"), N_("A certificate of yours ends soon: it signs the request for the next one."), RENEWAL_PAGES,
     RENEWAL_STEPS, SIGNED_BY_USER, NULL},
    {"revoke", N_("Revocation"), N_("A certificate is not to be trusted any more: the CA is told to revoke it."), REVOKE_PAGES,
     REVOKE_STEPS, SIGNED_BY_USER, NULL},
};

const struct scenario *scenario_rows(size_t *n)
{
    *n = ARRAY_LEN(SCENARIOS);
    return SCENARIOS;
}

const char *const *scenario_steps(const struct scenario *s, const char *decision)
{
    return s->refusal_steps && strcmp(decision, "refuse") == 0 ? s->refusal_steps : s->steps;
}

const struct scenario *scenario_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(SCENARIOS); i++) {
        if (strcmp(SCENARIOS[i].name, name) == 0) {
            return &SCENARIOS[i];
        }
    }
    return NULL;
}

const struct step_type *step_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(STEPS); i++) {
        if (strcmp(STEPS[i].name, name) == 0) {
            return &STEPS[i];
        }
    }
    return NULL;
}
