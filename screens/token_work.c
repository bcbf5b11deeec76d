/* SPDX-License-Identifier: Apache-2.0 */
/* What the helpdesk's pages for a secret do: make the token, put it where it goes, find users, take the token back. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/passphrase.h"
#include "base/text.h"
#include "base/when.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "screens/token_desk.h"

struct cert *desk_cert(const struct desk *d, struct err *err)
{
    return *desk_get(d, "token.cert") ? token_desk_cert(desk_get(d, "token.cert"), when_now(), err) : NULL;
}

/* ---- doing it ---- */

/* One database per process: the one that TLS needs, else one that holds nothing. */
static bool open_db(struct desk *d, struct err *err)
{
    char *dir = path_expand_home(desk_get(d, "token.dbdir"));
    bool own = *dir && desk_is(d, "token.place", "ldap");
    app_drop_engine(d->app);
    nssdb_close(d->db);
    d->db = nssdb_open(own ? dir : NULL, own ? NSSDB_READ : NSSDB_NONE, NULL, err);
    free(dir);
    return d->db != NULL;
}

static bool write_out(struct desk *d, struct bytes text, struct err *err)
{
    char *path = path_expand_home(desk_get(d, "token.file")), *shown = text_visible_str(desk_get(d, "token.file"));
    bool ok = file_write(path, text, 0600, err);
    if (ok) {
        d->done = xasprintf(_("Written to %s. The user can enroll when it is in the directory."), shown);
    }
    free(path);
    free(shown);
    return ok;
}

/* ---- at the directory ---- */

static bool poll_work(void *ctx, int wait_ms)
{
    return token_desk_poll(ctx, wait_ms);
}

static void cancel_work(void *ctx)
{
    token_desk_cancel(ctx);
}

/* Waits for the work, on a page when it takes long, and gives its result. work NULL: err says why. */
static bool finish_work(struct desk *d, struct token_work *work, const char *doing, struct token_result *result,
                        struct err *err)
{
    const struct app_work what = {
        .headline = _("Waiting for the directory"), .label = doing, .poll = poll_work, .cancel = cancel_work, .ctx = work};
    if (work && !app_wait(d->app, d->frame, &what)) {
        token_desk_cancel(work);
    }
    return work && token_desk_finish(work, result, err);
}

/* Where the answers say; the chain of the CA's description is trusted there. */
struct place {
    struct token_place at;
    struct cert_list anchors;
};

static void place_init(struct place *p, struct desk *d)
{
    const struct cadesc *ca = desk_ca(d);
    struct err ignored = ERR_INIT;
    *p = (struct place){.at = {.url = desk_get(d, "token.url"),
                               .start_tls = desk_is(d, "token.tls", "yes"),
                               .bind_dn = desk_get(d, "token.bind"),
                               .password = &d->password,
                               .base_dn = desk_get(d, "token.base")},
                        .anchors = CERT_LIST_INIT};
    if (ca && ca->chain_pem && pem_decode_all(bytes_of_str(ca->chain_pem), &p->anchors, &ignored)) {
        p->at.anchors = &p->anchors;
    }
    err_release(&ignored);
}

static void place_release(struct place *p)
{
    cert_list_release(&p->anchors);
}

static bool store_in_directory(struct desk *d, struct err *err)
{
    struct place place;
    struct token_result result = {0};
    place_init(&place, d);
    bool ok = finish_work(d, token_desk_store(d->db, &place.at, desk_get(d, "token.uid"), buf_str(&d->token), err),
                          _("Store the token in the user's entry"), &result, err);
    d->done = ok ? xasprintf(_("Stored in the entry %s. The user can enroll now."), result.dn) : NULL;
    token_result_release(&result);
    place_release(&place);
    return ok;
}

static bool store(struct desk *d, struct err *err)
{
    struct buf ldif = BUF_INIT(BUF_MAX_TEXT);
    bool ok;
    if (desk_is(d, "token.place", "file")) {
        ok = write_out(d, buf_peek(&d->token), err);
    } else if (desk_is(d, "token.place", "ldif")) {
        ok = token_desk_ldif(desk_get(d, "token.base"), desk_get(d, "token.uid"), buf_str(&d->token), &ldif, err) &&
             write_out(d, buf_peek(&ldif), err);
    } else {
        ok = store_in_directory(d, err);
    }
    buf_release(&ldif);
    return ok;
}

void desk_search(struct desk *d)
{
    struct place place;
    struct token_result result = {0};
    struct err err = ERR_INIT;
    place_init(&place, d);
    bool named = *desk_get(d, "token.bind") != '\0';
    if (!open_db(d, &err) || !finish_work(d, token_desk_search(d->db, &place.at, desk_get(d, "token.uid"), &err),
                                          _("Look for users in the directory"), &result, &err)) {
        if (err.code != ERR_FLOW_CANCELLED) {
            app_error(d->app, _("The directory cannot be searched; the user ID can be typed all the same."), &err);
        }
    } else if (!result.n) {
        dialog_message(d->app->ui, MESSAGE_HINT, _("Nobody found"),
                       _("The directory shows no user whose user ID or name begins like this. It may hide users from "
                         "readers without a "
                         "login; the user ID can be typed all the same."));
    } else {
        char *uid = app_pick_user(d->app, d->frame, &result, !named);
        if (uid) {
            desk_set(d, "token.uid", uid);
            d->go_on = "token.how";
        }
        free(uid);
    }
    err_release(&err);
    token_result_release(&result);
    place_release(&place);
}

bool desk_carry_out(struct desk *d)
{
    struct err err = ERR_INIT;
    free(d->done);
    d->done = NULL;
    d->removed = false;
    if (!desk_is(d, "token.how", "type") && !d->secret.len) {
        passphrase_generate(&d->secret);
    }
    buf_clear(&d->token);
    cert_free(d->cert);
    d->cert = NULL;
    bool ok = open_db(d, &err) && (d->cert = desk_cert(d, &err)) != NULL &&
              token_desk_make(d->db, d->cert, desk_is(d, "token.oaep", "yes"), &d->secret, &d->token, &err) &&
              store(d, &err);
    if (!ok) {
        app_error(d->app, _("The token is not stored."), &err);
    }
    return ok;
}

/* ---- afterwards ---- */

void desk_take_back(struct desk *d)
{
    struct place place;
    struct token_result result = {0};
    struct err err = ERR_INIT;
    place_init(&place, d);
    bool ok = finish_work(d, token_desk_remove(d->db, &place.at, desk_get(d, "token.uid"), &err),
                          _("Remove the token from the user's entry"), &result, &err);
    if (ok) {
        free(d->done);
        d->done = xstrdup(_("The token is removed: the secret no longer works."));
        d->removed = true;
    } else {
        app_error(d->app, _("The token is still there."), &err);
    }
    token_result_release(&result);
    place_release(&place);
}

/* FILE.ldif -> FILE-remove.ldif */
static char *removal_path(const char *file)
{
    size_t n = strlen(file);
    bool ends = n > 5 && strcmp(file + n - 5, ".ldif") == 0;
    return xasprintf("%.*s-remove.ldif", (int)(ends ? n - 5 : n), file);
}

void desk_write_removal(struct desk *d)
{
    struct buf ldif = BUF_INIT(BUF_MAX_TEXT);
    struct err err = ERR_INIT;
    char *name = removal_path(desk_get(d, "token.file")), *path = path_expand_home(name),
         *shown = text_visible_str(name);
    if (token_desk_ldif(desk_get(d, "token.base"), desk_get(d, "token.uid"), NULL, &ldif, &err) &&
        file_write(path, buf_peek(&ldif), 0600, &err)) {
        free(d->done);
        d->done =
            xasprintf(_("The removal is written to %s, for ldapmodify -f when the user has the certificate."), shown);
    } else {
        app_error(d->app, _("The removal is not written."), &err);
    }
    free(name);
    free(path);
    free(shown);
    buf_release(&ldif);
}
