/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/kra.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "nss/dn.h"
#include "nss/pem.h"

#define KEYS_MAX 100000 /* that are looked through; servers up to 11.5 cut their list at 100 when they are not told */
#define KEYS_PAGE 1000

/* A name as the value of a query (RFC 3986): everything but letters and digits is quoted. Caller frees. */
static char *quoted(const char *text)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        buf_add(&out, plain ? "%c" : "%%%02X", *c);
    }
    return buf_take_str(&out);
}

static struct json *ask(struct carest *rest, enum carest_what what, const char *argument, struct err *err)
{
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    struct json *root = NULL;
    if (carest_start(rest, what, argument, err) && carest_finish(rest, err) && carest_take_raw(rest, &body, err)) {
        root = json_parse(buf_peek(&body), NULL);
        if (!root) {
            err_fail(err, ERR_NET_REST_SHAPE, NULL);
        }
    }
    buf_release(&body);
    return root;
}

/* One search, page after page. */
struct search {
    struct carest *rest;
    const char *owner;
    struct buf owner_der; /* empty when it is no name: then texts are compared */
    struct bytes spki;
    long seen;   /* entries so far */
    char *first; /* address of the last page's first entry */
    bool whole;  /* every key was listed */
};

static bool is_of(struct carest *rest, const char *id, struct bytes spki, bool *same, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct json *root = ask(rest, CAREST_KRA_KEY, id, err);
    const char *key = json_get_str(root, "publicKey", "");
    *same = root && *key && base64_decode(bytes_of_str(key), &der, NULL) && bytes_equal(buf_peek(&der), spki);
    bool ok = root != NULL;
    json_free(root);
    buf_release(&der);
    return ok;
}

/* Servers up to 11.5 leave the owner in the question unread and list everybody's keys. An entry without a name is looked at as well. */
static bool may_be_owners(const struct search *s, const char *name)
{
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    bool same = !*name || strcmp(name, s->owner) == 0;
    if (!same && s->owner_der.len && dn_encode(name, &der, NULL)) {
        same = dn_equal(buf_peek(&der), buf_peek(&s->owner_der));
    }
    buf_release(&der);
    return same;
}

/* Looks at the keys of a page that may be meant; their numbers are the ends of their addresses. */
static bool look_at(struct search *s, const struct json *entries, long *n, char **id, struct err *err)
{
    bool ok = true;
    for (const struct json *e = entries ? json_first(entries) : NULL; ok && e && !*id; e = json_next(e)) {
        const char *slash = strrchr(json_get_str(e, "keyURL", ""), '/');
        bool same = false;
        (*n)++;
        if (slash && slash[1] && may_be_owners(s, json_get_str(e, "ownerName", ""))) {
            ok = is_of(s->rest, slash + 1, s->spki, &same, err);
            *id = ok && same ? xstrdup(slash + 1) : NULL;
        }
    }
    return ok;
}

/* A server that gives the same page again does not page. */
static bool is_repeated(struct search *s, const struct json *entries)
{
    const struct json *first = entries ? json_first(entries) : NULL;
    const char *url = first ? json_get_str(first, "keyURL", "") : "";
    bool repeated = s->first && *url && strcmp(s->first, url) == 0;
    free(s->first);
    s->first = xstrdup(url);
    return repeated;
}

/* *more: there may be another page. */
static bool read_page(struct search *s, bool *more, char **id, struct err *err)
{
    char *name = quoted(s->owner),
         *query = xasprintf("owner=%s&maxResults=%d&start=%ld&size=%d", name, KEYS_MAX, s->seen, KEYS_PAGE);
    struct json *root = ask(s->rest, CAREST_KRA_KEYS, query, err);
    const struct json *entries = root ? json_get(root, "entries") : NULL;
    double total = root ? json_get_num(root, "total", -1) : -1;
    bool repeated = is_repeated(s, entries);
    long n = 0;
    bool ok = root && (repeated || look_at(s, entries, &n, id, err));
    s->seen += n;
    bool all = total < 0 ? n == 0 : s->seen >= total;
    s->whole = all && !repeated && total < KEYS_MAX;
    *more = ok && !*id && n > 0 && !all && s->seen < KEYS_MAX;
    json_free(root);
    free(name);
    free(query);
    return ok;
}

static bool search_keys(struct search *s, char **id, struct err *err)
{
    bool ok = true, more = true;
    while (ok && more) {
        ok = read_page(s, &more, id, err);
    }
    return ok && (*id || s->whole || err_fail(err, ERR_NET_REST_SHAPE, "/agent/keys: %ld", s->seen));
}

/* The login of somebody who is none of the agents: 401 of a server that knows no such user, 403 of one who may not. */
static bool say_not_agent(struct err *err)
{
    if (err && err->code == ERR_NET_REST_ERROR && err->source == ERR_SOURCE_HTTP &&
        (err->number == 401 || err->number == 403)) {
        long status = err->number;
        err_fail(err, ERR_NET_KRA_NOT_AGENT, "%s", err->n_context ? err->context[0] : "");
        err_detail(err, ERR_SOURCE_HTTP, status, NULL);
    }
    return false;
}

bool kra_find_key(struct carest *rest, const char *owner, struct bytes spki, char **id, struct err *err)
{
    struct search s = {.rest = rest, .owner = owner, .owner_der = BUF_INIT(BUF_MAX_TEXT), .spki = spki};
    *id = NULL;
    if (!dn_encode(owner, &s.owner_der, NULL)) {
        buf_release(&s.owner_der);
    }
    struct json *login = ask(rest, CAREST_KRA_LOGIN, NULL, err);
    bool ok = login != NULL;
    json_free(login);
    if (ok) {
        carest_keep_cookies(rest);
        ok = search_keys(&s, id, err);
    }
    ok = ok || say_not_agent(err);
    free(s.first);
    buf_release(&s.owner_der);
    return ok;
}
