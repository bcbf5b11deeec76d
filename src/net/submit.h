/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_SUBMIT_H
#define CMCW_NET_SUBMIT_H
/*
 * A request goes to a CA as the body of a POST; the path says which service takes it:
 *
 *   .../profileSubmitCMCSimple              a bare PKCS#10, DER (RFC 5272 section 3.1)
 *   /.well-known/est/[LABEL/]simpleenroll   the same in base64 (RFC 7030 section 4.2); also simplereenroll
 *   /.well-known/est/[LABEL/]fullcmc        a CMC message (RFC 7030 section 4.3), raw DER as Dogtag's EST wants it
 *   anything else                           a CMC message, raw DER (RFC 5273 section 3), with Content-Length
 *
 * EST's HTTP status follows the CMC status: 400 refused, 501 what cannot be answered over EST (pending, a proof of
 * possession is wanted), 500 otherwise; 202 not yet, come again; 401 with "Basic": name and password are wanted
 * (net_options.login). Where a CMC message comes with it, the message counts. The answer must be a CMS SignedData (DER or
 * BER; base64 only where an EST server sends it so): anything else, an HTML page, a 404, a cut-off message, is refused
 * with the status line and an excerpt.
 */
#include "net/transport.h"

#define NET_TYPE_CMC_REQUEST "application/pkcs7-mime; smime-type=CMC-request"
#define NET_TYPE_PKCS10 "application/pkcs10"

/* What an EST server answers is below it. */
#define NET_EST_FOLDER "/.well-known/est/"
/* The label in a path of an EST server (RFC 7030 section 3.2.2), "" when it has none; NULL: the path is not EST's. Caller frees. */
char *net_est_label(const char *path) MUST_CHECK;

enum net_service { NET_CMC_FULL, NET_CMC_SIMPLE, NET_EST_FULL, NET_EST_SIMPLE };
enum net_service net_service_of(const char *path);
/* It takes a bare PKCS#10 in place of a CMC message. */
static inline bool net_service_is_simple(enum net_service service)
{
    return service == NET_CMC_SIMPLE || service == NET_EST_SIMPLE;
}

/* Starts the POST. */
struct exchange *cmc_submit_start(const struct net_options *options, struct nssdb *db,
                                  const struct net_identity *identity, const struct ca_url *url,
                                  struct bytes request_der, struct err *err) MUST_CHECK;
/* The same on a kept connection (path_query NULL: the connection's own, which is of that service). */
struct exchange *cmc_submit_on(struct net_conn *conn, enum net_service service, const char *path_query,
                               struct bytes request_der, struct err *err) MUST_CHECK;
/* Judges a finished answer. Appends the CMS message (base64 undone) to response_der. Errors: ERR_NET_NOT_CMC,
 * _CA_ERROR_PAGE, _HTTP_NOT_FOUND, _HTTP_DENIED, _HTTP_LOGIN, _HTTP_SERVER, _HTTP_REDIRECT, _ANSWER_EMPTY, _ANSWER_TRUNCATED,
 * _HTTP_REFUSED, _EST_LATER, _EST_CANNOT; all with status line. */
bool cmc_answer_take(const struct http_answer *answer, struct buf *response_der, struct err *err) MUST_CHECK;
/* When to come again (RFC 7030 section 4.2.3, Retry-After of a 202 answer): seconds since 1970; 0 when the server does not say. */
int64_t cmc_answer_retry_at(const struct http_answer *answer, int64_t now);
/* Blocking, for tools. answer_out may be NULL; else receives the exchange for a look at its answer, also when the
 * answer was refused (free it with exchange_free; NULL when there is none). */
bool cmc_submit(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                const struct ca_url *url, struct bytes request_der, struct buf *response_der,
                struct exchange **answer_out, struct err *err) MUST_CHECK;
#endif
