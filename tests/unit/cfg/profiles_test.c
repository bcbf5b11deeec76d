/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "unit/unit.h"

#include "cfg/cfg.h"
#include "cfg/profiles.h"

static void rows_are_complete(void **state)
{
    (void)state;
    const struct profile *profile;
    for (size_t i = 0; (profile = profile_at(i)); i++) {
        const char *right;
        assert_ptr_equal(profile_find(profile->id), profile);
        assert_false(profile_is_slip(profile->id, &right));
        assert_null(profile_suggest(profile->id));
        assert_true(profile->keys != 0);
        assert_int_equal((profile->keys & PROFILE_KEY_RSA) != 0, profile->rsa_sizes != NULL);
        assert_int_equal((profile->keys & PROFILE_KEY_EC) != 0, profile->curves != NULL);
        assert_true(profile->days > 0 && profile->days <= profile->days_max);
        assert_non_null(servlet_find(profile->servlet));
        assert_true(strlen(profile->help) > 10);
    }
    const struct servlet *servlet;
    for (size_t i = 0; (servlet = servlet_at(i)); i++) {
        assert_ptr_equal(servlet_find(servlet->path), servlet);
        assert_null(servlet_suggest(servlet->path));
        const char *right;
        assert_true(!servlet->default_profile || profile_find(servlet->default_profile)
            || profile_is_slip(servlet->default_profile, &right));
    }
}

static void slips_of_the_guides(void **state)
{
    (void)state;
    static const char *const slips[][2] = {
        {"caCMCECCserverCert", "caCMCECserverCert"},
        {"caCMCECCsubsystemCert", "caCMCECsubsystemCert"},
        {"caFullCMCSelfSignedCert", "caFullCMCSharedTokenCert"},
        {"caECFullCMCSelfSignedCert", "caECFullCMCSharedTokenCert"},
    };
    for (size_t i = 0; i < ARRAY_LEN(slips); i++) {
        const char *right = NULL;
        assert_true(profile_is_slip(slips[i][0], &right));
        assert_string_equal(right, slips[i][1]);
        assert_non_null(profile_find(right));
        assert_string_equal(profile_suggest(slips[i][0]), slips[i][1]);
    }
    assert_string_equal(profile_suggest("cacmcservercert"), "caCMCserverCert");
    assert_null(profile_suggest("siteSmartcards"));
    assert_string_equal(servlet_suggest("/ca/ee/ca/profilesubmitcmcfull"), "/ca/ee/ca/profileSubmitCMCFull");
    assert_null(servlet_suggest("/x"));
}

static void choice_by_purpose(void **state)
{
    (void)state;
    static const struct {
        enum profile_purpose purpose;
        enum profile_auth auth;
        enum profile_key key;
        const char *id;
    } cases[] = {
        {PROFILE_FOR_USER, PROFILE_AUTH_AGENT, PROFILE_KEY_RSA, "caFullCMCUserCert"},
        {PROFILE_FOR_USER, PROFILE_AUTH_AGENT, PROFILE_KEY_EC, "caECFullCMCUserCert"},
        {PROFILE_FOR_USER, PROFILE_AUTH_SECRET, PROFILE_KEY_EC, "caECFullCMCSharedTokenCert"},
        {PROFILE_FOR_USER, PROFILE_AUTH_USER, PROFILE_KEY_RSA, "caFullCMCUserSignedCert"},
        {PROFILE_FOR_SERVER, PROFILE_AUTH_AGENT, PROFILE_KEY_EC, "caCMCECserverCert"},
        {PROFILE_FOR_SERVER, PROFILE_AUTH_AGENT, PROFILE_KEY_MLDSA, "caCMCMLDSAserverCert"},
        {PROFILE_FOR_CA, PROFILE_AUTH_AGENT, PROFILE_KEY_EC, "caCMCcaCert"},
        {PROFILE_FOR_KRA_TRANSPORT, PROFILE_AUTH_AGENT, PROFILE_KEY_EC, NULL},
        {PROFILE_FOR_SERVER, PROFILE_AUTH_SECRET, PROFILE_KEY_RSA, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct profile *profile = profile_choose(cases[i].purpose, cases[i].auth, cases[i].key);
        assert_int_equal(profile != NULL, cases[i].id != NULL);
        if (profile) {
            assert_string_equal(profile->id, cases[i].id);
        }
    }
}

static void keys_and_urls(void **state)
{
    (void)state;
    const struct profile *rsa = profile_find("caCMCUserCert");
    const struct profile *ec = profile_find("caCMCECUserCert");
    assert_true(profile_takes_rsa(rsa, 3072));
    assert_false(profile_takes_rsa(rsa, 512));
    assert_false(profile_takes_rsa(ec, 2048));
    assert_true(profile_takes_curve(ec, "nistp521"));
    assert_false(profile_takes_curve(ec, "nistp384"));
    assert_false(profile_takes_curve(ec, "nist"));
    unit_expect_text(profile_servlet_url("caCMCUserCert", PROFILE_AUTH_USER),
        "/ca/ee/ca/profileSubmitCMCFull?profileId=caCMCUserCert");
    unit_expect_text(profile_servlet_url("siteOwn", PROFILE_AUTH_SECRET),
        "/ca/ee/ca/profileSubmitUserSignedCMCFull?profileId=siteOwn");
}

static void versions(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int order;
    } cases[] = {{"10.5", "10.13", -1}, {"11.3.1", "11.3", 1}, {"11", "11.0.0", 0}, {"11.10", "11.9", 1},
        {"11.3.1-SNAPSHOT", "11.3.1", 0}, {"", "", 0}, {"9", "10", -1}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(version_compare(cases[i].a, cases[i].b), cases[i].order);
        assert_int_equal(version_compare(cases[i].b, cases[i].a), -cases[i].order);
    }
}

static const char *param(const struct cfg *cfg, int number, const char *below)
{
    char *name = xasprintf("policyset.certSet.%d.%s", number, below);
    const char *value = cfg_get_by_name(cfg, name);
    free(name);
    assert_non_null(value);
    return value;
}

static const char *manager(enum profile_auth auth)
{
    return auth == PROFILE_AUTH_AGENT ? "CMCAuth"
        : auth == PROFILE_AUTH_AGENT_TLS ? "AgentCertAuth"
        : auth == PROFILE_AUTH_EST ? "CMCAuthForEST" : "CMCUserSignedAuth";
}

/* The practice CA's profiles and this table say the same. */
static void profiles_of_the_practice_ca(void **state)
{
    (void)state;
    size_t compared = 0;
    const struct profile *profile;
    for (size_t i = 0; (profile = profile_at(i)); i++) {
        char *name = xasprintf("data/profiles/%s.cfg", profile->id);
        char *path = unit_source(name);
        if (file_exists(path)) {
            struct cfg cfg;
            cfg_init(&cfg, CFG_HTTP); /* profiles are Java Properties as well */
            assert_true(cfg_read(&cfg, path, NULL));
            assert_string_equal(cfg_get_by_name(&cfg, "auth.instance_id"), manager(profile->auth));
            assert_string_equal(cfg_get_by_name(&cfg, "enable"),
                                profile->flags & (PROFILE_DISABLED | PROFILE_BY_SITE) ? "false" : "true");
            assert_int_equal(atoi(param(&cfg, 2, "default.params.range")), profile->days);
            assert_int_equal(atoi(param(&cfg, 2, "constraint.params.range")), profile->days_max);
            char *keys = xasprintf("%s%s%s", profile->rsa_sizes ? profile->rsa_sizes : "",
                profile->rsa_sizes && profile->curves ? "," : "", profile->curves ? profile->curves : "");
            assert_string_equal(param(&cfg, 3, "constraint.params.keyParameters"), keys);
            free(keys);
            compared++;
            cfg_release(&cfg);
        }
        free(path);
        free(name);
    }
    assert_true(compared >= 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete),
        cmocka_unit_test(slips_of_the_guides),
        cmocka_unit_test(choice_by_purpose),
        cmocka_unit_test(keys_and_urls),
        cmocka_unit_test(versions),
        cmocka_unit_test(profiles_of_the_practice_ca),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
