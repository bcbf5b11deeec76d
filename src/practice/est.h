/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_EST_H
#define CMCW_PRACTICE_EST_H
/*
 * Enrollment over Secure Transport (RFC 7030): /.well-known/est[/LABEL]/OPERATION. LABEL may be a profile id.
 *   cacerts       GET: the chain, certs-only PKCS#7 in base64
 *   simpleenroll  POST: a PKCS#10 (base64 or DER) from an agent's TLS connection, or with a name and a password
 *                 (practice/est_users.h); the certificate, PKCS#7 in base64; a refusal is 400 in words
 *   simplereenroll  POST: the same from the TLS connection of the certificate that is renewed, for its subject
 *   fullcmc       POST: a Full PKI Request (DER), Content-Type application/pkcs7-mime; smime-type=CMC-request, else 415;
 *                 the HTTP status follows the CMC status: success 200, failed 400, others that are not final 501, else 500.
 *                 A message with controls needs identityProofV2, whoever signed it.
 * A wrong name or password is 401, and so is none where practice.est.login is on. The fault est-later answers 202 with
 * Retry-After (practice.est.retryAfter).
 */
#include "practice/ca_private.h"

void est_answer(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply);
#endif
