/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_PROTOCOL_H
#define CMCW_FLOW_PROTOCOL_H
/*
 * How an enrollment's request travels: to the CA's own CMC servlets, or through an EST server (RFC 7030). The answer "servlet"
 * decides when it is a path of EST's, then the answer "protocol", then the CA description; else it is the CA's servlets.
 */
#include "base/mem.h"

struct session;

bool protocol_is_est(const struct session *session);
/* The first path to ask there: EST's fullcmc with its label, else "/". Caller frees. */
char *protocol_path(const struct session *session) MUST_CHECK;
#endif
