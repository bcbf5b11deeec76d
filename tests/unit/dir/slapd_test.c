/* SPDX-License-Identifier: Apache-2.0 */
/* Shared tokens in a real directory. Skipped without slapd. */
#include "config.h"

#include "unit/unit.h"

#include <sys/wait.h>

#include "base/secret.h"
#include "dir/sharedtoken_store.h"
#include "flow/admin.h"
#include "harness/testcert.h"
#include "harness/testslapd.h"
#include "nss/certdb.h"
#include "nss/nssdb.h"

#define TOKEN "MAYEAQEEAQI="
#define OTHER_TOKEN "MAYEAQMEAQQ="
#define PEOPLE "ou=people,dc=example,dc=com"
#define SUFFIX "dc=example,dc=com"

static struct {
    char *folder;
    struct nssdb *db;
    struct testcert ca, server;
    struct testslapd slapd;
    struct secret password;
    char url[3][128]; /* ldap, ldaps, ldapi */
} fix;

enum { PLAIN, TLS, LOCAL };

static void must(bool ok, struct err *err)
{
    if (!ok) {
        char *text = err_format(err, "test");
        fprintf(stderr, "%s\n", text);
        free(text);
    }
    assert_true(ok);
}

static void trust_ca(const char *trust)
{
    struct err err = ERR_INIT;
    size_t len;
    char *der = testcert_crt(&fix.ca, false, &len);
    struct cert *cert = cert_from_der(BYTES(der, len), &err);
    must(cert && certdb_import(fix.db, NULL, cert, "Directory CA", trust, &err), &err);
    cert_free(cert);
    free(der);
}

static int setup(void **state)
{
    struct err err = ERR_INIT;
    struct secret none = SECRET_INIT;
    void *folder = NULL;
    (void)state;
    assert_int_equal(unit_folder(&folder), 0);
    fix.folder = folder;
    testcert_make(&fix.ca, &(struct testcert_spec){.cn = "Directory CA", .ca = true});
    testcert_make(
        &fix.server,
        &(struct testcert_spec){.cn = "ds", .issuer = &fix.ca, .dns = "localhost", .ip = "127.0.0.1", .server = true});
    char *dir = path_join(fix.folder, "db");
    fix.db = nssdb_open(dir, NSSDB_CREATE, NULL, &err);
    must(fix.db != NULL, &err);
    secret_set(&none, "", 0);
    must(nssdb_init_password(fix.db, &none, &err), &err);
    secret_release(&none);
    free(dir);
    trust_ca("CT,C,C");
    if (!testslapd_start(&fix.slapd, fix.folder, &fix.server, &fix.ca, true)) {
        fprintf(stderr, "slapd does not start\n");
        return -1;
    }
    secret_set(&fix.password, TESTSLAPD_PASSWORD, strlen(TESTSLAPD_PASSWORD));
    snprintf(fix.url[PLAIN], sizeof(fix.url[0]), "ldap://localhost:%d/" PEOPLE, fix.slapd.port);
    snprintf(fix.url[TLS], sizeof(fix.url[0]), "ldaps://localhost:%d/" PEOPLE, fix.slapd.tls_port);
    snprintf(fix.url[LOCAL], sizeof(fix.url[0]), "%s/" PEOPLE, fix.slapd.ldapi);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    testslapd_stop(&fix.slapd);
    secret_release(&fix.password);
    nssdb_close(fix.db);
    testcert_release(&fix.ca);
    testcert_release(&fix.server);
    return unit_folder_remove((void *[]){fix.folder});
}

static struct dir_options options(int url)
{
    return (struct dir_options){
        .url = fix.url[url], .bind = DIR_SIMPLE, .bind_dn = TESTSLAPD_ADMIN, .password = &fix.password};
}

static struct dir *opened(const struct dir_options *o)
{
    struct err err = ERR_INIT;
    struct dir *dir = dir_open(o, fix.db, &err);
    must(dir != NULL, &err);
    return dir;
}

static void open_fails(const struct dir_options *o, enum err_code code)
{
    struct err err = ERR_INIT;
    struct dir *dir = dir_open(o, fix.db, &err);
    assert_null(dir);
    if (err.code != code) {
        must(false, &err);
    }
    unit_expect_err(&err, code);
}

/* put, get, list, replace, remove over one kind of connection */
static void whole_round(struct dir *dir)
{
    struct err err = ERR_INIT;
    struct dir_user user;
    struct dir_user *users;
    size_t n;
    char *token;
    must(dir_user_find(dir, NULL, "jdoe", NULL, &user, &err), &err);
    assert_string_equal(user.dn, "uid=jdoe," PEOPLE);
    assert_false(user.has_token);
    dir_user_release(&user);
    must(dir_token_put(dir, NULL, "jdoe", NULL, "MAYEA\r\nQEEAQI=\r\n", &err), &err);
    must(dir_token_get(dir, PEOPLE, "jdoe", NULL, &user, &token, &err), &err);
    assert_string_equal(token, TOKEN);
    assert_true(user.has_token);
    free(token);
    dir_user_release(&user);
    must(dir_token_put(dir, NULL, "jdoe", NULL, OTHER_TOKEN, &err), &err);
    must(dir_token_get(dir, NULL, "jdoe", "shrTok", NULL, &token, &err), &err);
    assert_string_equal(token, OTHER_TOKEN);
    free(token);
    must(dir_token_list(dir, NULL, NULL, &users, &n, &err), &err);
    assert_int_equal(n, 1);
    assert_string_equal(users[0].uid, "jdoe");
    dir_users_free(users, n);
    must(dir_token_remove(dir, NULL, "jdoe", NULL, &err), &err);
    must(dir_token_get(dir, NULL, "jdoe", NULL, NULL, &token, &err), &err);
    assert_null(token);
    assert_false(dir_token_remove(dir, NULL, "jdoe", NULL, &err));
    unit_expect_err(&err, ERR_DIR_NO_TOKEN);
    must(dir_token_list(dir, NULL, NULL, &users, &n, &err), &err);
    assert_int_equal(n, 0);
    dir_users_free(users, n);
}

static void test_every_way(void **state)
{
    (void)state;
    struct dir_options ways[] = {options(PLAIN), options(PLAIN), options(TLS), options(LOCAL), options(LOCAL)};
    ways[1].start_tls = true;
    ways[4] = (struct dir_options){.url = fix.url[LOCAL], .bind = DIR_EXTERNAL};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct dir *dir = opened(&ways[i]);
        assert_string_equal(dir_base(dir), PEOPLE);
        whole_round(dir);
        dir_close(dir);
    }
}

/* ---- SASL EXTERNAL by client certificate ---- */

struct client_files {
    char *cert, *key;
};

static void write_client(struct client_files *f, const char *name, const struct testcert *issuer, int mode)
{
    struct testcert made;
    testcert_make(&made, &(struct testcert_spec){.cn = name, .issuer = issuer, .client = true});
    char *crt = testcert_crt(&made, true, NULL), *key = testcert_key(&made, true, NULL), *base = path_join(fix.folder, name);
    f->cert = xasprintf("%s.pem", base);
    f->key = xasprintf("%s.key", base);
    assert_true(file_write(f->cert, bytes_of_str(crt), 0644, NULL) && file_write(f->key, bytes_of_str(key), (mode_t)mode, NULL));
    testcert_release(&made);
    free(crt);
    free(key);
    free(base);
}

static void client_files_release(struct client_files *f)
{
    free(f->cert);
    free(f->key);
}

static void test_client_certificate(void **state)
{
    (void)state;
    struct client_files desk, other;
    struct err err = ERR_INIT;
    write_client(&desk, TESTSLAPD_CLIENT, &fix.ca, 0600);
    write_client(&other, "somebody", &fix.ca, 0600);
    for (int i = 0; i < 2; i++) { /* ldaps, then StartTLS */
        struct dir_options o = {.url = fix.url[i ? PLAIN : TLS], .start_tls = i, .bind = DIR_EXTERNAL,
                                .client_cert = desk.cert, .client_key = desk.key};
        struct dir *dir = opened(&o);
        whole_round(dir); /* the mapped subject may write */
        dir_close(dir);
        o.client_cert = other.cert;
        o.client_key = other.key;
        dir = opened(&o);
        assert_false(dir_token_put(dir, NULL, "jdoe", NULL, TOKEN, &err)); /* known, but nobody */
        unit_expect_err(&err, ERR_DIR_DENIED);
        dir_close(dir);
    }
    client_files_release(&desk);
    client_files_release(&other);
}

static void test_client_certificate_refused(void **state)
{
    (void)state;
    struct testcert foreign_ca;
    struct client_files good, open_key, foreign;
    testcert_make(&foreign_ca, &(struct testcert_spec){.cn = "Foreign CA", .ca = true});
    write_client(&good, "good", &fix.ca, 0600);
    write_client(&open_key, "open", &fix.ca, 0644);
    write_client(&foreign, "foreign", &foreign_ca, 0600);
    char *locked = path_join(fix.folder, "locked.key");
    assert_true(file_write(locked, bytes_of_str("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), 0600, NULL));
    const struct {
        int url;
        const char *cert, *key;
        enum err_code code;
    } rows[] = {
        {TLS, NULL, NULL, ERR_DIR_CLIENT_CERT},             /* a key in the NSS database is no help */
        {TLS, good.cert, NULL, ERR_DIR_CLIENT_CERT},
        {TLS, NULL, good.key, ERR_DIR_CLIENT_CERT},
        {TLS, good.key, good.cert, ERR_DIR_CLIENT_CERT},    /* the wrong way round */
        {TLS, good.cert, locked, ERR_DIR_CLIENT_CERT},
        {TLS, open_key.cert, open_key.key, ERR_DIR_CLIENT_CERT},
        {TLS, good.cert, foreign.key, ERR_DIR_CLIENT_CERT}, /* not of one pair */
        {TLS, good.cert, "/nonexistent/key", ERR_FILE_MISSING},
        {PLAIN, good.cert, good.key, ERR_DIR_CLIENT_CERT},
        {LOCAL, good.cert, good.key, ERR_DIR_CLIENT_CERT},
        {PLAIN, NULL, NULL, ERR_DIR_EXTERNAL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        open_fails(&(struct dir_options){.url = fix.url[rows[i].url], .bind = DIR_EXTERNAL, .client_cert = rows[i].cert,
                                         .client_key = rows[i].key},
                   rows[i].code);
    }
    struct err err = ERR_INIT; /* the directory's own judgement; when the certificate is refused depends on the TLS version */
    assert_null(dir_open(&(struct dir_options){.url = fix.url[TLS], .bind = DIR_EXTERNAL, .client_cert = foreign.cert,
                                               .client_key = foreign.key}, fix.db, &err));
    assert_true(err.code == ERR_DIR_EXTERNAL || err.code == ERR_DIR_TLS);
    err_release(&err);
    client_files_release(&good);
    client_files_release(&open_key);
    client_files_release(&foreign);
    testcert_release(&foreign_ca);
    free(locked);
}

static void test_users(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct dir_user user;
    struct dir_options o = options(TLS);
    struct dir *dir = opened(&o);
    assert_false(dir_user_find(dir, NULL, "nobody", NULL, &user, &err));
    unit_expect_err(&err, ERR_DIR_NO_USER);
    assert_false(dir_user_find(dir, NULL, "*", NULL, &user, &err)); /* no wildcard */
    unit_expect_err(&err, ERR_DIR_NO_USER);
    assert_false(dir_user_find(dir, NULL, "x)(uid=jdoe", NULL, &user, &err));
    unit_expect_err(&err, ERR_DIR_NO_USER);
    assert_false(dir_user_find(dir, NULL, "twin", NULL, &user, &err));
    unit_expect_err(&err, ERR_DIR_MANY_USERS);
    must(dir_user_find(dir, "ou=more," PEOPLE, "twin", NULL, &user, &err), &err);
    dir_user_release(&user);
    assert_false(dir_user_find(dir, "ou=absent," SUFFIX, "jdoe", NULL, &user, &err));
    unit_expect_err(&err, ERR_DIR_NO_USER);
    assert_false(dir_token_put(dir, NULL, "jdoe", NULL, "not a token", &err));
    unit_expect_err(&err, ERR_DIR_TOKEN_TEXT);
    assert_false(dir_token_put(dir, NULL, "jdoe", "noSuchAttribute", TOKEN, &err));
    unit_expect_err(&err, ERR_DIR_SCHEMA);
    dir_close(dir);
    char url[64];
    snprintf(url, sizeof(url), "ldap://localhost:%d", fix.slapd.port);
    o.url = url;
    dir = opened(&o);
    assert_false(dir_user_find(dir, NULL, "jdoe", NULL, &user, &err));
    unit_expect_err(&err, ERR_DIR_NO_BASE);
    dir_close(dir);
}

static void test_schema(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    bool has = false;
    struct dir_options o = {.url = fix.url[PLAIN]};
    struct dir *dir = opened(&o);
    must(dir_schema_has(dir, "shrTok", &has, &err), &err);
    assert_true(has);
    must(dir_schema_has(dir, "SHRTOK", &has, &err), &err);
    assert_true(has);
    must(dir_schema_has(dir, "userid", &has, &err), &err); /* second name of uid */
    assert_true(has);
    must(dir_schema_has(dir, "shrTo", &has, &err), &err);
    assert_false(has);
    dir_close(dir);
}

static void test_revocation(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct dir_options o = options(TLS);
    struct dir *dir = opened(&o);
    char *token;
    static const char *const serials[] = {"26", "0x1b"}; /* with and without other values of metaInfo */
    for (size_t i = 0; i < ARRAY_LEN(serials); i++) {
        must(dir_revocation_get(dir, SUFFIX, serials[i], &token, &err), &err);
        assert_null(token);
        must(dir_revocation_put(dir, SUFFIX, serials[i], TOKEN, &err), &err);
        must(dir_revocation_put(dir, SUFFIX, serials[i], TOKEN, &err), &err); /* the same again */
        must(dir_revocation_put(dir, SUFFIX, serials[i], OTHER_TOKEN, &err), &err);
        must(dir_revocation_get(dir, SUFFIX, serials[i], &token, &err), &err);
        assert_string_equal(token, OTHER_TOKEN);
        free(token);
        must(dir_revocation_remove(dir, SUFFIX, serials[i], &err), &err);
        assert_false(dir_revocation_remove(dir, SUFFIX, serials[i], &err));
        unit_expect_err(&err, ERR_DIR_NO_TOKEN);
    }
    assert_false(dir_revocation_put(dir, SUFFIX, "99", TOKEN, &err));
    unit_expect_err(&err, ERR_DIR_NO_CERT);
    assert_false(dir_revocation_put(dir, SUFFIX, "x", TOKEN, &err));
    unit_expect_err(&err, ERR_DIR_SERIAL);
    dir_close(dir);
}

/* The printed LDIF does the same when ldapmodify reads it. */
static void test_ldif_is_understood(void **state)
{
    (void)state;
    if (system("command -v ldapmodify >/dev/null 2>&1") != 0) {
        skip(); /* not installed: seen in the log */
    }
    struct err err = ERR_INIT;
    struct buf ldif = BUF_INIT(BUF_MAX_TEXT);
    char *file = path_join(fix.folder, "change.ldif");
    char *token;
    must(dir_token_ldif("uid=asmith," PEOPLE, NULL, TOKEN, true, &ldif, &err), &err);
    must(buf_append_str(&ldif, "\n"), &err);
    must(dir_revocation_ldif(SUFFIX, "27", TOKEN, &ldif, &err), &err);
    must(file_write(file, buf_peek(&ldif), 0600, &err), &err);
    char *command = xasprintf("ldapmodify -Q -Y EXTERNAL -H %s -f '%s' >/dev/null", fix.slapd.ldapi, file);
    assert_int_equal(system(command), 0);
    struct dir_options o = options(TLS);
    struct dir *dir = opened(&o);
    must(dir_token_get(dir, NULL, "asmith", NULL, NULL, &token, &err), &err);
    assert_string_equal(token, TOKEN);
    free(token);
    must(dir_revocation_get(dir, SUFFIX, "27", &token, &err), &err);
    assert_string_equal(token, TOKEN);
    free(token);
    must(dir_revocation_remove(dir, SUFFIX, "27", &err), &err);
    must(dir_token_put(dir, NULL, "asmith", NULL, OTHER_TOKEN, &err), &err); /* has the class already */
    must(dir_token_remove(dir, NULL, "asmith", NULL, &err), &err);
    dir_close(dir);
    free(command);
    free(file);
    buf_release(&ldif);
}

static void test_logins(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct secret wrong = SECRET_INIT;
    secret_set(&wrong, "wrong", 5);
    struct dir_options o = options(TLS);
    o.password = &wrong;
    open_fails(&o, ERR_DIR_LOGIN);
    o = options(TLS);
    o.bind_dn = "cn=nobody," SUFFIX;
    open_fails(&o, ERR_DIR_LOGIN);
    o.bind_dn = "this is no name";
    open_fails(&o, ERR_DIR_LOGIN);
    secret_release(&wrong);
    struct dir_options anonymous = {.url = fix.url[TLS]};
    struct dir *dir = opened(&anonymous);
    assert_false(dir_token_put(dir, NULL, "jdoe", NULL, TOKEN, &err));
    unit_expect_err(&err, ERR_DIR_DENIED);
    dir_close(dir);
}

/* By name and by address; then the CA is not trusted any more. */
static void test_verification(void **state)
{
    (void)state;
    char url[64];
    struct dir_options o = options(TLS);
    dir_close(opened(&o));
    snprintf(url, sizeof(url), "ldaps://127.0.0.1:%d/", fix.slapd.tls_port);
    o.url = url;
    dir_close(opened(&o));
    snprintf(url, sizeof(url), "ldap://127.0.0.1:%d/", fix.slapd.port);
    o.start_tls = true;
    dir_close(opened(&o));
    trust_ca("T,C,C"); /* for clients and e-mail, not for servers */
    o = options(TLS);
    open_fails(&o, ERR_DIR_NO_TRUST);
    struct testcert other;
    struct err err = ERR_INIT;
    testcert_make(&other, &(struct testcert_spec){.cn = "Another CA", .ca = true});
    size_t len;
    char *der = testcert_crt(&other, false, &len);
    struct cert *cert = cert_from_der(BYTES(der, len), &err);
    must(certdb_import(fix.db, NULL, cert, "Another CA", "CT,C,C", &err), &err);
    open_fails(&o, ERR_DIR_TLS);
    o = options(PLAIN);
    o.start_tls = true;
    open_fails(&o, ERR_DIR_TLS);
    cert_free(cert);
    free(der);
    testcert_release(&other);
    trust_ca("CT,C,C");
    o = options(TLS);
    dir_close(opened(&o));
}

/* Alternative names decide, when there are any: a common name that fits does not help. */
static void test_wrong_name(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testslapd slapd;
    struct testcert cert;
    static const char *const hosts[] = {"localhost", "127.0.0.1"};
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        char *folder = xasprintf("%s/other-name-%zu", fix.folder, i);
        char url[64];
        struct dir_options o = options(TLS);
        o.url = url;
        must(dir_create(folder, 0700, &err), &err);
        testcert_make(&cert, &(struct testcert_spec){.cn = hosts[i], .issuer = &fix.ca, .dns = "ds.example.com", .server = true});
        assert_true(testslapd_start(&slapd, folder, &cert, &fix.ca, true));
        snprintf(url, sizeof(url), "ldaps://%s:%d/", hosts[i], slapd.tls_port);
        open_fails(&o, ERR_DIR_TLS);
        snprintf(url, sizeof(url), "ldap://%s:%d/", hosts[i], slapd.port);
        o.start_tls = true;
        open_fails(&o, ERR_DIR_TLS);
        testslapd_stop(&slapd);
        testcert_release(&cert);
        free(folder);
    }
}

/* A stock Dogtag installation makes certificates without alternative names. */
static void test_common_name_only(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testslapd slapd;
    struct testcert cert;
    static const char *const names[] = {"localhost", "other"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char *folder = path_join(fix.folder, names[i]);
        char url[64];
        struct dir_options o = options(TLS);
        must(dir_create(folder, 0700, &err), &err);
        testcert_make(&cert, &(struct testcert_spec){.cn = names[i], .issuer = &fix.ca, .server = true});
        assert_true(testslapd_start(&slapd, folder, &cert, &fix.ca, true));
        o.url = url;
        snprintf(url, sizeof(url), "ldaps://localhost:%d/", slapd.tls_port);
        if (i == 0) {
            dir_close(opened(&o));
        } else {
            open_fails(&o, ERR_DIR_TLS);
        }
        testslapd_stop(&slapd);
        testcert_release(&cert);
        free(folder);
    }
}

static void test_unreachable(void **state)
{
    (void)state;
    struct dir_options o = options(TLS);
    char url[64];
    snprintf(url, sizeof(url), "ldaps://localhost:%d/", 1);
    o.url = url;
    open_fails(&o, ERR_DIR_CONNECT);
    o.url = "ldap://no-such-host.invalid/";
    o.start_tls = true;
    open_fails(&o, ERR_DIR_CONNECT);
    o.url = "ldapi://%2Fno%2Fsuch%2Fsocket";
    o.start_tls = false;
    open_fails(&o, ERR_DIR_CONNECT);
    /* The plain port does not speak TLS at once. */
    snprintf(url, sizeof(url), "ldaps://localhost:%d/", fix.slapd.port);
    o.url = url;
    o.timeout_ms = 2000;
    struct err err = ERR_INIT;
    assert_null(dir_open(&o, fix.db, &err));
    assert_true(err.code == ERR_DIR_TLS || err.code == ERR_DIR_TIMEOUT);
    err_release(&err);
}

static void test_without_schema(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct testslapd bare;
    bool has = true;
    char *folder = path_join(fix.folder, "bare");
    must(dir_create(folder, 0700, &err), &err);
    assert_true(testslapd_start(&bare, folder, &fix.server, &fix.ca, false));
    char *url = xasprintf("ldaps://localhost:%d/" PEOPLE, bare.tls_port);
    struct dir_options o = options(TLS);
    o.url = url;
    struct dir *dir = opened(&o);
    must(dir_schema_has(dir, "shrTok", &has, &err), &err);
    assert_false(has);
    assert_false(dir_token_put(dir, NULL, "jdoe", NULL, TOKEN, &err));
    unit_expect_err(&err, ERR_DIR_SCHEMA);
    dir_close(dir);
    testslapd_stop(&bare);
    free(url);
    free(folder);
}

/* ---- the schema that cmc admin prints ---- */

static char *schema_of(bool openldap)
{
    char *ldif = admin_schema_ldif(&(struct admin_site){.openldap = openldap});
    assert_non_null(strstr(ldif, "NAME 'shrTok'"));
    return ldif;
}

/* Exit code of ldapmodify with this LDIF; -1 when it does not run. */
static int modify(const struct testslapd *slapd, const char *ldif)
{
    char *file = path_join(slapd->folder, "schema.ldif");
    assert_true(file_write(file, bytes_of_str(ldif), 0600, NULL));
    char *command = xasprintf("ldapmodify -Q -Y EXTERNAL -H %s -f '%s' >/dev/null 2>&1", slapd->ldapi, file);
    int status = system(command);
    free(command);
    free(file);
    return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_printed_schema(void **state)
{
    (void)state;
    if (system("command -v ldapmodify >/dev/null 2>&1") != 0) {
        skip(); /* not installed: seen in the log */
    }
    struct err err = ERR_INIT;
    struct testslapd slapd;
    struct dir_user user;
    bool has = true;
    char *folder = path_join(fix.folder, "schema"), *ldif = schema_of(false), *for_openldap = schema_of(true);
    must(dir_create(folder, 0700, &err), &err);
    assert_true(testslapd_start_config(&slapd, folder, &fix.server, &fix.ca));
    char *url = xasprintf("ldaps://localhost:%d/" PEOPLE, slapd.tls_port);
    struct dir_options o = options(TLS);
    o.url = url;
    struct dir *dir = opened(&o);
    must(dir_schema_has(dir, "shrTok", &has, &err), &err);
    assert_false(has);
    assert_int_not_equal(modify(&slapd, ldif), 0); /* what 389 Directory Server takes has no place here */
    assert_int_equal(modify(&slapd, for_openldap), 0);
    must(dir_schema_has(dir, "shrTok", &has, &err), &err);
    assert_true(has);
    must(dir_token_put(dir, NULL, "jdoe", NULL, TOKEN, &err), &err);
    char *token = NULL;
    must(dir_token_get(dir, NULL, "jdoe", NULL, &user, &token, &err), &err);
    assert_string_equal(token, TOKEN);
    dir_user_release(&user);
    must(dir_token_remove(dir, NULL, "jdoe", NULL, &err), &err);
    free(token);
    dir_close(dir);
    testslapd_stop(&slapd);
    free(url);
    free(for_openldap);
    free(ldif);
    free(folder);
}

/* The description of the attribute is one, in whichever entry it stands. */
static void test_schema_differs_in_its_entry_only(void **state)
{
    (void)state;
    char *one = schema_of(false), *other = schema_of(true);
    assert_string_equal(strchr(one, '('), strchr(other, '('));
    free(one);
    free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_way),
        cmocka_unit_test(test_client_certificate),
        cmocka_unit_test(test_client_certificate_refused),
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_revocation),
        cmocka_unit_test(test_ldif_is_understood),
        cmocka_unit_test(test_logins),
        cmocka_unit_test(test_verification),
        cmocka_unit_test(test_wrong_name),
        cmocka_unit_test(test_common_name_only),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_without_schema),
        cmocka_unit_test(test_printed_schema),
        cmocka_unit_test(test_schema_differs_in_its_entry_only),
    };
    if (!testslapd_available()) {
        return 77;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
