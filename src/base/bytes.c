/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct bytes bytes_of_str(const char *s)
{
    return s ? BYTES(s, strlen(s)) : BYTES_NONE;
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_equal_ct(struct bytes a, struct bytes b)
{
    if (a.len != b.len) {
        return false;
    }
    volatile uint8_t differs = 0;
    for (size_t i = 0; i < a.len; i++) {
        differs = (uint8_t)(differs | (a.data[i] ^ b.data[i]));
    }
    return differs == 0;
}

static char *hex_with(struct bytes b, const char *digits, const char *between)
{
    size_t step = strlen(between);
    char *text = xmalloc(b.len * (2 + step) + 1);
    char *at = text;
    for (size_t i = 0; i < b.len; i++) {
        if (i > 0) {
            memcpy(at, between, step);
            at += step;
        }
        *at++ = digits[b.data[i] >> 4];
        *at++ = digits[b.data[i] & 15];
    }
    *at = '\0';
    return text;
}

char *bytes_hex(struct bytes b)
{
    return hex_with(b, "0123456789abcdef", "");
}

char *bytes_hex_colons(struct bytes b)
{
    return hex_with(b, "0123456789ABCDEF", ":");
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool bytes_from_hex(const char *hex, struct buf *out)
{
    size_t digits = strlen(hex);
    if (digits % 2 != 0 || digits / 2 > out->max - out->len) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        if (hex_value(hex[i]) < 0) {
            return false;
        }
    }
    for (size_t i = 0; i < digits; i += 2) {
        if (!buf_append_byte(out, (uint8_t)(hex_value(hex[i]) << 4 | hex_value(hex[i + 1])))) {
            return false; /* cannot happen: the room was checked above */
        }
    }
    return true;
}

void bytes_random(void *data, size_t len)
{
    uint8_t *at = data;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            fputs("cmc-wizard: the system has no random numbers\n", stderr);
            abort();
        }
        at += got;
        len -= (size_t)got;
    }
}

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_clear(struct buf *b)
{
    if (b->secret) {
        mem_wipe(b->data, b->cap);
    }
    b->len = 0;
    if (b->data) {
        b->data[0] = '\0';
    }
}

void buf_truncate(struct buf *b, size_t len)
{
    if (len < b->len) {
        b->len = len;
        b->data[len] = 0;
    }
}

void buf_release(struct buf *b)
{
    if (b->secret) {
        mem_wipe(b->data, b->cap);
    }
    free(b->data);
    b->data = NULL;
    b->len = 0;
    b->cap = 0;
}

/* Room for len more octets and the final NUL; false when that would pass the maximum. */
static bool reserve(struct buf *b, size_t len)
{
    if (b->len > b->max || len > b->max - b->len) {
        return false;
    }
    size_t need = b->len + len + 1;
    if (need <= b->cap) {
        return true;
    }
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need) {
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    }
    if (!b->secret) {
        b->data = xrealloc(b->data, cap);
    } else {
        /* realloc could leave a copy behind. */
        uint8_t *moved = xmalloc(cap);
        if (b->data) {
            memcpy(moved, b->data, b->len);
            mem_wipe(b->data, b->cap);
            free(b->data);
        }
        b->data = moved;
    }
    b->cap = cap;
    return true;
}

bool buf_append(struct buf *b, const void *data, size_t len)
{
    if (!reserve(b, len)) {
        return false;
    }
    if (len > 0) {
        memcpy(b->data + b->len, data, len);
    }
    b->len += len;
    b->data[b->len] = '\0';
    return true;
}

bool buf_append_bytes(struct buf *b, struct bytes add)
{
    return buf_append(b, add.data, add.len);
}

bool buf_append_str(struct buf *b, const char *s)
{
    return buf_append(b, s, strlen(s));
}

bool buf_append_byte(struct buf *b, uint8_t octet)
{
    return buf_append(b, &octet, 1);
}

static bool append_formatted(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

static bool append_formatted(struct buf *b, const char *fmt, va_list ap)
{
    char *text = xvasprintf(fmt, ap);
    size_t len = strlen(text);
    bool ok = buf_append(b, text, len);
    if (b->secret) {
        mem_wipe(text, len);
    }
    free(text);
    return ok;
}

bool buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    bool ok = append_formatted(b, fmt, ap);
    va_end(ap);
    return ok;
}

static void must_fit(bool ok)
{
    if (!ok) {
        fputs("cmc-wizard: internal error: a text passed its maximum\n", stderr);
        abort();
    }
}

void buf_add(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    bool ok = append_formatted(b, fmt, ap);
    va_end(ap);
    must_fit(ok);
}

void buf_add_octets(struct buf *b, const void *data, size_t len)
{
    must_fit(buf_append(b, data, len));
}

struct bytes buf_peek(const struct buf *b)
{
    return BYTES(b->data, b->len);
}

const char *buf_str(const struct buf *b)
{
    return b->data ? (const char *)b->data : "";
}

char *buf_take_str(struct buf *b)
{
    char *text = b->data ? (char *)b->data : xstrdup("");
    b->data = NULL;
    b->len = 0;
    b->cap = 0;
    return text;
}
