/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_INTERNAL_H
#define CMCW_NET_INTERNAL_H
/* What the files of src/net share with each other; not for other layers. */
#include "net/transport.h"

extern const struct transport_ops net_http_ops;
extern const struct transport_ops net_https_ops;
extern const struct transport_ops net_replay_ops;

void http_answer_init(struct http_answer *answer, size_t max_body);
void http_answer_release(struct http_answer *answer);
/* Parses "HTTP/1.1 200 OK" into status and reason. */
bool http_status_line(const char *line, int *status, char **reason);
/* "host", "host:port", "[::1]:port"; a port that equals leave_out is not written. Caller frees. */
char *ca_url_authority(const struct ca_url *url, int leave_out) MUST_CHECK;
/* path and query as in a request line. Caller frees. */
char *ca_url_path_query(const struct ca_url *url) MUST_CHECK;

/* The port in a proxy's address; what else is wrong in it, libcurl says. ERR_NET_PORT. */
bool net_proxy_check(const char *proxy, struct err *err) MUST_CHECK;

static inline int net_ms(int given, int otherwise)
{
    return given > 0 ? given : otherwise;
}
#endif
