/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_LOOK_H
#define CMCW_FLOW_LOOK_H
/*
 * A look at a CA before anything is trusted: its chain, for a person to confirm, and then its version. Nothing of the user's is sent.
 * It opens NSS without a database, so no other database may be open in this process meanwhile.
 */
#include "base/mem.h"

struct err;
struct look;
struct session;

enum look_state { LOOK_RUNNING, LOOK_DONE, LOOK_FAILED };

/* Uses the session's answers ca, or host, port, secure and proxy. */
struct look *look_start(const struct session *session, struct err *err) MUST_CHECK;
enum look_state look_poll(struct look *look, int wait_ms, struct err *err) MUST_CHECK;
void look_cancel(struct look *look);
void look_free(struct look *look);
/* After LOOK_DONE: whether the CA told its chain. When it did not, that of the description was taken if it fits (look_is_described
 * tells); look_take_file takes a file's instead, and is told as well then. ERR_FLOW_CHAIN_FILE, ERR_FILE_*, ERR_NSS_*. */
bool look_tells_chain(const struct look *look);
/* The same, or at least the server sent certificates of CAs with TLS. */
bool look_shows_chain(const struct look *look);
bool look_take_file(struct look *look, const char *path, struct err *err) MUST_CHECK;
/* After LOOK_DONE. Subjects, one per line, the CA's own certificate first; where only TLS showed certificates the server's own first;
 * visible. Caller frees. */
char *look_chain_text(const struct look *look) MUST_CHECK;
/* The chain as PEM, the CA's own certificate among it. Caller frees. */
char *look_chain_pem(const struct look *look) MUST_CHECK;
/* SHA-256 of the CA's certificate (the last one where only TLS showed certificates), upper case with colons. Caller frees. */
char *look_fingerprint(const struct look *look) MUST_CHECK;
/* The same in two indented lines of 16 octets, for 80 columns. Caller frees. */
char *look_fingerprint_lines(const struct look *look) MUST_CHECK;
/* When the chain is confirmed: what the server says of its version, asked now of a server that belongs to that chain. Blocks for
 * a few seconds at most. Visible; NULL when it is not told. Caller frees. */
char *look_version(struct look *look) MUST_CHECK;
/* The session names a CA description. */
bool look_has_description(const struct look *look);
/* The CA description that the session names holds this very fingerprint. */
bool look_is_described(const struct look *look);
#endif
