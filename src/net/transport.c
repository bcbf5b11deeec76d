/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/transport.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "net/internal.h"

/* To add one: its file with the ops, a line here, and a row in url.c. */
static const struct transport_ops *const transports[] = {&net_https_ops, &net_http_ops, &net_replay_ops};

struct net_conn {
    const struct transport_ops *ops;
    void *own;
    size_t max_answer;
    bool busy;
};

struct exchange {
    struct net_conn *conn;
    void *own; /* NULL once it is over */
    bool owns_conn;
    enum exchange_state state;
    size_t sent;
    struct cert_list chain;
    struct http_answer answer;
    struct err err; /* after FAILED */
};

static const struct transport_ops *ops_find(const char *scheme)
{
    for (size_t i = 0; i < ARRAY_LEN(transports); i++) {
        if (strcmp(transports[i]->scheme, scheme) == 0) {
            return transports[i];
        }
    }
    return NULL;
}

struct net_conn *net_conn_open(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                               const struct ca_url *url, struct err *err)
{
    static const struct net_options defaults = {0};
    const struct transport_ops *ops = ops_find(url->scheme);
    if (!ops) {
        err_fail(err, ERR_NET_URL, NULL);
        return NULL;
    }
    if (!options) {
        options = &defaults;
    }
    if (options->proxy && *options->proxy && !net_proxy_check(options->proxy, err)) {
        return NULL;
    }
    void *own = ops->open(options, db, identity, url, err);
    if (!own) {
        return NULL;
    }
    struct net_conn *conn = xcalloc(1, sizeof(*conn));
    conn->ops = ops;
    conn->own = own;
    conn->max_answer = options->max_answer;
    return conn;
}

void net_conn_close(struct net_conn *conn)
{
    if (conn) {
        conn->ops->close(conn->own);
        free(conn);
    }
}

unsigned net_conn_connects(const struct net_conn *conn)
{
    return conn->ops->connects(conn->own);
}

struct exchange *exchange_on(struct net_conn *conn, const char *method, const char *path_query,
                             const char *content_type, struct bytes body, struct err *err)
{
    if (conn->busy) {
        err_fail(err, ERR_INTERNAL, "two exchanges on one connection");
        return NULL;
    }
    void *own = conn->ops->start(conn->own, method, path_query, content_type, body, err);
    if (!own) {
        return NULL;
    }
    struct exchange *x = xcalloc(1, sizeof(*x));
    x->conn = conn;
    x->own = own;
    x->state = EXCHANGE_RUNNING;
    http_answer_init(&x->answer, conn->max_answer);
    conn->busy = true;
    return x;
}

struct exchange *exchange_start(const struct net_options *options, struct nssdb *db,
                                const struct net_identity *identity, const struct ca_url *url, const char *method,
                                const char *content_type, struct bytes body, struct err *err)
{
    struct net_conn *conn = net_conn_open(options, db, identity, url, err);
    if (!conn) {
        return NULL;
    }
    struct exchange *x = exchange_on(conn, method, NULL, content_type, body, err);
    if (!x) {
        net_conn_close(conn);
        return NULL;
    }
    x->owns_conn = true;
    return x;
}

/* Takes what is worth keeping out of the transport and lets its part go. */
static void exchange_over(struct exchange *x, enum exchange_state state)
{
    const struct transport_ops *ops = x->conn->ops;
    x->sent = ops->sent(x->own);
    const struct cert_list *chain = ops->chain(x->own);
    for (size_t i = 0; chain && i < chain->n; i++) {
        cert_list_push(&x->chain, chain->v[i]);
        cert_list_push(&x->answer.server_chain, chain->v[i]);
    }
    ops->finish(x->own);
    x->own = NULL;
    x->conn->busy = false;
    x->state = state;
}

enum exchange_state exchange_poll(struct exchange *x, int wait_ms, struct err *err)
{
    if (x->state == EXCHANGE_RUNNING) {
        enum exchange_state state = x->conn->ops->poll(x->own, wait_ms, &x->answer, &x->err);
        if (state != EXCHANGE_RUNNING) {
            exchange_over(x, state);
        }
    }
    if (x->state == EXCHANGE_FAILED && err) {
        err_copy(err, &x->err);
    }
    return x->state;
}

#define FDS_EACH 8 /* descriptors that one exchange may wait for */

void exchange_wait(struct exchange *const *v, size_t n, int wait_ms)
{
    struct pollfd fds[EXCHANGE_WAIT_MAX * FDS_EACH];
    unsigned used = 0;
    for (size_t i = 0; i < n && i < EXCHANGE_WAIT_MAX; i++) {
        const struct exchange *x = v[i];
        if (x && x->own) {
            used += x->conn->ops->fds(x->own, fds + used, FDS_EACH, &wait_ms);
        }
    }
    poll(fds, used, wait_ms); /* an interrupted sleep is a short one */
}

bool exchange_finish(struct exchange *x, struct err *err)
{
    enum exchange_state state;
    do {
        state = exchange_poll(x, 1000, err);
    } while (state == EXCHANGE_RUNNING);
    return state == EXCHANGE_DONE;
}

enum exchange_phase exchange_phase(const struct exchange *x)
{
    return x->own ? x->conn->ops->phase(x->own) : EXCHANGE_OVER;
}

const char *exchange_phase_text(enum exchange_phase phase)
{
    /* TRANSLATORS: at most 60 columns each; what the program is doing now */
    static const char *const texts[] = {
        [EXCHANGE_CONNECTING] = N_("Connecting to the server"),
        [EXCHANGE_TLS] = N_("Checking who the server is"),
        [EXCHANGE_OCSP] = N_("Asking whether the server's certificate is revoked"),
        [EXCHANGE_SENDING] = N_("Sending the request"),
        [EXCHANGE_WAITING] = N_("Waiting for the CA"),
        [EXCHANGE_RECEIVING] = N_("Receiving the answer"),
        [EXCHANGE_OVER] = N_("Done"),
    };
    return _(texts[phase]);
}

size_t exchange_sent_bytes(const struct exchange *x)
{
    return x->own ? x->conn->ops->sent(x->own) : x->sent;
}

const struct cert_list *exchange_server_chain(const struct exchange *x)
{
    return x->own ? x->conn->ops->chain(x->own) : &x->chain;
}

const struct http_answer *exchange_answer(const struct exchange *x)
{
    return x->state == EXCHANGE_DONE ? &x->answer : NULL;
}

void exchange_cancel(struct exchange *x)
{
    if (x->state == EXCHANGE_RUNNING) {
        err_fail(&x->err, ERR_NET_CANCELLED, NULL);
        exchange_over(x, EXCHANGE_FAILED);
    }
}

void exchange_free(struct exchange *x)
{
    if (!x) {
        return;
    }
    if (x->state == EXCHANGE_RUNNING) {
        exchange_cancel(x);
    }
    if (x->owns_conn) {
        net_conn_close(x->conn);
    }
    cert_list_release(&x->chain);
    http_answer_release(&x->answer);
    err_release(&x->err);
    free(x);
}
