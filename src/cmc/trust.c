/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/trust.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/i18n.h"
#include "cmc/asn1.h"
#include "cmc/oids.h"
#include "nss/chain.h"
#include "nss/sign.h"

/* Path of a certificate to what is trusted; with pinned anchors the database has no say. */
static bool path_to_trust(const struct cmc_response *r, const struct cmc_expect *expect, const struct cert *leaf,
                          enum err_code code, struct cert_list *path, struct err *err)
{
    struct err cause = ERR_INIT;
    bool ok =
        chain_build(expect->anchors ? NULL : expect->db, leaf, &r->sd.certs, expect->anchors, expect->at, path, &cause);
    if (!ok) {
        err_fail(err, code, "%s", err_what(cause.code));
        for (int i = 0; i < cause.n_context; i++) {
            err_context(err, "%s", cause.context[i]);
        }
        err_detail(err, cause.source, cause.number, cause.symbol);
    }
    err_release(&cause);
    return ok;
}

static bool may_sign_certs(const struct cert *cert)
{
    unsigned usage = cert_key_usage(cert);
    return cert_is_ca(cert) && ((usage & KU_ABSENT) || (usage & KU_KEY_CERT_SIGN));
}

/* RFC 6402 2.10: an end entity certificate with id-kp-cmcCA speaks for the CA that issued it. */
static bool is_delegate(const struct cert *cert)
{
    return !cert_is_ca(cert) && cert_has_eku(cert, OID_KP_CMC_CA);
}

static bool same_ca(const struct cert *a, const struct cert *b)
{
    return bytes_equal(cert_subject_der(a), cert_subject_der(b)) && bytes_equal(cert_spki(a), cert_spki(b));
}

/* The certificate for a requested key; more than one (a renewed one may come along): the one that expires last. */
static const struct cert *find_issued(const struct cmc_response *r, struct bytes spki)
{
    const struct cert *best = NULL;
    for (size_t i = 0; i < r->sd.certs.n; i++) {
        const struct cert *cert = r->sd.certs.v[i];
        if (bytes_equal(cert_spki(cert), spki) && (!best || cert_not_after(cert) > cert_not_after(best))) {
            best = cert;
        }
    }
    return best;
}

/* Who signed: arithmetic, not the TLS server, in time, a CA or a delegate. Says nothing yet about which CA. */
static bool signer_is_able(const struct cmc_response *r, size_t index, const struct cmc_expect *expect,
                           const struct cert **signer, struct err *err)
{
    struct err cause = ERR_INIT;
    const struct signer_info *info = &r->sd.signers[index];
    const struct cert *cert = signeddata_signer_cert(&r->sd, index);
    if (!cert && expect->anchors && info->id == SIGNER_BY_ISSUER_SERIAL) {
        cert = cert_list_find_issuer_serial(expect->anchors, info->issuer_der, info->serial);
    }
    if (!cert) {
        return err_fail(err, ERR_TRUST_NO_SIGNER_CERT, NULL);
    }
    if (!signeddata_verify(&r->sd, index, cert_spki(cert), NULL, &cause)) {
        err_fail(err, ERR_TRUST_SIGNATURE, "%s", err_what(cause.code));
        err_release(&cause);
        return false;
    }
    char *subject = cert_subject(cert);
    bool ok = true;
    if (expect->tls_server && bytes_equal(cert_spki(cert), cert_spki(expect->tls_server))) {
        ok = err_fail(err, ERR_TRUST_SIGNER_IS_TLS, _("The signer is %s."), subject);
    } else if (!may_sign_certs(cert) && !is_delegate(cert)) {
        ok = err_fail(err, ERR_TRUST_SIGNER_NOT_CA, _("The signer is %s."), subject);
    } else if (!cert_valid_at(cert, expect->at)) {
        ok = err_fail(err, ERR_TRUST_SIGNER_TIME, _("The signer is %s."), subject);
    }
    free(subject);
    *signer = cert;
    return ok;
}

/* Signer against the accepted path of the issued certificate (leaf, issuer, ...). */
static bool signer_speaks_for(const struct cert *signer, const struct cert_list *path, struct err *err)
{
    if (is_delegate(signer)) {
        const struct cert *issuer = path->n > 1 ? path->v[1] : NULL;
        if (issuer && bytes_equal(cert_issuer_der(signer), cert_subject_der(issuer)) &&
            cert_signed_by(signer, issuer, NULL)) {
            return true;
        }
    } else {
        for (size_t i = 1; i < path->n; i++) {
            if (same_ca(signer, path->v[i])) {
                return true;
            }
        }
    }
    char *subject = cert_subject(signer);
    err_fail(err, ERR_TRUST_SIGNER_UNRELATED, _("The signer is %s."), subject);
    free(subject);
    return false;
}

static void push_new(struct cert_list *list, const struct cert *cert)
{
    if (!cert_list_has(list, cert)) {
        cert_list_push(list, cert);
    }
}

static bool is_issuer_of(const struct cert *ca, const struct cert *cert)
{
    return may_sign_certs(ca) && bytes_equal(cert_issuer_der(cert), cert_subject_der(ca)) &&
           cert_signed_by(cert, ca, NULL);
}

/* Nobody says which certificate is meant: then no stranger may be among them, because the signature of an answer covers
 * its content and not the certificates beside it. A CA certificate above a trusted one leads nowhere itself, and is no
 * stranger. */
static bool all_lead_to_trust(const struct cmc_response *r, const struct cmc_expect *expect, enum err_code code,
                              struct err *err)
{
    const struct cert_list *bag = &r->sd.certs;
    struct cert_list known = CERT_LIST_INIT;
    for (size_t i = 0; i < bag->n; i++) {
        struct cert_list path = CERT_LIST_INIT;
        struct err why = ERR_INIT;
        bool leads = path_to_trust(r, expect, bag->v[i], code, &path, &why);
        for (size_t k = 0; leads && k < path.n; k++) {
            push_new(&known, path.v[k]);
        }
        err_release(&why);
        cert_list_release(&path);
    }
    for (size_t i = 0; i < known.n; i++) { /* grows meanwhile */
        for (size_t k = 0; k < bag->n; k++) {
            if (is_issuer_of(bag->v[k], known.v[i])) {
                push_new(&known, bag->v[k]);
            }
        }
    }
    bool ok = true;
    for (size_t i = 0; ok && i < bag->n; i++) {
        ok = cert_list_has(&known, bag->v[i]) || path_to_trust(r, expect, bag->v[i], code, NULL, err);
    }
    cert_list_release(&known);
    return ok;
}

/* Each issued certificate leads to trust, and the signer (NULL for a simple response) speaks for its issuer. */
static bool issued_are_good(const struct cmc_response *r, const struct cmc_expect *expect, const struct cert *signer,
                            struct cert_list *found, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < expect->n_spki; i++) {
        const struct cert *cert = find_issued(r, expect->spki[i]);
        if (!cert) {
            return err_fail(
                err, r->kind == CMC_SIMPLE && r->sd.certs.n == 0 ? ERR_TRUST_UNSIGNED : ERR_TRUST_ISSUED_MISSING, NULL);
        }
        struct cert_list path = CERT_LIST_INIT;
        ok = path_to_trust(r, expect, cert, ERR_TRUST_ISSUED_CHAIN, &path, err) &&
             (!signer || signer_speaks_for(signer, &path, err));
        if (ok) {
            cert_list_push(found, cert);
        }
        cert_list_release(&path);
    }
    return ok;
}

/* The signer itself leads to trust: for every answer, so that a failure cannot be invented and a delegate cannot be
 * made up. */
static bool signer_is_trusted(const struct cmc_response *r, const struct cmc_expect *expect, const struct cert *signer,
                              struct err *err)
{
    struct cert_list path = CERT_LIST_INIT;
    bool ok = path_to_trust(r, expect, signer, ERR_TRUST_CHAIN, &path, err);
    cert_list_release(&path);
    return ok;
}

/* Answers of real CAs echo both values on success, and leave both out of early failures. */
static bool answers_our_request(const struct cmc_response *r, const struct cmc_expect *expect, struct err *err)
{
    bool must = r->kind == CMC_FULL && r->outcome == CMC_SUCCESS;
    if (expect->transaction_id.len > 0 && (must || r->transaction_id.len > 0) &&
        !bytes_equal(expect->transaction_id, r->transaction_id)) {
        return err_fail(err, ERR_TRUST_TRANSACTION, NULL);
    }
    if (expect->sender_nonce.len > 0 && (must || r->recipient_nonce.len > 0) &&
        !bytes_equal(expect->sender_nonce, r->recipient_nonce)) {
        return err_fail(err, ERR_TRUST_NONCE, NULL);
    }
    return true;
}

static bool trust_simple(const struct cmc_response *r, const struct cmc_expect *expect, struct cert_list *found,
                         struct err *err)
{
    return expect->n_spki > 0 ? issued_are_good(r, expect, NULL, found, err)
                              : all_lead_to_trust(r, expect, ERR_TRUST_UNSIGNED, err); /* getCert */
}

static bool trust_signer(const struct cmc_response *r, size_t index, const struct cmc_expect *expect,
                         struct cert_list *found, struct err *err)
{
    const struct cert *signer = NULL;
    return signer_is_able(r, index, expect, &signer, err) &&
           (r->outcome != CMC_SUCCESS || issued_are_good(r, expect, signer, found, err)) &&
           signer_is_trusted(r, expect, signer, err) &&
           (r->outcome != CMC_SUCCESS || expect->n_spki > 0 ||
            all_lead_to_trust(r, expect, ERR_TRUST_ISSUED_CHAIN, err));
}

bool cmc_response_trust(const struct cmc_response *r, const struct cmc_expect *expect, struct cert_list *issued,
                        struct err *err)
{
    struct cert_list found = CERT_LIST_INIT;
    bool ok = false;
    if (r->kind == CMC_SIMPLE) {
        ok = trust_simple(r, expect, &found, err);
    } else if (r->sd.n_signers == 0) {
        err_fail(err, ERR_TRUST_UNSIGNED, NULL);
    }
    for (size_t i = 0; r->kind == CMC_FULL && i < r->sd.n_signers && !ok; i++) {
        struct err cause = ERR_INIT;
        cert_list_release(&found);
        ok = trust_signer(r, i, expect, &found, &cause);
        if (!ok && i == 0) {
            err_move(err, &cause); /* of several signers the first one's fault is told */
        }
        err_release(&cause);
    }
    ok = ok && answers_our_request(r, expect, err);
    for (size_t i = 0; ok && issued && i < found.n; i++) {
        cert_list_push(issued, found.v[i]);
    }
    cert_list_release(&found);
    return ok;
}

bool cmc_response_chain(const struct cmc_response *r, const struct cert *leaf, struct cert_list *out, struct err *err)
{
    return chain_order(leaf, &r->sd.certs, out, err);
}
