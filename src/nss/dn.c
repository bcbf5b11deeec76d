/* SPDX-License-Identifier: Apache-2.0 */
/* Names: parts to DER, DER to text, comparison. */
#include "config.h"

#include "nss/dn.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/der.h"

#define DN_DER_MAX ((size_t)1 << 18)

static bool unknown_keyword(const char *type, struct err *err)
{
    const struct dn_type *nearest = dn_types();
    for (const struct dn_type *t = dn_types(); t->name; t++) {
        if (text_distance(type, t->name) < text_distance(type, nearest->name)) {
            nearest = t;
        }
    }
    return err_fail(err, ERR_NSS_DN_KEYWORD, _("Keyword: %s. The nearest known one is %s."), type,
                    nearest->name);
}

static bool bad_value(const struct dn_rdn *rdn, const char *why, struct err *err)
{
    char *visible = text_visible_str(rdn->value);
    err_fail(err, ERR_NSS_DN_VALUE, _("%s=%s: %s"), rdn->type, visible, why);
    free(visible);
    return false;
}

static bool printable(const char *s)
{
    for (; *s; s++) {
        bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9');
        if (!letter && !strchr(" '()+,-./:=?", *s)) {
            return false;
        }
    }
    return true;
}

static bool check_value(const struct dn_rdn *rdn, const struct dn_type *type, struct err *err)
{
    int characters = 0;
    for (const char *p = rdn->value; *p; p++) {
        characters += ((unsigned char)*p & 0xc0) != 0x80;
    }
    if (characters == 0) {
        return bad_value(rdn, _("the value is empty."), err);
    }
    if (!type) {
        return true;
    }
    if (strcmp(type->name, "C") == 0 && characters != 2) {
        return bad_value(rdn, _("a country has two letters, such as DE or US."), err);
    }
    if (type->max && characters > type->max) {
        return bad_value(rdn, _("the value is too long for this part."), err);
    }
    if (type->tag == ASN1_PRINTABLE && !printable(rdn->value)) {
        return bad_value(
            rdn, _("only letters without accents, digits and ' ( ) + , - . / : = ? are allowed."), err);
    }
    if (type->tag == ASN1_IA5 && !text_is_ascii(rdn->value)) {
        return bad_value(rdn, _("only ASCII characters are allowed."), err);
    }
    return true;
}

/* AttributeTypeAndValue ::= SEQUENCE { type OID, value ANY } */
static bool encode_ava(const struct dn_rdn *rdn, struct buf *out, struct err *err)
{
    const struct dn_type *type = dn_type_find(rdn->type);
    const char *oid = type ? type->oid : strncasecmp(rdn->type, "OID.", 4) == 0 ? rdn->type + 4 : rdn->type;
    struct buf content = BUF_INIT(DN_DER_MAX);
    bool ok = der_put_oid(&content, oid) || unknown_keyword(rdn->type, err);
    if (ok && rdn->hex) {
        struct buf raw = BUF_INIT(DN_DER_MAX);
        struct bytes rest = BYTES_NONE;
        struct der_tlv tlv;
        ok = bytes_from_hex(rdn->value, &raw);
        rest = buf_peek(&raw);
        ok = ok && der_next(&rest, &tlv) && rest.len == 0 && buf_append_bytes(&content, buf_peek(&raw));
        buf_release(&raw);
        if (!ok) {
            bad_value(rdn, _("behind # must stand the DER of one value as hexadecimal digits."), err);
        }
    } else if (ok) {
        ok = check_value(rdn, type, err) &&
             der_put(&content, type ? type->tag : ASN1_UTF8, bytes_of_str(rdn->value));
    }
    ok = ok && der_put(out, ASN1_SEQUENCE, buf_peek(&content));
    buf_release(&content);
    return ok;
}

/* list[first..last] are the values of one RDN. */
static bool encode_rdn(const struct dn_rdn *list, size_t n, struct buf *out, struct err *err)
{
    struct buf *avas = xcalloc(n, sizeof(*avas));
    struct bytes *views = xcalloc(n, sizeof(*views));
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        buf_init(&avas[i], DN_DER_MAX);
        ok = ok && encode_ava(&list[i], &avas[i], err);
        views[i] = buf_peek(&avas[i]);
    }
    ok = ok && (der_put_set_of(out, ASN1_SET, views, n) || err_fail(err, ERR_NSS_TOO_BIG, NULL));
    for (size_t i = 0; i < n; i++) {
        buf_release(&avas[i]);
    }
    free(views);
    free(avas);
    return ok;
}

bool dn_encode(const char *rfc4514, struct buf *der, struct err *err)
{
    struct dn_rdn *list;
    size_t n;
    if (!dn_split(rfc4514, &list, &n, err)) {
        return false;
    }
    struct buf content = BUF_INIT(DN_DER_MAX);
    bool ok = true;
    size_t end = n;
    while (ok && end > 0) { /* last in text is first in DER */
        size_t first = end - 1;
        while (first > 0 && list[first].joined) {
            first--;
        }
        ok = encode_rdn(list + first, end - first, &content, err);
        end = first;
    }
    ok = ok && (der_put(der, ASN1_SEQUENCE, buf_peek(&content)) || err_fail(err, ERR_NSS_TOO_BIG, NULL));
    buf_release(&content);
    dn_rdns_free(list, n);
    return ok;
}

static bool append_cp(struct buf *out, uint32_t cp)
{
    char utf8[4];
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
        return false;
    }
    size_t n = utf8_encode(cp, utf8);
    return n && buf_append(out, utf8, n);
}

/* Any DirectoryString as UTF-8; false when its octets do not fit its type. */
static bool string_to_utf8(const struct der_tlv *v, struct buf *out)
{
    const uint8_t *p = v->body.data;
    size_t unit = v->tag == ASN1_BMP ? 2 : v->tag == ASN1_UNIVERSAL ? 4 : 1;
    switch (v->tag) {
    case ASN1_UTF8:
    case ASN1_PRINTABLE:
    case ASN1_IA5:
    case 0x12: /* NumericString */
    case 0x1a: /* VisibleString */
        return utf8_valid((const char *)p, v->body.len) &&
               (v->body.len == 0 || buf_append_bytes(out, v->body));
    case ASN1_TELETEX: /* in practice Latin-1 */
    case ASN1_BMP:
    case ASN1_UNIVERSAL:
        break;
    default:
        return false;
    }
    if (v->body.len % unit) {
        return false;
    }
    for (size_t i = 0; i < v->body.len; i += unit) {
        uint32_t cp = 0;
        for (size_t j = 0; j < unit; j++) {
            cp = cp << 8 | p[i + j];
        }
        if (unit == 2 && cp >= 0xd800 && cp < 0xdc00 && i + 4 <= v->body.len && (p[i + 2] & 0xfc) == 0xdc) {
            cp = 0x10000 + ((cp & 0x3ff) << 10) + ((uint32_t)(p[i + 2] & 3) << 8 | p[i + 3]);
            i += 2;
        }
        if (!append_cp(out, cp)) {
            return false;
        }
    }
    return true;
}

/* Special characters of RFC 4514 in text that text_visible() has already been over (its backslashes stay). */
static char *escape_visible(const char *visible)
{
    struct buf out = BUF_INIT(16 * DN_DER_MAX);
    size_t n = strlen(visible);
    for (size_t i = 0; i < n; i++) {
        bool edge_blank = visible[i] == ' ' && (i == 0 || i == n - 1);
        bool special = strchr(",+\"<>;", visible[i]) || edge_blank || (i == 0 && visible[i] == '#');
        buf_add(&out, special ? "\\%c" : "%c", visible[i]);
    }
    return out.data ? buf_take_str(&out) : xstrdup("");
}

static bool add_ava(struct bytes ava, bool visible, struct buf *out)
{
    struct bytes oid;
    struct der_tlv value;
    if (!der_take(&ava, ASN1_OID, &oid) || !der_next(&ava, &value) || ava.len) {
        return false;
    }
    char *dotted = der_oid_text(oid);
    const struct dn_type *type = dotted ? dn_type_find(dotted) : NULL;
    struct buf utf8 = BUF_INIT(4 * DN_DER_MAX);
    char *text;
    if (!type || !string_to_utf8(&value, &utf8) || (utf8.len && memchr(utf8.data, 0, utf8.len))) {
        char *hex = bytes_hex(value.whole);
        text = xasprintf("#%s", hex);
        free(hex);
    } else if (visible) {
        char *shown = text_visible(buf_peek(&utf8));
        text = escape_visible(shown);
        free(shown);
    } else {
        text = text_dn_escape(buf_str(&utf8));
    }
    bool ok = dotted && buf_printf(out, "%s=%s", type ? type->name : dotted, text);
    free(text);
    buf_release(&utf8);
    free(dotted);
    return ok;
}

static char *name_text(struct bytes der, bool visible)
{
    struct bytes rdns, set, ava;
    struct bytes sets[256];
    size_t n = 0;
    if (der.len > DN_DER_MAX || !der_only(der, ASN1_SEQUENCE, &rdns)) {
        return NULL;
    }
    while (rdns.len) {
        if (n == ARRAY_LEN(sets) || !der_take(&rdns, ASN1_SET, &sets[n++])) {
            return NULL;
        }
    }
    struct buf out = BUF_INIT(16 * DN_DER_MAX);
    bool ok = true;
    while (ok && n-- > 0) {
        set = sets[n];
        bool first = true;
        ok = set.len > 0;
        while (ok && set.len) {
            const char *between = !first ? "+" : out.len ? "," : "";
            first = false;
            ok = buf_append_str(&out, between) && der_take(&set, ASN1_SEQUENCE, &ava) &&
                 add_ava(ava, visible, &out);
        }
    }
    char *text = ok ? (out.data ? buf_take_str(&out) : xstrdup("")) : NULL;
    buf_release(&out);
    return text;
}

char *dn_text(struct bytes der)
{
    char *text = name_text(der, true);
    return text ? text : xstrdup(_("(damaged name)"));
}

char *dn_text_raw(struct bytes der)
{
    return name_text(der, false);
}

char *dn_value(struct bytes der, const char *type)
{
    const struct dn_type *wanted = dn_type_find(type);
    const char *oid = wanted ? wanted->oid : type;
    struct bytes rdns, set, ava, id;
    struct der_tlv value;
    char *found = NULL;
    if (!der_only(der, ASN1_SEQUENCE, &rdns)) {
        return NULL;
    }
    while (der_take(&rdns, ASN1_SET, &set)) {
        while (der_take(&set, ASN1_SEQUENCE, &ava)) {
            if (!der_take(&ava, ASN1_OID, &id) || !der_oid_is(id, oid) || !der_next(&ava, &value)) {
                continue;
            }
            struct buf utf8 = BUF_INIT(4 * DN_DER_MAX);
            if (string_to_utf8(&value, &utf8)) {
                free(found); /* later in DER is earlier in the text */
                found = xstrdup(buf_str(&utf8));
            }
            buf_release(&utf8);
        }
    }
    return found;
}

/* Simple case folding of the letters that names use; others compare as they are. */
static uint32_t fold(uint32_t cp)
{
    if ((cp >= 'A' && cp <= 'Z') || (cp >= 0xc0 && cp <= 0xde && cp != 0xd7) ||
        (cp >= 0x391 && cp <= 0x3a9) || (cp >= 0x410 && cp <= 0x42f)) {
        return cp + 32;
    }
    if (cp >= 0x400 && cp <= 0x40f) {
        return cp + 80;
    }
    bool odd_upper = (cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17e);
    if (odd_upper) {
        return cp & 1 ? cp + 1 : cp;
    }
    if (cp >= 0x100 && cp <= 0x177 && cp != 0x130 && cp != 0x131 && cp != 0x138) {
        return cp | 1;
    }
    return cp;
}

/* Canonical octets of a value; octets of the whole TLV when it is not a string. */
static void canonical(const struct der_tlv *value, struct buf *out)
{
    struct buf utf8 = BUF_INIT(4 * DN_DER_MAX);
    if (!string_to_utf8(value, &utf8)) {
        buf_add(out, "#");
        if (!buf_append_bytes(out, value->whole)) {
            buf_clear(out);
        }
        buf_release(&utf8);
        return;
    }
    bool blank = false;
    const char *s = buf_str(&utf8);
    for (size_t at = 0; at < utf8.len;) {
        uint32_t cp = 0;
        size_t n = utf8_decode(s + at, utf8.len - at, &cp);
        at += n ? n : 1;
        if (cp == ' ' || (cp >= '\t' && cp <= '\r')) {
            blank = true;
            continue;
        }
        if (blank && out->len && !buf_append_byte(out, ' ')) {
            break;
        }
        blank = false;
        if (!append_cp(out, fold(cp))) {
            break;
        }
    }
    buf_release(&utf8);
}

static bool ava_equal(struct bytes a, struct bytes b)
{
    struct bytes oid_a, oid_b;
    struct der_tlv value_a, value_b;
    if (!der_take(&a, ASN1_OID, &oid_a) || !der_take(&b, ASN1_OID, &oid_b) || !bytes_equal(oid_a, oid_b) ||
        !der_next(&a, &value_a) || !der_next(&b, &value_b)) {
        return false;
    }
    struct buf text_a = BUF_INIT(8 * DN_DER_MAX);
    struct buf text_b = BUF_INIT(8 * DN_DER_MAX);
    canonical(&value_a, &text_a);
    canonical(&value_b, &text_b);
    bool same = bytes_equal(buf_peek(&text_a), buf_peek(&text_b));
    buf_release(&text_a);
    buf_release(&text_b);
    return same;
}

/* Every value of a has its equal in b, and both have as many. */
static bool rdn_equal(struct bytes a, struct bytes b)
{
    struct bytes one, other;
    size_t count_a = 0;
    size_t count_b = 0;
    struct bytes counting = b;
    while (der_take(&counting, ASN1_SEQUENCE, &other)) {
        count_b++;
    }
    while (der_take(&a, ASN1_SEQUENCE, &one)) {
        count_a++;
        bool found = false;
        struct bytes search = b;
        while (!found && der_take(&search, ASN1_SEQUENCE, &other)) {
            found = ava_equal(one, other);
        }
        if (!found) {
            return false;
        }
    }
    return count_a == count_b && a.len == 0 && counting.len == 0;
}

bool dn_equal(struct bytes a, struct bytes b)
{
    struct bytes rdns_a, rdns_b, set_a, set_b;
    if (bytes_equal(a, b)) {
        return true;
    }
    if (!der_only(a, ASN1_SEQUENCE, &rdns_a) || !der_only(b, ASN1_SEQUENCE, &rdns_b)) {
        return false;
    }
    while (rdns_a.len && rdns_b.len) {
        if (!der_take(&rdns_a, ASN1_SET, &set_a) || !der_take(&rdns_b, ASN1_SET, &set_b) ||
            !rdn_equal(set_a, set_b)) {
            return false;
        }
    }
    return rdns_a.len == 0 && rdns_b.len == 0;
}
