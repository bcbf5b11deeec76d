/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "replay:FILE": the answer comes from a file, nothing is sent. A file that begins with "HTTP/" is a whole recorded
 * answer (status line, headers, blank line, body); any other is the body of a 200, its type guessed from the file's
 * name.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "net/internal.h"

struct replay_conn {
    struct ca_url url;
    size_t max_answer;
};

struct replay {
    char *path;
    size_t max;
};

static void *replay_open(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                         const struct ca_url *url, struct err *err)
{
    (void)db;
    (void)identity;
    (void)err;
    struct replay_conn *conn = xcalloc(1, sizeof(*conn));
    ca_url_copy(url, &conn->url);
    conn->max_answer = options->max_answer ? options->max_answer : BUF_MAX_MESSAGE;
    return conn;
}

static void replay_close(void *own)
{
    struct replay_conn *conn = own;
    ca_url_release(&conn->url);
    free(conn);
}

static unsigned replay_connects(const void *own)
{
    (void)own;
    return 1;
}

static void *replay_start(void *own, const char *method, const char *path_query, const char *content_type,
                          struct bytes body, struct err *err)
{
    struct replay_conn *conn = own;
    (void)method;
    (void)path_query;
    (void)content_type;
    (void)body;
    (void)err;
    struct replay *x = xcalloc(1, sizeof(*x));
    x->path = xstrdup(conn->url.path);
    x->max = conn->max_answer;
    return x;
}

/* To add one: a row; the last one is for all others. */
static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html"}, {".json", "application/json"},  {".xml", "application/xml"},
    {".txt", "text/plain"}, {"", "application/pkcs7-mime"},
};

static bool whole_answer(struct http_answer *out, const char *text, size_t len, struct err *err)
{
    const char *end = memmem(text, len, "\r\n\r\n", 4);
    if (!end || !http_status_line(text, &out->status, &out->reason)) {
        return err_fail(err, ERR_NET_REPLAY, "%s", _("The recorded headers do not end."));
    }
    size_t head = (size_t)(end - text) + 4;
    if (!buf_append(&out->headers, text, head) || !buf_append(&out->body, text + head, len - head)) {
        return err_fail(err, ERR_NET_ANSWER_TOO_BIG, NULL);
    }
    out->content_type = http_answer_header(out, "Content-Type");
    if (!out->content_type) {
        out->content_type = xstrdup("");
    }
    return true;
}

static bool bare_body(struct http_answer *out, const char *path, struct buf *content, struct err *err)
{
    size_t i = 0;
    while (!text_ends(path, types[i].ending)) {
        i++;
    }
    out->status = 200;
    out->reason = xstrdup("OK");
    out->content_type = xstrdup(types[i].type);
    return buf_append(&out->body, content->data, content->len) || err_fail(err, ERR_NET_ANSWER_TOO_BIG, NULL);
}

static enum exchange_state replay_poll(void *own, int wait_ms, struct http_answer *out, struct err *err)
{
    struct replay *x = own;
    struct buf content = BUF_INIT(x->max + BUF_MAX_TEXT);
    (void)wait_ms;
    bool good = file_read(x->path, &content, err);
    if (!good) {
        struct err why = ERR_INIT;
        err_move(&why, err);
        err_fail(err, ERR_NET_REPLAY, "%s", err_what(why.code));
        err_release(&why);
    } else if (text_starts(buf_str(&content), "HTTP/")) {
        good = whole_answer(out, buf_str(&content), content.len, err);
    } else {
        good = bare_body(out, x->path, &content, err);
    }
    out->tls_version = xstrdup("");
    out->cipher = xstrdup("");
    buf_release(&content);
    return good ? EXCHANGE_DONE : EXCHANGE_FAILED;
}

static unsigned replay_fds(void *own, struct pollfd *fds, unsigned max, int *wait_ms)
{
    (void)own;
    (void)fds;
    (void)max;
    *wait_ms = 0;
    return 0;
}

static enum exchange_phase replay_phase(const void *own)
{
    (void)own;
    return EXCHANGE_WAITING;
}

static size_t replay_sent(const void *own)
{
    (void)own;
    return 0;
}

static const struct cert_list *replay_chain(const void *own)
{
    (void)own;
    return NULL;
}

static void replay_finish(void *own)
{
    struct replay *x = own;
    free(x->path);
    free(x);
}

const struct transport_ops net_replay_ops = {
    .scheme = "replay",
    .open = replay_open,
    .close = replay_close,
    .connects = replay_connects,
    .start = replay_start,
    .poll = replay_poll,
    .fds = replay_fds,
    .phase = replay_phase,
    .sent = replay_sent,
    .chain = replay_chain,
    .finish = replay_finish,
};
