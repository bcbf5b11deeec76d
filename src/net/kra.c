/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/kra.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/strv.h"
#include "nss/pem.h"

#define KEYS_MAX 1000 /* of one owner */

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

/* Numbers of this owner's keys, from the ends of their addresses. */
static bool list_keys(struct carest *rest, const char *owner, struct strv *ids, struct err *err)
{
    char *name = quoted(owner), *query = xasprintf("ownerName=%s&maxResults=%d&size=%d", name, KEYS_MAX, KEYS_MAX);
    struct json *root = ask(rest, CAREST_KRA_KEYS, query, err);
    const struct json *entries = root ? json_get(root, "entries") : NULL;
    for (const struct json *e = entries ? json_first(entries) : NULL; e; e = json_next(e)) {
        const char *url = json_get_str(e, "keyURL", ""), *slash = strrchr(url, '/');
        if (slash && slash[1]) {
            strv_push(ids, slash + 1);
        }
    }
    bool ok = root != NULL;
    json_free(root);
    free(name);
    free(query);
    return ok;
}

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

bool kra_find_key(struct carest *rest, const char *owner, struct bytes spki, char **id, struct err *err)
{
    struct strv ids = STRV_INIT;
    *id = NULL;
    struct json *login = ask(rest, CAREST_KRA_LOGIN, NULL, err);
    bool ok = login != NULL;
    json_free(login);
    if (ok) {
        carest_keep_cookies(rest);
        ok = list_keys(rest, owner, &ids, err);
    }
    for (size_t i = 0; ok && i < ids.n && !*id; i++) {
        bool same = false;
        ok = is_of(rest, ids.v[i], spki, &same, err);
        *id = ok && same ? xstrdup(ids.v[i]) : NULL;
    }
    strv_release(&ids);
    return ok;
}
