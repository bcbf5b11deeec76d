/* SPDX-License-Identifier: Apache-2.0 */
/* What the wizard says of a request that was sent and not answered, in full screen and as prompts. */
#include "tests/screens/user.h"

/* An unattended enrollment that is killed when its connection for the request is there (tests/interrupt/cut.c). */
static void leave_doubt(const struct user *u)
{
    const char *top = getenv("top_builddir");
    char *answers = path_join(u->home, "answers"), *password = path_join(u->home, "password"), *db = path_join(u->home, "db");
    char *cut = path_join(top && *top ? top : ".", "tests/interrupt/cut.so");
    struct err err = ERR_INIT;
    char *text = xasprintf("scenario = agent-signed\nca = examplec\ndbdir = %s\ndbdir.create = true\npassword.file = %s\n"
                           "key.type = ec\nagent.p12 = %s/agent.p12\nagent.p12.password.file = %s/agent.password\n"
                           "practice.import = true\nsubject = uid=jdoe,ou=people,dc=example,dc=com\n", db, password, W.ca, W.ca);
    assert_true(file_write(answers, bytes_of_str(text), 0600, &err) && file_write(password, bytes_of_str("Secret.123\n"), 0600, &err));
    char *home = xasprintf("HOME=%s", u->home), *preload = xasprintf("LD_PRELOAD=%s", cut);
    const char *const argv[] = {"env", "-u", "XDG_STATE_HOME", "-u", "XDG_CONFIG_HOME", "-u", "XDG_DATA_HOME", home, preload,
                                "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0", "CUT_EVENTS=1",
                                "CUT_AT=submit\tconnect\t\t1\tafter", W.wizard, "--answers", answers, "--json-fd", "1", NULL};
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 1);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    free(answers);
    free(password);
    free(db);
    free(cut);
    free(text);
    free(home);
    free(preload);
}

static void expect_doubt(struct user *u)
{
    see(u, "Did the request arrive?");
    see(u, "It was sent on ");
    see(u, "no answer is here.");
    see(u, "The CA was searched: since then it has issued no certificate for this key.");
    see(u, "the CA issues a second");
}

static void test_unclear_outcome(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, true);
    leave_doubt(&u);
    user_start(&u, (struct start){.rows = 24, .cols = 80});
    type(&u, "<Down><Space><Enter>");
    see(&u, "Which enrollment do you want to continue?");
    type(&u, "<Space><Enter>");
    see(&u, "Is everything right?");
    type(&u, "<Enter>");
    see(&u, "What is the password of the database?");
    type(&u, "Secret.123<Enter>");
    expect_doubt(&u);
    expect_calm(&u);
    page_is(&u, "doubt");
    type(&u, "<Esc>"); /* keeps it, sends nothing */
    see(&u, "Is everything right?");
    type(&u, "<Enter>");
    expect_doubt(&u);
    type(&u, "<Enter>"); /* looks again: still nothing */
    term_settle(u.t, 300);
    expect_doubt(&u);
    type(&u, "<Down><Enter>");
    see(&u, "The certificate is there, and it works.");
    type(&u, "<Enter>");
    expect_exit(&u, 0);
    user_release(&u);
}

static void test_unclear_outcome_plain(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, true);
    leave_doubt(&u);
    user_start(&u, (struct start){.rows = 200, .cols = 100, .arg = {"--plain"}});
    see(&u, "What would you like to do?");
    type(&u, "2<Enter>");
    see(&u, "Which enrollment do you want to continue?");
    type(&u, "1<Enter>");
    see(&u, "Wipe this saved enrollment.");
    see(&u, "Your choice:");
    type(&u, "<Enter>");
    see(&u, "For other tools (yes/no)");
    type(&u, "<Enter>");
    see(&u, "Enter) Start");
    type(&u, "<Enter>");
    see(&u, "What is the password of the database?");
    see(&u, "typing is not shown");
    type(&u, "Secret.123<Enter>");
    expect_doubt(&u);
    see(&u, "2) Send again");
    type(&u, "2<Enter>");
    see(&u, "The certificate is there, and it works.");
    user_release(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unclear_outcome),
        cmocka_unit_test(test_unclear_outcome_plain),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
