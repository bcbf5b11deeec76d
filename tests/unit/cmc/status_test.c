/* SPDX-License-Identifier: Apache-2.0 */
/* statusInfo of both versions, and what a refusal is explained as. */
#include "config.h"

#include "unit/unit.h"

#include "base/strv.h"
#include "cmc/response.h"
#include "cmc/status.h"

static bool decode_hex(const char *text, int version, struct cmc_status *status)
{
    struct buf der = BUF_INIT(4096);
    assert_true(bytes_from_hex(text, &der));
    bool ok = cmc_status_decode(buf_peek(&der), version, status, NULL);
    buf_release(&der);
    return ok;
}

static void test_forms(void **state)
{
    static const struct {
        const char *what, *hex;
        int version, status, fail;
        size_t body;
        bool ext, pend;
    } rows[] = {
        {"success", "30080201003003020101", 2, 0, -1, 1, false, false},
        {"popRequired", "300b0201063003020101020108", 2, 6, 8, 1, false, false},
        {"version 1", "30080201003003020101", 1, 0, -1, 1, false, false},
        {"BodyPartPath", "300d02010230083006020101020102", 2, 2, -1, 1, false, false},
        {"empty bodyList", "30050201003000", 2, 0, -1, 0, false, false},
        {"extended [1] implicit",
         "301102010230030201"
         "00a10706032a03040500",
         2, 2, -1, 1, true, false},
        {"extended [1] explicit",
         "301302010230030201"
         "00a109300706032a03040500",
         2, 2, -1, 1, true, false},
        {"extended untagged",
         "301102010230030201"
         "00300706032a03040500",
         2, 2, -1, 1, true, false},
        {"pending",
         "301e0201033003020101301404013"
         "1180f32303236313132313030333333375a",
         2, 3, -1, 1, false, true},
        {"number of nobody", "300c0201023003020100020203e8", 2, 2, 1000, 1, false, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cmc_status s;
        if (!decode_hex(rows[i].hex, rows[i].version, &s)) {
            fail_msg("%s is not read", rows[i].what);
        }
        if (s.status != rows[i].status || (s.has_fail_info ? s.fail_info : -1) != rows[i].fail ||
            s.n_body != rows[i].body || s.has_ext != rows[i].ext || s.has_pend != rows[i].pend ||
            s.version != rows[i].version) {
            fail_msg("%s is read wrongly", rows[i].what);
        }
        if (!rows[i].ext && strcmp(rows[i].what, "empty bodyList") != 0) { /* and back */
            struct buf der = BUF_INIT(4096);
            assert_true(cmc_status_encode(&s, &der, NULL));
            unit_expect_text(bytes_hex(buf_peek(&der)), rows[i].hex);
            buf_release(&der);
        }
        cmc_status_release(&s);
    }
    static const char *const bad[] = {"",
                                      "3000",
                                      "3003020100",
                                      "300802010030030201",
                                      "30080201003003040101",
                                      "0500",
                                      "300a02010030030201010500",
                                      "300b0201063003020101010108"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct cmc_status s;
        assert_false(decode_hex(bad[i], 2, &s));
    }
}

static void test_hostile_text(void **state)
{
    (void)state;
    struct cmc_status s;
    struct err err = ERR_INIT;
    /* statusString: ESC ] 0 ; x BEL, newline, bidi override */
    assert_true(decode_hex("30150201023003020100"
                           "0c081b5d303b78070a41"
                           "020102",
                           2, &s));
    assert_null(strpbrk(s.text, "\033\a\n"));
    assert_true(cmc_status_error(&s, NULL, &err));
    char *text = err_format(&err, "cmc");
    assert_null(strchr(text, '\033'));
    free(text);
    err_release(&err);
    cmc_status_release(&s);
}

/* What Dogtag's CA was seen to say, and the explanation it gets. */
static void test_explanations(void **state)
{
    static const struct {
        int fail_info;
        const char *text;
        struct cmc_sent sent;
        enum err_code code;
    } rows[] = {
        {2, "Invalid Credential.", {.signer = CMC_SENT_AGENT}, ERR_CA_INVALID_CREDENTIAL},
        {2, "userToken null; verifySignerInfo failure", {0}, ERR_CA_INVALID_CREDENTIAL},
        {2,
         "Invalid Credential.:SSL client authentication certificate and CMC signer do not match",
         {0},
         ERR_CA_TLS_SIGNER_DIFFER},
        {2, "Invalid Credential.:CMC signing cert is a revoked certificate", {0}, ERR_CA_SIGNER_REVOKED},
        {2, "No Client Certificate Found", {0}, ERR_CA_NO_CLIENT_CERT},
        {2, "ProfileSubmitCMCServlet authorization failure", {0}, ERR_CA_NOT_AUTHORIZED},
        {2, "POP Link Witness Verification Failed: in POPLinkWitnessV2: ident_s=testuser", {0}, ERR_CA_POP_LINK},
        {2, "CMCUserSignedAuth: verifySelfSignedCMC: Invalid Credential.", {0}, ERR_CA_SELF_SIGNATURE},
        {2, "Subject Name Not Found", {0}, ERR_CA_SUBJECT_REJECTED},
        {2, "something new", {0}, ERR_CA_BAD_REQUEST},
        {4, NULL, {0}, ERR_CA_BAD_CERT_ID},
        {7,
         "Proof-of-Identification Verification Failed after verifyIdentityProofV2",
         {.signer = CMC_SENT_SHARED_SECRET},
         ERR_CA_BAD_IDENTITY},
        {7, "Invalid Request:id_cmc_identityProofV2 missing id_cmc_identification", {0}, ERR_CA_IDENTIFICATION_NEEDED},
        {7, " certificate principal and signer do not match", {0}, ERR_CA_REVOKE_IDENTITY},
        {7, NULL, {.revocation = true}, ERR_CA_REVOKE_IDENTITY},
        {9, "Proof-of-Possession Verification Failed", {0}, ERR_CA_POP_FAILED},
        {11, "Profile caNoSuchProfile Not Found", {.profile = "caNoSuchProfile"}, ERR_CA_PROFILE_NOT_FOUND},
        {11, "Policy Set Not Found", {0}, ERR_CA_POLICY_SET},
        {11, "Request Key Type EC Not Matched Rejected - {1}", {0}, ERR_CA_KEY_REJECTED},
        {11, "Request Key Parameters nistp256,nistp521 Not Matched Rejected - {1}", {0}, ERR_CA_KEY_REJECTED},
        {11, "Request Subject Name Not Matched {0}java.lang.Exception: x Rejected - {1}", {0}, ERR_CA_SUBJECT_REJECTED},
        {11,
         "Request Outside of Renewal Grace Period: 30 days before and 30 days after original cert expiration date "
         "Rejected - {1}",
         {0},
         ERR_CA_RENEWAL_WINDOW},
        {11, "Request Sending DRM request failed check KRA log for detail Rejected - {1}", {0}, ERR_CA_ARCHIVAL_FAILED},
        {11, "Request Deferred - x", {0}, ERR_CA_DEFERRED},
        {11, "Server Internal Error", {.ec_key = true, .no_pop = true}, ERR_CA_CHALLENGE_EC},
        {11, "Server Internal Error", {0}, ERR_CA_INTERNAL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cmc_status s = {.status = CMC_STATUS_FAILED,
                               .has_fail_info = true,
                               .fail_info = rows[i].fail_info,
                               .text = (char *)(uintptr_t)rows[i].text};
        struct err err = ERR_INIT;
        assert_true(cmc_status_error(&s, &rows[i].sent, &err));
        if (err.code != rows[i].code) {
            fail_msg("%s: %s", rows[i].text ? rows[i].text : "-", err_id(err.code));
        }
        assert_int_equal(err_exit(err.code), EXIT_REJECTED);
        assert_true(err_what(err.code)[0] && err_todo(err.code)[0]);
        char *text = err_format(&err, "cmc");
        assert_true(!rows[i].text || strstr(text, rows[i].text));
        free(text);
        err_release(&err);
    }
}

static void test_causes(void **state)
{
    (void)state;
    struct cmc_status s = {.status = CMC_STATUS_FAILED,
                           .has_fail_info = true,
                           .fail_info = CMC_FAIL_BAD_REQUEST,
                           .text = (char *)(uintptr_t) "Invalid Credential."};
    struct strv agent = STRV_INIT;
    struct strv secret = STRV_INIT;
    cmc_status_causes(&s, &(struct cmc_sent){.signer = CMC_SENT_AGENT}, &agent);
    cmc_status_causes(&s, &(struct cmc_sent){.signer = CMC_SENT_SHARED_SECRET}, &secret);
    assert_true(agent.n >= 3 && secret.n >= 1);
    assert_non_null(strstr(agent.v[0], "registered"));
    assert_false(strv_has(&secret, agent.v[0]));
    strv_release(&agent);
    strv_release(&secret);
}

static void test_waiting(void **state)
{
    static const int waiting[] = {CMC_STATUS_PENDING, CMC_STATUS_POP_REQUIRED, CMC_STATUS_CONFIRM_REQUIRED};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(waiting); i++) {
        struct cmc_status s = {.status = waiting[i]};
        struct err err = ERR_INIT;
        assert_true(cmc_status_error(&s, NULL, &err));
        assert_int_equal(err_exit(err.code), EXIT_WAITING);
        err_release(&err);
    }
    struct cmc_status ok = {.status = CMC_STATUS_SUCCESS};
    assert_false(cmc_status_error(&ok, NULL, NULL));
    struct err err = ERR_INIT; /* profileSubmitCMCSimple refuses so */
    struct cmc_status odd = {.status = CMC_STATUS_PENDING, .has_fail_info = true, .fail_info = CMC_FAIL_BAD_REQUEST};
    assert_true(cmc_status_error(&odd, NULL, &err));
    unit_expect_err(&err, ERR_CA_BAD_REQUEST);
    assert_string_equal(cmc_status_name(6), "popRequired");
    assert_string_equal(cmc_status_name(42), "unknown");
    assert_string_equal(cmc_fail_info_name(11), "internalCAError");
    assert_string_equal(cmc_fail_info_dogtag(11), "internal ca error");
    assert_null(cmc_fail_info_dogtag(99));
    assert_string_equal(cmc_status_dogtag(4), "not supported");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),  cmocka_unit_test(test_hostile_text), cmocka_unit_test(test_explanations),
        cmocka_unit_test(test_causes), cmocka_unit_test(test_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
