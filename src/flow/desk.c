/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/desk.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "cfg/profiles.h"
#include "cmc/crmf.h"
#include "cmc/oids.h"
#include "flow/answers.h"
#include "flow/run_internal.h"
#include "nss/pem.h"

/* ---- one ---- */

/* A CRMF request is signed with a .cfg file; its facts are said, and whether the private key comes with it. */
static void say_crmf(struct bytes raw, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct crmf_msg msg;
    if (pem_decode(raw, &der, NULL, NULL) && crmf_parse(buf_peek(&der), &msg, NULL, NULL)) {
        const char *subject = msg.subject ? msg.subject : "";
        if (crmf_find_control(&msg, OID_PKI_ARCHIVE_OPTIONS)) {
            err_context(err,
                        _("The subject of the requested certificate is %s. The request carries the private key, encrypted for the "
                          "key recovery authority, so that the key can be archived."),
                        subject);
        } else {
            err_context(err, _("The subject of the requested certificate is %s. The key is not archived."), subject);
        }
        err_context(err, _("An agent signs it with cmc request and a .cfg file that says format=crmf."));
        crmf_release(&msg);
    }
    buf_release(&der);
}

static bool open_csr(struct bytes raw, struct desk_request *out, struct err *err)
{
    struct buf hash = BUF_INIT(64);
    bool ok = csr_parse(raw, &out->csr, err);
    if (!ok && err && err->code == ERR_NSS_CSR_IS_CRMF) {
        say_crmf(raw, err);
    }
    if (ok && !hash_compute(HASH_SHA256, buf_peek(&out->csr.der), &hash, err)) {
        csr_release(&out->csr);
        ok = false;
    }
    if (ok) {
        package_blank(&out->package);
        out->digest = bytes_hex(buf_peek(&hash));
        out->readout = text_readout(hash.data);
        out->words = text_readout_words(hash.data);
    }
    buf_release(&hash);
    return ok;
}

static bool open_package(struct bytes raw, struct desk_request *out, struct err *err)
{
    struct package *p = &out->package;
    out->is_package = true;
    if (!package_parse(raw, p, err)) {
        return false;
    }
    bool ok = package_expect(p, PACKAGE_REQUEST, err) && csr_parse(bytes_of_str(p->content), &out->csr, err);
    if (ok && *p->subject && strcmp(p->subject, out->csr.subject) != 0) {
        err_fail(err, ERR_FLOW_PACKAGE_MISMATCH, _("Outside stands %s, inside %s."), p->subject, out->csr.subject);
        csr_release(&out->csr);
        ok = false;
    }
    if (!ok) {
        package_release(p);
        return false;
    }
    out->digest = package_digest_hex(p);
    out->readout = package_readout(p);
    out->words = package_readout_words(p);
    return true;
}

bool desk_open(const char *path, struct desk_request *out, struct err *err)
{
    *out = (struct desk_request){0};
    struct buf raw = BUF_INIT(BUF_MAX_TEXT);
    char *expanded = path_expand_home(path);
    bool ok = file_read(expanded, &raw, err) &&
              (package_looks_like(buf_peek(&raw)) ? open_package : open_csr)(buf_peek(&raw), out, err);
    if (ok && !out->package.purpose) {
        /* A bare request asks for nothing in particular. */
        out->package.purpose = xstrdup("");
        out->package.profile = xstrdup("");
    }
    free(expanded);
    buf_release(&raw);
    return ok;
}

void desk_release(struct desk_request *r)
{
    if (r->digest) {
        csr_release(&r->csr);
    }
    package_release(&r->package);
    free(r->digest);
    free(r->readout);
    free(r->words);
    *r = (struct desk_request){0};
}

/* ---- what to look at twice ---- */

struct looking {
    const struct desk_request *r;
    const char *purpose;
    const struct profile *profile; /* NULL = not known */
};

static bool bad_signature(const struct looking *l)
{
    return !l->r->csr.signature_ok;
}

static bool short_key(const struct looking *l)
{
    return l->r->csr.type == KEY_RSA && l->r->csr.bits < 2048;
}

static bool no_subject(const struct looking *l)
{
    return !*l->r->csr.subject;
}

static bool wants_to_be_ca(const struct looking *l)
{
    bool usage = l->r->csr.key_usage != KU_ABSENT && (l->r->csr.key_usage & (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
    return usage && strcmp(l->purpose, "subca") != 0;
}

static bool wrong_key_for_profile(const struct looking *l)
{
    const struct csr *csr = &l->r->csr;
    if (!l->profile) {
        return false;
    }
    return csr->type == KEY_RSA ? !profile_takes_rsa(l->profile, csr->bits)
                                : csr->type == KEY_EC && !(l->profile->keys & PROFILE_KEY_EC);
}

static bool server_without_name(const struct looking *l)
{
    return strcmp(l->purpose, "server") == 0 && !l->r->csr.sans.n;
}

static bool names_get_lost(const struct looking *l)
{
    return l->profile && (l->profile->flags & PROFILE_DROPS_SAN) && l->r->csr.sans.n;
}

static bool cannot_be_compared(const struct looking *l)
{
    return !l->r->is_package;
}

/* To add a finding: a row with its check. */
static const struct {
    bool (*found)(const struct looking *l);
    const char *sentence; /* N_() */
    bool grave;
} FINDINGS[] = {
    {bad_signature, N_("The request's own signature is wrong: it was changed, or the person does not hold the key."),
     true},
    {short_key, N_("The RSA key is shorter than 2048 bits."), true},
    {wants_to_be_ca,
     N_("The request asks for the right to sign certificates, and its purpose is not a subordinate CA."), true},
    {wrong_key_for_profile, N_("The CA's profile does not take this kind of key."), true},
    {no_subject, N_("The request names no subject."), false},
    {server_without_name,
     N_("A server's request without other names (SAN): most programs will refuse its certificate."), false},
    {names_get_lost, N_("The CA's profile usually leaves other names (SAN) out of the certificate."), false},
    {cannot_be_compared,
     N_("It is a bare CSR: the other side sees no digits unless it runs \"cmc desk show\" on the same file."), false},
};

void desk_findings(const struct desk_request *r, const char *purpose, const char *profile, struct strv *grave,
                   struct strv *mild)
{
    const struct looking looking = {r, purpose, *profile ? profile_find(profile) : NULL};
    for (size_t i = 0; i < ARRAY_LEN(FINDINGS); i++) {
        if (FINDINGS[i].found(&looking)) {
            strv_push(FINDINGS[i].grave ? grave : mild, _(FINDINGS[i].sentence));
        }
    }
}

/* ---- answers from what was opened ---- */

static bool prefill(struct session *session, const char *name, const char *value, struct err *err)
{
    const char *have = session_answer(session, name);
    const struct answer_row *row = answer_row(name);
    if ((have && *have) || !*value || !answer_check(row, value, NULL)) {
        return true;
    }
    return session_set_answer(session, name, value, err);
}

bool desk_prefill(const struct desk_request *r, struct session *session, struct err *err)
{
    bool ec = r->csr.type == KEY_EC;
    session_set_fact(session, "desk.digest", r->digest);
    session_set_fact(session, "subject", r->csr.subject);
    const char *purpose = *r->package.purpose ? r->package.purpose : "user";
    const struct profile *usual = run_usual_profile(purpose, PROFILE_AUTH_AGENT, ec ? PROFILE_KEY_EC : PROFILE_KEY_RSA);
    bool special = !usual || strcmp(usual->id, r->package.profile) != 0;
    return prefill(session, "purpose", r->package.purpose, err) &&
           prefill(session, "key.type", ec ? "ec" : "rsa", err) &&
           (!special || prefill(session, "profile", r->package.profile, err));
}

bool desk_prefill_input(struct session *session, struct err *err)
{
    const char *input = answer_get(session, "input");
    char *path = path_expand_home(input);
    bool wanted = *input && strcmp(json_get_str(session->root, "scenario", ""), "agent-desk") == 0 && file_exists(path);
    free(path);
    struct desk_request r;
    if (!wanted) {
        return true;
    }
    struct nssdb *db = nssdb_open(NULL, NSSDB_NONE, NULL, err);
    bool ok = db && desk_open(input, &r, err);
    if (ok) {
        ok = desk_prefill(&r, session, err);
        desk_release(&r);
    }
    nssdb_close(db);
    return ok;
}

/* ---- many ---- */

/* To add a state: a value of the enum, a row here. */
static const struct {
    const char *name, *word; /* N_(): at most 10 columns */
} STATES[] = {
    [DESK_NEW] = {"new", N_("new")},
    [DESK_APPROVED] = {"approved", N_("approved")},
    [DESK_REFUSED] = {"refused", N_("refused")},
    [DESK_SENT] = {"sent", N_("sent")},
    [DESK_FAILED] = {"failed", N_("failed")},
    [DESK_BAD] = {"bad", N_("unusable")},
};

const char *desk_state_name(enum desk_state state)
{
    return STATES[state].name;
}

const char *desk_state_word(enum desk_state state)
{
    return STATES[state].word;
}

static bool is_request_name(const char *name)
{
    static const char *const endings[] = {".cmcpkg", ".csr", ".p10", ".req", ".pem", ".der", ".b64"};
    for (size_t i = 0; *name != '.' && i < ARRAY_LEN(endings); i++) {
        if (text_ends(name, endings[i])) {
            return true;
        }
    }
    return false;
}

static enum desk_state state_of(const struct session *s)
{
    if (strcmp(session_state(s), "done") == 0) {
        return answer_is(s, "decision", "refuse") ? DESK_REFUSED : DESK_SENT;
    }
    return strcmp(session_state(s), "failed") == 0 ? DESK_FAILED : DESK_APPROVED;
}

/* Enrollments that took up some request, by its digest; the newest wins. */
struct taken {
    char *digest, *id;
    enum desk_state state;
};

static void list_taken(const char *base, struct taken **out, size_t *n)
{
    struct session_info *all = NULL;
    size_t n_all = 0;
    *n = 0;
    if (!session_list(base, &all, &n_all, NULL)) {
        return;
    }
    *out = xcalloc(n_all + 1, sizeof **out);
    for (size_t i = 0; i < n_all; i++) {
        struct session *s =
            strcmp(all[i].scenario, "agent-desk") == 0 && !all[i].damaged ? session_peek(base, all[i].id, NULL) : NULL;
        const char *digest = s ? session_fact(s, "desk.digest") : NULL;
        if (digest) {
            (*out)[(*n)++] = (struct taken){xstrdup(digest), xstrdup(all[i].id), state_of(s)};
        }
        session_close(s);
    }
    session_info_free(all, n_all);
}

static void fill_item(struct desk_item *item, const struct taken *taken, size_t n_taken)
{
    struct desk_request r;
    item->state = DESK_BAD;
    item->session = xstrdup("");
    if (!desk_open(item->path, &r, &item->err)) {
        item->subject = xstrdup("");
        item->key_text = xstrdup("");
        item->readout = xstrdup("");
        return;
    }
    item->subject = xstrdup(r.csr.subject);
    item->key_text = xstrdup(r.csr.key_text);
    item->readout = xstrdup(r.readout);
    item->state = DESK_NEW;
    for (size_t i = 0; i < n_taken; i++) {
        if (strcmp(taken[i].digest, r.digest) == 0) {
            item->state = taken[i].state;
            free(item->session);
            item->session = xstrdup(taken[i].id);
            break; /* the list begins with the newest */
        }
    }
    desk_release(&r);
}

bool desk_list(const char *base, const char *folder, struct desk_item **list, size_t *n, struct err *err)
{
    struct strv names = STRV_INIT;
    struct taken *taken = NULL;
    size_t n_taken = 0;
    char *dir = path_expand_home(folder);
    *list = NULL;
    *n = 0;
    bool ok = (dir_exists(dir) || err_fail(err, ERR_FILE_MISSING, "%s", folder)) && dir_list(dir, &names, err);
    if (ok) {
        list_taken(base, &taken, &n_taken);
        *list = xcalloc(names.n + 1, sizeof **list);
    }
    for (size_t i = 0; ok && i < names.n; i++) {
        if (is_request_name(names.v[i])) {
            struct desk_item *item = &(*list)[(*n)++];
            item->path = path_join(dir, names.v[i]);
            item->name = text_visible_str(names.v[i]);
            fill_item(item, taken, n_taken);
        }
    }
    for (size_t i = 0; i < n_taken; i++) {
        free(taken[i].digest);
        free(taken[i].id);
    }
    free(taken);
    free(dir);
    strv_release(&names);
    return ok;
}

void desk_items_free(struct desk_item *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].path);
        free(list[i].name);
        free(list[i].subject);
        free(list[i].key_text);
        free(list[i].readout);
        free(list[i].session);
        err_release(&list[i].err);
    }
    free(list);
}
