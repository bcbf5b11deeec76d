/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/poplink.h"

#include "base/err.h"
#include "cmc/asn1.h"
#include "cmc/crmf.h"
#include "cmc/oids.h"
#include "cmc/pkidata.h"
#include "nss/csr.h"
#include "nss/key.h"
#include "nss/sign.h"

#define MAX_ATTRIBUTES 64

static bool put_attributes(const struct csr *csr, struct bytes value_der, struct buf *out, struct err *err)
{
    struct buf list = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf body = BUF_INIT(BUF_MAX_TEXT);
    struct bytes rest = csr->attributes;
    bool ok = true;
    while (ok && rest.len > 0) {
        struct der_tlv attr;
        struct bytes oid;
        if (!der_next(&rest, &attr)) {
            ok = false;
            break;
        }
        struct bytes inner = attr.body;
        bool old = der_take(&inner, ASN1_OID, &oid) && der_oid_is(oid, OID_CMC_POP_LINK_WITNESS_V2);
        ok = old || buf_append_bytes(&list, attr.whole);
    }
    ok = ok && der_put_oid(&body, OID_CMC_POP_LINK_WITNESS_V2) && der_put(&body, ASN1_SET, value_der) &&
         der_put(&list, ASN1_SEQUENCE, buf_peek(&body));
    if (!ok) {
        asn1_unwritable(err, "Attributes");
    }
    ok = ok && asn1_put_sorted(out, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&list), MAX_ATTRIBUTES, err);
    buf_release(&list);
    buf_release(&body);
    return ok;
}

/* CertificationRequest ::= SEQUENCE { info, signatureAlgorithm, signature BIT STRING }: RFC 2986 4.2 */
static bool sign_request(struct bytes info, struct key *key, enum hash_alg hash, struct buf *der, struct err *err)
{
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf signature = BUF_INIT(BUF_MAX_TEXT);
    struct buf alg = BUF_INIT(1024);
    bool ok = sign_data(key, hash, info, &signature, &alg, err);
    if (ok && !(buf_append_bytes(&body, info) && buf_append_bytes(&body, buf_peek(&alg)) &&
                der_put_bits(&body, buf_peek(&signature)) && der_put(der, ASN1_SEQUENCE, buf_peek(&body)))) {
        ok = asn1_unwritable(err, "CertificationRequest");
    }
    buf_release(&body);
    buf_release(&signature);
    buf_release(&alg);
    return ok;
}

bool poplink_csr(const struct csr *csr, struct bytes value_der, struct key *key, enum hash_alg hash, struct buf *der,
                 struct err *err)
{
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf info = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = key_spki(key, &spki, err);
    if (ok && !bytes_equal(buf_peek(&spki), csr->spki)) {
        ok = err_fail(err, ERR_CMC_REQUEST_KEY_MISMATCH, NULL);
    }
    ok = ok &&
         ((der_put_int(&body, 0) && buf_append_bytes(&body, csr->subject_der) && buf_append_bytes(&body, csr->spki)) ||
          asn1_unwritable(err, "CertificationRequestInfo"));
    ok = ok && put_attributes(csr, value_der, &body, err) &&
         (der_put(&info, ASN1_SEQUENCE, buf_peek(&body)) || asn1_unwritable(err, "CertificationRequestInfo")) &&
         sign_request(buf_peek(&info), key, hash, der, err);
    buf_release(&spki);
    buf_release(&body);
    buf_release(&info);
    return ok;
}

static bool find_in_csr(struct bytes der, struct buf *value_der, struct err *err)
{
    struct csr csr;
    if (!csr_parse(der, &csr, err)) {
        return false;
    }
    struct bytes value;
    bool ok = !csr_attribute(&csr, OID_CMC_POP_LINK_WITNESS_V2, &value) || value.len == 0 ||
              buf_append_bytes(value_der, value);
    csr_release(&csr);
    return ok || asn1_damaged(err, "Attribute");
}

bool poplink_find(const struct tagged_request *request, struct buf *value_der, struct err *err)
{
    if (request->kind == REQUEST_TCR) {
        return find_in_csr(buf_peek(&request->der), value_der, err);
    }
    if (request->kind != REQUEST_CRM) {
        return true;
    }
    struct crmf_msg msg;
    if (!crmf_parse(buf_peek(&request->der), &msg, NULL, err)) {
        return false;
    }
    const struct crmf_control *control = crmf_find_control(&msg, OID_CMC_POP_LINK_WITNESS_V2);
    bool ok = !control || buf_append_bytes(value_der, control->value) || asn1_damaged(err, "AttributeTypeAndValue");
    crmf_release(&msg);
    return ok;
}
