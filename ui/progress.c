/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/progress.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "ui/action.h"
#include "ui/plain.h"

#define INDENT 2
#define REPAINT_MS 250

struct progress {
    struct ui *ui;
    const struct frame *frame;
    const char *headline;
    const struct progress_ops *ops;
    void *ctx;
    bool cancelling;
    struct frame_area area;
    struct ui_painter painter;
};

/* To add a state: a row. */
static const struct {
    enum ui_sign sign;
    enum ui_role role, text_role;
} state_rows[] = {
    [STEP_TODO] = {SIGN_DOT, ROLE_DIM, ROLE_DIM},        [STEP_HERE] = {SIGN_HERE, ROLE_ACCENT, ROLE_TITLE},
    [STEP_DONE] = {SIGN_DONE, ROLE_OK, ROLE_TEXT},       [STEP_PROBLEM] = {SIGN_BAD, ROLE_BAD, ROLE_BAD},
    [STEP_SKIPPED] = {SIGN_SKIPPED, ROLE_DIM, ROLE_DIM}, [STEP_WAITING] = {SIGN_HERE, ROLE_WARN, ROLE_WARN},
};

static bool may_cancel(const struct progress *p)
{
    return !p->cancelling && (!p->ops->may_cancel || p->ops->may_cancel(p->ctx));
}

/* One step, its time at the right of the label, its detail below; returns rows used. */
static int paint_step(struct progress *p, const struct progress_step *s, int y, int rows)
{
    int x = p->area.x + INDENT, cols = p->area.cols - INDENT;
    ui_put(p->ui, y, x, 1, state_rows[s->state].role, ui_sign(p->ui, state_rows[s->state].sign));
    char *time = NULL;
    if (s->elapsed_ms >= 0 && s->state != STEP_TODO && s->state != STEP_SKIPPED) {
        /* TRANSLATORS: seconds; at most 8 columns */
        time = s->state == STEP_DONE && s->elapsed_ms < 1000
                   ? NULL
                   : xasprintf(_("%lld s"), (long long)(s->elapsed_ms / 1000));
    }
    int room = cols - 2 - (time ? text_width(time) + 2 : 0);
    char *label = text_ellipsis(s->label, room, p->ui->ascii);
    int used = ui_put(p->ui, y, x + 2, room, state_rows[s->state].text_role, label);
    if (time) {
        ui_put(p->ui, y, x + 2 + used + 2, cols - used - 4, ROLE_DIM, time);
    }
    free(label);
    free(time);
    if (s->state == STEP_HERE || s->state == STEP_WAITING || s->state == STEP_PROBLEM) {
        ui_set_cursor(p->ui, y, x);
    }
    if (s->detail && *s->detail && rows > 1) {
        char *detail = text_ellipsis(s->detail, cols - 2, p->ui->ascii);
        ui_put(p->ui, y + 1, x + 2, cols - 2, s->state == STEP_WAITING ? ROLE_WARN : ROLE_DIM, detail);
        free(detail);
        return 2;
    }
    return 1;
}

/* The one that runs; between two of them the one that comes next. */
static size_t running_step(const struct progress *p, size_t n)
{
    size_t next = n;
    for (size_t i = 0; i < n; i++) {
        struct progress_step s = {.elapsed_ms = -1};
        p->ops->step(p->ctx, i, &s);
        if (s.state == STEP_HERE || s.state == STEP_WAITING || s.state == STEP_PROBLEM) {
            return i;
        }
        next = s.state == STEP_TODO && next == n ? i : next;
    }
    return next;
}

static bool has_detail(const struct progress *p, size_t i)
{
    struct progress_step s = {.label = "", .elapsed_ms = -1};
    p->ops->step(p->ctx, i, &s);
    return s.detail && *s.detail;
}

/* Details are shown of all steps where there is room; else of the running one and of the one before it: what was found
 * last, and what goes on now. */
static bool shows_detail(const struct progress *p, size_t i, size_t at, bool all)
{
    return has_detail(p, i) && (all || i == at || i + 1 == at);
}

static int rows_of(const struct progress *p, size_t first, size_t end, size_t at, bool all)
{
    int rows = 0;
    for (size_t i = first; i < end; i++) {
        rows += shows_detail(p, i, at, all) ? 2 : 1;
    }
    return rows;
}

static void paint_steps(struct progress *p, int y)
{
    size_t n = p->ops->count(p->ctx), at = running_step(p, n), first = 0;
    int rows = p->area.y + p->area.rows - y;
    bool all = rows_of(p, 0, n, at, true) <= rows;
    /* The running step stays in sight, and the next one below it. */
    size_t seen = at + 2 < n ? at + 2 : n;
    while (first < at && at < n && rows_of(p, first, seen, at, all) > rows) {
        first++;
    }
    ui_set_cursor(p->ui, y, p->area.x + INDENT);
    for (size_t i = first; i < n && rows > 0; i++) {
        struct progress_step s = {.label = "", .elapsed_ms = -1};
        p->ops->step(p->ctx, i, &s);
        int used = paint_step(p, &s, y, shows_detail(p, i, at, all) ? rows : 1);
        y += used;
        rows -= used;
    }
}

static void paint(void *ctx)
{
    struct progress *p = ctx;
    frame_layout(p->ui, p->frame, &p->area);
    frame_paint(p->ui, p->frame, &p->area, false);
    int y = p->area.y;
    if (p->area.rows > 10) {
        y++;
    }
    char *headline = text_ellipsis(p->headline, p->area.cols - INDENT, p->ui->ascii);
    ui_put(p->ui, y, p->area.x + INDENT, p->area.cols - INDENT, ROLE_TITLE, headline);
    free(headline);
    paint_steps(p, y + (p->area.rows > 10 ? 2 : 1));
    const char *outlook = p->ops->outlook ? p->ops->outlook(p->ctx) : NULL;
    if (p->cancelling) {
        frame_paint_message(p->ui, &p->area, MESSAGE_WARN, _("Stopping. What is done stays done."));
    } else if (outlook && *outlook) {
        frame_paint_message(p->ui, &p->area, MESSAGE_HINT, outlook);
    }
    action_footer(p->ui, p->area.footer_y, NULL, action_progress, may_cancel(p) ? ACTION_LIST : 0, NULL);
}

static void cancel(struct progress *p)
{
    if (may_cancel(p)) {
        p->cancelling = true;
        if (p->ops->cancel) {
            p->ops->cancel(p->ctx);
        }
    }
}

/* False when the program must leave. */
static bool on_event(struct progress *p, const struct ui_event *event)
{
    if (event->type == UI_EVENT_SIGNAL) {
        if (!p->cancelling && p->ops->cancel) {
            p->ops->cancel(p->ctx);
        }
        return false;
    }
    if (event->type == UI_EVENT_KEY) {
        const struct action *a = action_find(NULL, action_progress, event->key);
        if (a && a->id == ACTION_CANCEL) {
            cancel(p);
            ui_repaint(p->ui);
        } else if (a && a->id == ACTION_REDRAW) {
            ui_redraw(p->ui);
        }
    }
    return true;
}

static enum progress_verb loop(struct progress *p)
{
    int64_t painted = 0;
    for (;;) {
        enum progress_state state = p->ops->poll(p->ctx);
        int64_t now = when_monotonic_ms();
        if (state != PROGRESS_AGAIN || now - painted >= REPAINT_MS) {
            ui_repaint(p->ui);
            painted = now;
        }
        if (state == PROGRESS_DONE) {
            return PROGRESS_FINISHED;
        }
        if (state == PROGRESS_STOPPED) {
            return p->cancelling ? PROGRESS_CANCELLED : PROGRESS_FAILED;
        }
        struct ui_event event;
        ui_read(p->ui, &event, p->ops->poll_waits ? 0 : PROGRESS_PAUSE_MS);
        if (!on_event(p, &event)) {
            return PROGRESS_SIGNAL;
        }
    }
}

enum progress_verb progress_run(struct ui *ui, const struct frame *frame, const char *headline,
                                const struct progress_ops *ops, void *ctx)
{
    ui->frame = frame;
    if (ui->mode == UI_PLAIN) {
        return plain_progress(ui, frame, headline, ops, ctx);
    }
    struct progress p = {.ui = ui, .frame = frame, .headline = headline, .ops = ops, .ctx = ctx};
    p.painter = (struct ui_painter){.paint = paint, .ctx = &p};
    ui_push(ui, &p.painter);
    enum progress_verb verb = loop(&p);
    ui_flush(ui);
    ui_pop(ui, &p.painter);
    return verb;
}
