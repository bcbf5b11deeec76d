/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_PAGES_H
#define CMCW_PRACTICE_PAGES_H
/*
 * Pages for people with a browser, named as in Dogtag: the form that takes a pasted CMC request (profileSelect,
 * profileSubmit; body without armour or with it), and the search of issued certificates (srchCerts). Everything from outside
 * is escaped and made visible.
 */
#include "practice/ca_private.h"

void page_start(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply);
void page_form(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply);
void page_submit(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply);
void page_search(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply);
#endif
