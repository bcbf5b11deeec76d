/* SPDX-License-Identifier: Apache-2.0 */
/* Packages into the database: pki pkcs12-import and client-cert-import --pkcs12. The certificates are verified before
 * anything is stored. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "nss/certdb.h"
#include "nss/pem.h"
#include "tools/pki.h"
#include "tools/tool.h"

struct package {
    struct buf content;
    struct secret password;
    struct p12_cert *v;
    size_t n;
    bool *was_there; /* as v: stored before */
    bool has_user;   /* one of them has its key in the package */
};

static void package_release(struct package *k)
{
    p12_certs_free(k->v, k->n);
    free(k->was_there);
    secret_release(&k->password);
    buf_release(&k->content);
}

/* Opened and verified: every certificate whose issuer is known, here or in the database, is signed by it. */
static bool package_open(struct pki *p, const char *file, const char *text, const char *password_file,
                         struct package *k, struct err *err)
{
    *k = (struct package){.content = BUF_INIT(BUF_MAX_MESSAGE), .password = SECRET_INIT};
    if (!pki_password(text, password_file, &k->password, err) || !tool_read(file, &k->content, err) ||
        !pki_open(p, true, false, err) ||
        !p12_certs(p->engine.db, buf_peek(&k->content), &k->password, &k->v, &k->n, err)) {
        return false;
    }
    struct cert_list certs = CERT_LIST_INIT;
    k->was_there = xcalloc(k->n + 1, sizeof *k->was_there);
    for (size_t i = 0; i < k->n; i++) {
        k->was_there[i] = certdb_has(p->engine.db, k->v[i].cert);
        k->has_user = k->has_user || k->v[i].has_key;
        cert_list_push(&certs, k->v[i].cert);
    }
    bool ok = pki_verify(p, "pki", &certs, err);
    cert_list_release(&certs);
    return ok;
}

bool pki_pkcs12_take(struct pki *p, const char *file, const char *text, const char *password_file, struct err *err)
{
    struct package k;
    bool ok = package_open(p, file, text, password_file, &k, err) &&
              certdb_import_pkcs12(p->engine.db, p->token, buf_peek(&k.content), &k.password, NULL, err);
    package_release(&k);
    return ok;
}

struct how {
    bool no_users, no_cas, overwrite;
};

/* What the database has under the package's name for it; NULL when nothing. */
static struct cert *stored_under(struct pki *p, const char *nickname)
{
    return *nickname ? certdb_find(p->engine.db, p->token, nickname, NULL) : NULL;
}

/* Another certificate of that name gives way to --overwrite; *skip when it stays. */
static bool make_room(struct pki *p, const struct p12_cert *new, bool overwrite, bool *skip, struct err *err)
{
    struct cert *old = stored_under(p, new->name);
    bool same = old && bytes_equal(cert_der(old), cert_der(new->cert)), ok = true;
    *skip = old && !overwrite;
    if (*skip && (!same || !new->has_key)) {
        char *shown = text_visible_str(new->name);
        fprintf(stderr, "pki: warning: the certificate already exists and stays as it is: %s\n", shown);
        free(shown);
    } else if (old && !same && overwrite) {
        ok = certdb_delete(p->engine.db, p->token, old, err);
    }
    *skip = *skip && !(same && new->has_key); /* its key may be missing */
    cert_free(old);
    return ok;
}

/* Without key: under its own name, and trusted when it is a CA's, as Dogtag does it. */
static bool store_ca(struct pki *p, const struct p12_cert *ca, const struct how *how, struct err *err)
{
    bool skip = false;
    if (!make_room(p, ca, how->overwrite, &skip, err) || skip) {
        return !err->code;
    }
    char *nickname = *ca->name ? xstrdup(ca->name) : pki_ca_nickname(p, ca->cert);
    bool ok = certdb_import(p->engine.db, NULL, ca->cert, nickname, cert_is_ca(ca->cert) ? "CT,C,C" : NULL, err);
    free(nickname);
    return ok;
}

/* NSS takes packages whole: what is not wanted, and was not there before, is taken out again. */
static bool store_users(struct pki *p, const struct package *k, const struct how *how, struct err *err)
{
    bool any = false;
    for (size_t i = 0; i < k->n; i++) {
        bool skip = false;
        if (k->v[i].has_key) {
            if (!make_room(p, &k->v[i], how->overwrite, &skip, err)) {
                return false;
            }
            any = any || !skip;
        }
    }
    if (!any) {
        return true;
    }
    bool ok = certdb_import_pkcs12(p->engine.db, p->token, buf_peek(&k->content), &k->password, NULL, err);
    for (size_t i = 0; ok && how->no_cas && i < k->n; i++) {
        ok = k->v[i].has_key || k->was_there[i] || certdb_delete(p->engine.db, p->token, k->v[i].cert, err);
    }
    return ok;
}

static bool import_package(struct pki *p, const struct package *k, const struct how *how, struct err *err)
{
    for (size_t i = 0; !how->no_cas && i < k->n; i++) {
        if (!k->v[i].has_key && !store_ca(p, &k->v[i], how, err)) {
            return false;
        }
    }
    return how->no_users || !k->has_user || store_users(p, k, how, err);
}

bool pki_pkcs12_import(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *file = NULL, *password = NULL, *password_file = NULL;
    bool no_trust = false; /* trust flags of a package are not read: a CA is trusted, another certificate is not */
    struct how how = {false, false, false};
    const struct pki_arg rows[] = {
        {"pkcs12", &file, NULL},
        {"pkcs12-file", &file, NULL},
        {"password", &password, NULL},
        {"pkcs12-password", &password, NULL},
        {"password-file", &password_file, NULL},
        {"pkcs12-password-file", &password_file, NULL},
        {"no-trust-flags", NULL, &no_trust},
        {"no-user-certs", NULL, &how.no_users},
        {"no-ca-certs", NULL, &how.no_cas},
        {"overwrite", NULL, &how.overwrite},
    };
    struct pki_words words = {.max = 0};
    struct package k = {.content = BUF_INIT(0), .password = SECRET_INIT};
    bool ok = pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) &&
              (file || err_fail(err, ERR_USAGE, "Missing PKCS #12 file")) &&
              package_open(p, file, password, password_file, &k, err) && import_package(p, &k, &how, err);
    package_release(&k);
    return ok;
}
