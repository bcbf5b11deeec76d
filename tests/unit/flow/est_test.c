/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EST (RFC 7030): what each HTTP status of a server means, with the CMC message that belongs to it and without one; when to come
 * again; and which way an enrollment takes.
 */
#include "unit/flow/issuer.h"

#include <strings.h>

#include "base/when.h"
#include "cmc/response.h"
#include "flow/answers.h"
#include "flow/cadesc.h"
#include "flow/protocol.h"
#include "flow/session.h"
#include "net/submit.h"

#define FULL_TYPE "application/pkcs7-mime; smime-type=CMC-response"

/* The error that the client ends with; ERR_NONE: success. */
static enum err_code ends_with(const struct http_answer *a)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_response r;
    struct err err = ERR_INIT;
    if (cmc_answer_take(a, &der, &err) && cmc_response_parse(buf_peek(&der), &r, &err)) {
        bool failed = cmc_response_error(&r, NULL, &err);
        assert_int_equal(failed, err_is_set(&err));
        cmc_response_release(&r);
    }
    enum err_code code = err.code;
    err_release(&err);
    buf_release(&der);
    return code;
}

/* HTTP follows the CMC status, and the message decides. */
static void with_message(void **state)
{
    static const struct {
        int cmc, http;
        enum err_code code;
        enum exit_code exit;
    } rows[] = {
        {CMC_STATUS_SUCCESS, 200, ERR_NONE, EXIT_DONE},
        {CMC_STATUS_FAILED, 400, ERR_CA_BAD_REQUEST, EXIT_REJECTED},
        {CMC_STATUS_PENDING, 501, ERR_CA_PENDING, EXIT_WAITING},
        {CMC_STATUS_NO_SUPPORT, 501, ERR_CA_NO_SUPPORT, EXIT_REJECTED},
        {CMC_STATUS_CONFIRM_REQUIRED, 501, ERR_CA_CONFIRM_REQUIRED, EXIT_WAITING},
        {CMC_STATUS_POP_REQUIRED, 501, ERR_CA_POP_REQUIRED, EXIT_WAITING},
        {CMC_STATUS_PARTIAL, 501, ERR_CA_PARTIAL, EXIT_REJECTED},
        {1, 500, ERR_CA_UNKNOWN_STATUS, EXIT_REJECTED}, /* a number that nobody defined */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf text = BUF_INIT(BUF_MAX_MESSAGE);
        issuer_message(*state, rows[i].cmc, &text);
        struct http_answer a = issuer_answer(rows[i].http, FULL_TYPE, "", buf_peek(&text));
        enum err_code code = ends_with(&a);
        if (code != rows[i].code) {
            fail_msg("CMC status %d over HTTP %d: %s", rows[i].cmc, rows[i].http, err_id(code));
        }
        assert_int_equal(code == ERR_NONE ? EXIT_DONE : err_exit(code), rows[i].exit);
        issuer_answer_release(&a);
        buf_release(&text);
    }
}

/* No CMC message: the HTTP status is all that there is. */
static void without_message(void **state)
{
    (void)state;
    static const struct {
        int http;
        const char *headers;
        enum err_code code;
        enum exit_code exit;
    } rows[] = {
        {202, "", ERR_NET_EST_LATER, EXIT_WAITING},
        {400, "", ERR_NET_HTTP_REFUSED, EXIT_REJECTED},
        {401, "", ERR_NET_HTTP_DENIED, EXIT_REJECTED},
        {401, "WWW-Authenticate: Basic realm=\"estrealm\"\r\n", ERR_NET_HTTP_LOGIN, EXIT_REJECTED},
        {401, "WWW-Authenticate: Digest x\r\nwww-authenticate: basic realm=x\r\n", ERR_NET_HTTP_LOGIN, EXIT_REJECTED},
        {401, "WWW-Authenticate: Negotiate\r\n", ERR_NET_HTTP_DENIED, EXIT_REJECTED},
        {403, "", ERR_NET_HTTP_DENIED, EXIT_REJECTED},
        {404, "", ERR_NET_HTTP_NOT_FOUND, EXIT_USAGE},
        {415, "", ERR_NET_HTTP_REFUSED, EXIT_REJECTED},
        {500, "", ERR_NET_HTTP_SERVER, EXIT_UNREACHABLE},
        {501, "", ERR_NET_EST_CANNOT, EXIT_REJECTED},
        {503, "", ERR_NET_HTTP_SERVER, EXIT_UNREACHABLE},
        {200, "", ERR_NET_NOT_CMC, EXIT_UNREACHABLE},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *headers = xasprintf("HTTP/1.1 %d \r\n%s\r\n", rows[i].http, rows[i].headers);
        struct http_answer a = issuer_answer(rows[i].http, "text/plain", headers, bytes_of_str("words"));
        enum err_code code = ends_with(&a);
        if (code != rows[i].code) {
            fail_msg("HTTP %d %s: %s", rows[i].http, rows[i].headers, err_id(code));
        }
        assert_int_equal(err_exit(code), rows[i].exit);
        issuer_answer_release(&a);
        free(headers);
    }
}

static void come_again(void **state)
{
    (void)state;
    const int64_t now = 1795960800; /* 2026-11-29 14:00:00 UTC */
    static const struct {
        int status;
        const char *header;
        int64_t at;
    } rows[] = {
        {202, "Retry-After: 120", 1795960800 + 120},
        {202, "retry-after: 0", 1795960800},
        {202, "Retry-After: Sun, 29 Nov 2026 15:00:00 GMT", 1795960800 + 3600},
        {202, "Retry-After: -5", 0},
        {202, "Retry-After: 99999999999999999999", 0},
        {202, "Retry-After: soon", 0},
        {202, "X: 1", 0},
        {503, "Retry-After: 120", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *headers = xasprintf("HTTP/1.1 %d \r\n%s\r\n\r\n", rows[i].status, rows[i].header);
        struct http_answer a = issuer_answer(rows[i].status, "", headers, BYTES_NONE);
        if (cmc_answer_retry_at(&a, now) != rows[i].at) {
            fail_msg("%s", rows[i].header);
        }
        issuer_answer_release(&a);
        free(headers);
    }
}

static void labels(void **state)
{
    (void)state;
    static const struct {
        const char *path, *label;
    } rows[] = {
        {"/.well-known/est/fullcmc", ""},       {"/.well-known/est/cacerts", ""}, {"/.well-known/est/a-1/simpleenroll", "a-1"},
        {"/ca/ee/ca/profileSubmitCMCFull", NULL}, {"/.well-known/estx/a/b", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *label = net_est_label(rows[i].path);
        assert_true(rows[i].label ? label && strcmp(label, rows[i].label) == 0 : !label);
        free(label);
    }
}

/* Which way: the answers win over the description. */
static void ways(void **state)
{
    const struct issuer *w = *state;
    struct cadesc desc = {.name = xstrdup("est-site"), .host = xstrdup("est.example"), .chain_pem = xstrdup("x"),
                          .fingerprint = xstrdup("00"), .protocol = xstrdup("est"), .port = 443};
    struct err err = ERR_INIT;
    assert_true(cadesc_save(&desc, &err));
    cadesc_release(&desc);
    static const struct {
        const char *ca, *protocol, *servlet, *profile, *path;
    } rows[] = {
        {"", "", "", "", "/"},
        {"", "est", "", "", "/.well-known/est/fullcmc"},
        {"", "est", "", "one", "/.well-known/est/one/fullcmc"},
        {"", "", "/.well-known/est/two/fullcmc", "one", "/.well-known/est/two/fullcmc"},
        {"", "est", "/ca/ee/ca/profileSubmitCMCFull", "", "/"},
        {"est-site", "", "", "", "/.well-known/est/fullcmc"},
        {"est-site", "cmc", "", "", "/"},
        {"no-such-description", "", "", "", "/"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct session *s = session_create(w->folder, "agent-signed", &err);
        assert_non_null(s);
        assert_true(session_set_answer(s, "ca", rows[i].ca, &err) && session_set_answer(s, "protocol", rows[i].protocol, &err) &&
                    session_set_answer(s, "servlet", rows[i].servlet, &err) && session_set_answer(s, "profile", rows[i].profile, &err));
        char *path = protocol_path(s);
        if (strcmp(path, rows[i].path) != 0) {
            fail_msg("row %zu: %s", i, path);
        }
        assert_int_equal(protocol_is_est(s), strlen(rows[i].path) > 1);
        free(path);
        session_close(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_message), cmocka_unit_test(without_message), cmocka_unit_test(come_again),
        cmocka_unit_test(labels),       cmocka_unit_test(ways),
    };
    return cmocka_run_group_tests_name("est", tests, issuer_setup, issuer_teardown);
}
