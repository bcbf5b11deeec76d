/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/key.h"
#include "nss/nss_fixture.h"

#define PASSWORD "Secret.123"

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

static struct nssdb *open_script(const char *dir, enum nssdb_mode mode, struct script *script)
{
    struct password_source source = {script_ask, script};
    struct err err = ERR_INIT;
    struct nssdb *db = nssdb_open(dir, mode, &source, &err);
    ok_or_report(db != NULL, &err);
    return db;
}

static void missing_folders(void **state)
{
    struct err err = ERR_INIT;
    char *dir = path_join(*state, "none");
    assert_null(nssdb_open(dir, NSSDB_READ, NULL, &err));
    unit_expect_err(&err, ERR_NSS_DB_MISSING);
    assert_null(nssdb_open("", NSSDB_READ, NULL, &err));
    unit_expect_err(&err, ERR_NSS_DB_MISSING);
    assert_false(nssdb_present(dir));
    assert_false(dir_exists(dir));
    free(dir);
}

static void legacy_databases(void **state)
{
    struct err err = ERR_INIT;
    char *dir = path_join(*state, "old");
    char *file = path_join(dir, "cert8.db");
    assert_true(dir_create(dir, 0700, NULL) && file_write(file, bytes_of_str("x"), 0600, NULL));
    assert_null(nssdb_open(dir, NSSDB_CREATE, NULL, &err));
    assert_non_null(strstr(err.context[0], "--upgrade-merge"));
    unit_expect_err(&err, ERR_NSS_DBM);
    assert_null(nssdb_open("dbm:somewhere", NSSDB_READ, NULL, &err));
    unit_expect_err(&err, ERR_NSS_DBM);
    free(file);
    free(dir);
}

static void damaged_database(void **state)
{
    struct err err = ERR_INIT;
    char *dir = path_join(*state, "damaged");
    char *cert = path_join(dir, "cert9.db");
    char *key = path_join(dir, "key4.db");
    assert_true(dir_create(dir, 0700, NULL) &&
                file_write(cert, bytes_of_str("this is no database at all"), 0600, NULL) &&
                file_write(key, bytes_of_str("nor is this"), 0600, NULL));
    assert_null(nssdb_open(dir, NSSDB_READ, NULL, &err));
    unit_expect_err(&err, ERR_NSS_DB_DAMAGED);
    free(key);
    free(cert);
    free(dir);
}

static void one_at_a_time(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct nssdb *db = open_none();
    assert_null(nssdb_open(NULL, NSSDB_NONE, NULL, &err));
    unit_expect_err(&err, ERR_NSS_ALREADY_OPEN);
    close_clean(db);
}

static void logins(void **state)
{
    char *dir = copy_db(*state, "login", "tests/vectors/tools/_base/user");
    char *prefixed = xasprintf("sql:%s", dir);
    struct err err = ERR_INIT;

    struct script right = {.answers = {PASSWORD}};
    struct nssdb *db = open_script(prefixed, NSSDB_READ, &right);
    assert_string_equal(nssdb_dir(db), dir);
    ok_or_report(nssdb_login(db, "NSS Certificate DB", &err), &err);
    ok_or_report(nssdb_login(db, "internal", &err), &err);
    assert_int_equal(right.asked, 1);
    close_clean(db);

    struct script second = {.answers = {"wrong", PASSWORD}};
    db = open_script(dir, NSSDB_READ, &second);
    ok_or_report(nssdb_login(db, NULL, &err), &err);
    assert_int_equal(second.asked, 2);
    assert_true(second.last_retry);
    assert_int_equal(second.last_left, NSSDB_LOGIN_TRIES - 1);
    close_clean(db);

    struct script never = {.answers = {"a", "b", "c", "d", "e"}};
    db = open_script(dir, NSSDB_READ, &never);
    assert_false(nssdb_login(db, NULL, &err));
    assert_int_equal(never.asked, NSSDB_LOGIN_TRIES);
    unit_expect_err(&err, ERR_NSS_WRONG_PASSWORD);
    close_clean(db);

    struct script gives_up = {.answers = {"wrong", NULL}};
    db = open_script(dir, NSSDB_READ, &gives_up);
    assert_false(nssdb_login(db, NULL, &err));
    assert_int_equal(gives_up.asked, 1);
    unit_expect_err(&err, ERR_NSS_LOGIN_CANCELLED);
    struct secret secret = SECRET_INIT;
    secret_set(&secret, "bad", 3);
    assert_false(nssdb_login_with(db, NULL, &secret, &err));
    unit_expect_err(&err, ERR_NSS_WRONG_PASSWORD);
    secret_set(&secret, PASSWORD, strlen(PASSWORD));
    ok_or_report(nssdb_login_with(db, NULL, &secret, &err), &err);
    secret_release(&secret);
    close_clean(db);

    db = nssdb_open(dir, NSSDB_READ, NULL, &err);
    assert_false(nssdb_login(db, NULL, &err));
    unit_expect_err(&err, ERR_SECRET_NEEDED);
    assert_false(nssdb_login(db, "no such\x1b token", &err));
    assert_null(strchr(err.context[0], '\x1b'));
    unit_expect_err(&err, ERR_NSS_TOKEN_MISSING);
    close_clean(db);
    free(prefixed);
    free(dir);
}

static void new_database(void **state)
{
    struct script script = {.answers = {PASSWORD}};
    struct err err = ERR_INIT;
    char *dir = path_join(*state, "fresh/below");
    struct nssdb *db = open_script(dir, NSSDB_CREATE, &script);
    assert_true(nssdb_needs_init(db));
    assert_false(nssdb_login(db, NULL, &err));
    unit_expect_err(&err, ERR_NSS_TOKEN_NEW);
    struct secret secret = SECRET_INIT;
    secret_set(&secret, PASSWORD, strlen(PASSWORD));
    ok_or_report(nssdb_init_password(db, &secret, &err), &err);
    assert_false(nssdb_needs_init(db));
    ok_or_report(nssdb_init_password(db, &secret, &err), &err);
    secret_release(&secret);
    close_clean(db);
    struct stat about;
    assert_int_equal(stat(dir, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    db = open_script(dir, NSSDB_WRITE, &script);
    ok_or_report(nssdb_login(db, NULL, &err), &err);
    close_clean(db);
    free(dir);
    db = new_db(*state, "empty password", "", &script);
    assert_false(nssdb_needs_init(db));
    ok_or_report(nssdb_login(db, NULL, &err), &err);
    assert_int_equal(script.asked, 1);
    close_clean(db);
}

static void tokens_and_modules(void **state)
{
    struct script script = {.answers = {PASSWORD}};
    struct err err = ERR_INIT;
    struct nssdb *db = new_db(*state, "tokens", PASSWORD, &script);
    struct token_info *tokens;
    size_t n;
    ok_or_report(nssdb_tokens(db, &tokens, &n, &err), &err);
    assert_true(n >= 1 && tokens[0].internal && tokens[0].present && tokens[0].logged_in && !tokens[0].fips);
    assert_string_equal(tokens[0].name, "internal");
    token_info_free(tokens, n);
    struct module_info *modules;
    ok_or_report(nssdb_modules(db, &modules, &n, &err), &err);
    assert_true(n >= 1 && modules[0].internal);
    module_info_free(modules, n);
    assert_false(nssdb_module_add(db, "no lib", "/nonexistent/lib.so", &err));
    unit_expect_err(&err, ERR_FILE_MISSING);
    assert_false(nssdb_module_add(db, "no lib", "libno-such-module.so", &err));
    unit_expect_err(&err, ERR_NSS_MODULE);
    assert_false(nssdb_module_add(db, "bad \" name", "lib.so", &err));
    unit_expect_err(&err, ERR_NSS_MODULE);
    assert_false(nssdb_module_remove(db, "no such", &err));
    unit_expect_err(&err, ERR_NSS_MODULE_MISSING);
    assert_false(nssdb_module_remove(db, "NSS Internal PKCS #11 Module", &err));
    unit_expect_err(&err, ERR_NSS_MODULE_INTERNAL);
    assert_false(nssdb_module_add(db, "NSS Internal PKCS #11 Module", "libno-such-module.so", &err));
    unit_expect_err(&err, ERR_NSS_MODULE_THERE);
    close_clean(db);
}

static void attached_database(void **state)
{
    struct script script = {.answers = {PASSWORD, PASSWORD}};
    struct err err = ERR_INIT;
    char *other = copy_db(*state, "it's other", "tests/vectors/tools/_base/kra");
    struct nssdb *db = new_db(*state, "main", PASSWORD, &script);
    ok_or_report(nssdb_attach(db, other, "second one", true, &err), &err);
    struct token_info *tokens;
    size_t n;
    assert_true(nssdb_tokens(db, &tokens, &n, NULL));
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        found = found || strcmp(tokens[i].name, "second one") == 0;
    }
    assert_true(found);
    token_info_free(tokens, n);
    nssdb_detach(db, "second one");
    ok_or_report(nssdb_attach(db, other, "second one", true, &err), &err);
    close_clean(db);
    free(other);
}

static void key_leaves_nothing_behind(void **state)
{
    struct script script = {.answers = {PASSWORD}};
    struct err err = ERR_INIT;
    struct nssdb *db = new_db(*state, "leak", PASSWORD, &script);
    struct key *key = key_generate(db, NULL, &(struct key_spec){.type = KEY_EC}, &err);
    ok_or_report(key != NULL, &err);
    key_free(key);
    close_clean(db);
}

static void read_only_refuses(void **state)
{
    struct script script = {.answers = {PASSWORD}};
    struct err err = ERR_INIT;
    char *dir = copy_db(*state, "readonly", "tests/vectors/tools/_base/user");
    struct nssdb *db = open_script(dir, NSSDB_READ, &script);
    assert_null(key_generate(db, NULL, &(struct key_spec){.type = KEY_EC}, &err));
    unit_expect_err(&err, ERR_NSS_READ_ONLY);
    assert_false(nssdb_module_add(db, "x", "y", &err));
    unit_expect_err(&err, ERR_NSS_READ_ONLY);
    close_clean(db);
    free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_folders),
        cmocka_unit_test(legacy_databases),
        cmocka_unit_test(damaged_database),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(logins),
        cmocka_unit_test(new_database),
        cmocka_unit_test(tokens_and_modules),
        cmocka_unit_test(attached_database),
        cmocka_unit_test(key_leaves_nothing_behind),
        cmocka_unit_test(read_only_refuses),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
