/* SPDX-License-Identifier: Apache-2.0 */
/* cmc find, fetch and archived: what a CA has issued, and what its key recovery authority keeps, over their REST interfaces. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/cadesc.h"
#include "flow/engine.h"
#include "net/kra.h"
#include "nss/certdb.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/find.h"
#include "tools/tool.h"

struct options {
    struct tool_options common;
    const char *host, *proxy, *ca, *chain;
    long port, start, size;
    /* find */
    struct ca_search search;
    const char *issued_after, *issued_before, *expires_after, *expires_before;
    /* archived */
    const char *nickname, *owner;
    long kra_port;
    /* fetch */
    const char *output;
    bool with_chain, der;
};

#define SERVER_OPTIONS(o)                                                                                              \
    {OPT_STR, "ca", 0, N_("NAME"), N_("Description of the CA: server and trusted chain (see cmc ca)."),                \
     &(o).ca, NULL, 0, 0},                                                                                             \
        {OPT_STR, "host", 0, N_("HOST"), N_("Name of the CA's computer."), &(o).host, NULL, 0, 0},                     \
        {OPT_INT, "port", 0, N_("PORT"), N_("Port of its secure end-entity pages."), &(o).port, NULL, 1, 65535},       \
        {OPT_STR,    "chain", 0, N_("FILE"), N_("PEM file of the CA certificates that the server must belong to."),    \
         &(o).chain, NULL,    0, 0},                                                                                   \
        {OPT_STR,           "dbdir", 'd', N_("DIR"), N_("NSS database whose trusted CAs the server must belong to."),  \
         &(o).common.dbdir, NULL,    0,   0},                                                                          \
    {                                                                                                                  \
        OPT_STR, "proxy", 0, N_("URL"), N_("Go through this HTTP proxy (http://HOST:PORT)."), &(o).proxy, NULL, 0, 0   \
    }

/* The connection and what it lends. */
struct server {
    struct engine engine;
    struct secrets *secrets; /* for archived only */
    struct cert_list pinned;
    struct cadesc desc;
    struct ca_url url;
    struct net_options net;
    struct net_identity identity; /* cert NULL: anonymous */
    struct carest *rest;
};

static void server_close(struct server *s)
{
    carest_close(s->rest);
    cert_free(s->identity.cert);
    secrets_free(s->secrets);
    ca_url_release(&s->url);
    cadesc_release(&s->desc);
    cert_list_release(&s->pinned);
    engine_release(&s->engine);
}

/* Whom to believe: a description, a file, or a database. */
static bool find_trust(const struct options *o, struct server *s, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = true;
    if (o->chain) {
        ok = file_read(o->chain, &pem, err) && pem_decode_all(buf_peek(&pem), &s->pinned, err);
    } else if (o->ca) {
        ok = pem_decode_all(bytes_of_str(s->desc.chain_pem), &s->pinned, err);
    } else if (!o->common.dbdir) {
        ok = err_fail(err, ERR_USAGE, "%s", _("Say which CA to trust, with --ca, --chain or --dbdir."));
    }
    buf_release(&pem);
    return ok;
}

static bool open_nss(const struct options *o, struct server *s, struct err *err)
{
    if (o->nickname) { /* an agent shows a certificate, whose key needs the database's password */
        s->engine.secrets = s->secrets = tool_secrets(&o->common);
        if (!engine_open_db(&s->engine, o->common.dbdir, true, false, err) || !engine_login(&s->engine, o->common.token, err)) {
            return false;
        }
        s->identity = (struct net_identity){s->engine.db, certdb_find(s->engine.db, o->common.token, o->nickname, err)};
        return s->identity.cert != NULL;
    }
    if (o->common.dbdir) {
        return engine_open_db(&s->engine, o->common.dbdir, false, false, err);
    }
    s->engine.db = nssdb_open(NULL, NSSDB_NONE, NULL, err);
    return s->engine.db != NULL;
}

static bool server_open(const struct options *o, struct server *s, struct err *err)
{
    *s = (struct server){.pinned = CERT_LIST_INIT};
    engine_init(&s->engine, NULL);
    if (o->ca && !cadesc_find(o->ca, &s->desc, err)) {
        return false;
    }
    const char *host = o->host ? o->host : s->desc.host;
    int port = o->port ? (int)o->port : s->desc.port ? s->desc.port : 8443;
    if (!host) {
        return err_fail(err, ERR_USAGE, "%s", _("Name the CA's host with --host, or its description with --ca."));
    }
    if (!open_nss(o, s, err) || !find_trust(o, s, err) || !ca_url_make(true, host, port, "/", &s->url, err)) {
        return false;
    }
    s->net = (struct net_options){.proxy = o->proxy, .pinned_chain = s->pinned.n ? &s->pinned : NULL};
    s->rest = carest_open(&s->net, s->engine.db, s->identity.cert ? &s->identity : NULL, &s->url, err);
    return s->rest != NULL;
}

/* ---- find ---- */

static void set_time(struct json *row, const char *key, int64_t when)
{
    char *text = when ? when_rfc3339(when) : NULL;
    json_set_str(row, key, text);
    free(text);
}

static void add_entry(struct json *list, const struct ca_cert_entry *e)
{
    struct json *row = json_add_object(list);
    json_set_str(row, "serial", e->serial);
    json_set_str(row, "subject", e->subject);
    json_set_str(row, "issuer", e->issuer);
    json_set_str(row, "status", e->status);
    set_time(row, "not-before", e->not_before);
    set_time(row, "not-after", e->not_after);
    set_time(row, "issued-on", e->issued_on);
    set_time(row, "revoked-on", e->revoked_on);
    json_set_str(row, "issued-by", *e->issued_by ? e->issued_by : NULL);
    json_set_str(row, "revoked-by", *e->revoked_by ? e->revoked_by : NULL);
}

static void print_entry(const struct ca_cert_entry *e)
{
    char *serial = text_visible_str(e->serial), *subject = text_visible_str(e->subject),
         *status = text_visible_str(e->status);
    char *until = e->not_after ? when_human(e->not_after) : xstrdup(""), *padded = text_padded(until, 21);
    printf("%-12s %-16s %s %s\n", serial, status, padded, subject);
    free(padded);
    free(serial);
    free(subject);
    free(status);
    free(until);
}

static void print_entries(const struct options *o, const struct ca_cert_entries *found)
{
    struct json *root = json_new_object(), *list = json_set_array(root, "certificates");
    json_set_num(root, "total", (double)found->total);
    for (size_t i = 0; i < found->n; i++) {
        if (o->common.json) {
            add_entry(list, &found->v[i]);
        } else {
            print_entry(&found->v[i]);
        }
    }
    if (o->common.json) {
        tool_print_json(root);
        return;
    }
    json_free(root);
    if (found->n < (size_t)found->total) {
        fprintf(stderr, _("Certificates shown: %zu of %ld\n"), found->n, found->total);
    } else {
        fprintf(stderr, ngettext("%ld certificate\n", "%ld certificates\n", (unsigned long)found->total), found->total);
    }
}

static bool read_dates(struct options *o, struct err *err)
{
    const struct {
        const char *text;
        int64_t *to;
    } dates[] = {{o->issued_after, &o->search.issued_on_from},
                 {o->issued_before, &o->search.issued_on_to},
                 {o->expires_after, &o->search.not_after_from},
                 {o->expires_before, &o->search.not_after_to}};
    for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
        if (dates[i].text && !find_date(dates[i].text, dates[i].to, err)) {
            return false;
        }
    }
    return true;
}

static bool run_find(struct options *o, struct err *err)
{
    struct server s;
    struct ca_cert_entries found = {0};
    bool ok = server_open(o, &s, err) && read_dates(o, err) &&
              carest_search(s.rest, &o->search, o->start, o->size, &found, err);
    if (ok) {
        print_entries(o, &found);
    }
    ca_cert_entries_release(&found);
    server_close(&s);
    return ok;
}

int tool_find(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT};
    const struct opt table[] = {
        SERVER_OPTIONS(o),
        {OPT_HEADING, NULL, 0, NULL, N_("Only certificates:"), NULL, NULL, 0, 0},
        {OPT_STR, "name", 0, N_("TEXT"), N_("whose common name has this text in it."), &o.search.common_name, NULL, 0,
         0},
        {OPT_STR, "uid", 0, N_("TEXT"), N_("with this user id in the subject."), &o.search.user_id, NULL, 0, 0},
        {OPT_STR, "email", 0, N_("TEXT"), N_("with this e-mail address in the subject."), &o.search.email, NULL, 0, 0},
        {OPT_STR, "org", 0, N_("TEXT"), N_("of this organization."), &o.search.org, NULL, 0, 0},
        {OPT_STR, "org-unit", 0, N_("TEXT"), N_("of this organizational unit."), &o.search.org_unit, NULL, 0, 0},
        {OPT_FLAG, "exact", 0, NULL, N_("These texts are the whole values, not parts of them."), &o.search.exact, NULL,
         0, 0},
        {OPT_CHOICE, "status", 0, N_("STATUS"), N_("with this status."), &o.search.status,
         "VALID|INVALID|REVOKED|EXPIRED|REVOKED_EXPIRED", 0, 0},
        {OPT_STR, "serial-from", 0, N_("SERIAL"), N_("from this serial number on."), &o.search.serial_from, NULL, 0, 0},
        {OPT_STR, "serial-to", 0, N_("SERIAL"), N_("up to this serial number."), &o.search.serial_to, NULL, 0, 0},
        {OPT_STR, "issued-by", 0, N_("TEXT"), N_("issued through this agent."), &o.search.issued_by, NULL, 0, 0},
        {OPT_STR, "issued-after", 0, N_("DATE"), N_("issued on this day (2026-11-20, UTC) or later."), &o.issued_after,
         NULL, 0, 0},
        {OPT_STR, "issued-before", 0, N_("DATE"), N_("issued before this day."), &o.issued_before, NULL, 0, 0},
        {OPT_STR, "expires-after", 0, N_("DATE"), N_("valid until this day or longer."), &o.expires_after, NULL, 0, 0},
        {OPT_STR, "expires-before", 0, N_("DATE"), N_("that expire before this day."), &o.expires_before, NULL, 0, 0},
        {OPT_HEADING, NULL, 0, NULL, N_("Of those:"), NULL, NULL, 0, 0},
        {OPT_INT, "start", 0, N_("N"), N_("Leave the first N out."), &o.start, NULL, 0, 1000000000},
        {OPT_INT, "size", 0, N_("N"), N_("Show at most N (default: all, up to 10000)."), &o.size, NULL, 1,
         CA_SEARCH_MAX},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {
        "cmc find", N_("[OPTION]..."),
        N_("Searches the certificates that a CA has issued. No password or certificate of yours is "
           "needed; the server is checked before anything is asked."),
        NULL};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    bool ok = (argc == rest ||
               err_fail(&err, ERR_USAGE, "%s", _("Give what to search for as options, for example --name TEXT."))) &&
              run_find(&o, &err);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.common.json);
}

/* ---- fetch ---- */

static bool pem_of(const struct options *o, const struct ca_cert *cert, struct buf *out)
{
    bool ok = true;
    for (size_t i = 0; ok && i < cert->chain.n && (i == 0 || o->with_chain); i++) {
        ok = pem_encode(cert_der(cert->chain.v[i]), "CERTIFICATE", 64, false, out);
    }
    return ok;
}

static void print_cert(const struct options *o, const struct ca_cert *cert, const struct buf *pem)
{
    const struct cert *leaf = cert->chain.v[0];
    if (o->common.json) {
        struct json *root = json_new_object();
        char *serial = cert_serial_text(leaf), *subject = cert_subject(leaf), *issuer = cert_issuer(leaf);
        json_set_str(root, "serial", serial);
        json_set_str(root, "subject", subject);
        json_set_str(root, "issuer", issuer);
        json_set_str(root, "status", cert->status);
        set_time(root, "not-before", cert_not_before(leaf));
        set_time(root, "not-after", cert_not_after(leaf));
        json_set_str(root, "output", o->output);
        json_set_str(root, "pem", buf_str(pem));
        tool_print_json(root);
        free(serial);
        free(subject);
        free(issuer);
        return;
    }
    char *text = cert_show(leaf), *status = text_visible_str(cert->status);
    fputs(text, stderr);
    fprintf(stderr, _("Status: %s\n"), status);
    free(status);
    free(text);
    if (!o->output) {
        fputs(buf_str(pem), stdout);
    }
}

static bool run_fetch(const struct options *o, const char *serial, struct err *err)
{
    struct server s;
    struct ca_cert cert = {.chain = CERT_LIST_INIT};
    struct buf pem = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = server_open(o, &s, err) && find_fetch(s.rest, serial, &cert, err) &&
              (pem_of(o, &cert, &pem) || err_fail(err, ERR_INTERNAL, NULL));
    if (ok && o->output) {
        ok = file_write(o->output, o->der ? cert_der(cert.chain.v[0]) : buf_peek(&pem), 0644, err);
    }
    if (ok) {
        print_cert(o, &cert, &pem);
    }
    buf_release(&pem);
    ca_cert_release(&cert);
    server_close(&s);
    return ok;
}

int tool_fetch(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT};
    const struct opt table[] = {
        SERVER_OPTIONS(o),
        {OPT_STR, "output", 'o', N_("FILE"), N_("Write the certificate there instead of to standard output."),
         &o.output, NULL, 0, 0},
        {OPT_FLAG, "der", 0, NULL, N_("Write DER instead of PEM; needs --output."), &o.der, NULL, 0, 0},
        {OPT_FLAG, "with-chain", 0, NULL, N_("The CA's chain as well, below the certificate."), &o.with_chain, NULL, 0,
         0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {
        "cmc fetch", N_("[OPTION]... SERIAL"),
        N_("Gets one certificate of a CA by its serial number (decimal, or hex after 0x), shows it "
           "and its status, and writes it as PEM."),
        NULL};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    bool ok = argc - rest == 1 || err_fail(&err, ERR_USAGE, "%s", _("Name one serial number."));
    ok = ok && (!o.der || o.output || err_fail(&err, ERR_USAGE, "%s", _("--der needs --output."))) &&
         run_fetch(&o, argv[rest], &err);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.common.json);
}

/* ---- archived ---- */

/* A file with the certificate, or its serial number, with which the CA is asked for it. */
static bool take_cert(const struct options *o, const char *what, struct cert **cert, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct cert_list certs = CERT_LIST_INIT;
    struct ca_cert told = {.chain = CERT_LIST_INIT};
    struct server s;
    bool ok;
    if (file_exists(what)) {
        ok = file_read(what, &text, err) && pem_decode_all(buf_peek(&text), &certs, err);
        *cert = ok && certs.n ? cert_ref(certs.v[0]) : NULL;
    } else {
        struct options anonymous = *o;
        anonymous.nickname = NULL;
        ok = server_open(&anonymous, &s, err) && find_fetch(s.rest, what, &told, err);
        *cert = ok && told.chain.n ? cert_ref(told.chain.v[0]) : NULL;
        server_close(&s);
    }
    ca_cert_release(&told);
    cert_list_release(&certs);
    buf_release(&text);
    return *cert || (!err_is_set(err) && err_fail(err, ERR_NET_REST_NOT_FOUND, "%s", what));
}

static bool ask_kra(const struct options *o, const struct cert *cert, char **id, struct err *err)
{
    struct options there = *o;
    struct server s;
    char *subject = cert_subject(cert);
    there.port = o->kra_port ? o->kra_port : o->port;
    bool ok = server_open(&there, &s, err) && kra_find_key(s.rest, o->owner ? o->owner : subject, cert_spki(cert), id, err);
    server_close(&s);
    free(subject);
    return ok;
}

static void print_archived(const struct options *o, const struct cert *cert, const char *id)
{
    char *serial = cert_serial_text(cert), *subject = cert_subject(cert), *shown = id ? text_visible_str(id) : NULL;
    if (o->common.json) {
        struct json *root = json_new_object();
        json_set_str(root, "serial", serial);
        json_set_str(root, "subject", subject);
        json_set_bool(root, "archived", id != NULL);
        json_set_str(root, "key", shown);
        tool_print_json(root);
    } else if (id) {
        printf(_("The key recovery authority keeps the key of %s (%s): key %s.\n"), serial, subject, shown);
    } else {
        printf(_("The key recovery authority keeps no key of %s (%s).\n"), serial, subject);
    }
    free(serial);
    free(subject);
    free(shown);
}

int tool_archived(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT};
    const struct opt table[] = {
        SERVER_OPTIONS(o),
        {OPT_INT, "kra-port", 0, N_("PORT"), N_("Port of the key recovery authority, where it is not the CA's."), &o.kra_port, NULL, 1,
         65535},
        {OPT_STR, "nickname", 'n', N_("NAME"), N_("Your certificate as an agent of the key recovery authority."), &o.nickname, NULL, 0, 0},
        {OPT_STR, "token", 0, N_("NAME"), N_("PKCS#11 token; internal is the database itself."), &o.common.token, NULL, 0, 0},
        TOOL_OPT_PASSWORD(o.common),
        {OPT_STR, "owner", 0, N_("DN"),
         N_("Owner's name as it is written in the authority's list of keys; else the certificate's subject."), &o.owner, NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {
        "cmc archived", N_("-d DIR -n NAME [OPTION]... SERIAL|FILE"),
        N_("Asks the key recovery authority (KRA) whether it has archived the private key that belongs to a certificate. Only a KRA "
           "agent can ask; the public key is compared, and no key is recovered."),
        N_("Exit codes: 0 the key is archived, 5 it is not, others as with every command.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    struct cert *cert = NULL;
    char *id = NULL;
    bool ok = argc - rest == 1 || err_fail(&err, ERR_USAGE, "%s", _("Name one serial number, or a file with the certificate."));
    ok = ok && ((o.common.dbdir && o.nickname) || err_fail(&err, ERR_USAGE, "%s", _("--dbdir and --nickname are needed.")));
    ok = ok && take_cert(&o, argv[rest], &cert, &err) && ask_kra(&o, cert, &id, &err);
    if (ok) {
        print_archived(&o, cert, id);
    }
    code = ok ? (id ? EXIT_DONE : EXIT_WAITING) : tool_fail(usage.program, &err, o.common.json);
    cert_free(cert);
    free(id);
    return code;
}
