/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/stop.h"

#include <signal.h>
#include <stddef.h>

#include "base/mem.h"

static const int STOPS[] = {SIGTERM, SIGINT, SIGHUP};

void stop_block(void)
{
    sigset_t stops;
    sigemptyset(&stops);
    for (size_t i = 0; i < ARRAY_LEN(STOPS); i++) {
        sigaddset(&stops, STOPS[i]);
    }
    sigprocmask(SIG_BLOCK, &stops, NULL);
}

bool stop_is_wanted(void)
{
    sigset_t pending;
    bool wanted = false;
    for (size_t i = 0; sigpending(&pending) == 0 && i < ARRAY_LEN(STOPS); i++) {
        wanted = wanted || sigismember(&pending, STOPS[i]) == 1;
    }
    return wanted;
}
