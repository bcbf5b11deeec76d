/* SPDX-License-Identifier: Apache-2.0 */
/* Saved enrollments: continue one, import the answer to one, or wipe one. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "flow/saved.h"
#include "screens/saved_list.h"

static const char *get(void *ctx, const char *key)
{
    (void)key;
    return ((struct app *)ctx)->scratch;
}

static void set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct app *app = ctx;
    strncpy(app->scratch, value, sizeof app->scratch - 1);
}

bool app_asks_delete(struct app *app, const char *id, enum saved_key *key)
{
    struct dialog ask = {.title = _("Delete this saved enrollment?"),
                         .text = _("Its files are wiped. This cannot be undone."),
                         .answers = {{N_("&Keep it"), NULL}, {N_("&Delete it"), NULL}, {NULL, NULL}},
                         .focus = 0,
                         .safe = 0,
                         .kind = MESSAGE_WARN};
    if (saved_made_key(app->options->state_dir, id)) {
        ask.text = _("Its files are wiped. This cannot be undone. A key was made for it; when that has no certificate, it is of no "
                     "use to anybody and can be removed, too. A key with a certificate always stays.");
        ask.answers[1] = (struct dialog_answer){N_("&Delete it and its unused key"), NULL};
        ask.answers[2] = (struct dialog_answer){N_("Delete &only its files"), NULL};
    }
    int answer = dialog_ask(app->ui, &ask);
    *key = answer == 2 ? SAVED_KEY_KEEP : SAVED_KEY_REMOVE;
    return answer > 0;
}

/* Nobody was told the password of the practice database: it lies in a file. A damaged enrollment can be deleted as well, and one
 * whose practice folder is gone: then it is asked for. */
static void know_practice(const struct app *app, const char *id, struct secrets *secrets)
{
    struct err ignored = ERR_INIT;
    struct session *session = session_peek(app->options->state_dir, id, &ignored);
    bool known = session && text_starts(answer_get(session, "ca"), "practice") && practice_secrets(session, secrets, &ignored);
    (void)known;
    session_close(session);
    err_release(&ignored);
}

static void delete_one(struct app *app, const char *id)
{
    struct err err = ERR_INIT;
    enum saved_key wish, key = SAVED_KEY_REMOVE;
    if (!*id || !app_asks_delete(app, id, &wish)) {
        return;
    }
    struct secrets *secrets = secrets_like(app->secrets); /* each may have another database */
    know_practice(app, id, secrets);
    if (!saved_delete(app->options->state_dir, id, secrets, wish, &key, &err)) {
        if (err.code != ERR_FLOW_CANCELLED) {
            app_error(app, _("It could not be deleted."), &err);
        }
    } else if (key == SAVED_KEY_LEFT) {
        dialog_message(app->ui, MESSAGE_WARN, _("Deleted"), _("Its key could not be removed and is still in the database."));
    }
    secrets_free(secrets);
    err_release(&err);
}

static bool open_chosen(struct app *app, const char *id)
{
    struct err err = ERR_INIT;
    app->session = session_open(app->options->state_dir, id, &err);
    app->scenario = app->session ? scenario_find(json_get_str(app->session->root, "scenario", "")) : NULL;
    if (!app->session || !app->scenario) {
        app_error(app, _("The saved enrollment cannot be continued."), &err);
        return false;
    }
    /* A practice one needs its CA again, and the passwords that lie in its folder. */
    if (text_starts(app_get(app, "ca"), "practice") &&
        (!practice_ensure(app->ui, &app->frame, &err) || !practice_answers(app->session, app->secrets, &err))) {
        app_error(app, _("The practice CA could not be started."), &err);
        return false;
    }
    return true;
}

/* The answer brings the CA's chain, and nobody vouches for it yet: the same question as at a first contact. */
static bool confirm_answer(struct app *app)
{
    char *subjects = NULL, *print = NULL, *fingerprint = NULL;
    if (!saved_answer_asks(app->session, &subjects, &print, &fingerprint)) {
        return true;
    }
    char *text = xasprintf(_("The answer comes from this certificate authority:\n\n%s\nCompare its SHA-256 fingerprint with the "
                             "one that your helpdesk gives you:\n\n%s\nIs it the same?"),
                           subjects, print);
    const struct dialog ask = {.title = _("Is this the right certificate authority?"), .text = text,
                               .answers = {{N_("&Yes, it is the same"), NULL}, {N_("&No, or I cannot compare it"), NULL}, {NULL, NULL}},
                               .focus = 1, .safe = 1, .kind = MESSAGE_WARN};
    bool yes = dialog_ask(app->ui, &ask) == 0;
    if (yes) {
        app_set(app, "ca.fingerprint", fingerprint);
        app_save(app);
    }
    free(text);
    free(subjects);
    free(print);
    free(fingerprint);
    return yes;
}

/* A request that was handed over waits for a file: ask for it before the pages are shown. */
static bool ask_answer(struct app *app)
{
    static const struct field fields[] = {
        {.kind = FIELD_FILE, .key = "file", .label = N_("Answer"), .flags = FIELD_MUST_EXIST,
         .help = N_("The answer.cmcpkg, .cmc or certificate that came back. Empty: not yet."),
         .why = N_("The certificate is in it; it is compared with your request before it is stored.")},
        FIELD_ROWS_END,
    };
    static const struct page page = {.id = "answer", .question = N_("Has the CA agent's answer arrived?"), .fields = fields};
    const struct form_ops ops = {.get = get, .set = set};
    app->frame = (struct frame){.program = "cmc-wizard", .scenario = app->scenario->title, .language = i18n_language()};
    struct form_result result = {0};
    struct err err = ERR_INIT;
    if (strcmp(session_state(app->session), "waiting") != 0) {
        return true;
    }
    app->scratch[0] = '\0';
    if (app_inner_form(app, &app->frame, &page, &ops, app, &result) != FORM_NEXT) {
        return false;
    }
    if (*app->scratch && !saved_take_answer(app->session, app->scratch, &err)) {
        app_error(app, _("This file is not the answer to this request."), &err);
        return false;
    }
    return !*app->scratch || confirm_answer(app);
}

/* otherwise: what it is worth when it does not come so far. */
static int go_on(struct app *app, const char *id, int otherwise)
{
    if (open_chosen(app, id) && ask_answer(app)) {
        return app_enroll(app);
    }
    return app->left == FORM_NEXT && !app->ui->signal ? otherwise : EXIT_CANCELLED;
}

static bool read_list(struct app *app, struct saved_list *list)
{
    struct err err = ERR_INIT;
    if (!saved_list_read(list, app->options->state_dir, &err)) {
        app_error(app, _("The saved enrollments cannot be listed."), &err);
        return false;
    }
    if (list->n == 0) {
        dialog_message(app->ui, MESSAGE_HINT, _("Nothing is saved"), _("There is no saved enrollment yet. Start a new one."));
    }
    return list->n > 0;
}

static int choose_saved(struct app *app, struct saved_list *list)
{
    struct form_result result = {0};
    while (read_list(app, list)) {
        switch (form_run(app->ui, &app->frame, &saved_list_page, &saved_list_ops, list, &result)) {
        case FORM_ACTION:
            delete_one(app, strcmp(result.focus, "saved") == 0 ? saved_list_at(list, result.focus_row) : list->chosen);
            list->chosen[0] = '\0';
            if (app->left != FORM_NEXT) { /* by Ctrl-S or Ctrl-C on a password's page */
                return EXIT_DONE;
            }
            continue;
        case FORM_BACK:
            return WIZARD_AGAIN;
        case FORM_NEXT:
            return go_on(app, list->chosen, WIZARD_AGAIN);
        default:
            return EXIT_DONE;
        }
    }
    return WIZARD_AGAIN;
}

int app_continue(struct app *app)
{
    struct saved_list list = {0};
    app->frame = (struct frame){.program = "cmc-wizard", .scenario = "", .language = i18n_language()};
    if (app->options->resume) {
        return go_on(app, app->options->resume, EXIT_USAGE);
    }
    int code = choose_saved(app, &list);
    saved_list_release(&list);
    return code;
}
