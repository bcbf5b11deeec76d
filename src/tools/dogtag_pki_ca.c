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
#include "base/strv.h"
#include "base/text.h"
#include "nss/certdb.h"
#include "nss/pem.h"
#include "tools/dogtag.h"
#include "tools/dogtag_args.h"
#include "tools/find.h"
#include "tools/pki.h"
#include "tools/tool.h"

struct connection {
    struct ca_url url;
    struct net_options net;
    struct net_identity identity;
    struct strv headers;
    struct carest *rest;
};

static void connection_close(struct connection *c)
{
    carest_close(c->rest);
    cert_free(c->identity.cert);
    for (size_t i = 0; i < c->headers.n; i++) {
        mem_wipe(c->headers.v[i], strlen(c->headers.v[i]));
    }
    strv_release(&c->headers);
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

/* -u: the header of every request, which no octet of leaves before the server was checked. */
static bool add_account(struct pki *p, struct connection *c, struct err *err)
{
    struct secret password = SECRET_INIT;
    struct buf plain = {.max = 8192, .secret = true}, encoded = {.max = 16384, .secret = true};
    bool ok = (c->url.tls || err_fail(err, ERR_FLOW_SECRET_NEEDS_TLS, "pki -u %s", p->url ? p->url : p->protocol)) &&
              secrets_get(p->secrets, "account.password", NULL, false, -1, &password, err) &&
              ((buf_printf(&plain, "%s:%s", p->user, password.text) && base64_encode(buf_peek(&plain), 0, false, &encoded)) ||
               err_fail(err, ERR_INTERNAL, NULL));
    if (ok) {
        char *line = xasprintf("Authorization: Basic %s", buf_str(&encoded));
        strv_push(&c->headers, line);
        mem_wipe(line, strlen(line));
        free(line);
        c->net.headers = &c->headers;
    }
    secret_release(&password);
    buf_release(&plain);
    buf_release(&encoded);
    return ok;
}

static bool connect_to(struct pki *p, struct connection *c, bool writable, struct err *err)
{
    *c = (struct connection){
        .net = {.insecure = server_unchecked(p), .ocsp = p->skip_revocation ? NET_OCSP_OFF : NET_OCSP_SOFT}};
    if (!find_url(p, &c->url, err) || !pki_open(p, writable, false, err)) {
        return false;
    }
    if (p->nickname) {
        c->identity = (struct net_identity){p->engine.db, certdb_find(p->engine.db, p->token, p->nickname, err)};
        if (!c->identity.cert) {
            return false;
        }
    }
    if (p->user && !add_account(p, c, err)) {
        return false;
    }
    c->rest = carest_open(&c->net, p->engine.db, c->identity.cert ? &c->identity : NULL, &c->url, err);
    /* Certificates are shown to everybody; a login is asked for so that a wrong password does not pass. */
    return c->rest && (!p->user || (carest_start(c->rest, CAREST_LOGIN, NULL, err) && carest_finish(c->rest, err)));
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

static bool cert_find(struct pki *p, int argc, char **argv, struct err *err)
{
    struct pki_find a;
    if (!pki_find_args(&a, argc, argv, err)) {
        pki_find_release(&a);
        return false;
    }
    struct connection c;
    struct ca_cert_entries found = {0};
    bool ok = connect_to(p, &c, false, err) && carest_search(c.rest, &a.search, a.start_n, a.size_n, &found, err);
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
    pki_find_release(&a);
    return ok;
}

/* ---- show and export ---- */

static bool get(struct pki *p, const char *serial, struct ca_cert *cert, struct err *err)
{
    struct connection c;
    bool ok = connect_to(p, &c, false, err) && find_fetch(c.rest, serial, cert, err);
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

/* ---- client-cert-import --ca-server and --serial: only from a server that was checked ---- */

static bool take_chain(struct connection *c, struct cert_list *certs, struct err *err)
{
    return carest_start(c->rest, CAREST_CHAIN, NULL, err) && carest_finish(c->rest, err) &&
           carest_take_chain(c->rest, certs, err);
}

static bool take_one(struct connection *c, const char *serial, struct cert_list *certs, struct err *err)
{
    struct ca_cert cert = {.chain = CERT_LIST_INIT};
    bool ok = find_fetch(c->rest, serial, &cert, err);
    if (ok) {
        cert_list_push(certs, cert.chain.v[0]);
    }
    ca_cert_release(&cert);
    return ok;
}

static bool import_from_ca(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *serial = NULL, *trust = NULL;
    bool chain = false;
    const struct pki_arg rows[] = {{"serial", &serial, NULL}, {"trust", &trust, NULL}, {"ca-server", NULL, &chain}};
    struct pki_words words = {.max = 1};
    struct cert_list certs = CERT_LIST_INIT;
    struct connection c = {.rest = NULL};
    char *stored = NULL;
    bool ok = pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) &&
              (chain || words.n || err_fail(err, ERR_USAGE, "Missing certificate nickname")) &&
              connect_to(p, &c, true, err) && (chain ? take_chain(&c, &certs, err) : take_one(&c, serial, &certs, err));
    const struct pki_import how = {.nickname = words.n ? words.v[0] : NULL,
                                   .trust = trust ? trust : chain ? "CT,C,C" : "u,u,u",
                                   .ca = chain};
    ok = ok && pki_import_certs(p, "pki", &certs, &how, &stored, err);
    if (ok && !chain) {
        printf("Imported certificate \"%s\"\n", stored ? stored : "");
    }
    free(stored);
    cert_list_release(&certs);
    connection_close(&c);
    return ok;
}

/* To add one: a row, and one without function in dogtag_pki.c. */
static const struct pki_command COMMANDS[] = {
    {"ca-cert-find", cert_find}, {"ca-cert-show", cert_show_command}, {"ca-cert-export", cert_export},
    {"cert-find", cert_find},    {"cert-show", cert_show_command},    {"cert-export", cert_export},
    {"client-cert-import", import_from_ca},
};

int dogtag_pki_ca(int argc, char **argv)
{
    return pki_main(COMMANDS, ARRAY_LEN(COMMANDS), NULL, argc, argv);
}
