/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_TUNNEL_H
#define CMCW_NET_TUNNEL_H
/*
 * The way from libcurl's HTTP to NSS's TLS: an AF_UNIX socket in a folder of our own. libcurl connects to its path, we
 * accept once, then the path is gone; octets are moved both ways until nothing moves. Private to src/net. (A socketpair
 * given by CURLOPT_OPENSOCKETFUNCTION does not work with libcurl 7.88: its issue 10626.)
 */
#include <poll.h>

#include "net/tls.h"

#define TUNNEL_BUFFER 32768

struct tunnel_lane {
    uint8_t data[TUNNEL_BUFFER];
    size_t start, end;
};

struct tunnel {
    struct tls *tls; /* lent */
    char folder[64]; /* "" once removed */
    int listener, pair;
    struct tunnel_lane up, down; /* up: to the server */
    bool pair_eof;               /* libcurl closed its end */
    bool tls_eof;                /* no more from the server */
    bool shut;                   /* libcurl was told so */
    bool tls_blocked;            /* a write waits for room in the TCP socket */
    size_t sent, received;       /* octets, of all exchanges */
};

/* Makes the listener. */
bool tunnel_open(struct tunnel *tunnel, struct tls *tls, struct err *err) MUST_CHECK;
/* Path for CURLOPT_UNIX_SOCKET_PATH. Caller frees. */
char *tunnel_path(const struct tunnel *tunnel) MUST_CHECK;
/* Moves what can be moved; true when anything moved. */
bool tunnel_pump(struct tunnel *tunnel);
/* Fills fds (two entries) with what to wait for; returns how many. */
unsigned tunnel_fds(const struct tunnel *tunnel, struct pollfd fds[2]);
/* Fit for another exchange: both ends open, nothing unasked in between. */
bool tunnel_idle_ok(struct tunnel *tunnel);
/* The path stays the same for the whole life of the connection so that libcurl finds its kept connection again. */
void tunnel_close(struct tunnel *tunnel);
#endif
