/* SPDX-License-Identifier: Apache-2.0 */
/* pki ca-cert-find, -show, -export, and cert-* of older versions: the CA's certificates over REST. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "nss/certdb.h"
#include "tools/dogtag.h"
#include "tools/dogtag_args.h"
#include "tools/find.h"
#include "tools/pki.h"
#include "tools/tool.h"

struct connection {
    struct ca_url url;
    struct net_options net;
    struct net_identity identity;
    struct carest *rest;
};

static void connection_close(struct connection *c)
{
    carest_close(c->rest);
    cert_free(c->identity.cert);
    ca_url_release(&c->url);
}

static bool find_url(const struct pki *p, struct ca_url *url, struct err *err)
{
    char here[256] = "localhost";
    int port = 0;
    if (p->url) {
        return ca_url_parse(p->url, url, err);
    }
    if (!p->host && gethostname(here, sizeof here - 1) != 0) {
        snprintf(here, sizeof here, "localhost");
    }
    bool tls = strcasecmp(p->protocol, "https") == 0;
    if (!tls && strcasecmp(p->protocol, "http") != 0) {
        return pki_misuse(err, "Unknown protocol", p->protocol);
    }
    return (dogtag_number(p->port, 1, 65535, &port) || pki_misuse(err, "Invalid port", p->port)) &&
           ca_url_make(tls, p->host ? p->host : here, port, "/", url, err);
}

/* What `pki` was told to overlook about the server's certificate. We know two steps only: checked, or not at all. */
static bool server_unchecked(const struct pki *p)
{
    static const char *const words[] = {"UNKNOWN_ISSUER", "UNTRUSTED_ISSUER", "BAD_CERT_DOMAIN", "CA_CERT_INVALID"};
    for (size_t i = 0; p->ignored_statuses && i < ARRAY_LEN(words); i++) {
        if (strstr(p->ignored_statuses, words[i])) {
            fprintf(stderr, "pki: warning: the server's certificate is NOT checked (--ignore-cert-status)\n");
            return true;
        }
    }
    return false;
}

static bool connect_to(struct pki *p, struct connection *c, struct err *err)
{
    *c = (struct connection){
        .net = {.insecure = server_unchecked(p), .ocsp = p->skip_revocation ? NET_OCSP_OFF : NET_OCSP_SOFT}};
    if (!find_url(p, &c->url, err) || !pki_open(p, false, false, err)) {
        return false;
    }
    if (p->nickname) {
        c->identity = (struct net_identity){p->engine.db, certdb_find(p->engine.db, p->token, p->nickname, err)};
        if (!c->identity.cert) {
            return false;
        }
    }
    c->rest = carest_open(&c->net, p->engine.db, c->identity.cert ? &c->identity : NULL, &c->url, err);
    return c->rest != NULL;
}

/* ---- find ---- */

static void print_when(const char *label, int64_t when)
{
    char *text = when ? java_date(when) : xstrdup("null");
    printf("  %s: %s\n", label, text);
    free(text);
}

static void print_visible(const char *label, const char *raw)
{
    char *text = text_visible_str(raw);
    printf("  %s: %s\n", label, text);
    free(text);
}

static void print_entry(const struct ca_cert_entry *e)
{
    print_visible("Serial Number", e->serial);
    print_visible("Subject DN", e->subject);
    print_visible("Issuer DN", e->issuer);
    print_visible("Status", e->status);
    if (e->version >= 0) {
        printf("  Type: X.509 version %d\n", e->version + 1);
    } else {
        printf("  Type: X.509\n");
    }
    bool rsa = strcmp(e->key_algorithm, "1.2.840.113549.1.1.1") == 0;
    char *algorithm = rsa                 ? xstrdup("PKCS #1 RSA")
                      : *e->key_algorithm ? xasprintf("OID.%s", e->key_algorithm)
                                          : xstrdup("");
    char *key = e->key_length ? xasprintf("%s with %d-bit key", algorithm, e->key_length) : xstrdup(algorithm);
    print_visible("Key Algorithm", key);
    free(key);
    free(algorithm);
    print_when("Not Valid Before", e->not_before);
    print_when("Not Valid After", e->not_after);
    print_when("Issued On", e->issued_on);
    print_visible("Issued By", e->issued_by);
    if (e->revoked_on) {
        print_when("Revoked On", e->revoked_on);
    }
    if (*e->revoked_by) {
        print_visible("Revoked By", e->revoked_by);
    }
}

struct dates {
    const char *before_from, *before_to, *after_from, *after_to, *issued_from, *issued_to, *revoked_from, *revoked_to;
};

static bool set_dates(const struct dates *d, struct ca_search *search, struct err *err)
{
    const struct {
        const char *text;
        int64_t *to;
    } rows[] = {
        {d->before_from, &search->not_before_from},  {d->before_to, &search->not_before_to},
        {d->after_from, &search->not_after_from},    {d->after_to, &search->not_after_to},
        {d->issued_from, &search->issued_on_from},   {d->issued_to, &search->issued_on_to},
        {d->revoked_from, &search->revoked_on_from}, {d->revoked_to, &search->revoked_on_to},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].text && !find_date(rows[i].text, rows[i].to, err)) {
            return false;
        }
    }
    return true;
}

struct find_args {
    struct ca_search search;
    struct dates dates;
    const char *start, *size;
    int start_n, size_n;
};

/* Dogtag shows twenty at a time when nothing else is asked for. */
#define PAGE 20

static bool find_args(struct find_args *a, int argc, char **argv, struct err *err)
{
    *a = (struct find_args){.start = "0", .size_n = PAGE};
    struct ca_search *s = &a->search;
    const struct pki_arg rows[] = {
        {"name", &s->common_name, NULL},
        {"email", &s->email, NULL},
        {"uid", &s->user_id, NULL},
        {"org", &s->org, NULL},
        {"orgUnit", &s->org_unit, NULL},
        {"locality", &s->locality, NULL},
        {"state", &s->state, NULL},
        {"country", &s->country, NULL},
        {"matchExactly", NULL, &s->exact},
        {"status", &s->status, NULL},
        {"minSerialNumber", &s->serial_from, NULL},
        {"maxSerialNumber", &s->serial_to, NULL},
        {"issuedBy", &s->issued_by, NULL},
        {"revokedBy", &s->revoked_by, NULL},
        {"revocationReason", &s->reason, NULL},
        {"validNotBeforeFrom", &a->dates.before_from, NULL},
        {"validNotBeforeTo", &a->dates.before_to, NULL},
        {"validNotAfterFrom", &a->dates.after_from, NULL},
        {"validNotAfterTo", &a->dates.after_to, NULL},
        {"issuedOnFrom", &a->dates.issued_from, NULL},
        {"issuedOnTo", &a->dates.issued_to, NULL},
        {"revokedOnFrom", &a->dates.revoked_from, NULL},
        {"revokedOnTo", &a->dates.revoked_to, NULL},
        {"start", &a->start, NULL},
        {"size", &a->size, NULL},
    };
    struct pki_words words = {.max = 0};
    return pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) &&
           (dogtag_number(a->start, 0, 1000000000, &a->start_n) || pki_misuse(err, "Invalid page start", a->start)) &&
           (!a->size || dogtag_number(a->size, 1, CA_SEARCH_MAX, &a->size_n) ||
            pki_misuse(err, "Invalid page size", a->size)) &&
           set_dates(&a->dates, s, err);
}

static bool cert_find(struct pki *p, int argc, char **argv, struct err *err)
{
    struct find_args a;
    if (!find_args(&a, argc, argv, err)) {
        return false;
    }
    struct connection c;
    struct ca_cert_entries found = {0};
    bool ok = connect_to(p, &c, err) && carest_search(c.rest, &a.search, a.start_n, a.size_n, &found, err);
    if (ok) {
        pki_message("%ld entries found", found.total);
    }
    for (size_t i = 0; ok && i < found.n; i++) {
        fputs(i ? "\n" : "", stdout);
        print_entry(&found.v[i]);
    }
    if (ok && found.total) {
        pki_message("Number of entries returned %zu", found.n);
    }
    ca_cert_entries_release(&found);
    connection_close(&c);
    return ok;
}

/* ---- show and export ---- */

static bool get(struct pki *p, const char *serial, struct ca_cert *cert, struct err *err)
{
    struct connection c;
    bool ok = connect_to(p, &c, err) && find_fetch(c.rest, serial, cert, err);
    connection_close(&c);
    return ok;
}

/* As the server sends it: 76 columns. */
static bool write_pem(const struct cert *cert, const char *file, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = dogtag_pem(cert_der(cert), "CERTIFICATE", &pem) || err_fail(err, ERR_INTERNAL, NULL);
    if (ok && file) {
        ok = file_write(file, buf_peek(&pem), 0644, err);
    } else if (ok) {
        fputs(buf_str(&pem), stdout);
    }
    buf_release(&pem);
    return ok;
}

static bool print_cert(const struct ca_cert *data, bool pretty, bool encoded, struct err *err)
{
    const struct cert *cert = data->chain.v[0];
    char *serial = cert_serial_text(cert), *subject = cert_subject(cert), *issuer = cert_issuer(cert);
    char *from = java_date(cert_not_before(cert)), *to = java_date(cert_not_after(cert));
    printf("  Serial Number: %s\n  Subject DN: %s\n  Issuer DN: %s\n", serial, subject, issuer);
    print_visible("Status", data->status);
    printf("  Not Valid Before: %s\n  Not Valid After: %s\n", from, to);
    free(serial);
    free(subject);
    free(issuer);
    free(from);
    free(to);
    if (data->revoked_at) {
        print_when("Revoked On", data->revoked_at);
    } else if (*data->revoked_on) {
        print_visible("Revoked On", data->revoked_on);
    }
    if (*data->revoked_by) {
        print_visible("Revoked By", data->revoked_by);
    }
    if (pretty) {
        printf("\n");
        java_cert_print(stdout, cert);
        printf("\n");
    }
    if (encoded) {
        printf("\n");
        return write_pem(cert, NULL, err);
    }
    return true;
}

static bool cert_show_command(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *output = NULL;
    bool pretty = false, encoded = false;
    const struct pki_arg rows[] = {{"output", &output, NULL}, {"pretty", NULL, &pretty}, {"encoded", NULL, &encoded}};
    struct pki_words words = {.max = 1};
    struct ca_cert cert = {.chain = CERT_LIST_INIT};
    bool ok = pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) &&
              (words.n || err_fail(err, ERR_USAGE, "Missing Serial Number.")) && get(p, words.v[0], &cert, err) &&
              (!output || write_pem(cert.chain.v[0], output, err)) && print_cert(&cert, pretty, encoded, err);
    ca_cert_release(&cert);
    return ok;
}

/* --output is what a guide writes; Dogtag's own option is --output-file. */
static bool cert_export(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *output = NULL, *format = "pem";
    const struct pki_arg rows[] = {
        {"output-file", &output, NULL}, {"output", &output, NULL}, {"output-format", &format, NULL}};
    struct pki_words words = {.max = 1};
    struct ca_cert cert = {.chain = CERT_LIST_INIT};
    bool ok = pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) &&
              (words.n || err_fail(err, ERR_USAGE, "Missing serial number")) && get(p, words.v[0], &cert, err) &&
              (strcasecmp(format, "pem") == 0 ? write_pem(cert.chain.v[0], output, err)
                                              : pki_write_cert(cert.chain.v[0], output, format, err));
    ca_cert_release(&cert);
    return ok;
}

/* To add one: a row, and one without function in dogtag_pki.c. */
static const struct pki_command COMMANDS[] = {
    {"ca-cert-find", cert_find}, {"ca-cert-show", cert_show_command}, {"ca-cert-export", cert_export},
    {"cert-find", cert_find},    {"cert-show", cert_show_command},    {"cert-export", cert_export},
};

int dogtag_pki_ca(int argc, char **argv)
{
    return pki_main(COMMANDS, ARRAY_LEN(COMMANDS), "cmc-net", argc, argv);
}
