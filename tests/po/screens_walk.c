/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks the real wizard through pages, and looks at each in every language, at 80x24 and 120x40, and in English at 40x10
 * (the walks agent and desk in the others as well): screens_walk WALK.
 * On each page the language is switched with the key that people have, so one walk serves all languages; what can be
 * opened over the page (help, views, questions) is opened in each language as well.
 *
 * Environment: WIZARD, HOME, CMC_WIZARD_LOCALEDIR with the pseudo languages xl and xw of pseudo.py, CA (the practice
 * CA's folder), TYPED (the folder of files that are typed, unless it is CA), PORT. CMC_WIZARD_DUMPS=DIR keeps every
 * screen there. Exit 1 when something was found. The walks are in
 * walks.h. When it only goes through: WALK_SIZE (80x24 unless given), WALK_DUMPS=DIR keeps each page as DIR/NN-PAGE.txt.
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "tests/harness/term.h"
#include "tests/po/walks.h"

#define WAIT_MS 30000
#define QUIET_MS 25
#define STILL_MS 80 /* a page that looks something up has been drawn again */

/* In the order in which the wizard offers them. */
static const char *const LANGUAGES[] = {"en", "de", "fr", "ja", "xl", "xw", "zh_CN"};
#define LAST_NAME "简体中文"

static const struct {
    int rows, cols;
} SIZES[] = {{24, 80}, {40, 120}};
#define RAIL_FROM_COLUMNS 100
#define RAIL_COLUMNS 21 /* with the margin: where the page begins */
#define SMALL_ROWS 10 /* the smallest full screen */
#define SMALL_COLS 40

struct walk {
    const char *name;
    struct term *t;
    size_t language, size;
    const struct stop *stop;
    const char *over; /* keys of what is open over the page, or "" */
    size_t view;      /* 0 = the page, then what can be opened over it */
    int english_cuts[2][8]; /* at each size, on the English screen of each view */
    int findings, screens;
    bool go; /* nothing is looked at */
};

/* ---- what is wrong with a screen ---- */

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what)) {
        n++;
    }
    return n;
}

/* Labels that end in dots, which many languages write as an ellipsis. To add one: a row. */
static const char *const DOTTED[] = {"Smart card or HSM..."};

/* How often a text is shortened: the ellipses that no translation wrote. */
static int cuts(const struct walk *w, const char *screen)
{
    int n = count(screen, "…");
    if (!i18n_switch(LANGUAGES[w->language])) {
        return n;
    }
    for (size_t i = 0; i < ARRAY_LEN(DOTTED); i++) {
        n -= count(screen, _(DOTTED[i])) * count(_(DOTTED[i]), "…");
    }
    (void)i18n_switch("en");
    return n;
}

static bool is_language(const struct walk *w, const char *code)
{
    return strcmp(LANGUAGES[w->language], code) == 0;
}

static void report(struct walk *w, const char *what, const char *screen)
{
    printf("%s, %s, %dx%d, %s %s: %s\n", w->name, w->stop->see, SIZES[w->size].cols, SIZES[w->size].rows,
           LANGUAGES[w->language], w->over, what);
    if (w->findings++ < 12) {
        puts(screen);
    }
}

/* The sign of more above or below: in the first column of the page (dialogs) or in the last one of all that is drawn (forms). */
static bool scrolls(const struct walk *w, const char *screen, const char *sign)
{
    int cols = SIZES[w->size].cols, first = cols >= RAIL_FROM_COLUMNS ? RAIL_COLUMNS : 1;
    for (const char *row = screen; *row; row += strcspn(row, "\n") + (row[strcspn(row, "\n")] == '\n')) {
        size_t len = strcspn(row, "\n");
        while (len && row[len - 1] == ' ') {
            len--;
        }
        for (const char *at = row; (at = strstr(at, sign)) != NULL && at < row + len; at += strlen(sign)) {
            int col = text_width_n(row, (size_t)(at - row));
            if (col == 1 || col == first || (at + strlen(sign) == row + len && col >= cols - 4)) {
                return true;
            }
        }
    }
    return false;
}

/* Texts end where they begin: a bracket that is missing was cut off or drawn over. Where the page goes on above or below, a text, and
 * one that is put into it, may have its beginning or its end there. */
static void check_brackets(struct walk *w, const char *screen, const char *open, const char *close)
{
    int more = count(screen, open) - count(screen, close);
    if (more > (scrolls(w, screen, "↓") ? 2 : 0) || more < (scrolls(w, screen, "↑") ? -2 : 0)) {
        report(w, "a text is cut off or drawn over", screen);
    }
    char *glued = xasprintf("%s%s", close, open);
    if (strstr(screen, glued)) {
        report(w, "two texts touch", screen);
    }
    free(glued);
}

/* An ellipsis right after a letter that is not ASCII: a text was cut, not a value. */
static void check_cut(struct walk *w, const char *screen)
{
    for (const char *at = screen; (at = strstr(at, "…")) != NULL; at += 3) {
        if (at > screen && (unsigned char)at[-1] >= 0x80) {
            report(w, "a text is shortened", screen);
            return;
        }
    }
}

/* Words that are values, names or fixed words. To add one: a word. */
static const char *const VALUES[] = {
    "cmc-wizard", "Jane",        "Doe",      "jdoe",  "localhost",
    "RSA",        "CMC",         "Practice", "NSS",   "internal",
    "user",       "Example",     "Agent",    "agent", "practice-agent-agent",
    "Signing",    "Certificate", "Test",     "users", "people",
    "sha",        "SHA",         "UID",      "DNS",   "PKIData",
    "SignedData", "Issuing",     "pki-tomcat", "--version",
    "Root",       "ca-invalid-credential",  "resend-ask",
};

static bool is_value(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(VALUES); i++) {
        if (strcmp(VALUES[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* A view of the message names its parts as the RFC does. */
static bool shows_message(const struct walk *w)
{
    return strcmp(w->over, "<F6>") == 0;
}

/* English words of four letters and more, outside values: the pseudo language has no ASCII letters. */
static void check_untranslated(struct walk *w, const char *screen)
{
    struct strv words = STRV_INIT;
    char *copy = xstrdup(screen), *save = NULL;
    bool in_id = false; /* a line may end within the name of an enrollment, before its four letters; the rail may come between */
    for (char *word = strtok_r(copy, " \n│", &save); word; word = strtok_r(NULL, " \n│", &save)) {
        size_t len = strlen(word);
        bool rest_of_id = in_id && strlen(word) == strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789");
        in_id = (in_id && !rest_of_id) || (len > 1 && word[len - 1] == '-' && isdigit((unsigned char)word[len - 2]));
        while (len && strchr(",.:;?!()", word[len - 1])) {
            word[--len] = '\0';
        }
        size_t letters = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'-");
        bool camel = letters == len && strcspn(word + (len > 0), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") + 1 < len;
        if (len >= 4 && letters == len && !camel && !rest_of_id && !is_value(word)) {
            strv_push(&words, word);
        }
    }
    if (words.n > 0) {
        char *list = strv_join(&words, " ");
        char *what = xasprintf("not translated: %s", list);
        report(w, what, screen);
        free(what);
        free(list);
    }
    strv_release(&words);
    free(copy);
}

/* The sign of the focus is on the cursor's row or up to two above it (a label above its value). */
static void check_cursor(struct walk *w, const char *screen)
{
    int row, col, sign = -1;
    term_cursor(w->t, &row, &col);
    if (row < 1 || row >= SIZES[w->size].rows - 1) {
        report(w, "the cursor is not on the page", screen);
    }
    if (*w->over) {
        return;
    }
    for (int r = 2; r < SIZES[w->size].rows - 1; r++) {
        char *text = term_row(w->t, r);
        const char *at = strstr(text, "▸");
        /* On a wide terminal the rail has the same sign, in its first columns. */
        bool rail = at && SIZES[w->size].cols >= RAIL_FROM_COLUMNS && at - text < 8;
        at = rail ? strstr(at + 3, "▸") : at;
        sign = at && (sign < 0 || r <= row) ? r : sign;
        free(text);
    }
    if (sign >= 0 && (row < sign || row > sign + 12)) {
        report(w, "the cursor is not at the focus", screen);
    }
}

static void check_screen(struct walk *w)
{
    term_settle(w->t, QUIET_MS);
    char *screen = term_dump(w->t, 0);
    const char *keep = getenv("CMC_WIZARD_DUMPS");
    w->screens++;
    if (keep && *keep) {
        char *path = xasprintf("%s/%s-%03d-%dx%d-%s%s.txt", keep, w->name, w->screens, SIZES[w->size].cols,
                               SIZES[w->size].rows, LANGUAGES[w->language], *w->over ? "-over" : "");
        if (!file_write(path, bytes_of_str(screen), 0600, NULL)) {
            report(w, "the dump cannot be written", path);
        }
        free(path);
    }
    if (strstr(screen, "(null)")) {
        report(w, "an absent text", screen);
    }
    if (is_language(w, "en")) {
        w->english_cuts[w->size][w->view] = cuts(w, screen);
    }
    check_cursor(w, screen);
    if (is_language(w, "xl")) {
        check_brackets(w, screen, "⟦", "⟧");
        check_cut(w, screen);
        if (!shows_message(w) && !w->stop->words) {
            check_untranslated(w, screen);
        }
    } else if (is_language(w, "xw")) {
        check_brackets(w, screen, "「", "」");
        check_cut(w, screen);
    } else if (cuts(w, screen) > w->english_cuts[w->size][w->view]) {
        report(w, "more is shortened than in English", screen);
    }
    free(screen);
}

/* ---- going on ---- */

static void expect(struct walk *w, const char *text)
{
    term_expect(w->t, text, WAIT_MS);
}

/* The beginning of a text: so many columns. */
static char *beginning(const char *text, int columns)
{
    size_t len = 0;
    while (text[len] && (int)text_width_n(text, len) < columns) {
        len += text_grapheme(text + len, strlen(text + len));
    }
    return xstrndup(text, len);
}

/* The beginning of a message in the language of the walk, up to what is put into it: as much as stands on one row for certain. */
static char *said(const char *message)
{
    char *text = beginning(_(message), 24);
    text[strcspn(text, "%")] = '\0';
    return text;
}

/* Waits for the beginning of a message in the language that is on. */
static void expect_translated(struct walk *w, const char *message)
{
    if (!i18n_switch(LANGUAGES[w->language])) {
        return;
    }
    char *text = said(message);
    (void)i18n_switch("en");
    expect(w, text);
    free(text);
}

/* Moves the focus of a list to the row with this text. */
static void go_to_row(struct walk *w, const char *text)
{
    for (int i = 0; i < 12; i++) {
        char *label = said(text);
        int row, col, want = term_find(w->t, label, NULL);
        free(label);
        term_settle(w->t, QUIET_MS);
        term_cursor(w->t, &row, &col);
        if (row == want) {
            return;
        }
        int was = row;
        term_keys(w->t, row < want ? "<Down>" : "<Up>");
        for (int wait = 0; wait < 40 && row == was; wait++) { /* a list that is read again takes its time */
            term_settle(w->t, QUIET_MS);
            term_cursor(w->t, &row, &col);
        }
    }
}

static void paste_line(struct walk *w, const char *path)
{
    struct buf text = BUF_INIT(4096);
    if (file_read(path, &text, NULL)) {
        char *line = xstrndup(buf_str(&text), strcspn(buf_str(&text), "\n"));
        term_paste(w->t, line);
        free(line);
    }
    buf_release(&text);
}

static void special(struct walk *w, const char *word)
{
    const char *value = strchr(word, ':');
    value = value ? value + 1 : "";
    const char *typed = getenv("TYPED");
    char *path = path_join(text_starts(word, "path:") && typed ? typed : getenv("CA"), value);
    if (text_starts(word, "row:")) {
        go_to_row(w, value);
    } else if (text_starts(word, "see:")) {
        expect_translated(w, value);
    } else if (text_starts(word, "path:")) {
        term_paste(w->t, path);
    } else if (text_starts(word, "line:")) {
        paste_line(w, path);
    } else if (text_starts(word, "env:") && getenv(value)) {
        term_keys(w->t, getenv(value));
    }
    free(path);
}

static void send(struct walk *w, const char *keys)
{
    while (*keys) {
        size_t n = strcspn(keys, "{");
        char *part = xstrndup(keys, n);
        term_keys(w->t, part);
        free(part);
        keys += n;
        if (*keys == '{') {
            size_t len = strcspn(keys, "}");
            char *word = xstrndup(keys + 1, len - 1);
            special(w, word);
            free(word);
            keys += len + 1;
        }
    }
}

static void switch_to(struct walk *w, size_t language)
{
    if (language == w->language) {
        return;
    }
    char *title = xasprintf("F3 %s", LANGUAGES[language]);
    term_keys(w->t, "<F3>");
    expect(w, LAST_NAME);
    for (size_t at = w->language; at != language; at += at < language ? 1 : (size_t)-1) {
        term_keys(w->t, at < language ? "<Down>" : "<Up>");
    }
    term_keys(w->t, "<Enter>");
    expect(w, title);
    term_expect_gone(w->t, LAST_NAME, WAIT_MS);
    w->language = language;
    free(title);
}

/* Until the screen is (or is no longer) this one. */
static char *wait_for_change(struct walk *w, const char *screen, bool back)
{
    char *now = term_dump(w->t, 0);
    for (int i = 0; i < 100 && (strcmp(now, screen) == 0) != back; i++) {
        term_settle(w->t, QUIET_MS);
        free(now);
        now = term_dump(w->t, 0);
    }
    return now;
}

/* The title bar ends, with the name of the language, where the new screen ends. */
static void resize(struct walk *w)
{
    const char *code = LANGUAGES[w->language];
    bool fits = false;
    term_resize(w->t, SIZES[w->size].rows, SIZES[w->size].cols);
    for (int i = 0; i < 200 && !fits; i++) {
        term_settle(w->t, QUIET_MS);
        char *row = term_row(w->t, 0);
        size_t len = strlen(row);
        while (len && row[len - 1] == ' ') {
            len--;
        }
        fits = text_width_n(row, len) == SIZES[w->size].cols - 1 && len > strlen(code) &&
               strncmp(row + len - strlen(code), code, strlen(code)) == 0;
        free(row);
    }
}

/* What can be opened over the page, in the language that is on. */
static void look_over(struct walk *w)
{
    struct strv keys = STRV_INIT;
    strv_split(&keys, w->stop->open ? w->stop->open : "", ' ');
    if (w->size == 0) {
        strv_push(&keys, "<F1>");
    }
    for (size_t i = 0; i < keys.n; i++) {
        if (!*keys.v[i]) {
            continue;
        }
        char *before = term_dump(w->t, 0);
        w->over = keys.v[i];
        w->view = i + 1 < ARRAY_LEN(w->english_cuts[0]) ? i + 1 : 0;
        term_keys(w->t, keys.v[i]);
        if (shows_message(w)) {
            expect(w, "PKIData"); /* a page of work comes before it */
        }
        free(wait_for_change(w, before, false));
        check_screen(w);
        term_keys(w->t, "<Esc>");
        char *after = wait_for_change(w, before, true);
        if (strcmp(before, after) != 0) {
            report(w, "Esc does not lead back to the page", after);
        }
        free(before);
        free(after);
        w->over = "";
        w->view = 0;
    }
    strv_release(&keys);
}

/* At the smallest size, in English: the question and the focus are in sight, wherever the focus goes. */
static void look_small(struct walk *w)
{
    char *question = said(w->stop->see);
    term_resize(w->t, SMALL_ROWS, SMALL_COLS);
    for (int step = 0; step < 4; step++) {
        int row = -1, col = -1;
        bool shown = term_wait(w->t, question, WAIT_MS / 10);
        term_settle(w->t, 2 * QUIET_MS);
        char *screen = term_dump(w->t, 0);
        term_cursor(w->t, &row, &col);
        w->screens++;
        if (!shown) {
            report(w, "40x10: the question is not in sight", screen);
        }
        if (row < 1 || row >= SMALL_ROWS - 1 || col >= SMALL_COLS) {
            report(w, "40x10: the cursor is not on the page", screen);
        }
        if (strstr(screen, "(null)")) {
            report(w, "40x10: an absent text", screen);
        }
        free(screen);
        if (w->stop->below) {
            break; /* Tab would choose another answer */
        }
        term_keys(w->t, "<Tab>");
    }
    for (int step = 0; step < 4 && !w->stop->below; step++) {
        term_keys(w->t, "<S-Tab>");
        term_settle(w->t, QUIET_MS);
    }
    free(question);
}

/* At the smallest size, in the language that is on: the question is in sight, and nothing else is wrong. */
static void look_small_translated(struct walk *w)
{
    static const char *const languages[] = {"de", "fr", "ja", "zh_CN"}; /* those of the catalogues: a sample of pages */
    bool wanted = false;
    for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
        wanted = wanted || is_language(w, languages[i]);
    }
    if (!wanted || !i18n_switch(LANGUAGES[w->language])) {
        return;
    }
    char *question = beginning(_(w->stop->see), 10);
    (void)i18n_switch("en");
    term_resize(w->t, SMALL_ROWS, SMALL_COLS);
    bool shown = term_wait(w->t, question, WAIT_MS / 10);
    term_settle(w->t, 2 * QUIET_MS);
    char *screen = term_dump(w->t, 0);
    int row = -1, col = -1;
    term_cursor(w->t, &row, &col);
    w->screens++;
    if (!shown || strstr(screen, "(null)") || row < 1 || row >= SMALL_ROWS - 1 || col >= SMALL_COLS) {
        report(w, "40x10: the question or the cursor is not in sight", screen);
    }
    free(screen);
    free(question);
    resize(w);
}

/* A question or a view keeps the words with which it was opened: it is closed, and opened anew from the page below in each language. */
static void open_anew(struct walk *w, size_t language)
{
    if (language == w->language) {
        return;
    }
    term_keys(w->t, "<Esc>");
    expect_translated(w, w->stop->below);
    switch_to(w, language);
    send(w, w->stop->again ? w->stop->again : "<Enter>");
    expect_translated(w, w->stop->see);
}

static void look_at_dialog(struct walk *w)
{
    for (size_t i = 0; i < ARRAY_LEN(LANGUAGES); i++) {
        open_anew(w, i);
        for (w->size = 0; w->size < ARRAY_LEN(SIZES); w->size++) {
            resize(w);
            check_screen(w);
        }
        w->size = 0;
        resize(w);
    }
    open_anew(w, 0);
}

static void look_at_page(struct walk *w)
{
    bool small = strcmp(w->name, "agent") == 0 || strcmp(w->name, "desk") == 0;
    for (w->size = 0; w->size < ARRAY_LEN(SIZES); w->size++) {
        resize(w);
        for (size_t i = 0; i < ARRAY_LEN(LANGUAGES); i++) {
            switch_to(w, i);
            check_screen(w);
            look_over(w);
            if (small && w->size == 0) {
                look_small_translated(w);
            }
        }
        switch_to(w, 0);
    }
    w->size = 0;
    resize(w);
}

static void look(struct walk *w)
{
    look_small(w);
    w->size = 0;
    resize(w);
    if (w->stop->below) {
        look_at_dialog(w);
    } else {
        look_at_page(w);
    }
}

/* Only going through: the page as it stands, for the collection of dumps. */
static void keep(struct walk *w, size_t at)
{
    const char *folder = getenv("WALK_DUMPS");
    if (!folder || !*folder) {
        return;
    }
    term_settle(w->t, STILL_MS);
    char *path = xasprintf("%s/%02zu-%s.txt", folder, at + 1, w->stop->page), *screen = term_dump(w->t, 0);
    if (!file_write(path, bytes_of_str(screen), 0600, NULL)) {
        report(w, "the dump cannot be written", path);
    }
    free(path);
    free(screen);
}

static void walk(struct walk *w, const struct stop *stops, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        w->stop = &stops[i];
        w->over = "";
        char *text = said(stops[i].see);
        expect(w, text);
        free(text);
        term_settle(w->t, QUIET_MS);
        if (w->go) {
            keep(w, i);
        } else if (!stops[i].pass) {
            look(w);
        }
        send(w, stops[i].keys);
    }
}

/* ---- the walk as lines, for a driver of another terminal ---- */

static void print_keys(const char *keys)
{
    while (*keys) {
        bool named = *keys == '<' && strchr(keys, '>'), braced = *keys == '{' && strchr(keys, '}');
        size_t len = named ? strcspn(keys, ">") + 1 : braced ? strcspn(keys, "}") + 1 : strcspn(keys, "<{");
        char *word = named || braced ? xstrndup(keys + 1, len - 2) : xstrndup(keys, len);
        const char *value = braced && strchr(word, ':') ? strchr(word, ':') + 1 : "";
        if (named) {
            printf("key\t%s\n", word);
        } else if (!braced) {
            printf("text\t%s\n", word);
        } else if (text_starts(word, "env:")) {
            print_keys(getenv(value) ? getenv(value) : "");
        } else {
            printf("%.*s\t%s\n", (int)strcspn(word, ":"), word, value);
        }
        free(word);
        keys += len;
    }
}

/* Lines "page NN-NAME", "see TEXT", and then what is done there: "key NAME" (as between <>), "text TEXT", "row TEXT" (the focus goes to
 * that row), "path NAME" (a file below TYPED), "line NAME" (the first line of a file below CA); a tab after the first word. */
static void print_walk(const struct stop *stops, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        printf("page\t%02zu-%s\nsee\t%s\n", i + 1, stops[i].page, stops[i].see);
        print_keys(stops[i].keys);
    }
}

/* Leaves the last page, unless its keys did, and says the exit code as a shell would. */
static int leave(struct walk *w)
{
    int status = 0;
    if (!*w->stop->keys) {
        term_keys(w->t, "<Enter>");
    }
    if (!term_wait_exit(w->t, WAIT_MS, &status)) {
        char *screen = term_dump(w->t, 0);
        puts(screen);
        free(screen);
        return 2;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* screens_walk WALK looks; screens_walk WALK go [LANGUAGE [OPTION]...] only goes through, with these options of the
 * wizard; screens_walk WALK print says what it would do. */
int main(int argc, char **argv)
{
    const char *wizard = getenv("WIZARD"), *arguments[16] = {wizard};
    int n = 1;
    i18n_init();
    if (argc > 3 && strcmp(argv[3], "en") != 0) {
        if (!i18n_switch(argv[3])) {
            printf("no catalogue %s\n", argv[3]);
            return 77;
        }
        arguments[n++] = "--lang";
        arguments[n++] = argv[3];
    }
    for (int i = 4; i < argc && n < 15; i++) {
        arguments[n++] = argv[i];
    }
    for (size_t i = 0; argc > 1 && wizard && i < ARRAY_LEN(WALKS); i++) {
        if (strcmp(WALKS[i].name, argv[1]) == 0 && argc > 2 && strcmp(argv[2], "print") == 0) {
            print_walk(WALKS[i].stops, WALKS[i].n);
            return 0;
        }
        if (strcmp(WALKS[i].name, argv[1]) == 0) {
            struct walk w = {.name = argv[1], .over = "", .go = argc > 2};
            int cols = SIZES[0].cols, rows = SIZES[0].rows;
            const char *size = getenv("WALK_SIZE");
            if (size && sscanf(size, "%dx%d", &cols, &rows) != 2) {
                break;
            }
            w.t = term_open(&(struct term_options){.argv = arguments, .rows = rows, .cols = cols});
            walk(&w, WALKS[i].stops, WALKS[i].n);
            int code = w.go ? leave(&w) : 0;
            term_close(w.t);
            if (!w.go) {
                printf("%s: %d screens, %d findings\n", w.name, w.screens, w.findings);
            }
            return w.findings ? 1 : code;
        }
    }
    fputs("screens_walk WALK [go], with WIZARD and CA in the environment\n", stderr);
    return 2;
}
