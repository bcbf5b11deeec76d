/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_UNIT_FLOW_PRACTICECA_H
#define CMCW_TESTS_UNIT_FLOW_PRACTICECA_H
/* A practice CA for a test program, on a free port, and described as "practice" in its XDG_CONFIG_HOME. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "flow/cadesc.h"

struct practice_ca {
    char *dir; /* DIR/ca */
    pid_t server;
};

static inline int practice_program(const char *const *argv, bool wait, pid_t *pid)
{
    *pid = fork();
    if (*pid == 0) {
        int log = open("/dev/null", O_WRONLY);
        dup2(log, 1);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    int status = 0;
    return *pid > 0 && (!wait || (waitpid(*pid, &status, 0) == *pid && status == 0)) ? 0 : -1;
}

static inline int practice_describe(const struct practice_ca *ca)
{
    struct err err = ERR_INIT;
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct cadesc d;
    char *path = path_join(ca->dir, "ca-description.json");
    bool ok = file_read(path, &text, &err) && cadesc_parse(buf_peek(&text), &d, &err) && cadesc_save(&d, &err);
    cadesc_release(&d);
    buf_release(&text);
    free(path);
    return ok ? 0 : -1;
}

static inline int practice_start(struct practice_ca *ca, const char *dir)
{
    const char *top = getenv("top_builddir");
    char *program = path_join(top && *top ? top : ".", "cmc-practice-ca"), *ready = path_join(dir, "ready");
    ca->dir = path_join(dir, "ca");
    char *script = unit_source("tests/harness/practice-ca.sh");
    const char *const init[] = {"/bin/sh", script, program, ca->dir, NULL};
    const char *const serve[] = {program, "serve", ca->dir, "--port=0", "--ready-file", ready, NULL};
    pid_t pid;
    setenv("XDG_CONFIG_HOME", dir, 1);
    int rc = practice_program(init, true, &pid) == 0 ? practice_program(serve, false, &ca->server) : -1;
    for (int i = 0; rc == 0 && i < 3000 && !file_exists(ready); i++) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    rc = rc == 0 && file_exists(ready) ? practice_describe(ca) : -1;
    free(script);
    free(program);
    free(ready);
    return rc;
}

static inline void practice_stop(struct practice_ca *ca)
{
    if (ca->server > 0) {
        kill(ca->server, SIGTERM);
        waitpid(ca->server, NULL, 0);
    }
    free(ca->dir);
}
#endif
