/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_DIR_RECORD_H
#define CMCW_DIR_RECORD_H
/* Names, numbers and LDIF of what is stored; needs no server. Private to src/dir and its tests. */
#include "dir/sharedtoken_store.h"

/* Base64 on one line from what `cmc token` wrote. Caller frees. ERR_DIR_TOKEN_TEXT. */
char *dir_token_line(const char *token, struct err *err) MUST_CHECK;
/* "0x1f" or "31" to "31", any length up to 20 octets. Caller frees. NULL when it is not a number. */
char *dir_serial_decimal(const char *serial) MUST_CHECK;
#endif
