/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocation and the server page in a pty, each page as a named dump at several sizes: the certificate is shown before anything is asked
 * of the CA, reasons stand in plain words, a confirmation comes before the CA is told, and its status afterwards; the server page
 * offers EST with the fields that belong to it.
 */
#include "tests/screens/user.h"

#include "tests/screens/dump.h"

struct look {
    const char *name;
    int rows, cols;
};

/* To add a size: a row and a test. */
enum { NORMAL, WIDE, HUGE_ONE };
static const struct look LOOKS[] = {
    [NORMAL] = {"80x24", 24, 80}, [WIDE] = {"100x30", 30, 100}, [HUGE_ONE] = {"200x60", 60, 200}};

static void look_is(struct user *u, const struct look *l, const char *page)
{
    expect_calm(u);
    dump_compare(u->t, page, l->name, 0);
}

/* A certificate of the user's, unattended. */
static void enroll(const struct user *u)
{
    struct err err = ERR_INIT;
    char *answers = path_join(u->home, "answers"), *password = path_join(u->home, "password");
    char *pki = path_join(u->home, ".pki");
    char *text = xasprintf("scenario = agent-signed\nca = examplec\ndbdir = %s/nssdb\npassword.file = %s\nkey.type = ec\n"
                           "agent.p12 = %s/agent.p12\nagent.p12.password.file = %s/agent.password\npractice.import = true\n"
                           "subject = UID=jdoe,OU=people,DC=example,DC=com\nnew.nickname = jdoe\n",
                           pki, password, W.ca, W.ca);
    assert_true(dir_create(pki, 0700, &err) && file_write(answers, bytes_of_str(text), 0600, &err) &&
                file_write(password, bytes_of_str("Secret.123\n"), 0600, &err));
    char *home = xasprintf("HOME=%s", u->home);
    const char *const argv[] = {"/usr/bin/env", "-u", "XDG_STATE_HOME", "-u", "XDG_CONFIG_HOME", "-u", "XDG_DATA_HOME", home,
                                W.wizard, "--answers", answers, NULL};
    int status = 0;
    waitpid(spawn(argv), &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    free(answers);
    free(password);
    free(pki);
    free(text);
    free(home);
}

static void open_revocation(struct user *u, const struct look *l)
{
    user_start(u, (struct start){.rows = l->rows, .cols = l->cols});
    go_to(u, "Revoke a certificate");
    type(u, "<Space><Enter>");
    see(u, "Which certificate is to be revoked?");
}

/* An agent asks for what was revoked before: it is said beforehand that nothing changes, and that nothing has changed.
 */
static void again(struct user *u, const struct look *l)
{
    open_revocation(u, l);
    type(u, "<Tab>");
    go_to(u, "jdoe");
    type(u, "<Space><Enter>");
    see(u, "revoked (keyCompromise)");
    see(u, "It is already revoked or on hold; a new request would change nothing.");
    type(u, "<Enter>");
    go_to(u, "A CA agent");
    type(u, "<Space><Tab>");
    go_to(u, "practice-agent");
    type(u, "<Space><Enter>");
    see(u, "password of the database");
    type(u, "Secret.123<Enter>");
    see(u, "Is everything right?");
    type(u, "<Enter>");
    see(u, "No, keep it");
    type(u, "<Down><Enter>");
    see(u, "The certificate was already revoked or on hold: nothing has changed.");
    look_is(u, l, "still-revoked");
    type(u, "<Enter>");
    expect_exit(u, 0);
}

static void revoke_walk(const struct look *l)
{
    struct user u;
    user_init(&u, true);
    enroll(&u);
    open_revocation(&u, l);
    look_is(&u, l, "target");
    go_to(&u, "jdoe");
    type(&u, "<Space><Enter>");
    see(&u, "Why is this certificate to be revoked?"); /* the certificate first, nothing was asked of the CA but its record */
    look_is(&u, l, "reason");
    see(&u, "UID=jdoe,OU=people");
    see(&u, "valid");
    go_to(&u, "Its key is lost");
    type(&u, "<Space>");
    look_is(&u, l, "reason-key");
    type(&u, "<Enter>");
    see(&u, "Who asks the CA to revoke it?");
    look_is(&u, l, "revoker");
    type(&u, "<Enter>");
    see(&u, "password of the database");
    type(&u, "Secret.123<Enter>");
    see(&u, "Is everything right?");
    look_is(&u, l, "review-revoke");
    type(&u, "<Enter>");
    see(&u, "No, keep it");
    look_is(&u, l, "confirm-revoke");
    type(&u, "<Esc>"); /* nothing happens */
    see(&u, "Is everything right?");
    type(&u, "<Enter>");
    see(&u, "No, keep it");
    type(&u, "<Down><Enter>");
    see(&u, "The certificate is revoked.");
    look_is(&u, l, "revoked");
    see(&u, "At the CA");
    type(&u, "<Enter>");
    expect_exit(&u, 0);
    if (l == &LOOKS[NORMAL]) {
        again(&u, l);
    }
    user_release(&u);
}

static void test_revoke(void **state)
{
    revoke_walk(*state);
}

/* The server page of somebody without a description. */
static void server_walk(const struct look *l)
{
    struct user u;
    user_init(&u, false);
    user_start(&u, (struct start){.rows = l->rows, .cols = l->cols});
    see(&u, "Get a certificate");
    type(&u, "<Enter>");
    see(&u, "signs it here, now");
    type(&u, "<Enter>");
    see(&u, "What is the certificate for?");
    type(&u, "<Enter>");
    see(&u, "Which certificate authority issues it?");
    type(&u, "est.example.com");
    look_is(&u, l, "server");
    go_to(&u, "An EST server (RFC 7030)");
    type(&u, "<Space>");
    see(&u, "● An EST server (RFC 7030)");
    type(&u, "<Tab>jdoe");
    see(&u, "Password");
    type(&u, "<Tab>very-secret");
    look_is(&u, l, "server-est");
    char *screen = term_dump(u.t, 0);
    assert_null(strstr(screen, "very-secret"));
    free(screen);
    /* Back to the usual way: the fields go, what was typed stays. */
    go_to(&u, "The CA's CMC servlets");
    type(&u, "<Space>");
    term_expect_gone(u.t, "EST user", WAIT_MS);
    go_to(&u, "An EST server (RFC 7030)");
    type(&u, "<Space>");
    see(&u, "jdoe");
    type(&u, "<Tab>:x<Enter>");
    see(&u, "A user name for an EST server has no colon.");
    user_release(&u);
}

static void test_server(void **state)
{
    server_walk(*state);
}

#define LOOK(test, i) {#test " " #i, test, NULL, NULL, (void *)(uintptr_t)&LOOKS[i]}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOK(test_server, NORMAL),   LOOK(test_server, WIDE), LOOK(test_server, HUGE_ONE),
        LOOK(test_revoke, NORMAL),   LOOK(test_revoke, WIDE), LOOK(test_revoke, HUGE_ONE),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
