/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/routes.h"

#include <string.h>

#include "base/text.h"
#include "practice/cmc_run.h"
#include "practice/est.h"
#include "practice/pages.h"
#include "practice/respond.h"
#include "practice/rest.h"

/* The container eats a form's body as parameters: the servlet then sees none. */
static bool is_form(const struct practice_request *request)
{
    return request->content_type && text_starts(request->content_type, "application/x-www-form-urlencoded");
}

/* A CMC servlet: POST with a Content-Length, else the server breaks down. */
static void full(struct practice_ca *ca, const struct practice_request *request, const char *profile_id,
                 struct practice_reply *reply)
{
    if (strcmp(request->method, "POST") != 0 || !request->has_length) {
        respond_breakdown(reply, "java.lang.NegativeArraySizeException: -1");
        return;
    }
    struct practice_request seen = *request;
    seen.body = is_form(request) ? BYTES_NONE : request->body;
    cmc_full(ca, &seen, profile_id, reply);
}

static void simple(struct practice_ca *ca, const struct practice_request *request, const char *profile_id,
                   struct practice_reply *reply)
{
    if (strcmp(request->method, "POST") != 0 || !request->has_length) {
        respond_breakdown(reply, "java.lang.NegativeArraySizeException: -1");
        return;
    }
    cmc_simple(ca, request, profile_id, reply);
}

/* The old revocation page: HTML, and nothing happens. */
static void old_revocation(struct practice_ca *ca, const struct practice_request *request, const char *arg,
                           struct practice_reply *reply)
{
    (void)ca;
    (void)request;
    (void)arg;
    static const char page[] = "<!doctype html>\n<html><head><title>CMC Revocation</title></head><body>\n"
                               "<p>This page of the practice CA does nothing, like that of a Dogtag CA: send revocations to "
                               "/ca/ee/ca/profileSubmitCMCFull.</p>\n</body></html>\n";
    respond_bytes(reply, "text/html", bytes_of_str(page));
}

struct route {
    const char *path;
    bool below; /* everything below the path, too */
    void (*answer)(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply);
    const char *arg; /* profile that the path stands for */
};

#define EE "/ca/ee/ca/"
/* To add one: a row; the longest path first where one begins with another. */
static const struct route routes[] = {
    {EE "profileSubmitCMCFull", false, full, "caFullCMCUserCert"},
    {EE "profileSubmitCMCFullServerCert", false, full, "caCMCserverCert"},
    {EE "profileSubmitCMCFullSubsystemCert", false, full, "caCMCsubsystemCert"},
    {EE "profileSubmitCMCFullAuditSigningCert", false, full, "caCMCauditSigningCert"},
    {EE "profileSubmitCMCFullCACert", false, full, "caCMCcaCert"},
    {EE "profileSubmitCMCFullOCSPCert", false, full, "caCMCocspCert"},
    {EE "profileSubmitCMCFullKRAtransportCert", false, full, "caCMCkraTransportCert"},
    {EE "profileSubmitCMCFullKRAstorageCert", false, full, "caCMCkraStorageCert"},
    {EE "profileSubmitUserSignedCMCFull", false, full, "caFullCMCUserSignedCert"},
    {EE "profileSubmitSelfSignedCMCFull", false, full, "caFullCMCSelfSignedCert"},
    {EE "profileSubmitCMCSimple", false, simple, "caSimpleCMCUserCert"},
    {EE "CMCRevReq", false, old_revocation, NULL},
    {EE "profileSelect", false, page_form, NULL},
    {EE "profileSubmit", false, page_submit, NULL},
    {EE "srchCerts", false, page_search, NULL},
    {"/ca/ee/ca", false, page_start, NULL},
    {"/ca/ee/ca/", false, page_start, NULL},
    {"/.well-known/est/", true, est_answer, NULL},
    {EE "getCertChain", false, rest_cert_chain, NULL},
    {EE "getCAChain", false, rest_ca_chain, NULL},
    {EE "getCRL", false, rest_crl, NULL},
    {"/ca/admin/ca/getStatus", false, rest_status, NULL},
    {"/pki/rest/info", false, rest_product, NULL},
    {"/ca/rest/info", false, rest_info, NULL},
    {"/ca/rest/config/cert/signing", false, rest_signing_cert, NULL},
    {"/ca/rest/config/cert/transport", false, rest_transport_cert, NULL},
    {"/kra/rest/config/cert/transport", false, rest_transport_cert, NULL},
    {"/ca/rest/certs/search", false, rest_cert_search, NULL},
    {"/ca/rest/certs", false, rest_cert_list, NULL},
    {"/ca/rest/certs/", true, rest_cert_show, "/ca/rest/certs/"},
    {"/ca/rest/certrequests/", true, rest_request_show, "/ca/rest/certrequests/"},
    {"/ca/rest/account/login", false, rest_login, "/ca"},
    {"/kra/rest/account/login", false, rest_login, "/kra"},
    {"/kra/rest/agent/keys", false, rest_keys, NULL},
    {"/kra/rest/agent/keys/", true, rest_key_show, "/kra/rest/agent/keys/"},
    {"/ca/rest/profiles", false, rest_profiles, NULL},
    {"/ca/rest/profiles/", true, rest_profiles, "/ca/rest/profiles/"},
};

/* The fault "no-chain": what a CA without web services does not have. */
static bool is_missing(const struct practice_ca *ca, const char *path)
{
    static const char *const below[] = {"/ca/rest/", "/pki/rest/", "/kra/rest/", "/ca/admin/", EE "getCertChain", EE "getCAChain"};
    bool found = false;
    for (size_t i = 0; i < ARRAY_LEN(below) && ca->conf.fault[FAULT_NO_CHAIN]; i++) {
        found = found || text_starts(path, below[i]);
    }
    return found;
}

void routes_answer(struct practice_ca *ca, const struct practice_request *request, struct practice_reply *reply)
{
    for (size_t i = 0; i < ARRAY_LEN(routes) && !is_missing(ca, request->path); i++) {
        const struct route *r = &routes[i];
        if (r->below ? text_starts(request->path, r->path) : strcmp(request->path, r->path) == 0) {
            r->answer(ca, request, r->arg, reply);
            return;
        }
    }
    if (text_starts(request->path, "/ca/rest/") || text_starts(request->path, "/kra/rest/")) {
        reply->status = 404;
        return;
    }
    respond_not_found(reply, request->path);
}
