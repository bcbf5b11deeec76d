/* SPDX-License-Identifier: Apache-2.0 */
/* NSS without a database, for the targets that need it. */
#include "config.h"

#include "fuzz/fuzz.h"
#include "nss/nssdb.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static struct nssdb *volatile db; /* open until the process ends; kept so that it is not taken for a leak */
    (void)argc;
    (void)argv;
    db = nssdb_open(NULL, NSSDB_NONE, NULL, NULL);
    return db ? 0 : -1;
}
