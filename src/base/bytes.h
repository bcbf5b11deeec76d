/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_BYTES_H
#define CMCW_BASE_BYTES_H
/*
 * struct bytes: a view of octets that somebody else owns. struct buf: owned, growing, with a maximum given at the
 * start; what would pass the maximum is refused and leaves the buffer as it was. Every buf is followed by one NUL
 * octet that does not count, so text in it can be used as a string.
 */
#include "base/mem.h"

struct err;

struct bytes {
    const uint8_t *data;
    size_t len;
};

#define BYTES(d, n) ((struct bytes){(const uint8_t *)(d), (n)})
#define BYTES_NONE ((struct bytes){NULL, 0})

struct buf {
    uint8_t *data; /* NULL while empty and never grown */
    size_t len;
    size_t cap;
    size_t max; /* largest allowed len */
    bool secret; /* wipe on growth and release */
};

#define BUF_INIT(limit) {.max = (limit)}
#define BUF_INIT_SECRET(limit) {.max = (limit), .secret = true}
#define BUF_MAX_MESSAGE ((size_t)16 << 20) /* largest CMC message or HTTP body that we read: 16 MiB */
#define BUF_MAX_TEXT ((size_t)1 << 20)     /* cfg, JSON, PEM and other text files: 1 MiB */

struct bytes bytes_of_str(const char *s);
bool bytes_equal(struct bytes a, struct bytes b);
/* For secrets: time does not depend on the content. */
bool bytes_equal_ct(struct bytes a, struct bytes b);
/* Lower case hex, no separators. Caller frees. */
char *bytes_hex(struct bytes b) MUST_CHECK;
/* Upper case hex with colons as openssl prints fingerprints. Caller frees. */
char *bytes_hex_colons(struct bytes b) MUST_CHECK;
/* Even number of hex digits, either case; false and out untouched on anything else. */
bool bytes_from_hex(const char *hex, struct buf *out) MUST_CHECK;
/* From the kernel; never fails (aborts if the kernel has no random numbers). */
void bytes_random(void *data, size_t len);

void buf_init(struct buf *b, size_t max);
void buf_clear(struct buf *b);   /* len = 0, keeps memory */
void buf_truncate(struct buf *b, size_t len); /* drops what is behind len; longer is left alone */
void buf_release(struct buf *b); /* frees, wipes if secret; b is usable again */
bool buf_append(struct buf *b, const void *data, size_t len) MUST_CHECK;
bool buf_append_bytes(struct buf *b, struct bytes add) MUST_CHECK;
bool buf_append_str(struct buf *b, const char *s) MUST_CHECK;
bool buf_append_byte(struct buf *b, uint8_t octet) MUST_CHECK;
bool buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;
/* For text that we make ourselves and that cannot reach the maximum: abort if it does. */
void buf_add(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_add_octets(struct buf *b, const void *data, size_t len);
struct bytes buf_peek(const struct buf *b);
/* The text, never NULL; valid until the buf changes. */
const char *buf_str(const struct buf *b);
/* Hands the memory to the caller (free()), NUL terminated; b is empty afterwards. */
char *buf_take_str(struct buf *b) MUST_CHECK;
#endif
