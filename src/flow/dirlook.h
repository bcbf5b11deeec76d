/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_DIRLOOK_H
#define CMCW_FLOW_DIRLOOK_H
/*
 * What the CA's directory says of a user, before a request is made: only where the CA description names a directory,
 * which then may be read anonymously. Nothing but the user id is sent; the server is verified against the description's
 * chain and the database.
 */
#include "base/mem.h"

struct err;
struct nssdb;
struct session;

struct dirlook {
    bool known;     /* there is such a user */
    bool has_token; /* and a shared token is shown for it; anonymous readers may be kept from seeing one */
    char *dn;       /* as stored: make it visible to show it; NULL when not known */
};

/* The session's CA description names a directory. */
bool dirlook_possible(const struct session *session);
/* Looks for the session's answer identification. Blocks, at most some 10 seconds. db NULL: NSS is opened without one.
 * An unknown user is an answer, not an error. ERR_DIR_*, ERR_FLOW_CADESC_*. */
bool dirlook(const struct session *session, struct nssdb *db, struct dirlook *out, struct err *err) MUST_CHECK;
void dirlook_release(struct dirlook *look);
#endif
