/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "screens/failpage.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "flow/bundle.h"
#include "flow/failure.h"
#include "screens/events.h"

/* ---- support bundle ---- */

enum { BUNDLE_SAVE = ACTION_USER, BUNDLE_MASK, BUNDLE_UNMASK };

static const struct action NAMED_ACTIONS[] = {
    {BUNDLE_SAVE, {UI_KEY_F1 + 6}, NC_("footer", "save"), N_("Write exactly this text to a file."), ACTION_FOOTER},
    {BUNDLE_MASK, {UI_KEY_F1 + 5}, NC_("footer", "mask names"), N_("Replace names of people and servers."), ACTION_FOOTER},
    {ACTION_NONE, {0}, NULL, NULL, 0},
};
static const struct action MASKED_ACTIONS[] = {
    {BUNDLE_SAVE, {UI_KEY_F1 + 6}, NC_("footer", "save"), N_("Write exactly this text to a file."), ACTION_FOOTER},
    {BUNDLE_UNMASK, {UI_KEY_F1 + 5}, NC_("footer", "show names"), N_("Show names of people and servers again."), ACTION_FOOTER},
    {ACTION_NONE, {0}, NULL, NULL, 0},
};

struct where {
    char path[1024];
};

static const char *get(void *ctx, const char *key)
{
    (void)key;
    return ((struct where *)ctx)->path;
}

static void set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct where *w = ctx;
    strncpy(w->path, value, sizeof w->path - 1);
}

static void save(struct app *app, const char *text)
{
    static const struct field fields[] = {
        {.kind = FIELD_FILE, .key = "bundle", .label = N_("File"), .flags = FIELD_REQUIRED,
         .help = N_("A text file that only you can read; give it to your helpdesk."),
         .why = N_("The file is written where you say, and goes nowhere by itself.")},
        FIELD_ROWS_END,
    };
    static const struct page page = {
        .id = "bundle", .question = N_("Where should the support bundle go?"), .fields = fields, .next_label = NC_("footer", "Write")};
    const struct form_ops ops = {.get = get, .set = set};
    struct where where = {.path = "~/cmc-wizard-support.txt"};
    struct form_result result = {0};
    struct err err = ERR_INIT;
    const struct frame *frame = app->ui->frame;
    if (app_inner_form(app, &app->frame, &page, &ops, &where, &result) == FORM_NEXT) {
        if (bundle_write(text, where.path, &err)) {
            dialog_message(app->ui, MESSAGE_OK, _("The support bundle is written"), where.path);
        } else {
            dialog_error(app->ui, &err);
        }
    }
    app->ui->frame = frame;
    err_release(&err);
}

void bundle_page(struct app *app)
{
    struct bundle_options options = {.mask_names = false};
    int id = BUNDLE_UNMASK;
    while (id >= ACTION_USER && app->left == FORM_NEXT) {
        char *text = bundle_text(app->session, app->secrets, &options);
        const struct dialog_page page = {.title = _("This, and nothing else, goes into the support bundle"), .text = text,
                                         .actions = options.mask_names ? MASKED_ACTIONS : NAMED_ACTIONS};
        id = dialog_page(app->ui, &page);
        if (id == BUNDLE_SAVE) {
            save(app, text);
        }
        options.mask_names = id == BUNDLE_MASK || (options.mask_names && id != BUNDLE_UNMASK);
        free(text);
    }
}

/* ---- failures ---- */

enum { FAIL_CARD = ACTION_USER, FAIL_BUNDLE };

/* With a card, and (the second row on) without one. */
static const struct action FAIL_ACTIONS[] = {
    {FAIL_CARD, {UI_KEY_F1 + 5}, NC_("footer", "card"), N_("Show the card for the CA's administrator."), ACTION_FOOTER},
    {FAIL_BUNDLE, {UI_KEY_F1 + 6}, NC_("footer", "support bundle"), N_("Look at a support bundle for the helpdesk, and write it."),
     ACTION_FOOTER},
    {ACTION_NONE, {0}, NULL, NULL, 0},
};

static void show_card(struct app *app, const char *path)
{
    struct buf card = BUF_INIT(BUF_MAX_TEXT);
    struct err err = ERR_INIT;
    if (file_read(path, &card, &err)) {
        char *text = text_visible_lines(buf_peek(&card));
        dialog_view(app->ui, _("Card for the CA's administrator"), text);
        free(text);
    } else {
        dialog_error(app->ui, &err);
    }
    err_release(&err);
    buf_release(&card);
}

void fail_tell(struct app *app, const struct err *err)
{
    struct failure f;
    failure_make(&f, app->run, err);
    event_send_failure(app->options, &f);
    failure_release(&f);
}

void fail_page(struct app *app, const char *headline, const struct err *err, const char *extra)
{
    struct failure f;
    failure_make(&f, app->run, err);
    event_send_failure(app->options, &f);
    char *said = failure_text(&f);
    char *text = xasprintf("%s%s%s", said, extra ? "\n\n" : "", extra ? extra : "");
    const struct dialog_page page = {.kind = err_exit(err->code) == EXIT_WAITING ? MESSAGE_WARN : MESSAGE_BAD,
                                     .title = headline ? headline : _("That did not work."), .text = text, .details = f.details,
                                     .actions = f.card ? FAIL_ACTIONS : FAIL_ACTIONS + 1};
    int id = ACTION_BACK;
    if (app->frame.n_steps && err_exit(err->code) != EXIT_WAITING && err_exit(err->code) != EXIT_CANCELLED) {
        app->steps[app->frame.current].state = STEP_PROBLEM;
    }
    while (app->left == FORM_NEXT && (id = dialog_page(app->ui, &page)) >= ACTION_USER) {
        if (id == FAIL_CARD) {
            show_card(app, f.card);
        } else {
            bundle_page(app);
        }
    }
    if (id == ACTION_QUIT && app->page) { /* the enrollment's page asks what becomes of it */
        app->left = FORM_ASK_QUIT;
    }
    free(text);
    free(said);
    failure_release(&f);
}
