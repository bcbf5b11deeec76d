/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/opt.h"

#include "base/strv.h"

#include "unit/unit.h"

struct seen {
    bool verbose;
    const char *out;
    long days;
    struct strv sans;
    const char *kind;
};

#define N_ROWS 6

static void make_table(struct opt table[N_ROWS], struct seen *seen)
{
    const struct opt rows[N_ROWS] = {
        {OPT_FLAG, "verbose", 'v', NULL, "Say more.", &seen->verbose, NULL, 0, 0},
        {OPT_STR, "output", 'o', "FILE", "Write the request to FILE, which is replaced when it is there.", &seen->out},
        {OPT_HEADING, NULL, 0, NULL, "Content:"},
        {OPT_INT, "days", 0, "DAYS", "Validity.", &seen->days, NULL, 1, 3650},
        {OPT_STRV, "san", 's', "NAME", "A name; may be given again.", &seen->sans},
        {OPT_CHOICE, "key-type", 0, "TYPE", "rsa or ec.", &seen->kind, "rsa|ec"},
    };
    memcpy(table, rows, sizeof(rows));
}

static const struct opt_usage usage = {"cmc test", "[OPTION]... CFG", "Tests.", NULL};

static enum opt_result parse(const char *line, struct seen *seen, int *rest, struct strv *argv, struct err *err)
{
    struct opt table[N_ROWS];
    *seen = (struct seen){.days = -1};
    make_table(table, seen);
    strv_split(argv, line, ' ');
    return opt_parse(table, N_ROWS, &usage, (int)argv->n, argv->v, rest, err);
}

static void test_accepts(void **state)
{
    (void)state;
    struct seen seen;
    struct strv argv = STRV_INIT;
    int rest = 0;
    assert_int_equal(parse("t -v a.cfg --output=x --san a -s b --days 3650 --key-type ec b.cfg", &seen, &rest, &argv, NULL),
                     OPT_OK);
    assert_true(seen.verbose);
    assert_string_equal(seen.out, "x");
    assert_int_equal(seen.days, 3650);
    unit_expect_text(strv_join(&seen.sans, ","), "a,b");
    assert_string_equal(seen.kind, "ec");
    assert_int_equal(argv.n - (size_t)rest, 2);
    assert_string_equal(argv.v[rest], "a.cfg");
    assert_string_equal(argv.v[rest + 1], "b.cfg");
    strv_release(&seen.sans);
    strv_release(&argv);

    assert_int_equal(parse("t --out=- -- --verbose", &seen, &rest, &argv, NULL), OPT_OK); /* unique beginning; end mark */
    assert_string_equal(seen.out, "-");
    assert_false(seen.verbose);
    assert_string_equal(argv.v[rest], "--verbose");
    strv_release(&argv);

    assert_int_equal(parse("t", &seen, &rest, &argv, NULL), OPT_OK);
    assert_int_equal(rest, 1);
    strv_release(&argv);
}

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"t --ouptut=x", "There is no option --ouptut; did you mean --output?"},
        {"t --verbos3", "There is no option --verbos3; did you mean --verbose?"},
        {"t --hlep", "There is no option --hlep; did you mean --help?"},
        {"t --frobnicate", "There is no option --frobnicate."},
        {"t --ver", "--ver could mean several options; write it out."},
        {"t -x", "There is no option -x."},
        {"t -vx a", "There is no option -x."},
        {"t --verbose=1", "--verbose takes no value."},
        {"t --output", "--output needs a value."},
        {"t -o", "-o needs a value."},
        {"t --days 0", "--days takes a whole number from 1 to 3650, not \"0\"."},
        {"t --days 3651", "--days takes a whole number from 1 to 3650, not \"3651\"."},
        {"t --days -5", "--days takes a whole number from 1 to 3650, not \"-5\"."},
        {"t --days 12x", "--days takes a whole number from 1 to 3650, not \"12x\"."},
        {"t --days=", "--days takes a whole number from 1 to 3650, not \"\"."},
        {"t --days 99999999999999999999", "--days takes a whole number from 1 to 3650, not \"99999999999999999999\"."},
        {"t --key-type dsa", "--key-type takes one of rsa, ec, not \"dsa\"."},
        {"t --key-type rsa|ec", "--key-type takes one of rsa, ec, not \"rsa|ec\"."},
        {"t --x\x1b[2Jyyyyyyyyyyyy", "There is no option --x\\e[2Jyyyyyyyyyyyy."},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = ERR_INIT;
        struct seen seen;
        struct strv argv = STRV_INIT;
        int rest = 0;
        assert_int_equal(parse(rows[i].line, &seen, &rest, &argv, &err), OPT_BAD);
        assert_string_equal(err.context[0], rows[i].says);
        unit_expect_err(&err, ERR_USAGE);
        strv_release(&seen.sans);
        strv_release(&argv);
    }
}

/* --help and --version write to stdout: look into a file. */
static char *shown_for(const char *folder, const char *line, enum opt_result expected)
{
    struct seen seen;
    struct strv argv = STRV_INIT;
    int rest = 0;
    char *path = path_join(folder, "stdout");
    fflush(stdout);
    int saved = dup(1);
    FILE *file = fopen(path, "w");
    assert_true(dup2(fileno(file), 1) == 1);
    enum opt_result result = parse(line, &seen, &rest, &argv, NULL);
    fflush(stdout);
    assert_true(dup2(saved, 1) == 1);
    close(saved);
    fclose(file);
    assert_int_equal(result, expected);
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    assert_true(file_read(path, &text, NULL));
    free(path);
    strv_release(&argv);
    return buf_take_str(&text);
}

static void test_help(void **state)
{
    char *help = shown_for(*state, "t --help", OPT_HELP_SHOWN);
    assert_string_equal(help, "Usage: cmc test [OPTION]... CFG\n"
                              "Tests.\n"
                              "\n"
                              "Options:\n"
                              "  -v, --verbose               Say more.\n"
                              "  -o, --output=FILE           Write the request to FILE, which is replaced when\n"
                              "                              it is there.\n"
                              "\n"
                              "Content:\n"
                              "      --days=DAYS             Validity.\n"
                              "  -s, --san=NAME              A name; may be given again.\n"
                              "      --key-type=TYPE         rsa or ec.\n"
                              "\n"
                              "      --help                  Show this help and exit.\n"
                              "      --version               Show the version and exit.\n");
    free(help);
    unit_expect_text(shown_for(*state, "t --version", OPT_VERSION_SHOWN),
                     "cmc test (" PACKAGE_NAME ") " PACKAGE_VERSION "\n");
}

static void test_long_names_in_help(void **state)
{
    (void)state;
    const char *text = NULL;
    const struct opt table[] = {{OPT_STR, "an-option-with-a-long-name", 'a', "SOMETHING", "Help.", &text}};
    char *help = opt_help(table, 1, &usage);
    assert_non_null(strstr(help, "  -a, --an-option-with-a-long-name=SOMETHING\n                              Help.\n"));
    free(help);
}

static void test_man(void **state)
{
    (void)state;
    struct seen seen;
    struct opt table[N_ROWS];
    make_table(table, &seen);
    table[0].help = ".so is no request; a \\ is a backslash";
    char *man = opt_man(table, N_ROWS);
    assert_non_null(strstr(man, ".TP\n\\fB\\-v\\fR, \\fB\\-\\-verbose\\fR\n\\&.so is no request; a \\e is a backslash\n"));
    assert_non_null(strstr(man, "\\fB\\-\\-key\\-type\\fR=\\fITYPE\\fR\n"));
    assert_non_null(strstr(man, ".SS \"Content:\"\n"));
    assert_non_null(strstr(man, "\\-\\-version"));
    free(man);
}

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_long_names_in_help),
        cmocka_unit_test(test_man),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
