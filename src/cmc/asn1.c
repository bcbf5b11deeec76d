/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/asn1.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/when.h"

const SEC_ASN1Template asn1_any[] = {{SEC_ASN1_ANY, 0, NULL, sizeof(SECItem)}};
const SEC_ASN1Template asn1_octet_string[] = {{SEC_ASN1_OCTET_STRING, 0, NULL, sizeof(SECItem)}};
const SEC_ASN1Template asn1_sequence_of_any[] = {{SEC_ASN1_SEQUENCE_OF, 0, asn1_any, 0}};
const SEC_ASN1Template asn1_set_of_any[] = {{SEC_ASN1_SET_OF, 0, asn1_any, 0}};
const SEC_ASN1Template asn1_alg_id_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct asn1_alg_id)},
    {SEC_ASN1_OBJECT_ID, offsetof(struct asn1_alg_id, oid), NULL, 0},
    {SEC_ASN1_OPTIONAL | SEC_ASN1_ANY, offsetof(struct asn1_alg_id, params), NULL, 0},
    {0, 0, NULL, 0}};

void asn1_init(struct asn1 *a)
{
    a->arena = PORT_NewArena(2048);
    if (!a->arena) {
        abort(); /* as xmalloc: a few KiB are not there */
    }
}

void asn1_release(struct asn1 *a)
{
    if (a->arena) {
        PORT_FreeArena(a->arena, PR_TRUE);
        a->arena = NULL;
    }
}

bool asn1_damaged(struct err *err, const char *what)
{
    return err_fail(err, ERR_CMC_DECODE, _("It stands in the part that the standards call %s."), what);
}

bool asn1_unwritable(struct err *err, const char *what)
{
    return err_fail(err, ERR_CMC_ENCODE, _("It is the part that the standards call %s."), what);
}

/* Counts elements; der is definite, so every constructed element can be walked by its content. */
static bool within_limits(struct bytes der, int depth, size_t *items)
{
    if (depth > ASN1_MAX_DEPTH) {
        return false;
    }
    struct der_tlv tlv;
    while (der.len > 0 && der_next(&der, &tlv)) {
        if (++*items > ASN1_MAX_ITEMS) {
            return false;
        }
        if ((tlv.tag & 0x20) && !within_limits(tlv.body, depth + 1, items)) {
            return false;
        }
    }
    return true;
}

bool asn1_prepare(struct bytes in, struct buf *out, struct err *err)
{
    *out = (struct buf)BUF_INIT_SECRET(BUF_MAX_MESSAGE); /* a message may carry a passphrase */
    if (in.len > BUF_MAX_MESSAGE) {
        return err_fail(err, ERR_CMC_TOO_BIG, NULL);
    }
    if (!der_from_ber(in, out, NULL)) {
        buf_release(out);
        return err_fail(err, ERR_CMC_NOT_DER, NULL);
    }
    size_t items = 0;
    if (!within_limits(buf_peek(out), 0, &items)) {
        buf_release(out);
        return err_fail(err, ERR_CMC_TOO_COMPLEX, NULL);
    }
    return true;
}

bool asn1_decode(struct asn1 *a, void *dest, const SEC_ASN1Template *template, struct bytes der, const char *what,
                 struct err *err)
{
    SECItem item = asn1_item(der);
    if (der.len == 0 || SEC_QuickDERDecodeItem(a->arena, dest, template, &item) != SECSuccess) {
        return asn1_damaged(err, what);
    }
    return true;
}

bool asn1_encode(const void *src, const SEC_ASN1Template *template, const char *what, struct buf *out, struct err *err)
{
    SECItem encoded = {siBuffer, NULL, 0};
    bool ok = SEC_ASN1EncodeItem(NULL, &encoded, src, template) && buf_append(out, encoded.data, encoded.len);
    SECITEM_ZfreeItem(&encoded, PR_FALSE);
    return ok || asn1_unwritable(err, what);
}

size_t asn1_count(SECItem *const *items)
{
    size_t n = 0;
    while (items && items[n]) {
        n++;
    }
    return n;
}

bool asn1_body_part_id(struct bytes content, uint32_t *id)
{
    int64_t value;
    if (!der_int(content, &value) || value < 0 || value > UINT32_MAX) {
        return false;
    }
    *id = (uint32_t)value;
    return true;
}

bool asn1_put_sorted(struct buf *out, uint8_t tag, struct bytes concatenated, size_t max, struct err *err)
{
    struct bytes *elements = xcalloc(max + 1, sizeof(*elements));
    size_t n = 0;
    struct der_tlv tlv;
    bool ok = true;
    while (ok && concatenated.len > 0) {
        if (n >= max) {
            ok = err_fail(err, ERR_CMC_TOO_MANY, NULL);
        } else if (!der_next(&concatenated, &tlv)) {
            ok = asn1_unwritable(err, "SET OF");
        } else {
            elements[n++] = tlv.whole;
        }
    }
    if (ok && !der_put_set_of(out, tag, elements, n)) {
        ok = asn1_unwritable(err, "SET OF");
    }
    free(elements);
    return ok;
}

bool asn1_take_alg(struct bytes *rest, char **oid, struct bytes *params, struct bytes *whole)
{
    struct bytes all;
    struct bytes body;
    struct bytes name;
    if (!der_take_whole(rest, ASN1_SEQUENCE, &all) || !der_only(all, ASN1_SEQUENCE, &body) ||
        !der_take(&body, ASN1_OID, &name)) {
        return false;
    }
    char *text = der_oid_text(name);
    if (!text) {
        return false;
    }
    *oid = text;
    *params = body; /* TLV or nothing */
    *whole = all;
    return true;
}

/* GeneralizedTime, YYYYMMDDHHMMSSZ, whatever the year. */
bool asn1_put_generalized_time(struct buf *out, int64_t t)
{
    char *text = when_rfc3339(t);
    char digits[16];
    size_t n = 0;
    for (const char *p = text; *p && n < 14; p++) {
        if (*p >= '0' && *p <= '9') {
            digits[n++] = *p;
        }
    }
    digits[n++] = 'Z';
    free(text);
    return n == 15 && der_put(out, ASN1_GENERALIZED_TIME, BYTES(digits, n));
}
