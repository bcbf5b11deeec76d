/* SPDX-License-Identifier: Apache-2.0 */
/* An encryption certificate: which certificate signs for the user, and what happens to the key. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "screens/certlist.h"

/* ---- who signs ---- */

static const char *cannot_sign(const struct cert *c)
{
    unsigned usage = cert_key_usage(c);
    if (!cert_valid_at(c, when_now())) {
        return _("It is expired.");
    }
    return usage & KU_ABSENT || usage & KU_DIGITAL_SIGNATURE ? NULL : _("It is not made for signatures.");
}

static const char *barred(struct app *app, const struct certdb_entry *e)
{
    (void)app;
    return cannot_sign(e->cert);
}

/* Certificates of one subject share a nickname, and the nickname is what is chosen: one row each, for the one that would sign. */
static bool stands_for_nickname(struct app *app, const struct certdb_entry *entries, size_t n, size_t i)
{
    (void)app;
    size_t best = i;
    for (size_t k = 0; k < n; k++) {
        bool same = entries[k].has_key && strcmp(entries[k].nickname, entries[i].nickname) == 0 &&
                    strcmp(entries[k].token, entries[i].token) == 0;
        bool better = !cannot_sign(entries[k].cert) && (cannot_sign(entries[best].cert) || k < best);
        bool first = k < best && cannot_sign(entries[best].cert);
        best = same && (better || first) ? k : best;
    }
    return entries[i].has_key && best == i;
}

static void list_own(void *ctx, const struct field *field, struct choices *out)
{
    static const struct cert_rows rows = {.shows = stands_for_nickname, .note = app_cert_until, .barred = barred};
    (void)field;
    app_list_certs(ctx, "dbdir", &rows, out);
}

static const struct field SIGNER_FIELDS[] = {
    {.kind = FIELD_LIST, .key = "nickname", .label = N_("Certificate"),
     /* TRANSLATORS: headings of columns, divided by tabs; each at most 14 columns */
     .columns = N_("Nickname\tSerial number\tSubject"),
     .choices = list_own, .rows = 6, .flags = FIELD_REQUIRED, .help = N_("Your own signing certificate of this CA."),
     .why = N_("Your signature tells the CA who asks. The new certificate gets the same name.")},
    FIELD_ROWS_END,
};
static const struct page SIGNER = {
    .id = "signer", .question = N_("Which of your certificates signs the request?"), .fields = SIGNER_FIELDS};

static enum page_leave signer_leave(struct app *app)
{
    struct err err = ERR_INIT;
    app_drop_engine(app);
    bool ok = engine_open_db(&app->engine, app_get(app, "dbdir"), true, false, &err) &&
              app_login(app, app_get(app, "tokenname"), &err);
    if (!ok) {
        app_error(app, _("Your certificate cannot be used."), &err);
    }
    return ok ? LEAVE_GO : LEAVE_STAY;
}
const struct app_page PAGE_SIGNER = {.page = &SIGNER, .label = N_("Signer"), .leave = signer_leave};

/* ---- the key ---- */

static void list_sizes(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "2048", "2048", _("The usual size."), NULL);
    choices_add(out, "3072", "3072", _("As strong as AES with 128 bits."), NULL);
    choices_add(out, "4096", "4096", _("Stronger; making it and using it takes longer."), NULL);
}

static void list_trips(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    /* TRANSLATORS: at most 46 columns */
    const char *two = _("It only decrypts: two trips to the CA");
    /* TRANSLATORS: at most 46 columns */
    const char *one = _("It signs, too: one trip");
    /* TRANSLATORS: at most 76 columns */
    const char *usual = _("The usual way. The CA's profile decides what the certificate is good for.");
    /* TRANSLATORS: at most 76 columns */
    const char *only = _("The only way for EC keys. The CA's profile decides what it may be used for.");
    choices_add(out, "two", two, usual, NULL);
    choices_add(out, "one", one, only, NULL);
}

static void list_kinds(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "rsa", _("RSA"), NULL, NULL);
    choices_add(out, "ec", _("EC, nistp256"), NULL, NULL);
}

static bool one_trip(void *ctx, const struct field *field)
{
    (void)field;
    return answer_is(((struct app *)ctx)->session, "trips", "one");
}

static bool is_rsa(void *ctx, const struct field *field)
{
    return !one_trip(ctx, field) || answer_is(((struct app *)ctx)->session, "key.type", "rsa");
}

/* What two trips cannot carry is no answer any more. */
static enum page_leave key_leave(struct app *app)
{
    if (!one_trip(app, NULL)) {
        app_set(app, "key.type", "rsa");
    } else if (practice_is_own(app->session) && strcmp(app_get(app, "profile"), PRACTICE_ENCRYPTION) == 0) {
        app_set(app, "profile", NULL); /* it was preset for two trips */
    }
    return !answer_true(app->session, "archive") || app_transport(app) ? LEAVE_GO : LEAVE_STAY;
}

static bool archives(void *ctx, const struct field *field)
{
    (void)field;
    return answer_true(((struct app *)ctx)->session, "archive");
}

static char *about_archival(void *ctx, const struct field *field)
{
    (void)field;
    return xstrdup(
        archives(ctx, field)
            ? _("A copy of the private key is kept at the key recovery authority (KRA), encrypted. Only the KRA's agents can give it "
                "back: to you when you lost the key, or to your organization when it has to read what was encrypted for you.")
            : _("Nobody but you has the key: when it is lost, what was encrypted for you cannot be read any more."));
}

static char *about_trips(void *ctx, const struct field *field)
{
    (void)field;
    return app_trip_map(ctx, -1);
}

static const struct field KEY_FIELDS[] = {
    {.kind = FIELD_CHOICE,
     .key = "trips",
     .label = N_("The key"),
     .choices = list_trips,
     .rows = 2,
     .why = N_("A key that cannot sign cannot prove itself in the request: the CA sends a challenge that only this key can read."),
     .help = N_("Two trips unless you were told otherwise.")},
    {.kind = FIELD_NOTE, .key = "map", .text = about_trips},
    {.kind = FIELD_CHOICE, .key = "key.type", .label = N_("Kind of key"), .choices = list_kinds, .rows = 2, .visible = one_trip,
     .help = N_("RSA unless you were told otherwise."),
     .why = N_("The CA's profile takes only certain kinds of key.")},
    {.kind = FIELD_CHOICE,
     .key = "key.size",
     .label = N_("RSA key"),
     .unit = N_("bits"),
     .choices = list_sizes,
     .rows = 3,
     .visible = is_rsa,
     .help = N_("Longer keys are stronger and slower."),
     .why = N_("The CA's profile sets a minimum; the longer the certificate is valid, the more a longer "
               "key is worth.")},
    {.kind = FIELD_CHECK,
     .key = "archive",
     .label = N_("Archive the key"),
     .help = N_("Usually wanted for encryption keys, never for signing keys."),
     .why = N_("What was encrypted for a lost key stays unreadable. From a copy the CA's recovery agents "
               "can give the key back; they could also read what is sent to you.")},
    {.kind = FIELD_NOTE, .key = "archival", .text = about_archival},
    {.kind = FIELD_FILE,
     .key = "transport",
     .label = N_("Transport cert."),
     .flags = FIELD_MUST_EXIST,
     .visible = archives,
     .hint = N_("fetched from the CA"),
     .help = N_("Only when the helpdesk gave you the certificate in a file."),
     .why = N_("The key is encrypted for this certificate before it leaves the computer, so it has to be "
               "the right one.")},
    {.kind = FIELD_TEXT,
     .key = "transport.fingerprint",
     .label = N_("Its fingerprint"),
     .visible = archives,
     .help = N_("SHA-256, from the helpdesk; empty: it is shown to you for comparison."),
     .why = N_("Whoever could put another certificate in its place could read your key.")},
    {.kind = FIELD_TEXT,
     .key = "profile",
     .label = N_("Profile"),
     .width = 40,
     .hint = N_("the usual one for the key"),
     .help = N_("Only when your CA administrator told you another one."),
     .why = N_("The profile decides what the certificate is good for, and whether the CA takes this kind "
               "of request.")},
    FIELD_ROWS_END,
};
static const struct page ENCRYPTION = {.id = "encryption", .question = N_("What kind of encryption key?"), .fields = KEY_FIELDS};
const struct app_page PAGE_ENCRYPTION = {.page = &ENCRYPTION, .label = N_("Key"), .leave = key_leave};
