/* SPDX-License-Identifier: Apache-2.0 */
/* Saved enrollments: written whole, one writer, damaged and foreign files set aside, no place for a secret. */
#include "unit/unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/json.h"
#include "base/strv.h"
#include "flow/session.h"

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

static struct session *make(const char *base)
{
    struct err err = ERR_INIT;
    struct session *s = session_create(base, "agent-signed", &err);
    assert_non_null(s);
    return s;
}

static void write_session(const char *base, const char *id, const char *text)
{
    struct err err = ERR_INIT;
    char *dir = path_join(base, id), *path = path_join(dir, "session.json");
    assert_true(dir_create(dir, 0700, &err));
    assert_true(file_write(path, bytes_of_str(text), 0600, &err));
    free(dir);
    free(path);
}

static size_t count_names(const char *base, const char *id, const char *part)
{
    struct strv names = STRV_INIT;
    struct err err = ERR_INIT;
    char *dir = path_join(base, id);
    size_t n = 0;
    assert_true(dir_list(dir, &names, &err));
    for (size_t i = 0; i < names.n; i++) {
        n += strstr(names.v[i], part) != NULL;
    }
    strv_release(&names);
    free(dir);
    return n;
}

static void test_round_trip(void **state)
{
    struct err err = ERR_INIT;
    struct session *s = make(*state);
    char *id = xstrdup(s->id);
    assert_true(session_set_answer(s, "subject", "cn=Zoë,o=\"x\"", &err));
    assert_true(session_set_answer(s, "profile", "", &err));
    session_set_fact(s, "key.id", "-1a");
    assert_true(session_mark_step(s, "key", "started", &err));
    assert_true(session_mark_step(s, "key", "done", &err));
    session_set_state(s, "waiting");
    assert_true(session_save(s, &err));
    session_close(s);
    s = session_open(*state, id, &err);
    assert_non_null(s);
    assert_string_equal(session_answer(s, "subject"), "cn=Zoë,o=\"x\"");
    assert_string_equal(session_answer(s, "profile"), "");
    assert_null(session_answer(s, "host"));
    assert_string_equal(session_fact(s, "key.id"), "-1a");
    assert_string_equal(session_step_state(s, "key"), "done");
    assert_string_equal(session_step_state(s, "csr"), "");
    assert_string_equal(session_state(s), "waiting");
    session_clear_step(s, "key");
    assert_string_equal(session_step_state(s, "key"), "");
    session_close(s);
    free(id);
}

static void test_private(void **state)
{
    struct session *s = make(*state);
    struct stat st;
    assert_int_equal(stat(s->dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    char *file = session_file(s, "session.json");
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    free(file);
    session_close(s);
}

static void test_lock(void **state)
{
    struct err err = ERR_INIT;
    struct session *s = make(*state);
    char *id = xstrdup(s->id);
    assert_null(session_open(*state, id, &err));
    unit_expect_err(&err, ERR_FILE_LOCKED);
    struct session *look = session_peek(*state, id, &err); /* looking needs no lock */
    assert_non_null(look);
    assert_false(session_save(look, &err));
    unit_expect_err(&err, ERR_FLOW_SESSION_READ_ONLY);
    session_close(look);
    session_close(s);
    s = session_open(*state, id, &err);
    assert_non_null(s);
    session_close(s);
    free(id);
}

static void test_damaged(void **state)
{
    static const char *const texts[] = {
        "", "{", "not json", "[]", "{\"version\":1}", "{\"version\":\"1\",\"id\":\"a\",\"scenario\":\"x\"}",
        "{\"version\":1,\"id\":\"a\",\"scenario\":\"x\",\"answers\":[],\"steps\":{},\"facts\":{}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct err err = ERR_INIT;
        char *id = xasprintf("damaged-%zu", i);
        write_session(*state, id, texts[i]);
        struct session *look = session_peek(*state, id, &err); /* looking moves nothing */
        assert_null(look);
        err_release(&err);
        assert_int_equal(count_names(*state, id, "damaged-"), 0);
        assert_null(session_open(*state, id, &err));
        unit_expect_err(&err, ERR_FLOW_SESSION_DAMAGED);
        assert_int_equal(count_names(*state, id, "session.json.damaged-"), 1);
        assert_null(session_open(*state, id, &err));
        unit_expect_err(&err, ERR_FLOW_SESSION_MISSING);
        assert_true(session_discard(*state, id, &err)); /* the list must not keep it for ever */
        free(id);
    }
}

static void test_newer(void **state)
{
    struct err err = ERR_INIT;
    const char *text = "{\"version\":2,\"id\":\"new\",\"scenario\":\"x\",\"answers\":{},\"steps\":{},\"facts\":{},\"more\":1}\n";
    write_session(*state, "new", text);
    assert_null(session_open(*state, "new", &err));
    unit_expect_err(&err, ERR_FLOW_SESSION_VERSION);
    char *path = xasprintf("%s/new/session.json", (char *)*state);
    struct buf now = BUF_INIT(BUF_MAX_TEXT);
    assert_true(file_read(path, &now, &err));
    assert_string_equal(buf_str(&now), text); /* untouched */
    buf_release(&now);
    free(path);
}

static void test_older(void **state)
{
    struct err err = ERR_INIT;
    write_session(*state, "old", "{\"version\":0,\"id\":\"old\",\"kind\":\"agent-signed\",\"answers\":{\"subject\":\"cn=a\"}}");
    struct session *s = session_open(*state, "old", &err);
    assert_non_null(s);
    assert_string_equal(json_get_str(s->root, "scenario", ""), "agent-signed");
    assert_string_equal(session_answer(s, "subject"), "cn=a");
    assert_true(json_get_num(s->root, "version", 0) == SESSION_VERSION);
    session_close(s);
    assert_int_equal(count_names(*state, "old", "session.json.v0"), 1);
    s = session_open(*state, "old", &err);
    assert_non_null(s);
    session_close(s);
}

static void test_secrets(void **state)
{
    struct err err = ERR_INIT;
    struct session *s = make(*state);
    assert_false(session_set_answer(s, "password", "canary-7391", &err));
    unit_expect_err(&err, ERR_FLOW_ANSWER_SECRET);
    assert_false(session_set_answer(s, "witness.sharedSecret", "canary-7391", &err));
    unit_expect_err(&err, ERR_FLOW_ANSWER_SECRET);
    assert_false(session_set_answer(s, "no.such", "x", &err));
    unit_expect_err(&err, ERR_FLOW_ANSWER_BAD);
    session_close(s);
    /* Written into the file by hand: gone with the first save. */
    write_session(*state, "hand", "{\"version\":1,\"id\":\"hand\",\"scenario\":\"agent-signed\",\"answers\":{\"password\":\"canary-7391\"},"
                                  "\"steps\":{},\"facts\":{}}");
    s = session_open(*state, "hand", &err);
    assert_non_null(s);
    assert_null(session_answer(s, "password"));
    assert_true(session_save(s, &err));
    struct buf now = BUF_INIT(BUF_MAX_TEXT);
    assert_true(session_read_file(s, "session.json", &now, &err));
    assert_null(strstr(buf_str(&now), "canary"));
    buf_release(&now);
    session_close(s);
}

static void test_list_and_delete(void **state)
{
    struct err err = ERR_INIT;
    struct session *a = make(*state), *b = make(*state);
    assert_true(session_set_answer(b, "subject", "cn=\x1b[31mred", &err));
    assert_true(session_save(b, &err));
    write_session(*state, "broken", "{");
    struct session_info *list = NULL;
    size_t n = 0, damaged = 0;
    assert_true(session_list(*state, &list, &n, &err));
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        damaged += list[i].damaged;
        assert_null(strchr(list[i].title, 0x1b));
    }
    assert_int_equal(damaged, 1);
    session_info_free(list, n);
    char *dir = xstrdup(a->dir);
    assert_true(session_write_file(a, "request.csr", bytes_of_str("x"), &err));
    assert_true(session_delete(a, &err));
    assert_false(dir_exists(dir));
    free(dir);
    session_close(b);
    assert_true(session_list("/nonexistent/sessions", &list, &n, &err));
    assert_int_equal(n, 0);
    session_info_free(list, n);
}

/* What an enrollment is called in the list: of the row before, where that is not known, the next. */
static void test_titles(void **state)
{
    static const struct {
        const char *answers, *facts, *title;
    } rows[] = {
        {"\"subject\":\"CN=asked\",\"identification\":\"jdoe\"", "\"issued.subject\":\"CN=issued\"", "CN=asked"},
        {"\"subject\":\"\",\"identification\":\"jdoe\"", "\"issued.subject\":\"UID=issued\"", "UID=issued"},
        {"\"identification\":\"j\\u001bdoe\"", "", "j\\edoe"},
        {"\"revoke.nickname\":\"mine\"", "\"target.subject\":\"CN=target\"", "CN=target"},
        {"\"renew.nickname\":\"mine\"", "", "mine"},
        {"", "", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = ERR_INIT;
        struct session_info *list = NULL;
        size_t n = 0;
        char *text = xasprintf("{\"version\":1,\"id\":\"20261121-003337-k7q2\",\"scenario\":\"renewal\",\"state\":\"editing\","
                               "\"created\":\"2026-11-21T00:33:37Z\",\"updated\":\"2026-11-21T00:33:37Z\","
                               "\"answers\":{%s},\"facts\":{%s},\"steps\":{}}",
                               rows[i].answers, rows[i].facts);
        write_session(*state, "20261121-003337-k7q2", text);
        assert_true(session_list(*state, &list, &n, &err));
        assert_int_equal(n, 1);
        assert_false(list[0].damaged);
        assert_string_equal(list[0].title, rows[i].title);
        session_info_free(list, n);
        free(text);
    }
}

static void test_names(void **state)
{
    static const char *const bad[] = {"", "..", ".", "../x", "a/b", "A", "x y", ".hidden"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err = ERR_INIT;
        assert_null(session_open(*state, bad[i], &err));
        unit_expect_err(&err, ERR_FLOW_SESSION_MISSING);
    }
}

/* A full disk: the file from before stays whole, and a new enrollment leaves no folder. In a child, because of the limit. */
static int full_disk(const char *base)
{
    struct err err = ERR_INIT;
    struct session *s = session_create(base, "agent-signed", &err);
    if (!s || !session_set_answer(s, "subject", "cn=before", &err) || !session_save(s, &err)) {
        return 1;
    }
    char *id = xstrdup(s->id), *file = session_file(s, "session.json");
    struct rlimit none = {0, 0};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &none) != 0 || !session_set_answer(s, "subject", "cn=after", &err)) {
        return 2;
    }
    if (session_save(s, &err) || err.code != ERR_FILE_WRITE) {
        return 3;
    }
    err_release(&err);
    if (session_create(base, "agent-signed", &err)) {
        return 4;
    }
    err_release(&err);
    session_close(s);
    struct buf now = BUF_INIT(BUF_MAX_TEXT);
    if (!file_read(file, &now, &err) || !strstr(buf_str(&now), "cn=before")) {
        return 5;
    }
    struct session_info *list = NULL;
    size_t n = 0;
    if (!session_list(base, &list, &n, &err) || n != 1) {
        return 6;
    }
    session_info_free(list, n);
    buf_release(&now);
    free(id);
    free(file);
    return 0;
}

static void test_full_disk(void **state)
{
    pid_t pid = fork();
    if (pid == 0) {
        _exit(full_disk(*state));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_journal(void **state)
{
    struct err err = ERR_INIT;
    struct session *s = make(*state);
    struct json *detail = json_new_object();
    json_set_str(detail, "step", "key\n\x1b");
    assert_true(session_journal(s, "step-started", detail, &err));
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    assert_true(session_read_file(s, "journal.jsonl", &text, &err));
    struct strv lines = STRV_INIT;
    strv_split(&lines, buf_str(&text), '\n');
    assert_int_equal(lines.n, 3); /* created, step-started, and what is behind the last newline */
    assert_null(strchr(buf_str(&text), 0x1b));
    struct json *row = json_parse(bytes_of_str(lines.v[1]), &err);
    assert_string_equal(json_get_str(row, "event", ""), "step-started");
    json_free(row);
    strv_release(&lines);
    buf_release(&text);
    session_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_private, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lock, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
        cmocka_unit_test_setup_teardown(test_newer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_older, setup, teardown),
        cmocka_unit_test_setup_teardown(test_secrets, setup, teardown),
        cmocka_unit_test_setup_teardown(test_list_and_delete, setup, teardown),
        cmocka_unit_test_setup_teardown(test_titles, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_journal, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
