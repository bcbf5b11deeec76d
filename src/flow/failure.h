/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_FAILURE_H
#define CMCW_FLOW_FAILURE_H
/*
 * What a failure page says, the same in every front end: what happened, why it probably did (likeliest first, by the facts of this
 * enrollment), what can be done, who can help, a stable id, and technical details to unfold. No secret is in it.
 *
 *     struct failure f;
 *     failure_make(&f, run, &err);
 *     char *text = failure_text(&f);
 *     failure_release(&f);
 */
#include "base/strv.h"
#include "flow/run.h"

struct json;

struct failure {
    enum err_code code;
    struct strv said;    /* what the layers and the CA said, outermost first */
    struct strv causes;  /* whole translated sentences, likeliest first */
    struct strv known;   /* of a proof with a shared secret: what this enrollment knows of it, whole translated sentences */
    const char *todo;    /* translated; "" */
    const char *who;     /* translated */
    char *contact;       /* whom the description of the CA tells people to ask; visible text, owned; NULL = it does not say */
    char *details;       /* "  name  value" lines, never translated; owned */
    char *card;          /* path of the card for the CA's administrator; owned; NULL = none was written */
};

/* run may be NULL: then only the error is known. Writes the card into the enrollment's folder when a CA was involved. */
void failure_make(struct failure *f, struct run *run, const struct err *err);
void failure_release(struct failure *f);
/* Headings and paragraphs, without the details. Caller frees. */
char *failure_text(const struct failure *f) MUST_CHECK;
/* What err_report() does not say: causes, who can help, the card; for standard error. Caller frees. */
char *failure_more(const struct failure *f) MUST_CHECK;
/* {"id","exit","what","said":[],"causes":[],"known":[],"todo","who","contact","card"}: members of the error event. Caller frees. */
struct json *failure_json(const struct failure *f) MUST_CHECK;

/* What is known of a proof with a shared secret: user id, algorithms, clock, directory; appends nothing for other errors. */
void failure_known(struct run *run, enum err_code code, const char *(*translate)(const char *), struct strv *out);
/* Causes of an error by the facts of a run, then those that are general for it; translate is gettext or the identity (cards are
 * bilingual). Appends. run may be NULL. */
void failure_causes(struct run *run, enum err_code code, const char *(*translate)(const char *), struct strv *out);
#endif
