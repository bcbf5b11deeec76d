/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_DIR_INTERNAL_H
#define CMCW_DIR_INTERNAL_H
/* What the files of src/dir share; not for other layers. */
#include <ldap.h>

#include "dir/directory.h"
#include "nss/cert.h"

struct dir {
    LDAP *ld;
    struct dir_stop *stop;     /* lent; NULL = none */
    struct ldap_conncb watch;  /* tells stop which socket it is */
    char *base;
    char *place; /* "ldaps://host:636", visible */
    int timeout_ms;
    const struct cert_list *anchors; /* lent; NULL = none */
};

/* A connection to the host is possible; waits at most timeout_ms for each of its addresses, and not at all once stop says so. */
bool dir_reachable(const char *host, int port, int timeout_ms, struct dir_stop *stop);
/* From now on stop knows the connection's socket. */
bool dir_stop_watch(struct dir *dir) MUST_CHECK;

/* From now on libldap wipes what it frees. */
void dir_memory_wiped(void);

struct timeval dir_timeout(const struct dir *dir);
/* Our error for a result code of libldap or the server, with the server's own words as context. Always false. */
bool dir_fail(struct dir *dir, int rc, struct err *err);
/* PEM file of the CAs that the database trusts for TLS servers, and of more (may be NULL),
 * in a private folder of its own. ERR_DIR_NO_TRUST. */
struct trust_file {
    char *folder, *path;
};
bool trust_file_make(struct nssdb *db, const struct cert_list *more, struct trust_file *file, struct err *err) MUST_CHECK;
void trust_file_remove(struct trust_file *file);
/* The certificate leads to one of the same CAs and has this name. ERR_DIR_TLS. */
bool trusted_server(struct nssdb *db, const struct cert_list *more, const struct cert *cert, const char *host, struct err *err) MUST_CHECK;
#endif
