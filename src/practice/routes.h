/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_ROUTES_H
#define CMCW_PRACTICE_ROUTES_H
/* Which path is answered by what: one table in routes.c. */
#include "practice/ca_private.h"

void routes_answer(struct practice_ca *ca, const struct practice_request *request, struct practice_reply *reply);
#endif
