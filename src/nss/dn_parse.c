/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4514 text to its parts, and back. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/dn.h"

#define DN_RDNS_MAX 64
#define DN_VALUE_MAX 4096

struct scan {
    const char *text;
    size_t at;
};

/* Column of an octet for people: characters, from 1. */
static int column_of(const struct scan *s)
{
    int column = 1;
    for (size_t i = 0; i < s->at && s->text[i]; i++) {
        column += ((unsigned char)s->text[i] & 0xc0) != 0x80;
    }
    return column;
}

static bool syntax(const struct scan *s, const char *what, struct err *err)
{
    return err_fail(err, ERR_NSS_DN_SYNTAX, _("Column %d: %s"), column_of(s), what);
}

static void skip_blanks(struct scan *s)
{
    while (s->text[s->at] == ' ') {
        s->at++;
    }
}

static bool read_type(struct scan *s, char **type, struct err *err)
{
    skip_blanks(s);
    size_t start = s->at;
    while (isalnum((unsigned char)s->text[s->at]) || s->text[s->at] == '-' || s->text[s->at] == '.') {
        s->at++;
    }
    size_t len = s->at - start;
    skip_blanks(s);
    if (len == 0) {
        return syntax(s, _("a keyword such as CN is missing."), err);
    }
    if (s->text[s->at] != '=') {
        return syntax(s, _("an equals sign is missing."), err);
    }
    s->at++;
    *type = xstrndup(s->text + start, len);
    return true;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* One escaped character or octet; s stands behind the backslash. */
static bool read_escape(struct scan *s, struct buf *value, struct err *err)
{
    char c = s->text[s->at];
    if (c && strchr(",+\"\\<>;= #", c)) {
        s->at++;
        return buf_append_byte(value, (uint8_t)c) || syntax(s, _("the value is too long."), err);
    }
    int high = hex_digit(c);
    int low = high < 0 ? -1 : hex_digit(s->text[s->at + 1]);
    if (low < 0) {
        return syntax(s, _("a backslash must stand before a special character or two hexadecimal digits."),
                      err);
    }
    s->at += 2;
    return buf_append_byte(value, (uint8_t)(high * 16 + low)) || syntax(s, _("the value is too long."), err);
}

static bool read_quoted(struct scan *s, struct buf *value, struct err *err)
{
    s->at++;
    for (;;) {
        char c = s->text[s->at];
        if (c == '\0') {
            return syntax(s, _("the closing quotation mark is missing."), err);
        }
        s->at++;
        if (c == '"') {
            skip_blanks(s);
            return true;
        }
        if (c == '\\' ? !read_escape(s, value, err) : !buf_append_byte(value, (uint8_t)c)) {
            return err_is_set(err) ? false : syntax(s, _("the value is too long."), err);
        }
    }
}

static bool read_plain(struct scan *s, struct buf *value, struct err *err)
{
    size_t keep = 0; /* octets up to the last one that is not an unescaped blank */
    for (;;) {
        char c = s->text[s->at];
        if (c == '\0' || c == ',' || c == '+') {
            buf_truncate(value, keep);
            return true;
        }
        if (c == '"' || c == '<' || c == '>' || c == ';') {
            return syntax(s, _("this character needs a backslash in front."), err);
        }
        s->at++;
        if (c == '\\' ? !read_escape(s, value, err) : !buf_append_byte(value, (uint8_t)c)) {
            return err_is_set(err) ? false : syntax(s, _("the value is too long."), err);
        }
        if (c != ' ') {
            keep = value->len;
        }
    }
}

static bool read_value(struct scan *s, struct dn_rdn *rdn, struct err *err)
{
    struct err own = ERR_INIT;
    struct buf value = BUF_INIT(DN_VALUE_MAX);
    skip_blanks(s);
    rdn->hex = s->text[s->at] == '#';
    s->at += rdn->hex ? 1 : 0;
    struct scan start = *s;
    bool ok = s->text[s->at] == '"' && !rdn->hex ? read_quoted(s, &value, &own) : read_plain(s, &value, &own);
    if (ok && value.len && memchr(value.data, 0, value.len)) {
        ok = syntax(&start, _("the value has a null character."), &own);
    }
    if (ok && !utf8_valid(buf_str(&value), value.len)) {
        ok = syntax(&start, _("the value is not UTF-8 text."), &own);
    }
    rdn->value = buf_take_str(&value);
    if (!ok && err) {
        err_move(err, &own);
    }
    err_release(&own);
    return ok;
}

bool dn_split(const char *rfc4514, struct dn_rdn **list, size_t *n, struct err *err)
{
    struct scan s = {rfc4514, 0};
    *list = NULL;
    *n = 0;
    skip_blanks(&s);
    bool joined = false;
    while (s.text[s.at] != '\0' || *n > 0) {
        *list = xrealloc(*list, (*n + 1) * sizeof(**list));
        struct dn_rdn *rdn = &(*list)[(*n)++];
        *rdn = (struct dn_rdn){.joined = joined};
        bool ok = read_type(&s, &rdn->type, err) && read_value(&s, rdn, err);
        if (ok && s.text[s.at] != '\0' && s.text[s.at] != ',' && s.text[s.at] != '+') {
            ok = syntax(&s, _("a comma is missing."), err);
        }
        if (ok && *n == DN_RDNS_MAX) {
            ok = syntax(&s, _("the name has too many parts."), err);
        }
        if (!ok) {
            dn_rdns_free(*list, *n);
            *list = NULL;
            *n = 0;
            return false;
        }
        if (s.text[s.at] == '\0') {
            break;
        }
        joined = s.text[s.at++] == '+';
    }
    return true;
}

void dn_rdns_free(struct dn_rdn *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].type);
        free(list[i].value);
    }
    free(list);
}

char *dn_join(const struct dn_rdn *list, size_t n)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < n; i++) {
        char *value = list[i].hex ? xasprintf("#%s", list[i].value) : text_dn_escape(list[i].value);
        buf_add(&out, "%s%s=%s", i == 0 ? "" : list[i].joined ? "+" : ",", list[i].type, value);
        free(value);
    }
    return out.data ? buf_take_str(&out) : xstrdup("");
}
