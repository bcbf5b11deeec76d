/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: what is built reads back, verifies, and passes independent judges. */
#include "config.h"

#include "fixture.h"

#include "cmc/control_plain.h"
#include "cmc/control_proof.h"
#include "cmc/crmf.h"
#include "cmc/oids.h"
#include "cmc/poplink.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "cmc/response_build.h"
#include "cmc/signeddata.h"
#include "nss/csr.h"
#include "nss/pem.h"

struct parsed {
    struct signeddata sd;
    struct pkidata pd;
};

static void parse(struct bytes der, struct parsed *p)
{
    struct err err = ERR_INIT;
    if (!cmc_request_parse(der, &p->sd, &p->pd, &err)) {
        fail_msg("%s", err_what(err.code));
    }
}

static void parsed_release(struct parsed *p)
{
    pkidata_release(&p->pd);
    signeddata_release(&p->sd);
}

static void build(const struct cmc_request_spec *spec, struct buf *der, struct cmc_request_result *result)
{
    struct err err = ERR_INIT;
    buf_init(der, BUF_MAX_MESSAGE);
    if (!cmc_request_build(spec, der, result, &err)) {
        char *text = err_format(&err, "test");
        fail_msg("%s", text);
    }
}

static void refuse(const struct cmc_request_spec *spec, enum err_code code)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_request_result result = {0};
    struct err err = ERR_INIT;
    assert_false(cmc_request_build(spec, &der, &result, &err));
    assert_int_equal(der.len, 0);
    unit_expect_err(&err, code);
    buf_release(&der);
}

static struct cmc_request_spec by_agent(struct fixture *f)
{
    return (struct cmc_request_spec){.db = f->db,
                                     .signer_kind = CMC_SIGNER_CERT,
                                     .signer_key = f->user_key,
                                     .signer_cert = f->agent,
                                     .hash = HASH_SHA256};
}

static void test_agent_signed(void **state)
{
    struct fixture *f = *state;
    struct key *requested[] = {f->root_key, f->ec_key};
    struct cert *ec_agent = fixture_cert(f->ec_key, "CN=EC agent", f->ca_key, f->ca, 0);
    for (int signer = 0; signer < 2; signer++) {
        for (size_t i = 0; i < ARRAY_LEN(requested); i++) {
            struct buf csr;
            struct buf der;
            struct buf spki;
            struct cmc_request_result result;
            struct parsed p;
            const struct cert *found = NULL;
            struct cert_list chain = CERT_LIST_INIT;
            fixture_csr(requested[i], "CN=someone", false, &csr);
            fixture_spki(requested[i], &spki);
            cert_list_push(&chain, f->ca);
            cert_list_push(&chain, f->root);
            struct cmc_request_input input = {REQUEST_TCR, buf_peek(&csr)};
            struct cmc_request_spec spec = by_agent(f);
            spec.signer_key = signer ? f->ec_key : f->user_key;
            spec.signer_cert = signer ? ec_agent : f->agent;
            spec.signer_chain = &chain;
            spec.inputs = &input;
            spec.n_inputs = 1;
            build(&spec, &der, &result);
            parse(buf_peek(&der), &p);
            assert_int_equal(p.sd.version, 3);
            assert_string_equal(p.sd.content_type, OID_CCT_PKI_DATA);
            assert_int_equal(p.sd.certs.n, 3);
            assert_int_equal(p.sd.signers[0].version, 1);
            assert_true(p.sd.signers[0].digest_has_null && p.sd.signers[0].attrs_sorted);
            assert_true(signeddata_verify(&p.sd, 0, BYTES_NONE, &found, NULL));
            assert_true(cert_equal(found, spec.signer_cert));
            assert_string_equal(p.sd.signers[0].signature_oid,
                                signer ? "1.2.840.10045.4.3.2" : "1.2.840.113549.1.1.11");
            assert_int_equal(p.sd.signers[0].signature_alg_der.len, signer ? 12 : 15); /* ECDSA: parameters absent */
            assert_int_equal(p.pd.n_controls, 0);
            assert_int_equal(p.pd.n_requests, 1);
            assert_int_equal(p.pd.requests[0].bodypart_id, 1);
            assert_true(bytes_equal(buf_peek(&p.pd.requests[0].der), buf_peek(&csr)));
            assert_int_equal(result.n_spki, 1);
            assert_true(bytes_equal(buf_peek(&result.spki[0]), buf_peek(&spki)));
            fixture_openssl_judges(f, buf_peek(&der), buf_peek(&p.sd.content), false);
            fixture_judge(f, buf_peek(&der));
            parsed_release(&p);
            cmc_request_result_release(&result);
            cert_list_release(&chain);
            buf_release(&csr);
            buf_release(&der);
            buf_release(&spki);
        }
    }
    cert_free(ec_agent);
}

static const struct control *must_find(const struct pkidata *pd, const char *oid)
{
    const struct control *control = control_find(pd->controls, pd->n_controls, oid);
    if (!control) {
        fail_msg("%s is missing", oid);
    }
    return control;
}

static void assert_unique_ids(const struct pkidata *pd)
{
    for (size_t i = 0; i < pd->n_controls; i++) {
        assert_true(pd->controls[i].bodypart_id > 0);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(pd->controls[i].bodypart_id, pd->controls[j].bodypart_id);
        }
        for (size_t j = 0; j < pd->n_requests; j++) {
            assert_int_not_equal(pd->controls[i].bodypart_id, pd->requests[j].bodypart_id);
        }
    }
}

/* Shared secret, every control at once, PKCS#10 and CRMF. */
static void self_signed(struct fixture *f, struct key *key, bool crmf)
{
    struct buf request = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf der;
    struct buf witness = BUF_INIT(BUF_MAX_TEXT);
    struct cmc_request_result result;
    struct secret secret = SECRET_INIT;
    struct parsed p;
    struct buf spki;
    fixture_spki(key, &spki);
    secret_set(&secret, "Secret.123", 10);
    if (crmf) {
        struct crmf_spec cs = {
            .subject_der = cert_subject_der(f->agent), .ski = CRMF_SKI_RAW, .sign_pop = true, .hash = HASH_SHA256};
        assert_true(crmf_build(key, &cs, &request, NULL));
    } else {
        fixture_csr(key, "CN=someone", true, &request);
    }
    struct cmc_request_input input = {crmf ? REQUEST_CRM : REQUEST_TCR, buf_peek(&request)};
    struct cmc_request_spec spec = {
        .inputs = &input,
        .n_inputs = 1,
        .signer_kind = CMC_SIGNER_SELF,
        .request_key = key,
        .hash = HASH_SHA256,
        .identification = "testuser",
        .secret = &secret,
        .identity_proof = {true, HASH_SHA512, HASH_SHA256},
        .pop_link = {true, HASH_SHA256, HASH_SHA512},
        .sender_nonce = {.enable = true},
        .transaction_id = {true, bytes_of_str("1")},
        .data_return = {true, bytes_of_str("keep")},
    };
    build(&spec, &der, &result);
    parse(buf_peek(&der), &p);
    assert_int_equal(p.sd.signers[0].version, 3);
    assert_int_equal(p.sd.signers[0].id, SIGNER_BY_SKI);
    assert_int_equal(p.sd.signers[0].ski.len, 20);
    assert_int_equal(p.sd.certs.n, 0);
    assert_true(signeddata_verify(&p.sd, 0, buf_peek(&spki), NULL, NULL));
    assert_unique_ids(&p.pd);
    const char *order[] = {"dataReturn",    "senderNonce",    "popLinkRandom",
                           "transactionId", "identification", "identityProofV2"};
    assert_int_equal(p.pd.n_controls, ARRAY_LEN(order));
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        assert_string_equal(p.pd.controls[i].type->name, order[i]);
    }
    struct bytes value;
    assert_true(control_integer_decode(buf_peek(&must_find(&p.pd, OID_CMC_TRANSACTION_ID)->value), &value, NULL));
    unit_expect_text(control_integer_text(value), "49"); /* the octets of the text as a number */
    assert_true(bytes_equal(value, buf_peek(&result.transaction_id)));
    assert_int_equal(result.sender_nonce.len, 16);
    struct bytes secret_bytes = bytes_of_str("Secret.123");
    struct bytes ident = bytes_of_str("testuser");
    assert_true(proof_v2_verify(buf_peek(&must_find(&p.pd, OID_CMC_IDENTITY_PROOF_V2)->value), secret_bytes, ident,
                                p.pd.raw_requests, NULL));
    assert_true(poplink_find(&p.pd.requests[0], &witness, NULL));
    assert_true(control_octets_decode(buf_peek(&must_find(&p.pd, OID_CMC_POP_LINK_RANDOM)->value), &value, NULL));
    assert_int_equal(value.len, 64);
    assert_true(proof_v2_verify(buf_peek(&witness), secret_bytes, ident, value, NULL));
    /* the request was signed again and still proves possession */
    assert_true(result.rebuilt.len > request.len);
    if (crmf) {
        struct crmf_msg msg;
        assert_true(crmf_parse(buf_peek(&p.pd.requests[0].der), &msg, NULL, NULL));
        assert_true(crmf_verify_pop(&msg, NULL));
        crmf_release(&msg);
    } else {
        struct csr csr;
        assert_true(csr_parse(buf_peek(&p.pd.requests[0].der), &csr, NULL));
        assert_true(csr.signature_ok && csr.ski.len == 20);
        csr_release(&csr);
    }
    fixture_openssl_judges(f, buf_peek(&der), BYTES_NONE, true);
    if (!crmf) { /* the raw key identifier that servers want in CRMF is no proper extension */
        fixture_judge(f, buf_peek(&der));
    }
    parsed_release(&p);
    cmc_request_result_release(&result);
    secret_release(&secret);
    buf_release(&witness);
    buf_release(&request);
    buf_release(&der);
    buf_release(&spki);
}

static void test_self_signed(void **state)
{
    struct fixture *f = *state;
    self_signed(f, f->user_key, false);
    self_signed(f, f->ec_key, false);
    self_signed(f, f->user_key, true);
    self_signed(f, f->ec_key, true);
}

static void test_revoke(void **state)
{
    struct fixture *f = *state;
    struct secret secret = SECRET_INIT;
    struct buf der;
    struct cmc_request_result result;
    struct parsed p;
    struct revoke_request r;
    secret_set(&secret, "revoke me", 9);
    struct cmc_request_spec spec = by_agent(f);
    spec.revoke = (struct cmc_revoke_spec){.enable = true,
                                           .serial = cert_serial(f->agent),
                                           .reason = REVOKE_KEY_COMPROMISE,
                                           .has_invalidity = true,
                                           .invalidity = FIXTURE_NOW,
                                           .comment = "lost"};
    build(&spec, &der, &result);
    parse(buf_peek(&der), &p);
    assert_int_equal(p.pd.n_requests, 0);
    assert_true(revoke_request_decode(buf_peek(&must_find(&p.pd, OID_CMC_REVOKE_REQUEST)->value), &r, NULL));
    assert_true(bytes_equal(r.cert.issuer_der, cert_subject_der(f->ca)));
    assert_true(bytes_equal(r.cert.serial, cert_serial(f->agent)));
    assert_int_equal(r.reason, 1);
    assert_true(r.has_invalidity && r.invalidity == FIXTURE_NOW && !r.has_passphrase);
    assert_true(bytes_equal(r.comment, bytes_of_str("lost")));
    fixture_judge(f, buf_peek(&der));
    parsed_release(&p);
    cmc_request_result_release(&result);
    buf_release(&der);
    spec = (struct cmc_request_spec){.signer_kind = CMC_SIGNER_NONE};
    spec.revoke = (struct cmc_revoke_spec){
        .enable = true, .issuer_der = cert_subject_der(f->ca), .serial = cert_serial(f->agent), .passphrase = &secret};
    build(&spec, &der, &result);
    parse(buf_peek(&der), &p);
    assert_false(p.sd.is_signed);
    assert_true(revoke_request_decode(buf_peek(&must_find(&p.pd, OID_CMC_REVOKE_REQUEST)->value), &r, NULL));
    assert_true(r.has_passphrase && bytes_equal(r.passphrase, bytes_of_str("revoke me")));
    fixture_judge(f, buf_peek(&der));
    parsed_release(&p);
    cmc_request_result_release(&result);
    buf_release(&der);
    secret_release(&secret);
}

static void test_companions(void **state)
{
    struct fixture *f = *state;
    struct buf der;
    struct cmc_request_result result;
    struct parsed p;
    struct issuer_serial is;
    struct lra_pop_witness lra;
    struct cmc_request_spec spec = by_agent(f);
    spec.get_cert = (struct cmc_cert_spec){true, cert_subject_der(f->ca), cert_serial(f->agent)};
    spec.confirm_cert = (struct cmc_cert_spec){true, cert_subject_der(f->ca), cert_serial(f->ca)};
    spec.lra.n = 2;
    spec.lra.ids[0] = 7;
    spec.lra.ids[1] = 4000000000u;
    build(&spec, &der, &result);
    parse(buf_peek(&der), &p);
    assert_true(get_cert_decode(buf_peek(&must_find(&p.pd, OID_CMC_GET_CERT)->value), &is, NULL));
    assert_true(bytes_equal(is.issuer_der, cert_subject_der(f->ca)) && bytes_equal(is.serial, cert_serial(f->agent)));
    assert_true(confirm_cert_decode(buf_peek(&must_find(&p.pd, OID_CMC_CONFIRM_CERT_ACCEPTANCE)->value), &is, NULL));
    assert_true(bytes_equal(is.serial, cert_serial(f->ca)));
    assert_true(lra_pop_witness_decode(buf_peek(&must_find(&p.pd, OID_CMC_LRA_POP_WITNESS)->value), &lra, NULL));
    assert_true(lra.pki_data_id == 0 && lra.n == 2 && lra.ids[1] == 4000000000u);
    assert_int_equal(p.pd.controls[0].type->number, 24); /* Dogtag's order */
    assert_int_equal(p.pd.controls[1].type->number, 11);
    assert_int_equal(p.pd.controls[2].type->number, 15);
    parsed_release(&p);
    cmc_request_result_release(&result);
    buf_release(&der);
}

static void test_several(void **state)
{
    struct fixture *f = *state;
    struct buf csr;
    struct buf crmf = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf der;
    struct cmc_request_result result;
    struct parsed p;
    struct err err = ERR_INIT;
    struct crmf_spec cs = {.subject_der = cert_subject_der(f->agent), .sign_pop = true, .hash = HASH_SHA256};
    fixture_csr(f->ec_key, "CN=one", false, &csr);
    assert_true(crmf_build(f->user_key, &cs, &crmf, NULL));
    struct cmc_request_input inputs[] = {
        {REQUEST_TCR, buf_peek(&csr)}, {REQUEST_CRM, buf_peek(&crmf)}, {REQUEST_TCR, buf_peek(&csr)}};
    struct cmc_request_spec spec = by_agent(f);
    spec.inputs = inputs;
    spec.n_inputs = 3;
    spec.data_return = (struct cmc_octets_spec){true, bytes_of_str("x")};
    build(&spec, &der, &result);
    parse(buf_peek(&der), &p);
    assert_int_equal(p.pd.n_requests, 3);
    assert_int_equal(p.pd.requests[1].kind, REQUEST_CRM);
    assert_int_equal(p.pd.requests[1].bodypart_id, 1);
    assert_unique_ids(&p.pd);
    assert_int_equal(result.n_spki, 3);
    fixture_judge(f, buf_peek(&der));
    parsed_release(&p);
    cmc_request_result_release(&result);
    buf_release(&der);
    inputs[0] = inputs[1]; /* the same certReqId twice */
    buf_init(&der, BUF_MAX_MESSAGE);
    assert_false(cmc_request_build(&spec, &der, &result, &err));
    unit_expect_err(&err, ERR_CMC_ID_IN_USE);
    buf_release(&csr);
    buf_release(&crmf);
    buf_release(&der);
}

static void test_refusals(void **state)
{
    struct fixture *f = *state;
    struct buf csr;
    struct buf ski_csr;
    struct secret secret = SECRET_INIT;
    fixture_csr(f->user_key, "CN=x", false, &csr);
    fixture_csr(f->user_key, "CN=x", true, &ski_csr);
    struct cmc_request_input input = {REQUEST_TCR, buf_peek(&csr)};
    struct cmc_request_spec spec = by_agent(f);
    refuse(&spec, ERR_CMC_NO_REQUEST);
    spec.inputs = &input;
    spec.n_inputs = 1;
    spec.signer_key = f->ca_key;
    refuse(&spec, ERR_CMC_SIGNER_KEY_MISMATCH);
    spec.signer_key = NULL;
    refuse(&spec, ERR_CMC_NO_SIGNER);
    spec = by_agent(f);
    spec.inputs = &input;
    spec.n_inputs = 1;
    spec.revoke.enable = true;
    refuse(&spec, ERR_CMC_MIXED);
    spec.revoke.enable = false;
    spec.signer_kind = CMC_SIGNER_NONE;
    refuse(&spec, ERR_CMC_UNSIGNED_NOT_REVOKE);
    secret_set(&secret, "Gr\xc3\xbc\xc3\x9f", 6);
    spec.n_inputs = 0;
    spec.revoke = (struct cmc_revoke_spec){
        .enable = true, .issuer_der = cert_subject_der(f->ca), .serial = cert_serial(f->agent), .passphrase = &secret};
    refuse(&spec, ERR_CMC_SECRET_NOT_ASCII);
    spec.revoke = (struct cmc_revoke_spec){0};
    spec.n_inputs = 1;
    spec.signer_kind = CMC_SIGNER_SELF;
    refuse(&spec, ERR_CMC_REQUEST_KEY_MISSING);
    spec.request_key = f->user_key;
    refuse(&spec, ERR_CMC_NO_SKI);
    input.der = buf_peek(&ski_csr);
    spec.request_key = f->ca_key;
    refuse(&spec, ERR_CMC_REQUEST_KEY_MISMATCH);
    spec.request_key = f->user_key;
    spec.identity_proof = (struct cmc_proof_spec){true, HASH_SHA256, HASH_SHA256};
    refuse(&spec, ERR_CMC_IDENTIFICATION_MISSING);
    spec.identification = "testuser";
    refuse(&spec, ERR_CMC_SECRET_MISSING);
    secret_set(&secret, "Gr\xc3\xbc\xc3\x9f", 6);
    spec.secret = &secret;
    refuse(&spec, ERR_CMC_SECRET_NOT_ASCII);
    secret_set(&secret, "plain", 5);
    spec.identity_proof.mac = HASH_SHA384;
    refuse(&spec, ERR_CMC_MAC_SHA384);
    spec.identity_proof.mac = HASH_SHA256;
    spec.pop_link = spec.identity_proof;
    struct cmc_request_input two[] = {input, input};
    spec.inputs = two;
    spec.n_inputs = 2;
    refuse(&spec, ERR_CMC_POP_LINK_MANY);
    spec.inputs = &input;
    spec.n_inputs = 1;
    spec.request_key = f->ca_key;
    refuse(&spec, ERR_CMC_REQUEST_KEY_MISMATCH);
    spec.request_key = f->user_key;
    spec.decrypted_pop.enable = true;
    refuse(&spec, ERR_CMC_NO_CHALLENGE);
    secret_release(&secret);
    buf_release(&csr);
    buf_release(&ski_csr);
}

/* Both trips with our own CA side: PKCS#1, OAEP, and the client that does not know which. */
static void test_two_trips(void **state)
{
    struct fixture *f = *state;
    static const struct {
        bool oaep;
        enum pop_padding padding;
        enum err_code code;
    } rows[] = {
        {false, POP_PADDING_PKCS1, ERR_NONE},         {true, POP_PADDING_OAEP, ERR_NONE},
        {false, POP_PADDING_AUTO, ERR_NONE},          {true, POP_PADDING_AUTO, ERR_NONE},
        {true, POP_PADDING_PKCS1, ERR_CMC_CHALLENGE}, {false, POP_PADDING_OAEP, ERR_CMC_CHALLENGE},
    };
    struct buf msg = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf spki;
    struct pkidata pd;
    struct crmf_spec cs = {.subject_der = cert_subject_der(f->agent)};
    fixture_spki(f->user_key, &spki);
    pkidata_init(&pd);
    assert_true(crmf_build(f->user_key, &cs, &msg, NULL));
    assert_true(pkidata_add_crmf(&pd, buf_peek(&msg), NULL, NULL));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf challenge = BUF_INIT(64);
        struct buf value = BUF_INIT(BUF_MAX_MESSAGE);
        struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
        struct buf proof = BUF_INIT(64);
        struct cmc_request_result result = {0};
        struct decrypted_pop answer;
        struct parsed p;
        struct err err = ERR_INIT;
        assert_true(encrypted_pop_make(f->db, buf_peek(&pd.requests[0].tlv), buf_peek(&spki), rows[i].oaep, &challenge,
                                       &value, NULL));
        struct cmc_request_spec spec = by_agent(f);
        spec.request_key = f->user_key;
        spec.decrypted_pop =
            (struct cmc_decrypted_pop_spec){true, buf_peek(&value), bytes_of_str("\x03\xe8"), rows[i].padding};
        bool ok = cmc_request_build(&spec, &der, &result, &err);
        assert_string_equal(err_id(err.code), err_id(rows[i].code));
        if (ok) {
            parse(buf_peek(&der), &p);
            assert_true(decrypted_pop_decode(buf_peek(&must_find(&p.pd, OID_CMC_DECRYPTED_POP)->value), &answer, NULL));
            assert_true(decrypted_pop_proof(buf_peek(&challenge), buf_peek(&p.pd.requests[0].tlv), &proof, NULL));
            assert_true(bytes_equal(buf_peek(&proof), answer.pop));
            assert_int_equal(answer.bodypart_id, 1);
            fixture_judge(f, buf_peek(&der));
            parsed_release(&p);
        }
        err_release(&err);
        cmc_request_result_release(&result);
        buf_release(&challenge);
        buf_release(&value);
        buf_release(&der);
        buf_release(&proof);
    }
    struct buf ec;
    struct buf none = BUF_INIT(64);
    struct err err = ERR_INIT;
    fixture_spki(f->ec_key, &ec);
    assert_false(encrypted_pop_make(f->db, buf_peek(&pd.requests[0].tlv), buf_peek(&ec), false, &none, &none, &err));
    unit_expect_err(&err, ERR_CMC_CHALLENGE_KEY);
    buf_release(&ec);
    buf_release(&spki);
    buf_release(&msg);
    pkidata_release(&pd);
}

/* Answers that the practice CA makes pass the same judges. */
static void test_responses(void **state)
{
    struct fixture *f = *state;
    struct response_body body;
    struct cert_list certs = CERT_LIST_INIT;
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_response r;
    response_body_init(&body);
    assert_true(response_body_status(&body, CMC_STATUS_SUCCESS, 1, -1, NULL, NULL));
    assert_true(response_body_add_octets(&body, OID_CMC_DATA_RETURN, bytes_of_str("x"), NULL));
    assert_true(response_body_add_transaction(&body, bytes_of_str("\x31"), NULL));
    assert_true(response_body_add_octets(&body, OID_CMC_RECIPIENT_NONCE, bytes_of_str("n"), NULL));
    assert_true(response_body_add_octets(&body, OID_CMC_SENDER_NONCE, bytes_of_str("m"), NULL));
    cert_list_push(&certs, f->agent);
    cert_list_push(&certs, f->root);
    assert_true(response_build(&body, f->ca_key, f->ca, &certs, HASH_SHA256, &der, NULL));
    assert_true(cmc_response_parse(buf_peek(&der), &r, NULL));
    assert_int_equal(r.outcome, CMC_SUCCESS);
    assert_int_equal(r.sd.certs.n, 3);
    assert_true(bytes_equal(r.recipient_nonce, bytes_of_str("n")) && bytes_equal(r.transaction_id, bytes_of_str("1")));
    fixture_openssl_judges(f, buf_peek(&der), buf_peek(&r.sd.content), false);
    fixture_judge(f, buf_peek(&der));
    cmc_response_release(&r);
    buf_clear(&der);
    assert_true(signeddata_certs_only(&certs, &der, NULL));
    fixture_judge(f, buf_peek(&der));
    cert_list_release(&certs);
    response_body_release(&body);
    buf_release(&der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agent_signed), cmocka_unit_test(test_self_signed), cmocka_unit_test(test_revoke),
        cmocka_unit_test(test_companions),   cmocka_unit_test(test_several),     cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_two_trips),    cmocka_unit_test(test_responses),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
