/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges over TLS that work. */
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

static void post_ok(const struct testserver_spec *spec, bool identity, bool sent, const char *version)
{
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(spec);
    struct bytes body = BYTES("0\x82\x00\x01\xff", 5);
    struct exchange *x = netfix_post(&fix, server, identity, body, &err);
    netfix_must(x && exchange_answer(x), &err);
    const struct http_answer *a = exchange_answer(x);
    assert_int_equal(a->status, 200);
    assert_true(bytes_equal(buf_peek(&a->body), body));
    assert_string_equal(a->content_type, "application/pkcs7-mime");
    assert_int_equal(a->certificate_sent, sent);
    assert_false(a->plain);
    if (version) {
        assert_string_equal(a->tls_version, version);
    }
    assert_true(a->server_chain.n >= 1);
    assert_true(exchange_sent_bytes(x) > body.len);
    assert_int_equal(server->last_had_cert, sent);
    char *head = testserver_last_head(server);
    assert_non_null(strstr(head, "POST /x?profileId=p HTTP/1.1\r\n"));
    assert_non_null(strstr(head, "Content-Length: 5\r\n"));
    assert_non_null(strstr(head, "Content-Type: application/pkcs7-mime; smime-type=CMC-request\r\n"));
    assert_null(strstr(head, "Expect:"));
    assert_null(strstr(head, "urlencoded"));
    free(head);
    exchange_free(x);
    testserver_stop(server);
}

static void test_without_client_certificate(void **state)
{
    (void)state;
    post_ok(&(struct testserver_spec){.cert = &fix.server}, true, false, NULL);
}

static void test_client_certificate(void **state)
{
    (void)state;
    struct testserver_spec spec = {.cert = &fix.server, .client_cert = TS_REQUIRED, .client_ca = &fix.ca};
    spec.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3";
    post_ok(&spec, true, true, "TLS 1.3");
    spec.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
    post_ok(&spec, true, true, "TLS 1.2");
}

static void test_optional_certificate_not_sent(void **state)
{
    (void)state;
    struct testserver_spec spec = {.cert = &fix.server, .client_cert = TS_OPTIONAL, .client_ca = &fix.ca};
    post_ok(&spec, false, false, NULL);
}

static void test_asked_late(void **state)
{
    (void)state;
    struct testserver_spec spec = {.cert = &fix.server, .client_ca = &fix.ca};
    spec.client_cert = TS_POST_HANDSHAKE;
    spec.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3";
    post_ok(&spec, true, true, "TLS 1.3");
    spec.client_cert = TS_RENEGOTIATE;
    spec.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
    post_ok(&spec, true, true, "TLS 1.2");
}

static void test_version_limits(void **state)
{
    (void)state;
    fix.options.max_tls = NET_TLS_1_2;
    post_ok(&(struct testserver_spec){.cert = &fix.server}, false, false, "TLS 1.2");
    fix.options.max_tls = 0;
    fix.options.min_tls = NET_TLS_1_3;
    post_ok(&(struct testserver_spec){.cert = &fix.server}, false, false, "TLS 1.3");
    fix.options.min_tls = 0;
}

/* Large both ways: the tunnel's buffers fill up and drain. */
static void test_large(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server});
    size_t len = (size_t)9 << 20;
    uint8_t *data = xmalloc(len);
    for (size_t i = 0; i < len; i++) {
        data[i] = (uint8_t)(i * 2654435761u >> 13);
    }
    struct exchange *x = netfix_post(&fix, server, true, BYTES(data, len), &err);
    netfix_must(x && exchange_answer(x), &err);
    assert_true(bytes_equal(buf_peek(&exchange_answer(x)->body), BYTES(data, len)));
    free(data);
    exchange_free(x);
    testserver_stop(server);
}

static void one_on(struct net_conn *conn, const char *text)
{
    struct err err = ERR_INIT;
    struct exchange *x = cmc_submit_on(conn, NET_CMC_FULL, NULL, bytes_of_str(text), &err);
    netfix_must(x && exchange_finish(x, &err), &err);
    assert_string_equal(buf_str(&exchange_answer(x)->body), text);
    exchange_free(x);
}

static void test_kept_alive(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(
        &(struct testserver_spec){.cert = &fix.server, .client_cert = TS_REQUIRED, .client_ca = &fix.ca});
    struct ca_url url = netfix_url("https", "localhost", server->port, "/a");
    struct net_conn *conn = net_conn_open(&fix.options, fix.db, &fix.identity, &url, &err);
    netfix_must(conn != NULL, &err);
    for (int i = 0; i < 50; i++) {
        char text[32];
        snprintf(text, sizeof(text), "request %d", i);
        one_on(conn, text);
    }
    assert_int_equal(net_conn_connects(conn), 1);
    assert_int_equal(testserver_connections(server), 1);
    assert_int_equal(testserver_requests(server), 50);
    net_conn_close(conn);
    ca_url_release(&url);
    testserver_stop(server);
}

static bool close_after(struct ts_conn *conn, const struct ts_request *request, void *ctx)
{
    ts_handle_echo(conn, request, ctx);
    return false; /* without saying so in a header */
}

/* The server closes between two requests: a new connection, each request once. */
static void test_kept_alive_closed_by_server(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testserver *server =
        testserver_start(&(struct testserver_spec){.cert = &fix.server, .handler = close_after});
    struct ca_url url = netfix_url("https", "localhost", server->port, "/a");
    struct net_conn *conn = net_conn_open(&fix.options, fix.db, NULL, &url, &err);
    for (int i = 0; i < 3; i++) {
        one_on(conn, "again");
        ts_sleep(100);
    }
    assert_int_equal(net_conn_connects(conn), 3);
    assert_int_equal(testserver_requests(server), 3);
    net_conn_close(conn);
    ca_url_release(&url);
    testserver_stop(server);
}

static bool say_close(struct ts_conn *conn, const struct ts_request *request, void *ctx)
{
    (void)request;
    (void)ctx;
    ts_send_text(conn, "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nold style");
    return false;
}

static void test_close_delimited(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server, .handler = say_close});
    struct ca_url url = netfix_url("https", "localhost", server->port, "/a");
    struct net_conn *conn = net_conn_open(&fix.options, fix.db, NULL, &url, &err);
    for (int i = 0; i < 2; i++) {
        struct exchange *x = exchange_on(conn, "GET", "/b", NULL, BYTES_NONE, &err);
        netfix_must(x && exchange_finish(x, &err), &err);
        assert_string_equal(buf_str(&exchange_answer(x)->body), "old style");
        assert_string_equal(exchange_answer(x)->content_type, "");
        exchange_free(x);
    }
    net_conn_close(conn);
    ca_url_release(&url);
    testserver_stop(server);
}

static bool chunked(struct ts_conn *conn, const struct ts_request *request, void *ctx)
{
    (void)request;
    (void)ctx;
    ts_send_text(conn, "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n");
    ts_send_text(conn, "HTTP/1.1 200 OK\r\nX-Two: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    ts_sleep(30);
    return ts_send_text(conn, "6\r\n world\r\n0\r\n\r\n");
}

static void test_chunked(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server, .handler = chunked});
    struct exchange *x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    netfix_must(x && exchange_answer(x), &err);
    const struct http_answer *a = exchange_answer(x);
    assert_string_equal(buf_str(&a->body), "hello world");
    assert_null(strstr(buf_str(&a->headers), "X: y"));
    char *two = http_answer_header(a, "x-two");
    unit_expect_text(two, "2");
    assert_null(http_answer_header(a, "X"));
    exchange_free(x);
    testserver_stop(server);
}

static void test_by_address(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server});
    struct ca_url url = netfix_url("https", "127.0.0.1", server->port, "/a");
    struct exchange *x = cmc_submit_start(&fix.options, fix.db, NULL, &url, bytes_of_str("x"), &err);
    netfix_must(x && exchange_finish(x, &err), &err);
    exchange_free(x);
    ca_url_release(&url);
    testserver_stop(server);
}

/* The root comes from the pin only; the database does not know it. */
static void test_pinned(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testcert root, sub, server_cert;
    testcert_make(&root, &(struct testcert_spec){.cn = "Pinned Root", .ca = true});
    testcert_make(&sub, &(struct testcert_spec){.cn = "Pinned Sub", .ca = true, .issuer = &root});
    testcert_make(&server_cert, &(struct testcert_spec){.cn = "s", .issuer = &sub, .dns = "localhost", .server = true});
    const struct testcert *const more[] = {&sub, NULL};
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &server_cert, .chain = more});
    struct cert_list pins = CERT_LIST_INIT;
    cert_list_push_take(&pins, netfix_cert(&root));
    fix.options.pinned_chain = &pins;
    struct exchange *x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    netfix_must(x && exchange_answer(x), &err);
    assert_int_equal(exchange_answer(x)->server_chain.n, 2);
    exchange_free(x);
    cert_list_release(&pins);
    cert_list_push_take(&pins, netfix_cert(&server_cert)); /* the server's own certificate may be pinned */
    x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    netfix_must(x && exchange_answer(x), &err);
    exchange_free(x);
    fix.options.pinned_chain = NULL;
    testserver_stop(server);
    cert_list_release(&pins);
    testcert_release(&root);
    testcert_release(&sub);
    testcert_release(&server_cert);
}

static void test_plain_http_is_flagged(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(&(struct testserver_spec){0});
    struct exchange *x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    netfix_must(x && exchange_answer(x), &err);
    assert_true(exchange_answer(x)->plain);
    assert_int_equal(exchange_answer(x)->notes.n, 1);
    assert_true(exchange_sent_bytes(x) > 0);
    exchange_free(x);
    testserver_stop(server);
}

static bool slow(struct ts_conn *conn, const struct ts_request *request, void *ctx)
{
    ts_sleep(400);
    return ts_handle_echo(conn, request, ctx);
}

/* Polling never takes longer than asked, and a waiting exchange costs no turns of a busy loop. */
static void test_poll_does_not_block(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server, .handler = slow});
    struct ca_url url = netfix_url("https", "localhost", server->port, "/a");
    struct exchange *x = cmc_submit_start(&fix.options, fix.db, NULL, &url, bytes_of_str("x"), &err);
    int64_t longest = 0;
    int polls = 0;
    enum exchange_state s;
    do {
        int64_t before = when_monotonic_ms();
        s = exchange_poll(x, 20, &err);
        int64_t took = when_monotonic_ms() - before;
        longest = took > longest ? took : longest;
        polls++;
    } while (s == EXCHANGE_RUNNING);
    assert_int_equal(s, EXCHANGE_DONE);
    assert_true(polls > 5);
    assert_true(longest < 2000); /* generous: other tests run beside this one */
    exchange_free(x);
    ca_url_release(&url);
    testserver_stop(server);
}

static void test_cancel(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server, .handler = slow});
    struct ca_url url = netfix_url("https", "localhost", server->port, "/a");
    struct net_conn *conn = net_conn_open(&fix.options, fix.db, NULL, &url, &err);
    struct exchange *x = cmc_submit_on(conn, NET_CMC_FULL, NULL, bytes_of_str("first"), &err);
    while (exchange_sent_bytes(x) == 0) {
        assert_int_equal(exchange_poll(x, 20, &err), EXCHANGE_RUNNING);
    }
    exchange_cancel(x);
    assert_int_equal(exchange_poll(x, 0, &err), EXCHANGE_FAILED);
    unit_expect_err(&err, ERR_NET_CANCELLED);
    assert_true(exchange_sent_bytes(x) > 0);
    assert_null(exchange_answer(x));
    exchange_free(x);
    one_on(conn, "second"); /* the answer to the first must not be taken for this one's */
    net_conn_close(conn);
    ca_url_release(&url);
    testserver_stop(server);
}

static void test_through_proxy(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(
        &(struct testserver_spec){.cert = &fix.server, .client_cert = TS_REQUIRED, .client_ca = &fix.ca});
    struct testserver *proxy = testserver_start(&(struct testserver_spec){.proxy = true});
    char text[64];
    snprintf(text, sizeof(text), "http://127.0.0.1:%d", proxy->port);
    fix.options.proxy = text;
    struct exchange *x = netfix_post(&fix, server, true, bytes_of_str("by proxy"), &err);
    fix.options.proxy = NULL;
    netfix_must(x && exchange_answer(x), &err);
    assert_string_equal(buf_str(&exchange_answer(x)->body), "by proxy");
    assert_true(exchange_answer(x)->certificate_sent);
    char *head = testserver_last_head(proxy);
    char *expected = xasprintf("CONNECT localhost:%d HTTP/1.1\r\n", server->port);
    assert_true(strstr(head, expected) == head);
    free(head);
    free(expected);
    exchange_free(x);
    testserver_stop(server); /* ends the relay, too */
    testserver_stop(proxy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_client_certificate),
        cmocka_unit_test(test_client_certificate),
        cmocka_unit_test(test_optional_certificate_not_sent),
        cmocka_unit_test(test_asked_late),
        cmocka_unit_test(test_version_limits),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_kept_alive),
        cmocka_unit_test(test_kept_alive_closed_by_server),
        cmocka_unit_test(test_close_delimited),
        cmocka_unit_test(test_chunked),
        cmocka_unit_test(test_by_address),
        cmocka_unit_test(test_pinned),
        cmocka_unit_test(test_plain_http_is_flagged),
        cmocka_unit_test(test_poll_does_not_block),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_through_proxy),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
