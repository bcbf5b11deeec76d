/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/est.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "cmc/response.h"
#include "nss/pem.h"
#include "practice/cmc_run.h"
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

static void est_simpleenroll(struct practice_ca *ca, const struct practice_request *request, const char *label,
                             struct practice_reply *reply)
{
    struct cmc_response r;
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct practice_request simple = *request;
    simple.query = NULL;
    if (!request->tls_client || request->tls_client->n == 0) {
        plain(reply, 401, "A TLS client certificate is needed.\n");
        return;
    }
    simple.body = pem_decode(request->body, &der, NULL, NULL) ? buf_peek(&der) : BYTES_NONE;
    cmc_simple(ca, &simple, *label ? label : "caSimpleCMCUserCert", reply);
    bool ok = cmc_response_parse(buf_peek(&reply->body), &r, NULL);
    if (ok && r.kind == CMC_SIMPLE) {
        to_base64(reply, SIMPLE_TYPE);
    } else {
        plain(reply, ok ? 400 : 500, ok && r.n_statuses > 0 && r.statuses[0].text ? r.statuses[0].text : "Refused.\n");
    }
    if (ok) {
        cmc_response_release(&r);
    }
    buf_release(&der);
}

/* To add one: a row and its function above. */
static const struct {
    const char *name, *method;
    void (*answer)(struct practice_ca *ca, const struct practice_request *request, const char *label,
                   struct practice_reply *reply);
} operations[] = {
    {"cacerts", "GET", est_cacerts},
    {"simpleenroll", "POST", est_simpleenroll},
    {"fullcmc", "POST", est_fullcmc},
};

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
        if (found && strcmp(operations[i].method, request->method) != 0) {
            plain(reply, 405, "This method is not for this operation.\n");
        } else if (found) {
            operations[i].answer(ca, request, label, reply);
        }
    }
    if (!found) {
        respond_not_found(reply, request->path);
    }
    free(label);
}
