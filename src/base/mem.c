/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mem_exhausted(void)
{
    fputs("cmc-wizard: out of memory\n", stderr);
    abort();
}

static void *or_die(void *data)
{
    if (!data) {
        mem_exhausted();
    }
    return data;
}

void *xmalloc(size_t size)
{
    return or_die(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
    return or_die(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *old, size_t size)
{
    return or_die(realloc(old, size ? size : 1));
}

char *xstrdup(const char *s)
{
    return s ? or_die(strdup(s)) : NULL;
}

char *xstrndup(const char *s, size_t len)
{
    /* Not strndup: the text need not be terminated, and strict checkers of strings say so. */
    const char *end = len ? memchr(s, '\0', len) : NULL;
    size_t n = end ? (size_t)(end - s) : len;
    char *copy = xmalloc(n + 1);
    if (n) {
        memcpy(copy, s, n);
    }
    copy[n] = '\0';
    return copy;
}

char *xvasprintf(const char *fmt, va_list ap)
{
    char *text = NULL;
    if (vasprintf(&text, fmt, ap) < 0) {
        text = NULL;
    }
    return or_die(text);
}

char *xasprintf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = xvasprintf(fmt, ap);
    va_end(ap);
    return text;
}

void mem_wipe(void *data, size_t len)
{
    if (data && len) {
        explicit_bzero(data, len);
    }
}
