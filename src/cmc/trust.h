/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_TRUST_H
#define CMCW_CMC_TRUST_H
/*
 * Is this answer really from the CA, and is it the answer to our request? Nothing of a response may be used before this
 * says yes (design: "Response"). Checked, each with its own error code:
 *
 *   ERR_TRUST_UNSIGNED           no signature, or a simple response without the certificate for our key, or
 *                                (no key is expected) with a stranger among its certificates
 *   ERR_TRUST_SIGNATURE          the signature is wrong, or the signed content was changed
 *   ERR_TRUST_NO_SIGNER_CERT     the signer's certificate is not in the answer
 *   ERR_TRUST_SIGNER_IS_TLS      signed by the CA's own TLS server certificate
 *   ERR_TRUST_SIGNER_NOT_CA      signer is neither a CA nor an id-kp-cmcCA delegate (RFC 6402 2.10)
 *   ERR_TRUST_SIGNER_UNRELATED   a CA, but not one in the chain of the issued certificate
 *   ERR_TRUST_SIGNER_TIME        the signer's certificate is expired or not yet valid
 *   ERR_TRUST_CHAIN              the signer does not lead to a CA that is trusted
 *   ERR_TRUST_ISSUED_MISSING     success, but no certificate for the requested key (another key was certified)
 *   ERR_TRUST_ISSUED_CHAIN       the issued certificate does not verify up to a trusted CA; no key is expected: success
 *                                with a stranger among the certificates (no path, and no CA above a trusted one)
 *   ERR_TRUST_TRANSACTION, ERR_TRUST_NONCE   the answer belongs to another request
 *
 * Failures carry no transactionId or nonces on real servers: their absence there is no attack; a wrong value always is.
 * Trust is never judged by NSS usages AnyCA or VerifyCA (they accept forgeries). All exit code 7.
 */
#include "cmc/response.h"
#include "nss/cert.h"

struct nssdb;

struct cmc_expect {
    const struct bytes *spki; /* SubjectPublicKeyInfo DER of each requested key; n 0: no certificate is expected */
    size_t n_spki;
    struct bytes transaction_id;     /* INTEGER content that was sent; empty: not known, not checked */
    struct bytes sender_nonce;       /* octets that were sent; empty: not known, not checked */
    const struct cert_list *anchors; /* trusted CA certificates (pinned chain); NULL: those trusted in db */
    struct nssdb *db;                /* may be NULL when anchors are given */
    int64_t at;                      /* the time of judgement */
    const struct cert *tls_server;   /* certificate of the TLS connection, refused as signer; may be NULL */
};

/* True when the answer can be believed. issued (initialised by the caller, may be NULL) receives one certificate per
 * spki when the outcome is success. On false nothing is added. */
bool cmc_response_trust(const struct cmc_response *r, const struct cmc_expect *expect, struct cert_list *issued,
                        struct err *err) MUST_CHECK;
/* The chain of an issued certificate, leaf first, from what the answer carried. */
bool cmc_response_chain(const struct cmc_response *r, const struct cert *leaf, struct cert_list *out,
                        struct err *err) MUST_CHECK;
#endif
