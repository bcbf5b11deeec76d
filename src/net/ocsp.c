/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/ocsp.h"

#include <curl/curl.h>
#include <ocsp.h>
#include <secerr.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "base/when.h"
#include "net/internal.h"

#define OCSP_TIMEOUT_MS 5000
#define OCSP_MAX ((size_t)64 << 10)

struct ocsp {
    struct nssdb *db;
    CERTCertificate *cert;
    int64_t at;
    int64_t deadline; /* monotonic ms */
    SECItem *request;
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers;
    struct buf answer;
};

static char *responder_of(const CERTCertificate *cert)
{
    char *location = CERT_GetOCSPAuthorityInfoAccessLocation(cert);
    if (location && !text_starts(location, "http://")) {
        PORT_Free(location);
        location = NULL;
    }
    return location; /* PORT_Free */
}

bool ocsp_has_responder(const CERTCertificate *cert)
{
    char *location = responder_of(cert);
    bool has = location != NULL;
    PORT_Free(location);
    return has;
}

enum ocsp_status ocsp_judge(struct nssdb *db, struct bytes response, CERTCertificate *cert, int64_t at)
{
    SECItem item = native_item(response);
    PRTime time = (PRTime)at * PR_USEC_PER_SEC;
    CERTCertDBHandle *handle = CERT_GetDefaultCertDB();
    enum ocsp_status status = OCSP_UNKNOWN;
    CERTCertificate *signer = NULL;
    CERTOCSPResponse *decoded = CERT_DecodeOCSPResponse(&item);
    CERTCertificate *issuer = CERT_FindCertIssuer(cert, time, certUsageSSLServer);
    CERTOCSPCertID *id = CERT_CreateOCSPCertID(cert, time);
    if (decoded && issuer && id && CERT_GetOCSPResponseStatus(decoded) == SECSuccess &&
        CERT_VerifyOCSPResponseSignature(decoded, handle, nssdb_wincx(db), &signer, issuer) == SECSuccess) {
        if (CERT_GetOCSPStatusForCertID(handle, decoded, id, signer, time) == SECSuccess) {
            status = OCSP_GOOD;
        } else if (PORT_GetError() == SEC_ERROR_REVOKED_CERTIFICATE) {
            status = OCSP_REVOKED;
        }
    }
    if (signer) {
        CERT_DestroyCertificate(signer);
    }
    if (issuer) {
        CERT_DestroyCertificate(issuer);
    }
    if (id) {
        CERT_DestroyOCSPCertID(id);
    }
    if (decoded) {
        CERT_DestroyOCSPResponse(decoded);
    }
    return status;
}

static SECItem *request_encode(struct nssdb *db, CERTCertificate *cert, int64_t at)
{
    CERTCertList *list = CERT_NewCertList();
    SECItem *der = NULL;
    if (!list) {
        return NULL;
    }
    CERT_AddCertToListTail(list, CERT_DupCertificate(cert));
    CERTOCSPRequest *request = CERT_CreateOCSPRequest(list, (PRTime)at * PR_USEC_PER_SEC, PR_FALSE, NULL);
    if (request) {
        der = CERT_EncodeOCSPRequest(NULL, request, nssdb_wincx(db));
        CERT_DestroyOCSPRequest(request);
    }
    CERT_DestroyCertList(list);
    return der;
}

static size_t answer_write(char *data, size_t size, size_t count, void *ctx)
{
    struct ocsp *ocsp = ctx;
    return buf_append(&ocsp->answer, data, size * count) ? size * count : 0;
}

static bool easy_make(struct ocsp *ocsp, const struct net_options *options, const char *location)
{
    ocsp->easy = curl_easy_init();
    ocsp->multi = curl_multi_init();
    ocsp->headers = curl_slist_append(NULL, "Content-Type: application/ocsp-request");
    if (!ocsp->easy || !ocsp->multi || !ocsp->headers) {
        return false;
    }
    CURL *easy = ocsp->easy;
    curl_easy_setopt(easy, CURLOPT_URL, location);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, options->proxy ? options->proxy : "");
    if (options->no_proxy) {
        curl_easy_setopt(easy, CURLOPT_NOPROXY, options->no_proxy);
    }
    if (options->proxy_userpwd) {
        curl_easy_setopt(easy, CURLOPT_PROXYUSERPWD, options->proxy_userpwd->text);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, ocsp->headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, ocsp->request->data);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)ocsp->request->len);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, answer_write);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, ocsp);
    return curl_multi_add_handle(ocsp->multi, easy) == CURLM_OK;
}

struct ocsp *ocsp_start(const struct net_options *options, struct nssdb *db, CERTCertificate *cert)
{
    char *location = responder_of(cert);
    if (!location) {
        return NULL;
    }
    struct ocsp *ocsp = xcalloc(1, sizeof(*ocsp));
    ocsp->db = db;
    ocsp->cert = CERT_DupCertificate(cert);
    ocsp->at = options->at ? options->at : when_now();
    ocsp->deadline = when_monotonic_ms() + net_ms(options->ocsp_timeout_ms, OCSP_TIMEOUT_MS);
    buf_init(&ocsp->answer, OCSP_MAX);
    ocsp->request = request_encode(db, cert, ocsp->at);
    bool good = ocsp->request && easy_make(ocsp, options, location);
    PORT_Free(location);
    if (!good) {
        ocsp_free(ocsp);
        return NULL;
    }
    return ocsp;
}

static enum ocsp_status answer_status(struct ocsp *ocsp, CURLcode result)
{
    long http = 0;
    curl_easy_getinfo(ocsp->easy, CURLINFO_RESPONSE_CODE, &http);
    if (result != CURLE_OK || http != 200) {
        return OCSP_UNKNOWN;
    }
    return ocsp_judge(ocsp->db, buf_peek(&ocsp->answer), ocsp->cert, ocsp->at);
}

bool ocsp_poll(struct ocsp *ocsp, int wait_ms, enum ocsp_status *status)
{
    int running = 0;
    *status = OCSP_UNKNOWN;
    if (curl_multi_perform(ocsp->multi, &running) != CURLM_OK) {
        return true;
    }
    int left;
    CURLMsg *message = curl_multi_info_read(ocsp->multi, &left);
    if (message && message->msg == CURLMSG_DONE) {
        *status = answer_status(ocsp, message->data.result);
        return true;
    }
    int64_t remaining = ocsp->deadline - when_monotonic_ms();
    if (remaining <= 0) {
        return true;
    }
    if (wait_ms > 0) {
        curl_multi_poll(ocsp->multi, NULL, 0, remaining < wait_ms ? (int)remaining : wait_ms, NULL);
    }
    return false;
}

void ocsp_free(struct ocsp *ocsp)
{
    if (!ocsp) {
        return;
    }
    if (ocsp->multi && ocsp->easy) {
        curl_multi_remove_handle(ocsp->multi, ocsp->easy);
    }
    curl_easy_cleanup(ocsp->easy);
    curl_multi_cleanup(ocsp->multi);
    curl_slist_free_all(ocsp->headers);
    if (ocsp->request) {
        SECITEM_FreeItem(ocsp->request, PR_TRUE);
    }
    CERT_DestroyCertificate(ocsp->cert);
    buf_release(&ocsp->answer);
    free(ocsp);
}
