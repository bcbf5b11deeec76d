/* SPDX-License-Identifier: Apache-2.0 */
/* The copy view, the clipboard and the help of the demonstration program: a part of ui_screen_test. */
#include "config.h"

#include "tests/screens/demo.h"

/* These octets, in one piece. */
static void expect_written(struct term *t, const char *text)
{
    size_t len;
    const char *out = term_output(t, &len);
    if (!memmem(out, len, text, strlen(text))) {
        fail_msg("not written in one piece: %s", text);
    }
}

void help_and_copy_view(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {"--set", "uid=jdoe"}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "<F1>");
    term_expect(t, "Why do you ask this?", WAIT_MS);
    term_keys(t, "<PgDn>");
    term_expect(t, "Ctrl-S", WAIT_MS);
    term_expect(t, "Ctrl-Z", WAIT_MS);
    /* Only keys that do something here; no help on help but the glossary. */
    assert_int_equal(term_find(t, "Ctrl-R", NULL), -1);
    assert_int_equal(term_find(t, "Go to the page", NULL), -1);
    term_keys(t, "<F1><F2>");
    term_expect(t, "Glossary", WAIT_MS);
    assert_int_equal(term_find(t, "F1 help", NULL), -1);
    term_keys(t, "<Esc>");
    term_expect(t, "F2 glossary", WAIT_MS);
    term_keys(t, "<Esc>");
    term_expect(t, "E-mail", WAIT_MS);
    term_keys(t, "<F5>");
    term_expect(t, "Press Enter to go back.", WAIT_MS);
    assert_false(term_on_altscreen(t));
    expect_written(t, "User ID\r\n\r\njdoe\r\n");
    term_keys(t, "<Enter>");
    term_expect(t, FIRST, WAIT_MS);
    term_expect(t, "Enter ▸ Next", WAIT_MS);
    assert_true(term_on_altscreen(t));
    char *clipboard = term_clipboard(t);
    assert_null(clipboard); /* nobody asked for it */
    term_close(t);
}

static void expect_clipboard(const char *mail, const char *wanted)
{
    char *set = NULL;
    assert_true(asprintf(&set, "mail=%s", mail) > 0);
    struct term *t = start((struct start){24, 80, {"--osc52", "--set", "uid=jdoe", "--set", set}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "<Tab>");
    term_expect(t, "▸ E-mail", WAIT_MS);
    char *before = term_clipboard(t);
    assert_null(before);
    term_keys(t, "<F5>");
    term_expect(t, "Press Enter to go back.", WAIT_MS);
    char *got = term_clipboard(t);
    assert_non_null(got);
    assert_string_equal(got, wanted);
    term_keys(t, "<Enter>");
    term_expect(t, "Enter ▸ Next", WAIT_MS);
    term_close(t);
    free(got);
    free(set);
}

/* --osc52: the value as it is, whatever its length, and nothing that a terminal would obey. */
void clipboard_when_asked(void **state)
{
    (void)state;
    expect_clipboard("jane@a.example", "jane@a.example");
    expect_clipboard("jane@ab.example", "jane@ab.example");
    expect_clipboard("jané@例え.example", "jané@例え.example");
    expect_clipboard("CN=Doe\\, Jane", "CN=Doe\\, Jane");
    expect_clipboard("a\033]0;x\007b", "a\\e]0;x\\x07b");
}

/* A secret is copied nowhere. */
void no_secret_on_clipboard(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {"--osc52", "--set", "uid=jdoe"}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "<Enter>");
    term_expect(t, "▸ Shared secret", WAIT_MS);
    term_keys(t, "hunter2<F5>3");
    term_expect(t, "••••••••", WAIT_MS);
    assert_true(term_on_altscreen(t));
    char *clipboard = term_clipboard(t);
    assert_null(clipboard);
    term_close(t);
}

/* Where nothing with a value has the focus, the copy view shows the page, and a value in one piece however wide the screen is. */
void copy_view_of_a_page(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {"--set", "uid=jdoe", "--set", "keytype=p256"}, {NULL}});
    to_request(t);
    term_keys(t, "<Enter>");
    term_expect(t, "Is this what you want?", WAIT_MS);
    term_keys(t, "<Enter>");
    term_expect(t, "You have a certificate.", WAIT_MS);
    term_keys(t, "<F1>");
    term_expect(t, "Keys on this page", WAIT_MS);
    term_expect(t, "F2 glossary", WAIT_MS);
    assert_int_equal(term_find(t, "Tab ", NULL), -1);
    assert_int_equal(term_find(t, "Ctrl-Z", NULL), -1);
    assert_int_equal(term_find(t, "F2 ", NULL), term_find(t, "F2 glossary", NULL));
    term_keys(t, "<Esc>");
    term_expect(t, "2027-11-21", WAIT_MS);
    term_keys(t, "<F5>");
    term_expect(t, "Press Enter to go back.", WAIT_MS);
    expect_written(t, "\r\nValid until   2027-11-21\r\nSent to       https://ca.example.com:8443/ca/ee/ca/"
                      "profileSubmitUserSignedCMCFull?profileId=caFullCMCUserSignedCert\r\n");
    expect_written(t, "\r\nThis is a practice certificate. No server will trust it.\r\n");
    term_keys(t, "<Enter>");
    term_expect(t, "You have a certificate.", WAIT_MS);
    term_close(t);
}

/* The same keys and the glossary from every text that is shown. */
void viewers_have_help(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {"--set", "uid=jdoe", "--set", "keytype=p256"}, {NULL}});
    to_request(t);
    term_keys(t, "<Enter>");
    term_expect(t, "Is this what you want?", WAIT_MS);
    term_keys(t, "<F6>");
    term_expect(t, "Request 17 of", WAIT_MS);
    term_expect(t, "F1 help", WAIT_MS);
    term_keys(t, "<F1>");
    term_expect(t, "Keys on this page", WAIT_MS);
    term_expect(t, "Close this text.", WAIT_MS);
    assert_int_equal(term_find(t, "technical details", NULL), -1); /* there are none */
    term_keys(t, "<F2>");
    term_expect(t, "Glossary", WAIT_MS);
    term_keys(t, "<Esc>");
    term_expect(t, "Close this text.", WAIT_MS);
    term_keys(t, "<Esc>");
    term_expect(t, "Request 17 of", WAIT_MS);
    term_close(t);
}
