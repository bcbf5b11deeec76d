/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-over packages: round trip, what is refused, and digits that change with every member. */
#include "unit/unit.h"

#include "flow/package.h"
#include "nss/nssdb.h"

static struct nssdb *db; /* hashing needs NSS */

static int setup(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    db = nssdb_open(NULL, NSSDB_NONE, NULL, &err);
    return db ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    nssdb_close(db);
    return 0;
}

static const struct package SAMPLE = {.kind = (char *)(uintptr_t) "request", .id = (char *)(uintptr_t) "20261121-000000-abcd",
                                      .purpose = (char *)(uintptr_t) "user", .profile = (char *)(uintptr_t) "caFullCMCUserCert",
                                      .subject = (char *)(uintptr_t) "uid=jdoe", .content = (char *)(uintptr_t) "PEM"};

static void test_round_trip(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct package back;
    char *text = package_print(&SAMPLE);
    assert_true(package_looks_like(bytes_of_str(text)));
    assert_true(package_parse(bytes_of_str(text), &back, &err));
    assert_string_equal(back.subject, "uid=jdoe");
    assert_string_equal(back.note, "");
    char *ours = package_readout(&SAMPLE), *theirs = package_readout(&back);
    assert_string_equal(ours, theirs); /* both sides of the phone */
    assert_int_equal(strlen(ours), 19);
    free(ours);
    free(theirs);
    free(text);
    package_release(&back);
}

static void test_digits_follow_every_member(void **state)
{
    (void)state;
    char *before = package_readout(&SAMPLE);
    struct package changed[7];
    for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
        changed[i] = SAMPLE;
    }
    changed[0].kind = (char *)(uintptr_t) "answer";
    changed[1].id = (char *)(uintptr_t) "20261121-000000-abce";
    changed[2].purpose = (char *)(uintptr_t) "server";
    changed[3].profile = (char *)(uintptr_t) "caFullCMCUserCerT";
    changed[4].subject = (char *)(uintptr_t) "uid=jdof";
    changed[5].content = (char *)(uintptr_t) "PEN";
    changed[6].note = (char *)(uintptr_t) "x";
    for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
        char *after = package_readout(&changed[i]);
        assert_string_not_equal(before, after);
        free(after);
    }
    free(before);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "", "{", "[]", "{}", "null", "{\"version\":1}", "{\"version\":2,\"kind\":\"request\",\"content\":\"x\"}",
        "{\"version\":1,\"kind\":\"other\",\"content\":\"x\"}", "{\"version\":1,\"kind\":\"request\"}",
        "{\"version\":1,\"kind\":\"request\",\"content\":\"\"}", "{\"version\":1,\"kind\":1,\"content\":\"x\"}",
        "{\"version\":1,\"kind\":\"request\",\"content\":\"x\",\"content\":\"y\"}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err = ERR_INIT;
        struct package p;
        assert_false(package_parse(bytes_of_str(bad[i]), &p, &err));
        unit_expect_err(&err, ERR_FLOW_PACKAGE_BAD);
    }
    assert_false(package_looks_like(bytes_of_str("-----BEGIN")));
    assert_false(package_looks_like(bytes_of_str("")));
    assert_true(package_looks_like(bytes_of_str(" \n{")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip), cmocka_unit_test(test_digits_follow_every_member),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
