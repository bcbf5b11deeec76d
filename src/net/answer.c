/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "net/internal.h"

#define HEADERS_MAX ((size_t)256 << 10)
#define EXCERPT_SCAN ((size_t)16 << 10) /* octets of a body that are looked at for an excerpt */

void http_answer_init(struct http_answer *answer, size_t max_body)
{
    *answer = (struct http_answer){0};
    buf_init(&answer->headers, HEADERS_MAX);
    buf_init(&answer->body, max_body ? max_body : BUF_MAX_MESSAGE);
}

void http_answer_release(struct http_answer *answer)
{
    free(answer->reason);
    free(answer->content_type);
    free(answer->tls_version);
    free(answer->cipher);
    buf_release(&answer->headers);
    buf_release(&answer->body);
    cert_list_release(&answer->server_chain);
    strv_release(&answer->notes);
    *answer = (struct http_answer){0};
}

bool http_status_line(const char *line, int *status, char **reason)
{
    if (!text_starts(line, "HTTP/")) {
        return false;
    }
    const char *p = strchr(line, ' ');
    if (!p || strspn(p + 1, "0123456789") != 3) {
        return false;
    }
    *status = (int)strtol(p + 1, NULL, 10);
    p += 4;
    p += *p == ' ';
    free(*reason);
    *reason = xstrndup(p, strcspn(p, "\r\n"));
    return true;
}

void http_answer_headers(const struct http_answer *answer, const char *name, struct strv *out)
{
    size_t len = strlen(name);
    const char *line = buf_str(&answer->headers);
    while (*line) {
        size_t n = strcspn(line, "\r\n");
        if (n > len && line[len] == ':' && strncasecmp(line, name, len) == 0) {
            const char *value = line + len + 1;
            size_t blanks = strspn(value, " \t");
            size_t value_len = n - len - 1;
            blanks = blanks < value_len ? blanks : value_len;
            strv_push_take(out, xstrndup(value + blanks, value_len - blanks));
        }
        line += n;
        line += strspn(line, "\r\n");
    }
}

char *http_answer_header(const struct http_answer *answer, const char *name)
{
    struct strv all = STRV_INIT;
    http_answer_headers(answer, name, &all);
    char *first = all.n > 0 ? xstrdup(all.v[0]) : NULL;
    strv_release(&all);
    return first;
}

char *http_answer_status_line(const struct http_answer *answer)
{
    char *reason = text_visible_str(answer->reason ? answer->reason : "");
    char *line = *reason ? xasprintf("HTTP %d %s", answer->status, reason) : xasprintf("HTTP %d", answer->status);
    free(reason);
    return line;
}

static bool looks_like_markup(const struct http_answer *answer)
{
    const char *type = answer->content_type ? answer->content_type : "";
    if (strstr(type, "html") || strstr(type, "xml")) {
        return true;
    }
    const uint8_t *p = answer->body.data;
    size_t n = answer->body.len;
    while (n > 0 && *p <= ' ') {
        p++, n--;
    }
    return n > 0 && *p == '<';
}

/* Is the element whose tag starts at p (behind "<") one whose content no reader sees? */
static const char *hidden_element(const char *p)
{
    static const char *const hidden[] = {"style", "script", "head"};
    for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
        size_t n = strlen(hidden[i]);
        if (strncasecmp(p, hidden[i], n) == 0 && strchr(" >\t\r\n", p[n])) {
            return hidden[i];
        }
    }
    return NULL;
}

/* p stands on "<"; returns the first octet behind the tag, or behind the element when it is a hidden one. */
static const char *markup_skip(const char *p)
{
    const char *hidden = hidden_element(p + 1);
    const char *end = strchr(p, '>');
    end = end ? end + 1 : p + strlen(p);
    if (!hidden) {
        return end;
    }
    char *close = xasprintf("</%s", hidden);
    const char *found = strcasestr(end, close);
    free(close);
    if (!found) {
        return end;
    }
    const char *after = strchr(found, '>');
    return after ? after + 1 : found + strlen(found);
}

/* Tags out, runs of blanks to one blank. The text is read by a person, not by a program. */
static char *plain_text(const char *text, bool markup)
{
    char *out = xmalloc(strlen(text) + 2);
    size_t n = 0;
    for (const char *p = text; *p;) {
        char c = *p;
        if (markup && c == '<') {
            p = markup_skip(p);
            c = ' ';
        } else {
            p++;
        }
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            if (n > 0 && out[n - 1] != ' ') {
                out[n++] = ' ';
            }
        } else {
            out[n++] = c;
        }
    }
    while (n > 0 && out[n - 1] == ' ') {
        n--;
    }
    out[n] = '\0';
    return out;
}

char *http_answer_excerpt(const struct http_answer *answer, int columns)
{
    size_t len = answer->body.len < EXCERPT_SCAN ? answer->body.len : EXCERPT_SCAN;
    char *visible;
    if (len == 0) {
        return xstrdup("");
    }
    if (memchr(answer->body.data, '\0', len)) { /* binary */
        visible = text_visible(BYTES(answer->body.data, len < 256 ? len : 256));
    } else {
        char *raw = xstrndup((const char *)answer->body.data, len);
        char *plain = plain_text(raw, looks_like_markup(answer));
        visible = text_visible_str(plain);
        free(plain);
        free(raw);
    }
    char *cut = text_ellipsis(visible, columns, false);
    free(visible);
    return cut;
}
