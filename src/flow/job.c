/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/job.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"

struct job {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done, result;
    bool (*fn)(void *arg, struct err *err);
    void *arg;
    struct err err;
};

/* What a library left on the thread's stack, such as NSS its copy of a PIN: the stack is kept for the next thread. */
static __attribute__((noinline)) void wipe_stack(void)
{
    char used[128 * 1024];
    mem_wipe(used, sizeof used);
}

static void *thread_main(void *data)
{
    struct job *job = data;
    bool result = job->fn(job->arg, &job->err);
    wipe_stack();
    pthread_mutex_lock(&job->lock);
    job->result = result;
    job->done = true;
    pthread_cond_signal(&job->ended);
    pthread_mutex_unlock(&job->lock);
    return NULL;
}

struct job *job_start(bool (*fn)(void *arg, struct err *err), void *arg, struct err *err)
{
    struct job *job = xcalloc(1, sizeof *job);
    job->fn = fn;
    job->arg = arg;
    pthread_mutex_init(&job->lock, NULL);
    pthread_cond_init(&job->ended, NULL);
    int rc = pthread_create(&job->thread, NULL, thread_main, job);
    if (rc != 0) {
        errno = rc;
        err_fail_errno(err, ERR_NO_MEMORY, NULL);
        free(job);
        return NULL;
    }
    return job;
}

bool job_poll(struct job *job, int wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&job->lock);
    int rc = 0;
    while (!job->done && rc == 0) {
        rc = pthread_cond_timedwait(&job->ended, &job->lock, &until);
    }
    bool done = job->done;
    pthread_mutex_unlock(&job->lock);
    return done;
}

bool job_finish(struct job *job, struct err *err)
{
    pthread_join(job->thread, NULL);
    bool result = job->result;
    if (!result) {
        err_move(err, &job->err);
    }
    err_release(&job->err);
    pthread_cond_destroy(&job->ended);
    pthread_mutex_destroy(&job->lock);
    free(job);
    return result;
}
