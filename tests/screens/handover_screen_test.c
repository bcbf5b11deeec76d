/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recorded walk of a hand-over between two machines (two HOMEs): a user makes a request, the agent refuses it with a reason, the
 * user reads it, changes the subject and hands the same key over again, the agent signs it, the user imports the answer. Both read
 * the digits to each other each time. 80x24, and only what the pages say.
 */
#include "tests/screens/user.h"

#include "base/strv.h"
#include "base/text.h"

/* Of the newest enrollment. */
static char *file_of_session(const char *home, const char *name)
{
    char *sessions = path_join(home, ".local/state/cmc-wizard/sessions");
    struct strv names = STRV_INIT;
    assert_true(dir_list(sessions, &names, NULL) && names.n > 0);
    char *dir = path_join(sessions, names.v[names.n - 1]), *path = path_join(dir, name);
    strv_release(&names);
    free(dir);
    free(sessions);
    return path;
}

/* The same octets as the digits, for those who rather compare words. */
static char *words_on_screen(struct user *u)
{
    static const char label[] = "Or as words";
    see(u, label);
    int row = term_find(u->t, label, NULL);
    assert_true(row >= 0);
    char *text = term_row(u->t, row), *words = text_trim(strstr(text, label) + strlen(label)), *copy = xstrdup(words);
    assert_true(*words);
    free(text);
    return copy;
}

static char *digits_on_screen(struct user *u)
{
    see(u, "Digits to compare");
    term_settle(u->t, 60);
    int row = term_find(u->t, "Digits to compare", NULL);
    assert_true(row >= 0);
    char *text = term_row(u->t, row), *at = text + strcspn(text, "0123456789");
    char *digits = xstrndup(at, 24);
    free(text);
    assert_int_equal(strlen(digits), 24);
    return digits;
}

static void first_page(struct user *u, const char *choice)
{
    user_start(u, (struct start){.rows = 24, .cols = 80});
    see(u, "What would you like to do?");
    go_to(u, choice);
    type(u, "<Space><Enter>");
}

/* Mailed, or carried: a copy. */
static void carry(const char *from, const char *to)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct err err = ERR_INIT;
    assert_true(file_read(from, &text, &err) && file_write(to, buf_peek(&text), 0600, &err));
    buf_release(&text);
}

static void jane_asks(struct user *jane)
{
    first_page(jane, "Get a certificate");
    see(jane, "Who vouches for you");
    go_to(jane, "A CA agent somewhere else");
    type(jane, "<Space><Enter>");
    see(jane, "What is the certificate for?");
    type(jane, "<Enter>");
    see(jane, "Where do the key");
    type(jane, "<Tab>Secret.123<Tab>Secret.123<Enter>");
    see(jane, "Whose certificate");
    type(jane, "Jane Doe<Enter>");
    see(jane, "What kind of key");
    type(jane, "<Enter>");
    see(jane, "Is everything right?");
    type(jane, "<Enter>");
}

/* After the run: somebody else's turn, with the digits; leaves. */
static char *jane_waits(struct user *jane)
{
    see(jane, "Now it is somebody else's turn.");
    expect_calm(jane);
    char *digits = digits_on_screen(jane);
    type(jane, "<Enter>");
    expect_exit(jane, 5);
    return digits;
}

static void jane_has_answer(struct user *jane, const char *answer)
{
    first_page(jane, "Continue a saved enrollment");
    see(jane, "Which enrollment do you want to continue?");
    type(jane, "<Space><Enter>");
    see(jane, "Has the CA agent's answer arrived?");
    term_paste(jane->t, answer);
    type(jane, "<Enter>");
}

static void agent_opens(struct user *agent, const char *package, const char *said)
{
    first_page(agent, "Helpdesk and CA agents");
    see(agent, "What does the helpdesk want to do?");
    type(agent, "<Enter>");
    see(agent, "Whose request do you want to sign?");
    term_paste(agent->t, package);
    char *heard = digits_on_screen(agent);
    assert_string_equal(said, heard);
    free(heard);
    type(agent, "<Enter>");
    see(agent, "Do you approve this request?");
    see(agent, "good: signed with the key itself");
    expect_calm(agent);
}

static char *agent_gives_back(struct user *agent, char **words)
{
    see(agent, "Done: now give the answer back.");
    expect_calm(agent);
    char *digits = digits_on_screen(agent);
    *words = words_on_screen(agent);
    type(agent, "<Enter>");
    expect_exit(agent, 0);
    return digits;
}

static void agent_signs(struct user *agent)
{
    type(agent, "<Space><Enter>");
    see(agent, "What is the certificate for?");
    type(agent, "<Enter>");
    see(agent, "Which CA agent signs the request?");
    char *p12 = path_join(W.ca, "agent.p12"), *password_file = path_join(W.ca, "agent.password");
    struct buf password = BUF_INIT(256);
    struct err err = ERR_INIT;
    assert_true(file_read(password_file, &password, &err));
    char *line = xstrndup(buf_str(&password), strcspn(buf_str(&password), "\n"));
    term_paste(agent->t, p12);
    type(agent, "<Tab>");
    term_paste(agent->t, line);
    type(agent, "<Tab>~/nssdb");
    see(agent, "Its password");
    term_settle(agent->t, 60);
    type(agent, "<Tab>Agent.456<Enter>");
    see(agent, "This agent belongs to a practice CA.");
    type(agent, "<Down><Enter>");
    see(agent, "Is everything right?");
    expect_calm(agent);
    type(agent, "<Enter>");
    free(line);
    buf_release(&password);
    free(password_file);
    free(p12);
}

static void test_refusal_then_certificate(void **state)
{
    (void)state;
    struct user jane, agent;
    user_init(&jane, false);
    user_init(&agent, true);
    char *mailed = xasprintf("%s/request.cmcpkg", agent.home), *back = xasprintf("%s/answer.cmcpkg", jane.home);

    jane_asks(&jane);
    char *first = jane_waits(&jane), *package = file_of_session(jane.home, "request.cmcpkg");
    carry(package, mailed);
    agent_opens(&agent, mailed, first);
    go_to(&agent, "Refuse, with a reason");
    type(&agent, "<Space><Tab>Please add your department: ou=sales.<Enter>");
    see(&agent, "Is everything right?");
    see(&agent, "Please add your department: ou=sales.");
    expect_calm(&agent);
    assert_int_equal(term_find(agent.t, "For other tools", NULL), -1); /* there are no .cfg files, and no message */
    assert_int_equal(term_find(agent.t, "Show commands", NULL), -1);
    assert_int_equal(term_find(agent.t, "F6", NULL), -1);
    type(&agent, "<Enter>");
    char *refused_words, *refused = agent_gives_back(&agent, &refused_words), *answer = file_of_session(agent.home, "answer.cmcpkg");
    carry(answer, back);
    free(answer);

    jane_has_answer(&jane, back);
    see(&jane, "Is everything right?");
    type(&jane, "<Enter>");
    see(&jane, "The CA agent refused your request.");
    see(&jane, "Please add your department: ou=sales.");
    see(&jane, "package-refused");
    expect_calm(&jane);
    char *read_out = digits_on_screen(&jane);
    type(&jane, "<C-c>");
    see(&jane, "Leave the wizard?");
    type(&jane, "<Esc>");
    see(&jane, "The CA agent refused your request.");
    term_settle(jane.t, 60);
    assert_string_equal(refused, read_out);
    type(&jane, "<Enter>");
    see(&jane, "Is everything right?");
    go_to(&jane, "CN=Jane Doe");
    type(&jane, "<Space>");
    see(&jane, "Whose certificate");
    type(&jane, "<Tab><Tab><Tab>sales<Enter>");
    see(&jane, "OU=sales");
    see(&jane, "Is everything right?");
    type(&jane, "<Enter>");
    see(&jane, "What is the password of the database?"); /* the same key signs the new request */
    type(&jane, "Secret.123<Enter>");
    char *second = jane_waits(&jane);
    assert_string_not_equal(first, second);

    carry(package, mailed);
    agent_opens(&agent, mailed, second);
    agent_signs(&agent);
    char *read_again, *words, *words_again, *signed_digits = agent_gives_back(&agent, &words);
    answer = file_of_session(agent.home, "answer.cmcpkg");
    carry(answer, back);
    free(answer);

    jane_has_answer(&jane, back);
    see(&jane, "Is this the right certificate authority?"); /* she has no description of it */
    see(&jane, "PRACTICE ONLY");
    expect_calm(&jane);
    type(&jane, "<Up><Enter>");
    see(&jane, "Is everything right?");
    type(&jane, "<Enter>");
    see(&jane, "What is the password of the database?");
    type(&jane, "Secret.123<Enter>");
    see(&jane, "practice-import"); /* a real database, and a practice CA */
    type(&jane, "<Esc>");
    see(&jane, "Import it all the same?");
    type(&jane, "<Down><Enter>");
    see(&jane, "Is everything right?");
    type(&jane, "<Enter>");
    see(&jane, "The certificate is there, and it works.");
    read_again = digits_on_screen(&jane);
    words_again = words_on_screen(&jane);
    assert_string_equal(signed_digits, read_again);
    assert_string_equal(words, words_again);
    free(words);
    free(words_again);
    free(signed_digits);
    free(read_again);
    free(mailed);
    free(back);
    free(first);
    free(second);
    free(refused_words);
    free(refused);
    free(read_out);
    free(package);
    user_release(&jane);
    user_release(&agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_refusal_then_certificate)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
