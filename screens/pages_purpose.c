/* SPDX-License-Identifier: Apache-2.0 */
/* What is the certificate for: purpose and profile. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "cfg/profiles.h"
#include "screens/app.h"

/* To add a purpose: a row here, in run_common.c and in answers.c. */
static const struct {
    const char *value;
    const char *label; /* N_(): at most 50 columns */
    const char *note;  /* N_(): at most 76 columns */
} PURPOSES[] = {
    {"user", N_("A person: sign e-mail, log in"), N_("Client authentication and e-mail protection.")},
    {"server", N_("A TLS server"), N_("The subject has to name the host (CN).")},
    {"admin", N_("A CA administrator or agent"), N_("Like a person's; the CA administrator adds it to a group afterwards.")},
    {"subsystem", N_("A PKI subsystem"), N_("Used between the parts of a PKI installation.")},
    {"subca", N_("A subordinate CA"), N_("May issue certificates itself.")},
    {"ocsp", N_("An OCSP responder"), N_("Signs answers on revocation.")},
    {"audit", N_("Audit log signing"), N_("Signs audit logs of a PKI subsystem.")},
    {"kra-transport", N_("KRA transport"), N_("Protects keys on their way to the key recovery authority.")},
    {"kra-storage", N_("KRA storage"), N_("Protects keys stored in the key recovery authority.")},
    {"issuance-protection", N_("CA issuance protection"), N_("Protects shared secrets that are kept at the CA.")},
    {"other", N_("Something else (name the profile below)"), N_("Your CA administrator tells you the profile's id.")},
};

static void list_purposes(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    for (size_t i = 0; i < ARRAY_LEN(PURPOSES); i++) {
        choices_add(out, PURPOSES[i].value, _(PURPOSES[i].label), _(PURPOSES[i].note), NULL);
    }
}

static char *check_profile(void *ctx, const struct field *field, const char *value)
{
    (void)field;
    const struct app *app = ctx;
    const char *right = NULL;
    if (!*value && strcmp(app_get(app, "purpose"), "other") == 0) {
        return xstrdup(_("Name the profile, or choose a purpose above."));
    }
    if (*value && profile_is_slip(value, &right) && right) {
        return xasprintf(_("Some guides write it so; the profile is called %s."), right);
    }
    return strpbrk(value, " \t?&/") ? xstrdup(_("A profile id has no blanks or slashes.")) : NULL;
}

static char *about_profile(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    const char *typed = app_get(app, "profile");
    const struct profile *p = *typed ? profile_find(typed) : NULL;
    if (*typed && !p) {
        return xstrdup(_("Your own CA's profile: what it takes is not known here."));
    }
    return p ? xstrdup(_(p->help)) : xstrdup("");
}

static const struct field FIELDS[] = {
    {.kind = FIELD_CHOICE, .key = "purpose", .label = N_("Purpose"), .choices = list_purposes, .rows = 11, .flags = FIELD_REQUIRED,
     .help = N_("It decides which kind of certificate the CA makes."),
     .why = N_("A CA has a profile for each kind of certificate. Your answer picks the usual one.")},
    {.kind = FIELD_TEXT, .key = "profile", .label = N_("Profile"), .width = 40, .validate = check_profile,
     .hint = N_("the usual one for the purpose"), .help = N_("Only when your CA administrator told you another one."),
     .why = N_("The profile decides what the certificate is good for, and whether the CA takes this kind "
               "of request.")},
    {.kind = FIELD_NOTE, .text = about_profile},
    FIELD_ROWS_END,
};
static const struct page PAGE = {.id = "purpose", .question = N_("What is the certificate for?"), .fields = FIELDS};
const struct app_page PAGE_PURPOSE = {.page = &PAGE, .label = N_("Purpose")};
