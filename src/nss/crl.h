/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_CRL_H
#define CMCW_NSS_CRL_H
/* Certificate revocation lists (RFC 5280 section 5), read straight from their DER. Views are lent from the
 * input. */
#include "base/bytes.h"
#include "base/err.h"
#include "nss/cert.h"

struct crl {
    struct bytes der, tbs, signature_alg, signature, issuer,
        revoked;                      /* revoked: content of the SEQUENCE OF; may be empty */
    int64_t this_update, next_update; /* next_update INT64_MAX when absent */
};
/* ERR_NSS_BAD_CRL; a delta CRL or one with an unknown critical extension is refused. */
bool crl_parse(struct bytes der, struct crl *crl, struct err *err) MUST_CHECK;
/* Serial (INTEGER content) is listed, revoked at or before at. when may be NULL. */
bool crl_lists(const struct crl *crl, struct bytes serial, int64_t at, int64_t *when);
bool crl_signed_by(const struct crl *crl, const struct cert *ca, struct err *err) MUST_CHECK;
#endif
