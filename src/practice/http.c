/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "nss/chain.h"
#include "practice/ca_private.h"
#include "practice/respond.h"
#include "practice/tls.h"

#define IDLE_SECONDS 60
#define MAX_CONNECTIONS 200
#define MAX_CHAIN 10

struct practice_server {
    struct practice_ca *ca;
    struct MHD_Daemon *daemon;
    int port;
    size_t kept; /* messages written by keep_message() */
    char *key_pem, *cert_pem, *trust_pem;
    /* For the faults expired-server and no-chain; made when they are first needed. */
    gnutls_certificate_credentials_t expired, alone;
};

/* One request while its body arrives. */
struct arriving {
    char *uri; /* as received: path and query */
    struct buf body;
    bool begun, too_big;
};

static struct cert_list peer_chain(gnutls_session_t session)
{
    struct cert_list chain = CERT_LIST_INIT;
    unsigned n = 0;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(session, &n);
    for (unsigned i = 0; list && i < n && i < MAX_CHAIN; i++) {
        struct cert *cert = cert_from_der(BYTES(list[i].data, list[i].size), NULL);
        if (!cert) {
            cert_list_release(&chain);
            break;
        }
        cert_list_push_take(&chain, cert);
    }
    return chain;
}

/* In the handshake: no certificate is fine, one that does not lead to our CA ends it (bad_certificate). */
static int verify_peer(gnutls_session_t session)
{
    struct practice_server *server = gnutls_session_get_ptr(session);
    unsigned n = 0;
    if (!gnutls_certificate_get_peers(session, &n) || n == 0) {
        return 0;
    }
    struct cert_list chain = peer_chain(session);
    bool ok = chain.n > 0 && chain_verify_to(chain.v[0], &chain, &server->ca->chain, when_now(), NULL);
    cert_list_release(&chain);
    return ok ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

static gnutls_session_t session_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info ? (gnutls_session_t)info->tls_session : NULL;
}

/* The fault "down": whoever connects is cut off at once. */
static enum MHD_Result on_accept(void *ctx, const struct sockaddr *address, socklen_t len)
{
    const struct practice_server *server = ctx;
    (void)address;
    (void)len;
    practice_refresh(server->ca, when_now());
    return server->ca->conf.fault[FAULT_DOWN] ? MHD_NO : MHD_YES;
}

/* The fault "no-chain": the server's own certificate without that of its CA. */
static void show_alone(struct practice_server *server, gnutls_session_t session)
{
    static const char end[] = "-----END CERTIFICATE-----";
    const char *first_ends = strstr(server->cert_pem, end);
    size_t n = first_ends ? (size_t)(first_ends - server->cert_pem) + strlen(end) : 0;
    gnutls_datum_t cert = {(unsigned char *)server->cert_pem, (unsigned)n};
    gnutls_datum_t key = {(unsigned char *)server->key_pem, (unsigned)strlen(server->key_pem)};
    if (!server->alone && gnutls_certificate_allocate_credentials(&server->alone) == 0 &&
        gnutls_certificate_set_x509_key_mem(server->alone, &cert, &key, GNUTLS_X509_FMT_PEM) < 0) {
        gnutls_certificate_free_credentials(server->alone);
        server->alone = NULL;
    }
    if (server->alone) {
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, server->alone);
    }
}

/* The fault "expired-server": this connection shows another certificate of the same key. */
static void show_expired(struct practice_server *server, gnutls_session_t session)
{
    char *cert = practice_path(server->ca, PRACTICE_TLS_EXPIRED), *key = practice_path(server->ca, PRACTICE_TLS_KEY);
    if (!server->expired && gnutls_certificate_allocate_credentials(&server->expired) == 0 &&
        gnutls_certificate_set_x509_key_file(server->expired, cert, key, GNUTLS_X509_FMT_PEM) < 0) {
        gnutls_certificate_free_credentials(server->expired);
        server->expired = NULL;
    }
    if (server->expired) {
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, server->expired);
    }
    free(cert);
    free(key);
}

static void on_connection(void *ctx, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    (void)socket_context;
    if (what != MHD_CONNECTION_NOTIFY_STARTED) {
        return;
    }
    gnutls_session_t session = session_of(connection);
    if (session) {
        gnutls_session_set_ptr(session, ctx);
        gnutls_session_set_verify_function(session, verify_peer);
        struct practice_server *server = ctx;
        if (server->ca->conf.fault[FAULT_EXPIRED_SERVER]) {
            show_expired(server, session);
        } else if (server->ca->conf.fault[FAULT_NO_CHAIN]) {
            show_alone(server, session);
        }
    }
}

/* Milliseconds: MHD's own buffer of log lines is not wanted on a terminal. */
static void on_log(void *ctx, const char *fmt, va_list ap)
{
    (void)ctx;
    (void)fmt;
    (void)ap;
}

/* Called with the request line; what it returns is the request's context. */
static void *on_uri(void *ctx, const char *uri, struct MHD_Connection *connection)
{
    (void)ctx;
    (void)connection;
    struct arriving *a = xcalloc(1, sizeof *a);
    a->uri = xstrdup(uri);
    buf_init(&a->body, BUF_MAX_MESSAGE);
    return a;
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **request_context,
                         enum MHD_RequestTerminationCode why)
{
    (void)ctx;
    (void)connection;
    (void)why;
    struct arriving *a = *request_context;
    if (a) {
        buf_release(&a->body);
        free(a->uri);
        free(a);
        *request_context = NULL;
    }
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, const struct practice_reply *reply)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->body.len, reply->body.data, MHD_RESPMEM_MUST_COPY);
    if (!response) {
        return MHD_NO;
    }
    char seconds[32];
    snprintf(seconds, sizeof seconds, "%ld", reply->retry_after);
    const struct {
        const char *name, *value;
    } headers[] = {{"Content-Type", reply->content_type}, {"Content-Disposition", reply->disposition}, {"Set-Cookie", reply->cookie},
                   {"WWW-Authenticate", reply->authenticate}, {"Retry-After", reply->retry_after > 0 ? seconds : NULL}};
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        if (headers[i].value && MHD_add_response_header(response, headers[i].name, headers[i].value) != MHD_YES) {
            MHD_destroy_response(response);
            return MHD_NO;
        }
    }
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* Percent signs decoded; a NUL becomes '?'. */
static char *decoded_path(const char *uri, size_t len)
{
    char *path = xstrndup(uri, len);
    (void)MHD_http_unescape(path);
    return path;
}

static void peer_address(struct MHD_Connection *connection, char out[INET6_ADDRSTRLEN])
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    out[0] = '\0';
    if (info && info->client_addr && info->client_addr->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, info->client_addr, sizeof in);
        (void)inet_ntop(AF_INET, &in.sin_addr, out, INET6_ADDRSTRLEN);
    }
}

/* Faults that need no CMC: true when they answered. Only what is sent to the CA meets them, so that a first contact works. */
static bool misbehave(struct practice_server *server, const struct practice_request *request, struct practice_reply *reply)
{
    static const char page[] = "<!doctype html>\n<html><head><title>Maintenance</title></head><body>\n"
                               "<p>We are down for maintenance and will be back soon.</p>\n</body></html>\n";
    const struct csconf *conf = &server->ca->conf;
    if (strcmp(request->method, "POST") != 0) {
        return false;
    }
    practice_refresh(server->ca, request->at);
    if (conf->fault[FAULT_SLOW]) {
        (void)sleep((unsigned)conf->slow_seconds);
    }
    if (!conf->fault[FAULT_OVERLOADED] && !conf->fault[FAULT_GARBAGE]) {
        return false;
    }
    memset(reply, 0, sizeof *reply);
    buf_init(&reply->body, BUF_MAX_TEXT);
    respond_bytes(reply, "text/html", bytes_of_str(page));
    reply->status = conf->fault[FAULT_OVERLOADED] ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK;
    return true;
}

/* The switch practice.messages: PID-NUMBER.request and .answer, for people and tests who want to see what went over the wire. An
 * answer that is no CMC, such as a page, is left out. */
static void keep_message(struct practice_server *server, const struct practice_request *request, const struct practice_reply *reply)
{
    static const char *const paths[] = {"/ca/ee/ca/profileSubmitCMC", "/ca/ee/ca/profileSubmitUserSignedCMC",
                                        "/ca/ee/ca/profileSubmitSelfSignedCMC", "/.well-known/est/"};
    const char *dir = server->ca->conf.messages;
    bool message = false;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        message = message || text_starts(request->path, paths[i]);
    }
    if (!*dir || !message || strcmp(request->method, "POST") != 0 || !request->body.len) {
        return;
    }
    char *name = xasprintf("%s/%ld-%06zu", dir, (long)getpid(), ++server->kept);
    char *sent = xasprintf("%s.request", name), *told = xasprintf("%s.answer", name);
    bool cmc = reply->content_type && text_starts(reply->content_type, "application/pkcs7") && reply->body.len;
    struct err why = ERR_INIT;
    if (!dir_create(dir, 0700, &why) || !file_write(sent, request->body, 0600, &why) ||
        (cmc && !file_write(told, buf_peek(&reply->body), 0600, &why))) {
        err_report(&why, "cmc-practice-ca");
    }
    err_release(&why);
    free(told);
    free(sent);
    free(name);
}

static enum MHD_Result answer(struct practice_server *server, struct MHD_Connection *connection, const char *method,
                              const struct arriving *a)
{
    struct practice_reply reply;
    struct cert_list chain = CERT_LIST_INIT;
    char address[INET6_ADDRSTRLEN];
    const char *mark = strchr(a->uri, '?');
    char *path = decoded_path(a->uri, mark ? (size_t)(mark - a->uri) : strlen(a->uri));
    const char *type = header(connection, "Content-Type");
    gnutls_session_t session = session_of(connection);
    if (session) {
        chain = peer_chain(session);
    }
    peer_address(connection, address);
    const struct practice_request request = {
        .method = method, .path = path, .query = mark ? mark + 1 : NULL, .content_type = type,
        .accept = header(connection, "Accept"), .cookie = header(connection, "Cookie"),
        .authorization = header(connection, "Authorization"),
        .body = buf_peek(&a->body), .has_length = header(connection, "Content-Length") != NULL,
        .tls_client = &chain, .peer = address, .port = server->port, .at = when_now(),
    };
    if (!misbehave(server, &request, &reply)) {
        practice_handle(server->ca, &request, &reply);
    }
    keep_message(server, &request, &reply);
    enum MHD_Result result = send_reply(connection, &reply);
    practice_reply_release(&reply);
    cert_list_release(&chain);
    free(path);
    return result;
}

static enum MHD_Result too_big(struct MHD_Connection *connection)
{
    static const struct practice_reply reply = {.status = MHD_HTTP_CONTENT_TOO_LARGE, .content_type = "text/plain"};
    return send_reply(connection, &reply);
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_len, void **request_context)
{
    (void)url;
    (void)version;
    struct arriving *a = *request_context;
    if (!a->begun) {
        const char *length = header(connection, "Content-Length");
        a->begun = true;
        a->too_big = length && strtoull(length, NULL, 10) > BUF_MAX_MESSAGE;
        return a->too_big ? too_big(connection) : MHD_YES;
    }
    if (*upload_len > 0) {
        if (!a->too_big && !buf_append(&a->body, upload, *upload_len)) {
            a->too_big = true;
        }
        *upload_len = 0;
        return MHD_YES;
    }
    return a->too_big ? too_big(connection) : answer(ctx, connection, method, a);
}

static char *read_text(const struct practice_ca *ca, const char *name, bool secret, struct err *err)
{
    struct buf text = {.max = BUF_MAX_TEXT, .secret = secret};
    char *path = practice_path(ca, name);
    char *out = file_read(path, &text, err) ? buf_take_str(&text) : NULL;
    buf_release(&text);
    free(path);
    return out;
}

static bool start(struct practice_server *server, const struct practice_listen *listen, struct err *err)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)listen->port)};
    const char *address = listen->address ? listen->address : "127.0.0.1";
    if (inet_pton(AF_INET, address, &in.sin_addr) != 1) {
        return err_fail(err, ERR_PRACTICE_LISTEN, _("\"%s\" is no IPv4 address."), address);
    }
    const struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, NULL},
        {MHD_OPTION_SOCK_ADDR, 0, &in},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, server->key_pem},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, server->cert_pem},
        {MHD_OPTION_HTTPS_MEM_TRUST, 0, server->trust_pem},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, server},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_uri, server},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, server},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, MAX_CONNECTIONS, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    server->daemon = MHD_start_daemon(MHD_USE_TLS | MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG,
                                      (uint16_t)listen->port, on_accept, server, on_request, server, MHD_OPTION_ARRAY, options,
                                      MHD_OPTION_END);
    if (!server->daemon) {
        return err_fail_errno(err, ERR_PRACTICE_LISTEN, "%s:%d", address, listen->port);
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    server->port = info && info->port ? info->port : listen->port;
    return true;
}

struct practice_server *practice_serve(struct practice_ca *ca, const struct practice_listen *listen, struct err *err)
{
    struct practice_server *server = xcalloc(1, sizeof *server);
    server->ca = ca;
    server->key_pem = read_text(ca, PRACTICE_TLS_KEY, true, err);
    server->cert_pem = server->key_pem ? read_text(ca, PRACTICE_TLS_CERT, false, err) : NULL;
    server->trust_pem = server->cert_pem ? read_text(ca, PRACTICE_CHAIN, false, err) : NULL;
    if (!server->trust_pem || !tls_check(server->key_pem, server->cert_pem, err) || !start(server, listen, err)) {
        practice_server_stop(server);
        return NULL;
    }
    return server;
}

int practice_server_port(const struct practice_server *server)
{
    return server->port;
}

void practice_server_stop(struct practice_server *server)
{
    if (!server) {
        return;
    }
    if (server->daemon) {
        MHD_stop_daemon(server->daemon);
    }
    if (server->key_pem) {
        mem_wipe(server->key_pem, strlen(server->key_pem));
    }
    if (server->expired) {
        gnutls_certificate_free_credentials(server->expired);
    }
    if (server->alone) {
        gnutls_certificate_free_credentials(server->alone);
    }
    free(server->key_pem);
    free(server->cert_pem);
    free(server->trust_pem);
    free(server);
}
