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

/* As a Dogtag CA has it, shortened: what is nothing to us is passed over, what is ours counts. */
static const char REAL_CFG[] =
    "_000=##\n_001=## Certificate Authority (CA) Configuration File\n"
    "accessEvaluator.impl.group.class=com.netscape.cms.evaluators.GroupAccessEvaluator\n"
    "auths.impl.SharedToken.class=com.netscape.cms.authentication.SharedSecret\n"
    "auths.instance.SharedToken.dnpattern=\n"
    "auths.instance.SharedToken.ldap.basedn=ou=people,dc=example,dc=org\n"
    "auths.instance.SharedToken.ldap.ldapauth.authtype=BasicAuth\n"
    "auths.instance.SharedToken.ldap.ldapauth.bindPWPrompt=Rule SharedToken\n"
    "auths.instance.SharedToken.ldap.ldapconn.host=localhost\n"
    "auths.instance.SharedToken.ldap.ldapconn.port=3389\n"
    "auths.instance.SharedToken.ldap.ldapconn.secureConn=false\n"
    "auths.instance.SharedToken.ldap.ldapconn.version=3\n"
    "auths.instance.SharedToken.pluginName=SharedToken\n"
    "auths.instance.SharedToken.shrTokAttr=shrTok\n"
    "ca.cert.issuance_protection.nickname=issuance_protection\n"
    "ca.cert.list=signing,ocsp_signing,sslserver,subsystem,audit_signing\n"
    "ca.connector.KRA.enable=true\n"
    "ca.requestVerify.enabled=true\nca.requestVerify.token=internal\n"
    "ca.signing.defaultSigningAlgorithm=SHA256withRSA\n"
    "internaldb.basedn=o=pki-tomcat-CA\ninternaldb.database=ca\ninternaldb.ldapauth.authtype=BasicAuth\n"
    "internaldb.ldapauth.bindDN=cn=Directory Manager\ninternaldb.ldapauth.bindPWPrompt=internaldb\n"
    "internaldb.ldapauth.clientCertNickname=\ninternaldb.ldapconn.cloneReplicationPort=3389\n"
    "internaldb.ldapconn.host=localhost\ninternaldb.ldapconn.port=4389\ninternaldb.ldapconn.secureConn=false\n"
    "internaldb.maxConns=15\ninternaldb.minConns=3\ninternaldb.multipleSuffix.enable=false\n"
    "cmc.bypassClientAuth=true\ncmc.popLinkWitnessRequired=true\n"
    "cmc.revokeCert.sharedSecret.class=com.netscape.cms.authentication.SharedSecret\n"
    "cmc.sharedSecret.class=com.netscape.cms.authentication.SharedSecret\n"
    "cmc.signerInfo.verify=true\ncmc.token=internal\n"
    "keyWrap.useOAEP=true\npreop.wizard.name=CA Setup Wizard\n"
    "profile.caUserCert.class_id=caEnrollImpl\nsubsystem.count=0\n";

static void real_file(void **state)
{
    static const struct {
        const char *line, *said; /* what follows is a slip */
    } slips[] = {
        {"cmc.popLinkWitnesRequired=true\n", "did you mean cmc.popLinkWitnessRequired?"},
        {"keyWrap.useOEAP=true\n", "did you mean keyWrap.useOAEP?"},
        {"ca.requestVerify.enable=false\n", "did you mean ca.requestVerify.enabled?"},
        {"cmc.tokens=internal\n", "There is no switch named"},
        {"practice.surprise=1\n", "There is no switch named"},
    };
    struct err err = ERR_INIT;
    struct csconf conf;
    char *path = NULL;
    write_text(*state, "real.cfg", REAL_CFG, &path);
    must(csconf_read(path, &conf, &err), &err);
    assert_true(conf.bypass_client_auth && conf.pop_link_witness_required && conf.use_oaep && !conf.confirm_required);
    assert_string_equal(conf.users.base, "ou=people,dc=example,dc=org");
    assert_int_equal(conf.users.port, 3389);
    assert_string_equal(conf.records.base, "o=pki-tomcat-CA");
    assert_int_equal(conf.records.port, 4389);
    free(path);
    for (size_t i = 0; i < ARRAY_LEN(slips); i++) {
        char *text = xasprintf("%s%s", REAL_CFG, slips[i].line);
        write_text(*state, "slip.cfg", text, &path);
        assert_false(csconf_read(path, &conf, &err));
        char *said = err_format(&err, "cmc-practice-ca");
        assert_non_null(strstr(said, slips[i].said));
        unit_expect_err(&err, ERR_PRACTICE_SWITCH);
        free(said);
        free(path);
        free(text);
    }
    assert_false(csconf_set(&conf, "ca.connector.KRA.enable", "true", &err)); /* by hand only what is known */
    unit_expect_err(&err, ERR_PRACTICE_SWITCH);
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
        cmocka_unit_test(real_file),
    };
    return cmocka_run_group_tests(tests, folder, no_folder);
}
