/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/strv.h"

#include <stdlib.h>
#include <string.h>

void strv_push_take(struct strv *s, char *taken)
{
    /* Grown at powers of two: n and the NULL fit exactly when n + 1 is none. */
    if (((s->n + 1) & s->n) == 0 || !s->v) {
        size_t room = (s->n + 1) * 2;
        if (room > SIZE_MAX / sizeof(*s->v)) {
            abort();
        }
        s->v = xrealloc(s->v, room * sizeof(*s->v));
    }
    s->v[s->n++] = taken;
    s->v[s->n] = NULL;
}

void strv_push(struct strv *s, const char *copied)
{
    strv_push_take(s, xstrdup(copied));
}

void strv_pushf(struct strv *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    strv_push_take(s, xvasprintf(fmt, ap));
    va_end(ap);
}

bool strv_has(const struct strv *s, const char *text)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->v[i], text) == 0) {
            return true;
        }
    }
    return false;
}

void strv_split(struct strv *s, const char *text, char at)
{
    for (;;) {
        const char *end = strchr(text, at);
        if (!end || at == '\0') {
            strv_push(s, text);
            return;
        }
        strv_push_take(s, xstrndup(text, (size_t)(end - text)));
        text = end + 1;
    }
}

char *strv_join(const struct strv *s, const char *between)
{
    size_t len = 1;
    for (size_t i = 0; i < s->n; i++) {
        len += strlen(s->v[i]) + strlen(between);
    }
    char *text = xmalloc(len);
    char *at = text;
    for (size_t i = 0; i < s->n; i++) {
        at = i > 0 ? stpcpy(at, between) : at;
        at = stpcpy(at, s->v[i]);
    }
    *at = '\0';
    return text;
}

void strv_release(struct strv *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->v[i]);
    }
    free(s->v);
    s->v = NULL;
    s->n = 0;
}
