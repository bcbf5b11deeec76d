/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this the server that the user means? Chain, purpose and revocation lists by NSS against the database, or against
 * the pinned chain by our own path building; host name; then OCSP. All problems are collected; the gravest one gives
 * the error.
 */
#include "config.h"

#include <cert.h>
#include <certdb.h>
#include <secerr.h>
#include <ssl.h>
#include <sslerr.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "net/ocsp.h"
#include "net/tls.h"
#include "nss/certdb.h"
#include "nss/chain.h"
#include "nss/crl.h"
#include "nss/nsserr.h"

#define OID_SERVER_AUTH "1.3.6.1.5.5.7.3.1"
#define OID_ANY_EKU "2.5.29.37.0"

struct verdict {
    enum err_code code;
    PRErrorCode nss;
    char *about; /* one sentence, visible */
};

static void verdict_release(struct verdict *v)
{
    free(v->about);
    *v = (struct verdict){0};
}

/* NSS's number to our row. To add one: a row; 0 ends the search with ERR_NET_SERVER_BAD_CERT. */
static const struct {
    PRErrorCode error;
    enum err_code code;
} verify_errors[] = {
    {SEC_ERROR_REVOKED_CERTIFICATE, ERR_NET_SERVER_REVOKED},
    {SEC_ERROR_REVOKED_KEY, ERR_NET_SERVER_REVOKED},
    {SEC_ERROR_UNKNOWN_ISSUER, ERR_NET_SERVER_UNKNOWN_ISSUER},
    {SEC_ERROR_UNTRUSTED_ISSUER, ERR_NET_SERVER_UNTRUSTED},
    {SEC_ERROR_UNTRUSTED_CERT, ERR_NET_SERVER_UNTRUSTED},
    {SEC_ERROR_EXPIRED_CERTIFICATE, ERR_NET_SERVER_EXPIRED},
    {SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE, ERR_NET_SERVER_EXPIRED},
    {SEC_ERROR_CRL_NOT_YET_VALID, ERR_NET_SERVER_NOT_YET_VALID},
    {SSL_ERROR_BAD_CERT_DOMAIN, ERR_NET_SERVER_NAME},
};

static enum err_code code_of(PRErrorCode error)
{
    for (size_t i = 0; i < ARRAY_LEN(verify_errors); i++) {
        if (verify_errors[i].error == error) {
            return verify_errors[i].code;
        }
    }
    return ERR_NET_SERVER_BAD_CERT;
}

static PRTime pr_time(int64_t seconds)
{
    return (PRTime)seconds * PR_USEC_PER_SEC;
}

static int64_t time_of(const struct tls *tls)
{
    return tls->params->options->at ? tls->params->options->at : when_now();
}

static int64_t clamp(int64_t at, int64_t from, int64_t to)
{
    return at < from ? from : at > to ? to : at;
}

/* ---- validity and name of the server's own certificate ---- */

static bool check_time(const struct cert *leaf, int64_t at, struct verdict *v)
{
    if (cert_valid_at(leaf, at)) {
        return true;
    }
    bool late = at > cert_not_after(leaf);
    char *limit = when_human(late ? cert_not_after(leaf) : cert_not_before(leaf));
    v->code = late ? ERR_NET_SERVER_EXPIRED : ERR_NET_SERVER_NOT_YET_VALID;
    v->nss = SEC_ERROR_EXPIRED_CERTIFICATE;
    v->about = late ? xasprintf(_("It was valid until %s."), limit) : xasprintf(_("It is valid from %s."), limit);
    free(limit);
    return false;
}

static bool check_name(CERTCertificate *native, const struct cert *leaf, const char *host, struct verdict *v)
{
    if (CERT_VerifyCertName(native, host) == SECSuccess) {
        return true;
    }
    struct strv names = STRV_INIT;
    char *list = NULL;
    if (cert_sans(leaf, &names) && names.n > 0) {
        list = strv_join(&names, ", ");
    } else {
        list = cert_subject(leaf);
    }
    char *asked = text_visible_str(host);
    v->code = ERR_NET_SERVER_NAME;
    v->nss = SSL_ERROR_BAD_CERT_DOMAIN;
    v->about = xasprintf(_("The address says %1$s, the certificate %2$s."), asked, list);
    free(asked);
    free(list);
    strv_release(&names);
    return false;
}

/* ---- chain against the database ---- */

/* NSS says "untrusted" for roots that it has only just seen, "invalid CA" for a server that is its own issuer; for
 * people both are unknown. */
static enum err_code refine_trust(const struct tls *tls, enum err_code code, PRErrorCode error)
{
    if (code != ERR_NET_SERVER_UNTRUSTED && code != ERR_NET_SERVER_UNKNOWN_ISSUER &&
        error != SEC_ERROR_CA_CERT_INVALID) {
        return code;
    }
    struct cert_list path = CERT_LIST_INIT;
    bool known = false;
    if (chain_order(tls->chain.v[0], &tls->chain, &path, NULL)) {
        for (size_t i = 0; i < path.n && !known; i++) {
            known = certdb_has(tls->params->db, path.v[i]);
        }
        struct cert_list issuers = CERT_LIST_INIT;
        certdb_find_subject(tls->params->db, cert_issuer_der(path.v[path.n - 1]), &issuers);
        for (size_t i = 0; i < issuers.n && !known; i++) {
            known = certdb_has(tls->params->db, issuers.v[i]) && cert_signed_by(path.v[path.n - 1], issuers.v[i], NULL);
        }
        cert_list_release(&issuers);
    }
    cert_list_release(&path);
    if (!known) {
        return ERR_NET_SERVER_UNKNOWN_ISSUER;
    }
    return error == SEC_ERROR_CA_CERT_INVALID ? code : ERR_NET_SERVER_UNTRUSTED;
}

static char *issuer_sentence(const struct cert *leaf)
{
    char *issuer = cert_issuer(leaf);
    char *text = xasprintf(_("It was issued by %s."), issuer);
    free(issuer);
    return text;
}

static bool check_database(const struct tls *tls, CERTCertificate *native, int64_t at, struct verdict *v)
{
    if (CERT_VerifyCertificate(CERT_GetDefaultCertDB(), native, PR_TRUE, certificateUsageSSLServer, pr_time(at),
                               nssdb_wincx(tls->params->db), NULL, NULL) == SECSuccess) {
        return true;
    }
    v->nss = PR_GetError();
    v->code = refine_trust(tls, code_of(v->nss), v->nss);
    v->about = issuer_sentence(tls->chain.v[0]);
    return false;
}

/* ---- chain against the pinned certificates ---- */

static enum err_code pin_code(enum err_code chain_error)
{
    switch (chain_error) {
    case ERR_NSS_CHAIN_EXPIRED:
        return ERR_NET_SERVER_EXPIRED;
    case ERR_NSS_CHAIN_NOT_YET:
        return ERR_NET_SERVER_NOT_YET_VALID;
    case ERR_NSS_CHAIN_REVOKED:
        return ERR_NET_SERVER_REVOKED;
    case ERR_NSS_CHAIN_UNKNOWN_ISSUER:
    case ERR_NSS_CHAIN_UNTRUSTED:
        return ERR_NET_SERVER_PIN;
    default:
        return ERR_NET_SERVER_BAD_CERT;
    }
}

/* A list in the database, signed by issuer, that names cert. */
static bool listed_as_revoked(const struct cert *cert, const struct cert *issuer, int64_t at)
{
    SECItem name = native_item(cert_issuer_der(cert));
    CERTSignedCrl *native = SEC_FindCrlByName(CERT_GetDefaultCertDB(), &name, SEC_CRL_TYPE);
    struct crl crl;
    bool listed = native && native->derCrl && crl_parse(native_bytes(native->derCrl), &crl, NULL) &&
                  crl_signed_by(&crl, issuer, NULL) && crl_lists(&crl, cert_serial(cert), at, NULL);
    if (native) {
        SEC_DestroyCrl(native);
    }
    return listed;
}

static bool path_revoked(const struct cert_list *path, int64_t at)
{
    for (size_t i = 0; i + 1 < path->n; i++) {
        if (listed_as_revoked(path->v[i], path->v[i + 1], at)) {
            return true;
        }
    }
    return false;
}

static bool purpose_ok(const struct cert *leaf)
{
    return !cert_has_eku_extension(leaf) || cert_has_eku(leaf, OID_SERVER_AUTH) || cert_has_eku(leaf, OID_ANY_EKU);
}

static bool check_pinned(const struct tls *tls, const struct cert_list *pinned, int64_t at, struct verdict *v)
{
    const struct cert *leaf = tls->chain.v[0];
    struct cert_list path = CERT_LIST_INIT;
    struct err why = ERR_INIT;
    bool good = true;
    if (cert_list_has(pinned, leaf)) {
        cert_list_push(&path, leaf);
    } else if (!chain_build(NULL, leaf, &tls->chain, pinned, at, &path, &why)) {
        v->code = pin_code(why.code);
        v->nss = SEC_ERROR_UNTRUSTED_ISSUER;
        v->about = issuer_sentence(leaf);
        good = false;
    }
    if (good && path_revoked(&path, at)) {
        v->code = ERR_NET_SERVER_REVOKED;
        v->nss = SEC_ERROR_REVOKED_CERTIFICATE;
        good = false;
    }
    if (good && !purpose_ok(leaf)) {
        v->code = ERR_NET_SERVER_BAD_CERT;
        v->nss = SEC_ERROR_INADEQUATE_CERT_TYPE;
        v->about = xstrdup(_("It is not made for TLS servers."));
        good = false;
    }
    cert_list_release(&path);
    err_release(&why);
    return good;
}

/* ---- all together ---- */

/* Gravest first. */
static int gravity(enum err_code code)
{
    static const enum err_code order[] = {
        ERR_NET_SERVER_REVOKED,  ERR_NET_SERVER_PIN,     ERR_NET_SERVER_UNKNOWN_ISSUER, ERR_NET_SERVER_UNTRUSTED,
        ERR_NET_SERVER_BAD_CERT, ERR_NET_SERVER_EXPIRED, ERR_NET_SERVER_NOT_YET_VALID,  ERR_NET_SERVER_NAME,
    };
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        if (order[i] == code) {
            return (int)i;
        }
    }
    return (int)ARRAY_LEN(order);
}

static void verdict_to_err(const struct tls *tls, const struct verdict *all, size_t n, struct err *err)
{
    const struct verdict *worst = &all[0];
    for (size_t i = 1; i < n; i++) {
        worst = gravity(all[i].code) < gravity(worst->code) ? &all[i] : worst;
    }
    char *subject = cert_subject(tls->chain.v[0]);
    err_fail(err, worst->code, _("The server's certificate is for %s."), subject);
    free(subject);
    if (worst->about) {
        err_context(err, "%s", worst->about);
    }
    for (size_t i = 0; i < n; i++) {
        if (&all[i] != worst && all[i].code != worst->code) {
            err_context(err, _("Besides: %s"), err_what(all[i].code));
            if (all[i].about) {
                err_context(err, "%s", all[i].about);
            }
        }
    }
    err_detail(err, ERR_SOURCE_NSS, worst->nss, nss_error_symbol(worst->nss));
}

/* A stapled answer decides without asking anybody; true when it was conclusive. */
static bool stapled_decides(struct tls *tls, CERTCertificate *native, int64_t at, bool *revoked)
{
    const SECItemArray *stapled = SSL_PeerStapledOCSPResponses(tls->fd);
    if (!stapled || stapled->len == 0) {
        return false;
    }
    enum ocsp_status status = ocsp_judge(tls->params->db, native_bytes(&stapled->items[0]), native, at);
    *revoked = status == OCSP_REVOKED;
    return status != OCSP_UNKNOWN;
}

static bool check_ocsp(struct tls *tls, CERTCertificate *native, int64_t at, struct verdict *v)
{
    bool revoked = false;
    if (tls->params->options->ocsp == NET_OCSP_OFF) {
        return true;
    }
    if (!stapled_decides(tls, native, at, &revoked)) {
        tls->need_ocsp = ocsp_has_responder(native) || tls->params->options->ocsp == NET_OCSP_REQUIRED;
    }
    if (revoked) {
        v->code = ERR_NET_SERVER_REVOKED;
        v->nss = SEC_ERROR_REVOKED_CERTIFICATE;
        v->about = xstrdup(_("The server's own OCSP answer says so."));
    }
    return !revoked;
}

static void note_insecure(struct tls *tls)
{
    strv_push(&tls->notes, _("The server was NOT verified, because this was asked for; it would have been refused:"));
    strv_push(&tls->notes, err_what(tls->verdict.code));
    err_release(&tls->verdict);
    tls->verdict = (struct err)ERR_INIT;
}

bool tls_verify(struct tls *tls, CERTCertificate *native)
{
    const struct net_options *options = tls->params->options;
    if (options->accept_any_chain) {
        return true;
    }
    const struct cert_list *pinned =
        options->pinned_chain && options->pinned_chain->n > 0 ? options->pinned_chain : NULL;
    struct verdict found[4] = {{0}};
    size_t n = 0;
    int64_t at = time_of(tls);
    n += !check_time(tls->chain.v[0], at, &found[n]);
    n += !check_name(native, tls->chain.v[0], tls->params->host, &found[n]);
    /* Its own time has been judged: the chain's problems shall not hide behind it. */
    int64_t within = clamp(at, cert_not_before(tls->chain.v[0]), cert_not_after(tls->chain.v[0]));
    n += pinned ? !check_pinned(tls, pinned, within, &found[n]) : !check_database(tls, native, within, &found[n]);
    if (n == 0) {
        n += !check_ocsp(tls, native, at, &found[n]);
    }
    bool good = n == 0;
    if (!good) {
        verdict_to_err(tls, found, n, &tls->verdict);
    }
    for (size_t i = 0; i < ARRAY_LEN(found); i++) {
        verdict_release(&found[i]);
    }
    if (!good && options->insecure) {
        note_insecure(tls);
        return true;
    }
    return good;
}
