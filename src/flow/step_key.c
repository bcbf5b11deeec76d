/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key pair. A kill between its making and the note of its id must not orphan it. In a database it is made in memory, its id is
 * noted ("key.pending"), and then it is stored whole. Other tokens make it in place: the ids that exist beforehand are on disk first, so
 * that a repeated start finds the new one.
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

/* One line "id<tab>token<tab>folder" for each key that was made and is not wanted any more. */
void step_key_forget(struct session *s)
{
    const char *id = session_fact(s, "key.made") ? session_fact(s, "key.id") : NULL, *where = session_fact(s, "key.where");
    const char *before = session_fact(s, "key.unused");
    if (id && where) {
        char *lines = xasprintf("%s%s\t%s\n", before ? before : "", id, where);
        session_set_fact(s, "key.unused", lines);
        free(lines);
    }
    session_set_fact(s, "key.made", NULL);
    session_set_fact(s, "key.where", NULL);
    session_set_fact(s, "key.before", NULL);
}

static void keep_key(struct run *run, const char *id, bool made)
{
    session_set_fact(run->session, "key.id", id);
    session_set_fact(run->session, "key.made", made ? "true" : NULL);
    session_set_fact(run->session, "key.before", NULL);
    char *where = xasprintf("%s\t%s", run_answer(run, "tokenname"), run_dbdir(run));
    session_set_fact(run->session, "key.where", made ? where : NULL);
    free(where);
}

/* The answers may have changed since the kill. */
static bool is_wanted_kind(struct run *run, const char *id_text)
{
    struct buf id = BUF_INIT(256);
    struct err ignored = ERR_INIT;
    struct key *key = key_id_parse(id_text, &id, &ignored)
                          ? key_find(run->engine.db, run_answer(run, "tokenname"), buf_peek(&id), &ignored) : NULL;
    bool ec = answer_is(run->session, "key.type", "ec");
    char *wanted = xasprintf("%s %s", ec ? "EC" : "RSA", run_answer(run, ec ? "key.curve" : "key.size"));
    char *text = key ? key_text(key) : NULL;
    bool same = text && strcmp(text, wanted) == 0;
    free(wanted);
    free(text);
    key_free(key);
    err_release(&ignored);
    buf_release(&id);
    return same;
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
            *found = is_wanted_kind(run, now.v[i]);
            if (!*found) {
                step_key_forget(run->session);
                session_set_fact(run->session, "key.id", NULL);
            }
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

/* What was noted, but may not have been stored: true with *key NULL when it was not. */
static bool find_pending(struct run *run, const char *id_text, struct key **key, struct err *err)
{
    struct buf id = BUF_INIT(256);
    struct err why = ERR_INIT;
    bool ok = key_id_parse(id_text, &id, err);
    *key = ok ? key_find(run->engine.db, run_answer(run, "tokenname"), buf_peek(&id), &why) : NULL;
    if (ok && !*key && why.code != ERR_NSS_KEY_NOT_FOUND) {
        err_move(err, &why);
        ok = false;
    }
    err_release(&why);
    buf_release(&id);
    return ok;
}

/* The key that was being stored when the run ended: completed where it is there, else forgotten. */
static bool settle_pending(struct run *run, bool *found, struct err *err)
{
    struct key *key = NULL;
    const char *id = session_fact(run->session, "key.id");
    *found = false;
    if (!id || !session_fact(run->session, "key.pending")) {
        return true;
    }
    bool ok = find_pending(run, id, &key, err);
    if (ok && !key) {
        session_set_fact(run->session, "key.id", NULL);
        session_set_fact(run->session, "key.made", NULL);
        session_set_fact(run->session, "key.where", NULL);
    } else if (ok) {
        *found = ok = key_keep(run->engine.db, &key, err);
    }
    if (ok) {
        session_set_fact(run->session, "key.pending", NULL);
    }
    key_free(key);
    return ok;
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

static bool can_archive(struct run *run, struct err *err)
{
    enum wrap_alg wrap;
    return !run_has_step(run, "crmf") || !answer_true(run->session, "archive") || run_choose_wrap(run, &wrap, err);
}

static bool start_making(struct run *run, struct err *err)
{
    struct key_work *w = xcalloc(1, sizeof *w);
    bool ec = answer_is(run->session, "key.type", "ec");
    w->db = run->engine.db;
    w->token = xstrdup(run_answer(run, "tokenname"));
    strncpy(w->curve, run_answer(run, "key.curve"), sizeof w->curve - 1);
    w->spec = (struct key_spec){.type = ec ? KEY_EC : KEY_RSA, .bits = ec ? 0 : atoi(run_answer(run, "key.size")),
                                .curve = ec ? w->curve : NULL, .temporary = nssdb_token_is_internal(w->token)};
    if (run_has_step(run, "crmf")) { /* a key that decrypts, and may be wrapped for the key recovery authority */
        w->spec.wrap_ops = !ec && run_needs_second_trip(run);
        w->spec.extractable = answer_true(run->session, "archive");
    }
    char *profile = run_profile(run);
    w->spec.agrees = ec && profile_encrypts(profile_find(profile)); /* as the certificate will say */
    free(profile);
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
    if (!settle_pending(run, &found, err)) {
        return false;
    }
    const char *given = run_answer(run, "key.id");
    const char *renewed = session_fact(run->session, "renewed.key-id");
    const char *known = *given ? given : renewed ? renewed : session_fact(run->session, "key.id");
    if (known) {
        return use_existing(run, known, err) && (keep_key(run, known, session_fact(run->session, "key.made") != NULL), true);
    }
    if (!adopt_orphan(run, &found, err)) {
        return false;
    }
    return found || (can_archive(run, err) && note_ids_before(run, err) && start_making(run, err));
}

/* The id is on disk before the key is. */
static bool keep_made(struct run *run, struct err *err)
{
    struct key **key = &run->key_work->key;
    bool pending = key_is_temporary(*key);
    char *id = id_text_of(*key), *what = key_text(*key);
    keep_key(run, id, true);
    session_set_fact(run->session, "key.pending", pending ? "true" : NULL);
    bool ok = !pending || (session_save(run->session, err) && key_keep(run->engine.db, key, err));
    if (ok) {
        session_set_fact(run->session, "key.pending", NULL);
        run_note(run, _("Made: %s, id %s."), what, id);
    }
    free(id);
    free(what);
    return ok;
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
    ok = ok && keep_made(run, err);
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

/* Removes one key, never one with a certificate. A key that is not there any more is success. */
static bool remove_key(struct run *run, const char *id_text, const char *token, const char *dir, struct err *err)
{
    struct buf id = BUF_INIT(256);
    bool has = false;
    run->engine.secret_name = "password";
    bool ok = nssdb_present(dir) && engine_open_db(&run->engine, dir, true, false, err) && engine_login(&run->engine, token, err) &&
              key_id_parse(id_text, &id, err);
    struct key *key = ok ? key_find(run->engine.db, token, buf_peek(&id), NULL) : NULL;
    if (key) {
        ok = has_certificate(run, key, &has, err);
        if (ok && !has) {
            ok = key_delete(run->engine.db, key, err);
            key = NULL;
        }
    }
    key_free(key);
    buf_release(&id);
    return ok;
}

/* Removes the keys that this enrollment made and that have no certificate. */
bool step_key_undo(struct run *run, struct err *err)
{
    struct strv lines = STRV_INIT;
    bool ok = true;
    step_key_forget(run->session);
    const char *unused = session_fact(run->session, "key.unused");
    strv_split(&lines, unused ? unused : "", '\n');
    for (size_t i = 0; i < lines.n && err->code != ERR_FLOW_CANCELLED; i++) {
        struct strv part = STRV_INIT;
        strv_split(&part, lines.v[i], '\t');
        if (part.n == 3 && !remove_key(run, part.v[0], part.v[1], part.v[2], err)) {
            ok = false;
        }
        strv_release(&part);
    }
    strv_release(&lines);
    if (ok) {
        session_set_fact(run->session, "key.id", NULL);
        session_set_fact(run->session, "key.unused", NULL);
        session_clear_step(run->session, "key");
        session_clear_step(run->session, "csr");
        ok = session_save(run->session, err);
    }
    return ok;
}
