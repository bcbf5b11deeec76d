/* SPDX-License-Identifier: Apache-2.0 */
/* pki: the sub-commands that need no network. */
#include "config.h"

#include "base/mem.h"
#include "tools/pki.h"
#include "tools/tool.h"

/* To add a sub-command: a row; those of the CA are in dogtag_pki_ca.c, and here without a function. */
static const struct pki_command COMMANDS[] = {
    {"client-init", pki_database_create},
    {"client-cert-import", pki_client_import},
    {"client-cert-find", pki_client_find},
    {"client-cert-show", pki_client_show},
    {"pkcs12-import", pki_pkcs12_import},
    {"pkcs12-cert-find", pki_pkcs12_find},
    {"pkcs7-import", pki_pkcs7_import},
    {"pkcs7-cert-import", pki_pkcs7_cert_import},
    {"pkcs7-cert-export", pki_pkcs7_cert_export},
    {"pkcs7-cert-find", pki_pkcs7_cert_find},
    {"nss-create", pki_database_create},
    {"nss-remove", pki_database_remove},
    {"nss-cert-request", pki_nss_request},
    {"nss-cert-import", pki_nss_import},
    {"nss-cert-export", pki_nss_export},
    {"nss-cert-find", pki_nss_find},
    {"nss-cert-show", pki_nss_show},
    {"nss-key-create", pki_key_create},
    {"nss-key-find", pki_key_find},
    {"ca-cert-find", NULL},
    {"ca-cert-show", NULL},
    {"ca-cert-export", NULL},
    {"cert-find", NULL},
    {"cert-show", NULL},
    {"cert-export", NULL},
};

int dogtag_pki(int argc, char **argv)
{
    return pki_main(COMMANDS, ARRAY_LEN(COMMANDS), "cmc-net", argc, argv);
}
