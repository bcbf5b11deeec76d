/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#11 modules of the database that was chosen: a smart card or HSM is made known by its maker's library, or taken out. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "flow/modules.h"
#include "nss/nssdb.h"
#include "screens/app.h"

#define VALUE_MAX 1024

struct modules {
    struct app *app;
    struct module_info *list;
    size_t n;
    char chosen[VALUE_MAX], file[VALUE_MAX], name[VALUE_MAX];
    char *added; /* what the last one was called */
};

static char *value_of(struct modules *m, const char *key)
{
    return strcmp(key, "module") == 0 ? m->chosen : strcmp(key, "file") == 0 ? m->file : m->name;
}

static const char *get(void *ctx, const char *key)
{
    return value_of(ctx, key);
}

static void set(void *ctx, const char *key, const char *value)
{
    snprintf(value_of(ctx, key), VALUE_MAX, "%s", value);
}

static void list_modules(void *ctx, const struct field *field, struct choices *out)
{
    const struct modules *m = ctx;
    (void)field;
    for (size_t i = 0; i < m->n; i++) {
        char *label = xasprintf("%s\t%d", m->list[i].name, m->list[i].tokens);
        choices_add(out, m->list[i].name, label, m->list[i].internal ? _("The database's own; it stays.") : m->list[i].library, NULL);
        free(label);
    }
}

static bool is_removable(void *ctx, const struct field *field)
{
    const struct modules *m = ctx;
    bool own = true;
    (void)field;
    for (size_t i = 0; i < m->n; i++) {
        own = strcmp(m->list[i].name, m->chosen) == 0 ? m->list[i].internal : own;
    }
    return !own;
}

static const struct field FIELDS[] = {
    {.kind = FIELD_LIST, .key = "module", .label = "", .columns = N_("Module\tTokens"), .choices = list_modules, .rows = 5,
     .help = N_("The chosen one's library is named here."),
     .why = N_("A module that is no longer needed, or was named wrongly, can be taken out again.")},
    {.kind = FIELD_BUTTON, .key = "remove", .label = N_("Remove the module"), .visible = is_removable,
     .help = N_("Takes the chosen one out of the database; the card and its keys stay.")},
    {.kind = FIELD_HEADING, .label = N_("Add another module")},
    {.kind = FIELD_FILE, .key = "file", .label = N_("Library"), .hint = "/usr/lib/softhsm/libsofthsm2.so",
     .help = N_("The PKCS#11 library of the smart card's or HSM's maker."),
     .why = N_("A PKCS#11 library is a program that speaks with the device. It runs in every program that opens this database: add "
               "none that you do not trust.")},
    {.kind = FIELD_TEXT, .key = "name", .label = N_("Name"), .width = 40, .hint = N_("made from the file's name"),
     .help = N_("What the module is called in this database."),
     .why = N_("By this name it is found again in this list, and by other programs.")},
    {.kind = FIELD_BUTTON, .key = "add", .label = N_("Add the module"), .help = N_("Loads it, and keeps it in the database.")},
    FIELD_ROWS_END,
};
static const struct page PAGE = {.id = "modules", .question = N_("Which smart cards and HSMs does the database know?"),
                                 .fields = FIELDS, .next_label = NC_("footer", "Done")};

/* ---- errands: a module is its maker's program, and may take its time ---- */

static bool read_list(void *arg, struct err *err)
{
    struct modules *m = arg;
    return nssdb_modules(m->app->engine.db, &m->list, &m->n, err);
}

static bool add_module(void *arg, struct err *err)
{
    struct modules *m = arg;
    return module_add(m->app->engine.db, m->file, m->name, &m->added, err);
}

static bool remove_module(void *arg, struct err *err)
{
    struct modules *m = arg;
    return module_remove(m->app->engine.db, m->chosen, err);
}

/* Somebody who ended the wait sees in the list what has become of it. */
static bool do_errand(struct modules *m, const char *label, bool (*fn)(void *arg, struct err *err), const char *headline)
{
    struct err err = ERR_INIT;
    bool ok = app_errand(m->app, label, fn, m, &err);
    if (!ok && err.code != ERR_FLOW_CANCELLED) {
        app_error(m->app, headline, &err);
    }
    err_release(&err);
    return ok;
}

/* ---- the page ---- */

static bool load(struct modules *m)
{
    module_info_free(m->list, m->n);
    m->list = NULL;
    m->n = 0;
    if (!do_errand(m, _("Open the database"), read_list, NULL)) {
        return false;
    }
    if (!*m->chosen && m->n) {
        set(m, "module", m->list[0].name);
    }
    return true;
}

static void add(struct modules *m)
{
    if (!*m->file) {
        dialog_message(m->app->ui, MESSAGE_WARN, _("No library is named."), _("Type its path, or press F2 to look for it."));
        return;
    }
    if (do_errand(m, _("Add the module"), add_module, _("The module is not added."))) {
        set(m, "module", m->added);
        set(m, "file", "");
        set(m, "name", "");
    }
    free(m->added);
    m->added = NULL;
}

static void take_out(struct modules *m)
{
    char *text = xasprintf(_("Remove the module %s from the database? Certificates and keys on its tokens stay there, but programs that "
                             "use this database no longer find them."),
                           m->chosen);
    const struct dialog ask = {.title = _("Remove the module"), .text = text,
                               .answers = {{N_("&Remove it"), NULL}, {N_("&Keep it"), NULL}, {NULL, NULL}},
                               .focus = 1, .safe = 1, .kind = MESSAGE_WARN};
    bool yes = dialog_ask(m->app->ui, &ask) == 0;
    free(text);
    if (yes && do_errand(m, _("Remove the module"), remove_module, _("The module is still there."))) {
        set(m, "module", "");
    }
}

/* A module is written into the database, so a new one is made now; its password stands on the page already. */
static bool open_db(struct app *app)
{
    struct err err = ERR_INIT;
    char *typed = path_expand_home(app_get(app, "dbdir")), *path = path_absolute(typed);
    bool fresh = !nssdb_present(path);
    app_drop_engine(app);
    app->engine.secret_name = "password";
    bool ok = app_unlock(app, path, fresh, fresh ? "internal" : NULL, &err);
    free(typed);
    free(path);
    if (!ok) {
        app_error(app, _("The database cannot be used like this."), &err);
    }
    return ok;
}

void app_modules(struct app *app)
{
    struct modules m = {.app = app};
    const struct form_ops ops = {.get = get, .set = set};
    struct form_result result = {0};
    if (!open_db(app)) {
        return;
    }
    while (load(&m)) {
        enum form_verb verb = app_inner_form(app, &app->frame, &PAGE, &ops, &m, &result);
        if (verb != FORM_ACTION) {
            break;
        }
        (strcmp(result.key, "add") == 0 ? add : take_out)(&m);
    }
    module_info_free(m.list, m.n);
}
