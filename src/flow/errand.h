/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_ERRAND_H
#define CMCW_FLOW_ERRAND_H
/*
 * Work in a thread of its own that may ask a person for a password: a token keeps it waiting for a PIN on its keypad or for a touch,
 * and the screen stays alive. What it asks through the secrets is asked by the thread that polls.
 */
#include "flow/secrets.h"

#define ERRAND_HINT_MS 2000    /* what takes longer on a token probably waits for a person */
#define ERRAND_ABANDON_MS 1000 /* how long a cancelled token has */

struct errand;

/* Runs fn(arg, err) in a thread. arg, and whatever fn uses, belongs to it until errand_finish; the secrets until then ask nobody else. */
struct errand *errand_start(struct secrets *secrets, bool (*fn)(void *arg, struct err *err), void *arg, struct err *err) MUST_CHECK;
/* Waits at most wait_ms, and asks a person when fn wants it; true when fn has returned. */
bool errand_poll(struct errand *e, int wait_ms);
/* Nobody waits for it any more. A call into a token cannot be interrupted: errand_poll says when it ends after all. */
void errand_cancel(struct errand *e);
/* It was cancelled ERRAND_ABANDON_MS ago and has not ended: the program can only leave by _exit(). */
bool errand_is_lost(const struct errand *e);
/* "The token may be waiting for you…" once it takes long, and token says that one is in use; else "". */
const char *errand_hint(const struct errand *e, bool token);
/* After errand_poll said true: frees it and gives fn's result and error. */
bool errand_finish(struct errand *e, struct err *err) MUST_CHECK;
#endif
