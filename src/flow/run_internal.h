/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_RUN_INTERNAL_H
#define CMCW_FLOW_RUN_INTERNAL_H
/* Shared by run.c and the steps; nobody else includes it. */
#include "base/strv.h"
#include "cfg/profiles.h"
#include "flow/job.h"
#include "flow/run.h"
#include "net/firstcontact.h"
#include "nss/crypt.h"

#define RUN_MAX_STEPS 24

/* Names of files in the session folder. They stand in cfg files, so none may hold a blank. */
#define FILE_CSR "request.csr"
#define FILE_REBUILT "request.sent.csr"
#define FILE_REQUEST_CFG "cmc-request.cfg"
#define FILE_SUBMIT_CFG "cmc-submit.cfg"
#define FILE_REQUEST "request.cmc"
#define FILE_RESPONSE "response.cmc"
#define FILE_CRMF "request.crmf"
#define FILE_TRANSPORT "transport.pem"
#define FILE_REQUEST_CFG_2 "cmc-decryptedpop.cfg"
#define FILE_SUBMIT_CFG_2 "cmc-submit-2.cfg"
#define FILE_REQUEST_2 "request-2.cmc"
#define FILE_RESPONSE_2 "response-2.cmc"
#define FILE_CHAIN "ca-chain.pem"
#define FILE_TLS_SERVER "tls-server.pem"
#define FILE_CARD "for-ca-administrator.txt"
#define FILE_CERT "certificate.pem"
#define FILE_PACKAGE "request.cmcpkg"
#define FILE_ANSWER_PACKAGE "answer.cmcpkg"
#define FILE_REFUSAL "refusal.cmcpkg"

/* One message to the CA and its answer: file names, and the facts that belong to them. */
struct trip {
    const char *request_cfg, *submit_cfg, *request, *response, *refused;
    const char *state, *nonce, *transaction; /* facts: "sending"…, and what the answer has to repeat */
    const char *since;                       /* fact: when it was sent first, while its outcome is unknown */
};

struct run_row {
    const struct step_type *type;
    bool done, running;
    int64_t started_ms, took_ms;
    char *note;
};

struct run {
    struct session *session;
    struct secrets *secrets;
    const struct scenario *scenario;
    struct engine engine;
    struct run_row rows[RUN_MAX_STEPS];
    size_t n_rows, at;
    bool step_started, cancelled;
    bool cancel_told;      /* the running step knows that it is cancelled */
    struct run_work *work; /* what the running step does in its thread just now (run_work.c); NULL = nothing */
    bool doubted; /* an earlier sending of the running trip has no known outcome */
    bool kept;    /* answers have changed, and what rests on them stays until a doubt about what was sent is settled */
    bool redo;    /* it is settled, and may be sent again: with what the answers say now */
    run_listener *listener;
    void *listener_ctx;
    /* What a running step holds; released when it ends. */
    struct job *job;
    struct submit *submit;
    struct buf spoken; /* the message of run_speaks_secret() between its steps "request" and "submit": it never touches the disk */
    struct cert_list pinned; /* lent to submit */
    struct first_contact_run *contact;
    struct carest *rest;
    struct key_work *key_work;
    struct dirlook *dirlook;
    struct err refusal; /* the CA's, while its directory is asked why */
};
struct dirlook;
struct carest;
struct key_work;
void key_work_free(struct key_work *work);

/* The running step's start, or one poll of at most some wait_ms: begun, looked at, and what may be waited for ("" = nothing that is
 * known). A cancelled one that does not come back gives WORK_FAILED while run_is_busy() still holds. */
enum run_work_kind { RUN_WORK_NONE, RUN_WORK_START, RUN_WORK_POLL };
bool run_work_begin(struct run *run, enum run_work_kind kind, int wait_ms, struct err *err) MUST_CHECK;
enum step_progress run_work_poll(struct run *run, int wait_ms, struct err *err);
enum run_work_kind run_work_kind(const struct run *run);
const char *run_work_note(const struct run *run);

/* The running step's trip: the second for steps whose name ends in "-2". */
const struct trip *run_trip(const struct run *run);
const struct trip *run_trip_of(bool second);
bool run_is_second_trip(const struct run *run);
/* The scenario has a second trip, and the first answer has not made it needless. */
bool run_needs_second_trip(const struct run *run);

/* Options that every exchange of this run uses; pinned must outlive them. */
struct run_net {
    struct cert_list pinned;
    struct submit_options submit;
    struct net_options net;
    struct ca_url url; /* scheme, host and port of the CA */
};
bool run_net_init(struct run *run, struct run_net *out, struct err *err) MUST_CHECK;
void run_net_release(struct run_net *net);

const char *run_answer(const struct run *run, const char *name);
/* Folder and token of the requester's side, and of the signer's: an agent's (which default to the requester's), else the same. */
const char *run_dbdir(const struct run *run);
const char *run_agent_dbdir(const struct run *run);
const char *run_agent_token(const struct run *run);
/* The name of the secret that opens the signer's database. */
const char *run_agent_secret(const struct run *run);
bool run_open_requester_db(struct run *run, struct err *err) MUST_CHECK;
/* Hashing and verifying need NSS, whatever database: a step that is the first after a kill cannot count on an open one. */
bool run_need_nss(struct run *run, struct err *err) MUST_CHECK;
/* The same where no database and no password is wanted: parsing and hashing only. */
bool run_need_digests(struct run *run, struct err *err) MUST_CHECK;
bool run_open_agent_db(struct run *run, struct err *err) MUST_CHECK;
/* A sentence under the running step; formatted text is already visible. */
void run_note(struct run *run, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Whether somebody vouches for a chain that was shown: an earlier visit, a CA description, the answer ca.fingerprint, or the
 * database's trust. ERR_FLOW_CHAIN_CHANGED, ERR_FLOW_CHAIN_UNCONFIRMED with the fingerprint of asked (NULL: of the chain's
 * first CA). The second writes it down. */
bool run_chain_is_confirmed(struct run *run, const struct cert_list *chain, const struct cert *asked, struct err *err) MUST_CHECK;
bool run_keep_chain(struct run *run, const struct cert_list *chain, struct err *err) MUST_CHECK;
/* Confirmed chain of this session into certs; false (err untouched) when there is none. */
bool run_load_chain(struct run *run, struct cert_list *out);
/* Public keys that the answer has to certify, from the session's CSR. */
bool run_requested_key(struct run *run, struct buf *spki, struct err *err) MUST_CHECK;
bool run_read_cert(struct run *run, struct cert **leaf, struct cert_list *pool, struct err *err) MUST_CHECK;
/* The subject that the request asks for: the answer, or UID=identification where the CA's directory decides anyway. Caller frees. */
char *run_subject(const struct run *run) MUST_CHECK;
/* The profile and servlet that this enrollment uses. Callers free. */
char *run_profile(const struct run *run) MUST_CHECK;
char *run_servlet(const struct run *run) MUST_CHECK;
/* It goes to an EST server: no controls but those of a proof (the CA would demand one with any control). */
bool run_over_est(const struct run *run);

/* How the token wraps a key for the KRA; its database is open. ERR_FLOW_TOKEN_WRAP when it cannot: said before a key is made. */
bool run_choose_wrap(struct run *run, enum wrap_alg *wrap, struct err *err) MUST_CHECK;
/* "AES KeyWrap/Padding (the CA says so), …": how the key is or will be wrapped, and why so. Caller frees. */
char *run_archival_choice(const struct run *run) MUST_CHECK;
/* Its parts: Dogtag's name of the wrap, lent; and the padding of the KRA, which is one thing, the CA's another. */
const char *run_archival_wrap(const struct run *run);
bool run_archives_with_oaep(const struct run *run);
/* The agent said no: nothing is signed or sent. */
bool run_refuses(const struct run *run);
/* A sentence, when the CA's version is known and does not have this stock profile yet; else NULL. Caller frees. */
char *run_profile_too_new(const struct session *session, const struct profile *p) MUST_CHECK;
/* The padding of the CA's challenge: "true" is OAEP, "false" PKCS#1 v1.5, NULL when nobody said; then both are tried, and the CA's
 * witness is the judge. The second in words with the reason; caller frees. */
const char *run_challenge_oaep(const struct run *run);
char *run_challenge_choice(const struct run *run) MUST_CHECK;
/* A problem of a preflight: the sentence, and the error that it is. run_problem_of: the error itself is the sentence; released. */
void run_problem(struct preflight *out, enum err_code code, const char *sentence);
void run_problem_of(struct preflight *out, struct err *why);
/* Problems of an encryption certificate that can be known beforehand. */
void run_check_encryption(struct run *run, struct preflight *out);
/* The same of an archived key where the certificate is not for encryption alone. */
void run_check_archival(struct run *run, struct preflight *out);
/* What EST (RFC 7030) cannot carry. */
void run_check_est(struct run *run, struct preflight *out);
/* Renewal: facts and answers that follow from the certificate to renew, and what can be known beforehand. */
void run_prepare_renewal(struct run *run);
void run_check_renewal(struct run *run, struct preflight *out);
/* Nickname of the certificate that leaf renews: of several with one subject the successor takes its own predecessor's.
 * NULL when there is none, or the CA wrote another subject. Caller frees. */
char *run_renewed_nickname(struct run *run, const struct cert *leaf) MUST_CHECK;
bool run_has_step(const struct run *run, const char *name);
/* Words of the answer "reminder". */
bool run_reminder_kinds(const struct run *run, struct strv *kinds, struct err *err) MUST_CHECK;
/* The card for the CA's administrator, after the failure why; no secret is in it. */
bool run_write_card(struct run *run, const struct err *why, struct err *err) MUST_CHECK;

/* Steps, each in its file; rows in scenario.c. */
bool step_server_start(struct run *run, struct err *err);
enum step_progress step_server_poll(struct run *run, int wait_ms, struct err *err);
void step_server_cancel(struct run *run);
bool step_key_start(struct run *run, struct err *err);
enum step_progress step_key_poll(struct run *run, int wait_ms, struct err *err);
/* The key is no longer this enrollment's: it stays known as unused, so that it can be removed. */
void step_key_forget(struct session *session);
bool step_key_undo(struct run *run, struct err *err);
bool step_csr_start(struct run *run, struct err *err);
/* Facts of the request that an agent opened: subject, digests, and where an answer to it belongs. */
struct desk_request;
void run_keep_request(struct run *run, const struct desk_request *r);
bool step_package_start(struct run *run, struct err *err);
enum step_progress step_package_poll(struct run *run, int wait_ms, struct err *err);
/* Problems of user id and shared secret that can be known beforehand; asks nobody. */
void run_check_secret(struct run *run, struct preflight *out);
bool step_secret_start(struct run *run, struct err *err);
bool step_transport_start(struct run *run, struct err *err);
bool step_crmf_start(struct run *run, struct err *err);
/* CertReqMessages for key, as the answers say; the databases are open, and FILE_TRANSPORT is there when the key is archived. */
bool run_build_crmf(struct run *run, struct key *key, struct buf *der, struct err *err) MUST_CHECK;
bool step_renew_start(struct run *run, struct err *err);
/* The scenario revokes a certificate and enrolls nothing. */
bool run_revokes(const struct run *run);
bool run_speaks_secret(const struct run *run); /* a revocation by secret: the message has it in plain (RFC 5272 section 6.11) */
/* Who signs: the scenario's row, or the answer revoke.by. SIGNED_BY_NEW_KEY: a shared secret vouches, no certificate. */
enum scenario_signer run_signer(const struct run *run);
void run_check_revocation(struct run *run, struct preflight *out);
bool step_target_start(struct run *run, struct err *err);
enum step_progress step_target_poll(struct run *run, int wait_ms, struct err *err);
void step_rest_cancel(struct run *run);
bool step_revoker_start(struct run *run, struct err *err);
bool step_status_start(struct run *run, struct err *err);
enum step_progress step_status_poll(struct run *run, int wait_ms, struct err *err);
bool step_agent_start(struct run *run, struct err *err);
bool step_cfgs_start(struct run *run, struct err *err);
bool step_request_start(struct run *run, struct err *err);
bool step_submit_start(struct run *run, struct err *err);
enum step_progress step_submit_poll(struct run *run, int wait_ms, struct err *err);
void step_submit_cancel(struct run *run);
bool step_response_start(struct run *run, struct err *err);
enum step_progress step_response_poll(struct run *run, int wait_ms, struct err *err);
void step_response_cancel(struct run *run);
bool step_import_start(struct run *run, struct err *err);
bool step_proof_start(struct run *run, struct err *err);
bool step_export_start(struct run *run, struct err *err);
bool step_refuse_start(struct run *run, struct err *err);
#endif
