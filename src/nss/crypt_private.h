/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_CRYPT_PRIVATE_H
#define CMCW_NSS_CRYPT_PRIVATE_H
/* Inside of struct skey, for crypt.c and crypt_wrap.c. */
#include <pk11pub.h>

#include "nss/crypt.h"

struct skey {
    PK11SymKey *native;
};

/* One C_Encrypt or C_Decrypt with any mechanism. */
bool crypt_run(struct skey *skey, CK_MECHANISM_TYPE mechanism, struct bytes params, bool encrypt,
               struct bytes in, struct buf *out, struct err *err) MUST_CHECK;
#endif
