/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/pkidata.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cmc/asn1.h"

/* tcr [0] IMPLICIT TaggedCertificationRequest ::= SEQUENCE { bodyPartID INTEGER, certificationRequest }: RFC
 * 5272 3.2.1.2.1 */
struct tcr_asn1 {
    SECItem id, request;
};
static const SEC_ASN1Template tcr_template[] = {{SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct tcr_asn1)},
                                                {SEC_ASN1_INTEGER, offsetof(struct tcr_asn1, id), NULL, 0},
                                                {SEC_ASN1_ANY, offsetof(struct tcr_asn1, request), NULL, 0},
                                                {0, 0, NULL, 0}};

/* PKIData: the four sequences as they are; each is read by itself: RFC 5272 3.2.1 */
struct pkidata_asn1 {
    SECItem controls, requests, cms, other;
};
static const SEC_ASN1Template pkidata_template[] = {{SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct pkidata_asn1)},
                                                    {SEC_ASN1_ANY, offsetof(struct pkidata_asn1, controls), NULL, 0},
                                                    {SEC_ASN1_ANY, offsetof(struct pkidata_asn1, requests), NULL, 0},
                                                    {SEC_ASN1_ANY, offsetof(struct pkidata_asn1, cms), NULL, 0},
                                                    {SEC_ASN1_ANY, offsetof(struct pkidata_asn1, other), NULL, 0},
                                                    {0, 0, NULL, 0}};

void pkidata_init(struct pkidata *pd)
{
    *pd = (struct pkidata){.next_id = 1, .raw = BUF_INIT_SECRET(BUF_MAX_MESSAGE)};
}

void tagged_request_release(struct tagged_request *request)
{
    buf_release(&request->der);
    buf_release(&request->tlv);
    free(request->orm_type);
    *request = (struct tagged_request){0};
}

void pkidata_release(struct pkidata *pd)
{
    control_list_release(&pd->controls, &pd->n_controls);
    for (size_t i = 0; i < pd->n_requests; i++) {
        tagged_request_release(&pd->requests[i]);
    }
    free(pd->requests);
    buf_release(&pd->raw);
    pkidata_init(pd);
}

static bool id_in_use(const struct pkidata *pd, uint32_t id)
{
    for (size_t i = 0; i < pd->n_controls; i++) {
        if (pd->controls[i].bodypart_id == id) {
            return true;
        }
    }
    for (size_t i = 0; i < pd->n_requests; i++) {
        if (pd->requests[i].bodypart_id == id) {
            return true;
        }
    }
    return false;
}

static uint32_t take_id(struct pkidata *pd)
{
    while (id_in_use(pd, pd->next_id)) {
        pd->next_id++;
    }
    return pd->next_id++;
}

bool pkidata_add_control(struct pkidata *pd, const char *oid, struct bytes value_der, uint32_t *id, struct err *err)
{
    uint32_t taken = take_id(pd);
    if (!control_push(&pd->controls, &pd->n_controls, taken, oid, value_der, err)) {
        return false;
    }
    if (id) {
        *id = taken;
    }
    return true;
}

/* Appends; on success request is emptied. */
static bool push_request(struct pkidata *pd, struct tagged_request *request, uint32_t *id, struct err *err)
{
    if (pd->n_requests >= CMC_MAX_REQUESTS) {
        return err_fail(err, ERR_CMC_TOO_MANY, NULL);
    }
    pd->requests = xrealloc(pd->requests, (pd->n_requests + 1) * sizeof(*pd->requests));
    pd->requests[pd->n_requests++] = *request;
    if (id) {
        *id = request->bodypart_id;
    }
    *request = (struct tagged_request){0};
    return true;
}

static bool parse_and_push(struct pkidata *pd, struct bytes tlv, bool unique, uint32_t *id, struct err *err)
{
    struct tagged_request request;
    if (!tagged_request_parse(tlv, &request, err)) {
        return false;
    }
    bool ok = !unique || !id_in_use(pd, request.bodypart_id) || err_fail(err, ERR_CMC_ID_IN_USE, NULL);
    ok = ok && push_request(pd, &request, id, err);
    tagged_request_release(&request);
    return ok;
}

bool pkidata_add_pkcs10(struct pkidata *pd, struct bytes csr_der, uint32_t *id, struct err *err)
{
    struct buf body = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    struct buf tlv = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    bool ok = (der_put_int(&body, take_id(pd)) && buf_append_bytes(&body, csr_der) &&
               der_put(&tlv, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&body))) ||
              asn1_unwritable(err, "TaggedCertificationRequest");
    ok = ok && parse_and_push(pd, buf_peek(&tlv), false, id, err);
    buf_release(&body);
    buf_release(&tlv);
    return ok;
}

/* The CertReqMsg itself, also when it stands alone in CertReqMessages. */
static bool single_certreqmsg(struct bytes der, struct bytes *content)
{
    struct bytes outer;
    if (!der_only(der, ASN1_SEQUENCE, &outer)) {
        return false;
    }
    /* CertReqMsg { CertRequest { INTEGER ..: the first element's first element tells the two apart */
    struct bytes first;
    struct bytes look = outer;
    if (!der_take(&look, ASN1_SEQUENCE, &first)) {
        return false;
    }
    if (der_peek(first) == ASN1_INTEGER) {
        *content = outer;
        return true;
    }
    *content = first;
    return der_peek(first) == ASN1_SEQUENCE && look.len == 0;
}

bool pkidata_add_crmf(struct pkidata *pd, struct bytes certreqmsg_der, uint32_t *id, struct err *err)
{
    struct bytes content;
    if (!single_certreqmsg(certreqmsg_der, &content)) {
        return asn1_damaged(err, "CertReqMsg");
    }
    struct buf tlv = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    bool ok = der_put(&tlv, ASN1_CONTEXT_CONSTRUCTED(1), content) || asn1_unwritable(err, "CertReqMsg");
    ok = ok && parse_and_push(pd, buf_peek(&tlv), true, id, err);
    buf_release(&tlv);
    return ok;
}

bool pkidata_add_tagged(struct pkidata *pd, struct bytes tlv, uint32_t *id, struct err *err)
{
    return parse_and_push(pd, tlv, true, id, err);
}

static bool parse_tcr(struct bytes content, struct tagged_request *out, struct err *err)
{
    struct asn1 a;
    struct tcr_asn1 raw = {0};
    struct buf sequence = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    asn1_init(&a);
    bool ok = (der_put(&sequence, ASN1_SEQUENCE, content) || asn1_damaged(err, "TaggedCertificationRequest")) &&
              asn1_decode(&a, &raw, tcr_template, buf_peek(&sequence), "TaggedCertificationRequest", err);
    if (ok && (!asn1_body_part_id(asn1_bytes(&raw.id), &out->bodypart_id) || raw.request.len == 0 ||
               raw.request.data[0] != ASN1_SEQUENCE || !buf_append_bytes(&out->der, asn1_bytes(&raw.request)))) {
        ok = asn1_damaged(err, "TaggedCertificationRequest");
    }
    buf_release(&sequence);
    asn1_release(&a);
    return ok;
}

static bool parse_crm(struct bytes content, struct tagged_request *out, struct err *err)
{
    struct bytes body = content;
    struct bytes request;
    struct bytes id;
    if (!der_take(&body, ASN1_SEQUENCE, &request) || !der_take(&request, ASN1_INTEGER, &id) ||
        !asn1_body_part_id(id, &out->bodypart_id) || !der_put(&out->der, ASN1_SEQUENCE, content)) {
        return asn1_damaged(err, "CertReqMsg");
    }
    return true;
}

static bool parse_orm(struct bytes content, struct tagged_request *out, struct err *err)
{
    struct bytes body = content;
    struct bytes id;
    struct bytes oid;
    if (!der_take(&body, ASN1_INTEGER, &id) || !asn1_body_part_id(id, &out->bodypart_id) ||
        !der_take(&body, ASN1_OID, &oid) || !(out->orm_type = der_oid_text(oid)) ||
        !buf_append_bytes(&out->der, body)) {
        return asn1_damaged(err, "otherRequest");
    }
    return true;
}

bool tagged_request_parse(struct bytes tlv, struct tagged_request *out, struct err *err)
{
    struct bytes rest = tlv;
    struct der_tlv item;
    *out = (struct tagged_request){.der = BUF_INIT(BUF_MAX_MESSAGE), .tlv = BUF_INIT(BUF_MAX_MESSAGE)};
    if (!der_next(&rest, &item) || rest.len > 0) {
        return asn1_damaged(err, "TaggedRequest");
    }
    bool ok;
    switch (item.tag) {
    case ASN1_CONTEXT_CONSTRUCTED(0):
        out->kind = REQUEST_TCR;
        ok = parse_tcr(item.body, out, err);
        break;
    case ASN1_CONTEXT_CONSTRUCTED(1):
        out->kind = REQUEST_CRM;
        ok = parse_crm(item.body, out, err);
        break;
    case ASN1_CONTEXT_CONSTRUCTED(2):
        out->kind = REQUEST_ORM;
        ok = parse_orm(item.body, out, err);
        break;
    default:
        ok = asn1_damaged(err, "TaggedRequest");
    }
    ok = ok && (buf_append_bytes(&out->tlv, tlv) || asn1_damaged(err, "TaggedRequest"));
    if (!ok) {
        tagged_request_release(out);
    }
    return ok;
}

bool pkidata_req_sequence(const struct pkidata *pd, struct buf *der, struct err *err)
{
    if (pd->raw_requests.len > 0) {
        return buf_append_bytes(der, pd->raw_requests) || asn1_unwritable(err, "reqSequence");
    }
    struct buf body = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    bool ok = true;
    for (size_t i = 0; ok && i < pd->n_requests; i++) {
        ok = buf_append_bytes(&body, buf_peek(&pd->requests[i].tlv));
    }
    ok = ok && der_put(der, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok || asn1_unwritable(err, "reqSequence");
}

bool pkidata_encode(const struct pkidata *pd, struct buf *der, struct err *err)
{
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    body.secret = true; /* a revocation passphrase may be inside */
    bool ok = control_list_encode(pd->controls, pd->n_controls, &body, err) && pkidata_req_sequence(pd, &body, err);
    if (ok && !(der_put(&body, ASN1_SEQUENCE, BYTES_NONE) && der_put(&body, ASN1_SEQUENCE, BYTES_NONE) &&
                der_put(der, ASN1_SEQUENCE, buf_peek(&body)))) {
        ok = asn1_unwritable(err, "PKIData");
    }
    buf_release(&body);
    return ok;
}

static bool count_elements(struct bytes sequence, size_t *n)
{
    struct bytes body;
    struct der_tlv tlv;
    if (!der_only(sequence, ASN1_SEQUENCE, &body)) {
        return false;
    }
    for (*n = 0; der_next(&body, &tlv); ++*n) {}
    return body.len == 0;
}

static bool decode_requests(struct pkidata *pd, struct err *err)
{
    struct bytes body;
    struct der_tlv tlv;
    if (!der_only(pd->raw_requests, ASN1_SEQUENCE, &body)) {
        return asn1_damaged(err, "reqSequence");
    }
    bool ok = true;
    while (ok && body.len > 0) {
        ok = der_next(&body, &tlv) ? parse_and_push(pd, tlv.whole, false, NULL, err) : asn1_damaged(err, "reqSequence");
    }
    return ok;
}

bool pkidata_decode(struct bytes der, struct pkidata *pd, struct err *err)
{
    pkidata_release(pd);
    if (!asn1_prepare(der, &pd->raw, err)) {
        return false;
    }
    struct asn1 a;
    struct pkidata_asn1 raw = {0};
    asn1_init(&a);
    bool ok = asn1_decode(&a, &raw, pkidata_template, buf_peek(&pd->raw), "PKIData", err);
    if (ok) {
        pd->raw_requests = asn1_bytes(&raw.requests);
        ok = control_list_decode(asn1_bytes(&raw.controls), &pd->controls, &pd->n_controls, err) &&
             decode_requests(pd, err);
    }
    if (ok &&
        (!count_elements(asn1_bytes(&raw.cms), &pd->n_cms) || !count_elements(asn1_bytes(&raw.other), &pd->n_other))) {
        ok = asn1_damaged(err, "PKIData");
    }
    asn1_release(&a);
    if (!ok) {
        pkidata_release(pd);
    }
    return ok;
}
