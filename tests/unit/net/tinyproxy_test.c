/* SPDX-License-Identifier: Apache-2.0 */
/* A real proxy (tinyproxy) between us and the server. Skipped without it. */
#include "config.h"

#include "unit/net/netfix.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/when.h"

static struct netfix fix;
static pid_t proxy_pid = -1;
static char proxy_url[64];

static int connect_to(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int rc = connect(fd, (struct sockaddr *)&address, sizeof(address));
    close(fd);
    return rc;
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* Other tests may take the port between the look and the start: try some. */
static bool proxy_start(const char *extra)
{
    for (int attempt = 0; attempt < 5; attempt++) {
        int port = free_port();
        char *conf = path_join(fix.folder, "tinyproxy.conf");
        char *text =
            xasprintf("Port %d\nListen 127.0.0.1\nTimeout 30\nMaxClients 10\nAllow 127.0.0.1\nLogLevel Critical\n%s",
                      port, extra);
        assert_true(file_write(conf, bytes_of_str(text), 0600, NULL));
        proxy_pid = fork();
        if (proxy_pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that dies leaves no server behind */
            if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)) {
                _exit(1);
            }
            execlp("tinyproxy", "tinyproxy", "-d", "-c", conf, (char *)NULL);
            _exit(127);
        }
        free(text);
        free(conf);
        int64_t end = when_monotonic_ms() + 10000;
        int status = 0;
        while (when_monotonic_ms() < end && waitpid(proxy_pid, &status, WNOHANG) == 0) {
            if (connect_to(port) == 0) {
                snprintf(proxy_url, sizeof(proxy_url), "http://127.0.0.1:%d", port);
                return true;
            }
            ts_sleep(50);
        }
        kill(proxy_pid, SIGKILL);
        waitpid(proxy_pid, NULL, 0);
        proxy_pid = -1;
    }
    return false;
}

static void proxy_stop(void)
{
    if (proxy_pid > 0) {
        kill(proxy_pid, SIGKILL);
        waitpid(proxy_pid, NULL, 0);
    }
    proxy_pid = -1;
}

static int setup(void **state)
{
    (void)state;
    netfix_open(&fix);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    proxy_stop();
    netfix_close(&fix);
    return 0;
}

static void posts_through(const struct testserver_spec *spec)
{
    struct err err = ERR_INIT;
    struct testserver *server = testserver_start(spec);
    fix.options.proxy = proxy_url;
    struct exchange *x = netfix_post(&fix, server, spec->cert != NULL, bytes_of_str("through the proxy"), &err);
    fix.options.proxy = NULL;
    netfix_must(exchange_answer(x) != NULL, &err);
    assert_string_equal(buf_str(&exchange_answer(x)->body), "through the proxy");
    exchange_free(x);
    testserver_stop(server);
}

static void test_tunnel_and_plain(void **state)
{
    (void)state;
    assert_true(proxy_start(""));
    posts_through(&(struct testserver_spec){.cert = &fix.server, .client_cert = TS_REQUIRED, .client_ca = &fix.ca});
    posts_through(&(struct testserver_spec){0});
    proxy_stop();
}

static void test_port_not_allowed(void **state)
{
    (void)state;
    assert_true(proxy_start("ConnectPort 443\n"));
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server});
    fix.options.proxy = proxy_url;
    netfix_expect_failure(&fix, server, true, ERR_NET_PROXY_REFUSED);
    fix.options.proxy = NULL;
    testserver_stop(server);
    proxy_stop();
}

static void test_password(void **state)
{
    (void)state;
    assert_true(proxy_start("BasicAuth user word\n"));
    struct testserver *server = testserver_start(&(struct testserver_spec){.cert = &fix.server});
    fix.options.proxy = proxy_url;
    netfix_expect_failure(&fix, server, true, ERR_NET_PROXY_AUTH);
    struct secret userpwd = SECRET_INIT;
    secret_set(&userpwd, "user:word", 9);
    fix.options.proxy_userpwd = &userpwd;
    testserver_stop(server);
    posts_through(&(struct testserver_spec){.cert = &fix.server});
    fix.options.proxy_userpwd = NULL;
    secret_release(&userpwd);
    proxy_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tunnel_and_plain),
        cmocka_unit_test(test_port_not_allowed),
        cmocka_unit_test(test_password),
    };
    if (system("tinyproxy -v >/dev/null 2>&1") != 0) {
        return 77;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
