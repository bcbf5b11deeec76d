/* SPDX-License-Identifier: Apache-2.0 */
/* CA descriptions: round trip, what is refused, and the user's folder. */
#include "unit/unit.h"

#include "base/json.h"
#include "base/strv.h"
#include "flow/cadesc.h"

static int setup(void **state)
{
    int rc = unit_folder(state);
    setenv("XDG_CONFIG_HOME", *state, 1);
    return rc;
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

static const char GOOD[] = "{\"version\":1,\"name\":\"example\",\"title\":\"Example CA\",\"host\":\"pki.example.com\",\"port\":443,"
                           "\"chain\":\"PEM\",\"fingerprint\":\"AA\",\"profiles\":{\"user\":\"caMyUser\"},\"contact\":\"helpdesk\"}";

static void test_round_trip(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct cadesc d, back, found;
    assert_true(cadesc_parse(bytes_of_str(GOOD), &d, &err));
    assert_int_equal(d.port, 443);
    assert_string_equal(cadesc_profile(&d, "user"), "caMyUser");
    assert_null(cadesc_profile(&d, "server"));
    char *text = cadesc_print(&d);
    assert_true(cadesc_parse(bytes_of_str(text), &back, &err));
    assert_string_equal(back.title, "Example CA");
    assert_false(back.pop_link_required);
    assert_string_equal(cadesc_profile(&back, "user"), "caMyUser");
    assert_true(cadesc_save(&d, &err));
    assert_true(cadesc_find("example", &found, &err));
    assert_string_equal(found.host, "pki.example.com");
    cadesc_release(&found);
    assert_false(cadesc_find("other", &found, &err));
    unit_expect_err(&err, ERR_FLOW_CADESC_MISSING);
    cadesc_release(&back);
    free(text);
    d.pop_link_required = true;
    text = cadesc_print(&d);
    assert_true(cadesc_parse(bytes_of_str(text), &back, &err));
    assert_true(back.pop_link_required);
    cadesc_release(&d);
    cadesc_release(&back);
    free(text);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "{\"version\":1}",
        "{\"version\":2,\"name\":\"a\",\"host\":\"h\",\"chain\":\"c\",\"fingerprint\":\"f\"}",
        "{\"version\":1,\"name\":\"../a\",\"host\":\"h\",\"chain\":\"c\",\"fingerprint\":\"f\"}",
        "{\"version\":1,\"name\":\".a\",\"host\":\"h\",\"chain\":\"c\",\"fingerprint\":\"f\"}",
        "{\"version\":1,\"name\":\"a\",\"host\":\"h\",\"chain\":\"c\",\"fingerprint\":\"f\",\"port\":0}",
        "{\"version\":1,\"name\":\"a\",\"host\":\"h\",\"chain\":\"c\",\"fingerprint\":\"f\",\"port\":70000}",
        "{\"version\":1,\"name\":\"a\",\"host\":\"\",\"chain\":\"c\",\"fingerprint\":\"f\"}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err = ERR_INIT;
        struct cadesc d;
        assert_false(cadesc_parse(bytes_of_str(bad[i]), &d, &err));
        unit_expect_err(&err, ERR_FLOW_CADESC_BAD);
    }
}

static void test_damaged_ones_are_named(void **state)
{
    struct err err = ERR_INIT;
    struct cadesc d, *list = NULL;
    size_t n = 0;
    struct strv problems = STRV_INIT;
    assert_true(cadesc_parse(bytes_of_str(GOOD), &d, &err));
    assert_true(cadesc_save(&d, &err));
    char *path = path_join(*state, "cmc-wizard/ca.d/broken.json");
    assert_true(file_write(path, bytes_of_str("{"), 0600, &err));
    assert_true(cadesc_list(&list, &n, &problems, &err));
    assert_int_equal(n, 1);
    assert_int_equal(problems.n, 1);
    assert_non_null(strstr(problems.v[0], "broken.json"));
    cadesc_list_free(list, n);
    strv_release(&problems);
    cadesc_release(&d);
    free(path);
}

static void put(const char *dir, const char *file, const char *name, const char *title, const char *language)
{
    struct err err = ERR_INIT;
    char *path = path_join(dir, file);
    char *text = xasprintf("{\"version\":1,\"name\":\"%s\",\"title\":\"%s\",\"host\":\"h\",\"chain\":\"PEM\",\"fingerprint\":\"AA\","
                           "\"language\":\"%s\"}",
                           name, title, language);
    assert_true(dir_create(dir, 0700, &err));
    assert_true(file_write(path, bytes_of_str(text), 0600, &err));
    free(text);
    free(path);
}

static void expect_list(const char *user, const char *system, const char *titles, const char *language)
{
    struct err err = ERR_INIT;
    struct cadesc *list = NULL;
    size_t n = 0;
    struct buf all = BUF_INIT(BUF_MAX_TEXT);
    assert_true(cadesc_list_of(user, system, &list, &n, NULL, &err));
    for (size_t i = 0; i < n; i++) {
        buf_add(&all, "%s ", list[i].title);
    }
    assert_string_equal(buf_str(&all), titles);
    const char *named = cadesc_language(list, n);
    assert_string_equal(named ? named : "none", language);
    buf_release(&all);
    cadesc_list_free(list, n);
}

/* Both folders count; the user's come first and win over the system's by name, whatever the files are called. */
static void test_two_folders(void **state)
{
    char *user = path_join(*state, "user"), *system = path_join(*state, "system");
    expect_list(user, system, "", "none");
    put(system, "a.json", "site", "of-system", "fr");
    expect_list(user, system, "of-system ", "fr");
    put(system, "b.json", "other", "other", "");
    put(user, "z.json", "site", "of-user", "de");
    expect_list(user, system, "of-user other ", "de");
    put(user, "y.json", "third", "third", "de");
    expect_list(user, system, "third of-user other ", "de");
    /* Who describes for two languages says none. */
    put(system, "b.json", "other", "other", "ja");
    expect_list(user, system, "third of-user other ", "none");
    free(system);
    free(user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damaged_ones_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_two_folders, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
