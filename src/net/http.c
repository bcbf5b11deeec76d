/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The http and https rows: one exchange over a connection (http_conn.h). Everything is one state machine that
 * http_poll() drives in the caller's thread.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "net/curlerr.h"
#include "net/http_conn.h"
#include "net/internal.h"

#define LOOK_AGAIN_MS 10  /* while libcurl has nothing to wait for */
#define TLS_FLIGHT_MS 100 /* a flight of ours may wait for room, which POLLIN does not tell */

struct http_exchange {
    struct http_conn *conn;
    char *method, *path_query, *content_type;
    struct buf body;
    CURL *easy; /* while in OPEN */
    struct curl_slist *headers;
    struct http_answer *out; /* lent during a poll */
    int64_t deadline;
    size_t sent_base, sent;
    bool on_used; /* runs on a connection that served before */
    bool retried;
    bool too_big;
    bool receiving;
    char curl_text[CURL_ERROR_SIZE];
};

static void easy_drop(struct http_exchange *x)
{
    if (x->easy) {
        curl_multi_remove_handle(x->conn->multi, x->easy);
        curl_easy_cleanup(x->easy);
    }
    curl_slist_free_all(x->headers);
    x->easy = NULL;
    x->headers = NULL;
}

static size_t on_header(char *data, size_t size, size_t count, void *ctx)
{
    struct http_exchange *x = ctx;
    size_t len = size * count;
    char *line = xstrndup(data, len);
    if (http_status_line(line, &x->out->status, &x->out->reason)) {
        buf_clear(&x->out->headers); /* an earlier one was 100 Continue */
    }
    free(line);
    x->receiving = true;
    if (!buf_append(&x->out->headers, data, len)) {
        x->too_big = true;
        return 0;
    }
    return len;
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct http_exchange *x = ctx;
    x->receiving = true;
    if (!buf_append(&x->out->body, data, size * count)) {
        x->too_big = true;
        return 0;
    }
    return size * count;
}

static bool header_add(struct http_exchange *x, const char *fmt, const char *value)
{
    char *line = xasprintf("%s%s", fmt, value);
    struct curl_slist *longer = curl_slist_append(x->headers, line);
    free(line);
    if (longer) {
        x->headers = longer;
    }
    return longer != NULL;
}

static bool headers_make(struct http_exchange *x)
{
    const struct ca_url *url = &x->conn->url;
    char *host = ca_url_authority(url, url->tls ? 443 : 80);
    bool good = header_add(x, "Host: ", host) && header_add(x, "Expect:", "");
    free(host);
    good = good &&
           (x->content_type ? header_add(x, "Content-Type: ", x->content_type) : header_add(x, "Content-Type:", ""));
    const struct strv *more = x->conn->options.headers;
    for (size_t i = 0; good && more && i < more->n; i++) {
        good = header_add(x, more->v[i], "");
    }
    return good;
}

static void method_set(struct http_exchange *x)
{
    if (strcmp(x->method, "GET") == 0) {
        curl_easy_setopt(x->easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    curl_easy_setopt(x->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(x->easy, CURLOPT_POSTFIELDS, buf_str(&x->body));
    curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.len);
    curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST, x->method);
}

static bool easy_begin(struct http_exchange *x, struct err *err)
{
    struct http_conn *conn = x->conn;
    x->easy = curl_easy_init();
    if (!x->easy || !headers_make(x) || !http_easy_login(x->easy, &conn->options)) {
        return http_setup_failed(err);
    }
    char *authority = ca_url_authority(&conn->url, 0);
    char *url = xasprintf("http://%s%s", authority, x->path_query);
    CURL *easy = x->easy;
    http_easy_common(easy, x->curl_text);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, x->headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "cmc-wizard");
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
    method_set(x);
    if (conn->url.tls) {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, conn->socket_path);
    } else {
        http_easy_proxy(easy, &conn->options);
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                         (long)net_ms(conn->options.connect_timeout_ms, CONNECT_TIMEOUT_MS));
    }
    free(url);
    free(authority);
    x->on_used = conn->used;
    x->sent_base = conn->tunnel.sent;
    x->receiving = false;
    return curl_multi_add_handle(conn->multi, easy) == CURLM_OK || http_setup_failed(err);
}

static void sent_update(struct http_exchange *x)
{
    struct http_conn *conn = x->conn;
    if (!x->easy) {
        return;
    }
    if (conn->url.tls) {
        x->sent = conn->tunnel.sent - x->sent_base;
        return;
    }
    long head = 0;
    curl_off_t body = 0;
    curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &head);
    curl_easy_getinfo(x->easy, CURLINFO_SIZE_UPLOAD_T, &body);
    x->sent = (size_t)head + (size_t)body;
}

static enum step answer_failed(struct http_exchange *x, CURLcode result, struct err *err)
{
    struct http_conn *conn = x->conn;
    sent_update(x);
    if (x->too_big) {
        err_fail(err, ERR_NET_ANSWER_TOO_BIG, NULL);
    } else if (conn->tls && conn->tls->failure) {
        tls_explain(conn->tls, conn->tls->failure, false, err);
    } else {
        curl_explain(x->easy, result, x->curl_text, &conn->url,
                     x->sent == 0 && !conn->url.tls ? CURL_CONNECTING : CURL_SENT,
                     http_conn_has_proxy(conn) && !conn->url.tls, err);
        if (conn->tls && conn->tls->asked && !conn->tls->sent) {
            err_context(err, "%s",
                        _("The server had asked for a client certificate, and none was sent: this may be why."));
        }
    }
    return STEP_FAILED;
}

static void answer_describe(struct http_exchange *x)
{
    struct http_conn *conn = x->conn;
    struct http_answer *out = x->out;
    char *type = http_answer_header(out, "Content-Type");
    free(out->content_type);
    out->content_type = type ? type : xstrdup("");
    out->plain = !conn->url.tls;
    out->tls_version = xstrdup(conn->tls ? conn->tls->version : "");
    out->cipher = xstrdup(conn->tls ? conn->tls->cipher : "");
    if (out->plain) {
        strv_push(&out->notes, _("The exchange went over plain HTTP: anybody on the way could read and change it."));
    }
    if (conn->tls) {
        out->certificate_asked = conn->tls->asked;
        out->certificate_sent = conn->tls->sent;
        for (size_t i = 0; i < conn->tls->notes.n; i++) {
            strv_push(&out->notes, conn->tls->notes.v[i]);
        }
    }
}

static enum step step_open(struct http_exchange *x, struct err *err)
{
    struct http_conn *conn = x->conn;
    int running = 0;
    int left;
    if (!x->easy && !easy_begin(x, err)) {
        return STEP_FAILED;
    }
    curl_multi_perform(conn->multi, &running);
    bool moved = conn->url.tls && tunnel_pump(&conn->tunnel);
    CURLMsg *message = curl_multi_info_read(conn->multi, &left);
    if (!message) {
        return moved ? STEP_MOVED : STEP_IDLE;
    }
    CURLcode result = message->data.result;
    if (result != CURLE_OK) {
        return answer_failed(x, result, err);
    }
    sent_update(x);
    answer_describe(x);
    conn->used = true;
    return STEP_DONE;
}

static enum step http_step(struct http_exchange *x, int wait_ms, struct err *err)
{
    return x->conn->state == CONN_OPEN ? step_open(x, err) : http_conn_step(x->conn, wait_ms, err);
}

static bool timed_out(struct http_exchange *x, struct err *err)
{
    struct http_conn *conn = x->conn;
    int64_t now = when_monotonic_ms();
    bool own = (conn->state == CONN_CONNECTING || conn->state == CONN_TLS) && now >= conn->deadline;
    if (!own && now < x->deadline) {
        return false;
    }
    sent_update(x);
    char *where = ca_url_authority(&conn->url, 0);
    err_fail(err,
             conn->state == CONN_CONNECTING                        ? ERR_NET_CONNECT_TIMEOUT
             : conn->state == CONN_TLS || conn->state == CONN_OCSP ? ERR_NET_TLS_TIMEOUT
                                                                   : ERR_NET_TIMEOUT,
             _("Server: %s"), where);
    free(where);
    return true;
}

/* Sleeps until something may move, at most ms. */
static void http_wait(struct http_exchange *x, int ms)
{
    struct http_conn *conn = x->conn;
    struct pollfd fds[2];
    struct curl_waitfd more[2];
    if (conn->state != CONN_OPEN) {
        http_conn_wait(conn, ms);
        return;
    }
    unsigned n = conn->url.tls ? tunnel_fds(&conn->tunnel, fds) : 0;
    for (unsigned i = 0; i < n; i++) {
        int in = fds[i].events & POLLIN ? CURL_WAIT_POLLIN : 0;
        int out = fds[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0;
        more[i] = (struct curl_waitfd){.fd = fds[i].fd, .events = (short)(in | out)};
    }
    curl_multi_poll(conn->multi, more, n, ms, NULL);
}

/* A kept connection that the server closed while it was idle: nothing was sent, so begin anew, once. */
static bool begin_anew(struct http_exchange *x, struct err *err)
{
    if (x->retried || !x->on_used || x->sent > 0 || x->receiving) {
        return false;
    }
    easy_drop(x);
    http_conn_drop(x->conn);
    err_release(err);
    *err = (struct err)ERR_INIT;
    x->retried = true;
    x->sent_base = 0;
    return true;
}

static enum exchange_state http_poll(void *own, int wait_ms, struct http_answer *out, struct err *err)
{
    struct http_exchange *x = own;
    int64_t end = when_monotonic_ms() + wait_ms;
    x->out = out;
    for (;;) {
        int64_t left = end - when_monotonic_ms();
        int ms = left > 0 ? (int)left : 0;
        enum step step = http_step(x, ms, err);
        if (step == STEP_DONE) {
            return EXCHANGE_DONE;
        }
        if (step == STEP_FAILED) {
            if (begin_anew(x, err)) {
                continue;
            }
            return EXCHANGE_FAILED;
        }
        if (timed_out(x, err)) {
            return EXCHANGE_FAILED;
        }
        left = end - when_monotonic_ms();
        if (left <= 0) {
            return EXCHANGE_RUNNING;
        }
        if (step == STEP_IDLE) {
            int64_t total = x->deadline - when_monotonic_ms();
            left = left < total ? left : total;
            http_wait(x, left > 0 ? (int)left : 0);
        }
    }
}

/* Sockets of libcurl's own (name, TCP, plain HTTP). While it looks a name up it has none. */
static unsigned multi_fds(CURLM *multi, struct pollfd *fds, unsigned max, int *wait_ms)
{
    fd_set in, out, bad;
    int last = -1;
    long timeout = -1;
    unsigned n = 0;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&bad);
    bool known = multi && curl_multi_fdset(multi, &in, &out, &bad, &last) == CURLM_OK && last >= 0;
    for (int fd = 0; known && fd <= last && n < max; fd++) {
        int events = (FD_ISSET(fd, &in) ? POLLIN : 0) | (FD_ISSET(fd, &out) ? POLLOUT : 0);
        if (events) {
            fds[n++] = (struct pollfd){.fd = fd, .events = (short)events};
        }
    }
    if (multi && curl_multi_timeout(multi, &timeout) == CURLM_OK && timeout >= 0 && timeout < *wait_ms) {
        *wait_ms = (int)timeout;
    }
    if (n == 0 && *wait_ms > LOOK_AGAIN_MS) {
        *wait_ms = LOOK_AGAIN_MS;
    }
    return n;
}

static unsigned http_fds(void *own, struct pollfd *fds, unsigned max, int *wait_ms)
{
    struct http_exchange *x = own;
    struct http_conn *conn = x->conn;
    if (conn->state == CONN_OPEN && conn->url.tls && max >= 2) {
        return tunnel_fds(&conn->tunnel, fds); /* libcurl's end moves only when the tunnel does */
    }
    if (conn->state == CONN_TLS && max >= 1) {
        *wait_ms = *wait_ms < TLS_FLIGHT_MS ? *wait_ms : TLS_FLIGHT_MS;
        fds[0] = (struct pollfd){.fd = conn->tls->sock, .events = POLLIN};
        return 1;
    }
    return multi_fds(conn->state == CONN_OPEN ? conn->multi : conn->connect_multi, fds, max, wait_ms);
}

static unsigned http_connects(const void *own)
{
    return ((const struct http_conn *)own)->connects;
}

/* May the kept connection carry this exchange? With plain HTTP libcurl holds the connection, and on one that turns out
 * dead it would send the request a second time by itself: harmless for GET only. */
static bool may_go_on(struct http_conn *conn, const char *method)
{
    return conn->url.tls ? tunnel_idle_ok(&conn->tunnel) : strcmp(method, "GET") == 0;
}

static void *http_start(void *own, const char *method, const char *path_query, const char *content_type,
                        struct bytes body, struct err *err)
{
    struct http_conn *conn = own;
    struct http_exchange *x = xcalloc(1, sizeof(*x));
    x->conn = conn;
    x->method = xstrdup(method);
    x->path_query = path_query ? xstrdup(path_query) : ca_url_path_query(&conn->url);
    x->content_type = xstrdup(content_type);
    buf_init(&x->body, body.len);
    x->body.secret = true; /* a revocation by secret carries it */
    if (x->path_query[0] != '/' || strpbrk(x->path_query, " \r\n\t#") || !buf_append_bytes(&x->body, body)) {
        err_fail(err, ERR_NET_URL, NULL);
        free(x->method);
        free(x->path_query);
        free(x->content_type);
        buf_release(&x->body);
        free(x);
        return NULL;
    }
    if (conn->state == CONN_OPEN && !may_go_on(conn, method)) {
        http_conn_drop(conn);
    }
    x->deadline = http_until(conn->options.total_timeout_ms, TOTAL_TIMEOUT_MS);
    return x;
}

static enum exchange_phase http_phase(const void *own)
{
    const struct http_exchange *x = own;
    switch (x->conn->state) {
    case CONN_CLOSED:
    case CONN_CONNECTING:
        return EXCHANGE_CONNECTING;
    case CONN_TLS:
        return EXCHANGE_TLS;
    case CONN_OCSP:
        return EXCHANGE_OCSP;
    default:
        break;
    }
    if (x->receiving) {
        return EXCHANGE_RECEIVING;
    }
    size_t sent = x->conn->url.tls ? x->conn->tunnel.sent - x->sent_base : x->sent;
    return sent > x->body.len ? EXCHANGE_WAITING : EXCHANGE_SENDING;
}

static size_t http_sent(const void *own)
{
    const struct http_exchange *x = own;
    return x->easy && x->conn->url.tls ? x->conn->tunnel.sent - x->sent_base : x->sent;
}

static const struct cert_list *http_chain(const void *own)
{
    const struct http_exchange *x = own;
    return x->conn->tls ? &x->conn->tls->chain : NULL;
}

static void http_finish(void *own)
{
    struct http_exchange *x = own;
    struct http_conn *conn = x->conn;
    bool clean = conn->state == CONN_OPEN && conn->used && x->out && x->out->tls_version && !x->too_big;
    easy_drop(x);
    if (!clean) {
        http_conn_drop(conn); /* half an exchange is on it */
    }
    free(x->method);
    free(x->path_query);
    free(x->content_type);
    buf_release(&x->body);
    free(x);
}

#define HTTP_OPS(name)                                                                                                 \
    {                                                                                                                  \
        .scheme = name, .open = http_conn_open, .close = http_conn_close, .connects = http_connects,                   \
        .start = http_start, .poll = http_poll, .fds = http_fds, .phase = http_phase, .sent = http_sent,               \
        .chain = http_chain, .finish = http_finish                                                                     \
    }
const struct transport_ops net_https_ops = HTTP_OPS("https");
const struct transport_ops net_http_ops = HTTP_OPS("http");
