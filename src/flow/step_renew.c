/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Renewal: the certificate that ends signs the request for the next one. What the CA would refuse is known beforehand:
 * an ended certificate signs nothing, one that cannot sign cannot vouch for itself, and the same key comes back only
 * near the end.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "cfg/profiles.h"
#include "flow/expiry.h"
#include "flow/run_internal.h"
#include "nss/cert.h"
#include "nss/key.h"

static int64_t now_of(const struct run *run)
{
    return run->engine.at ? run->engine.at : when_now();
}

/* After the import the nickname means the new certificate: what was found first stays meant. */
static const char *wanted_serial(const struct run *run)
{
    const char *known = session_fact(run->session, "renewed.serial");
    return known ? known : run_answer(run, "renew.serial");
}

/* What replaces what is told by the enrollments that are saved beside this one. */
static bool read_database(struct run *run, struct expiry_list *all, struct err *err)
{
    char *sessions = path_dir(run->session->dir);
    all->sessions = sessions;
    bool ok = engine_open_db(&run->engine, run_dbdir(run), true, false, err) && expiry_add_db(all, run->engine.db, err);
    all->sessions = NULL;
    free(sessions);
    return ok;
}

static const struct expiry *find_old(struct run *run, struct expiry_list *all, struct err *err)
{
    const char *nickname = run_answer(run, "renew.nickname");
    if (!*nickname) {
        err_fail(err, ERR_FLOW_ANSWER_MISSING, "renew.nickname");
        return NULL;
    }
    if (!read_database(run, all, err)) {
        return NULL;
    }
    const struct expiry *old = expiry_find(all, nickname, wanted_serial(run));
    if (!old) {
        err_fail(err, ERR_FLOW_RENEW_MISSING, "%s %s", nickname, wanted_serial(run));
    }
    return old;
}

static bool profile_is_own(struct run *run)
{
    char *id = run_profile(run);
    bool known = !*id || profile_find(id);
    free(id);
    return !known;
}

/* A site's own profile may have another window, or none: then the CA decides. */
static bool key_comes_back(struct run *run, const struct expiry_list *all, const struct expiry *old, struct err *err)
{
    int64_t opens = expiry_window_opens(all, old);
    if (!answer_true(run->session, "renew.samekey") || now_of(run) >= opens || profile_is_own(run)) {
        return true;
    }
    char *day = when_human(opens);
    err_fail(err, ERR_FLOW_RENEW_EARLY, _("The key can be certified again from %s on."), day);
    free(day);
    return false;
}

static bool may_renew(struct run *run, const struct expiry_list *all, const struct expiry *old, struct err *err)
{
    if (!cert_valid_at(old->cert, now_of(run))) {
        char *day = when_human(cert_not_after(old->cert));
        err_fail(err, ERR_FLOW_RENEW_ENDED, "%s: %s", old->nickname, day);
        free(day);
        return false;
    }
    if (!old->can_sign) {
        return err_fail(err, ERR_FLOW_RENEW_SIGNER, "%s", old->nickname);
    }
    if (!expiry_cert_is_user(old->cert) && !profile_is_own(run)) {
        return err_fail(err, ERR_FLOW_RENEW_KIND, "%s", old->nickname);
    }
    return key_comes_back(run, all, old, err);
}

/* The new key is of the old one's kind unless something else was asked for; the same key leaves no choice. */
static void adopt_kind(struct run *run, const struct expiry *old)
{
    bool same = answer_true(run->session, "renew.samekey");
    char *text = cert_key_text(old->cert), *detail = strchr(text, ' ');
    bool ec = cert_key_type(old->cert) == KEY_EC;
    const char *const names[] = {"key.type", ec ? "key.curve" : "key.size"};
    const char *const values[] = {ec ? "ec" : "rsa", detail ? detail + 1 : ""};
    bool answered = session_answer(run->session, "key.type") || session_answer(run->session, names[1]);
    for (size_t i = 0; (same || !answered) && i < ARRAY_LEN(names); i++) {
        struct err ignored = ERR_INIT; /* an odd size: the default stands */
        bool ok = session_set_answer(run->session, names[i], values[i], &ignored);
        (void)ok;
        err_release(&ignored);
    }
    free(text);
}

void run_prepare_renewal(struct run *run)
{
    struct expiry_list all = EXPIRY_LIST_INIT;
    struct err ignored = ERR_INIT;
    const struct expiry *old = find_old(run, &all, &ignored);
    if (old) {
        char *subject = cert_subject(old->cert);
        session_set_fact(run->session, "signer.subject", subject);
        adopt_kind(run, old);
        free(subject);
    }
    err_release(&ignored);
    expiry_list_release(&all);
}

static void warn(struct run *run, const struct expiry *old, struct preflight *out)
{
    long days = expiry_days_left(old, now_of(run));
    if (old->replaced) {
        strv_push(out->warnings, _("A newer certificate for the same purpose is in this database already."));
    } else if (days > RENEW_WINDOW_DAYS) {
        strv_push_take(out->warnings,
                       xasprintf(ngettext("The certificate is good for %ld more day; it need not be renewed yet.",
                                          "The certificate is good for %ld more days; it need not be renewed yet.",
                                          (unsigned long)days),
                                 days));
    }
    if (answer_true(run->session, "renew.samekey") && profile_is_own(run)) {
        strv_push(out->warnings,
                  _("Whether the CA takes the same key now depends on its profile, which is not a usual one."));
    }
}

void run_check_renewal(struct run *run, struct preflight *out)
{
    struct expiry_list all = EXPIRY_LIST_INIT;
    struct err why = ERR_INIT;
    if (!*run_answer(run, "renew.nickname")) {
        run_problem(out, ERR_FLOW_ANSWER_MISSING, _("The certificate to renew is not named (renew.nickname)."));
        return;
    }
    const struct expiry *old = find_old(run, &all, &why);
    if (old && may_renew(run, &all, old, &why)) {
        warn(run, old, out);
    } else {
        char *text = xasprintf("%s %s %s", err_what(why.code), why.n_context ? why.context[0] : "", err_todo(why.code));
        run_problem(out, why.code, text);
        free(text);
    }
    err_release(&why);
    expiry_list_release(&all);
}

char *run_renewed_nickname(struct run *run, const struct cert *leaf)
{
    struct expiry_list all = EXPIRY_LIST_INIT;
    const struct expiry *old = *run_answer(run, "renew.nickname") ? find_old(run, &all, NULL) : NULL;
    bool same = old && bytes_equal(cert_subject_der(old->cert), cert_subject_der(leaf));
    char *nickname = same ? xstrdup(old->nickname) : NULL;
    expiry_list_release(&all);
    return nickname;
}

static bool keep_key_id(struct run *run, const struct expiry *old, struct err *err)
{
    struct buf id = BUF_INIT(256);
    if (!answer_true(run->session, "renew.samekey")) {
        session_set_fact(run->session, "renewed.key-id", NULL);
        return true;
    }
    struct key *key = engine_login(&run->engine, old->token, err) ? key_of_cert(run->engine.db, old->cert, err) : NULL;
    bool ok = key && key_id(key, &id, err);
    char *text = ok ? key_id_text(buf_peek(&id)) : NULL;
    session_set_fact(run->session, "renewed.key-id", text);
    free(text);
    key_free(key);
    buf_release(&id);
    return ok;
}

bool step_renew_start(struct run *run, struct err *err)
{
    struct expiry_list all = EXPIRY_LIST_INIT;
    run->engine.secret_name = "password";
    const struct expiry *old = find_old(run, &all, err);
    bool ok = old && may_renew(run, &all, old, err) && keep_key_id(run, old, err);
    if (ok) {
        char *serial = cert_serial_text(old->cert), *until = when_human(cert_not_after(old->cert));
        session_set_fact(run->session, "renewed.serial", serial);
        run_note(run, _("Serial %s, valid until %s."), serial, until);
        free(serial);
        free(until);
    }
    expiry_list_release(&all);
    return ok;
}
