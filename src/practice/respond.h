/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_RESPOND_H
#define CMCW_PRACTICE_RESPOND_H
/* Answers: signed CMC responses, Dogtag's HTML pages, JSON; and reading of query strings. */
#include "practice/cmc_run.h"

struct json;

void respond_success(struct cmc_run *run, struct practice_reply *reply);
void respond_refusal(struct cmc_run *run, struct practice_reply *reply);
/* HTTP 200 with the page "has encountered an unrecoverable error". */
void respond_breakdown(struct practice_reply *reply, const char *message);
void respond_not_found(struct practice_reply *reply, const char *path);
/* Takes the value. */
void respond_json(struct practice_reply *reply, int status, struct json *taken);
void respond_bytes(struct practice_reply *reply, const char *content_type, struct bytes body);
/* {"Attributes":..,"ClassName":..,"Code":..,"Message":..} */
void respond_rest_error(struct practice_reply *reply, int status, const char *class_name, const char *message);

/* Decoded value of a query or form parameter, or NULL. Caller frees. */
char *query_value(const char *query, const char *name) MUST_CHECK;
/* Text for HTML: < > & " ' and control characters replaced. Caller frees. */
char *html_escape(const char *text) MUST_CHECK;
#endif
