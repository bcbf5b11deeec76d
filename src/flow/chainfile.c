/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/chainfile.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/when.h"
#include "net/firstcontact.h"
#include "nss/chain.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

bool chain_file_parse(struct bytes text, struct cert_list *cas, struct err *err)
{
    struct cert_list all = CERT_LIST_INIT;
    size_t before = cas->n;
    bool ok = pem_decode_all(text, &all, err);
    for (size_t i = 0; ok && i < all.n; i++) {
        if (cert_is_ca(all.v[i])) {
            cert_list_push(cas, all.v[i]);
        }
    }
    cert_list_release(&all);
    return ok && (cas->n > before || err_fail(err, ERR_FLOW_CHAIN_FILE, "%s", _("No certificate in the file is a CA's.")));
}

bool chain_file_read(const char *path, struct cert_list *cas, struct err *err)
{
    char *file = path_expand_home(path);
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    bool ok = file_read(file, &text, err) && chain_file_parse(buf_peek(&text), cas, err);
    buf_release(&text);
    free(file);
    return ok || err_context(err, _("File: %s"), path);
}

/* A server's certificate that has ended is told apart later: which CA it belongs to is judged at a time when it was valid. */
static int64_t time_of(const struct cert *leaf)
{
    int64_t now = when_now();
    return cert_valid_at(leaf, now) ? now : cert_not_after(leaf);
}

/* From the server's certificate up to one of the anchors or of the database's CAs. */
static bool path_of(struct nssdb *db, const struct first_contact *fc, const struct cert_list *anchors, struct cert_list *path,
                    struct err *err)
{
    const struct cert *leaf = fc->tls_chain.v[0];
    return chain_build(db, leaf, &fc->tls_chain, anchors, time_of(leaf), path, err);
}

/* The CA of the list that issued for none of the others. */
static const struct cert *lowest(const struct cert_list *cas)
{
    for (size_t i = 0; i < cas->n; i++) {
        bool issues = false;
        for (size_t k = 0; k < cas->n && !issues; k++) {
            issues = k != i && bytes_equal(cert_issuer_der(cas->v[k]), cert_subject_der(cas->v[i]));
        }
        if (!issues) {
            return cas->v[i];
        }
    }
    return cas->v[0];
}

static void push_once(struct cert_list *out, const struct cert *c)
{
    if (!cert_list_has(out, c)) {
        cert_list_push(out, c);
    }
}

static bool put_in_order(const struct cert *first, const struct cert_list *cas, struct cert_list *out, struct err *err)
{
    struct cert_list ordered = CERT_LIST_INIT;
    bool ok = chain_order(first, cas, &ordered, err);
    for (size_t i = 0; ok && i < ordered.n; i++) {
        push_once(out, ordered.v[i]);
    }
    for (size_t i = 0; ok && i < cas->n; i++) { /* two hierarchies may be in one file */
        push_once(out, cas->v[i]);
    }
    cert_list_release(&ordered);
    return ok;
}

bool chain_file_fits(struct nssdb *db, const struct first_contact *fc, const struct cert_list *cas, struct cert_list *out,
                     struct err *err)
{
    struct cert_list path = CERT_LIST_INIT, pool = CERT_LIST_INIT;
    struct err why = ERR_INIT;
    bool met = fc->tls_chain.n > 0;
    if (met && !path_of(db, fc, cas, &path, &why)) {
        err_release(&why);
        return err_fail(err, ERR_FLOW_CHAIN_FILE, "%s", _("The server's certificate leads to none of these CAs."));
    }
    /* Only what leads to a CA of the list belongs to its chain; a server may have its certificate from elsewhere. */
    bool from_these = met && path.n > 1 && cert_list_has(cas, path.v[path.n - 1]);
    for (size_t i = 1; from_these && i < path.n; i++) {
        push_once(&pool, path.v[i]);
    }
    for (size_t i = 0; i < cas->n; i++) {
        push_once(&pool, cas->v[i]);
    }
    bool ok = put_in_order(from_these ? path.v[1] : lowest(cas), &pool, out, err);
    cert_list_release(&pool);
    cert_list_release(&path);
    return ok;
}

bool chain_of_database(struct nssdb *db, const struct first_contact *fc, struct cert_list *out)
{
    struct cert_list path = CERT_LIST_INIT;
    struct err ignored = ERR_INIT;
    bool ok = db && fc->tls_chain.n && path_of(db, fc, NULL, &path, &ignored) && path.n > 1;
    for (size_t i = 1; ok && i < path.n; i++) {
        cert_list_push(out, path.v[i]);
    }
    cert_list_release(&path);
    err_release(&ignored);
    return ok;
}
