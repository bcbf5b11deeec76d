/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "interop/replay/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/when.h"

static struct buf read_file(const char *path)
{
    struct buf out = BUF_INIT(BUF_MAX_MESSAGE);
    if (file_exists(path) && !file_read(path, &out, NULL)) {
        buf_clear(&out);
    }
    return out;
}

struct buf recording_file(const struct recording *r, const char *name, const char *file)
{
    char *path = xasprintf("%s/%s/%s", r->dir, name, file);
    struct buf out = read_file(path);
    free(path);
    return out;
}

/* "Fri, 20 Nov 2026 23:03:19 GMT" */
static int64_t http_date(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int day = 0, year = 0, hour = 0, minute = 0, second = 0;
    char month[4] = "";
    if (sscanf(text, "%*3s, %d %3s %d %d:%d:%d", &day, month, &year, &hour, &minute, &second) != 6) {
        return 0;
    }
    const char *at = strstr(months, month);
    return at ? when_from_utc(year, (int)(at - months) / 3 + 1, day, hour, minute, second) : 0;
}

static char *header_of(const struct json *list, const char *name)
{
    for (struct json *e = json_first(list); e; e = json_next(e)) {
        const char *line = json_str(e);
        if (line && strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            return xstrdup(line + strlen(name) + 2);
        }
    }
    return NULL;
}

/* The file whose size was recorded; a damaged copy of a request is what was sent. */
static bool pick_body(const struct recording *r, struct exchange *x, long size)
{
    struct strv files = STRV_INIT;
    char *dir = path_join(r->dir, x->name);
    char *best = NULL;
    if (!dir_list(dir, &files, NULL)) {
        files.n = 0;
    }
    for (size_t i = 0; i < files.n; i++) {
        char *path = path_join(dir, files.v[i]);
        struct stat st;
        bool is_request = text_starts(files.v[i], "request") && !text_ends(files.v[i], ".raw");
        if (is_request && stat(path, &st) == 0 && (size < 0 || st.st_size == size) && (!best || strstr(path, "mutated"))) {
            free(best);
            best = xstrdup(path);
        }
        free(path);
    }
    if (best) {
        x->body = read_file(best);
    }
    bool found = best != NULL || size == 0;
    free(best);
    free(dir);
    strv_release(&files);
    return found;
}

/* request.raw: request line, headers, body as they went over the wire. */
static bool take_raw(const struct recording *r, struct exchange *x)
{
    struct buf raw = recording_file(r, x->name, "request.raw");
    const char *text = buf_str(&raw);
    const char *end = raw.len ? strstr(text, "\r\n\r\n") : NULL;
    if (end) {
        char *head = xstrndup(text, (size_t)(end - text));
        for (char *p = head; *p; p++) {
            *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
        }
        x->has_length = strstr(head, "\ncontent-length:") != NULL;
        size_t start = (size_t)(end - text) + 4;
        if (!buf_append(&x->body, raw.data + start, raw.len - start)) {
            end = NULL;
        }
        free(head);
    }
    buf_release(&raw);
    return end != NULL;
}

/* The value of a header; NULL when it is not there. */
static char *raw_header(const char *head, const char *name)
{
    char *line = xasprintf("\n%s: ", name);
    const char *at = strcasestr(head, line);
    const char *value = at ? at + strlen(line) : NULL;
    free(line);
    return value ? xstrndup(value, strcspn(value, "\r\n")) : NULL;
}

/* Behind "100 Continue" comes the answer itself, status line and headers first: it was recorded as the body. */
static bool take_final_answer(struct exchange *x)
{
    const char *text = buf_str(&x->answer), *end = strstr(text, "\r\n\r\n");
    int status = 0;
    if (!end || sscanf(text, "HTTP/1.1 %d", &status) != 1) {
        return false;
    }
    char *head = xstrndup(text, (size_t)(end - text)), *date = raw_header(head, "Date");
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    size_t start = (size_t)(end - text) + 4;
    bool ok = buf_append(&body, x->answer.data + start, x->answer.len - start);
    buf_release(&x->answer);
    free(x->answer_type);
    x->answer = body;
    x->answer_type = raw_header(head, "Content-Type");
    x->http_status = status;
    x->at = date ? http_date(date) : 0;
    free(date);
    free(head);
    return ok;
}

static char *after_question_mark(char *path)
{
    char *mark = strchr(path, '?');
    if (!mark) {
        return NULL;
    }
    *mark = '\0';
    return xstrdup(mark + 1);
}

static bool add_step(struct recording *r, const char *name, int number, const struct json *step, struct err *err)
{
    struct exchange x = {.name = xstrdup(name), .step = number, .has_length = true};
    buf_init(&x.body, BUF_MAX_MESSAGE);
    const char *tls = json_get_str(step, "tlsClient", NULL);
    char *date = header_of(json_get(step, "responseHeaders"), "Date");
    x.method = xstrdup(json_get_str(step, "method", "POST"));
    x.path = xstrdup(json_get_str(step, "path", ""));
    x.query = after_question_mark(x.path);
    x.tls_client = tls ? xstrdup(tls) : NULL;
    x.content_type = xstrdup(json_get_str(json_get(step, "requestHeaders"), "Content-Type", NULL));
    x.at = date ? http_date(date) : 0;
    x.http_status = (int)json_get_num(step, "httpStatus", 0);
    x.answer_type = header_of(json_get(step, "responseHeaders"), "Content-Type");
    x.answer = recording_file(r, name, json_get_str(step, "responseFile", "response.der"));
    bool found = take_raw(r, &x) || pick_body(r, &x, (long)json_get_num(step, "requestBytes", -1));
    found = found && (x.http_status != 100 || take_final_answer(&x));
    if (strcmp(x.method, "POST") != 0) {
        x.has_length = false;
    }
    free(date);
    r->v = xrealloc(r->v, (r->n + 1) * sizeof *r->v);
    r->v[r->n++] = x;
    return found || err_fail(err, ERR_FILE_MISSING, "%s: the request of step %d", name, number);
}

/* Dogtag's HttpClient keeps no headers: the time is that of the certificate. */
static bool add_httpclient(struct recording *r, const char *name, const struct json *root)
{
    struct exchange x = {.name = xstrdup(name), .has_length = true, .http_status = 200};
    struct buf cfg = recording_file(r, name, "submit.cfg");
    buf_init(&x.body, BUF_MAX_MESSAGE);
    const char *servlet = strstr(buf_str(&cfg), "servlet=");
    const char *nickname = strstr(buf_str(&cfg), "\nnickname=");
    bool client = strstr(buf_str(&cfg), "clientmode=true") != NULL;
    bool ok = servlet && pick_body(r, &x, -1);
    x.method = xstrdup("POST");
    x.path = servlet ? xstrndup(servlet + 8, strcspn(servlet + 8, "\r\n")) : xstrdup("");
    x.query = after_question_mark(x.path);
    x.tls_client = client && nickname ? xstrndup(nickname + 10, strcspn(nickname + 10, "\r\n")) : NULL;
    x.answer_type = xstrdup("application/pkcs7-mime");
    x.answer = recording_file(r, name, "response.der");
    (void)root;
    buf_release(&cfg);
    r->v = xrealloc(r->v, (r->n + 1) * sizeof *r->v);
    r->v[r->n++] = x;
    return ok;
}

/* Recorded excerpts of answers may hold NUL characters, which our JSON reader refuses. */
static struct json *read_case(const char *path, struct err *err)
{
    struct buf text = read_file(path);
    char *copy = buf_take_str(&text);
    for (char *p = copy; (p = strstr(p, "\\u0000")) != NULL;) {
        memcpy(p, "\\u0020", 6);
    }
    struct json *root = json_parse(bytes_of_str(copy), err);
    free(copy);
    return root;
}

static bool load_case(struct recording *r, const char *name, struct err *err)
{
    char *path = xasprintf("%s/%s/case.json", r->dir, name);
    struct json *root = file_exists(path) ? read_case(path, err) : NULL;
    bool ok = !file_exists(path) || root;
    int number = 0;
    bool http_client = false;
    for (struct json *step = json_first(json_get(root, "steps")); ok && step; step = json_next(step)) {
        if (json_get_str(step, "path", NULL)) {
            ok = add_step(r, name, number++, step, err);
        }
        http_client = http_client || strcmp(json_get_str(step, "tool", ""), "HttpClient") == 0;
    }
    if (root) {
        r->n_cases++;
    }
    if (ok && http_client && number == 0) {
        ok = add_httpclient(r, name, root);
        number++;
    }
    if (ok && root && number == 0) {
        printf("# never sent: %s\n", name);
        r->n_never_sent++;
    }
    json_free(root);
    free(path);
    return ok;
}

static int by_time(const void *a, const void *b)
{
    const struct exchange *x = a;
    const struct exchange *y = b;
    if (x->at != y->at) {
        return x->at < y->at ? -1 : 1;
    }
    int order = strcmp(x->name, y->name);
    return order ? order : x->step - y->step;
}

bool recording_load(const char *dir, struct recording *r, struct err *err)
{
    struct strv names = STRV_INIT;
    *r = (struct recording){.dir = xstrdup(dir)};
    bool ok = dir_list(dir, &names, err);
    for (size_t i = 0; ok && i < names.n; i++) {
        ok = names.v[i][0] == '_' || load_case(r, names.v[i], err);
    }
    strv_release(&names);
    if (ok) {
        /* What carries no date comes last. */
        int64_t latest = 0;
        for (size_t i = 0; i < r->n; i++) {
            latest = r->v[i].at > latest ? r->v[i].at : latest;
        }
        for (size_t i = 0; i < r->n; i++) {
            r->v[i].at = r->v[i].at ? r->v[i].at : latest + 1;
        }
        qsort(r->v, r->n, sizeof *r->v, by_time);
    }
    return ok;
}

void recording_release(struct recording *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct exchange *x = &r->v[i];
        free(x->name);
        free(x->method);
        free(x->path);
        free(x->query);
        free(x->content_type);
        free(x->tls_client);
        free(x->answer_type);
        buf_release(&x->body);
        buf_release(&x->answer);
    }
    free(r->v);
    free(r->dir);
}
