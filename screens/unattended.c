/* SPDX-License-Identifier: Apache-2.0 */
/* Everything without a screen: --answers, --dry-run, --print-answers, --list, --delete, events on a descriptor. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/stop.h"
#include "base/strv.h"
#include "base/when.h"
#include "flow/bundle.h"
#include "flow/desk.h"
#include "flow/failure.h"
#include "flow/reminder.h"
#include "flow/saved.h"
#include "nss/nssdb.h"
#include "screens/app.h"
#include "screens/events.h"

struct batch {
    const struct wizard_options *options;
    struct answers answers;
    struct secrets *secrets;
    struct session *session;
    struct run *run; /* kept until a failure has been explained by its facts */
    bool told;       /* the result is out, as JSON: who waits has one, and then a failure is none of its own */
};

static void print_json(struct json *taken)
{
    char *text = json_print(taken, true);
    fputs(text, stdout);
    free(text);
    json_free(taken);
}

static int fail(const struct batch *b, struct err *err)
{
    struct failure f;
    failure_make(&f, b->run, err);
    event_send_failure(b->options, &f);
    if (b->options->json && !b->told) {
        struct json *root = json_new_object();
        json_set_num(root, "version", 1);
        json_set_take(root, "error", failure_json(&f));
        print_json(root);
    }
    int code = err_report(err, "cmc-wizard");
    char *more = failure_more(&f);
    fputs(more, stderr);
    free(more);
    failure_release(&f);
    err_release(err);
    return code;
}

/* ---- result ---- */

static void print_human(struct run *run)
{
    static const struct {
        const char *member, *label;
    } rows[] = {{"subject", "subject"},
                {"serial", "serial"},
                {"nickname", "nickname"},
                {"not-after", "not-after"},
                {"fingerprint", "fingerprint"},
                {"proof", "proof"},
                {"archival", "archival"},
                {"transport-fingerprint", "transport-fingerprint"},
                {"wrap", "wrap"},
                {"challenge", "challenge"},
                {"revoked", "revoked"},
                {"status", "status"},
                {"reason", "reason"},
                {"readout", "digits"},
                {"words", "words"},
                {"request-readout", "request-digits"},
                {"folder", "folder"}};
    struct json *result = run_result_json(run);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *value = json_get_str(result, rows[i].member, NULL);
        if (value) {
            printf("%s: %s\n", rows[i].label, value);
        }
    }
    char *unchanged = run_revocation_unchanged(run_session(run));
    if (unchanged) {
        printf(_("note: %s\n"), unchanged);
    }
    free(unchanged);
    if (session_fact(run_session(run), "key.unused")) {
        printf(_("note: %s\n"), _("A key that this enrollment made before is not used any more and is still in the database. Deleting the "
                                  "saved enrollment removes it."));
    }
    char *table = run_result_table(run), *save = NULL;
    for (char *row = strtok_r(table, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
        char *asked = strchr(row, '\t'), *got = asked ? strchr(asked + 1, '\t') : NULL;
        if (got && strncmp(asked + 1, got + 1, (size_t)(got - asked)) != 0) {
            *asked = *got = '\0';
            if (strcmp(asked + 1, got + 1) != 0) {
                printf(_("note: the CA changed %s: asked “%s”, got “%s”\n"), row, asked + 1, got + 1);
            }
        }
    }
    free(table);
    json_free(result);
}

static void print_result(struct batch *b, struct run *run)
{
    event_send_result(b->options, run);
    if (!b->options->json) {
        print_human(run);
        return;
    }
    print_json(run_result_json(run));
    b->told = true;
}

/* ---- runs ---- */

static bool say_preflight(struct run *run, struct err *err)
{
    struct preflight found;
    if (!run_preflight(run, &found, err)) {
        return false;
    }
    run_check_given(run, &found);
    for (size_t i = 0; i < found.warnings->n; i++) {
        fprintf(stderr, _("warning: %s\n"), found.warnings->v[i]);
    }
    bool ok = preflight_passes(&found, err);
    preflight_release(&found);
    return ok;
}

static bool is_looked_up(const struct run *run)
{
    for (size_t i = 0; i < run_n_steps(run); i++) {
        if (strcmp(run_step(run, i)->name, "target") == 0) {
            return run_step_done(run, i);
        }
    }
    return true;
}

/* A revocation: the CA's record of the certificate is read, for it may be revoked already. Only of a session that
 * nobody goes on with. */
static void look_up(struct run *run)
{
    struct err why = ERR_INIT;
    enum run_state state = RUN_WORKING;
    while (state == RUN_WORKING && !is_looked_up(run)) {
        state = run_poll(run, 200, &why);
    }
    if (err_is_set(&why)) {
        char *text = xasprintf(_("The certificate could not be looked up at the CA: %s"), err_what(why.code));
        fprintf(stderr, _("warning: %s\n"), text);
        free(text);
    }
    err_release(&why);
}

static bool dry_run(struct run *run, bool fresh, struct err *err)
{
    if (fresh) {
        look_up(run);
    }
    if (!say_preflight(run, err)) {
        return false;
    }
    char *plan = run_review_plan(run);
    fputs(plan, stdout);
    free(plan);
    return true;
}

static bool write_reminders(const struct batch *b, struct run *run, struct err *err)
{
    struct strv written = STRV_INIT;
    bool ok = run_write_reminders(run, &written, err);
    for (size_t i = 0; ok && i < written.n; i++) {
        if (!b->options->json) {
            printf("reminder: %s\n", written.v[i]);
        }
        struct json *event = event_new("reminder");
        json_set_str(event, "file", written.v[i]);
        event_send(b->options, event);
    }
    strv_release(&written);
    return ok;
}

/* It waits for a touch and cannot be interrupted: the program leaves as if it had been killed, which loses nothing. */
static _Noreturn void leave_token(struct batch *b, struct err *err)
{
    b->run = NULL; /* belongs to the step's thread */
    int code = fail(b, err);
    fflush(NULL);
    _exit(code);
}

static int carry_out(struct batch *b, struct run *run, struct err *err)
{
    enum run_state state;
    stop_block();
    events_follow(run, b->options);
    do {
        if (stop_is_wanted()) {
            run_cancel(run);
        }
        state = run_poll(run, 200, err);
    } while (state == RUN_WORKING);
    if (run_is_busy(run)) {
        leave_token(b, err);
    }
    if (state == RUN_DONE) {
        print_result(b, run);
        return write_reminders(b, run, err) ? EXIT_DONE : -1;
    }
    if (state == RUN_WAITING) {
        print_result(b, run);
    }
    return -1;
}

static int run_session_steps(struct batch *b, struct err *err)
{
    if (!desk_prefill_input(b->session, err) || !session_save(b->session, err)) {
        return -1;
    }
    struct run *run = b->run = run_new(b->session, b->secrets, err);
    int code = -1;
    if (run && b->options->dry_run) {
        code = dry_run(run, !b->options->resume, err) ? EXIT_DONE : -1;
    } else if (run && say_preflight(run, err)) {
        code = carry_out(b, run, err);
    }
    return code;
}

/* ---- what was asked for ---- */

static const char *given_answer(const struct answers *a, const char *name, const char *otherwise)
{
    for (size_t i = 0; a->names && i < a->names->n; i++) {
        if (strcmp(a->names->v[i], name) == 0) {
            return a->values->v[i];
        }
    }
    return otherwise;
}

static const char *wanted_scenario(const struct answers *a)
{
    return given_answer(a, "scenario", "agent-signed");
}

static bool open_session(struct batch *b, struct err *err)
{
    const struct wizard_options *o = b->options;
    b->session = o->resume ? session_open(o->state_dir, o->resume, err)
                           : session_create(o->state_dir, wanted_scenario(&b->answers), err);
    bool ok = b->session && (!b->answers.names || answers_apply(&b->answers, b->session, err));
    ok = ok && (!o->import_answer || saved_take_answer(b->session, o->import_answer, err));
    if (ok && o->practice) {
        ok = practice_answers(b->session, b->secrets, err);
    }
    return ok && session_save(b->session, err);
}

/* ---- an agent's folder of requests: one bad never stops the rest ---- */

static bool works_on_folder(const struct batch *b)
{
    return strcmp(wanted_scenario(&b->answers), "agent-desk") == 0 && *given_answer(&b->answers, "desk.folder", "");
}

/* Answers go beside the requests, or below the folder that was named: STEM/answer.cmcpkg. */
static char *item_output(const struct batch *b, const struct desk_item *item)
{
    const char *given = given_answer(&b->answers, "output", "");
    const char *base = path_base(item->path), *dot = strrchr(base, '.');
    char *folder = *given ? path_absolute(given) : path_join(given_answer(&b->answers, "desk.folder", ""), "answers");
    char *stem = xstrndup(base, dot ? (size_t)(dot - base) : strlen(base)), *path = path_join(folder, stem);
    char *absolute = path_absolute(path);
    free(folder);
    free(stem);
    free(path);
    return absolute;
}

static bool open_item(struct batch *b, const struct desk_item *item, const char *output, struct err *err)
{
    char *input = path_absolute(item->path);
    b->session = *item->session ? session_open(b->options->state_dir, item->session, err)
                                : session_create(b->options->state_dir, "agent-desk", err);
    bool ok = b->session && answers_apply(&b->answers, b->session, err) && session_set_answer(b->session, "input", input, err) &&
              session_set_answer(b->session, "output", output, err);
    ok = ok && (!b->options->practice || practice_answers(b->session, b->secrets, err)) && session_save(b->session, err);
    free(input);
    return ok;
}

/* Which request the following is about. */
static void print_item(const struct batch *b, const char *name, const char *output)
{
    if (b->options->json) {
        struct json *root = json_new_object();
        json_set_num(root, "version", 1);
        json_set_str(root, "type", "request");
        json_set_str(root, "file", name);
        json_set_str(root, "output", output);
        print_json(root);
    } else {
        printf("request: %s\n", name);
    }
}

static void print_counts(const struct batch *b, size_t done, size_t left, size_t not_done)
{
    if (b->options->json) {
        struct json *root = json_new_object();
        json_set_num(root, "version", 1);
        json_set_str(root, "type", "summary");
        json_set_num(root, "done", (double)done);
        json_set_num(root, "already-done", (double)left);
        json_set_num(root, "not-done", (double)not_done);
        print_json(root);
    } else {
        printf("done: %zu\nalready done: %zu\nnot done: %zu\n", done, left, not_done);
    }
}

static int work_item(struct batch *b, const struct desk_item *item)
{
    struct err err = ERR_INIT;
    b->told = false;
    if (item->state == DESK_BAD) {
        err_copy(&err, &item->err);
        err_context(&err, "%s", item->name);
        return fail(b, &err);
    }
    char *output = item_output(b, item);
    print_item(b, item->name, output);
    int code = open_item(b, item, output, &err) ? run_session_steps(b, &err) : -1;
    if (code == EXIT_DONE && !b->options->json) {
        printf("output: %s\n", output);
    }
    code = code < 0 ? fail(b, &err) : code;
    run_free(b->run);
    b->run = NULL;
    session_close(b->session);
    b->session = NULL;
    free(output);
    return code;
}

/* EXIT_DONE when all are, else the code of the first that is not. */
static int work_folder(struct batch *b, struct err *err)
{
    struct desk_item *list = NULL;
    size_t n = 0, done = 0, left = 0;
    int first = EXIT_DONE;
    struct nssdb *db = nssdb_open(NULL, NSSDB_NONE, NULL, err);
    bool ok = db && desk_list(b->options->state_dir, given_answer(&b->answers, "desk.folder", ""), &list, &n, err);
    nssdb_close(db);
    for (size_t i = 0; ok && i < n && !stop_is_wanted(); i++) {
        if (list[i].state == DESK_SENT || list[i].state == DESK_REFUSED) {
            left++;
            continue;
        }
        int code = work_item(b, &list[i]);
        done += code == EXIT_DONE;
        first = first == EXIT_DONE ? code : first;
    }
    if (ok) {
        print_counts(b, done, left, n - done - left);
    }
    desk_items_free(list, n);
    return ok ? first : -1;
}

static int enroll(struct batch *b)
{
    struct err err = ERR_INIT;
    const struct wizard_options *o = b->options;
    bool ok = (!o->practice || practice_ensure(NULL, NULL, &err)) && (!o->answers || answers_read(o->answers, &b->answers, &err));
    if (ok && o->answers) {
        secrets_add_origins(b->secrets, &b->answers);
    }
    if (ok && works_on_folder(b)) {
        int all = work_folder(b, &err);
        return all < 0 ? fail(b, &err) : all;
    }
    ok = ok && open_session(b, &err);
    int code = ok ? run_session_steps(b, &err) : -1;
    code = code < 0 ? fail(b, &err) : code;
    run_free(b->run);
    b->run = NULL;
    /* A dry run leaves nothing behind. */
    if (b->session && o->dry_run && !o->resume && session_delete(b->session, NULL)) {
        b->session = NULL;
    }
    return code;
}

static int list_sessions(const struct batch *b)
{
    struct session_info *list = NULL;
    size_t n = 0;
    struct err err = ERR_INIT;
    if (!session_list(b->options->state_dir, &list, &n, &err)) {
        return fail(b, &err);
    }
    struct json *root = json_new_object(), *rows = json_set_array(root, "enrollments");
    json_set_num(root, "version", 1);
    for (size_t i = 0; i < n; i++) {
        struct json *row = json_add_object(rows);
        json_set_str(row, "id", list[i].id);
        json_set_str(row, "scenario", list[i].scenario);
        json_set_str(row, "state", list[i].state);
        json_set_str(row, "subject", list[i].title);
        if (!b->options->json) {
            printf("%-22s %-10s %-14s %s\n", list[i].id, list[i].damaged ? "damaged" : list[i].state, list[i].scenario, list[i].title);
        }
    }
    if (b->options->json) {
        print_json(root);
    } else {
        json_free(root);
    }
    session_info_free(list, n);
    return EXIT_DONE;
}

static int print_answers(const struct batch *b)
{
    struct err err = ERR_INIT;
    if (!b->options->resume) {
        err_fail(&err, ERR_USAGE, "%s", _("Say whose answers: --resume ID."));
        return fail(b, &err);
    }
    struct session *session = session_peek(b->options->state_dir, b->options->resume, &err);
    if (!session) {
        return fail(b, &err);
    }
    char *text = answers_print(session);
    fputs(text, stdout);
    free(text);
    session_close(session);
    return EXIT_DONE;
}

static int delete_session(struct batch *b)
{
    struct err err = ERR_INIT;
    enum saved_key key = SAVED_KEY_REMOVE;
    const char *answers = b->options->answers; /* where the password of the key's database may come from */
    if (answers && !answers_read(answers, &b->answers, &err)) {
        return fail(b, &err);
    }
    if (answers) {
        secrets_add_origins(b->secrets, &b->answers);
    }
    if (!saved_delete(b->options->state_dir, b->options->delete_session, b->secrets, SAVED_KEY_REMOVE, &key, &err)) {
        return fail(b, &err);
    }
    if (key == SAVED_KEY_LEFT) {
        fprintf(stderr, "%s\n", _("Its key could not be removed and is still in the database."));
    }
    return EXIT_DONE;
}

/* The enrollment of --resume, else the latest one; NULL with err untouched when there is none. */
static struct session *bundle_session(const struct batch *b, struct err *err)
{
    struct session_info *list = NULL;
    size_t n = 0, latest = 0;
    if (b->options->resume) {
        return session_peek(b->options->state_dir, b->options->resume, err);
    }
    if (!session_list(b->options->state_dir, &list, &n, err)) {
        return NULL;
    }
    for (size_t i = 1; i < n; i++) {
        latest = list[i].updated > list[latest].updated ? i : latest;
    }
    struct session *session = n && !list[latest].damaged ? session_peek(b->options->state_dir, list[latest].id, err) : NULL;
    session_info_free(list, n);
    return session;
}

static int support_bundle(const struct batch *b)
{
    struct err err = ERR_INIT;
    const char *path = b->options->support_bundle;
    const struct bundle_options how = {.mask_names = b->options->mask_names};
    struct session *session = bundle_session(b, &err);
    if (err_is_set(&err)) {
        return fail(b, &err);
    }
    char *text = bundle_text(session, b->secrets, &how);
    bool to_stdout = strcmp(path, "-") == 0;
    bool ok = to_stdout ? fputs(text, stdout) != EOF : bundle_write(text, path, &err);
    if (ok && !to_stdout) {
        printf(_("The support bundle is in %s. Read it before you give it away.\n"), path);
    }
    free(text);
    session_close(session);
    return ok ? EXIT_DONE : fail(b, &err);
}

int wizard_unattended(const struct wizard_options *options)
{
    struct batch b = {.options = options, .secrets = secrets_new(NULL, NULL)};
    int code = options->list             ? list_sessions(&b)
               : options->support_bundle ? support_bundle(&b)
               : options->print_answers  ? print_answers(&b)
               : options->delete_session ? delete_session(&b)
                                         : enroll(&b);
    session_close(b.session);
    secrets_free(b.secrets);
    if (b.answers.names) {
        answers_release(&b.answers);
    }
    return code;
}
