/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TOOLS_FIND_H
#define CMCW_TOOLS_FIND_H
/* What `cmc find`, `cmc fetch` and `pki ca-cert-*` share. */
#include "net/carest.h"

/* "2026-11-20" -> its first second in UTC. ERR_USAGE. */
bool find_date(const char *text, int64_t *out, struct err *err) MUST_CHECK;
/* One certificate by serial, decimal or "0x" hex; the answer must be that certificate. ERR_NET_REST_*. */
bool find_fetch(struct carest *rest, const char *serial, struct ca_cert *out, struct err *err) MUST_CHECK;
#endif
