/* SPDX-License-Identifier: Apache-2.0 */
/* What must be there in a mode, and which keys need, silence or lack each other. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/strv.h"
#include "cfg/cfg_internal.h"
#include "cfg/cfg_lint_internal.h"

/* numRequests is 0 on purpose. */
static bool controls_only(const struct cfg *cfg)
{
    const char *text = cfg_get(cfg, CFG_NUM_REQUESTS);
    long number;
    return text && cfg_number(text, &number) && number == 0 && cfg_controls_suffice(cfg);
}

static bool required_here(const struct lint *lint, const struct cfg_key *row)
{
    if (!(row->dialects & lint->cfg->dialect)) {
        return false;
    }
    if (row->id == CFG_NICKNAME) {
        return lint_nickname_used(lint);
    }
    if (row->id == CFG_INPUT && lint->mode & CFG_MODES_ENROLL && controls_only(lint->cfg)) {
        return false;
    }
    return row->required & lint->mode;
}

static void missing_secret(struct lint *lint, enum cfg_lint_id otherwise, const struct cfg_entry *entry,
    const struct cfg_key *row, struct lint_args args)
{
    enum cfg_lint_id what = lint->facts->will_ask_secrets ? CFG_LINT_PASSWORD_ASKED : otherwise;
    lint_report(lint, what, entry, row->name, args);
}

static void check_required(struct lint *lint, const struct cfg_key *row)
{
    const struct cfg_entry *entry = cfg_entry(lint->cfg, row->id);
    const char *mode = _(cfg_mode_word(lint->mode));
    if (!entry && row->id == CFG_PASSWORD) {
        missing_secret(lint, CFG_LINT_PASSWORD_MISSING, NULL, row, LINT_ARGS(NULL));
    } else if (!entry) {
        lint_report(lint, CFG_LINT_REQUIRED, NULL, row->name, LINT_ARGS(mode, _(row->help)));
    } else if (!*entry->value && row->id == CFG_PASSWORD) {
        lint_report(lint, CFG_LINT_PASSWORD_EMPTY, entry, NULL, LINT_ARGS(NULL));
    } else if (!*entry->value && !(row->flags & CFG_F_EMPTY_OK)) {
        lint_report(lint, CFG_LINT_EMPTY, entry, NULL, LINT_ARGS(mode, _(row->help)));
    }
}

/* Is this switch looked at in the mode? In the second trip and in a revocation most controls are left out. */
static bool looked_at(const struct lint *lint, const struct cfg_key *row)
{
    if (lint->mode == CFG_MODE_POP) {
        return row->group == CFG_GROUP_DECRYPTED_POP || row->group == CFG_GROUP_SIGNER;
    }
    if (lint->mode & CFG_MODES_REVOKE) {
        return row->group == CFG_GROUP_REVOKE
            || (row->group == CFG_GROUP_CONTROLS && row->id != CFG_TRANSACTION_ENABLE);
    }
    return lint->mode != CFG_MODE_RESIGN && lint->mode != CFG_MODE_PLAIN;
}

static void check_needs(struct lint *lint, const struct cfg_entry *entry)
{
    for (int i = 0; i < CFG_KEY_COUNT; i++) {
        const struct cfg_key *other = cfg_key((enum cfg_key_id)i);
        if (!cfg_word_in(entry->row->needs, other->name) || required_here(lint, other)) {
            continue;
        }
        if (lint_value(lint, other->id)) {
            continue;
        }
        if (cfg_key_is_secret(other)) {
            missing_secret(lint, CFG_LINT_NEEDS, entry, lint->facts->will_ask_secrets ? other : entry->row,
                LINT_ARGS(other->name));
        } else {
            lint_report(lint, CFG_LINT_NEEDS, entry, NULL, LINT_ARGS(other->name));
        }
    }
}

static void check_excludes(struct lint *lint, const struct cfg_entry *entry)
{
    for (int i = 0; i < CFG_KEY_COUNT; i++) {
        const struct cfg_key *other = cfg_key((enum cfg_key_id)i);
        if (cfg_word_in(entry->row->excludes, other->name) && cfg_bool(lint->cfg, other->id)) {
            lint_report(lint, CFG_LINT_EXCLUDES, entry, NULL, LINT_ARGS(other->name));
        }
    }
}

/* The new control is the one that silences the old one. */
static void check_legacy(struct lint *lint, const struct cfg_entry *entry)
{
    for (int i = 0; entry->row->flags & CFG_F_LEGACY && i < CFG_KEY_COUNT; i++) {
        const struct cfg_key *other = cfg_key((enum cfg_key_id)i);
        if (cfg_word_in(other->excludes, entry->row->name)) {
            lint_report(lint, CFG_LINT_LEGACY, entry, NULL, LINT_ARGS(other->name));
        }
    }
}

/* A value whose switch is off. Switches that are themselves off, and empty values, say nothing wrong. */
static void check_unused(struct lint *lint, const struct cfg_entry *entry)
{
    const struct cfg_key *row = entry->row;
    if (lint_used(lint->cfg, row) || !*entry->value) {
        return;
    }
    if (cfg_key_is_bool(row) && !cfg_key_enables(row, entry->value)) {
        return;
    }
    char *first = xstrndup(row->used_by, strcspn(row->used_by, " "));
    lint_report(lint, CFG_LINT_UNUSED, entry, NULL, LINT_ARGS(first));
    free(first);
}

static void check_default_algorithms(struct lint *lint)
{
    static const enum cfg_key_id algorithms[] = {CFG_IDENTITY_PROOF_V2_HASH, CFG_IDENTITY_PROOF_V2_MAC,
        CFG_POP_LINK_WITNESS_V2_KEY_GEN, CFG_POP_LINK_WITNESS_V2_MAC};
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        const struct cfg_key *row = cfg_key(algorithms[i]);
        if (lint_used(lint->cfg, row) && !lint_value(lint, row->id)) {
            lint_report(lint, CFG_LINT_ALG_DEFAULT, cfg_entry(lint->cfg, row->id), row->name,
                LINT_ARGS(row->otherwise));
        }
    }
}

/* Guides list the secret for requests that a user signs; only popLinkWitnessV2, which some CAs demand of everybody, has a use for it. */
static void check_secret_of_signed(struct lint *lint)
{
    const struct cfg *cfg = lint->cfg;
    if (lint->mode != CFG_MODE_SIGNED || cfg_bool(cfg, CFG_POP_LINK_WITNESS_V2_ENABLE)) {
        return;
    }
    if (cfg_bool(cfg, CFG_IDENTIFICATION_ENABLE)) {
        lint_report(lint, CFG_LINT_SECRET_IGNORED, cfg_entry(cfg, CFG_IDENTIFICATION_ENABLE), NULL, LINT_ARGS(NULL));
    }
    if (lint_value(lint, CFG_WITNESS_SHARED_SECRET) && lint_used(cfg, cfg_key(CFG_WITNESS_SHARED_SECRET))) {
        lint_report(lint, CFG_LINT_SECRET_IGNORED, cfg_entry(cfg, CFG_WITNESS_SHARED_SECRET), NULL, LINT_ARGS(NULL));
    }
}

/* J.2 of the protocol: a self-signed message needs identification and identityProofV2; others need neither. */
static void check_proofs(struct lint *lint)
{
    const struct cfg *cfg = lint->cfg;
    bool proof = cfg_bool(cfg, CFG_IDENTITY_PROOF_V2_ENABLE);
    if (!(lint->mode & CFG_MODES_ENROLL)) {
        return;
    }
    if (proof && !cfg_bool(cfg, CFG_IDENTIFICATION_ENABLE)) {
        lint_report(lint, CFG_LINT_PROOF_NO_IDENT, cfg_entry(cfg, CFG_IDENTITY_PROOF_V2_ENABLE), NULL, LINT_ARGS(NULL));
    }
    if (proof && lint->mode == CFG_MODE_SIGNED) {
        lint_report(lint, CFG_LINT_PROOF_IGNORED, cfg_entry(cfg, CFG_IDENTITY_PROOF_V2_ENABLE), NULL, LINT_ARGS(NULL));
    }
    /* CRMF without a witness passes, with a proof of possession or not. */
    const char *format = cfg_get(cfg, CFG_FORMAT);
    bool demanded = lint->facts->pop_link_required && format && strcmp(format, "pkcs10") == 0;
    if (demanded && !cfg_bool(cfg, CFG_POP_LINK_WITNESS_V2_ENABLE)) {
        lint_report(lint, CFG_LINT_POP_LINK_REQUIRED, cfg_entry(cfg, CFG_POP_LINK_WITNESS_V2_ENABLE),
            cfg_key(CFG_POP_LINK_WITNESS_V2_ENABLE)->name, LINT_ARGS(NULL));
    }
    check_secret_of_signed(lint);
    if (!proof && lint->mode == CFG_MODE_SECRET) {
        lint_report(lint, CFG_LINT_SECRET_NO_PROOF, cfg_entry(cfg, CFG_USE_SHARED_SECRET),
            cfg_key(CFG_IDENTITY_PROOF_V2_ENABLE)->name, LINT_ARGS(NULL));
    }
}

static void check_modes(struct lint *lint)
{
    if (lint->mode == CFG_MODE_RESIGN) {
        lint_report(lint, CFG_LINT_RESIGN, cfg_entry(lint->cfg, CFG_FORMAT), NULL, LINT_ARGS(NULL));
    }
    if (lint->mode & (CFG_MODE_SECRET | CFG_MODE_REVOKE_SECRET) && lint_value(lint, CFG_NICKNAME)) {
        lint_report(lint, CFG_LINT_NICK_LOOKED_UP, cfg_entry(lint->cfg, CFG_NICKNAME), NULL, LINT_ARGS(NULL));
    }
    if (!cfg_has(lint->cfg, CFG_DBDIR) && !required_here(lint, cfg_key(CFG_DBDIR)) && lint->mode != CFG_MODE_PLAIN) {
        lint_report(lint, CFG_LINT_DB_DEFAULT, NULL, cfg_key(CFG_DBDIR)->name, LINT_ARGS(NULL));
    }
}

static void check_input_count(struct lint *lint)
{
    const char *text = lint_value(lint, CFG_NUM_REQUESTS);
    long wanted;
    if (!(lint->mode & CFG_MODES_ENROLL) || !text || !lint_value(lint, CFG_INPUT) || !cfg_number(text, &wanted)
        || wanted <= 0) {
        return;
    }
    struct strv names = STRV_INIT;
    cfg_list(lint->cfg, CFG_INPUT, &names);
    char *count = xasprintf("%zu", names.n);
    const struct cfg_entry *entry = cfg_entry(lint->cfg, CFG_INPUT);
    if (names.n < (size_t)wanted) {
        lint_report(lint, CFG_LINT_INPUT_COUNT, entry, NULL, LINT_ARGS(text, count));
    } else if (names.n > (size_t)wanted) {
        lint_report(lint, CFG_LINT_INPUT_EXTRA, entry, NULL, LINT_ARGS(text, count));
    }
    free(count);
    strv_release(&names);
}

void lint_keys(struct lint *lint)
{
    const struct cfg *cfg = lint->cfg;
    for (int i = 0; i < CFG_KEY_COUNT; i++) {
        if (required_here(lint, cfg_key((enum cfg_key_id)i))) {
            check_required(lint, cfg_key((enum cfg_key_id)i));
        }
    }
    for (size_t i = 0; i < cfg->n; i++) {
        const struct cfg_entry *entry = &cfg->v[i];
        if (!entry->row || cfg_entry(cfg, entry->row->id) != entry) {
            continue;
        }
        check_unused(lint, entry);
        if (cfg_key_is_bool(entry->row) && cfg_bool(cfg, entry->row->id)) {
            check_excludes(lint, entry);
            check_legacy(lint, entry);
            if (looked_at(lint, entry->row)) {
                check_needs(lint, entry);
            }
        }
    }
    check_modes(lint);
    if (cfg->dialect == CFG_REQUEST) {
        if (lint->mode & CFG_MODES_ENROLL) {
            check_default_algorithms(lint);
        }
        check_proofs(lint);
        check_input_count(lint);
    }
}
