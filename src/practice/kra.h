/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_KRA_H
#define CMCW_PRACTICE_KRA_H
/* The key recovery authority's store: private keys encrypted for the storage certificate. */
#include "practice/ca_private.h"

/* PrivateKeyInfo of an archived key. pkcs8 should be secret. */
bool kra_unseal(struct practice_ca *ca, struct bytes wrapped, struct bytes blob, struct buf *pkcs8, struct err *err) MUST_CHECK;
#endif
