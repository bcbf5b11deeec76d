/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_SCREENS_TOKEN_DESK_H
#define CMCW_SCREENS_TOKEN_DESK_H
/* Shared by the helpdesk's pages for a secret (pages_token.c) and what they do (token_work.c); nobody else includes it.
 */
#include "base/secret.h"
#include "flow/cadesc.h"
#include "flow/tokendesk.h"
#include "screens/app.h"

#define DESK_VALUES 12 /* rows of the table in pages_token.c */

struct desk {
    struct app *app;
    const struct frame *frame;
    struct cadesc *cas; /* descriptions: where their directories are */
    size_t n_cas;
    const char *go_on; /* field that a button leads to; NULL = it keeps the cursor */
    bool removed;      /* the token that was made is no longer there */
    char *values[DESK_VALUES];
    struct secret secret, password;
    struct nssdb *db;
    struct cert *cert;
    struct buf token;
    char *done; /* what was done with the token, a sentence */
};

const char *desk_get(const struct desk *d, const char *key);
void desk_set(struct desk *d, const char *key, const char *value);
bool desk_is(const struct desk *d, const char *key, const char *value);
/* The description that was chosen; NULL = none. */
const struct cadesc *desk_ca(const struct desk *d);
/* The issuance protection certificate that the answers name. */
struct cert *desk_cert(const struct desk *d, struct err *err) MUST_CHECK;
/* Makes secret and token and stores it; errors are shown. */
bool desk_carry_out(struct desk *d);
/* The others are buttons: they ask, work, and show what came of it. */
void desk_search(struct desk *d);
void desk_take_back(struct desk *d);
void desk_write_removal(struct desk *d);
#endif
