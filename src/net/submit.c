/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/submit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "nss/pem.h"

#define EXCERPT_COLUMNS 300

#define EST_COLUMNS 76
#define RETRY_MAX (366L * 24 * 60 * 60) /* longer is no time to wait for */

/* To add one: a row; the path's last part decides, inside EST's folder or outside of it. */
static const struct service {
    const char *ending;
    bool est;
    enum net_service service;
    const char *type;
    bool base64;
} services[] = {
    {"/simpleenroll", true, NET_EST_SIMPLE, NET_TYPE_PKCS10, true},
    {"/simplereenroll", true, NET_EST_SIMPLE, NET_TYPE_PKCS10, true},
    {"/fullcmc", true, NET_EST_FULL, NET_TYPE_CMC_REQUEST, false},
    {"/profileSubmitCMCSimple", false, NET_CMC_SIMPLE, NET_TYPE_PKCS10, false},
    {"", false, NET_CMC_FULL, NET_TYPE_CMC_REQUEST, false},
};

enum net_service net_service_of(const char *path)
{
    bool est = text_starts(path, NET_EST_FOLDER);
    for (size_t i = 0; i < ARRAY_LEN(services); i++) {
        if (services[i].est == est && text_ends(path, services[i].ending)) {
            return services[i].service;
        }
    }
    return NET_CMC_FULL;
}

char *net_est_label(const char *path)
{
    if (!text_starts(path, NET_EST_FOLDER)) {
        return NULL;
    }
    const char *rest = path + strlen(NET_EST_FOLDER), *slash = strchr(rest, '/');
    return slash ? xstrndup(rest, (size_t)(slash - rest)) : xstrdup("");
}

static const struct service *row_of(enum net_service service)
{
    size_t i = 0;
    while (services[i].service != service) {
        i++;
    }
    return &services[i];
}

/* The body as the service takes it; hold keeps it. */
static bool body_of(const struct service *row, struct bytes der, struct buf *hold, struct bytes *body, struct err *err)
{
    *body = der;
    if (row->base64) {
        if (!base64_encode(der, EST_COLUMNS, true, hold)) {
            return err_fail(err, ERR_FILE_TOO_BIG, NULL);
        }
        *body = buf_peek(hold);
    }
    return true;
}

struct exchange *cmc_submit_start(const struct net_options *options, struct nssdb *db,
                                  const struct net_identity *identity, const struct ca_url *url,
                                  struct bytes request_der, struct err *err)
{
    const struct service *row = row_of(net_service_of(url->path));
    struct buf hold = BUF_INIT(BUF_MAX_MESSAGE);
    struct bytes body;
    hold.secret = true;
    struct exchange *x = body_of(row, request_der, &hold, &body, err)
                             ? exchange_start(options, db, identity, url, "POST", row->type, body, err)
                             : NULL;
    buf_release(&hold);
    return x;
}

struct exchange *cmc_submit_on(struct net_conn *conn, enum net_service service, const char *path_query,
                               struct bytes request_der, struct err *err)
{
    const struct service *row = row_of(service);
    struct buf hold = BUF_INIT(BUF_MAX_MESSAGE);
    struct bytes body;
    hold.secret = true;
    struct exchange *x = body_of(row, request_der, &hold, &body, err)
                             ? exchange_on(conn, "POST", path_query, row->type, body, err)
                             : NULL;
    buf_release(&hold);
    return x;
}

enum shape { SHAPE_OTHER, SHAPE_SIGNED_DATA, SHAPE_CUT_OFF };

/* Is it a ContentInfo with SignedData (RFC 5652 section 3), in DER or BER, and is all of it there? */
static enum shape shape_of(struct bytes b)
{
    static const uint8_t signed_data[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
    if (b.len < 2 || b.data[0] != 0x30) {
        return SHAPE_OTHER;
    }
    size_t head = 2;
    size_t content = b.data[1];
    bool indefinite = b.data[1] == 0x80;
    if (b.data[1] > 0x80) {
        size_t n = b.data[1] & 0x7f;
        if (n > 4) {
            return SHAPE_OTHER;
        }
        if (b.len < 2 + n) {
            return SHAPE_CUT_OFF;
        }
        content = 0;
        for (size_t i = 0; i < n; i++) {
            content = content << 8 | b.data[2 + i];
        }
        head += n;
    }
    size_t have = b.len - head < sizeof(signed_data) ? b.len - head : sizeof(signed_data);
    if (memcmp(b.data + head, signed_data, have) != 0) {
        return SHAPE_OTHER;
    }
    bool whole = indefinite ? b.len >= 4 && b.data[b.len - 1] == 0 && b.data[b.len - 2] == 0 : b.len - head >= content;
    return whole && have == sizeof(signed_data) ? SHAPE_SIGNED_DATA : SHAPE_CUT_OFF;
}

/* To add one: a row; from..to are HTTP status codes. */
static const struct {
    int from, to;
    enum err_code code;
} statuses[] = {
    {404, 404, ERR_NET_HTTP_NOT_FOUND}, {410, 410, ERR_NET_HTTP_NOT_FOUND}, {401, 401, ERR_NET_HTTP_DENIED},
    {403, 403, ERR_NET_HTTP_DENIED},    {407, 407, ERR_NET_PROXY_AUTH},     {300, 399, ERR_NET_HTTP_REDIRECT},
    {202, 202, ERR_NET_EST_LATER},      {400, 400, ERR_NET_HTTP_REFUSED},   {415, 415, ERR_NET_HTTP_REFUSED},
    {501, 501, ERR_NET_EST_CANNOT},     {500, 599, ERR_NET_HTTP_SERVER},
};

/* RFC 7617: the server says that a name and a password would do. */
static bool asks_login(const struct http_answer *answer)
{
    struct strv asked = STRV_INIT;
    bool basic = false;
    http_answer_headers(answer, "WWW-Authenticate", &asked);
    for (size_t i = 0; i < asked.n; i++) {
        basic = basic || strncasecmp(asked.v[i], "Basic", 5) == 0;
    }
    strv_release(&asked);
    return basic;
}

static enum err_code refusal(const struct http_answer *answer)
{
    if (answer->status == 401 && asks_login(answer)) {
        return ERR_NET_HTTP_LOGIN;
    }
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        if (answer->status >= statuses[i].from && answer->status <= statuses[i].to) {
            return statuses[i].code;
        }
    }
    if (answer->body.len == 0) {
        return ERR_NET_ANSWER_EMPTY;
    }
    return strstr(buf_str(&answer->body), "Certificate System has encountered") ? ERR_NET_CA_ERROR_PAGE
                                                                                : ERR_NET_NOT_CMC;
}

static bool refuse(const struct http_answer *answer, enum err_code code, struct err *err)
{
    char *line = http_answer_status_line(answer);
    char *type = text_visible_str(answer->content_type ? answer->content_type : "");
    char *excerpt = http_answer_excerpt(answer, EXCERPT_COLUMNS);
    if (*type) {
        err_fail(err, code, _("The server answered %1$s with content of the type %2$s."), line, type);
    } else {
        err_fail(err, code, _("The server answered %s."), line);
    }
    if (*excerpt) {
        err_context(err, _("It begins: %s"), excerpt);
    }
    if (code == ERR_NET_HTTP_REDIRECT) {
        char *location = http_answer_header(answer, "Location");
        char *shown = text_visible_str(location ? location : "");
        err_context(err, _("It points to: %s"), shown);
        free(shown);
        free(location);
    }
    if (code == ERR_NET_EST_LATER) {
        char *after = http_answer_header(answer, "Retry-After");
        char *shown = text_visible_str(after ? after : "");
        if (*shown) {
            err_context(err, _("It says when to come again (seconds or a date): %s"), shown);
        }
        free(shown);
        free(after);
    }
    err_detail(err, ERR_SOURCE_HTTP, answer->status, NULL);
    free(line);
    free(type);
    free(excerpt);
    return false;
}

int64_t cmc_answer_retry_at(const struct http_answer *answer, int64_t now)
{
    char *after = answer->status == 202 ? http_answer_header(answer, "Retry-After") : NULL;
    int64_t at = 0;
    char *end = NULL;
    long seconds = after ? strtol(after, &end, 10) : -1;
    if (after && end != after && !*end && seconds >= 0 && seconds <= RETRY_MAX) {
        at = now + seconds;
    } else if (after && !when_parse_http(after, &at)) {
        at = 0;
    }
    free(after);
    return at;
}

bool cmc_answer_take(const struct http_answer *answer, struct buf *response_der, struct err *err)
{
    struct buf decoded = BUF_INIT(answer->body.max);
    struct bytes body = buf_peek(&answer->body);
    const char *type = answer->content_type ? answer->content_type : "";
    if (body.len > 0 && body.data[0] != 0x30 && strcasestr(type, "pkcs7-mime") && base64_decode(body, &decoded, NULL)) {
        body = buf_peek(&decoded); /* EST sends base64 (RFC 7030 section 4.3) */
    }
    enum shape shape = shape_of(body);
    bool good = false;
    if (shape == SHAPE_SIGNED_DATA) {
        good = buf_append_bytes(response_der, body) || err_fail(err, ERR_NET_ANSWER_TOO_BIG, NULL);
    } else if (shape == SHAPE_CUT_OFF) {
        refuse(answer, ERR_NET_ANSWER_TRUNCATED, err);
    } else {
        refuse(answer, refusal(answer), err);
    }
    buf_release(&decoded);
    return good;
}

bool cmc_submit(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                const struct ca_url *url, struct bytes request_der, struct buf *response_der,
                struct exchange **answer_out, struct err *err)
{
    if (answer_out) {
        *answer_out = NULL;
    }
    struct exchange *x = cmc_submit_start(options, db, identity, url, request_der, err);
    if (!x) {
        return false;
    }
    bool good = exchange_finish(x, err) && cmc_answer_take(exchange_answer(x), response_der, err);
    if (answer_out && exchange_answer(x)) {
        *answer_out = x;
    } else {
        exchange_free(x);
    }
    return good;
}
