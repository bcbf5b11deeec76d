/* SPDX-License-Identifier: Apache-2.0 */
/* Whose certificate vouches: an agent's from the database, or imported from a file first. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "nss/certdb.h"
#include "screens/certlist.h"
#include "screens/failpage.h"

static const char *agent_dbdir(const struct app *app)
{
    return *app_get(app, "agent.dbdir") ? "agent.dbdir" : "dbdir";
}

static const char *expired(struct app *app, const struct certdb_entry *e)
{
    (void)app;
    return cert_valid_at(e->cert, when_now()) ? NULL : _("It is expired.");
}

/* Certificates with a key; an expired one is shown and barred, so that nobody wonders where it is. */
static void list_agents(void *ctx, const struct field *field, struct choices *out)
{
    static const struct cert_rows rows = {.shows = app_cert_has_key, .note = app_cert_until, .barred = expired};
    (void)field;
    app_list_certs(ctx, agent_dbdir(ctx), &rows, out);
    choices_add(out, "", _("From a file"), _("The agent's certificate comes in a .p12 or .pfx file."), NULL);
}

static bool from_file(void *ctx, const struct field *field)
{
    (void)field;
    return !*app_get(ctx, "nickname");
}

static bool asks_file_password(void *ctx, const struct field *field)
{
    return from_file(ctx, field) && !secrets_is_given(((const struct app *)ctx)->secrets, "agent.p12.password");
}

static bool other_db(void *ctx, const struct field *field)
{
    (void)field;
    return *app_get(ctx, "agent.dbdir") != '\0';
}

static const struct field FIELDS[] = {
    {.kind = FIELD_LIST,
     .key = "nickname",
     .label = N_("Certificate"),
     /* TRANSLATORS: headings of columns, divided by tabs; each at most 14 columns */
     .columns = N_("Nickname\tSerial number\tSubject"),
     .choices = list_agents,
     .rows = 5,
     .help = N_("An agent's certificate; it signs the request and opens the connection."),
     .why = N_(
         "The CA knows its agents by their certificates. An agent's signature tells it that the request is in order.")},
    {.kind = FIELD_FILE,
     .key = "agent.p12",
     .label = N_("File"),
     .flags = FIELD_MUST_EXIST | FIELD_REQUIRED,
     .visible = from_file,
     .help = N_("It is imported into the database first."),
     .why = N_("The agent's key has to be in a database before it can sign.")},
    {.kind = FIELD_SECRET,
     .key = "agent.p12.password",
     .label = N_("File's password"),
     .width = 32,
     .visible = asks_file_password,
     .help = N_("The password that protects the file."),
     .why = N_("The key in the file is encrypted with it.")},
    {.kind = FIELD_FILE,
     .key = "agent.dbdir",
     .label = N_("Other database"),
     .flags = FIELD_FOLDER,
     .hint = N_("the same one"),
     .help = N_("Only when the agent's certificate lies in another database."),
     .why = N_("Agents often keep their own certificate apart from those that they make for others.")},
    {.kind = FIELD_SECRET,
     .key = "agent.password",
     .label = N_("Its password"),
     .width = 32,
     .visible = other_db,
     .help = N_("Of that other database."),
     .why = N_("It opens the agent's key in that database.")},
    FIELD_ROWS_END,
};
static const struct page PAGE = {.id = "agent", .question = N_("Which CA agent signs the request?"), .fields = FIELDS};

static const char *agent_token(const struct app *app)
{
    return *app_get(app, "agent.tokenname") ? app_get(app, "agent.tokenname") : app_get(app, "tokenname");
}

struct importing {
    struct engine *engine;
    const char *token;
    struct bytes p12;
    const struct secret *password;
    bool practice;
    struct strv nicknames;
};

static bool import_p12(void *arg, struct err *err)
{
    struct importing *i = arg;
    return engine_import_pkcs12(i->engine, i->token, i->p12, i->password, i->practice, &i->nicknames, err);
}

/* Importing at once shows a wrong password here, and lets the list above name the certificate. */
static bool import_file(struct app *app, struct err *err)
{
    struct buf p12 = BUF_INIT(BUF_MAX_MESSAGE);
    struct secret password = SECRET_INIT;
    char *file = path_expand_home(app_get(app, "agent.p12"));
    app->engine.secret_name = other_db(app, NULL) ? "agent.password" : "password";
    bool has_one = secrets_has(app->secrets, "agent.p12.password");
    secret_set(&password, "", 0);
    bool ok = (!has_one || secrets_get(app->secrets, "agent.p12.password", NULL, false, -1, &password, err)) &&
              file_read(file, &p12, err) &&
              engine_open_db(&app->engine, app_get(app, agent_dbdir(app)), true, true, err);
    struct importing i = {&app->engine, agent_token(app), buf_peek(&p12), &password,
                          answer_true(app->session, "practice.import"), STRV_INIT};
    ok = ok && app_errand(app, _("Import the agent's certificate"), import_p12, &i, err);
    if (ok && i.nicknames.n) {
        app_set(app, "nickname", i.nicknames.v[0]);
        session_set_fact(app->session, "agent.imported", app_get(app, agent_dbdir(app)));
    }
    strv_release(&i.nicknames);
    secret_release(&password);
    buf_release(&p12);
    free(file);
    return ok;
}

/* A practice CA's agent in a real database: asked once, remembered as the answer practice.import. */
static bool ask_practice(struct app *app, struct err *err)
{
    const struct dialog ask = {
        .title = _("This agent belongs to a practice CA."),
        .text = _("The database is a real one. The agent's certificate is worth nothing outside the practice, but it "
                  "would be "
                  "stored there among your own."),
        .answers = {{N_("&Leave it out"), NULL}, {N_("&Import it all the same"), NULL}, {NULL, NULL}},
        .focus = 0,
        .safe = 0,
        .kind = MESSAGE_WARN};
    if (dialog_ask(app->ui, &ask) != 1) {
        return false;
    }
    err_release(err);
    app_set(app, "practice.import", "true");
    return import_file(app, err);
}

/* Whoever continues it from another folder means the same file. */
static void make_absolute(struct app *app, const char *name)
{
    if (*app_get(app, name)) {
        char *expanded = path_expand_home(app_get(app, name)), *absolute = path_absolute(expanded);
        app_set(app, name, absolute);
        free(expanded);
        free(absolute);
    }
}

static enum page_leave leave(struct app *app)
{
    struct err err = ERR_INIT;
    make_absolute(app, "agent.dbdir");
    make_absolute(app, "agent.p12");
    app_drop_engine(app);
    app->engine.secret_name = other_db(app, NULL) ? "agent.password" : "password";
    bool ok = *app_get(app, "nickname")
                  ? engine_open_db(&app->engine, app_get(app, agent_dbdir(app)), true, false, &err) &&
                        app_login(app, agent_token(app), &err)
                  : import_file(app, &err) || (err.code == ERR_FLOW_NOT_PRACTICE && ask_practice(app, &err));
    if (err.code == ERR_FLOW_NOT_PRACTICE) { /* was asked, and the answer was no */
        fail_tell(app, &err);
        err_release(&err);
        return LEAVE_STAY;
    }
    if (!ok) {
        app_error(app, _("The agent's certificate cannot be used."), &err);
    }
    return ok ? LEAVE_GO : LEAVE_STAY;
}

/* An agent at the desk was asked for no database: the usual one, when there is one. */
static void enter(struct app *app)
{
    if (!other_db(app, NULL)) {
        app_take_usual_db(app);
    }
    app_focus_list(app, &FIELDS[0]);
}

const struct app_page PAGE_AGENT = {.page = &PAGE, .label = N_("Agent"), .enter = enter, .leave = leave};
