/* SPDX-License-Identifier: Apache-2.0 */
/* A folder full of requests: what became of each, a filter, and one after the other. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "flow/desk.h"
#include "nss/nssdb.h"
#include "screens/app.h"

enum { QUEUE_FILTER = ACTION_USER };
enum show { SHOW_TO_DO, SHOW_DONE, SHOW_ALL, SHOW_COUNT };

/* What need not be asked again for the next request. To add one: a row. */
static const char *const KEPT[] = {"ca", "host", "port", "ca.fingerprint", "ca.chain",
                                   "nickname", "agent.dbdir", "agent.tokenname", "practice.import"};

struct queue {
    struct app *app;
    char folder[1024], chosen[1024]; /* chosen: path of an item */
    enum show show;
    struct desk_item *items;
    size_t n;
    char *kept[ARRAY_LEN(KEPT)]; /* answers that hold for all of the queue, in the order of KEPT */
};

static char *field_of(struct queue *q, const char *key)
{
    return strcmp(key, "folder") == 0 ? q->folder : q->chosen;
}

static const char *get(void *ctx, const char *key)
{
    return field_of(ctx, key);
}

static void set(void *ctx, const char *key, const char *value)
{
    char *to = field_of(ctx, key);
    size_t n = strlen(value);
    if (n < sizeof((struct queue *)0)->folder) {
        memcpy(to, value, n + 1);
    }
}

static bool is_shown(const struct queue *q, const struct desk_item *item)
{
    bool done = item->state == DESK_SENT || item->state == DESK_REFUSED;
    return q->show == SHOW_ALL || done == (q->show == SHOW_DONE);
}

static void list_items(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    const struct queue *q = ctx;
    for (size_t i = 0; i < q->n; i++) {
        const struct desk_item *item = &q->items[i];
        if (is_shown(q, item)) {
            bool bad = item->state == DESK_BAD;
            char *label = xasprintf("%s\t%s\t%s", _(desk_state_word(item->state)), bad ? item->name : item->subject, item->key_text);
            char *note = bad ? NULL : xasprintf("%s: %s", item->name, item->readout);
            char *barred = bad ? xasprintf("%s [%s]", err_what(item->err.code), err_id(item->err.code)) : NULL;
            choices_add(out, item->path, label, note, barred);
            free(label);
            free(note);
            free(barred);
        }
    }
}

static char *summary(void *ctx, const struct field *field)
{
    (void)field;
    static const char *const shown[] = {
        [SHOW_TO_DO] = N_("Shown: what is to be done."), [SHOW_DONE] = N_("Shown: what is done."), [SHOW_ALL] = N_("Shown: all.")};
    const struct queue *q = ctx;
    size_t counts[DESK_BAD + 1] = {0};
    for (size_t i = 0; i < q->n; i++) {
        counts[q->items[i].state]++;
    }
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t s = 0; s <= DESK_BAD; s++) {
        if (counts[s]) {
            buf_add(&out, "%s%s %zu", out.len ? ", " : "", _(desk_state_word((enum desk_state)s)), counts[s]);
        }
    }
    buf_add(&out, "%s%s", out.len ? ". " : "", _(shown[q->show]));
    return buf_take_str(&out);
}

static char *check_folder(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    char *path = path_expand_home(value);
    bool there = dir_exists(path);
    free(path);
    return there ? NULL : xstrdup(_("There is no such folder."));
}

static const struct field FOLDER_FIELDS[] = {
    {.kind = FIELD_FILE, .key = "folder", .label = N_("Folder"), .flags = FIELD_FOLDER | FIELD_REQUIRED, .validate = check_folder,
     .help = N_("Packages (.cmcpkg) and CSRs in it are listed. F2 looks for it."),
     .spoken = N_("Packages (.cmcpkg) and CSRs in it are listed."),
     .why = N_("Its requests are worked through one after the other; what is done is not asked for again.")},
    FIELD_ROWS_END,
};
static const struct page FOLDER = {
    .id = "queue-folder", .question = N_("Where are the requests that people gave you?"), .fields = FOLDER_FIELDS};

static const struct action ACTIONS[] = {
    {QUEUE_FILTER, {UI_KEY_F1 + 6}, NC_("footer", "filter"), N_("Shows what is to be done, what is done, or all."), ACTION_FOOTER},
    {ACTION_NONE},
};
static const struct field LIST_FIELDS[] = {
    {.kind = FIELD_LIST, .key = "item", .label = "", .columns = N_("State\tSubject\tKey"), .choices = list_items, .rows = 12,
     .flags = FIELD_ADVANCE, .help = N_("Choose one and press Enter."), .spoken = "",
     .why = N_("Each request is decided by itself.")},
    {.kind = FIELD_NOTE, .text = summary},
    FIELD_ROWS_END,
};
static const struct page LIST = {.id = "queue", .question = N_("Which request is next?"), .fields = LIST_FIELDS, .actions = ACTIONS,
                                 .next_label = NC_("footer", "Open")};

/* ---- the list ---- */

static bool load(struct queue *q)
{
    struct err err = ERR_INIT;
    desk_items_free(q->items, q->n);
    q->items = NULL;
    q->n = 0;
    app_drop_engine(q->app);
    struct nssdb *db = nssdb_open(NULL, NSSDB_NONE, NULL, &err);
    bool ok = db && desk_list(q->app->options->state_dir, q->folder, &q->items, &q->n, &err);
    nssdb_close(db);
    if (!ok) {
        app_error(q->app, NULL, &err);
    }
    return ok;
}

/* The next that is to be done is under the cursor. */
static void choose_next(struct queue *q)
{
    q->chosen[0] = '\0';
    for (size_t i = 0; i < q->n && !*q->chosen; i++) {
        if (q->items[i].state != DESK_BAD && is_shown(q, &q->items[i])) {
            set(q, "item", q->items[i].path);
        }
    }
}

/* ---- one of them ---- */

static void keep_answers(struct queue *q)
{
    for (size_t i = 0; q->app->session && i < ARRAY_LEN(KEPT); i++) {
        const char *value = session_answer(q->app->session, KEPT[i]);
        if (value && *value) {
            free(q->kept[i]);
            q->kept[i] = xstrdup(value);
        }
    }
}

/* A result folder of its own beside the requests, as with the answer desk.folder. */
static void set_output(struct queue *q, const struct desk_item *item)
{
    const char *base = path_base(item->path), *dot = strrchr(base, '.');
    char *stem = xstrndup(base, dot ? (size_t)(dot - base) : strlen(base)), *dir = path_dir(item->path);
    char *below = xasprintf("%s/answers/%s", dir, stem), *absolute = path_absolute(below);
    app_set(q->app, "output", absolute);
    free(stem);
    free(dir);
    free(below);
    free(absolute);
}

static bool open_new(struct queue *q, const struct desk_item *item)
{
    if (!app_start(q->app, "agent-desk")) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(KEPT); i++) {
        if (q->kept[i]) {
            app_set(q->app, KEPT[i], q->kept[i]);
        }
    }
    char *absolute = path_absolute(item->path);
    app_set(q->app, "input", absolute);
    free(absolute);
    set_output(q, item);
    /* The list has shown what the first page asks for. */
    struct err err = ERR_INIT;
    bool ok = desk_prefill_input(q->app->session, &err);
    if (ok) {
        session_set_fact(q->app->session, "page", "decision");
    } else {
        app_error(q->app, NULL, &err);
        app_put_away(q->app);
    }
    return ok;
}

static bool open_item(struct queue *q, const struct desk_item *item)
{
    struct err err = ERR_INIT;
    if (!*item->session) {
        return open_new(q, item);
    }
    q->app->session = session_open(q->app->options->state_dir, item->session, &err);
    q->app->scenario = scenario_find("agent-desk");
    if (!q->app->session) {
        app_error(q->app, _("The saved enrollment cannot be continued."), &err);
    }
    return q->app->session != NULL;
}

static const struct desk_item *find_item(const struct queue *q)
{
    for (size_t i = 0; i < q->n; i++) {
        if (strcmp(q->items[i].path, q->chosen) == 0) {
            return &q->items[i];
        }
    }
    return NULL;
}

/* WIZARD_AGAIN: back to the list. */
static int work_on(struct queue *q)
{
    const struct desk_item *item = find_item(q);
    if (!item || !open_item(q, item)) {
        return WIZARD_AGAIN;
    }
    int code = app_enroll(q->app);
    keep_answers(q);
    bool leaves = code == EXIT_CANCELLED || q->app->ui->signal;
    app_put_away(q->app);
    return leaves ? code : WIZARD_AGAIN;
}

static int walk(struct queue *q, const struct form_ops *ops)
{
    struct form_result result = {0};
    for (;;) {
        if (!load(q)) {
            return WIZARD_AGAIN;
        }
        choose_next(q);
        q->app->frame = (struct frame){.program = "cmc-wizard", .scenario = N_("Agent desk"), .language = i18n_language()};
        enum form_verb verb = form_run(q->app->ui, &q->app->frame, &LIST, ops, q, &result);
        if (verb == FORM_ACTION) {
            q->show = (q->show + 1) % SHOW_COUNT;
            continue;
        }
        if (verb == FORM_BACK) {
            return WIZARD_AGAIN;
        }
        if (verb != FORM_NEXT) {
            return EXIT_DONE;
        }
        int code = work_on(q);
        if (code != WIZARD_AGAIN) {
            return code;
        }
    }
}

int app_desk_queue(struct app *app)
{
    struct queue q = {.app = app};
    const struct form_ops ops = {.get = get, .set = set};
    struct form_result result = {0};
    int code = WIZARD_AGAIN;
    while (code == WIZARD_AGAIN) {
        app->frame = (struct frame){.program = "cmc-wizard", .scenario = N_("Agent desk"), .language = i18n_language()};
        enum form_verb verb = form_run(app->ui, &app->frame, &FOLDER, &ops, &q, &result);
        if (verb != FORM_NEXT) {
            code = verb == FORM_BACK ? WIZARD_AGAIN : EXIT_DONE;
            break;
        }
        code = walk(&q, &ops);
    }
    desk_items_free(q.items, q.n);
    for (size_t i = 0; i < ARRAY_LEN(q.kept); i++) {
        free(q.kept[i]);
    }
    return code;
}
