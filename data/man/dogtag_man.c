/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manual pages of the tools under Dogtag's names, from src/tools/dogtag_options.def.
 *     dogtag_man NAME        the page
 *     dogtag_man --names     the names
 *     dogtag_man --options   tool, option, argument, since, help: one option a line, with tabs; "-" where there is none
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static const struct {
    const char *tool, *name, *arg, *since, *help;
} options[] = {
#define DOGTAG_OPTION(tool, name, arg, since, help) {tool, name, arg, since, help},
#include "tools/dogtag_options.def"
#undef DOGTAG_OPTION
};

/* To add a tool: a row; its options in dogtag_options.def, its link in src/tools/local.mk. */
static const struct {
    const char *name, *summary, *synopsis, *about, *files, *see;
} tools[] = {
    {"CMCRequest", "make and sign a CMC request", "CFG",
     "Builds the CMC message that the .cfg file asks for, signs it, and writes it as binary DER to its output. "
     "Standard output "
     "tells the steps, and the message in base64. The keys of the file are explained in cmc-request.cfg(5); there are "
     "no options.",
     "The file that output names.", "cmc-request.cfg(5), HttpClient(1), CMCResponse(1)"},
    {"CMCResponse", "show a CA's answer and take the certificates out", "[OPTION]... -i FILE",
     "Prints the certificates and the status of every part of a CMC response, in the layout of Dogtag's tool, and "
     "checks the "
     "signature. Options may have one dash or two, and the value of a short one may be glued to it, as versions up to "
     "10.4 want.",
     "The file that -o names, when the CA has issued.", "CMCRequest(1), pki(1)"},
    {"HttpClient", "send a CMC request to the CA", "CFG",
     "Sends the message that the .cfg file names to the CA over HTTPS, with the client certificate when clientmode is "
     "true, and "
     "writes the body of the answer to its output. The keys are explained in cmc-request.cfg(5); there are no options.",
     "The file that output names.", "cmc-request.cfg(5), CMCRequest(1), CMCResponse(1)"},
    {"PKCS10Client", "make a key and a PKCS#10 certificate request", "[OPTION]... -o FILE -n DN",
     "Makes a key pair on a token and a certificate request that it signs.",
     "FILE and FILE.keyId; the latter has no end of line.", "CMCRequest(1), CRMFPopClient(1)"},
    {"CRMFPopClient", "make a key and a CRMF certificate request", "[OPTION]... -p PASSWORD -n DN",
     "Makes a key pair and a CRMF request, with proof of possession, and with the key for the KRA when a transport "
     "certificate is "
     "given. The environment variable KEY_ARCHIVAL_KEYWRAP_ALGORITHM stands for -w.",
     "FILE and FILE.keyId.", "CMCRequest(1), PKCS10Client(1)"},
    {"CMCSharedToken", "encrypt a shared secret for the CA", "[OPTION]... -s SECRET -b FILE",
     "Encrypts a secret for the CA's issuance protection certificate: the text that an administrator stores with a "
     "user or a "
     "certificate.",
     "The file that -o names.", "cmc(1), CMCRequest(1)"},
    {"CMCRevoke", "make a request to revoke a certificate",
     "-dDIR -nNICKNAME -iDN -sSERIAL -mREASON -pPASSWORD [OPTION]...",
     "Values are glued to their options. cmc revoke does the same in a form that people can read.",
     "CMCRevoke.out in the current folder, binary DER.", "cmc(1), CMCRequest(1)"},
    {"CMCEnroll", "put an agent's signature around a PKCS#10 request",
     "-d DIR -n NICKNAME -r FILE -p PASSWORD [--sha1]",
     "Dogtag itself calls this tool obsolete; CMCRequest takes its place.", "FILE.out, base64 between armour lines.",
     "CMCRequest(1)"},
    {"PKICertImport", "judge a certificate, then store it", "-d DIR -n NICKNAME -t TRUST -u USE -i FILE [OPTION]...",
     "The certificate must be good for its use, and lead to a CA that the database trusts; a root that is to be "
     "trusted from now "
     "on (-t CT,C,C) is its own proof. What does not pass is not stored.",
     "", "pki(1), cmc(1)"},
    {"pki", "certificates of the CA and of the database", "[OPTION]... COMMAND [ARGUMENT]...",
     "The sub-commands of Dogtag's pki that guides about CMC use: client-init, client-cert-import, client-cert-find, "
     "client-cert-show, pkcs12-import, pkcs12-cert-find, pkcs7-import, pkcs7-cert-import, pkcs7-cert-export, "
     "pkcs7-cert-find, "
     "nss-create, nss-remove, nss-cert-request, nss-cert-import, nss-cert-export, nss-cert-find, nss-cert-show, "
     "nss-key-create, "
     "nss-key-find; and from the CA ca-cert-find, ca-cert-show and ca-cert-export, or cert-find, cert-show and "
     "cert-export. All "
     "others are refused. The exit code is 0 or 255.",
     "~/.dogtag/nssdb is the database when none is named.", "PKICertImport(1), cmc(1)"},
};

/* troff: dashes are minus signs, and no line begins with a dot or a quote. */
static void text(const char *s)
{
    for (const char *c = s; *c; c++) {
        if (*c == '-') {
            fputs("\\-", stdout);
        } else if (*c == '\\') {
            fputs("\\e", stdout);
        } else {
            putchar(*c);
        }
    }
}

static void line(const char *macro, const char *s)
{
    printf("%s ", macro);
    text(s);
    putchar('\n');
}

static void paragraph(const char *s)
{
    fputs(*s == '.' || *s == '\'' ? "\\&" : "", stdout);
    text(s);
    putchar('\n');
}

static void option(size_t i)
{
    bool glued = options[i].arg[0] == '=';
    fputs(".TP\n.B ", stdout);
    text(options[i].name);
    if (options[i].arg[0]) {
        fputs(glued ? "\\fI" : " \\fI", stdout);
        text(options[i].arg + glued);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    paragraph(options[i].help);
    if (strcmp(options[i].since, "ours") == 0) {
        paragraph("Only here, not in Dogtag's tool.");
    } else if (options[i].since[0]) {
        printf("Dogtag has it since version %s.\n", options[i].since);
    }
}

static bool has_options(const char *tool)
{
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (strcmp(options[i].tool, tool) == 0) {
            return true;
        }
    }
    return false;
}

/* Options of sub-commands have the tool "pki COMMAND", one sub-command behind the other. */
static void sub_commands(const char *tool)
{
    size_t len = strlen(tool);
    const char *last = "";
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (strncmp(options[i].tool, tool, len) != 0 || options[i].tool[len] != ' ') {
            continue;
        }
        if (strcmp(last, options[i].tool) != 0) {
            printf(*last ? ".SS " : ".SH OPTIONS OF SUB\\-COMMANDS\n.SS ");
            text(options[i].tool + len + 1);
            putchar('\n');
        }
        last = options[i].tool;
        option(i);
    }
}

static void page(size_t t)
{
    printf(".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Made from src/tools/dogtag_options.def by "
           "data/man/dogtag_man.c: change "
           "these, then run make update-man.\n");
    printf(".TH %s 1 \"\" \"cmc-wizard\" \"Dogtag's names\"\n.SH NAME\n", tools[t].name);
    text(tools[t].name);
    fputs(" \\- ", stdout);
    text(tools[t].summary);
    fputs("\n.SH SYNOPSIS\n", stdout);
    line(".B", tools[t].name);
    paragraph(tools[t].synopsis);
    fputs(".SH DESCRIPTION\n", stdout);
    paragraph(tools[t].about);
    fputs(".PP\nThis is cmc\\-wizard's program of that name. What it does otherwise than Dogtag's is in\n.BR "
          "cmc\\-dogtag (7).\n",
          stdout);
    if (has_options(tools[t].name)) {
        fputs(".SH OPTIONS\n", stdout);
    }
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (strcmp(options[i].tool, tools[t].name) == 0) {
            option(i);
        }
    }
    sub_commands(tools[t].name);
    if (tools[t].files[0]) {
        fputs(".SH FILES\n", stdout);
        paragraph(tools[t].files);
    }
    fputs(".SH EXIT STATUS\n", stdout);
    printf("0 when it was done, else %s.\n", strcmp(tools[t].name, "pki") == 0 ? "255" : "1");
    fputs(".SH SEE ALSO\n", stdout);
    paragraph(tools[t].see);
    fputs(".PP\n.BR cmc\\-dogtag (7)\n", stdout);
}

int main(int argc, char **argv)
{
    const char *what = argc == 2 ? argv[1] : "";
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(tools); i++) {
        if (strcmp(what, "--names") == 0) {
            puts(tools[i].name);
            known = true;
        } else if (strcmp(what, tools[i].name) == 0) {
            page(i);
            known = true;
        }
    }
    for (size_t i = 0; strcmp(what, "--options") == 0 && i < ARRAY_LEN(options); i++) {
        printf("%s\t%s\t%s\t%s\t%s\n", options[i].tool, options[i].name, options[i].arg[0] ? options[i].arg : "-",
               options[i].since[0] ? options[i].since : "-", options[i].help);
        known = true;
    }
    return known ? 0 : 1;
}
