/* SPDX-License-Identifier: Apache-2.0 */
/* A first certificate by shared secret: who the user is to the CA, and the secret that the helpdesk gave. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/passphrase.h"
#include "base/text.h"
#include "cfg/profiles.h"
#include "flow/dirlook.h"
#include "nss/dn.h"
#include "screens/app.h"

/* ---- who are you ---- */

static char *check_uid(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    if (!passphrase_is_ascii(value, strlen(value))) {
        struct err why = ERR_INIT;
        err_fail(&why, ERR_CMC_IDENTIFICATION_NOT_ASCII, NULL);
        return app_field_problem(&why);
    }
    if (*value == ' ' || (*value && value[strlen(value) - 1] == ' ')) {
        return xstrdup(_("A user id does not begin or end with a blank."));
    }
    /* The CA asks its directory for (uid=…): these would change the question. */
    return strpbrk(value, "*()\\") ? xstrdup(_("A user id has none of these: * ( ) \\")) : NULL;
}

static char *check_name(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct err why = ERR_INIT;
    char *text = NULL;
    if (!dn_encode(value, &der, &why)) {
        text = app_field_problem(&why);
    }
    err_release(&why);
    buf_release(&der);
    return text;
}

static char *about_name(void *ctx, const struct field *field)
{
    (void)field;
    const char *uid = app_get(ctx, "identification"), *subject = app_get(ctx, "subject");
    if (*subject) {
        return xstrdup(_("The certificate gets the name that the CA's directory has; the result page shows both."));
    }
    char *shown = text_visible_str(*uid ? uid : "jdoe");
    char *text = xasprintf(_("Your CA decides the name in the certificate; its directory is expected to say uid=%s,ou=people,…"), shown);
    free(shown);
    return text;
}

static char *check_profile(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    const char *right = NULL;
    if (profile_is_slip(value, &right) && right) {
        return xasprintf(_("Some guides write it so; the profile is called %s."), right);
    }
    const struct profile *p = profile_find(value);
    if (p && p->auth != PROFILE_AUTH_SECRET && p->auth != PROFILE_AUTH_USER) {
        return xasprintf(_("The profile %s does not take shared secrets: an agent has to sign there."), value);
    }
    return strpbrk(value, " \t?&/") ? xstrdup(_("A profile id has no blanks or slashes.")) : NULL;
}

static const struct field YOU_FIELDS[] = {
    {.kind = FIELD_TEXT, .key = "identification", .label = N_("User ID"), .width = 32, .max = 255, .flags = FIELD_REQUIRED,
     .validate = check_uid, .hint = "jdoe", .help = N_("The name your CA knows you by (LDAP uid)."),
     .why = N_("The CA looks you up in its directory by this name, and compares the secret with what the helpdesk stored there.")},
    {.kind = FIELD_NOTE, .key = "about", .text = about_name},
    {.kind = FIELD_TEXT, .key = "subject", .label = N_("Expected name"), .validate = check_name,
     .hint = N_("made from the user ID"), .help = N_("Only when you know it: your name in the CA's directory."),
     .why = N_("The request has to ask for some name. The CA ignores it and takes the one from its directory.")},
    {.kind = FIELD_TEXT, .key = "profile", .label = N_("Profile"), .width = 40, .validate = check_profile,
     .hint = N_("the usual one for the key"), .help = N_("Only when your CA administrator told you another one."),
     .why = N_("The profile decides what the certificate is good for, and whether the CA takes this kind "
               "of request.")},
    FIELD_ROWS_END,
};
static const struct page YOU = {.id = "you", .question = N_("Who are you to the certificate authority?"), .fields = YOU_FIELDS};

/* What the directory said, in words. Caller frees. */
static char *directory_says(const struct app *app, enum dirlook_says says)
{
    const char *entry = dirlook_dn(app->session);
    char *dn = text_visible_str(entry ? entry : ""), *uid = text_visible_str(app_get(app, "identification")), *text;
    if (says == DIRLOOK_UNKNOWN) {
        text = xasprintf(_("The CA's directory knows no user %s. Look at the spelling, or ask your helpdesk; go on only when you are "
                           "sure."),
                         uid);
    } else if (says == DIRLOOK_TOKEN) {
        text = xasprintf(_("The CA's directory knows you as\n\n  %s\n\nand the helpdesk has stored a secret for you."), dn);
    } else {
        text = xasprintf(_("The CA's directory knows you as\n\n  %s\n\nIt shows no secret for you: the helpdesk has not stored one yet, or "
                           "the directory hides it from readers like this program. Without one the CA refuses the request."),
                         dn);
    }
    free(dn);
    free(uid);
    return text;
}

static bool look_poll_ctx(void *ctx, int wait_ms)
{
    return dirlook_poll(ctx, wait_ms);
}

static void look_cancel_ctx(void *ctx)
{
    dirlook_cancel(ctx);
}

static enum dirlook_says ask_directory(struct app *app, struct err *err)
{
    bool opened = app_open_db(app, "dbdir", true);
    struct dirlook *look = dirlook_start(app->session, opened ? app->engine.db : NULL, err);
    const struct app_work work = {.headline = _("Your name in the directory"), .label = _("Ask the CA's directory for your name"),
                                  .poll = look_poll_ctx, .cancel = look_cancel_ctx, .ctx = look};
    if (!look) {
        return DIRLOOK_SILENT;
    }
    if (!app_wait(app, &app->frame, &work)) {
        dirlook_cancel(look);
    }
    return dirlook_finish(look, app->session, err);
}

/* Asked once for each user id; an unknown one can be corrected, or insisted on by going on again. */
static enum page_leave you_leave(struct app *app)
{
    struct err err = ERR_INIT;
    if (!dirlook_possible(app->session) || dirlook_said(app->session) != DIRLOOK_NOT_ASKED) {
        return LEAVE_GO;
    }
    enum dirlook_says says = ask_directory(app, &err);
    app->dirty = true;
    if (says == DIRLOOK_NOT_ASKED) { /* cancelled: whoever has no patience may go on */
        err_release(&err);
        return app->ui->signal ? LEAVE_STAY : LEAVE_GO;
    }
    bool silent = says == DIRLOOK_SILENT, fine = says == DIRLOOK_TOKEN;
    char *text = silent ? xasprintf(_("The CA's directory could not be asked: %s The CA asks it itself when the request arrives."),
                                    err_what(err.code))
                        : directory_says(app, says);
    dialog_message(app->ui, silent || fine ? MESSAGE_HINT : MESSAGE_WARN, _("Your name in the directory"), text);
    if (!silent && dirlook_dn(app->session) && !*app_get(app, "subject")) {
        app_set(app, "subject", dirlook_dn(app->session));
    }
    free(text);
    err_release(&err);
    return says == DIRLOOK_UNKNOWN ? LEAVE_STAY : LEAVE_GO;
}

const struct app_page PAGE_YOU = {.page = &YOU, .label = N_("You"), .leave = you_leave};

/* ---- the secret ---- */

static const struct secret *typed_secret(const struct app *app)
{
    return secrets_peek(app->secrets, "witness.sharedSecret");
}

/* A file or a descriptor gives it, as in practice: then nobody has to know it. */
static bool is_given(void *ctx, const struct field *field)
{
    (void)field;
    return secrets_is_given(((const struct app *)ctx)->secrets, "witness.sharedSecret");
}

static bool is_asked(void *ctx, const struct field *field)
{
    return !is_given(ctx, field);
}

static char *about_given(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("The secret is known; it is not asked for."));
}

static char *check_secret(void *ctx, const struct field *field, const char *value)
{
    (void)field;
    (void)value;
    const struct secret *s = typed_secret(ctx);
    if (!s || !s->len) {
        return xstrdup(_("Type the secret that the helpdesk gave you."));
    }
    struct err why = ERR_INIT;
    return passphrase_is_ascii(s->text, s->len) || err_fail(&why, ERR_CMC_SECRET_NOT_ASCII, NULL) ? NULL : app_field_problem(&why);
}

/* Someone who types a secret blindly does not see that Caps Lock is on. */
static bool all_capitals(void *ctx, const struct field *field)
{
    (void)field;
    const struct secret *s = typed_secret(ctx);
    size_t upper = 0, lower = 0;
    for (size_t i = 0; s && i < s->len; i++) {
        upper += isupper((unsigned char)s->text[i]) != 0;
        lower += islower((unsigned char)s->text[i]) != 0;
    }
    return upper > 1 && !lower;
}

static bool has_blanks(void *ctx, const struct field *field)
{
    (void)field;
    const struct secret *s = typed_secret(ctx);
    return s && s->len && (s->text[0] == ' ' || s->text[s->len - 1] == ' ');
}

static char *about_blanks(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("The secret begins or ends with a blank. Did one come along with the paste?"));
}

static char *about_capitals(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("All of it is capitals so far. Is Caps Lock on?"));
}

static bool is_typed(void *ctx, const struct field *field)
{
    (void)field;
    const struct secret *s = typed_secret(ctx);
    return s && s->len;
}

static char *rate(void *ctx, const struct field *field)
{
    (void)field;
    const struct secret *s = typed_secret(ctx);
    return xstrdup(passphrase_rating_text(passphrase_rate(s ? passphrase_bits(s) : 0)));
}

static void list_macs(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    const struct app *app = ctx;
    const char *later = _("Dogtag 10.8 and later.");
    bool old = run_ca_before(app->session, CFG_SHA512_HMAC_SINCE);
    choices_add(out, "SHA-256-HMAC", "HMAC-SHA-256", _("Every server can verify it."), NULL);
    choices_add(out, "SHA-512-HMAC", "HMAC-SHA-512", old ? NULL : later, old ? later : NULL);
    choices_add(out, "SHA-384-HMAC", "HMAC-SHA-384", NULL, _("No server can verify it: it misspells the algorithm's name."));
}

static void list_hashes(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "SHA-256", "SHA-256", _("The usual one."), NULL);
    choices_add(out, "SHA-384", "SHA-384", NULL, NULL);
    choices_add(out, "SHA-512", "SHA-512", NULL, NULL);
}

static const struct field SECRET_FIELDS[] = {
    {.kind = FIELD_NOTE, .key = "given", .text = about_given, .visible = is_given},
    {.kind = FIELD_SECRET, .key = "witness.sharedSecret", .label = N_("Secret"), .width = 40, .max = 512, .flags = FIELD_REQUIRED,
     .visible = is_asked, .validate = check_secret, .help = N_("Exactly as the helpdesk gave it to you; capitals count."),
     .why = N_("It proves to the CA who you are. It is never saved, and never sent: only a proof made with it goes to the CA.")},
    {.kind = FIELD_NOTE, .key = "capitals", .text = about_capitals, .visible = all_capitals, .flags = FIELD_WARN},
    {.kind = FIELD_NOTE, .key = "blanks", .text = about_blanks, .visible = has_blanks, .flags = FIELD_WARN},
    {.kind = FIELD_NOTE, .key = "rating", .text = rate, .visible = is_typed},
    {.kind = FIELD_CHECK, .key = "popLinkWitnessV2.enable", .label = N_("Link key and secret"),
     .help = N_("popLinkWitnessV2. Leave it on: a CA that does not want it ignores it."),
     .why = N_("It ties the secret to this key, so that nobody can put another key into your request.")},
    {.kind = FIELD_CHOICE, .key = "identityProofV2.hashAlg", .label = N_("Hash"), .choices = list_hashes, .rows = 1,
     .help = N_("identityProofV2. Leave it unless your CA administrator says otherwise."),
     .why = N_("The CA computes the proof again and compares; older CAs know fewer ways to do it.")},
    {.kind = FIELD_CHOICE, .key = "identityProofV2.macAlg", .label = N_("Proof"), .choices = list_macs, .rows = 1,
     .help = N_("identityProofV2. Leave it unless your CA administrator says otherwise."),
     .why = N_("The CA computes the proof again and compares; older CAs know fewer ways to do it.")},
    FIELD_ROWS_END,
};
static const struct page SECRET = {.id = "secret",
                                   .question = N_("What is the secret that the helpdesk gave you?"),
                                   .intro = N_("It stays in this computer's memory until the request is made, and is then forgotten."),
                                   .fields = SECRET_FIELDS};
const struct app_page PAGE_SECRET = {.page = &SECRET, .label = N_("Secret")};
