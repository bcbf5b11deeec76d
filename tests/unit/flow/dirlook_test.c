/* SPDX-License-Identifier: Apache-2.0 */
/* What a CA's directory (slapd) says of a user, asked as its CA description tells. Skipped without slapd. */
#include "unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/when.h"
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

/* As the page and the refused run do. */
static enum dirlook_says look_up(struct err *err)
{
    struct dirlook *look = dirlook_start(W.session, NULL, err);
    if (!look) {
        return DIRLOOK_NOT_ASKED;
    }
    while (!dirlook_poll(look, 40)) {
    }
    return dirlook_finish(look, W.session, err);
}

static void says(const char *ca, const char *uid, enum dirlook_says wanted)
{
    struct err err = ERR_INIT;
    asks(ca, uid);
    assert_true(dirlook_possible(W.session));
    enum dirlook_says got = look_up(&err);
    if (err_is_set(&err)) {
        err_report(&err, "dirlook");
        fail_msg("%s %s", ca, uid);
    }
    assert_int_equal(got, wanted);
    assert_int_equal(dirlook_said(W.session), wanted);
    if (wanted != DIRLOOK_UNKNOWN) {
        char *dn = xasprintf("uid=%s," PEOPLE, uid);
        assert_string_equal(dirlook_dn(W.session), dn);
        free(dn);
    } else {
        assert_null(dirlook_dn(W.session));
    }
    /* It is written down for this user and this CA only. */
    asks(ca, "somebody-else");
    assert_int_equal(dirlook_said(W.session), DIRLOOK_NOT_ASKED);
    asks("another", uid);
    assert_int_equal(dirlook_said(W.session), DIRLOOK_NOT_ASKED);
    asks(ca, uid);
    assert_int_equal(dirlook_said(W.session), wanted);
}

static void cannot(const char *ca, const char *uid, enum err_code code)
{
    struct err err = ERR_INIT;
    asks(ca, uid);
    enum dirlook_says got = look_up(&err);
    assert_true(got == DIRLOOK_SILENT || code == ERR_FLOW_CADESC_MISSING);
    assert_int_equal(dirlook_said(W.session), code == ERR_FLOW_CADESC_MISSING ? DIRLOOK_NOT_ASKED : DIRLOOK_SILENT);
    assert_null(dirlook_dn(W.session));
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
    says("plain", "jdoe", DIRLOOK_NO_TOKEN);
    says("tls", "jdoe", DIRLOOK_NO_TOKEN); /* by the description's chain: no database is there */
    says("tls", "zorro", DIRLOOK_UNKNOWN);
    says("tls", "*", DIRLOOK_UNKNOWN);
    store_token("jdoe");
    says("plain", "jdoe", DIRLOOK_TOKEN);
    says("tls", "jdoe", DIRLOOK_TOKEN);
    says("tls", "asmith", DIRLOOK_NO_TOKEN);
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
    says("down", "asmith", DIRLOOK_NO_TOKEN);
    testslapd_stop(&W.slapd);
    cannot("down", "asmith", ERR_DIR_CONNECT);
    free(tls);
    free(pem);
}

/* A server that takes the connection and says nothing: alone it is waited for 5 s, cancelled it ends at once. */
static void test_cancelled(void **state)
{
    (void)state;
    static const char *const schemes[] = {"ldap", "ldaps"};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 8) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        struct err err = ERR_INIT;
        char *url = xasprintf("%s://127.0.0.1:%d", schemes[i], ntohs(at.sin_port));
        describe("mute", url, W.chain);
        asks("mute", "jdoe");
        struct dirlook *look = dirlook_start(W.session, NULL, &err);
        assert_non_null(look);
        assert_false(dirlook_poll(look, 300));
        int64_t since = when_monotonic_ms();
        dirlook_cancel(look);
        assert_int_equal(dirlook_finish(look, W.session, &err), DIRLOOK_NOT_ASKED);
        assert_true(when_monotonic_ms() - since < 4000);
        assert_int_equal(dirlook_said(W.session), DIRLOOK_NOT_ASKED);
        unit_expect_err(&err, ERR_FLOW_CANCELLED);
        free(url);
    }
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users), cmocka_unit_test(test_only_where_named), cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_unusable), /* last: stops the directory */
    };
    if (!testslapd_available()) {
        return 77;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
