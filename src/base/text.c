/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/strv.h"

/* More than these on one character serve only to run over the neighbours' lines. */
#define MARKS_MAX 8
/* "Did you mean" compares short words only. */
#define DISTANCE_MAX 128

struct hidden {
    uint32_t first, last;
};

/* Code points that show nothing, move the text around, or differ on each machine. To add one: a row, sorted. */
static const struct hidden hidden[] = {
    {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},    {0x061C, 0x061C},
    {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},    {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xE000, 0xF8FF},   {0xFDD0, 0xFDEF},    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},   {0x1BCA0, 0x1BCA3},  {0x1D173, 0x1D17A},
    {0x1FFFE, 0x1FFFF}, {0x2FFFE, 0x2FFFF}, {0x3FFFE, 0x3FFFF}, {0x4FFFE, 0x4FFFF},  {0x5FFFE, 0x5FFFF},
    {0x6FFFE, 0x6FFFF}, {0x7FFFE, 0x7FFFF}, {0x8FFFE, 0x8FFFF}, {0x9FFFE, 0x9FFFF},  {0xAFFFE, 0xAFFFF},
    {0xBFFFE, 0xBFFFF}, {0xCFFFE, 0xCFFFF}, {0xDFFFE, 0xE00FF}, {0xE01F0, 0x10FFFF},
};

static bool is_hidden(uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7F) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(hidden) && hidden[i].first <= cp; i++) {
        if (cp <= hidden[i].last) {
            return true;
        }
    }
    return false;
}

enum visible_flags { VISIBLE_LINES = 1, VISIBLE_BACKSLASH = 2 };

static void add_escaped(struct buf *out, uint32_t cp)
{
    if (cp == '\n') {
        buf_add(out, "\\n");
    } else if (cp == '\t') {
        buf_add(out, "\\t");
    } else if (cp == 0x1B) {
        buf_add(out, "\\e");
    } else if (cp < 0x80) {
        buf_add(out, "\\x%02X", (unsigned)cp);
    } else {
        buf_add(out, "\\u{%04X}", (unsigned)cp);
    }
}

static char *make_visible(struct bytes raw, unsigned flags)
{
    struct buf out = BUF_INIT(SIZE_MAX - 1);
    const char *s = (const char *)raw.data;
    int marks = MARKS_MAX; /* a mark at the start has no base */
    for (size_t i = 0; i < raw.len;) {
        uint32_t cp = 0;
        size_t used = utf8_decode(s + i, raw.len - i, &cp);
        if (used == 0) {
            buf_add(&out, "\\x%02X", (unsigned)raw.data[i++]);
            marks = MARKS_MAX;
            continue;
        }
        bool mark = utf8_width(cp) == 0;
        if (cp == '\n' && (flags & VISIBLE_LINES)) {
            buf_add(&out, "\n");
            marks = MARKS_MAX;
        } else if (is_hidden(cp) || (mark && marks >= MARKS_MAX)) {
            add_escaped(&out, cp);
            marks = MARKS_MAX;
        } else if (cp == '\\' && !(flags & VISIBLE_BACKSLASH)) {
            buf_add(&out, "\\\\");
            marks = 0;
        } else {
            buf_add_octets(&out, s + i, used);
            marks = mark ? marks + 1 : 0;
        }
        i += used;
    }
    return buf_take_str(&out);
}

char *text_visible(struct bytes raw)
{
    return make_visible(raw, 0);
}

char *text_visible_str(const char *s)
{
    return make_visible(bytes_of_str(s), 0);
}

char *text_safe(const char *s)
{
    return make_visible(bytes_of_str(s), VISIBLE_BACKSLASH);
}

char *text_visible_lines(struct bytes raw)
{
    return make_visible(raw, VISIBLE_LINES);
}

char *text_ellipsis(const char *s, int columns, bool ascii)
{
    if (text_width(s) <= columns) {
        return xstrdup(s);
    }
    const char *mark = ascii ? "..." : "…";
    int width = ascii ? 3 : 1;
    if (columns <= width) {
        return xstrndup(mark, columns <= 0 ? 0 : ascii ? (size_t)columns : strlen(mark));
    }
    return xasprintf("%.*s%s", (int)text_fit(s, columns - width), s, mark);
}

char *text_padded(const char *s, int columns)
{
    int missing = columns - text_width(s);
    return xasprintf("%s%*s", s, missing > 0 ? missing : 0, "");
}

/* What East Asian typesetting keeps off the beginning of a line, and off its end. To add a sign: here. */
static const char *const NOT_FIRST = "、。，．：；？！・ー々ゝ）」』】》〉〕”’…‥％ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ),.:;?!]}%";
static const char *const NOT_LAST = "（「『【《〈〔“‘([{";

static bool is_one_of(const char *signs, const char *s, size_t len)
{
    uint32_t cp = 0, sign = 0;
    if (utf8_decode(s, len, &cp) == 0) {
        return false;
    }
    for (size_t left = strlen(signs), used = 0; left > 0; signs += used, left -= used) {
        used = utf8_decode(signs, left, &sign);
        if (used == 0 || sign == cp) {
            return used > 0;
        }
    }
    return false;
}

static bool is_wide_at(const char *s, size_t len)
{
    uint32_t cp = 0;
    return utf8_decode(s, len, &cp) > 0 && utf8_width(cp) == 2;
}

/* Octets of s that go on one line of columns: the last place to break that fits, or a cut word. */
static size_t line_length(const char *s, size_t len, int columns)
{
    size_t place = 0;
    bool wide_before = false, glued = false; /* glued: the grapheme before holds the next one */
    size_t at = 0;
    for (int width = 0; at < len;) {
        size_t used = text_grapheme(s + at, len - at);
        bool wide = is_wide_at(s + at, len - at);
        bool beside_wide = at > 0 && (wide || wide_before) && !glued && !is_one_of(NOT_FIRST, s + at, len - at);
        if (s[at] == ' ' || beside_wide) {
            place = at;
        }
        glued = is_one_of(NOT_LAST, s + at, len - at);
        width += text_width_n(s + at, used);
        if (width > columns && s[at] != ' ') {
            break;
        }
        wide_before = wide;
        at += used;
    }
    if (at == len) {
        return len;
    }
    if (place > 0) {
        return place;
    }
    return at > 0 ? at : text_grapheme(s, len);
}

static void wrap_paragraph(const char *s, size_t len, int columns, struct strv *lines)
{
    do {
        size_t take = line_length(s, len, columns);
        size_t shown = take;
        while (shown > 0 && s[shown - 1] == ' ') {
            shown--;
        }
        strv_push_take(lines, xstrndup(s, shown));
        s += take;
        len -= take;
        while (len > 0 && *s == ' ') {
            s++;
            len--;
        }
    } while (len > 0);
}

void text_wrap(const char *s, int columns, struct strv *lines)
{
    columns = columns < 1 ? 1 : columns;
    while (*s) {
        size_t len = strcspn(s, "\n");
        wrap_paragraph(s, len, columns, lines);
        s += len;
        s += *s == '\n';
    }
}

static int min3(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

int text_distance(const char *a, const char *b)
{
    size_t na = strnlen(a, DISTANCE_MAX);
    size_t nb = strnlen(b, DISTANCE_MAX);
    int rows[3][DISTANCE_MAX + 1];
    for (size_t j = 0; j <= nb; j++) {
        rows[0][j] = (int)j;
    }
    for (size_t i = 1; i <= na; i++) {
        int *now = rows[i % 3];
        const int *last = rows[(i + 2) % 3];
        const int *before_last = rows[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            int cost = a[i - 1] != b[j - 1];
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && before_last[j - 2] + 1 < now[j]) {
                now[j] = before_last[j - 2] + 1;
            }
        }
    }
    return rows[na % 3][nb];
}

char *text_trim(char *s)
{
    while (*s && (unsigned char)*s <= ' ') {
        s++;
    }
    size_t len = strlen(s);
    while (len > 0 && (unsigned char)s[len - 1] <= ' ') {
        s[--len] = '\0';
    }
    return s;
}

bool text_is_ascii(const char *s)
{
    for (; *s; s++) {
        if ((unsigned char)*s > 0x7F) {
            return false;
        }
    }
    return true;
}

bool text_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
    size_t len = strlen(s);
    size_t tail = strlen(suffix);
    return len >= tail && strcmp(s + len - tail, suffix) == 0;
}

char *text_dn_escape(const char *value)
{
    struct buf out = BUF_INIT(SIZE_MAX - 1);
    size_t len = strlen(value);
    for (size_t i = 0; i < len; i++) {
        bool special = strchr(",+\"\\<>;", value[i]) != NULL;
        bool first = i == 0 && (value[i] == '#' || value[i] == ' ');
        bool last = i + 1 == len && value[i] == ' ';
        buf_add(&out, special || first || last ? "\\%c" : "%c", value[i]);
    }
    return buf_take_str(&out);
}

char *text_shell_quote(const char *s)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
    if (*s && s[strspn(s, plain)] == '\0') {
        return xstrdup(s);
    }
    struct buf out = BUF_INIT(SIZE_MAX - 1);
    buf_add(&out, "'");
    for (; *s; s++) {
        if (*s == '\'') {
            buf_add(&out, "'\\''");
        } else {
            buf_add_octets(&out, s, 1);
        }
    }
    buf_add(&out, "'");
    return buf_take_str(&out);
}

char *text_decimal(double value, int decimals)
{
    char *text = xasprintf("%.*f", decimals, value), *dot = strchr(text, '.');
    /* TRANSLATORS: the sign between 1 and 5 in "1.5" */
    const char *mark = C_("decimal mark", ".");
    char *out = dot ? xasprintf("%.*s%s%s", (int)(dot - text), text, mark, dot + 1) : xstrdup(text);
    free(text);
    return out;
}

char *text_size(uint64_t octets)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (octets < 1024) {
        return xasprintf("%u B", (unsigned)octets);
    }
    size_t unit = 0;
    double size = (double)octets;
    while (size >= 1023.95 && unit + 1 < ARRAY_LEN(units)) {
        size /= 1024;
        unit++;
    }
    char *number = text_decimal(size, 1), *text = xasprintf("%s %s", number, units[unit]);
    free(number);
    return text;
}

bool text_is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (strcasecmp(host, "localhost") == 0) {
        return true;
    }
    if (inet_pton(AF_INET, host, &v4) == 1) {
        return ntohl(v4.s_addr) >> 24 == 127;
    }
    return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}
