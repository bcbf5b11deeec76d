/* SPDX-License-Identifier: Apache-2.0 */
/* pki client-cert-import, nss-cert-import, pkcs7-import. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"
#include "nss/certdb.h"
#include "nss/pem.h"
#include "tools/pki.h"
#include "tools/tool.h"

/* PEM, DER or PKCS#7, however many certificates; from standard input when file is NULL. */
static bool import_file(struct pki *p, const char *file, const struct pki_import *how, bool say, struct err *err)
{
    struct buf content = BUF_INIT(BUF_MAX_MESSAGE);
    struct cert_list certs = CERT_LIST_INIT;
    char *stored = NULL;
    bool ok = tool_read(file ? file : "-", &content, err) && pki_open(p, true, false, err) &&
              pem_decode_all(buf_peek(&content), &certs, err) && pki_import_certs(p, "pki", &certs, how, &stored, err);
    if (ok && say) {
        printf("Imported certificate \"%s\"\n", stored ? stored : "");
    }
    free(stored);
    cert_list_release(&certs);
    buf_release(&content);
    return ok;
}

/* From files; --ca-server and --serial are in dogtag_pki_ca.c. */
bool pki_client_import(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *cert = NULL, *ca = NULL, *p7 = NULL, *p12 = NULL, *password = NULL, *password_file = NULL;
    const char *trust = NULL;
    const struct pki_arg rows[] = {
        {"cert", &cert, NULL},        {"ca-cert", &ca, NULL},
        {"pkcs7", &p7, NULL},         {"pkcs12", &p12, NULL},
        {"trust", &trust, NULL},      {"pkcs12-password", &password, NULL},
        {"pkcs12-password-file", &password_file, NULL},
    };
    struct pki_words words = {.max = 1};
    if (!pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err)) {
        return false;
    }
    const char *nickname = words.n ? words.v[0] : p->nickname;
    struct pki_import how = {.nickname = nickname, .trust = trust ? trust : "u,u,u"};
    if (p12) {
        bool ok = pki_pkcs12_take(p, p12, password, password_file, err);
        if (ok) {
            printf("Imported certificates from PKCS #12 file\n");
        }
        return ok;
    }
    if (cert) {
        return (nickname || err_fail(err, ERR_USAGE, "Missing certificate nickname")) &&
               import_file(p, cert, &how, true, err);
    }
    if (ca) {
        how.ca = true;
        how.trust = trust ? trust : "CT,C,C";
        return import_file(p, ca, &how, true, err);
    }
    how.trust = trust;
    return p7 ? import_file(p, p7, &how, false, err) : err_fail(err, ERR_USAGE, "Missing certificate to import");
}

bool pki_nss_import(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *cert = NULL, *format = NULL, *trust = NULL;
    const struct pki_arg rows[] = {{"cert", &cert, NULL}, {"format", &format, NULL}, {"trust", &trust, NULL}};
    struct pki_words words = {.max = 1};
    if (!pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err)) {
        return false;
    }
    const struct pki_import how = {.nickname = words.n ? words.v[0] : NULL, .trust = trust};
    return import_file(p, cert, &how, false, err);
}

bool pki_pkcs7_import(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *file = NULL, *trust = NULL;
    const struct pki_arg rows[] = {
        {"pkcs7", &file, NULL}, {"input-file", &file, NULL}, {"trust", &trust, NULL}, {"trust-flags", &trust, NULL}};
    struct pki_words words = {.max = 1};
    if (!pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err)) {
        return false;
    }
    const struct pki_import how = {.nickname = words.n ? words.v[0] : NULL, .trust = trust};
    return import_file(p, file, &how, false, err);
}
