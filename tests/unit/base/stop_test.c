/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/stop.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

/* In a process of its own: does it stop when that signal comes, with HUP as it was found? */
static bool stops(void (*hup)(int), int sent)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGHUP, hup);
        stop_block();
        raise(sent);
        _exit(stop_is_wanted());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status) != 0;
}

static void test_signals(void **state)
{
    (void)state;
    static const int all[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        assert_true(stops(SIG_DFL, all[i]));
    }
    assert_true(stops(SIG_IGN, SIGTERM));
    assert_false(stops(SIG_IGN, SIGHUP)); /* nohup */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_signals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
