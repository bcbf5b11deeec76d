/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_RUN_H
#define CMCW_FLOW_RUN_H
/*
 * Carries a session through the steps of its scenario. Front ends call run_poll until it says otherwise.
 * The state is in the session: a run can be dropped at any moment (kill included) and started anew; done steps are not
 * repeated, a started one looks first at what it left behind.
 *
 *     struct run *run = run_new(session, secrets, &err);
 *     while ((state = run_poll(run, 100, &err)) == RUN_WORKING) { draw(run); }
 */
#include "cfg/profiles.h"
#include "flow/engine.h"
#include "flow/scenario.h"
#include "flow/session.h"

enum run_state {
    RUN_WORKING,
    RUN_DONE,
    RUN_WAITING,   /* pending, or a package is on its way: exit 5 */
    RUN_FAILED,    /* err says why; the session stays usable */
    RUN_CANCELLED, /* saved */
};

struct run_event {
    const char *event; /* "step-started" "step-done" "step-failed" "note" "result" */
    const struct step_type *step;
    const char *text;
};
typedef void run_listener(void *ctx, const struct run_event *event);

struct run *run_new(struct session *session, struct secrets *secrets, struct err *err) MUST_CHECK;
void run_free(struct run *run);
void run_listen(struct run *run, run_listener *listener, void *ctx);
enum run_state run_poll(struct run *run, int wait_ms, struct err *err) MUST_CHECK;
void run_cancel(struct run *run);
/* Steps for display: number, row, whether done/running, milliseconds. */
size_t run_n_steps(const struct run *run);
const struct step_type *run_step(const struct run *run, size_t i);
bool run_step_done(const struct run *run, size_t i);
bool run_step_running(const struct run *run, size_t i);
int64_t run_step_ms(const struct run *run, size_t i);
/* A sentence on what the running step found ("2048-bit RSA key …"); "" when none. */
const char *run_step_note(const struct run *run, size_t i);
/* The running step is at work in a thread of its own. After RUN_CANCELLED: it waits for a token and cannot be stopped; nothing of the
 * run or its session may be used any more, and the program has to leave by _exit(). Nothing is lost: it is as after a kill. */
bool run_is_busy(const struct run *run);
/* Undo the outside effects of what was done so far where that can be (unused key). */
bool run_undo(struct run *run, struct err *err) MUST_CHECK;
/* After the import: what it added to the database is taken out again, and trust is as it was; key and files stay, and a later run can
 * import once more. False without error when there is nothing to take out. */
bool run_can_undo_import(const struct run *run);
bool run_undo_import(struct run *run, struct err *err) MUST_CHECK;

/* The CA's version, "11.3.1-1": what the CA told itself (fact ca.version), else what the description of the answer "ca" says; NULL when
 * neither is known. Caller frees. */
char *run_ca_version(const struct session *session) MUST_CHECK;
/* The version is known, and it is before this one ("10.8"). */
bool run_ca_before(const struct session *session, const char *version);

struct session *run_session(struct run *run);
struct engine *run_engine(struct run *run);

/* ---- what a front end shows ---- */
/* Everything that can be checked before a byte leaves: lint of the cfg pair, signer subject, key type vs profile, nickname
 * clash, CSR signature. Each problem is a sentence; fatal ones make Next impossible. */
struct preflight {
    struct strv *problems, *warnings;
    enum err_code first; /* what the first problem is, as an error: for those who cannot read the sentence */
};
bool run_preflight(struct run *run, struct preflight *out, struct err *err) MUST_CHECK;
/* Adds to problems what nobody is there to be asked for, "KEY: what it is" each: secrets without a source, and ca.fingerprint where
 * nothing else can confirm the chain. For unattended runs, before the first step. */
void run_check_given(struct run *run, struct preflight *out);
/* False when there are problems: err is the first, the others are its context. */
bool preflight_passes(const struct preflight *p, struct err *err) MUST_CHECK;
void preflight_release(struct preflight *p);
/* Writes cmc-request.cfg and cmc-submit.cfg into the session folder. Called by the review page and by the cfg step. */
bool run_write_cfgs(struct run *run, struct err *err) MUST_CHECK;
/* Rows for the review page: label\tvalue\tpage-id lines; commands; what will be touched. Caller frees. */
char *run_review_table(struct run *run) MUST_CHECK;
char *run_review_commands(struct run *run) MUST_CHECK;
char *run_review_effects(struct run *run) MUST_CHECK;
/* The three in one text, as a dry run prints it. Caller frees. */
char *run_review_plan(struct run *run) MUST_CHECK;
/* The decoded message tree of the request when built, else "". */
char *run_message_tree(struct run *run) MUST_CHECK;
/* The same before anything is made: with a passing key, signed with the agent's key, wiped afterwards. NULL when it cannot be. */
char *run_preview_tree(struct run *run, struct err *err) MUST_CHECK;
/* The transport certificate as the step "transport" left it, in words for the one who confirms it, and its SHA-256 fingerprint with
 * colons. Also after the step failed with ERR_FLOW_TRANSPORT. Caller frees both. */
bool run_transport_shown(struct run *run, char **text, char **fingerprint, struct err *err) MUST_CHECK;
/* A purpose in a few words, N_(); NULL when it is none of the known. */
const char *run_purpose_word(const char *purpose);
/* The stock profile for a word of the answer purpose; NULL when there is none. */
const struct profile *run_usual_profile(const char *purpose, enum profile_auth auth, enum profile_key key);
/* requested | issued rows after success: label\trequested\tissued. Caller frees. */
char *run_result_table(struct run *run) MUST_CHECK;
/* A revocation: whether the CA said before the request that it is revoked, or on hold. */
bool run_was_revoked(const struct session *s);
/* The CA's word of it in words, before the request or after: "revoked (superseded)", "on hold (certificateHold)".
 * Caller frees. */
char *run_revocation_state(const struct session *s, bool after) MUST_CHECK;
/* A sentence when the request came too late to change anything; else NULL. Caller frees. */
char *run_revocation_unchanged(const struct session *s) MUST_CHECK;
/* What the other side has in its hands and reads out, too, in digits or English words: of the package that was handed over or given
 * back; when the answer is here, of the answer, NULL where it came as bare files. Lends. */
const char *run_readout(const struct run *run, bool words);
/* {"version":1,"subject","serial","nickname","token","dbdir","not-after","proof":"ok",…}; "lost" lists the other names
 * that were requested and not issued, "fingerprint" is the certificate's SHA-256. */
struct json *run_result_json(struct run *run) MUST_CHECK;
#endif
