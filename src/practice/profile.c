/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/profile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "practice/policy.h"

#define PROFILE_MAX_POLICIES 64

struct line {
    char *key, *value;
    int number;
    bool used;
};
struct lines {
    struct line *v;
    size_t n;
    const char *path;
};

static void lines_release(struct lines *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        free(lines->v[i].key);
        free(lines->v[i].value);
    }
    free(lines->v);
}

static bool bad_line(const struct lines *lines, int number, const char *what, const char *about, struct err *err)
{
    char *shown = text_visible_str(about);
    err_fail(err, ERR_PRACTICE_PROFILE, "%s:%d: %s \"%s\"", lines->path, number, what, shown);
    free(shown);
    return false;
}

static bool read_lines(const char *path, struct lines *lines, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    *lines = (struct lines){.path = path};
    if (!file_read(path, &text, err)) {
        return false;
    }
    char *copy = buf_take_str(&text);
    bool ok = true;
    int number = 0;
    char *rest = NULL;
    for (char *line = copy; ok && line; line = rest) {
        rest = strchr(line, '\n');
        if (rest) {
            *rest++ = '\0';
        }
        number++;
        line[strcspn(line, "\r")] = '\0';
        if (*line == '#' || *line == '\0') {
            continue;
        }
        char *equals = strchr(line, '=');
        if (!equals) {
            ok = bad_line(lines, number, _("there is no \"=\" in"), line, err);
            break;
        }
        lines->v = xrealloc(lines->v, (lines->n + 1) * sizeof *lines->v);
        lines->v[lines->n++] = (struct line){.key = xstrndup(line, (size_t)(equals - line)), .value = xstrdup(equals + 1),
                                             .number = number};
    }
    free(copy);
    if (!ok) {
        lines_release(lines);
    }
    return ok;
}

static const char *take(struct lines *lines, const char *key)
{
    const char *found = NULL;
    for (size_t i = 0; i < lines->n; i++) {
        if (strcmp(lines->v[i].key, key) == 0) {
            lines->v[i].used = true;
            found = lines->v[i].value;
        }
    }
    return found;
}

static const char *takef(struct lines *lines, const char *fmt, ...) PRINTF_LIKE(2, 3);
static const char *takef(struct lines *lines, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *key = xvasprintf(fmt, ap);
    va_end(ap);
    const char *value = take(lines, key);
    free(key);
    return value;
}

/* "a_3" is the parameter "a_n" of the table. */
static char *general_name(const char *key)
{
    char *copy = xstrdup(key);
    char *underscore = strrchr(copy, '_');
    if (underscore && underscore[1] && strspn(underscore + 1, "0123456789") == strlen(underscore + 1)) {
        underscore[1] = 'n';
        underscore[2] = '\0';
    }
    return copy;
}

static bool read_part(struct lines *lines, const char *base, bool fill, struct profile_part *part, struct err *err)
{
    const char *class_id = takef(lines, "%s.class_id", base);
    if (!class_id) {
        return err_fail(err, ERR_PRACTICE_PROFILE, "%s: %s.class_id", lines->path, base);
    }
    part->class_id = xstrdup(class_id);
    part->cls = policy_class_find(class_id, fill);
    if (!part->cls) {
        return bad_line(lines, 0, _("class that is not known:"), class_id, err);
    }
    (void)takef(lines, "%s.name", base);
    char *prefix = xasprintf("%s.params.", base);
    bool ok = true;
    for (size_t i = 0; ok && i < lines->n; i++) {
        struct line *line = &lines->v[i];
        if (!text_starts(line->key, prefix)) {
            continue;
        }
        const char *key = line->key + strlen(prefix);
        char *general = general_name(key);
        ok = policy_class_takes(part->cls, general) ||
             bad_line(lines, line->number, _("parameter that is not known:"), line->key, err);
        free(general);
        line->used = true;
        part->params = xrealloc(part->params, (part->n + 1) * sizeof *part->params);
        part->params[part->n++] = (struct profile_param){xstrdup(key), xstrdup(line->value)};
    }
    free(prefix);
    return ok;
}

static bool read_policies(struct lines *lines, struct profile *profile, struct err *err)
{
    const char *set = take(lines, "policyset.list");
    const char *list = set ? takef(lines, "policyset.%s.list", set) : NULL;
    if (!list || strchr(set, ',')) {
        return err_fail(err, ERR_PRACTICE_PROFILE, "%s: policyset.list", lines->path);
    }
    profile->set = xstrdup(set);
    struct strv numbers = STRV_INIT;
    strv_split(&numbers, list, ',');
    bool ok = numbers.n <= PROFILE_MAX_POLICIES || err_fail(err, ERR_PRACTICE_PROFILE, "%s: policyset.%s.list", lines->path, set);
    for (size_t i = 0; ok && i < numbers.n; i++) {
        profile->policies = xrealloc(profile->policies, (profile->n + 1) * sizeof *profile->policies);
        struct profile_policy *policy = &profile->policies[profile->n++];
        *policy = (struct profile_policy){.number = xstrdup(numbers.v[i])};
        char *fill = xasprintf("policyset.%s.%s.default", set, numbers.v[i]);
        char *check = xasprintf("policyset.%s.%s.constraint", set, numbers.v[i]);
        ok = read_part(lines, fill, true, &policy->fill, err) && read_part(lines, check, false, &policy->check, err);
        free(check);
        free(fill);
    }
    strv_release(&numbers);
    return ok;
}

/* Keys that are read and have no effect here. */
static void take_rest(struct lines *lines)
{
    static const char *const others[] = {"visible", "enableBy", "authz.acl", "profileId", "classId", "auth.class_id", "renewal"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        (void)take(lines, others[i]);
    }
    for (size_t i = 0; i < lines->n; i++) {
        if (text_starts(lines->v[i].key, "input.") || text_starts(lines->v[i].key, "output.") ||
            text_starts(lines->v[i].key, "updater.")) {
            lines->v[i].used = true;
        }
    }
}

static bool read_head(struct lines *lines, struct profile *profile, struct err *err)
{
    const char *auth = take(lines, "auth.instance_id");
    const char *enable = take(lines, "enable");
    const char *name = take(lines, "name");
    const char *desc = take(lines, "desc");
    const char *input = take(lines, "input.i1.class_id");
    profile->auth = xstrdup(auth ? auth : "");
    profile->enabled = enable && strcmp(enable, "true") == 0;
    profile->name = xstrdup(name ? name : "");
    profile->desc = xstrdup(desc ? desc : "");
    profile->simple = input && strcmp(input, "certReqInputImpl") == 0;
    profile->by_form = input && strcmp(input, "keyGenInputImpl") == 0;
    static const char *const known[] = {"", "CMCAuth", "CMCUserSignedAuth", "AgentCertAuth"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (strcmp(profile->auth, known[i]) == 0) {
            return true;
        }
    }
    return bad_line(lines, 0, _("authentication that is not known:"), profile->auth, err);
}

bool profile_read(const char *path, struct profile *profile, struct err *err)
{
    struct lines lines;
    memset(profile, 0, sizeof *profile);
    if (!read_lines(path, &lines, err)) {
        return false;
    }
    const char *base = path_base(path);
    profile->id = xstrndup(base, strlen(base) - (text_ends(base, ".cfg") ? 4 : 0));
    profile->path = xstrdup(path);
    bool ok = read_head(&lines, profile, err) && read_policies(&lines, profile, err);
    if (ok) {
        take_rest(&lines);
    }
    for (size_t i = 0; ok && i < lines.n; i++) {
        ok = lines.v[i].used || bad_line(&lines, lines.v[i].number, _("key that is not known:"), lines.v[i].key, err);
    }
    lines_release(&lines);
    if (!ok) {
        profile_release(profile);
    }
    return ok;
}

static void part_release(struct profile_part *part)
{
    for (size_t i = 0; i < part->n; i++) {
        free(part->params[i].key);
        free(part->params[i].value);
    }
    free(part->params);
    free(part->class_id);
}

void profile_release(struct profile *profile)
{
    for (size_t i = 0; i < profile->n; i++) {
        free(profile->policies[i].number);
        part_release(&profile->policies[i].fill);
        part_release(&profile->policies[i].check);
    }
    free(profile->policies);
    free(profile->id);
    free(profile->path);
    free(profile->name);
    free(profile->desc);
    free(profile->auth);
    free(profile->set);
    memset(profile, 0, sizeof *profile);
}

bool profile_list_read(const char *dir, struct profile_list *list, struct err *err)
{
    struct strv names = STRV_INIT;
    *list = (struct profile_list){NULL, 0};
    bool ok = dir_list(dir, &names, err);
    for (size_t i = 0; ok && i < names.n; i++) {
        if (!text_ends(names.v[i], ".cfg")) {
            continue;
        }
        char *path = path_join(dir, names.v[i]);
        list->v = xrealloc(list->v, (list->n + 1) * sizeof *list->v);
        ok = profile_read(path, &list->v[list->n], err);
        list->n += ok ? 1 : 0;
        free(path);
    }
    strv_release(&names);
    if (!ok) {
        profile_list_release(list);
    }
    return ok;
}

void profile_list_release(struct profile_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        profile_release(&list->v[i]);
    }
    free(list->v);
    *list = (struct profile_list){NULL, 0};
}

struct profile *profile_find(const struct profile_list *list, const char *id)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->v[i].id, id) == 0) {
            return &list->v[i];
        }
    }
    return NULL;
}

bool profile_enable(struct profile *profile, bool enable, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    if (!file_read(profile->path, &text, err)) {
        return false;
    }
    bool written = false;
    bool room = true;
    const char *line = buf_str(&text);
    while (room && *line) {
        size_t len = strcspn(line, "\n");
        if (text_starts(line, "enable=") && !written) {
            room = buf_printf(&out, "enable=%s\n", enable ? "true" : "false");
            written = true;
        } else {
            room = buf_append(&out, line, len) && buf_append_byte(&out, '\n');
        }
        line += len + (line[len] == '\n' ? 1 : 0);
    }
    room = room && (written || buf_printf(&out, "enable=%s\n", enable ? "true" : "false"));
    bool ok = room ? file_write(profile->path, buf_peek(&out), 0600, err) : err_fail(err, ERR_FILE_TOO_BIG, "%s", profile->path);
    if (ok) {
        profile->enabled = enable;
    }
    buf_release(&out);
    buf_release(&text);
    return ok;
}

const char *profile_param(const struct profile_part *part, const char *key)
{
    for (size_t i = 0; i < part->n; i++) {
        if (strcmp(part->params[i].key, key) == 0) {
            return part->params[i].value;
        }
    }
    return "";
}

bool profile_flag(const struct profile_part *part, const char *key)
{
    return strcmp(profile_param(part, key), "true") == 0;
}

long profile_number(const struct profile_part *part, const char *key, long otherwise)
{
    const char *text = profile_param(part, key);
    char *end = NULL;
    long value = strtol(text, &end, 10);
    return *text && *end == '\0' && value >= -1 && value <= 1000000000 ? value : otherwise;
}

void profile_values(const struct profile_part *part, const char *key, struct strv *out)
{
    struct strv raw = STRV_INIT;
    const char *text = profile_param(part, key);
    if (*text) {
        strv_split(&raw, text, ',');
    }
    for (size_t i = 0; i < raw.n; i++) {
        strv_push(out, text_trim(raw.v[i]));
    }
    strv_release(&raw);
}
