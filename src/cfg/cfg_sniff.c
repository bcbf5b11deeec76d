/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A look at the first octets of a request file, without a DER decoder: PKCS#10 (RFC 2986) begins SEQUENCE { SEQUENCE {
 * INTEGER, CRMF (RFC 4211) SEQUENCE { SEQUENCE { SEQUENCE { INTEGER. Real decoding is src/nss and src/cmc.
 */
#include "config.h"

#include <string.h>

#include "cfg/cfg_lint_internal.h"

#define HEAD_MAX 48 /* octets: enough for four headers with four length octets each */

static int base64_value(int c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Decodes until something is no base64 or head is full; blanks and line breaks are passed over. */
static size_t decode_head(struct bytes text, uint8_t head[HEAD_MAX])
{
    uint32_t bits = 0;
    int have = 0;
    size_t used = 0;
    for (size_t i = 0; i < text.len && used < HEAD_MAX; i++) {
        int c = text.data[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            continue;
        }
        int value = base64_value(c);
        if (value < 0) {
            break;
        }
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            head[used++] = (uint8_t)(bits >> have);
        }
    }
    return used;
}

/* Number of SEQUENCEs nested around the first INTEGER; -1 when something else comes first. */
static int integer_depth(const uint8_t *der, size_t len)
{
    size_t at = 0;
    for (int depth = 0; depth < 5 && at + 1 < len; depth++) {
        if (der[at] == 0x02) {
            return depth;
        }
        if (der[at] != 0x30) {
            return -1;
        }
        uint8_t length = der[at + 1];
        at += 2 + (length > 0x80 ? length & 0x7f : 0);
    }
    return -1;
}

static const char begin_mark[] = "-----BEGIN";

/* The text behind the BEGIN line; the whole text when there is none. */
static struct bytes behind_begin(struct bytes text, bool *preamble)
{
    const uint8_t *begin = memmem(text.data, text.len, begin_mark, sizeof(begin_mark) - 1);
    if (!begin) {
        return text;
    }
    for (const uint8_t *p = text.data; p < begin; p++) {
        if (*p > 0x20) {
            *preamble = true;
        }
    }
    size_t left = text.len - (size_t)(begin - text.data);
    const uint8_t *line_end = memchr(begin, '\n', left);
    if (!line_end) {
        return BYTES_NONE;
    }
    return BYTES(line_end + 1, left - (size_t)(line_end + 1 - begin));
}

struct sniffed sniff_request(struct bytes content)
{
    struct sniffed result = {.what = SNIFF_OTHER};
    uint8_t head[HEAD_MAX];
    const uint8_t *der = head;
    size_t len;
    if (content.len > 1 && content.data[0] == 0x30 && (content.data[1] >= 0x80 || content.data[1] < 0x20)) {
        result.binary = true; /* text that begins with '0' goes on with a printable character */
        der = content.data;
        len = content.len < HEAD_MAX ? content.len : HEAD_MAX;
    } else if (content.len) {
        len = decode_head(behind_begin(content, &result.preamble), head);
    } else {
        len = 0;
    }
    int depth = integer_depth(der, len);
    result.what = depth == 2 ? SNIFF_PKCS10 : depth == 3 ? SNIFF_CRMF : SNIFF_OTHER;
    return result;
}
