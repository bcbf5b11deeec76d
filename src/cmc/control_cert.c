/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/control_cert.h"

#include <strings.h>

#include "base/err.h"
#include "base/i18n.h"
#include "cmc/asn1.h"

static const char *const reasons[] = {
    "unspecified",   "keyCompromise",        "caCompromise",    "affiliationChanged",
    "superseded",    "cessationOfOperation", "certificateHold", NULL,
    "removeFromCRL", "privilegeWithdrawn",   "aACompromise",
};
#define REASON_LAST_SENDABLE 8

bool revoke_reason_by_name(const char *name, int *reason)
{
    for (int i = 0; i <= REASON_LAST_SENDABLE; i++) {
        if (reasons[i] && strcasecmp(reasons[i], name) == 0) {
            *reason = i;
            return true;
        }
    }
    return false;
}

const char *revoke_reason_name(int reason)
{
    return reason >= 0 && (size_t)reason < ARRAY_LEN(reasons) && reasons[reason] ? reasons[reason] : "unknown";
}

/* Name (TLV) and serial number as one SEQUENCE; wrap: the Name in a SEQUENCE of its own (a GeneralNames that JSS leaves
 * untagged). */
static bool encode_pair(const struct issuer_serial *is, bool wrap, const char *what, struct buf *der, struct err *err)
{
    if (is->issuer_der.len == 0 || is->serial.len == 0) {
        return err_fail(err, ERR_CMC_VALUE, _("Issuer and serial number are both needed."));
    }
    struct buf body = BUF_INIT(BUF_MAX_TEXT);
    bool ok = (wrap ? der_put(&body, ASN1_SEQUENCE, is->issuer_der) : buf_append_bytes(&body, is->issuer_der)) &&
              der_put(&body, ASN1_INTEGER, is->serial) && der_put(der, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok || asn1_unwritable(err, what);
}

/* A Name; directoryName [4] of a GeneralName; or a SEQUENCE around one Name. A Name's elements are SETs, so they can be
 * told apart. */
static bool take_issuer(struct bytes *rest, struct bytes *issuer)
{
    struct der_tlv tlv;
    if (!der_next(rest, &tlv)) {
        return false;
    }
    if (tlv.tag == ASN1_CONTEXT_CONSTRUCTED(4)) {
        struct bytes inner = tlv.body;
        return der_take_whole(&inner, ASN1_SEQUENCE, issuer) && inner.len == 0;
    }
    if (tlv.tag != ASN1_SEQUENCE) {
        return false;
    }
    struct bytes inner = tlv.body;
    int first = der_peek(inner);
    if (first == ASN1_CONTEXT_CONSTRUCTED(4)) { /* GeneralNames */
        return take_issuer(&inner, issuer) && inner.len == 0;
    }
    if (first == ASN1_SEQUENCE) {
        return der_take_whole(&inner, ASN1_SEQUENCE, issuer) && inner.len == 0;
    }
    *issuer = tlv.whole;
    return first == ASN1_SET || first == -1;
}

static bool decode_pair(struct bytes der, const char *what, struct issuer_serial *is, struct err *err)
{
    struct bytes body;
    struct issuer_serial out = {BYTES_NONE, BYTES_NONE};
    if (!der_only(der, ASN1_SEQUENCE, &body) || !take_issuer(&body, &out.issuer_der) ||
        !der_take(&body, ASN1_INTEGER, &out.serial) || out.serial.len == 0) {
        return asn1_damaged(err, what);
    }
    *is = out; /* what may follow (Dogtag: a BIT STRING) is not used */
    return true;
}

bool get_cert_encode(const struct issuer_serial *is, struct buf *der, struct err *err)
{
    return encode_pair(is, false, "GetCert", der, err);
}

bool get_cert_decode(struct bytes der, struct issuer_serial *is, struct err *err)
{
    return decode_pair(der, "GetCert", is, err);
}

bool confirm_cert_encode(const struct issuer_serial *is, bool dogtag_wrap, struct buf *der, struct err *err)
{
    return encode_pair(is, dogtag_wrap, "CMCCertId", der, err);
}

bool confirm_cert_decode(struct bytes der, struct issuer_serial *is, struct err *err)
{
    return decode_pair(der, "CMCCertId", is, err);
}

static bool put_enumerated(struct buf *out, int value)
{
    uint8_t octet = (uint8_t)value;
    return value >= 0 && value < 128 && der_put(out, 0x0a, BYTES(&octet, 1));
}

bool revoke_request_encode(const struct revoke_request *r, struct buf *der, struct err *err)
{
    if (r->cert.issuer_der.len == 0 || r->cert.serial.len == 0) {
        return err_fail(err, ERR_CMC_VALUE, _("Issuer and serial number are both needed."));
    }
    struct buf body = BUF_INIT(BUF_MAX_TEXT);
    body.secret = r->has_passphrase;
    bool ok =
        buf_append_bytes(&body, r->cert.issuer_der) && der_put(&body, ASN1_INTEGER, r->cert.serial) &&
        put_enumerated(&body, r->reason) && (!r->has_invalidity || asn1_put_generalized_time(&body, r->invalidity)) &&
        (!r->has_passphrase || der_put(&body, ASN1_OCTET_STRING, r->passphrase)) &&
        (!r->has_comment || der_put(&body, ASN1_UTF8, r->comment)) && der_put(der, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok || asn1_unwritable(err, "RevokeRequest");
}

bool revoke_request_decode(struct bytes der, struct revoke_request *r, struct err *err)
{
    struct bytes body;
    struct bytes reason;
    struct bytes part;
    struct revoke_request out = {0};
    int64_t number = 0;
    if (!der_only(der, ASN1_SEQUENCE, &body) || !take_issuer(&body, &out.cert.issuer_der) ||
        !der_take(&body, ASN1_INTEGER, &out.cert.serial) || out.cert.serial.len == 0 ||
        !der_take(&body, 0x0a, &reason) || !der_int(reason, &number)) {
        return asn1_damaged(err, "RevokeRequest");
    }
    out.reason = number >= 0 && number < 1000 ? (int)number : -1;
    if (der_take(&body, ASN1_GENERALIZED_TIME, &part)) {
        if (!der_time(ASN1_GENERALIZED_TIME, part, &out.invalidity)) {
            return asn1_damaged(err, "invalidityDate");
        }
        out.has_invalidity = true;
    }
    out.has_passphrase = der_take(&body, ASN1_OCTET_STRING, &out.passphrase);
    out.has_comment = der_take(&body, ASN1_UTF8, &out.comment);
    if (body.len > 0) {
        return asn1_damaged(err, "RevokeRequest");
    }
    *r = out;
    return true;
}

bool lra_pop_witness_encode(const struct lra_pop_witness *w, struct buf *der, struct err *err)
{
    struct buf body = BUF_INIT(BUF_MAX_TEXT);
    struct buf ids = BUF_INIT(BUF_MAX_TEXT);
    bool ok = w->n <= LRA_MAX_IDS && der_put_int(&body, w->pki_data_id);
    for (size_t i = 0; ok && i < w->n; i++) {
        ok = der_put_int(&ids, w->ids[i]);
    }
    ok = ok && der_put(&body, ASN1_SEQUENCE, buf_peek(&ids)) && der_put(der, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    buf_release(&ids);
    return ok || asn1_unwritable(err, "LraPopWitness");
}

bool lra_pop_witness_decode(struct bytes der, struct lra_pop_witness *w, struct err *err)
{
    struct bytes body;
    struct bytes part;
    struct bytes list;
    w->n = 0;
    if (!der_only(der, ASN1_SEQUENCE, &body) || !der_take(&body, ASN1_INTEGER, &part) ||
        !asn1_body_part_id(part, &w->pki_data_id) || !der_take(&body, ASN1_SEQUENCE, &list) || body.len > 0) {
        return asn1_damaged(err, "LraPopWitness");
    }
    while (list.len > 0) {
        if (w->n >= LRA_MAX_IDS) {
            return err_fail(err, ERR_CMC_TOO_MANY, NULL);
        }
        if (!der_take(&list, ASN1_INTEGER, &part) || !asn1_body_part_id(part, &w->ids[w->n])) {
            return asn1_damaged(err, "LraPopWitness");
        }
        w->n++;
    }
    return true;
}
