/* SPDX-License-Identifier: Apache-2.0 */
/* Where passwords come from, in which order, and that a wrong one is not offered again. */
#include "unit/unit.h"

#include <fcntl.h>

#include "flow/secrets.h"

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

struct person {
    int asked;
    bool retry;
    const char *says;
};

static bool ask(void *ctx, const char *name, const char *token, bool retry, int left, struct secret *out, struct err *err)
{
    struct person *p = ctx;
    (void)name;
    (void)token;
    (void)left;
    p->asked++;
    p->retry = retry;
    if (!p->says) {
        return err_fail(err, ERR_FLOW_CANCELLED, NULL);
    }
    secret_set(out, p->says, strlen(p->says));
    return true;
}

static void expect_secret(struct secrets *s, const char *name, const char *token, bool retry, const char *wanted)
{
    struct err err = ERR_INIT;
    struct secret got = SECRET_INIT;
    assert_true(secrets_get(s, name, token, retry, -1, &got, &err));
    assert_string_equal(got.text, wanted);
    secret_release(&got);
}

static void test_order(void **state)
{
    struct person p = {.says = "typed later"};
    struct err err = ERR_INIT;
    char *path = path_join(*state, "pw");
    assert_true(file_write(path, bytes_of_str("internal:from file\nCard:pin\n"), 0600, &err));
    struct secrets *s = secrets_new(ask, &p);
    assert_false(secrets_has(s, "password"));
    secrets_add_file(s, "password", path);
    assert_true(secrets_has(s, "password"));
    assert_true(secrets_is_given(s, "password"));
    assert_false(secrets_is_given(s, "agent.password"));
    expect_secret(s, "password", "internal", false, "from file");
    assert_int_equal(p.asked, 0);
    expect_secret(s, "password", "internal", true, "typed later"); /* the file was wrong */
    assert_int_equal(p.asked, 1);
    assert_true(p.retry);
    secrets_free(s);
    free(path);
}

static void test_descriptor_is_read_once(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "by pipe\nmore\n", 13), 13);
    close(ends[1]);
    struct secrets *s = secrets_new(NULL, NULL);
    secrets_add_fd(s, "password", ends[0]);
    expect_secret(s, "password", NULL, false, "by pipe");
    expect_secret(s, "password", NULL, false, "by pipe");
    secrets_free(s);
    close(ends[0]);
}

static void test_typed(void **state)
{
    (void)state;
    struct secrets *s = secrets_new(NULL, NULL);
    struct secret typed = SECRET_INIT;
    secret_set(&typed, "x", 1);
    assert_null(secrets_peek(s, "password"));
    secrets_set(s, "password", &typed);
    assert_string_equal(secrets_peek(s, "password")->text, "x");
    assert_false(secrets_is_given(s, "password"));
    expect_secret(s, "password", NULL, false, "x");
    secrets_set(s, "password", NULL);
    assert_null(secrets_peek(s, "password"));
    secret_release(&typed);
    secrets_free(s);
}

/* A password file may hold a line for each token. */
static void test_lines_of_tokens(void **state)
{
    const char *text = "internal:database\nhsm:card\n";
    char *path = path_join(*state, "tokens");
    assert_true(file_write(path, BYTES(text, strlen(text)), 0600, NULL));
    struct secrets *s = secrets_new(NULL, NULL);
    secrets_add_file(s, "password", path);
    expect_secret(s, "password", "internal", false, "database");
    expect_secret(s, "password", "hsm", false, "card");
    expect_secret(s, "password", "hsm", false, "card");
    expect_secret(s, "password", "internal", false, "database");
    secrets_free(s);
    free(path);
}

/* A file is read again; what a person typed, or a descriptor gave, is gone. */
static void test_forget(void **state)
{
    (void)state;
    int ends[2];
    struct err err = ERR_INIT;
    struct secret got = SECRET_INIT, typed = SECRET_INIT;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "by pipe\n", 8), 8);
    close(ends[1]);
    struct secrets *s = secrets_new(NULL, NULL);
    secret_set(&typed, "typed", 5);
    secrets_set(s, "witness.sharedSecret", &typed);
    secrets_add_fd(s, "password", ends[0]);
    expect_secret(s, "password", NULL, false, "by pipe");
    secrets_forget(s, "password");
    assert_null(secrets_peek(s, "password"));
    assert_false(secrets_has(s, "password"));
    assert_false(secrets_get(s, "password", NULL, false, -1, &got, &err));
    unit_expect_err(&err, ERR_SECRET_NEEDED);
    assert_non_null(secrets_peek(s, "witness.sharedSecret"));
    secrets_forget(s, "witness.sharedSecret");
    assert_null(secrets_peek(s, "witness.sharedSecret"));
    secret_release(&typed);
    secrets_free(s);
    close(ends[0]);
}

static void test_nobody_there(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct secret got = SECRET_INIT;
    struct secrets *s = secrets_new(NULL, NULL);
    assert_false(secrets_get(s, "password", "internal", false, -1, &got, &err));
    unit_expect_err(&err, ERR_SECRET_NEEDED);
    assert_false(secrets_get(s, "password", "internal", true, 2, &got, &err));
    unit_expect_err(&err, ERR_NSS_WRONG_PASSWORD);
    secrets_add_file(s, "password", "/no/such/file");
    assert_false(secrets_get(s, "password", NULL, false, -1, &got, &err));
    assert_true(err_is_set(&err));
    err_release(&err);
    secrets_free(s);
    struct person p = {.says = NULL};
    s = secrets_new(ask, &p);
    assert_false(secrets_get(s, "password", "internal", false, -1, &got, &err));
    unit_expect_err(&err, ERR_FLOW_CANCELLED);
    secrets_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_order, setup, teardown),
        cmocka_unit_test(test_descriptor_is_read_once),
        cmocka_unit_test(test_typed),
        cmocka_unit_test(test_forget),
        cmocka_unit_test_setup_teardown(test_lines_of_tokens, setup, teardown),
        cmocka_unit_test(test_nobody_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
