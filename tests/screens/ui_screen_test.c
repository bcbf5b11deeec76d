/* SPDX-License-Identifier: Apache-2.0 */
/* The widgets of ui/ in a pty, by way of the demonstration program. */
#include "config.h"

#include "tests/screens/demo.h"

static void typing_and_next(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {NULL}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    expect_cursor(t, 5, 17);
    term_keys(t, "<Enter>");
    term_expect(t, "this is needed to go on", WAIT_MS);
    term_keys(t, "j doe<Enter>");
    term_expect(t, "A user ID has no blanks in it.", WAIT_MS);
    expect_cursor(t, 5, 22);
    term_keys(t, "<Left><Left><Left><BS><End>x<BS>");
    term_expect(t, "jdoe", WAIT_MS);
    term_keys(t, "<Enter>");
    term_expect(t, "How do you prove", WAIT_MS);
    term_keys(t, "geheim");
    term_expect(t, "••••••", WAIT_MS);
    term_keys(t, "<C-r>");
    term_expect(t, "geheim", WAIT_MS);
    term_keys(t, "<C-r>");
    term_expect_gone(t, "geheim", WAIT_MS);
    term_keys(t, "<Esc>");
    term_expect(t, FIRST, WAIT_MS);
    term_expect(t, "jdoe", WAIT_MS);
    term_keys(t, "<C-s>");
    expect_exit(t, 0);
    term_expect(t, "uid=jdoe", WAIT_MS);
    term_expect(t, "secret=6", WAIT_MS);
    term_close(t);
}

/* A run of letters is one step; what is pasted is another. */
static void undo_in_a_field(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {NULL}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "jane");
    term_expect(t, "jane", WAIT_MS);
    term_paste(t, "doe");
    term_expect(t, "janedoe", WAIT_MS);
    term_keys(t, "<C-z>");
    term_expect_gone(t, "janedoe", WAIT_MS);
    term_expect(t, "jane", WAIT_MS);
    term_keys(t, "<C-z>");
    term_expect_gone(t, "jane", WAIT_MS);
    term_keys(t, "x<Tab>mail<S-Tab><C-s>");
    expect_exit(t, 0);
    term_expect(t, "uid=x", WAIT_MS);
    term_close(t);
}

static void capitals_are_noticed(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {"--set", "uid=jdoe"}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "<Enter>");
    term_expect(t, "How do you prove", WAIT_MS);
    term_keys(t, "GEHEIM");
    term_expect(t, "Is Caps Lock on?", WAIT_MS);
    term_keys(t, "x");
    term_expect_gone(t, "Is Caps Lock on?", WAIT_MS);
    term_close(t);
}

static void wide_and_combining_characters(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {NULL}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "山田太郎");
    term_expect(t, "山田太郎", WAIT_MS);
    expect_cursor(t, 5, 25);
    term_keys(t, "<Left><BS>");
    term_expect(t, "山田郎", WAIT_MS);
    expect_cursor(t, 5, 21);
    term_keys(t, "<C-u><C-k>e\u0301a<Left><BS>");
    term_settle(t, 60);
    expect_cursor(t, 5, 17);
    term_keys(t, "<C-u><C-k>");
    term_keys(t, "abcdefghijklmnopqrstuvwxyz");
    term_expect(t, "‹", WAIT_MS);
    term_expect(t, "uvwxyz", WAIT_MS);
    term_keys(t, "<Home>");
    term_expect(t, "›", WAIT_MS);
    expect_cursor(t, 5, 17);
    term_close(t);
}

static void a_pasted_newline_never_submits(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {NULL}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    term_settle(t, 60);
    term_paste(t, "jdoe\nand more\n");
    term_expect(t, "jdoe and more", WAIT_MS);
    term_settle(t, 60);
    assert_true(term_find(t, FIRST, NULL) >= 0);
    term_keys(t, "<C-z>");
    term_expect_gone(t, "jdoe and", WAIT_MS);
    term_close(t);
}

static void pem_paste_and_preview(void **state)
{
    (void)state;
    struct term *t = start((struct start){30, 100, {"--set", "uid=jdoe", "--set", "keytype=p256"}, {NULL}});
    to_request(t);
    term_keys(t, "<Tab>");
    term_settle(t, 60);
    term_paste(t, "-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n");
    term_expect(t, "Not complete yet.", WAIT_MS);
    term_keys(t, "AAAA<Enter>-----END CERTIFICATE REQUEST-----");
    term_expect(t, "A request of 3 lines.", WAIT_MS);
    term_close(t);
}

/* The sign of the focus stands in the row with this text, where the cursor is. */
static void expect_mark(struct term *t, const char *text)
{
    int row = -1, col;
    for (int i = 0; i < 200 && (row < 0 || term_find(t, "▸", NULL) != row); i++) {
        term_settle(t, 60);
        row = term_find(t, text, NULL);
    }
    assert_true(row >= 0);
    assert_int_equal(term_find(t, "▸", NULL), row);
    term_cursor(t, &row, &col);
    assert_int_equal(term_find(t, text, NULL), row);
}

static void lists_and_type_ahead(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {"--set", "uid=jdoe", "--set", "keytype=p256"}, {NULL}});
    to_request(t);
    term_expect(t, "1 to 4 of 40", WAIT_MS);
    term_keys(t, "<PgDn><Down>");
    term_expect(t, "3 to 6 of 40", WAIT_MS);
    expect_mark(t, "Agent certificate 6");
    term_keys(t, "te 12");
    term_expect(t, "Agent certificate 12", WAIT_MS);
    term_keys(t, "<F2>");
    term_expect(t, "Type to find:", WAIT_MS);
    term_keys(t, "郎");
    term_expect_gone(t, "Agent certificate", WAIT_MS);
    term_keys(t, "<Down><Enter>");
    term_expect(t, "● 山田太郎の証明書 14", WAIT_MS);
    term_keys(t, "<C-s>");
    expect_exit(t, 0);
    term_expect(t, "nick=cert-14", WAIT_MS);
    term_close(t);
}

static void choices_checks_and_buttons(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {"--set", "uid=jdoe"}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "<Enter>");
    term_expect(t, "How do you prove", WAIT_MS);
    term_keys(t, "geheim<Enter>");
    term_expect(t, "What key", WAIT_MS);
    term_keys(t, "<Down><Down><Space>");
    term_expect(t, "This token cannot make such keys.", WAIT_MS);
    expect_mark(t, "ML-DSA 65");
    term_keys(t, "<Up><Tab>");
    term_expect(t, "● EC P-256", WAIT_MS);
    expect_mark(t, "Profile");
    /* Enter means the row under the cursor, also after coming back to it, and not the one that was chosen before. */
    term_keys(t, "<S-Tab><Down><Tab>");
    expect_mark(t, "Profile");
    term_keys(t, "<S-Tab>");
    expect_mark(t, "ML-DSA 65");
    term_keys(t, "<Enter>");
    term_expect(t, "This token cannot make such keys.", WAIT_MS);
    term_keys(t, "<Up><Tab><Tab><Space>");
    term_expect(t, "[x] The key is on a smart card", WAIT_MS);
    term_expect(t, "Reader", WAIT_MS);
    term_keys(t, "<Space>");
    term_expect_gone(t, "Reader", WAIT_MS);
    term_keys(t, "<Tab><Tab><Enter>");
    term_expect(t, "A file was not found.", WAIT_MS);
    term_expect(t, "Error id: file-missing", WAIT_MS);
    term_keys(t, "<F4>");
    term_expect(t, "ENOENT", WAIT_MS);
    term_keys(t, "<Esc>");
    term_expect(t, "What key", WAIT_MS);
    term_close(t);
}

static void review_jumps_and_comes_back(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {"--set", "uid=jdoe", "--set", "keytype=p256"}, {NULL}});
    to_request(t);
    term_keys(t, "<Enter>");
    term_expect(t, "Is this what you want?", WAIT_MS);
    term_keys(t, "<Down><Down><Space>");
    term_expect(t, "What key", WAIT_MS);
    term_keys(t, "<Up><Enter>");
    term_expect(t, "Is this what you want?", WAIT_MS);
    term_expect(t, "rsa3072", WAIT_MS);
    term_keys(t, "<F6>");
    term_expect(t, "For your CA administrator", WAIT_MS);
    term_keys(t, "<Esc>");
    term_expect(t, "Is this what you want?", WAIT_MS);
    term_keys(t, "<Enter>");
    term_expect(t, "Your certificate is being requested.", WAIT_MS);
    term_expect(t, "You have a certificate.", WAIT_MS);
    term_close(t);
}

static void work_can_be_cancelled(void **state)
{
    (void)state;
    struct term *t =
        start((struct start){24, 80, {"--set", "uid=jdoe", "--set", "keytype=p256", "--set", "days=99"}, {NULL}});
    to_request(t);
    term_keys(t, "<Enter>");
    term_expect(t, "Is this what you want?", WAIT_MS);
    term_keys(t, "<Enter>");
    term_expect(t, "Waiting for ca.example.com", WAIT_MS);
    term_expect(t, "1 s", WAIT_MS);
    term_keys(t, "<Esc>");
    term_expect(t, "Is this what you want?", WAIT_MS);
    term_close(t);
}

/* Resized screens must equal fresh ones, cell by cell. */
static void resize_equals_a_fresh_start(void **state)
{
    (void)state;
    static const int sizes[][2] = {{40, 120}, {10, 40}, {24, 80}, {60, 200}, {16, 60}, {24, 91}, {24, 92}};
    struct term *t = start((struct start){24, 80, {"--set", "uid=jdoe"}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        term_resize(t, sizes[i][0], sizes[i][1]);
        struct term *fresh = start((struct start){sizes[i][0], sizes[i][1], {"--set", "uid=jdoe"}, {NULL}});
        term_expect(fresh, FIRST, WAIT_MS);
        term_settle(fresh, 150);
        term_settle(t, 150);
        assert_true(term_same(t, fresh));
        term_close(fresh);
    }
    term_close(t);
}

static void too_small_waits_and_loses_nothing(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {NULL}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "jdoe");
    term_expect(t, "jdoe", WAIT_MS);
    term_resize(t, 8, 38);
    term_expect(t, "38×8", WAIT_MS);
    term_expect(t, "Nothing is lost.", WAIT_MS);
    term_keys(t, "zzz<Enter>");
    term_settle(t, 60);
    term_resize(t, 24, 80);
    term_expect(t, FIRST, WAIT_MS);
    term_expect(t, "jdoe", WAIT_MS);
    assert_int_equal(term_find(t, "zzz", NULL), -1);
    term_close(t);
}

static void colour_is_optional(void **state)
{
    (void)state;
    static const struct start starts[] = {
        {24, 80, {NULL}, {"NO_COLOR=1"}},
        {24, 80, {NULL}, {"TERM=vt100"}},
    };
    struct term *coloured = start((struct start){24, 80, {NULL}, {NULL}});
    term_expect(coloured, FIRST, WAIT_MS);
    term_settle(coloured, 60);
    assert_true(term_any_colour(coloured));
    char *want = term_dump(coloured, TERM_DUMP_CURSOR);
    for (size_t i = 0; i < 2; i++) {
        struct term *t = start(starts[i]);
        term_expect(t, FIRST, WAIT_MS);
        term_settle(t, 60);
        assert_false(term_any_colour(t));
        char *got = term_dump(t, TERM_DUMP_CURSOR);
        assert_string_equal(got, want); /* every colour has a twin in text */
        free(got);
        term_close(t);
    }
    free(want);
    term_close(coloured);
}

/* What stands before the name of the role in a dump with attributes: "{b ", or "". */
static char *style_of(const char *dump, enum ui_role role)
{
    char name[16];
    snprintf(name, sizeof name, "role%02d", role);
    const char *at = strstr(dump, name), *line = at;
    assert_non_null(at);
    while (line > dump && line[-1] != '\n') {
        line--;
    }
    line += strspn(line, " ");
    return strndup(line, (size_t)(at - line));
}

/* Roles that mean different things look different, with the colours that there are and without any. (libvterm does not tell dim text;
 * a title and a key, the focus and success have places or signs of their own.) */
static void roles_are_told_apart(void **state)
{
    (void)state;
    static const struct start starts[] = {
        {24, 80, {"--roles"}, {NULL}},
        {24, 80, {"--roles"}, {"TERM=xterm", "COLORFGBG=15;0"}},
        {24, 80, {"--roles"}, {"TERM=xterm", "COLORFGBG=0;15"}},
        {24, 80, {"--roles"}, {"NO_COLOR=1"}},
        {24, 80, {"--roles"}, {"TERM=vt100"}},
    };
    static const enum ui_role different[] = {ROLE_TEXT, ROLE_TITLE, ROLE_FIELD, ROLE_SELECTED, ROLE_WARN, ROLE_BAD};
    static const enum ui_role plain_not[] = {ROLE_KEY, ROLE_ACCENT, ROLE_OK, ROLE_PRACTICE};
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        struct term *t = start(starts[i]);
        term_expect(t, "role11", WAIT_MS);
        term_settle(t, 60);
        assert_int_equal(term_any_colour(t), i < 3);
        char *dump = term_dump(t, TERM_DUMP_ATTRS), *style[ROLE_COUNT];
        for (int role = 0; role < ROLE_COUNT; role++) {
            style[role] = style_of(dump, (enum ui_role)role);
        }
        for (size_t a = 0; a < ARRAY_LEN(different); a++) {
            for (size_t b = a + 1; b < ARRAY_LEN(different); b++) {
                assert_string_not_equal(style[different[a]], style[different[b]]);
            }
        }
        for (size_t a = 0; a < ARRAY_LEN(plain_not); a++) {
            assert_string_not_equal(style[plain_not[a]], style[ROLE_TEXT]);
            assert_string_not_equal(style[plain_not[a]], style[ROLE_BAD]);
        }
        for (int role = 0; i == 2 && role < ROLE_COUNT; role++) { /* on a light background neither yellow nor cyan nor white */
            assert_null(strstr(style[role], "f3"));
            assert_null(strstr(style[role], "f6"));
            assert_null(strstr(style[role], "f7"));
        }
        for (int role = 0; role < ROLE_COUNT; role++) {
            free(style[role]);
        }
        free(dump);
        term_close(t);
    }
}

static void ascii_is_ascii(void **state)
{
    (void)state;
    static const struct start starts[] = {
        {24, 100, {"--ascii", "--set", "uid=jdoe"}, {NULL}},
        {24, 100, {"--ascii", "--set", "uid=jdoe"}, {"NO_COLOR=1"}},
    };
    for (size_t i = 0; i < 2; i++) {
        struct term *t = start(starts[i]);
        term_expect(t, FIRST, WAIT_MS);
        term_settle(t, 60);
        char *text = term_dump(t, 0);
        for (const char *p = text; *p; p++) {
            assert_true((unsigned char)*p < 0x80);
        }
        free(text);
        term_close(t);
    }
}

/* What catalogues and people write between words and around them; each language has its own. */
static void ascii_has_a_form_of_each_quotation_mark(void **state)
{
    (void)state;
    struct term *t =
        start((struct start){24, 100, {"--ascii", "--set", "uid=«\u202fa\u00a0» „b“ “c” ‚d‘ ‘e’ …–—"}, {NULL}});
    term_expect(t, "uid=\" a \" \"b\" \"c\" 'd' 'e' ...--", WAIT_MS);
    term_close(t);
}

static void signals_restore_the_terminal(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct term *t = start((struct start){24, 80, {NULL}, {NULL}});
        term_expect(t, FIRST, WAIT_MS);
        term_keys(t, "jdoe");
        term_expect(t, "jdoe", WAIT_MS);
        term_signal(t, signals[i]);
        expect_exit(t, 6);
        term_close(t);
    }
    struct term *t = start((struct start){24, 80, {NULL}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "<C-c>");
    term_expect(t, "Leave now?", WAIT_MS);
    term_keys(t, "<Esc>");
    term_expect(t, FIRST, WAIT_MS);
    term_keys(t, "<C-c>");
    term_expect(t, "Leave now?", WAIT_MS);
    term_keys(t, "d");
    expect_exit(t, 0);
    term_close(t);
}

/* What came from outside never reaches the terminal as a command. */
static void hostile_values_are_tame(void **state)
{
    (void)state;
    struct term *t = start((struct start){
        24, 80, {"--set", "uid=a\033]0;x\007\033[31mb", "--set", "mail=\u202emoc\u2066\302\2335m"}, {"NO_COLOR=1"}});
    term_expect(t, "a]0;x[31mb", WAIT_MS);
    term_settle(t, 60);
    assert_false(term_any_colour(t));
    size_t len;
    const char *out = term_output(t, &len);
    char *text = strndup(out, len);
    assert_null(strstr(text, "\033]0"));
    assert_null(strstr(text, "\033[31mb"));
    assert_null(strstr(text, "\u202e"));
    assert_null(strstr(text, "\u2066"));
    free(text);
    term_close(t);
}

static void few_octets(void **state)
{
    (void)state;
    struct term *t = start((struct start){24, 80, {NULL}, {NULL}});
    term_expect(t, FIRST, WAIT_MS);
    expect_cursor(t, 5, 17);
    assert_in_range(term_bytes(t, 150), 1, 1536);
    term_keys(t, "j");
    expect_cursor(t, 5, 18);
    assert_in_range(term_bytes(t, 0), 1, 16);
    term_expect(t, "uid=j,", WAIT_MS); /* the note follows what was typed */
    expect_cursor(t, 5, 18);
    (void)term_bytes(t, 60);
    term_keys(t, "<Tab>");
    expect_cursor(t, 8, 17);
    assert_in_range(term_bytes(t, 0), 1, 43);
    term_keys(t, "<Tab>");
    expect_cursor(t, 5, 18);
    assert_in_range(term_bytes(t, 0), 1, 43);
    term_keys(t, "<Enter>");
    expect_cursor(t, 8, 19);
    assert_in_range(term_bytes(t, 60), 1, 800);
    size_t len;
    const char *out = term_output(t, &len);
    char *text = strndup(out, len);
    const char *clear = strstr(text, "\033[2J");
    assert_non_null(clear);
    assert_null(strstr(clear + 1, "\033[2J")); /* once, at the start */
    free(text);
    term_close(t);
}

/* Answers are read as people read them: labels of choices, yes and no, nothing of a secret. */
static void plain_speaks_words(void **state)
{
    (void)state;
    struct term *t = start((struct start){70, 80, {"--plain"}, {NULL}});
    term_expect(t, "1. User ID:", WAIT_MS);
    term_keys(t, ":why<Enter>");
    term_expect(t, "Why do you ask this?", WAIT_MS);
    term_expect(t, "finds you in its directory", WAIT_MS);
    term_keys(t, ":list<Enter>");
    term_expect(t, "1. User ID: (empty)", WAIT_MS);
    term_keys(t, "jdoe<Enter><Enter>");
    term_expect(t, "(typing is not shown)", WAIT_MS);
    term_keys(t, "geheim<Enter>");
    term_expect(t, "Remind me", WAIT_MS);
    term_keys(t, ":list<Enter>");
    term_expect(t, "1. Shared secret: (hidden)", WAIT_MS);
    term_keys(t, "7<Enter>");
    term_expect(t, "Key type", WAIT_MS);
    term_keys(t, "2<Enter>");
    term_expect(t, "caCMCkraStorageCert", WAIT_MS);
    term_keys(t, ":list<Enter>");
    term_expect(t, "1. Key type: EC P-256", WAIT_MS);
    term_expect(t, "3. The key is on a smart card: no", WAIT_MS);
    term_keys(t, ":quit<Enter>");
    term_close(t);
}

static void plain_when_it_must_be(void **state)
{
    (void)state;
    static const struct start starts[] = {
        {24, 80, {"--plain"}, {NULL}},
        {24, 80, {NULL}, {"TERM=dumb"}},
        {9, 80, {NULL}, {NULL}},
        {24, 80, {NULL}, {"ACCESSIBLE=1"}},
    };
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct term *t = start(starts[i]);
        if (i == 2) {
            term_expect(t, "80 columns and 9 lines", WAIT_MS);
        }
        term_expect(t, "1. User ID:", WAIT_MS);
        term_keys(t, "j doe<Enter>");
        term_expect(t, "no blanks", WAIT_MS);
        term_keys(t, "jdoe<Enter>");
        term_expect(t, "2. E-mail:", WAIT_MS);
        term_keys(t, "<Enter>");
        term_expect(t, "(typing is not shown)", WAIT_MS);
        term_keys(t, "geheim<Enter>");
        term_expect(t, "Remind me", WAIT_MS);
        assert_int_equal(term_find(t, "geheim", NULL), -1);
        size_t len;
        const char *out = term_output(t, &len);
        assert_null(memchr(out, '\033', len)); /* not one control sequence */
        term_keys(t, ":quit<Enter>");
        int status = 0;
        assert_true(term_wait_exit(t, WAIT_MS, &status));
        assert_int_equal(WEXITSTATUS(status), 0);
        assert_true(term_is_cooked(t));
        term_close(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typing_and_next),
        cmocka_unit_test(capitals_are_noticed),
        cmocka_unit_test(undo_in_a_field),
        cmocka_unit_test(wide_and_combining_characters),
        cmocka_unit_test(a_pasted_newline_never_submits),
        cmocka_unit_test(pem_paste_and_preview),
        cmocka_unit_test(lists_and_type_ahead),
        cmocka_unit_test(choices_checks_and_buttons),
        cmocka_unit_test(review_jumps_and_comes_back),
        cmocka_unit_test(work_can_be_cancelled),
        cmocka_unit_test(resize_equals_a_fresh_start),
        cmocka_unit_test(too_small_waits_and_loses_nothing),
        cmocka_unit_test(colour_is_optional),
        cmocka_unit_test(roles_are_told_apart),
        cmocka_unit_test(ascii_is_ascii),
        cmocka_unit_test(ascii_has_a_form_of_each_quotation_mark),
        cmocka_unit_test(signals_restore_the_terminal),
        cmocka_unit_test(help_and_copy_view),
        cmocka_unit_test(clipboard_when_asked),
        cmocka_unit_test(no_secret_on_clipboard),
        cmocka_unit_test(copy_view_of_a_page),
        cmocka_unit_test(viewers_have_help),
        cmocka_unit_test(hostile_values_are_tame),
        cmocka_unit_test(few_octets),
        cmocka_unit_test(plain_when_it_must_be),
        cmocka_unit_test(plain_speaks_words),
    };
    return cmocka_run_group_tests_name("screens/ui", tests, NULL, NULL);
}
