/* SPDX-License-Identifier: Apache-2.0 */
/* cmc desk: requests that other people made, as the wizard's agent desk shows them; nothing is signed here. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "flow/desk.h"
#include "nss/nssdb.h"
#include "tools/tool.h"

struct options {
    bool json;
    const char *state_dir;
};

static void add_findings(struct json *root, const char *key, const struct strv *list)
{
    struct json *array = json_set_array(root, key);
    for (size_t i = 0; i < list->n; i++) {
        json_add_str(array, list->v[i]);
    }
}

/* What show says, as JSON; the text is made from it, so that both say the same. */
static struct json *describe(const struct desk_request *r)
{
    struct json *root = json_new_object();
    struct strv grave = STRV_INIT, mild = STRV_INIT;
    char *sans = strv_join(&r->csr.sans, ", ");
    json_set_str(root, "kind", r->is_package ? "package" : "csr");
    json_set_str(root, "subject", r->csr.subject);
    json_set_str(root, "other-names", sans);
    json_set_str(root, "key", r->csr.key_text);
    json_set_str(root, "proof-of-possession", r->csr.signature_ok ? "ok" : "wrong");
    json_set_str(root, "purpose", r->package.purpose);
    json_set_str(root, "profile", r->package.profile);
    json_set_str(root, "digits", r->readout);
    json_set_str(root, "words", r->words);
    json_set_str(root, "sha256", r->digest);
    desk_findings(r, r->package.purpose, r->package.profile, &grave, &mild);
    add_findings(root, "problems", &grave);
    add_findings(root, "remarks", &mild);
    strv_release(&grave);
    strv_release(&mild);
    free(sans);
    return root;
}

static void print_text(const struct json *root)
{
    for (const struct json *v = json_first(root); v; v = json_next(v)) {
        if (json_is_string(v) && *json_str(v)) {
            printf("%s: %s\n", json_key(v), json_str(v));
        }
        for (const struct json *line = json_is_array(v) ? json_first(v) : NULL; line; line = json_next(line)) {
            printf("%s: %s\n", json_key(v), json_str(line));
        }
    }
}

static bool show(const struct options *o, const char *path, struct err *err)
{
    struct desk_request r;
    if (!desk_open(path, &r, err)) {
        return false;
    }
    struct json *root = describe(&r);
    desk_release(&r);
    if (o->json) {
        tool_print_json(root);
        return true;
    }
    print_text(root);
    json_free(root);
    return true;
}

static void print_items(const struct options *o, const struct desk_item *list, size_t n)
{
    struct json *root = json_new_object(), *rows = json_set_array(root, "requests");
    json_set_num(root, "version", 1);
    for (size_t i = 0; i < n; i++) {
        struct json *row = json_add_object(rows);
        json_set_str(row, "file", list[i].name);
        json_set_str(row, "state", desk_state_name(list[i].state));
        json_set_str(row, "subject", list[i].subject);
        json_set_str(row, "digits", list[i].readout);
        json_set_str(row, "session", list[i].session);
        json_set_str(row, "error", list[i].state == DESK_BAD ? err_id(list[i].err.code) : "");
        if (!o->json) {
            printf("%-9s %-24s %s\n", desk_state_name(list[i].state), list[i].name,
                   list[i].state == DESK_BAD ? err_id(list[i].err.code) : list[i].subject);
        }
    }
    if (o->json) {
        tool_print_json(root);
    } else {
        json_free(root);
    }
}

static bool list(const struct options *o, const char *folder, struct err *err)
{
    struct desk_item *items = NULL;
    size_t n = 0;
    bool ok = desk_list(o->state_dir, folder, &items, &n, err);
    if (ok) {
        print_items(o, items, n);
    }
    desk_items_free(items, n);
    return ok;
}

int tool_desk(int argc, char **argv)
{
    struct options o = {0};
    const struct opt table[] = {
        {OPT_STR, "state-dir", 0, N_("DIR"), N_("Folder of saved enrollments (default: ~/.local/state/cmc-wizard/sessions)."), &o.state_dir,
         NULL, 0, 0},
        {OPT_FLAG, "json", 0, NULL, N_("Print JSON."), &o.json, NULL, 0, 0},
    };
    const struct opt_usage usage = {"cmc desk", N_("[OPTION]... show FILE | list FOLDER"),
                                    N_("Shows a request that somebody gave you (a .cmcpkg package or a CSR) with the digits to compare on "
                                       "the phone, or what became of each request in a folder. Nothing is signed."),
                                    NULL};
    int rest = 0, code = EXIT_DONE;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    bool shows = argc - rest == 2 && strcmp(argv[rest], "show") == 0, lists = argc - rest == 2 && strcmp(argv[rest], "list") == 0;
    if (!shows && !lists) {
        err_fail(&err, ERR_USAGE, "%s", _("Say: show FILE, or list FOLDER."));
        return tool_fail(usage.program, &err, o.json);
    }
    struct nssdb *db = nssdb_open(NULL, NSSDB_NONE, NULL, &err);
    bool ok = db && (shows ? show : list)(&o, argv[rest + 1], &err);
    nssdb_close(db);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.json);
}
