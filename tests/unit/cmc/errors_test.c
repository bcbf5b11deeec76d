/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that are wrong in one place each: recorded ones with one identifier changed, so that all lengths stay right. */
#include "fixture.h"

#include <string.h>

#include "cmc/control_pop.h"
#include "cmc/control_proof.h"
#include "cmc/crmf.h"
#include "cmc/response.h"
#include "cmc/signeddata.h"

static const uint8_t SHA256[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
static const uint8_t AES128_CBC[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02};
static const uint8_t MESSAGE_DIGEST[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04};
static const uint8_t SIGNED_DATA[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};

/* The last octet of each (or the first) place where those octets stand becomes 0x7e. */
static void change(struct buf *der, const uint8_t *what, size_t len, bool all)
{
    size_t n = 0;
    for (size_t i = 0; i + len <= der->len && (all || !n); i++) {
        if (memcmp(der->data + i, what, len) == 0) {
            der->data[i + len - 1] = 0x7e;
            n++;
        }
    }
    assert_true(n > 0);
}

/* The recorded success of a real CA, changed. */
static void expect_verify(const uint8_t *what, size_t len, size_t signer, bool without_certs, enum err_code code)
{
    struct buf der;
    struct signeddata sd;
    struct err err = ERR_INIT;
    fixture_vector("tools/_responses/success.cmc", &der);
    if (what) {
        change(&der, what, len, true);
    }
    assert_true(signeddata_parse(buf_peek(&der), &sd, &err));
    if (without_certs) {
        cert_list_release(&sd.certs);
    }
    assert_true(signeddata_verify(&sd, signer, BYTES(NULL, 0), NULL, &err) == (code == ERR_NONE));
    unit_expect_err(&err, code);
    signeddata_release(&sd);
    buf_release(&der);
}

static void test_verify(void **state)
{
    (void)state;
    expect_verify(NULL, 0, 0, false, ERR_NONE);
    expect_verify(NULL, 0, 1, false, ERR_CMC_UNSIGNED);
    expect_verify(NULL, 0, 0, true, ERR_CMC_SIGNER_CERT_MISSING);
    expect_verify(MESSAGE_DIGEST, sizeof MESSAGE_DIGEST, 0, false, ERR_CMC_SIGNED_ATTRS);
    expect_verify(SHA256, sizeof SHA256, 0, false, ERR_CMC_DIGEST_UNKNOWN);
}

static void test_content(void **state)
{
    (void)state;
    struct buf der;
    struct signeddata sd;
    struct err err = ERR_INIT;
    fixture_vector("tools/_responses/success.cmc", &der);
    change(&der, SIGNED_DATA, sizeof SIGNED_DATA, false);
    assert_false(signeddata_parse(buf_peek(&der), &sd, &err));
    unit_expect_err(&err, ERR_CMC_NOT_CMS);
    buf_release(&der);
    uint8_t *huge = xcalloc(BUF_MAX_MESSAGE + 1, 1);
    assert_false(signeddata_parse(BYTES(huge, BUF_MAX_MESSAGE + 1), &sd, &err));
    unit_expect_err(&err, ERR_CMC_TOO_BIG);
    free(huge);
}

static void expect_pop(const char *file, bool changed, bool with_input, enum err_code code)
{
    struct buf der;
    struct crmf_msg msg;
    struct err err = ERR_INIT;
    fixture_vector(file, &der);
    if (changed) {
        der.data[der.len - 1] ^= 1;
    }
    assert_true(crmf_parse(buf_peek(&der), &msg, NULL, &err));
    msg.pop_has_input = msg.pop_has_input || with_input;
    assert_true(crmf_verify_pop(&msg, &err) == (code == ERR_NONE));
    unit_expect_err(&err, code);
    crmf_release(&msg);
    buf_release(&der);
}

static void test_crmf_pop(void **state)
{
    (void)state;
    expect_pop("ca/agent-crmf-rsa/req.crmf.der", false, false, ERR_NONE);
    expect_pop("ca/agent-crmf-rsa/req.crmf.der", true, false, ERR_CMC_POP_WRONG);
    expect_pop("ca/agent-crmf-rsa/req.crmf.der", false, true, ERR_CMC_POP_KIND);
    expect_pop("ca/epop-rsa/req.crmf.der", false, false, ERR_CMC_POP_MISSING);
}

static void test_proof(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct secret secret = SECRET_INIT;
    struct err err = ERR_INIT;
    secret_set(&secret, "correct horse", strlen("correct horse"));
    struct bytes words = bytes_of_str("correct horse"), name = bytes_of_str("jdoe"), data = bytes_of_str("data");
    assert_true(proof_v2_make(HASH_SHA256, HASH_SHA256, &secret, "jdoe", data, &der, &err));
    assert_true(proof_v2_verify(buf_peek(&der), words, name, data, &err));
    change(&der, SHA256, sizeof SHA256, true);
    assert_false(proof_v2_verify(buf_peek(&der), words, name, data, &err));
    unit_expect_err(&err, ERR_CMC_ALG_UNKNOWN);
    secret_release(&secret);
    buf_release(&der);
}

static void expect_challenge(const uint8_t *what, size_t len, enum err_code code)
{
    struct buf der;
    struct cmc_response r;
    struct encrypted_pop pop;
    struct err err = ERR_INIT;
    fixture_vector("tools/_responses/pop-crmf.cmc", &der);
    assert_true(cmc_response_parse(buf_peek(&der), &r, &err));
    struct buf value = BUF_INIT(BUF_MAX_MESSAGE);
    assert_true(buf_append_bytes(&value, r.encrypted_pop));
    if (what) {
        change(&value, what, len, true);
    }
    assert_true(encrypted_pop_decode(buf_peek(&value), &pop, &err) == (code == ERR_NONE));
    unit_expect_err(&err, code);
    buf_release(&value);
    cmc_response_release(&r);
    buf_release(&der);
}

static void test_challenge(void **state)
{
    (void)state;
    expect_challenge(NULL, 0, ERR_NONE);
    expect_challenge(AES128_CBC, sizeof AES128_CBC, ERR_CMC_ENCRYPTED_POP_ALG);
    expect_challenge(SHA256, sizeof SHA256, ERR_CMC_ENCRYPTED_POP_ALG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify), cmocka_unit_test(test_content),   cmocka_unit_test(test_crmf_pop),
        cmocka_unit_test(test_proof),  cmocka_unit_test(test_challenge),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
