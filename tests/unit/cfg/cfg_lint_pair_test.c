/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "unit/unit.h"

#include "base/strv.h"
#include "cfg/cfg_lint.h"

/* "jdoe" has two certificates of one subject; any other nickname is its own subject; "gone" has none. */
static char *subject_of(void *ctx, const char *dbdir, const char *token, const char *nickname)
{
    (void)ctx;
    (void)dbdir;
    (void)token;
    if (strcmp(nickname, "gone") == 0) {
        return NULL;
    }
    return xasprintf("CN=%.4s", nickname);
}

#define REQUEST "output=cmc.req\ndbdir=nssdb\nnickname=jdoe\n"
#define SUBMIT "secure=true\nclientmode=true\ninput=cmc.req\noutput=cmc.resp\ndbdir=nssdb\nnickname=jdoe\n"
#define PROFILE(id) "servlet=/ca/ee/ca/profileSubmitCMCFull?profileId=" id "\n"

static const struct {
    const char *request, *submit, *expected; /* ids without "cfg-pair-" */
} cases[] = {
    {REQUEST, SUBMIT PROFILE("caCMCUserCert"), ""},
    {REQUEST, SUBMIT "servlet=/ca/ee/ca/profileSubmitCMCFull\n", ""},
    {REQUEST, SUBMIT "input=./cmc.req\ndbdir=sql:./nssdb/\n", ""},
    {REQUEST, SUBMIT "input=other.req\n", "chain"},
    {REQUEST, SUBMIT "output=.//cmc.req\n", "overwrite"},
    {REQUEST, SUBMIT "dbdir=/etc/nssdb\n", "dbdir"},
    {REQUEST, SUBMIT "tokenname=card\n", "token"},
    {REQUEST "tokenname=internal\n", SUBMIT "tokenname=Internal Key Storage Token\n", ""},
    {REQUEST, SUBMIT "nickname=jdoe TLS\n", ""},
    {REQUEST, SUBMIT "nickname=msmith\n", "subject"},
    {REQUEST, SUBMIT "dbdir=/etc/nssdb\nnickname=msmith\n", "dbdir subject"},
    {REQUEST, SUBMIT "nickname=gone\n", "nickname"},
    {REQUEST, SUBMIT "clientmode=false\n", "no-client"},
    {REQUEST, SUBMIT "secure=false\n", "no-client"},
    {REQUEST "request.useSharedSecret=true\n", SUBMIT PROFILE("caFullCMCSharedTokenCert"), "client-unused"},
    {REQUEST "request.useSharedSecret=true\n", SUBMIT "clientmode=false\n" PROFILE("caFullCMCSharedTokenCert"), ""},
    {REQUEST "request.useSharedSecret=true\n", SUBMIT "clientmode=false\n" PROFILE("caFullCMCUserCert"),
        "secret-profile"},
    {REQUEST "request.useSharedSecret=true\n", SUBMIT "clientmode=false\n" PROFILE("caFullCMCUserSignedCert"),
        "secret-user-profile"},
    {REQUEST, SUBMIT PROFILE("caFullCMCSharedTokenCert"), "signed-profile"},
    {REQUEST, SUBMIT PROFILE("siteOwn"), ""},
    {REQUEST "revRequest.enable=true\nrevRequest.sharedSecret=s\n",
        SUBMIT "clientmode=false\n" PROFILE("caFullCMCUserCert"), "secret-profile"},
    {REQUEST "revRequest.enable=true\nrevRequest.sharedSecret=s\n",
        SUBMIT "clientmode=false\n" PROFILE("caFullCMCUserSignedCert"), ""},
    {REQUEST "revRequest.enable=true\n", SUBMIT PROFILE("caFullCMCUserCert"), ""},
    {REQUEST "decryptedPop.enable=true\ndecryptedPopRequestFile=second.req\n", SUBMIT, "chain"},
    {REQUEST "decryptedPop.enable=true\ndecryptedPopRequestFile=second.req\n", SUBMIT "input=second.req\n", ""},
};

static char *found(const char *request_text, const char *submit_text, const struct cfg_lint_facts *facts)
{
    struct cfg request, submit;
    cfg_init(&request, CFG_REQUEST);
    cfg_init(&submit, CFG_HTTP);
    assert_true(cfg_parse(&request, bytes_of_str(request_text), "request.cfg", NULL));
    assert_true(cfg_parse(&submit, bytes_of_str(submit_text), "submit.cfg", NULL));
    struct cfg_problems problems = CFG_PROBLEMS_INIT;
    cfg_lint_pair(&request, &submit, facts, &problems);
    struct strv list = STRV_INIT;
    for (size_t i = 0; i < problems.n; i++) {
        assert_string_equal(problems.v[i].file, "submit.cfg");
        assert_null(strchr(problems.v[i].reason, '{'));
        strv_push(&list, cfg_lint_id(problems.v[i].what) + strlen("cfg-pair-"));
    }
    char *text = strv_join(&list, " ");
    strv_release(&list);
    cfg_problems_release(&problems);
    cfg_release(&request);
    cfg_release(&submit);
    return text;
}

static void pairs(void **state)
{
    (void)state;
    struct cfg_lint_facts facts = {.subject_of = subject_of};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *got = found(cases[i].request, cases[i].submit, &facts);
        if (strcmp(got, cases[i].expected) != 0) {
            print_error("with %s-- and\n%s", cases[i].request, cases[i].submit);
        }
        unit_expect_text(got, cases[i].expected);
    }
}

/* Without a database to ask, other nicknames are doubtful, equal ones are not. */
static void without_facts(void **state)
{
    (void)state;
    unit_expect_text(found(REQUEST, SUBMIT, NULL), "");
    unit_expect_text(found(REQUEST, SUBMIT "nickname=jdoe TLS\n", NULL), "nickname");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs),
        cmocka_unit_test(without_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
