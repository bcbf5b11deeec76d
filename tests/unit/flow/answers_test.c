/* SPDX-License-Identifier: Apache-2.0 */
/* Answers files: every mistake at its line, no secret in them, and what is printed is read back. */
#include "unit/unit.h"

#include "base/strv.h"
#include "flow/answers.h"
#include "flow/session.h"

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

static char *write_file(const char *dir, const char *text, size_t len)
{
    struct err err = ERR_INIT;
    char *path = path_join(dir, "a.answers");
    assert_true(file_write(path, (struct bytes){(const uint8_t *)text, len}, 0600, &err));
    return path;
}

static bool has_context(const struct err *err, const char *text)
{
    for (int i = 0; i < err->n_context; i++) {
        if (strstr(err->context[i], text)) {
            return true;
        }
    }
    return false;
}

static void expect_mistakes(const char *dir, const char *text, enum err_code code, const char *const *wanted, size_t n)
{
    struct err err = ERR_INIT;
    struct answers a = {0};
    char *path = write_file(dir, text, strlen(text));
    assert_false(answers_read(path, &a, &err));
    assert_string_equal(err_id(err.code), err_id(code));
    for (size_t i = 0; i < n; i++) {
        if (!has_context(&err, wanted[i])) {
            print_error("missing: %s\n", wanted[i]);
            fail();
        }
    }
    assert_int_equal(err.n_context, (int)n);
    assert_null(a.names);
    err_release(&err);
    free(path);
}

static void test_every_mistake(void **state)
{
    static const char *const wanted[] = {
        "a.answers:1: subjekt is not known; did you mean subject?", "a.answers:3: A line must read",
        "a.answers:4: key.size = 1000: it must be one of 2048|3072|4096", "a.answers:5: port = 0: it must be a number",
        "a.answers:6: secure = yes: it must be true or false", "a.answers:7: ca.fingerprint: a SHA-256 fingerprint has 64",
        "a.answers:8: input = /no/such/file: there is no such file", "a.answers:10: port is given twice",
    };
    expect_mistakes(*state,
                    "subjekt = cn=a\n# comment\njust words\nkey.size = 1000\nport = 0\nsecure = yes\n"
                    "ca.fingerprint = aa:bb\ninput = /no/such/file\nport = 1\nport = 2\n",
                    ERR_FLOW_ANSWERS_FILE, wanted, ARRAY_LEN(wanted));
}

static void test_secret_refused(void **state)
{
    static const char *const wanted[] = {"a.answers:1: A password must not stand in an answers file.", "a.answers:2: A file descriptor"};
    expect_mistakes(*state, "password = canary-55\npassword.fd = x\n", ERR_FLOW_ANSWERS_FILE, wanted, ARRAY_LEN(wanted));
    struct err err = ERR_INIT;
    struct answers a = {0};
    char *path = write_file(*state, "password = canary-55\n", 21);
    assert_false(answers_read(path, &a, &err));
    assert_false(has_context(&err, "canary"));
    err_release(&err);
    free(path);
}

static void test_scenario_of_the_future(void **state)
{
    static const char *const wanted[] = {"a.answers:1: scenario = teleport: it must be one of"};
    expect_mistakes(*state, "scenario = teleport\n", ERR_FLOW_ANSWER_BAD, wanted, ARRAY_LEN(wanted));
}

static void read_version(const char *dir, const char *text, enum err_code code)
{
    struct err err = ERR_INIT;
    struct answers a = {0};
    char *path = write_file(dir, text, strlen(text));
    bool ok = answers_read(path, &a, &err);
    assert_true(ok == (code == ERR_NONE));
    if (ok) {
        assert_int_equal(a.version, 1);
        assert_int_equal(a.names->n, 1); /* the version is no answer */
        answers_release(&a);
    } else {
        unit_expect_err(&err, code);
    }
    free(path);
}

static void test_version(void **state)
{
    read_version(*state, "port = 1\n", ERR_NONE);
    read_version(*state, "answers.version = 1\nport = 1\n", ERR_NONE);
    read_version(*state, "port = 1\nanswers.version=1\n", ERR_NONE);
    /* A newer form may have anything in it: its reason is the version, not the lines. */
    read_version(*state, "answers.version = 2\n", ERR_FLOW_ANSWERS_VERSION);
    read_version(*state, "teleport = now\nanswers.version = 2147483647\nport = x\n", ERR_FLOW_ANSWERS_VERSION);
    static const char *const wanted[] = {"a.answers:1: The version of an answers file is a number"};
    static const char *const bad[] = {"answers.version = 0\n", "answers.version = one\n", "answers.version =\n",
                                      "answers.version = 2147483648\n"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        expect_mistakes(*state, bad[i], ERR_FLOW_ANSWERS_FILE, wanted, ARRAY_LEN(wanted));
    }
}

static void test_not_text(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } bad[] = {{"subject = \xff\xfe\n", 13}, {"subject = a\0b\n", 14}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err = ERR_INIT;
        struct answers a = {0};
        char *path = write_file(*state, bad[i].text, bad[i].len);
        assert_false(answers_read(path, &a, &err));
        unit_expect_err(&err, ERR_FLOW_ANSWERS_FILE);
        free(path);
    }
    struct err err = ERR_INIT;
    struct answers a = {0};
    assert_false(answers_read("/no/such/answers", &a, &err));
    unit_expect_err(&err, ERR_FILE_MISSING);
}

static void test_hostile_text_is_visible(void **state)
{
    struct err err = ERR_INIT;
    struct answers a = {0};
    const char *text = "\x1b]0;x = 1\nport = \x1b[2J\n";
    char *path = write_file(*state, text, strlen(text));
    assert_false(answers_read(path, &a, &err));
    for (int i = 0; i < err.n_context; i++) {
        assert_null(strchr(err.context[i], 0x1b));
    }
    err_release(&err);
    free(path);
}

static void test_apply(void **state)
{
    struct err err = ERR_INIT;
    struct answers a = {0};
    const char *text = "  subject =  uid=jdoe, dc=example,dc=com \r\n\n# c\ndbdir = db\npassword.file = "
                       "pw.txt\nagent.password.fd = 7\nprofile =\n";
    char *path = write_file(*state, text, strlen(text));
    assert_true(answers_read(path, &a, &err));
    assert_int_equal(a.n_origins, 2);
    assert_string_equal(a.origins[0].name, "password");
    assert_string_equal(a.origins[0].file, "pw.txt");
    assert_int_equal(a.origins[1].fd, 7);
    struct session *s = session_create(*state, "agent-signed", &err);
    assert_non_null(s);
    assert_true(answers_apply(&a, s, &err));
    assert_string_equal(session_answer(s, "subject"), "uid=jdoe, dc=example,dc=com");
    assert_int_equal(session_answer(s, "dbdir")[0], '/'); /* the enrollment may be continued from elsewhere */
    assert_string_equal(session_answer(s, "profile"), "");
    assert_string_equal(answer_get(s, "port"), "8443");
    assert_true(answer_true(s, "secure"));
    answers_release(&a);
    session_close(s);
    free(path);
}

static void test_print_and_read(void **state)
{
    struct err err = ERR_INIT;
    struct session *s = session_create(*state, "agent-signed", &err), *t = session_create(*state, "agent-signed", &err);
    static const char *const pairs[][2] = {{"scenario", "agent-signed"},
                                           {"subject", "cn=Zo\xc3\xab \\# 1,o=a\\, b"},
                                           {"host", "pki.example.com"},
                                           {"port", "443"},
                                           {"key.type", "ec"},
                                           {"new.nickname", "a b  c"},
                                           {"profile", ""}};
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        assert_true(session_set_answer(s, pairs[i][0], pairs[i][1], &err));
    }
    char *text = answers_print(s), *path = write_file(*state, text, strlen(text));
    struct answers a = {0};
    assert_true(answers_read(path, &a, &err));
    assert_true(answers_apply(&a, t, &err));
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        assert_string_equal(session_answer(t, pairs[i][0]), pairs[i][1]);
    }
    assert_non_null(strstr(text, "# password.file = PATH"));
    assert_non_null(strstr(text, "\nanswers.version = 1\n"));
    assert_null(strstr(text, "witness.sharedSecret"));
    assert_null(strstr(text, "agent.p12.password"));
    answers_release(&a);
    session_close(s);
    session_close(t);
    free(text);
    free(path);
}

static void test_table(void **state)
{
    (void)state;
    size_t n = 0;
    const struct answer_row *rows = answer_rows(&n);
    for (size_t i = 0; i < n; i++) {
        struct err err = ERR_INIT;
        assert_ptr_equal(answer_row(rows[i].name), &rows[i]);
        assert_non_null(rows[i].help);
        if (rows[i].otherwise && *rows[i].otherwise) {
            assert_true(answer_check(&rows[i], rows[i].otherwise, &err));
        }
        assert_true((rows[i].kind == ANSWER_CHOICE) == (rows[i].choices != NULL));
    }
    assert_null(answer_row("no.such.answer"));
}

/* One line of tests/promises/answers.txt. */
static char *promise_of(const struct answer_row *row)
{
    static const char *const kinds[] = {
        [ANSWER_TEXT] = "text", [ANSWER_DN] = "dn",     [ANSWER_LIST] = "list", [ANSWER_INT] = "int",           [ANSWER_BOOL] = "bool",
        [ANSWER_CHOICE] = "choice", [ANSWER_FILE] = "file", [ANSWER_DIR] = "dir",   [ANSWER_NICKNAME] = "nickname",
        [ANSWER_FINGERPRINT] = "fingerprint", [ANSWER_SECRET] = "secret"};
    return xasprintf("%s %s default=%s choices=%s", row->name, kinds[row->kind], row->otherwise ? row->otherwise : "",
                     row->choices ? row->choices : "");
}

static void read_promises(const char *path, struct strv *kept)
{
    struct err err = ERR_INIT;
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct strv lines = STRV_INIT;
    assert_true(file_read(path, &text, &err));
    strv_split(&lines, buf_str(&text), '\n');
    for (size_t i = 0; i < lines.n; i++) {
        if (lines.v[i][0] && lines.v[i][0] != '#') {
            strv_push(kept, lines.v[i]);
        }
    }
    strv_release(&lines);
    buf_release(&text);
}

/* Scripts keep answers files: a name, its kind, default or choices change with ANSWERS_VERSION only. New rows and choices are added to
 * the file by hand, a line as it is printed here. */
static void test_promises(void **state)
{
    (void)state;
    char *path = unit_source("tests/promises/answers.txt");
    struct strv kept = STRV_INIT, have = STRV_INIT;
    read_promises(path, &kept);
    size_t n = 0, wrong = 0;
    const struct answer_row *rows = answer_rows(&n);
    strv_pushf(&have, ANSWERS_VERSION_KEY " = %d", ANSWERS_VERSION);
    for (size_t i = 0; i < n; i++) {
        char *line = promise_of(&rows[i]);
        strv_push(&have, line);
        free(line);
    }
    for (size_t i = 0; i < have.n; i++) {
        if (!strv_has(&kept, have.v[i])) {
            print_error("new or changed: %s\n", have.v[i]);
            wrong++;
        }
    }
    for (size_t i = 0; i < kept.n; i++) {
        if (!strv_has(&have, kept.v[i])) {
            print_error("gone or changed: %s\n", kept.v[i]);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    strv_release(&kept);
    strv_release(&have);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_mistake, setup, teardown),
        cmocka_unit_test_setup_teardown(test_secret_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_scenario_of_the_future, setup, teardown),
        cmocka_unit_test_setup_teardown(test_version, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hostile_text_is_visible, setup, teardown),
        cmocka_unit_test_setup_teardown(test_apply, setup, teardown),
        cmocka_unit_test_setup_teardown(test_print_and_read, setup, teardown),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_promises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
