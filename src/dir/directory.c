/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "dir/directory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "dir/internal.h"

#define TIMEOUT_MS 15000

struct timeval dir_timeout(const struct dir *dir)
{
    return (struct timeval){dir->timeout_ms / 1000, (dir->timeout_ms % 1000) * 1000};
}

/* To add one: a row; all others are ERR_DIR_FAILED. */
static const struct {
    int rc;
    enum err_code code;
} results[] = {
    {LDAP_SERVER_DOWN, ERR_DIR_CONNECT},
    {LDAP_CONNECT_ERROR, ERR_DIR_CONNECT},
    {LDAP_UNAVAILABLE, ERR_DIR_CONNECT},
    {LDAP_BUSY, ERR_DIR_TIMEOUT},
    {LDAP_TIMEOUT, ERR_DIR_TIMEOUT},
    {LDAP_TIMELIMIT_EXCEEDED, ERR_DIR_TIMEOUT},
    {LDAP_INVALID_CREDENTIALS, ERR_DIR_LOGIN},
    {LDAP_INAPPROPRIATE_AUTH, ERR_DIR_LOGIN},
    {LDAP_INVALID_DN_SYNTAX, ERR_DIR_LOGIN},
    {LDAP_INSUFFICIENT_ACCESS, ERR_DIR_DENIED},
    {LDAP_STRONG_AUTH_REQUIRED, ERR_DIR_DENIED},
    {LDAP_CONFIDENTIALITY_REQUIRED, ERR_DIR_DENIED},
    {LDAP_UNWILLING_TO_PERFORM, ERR_DIR_DENIED},
    {LDAP_UNDEFINED_TYPE, ERR_DIR_SCHEMA},
    {LDAP_NO_SUCH_ATTRIBUTE, ERR_DIR_NO_TOKEN},
};

bool dir_fail(struct dir *dir, int rc, struct err *err)
{
    enum err_code code = ERR_DIR_FAILED;
    for (size_t i = 0; i < ARRAY_LEN(results); i++) {
        code = results[i].rc == rc ? results[i].code : code;
    }
    char *words = NULL;
    ldap_get_option(dir->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &words);
    err_fail(err, code, _("Directory: %s"), dir->place);
    if (words && *words) {
        char *shown = text_visible_str(words);
        err_context(err, _("It says: %s"), shown);
        free(shown);
    }
    ldap_memfree(words);
    err_detail(err, ERR_SOURCE_LDAP, rc, ldap_err2string(rc));
    return false;
}

/* ---- address ---- */

static bool scheme_is(const LDAPURLDesc *url, const char *scheme)
{
    return url->lud_scheme && strcasecmp(url->lud_scheme, scheme) == 0;
}

/* Only address and base: no filter, attributes, extensions. */
static LDAPURLDesc *url_parse(const char *text, struct err *err)
{
    LDAPURLDesc *url = NULL;
    bool good = text && ldap_url_parse(text, &url) == LDAP_URL_SUCCESS && !url->lud_next && !url->lud_exts &&
                !url->lud_attrs && url->lud_host && *url->lud_host &&
                (scheme_is(url, "ldap") || scheme_is(url, "ldaps") || scheme_is(url, "ldapi"));
    if (good) {
        return url;
    }
    char *shown = text_visible_str(text ? text : "");
    err_fail(err, ERR_DIR_URL, _("Address: %s"), shown);
    free(shown);
    if (url) {
        ldap_free_urldesc(url);
    }
    return NULL;
}

static bool password_safe(const LDAPURLDesc *url, bool start_tls)
{
    return !scheme_is(url, "ldap") || start_tls || text_is_loopback(url->lud_host);
}

bool dir_password_safe(const char *text, bool start_tls)
{
    LDAPURLDesc *url = url_parse(text, NULL);
    bool safe = url && password_safe(url, start_tls);
    if (url) {
        ldap_free_urldesc(url);
    }
    return safe;
}

/* What ldap_initialize() takes: without base. */
static char *server_uri(const LDAPURLDesc *url)
{
    if (scheme_is(url, "ldapi")) {
        struct buf escaped = BUF_INIT(4096);
        for (const char *p = url->lud_host; *p; p++) {
            buf_add(&escaped, *p == '/' ? "%%2F" : "%c", *p);
        }
        char *uri = xasprintf("ldapi://%s", buf_str(&escaped));
        buf_release(&escaped);
        return uri;
    }
    bool brackets = strchr(url->lud_host, ':') != NULL;
    return xasprintf("%s://%s%s%s:%d", url->lud_scheme, brackets ? "[" : "", url->lud_host, brackets ? "]" : "",
                     url->lud_port             ? url->lud_port
                     : scheme_is(url, "ldaps") ? 636
                                               : 389);
}

/* ---- TLS ---- */

/* libldap checks the certificate of "localhost" against this machine's own host name instead; for that one name we let
 * it take any certificate and judge it ourselves (tls_check_localhost). */
static bool name_is_localhost(const LDAPURLDesc *url)
{
    return strcasecmp(url->lud_host, "localhost") == 0;
}

static bool tls_prepare(struct dir *dir, const struct dir_options *options, const LDAPURLDesc *url, struct nssdb *db,
                        struct err *err)
{
    struct trust_file file;
    if (!trust_file_make(db, dir->anchors, &file, err)) {
        return false;
    }
    int demand = name_is_localhost(url) ? LDAP_OPT_X_TLS_ALLOW : LDAP_OPT_X_TLS_HARD;
    int version = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    int client = 0;
#ifdef LDAP_OPT_X_TLS_REQUIRE_SAN
    int names = LDAP_OPT_X_TLS_TRY; /* the common name counts only without alternative names (RFC 6125 section 6.4.4) */
#endif
    /* Every setting is made here, so that nothing of ldap.conf remains. */
    bool good = ldap_set_option(dir->ld, LDAP_OPT_X_TLS_CACERTFILE, file.path) == LDAP_OPT_SUCCESS &&
                ldap_set_option(dir->ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) == LDAP_OPT_SUCCESS &&
#ifdef LDAP_OPT_X_TLS_REQUIRE_SAN
                ldap_set_option(dir->ld, LDAP_OPT_X_TLS_REQUIRE_SAN, &names) == LDAP_OPT_SUCCESS &&
#endif
                ldap_set_option(dir->ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &version) == LDAP_OPT_SUCCESS;
    if (good) {
        ldap_set_option(dir->ld, LDAP_OPT_X_TLS_CACERTDIR, NULL);
        ldap_set_option(dir->ld, LDAP_OPT_X_TLS_CERTFILE, options->client_cert);
        ldap_set_option(dir->ld, LDAP_OPT_X_TLS_KEYFILE, options->client_key);
        good = ldap_set_option(dir->ld, LDAP_OPT_X_TLS_NEWCTX, &client) == LDAP_OPT_SUCCESS;
    }
    trust_file_remove(&file);
    return good || (options->client_cert ? err_fail(err, ERR_DIR_CLIENT_CERT, NULL)
                                         : err_fail(err, ERR_DIR_TLS, "%s", _("TLS could not be set up on this machine.")));
}

/* The server's certificate as libldap got it; NULL when there is none. */
static struct cert *peer_cert(struct dir *dir)
{
    struct berval der = {0};
    struct cert *cert = NULL;
    if (ldap_get_option(dir->ld, LDAP_OPT_X_TLS_PEERCERT, &der) == LDAP_OPT_SUCCESS && der.bv_val) {
        cert = cert_from_der(BYTES(der.bv_val, der.bv_len), NULL);
        ldap_memfree(der.bv_val);
    }
    return cert;
}

/* Before the bind. An operation that needs no rights brings the connection about; its result does not matter. */
static bool tls_check_localhost(struct dir *dir, struct nssdb *db, struct err *err)
{
    char *attributes[] = {(char *)(uintptr_t)LDAP_NO_ATTRS, NULL};
    struct timeval limit = dir_timeout(dir);
    LDAPMessage *result = NULL;
    int rc = ldap_search_ext_s(dir->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes, 0, NULL, NULL, &limit, 1,
                               &result);
    struct cert *cert = peer_cert(dir);
    ldap_msgfree(result);
    if (!cert) {
        return rc == LDAP_SUCCESS ? err_fail(err, ERR_DIR_TLS, NULL) : dir_fail(dir, rc, err);
    }
    bool good = trusted_server(db, dir->anchors, cert, "localhost", err);
    cert_free(cert);
    return good;
}

/* Is anybody there at all? Tells a server that is down from one whose TLS failed. */
static bool reachable(const LDAPURLDesc *url, const struct dir *dir)
{
    int limit = dir->timeout_ms < 3000 ? dir->timeout_ms : 3000;
    return dir_reachable(url->lud_host, url->lud_port ? url->lud_port : scheme_is(url, "ldaps") ? 636 : 389, limit, dir->stop);
}

/* ---- open ---- */

static bool options_set(struct dir *dir)
{
    int version = LDAP_VERSION3;
    int never = LDAP_DEREF_NEVER;
    struct timeval limit = dir_timeout(dir);
    return ldap_set_option(dir->ld, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS &&
           ldap_set_option(dir->ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS &&
           ldap_set_option(dir->ld, LDAP_OPT_DEREF, &never) == LDAP_OPT_SUCCESS &&
           ldap_set_option(dir->ld, LDAP_OPT_NETWORK_TIMEOUT, &limit) == LDAP_OPT_SUCCESS &&
           ldap_set_option(dir->ld, LDAP_OPT_TIMEOUT, &limit) == LDAP_OPT_SUCCESS;
}

static int bind_now(struct dir *dir, const struct dir_options *options)
{
    struct berval cred = {0};
    const char *dn = NULL;
    const char *mechanism = LDAP_SASL_SIMPLE;
    if (options->bind == DIR_SIMPLE) {
        dn = options->bind_dn;
        cred = (struct berval){options->password->len, options->password->text};
    } else if (options->bind == DIR_EXTERNAL) {
        mechanism = "EXTERNAL";
        cred.bv_val = (char *)(uintptr_t) ""; /* there, but empty: no other identity is asked for */
    }
    return ldap_sasl_bind_s(dir->ld, dn, mechanism, &cred, NULL, NULL, NULL);
}

static bool explain_bind(struct dir *dir, const struct dir_options *options, const LDAPURLDesc *url, int rc,
                         struct err *err)
{
    bool tls = scheme_is(url, "ldaps") || options->start_tls;
    dir_fail(dir, rc, err);
    if (!err) {
        return false;
    }
    if (options->bind == DIR_EXTERNAL && err->code != ERR_DIR_CONNECT && err->code != ERR_DIR_TIMEOUT) {
        err->code = ERR_DIR_EXTERNAL;
    } else if (err->code == ERR_DIR_CONNECT && tls && reachable(url, dir)) {
        err->code = ERR_DIR_TLS;
    }
    return false;
}

static bool connect_and_bind(struct dir *dir, const struct dir_options *options, const LDAPURLDesc *url,
                             struct nssdb *db, struct err *err)
{
    bool tls = scheme_is(url, "ldaps") || options->start_tls;
    if (!options_set(dir) || !dir_stop_watch(dir)) {
        return err_fail(err, ERR_DIR_FAILED, "%s", _("The LDAP library could not be set up."));
    }
    if (tls && !tls_prepare(dir, options, url, db, err)) {
        return false;
    }
    /* Where somebody may want to end the wait libldap gets a server that is there: its own connecting cannot be ended. */
    if (dir->stop && !scheme_is(url, "ldapi") && !reachable(url, dir)) {
        return dir_fail(dir, LDAP_SERVER_DOWN, err);
    }
    int rc = options->start_tls ? ldap_start_tls_s(dir->ld, NULL, NULL) : LDAP_SUCCESS;
    if (options->start_tls && rc != LDAP_SUCCESS) {
        explain_bind(dir, &(struct dir_options){.bind = DIR_ANONYMOUS, .start_tls = true}, url, rc, err);
        if (err && err->code == ERR_DIR_FAILED) {
            err->code = ERR_DIR_TLS; /* the server refuses StartTLS */
        }
        return false;
    }
    if (tls && name_is_localhost(url) && !tls_check_localhost(dir, db, err)) {
        if (err && err->code == ERR_DIR_CONNECT && reachable(url, dir)) {
            err->code = ERR_DIR_TLS;
        }
        return false;
    }
    rc = bind_now(dir, options);
    return rc == LDAP_SUCCESS || explain_bind(dir, options, url, rc, err);
}

/* An encrypted key would make the TLS library ask the terminal, or fail without a word. */
static bool client_files_ok(const struct dir_options *options, struct err *err)
{
    struct buf key = BUF_INIT(BUF_MAX_TEXT), cert = BUF_INIT(BUF_MAX_TEXT);
    struct stat st;
    key.secret = true;
    bool good = options->client_cert && options->client_key && file_read(options->client_cert, &cert, err) &&
                file_read(options->client_key, &key, err);
    if (good) {
        good = stat(options->client_key, &st) == 0 && !(st.st_mode & 077) && strstr(buf_str(&cert), "BEGIN CERTIFICATE") &&
               strstr(buf_str(&key), "PRIVATE KEY") && !strstr(buf_str(&key), "ENCRYPTED");
        good = good || err_fail(err, ERR_DIR_CLIENT_CERT, NULL);
    } else if (!err || err->code == ERR_NONE) {
        err_fail(err, ERR_DIR_CLIENT_CERT, NULL);
    }
    buf_release(&key);
    buf_release(&cert);
    return good;
}

static bool external_ok(const struct dir_options *options, const LDAPURLDesc *url, struct err *err)
{
    bool tls = scheme_is(url, "ldaps") || options->start_tls, files = options->client_cert || options->client_key;
    if (files && !tls) {
        return err_fail(err, ERR_DIR_CLIENT_CERT, "%s", _("It goes with ldaps:// or StartTLS only."));
    }
    if (files) {
        return client_files_ok(options, err);
    }
    return scheme_is(url, "ldapi") || err_fail(err, tls ? ERR_DIR_CLIENT_CERT : ERR_DIR_EXTERNAL, NULL);
}

/* Before anything is sent. */
static bool options_ok(const struct dir_options *options, const LDAPURLDesc *url, struct err *err)
{
    if (options->start_tls && !scheme_is(url, "ldap")) {
        return err_fail(err, ERR_DIR_URL, "%s", _("StartTLS goes with ldap:// only."));
    }
    if (options->bind == DIR_EXTERNAL && !external_ok(options, url, err)) {
        return false;
    }
    if (options->bind != DIR_SIMPLE) {
        return true;
    }
    if (!options->bind_dn || !*options->bind_dn || !options->password || !options->password->text ||
        options->password->len == 0) {
        /* A server would take an empty password for an anonymous bind (RFC 4513 section 5.1.2) and say yes. */
        return err_fail(err, ERR_DIR_LOGIN, "%s", _("A bind DN and a password that is not empty are needed."));
    }
    return password_safe(url, options->start_tls) || err_fail(err, ERR_DIR_PLAIN_PASSWORD, NULL);
}

struct dir *dir_open(const struct dir_options *options, struct nssdb *db, struct err *err)
{
    dir_memory_wiped();
    LDAPURLDesc *url = url_parse(options->url, err);
    struct dir *dir = NULL;
    if (url && options_ok(options, url, err)) {
        char *uri = server_uri(url);
        dir = xcalloc(1, sizeof(*dir));
        dir->base = xstrdup(url->lud_dn ? url->lud_dn : "");
        dir->place = text_visible_str(uri);
        dir->anchors = options->anchors;
        dir->stop = options->stop;
        dir->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
        bool good = ldap_initialize(&dir->ld, uri) == LDAP_SUCCESS ? connect_and_bind(dir, options, url, db, err)
                                                                   : err_fail(err, ERR_DIR_URL, NULL);
        free(uri);
        if (!good) {
            dir_close(dir);
            dir = NULL;
        }
    }
    if (url) {
        ldap_free_urldesc(url);
    }
    return dir;
}

void dir_close(struct dir *dir)
{
    if (!dir) {
        return;
    }
    if (dir->ld) {
        ldap_unbind_ext_s(dir->ld, NULL, NULL);
    }
    free(dir->base);
    free(dir->place);
    free(dir);
}

const char *dir_base(const struct dir *dir)
{
    return dir->base;
}

/* ---- schema ---- */

/* DN of the subschema entry; "cn=schema" and "cn=Subschema" are usual. Caller frees. */
static char *subschema_dn(struct dir *dir)
{
    char *attributes[] = {(char *)(uintptr_t) "subschemaSubentry", NULL};
    struct timeval limit = dir_timeout(dir);
    LDAPMessage *result = NULL;
    char *dn = NULL;
    if (ldap_search_ext_s(dir->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes, 0, NULL, NULL, &limit, 1,
                          &result) == LDAP_SUCCESS) {
        LDAPMessage *entry = ldap_first_entry(dir->ld, result);
        struct berval **values = entry ? ldap_get_values_len(dir->ld, entry, attributes[0]) : NULL;
        dn = values && values[0] ? xstrndup(values[0]->bv_val, values[0]->bv_len) : NULL;
        ldap_value_free_len(values);
    }
    ldap_msgfree(result);
    return dn ? dn : xstrdup("cn=schema");
}

/* "( 1.2.3 NAME 'shrTok' …" or "NAME ( 'a' 'b' )" (RFC 4512 section 4.1.2). */
static bool describes(const char *description, const char *attribute)
{
    char *quoted = xasprintf("'%s'", attribute);
    const char *name = strcasestr(description, "NAME ");
    const char *found = name ? strcasestr(name, quoted) : NULL;
    const char *end = name ? name + strcspn(name, ")") : NULL;
    const char *list = name ? name + 5 : NULL;
    bool several = list && list[strspn(list, " ")] == '(';
    bool good = found && (several ? found < end : found == list + strspn(list, " "));
    free(quoted);
    return good;
}

bool dir_schema_has(struct dir *dir, const char *attribute, bool *has, struct err *err)
{
    char *attributes[] = {(char *)(uintptr_t) "attributeTypes", NULL};
    struct timeval limit = dir_timeout(dir);
    LDAPMessage *result = NULL;
    char *dn = subschema_dn(dir);
    int rc = ldap_search_ext_s(dir->ld, dn, LDAP_SCOPE_BASE, "(objectClass=subschema)", attributes, 0, NULL, NULL,
                               &limit, 1, &result);
    *has = false;
    LDAPMessage *entry = rc == LDAP_SUCCESS ? ldap_first_entry(dir->ld, result) : NULL;
    struct berval **values = entry ? ldap_get_values_len(dir->ld, entry, attributes[0]) : NULL;
    for (size_t i = 0; values && values[i] && !*has; i++) {
        char *text = xstrndup(values[i]->bv_val, values[i]->bv_len);
        *has = describes(text, attribute);
        free(text);
    }
    ldap_value_free_len(values);
    ldap_msgfree(result);
    free(dn);
    return rc == LDAP_SUCCESS || dir_fail(dir, rc, err);
}
