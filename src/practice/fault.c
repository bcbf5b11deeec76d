/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/fault.h"

#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

/* In the order of enum practice_fault. */
static const struct fault_row rows[FAULT_COUNT] = {
    [FAULT_WRONG_AGENT] = {"wrong-agent", N_("The signer is not one of the CA's agents."), "ca-invalid-credential"},
    [FAULT_REVOKED_AGENT] = {"revoked-agent", N_("The signer's certificate has been revoked."), "ca-invalid-credential"},
    [FAULT_BAD_IDENTITY] = {"bad-identity", N_("The proof by shared secret does not fit."), "ca-bad-identity"},
    [FAULT_POP_LINK] = {"pop-link", N_("The CA demands popLinkWitnessV2 from everybody."), "ca-pop-link"},
    [FAULT_DISABLED_PROFILE] = {"disabled-profile", N_("The profile is disabled."), "ca-profile-not-found"},
    [FAULT_EXPIRED_SERVER] = {"expired-server", N_("The server's TLS certificate has expired."), "net-server-expired"},
    [FAULT_SLOW] = {"slow", N_("Every answer comes late (practice.slowSeconds)."), ""},
    [FAULT_DOWN] = {"down", N_("Connections are closed at once."), "net-tls-closed"},
    [FAULT_OVERLOADED] = {"overloaded", N_("The server says that it is overloaded (HTTP 503)."), "net-http-server"},
    [FAULT_GARBAGE] = {"garbage", N_("An HTML page comes instead of an answer."), "net-not-cmc"},
    [FAULT_NO_CHAIN] = {"no-chain", N_("Nothing shows the CA's certificates: no web services."), ""},
    [FAULT_PENDING] = {"pending", N_("The request waits for a decision."), "ca-pending"},
    [FAULT_DEFERRED] = {"deferred", N_("The request is put aside for an agent."), "ca-deferred"},
    [FAULT_EST_LATER] = {"est-later", N_("Over EST: the certificate is not ready yet (HTTP 202)."), "net-est-later"},
};

const struct fault_row *fault_row(enum practice_fault fault)
{
    return &rows[fault];
}

enum practice_fault fault_by_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return (enum practice_fault)i;
        }
    }
    return FAULT_COUNT;
}
