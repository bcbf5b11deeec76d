/* SPDX-License-Identifier: Apache-2.0 */
/* What can be known before a byte leaves: one table of checks, in the order in which their findings are shown. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cfg/profiles.h"
#include "flow/cadesc.h"
#include "flow/run_internal.h"
#include "nss/certdb.h"
#include "nss/dn.h"

static void warn(struct preflight *out, char *taken)
{
    strv_push_take(out->warnings, taken);
}

void run_problem(struct preflight *out, enum err_code code, const char *sentence)
{
    out->first = out->problems->n ? out->first : code;
    strv_push(out->problems, sentence);
}

static void problem(struct preflight *out, enum err_code code, char *taken)
{
    run_problem(out, code, taken);
    free(taken);
}

void run_problem_of(struct preflight *out, struct err *why)
{
    problem(out, why->code, why->n_context ? xasprintf("%s %s", err_what(why->code), why->context[0]) : xstrdup(err_what(why->code)));
    err_release(why);
}

static void check_needed(struct run *run, struct preflight *out)
{
    static const struct {
        const char *answer;
        const char *sentence; /* N_() */
    } needed[] = {
        {"dbdir", N_("The folder of the NSS database is not named (dbdir).")},
        {"subject", N_("The subject of the certificate is not named (subject).")},
    };
    bool has_input = *run_answer(run, "input") != '\0';
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        char *value = i == 0 ? xstrdup(run_dbdir(run)) : run_subject(run);
        if (!*value && !(i == 1 && (has_input || run->scenario->refusal_steps || run_signer(run) != SIGNED_BY_AGENT))) {
            problem(out, ERR_FLOW_ANSWER_MISSING, xstrdup(_(needed[i].sentence)));
        }
        free(value);
    }
    if (run->scenario->refusal_steps && !has_input) {
        run_problem(out, ERR_FLOW_ANSWER_MISSING, _("The request is not named (input)."));
    }
    bool sends = false;
    for (size_t i = 0; i < run->n_rows; i++) {
        sends = sends || strcmp(run->rows[i].type->name, "submit") == 0;
    }
    if (sends && !*run_answer(run, "ca") && !*run_answer(run, "host")) {
        problem(out, ERR_FLOW_ANSWER_MISSING, xstrdup(_("The certificate authority is not named (host or ca).")));
    }
    if (sends && run_signer(run) == SIGNED_BY_AGENT && !*run_answer(run, "nickname") && !*run_answer(run, "agent.p12")) {
        problem(out, ERR_FLOW_ANSWER_MISSING, xstrdup(_("The agent's certificate is not named (nickname or agent.p12).")));
    }
}

static void check_subject(struct run *run, struct preflight *out)
{
    const char *subject = run_answer(run, "subject");
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct err why = ERR_INIT;
    if (*subject && !dn_encode(subject, &der, &why)) {
        run_problem_of(out, &why);
    }
    err_release(&why);
    buf_release(&der);
}

static char *wrong_key_sentence(const struct profile *p)
{
    if (p->rsa_sizes && p->curves) {
        return xasprintf(_("The profile %s does not take this key. It takes RSA keys of %s bits and the curves %s."), p->id,
                         p->rsa_sizes, p->curves);
    }
    return p->curves ? xasprintf(_("The profile %s does not take this key. It takes EC keys on the curves %s."), p->id, p->curves)
                     : xasprintf(_("The profile %s does not take this key. It takes RSA keys of %s bits."), p->id,
                                 p->rsa_sizes ? p->rsa_sizes : "");
}

static void check_key_against_profile(struct run *run, const struct profile *p, struct preflight *out)
{
    bool ec = answer_is(run->session, "key.type", "ec");
    bool fits = ec ? profile_takes_curve(p, run_answer(run, "key.curve")) : profile_takes_rsa(p, atoi(run_answer(run, "key.size")));
    if (!fits && !*run_answer(run, "input")) {
        problem(out, ERR_FLOW_PROFILE_KEY, wrong_key_sentence(p));
    }
}

char *run_profile_too_new(const struct session *session, const struct profile *p)
{
    char *version = run_ca_version(session), *text = NULL;
    if (version && p->since && version_compare(version, p->since) < 0) {
        text = xasprintf(_("The profile %s came with Dogtag %s, and this CA is of version %s: perhaps it does not have the profile."),
                         p->id, p->since, version);
    }
    free(version);
    return text;
}

/* The wizard's own practice CA has every profile enabled that takes a secret or a user's signature, once its demo.secret is there. */
static bool practises(const struct run *run, const struct profile *p)
{
    char *path = xdg_path(XDG_DATA, "practice/ca/demo.secret");
    bool own = p->auth != PROFILE_AUTH_AGENT && strcmp(run_answer(run, "ca"), "practice") == 0 && file_exists(path);
    free(path);
    return own;
}

static void check_profile(struct run *run, struct preflight *out)
{
    char *id = run_profile(run);
    const char *typed = run_answer(run, "profile"), *right = NULL;
    if (*typed && profile_is_slip(typed, &right) && right) {
        warn(out, xasprintf(_("Guides write %s; the CA's profile is called %s."), typed, right));
    }
    const struct profile *p = profile_find(id);
    if (!*id) {
        problem(out, ERR_FLOW_ANSWER_MISSING,
                xstrdup(_("There is no usual profile for this purpose and key: name one by hand (profile).")));
    } else if (p) {
        check_key_against_profile(run, p, out);
        if ((p->flags & PROFILE_DROPS_SAN) && *run_answer(run, "san")) {
            warn(out, xasprintf(_("The CA's profile %s usually leaves other names (SAN) out of the certificate."), id));
        }
        char *too_new = run_profile_too_new(run->session, p);
        if (too_new) {
            warn(out, too_new);
        }
        bool enabled = practises(run, p); /* nobody has to do anything */
        if (!enabled && (p->flags & PROFILE_DISABLED)) {
            warn(out, xasprintf(_("The profile %s is disabled in a new CA: its administrator has to enable it."), id));
        } else if (!enabled && (p->flags & PROFILE_BY_SITE)) {
            warn(out,
                 xasprintf(_("No CA has the profile %s from the start: its administrator has to make and enable it."),
                           id));
        }
    }
    free(id);
}

/* A nickname of another subject makes NSS fail late, when the certificate is already issued: so it is asked first. */
static void check_nickname(struct run *run, struct preflight *out)
{
    const char *nickname = run_answer(run, "new.nickname"), *subject = run_answer(run, "subject");
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct err why = ERR_INIT;
    if (*nickname && *subject && run->engine.db && dn_encode(subject, &der, &why) &&
        !certdb_nickname_free(run->engine.db, run_answer(run, "tokenname"), nickname, buf_peek(&der), &why)) {
        run_problem_of(out, &why);
    }
    err_release(&why);
    buf_release(&der);
}

static void check_reminders(struct run *run, struct preflight *out)
{
    struct strv kinds = STRV_INIT;
    struct err why = ERR_INIT;
    if (!run_reminder_kinds(run, &kinds, &why)) {
        run_problem_of(out, &why);
    }
    err_release(&why);
    strv_release(&kinds);
}

static void check_input(struct run *run, struct preflight *out)
{
    const char *input = run_answer(run, "input");
    char *path = path_expand_home(input);
    if (*input && !file_exists(path)) {
        problem(out, ERR_FILE_MISSING, xasprintf(_("The request %s is not there."), input));
    }
    free(path);
}

/* A refusal contacts nobody and signs nothing. */
static void check_refusal(struct run *run, struct preflight *out)
{
    check_input(run, out);
    if (!*run_answer(run, "input")) {
        problem(out, ERR_FLOW_ANSWER_MISSING, xstrdup(_("The request is not named (input).")));
    }
    if (!*run_answer(run, "refusal.reason")) {
        problem(out, ERR_FLOW_REASON_MISSING, xstrdup(_("A refusal needs a reason (refusal.reason).")));
    }
}

/* The switch counts for every PKCS#10, whoever signs the message: RFC 5272 6.3 knows no exception. */
static void check_pop_link(struct run *run, struct preflight *out)
{
    struct cadesc desc = {0};
    struct err why = ERR_INIT;
    if (cadesc_known(run_answer(run, "ca"), &desc) && desc.pop_link_required) {
        err_fail(&why, ERR_FLOW_POP_LINK, NULL);
        run_problem_of(out, &why);
    }
    cadesc_release(&desc);
    err_release(&why);
}

static void check_renewal(struct run *run, struct preflight *out)
{
    run_prepare_renewal(run);
    run_check_renewal(run, out);
}

/* ---- which checks a run needs ---- */

bool run_refuses(const struct run *run)
{
    return run->scenario->refusal_steps && answer_is(run->session, "decision", "refuse");
}

static bool enrolls(const struct run *run)
{
    return !run_refuses(run) && !run_revokes(run);
}

static bool renews(const struct run *run)
{
    return enrolls(run) && run_has_step(run, "renew");
}

static bool proves_secret(const struct run *run)
{
    return enrolls(run) && run_signer(run) == SIGNED_BY_NEW_KEY;
}

static bool is_encryption(const struct run *run)
{
    return enrolls(run) && run_signer(run) == SIGNED_BY_USER && run_has_step(run, "crmf");
}

static bool may_archive(const struct run *run)
{
    return enrolls(run) && run_signer(run) != SIGNED_BY_USER;
}

/* Signed with a certificate, over a PKCS#10: CRMF without a witness passes everywhere. */
static bool sends_pkcs10(const struct run *run)
{
    return enrolls(run) && run_signer(run) != SIGNED_BY_NEW_KEY && run_has_step(run, "csr") && run_has_step(run, "submit") &&
           !answer_true(run->session, "archive");
}

/* To add a check: its function and a row. */
static const struct {
    bool (*applies)(const struct run *run);
    void (*check)(struct run *run, struct preflight *out);
} CHECKS[] = {
    {run_refuses, check_refusal},
    {renews, check_renewal},
    {run_over_est, run_check_est},
    {run_revokes, run_check_revocation},
    {enrolls, check_needed},
    {enrolls, check_subject},
    {enrolls, check_profile},
    {enrolls, check_nickname},
    {enrolls, check_input},
    {enrolls, check_reminders},
    {proves_secret, run_check_secret},
    {is_encryption, run_check_encryption},
    {may_archive, run_check_archival},
    {sends_pkcs10, check_pop_link},
};

bool run_preflight(struct run *run, struct preflight *out, struct err *err)
{
    (void)err;
    *out = (struct preflight){.problems = xcalloc(1, sizeof(struct strv)), .warnings = xcalloc(1, sizeof(struct strv))};
    for (size_t i = 0; i < ARRAY_LEN(CHECKS); i++) {
        if (CHECKS[i].applies(run)) {
            CHECKS[i].check(run, out);
        }
    }
    return true;
}

bool preflight_passes(const struct preflight *p, struct err *err)
{
    bool ok = p->problems->n == 0 || err_fail(err, p->first, "%s", p->problems->v[0]);
    for (size_t i = 1; i < p->problems->n && i < ERR_CONTEXT_MAX; i++) {
        err_context(err, "%s", p->problems->v[i]);
    }
    return ok;
}

void preflight_release(struct preflight *p)
{
    if (p->problems) {
        strv_release(p->problems);
        strv_release(p->warnings);
    }
    free(p->problems);
    free(p->warnings);
    *p = (struct preflight){0};
}
