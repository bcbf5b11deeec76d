/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/pages.h"

#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "cmc/response.h"
#include "cmc/status.h"
#include "nss/pem.h"
#include "practice/cmc_run.h"
#include "practice/respond.h"
#include "practice/store.h"

#define EE "/ca/ee/ca/"
#define DEFAULT_PROFILE "caFullCMCUserCert"
#define SEARCH_SIZE 100

static void page(struct practice_reply *reply, const char *title, struct buf *content)
{
    struct buf out = BUF_INIT(BUF_MAX_MESSAGE);
    buf_add(&out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title></head>\n<body>\n"
            "<p><b>Practice CA (" PRACTICE_MARK ")</b> &middot; <a href=\"" EE "profileSelect?profileId=" DEFAULT_PROFILE
            "\">Enroll</a> &middot; <a href=\"" EE "srchCerts\">Search</a></p>\n<h1>%s</h1>\n%s</body></html>\n",
            title, title, buf_str(content));
    respond_bytes(reply, "text/html;charset=utf-8", buf_peek(&out));
    buf_release(&out);
    buf_release(content);
}

void page_start(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    (void)arg;
    (void)request;
    struct buf content = BUF_INIT(BUF_MAX_TEXT);
    buf_add(&content, "<p>Profiles that take CMC requests:</p>\n<ul>\n");
    for (size_t i = 0; i < ca->profiles.n; i++) {
        const struct profile *p = &ca->profiles.v[i];
        if (p->enabled && !p->simple && !p->by_form) {
            char *id = html_escape(p->id);
            char *name = html_escape(p->name);
            buf_add(&content, "<li><a href=\"" EE "profileSelect?profileId=%s\">%s</a>: %s</li>\n", id, id, name);
            free(name);
            free(id);
        }
    }
    buf_add(&content, "</ul>\n");
    page(reply, "Enrollment", &content);
}

void page_form(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    (void)arg;
    (void)ca;
    struct buf content = BUF_INIT(BUF_MAX_TEXT);
    char *asked = query_value(request->query, "profileId");
    char *id = html_escape(asked ? asked : DEFAULT_PROFILE);
    buf_add(&content,
            "<form method=\"post\" action=\"" EE "profileSubmit\">\n<input type=\"hidden\" name=\"profileId\" value=\"%s\">\n"
            "<p>CMC request, base64 without the BEGIN and END lines:<br><textarea name=\"cert_request\" rows=\"16\" cols=\"80\">"
            "</textarea></p>\n<p>Requestor's name <input name=\"requestor_name\"></p>\n"
            "<p>Requestor's e-mail <input name=\"requestor_email\"></p>\n"
            "<p>Requestor's phone <input name=\"requestor_phone\"></p>\n<p><input type=\"submit\" value=\"Submit\"></p>\n</form>\n",
            id);
    free(id);
    free(asked);
    page(reply, "Certificate request", &content);
}

static void show_certificate(const struct cmc_response *r, struct buf *content)
{
    for (size_t i = 0; i < r->sd.certs.n; i++) {
        const struct cert *cert = r->sd.certs.v[i];
        struct buf pem = BUF_INIT(BUF_MAX_TEXT);
        if (!cert_is_ca(cert) && pem_encode(cert_der(cert), "CERTIFICATE", 64, false, &pem)) {
            char *subject = cert_subject(cert);
            char *serial = cert_serial_text(cert);
            char *escaped = html_escape(subject);
            buf_add(content, "<p>Issued to %s, serial number %s.</p>\n<pre>\n%s</pre>\n", escaped, serial, buf_str(&pem));
            free(escaped);
            free(serial);
            free(subject);
        }
        buf_release(&pem);
    }
}

/* Who asks, as the contact fields say; a real CA keeps them with the request. */
static void show_contact(const char *form, struct buf *content)
{
    static const char *const fields[] = {"requestor_name", "requestor_email", "requestor_phone"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        char *value = query_value(form, fields[i]);
        if (value && *value) {
            char *escaped = html_escape(value);
            buf_add(content, "<p>%s: %s</p>\n", fields[i], escaped);
            free(escaped);
        }
        free(value);
    }
}

/* The request of a form, as if it had come to the servlet; its outcome as a page. */
void page_submit(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    (void)arg;
    struct buf content = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_response r;
    char *form = xstrndup((const char *)request->body.data, request->body.len);
    char *pasted = query_value(form, "cert_request");
    char *profile = query_value(form, "profileId");
    struct practice_request message = *request;
    bool readable = pasted && pem_decode(bytes_of_str(pasted), &der, NULL, NULL);
    message.body = readable ? buf_peek(&der) : BYTES_NONE;
    message.query = NULL;
    cmc_full(ca, &message, profile && *profile ? profile : DEFAULT_PROFILE, reply);
    if (cmc_response_parse(buf_peek(&reply->body), &r, NULL)) {
        const char *text = r.n_statuses > 0 && r.statuses[0].text ? r.statuses[0].text : "";
        char *escaped = html_escape(text);
        buf_add(&content, "<p>Status: %s. %s</p>\n", cmc_outcome_name(r.outcome), escaped);
        free(escaped);
        show_contact(form, &content);
        if (r.outcome == CMC_SUCCESS) {
            show_certificate(&r, &content);
        }
        cmc_response_release(&r);
        page(reply, "Result", &content);
    }
    free(profile);
    free(pasted);
    free(form);
    buf_release(&der);
    buf_release(&content);
}

void page_search(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    (void)arg;
    struct buf content = BUF_INIT(BUF_MAX_MESSAGE);
    struct cert_rows rows;
    char *cn = query_value(request->query, "cn");
    char *uid = query_value(request->query, "uid");
    const struct cert_filter filter = {.cn = cn, .uid = uid, .size = SEARCH_SIZE, .at = request->at};
    buf_add(&content, "<form method=\"get\" action=\"" EE "srchCerts\"><p>Common name <input name=\"cn\"> User id "
                      "<input name=\"uid\"> <input type=\"submit\" value=\"Search\"></p></form>\n");
    if (store_cert_search(ca->store, &filter, &rows, NULL)) {
        buf_add(&content, "<p>%ld found.</p>\n<table>\n<tr><th>Serial</th><th>Subject</th><th>Until</th><th>Status</th></tr>\n",
                rows.total);
        for (size_t i = 0; i < rows.n; i++) {
            char *subject = html_escape(rows.v[i].subject);
            char *until = when_rfc3339(rows.v[i].not_after);
            buf_add(&content, "<tr><td>0x%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", rows.v[i].serial, subject, until,
                    rows.v[i].revoked ? "revoked" : "valid");
            free(until);
            free(subject);
        }
        buf_add(&content, "</table>\n");
        cert_rows_release(&rows);
    }
    free(uid);
    free(cn);
    page(reply, "Issued certificates", &content);
}
