/* SPDX-License-Identifier: Apache-2.0 */
/* First contact on the server page: a run of only the step "server", and the fingerprint for the user to compare. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "flow/look.h"
#include "screens/app.h"

struct contact {
    struct look *look;
    enum look_state state;
    struct err err;
};

static enum progress_state poll(void *ctx)
{
    struct contact *c = ctx;
    c->state = look_poll(c->look, 40, &c->err);
    return c->state == LOOK_RUNNING ? PROGRESS_AGAIN : c->state == LOOK_DONE ? PROGRESS_DONE : PROGRESS_STOPPED;
}

static size_t count(void *ctx)
{
    (void)ctx;
    return 1;
}

static void step(void *ctx, size_t i, struct progress_step *out)
{
    (void)i;
    struct contact *c = ctx;
    out->label = _("Fetch the certificates of the CA");
    out->detail = NULL;
    out->state = c->state == LOOK_DONE ? STEP_DONE : c->state == LOOK_RUNNING ? STEP_HERE : STEP_PROBLEM;
    out->elapsed_ms = -1;
}

static void cancel(void *ctx)
{
    look_cancel(((struct contact *)ctx)->look);
}

static const struct progress_ops OPS = {.poll = poll, .count = count, .step = step, .cancel = cancel};

static bool confirm(struct app *app, struct look *look)
{
    char *chain = look_chain_text(look), *print = look_fingerprint(look), *lines = look_fingerprint_lines(look);
    char *text = xasprintf(_("The server %s shows this certificate:\n\n%s\nCompare its SHA-256 fingerprint with the "
                             "one that your helpdesk gives you:\n\n%s\nIs it the same?"),
                           app_get(app, "host"), chain, lines);
    free(lines);
    const struct dialog ask = {.title = _("Is this the right certificate authority?"), .text = text,
                               .answers = {{N_("&Yes, it is the same"), NULL}, {N_("&No, or I cannot compare it"), NULL}, {NULL, NULL}},
                               .focus = 1, .safe = 1, .kind = MESSAGE_WARN};
    bool yes = dialog_ask(app->ui, &ask) == 0;
    if (yes) {
        char *where = xasprintf("%s:%s", app_get(app, "host"), app_get(app, "port"));
        app_set(app, "ca.fingerprint", print);
        session_set_fact(app->session, "ca.confirmed", where);
        free(where);
        free(app->chain_text);
        app->chain_text = chain;
        chain = NULL;
    }
    free(chain);
    free(print);
    free(text);
    return yes;
}

bool app_contact(struct app *app)
{
    struct contact c = {.state = LOOK_RUNNING};
    app_drop_engine(app);
    c.look = look_start(app->session, &c.err);
    if (!c.look) {
        app_error(app, _("The CA cannot be asked."), &c.err);
        return false;
    }
    enum progress_verb verb = progress_run(app->ui, &app->frame, _("Looking at the certificate authority"), &OPS, &c);
    bool ok = verb == PROGRESS_FINISHED;
    if (ok && look_has_description(c.look) && !look_is_described(c.look)) {
        ok = err_fail(&c.err, ERR_FLOW_CHAIN_CHANGED, _("It is not the one in the description %s."), app_get(app, "ca"));
        app_error(app, NULL, &c.err);
    } else if (ok && !look_has_description(c.look)) {
        ok = confirm(app, c.look);
    } else if (ok) {
        free(app->chain_text);
        app->chain_text = look_chain_text(c.look);
    } else if (verb == PROGRESS_FAILED) {
        app_error(app, _("The CA did not answer as it should."), &c.err);
    }
    if (ok) {
        char *version = look_version(c.look);
        session_set_fact(app->session, "ca.version", version);
        free(version);
        free(app->chain_pem);
        app->chain_pem = look_chain_pem(c.look);
    }
    look_free(c.look);
    err_release(&c.err);
    return ok;
}
