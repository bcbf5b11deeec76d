/* SPDX-License-Identifier: Apache-2.0 */
/* Every way in which TLS can fail has its own error; nothing of the request leaves before. */
#include "config.h"

#include "unit/net/netfix.h"

#include <netinet/in.h>
#include <sys/socket.h>

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

/* A server with this certificate is refused with code, and no request reaches it. */
static void refused(const struct testcert_spec *cert_spec, enum err_code code)
{
    struct testcert cert;
    testcert_make(&cert, cert_spec);
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &cert});
    netfix_expect_failure(&fix, server, true, code);
    assert_int_equal(testserver_requests(server), 0);
    testserver_stop(server);
    testcert_release(&cert);
}

static void test_expired(void **state)
{
    (void)state;
    refused(
        &(struct testcert_spec){
            .cn = "old", .issuer = &fix.ca, .dns = "localhost", .server = true, .from_days = -20, .to_days = -10},
        ERR_NET_SERVER_EXPIRED);
}

static void test_not_yet_valid(void **state)
{
    (void)state;
    refused(
        &(struct testcert_spec){
            .cn = "new", .issuer = &fix.ca, .dns = "localhost", .server = true, .from_days = 10, .to_days = 20},
        ERR_NET_SERVER_NOT_YET_VALID);
}

static void test_time_is_an_argument(void **state)
{
    (void)state;
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server});
    fix.options.at = when_now() + 400L * 86400;
    netfix_expect_failure(&fix, server, true, ERR_NET_SERVER_EXPIRED);
    fix.options.at = 0;
    testserver_stop(server);
}

static void test_wrong_host(void **state)
{
    (void)state;
    refused(&(struct testcert_spec){.cn = "localhost", .issuer = &fix.ca, .dns = "other.example.com", .server = true},
            ERR_NET_SERVER_NAME);
}

static void test_wrong_host_names_the_names(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testcert cert;
    testcert_make(&cert,
                  &(struct testcert_spec){.cn = "x", .issuer = &fix.ca, .dns = "other.example.com", .server = true});
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &cert});
    struct exchange *x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    char *text = err_format(&err, "t");
    assert_non_null(strstr(text, "other.example.com"));
    assert_non_null(strstr(text, "localhost"));
    assert_int_equal(exchange_server_chain(x)->n, 1); /* to be shown to the user */
    assert_int_equal(exchange_sent_bytes(x), 0);
    free(text);
    err_release(&err);
    exchange_free(x);
    testserver_stop(server);
    testcert_release(&cert);
}

static void test_unknown_issuer(void **state)
{
    (void)state;
    struct testcert other;
    testcert_make(&other, &(struct testcert_spec){.cn = "Other CA", .ca = true});
    refused(&(struct testcert_spec){.cn = "s", .issuer = &other, .dns = "localhost", .server = true},
            ERR_NET_SERVER_UNKNOWN_ISSUER);
    const struct testcert *const more[] = {&other, NULL};
    struct testcert cert;
    testcert_make(&cert, &(struct testcert_spec){.cn = "s", .issuer = &other, .dns = "localhost", .server = true});
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &cert, .chain = more});
    netfix_expect_failure(&fix, server, false, ERR_NET_SERVER_UNKNOWN_ISSUER); /* it sends its root, too */
    testserver_stop(server);
    testcert_release(&cert);
    testcert_release(&other);
}

static void test_self_signed(void **state)
{
    (void)state;
    refused(&(struct testcert_spec){.cn = "s", .dns = "localhost", .server = true}, ERR_NET_SERVER_UNKNOWN_ISSUER);
}

/* A forged chain: the right issuer name, another key. */
static void test_forged(void **state)
{
    (void)state;
    struct testcert forger;
    testcert_make(&forger, &(struct testcert_spec){.cn = "Test CA", .ca = true});
    struct testcert cert;
    testcert_make(&cert, &(struct testcert_spec){.cn = "s", .issuer = &forger, .dns = "localhost", .server = true});
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &cert});
    struct err err = ERR_INIT;
    struct exchange *x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    assert_null(exchange_answer(x));
    assert_int_equal(err_exit(err.code), EXIT_UNTRUSTED);
    assert_int_equal(testserver_requests(server), 0);
    err_release(&err);
    exchange_free(x);
    testserver_stop(server);
    testcert_release(&cert);
    testcert_release(&forger);
}

static void test_known_but_untrusted(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testcert other;
    testcert_make(&other, &(struct testcert_spec){.cn = "Untrusted CA", .ca = true});
    struct cert *ca = netfix_cert(&other);
    netfix_must(certdb_import(fix.db, NULL, ca, "Untrusted CA", ",,", &err), &err);
    refused(&(struct testcert_spec){.cn = "s", .issuer = &other, .dns = "localhost", .server = true},
            ERR_NET_SERVER_UNTRUSTED);
    cert_free(ca);
    testcert_release(&other);
}

static void test_not_a_server_certificate(void **state)
{
    (void)state;
    refused(&(struct testcert_spec){.cn = "s", .issuer = &fix.ca, .dns = "localhost", .client = true},
            ERR_NET_SERVER_BAD_CERT);
}

/* Unknown issuer is graver than the name; both are told. */
static void test_gravest_first(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testcert cert;
    testcert_make(&cert, &(struct testcert_spec){
                             .cn = "s", .dns = "nowhere.example", .server = true, .from_days = -9, .to_days = -8});
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &cert});
    struct exchange *x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    assert_int_equal(err.code, ERR_NET_SERVER_UNKNOWN_ISSUER);
    char *text = err_format(&err, "t");
    assert_non_null(strstr(text, err_what(ERR_NET_SERVER_EXPIRED)));
    assert_non_null(strstr(text, err_what(ERR_NET_SERVER_NAME)));
    free(text);
    err_release(&err);
    exchange_free(x);
    testserver_stop(server);
    testcert_release(&cert);
}

static void test_revoked_by_list(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testcert cert;
    testcert_make(&cert, &(struct testcert_spec){.cn = "s", .issuer = &fix.ca, .dns = "localhost", .server = true});
    size_t len;
    char *crl = testcert_crl(&fix.ca, &cert, &len);
    netfix_must(certdb_import_crl(fix.db, BYTES(crl, len), &err), &err);
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &cert});
    netfix_expect_failure(&fix, server, false, ERR_NET_SERVER_REVOKED);
    struct cert_list pins = CERT_LIST_INIT; /* the list counts for a pinned chain, too */
    cert_list_push_take(&pins, netfix_cert(&fix.ca));
    fix.options.pinned_chain = &pins;
    netfix_expect_failure(&fix, server, false, ERR_NET_SERVER_REVOKED);
    fix.options.pinned_chain = NULL;
    cert_list_release(&pins);
    testserver_stop(server);
    struct testserver *good = testserver_start(&(struct testserver_spec){.cert = &fix.server});
    struct exchange *x = netfix_post(&fix, good, false, bytes_of_str("x"), &err); /* not on the list */
    netfix_must(exchange_answer(x) != NULL, &err);
    exchange_free(x);
    testserver_stop(good);
    free(crl);
    testcert_release(&cert);
}

static void test_pin_violated(void **state)
{
    (void)state;
    struct testcert other;
    testcert_make(&other, &(struct testcert_spec){.cn = "Pinned CA", .ca = true});
    struct cert_list pins = CERT_LIST_INIT;
    cert_list_push_take(&pins, netfix_cert(&other));
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server});
    fix.options.pinned_chain = &pins; /* the database trusts the server: that does not count */
    netfix_expect_failure(&fix, server, true, ERR_NET_SERVER_PIN);
    assert_int_equal(testserver_requests(server), 0);
    fix.options.pinned_chain = NULL;
    testserver_stop(server);
    cert_list_release(&pins);
    testcert_release(&other);
}

static void test_pinned_name_and_time_count(void **state)
{
    (void)state;
    struct cert_list pins = CERT_LIST_INIT;
    cert_list_push_take(&pins, netfix_cert(&fix.ca));
    fix.options.pinned_chain = &pins;
    refused(&(struct testcert_spec){.cn = "s", .issuer = &fix.ca, .dns = "else.example", .server = true},
            ERR_NET_SERVER_NAME);
    refused(
        &(struct testcert_spec){
            .cn = "s", .issuer = &fix.ca, .dns = "localhost", .server = true, .from_days = -9, .to_days = -8},
        ERR_NET_SERVER_EXPIRED);
    refused(&(struct testcert_spec){.cn = "s", .issuer = &fix.ca, .dns = "localhost", .client = true},
            ERR_NET_SERVER_BAD_CERT);
    fix.options.pinned_chain = NULL;
    cert_list_release(&pins);
}

static void test_insecure_goes_on_and_says_so(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testcert cert;
    testcert_make(&cert, &(struct testcert_spec){.cn = "s", .dns = "nowhere.example", .server = true});
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &cert});
    fix.options.insecure = true;
    struct exchange *x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    fix.options.insecure = false;
    netfix_must(exchange_answer(x) != NULL, &err);
    assert_true(exchange_answer(x)->notes.n >= 2);
    exchange_free(x);
    testserver_stop(server);
    testcert_release(&cert);
}

static void test_old_version(void **state)
{
    (void)state;
    struct testserver *server =
        testserver_start(&(struct testserver_spec){.cert = &fix.server, .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.1"});
    netfix_expect_failure(&fix, server, true, ERR_NET_TLS_VERSION);
    testserver_stop(server);
}

static void test_no_common_cipher(void **state)
{
    (void)state;
    struct testserver *server = testserver_start(
        &(struct testserver_spec){.cert = &fix.server,
                                  .priority = "NONE:+VERS-TLS1.2:+ECDHE-ECDSA:+AES-256-CCM-8:+AEAD:+GROUP-ALL:+SIGN-ALL"
                                              ":+COMP-NULL:+CTYPE-X509"});
    netfix_expect_failure(&fix, server, true, ERR_NET_TLS_CIPHER);
    testserver_stop(server);
}

static void with_versions(enum ts_client_cert how, bool identity, enum err_code code)
{
    static const char *const versions[] = {"NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.2"};
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        struct testserver *server = testserver_start(&(struct testserver_spec){
            .cert = &fix.server, .client_cert = how, .client_ca = &fix.ca, .priority = versions[i]});
        netfix_expect_failure(&fix, server, identity, code);
        assert_int_equal(testserver_requests(server), 0);
        testserver_stop(server);
    }
}

static void test_client_certificate_missing(void **state)
{
    (void)state;
    with_versions(TS_REQUIRED, false, ERR_NET_CLIENT_CERT_MISSING);
}

static void test_client_certificate_refused(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testcert other, agent;
    testcert_make(&other, &(struct testcert_spec){.cn = "Client CA of somebody else", .ca = true});
    testcert_make(&agent, &(struct testcert_spec){.cn = "Foreign Agent", .issuer = &other, .client = true});
    netfix_import_identity(&fix, &agent, "foreign");
    struct net_identity before = fix.identity;
    struct cert *cert = netfix_cert(&agent);
    fix.identity.cert = cert;
    with_versions(TS_REQUIRED, true, ERR_NET_CLIENT_CERT_REFUSED);
    fix.identity = before;
    cert_free(cert);
    testcert_release(&agent);
    testcert_release(&other);
    err_release(&err);
}

/* Expired: the server refuses it, and we can tell why. */
static void test_client_certificate_expired(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testcert agent;
    testcert_make(&agent, &(struct testcert_spec){
                              .cn = "Old Agent", .issuer = &fix.ca, .client = true, .from_days = -9, .to_days = -2});
    netfix_import_identity(&fix, &agent, "old agent");
    struct net_identity before = fix.identity;
    struct cert *cert = netfix_cert(&agent);
    fix.identity.cert = cert;
    struct testserver *server = testserver_start(
        &(struct testserver_spec){.cert = &fix.server, .client_cert = TS_REQUIRED, .client_ca = &fix.ca});
    struct exchange *x = netfix_post(&fix, server, true, bytes_of_str("x"), &err);
    fix.identity = before;
    char *text = err_format(&err, "t");
    assert_non_null(strstr(text, "Old Agent"));
    assert_non_null(strstr(text, "valid until"));
    free(text);
    exchange_free(x);
    testserver_stop(server);
    cert_free(cert);
    testcert_release(&agent);
    unit_expect_err(&err, ERR_NET_CLIENT_CERT_REFUSED);
}

static void test_client_key_missing(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testcert stray;
    testcert_make(&stray, &(struct testcert_spec){.cn = "No key here", .issuer = &fix.ca, .client = true});
    struct cert *cert = netfix_cert(&stray);
    struct net_identity identity = {fix.db, cert};
    struct ca_url url = netfix_url("https", "localhost", 9, "/");
    assert_null(exchange_start(&fix.options, fix.db, &identity, &url, "GET", NULL, BYTES_NONE, &err));
    unit_expect_err(&err, ERR_NET_CLIENT_KEY);
    ca_url_release(&url);
    cert_free(cert);
    testcert_release(&stray);
}

/* A server that speaks something else on its https port. */
static void to_port(int port, enum err_code code)
{
    struct err err = ERR_INIT;
    struct ca_url url = netfix_url("https", "localhost", port, "/x");
    struct exchange *x = cmc_submit_start(&fix.options, fix.db, NULL, &url, bytes_of_str("x"), &err);
    assert_non_null(x);
    assert_false(exchange_finish(x, &err));
    assert_int_equal(exchange_sent_bytes(x), 0);
    exchange_free(x);
    ca_url_release(&url);
    unit_expect_err(&err, code);
}

static void test_not_tls(void **state)
{
    (void)state;
    struct testserver *server =
        testserver_start(&(struct testserver_spec){.greeting = "HTTP/1.1 400 Bad Request\r\n\r\n"});
    to_port(server->port, ERR_NET_TLS_NOT_TLS);
    testserver_stop(server);
}

static void test_hangs_up_in_the_handshake(void **state)
{
    (void)state;
    struct testserver *server = testserver_start(&(struct testserver_spec){.hang_up = true});
    to_port(server->port, ERR_NET_TLS_CLOSED);
    testserver_stop(server);
}

static void test_handshake_timeout(void **state)
{
    (void)state;
    struct testserver *server = testserver_start(&(struct testserver_spec){.silent = true});
    int before = fix.options.handshake_timeout_ms;
    fix.options.handshake_timeout_ms = 300;
    int64_t start = when_monotonic_ms();
    to_port(server->port, ERR_NET_TLS_TIMEOUT);
    assert_true(when_monotonic_ms() - start < 5000);
    fix.options.handshake_timeout_ms = before;
    testserver_stop(server);
}

static void test_refused_connection(void **state)
{
    (void)state;
    struct testserver *server = testserver_start(&(struct testserver_spec){.hang_up = true});
    int port = server->port;
    testserver_stop(server);
    to_port(port, ERR_NET_CONNECT_REFUSED);
}

/* A listener whose queue is full drops further connections: the packets are lost, as behind a firewall. */
static void test_connect_timeout(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int fill[8];
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 0), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    for (size_t i = 0; i < ARRAY_LEN(fill); i++) {
        fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)!connect(fill[i], (struct sockaddr *)&address, sizeof(address));
    }
    int before = fix.options.connect_timeout_ms;
    fix.options.connect_timeout_ms = 300;
    struct err err = ERR_INIT;
    struct ca_url url = netfix_url("https", "127.0.0.1", ntohs(address.sin_port), "/x");
    struct exchange *x = cmc_submit_start(&fix.options, fix.db, NULL, &url, bytes_of_str("x"), &err);
    assert_false(exchange_finish(x, &err));
    fix.options.connect_timeout_ms = before;
    exchange_free(x);
    ca_url_release(&url);
    unit_expect_err(&err, ERR_NET_CONNECT_TIMEOUT);
    for (size_t i = 0; i < ARRAY_LEN(fill); i++) {
        close(fill[i]);
    }
    close(listener);
}

static void test_unknown_name(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct ca_url url = netfix_url("https", "no-such-host.invalid", 8443, "/x");
    struct exchange *x = cmc_submit_start(&fix.options, fix.db, NULL, &url, bytes_of_str("x"), &err);
    assert_false(exchange_finish(x, &err));
    /* Without any name server the resolver may take longer than our limit. */
    assert_true(err.code == ERR_NET_RESOLVE || err.code == ERR_NET_CONNECT_TIMEOUT);
    err_release(&err);
    exchange_free(x);
    ca_url_release(&url);
}

static void by_proxy(int status, enum err_code code)
{
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server});
    struct testserver *proxy = testserver_start(&(struct testserver_spec){.proxy = true, .proxy_refuses = status});
    char text[64];
    snprintf(text, sizeof(text), "http://127.0.0.1:%d", proxy->port);
    fix.options.proxy = text;
    netfix_expect_failure(&fix, server, true, code);
    fix.options.proxy = NULL;
    testserver_stop(proxy);
    testserver_stop(server);
}

static void test_proxy_refuses(void **state)
{
    (void)state;
    by_proxy(403, ERR_NET_PROXY_REFUSED);
    by_proxy(502, ERR_NET_PROXY_REFUSED);
    by_proxy(407, ERR_NET_PROXY_AUTH);
}

static void test_proxy_down(void **state)
{
    (void)state;
    struct testserver *gone = testserver_start(&(struct testserver_spec){.hang_up = true});
    char text[64];
    snprintf(text, sizeof(text), "http://127.0.0.1:%d", gone->port);
    testserver_stop(gone);
    fix.options.proxy = text;
    to_port(9, ERR_NET_PROXY_CONNECT);
    fix.options.proxy = "http://no-such-proxy.invalid:3128";
    struct err err = ERR_INIT;
    struct ca_url url = netfix_url("https", "localhost", 9, "/x");
    struct exchange *x = cmc_submit_start(&fix.options, fix.db, NULL, &url, bytes_of_str("x"), &err);
    assert_false(exchange_finish(x, &err));
    assert_true(err.code == ERR_NET_PROXY_RESOLVE || err.code == ERR_NET_CONNECT_TIMEOUT);
    err_release(&err);
    exchange_free(x);
    ca_url_release(&url);
    fix.options.proxy = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expired),
        cmocka_unit_test(test_not_yet_valid),
        cmocka_unit_test(test_time_is_an_argument),
        cmocka_unit_test(test_wrong_host),
        cmocka_unit_test(test_wrong_host_names_the_names),
        cmocka_unit_test(test_unknown_issuer),
        cmocka_unit_test(test_self_signed),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_known_but_untrusted),
        cmocka_unit_test(test_not_a_server_certificate),
        cmocka_unit_test(test_gravest_first),
        cmocka_unit_test(test_revoked_by_list),
        cmocka_unit_test(test_pin_violated),
        cmocka_unit_test(test_pinned_name_and_time_count),
        cmocka_unit_test(test_insecure_goes_on_and_says_so),
        cmocka_unit_test(test_old_version),
        cmocka_unit_test(test_no_common_cipher),
        cmocka_unit_test(test_client_certificate_missing),
        cmocka_unit_test(test_client_certificate_refused),
        cmocka_unit_test(test_client_certificate_expired),
        cmocka_unit_test(test_client_key_missing),
        cmocka_unit_test(test_not_tls),
        cmocka_unit_test(test_hangs_up_in_the_handshake),
        cmocka_unit_test(test_handshake_timeout),
        cmocka_unit_test(test_refused_connection),
        cmocka_unit_test(test_connect_timeout),
        cmocka_unit_test(test_unknown_name),
        cmocka_unit_test(test_proxy_refuses),
        cmocka_unit_test(test_proxy_down),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
