/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token that waits for a person (tests/harness/slowp11.c in front of SoftHSM2): the run goes on being polled, says what it waits
 * for, asks for the PIN in the polling thread only, and lets go when it is cancelled. A token that locks itself: the last try is told,
 * and then nobody is asked any more. Exit code 77 without SoftHSM2.
 */
#include "unit/unit.h"

#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

#include "base/when.h"
#include "flow/run.h"
#include "flow/secrets.h"
#include "flow/session.h"
#include "nss/nssdb.h"

#define LABEL "slow"
#define PIN "123456"
#define POLL_MS 20
#define LATE_MS 2000 /* a poll that takes longer would freeze the screen; busy machines get some room */

extern char **environ;

struct world {
    char *dir, *db, *touch, *sessions;
    pthread_t main;
    int asked;
    bool asked_elsewhere;
    const char *pin;
    int left[4]; /* tries_left of the first questions */
};
static struct world W;

static const char *find_library(void)
{
    static const char *const places[] = {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so",
                                         "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
                                         "/usr/local/lib/softhsm/libsofthsm2.so"};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (file_exists(places[i])) {
            return places[i];
        }
    }
    return NULL;
}

static bool run_program(const char *const argv[])
{
    pid_t pid;
    int status;
    return posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)(uintptr_t)argv, environ) == 0 && waitpid(pid, &status, 0) == pid &&
           status == 0;
}

static void touch(bool there)
{
    struct err ignored = ERR_INIT;
    bool done = there ? file_write(W.touch, bytes_of_str("1"), 0600, &ignored) : file_wipe(W.touch, &ignored);
    (void)done;
    err_release(&ignored);
}

static int setup(void **state)
{
    void *dir = NULL;
    (void)state;
    if (unit_folder(&dir) != 0) {
        return -1;
    }
    W.dir = dir;
    W.main = pthread_self();
    W.db = path_join(dir, "db");
    W.touch = path_join(dir, "touch");
    W.sessions = path_join(dir, "sessions");
    const char *top = getenv("top_builddir");
    char *tokens = path_join(dir, "tokens"), *conf = path_join(dir, "softhsm2.conf");
    char *slow = path_join(top && *top ? top : ".", "tests/harness/slowp11.so"), *absolute = path_absolute(slow);
    char *text = xasprintf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens);
    const char *const argv[] = {"softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "654321", "--pin", PIN, NULL};
    struct err err = ERR_INIT;
    setenv("SOFTHSM2_CONF", conf, 1);
    setenv("SLOWP11_MODULE", find_library(), 1);
    setenv("SLOWP11_TOUCH", W.touch, 1);
    bool ok = dir_create(tokens, 0700, &err) && dir_create(W.db, 0700, &err) && dir_create(W.sessions, 0700, &err) &&
              file_write(conf, bytes_of_str(text), 0600, &err) && run_program(argv);
    struct nssdb *db = ok ? nssdb_open(W.db, NSSDB_CREATE, NULL, &err) : NULL;
    struct secret password = SECRET_INIT;
    secret_set(&password, "", 0);
    touch(true);
    ok = db && nssdb_init_password(db, &password, &err) && nssdb_module_add(db, "slow", absolute, &err);
    if (!ok) {
        fprintf(stderr, "setup: %s\n", err_is_set(&err) ? err_what(err.code) : "no token");
    }
    nssdb_close(db);
    secret_release(&password);
    free(absolute);
    free(slow);
    free(text);
    free(conf);
    free(tokens);
    return ok ? 0 : -1;
}

static int teardown(void **state)
{
    void *dir = W.dir;
    (void)state;
    free(W.db);
    free(W.touch);
    free(W.sessions);
    return unit_folder_remove(&dir);
}

static bool give_pin(void *ctx, const char *name, const char *token, bool retry, int tries_left, struct secret *out, struct err *err)
{
    (void)ctx;
    (void)name;
    (void)retry;
    (void)err;
    if (W.asked < (int)ARRAY_LEN(W.left)) {
        W.left[W.asked] = tries_left;
    }
    W.asked += token != NULL;
    W.asked_elsewhere = W.asked_elsewhere || !pthread_equal(pthread_self(), W.main);
    secret_set(out, W.pin, strlen(W.pin));
    return true;
}

struct hand_over {
    struct session *session;
    struct secrets *secrets;
    struct run *run;
};

static void begin(struct hand_over *h)
{
    static const struct {
        const char *name, *value;
    } rows[] = {{"tokenname", LABEL}, {"subject", "uid=jdoe"}, {"key.type", "ec"}};
    struct err err = ERR_INIT;
    W.asked = 0;
    W.pin = PIN;
    *h = (struct hand_over){.session = session_create(W.sessions, "make-csr", &err), .secrets = secrets_new(give_pin, NULL)};
    assert_non_null(h->session);
    assert_true(session_set_answer(h->session, "dbdir", W.db, &err));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(session_set_answer(h->session, rows[i].name, rows[i].value, &err));
    }
    h->run = run_new(h->session, h->secrets, &err);
    assert_non_null(h->run);
}

static void end(struct hand_over *h)
{
    run_free(h->run);
    secrets_free(h->secrets);
    session_close(h->session);
}

/* Polls while it works, at most until the hint is shown; no poll may take long. */
static enum run_state poll_until(struct hand_over *h, bool hint, struct err *err)
{
    enum run_state state = RUN_WORKING;
    int64_t give_up = when_monotonic_ms() + 60000;
    while (state == RUN_WORKING && when_monotonic_ms() < give_up) {
        int64_t before = when_monotonic_ms();
        state = run_poll(h->run, POLL_MS, err);
        assert_true(when_monotonic_ms() - before < LATE_MS);
        for (size_t i = 0; hint && i < run_n_steps(h->run); i++) {
            if (run_step_running(h->run, i) && strstr(run_step_note(h->run, i), "touch it")) {
                return state;
            }
        }
    }
    return state;
}

static void test_touch(void **state)
{
    (void)state;
    struct hand_over h;
    struct err err = ERR_INIT;
    begin(&h);
    touch(false);
    assert_int_equal(poll_until(&h, true, &err), RUN_WORKING); /* it waits, and says so */
    assert_true(run_is_busy(h.run));
    touch(true);
    assert_int_equal(poll_until(&h, false, &err), RUN_WAITING); /* for the agent */
    assert_false(run_is_busy(h.run));
    assert_true(W.asked > 0);
    assert_false(W.asked_elsewhere);
    err_release(&err);
    end(&h);
}

static void test_keypad(void **state)
{
    (void)state;
    struct hand_over h;
    struct err err = ERR_INIT;
    setenv("SLOWP11_KEYPAD", PIN, 1);
    begin(&h);
    touch(false);
    assert_int_equal(poll_until(&h, true, &err), RUN_WORKING);
    touch(true);
    assert_int_equal(poll_until(&h, false, &err), RUN_WAITING);
    assert_int_equal(W.asked, 0); /* the program never learns the PIN */
    err_release(&err);
    end(&h);
    unsetenv("SLOWP11_KEYPAD");
}

/* Cancelled while nobody touches it: the caller gets control back at once. */
static void test_cancel(void **state)
{
    (void)state;
    struct hand_over h;
    struct err err = ERR_INIT;
    begin(&h);
    touch(false);
    assert_int_equal(poll_until(&h, true, &err), RUN_WORKING);
    run_cancel(h.run);
    int64_t before = when_monotonic_ms();
    assert_int_equal(poll_until(&h, false, &err), RUN_CANCELLED);
    assert_true(when_monotonic_ms() - before < 10000);
    assert_true(run_is_busy(h.run)); /* a program would leave now */
    err_release(&err);
    touch(true);
    for (int i = 0; i < 3000 && run_is_busy(h.run); i++) {
        enum run_state ignored = run_poll(h.run, POLL_MS, &err);
        (void)ignored;
    }
    assert_false(run_is_busy(h.run));
    err_release(&err);
    end(&h);
}

/* Two wrong PINs lock it. */
static void test_locked(void **state)
{
    (void)state;
    setenv("SLOWP11_TRIES", "2", 1);
    touch(true);
    for (int k = 0; k < 2; k++) {
        struct hand_over h;
        struct err err = ERR_INIT;
        begin(&h);
        W.pin = "000000";
        assert_int_equal(poll_until(&h, false, &err), RUN_FAILED);
        unit_expect_err(&err, ERR_NSS_TOKEN_LOCKED);
        if (k == 0) {
            assert_int_equal(W.asked, 2);
            assert_true(W.left[0] > 2); /* the token does not say how many there are */
            assert_int_equal(W.left[1], 1); /* but that this is the last one */
        } else {
            assert_int_equal(W.asked, 0);
        }
        end(&h);
    }
    unsetenv("SLOWP11_TRIES");
}

int main(void)
{
    const char *const probe[] = {"softhsm2-util", "--version", NULL};
    if (!find_library() || !run_program(probe)) {
        return 77;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_keypad), cmocka_unit_test(test_touch), cmocka_unit_test(test_cancel),
                                       cmocka_unit_test(test_locked)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
