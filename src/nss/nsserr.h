/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_NSSERR_H
#define CMCW_NSS_NSSERR_H
/*
 * NSS tells the cause of a failure in PR_GetError(). These functions turn it into our errors: well known
 * numbers get a row of the catalogue of their own (wrong password, read-only database, ...), all others keep
 * the code that the caller names; number and symbol ("SEC_ERROR_...") always stay behind as the detail.
 */
#include "base/err.h"

/* err_fail() with PR_GetError() as detail. Well known numbers replace code by their own row. Always false. */
bool nss_fail(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same, but code stays whatever PR_GetError() says. */
bool nss_fail_as(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* "SEC_ERROR_BAD_PASSWORD"; "NSS error -1" style text when unknown. Static or NSS-owned memory. */
const char *nss_error_symbol(long number);
#endif
