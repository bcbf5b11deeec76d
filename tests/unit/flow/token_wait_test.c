/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token that waits for a person (tests/harness/slowp11.c in front of SoftHSM2): the run goes on being polled, says what it waits
 * for, asks for the PIN in the polling thread only, and lets go when it is cancelled. A token that locks itself: the last try is told,
 * and then nobody is asked any more. Exit code 77 without SoftHSM2.
 */
#include "unit/unit.h"

#include <pthread.h>

#include "base/when.h"
#include "flow/run.h"
#include "flow/secrets.h"
#include "flow/session.h"
#include "harness/slowtoken.h"
#include "unit/flow/practiceca.h"

#define POLL_MS 20
#define LATE_MS 2000 /* a poll that takes longer would freeze the screen; busy machines get some room */

struct world {
    char *dir, *db, *touch, *sessions;
    struct practice_ca ca;
    pthread_t main;
    int asked;
    bool asked_elsewhere;
    const char *pin;
    int left[4]; /* tries_left of the first questions */
};
static struct world W;

static void touch(bool there)
{
    slow_token_touch(W.touch, there);
}

static int setup(void **state)
{
    void *dir = NULL;
    struct err err = ERR_INIT;
    (void)state;
    if (unit_folder(&dir) != 0) {
        return -1;
    }
    W.dir = dir;
    W.main = pthread_self();
    W.db = path_join(dir, "db");
    W.touch = path_join(dir, "touch");
    W.sessions = path_join(dir, "sessions");
    return dir_create(W.sessions, 0700, &err) && slow_token_make(dir, W.db, W.touch) ? practice_start(&W.ca, dir) : -1;
}

static int teardown(void **state)
{
    void *dir = W.dir;
    (void)state;
    practice_stop(&W.ca);
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

struct given {
    const char *name, *value;
};

static void open_session(struct hand_over *h, const char *scenario, const struct given *rows, size_t n)
{
    struct err err = ERR_INIT;
    W.asked = 0;
    W.pin = SLOW_PIN;
    *h = (struct hand_over){.session = session_create(W.sessions, scenario, &err), .secrets = secrets_new(give_pin, NULL)};
    assert_non_null(h->session);
    assert_true(session_set_answer(h->session, "dbdir", W.db, &err));
    for (size_t i = 0; i < n; i++) {
        assert_true(session_set_answer(h->session, rows[i].name, rows[i].value, &err));
    }
    h->run = run_new(h->session, h->secrets, &err);
    assert_non_null(h->run);
}

static void begin(struct hand_over *h)
{
    static const struct given rows[] = {{"tokenname", SLOW_LABEL}, {"subject", "uid=jdoe"}, {"key.type", "ec"}};
    open_session(h, "make-csr", rows, ARRAY_LEN(rows));
}

static void end(struct hand_over *h)
{
    run_free(h->run);
    secrets_free(h->secrets);
    session_close(h->session);
}

/* Polls while it works, at most until the hint is shown at the step (NULL = to the end); no poll may take long. */
static enum run_state poll_until(struct hand_over *h, const char *step, struct err *err)
{
    enum run_state state = RUN_WORKING;
    int64_t give_up = when_monotonic_ms() + 60000;
    while (state == RUN_WORKING && when_monotonic_ms() < give_up) {
        int64_t before = when_monotonic_ms();
        state = run_poll(h->run, POLL_MS, err);
        assert_true(when_monotonic_ms() - before < LATE_MS);
        for (size_t i = 0; step && i < run_n_steps(h->run); i++) {
            bool there = run_step_running(h->run, i) && strcmp(run_step(h->run, i)->name, step) == 0;
            if (there && strstr(run_step_note(h->run, i), "touch it")) {
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
    assert_int_equal(poll_until(&h, "csr", &err), RUN_WORKING); /* it waits, and says so */
    assert_true(run_is_busy(h.run));
    touch(true);
    assert_int_equal(poll_until(&h, NULL, &err), RUN_WAITING); /* for the agent */
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
    setenv("SLOWP11_KEYPAD", SLOW_PIN, 1);
    begin(&h);
    touch(false);
    assert_int_equal(poll_until(&h, "key", &err), RUN_WORKING);
    touch(true);
    assert_int_equal(poll_until(&h, NULL, &err), RUN_WAITING);
    assert_int_equal(W.asked, 0); /* the program never learns the PIN */
    err_release(&err);
    end(&h);
    unsetenv("SLOWP11_KEYPAD");
}

/* So that the test can go on: a program would have left. */
static void come_back(struct hand_over *h)
{
    struct err err = ERR_INIT;
    touch(true);
    for (int i = 0; i < 3000 && run_is_busy(h->run); i++) {
        enum run_state ignored = run_poll(h->run, POLL_MS, &err);
        (void)ignored;
    }
    assert_false(run_is_busy(h->run));
    err_release(&err);
}

/* Cancelled while nobody touches it: the caller gets control back at once. */
static void give_up(struct hand_over *h)
{
    struct err err = ERR_INIT;
    run_cancel(h->run);
    int64_t before = when_monotonic_ms();
    assert_int_equal(poll_until(h, NULL, &err), RUN_CANCELLED);
    assert_true(when_monotonic_ms() - before < 10000);
    assert_true(run_is_busy(h->run)); /* a program would leave now */
    err_release(&err);
    come_back(h);
    end(h);
}

static void test_cancel(void **state)
{
    (void)state;
    struct hand_over h;
    struct err err = ERR_INIT;
    begin(&h);
    touch(false);
    assert_int_equal(poll_until(&h, "csr", &err), RUN_WORKING);
    give_up(&h);
}

/* From the end of this step on the token waits. */
static void on_event(void *ctx, const struct run_event *event)
{
    (void)ctx;
    if (strcmp(event->event, "step-done") == 0 && strcmp(event->step->name, "request") == 0) {
        touch(false);
    }
}

/* The agent's key is on the token: it signs the message and, a step later, for TLS. */
static void begin_signed(struct hand_over *h)
{
    char *p12 = path_join(W.ca.dir, "agent.p12"), *password = path_join(W.ca.dir, "agent.password");
    const struct given rows[] = {{"ca", "practice"},   {"agent.tokenname", SLOW_LABEL}, {"agent.p12", p12}, {"practice.import", "true"},
                                 {"subject", "uid=touched"}, {"key.type", "ec"}, {"profile", "caECFullCMCUserCert"}};
    touch(true);
    open_session(h, "agent-signed", rows, ARRAY_LEN(rows));
    secrets_add_file(h->secrets, "agent.p12.password", password);
    run_listen(h->run, on_event, NULL);
    free(p12);
    free(password);
}

static void test_touch_for_tls(void **state)
{
    (void)state;
    struct hand_over h;
    struct err err = ERR_INIT;
    begin_signed(&h);
    assert_int_equal(poll_until(&h, "submit", &err), RUN_WORKING);
    touch(true);
    enum run_state end_state = poll_until(&h, NULL, &err);
    if (end_state != RUN_DONE) {
        err_report(&err, "run");
    }
    assert_int_equal(end_state, RUN_DONE);
    assert_false(W.asked_elsewhere);
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
        assert_int_equal(poll_until(&h, NULL, &err), RUN_FAILED);
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

static void test_cancel_in_tls(void **state)
{
    (void)state;
    struct hand_over h;
    struct err err = ERR_INIT;
    begin_signed(&h);
    assert_int_equal(poll_until(&h, "submit", &err), RUN_WORKING);
    give_up(&h);
}

int main(void)
{
    if (!slow_token_possible()) {
        return 77;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_keypad), cmocka_unit_test(test_touch), cmocka_unit_test(test_cancel),
                                       cmocka_unit_test(test_touch_for_tls), cmocka_unit_test(test_cancel_in_tls),
                                       cmocka_unit_test(test_locked)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
