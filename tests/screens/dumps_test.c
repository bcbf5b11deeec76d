/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every page of a practice enrollment as text, at several sizes, compared with tests/screens/dumps/ (what changes from run to run is
 * masked). After a wanted change: CMCW_DUMPS_UPDATE=1 make check TESTS=tests/screens/dumps_test, then look at git diff.
 */
#include "tests/screens/dump.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define WAIT_MS 60000

static struct {
    char dir[32]; /* of one length, so that lines break at the same places in every run */
    char *home;   /* below it, so that the tail of a cut path is always the same */
    char *wizard, *env_home;
    char *pid; /* the practice CA's */
} W;

static int setup(void **state)
{
    (void)state;
    const char *top = getenv("top_builddir");
    strcpy(W.dir, "/tmp/cmcw-XXXXXX");
    if (!mkdtemp(W.dir)) {
        return -1;
    }
    W.wizard = path_join(top && *top ? top : ".", "cmc-wizard");
    W.home = path_join(W.dir, "a-folder-for-the-tests");
    W.env_home = xasprintf("HOME=%s", W.home);
    W.pid = path_join(W.home, ".local/share/cmc-wizard/practice/ca/pid");
    return 0;
}

/* A child that ended and that the wizard has not looked after yet has ended, too. */
static bool has_ended(pid_t pid)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct err ignored = ERR_INIT;
    char *path = xasprintf("/proc/%d/stat", (int)pid);
    const char *at = file_read(path, &text, &ignored) ? strrchr(buf_str(&text), ')') : NULL;
    bool ended = kill(pid, 0) != 0 || (at && strncmp(at, ") Z", 3) == 0);
    err_release(&ignored);
    buf_release(&text);
    free(path);
    return ended;
}

/* The practice CA runs on behind the wizard. */
static void stop_practice(void)
{
    struct buf text = BUF_INIT(64);
    struct err ignored = ERR_INIT;
    if (file_read(W.pid, &text, &ignored)) {
        pid_t pid = (pid_t)atoi(buf_str(&text));
        for (int i = 0; pid > 1 && !has_ended(pid) && kill(pid, SIGTERM) == 0 && i < 500; i++) {
            nanosleep(&(struct timespec){0, 10000000}, NULL);
        }
    }
    err_release(&ignored);
    buf_release(&text);
}

static int teardown(void **state)
{
    (void)state;
    struct err ignored = ERR_INIT;
    stop_practice();
    bool ok = dir_remove(W.dir, &ignored);
    err_release(&ignored);
    free(W.home);
    free(W.pid);
    free(W.wizard);
    free(W.env_home);
    return ok ? 0 : -1;
}

struct look {
    const char *name; /* "80x24", "80x24-nocolour" */
    int rows, cols;
    unsigned flags;
    const char *arg, *env[3];
    bool whole; /* all pages, or the first ones only */
};

static void compare(struct term *t, const struct look *l, const char *page)
{
    dump_compare(t, page, l->name, l->flags);
}

static struct term *start(const struct look *l, const char *first, const char *second)
{
    const char *argv[] = {W.wizard, first, second, NULL, NULL};
    const char *env[] = {W.env_home, "LC_ALL=C.UTF-8", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "LANGUAGE", "USER=user",
                         l->env[0], l->env[1], NULL};
    if (l->arg) {
        argv[first ? second ? 3 : 2 : 1] = l->arg;
    }
    return term_open(&(struct term_options){.argv = argv, .env = env, .rows = l->rows, .cols = l->cols});
}

/* The pages before anything is known. */
static void first_pages(const struct look *l)
{
    struct term *t = start(l, NULL, NULL);
    term_expect(t, "Get a certificate", WAIT_MS);
    compare(t, l, "welcome");
    term_keys(t, "<F1>");
    term_expect(t, "Esc close", WAIT_MS);
    compare(t, l, "welcome-help");
    term_keys(t, "<F2>");
    term_expect(t, "Glossary", WAIT_MS);
    compare(t, l, "glossary");
    term_keys(t, "<Esc>");
    term_expect_gone(t, "Glossary", WAIT_MS);
    term_keys(t, "<Esc>");
    term_expect(t, "Get a certificate", WAIT_MS);
    term_keys(t, "<Enter>");
    term_expect(t, "signs it here, now", WAIT_MS);
    compare(t, l, "who");
    term_close(t);
}

/* To add a page of the walk: a row; text is something that stands on it at every size. */
static const struct {
    const char *text, *name;
} WALK[] = {
    {"A person: sign", "purpose"}, {"The practice database", "database"}, {"User ID", "subject"},
    {"EC (elliptic", "key"},       {"From a file", "agent"},
};

/* Ctrl-C asks on the failure page, too. And to start once more starts the practice CA, which does not run. */
static void goes_on_after_failure(struct term *t)
{
    term_keys(t, "<C-c>");
    term_expect(t, "Leave the wizard?", WAIT_MS);
    term_keys(t, "<Esc>");
    term_expect(t, "Is everything right?", WAIT_MS);
    term_settle(t, 60);
    term_keys(t, "<Enter>");
    term_expect(t, "The certificate is there, and it works.", WAIT_MS);
}

static void practice_pages(const struct look *l)
{
    struct term *t = start(l, "--practice", NULL);
    term_expect(t, "Practice", WAIT_MS);
    compare(t, l, "practice");
    term_keys(t, "<Enter>");
    term_expect(t, "like to practise?", WAIT_MS);
    compare(t, l, "practice-which");
    term_keys(t, "<Enter>");
    for (size_t i = 0; i < ARRAY_LEN(WALK); i++) {
        term_expect(t, WALK[i].text, WAIT_MS);
        compare(t, l, WALK[i].name);
        term_keys(t, "<Enter>");
    }
    term_expect(t, "caFullCMCUserCert", WAIT_MS);
    compare(t, l, "review");
    term_keys(t, "<C-c>");
    term_expect(t, "Leave the wizard?", WAIT_MS);
    compare(t, l, "leave");
    term_keys(t, "<Esc>");
    term_expect(t, "caFullCMCUserCert", WAIT_MS);
    /* The CA is away, and something else has got its process id since: the wizard believes that it runs. */
    stop_practice();
    char *pid = xasprintf("%d\n", (int)getpid());
    assert_true(file_write(W.pid, bytes_of_str(pid), 0600, NULL));
    free(pid);
    term_keys(t, "<Enter>");
    term_expect(t, "It did not work this time.", WAIT_MS);
    assert_true(file_wipe(W.pid, NULL)); /* before anything can fail: teardown ends the process that stands there */
    compare(t, l, "failure");
    if (l->rows == 24) {
        goes_on_after_failure(t);
    }
    term_close(t);
}

/* Each look begins with an empty database and nothing saved; the CA's keys stay, they take long. */
static void forget(const char *below)
{
    struct err ignored = ERR_INIT;
    char *path = path_join(W.home, below);
    assert_true(!dir_exists(path) || dir_remove(path, &ignored));
    err_release(&ignored);
    free(path);
}

static void look_at(const struct look *l)
{
    forget(".local/share/cmc-wizard/practice/nssdb");
    forget(".local/state");
    first_pages(l);
    if (l->whole) {
        practice_pages(l);
    }
}

/* To add a size or a mode: a row and a test. */
enum { NORMAL, WIDE, HUGE_ONE, TINY, ASCII, COLOUR, NO_COLOUR, EIGHT };
static const struct look LOOKS[] = {
    [NORMAL] = {"80x24", 24, 80, 0, NULL, {NULL}, true},
    [WIDE] = {"100x30", 30, 100, 0, NULL, {NULL}, true},
    [HUGE_ONE] = {"200x60", 60, 200, 0, NULL, {NULL}, true},
    [TINY] = {"40x10", 10, 40, 0, NULL, {NULL}, true},
    [ASCII] = {"80x24-ascii", 24, 80, 0, "--ascii", {NULL}, false},
    [COLOUR] = {"80x24-256", 24, 80, TERM_DUMP_ATTRS, NULL, {NULL}, false},
    [NO_COLOUR] = {"80x24-nocolour", 24, 80, TERM_DUMP_ATTRS, NULL, {"NO_COLOR=1", NULL}, false},
    [EIGHT] = {"80x24-8", 24, 80, TERM_DUMP_ATTRS, NULL, {"TERM=xterm", NULL}, false},
};

static void test_look(void **state)
{
    look_at(*state);
}

/* ---- each scenario that nobody else is needed for can be practised to its end by Enter alone ---- */

static struct term *practise(const struct look *l, const char *option, const char *keys)
{
    struct term *t = start(l, "--practice", option);
    term_expect(t, "Practice", WAIT_MS);
    if (!option) {
        term_keys(t, "<Enter>");
    }
    term_expect(t, "like to practise?", WAIT_MS);
    term_settle(t, 60);
    term_keys(t, keys);
    return t;
}

/* Pages in their order; the focus is where it is. */
static void enters(struct term *t, const char *const *pages)
{
    for (size_t i = 0; pages[i]; i++) {
        term_expect(t, pages[i], WAIT_MS);
        term_settle(t, 60);
        term_keys(t, "<Enter>");
    }
    term_expect(t, "The certificate is there, and it works.", WAIT_MS);
    term_keys(t, "<Enter>");
    assert_true(term_wait_exit(t, WAIT_MS, NULL));
    term_close(t);
}

static void first_certificate(const struct look *l)
{
    static const char *const pages[] = {"Where do the key and the certificate belong?", "Who are you to the certificate authority?",
                                        "The secret is known; it is not asked for.", "What kind of key do you need?", NULL};
    struct term *t = practise(l, NULL, "<Down><Down><Down><Space><Enter>");
    for (size_t i = 0; pages[i]; i++) {
        term_expect(t, pages[i], WAIT_MS);
        term_settle(t, 60);
        term_keys(t, "<Enter>");
    }
    static const char *const rest[] = {"Is everything right?", NULL};
    term_expect(t, rest[0], WAIT_MS);
    assert_int_equal(term_find(t, "is disabled in a new CA", NULL), -1); /* it was enabled when the CA was made */
    enters(t, rest);
}

/* An empty line at each prompt. */
static void first_certificate_plain(const struct look *l)
{
    struct term *t = practise(l, "--plain", "4<Enter>");
    for (int i = 0; i < 200 && term_find(t, "The certificate is there, and it works.", NULL) < 0; i++) {
        term_settle(t, 100);
        term_keys(t, "<Enter>");
    }
    assert_true(term_find(t, "The certificate is there, and it works.", NULL) >= 0);
    term_close(t);
}

static void encryption_certificate(const struct look *l)
{
    static const char *const pages[] = {"Where do the key and the certificate belong?", "Which of your certificates signs the request?",
                                        "caFullCMCUserEncCert", "Is this the right transport certificate?", "Is everything right?",
                                        NULL};
    enters(practise(l, NULL, "<Down><Down><Down><Down><Space><Enter>"), pages);
}

static int rows_with(struct term *t, const char *text)
{
    int n = 0;
    for (int i = 0; i < 24; i++) {
        char *row = term_row(t, i);
        n += strstr(row, text) != NULL;
        free(row);
    }
    return n;
}

/* The next key comes when the screen shows what these have done. */
static void keys_and_effect(struct term *t, const char *keys)
{
    char *before = term_dump(t, 0), *now = NULL;
    term_keys(t, keys);
    for (int i = 0; i < 100 && (!now || strcmp(before, now) == 0); i++) {
        free(now);
        term_settle(t, 40);
        now = term_dump(t, 0);
    }
    term_settle(t, 60);
    free(before);
    free(now);
}

/* Two for signing, of which the second replaces the first, and one for encryption, which replaces none: all are shown. */
static void overview(const struct look *l)
{
    struct term *t = start(l, NULL, NULL);
    term_expect(t, "See which certificates end soon", WAIT_MS);
    for (int i = 0; i < 8 && term_find(t, "● See which certificates end soon", NULL) < 0; i++) {
        keys_and_effect(t, "<Down><Space>");
    }
    term_keys(t, "<Enter>");
    term_expect(t, "Which of your certificates end when?", WAIT_MS);
    term_settle(t, 60);
    assert_int_equal(rows_with(t, "jdoe - user"), 3);
    assert_int_equal(rows_with(t, "replaced"), 1);
    term_close(t);
}

/* The password of the practice database lies in a file: nobody is asked for it. */
static void delete_one(const struct look *l)
{
    struct term *t = start(l, NULL, NULL);
    term_expect(t, "Continue a saved enrollment", WAIT_MS);
    term_keys(t, "<Down><Space><Enter>");
    term_expect(t, "Which enrollment do you want to continue?", WAIT_MS);
    term_settle(t, 60);
    int before = rows_with(t, "done");
    term_keys(t, "<C-d>");
    term_expect(t, "Delete it and its unused key", WAIT_MS);
    term_keys(t, "d");
    term_expect_gone(t, "Delete it and its unused key", WAIT_MS);
    term_expect(t, "Which enrollment do you want to continue?", WAIT_MS);
    term_settle(t, 100);
    assert_int_equal(rows_with(t, "done"), before - 1);
    term_close(t);
}

static void test_practice_ends(void **state)
{
    const struct look *l = *state;
    forget(".local/share/cmc-wizard/practice/nssdb");
    forget(".local/state");
    first_certificate(l);
    first_certificate_plain(l);
    encryption_certificate(l);
    overview(l);
    delete_one(l);
}

#define LOOK(i) {"look at " #i, test_look, NULL, NULL, (void *)(uintptr_t)&LOOKS[i]}

int main(void)
{
    const struct CMUnitTest tests[] = {LOOK(NORMAL), LOOK(WIDE),   LOOK(HUGE_ONE),  LOOK(TINY),
                                       LOOK(ASCII),  LOOK(COLOUR), LOOK(NO_COLOUR), LOOK(EIGHT),
                                       {"practice ends", test_practice_ends, NULL, NULL, (void *)(uintptr_t)&LOOKS[NORMAL]}};
    return cmocka_run_group_tests(tests, setup, teardown);
}
