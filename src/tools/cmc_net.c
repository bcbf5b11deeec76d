/* SPDX-License-Identifier: Apache-2.0 */
/* The other half of `cmc`: what needs libcurl. `cmc` becomes this program; it is not called by people. */
#include "config.h"

#include "tools/tool.h"

/* To add a tool: a row here, and one without function in cmc.c, which has its summary. */
static const struct tool TOOLS[] = {
    {"submit", NULL, tool_submit, false},
    {"batch", NULL, tool_batch, false},
    {"token", NULL, tool_token, false},
    {"ca", NULL, tool_ca, false},
    {"find", NULL, tool_find, false},
    {"fetch", NULL, tool_fetch, false},
    {"archived", NULL, tool_archived, false},
    {"renew", NULL, tool_renew, false},
    {"desk", NULL, tool_desk, false},
    {"pki", NULL, dogtag_pki_ca, true},
    {"CRMFPopClient", NULL, dogtag_crmfpopclient_net, true},
    {"HttpClient", NULL, dogtag_httpclient, true},
};

int main(int argc, char **argv)
{
    return tool_main(TOOLS, ARRAY_LEN(TOOLS), NULL, argc, argv);
}
