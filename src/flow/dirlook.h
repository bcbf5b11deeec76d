/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_DIRLOOK_H
#define CMCW_FLOW_DIRLOOK_H
/*
 * What the CA's directory says of a user, before a request is made and after one was refused: only where the CA
 * description names a directory, which then may be read anonymously. Nothing but the user id is sent; the server is
 * verified against the description's chain and the database. It works in a thread of its own, at most some 10 seconds,
 * and can be cancelled.
 *
 *     struct dirlook *look = dirlook_start(session, db, &err);
 *     while (look && !dirlook_poll(look, 40)) { draw(); }
 *     enum dirlook_says says = dirlook_finish(look, session, &err);
 */
#include "base/mem.h"

struct err;
struct nssdb;
struct session;

enum dirlook_says {
    DIRLOOK_NOT_ASKED, /* no directory may be read, or it was asked for another user */
    DIRLOOK_SILENT,    /* it could not be asked */
    DIRLOOK_UNKNOWN,   /* there is no such user */
    DIRLOOK_NO_TOKEN,  /* there is, and no shared token is shown; anonymous readers may be kept from seeing one */
    DIRLOOK_TOKEN,
};

struct dirlook;

/* The session's CA description names a directory. */
bool dirlook_possible(const struct session *session);
/* Looks for the session's answer identification. db NULL: NSS is opened without one; else db stays as it is until the
 * end. NULL: ERR_FLOW_CADESC_*. */
struct dirlook *dirlook_start(const struct session *session, struct nssdb *db, struct err *err) MUST_CHECK;
/* Waits at most wait_ms; true when it has ended. */
bool dirlook_poll(struct dirlook *look, int wait_ms);
/* Ends it soon: ERR_FLOW_CANCELLED. A host name that is being looked up is waited for. */
void dirlook_cancel(struct dirlook *look);
/* Waits for the end, writes down in the session what was said, and frees. SILENT when it failed: ERR_DIR_*; NOT_ASKED
 * when it was cancelled. */
enum dirlook_says dirlook_finish(struct dirlook *look, struct session *session, struct err *err);

/* What was written down for the user whom the session names now. */
enum dirlook_says dirlook_said(const struct session *session);
/* The user's entry, as stored: make it visible to show it. NULL when there is none. Lends. */
const char *dirlook_dn(const struct session *session);
#endif
