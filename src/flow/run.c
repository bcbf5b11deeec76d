/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/dirlook.h"
#include "flow/run_internal.h"
#include "net/carest.h"
#include "nss/hash.h"
#include "nss/key.h"
#include "nss/nssdb.h"

/* ---- which answers a finished step rests on: when one of them changes, the step and all after it are done again ---- */

static const char *const KEY_BASIS[] = {"dbdir", "tokenname", "key.type", "key.size", "key.curve", "key.id", "input", "archive",
                                        "renew.nickname", "renew.serial", "renew.samekey", "trips", NULL};
/* Where there is a choice of requests, a key that is archived goes into CRMF, any other into PKCS#10. */
static bool applies(const struct run *run, const char *step)
{
    bool archives = answer_true(run->session, "archive");
    if (run->scenario->signer != SIGNED_BY_AGENT) {
        return true;
    }
    if (strcmp(step, "transport") == 0 || strcmp(step, "crmf") == 0) {
        return archives;
    }
    return strcmp(step, "csr") != 0 || !archives || strcmp(run->scenario->name, "agent-signed") != 0;
}

static const char *const CSR_BASIS[] = {"subject", "san", "input", "archive", NULL};
/* With "?" before the name: left out while it is empty, so that enrollments that were saved before there was such an answer stay
 * as they are. */
static const char *const CA_BASIS[] = {"ca", "host", "port", "secure", "proxy", "ca.fingerprint", "?ca.chain", NULL};
static const char *const AGENT_BASIS[] = {"nickname", "agent.dbdir", "agent.tokenname", "agent.p12", NULL};
static const char *const REQUEST_BASIS[] = {"purpose",         "profile",         "servlet",  "protocol",  "nickname",
                                            "agent.dbdir",     "agent.tokenname", "tools.passwords", "host",
                                            "port",            NULL};

static const char *const ARCHIVE_BASIS[] = {"trips", "archive", "transport", "transport.fingerprint", "wrap",
                                            "archive.oaep", "subject", NULL};
static const char *const RENEW_BASIS[] = {"renew.nickname", "renew.serial", "renew.samekey", "dbdir", NULL};
static const char *const SECRET_BASIS[] = {"identification", "identityProofV2.hashAlg", "identityProofV2.macAlg",
                                           "popLinkWitnessV2.enable", NULL};

static const char *const SECOND_BASIS[] = {"oaep", NULL};

static const char *const TARGET_BASIS[] = {"revoke.nickname", "revRequest.serial", NULL};
static const char *const REVOKER_BASIS[] = {"revoke.by", "nickname", "agent.p12", NULL};
static const char *const REVOKE_BASIS[] = {"revRequest.reason", "revRequest.comment", "revRequest.invalidityDate", "revoke.by", "profile",
                                           "servlet", NULL};

static const struct {
    const char *step;
    const char *const *answers;
} BASES[] = {
    {"target", TARGET_BASIS}, {"revoker", REVOKER_BASIS}, {"cfgs", REVOKE_BASIS},
    {"server", CA_BASIS}, {"key", KEY_BASIS}, {"csr", CSR_BASIS}, {"agent", AGENT_BASIS}, {"cfgs", REQUEST_BASIS},
    {"secret", SECRET_BASIS}, {"signer", REQUEST_BASIS}, {"transport", ARCHIVE_BASIS}, {"renew", RENEW_BASIS}, {"crmf", ARCHIVE_BASIS},
    {"cfgs-2", SECOND_BASIS},
};

static char *basis_of(const struct session *s, const char *step)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < ARRAY_LEN(BASES); i++) {
        for (const char *const *a = strcmp(BASES[i].step, step) == 0 ? BASES[i].answers : NULL; a && *a; a++) {
            bool may_lack = **a == '?';
            const char *name = *a + (may_lack ? 1 : 0), *value = answer_get(s, name);
            if (*value || !may_lack) {
                buf_add(&text, "%s=%s;", name, value);
            }
        }
    }
    return buf_take_str(&text);
}

static bool basis_holds(const struct session *s, const char *step)
{
    char *fact = xasprintf("basis.%s", step);
    char *now = basis_of(s, step);
    const char *then = session_fact(s, fact);
    bool same = !then || strcmp(then, now) == 0;
    free(fact);
    free(now);
    return same;
}

static void keep_basis(struct session *s, const char *step)
{
    char *fact = xasprintf("basis.%s", step);
    char *now = basis_of(s, step);
    if (*now) {
        session_set_fact(s, fact, now);
    }
    free(fact);
    free(now);
}

/* Facts and files that belong to a step and must not outlive it. */
static const struct {
    const char *step, *fact, *file;
} LEFTOVERS[] = {
    {"crmf", NULL, FILE_CRMF},
    {"transport", NULL, FILE_TRANSPORT},
    {"renew", "renewed.serial", NULL},
    {"renew", "renewed.key-id", NULL},
    {"submit-2", NULL, FILE_RESPONSE_2},
    {"request-2", NULL, FILE_REQUEST_2},
    {"request", "submit2.state", NULL},
    {"request", "submit2.since", NULL},
    {"response", "one-trip", NULL},
    {"response", "archival", NULL},
    {"key", NULL, FILE_CRMF},
    {"key", NULL, FILE_CSR},
    {"key", "key.id", NULL},
    {"key", "key.pending", NULL},
    {"csr", NULL, FILE_CSR},
    {"package", NULL, FILE_PACKAGE},
    {"request", NULL, FILE_REQUEST},
    {"submit", NULL, FILE_RESPONSE},
    {"csr", "submit.state", NULL},
    {"csr", "submit.since", NULL},
    {"agent", "agent.imported", NULL},
    {"key", "key.elsewhere", NULL},
    {"cfgs", "nonce", NULL},
    {"cfgs", "transaction", NULL},
    {"response", NULL, FILE_CERT},
    {"import", "nickname", NULL},
    {"proof", "proof", NULL},
};

static bool forget_step(struct session *s, const char *step, struct err *err)
{
    if (strcmp(step, "key") == 0) {
        step_key_forget(s);
    }
    /* Only a doubt about what was sent outlives a changed address or agent: the same request must not go twice without a question. */
    const char *sent = session_fact(s, "submit.state");
    if (strcmp(step, "submit") == 0 && sent && strcmp(sent, "sending") != 0) {
        session_set_fact(s, "submit.state", NULL);
        session_set_fact(s, "submit.since", NULL);
    }
    session_clear_step(s, step);
    for (size_t i = 0; i < ARRAY_LEN(LEFTOVERS); i++) {
        if (strcmp(LEFTOVERS[i].step, step) != 0) {
            continue;
        }
        if (LEFTOVERS[i].fact) {
            session_set_fact(s, LEFTOVERS[i].fact, NULL);
        }
        if (LEFTOVERS[i].file) {
            char *path = session_file(s, LEFTOVERS[i].file);
            bool ok = file_wipe(path, err);
            free(path);
            if (!ok) {
                return false;
            }
        }
    }
    return true;
}

/* What a step rests on beside its own answers, which is what makes it be done again when it has changed. */
enum rest { REST_ON_ALL, REST_ON_KEY, REST_COUNT };

/* Steps that do not rest on all that was done before them: another agent, profile or CA leaves the key and its request as they are.
 * To add one: a row. */
static const struct {
    const char *step;
    enum rest rest;
} RESTS[] = {{"key", REST_ON_KEY}, {"csr", REST_ON_KEY}};

static enum rest rest_of(const char *step)
{
    for (size_t i = 0; i < ARRAY_LEN(RESTS); i++) {
        if (strcmp(RESTS[i].step, step) == 0) {
            return RESTS[i].rest;
        }
    }
    return REST_ON_ALL;
}

/* A message that speaks a secret is in memory only: where it brought no answer, a new run makes it anew. */
static bool is_spent(const struct run *run, const char *step)
{
    return strcmp(step, "request") == 0 && run_speaks_secret(run) && !session_has_file(run->session, FILE_RESPONSE);
}

static bool is_done(const struct run *run, size_t i)
{
    return strcmp(session_step_state(run->session, run->rows[i].type->name), "done") == 0;
}

/* The row of a submission that the CA may have got, or whose certificate was found there and is not stored yet; n_rows when there is none.
 * Revoking twice does no harm. */
static size_t doubted_row(const struct run *run)
{
    size_t row = run->n_rows;
    bool over = run_revokes(run) || row == 0 || is_done(run, row - 1);
    for (size_t i = 0; i < run->n_rows && !over; i++) {
        const char *step = run->rows[i].type->name;
        bool second = strcmp(step, "submit-2") == 0, done = is_done(run, i);
        const struct trip *trip = run_trip_of(second);
        const char *state = second || strcmp(step, "submit") == 0 ? session_fact(run->session, trip->state) : NULL;
        bool open = state && (strcmp(state, "found") == 0 || (strcmp(state, "sending") == 0 && !done));
        if (open && session_has_file(run->session, trip->request)) {
            row = i;
        }
    }
    return row;
}

/* Before a doubted submission nothing is forgotten: first is said what became of it, whatever answers have changed. Only the CA's chain
 * is looked at anew, with which it is asked. */
static bool is_kept(const struct run *run, size_t i, size_t doubted)
{
    return doubted < run->n_rows && (i >= doubted || strcmp(run->rows[i].type->name, "server") != 0);
}

static bool all_done_before(const struct run *run, size_t row)
{
    for (size_t i = 0; i < row; i++) {
        if (!is_done(run, i)) {
            return false;
        }
    }
    return true;
}

static bool forget_changed(struct run *run, struct err *err)
{
    bool changed[REST_COUNT] = {false};
    size_t doubted = doubted_row(run);
    for (size_t i = 0; i < run->n_rows; i++) {
        const char *step = run->rows[i].type->name;
        enum rest rest = rest_of(step);
        bool done = is_done(run, i), kept = is_kept(run, i, doubted);
        if (done && (!basis_holds(run->session, step) || is_spent(run, step))) {
            changed[REST_ON_ALL] = changed[rest] = true;
        }
        bool again = !kept && changed[rest];
        if (again && !forget_step(run->session, step, err)) {
            return false;
        }
        run->rows[i].done = !again && (done || (kept && i < doubted));
    }
    run->kept = doubted < run->n_rows && !run->rows[doubted].done && (changed[REST_ON_ALL] || !all_done_before(run, doubted));
    return !changed[REST_ON_ALL] || session_save(run->session, err);
}

/* ---- life ---- */

struct run *run_new(struct session *session, struct secrets *secrets, struct err *err)
{
    const struct scenario *scenario = scenario_find(json_get_str(session->root, "scenario", ""));
    if (!scenario) {
        err_fail(err, ERR_FLOW_SESSION_VERSION, "%s", json_get_str(session->root, "scenario", ""));
        return NULL;
    }
    struct run *run = xcalloc(1, sizeof *run);
    run->session = session;
    run->secrets = secrets;
    run->scenario = scenario;
    run->spoken = (struct buf)BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    engine_init(&run->engine, secrets);
    run->engine.base_dir = session->dir;
    for (const char *const *name = scenario_steps(scenario, run_answer(run, "decision"));
         *name && run->n_rows < RUN_MAX_STEPS; name++) {
        if (applies(run, *name)) {
            run->rows[run->n_rows++].type = step_find(*name);
        }
    }
    if (!forget_changed(run, err)) {
        run_free(run);
        return NULL;
    }
    return run;
}

static void drop_work(struct run *run)
{
    if (run->job) {
        bool ignored = job_finish(run->job, NULL);
        (void)ignored;
        run->job = NULL;
    }
    submit_free(run->submit);
    run->submit = NULL;
    carest_close(run->rest);
    run->rest = NULL;
    cert_list_release(&run->pinned);
    first_contact_free(run->contact);
    run->contact = NULL;
    key_work_free(run->key_work);
    run->key_work = NULL;
    if (run->dirlook) {
        dirlook_cancel(run->dirlook);
        dirlook_finish(run->dirlook, run->session, NULL);
        run->dirlook = NULL;
    }
    err_release(&run->refusal);
}

void run_free(struct run *run)
{
    if (!run) {
        return;
    }
    drop_work(run);
    engine_release(&run->engine);
    buf_release(&run->spoken);
    for (size_t i = 0; i < run->n_rows; i++) {
        free(run->rows[i].note);
    }
    free(run);
}

void run_listen(struct run *run, run_listener *listener, void *ctx)
{
    run->listener = listener;
    run->listener_ctx = ctx;
}

static void tell(struct run *run, const char *event, const struct step_type *step, const char *text)
{
    if (run->listener) {
        struct run_event e = {event, step, text};
        run->listener(run->listener_ctx, &e);
    }
}

void run_note(struct run *run, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct run_row *row = &run->rows[run->at];
    free(row->note);
    row->note = xvasprintf(fmt, ap);
    va_end(ap);
    tell(run, "note", row->type, row->note);
}

/* ---- one poll ---- */

static bool begin_step(struct run *run, struct run_row *row, struct err *err)
{
    row->running = true;
    row->started_ms = when_monotonic_ms();
    run->step_started = true;
    run->cancel_told = false;
    session_set_state(run->session, "running");
    /* A repeated start (after a kill) keeps the mark; the step itself looks at what it left behind. */
    if (!session_mark_step(run->session, row->type->name, "started", err)) {
        return false;
    }
    struct json *detail = json_new_object();
    json_set_str(detail, "step", row->type->name);
    session_journal(run->session, "step-started", detail, NULL);
    tell(run, "step-started", row->type, _(row->type->doing));
    return run_work_begin(run, RUN_WORK_START, 0, err);
}

static bool end_step(struct run *run, struct run_row *row, struct err *err)
{
    drop_work(run);
    row->running = false;
    row->done = true;
    row->took_ms = when_monotonic_ms() - row->started_ms;
    run->step_started = false;
    keep_basis(run->session, row->type->name);
    bool ok = session_mark_step(run->session, row->type->name, "done", err);
    struct json *detail = json_new_object();
    json_set_str(detail, "step", row->type->name);
    session_journal(run->session, "step-done", detail, NULL);
    tell(run, "step-done", row->type, row->note ? row->note : "");
    return ok;
}

/* After the leave to send again, where answers have changed since it was sent: what rests on them is done again first. */
static enum run_state do_again(struct run *run, struct run_row *row, struct err *err)
{
    session_set_fact(run->session, run_trip(run)->state, NULL);
    session_set_fact(run->session, run_trip(run)->since, NULL);
    drop_work(run);
    row->running = false;
    run->step_started = run->redo = false;
    session_clear_step(run->session, row->type->name);
    bool ok = forget_changed(run, err);
    run->at = 0;
    return ok && session_save(run->session, err) ? RUN_WORKING : RUN_FAILED;
}

static enum run_state stop(struct run *run, struct run_row *row, enum run_state state, const char *session_state,
                           struct err *err)
{
    struct json *detail = json_new_object();
    json_set_str(detail, "step", row ? row->type->name : "");
    if (err && err->code) {
        json_set_str(detail, "error", err_id(err->code));
    }
    drop_work(run);
    if (row) {
        row->running = false;
        row->took_ms = when_monotonic_ms() - row->started_ms;
    }
    run->step_started = false;
    session_set_state(run->session, session_state);
    session_journal(run->session, state == RUN_WAITING ? "waiting" : "step-failed", detail, NULL);
    struct err ignored = ERR_INIT;
    if (!session_save(run->session, &ignored)) {
        err_release(&ignored);
    }
    if (row && state == RUN_FAILED) {
        tell(run, "step-failed", row->type, err ? err_what(err->code) : "");
    }
    return state;
}

/* Between its pieces of work: then nobody else uses what the step holds. */
static void tell_cancel(struct run *run, const struct run_row *row)
{
    if (run->cancelled && !run->cancel_told && row->type->cancel) {
        row->type->cancel(run);
    }
    run->cancel_told = run->cancelled;
}

static enum step_progress advance(struct run *run, struct run_row *row, int wait_ms, struct err *err)
{
    if (!run->step_started && !begin_step(run, row, err)) {
        return WORK_FAILED;
    }
    if (run_work_kind(run) == RUN_WORK_START) {
        enum step_progress p = run_work_poll(run, wait_ms, err);
        if (p != WORK_DONE || !row->type->poll) {
            return p;
        }
    }
    if (!run->work) {
        tell_cancel(run, row);
        if (!run_work_begin(run, RUN_WORK_POLL, wait_ms, err)) {
            return WORK_FAILED;
        }
    }
    return run_work_poll(run, wait_ms, err);
}

static enum run_state finish(struct run *run, struct err *err)
{
    session_set_state(run->session, "done");
    session_journal(run->session, "done", NULL, NULL);
    return session_save(run->session, err) ? RUN_DONE : RUN_FAILED;
}

enum run_state run_poll(struct run *run, int wait_ms, struct err *err)
{
    while (run->at < run->n_rows && run->rows[run->at].done) {
        run->at++;
    }
    if (run->at == run->n_rows) {
        return finish(run, err);
    }
    struct run_row *row = &run->rows[run->at];
    if (run->cancelled && !run->step_started) {
        err_fail(err, ERR_FLOW_CANCELLED, NULL);
        return stop(run, NULL, RUN_CANCELLED, "editing", err);
    }
    switch (advance(run, row, wait_ms, err)) {
    case WORK_RUNNING:
        return RUN_WORKING;
    case WORK_DONE:
        if (run->redo) {
            return do_again(run, row, err);
        }
        return end_step(run, row, err) ? RUN_WORKING : RUN_FAILED;
    case WORK_WAITING:
        return stop(run, row, RUN_WAITING, "waiting", err);
    case WORK_FAILED:
        break;
    }
    if (run->work) {
        err_fail(err, ERR_FLOW_CANCELLED, NULL);
        return RUN_CANCELLED;
    }
    enum exit_code code = err_exit(err ? err->code : ERR_INTERNAL);
    if (code == EXIT_WAITING) {
        return stop(run, row, RUN_WAITING, "waiting", err);
    }
    return run->cancelled ? stop(run, row, RUN_CANCELLED, "editing", err) : stop(run, row, RUN_FAILED, "failed", err);
}

void run_cancel(struct run *run)
{
    run->cancelled = true;
    if (run->at < run->n_rows && run->step_started && !run->work) {
        tell_cancel(run, &run->rows[run->at]);
    }
}

bool run_undo(struct run *run, struct err *err)
{
    for (size_t i = run->n_rows; i-- > 0;) {
        const struct step_type *type = run->rows[i].type;
        if (type->undo && !type->undo(run, err)) {
            return false;
        }
    }
    return true;
}

/* ---- looking at it ---- */

size_t run_n_steps(const struct run *run)
{
    return run->n_rows;
}

const struct step_type *run_step(const struct run *run, size_t i)
{
    return run->rows[i].type;
}

bool run_step_done(const struct run *run, size_t i)
{
    return run->rows[i].done;
}

bool run_step_running(const struct run *run, size_t i)
{
    return run->rows[i].running;
}

int64_t run_step_ms(const struct run *run, size_t i)
{
    const struct run_row *row = &run->rows[i];
    return row->running ? when_monotonic_ms() - row->started_ms : row->took_ms;
}

const char *run_step_note(const struct run *run, size_t i)
{
    if (run->work && i == run->at) { /* its note is being written */
        return run_work_note(run);
    }
    return run->rows[i].note ? run->rows[i].note : "";
}

struct session *run_session(struct run *run)
{
    return run->session;
}

struct engine *run_engine(struct run *run)
{
    return &run->engine;
}
