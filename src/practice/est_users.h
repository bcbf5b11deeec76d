/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_EST_USERS_H
#define CMCW_PRACTICE_EST_USERS_H
/*
 * Who may enroll over EST with a name and a password (HTTP Basic, RFC 7617): lines "NAME:ITERATIONS:SALT:HASH" of the file
 * est-users (0600) in the CA's folder, HASH being PBKDF2-HMAC-SHA-256, salt and hash in hex. A running server reads the file with
 * each request. Names have no colon, blank or control character.
 */
#include "practice/ca_private.h"

struct secret;

/* Adds the user, or sets another password; password NULL: removes. ERR_USAGE, ERR_PRACTICE_NO_USER. */
bool est_user_set(const struct practice_ca *ca, const char *name, const struct secret *password, struct err *err) MUST_CHECK;
/* The user of an Authorization header (may be NULL) whose password is right; else NULL. Caller frees. */
char *est_user_of(const struct practice_ca *ca, const char *authorization) MUST_CHECK;
#endif
