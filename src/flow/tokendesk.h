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
    const struct cert_list *anchors; /* CAs that are trusted besides those of the database; NULL = none */
};

/* The issuance protection certificate from a PEM or DER file: RSA, valid at `at`, not a CA's. ERR_FLOW_TOKEN_CERT, ERR_FILE_*. */
struct cert *token_desk_cert(const char *path, int64_t at, struct err *err) MUST_CHECK;
/* The same of one that is at hand. ERR_FLOW_TOKEN_CERT. */
bool token_desk_cert_usable(const struct cert *protection, int64_t at, struct err *err) MUST_CHECK;
/* Base64 on one line, as directories hold it; at most 2 KiB. ERR_CMC_SECRET_*, ERR_NSS_ENCRYPT. */
bool token_desk_make(struct nssdb *db, const struct cert *protection, bool oaep, const struct secret *secret, struct buf *base64,
                     struct err *err) MUST_CHECK;
/* What is done at a directory, in a thread of its own; all arguments are lent until token_desk_finish. */
struct token_work;
/* Checks the schema, then adds or replaces. */
struct token_work *token_desk_store(struct nssdb *db, const struct token_place *place, const char *uid, const char *base64,
                                    struct err *err) MUST_CHECK;
struct token_work *token_desk_remove(struct nssdb *db, const struct token_place *place, const char *uid, struct err *err) MUST_CHECK;
/* Users whose uid or name begins with prefix ("" = all): at most TOKEN_DESK_USERS. */
#define TOKEN_DESK_USERS 200
struct token_work *token_desk_search(struct nssdb *db, const struct token_place *place, const char *prefix, struct err *err) MUST_CHECK;
/* Waits at most wait_ms; true when it has ended. */
bool token_desk_poll(struct token_work *work, int wait_ms);
/* Ends it soon: ERR_FLOW_CANCELLED. Whether a change was made is then not known. */
void token_desk_cancel(struct token_work *work);
struct token_user { /* all visible, except uid, which is as stored */
    char *uid, *name, *dn;
    bool has_token; /* readers without rights may be kept from seeing one */
};
struct token_result {
    char *dn;                 /* store: the entry that was changed, visible */
    struct token_user *users; /* search: sorted by uid */
    size_t n;
    bool more; /* there are others */
};
/* Waits for the end and frees the work. ERR_DIR_*. */
bool token_desk_finish(struct token_work *work, struct token_result *out, struct err *err) MUST_CHECK;
void token_result_release(struct token_result *result);
/* LDIF for ldapmodify; base_dn has to be given. token NULL: the removal. */
bool token_desk_ldif(const char *base_dn, const char *uid, const char *token, struct buf *out, struct err *err) MUST_CHECK;
/* What the user gets on paper or by mail: what to start, what to type where; never the secret. Caller frees. */
char *token_desk_handout(const char *uid, const char *ca) MUST_CHECK;
#endif
