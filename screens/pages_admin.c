/* SPDX-License-Identifier: Apache-2.0 */
/* What a CA's administrator has to set for shared secrets: for which version and names, then a text to read and to
 * copy. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "flow/admin.h"
#include "flow/cadesc.h"
#include "screens/app.h"

/* To add one: a row, and a field. */
static const char *const KEYS[] = {"version", "directory", "base", "instance"};

struct wanted {
    char values[ARRAY_LEN(KEYS)][256];
};

static char *value_of(struct wanted *w, const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(KEYS); i++) {
        if (strcmp(KEYS[i], key) == 0) {
            return w->values[i];
        }
    }
    return w->values[0];
}

static const char *get(void *ctx, const char *key)
{
    return value_of(ctx, key);
}

static void set(void *ctx, const char *key, const char *value)
{
    size_t n = strlen(value);
    if (n < sizeof((struct wanted *)ctx)->values[0]) {
        memcpy(value_of(ctx, key), value, n + 1);
    }
}

static char *check_version(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    struct err err = ERR_INIT;
    char *text = admin_version_ok(value, &err) ? NULL : xasprintf("%s %s", err_what(err.code), err_todo(err.code));
    err_release(&err);
    return text;
}

static char *check_directory(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    struct admin_site site = {0};
    struct err err = ERR_INIT;
    char *held = NULL;
    bool good = !*value || admin_site_directory(&site, value, &held, &err);
    char *text = good ? NULL : xasprintf("%s %s", err_what(err.code), err_todo(err.code));
    free(held);
    err_release(&err);
    return text;
}

static const struct field FIELDS[] = {
    {.kind = FIELD_TEXT,
     .key = "version",
     .label = N_("Version"),
     .width = 10,
     .max = 20,
     .flags = FIELD_REQUIRED,
     .validate = check_version,
     .hint = ADMIN_VERSION_NEWEST,
     .help = N_("Of the CA, like 10.8 or 11.3; settings differ between versions."),
     .why = N_("The administrator reads it with: pki-server --version. What is printed is right for that version, also "
               "where the guides "
               "differ.")},
    {.kind = FIELD_TEXT,
     .key = "directory",
     .label = N_("Directory"),
     .max = 255,
     .validate = check_directory,
     .hint = "ldaps://ldap.example.com",
     .help = N_("The directory server as the CA reaches it; ldaps:// means TLS in CS.cfg."),
     .why = N_("The CA's password and the users' tokens travel to and from it. Over plain ldap:// anybody in between could read "
               "the password.")},
    {.kind = FIELD_TEXT,
     .key = "base",
     .label = N_("Users are below"),
     .max = 255,
     .hint = "ou=people,dc=example,dc=com",
     .help = N_("Where users are in the directory; it goes into the lines of CS.cfg."),
     .why = N_("The CA looks for users, and for their secrets, only below this entry.")},
    {.kind = FIELD_TEXT,
     .key = "instance",
     .label = N_("Instance"),
     .width = 24,
     .max = 64,
     .hint = "pki-tomcat",
     .help = N_("The CA's name on its server; it goes into the commands."),
     .why = N_("One server can run several instances; the commands must reach the right one.")},
    FIELD_ROWS_END,
};
static const struct page PAGE = {
    .id = "admin",
    .question = N_("Which CA is to be prepared?"),
    .intro = N_("The text that follows is for its administrator: schema, certificate, CS.cfg, profiles."),
    .fields = FIELDS,
    .next_label = NC_("footer", "Show")};

static const char *or_null(const char *value)
{
    return *value ? value : NULL;
}

static void show(struct app *app, struct wanted *w)
{
    struct admin_site site = {
        .version = get(w, "version"), .base_dn = or_null(get(w, "base")), .instance = or_null(get(w, "instance"))};
    char *host = NULL;
    if (*get(w, "directory") && !admin_site_directory(&site, get(w, "directory"), &host, NULL)) {
        return; /* the field refused it */
    }
    struct err err = ERR_INIT;
    char *text = admin_text(&site, &err);
    if (!text) {
        app_error(app, NULL, &err);
        free(host);
        return;
    }
    /* TRANSLATORS: %s is a version */
    char *head = xasprintf(_("For version %s. To print it, and to compare it with a CS.cfg: cmc admin --version %s"),
                           site.version, site.version);
    char *all = xasprintf("%s\n\n%s", head, text);
    dialog_view(app->ui, _("Prepare a CA for shared secrets"), all);
    free(all);
    free(head);
    free(text);
    free(host);
}

/* Where the helpdesk described its CA the directory is known; the first that names one is the likely one. */
static void take_described(struct wanted *w)
{
    struct cadesc *list = NULL;
    struct err ignored = ERR_INIT;
    size_t n = 0;
    bool listed = cadesc_list(&list, &n, NULL, &ignored);
    for (size_t i = 0; listed && i < n; i++) {
        if (*list[i].directory && !list[i].practice) {
            set(w, "directory", list[i].directory);
            set(w, "base", list[i].base_dn);
            if (*list[i].ca_version && admin_version_ok(list[i].ca_version, NULL)) {
                set(w, "version", list[i].ca_version);
            }
            break;
        }
    }
    cadesc_list_free(list, n);
    err_release(&ignored);
}

int app_admin_page(struct app *app)
{
    static const struct form_ops ops = {.get = get, .set = set};
    struct frame frame = {.program = "cmc-wizard", .scenario = N_("Prepare a CA"), .language = i18n_language()};
    struct wanted w = {0};
    struct form_result result = {0};
    set(&w, "version", ADMIN_VERSION_NEWEST);
    take_described(&w);
    enum form_verb verb;
    while ((verb = form_run(app->ui, &frame, &PAGE, &ops, &w, &result)) == FORM_NEXT) {
        show(app, &w);
    }
    return verb == FORM_BACK ? WIZARD_AGAIN : EXIT_DONE;
}
