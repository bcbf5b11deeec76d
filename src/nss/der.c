/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/der.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/when.h"

bool der_next(struct bytes *rest, struct der_tlv *out)
{
    const uint8_t *p = rest->data;
    size_t left = rest->len;
    if (left < 2 || (p[0] & 0x1f) == 0x1f) {
        return false;
    }
    size_t header = 2;
    size_t len = p[1];
    if (len & 0x80) {
        size_t octets = len & 0x7f;
        if (octets == 0 || octets > 4 || left < 2 + octets) {
            return false;
        }
        len = 0;
        for (size_t i = 0; i < octets; i++) {
            len = len << 8 | p[2 + i];
        }
        header += octets;
    }
    if (len > left - header) {
        return false;
    }
    *out = (struct der_tlv){p[0], BYTES(p + header, len), BYTES(p, header + len)};
    *rest = BYTES(p + header + len, left - header - len);
    return true;
}

bool der_take(struct bytes *rest, uint8_t tag, struct bytes *body)
{
    struct bytes after = *rest;
    struct der_tlv tlv;
    if (!der_next(&after, &tlv) || tlv.tag != tag) {
        return false;
    }
    *rest = after;
    *body = tlv.body;
    return true;
}

bool der_take_whole(struct bytes *rest, uint8_t tag, struct bytes *whole)
{
    struct bytes after = *rest;
    struct der_tlv tlv;
    if (!der_next(&after, &tlv) || tlv.tag != tag) {
        return false;
    }
    *rest = after;
    *whole = tlv.whole;
    return true;
}

int der_peek(struct bytes rest)
{
    return rest.len ? rest.data[0] : -1;
}

bool der_only(struct bytes in, uint8_t tag, struct bytes *body)
{
    struct bytes rest = in;
    struct bytes content;
    if (!der_take(&rest, tag, &content) || rest.len != 0) {
        return false;
    }
    *body = content;
    return true;
}

bool der_int(struct bytes content, int64_t *out)
{
    if (content.len == 0 || content.len > 8) {
        return false;
    }
    uint64_t value = content.data[0] & 0x80 ? ~UINT64_C(0) : 0;
    for (size_t i = 0; i < content.len; i++) {
        value = value << 8 | content.data[i];
    }
    *out = (int64_t)value;
    return true;
}

bool der_bits(struct bytes content, struct bytes *out)
{
    if (content.len == 0 || content.data[0] != 0) {
        return false;
    }
    *out = BYTES(content.data + 1, content.len - 1);
    return true;
}

static bool digits(const uint8_t *p, size_t n, int *out)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') {
            return false;
        }
        value = value * 10 + (p[i] - '0');
    }
    *out = value;
    return true;
}

bool der_time(uint8_t tag, struct bytes content, int64_t *out)
{
    size_t year_digits = tag == ASN1_UTC_TIME ? 2 : 4;
    if ((tag != ASN1_UTC_TIME && tag != ASN1_GENERALIZED_TIME) || content.len != year_digits + 11 ||
        content.data[content.len - 1] != 'Z') {
        return false;
    }
    int part[6];
    if (!digits(content.data, year_digits, &part[0])) {
        return false;
    }
    for (size_t i = 0; i < 5; i++) {
        if (!digits(content.data + year_digits + 2 * i, 2, &part[i + 1])) {
            return false;
        }
    }
    if (tag == ASN1_UTC_TIME) {
        part[0] += part[0] < 50 ? 2000 : 1900;
    }
    if (part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31 || part[3] > 23 || part[4] > 59 ||
        part[5] > 60) {
        return false;
    }
    *out = when_from_utc(part[0], part[1], part[2], part[3], part[4], part[5]);
    return true;
}

char *der_oid_text(struct bytes content)
{
    if (content.len == 0 || content.len > 64 || (content.data[content.len - 1] & 0x80)) {
        return NULL;
    }
    struct buf text = BUF_INIT(2048);
    uint64_t arc = 0;
    bool first = true;
    for (size_t i = 0; i < content.len; i++) {
        if ((arc == 0 && content.data[i] == 0x80) || arc > (UINT64_MAX >> 7)) {
            buf_release(&text);
            return NULL;
        }
        arc = arc << 7 | (content.data[i] & 0x7f);
        if (content.data[i] & 0x80) {
            continue;
        }
        if (first) {
            unsigned top = arc < 40 ? 0 : arc < 80 ? 1 : 2;
            buf_add(&text, "%u.%llu", top, (unsigned long long)(arc - 40 * top));
            first = false;
        } else {
            buf_add(&text, ".%llu", (unsigned long long)arc);
        }
        arc = 0;
    }
    return buf_take_str(&text);
}

/* Content octets of a dotted OID. */
static bool oid_content(const char *dotted, uint8_t *out, size_t room, size_t *len)
{
    size_t used = 0;
    uint64_t top = 0;
    int arcs = 0;
    for (const char *p = dotted;; p++) {
        if (*p < '0' || *p > '9') {
            return false;
        }
        char *end;
        unsigned long long arc = strtoull(p, &end, 10);
        if (end - p > 18 || (*p == '0' && end - p > 1)) {
            return false;
        }
        arcs++;
        if (arcs == 1) {
            top = arc;
        } else {
            uint64_t value = arc;
            if (arcs == 2) {
                if (top > 2 || (top < 2 && arc > 39)) {
                    return false;
                }
                value += 40 * top;
            }
            int groups = 1;
            while (groups < 10 && value >> (7 * groups)) {
                groups++;
            }
            if (used + (size_t)groups > room) {
                return false;
            }
            while (groups-- > 0) {
                out[used++] = (uint8_t)((value >> (7 * groups) & 0x7f) | (groups ? 0x80 : 0));
            }
        }
        p = end;
        if (*p == '\0') {
            *len = used;
            return arcs >= 2;
        }
        if (*p != '.') {
            return false;
        }
    }
}

bool der_oid_is(struct bytes content, const char *dotted)
{
    uint8_t octets[64];
    size_t len;
    return oid_content(dotted, octets, sizeof(octets), &len) && bytes_equal(content, BYTES(octets, len));
}

static size_t header_of(uint8_t tag, size_t len, uint8_t header[6])
{
    header[0] = tag;
    if (len < 0x80) {
        header[1] = (uint8_t)len;
        return 2;
    }
    size_t octets = len > 0xffffff ? 4 : len > 0xffff ? 3 : len > 0xff ? 2 : 1;
    header[1] = (uint8_t)(0x80 | octets);
    for (size_t i = 0; i < octets; i++) {
        header[2 + i] = (uint8_t)(len >> (8 * (octets - 1 - i)));
    }
    return 2 + octets;
}

bool der_put(struct buf *out, uint8_t tag, struct bytes content)
{
    if (content.len > 0xffffffff) {
        return false;
    }
    uint8_t header[6];
    size_t n = header_of(tag, content.len, header);
    size_t start = out->len;
    if (!buf_append(out, header, n)) {
        return false;
    }
    if (content.len && !buf_append_bytes(out, content)) {
        buf_truncate(out, start);
        return false;
    }
    return true;
}

bool der_put_int(struct buf *out, int64_t value)
{
    uint8_t octets[8];
    for (int i = 0; i < 8; i++) {
        octets[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
    }
    size_t skip = 0;
    while (skip < 7 && ((octets[skip] == 0 && !(octets[skip + 1] & 0x80)) ||
                        (octets[skip] == 0xff && (octets[skip + 1] & 0x80)))) {
        skip++;
    }
    return der_put(out, ASN1_INTEGER, BYTES(octets + skip, 8 - skip));
}

bool der_put_unsigned(struct buf *out, struct bytes magnitude)
{
    while (magnitude.len > 1 && magnitude.data[0] == 0) {
        magnitude = BYTES(magnitude.data + 1, magnitude.len - 1);
    }
    if (magnitude.len == 0) {
        return der_put_int(out, 0);
    }
    if (!(magnitude.data[0] & 0x80)) {
        return der_put(out, ASN1_INTEGER, magnitude);
    }
    uint8_t header[6];
    size_t n = header_of(ASN1_INTEGER, magnitude.len + 1, header);
    return buf_append(out, header, n) && buf_append_byte(out, 0) && buf_append_bytes(out, magnitude);
}

bool der_put_oid(struct buf *out, const char *dotted)
{
    uint8_t octets[64];
    size_t len;
    return oid_content(dotted, octets, sizeof(octets), &len) && der_put(out, ASN1_OID, BYTES(octets, len));
}

bool der_put_bits(struct buf *out, struct bytes bits)
{
    uint8_t header[6];
    size_t n = header_of(ASN1_BIT_STRING, bits.len + 1, header);
    return buf_append(out, header, n) && buf_append_byte(out, 0) &&
           (bits.len == 0 || buf_append_bytes(out, bits));
}

bool der_put_time(struct buf *out, int64_t when)
{
    char *text = when_rfc3339(when); /* 2026-11-21T00:33:37Z */
    if (strlen(text) != 20) {
        free(text);
        return false;
    }
    int year = atoi(text);
    bool utc = year >= 1950 && year < 2050;
    char compact[16];
    size_t used = 0;
    for (const char *p = text + (utc ? 2 : 0); *p && used < 15; p++) {
        if (*p != '-' && *p != ':' && *p != 'T') {
            compact[used++] = *p;
        }
    }
    free(text);
    return der_put(out, utc ? ASN1_UTC_TIME : ASN1_GENERALIZED_TIME, BYTES(compact, used));
}

static int compare_octets(const void *a, const void *b)
{
    const struct bytes *x = a;
    const struct bytes *y = b;
    size_t common = x->len < y->len ? x->len : y->len;
    int order = common ? memcmp(x->data, y->data, common) : 0;
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

bool der_put_set_of(struct buf *out, uint8_t tag, const struct bytes *elements, size_t n)
{
    struct bytes *sorted = xcalloc(n + 1, sizeof(*sorted));
    for (size_t i = 0; i < n; i++) {
        sorted[i] = elements[i];
    }
    qsort(sorted, n, sizeof(*sorted), compare_octets);
    struct buf content = BUF_INIT(out->max);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        ok = buf_append_bytes(&content, sorted[i]);
    }
    ok = ok && der_put(out, tag, buf_peek(&content));
    buf_release(&content);
    free(sorted);
    return ok;
}

bool der_put_alg(struct buf *out, const char *dotted, bool with_null)
{
    struct buf content = BUF_INIT(256);
    bool ok = der_put_oid(&content, dotted) && (!with_null || der_put(&content, ASN1_NULL, BYTES_NONE)) &&
              der_put(out, ASN1_SEQUENCE, buf_peek(&content));
    buf_release(&content);
    return ok;
}
