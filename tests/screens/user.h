/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_SCREENS_USER_H
#define CMCW_TESTS_SCREENS_USER_H
/* A user with a HOME of their own who sits before the wizard in a pty, and a practice CA that all users of a test program share. */
#include "unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/screens/dump.h"

#define WAIT_MS 30000 /* a key of 2048 bits on a busy machine */

static struct {
    char *dir, *ca, *wizard;
    pid_t server;
    int homes;
} W;

static inline pid_t spawn(const char *const *argv)
{
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return pid;
}

/* A program of the build folder. */
static inline char *built(const char *name)
{
    const char *top = getenv("top_builddir");
    return path_join(top && *top ? top : ".", name);
}

/* The folder of a test program, without a CA. */
static inline bool setup_folder(const char *ca)
{
    void *dir = NULL;
    if (unit_folder(&dir) != 0) {
        return false;
    }
    W.dir = dir;
    W.ca = path_join(dir, ca);
    W.wizard = built("cmc-wizard");
    return true;
}

static inline int setup(void **state)
{
    (void)state;
    if (!setup_folder("ca")) {
        return -1;
    }
    char *program = built("cmc-practice-ca"), *ready = path_join(W.dir, "ready");
    char *script = unit_source("tests/harness/practice-ca.sh");
    const char *const init[] = {"/bin/sh", script, program, W.ca, NULL};
    const char *const serve[] = {program, "serve", W.ca, "--port=0", "--ready-file", ready, NULL};
    int status = -1;
    waitpid(spawn(init), &status, 0);
    const char *const enable[] = {program, "profile", W.ca, "enable", "caFullCMCUserSignedCert", NULL};
    if (status == 0) {
        waitpid(spawn(enable), &status, 0);
    }
    W.server = status == 0 ? spawn(serve) : -1;
    for (int i = 0; W.server > 0 && i < 6000 && !file_exists(ready); i++) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    int rc = file_exists(ready) ? 0 : -1;
    free(script);
    free(program);
    free(ready);
    return rc;
}

static inline int teardown(void **state)
{
    void *dir = W.dir;
    (void)state;
    if (W.server > 0) {
        kill(W.server, SIGTERM);
        waitpid(W.server, NULL, 0);
    }
    free(W.ca);
    free(W.wizard);
    return unit_folder_remove(&dir);
}

/* ---- a user ---- */

struct user {
    char *home, *env_home;
    struct term *t;
};

static inline void user_init(struct user *u, bool described)
{
    struct err err = ERR_INIT;
    *u = (struct user){.home = xasprintf("%s/home%d", W.dir, ++W.homes)};
    u->env_home = xasprintf("HOME=%s", u->home);
    char *to = path_join(u->home, ".config/cmc-wizard/ca.d"), *from = path_join(W.ca, "ca-description.json");
    assert_true(dir_create(u->home, 0700, &err));
    if (described) {
        /* Under another name it is a real CA to the wizard: one description, no question about the server. */
        struct buf text = BUF_INIT(BUF_MAX_TEXT);
        assert_true(dir_create(to, 0700, &err) && file_read(from, &text, &err));
        char *json = buf_take_str(&text), *path = path_join(to, "example.json");
        for (char *at = json; (at = strstr(at, "\"practice\"")) != NULL; at += 10) {
            if (at[10] == ':') { /* the member: "practice": true */
                char *value = strstr(at, "true");
                memcpy(value, "null", 4);
            } else { /* the name */
                memcpy(at, "\"exampleC\"", 10);
            }
        }
        for (char *at = strstr(json, "exampleC"); at; at = NULL) {
            at[7] = 'c';
        }
        assert_true(file_write(path, bytes_of_str(json), 0600, &err));
        free(json);
        free(path);
    }
    free(to);
    free(from);
}

static inline void user_release(struct user *u)
{
    if (u->t) {
        term_close(u->t);
    }
    free(u->home);
    free(u->env_home);
}

struct start {
    int rows, cols;
    const char *arg[4];
    const char *env[3];
};

static inline void user_start(struct user *u, struct start s)
{
    const char *argv[6] = {W.wizard};
    const char *env[10] = {u->env_home, "LC_ALL=C.UTF-8", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "LANGUAGE"};
    for (int i = 0; i < 4 && s.arg[i]; i++) {
        argv[i + 1] = s.arg[i];
    }
    for (int i = 0; i < 3 && s.env[i]; i++) {
        env[6 + i] = s.env[i];
    }
    if (u->t) {
        term_close(u->t);
    }
    u->t = term_open(&(struct term_options){.argv = argv, .env = env, .rows = s.rows, .cols = s.cols});
}

static inline void see(struct user *u, const char *text)
{
    term_expect(u->t, text, WAIT_MS);
}

/* The page is the dump of that name, at 80x24. */
static inline void page_is(struct user *u, const char *page)
{
    dump_compare(u->t, page, "80x24", 0);
}

static inline void type(struct user *u, const char *keys)
{
    term_keys(u->t, keys);
}

static inline void expect_exit(struct user *u, int code)
{
    int status = 0;
    assert_true(term_wait_exit(u->t, WAIT_MS, &status));
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), code);
    assert_true(term_is_cooked(u->t));
    assert_false(term_on_altscreen(u->t));
}

/* A key is pressed once, and its effect waited for: a slow program (sanitizers) would get the next ones on top. */
static inline void move_once(struct user *u, const char *key, int row)
{
    int now = row, col;
    type(u, key);
    for (int i = 0; i < 20 && now == row; i++) {
        term_settle(u->t, 60);
        term_cursor(u->t, &now, &col);
    }
}

/* Moves the cursor to the row with this text. */
static inline void go_to(struct user *u, const char *text)
{
    see(u, text);
    for (int i = 0; i < 20; i++) {
        int row, col;
        term_settle(u->t, 60);
        int want = term_find(u->t, text, NULL);
        term_cursor(u->t, &row, &col);
        if (row == want) {
            return;
        }
        move_once(u, row < want ? "<Down>" : "<Up>", row);
    }
    fail_msg("cannot go to %s", text);
}

/* By pages; the next key when the one before has done its work, so that none is skipped. */
static inline void page_to(struct user *u, const char *text)
{
    for (int i = 0; i < 30 && term_find(u->t, text, NULL) < 0; i++) {
        char *before = term_dump(u->t, 0), *now = NULL;
        type(u, "<PgDn>");
        for (int k = 0; k < 100 && (!now || strcmp(before, now) == 0); k++) {
            free(now);
            term_settle(u->t, 40);
            now = term_dump(u->t, 0);
        }
        free(before);
        free(now);
    }
    see(u, text);
}

/* No row may be wider than the screen, and none may end in the ellipsis of a cut value, except names of certificates. */
static inline void expect_calm(struct user *u)
{
    int row, col;
    term_settle(u->t, 60);
    term_cursor(u->t, &row, &col);
    assert_true(row >= 0 && col >= 0);
    char *screen = term_dump(u->t, 0);
    assert_null(strstr(screen, "(null)"));
    assert_null(strstr(screen, "%s"));
    free(screen);
}
#endif
