/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_JOB_H
#define CMCW_FLOW_JOB_H
/*
 * Work that blocks (key generation, a signature on a slow token) in a thread of its own, so that the screen stays alive.
 * The function must not ask for passwords (log in first) and must not touch the screen or the session.
 */
#include "base/mem.h"

struct err;
struct job;

/* Runs fn(arg, err) in a thread; arg must live until job_finish. */
struct job *job_start(bool (*fn)(void *arg, struct err *err), void *arg, struct err *err) MUST_CHECK;
/* Waits at most wait_ms; true when the function has returned. */
bool job_poll(struct job *job, int wait_ms);
/* Waits for the end, frees the job and gives the function's result and error. */
bool job_finish(struct job *job, struct err *err) MUST_CHECK;
#endif
