/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_HARNESS_TESTSERVER_H
#define CMCW_TESTS_HARNESS_TESTSERVER_H
/*
 * A small HTTP server on a free loopback port, in a thread of its own, with GnuTLS or without TLS, that can misbehave
 * on purpose. One connection at a time, kept alive as HTTP/1.1 says. The handler runs in the server's thread.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "harness/testcert.h"

enum ts_client_cert { TS_NO_CERT, TS_OPTIONAL, TS_REQUIRED, TS_POST_HANDSHAKE, TS_RENEGOTIATE };

struct ts_request {
    char *method, *target; /* target as in the request line */
    struct buf head, body;
    bool has_cert; /* the client showed a certificate that verified */
};

struct ts_conn; /* one connection; write to it with ts_send */

/* Return false to close the connection afterwards. */
typedef bool (*ts_handler)(struct ts_conn *conn, const struct ts_request *request, void *ctx);

struct testserver_spec {
    const struct testcert *cert;         /* NULL: plain HTTP */
    const struct testcert *const *chain; /* further certificates to send, NULL terminated, or NULL */
    const char *priority;                /* of GnuTLS; NULL: "NORMAL" */
    enum ts_client_cert client_cert;
    const struct testcert *client_ca;
    ts_handler handler; /* NULL: ts_handle_echo */
    void *ctx;
    bool silent;          /* accepts and says nothing */
    bool hang_up;         /* accepts and closes at once */
    const char *greeting; /* sends this text instead of anything else, then closes */
    bool proxy;           /* answers CONNECT and relays to loopback ports (no TLS of its own) */
    int proxy_refuses;    /* HTTP status for CONNECT instead, e.g. 403 */
    int port;             /* 0: any free one */
};

struct testserver {
    struct testserver_spec spec;
    int port;
    int listener;
    int stop_pipe[2];
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    unsigned connections, requests;
    bool last_had_cert;
    struct buf last_head, last_body;
};

/* Starts; the spec's pointers must outlive the server. NULL when it cannot. */
struct testserver *testserver_start(const struct testserver_spec *spec);
void testserver_stop(struct testserver *server);
unsigned testserver_connections(struct testserver *server);
unsigned testserver_requests(struct testserver *server);
/* Copies of the last request's head and body. Caller frees. */
char *testserver_last_head(struct testserver *server);
struct buf testserver_last_body(struct testserver *server);

/* For handlers. */
bool ts_send(struct ts_conn *conn, const void *data, size_t len);
bool ts_send_text(struct ts_conn *conn, const char *text);
/* Whole answer with Content-Length. reason is the text after the number. */
bool ts_answer(struct ts_conn *conn, int status, const char *reason, const char *type, struct bytes body);
/* RST instead of FIN when the connection closes. */
void ts_reset(struct ts_conn *conn);
void ts_sleep(int ms);
/* 200, application/pkcs7-mime, the request's body. */
bool ts_handle_echo(struct ts_conn *conn, const struct ts_request *request, void *ctx);
#endif
