/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_SERIAL_H
#define CMCW_FLOW_SERIAL_H
/* Serial numbers as people write them: decimal, or hex after 0x; up to 20 octets (RFC 5280 4.1.2.2) and some more. */
#include "base/bytes.h"

#define SERIAL_MAX 64 /* octets */
/* Appends INTEGER content octets (a 00 in front where the top bit is set). ERR_CFG_NUMBER. */
bool serial_parse(const char *text, struct buf *content, struct err *err) MUST_CHECK;
/* Decimal text of INTEGER content. Caller frees. */
char *serial_decimal(struct bytes content) MUST_CHECK;
#endif
