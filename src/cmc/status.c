/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/status.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "cmc/asn1.h"

/* Index = number in RFC 5272 6.1.1; name of the RFC, text and word of Dogtag's CMCResponse. */
static const struct {
    const char *name, *dogtag, *word;
} statuses[] = {
    {"success", "success", "SUCCESS"},
    {"reserved", "reserved", "RESERVED"},
    {"failed", "failed", "FAILED"},
    {"pending", "pending", "PENDING"},
    {"noSupport", "not supported", "NOT SUPPORTED"},
    {"confirmRequired", "confirm required", "CONFIRM_REQUIRED"},
    {"popRequired", "pop required", "POP_REQUIRED"},
    {"partial", "partial", "PARTIAL"},
};
static const struct {
    const char *name, *dogtag;
} fail_infos[] = {
    {"badAlg", "bad algorithm"},
    {"badMessageCheck", "bad message check"},
    {"badRequest", "bad request"},
    {"badTime", "bad time"},
    {"badCertId", "bad certificate id"},
    {"unsupportedExt", "unsupported extensions"},
    {"mustArchiveKeys", "must archive keys"},
    {"badIdentity", "bad identity"},
    {"popRequired", "POP required"},
    {"popFailed", "POP failed"},
    {"noKeyReuse", "no key reuse"},
    {"internalCAError", "internal ca error"},
    {"tryLater", "try later"},
    {"authDataFail", "authenticated data fail"},
};

const char *cmc_status_name(int status)
{
    return status >= 0 && (size_t)status < ARRAY_LEN(statuses) ? statuses[status].name : "unknown";
}

const char *cmc_status_dogtag(int status)
{
    return status >= 0 && (size_t)status < ARRAY_LEN(statuses) ? statuses[status].dogtag : NULL;
}

const char *cmc_status_dogtag_word(int status)
{
    return status >= 0 && (size_t)status < ARRAY_LEN(statuses) ? statuses[status].word : NULL;
}

const char *cmc_fail_info_name(int fail_info)
{
    return fail_info >= 0 && (size_t)fail_info < ARRAY_LEN(fail_infos) ? fail_infos[fail_info].name : "unknown";
}

const char *cmc_fail_info_dogtag(int fail_info)
{
    return fail_info >= 0 && (size_t)fail_info < ARRAY_LEN(fail_infos) ? fail_infos[fail_info].dogtag : NULL;
}

void cmc_status_release(struct cmc_status *status)
{
    free(status->body);
    free(status->text);
    free(status->ext_oid);
    buf_release(&status->ext_value);
    buf_release(&status->pend_token);
    *status = (struct cmc_status){0};
}

/* A number that servers may send beyond any table: -1 when it is no small number. */
static int small_number(struct bytes content)
{
    int64_t value;
    return der_int(content, &value) && value >= 0 && value < 100000 ? (int)value : -1;
}

static bool decode_path(struct bytes body, struct body_part *out)
{
    struct bytes id;
    out->is_path = true;
    while (body.len > 0) {
        if (out->n >= STATUS_MAX_PATH || !der_take(&body, ASN1_INTEGER, &id) ||
            !asn1_body_part_id(id, &out->id[out->n])) {
            return false;
        }
        out->n++;
    }
    return true;
}

static bool decode_body_list(struct bytes list, struct cmc_status *out, struct err *err)
{
    struct der_tlv tlv;
    while (list.len > 0) {
        if (out->n_body >= STATUS_MAX_BODY) {
            return err_fail(err, ERR_CMC_TOO_MANY, NULL);
        }
        struct body_part part = {0};
        bool ok = der_next(&list, &tlv);
        if (ok && tlv.tag == ASN1_INTEGER) {
            part.n = 1;
            ok = asn1_body_part_id(tlv.body, &part.id[0]);
        } else {
            ok = ok && tlv.tag == ASN1_SEQUENCE && decode_path(tlv.body, &part);
        }
        if (!ok) {
            return asn1_damaged(err, "bodyList");
        }
        out->body = xrealloc(out->body, (out->n_body + 1) * sizeof(*out->body));
        out->body[out->n_body++] = part;
    }
    return true;
}

/* SEQUENCE { pendToken OCTET STRING, pendTime GeneralizedTime } */
static bool decode_pend(struct bytes body, struct cmc_status *out)
{
    struct bytes token;
    struct bytes time;
    if (!der_take(&body, ASN1_OCTET_STRING, &token) || !buf_append_bytes(&out->pend_token, token)) {
        return false;
    }
    out->has_pend = true;
    if (der_take(&body, ASN1_GENERALIZED_TIME, &time) && !der_time(ASN1_GENERALIZED_TIME, time, &out->pend_time)) {
        return false;
    }
    return true;
}

/* SEQUENCE content { failInfoOID OBJECT IDENTIFIER, failInfoValue ANY } */
static bool decode_ext(struct bytes body, struct cmc_status *out)
{
    struct bytes oid;
    if (!der_take(&body, ASN1_OID, &oid) || !(out->ext_oid = der_oid_text(oid)) ||
        !buf_append_bytes(&out->ext_value, body)) {
        return false;
    }
    out->has_ext = true;
    return true;
}

/* The CHOICE at the end: INTEGER failInfo; SEQUENCE pendInfo, or untagged extendedFailInfo; [1] extendedFailInfo,
 * implicit or explicit. */
static bool decode_other(const struct der_tlv *tlv, struct cmc_status *out)
{
    if (tlv->tag == ASN1_INTEGER) {
        out->has_fail_info = true;
        out->fail_info = small_number(tlv->body);
        return true;
    }
    struct bytes body = tlv->body;
    if (tlv->tag == ASN1_CONTEXT_CONSTRUCTED(1)) {
        struct bytes inner;
        if (der_peek(body) == ASN1_SEQUENCE) {
            return der_take(&body, ASN1_SEQUENCE, &inner) && body.len == 0 && decode_ext(inner, out);
        }
        return decode_ext(body, out);
    }
    if (tlv->tag != ASN1_SEQUENCE) {
        return false;
    }
    return der_peek(body) == ASN1_OID ? decode_ext(body, out) : decode_pend(body, out);
}

static bool decode_parts(struct bytes body, struct cmc_status *out, struct err *err)
{
    struct bytes part;
    if (!der_take(&body, ASN1_INTEGER, &part)) {
        return asn1_damaged(err, "cMCStatus");
    }
    out->status = small_number(part);
    if (!der_take(&body, ASN1_SEQUENCE, &part)) {
        return asn1_damaged(err, "bodyList");
    }
    if (!decode_body_list(part, out, err)) {
        return false;
    }
    if (der_take(&body, ASN1_UTF8, &part)) {
        out->text = text_visible(part);
    }
    struct der_tlv tlv;
    if (body.len > 0 && (!der_next(&body, &tlv) || body.len > 0 || !decode_other(&tlv, out))) {
        return asn1_damaged(err, "OtherStatusInfo");
    }
    return true;
}

bool cmc_status_decode(struct bytes value_der, int version, struct cmc_status *out, struct err *err)
{
    struct bytes body;
    *out = (struct cmc_status){.version = version,
                               .fail_info = -1,
                               .ext_value = BUF_INIT(BUF_MAX_MESSAGE),
                               .pend_token = BUF_INIT(BUF_MAX_MESSAGE)};
    bool ok = der_only(value_der, ASN1_SEQUENCE, &body)
                  ? decode_parts(body, out, err)
                  : asn1_damaged(err, version == 1 ? "CMCStatusInfo" : "CMCStatusInfoV2");
    if (!ok) {
        cmc_status_release(out);
    }
    return ok;
}

static bool put_body_list(const struct cmc_status *status, struct buf *out)
{
    struct buf list = BUF_INIT(BUF_MAX_TEXT);
    struct buf path = BUF_INIT(BUF_MAX_TEXT);
    bool ok = status->n_body > 0 || der_put_int(&list, 0);
    for (size_t i = 0; ok && i < status->n_body; i++) {
        const struct body_part *part = &status->body[i];
        buf_clear(&path);
        for (size_t j = 0; ok && j < part->n; j++) {
            ok = der_put_int(&path, part->id[j]);
        }
        ok = ok && (part->is_path ? der_put(&list, ASN1_SEQUENCE, buf_peek(&path))
                                  : buf_append_bytes(&list, buf_peek(&path)));
    }
    ok = ok && der_put(out, ASN1_SEQUENCE, buf_peek(&list));
    buf_release(&list);
    buf_release(&path);
    return ok;
}

static bool put_other(const struct cmc_status *status, struct buf *out)
{
    if (status->has_fail_info) {
        return der_put_int(out, status->fail_info);
    }
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = true;
    if (status->has_pend) {
        ok = der_put(&body, ASN1_OCTET_STRING, buf_peek(&status->pend_token)) &&
             asn1_put_generalized_time(&body, status->pend_time) && der_put(out, ASN1_SEQUENCE, buf_peek(&body));
    } else if (status->has_ext) {
        ok = der_put_oid(&body, status->ext_oid) && buf_append_bytes(&body, buf_peek(&status->ext_value)) &&
             der_put(out, ASN1_CONTEXT_CONSTRUCTED(1), buf_peek(&body));
    }
    buf_release(&body);
    return ok;
}

bool cmc_status_encode(const struct cmc_status *status, struct buf *der, struct err *err)
{
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = der_put_int(&body, status->status) && put_body_list(status, &body) &&
              (!status->text || der_put(&body, ASN1_UTF8, bytes_of_str(status->text))) && put_other(status, &body) &&
              der_put(der, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok || asn1_unwritable(err, "CMCStatusInfoV2");
}
