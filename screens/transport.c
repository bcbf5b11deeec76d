/* SPDX-License-Identifier: Apache-2.0 */
/* The transport certificate of an archived key: a run up to its step, and the certificate with its fingerprint for the
 * user to compare. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "screens/app.h"
#include "screens/failpage.h"

struct fetching {
    struct run *run;
    size_t last; /* row of the step "transport" */
    enum run_state state;
    struct err err;
};

static enum progress_state poll(void *ctx)
{
    struct fetching *f = ctx;
    if (run_step_done(f->run, f->last)) {
        return PROGRESS_DONE;
    }
    f->state = run_poll(f->run, 40, &f->err);
    return f->state == RUN_WORKING ? PROGRESS_AGAIN : PROGRESS_STOPPED;
}

static size_t count(void *ctx)
{
    return ((struct fetching *)ctx)->last + 1;
}

static void step(void *ctx, size_t i, struct progress_step *out)
{
    const struct fetching *f = ctx;
    bool done = run_step_done(f->run, i), running = run_step_running(f->run, i);
    *out = (struct progress_step){.label = _(run_step(f->run, i)->title),
                                  .detail = run_step_note(f->run, i),
                                  .state = done      ? STEP_DONE
                                           : running ? STEP_HERE
                                                     : STEP_TODO,
                                  .elapsed_ms = -1};
}

static void cancel(void *ctx)
{
    run_cancel(((struct fetching *)ctx)->run);
}

static const struct progress_ops OPS = {.poll = poll, .poll_waits = true, .count = count, .step = step, .cancel = cancel};

/* What the confirmation was about: another file or another CA is another question. Caller frees. */
static char *source(const struct app *app)
{
    return xasprintf("%s %s %s:%s", app_get(app, "transport"), app_get(app, "ca"), app_get(app, "host"),
                     app_get(app, "port"));
}

static bool is_confirmed(struct app *app)
{
    const char *about = session_fact(app->session, "transport.confirmed"),
               *print = session_fact(app->session, "transport.print");
    char *now = source(app);
    bool own = print && strcmp(print, app_get(app, "transport.fingerprint")) == 0; /* given here, not typed */
    bool same = about && strcmp(about, now) == 0;
    if (own && !same) {
        app_set(app, "transport.fingerprint", NULL);
    }
    free(now);
    return own && same;
}

static void keep(struct app *app, const char *print)
{
    char *about = source(app);
    app_set(app, "transport.fingerprint", print);
    session_set_fact(app->session, "transport.confirmed", about);
    session_set_fact(app->session, "transport.print", print);
    free(about);
}

/* vouched: the CA that the user confirmed by its fingerprint issued it, so yes is the likely answer; else no is, as for a CA. */
static bool ask(struct app *app, struct run *run, bool vouched)
{
    char *text = NULL, *print = NULL;
    struct err err = ERR_INIT;
    if (!run_transport_shown(run, &text, &print, &err)) {
        app_error(app, NULL, &err);
        return false;
    }
    const struct dialog question = {
        .title = _("Is this the right transport certificate?"),
        .text = text,
        .answers = {{N_("&Yes, it is the same"), NULL}, {N_("&No, or I cannot compare it"), NULL}, {NULL, NULL}},
        .focus = vouched ? 0 : 1,
        .safe = 1,
        .kind = vouched ? MESSAGE_HINT : MESSAGE_WARN};
    bool yes = dialog_ask(app->ui, &question) == 0;
    if (yes) {
        keep(app, print);
    }
    free(text);
    free(print);
    return yes;
}

static size_t row_of(const struct run *run, const char *name)
{
    size_t i = 0;
    while (i < run_n_steps(run) && strcmp(run_step(run, i)->name, name) != 0) {
        i++;
    }
    return i;
}

static bool fetch_and_ask(struct app *app, struct fetching *f)
{
    enum progress_verb verb = progress_run(app->ui, &app->frame, _("Looking at the transport certificate"), &OPS, f);
    bool unknown = verb == PROGRESS_FAILED && (f->err.code == ERR_FLOW_TRANSPORT || f->err.code == ERR_FLOW_TRANSPORT_SEARCHED);
    if (run_is_busy(f->run)) {
        app_leave_token(app, verb != PROGRESS_SIGNAL);
    }
    session_set_state(app->session, "editing");
    if (verb == PROGRESS_FAILED && !unknown) {
        app_error(app, _("The key cannot be archived."), &f->err);
    }
    bool yes = (verb == PROGRESS_FINISHED || unknown) && ask(app, f->run, !unknown);
    if (unknown && !yes) {
        fail_tell(app, &f->err);
    }
    return yes;
}

bool app_transport(struct app *app)
{
    struct fetching f = {.state = RUN_WORKING};
    if (is_confirmed(app)) {
        return true;
    }
    app_drop_engine(app);
    f.run = run_new(app->session, app->secrets, &f.err);
    f.last = f.run ? row_of(f.run, "transport") : 0;
    bool ok = f.run && f.last < run_n_steps(f.run) && fetch_and_ask(app, &f);
    if (!f.run) {
        app_error(app, NULL, &f.err);
    }
    /* It was only a look: the run itself takes these steps again, and tells of them. */
    for (size_t i = 0; f.run && i <= f.last && i < run_n_steps(f.run); i++) {
        session_clear_step(app->session, run_step(f.run, i)->name);
    }
    run_free(f.run);
    err_release(&f.err);
    return ok;
}
