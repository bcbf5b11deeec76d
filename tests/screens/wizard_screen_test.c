/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real wizard in a pty against a practice CA: the whole walk at several sizes, back without loss, a jump from the review page, the
 * hand-over on both sides, a kill and what comes after it, signals, a small terminal, no colour, ASCII, plain prompts.
 * Each test has a HOME of its own; the practice CA lies in the first one's folder and is shared.
 */
#include "tests/screens/dump.h"
#include "tests/screens/user.h"

#include "base/strv.h"
#include "ui/ui.h"

static void type_file(struct user *u, const char *below)
{
    char *path = path_join(W.ca, below);
    term_paste(u->t, path);
    free(path);
}

/* The password that lies beside the agent's package. */
static void type_agent_password(struct user *u)
{
    struct buf text = BUF_INIT(256);
    struct err err = ERR_INIT;
    char *path = path_join(W.ca, "agent.password");
    assert_true(file_read(path, &text, &err));
    char *line = xstrndup(buf_str(&text), strcspn(buf_str(&text), "\n"));
    term_paste(u->t, line);
    free(line);
    free(path);
    buf_release(&text);
}

/* From the first page to the review page as a described user; the focus is on the pages' own first fields. */
static void walk_to_subject(struct user *u)
{
    see(u, "Get a certificate"); /* on ten lines the questions are above the screen */
    type(u, "<Enter>");
    see(u, "signs it here, now");
    term_settle(u->t, 100);
    char *screen = term_dump(u->t, 0);
    assert_non_null(strstr(screen, "A CA agent signs it here, now"));
    free(screen);
}

static void walk_pages(struct user *u)
{
    see(u, "What is the certificate for?");
    expect_calm(u);
    type(u, "<Enter>");
    see(u, "Where do the key and the certificate belong?"); /* a described CA: no question about the server */
    expect_calm(u);
    type(u, "<Tab>Secret.123<Tab>Secret.124<Enter>");
    see(u, "The two passwords differ.");
    type(u, "<BS>3<Enter>");
    see(u, "Whose certificate is it?");
    expect_calm(u);
    type(u, "Jane Doe<Tab>jdoe<Tab><Tab>people<Tab><Tab>example.com");
    see(u, "CN=Jane Doe,UID=jdoe,OU=people,DC=example,DC=com");
    type(u, "<Enter>");
    see(u, "What kind of key do you need?");
    expect_calm(u);
    type(u, "<Enter>");
    see(u, "Which CA agent signs the request?");
    expect_calm(u);
    type_file(u, "agent.p12");
    type(u, "<Tab>");
    type_agent_password(u);
    type(u, "<Enter>");
    /* A real database, a practice certificate: it asks, and "no" is the answer of Enter and Esc. */
    see(u, "This agent belongs to a practice CA.");
    expect_calm(u);
    type(u, "<Esc>");
    see(u, "Which CA agent signs the request?");
    type(u, "<Enter>");
    see(u, "Import it all the same");
    type(u, "<Down><Enter>");
    see(u, "Is everything right?");
    expect_calm(u);
}

static void open_scenario(struct user *u)
{
    walk_to_subject(u);
    char *label = xstrdup("A CA agent signs it here, now");
    /* The list may begin with another way: go to the one that is meant. */
    for (int i = 0; i < 6; i++) {
        int row, col, want = term_find(u->t, label, NULL);
        term_settle(u->t, 40);
        term_cursor(u->t, &row, &col);
        if (row == want) {
            break;
        }
        type(u, row < want ? "<Down>" : "<Up>");
    }
    free(label);
    type(u, "<Space><Enter>");
}

static void whole_walk(struct start s, const char *look)
{
    struct user u;
    user_init(&u, true);
    user_start(&u, s);
    open_scenario(&u);
    walk_pages(&u);
    type(&u, "<Enter>");
    see(&u, "The certificate is there, and it works.");
    see(&u, "ok: key and certificate work together");
    expect_calm(&u);
    dump_compare(u.t, "result", look, 0);
    type(&u, "<Enter>");
    expect_exit(&u, 0);
    user_release(&u);
}

static void test_walk_80x24(void **state)
{
    (void)state;
    whole_walk((struct start){.rows = 24, .cols = 80}, "80x24");
}

static void test_walk_120x40(void **state)
{
    (void)state;
    whole_walk((struct start){.rows = 40, .cols = 120}, "120x40");
}

/* ---- back, jump, leave, come back ---- */

static void test_nothing_is_lost(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, true);
    user_start(&u, (struct start){.rows = 24, .cols = 80});
    open_scenario(&u);
    walk_pages(&u);
    /* All the way back, and forth again with Enter alone. */
    static const char *const back[] = {"Which CA agent", "What kind of key", "Whose certificate", "Where do the key",
                                       "What is the certificate for?"};
    for (size_t i = 0; i < ARRAY_LEN(back); i++) {
        type(&u, "<Esc>");
        see(&u, back[i]);
    }
    for (size_t i = ARRAY_LEN(back) - 1; i-- > 0;) {
        type(&u, "<Enter>");
        see(&u, back[i]);
    }
    type(&u, "<Enter>");
    see(&u, "Is everything right?");
    see(&u, "CN=Jane Doe,UID=jdoe,OU=people,DC=example,DC=com");
    /* A jump from the review page and straight back. */
    int want = term_find(u.t, "CN=Jane Doe", NULL), row = -1, col;
    for (int i = 0; i < 12 && row != want; i++) {
        type(&u, "<Down>");
        term_settle(u.t, 60);
        term_cursor(u.t, &row, &col);
    }
    assert_int_equal(row, want);
    type(&u, "<Space>");
    see(&u, "Whose certificate is it?");
    type(&u, "<Tab>x<Enter>");
    see(&u, "Is everything right?");
    see(&u, "UID=jdoex");
    /* Ctrl-C asks, Esc stays, saving leaves; the list continues at the same page. */
    type(&u, "<C-c>");
    see(&u, "Leave the wizard?");
    type(&u, "<Esc>");
    see(&u, "Is everything right?");
    type(&u, "<C-c>");
    see(&u, "Save and leave");
    type(&u, "<Enter>");
    expect_exit(&u, 6);
    user_start(&u, (struct start){.rows = 24, .cols = 80});
    see(&u, "What would you like to do?");
    type(&u, "<Down><Space><Enter>");
    see(&u, "Which enrollment do you want to continue?");
    see(&u, "UID=jdoex");
    page_is(&u, "saved");
    type(&u, "<Space><Enter>");
    see(&u, "Is everything right?");
    /* Discarding leaves nothing. */
    type(&u, "<C-c>");
    see(&u, "Discard this enrollment");
    type(&u, "<Down><Down><Enter>");
    expect_exit(&u, 0);
    char *sessions = path_join(u.home, ".local/state/cmc-wizard/sessions");
    struct strv names = STRV_INIT;
    assert_true(dir_list(sessions, &names, NULL));
    assert_int_equal(names.n, 0);
    strv_release(&names);
    free(sessions);
    user_release(&u);
}

/* Changed in a time to come: "just now" at any time. */
static void save_one(struct user *u, int number, const char *state, const char *members)
{
    struct err err = ERR_INIT;
    char *id = xasprintf("20261121-00330%d-k7q2", number);
    char *dir = xasprintf("%s/.local/state/cmc-wizard/sessions/%s", u->home, id), *path = path_join(dir, "session.json");
    char *text = xasprintf("{\"version\":1,\"id\":\"%s\",\"scenario\":\"shared-secret\",\"state\":\"%s\","
                           "\"created\":\"2026-11-21T00:33:37Z\",\"updated\":\"2099-11-21T00:33:0%dZ\",%s,\"steps\":{}}",
                           id, state, number, members);
    assert_true(dir_create(dir, 0700, &err) && file_write(path, bytes_of_str(text), 0600, &err));
    free(text);
    free(path);
    free(dir);
    free(id);
}

/* A longer list: each has its name, a part of which finds it, and only those in one state are shown when asked for. */
static void test_saved_list(void **state)
{
    static const struct {
        const char *state, *members;
    } rows[] = {
        {"editing", "\"answers\":{\"identification\":\"jdoe\"},\"facts\":{}"},
        {"done", "\"answers\":{\"identification\":\"mmiller\"},\"facts\":{\"issued.subject\":\"UID=mmiller,O=issued\"}"},
        {"editing", "\"answers\":{\"subject\":\"CN=three\"},\"facts\":{}"},
        {"waiting", "\"answers\":{\"subject\":\"CN=four\"},\"facts\":{}"},
        {"failed", "\"answers\":{\"subject\":\"CN=five\"},\"facts\":{}"},
        {"done", "\"answers\":{\"subject\":\"CN=six\"},\"facts\":{}"},
    };
    (void)state;
    struct user u;
    user_init(&u, true);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        save_one(&u, (int)i + 1, rows[i].state, rows[i].members);
    }
    user_start(&u, (struct start){.rows = 24, .cols = 80});
    see(&u, "What would you like to do?");
    type(&u, "<Down><Space><Enter>");
    see(&u, "Which enrollment do you want to continue?");
    see(&u, "▸ ○ ");
    see(&u, "CN=six"); /* the newest first */
    see(&u, "all (6)");
    assert_true(term_find(u.t, "CN=six", NULL) < term_find(u.t, "UID=mmiller,O=issued", NULL));
    page_is(&u, "saved-many");
    type(&u, "miller");
    see(&u, "Find: miller");
    int row = -1, col, wanted = term_find(u.t, "UID=mmiller,O=issued", NULL);
    for (int i = 0; i < 100 && row != wanted; i++) {
        term_settle(u.t, 40);
        term_cursor(u.t, &row, &col);
    }
    assert_int_equal(row, wanted);
    /* Only what is done. */
    go_to(&u, "Show");
    type(&u, "<F2>");
    see(&u, "done (2)");
    type(&u, "done<Enter>");
    term_expect_gone(u.t, "CN=five", WAIT_MS);
    see(&u, "CN=six");
    see(&u, "UID=mmiller,O=issued");
    assert_int_equal(term_find(u.t, "jdoe", NULL), -1);
    /* All again, and the one that was looked for. */
    type(&u, "<F2>");
    see(&u, "failed (1)");
    type(&u, "all<Enter>");
    see(&u, "CN=five");
    go_to(&u, "CN=six");
    type(&u, "jdoe");
    see(&u, "Find: jdoe");
    type(&u, "<Enter>");
    see(&u, "First certificate");
    type(&u, "<C-s>");
    expect_exit(&u, 6);
    user_release(&u);
}

static void test_signals_save(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGHUP, SIGKILL};
    for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
        struct user u;
        user_init(&u, true);
        user_start(&u, (struct start){.rows = 24, .cols = 80});
        open_scenario(&u);
        see(&u, "What is the certificate for?");
        type(&u, "<Down><Space>");
        term_settle(u.t, 100);
        type(&u, "<Enter>");
        see(&u, "Where do the key");
        term_signal(u.t, signals[i]);
        int status = 0;
        assert_true(term_wait_exit(u.t, WAIT_MS, &status));
        user_start(&u, (struct start){.rows = 24, .cols = 80});
        type(&u, "<Down><Space><Enter>");
        see(&u, "unfinished");
        type(&u, "<Space><Enter>");
        see(&u, "Where do the key"); /* the page where it was left */
        type(&u, "<Esc>");
        see(&u, "What is the certificate for?");
        char *row = NULL;
        see(&u, "● A TLS server");
        int at = term_find(u.t, "A TLS server", NULL);
        assert_true(at >= 0);
        row = term_row(u.t, at);
        assert_non_null(strstr(row, "●"));
        free(row);
        user_release(&u);
    }
}

/* ---- hand-over ---- */

static char *first_file(const char *home, const char *name)
{
    char *sessions = path_join(home, ".local/state/cmc-wizard/sessions");
    struct strv names = STRV_INIT;
    assert_true(dir_list(sessions, &names, NULL) && names.n > 0);
    char *dir = path_join(sessions, names.v[0]), *path = path_join(dir, name);
    strv_release(&names);
    free(dir);
    free(sessions);
    return path;
}

static char *digits_on_screen(struct user *u)
{
    int row = term_find(u->t, "Digits to compare", NULL);
    assert_true(row >= 0);
    char *text = term_row(u->t, row), *at = text + strcspn(text, "0123456789");
    char *digits = xstrndup(at, 24);
    free(text);
    return digits;
}

static void test_hand_over(void **state)
{
    (void)state;
    struct user jane, agent;
    user_init(&jane, false);
    user_init(&agent, true);
    user_start(&jane, (struct start){.rows = 24, .cols = 80});
    walk_to_subject(&jane);
    for (int i = 0; i < 6; i++) {
        int row, col, want = term_find(jane.t, "A CA agent somewhere else", NULL);
        term_settle(jane.t, 60);
        term_cursor(jane.t, &row, &col);
        if (row == want) {
            break;
        }
        type(&jane, row < want ? "<Down>" : "<Up>");
    }
    type(&jane, "<Space><Enter>");
    see(&jane, "What is the certificate for?");
    type(&jane, "<Enter>");
    see(&jane, "Where do the key");
    type(&jane, "<Tab>Secret.123<Tab>Secret.123<Enter>");
    see(&jane, "Whose certificate");
    type(&jane, "Jane<Enter>");
    see(&jane, "What kind of key");
    type(&jane, "<Enter>");
    see(&jane, "Is everything right?");
    type(&jane, "<Enter>");
    see(&jane, "Now it is somebody else's turn.");
    see(&jane, "Digits to compare");
    char *said = digits_on_screen(&jane);
    type(&jane, "<Enter>");
    expect_exit(&jane, 5);

    char *package = first_file(jane.home, "request.cmcpkg");
    user_start(&agent, (struct start){.rows = 24, .cols = 80});
    see(&agent, "What would you like to do?");
    type(&agent, "<Down><Down><Down><Space><Enter>");
    see(&agent, "What does the helpdesk want to do?");
    type(&agent, "<Enter>");
    see(&agent, "Whose request do you want to sign?");
    term_paste(agent.t, package);
    see(&agent, "Digits to compare");
    char *heard = digits_on_screen(&agent);
    assert_string_equal(said, heard);
    type(&agent, "<Enter>");
    see(&agent, "Do you approve this request?");
    expect_calm(&agent);
    type(&agent, "<Enter>"); /* it has no default: Enter alone signs nothing */
    see(&agent, "A decision is needed to go on");
    type(&agent, "<Space><Enter>");
    see(&agent, "What is the certificate for?");
    type(&agent, "<Enter>");
    see(&agent, "Which CA agent signs the request?");
    free(said);
    free(heard);
    free(package);
    user_release(&jane);
    user_release(&agent);
}

/* ---- terminals ---- */

static void test_no_colour_and_ascii(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, false);
    user_start(&u, (struct start){.rows = 24, .cols = 80, .env = {"NO_COLOR=1"}});
    see(&u, "What would you like to do?");
    term_settle(u.t, 60);
    assert_false(term_any_colour(u.t));
    user_start(&u, (struct start){.rows = 24, .cols = 80, .arg = {"--ascii"}});
    see(&u, "What would you like to do?");
    term_settle(u.t, 60);
    char *screen = term_dump(u.t, 0);
    for (const char *c = screen; *c; c++) {
        assert_true((unsigned char)*c < 0x80);
    }
    free(screen);
    user_release(&u);
}

static void test_small_and_resized(void **state)
{
    (void)state;
    struct user u, same;
    user_init(&u, true);
    user_init(&same, true);
    user_start(&u, (struct start){.rows = 10, .cols = 40});
    open_scenario(&u);
    see(&u, "What is the certificate for?");
    expect_calm(&u);
    term_resize(u.t, 40, 120);
    see(&u, "Something else");
    term_resize(u.t, 24, 80);
    user_start(&same, (struct start){.rows = 24, .cols = 80});
    open_scenario(&same);
    see(&same, "What is the certificate for?");
    term_settle(u.t, 150);
    term_settle(same.t, 150);
    assert_true(term_same(u.t, same.t));
    user_release(&u);
    user_release(&same);
}

static void test_plain(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, false);
    user_start(&u, (struct start){.rows = 60, .cols = 80, .arg = {"--plain"}});
    see(&u, "What would you like to do?");
    assert_false(term_on_altscreen(u.t));
    see(&u, "Number [1]:");
    assert_int_equal(term_find(u.t, "arrow keys", NULL), -1); /* of no use here */
    assert_int_equal(term_find(u.t, "1. ", NULL), -1);        /* a number without a label */
    type(&u, ":list<Enter>");
    see(&u, "1. What would you like to do? Get a certificate");
    type(&u, ":why<Enter>");
    see(&u, "Why do you ask this?");
    type(&u, "1<Enter>");
    see(&u, "Who vouches for you");
    type(&u, "<C-c>");
    term_settle(u.t, 200);
    user_release(&u);
}

/* ---- what ends when, and renewal ---- */

/* Presses the key until the focus is on the line that shows the text. */
static void focus_on(struct user *u, const char *text, const char *key)
{
    see(u, text);
    for (int i = 0; i < 12; i++) {
        int row, col;
        term_settle(u->t, 60);
        term_cursor(u->t, &row, &col);
        if (row == term_find(u->t, text, NULL)) {
            return;
        }
        move_once(u, key, row);
    }
    assert_string_equal(text, "has the focus");
}

static void first_certificate(struct user *u)
{
    user_start(u, (struct start){.rows = 24, .cols = 80});
    open_scenario(u);
    walk_pages(u);
    type(u, "<Enter>");
    see(u, "The certificate is there, and it works.");
    type(u, "<F7>");
    see(u, "What shall remind you before the certificate ends?");
    expect_calm(u);
    page_is(u, "reminders");
    type(u, "<Enter>");
    see(u, "Written");
    see(u, ".ics");
    type(u, "<Esc>");
    see(u, "The certificate is there, and it works.");
    type(u, "<C-s>");
    assert_true(term_wait_exit(u->t, WAIT_MS, NULL));
}

/* From the list of saved enrollments to the password of the key that goes with one. */
static void asks_for_password(struct user *u)
{
    type(u, "<C-d>");
    see(u, "Delete it and its unused key");
    type(u, "d");
    see(u, "What is the password of the database?");
    term_settle(u->t, 60);
}

static void take_it_out(struct user *u)
{
    type(u, "<F8>");
    see(u, "Take it out");
    type(u, "t");
    see(u, "It is out of the database again.");
    type(u, "<Enter>");
    assert_true(term_wait_exit(u->t, WAIT_MS, NULL));
}

/* What was stored can be taken out again, and stored once more from the saved enrollment. */
static void test_take_out(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, true);
    user_start(&u, (struct start){.rows = 24, .cols = 80});
    open_scenario(&u);
    walk_pages(&u);
    type(&u, "<Enter>");
    see(&u, "The certificate is there, and it works.");
    type(&u, "<F8>");
    see(&u, "Take the certificate out of the database again?");
    page_is(&u, "take-out");
    type(&u, "<Esc>");
    see(&u, "The certificate is there, and it works.");
    term_settle(u.t, 60);
    take_it_out(&u);
    user_start(&u, (struct start){.rows = 24, .cols = 80});
    focus_on(&u, "Continue a saved enrollment", "<Down>");
    type(&u, "<Space><Enter>");
    see(&u, "Which enrollment do you want to continue?");
    /* Esc never destroys: who leaves the page of the key's password deletes nothing; what comes next needs the files and the key. */
    term_settle(u.t, 60);
    asks_for_password(&u);
    type(&u, "<Esc>");
    see(&u, "Which enrollment do you want to continue?");
    see(&u, "CN=Jane Doe");
    term_settle(u.t, 60);
    type(&u, "<Enter>");
    see(&u, "Is everything right?");
    type(&u, "<C-c>");
    see(&u, "Discard this enrollment");
    type(&u, "d");
    see(&u, "Delete it and its unused key");
    type(&u, "d");
    see(&u, "What is the password of the database?");
    type(&u, "<Esc>");
    see(&u, "Is everything right?");
    term_settle(u.t, 60);
    type(&u, "<Enter>");
    see(&u, "What is the password of the database?");
    type(&u, "Secret.123<Enter>");
    see(&u, "The certificate is there, and it works.");
    take_it_out(&u);
    /* And who gives it deletes all. */
    user_start(&u, (struct start){.rows = 24, .cols = 80});
    focus_on(&u, "Continue a saved enrollment", "<Down>");
    type(&u, "<Space><Enter>");
    see(&u, "Which enrollment do you want to continue?");
    term_settle(u.t, 60);
    asks_for_password(&u);
    type(&u, "Secret.123<Enter>");
    see(&u, "Nothing is saved");
    user_release(&u);
}

static void test_renewal(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, true);
    first_certificate(&u);
    user_start(&u, (struct start){.rows = 24, .cols = 80});
    focus_on(&u, "See which certificates end soon", "<Down>");
    type(&u, "<Space><Enter>");
    see(&u, "Which of your certificates end when?");
    expect_calm(&u);
    page_is(&u, "expiry");
    focus_on(&u, "Jane Doe - user", "<Down>"); /* days are a floor: 180 in the second of its beginning */
    type(&u, "<Enter>");
    see(&u, "Where do the key and the certificate belong?");
    type(&u, "<Tab>Secret.123<Enter>");
    see(&u, "Which certificate do you want to renew?");
    see(&u, "A new key of the same kind (RSA 2048)");
    expect_calm(&u);
    focus_on(&u, "Keep the key", "<Tab>");
    type(&u, "<Space>");
    see(&u, "The key (RSA 2048) stays.");
    type(&u, "<Enter>");
    see(&u, "It is too early to certify the same key again.");
    type(&u, "<Esc>");
    focus_on(&u, "Keep the key", "<Tab>");
    type(&u, "<Space><Enter>");
    see(&u, "Is everything right?");
    see(&u, "it need not be renewed yet");
    expect_calm(&u);
    type(&u, "<Enter>");
    /* A practice certificate and a real database: asked again, as this is another enrollment. */
    see(&u, "was about to go into a real database");
    term_settle(u.t, 60);
    type(&u, "<Esc>");
    see(&u, "Import it all the same?");
    term_settle(u.t, 60);
    type(&u, "<Down><Enter>");
    see(&u, "Is everything right?");
    type(&u, "<Enter>");
    see(&u, "The certificate is there, and it works.");
    expect_calm(&u);
    type(&u, "<Enter>");
    expect_exit(&u, 0);
    user_release(&u);
}

/* Esc alone is answered after 25 ms at most, whatever ncurses would wait for, and a sequence is still one key. */
static void test_esc_is_answered_at_once(void **state)
{
    (void)state;
    struct user u;
    assert_in_range(UI_ESC_DELAY_MS, 1, 25);
    user_init(&u, false);
    user_start(&u, (struct start){.rows = 24, .cols = 80, .env = {"ESCDELAY=600000"}});
    see(&u, "What would you like to do?");
    type(&u, "<F1>");
    see(&u, "Why do you ask this?");
    type(&u, "<Esc>");
    focus_on(&u, "Continue a saved enrollment", "<Down>");
    user_release(&u);
}

/* ---- many ---- */
#define MANY 1000

/* As they lie on the disk, a quarter of them in each state. */
static void save_many(const struct user *u)
{
    static const char *const states[] = {"editing", "waiting", "done", "failed"};
    struct err err = ERR_INIT;
    for (int i = 0; i < MANY; i++) {
        char *folder = xasprintf("%s/.local/state/cmc-wizard/sessions/20261101-%06d-many", u->home, i);
        char *file = path_join(folder, "session.json");
        char *json = xasprintf("{\"version\":1,\"id\":\"20261101-%06d-many\",\"created\":\"2026-11-01T00:00:00Z\",\"updated\":"
                               "\"2026-11-01T00:00:00Z\",\"scenario\":\"agent-signed\",\"state\":\"%s\",\"answers\":{\"scenario\":"
                               "\"agent-signed\",\"subject\":\"uid=user%d,dc=example\"},\"steps\":{},\"facts\":{}}",
                               i, states[i % 4], i);
        assert_true(dir_create(folder, 0700, &err) && file_write_quickly(file, bytes_of_str(json), 0600, &err));
        free(folder);
        free(file);
        free(json);
    }
}

/* A thousand saved enrollments are listed, found by a part of a name, filtered by state and opened. */
static void test_a_thousand(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, false);
    save_many(&u);
    user_start(&u, (struct start){.rows = 24, .cols = 80});
    focus_on(&u, "Continue a saved enrollment", "<Down>");
    type(&u, "<Space><Enter>");
    see(&u, "1 to 12 of 1000");
    see(&u, "all (1000)");
    expect_calm(&u);
    type(&u, "user777,");
    see(&u, "uid=user777,dc=example");
    expect_calm(&u);
    focus_on(&u, "Show", "<Tab>");
    type(&u, "<F2>");
    focus_on(&u, "waiting (250)", "<Down>");
    type(&u, "<Enter>");
    see(&u, "of 250");
    see(&u, "uid=user777,dc=example"); /* it waits, and is still chosen */
    expect_calm(&u);
    type(&u, "<Enter>");
    see(&u, "Has the CA agent's answer arrived?");
    type(&u, "<C-s>");
    expect_exit(&u, 6);
    user_release(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk_80x24),       cmocka_unit_test(test_walk_120x40),       cmocka_unit_test(test_nothing_is_lost),
        cmocka_unit_test(test_signals_save),     cmocka_unit_test(test_hand_over),         cmocka_unit_test(test_no_colour_and_ascii),
        cmocka_unit_test(test_small_and_resized), cmocka_unit_test(test_plain),             cmocka_unit_test(test_take_out),
        cmocka_unit_test(test_renewal),  cmocka_unit_test(test_a_thousand),  cmocka_unit_test(test_saved_list),
        cmocka_unit_test(test_esc_is_answered_at_once),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
