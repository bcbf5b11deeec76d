/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TOOLS_REVOKE_H
#define CMCW_TOOLS_REVOKE_H
/* Revocation requests, for `cmc revoke` and CMCRevoke. */
#include "base/bytes.h"
#include "base/secret.h"

struct engine;
struct err;

struct revoke_options {
    const char *token, *nickname;    /* signer; nickname NULL: not signed, passphrase and issuer needed */
    const char *issuer;              /* RFC 4514; NULL: the signer's issuer */
    const char *serial;              /* decimal or 0x hex */
    const char *reason;              /* number or name */
    const char *comment;             /* or NULL */
    const char *invalidity;          /* "2026-11-21", RFC 3339, or NULL: none */
    const struct secret *passphrase; /* or NULL */
    bool dogtag_nonce;               /* base64 text, as Dogtag's tool sends it */
};
/* Database open, login done. Appended. ERR_NSS_*, ERR_CFG_NUMBER, ERR_CFG_CHOICE, ERR_CMC_*. */
bool revoke_build(struct engine *e, const struct revoke_options *o, struct buf *der, struct err *err) MUST_CHECK;
/* "6" or "certificateHold". */
bool revoke_reason_parse(const char *text, int *reason) MUST_CHECK;
/* Says on standard error what removeFromCRL does and does not; nothing for other reasons, or no reason (NULL). */
void revoke_warn(const char *tool, const char *reason);
#endif
