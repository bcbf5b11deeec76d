/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_HTTP_H
#define CMCW_PRACTICE_HTTP_H
/*
 * The practice CA on the network: HTTPS with an optional client certificate (one that this CA did not issue is refused in the
 * handshake), one thread, keep-alive, bodies up to BUF_MAX_MESSAGE. The library (practice/ca.h) may only be used by the server
 * between start and stop.
 */
#include "practice/ca.h"

struct practice_server;

struct practice_listen {
    const char *address; /* NULL: 127.0.0.1 */
    int port;            /* 0: a free one */
};
/* ERR_PRACTICE_LISTEN, ERR_PRACTICE_TLS. */
struct practice_server *practice_serve(struct practice_ca *ca, const struct practice_listen *listen, struct err *err) MUST_CHECK;
int practice_server_port(const struct practice_server *server);
void practice_server_stop(struct practice_server *server); /* NULL is fine */
#endif
