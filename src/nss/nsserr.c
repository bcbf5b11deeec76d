/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/nsserr.h"

#include <stdlib.h>

#include <nspr.h>
#include <secerr.h>

#include "base/i18n.h"

/* NSS numbers that mean the same wherever they come up. To add one: a row. */
static const struct {
    PRErrorCode number;
    enum err_code code;
} well_known[] = {
    {SEC_ERROR_BAD_PASSWORD, ERR_NSS_WRONG_PASSWORD},
    {SEC_ERROR_INVALID_PASSWORD, ERR_NSS_WRONG_PASSWORD},
    {SEC_ERROR_EXPIRED_PASSWORD, ERR_NSS_TOKEN_LOCKED},
    {SEC_ERROR_LOCKED_PASSWORD, ERR_NSS_TOKEN_LOCKED},
    {SEC_ERROR_READ_ONLY, ERR_NSS_READ_ONLY},
    {SEC_ERROR_TOKEN_NOT_LOGGED_IN, ERR_NSS_LOGIN_NEEDED},
    {SEC_ERROR_NO_TOKEN, ERR_NSS_TOKEN_MISSING},
    {SEC_ERROR_USER_CANCELLED, ERR_NSS_LOGIN_CANCELLED},
    {SEC_ERROR_BAD_DATABASE, ERR_NSS_DB_DAMAGED},
    {SEC_ERROR_LEGACY_DATABASE, ERR_NSS_DBM},
    {SEC_ERROR_REUSED_ISSUER_AND_SERIAL, ERR_NSS_REUSED_SERIAL},
    {SEC_ERROR_NO_MEMORY, ERR_NO_MEMORY},
    {PR_OUT_OF_MEMORY_ERROR, ERR_NO_MEMORY},
};

const char *nss_error_symbol(long number)
{
    const char *name = PR_ErrorToName((PRErrorCode)number);
    return name ? name : "";
}

static void set_error(struct err *err, enum err_code code, const char *fmt, va_list ap) PRINTF_LIKE(3, 0);

static void set_error(struct err *err, enum err_code code, const char *fmt, va_list ap)
{
    PRErrorCode number = PR_GetError();
    if (fmt) {
        char *text = xvasprintf(fmt, ap);
        err_fail(err, code, "%s", text);
        free(text);
    } else {
        err_fail(err, code, NULL);
    }
    if (number != 0 && err) {
        err_detail(err, ERR_SOURCE_NSS, number, nss_error_symbol(number));
    }
}

bool nss_fail(struct err *err, enum err_code code, const char *fmt, ...)
{
    PRErrorCode number = PR_GetError();
    for (size_t i = 0; i < ARRAY_LEN(well_known); i++) {
        if (well_known[i].number == number) {
            code = well_known[i].code;
            break;
        }
    }
    va_list ap;
    va_start(ap, fmt);
    set_error(err, code, fmt, ap);
    va_end(ap);
    return false;
}

bool nss_fail_as(struct err *err, enum err_code code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    set_error(err, code, fmt, ap);
    va_end(ap);
    return false;
}
