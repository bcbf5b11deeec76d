/* SPDX-License-Identifier: Apache-2.0 */
/* First contact on the server page: a run of only the step "server", and the fingerprint for the user to compare. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "flow/look.h"
#include "screens/app.h"
#include "screens/failpage.h"

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

static const struct progress_ops OPS = {.poll = poll, .poll_waits = true, .count = count, .step = step, .cancel = cancel};

enum basis { BY_CA, BY_FILE, BY_TLS };

static char *question(enum basis basis, const char *host, const char *chain, const char *print)
{
    return xasprintf(basis == BY_FILE  ? _("The server %s belongs to the CA in your file:\n\n%s\nCompare its SHA-256 fingerprint with the "
                                           "one that your helpdesk gives you:\n\n%s\nIs it the same?")
                     : basis == BY_TLS ? _("The server %s sends these certificates, its own first:\n\n%s\nCompare the SHA-256 "
                                           "fingerprint of the last one with the one that your helpdesk gives you:\n\n%s\nIs it the same?")
                                       : _("The server %s shows this certificate:\n\n%s\nCompare its SHA-256 fingerprint with the "
                                           "one that your helpdesk gives you:\n\n%s\nIs it the same?"),
                     host, chain, print);
}

/* What an unattended run would have ended with. */
static void tell(struct app *app, enum err_code code)
{
    struct err err = ERR_INIT;
    err_fail(&err, code, NULL);
    fail_tell(app, &err);
    err_release(&err);
}

static bool confirm(struct app *app, struct look *look, enum basis basis)
{
    char *chain = look_chain_text(look), *print = look_fingerprint(look), *lines = look_fingerprint_lines(look);
    char *text = question(basis, app_get(app, "host"), chain, lines);
    free(lines);
    const struct dialog ask = {.title = _("Is this the right certificate authority?"), .text = text,
                               .answers = {{N_("&Yes, it is the same"), NULL}, {N_("&No, or I cannot compare it"), NULL}, {NULL, NULL}},
                               .focus = 1, .safe = 1, .kind = MESSAGE_WARN};
    bool yes = dialog_ask(app->ui, &ask) == 0;
    if (yes) {
        char *where = app_contact_basis(app);
        app_set(app, "ca.fingerprint", print);
        session_set_fact(app->session, "ca.confirmed", where);
        free(where);
        free(app->chain_text);
        app->chain_text = chain;
        chain = NULL;
    } else {
        tell(app, ERR_FLOW_CHAIN_UNCONFIRMED);
    }
    free(chain);
    free(print);
    free(text);
    return yes;
}

/* What the confirmation is about: the address, and the file where there is one. */
char *app_contact_basis(const struct app *app)
{
    const char *file = app_get(app, "ca.chain");
    return xasprintf("%s:%s%s%s", app_get(app, "host"), app_get(app, "port"), *file ? " " : "", file);
}

/* The server shows no certificate of a CA: a file tells it, or else the user's database has to know it. */
static bool without_chain(struct app *app)
{
    const struct dialog ask = {.title = _("The server does not show the certificates of its CA."),
                               .text = _("Your helpdesk has them as a file (PEM, DER or PKCS#7). A database in which this CA is trusted "
                                         "already will do, too."),
                               .answers = {{N_("I have a &file"), NULL}, {N_("My &database knows this CA"), NULL}, {NULL, NULL}},
                               .focus = 0, .safe = 0, .kind = MESSAGE_WARN};
    app->no_chain = true;
    bool known = dialog_ask(app->ui, &ask) == 1;
    char *where = known ? app_contact_basis(app) : NULL;
    session_set_fact(app->session, "ca.by-database", where);
    free(where);
    if (!known) {
        tell(app, ERR_FLOW_NO_CHAIN);
    }
    if (!known && app->result) { /* the next thing to be filled in */
        snprintf(app->result->focus, sizeof app->result->focus, "ca.chain");
    }
    return known;
}

/* Takes the file in place of what the server did not show. */
static bool take_file(struct app *app, struct look *look)
{
    struct err err = ERR_INIT;
    app->no_chain = true;
    if (!look_take_file(look, app_get(app, "ca.chain"), &err)) {
        app_error(app, _("The file cannot be used."), &err);
        return false;
    }
    return true;
}

/* No description vouches for what was met: a person does, by the fingerprint, or says where the CA is known from. */
static bool ask_person(struct app *app, struct look *look, bool *confirmed)
{
    bool told = look_tells_chain(look), file = !told && *app_get(app, "ca.chain");
    if (file) {
        *confirmed = take_file(app, look) && confirm(app, look, BY_FILE);
        return *confirmed;
    }
    *confirmed = look_shows_chain(look) && confirm(app, look, told ? BY_CA : BY_TLS);
    return *confirmed || (!told && without_chain(app));
}

static bool judge(struct app *app, struct look *look, bool *confirmed)
{
    struct err err = ERR_INIT;
    if (!look_has_description(look)) {
        return ask_person(app, look, confirmed);
    }
    *confirmed = look_is_described(look);
    if (!*confirmed) {
        err_fail(&err, ERR_FLOW_CHAIN_CHANGED, _("It is not the one in the description %s."), app_get(app, "ca"));
        app_error(app, NULL, &err);
        return false;
    }
    free(app->chain_text);
    app->chain_text = look_chain_text(look);
    return true;
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
    bool confirmed = false, ok = verb == PROGRESS_FINISHED && judge(app, c.look, &confirmed);
    if (verb == PROGRESS_FAILED) {
        app_error(app, _("The CA did not answer as it should."), &c.err);
    }
    if (ok) {
        bool tells = confirmed && strcmp(app_get(app, "protocol"), "est") != 0; /* an EST server is not the CA */
        char *version = tells ? look_version(c.look) : NULL;
        session_set_fact(app->session, "ca.version", version);
        free(version);
        free(app->chain_pem);
        app->chain_pem = confirmed ? look_chain_pem(c.look) : NULL;
    }
    look_free(c.look);
    err_release(&c.err);
    return ok;
}
