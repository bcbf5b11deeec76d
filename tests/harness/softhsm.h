/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_HARNESS_SOFTHSM_H
#define CMCW_TESTS_HARNESS_SOFTHSM_H
/* SoftHSM2 for tests: where its library is on this machine, and a token of one's own. */
#include <spawn.h>
#include <sys/wait.h>

#include "unit/unit.h"

extern char **environ;

/* NULL = not installed. */
static inline const char *softhsm_library(void)
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

static inline bool softhsm_run(const char *const argv[])
{
    pid_t pid;
    int status;
    return posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)(uintptr_t)argv, environ) == 0 && waitpid(pid, &status, 0) == pid &&
           status == 0;
}

/* Makes a token below folder and says so to this process and its children; *env (may be NULL, caller frees) is the line for others. */
static inline bool softhsm_token(const char *folder, const char *label, const char *pin, char **env)
{
    char *tokens = path_join(folder, "tokens"), *conf = path_join(folder, "softhsm2.conf");
    char *text = xasprintf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens);
    const char *const argv[] = {"softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "654321", "--pin", pin, NULL};
    bool ok = dir_create(tokens, 0700, NULL) && file_write(conf, bytes_of_str(text), 0600, NULL) &&
              setenv("SOFTHSM2_CONF", conf, 1) == 0 && softhsm_run(argv);
    if (env) {
        *env = xasprintf("SOFTHSM2_CONF=%s", conf);
    }
    free(text);
    free(conf);
    free(tokens);
    return ok;
}
#endif
