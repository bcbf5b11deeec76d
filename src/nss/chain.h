/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_CHAIN_H
#define CMCW_NSS_CHAIN_H
/*
 * Certificate paths (RFC 5280 section 6, without policies and with name constraints refused when critical and
 * unknown): names chained by their DER, signatures, validity at the given time, basicConstraints,
 * pathLenConstraint, keyUsage keyCertSign, unknown critical extensions refused, CRLs of the database. NSS's
 * usages AnyCA and VerifyCA are never asked: they accept forgeries. Paths are at most CHAIN_MAX certificates
 * long.
 */
#include "base/err.h"
#include "nss/cert.h"
#include "nss/nssdb.h"

#define CHAIN_MAX 12

/* leaf, its issuer, ... up to a self-signed certificate when the pool has it, else as far as it goes.
 * Appended as references. Issuers are found by name, key identifier and signature. False only when the path
 * is too long. */
bool chain_order(const struct cert *leaf, const struct cert_list *pool, struct cert_list *out,
                 struct err *err) MUST_CHECK;
/* leaf up to a CA that the database trusts (flag C or T in SSL or e-mail); intermediate CAs from pool (not
 * trusted by itself) and the database. A leaf that is itself such a trusted CA is accepted. at: seconds since
 * 1970. ERR_NSS_CHAIN_* : one code per reason (UNKNOWN_ISSUER, UNTRUSTED, EXPIRED, NOT_YET, SIGNATURE,
 * NOT_CA, PATH_LEN, KEY_USAGE, CRITICAL, REVOKED); the certificate at fault is in the context. */
bool chain_verify(struct nssdb *db, const struct cert *leaf, const struct cert_list *pool, int64_t at,
                  struct err *err) MUST_CHECK;
/* The same with these anchors and no database (and so no CRLs). Anchors need not be self-signed. */
bool chain_verify_to(const struct cert *leaf, const struct cert_list *pool, const struct cert_list *anchors,
                     int64_t at, struct err *err) MUST_CHECK;
/* The same, and tells the path that was accepted (leaf first, anchor last; appended as references). db NULL:
 * anchors only; anchors NULL: database trust only; both: either. */
bool chain_build(struct nssdb *db, const struct cert *leaf, const struct cert_list *pool,
                 const struct cert_list *anchors, int64_t at, struct cert_list *path,
                 struct err *err) MUST_CHECK;
/* SHA-256 over the certificates' DER, root first: what a person confirms and a CA description pins. Appended,
 * 32 octets. */
bool chain_fingerprint(const struct cert_list *ordered, struct buf *out, struct err *err) MUST_CHECK;
#endif
