/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs against a practice CA of their own: a whole enrollment, what is done again when answers change, what happens before the CA is
 * confirmed, and a request whose outcome is unknown.
 */
#include "unit/unit.h"

#include <sys/stat.h>

#include "base/json.h"
#include "base/strv.h"
#include "flow/answers.h"
#include "flow/run.h"
#include "flow/saved.h"
#include "flow/secrets.h"
#include "nss/key.h"
#include "nss/certdb.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "unit/flow/practiceca.h"

struct world {
    char *dir, *sessions, *db;
    struct practice_ca ca;
};
static struct world W;

static int setup(void **state)
{
    void *dir = NULL;
    (void)state;
    if (unit_folder(&dir) != 0) {
        return -1;
    }
    W.dir = dir;
    W.sessions = path_join(dir, "sessions");
    W.db = path_join(dir, "db");
    return practice_start(&W.ca, dir);
}

static int teardown(void **state)
{
    (void)state;
    void *dir = W.dir;
    practice_stop(&W.ca);
    free(W.sessions);
    free(W.db);
    return unit_folder_remove(&dir);
}

static struct secrets *given_secrets(void)
{
    struct secrets *s = secrets_new(NULL, NULL);
    struct secret pw = SECRET_INIT;
    char *path = path_join(W.ca.dir, "agent.password");
    secret_set(&pw, "Secret.123", 10);
    secrets_set(s, "password", &pw);
    secrets_add_file(s, "agent.p12.password", path);
    secret_release(&pw);
    free(path);
    return s;
}

static void answer(struct session *s, const char *name, const char *value)
{
    struct err err = ERR_INIT;
    assert_true(session_set_answer(s, name, value, &err));
}

static struct session *new_enrollment(const char *subject)
{
    struct err err = ERR_INIT;
    struct session *s = session_create(W.sessions, "agent-signed", &err);
    assert_non_null(s);
    char *p12 = path_join(W.ca.dir, "agent.p12");
    answer(s, "ca", "practice");
    answer(s, "dbdir", W.db);
    answer(s, "subject", subject);
    answer(s, "agent.p12", p12);
    answer(s, "practice.import", "true");
    free(p12);
    return s;
}

static enum run_state carry_out(struct run *run, struct err *err)
{
    enum run_state state;
    do {
        state = run_poll(run, 200, err);
    } while (state == RUN_WORKING);
    return state;
}

static void expect_done(struct session *s, struct secrets *secrets)
{
    struct err err = ERR_INIT;
    struct run *run = run_new(s, secrets, &err);
    assert_non_null(run);
    enum run_state state = carry_out(run, &err);
    if (state != RUN_DONE) {
        err_report(&err, "run");
    }
    assert_int_equal(state, RUN_DONE);
    run_free(run);
}

static enum err_code expect_failure(struct session *s, struct secrets *secrets)
{
    struct err err = ERR_INIT;
    struct run *run = run_new(s, secrets, &err);
    assert_non_null(run);
    assert_int_not_equal(carry_out(run, &err), RUN_DONE);
    enum err_code code = err.code;
    err_release(&err);
    run_free(run);
    return code;
}

static size_t count_keys(struct secrets *secrets)
{
    struct err err = ERR_INIT;
    struct engine e;
    struct key **keys = NULL;
    size_t n = 0;
    engine_init(&e, secrets);
    assert_true(engine_open_db(&e, W.db, true, false, &err) && engine_login(&e, "internal", &err));
    assert_true(key_list(e.db, "internal", &keys, &n, &err));
    key_list_free(keys, n);
    engine_release(&e);
    return n;
}

static size_t count_issued(void)
{
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE);
    struct err err = ERR_INIT;
    char *path = path_join(W.ca.dir, "audit.log");
    assert_true(file_read(path, &text, &err));
    size_t n = 0;
    for (const char *at = buf_str(&text); (at = strstr(at, "CERT_REQUEST_PROCESSED")) != NULL; at++) {
        n++;
    }
    buf_release(&text);
    free(path);
    return n;
}

static void test_unconfirmed(void **state)
{
    (void)state;
    struct secrets *secrets = given_secrets();
    struct session *s = new_enrollment("uid=nobody");
    struct cadesc d;
    struct err err = ERR_INIT;
    assert_true(cadesc_find("practice", &d, &err));
    char *port = xasprintf("%d", d.port);
    answer(s, "ca", "");
    answer(s, "host", "localhost");
    answer(s, "port", port);
    assert_int_equal(expect_failure(s, secrets), ERR_FLOW_CHAIN_UNCONFIRMED);
    assert_null(session_fact(s, "key.id"));
    assert_false(session_has_file(s, "request.cmc"));
    answer(s, "ca.fingerprint", "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff");
    assert_int_equal(expect_failure(s, secrets), ERR_FLOW_CHAIN_CHANGED);
    free(port);
    cadesc_release(&d);
    assert_true(session_delete(s, &err));
    secrets_free(secrets);
}

static void test_whole(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct secrets *secrets = given_secrets();
    struct session *s = new_enrollment("uid=jdoe,ou=people,dc=example,dc=com");
    size_t issued = count_issued();
    expect_done(s, secrets);
    assert_string_equal(session_fact(s, "proof"), "ok");
    assert_string_equal(session_state(s), "done");
    assert_int_equal(count_issued(), issued + 1);
    expect_done(s, secrets); /* nothing is repeated */
    assert_int_equal(count_issued(), issued + 1);
    struct run *run = run_new(s, secrets, &err);
    struct json *result = run_result_json(run);
    static const char *const members[] = {"session", "scenario", "state", "subject", "issuer", "serial", "not-after", "nickname", "proof",
                                          "key-id", "dbdir", "token", "folder"};
    assert_int_equal(json_size(result), ARRAY_LEN(members) + 2); /* and the version and what was lost: a snapshot of the members */
    assert_true(json_is_array(json_get(result, "lost")));
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        assert_non_null(json_get_str(result, members[i], NULL));
    }
    json_free(result);
    char *tree = run_message_tree(run);
    assert_non_null(strstr(tree, "PKIData"));
    free(tree);
    run_free(run);
    assert_true(session_delete(s, &err));
    secrets_free(secrets);
}

/* The trust that the root CA has in the database, and whether a nickname is there; sets the trust first when it is given. */
static bool look_into_db(struct secrets *secrets, const char *nickname, const char *set, char trust[16])
{
    struct err err = ERR_INIT;
    struct engine e;
    struct cert_list chain = CERT_LIST_INIT;
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    char *path = path_join(W.ca.dir, "chain.pem");
    engine_init(&e, secrets);
    assert_true(engine_open_db(&e, W.db, true, false, &err) && engine_login(&e, "internal", &err));
    assert_true(file_read(path, &pem, &err) && pem_decode_all(buf_peek(&pem), &chain, &err));
    size_t root = 0;
    while (root < chain.n && !cert_is_self_signed(chain.v[root])) {
        root++;
    }
    assert_true(root < chain.n);
    if (set) {
        assert_true(certdb_set_trust(e.db, chain.v[root], set, &err));
    }
    certdb_trust(e.db, chain.v[root], trust);
    struct cert *found = nickname ? certdb_find(e.db, "internal", nickname, &err) : NULL;
    bool there = found != NULL;
    cert_free(found);
    err_release(&err);
    cert_list_release(&chain);
    buf_release(&pem);
    engine_release(&e);
    free(path);
    return there;
}

/* What an import changed is as it was, and can be done again. */
static void test_import_undone(void **state)
{
    (void)state;
    static const char before[] = ",,"; /* known, and not trusted */
    struct err err = ERR_INIT;
    char trust[16];
    struct secrets *secrets = given_secrets();
    struct session *s = new_enrollment("uid=again");
    expect_done(s, secrets); /* brings the CA */
    assert_true(session_delete(s, &err));
    look_into_db(secrets, NULL, before, trust);
    assert_string_equal(trust, before);
    s = new_enrollment("uid=undone");
    expect_done(s, secrets);
    char *nickname = xstrdup(session_fact(s, "nickname"));
    size_t keys = count_keys(secrets), issued = count_issued();
    assert_true(look_into_db(secrets, nickname, NULL, trust));
    assert_string_not_equal(trust, before);
    struct run *run = run_new(s, secrets, &err);
    assert_true(run_can_undo_import(run));
    assert_true(run_undo_import(run, &err));
    assert_false(run_can_undo_import(run));
    run_free(run);
    assert_false(look_into_db(secrets, nickname, NULL, trust));
    assert_string_equal(trust, before);
    assert_int_equal(count_keys(secrets), keys);
    expect_done(s, secrets);
    assert_true(look_into_db(secrets, nickname, NULL, trust));
    assert_string_not_equal(trust, before);
    assert_int_equal(count_issued(), issued);
    assert_true(session_delete(s, &err));
    free(nickname);
    secrets_free(secrets);
}

static void test_changed_answers(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct secrets *secrets = given_secrets();
    struct session *s = new_enrollment("uid=first");
    expect_done(s, secrets);
    size_t keys = count_keys(secrets);
    char *key = xstrdup(session_fact(s, "key.id")), *serial = xstrdup(session_fact(s, "issued.serial"));
    answer(s, "subject", "uid=second");
    expect_done(s, secrets);
    assert_string_equal(session_fact(s, "key.id"), key); /* the key stays, the request is new */
    assert_string_not_equal(session_fact(s, "issued.serial"), serial);
    assert_non_null(strstr(session_fact(s, "issued.subject"), "UID=second"));
    assert_int_equal(count_keys(secrets), keys);
    answer(s, "key.type", "ec");
    struct run *run = run_new(s, secrets, &err);
    assert_non_null(strstr(session_fact(s, "key.unused"), key)); /* known, so that it is no orphan */
    run_free(run);
    char *id = xstrdup(s->id);
    enum saved_key left = SAVED_KEY_LEFT;
    session_close(s);
    assert_true(saved_delete(W.sessions, id, secrets, SAVED_KEY_REMOVE, &left, &err));
    assert_int_equal(left, SAVED_KEY_REMOVE);
    assert_int_equal(count_keys(secrets), keys); /* it has a certificate: it stays */
    free(id);
    free(key);
    free(serial);
    secrets_free(secrets);
}

static void test_unused_key_goes(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct secrets *secrets = given_secrets();
    size_t keys = count_keys(secrets);
    struct session *s = session_create(W.sessions, "make-csr", &err);
    answer(s, "dbdir", W.db);
    answer(s, "subject", "uid=later");
    assert_int_equal(expect_failure(s, secrets), ERR_FLOW_WAITING);
    assert_string_equal(session_state(s), "waiting");
    assert_true(session_has_file(s, "request.cmcpkg"));
    assert_int_equal(count_keys(secrets), keys + 1);
    char *id = xstrdup(s->id);
    enum saved_key left = SAVED_KEY_LEFT;
    session_close(s);
    assert_true(saved_delete(W.sessions, id, secrets, SAVED_KEY_REMOVE, &left, &err));
    assert_int_equal(count_keys(secrets), keys);
    free(id);
    secrets_free(secrets);
}

/* The mark "sending" without an answer is what a kill leaves behind. */
static void leave_doubt(struct session *s)
{
    struct err err = ERR_INIT;
    static const char *const after[] = {"submit", "response", "import", "proof"};
    for (size_t i = 0; i < ARRAY_LEN(after); i++) {
        session_clear_step(s, after[i]);
    }
    char *response = session_file(s, "response.cmc"), *cert = session_file(s, "certificate.pem");
    assert_true(file_wipe(response, &err) && file_wipe(cert, &err));
    session_set_fact(s, "submit.state", "sending");
    assert_true(session_save(s, &err));
    free(response);
    free(cert);
}

static void test_doubt_is_settled_by_the_ca(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct secrets *secrets = given_secrets();
    struct session *s = new_enrollment("uid=doubt");
    expect_done(s, secrets);
    size_t issued = count_issued();
    char *serial = xstrdup(session_fact(s, "issued.serial"));
    leave_doubt(s);
    answer(s, "tools.passwords", "true"); /* a changed answer must not make it forget */
    expect_done(s, secrets);
    assert_int_equal(count_issued(), issued); /* found, not sent again */
    assert_string_equal(session_fact(s, "issued.serial"), serial);
    free(serial);
    assert_true(session_delete(s, &err));
    secrets_free(secrets);
}

static void test_doubt_asks(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct secrets *secrets = given_secrets();
    struct session *s = new_enrollment("uid=never-sent");
    struct run *run = run_new(s, secrets, &err);
    while (strcmp(session_step_state(s, "request"), "done") != 0) { /* up to the signed message */
        assert_int_equal(run_poll(run, 200, &err), RUN_WORKING);
    }
    run_free(run);
    session_set_fact(s, "submit.state", "sending");
    size_t issued = count_issued();
    assert_int_equal(expect_failure(s, secrets), ERR_FLOW_RESEND_ASK);
    assert_int_equal(expect_failure(s, secrets), ERR_FLOW_RESEND_ASK); /* asking again does not wear it out */
    assert_int_equal(count_issued(), issued);
    answer(s, "resend", "true");
    expect_done(s, secrets);
    assert_int_equal(count_issued(), issued + 1);
    assert_true(session_delete(s, &err));
    secrets_free(secrets);
}

static void test_refused(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct secrets *secrets = given_secrets();
    struct session *s = new_enrollment("uid=refused");
    answer(s, "profile", "caNoSuchProfile");
    enum err_code code = expect_failure(s, secrets);
    assert_int_not_equal(code, 0);
    assert_string_equal(session_state(s), "failed");
    char *key = xstrdup(session_fact(s, "key.id"));
    answer(s, "profile", "");
    expect_done(s, secrets); /* still usable, with the same key */
    assert_string_equal(session_fact(s, "key.id"), key);
    free(key);
    assert_true(session_delete(s, &err));
    secrets_free(secrets);
}

/* Without the TLS server's certificate an answer that it signed would pass: no step goes on without it. */
static void test_tls_server_is_kept(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct secrets *secrets = given_secrets();
    struct session *s = new_enrollment("uid=tls");
    char *file = session_file(s, "tls-server.pem");
    assert_int_equal(mkdir(file, 0700), 0); /* cannot be written */
    assert_int_equal(expect_failure(s, secrets), ERR_FILE_WRITE);
    assert_false(session_has_file(s, "certificate.pem"));
    assert_int_equal(rmdir(file), 0);
    assert_true(session_delete(s, &err));

    s = new_enrollment("uid=tls2");
    expect_done(s, secrets);
    free(file);
    file = session_file(s, "tls-server.pem");
    assert_true(file_exists(file));
    static const char *const bad[] = {"", "no certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_true(file_write(file, bytes_of_str(bad[i]), 0600, &err));
        session_clear_step(s, "response");
        session_clear_step(s, "import");
        assert_int_not_equal(expect_failure(s, secrets), ERR_NONE);
    }
    assert_true(session_delete(s, &err));
    free(file);
    secrets_free(secrets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unconfirmed),         cmocka_unit_test(test_whole), cmocka_unit_test(test_import_undone),
        cmocka_unit_test(test_changed_answers),     cmocka_unit_test(test_unused_key_goes),
        cmocka_unit_test(test_doubt_is_settled_by_the_ca), cmocka_unit_test(test_doubt_asks),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_tls_server_is_kept),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
