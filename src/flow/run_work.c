/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a step does at a token happens in a thread of its own, its start in one and each of its polls in another: any of them may wait
 * for a PIN on a keypad or for a touch (a signature for TLS, too), and the screen stays alive meanwhile. The thread has session and
 * engine to itself; whoever polls only looks at the rows.
 */
#include "config.h"

#include <stdlib.h>

#include "base/err.h"
#include "flow/errand.h"
#include "flow/run_internal.h"
#include "nss/nssdb.h"

#define POLL_MS 200 /* a step's poll waits for the network at most this long; less than ERRAND_ABANDON_MS */

struct run_work {
    struct run *run;
    struct errand *errand;
    enum run_work_kind kind;
    int wait_ms;                 /* of a poll */
    enum step_progress progress; /* what a poll said */
    bool token;                  /* not the database itself */
    char *note;                  /* the row's, which is being written */
};

static bool start_step(void *arg, struct err *err)
{
    struct run_work *w = arg;
    return w->run->rows[w->run->at].type->start(w->run, err);
}

/* Waiting for an agent comes with an error as well. */
static bool poll_step(void *arg, struct err *err)
{
    struct run_work *w = arg;
    w->progress = w->run->rows[w->run->at].type->poll(w->run, w->wait_ms, err);
    return w->progress == WORK_RUNNING || w->progress == WORK_DONE;
}

static void drop(struct run *run)
{
    free(run->work->note);
    free(run->work);
    run->work = NULL;
}

bool run_work_begin(struct run *run, enum run_work_kind kind, int wait_ms, struct err *err)
{
    struct run_work *w = xcalloc(1, sizeof *w);
    const char *note = run->rows[run->at].note;
    int most = wait_ms * 3 / 4; /* so that it ends while it is polled, and the row can be looked at */
    w->run = run;
    w->kind = kind;
    w->wait_ms = most < POLL_MS ? most : POLL_MS;
    w->token = !nssdb_token_is_internal(run_answer(run, "tokenname")) || !nssdb_token_is_internal(run_agent_token(run));
    w->note = xstrdup(note ? note : "");
    run->work = w;
    w->errand = errand_start(run->secrets, kind == RUN_WORK_START ? start_step : poll_step, w, err);
    if (!w->errand) {
        drop(run);
    }
    return run->work != NULL;
}

enum step_progress run_work_poll(struct run *run, int wait_ms, struct err *err)
{
    struct run_work *w = run->work;
    if (!errand_poll(w->errand, wait_ms)) {
        if (run->cancelled) {
            errand_cancel(w->errand);
        }
        return errand_is_lost(w->errand) ? WORK_FAILED : WORK_RUNNING;
    }
    bool ok = errand_finish(w->errand, err);
    enum step_progress progress = w->kind == RUN_WORK_POLL ? w->progress : ok ? WORK_DONE : WORK_FAILED;
    drop(run);
    return progress;
}

enum run_work_kind run_work_kind(const struct run *run)
{
    return run->work ? run->work->kind : RUN_WORK_NONE;
}

bool run_is_busy(const struct run *run)
{
    return run->work != NULL;
}

const char *run_work_note(const struct run *run)
{
    const char *hint = errand_hint(run->work->errand, run->work->token);
    return *hint ? hint : run->work->note;
}
