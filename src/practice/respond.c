/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/respond.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cmc/oids.h"
#include "cmc/status.h"

#define CMC_TYPE "application/pkcs7-mime"

static void put(struct practice_reply *reply, const char *text)
{
    if (!buf_append_str(&reply->body, text)) {
        buf_clear(&reply->body);
    }
}

void respond_breakdown(struct practice_reply *reply, const char *message)
{
    char *escaped = html_escape(message);
    char *page = xasprintf("<HTML>\n<BODY BGCOLOR=white>\n<P>\nThe Certificate System has encountered an unrecoverable error.\n"
                           "<P>\nError Message:<BR>\n<I>%s</I>\n<P>\nPlease contact your local administrator for assistance.\n"
                           "</BODY>\n</HTML>\n",
                           escaped);
    reply->status = 200;
    reply->content_type = "text/html";
    buf_clear(&reply->body);
    put(reply, page);
    free(page);
    free(escaped);
}

void respond_not_found(struct practice_reply *reply, const char *path)
{
    char *escaped = html_escape(path);
    char *page = xasprintf("<!doctype html><html lang=\"en\"><head><title>HTTP Status 404 – Not Found</title></head><body>"
                           "<h1>HTTP Status 404 – Not Found</h1><hr class=\"line\" /><p><b>Type</b> Status Report</p>"
                           "<p><b>Message</b> The requested resource [%s] is not available</p><p><b>Description</b> The origin "
                           "server did not find a current representation for the target resource or is not willing to disclose "
                           "that one exists.</p></body></html>",
                           escaped);
    reply->status = 404;
    reply->content_type = "text/html;charset=utf-8";
    buf_clear(&reply->body);
    put(reply, page);
    free(page);
    free(escaped);
}

/* The signed answer, or the server's page when not even that can be made. */
static void send_body(struct cmc_run *run, const struct cert_list *certs, struct practice_reply *reply)
{
    struct err err = ERR_INIT;
    buf_clear(&reply->body);
    if (!response_build(&run->body, run->ca->key, run->ca->cert, certs, HASH_SHA256, &reply->body, &err)) {
        respond_breakdown(reply, "java.lang.NullPointerException");
        err_release(&err);
        return;
    }
    reply->status = 200;
    reply->content_type = CMC_TYPE;
}

static void add_chain(struct cmc_run *run, struct cert_list *certs)
{
    for (size_t i = 0; i < run->ca->chain.n; i++) {
        if (!cert_list_has(certs, run->ca->chain.v[i])) {
            cert_list_push(certs, run->ca->chain.v[i]);
        }
    }
}

void respond_success(struct cmc_run *run, struct practice_reply *reply)
{
    add_chain(run, &run->certs);
    if (run->issued && (run->simple_request || run->ca->conf.use_simple_on_success)) {
        buf_clear(&reply->body);
        if (signeddata_certs_only(&run->certs, &reply->body, NULL)) {
            reply->status = 200;
            reply->content_type = CMC_TYPE;
            return;
        }
    }
    send_body(run, &run->certs, reply);
}

void respond_refusal(struct cmc_run *run, struct practice_reply *reply)
{
    const struct refusal *r = &run->refusal;
    if (r->html) {
        respond_breakdown(reply, r->text ? r->text : "");
        return;
    }
    struct cert_list certs = CERT_LIST_INIT;
    struct cmc_status status = {.status = CMC_STATUS_FAILED, .has_fail_info = true, .fail_info = r->fail_info, .text = r->text,
                                .version = 2};
    struct body_part *parts = xcalloc(r->n_body ? r->n_body : 1, sizeof *parts);
    for (size_t i = 0; i < r->n_body; i++) {
        parts[i].n = 1;
        parts[i].id[0] = r->body[i];
    }
    status.body = parts;
    status.n_body = r->n_body ? r->n_body : 1; /* {0}: the whole message */
    parts[0].n = 1;
    response_body_release(&run->body);
    response_body_init(&run->body);
    add_chain(run, &certs);
    if (response_body_add_status(&run->body, &status, NULL)) {
        send_body(run, &certs, reply);
    } else {
        respond_breakdown(reply, "java.lang.NullPointerException");
    }
    free(parts);
    cert_list_release(&certs);
}

void respond_json(struct practice_reply *reply, int status, struct json *taken)
{
    char *text = json_print(taken, false);
    reply->status = status;
    reply->content_type = "application/json";
    buf_clear(&reply->body);
    put(reply, text);
    free(text);
    json_free(taken);
}

void respond_bytes(struct practice_reply *reply, const char *content_type, struct bytes body)
{
    reply->status = 200;
    reply->content_type = content_type;
    buf_clear(&reply->body);
    if (!buf_append_bytes(&reply->body, body)) {
        respond_breakdown(reply, "java.lang.OutOfMemoryError");
    }
}

void respond_rest_error(struct practice_reply *reply, int status, const char *class_name, const char *message)
{
    struct json *root = json_new_object();
    (void)json_set_array(json_set_object(root, "Attributes"), "Attribute");
    json_set_str(root, "ClassName", class_name);
    json_set_num(root, "Code", status);
    json_set_str(root, "Message", message);
    respond_json(reply, status, root);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static char *decoded(const char *raw, size_t len)
{
    char *out = xmalloc(len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (raw[i] == '%' && i + 2 <= len - 1 && hex_digit(raw[i + 1]) >= 0 && hex_digit(raw[i + 2]) >= 0) {
            char c = (char)(hex_digit(raw[i + 1]) * 16 + hex_digit(raw[i + 2]));
            out[n++] = c ? c : '?';
            i += 2;
        } else {
            out[n++] = raw[i] == '+' ? ' ' : raw[i];
        }
    }
    out[n] = '\0';
    return out;
}

char *query_value(const char *query, const char *name)
{
    size_t len = strlen(name);
    for (const char *p = query; p && *p;) {
        size_t part = strcspn(p, "&");
        if (part > len && strncmp(p, name, len) == 0 && p[len] == '=') {
            return decoded(p + len + 1, part - len - 1);
        }
        p += part + (p[part] == '&' ? 1 : 0);
    }
    return NULL;
}

char *html_escape(const char *text)
{
    char *visible = text_safe(text);
    struct buf out = BUF_INIT(BUF_MAX_MESSAGE);
    for (const char *p = visible; *p; p++) {
        switch (*p) {
        case '<': buf_add(&out, "&lt;"); break;
        case '>': buf_add(&out, "&gt;"); break;
        case '&': buf_add(&out, "&amp;"); break;
        case '"': buf_add(&out, "&quot;"); break;
        case '\'': buf_add(&out, "&#39;"); break;
        default: buf_add(&out, "%c", *p); break;
        }
    }
    free(visible);
    return buf_take_str(&out);
}
