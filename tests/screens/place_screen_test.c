/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two places that most users never see: the file that is asked for when a CA does not show its chain, and the page of PKCS#11
 * modules (with SoftHSM2; that test is left out where it is not installed).
 */
#include "tests/screens/user.h"

#include "base/json.h"
#include "harness/softhsm.h"

static void fault(const char *state)
{
    const char *top = getenv("top_builddir");
    char *program = path_join(top && *top ? top : ".", "cmc-practice-ca");
    const char *const argv[] = {program, "fault", W.ca, "no-chain", state, NULL};
    int status = -1;
    waitpid(spawn(argv), &status, 0);
    assert_int_equal(status, 0);
    free(program);
}

static char *port_of_ca(void)
{
    struct err err = ERR_INIT;
    char *path = path_join(W.ca, "ca-description.json");
    struct json *root = json_read_file(path, &err);
    assert_non_null(root);
    char *port = xasprintf("%d", (int)json_get_num(root, "port", 0));
    json_free(root);
    free(path);
    return port;
}

static void leave(struct user *u)
{
    type(u, "<C-s>");
    int status = 0;
    assert_true(term_wait_exit(u->t, WAIT_MS, &status));
    user_release(u);
}

/* To the server page, with this computer's port in it; NULL: the CA's. */
static void name_server(struct user *u, const char *other)
{
    char *port = other ? xstrdup(other) : port_of_ca();
    user_start(u, (struct start){.rows = 24, .cols = 80});
    see(u, "Get a certificate");
    type(u, "<Enter>");
    go_to(u, "A CA agent signs it here, now");
    type(u, "<Space><Enter>");
    see(u, "What is the certificate for?");
    type(u, "<Enter>");
    see(u, "Which certificate authority issues it?");
    type(u, "localhost<Tab><BS><BS><BS><BS>");
    type(u, port);
    free(port);
}

static void test_file_for_the_chain(void **state)
{
    struct user u;
    (void)state;
    user_init(&u, false);
    fault("on");
    name_server(&u, NULL);
    assert_int_equal(term_find(u.t, "a file from your helpdesk", NULL), -1); /* nobody is asked before it is needed */
    type(&u, "<Enter>");
    see(&u, "The server does not show the certificates of its CA.");
    expect_calm(&u);
    page_is(&u, "no-chain");
    type(&u, "f");
    see(&u, "a file from your helpdesk");
    expect_calm(&u);
    char *other = xasprintf("%s/issuance-protection.pem", W.ca), *chain = xasprintf("%s/chain.pem", W.ca);
    term_paste(u.t, other); /* the focus is there */
    type(&u, "<Enter>");
    see(&u, "The file cannot be used.");
    see(&u, "No certificate in the file is a CA's.");
    expect_calm(&u);
    type(&u, "<Esc>");
    see(&u, "Which certificate authority issues it?");
    go_to(&u, "CA's certificates");
    type(&u, "<C-u>");
    term_paste(u.t, chain);
    type(&u, "<Enter>");
    see(&u, "belongs to the CA in your file");
    see(&u, "PRACTICE ONLY");
    expect_calm(&u);
    type(&u, "y");
    see(&u, "Where do the key and the certificate belong?");
    /* Back and on again: the same file is not asked about twice. */
    type(&u, "<Esc>");
    see(&u, "Which certificate authority issues it?");
    type(&u, "<Enter>");
    see(&u, "Where do the key and the certificate belong?");
    leave(&u);
    fault("off");
    free(other);
    free(chain);
}

static void test_database_knows_the_chain(void **state)
{
    struct user u;
    (void)state;
    user_init(&u, false);
    fault("on");
    name_server(&u, NULL);
    type(&u, "<Enter>");
    see(&u, "The server does not show the certificates of its CA.");
    type(&u, "d");
    see(&u, "Where do the key and the certificate belong?");
    leave(&u);
    fault("off");
}

/* A server that sends more than its own certificate (tests/flow/tls_chain.py). *port is the caller's; 0 when there is none. */
static pid_t tls_server(const struct user *u, char **port)
{
    char *script = unit_source("tests/flow/tls_chain.py"), *chain = path_join(W.ca, "tls/server.pem");
    char *key = path_join(W.ca, "tls/server.key"), *ready = path_join(u->home, "tls.ready");
    struct buf text = BUF_INIT(100);
    const char *const argv[] = {"/bin/sh", "-c", "exec python3 -B \"$0\" \"$@\"", script, chain, key, ready, NULL};
    pid_t pid = spawn(argv);
    for (int i = 0; i < WAIT_MS / 20 && !file_exists(ready) && waitpid(pid, NULL, WNOHANG) == 0; i++) {
        usleep(20000);
    }
    *port = file_read(ready, &text, NULL) ? xstrdup(buf_str(&text)) : NULL;
    buf_release(&text);
    free(script);
    free(chain);
    free(key);
    free(ready);
    return *port ? pid : 0;
}

/* The chain that came with TLS is confirmed by its last certificate; who cannot compare it has a file, or a database that knows the CA. */
static void test_chain_with_tls(void **state)
{
    struct user u;
    char *port;
    (void)state;
    user_init(&u, false);
    pid_t server = tls_server(&u, &port);
    if (!server) {
        user_release(&u);
        skip(); /* no python3 */
    }
    name_server(&u, port);
    type(&u, "<Enter>");
    see(&u, "sends these certificates, its own first");
    see(&u, "CN=localhost");
    expect_calm(&u);
    page_is(&u, "tls-chain");
    type(&u, "n");
    see(&u, "The server does not show the certificates of its CA.");
    type(&u, "<Esc>");
    see(&u, "Which certificate authority issues it?");
    see(&u, "a file from your helpdesk");
    go_to(&u, "Port");
    type(&u, "<Enter>");
    see(&u, "sends these certificates, its own first");
    type(&u, "y");
    see(&u, "Where do the key and the certificate belong?");
    leave(&u);
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    free(port);
}

/* ---- modules ---- */

static void to_modules(struct user *u)
{
    go_to(u, "Smart card or HSM...");
    type(u, "<Enter>");
}

static void test_modules(void **state)
{
    struct user u;
    char *env = NULL;
    (void)state;
    if (!softhsm_library() || !softhsm_token(W.dir, "smart card", "123456", &env)) {
        free(env);
        skip();
    }
    user_init(&u, true);
    user_start(&u, (struct start){.rows = 24, .cols = 80, .env = {env}});
    see(&u, "Get a certificate");
    type(&u, "<Enter>");
    go_to(&u, "A CA agent signs it here, now");
    type(&u, "<Space><Enter>");
    see(&u, "What is the certificate for?");
    type(&u, "<Enter>");
    see(&u, "Where do the key and the certificate belong?");
    /* A new database is made for the module, but not with a slip in its password. */
    type(&u, "<Tab>Secret.123<Tab>Secret.124");
    to_modules(&u);
    see(&u, "The two passwords differ.");
    type(&u, "<Esc>");
    go_to(&u, "Once more");
    type(&u, "<BS>3");
    to_modules(&u);
    see(&u, "Which smart cards and HSMs does the database know?");
    see(&u, "NSS Internal PKCS #11 Module");
    expect_calm(&u);
    page_is(&u, "modules");
    assert_int_equal(term_find(u.t, "Remove the module", NULL), -1); /* not the database's own */
    go_to(&u, "Library");
    type(&u, "/no/such/library.so");
    go_to(&u, "Add the module");
    type(&u, "<Enter>");
    see(&u, "The module is not added.");
    expect_calm(&u);
    type(&u, "<Esc>");
    go_to(&u, "Library");
    type(&u, "<C-u>");
    term_paste(u.t, softhsm_library());
    go_to(&u, "Add the module");
    type(&u, "<Enter>");
    see(&u, "softhsm2");
    see(&u, "Remove the module");
    expect_calm(&u);
    type(&u, "<Esc>");
    see(&u, "smart card"); /* a token to choose */
    expect_calm(&u);
    /* Removing is asked about, and Esc keeps it. */
    to_modules(&u);
    go_to(&u, "softhsm2");
    type(&u, "<Space>");
    go_to(&u, "Remove the module");
    type(&u, "<Enter>");
    see(&u, "Remove the module softhsm2 from the database?");
    expect_calm(&u);
    type(&u, "<Esc>");
    see(&u, "softhsm2");
    go_to(&u, "Remove the module");
    type(&u, "<Enter>");
    see(&u, "Remove the module softhsm2 from the database?");
    type(&u, "r");
    see(&u, "Which smart cards and HSMs does the database know?");
    term_settle(u.t, 200);
    assert_int_equal(term_find(u.t, "softhsm2  ", NULL), -1);
    type(&u, "<Esc>");
    see(&u, "Where do the key and the certificate belong?");
    term_settle(u.t, 200);
    assert_int_equal(term_find(u.t, "smart card", NULL), -1);
    to_modules(&u);
    see(&u, "Which smart cards and HSMs does the database know?");
    type(&u, "<C-c>"); /* asked on the page around it, and answered */
    see(&u, "Leave the wizard?");
    type(&u, "<Esc>");
    see(&u, "Where do the key and the certificate belong?");
    to_modules(&u);
    see(&u, "Which smart cards and HSMs does the database know?");
    leave(&u); /* saved, as everywhere */
    free(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_for_the_chain),
        cmocka_unit_test(test_database_knows_the_chain),
        cmocka_unit_test(test_chain_with_tls),
        cmocka_unit_test(test_modules),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
