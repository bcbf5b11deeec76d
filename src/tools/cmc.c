/* SPDX-License-Identifier: Apache-2.0 */
/* `cmc`, and Dogtag's names for what needs no network. */
#include "config.h"

#include "base/i18n.h"
#include "tools/tool.h"

/* To add a tool: a row here; rows without a function are in cmc_net.c. */
static const struct tool TOOLS[] = {
    {"pkcs10", N_("make a key and a PKCS#10 certificate request"), tool_pkcs10, false},
    {"crmf", N_("make a key and a CRMF certificate request, with key archival"), tool_crmf, false},
    {"token", N_("shared secrets for users: make, store in a directory, list, remove"), NULL, false},
    {"module", N_("PKCS#11 modules of a database, for smart cards and HSMs: list, add, remove"), tool_module, false},
    {"revoke", N_("build a request to revoke a certificate"), tool_revoke, false},
    {"request", N_("build and sign a CMC request from a .cfg file"), tool_request, false},
    {"submit", N_("send a request to the CA as a .cfg file says"), NULL, false},
    {"batch", N_("enroll many certificate requests with an agent's signature"), NULL, false},
    {"response", N_("check a CA's answer and take the certificates out"), tool_response, false},
    {"show", N_("show any CMC, PKCS#10, PKCS#7, CRMF or certificate file"), tool_show, false},
    {"lint", N_("find every mistake in .cfg files"), tool_lint, false},
    {"import", N_("store a certificate and its chain, and prove that it works"), tool_import, false},
    {"needs-renewal", N_("say which certificates of a database end soon, for scripts and timers"), tool_needs_renewal, false},
    {"renew", N_("get the successor of a certificate, signed with itself"), NULL, false},
    {"ca", N_("ask a CA for its chain, version and certificates; export descriptions"), NULL, false},
    {"find", N_("search the certificates that a CA has issued"), NULL, false},
    {"fetch", N_("get one certificate of a CA by its serial number"), NULL, false},
    {"archived", N_("ask the key recovery authority, as its agent, whether it keeps the key of a certificate"), NULL, false},
    {"admin", N_("what a CA administrator sets for shared secrets; checks CS.cfg and profiles"), tool_admin, false},
    {"desk", N_("look at requests that other people gave you"), NULL, false},
    {"CMCRequest", NULL, dogtag_cmcrequest, true},
    {"CMCResponse", NULL, dogtag_cmcresponse, true},
    {"HttpClient", NULL, NULL, true},
    {"PKCS10Client", NULL, dogtag_pkcs10client, true},
    {"CRMFPopClient", NULL, dogtag_crmfpopclient, true},
    {"CMCSharedToken", NULL, dogtag_cmcsharedtoken, true},
    {"CMCRevoke", NULL, dogtag_cmcrevoke, true},
    {"CMCEnroll", NULL, dogtag_cmcenroll, true},
    {"PKICertImport", NULL, dogtag_pkicertimport, true},
    {"pki", NULL, dogtag_pki, true},
};

int main(int argc, char **argv)
{
    return tool_main(TOOLS, ARRAY_LEN(TOOLS), "cmc-net", argc, argv);
}
