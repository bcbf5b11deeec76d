/* SPDX-License-Identifier: Apache-2.0 */
/* cmc ca: what a CA tells about itself, and the descriptions that a helpdesk makes from it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/strv.h"
#include "flow/cadesc.h"
#include "flow/chainfile.h"
#include "net/firstcontact.h"
#include "net/submit.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/tool.h"

struct options {
    const char *host, *proxy, *chain, *name, *title, *contact, *directory, *base_dn, *language, *output, *label;
    struct strv profiles;
    long port;
    bool json, practice, save, pop_link_required, est;
};

/* What the CA showed, and its version. */
struct seen {
    struct cert_list chain; /* CA certificates, the issuing one first; at least one */
    size_t asked;           /* which of them a person compares */
    char *version;          /* "" when not told */
};

static void seen_release(struct seen *seen)
{
    cert_list_release(&seen->chain);
    free(seen->version);
}

/* Asked only after the chain is known, and only of a server that belongs to that chain. */
static char *ask_version(struct nssdb *db, const struct options *o, const struct ca_url *url,
                         const struct cert_list *chain)
{
    struct net_options options = {.proxy = o->proxy, .pinned_chain = chain};
    char *version = carest_version(&options, db, url);
    return version ? version : xstrdup("");
}

/* What the CA tells, else the file's, else what the server sent with TLS. */
static bool known_cas(const struct options *o, struct nssdb *db, const struct first_contact *fc, struct seen *seen,
                      struct err *err)
{
    struct cert_list cas = CERT_LIST_INIT;
    if (o->chain && !fc->ca_chain.n) {
        bool ok = chain_file_read(o->chain, &cas, err) && chain_file_fits(db, fc, &cas, &seen->chain, err);
        cert_list_release(&cas);
        return ok;
    }
    first_contact_cas(fc, &seen->chain);
    const struct cert *asked = first_contact_asked(fc);
    while (asked && !cert_equal(seen->chain.v[seen->asked], asked)) {
        seen->asked++;
    }
    return asked || err_fail(err, ERR_FLOW_NO_CHAIN, "%s:%ld", o->host, o->port);
}

static bool look(const struct options *o, struct nssdb *db, const struct ca_url *url, struct seen *seen,
                 struct err *err)
{
    struct net_options options = {.proxy = o->proxy};
    struct first_contact fc = {0};
    if (!first_contact(&options, db, url, &fc, err)) {
        return false;
    }
    bool ok = known_cas(o, db, &fc, seen, err);
    for (size_t i = 0; ok && !o->chain && i < fc.notes.n; i++) {
        fprintf(stderr, "%s\n", fc.notes.v[i]);
    }
    first_contact_release(&fc);
    if (!ok) {
        return false;
    }
    seen->version = o->est ? xstrdup("") : ask_version(db, o, url, &seen->chain); /* an EST server is not the CA */
    return true;
}

static bool contact(const struct options *o, struct seen *seen, struct err *err)
{
    *seen = (struct seen){.chain = CERT_LIST_INIT};
    struct ca_url url = {0};
    const char *label = o->label ? o->label : "";
    char *est = xasprintf(NET_EST_FOLDER "%s%scacerts", label, *label ? "/" : "");
    bool ok = o->host || err_fail(err, ERR_USAGE, "%s", _("Name the CA's host with --host."));
    ok = ok && (!o->label || o->est || err_fail(err, ERR_USAGE, "%s", _("--label is for EST servers: give --est, too.")));
    struct nssdb *db = ok ? nssdb_open(NULL, NSSDB_NONE, NULL, err) : NULL;
    ok = db && ca_url_make(true, o->host, (int)o->port, o->est ? est : "/", &url, err) && look(o, db, &url, seen, err);
    free(est);
    ca_url_release(&url);
    nssdb_close(db);
    if (!ok) {
        seen_release(seen);
    }
    return ok;
}

/* Fingerprints need an open NSS; the database without a folder is enough. */
static char *fingerprint(const struct cert *c, bool colons)
{
    struct buf print = BUF_INIT(64);
    struct err ignored = ERR_INIT;
    struct nssdb *db = nssdb_open(NULL, NSSDB_NONE, NULL, &ignored);
    char *text = db && cert_fingerprint(c, HASH_SHA256, &print, &ignored)
                     ? (colons ? bytes_hex_colons(buf_peek(&print)) : bytes_hex(buf_peek(&print)))
                     : xstrdup("");
    nssdb_close(db);
    err_release(&ignored);
    buf_release(&print);
    return text;
}

static bool chain_pem(const struct cert_list *chain, struct buf *pem)
{
    bool ok = true;
    for (size_t i = 0; ok && i < chain->n; i++) {
        ok = pem_encode(cert_der(chain->v[i]), "CERTIFICATE", 64, false, pem);
    }
    return ok;
}

static struct json *json_seen(const struct seen *seen)
{
    struct json *root = json_new_object(), *list = json_set_array(root, "chain");
    json_set_str(root, "version-of-ca", seen->version);
    for (size_t i = 0; i < seen->chain.n; i++) {
        char *subject = cert_subject(seen->chain.v[i]), *print = fingerprint(seen->chain.v[i], true);
        struct json *row = json_add_object(list);
        json_set_str(row, "subject", subject);
        json_set_str(row, "fingerprint", print);
        free(subject);
        free(print);
    }
    return root;
}

static void print_info(const struct options *o, const struct seen *seen)
{
    struct json *root = json_seen(seen);
    if (o->json) {
        tool_print_json(root);
        return;
    }
    printf(_("CA           %s:%ld\nVersion      %s\n"), o->host, o->port, *seen->version ? seen->version : _("not told"));
    for (const struct json *row = json_first(json_get(root, "chain")); row; row = json_next(row)) {
        printf(_("Certificate  %s\n             SHA-256 %s\n"), json_get_str(row, "subject", ""), json_get_str(row, "fingerprint", ""));
    }
    json_free(root);
}

static int verb_info(const struct options *o, struct err *err)
{
    struct seen seen;
    if (!contact(o, &seen, err)) {
        return -1;
    }
    print_info(o, &seen);
    seen_release(&seen);
    return EXIT_DONE;
}

static int verb_chain(const struct options *o, struct err *err)
{
    struct seen seen;
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    if (!contact(o, &seen, err)) {
        return -1;
    }
    bool ok = chain_pem(&seen.chain, &pem) || err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && (!o->output || file_write(o->output, buf_peek(&pem), 0644, err));
    if (ok && o->json) {
        struct json *root = json_seen(&seen);
        json_set_str(root, o->output ? "output" : "pem", o->output ? o->output : buf_str(&pem));
        tool_print_json(root);
    } else if (ok && !o->output) {
        fputs(buf_str(&pem), stdout);
    }
    buf_release(&pem);
    seen_release(&seen);
    return ok ? EXIT_DONE : -1;
}

static bool set_profiles(const struct options *o, struct cadesc *d, struct err *err)
{
    for (size_t i = 0; i < o->profiles.n; i++) {
        char *pair = xstrdup(o->profiles.v[i]), *equals = strchr(pair, '=');
        bool ok = equals && equals != pair && equals[1];
        if (ok) {
            *equals = '\0';
            if (!d->profiles) {
                d->profiles = json_new_object();
            }
            json_set_str(d->profiles, pair, equals + 1);
        }
        free(pair);
        if (!ok) {
            return err_fail(err, ERR_USAGE, "%s", _("--profile wants PURPOSE=PROFILE, e.g. user=caFullCMCUserCert."));
        }
    }
    return true;
}

static bool describe(const struct options *o, const struct seen *seen, struct cadesc *d, struct err *err)
{
    const struct cert_list *chain = &seen->chain;
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    if (!chain->n || !chain_pem(chain, &pem)) {
        buf_release(&pem);
        return err_fail(err, ERR_FLOW_CADESC_BAD, "%s", _("The server shows no certificate chain."));
    }
    *d = (struct cadesc){.name = xstrdup(o->name),
                         .title = xstrdup(o->title ? o->title : o->host),
                         .host = xstrdup(o->host),
                         .port = (int)o->port,
                         .ca_version = xstrdup(seen->version),
                         .chain_pem = buf_take_str(&pem),
                         .fingerprint = fingerprint(chain->v[seen->asked], false),
                         .directory = xstrdup(o->directory),
                         .base_dn = xstrdup(o->base_dn),
                         .contact = xstrdup(o->contact),
                         .language = xstrdup(o->language),
                         .protocol = o->est ? xstrdup("est") : NULL,
                         .practice = o->practice,
                         .pop_link_required = o->pop_link_required};
    return set_profiles(o, d, err);
}

/* The description is JSON itself: where it goes into a file, --json says where it lies. */
static void print_exported(const struct options *o, const char *print)
{
    if (o->json && (o->save || o->output)) {
        struct json *root = json_new_object();
        json_set_str(root, "name", o->name);
        json_set_str(root, "fingerprint", print);
        json_set_bool(root, "saved", o->save);
        json_set_str(root, "output", o->save ? NULL : o->output);
        tool_print_json(root);
    }
    fprintf(stderr, _("Compare before you hand it out: SHA-256 %s\n"), print);
}

static int verb_export(const struct options *o, struct err *err)
{
    struct seen seen;
    struct cadesc d = {0};
    if (!o->name) {
        err_fail(err, ERR_USAGE, "%s", _("Give the description a name with --name."));
        return -1;
    }
    if (!contact(o, &seen, err)) {
        return -1;
    }
    bool ok = describe(o, &seen, &d, err);
    if (ok && o->save) {
        ok = cadesc_save(&d, err);
    } else if (ok) {
        char *text = cadesc_print(&d);
        ok = !o->output || file_write(o->output, bytes_of_str(text), 0644, err);
        if (!o->output) {
            fputs(text, stdout);
        }
        free(text);
    }
    if (ok) {
        char *print = fingerprint(seen.chain.v[seen.asked], true);
        print_exported(o, print);
        free(print);
    }
    cadesc_release(&d);
    seen_release(&seen);
    return ok ? EXIT_DONE : -1;
}

static int verb_list(const struct options *o, struct err *err)
{
    struct cadesc *list = NULL;
    size_t n = 0;
    struct strv problems = STRV_INIT;
    if (!cadesc_list(&list, &n, &problems, err)) {
        return -1;
    }
    struct json *root = json_new_object(), *rows = json_set_array(root, "descriptions");
    for (size_t i = 0; i < n; i++) {
        struct json *row = json_add_object(rows);
        json_set_str(row, "name", list[i].name);
        json_set_str(row, "host", list[i].host);
        json_set_num(row, "port", list[i].port);
        if (!o->json) {
            printf("%-20s %s:%d  %s\n", list[i].name, list[i].host, list[i].port, list[i].title);
        }
    }
    for (size_t i = 0; i < problems.n; i++) {
        fprintf(stderr, "%s\n", problems.v[i]);
    }
    if (o->json) {
        tool_print_json(root);
    } else {
        json_free(root);
    }
    strv_release(&problems);
    cadesc_list_free(list, n);
    return EXIT_DONE;
}

/* To add a verb: a row, its function above, a word in the synopsis. */
static const struct {
    const char *name;
    int (*run)(const struct options *o, struct err *err);
} VERBS[] = {{"info", verb_info}, {"chain", verb_chain}, {"export", verb_export}, {"list", verb_list}};

int tool_ca(int argc, char **argv)
{
    struct options o = {.port = 8443};
    const struct opt table[] = {
        {OPT_STR, "host", 0, N_("HOST"), N_("Name of the CA's computer."), &o.host, NULL, 0, 0},
        {OPT_INT, "port", 0, N_("PORT"), N_("Port of its secure end-entity pages."), &o.port, NULL, 1, 65535},
        {OPT_STR, "proxy", 0, N_("URL"), N_("Go through this HTTP proxy (http://HOST:PORT)."), &o.proxy, NULL, 0, 0},
        {OPT_FLAG, "est", 0, NULL, N_("It is an EST server (RFC 7030): ask it for cacerts."), &o.est, NULL, 0, 0},
        {OPT_STR, "label", 0, N_("LABEL"), N_("Label in the path of the EST server."), &o.label, NULL, 0, 0},
        {OPT_STR, "chain", 0, N_("FILE"),
         N_("The CA's certificates (PEM, DER or PKCS#7), for a CA that does not show them."), &o.chain, NULL, 0, 0},
        {OPT_STR, "output", 'o', N_("FILE"), N_("Write there instead of standard output."), &o.output, NULL, 0, 0},
        {OPT_HEADING, NULL, 0, NULL, N_("For cmc ca export:"), NULL, NULL, 0, 0},
        {OPT_STR, "name", 0, N_("NAME"), N_("Name of the description (a-z, 0-9, dot, dash, underline)."), &o.name, NULL,
         0, 0},
        {OPT_STR, "title", 0, N_("TEXT"), N_("What users see."), &o.title, NULL, 0, 0},
        {OPT_STR, "contact", 0, N_("TEXT"), N_("Whom users can ask."), &o.contact, NULL, 0, 0},
        {OPT_STR, "directory", 0, N_("URL"), N_("LDAP directory with the users, if it may be read anonymously."),
         &o.directory, NULL, 0, 0},
        {OPT_STR, "base-dn", 0, N_("DN"), N_("Where users are in it."), &o.base_dn, NULL, 0, 0},
        {OPT_STR, "language", 0, N_("CODE"), N_("Language of its users, e.g. de."), &o.language, NULL, 0, 0},
        {OPT_STRV, "profile", 0, N_("PURPOSE=ID"), N_("Profile for a purpose; may be given again."), &o.profiles, NULL,
         0, 0},
        {OPT_FLAG, "practice", 0, NULL, N_("It is a practice CA."), &o.practice, NULL, 0, 0},
        {OPT_FLAG, "pop-link-required", 0, NULL,
         N_("The CA has cmc.popLinkWitnessRequired=true: requests that it would refuse are told before they are sent."),
         &o.pop_link_required, NULL, 0, 0},
        {OPT_FLAG, "save", 0, NULL, N_("Store it for yourself, where the wizard finds it."), &o.save, NULL, 0, 0},
        {OPT_FLAG, "json", 0, NULL, N_("Print the result as JSON."), &o.json, NULL, 0, 0},
    };
    const struct opt_usage usage = {"cmc ca", N_("info|chain|export|list [OPTION]..."),
                                    N_("Fetches nothing but the chain and the version of a CA, without any secret or "
                                       "certificate of yours; exports descriptions for the wizard."),
                                    NULL};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    code = -1;
    const char *verb = argc - rest == 1 ? argv[rest] : "";
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(VERBS); i++) {
        if (strcmp(VERBS[i].name, verb) == 0) {
            known = true;
            code = VERBS[i].run(&o, &err);
        }
    }
    if (!known) {
        err_fail(&err, ERR_USAGE, "%s", _("Say what to do: info, chain, export or list."));
    }
    strv_release(&o.profiles);
    return code < 0 ? tool_fail(usage.program, &err, o.json) : code;
}
