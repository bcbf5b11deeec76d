/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_SHAREDTOKEN_H
#define CMCW_CMC_SHAREDTOKEN_H
/*
 * Shared tokens: how a Dogtag CA keeps a shared secret in a directory, encrypted for its issuance protection
 * certificate.
 *
 *     SEQUENCE { OCTET STRING wrappedSessionKey,    AES-128 key under the certificate's RSA key: PKCS#1 v1.5, or OAEP
 * (SHA-256) OCTET STRING ciphertext }          AES-128-CBC, PKCS#7 padding, IV = 16 octets 01, of the secret's UTF-8
 *
 * The fixed IV belongs to the format: the CA has it built in. Whether OAEP is meant is told nowhere in the token.
 */
#include "base/bytes.h"
#include "base/secret.h"

struct err;
struct key;
struct nssdb;

/* spki: of the issuance protection certificate, RSA only (ERR_NSS_ENCRYPT otherwise). Appended. */
bool shared_token_make(struct nssdb *db, struct bytes spki, bool oaep, const struct secret *secret, struct buf *der,
                       struct err *err) MUST_CHECK;
/* For the practice CA and tests. ERR_CMC_DECODE, ERR_NSS_DECRYPT. */
bool shared_token_open(struct nssdb *db, const struct key *key, bool oaep, struct bytes der, struct secret *out,
                       struct err *err) MUST_CHECK;
#endif
