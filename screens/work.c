/* SPDX-License-Identifier: Apache-2.0 */
/* One piece of work in a thread of its own: the screen stays alive, says what is waited for, and Esc ends the wait. */
#include "config.h"

#include <unistd.h>

#include "base/err.h"
#include "base/i18n.h"
#include "flow/errand.h"
#include "nss/nssdb.h"
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
    *out = (struct progress_step){.label = w->what->label,
                                  .detail = w->what->hint ? w->what->hint(w->what->ctx) : NULL,
                                  .state = w->done ? STEP_DONE : STEP_HERE,
                                  .elapsed_ms = -1};
}

static void cancel(void *ctx)
{
    const struct work *w = ctx;
    w->what->cancel(w->what->ctx);
}

bool app_wait(struct app *app, const struct frame *frame, const struct app_work *what)
{
    static const struct progress_ops ops = {.poll = poll, .poll_waits = true, .count = count, .step = step, .cancel = cancel};
    struct work w = {.what = what};
    if (what->poll(what->ctx, AT_ONCE_MS)) {
        return true;
    }
    return progress_run(app->ui, frame, what->headline, &ops, &w) == PROGRESS_FINISHED;
}

/* ---- at a token ---- */

struct at_token {
    struct errand *errand;
    bool token; /* a real one, not the database */
    bool ended;
};

static bool poll_errand(void *ctx, int wait_ms)
{
    struct at_token *t = ctx;
    t->ended = t->ended || errand_poll(t->errand, wait_ms);
    return t->ended || errand_is_lost(t->errand);
}

static void cancel_errand(void *ctx)
{
    errand_cancel(((struct at_token *)ctx)->errand);
}

static const char *hint_of(void *ctx)
{
    const struct at_token *t = ctx;
    return t->ended ? "" : errand_hint(t->errand, t->token);
}

_Noreturn void app_leave_token(struct app *app, bool told)
{
    if (told) {
        dialog_message(app->ui, MESSAGE_WARN, _("The token is still waiting and cannot be stopped."),
                       _("It waits for a PIN or a touch and cannot be interrupted, so the wizard leaves now. Everything is saved: "
                         "continue from the list of saved enrollments."));
    }
    ui_end(app->ui);
    _exit(EXIT_CANCELLED);
}

bool app_errand(struct app *app, const char *label, bool (*fn)(void *arg, struct err *err), void *arg, struct err *err)
{
    struct at_token t = {.errand = errand_start(app->secrets, fn, arg, err)};
    const struct app_work what = {.headline = _("Waiting for the token"), .label = label, .poll = poll_errand, .hint = hint_of,
                                  .cancel = cancel_errand, .ctx = &t};
    if (!t.errand) {
        return false;
    }
    t.token = !nssdb_token_is_internal(app_get(app, "tokenname")) || !nssdb_token_is_internal(app_get(app, "agent.tokenname"));
    bool waited = app_wait(app, &app->frame, &what);
    if (!t.ended) {
        app_save(app);
        app_leave_token(app, !app->ui->signal);
    }
    bool ok = errand_finish(t.errand, err);
    if (ok && !waited) {
        ok = err_fail(err, ERR_FLOW_CANCELLED, NULL);
    }
    return ok;
}

struct login {
    struct engine *engine;
    const char *dir, *token;
    bool create;
};

static bool log_in(void *arg, struct err *err)
{
    const struct login *l = arg;
    return engine_login(l->engine, l->token, err);
}

static bool open_db(void *arg, struct err *err)
{
    const struct login *l = arg;
    return engine_open_db(l->engine, l->dir, true, l->create, err) && (!l->token || log_in(arg, err));
}

bool app_login(struct app *app, const char *token, struct err *err)
{
    struct login l = {.engine = &app->engine, .token = token};
    return app_errand(app, _("Unlock the key"), log_in, &l, err);
}

bool app_unlock(struct app *app, const char *dir, bool create, const char *token, struct err *err)
{
    struct login l = {.engine = &app->engine, .dir = dir, .token = token, .create = create};
    return app_errand(app, token ? _("Unlock the key") : _("Open the database"), open_db, &l, err);
}
