/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key pair. A kill between its making and the note of its id must not orphan it: the ids that exist beforehand are on disk first,
 * so a repeated start finds the new one.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "flow/run_internal.h"
#include "nss/certdb.h"
#include "nss/key.h"
#include "nss/nssdb.h"

struct key_work {
    struct nssdb *db;
    char *token;
    struct key_spec spec;
    char curve[16];
    struct key *key;
};

static char *id_text_of(const struct key *key)
{
    struct buf id = BUF_INIT(256);
    struct err ignored = ERR_INIT;
    char *text = key_id(key, &id, &ignored) ? key_id_text(buf_peek(&id)) : NULL;
    err_release(&ignored);
    buf_release(&id);
    return text;
}

static bool all_ids(struct run *run, struct strv *ids, struct err *err)
{
    struct key **keys = NULL;
    size_t n = 0;
    if (!key_list(run->engine.db, run_answer(run, "tokenname"), &keys, &n, err)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        char *text = id_text_of(keys[i]);
        if (text) {
            strv_push_take(ids, text);
        }
    }
    key_list_free(keys, n);
    return true;
}

static void keep_key(struct run *run, const char *id, bool made)
{
    session_set_fact(run->session, "key.id", id);
    session_set_fact(run->session, "key.made", made ? "true" : NULL);
    session_set_fact(run->session, "key.before", NULL);
}

/* After a kill: the one key that is there now and was not there before. */
static bool adopt_orphan(struct run *run, bool *found, struct err *err)
{
    const char *before = session_fact(run->session, "key.before");
    struct strv then = STRV_INIT, now = STRV_INIT;
    *found = false;
    if (!before) {
        return true;
    }
    strv_split(&then, before, ' ');
    bool ok = all_ids(run, &now, err);
    for (size_t i = 0; ok && i < now.n && !*found; i++) {
        if (!strv_has(&then, now.v[i])) {
            keep_key(run, now.v[i], true);
            *found = true;
        }
    }
    strv_release(&then);
    strv_release(&now);
    return ok;
}

static bool note_ids_before(struct run *run, struct err *err)
{
    struct strv ids = STRV_INIT;
    bool ok = all_ids(run, &ids, err);
    char *text = strv_join(&ids, " ");
    session_set_fact(run->session, "key.before", text);
    free(text);
    strv_release(&ids);
    return ok && session_save(run->session, err);
}

static bool use_existing(struct run *run, const char *id_text, struct err *err)
{
    struct buf id = BUF_INIT(256);
    struct key *key = NULL;
    bool ok = key_id_parse(id_text, &id, err) &&
              (key = key_find(run->engine.db, run_answer(run, "tokenname"), buf_peek(&id), err)) != NULL;
    if (ok) {
        char *what = key_text(key);
        run_note(run, _("The key is there: %s, id %s."), what, id_text);
        free(what);
    }
    key_free(key);
    buf_release(&id);
    return ok;
}

static bool make(void *arg, struct err *err)
{
    struct key_work *w = arg;
    w->key = key_generate(w->db, w->token, &w->spec, err);
    return w->key != NULL;
}

static bool start_making(struct run *run, struct err *err)
{
    struct key_work *w = xcalloc(1, sizeof *w);
    bool ec = answer_is(run->session, "key.type", "ec");
    w->db = run->engine.db;
    w->token = xstrdup(run_answer(run, "tokenname"));
    strncpy(w->curve, run_answer(run, "key.curve"), sizeof w->curve - 1);
    w->spec = (struct key_spec){.type = ec ? KEY_EC : KEY_RSA, .bits = ec ? 0 : atoi(run_answer(run, "key.size")),
                                .curve = ec ? w->curve : NULL};
    run->key_work = w;
    run->job = job_start(make, w, err);
    return run->job != NULL;
}

void key_work_free(struct key_work *w)
{
    if (w) {
        key_free(w->key);
        free(w->token);
        free(w);
    }
}

bool step_key_start(struct run *run, struct err *err)
{
    bool found = false;
    if (*run_answer(run, "input")) {
        run_note(run, "%s", _("The request was made elsewhere and brings its own key."));
        return true;
    }
    if (!run_open_requester_db(run, err)) {
        return false;
    }
    const char *given = run_answer(run, "key.id");
    const char *known = *given ? given : session_fact(run->session, "key.id");
    if (known) {
        return use_existing(run, known, err) && (keep_key(run, known, session_fact(run->session, "key.made") != NULL), true);
    }
    if (!adopt_orphan(run, &found, err)) {
        return false;
    }
    return found || (note_ids_before(run, err) && start_making(run, err));
}

enum step_progress step_key_poll(struct run *run, int wait_ms, struct err *err)
{
    if (!run->job) {
        return WORK_DONE;
    }
    if (!job_poll(run->job, wait_ms)) {
        return WORK_RUNNING;
    }
    bool ok = job_finish(run->job, err);
    run->job = NULL;
    if (ok) {
        struct key *key = run->key_work->key;
        char *id = id_text_of(key), *what = key_text(key);
        keep_key(run, id, true);
        run_note(run, _("Made: %s, id %s."), what, id);
        free(id);
        free(what);
    }
    key_work_free(run->key_work);
    run->key_work = NULL;
    return ok ? WORK_DONE : WORK_FAILED;
}

static bool has_certificate(struct run *run, const struct key *key, bool *has, struct err *err)
{
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    struct certdb_entry *entries = NULL;
    size_t n = 0;
    *has = false;
    bool ok = key_spki(key, &spki, err) && certdb_list(run->engine.db, NULL, &entries, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        *has = *has || bytes_equal(cert_spki(entries[i].cert), buf_peek(&spki));
    }
    certdb_entries_free(entries, n);
    buf_release(&spki);
    return ok;
}

/* Removes the key that this enrollment made, never one with a certificate. */
bool step_key_undo(struct run *run, struct err *err)
{
    const char *text = session_fact(run->session, "key.made") ? session_fact(run->session, "key.id") : session_fact(run->session, "key.unused");
    struct buf id = BUF_INIT(256);
    bool has = false;
    if (!text) {
        return true;
    }
    bool ok = run_open_requester_db(run, err) && key_id_parse(text, &id, err);
    struct key *key = ok ? key_find(run->engine.db, run_answer(run, "tokenname"), buf_peek(&id), NULL) : NULL;
    if (ok && key) {
        ok = has_certificate(run, key, &has, err);
        if (ok && !has) {
            ok = key_delete(run->engine.db, key, err);
            key = NULL;
        }
    }
    key_free(key);
    buf_release(&id);
    if (ok && !has) {
        session_set_fact(run->session, "key.id", NULL);
        session_set_fact(run->session, "key.made", NULL);
        session_set_fact(run->session, "key.unused", NULL);
        ok = session_save(run->session, err);
    }
    return ok;
}
