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
    char *path = path_join(W.home, ".local/share/cmc-wizard/practice/ca/pid");
    if (file_read(path, &text, &ignored)) {
        pid_t pid = (pid_t)atoi(buf_str(&text));
        for (int i = 0; pid > 1 && !has_ended(pid) && kill(pid, SIGTERM) == 0 && i < 500; i++) {
            nanosleep(&(struct timespec){0, 10000000}, NULL);
        }
    }
    err_release(&ignored);
    buf_release(&text);
    free(path);
}

static int teardown(void **state)
{
    (void)state;
    struct err ignored = ERR_INIT;
    stop_practice();
    bool ok = dir_remove(W.dir, &ignored);
    err_release(&ignored);
    free(W.home);
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
    stop_practice();
    term_keys(t, "<Enter>");
    term_expect(t, "It did not work this time.", WAIT_MS);
    compare(t, l, "failure");
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

#define LOOK(i) {"look at " #i, test_look, NULL, NULL, (void *)(uintptr_t)&LOOKS[i]}

int main(void)
{
    const struct CMUnitTest tests[] = {LOOK(NORMAL), LOOK(WIDE),   LOOK(HUGE_ONE),  LOOK(TINY),
                                       LOOK(ASCII),  LOOK(COLOUR), LOOK(NO_COLOUR), LOOK(EIGHT)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
