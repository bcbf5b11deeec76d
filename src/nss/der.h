/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_DER_H
#define CMCW_NSS_DER_H
/*
 * ASN.1 octets (X.690): a bounded reader of definite-length TLVs, a writer, OIDs, times, and BER to DER.
 * Readers never look beyond the bytes given, accept only single-octet tags, lengths up to 4 octets, and lend
 * views of the input. They return false on anything damaged and leave the error text to the caller, who knows
 * what it was reading. Writers append to a buf and fail only at its maximum.
 */
#include "base/bytes.h"

enum der_tag {
    ASN1_BOOLEAN = 0x01,
    ASN1_INTEGER = 0x02,
    ASN1_BIT_STRING = 0x03,
    ASN1_OCTET_STRING = 0x04,
    ASN1_NULL = 0x05,
    ASN1_OID = 0x06,
    ASN1_UTF8 = 0x0c,
    ASN1_PRINTABLE = 0x13,
    ASN1_TELETEX = 0x14,
    ASN1_IA5 = 0x16,
    ASN1_UTC_TIME = 0x17,
    ASN1_GENERALIZED_TIME = 0x18,
    ASN1_UNIVERSAL = 0x1c,
    ASN1_BMP = 0x1e,
    ASN1_SEQUENCE = 0x30,
    ASN1_SET = 0x31
};
#define ASN1_CONTEXT(n) ((uint8_t)(0x80 | (n)))             /* [n] IMPLICIT primitive */
#define ASN1_CONTEXT_CONSTRUCTED(n) ((uint8_t)(0xa0 | (n))) /* [n] EXPLICIT, or IMPLICIT constructed */
#define DER_DEPTH_MAX 64

struct der_tlv {
    uint8_t tag;
    struct bytes body;  /* content octets */
    struct bytes whole; /* tag, length and content */
};

/* Takes the next TLV from the front of rest. False at the end or when damaged (use rest->len to tell which).
 */
bool der_next(struct bytes *rest, struct der_tlv *out) MUST_CHECK;
/* The same, and its tag must be tag; only the content is given. Untouched when false. */
bool der_take(struct bytes *rest, uint8_t tag, struct bytes *body) MUST_CHECK;
/* The same, with tag and length octets. */
bool der_take_whole(struct bytes *rest, uint8_t tag, struct bytes *whole) MUST_CHECK;
/* Tag of the next TLV, or -1 at the end. */
int der_peek(struct bytes rest);
/* The input is exactly one TLV with this tag. */
bool der_only(struct bytes in, uint8_t tag, struct bytes *body) MUST_CHECK;
/* INTEGER content as a number; false when it does not fit 64 bits. */
bool der_int(struct bytes content, int64_t *out) MUST_CHECK;
/* BIT STRING content without its first octet; false unless the number of unused bits is 0. */
bool der_bits(struct bytes content, struct bytes *out) MUST_CHECK;
/* UTCTime (1950..2049) or GeneralizedTime content, in Z, seconds needed. */
bool der_time(uint8_t tag, struct bytes content, int64_t *out) MUST_CHECK;
/* OID content as dotted text; NULL when damaged. Caller frees. */
char *der_oid_text(struct bytes content) MUST_CHECK;
/* OID content equals dotted text. */
bool der_oid_is(struct bytes content, const char *dotted);

/* One TLV around content. */
bool der_put(struct buf *out, uint8_t tag, struct bytes content) MUST_CHECK;
/* INTEGER of a number / of big-endian magnitude octets (leading zeros dropped, 00 put in front where needed).
 */
bool der_put_int(struct buf *out, int64_t value) MUST_CHECK;
bool der_put_unsigned(struct buf *out, struct bytes magnitude) MUST_CHECK;
/* Whole OID TLV from dotted text; false on bad text. */
bool der_put_oid(struct buf *out, const char *dotted) MUST_CHECK;
/* BIT STRING with 0 unused bits. */
bool der_put_bits(struct buf *out, struct bytes bits) MUST_CHECK;
/* UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5). */
bool der_put_time(struct buf *out, int64_t when) MUST_CHECK;
/* SET OF: the n elements (whole TLVs) sorted by their DER (X.690 11.6) within one TLV with this tag. */
bool der_put_set_of(struct buf *out, uint8_t tag, const struct bytes *elements, size_t n) MUST_CHECK;
/* AlgorithmIdentifier { OID, NULL } or { OID }. */
bool der_put_alg(struct buf *out, const char *dotted, bool with_null) MUST_CHECK;

/* Copies exactly one BER value: indefinite lengths become definite, constructed OCTET and BIT STRINGs
 * primitive, lengths minimal. DER comes out as it went in. Order of SET OF is kept (signed attributes are
 * judged as received). Nesting up to DER_DEPTH_MAX. ERR_NSS_DER when damaged, followed by other octets, or
 * too deep. */
bool der_from_ber(struct bytes ber, struct buf *out, struct err *err) MUST_CHECK;
#endif
