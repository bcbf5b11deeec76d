/* SPDX-License-Identifier: Apache-2.0 */
/* Path building by depth-first search over candidates with the right name; each step is judged on its own,
 * and the first reason met on the most promising way is what is told when no way leads to an anchor. */
#include "config.h"

#include "nss/chain.h"

#include <stdlib.h>

#include <cert.h>
#include <certdb.h>

#include "base/i18n.h"
#include "nss/certdb.h"
#include "nss/crl.h"
#include "nss/native.h"
#include "nss/nsserr.h"

#define CHAIN_STEPS_MAX 200 /* signature checks per search: bounds hostile pools */

struct search {
    struct nssdb *db;
    const struct cert_list *pool, *anchors;
    int64_t at;
    const struct cert *path[CHAIN_MAX]; /* leaf first */
    size_t n;
    struct cert_list kept; /* what came out of the database, until the search is over */
    int steps;
    struct err err; /* best reason so far */
};

static bool fail_about(struct err *err, enum err_code code, const struct cert *cert)
{
    char *subject = cert_subject(cert);
    char *serial = cert_serial_text(cert);
    err_fail(err, code, _("Certificate: %s, serial number %s."), subject, serial);
    free(serial);
    free(subject);
    return false;
}

/* Keeps the first reason; a later one replaces only "issuer not known" and "not trusted", which say less. */
static void note(struct search *s, enum err_code code, const struct cert *cert)
{
    if (code == s->err.code) {
        return;
    }
    bool weak = s->err.code == ERR_NONE || s->err.code == ERR_NSS_CHAIN_UNKNOWN_ISSUER ||
                (s->err.code == ERR_NSS_CHAIN_UNTRUSTED && code != ERR_NSS_CHAIN_UNKNOWN_ISSUER);
    if (weak) {
        fail_about(&s->err, code, cert);
    }
}

static bool is_anchor(const struct search *s, const struct cert *cert)
{
    return (s->anchors && cert_list_has(s->anchors, cert)) || (s->db && certdb_is_trusted_ca(s->db, cert));
}

/* Rules for a certificate that issued the one below; below = number of intermediate CAs under it. */
static enum err_code judge_issuer(const struct cert *issuer, int below)
{
    if (!cert_is_ca(issuer)) {
        return ERR_NSS_CHAIN_NOT_CA;
    }
    if (!(cert_key_usage(issuer) & KU_ABSENT) && !(cert_key_usage(issuer) & KU_KEY_CERT_SIGN)) {
        return ERR_NSS_CHAIN_KEY_USAGE;
    }
    if (cert_path_len(issuer) >= 0 && below > cert_path_len(issuer)) {
        return ERR_NSS_CHAIN_PATH_LEN;
    }
    return ERR_NONE;
}

static enum err_code judge_alone(const struct cert *cert, int64_t at)
{
    if (at < cert_not_before(cert)) {
        return ERR_NSS_CHAIN_NOT_YET;
    }
    if (at > cert_not_after(cert)) {
        return ERR_NSS_CHAIN_EXPIRED;
    }
    char *unknown = cert_unknown_critical(cert);
    enum err_code code = unknown ? ERR_NSS_CHAIN_CRITICAL : ERR_NONE;
    free(unknown);
    return code;
}

/* CAs in the path that count for pathLenConstraint: not self-issued (RFC 5280 4.2.1.9), and not the leaf. */
static int intermediates(const struct search *s)
{
    int count = 0;
    for (size_t i = 1; i < s->n; i++) {
        count += !bytes_equal(cert_subject_der(s->path[i]), cert_issuer_der(s->path[i]));
    }
    return count;
}

static bool revoked(const struct search *s, const struct cert *cert, const struct cert *issuer)
{
    if (!s->db) {
        return false;
    }
    SECItem name = native_item(cert_issuer_der(cert));
    CERTSignedCrl *stored = SEC_FindCrlByName(CERT_GetDefaultCertDB(), &name, SEC_CRL_TYPE);
    if (!stored) {
        return false;
    }
    struct crl crl;
    bool listed = stored->derCrl && crl_parse(native_bytes(stored->derCrl), &crl, NULL) &&
                  crl_signed_by(&crl, issuer, NULL) && crl_lists(&crl, cert_serial(cert), s->at, NULL);
    SEC_DestroyCrl(stored);
    return listed;
}

static bool in_path(const struct search *s, const struct cert *cert)
{
    for (size_t i = 0; i < s->n; i++) {
        if (cert_equal(s->path[i], cert)) {
            return true;
        }
    }
    return false;
}

static bool climb(struct search *s);

/* Tries candidate as the issuer of the last certificate of the path. */
static bool try_issuer(struct search *s, const struct cert *candidate)
{
    const struct cert *last = s->path[s->n - 1];
    if (!bytes_equal(cert_subject_der(candidate), cert_issuer_der(last)) || in_path(s, candidate)) {
        return false;
    }
    if (++s->steps > CHAIN_STEPS_MAX) {
        return false;
    }
    if (!cert_signed_by(last, candidate, NULL)) {
        note(s, ERR_NSS_CHAIN_SIGNATURE, last);
        return false;
    }
    enum err_code code = judge_issuer(candidate, intermediates(s));
    if (code == ERR_NONE) {
        code = judge_alone(candidate, s->at);
    }
    if (code != ERR_NONE) {
        note(s, code, candidate);
        return false;
    }
    if (revoked(s, last, candidate)) {
        note(s, ERR_NSS_CHAIN_REVOKED, last);
        return false;
    }
    s->path[s->n++] = candidate;
    if (climb(s)) {
        return true;
    }
    s->n--;
    return false;
}

static bool try_list(struct search *s, const struct cert_list *list)
{
    for (size_t i = 0; list && i < list->n; i++) {
        if (try_issuer(s, list->v[i])) {
            return true;
        }
    }
    return false;
}

static bool climb(struct search *s)
{
    const struct cert *last = s->path[s->n - 1];
    if (is_anchor(s, last) && (s->n > 1 || cert_is_ca(last))) {
        return true;
    }
    if (s->n == CHAIN_MAX) {
        note(s, ERR_NSS_CHAIN_PATH_LEN, last);
        return false;
    }
    if (bytes_equal(cert_subject_der(last), cert_issuer_der(last)) && cert_signed_by(last, last, NULL)) {
        note(s, ERR_NSS_CHAIN_UNTRUSTED, last);
        return false;
    }
    size_t from = s->kept.n;
    if (s->db) {
        certdb_find_subject(s->db, cert_issuer_der(last), &s->kept);
    }
    size_t to = s->kept.n;
    bool ok = try_list(s, s->anchors);
    for (size_t i = from; !ok && i < to; i++) {
        ok = try_issuer(s, s->kept.v[i]); /* deeper levels append to the list, so go by index */
    }
    ok = ok || try_list(s, s->pool);
    if (!ok) {
        note(s, ERR_NSS_CHAIN_UNKNOWN_ISSUER, last);
    }
    return ok;
}

bool chain_build(struct nssdb *db, const struct cert *leaf, const struct cert_list *pool,
                 const struct cert_list *anchors, int64_t at, struct cert_list *path, struct err *err)
{
    struct search s = {.db = db, .pool = pool, .anchors = anchors, .at = at, .path = {leaf}, .n = 1};
    enum err_code code = judge_alone(leaf, at);
    bool ok = code == ERR_NONE ? climb(&s) : fail_about(&s.err, code, leaf);
    if (ok) {
        for (size_t i = 0; path && i < s.n; i++) {
            cert_list_push(path, s.path[i]);
        }
    } else if (err) {
        err_move(err, &s.err);
    }
    err_release(&s.err);
    cert_list_release(&s.kept);
    return ok;
}

bool chain_verify(struct nssdb *db, const struct cert *leaf, const struct cert_list *pool, int64_t at,
                  struct err *err)
{
    return chain_build(db, leaf, pool, NULL, at, NULL, err);
}

bool chain_verify_to(const struct cert *leaf, const struct cert_list *pool, const struct cert_list *anchors,
                     int64_t at, struct err *err)
{
    return chain_build(NULL, leaf, pool, anchors, at, NULL, err);
}

/* Issuer in the pool: right name and a signature that verifies; of several the one with the right key
 * identifier. */
static struct cert *issuer_in_pool(const struct cert *cert, const struct cert_list *pool)
{
    struct cert *found = NULL;
    int tried = 0;
    for (size_t i = 0; i < pool->n && tried < CHAIN_STEPS_MAX; i++) {
        struct cert *candidate = pool->v[i];
        if (!bytes_equal(cert_subject_der(candidate), cert_issuer_der(cert)) || cert_equal(candidate, cert)) {
            continue;
        }
        bool same_id = cert_aki(cert).len && bytes_equal(cert_aki(cert), cert_ski(candidate));
        if (found && !same_id) {
            continue;
        }
        tried++;
        if (cert_signed_by(cert, candidate, NULL)) {
            found = candidate;
        }
    }
    return found;
}

bool chain_order(const struct cert *leaf, const struct cert_list *pool, struct cert_list *out,
                 struct err *err)
{
    const struct cert *last = leaf;
    size_t length = 0;
    while (last) {
        if (++length > CHAIN_MAX) {
            return fail_about(err, ERR_NSS_CHAIN_PATH_LEN, last);
        }
        cert_list_push(out, last);
        last = cert_is_self_signed(last) ? NULL : issuer_in_pool(last, pool);
    }
    return true;
}

bool chain_fingerprint(const struct cert_list *ordered, struct buf *out, struct err *err)
{
    struct bytes *pieces = xcalloc(ordered->n + 1, sizeof(*pieces));
    for (size_t i = 0; i < ordered->n; i++) {
        pieces[i] = cert_der(ordered->v[ordered->n - 1 - i]);
    }
    uint8_t digest[HASH_MAX];
    bool ok = hash_pieces(HASH_SHA256, pieces, ordered->n, digest, err) &&
              (buf_append(out, digest, hash_len(HASH_SHA256)) || err_fail(err, ERR_NSS_TOO_BIG, NULL));
    free(pieces);
    return ok;
}
