/* SPDX-License-Identifier: Apache-2.0 */
/* pki pkcs7-cert-import, -export, -find and pkcs12-cert-find: packages of certificates without a database. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "nss/certdb.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/dogtag.h"
#include "tools/pki.h"
#include "tools/tool.h"

/* The certificates of a PKCS#7 file, root first. An empty package is not an error here. */
static bool read_sorted(struct pki *p, const char *file, struct cert_list *sorted, struct err *err)
{
    struct buf content = BUF_INIT(BUF_MAX_MESSAGE);
    struct cert_list certs = CERT_LIST_INIT;
    struct err own = ERR_INIT;
    p->engine.db = nssdb_open(NULL, NSSDB_NONE, NULL, err);
    bool ok = p->engine.db && tool_read(file ? file : "-", &content, err);
    if (ok && !pem_decode_all(buf_peek(&content), &certs, &own) && own.code != ERR_NSS_NO_CERTS) {
        err_move(err, &own);
        ok = false;
    }
    err_release(&own);
    if (ok && !certs.n) {
        printf("PKCS #7 data contains no certificates\n");
    }
    pki_sort(&certs, sorted);
    cert_list_release(&certs);
    buf_release(&content);
    return ok;
}

static bool add_pem(const struct cert *cert, struct buf *out, struct err *err)
{
    return dogtag_pem(cert_der(cert), "CERTIFICATE", out) || err_fail(err, ERR_INTERNAL, NULL);
}

static bool export_one(const struct cert *cert, const char *file, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = add_pem(cert, &pem, err) && file_write(file, buf_peek(&pem), 0644, err);
    if (ok) {
        char *subject = cert_subject(cert);
        printf("%s: %s\n", file, subject);
        free(subject);
    }
    buf_release(&pem);
    return ok;
}

static bool export_together(const struct cert_list *certs, const char *file, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = true;
    for (size_t i = 0; ok && i < certs->n; i++) {
        ok = add_pem(certs->v[i], &pem, err);
    }
    ok = ok && file_write(file, buf_peek(&pem), 0644, err);
    buf_release(&pem);
    return ok;
}

bool pki_pkcs7_cert_export(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *file = NULL, *output = NULL, *prefix = NULL, *suffix = "";
    const struct pki_arg rows[] = {{"pkcs7", &file, NULL},
                                   {"pkcs7-file", &file, NULL},
                                   {"output-file", &output, NULL},
                                   {"output-prefix", &prefix, NULL},
                                   {"output-suffix", &suffix, NULL}};
    struct pki_words words = {.max = 0};
    struct cert_list certs = CERT_LIST_INIT;
    bool ok = pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) && read_sorted(p, file, &certs, err);
    if (ok && output && certs.n) {
        ok = export_together(&certs, output, err);
    }
    for (size_t i = 0; ok && !output && i < certs.n; i++) {
        char *name =
            prefix ? xasprintf("%s%zu%s", prefix, i, suffix) : xasprintf("%s-%zu%s", file ? file : "-", i, suffix);
        ok = export_one(certs.v[i], name, err);
        free(name);
    }
    cert_list_release(&certs);
    return ok;
}

static void print_cert(const struct cert *cert)
{
    char *serial = cert_serial_text(cert), *subject = cert_subject(cert), *issuer = cert_issuer(cert);
    char *from = java_date(cert_not_before(cert)), *to = java_date(cert_not_after(cert));
    printf("  Serial Number: %s\n  Subject DN: %s\n  Issuer DN: %s\n  Not Valid Before: %s\n  Not Valid After: %s\n",
           serial, subject, issuer, from, to);
    free(serial);
    free(subject);
    free(issuer);
    free(from);
    free(to);
}

bool pki_pkcs7_cert_find(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *file = NULL;
    const struct pki_arg rows[] = {{"pkcs7", &file, NULL}, {"pkcs7-file", &file, NULL}};
    struct pki_words words = {.max = 0};
    struct cert_list certs = CERT_LIST_INIT;
    bool ok = pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) &&
              (file || err_fail(err, ERR_USAGE, "Missing PKCS #7 file.")) && read_sorted(p, file, &certs, err);
    for (size_t i = 0; ok && i < certs.n; i++) {
        fputs(i ? "\n" : "", stdout);
        print_cert(certs.v[i]);
    }
    cert_list_release(&certs);
    return ok;
}

static bool write_pkcs7(const struct cert_list *certs, const char *file, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE), text = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = pkcs7_build(certs, &der, err) &&
              (dogtag_pem(buf_peek(&der), "PKCS7", &text) || err_fail(err, ERR_INTERNAL, NULL)) &&
              file_write(file, buf_peek(&text), 0644, err);
    buf_release(&text);
    buf_release(&der);
    return ok;
}

/* Puts certificates into a PKCS#7 file. Nothing to put there leaves the file as it is, and is said. */
bool pki_pkcs7_cert_import(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *file = NULL, *input = NULL, *format = NULL;
    bool append = false;
    const struct pki_arg rows[] = {{"pkcs7", &file, NULL},
                                   {"input-file", &input, NULL},
                                   {"input-format", &format, NULL},
                                   {"append", NULL, &append}};
    struct pki_words words = {.max = 0};
    struct buf content = BUF_INIT(BUF_MAX_MESSAGE), old = BUF_INIT(BUF_MAX_MESSAGE);
    struct cert_list certs = CERT_LIST_INIT;
    bool ok = pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) &&
              (file || err_fail(err, ERR_USAGE, "Missing PKCS #7 file")) &&
              (p->engine.db = nssdb_open(NULL, NSSDB_NONE, NULL, err)) != NULL;
    if (ok && append) {
        ok = tool_read(file, &old, err) && pem_decode_all(buf_peek(&old), &certs, err);
    }
    ok = ok && tool_read(input ? input : "-", &content, err) &&
         (content.len || err_fail(err, ERR_NSS_NO_CERTS, NULL)) && pem_decode_all(buf_peek(&content), &certs, err) &&
         write_pkcs7(&certs, file, err);
    cert_list_release(&certs);
    buf_release(&old);
    buf_release(&content);
    return ok;
}

static void print_bag(const struct p12_cert *bag)
{
    char *id = bytes_hex(buf_peek(&bag->id)), *serial = cert_serial_text(bag->cert);
    char *subject = cert_subject(bag->cert), *issuer = cert_issuer(bag->cert);
    printf("  Certificate ID: 0x%s\n  Serial Number: %s\n", id, serial);
    if (*bag->name) {
        printf("  Friendly Name: %s\n", bag->name);
    }
    printf("  Subject DN: %s\n  Issuer DN: %s\n  Has Key: %s\n", subject, issuer, bag->has_key ? "true" : "false");
    if (bag->has_key) {
        printf("  Key ID: 0x%s\n", id);
    }
    free(id);
    free(serial);
    free(subject);
    free(issuer);
}

bool pki_pkcs12_find(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *file = NULL, *text = NULL, *password_file = NULL;
    const struct pki_arg rows[] = {{"pkcs12", &file, NULL},
                                   {"pkcs12-file", &file, NULL},
                                   {"password", &text, NULL},
                                   {"pkcs12-password", &text, NULL},
                                   {"password-file", &password_file, NULL},
                                   {"pkcs12-password-file", &password_file, NULL}};
    struct pki_words words = {.max = 0};
    struct buf content = BUF_INIT(BUF_MAX_MESSAGE);
    struct secret password = SECRET_INIT;
    struct p12_cert *list = NULL;
    size_t n = 0;
    bool ok = pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) &&
              (file || err_fail(err, ERR_USAGE, "Missing PKCS #12 file")) &&
              pki_password(text, password_file, &password, err) && tool_read(file, &content, err) &&
              (p->engine.db = nssdb_open(NULL, NSSDB_NONE, NULL, err)) != NULL &&
              p12_certs(p->engine.db, buf_peek(&content), &password, &list, &n, err);
    if (ok) {
        pki_message("%zu entries found", n);
    }
    for (size_t i = 0; ok && i < n; i++) {
        fputs(i ? "\n" : "", stdout);
        print_bag(&list[i]);
    }
    p12_certs_free(list, n);
    secret_release(&password);
    buf_release(&content);
    return ok;
}
