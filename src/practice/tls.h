/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_TLS_H
#define CMCW_PRACTICE_TLS_H
/* The TLS server's key (made by GnuTLS, PEM in a 0600 file) and certificate for localhost, 127.0.0.1 and ::1. */
#include "practice/ca_private.h"

/* The same key with a certificate that ended yesterday: tls/expired.pem, for the fault expired-server. */
bool tls_make_expired(struct practice_ca *ca, int64_t at, struct err *err) MUST_CHECK;
/* Whether key and certificate (PEM) are sound and belong together. ERR_PRACTICE_TLS. */
bool tls_check(const char *key_pem, const char *cert_pem, struct err *err) MUST_CHECK;
bool tls_make(struct practice_ca *ca, const char *organization, int64_t at, struct err *err) MUST_CHECK;
#endif
