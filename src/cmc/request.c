/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/passphrase.h"
#include "cmc/asn1.h"
#include "cmc/control_plain.h"
#include "cmc/control_proof.h"
#include "cmc/crmf.h"
#include "cmc/oids.h"
#include "cmc/poplink.h"
#include "cmc/response.h"
#include "cmc/signeddata.h"
#include "nss/cert.h"
#include "nss/csr.h"
#include "nss/key.h"
#include "nss/pem.h"

#define NONCE_LEN 16

/* What one build passes around. */
struct build {
    const struct cmc_request_spec *spec;
    struct cmc_request_result *result;
    struct pkidata pd;
    struct buf ski; /* of the first request */
    struct err *err;
};

void cmc_request_result_release(struct cmc_request_result *result)
{
    buf_release(&result->pkidata);
    buf_release(&result->rebuilt);
    buf_release(&result->sender_nonce);
    buf_release(&result->transaction_id);
    buf_release(&result->pop_link_random);
    strv_release(&result->controls);
    for (size_t i = 0; i < result->n_spki; i++) {
        buf_release(&result->spki[i]);
    }
    free(result->spki);
    *result = (struct cmc_request_result){0};
}

static void result_init(struct cmc_request_result *result)
{
    *result = (struct cmc_request_result){
        .pkidata = BUF_INIT(BUF_MAX_MESSAGE),
        .rebuilt = BUF_INIT(BUF_MAX_MESSAGE),
        .sender_nonce = BUF_INIT(BUF_MAX_TEXT),
        .transaction_id = BUF_INIT(BUF_MAX_TEXT),
        .pop_link_random = BUF_INIT(BUF_MAX_TEXT),
    };
    result->pkidata.secret = true; /* a revocation by secret carries it */
}

/* Puts a finished value into the PKIData and logs its number. */
static bool add(struct build *b, const char *oid, struct bytes value_der)
{
    uint32_t id;
    if (!pkidata_add_control(&b->pd, oid, value_der, &id, b->err)) {
        return false;
    }
    const struct control_type *type = control_type_by_oid(oid);
    strv_pushf(&b->result->controls, "%s=%u", type ? type->name : oid, id);
    return true;
}

static bool add_octets(struct build *b, const char *oid, struct bytes octets)
{
    struct buf value = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = control_octets_encode(octets, &value, b->err) && add(b, oid, buf_peek(&value));
    buf_release(&value);
    return ok;
}

/* --- what accompanies any request, in the order of Dogtag's tool --- */

static bool add_confirm(struct build *b)
{
    const struct cmc_cert_spec *c = &b->spec->confirm_cert;
    struct issuer_serial is = {c->issuer_der, c->serial};
    struct buf value = BUF_INIT(BUF_MAX_TEXT);
    bool ok = !c->enable || (confirm_cert_encode(&is, true, &value, b->err) &&
                             add(b, OID_CMC_CONFIRM_CERT_ACCEPTANCE, buf_peek(&value)));
    buf_release(&value);
    return ok;
}

static bool add_lra(struct build *b)
{
    struct buf value = BUF_INIT(BUF_MAX_TEXT);
    bool ok = b->spec->lra.n == 0 || (lra_pop_witness_encode(&b->spec->lra, &value, b->err) &&
                                      add(b, OID_CMC_LRA_POP_WITNESS, buf_peek(&value)));
    buf_release(&value);
    return ok;
}

static bool add_get_cert(struct build *b)
{
    const struct cmc_cert_spec *c = &b->spec->get_cert;
    struct issuer_serial is = {c->issuer_der, c->serial};
    struct buf value = BUF_INIT(BUF_MAX_TEXT);
    bool ok = !c->enable || (get_cert_encode(&is, &value, b->err) && add(b, OID_CMC_GET_CERT, buf_peek(&value)));
    buf_release(&value);
    return ok;
}

static bool add_nonce(struct build *b)
{
    const struct cmc_octets_spec *n = &b->spec->sender_nonce;
    if (!n->enable) {
        return true;
    }
    uint8_t octets[32];
    bytes_random(octets, sizeof(octets));
    bool ok = true;
    if (n->value.len > 0) {
        ok = buf_append_bytes(&b->result->sender_nonce, n->value);
    } else if (b->spec->dogtag_nonce) { /* text of 32 octets and a line end, as the tool's MIME encoder gives */
        ok = base64_encode(BYTES(octets, sizeof(octets)), 76, true, &b->result->sender_nonce);
    } else {
        ok = buf_append(&b->result->sender_nonce, octets, NONCE_LEN);
    }
    return (ok || asn1_unwritable(b->err, "senderNonce")) &&
           add_octets(b, OID_CMC_SENDER_NONCE, buf_peek(&b->result->sender_nonce));
}

/* Dogtag's tool sends a constant here; no server looks at it, and random octets cost nothing. */
static bool add_pop_link_v1(struct build *b)
{
    uint8_t octets[POP_LINK_RANDOM_LEN];
    if (!b->spec->pop_link_v1) {
        return true;
    }
    bytes_random(octets, sizeof(octets));
    return add_octets(b, OID_CMC_POP_LINK_RANDOM, BYTES(octets, sizeof(octets)));
}

static bool add_companions(struct build *b)
{
    return add_confirm(b) && add_lra(b) && add_get_cert(b) &&
           (!b->spec->data_return.enable || add_octets(b, OID_CMC_DATA_RETURN, b->spec->data_return.value)) &&
           add_nonce(b) && add_pop_link_v1(b);
}

static bool add_revoke(struct build *b)
{
    const struct cmc_revoke_spec *r = &b->spec->revoke;
    bool secret = r->passphrase && secret_is_set(r->passphrase);
    if (secret && !passphrase_is_ascii(r->passphrase->text, r->passphrase->len)) { /* servers disagree on its octets */
        return err_fail(b->err, ERR_CMC_SECRET_NOT_ASCII, NULL);
    }
    struct revoke_request value = {
        .cert = {r->issuer_der, r->serial},
        .reason = r->reason,
        .has_invalidity = r->has_invalidity,
        .invalidity = r->invalidity,
        .has_passphrase = secret,
        .passphrase = secret ? BYTES(r->passphrase->text, r->passphrase->len) : BYTES_NONE,
        .has_comment = r->comment && r->comment[0],
        .comment = r->comment ? bytes_of_str(r->comment) : BYTES_NONE,
    };
    if (value.cert.issuer_der.len == 0 && b->spec->signer_cert) {
        value.cert.issuer_der = cert_issuer_der(b->spec->signer_cert);
    }
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    der.secret = true;
    bool ok = revoke_request_encode(&value, &der, b->err) && add(b, OID_CMC_REVOKE_REQUEST, buf_peek(&der));
    buf_release(&der);
    return ok;
}

/* --- requests --- */

static void push_spki(struct cmc_request_result *result, struct bytes spki)
{
    result->spki = xrealloc(result->spki, (result->n_spki + 1) * sizeof(*result->spki));
    struct buf *copy = &result->spki[result->n_spki++];
    *copy = (struct buf)BUF_INIT(BUF_MAX_MESSAGE);
    if (!buf_append_bytes(copy, spki)) {
        buf_clear(copy); /* cannot happen: it came out of a smaller message */
    }
}

/* Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }; ski: inside the inner
 * OCTET STRING. */
static void find_ski(struct bytes extensions, struct bytes *ski)
{
    struct bytes ext;
    struct bytes oid;
    struct bytes value;
    while (der_take(&extensions, ASN1_SEQUENCE, &ext)) {
        if (!der_take(&ext, ASN1_OID, &oid) || !der_oid_is(oid, OID_EXT_SKI)) {
            continue;
        }
        (void)!der_take(&ext, ASN1_BOOLEAN, &value);
        if (der_take(&ext, ASN1_OCTET_STRING, &value)) {
            (void)!der_only(value, ASN1_OCTET_STRING, ski);
        }
    }
}

/* Key and key identifier of a CertificationRequest (RFC 2986 4) without the cost of verifying its signature. */
static bool csr_key(struct bytes der, struct bytes *spki, struct bytes *ski)
{
    struct bytes request;
    struct bytes info;
    struct bytes part;
    struct bytes attrs;
    struct bytes attr;
    struct bytes oid;
    if (!der_only(der, ASN1_SEQUENCE, &request) || !der_take(&request, ASN1_SEQUENCE, &info) ||
        !der_take(&info, ASN1_INTEGER, &part) || !der_take(&info, ASN1_SEQUENCE, &part) ||
        !der_take_whole(&info, ASN1_SEQUENCE, spki)) {
        return false;
    }
    if (!der_take(&info, ASN1_CONTEXT_CONSTRUCTED(0), &attrs)) {
        return info.len == 0;
    }
    while (der_take(&attrs, ASN1_SEQUENCE, &attr)) {
        struct bytes extensions;
        if (der_take(&attr, ASN1_OID, &oid) && der_oid_is(oid, OID_EXTENSION_REQUEST) &&
            der_take(&attr, ASN1_SET, &part) && der_take(&part, ASN1_SEQUENCE, &extensions)) {
            find_ski(extensions, ski);
        }
    }
    return attrs.len == 0;
}

bool cmc_request_key(const struct tagged_request *request, struct buf *spki, struct buf *ski, struct err *err)
{
    bool ok;
    if (request->kind == REQUEST_TCR) {
        struct bytes key = BYTES_NONE;
        struct bytes id = BYTES_NONE;
        ok = csr_key(buf_peek(&request->der), &key, &id) && buf_append_bytes(spki, key) && buf_append_bytes(ski, id);
    } else if (request->kind == REQUEST_CRM) {
        struct crmf_msg msg;
        if (!crmf_parse(buf_peek(&request->der), &msg, NULL, err)) {
            return false;
        }
        ok = buf_append_bytes(spki, msg.spki) && buf_append_bytes(ski, msg.ski_raw);
        crmf_release(&msg);
    } else {
        ok = false;
    }
    return ok || asn1_damaged(err, "TaggedRequest");
}

/* Witness value for popLinkRandom, made before the proof of identity, which covers the request signed again. */
static bool make_witness(struct build *b, struct buf *witness)
{
    const struct cmc_proof_spec *p = &b->spec->pop_link;
    uint8_t octets[POP_LINK_RANDOM_LEN];
    bytes_random(octets, sizeof(octets));
    struct buf *random = &b->result->pop_link_random;
    return (buf_append(random, octets, sizeof(octets)) || asn1_unwritable(b->err, "popLinkRandom")) &&
           proof_v2_make(p->hash, p->mac, b->spec->secret, b->spec->identification, buf_peek(random), witness,
                         b->err) &&
           add_octets(b, OID_CMC_POP_LINK_RANDOM, buf_peek(random));
}

static bool rebuild(struct build *b, const struct cmc_request_input *input, struct bytes witness)
{
    struct buf *out = &b->result->rebuilt;
    if (!b->spec->request_key) {
        return err_fail(b->err, ERR_CMC_REQUEST_KEY_MISSING, NULL);
    }
    bool ok;
    if (input->kind == REQUEST_TCR) {
        struct csr csr;
        ok = csr_parse(input->der, &csr, b->err);
        if (ok) {
            ok = poplink_csr(&csr, witness, b->spec->request_key, HASH_SHA256, out, b->err);
            csr_release(&csr);
        }
        return ok;
    }
    struct crmf_msg msg;
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    ok = crmf_parse(input->der, &msg, NULL, b->err);
    if (ok) {
        ok = key_spki(b->spec->request_key, &spki, b->err) &&
             (bytes_equal(buf_peek(&spki), msg.spki) || err_fail(b->err, ERR_CMC_REQUEST_KEY_MISMATCH, NULL)) &&
             crmf_add_witness(&msg, witness, b->spec->request_key, HASH_SHA256, out, b->err);
        crmf_release(&msg);
    }
    buf_release(&spki);
    return ok;
}

static bool add_request(struct build *b, const struct cmc_request_input *input)
{
    struct bytes der = b->result->rebuilt.len > 0 ? buf_peek(&b->result->rebuilt) : input->der;
    uint32_t id = 0;
    bool ok = input->kind == REQUEST_TCR ? pkidata_add_pkcs10(&b->pd, der, &id, b->err)
                                         : pkidata_add_crmf(&b->pd, der, &id, b->err);
    struct buf spki = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf ski = BUF_INIT(BUF_MAX_TEXT);
    ok = ok && cmc_request_key(&b->pd.requests[b->pd.n_requests - 1], &spki, &ski, b->err);
    if (ok) {
        push_spki(b->result, buf_peek(&spki));
        if (b->result->n_spki == 1) {
            b->result->request_id = id;
            ok = buf_append_bytes(&b->ski, buf_peek(&ski)) || asn1_unwritable(b->err, "subjectKeyIdentifier");
        }
    }
    buf_release(&spki);
    buf_release(&ski);
    return ok;
}

/* CRMF requests bring their ids along: controls are numbered behind them. */
static bool reserve_crmf_ids(struct build *b)
{
    for (size_t i = 0; i < b->spec->n_inputs; i++) {
        if (b->spec->inputs[i].kind != REQUEST_CRM) {
            continue;
        }
        struct crmf_msg msg;
        if (!crmf_parse(b->spec->inputs[i].der, &msg, NULL, b->err)) {
            return false;
        }
        if (msg.req_id >= b->pd.next_id && msg.req_id < UINT32_MAX / 2) {
            b->pd.next_id = msg.req_id + 1;
        }
        crmf_release(&msg);
    }
    return true;
}

static bool add_requests(struct build *b)
{
    const struct cmc_request_spec *spec = b->spec;
    struct buf witness = BUF_INIT(BUF_MAX_TEXT);
    bool ok = true;
    if (spec->pop_link.enable) {
        ok = (spec->n_inputs == 1 || err_fail(b->err, ERR_CMC_POP_LINK_MANY, NULL)) && make_witness(b, &witness) &&
             rebuild(b, &spec->inputs[0], buf_peek(&witness));
    }
    for (size_t i = 0; ok && i < spec->n_inputs; i++) {
        ok = add_request(b, &spec->inputs[i]);
    }
    buf_release(&witness);
    return ok;
}

/* --- identity --- */

/* Dogtag derives an unnamed id from the public key (MD5); here SHA-256 cut to 16 octets. */
static bool add_transaction(struct build *b)
{
    const struct cmc_octets_spec *t = &b->spec->transaction_id;
    if (!t->enable) {
        return true;
    }
    struct buf digest = BUF_INIT(64);
    struct buf value = BUF_INIT(BUF_MAX_TEXT);
    struct bytes magnitude = t->value;
    bool ok = true;
    if (magnitude.len == 0) {
        struct bytes seed = b->result->n_spki > 0 ? buf_peek(&b->result->spki[0]) : buf_peek(&b->result->sender_nonce);
        ok = hash_compute(HASH_SHA256, seed, &digest, b->err);
        magnitude = BYTES(digest.data, ok ? NONCE_LEN : 0);
    }
    struct bytes content;
    ok = ok && control_integer_encode(magnitude, &value, b->err) &&
         control_integer_decode(buf_peek(&value), &content, b->err) &&
         (buf_append_bytes(&b->result->transaction_id, content) || asn1_unwritable(b->err, "transactionId")) &&
         add(b, OID_CMC_TRANSACTION_ID, buf_peek(&value));
    buf_release(&digest);
    buf_release(&value);
    return ok;
}

static bool add_identification(struct build *b)
{
    const char *text = b->spec->identification;
    struct buf value = BUF_INIT(BUF_MAX_TEXT);
    bool ok = !text || (control_text_encode(text, &value, b->err) && add(b, OID_CMC_IDENTIFICATION, buf_peek(&value)));
    buf_release(&value);
    return ok;
}

static bool add_proof(struct build *b)
{
    const struct cmc_request_spec *spec = b->spec;
    if (!spec->identity_proof.enable && !spec->identity_proof_v1) {
        return true;
    }
    if (spec->identity_proof.enable && !spec->identification && !spec->no_identification_ok) {
        return err_fail(b->err, ERR_CMC_IDENTIFICATION_MISSING, NULL);
    }
    struct buf requests = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf value = BUF_INIT(BUF_MAX_TEXT);
    bool ok = pkidata_req_sequence(&b->pd, &requests, b->err);
    if (spec->identity_proof.enable) { /* V2 wins over V1, as in Dogtag's tool */
        ok = ok &&
             proof_v2_make(spec->identity_proof.hash, spec->identity_proof.mac, spec->secret, spec->identification,
                           buf_peek(&requests), &value, b->err) &&
             add(b, OID_CMC_IDENTITY_PROOF_V2, buf_peek(&value));
    } else {
        ok = ok && proof_v1_make(spec->secret, buf_peek(&requests), &value, b->err) &&
             add(b, OID_CMC_IDENTITY_PROOF, buf_peek(&value));
    }
    buf_release(&requests);
    buf_release(&value);
    return ok;
}

/* --- second trip --- */

static bool add_second_trip(struct build *b)
{
    const struct cmc_decrypted_pop_spec *d = &b->spec->decrypted_pop;
    if (d->encrypted_pop.len == 0 || d->response_info.len == 0) {
        return err_fail(b->err, ERR_CMC_NO_CHALLENGE, NULL);
    }
    if (!b->spec->request_key) {
        return err_fail(b->err, ERR_CMC_REQUEST_KEY_MISSING, NULL);
    }
    struct encrypted_pop pop;
    struct buf challenge = BUF_INIT(4096);
    struct buf proof = BUF_INIT(64);
    struct buf value = BUF_INIT(BUF_MAX_TEXT);
    struct buf spki = BUF_INIT(BUF_MAX_MESSAGE);
    uint32_t id = 0;
    bool ok = encrypted_pop_decode(d->encrypted_pop, &pop, b->err) &&
              encrypted_pop_open(b->spec->db, &pop, b->spec->request_key, d->padding, &challenge, b->err) &&
              decrypted_pop_proof(buf_peek(&challenge), pop.request, &proof, b->err) &&
              pkidata_add_tagged(&b->pd, pop.request, &id, b->err);
    struct decrypted_pop answer = {.bodypart_id = id, .pop_alg_der = pop.pop_alg_der, .pop = buf_peek(&proof)};
    ok = ok && decrypted_pop_encode(&answer, &value, b->err) && add(b, OID_CMC_DECRYPTED_POP, buf_peek(&value)) &&
         add_octets(b, OID_CMC_REG_INFO, d->response_info) &&
         cmc_request_key(&b->pd.requests[0], &spki, &b->ski, b->err);
    if (ok) {
        b->result->request_id = id;
        push_spki(b->result, buf_peek(&spki));
    }
    buf_release(&challenge);
    buf_release(&proof);
    buf_release(&value);
    buf_release(&spki);
    return ok;
}

/* --- outer layer --- */

static bool key_matches(struct key *key, struct bytes spki, enum err_code code, struct err *err)
{
    struct buf own = BUF_INIT(BUF_MAX_TEXT);
    bool ok = key_spki(key, &own, err) && (bytes_equal(buf_peek(&own), spki) || err_fail(err, code, NULL));
    buf_release(&own);
    return ok;
}

static bool sign_by_cert(struct build *b, struct buf *der)
{
    const struct cmc_request_spec *spec = b->spec;
    struct signeddata_spec sd = {
        .content_type_oid = OID_CCT_PKI_DATA,
        .content = buf_peek(&b->result->pkidata),
        .key = spec->signer_key,
        .signer = spec->signer_cert,
        .certs = spec->signer_chain,
        .hash = spec->hash,
    };
    return signeddata_build(&sd, der, b->err);
}

static bool sign_by_self(struct build *b, struct buf *der)
{
    if (b->ski.len == 0) {
        return err_fail(b->err, ERR_CMC_NO_SKI, NULL);
    }
    struct signeddata_spec sd = {
        .content_type_oid = OID_CCT_PKI_DATA,
        .content = buf_peek(&b->result->pkidata),
        .key = b->spec->request_key,
        .ski = buf_peek(&b->ski),
        .hash = b->spec->hash,
    };
    return key_matches(b->spec->request_key, buf_peek(&b->result->spki[0]), ERR_CMC_REQUEST_KEY_MISMATCH, b->err) &&
           signeddata_build(&sd, der, b->err);
}

static bool check_spec(const struct cmc_request_spec *spec, struct err *err)
{
    bool companions = spec->get_cert.enable || spec->confirm_cert.enable;
    if (spec->decrypted_pop.enable) {
        /* everything else is ignored */
    } else if (spec->revoke.enable && spec->n_inputs > 0) {
        return err_fail(err, ERR_CMC_MIXED, NULL);
    } else if (!spec->revoke.enable && spec->n_inputs == 0 && !companions) {
        return err_fail(err, ERR_CMC_NO_REQUEST, NULL);
    }
    switch (spec->signer_kind) {
    case CMC_SIGNER_CERT:
        if (!spec->signer_cert || !spec->signer_key) {
            return err_fail(err, ERR_CMC_NO_SIGNER, NULL);
        }
        return key_matches(spec->signer_key, cert_spki(spec->signer_cert), ERR_CMC_SIGNER_KEY_MISMATCH, err);
    case CMC_SIGNER_SELF:
        if (!spec->request_key) {
            return err_fail(err, ERR_CMC_REQUEST_KEY_MISSING, NULL);
        }
        return spec->n_inputs > 0 || spec->decrypted_pop.enable || err_fail(err, ERR_CMC_NO_SIGNER, NULL);
    case CMC_SIGNER_NONE:
        return (spec->revoke.enable && !spec->decrypted_pop.enable && spec->revoke.passphrase &&
                secret_is_set(spec->revoke.passphrase) && spec->revoke.passphrase->len > 0) ||
               err_fail(err, ERR_CMC_UNSIGNED_NOT_REVOKE, NULL);
    }
    return err_fail(err, ERR_CMC_NO_SIGNER, NULL);
}

static bool add_all(struct build *b)
{
    if (b->spec->decrypted_pop.enable) {
        return add_second_trip(b);
    }
    if (!reserve_crmf_ids(b)) {
        return false;
    }
    if (b->spec->requests_first) {
        return add_requests(b) && add_companions(b) && add_transaction(b) && add_identification(b) && add_proof(b);
    }
    if (!add_companions(b)) {
        return false;
    }
    if (b->spec->revoke.enable) {
        return add_revoke(b);
    }
    return add_requests(b) && add_transaction(b) && add_identification(b) && add_proof(b);
}

bool cmc_request_build(const struct cmc_request_spec *spec, struct buf *der, struct cmc_request_result *result,
                       struct err *err)
{
    struct build b = {.spec = spec, .result = result, .ski = BUF_INIT(BUF_MAX_TEXT), .err = err};
    result_init(result);
    pkidata_init(&b.pd);
    result->pkidata.secret = spec->revoke.enable;
    bool ok = check_spec(spec, err) && add_all(&b) && pkidata_encode(&b.pd, &result->pkidata, err);
    if (ok) {
        switch (spec->signer_kind) {
        case CMC_SIGNER_CERT:
            ok = sign_by_cert(&b, der);
            break;
        case CMC_SIGNER_SELF:
            ok = sign_by_self(&b, der);
            break;
        case CMC_SIGNER_NONE:
            ok = signeddata_unsigned(OID_DATA, buf_peek(&result->pkidata), der, err);
            break;
        }
    }
    pkidata_release(&b.pd);
    buf_release(&b.ski);
    if (!ok) {
        cmc_request_result_release(result);
    }
    return ok;
}

bool cmc_request_parse(struct bytes in, struct signeddata *sd, struct pkidata *pd, struct err *err)
{
    pkidata_init(pd);
    if (!signeddata_parse(in, sd, err)) {
        return false;
    }
    bool ok = sd->has_content && (!sd->is_signed || strcmp(sd->content_type, OID_CCT_PKI_DATA) == 0);
    if (!ok) {
        err_fail(err, ERR_CMC_NOT_REQUEST, NULL);
    }
    ok = ok && pkidata_decode(buf_peek(&sd->content), pd, err);
    if (!ok) {
        signeddata_release(sd);
    }
    return ok;
}

/* A key that only a second trip could prove, and does not for EC. */
static bool is_unproved_ec(const struct tagged_request *request)
{
    struct crmf_msg msg;
    struct err ignored = ERR_INIT;
    enum key_type type = KEY_OTHER;
    int bits = 0;
    const char *curve = NULL;
    bool found = false;
    if (request->kind == REQUEST_CRM && crmf_parse(buf_peek(&request->der), &msg, NULL, &ignored)) {
        found = msg.pop == CRMF_POP_NONE && spki_describe(msg.spki, &type, &bits, &curve) && type == KEY_EC;
        crmf_release(&msg);
    }
    err_release(&ignored);
    return found;
}

void cmc_request_about(const struct signeddata *sd, const struct pkidata *pd, struct cmc_sent *about)
{
    *about = (struct cmc_sent){.signer = CMC_SENT_UNKNOWN};
    if (!sd->is_signed) {
        about->signer = CMC_SENT_UNSIGNED;
    } else if (sd->n_signers && sd->signers[0].id == SIGNER_BY_SKI) {
        about->signer = CMC_SENT_SHARED_SECRET;
    }
    about->revocation = control_find(pd->controls, pd->n_controls, OID_CMC_REVOKE_REQUEST) != NULL;
    about->second_trip = control_find(pd->controls, pd->n_controls, OID_CMC_DECRYPTED_POP) != NULL;
    about->pop_link = control_find(pd->controls, pd->n_controls, OID_CMC_POP_LINK_RANDOM) != NULL;
    about->ec_key = about->no_pop = pd->n_requests > 0 && is_unproved_ec(&pd->requests[0]);
}
