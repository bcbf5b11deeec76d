/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/est.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "cmc/response.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "nss/pem.h"
#include "practice/cmc_run.h"
#include "practice/est_users.h"
#include "practice/respond.h"
#include "practice/rest.h"

#define EST_PATH "/.well-known/est/"
#define FULL_TYPE "application/pkcs7-mime; smime-type=CMC-response"
#define SIMPLE_TYPE "application/pkcs7-mime; smime-type=certs-only"

static void plain(struct practice_reply *reply, int status, const char *text)
{
    respond_bytes(reply, "text/plain", bytes_of_str(text));
    reply->status = status;
}

/* The body so far, as base64. */
static void to_base64(struct practice_reply *reply, const char *type)
{
    struct buf text = BUF_INIT(reply->body.max);
    if (base64_encode(buf_peek(&reply->body), 76, true, &text)) {
        respond_bytes(reply, type, buf_peek(&text));
    } else {
        plain(reply, 500, "The answer is too large.\n");
    }
    buf_release(&text);
}

/* 401: a name and a password, or a certificate, would help. */
static void denied(struct practice_reply *reply, const char *text)
{
    plain(reply, 401, text);
    reply->authenticate = "Basic realm=\"estrealm\", charset=\"UTF-8\"";
}

/* The fault "est-later" (RFC 7030 section 4.2.3). */
static bool put_off(const struct practice_ca *ca, struct practice_reply *reply)
{
    if (!ca->conf.fault[FAULT_EST_LATER]) {
        return false;
    }
    plain(reply, 202, "Not yet: the request waits for somebody who decides.\n");
    reply->retry_after = ca->conf.est_retry_after;
    return true;
}

static void est_cacerts(struct practice_ca *ca, const struct practice_request *request, const char *label,
                        struct practice_reply *reply)
{
    (void)label;
    struct practice_request chain = *request;
    chain.query = "op=downloadBIN";
    rest_ca_chain(ca, &chain, NULL, reply);
    reply->disposition = NULL;
    to_base64(reply, SIMPLE_TYPE);
}

/* Status of the CMC answer as an HTTP status. */
static int http_status(const struct cmc_response *r)
{
    switch (r->outcome) {
    case CMC_SUCCESS: return 200;
    case CMC_FAILED: return 400;
    case CMC_PENDING:
    case CMC_POP_REQUIRED:
    case CMC_CONFIRM_REQUIRED:
    case CMC_NO_SUPPORT:
    case CMC_PARTIAL: return 501;
    case CMC_NO_STATUS:
    case CMC_UNKNOWN_STATUS: break;
    }
    return 500;
}

static void est_fullcmc(struct practice_ca *ca, const struct practice_request *request, const char *label,
                        struct practice_reply *reply)
{
    struct cmc_response r;
    const char *type = request->content_type ? request->content_type : "";
    if (strncasecmp(type, "application/pkcs7-mime", 22) != 0 || !strcasestr(type, "smime-type=cmc-request")) {
        plain(reply, 415, "Content-Type must be application/pkcs7-mime; smime-type=CMC-request.\n");
        return;
    }
    struct practice_request full = *request;
    full.query = NULL;
    full.over_est = true;
    if (put_off(ca, reply)) {
        return;
    }
    cmc_full(ca, &full, *label ? label : "caFullCMCUserCert", reply);
    if (!cmc_response_parse(buf_peek(&reply->body), &r, NULL)) {
        reply->status = 500;
        return;
    }
    int status = http_status(&r);
    cmc_response_release(&r);
    to_base64(reply, FULL_TYPE);
    reply->status = status;
}

/* A certificate, or a refusal in words. */
static void simple(struct practice_ca *ca, const struct practice_request *asked, const char *label, struct practice_reply *reply)
{
    struct cmc_response r;
    if (put_off(ca, reply)) {
        return;
    }
    cmc_simple(ca, asked, *label ? label : "caSimpleCMCUserCert", reply);
    bool ok = cmc_response_parse(buf_peek(&reply->body), &r, NULL);
    if (ok && r.kind == CMC_SIMPLE) {
        to_base64(reply, SIMPLE_TYPE);
    } else {
        plain(reply, ok ? 400 : 500, ok && r.n_statuses > 0 && r.statuses[0].text ? r.statuses[0].text : "Refused.\n");
    }
    if (ok) {
        cmc_response_release(&r);
    }
}

static void est_simpleenroll(struct practice_ca *ca, const struct practice_request *request, const char *label,
                             struct practice_reply *reply)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct practice_request asked = *request;
    asked.query = NULL;
    if (!request->est_user && (!request->tls_client || request->tls_client->n == 0)) {
        denied(reply, "A TLS client certificate, or a name and a password, is needed.\n");
        return;
    }
    asked.body = pem_decode(request->body, &der, NULL, NULL) ? buf_peek(&der) : BYTES_NONE;
    simple(ca, &asked, label, reply);
    buf_release(&der);
}

/* RFC 7030 section 4.2.2: the certificate of the connection is renewed, so the subject is its own. */
static void est_simplereenroll(struct practice_ca *ca, const struct practice_request *request, const char *label,
                               struct practice_reply *reply)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct csr csr;
    struct practice_request asked = *request;
    asked.query = NULL;
    asked.est_renews = true;
    if (!request->tls_client || request->tls_client->n == 0) {
        denied(reply, "The certificate to renew is needed for the TLS connection.\n");
        return;
    }
    bool readable = csr_parse(request->body, &csr, NULL);
    if (readable && !dn_equal(csr.subject_der, cert_subject_der(request->tls_client->v[0]))) {
        plain(reply, 400, "The subject is not that of the certificate to renew.\n");
    } else {
        asked.body = readable && buf_append_bytes(&der, buf_peek(&csr.der)) ? buf_peek(&der) : BYTES_NONE;
        simple(ca, &asked, label, reply);
    }
    if (readable) {
        csr_release(&csr);
    }
    buf_release(&der);
}

/* To add one: a row and its function above. */
static const struct {
    const char *name, *method;
    bool open; /* to everybody */
    void (*answer)(struct practice_ca *ca, const struct practice_request *request, const char *label,
                   struct practice_reply *reply);
} operations[] = {
    {"cacerts", "GET", true, est_cacerts},
    {"simpleenroll", "POST", false, est_simpleenroll},
    {"simplereenroll", "POST", false, est_simplereenroll},
    {"fullcmc", "POST", false, est_fullcmc},
};

static void answer(struct practice_ca *ca, const struct practice_request *request, size_t i, const char *label,
                   struct practice_reply *reply)
{
    char *user = est_user_of(ca, request->authorization);
    struct practice_request known = *request;
    known.est_user = user;
    if (strcmp(operations[i].method, request->method) != 0) {
        plain(reply, 405, "This method is not for this operation.\n");
    } else if (!operations[i].open && !user && (request->authorization || ca->conf.est_login)) {
        denied(reply, request->authorization ? "Wrong name or password.\n" : "A name and a password are needed.\n");
    } else {
        operations[i].answer(ca, &known, label, reply);
    }
    free(user);
}

void est_answer(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    (void)arg;
    const char *rest = request->path + strlen(EST_PATH);
    const char *slash = strchr(rest, '/');
    char *label = slash ? xstrndup(rest, (size_t)(slash - rest)) : xstrdup("");
    const char *name = slash ? slash + 1 : rest;
    bool found = false;
    for (size_t i = 0; !found && i < ARRAY_LEN(operations); i++) {
        found = strcmp(operations[i].name, name) == 0;
        if (found) {
            answer(ca, request, i, label, reply);
        }
    }
    if (!found) {
        respond_not_found(reply, request->path);
    }
    free(label);
}
