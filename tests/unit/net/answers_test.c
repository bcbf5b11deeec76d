/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that answer badly: slow, cut off, huge, garbage, pages instead of CMC. Over TLS and, where it differs,
 * without. */
#include "config.h"

#include "unit/net/netfix.h"

#include "base/when.h"

static struct netfix fix;

static int setup(void **state)
{
    (void)state;
    netfix_open(&fix);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    netfix_close(&fix);
    return 0;
}

/* What the server does; ctx points to one. */
struct behaviour {
    const char *text; /* sent as it is */
    int pause_ms;     /* before text */
    bool reset;       /* RST at the end */
    bool drip;        /* one octet every 20 ms, for ever */
    bool flood;       /* zeros without end after text */
};

static bool behave(struct ts_conn *conn, const struct ts_request *request, void *ctx)
{
    const struct behaviour *b = ctx;
    static const char zeros[16384];
    (void)request;
    ts_sleep(b->pause_ms);
    if (b->text && !ts_send_text(conn, b->text)) {
        return false;
    }
    for (int i = 0; b->drip && i < 1000 && ts_send(conn, "0", 1); i++) {
        ts_sleep(20);
    }
    while (b->flood && ts_send(conn, zeros, sizeof(zeros))) {}
    if (b->reset) {
        ts_reset(conn);
    }
    return false;
}

static void fails(struct behaviour b, bool tls, enum err_code code)
{
    struct testserver *server =
        testserver_start(&(struct testserver_spec){.cert = tls ? &fix.server : NULL, .handler = behave, .ctx = &b});
    netfix_expect_failure(&fix, server, true, code);
    assert_int_equal(testserver_requests(server), 1); /* never sent a second time */
    testserver_stop(server);
}

static void fails_both(struct behaviour b, enum err_code code)
{
    fails(b, true, code);
    fails(b, false, code);
}

static void test_closed_without_answer(void **state)
{
    (void)state;
    fails_both((struct behaviour){0}, ERR_NET_RESET);
}

static void test_reset_without_answer(void **state)
{
    (void)state;
    fails_both((struct behaviour){.reset = true}, ERR_NET_RESET);
}

static void test_cut_off(void **state)
{
    (void)state;
    fails_both((struct behaviour){.text = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"},
               ERR_NET_ANSWER_TRUNCATED);
}

static void test_cut_off_in_a_chunk(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct behaviour b = {.text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf"};
    struct testserver *server =
        testserver_start(&(struct testserver_spec){.cert = &fix.server, .handler = behave, .ctx = &b});
    struct exchange *x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    assert_null(exchange_answer(x));
    assert_true(err.code == ERR_NET_ANSWER_TRUNCATED || err.code == ERR_NET_RESET);
    err_release(&err);
    exchange_free(x);
    testserver_stop(server);
}

static void test_garbage(void **state)
{
    (void)state;
    fails_both((struct behaviour){.text = "\x01\x02 this is no HTTP\r\n\r\n"}, ERR_NET_ANSWER_GARBAGE);
}

static void test_too_slow(void **state)
{
    (void)state;
    int before = fix.options.total_timeout_ms;
    fix.options.total_timeout_ms = 500;
    int64_t start = when_monotonic_ms();
    fails_both((struct behaviour){.pause_ms = 900}, ERR_NET_TIMEOUT);
    fails((struct behaviour){.text = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", .drip = true}, true,
          ERR_NET_TIMEOUT);
    assert_true(when_monotonic_ms() - start < 15000);
    fix.options.total_timeout_ms = before;
}

static void test_huge(void **state)
{
    (void)state;
    fix.options.max_answer = (size_t)1 << 20;
    fails_both((struct behaviour){.text = "HTTP/1.1 200 OK\r\n\r\n", .flood = true}, ERR_NET_ANSWER_TOO_BIG);
    fails((struct behaviour){.text = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", .flood = true}, true,
          ERR_NET_ANSWER_TOO_BIG);
    fix.options.max_answer = 0;
}

static void test_huge_headers(void **state)
{
    (void)state;
    struct buf text = BUF_INIT((size_t)2 << 20);
    buf_add(&text, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 12000; i++) {
        buf_add(&text, "X-Filler-%d: 0123456789012345678901234567890123456789\r\n", i);
    }
    struct err err = ERR_INIT;
    struct behaviour b = {.text = buf_str(&text)};
    struct testserver *server =
        testserver_start(&(struct testserver_spec){.cert = &fix.server, .handler = behave, .ctx = &b});
    struct exchange *x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    assert_null(exchange_answer(x));
    assert_true(err_is_set(&err));
    err_release(&err);
    exchange_free(x);
    testserver_stop(server);
    buf_release(&text);
}

/* ---- answers that arrive whole, but are not CMC ---- */

static void refused(const char *text, enum err_code code, const char *shown)
{
    struct err err = ERR_INIT;
    struct behaviour b = {.text = text};
    struct buf out = BUF_INIT(BUF_MAX_MESSAGE);
    struct testserver *server =
        testserver_start(&(struct testserver_spec){.cert = &fix.server, .handler = behave, .ctx = &b});
    struct ca_url url = netfix_url("https", "localhost", server->port, "/x");
    struct exchange *x = NULL;
    assert_false(cmc_submit(&fix.options, fix.db, NULL, &url, bytes_of_str("x"), &out, &x, &err));
    assert_non_null(x); /* for a look at it */
    assert_int_equal(out.len, 0);
    char *message = err_format(&err, "t");
    if (!strstr(message, shown)) {
        fprintf(stderr, "%s\n", message);
    }
    assert_non_null(strstr(message, shown));
    assert_null(strchr(message, '\033'));
    free(message);
    exchange_free(x);
    ca_url_release(&url);
    testserver_stop(server);
    unit_expect_err(&err, code);
}

static void test_not_found(void **state)
{
    (void)state;
    refused("HTTP/1.1 404 Not Found\r\nContent-Type: "
            "text/html\r\n\r\n<html><head><title>T</title></head><body><h1>Nothing</h1>here</body>",
            ERR_NET_HTTP_NOT_FOUND, "Nothing here");
}

static void test_denied(void **state)
{
    (void)state;
    refused("HTTP/1.1 403 Forbidden\r\n\r\nno", ERR_NET_HTTP_DENIED, "HTTP 403 Forbidden");
    refused("HTTP/1.1 401 Unauthorized\r\n\r\nno", ERR_NET_HTTP_DENIED, "HTTP 401");
}

static void test_server_error(void **state)
{
    (void)state;
    refused("HTTP/1.1 503 Service Unavailable\r\n\r\nstarting", ERR_NET_HTTP_SERVER, "starting");
}

static void test_redirect_is_not_followed(void **state)
{
    (void)state;
    refused("HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n", ERR_NET_HTTP_REDIRECT,
            "https://evil.example/");
}

static void test_login_page(void **state)
{
    (void)state;
    refused(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><style>p{}</style><p>Please \033[31mlog in</p></html>",
        ERR_NET_NOT_CMC, "Please \\e[31mlog in");
}

static void test_empty(void **state)
{
    (void)state;
    refused("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ERR_NET_ANSWER_EMPTY, "HTTP 200 OK");
}

static void test_reason_is_made_visible(void **state)
{
    (void)state;
    refused("HTTP/1.1 200 O\033K\r\n\r\nx", ERR_NET_NOT_CMC, "HTTP 200 O\\eK");
}

/* The error page that a real CA was recorded to send. */
static void test_error_page_of_dogtag(void **state)
{
    (void)state;
    char *path = unit_source("tests/vectors/ca/neg-get/response.html");
    struct buf page = BUF_INIT(BUF_MAX_TEXT);
    struct err err = ERR_INIT;
    netfix_must(file_read(path, &page, &err), &err);
    char *text = xasprintf("HTTP/1.1 200 \r\nContent-Type: text/html\r\nContent-Length: %zu\r\n\r\n%s", page.len,
                           buf_str(&page));
    refused(text, ERR_NET_CA_ERROR_PAGE, "java.lang.NegativeArraySizeException: -1");
    free(text);
    free(path);
    buf_release(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_without_answer),
        cmocka_unit_test(test_reset_without_answer),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_cut_off_in_a_chunk),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_too_slow),
        cmocka_unit_test(test_huge),
        cmocka_unit_test(test_huge_headers),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_server_error),
        cmocka_unit_test(test_redirect_is_not_followed),
        cmocka_unit_test(test_login_page),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_reason_is_made_visible),
        cmocka_unit_test(test_error_page_of_dogtag),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
