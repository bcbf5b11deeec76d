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

static const struct {
    const char *key;
    size_t offset;
    bool required;
} MEMBERS[] = {
    {"kind", offsetof(struct package, kind), true},       {"id", offsetof(struct package, id), false},
    {"purpose", offsetof(struct package, purpose), false}, {"profile", offsetof(struct package, profile), false},
    {"subject", offsetof(struct package, subject), false}, {"note", offsetof(struct package, note), false},
    {"content", offsetof(struct package, content), true},  {"chain", offsetof(struct package, chain), false},
};

static char **member(const struct package *p, size_t i)
{
    return (char **)(void *)((char *)(uintptr_t)p + MEMBERS[i].offset);
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

bool package_parse(struct bytes text, struct package *out, struct err *err)
{
    *out = (struct package){0};
    struct err why = ERR_INIT;
    struct json *root = json_parse(text, &why);
    err_release(&why);
    bool ok = root && json_get_num(root, "version", 0) == HANDOVER_VERSION;
    for (size_t i = 0; ok && i < ARRAY_LEN(MEMBERS); i++) {
        const char *value = json_get_str(root, MEMBERS[i].key, "");
        *member(out, i) = xstrdup(value);
        ok = *value || !MEMBERS[i].required;
    }
    ok = ok && (strcmp(out->kind, "request") == 0 || strcmp(out->kind, "answer") == 0);
    json_free(root);
    if (!ok) {
        package_release(out);
        return err_fail(err, ERR_FLOW_PACKAGE_BAD, NULL);
    }
    return true;
}

char *package_print(const struct package *p)
{
    struct json *root = json_new_object();
    json_set_num(root, "version", HANDOVER_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
        const char *value = *member(p, i);
        if (value && *value) {
            json_set_str(root, MEMBERS[i].key, value);
        }
    }
    char *text = json_print(root, true);
    json_free(root);
    return text;
}

/* Every member counts, with its name and length before it: "7:profile=17:caFullCMCUserCert;". Members that are absent or empty are
 * the same thing, as in the file. */
static void add_canonical(struct buf *out, const struct package *p)
{
    for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
        const char *value = *member(p, i) ? *member(p, i) : "";
        buf_add(out, "%zu:%s=%zu:%s;", strlen(MEMBERS[i].key), MEMBERS[i].key, strlen(value), value);
    }
}

char *package_readout(const struct package *p)
{
    struct buf canonical = BUF_INIT(4 * (size_t)BUF_MAX_MESSAGE), hash = BUF_INIT(64);
    struct err ignored = ERR_INIT;
    add_canonical(&canonical, p);
    char *text = hash_compute(HASH_SHA256, buf_peek(&canonical), &hash, &ignored) ? text_readout(hash.data) : xstrdup("");
    err_release(&ignored);
    buf_release(&canonical);
    buf_release(&hash);
    return text;
}

void package_release(struct package *p)
{
    for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
        free(*member(p, i));
    }
    *p = (struct package){0};
}
