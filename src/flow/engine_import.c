/* SPDX-License-Identifier: Apache-2.0 */
/* An issued certificate goes to its key: database, chain, nickname, trust, and the proof that the pair works. */
#include "config.h"

#include "flow/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "nss/certdb.h"
#include "nss/chain.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

#define PRACTICE_FILE "cmc-wizard-practice"

bool engine_db_is_practice(const char *dir)
{
    char *path = path_join(dir, PRACTICE_FILE);
    bool there = file_exists(path);
    free(path);
    return there;
}

bool engine_mark_practice_db(const char *dir, struct err *err)
{
    char *path = path_join(dir, PRACTICE_FILE);
    bool ok = file_write(path, bytes_of_str("This database is for practice.\n"), 0600, err);
    free(path);
    return ok;
}

bool cert_is_practice(const struct cert *c)
{
    char *issuer = cert_issuer(c);
    bool found = strstr(issuer, PRACTICE_MARK) != NULL;
    free(issuer);
    return found;
}

/* The key decides where the certificate goes: the token that holds it. */
static bool find_token(struct engine *e, const struct cert *leaf, char **token, struct err *err)
{
    struct err why = ERR_INIT;
    struct key *key = key_of_cert(e->db, leaf, &why);
    if (!key) {
        char *subject = cert_subject(leaf);
        if (why.code == ERR_NSS_KEY_NOT_FOUND) {
            err_fail(err, ERR_FLOW_KEY_LOST, "%s", subject);
        } else {
            err_move(err, &why);
        }
        free(subject);
        err_release(&why);
        return false;
    }
    *token = xstrdup(key_token(key));
    key_free(key);
    return true;
}

bool engine_practice_allowed(const struct engine *e, const struct cert *cert, bool confirmed, struct err *err)
{
    return confirmed || !cert_is_practice(cert) || engine_db_is_practice(e->db_dir) ||
           err_fail(err, ERR_FLOW_NOT_PRACTICE, "%s", e->db_dir);
}

static bool store(struct engine *e, struct cert *leaf, const struct cert_list *pool, const struct engine_import *how,
                  const char *token, const char *nickname, struct err *err)
{
    struct cert_list chain = CERT_LIST_INIT, cas = CERT_LIST_INIT;
    bool ok = chain_order(leaf, pool, &chain, err);
    for (size_t i = 1; ok && i < chain.n; i++) {
        cert_list_push(&cas, chain.v[i]);
    }
    ok = ok && (!cas.n || certdb_import_chain(e->db, &cas, how->trust_root ? "CT,C,C" : NULL, err)) &&
         certdb_import(e->db, token, leaf, nickname, NULL, err);
    cert_list_release(&cas);
    cert_list_release(&chain);
    return ok;
}

bool engine_import(struct engine *e, struct cert *leaf, const struct cert_list *pool, const struct engine_import *how,
                   char **nickname_out, struct err *err)
{
    char *token = NULL, *nickname = NULL;
    bool ok = engine_login(e, how->token, err) && find_token(e, leaf, &token, err) &&
              engine_practice_allowed(e, leaf, how->allow_practice, err);
    if (ok) {
        nickname = how->nickname && *how->nickname ? xstrdup(how->nickname)
                                                   : certdb_nickname_suggest(e->db, token, cert_subject_der(leaf), how->purpose);
        ok = certdb_nickname_free(e->db, token, nickname, cert_subject_der(leaf), err) &&
             store(e, leaf, pool, how, token, nickname, err);
    }
    ok = ok && (certdb_prove(e->db, leaf, err) || err_context(err, _("The certificate is stored, but it does not work with its key.")));
    if (ok) {
        char *stored = certdb_nickname_of(e->db, leaf);
        *nickname_out = stored ? stored : xstrdup(nickname);
    }
    free(nickname);
    free(token);
    return ok;
}

bool engine_import_pkcs12(struct engine *e, const char *token, struct bytes p12, const struct secret *password,
                          bool allow_practice, struct strv *nicknames, struct err *err)
{
    struct cert_list certs = CERT_LIST_INIT;
    bool ok = engine_login(e, token, err) && certdb_pkcs12_certs(e->db, p12, password, &certs, err);
    for (size_t i = 0; ok && i < certs.n; i++) {
        ok = engine_practice_allowed(e, certs.v[i], allow_practice, err);
    }
    cert_list_release(&certs);
    return ok && certdb_import_pkcs12(e->db, token, p12, password, nicknames, err);
}

static bool write_pem(const char *dir, const char *name, const struct cert_list *certs, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    bool ok = true;
    for (size_t i = 0; ok && i < certs->n; i++) {
        ok = pem_encode(cert_der(certs->v[i]), "CERTIFICATE", 64, false, &text);
    }
    char *path = path_join(dir, name);
    ok = ok ? file_write(path, buf_peek(&text), 0644, err) : err_fail(err, ERR_INTERNAL, NULL);
    free(path);
    buf_release(&text);
    return ok;
}

static bool write_pkcs7(const char *dir, const char *name, const struct cert_list *certs, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_TEXT), text = BUF_INIT(BUF_MAX_TEXT);
    bool ok = pkcs7_build(certs, &der, err);
    ok = ok && (pem_encode(buf_peek(&der), "PKCS7", 64, false, &text) || err_fail(err, ERR_INTERNAL, NULL));
    char *path = path_join(dir, name);
    ok = ok && file_write(path, buf_peek(&text), 0644, err);
    free(path);
    buf_release(&der);
    buf_release(&text);
    return ok;
}

bool engine_write_certs(const char *dir, const struct cert *leaf, const struct cert_list *pool, struct err *err)
{
    struct cert_list chain = CERT_LIST_INIT, one = CERT_LIST_INIT;
    cert_list_push(&one, leaf);
    bool ok = chain_order(leaf, pool, &chain, err) && write_pem(dir, "certificate.pem", &one, err) &&
              write_pem(dir, "chain.pem", &chain, err) && write_pkcs7(dir, "chain.p7b", &chain, err);
    cert_list_release(&one);
    cert_list_release(&chain);
    return ok;
}
