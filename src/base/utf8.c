/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/text.h"

#include <string.h>

struct range {
    uint32_t first, last;
};

#include "base/utf8_ranges.h"

static bool in_ranges(uint32_t cp, const struct range *ranges, size_t n)
{
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cp > ranges[middle].last) {
            low = middle + 1;
        } else if (cp < ranges[middle].first) {
            high = middle;
        } else {
            return true;
        }
    }
    return false;
}

size_t utf8_decode(const char *s, size_t len, uint32_t *cp)
{
    /* Smallest code point of each length: shorter forms are the only valid ones (RFC 3629). */
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (len == 0) {
        return 0;
    }
    uint8_t lead = (uint8_t)s[0];
    if (lead < 0x80) {
        *cp = lead;
        return 1;
    }
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || len < need) {
        return 0;
    }
    uint32_t value = lead & (0xFFu >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        uint8_t octet = (uint8_t)s[i];
        if ((octet & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (octet & 0x3F);
    }
    if (value < smallest[need] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 0;
    }
    *cp = value;
    return need;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (cp >> 18 & 7));
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

bool utf8_valid(const char *s, size_t len)
{
    uint32_t cp = 0;
    for (size_t i = 0; i < len;) {
        size_t used = utf8_decode(s + i, len - i, &cp);
        if (used == 0) {
            return false;
        }
        i += used;
    }
    return true;
}

int utf8_width(uint32_t cp)
{
    if (cp < 0x300) {
        return 1;
    }
    if (in_ranges(cp, zero_width, ARRAY_LEN(zero_width))) {
        return 0;
    }
    return in_ranges(cp, double_width, ARRAY_LEN(double_width)) ? 2 : 1;
}

static bool is_regional(uint32_t cp)
{
    return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

/* Whether cp goes on a grapheme: marks, variation selectors, joiners, tags (all of width 0) and emoji skin tones. */
static bool is_extending(uint32_t cp, uint32_t base)
{
    return utf8_width(cp) == 0 || (cp >= 0x1F3FB && cp <= 0x1F3FF && utf8_width(base) == 2);
}

size_t text_grapheme(const char *s, size_t len)
{
    uint32_t base = 0;
    size_t at = utf8_decode(s, len, &base);
    if (at == 0) {
        return len > 0 ? 1 : 0;
    }
    if (base < 0x20 || base == 0x7F) {
        return at;
    }
    uint32_t before = base;
    bool pair_open = is_regional(base);
    while (at < len) {
        uint32_t cp = 0;
        size_t used = utf8_decode(s + at, len - at, &cp);
        bool joined = before == 0x200D && cp >= 0x2190; /* emoji and symbols, not letters */
        bool second_of_flag = pair_open && is_regional(cp);
        if (used == 0 || !(is_extending(cp, base) || joined || second_of_flag)) {
            break;
        }
        pair_open = pair_open && !second_of_flag;
        before = cp;
        at += used;
    }
    return at;
}

int text_width_n(const char *s, size_t len)
{
    int width = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp = 0;
        size_t used = utf8_decode(s + i, len - i, &cp);
        width += used ? utf8_width(cp) : 1;
        i += used ? used : 1;
    }
    return width;
}

int text_width(const char *s)
{
    return text_width_n(s, strlen(s));
}

size_t text_fit(const char *s, int columns)
{
    size_t len = strlen(s);
    size_t at = 0;
    while (at < len) {
        size_t used = text_grapheme(s + at, len - at);
        columns -= text_width_n(s + at, used);
        if (columns < 0) {
            break;
        }
        at += used;
    }
    return at;
}
