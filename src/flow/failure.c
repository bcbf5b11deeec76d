/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/failure.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/answers.h"
#include "flow/cadesc.h"
#include "flow/dirlook.h"
#include "flow/run_internal.h"

/* Who can help, by the beginning of the id: of the rows that fit, the longest. To add one: a row. */
static const struct {
    const char *prefix, *who; /* who: N_() */
} HELPERS[] = {
    {"ca-try-later", N_("Nobody is needed yet: try again in a while, then ask the CA's administrator.")},
    {"ca-profile-not-found", N_("The administrator of the certificate authority, who enables profiles; the card names this one.")},
    {"ca-", N_("The administrator of the certificate authority; give them the card, it holds no secret.")},
    {"trust-", N_("Your helpdesk. Do not use what was received before they have looked at it.")},
    {"ca-chain-", N_("Your helpdesk, who knows the right fingerprint.")},
    {"net-server-", N_("Your helpdesk, or the administrator of the certificate authority: the server's certificate is theirs.")},
    {"net-chain-", N_("Your helpdesk, who knows the right fingerprint.")},
    {"net-client-", N_("The administrator of the certificate authority; give them the card, it holds no secret.")},
    {"net-http-", N_("The administrator of the certificate authority; give them the card, it holds no secret.")},
    {"net-ca-error", N_("The administrator of the certificate authority; give them the card, it holds no secret.")},
    {"net-", N_("Who looks after your network; when others cannot reach the server either, the CA's administrator.")},
    {"nss-token-", N_("Who gave you the card or token: they can unlock it.")},
    {"nss-module", N_("Who looks after this computer: the token's driver is theirs.")},
    {"nss-", N_("Your helpdesk.")},
    {"file-", N_("Who looks after this computer: space, rights and disks are theirs.")},
    {"package-", N_("The one who gave you the file: ask for it once more.")},
    {"ca-description-", N_("Your helpdesk, who made the description.")},
    {"signer-", N_("The administrator of the certificate authority.")},
    {"net-url", N_("You can mend this yourself.")},
    {"net-port", N_("You can mend this yourself.")},
    {"cfg-", N_("You can mend this yourself.")},
    {"answer", N_("You can mend this yourself.")},
    {"cancelled", N_("You can mend this yourself.")},
    {"", N_("Your helpdesk; the support bundle tells them what they need, without secrets.")},
};

static const char *who_helps(enum err_code code)
{
    const char *id = err_id(code);
    size_t best = ARRAY_LEN(HELPERS) - 1;
    for (size_t i = 0; i < ARRAY_LEN(HELPERS); i++) {
        if (text_starts(id, HELPERS[i].prefix) && strlen(HELPERS[i].prefix) > strlen(HELPERS[best].prefix)) {
            best = i;
        }
    }
    return _(HELPERS[best].who);
}

#define IN_ORDER                                                                                                               \
    N_("Check in this order: the spelling of your user id; with the helpdesk, that a secret is stored for exactly this user "   \
       "id; then the secret itself.")
#define ALL_THREE N_("Your helpdesk, who can look all three up; then the CA's administrator, with the card, which holds no secret.")

/* Who vouches by a secret gets one refusal from the CA for several reasons; what its directory said tells whose turn it is.
 * To add one: a row. */
static const struct {
    enum err_code code;
    enum dirlook_says says;
    const char *todo, *who; /* N_() */
} ADVICE[] = {
    {ERR_CA_BAD_IDENTITY, DIRLOOK_UNKNOWN,
     N_("Correct the user id and try again. When it is right, ask the helpdesk what the directory calls you."),
     N_("You yourself when the user id is misspelt; else your helpdesk, who can look you up in the directory.")},
    {ERR_CA_BAD_IDENTITY, DIRLOOK_NO_TOKEN,
     N_("Ask the helpdesk to store a secret for exactly this user id, then try again with it."),
     N_("Your helpdesk: they make the secret and store it for you.")},
    {ERR_CA_BAD_IDENTITY, DIRLOOK_TOKEN,
     N_("Type the secret once more, exactly as you got it. When that fails too, let the helpdesk make a new one."),
     N_("You yourself when the secret was mistyped; else your helpdesk, who can store a new one.")},
    {ERR_CA_BAD_IDENTITY, DIRLOOK_NOT_ASKED, IN_ORDER, ALL_THREE},
    {ERR_CA_BAD_IDENTITY, DIRLOOK_SILENT, IN_ORDER, ALL_THREE},
};

/* True when the directory told which of the general reasons it is. */
static bool advise(struct failure *f, const struct run *run)
{
    for (size_t i = 0; run && i < ARRAY_LEN(ADVICE); i++) {
        if (ADVICE[i].code == f->code && ADVICE[i].says == dirlook_said(run->session)) {
            f->todo = _(ADVICE[i].todo);
            f->who = _(ADVICE[i].who);
            return ADVICE[i].says >= DIRLOOK_UNKNOWN;
        }
    }
    return false;
}

static void detail(struct buf *out, const char *name, const char *value)
{
    if (value && *value) {
        char *shown = text_safe(value);
        char *padded = text_padded(name, 12);
        buf_add(out, "  %s %s\n", padded, shown);
        free(padded);
        free(shown);
    }
}

static char *details_of(struct run *run, const struct err *err)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    char *now = when_rfc3339(when_now());
    char *number = err->source == ERR_SOURCE_NONE
                       ? NULL
                       : xasprintf("%s %ld %s", err_source_name(err->source), err->number, err->symbol ? err->symbol : "");
    detail(&out, "error", err_id(err->code));
    detail(&out, "detail", number);
    detail(&out, "program", PACKAGE_NAME " " PACKAGE_VERSION);
    detail(&out, "time", now);
    if (run) {
        detail(&out, "scenario", run->scenario->name);
        detail(&out, "step", run->at < run->n_rows ? run->rows[run->at].type->name : "");
        detail(&out, "directory", session_fact(run->session, "directory.says"));
        detail(&out, "clock ahead", session_fact(run->session, "clock.ahead"));
        detail(&out, "folder", run->session->dir);
    }
    free(number);
    free(now);
    return buf_take_str(&out);
}

/* A card makes sense where somebody at the CA can look: its answers, and what goes wrong on the way to it. */
static bool wants_card(enum err_code code)
{
    static const char *const prefixes[] = {"ca-", "net-", "trust-", "signer-"};
    static const char *const not_these[] = {"ca-description-", "net-cancelled", "net-url", "net-port", "net-setup", "ca-pop-required"};
    const char *id = err_id(code);
    bool wants = false;
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        wants = wants || text_starts(id, prefixes[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(not_these); i++) {
        wants = wants && !text_starts(id, not_these[i]);
    }
    return wants;
}

/* Caller frees; NULL when the CA is not described, when its description names nobody, and in practice. */
static char *described_contact(const struct run *run)
{
    struct cadesc desc = {0};
    bool told = run && cadesc_known(answer_get(run->session, "ca"), &desc) && !desc.practice && *desc.contact;
    char *contact = told ? text_visible_str(desc.contact) : NULL;
    cadesc_release(&desc);
    return contact;
}

static const char *in_users_language(const char *text)
{
    return _(text);
}

void failure_make(struct failure *f, struct run *run, const struct err *err)
{
    *f = (struct failure){.code = err->code, .todo = err_todo(err->code), .who = who_helps(err->code)};
    for (int i = err->n_context - 1; i >= 0; i--) {
        strv_push(&f->said, err->context[i]);
    }
    failure_causes(run, err->code, in_users_language, &f->causes);
    failure_known(run, err->code, in_users_language, &f->known);
    if (!advise(f, run) && *err_why(err->code)) {
        strv_push(&f->causes, err_why(err->code));
    }
    if (run && text_starts(run_answer(run, "ca"), "practice")) {
        f->who = _("Nobody is needed: this is practice.");
        f->todo = err->code == ERR_NET_CONNECT_REFUSED ? _("Go back and start again; the practice CA is then started, too.") : f->todo;
    }
    f->contact = described_contact(run);
    f->details = details_of(run, err);
    struct err ignored = ERR_INIT;
    if (run && wants_card(err->code) && run_write_card(run, err, &ignored)) {
        f->card = session_file(run->session, FILE_CARD);
    }
    err_release(&ignored);
}

void failure_release(struct failure *f)
{
    strv_release(&f->said);
    strv_release(&f->causes);
    strv_release(&f->known);
    free(f->contact);
    free(f->details);
    free(f->card);
    *f = (struct failure){0};
}

static void add_causes(struct buf *out, const struct failure *f)
{
    buf_add(out, "%s\n", _("Why it probably happened, the likeliest first:"));
    for (size_t i = 0; i < f->causes.n; i++) {
        buf_add(out, "%zu. %s\n", i + 1, f->causes.v[i]);
    }
}

static void add_known(struct buf *out, const struct failure *f)
{
    buf_add(out, "%s\n", _("What this program knows of it:"));
    for (size_t i = 0; i < f->known.n; i++) {
        buf_add(out, "  - %s\n", f->known.v[i]);
    }
}

static void add_helpers(struct buf *out, const struct failure *f)
{
    buf_add(out, _("Who can help: %s"), f->who);
    buf_add(out, "\n");
    if (f->contact) {
        /* TRANSLATORS: %s is what the description of the CA says: a telephone number, an e-mail address */
        buf_add(out, _("Contact of this CA: %s"), f->contact);
        buf_add(out, "\n");
    }
}

char *failure_text(const struct failure *f)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    buf_add(&out, "%s\n\n", err_what(f->code));
    for (size_t i = 0; i < f->said.n; i++) {
        buf_add(&out, "%s\n", f->said.v[i]);
    }
    buf_add(&out, "%s", f->said.n ? "\n" : "");
    if (f->causes.n == 1) {
        buf_add(&out, _("Why: %s"), f->causes.v[0]);
        buf_add(&out, "\n\n");
    } else if (f->causes.n > 1) {
        add_causes(&out, f);
        buf_add(&out, "\n");
    }
    if (f->known.n) {
        add_known(&out, f);
        buf_add(&out, "\n");
    }
    if (*f->todo) {
        buf_add(&out, _("What to do: %s"), f->todo);
        buf_add(&out, "\n\n");
    }
    add_helpers(&out, f);
    buf_add(&out, "\n");
    if (f->card) {
        char *card = path_tilde(f->card);
        buf_add(&out, "%s\n  %s\n\n", _("Card for the CA's administrator:"), card);
        free(card);
    }
    /* TRANSLATORS: %s is a fixed word that helpdesks quote, such as nss-wrong-password */
    buf_add(&out, _("Error id: %s"), err_id(f->code));
    return buf_take_str(&out);
}

char *failure_more(const struct failure *f)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    if (f->causes.n > 1) {
        add_causes(&out, f);
    } else if (f->causes.n == 1 && strcmp(f->causes.v[0], err_why(f->code)) != 0) {
        buf_add(&out, _("Why: %s"), f->causes.v[0]);
        buf_add(&out, "\n");
    }
    if (f->known.n) {
        add_known(&out, f);
    }
    if (strcmp(f->todo, err_todo(f->code)) != 0) {
        buf_add(&out, _("What to do: %s"), f->todo);
        buf_add(&out, "\n");
    }
    add_helpers(&out, f);
    if (f->card) {
        buf_add(&out, _("Card for the CA's administrator: %s"), f->card);
        buf_add(&out, "\n");
    }
    return buf_take_str(&out);
}

static void add_list(struct json *object, const char *key, const struct strv *list)
{
    struct json *array = json_set_array(object, key);
    for (size_t i = 0; i < list->n; i++) {
        json_add_str(array, list->v[i]);
    }
}

struct json *failure_json(const struct failure *f)
{
    struct json *root = json_new_object();
    json_set_str(root, "id", err_id(f->code));
    json_set_num(root, "exit", err_exit(f->code));
    json_set_str(root, "what", err_what(f->code));
    add_list(root, "said", &f->said);
    add_list(root, "causes", &f->causes);
    add_list(root, "known", &f->known);
    json_set_str(root, "todo", f->todo);
    json_set_str(root, "who", f->who);
    json_set_str(root, "contact", f->contact);
    json_set_str(root, "card", f->card);
    return root;
}
