/* SPDX-License-Identifier: Apache-2.0 */
/* From an HttpClient cfg to an exchange with the CA, and its answer into the output file. */
#include "config.h"

#include "flow/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "cfg/cfg.h"
#include "cmc/oids.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "cmc/signeddata.h"
#include "flow/submit_target.h"
#include "net/submit.h"
#include "nss/certdb.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "nss/nssdb.h"

/* An answer with a chain takes a few KiB. */
#define ANSWER_ROOM 65536

struct submit {
    struct engine *e;
    char *output; /* absolute, or relative to the current folder */
    struct submit_target to;
    struct net_options net;
    struct exchange *exchange;
    struct buf body; /* the CMC answer, base64 undone */
    size_t sent;     /* octets of the request */
    enum submit_exposure exposes;
    bool has_about; /* a CMC message that could be read */
    struct cmc_sent about;
};

static bool load_url(const struct cfg *cfg, struct ca_url *url, struct err *err)
{
    const char *host = NULL, *servlet = NULL, *secure = NULL;
    long port = 0;
    return cfg_require(cfg, CFG_HOST, &host, err) && cfg_int(cfg, CFG_PORT, &port, err) &&
           cfg_require(cfg, CFG_SERVLET, &servlet, err) && cfg_require(cfg, CFG_SECURE, &secure, err) &&
           ca_url_make(cfg_bool(cfg, CFG_SECURE), host, (int)port, servlet, url, err);
}

static void offer_cfg_password(struct engine *e, const struct cfg *cfg)
{
    struct secret password = SECRET_INIT;
    if (e->secrets && cfg_secret(cfg, CFG_PASSWORD, &password)) {
        secrets_set(e->secrets, e->secret_name ? e->secret_name : "password", &password);
    }
    secret_release(&password);
}

/* TLS needs the database for its trust; the login and the certificate only with clientmode. */
static bool load_identity(struct engine *e, const struct cfg *cfg, struct submit_target *to, struct err *err)
{
    const char *dir = NULL, *nickname = NULL;
    if (!to->url.tls) {
        return true;
    }
    offer_cfg_password(e, cfg);
    if (!cfg_require(cfg, CFG_DBDIR, &dir, err) || !engine_open_db(e, dir, false, false, err)) {
        return false;
    }
    if (!cfg_bool(cfg, CFG_CLIENTMODE)) {
        return true;
    }
    const char *token = cfg_get_or_default(cfg, CFG_TOKENNAME);
    if (!cfg_require(cfg, CFG_NICKNAME, &nickname, err) || !engine_login(e, token, err)) {
        return false;
    }
    to->identity.db = e->db;
    to->identity.cert = certdb_find(e->db, token, nickname, err);
    return to->identity.cert ||
           err_context(err, _("The certificate for the connection is missing (nickname=%s)."), nickname);
}

bool submit_target_open(struct engine *e, const struct cfg *cfg, struct submit_target *to, struct err *err)
{
    *to = (struct submit_target){0};
    if (load_url(cfg, &to->url, err) && load_identity(e, cfg, to, err)) {
        return true;
    }
    submit_target_release(to);
    return false;
}

/* The password is asked for only when it can be used: never for plain HTTP. */
bool submit_target_login(struct engine *e, const struct submit_options *options, struct submit_target *to, struct net_options *net,
                         struct err *err)
{
    if (!options->user || !*options->user) {
        return true;
    }
    if (!to->url.tls) {
        return err_fail(err, ERR_NET_LOGIN_PLAIN, NULL);
    }
    if (strchr(options->user, ':')) { /* RFC 7617 section 2 */
        return err_fail(err, ERR_USAGE, "%s", _("A user name for an EST server has no colon."));
    }
    if (!e->secrets || !secrets_get(e->secrets, "est.password", NULL, false, -1, &to->own_password, err)) {
        return (err_is_set(err) ? false : err_fail(err, ERR_SECRET_NEEDED, NULL)) ||
               err_context(err, "%s",
                           _("The EST server's password comes from --http-password-file, --http-password-fd or est.password.file."));
    }
    to->login = (struct net_login){options->user, &to->own_password};
    net->login = &to->login;
    return true;
}

void submit_target_release(struct submit_target *to)
{
    secret_release(&to->own_password);
    cert_free(to->identity.cert);
    ca_url_release(&to->url);
    *to = (struct submit_target){0};
}

struct net_options submit_net_options(const struct engine *e, const struct submit_options *options)
{
    return (struct net_options){.proxy = options->proxy,
                                .pinned_chain = options->pinned,
                                .insecure = options->insecure,
                                .total_timeout_ms = options->timeout_ms,
                                .at = e->at};
}

/* A service for bare requests: PKCS#10, from PEM, base64 or DER. */
static bool take_pkcs10(struct buf *body, struct err *err)
{
    struct csr csr;
    if (!csr_parse(buf_peek(body), &csr, err)) {
        return err_context(err, "%s", _("This path takes a PKCS#10 request in place of a CMC message."));
    }
    buf_clear(body);
    bool ok = buf_append_bytes(body, buf_peek(&csr.der)) || err_fail(err, ERR_FILE_TOO_BIG, NULL);
    csr_release(&csr);
    return ok;
}

static bool load_input(struct submit *s, const struct cfg *cfg, struct bytes message, struct buf *body, struct err *err)
{
    const char *input = NULL, *output = NULL;
    if (!cfg_require(cfg, CFG_INPUT, &input, err) || !cfg_require(cfg, CFG_OUTPUT, &output, err)) {
        return false;
    }
    s->output = engine_path(s->e, output);
    char *path = engine_path(s->e, input);
    bool ok = message.len ? buf_append_bytes(body, message) || err_fail(err, ERR_INTERNAL, NULL) : file_read(path, body, err);
    ok = ok && (body->len > 0 || err_fail(err, ERR_FILE_EMPTY, "%s", input));
    ok = ok && (!net_service_is_simple(net_service_of(s->to.url.path)) || take_pkcs10(body, err));
    free(path);
    return ok || err_context(err, _("The request to send could not be loaded."));
}

/* PKCS#10 in DER and nothing around it: no message, so nothing in it proves a secret. */
static bool is_bare_pkcs10(struct bytes der)
{
    struct csr csr;
    struct err ignored = ERR_INIT;
    if (!csr_parse(der, &csr, &ignored)) {
        err_release(&ignored);
        return false;
    }
    bool bare = bytes_equal(buf_peek(&csr.der), der);
    csr_release(&csr);
    return bare;
}

static enum submit_exposure control_exposes(const struct control *control)
{
    static const char *const oids[] = {OID_CMC_IDENTITY_PROOF, OID_CMC_IDENTITY_PROOF_V2, OID_CMC_POP_LINK_RANDOM};
    struct revoke_request request;
    struct err ignored = ERR_INIT;
    for (size_t i = 0; i < ARRAY_LEN(oids); i++) {
        if (strcmp(control->oid, oids[i]) == 0) {
            return SUBMIT_EXPOSES_PROOF;
        }
    }
    if (strcmp(control->oid, OID_CMC_REVOKE_REQUEST) != 0) {
        return SUBMIT_EXPOSES_NOTHING;
    }
    enum submit_exposure exposes = !revoke_request_decode(buf_peek(&control->value), &request, &ignored) ? SUBMIT_EXPOSES_UNREAD
                                   : request.has_passphrase                                             ? SUBMIT_EXPOSES_SECRET
                                                                                                        : SUBMIT_EXPOSES_NOTHING;
    err_release(&ignored);
    return exposes;
}

/* A proof can be guessed offline by whoever reads it, a passphrase needs no guessing: nobody may read them on the way. What cannot be
 * read here (PEM, base64, a piece of a message, messages within it) may still be readable to others, so it counts as one. */
static enum submit_exposure exposure_of(struct bytes body)
{
    struct signeddata sd;
    struct pkidata pd;
    struct err ignored = ERR_INIT;
    if (!cmc_request_parse(body, &sd, &pd, &ignored)) {
        err_release(&ignored);
        return is_bare_pkcs10(body) ? SUBMIT_EXPOSES_NOTHING : SUBMIT_EXPOSES_UNREAD;
    }
    enum submit_exposure worst = pd.n_cms > 0 || pd.n_other > 0 ? SUBMIT_EXPOSES_UNREAD : SUBMIT_EXPOSES_NOTHING;
    for (size_t i = 0; i < pd.n_controls; i++) {
        enum submit_exposure one = control_exposes(&pd.controls[i]);
        worst = one > worst ? one : worst;
    }
    signeddata_release(&sd);
    pkidata_release(&pd);
    return worst;
}

static void read_about(struct submit *s, struct bytes body)
{
    struct signeddata sd;
    struct pkidata pd;
    struct err ignored = ERR_INIT;
    s->has_about = cmc_request_parse(body, &sd, &pd, &ignored);
    if (s->has_about) {
        cmc_request_about(&sd, &pd, &s->about);
        signeddata_release(&sd);
        pkidata_release(&pd);
    }
    err_release(&ignored);
}

/* With any control a CA behind EST wants identityProofV2, signed by an agent or not. */
static bool check_est(const struct submit *s, struct bytes der, struct err *err)
{
    struct signeddata sd;
    struct pkidata pd;
    struct err ignored = ERR_INIT;
    if (net_service_of(s->to.url.path) != NET_EST_FULL) {
        return true;
    }
    if (!cmc_request_parse(der, &sd, &pd, &ignored)) {
        err_release(&ignored);
        return true; /* the server says what it thinks of it */
    }
    bool ok = pd.n_controls == 0 || control_find(pd.controls, pd.n_controls, OID_CMC_IDENTITY_PROOF_V2);
    signeddata_release(&sd);
    pkidata_release(&pd);
    return ok || err_fail(err, ERR_FLOW_EST_CONTROLS, NULL);
}

/* The signer's certificate, from the message or the database. Caller frees; NULL when it is not known, or nobody signed. */
static struct cert *signer_of(const struct submit *s, struct bytes der)
{
    struct signeddata sd;
    struct err ignored = ERR_INIT;
    struct cert *signer = NULL;
    if (signeddata_parse(der, &sd, &ignored)) {
        const struct signer_info *si = sd.n_signers ? &sd.signers[0] : NULL;
        const struct cert *carried = si ? signeddata_signer_cert(&sd, 0) : NULL;
        if (carried) {
            signer = cert_from_der(cert_der(carried), &ignored);
        } else if (si && si->id == SIGNER_BY_ISSUER_SERIAL) {
            signer = certdb_find_issuer_serial(s->e->db, si->issuer_der, si->serial);
        }
        signeddata_release(&sd);
    }
    err_release(&ignored);
    return signer;
}

/* A CA compares the subjects of the TLS client certificate and of the signer, not the certificates themselves. An EST server has
 * rules of its own for who may bring a message. */
static bool check_subjects(const struct submit *s, const struct submit_options *options, struct bytes der, struct err *err)
{
    const struct cert *client = s->to.identity.cert;
    if (options->other_subject || !client || net_service_of(s->to.url.path) == NET_EST_FULL) {
        return true;
    }
    struct cert *signer = signer_of(s, der);
    bool fit = !signer || dn_equal(cert_subject_der(client), cert_subject_der(signer));
    if (!fit) {
        char *signs = cert_subject(signer), *connects = cert_subject(client);
        err_fail(err, ERR_FLOW_SUBJECT_MISMATCH, _("Signer of the request: %s"), signs);
        err_context(err, _("TLS client certificate of the connection: %s"), connects);
        free(signs);
        free(connects);
    }
    cert_free(signer);
    return fit;
}

/* Plain HTTP, or TLS with anybody: the same to a secret. */
static bool check_channel(struct submit *s, const struct submit_options *options, struct bytes body, struct err *err)
{
    bool protected = s->to.url.tls && !options->insecure;
    s->exposes = protected ? SUBMIT_EXPOSES_NOTHING : exposure_of(body);
    return s->exposes == SUBMIT_EXPOSES_NOTHING || options->insecure || err_fail(err, ERR_FLOW_SECRET_NEEDS_TLS, NULL);
}

struct submit *submit_start(struct engine *e, const struct cfg *cfg, const struct submit_options *options,
                            struct err *err)
{
    struct submit *s = xcalloc(1, sizeof *s);
    s->e = e;
    s->body = (struct buf)BUF_INIT(BUF_MAX_MESSAGE);
    s->net = submit_net_options(e, options);
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    body.secret = true; /* a revocation by secret carries it */
    bool ok = load_url(cfg, &s->to.url, err) && load_input(s, cfg, options->message, &body, err) &&
              check_channel(s, options, buf_peek(&body), err) && check_est(s, buf_peek(&body), err) &&
              load_identity(e, cfg, &s->to, err) && check_subjects(s, options, buf_peek(&body), err) &&
              submit_target_login(e, options, &s->to, &s->net, err) &&
              file_probe(s->output, ANSWER_ROOM,
                         err); /* what was issued must not be lost: a CA issues again when asked again */
    if (ok) {
        read_about(s, buf_peek(&body));
        s->sent = body.len;
        s->exchange =
            cmc_submit_start(&s->net, e->db, submit_target_identity(&s->to), &s->to.url, buf_peek(&body), err);
        ok = s->exchange != NULL;
    }
    buf_release(&body);
    if (!ok) {
        submit_free(s);
        return NULL;
    }
    return s;
}

enum submit_state submit_poll(struct submit *s, int wait_ms, struct err *err)
{
    static const enum submit_state states[] = {
        [EXCHANGE_RUNNING] = SUBMIT_RUNNING, [EXCHANGE_DONE] = SUBMIT_DONE, [EXCHANGE_FAILED] = SUBMIT_FAILED};
    return states[exchange_poll(s->exchange, wait_ms, err)];
}

bool submit_finish(struct submit *s, struct err *err)
{
    const struct http_answer *answer = exchange_answer(s->exchange);
    if (!answer) {
        return err_fail(err, ERR_INTERNAL, NULL);
    }
    buf_clear(&s->body);
    return cmc_answer_take(answer, &s->body, err) && file_write(s->output, buf_peek(&s->body), 0600, err);
}

const struct cmc_sent *submit_about(const struct submit *s)
{
    return s->has_about ? &s->about : NULL;
}

enum submit_exposure submit_exposes(const struct submit *s)
{
    return s->exposes;
}

int64_t submit_retry_at(const struct submit *s)
{
    const struct http_answer *answer = exchange_answer(s->exchange);
    return answer ? cmc_answer_retry_at(answer, when_now()) : 0;
}

size_t submit_sent(const struct submit *s)
{
    return exchange_sent_bytes(s->exchange);
}

const struct cert_list *submit_server_chain(const struct submit *s)
{
    return exchange_server_chain(s->exchange);
}

struct bytes submit_body(const struct submit *s)
{
    return buf_peek(&s->body);
}

size_t submit_body_size(const struct submit *s)
{
    return s->sent;
}

struct bytes submit_headers(const struct submit *s)
{
    const struct http_answer *answer = exchange_answer(s->exchange);
    return answer ? buf_peek(&answer->headers) : BYTES_NONE;
}

int submit_http_status(const struct submit *s)
{
    const struct http_answer *answer = exchange_answer(s->exchange);
    return answer ? answer->status : 0;
}

const char *submit_phase(const struct submit *s)
{
    return exchange_phase_text(exchange_phase(s->exchange));
}

void submit_cancel(struct submit *s)
{
    exchange_cancel(s->exchange);
}

void submit_free(struct submit *s)
{
    if (!s) {
        return;
    }
    exchange_free(s->exchange);
    submit_target_release(&s->to);
    buf_release(&s->body);
    free(s->output);
    free(s);
}

bool engine_submit(struct engine *e, const struct cfg *cfg, const struct submit_options *options, struct err *err)
{
    struct submit *s = submit_start(e, cfg, options, err);
    if (!s) {
        return false;
    }
    enum submit_state state;
    do {
        state = submit_poll(s, 1000, err);
    } while (state == SUBMIT_RUNNING);
    bool ok = state == SUBMIT_DONE && submit_finish(s, err);
    submit_free(s);
    return ok;
}
