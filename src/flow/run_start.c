/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step's start in a thread of its own: a token may keep it waiting for a PIN on its keypad, or for a touch, and the screen stays
 * alive meanwhile. The thread has session and engine to itself; whoever polls only looks at the rows. What it asks a person is asked
 * by the polling thread.
 */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/when.h"
#include "flow/job.h"
#include "flow/run_internal.h"
#include "nss/nssdb.h"

#define SLICE_MS 10        /* between looks for a question */
#define HINT_MS 2000       /* a step that takes longer on a token probably waits for a person */
#define ABANDON_MS 1000    /* how long a cancelled token has */

/* One question on its way from the step's thread to the polling one. */
struct question {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool waits, done, ok;
    const char *name, *token;
    bool retry;
    int tries_left;
    struct secret *out;
    struct err *err;
    secrets_ask *ask; /* the front end's */
    void *ctx;
};

struct run_start {
    struct run *run;
    struct job *job;
    struct question question;
    int64_t cancelled_ms; /* 0 = not cancelled */
    bool token;           /* not the database itself */
};

/* In the step's thread. */
static bool ask_from_thread(void *ctx, const char *name, const char *token, bool retry, int tries_left, struct secret *out,
                            struct err *err)
{
    struct question *q = ctx;
    pthread_mutex_lock(&q->lock);
    q->name = name;
    q->token = token;
    q->retry = retry;
    q->tries_left = tries_left;
    q->out = out;
    q->err = err;
    q->done = false;
    q->waits = true;
    while (!q->done) {
        pthread_cond_wait(&q->answered, &q->lock);
    }
    bool ok = q->ok;
    pthread_mutex_unlock(&q->lock);
    return ok;
}

/* In the polling thread. */
static void answer_question(struct question *q)
{
    pthread_mutex_lock(&q->lock);
    bool waits = q->waits;
    pthread_mutex_unlock(&q->lock);
    if (!waits) {
        return;
    }
    bool ok = q->ask && q->ask(q->ctx, q->name, q->token, q->retry, q->tries_left, q->out, q->err);
    pthread_mutex_lock(&q->lock);
    q->waits = false;
    q->done = true;
    q->ok = ok || (!q->ask && err_fail(q->err, ERR_SECRET_NEEDED, NULL));
    pthread_cond_signal(&q->answered);
    pthread_mutex_unlock(&q->lock);
}

static bool start_step(void *arg, struct err *err)
{
    struct run *run = arg;
    return run->rows[run->at].type->start(run, err);
}

bool run_start_begin(struct run *run, struct err *err)
{
    struct run_start *s = xcalloc(1, sizeof *s);
    s->run = run;
    s->token = !nssdb_token_is_internal(run_answer(run, "tokenname")) || !nssdb_token_is_internal(run_agent_token(run));
    pthread_mutex_init(&s->question.lock, NULL);
    pthread_cond_init(&s->question.answered, NULL);
    secrets_ask_through(run->secrets, ask_from_thread, &s->question, &s->question.ask, &s->question.ctx);
    run->start = s;
    s->job = job_start(start_step, run, err);
    if (!s->job) {
        run_start_drop(run);
    }
    return s->job != NULL;
}

void run_start_drop(struct run *run)
{
    struct run_start *s = run->start;
    secrets_ask_through(run->secrets, s->question.ask, s->question.ctx, NULL, NULL);
    pthread_mutex_destroy(&s->question.lock);
    pthread_cond_destroy(&s->question.answered);
    run->start = NULL;
    free(s);
}

enum step_progress run_start_poll(struct run *run, int wait_ms, struct err *err)
{
    struct run_start *s = run->start;
    int64_t until = when_monotonic_ms() + wait_ms;
    bool ended;
    do {
        answer_question(&s->question);
        ended = job_poll(s->job, wait_ms < SLICE_MS ? wait_ms : SLICE_MS);
    } while (!ended && when_monotonic_ms() < until);
    if (!ended) {
        s->cancelled_ms = run->cancelled && !s->cancelled_ms ? when_monotonic_ms() : s->cancelled_ms;
        bool abandon = s->cancelled_ms && when_monotonic_ms() - s->cancelled_ms > ABANDON_MS;
        return abandon ? WORK_FAILED : WORK_RUNNING;
    }
    bool ok = job_finish(s->job, err);
    run_start_drop(run);
    return ok ? WORK_DONE : WORK_FAILED;
}

bool run_is_busy(const struct run *run)
{
    return run->start != NULL;
}

const char *run_start_hint(const struct run *run, int64_t elapsed_ms)
{
    return run->start->token && elapsed_ms > HINT_MS
               ? _("The token may be waiting for you: type the PIN on its keypad, or touch it.")
               : "";
}
