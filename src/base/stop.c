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
        struct sigaction now;
        /* nohup: what is ignored would be pending all the same. Shells ignore INT for what they start with "&", not meaning that. */
        bool ignored = STOPS[i] == SIGHUP && sigaction(SIGHUP, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
        if (!ignored) {
            sigaddset(&stops, STOPS[i]);
        }
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
