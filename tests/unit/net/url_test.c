/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, answers as data, the judgement whether an answer is CMC, and recorded answers from files. */
#include "config.h"

#include "unit/net/netfix.h"

#include "net/internal.h"

static void good(const char *text, const char *host, int port, bool tls, const char *path, const char *query,
                 const char *again)
{
    struct ca_url url;
    struct err err = ERR_INIT;
    netfix_must(ca_url_parse(text, &url, &err), &err);
    assert_string_equal(url.host, host);
    assert_int_equal(url.port, port);
    assert_int_equal(url.tls, tls);
    assert_string_equal(url.path, path);
    assert_string_equal(url.query, query);
    char *back = ca_url_text(&url);
    unit_expect_text(back, again ? again : text);
    ca_url_release(&url);
}

static void test_good(void **state)
{
    (void)state;
    good("https://ca.example.com:8443/ca/ee/ca/profileSubmitCMCFull?profileId=x", "ca.example.com", 8443, true,
         "/ca/ee/ca/profileSubmitCMCFull", "profileId=x", NULL);
    good("https://ca.example.com", "ca.example.com", 443, true, "/", "", "https://ca.example.com/");
    good("HTTP://h:80/p", "h", 80, false, "/p", "", "http://h/p");
    good("http://127.0.0.1:8080?a=b", "127.0.0.1", 8080, false, "/", "a=b", "http://127.0.0.1:8080/?a=b");
    good("https://[::1]:8443/x", "::1", 8443, true, "/x", "", NULL);
    good("https://h:65535/a?b?c", "h", 65535, true, "/a", "b?c", NULL);
    good("replay:some/file.der", "", 0, false, "some/file.der", "", NULL);
}

static void test_bad(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "ca.example.com",
        "ftp://h/",
        "https:/h",
        "https://",
        "https:///path",
        "https://h:/",
        "https://h:12a/",
        "https://user@h/",
        "https://user:pw@h/",
        "https://h/a b",
        "https://h/a#b",
        "https://h/\r\nX: y",
        "https://h\n/",
        "https://-h/",
        "https://h/\xc3\xa4",
        "https://b\xc3\xbcrger.example/",
        "https://[::1/",
        "https://[localhost]/",
        "https://a:b:c/",
        "file:///etc/passwd",
        "https://h\\x/",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct ca_url url;
        struct err err = ERR_INIT;
        if (ca_url_parse(bad[i], &url, &err)) {
            fail_msg("accepted: %s", bad[i]);
        }
        unit_expect_err(&err, ERR_NET_URL);
    }
}

/* A number that is no port is an error of its own, with its own remedy. */
static void test_bad_ports(void **state)
{
    (void)state;
    static const char *const bad[] = {"https://h:0/", "https://h:65536/", "https://ca.example.com:84431/ca/ee/", "https://[::1]:84431",
                                      "http://h:99999999999999999999?x"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct ca_url url;
        struct err err = ERR_INIT;
        assert_false(ca_url_parse(bad[i], &url, &err));
        unit_expect_err(&err, ERR_NET_PORT);
        assert_false(net_proxy_check(bad[i], &err));
        unit_expect_err(&err, ERR_NET_PORT);
    }
    struct err err = ERR_INIT;
    assert_false(net_proxy_check("proxy:84431", &err));
    unit_expect_err(&err, ERR_NET_PORT);
    assert_false(net_proxy_check("http://user:1@proxy:84431/", &err));
    unit_expect_err(&err, ERR_NET_PORT);
    assert_true(net_proxy_check("http://user:99999@proxy:3128", &err));
    assert_true(net_proxy_check("proxy", &err)); /* what else may be wrong, libcurl says well */
}

static void test_make(void **state)
{
    (void)state;
    struct ca_url url;
    struct ca_url other;
    struct err err = ERR_INIT;
    netfix_must(ca_url_make(true, "h", 0, "/a?b", &url, &err), &err);
    assert_int_equal(url.port, 443);
    ca_url_with_path(&url, "/c?d=e", &other);
    char *text = ca_url_text(&other);
    unit_expect_text(text, "https://h/c?d=e");
    ca_url_release(&other);
    ca_url_release(&url);
    netfix_must(ca_url_make(false, "[::1]", 8080, NULL, &url, &err), &err);
    text = ca_url_text(&url);
    unit_expect_text(text, "http://[::1]:8080/");
    ca_url_release(&url);
    assert_false(ca_url_make(true, "h h", 1, "/", &url, &err));
    unit_expect_err(&err, ERR_NET_URL);
    assert_false(ca_url_make(true, "h", 70000, "/", &url, &err));
    unit_expect_err(&err, ERR_NET_PORT);
    assert_false(ca_url_make(true, "h", 1, "ca/ee", &url, &err));
    unit_expect_err(&err, ERR_NET_URL);
}

static struct http_answer answer_of(int status, const char *type, struct bytes body)
{
    struct http_answer a;
    http_answer_init(&a, 0);
    a.status = status;
    a.reason = xstrdup("R");
    a.content_type = xstrdup(type);
    assert_true(buf_append_bytes(&a.body, body));
    return a;
}

/* Judges body; code ERR_NONE: taken, and these octets. */
static void judged(int status, const char *type, struct bytes body, enum err_code code, struct bytes taken)
{
    struct http_answer a = answer_of(status, type, body);
    struct buf out = BUF_INIT(BUF_MAX_MESSAGE);
    struct err err = ERR_INIT;
    assert_int_equal(cmc_answer_take(&a, &out, &err), code == ERR_NONE);
    assert_true(bytes_equal(buf_peek(&out), code == ERR_NONE ? taken : BYTES_NONE));
    unit_expect_err(&err, code);
    buf_release(&out);
    http_answer_release(&a);
}

#define SD "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x00"
#define SD_BER "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x00\x00\x00\x00"
#define B(text) BYTES(text, sizeof(text) - 1)

static void test_judgement(void **state)
{
    (void)state;
    judged(200, "application/pkcs7-mime", B(SD), ERR_NONE, B(SD));
    judged(200, "application/octet-stream", B(SD), ERR_NONE, B(SD));
    judged(200, "", B(SD_BER), ERR_NONE, B(SD_BER));
    judged(400, "application/pkcs7-mime; smime-type=CMC-response", B(SD), ERR_NONE, B(SD)); /* EST: failed */
    judged(501, "application/pkcs7-mime", B("MA0GCSqGSIb3DQEHAqAA\r\n"), ERR_NONE, B(SD));  /* EST: pending, base64 */
    judged(200, "text/plain", B("MA0GCSqGSIb3DQEHAqAA\r\n"), ERR_NET_NOT_CMC, BYTES_NONE);
    judged(200, "application/pkcs7-mime", BYTES(SD, 10), ERR_NET_ANSWER_TRUNCATED, BYTES_NONE);
    judged(200, "application/pkcs7-mime", BYTES(SD, 14), ERR_NET_ANSWER_TRUNCATED, BYTES_NONE);
    judged(200, "application/pkcs7-mime", BYTES(SD_BER, 15), ERR_NET_ANSWER_TRUNCATED, BYTES_NONE);
    judged(200, "application/pkcs7-mime", B("\x30\x82\x01"), ERR_NET_ANSWER_TRUNCATED, BYTES_NONE);
    judged(200, "application/pkcs7-mime", B("\x30\x03\x02\x01\x05"), ERR_NET_NOT_CMC, BYTES_NONE);
    judged(200, "application/pkcs7-mime", B("\x30\x85\x01\x01\x01\x01\x01"), ERR_NET_NOT_CMC, BYTES_NONE);
    judged(200, "application/pkcs7-mime", BYTES_NONE, ERR_NET_ANSWER_EMPTY, BYTES_NONE);
    judged(404, "text/html", B("<p>"), ERR_NET_HTTP_NOT_FOUND, BYTES_NONE);
    judged(500, "text/html", B("<p>"), ERR_NET_HTTP_SERVER, BYTES_NONE);
    judged(403, "text/html", BYTES_NONE, ERR_NET_HTTP_DENIED, BYTES_NONE);
    judged(307, "", BYTES_NONE, ERR_NET_HTTP_REDIRECT, BYTES_NONE);
    judged(407, "", BYTES_NONE, ERR_NET_PROXY_AUTH, BYTES_NONE);
    judged(418, "text/plain", B("teapot"), ERR_NET_NOT_CMC, BYTES_NONE);
}

static void excerpt_is(const char *type, const char *body, const char *expected)
{
    struct http_answer a = answer_of(200, type, bytes_of_str(body));
    char *text = http_answer_excerpt(&a, 40);
    unit_expect_text(text, expected);
    http_answer_release(&a);
}

static void test_excerpt(void **state)
{
    (void)state;
    excerpt_is("text/html",
               "<html><head><title>no</title><style>a{}</style></head><body>\n <p>One</p>\r\n<P>two</body>", "One two");
    excerpt_is("text/html", "<script>alert(1)", "alert(1)");
    excerpt_is("text/html", "text <unfinished", "text");
    excerpt_is("text/plain", "a < b > c", "a < b > c");
    excerpt_is("", "  <?xml version=\"1.0\"?><a>b</a>", "b");
    excerpt_is("text/plain",
               "\x1b[2J\xe2\x80\xae"
               "evil",
               "\\e[2J\\u{202E}evil");
    excerpt_is("text/plain", "", "");
    struct http_answer a = answer_of(200, "", B("\x00\x01\x02"));
    char *text = http_answer_excerpt(&a, 40);
    unit_expect_text(text, "\\x00\\x01\\x02");
    http_answer_release(&a);
}

static void test_status_lines(void **state)
{
    (void)state;
    int status = 0;
    char *reason = NULL;
    assert_true(http_status_line("HTTP/1.1 200 OK\r\n", &status, &reason));
    assert_int_equal(status, 200);
    assert_string_equal(reason, "OK");
    assert_true(http_status_line("HTTP/1.0 404\r\n", &status, &reason)); /* Tomcat sends no reason */
    assert_string_equal(reason, "");
    assert_false(http_status_line("HTTP/1.1 20 OK", &status, &reason));
    assert_false(http_status_line("HTTP/1.1 2000 OK", &status, &reason));
    assert_false(http_status_line("200 OK", &status, &reason));
    free(reason);
}

/* ---- replay ---- */

static struct exchange *replayed(const char *path, struct err *err)
{
    struct ca_url url;
    char *text = xasprintf("replay:%s", path);
    netfix_must(ca_url_parse(text, &url, err), err);
    free(text);
    struct exchange *x = exchange_start(NULL, NULL, NULL, &url, "POST", "x/y", BYTES_NONE, err);
    ca_url_release(&url);
    assert_non_null(x);
    (void)!exchange_finish(x, err);
    return x;
}

static void test_replay(void **state)
{
    char *file = path_join(*state, "answer.http");
    struct err err = ERR_INIT;
    const char *text = "HTTP/1.1 503 Away\r\nContent-Type: text/plain\r\n\r\nlater";
    netfix_must(file_write(file, bytes_of_str(text), 0600, &err), &err);
    struct exchange *x = replayed(file, &err);
    netfix_must(exchange_answer(x) != NULL, &err);
    assert_int_equal(exchange_answer(x)->status, 503);
    assert_string_equal(exchange_answer(x)->reason, "Away");
    assert_string_equal(exchange_answer(x)->content_type, "text/plain");
    assert_string_equal(buf_str(&exchange_answer(x)->body), "later");
    assert_int_equal(exchange_sent_bytes(x), 0);
    exchange_free(x);
    free(file);
}

static void test_replay_recorded(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char *file = unit_source("tests/vectors/ca/agent-pkcs10-rsa/response.der");
    struct exchange *x = replayed(file, &err);
    netfix_must(exchange_answer(x) != NULL, &err);
    struct buf out = BUF_INIT(BUF_MAX_MESSAGE);
    netfix_must(cmc_answer_take(exchange_answer(x), &out, &err), &err);
    assert_true(out.len > 1000);
    buf_release(&out);
    exchange_free(x);
    free(file);
}

static void test_replay_missing(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct exchange *x = replayed("no/such/file", &err);
    assert_null(exchange_answer(x));
    exchange_free(x);
    unit_expect_err(&err, ERR_NET_REPLAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad), cmocka_unit_test(test_bad_ports),
        cmocka_unit_test(test_make),
        cmocka_unit_test(test_judgement),
        cmocka_unit_test(test_excerpt),
        cmocka_unit_test(test_status_lines),
        cmocka_unit_test_setup_teardown(test_replay, unit_folder, unit_folder_remove),
        cmocka_unit_test(test_replay_recorded),
        cmocka_unit_test(test_replay_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
