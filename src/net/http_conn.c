/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/http_conn.h"

#include <fcntl.h>
#include <malloc.h>
#include <secerr.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "base/when.h"
#include "net/curlerr.h"
#include "net/internal.h"
#include "nss/nsserr.h"

static void connect_drop(struct http_conn *conn)
{
    if (conn->connect_easy) {
        curl_multi_remove_handle(conn->connect_multi, conn->connect_easy);
        curl_easy_cleanup(conn->connect_easy);
    }
    if (conn->connect_multi) {
        curl_multi_cleanup(conn->connect_multi);
    }
    conn->connect_easy = NULL;
    conn->connect_multi = NULL;
}

void http_conn_drop(struct http_conn *conn)
{
    connect_drop(conn);
    ocsp_free(conn->ocsp);
    conn->ocsp = NULL;
    if (conn->multi) {
        curl_multi_cleanup(conn->multi); /* closes libcurl's end of the tunnel, or its TCP */
    }
    conn->multi = NULL;
    if (conn->tunnel.tls) {
        tunnel_close(&conn->tunnel);
    }
    tls_free(conn->tls);
    conn->tls = NULL;
    free(conn->socket_path);
    conn->socket_path = NULL;
    conn->state = CONN_CLOSED;
    conn->used = false;
}

void http_conn_close(void *own)
{
    struct http_conn *conn = own;
    http_conn_drop(conn);
    if (conn->tls_params.client_cert) {
        CERT_DestroyCertificate(conn->tls_params.client_cert);
    }
    key_free(conn->key);
    ca_url_release(&conn->url);
    free(conn);
}

static bool identity_take(struct http_conn *conn, const struct net_identity *identity, struct err *err)
{
    struct err why = ERR_INIT;
    conn->key = key_of_cert(identity->db, identity->cert, &why);
    if (!conn->key) {
        if (why.code == ERR_NSS_KEY_NOT_FOUND) {
            char *subject = cert_subject(identity->cert);
            err_fail(err, ERR_NET_CLIENT_KEY, _("Certificate: %s"), subject);
            free(subject);
            err_release(&why);
        } else {
            err_move(err, &why);
        }
        return false;
    }
    conn->tls_params.client_key = key_signing(conn->key);
    conn->tls_params.client_cert = cert_native(identity->cert, err);
    return conn->tls_params.client_cert != NULL;
}

static void wiped_free(void *p)
{
    if (p) {
        mem_wipe(p, malloc_usable_size(p));
        free(p);
    }
}

/* The old block is wiped, which realloc() may leave behind as it is. */
static void *wiped_realloc(void *p, size_t size)
{
    size_t have = p ? malloc_usable_size(p) : 0;
    void *bigger = size > 0 ? malloc(size) : NULL;
    if (bigger && p) {
        memcpy(bigger, p, have < size ? have : size);
    }
    if (bigger || size == 0) {
        wiped_free(p);
    }
    return bigger;
}

bool http_curl_init(void)
{
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiped_free, wiped_realloc, strdup, calloc) == CURLE_OK;
}

void *http_conn_open(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                     const struct ca_url *url, struct err *err)
{
    if (!http_curl_init()) {
        http_setup_failed(err);
        return NULL;
    }
    if (options->login && !url->tls) {
        err_fail(err, ERR_NET_LOGIN_PLAIN, NULL);
        return NULL;
    }
    struct http_conn *conn = xcalloc(1, sizeof(*conn));
    conn->options = *options;
    conn->db = db;
    conn->tunnel.pair = conn->tunnel.listener = -1;
    ca_url_copy(url, &conn->url);
    conn->tls_params = (struct tls_params){.options = &conn->options, .db = db, .host = conn->url.host};
    if (url->tls && identity && identity->cert && !identity_take(conn, identity, err)) {
        http_conn_close(conn);
        return NULL;
    }
    return conn;
}

int64_t http_until(int given, int otherwise)
{
    return when_monotonic_ms() + net_ms(given, otherwise);
}

bool http_conn_has_proxy(const struct http_conn *conn)
{
    return conn->options.proxy && *conn->options.proxy;
}

void http_easy_proxy(CURL *easy, const struct net_options *options)
{
    curl_easy_setopt(easy, CURLOPT_PROXY, options->proxy ? options->proxy : "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, options->no_proxy ? options->no_proxy : "");
    if (options->proxy_userpwd) {
        curl_easy_setopt(easy, CURLOPT_PROXYUSERPWD, options->proxy_userpwd->text);
    }
}

bool http_easy_login(CURL *easy, const struct net_options *options)
{
    const struct net_login *login = options->login;
    return !login || (curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC) == CURLE_OK &&
                      curl_easy_setopt(easy, CURLOPT_USERNAME, login->user) == CURLE_OK &&
                      curl_easy_setopt(easy, CURLOPT_PASSWORD, login->password->text) == CURLE_OK);
}

void http_easy_common(CURL *easy, char *curl_text)
{
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, curl_text);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http"); /* libcurl must never start a TLS of its own */
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
}

bool http_setup_failed(struct err *err)
{
    return err_fail(err, ERR_NET_SETUP, "%s", _("The HTTP library (libcurl) could not be set up."));
}

static bool connect_begin(struct http_conn *conn, struct err *err)
{
    conn->connects++;
    conn->multi = curl_multi_init();
    if (!conn->multi) {
        return http_setup_failed(err);
    }
    if (!conn->url.tls) { /* libcurl's own TCP */
        conn->state = CONN_OPEN;
        return true;
    }
    conn->connect_multi = curl_multi_init();
    conn->connect_easy = curl_easy_init();
    if (!conn->connect_multi || !conn->connect_easy) {
        return http_setup_failed(err);
    }
    CURL *easy = conn->connect_easy;
    char *authority = ca_url_authority(&conn->url, 0);
    char *url = xasprintf("http://%s/", authority);
    http_easy_common(easy, conn->curl_text);
    http_easy_proxy(easy, &conn->options);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    free(url);
    free(authority);
    if (curl_multi_add_handle(conn->connect_multi, easy) != CURLM_OK) {
        return http_setup_failed(err);
    }
    conn->state = CONN_CONNECTING;
    conn->deadline = http_until(conn->options.connect_timeout_ms, CONNECT_TIMEOUT_MS);
    return true;
}

static bool connected(struct http_conn *conn, struct err *err)
{
    curl_socket_t sock = CURL_SOCKET_BAD;
    curl_easy_getinfo(conn->connect_easy, CURLINFO_ACTIVESOCKET, &sock);
    int fd = sock == CURL_SOCKET_BAD ? -1 : fcntl(sock, F_DUPFD_CLOEXEC, 3); /* NSPR closes what it gets */
    connect_drop(conn);
    if (fd < 0) {
        return err_fail_errno(err, ERR_NET_SETUP, NULL);
    }
    conn->tls = tls_new(fd, &conn->tls_params, err);
    if (!conn->tls) {
        return false;
    }
    conn->state = CONN_TLS;
    conn->deadline = http_until(conn->options.handshake_timeout_ms, HANDSHAKE_TIMEOUT_MS);
    return true;
}

static enum step step_connecting(struct http_conn *conn, struct err *err)
{
    int running = 0;
    int left;
    curl_multi_perform(conn->connect_multi, &running);
    CURLMsg *message = curl_multi_info_read(conn->connect_multi, &left);
    if (!message) {
        return STEP_IDLE;
    }
    if (message->data.result != CURLE_OK) {
        curl_explain(conn->connect_easy, message->data.result, conn->curl_text, &conn->url, CURL_CONNECTING,
                     http_conn_has_proxy(conn), err);
        return STEP_FAILED;
    }
    return connected(conn, err) ? STEP_MOVED : STEP_FAILED;
}

static enum step tls_is_ready(struct http_conn *conn, struct err *err)
{
    if (!tunnel_open(&conn->tunnel, conn->tls, err)) {
        return STEP_FAILED;
    }
    conn->socket_path = tunnel_path(&conn->tunnel);
    conn->state = CONN_OPEN;
    return STEP_MOVED;
}

static enum step step_tls(struct http_conn *conn, struct err *err)
{
    switch (tls_handshake(conn->tls, err)) {
    case TLS_READY:
        return tls_is_ready(conn, err);
    case TLS_NEED_OCSP:
        conn->ocsp = ocsp_start(&conn->options, conn->db, conn->tls->leaf);
        conn->state = CONN_OCSP;
        return STEP_MOVED;
    case TLS_FAILED:
        return STEP_FAILED;
    default:
        return STEP_IDLE;
    }
}

/* The handshake goes on, or ends with our reason. */
static enum step ocsp_over(struct http_conn *conn, enum ocsp_status status, struct err *err)
{
    PRErrorCode refuse = 0;
    ocsp_free(conn->ocsp);
    conn->ocsp = NULL;
    if (status == OCSP_REVOKED) {
        refuse = SEC_ERROR_REVOKED_CERTIFICATE;
        err_fail(err, ERR_NET_SERVER_REVOKED, "%s", _("The CA's OCSP responder says so."));
    } else if (status == OCSP_UNKNOWN && conn->options.ocsp == NET_OCSP_REQUIRED) {
        refuse = SEC_ERROR_OCSP_SERVER_ERROR;
        err_fail(err, ERR_NET_SERVER_REVOCATION_UNKNOWN, NULL);
    } else if (status == OCSP_UNKNOWN) {
        strv_push(&conn->tls->notes, _("Whether the server's certificate is revoked could not be asked: its OCSP "
                                       "responder gave no valid answer."));
    }
    if (!tls_judged(conn->tls, refuse) && !refuse) {
        nss_fail_as(err, ERR_NET_TLS_FAILED, NULL);
        return STEP_FAILED;
    }
    if (refuse) {
        err_detail(err, ERR_SOURCE_NSS, refuse, nss_error_symbol(refuse));
        return STEP_FAILED;
    }
    conn->state = CONN_TLS;
    conn->deadline = http_until(conn->options.handshake_timeout_ms, HANDSHAKE_TIMEOUT_MS);
    return STEP_MOVED;
}

static enum step step_ocsp(struct http_conn *conn, int wait_ms, struct err *err)
{
    enum ocsp_status status = OCSP_UNKNOWN;
    if (conn->ocsp && !ocsp_poll(conn->ocsp, wait_ms, &status)) {
        return STEP_IDLE;
    }
    return ocsp_over(conn, status, err);
}

enum step http_conn_step(struct http_conn *conn, int wait_ms, struct err *err)
{
    switch (conn->state) {
    case CONN_CLOSED:
        return connect_begin(conn, err) ? STEP_MOVED : STEP_FAILED;
    case CONN_CONNECTING:
        return step_connecting(conn, err);
    case CONN_TLS:
        return step_tls(conn, err);
    case CONN_OCSP:
        return step_ocsp(conn, wait_ms, err);
    default:
        return STEP_MOVED;
    }
}

void http_conn_wait(struct http_conn *conn, int ms)
{
    if (conn->state == CONN_CONNECTING) {
        curl_multi_poll(conn->connect_multi, NULL, 0, ms, NULL);
    } else if (conn->state == CONN_TLS) {
        /* A flight of ours may wait for room, which POLLIN does not tell: look again soon. */
        struct pollfd fd = {.fd = conn->tls->sock, .events = POLLIN};
        poll(&fd, 1, ms < 100 ? ms : 100);
    }
}
