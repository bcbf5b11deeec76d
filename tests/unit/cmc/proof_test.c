/* SPDX-License-Identifier: Apache-2.0 */
/* identityProofV2, popLinkWitnessV2, decryptedPOP proofs: computed vectors, and recorded second trips. Recorded proofs of a secret:
 * recorded_proof_test.c. */
#include "config.h"

#include "fixture.h"

#include "unit/unit.h"

#include "cmc/control_plain.h"
#include "cmc/control_pop.h"
#include "cmc/control_proof.h"
#include "cmc/oids.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "cmc/signeddata.h"
#include "nss/nssdb.h"

#define SECRET "Secret.123"
#define IDENT "testuser"

static void assert_hex(struct bytes got, const char *hex)
{
    unit_expect_text(bytes_hex(got), hex);
}

/* Recomputed with other programs (Python hashlib and hmac, openssl). */
static const struct {
    enum hash_alg hash, mac;
    const char *data_hex, *witness;
} vectors[] = {
    {HASH_SHA256, HASH_SHA256, "3000", "e562de80fa6f228c8ed94b58fe216c54bd105a4622a0da27334c4b334eb220d9"},
    {HASH_SHA512, HASH_SHA256, "3000", "794d6ea85ddbf5b7b20f4fc1e63d15d326ec440a3cdfbc61f970acf8e7335e62"},
    {HASH_SHA256, HASH_SHA512, "3000",
     "66b209d2f1b033122b6a52c8df2808576016e41c5816db0f7680a974fa17ee9b"
     "5cbcd27e63cd02088278a6d7798407414d7a41429d8ec163bcae8154109d049a"},
    {HASH_SHA256, HASH_SHA256,
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
     "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
     "bdb9ad09979ea77d9714b2328a1e297aa0e541e273e6e02820fbc9cd02a9c914"},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        struct buf data = BUF_INIT(1024);
        struct buf witness = BUF_INIT(64);
        assert_true(bytes_from_hex(vectors[i].data_hex, &data));
        assert_true(proof_witness(vectors[i].hash, vectors[i].mac, bytes_of_str(SECRET), bytes_of_str(IDENT),
                                  buf_peek(&data), &witness, NULL));
        assert_hex(buf_peek(&witness), vectors[i].witness);
        buf_release(&data);
        buf_release(&witness);
    }
    uint8_t challenge[64];
    for (int i = 0; i < 64; i++) {
        challenge[i] = (uint8_t)i;
    }
    struct buf out = BUF_INIT(64);
    static const uint8_t tlv[] = {0xa1, 0x03, 0x02, 0x01, 0x01};
    assert_true(hash_compute(HASH_SHA256, BYTES(challenge, 64), &out, NULL));
    assert_hex(buf_peek(&out), "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108");
    buf_clear(&out);
    assert_true(decrypted_pop_proof(BYTES(challenge, 64), BYTES(tlv, 5), &out, NULL));
    assert_hex(buf_peek(&out), "85ed67f170ec902c27b951cd4f5d7978eb747fe87e93e48f4d4ba7a6cb970aa5");
    buf_release(&out);
}

static void test_value(void **state)
{
    (void)state;
    struct secret secret = SECRET_INIT;
    struct buf der = BUF_INIT(1024);
    struct err err = ERR_INIT;
    struct proof_v2 proof;
    secret_set(&secret, SECRET, strlen(SECRET));
    assert_true(proof_v2_make(HASH_SHA256, HASH_SHA256, &secret, IDENT, bytes_of_str("x"), &der, NULL));
    assert_hex(BYTES(der.data, 27), "303b300b0609608648016503040201300a06082a864886f70d0209"); /* parameters absent */
    assert_true(proof_v2_decode(buf_peek(&der), &proof, NULL));
    assert_true(proof.known);
    assert_int_equal(proof.hash, HASH_SHA256);
    assert_int_equal(proof.witness.len, 32);
    assert_true(proof_v2_verify(buf_peek(&der), bytes_of_str(SECRET), bytes_of_str(IDENT), bytes_of_str("x"), NULL));
    assert_false(
        proof_v2_verify(buf_peek(&der), bytes_of_str("secret.123"), bytes_of_str(IDENT), bytes_of_str("x"), &err));
    unit_expect_err(&err, ERR_CMC_PROOF_WRONG);
    assert_false(proof_v2_verify(buf_peek(&der), bytes_of_str(SECRET), BYTES_NONE, bytes_of_str("x"), NULL));
    assert_false(proof_v2_verify(buf_peek(&der), bytes_of_str(SECRET), bytes_of_str(IDENT), bytes_of_str("y"), NULL));
    for (size_t n = 0; n < der.len; n++) {
        assert_false(proof_v2_decode(BYTES(der.data, n), &proof, NULL));
    }
    buf_release(&der);
    secret_release(&secret);
}

static void test_refusals(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(1024);
    struct err err = ERR_INIT;
    struct secret secret = SECRET_INIT;
    assert_false(proof_v2_make(HASH_SHA256, HASH_SHA256, &secret, IDENT, BYTES_NONE, &der, &err));
    unit_expect_err(&err, ERR_CMC_SECRET_MISSING);
    secret_set(&secret, "", 0);
    assert_false(proof_v2_make(HASH_SHA256, HASH_SHA256, &secret, IDENT, BYTES_NONE, &der, &err));
    unit_expect_err(&err, ERR_CMC_SECRET_MISSING);
    secret_set(&secret, "S\xc3\xa9same", 7);
    assert_false(proof_v2_make(HASH_SHA256, HASH_SHA256, &secret, IDENT, BYTES_NONE, &der, &err));
    unit_expect_err(&err, ERR_CMC_SECRET_NOT_ASCII);
    secret_set(&secret, SECRET, strlen(SECRET));
    assert_false(proof_v2_make(HASH_SHA256, HASH_SHA256, &secret, "J\xc3\xb6rg", BYTES_NONE, &der, &err));
    unit_expect_err(&err, ERR_CMC_IDENTIFICATION_NOT_ASCII);
    assert_false(proof_v2_make(HASH_SHA256, HASH_SHA384, &secret, IDENT, BYTES_NONE, &der, &err));
    unit_expect_err(&err, ERR_CMC_MAC_SHA384);
    assert_false(proof_v2_make(HASH_SHA1, HASH_SHA256, &secret, IDENT, BYTES_NONE, &der, &err));
    unit_expect_err(&err, ERR_CMC_MAC_SHA1);
    assert_int_equal(der.len, 0);
    enum hash_alg alg;
    assert_true(proof_hash_by_name("SHA-384", &alg) && alg == HASH_SHA384);
    assert_true(proof_mac_by_name("SHA-512-HMAC", &alg) && alg == HASH_SHA512);
    assert_false(proof_hash_by_name("SHA256", &alg));
    assert_false(proof_mac_by_name("SHA-256", &alg));
    secret_release(&secret);
}

/* The recorded second requests answer the recorded challenges. */
static const struct {
    const char *response, *challenge, *request;
} trips[] = {
    {"tools/dpop-crmf/in.cmc", "tools/_responses/pop-crmf.cmc.challenge", "tools/dpop-crmf/cmc.req"},
    {"tools/dpop-crmf-oaep/in.cmc", "tools/_responses/pop-crmf-oaep.cmc.challenge", "tools/dpop-crmf-oaep/cmc.req"},
    {"tools/dpop-p10/in.cmc", "tools/_responses/pop-p10.cmc.challenge", "tools/dpop-p10/cmc.req"},
};

static void read_vector(const char *below, struct buf *out)
{
    char *root = unit_source("tests/vectors");
    char *path = path_join(root, below);
    buf_init(out, BUF_MAX_MESSAGE);
    if (!file_read(path, out, NULL)) {
        fail_msg("%s", path);
    }
    free(path);
    free(root);
}

static void test_recorded_second_trips(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(trips); i++) {
        struct buf response;
        struct buf challenge;
        struct buf request;
        struct cmc_response r;
        struct signeddata sd;
        struct pkidata pd;
        struct encrypted_pop pop;
        struct decrypted_pop answer;
        struct buf proof = BUF_INIT(64);
        struct buf witness = BUF_INIT(64);
        read_vector(trips[i].response, &response);
        read_vector(trips[i].challenge, &challenge);
        read_vector(trips[i].request, &request);
        assert_true(cmc_response_parse(buf_peek(&response), &r, NULL));
        assert_int_equal(r.outcome, CMC_POP_REQUIRED);
        assert_true(encrypted_pop_decode(r.encrypted_pop, &pop, NULL));
        assert_true(hash_compute(HASH_SHA256, buf_peek(&challenge), &witness, NULL));
        assert_true(bytes_equal(buf_peek(&witness), pop.witness));
        assert_true(cmc_request_parse(buf_peek(&request), &sd, &pd, NULL));
        const struct control *control = control_find(pd.controls, pd.n_controls, OID_CMC_DECRYPTED_POP);
        assert_non_null(control);
        assert_true(decrypted_pop_decode(buf_peek(&control->value), &answer, NULL));
        assert_true(decrypted_pop_proof(buf_peek(&challenge), pop.request, &proof, NULL));
        assert_true(bytes_equal(buf_peek(&proof), answer.pop));
        assert_true(bytes_equal(pop.pop_alg_der, answer.pop_alg_der));
        assert_int_equal(pd.n_requests, 1);
        assert_true(bytes_equal(buf_peek(&pd.requests[0].tlv), pop.request));
        assert_int_equal(pop.request_id, pd.requests[0].bodypart_id);
        const struct control *reg_info = control_find(pd.controls, pd.n_controls, OID_CMC_REG_INFO);
        struct bytes octets;
        assert_non_null(reg_info);
        assert_true(control_octets_decode(buf_peek(&reg_info->value), &octets, NULL));
        assert_true(r.has_response_info && bytes_equal(octets, r.response_info));
        buf_release(&proof);
        buf_release(&witness);
        pkidata_release(&pd);
        signeddata_release(&sd);
        cmc_response_release(&r);
        buf_release(&response);
        buf_release(&challenge);
        buf_release(&request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_value),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_recorded_second_trips),
    };
    return cmocka_run_group_tests(tests, fixture_nss_setup, fixture_nss_teardown);
}
