/* SPDX-License-Identifier: Apache-2.0 */
/* One piece of work in a thread of its own: the screen stays alive, says what is waited for, and Esc ends the wait. */
#include "config.h"

#include "screens/app.h"

#define AT_ONCE_MS 200 /* quicker than this needs no page */

struct work {
    const struct app_work *what;
    bool done;
};

static enum progress_state poll(void *ctx)
{
    struct work *w = ctx;
    w->done = w->what->poll(w->what->ctx, 40);
    return w->done ? PROGRESS_DONE : PROGRESS_AGAIN;
}

static size_t count(void *ctx)
{
    (void)ctx;
    return 1;
}

static void step(void *ctx, size_t i, struct progress_step *out)
{
    (void)i;
    const struct work *w = ctx;
    *out = (struct progress_step){.label = w->what->label, .state = w->done ? STEP_DONE : STEP_HERE, .elapsed_ms = -1};
}

static void cancel(void *ctx)
{
    const struct work *w = ctx;
    w->what->cancel(w->what->ctx);
}

bool app_wait(struct app *app, const struct frame *frame, const struct app_work *what)
{
    static const struct progress_ops ops = {.poll = poll, .count = count, .step = step, .cancel = cancel};
    struct work w = {.what = what};
    if (what->poll(what->ctx, AT_ONCE_MS)) {
        return true;
    }
    return progress_run(app->ui, frame, what->headline, &ops, &w) == PROGRESS_FINISHED;
}
