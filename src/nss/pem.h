/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_PEM_H
#define CMCW_NSS_PEM_H
/*
 * PEM (RFC 7468, read leniently), base64 (RFC 4648) and certs-only PKCS#7 / CMS (RFC 5652).
 * Outputs are appended to bufs that the caller initialised with a maximum.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "nss/cert.h"

/* One object: PEM with any text before or after and any label, bare base64 (one line or many, any line ends),
 * or DER/BER as it is. Several PEM blocks: the first. label (may be NULL): malloc'd, "" when there was none.
 * ERR_NSS_PEM, ERR_FILE_EMPTY. */
bool pem_decode(struct bytes in, struct buf *der, char **label, struct err *err) MUST_CHECK;
/* columns 64 or 76; crlf: CR LF after each base64 line (the BEGIN and END lines end with LF only, as Dogtag's
 * tools write). */
bool pem_encode(struct bytes der, const char *label, int columns, bool crlf, struct buf *out) MUST_CHECK;
/* columns 0 = one line without end of line. */
bool base64_encode(struct bytes in, int columns, bool crlf, struct buf *out) MUST_CHECK;
/* Blanks and line ends are skipped; anything else that is not base64 is refused. Missing padding is allowed.
 * ERR_NSS_PEM. */
bool base64_decode(struct bytes in, struct buf *out, struct err *err) MUST_CHECK;
/* Certificates of a PEM bundle, of PKCS#7 (PEM, base64, DER, BER), or one certificate; appended, doubles left
 * out. None at all: ERR_NSS_NO_CERTS. */
bool pem_decode_all(struct bytes in, struct cert_list *certs, struct err *err) MUST_CHECK;
/* Certificates in a SignedData ContentInfo, in its order. */
bool pkcs7_certs(struct bytes der, struct cert_list *out, struct err *err) MUST_CHECK;
/* Certs-only SignedData: version 1, no digest algorithms, id-data without content, certificates in list
 * order. */
bool pkcs7_build(const struct cert_list *certs, struct buf *der, struct err *err) MUST_CHECK;
#endif
