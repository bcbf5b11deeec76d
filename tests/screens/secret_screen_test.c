/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A first certificate by shared secret at 80x24, where the CA's profile cannot take it: disabled, and a kind of key that it does not
 * take, which is said before a key is made.
 */
#include "tests/screens/user.h"

#include <glob.h>
#include <sys/stat.h>

#define SECRET "vilon-ruvuz-turul-navim-dabod"

/* From the first page to the review page. profile "" = the usual one. */
static void walk(struct user *u, const char *profile, bool ec)
{
    user_start(u, (struct start){.rows = 24, .cols = 80});
    see(u, "Get a certificate");
    type(u, "<Enter>");
    see(u, "Who vouches for you");
    go_to(u, "Nobody yet");
    type(u, "<Space><Enter>");
    see(u, "Where do the key and the certificate belong?");
    type(u, "<Tab>Secret.123<Tab>Secret.123<Enter>");
    see(u, "Who are you to the certificate authority?");
    type(u, "jdoe<Tab><Tab>");
    type(u, profile);
    type(u, "<Enter>");
    see(u, "What is the secret that the helpdesk gave you?");
    expect_calm(u);
    type(u, SECRET "<Enter>");
    see(u, "What kind of key do you need?");
    if (ec) {
        go_to(u, "EC (elliptic curve)");
        type(u, "<Space>");
        see(u, "P-256");
    }
    type(u, "<Enter>");
    see(u, "Is everything right?");
    expect_calm(u);
}

static char *read_session(struct user *u)
{
    char *pattern = path_join(u->home, ".local/state/cmc-wizard/sessions/*/session.json");
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct err err = ERR_INIT;
    glob_t found = {0};
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 1);
    assert_true(file_read(found.gl_pathv[0], &text, &err));
    globfree(&found);
    free(pattern);
    return buf_take_str(&text);
}

/* On the page or further down. */
static void scroll_to(struct user *u, const char *text)
{
    for (int i = 0; i < 60 && term_find(u->t, text, NULL) < 0; i++) {
        type(u, "<Down>");
        term_settle(u->t, 60);
    }
    see(u, text);
}

/* The message before there is a key: one for the moment signs it, and neither key nor database is made. */
static void look_at_message(struct user *u)
{
    type(u, "<F6>");
    see(u, "The message to the CA");
    scroll_to(u, "identification");
    scroll_to(u, "identityProofV2");
    scroll_to(u, "popLinkRandom");
    type(u, "<Esc>");
    see(u, "Is everything right?");
    char *db = path_join(u->home, ".dogtag/nssdb/cert9.db"), *session = read_session(u);
    assert_int_not_equal(access(db, F_OK), 0);
    assert_null(strstr(session, "key.id"));
    free(session);
    free(db);
}

/* F7 on a failure: the preview, its names masked, and the same text in a file that only the user reads. */
static void save_bundle(struct user *u)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct err err = ERR_INIT;
    struct stat st;
    char *path = path_join(u->home, "cmc-wizard-support.txt");
    type(u, "<F7>");
    see(u, "This, and nothing else, goes into the support bundle");
    see(u, "==== manifest ====");
    page_to(u, "names: as they are");
    page_to(u, "identification=jdoe");
    expect_calm(u);
    type(u, "<F6>");
    see(u, "show names");
    page_to(u, "names: masked");
    page_to(u, "identification=(name ");
    type(u, "<F7>");
    see(u, "Where should the support bundle go?");
    type(u, "<Enter>");
    see(u, "The support bundle is written");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_true(file_read(path, &text, &err));
    assert_non_null(strstr(buf_str(&text), "names: masked\n"));
    assert_non_null(strstr(buf_str(&text), "identification=(name "));
    assert_null(strstr(buf_str(&text), "jdoe"));
    assert_null(strstr(buf_str(&text), SECRET));
    type(u, "<Enter>");
    see(u, "show names"); /* and still masked */
    type(u, "<Esc>");
    see(u, "It did not work this time.");
    buf_release(&text);
    free(path);
}

/* The profile is shipped disabled, and nobody enabled it: said before, and who can help is said after. */
static void test_disabled_profile(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, true);
    walk(&u, "", false);
    look_at_message(&u);
    scroll_to(&u, "caFullCMCSharedTokenCert is disabled in a new CA");
    type(&u, "<Enter>");
    see(&u, "It did not work this time.");
    expect_calm(&u);
    see(&u, "The CA has no enabled profile of that name.");
    see(&u, "Not Found");
    page_is(&u, "failure-refused");
    scroll_to(&u, "1. The profile caFullCMCSharedTokenCert is disabled in a new CA");
    scroll_to(&u, "who enables");
    type(&u, "<F6>");
    see(&u, "For the administrator of the certificate authority");
    see(&u, "ca-profile-not-found");
    see(&u, "caFullCMCSharedTokenCert");
    type(&u, "<Esc>");
    see(&u, "It did not work this time.");
    save_bundle(&u);
    type(&u, "<Esc>");
    see(&u, "Is everything right?");
    /* Its key is in the database by now: nothing of it goes without a question. */
    type(&u, "<C-c>");
    see(&u, "Discard this enrollment");
    type(&u, "<Down><Down><Enter>");
    see(&u, "A key was made for it");
    see(&u, "Delete only its files");
    type(&u, "<Esc>");
    see(&u, "Is everything right?");
    type(&u, "<C-s>");
    expect_exit(&u, 6);
    user_release(&u);
}

/* The profile is for RSA and the key would be EC: the review page does not go on, and no key is made. */
static void test_ec_key_on_rsa_profile(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, true);
    walk(&u, "caFullCMCSharedTokenCert", true);
    see(&u, "The profile caFullCMCSharedTokenCert does not take this key.");
    type(&u, "<Enter>");
    see(&u, "It cannot start like this.");
    see(&u, "Error id: profile-key-type");
    type(&u, "<Esc>");
    see(&u, "Is everything right?");
    char *session = read_session(&u);
    assert_non_null(strstr(session, "caFullCMCSharedTokenCert"));
    assert_null(strstr(session, "key.id"));
    assert_null(strstr(session, "key.pending"));
    assert_null(strstr(session, "\"started\""));
    free(session);
    type(&u, "<C-s>");
    expect_exit(&u, 6);
    user_release(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_disabled_profile), cmocka_unit_test(test_ec_key_on_rsa_profile)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
