/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/response.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cmc/asn1.h"
#include "cmc/control_plain.h"
#include "cmc/oids.h"

/* PKIResponse: the three sequences as they are: RFC 5272 3.2.2 (ResponseBody) */
struct body_asn1 {
    SECItem controls, cms, other;
};
static const SEC_ASN1Template body_template[] = {{SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct body_asn1)},
                                                 {SEC_ASN1_ANY, offsetof(struct body_asn1, controls), NULL, 0},
                                                 {SEC_ASN1_ANY, offsetof(struct body_asn1, cms), NULL, 0},
                                                 {SEC_ASN1_ANY, offsetof(struct body_asn1, other), NULL, 0},
                                                 {0, 0, NULL, 0}};

/* Status number to outcome; weight: the heaviest of several statuses decides. */
static const struct {
    int status;
    enum cmc_outcome outcome;
    int weight;
    const char *name;
} outcomes[] = {
    {CMC_STATUS_SUCCESS, CMC_SUCCESS, 0, "success"},
    {CMC_STATUS_PENDING, CMC_PENDING, 1, "pending"},
    {CMC_STATUS_POP_REQUIRED, CMC_POP_REQUIRED, 2, "popRequired"},
    {CMC_STATUS_CONFIRM_REQUIRED, CMC_CONFIRM_REQUIRED, 3, "confirmRequired"},
    {CMC_STATUS_PARTIAL, CMC_PARTIAL, 5, "partial"},
    {CMC_STATUS_NO_SUPPORT, CMC_NO_SUPPORT, 6, "noSupport"},
    {CMC_STATUS_FAILED, CMC_FAILED, 7, "failed"},
};
#define WEIGHT_UNKNOWN 4

const char *cmc_outcome_name(enum cmc_outcome outcome)
{
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
        if (outcomes[i].outcome == outcome) {
            return outcomes[i].name;
        }
    }
    return outcome == CMC_NO_STATUS ? "noStatus" : "unknownStatus";
}

static enum cmc_outcome outcome_of(int status, int *weight)
{
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
        if (outcomes[i].status == status) {
            *weight = outcomes[i].weight;
            return outcomes[i].outcome;
        }
    }
    *weight = WEIGHT_UNKNOWN;
    return CMC_UNKNOWN_STATUS;
}

/* OtherInfo FAIL together with status pending is what profileSubmitCMCSimple answers when it refuses: a failure. */
static enum cmc_outcome judge(const struct cmc_status *status, int *weight)
{
    if (status->status == CMC_STATUS_PENDING && status->has_fail_info) {
        return outcome_of(CMC_STATUS_FAILED, weight);
    }
    return outcome_of(status->status, weight);
}

static void decide(struct cmc_response *r)
{
    int heaviest = -1;
    r->outcome = CMC_NO_STATUS;
    for (size_t i = 0; i < r->n_statuses; i++) {
        int weight;
        enum cmc_outcome outcome = judge(&r->statuses[i], &weight);
        if (weight > heaviest) {
            heaviest = weight;
            r->outcome = outcome;
            r->decisive = i;
        }
    }
}

static bool add_status(struct cmc_response *r, const struct control *control, int version, struct err *err)
{
    r->statuses = xrealloc(r->statuses, (r->n_statuses + 1) * sizeof(*r->statuses));
    if (!cmc_status_decode(buf_peek(&control->value), version, &r->statuses[r->n_statuses], err)) {
        return false;
    }
    r->statuses[r->n_statuses++].bodypart_id = control->bodypart_id;
    return true;
}

/* First one of a kind counts; Dogtag sends each at most once. */
static bool take_octets(const struct control *control, struct bytes *octets, bool *present, struct err *err)
{
    if (*present) {
        return true;
    }
    *present = true;
    return control_octets_decode(buf_peek(&control->value), octets, err);
}

static bool read_control(struct cmc_response *r, const struct control *control, bool *seen, struct err *err)
{
    const struct {
        const char *oid;
        struct bytes *octets;
    } plain[] = {
        {OID_CMC_SENDER_NONCE, &r->sender_nonce},
        {OID_CMC_RECIPIENT_NONCE, &r->recipient_nonce},
        {OID_CMC_DATA_RETURN, &r->data_return},
        {OID_CMC_RESPONSE_INFO, &r->response_info},
    };
    if (strcmp(control->oid, OID_CMC_STATUS_INFO_V2) == 0) {
        return add_status(r, control, 2, err);
    }
    if (strcmp(control->oid, OID_CMC_STATUS_INFO) == 0) {
        return add_status(r, control, 1, err);
    }
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        if (strcmp(control->oid, plain[i].oid) == 0) {
            return take_octets(control, plain[i].octets, &seen[i], err);
        }
    }
    if (strcmp(control->oid, OID_CMC_TRANSACTION_ID) == 0 && r->transaction_id.len == 0) {
        return control_integer_decode(buf_peek(&control->value), &r->transaction_id, err);
    }
    if (strcmp(control->oid, OID_CMC_ENCRYPTED_POP) == 0 && r->encrypted_pop.len == 0) {
        r->encrypted_pop = buf_peek(&control->value);
    }
    return true;
}

static bool count(struct bytes sequence, size_t *n)
{
    struct bytes body;
    struct der_tlv tlv;
    if (!der_only(sequence, ASN1_SEQUENCE, &body)) {
        return false;
    }
    for (*n = 0; der_next(&body, &tlv); ++*n) {}
    return body.len == 0;
}

static bool read_full(struct cmc_response *r, struct err *err)
{
    struct buf definite = {0};
    if (!asn1_prepare(buf_peek(&r->sd.content), &definite, err)) {
        return false;
    }
    struct asn1 a;
    struct body_asn1 raw = {0};
    asn1_init(&a);
    bool ok = asn1_decode(&a, &raw, body_template, buf_peek(&definite), "PKIResponse", err) &&
              control_list_decode(asn1_bytes(&raw.controls), &r->controls, &r->n_controls, err);
    if (ok && (!count(asn1_bytes(&raw.cms), &r->n_cms) || !count(asn1_bytes(&raw.other), &r->n_other))) {
        ok = asn1_damaged(err, "PKIResponse");
    }
    asn1_release(&a);
    buf_release(&definite);
    bool seen[8] = {false};
    for (size_t i = 0; ok && i < r->n_controls; i++) {
        ok = read_control(r, &r->controls[i], seen, err);
    }
    r->has_response_info = seen[3];
    decide(r);
    return ok;
}

static bool looks_like_web_page(struct bytes in)
{
    size_t i = 0;
    while (i < in.len && (in.data[i] <= ' ' || in.data[i] >= 0xbb)) { /* blanks, byte order mark */
        i++;
    }
    return i < in.len && in.data[i] == '<';
}

bool cmc_response_parse(struct bytes in, struct cmc_response *r, struct err *err)
{
    *r = (struct cmc_response){0};
    if (looks_like_web_page(in)) {
        return err_fail(err, ERR_CMC_HTML, NULL);
    }
    if (!signeddata_parse(in, &r->sd, err)) {
        return false;
    }
    bool ok;
    if (!r->sd.is_signed) {
        ok = err_fail(err, ERR_CMC_NOT_RESPONSE, NULL);
    } else if (strcmp(r->sd.content_type, OID_CCT_PKI_RESPONSE) == 0 && r->sd.has_content) {
        r->kind = CMC_FULL;
        ok = read_full(r, err);
    } else if (strcmp(r->sd.content_type, OID_DATA) == 0 && !r->sd.has_content && r->sd.n_signers == 0) {
        r->kind = CMC_SIMPLE;
        r->outcome = CMC_SUCCESS;
        ok = r->sd.certs.n > 0 || err_fail(err, ERR_CMC_NOT_RESPONSE, NULL);
    } else {
        ok = err_fail(err, ERR_CMC_NOT_RESPONSE, NULL);
    }
    if (!ok) {
        cmc_response_release(r);
    }
    return ok;
}

void cmc_response_release(struct cmc_response *r)
{
    for (size_t i = 0; i < r->n_statuses; i++) {
        cmc_status_release(&r->statuses[i]);
    }
    free(r->statuses);
    control_list_release(&r->controls, &r->n_controls);
    signeddata_release(&r->sd);
    *r = (struct cmc_response){0};
}
