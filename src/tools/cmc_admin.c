/* SPDX-License-Identifier: Apache-2.0 */
/* cmc admin: what a CA's administrator has to set for shared secrets, and whether it is set. */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "flow/admin.h"
#include "tools/tool.h"

struct options {
    struct admin_site site;
    const char *check, *directory;
    long port;
    bool json, schema, lines;
};

static const char *verdict_word(enum admin_verdict v)
{
    static const char *const words[] = {
        [ADMIN_OK] = "ok", [ADMIN_MISSING] = "missing", [ADMIN_DIFFERENT] = "different", [ADMIN_NOTE] = "note"};
    return words[v];
}

static void print_json(const struct admin_report *r)
{
    struct json *root = json_new_object(), *list = json_set_array(root, "findings");
    json_set_str(root, "kind", r->kind == ADMIN_PROFILE ? "profile" : "CS.cfg");
    json_set_str(root, "ca-version", r->version);
    if (r->profile) {
        json_set_str(root, "profile", r->profile);
    }
    json_set_num(root, "wrong", (double)r->n_wrong);
    for (size_t i = 0; i < r->n; i++) {
        struct json *row = json_add_object(list);
        json_set_str(row, "verdict", verdict_word(r->v[i].verdict));
        json_set_str(row, "key", r->v[i].key);
        if (r->v[i].found) {
            json_set_str(row, "found", r->v[i].found);
        }
        json_set_str(row, "wanted", r->v[i].wanted);
        json_set_str(row, "why", _(r->v[i].why));
    }
    tool_print_json(root);
}

static void print_finding(const struct admin_finding *f)
{
    switch (f->verdict) {
    case ADMIN_OK:
        return;
    case ADMIN_MISSING:
        printf(_("missing    %s=%s\n"), f->key, f->wanted);
        break;
    case ADMIN_DIFFERENT:
        printf(_("different  %s=%s\n           wanted: %s\n"), f->key, f->found, f->wanted);
        break;
    case ADMIN_NOTE:
        printf(_("note       %s=%s (usually %s)\n"), f->key, f->found ? f->found : "", f->wanted);
        break;
    }
    printf("           %s\n", _(f->why));
}

static void print_report(const struct admin_report *r)
{
    for (size_t i = 0; i < r->n; i++) {
        print_finding(&r->v[i]);
    }
    if (r->n_wrong) {
        printf(ngettext("%zu setting has to be changed for Dogtag %s.\n", "%zu settings have to be changed for Dogtag %s.\n", r->n_wrong),
               r->n_wrong, r->version);
    } else {
        printf(_("Everything that shared secrets need is set, for Dogtag %s.\n"), r->version);
    }
}

static int check(const struct options *o, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct admin_report report;
    int code = -1;
    if (tool_read(o->check, &text, err) && admin_check(buf_peek(&text), o->check, &o->site, &report, err)) {
        (o->json ? print_json : print_report)(&report);
        code = report.n_wrong ? EXIT_USAGE : EXIT_DONE;
        admin_report_release(&report);
    }
    buf_release(&text);
    return code;
}

static int print(const struct options *o, struct err *err)
{
    char *text = o->schema ? admin_schema_ldif(&o->site) : o->lines ? admin_cs_lines(&o->site) : admin_text(&o->site, err);
    if (!text) {
        return -1;
    }
    fputs(text, stdout);
    free(text);
    return EXIT_DONE;
}

/* "--version 11.3" asks for a CA's version here; a bare --version is this program's, as everywhere. */
static void take_version(int argc, char **argv)
{
    static const char ca_version[] = "--ca-version";
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--version") == 0 && isdigit((unsigned char)argv[i + 1][0])) {
            argv[i] = (char *)(uintptr_t)ca_version; /* getopt only reads it */
        }
    }
}

static const struct tool_rule RULES[] = {{"directory", "ldap-host ldap-port ldaps", NULL}};

int tool_admin(int argc, char **argv)
{
    take_version(argc, argv);
    struct options o = {.port = -1};
    const struct opt table[] = {
        {OPT_STR, "ca-version", 0, N_("X"),
         N_("Version of the CA, also as --version X: 10.5 and later (default: the newest known)."), &o.site.version,
         NULL, 0, 0},
        {OPT_STR, "check", 0, N_("FILE"), N_("Compare this CS.cfg or profile file with what is needed."), &o.check,
         NULL, 0, 0},
        {OPT_STR, "base-dn", 0, N_("DN"), N_("Where the users are in the directory."), &o.site.base_dn, NULL, 0, 0},
        {OPT_STR, "bind-dn", 0, N_("DN"), N_("Who the CA is to the directory."), &o.site.bind_dn, NULL, 0, 0},
        {OPT_STR, "directory", 0, N_("URL"),
         N_("The directory server as the CA reaches it, ldaps://HOST or ldap://HOST, in place of host, port and TLS."), &o.directory,
         NULL, 0, 0},
        {OPT_STR, "ldap-host", 0, N_("HOST"), N_("The directory server."), &o.site.ldap_host, NULL, 0, 0},
        {OPT_INT, "ldap-port", 0, N_("PORT"), N_("Its port (default 389, with --ldaps 636)."), &o.port, NULL, 1, 65535},
        {OPT_FLAG, "ldaps", 0, NULL, N_("The directory is asked over TLS."), &o.site.ldap_tls, NULL, 0, 0},
        {OPT_STR, "instance", 0, N_("NAME"), N_("The server instance (default pki-tomcat)."), &o.site.instance, NULL, 0,
         0},
        {OPT_FLAG, "schema", 0, NULL, N_("Print only the schema, as LDIF."), &o.schema, NULL, 0, 0},
        {OPT_FLAG, "openldap", 0, NULL, N_("With --schema: for OpenLDAP (cn=config) instead of 389 Directory Server."),
         &o.site.openldap, NULL, 0, 0},
        {OPT_FLAG, "cs-lines", 0, NULL, N_("Print only the lines of CS.cfg."), &o.lines, NULL, 0, 0},
        {OPT_FLAG, "json", 0, NULL, N_("Print the result of --check as JSON (versioned, stable)."), &o.json, NULL, 0,
         0},
    };
    const struct opt_usage usage = {
        "cmc admin", N_("[OPTION]..."),
        N_("Prints what the administrator of a Dogtag CA has to set so that users can enroll with a shared secret."),
        N_("With --check the exit code is 0 when everything is set, 4 when something is missing or different.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    o.site.ldap_port = o.port > 0 ? (int)o.port : 0;
    if (argc != rest) {
        err_fail(&err, ERR_USAGE, "%s", _("Name files with --check."));
        return tool_fail(usage.program, &err, o.json);
    }
    if (o.site.version && !admin_version_ok(o.site.version, &err)) {
        return tool_fail(usage.program, &err, o.json);
    }
    char *host = NULL;
    bool ok = tool_rules_hold(table, ARRAY_LEN(table), RULES, ARRAY_LEN(RULES), &err) &&
              (!o.directory || admin_site_directory(&o.site, o.directory, &host, &err));
    code = !ok ? -1 : o.check ? check(&o, &err) : print(&o, &err);
    free(host);
    return code < 0 ? tool_fail(usage.program, &err, o.json) : code;
}
