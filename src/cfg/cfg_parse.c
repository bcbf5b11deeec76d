/* SPDX-License-Identifier: Apache-2.0 */
/* Both parsers. Lines are found the same way (LF, CR, CRLF: Java's BufferedReader and Properties agree on that). */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cfg/cfg_internal.h"

struct lines {
    const char *at, *end;
    int number; /* of the line that next_line() gave last */
};

/* One natural line without its end; false at the end of the text. */
static bool next_line(struct lines *lines, const char **start, size_t *len)
{
    if (lines->at == lines->end) {
        return false;
    }
    const char *p = lines->at;
    while (p < lines->end && *p != '\n' && *p != '\r') {
        p++;
    }
    *start = lines->at;
    *len = (size_t)(p - lines->at);
    if (p < lines->end) {
        p += p[0] == '\r' && p + 1 < lines->end && p[1] == '\n' ? 2 : 1;
    }
    lines->at = p;
    lines->number++;
    return true;
}

/* ---- CMCRequest ---- */

/* As Java's String.trim(): characters up to U+0020 at both ends. */
static void trim(const char **start, size_t *len)
{
    while (*len && (unsigned char)(*start)[0] <= 0x20) {
        (*start)++;
        (*len)--;
    }
    while (*len && (unsigned char)(*start)[*len - 1] <= 0x20) {
        (*len)--;
    }
}

static void request_line(struct cfg *cfg, const char *start, size_t len, int number)
{
    trim(&start, &len);
    if (len == 0 || start[0] == '#') {
        return;
    }
    const char *equals = memchr(start, '=', len);
    if (!equals) {
        cfg_push_take(cfg, xstrndup(start, len), xstrdup(""), number, CFG_ENTRY_NO_EQUALS);
        return;
    }
    size_t key_len = (size_t)(equals - start);
    cfg_push_take(cfg, xstrndup(start, key_len), xstrndup(equals + 1, len - key_len - 1), number, 0);
}

/* ---- HttpClient: java.util.Properties.load(Reader) ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

/* An odd number of backslashes at the end: the line goes on. */
static bool goes_on(const char *start, size_t len)
{
    size_t slashes = 0;
    while (slashes < len && start[len - 1 - slashes] == '\\') {
        slashes++;
    }
    return slashes % 2 == 1;
}

/* One logical line into out; false at the end of the text. first: number of its first natural line. */
static bool logical_line(struct lines *lines, struct buf *out, int *first, bool *continued)
{
    const char *start;
    size_t len;
    buf_clear(out);
    *continued = false;
    bool open = false; /* the line before ended in a backslash */
    while (next_line(lines, &start, &len)) {
        while (len && is_blank(*start)) {
            start++;
            len--;
        }
        if (out->len == 0) {
            if (len && (*start == '#' || *start == '!')) {
                open = false;
                continue;
            }
            *first = lines->number;
            *continued = false;
        } else {
            *continued = true;
        }
        open = goes_on(start, len);
        if (!buf_append(out, start, open ? len - 1 : len)) {
            break; /* cannot be: out's maximum is the text's */
        }
        if (!open && out->len) {
            return true;
        }
    }
    return out->len > 0;
}

/* Four hexadecimal digits, as Java takes them; -1 otherwise. */
static int hex4(const char *at, const char *end)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    int value = 0;
    if (end - at < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        const char *digit = at[i] ? strchr(digits, at[i]) : NULL;
        if (!digit) {
            return -1;
        }
        value = value * 16 + (int)((digit - digits) % 16);
    }
    return value;
}

/* \uXXXX, and the second half of a surrogate pair. Lone halves become U+FFFD: UTF-8 has no octets for them.
 * Returns octets used behind "\u", 0 when malformed. \u0000 counts as malformed: our values are C strings. */
static size_t unicode_escape(const char *at, const char *end, struct buf *out)
{
    int unit = hex4(at, end);
    if (unit <= 0) {
        return 0;
    }
    uint32_t cp = (uint32_t)unit;
    size_t used = 4;
    if (cp >= 0xd800 && cp <= 0xdbff && end - at >= 10 && at[4] == '\\' && at[5] == 'u') {
        int low = hex4(at + 6, end);
        if (low >= 0xdc00 && low <= 0xdfff) {
            cp = 0x10000 + ((cp - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
            used = 10;
        }
    }
    if (cp >= 0xd800 && cp <= 0xdfff) {
        cp = 0xfffd;
    }
    char encoded[4];
    size_t len = utf8_encode(cp, encoded);
    return buf_append(out, encoded, len) ? used : 0;
}

static char escaped_character(char c)
{
    static const char letters[] = "tnrf", meanings[] = "\t\n\r\f";
    const char *found = c ? strchr(letters, c) : NULL;
    return found ? meanings[found - letters] : c;
}

static char *unescape(const char *start, size_t len, unsigned *flags)
{
    /* An escape never grows: \uXXXX is 6 octets and gives at most 3 (a pair: 12 and 4). */
    struct buf out = BUF_INIT(len + 1);
    out.secret = true;
    const char *end = start + len;
    bool ok = true;
    for (const char *p = start; p < end && ok;) {
        if (*p != '\\') {
            ok = buf_append_byte(&out, (uint8_t)*p++);
            continue;
        }
        *flags |= CFG_ENTRY_ESCAPED;
        if (++p == end) {
            break;
        }
        char c = *p++;
        if (c == 'u') {
            size_t used = unicode_escape(p, end, &out);
            if (!used) {
                *flags |= CFG_ENTRY_BAD_ESCAPE;
            }
            p += used;
            continue;
        }
        ok = buf_append_byte(&out, (uint8_t)escaped_character(c));
    }
    char *copy = xstrndup(buf_str(&out), out.len);
    buf_release(&out);
    return copy;
}

static void http_line(struct cfg *cfg, struct bytes line, int number, bool continued)
{
    const char *text = (const char *)line.data;
    size_t key_len = 0;
    while (key_len < line.len && text[key_len] != '=' && text[key_len] != ':' && !is_blank(text[key_len])) {
        key_len += text[key_len] == '\\' && key_len + 1 < line.len ? 2 : 1;
    }
    size_t value = key_len;
    while (value < line.len && is_blank(text[value])) {
        value++;
    }
    bool sign = value < line.len && (text[value] == '=' || text[value] == ':');
    if (sign) {
        value++;
        while (value < line.len && is_blank(text[value])) {
            value++;
        }
    }
    unsigned flags = continued ? CFG_ENTRY_CONTINUED : 0;
    if (!sign) {
        flags |= CFG_ENTRY_BLANK_SPLIT;
    }
    if (line.len > value && is_blank(text[line.len - 1])) {
        flags |= CFG_ENTRY_LOST_BLANKS;
    }
    unsigned key_flags = 0;
    char *key = unescape(text, key_len, &key_flags);
    char *content = unescape(text + value, line.len - value, &flags);
    cfg_push_take(cfg, key, content, number, flags | (key_flags & CFG_ENTRY_BAD_ESCAPE));
}

/* ---- both ---- */

static void scan_request(struct cfg *cfg, struct lines *lines)
{
    const char *start;
    size_t len;
    while (cfg->n <= CFG_ENTRIES_MAX && next_line(lines, &start, &len)) {
        request_line(cfg, start, len, lines->number);
    }
}

static void scan_http(struct cfg *cfg, struct lines *lines)
{
    struct buf line = BUF_INIT(CFG_TEXT_MAX);
    line.secret = true;
    int number = 0;
    bool continued;
    while (cfg->n <= CFG_ENTRIES_MAX && logical_line(lines, &line, &number, &continued)) {
        http_line(cfg, buf_peek(&line), number, continued);
    }
    buf_release(&line);
}

bool cfg_scan(struct cfg *cfg, struct bytes text, const char *source, struct err *err)
{
    if (source) {
        free(cfg->source);
        cfg->source = text_visible_str(source);
    }
    if (text.len > CFG_TEXT_MAX) {
        return err_fail(err, ERR_CFG_TOO_LONG, "%s", cfg_name(cfg));
    }
    if (text.len && memchr(text.data, 0, text.len)) {
        return err_fail(err, ERR_CFG_NUL, "%s", cfg_name(cfg));
    }
    if (text.len == 0) {
        return true;
    }
    struct lines lines = {(const char *)text.data, (const char *)text.data + text.len, 0};
    if (cfg->dialect == CFG_HTTP) {
        scan_http(cfg, &lines);
    } else {
        scan_request(cfg, &lines);
    }
    if (cfg->n > CFG_ENTRIES_MAX) {
        return err_fail(err, ERR_CFG_TOO_LONG, "%s", cfg_name(cfg));
    }
    return true;
}

/* The first line at which Dogtag's tool would stop. */
static bool check_damage(const struct cfg *cfg, struct err *err)
{
    for (size_t i = 0; i < cfg->n; i++) {
        const struct cfg_entry *entry = &cfg->v[i];
        if (entry->flags & CFG_ENTRY_NO_EQUALS) {
            return err_fail(err, ERR_CFG_NO_EQUALS, "%s:%d", cfg_name(cfg), entry->line);
        }
        if (entry->flags & CFG_ENTRY_BAD_ESCAPE) {
            return err_fail(err, ERR_CFG_ESCAPE, "%s:%d", cfg_name(cfg), entry->line);
        }
    }
    return true;
}

bool cfg_parse(struct cfg *cfg, struct bytes text, const char *source, struct err *err)
{
    return cfg_scan(cfg, text, source, err) && check_damage(cfg, err);
}

bool cfg_read_lenient(struct cfg *cfg, const char *path, struct err *err)
{
    if (!file_exists(path)) {
        char *shown = text_visible_str(path);
        err_fail(err, ERR_CFG_MISSING, "%s", shown);
        free(shown);
        return false;
    }
    struct buf text = BUF_INIT(CFG_TEXT_MAX);
    text.secret = true;
    bool ok = file_read(path, &text, err) && cfg_scan(cfg, buf_peek(&text), path, err);
    buf_release(&text);
    return ok;
}

bool cfg_read(struct cfg *cfg, const char *path, struct err *err)
{
    return cfg_read_lenient(cfg, path, err) && check_damage(cfg, err);
}

static size_t own_keys(struct bytes text, enum cfg_dialect dialect)
{
    struct cfg cfg;
    cfg_init(&cfg, dialect);
    size_t count = 0;
    if (cfg_scan(&cfg, text, NULL, NULL)) {
        for (size_t i = 0; i < cfg.n; i++) {
            count += cfg.v[i].row && cfg.v[i].row->dialects == (unsigned)dialect;
        }
    }
    cfg_release(&cfg);
    return count;
}

enum cfg_dialect cfg_guess_dialect(struct bytes text)
{
    return own_keys(text, CFG_HTTP) > own_keys(text, CFG_REQUEST) ? CFG_HTTP : CFG_REQUEST;
}
