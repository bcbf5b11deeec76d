/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/dirlook.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "dir/sharedtoken_store.h"
#include "flow/answers.h"
#include "flow/cadesc.h"
#include "flow/job.h"
#include "flow/session.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

#define LOOK_MS 5000 /* each of connecting and searching */

struct dirlook {
    struct job *job;
    struct cadesc desc;
    struct cert_list chain;
    char *ca, *uid;
    struct nssdb *db, *own; /* db is lent, or own */
    struct dir_stop *stop;
    bool cancelled;
    enum dirlook_says says;
    char *dn;
};

bool dirlook_possible(const struct session *session)
{
    struct cadesc desc = {0};
    bool possible = cadesc_known(answer_get(session, "ca"), &desc) && desc.directory && *desc.directory;
    cadesc_release(&desc);
    return possible;
}

/* The job: no session, no screen. */
static bool ask(void *arg, struct err *err)
{
    struct dirlook *look = arg;
    struct dir_user user = {0};
    struct err why = ERR_INIT;
    struct dir_options options = {.url = look->desc.directory,
                                  .timeout_ms = LOOK_MS,
                                  .stop = look->stop,
                                  .anchors = look->chain.n ? &look->chain : NULL};
    struct dir *dir = dir_open(&options, look->db, err);
    bool ok = dir != NULL;
    if (ok && dir_user_find(dir, look->desc.base_dn, look->uid, NULL, &user, &why)) {
        look->says = user.has_token ? DIRLOOK_TOKEN : DIRLOOK_NO_TOKEN;
        look->dn = xstrdup(user.dn);
        dir_user_release(&user);
    } else if (ok && why.code == ERR_DIR_NO_USER) {
        look->says = DIRLOOK_UNKNOWN;
    } else if (ok) {
        ok = err_fail(err, why.code, NULL);
    }
    err_release(&why);
    dir_close(dir);
    return ok;
}

static void look_free(struct dirlook *look)
{
    nssdb_close(look->own);
    dir_stop_free(look->stop);
    cert_list_release(&look->chain);
    cadesc_release(&look->desc);
    free(look->ca);
    free(look->uid);
    free(look->dn);
    free(look);
}

struct dirlook *dirlook_start(const struct session *session, struct nssdb *db, struct err *err)
{
    struct dirlook *look = xcalloc(1, sizeof *look);
    struct err ignored = ERR_INIT;
    look->stop = dir_stop_new();
    look->ca = xstrdup(answer_get(session, "ca"));
    look->uid = xstrdup(answer_get(session, "identification"));
    look->says = DIRLOOK_SILENT;
    bool ok = cadesc_find(answer_get(session, "ca"), &look->desc, err) &&
              (db || (look->own = nssdb_open(NULL, NSSDB_NONE, NULL, err)) != NULL);
    look->db = db ? db : look->own;
    const char *pem = look->desc.chain_pem;
    if (ok && pem && !pem_decode_all(BYTES(pem, strlen(pem)), &look->chain, &ignored)) {
        cert_list_release(&look->chain); /* the database's CAs are left */
    }
    err_release(&ignored);
    look->job = ok ? job_start(ask, look, err) : NULL;
    if (!look->job) {
        look_free(look);
        return NULL;
    }
    return look;
}

bool dirlook_poll(struct dirlook *look, int wait_ms)
{
    return job_poll(look->job, wait_ms);
}

void dirlook_cancel(struct dirlook *look)
{
    look->cancelled = true;
    dir_stop_now(look->stop);
}

/* ---- what is written down: facts of the session ---- */

#define FACT_ASKED "directory.asked"
#define FACT_SAYS "directory.says"
#define FACT_DN "directory.dn"

static const char *const WORDS[] = {[DIRLOOK_NOT_ASKED] = "not-asked",
                                    [DIRLOOK_SILENT] = "silent",
                                    [DIRLOOK_UNKNOWN] = "unknown",
                                    [DIRLOOK_NO_TOKEN] = "no-token",
                                    [DIRLOOK_TOKEN] = "token"};

/* Another CA has another directory. */
static char *asked_of(const char *ca, const char *uid)
{
    return xasprintf("%s %s", ca ? ca : "", uid);
}

enum dirlook_says dirlook_finish(struct dirlook *look, struct session *session, struct err *err)
{
    struct err why = ERR_INIT;
    bool ok = job_finish(look->job, &why);
    enum dirlook_says says = look->says;
    if (!ok && look->cancelled) {
        err_fail(err, ERR_FLOW_CANCELLED, NULL);
        says = DIRLOOK_NOT_ASKED;
    } else {
        char *asked = asked_of(look->ca, look->uid);
        session_set_fact(session, FACT_ASKED, asked);
        free(asked);
        session_set_fact(session, FACT_SAYS, WORDS[says]);
        session_set_fact(session, FACT_DN, look->dn);
        if (!ok) {
            err_move(err, &why);
        }
    }
    err_release(&why);
    look_free(look);
    return says;
}

static bool is_current(const struct session *session)
{
    const char *asked = session_fact(session, FACT_ASKED);
    char *now = asked_of(answer_get(session, "ca"), answer_get(session, "identification"));
    bool same = asked && strcmp(asked, now) == 0;
    free(now);
    return same;
}

enum dirlook_says dirlook_said(const struct session *session)
{
    const char *word = is_current(session) ? session_fact(session, FACT_SAYS) : NULL;
    for (size_t i = 0; word && i < ARRAY_LEN(WORDS); i++) {
        if (strcmp(WORDS[i], word) == 0) {
            return (enum dirlook_says)i;
        }
    }
    return DIRLOOK_NOT_ASKED;
}

const char *dirlook_dn(const struct session *session)
{
    return is_current(session) ? session_fact(session, FACT_DN) : NULL;
}
