/* SPDX-License-Identifier: Apache-2.0 */
/* A request cfg and the submit cfg that sends what it makes. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/text.h"
#include "cfg/cfg_lint_internal.h"
#include "cfg/profiles.h"

struct pair {
    struct lint request;
    struct lint submit; /* problems are reported on the submit file */
};

static bool signed_by_certificate(const struct lint *request)
{
    return lint_nickname_used(request);
}

static void check_chain(struct pair *pair)
{
    enum cfg_key_id out = pair->request.mode == CFG_MODE_POP ? CFG_DECRYPTED_POP_REQUEST_FILE : CFG_OUTPUT;
    const char *made = lint_value(&pair->request, out);
    const char *sent = lint_value(&pair->submit, CFG_INPUT);
    const char *answer = lint_value(&pair->submit, CFG_OUTPUT);
    if (made && sent && !lint_same_path(made, sent)) {
        lint_report(&pair->submit, CFG_LINT_PAIR_CHAIN, cfg_entry(pair->submit.cfg, CFG_INPUT), NULL,
            LINT_ARGS(made, sent));
    }
    if (made && answer && lint_same_path(made, answer)) {
        lint_report(&pair->submit, CFG_LINT_PAIR_OVERWRITE, cfg_entry(pair->submit.cfg, CFG_OUTPUT), NULL,
            LINT_ARGS(answer));
    }
}

static const char *token_name(const struct cfg *cfg)
{
    const char *token = lint_token(cfg);
    return token ? token : "internal";
}

/* Returns true when both files mean the same database and token. */
static bool check_database(struct pair *pair)
{
    const struct cfg *request = pair->request.cfg, *submit = pair->submit.cfg;
    bool same = true;
    if (!lint_same_path(lint_dbdir(request), lint_dbdir(submit))) {
        lint_report(&pair->submit, CFG_LINT_PAIR_DBDIR, cfg_entry(submit, CFG_DBDIR), cfg_key(CFG_DBDIR)->name,
            LINT_ARGS(lint_dbdir(request), lint_dbdir(submit)));
        same = false;
    }
    if (strcmp(token_name(request), token_name(submit)) != 0) {
        lint_report(&pair->submit, CFG_LINT_PAIR_TOKEN, cfg_entry(submit, CFG_TOKENNAME), cfg_key(CFG_TOKENNAME)->name,
            LINT_ARGS(token_name(request), token_name(submit)));
        same = false;
    }
    return same;
}

static char *subject_of(const struct lint *lint)
{
    const struct cfg_lint_facts *facts = lint->facts;
    const char *nickname = lint_value(lint, CFG_NICKNAME);
    if (!facts->subject_of || !nickname) {
        return NULL;
    }
    return facts->subject_of(facts->ctx, cfg_get_or_default(lint->cfg, CFG_DBDIR), lint_token(lint->cfg), nickname);
}

/* The CA wants equal subjects of signer and TLS client certificate; the certificates may differ. */
static void check_signer(struct pair *pair, bool same_database)
{
    const char *signer = lint_value(&pair->request, CFG_NICKNAME);
    const char *client = lint_value(&pair->submit, CFG_NICKNAME);
    if (!signer || !client || (same_database && strcmp(signer, client) == 0)) {
        return;
    }
    const struct cfg_entry *entry = cfg_entry(pair->submit.cfg, CFG_NICKNAME);
    char *signer_subject = subject_of(&pair->request);
    char *client_subject = subject_of(&pair->submit);
    if (signer_subject && client_subject) {
        if (strcmp(signer_subject, client_subject) != 0) {
            lint_report(&pair->submit, CFG_LINT_PAIR_SUBJECT, entry, NULL, LINT_ARGS(signer_subject, client_subject));
        }
    } else if (strcmp(signer, client) != 0) {
        lint_report(&pair->submit, CFG_LINT_PAIR_NICKNAME, entry, NULL, LINT_ARGS(signer, client));
    }
    free(signer_subject);
    free(client_subject);
}

static const struct profile *aimed_profile(const struct cfg *submit)
{
    const char *servlet = cfg_get(submit, CFG_SERVLET);
    if (!servlet) {
        return NULL;
    }
    char *id = cfg_servlet_profile(servlet);
    char *path = cfg_servlet_path(servlet);
    const struct servlet *known = servlet_find(path);
    const struct profile *profile = NULL;
    if (id) {
        profile = profile_find(id);
    } else if (known && known->default_profile) {
        profile = profile_find(known->default_profile);
    }
    free(id);
    free(path);
    return profile;
}

/* Who vouches in the request against who vouches in the profile. */
static void check_profile(struct pair *pair)
{
    const struct profile *profile = aimed_profile(pair->submit.cfg);
    if (!profile) {
        return;
    }
    bool secret = pair->request.mode & (CFG_MODE_SECRET | CFG_MODE_REVOKE_SECRET);
    bool enrolls = pair->request.mode & CFG_MODES_ENROLL;
    const struct cfg_entry *entry = cfg_entry(pair->submit.cfg, CFG_SERVLET);
    struct lint_args args = LINT_ARGS(profile->id);
    if (secret && profile->auth == PROFILE_AUTH_AGENT) {
        lint_report(&pair->submit, CFG_LINT_PAIR_SECRET_AGENT, entry, NULL, args);
    } else if (secret && enrolls && profile->auth == PROFILE_AUTH_USER) {
        lint_report(&pair->submit, CFG_LINT_PAIR_SECRET_USER, entry, NULL, args);
    } else if (pair->request.mode == CFG_MODE_SIGNED && profile->auth == PROFILE_AUTH_SECRET) {
        lint_report(&pair->submit, CFG_LINT_PAIR_SIGNED_SECRET, entry, NULL, args);
    }
}

static void check_client(struct pair *pair)
{
    bool client = pair->submit.mode == CFG_MODE_TLS_CLIENT;
    const struct cfg_entry *entry = cfg_entry(pair->submit.cfg, CFG_CLIENTMODE);
    const char *key = cfg_key(CFG_CLIENTMODE)->name;
    if (signed_by_certificate(&pair->request)) {
        if (!client) {
            lint_report(&pair->submit, CFG_LINT_PAIR_NO_CLIENT, entry, key, LINT_ARGS(NULL));
        }
    } else if (client) {
        lint_report(&pair->submit, CFG_LINT_PAIR_CLIENT_UNUSED, entry, key, LINT_ARGS(NULL));
    }
}

/* A CA behind EST wants identityProofV2 as soon as a message has any control. */
static void check_est(struct pair *pair)
{
    static const enum cfg_key_id controls[] = {CFG_SENDER_NONCE_ENABLE, CFG_TRANSACTION_ENABLE, CFG_DATA_RETURN_ENABLE,
        CFG_GET_CERT_ENABLE, CFG_CONFIRM_ENABLE, CFG_LRA_POP_WITNESS_ENABLE, CFG_IDENTIFICATION_ENABLE,
        CFG_POP_LINK_WITNESS_V2_ENABLE};
    const struct cfg *request = pair->request.cfg;
    const char *servlet = cfg_get(pair->submit.cfg, CFG_SERVLET);
    char *path = servlet ? cfg_servlet_path(servlet) : NULL;
    bool est = path && text_starts(path, "/.well-known/est/") && text_ends(path, "/fullcmc");
    free(path);
    for (size_t i = 0; est && i < ARRAY_LEN(controls) && !cfg_bool(request, CFG_IDENTITY_PROOF_V2_ENABLE); i++) {
        if (cfg_bool(request, controls[i])) {
            lint_report(&pair->submit, CFG_LINT_PAIR_EST_CONTROLS, cfg_entry(pair->submit.cfg, CFG_SERVLET), NULL,
                LINT_ARGS(cfg_key(controls[i])->name));
        }
    }
}

static const struct cfg_lint_facts no_facts;

void cfg_lint_pair(const struct cfg *request, const struct cfg *submit, const struct cfg_lint_facts *facts,
    struct cfg_problems *out)
{
    facts = facts ? facts : &no_facts;
    struct pair pair = {
        {request, facts, out, cfg_mode(request)},
        {submit, facts, out, cfg_mode(submit)},
    };
    check_chain(&pair);
    check_client(&pair);
    if (pair.submit.mode == CFG_MODE_TLS_CLIENT && signed_by_certificate(&pair.request)) {
        check_signer(&pair, check_database(&pair));
    }
    check_profile(&pair);
    check_est(&pair);
}
