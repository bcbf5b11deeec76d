/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_SECRETS_H
#define CMCW_FLOW_SECRETS_H
/*
 * Where passwords come from during a run: given beforehand (typed on a page), a file, a descriptor (read once, then kept
 * in locked memory), and last a person, through the callback of the front end. Nothing here is ever saved.
 * The names are those of ANSWER_SECRET rows: "password", "agent.password", "agent.p12.password", "witness.sharedSecret".
 */
#include "base/secret.h"
#include "flow/answers.h"

struct secrets;

/* Asks a person. token is the NSS token's name for token passwords, else NULL. tries_left < 0: unknown. Returns false with
 * ERR_SECRET_NEEDED (nobody there) or ERR_FLOW_CANCELLED. */
typedef bool secrets_ask(void *ctx, const char *name, const char *token, bool retry, int tries_left, struct secret *out,
                         struct err *err);

struct secrets *secrets_new(secrets_ask *ask, void *ctx) MUST_CHECK;
/* An empty one that asks the same person: for work on another database, where what was given here is not meant. */
struct secrets *secrets_like(const struct secrets *s) MUST_CHECK;
void secrets_free(struct secrets *s);
/* From now on a person is asked through this; who was asked before is told (may be NULL). */
void secrets_ask_through(struct secrets *s, secrets_ask *ask, void *ctx, secrets_ask **before, void **ctx_before);
/* Copies the origins. */
void secrets_add_origins(struct secrets *s, const struct answers *answers);
void secrets_add_file(struct secrets *s, const char *name, const char *path);
void secrets_add_fd(struct secrets *s, const char *name, int fd);
/* A typed one; an unset value forgets it. */
void secrets_set(struct secrets *s, const char *name, const struct secret *value);
/* Wipes what was typed or read: it is needed no more. A file can be read again, a descriptor cannot: a person would be asked. */
void secrets_forget(struct secrets *s, const char *name);
/* The one that was typed or already read; NULL when a person or file would have to be asked. Lends. */
const struct secret *secrets_peek(const struct secrets *s, const char *name);
/* All sources in order. retry: the last one was wrong, so given ones are not offered again. Files of token passwords are
 * read with NSS password file syntax when token is given. */
bool secrets_get(struct secrets *s, const char *name, const char *token, bool retry, int tries_left, struct secret *out,
                 struct err *err) MUST_CHECK;
/* Whether a source other than a person exists. */
bool secrets_has(const struct secrets *s, const char *name);
/* Whether a file or a descriptor gives it. */
bool secrets_is_given(const struct secrets *s, const char *name);
#endif
