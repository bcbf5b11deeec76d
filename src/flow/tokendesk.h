/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_TOKENDESK_H
#define CMCW_FLOW_TOKENDESK_H
/*
 * The helpdesk's side of a shared secret: a token for the CA's issuance protection certificate, its way into the user's directory entry,
 * and a hand-out for the user that does not hold the secret. Nothing here is a session and nothing is kept on disk.
 */
#include "base/bytes.h"
#include "base/secret.h"
#include "nss/cert.h"

struct err;
struct nssdb;

struct token_place { /* strings are borrowed; NULL or "" = not given */
    const char *url;     /* ldap[s]://host[:port]/base or ldapi://… */
    bool start_tls;
    const char *bind_dn; /* empty: anonymous, or EXTERNAL over ldapi */
    const struct secret *password;
    const char *base_dn; /* empty: that of the URL */
};

/* The issuance protection certificate from a PEM or DER file: RSA, valid at `at`, not a CA's. ERR_FLOW_TOKEN_CERT, ERR_FILE_*. */
struct cert *token_desk_cert(const char *path, int64_t at, struct err *err) MUST_CHECK;
/* Base64 on one line, as directories hold it; at most 2 KiB. ERR_CMC_SECRET_*, ERR_NSS_ENCRYPT. */
bool token_desk_make(struct nssdb *db, const struct cert *protection, bool oaep, const struct secret *secret, struct buf *base64,
                     struct err *err) MUST_CHECK;
/* Checks the schema, then adds or replaces. *dn: the entry that was changed, visible; caller frees. ERR_DIR_*. */
bool token_desk_store(struct nssdb *db, const struct token_place *place, const char *uid, const char *base64, char **dn,
                      struct err *err) MUST_CHECK;
bool token_desk_remove(struct nssdb *db, const struct token_place *place, const char *uid, struct err *err) MUST_CHECK;
/* LDIF for ldapmodify; base_dn has to be given. token NULL: the removal. */
bool token_desk_ldif(const char *base_dn, const char *uid, const char *token, struct buf *out, struct err *err) MUST_CHECK;
/* What the user gets on paper or by mail: what to start, what to type where; never the secret. Caller frees. */
char *token_desk_handout(const char *uid, const char *ca) MUST_CHECK;
#endif
