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
#include "nss/pem.h"

static bool is_usable(const struct cert *c, int64_t at, struct err *err)
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
    struct cert *usable = found && is_usable(found, at, err) ? cert_ref(found) : NULL;
    cert_list_release(&certs);
    buf_release(&raw);
    free(expanded);
    return usable;
}

bool token_desk_make(struct nssdb *db, const struct cert *protection, bool oaep, const struct secret *secret, struct buf *base64,
                     struct err *err)
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

static struct dir *open_place(struct nssdb *db, const struct token_place *place, struct err *err)
{
    bool named = place->bind_dn && *place->bind_dn;
    struct dir_options options = {
        .url = place->url,
        .start_tls = place->start_tls,
        .bind = named ? DIR_SIMPLE : text_starts(place->url, "ldapi:") ? DIR_EXTERNAL : DIR_ANONYMOUS,
        .bind_dn = named ? place->bind_dn : NULL,
        .password = place->password,
    };
    return dir_open(&options, db, err);
}

bool token_desk_store(struct nssdb *db, const struct token_place *place, const char *uid, const char *base64, char **dn, struct err *err)
{
    struct dir_user user = {0};
    struct dir *dir = open_place(db, place, err);
    bool ok = dir && dir_user_find(dir, place->base_dn, uid, NULL, &user, err) &&
              dir_token_put(dir, place->base_dn, uid, NULL, base64, err);
    *dn = ok ? text_visible_str(user.dn) : NULL;
    dir_user_release(&user);
    dir_close(dir);
    return ok;
}

bool token_desk_remove(struct nssdb *db, const struct token_place *place, const char *uid, struct err *err)
{
    struct dir *dir = open_place(db, place, err);
    bool ok = dir && dir_token_remove(dir, place->base_dn, uid, NULL, err);
    dir_close(dir);
    return ok;
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
