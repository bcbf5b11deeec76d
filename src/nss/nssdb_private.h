/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_NSSDB_PRIVATE_H
#define CMCW_NSS_NSSDB_PRIVATE_H
/* Inside of struct nssdb, for nssdb.c, token.c and module.c. */
#include <pk11pub.h>

#include "nss/nssdb.h"

struct nssdb {
    char *dir;
    enum nssdb_mode mode;
    struct password_source passwords;
    int callback_tries; /* times that NSS itself asked in a row */
    PK11SlotInfo **attached;
    size_t n_attached;
};

/* NSS's own way to ask, for calls that find a token logged out. */
char *token_password_callback(PK11SlotInfo *slot, PRBool retry, void *arg);
#endif
