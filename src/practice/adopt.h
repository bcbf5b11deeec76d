/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_ADOPT_H
#define CMCW_PRACTICE_ADOPT_H
/* Clients of a recorded CA (tests/vectors/ca/_client-pem): its certificates count as ours, its agents as agents, its users get
 * shared tokens with the recorded secrets; profiles that were enabled there are enabled. ERR_PRACTICE_ADOPT. */
#include "practice/ca_private.h"

bool adopt_clients(struct practice_ca *ca, const char *dir, struct err *err) MUST_CHECK;
/* Shared token (base64) for a secret, as CMCSharedToken makes it. oaep: for CAs with keyWrap.useOAEP. */
bool adopt_token(struct practice_ca *ca, const char *secret, bool oaep, struct buf *base64, struct err *err) MUST_CHECK;
#endif
