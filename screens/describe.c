/* SPDX-License-Identifier: Apache-2.0 */
/* A CA described for users: the CA is contacted, its fingerprint compared, a few words asked, and a file written. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "flow/cadesc.h"
#include "screens/app.h"

#define VALUE_MAX 512

/* To add a field: a row with its default, and a field on one of the two pages. */
static const struct {
    const char *key;
    const char *otherwise;
} VALUES[] = {{"host", ""}, {"port", "8443"}, {"proxy", ""}, {"ca.chain", ""}, {"title", ""}, {"name", ""},
              {"contact", ""}, {"language", ""}, {"file", ""}, {"own", "no"}};

struct describe {
    struct app *app;
    char values[ARRAY_LEN(VALUES)][VALUE_MAX];
};

static char *value_of(struct describe *d, const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(VALUES); i++) {
        if (strcmp(VALUES[i].key, key) == 0) {
            return d->values[i];
        }
    }
    return d->values[0];
}

static const char *get(void *ctx, const char *key)
{
    return value_of(ctx, key);
}

static void set(void *ctx, const char *key, const char *value)
{
    size_t n = strlen(value);
    if (n < VALUE_MAX) {
        memcpy(value_of(ctx, key), value, n + 1);
    }
}

static char *check_name(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    bool safe = *value != '.' && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(value);
    return safe ? NULL : xstrdup(_("Only a-z, 0-9, dot, dash and underline."));
}

static bool asks_file(void *ctx, const struct field *field)
{
    (void)field;
    return ((struct describe *)ctx)->app->no_chain;
}

static const struct field CA_FIELDS[] = {
    {.kind = FIELD_TEXT, .key = "host", .label = N_("Host"), .width = 40, .flags = FIELD_REQUIRED, .validate = app_check_host,
     .hint = "pki.example.com", .help = N_("The name of the computer where the CA answers."),
     .why = N_("The request is sent to the computer that has this name, and to no other.")},
    {.kind = FIELD_TEXT, .key = "port", .label = N_("Port"), .width = 6, .flags = FIELD_REQUIRED, .validate = app_check_port,
     .help = N_("8443 unless your CA administrator says otherwise."),
     .why = N_("One computer offers several services; the port tells them apart.")},
    {.kind = FIELD_TEXT, .key = "proxy", .label = N_("Proxy"), .width = 40, .hint = N_("none"),
     .help = N_("Only when your network needs one: http://HOST:PORT."),
     .why = N_("In some networks programs reach others only through a proxy. It learns the CA's address, "
               "not what is sent.")},
    {.kind = FIELD_FILE, .key = "ca.chain", .label = N_("CA's certificates"), .flags = FIELD_MUST_EXIST, .visible = asks_file,
     .help = N_("PEM, DER or PKCS#7, for a CA that does not show them itself."),
     .why = N_("Most certificate authorities show their certificates. This one does not: without them nobody could tell whether the "
               "server is the right one.")},
    FIELD_ROWS_END,
};
static const struct page CA = {.id = "describe-ca", .question = N_("Which certificate authority do you describe?"),
                               .intro = N_("Its certificates are fetched, and nothing of yours is sent. Have its fingerprint at hand."),
                               .fields = CA_FIELDS};

static const struct field WORDS_FIELDS[] = {
    {.kind = FIELD_TEXT, .key = "title", .label = N_("Title"), .width = 44, .flags = FIELD_REQUIRED,
     .help = N_("What your users see in the list."),
     .why = N_("A name is easier to choose than an address.")},
    {.kind = FIELD_TEXT, .key = "name", .label = N_("Short name"), .width = 24, .flags = FIELD_REQUIRED, .validate = check_name,
     .help = N_("For files and commands; it stays the same when the CA is renewed."),
     .why = N_("Answers files and commands name the CA by it.")},
    {.kind = FIELD_TEXT, .key = "contact", .label = N_("Contact"), .width = 44, .hint = "helpdesk@example.com",
     .help = N_("Whom your users call or write to when something does not work."),
     .why = N_("Pages that report a failure tell people whom to ask.")},
    {.kind = FIELD_TEXT, .key = "language", .label = N_("Language"), .width = 8, .hint = "de",
     .help = N_("Language of your users as a code; empty: whatever their computer speaks."),
     .why = N_("The wizard speaks it to those whose computer says nothing else.")},
    {.kind = FIELD_FILE, .key = "file", .label = N_("File"), .flags = FIELD_REQUIRED, .help = N_("Give it to your users."),
     .why = N_("The description travels as a file: by e-mail, on a share, or in a software package.")},
    {.kind = FIELD_CHECK, .key = "own", .label = N_("Use it here too"), .help = N_("Also stores it among your own descriptions."),
     .why = N_("You can then try what your users will see.")},
    FIELD_ROWS_END,
};
static const struct page WORDS = {.id = "describe-words", .question = N_("What should your users read?"), .fields = WORDS_FIELDS,
                                  .next_label = NC_("footer", "Write")};

/* The first part of the host's name is a good short name, and names the file. */
static void suggest(struct describe *d)
{
    char name[VALUE_MAX];
    const char *host = value_of(d, "host");
    size_t n = strcspn(host, ".");
    for (size_t i = 0; i < n; i++) {
        name[i] = (char)(host[i] >= 'A' && host[i] <= 'Z' ? host[i] - 'A' + 'a' : host[i]);
    }
    name[n] = '\0';
    if (!*value_of(d, "name") && *name) {
        set(d, "name", name);
    }
    if (!*value_of(d, "title")) {
        set(d, "title", host);
    }
    if (!*value_of(d, "file")) {
        char *file = xasprintf("~/%.200s.json", value_of(d, "name"));
        set(d, "file", file);
        free(file);
    }
}

/* The first contact is that of any enrollment: progress, fingerprint, question. The session is only for this. */
static bool contact(struct describe *d)
{
    static const char *const given[] = {"host", "port", "proxy", "ca.chain"};
    struct app *app = d->app;
    if (!app_start(app, "agent-desk")) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(given); i++) {
        app_set(app, given[i], value_of(d, given[i]));
    }
    return app_contact(app) && app->chain_pem; /* a description is nothing without the chain */
}

static void forget_session(struct app *app)
{
    if (app->session && session_delete(app->session, NULL)) {
        app->session = NULL;
    }
    app_put_away(app);
}

/* Lower case without colons, as cmc ca export writes it. */
static char *plain_hex(const char *colons)
{
    char *out = xstrdup(colons), *to = out;
    for (const char *c = colons; *c; c++) {
        if (*c != ':') {
            *to++ = (char)(*c >= 'A' && *c <= 'F' ? *c - 'A' + 'a' : *c);
        }
    }
    *to = '\0';
    return out;
}

static bool write_file(struct describe *d, struct err *err)
{
    struct app *app = d->app;
    struct cadesc desc = {.name = xstrdup(value_of(d, "name")),
                          .title = xstrdup(value_of(d, "title")),
                          .host = xstrdup(value_of(d, "host")),
                          .chain_pem = xstrdup(app->chain_pem),
                          .fingerprint = plain_hex(app_get(app, "ca.fingerprint")),
                          .contact = xstrdup(value_of(d, "contact")),
                          .language = xstrdup(value_of(d, "language")),
                          .port = atoi(value_of(d, "port")),
                          .practice = app->chain_text && strstr(app->chain_text, PRACTICE_MARK)};
    char *path = path_expand_home(value_of(d, "file")), *text = cadesc_print(&desc);
    bool ok = file_write(path, bytes_of_str(text), 0644, err) && (strcmp(value_of(d, "own"), "yes") != 0 || cadesc_save(&desc, err));
    free(text);
    free(path);
    cadesc_release(&desc);
    return ok;
}

static void say_done(struct describe *d)
{
    char *text = xasprintf(_("Written to %s.\n\nGive it to your users. It belongs into ~/.config/cmc-wizard/ca.d/, or for everybody on a "
                             "computer into %s. With it the wizard asks no question about the server.\n\nWho wants to check it: the "
                             "SHA-256 fingerprint is\n\n  %.48s\n  %s"),
                           value_of(d, "file"), SYSCONFDIR "/cmc-wizard/ca.d/", app_get(d->app, "ca.fingerprint"),
                           app_get(d->app, "ca.fingerprint") + 48);
    dialog_view(d->app->ui, _("The description is written"), text);
    free(text);
}

/* Second page, until it is written or left. */
static enum form_verb ask_words(struct describe *d, const struct form_ops *ops)
{
    struct form_result result = {0};
    struct err err = ERR_INIT;
    suggest(d);
    for (;;) {
        enum form_verb verb = form_run(d->app->ui, &d->app->frame, &WORDS, ops, d, &result);
        if (verb != FORM_NEXT) {
            return verb;
        }
        if (write_file(d, &err)) {
            say_done(d);
            return FORM_NEXT;
        }
        app_error(d->app, _("The description could not be written."), &err);
    }
}

int app_describe(struct app *app)
{
    struct describe d = {.app = app};
    const struct form_ops ops = {.get = get, .set = set};
    struct form_result result = {0};
    for (size_t i = 0; i < ARRAY_LEN(VALUES); i++) {
        set(&d, VALUES[i].key, VALUES[i].otherwise);
    }
    for (;;) {
        app->frame = (struct frame){.program = "cmc-wizard", .scenario = N_("CA description"), .language = i18n_language()};
        enum form_verb verb = form_run(app->ui, &app->frame, &CA, &ops, &d, &result);
        if (verb != FORM_NEXT) {
            return verb == FORM_BACK ? WIZARD_AGAIN : EXIT_DONE;
        }
        verb = contact(&d) ? ask_words(&d, &ops) : FORM_BACK;
        forget_session(app);
        if (verb != FORM_BACK) {
            return verb == FORM_NEXT ? WIZARD_AGAIN : EXIT_DONE;
        }
    }
}
