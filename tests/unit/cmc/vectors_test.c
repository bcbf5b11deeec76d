/* SPDX-License-Identifier: Apache-2.0 */
/* Every recorded request and response decodes, and says what the recording's independent parser said (case.json). */
#include "config.h"

#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/strv.h"
#include "cmc/oids.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "cmc/show.h"
#include "cmc/signeddata.h"
#include "nss/nssdb.h"

static char *vectors_path(const char *below)
{
    char *root = unit_source("tests/vectors");
    char *path = path_join(root, below);
    free(root);
    return path;
}

static bool load(const char *dir, const char *name, struct buf *out)
{
    char *path = path_join(dir, name);
    buf_init(out, BUF_MAX_MESSAGE);
    bool ok = file_read(path, out, NULL);
    free(path);
    return ok;
}

static void assert_controls(const struct control *list, size_t n, struct json *expected)
{
    assert_int_equal(n, json_size(expected));
    for (size_t i = 0; i < n; i++) {
        struct json *want = json_at(expected, i);
        assert_int_equal(list[i].bodypart_id, (int)json_get_num(want, "bodyPartID", -1));
        assert_string_equal(list[i].oid, json_get_str(want, "oid", ""));
        struct json *values = json_get(want, "values");
        assert_int_equal(list[i].n_values, json_size(values));
        char *hex = bytes_hex(buf_peek(&list[i].value));
        assert_string_equal(hex, json_str(json_at(values, 0)));
        free(hex);
        if (!list[i].type) { /* kept as it came */
            assert_string_equal(control_name(&list[i]), list[i].oid);
            continue;
        }
        const char *name = json_get_str(want, "name", "");
        if (strcmp(list[i].type->name, name) != 0 && strcmp(list[i].oid, name) != 0) {
            fail_msg("%s is called %s", list[i].type->name, name);
        }
        if (list[i].type->check) {
            struct err err = ERR_INIT;
            if (!list[i].type->check(buf_peek(&list[i].value), &err)) {
                fail_msg("%s: %s", list[i].type->name, err_what(err.code));
            }
        }
    }
}

static void assert_signers(const struct signeddata *sd, struct json *expected)
{
    struct json *signers = json_get(expected, "signerInfos");
    assert_int_equal(sd->n_signers, json_size(signers));
    assert_int_equal(sd->certs.n + sd->n_unread_certs, (int)json_get_num(expected, "numCerts", 0));
    for (size_t i = 0; i < sd->n_signers; i++) {
        struct json *want = json_at(signers, i);
        assert_int_equal(sd->signers[i].version, (int)json_get_num(want, "version", -1));
        assert_string_equal(sd->signers[i].digest_oid, json_get_str(want, "digestAlg", ""));
        assert_string_equal(sd->signers[i].signature_oid, json_get_str(want, "sigAlg", ""));
        assert_int_equal(sd->signers[i].signature.len, (int)json_get_num(want, "sigLen", -1));
        bool by_ski = strcmp(json_get_str(want, "sid", ""), "issuerAndSerial") != 0;
        assert_int_equal(sd->signers[i].id == SIGNER_BY_SKI, by_ski);
    }
}

static void assert_shown(struct bytes der, enum cmc_what what)
{
    struct cmc_tree tree = CMC_TREE_INIT;
    assert_int_equal(cmc_identify(der), what);
    assert_true(cmc_show(der, &tree, NULL));
    char *text = cmc_tree_print(&tree);
    assert_null(strchr(text, '\033'));
    struct json *json = cmc_tree_json(&tree);
    assert_int_equal(json_size(json), 1);
    json_free(json);
    free(text);
    cmc_tree_release(&tree);
}

/* The whole PKIData made again from its parts is the recorded one. */
static void assert_encodes_back(const struct pkidata *pd)
{
    struct buf again = BUF_INIT(BUF_MAX_MESSAGE);
    struct pkidata copy = *pd;
    copy.raw_requests = BYTES_NONE;
    assert_true(pkidata_encode(&copy, &again, NULL));
    assert_memory_equal(again.data, pd->raw.data, pd->raw.len);
    assert_int_equal(again.len, pd->raw.len);
    buf_release(&again);
}

static void check_request(const char *dir, const char *name, struct json *expected)
{
    struct buf der;
    struct signeddata sd;
    struct pkidata pd;
    struct err err = ERR_INIT;
    if (!load(dir, name, &der)) {
        fail_msg("%s/%s is missing", dir, name);
    }
    bool is_request = json_get_bool(expected, "unsigned", false) ||
                      strcmp(json_get_str(expected, "eContentType", ""), OID_CCT_PKI_DATA) == 0;
    bool parsed = cmc_request_parse(buf_peek(&der), &sd, &pd, &err);
    if (!is_request) { /* made with a wrong content type on purpose */
        assert_false(parsed);
        unit_expect_err(&err, ERR_CMC_NOT_REQUEST);
        buf_release(&der);
        return;
    }
    if (!parsed) {
        fail_msg("%s/%s: %s", dir, name, err_what(err.code));
    }
    bool is_unsigned = json_get_bool(expected, "unsigned", false);
    assert_int_equal(!sd.is_signed, is_unsigned);
    if (!is_unsigned) {
        assert_string_equal(sd.content_type, json_get_str(expected, "eContentType", ""));
        assert_signers(&sd, expected);
    }
    assert_controls(pd.controls, pd.n_controls, json_get(expected, "controls"));
    struct json *requests = json_get(expected, "requests");
    assert_int_equal(pd.n_requests, json_size(requests));
    for (size_t i = 0; i < pd.n_requests; i++) {
        const char *tag = json_get_str(json_at(requests, i), "tag", "");
        assert_int_equal(pd.requests[i].tlv.data[0], strtol(tag, NULL, 16));
    }
    if (der.data[1] != 0x80) { /* DER: openssl's streams are BER and are left out here */
        assert_encodes_back(&pd);
    }
    assert_shown(buf_peek(&der), CMC_IS_REQUEST);
    pkidata_release(&pd);
    signeddata_release(&sd);
    buf_release(&der);
}

static void assert_statuses(const struct cmc_response *r, struct json *controls)
{
    size_t seen = 0;
    for (size_t i = 0; i < json_size(controls); i++) {
        struct json *want = json_get(json_at(controls, i), "status");
        if (!want) {
            continue;
        }
        assert_true(seen < r->n_statuses);
        const struct cmc_status *status = &r->statuses[seen++];
        assert_int_equal(status->status, (int)json_get_num(want, "cMCStatus", -1));
        assert_string_equal(cmc_status_name(status->status), json_get_str(want, "cMCStatusName", ""));
        assert_int_equal(status->has_fail_info ? status->fail_info : -1, (int)json_get_num(want, "failInfo", -1));
        if (status->has_fail_info) {
            assert_string_equal(cmc_fail_info_name(status->fail_info), json_get_str(want, "failInfoName", ""));
        }
        const char *text = json_get_str(want, "statusString", NULL);
        assert_int_equal(text != NULL, status->text != NULL);
        if (text && !strpbrk(text, "\\\n")) {
            assert_string_equal(status->text, text);
        }
        struct json *body = json_get(want, "bodyList");
        assert_int_equal(status->n_body, json_size(body));
        for (size_t j = 0; j < status->n_body; j++) {
            assert_int_equal(status->body[j].id[0], (int)json_num(json_at(body, j), -1));
        }
    }
    assert_int_equal(seen, r->n_statuses);
}

static void check_response(const char *dir, const char *name, struct json *expected)
{
    struct buf der;
    struct cmc_response r;
    struct err err = ERR_INIT;
    if (!load(dir, name, &der)) {
        fail_msg("%s/%s is missing", dir, name);
    }
    if (!cmc_response_parse(buf_peek(&der), &r, &err)) {
        fail_msg("%s/%s: %s", dir, name, err_what(err.code));
    }
    assert_signers(&r.sd, expected);
    struct json *controls = json_get(expected, "controls");
    bool full = strcmp(json_get_str(expected, "eContentType", ""), OID_CCT_PKI_RESPONSE) == 0;
    assert_int_equal(r.kind, full ? CMC_FULL : CMC_SIMPLE);
    if (full) {
        assert_controls(r.controls, r.n_controls, controls);
        assert_statuses(&r, controls);
        const struct cert *signer = NULL;
        if (!signeddata_verify(&r.sd, 0, BYTES_NONE, &signer, &err)) {
            fail_msg("%s/%s: %s", dir, name, err_what(err.code));
        }
        assert_non_null(signer);
    }
    bool failed = cmc_response_error(&r, NULL, &err);
    assert_int_equal(failed, r.outcome != CMC_SUCCESS);
    assert_int_equal(failed, err_is_set(&err));
    err_release(&err);
    assert_shown(buf_peek(&der), full ? CMC_IS_RESPONSE : CMC_IS_CERTS_ONLY);
    cmc_response_release(&r);
    buf_release(&der);
}

static int check_case(const char *dir)
{
    char *path = path_join(dir, "case.json");
    struct json *root = file_exists(path) ? json_read_file(path, NULL) : NULL;
    free(path);
    if (!root) {
        return 0;
    }
    int checked = 0;
    struct json *requests = json_get(root, "requests");
    for (size_t i = 0; i < json_size(requests); i++) {
        struct json *one = json_at(requests, i);
        check_request(dir, json_key(one), one);
        checked++;
    }
    struct json *steps = json_get(root, "steps");
    for (size_t i = 0; i < json_size(steps); i++) {
        struct json *parsed = json_get(json_at(steps, i), "parsed");
        const char *file = json_get_str(json_at(steps, i), "responseFile", NULL);
        if (parsed && file && json_get(parsed, "eContentType")) {
            check_response(dir, file, parsed);
            checked++;
        }
    }
    json_free(root);
    return checked;
}

static void test_every_recorded_message(void **state)
{
    (void)state;
    struct strv names = STRV_INIT;
    char *root = vectors_path("ca");
    assert_true(dir_list(root, &names, NULL));
    int checked = 0;
    for (size_t i = 0; i < names.n; i++) {
        char *dir = path_join(root, names.v[i]);
        checked += check_case(dir);
        free(dir);
    }
    print_message("%d recorded messages\n", checked);
    assert_true(checked > 370);
    strv_release(&names);
    free(root);
}

/* Answers made with the server's own library: every status and failInfo. */
static const struct {
    const char *file;
    enum cmc_outcome outcome;
    int status, fail_info;
    enum err_code code;
} answers[] = {
    {"success.cmc", CMC_SUCCESS, 0, -1, ERR_NONE},
    {"success-echo.cmc", CMC_SUCCESS, 0, -1, ERR_NONE},
    {"success-two.cmc", CMC_SUCCESS, 0, -1, ERR_NONE},
    {"success-sha512.cmc", CMC_SUCCESS, 0, -1, ERR_NONE},
    {"failed-0.cmc", CMC_FAILED, 2, 0, ERR_CA_BAD_ALG},
    {"failed-1.cmc", CMC_FAILED, 2, 1, ERR_CA_BAD_MESSAGE_CHECK},
    {"failed-2.cmc", CMC_FAILED, 2, 2, ERR_CA_BAD_REQUEST},
    {"failed-3.cmc", CMC_FAILED, 2, 3, ERR_CA_BAD_TIME},
    {"failed-4.cmc", CMC_FAILED, 2, 4, ERR_CA_BAD_CERT_ID},
    {"failed-5.cmc", CMC_FAILED, 2, 5, ERR_CA_UNSUPPORTED_EXT},
    {"failed-6.cmc", CMC_FAILED, 2, 6, ERR_CA_MUST_ARCHIVE_KEYS},
    {"failed-7.cmc", CMC_FAILED, 2, 7, ERR_CA_BAD_IDENTITY},
    {"failed-8.cmc", CMC_FAILED, 2, 8, ERR_CA_POP_REQUIRED},
    {"failed-9.cmc", CMC_FAILED, 2, 9, ERR_CA_POP_FAILED},
    {"failed-10.cmc", CMC_FAILED, 2, 10, ERR_CA_NO_KEY_REUSE},
    {"failed-11.cmc", CMC_FAILED, 2, 11, ERR_CA_INTERNAL},
    {"failed-12.cmc", CMC_FAILED, 2, 12, ERR_CA_TRY_LATER},
    {"failed-13.cmc", CMC_FAILED, 2, 13, ERR_CA_AUTH_DATA_FAIL},
    {"failed-99.cmc", CMC_FAILED, 2, 99, ERR_CA_FAILED},
    {"failed-noinfo.cmc", CMC_FAILED, 2, -1, ERR_CA_FAILED},
    {"pending.cmc", CMC_PENDING, 3, -1, ERR_CA_PENDING},
    {"confirm.cmc", CMC_CONFIRM_REQUIRED, 5, -1, ERR_CA_CONFIRM_REQUIRED},
    {"status-nosupport.cmc", CMC_NO_SUPPORT, 4, 2, ERR_CA_NO_SUPPORT},
    {"status-partial.cmc", CMC_PARTIAL, 7, 2, ERR_CA_PARTIAL},
    {"status-99.cmc", CMC_UNKNOWN_STATUS, 99, 2, ERR_CA_UNKNOWN_STATUS},
    {"pop-crmf.cmc", CMC_POP_REQUIRED, 6, 8, ERR_CA_POP_REQUIRED},
    {"pop-p10.cmc", CMC_POP_REQUIRED, 6, 8, ERR_CA_POP_REQUIRED},
    {"pop-crmf-oaep.cmc", CMC_POP_REQUIRED, 6, 8, ERR_CA_POP_REQUIRED},
};

static void test_every_status(void **state)
{
    (void)state;
    char *dir = vectors_path("tools/_responses");
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        struct buf der;
        struct cmc_response r;
        struct err err = ERR_INIT;
        if (!load(dir, answers[i].file, &der)) {
            fail_msg("%s is missing", answers[i].file);
        }
        if (!cmc_response_parse(buf_peek(&der), &r, &err)) {
            fail_msg("%s: %s", answers[i].file, err_what(err.code));
        }
        if (r.outcome != answers[i].outcome) {
            fail_msg("%s: outcome %d", answers[i].file, (int)r.outcome);
        }
        assert_true(r.n_statuses > 0);
        const struct cmc_status *status = &r.statuses[r.decisive];
        assert_int_equal(status->status, answers[i].status);
        if ((status->has_fail_info ? status->fail_info : -1) != answers[i].fail_info) {
            fail_msg("%s: failInfo %d", answers[i].file, status->has_fail_info ? status->fail_info : -1);
        }
        bool failed = cmc_response_error(&r, NULL, &err);
        assert_int_equal(failed, answers[i].code != ERR_NONE);
        assert_int_equal(err.code, answers[i].code);
        err_release(&err);
        cmc_response_release(&r);
        buf_release(&der);
    }
    free(dir);
}

static void test_odd_answers(void **state)
{
    (void)state;
    char *dir = vectors_path("tools/_responses");
    struct buf der;
    struct cmc_response r;
    struct err err = ERR_INIT;
    assert_true(load(dir, "status-none.cmc", &der));
    assert_true(cmc_response_parse(buf_peek(&der), &r, NULL));
    assert_int_equal(r.outcome, CMC_NO_STATUS);
    assert_true(cmc_response_error(&r, NULL, &err));
    assert_int_equal(err.code, ERR_CA_NO_STATUS);
    err_release(&err);
    cmc_response_release(&r);
    buf_release(&der);
    assert_true(load(dir, "success-badsig.cmc", &der));
    assert_true(cmc_response_parse(buf_peek(&der), &r, NULL));
    assert_false(signeddata_verify(&r.sd, 0, BYTES_NONE, NULL, &err));
    assert_true(err.code == ERR_CMC_SIGNATURE || err.code == ERR_CMC_DIGEST_MISMATCH);
    err_release(&err);
    cmc_response_release(&r);
    buf_release(&der);
    assert_true(load(dir, "simple.p7", &der));
    assert_true(cmc_response_parse(buf_peek(&der), &r, NULL));
    assert_int_equal(r.kind, CMC_SIMPLE);
    assert_true(r.sd.certs.n > 0);
    cmc_response_release(&r);
    buf_release(&der);
    free(dir);
}

static void test_not_a_response(void **state)
{
    (void)state;
    struct cmc_response r;
    struct err err = ERR_INIT;
    assert_false(cmc_response_parse(bytes_of_str("\n<html><body>no</body></html>"), &r, &err));
    assert_int_equal(err.code, ERR_CMC_HTML);
    assert_false(cmc_response_parse(bytes_of_str("MIIC"), &r, &err));
    assert_int_equal(err.code, ERR_CMC_NOT_DER);
    assert_false(cmc_response_parse(BYTES_NONE, &r, &err));
    char *dir = vectors_path("ca/agent-pkcs10-rsa");
    struct buf der;
    assert_true(load(dir, "request.der", &der));
    assert_false(cmc_response_parse(buf_peek(&der), &r, &err));
    assert_int_equal(err.code, ERR_CMC_NOT_RESPONSE);
    for (size_t n = 1; n < der.len; n += 37) { /* cut off anywhere: refused, never more */
        assert_false(cmc_response_parse(BYTES(der.data, n), &r, NULL));
    }
    buf_release(&der);
    assert_true(load(dir, "response.der", &der));
    struct signeddata sd;
    struct pkidata pd;
    assert_false(cmc_request_parse(buf_peek(&der), &sd, &pd, &err));
    assert_int_equal(err.code, ERR_CMC_NOT_REQUEST);
    for (size_t n = 1; n < der.len; n += 37) {
        assert_false(cmc_response_parse(BYTES(der.data, n), &r, NULL));
    }
    buf_release(&der);
    err_release(&err);
    free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_recorded_message),
        cmocka_unit_test(test_every_status),
        cmocka_unit_test(test_odd_answers),
        cmocka_unit_test(test_not_a_response),
    };
    return cmocka_run_group_tests(tests, fixture_nss_setup, fixture_nss_teardown);
}
