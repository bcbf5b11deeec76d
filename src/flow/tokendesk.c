/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/tokendesk.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/passphrase.h"
#include "base/text.h"
#include "cmc/sharedtoken.h"
#include "dir/sharedtoken_store.h"
#include "flow/job.h"
#include "nss/pem.h"

bool token_desk_cert_usable(const struct cert *c, int64_t at, struct err *err)
{
    if (cert_is_ca(c)) {
        return err_fail(err, ERR_FLOW_TOKEN_CERT, "%s", _("It is a CA's certificate."));
    }
    if (cert_key_type(c) != KEY_RSA) {
        return err_fail(err, ERR_FLOW_TOKEN_CERT, "%s", _("Its key is not RSA: the CA could not open the token."));
    }
    return cert_valid_at(c, at) || err_fail(err, ERR_FLOW_TOKEN_CERT, "%s", _("It is expired, or not yet valid."));
}

/* The first that is no CA's: files often hold the chain as well. */
static struct cert *pick(const struct cert_list *certs)
{
    for (size_t i = 0; i < certs->n; i++) {
        if (!cert_is_ca(certs->v[i])) {
            return certs->v[i];
        }
    }
    return certs->n ? certs->v[0] : NULL;
}

struct cert *token_desk_cert(const char *path, int64_t at, struct err *err)
{
    struct buf raw = BUF_INIT(BUF_MAX_TEXT);
    struct cert_list certs = CERT_LIST_INIT;
    char *expanded = path_expand_home(path);
    bool ok = file_read(expanded, &raw, err) && pem_decode_all(buf_peek(&raw), &certs, err);
    struct cert *found = ok ? pick(&certs) : NULL;
    if (ok && !found) {
        err_fail(err, ERR_FLOW_TOKEN_CERT, "%s", _("There is no certificate in it."));
    }
    struct cert *usable = found && token_desk_cert_usable(found, at, err) ? cert_ref(found) : NULL;
    cert_list_release(&certs);
    buf_release(&raw);
    free(expanded);
    return usable;
}

bool token_desk_make(struct nssdb *db, const struct cert *protection, bool oaep, const struct secret *secret,
                     struct buf *base64, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    if (!secret_is_set(secret) || !secret->len) {
        return err_fail(err, ERR_CMC_SECRET_MISSING, NULL);
    }
    if (!passphrase_is_ascii(secret->text, secret->len)) {
        return err_fail(err, ERR_CMC_SECRET_NOT_ASCII, NULL);
    }
    bool ok = shared_token_make(db, cert_spki(protection), oaep, secret, &der, err) &&
              (base64_encode(buf_peek(&der), 0, false, base64) || err_fail(err, ERR_INTERNAL, NULL));
    while (ok && base64->len && (base64->data[base64->len - 1] == '\n' || base64->data[base64->len - 1] == '\r')) {
        base64->len--;
    }
    buf_release(&der);
    return ok;
}

/* ---- at the directory ---- */

struct token_work {
    struct job *job;
    struct dir_stop *stop;
    bool cancelled, changes;
    struct nssdb *db;
    const struct token_place *place;
    const char *uid, *base64;
    struct token_result result;
};

static struct dir *open_place(const struct token_work *w, struct err *err)
{
    const struct token_place *place = w->place;
    bool named = place->bind_dn && *place->bind_dn;
    struct dir_options options = {
        .url = place->url,
        .start_tls = place->start_tls,
        .bind = named                               ? DIR_SIMPLE
                : text_starts(place->url, "ldapi:") ? DIR_EXTERNAL
                                                    : DIR_ANONYMOUS,
        .bind_dn = named ? place->bind_dn : NULL,
        .password = place->password,
        .anchors = place->anchors,
        .stop = w->stop,
    };
    return dir_open(&options, w->db, err);
}

static bool store(void *arg, struct err *err)
{
    struct token_work *w = arg;
    struct dir_user user = {0};
    struct dir *dir = open_place(w, err);
    bool ok = dir && dir_user_find(dir, w->place->base_dn, w->uid, NULL, &user, err) &&
              dir_token_put(dir, w->place->base_dn, w->uid, NULL, w->base64, err);
    w->result.dn = ok ? text_visible_str(user.dn) : NULL;
    dir_user_release(&user);
    dir_close(dir);
    return ok;
}

static bool take_back(void *arg, struct err *err)
{
    struct token_work *w = arg;
    struct dir *dir = open_place(w, err);
    bool ok = dir && dir_token_remove(dir, w->place->base_dn, w->uid, NULL, err);
    dir_close(dir);
    return ok;
}

static bool search(void *arg, struct err *err)
{
    struct token_work *w = arg;
    struct token_result *r = &w->result;
    struct dir *dir = open_place(w, err);
    struct dir_user *found = NULL;
    bool ok =
        dir && dir_user_search(dir, w->place->base_dn, w->uid, NULL, TOKEN_DESK_USERS, &found, &r->n, &r->more, err);
    r->users = ok && r->n ? xcalloc(r->n, sizeof *r->users) : NULL;
    for (size_t i = 0; ok && i < r->n; i++) {
        r->users[i] = (struct token_user){.uid = xstrdup(found[i].uid),
                                          .name = text_visible_str(found[i].name),
                                          .dn = text_visible_str(found[i].dn),
                                          .has_token = found[i].has_token};
    }
    dir_users_free(found, r->n);
    dir_close(dir);
    return ok;
}

static struct token_work *begin(bool (*fn)(void *arg, struct err *err), const struct token_work *with, struct err *err)
{
    struct token_work *w = xmalloc(sizeof *w);
    *w = *with;
    w->stop = dir_stop_new();
    w->job = job_start(fn, w, err);
    if (!w->job) {
        dir_stop_free(w->stop);
        free(w);
        return NULL;
    }
    return w;
}

struct token_work *token_desk_store(struct nssdb *db, const struct token_place *place, const char *uid,
                                    const char *base64, struct err *err)
{
    return begin(store, &(struct token_work){.db = db, .place = place, .uid = uid, .base64 = base64, .changes = true},
                 err);
}

struct token_work *token_desk_remove(struct nssdb *db, const struct token_place *place, const char *uid,
                                     struct err *err)
{
    return begin(take_back, &(struct token_work){.db = db, .place = place, .uid = uid, .changes = true}, err);
}

struct token_work *token_desk_search(struct nssdb *db, const struct token_place *place, const char *prefix,
                                     struct err *err)
{
    return begin(search, &(struct token_work){.db = db, .place = place, .uid = prefix}, err);
}

bool token_desk_poll(struct token_work *work, int wait_ms)
{
    return job_poll(work->job, wait_ms);
}

void token_desk_cancel(struct token_work *work)
{
    work->cancelled = true;
    dir_stop_now(work->stop);
}

bool token_desk_finish(struct token_work *work, struct token_result *out, struct err *err)
{
    struct err why = ERR_INIT;
    bool ok = job_finish(work->job, &why);
    *out = work->result;
    if (!ok && work->cancelled) {
        err_fail(err, ERR_FLOW_CANCELLED, NULL);
        if (work->changes) {
            err_context(err, "%s",
                        _("Whether the directory was changed is not known; cmc token --list tells who has a token."));
        }
    } else if (!ok) {
        err_move(err, &why);
    }
    err_release(&why);
    dir_stop_free(work->stop);
    free(work);
    return ok;
}

void token_result_release(struct token_result *result)
{
    free(result->dn);
    for (size_t i = 0; i < result->n; i++) {
        free(result->users[i].uid);
        free(result->users[i].name);
        free(result->users[i].dn);
    }
    free(result->users);
    *result = (struct token_result){0};
}

bool token_desk_ldif(const char *base_dn, const char *uid, const char *token, struct buf *out, struct err *err)
{
    char *dn = dir_user_dn(base_dn, uid);
    bool ok = dir_token_ldif(dn, NULL, token, token != NULL, out, err);
    free(dn);
    return ok;
}

char *token_desk_handout(const char *uid, const char *ca)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    char *shown = text_visible_str(uid), *where = text_visible_str(ca);
    buf_add(&out, "%s\n\n", _("Your first certificate"));
    buf_add(&out, "%s\n\n", _("1. Start cmc-wizard and choose: Get a certificate."));
    buf_add(&out, "%s\n\n", _("2. Who vouches for you? Choose: I have a secret from the helpdesk."));
    if (*where) {
        buf_add(&out, _("3. The certificate authority is %s."), where);
    } else {
        buf_add(&out, "%s", _("3. The helpdesk tells you the certificate authority's address and its fingerprint."));
    }
    buf_add(&out, "\n\n");
    buf_add(&out, _("4. Your user ID is %s."), shown);
    buf_add(&out, "\n\n%s\n\n%s\n",
            _("5. You get the secret by another way than this note, best by telephone. Do not write it beside your "
              "user ID."),
            _("It works until the helpdesk removes it. Tell the helpdesk when you have your certificate, or when "
              "somebody asks you for "
              "the secret."));
    free(shown);
    free(where);
    return buf_take_str(&out);
}
