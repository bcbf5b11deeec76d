/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_TRANSPORT_H
#define CMCW_NET_TRANSPORT_H
/*
 * One request to a CA and its answer, without ever blocking longer than asked.
 *
 *     struct exchange *x = exchange_start(&options, db, &identity, &url, "POST", type, body, err);
 *     while (x && exchange_poll(x, 50, err) == EXCHANGE_RUNNING) { draw the screen; perhaps exchange_cancel(x); }
 *     const struct http_answer *a = exchange_answer(x);   (only after EXCHANGE_DONE)
 *     exchange_free(x);
 *
 * For many requests to one server open a struct net_conn and start the exchanges on it, one after the other: TCP, proxy
 * tunnel and TLS are made once and kept alive; a connection that the server closed meanwhile is made anew, but only
 * while nothing of the new request has been sent. Nothing else is ever sent twice: a CA issues again for a request that
 * it gets again.
 *
 * TLS is NSS (1.2 and 1.3, client certificate from any token, also when asked for late), HTTP is libcurl's; everything
 * runs in the caller's thread, so password callbacks may draw on the screen. The server is checked before any octet of
 * the request leaves: chain to a CA that the database trusts for TLS servers, or to options->pinned_chain; host name;
 * validity; revocation by CRLs in the database, by a stapled OCSP answer, and by OCSP where a responder can be reached
 * (no answer is only a note in http_answer.notes).
 *
 * Text in answers is raw; show it through text_visible() only.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/strv.h"
#include "nss/cert.h"
#include "nss/nssdb.h"

struct pollfd;
struct secret;

/* ---- addresses ---- */

struct ca_url {
    char *host;         /* name or address, without brackets */
    int port;           /* given, or 443 / 80; for scheme "replay" 0 */
    bool tls;           /* https */
    char *path;         /* begins with "/"; for replay the file's path */
    char *query;        /* without "?"; "" when none */
    const char *scheme; /* "https", "http", "replay" */
};
/* "https://host[:port][/path][?query]", "http://…", "replay:FILE". No user info, no fragment, no control characters.
 * ERR_NET_URL. Release with ca_url_release (a zeroed struct is fine). */
bool ca_url_parse(const char *text, struct ca_url *out, struct err *err) MUST_CHECK;
/* From the parts that a cfg file holds; servlet is "/path?query". */
bool ca_url_make(bool tls, const char *host, int port, const char *servlet, struct ca_url *out,
                 struct err *err) MUST_CHECK;
/* The same server with another path and query ("/a/b?c=d"). */
void ca_url_with_path(const struct ca_url *from, const char *path_query, struct ca_url *out);
void ca_url_copy(const struct ca_url *from, struct ca_url *out);
/* Caller frees. Default ports are left out. */
char *ca_url_text(const struct ca_url *url) MUST_CHECK;
void ca_url_release(struct ca_url *url);

/* ---- options ---- */

/* What the client shows of itself in TLS. cert must lie in db (any token) with its private key. */
struct net_identity {
    struct nssdb *db;
    struct cert *cert;
};

/* HTTP Basic (RFC 7617), as EST servers ask for it. Goes out with the first request, and only over TLS. */
struct net_login {
    const char *user; /* without ":" */
    const struct secret *password;
};

enum net_tls { NET_TLS_DEFAULT = 0, NET_TLS_1_2 = 0x0303, NET_TLS_1_3 = 0x0304 };
enum net_ocsp { NET_OCSP_SOFT, NET_OCSP_OFF, NET_OCSP_REQUIRED };

/* Zeroed: everything at its default. Pointers are lent and must live as long as the connection or exchange. */
struct net_options {
    const char *proxy;    /* "http://host:port"; NULL or "": none (the environment's proxies are not used) */
    const char *no_proxy; /* hosts that need none, comma separated; NULL */
    const struct secret *proxy_userpwd; /* "user:password" or NULL */
    const struct net_login *login;      /* NULL: none */
    int connect_timeout_ms;             /* name, TCP and proxy; 0: 15 s */
    int handshake_timeout_ms;           /* TLS; 0: 15 s */
    int total_timeout_ms;               /* whole exchange; 0: 120 s */
    int ocsp_timeout_ms;                /* 0: 5 s */
    size_t max_answer;                  /* octets of body; 0: BUF_MAX_MESSAGE */
    const struct cert_list
        *pinned_chain; /* when set and not empty: the only trust anchors for this server (a certificate
                        * of the server itself may be pinned, too); the database's trust is not asked */
    bool insecure;     /* host name, chain and revocation failures become notes. Say so loudly */
    enum net_tls min_tls, max_tls;
    enum net_ocsp ocsp;
    int64_t at;                 /* time of verification; 0: now */
    const struct strv *headers; /* further request headers "Name: value", or NULL */
    bool accept_any_chain;      /* only for net/firstcontact.h */
};

/* ---- answers ---- */

struct http_answer {
    int status;
    char *reason;       /* raw text of the status line after the number; may be "" */
    char *content_type; /* "" when none */
    struct buf headers; /* raw, as received, of the final answer */
    struct buf body;
    struct cert_list server_chain; /* as the server sent it, leaf first; empty for plain HTTP */
    char *tls_version;             /* "TLS 1.3"; "" for plain HTTP */
    char *cipher;                  /* name of the suite; "" */
    bool plain;                    /* went over plain HTTP: show it */
    bool certificate_asked;        /* the server asked for a client certificate … */
    bool certificate_sent;         /* … and got one */
    struct strv notes;             /* whole translated sentences, visible: plain HTTP, no OCSP answer, insecure … */
};
/* Value of a header (first one of that name, case ignored), or NULL. Caller frees. */
char *http_answer_header(const struct http_answer *answer, const char *name) MUST_CHECK;
/* Values of all headers of that name. */
void http_answer_headers(const struct http_answer *answer, const char *name, struct strv *out);
/* "HTTP 404 Not Found", visible. Caller frees. */
char *http_answer_status_line(const struct http_answer *answer) MUST_CHECK;
/* Start of the body as visible text on one line, tags of HTML left out, at most columns wide. Caller frees. */
char *http_answer_excerpt(const struct http_answer *answer, int columns) MUST_CHECK;

/* ---- connections and exchanges ---- */

enum exchange_state { EXCHANGE_RUNNING, EXCHANGE_DONE, EXCHANGE_FAILED };
/* For progress lines, in order. */
enum exchange_phase {
    EXCHANGE_CONNECTING,
    EXCHANGE_TLS,
    EXCHANGE_OCSP,
    EXCHANGE_SENDING,
    EXCHANGE_WAITING,
    EXCHANGE_RECEIVING,
    EXCHANGE_OVER
};

struct net_conn;
struct exchange;

/* Does not connect yet; finds the client's key (may ask for the token's password). identity may be NULL. */
struct net_conn *net_conn_open(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                               const struct ca_url *url, struct err *err) MUST_CHECK;
void net_conn_close(struct net_conn *conn);
/* How often TCP was connected so far (1 for a connection that was kept alive all the time). */
unsigned net_conn_connects(const struct net_conn *conn);

/* One exchange at a time on a connection, freed before it is closed. path_query NULL: the url's own. body and
 * content_type are copied; content_type NULL when there is no body. Content-Length is always sent, Expect never,
 * redirects are not followed. */
struct exchange *exchange_on(struct net_conn *conn, const char *method, const char *path_query,
                             const char *content_type, struct bytes body, struct err *err) MUST_CHECK;
/* A connection of its own that ends with the exchange. */
struct exchange *exchange_start(const struct net_options *options, struct nssdb *db,
                                const struct net_identity *identity, const struct ca_url *url, const char *method,
                                const char *content_type, struct bytes body, struct err *err) MUST_CHECK;
/* Works for at most wait_ms (0: only what is possible at once), returns earlier when the exchange ends. After FAILED
 * err is filled; asking again gives the same state and error. HTTP status codes are not failures here. */
enum exchange_state exchange_poll(struct exchange *x, int wait_ms, struct err *err);
/* Sleeps until one of these may move, at most wait_ms: for loops that poll several with wait_ms 0. At most
 * EXCHANGE_WAIT_MAX are looked at; NULL entries are passed over. */
#define EXCHANGE_WAIT_MAX 64
void exchange_wait(struct exchange *const *v, size_t n, int wait_ms);
/* Polls until it ends. */
bool exchange_finish(struct exchange *x, struct err *err) MUST_CHECK;
enum exchange_phase exchange_phase(const struct exchange *x);
/* Translated, "Waiting for the CA". */
const char *exchange_phase_text(enum exchange_phase phase);
/* Octets of the request (with its headers) that were handed to the network. 0: it is safe to send it again. */
size_t exchange_sent_bytes(const struct exchange *x);
/* The server's chain as far as it is known, also after a failed verification (leaf first); lent. */
const struct cert_list *exchange_server_chain(const struct exchange *x);
/* NULL unless DONE; lent until exchange_free. */
const struct http_answer *exchange_answer(const struct exchange *x);
/* Ends it at once; the next poll gives FAILED with ERR_NET_CANCELLED. */
void exchange_cancel(struct exchange *x);
void exchange_free(struct exchange *x); /* NULL ok; closes the connection if it is the exchange's own */

/* ---- transports ---- */

/* To add one: a file with its ops and a row in transport.c. url is copied by the caller; conn and x are the transport's
 * own. */
struct transport_ops {
    const char *scheme;
    void *(*open)(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                  const struct ca_url *url, struct err *err);
    void (*close)(void *conn);
    unsigned (*connects)(const void *conn);
    void *(*start)(void *conn, const char *method, const char *path_query, const char *content_type, struct bytes body,
                   struct err *err);
    enum exchange_state (*poll)(void *x, int wait_ms, struct http_answer *out, struct err *err);
    /* What a running exchange waits for: fills at most max entries, returns how many, and lowers *wait_ms where it
     * has to be polled sooner. */
    unsigned (*fds)(void *x, struct pollfd *fds, unsigned max, int *wait_ms);
    enum exchange_phase (*phase)(const void *x);
    size_t (*sent)(const void *x);
    const struct cert_list *(*chain)(const void *x);
    void (*finish)(void *x); /* frees; cancels what is under way */
};
#endif
