/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The practice CA: ${XDG_DATA_HOME}/cmc-wizard/practice/{ca,nssdb}. It is made once, and started when it does not run. The child is
 * started before NSS is, because NSS does not survive a fork.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/cadesc.h"
#include "nss/certdb.h"
#include "nss/nssdb.h"
#include "screens/app.h"

#define PRACTICE_PROGRAM "cmc-practice-ca"
#define PRACTICE_START_MS 20000
/* Somebody whom the practice helpdesk gave a secret, so that enrollment by shared secret can be practised. */
#define DEMO_UID "jdoe"
#define DEMO_DN "uid=jdoe,ou=people,dc=example,dc=com"
#define DEMO_SECRET "demo.secret"
#define HANDED_FILE "request.cmcpkg" /* in the folder of a request that was handed over */

char *practice_dir(const char *below)
{
    char *base = xdg_path(XDG_DATA, "practice");
    char *path = path_join(base, below);
    free(base);
    return path;
}

/* Beside the program (build tree, or the same bin folder); PATH otherwise. */
static char *program_beside(const char *name)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    self[len < 0 ? 0 : len] = '\0';
    char *dir = path_dir(self), *beside = path_join(dir, name);
    free(dir);
    if (!file_exists(beside)) {
        free(beside);
        return xstrdup(name);
    }
    return beside;
}

/* Output goes to a log, so that nothing is written over the screen. */
static pid_t spawn(char *const argv[], const char *log)
{
    pid_t pid = fork();
    if (pid != 0) {
        return pid;
    }
    /* The screen keeps signals blocked; the child must not inherit that. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), in = open("/dev/null", O_RDONLY);
    if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) {
        _exit(127);
    }
    execvp(argv[0], argv);
    _exit(127);
}

/* Runs a program to its end. */
static bool run_program(const char *const argv[], const char *log)
{
    int status = 0;
    pid_t pid = spawn((char *const *)(uintptr_t)argv, log);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The helpdesk's work, with the helpdesk's tool: a secret for the demo user, its token stored at the CA, the profiles enabled. The
 * secret's file is there only when all of it was done. */
static bool give_demo_secret(const char *program, const char *dir, const char *log, struct err *err)
{
    char *secret = path_join(dir, DEMO_SECRET), *made = path_join(dir, DEMO_SECRET ".new"), *token = path_join(dir, "demo.token");
    char *cert = path_join(dir, "issuance-protection.pem"), *cmc = program_beside("cmc");
    const char *const make[] = {cmc, "token", "--cert", cert, "--generate", made, "--output", token, NULL};
    const char *const add[] = {program, "user", dir, "add", DEMO_UID, DEMO_DN, NULL};
    const char *const store[] = {program, "user", dir, "token", DEMO_UID, token, NULL};
    const char *const enable[] = {program, "profile", dir, "enable", "caFullCMCSharedTokenCert", "caECFullCMCSharedTokenCert",
                                  "caFullCMCUserSignedCert", "caECFullCMCUserSignedCert", PRACTICE_ENCRYPTION, NULL};
    bool done = file_exists(secret) || (run_program(make, log) && run_program(add, log) && run_program(store, log) &&
                                        run_program(enable, log) && rename(made, secret) == 0);
    free(secret);
    free(made);
    free(token);
    free(cert);
    free(cmc);
    return done || err_fail(err, ERR_UI_PRACTICE, _("See %s."), log);
}

static bool is_running(const char *dir)
{
    char *path = path_join(dir, "pid");
    struct buf text = BUF_INIT(64);
    struct err ignored = ERR_INIT;
    long pid = file_read(path, &text, &ignored) ? strtol(buf_str(&text), NULL, 10) : 0;
    err_release(&ignored);
    buf_release(&text);
    free(path);
    return pid > 1 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

/* The description holds the port of this run, so it is stored anew each time. */
static bool store_description(const char *dir, struct err *err)
{
    char *path = path_join(dir, "ca-description.json");
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct cadesc d = {0};
    bool ok = file_read(path, &text, err) && cadesc_parse(buf_peek(&text), &d, err) && cadesc_save(&d, err);
    cadesc_release(&d);
    buf_release(&text);
    free(path);
    return ok;
}

/* Made (once, that takes a while), started, described: polled, so that a screen can stay alive. */
enum making { MAKING_KEYS, MAKING_SECRET, MAKING_START, MAKING_DONE };
struct making_ca {
    char *dir, *log, *program, *ready, *pidfile;
    enum making at;
    pid_t child; /* 0 = none is waited for */
    int64_t since_ms;
    struct err *err;
};

static bool making_init(struct making_ca *m, struct err *err)
{
    char *base = practice_dir("");
    *m = (struct making_ca){.dir = practice_dir("ca"), .log = practice_dir("practice-ca.log"),
                            .program = program_beside(PRACTICE_PROGRAM), .err = err};
    m->ready = path_join(m->dir, "ready");
    m->pidfile = path_join(m->dir, "pid");
    bool ok = dir_create(base, 0700, err);
    free(base);
    return ok;
}

static void making_release(struct making_ca *m)
{
    free(m->dir);
    free(m->log);
    free(m->program);
    free(m->ready);
    free(m->pidfile);
}

static enum progress_state making_failed(struct making_ca *m)
{
    err_fail(m->err, ERR_UI_PRACTICE, _("See %s."), m->log);
    return PROGRESS_STOPPED;
}

static enum progress_state poll_keys(struct making_ca *m)
{
    char *chain = path_join(m->dir, "chain.pem");
    bool there = !m->child && file_exists(chain);
    free(chain);
    if (there) {
        m->at = MAKING_SECRET;
        return PROGRESS_AGAIN;
    }
    char *argv[] = {m->program, (char *)(uintptr_t) "init", m->dir, NULL};
    int status = 0;
    if (!m->child && (m->child = spawn(argv, m->log)) < 0) {
        return making_failed(m);
    }
    pid_t ended = waitpid(m->child, &status, WNOHANG);
    if (ended == 0) {
        return PROGRESS_AGAIN;
    }
    m->child = 0;
    m->at = MAKING_SECRET;
    return ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? PROGRESS_AGAIN : making_failed(m);
}

static enum progress_state poll_start(struct making_ca *m)
{
    if (!m->child && is_running(m->dir)) {
        m->at = MAKING_DONE;
        return PROGRESS_AGAIN;
    }
    if (!m->child) {
        char *argv[] = {m->program, (char *)(uintptr_t) "serve", m->dir, (char *)(uintptr_t) "--port=0", (char *)(uintptr_t) "--ready-file",
                        m->ready, (char *)(uintptr_t) "--pid-file", m->pidfile, NULL};
        if (!file_wipe(m->ready, m->err)) {
            return PROGRESS_STOPPED;
        }
        m->since_ms = when_monotonic_ms();
        m->child = spawn(argv, m->log);
    }
    if (file_exists(m->ready)) {
        m->at = MAKING_DONE;
        return PROGRESS_AGAIN;
    }
    bool dead = m->child < 0 || waitpid(m->child, NULL, WNOHANG) == m->child;
    return dead || when_monotonic_ms() - m->since_ms > PRACTICE_START_MS ? making_failed(m) : PROGRESS_AGAIN;
}

static enum progress_state making_poll(void *ctx)
{
    struct making_ca *m = ctx;
    switch (m->at) {
    case MAKING_KEYS:
        return poll_keys(m);
    case MAKING_SECRET:
        m->at = MAKING_START;
        return give_demo_secret(m->program, m->dir, m->log, m->err) ? PROGRESS_AGAIN : PROGRESS_STOPPED;
    case MAKING_START:
        return poll_start(m);
    case MAKING_DONE:
        break;
    }
    return store_description(m->dir, m->err) ? PROGRESS_DONE : PROGRESS_STOPPED;
}

static size_t making_count(void *ctx)
{
    (void)ctx;
    return MAKING_DONE;
}

static void making_step(void *ctx, size_t i, struct progress_step *out)
{
    const struct making_ca *m = ctx;
    bool here = i == (size_t)m->at;
    const char *const labels[] = {_("Make its keys and certificates"), _("Give a secret to a user for practice"), _("Start it")};
    *out = (struct progress_step){.label = labels[i],
                                  .detail = here && i == MAKING_KEYS ? _("Only the first time.") : NULL,
                                  .state = i < (size_t)m->at ? STEP_DONE : here ? STEP_HERE : STEP_TODO, .elapsed_ms = -1};
}

static bool making_may_cancel(void *ctx)
{
    (void)ctx;
    return false;
}

bool practice_ensure(struct ui *ui, const struct frame *frame, struct err *err)
{
    static const struct progress_ops ops = {
        .poll = making_poll, .count = making_count, .step = making_step, .may_cancel = making_may_cancel};
    struct making_ca m;
    bool ok = making_init(&m, err);
    if (ok && ui && !is_running(m.dir)) { /* what runs takes no time, and needs no page */
        ok = progress_run(ui, frame, _("Getting the practice CA ready"), &ops, &m) == PROGRESS_FINISHED;
        ok = ok || err_is_set(err) ? ok : err_fail(err, ERR_FLOW_CANCELLED, NULL);
    } else if (ok) {
        enum progress_state state;
        while ((state = making_poll(&m)) == PROGRESS_AGAIN) {
            usleep(20000);
        }
        ok = state == PROGRESS_DONE;
    }
    making_release(&m);
    return ok;
}

/* What the practice CA's own program says about its faults: a line each, "NAME on|off ID WHAT", WHAT not translated. Caller frees. */
char *practice_faults(struct err *err)
{
    char *program = program_beside(PRACTICE_PROGRAM), *dir = practice_dir("ca"), *list = practice_dir("faults.txt");
    const char *const argv[] = {"env", "LANGUAGE=en", program, "fault", dir, "list", NULL};
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    bool ok = file_wipe(list, err) && (run_program(argv, list) || err_fail(err, ERR_UI_PRACTICE, _("See %s."), list)) &&
              file_read(list, &text, err);
    char *result = ok ? buf_take_str(&text) : NULL;
    buf_release(&text);
    free(program);
    free(dir);
    free(list);
    return result;
}

bool practice_fault(const char *name, bool on, struct err *err)
{
    char *program = program_beside(PRACTICE_PROGRAM), *dir = practice_dir("ca"), *log = practice_dir("practice-ca.log");
    const char *const argv[] = {program, "fault", dir, name, on ? "on" : "off", NULL};
    bool ok = run_program(argv, log) || err_fail(err, ERR_UI_PRACTICE, _("See %s."), log);
    free(program);
    free(dir);
    free(log);
    return ok;
}

struct preset {
    const char *name;
    char *value; /* owned; NULL = nothing to preset */
};

static bool preset(struct session *session, const struct preset *rows, size_t n, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        const char *have = session_answer(session, rows[i].name);
        if (ok && rows[i].value && (!have || !*have)) {
            ok = session_set_answer(session, rows[i].name, rows[i].value, err);
        }
        free(rows[i].value);
    }
    return ok;
}

/* The practice database has its own password file; the practice agent's comes from the CA's folder. */
static bool database_password(struct secrets *secrets, struct err *err)
{
    char *path = practice_dir("password.txt");
    uint8_t random[16];
    bool ok = true;
    if (!file_exists(path)) {
        bytes_random(random, sizeof random);
        char *text = bytes_hex(BYTES(random, sizeof random));
        ok = file_write(path, bytes_of_str(text), 0600, err);
        mem_wipe(text, strlen(text));
        free(text);
    }
    if (!secrets_has(secrets, "password")) {
        secrets_add_file(secrets, "password", path);
    }
    free(path);
    return ok;
}

static bool is_scenario(const struct session *session, const char *name)
{
    return strcmp(json_get_str(session->root, "scenario", ""), name) == 0;
}

bool practice_is_own(const struct session *session)
{
    char *made = practice_dir("ca/" DEMO_SECRET);
    bool own = strcmp(answer_get(session, "ca"), "practice") == 0 && file_exists(made);
    free(made);
    return own;
}

bool practice_secrets(const struct session *session, struct secrets *secrets, struct err *err)
{
    char *ca = practice_dir("ca"), *p12_password = path_join(ca, "agent.password"), *demo = path_join(ca, DEMO_SECRET);
    bool ok = database_password(secrets, err);
    if (!secrets_has(secrets, "agent.p12.password")) {
        secrets_add_file(secrets, "agent.p12.password", p12_password);
    }
    if (is_scenario(session, "shared-secret") && !secrets_has(secrets, "witness.sharedSecret")) {
        secrets_add_file(secrets, "witness.sharedSecret", demo);
    }
    free(demo);
    free(p12_password);
    free(ca);
    return ok;
}

/* With the stock profile the certificate could sign as well; here there is one that only encrypts. It takes neither EC keys nor what
 * proves itself in one trip, and what was begun with another one goes on with that. */
static const char *profile_to_practise(const struct session *session)
{
    bool fits = is_scenario(session, "encryption") && strcmp(answer_get(session, "trips"), "one") != 0 &&
                json_size(json_get(session->root, "steps")) == 0;
    return fits ? PRACTICE_ENCRYPTION : NULL;
}

bool practice_answers(struct session *session, struct secrets *secrets, struct err *err)
{
    const char *profile = profile_to_practise(session);
    char *ca = practice_dir("ca"), *db = practice_dir("nssdb");
    const struct preset rows[] = {
        {"ca", xstrdup("practice")},
        {"dbdir", xstrdup(db)},
        {"agent.p12", path_join(ca, "agent.p12")},
        {"profile", profile ? xstrdup(profile) : NULL},
    };
    bool ok = preset(session, rows, ARRAY_LEN(rows), err) && practice_secrets(session, secrets, err) && dir_create(db, 0700, err) &&
              engine_mark_practice_db(db, err);
    free(ca);
    free(db);
    return ok;
}

/* ---- which enrollment is practised ---- */

struct chooser {
    char scenario[64];
    bool has_own; /* a certificate with its key is in the practice database */
    char *request; /* the last package that was handed to an agent in practice; NULL = none */
};

static const char *choose_get(void *ctx, const char *key)
{
    (void)key;
    return ((struct chooser *)ctx)->scenario;
}

static void choose_set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct chooser *c = ctx;
    snprintf(c->scenario, sizeof c->scenario, "%s", value);
}

/* Caller frees; NULL when there is none. */
static char *handed_over(const struct app *app)
{
    struct session_info *list = NULL;
    size_t n = 0, newest = 0;
    struct err ignored = ERR_INIT;
    char *found = NULL;
    bool ok = session_list(app->options->state_dir, &list, &n, &ignored);
    for (size_t i = 0; ok && i < n; i++) {
        bool wanted = strcmp(list[i].scenario, "make-csr") == 0 && strcmp(list[i].state, "waiting") == 0;
        struct session *s = wanted ? session_peek(app->options->state_dir, list[i].id, &ignored) : NULL;
        bool newer = !found || list[i].updated >= list[newest].updated;
        if (s && newer && strcmp(answer_get(s, "ca"), "practice") == 0 && session_has_file(s, HANDED_FILE)) {
            free(found);
            found = session_file(s, HANDED_FILE);
            newest = i;
        }
        session_close(s);
        err_release(&ignored);
    }
    session_info_free(list, n);
    return found;
}

/* Why a scenario cannot be practised yet; NULL when it can. */
static const char *lacks(const struct chooser *c, const struct scenario *s)
{
    if (s->signer == SIGNED_BY_USER && !c->has_own) {
        return _("Needs a certificate: practise one that gives you one first.");
    }
    return s->refusal_steps && !c->request ? _("Needs a request: practise one that is handed to a CA agent first.") : NULL;
}

static void list_scenarios(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    const struct chooser *c = ctx;
    size_t n = 0;
    const struct scenario *rows = scenario_rows(&n);
    for (size_t i = 0; i < n; i++) {
        choices_add(out, rows[i].name, _(rows[i].title), _(rows[i].summary), lacks(c, &rows[i]));
    }
}

static bool has_own_certificate(struct app *app)
{
    char *db = practice_dir("nssdb");
    struct certdb_entry *entries = NULL;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    bool found = false;
    if (nssdb_present(db) && engine_open_db(&app->engine, db, true, false, &ignored) &&
        certdb_list(app->engine.db, NULL, &entries, &n, &ignored)) {
        for (size_t i = 0; i < n; i++) {
            found = found || (entries[i].has_key && !cert_is_ca(entries[i].cert));
        }
        certdb_entries_free(entries, n);
    }
    app_drop_engine(app);
    err_release(&ignored);
    free(db);
    return found;
}

static const struct field CHOOSE_FIELDS[] = {
    {.kind = FIELD_CHOICE, .key = "scenario", .label = "", .choices = list_scenarios, .rows = 10, .width = 60,
     .flags = FIELD_REQUIRED | FIELD_ADVANCE, .help = N_("Choose with the arrow keys, then press Enter."), .spoken = "",
     .why = N_("Each enrollment has pages of its own.")},
    FIELD_ROWS_END,
};
static const struct page CHOOSE = {.id = "practice", .question = N_("What would you like to practise?"), .fields = CHOOSE_FIELDS};

static enum form_verb choose(struct app *app, struct chooser *c)
{
    const struct form_ops ops = {.get = choose_get, .set = choose_set};
    struct form_result result = {0};
    app->frame = (struct frame){.program = "cmc-wizard", .scenario = N_("Practice"), .practice = N_("practice CA"),
                                .language = i18n_language()};
    return form_run(app->ui, &app->frame, &CHOOSE, &ops, c, &result);
}

static int practise(struct app *app, const char *scenario, const char *request)
{
    struct err err = ERR_INIT;
    if (!app_start(app, scenario)) {
        return EXIT_INTERNAL;
    }
    if (strcmp(scenario, "shared-secret") == 0) {
        app_set(app, "identification", DEMO_UID);
    } else if (app->scenario->signer == SIGNED_BY_AGENT && !app->scenario->refusal_steps) {
        app_set(app, "subject", DEMO_DN);
    } else if (app->scenario->refusal_steps) {
        app_set(app, "input", request);
    }
    if (!practice_answers(app->session, app->secrets, &err)) {
        app_error(app, NULL, &err);
        return EXIT_INTERNAL;
    }
    return app_enroll(app);
}

int app_practice(struct app *app)
{
    struct err err = ERR_INIT;
    struct chooser c = {.scenario = "agent-signed"};
    dialog_message(app->ui, MESSAGE_HINT, _("Practice"),
                   _("A certificate authority of its own is started on this computer. Its certificates are worth "
                     "nothing outside, and a practice database is used, so nothing can go wrong."));
    if (!practice_ensure(app->ui, &app->frame, &err)) {
        app_error(app, _("The practice CA could not be started."), &err);
        return WIZARD_AGAIN;
    }
    for (;;) {
        c.has_own = has_own_certificate(app);
        c.request = handed_over(app);
        enum form_verb verb = choose(app, &c);
        int code = verb == FORM_NEXT   ? practise(app, c.scenario, c.request)
                   : verb == FORM_BACK ? WIZARD_AGAIN
                                       : EXIT_CANCELLED;
        free(c.request);
        if (verb != FORM_NEXT) {
            return code;
        }
        if (code != WIZARD_AGAIN) {
            return code;
        }
        app_put_away(app);
    }
}
