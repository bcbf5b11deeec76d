/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/response_build.h"

#include "base/err.h"
#include "cmc/asn1.h"
#include "cmc/oids.h"

void response_body_init(struct response_body *body)
{
    *body = (struct response_body){.next_id = 1};
}

void response_body_release(struct response_body *body)
{
    control_list_release(&body->controls, &body->n_controls);
    response_body_init(body);
}

bool response_body_add(struct response_body *body, const char *oid, struct bytes value_der, struct err *err)
{
    if (!control_push(&body->controls, &body->n_controls, body->next_id, oid, value_der, err)) {
        return false;
    }
    body->next_id++;
    return true;
}

static bool add_primitive(struct response_body *body, const char *oid, uint8_t tag, struct bytes content,
                          struct err *err)
{
    struct buf value = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = (der_put(&value, tag, content) || asn1_unwritable(err, oid)) &&
              response_body_add(body, oid, buf_peek(&value), err);
    buf_release(&value);
    return ok;
}

bool response_body_add_octets(struct response_body *body, const char *oid, struct bytes octets, struct err *err)
{
    return add_primitive(body, oid, ASN1_OCTET_STRING, octets, err);
}

bool response_body_add_transaction(struct response_body *body, struct bytes integer_content, struct err *err)
{
    return add_primitive(body, OID_CMC_TRANSACTION_ID, ASN1_INTEGER, integer_content, err);
}

bool response_body_add_status(struct response_body *body, const struct cmc_status *status, struct err *err)
{
    struct buf value = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = cmc_status_encode(status, &value, err) &&
              response_body_add(body, status->version == 1 ? OID_CMC_STATUS_INFO : OID_CMC_STATUS_INFO_V2,
                                buf_peek(&value), err);
    buf_release(&value);
    return ok;
}

bool response_body_status(struct response_body *body, int status, uint32_t body_id, int fail_info, const char *text,
                          struct err *err)
{
    struct body_part part = {.n = 1, .id = {body_id}};
    struct cmc_status s = {
        .version = 2,
        .status = status,
        .body = &part,
        .n_body = 1,
        .text = (char *)(uintptr_t)text, /* only read */
        .has_fail_info = fail_info >= 0,
        .fail_info = fail_info,
    };
    return response_body_add_status(body, &s, err);
}

bool response_body_encode(const struct response_body *body, struct buf *der, struct err *err)
{
    struct buf content = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = control_list_encode(body->controls, body->n_controls, &content, err);
    if (ok && !(der_put(&content, ASN1_SEQUENCE, BYTES_NONE) && der_put(&content, ASN1_SEQUENCE, BYTES_NONE) &&
                der_put(der, ASN1_SEQUENCE, buf_peek(&content)))) {
        ok = asn1_unwritable(err, "PKIResponse");
    }
    buf_release(&content);
    return ok;
}

bool response_build(const struct response_body *body, struct key *ca_key, const struct cert *ca_cert,
                    const struct cert_list *certs, enum hash_alg hash, struct buf *der, struct err *err)
{
    struct buf content = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = response_body_encode(body, &content, err);
    struct signeddata_spec spec = {
        .content_type_oid = OID_CCT_PKI_RESPONSE,
        .content = buf_peek(&content),
        .key = ca_key,
        .signer = ca_cert,
        .certs = certs,
        .hash = hash,
    };
    ok = ok && signeddata_build(&spec, der, err);
    buf_release(&content);
    return ok;
}
