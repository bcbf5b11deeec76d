/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_TLS_H
#define CMCW_NET_TLS_H
/*
 * NSS TLS as a client on a connected socket, never blocking. Private to src/net.
 *
 * The certificate hook judges the server (tls_verify.c). When an OCSP responder has to be asked the handshake stands
 * still (tls_handshake gives TLS_NEED_OCSP) until tls_judged() is called; no octet of ours and no client certificate
 * leaves before.
 */
#include <sys/types.h>

#include "net/transport.h"
#include "nss/native.h"

/* Lent parameters; must outlive the struct tls. */
struct tls_params {
    const struct net_options *options;
    struct nssdb *db;
    const char *host;
    CERTCertificate *client_cert; /* NULL: none */
    SECKEYPrivateKey *client_key;
};

struct tls {
    const struct tls_params *params;
    PRFileDesc *fd;
    int sock;               /* lent from fd, for poll */
    struct cert_list chain; /* as sent, leaf first */
    struct strv notes;
    struct err verdict;    /* why the server was not accepted */
    CERTCertificate *leaf; /* the accepted server certificate */
    bool judged;           /* leaf was accepted (or its OCSP answer is awaited) */
    bool need_ocsp;
    bool ready;          /* first handshake is over */
    bool finished;       /* NSS said so by its callback, which may come while we judge the server's OCSP answer */
    bool asked, sent;    /* client certificate */
    PRErrorCode failure; /* first error of reading or writing */
    char version[16];
    char cipher[64];
};

enum tls_step { TLS_WAIT, TLS_READY, TLS_NEED_OCSP, TLS_FAILED };

/* Takes fd in any case. */
struct tls *tls_new(int fd, const struct tls_params *params, struct err *err) MUST_CHECK;
void tls_free(struct tls *tls); /* NULL ok */
enum tls_step tls_handshake(struct tls *tls, struct err *err);
/* After TLS_NEED_OCSP: 0 goes on, else the NSS error that refuses. */
bool tls_judged(struct tls *tls, PRErrorCode refuse);
/* > 0 octets, 0 end, -1 nothing now, -2 broken (tls->failure). */
ssize_t tls_read(struct tls *tls, void *data, size_t len);
ssize_t tls_write(struct tls *tls, const void *data, size_t len);
/* Our words for an NSS error of this connection. Always false. */
bool tls_explain(const struct tls *tls, PRErrorCode error, bool during_handshake, struct err *err);

/* tls_verify.c: judges tls->chain (native leaf given). Fills tls->verdict on refusal, tls->need_ocsp when a responder
 * should be asked. */
bool tls_verify(struct tls *tls, CERTCertificate *leaf);
#endif
