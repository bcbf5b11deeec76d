/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-over packages: round trip, every kind of bad file with its own error, digits that change with every change. */
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

#define TEXT(s) ((char *)(uintptr_t)(s))
#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct package REQUEST = {.kind = TEXT("request"),
                                       .id = TEXT("20261121-000000-abcd"),
                                       .purpose = TEXT("user"),
                                       .profile = TEXT("caFullCMCUserCert"),
                                       .subject = TEXT("UID=jdoe"),
                                       .note = TEXT("call 1234"),
                                       .content = TEXT("-----BEGIN CERTIFICATE REQUEST-----\nMA==\n")};
static const struct package ANSWER = {.kind = TEXT("answer"),
                                      .id = TEXT("20261121-000000-abcd"),
                                      .subject = TEXT("UID=jdoe"),
                                      .request = TEXT(DIGEST),
                                      .content = TEXT("MAA="),
                                      .chain = TEXT("MAA=")};
static const struct package REFUSAL = {.kind = TEXT("refusal"),
                                       .id = TEXT("20261121-000000-abcd"),
                                       .subject = TEXT("UID=jdoe"),
                                       .request = TEXT(DIGEST),
                                       .reason = TEXT("Wrong department.\nAsk for ou=sales.")};

static void test_round_trip(void **state)
{
    static const struct package *const samples[] = {&REQUEST, &ANSWER, &REFUSAL};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        struct err err = ERR_INIT;
        struct package back;
        char *text = package_print(samples[i]);
        assert_true(package_looks_like(bytes_of_str(text)));
        assert_true(package_parse(bytes_of_str(text), &back, &err));
        assert_string_equal(back.kind, samples[i]->kind);
        assert_string_equal(back.subject, "UID=jdoe");
        assert_string_equal(back.reason, samples[i]->reason ? samples[i]->reason : "");
        char *ours = package_readout(samples[i]), *theirs = package_readout(&back);
        assert_string_equal(ours, theirs); /* both sides of the phone */
        assert_int_equal(strlen(ours), 24);
        free(ours);
        free(theirs);
        free(text);
        package_release(&back);
    }
}

/* The canonical form is a promise to other programs: its digest, computed by another one (sha256sum), never changes. */
static void test_canonical_form(void **state)
{
    (void)state;
    static const struct package p = {
        .kind = TEXT("request"), .id = TEXT("a"), .subject = TEXT("CN=\xc3\xa9"), .content = TEXT("x")};
    /* cmcpkg1;4:kind=7:request;2:id=1:a;7:purpose=0:;7:profile=0:;7:subject=5:CN=e';4:note=0:;7:request=0:;6:reason=0:;
     * 7:content=1:x;5:chain=0:; in one line, e' being U+00E9 */
    unit_expect_text(package_digest_hex(&p), "3dfaa03728f06658296856b871ff2a1fb91c417c7d7915e3ac055211dc1b857b");
    unit_expect_text(package_readout(&p), "0446 6058 1392 6175 7016");
}

/* Order, white space and escapes of the file do not count. */
static void test_digits_ignore_the_writing(void **state)
{
    static const char *const same[] = {
        "{\"version\":1,\"kind\":\"request\",\"id\":\"a\",\"subject\":\"CN=x\",\"content\":\"AA\"}",
        "{ "
        "\"content\":\"A\\u0041\",\n\"subject\":\"\\u0043N=x\",\"note\":\"\",\"id\":\"a\",\"kind\":\"request\","
        "\"version\":1.0}\n",
    };
    (void)state;
    char *digests[2];
    for (size_t i = 0; i < 2; i++) {
        struct err err = ERR_INIT;
        struct package p;
        assert_true(package_parse(bytes_of_str(same[i]), &p, &err));
        digests[i] = package_digest_hex(&p);
        package_release(&p);
    }
    assert_string_equal(digests[0], digests[1]);
    free(digests[0]);
    free(digests[1]);
}

static char **field(struct package *p, size_t i)
{
    char **fields[] = {&p->kind, &p->id,      &p->purpose, &p->profile, &p->subject,
                       &p->note, &p->request, &p->reason,  &p->content, &p->chain};
    return fields[i];
}

/* Every member: changed in one bit, emptied, added, or moved across the border to the next one. */
static void test_any_change_changes_the_digits(void **state)
{
    static const struct package *const samples[] = {&REQUEST, &ANSWER, &REFUSAL};
    (void)state;
    for (size_t s = 0; s < ARRAY_LEN(samples); s++) {
        char *before = package_readout(samples[s]), *before_words = package_readout_words(samples[s]);
        for (size_t i = 0; i < 10; i++) {
            struct package p = *samples[s];
            char *old = *field(&p, i), *fresh = xstrdup(old ? old : "x");
            for (int turn = 0; turn < 3; turn++) {
                if (old && turn == 0) {
                    fresh[strlen(fresh) - 1] ^= 1;
                } else if (old && turn == 1) {
                    fresh[0] = '\0';
                } else if (old) {
                    free(fresh);
                    fresh = xasprintf("%s ", old);
                }
                *field(&p, i) = fresh;
                char *after = package_readout(&p), *after_words = package_readout_words(&p);
                assert_string_not_equal(before, after);
                assert_string_not_equal(before_words, after_words);
                free(after);
                free(after_words);
            }
            free(fresh);
        }
        free(before);
        free(before_words);
    }
    /* "ab","c" is not "a","bc". */
    struct package one = REQUEST, two = REQUEST;
    one.purpose = TEXT("ab");
    one.profile = TEXT("c");
    two.purpose = TEXT("a");
    two.profile = TEXT("bc");
    char *a = package_readout(&one), *b = package_readout(&two);
    assert_string_not_equal(a, b);
    free(a);
    free(b);
}

#define R "{\"version\":1,\"kind\":\"request\",\"id\":\"a\",\"content\":\"x\""
#define A "{\"version\":1,\"kind\":\"answer\",\"content\":\"x\""

static const struct {
    const char *text;
    enum err_code code;
} BAD[] = {
    /* damaged, or something else */
    {"", ERR_FLOW_PACKAGE_BAD},
    {"{", ERR_FLOW_PACKAGE_BAD},
    {"[]", ERR_FLOW_PACKAGE_BAD},
    {"null", ERR_FLOW_PACKAGE_BAD},
    {"{}", ERR_FLOW_PACKAGE_BAD},
    {"{\"version\":1}", ERR_FLOW_PACKAGE_BAD},
    {"{\"version\":0,\"kind\":\"request\",\"id\":\"a\",\"content\":\"x\"}", ERR_FLOW_PACKAGE_BAD},
    {"{\"version\":\"1\",\"kind\":\"request\",\"id\":\"a\",\"content\":\"x\"}", ERR_FLOW_PACKAGE_BAD},
    {"{\"version\":1,\"kind\":\"other\",\"content\":\"x\"}", ERR_FLOW_PACKAGE_BAD},
    {"{\"version\":1,\"kind\":1,\"content\":\"x\"}", ERR_FLOW_PACKAGE_BAD},
    {"{\"version\":1,\"kind\":\"request\",\"id\":\"a\"}", ERR_FLOW_PACKAGE_BAD},
    {"{\"version\":1,\"kind\":\"request\",\"id\":\"a\",\"content\":\"\"}", ERR_FLOW_PACKAGE_BAD},
    {"{\"version\":1,\"kind\":\"request\",\"content\":\"x\"}", ERR_FLOW_PACKAGE_BAD},
    {"{\"version\":1,\"kind\":\"refusal\"}", ERR_FLOW_PACKAGE_BAD},
    {R, ERR_FLOW_PACKAGE_BAD},
    {R ",\"content\":\"y\"}", ERR_FLOW_PACKAGE_BAD},
    {R ",\"chain\":\"y\"}", ERR_FLOW_PACKAGE_BAD},
    {R ",\"reason\":\"y\"}", ERR_FLOW_PACKAGE_BAD},
    {R ",\"password\":\"y\"}", ERR_FLOW_PACKAGE_BAD},
    {R ",\"note\":[\"y\"]}", ERR_FLOW_PACKAGE_BAD},
    {R ",\"note\":\"\\u0000\"}", ERR_FLOW_PACKAGE_BAD},
    {R ",\"note\":\"\xff\"}", ERR_FLOW_PACKAGE_BAD},
    {A ",\"id\":\"a\"}", ERR_FLOW_PACKAGE_BAD},
    {A ",\"request\":\"" DIGEST "\"}", ERR_FLOW_PACKAGE_BAD},
    /* newer */
    {"{\"version\":2,\"kind\":\"request\",\"content\":\"x\"}", ERR_FLOW_PACKAGE_VERSION},
    {"{\"version\":2,\"everything\":\"else\"}", ERR_FLOW_PACKAGE_VERSION},
    /* hostile */
    {R ",\"purpose\":\"../../etc\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {R ",\"purpose\":\"..\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {R ",\"profile\":\"x?profileId=y\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {R ",\"profile\":\"x\\ny\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {R ",\"subject\":\"\\u001b[2J\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {R ",\"subject\":\"a\\u202eb\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {R ",\"subject\":\"a\\u2066b\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {R ",\"subject\":\"a\\u200bb\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {R ",\"subject\":\"a\\nb\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {R ",\"note\":\"a\\u009bb\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {A ",\"chain\":\"\\u00e9\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {"{\"version\":1,\"kind\":\"request\",\"id\":\"/etc/x\",\"content\":\"x\"}", ERR_FLOW_PACKAGE_HOSTILE},
    {"{\"version\":1,\"kind\":\"refusal\",\"reason\":\"\\u001b]0;x\"}", ERR_FLOW_PACKAGE_HOSTILE},
};

static void test_bad_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
        struct err err = ERR_INIT;
        struct package p;
        assert_false(package_parse(bytes_of_str(BAD[i].text), &p, &err));
        if (err.code != BAD[i].code) {
            print_error("%s\n", BAD[i].text);
        }
        unit_expect_err(&err, BAD[i].code);
    }
    assert_false(package_looks_like(bytes_of_str("-----BEGIN")));
    assert_false(package_looks_like(bytes_of_str("")));
    assert_true(package_looks_like(bytes_of_str(" \n{")));
}

/* A text of n times c as the value of a member. */
static char *with_long(const char *key, size_t n)
{
    char *filler = xcalloc(1, n + 1);
    memset(filler, 'a', n);
    char *text = xasprintf(R ",\"%s\":\"%s\"}", key, filler);
    free(filler);
    return text;
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        size_t max;
    } limits[] = {{"purpose", 64}, {"profile", 128}, {"subject", 4096}, {"note", 2000}};
    struct err err = ERR_INIT;
    struct package p;
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        char *fits = with_long(limits[i].key, limits[i].max), *long_one = with_long(limits[i].key, limits[i].max + 1);
        assert_true(package_parse(bytes_of_str(fits), &p, &err));
        package_release(&p);
        assert_false(package_parse(bytes_of_str(long_one), &p, &err));
        unit_expect_err(&err, ERR_FLOW_PACKAGE_HOSTILE);
        free(fits);
        free(long_one);
    }
    char *huge = with_long("note", PACKAGE_MAX), *deep = xcalloc(1, 200001);
    assert_false(package_parse(bytes_of_str(huge), &p, &err));
    unit_expect_err(&err, ERR_FLOW_PACKAGE_HOSTILE);
    memset(deep, '[', 200000);
    assert_false(package_parse(bytes_of_str(deep), &p, &err));
    unit_expect_err(&err, ERR_FLOW_PACKAGE_BAD);
    free(huge);
    free(deep);
}

static void test_belongs(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_true(package_belongs(&ANSWER, "20261121-000000-abcd", DIGEST, &err));
    assert_true(package_belongs(&REFUSAL, "20261121-000000-abcd", NULL, &err));
    assert_false(package_belongs(&ANSWER, "20261121-000000-abce", DIGEST, &err));
    unit_expect_err(&err, ERR_FLOW_PACKAGE_OTHER);
    assert_false(package_belongs(&REFUSAL, "20261121-000000-abcd", "00", &err));
    unit_expect_err(&err, ERR_FLOW_PACKAGE_STALE);
    assert_false(package_belongs(&REQUEST, "20261121-000000-abcd", NULL, &err));
    unit_expect_err(&err, ERR_FLOW_PACKAGE_KIND);
    assert_false(package_expect(&ANSWER, "request", &err));
    unit_expect_err(&err, ERR_FLOW_PACKAGE_KIND);
    struct package bare = ANSWER;
    bare.id = bare.request = TEXT("");
    assert_true(package_belongs(&bare, "20261121-000000-abcd", DIGEST, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_canonical_form),
                                       cmocka_unit_test(test_digits_ignore_the_writing),
                                       cmocka_unit_test(test_any_change_changes_the_digits),
                                       cmocka_unit_test(test_bad_files),
                                       cmocka_unit_test(test_limits),
                                       cmocka_unit_test(test_belongs)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
