/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_DIR_DIRECTORY_H
#define CMCW_DIR_DIRECTORY_H
/*
 * An LDAP directory (RFC 4511), opened for one short task. Calls block, but never longer than timeout_ms each.
 *
 * ldaps:// and StartTLS verify the server against the CAs that the NSS database trusts for TLS servers, name
 * included; libldap's own configuration files do not count. A password travels over TLS, over ldapi://, or to
 * the loopback only; elsewhere it is refused before it is sent. Referrals are not followed. Until the bind is answered
 * libldap holds the password in its request (tests/flow/canaries.tap), and wipes what it frees; when dir_open returns, the caller
 * may wipe his.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "nss/cert.h"
#include "nss/nssdb.h"

struct dir;

/* Ends the calls of a directory from another thread: each then fails within a fraction of a second (a host name that is being looked
 * up is waited for). Must outlive the dir that was opened with it. */
struct dir_stop;
struct dir_stop *dir_stop_new(void) MUST_CHECK;
void dir_stop_now(struct dir_stop *stop);
void dir_stop_free(struct dir_stop *stop); /* NULL ok */

enum dir_bind {
    DIR_ANONYMOUS,
    DIR_SIMPLE,  /* bind_dn and password */
    DIR_EXTERNAL /* SASL EXTERNAL (RFC 4422 A): who we are to the kernel over ldapi://, or by client certificate over TLS */
};

struct dir_options {
    const char *url; /* "ldap[s]://host[:port][/base]", "ldapi://%2Fpath%2Fsocket[/base]" */
    bool start_tls;  /* with ldap:// */
    enum dir_bind bind;
    const char *bind_dn;
    const struct secret *password;
    /* PEM files, for DIR_EXTERNAL over ldaps:// or StartTLS, and only then. libldap has no way to a key in an NSS database or token, and
     * none is taken out of one for it. The key's file must be its owner's alone and not encrypted: the TLS library would ask the
     * terminal. */
    const char *client_cert, *client_key;
    int timeout_ms; /* 0: 15 s */
    const struct cert_list *anchors; /* CAs that are trusted besides those of the database; NULL = none; must outlive the dir */
    struct dir_stop *stop;           /* NULL = calls end by themselves only */
};

/* Connects and binds. db gives the trusted CAs (NULL: no TLS possible). ERR_DIR_URL, ERR_DIR_CONNECT, ERR_DIR_TIMEOUT,
 * ERR_DIR_TLS, ERR_DIR_NO_TRUST, ERR_DIR_PLAIN_PASSWORD, ERR_DIR_LOGIN, ERR_DIR_EXTERNAL,
 * ERR_DIR_CLIENT_CERT. */
struct dir *dir_open(const struct dir_options *options, struct nssdb *db, struct err *err) MUST_CHECK;
void dir_close(struct dir *dir); /* NULL ok */
/* The base DN in the URL; "" when none. Lends. */
const char *dir_base(const struct dir *dir);
/* True when a password may be sent to this URL. */
bool dir_password_safe(const char *url, bool start_tls);

/* The directory's schema knows this attribute type (name or alias, case ignored). */
bool dir_schema_has(struct dir *dir, const char *attribute, bool *has, struct err *err) MUST_CHECK;
#endif
