/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_SUBMIT_H
#define CMCW_NET_SUBMIT_H
/*
 * A CMC request goes to a CA as the body of a POST (RFC 5273 section 3, with what Dogtag needs: raw DER,
 * Content-Length). The answer must be a CMS SignedData (DER or BER; base64 only where an EST server sends it so):
 * anything else, an HTML page, a 404, a cut-off message, is refused with the status line and an excerpt.
 */
#include "net/transport.h"

#define NET_TYPE_CMC_REQUEST "application/pkcs7-mime; smime-type=CMC-request"
#define NET_TYPE_PKCS10 "application/pkcs10"

/* Starts the POST. */
struct exchange *cmc_submit_start(const struct net_options *options, struct nssdb *db,
                                  const struct net_identity *identity, const struct ca_url *url,
                                  struct bytes request_der, struct err *err) MUST_CHECK;
/* The same on a kept connection (path_query NULL: the connection's own). */
struct exchange *cmc_submit_on(struct net_conn *conn, const char *path_query, struct bytes request_der,
                               struct err *err) MUST_CHECK;
/* Judges a finished answer. Appends the CMS message (base64 undone) to response_der. Errors: ERR_NET_NOT_CMC,
 * _CA_ERROR_PAGE, _HTTP_NOT_FOUND, _HTTP_DENIED, _HTTP_SERVER, _HTTP_REDIRECT, _ANSWER_EMPTY, _ANSWER_TRUNCATED; all
 * with status line. */
bool cmc_answer_take(const struct http_answer *answer, struct buf *response_der, struct err *err) MUST_CHECK;
/* Blocking, for tools. answer_out may be NULL; else receives the exchange for a look at its answer, also when the
 * answer was refused (free it with exchange_free; NULL when there is none). */
bool cmc_submit(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                const struct ca_url *url, struct bytes request_der, struct buf *response_der,
                struct exchange **answer_out, struct err *err) MUST_CHECK;
#endif
