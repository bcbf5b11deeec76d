/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_ASN1_H
#define CMCW_CMC_ASN1_H
/*
 * SEC_ASN1 templates (NSS) with bounded input; private to src/cmc. Fixed structures are written as templates, each
 * below its ASN.1 and RFC section. Where servers deviate from the standard (optional parts, tags), the cursor of
 * nss/der.h reads element by element instead.
 *
 * Decoding is by SEC_QuickDERDecodeItem: it needs definite lengths (asn1_prepare), refuses trailing octets, and its
 * SECItems lend from the input. Limits before anything is decoded: ASN1_MAX_DEPTH levels, ASN1_MAX_ITEMS elements.
 */
#include <secasn1.h>
#include <secitem.h>
#include <secport.h>

#include "base/bytes.h"
#include "base/err.h"
#include "nss/der.h"

#define ASN1_MAX_DEPTH 48
#define ASN1_MAX_ITEMS 100000

struct asn1 {
    PLArenaPool *arena;
};

/* Leaves for sub-templates. */
extern const SEC_ASN1Template asn1_any[];
extern const SEC_ASN1Template asn1_octet_string[];
extern const SEC_ASN1Template asn1_sequence_of_any[];
extern const SEC_ASN1Template asn1_set_of_any[];
/* AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL } */
struct asn1_alg_id {
    SECItem oid;
    SECItem params; /* TLV; len 0 when absent */
};
extern const SEC_ASN1Template asn1_alg_id_template[];

void asn1_init(struct asn1 *a);
void asn1_release(struct asn1 *a);
/* in is exactly one element within the limits; out receives it with definite lengths (out's max is set here).
 * ERR_CMC_NOT_DER, ERR_CMC_TOO_COMPLEX, ERR_CMC_TOO_BIG. */
bool asn1_prepare(struct bytes in, struct buf *out, struct err *err) MUST_CHECK;
/* what: the ASN.1 name for the error ("SignerInfo"). ERR_CMC_DECODE. */
bool asn1_decode(struct asn1 *a, void *dest, const SEC_ASN1Template *template, struct bytes der, const char *what,
                 struct err *err) MUST_CHECK;
/* Appends. ERR_CMC_ENCODE. */
bool asn1_encode(const void *src, const SEC_ASN1Template *template, const char *what, struct buf *out,
                 struct err *err) MUST_CHECK;
/* ERR_CMC_DECODE naming the structure. */
bool asn1_damaged(struct err *err, const char *what);
bool asn1_unwritable(struct err *err, const char *what);

/* Number of entries of a NULL terminated array that a template made. */
size_t asn1_count(SECItem *const *items);
static inline struct bytes asn1_bytes(const SECItem *item)
{
    return BYTES(item->data, item->len);
}
static inline SECItem asn1_item(struct bytes b)
{
    return (SECItem){siBuffer, (unsigned char *)(uintptr_t)b.data, (unsigned)b.len};
}
/* BodyPartID ::= INTEGER (0..4294967295). Content octets. */
bool asn1_body_part_id(struct bytes content, uint32_t *id) MUST_CHECK;
/* Concatenated TLVs sorted as DER sorts a SET OF, within one TLV. ERR_CMC_TOO_MANY beyond max elements. */
bool asn1_put_sorted(struct buf *out, uint8_t tag, struct bytes concatenated, size_t max, struct err *err) MUST_CHECK;
/* AlgorithmIdentifier TLV taken from the cursor: dotted OID (caller frees) and parameters. False when damaged. */
bool asn1_take_alg(struct bytes *rest, char **oid, struct bytes *params,
                   struct bytes *whole) MUST_CHECK; /* GeneralizedTime whatever the year (RFC 5272 has no UTCTime). */
bool asn1_put_generalized_time(struct buf *out, int64_t t) MUST_CHECK;
#endif
