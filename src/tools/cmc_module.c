/* SPDX-License-Identifier: Apache-2.0 */
/* cmc module: PKCS#11 modules of a database, behind which smart cards and HSMs are. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "flow/modules.h"
#include "nss/nssdb.h"
#include "tools/tool.h"

struct options {
    struct tool_options common;
    const char *name;
};

static struct json *module_json(const struct module_info *m)
{
    struct json *row = json_new_object();
    json_set_str(row, "name", m->name);
    json_set_str(row, "library", m->library);
    json_set_bool(row, "internal", m->internal);
    json_set_num(row, "tokens", m->tokens);
    return row;
}

static void print_list(const struct options *o, const struct module_info *list, size_t n)
{
    if (o->common.json) {
        struct json *root = json_new_object(), *rows = json_set_array(root, "modules");
        for (size_t i = 0; i < n; i++) {
            json_add_take(rows, module_json(&list[i]));
        }
        tool_print_json(root);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        printf(ngettext("%s: %d token\n", "%s: %d tokens\n", (unsigned long)list[i].tokens), list[i].name, list[i].tokens);
        if (*list[i].library) {
            printf("    %s\n", list[i].library);
        }
    }
}

static bool verb_list(const struct options *o, struct nssdb *db, const char *what, struct err *err)
{
    struct module_info *list = NULL;
    size_t n = 0;
    (void)what;
    if (!nssdb_modules(db, &list, &n, err)) {
        return false;
    }
    print_list(o, list, n);
    module_info_free(list, n);
    return true;
}

/* The module by its name, as the list shows it. */
static void print_added(const struct options *o, struct nssdb *db, const char *name)
{
    struct module_info *list = NULL;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    bool ok = nssdb_modules(db, &list, &n, &ignored);
    for (size_t i = 0; ok && i < n; i++) {
        if (strcmp(list[i].name, name) != 0) {
            continue;
        }
        if (o->common.json) {
            struct json *root = json_new_object();
            json_set_take(root, "added", module_json(&list[i]));
            tool_print_json(root);
        } else {
            printf(_("Added: %s\n"), name);
        }
    }
    module_info_free(list, n);
    err_release(&ignored);
}

static bool verb_add(const struct options *o, struct nssdb *db, const char *what, struct err *err)
{
    char *name = NULL;
    if (!module_add(db, what, o->name, &name, err)) {
        return false;
    }
    print_added(o, db, name);
    free(name);
    return true;
}

static bool verb_remove(const struct options *o, struct nssdb *db, const char *what, struct err *err)
{
    if (!module_remove(db, what, err)) {
        return false;
    }
    char *shown = text_visible_str(what);
    if (o->common.json) {
        struct json *root = json_new_object();
        json_set_str(root, "removed", shown);
        tool_print_json(root);
    } else {
        printf(_("Removed: %s\n"), shown);
    }
    free(shown);
    return true;
}

/* To add a verb: a row, its function above, a word in the synopsis. */
static const struct verb {
    const char *name;
    int args;
    bool changes;
    bool (*run)(const struct options *o, struct nssdb *db, const char *what, struct err *err);
} VERBS[] = {{"list", 0, false, verb_list}, {"add", 1, true, verb_add}, {"remove", 1, true, verb_remove}};

static const struct verb *verb_of(int argc, char **argv, struct err *err)
{
    for (size_t i = 0; argc > 0 && i < ARRAY_LEN(VERBS); i++) {
        if (strcmp(VERBS[i].name, argv[0]) == 0 && argc == VERBS[i].args + 1) {
            return &VERBS[i];
        }
    }
    err_fail(err, ERR_USAGE, "%s", _("Say what to do: list, add FILE, or remove NAME."));
    return NULL;
}

int tool_module(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT};
    const struct opt table[] = {
        {OPT_STR, "dbdir", 'd', N_("DIR"), N_("NSS database folder (default: the current one)."), &o.common.dbdir, NULL, 0, 0},
        {OPT_STR, "name", 0, N_("NAME"), N_("Name of the new module (default: made from the file's name)."), &o.name, NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {
        "cmc module", N_("list|add FILE|remove NAME [OPTION]..."),
        N_("Makes smart cards and HSMs known to a database, by the PKCS#11 library of their maker."),
        N_("The library runs in every program that opens the database: add none that you do not trust.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    const struct verb *verb = verb_of(argc - rest, argv + rest, &err);
    const char *dir = o.common.dbdir ? o.common.dbdir : ".";
    struct nssdb *db = verb ? nssdb_open(dir, verb->changes ? NSSDB_WRITE : NSSDB_READ, NULL, &err) : NULL;
    bool ok = db && verb->run(&o, db, verb->args ? argv[rest + 1] : NULL, &err);
    nssdb_close(db);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.common.json);
}
