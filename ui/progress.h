/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_PROGRESS_H
#define CMCW_UI_PROGRESS_H
/* Work that runs while the screen stays alive: its steps, since when, what comes next, and a way to cancel. */
#include "ui/frame.h"

struct progress_step {
    const char *label;  /* translated; lent until the next call */
    const char *detail; /* translated or made visible; result or what is waited for ("The token may be waiting for a
                           touch."); NULL */
    enum step_state state;
    int64_t elapsed_ms; /* of the running or finished step; < 0 = not shown */
};

enum progress_state { PROGRESS_AGAIN, PROGRESS_DONE, PROGRESS_STOPPED };

struct progress_ops {
    /* Does a slice of the work or waits for it, at most some 50 ms. PROGRESS_STOPPED: failed or needs the user. */
    enum progress_state (*poll)(void *ctx);
    size_t (*count)(void *ctx);
    void (*step)(void *ctx, size_t i, struct progress_step *out);
    bool (*may_cancel)(void *ctx); /* NULL = always */
    void (*cancel)(void *ctx);     /* asks the work to stop; poll goes on until it has */
    /* What happens when all this is done: one sentence; NULL or "" = none; lent. */
    const char *(*outlook)(void *ctx);
    /* poll itself waits while there is nothing to do. Without it there is a pause after each poll, which would hold up work in many
     * short steps. */
    bool poll_waits;
};

#define PROGRESS_PAUSE_MS 50 /* between polls that do not wait */

enum progress_verb {
    PROGRESS_FINISHED,
    PROGRESS_FAILED,    /* poll said STOPPED */
    PROGRESS_CANCELLED, /* the user cancelled and poll ended */
    PROGRESS_SIGNAL,    /* ui->signal; cancel() has been called once */
};

enum progress_verb progress_run(struct ui *ui, const struct frame *frame, const char *headline,
                                const struct progress_ops *ops, void *ctx) MUST_CHECK;
#endif
