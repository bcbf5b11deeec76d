/* SPDX-License-Identifier: Apache-2.0 */
/* What several steps need: answers with their fallbacks, databases, the confirmed chain, the network options. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cfg/profiles.h"
#include "cmc/crmf.h"
#include "flow/cadesc.h"
#include "flow/protocol.h"
#include "flow/run_internal.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

/* "hsm:nick" on the token hsm is nick: the tools put the token in front themselves. */
static const char *without_token(const struct run *run, const char *name, const char *value)
{
    static const char *const names[] = {"nickname", "renew.nickname", "revoke.nickname"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *token = strcmp(name, names[i]) == 0 ? (i == 0 ? run_agent_token(run) : run_answer(run, "tokenname")) : "";
        size_t len = strlen(token);
        if (len && strncmp(value, token, len) == 0 && value[len] == ':') {
            return value + len + 1;
        }
    }
    return value;
}

const char *run_answer(const struct run *run, const char *name)
{
    const char *value = without_token(run, name, answer_get(run->session, name));
    /* Who renews signs with the certificate that is renewed, unless another is named; who revokes likewise. */
    if (!*value && strcmp(name, "nickname") == 0 && run_revokes(run)) {
        return run_signer(run) == SIGNED_BY_USER ? run_answer(run, "revoke.nickname") : value;
    }
    bool renewed = !*value && run_signer(run) == SIGNED_BY_USER && strcmp(name, "nickname") == 0;
    return renewed ? run_answer(run, "renew.nickname") : value;
}

bool run_has_step(const struct run *run, const char *name)
{
    for (size_t i = 0; i < run->n_rows; i++) {
        if (strcmp(run->rows[i].type->name, name) == 0) {
            return true;
        }
    }
    return false;
}

const char *run_dbdir(const struct run *run)
{
    const char *dir = run_answer(run, "dbdir");
    return *dir ? dir : run_answer(run, "agent.dbdir");
}

const char *run_agent_dbdir(const struct run *run)
{
    const char *dir = run_signer(run) == SIGNED_BY_AGENT ? run_answer(run, "agent.dbdir") : "";
    return *dir ? dir : run_answer(run, "dbdir");
}

const char *run_agent_token(const struct run *run)
{
    const char *token = run_signer(run) == SIGNED_BY_AGENT ? run_answer(run, "agent.tokenname") : "";
    return *token ? token : run_answer(run, "tokenname");
}

bool run_speaks_secret(const struct run *run)
{
    return run_revokes(run) && run_signer(run) == SIGNED_BY_NEW_KEY;
}

static const struct trip TRIPS[] = {
    {FILE_REQUEST_CFG, FILE_SUBMIT_CFG, FILE_REQUEST, FILE_RESPONSE, "response.refused.cmc", "submit.state", "sent.nonce",
     "sent.transaction", "submit.since"},
    {FILE_REQUEST_CFG_2, FILE_SUBMIT_CFG_2, FILE_REQUEST_2, FILE_RESPONSE_2, "response-2.refused.cmc", "submit2.state", "sent2.nonce",
     "sent2.transaction", "submit2.since"},
};

bool run_is_second_trip(const struct run *run)
{
    return run->at < run->n_rows && text_ends(run->rows[run->at].type->name, "-2");
}

const struct trip *run_trip_of(bool second)
{
    return &TRIPS[second ? 1 : 0];
}

const struct trip *run_trip(const struct run *run)
{
    return run_trip_of(run_is_second_trip(run));
}

bool run_needs_second_trip(const struct run *run)
{
    bool has = false;
    for (size_t i = 0; i < run->n_rows; i++) {
        has = has || text_ends(run->rows[i].type->name, "-2");
    }
    return has && !answer_is(run->session, "trips", "one") && !session_fact(run->session, "one-trip");
}

static bool two_databases(const struct run *run)
{
    return strcmp(run_dbdir(run), run_agent_dbdir(run)) != 0 ||
           strcmp(run_answer(run, "tokenname"), run_agent_token(run)) != 0;
}

/* An agent's desk has only the agent's database; its password is known by the name under which the page asked for it. */
static const char *requester_secret(const struct run *run)
{
    bool only_agents = !*run_answer(run, "dbdir") && *run_answer(run, "agent.dbdir");
    return only_agents && (secrets_has(run->secrets, "agent.password") || !secrets_has(run->secrets, "password")) ? "agent.password"
                                                                                                                   : "password";
}

const char *run_agent_secret(const struct run *run)
{
    return two_databases(run) && *run_answer(run, "agent.dbdir") ? "agent.password" : requester_secret(run);
}

bool run_open_requester_db(struct run *run, struct err *err)
{
    struct engine *e = &run->engine;
    e->secret_name = requester_secret(run);
    return engine_open_db(e, run_dbdir(run), true, answer_true(run->session, "dbdir.create"), err) &&
           engine_login(e, run_answer(run, "tokenname"), err);
}

bool run_open_agent_db(struct run *run, struct err *err)
{
    struct engine *e = &run->engine;
    bool needs_no_key = run_speaks_secret(run); /* nothing is signed */
    e->secret_name = run_agent_secret(run);
    return engine_open_db(e, run_agent_dbdir(run), true, answer_true(run->session, "dbdir.create"), err) &&
           (needs_no_key || engine_login(e, run_agent_token(run), err));
}

bool run_need_digests(struct run *run, struct err *err)
{
    struct engine *e = &run->engine;
    if (!e->db) {
        e->db = nssdb_open(NULL, NSSDB_NONE, NULL, err);
        e->db_dir = e->db ? xstrdup("") : NULL;
    }
    return e->db != NULL;
}

bool run_need_nss(struct run *run, struct err *err)
{
    return run->engine.db || (*run_dbdir(run) ? run_open_requester_db(run, err) : run_need_digests(run, err));
}

bool run_load_chain(struct run *run, struct cert_list *out)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    struct err ignored = ERR_INIT;
    bool ok = session_read_file(run->session, FILE_CHAIN, &pem, &ignored) && pem_decode_all(buf_peek(&pem), out, &ignored);
    err_release(&ignored);
    buf_release(&pem);
    return ok;
}

static bool crmf_key(struct run *run, struct buf *spki, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT);
    struct crmf_msg msg;
    bool ok = session_read_file(run->session, FILE_CRMF, &text, err) && pem_decode(buf_peek(&text), &der, NULL, err) &&
              crmf_parse(buf_peek(&der), &msg, NULL, err);
    if (ok) {
        ok = buf_append_bytes(spki, msg.spki) || err_fail(err, ERR_INTERNAL, NULL);
        crmf_release(&msg);
    }
    buf_release(&text);
    buf_release(&der);
    return ok;
}

bool run_requested_key(struct run *run, struct buf *spki, struct err *err)
{
    if (session_has_file(run->session, FILE_CRMF)) {
        return crmf_key(run, spki, err);
    }
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct csr csr;
    bool ok = session_read_file(run->session, FILE_CSR, &text, err) && csr_parse(buf_peek(&text), &csr, err);
    if (ok) {
        ok = buf_append_bytes(spki, csr.spki) || err_fail(err, ERR_INTERNAL, NULL);
        csr_release(&csr);
    }
    buf_release(&text);
    return ok;
}

bool run_read_cert(struct run *run, struct cert **leaf, struct cert_list *pool, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    bool ok = session_read_file(run->session, FILE_CERT, &text, err) && pem_decode_all(buf_peek(&text), pool, err) &&
              run_requested_key(run, &spki, err);
    struct cert *found = ok ? cert_list_find_spki(pool, buf_peek(&spki)) : NULL;
    if (ok && !found) {
        ok = err_fail(err, ERR_FLOW_STEP_ORDER, NULL);
    }
    *leaf = found ? cert_ref(found) : NULL;
    buf_release(&spki);
    buf_release(&text);
    return ok;
}

/* ---- profile and servlet ---- */

/* To add a purpose: a word in answers.c, a row here, a row on the purpose page. */
static const struct {
    const char *word;
    enum profile_purpose purpose;
} PURPOSES[] = {
    {"user", PROFILE_FOR_USER},           {"server", PROFILE_FOR_SERVER},
    {"subca", PROFILE_FOR_CA},            {"ocsp", PROFILE_FOR_OCSP},
    {"audit", PROFILE_FOR_AUDIT},         {"subsystem", PROFILE_FOR_SUBSYSTEM},
    {"admin", PROFILE_FOR_USER},          {"kra-transport", PROFILE_FOR_KRA_TRANSPORT},
    {"kra-storage", PROFILE_FOR_KRA_STORAGE}, {"issuance-protection", PROFILE_FOR_ISSUANCE_PROTECTION},
};

const char *run_purpose_word(const char *purpose)
{
    for (size_t i = 0; i < ARRAY_LEN(PURPOSES); i++) {
        if (strcmp(purpose, PURPOSES[i].word) == 0) {
            return strcmp(purpose, "admin") == 0 ? N_("CA administrator") : profile_purpose_word(PURPOSES[i].purpose);
        }
    }
    return NULL;
}

const struct profile *run_usual_profile(const char *purpose, enum profile_auth auth, enum profile_key key)
{
    for (size_t i = 0; i < ARRAY_LEN(PURPOSES); i++) {
        if (strcmp(purpose, PURPOSES[i].word) == 0) {
            return profile_choose(PURPOSES[i].purpose, auth, key);
        }
    }
    return NULL;
}

static const char *described_profile(const struct run *run, struct cadesc *desc)
{
    return cadesc_known(run_answer(run, "ca"), desc) ? cadesc_profile(desc, run_answer(run, "purpose")) : NULL;
}

char *run_ca_version(const struct session *session)
{
    struct cadesc desc = {0};
    const char *told = session_fact(session, "ca.version");
    if (!told && cadesc_known(answer_get(session, "ca"), &desc)) {
        told = *desc.ca_version ? desc.ca_version : NULL;
    }
    char *version = told ? text_visible_str(told) : NULL;
    cadesc_release(&desc);
    return version;
}

bool run_ca_before(const struct session *session, const char *version)
{
    char *known = run_ca_version(session);
    bool before = known && version_compare(known, version) < 0;
    free(known);
    return before;
}

static enum profile_auth voucher(const struct run *run)
{
    static const enum profile_auth auths[] = {
        [SIGNED_BY_AGENT] = PROFILE_AUTH_AGENT, [SIGNED_BY_NEW_KEY] = PROFILE_AUTH_SECRET, [SIGNED_BY_USER] = PROFILE_AUTH_USER};
    return auths[run_signer(run)];
}

char *run_subject(const struct run *run)
{
    const char *subject = run_answer(run, "subject"), *uid = run_answer(run, "identification");
    const char *signer = session_fact(run->session, "signer.subject");
    if (!*subject && signer && run_signer(run) == SIGNED_BY_USER) {
        return xstrdup(signer);
    }
    if (*subject || !*uid || run_signer(run) != SIGNED_BY_NEW_KEY) {
        return xstrdup(subject);
    }
    struct dn_rdn rdn = {.type = xstrdup("UID"), .value = xstrdup(uid)};
    char *made = dn_join(&rdn, 1);
    free(rdn.type);
    free(rdn.value);
    return made;
}

char *run_profile(const struct run *run)
{
    const char *given = run_answer(run, "profile");
    if (*given) {
        const char *right = NULL;
        return xstrdup(profile_is_slip(given, &right) && right ? right : given);
    }
    struct cadesc desc = {0};
    const char *described = described_profile(run, &desc);
    char *result = described ? xstrdup(described) : NULL;
    cadesc_release(&desc);
    enum profile_key key = answer_is(run->session, "key.type", "ec") ? PROFILE_KEY_EC : PROFILE_KEY_RSA;
    const struct profile *usual = result ? NULL : run_usual_profile(run_answer(run, "purpose"), voucher(run), key);
    return result ? result : xstrdup(usual ? usual->id : "");
}

bool run_over_est(const struct run *run)
{
    return protocol_is_est(run->session);
}

char *run_servlet(const struct run *run)
{
    const char *given = run_answer(run, "servlet");
    if (run_over_est(run)) {
        return protocol_path(run->session);
    }
    char *profile = run_profile(run);
    char *servlet = *given ? (strchr(given, '?') ? xstrdup(given) : xasprintf("%s?profileId=%s", given, profile))
                           : profile_servlet_url(profile, voucher(run));
    free(profile);
    return servlet;
}

/* ---- network ---- */

static bool take_address(struct run *run, struct run_net *out, struct err *err)
{
    const char *name = run_answer(run, "ca"), *host = run_answer(run, "host");
    struct cadesc desc = {0};
    char *path = protocol_path(run->session);
    bool ok;
    if (*name) {
        ok = cadesc_find(name, &desc, err) && ca_url_make(true, desc.host, desc.port, path, &out->url, err);
    } else {
        ok = (*host || err_fail(err, ERR_FLOW_ANSWER_MISSING, "host")) &&
             ca_url_make(answer_true(run->session, "secure"), host, atoi(run_answer(run, "port")), path, &out->url, err);
    }
    cadesc_release(&desc);
    free(path);
    return ok;
}

bool run_net_init(struct run *run, struct run_net *out, struct err *err)
{
    *out = (struct run_net){0};
    bool pinned = run_load_chain(run, &out->pinned);
    const char *proxy = run_answer(run, "proxy");
    out->net = (struct net_options){.proxy = *proxy ? proxy : NULL, .at = run->engine.at};
    const char *user = run_over_est(run) ? run_answer(run, "est.user") : "";
    out->submit = (struct submit_options){.proxy = *proxy ? proxy : NULL, .user = *user ? user : NULL};
    if (pinned) {
        out->net.pinned_chain = &out->pinned;
        out->submit.pinned = &out->pinned;
    }
    if (!take_address(run, out, err)) {
        run_net_release(out);
        return false;
    }
    return true;
}

void run_net_release(struct run_net *net)
{
    cert_list_release(&net->pinned);
    ca_url_release(&net->url);
}
