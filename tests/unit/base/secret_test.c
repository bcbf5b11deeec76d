/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/secret.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>

#include "unit/unit.h"

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

static void test_values(void **state)
{
    (void)state;
    struct secret a = SECRET_INIT;
    struct secret b = SECRET_INIT;
    assert_false(secret_is_set(&a));
    secret_release(&a);
    secret_set(&a, "", 0);
    assert_true(secret_is_set(&a)); /* an empty password is one */
    secret_set(&a, "passwordX", 8);
    assert_string_equal(a.text, "password");
    secret_set(&a, a.text + 4, 4); /* from itself */
    assert_string_equal(a.text, "word");
    secret_copy(&b, &a);
    secret_copy(&b, &b);
    assert_string_equal(b.text, "word");
    secret_release(&a);
    assert_false(secret_is_set(&a));
    secret_copy(&b, &a);
    assert_false(secret_is_set(&b));

    char *big = xcalloc(1, 20000);
    memset(big, 'p', 19999);
    secret_set(&a, big, 19999);
    assert_string_equal(a.text, big);
    secret_release(&a);
    free(big);
}

static char *write_file(const char *folder, const char *content, size_t len)
{
    char *path = path_join(folder, "pw");
    assert_true(file_write(path, BYTES(content, len), 0600, NULL));
    return path;
}

static void expect_line(const char *folder, const char *content, size_t len, const char *password)
{
    struct err err = ERR_INIT;
    struct secret s = SECRET_INIT;
    char *path = write_file(folder, content, len);
    if (password) {
        assert_true(secret_read_file(&s, path, &err));
        assert_string_equal(s.text, password);
    } else {
        assert_false(secret_read_file(&s, path, &err));
        assert_false(secret_is_set(&s));
        for (int i = 0; i < err.n_context; i++) { /* nothing of the file shows in an error */
            assert_null(strstr(err.context[i], "pass"));
        }
        unit_expect_err(&err, ERR_SECRET_SOURCE);
    }
    secret_release(&s);
    free(path);
}

static void test_file(void **state)
{
    expect_line(*state, "password", 8, "password");
    expect_line(*state, "password\n", 9, "password");
    expect_line(*state, "password\r\nmore\n", 15, "password");
    expect_line(*state, " p:w # ", 7, " p:w # ");
    expect_line(*state, "\n", 1, "");
    expect_line(*state, "", 0, NULL);
    expect_line(*state, "pass\0word\n", 10, NULL);
    char *big = xmalloc(SECRET_MAX + 1);
    memset(big, 'p', SECRET_MAX + 1);
    expect_line(*state, big, SECRET_MAX + 1, NULL);
    free(big);
    struct err err = ERR_INIT;
    struct secret s = SECRET_INIT;
    assert_false(secret_read_file(&s, "/nonexistent/pw", &err));
    unit_expect_err(&err, ERR_SECRET_SOURCE);
    assert_false(secret_read_fd(&s, -1, &err));
    unit_expect_err(&err, ERR_SECRET_SOURCE);
}

static void test_descriptor_keeps_the_rest(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "one\ntwo", 7), 7);
    close(ends[1]);
    struct secret s = SECRET_INIT;
    struct err err = ERR_INIT;
    assert_true(secret_read_fd(&s, ends[0], &err));
    assert_string_equal(s.text, "one");
    assert_true(secret_read_fd(&s, ends[0], &err));
    assert_string_equal(s.text, "two");
    assert_false(secret_read_fd(&s, ends[0], &err));
    unit_expect_err(&err, ERR_SECRET_SOURCE);
    assert_string_equal(s.text, "two");
    secret_release(&s);
    close(ends[0]);
}

static void test_nss_password_file(void **state)
{
    static const struct {
        const char *content, *token, *password; /* NULL: refused */
    } rows[] = {
        {"secret\n", "internal", "secret"},
        {"secret", "SoftHSM", "secret"},
        {"pass:word\n", "internal", "pass:word"},
        {"internal:one\nSoftHSM:two\n", "internal", "one"},
        {"internal:one\nSoftHSM:two\n", "NSS Certificate DB", "one"},
        {"NSS Certificate DB:one\r\nSoftHSM:two\r\n", "internal", "one"},
        {"internal:one\nSoftHSM:two\n", "SoftHSM", "two"},
        {"internal:a:b\n", "internal", "a:b"},
        {"internal=one\nhardware-SoftHSM=two\n", "internal", "one"},
        {"internaldb=three\ninternal=one\nhardware-SoftHSM=two\n", "SoftHSM", "two"},
        {"internaldb=three\ninternal=one\n", "NSS Certificate DB", "one"},
        {"internal=one\n", "SoftHSM", NULL},
        {"pass=word\n", "internal", "pass=word"},
        {"internal:\n", "internal", ""},
        {"internal:one\nSoftHSM:two\n", "Smart", NULL},
        {"internal:one\n", "Smart", NULL}, /* one wrong try less for the card */
        {"SoftHSM2:two\n\nSoftHSM:three", "SoftHSM", "three"},
        {"Softhsm:two\nother:x\n", "SoftHSM", NULL},
        {"\nsecret\n\n", "internal", "secret"},
        {"", "internal", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = ERR_INIT;
        struct secret s = SECRET_INIT;
        char *path = write_file(*state, rows[i].content, strlen(rows[i].content));
        bool ok = secret_read_nss_password_file(&s, path, rows[i].token, &err);
        if (ok != (rows[i].password != NULL)) {
            fail_msg("row %zu: %s", i, ok ? "accepted" : "refused");
        }
        if (ok) {
            assert_string_equal(s.text, rows[i].password);
        } else {
            unit_expect_err(&err, ERR_SECRET_SOURCE);
        }
        secret_release(&s);
        free(path);
    }
    struct err err = ERR_INIT;
    struct secret s = SECRET_INIT;
    assert_false(secret_read_nss_password_file(&s, "/nonexistent/pw", "internal", &err));
    unit_expect_err(&err, ERR_SECRET_SOURCE);
    assert_false(secret_read_nss_password_file(&s, "/dev/zero", "internal", &err));
    unit_expect_err(&err, ERR_SECRET_SOURCE);
}

/* In a terminal of its own: exits with 0 when the prompt gave expected, 10 when cancelled. */
static pid_t ask_in_terminal(const char *expected, int *master)
{
    pid_t child = forkpty(master, NULL, NULL, NULL);
    assert_true(child >= 0);
    if (child == 0) {
        struct secret s = SECRET_INIT;
        struct err err = ERR_INIT;
        int code = 11;
        if (secret_prompt_tty(&s, "Password: \x1b]0;x\x07", &err)) {
            code = strcmp(s.text, expected) == 0 ? 0 : 12;
        } else if (err.code == ERR_SECRET_CANCELLED) {
            code = 10;
        }
        secret_release(&s);
        err_release(&err);
        _exit(code);
    }
    return child;
}

/* What the terminal showed until text appeared or it closed. */
static void read_until(int master, const char *text, struct buf *shown)
{
    while (!text || !strstr(buf_str(shown), text)) {
        struct pollfd wait = {.fd = master, .events = POLLIN};
        char chunk[256];
        if (poll(&wait, 1, 20000) <= 0) {
            fail_msg("the terminal stays silent");
        }
        ssize_t got = read(master, chunk, sizeof(chunk));
        if (got <= 0) {
            return;
        }
        assert_true(buf_append(shown, chunk, (size_t)got));
    }
}

static int type_and_wait(const char *keys, size_t len, const char *expected, struct buf *shown)
{
    int master = -1;
    pid_t child = ask_in_terminal(expected, &master);
    read_until(master, "\\x07", shown);
    assert_int_equal(write(master, keys, len), (ssize_t)len);
    read_until(master, NULL, shown);
    int status = 0;
    waitpid(child, &status, 0);
    close(master);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static void test_prompt(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *password;
        int exit;
    } rows[] = {
        {"hunter2\r", "hunter2", 0},
        {"hunter3\x7f"
         "2\n",
         "hunter2", 0},
        {"wrong\x15hunter2\r", "hunter2", 0},
        {"h\xc3\xa9\x7f"
         "unter2\r",
         "hunter2", 0},
        {"\x7f\x08\r", "", 0},
        {"hunter2\x04", "hunter2", 0},
        {"hunter2\x03", "", 10},
        {"\x04", "", 10},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf shown = BUF_INIT(4096);
        assert_int_equal(type_and_wait(rows[i].keys, strlen(rows[i].keys), rows[i].password, &shown), rows[i].exit);
        assert_non_null(strstr(buf_str(&shown), "Password: \\e]0;x\\x07"));
        assert_null(strstr(buf_str(&shown), "hunter"));
        buf_release(&shown);
    }
}

/* A signal ends the program, but only after the echo is on again. */
static void test_prompt_signal(void **state)
{
    (void)state;
    int master = -1;
    struct buf shown = BUF_INIT(4096);
    pid_t child = ask_in_terminal("", &master);
    read_until(master, "\\x07", &shown);
    struct termios now;
    assert_int_equal(tcgetattr(master, &now), 0);
    assert_false(now.c_lflag & ECHO);
    kill(child, SIGTERM);
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    assert_int_equal(tcgetattr(master, &now), 0);
    assert_true(now.c_lflag & ECHO);
    close(master);
    buf_release(&shown);
}

static void test_no_terminal(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        setsid();
        struct secret s = SECRET_INIT;
        struct err err = ERR_INIT;
        bool asked = secret_prompt_tty(&s, "Password: ", &err);
        int code = !asked && err.code == ERR_SECRET_NEEDED ? 0 : 1;
        err_release(&err);
        _exit(code);
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* The mapping of this address is left out of core dumps ("dd" among its flags). */
static bool is_undumpable(const char *memory)
{
    FILE *smaps = fopen("/proc/self/smaps", "r");
    char line[512];
    bool here = false, found = false;
    while (smaps && fgets(line, sizeof line, smaps)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
            here = (uintptr_t)memory >= from && (uintptr_t)memory < to;
        }
        found = found || (here && strncmp(line, "VmFlags:", 8) == 0 && strstr(line, " dd"));
    }
    if (smaps) {
        fclose(smaps);
    }
    return found;
}

/* What is typed lies as safe as what is kept. */
static void test_room(void **state)
{
    (void)state;
    char *room = secret_room_new(5000), *plain = xcalloc(1, 64);
    for (size_t i = 0; i < 5000; i++) {
        assert_int_equal(room[i], 0);
    }
    assert_true(is_undumpable(room) && is_undumpable(room + 4999));
    assert_false(is_undumpable(plain));
    secret_room_free(room, 5000);
    secret_room_free(NULL, 1);
    free(plain);
}

static void test_harden(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        secret_harden_process();
        struct rlimit limit;
        _exit(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0 ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_descriptor_keeps_the_rest),
        cmocka_unit_test(test_nss_password_file),
        cmocka_unit_test(test_prompt),
        cmocka_unit_test(test_prompt_signal),
        cmocka_unit_test(test_no_terminal),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_harden),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
