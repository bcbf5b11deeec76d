/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_DIR_SHAREDTOKEN_STORE_H
#define CMCW_DIR_SHAREDTOKEN_STORE_H
/*
 * Where a Dogtag CA looks for shared tokens: attribute shrTok of the user's entry for enrollment, a value
 * "revShrTok:TOKEN" of attribute metaInfo of the certificate's record for revocation. Tokens are base64 (what `cmc
 * token` and CMCSharedToken write, line breaks allowed) and are stored on one line. The secret itself is never here.
 */
#include "base/strv.h"
#include "dir/directory.h"

#define DIR_TOKEN_ATTRIBUTE "shrTok"       /* auths.instance.SharedToken.shrTokAttr */
#define DIR_TOKEN_CLASS "extensibleObject" /* added to entries whose classes do not allow the attribute */
#define DIR_REVOCATION_ATTRIBUTE "metaInfo"
#define DIR_REVOCATION_PREFIX "revShrTok:"

/* In all functions: base NULL or "" = the URL's; attribute NULL = shrTok. Those that change something: ERR_DIR_IN_DOUBT when the change
 * was sent and no answer came. */

struct dir_user {
    char *dn, *uid, *name; /* as stored: make them visible to show them; name: cn, or "" */
    bool has_token;
};
void dir_user_release(struct dir_user *user);

/* (uid=UID) below base, exactly one. ERR_DIR_NO_USER, ERR_DIR_MANY_USERS. */
bool dir_user_find(struct dir *dir, const char *base, const char *uid, const char *attribute, struct dir_user *out,
                   struct err *err) MUST_CHECK;
/* Adds or replaces; adds the object class where the entry needs it. ERR_DIR_SCHEMA when the directory does not know the
 * attribute, ERR_DIR_DENIED, ERR_DIR_TOKEN_TEXT. */
bool dir_token_put(struct dir *dir, const char *base, const char *uid, const char *attribute, const char *token,
                   struct err *err) MUST_CHECK;
/* ERR_DIR_NO_TOKEN when there is none. */
bool dir_token_remove(struct dir *dir, const char *base, const char *uid, const char *attribute,
                      struct err *err) MUST_CHECK;
/* *token NULL when the user has none; caller frees. user may be NULL. For the practice CA, which reads as a CA does. */
bool dir_token_get(struct dir *dir, const char *base, const char *uid, const char *attribute, struct dir_user *user,
                   char **token, struct err *err) MUST_CHECK;
/* Users that have a token. Caller frees with dir_users_free(). */
bool dir_token_list(struct dir *dir, const char *base, const char *attribute, struct dir_user **users, size_t *n,
                    struct err *err) MUST_CHECK;
/* Users whose uid, cn or sn begins with prefix ("" = all), sorted by uid; at most most of them, *more when there are others. Caller
 * frees with dir_users_free(). */
bool dir_user_search(struct dir *dir, const char *base, const char *prefix, const char *attribute, int most, struct dir_user **users,
                     size_t *n, bool *more, struct err *err) MUST_CHECK;
void dir_users_free(struct dir_user *users, size_t n);

/* ca_base: the CA's own suffix ("o=pki-tomcat-CA"); serial decimal or "0x…", up to 20 octets. ERR_DIR_NO_CERT. */
bool dir_revocation_put(struct dir *dir, const char *ca_base, const char *serial, const char *token,
                        struct err *err) MUST_CHECK;
bool dir_revocation_remove(struct dir *dir, const char *ca_base, const char *serial, struct err *err) MUST_CHECK;
/* *token NULL when there is none. */
bool dir_revocation_get(struct dir *dir, const char *ca_base, const char *serial, char **token,
                        struct err *err) MUST_CHECK;

/* LDIF (RFC 2849) of the same changes, for ldapmodify. Appended to out. add_class: the entry may not have
 * extensibleObject yet; with the permissive modify control, so that it may have it. A user's token NULL: removal. */
bool dir_token_ldif(const char *user_dn, const char *attribute, const char *token, bool add_class, struct buf *out,
                    struct err *err) MUST_CHECK;
bool dir_revocation_ldif(const char *ca_base, const char *serial, const char *token, struct buf *out,
                         struct err *err) MUST_CHECK;
/* "cn=26,ou=certificateRepository,ou=ca,BASE". Caller frees; NULL and ERR_DIR_SERIAL when serial is not a number. */
char *dir_cert_record_dn(const char *ca_base, const char *serial, struct err *err) MUST_CHECK;
/* uid=UID,BASE with the uid escaped (RFC 4514). Caller frees. */
char *dir_user_dn(const char *base, const char *uid) MUST_CHECK;
#endif
