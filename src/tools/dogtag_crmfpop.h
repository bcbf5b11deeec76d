/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TOOLS_DOGTAG_CRMFPOP_H
#define CMCW_TOOLS_DOGTAG_CRMFPOP_H
/* CRMFPopClient is in both programs: `cmc` makes requests, and becomes `cmc-net` for -m, which sends them as well. */
#include "base/bytes.h"
#include "nss/crypt.h"

struct engine;
struct err;

/* What -m does. */
struct crmfpop_submission {
    const char *host, *profile, *user, *requestor; /* host "name:port" or "name"; user, requestor may be NULL */
    const char *request;                           /* base64 or PEM */
    bool verbose;
};
struct crmfpop_net {
    /* How the CA wants the key to be wrapped for the KRA. */
    bool (*ask_wrap)(struct engine *e, const char *host, enum wrap_alg *alg, struct err *err);
    /* Sends, and prints what the CA says. False when it says neither completed nor pending. */
    bool (*submit)(struct engine *e, const struct crmfpop_submission *s, struct err *err);
};
/* net NULL: becomes the other program for -m. Returns the exit code. */
int crmfpop_main(int argc, char **argv, const struct crmfpop_net *net);
#endif
