/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_HTTP_CONN_H
#define CMCW_NET_HTTP_CONN_H
/*
 * A connection goes CLOSED -> CONNECTING (libcurl: name, TCP, proxy) -> TLS (NSS) -> OCSP -> OPEN; in OPEN http.c
 * speaks HTTP over it, through the tunnel for https, over libcurl's own TCP for http. Private to src/net.
 */
#include <curl/curl.h>

#include "net/ocsp.h"
#include "net/tunnel.h"
#include "nss/key.h"

#define CONNECT_TIMEOUT_MS 15000
#define HANDSHAKE_TIMEOUT_MS 15000
#define TOTAL_TIMEOUT_MS 120000

enum conn_state { CONN_CLOSED, CONN_CONNECTING, CONN_TLS, CONN_OCSP, CONN_OPEN };

struct http_conn {
    struct net_options options;
    struct nssdb *db;
    struct ca_url url;
    struct key *key;
    struct tls_params tls_params;
    enum conn_state state;
    int64_t deadline; /* monotonic ms, of the present state */
    CURLM *multi;     /* holds libcurl's kept connection */
    CURLM *connect_multi;
    CURL *connect_easy;
    struct tls *tls;
    struct ocsp *ocsp;
    struct tunnel tunnel;
    char *socket_path;
    unsigned connects;
    char curl_text[CURL_ERROR_SIZE];
    bool used; /* an exchange was done on the present connection */
};

enum step { STEP_MOVED, STEP_IDLE, STEP_DONE, STEP_FAILED };

void *http_conn_open(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                     const struct ca_url *url, struct err *err) MUST_CHECK;
void http_conn_close(void *own);
/* Back to CLOSED. */
void http_conn_drop(struct http_conn *conn);
/* One step towards OPEN. */
enum step http_conn_step(struct http_conn *conn, int wait_ms, struct err *err);
/* Sleeps until something may move while not yet OPEN. */
void http_conn_wait(struct http_conn *conn, int ms);
bool http_conn_has_proxy(const struct http_conn *conn);
/* Before the first handle of libcurl: what it frees is wiped, for copies of a login are among it. */
bool http_curl_init(void) MUST_CHECK;
/* What every handle of libcurl gets. */
void http_easy_common(CURL *easy, char *curl_text);
void http_easy_proxy(CURL *easy, const struct net_options *options);
bool http_easy_login(CURL *easy, const struct net_options *options) MUST_CHECK;
/* ERR_NET_SETUP; false. */
bool http_setup_failed(struct err *err);
int64_t http_until(int given_ms, int otherwise_ms);
#endif
