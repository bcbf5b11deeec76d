/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/crmf.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "cmc/asn1.h"
#include "cmc/oids.h"
#include "nss/cert.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/sign.h"

/* CertRequest ::= SEQUENCE { certReqId INTEGER, certTemplate CertTemplate,
 *     controls SEQUENCE OF AttributeTypeAndValue OPTIONAL }: RFC 4211 5 */
struct cert_request_asn1 {
    SECItem id, template;
    SECItem **controls;
};
static const SEC_ASN1Template cert_request_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct cert_request_asn1)},
    {SEC_ASN1_INTEGER, offsetof(struct cert_request_asn1, id), NULL, 0},
    {SEC_ASN1_ANY, offsetof(struct cert_request_asn1, template), NULL, 0},
    {SEC_ASN1_OPTIONAL | SEC_ASN1_SEQUENCE_OF, offsetof(struct cert_request_asn1, controls), asn1_any, 0},
    {0, 0, NULL, 0}};

/* AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }: RFC 4211 5 */
struct type_value_asn1 {
    SECItem type, value;
};
static const SEC_ASN1Template type_value_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct type_value_asn1)},
    {SEC_ASN1_OBJECT_ID, offsetof(struct type_value_asn1, type), NULL, 0},
    {SEC_ASN1_ANY, offsetof(struct type_value_asn1, value), NULL, 0},
    {0, 0, NULL, 0}};

#define TEMPLATE_SUBJECT 5    /* [5] EXPLICIT, because Name is a CHOICE */
#define TEMPLATE_KEY 6        /* [6] IMPLICIT SubjectPublicKeyInfo */
#define TEMPLATE_EXTENSIONS 9 /* [9] IMPLICIT Extensions */

void crmf_release(struct crmf_msg *msg)
{
    for (size_t i = 0; i < msg->n_controls; i++) {
        free(msg->controls[i].oid);
    }
    free(msg->controls);
    free(msg->subject);
    buf_release(&msg->spki_buf);
    buf_release(&msg->der);
    *msg = (struct crmf_msg){0};
}

const char *crmf_pop_name(enum crmf_pop pop)
{
    static const char *const names[] = {"none", "raVerified", "signature", "keyEncipherment", "keyAgreement"};
    return (size_t)pop < ARRAY_LEN(names) ? names[pop] : "unknown";
}

const struct crmf_control *crmf_find_control(const struct crmf_msg *msg, const char *oid)
{
    for (size_t i = 0; i < msg->n_controls; i++) {
        if (strcmp(msg->controls[i].oid, oid) == 0) {
            return &msg->controls[i];
        }
    }
    return NULL;
}

/* extnValue octets of subjectKeyIdentifier. Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue
 * } */
static bool find_ski(struct bytes extensions, struct bytes *ski)
{
    while (extensions.len > 0) {
        struct bytes ext;
        struct bytes oid;
        struct bytes skipped;
        struct bytes value;
        if (!der_take(&extensions, ASN1_SEQUENCE, &ext) || !der_take(&ext, ASN1_OID, &oid)) {
            return false;
        }
        if (der_peek(ext) == ASN1_BOOLEAN && !der_take(&ext, ASN1_BOOLEAN, &skipped)) {
            return false;
        }
        if (!der_take(&ext, ASN1_OCTET_STRING, &value)) {
            return false;
        }
        if (der_oid_is(oid, OID_EXT_SKI)) {
            *ski = value;
        }
    }
    return true;
}

/* CertTemplate by its tags; every field is optional. */
static bool read_template(struct bytes template, struct crmf_msg *msg)
{
    struct bytes fields;
    struct der_tlv tlv;
    if (!der_only(template, ASN1_SEQUENCE, &fields)) {
        return false;
    }
    while (fields.len > 0) {
        if (!der_next(&fields, &tlv)) {
            return false;
        }
        bool ok = true;
        if (tlv.tag == ASN1_CONTEXT_CONSTRUCTED(TEMPLATE_SUBJECT)) {
            struct bytes inner = tlv.body;
            ok = der_take_whole(&inner, ASN1_SEQUENCE, &msg->subject_der) && inner.len == 0;
        } else if (tlv.tag == ASN1_CONTEXT_CONSTRUCTED(TEMPLATE_KEY)) {
            buf_clear(&msg->spki_buf);
            ok = der_put(&msg->spki_buf, ASN1_SEQUENCE, tlv.body);
            msg->spki = buf_peek(&msg->spki_buf);
        } else if (tlv.tag == ASN1_CONTEXT_CONSTRUCTED(TEMPLATE_EXTENSIONS)) {
            msg->extensions = tlv.body;
            ok = find_ski(tlv.body, &msg->ski_raw);
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool read_controls(struct asn1 *a, SECItem *const *controls, struct crmf_msg *msg, struct err *err)
{
    size_t n = asn1_count(controls);
    if (n > CRMF_MAX_CONTROLS) {
        return err_fail(err, ERR_CMC_TOO_MANY, NULL);
    }
    msg->has_controls = controls != NULL;
    msg->controls = xcalloc(n + 1, sizeof(*msg->controls));
    for (size_t i = 0; i < n; i++) {
        struct type_value_asn1 raw = {0};
        if (!asn1_decode(a, &raw, type_value_template, asn1_bytes(controls[i]), "AttributeTypeAndValue", err)) {
            return false;
        }
        char *oid = der_oid_text(asn1_bytes(&raw.type));
        if (!oid) {
            return asn1_damaged(err, "AttributeTypeAndValue");
        }
        msg->controls[msg->n_controls++] = (struct crmf_control){oid, asn1_bytes(&raw.value)};
    }
    return true;
}

static bool read_cert_request(struct crmf_msg *msg, struct err *err)
{
    struct asn1 a;
    struct cert_request_asn1 raw = {0};
    asn1_init(&a);
    bool ok = asn1_decode(&a, &raw, cert_request_template, msg->cert_request, "CertRequest", err);
    if (ok && !asn1_body_part_id(asn1_bytes(&raw.id), &msg->req_id)) {
        ok = asn1_damaged(err, "certReqId");
    }
    if (ok) {
        msg->cert_template = asn1_bytes(&raw.template);
        ok = read_template(msg->cert_template, msg) || asn1_damaged(err, "CertTemplate");
    }
    ok = ok && read_controls(&a, raw.controls, msg, err);
    asn1_release(&a);
    return ok;
}

/* POPOSigningKey ::= SEQUENCE { poposkInput [0] OPTIONAL, algorithmIdentifier, signature BIT STRING }: RFC 4211 4.1 */
static bool read_signature_pop(struct bytes content, struct crmf_msg *msg)
{
    struct bytes input;
    struct bytes bits;
    msg->pop_has_input = der_take(&content, ASN1_CONTEXT_CONSTRUCTED(0), &input);
    return der_take_whole(&content, ASN1_SEQUENCE, &msg->pop_alg_der) && der_take(&content, ASN1_BIT_STRING, &bits) &&
           content.len == 0 && der_bits(bits, &msg->pop_signature);
}

static bool read_after_request(struct bytes rest, struct crmf_msg *msg)
{
    struct der_tlv tlv;
    while (rest.len > 0) {
        if (!der_next(&rest, &tlv)) {
            return false;
        }
        if (tlv.tag == ASN1_SEQUENCE && rest.len == 0) {
            msg->reg_info = tlv.whole;
            return true;
        }
        if (msg->popo.len > 0) {
            return false;
        }
        msg->popo = tlv.whole;
        switch (tlv.tag) {
        case ASN1_CONTEXT(0):
            msg->pop = CRMF_POP_RA_VERIFIED;
            break;
        case ASN1_CONTEXT_CONSTRUCTED(1):
            msg->pop = CRMF_POP_SIGNATURE;
            if (!read_signature_pop(tlv.body, msg)) {
                return false;
            }
            break;
        case ASN1_CONTEXT_CONSTRUCTED(2):
            msg->pop = CRMF_POP_KEY_ENCIPHERMENT;
            break;
        case ASN1_CONTEXT_CONSTRUCTED(3):
            msg->pop = CRMF_POP_KEY_AGREEMENT;
            break;
        default:
            return false;
        }
    }
    return true;
}

/* Finds the first CertReqMsg, alone or in CertReqMessages. */
static bool first_message(struct bytes der, struct bytes *content, size_t *n)
{
    struct bytes outer;
    struct der_tlv tlv;
    if (!der_only(der, ASN1_SEQUENCE, &outer)) {
        return false;
    }
    struct bytes look = outer;
    if (!der_next(&look, &tlv) || tlv.tag != ASN1_SEQUENCE) {
        return false;
    }
    if (der_peek(tlv.body) == ASN1_INTEGER) { /* CertRequest: so outer is the message itself */
        *content = outer;
        *n = 1;
        return true;
    }
    *content = tlv.body;
    for (*n = 1; der_next(&look, &tlv); ++*n) {}
    return look.len == 0;
}

bool crmf_parse(struct bytes der, struct crmf_msg *msg, size_t *n_messages, struct err *err)
{
    struct buf definite = {0};
    struct bytes content;
    size_t n = 0;
    *msg = (struct crmf_msg){.der = BUF_INIT(BUF_MAX_MESSAGE), .spki_buf = BUF_INIT(BUF_MAX_TEXT)};
    if (!asn1_prepare(der, &definite, err)) {
        return false;
    }
    bool ok = (first_message(buf_peek(&definite), &content, &n) && der_put(&msg->der, ASN1_SEQUENCE, content)) ||
              asn1_damaged(err, "CertReqMessages");
    buf_release(&definite);
    struct bytes rest;
    if (ok && (!der_only(buf_peek(&msg->der), ASN1_SEQUENCE, &rest) ||
               !der_take_whole(&rest, ASN1_SEQUENCE, &msg->cert_request))) {
        ok = asn1_damaged(err, "CertReqMsg");
    }
    ok = ok && read_cert_request(msg, err) && (read_after_request(rest, msg) || asn1_damaged(err, "ProofOfPossession"));
    if (!ok) {
        crmf_release(msg);
        return false;
    }
    if (msg->subject_der.len > 0) {
        msg->subject = dn_text(msg->subject_der);
    }
    if (n_messages) {
        *n_messages = n;
    }
    return true;
}

bool crmf_verify_pop(const struct crmf_msg *msg, struct err *err)
{
    if (msg->pop == CRMF_POP_NONE) {
        return err_fail(err, ERR_CMC_POP_MISSING, NULL);
    }
    if (msg->pop != CRMF_POP_SIGNATURE || msg->pop_has_input || msg->spki.len == 0) {
        return err_fail(err, ERR_CMC_POP_KIND, _("It is of the kind %s."), crmf_pop_name(msg->pop));
    }
    if (!sign_verify_any(msg->spki, msg->pop_alg_der, msg->pop_signature, msg->cert_request, NULL, NULL)) {
        return err_fail(err, ERR_CMC_POP_WRONG, NULL);
    }
    return true;
}

/* --- writing --- */

static bool put_ski(struct buf *template, struct bytes spki, enum crmf_ski form, struct err *err)
{
    struct buf id = BUF_INIT(64);
    struct buf value = BUF_INIT(128);
    struct buf ext = BUF_INIT(256);
    struct buf all = BUF_INIT(256);
    bool ok = spki_key_identifier(spki, &id, err);
    if (ok && !((form == CRMF_SKI_RAW ? buf_append_bytes(&value, buf_peek(&id))
                                      : der_put(&value, ASN1_OCTET_STRING, buf_peek(&id))) &&
                der_put_oid(&ext, OID_EXT_SKI) && der_put(&ext, ASN1_OCTET_STRING, buf_peek(&value)) &&
                der_put(&all, ASN1_SEQUENCE, buf_peek(&ext)) &&
                der_put(template, ASN1_CONTEXT_CONSTRUCTED(TEMPLATE_EXTENSIONS), buf_peek(&all)))) {
        ok = asn1_unwritable(err, "Extensions");
    }
    buf_release(&id);
    buf_release(&value);
    buf_release(&ext);
    buf_release(&all);
    return ok;
}

static bool put_template(const struct crmf_spec *spec, struct bytes spki, struct buf *out, struct err *err)
{
    struct buf fields = BUF_INIT(BUF_MAX_TEXT);
    struct bytes key;
    const uint8_t version = 2; /* X.509 v3, as Dogtag's clients write */
    bool ok = (der_only(spki, ASN1_SEQUENCE, &key) && der_put(&fields, ASN1_CONTEXT(0), BYTES(&version, 1)) &&
               der_put(&fields, ASN1_CONTEXT_CONSTRUCTED(TEMPLATE_SUBJECT), spec->subject_der) &&
               der_put(&fields, ASN1_CONTEXT_CONSTRUCTED(TEMPLATE_KEY), key)) ||
              asn1_unwritable(err, "CertTemplate");
    ok = ok && (spec->ski == CRMF_SKI_NONE || put_ski(&fields, spki, spec->ski, err));
    ok = ok && (der_put(out, ASN1_SEQUENCE, buf_peek(&fields)) || asn1_unwritable(err, "CertTemplate"));
    buf_release(&fields);
    return ok;
}

static bool put_control(struct buf *out, const char *oid, struct bytes value)
{
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = der_put_oid(&body, oid) && buf_append_bytes(&body, value) && der_put(out, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok;
}

/* CertReqMsg of a finished CertRequest; the signature is over exactly those octets. */
static bool put_message(struct bytes cert_request, struct key *sign_with, enum hash_alg hash, struct bytes popo_as_is,
                        struct buf *der, struct err *err)
{
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf pop = BUF_INIT(BUF_MAX_TEXT);
    struct buf signature = BUF_INIT(BUF_MAX_TEXT);
    bool ok = buf_append_bytes(&body, cert_request) || asn1_unwritable(err, "CertReqMsg");
    if (ok && sign_with) {
        ok = sign_data(sign_with, hash, cert_request, &signature, &pop, err) &&
             ((der_put_bits(&pop, buf_peek(&signature)) &&
               der_put(&body, ASN1_CONTEXT_CONSTRUCTED(1), buf_peek(&pop))) ||
              asn1_unwritable(err, "POPOSigningKey"));
    } else if (ok) {
        ok = buf_append_bytes(&body, popo_as_is) || asn1_unwritable(err, "ProofOfPossession");
    }
    ok = ok && (der_put(der, ASN1_SEQUENCE, buf_peek(&body)) || asn1_unwritable(err, "CertReqMsg"));
    buf_release(&body);
    buf_release(&pop);
    buf_release(&signature);
    return ok;
}

bool crmf_build(struct key *key, const struct crmf_spec *spec, struct buf *der, struct err *err)
{
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    struct buf controls = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf request = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf whole = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = key_spki(key, &spki, err);
    ok = ok && (der_put_int(&request, spec->req_id ? spec->req_id : 1) || asn1_unwritable(err, "CertRequest")) &&
         put_template(spec, buf_peek(&spki), &request, err);
    if (ok &&
        !((spec->archive_options.len == 0 || put_control(&controls, OID_PKI_ARCHIVE_OPTIONS, spec->archive_options)) &&
          (spec->pop_link_witness.len == 0 ||
           put_control(&controls, OID_CMC_POP_LINK_WITNESS_V2, spec->pop_link_witness)) &&
          der_put(&request, ASN1_SEQUENCE, buf_peek(&controls)) &&
          der_put(&whole, ASN1_SEQUENCE, buf_peek(&request)))) {
        ok = asn1_unwritable(err, "CertRequest");
    }
    ok = ok && put_message(buf_peek(&whole), spec->sign_pop ? key : NULL, spec->hash, BYTES_NONE, der, err);
    buf_release(&spki);
    buf_release(&controls);
    buf_release(&request);
    buf_release(&whole);
    return ok;
}

bool crmf_wrap(struct bytes certreqmsg, struct buf *der, struct err *err)
{
    return der_put(der, ASN1_SEQUENCE, certreqmsg) || asn1_unwritable(err, "CertReqMessages");
}

bool crmf_add_witness(const struct crmf_msg *msg, struct bytes witness_der, struct key *key, enum hash_alg hash,
                      struct buf *der, struct err *err)
{
    if (msg->pop == CRMF_POP_SIGNATURE && !key) {
        return err_fail(err, ERR_CMC_REQUEST_KEY_MISSING, NULL);
    }
    struct buf controls = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf request = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf whole = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = true;
    for (size_t i = 0; ok && i < msg->n_controls; i++) {
        if (strcmp(msg->controls[i].oid, OID_CMC_POP_LINK_WITNESS_V2) != 0) {
            ok = put_control(&controls, msg->controls[i].oid, msg->controls[i].value);
        }
    }
    ok = ok && put_control(&controls, OID_CMC_POP_LINK_WITNESS_V2, witness_der) && der_put_int(&request, msg->req_id) &&
         buf_append_bytes(&request, msg->cert_template) && der_put(&request, ASN1_SEQUENCE, buf_peek(&controls)) &&
         der_put(&whole, ASN1_SEQUENCE, buf_peek(&request));
    if (!ok) {
        asn1_unwritable(err, "CertRequest");
    }
    ok = ok && put_message(buf_peek(&whole), msg->pop == CRMF_POP_SIGNATURE ? key : NULL, hash, msg->popo, der, err);
    buf_release(&controls);
    buf_release(&request);
    buf_release(&whole);
    return ok;
}
