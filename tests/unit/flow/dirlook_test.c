/* SPDX-License-Identifier: Apache-2.0 */
/* What a CA's directory (slapd) says of a user, asked as its CA description tells. Skipped without slapd. */
#include "unit/unit.h"

#include "dir/sharedtoken_store.h"
#include "flow/cadesc.h"
#include "flow/dirlook.h"
#include "flow/session.h"
#include "harness/testcert.h"
#include "harness/testslapd.h"
#include "nss/nssdb.h"

#define PEOPLE "ou=people,dc=example,dc=com"

static struct {
    char *folder, *sessions, *chain;
    struct testcert ca, server, other;
    struct testslapd slapd;
    struct session *session;
} W;

/* A description of that name; directory NULL: it names none. */
static void describe(const char *name, const char *directory, char *chain)
{
    struct err err = ERR_INIT;
    char word[] = "Example", host[] = "localhost", print[] = "AA", base[] = PEOPLE;
    char *url = directory ? xstrdup(directory) : NULL, *called = xstrdup(name);
    struct cadesc d = {.name = called,
                       .title = word,
                       .host = host,
                       .port = 443,
                       .chain_pem = chain,
                       .fingerprint = print,
                       .directory = url,
                       .base_dn = base};
    assert_true(cadesc_save(&d, &err));
    free(url);
    free(called);
}

static void asks(const char *ca, const char *uid)
{
    struct err err = ERR_INIT;
    assert_true(session_set_answer(W.session, "ca", ca, &err));
    assert_true(session_set_answer(W.session, "identification", uid, &err));
}

static void says(const char *ca, const char *uid, bool known, bool has_token)
{
    struct err err = ERR_INIT;
    struct dirlook found;
    asks(ca, uid);
    assert_true(dirlook_possible(W.session));
    if (!dirlook(W.session, NULL, &found, &err)) {
        err_report(&err, "dirlook");
        fail_msg("%s %s", ca, uid);
    }
    assert_int_equal(found.known, known);
    assert_int_equal(found.has_token, has_token);
    if (known) {
        char *dn = xasprintf("uid=%s," PEOPLE, uid);
        assert_string_equal(found.dn, dn);
        free(dn);
    } else {
        assert_null(found.dn);
    }
    dirlook_release(&found);
    assert_null(found.dn);
}

static void cannot(const char *ca, const char *uid, enum err_code code)
{
    struct err err = ERR_INIT;
    struct dirlook found;
    asks(ca, uid);
    assert_false(dirlook(W.session, NULL, &found, &err));
    assert_false(found.known);
    assert_null(found.dn);
    unit_expect_err(&err, code);
}

/* As the helpdesk does, who may write. */
static void store_token(const char *uid)
{
    struct err err = ERR_INIT;
    struct nssdb *db = nssdb_open(NULL, NSSDB_NONE, NULL, &err);
    struct dir_options options = {.url = W.slapd.ldapi, .bind = DIR_EXTERNAL};
    struct dir *dir = dir_open(&options, db, &err);
    assert_non_null(dir);
    assert_true(dir_token_put(dir, PEOPLE, uid, NULL, "MAYEAQEEAQI=", &err));
    dir_close(dir);
    nssdb_close(db);
}

static int setup(void **state)
{
    struct err err = ERR_INIT;
    void *folder = NULL;
    (void)state;
    if (unit_folder(&folder) != 0) {
        return -1;
    }
    W.folder = folder;
    W.sessions = path_join(W.folder, "sessions");
    setenv("XDG_CONFIG_HOME", W.folder, 1);
    testcert_make(&W.ca, &(struct testcert_spec){.cn = "Directory CA", .ca = true});
    testcert_make(&W.other, &(struct testcert_spec){.cn = "Another CA", .ca = true});
    testcert_make(&W.server, &(struct testcert_spec){
                                 .cn = "ds", .issuer = &W.ca, .dns = "localhost", .ip = "127.0.0.1", .server = true});
    W.chain = testcert_crt(&W.ca, true, NULL);
    W.session = session_create(W.sessions, "shared-secret", &err);
    return W.session && testslapd_start(&W.slapd, W.folder, &W.server, &W.ca, true) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    testslapd_stop(&W.slapd);
    session_close(W.session);
    testcert_release(&W.ca);
    testcert_release(&W.other);
    testcert_release(&W.server);
    free(W.sessions);
    free(W.chain);
    return unit_folder_remove((void *[]){W.folder});
}

static void test_users(void **state)
{
    (void)state;
    char *plain = xasprintf("ldap://localhost:%d", W.slapd.port),
         *tls = xasprintf("ldaps://localhost:%d", W.slapd.tls_port);
    describe("plain", plain, W.chain);
    describe("tls", tls, W.chain);
    says("plain", "jdoe", true, false);
    says("tls", "jdoe", true, false); /* by the description's chain: no database is there */
    says("tls", "zorro", false, false);
    says("tls", "*", false, false);
    store_token("jdoe");
    says("plain", "jdoe", true, true);
    says("tls", "jdoe", true, true);
    says("tls", "asmith", true, false);
    cannot("tls", "twin", ERR_DIR_MANY_USERS);
    free(plain);
    free(tls);
}

static void test_only_where_named(void **state)
{
    (void)state;
    describe("silent", NULL, W.chain);
    describe("empty", "", W.chain);
    static const char *const cas[] = {"silent", "empty", "no-such", ""};
    for (size_t i = 0; i < ARRAY_LEN(cas); i++) {
        asks(cas[i], "jdoe");
        assert_false(dirlook_possible(W.session));
    }
    cannot("no-such", "jdoe", ERR_FLOW_CADESC_MISSING);
}

/* A directory of somebody else's is not believed; one that is down is an error, not an unknown user. */
static void test_unusable(void **state)
{
    (void)state;
    char *tls = xasprintf("ldaps://localhost:%d", W.slapd.tls_port), *pem = testcert_crt(&W.other, true, NULL);
    describe("foreign", tls, pem);
    cannot("foreign", "jdoe", ERR_DIR_TLS);
    describe("down", tls, W.chain);
    says("down", "asmith", true, false);
    testslapd_stop(&W.slapd);
    cannot("down", "asmith", ERR_DIR_CONNECT);
    free(tls);
    free(pem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users), cmocka_unit_test(test_only_where_named),
        cmocka_unit_test(test_unusable), /* last: stops the directory */
    };
    if (!testslapd_available()) {
        return 77;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
