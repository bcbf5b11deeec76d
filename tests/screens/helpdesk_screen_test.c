/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helpdesk's own pages at 80x24: a CA described for users, a folder of requests, a guided call, failures to rehearse.
 */
#include "tests/screens/user.h"

#include "base/json.h"

static void helpdesk(struct user *u, const char *job)
{
    user_start(u, (struct start){.rows = 24, .cols = 80});
    see(u, "What would you like to do?");
    go_to(u, "Helpdesk and CA agents");
    type(u, "<Space><Enter>");
    see(u, "What does the helpdesk want to do?");
    expect_calm(u);
    go_to(u, job);
    type(u, "<Space><Enter>");
}

static void leave(struct user *u)
{
    type(u, "<C-s>");
    int status = 0;
    assert_true(term_wait_exit(u->t, WAIT_MS, &status));
    assert_true(WIFEXITED(status));
}

static struct json *read_json(const char *dir, const char *name)
{
    char *path = path_join(dir, name);
    struct err err = ERR_INIT;
    struct json *root = json_read_file(path, &err);
    assert_non_null(root);
    free(path);
    return root;
}

/* The language of the description is spoken where nothing else says one, and only there. */
static void expect_language(struct user *u)
{
    const char *top = getenv("top_builddir");
    char *catalogue = path_join(top && *top ? top : ".", "po/locale/de/LC_MESSAGES/cmc-wizard.mo");
    const struct {
        struct start start;
        const char *mark;
    } rows[] = {
        {{.env = {"LC_ALL", "LANG=C.UTF-8", "LC_MESSAGES"}}, file_exists(catalogue) ? "F3 de" : "F3 en"},
        {{.env = {"LC_ALL", "LANG", "LC_MESSAGES"}}, file_exists(catalogue) ? "F3 de" : "F3 en"},
        {{.env = {"LC_ALL=C.UTF-8"}}, "F3 en"},
        {{.env = {"LC_ALL", "LANG", "LC_MESSAGES"}, .arg = {"--lang=en"}}, "F3 en"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct start start = rows[i].start;
        start.rows = 24;
        start.cols = 80;
        user_start(u, start);
        see(u, rows[i].mark);
        leave(u);
    }
    free(catalogue);
}

/* A CA that users choose from, beside the practice CA. */
static void put_ca(const struct user *u, const char *name, const char *title, const char *language)
{
    struct err err = ERR_INIT;
    struct json *one = read_json(W.ca, "ca-description.json");
    json_set_str(one, "name", name);
    json_set_str(one, "title", title);
    json_set_str(one, "language", language);
    json_set_bool(one, "practice", false);
    char *text = json_print(one, true), *path = xasprintf("%s/.config/cmc-wizard/ca.d/%s.json", u->home, name);
    assert_true(file_write(path, bytes_of_str(text), 0644, &err));
    free(path);
    free(text);
    json_free(one);
}

/* Where descriptions disagree, the chosen CA's counts, until the user says another language. */
static void expect_language_of_choice(struct user *u)
{
    static const char *const unsaid[] = {"LC_ALL", "LANG", "LC_MESSAGES"};
    const char *top = getenv("top_builddir");
    char *catalogue = path_join(top && *top ? top : ".", "po/locale/de/LC_MESSAGES/cmc-wizard.mo");
    put_ca(u, "north", "North Site", "ja");
    put_ca(u, "south", "South Site", "de");
    const struct {
        const char *lang;
        bool asked; /* on the language page, where English stays */
        const char *mark;
    } rows[] = {{NULL, false, file_exists(catalogue) ? "F3 de" : "F3 en"}, {NULL, true, "F3 en"}, {"--lang=en", false, "F3 en"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct start start = {.rows = 24, .cols = 80, .env = {unsaid[0], unsaid[1], unsaid[2]}, .arg = {rows[i].lang}};
        user_start(u, start);
        see(u, "F3 en");
        see(u, "Get a certificate");
        type(u, "<Enter>");
        go_to(u, "A CA agent signs it here, now");
        type(u, "<Space><Enter>");
        see(u, "What is the certificate for?");
        if (rows[i].asked) {
            type(u, "<F3>");
            see(u, "Which language do you read best?");
            type(u, "<Enter>");
            see(u, "What is the certificate for?");
        }
        type(u, "<Enter>");
        see(u, "Which certificate authority issues it?");
        go_to(u, "South Site");
        type(u, "<Space><Enter>");
        see(u, "/.dogtag/nssdb"); /* the database page, in whatever language */
        see(u, rows[i].mark);
        leave(u);
    }
    free(catalogue);
}

static void test_describe(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, false);
    struct json *ours = read_json(W.ca, "ca-description.json");
    char *port = xasprintf("%d", (int)json_get_num(ours, "port", 0));
    helpdesk(&u, "Describe a CA for your users");
    see(&u, "Which certificate authority do you describe?");
    expect_calm(&u);
    page_is(&u, "describe");
    type(&u, "localhost<Tab><BS><BS><BS><BS>");
    type(&u, port);
    type(&u, "<Enter>");
    see(&u, "Is this the right certificate authority?");
    see(&u, "PRACTICE ONLY");
    type(&u, "<Up><Enter>");
    see(&u, "What should your users read?");
    expect_calm(&u);
    page_is(&u, "describe-words");
    type(&u, "<Tab><Tab>call 1234<Tab>de<Tab><Tab><Space><Enter>");
    see(&u, "The description is written");
    expect_calm(&u);
    struct json *made = read_json(u.home, "localhost.json");
    static const char *const same[] = {"host", "fingerprint", "chain"};
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        assert_string_equal(json_get_str(made, same[i], "none"), json_get_str(ours, same[i], "neither"));
    }
    assert_string_equal(json_get_str(made, "contact", ""), "call 1234");
    assert_string_equal(json_get_str(made, "language", ""), "de");
    assert_true(json_get_bool(made, "practice", false));
    assert_true(json_get_num(made, "port", 0) == json_get_num(ours, "port", 1));
    json_free(made);
    json_free(ours);
    free(port);
    type(&u, "<Esc>");
    see(&u, "What does the helpdesk want to do?");
    leave(&u);
    expect_language(&u);
    expect_language_of_choice(&u);
    user_release(&u);
}

static void test_guide(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, false);
    helpdesk(&u, "Guide somebody on the phone");
    see(&u, "Which enrollment is the call about?");
    page_is(&u, "guide");
    go_to(&u, "Handed to a CA agent");
    type(&u, "<Space><Enter>");
    see(&u, "Where is the caller now?");
    see(&u, "What is the certificate for?"); /* the wizard's own words */
    see(&u, "Hand over");
    expect_calm(&u);
    page_is(&u, "guide-where");
    go_to(&u, "Whose certificate is it?");
    type(&u, "<Space><Enter>");
    see(&u, "They see the question: Whose certificate is it?");
    see(&u, "Let them read the whole name");
    see(&u, "The name your CA knows you by (UID), like jdoe.");
    page_is(&u, "guide-page");
    type(&u, "<Esc>");
    see(&u, "Where is the caller now?");
    term_settle(u.t, 60);
    type(&u, "<Enter>"); /* the next one is chosen */
    see(&u, "They see the question: What kind of key do you need?");
    type(&u, "<Esc>");
    see(&u, "Where is the caller now?");
    go_to(&u, "Hand over");
    type(&u, "<Space><Enter>");
    see(&u, "five groups of digits");
    page_is(&u, "guide-step");
    type(&u, "<Esc>");
    see(&u, "Where is the caller now?");
    leave(&u);
    user_release(&u);
}

/* There is something to ask at every page and step of every scenario. */
static void test_guide_is_complete(void **state)
{
    (void)state;
    static const char *const scenarios[] = {"Signed by a CA agent", "Handed to a CA agent", "Agent desk", "First certificate",
                                            "Encryption certificate", "Renewal", "Revocation"};
    struct user u;
    user_init(&u, false);
    helpdesk(&u, "Guide somebody on the phone");
    for (size_t i = 0; i < ARRAY_LEN(scenarios); i++) {
        see(&u, "Which enrollment is the call about?");
        go_to(&u, scenarios[i]);
        type(&u, "<Space><Enter>");
        for (int step = 0; step < 21; step++) { /* the last one stays chosen */
            see(&u, "Where is the caller now?");
            term_expect_gone(u.t, "They see", WAIT_MS);
            type(&u, "<Enter>");
            see(&u, "They see");
            term_expect_gone(u.t, "Where is the caller now?", WAIT_MS);
            if (term_find(u.t, "They see", NULL) < 7) { /* what to ask stands before it */
                term_expect(u.t, "something to ask", 0);
            }
            type(&u, "<Enter>");
        }
        see(&u, "Where is the caller now?");
        term_settle(u.t, 60);
        type(&u, "<Esc>");
    }
    see(&u, "Which enrollment is the call about?");
    term_settle(u.t, 60);
    leave(&u);
    user_release(&u);
}

static void test_queue(void **state)
{
    (void)state;
    struct user u;
    struct err err = ERR_INIT;
    user_init(&u, true);
    char *folder = path_join(u.home, "in"), *broken = path_join(folder, "broken.cmcpkg"), *csr = path_join(folder, "bare.csr");
    char *from = unit_source("tests/vectors/tools/pki-nss-cert-request/x.csr");
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    assert_true(dir_create(folder, 0700, &err) && file_write(broken, bytes_of_str("{\"version\":1"), 0600, &err));
    assert_true(file_read(from, &text, &err) && file_write(csr, buf_peek(&text), 0600, &err));
    helpdesk(&u, "Work through a folder of requests");
    see(&u, "Where are the requests that people gave you?");
    page_is(&u, "queue-folder");
    term_paste(u.t, folder);
    type(&u, "<Enter>");
    see(&u, "Which request is next?");
    see(&u, "unusable");
    see(&u, "new 1, unusable 1.");
    expect_calm(&u);
    page_is(&u, "queue");
    type(&u, "<Enter>");
    see(&u, "Do you approve this request?");
    see(&u, "It is a bare CSR");
    expect_calm(&u);
    page_is(&u, "queue-request");
    go_to(&u, "Refuse, with a reason");
    type(&u, "<Space><Tab>Who are you?<Enter>");
    see(&u, "Is everything right?");
    type(&u, "<Enter>");
    see(&u, "Done: now give the answer back.");
    type(&u, "<Enter>");
    see(&u, "Which request is next?");
    see(&u, "refused 1, unusable 1.");
    type(&u, "<F7>");
    see(&u, "Shown: what is done.");
    expect_calm(&u);
    page_is(&u, "queue-done");
    leave(&u);
    buf_release(&text);
    free(from);
    free(csr);
    free(broken);
    free(folder);
    user_release(&u);
}

/* The practice CA in this user's own folder, made and started by the page. */
static void test_faults(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, false);
    helpdesk(&u, "Rehearse failures with the practice CA");
    term_expect(u.t, "What should go wrong at the practice CA?", 4 * WAIT_MS);
    see(&u, "An HTML page comes instead of an answer.");
    expect_calm(&u);
    page_is(&u, "faults");
    go_to(&u, "The profile is disabled.");
    see(&u, "The wizard then shows the error ca-profile-not-found.");
    type(&u, "<Space><Enter>");
    see(&u, "on     The profile is disabled.");
    struct buf conf = BUF_INIT(BUF_MAX_TEXT);
    struct err err = ERR_INIT;
    char *path = path_join(u.home, ".local/share/cmc-wizard/practice/ca/CS.cfg");
    assert_true(file_read(path, &conf, &err));
    assert_non_null(strstr(buf_str(&conf), "practice.fault.disabled-profile=true"));
    type(&u, "<F6>");
    see(&u, "nothing can go wrong");
    type(&u, "<Esc>");
    see(&u, "What would you like to practise?");
    type(&u, "<Enter>");
    see(&u, "What is the certificate for?");
    leave(&u);
    buf_release(&conf);
    free(path);
    user_release(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_describe), cmocka_unit_test(test_guide),
                                       cmocka_unit_test(test_guide_is_complete),
                                       cmocka_unit_test(test_queue), cmocka_unit_test(test_faults)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
