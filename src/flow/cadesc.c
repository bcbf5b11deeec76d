/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/cadesc.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"

#define CADESC_VERSION 1
#define POP_LINK "pop-link-required"

/* Text members by JSON key. To add one: a field in struct cadesc and a row. */
static const struct {
    const char *key;
    size_t offset;
    bool required;
} TEXTS[] = {
    {"name", offsetof(struct cadesc, name), true},
    {"title", offsetof(struct cadesc, title), false},
    {"host", offsetof(struct cadesc, host), true},
    {"version-of-ca", offsetof(struct cadesc, ca_version), false},
    {"chain", offsetof(struct cadesc, chain_pem), true},
    {"fingerprint", offsetof(struct cadesc, fingerprint), true},
    {"directory", offsetof(struct cadesc, directory), false},
    {"base-dn", offsetof(struct cadesc, base_dn), false},
    {"contact", offsetof(struct cadesc, contact), false},
    {"language", offsetof(struct cadesc, language), false},
    {"protocol", offsetof(struct cadesc, protocol), false},
};

static char **text_of(const struct cadesc *d, size_t i)
{
    return (char **)(void *)((char *)(uintptr_t)d + TEXTS[i].offset);
}

static bool name_is_safe(const char *name)
{
    return *name && *name != '.' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(name);
}

bool cadesc_parse(struct bytes json_text, struct cadesc *out, struct err *err)
{
    *out = (struct cadesc){0};
    struct json *root = json_parse(json_text, err);
    if (!root) {
        return false;
    }
    bool ok = json_get_num(root, "version", 0) == CADESC_VERSION || err_fail(err, ERR_FLOW_CADESC_BAD, _("Its version is not known."));
    for (size_t i = 0; ok && i < ARRAY_LEN(TEXTS); i++) {
        const char *value = json_get_str(root, TEXTS[i].key, NULL);
        *text_of(out, i) = xstrdup(value ? value : "");
        if (TEXTS[i].required && (!value || !*value)) {
            ok = err_fail(err, ERR_FLOW_CADESC_BAD, _("It does not say: %s."), TEXTS[i].key);
        }
    }
    double port = json_get_num(root, "port", 8443);
    ok = ok && ((port >= 1 && port <= 65535) || err_fail(err, ERR_FLOW_CADESC_BAD, _("Its port is not a port.")));
    ok = ok && (name_is_safe(out->name) ||
                err_fail(err, ERR_FLOW_CADESC_BAD, _("Its name may only have a-z, 0-9, dot, dash and underline.")));
    bool known = ok && (!*out->protocol || strcmp(out->protocol, "cmc") == 0 || strcmp(out->protocol, "est") == 0);
    ok = ok && (known || err_fail(err, ERR_FLOW_CADESC_BAD, _("Its protocol is neither cmc nor est.")));
    out->port = ok ? (int)port : 0;
    out->practice = json_get_bool(root, "practice", false);
    out->pop_link_required = json_get_bool(root, POP_LINK, false);
    const struct json *profiles = json_get(root, "profiles");
    out->profiles = ok && json_is_object(profiles) ? json_dup(profiles) : NULL;
    json_free(root);
    if (!ok) {
        cadesc_release(out);
    }
    return ok;
}

char *cadesc_print(const struct cadesc *d)
{
    struct json *root = json_new_object();
    json_set_num(root, "version", CADESC_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        const char *value = *text_of(d, i);
        if (value && *value) {
            json_set_str(root, TEXTS[i].key, value);
        }
    }
    json_set_num(root, "port", d->port);
    json_set_bool(root, "practice", d->practice);
    if (d->pop_link_required) {
        json_set_bool(root, POP_LINK, true);
    }
    if (d->profiles) {
        json_set_take(root, "profiles", json_dup(d->profiles));
    }
    char *text = json_print(root, true);
    json_free(root);
    return text;
}

static bool has_name(const struct cadesc *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void take_file(const char *path, struct cadesc **list, size_t *n, struct strv *problems)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct err why = ERR_INIT;
    struct cadesc one;
    if (!file_read(path, &text, &why) || !cadesc_parse(buf_peek(&text), &one, &why)) {
        if (problems) {
            strv_pushf(problems, "%s: %s", path, err_what(why.code));
        }
        err_release(&why);
    } else if (has_name(*list, *n, one.name)) {
        cadesc_release(&one);
    } else {
        *list = xrealloc(*list, (*n + 1) * sizeof **list);
        (*list)[(*n)++] = one;
    }
    buf_release(&text);
}

static bool take_folder(const char *dir, struct cadesc **list, size_t *n, struct strv *problems, struct err *err)
{
    struct strv names = STRV_INIT;
    bool ok = dir_list(dir, &names, err);
    for (size_t i = 0; ok && i < names.n; i++) {
        if (text_ends(names.v[i], ".json")) {
            char *path = path_join(dir, names.v[i]);
            take_file(path, list, n, problems);
            free(path);
        }
    }
    strv_release(&names);
    return ok;
}

bool cadesc_list_of(const char *user, const char *system, struct cadesc **list, size_t *n, struct strv *problems, struct err *err)
{
    *list = NULL;
    *n = 0;
    return take_folder(user, list, n, problems, err) && take_folder(system, list, n, problems, err);
}

bool cadesc_list(struct cadesc **list, size_t *n, struct strv *problems, struct err *err)
{
    char *user = xdg_path(XDG_CONFIG, "ca.d");
    bool ok = cadesc_list_of(user, SYSCONFDIR "/cmc-wizard/ca.d", list, n, problems, err);
    free(user);
    return ok;
}

bool cadesc_find(const char *name, struct cadesc *out, struct err *err)
{
    struct cadesc *list = NULL;
    size_t n = 0;
    if (!cadesc_list(&list, &n, NULL, err)) {
        return false;
    }
    bool found = false;
    for (size_t i = 0; i < n && !found; i++) {
        if (strcmp(list[i].name, name) == 0) {
            *out = list[i];
            list[i] = (struct cadesc){0};
            found = true;
        }
    }
    cadesc_list_free(list, n);
    return found || err_fail(err, ERR_FLOW_CADESC_MISSING, "%s", name);
}

bool cadesc_known(const char *name, struct cadesc *out)
{
    struct err ignored = ERR_INIT;
    *out = (struct cadesc){0};
    bool known = *name && cadesc_find(name, out, &ignored);
    err_release(&ignored);
    return known;
}

bool cadesc_save(const struct cadesc *d, struct err *err)
{
    if (!d->name || !name_is_safe(d->name)) {
        return err_fail(err, ERR_FLOW_CADESC_BAD, _("Its name may only have a-z, 0-9, dot, dash and underline."));
    }
    char *dir = xdg_path(XDG_CONFIG, "ca.d");
    char *file = xasprintf("%s/%s.json", dir, d->name);
    char *text = cadesc_print(d);
    bool ok = dir_create(dir, 0700, err) && file_write(file, bytes_of_str(text), 0644, err);
    free(text);
    free(file);
    free(dir);
    return ok;
}

const char *cadesc_title(const struct cadesc *d)
{
    if (d->practice) {
        /* TRANSLATORS: stands in the list of CAs; at most 46 columns */
        return _("Practice CA on this computer");
    }
    return *d->title ? d->title : d->name;
}

const char *cadesc_contact(const struct cadesc *d)
{
    return d->practice ? _("For practice only; its certificates are worth nothing.") : d->contact;
}

const char *cadesc_language(const struct cadesc *list, size_t n)
{
    const char *language = NULL;
    for (size_t i = 0; i < n; i++) {
        if (language && *list[i].language && strcmp(list[i].language, language) != 0) {
            return NULL;
        }
        language = *list[i].language ? list[i].language : language;
    }
    return language;
}

const char *cadesc_profile(const struct cadesc *d, const char *purpose)
{
    return json_get_str(d->profiles, purpose, NULL);
}

void cadesc_release(struct cadesc *d)
{
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        free(*text_of(d, i));
    }
    json_free(d->profiles);
    *d = (struct cadesc){0};
}

void cadesc_list_free(struct cadesc *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cadesc_release(&list[i]);
    }
    free(list);
}
