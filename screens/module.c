/* SPDX-License-Identifier: Apache-2.0 */
/* Entry points of wizard.so. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "screens/app.h"

/* What is asked for by name; tokens' passwords are asked for by the token. To add one: a row. */
static const struct asked_row {
    const char *name;     /* of the secret; NULL: all others */
    const char *question; /* N_(); NULL: made of the token's name */
    struct field field;
} ASKED[] = {
    {"est.password", N_("What is your password for the EST server?"),
     {.kind = FIELD_SECRET, .key = "asked", .label = N_("Password"), .width = 32, .help = N_("It is kept in memory only."),
      .why = N_("The server accepts only users that it knows, and your password proves who you are. It is sent to no other computer.")}},
    {"witness.sharedSecret", N_("What is the secret that the helpdesk gave you?"),
     {.kind = FIELD_SECRET, .key = "asked", .label = N_("Secret"), .width = 40, .max = 512,
      .help = N_("Exactly as the helpdesk gave it to you; capitals count."),
      .why = N_("It proves to the CA that the request comes from you. It was not saved, so it is asked for again.")}},
    {"agent.p12.password", N_("What is the password of the file with the agent's certificate?"),
     {.kind = FIELD_SECRET, .key = "asked", .label = N_("Password"), .width = 32, .help = N_("It is kept in memory only."),
      .why = N_("Whoever made the file has chosen it; without it the key in the file cannot be used.")}},
    {NULL, NULL,
     {.kind = FIELD_SECRET, .key = "asked", .label = N_("Password"), .width = 32, .help = N_("It is kept in memory only."),
      .why = N_("It protects the keys; without it nothing can be signed or decrypted with them.")}},
};

static const struct asked_row *asked_row(const char *name)
{
    size_t i = 0;
    while (ASKED[i].name && strcmp(ASKED[i].name, name) != 0) {
        i++;
    }
    return &ASKED[i];
}

static char *question_of(const struct asked_row *row, const char *name, const char *token)
{
    if (row->question) {
        return xstrdup(_(row->question));
    }
    if (token && (strcmp(token, "internal") == 0 || strcmp(token, "NSS Certificate DB") == 0)) {
        return xstrdup(_("What is the password of the database?"));
    }
    char *visible = text_visible_str(token ? token : name);
    char *text = xasprintf(_("What is the password of %s?"), visible);
    free(visible);
    return text;
}

/* Passwords that no page asked for (a card's PIN in the middle of a run): a small page of its own. */
static bool ask_secret(void *ctx, const char *name, const char *token, bool retry, int tries_left, struct secret *out, struct err *err)
{
    const struct asked_row *row = asked_row(name);
    const struct field fields[] = {row->field, FIELD_ROWS_END};
    struct app *app = ctx;
    char *shown = question_of(row, name, token);
    char *left = retry && tries_left > 0
                     ? xasprintf(ngettext("That was wrong. %d try is left.", "That was wrong. %d tries are left.",
                                          (unsigned long)tries_left),
                                 tries_left)
                     : NULL;
    const struct page page = {.id = "password", .question = shown, .fields = fields, .message = left, .message_kind = MESSAGE_WARN};
    struct form_result result = {0};
    secrets_set(app->secrets, "asked", NULL);
    bool ok = app_inner_form(app, &app->frame, &page, &app_form_ops, app, &result) == FORM_NEXT;
    const struct secret *typed = secrets_peek(app->secrets, "asked");
    if (ok) {
        secret_set(out, typed ? typed->text : "", typed ? typed->len : 0);
    } else {
        err_fail(err, ERR_FLOW_CANCELLED, NULL);
    }
    secrets_set(app->secrets, "asked", NULL);
    free(shown);
    free(left);
    return ok;
}

static void app_release(struct app *app)
{
    run_free(app->run);
    engine_release(&app->engine);
    session_close(app->session);
    secrets_free(app->secrets);
    free(app->review_table);
    free(app->review_notes);
    free(app->result_table);
    free(app->chain_text);
    free(app->chain_pem);
    free(app->spoken_for);
    free(app->dn_whole);
    for (size_t i = 0; i < APP_DN_PARTS; i++) {
        free(app->dn_parts[i]);
    }
}

int wizard_interactive(const struct wizard_options *options, struct ui *ui, enum wizard_start start)
{
    struct app app = {.options = options, .ui = ui};
    int code = WIZARD_AGAIN;
    app.secrets = secrets_new(ask_secret, &app);
    engine_init(&app.engine, app.secrets);
    app.frame = (struct frame){.program = "cmc-wizard", .scenario = "", .language = i18n_language()};
    ui->frame = &app.frame; /* dialogs stand in it */
    if (options->resume) {
        start = START_CONTINUE;
    }
    switch (start) {
    case START_CHOOSER:
    case START_NEW:
        code = app_choose_scenario(&app);
        break;
    case START_CONTINUE:
        code = app_continue(&app);
        break;
    case START_EXPIRY:
        code = app_expiry(&app);
        break;
    case START_REVOKE:
        code = app_start(&app, "revoke") ? app_enroll(&app) : EXIT_INTERNAL;
        break;
    case START_PRACTICE:
        code = app_practice(&app);
        break;
    case START_HELPDESK:
        code = app_helpdesk(&app);
        break;
    case START_QUIT:
        code = EXIT_DONE;
        break;
    }
    ui->frame = NULL;
    app_release(&app);
    return code;
}
