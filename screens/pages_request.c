/* SPDX-License-Identifier: Apache-2.0 */
/* The key of the request. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "flow/run.h"
#include "screens/app.h"

static void list_types(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "rsa", "RSA", _("Works everywhere."), NULL);
    choices_add(out, "ec", _("EC (elliptic curve)"), _("Smaller and faster; needs an EC profile at the CA."), NULL);
}

static void list_sizes(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "2048", "2048", _("The usual size."), NULL);
    choices_add(out, "3072", "3072", _("As strong as AES with 128 bits."), NULL);
    choices_add(out, "4096", "4096", _("Stronger; making it and using it takes longer."), NULL);
}

static void list_curves(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "nistp256", "P-256 (nistp256)", _("The usual curve."), NULL);
    choices_add(out, "nistp384", "P-384 (nistp384)", _("Not taken by the usual profiles for persons."), NULL);
    choices_add(out, "nistp521", "P-521 (nistp521)", _("The strongest of the three."), NULL);
}

static bool is_rsa(void *ctx, const struct field *field)
{
    (void)field;
    return strcmp(app_get(ctx, "key.type"), "rsa") == 0;
}

static bool is_ec(void *ctx, const struct field *field)
{
    return !is_rsa(ctx, field);
}

/* Where the request can carry the key, and the profile's certificates encrypt. */
static bool may_archive(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    const char *typed = app_get(app, "profile");
    enum profile_key kind = is_ec(ctx, field) ? PROFILE_KEY_EC : PROFILE_KEY_RSA;
    const struct profile *p = *typed ? profile_find(typed) : run_usual_profile(app_get(app, "purpose"), PROFILE_AUTH_AGENT, kind);
    return strcmp(app->scenario->name, "agent-signed") == 0 && !*app_get(app, "input") && profile_encrypts(p);
}

static bool archives(void *ctx, const struct field *field)
{
    return may_archive(ctx, field) && answer_true(((struct app *)ctx)->session, "archive");
}

static enum page_leave key_leave(struct app *app)
{
    if (!may_archive(app, NULL)) {
        app_set(app, "archive", NULL);
    }
    return !archives(app, NULL) || app_transport(app) ? LEAVE_GO : LEAVE_STAY;
}

static const struct field KEY_FIELDS[] = {
    {.kind = FIELD_CHOICE, .key = "key.type", .label = N_("Kind"), .choices = list_types, .rows = 2, .flags = FIELD_REQUIRED,
     .help = N_("RSA unless you were told otherwise."),
     .why = N_("The CA's profile takes only certain kinds of key.")},
    {.kind = FIELD_CHOICE, .key = "key.size", .label = N_("Size"), .unit = N_("bits"), .choices = list_sizes, .rows = 3, .visible = is_rsa,
     .help = N_("Longer keys are stronger and slower."),
     .why = N_("The CA's profile sets a minimum; the longer the certificate is valid, the more a longer "
               "key is worth.")},
    {.kind = FIELD_CHOICE, .key = "key.curve", .label = N_("Curve"), .choices = list_curves, .rows = 3, .visible = is_ec,
     .help = N_("The curve of the key."),
     .why = N_("The CA's profile takes only certain curves; nistp256 is known to every program.")},
    {.kind = FIELD_TEXT, .key = "key.id", .label = N_("Existing key"), .width = 44, .hint = N_("make a new key"),
     .help = N_("Only to use a key that is already in the database: its id."),
     .why = N_("A key that was made before, perhaps on a card, can get the certificate as well.")},
    {.kind = FIELD_CHECK, .key = "archive", .label = N_("Archive the key"), .visible = may_archive,
     .help = N_("Only for keys that encrypt: the key recovery authority keeps a copy."),
     .why = N_("What was encrypted for a lost key stays unreadable. From a copy the CA's recovery agents "
               "can give the key back; they could also read what is sent to you.")},
    {.kind = FIELD_FILE, .key = "transport", .label = N_("Transport cert."), .flags = FIELD_MUST_EXIST, .visible = archives,
     .hint = N_("fetched from the CA"), .help = N_("Only when the helpdesk gave you the certificate in a file."),
     .why = N_("The key is encrypted for this certificate before it leaves the computer, so it has to be "
               "the right one.")},
    FIELD_ROWS_END,
};
static const struct page KEY = {
    .id = "key", .question = N_("What kind of key do you need?"),
    .intro = N_("The private key is made in your database or on your token, and is used only there."), .fields = KEY_FIELDS};
const struct app_page PAGE_KEY = {.page = &KEY, .label = N_("Key"), .leave = key_leave};
