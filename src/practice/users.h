/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_USERS_H
#define CMCW_PRACTICE_USERS_H
/* Users and their shared tokens: from the CA's own records, or from an LDAP directory (practice/csconf.h). Wrong secrets are
 * counted in the records in both cases. The same for tokens that revoke one certificate. */
#include "practice/ca_private.h"
#include "practice/store.h"

bool users_find(struct practice_ca *ca, const char *uid, struct user_row *row, bool *found, struct err *err) MUST_CHECK;
/* The token whose secret may revoke this certificate: of the CA's own records, else of the directory where a Dogtag CA has its records
 * (dir/sharedtoken_store.h). Caller frees; NULL when there is none, or the directory does not answer. */
char *users_revocation_token(struct practice_ca *ca, const struct cert_row *row) MUST_CHECK;
/* Too many wrong secrets lately: even the right one has to wait. at: now */
bool users_paused(const struct practice_ca *ca, int failures, int64_t last_failure, int64_t at) MUST_CHECK;
#endif
