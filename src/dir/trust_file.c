/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libldap brings its own TLS (GnuTLS on Debian, OpenSSL on Fedora), which cannot look into an NSS database: it gets the
 * trusted CAs as a PEM file. The file lives only while the TLS context is made.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/when.h"
#include "dir/internal.h"
#include "nss/certdb.h"
#include "nss/chain.h"
#include "nss/dn.h"
#include "nss/pem.h"

/* Flag C in the first group: trusted to issue TLS server certificates. */
static bool trusted_for_servers(const struct certdb_entry *entry)
{
    size_t group = strcspn(entry->trust, ",");
    return memchr(entry->trust, 'C', group) != NULL;
}

/* all: every certificate of the database; anchors: the valid CAs that are trusted for servers, and more. all and more may be NULL. */
static bool collect(struct nssdb *db, const struct cert_list *more, struct cert_list *all, struct cert_list *anchors, struct err *err)
{
    for (size_t i = 0; more && i < more->n; i++) {
        cert_list_push(anchors, more->v[i]);
    }
    struct certdb_entry *list = NULL;
    size_t n = 0;
    if (!certdb_list(db, NULL, &list, &n, err)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (all) {
            cert_list_push(all, list[i].cert);
        }
        if (trusted_for_servers(&list[i]) && cert_valid_at(list[i].cert, when_now())) {
            cert_list_push(anchors, list[i].cert);
        }
    }
    certdb_entries_free(list, n);
    return true;
}

static bool to_pem(const struct cert_list *certs, struct buf *pem, struct err *err)
{
    for (size_t i = 0; i < certs->n; i++) {
        if (!pem_encode(cert_der(certs->v[i]), "CERTIFICATE", 64, false, pem)) {
            return err_fail(err, ERR_DIR_FAILED, "%s", _("The database holds too many trusted CAs."));
        }
    }
    return true;
}

/* Names in subjectAltName count; without that extension the subject's CN does (stock Dogtag installations have only
 * that). */
static bool has_name(const struct cert *cert, const char *host)
{
    struct strv names = STRV_INIT;
    bool found = false;
    bool readable = cert_sans(cert, &names);
    char *wanted = xasprintf("DNS:%s", host);
    if (readable && names.n > 0) {
        found = strv_has(&names, wanted);
    } else if (readable) {
        struct dn_rdn *rdns = NULL;
        size_t n = 0;
        char *subject = cert_subject(cert);
        bool split = dn_split(subject, &rdns, &n, NULL);
        for (size_t i = 0; split && i < n; i++) {
            found = found || (strcasecmp(rdns[i].type, "CN") == 0 && strcasecmp(rdns[i].value, host) == 0);
        }
        dn_rdns_free(rdns, n);
        free(subject);
    }
    free(wanted);
    strv_release(&names);
    return found;
}

bool trusted_server(struct nssdb *db, const struct cert_list *more, const struct cert *cert, const char *host, struct err *err)
{
    struct cert_list all = CERT_LIST_INIT;
    struct cert_list anchors = CERT_LIST_INIT;
    struct err why = ERR_INIT;
    bool purpose = !cert_has_eku_extension(cert) || cert_has_eku(cert, "1.3.6.1.5.5.7.3.1");
    bool good = collect(db, more, &all, &anchors, err);
    if (good && !(purpose && has_name(cert, host))) {
        good = err_fail(err, ERR_DIR_TLS, _("The certificate is not for this name: %s"), host);
    }
    if (good && !chain_verify_to(cert, &all, &anchors, when_now(), &why)) {
        good = err_fail(err, ERR_DIR_TLS, "%s", err_what(why.code));
    }
    err_release(&why);
    cert_list_release(&all);
    cert_list_release(&anchors);
    return good;
}

bool trust_file_make(struct nssdb *db, const struct cert_list *more, struct trust_file *file, struct err *err)
{
    struct buf pem = BUF_INIT((size_t)16 << 20);
    struct cert_list anchors = CERT_LIST_INIT;
    const char *tmp = getenv("TMPDIR");
    *file = (struct trust_file){0};
    bool good = !db || collect(db, more, NULL, &anchors, err);
    good = good && (anchors.n > 0 || err_fail(err, ERR_DIR_NO_TRUST, NULL)) && to_pem(&anchors, &pem, err);
    if (good) {
        file->folder = xasprintf("%s/cmcw-dir-XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp");
        good = mkdtemp(file->folder) || err_fail_errno(err, ERR_FILE_WRITE, NULL); /* 0700 */
    }
    if (good) {
        file->path = path_join(file->folder, "trusted.pem");
        good = file_write(file->path, buf_peek(&pem), 0600, err);
    }
    buf_release(&pem);
    cert_list_release(&anchors);
    if (!good) {
        trust_file_remove(file);
    }
    return good;
}

void trust_file_remove(struct trust_file *file)
{
    if (file->path) {
        unlink(file->path);
    }
    if (file->folder) {
        rmdir(file->folder);
    }
    free(file->path);
    free(file->folder);
    *file = (struct trust_file){0};
}
