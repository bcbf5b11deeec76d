/* SPDX-License-Identifier: Apache-2.0 */
/* Where the key and the certificate live: database, token, password. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "flow/expiry.h"
#include "nss/nssdb.h"
#include "screens/app.h"

static void list_databases(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    if (text_starts(app_get(ctx, "ca"), "practice")) {
        char *practice = practice_dir("nssdb");
        choices_add(out, practice, _("The practice database"), _("Nothing in it matters."), NULL);
        free(practice);
    }
    size_t n = 0;
    const char *const *usual = expiry_usual_folders(&n);
    for (size_t i = 0; i < n; i++) {
        char *path = path_expand_home(usual[i]);
        if (nssdb_present(path)) {
            choices_add(out, path, usual[i], _("There is a database in this folder."), NULL);
        }
        free(path);
    }
    char *home = path_expand_home(usual[0]);
    if (!nssdb_present(home)) {
        choices_add(out, home, usual[0], _("A new database is made here."), NULL);
    }
    free(home);
    choices_add(out, "", _("Another folder"), _("Its name is asked for below."), NULL);
}

char *app_usual_db(const struct app *app)
{
    char *practice = practice_dir("nssdb"), *found = NULL;
    if (text_starts(app_get(app, "ca"), "practice") && nssdb_present(practice)) {
        found = xstrdup(practice);
    }
    free(practice);
    size_t n = 0;
    const char *const *usual = expiry_usual_folders(&n);
    for (size_t i = 0; i < n && !found; i++) {
        char *path = path_expand_home(usual[i]);
        found = nssdb_present(path) ? xstrdup(path) : NULL;
        free(path);
    }
    return found;
}

void app_take_usual_db(struct app *app)
{
    char *usual = *app_get(app, "dbdir") ? NULL : app_usual_db(app);
    if (usual) {
        app_set(app, "dbdir", usual);
    }
    free(usual);
}

static bool is_usual(const struct app *app, const char *dir)
{
    char *practice = practice_dir("nssdb");
    bool same = text_starts(app_get(app, "ca"), "practice") && strcmp(practice, dir) == 0;
    free(practice);
    size_t n = 0;
    const char *const *usual = expiry_usual_folders(&n);
    for (size_t i = 0; i < n && !same; i++) {
        char *path = path_expand_home(usual[i]);
        same = strcmp(path, dir) == 0 && (i == 0 || nssdb_present(path));
        free(path);
    }
    return same;
}

/* The choice and the path below it are one answer: picking fills it, "another" opens the field to type in. */
static const char *get(struct app *app, const char *key)
{
    (void)key;
    const char *dir = app_get(app, "dbdir");
    return app->other_folder || (*dir && !is_usual(app, dir)) ? "" : dir;
}

static void set(struct app *app, const char *key, const char *value)
{
    (void)key;
    app->other_folder = !*value;
    if (*value) {
        app_set(app, "dbdir", value);
    }
}

static bool is_other(void *ctx, const struct field *field)
{
    (void)field;
    return !*get(ctx, "page.dbdir");
}

static char *check_dir(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    char *path = path_expand_home(value);
    char *old = path_join(path, "cert8.db"), *now = path_join(path, "cert9.db");
    bool legacy = file_exists(old) && !file_exists(now);
    char *answer = NULL;
    if (text_starts(value, "dbm:") || legacy) {
        answer = xstrdup(_("An old dbm database: convert it first (certutil --upgrade-merge)."));
    } else if (file_exists(path) && !dir_exists(path)) {
        answer = xstrdup(_("This is a file; a folder is needed."));
    }
    free(old);
    free(now);
    free(path);
    return answer;
}

static void list_tokens(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    struct app *app = ctx;
    struct token_info *tokens = NULL;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    if (app_open_db(app, "dbdir", true) && nssdb_tokens(app->engine.db, &tokens, &n, &ignored)) {
        for (size_t i = 0; i < n; i++) {
            const char *bar = !tokens[i].present                           ? _("It is not plugged in.")
                              : tokens[i].read_only && !tokens[i].internal ? _("It cannot be written to.")
                                                                           : NULL;
            choices_add(out, tokens[i].name, tokens[i].internal ? _("The database itself") : tokens[i].label, tokens[i].module, bar);
        }
        token_info_free(tokens, n);
    } else {
        choices_add(out, "internal", _("The database itself"), NULL, NULL);
    }
    err_release(&ignored);
}

static bool is_new(void *ctx, const struct field *field)
{
    (void)field;
    char *path = path_expand_home(app_get(ctx, "dbdir"));
    bool fresh = *path && !nssdb_present(path);
    free(path);
    return fresh;
}

static char *about_new(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("There is no database in this folder yet. It is made, with the password that you choose here."));
}

static bool has_other_tokens(void *ctx, const struct field *field)
{
    struct choices tokens = {0};
    list_tokens(ctx, field, &tokens);
    bool several = tokens.n > 1 || strcmp(app_get(ctx, "tokenname"), "internal") != 0;
    choices_release(&tokens);
    return several;
}

static bool asks_password(void *ctx, const struct field *field)
{
    (void)field;
    return !secrets_is_given(((const struct app *)ctx)->secrets, "password");
}

static bool is_given(void *ctx, const struct field *field)
{
    return !asks_password(ctx, field);
}

static char *about_given(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("The password of this database is known; it is not asked for."));
}

static bool asks_twice(void *ctx, const struct field *field)
{
    return is_new(ctx, field) && asks_password(ctx, field);
}

/* A slip in a new password would lock the key away. */
static char *check_again(void *ctx, const struct field *field, const char *value)
{
    (void)field;
    (void)value;
    const struct app *app = ctx;
    const struct secret *once = secrets_peek(app->secrets, "password"), *again = secrets_peek(app->secrets, "password.again");
    const char *a = once ? once->text : "", *b = again ? again->text : "";
    return strcmp(a, b) == 0 ? NULL : xstrdup(_("The two passwords differ."));
}

static const struct field FIELDS[] = {
    {.kind = FIELD_CHOICE, .key = "page.dbdir", .label = N_("Database"), .choices = list_databases, .rows = 5,
     .help = N_("The NSS database that gets the key and the certificate."),
     .why = N_("Mail programs, browsers and PKI tools look for certificates in such a database.")},
    {.kind = FIELD_FILE, .key = "dbdir", .label = N_("Folder"), .flags = FIELD_REQUIRED | FIELD_FOLDER, .validate = check_dir,
     .visible = is_other, .help = N_("Type the folder, or press F2 to look for it."), .spoken = N_("Type the folder."),
     .why = N_("The new key is made in this folder, and the certificate is stored beside it.")},
    {.kind = FIELD_NOTE, .text = about_new, .visible = asks_twice},
    {.kind = FIELD_CHOICE, .key = "tokenname", .label = N_("Token"), .choices = list_tokens, .rows = 4, .visible = has_other_tokens,
     .help = N_("A smart card or HSM, or the database itself."),
     .why = N_("A key on a card or HSM cannot be copied; a key in the database can be saved with a backup.")},
    {.kind = FIELD_SECRET, .key = "password", .label = N_("Password"), .width = 32, .visible = asks_password,
     .help = N_("It protects the key. It is kept in memory only, and wiped at the end."),
     .why = N_("Every use of the key needs it: making it, signing the request, and the proof at the end.")},
    {.kind = FIELD_SECRET, .key = "password.again", .label = N_("Once more"), .width = 32, .visible = asks_twice, .validate = check_again,
     .help = N_("The same password again. Write it down safely: without it the key is lost."),
     .why = N_("Nobody sees what you type; one slip would close the new database for ever.")},
    {.kind = FIELD_NOTE, .text = about_given, .visible = is_given},
    {.kind = FIELD_TEXT, .key = "new.nickname", .label = N_("Nickname"), .width = 40, .hint = N_("made from the subject"),
     .help = N_("The name under which the certificate is stored."),
     .why = N_("Programs and commands find the certificate by this name.")},
    {.kind = FIELD_BUTTON, .key = "modules", .label = N_("Smart card or HSM..."),
     .help = N_("Adds or removes the PKCS#11 module behind which its keys are.")},
    FIELD_ROWS_END,
};
static const struct page PAGE = {.id = "database", .question = N_("Where do the key and the certificate belong?"), .fields = FIELDS};

static void enter(struct app *app)
{
    if (!*app_get(app, "dbdir") && !app->other_folder) {
        size_t n = 0;
        char *path = path_expand_home(expiry_usual_folders(&n)[0]);
        app_set(app, "dbdir", path);
        free(path);
    }
}

/* The password is tried at once: the right moment to learn that it is wrong. */
static enum page_leave leave(struct app *app)
{
    struct err err = ERR_INIT;
    app_drop_engine(app);
    char *typed = path_expand_home(app_get(app, "dbdir")), *path = path_absolute(typed);
    free(typed);
    app_set(app, "dbdir", path);
    app->engine.secret_name = "password";
    bool fresh = !nssdb_present(path);
    bool ok = fresh || app_unlock(app, path, false, app_get(app, "tokenname"), &err);
    free(path);
    if (!ok) {
        app_error(app, _("The database cannot be used like this."), &err);
        return LEAVE_STAY;
    }
    /* A new one is made by the run, with this password: an unset one must not be asked for again there. */
    if (fresh && !secrets_has(app->secrets, "password")) {
        struct secret empty = SECRET_INIT;
        secret_set(&empty, "", 0);
        secrets_set(app->secrets, "password", &empty);
        secret_release(&empty);
    }
    return LEAVE_GO;
}

/* A database that is not there yet is made for it, so its password has to be as it shall be. */
static void action(struct app *app, const struct form_result *result)
{
    (void)result;
    char *slip = asks_twice(app, NULL) ? check_again(app, NULL, "") : NULL;
    if (slip) {
        dialog_message(app->ui, MESSAGE_WARN, slip, _("A new database is made for the module: choose its password first."));
        free(slip);
        return;
    }
    app_modules(app);
}

const struct app_page PAGE_DATABASE = {.page = &PAGE, .label = N_("Database"), .enter = enter, .leave = leave, .action = action,
                                       .get = get, .set = set};
