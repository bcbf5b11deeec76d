/* SPDX-License-Identifier: Apache-2.0 */
/* pki client-init, nss-create, nss-remove, and what is in a database: certificates, keys, requests. */
#include "config.h"

#include <errno.h>
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
#include "nss/csr.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "tools/dogtag.h"
#include "tools/dogtag_args.h"
#include "tools/pki.h"

/* ---- database ---- */

static const char *const database_files[] = {"cert9.db", "key4.db", "pkcs11.txt"};

static const char *folder_of(const struct pki *p)
{
    return strncmp(p->dir, "sql:", 4) == 0 ? p->dir + 4 : p->dir;
}

/* Only what makes up the database; files of others in the folder stay, and then the folder, too. */
static bool remove_database(const struct pki *p, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(database_files); i++) {
        char *path = path_join(folder_of(p), database_files[i]);
        bool ok = file_wipe(path, err);
        free(path);
        if (!ok) {
            return false;
        }
    }
    return rmdir(folder_of(p)) == 0 || errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT ||
           err_fail_errno(err, ERR_FILE_WRITE, "%s", folder_of(p));
}

/* Nobody who answers is a no. */
static bool confirmed(const char *question, struct err *err)
{
    char answer[16] = "";
    printf("%s (y/N)? ", question);
    fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) && strncasecmp(answer, "y", 1) == 0) {
        return true;
    }
    return err_fail(err, ERR_USAGE, "Nothing was changed: answer y, or give --force.");
}

bool pki_database_create(struct pki *p, int argc, char **argv, struct err *err)
{
    bool force = false;
    const char *unused = NULL;
    const struct pki_arg rows[] = {{"force", NULL, &force}, {"enable-fips", NULL, &force}, {"password", &unused, NULL}};
    struct pki_words words = {.max = 0};
    if (!pki_args(rows, 1, argc, argv, &words, err)) {
        return false;
    }
    if (nssdb_present(p->dir)) {
        if (!force) {
            char *shown = text_visible_str(folder_of(p));
            printf("NSS database already exists in %s%s.\n", shown[0] == '/' ? "" : "./", shown);
            free(shown);
        }
        if ((!force && !confirmed("Overwrite", err)) || !remove_database(p, err)) {
            return false;
        }
    }
    if (!secrets_has(p->secrets, "password")) {
        struct secret none = SECRET_INIT;
        secret_set(&none, "", 0);
        secrets_set(p->secrets, "password", &none);
        secret_release(&none);
    }
    return pki_open(p, true, true, err);
}

bool pki_database_remove(struct pki *p, int argc, char **argv, struct err *err)
{
    bool force = false;
    const struct pki_arg rows[] = {{"force", NULL, &force}};
    struct pki_words words = {.max = 0};
    return pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) &&
           (nssdb_present(p->dir) || err_fail(err, ERR_NSS_DB_MISSING, "%s", folder_of(p))) &&
           (force || confirmed("Remove the NSS database", err)) && remove_database(p, err);
}

/* ---- certificates ---- */

static void print_short(const struct certdb_entry *e, bool serial_first)
{
    char *serial = cert_serial_text(e->cert), *subject = cert_subject(e->cert), *issuer = cert_issuer(e->cert);
    char *nickname = text_visible_str(e->nickname);
    if (serial_first) {
        printf("  Serial Number: %s\n  Nickname: %s\n", serial, nickname);
    } else {
        printf("  Nickname: %s\n  Serial Number: %s\n", nickname, serial);
    }
    printf("  Subject DN: %s\n  Issuer DN: %s\n", subject, issuer);
    free(nickname);
    free(serial);
    free(subject);
    free(issuer);
}

static void print_validity(const struct certdb_entry *e)
{
    char *from = java_date(cert_not_before(e->cert)), *to = java_date(cert_not_after(e->cert));
    printf("  Not Valid Before: %s\n  Not Valid After: %s\n  Trust Flags: %s\n", from, to, e->trust);
    free(from);
    free(to);
}

bool pki_client_find(struct pki *p, int argc, char **argv, struct err *err)
{
    bool ca = false;
    const struct pki_arg rows[] = {{"ca", NULL, &ca}};
    struct pki_words words = {.max = 0};
    struct certdb_entry *list = NULL;
    size_t n = 0, shown = 0, count = 0;
    bool ok = pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) && pki_open(p, false, false, err) &&
              certdb_list(p->engine.db, p->token, &list, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        count += !ca || cert_is_ca(list[i].cert);
    }
    if (ok && !count) {
        pki_message("No certificates found");
    } else if (ok) {
        pki_message("%zu certificate(s) found", count);
    }
    for (size_t i = 0; ok && i < n; i++) {
        if (!ca || cert_is_ca(list[i].cert)) {
            fputs(shown++ ? "\n" : "", stdout);
            print_short(&list[i], true);
        }
    }
    if (ok && count) {
        pki_message("Number of entries returned %zu", count);
    }
    certdb_entries_free(list, n);
    return ok;
}

static bool print_named(struct pki *p, const char *nickname, bool serial_first, struct err *err)
{
    struct certdb_entry e = {.nickname = xstrdup(nickname)};
    e.cert = certdb_find(p->engine.db, p->token, nickname, err);
    bool ok = e.cert != NULL;
    if (ok) {
        certdb_trust(p->engine.db, e.cert, e.trust);
        print_short(&e, serial_first);
        if (!serial_first) {
            print_validity(&e);
        }
    }
    cert_free(e.cert);
    free(e.nickname);
    return ok;
}

static bool show_named(struct pki *p, int argc, char **argv, bool serial_first, struct err *err)
{
    struct pki_words words = {.max = 1};
    return pki_args(NULL, 0, argc, argv, &words, err) &&
           (words.n || err_fail(err, ERR_USAGE, "Missing certificate nickname")) && pki_open(p, false, false, err) &&
           print_named(p, words.v[0], serial_first, err);
}

bool pki_client_show(struct pki *p, int argc, char **argv, struct err *err)
{
    return show_named(p, argc, argv, true, err);
}

bool pki_nss_show(struct pki *p, int argc, char **argv, struct err *err)
{
    return show_named(p, argc, argv, false, err);
}

bool pki_nss_find(struct pki *p, int argc, char **argv, struct err *err)
{
    struct pki_words words = {.max = 0};
    struct certdb_entry *list = NULL;
    size_t n = 0;
    bool ok = pki_args(NULL, 0, argc, argv, &words, err) && pki_open(p, false, false, err) &&
              certdb_list(p->engine.db, p->token, &list, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        fputs(i ? "\n" : "", stdout);
        print_short(&list[i], false);
        print_validity(&list[i]);
    }
    certdb_entries_free(list, n);
    return ok;
}

bool pki_nss_export(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *file = NULL, *format = NULL;
    const struct pki_arg rows[] = {{"output-file", &file, NULL}, {"format", &format, NULL}};
    struct pki_words words = {.max = 2};
    if (!pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) || !pki_open(p, false, false, err)) {
        return false;
    }
    if (!words.n) {
        return err_fail(err, ERR_USAGE, "Missing required positional argument: nickname");
    }
    struct cert *cert = certdb_find(p->engine.db, p->token, words.v[0], err);
    bool ok = cert && pki_write_cert(cert, file ? file : words.n > 1 ? words.v[1] : NULL, format, err);
    cert_free(cert);
    return ok;
}

/* ---- keys ---- */

static bool key_choice(const char *type, const char *size, const char *curve, struct key_spec *spec, struct err *err)
{
    bool ec = type && strcasecmp(type, "EC") == 0;
    if (type && !ec && strcasecmp(type, "RSA") != 0) {
        return pki_misuse(err, "Unsupported key type", type);
    }
    *spec = (struct key_spec){.type = ec ? KEY_EC : KEY_RSA, .curve = ec ? curve : NULL};
    return ec || !size || dogtag_number(size, 1, 65536, &spec->bits) || pki_misuse(err, "Invalid key size", size);
}

static bool print_key(const struct key *key, bool json, struct err *err)
{
    struct buf id = BUF_INIT(256);
    bool ok = key_id(key, &id, err);
    if (ok) {
        char *hex = bytes_hex(buf_peek(&id));
        const char *type = key_type(key) == KEY_EC ? "EC" : "RSA";
        printf(json ? "{\n  \"keyId\" : \"0x%s\",\n  \"type\" : \"%s\",\n  \"algorithm\" : \"%s\"\n}\n"
                    : "  Key ID: 0x%s\n  Type: %s\n  Algorithm: %s\n",
               hex, type, type);
        free(hex);
    }
    buf_release(&id);
    return ok;
}

bool pki_key_create(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *type = NULL, *size = NULL, *curve = NULL, *format = "text";
    const struct pki_arg rows[] = {{"output-format", &format, NULL},
                                   {"key-type", &type, NULL},
                                   {"key-size", &size, NULL},
                                   {"key-strength", &size, NULL},
                                   {"curve", &curve, NULL}};
    struct pki_words words = {.max = 0};
    struct key_spec spec;
    if (!pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) || !key_choice(type, size, curve, &spec, err) ||
        !pki_open(p, true, false, err)) {
        return false;
    }
    struct key *key = key_generate(p->engine.db, p->token, &spec, err);
    bool ok = key && print_key(key, strcasecmp(format, "json") == 0, err);
    key_free(key);
    return ok;
}

bool pki_key_find(struct pki *p, int argc, char **argv, struct err *err)
{
    struct pki_words words = {.max = 0};
    struct key **list = NULL;
    size_t n = 0;
    bool ok = pki_args(NULL, 0, argc, argv, &words, err) && pki_open(p, false, false, err) &&
              key_list(p->engine.db, p->token, &list, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        fputs(i ? "\n" : "", stdout);
        ok = print_key(list[i], false, err);
    }
    key_list_free(list, n);
    return ok;
}

struct request {
    const char *subject, *file, *key_id;
    struct key_spec spec;
    bool skid;
};

/* A new key, or the one of that identifier. */
static struct key *request_key(struct pki *p, const struct request *r, struct err *err)
{
    struct buf id = BUF_INIT(256);
    struct key *key = NULL;
    if (!r->key_id) {
        key = key_generate(p->engine.db, p->token, &r->spec, err);
    } else if (key_id_parse(r->key_id, &id, err)) {
        key = key_find(p->engine.db, p->token, buf_peek(&id), err);
    }
    buf_release(&id);
    return key;
}

/* A new key whose request could not be stored goes again. */
static bool write_request(struct pki *p, const struct request *r, struct err *err)
{
    struct buf name = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT), pem = BUF_INIT(BUF_MAX_TEXT);
    struct csr_spec what = {.ski = r->skid};
    struct key *key = NULL;
    bool ok = dogtag_dn(r->subject, 0, &name, err) && (key = request_key(p, r, err)) != NULL;
    what.subject_der = buf_peek(&name);
    ok = ok && csr_build(key, &what, HASH_SHA256, &der, err) &&
         (dogtag_pem(buf_peek(&der), "CERTIFICATE REQUEST", &pem) || err_fail(err, ERR_INTERNAL, NULL)) &&
         (!r->file || file_write(r->file, buf_peek(&pem), 0644, err));
    if (ok && !r->file) {
        fputs(buf_str(&pem), stdout);
    }
    if (ok || r->key_id) {
        key_free(key);
    } else if (key) {
        bool removed = key_delete(p->engine.db, key, NULL);
        (void)removed;
    }
    buf_release(&name);
    buf_release(&der);
    buf_release(&pem);
    return ok;
}

bool pki_nss_request(struct pki *p, int argc, char **argv, struct err *err)
{
    const char *type = NULL, *size = NULL, *curve = NULL;
    struct request r = {.skid = false};
    const struct pki_arg rows[] = {{"subject", &r.subject, NULL}, {"key-type", &type, NULL}, {"key-size", &size, NULL},
                                   {"key-strength", &size, NULL}, {"curve", &curve, NULL},   {"csr", &r.file, NULL},
                                   {"key-id", &r.key_id, NULL},   {"skid", NULL, &r.skid}};
    struct pki_words words = {.max = 0};
    return pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) && key_choice(type, size, curve, &r.spec, err) &&
           (r.subject || err_fail(err, ERR_USAGE, "Missing subject name")) && pki_open(p, true, false, err) &&
           write_request(p, &r, err);
}
