/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/package.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "nss/hash.h"

enum { IN_REQUEST = 1, IN_ANSWER = 2, IN_REFUSAL = 4, IN_ALL = 7 };

/* To add a kind: a row, a value above, and its members below. */
static const struct {
    const char *kind;
    unsigned in;
} KINDS[] = {{PACKAGE_REQUEST, IN_REQUEST}, {PACKAGE_ANSWER, IN_ANSWER}, {PACKAGE_REFUSAL, IN_REFUSAL}};

/* What a member may be made of. */
enum alphabet {
    WORD,   /* names that go into files and URLs: letters, digits, - . _ and no dot at the start */
    LINE,   /* one line that people read */
    LINES,  /* the same with line breaks */
    ARMOUR, /* PEM and base64 */
};

/* To add a member: a field in struct package, a row here (its place is its place in the canonical form), the schema. */
static const struct {
    const char *key;
    size_t offset, max; /* octets */
    enum alphabet alphabet;
    unsigned may, must; /* kinds */
} MEMBERS[] = {
    {"kind", offsetof(struct package, kind), 16, WORD, IN_ALL, IN_ALL},
    {"id", offsetof(struct package, id), 64, WORD, IN_ALL, IN_REQUEST},
    {"purpose", offsetof(struct package, purpose), 64, WORD, IN_REQUEST, 0},
    {"profile", offsetof(struct package, profile), 128, WORD, IN_REQUEST, 0},
    {"subject", offsetof(struct package, subject), 4096, LINE, IN_ALL, 0},
    {"note", offsetof(struct package, note), 2000, LINES, IN_REQUEST, 0},
    {"request", offsetof(struct package, request), 64, WORD, IN_ANSWER | IN_REFUSAL, 0},
    {"reason", offsetof(struct package, reason), 2000, LINES, IN_REFUSAL, IN_REFUSAL},
    {"content", offsetof(struct package, content), PACKAGE_MAX, ARMOUR, IN_REQUEST | IN_ANSWER, IN_REQUEST | IN_ANSWER},
    {"chain", offsetof(struct package, chain), PACKAGE_MAX, ARMOUR, IN_ANSWER, 0},
};

static char **member(const struct package *p, size_t i)
{
    return (char **)(void *)((char *)(uintptr_t)p + MEMBERS[i].offset);
}

static const char *value_of(const struct package *p, size_t i)
{
    const char *value = *member(p, i);
    return value ? value : "";
}

bool package_looks_like(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr(" \t\r\n", text.data[i]) || !text.data[i]) {
            return text.data[i] == '{';
        }
    }
    return false;
}

/* ---- reading ---- */

static bool is_calm_line(const char *value)
{
    char *safe = text_safe(value);
    bool same = strcmp(safe, value) == 0;
    free(safe);
    return same;
}

static bool are_calm_lines(const char *value)
{
    char *copy = xstrdup(value);
    for (char *c = copy; *c; c++) {
        *c = *c == '\n' ? ' ' : *c;
    }
    bool calm = is_calm_line(copy);
    free(copy);
    return calm;
}

static bool is_armour(const char *value)
{
    for (const char *c = value; *c; c++) {
        if ((*c < ' ' || *c > '~') && *c != '\n' && *c != '\r') {
            return false;
        }
    }
    return true;
}

static bool is_word(const char *value)
{
    return *value != '.' &&
           strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(value);
}

static bool check_value(size_t i, const char *value, struct err *err)
{
    static bool (*const checks[])(const char *) = {
        [WORD] = is_word, [LINE] = is_calm_line, [LINES] = are_calm_lines, [ARMOUR] = is_armour};
    if (strlen(value) > MEMBERS[i].max) {
        return err_fail(err, ERR_FLOW_PACKAGE_HOSTILE, _("%s is longer than in any real package."), MEMBERS[i].key);
    }
    return checks[MEMBERS[i].alphabet](value) ||
           err_fail(err, ERR_FLOW_PACKAGE_HOSTILE, _("%s holds characters that have no place there."), MEMBERS[i].key);
}

static unsigned kind_of(const char *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
        if (strcmp(KINDS[i].kind, kind) == 0) {
            return KINDS[i].in;
        }
    }
    return 0;
}

static size_t member_index(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
        if (strcmp(MEMBERS[i].key, key) == 0) {
            return i;
        }
    }
    return ARRAY_LEN(MEMBERS);
}

static bool take_members(const struct json *root, struct package *out, struct err *err)
{
    for (const struct json *v = json_first(root); v; v = json_next(v)) {
        const char *key = json_key(v);
        size_t i = member_index(key);
        if (strcmp(key, "version") == 0) {
            continue;
        }
        if (i == ARRAY_LEN(MEMBERS) || !json_is_string(v)) {
            char *shown = text_visible_str(key);
            err_fail(err, ERR_FLOW_PACKAGE_BAD, _("It says something that no package says: %s."), shown);
            free(shown);
            return false;
        }
        if (!check_value(i, json_str(v), err)) {
            return false;
        }
        free(*member(out, i));
        *member(out, i) = xstrdup(json_str(v));
    }
    return true;
}

static bool check_members(struct package *p, struct err *err)
{
    unsigned kind = p->kind ? kind_of(p->kind) : 0;
    if (!kind) {
        return err_fail(err, ERR_FLOW_PACKAGE_BAD, _("It does not say: %s."), "kind");
    }
    for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
        bool there = *value_of(p, i) != '\0';
        if (!there && (MEMBERS[i].must & kind)) {
            return err_fail(err, ERR_FLOW_PACKAGE_BAD, _("It does not say: %s."), MEMBERS[i].key);
        }
        if (there && !(MEMBERS[i].may & kind)) {
            return err_fail(err, ERR_FLOW_PACKAGE_BAD, _("It says something that no package says: %s."),
                            MEMBERS[i].key);
        }
        if (!*member(p, i)) {
            *member(p, i) = xstrdup("");
        }
    }
    bool paired = !(kind & (IN_ANSWER | IN_REFUSAL)) || (*p->id != '\0') == (*p->request != '\0');
    return paired || err_fail(err, ERR_FLOW_PACKAGE_BAD, _("It does not say: %s."), *p->id ? "request" : "id");
}

static bool check_version(const struct json *root, struct err *err)
{
    double version = json_get_num(root, "version", 0);
    if (version == HANDOVER_VERSION) {
        return true;
    }
    return err_fail(err, version > HANDOVER_VERSION ? ERR_FLOW_PACKAGE_VERSION : ERR_FLOW_PACKAGE_BAD, NULL);
}

bool package_parse(struct bytes text, struct package *out, struct err *err)
{
    *out = (struct package){0};
    if (text.len > PACKAGE_MAX) {
        return err_fail(err, ERR_FLOW_PACKAGE_HOSTILE, "%s", _("The file is larger than any real package."));
    }
    struct err why = ERR_INIT;
    struct json *root = json_parse(text, &why);
    if (!root) {
        err_fail(err, ERR_FLOW_PACKAGE_BAD, "%s", why.n_context ? why.context[0] : err_what(why.code));
    }
    bool ok = root != NULL;
    err_release(&why);
    ok = ok && (json_is_object(root) || err_fail(err, ERR_FLOW_PACKAGE_BAD, NULL));
    ok = ok && check_version(root, err) && take_members(root, out, err) && check_members(out, err);
    json_free(root);
    if (!ok) {
        package_release(out);
    }
    return ok;
}

bool package_expect(const struct package *p, const char *kind, struct err *err)
{
    return strcmp(p->kind, kind) == 0 || err_fail(err, ERR_FLOW_PACKAGE_KIND, "%s", p->kind);
}

bool package_belongs(const struct package *p, const char *id, const char *digest, struct err *err)
{
    if (strcmp(p->kind, PACKAGE_REQUEST) == 0) {
        return err_fail(err, ERR_FLOW_PACKAGE_KIND, "%s", p->kind);
    }
    if (!*p->id) {
        return true; /* the answer to a bare CSR: its public key says where it belongs */
    }
    if (strcmp(p->id, id) != 0) {
        return err_fail(err, ERR_FLOW_PACKAGE_OTHER, _("It is for %s, and this is %s."), p->id, id);
    }
    return !digest || strcmp(p->request, digest) == 0 || err_fail(err, ERR_FLOW_PACKAGE_STALE, NULL);
}

/* ---- writing and digests ---- */

char *package_print(const struct package *p)
{
    struct json *root = json_new_object();
    json_set_num(root, "version", HANDOVER_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
        if (*value_of(p, i)) {
            json_set_str(root, MEMBERS[i].key, value_of(p, i));
        }
    }
    char *text = json_print(root, true);
    json_free(root);
    return text;
}

bool package_digest(const struct package *p, uint8_t sha256[32])
{
    struct buf canonical = BUF_INIT(4 * (size_t)BUF_MAX_MESSAGE), hash = BUF_INIT(64);
    struct err ignored = ERR_INIT;
    buf_add(&canonical, "cmcpkg%d;", HANDOVER_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
        const char *value = value_of(p, i);
        buf_add(&canonical, "%zu:%s=%zu:%s;", strlen(MEMBERS[i].key), MEMBERS[i].key, strlen(value), value);
    }
    bool ok = hash_compute(HASH_SHA256, buf_peek(&canonical), &hash, &ignored);
    if (ok) {
        memcpy(sha256, hash.data, 32);
    }
    err_release(&ignored);
    buf_release(&canonical);
    buf_release(&hash);
    return ok;
}

char *package_digest_hex(const struct package *p)
{
    uint8_t digest[32];
    return package_digest(p, digest) ? bytes_hex(BYTES(digest, sizeof digest)) : xstrdup("");
}

char *package_readout(const struct package *p)
{
    uint8_t digest[32];
    return package_digest(p, digest) ? text_readout(digest) : xstrdup("");
}

char *package_readout_words(const struct package *p)
{
    uint8_t digest[32];
    return package_digest(p, digest) ? text_readout_words(digest) : xstrdup("");
}

void package_blank(struct package *p)
{
    for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
        *member(p, i) = xstrdup("");
    }
}

void package_release(struct package *p)
{
    for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
        free(*member(p, i));
    }
    *p = (struct package){0};
}
