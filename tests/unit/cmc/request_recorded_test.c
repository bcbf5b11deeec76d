/* SPDX-License-Identifier: Apache-2.0 */
/* Requests made with recorded keys, certificates and inputs equal what Dogtag's own tool made of them. */
#include "config.h"

#include "fixture.h"

#include "cmc/control_plain.h"
#include "cmc/control_proof.h"
#include "cmc/oids.h"
#include "cmc/poplink.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "cmc/signeddata.h"
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

static const struct control *must_find(const struct pkidata *pd, const char *oid)
{
    const struct control *control = control_find(pd->controls, pd->n_controls, oid);
    if (!control) {
        fail_msg("%s is missing", oid);
    }
    return control;
}

/* --- against recordings --- */

static struct cert *vector_cert(const char *below)
{
    struct buf pem;
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    fixture_vector(below, &pem);
    assert_true(pem_decode(buf_peek(&pem), &der, NULL, NULL));
    struct cert *cert = cert_from_der(buf_peek(&der), NULL);
    assert_non_null(cert);
    buf_release(&der);
    buf_release(&pem);
    return cert;
}

/* With the recorded agent, its chain and the recorded PKCS#10 or CRMF, the whole message comes out octet by octet. */
static void test_equals_recorded_agent(void **state)
{
    static const struct {
        const char *dir, *input;
        enum request_kind kind;
    } rows[] = {
        {"ca/agent-pkcs10-rsa", "req.p10.der", REQUEST_TCR}, {"ca/agent-pkcs10-ec", "req.p10.der", REQUEST_TCR},
        {"ca/agent-crmf-rsa", "req.crmf.der", REQUEST_CRM},  {"ca/agent-crmf-ec", "req.crmf.der", REQUEST_CRM},
        {"ca/epop-rsa", "req.crmf.der", REQUEST_CRM},
    };
    struct fixture *f = *state;
    struct key *key = fixture_vector_key(f, "ca/_client-pem/caadmin.key.der");
    struct cert *agent = vector_cert("ca/_client-pem/caadmin.pem");
    struct cert *ca = vector_cert("ca/_client-pem/ca_signing.pem");
    struct cert_list chain = CERT_LIST_INIT;
    cert_list_push(&chain, ca);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *input_path = xasprintf("%s/%s", rows[i].dir, rows[i].input);
        char *request_path =
            xasprintf("%s/%s", rows[i].dir, strcmp(rows[i].dir, "ca/epop-rsa") ? "request.der" : "request1.der");
        struct buf input_der;
        struct buf recorded;
        struct buf der;
        struct cmc_request_result result;
        fixture_vector(input_path, &input_der);
        fixture_vector(request_path, &recorded);
        struct cmc_request_input input = {rows[i].kind, buf_peek(&input_der)};
        struct cmc_request_spec spec = {.inputs = &input,
                                        .n_inputs = 1,
                                        .signer_kind = CMC_SIGNER_CERT,
                                        .signer_key = key,
                                        .signer_cert = agent,
                                        .signer_chain = &chain,
                                        .hash = HASH_SHA256};
        build(&spec, &der, &result);
        if (!bytes_equal(buf_peek(&der), buf_peek(&recorded))) {
            fail_msg("%s differs from the recording", request_path);
        }
        cmc_request_result_release(&result);
        buf_release(&der);
        buf_release(&recorded);
        buf_release(&input_der);
        free(input_path);
        free(request_path);
    }
    cert_list_release(&chain);
    cert_free(ca);
    cert_free(agent);
    key_free(key);
}

/* Both MACs: over the requests as they stand in the message, and over its random. */
static void expect_verifies(const struct pkidata *pd, struct bytes secret)
{
    struct bytes ident, random;
    struct buf witness = BUF_INIT(BUF_MAX_TEXT);
    assert_true(control_text_decode(buf_peek(&must_find(pd, OID_CMC_IDENTIFICATION)->value), &ident, NULL));
    assert_true(control_octets_decode(buf_peek(&must_find(pd, OID_CMC_POP_LINK_RANDOM)->value), &random, NULL));
    assert_int_equal(random.len, POP_LINK_RANDOM_LEN);
    assert_true(poplink_find(&pd->requests[0], &witness, NULL));
    assert_true(proof_v2_verify(buf_peek(&witness), secret, ident, random, NULL));
    struct bytes proof = buf_peek(&must_find(pd, OID_CMC_IDENTITY_PROOF_V2)->value);
    assert_true(proof_v2_verify(proof, secret, ident, pd->raw_requests, NULL));
    assert_false(proof_v2_verify(proof, bytes_of_str("Secret.124"), ident, pd->raw_requests, NULL));
    buf_release(&witness);
}

/* With popLinkWitnessV2, which holds a random value: the same controls in the same order, and everything else equal. */
static void test_equals_recorded_pop_link(void **state)
{
    static const struct {
        const char *dir, *input;
        enum request_kind kind;
    } rows[] = {
        {"ca/sst-pkcs10-rsa", "req.p10.der", REQUEST_TCR},
        {"ca/sst-pkcs10-ec", "req.p10.der", REQUEST_TCR},
        {"ca/sst-crmf-rsa", "req.crmf.der", REQUEST_CRM},
        {"ca/sst-crmf-ec", "req.crmf.der", REQUEST_CRM},
    };
    struct fixture *f = *state;
    struct secret secret = SECRET_INIT;
    secret_set(&secret, "Secret.123", 10);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *key_path = xasprintf("%s/key.der", rows[i].dir);
        char *input_path = xasprintf("%s/%s", rows[i].dir, rows[i].input);
        char *request_path = xasprintf("%s/request.der", rows[i].dir);
        struct key *key = fixture_vector_key(f, key_path);
        struct buf request;
        struct buf recorded;
        struct buf der;
        struct cmc_request_result result;
        struct parsed ours;
        struct parsed theirs;
        fixture_vector(input_path, &request);
        fixture_vector(request_path, &recorded);
        struct cmc_request_input input = {rows[i].kind, buf_peek(&request)};
        parse(buf_peek(&recorded), &theirs);
        struct bytes ident;
        assert_true(control_text_decode(buf_peek(&must_find(&theirs.pd, OID_CMC_IDENTIFICATION)->value), &ident, NULL));
        char *identification = xstrndup((const char *)ident.data, ident.len);
        struct cmc_request_spec spec = {.inputs = &input,
                                        .n_inputs = 1,
                                        .signer_kind = CMC_SIGNER_SELF,
                                        .request_key = key,
                                        .hash = HASH_SHA256,
                                        .identification = identification,
                                        .secret = &secret,
                                        .identity_proof = {true, HASH_SHA256, HASH_SHA256},
                                        .pop_link = {true, HASH_SHA256, HASH_SHA256}};
        build(&spec, &der, &result);
        parse(buf_peek(&der), &ours);
        assert_int_equal(ours.pd.n_controls, theirs.pd.n_controls);
        for (size_t j = 0; j < ours.pd.n_controls; j++) {
            assert_string_equal(ours.pd.controls[j].oid, theirs.pd.controls[j].oid);
            assert_int_equal(ours.pd.controls[j].value.len, theirs.pd.controls[j].value.len);
        }
        assert_true(bytes_equal(buf_peek(&must_find(&ours.pd, OID_CMC_IDENTIFICATION)->value),
                                buf_peek(&must_find(&theirs.pd, OID_CMC_IDENTIFICATION)->value)));
        assert_true(bytes_equal(ours.sd.signers[0].ski, theirs.sd.signers[0].ski));
        expect_verifies(&ours.pd, bytes_of_str("Secret.123"));
        expect_verifies(&theirs.pd, bytes_of_str("Secret.123"));
        struct buf our_spki = BUF_INIT(BUF_MAX_TEXT);
        struct buf their_spki = BUF_INIT(BUF_MAX_TEXT);
        struct buf our_ski = BUF_INIT(BUF_MAX_TEXT);
        struct buf their_ski = BUF_INIT(BUF_MAX_TEXT);
        assert_true(cmc_request_key(&ours.pd.requests[0], &our_spki, &our_ski, NULL));
        assert_true(cmc_request_key(&theirs.pd.requests[0], &their_spki, &their_ski, NULL));
        assert_true(bytes_equal(buf_peek(&our_spki), buf_peek(&their_spki)) &&
                    bytes_equal(buf_peek(&our_ski), buf_peek(&their_ski)));
        assert_true(bytes_equal(buf_peek(&their_ski), theirs.sd.signers[0].ski));
        buf_release(&our_spki);
        buf_release(&their_spki);
        buf_release(&our_ski);
        buf_release(&their_ski);
        parsed_release(&ours);
        parsed_release(&theirs);
        cmc_request_result_release(&result);
        free(identification);
        buf_release(&der);
        buf_release(&recorded);
        buf_release(&request);
        key_free(key);
        free(key_path);
        free(input_path);
        free(request_path);
    }
    secret_release(&secret);
}

/* The other client names its request in the DecryptedPOP by another number; all else is the same: algorithm, proof, regInfo. */
static void expect_same_proof(const char *dir, const struct parsed *ours, const struct parsed *theirs)
{
    struct decrypted_pop mine, recorded;
    assert_true(decrypted_pop_decode(buf_peek(&must_find(&ours->pd, OID_CMC_DECRYPTED_POP)->value), &mine, NULL));
    assert_true(decrypted_pop_decode(buf_peek(&must_find(&theirs->pd, OID_CMC_DECRYPTED_POP)->value), &recorded, NULL));
    struct bytes info = buf_peek(&must_find(&ours->pd, OID_CMC_REG_INFO)->value);
    if (!bytes_equal(mine.pop, recorded.pop) || !bytes_equal(mine.pop_alg_der, recorded.pop_alg_der) ||
        !bytes_equal(info, buf_peek(&must_find(&theirs->pd, OID_CMC_REG_INFO)->value))) {
        fail_msg("%s differs from the recording", dir);
    }
}

/* These were sent with a wrong proof, to see the CA refuse it. All but the proof is as ours, and ours is another. */
static void expect_other_proof(const char *dir, const struct parsed *ours, const struct parsed *theirs)
{
    struct decrypted_pop mine, recorded;
    assert_true(decrypted_pop_decode(buf_peek(&must_find(&ours->pd, OID_CMC_DECRYPTED_POP)->value), &mine, NULL));
    assert_true(decrypted_pop_decode(buf_peek(&must_find(&theirs->pd, OID_CMC_DECRYPTED_POP)->value), &recorded, NULL));
    struct bytes info = buf_peek(&must_find(&ours->pd, OID_CMC_REG_INFO)->value);
    if (bytes_equal(mine.pop, recorded.pop) || !bytes_equal(mine.pop_alg_der, recorded.pop_alg_der) ||
        !bytes_equal(info, buf_peek(&must_find(&theirs->pd, OID_CMC_REG_INFO)->value))) {
        fail_msg("%s: not what was recorded", dir);
    }
}

/* Every recorded case of two trips whose key is there has a row; without the key (three of them) nothing can be opened. */
static void expect_no_case_left_out(const char *const *dirs, size_t n)
{
    struct strv all = STRV_INIT, keyed = STRV_INIT;
    fixture_vector_cases("ca", "epop", "response1.der", &all);
    fixture_vector_cases("ca", "epop", "key.der", &keyed);
    assert_int_equal(all.n, 14);
    assert_int_equal(keyed.n, 11);
    assert_int_equal(n, keyed.n);
    for (size_t i = 0; i < n; i++) {
        assert_true(strv_has(&keyed, dirs[i] + strlen("ca/")));
    }
    strv_release(&all);
    strv_release(&keyed);
}

/* Second trip: the recorded challenge, opened with the recorded key, gives the recorded second request. */
static void test_equals_recorded_second_trip(void **state)
{
    /* Those with py- were recorded with another client than Dogtag's. */
    static const char *const dirs[] = {"ca/epop-rsa",      "ca/epop-archival-rsa", "ca/epop-rsa-caCMCUserCert",
                                       "ca/oaep-epop-rsa", "ca/plw-epop-none",     "ca/epop-user-signed",
                                       "ca/py-epop-user",  "ca/py-epop-replay",    "ca/py-oaep-epop",
                                       "ca/neg-py-epop-bad-proof", "ca/neg-py-epop-proof-over-certreqmsg"};
    struct fixture *f = *state;
    expect_no_case_left_out(dirs, ARRAY_LEN(dirs));
    struct key *agent_key = fixture_vector_key(f, "ca/_client-pem/caadmin.key.der");
    struct cert *agent = vector_cert("ca/_client-pem/caadmin.pem");
    struct key *user_key = fixture_vector_key(f, "ca/_client-pem/user1.key.der");
    struct cert *user = vector_cert("ca/_client-pem/user1.pem");
    struct cert *ca = vector_cert("ca/_client-pem/ca_signing.pem");
    struct cert_list chain = CERT_LIST_INIT;
    cert_list_push(&chain, ca);
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        bool by_user = strcmp(dirs[i], "ca/epop-user-signed") == 0;
        char *key_path = xasprintf("%s/key.der", dirs[i]);
        char *response_path = xasprintf("%s/response1.der", dirs[i]);
        char *request_path = xasprintf("%s/request2.der", dirs[i]);
        struct key *key = fixture_vector_key(f, key_path);
        struct buf response;
        struct buf recorded;
        struct buf der;
        struct cmc_response r;
        struct cmc_request_result result;
        fixture_vector(response_path, &response);
        fixture_vector(request_path, &recorded);
        assert_true(cmc_response_parse(buf_peek(&response), &r, NULL));
        assert_int_equal(r.outcome, CMC_POP_REQUIRED);
        struct cmc_request_spec spec = {.db = f->db,
                                        .signer_kind = CMC_SIGNER_CERT,
                                        .signer_key = by_user ? user_key : agent_key,
                                        .signer_cert = by_user ? user : agent,
                                        .signer_chain = &chain,
                                        .request_key = key,
                                        .hash = HASH_SHA256,
                                        .decrypted_pop = {true, r.encrypted_pop, r.response_info, POP_PADDING_AUTO}};
        build(&spec, &der, &result);
        struct parsed ours;
        struct parsed theirs;
        parse(buf_peek(&der), &ours);
        parse(buf_peek(&recorded), &theirs);
        assert_true(bytes_equal(ours.pd.raw_requests, theirs.pd.raw_requests));
        bool wrong = strncmp(dirs[i], "ca/neg-", 7) == 0;
        (wrong ? expect_other_proof : expect_same_proof)(dirs[i], &ours, &theirs);
        bool dogtag = strncmp(dirs[i], "ca/py-", 6) != 0 && !wrong;
        assert_true(!dogtag || bytes_equal(buf_peek(&ours.sd.content), buf_peek(&theirs.sd.content)));
        assert_true(!dogtag || bytes_equal(buf_peek(&der), buf_peek(&recorded))); /* the whole message, with its signature */
        parsed_release(&ours);
        parsed_release(&theirs);
        struct err err = ERR_INIT; /* a wrong key learns nothing */
        spec.request_key = f->user_key;
        buf_clear(&der);
        cmc_request_result_release(&result);
        assert_false(cmc_request_build(&spec, &der, &result, &err));
        unit_expect_err(&err, ERR_CMC_CHALLENGE);
        cmc_response_release(&r);
        buf_release(&der);
        buf_release(&recorded);
        buf_release(&response);
        key_free(key);
        free(key_path);
        free(response_path);
        free(request_path);
    }
    cert_list_release(&chain);
    cert_free(ca);
    cert_free(agent);
    key_free(agent_key);
    cert_free(user);
    key_free(user_key);
}

/* What each recorded message says of itself, and how the refusal that it met is explained by that. */
static void test_about(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        struct cmc_sent is;
    } rows[] = {
        {"ca/agent-pkcs10-rsa/request.der", {.signer = CMC_SENT_UNKNOWN}},
        {"ca/agent-crmf-ec/request.der", {.signer = CMC_SENT_UNKNOWN}},
        {"ca/sst-pkcs10-rsa/request.der", {.signer = CMC_SENT_SHARED_SECRET, .pop_link = true}},
        {"ca/plw-py-pkcs10/request.der", {.signer = CMC_SENT_SHARED_SECRET, .pop_link = true}},
        {"ca/rev-agent/request.der", {.signer = CMC_SENT_UNKNOWN, .revocation = true}},
        {"ca/rev-shared-secret/request.der", {.signer = CMC_SENT_UNSIGNED, .revocation = true}},
        {"ca/epop-rsa/request1.der", {.signer = CMC_SENT_UNKNOWN}},
        {"ca/epop-rsa/request2.der", {.signer = CMC_SENT_UNKNOWN, .second_trip = true}},
        {"ca/neg-epop-ec/request1.der", {.signer = CMC_SENT_UNKNOWN, .ec_key = true, .no_pop = true}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf der;
        struct parsed p;
        struct cmc_sent about;
        fixture_vector(rows[i].file, &der);
        parse(buf_peek(&der), &p);
        cmc_request_about(&p.sd, &p.pd, &about);
        if (about.signer != rows[i].is.signer || about.second_trip != rows[i].is.second_trip ||
            about.revocation != rows[i].is.revocation || about.ec_key != rows[i].is.ec_key ||
            about.no_pop != rows[i].is.no_pop || about.pop_link != rows[i].is.pop_link) {
            fail_msg("%s", rows[i].file);
        }
        parsed_release(&p);
        buf_release(&der);
    }
    static const struct {
        int fail_info;
        struct cmc_sent about;
        enum err_code code;
    } refusals[] = {
        {CMC_FAIL_BAD_IDENTITY, {.revocation = true}, ERR_CA_REVOKE_IDENTITY},
        {CMC_FAIL_BAD_IDENTITY, {.revocation = false}, ERR_CA_BAD_IDENTITY},
        {CMC_FAIL_INTERNAL_CA_ERROR, {.ec_key = true, .no_pop = true}, ERR_CA_CHALLENGE_EC},
        {CMC_FAIL_INTERNAL_CA_ERROR, {.ec_key = true}, ERR_CA_INTERNAL},
    };
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        const struct cmc_status status = {
            .status = CMC_STATUS_FAILED, .has_fail_info = true, .fail_info = refusals[i].fail_info};
        struct err err = ERR_INIT;
        assert_true(cmc_status_error(&status, &refusals[i].about, &err));
        unit_expect_err(&err, refusals[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_recorded_agent),
        cmocka_unit_test(test_equals_recorded_pop_link),
        cmocka_unit_test(test_equals_recorded_second_trip),
        cmocka_unit_test(test_about),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
