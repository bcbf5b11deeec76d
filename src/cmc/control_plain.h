/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_CONTROL_PLAIN_H
#define CMCW_CMC_CONTROL_PLAIN_H
/*
 * Values of the controls that are one primitive (RFC 5272 6.1-6.6, 6.12-6.14):
 *   OCTET STRING  identityProof, dataReturn, senderNonce, recipientNonce, regInfo, responseInfo, popLinkRandom,
 *                 popLinkWitness, queryPending
 *   UTF8String    identification
 *   INTEGER       transactionId
 * Encoders append the value's TLV; decoders lend (octets, integer content) or copy (text). ERR_CMC_DECODE on anything
 * else.
 */
#include "base/bytes.h"

bool control_octets_encode(struct bytes octets, struct buf *der, struct err *err) MUST_CHECK;
bool control_octets_decode(struct bytes der, struct bytes *octets, struct err *err) MUST_CHECK;
/* Text must be valid UTF-8 and not empty. */
bool control_text_encode(const char *text, struct buf *der, struct err *err) MUST_CHECK;
/* raw = the octets as sent (proofs are computed over them). Lends. */
bool control_text_decode(struct bytes der, struct bytes *raw, struct err *err) MUST_CHECK;
/* magnitude: big-endian unsigned (the octets of a transaction id text, as Dogtag reads it). */
bool control_integer_encode(struct bytes magnitude, struct buf *der, struct err *err) MUST_CHECK;
/* content octets of the INTEGER, minimal two's complement. Lends. */
bool control_integer_decode(struct bytes der, struct bytes *content, struct err *err) MUST_CHECK;
/* Signed decimal text of INTEGER content octets; beyond 512 octets the first in hex. Caller frees. */
char *control_integer_text(struct bytes content) MUST_CHECK;
#endif
