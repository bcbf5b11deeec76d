/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/auth.h"

#include <stdlib.h>
#include <string.h>

#include "cmc/oids.h"
#include "cmc/status.h"
#include "nss/dn.h"
#include "practice/audit.h"
#include "practice/store.h"

struct auth_case {
    struct practice_ca *ca;
    const struct practice_request *request;
    const struct message *m;
    const struct cert *signer; /* found in the message, or NULL */
    char *uid;
};

struct auth_check {
    const char *what; /* for the audit log */
    bool (*holds)(struct auth_case *c);
    const char *text; /* statusString */
};

#define INVALID "Invalid Credential."

static const struct cert *tls_leaf(const struct auth_case *c)
{
    const struct cert_list *chain = c->request->tls_client;
    return chain && chain->n > 0 ? chain->v[0] : NULL;
}

static bool is_signed_pkidata(struct auth_case *c)
{
    return c->m->is_cms && c->m->sd.is_signed && strcmp(c->m->sd.content_type, OID_CCT_PKI_DATA) == 0 && c->m->is_pkidata;
}

static bool has_signer(struct auth_case *c)
{
    return c->m->sd.n_signers > 0;
}

static bool has_signer_cert(struct auth_case *c)
{
    if (c->m->sd.signers[0].id == SIGNER_BY_ISSUER_SERIAL) {
        c->signer = signeddata_signer_cert(&c->m->sd, 0);
    }
    return c->signer != NULL;
}

/* The server rebuilds RSA's DigestInfo from digestAlgorithm as it came, and knows neither PSS nor bare key identifiers. */
static bool signature_form_ok(const struct signer_info *s, enum key_type type)
{
    static const char *const rsa[] = {OID_RSA, "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12",
                                      "1.2.840.113549.1.1.13"};
    static const char *const ec[] = {"1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4"};
    const char *const *list = type == KEY_RSA ? rsa : ec;
    size_t n = type == KEY_RSA ? ARRAY_LEN(rsa) : ARRAY_LEN(ec);
    if (s->signed_attrs.len == 0 || !s->attrs_sorted || (type == KEY_RSA && !s->digest_has_null)) {
        return false;
    }
    for (size_t i = 0; s->signature_oid && i < n; i++) {
        if (strcmp(s->signature_oid, list[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool signature_holds(struct auth_case *c)
{
    if (!c->ca->conf.signer_info_verify) {
        return true;
    }
    return signature_form_ok(&c->m->sd.signers[0], cert_key_type(c->signer)) &&
           signeddata_verify(&c->m->sd, 0, cert_spki(c->signer), NULL, NULL);
}

static bool has_tls_client(struct auth_case *c)
{
    return tls_leaf(c) != NULL;
}

static bool has_tls_client_or_bypass(struct auth_case *c)
{
    return c->ca->conf.bypass_client_auth || has_tls_client(c);
}

static bool tls_is_signer(struct auth_case *c)
{
    const struct cert *tls = tls_leaf(c);
    return !tls || dn_equal(cert_subject_der(tls), cert_subject_der(c->signer));
}

static bool record_of(struct auth_case *c, const struct cert *cert, struct cert_row *row)
{
    bool found = false;
    char *serial = store_serial(cert_serial(cert));
    bool ok = store_cert_find(c->ca->store, cert_issuer_der(cert), serial, row, &found, NULL);
    free(serial);
    return ok && found;
}

static bool not_revoked(struct auth_case *c)
{
    struct cert_row row;
    if (c->ca->conf.fault[FAULT_REVOKED_AGENT]) {
        return false;
    }
    if (!record_of(c, c->signer, &row)) {
        return true;
    }
    bool revoked = row.revoked;
    cert_row_release(&row);
    return !revoked;
}

static bool is_ours(struct auth_case *c)
{
    struct cert_row row;
    if (!record_of(c, c->signer, &row)) {
        return false;
    }
    bool same = bytes_equal(buf_peek(&row.der), cert_der(c->signer));
    cert_row_release(&row);
    return same;
}

static bool is_valid_now(struct auth_case *c)
{
    return cert_valid_at(c->signer, c->request->at);
}

static bool is_agent(struct auth_case *c)
{
    bool is = false;
    return !c->ca->conf.fault[FAULT_WRONG_AGENT] && store_agent_is(c->ca->store, cert_der(c->signer), &c->uid, &is, NULL) && is;
}

/* CMCAuth looks at PKCS#10 signatures itself; a bad CRMF proof is found later. */
static bool pkcs10_hold(struct auth_case *c)
{
    for (size_t i = 0; c->ca->conf.request_verify && i < c->m->n; i++) {
        if (c->m->asked[i].tagged->kind == REQUEST_TCR && !asked_pop_ok(&c->m->asked[i])) {
            return false;
        }
    }
    return true;
}

/* To add a check: a row where the server makes it. */
static const struct auth_check agent_checks[] = {
    {"signed PKIData", is_signed_pkidata, INVALID},
    {"signer info", has_signer, INVALID},
    {"signer certificate in the message", has_signer_cert, INVALID},
    {"signature", signature_holds, INVALID},
    {"PKCS#10 signature", pkcs10_hold, INVALID},
    {"TLS client certificate", has_tls_client_or_bypass, INVALID},
    {"TLS client is the signer", tls_is_signer, INVALID},
    {"signer is an agent", is_agent, INVALID},
    {"signer is not revoked", not_revoked, INVALID},
    {"signer is valid now", is_valid_now, INVALID},
};

static const struct auth_check user_checks[] = {
    {"signed PKIData", is_signed_pkidata, INVALID},
    {"TLS client certificate", has_tls_client, INVALID ":No Client Certificate Found"},
    {"signer certificate in the message", has_signer_cert, "userToken null; verifySignerInfo failure"},
    {"signature", signature_holds, "userToken null; verifySignerInfo failure"},
    {"certificate of this CA", is_ours, INVALID},
    {"signer is not revoked", not_revoked, INVALID ":CMC signing cert is a revoked certificate"},
    {"signer is valid now", is_valid_now, INVALID ":CMC signing cert is not valid"},
    {"TLS client is the signer", tls_is_signer, INVALID ":SSL client authentication certificate and CMC signer do not match"},
};

/* --- the request's own key --- */

static struct bytes asked_ski(const struct asked *a)
{
    if (!a->readable) {
        return BYTES_NONE;
    }
    return a->tagged->kind == REQUEST_TCR ? a->csr.ski : a->crmf.ski_raw;
}

static bool self_has_request(struct auth_case *c)
{
    return c->m->n > 0 && c->m->asked[0].readable && c->m->asked[0].spki.len > 0;
}

static bool self_has_ski(struct auth_case *c)
{
    return asked_ski(&c->m->asked[0]).len > 0;
}

static bool self_ski_matches(struct auth_case *c)
{
    return bytes_equal(asked_ski(&c->m->asked[0]), c->m->sd.signers[0].ski);
}

static bool self_signature_holds(struct auth_case *c)
{
    if (!c->ca->conf.signer_info_verify) {
        return true;
    }
    enum key_type type = KEY_OTHER;
    int bits = 0;
    const char *curve = NULL;
    struct bytes spki = c->m->asked[0].spki;
    return spki_describe(spki, &type, &bits, &curve) && type != KEY_OTHER &&
           signature_form_ok(&c->m->sd.signers[0], type) && signeddata_verify(&c->m->sd, 0, spki, NULL, NULL);
}

#define SELF "CMCUserSignedAuth: verifySelfSignedCMC: "
static const struct auth_check self_checks[] = {
    {"signed PKIData", is_signed_pkidata, INVALID},
    {"a request to sign for", self_has_request, SELF INVALID},
    {"subject key identifier in the request", self_has_ski,
     SELF "java.lang.NullPointerException: Cannot invoke \"org.mozilla.jss.netscape.security.x509.SubjectKeyIdentifierExtension."
          "get(String)\" because \"this.selfsign_skiExtn\" is null"},
    {"signer identifier is that of the request", self_ski_matches, SELF INVALID},
    {"signature", self_signature_holds,
     SELF "java.security.SignatureException: encryptedDigest was not the correct signature of the contents octets of the "
          "DER-encoded signed attributes"},
};

static bool wants_revocation(struct auth_case *c)
{
    return c->m->is_pkidata && message_control(c->m, OID_CMC_REVOKE_REQUEST, NULL).len > 0 && c->m->n == 0;
}

static const struct auth_check nobody_checks[] = {
    {"unsigned revocation", wants_revocation, INVALID},
};

/* Behind EST the server vouches for who gave a password; a renewal needs only the certificate that it renews. */
static bool tls_is_agent(struct auth_case *c)
{
    c->signer = tls_leaf(c);
    if (c->request->est_renews) {
        return c->signer && is_ours(c) && not_revoked(c) && is_valid_now(c);
    }
    if (c->request->est_user) {
        c->uid = xstrdup(c->request->est_user);
        return true;
    }
    return c->signer && is_agent(c) && not_revoked(c) && is_valid_now(c);
}

static const struct auth_check agent_tls_checks[] = {
    {"TLS client is an agent", tls_is_agent, INVALID},
};

struct auth_manager {
    enum auth_kind kind;
    const struct auth_check *checks;
    size_t n;
    const char *event; /* of the audit log */
};

/* To add one: a table of checks and a row, in the order of enum auth_kind. */
static const struct auth_manager managers[] = {
    {AUTH_AGENT, agent_checks, ARRAY_LEN(agent_checks), "CMC_SIGNED_REQUEST_SIG_VERIFY"},
    {AUTH_USER, user_checks, ARRAY_LEN(user_checks), "CMC_USER_SIGNED_REQUEST_SIG_VERIFY"},
    {AUTH_SELF, self_checks, ARRAY_LEN(self_checks), "CMC_USER_SIGNED_REQUEST_SIG_VERIFY"},
    {AUTH_NOBODY, nobody_checks, ARRAY_LEN(nobody_checks), "CMC_USER_SIGNED_REQUEST_SIG_VERIFY"},
    {AUTH_AGENT_TLS, agent_tls_checks, ARRAY_LEN(agent_tls_checks), "AUTH"},
};

static bool pick_kind(const struct profile *profile, const struct message *m, enum auth_kind *kind, struct refusal *refusal)
{
    if (strcmp(profile->auth, "CMCAuth") == 0) {
        *kind = AUTH_AGENT;
        return true;
    }
    if (strcmp(profile->auth, "AgentCertAuth") == 0) {
        *kind = AUTH_AGENT_TLS;
        return true;
    }
    if (!m || !m->is_cms || (m->sd.is_signed && !m->is_pkidata)) {
        /* The server breaks down while it writes its audit line, and shows that as a page. */
        refuse(refusal, CMC_FAIL_BAD_REQUEST, "java.lang.RuntimeException: Missing equal sign");
        refusal->html = true;
        return false;
    }
    *kind = !m->sd.is_signed                                               ? AUTH_NOBODY
            : m->sd.n_signers > 0 && m->sd.signers[0].id == SIGNER_BY_SKI ? AUTH_SELF
                                                                           : AUTH_USER;
    if (*kind == AUTH_USER && m->sd.n_signers == 0) {
        return refuse(refusal, CMC_FAIL_BAD_REQUEST, INVALID);
    }
    return true;
}

bool auth_run(struct practice_ca *ca, const struct practice_request *request, const struct profile *profile,
              const struct message *m, struct auth_token *token, struct refusal *refusal)
{
    enum auth_kind kind = AUTH_AGENT;
    memset(token, 0, sizeof *token);
    if (!pick_kind(profile, m, &kind, refusal)) {
        return false;
    }
    struct auth_case c = {.ca = ca, .request = request, .m = m};
    const struct auth_manager *manager = &managers[kind];
    const struct auth_check *failed = NULL;
    for (size_t i = 0; !failed && i < manager->n; i++) {
        failed = manager->checks[i].holds(&c) ? NULL : &manager->checks[i];
    }
    char *name = c.signer ? cert_subject(c.signer) : xstrdup("$NonRoleUser$");
    audit_event(ca, request->at, manager->event, c.uid ? c.uid : name, !failed, "[ReqType=enrollment][SignerInfo=%s][Info=%s]",
                name, failed ? failed->what : "");
    if (failed) {
        refuse(refusal, CMC_FAIL_BAD_REQUEST, "%s", failed->text);
        free(c.uid);
        free(name);
        return false;
    }
    *token = (struct auth_token){.kind = kind, .signer = c.signer, .uid = c.uid ? c.uid : name};
    if (c.uid) {
        free(name);
    }
    if (c.signer) {
        token->signer_subject_der = cert_subject_der(c.signer);
    }
    return true;
}

void auth_token_release(struct auth_token *token)
{
    free(token->uid);
    memset(token, 0, sizeof *token);
}
