/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/admin.h"

#include "unit/unit.h"

static const struct admin_site SITE = {.version = "11.3", .base_dn = "ou=staff,o=Example", .bind_dn = "cn=ca", .ldap_host = "ldap.test",
                                       .ldap_tls = true, .instance = "ca1"};

static struct admin_report check(const char *text, const char *name, const char *version)
{
    struct admin_site site = {.version = version};
    struct admin_report r;
    assert_true(admin_check(bytes_of_str(text), name, &site, &r, NULL));
    return r;
}

static const struct admin_finding *finding(const struct admin_report *r, const char *key)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->v[i].key, key) == 0 && r->v[i].verdict != ADMIN_OK) {
            return &r->v[i];
        }
    }
    return NULL;
}

static void test_text(void **state)
{
    (void)state;
    char *text = admin_text(&SITE, NULL), *old = admin_text(&(struct admin_site){.version = "10.5"}, NULL);
    static const char *const pieces[] = {"ou=staff,o=Example", "ldap.test", "=636", "secureConn=true", "/etc/pki/ca1/ca/CS.cfg",
                                         "1.3.6.1.4.1.1466.115.121.1.40", "Rule SharedToken=", "auth.instance_id=CMCUserSignedAuth",
                                         "ca-profile-enable caECFullCMCSharedTokenCert", "pki-server restart ca1", "keyWrap.useOAEP",
                                         "caCMCcaIssuanceProtectionCert"};
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        if (!strstr(text, pieces[i])) {
            fail_msg("%s", pieces[i]);
        }
    }
    assert_null(strstr(old, "useOAEP"));
    assert_null(strstr(old, "caCMCcaIssuanceProtectionCert"));
    assert_non_null(strstr(old, "systemctl restart"));
    free(text);
    free(old);
}

/* The address of the directory, as a CA description has it. */
static void test_directory(void **state)
{
    (void)state;
    static const struct {
        const char *url, *host;
        int port;
        bool tls;
    } good[] = {{"ldaps://ldap.test", "ldap.test", 0, true},      {"LDAP://ldap.test:3389/ou=x,o=y", "ldap.test", 3389, false},
                {"ldaps://[2001:db8::1]:1636", "2001:db8::1", 1636, true}, {"ldaps://[::1]/", "::1", 0, true},
                {"ldapi://%2Frun%2Fslapd.socket", "localhost", 0, false}};
    static const char *const bad[] = {"", "ldap.test", "https://ldap.test", "ldaps://", "ldaps://:636", "ldaps://ldap.test:",
                                      "ldaps://ldap.test:0", "ldaps://ldap.test:65536", "ldaps://ldap.test:6x", "ldaps://[::1"};
    char *host = NULL;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct admin_site site = {.version = "11.3"};
        assert_true(admin_site_directory(&site, good[i].url, &host, NULL));
        assert_string_equal(site.ldap_host, good[i].host);
        assert_int_equal(site.ldap_port, good[i].port);
        assert_int_equal(site.ldap_tls, good[i].tls);
        char *lines = admin_cs_lines(&site), *wanted = xasprintf("ldapconn.secureConn=%s\n", good[i].tls ? "true" : "false");
        assert_non_null(strstr(lines, wanted));
        free(wanted);
        free(lines);
        free(host);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct admin_site site = {.version = "11.3"};
        struct err err = ERR_INIT;
        assert_false(admin_site_directory(&site, bad[i], &host, &err));
        unit_expect_err(&err, ERR_DIR_URL);
        assert_null(host);
        assert_null(site.ldap_host);
    }
    /* Nobody copies an example that sends passwords in clear. */
    char *lines = admin_cs_lines(&(struct admin_site){.version = "11.3"});
    assert_non_null(strstr(lines, "ldapconn.secureConn=true\n"));
    assert_non_null(strstr(lines, "ldapconn.port=636\n"));
    free(lines);
}

static void test_versions(void **state)
{
    (void)state;
    static const char *const good[] = {"10.5", "10.5.18", "11.3.1", "11.10", "12"};
    static const char *const bad[] = {"10.4", "9", "", "x", "11.x", "-1"};
    struct err err = ERR_INIT;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(admin_version_ok(good[i], NULL));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(admin_version_ok(bad[i], &err));
        unit_expect_err(&err, ERR_FLOW_ADMIN_VERSION);
    }
}

/* What we print is what we accept. */
static void test_own_lines(void **state)
{
    (void)state;
    char *lines = admin_cs_lines(&SITE), *text = xasprintf("cms.version=11.3\n%s", lines);
    struct admin_report r = check(text, "CS.cfg", NULL);
    assert_int_equal(r.kind, ADMIN_CS_CFG);
    assert_string_equal(r.version, "11.3");
    assert_int_equal(r.n_wrong, 0);
    admin_report_release(&r);
    free(lines);
    free(text);
}

static void test_cs(void **state)
{
    (void)state;
    struct admin_report r = check("# new\nauths.impl.CMCUserSignedAuth.class=com.netscape.cms.authentication.CMCUserSignedAuth\nca.x=1\n"
                                  "auths.instance.SharedToken.pluginName=sharedtoken\nauths.instance.SharedToken.ldap.ldapconn.port=636\n"
                                  "cmc.popLinkWitnessRequired=true\ncmc.token=\n",
                                  "CS.cfg", "11.3");
    assert_int_equal(finding(&r, "auths.instance.SharedToken.pluginName")->verdict, ADMIN_DIFFERENT);
    assert_int_equal(finding(&r, "auths.instance.SharedToken.ldap.basedn")->verdict, ADMIN_MISSING);
    assert_int_equal(finding(&r, "auths.instance.SharedToken.ldap.ldapconn.port")->verdict, ADMIN_DIFFERENT);
    assert_int_equal(finding(&r, "cmc.popLinkWitnessRequired")->verdict, ADMIN_NOTE);
    assert_int_equal(finding(&r, "ca.cert.issuance_protection.nickname")->verdict, ADMIN_NOTE);
    assert_null(finding(&r, "cmc.token"));
    assert_null(finding(&r, "auths.impl.CMCUserSignedAuth.class"));
    assert_true(r.n_wrong >= 9);
    admin_report_release(&r);
}

/* What of the site is given has to be there; what is not may be anything. */
static void test_site(void **state)
{
    (void)state;
#define INSTANCE "auths.instance.SharedToken.ldap."
#define MINE {.base_dn = "ou=staff,o=Example", .bind_dn = "cn=ca", .ldap_host = "ldap.test", .ldap_port = 636, .ldap_tls = true}
    static const struct {
        struct admin_site file, asked;
        const char *key; /* the only finding; NULL = none */
        enum admin_verdict verdict;
        const char *wanted;
    } rows[] = {
        {MINE, MINE, NULL, ADMIN_OK, NULL},
        {MINE, {0}, NULL, ADMIN_OK, NULL},
        {MINE, {.base_dn = "OU=Staff, o=example", .ldap_host = "LDAP.test"}, NULL, ADMIN_OK, NULL},
        {MINE, {.base_dn = "ou=other,o=Example"}, INSTANCE "basedn", ADMIN_DIFFERENT, "ou=other,o=Example"},
        {MINE, {.base_dn = "no name"}, INSTANCE "basedn", ADMIN_DIFFERENT, "no name"},
        {MINE, {.bind_dn = "cn=kra"}, INSTANCE "ldapauth.bindDN", ADMIN_DIFFERENT, "cn=kra"},
        {MINE, {.ldap_host = "ldap2.test"}, INSTANCE "ldapconn.host", ADMIN_DIFFERENT, "ldap2.test"},
        {MINE, {.ldap_port = 1636}, INSTANCE "ldapconn.port", ADMIN_DIFFERENT, "1636"},
        {{.ldap_host = "ldap.test"}, {.ldap_tls = true}, INSTANCE "ldapconn.secureConn", ADMIN_DIFFERENT, "true"},
        {{.ldap_host = "ldap.test"}, {0}, INSTANCE "ldapconn.secureConn", ADMIN_NOTE, "true"},
        {{.ldap_host = "10.1.2.3"}, {0}, INSTANCE "ldapconn.secureConn", ADMIN_NOTE, "true"},
        {{.ldap_host = "2001:db8::1"}, {0}, INSTANCE "ldapconn.secureConn", ADMIN_NOTE, "true"},
        {{.ldap_host = "localhost"}, {0}, NULL, ADMIN_OK, NULL},
        {{.ldap_host = "127.0.0.1"}, {0}, NULL, ADMIN_OK, NULL},
        {{.ldap_host = "::1"}, {0}, NULL, ADMIN_OK, NULL},
    };
#undef MINE
#undef INSTANCE
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *text = admin_cs_lines(&rows[i].file);
        struct admin_report r;
        size_t said = 0;
        assert_true(admin_check(bytes_of_str(text), "CS.cfg", &rows[i].asked, &r, NULL));
        for (size_t j = 0; j < r.n; j++) {
            said += r.v[j].verdict != ADMIN_OK;
        }
        assert_int_equal(said, rows[i].key ? 1 : 0);
        assert_int_equal(r.n_wrong, rows[i].verdict == ADMIN_DIFFERENT ? 1 : 0);
        if (rows[i].key) {
            const struct admin_finding *f = finding(&r, rows[i].key);
            assert_non_null(f);
            assert_int_equal(f->verdict, rows[i].verdict);
            assert_string_equal(f->wanted, rows[i].wanted);
        }
        admin_report_release(&r);
        free(text);
    }
}

static void test_profiles(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t notes;
    } rows[] = {{"caFullCMCSharedTokenCert.cfg", 0}, {"caFullCMCUserCert.cfg", 1}};
    struct admin_report r = check("enable=false\nauth.instance_id=\npolicyset.list=x\n", "/etc/x/mine.cfg", "11.3");
    assert_int_equal(r.kind, ADMIN_PROFILE);
    assert_string_equal(r.profile, "mine");
    assert_int_equal(r.n_wrong, 3);
    admin_report_release(&r);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *folder = unit_source("data/profiles"), *path = path_join(folder, rows[i].file);
        struct buf text = BUF_INIT(BUF_MAX_TEXT);
        struct admin_site site = {.version = "11.3"};
        assert_true(file_read(path, &text, NULL));
        assert_true(admin_check(buf_peek(&text), path, &site, &r, NULL));
        size_t notes = 0;
        for (size_t j = 0; j < r.n; j++) { /* as shipped, some are disabled */
            notes += r.v[j].verdict == ADMIN_NOTE;
            assert_true(r.v[j].verdict == ADMIN_OK || r.v[j].verdict == ADMIN_NOTE || strcmp(r.v[j].key, "enable") == 0);
        }
        assert_int_equal(notes, rows[i].notes);
        admin_report_release(&r);
        buf_release(&text);
        free(path);
        free(folder);
    }
}

static void test_refused(void **state)
{
    (void)state;
    struct admin_site site = {.version = NULL};
    struct admin_report r;
    struct err err = ERR_INIT;
    assert_false(admin_check(bytes_of_str("hello=world\n"), "x", &site, &r, &err));
    unit_expect_err(&err, ERR_FLOW_ADMIN_FILE);
    assert_false(admin_check(bytes_of_str("cms.version=9.0\nauths.x=1\nca.y=1\n"), "x", &site, &r, &err));
    unit_expect_err(&err, ERR_FLOW_ADMIN_VERSION);
    assert_null(admin_text(&(struct admin_site){.version = "9"}, &err));
    unit_expect_err(&err, ERR_FLOW_ADMIN_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),  cmocka_unit_test(test_directory), cmocka_unit_test(test_versions), cmocka_unit_test(test_own_lines),
        cmocka_unit_test(test_cs),    cmocka_unit_test(test_profiles), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_site),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
