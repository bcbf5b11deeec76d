/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_USERS_H
#define CMCW_PRACTICE_USERS_H
/* Users and their shared tokens: from the CA's own records, or from an LDAP directory (practice/csconf.h). Wrong secrets are
 * counted in the records in both cases. */
#include "practice/ca_private.h"
#include "practice/store.h"

bool users_find(struct practice_ca *ca, const char *uid, struct user_row *row, bool *found, struct err *err) MUST_CHECK;
#endif
