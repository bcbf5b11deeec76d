/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token that waits for a PIN on its keypad or for a touch (tests/harness/slowp11.c), on a page and in a run, and a module that does
 * not load at once: the screen says what it waits for, goes on when it comes, and a user who gives up gets out with everything saved.
 * Exit code 77 without SoftHSM2.
 */
#include "tests/screens/user.h"

#include "harness/slowtoken.h"

static struct {
    char *touch;
} T;

static int begin(void **state)
{
    (void)state;
    if (!setup_folder("no-ca")) {
        return -1;
    }
    T.touch = path_join(W.dir, "touch");
    char *db = path_join(W.dir, "home1/.dogtag/nssdb"), *home = path_join(W.dir, "home1");
    struct err err = ERR_INIT;
    bool ok = dir_create(home, 0700, &err) && slow_token_make(W.dir, db, T.touch);
    free(db);
    free(home);
    return ok ? 0 : -1;
}

static int end(void **state)
{
    free(T.touch);
    return teardown(state);
}

/* To the page of the database, with the token chosen and its PIN typed. */
static void choose_token(struct user *u, const char *pin)
{
    user_start(u, (struct start){.rows = 24, .cols = 80});
    see(u, "Get a certificate");
    type(u, "<Enter>");
    go_to(u, "A CA agent somewhere else");
    type(u, "<Space><Enter>");
    see(u, "What is the certificate for?");
    type(u, "<Enter>");
    see(u, "Where do the key and the certificate belong?");
    go_to(u, " slow");
    type(u, "<Space>");
    go_to(u, "Password");
    type(u, pin);
    expect_calm(u);
}

static void expect_giving_up(struct user *u)
{
    see(u, "The token may be waiting for you");
    expect_calm(u);
    type(u, "<Esc>");
    see(u, "Stopping. What is done stays done.");
    see(u, "The token is still waiting and cannot be stopped.");
    expect_calm(u);
    type(u, "<Enter>");
    expect_exit(u, 6);
}

static void continue_saved(struct user *u, const char *state)
{
    user_start(u, (struct start){.rows = 24, .cols = 80});
    see(u, "Continue a saved enrollment");
    go_to(u, "Continue a saved enrollment");
    type(u, "<Space><Enter>");
    see(u, "Which enrollment do you want to continue?");
    see(u, state);
    type(u, "<Enter>");
}

static void test_keypad_on_a_page(void **state)
{
    (void)state;
    struct user u;
    setenv("SLOWP11_KEYPAD", SLOW_PIN, 1);
    user_init(&u, false);
    slow_token_touch(T.touch, false);
    choose_token(&u, "");
    type(&u, "<Enter>");
    see(&u, "Waiting for the token");
    see(&u, "Unlock the key");
    expect_giving_up(&u);
    /* What was answered is there, and with the PIN it goes on. */
    continue_saved(&u, "unfinished");
    see(&u, "Where do the key and the certificate belong?");
    type(&u, "<Enter>");
    see(&u, "The token may be waiting for you");
    slow_token_touch(T.touch, true);
    see(&u, "Whose certificate is it?");
    type(&u, "<C-s>");
    expect_exit(&u, 6);
    user_release(&u);
    unsetenv("SLOWP11_KEYPAD");
}

static void test_touch_in_a_run(void **state)
{
    (void)state;
    struct user u;
    W.homes = 0; /* the same home: its database knows the token */
    user_init(&u, false);
    slow_token_touch(T.touch, true);
    choose_token(&u, SLOW_PIN);
    type(&u, "<Enter>");
    see(&u, "Whose certificate is it?");
    type(&u, "Jane<Enter>");
    see(&u, "What kind of key");
    type(&u, "<Enter>");
    see(&u, "Is everything right?");
    slow_token_touch(T.touch, false);
    type(&u, "<Enter>");
    expect_giving_up(&u);
    continue_saved(&u, "interrupted");
    see(&u, "Is everything right?");
    type(&u, "<Enter>");
    see(&u, "What is the password of slow?");
    type(&u, SLOW_PIN "<Enter>");
    see(&u, "The token may be waiting for you");
    slow_token_touch(T.touch, true);
    see(&u, "Now it is somebody else's turn.");
    user_release(&u);
}

/* From the page of a database that is made for the module, with the library's path typed, to the wait for it. */
static void add_module(struct user *u, const char *library)
{
    go_to(u, "Smart card or HSM...");
    type(u, "<Enter>");
    see(u, "Which smart cards and HSMs does the database know?");
    go_to(u, "Library");
    term_paste(u->t, library);
    go_to(u, "Add the module");
    type(u, "<Enter>");
    see(u, "Waiting for the token");
    see(u, "Add the module");
    expect_calm(u);
}

static void test_module_that_loads_slowly(void **state)
{
    (void)state;
    struct user u;
    char *built_library = built("tests/harness/slowp11.so"), *library = path_absolute(built_library);
    setenv("SLOWP11_LOAD", "1", 1);
    slow_token_touch(T.touch, false);
    user_init(&u, false);
    user_start(&u, (struct start){.rows = 24, .cols = 80});
    see(&u, "Get a certificate");
    type(&u, "<Enter>");
    go_to(&u, "A CA agent somewhere else");
    type(&u, "<Space><Enter>");
    see(&u, "What is the certificate for?");
    type(&u, "<Enter>");
    see(&u, "Where do the key and the certificate belong?");
    go_to(&u, "Password");
    type(&u, "Secret.123<Tab>Secret.123");
    add_module(&u, library);
    type(&u, "<Esc>"); /* the screen is alive */
    see(&u, "The token is still waiting and cannot be stopped.");
    type(&u, "<Enter>");
    expect_exit(&u, 6);
    continue_saved(&u, "unfinished");
    see(&u, "Where do the key and the certificate belong?");
    add_module(&u, library);
    slow_token_touch(T.touch, true);
    see(&u, "Remove the module"); /* it is in the list, and chosen */
    see(&u, "slowp11");
    type(&u, "<C-s>");
    expect_exit(&u, 6);
    user_release(&u);
    unsetenv("SLOWP11_LOAD");
    free(built_library);
    free(library);
}

int main(void)
{
    if (!slow_token_possible()) {
        return 77;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_keypad_on_a_page), cmocka_unit_test(test_touch_in_a_run),
                                       cmocka_unit_test(test_module_that_loads_slowly)};
    return cmocka_run_group_tests(tests, begin, end);
}
