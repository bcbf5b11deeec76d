/* SPDX-License-Identifier: Apache-2.0 */
/* The wizard's loop over pages, and what pages have in common. */
#include "config.h"

#include "screens/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "flow/cadesc.h"
#include "flow/saved.h"
#include "nss/nssdb.h"
#include "screens/failpage.h"

/* ---- values ---- */

const char *app_get(const struct app *app, const char *name)
{
    return answer_get(app->session, name);
}

void app_set(struct app *app, const char *name, const char *value)
{
    struct err ignored = ERR_INIT;
    if (answer_row(name) && session_set_answer(app->session, name, value, &ignored)) {
        app->dirty = true;
    }
    err_release(&ignored);
}

static const char *ops_get(void *ctx, const char *name)
{
    struct app *app = ctx;
    if (text_starts(name, "page.")) {
        return app->page && app->page->get ? app->page->get(app, name) : NULL;
    }
    const struct answer_row *row = answer_row(name);
    if (!row) {
        return NULL;
    }
    if (row->kind == ANSWER_BOOL) {
        return answer_true(app->session, name) ? "yes" : "no";
    }
    /* What was cleared stays empty on the page; defaults are for what was never answered. */
    const char *answered = session_answer(app->session, name);
    return answered ? answered : row->otherwise;
}

static void ops_set(void *ctx, const char *name, const char *value)
{
    struct app *app = ctx;
    const struct answer_row *row = answer_row(name);
    if (text_starts(name, "page.")) {
        if (app->page && app->page->set) {
            app->page->set(app, name, value);
        }
        return;
    }
    if (row && row->kind == ANSWER_BOOL) {
        value = strcmp(value, "yes") == 0 ? "true" : "false";
    }
    app_set(app, name, value);
}

static const struct secret *ops_get_secret(void *ctx, const char *key)
{
    return secrets_peek(((struct app *)ctx)->secrets, key);
}

static void ops_set_secret(void *ctx, const char *key, const struct secret *value)
{
    secrets_set(((struct app *)ctx)->secrets, key, value);
}

static void ops_translated(void *ctx)
{
    struct app *app = ctx;
    if (app->translated) {
        app->translated(app);
    }
}

bool app_save(struct app *app)
{
    struct err err = ERR_INIT;
    if (app->dirty && !session_save(app->session, &err)) {
        app_error(app, _("Your answers could not be saved."), &err);
        return false;
    }
    if (!app->dirty && app->unsynced && !session_sync(app->session, &err)) {
        app_error(app, _("Your answers could not be saved."), &err);
        return false;
    }
    app->dirty = app->unsynced = false;
    return true;
}

/* Between two pages: a disk must not hold the next one up. It is waited for when that page is shown (sync_shown). */
static void save_quickly(struct app *app)
{
    struct err err = ERR_INIT;
    if (!app->dirty) {
        return;
    }
    if (session_save_quickly(app->session, &err)) {
        app->dirty = false;
        app->unsynced = true;
    } else {
        app_error(app, _("Your answers could not be saved."), &err);
    }
}

static void sync_shown(void *ctx)
{
    struct app *app = ctx;
    if (app->session && app->unsynced) {
        app_save(app);
    }
}

char *app_field_problem(struct err *err)
{
    const char *detail = err->n_context ? err->context[0] : "";
    char *text = xasprintf("%s%s%s [%s]", err_what(err->code), *detail ? " " : "", detail, err_id(err->code));
    err_release(err);
    return text;
}

/* The id that app_field_problem wrote, else that of any bad answer. */
static enum err_code id_in(const char *why)
{
    const char *open = strrchr(why, '[');
    char *id = open ? xstrndup(open + 1, strcspn(open + 1, "]")) : xstrdup("");
    enum err_code code = err_by_id(id);
    free(id);
    return code != ERR_NONE ? code : ERR_FLOW_ANSWER_BAD;
}

/* An answers file with such an answer gets the same id; one that is only missing is still being asked for. */
static void ops_refused(void *ctx, const char *key, const char *why)
{
    struct app *app = ctx;
    struct err err = ERR_INIT;
    const char *value = key ? ops_get(ctx, key) : "";
    if (!key || (value && *value) || secrets_has(app->secrets, key)) {
        err_fail(&err, id_in(why), "%s", why);
        fail_tell(app, &err);
        err_release(&err);
    }
}

const struct form_ops app_form_ops = {.get = ops_get, .set = ops_set, .get_secret = ops_get_secret, .set_secret = ops_set_secret,
                                      .shown = sync_shown, .translated = ops_translated, .refused = ops_refused};

void app_error(struct app *app, const char *headline, struct err *err)
{
    if (err->code != ERR_FLOW_CANCELLED) { /* who pressed Esc knows why */
        fail_page(app, headline, err, NULL);
    }
    err_release(err);
}

enum form_verb app_inner_form(struct app *app, const struct frame *frame, const struct page *page, const struct form_ops *ops, void *ctx,
                              struct form_result *result)
{
    enum form_verb verb = form_run(app->ui, frame, page, ops, ctx, result);
    if (verb == FORM_QUIT || verb == FORM_ASK_QUIT) {
        app->left = verb;
    }
    return verb;
}

/* ---- databases ---- */

void app_drop_engine(struct app *app)
{
    engine_release(&app->engine);
    engine_init(&app->engine, app->secrets);
}

bool app_open_db(struct app *app, const char *dbdir_answer, bool quiet)
{
    struct err err = ERR_INIT;
    char *path = path_expand_home(app_get(app, dbdir_answer));
    bool ok = nssdb_present(path) && engine_open_db(&app->engine, path, true, false, &err);
    free(path);
    if (!ok && !quiet) {
        app_error(app, NULL, &err);
    }
    err_release(&err);
    return ok;
}

/* ---- the loop ---- */

static size_t count_pages(const struct app *app)
{
    size_t n = 0;
    while (app->scenario->pages[n]) {
        n++;
    }
    return n;
}

static void set_frame(struct app *app, size_t at)
{
    size_t n = count_pages(app);
    for (size_t i = 0; i < n && i < APP_MAX_STEPS - 2; i++) {
        const struct app_page *p = app_page_find(app->scenario->pages[i]);
        app->steps[i] = (struct frame_step){p->label, i < at ? STEP_DONE : i == at ? STEP_HERE : STEP_TODO};
    }
    app->steps[n] = (struct frame_step){N_("Run"), at == n ? STEP_HERE : at > n ? STEP_DONE : STEP_TODO};
    app->steps[n + 1] = (struct frame_step){N_("Result"), at > n ? STEP_HERE : STEP_TODO};
    bool practice = text_starts(app_get(app, "ca"), "practice");
    app->frame = (struct frame){.program = "cmc-wizard", .scenario = app->scenario->title, .practice = practice ? N_("practice CA") : NULL,
                                .language = i18n_language(), .steps = app->steps, .n_steps = n + 2, .current = at};
}

/* Ctrl-C: nothing is thrown away without a question, and saving is the answer that Enter gives. */
bool app_asks_leave(struct app *app)
{
    const struct dialog ask = {
        .title = _("Leave the wizard?"),
        .text = _("Everything that you answered is saved and can be continued later."),
        .answers = {{N_("&Save and leave"), NULL}, {N_("S&tay here"), NULL}, {N_("&Discard this enrollment"), NULL}, {NULL, NULL}},
        .focus = 0,
        .safe = 1,
    };
    int answer = dialog_ask(app->ui, &ask);
    if (answer == 1) {
        return false;
    }
    enum saved_key key = SAVED_KEY_REMOVE;
    if (answer == 2) {
        /* A key is not a file of ours: whoever discards an enrollment that made one is asked what becomes of it. */
        if (saved_made_key(app->options->state_dir, app->session->id) && !app_asks_delete(app, app->session->id, &key)) {
            return false;
        }
        return app_discard(app, key);
    }
    app_save(app);
    return true;
}

/* The password's page was left: nothing was deleted, and the page that is shown goes on. */
static bool take_up_again(struct app *app, const char *id, struct err *err)
{
    err_release(err);
    *err = (struct err)ERR_INIT;
    app->session = session_open(app->options->state_dir, id, err);
    if (!app->session) {
        app_error(app, NULL, err);
        return false;
    }
    if (app->page && app->page->enter) { /* what it shows was made of the session */
        app->page->enter(app);
    }
    return true;
}

bool app_discard(struct app *app, enum saved_key wish)
{
    bool gone = true;
    struct err err = ERR_INIT;
    enum saved_key key = SAVED_KEY_REMOVE;
    char *id = xstrdup(app->session->id);
    run_free(app->run);
    app->run = NULL;
    app_drop_engine(app);
    session_close(app->session); /* gives the lock back */
    app->session = NULL;
    if (saved_delete(app->options->state_dir, id, app->secrets, wish, &key, &err)) {
        if (key == SAVED_KEY_LEFT) {
            dialog_message(app->ui, MESSAGE_WARN, _("Discarded"), _("Its key could not be removed and is still in the database."));
        }
    } else if (err.code == ERR_FLOW_CANCELLED) {
        gone = !take_up_again(app, id, &err);
    } else {
        app_error(app, _("The saved enrollment could not be removed."), &err);
    }
    free(id);
    return gone;
}

/* Going back from the first page leaves no trace when nothing was answered. */
static void drop_if_empty(struct app *app)
{
    size_t answers = json_size(json_get(app->session->root, "answers")), steps = json_size(json_get(app->session->root, "steps"));
    if (answers <= 1 && steps == 0 && session_delete(app->session, NULL)) {
        app->session = NULL;
    }
}

static size_t page_index(const struct app *app, const char *id, size_t otherwise)
{
    for (size_t i = 0; app->scenario->pages[i]; i++) {
        if (strcmp(app->scenario->pages[i], id) == 0) {
            return i;
        }
    }
    return otherwise;
}

enum walk { WALK_ON, WALK_RUN, WALK_LEAVE, WALK_FIRST };

static bool is_skipped(struct app *app, size_t at)
{
    const struct app_page *p = app_page_find(app->scenario->pages[at]);
    /* A refusal needs neither profile nor CA nor a certificate that signs. */
    bool needless = app->scenario->refusal_steps && answer_is(app->session, "decision", "refuse") && p != &PAGE_OPEN &&
                    p != &PAGE_DECISION;
    return needless || (p->skip && p->skip(app));
}

/* False before the first page. */
static bool step_back(struct app *app, size_t *at)
{
    size_t to = *at;
    while (to > 0 && is_skipped(app, to - 1)) {
        to--;
    }
    if (to == 0) {
        return false;
    }
    *at = to - 1;
    return true;
}

/* The next page that has something to ask; the review page after a visit from there. */
static void step_on(struct app *app, size_t *at)
{
    size_t last = count_pages(app) - 1;
    *at = app->returning ? last : *at + 1;
    while (*at < last && is_skipped(app, *at)) {
        ++*at;
    }
}

enum form_verb app_ask_page(struct app *app, const struct page *page, struct form_result *result)
{
    enum form_verb left = app->left;
    app->left = FORM_NEXT;
    return left != FORM_NEXT ? left : form_run(app->ui, &app->frame, page, &app_form_ops, app, result);
}

/* The users of a CA read the language that its description names, until they say another themselves. */
static void speak_as_ca(struct app *app)
{
    const char *name = app_get(app, "ca");
    struct cadesc desc;
    if (!app->options->language_open || app->ui->language_chosen || strcmp(app->spoken_for ? app->spoken_for : "", name) == 0) {
        return;
    }
    free(app->spoken_for);
    app->spoken_for = xstrdup(name);
    if (cadesc_known(name, &desc) && *desc.language && strcmp(desc.language, i18n_language()) != 0) {
        bool switched = i18n_switch(desc.language);
        (void)switched; /* no catalogue: as it was */
    }
    cadesc_release(&desc);
}

/* One page: shows it and says where to go. *at changes. */
static enum walk show_page(struct app *app, size_t *at)
{
    const struct app_page *p = app_page_find(app->scenario->pages[*at]);
    size_t last = count_pages(app) - 1;
    struct form_result *result = &app->results[*at];
    speak_as_ca(app);
    app->page = p;
    app->translated = p->enter;
    app->result = result;
    set_frame(app, *at);
    if (p->enter) {
        p->enter(app);
    }
    for (;;) {
        switch (app_ask_page(app, p->variant ? p->variant(app) : p->page, result)) {
        case FORM_ACTION:
            app_save(app);
            if (p->action) {
                p->action(app, result);
            }
            continue;
        case FORM_JUMP:
            app->returning = true;
            *at = page_index(app, result->key, *at);
            app->results[*at] = (struct form_result){0};
            return WALK_ON;
        case FORM_BACK:
            if (app->returning) {
                *at = last;
            } else if (!step_back(app, at)) {
                return WALK_FIRST;
            }
            app->returning = false;
            return WALK_ON;
        case FORM_QUIT:
        case FORM_SIGNAL:
            return WALK_LEAVE;
        case FORM_ASK_QUIT:
            save_quickly(app);
            if (app_asks_leave(app)) {
                return WALK_LEAVE;
            }
            continue;
        case FORM_NEXT:
            break;
        }
        if (p->leave) { /* it may take its time */
            save_quickly(app);
        }
        if (p->leave && p->leave(app) == LEAVE_STAY) {
            continue;
        }
        if (*at == last) {
            return WALK_RUN;
        }
        step_on(app, at);
        app->returning = false;
        return WALK_ON;
    }
}

/* Where a continued enrollment begins: at the review page when every page was seen, else at the first that lacks an answer. */
static size_t first_page(struct app *app)
{
    const char *state = session_state(app->session);
    const char *seen = session_fact(app->session, "page");
    size_t last = count_pages(app) - 1;
    if (strcmp(state, "editing") != 0) {
        return last;
    }
    if (seen) {
        return page_index(app, seen, 0);
    }
    size_t at = 0;
    while (at < last && is_skipped(app, at)) {
        at++;
    }
    return at;
}

int app_enroll(struct app *app)
{
    size_t at = first_page(app);
    for (;;) {
        session_set_fact(app->session, "page", app->scenario->pages[at]);
        app->dirty = true;
        save_quickly(app);
        enum walk walk = show_page(app, &at);
        if (walk == WALK_ON) { /* saved with the next page */
            continue;
        }
        if (app->session) { /* else it was discarded */
            app_save(app);
        }
        switch (walk) {
        case WALK_FIRST:
            drop_if_empty(app);
            return WIZARD_AGAIN;
        case WALK_LEAVE:
            return app->ui->signal || app->session ? EXIT_CANCELLED : EXIT_DONE;
        case WALK_ON:
        case WALK_RUN:
            break;
        }
        set_frame(app, count_pages(app));
        int code = app_run(app);
        if (code != WIZARD_AGAIN) {
            return code;
        }
        at = count_pages(app) - 1;
    }
}

bool app_start(struct app *app, const char *scenario)
{
    struct err err = ERR_INIT;
    app->scenario = scenario_find(scenario);
    app->session = session_create(app->options->state_dir, scenario, &err);
    if (!app->session) {
        app_error(app, _("A new enrollment could not be saved."), &err);
        return false;
    }
    app_set(app, "scenario", scenario);
    return true;
}

void app_put_away(struct app *app)
{
    run_free(app->run);
    app->run = NULL;
    app_drop_engine(app);
    session_close(app->session);
    app->session = NULL;
    app->scenario = NULL;
    app->page = NULL;
    app->returning = false;
    app->left = FORM_NEXT;
    memset(app->results, 0, sizeof app->results);
}

/* ---- choosing a scenario by plain questions ---- */

static const char *choose_get(void *ctx, const char *key)
{
    (void)key;
    return ((struct app *)ctx)->scratch;
}

static void choose_set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct app *app = ctx;
    strncpy(app->scratch, value, sizeof app->scratch - 1);
}

/* To add an answer: a row; value is a scenario's name. */
static const struct {
    const char *value, *label, *note; /* N_(): at most 60 and 76 columns */
} WHO[] = {
    {"agent-signed", N_("A CA agent signs it here, now"), N_("You hold an agent's certificate, or the agent sits beside you.")},
    {"shared-secret", N_("Nobody yet: I have a secret from the helpdesk"), N_("Your first certificate; the secret proves who you are.")},
    {"encryption", N_("I do: I have a signing certificate, and want one to encrypt"), N_("Two trips to the CA; the key can be archived.")},
    {"renewal", N_("I do: my certificate ends soon, and I want the next one"),
     N_("The old certificate signs the request for the new one.")},
    {"make-csr", N_("A CA agent somewhere else"), N_("You make the request here and hand it over; the answer is imported later.")},
};

static void choose_list(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    for (size_t i = 0; i < ARRAY_LEN(WHO); i++) {
        choices_add(out, WHO[i].value, _(WHO[i].label), _(WHO[i].note), NULL);
    }
}

int app_choose_scenario(struct app *app)
{
    static const struct field fields[] = {
        {.kind = FIELD_CHOICE,
         .key = "who",
         .label = "",
         .choices = choose_list,
         .rows = 5,
         .width = 60,
         .flags = FIELD_REQUIRED | FIELD_ADVANCE,
         .help = N_("A certificate authority wants somebody to vouch for you."),
         .why = N_("The kind of proof decides what is asked next, and what is sent to the CA.")},
        FIELD_ROWS_END,
    };
    static const struct page page = {.id = "who", .question = N_("Who vouches for you at the certificate authority?"), .fields = fields};
    const struct form_ops ops = {.get = choose_get, .set = choose_set};
    app->frame = (struct frame){.program = "cmc-wizard", .scenario = "", .language = i18n_language()};
    struct form_result result = {0};
    strcpy(app->scratch, "agent-signed");
    enum form_verb verb = form_run(app->ui, &app->frame, &page, &ops, app, &result);
    if (verb == FORM_BACK) {
        return WIZARD_AGAIN;
    }
    if (verb != FORM_NEXT) {
        return EXIT_CANCELLED;
    }
    return app_start(app, app->scratch) ? app_enroll(app) : EXIT_INTERNAL;
}
