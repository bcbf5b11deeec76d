/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_OCSP_H
#define CMCW_NET_OCSP_H
/* OCSP (RFC 6960) for the server's certificate: request and judgement by NSS, transport by libcurl. Private to src/net.
 */
#include "net/transport.h"
#include "nss/native.h"

enum ocsp_status { OCSP_GOOD, OCSP_REVOKED, OCSP_UNKNOWN };

/* The certificate names an http responder. */
bool ocsp_has_responder(const CERTCertificate *cert);
/* response is DER; signature, responder's right and times are checked. */
enum ocsp_status ocsp_judge(struct nssdb *db, struct bytes response, CERTCertificate *cert, int64_t at);

struct ocsp;
/* Asks the responder of the certificate. NULL when that cannot even be begun. cert is referenced. */
struct ocsp *ocsp_start(const struct net_options *options, struct nssdb *db, CERTCertificate *cert);
/* At most wait_ms; true when over, status is then set. */
bool ocsp_poll(struct ocsp *ocsp, int wait_ms, enum ocsp_status *status);
void ocsp_free(struct ocsp *ocsp); /* NULL ok */
#endif
