/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles, switches, routes and pages: what is taken and what is refused. */
#include "config.h"

#include "unit/practice/fixture.h"

#include "base/strv.h"
#include "practice/csconf.h"
#include "practice/profile.h"

static void write_text(const char *folder, const char *name, const char *text, char **path)
{
    struct err err = ERR_INIT;
    *path = path_join(folder, name);
    must(file_write(*path, bytes_of_str(text), 0600, &err), &err);
}

static void every_profile(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct profile_list list;
    char *dir = unit_source("data/profiles");
    must(profile_list_read(dir, &list, &err), &err);
    assert_int_equal(list.n, 24);
    struct profile *user = profile_find(&list, "caFullCMCUserCert");
    assert_non_null(user);
    assert_true(user->enabled);
    assert_string_equal(user->auth, "CMCAuth");
    assert_null(profile_find(&list, "caFullCMCUserCer"));
    assert_false(profile_find(&list, "caFullCMCSharedTokenCert")->enabled);
    assert_true(profile_find(&list, "caSimpleCMCUserCert")->simple);
    assert_true(profile_find(&list, "caUserCert")->by_form);
    profile_list_release(&list);
    free(dir);
}

#define HEAD "name=n\ndesc=d\nenable=true\nauth.instance_id=CMCAuth\ninput.list=i1\ninput.i1.class_id=cmcCertReqInputImpl\n"
#define POLICY(fill, check) \
    "policyset.list=s\npolicyset.s.list=1\npolicyset.s.1.default.class_id=" fill "\npolicyset.s.1.constraint.class_id=" check "\n"

/* A profile that is only half understood is refused, with the place. */
static void bad_profiles(void **state)
{
    static const struct {
        const char *text, *names;
    } rows[] = {
        {HEAD POLICY("noSuchDefaultImpl", "noConstraintImpl"), "noSuchDefaultImpl"},
        {HEAD POLICY("noDefaultImpl", "noSuchConstraintImpl"), "noSuchConstraintImpl"},
        {HEAD POLICY("noDefaultImpl", "noConstraintImpl") "policyset.s.1.default.params.surprise=1\n", "surprise"},
        {HEAD POLICY("noDefaultImpl", "noConstraintImpl") "policyset.s.2.default.class_id=noDefaultImpl\n", "policyset.s.2"},
        {HEAD POLICY("noDefaultImpl", "noConstraintImpl") "unheard=of\n", "unheard"},
        {HEAD POLICY("noDefaultImpl", "noConstraintImpl") "no equals sign\n", "no equals sign"},
        {HEAD, "policyset.list"},
        {"auth.instance_id=Nobody\n" POLICY("noDefaultImpl", "noConstraintImpl"), "Nobody"},
        {HEAD "policyset.list=s\npolicyset.s.list=1\n", "class_id"},
        {HEAD POLICY("noDefaultImpl", "noConstraintImpl") "esc\x1b=1\n", "esc\\e"},
    };
    struct err err = ERR_INIT;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct profile profile;
        char *path = NULL;
        write_text(*state, "p.cfg", rows[i].text, &path);
        assert_false(profile_read(path, &profile, &err));
        assert_int_equal(err.code, ERR_PRACTICE_PROFILE);
        assert_non_null(strstr(err.context[0], rows[i].names));
        err_release(&err);
        free(path);
    }
}

static void enabling(void **state)
{
    struct err err = ERR_INIT;
    struct profile profile;
    char *path = NULL;
    write_text(*state, "q.cfg", "# comment\n" HEAD POLICY("noDefaultImpl", "noConstraintImpl"), &path);
    must(profile_read(path, &profile, &err), &err);
    assert_string_equal(profile.id, "q");
    must(profile_enable(&profile, false, &err), &err);
    profile_release(&profile);
    must(profile_read(path, &profile, &err), &err);
    assert_false(profile.enabled);
    must(profile_enable(&profile, true, &err), &err);
    assert_true(profile.enabled);
    profile_release(&profile);
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    must(file_read(path, &text, &err), &err);
    assert_non_null(strstr(buf_str(&text), "# comment\n"));
    buf_release(&text);
    free(path);
}

static void switches(void **state)
{
    struct err err = ERR_INIT;
    struct csconf conf;
    struct csconf again;
    char *path = path_join(*state, "CS.cfg");
    csconf_defaults(&conf);
    assert_true(conf.signer_info_verify && conf.request_verify && !conf.use_oaep);
    must(csconf_set(&conf, "keyWrap.useOAEP", "true", &err) && csconf_set(&conf, "practice.sharedTokenPause", "7", &err), &err);
    must(csconf_write(path, &conf, &err) && csconf_read(path, &again, &err), &err);
    assert_true(again.use_oaep);
    assert_int_equal(again.token_pause, 7);
    free(path);
    static const char *const bad[] = {"cmc.popLinkWitnessRequire=true\n", "keyWrap.useOAEP=yes\n", "practice.sharedTokenPause=-1\n",
                                      "practice.sharedTokenPause=1x\n", "just words\n", "auths.instance.SharedToken.surprise=1\n"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        write_text(*state, "bad.cfg", bad[i], &path);
        assert_false(csconf_read(path, &again, &err));
        unit_expect_err(&err, ERR_PRACTICE_SWITCH);
        free(path);
    }
    write_text(*state, "good.cfg", "# x\n\n  auths.instance.SharedToken.pluginName=SharedToken\r\nkeyWrap.useOAEP=false\n", &path);
    must(csconf_read(path, &again, &err), &err);
    free(path);
}

static int folder(void **state)
{
    return unit_folder(state);
}

static int no_folder(void **state)
{
    return unit_folder_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_profile),
        cmocka_unit_test(bad_profiles),
        cmocka_unit_test(enabling),
        cmocka_unit_test(switches),
    };
    return cmocka_run_group_tests(tests, folder, no_folder);
}
