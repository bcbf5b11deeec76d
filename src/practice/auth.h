/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_AUTH_H
#define CMCW_PRACTICE_AUTH_H
/*
 * Who sent this? The authentication managers of a Dogtag CA, each a table of checks in the order in which the server makes
 * them, with its sentences and failInfo (a real CA says "Invalid Credential." to nearly everything):
 *   CMCAuth            an agent signed; the TLS client certificate has the same subject
 *   CMCUserSignedAuth  a certificate of this CA signed; or the request's own key (then identityProofV2 has to follow);
 *                      or nobody (revocation by shared secret only)
 *   AgentCertAuth      the TLS client is an agent; the body is a bare PKCS#10
 */
#include "practice/ca_private.h"
#include "practice/message.h"

enum auth_kind { AUTH_AGENT, AUTH_USER, AUTH_SELF, AUTH_NOBODY, AUTH_AGENT_TLS };

struct auth_token {
    enum auth_kind kind;
    const struct cert *signer; /* lent by the message; NULL for AUTH_SELF, AUTH_NOBODY */
    struct bytes signer_subject_der;
    char *uid; /* agent's uid, or the signer's name for people; "" otherwise */
};
/* Fills the token, or the refusal. m is NULL for AgentCertAuth. */
bool auth_run(struct practice_ca *ca, const struct practice_request *request, const struct profile *profile,
              const struct message *m, struct auth_token *token, struct refusal *refusal) MUST_CHECK;
void auth_token_release(struct auth_token *token);
#endif
