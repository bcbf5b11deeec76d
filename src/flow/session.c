/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/answers.h"

#define SESSION_FILE "session.json"

static char *sessions_dir(const char *base)
{
    return base ? xstrdup(base) : xdg_path(XDG_STATE, "sessions");
}

/* Sortable by time, unique enough for two windows in one second, short enough to say. */
static char *new_id(void)
{
    static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";
    time_t now = (time_t)when_now();
    struct tm tm;
    gmtime_r(&now, &tm);
    uint8_t r[4];
    bytes_random(r, sizeof r);
    char tail[5] = {0};
    for (int i = 0; i < 4; i++) {
        tail[i] = alphabet[r[i] % (sizeof alphabet - 1)];
    }
    return xasprintf("%04d%02d%02d-%02d%02d%02d-%s", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                     tm.tm_sec, tail);
}

static bool id_is_safe(const char *id)
{
    return id && *id && *id != '.' && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id);
}

static struct session *session_at(const char *base, const char *id)
{
    char *all = sessions_dir(base);
    struct session *s = xcalloc(1, sizeof *s);
    s->id = xstrdup(id);
    s->dir = path_join(all, id);
    s->lock = (struct file_lock)FILE_LOCK_INIT;
    free(all);
    return s;
}

static bool take_lock(struct session *s, struct err *err)
{
    char *path = session_file(s, "lock");
    bool ok = file_lock_take(&s->lock, path, err);
    free(path);
    return ok;
}

struct session *session_create(const char *base, const char *scenario, struct err *err)
{
    char *id = new_id();
    struct session *s = session_at(base, id);
    free(id);
    if (!dir_create(s->dir, 0700, err) || !take_lock(s, err)) {
        session_close(s);
        return NULL;
    }
    char *now = when_rfc3339(when_now());
    s->root = json_new_object();
    json_set_num(s->root, "version", SESSION_VERSION);
    json_set_str(s->root, "id", s->id);
    json_set_str(s->root, "created", now);
    json_set_str(s->root, "updated", now);
    json_set_str(s->root, "scenario", scenario);
    json_set_str(s->root, "state", "editing");
    json_set_object(s->root, "answers");
    json_set_object(s->root, "steps");
    json_set_object(s->root, "facts");
    free(now);
    if (!session_save(s, err)) {
        /* A full disk must not leave an empty enrollment in the list. */
        bool removed = dir_remove(s->dir, NULL);
        (void)removed;
        session_close(s);
        return NULL;
    }
    session_journal(s, "created", NULL, NULL);
    return s;
}

/* The damaged file is kept under another name, so that nothing is ever overwritten. */
static bool set_aside(struct session *s, struct err *err)
{
    char *from = session_file(s, SESSION_FILE);
    char *to = xasprintf("%s.damaged-%lld", from, (long long)when_now());
    if (!s->read_only && rename(from, to) == 0) {
        err_context(err, _("It was set aside as %s."), to);
    }
    free(from);
    free(to);
    return false;
}

static bool shape_is_right(const struct json *root)
{
    static const char *const objects[] = {"answers", "steps", "facts"};
    for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
        if (!json_is_object(json_get(root, objects[i]))) {
            return false;
        }
    }
    return json_get_str(root, "scenario", NULL) && json_get_str(root, "id", NULL);
}

/* There is no place for a secret: one that somebody wrote into the file by hand is dropped before anything can save it again. */
static void drop_secrets(struct json *answers)
{
    size_t n = 0;
    const struct answer_row *rows = answer_rows(&n);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].kind == ANSWER_SECRET) {
            json_remove(answers, rows[i].name);
        }
    }
}

/* Version 0 had the scenario's name under "kind" and no facts (development snapshots). */
static bool convert_old(struct session *s, int version, struct err *err)
{
    if (s->read_only) {
        return true;
    }
    char *from = session_file(s, SESSION_FILE);
    char *copy = xasprintf("%s.v%d", from, version);
    struct buf old = BUF_INIT(BUF_MAX_TEXT);
    bool ok = file_read(from, &old, err) && file_write(copy, buf_peek(&old), 0600, err);
    buf_release(&old);
    free(from);
    free(copy);
    return ok && session_save(s, err);
}

static bool upgrade(struct session *s, int version, struct err *err)
{
    if (version == SESSION_VERSION) {
        return true;
    }
    const char *kind = json_get_str(s->root, "kind", NULL);
    if (kind && !json_get(s->root, "scenario")) {
        json_set_str(s->root, "scenario", kind);
        json_remove(s->root, "kind");
    }
    static const char *const objects[] = {"answers", "steps", "facts"};
    for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
        if (!json_get(s->root, objects[i])) {
            json_set_object(s->root, objects[i]);
        }
    }
    json_set_num(s->root, "version", SESSION_VERSION);
    return convert_old(s, version, err);
}

static bool load(struct session *s, struct err *err)
{
    char *path = session_file(s, SESSION_FILE);
    struct err why = ERR_INIT;
    s->root = json_read_file(path, &why);
    free(path);
    if (!s->root) {
        if (why.code == ERR_FILE_MISSING) {
            err_release(&why);
            return err_fail(err, ERR_FLOW_SESSION_MISSING, "%s", s->id);
        }
        err_fail(err, ERR_FLOW_SESSION_DAMAGED, "%s: %s", s->id, err_what(why.code));
        bool damaged = why.code == ERR_JSON_DAMAGED || why.code == ERR_FILE_TOO_BIG;
        err_release(&why);
        return damaged ? set_aside(s, err) : false;
    }
    double version = json_get_num(s->root, "version", -1);
    if (version > SESSION_VERSION) {
        return err_fail(err, ERR_FLOW_SESSION_VERSION, _("%s has version %g, this program knows %d."), s->id, version,
                        SESSION_VERSION);
    }
    if (version < 0 || !upgrade(s, (int)version, err) || !shape_is_right(s->root)) {
        err_fail(err, ERR_FLOW_SESSION_DAMAGED, "%s", s->id);
        return set_aside(s, err);
    }
    drop_secrets(json_get(s->root, "answers"));
    return true;
}

static struct session *open_as(const char *base, const char *id, bool read_only, struct err *err)
{
    if (!id_is_safe(id)) {
        err_fail(err, ERR_FLOW_SESSION_MISSING, NULL);
        return NULL;
    }
    struct session *s = session_at(base, id);
    s->read_only = read_only;
    bool ok = dir_exists(s->dir) || err_fail(err, ERR_FLOW_SESSION_MISSING, "%s", id);
    ok = ok && (read_only || take_lock(s, err)) && load(s, err);
    if (!ok) {
        session_close(s);
        return NULL;
    }
    return s;
}

struct session *session_open(const char *base, const char *id, struct err *err)
{
    return open_as(base, id, false, err);
}

struct session *session_peek(const char *base, const char *id, struct err *err)
{
    return open_as(base, id, true, err);
}

void session_close(struct session *s)
{
    if (!s) {
        return;
    }
    file_lock_release(&s->lock);
    json_free(s->root);
    free(s->id);
    free(s->dir);
    free(s);
}

static bool save(struct session *s, bool sync, struct err *err)
{
    if (s->read_only) {
        return err_fail(err, ERR_FLOW_SESSION_READ_ONLY, "%s", s->id);
    }
    char *path = session_file(s, SESSION_FILE);
    char *now = when_rfc3339(when_now());
    json_set_str(s->root, "updated", now);
    free(now);
    char *text = json_print(s->root, true);
    bool ok = (sync ? file_write : file_write_quickly)(path, bytes_of_str(text), 0600, err);
    free(text);
    free(path);
    return ok;
}

bool session_save(struct session *s, struct err *err)
{
    return save(s, true, err);
}

bool session_save_quickly(struct session *s, struct err *err)
{
    return save(s, false, err);
}

bool session_sync(struct session *s, struct err *err)
{
    char *path = session_file(s, SESSION_FILE);
    bool ok = file_sync(path, err);
    free(path);
    return ok;
}

bool session_delete(struct session *s, struct err *err)
{
    struct strv names = STRV_INIT;
    bool ok = !s->read_only || err_fail(err, ERR_FLOW_SESSION_READ_ONLY, "%s", s->id);
    ok = ok && dir_list(s->dir, &names, err);
    for (size_t i = 0; ok && i < names.n; i++) {
        char *path = path_join(s->dir, names.v[i]);
        ok = dir_exists(path) || file_wipe(path, err);
        free(path);
    }
    strv_release(&names);
    ok = ok && dir_remove(s->dir, err);
    if (ok) {
        session_close(s);
    }
    return ok;
}

bool session_discard(const char *base, const char *id, struct err *err)
{
    if (!id_is_safe(id)) {
        return err_fail(err, ERR_FLOW_SESSION_MISSING, NULL);
    }
    struct session *s = session_at(base, id);
    bool ok = (dir_exists(s->dir) || err_fail(err, ERR_FLOW_SESSION_MISSING, "%s", id)) && take_lock(s, err) &&
              session_delete(s, err);
    if (!ok) {
        session_close(s);
    }
    return ok;
}

/* The first step that is not done, by the order in which steps were entered. */
static const char *next_step(const struct json *steps)
{
    for (size_t i = 0; i < json_size(steps); i++) {
        const struct json *step = json_at(steps, i);
        if (strcmp(json_get_str(step, "state", ""), "done") != 0) {
            return json_key(step);
        }
    }
    return "";
}

/* What tells an enrollment apart, best first. To add one: a row. */
static const struct {
    const char *object, *name; /* of session.json */
} TITLES[] = {
    {"answers", "subject"},        {"facts", "issued.subject"}, {"facts", "target.subject"},  {"facts", "subject"},
    {"answers", "identification"}, {"answers", "renew.nickname"}, {"answers", "revoke.nickname"}, {"answers", "input"},
};

static const char *title_of(const struct json *root)
{
    const char *title = "";
    for (size_t i = 0; i < ARRAY_LEN(TITLES) && !*title; i++) {
        title = json_get_str(json_get(root, TITLES[i].object), TITLES[i].name, "");
    }
    return title;
}

static void describe(const char *all, const char *id, struct session_info *info)
{
    info->id = xstrdup(id);
    info->dir = path_join(all, id);
    struct session *s = session_peek(all, id, NULL);
    info->damaged = !s;
    const struct json *root = s ? s->root : NULL;
    info->scenario = xstrdup(json_get_str(root, "scenario", ""));
    info->title = text_visible_str(title_of(root));
    info->state = xstrdup(json_get_str(root, "state", ""));
    info->step = xstrdup(next_step(json_get(root, "steps")));
    if (!when_parse_rfc3339(json_get_str(root, "updated", ""), &info->updated)) {
        info->updated = 0;
    }
    session_close(s);
}

static int newest_first(const void *a, const void *b)
{
    const struct session_info *x = a, *y = b;
    return (x->updated < y->updated) - (x->updated > y->updated);
}

bool session_list(const char *base, struct session_info **list, size_t *n, struct err *err)
{
    char *all = sessions_dir(base);
    struct strv names = STRV_INIT;
    bool ok = dir_list(all, &names, err);
    *list = xcalloc(names.n, sizeof **list);
    *n = 0;
    for (size_t i = 0; ok && i < names.n; i++) {
        if (id_is_safe(names.v[i])) {
            describe(all, names.v[i], &(*list)[(*n)++]);
        }
    }
    qsort(*list, *n, sizeof **list, newest_first);
    strv_release(&names);
    free(all);
    return ok;
}

void session_info_free(struct session_info *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].id);
        free(list[i].dir);
        free(list[i].scenario);
        free(list[i].title);
        free(list[i].step);
        free(list[i].state);
    }
    free(list);
}

const char *session_answer(const struct session *s, const char *name)
{
    return json_get_str(json_get(s->root, "answers"), name, NULL);
}

bool session_set_answer(struct session *s, const char *name, const char *value, struct err *err)
{
    const struct answer_row *row = answer_row(name);
    if (!row) {
        return err_fail(err, ERR_FLOW_ANSWER_BAD, _("There is no answer named %s."), name);
    }
    if (row->kind == ANSWER_SECRET) {
        return err_fail(err, ERR_FLOW_ANSWER_SECRET, "%s", name);
    }
    json_set_str(json_get(s->root, "answers"), name, value);
    return true;
}

const char *session_fact(const struct session *s, const char *name)
{
    return json_get_str(json_get(s->root, "facts"), name, NULL);
}

void session_set_fact(struct session *s, const char *name, const char *value)
{
    json_set_str(json_get(s->root, "facts"), name, value);
}

const char *session_state(const struct session *s)
{
    return json_get_str(s->root, "state", "editing");
}

void session_set_state(struct session *s, const char *state)
{
    json_set_str(s->root, "state", state);
}

const char *session_step_state(const struct session *s, const char *step)
{
    return json_get_str(json_get(json_get(s->root, "steps"), step), "state", "");
}

bool session_mark_step(struct session *s, const char *step, const char *state, struct err *err)
{
    struct json *steps = json_get(s->root, "steps");
    struct json *row = json_get(steps, step);
    if (!row) {
        row = json_set_object(steps, step);
    }
    char *now = when_rfc3339(when_now());
    json_set_str(row, "state", state);
    json_set_str(row, state, now); /* "started": when, "done": when */
    free(now);
    return session_save(s, err);
}

void session_clear_step(struct session *s, const char *step)
{
    json_remove(json_get(s->root, "steps"), step);
}

char *session_file(const struct session *s, const char *name)
{
    return path_join(s->dir, name);
}

bool session_write_file(struct session *s, const char *name, struct bytes content, struct err *err)
{
    if (s->read_only) {
        return err_fail(err, ERR_FLOW_SESSION_READ_ONLY, "%s", s->id);
    }
    char *path = session_file(s, name);
    bool ok = file_write(path, content, 0600, err);
    free(path);
    return ok;
}

bool session_read_file(const struct session *s, const char *name, struct buf *out, struct err *err)
{
    char *path = session_file(s, name);
    bool ok = file_read(path, out, err);
    free(path);
    return ok;
}

bool session_has_file(const struct session *s, const char *name)
{
    char *path = session_file(s, name);
    bool there = file_exists(path);
    free(path);
    return there;
}

bool session_journal(struct session *s, const char *event, struct json *detail, struct err *err)
{
    struct json *line = json_new_object();
    char *now = when_rfc3339(when_now());
    json_set_str(line, "time", now);
    json_set_str(line, "event", event);
    if (detail) {
        json_set_take(line, "detail", detail);
    }
    char *text = json_print(line, false);
    char *record = xasprintf("%s\n", text);
    char *path = session_file(s, "journal.jsonl");
    bool ok = !s->read_only && file_append(path, bytes_of_str(record), 0600, err);
    free(path);
    free(record);
    free(text);
    free(now);
    json_free(line);
    return ok;
}
