/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/errand.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/when.h"
#include "flow/job.h"

#define SLICE_MS 10 /* between looks for a question */

/* One question on its way from the errand's thread to the polling one. */
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

struct errand {
    struct secrets *secrets;
    struct job *job;
    struct question question;
    int64_t began_ms, cancelled_ms; /* 0 = not cancelled */
};

/* In the errand's thread. */
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

static void drop(struct errand *e)
{
    secrets_ask_through(e->secrets, e->question.ask, e->question.ctx, NULL, NULL);
    pthread_mutex_destroy(&e->question.lock);
    pthread_cond_destroy(&e->question.answered);
    free(e);
}

struct errand *errand_start(struct secrets *secrets, bool (*fn)(void *arg, struct err *err), void *arg, struct err *err)
{
    struct errand *e = xcalloc(1, sizeof *e);
    e->secrets = secrets;
    e->began_ms = when_monotonic_ms();
    pthread_mutex_init(&e->question.lock, NULL);
    pthread_cond_init(&e->question.answered, NULL);
    secrets_ask_through(secrets, ask_from_thread, &e->question, &e->question.ask, &e->question.ctx);
    e->job = job_start(fn, arg, err);
    if (!e->job) {
        drop(e);
        return NULL;
    }
    return e;
}

bool errand_poll(struct errand *e, int wait_ms)
{
    int64_t until = when_monotonic_ms() + wait_ms;
    bool ended;
    do {
        answer_question(&e->question);
        ended = job_poll(e->job, wait_ms < SLICE_MS ? wait_ms : SLICE_MS);
    } while (!ended && when_monotonic_ms() < until);
    return ended;
}

void errand_cancel(struct errand *e)
{
    e->cancelled_ms = e->cancelled_ms ? e->cancelled_ms : when_monotonic_ms();
}

bool errand_is_lost(const struct errand *e)
{
    return e->cancelled_ms && when_monotonic_ms() - e->cancelled_ms > ERRAND_ABANDON_MS;
}

const char *errand_hint(const struct errand *e, bool token)
{
    return token && when_monotonic_ms() - e->began_ms > ERRAND_HINT_MS
               ? _("The token may be waiting for you: type the PIN on its keypad, or touch it.")
               : "";
}

bool errand_finish(struct errand *e, struct err *err)
{
    bool ok = job_finish(e->job, err);
    drop(e);
    return ok;
}
