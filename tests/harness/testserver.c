/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "harness/testserver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_MAX ((size_t)32 << 20)

struct ts_conn {
    struct testserver *server;
    int fd;
    gnutls_session_t tls; /* NULL: plain */
    bool reset;
};

/* ---- octets ---- */

/* Waits for input or the end of the test. */
static bool wait_readable(struct testserver *server, int fd)
{
    struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = server->stop_pipe[0], .events = POLLIN}};
    while (poll(fds, 2, -1) < 0 && errno == EINTR) {}
    return fds[1].revents == 0;
}

static ssize_t tls_pull_in(struct ts_conn *conn, void *data, size_t len)
{
    ssize_t n;
    do {
        if (gnutls_record_check_pending(conn->tls) == 0 && !wait_readable(conn->server, conn->fd)) {
            return -1;
        }
        n = gnutls_record_recv(conn->tls, data, len);
    } while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
    return n;
}

static ssize_t conn_read(struct ts_conn *conn, void *data, size_t len)
{
    if (conn->tls) {
        return tls_pull_in(conn, data, len);
    }
    return wait_readable(conn->server, conn->fd) ? read(conn->fd, data, len) : -1;
}

bool ts_send(struct ts_conn *conn, const void *data, size_t len)
{
    const char *p = data;
    while (len > 0) {
        ssize_t n = conn->tls ? gnutls_record_send(conn->tls, p, len < 16384 ? len : 16384)
                              : send(conn->fd, p, len, MSG_NOSIGNAL);
        if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        p += n;
        len -= (size_t)n;
    }
    return true;
}

bool ts_send_text(struct ts_conn *conn, const char *text)
{
    return ts_send(conn, text, strlen(text));
}

bool ts_answer(struct ts_conn *conn, int status, const char *reason, const char *type, struct bytes body)
{
    char head[512];
    snprintf(head, sizeof(head), "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", status, reason,
             type, body.len);
    return ts_send_text(conn, head) && ts_send(conn, body.data, body.len);
}

void ts_reset(struct ts_conn *conn)
{
    conn->reset = true;
}

void ts_sleep(int ms)
{
    struct timespec t = {ms / 1000, (ms % 1000) * 1000000L};
    nanosleep(&t, NULL);
}

bool ts_handle_echo(struct ts_conn *conn, const struct ts_request *request, void *ctx)
{
    (void)ctx;
    return ts_answer(conn, 200, "OK", "application/pkcs7-mime", buf_peek(&request->body));
}

/* ---- requests ---- */

static void request_release(struct ts_request *r)
{
    free(r->method);
    free(r->target);
    buf_release(&r->head);
    buf_release(&r->body);
}

static bool read_more(struct ts_conn *conn, struct buf *into)
{
    char data[16384];
    ssize_t n = conn_read(conn, data, sizeof(data));
    return n > 0 && buf_append(into, data, (size_t)n);
}

static bool request_read(struct ts_conn *conn, struct ts_request *r)
{
    buf_init(&r->head, REQUEST_MAX);
    buf_init(&r->body, REQUEST_MAX);
    const char *end;
    while (!(end = strstr(buf_str(&r->head), "\r\n\r\n"))) {
        if (!read_more(conn, &r->head)) {
            return false;
        }
    }
    size_t head = (size_t)(end - buf_str(&r->head)) + 4;
    const char *length = strcasestr(buf_str(&r->head), "\r\nContent-Length:");
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    if (!buf_append(&r->body, r->head.data + head, r->head.len - head)) {
        return false;
    }
    r->head.len = head;
    r->head.data[head] = '\0';
    while (r->body.len < body) {
        if (!read_more(conn, &r->body)) {
            return false;
        }
    }
    const char *line = buf_str(&r->head);
    size_t n = strcspn(line, " ");
    r->method = xstrndup(line, n);
    line += n + (line[n] == ' ');
    r->target = xstrndup(line, strcspn(line, " \r\n"));
    return true;
}

static void remember(struct testserver *server, const struct ts_request *r)
{
    pthread_mutex_lock(&server->lock);
    server->requests++;
    server->last_had_cert = r->has_cert;
    buf_clear(&server->last_head);
    buf_clear(&server->last_body);
    bool kept = buf_append_bytes(&server->last_head, buf_peek(&r->head)) &&
                buf_append_bytes(&server->last_body, buf_peek(&r->body));
    pthread_mutex_unlock(&server->lock);
    if (!kept) {
        abort();
    }
}

/* ---- TLS ---- */

static gnutls_certificate_credentials_t credentials_make(const struct testserver_spec *spec)
{
    gnutls_certificate_credentials_t cred;
    gnutls_x509_crt_t list[8];
    int n = 0;
    if (gnutls_certificate_allocate_credentials(&cred) < 0) {
        abort();
    }
    list[n++] = spec->cert->crt;
    for (const struct testcert *const *c = spec->chain; c && *c && n < 8; c++) {
        list[n++] = (*c)->crt;
    }
    if (gnutls_certificate_set_x509_key(cred, list, n, spec->cert->key) < 0) {
        abort();
    }
    if (spec->client_ca) {
        gnutls_x509_crt_t ca = spec->client_ca->crt;
        gnutls_certificate_set_x509_trust(cred, &ca, 1);
    }
    return cred;
}

static int handshake(struct ts_conn *conn)
{
    int rc;
    do {
        if (gnutls_record_check_pending(conn->tls) == 0 && gnutls_record_get_direction(conn->tls) == 0 &&
            !wait_readable(conn->server, conn->fd)) {
            return GNUTLS_E_TIMEDOUT;
        }
        rc = gnutls_handshake(conn->tls);
    } while (rc < 0 && !gnutls_error_is_fatal(rc));
    return rc;
}

/* Alerts a bad certificate as servers do. */
static bool peer_ok(struct ts_conn *conn, bool required, bool *has)
{
    unsigned count = 0;
    unsigned status = 0;
    *has = gnutls_certificate_get_peers(conn->tls, &count) && count > 0;
    if (!*has) {
        if (required) {
            gnutls_alert_send(conn->tls, GNUTLS_AL_FATAL, GNUTLS_A_CERTIFICATE_REQUIRED);
        }
        return !required;
    }
    if (gnutls_certificate_verify_peers2(conn->tls, &status) < 0 || status != 0) {
        bool revoked = status & GNUTLS_CERT_EXPIRED;
        gnutls_alert_send(conn->tls, GNUTLS_AL_FATAL,
                          revoked ? GNUTLS_A_CERTIFICATE_EXPIRED : GNUTLS_A_BAD_CERTIFICATE);
        return false;
    }
    return true;
}

static bool tls_begin(struct ts_conn *conn, gnutls_certificate_credentials_t cred, bool *has_cert)
{
    const struct testserver_spec *spec = &conn->server->spec;
    unsigned flags = GNUTLS_SERVER | (spec->client_cert == TS_POST_HANDSHAKE ? GNUTLS_POST_HANDSHAKE_AUTH : 0);
    if (gnutls_init(&conn->tls, flags) < 0 ||
        gnutls_priority_set_direct(conn->tls, spec->priority ? spec->priority : "NORMAL", NULL) < 0 ||
        gnutls_credentials_set(conn->tls, GNUTLS_CRD_CERTIFICATE, cred) < 0) {
        abort();
    }
    gnutls_transport_set_int(conn->tls, conn->fd);
    if (spec->client_cert == TS_OPTIONAL || spec->client_cert == TS_REQUIRED) {
        /* "required" is judged by us, so that the alert is the one that a server of today sends */
        gnutls_certificate_server_set_request(conn->tls, GNUTLS_CERT_REQUEST);
    }
    int rc = handshake(conn);
    if (rc < 0) {
        gnutls_alert_send_appropriate(conn->tls, rc);
        return false;
    }
    return peer_ok(conn, spec->client_cert == TS_REQUIRED, has_cert);
}

/* The certificate is asked for when the request is there. */
static bool ask_late(struct ts_conn *conn, bool *has_cert)
{
    gnutls_certificate_server_set_request(conn->tls, GNUTLS_CERT_REQUEST);
    int rc;
    if (conn->server->spec.client_cert == TS_POST_HANDSHAKE) {
        do {
            rc = gnutls_reauth(conn->tls, 0);
        } while (rc == GNUTLS_E_AGAIN || rc == GNUTLS_E_INTERRUPTED);
    } else {
        rc = gnutls_rehandshake(conn->tls);
        if (rc >= 0) {
            do {
                rc = gnutls_handshake(conn->tls);
            } while (rc < 0 && !gnutls_error_is_fatal(rc));
        }
    }
    return rc >= 0 && peer_ok(conn, true, has_cert);
}

/* ---- connections ---- */

static void serve_http(struct ts_conn *conn, bool has_cert)
{
    struct testserver *server = conn->server;
    bool late = server->spec.client_cert == TS_POST_HANDSHAKE || server->spec.client_cert == TS_RENEGOTIATE;
    bool go_on = true;
    while (go_on) {
        struct ts_request r = {0};
        r.has_cert = has_cert;
        go_on = request_read(conn, &r);
        if (go_on && conn->tls && late && !r.has_cert) {
            go_on = ask_late(conn, &r.has_cert);
            has_cert = r.has_cert;
        }
        if (go_on) {
            remember(server, &r);
            ts_handler handler = server->spec.handler ? server->spec.handler : ts_handle_echo;
            go_on = handler(conn, &r, server->spec.ctx);
        }
        request_release(&r);
    }
}

static void relay(struct ts_conn *conn, int other)
{
    char data[16384];
    struct pollfd fds[3] = {{.fd = conn->fd, .events = POLLIN},
                            {.fd = other, .events = POLLIN},
                            {.fd = conn->server->stop_pipe[0], .events = POLLIN}};
    while (poll(fds, 3, -1) > 0 && !fds[2].revents) {
        for (int i = 0; i < 2; i++) {
            if (!fds[i].revents) {
                continue;
            }
            ssize_t n = read(fds[i].fd, data, sizeof(data));
            if (n <= 0 || send(fds[1 - i].fd, data, (size_t)n, MSG_NOSIGNAL) != n) {
                return;
            }
        }
    }
}

static int loopback_connect(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void serve_proxy(struct ts_conn *conn)
{
    struct ts_request r = {0};
    if (request_read(conn, &r)) {
        remember(conn->server, &r);
        const char *colon = strrchr(r.target, ':');
        if (conn->server->spec.proxy_refuses) {
            ts_answer(conn, conn->server->spec.proxy_refuses, "Refused", "text/html", bytes_of_str("<p>no</p>"));
        } else if (strcmp(r.method, "CONNECT") == 0 && colon) {
            int other = loopback_connect(atoi(colon + 1));
            if (other >= 0) {
                ts_send_text(conn, "HTTP/1.1 200 Connection established\r\n\r\n");
                relay(conn, other);
                close(other);
            }
        }
    }
    request_release(&r);
}

static void serve(struct testserver *server, int fd, gnutls_certificate_credentials_t cred)
{
    struct ts_conn conn = {.server = server, .fd = fd};
    const struct testserver_spec *spec = &server->spec;
    bool has_cert = false;
    if (spec->hang_up) {
        /* nothing */
    } else if (spec->silent) {
        struct pollfd stop = {.fd = server->stop_pipe[0], .events = POLLIN};
        poll(&stop, 1, -1);
    } else if (spec->greeting) {
        wait_readable(server, fd);
        ts_send_text(&conn, spec->greeting);
        ts_sleep(50);
    } else if (spec->proxy) {
        serve_proxy(&conn);
    } else if (!spec->cert || tls_begin(&conn, cred, &has_cert)) {
        serve_http(&conn, has_cert);
    }
    if (conn.tls && !conn.reset) {
        gnutls_bye(conn.tls, GNUTLS_SHUT_WR);
    }
    if (conn.tls) {
        gnutls_deinit(conn.tls);
    }
    if (conn.reset) {
        struct linger now = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    } else {
        char scrap[4096]; /* unread octets would turn the close into a reset that swallows an alert */
        shutdown(fd, SHUT_WR);
        struct pollfd p = {.fd = fd, .events = POLLIN};
        while (!spec->hang_up && poll(&p, 1, 200) > 0 && read(fd, scrap, sizeof(scrap)) > 0) {}
    }
    close(fd);
}

static void *server_main(void *arg)
{
    struct testserver *server = arg;
    int yes = 1;
    gnutls_certificate_credentials_t cred = server->spec.cert ? credentials_make(&server->spec) : NULL;
    while (wait_readable(server, server->listener)) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) {
            continue;
        }
        pthread_mutex_lock(&server->lock);
        server->connections++;
        pthread_mutex_unlock(&server->lock);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        serve(server, fd, cred);
    }
    if (cred) {
        gnutls_certificate_free_credentials(cred);
    }
    return NULL;
}

struct testserver *testserver_start(const struct testserver_spec *spec)
{
    struct testserver *server = xcalloc(1, sizeof(*server));
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)spec->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int yes = 1;
    server->spec = *spec;
    buf_init(&server->last_head, REQUEST_MAX);
    buf_init(&server->last_body, REQUEST_MAX);
    pthread_mutex_init(&server->lock, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (pipe(server->stop_pipe) != 0 || bind(server->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(server->listener, 16) != 0 || getsockname(server->listener, (struct sockaddr *)&address, &len) != 0 ||
        pthread_create(&server->thread, NULL, server_main, server) != 0) {
        perror("testserver");
        abort();
    }
    server->port = ntohs(address.sin_port);
    return server;
}

void testserver_stop(struct testserver *server)
{
    if (!server) {
        return;
    }
    close(server->stop_pipe[1]); /* every wait ends */
    pthread_join(server->thread, NULL);
    close(server->stop_pipe[0]);
    close(server->listener);
    pthread_mutex_destroy(&server->lock);
    buf_release(&server->last_head);
    buf_release(&server->last_body);
    free(server);
}

unsigned testserver_connections(struct testserver *server)
{
    pthread_mutex_lock(&server->lock);
    unsigned n = server->connections;
    pthread_mutex_unlock(&server->lock);
    return n;
}

unsigned testserver_requests(struct testserver *server)
{
    pthread_mutex_lock(&server->lock);
    unsigned n = server->requests;
    pthread_mutex_unlock(&server->lock);
    return n;
}

char *testserver_last_head(struct testserver *server)
{
    pthread_mutex_lock(&server->lock);
    char *copy = xstrdup(buf_str(&server->last_head));
    pthread_mutex_unlock(&server->lock);
    return copy;
}

struct buf testserver_last_body(struct testserver *server)
{
    struct buf copy = BUF_INIT(REQUEST_MAX);
    pthread_mutex_lock(&server->lock);
    bool kept = buf_append_bytes(&copy, buf_peek(&server->last_body));
    pthread_mutex_unlock(&server->lock);
    if (!kept) {
        abort();
    }
    return copy;
}
