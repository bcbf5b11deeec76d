/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_SUBMIT_TARGET_H
#define CMCW_FLOW_SUBMIT_TARGET_H
/*
 * Where an HttpClient cfg sends to: the address, and the certificate that is shown in TLS. For src/flow only. The
 * certificate belongs to the engine's open database, so release the target before the engine.
 */
#include "base/secret.h"
#include "flow/engine.h"
#include "net/transport.h"

struct submit_target {
    struct ca_url url;
    struct net_identity identity; /* cert NULL: none is shown */
    struct net_login login;       /* user NULL: none; password lies in own_password */
    struct secret own_password;
};
/* Opens the cfg's database (its password line is used first), logs in only where a certificate is to be shown.
 * ERR_CFG_*, ERR_NET_URL, ERR_NSS_*. */
bool submit_target_open(struct engine *e, const struct cfg *cfg, struct submit_target *to, struct err *err) MUST_CHECK;
/* Name and password of options, for an EST server; net lends them. ERR_SECRET_*, ERR_NET_LOGIN_PLAIN. */
bool submit_target_login(struct engine *e, const struct submit_options *options, struct submit_target *to, struct net_options *net,
                         struct err *err) MUST_CHECK;
void submit_target_release(struct submit_target *to); /* zeroed is fine */
struct net_options submit_net_options(const struct engine *e, const struct submit_options *options);

static inline const struct net_identity *submit_target_identity(const struct submit_target *to)
{
    return to->identity.cert ? &to->identity : NULL;
}
#endif
