/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate and its chain go into the database, and come out again when that is asked for. What the database said of each
 * certificate beforehand is on disk first (fact "import.before": a line "SHA-256<tab>absent" or "SHA-256<tab>trust" each).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "flow/run_internal.h"
#include "nss/certdb.h"

#define BEFORE "import.before"
#define ABSENT "absent"

static char *digest_text(const struct cert *cert)
{
    struct buf digest = BUF_INIT(HASH_MAX);
    struct err ignored = ERR_INIT;
    char *hex = cert_fingerprint(cert, HASH_SHA256, &digest, &ignored) ? bytes_hex(buf_peek(&digest)) : xstrdup("");
    err_release(&ignored);
    buf_release(&digest);
    return hex;
}

/* Kept over repeated starts: the first one saw the database as it was. */
static bool note_before(struct run *run, const struct cert_list *pool, struct err *err)
{
    if (session_fact(run->session, BEFORE)) {
        return true;
    }
    struct buf lines = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < pool->n; i++) {
        char *hex = digest_text(pool->v[i]), trust[16] = "";
        certdb_trust(run->engine.db, pool->v[i], trust);
        buf_add(&lines, "%s\t%s\n", hex, certdb_has(run->engine.db, pool->v[i]) ? trust : ABSENT);
        free(hex);
    }
    session_set_fact(run->session, BEFORE, buf_str(&lines));
    buf_release(&lines);
    return session_save(run->session, err);
}

bool step_import_start(struct run *run, struct err *err)
{
    struct cert *leaf = NULL;
    struct cert_list pool = CERT_LIST_INIT;
    char *nickname = NULL;
    struct engine_import how = {.token = run_answer(run, "tokenname"), .nickname = run_answer(run, "new.nickname"),
                                .purpose = run_answer(run, "purpose"), .trust_root = true,
                                .allow_practice = answer_true(run->session, "practice.import")};
    struct err why = ERR_INIT;
    bool ok = run_open_requester_db(run, err) && run_read_cert(run, &leaf, &pool, err) && note_before(run, &pool, err);
    char *renewed = ok && !*how.nickname && run_has_step(run, "renew") ? run_renewed_nickname(run, leaf) : NULL;
    how.nickname = renewed ? renewed : how.nickname;
    if (ok && !engine_import(&run->engine, leaf, &pool, &how, &nickname, &why)) {
        bool elsewhere = why.code == ERR_FLOW_KEY_LOST && *run_answer(run, "input");
        ok = elsewhere && engine_write_certs(run->session->dir, leaf, &pool, err);
        if (ok) {
            session_set_fact(run->session, "key.elsewhere", "true");
            session_set_fact(run->session, BEFORE, NULL);
            run_note(run, "%s", _("Its key is elsewhere: the certificate and its chain were written to files."));
        } else if (!err_is_set(err)) {
            err_move(err, &why);
        }
    }
    if (nickname) {
        session_set_fact(run->session, "nickname", nickname);
        run_note(run, _("Stored as %s."), nickname);
    }
    err_release(&why);
    free(renewed);
    free(nickname);
    cert_free(leaf);
    cert_list_release(&pool);
    return ok;
}

/* ---- and out again ---- */

bool run_can_undo_import(const struct run *run)
{
    return session_fact(run->session, BEFORE) && session_fact(run->session, "nickname");
}

static bool remove_everywhere(struct run *run, const struct cert *cert, struct err *err)
{
    struct certdb_entry *entries = NULL;
    size_t n = 0;
    bool ok = certdb_list(run->engine.db, NULL, &entries, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        if (bytes_equal(cert_der(entries[i].cert), cert_der(cert))) {
            ok = certdb_delete(run->engine.db, entries[i].token, cert, err);
        }
    }
    certdb_entries_free(entries, n);
    return ok;
}

static bool put_back(struct run *run, const struct cert *cert, const char *before, struct err *err)
{
    char trust[16] = "";
    if (strcmp(before, ABSENT) == 0) {
        return remove_everywhere(run, cert, err);
    }
    certdb_trust(run->engine.db, cert, trust);
    return strcmp(trust, before) == 0 || strchr(before, 'u') || certdb_set_trust(run->engine.db, cert, before, err);
}

/* What was there before is at the place of its digest. Caller frees; NULL = the answer did not bring it. */
static char *state_before(const struct run *run, const struct cert *cert)
{
    const char *lines = session_fact(run->session, BEFORE);
    char *hex = digest_text(cert);
    const char *at = *hex ? strstr(lines, hex) : NULL;
    char *before = at ? xstrndup(at + strlen(hex) + 1, strcspn(at + strlen(hex) + 1, "\n")) : NULL;
    free(hex);
    return before;
}

bool run_undo_import(struct run *run, struct err *err)
{
    struct cert *leaf = NULL;
    struct cert_list pool = CERT_LIST_INIT;
    bool ok = run_can_undo_import(run) && run_open_requester_db(run, err) && run_read_cert(run, &leaf, &pool, err);
    for (size_t i = 0; ok && i < pool.n; i++) {
        char *before = state_before(run, pool.v[i]);
        ok = !before || put_back(run, pool.v[i], before, err);
        free(before);
    }
    if (ok) {
        static const char *const gone[] = {BEFORE, "nickname", "proof"};
        for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
            session_set_fact(run->session, gone[i], NULL);
        }
        session_clear_step(run->session, "import");
        session_clear_step(run->session, "proof");
        session_set_state(run->session, "editing");
        session_journal(run->session, "import-undone", NULL, NULL);
        ok = session_save(run->session, err);
    }
    cert_free(leaf);
    cert_list_release(&pool);
    return ok;
}
