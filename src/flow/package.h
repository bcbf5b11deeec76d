/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_PACKAGE_H
#define CMCW_FLOW_PACKAGE_H
/*
 * Hand-over packages (.cmcpkg): a request on its way from a user's machine to an agent's, and the answer on its way back. Plain
 * JSON without secrets:
 *   {"version":1,"kind":"request"|"answer","id":"session id","purpose":"user","profile":"caCMCUserCert","subject":"…","note":"…",
 *    "content":"PEM of the CSR", or "base64 of the CMC answer", "chain":"PEM of the CA chain (answers)"}
 * Both sides show the same digits (package_readout), made from all members, to be read out on the phone.
 */
#include "base/bytes.h"

#define HANDOVER_VERSION 1

struct package {
    char *kind, *id, *purpose, *profile, *subject, *note, *content, *chain; /* never NULL after parse; UTF-8 */
};

/* Cheap look at the first octets: a JSON object. */
bool package_looks_like(struct bytes text);
/* ERR_FLOW_PACKAGE_BAD. */
bool package_parse(struct bytes text, struct package *out, struct err *err) MUST_CHECK;
/* NULL members are left out. Caller frees. */
char *package_print(const struct package *p) MUST_CHECK;
/* "1234 5678 9012 3456". Caller frees. */
char *package_readout(const struct package *p) MUST_CHECK;
void package_release(struct package *p);
#endif
