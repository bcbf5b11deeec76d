/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/carest.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "net/carest_json.h"
#include "net/submit.h"
#include "nss/pem.h"

#define ARGUMENT_MAX 128
#define SEARCH_PAGE 200
#define ANSWER_MAX ((size_t)4 << 20)

struct carest {
    struct net_options options;
    struct strv headers;
    struct net_conn *conn;
    struct exchange *exchange;
    enum carest_what what;
    char *argument;
    long start;   /* of a search */
    size_t place; /* which path is being tried */
    bool newer;   /* /ca/v2 answered before: ask there first */
    struct err err;
    enum exchange_state state;
};

/*
 * To add a question: a row here, its taker below. %s is the argument. Paths are tried in order until one is there;
 * those with /v2/ are for servers (11.6 and later) without /rest/.
 */
static const struct question {
    const char *paths[4];
    bool post;
} questions[] = {
    [CAREST_STATUS] = {{"/ca/admin/ca/getStatus", "/ca/v2/admin/ca/getStatus"}, false},
    [CAREST_INFO] = {{"/ca/rest/info", "/ca/v2/info"}, false},
    [CAREST_SIGNING_CERT] = {{"/ca/rest/config/cert/signing", "/ca/v2/config/cert/signing"}, false},
    [CAREST_TRANSPORT_CERT] = {{"/ca/rest/config/cert/transport", "/ca/v2/config/cert/transport",
                                "/kra/rest/config/cert/transport", "/kra/v2/config/cert/transport"},
                               false},
    [CAREST_CHAIN] = {{"/ca/ee/ca/getCertChain", "/ca/ee/ca/getCAChain?op=downloadBIN", "/ca/rest/config/cert/signing",
                       "/ca/v2/config/cert/signing"},
                      false},
    [CAREST_CERT] = {{"/ca/rest/certs/%s", "/ca/v2/certs/%s"}, false},
    [CAREST_SEARCH] = {{"/ca/rest/certs/search", "/ca/v2/certs/search"}, true},
    [CAREST_REQUEST] = {{"/ca/rest/certrequests/%s", "/ca/v2/certrequests/%s"}, false},
    [CAREST_LOGIN] = {{"/ca/rest/account/login", "/ca/v2/account/login"}, false},
    [CAREST_CRL] = {{"/ca/ee/ca/getCRL?op=getCRL&crlIssuingPoint=MasterCRL"}, false},
    [CAREST_KRA_LOGIN] = {{"/kra/rest/account/login", "/kra/v2/account/login"}, false},
    [CAREST_KRA_KEYS] = {{"/kra/rest/agent/keys?%s", "/kra/v2/agent/keys?%s"}, false},
    [CAREST_KRA_KEY] = {{"/kra/rest/agent/keys/%s", "/kra/v2/agent/keys/%s"}, false},
    [CAREST_EST_CHAIN] = {{NET_EST_FOLDER "%scacerts"}, false},
};

struct carest *carest_open(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                           const struct ca_url *base, struct err *err)
{
    struct carest *rest = xcalloc(1, sizeof(*rest));
    if (options) {
        rest->options = *options;
    }
    for (size_t i = 0; options && options->headers && i < options->headers->n; i++) {
        strv_push(&rest->headers, options->headers->v[i]);
    }
    strv_push(&rest->headers, "Accept: application/json");
    rest->options.headers = &rest->headers;
    rest->options.max_answer = ANSWER_MAX;
    rest->conn = net_conn_open(&rest->options, db, identity, base, err);
    rest->state = EXCHANGE_FAILED;
    if (!rest->conn) {
        carest_close(rest);
        return NULL;
    }
    return rest;
}

static void forget(struct carest *rest)
{
    exchange_free(rest->exchange);
    rest->exchange = NULL;
    err_release(&rest->err);
    rest->err = (struct err)ERR_INIT;
}

void carest_close(struct carest *rest)
{
    if (!rest) {
        return;
    }
    forget(rest);
    net_conn_close(rest->conn);
    strv_release(&rest->headers);
    free(rest->argument);
    free(rest);
}

/* The n-th path to try; NULL when there are no more. */
static const char *path_at(const struct carest *rest, size_t n)
{
    const struct question *q = &questions[rest->what];
    if (n >= ARRAY_LEN(q->paths)) {
        return NULL;
    }
    if (rest->newer && q->paths[1] && strstr(q->paths[1], "/v2/") && n < 2) {
        return q->paths[1 - n];
    }
    return q->paths[n];
}

/* Words of a path: nothing that could leave its place in the URL. */
static bool argument_ok(const char *text)
{
    return strlen(text) <= ARGUMENT_MAX &&
           strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == strlen(text);
}

static bool ask(struct carest *rest, struct err *err)
{
    const struct question *q = &questions[rest->what];
    const char *path = path_at(rest, rest->place);
    const char *mark = strstr(path, "%s");
    bool folder = rest->what == CAREST_EST_CHAIN && *rest->argument; /* an empty label is no folder */
    char *text = mark ? xasprintf("%.*s%s%s%s", (int)(mark - path), path, rest->argument, folder ? "/" : "", mark + 2)
                      : xstrdup(path);
    if (rest->what == CAREST_SEARCH) {
        char *paged = xasprintf("%s?start=%ld&size=%d", text, rest->start, SEARCH_PAGE);
        free(text);
        text = paged;
    }
    exchange_free(rest->exchange);
    rest->exchange = exchange_on(rest->conn, q->post ? "POST" : "GET", text, q->post ? "application/json" : NULL,
                                 q->post ? bytes_of_str(rest->argument) : BYTES_NONE, err);
    free(text);
    rest->state = rest->exchange ? EXCHANGE_RUNNING : EXCHANGE_FAILED;
    return rest->exchange != NULL;
}

static bool start_at(struct carest *rest, enum carest_what what, const char *argument, long start, struct err *err)
{
    bool wants = what == CAREST_CERT || what == CAREST_REQUEST || what == CAREST_KRA_KEY;
    if ((wants && (!argument || !*argument || !argument_ok(argument))) ||
        (what == CAREST_EST_CHAIN && argument && !argument_ok(argument))) {
        char *shown = text_visible_str(argument ? argument : "");
        err_fail(err, ERR_NET_REST_NOT_FOUND, _("This is not a number of the CA: %s"), shown);
        free(shown);
        return false;
    }
    forget(rest);
    free(rest->argument);
    rest->argument = xstrdup(argument ? argument : "");
    rest->what = what;
    rest->start = start;
    rest->place = 0;
    return ask(rest, err);
}

bool carest_start(struct carest *rest, enum carest_what what, const char *argument, struct err *err)
{
    return start_at(rest, what, argument, 0, err);
}

/* ---- is it an answer? ---- */

static bool looks_json(const struct http_answer *answer)
{
    size_t i = 0;
    while (i < answer->body.len && answer->body.data[i] <= ' ') {
        i++;
    }
    return i < answer->body.len && (answer->body.data[i] == '{' || answer->body.data[i] == '[');
}

static bool looks_der(const struct http_answer *answer)
{
    return answer->body.len > 2 && answer->body.data[0] == 0x30;
}

/* certs-only in base64, as EST sends it (RFC 7030 section 4.1.3). */
static bool undo_base64(const struct http_answer *answer, struct buf *der)
{
    const char *type = answer->content_type ? answer->content_type : "";
    return strcasestr(type, "pkcs7-mime") && base64_decode(buf_peek(&answer->body), der, NULL) && der->len > 2 && der->data[0] == 0x30;
}

static bool looks_base64(const struct http_answer *answer)
{
    struct buf der = BUF_INIT(answer->body.max);
    bool good = undo_base64(answer, &der);
    buf_release(&der);
    return good;
}

static bool fail_with_answer(const struct http_answer *answer, enum err_code code, struct err *err)
{
    char *line = http_answer_status_line(answer);
    char *excerpt = http_answer_excerpt(answer, 200);
    err_fail(err, code, _("The server answered %s."), line);
    if (*excerpt) {
        err_context(err, _("It begins: %s"), excerpt);
    }
    err_detail(err, ERR_SOURCE_HTTP, answer->status, NULL);
    free(line);
    free(excerpt);
    return false;
}

/* {"ClassName": "com.netscape.certsrv.cert.CertNotFoundException", "Code": 404, "Message": "…"} */
static bool fail_with_message(const struct http_answer *answer, struct err *err)
{
    struct json *root = looks_json(answer) ? json_parse(buf_peek(&answer->body), NULL) : NULL;
    const char *message = json_get_str(root, "Message", "");
    char *shown = text_visible_str(message);
    if (*shown) {
        err_fail(err, answer->status == 404 ? ERR_NET_REST_NOT_FOUND : ERR_NET_REST_ERROR, _("The CA says: %s"), shown);
        err_detail(err, ERR_SOURCE_HTTP, answer->status, NULL);
    } else {
        fail_with_answer(answer, answer->status >= 500 ? ERR_NET_HTTP_SERVER : ERR_NET_REST_ERROR, err);
    }
    free(shown);
    json_free(root);
    return false;
}

enum judgement { GOOD, NEXT_PLACE, BAD };

static enum judgement judge(const struct carest *rest, const struct http_answer *answer, struct err *err)
{
    if (answer->status == 200 && (looks_json(answer) || looks_der(answer) || looks_base64(answer))) {
        return GOOD;
    }
    bool own_words = looks_json(answer) && answer->status >= 400;
    bool absent = !own_words && (answer->status == 404 || answer->status == 501 || answer->status == 405 ||
                                 answer->status / 100 <= 3);
    if (!absent) {
        fail_with_message(answer, err);
        return BAD;
    }
    if (path_at(rest, rest->place + 1)) {
        return NEXT_PLACE;
    }
    fail_with_answer(answer, ERR_NET_NO_REST, err);
    return BAD;
}

static enum exchange_state settle(struct carest *rest)
{
    const struct http_answer *answer = exchange_answer(rest->exchange);
    switch (judge(rest, answer, &rest->err)) {
    case GOOD:
        rest->newer = strstr(path_at(rest, rest->place), "/v2/") != NULL || (rest->newer && rest->place == 0);
        return EXCHANGE_DONE;
    case NEXT_PLACE:
        rest->place++;
        return ask(rest, &rest->err) ? EXCHANGE_RUNNING : EXCHANGE_FAILED;
    default:
        return EXCHANGE_FAILED;
    }
}

enum exchange_state carest_poll(struct carest *rest, int wait_ms, struct err *err)
{
    if (rest->state == EXCHANGE_RUNNING) {
        rest->state = exchange_poll(rest->exchange, wait_ms, &rest->err);
        if (rest->state == EXCHANGE_DONE) {
            rest->state = settle(rest);
        }
    }
    if (rest->state == EXCHANGE_FAILED && err) {
        err_copy(err, &rest->err);
    }
    return rest->state;
}

bool carest_finish(struct carest *rest, struct err *err)
{
    enum exchange_state state;
    do {
        state = carest_poll(rest, 1000, err);
    } while (state == EXCHANGE_RUNNING);
    return state == EXCHANGE_DONE;
}

void carest_cancel(struct carest *rest)
{
    if (rest->exchange && rest->state == EXCHANGE_RUNNING) {
        exchange_cancel(rest->exchange);
    }
}

void carest_keep_cookies(struct carest *rest)
{
    struct strv set = STRV_INIT;
    const struct http_answer *answer = rest->exchange && rest->state == EXCHANGE_DONE ? exchange_answer(rest->exchange) : NULL;
    if (answer) {
        http_answer_headers(answer, "Set-Cookie", &set);
    }
    for (size_t i = 0; i < set.n; i++) {
        strv_pushf(&rest->headers, "Cookie: %.*s", (int)strcspn(set.v[i], ";"), set.v[i]);
    }
    strv_release(&set);
}

const struct cert_list *carest_server_chain(const struct carest *rest)
{
    static const struct cert_list none = CERT_LIST_INIT;
    return rest->exchange ? exchange_server_chain(rest->exchange) : &none;
}

char *carest_version(const struct net_options *options, struct nssdb *db, const struct ca_url *base)
{
    struct carest *rest = carest_open(options, db, NULL, base, NULL);
    struct ca_status told = {0};
    char *version = NULL;
    if (rest && carest_start(rest, CAREST_STATUS, NULL, NULL) && carest_finish(rest, NULL) && carest_take_status(rest, &told, NULL)) {
        version = *told.version ? xstrdup(told.version) : NULL;
        ca_status_release(&told);
    }
    carest_close(rest);
    return version;
}

/* ---- takers ---- */

static const struct http_answer *taken(const struct carest *rest, struct err *err)
{
    const struct http_answer *answer =
        rest->exchange && rest->state == EXCHANGE_DONE ? exchange_answer(rest->exchange) : NULL;
    if (!answer) {
        err_fail(err, ERR_INTERNAL, "no answer to take");
    }
    return answer;
}

static struct json *taken_json(const struct carest *rest, struct err *err)
{
    const struct http_answer *answer = taken(rest, err);
    if (!answer) {
        return NULL;
    }
    struct json *root = json_parse(buf_peek(&answer->body), NULL);
    if (!root) {
        fail_with_answer(answer, ERR_NET_REST_SHAPE, err);
    }
    return root;
}

bool carest_take_status(struct carest *rest, struct ca_status *out, struct err *err)
{
    struct json *root = taken_json(rest, err);
    bool good = root && carest_json_status(root, out, err);
    json_free(root);
    return good;
}

bool carest_take_info(struct carest *rest, struct ca_info *out, struct err *err)
{
    struct json *root = taken_json(rest, err);
    bool good = root && carest_json_info(root, out, err);
    json_free(root);
    return good;
}

bool carest_take_entries(struct carest *rest, struct ca_cert_entries *out, struct err *err)
{
    struct json *root = taken_json(rest, err);
    bool good = root && carest_json_entries(root, out, err);
    json_free(root);
    return good;
}

bool carest_take_request(struct carest *rest, struct ca_request *out, struct err *err)
{
    struct json *root = taken_json(rest, err);
    bool good = root && carest_json_request(root, out, err);
    json_free(root);
    return good;
}

bool carest_take_chain(struct carest *rest, struct cert_list *out, struct err *err)
{
    const struct http_answer *answer = taken(rest, err);
    if (!answer) {
        return false;
    }
    if (looks_der(answer)) {
        return carest_der_chain(buf_peek(&answer->body), out, err);
    }
    struct buf der = BUF_INIT(answer->body.max);
    bool encoded = undo_base64(answer, &der);
    bool taken_der = encoded && carest_der_chain(buf_peek(&der), out, err);
    buf_release(&der);
    if (encoded) {
        return taken_der;
    }
    struct json *root = taken_json(rest, err);
    bool good = root && carest_json_chain(root, out, err);
    json_free(root);
    return good;
}

bool carest_take_cert(struct carest *rest, struct ca_cert *out, struct err *err)
{
    struct json *root = taken_json(rest, err);
    bool good = root && carest_json_cert(root, out, err);
    json_free(root);
    return good;
}

bool carest_take_raw(struct carest *rest, struct buf *out, struct err *err)
{
    const struct http_answer *answer = taken(rest, err);
    return answer && (buf_append_bytes(out, buf_peek(&answer->body)) || err_fail(err, ERR_NET_ANSWER_TOO_BIG, NULL));
}

/* ---- search by key ---- */

char *carest_search_json(const char *common_name, const char *user_id, bool exact)
{
    const struct ca_search search = {.common_name = common_name, .user_id = user_id, .exact = exact};
    return ca_search_json(&search);
}

static bool search_page(struct carest *rest, const char *query, long start, struct ca_cert_entries *out,
                        struct err *err)
{
    return start_at(rest, CAREST_SEARCH, query, start, err) && carest_finish(rest, err) &&
           carest_take_entries(rest, out, err);
}

bool carest_search(struct carest *rest, const struct ca_search *search, long start, long size,
                   struct ca_cert_entries *out, struct err *err)
{
    char *query = ca_search_json(search);
    size_t wanted = size > 0 && size < CA_SEARCH_MAX ? (size_t)size : CA_SEARCH_MAX;
    bool good = true, more = true;
    *out = (struct ca_cert_entries){0};
    while (good && more) {
        struct ca_cert_entries page = {0};
        good = search_page(rest, query, start + (long)out->n, &page, err);
        if (good) {
            size_t came = page.n;
            out->total = page.total;
            ca_cert_entries_add(out, &page, wanted);
            more = came > 0 && out->n < wanted && start + (long)out->n < out->total;
        }
        ca_cert_entries_release(&page);
    }
    free(query);
    if (!good) {
        ca_cert_entries_release(out);
    }
    return good;
}

/* One of unknown age may be the one that is looked for. */
static int64_t issued_at(const struct ca_cert_entry *entry)
{
    return entry->issued_on ? entry->issued_on : entry->not_before ? entry->not_before : INT64_MAX;
}

static int newest_first(const void *a, const void *b)
{
    int64_t x = issued_at(a), y = issued_at(b);
    return (x < y) - (x > y);
}

static bool fetch_and_compare(struct carest *rest, const char *serial, struct bytes spki, struct cert **out,
                              struct err *err)
{
    struct cert_list chain = CERT_LIST_INIT;
    bool good = carest_start(rest, CAREST_CERT, serial, err) && carest_finish(rest, err) &&
                carest_take_chain(rest, &chain, err);
    if (good && chain.n > 0 && bytes_equal(cert_spki(chain.v[0]), spki)) {
        *out = cert_ref(chain.v[0]);
    }
    cert_list_release(&chain);
    return good;
}

/* No order of the hits is promised, and a CA may overlook the time that it is given: all are listed, and looked at newest first. */
bool carest_find_spki(struct carest *rest, const char *common_name, const char *user_id, int64_t since, struct bytes spki_der,
                      struct cert **out, struct err *err)
{
    const struct ca_search search = {
        .common_name = common_name, .user_id = user_id, .exact = true, .issued_on_from = since > 0 ? since : 0};
    struct ca_cert_entries hits = {0};
    size_t n = 0;
    *out = NULL;
    bool good = carest_search(rest, &search, 0, 0, &hits, err);
    if (good && hits.n > 0) {
        qsort(hits.v, hits.n, sizeof(hits.v[0]), newest_first);
    }
    while (n < hits.n && issued_at(&hits.v[n]) >= since) {
        n++;
    }
    for (size_t i = 0; good && !*out && i < n && i < CAREST_FIND_MOST; i++) {
        good = fetch_and_compare(rest, hits.v[i].serial, spki_der, out, err);
    }
    bool cut = n > CAREST_FIND_MOST || hits.total > (long)hits.n;
    if (good && !*out && cut) { /* it may be among those that nobody looked at */
        good = err_fail(err, ERR_NET_ANSWER_TOO_BIG, NULL);
    }
    ca_cert_entries_release(&hits);
    return good;
}
