/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/saved.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "cmc/show.h"
#include "flow/package.h"
#include "flow/run_internal.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

static bool made_key(const struct session *session)
{
    return session_fact(session, "key.made") || session_fact(session, "key.unused");
}

bool saved_made_key(const char *base, const char *id)
{
    struct err ignored = ERR_INIT;
    struct session *session = session_peek(base, id, &ignored);
    bool made = session && made_key(session);
    session_close(session);
    err_release(&ignored);
    return made;
}

bool saved_delete(const char *base, const char *id, struct secrets *secrets, enum saved_key wish, enum saved_key *key, struct err *err)
{
    struct err why = ERR_INIT;
    enum saved_key unused;
    key = key ? key : &unused;
    *key = wish;
    struct session *session = session_open(base, id, &why);
    if (!session && (why.code == ERR_FLOW_SESSION_DAMAGED || why.code == ERR_FLOW_SESSION_MISSING)) {
        err_release(&why);
        return session_discard(base, id, err);
    }
    if (!session) {
        err_move(err, &why);
        err_release(&why);
        return false;
    }
    if (wish == SAVED_KEY_REMOVE && made_key(session)) {
        struct run *run = run_new(session, secrets, &why);
        *key = !run || !run_undo(run, &why) ? SAVED_KEY_LEFT : wish;
        run_free(run);
    }
    if (why.code == ERR_FLOW_CANCELLED) { /* whoever leaves the password's page has thought better of it */
        session_close(session);
        err_move(err, &why);
        return false;
    }
    err_release(&why);
    if (!session_delete(session, err)) {
        session_close(session);
        return false;
    }
    return true;
}

static bool take_certs(struct session *session, struct bytes file, struct err *err)
{
    struct cert_list certs = CERT_LIST_INIT;
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = pem_decode_all(file, &certs, err);
    for (size_t i = 0; ok && i < certs.n; i++) {
        ok = pem_encode(cert_der(certs.v[i]), "CERTIFICATE", 64, false, &pem) || err_fail(err, ERR_FILE_TOO_BIG, NULL);
    }
    ok = ok && session_write_file(session, FILE_CERT, buf_peek(&pem), err);
    buf_release(&pem);
    cert_list_release(&certs);
    return ok;
}

static bool drop(struct session *session, const char *name, struct err *err)
{
    char *path = session_file(session, name);
    bool ok = file_wipe(path, err);
    free(path);
    return ok;
}

/* What came before in another form would be taken instead. */
static bool take_message(struct session *session, struct bytes file, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = pem_decode(file, &der, NULL, err);
    ok = ok && (cmc_identify(buf_peek(&der)) == CMC_IS_RESPONSE
                    ? session_write_file(session, FILE_RESPONSE, buf_peek(&der), err)
                    : take_certs(session, file, err) && drop(session, FILE_RESPONSE, err));
    buf_release(&der);
    return ok && drop(session, FILE_ANSWER_PACKAGE, err);
}

bool saved_take_answer(struct session *session, const char *path, struct err *err)
{
    struct buf file = BUF_INIT(BUF_MAX_MESSAGE);
    char *expanded = path_expand_home(path);
    /* Decoding needs NSS, but no database. */
    struct nssdb *db = nssdb_open(NULL, NSSDB_NONE, NULL, err);
    bool ok = db && file_read(expanded, &file, err);
    if (ok && package_looks_like(buf_peek(&file))) {
        struct package p;
        ok = package_parse(buf_peek(&file), &p, err) &&
             package_belongs(&p, session->id, session_fact(session, "package.digest"), err) &&
             session_write_file(session, FILE_ANSWER_PACKAGE, buf_peek(&file), err) && drop(session, FILE_RESPONSE, err);
        package_release(&p);
    } else {
        ok = ok && take_message(session, buf_peek(&file), err);
    }
    if (ok) { /* what an earlier answer left behind is no longer true */
        session_clear_step(session, "package");
        session_clear_step(session, "response");
        session_set_fact(session, "answer.readout", NULL);
        session_set_fact(session, "answer.words", NULL);
        ok = session_save(session, err);
    }
    nssdb_close(db);
    free(expanded);
    buf_release(&file);
    return ok;
}

static bool brought(const struct session *s, const char *serial, const char *dbdir)
{
    const char *issued = session_fact(s, "issued.serial"), *dir = session_answer(s, "dbdir");
    char *home = path_expand_home(dir ? dir : ""), *path = path_absolute(home);
    bool same = issued && dir && strcmp(issued, serial) == 0 && strcmp(path, dbdir) == 0;
    free(home);
    free(path);
    return same;
}

bool saved_take_ca(struct session *session, const char *base, const char *serial, const char *dbdir)
{
    static const char *const answers[] = {"ca", "host", "port", "secure", "proxy", "ca.fingerprint", "ca.chain"};
    struct session_info *list = NULL;
    size_t n = 0;
    bool found = false;
    struct err ignored = ERR_INIT;
    if (!session_list(base, &list, &n, &ignored)) {
        err_release(&ignored);
        return false;
    }
    for (size_t i = 0; !found && i < n; i++) {
        struct session *s = list[i].damaged ? NULL : session_peek(base, list[i].id, &ignored);
        found = s && brought(s, serial, dbdir);
        for (size_t k = 0; found && k < ARRAY_LEN(answers); k++) {
            const char *value = session_answer(s, answers[k]);
            found = !value || session_set_answer(session, answers[k], value, &ignored);
        }
        session_close(s);
        err_release(&ignored);
    }
    session_info_free(list, n);
    return found;
}

static bool somebody_vouches(const struct session *session)
{
    return *answer_get(session, "ca") || *answer_get(session, "ca.fingerprint") || session_has_file(session, FILE_CHAIN);
}

static const struct cert *first_ca(const struct cert_list *chain)
{
    for (size_t i = 0; i < chain->n; i++) {
        if (cert_is_ca(chain->v[i])) {
            return chain->v[i];
        }
    }
    return NULL;
}

static char *chain_subjects(const struct cert_list *chain)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < chain->n; i++) {
        char *subject = cert_subject(chain->v[i]);
        buf_add(&out, "  %s\n", subject);
        free(subject);
    }
    return buf_take_str(&out);
}

bool saved_answer_asks(const struct session *session, char **subjects, char **print, char **fingerprint)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT), digest = BUF_INIT(64);
    struct cert_list chain = CERT_LIST_INIT;
    struct package p = {0};
    struct nssdb *db = somebody_vouches(session) ? NULL : nssdb_open(NULL, NSSDB_NONE, NULL, NULL);
    bool asks = db && session_read_file(session, FILE_ANSWER_PACKAGE, &text, NULL) && package_parse(buf_peek(&text), &p, NULL) &&
                *p.chain && pem_decode_all(bytes_of_str(p.chain), &chain, NULL);
    const struct cert *ca = asks ? first_ca(&chain) : NULL;
    asks = ca && cert_fingerprint(ca, HASH_SHA256, &digest, NULL);
    if (asks) {
        *fingerprint = bytes_hex_colons(buf_peek(&digest));
        *print = xasprintf("  %.48s\n  %s\n", *fingerprint, *fingerprint + 48);
        *subjects = chain_subjects(&chain);
    }
    package_release(&p);
    cert_list_release(&chain);
    buf_release(&text);
    buf_release(&digest);
    nssdb_close(db);
    return asks;
}
