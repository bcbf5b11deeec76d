/* SPDX-License-Identifier: Apache-2.0 */
/* What needs no directory server: names, numbers, LDIF, addresses. */
#include "config.h"

#include "unit/unit.h"

#include "dir/record.h"

#define TOKEN "MAYEAQEEAQI=" /* SEQUENCE of two OCTET STRINGs */

static void serial(const char *given, const char *expected)
{
    char *text = dir_serial_decimal(given);
    if (!expected) {
        assert_null(text);
        return;
    }
    assert_non_null(text);
    unit_expect_text(text, expected);
}

static void test_serials(void **state)
{
    (void)state;
    serial("0", "0");
    serial("0x0", "0");
    serial("26", "26");
    serial("0026", "26");
    serial("0x1a", "26");
    serial("0X1A", "26");
    serial("0xffffffffffffffff", "18446744073709551615");
    serial("0xffffffffffffffffffffffffffffffffffffffff", "1461501637330902918203684832716283019655932542975");
    serial("0x000000000000000000000000000000000000000000000000001a", "26");
    serial("0xfffffffffffffffffffffffffffffffffffffffffffffffffff", NULL);
    serial("", NULL);
    serial("0x", NULL);
    serial("1a", NULL);
    serial("-1", NULL);
    serial("1,ou=x", NULL);
    serial("99999999999999999999999999999999999999999999999999", NULL);
}

static void test_names(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    unit_expect_text(dir_user_dn("ou=people,dc=example,dc=com", "jdoe"), "uid=jdoe,ou=people,dc=example,dc=com");
    unit_expect_text(dir_user_dn("dc=x", "a,b+c"), "uid=a\\,b\\+c,dc=x");
    unit_expect_text(dir_user_dn(NULL, "jdoe"), "uid=jdoe");
    unit_expect_text(dir_cert_record_dn("o=pki-CA", "0x1a", &err), "cn=26,ou=certificateRepository,ou=ca,o=pki-CA");
    assert_null(dir_cert_record_dn("o=pki-CA", "26,o=evil", &err));
    unit_expect_err(&err, ERR_DIR_SERIAL);
    assert_null(dir_cert_record_dn("", "26", &err));
    unit_expect_err(&err, ERR_DIR_NO_BASE);
}

static void test_token_text(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    unit_expect_text(dir_token_line("MAYEA\r\nQEEAQI=\r\n", &err), TOKEN);
    static const char *const bad[] = {"", "hello world!", "AAAA", "MA", NULL};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_null(dir_token_line(bad[i], &err));
        unit_expect_err(&err, ERR_DIR_TOKEN_TEXT);
    }
}

static void test_ldif(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    assert_true(dir_token_ldif("uid=jdoe,dc=x", NULL, TOKEN, true, &out, &err));
    assert_string_equal(buf_str(&out), "dn: uid=jdoe,dc=x\ncontrol: 1.2.840.113556.1.4.1413 false\nchangetype: modify\nadd: objectClass\n"
                                       "objectClass: extensibleObject\n-\nreplace: shrTok\nshrTok: " TOKEN "\n-\n");
    buf_clear(&out);
    assert_true(dir_token_ldif("uid=jdoe,dc=x", "other", NULL, true, &out, &err));
    assert_string_equal(buf_str(&out), "dn: uid=jdoe,dc=x\nchangetype: modify\ndelete: other\n-\n");
    buf_clear(&out);
    assert_true(dir_token_ldif("uid=J\xc3\xb6rg,dc=x", NULL, NULL, false, &out, &err));
    assert_true(strstr(buf_str(&out), "dn:: dWlkPUrDtnJnLGRjPXg=\n") == buf_str(&out));
    buf_clear(&out);
    assert_true(dir_revocation_ldif("o=ca", "0x1a", TOKEN, &out, &err));
    assert_string_equal(buf_str(&out), "dn: cn=26,ou=certificateRepository,ou=ca,o=ca\nchangetype: modify\n"
                                       "add: metaInfo\nmetaInfo: revShrTok:" TOKEN "\n-\n");
    buf_clear(&out);
    assert_false(dir_token_ldif("uid=x\nuid: evil", NULL, "no token", false, &out, &err));
    unit_expect_err(&err, ERR_DIR_TOKEN_TEXT);
    assert_true(dir_token_ldif("uid=x\ndelete: all", NULL, NULL, false, &out, &err));
    assert_null(strstr(buf_str(&out), "\ndelete: all")); /* a name cannot add lines */
    buf_release(&out);
}

static void test_where_passwords_may_go(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool tls, safe;
    } rows[] = {
        {"ldaps://ds.example.com", false, true},
        {"ldap://ds.example.com", true, true},
        {"ldap://ds.example.com", false, false},
        {"ldap://ds.example.com:389/dc=x", false, false},
        {"ldap://localhost:1389", false, true},
        {"ldap://127.0.0.1", false, true},
        {"ldap://127.1.2.3", false, true},
        {"ldap://[::1]:389", false, true},
        {"ldap://127.0.0.1.example.com", false, false},
        {"ldap://localhost.example.com", false, false},
        {"ldap://192.0.2.1", false, false},
        {"ldapi://%2Frun%2Fslapd", false, true},
        {"http://localhost", false, false},
        {"", false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (dir_password_safe(rows[i].url, rows[i].tls) != rows[i].safe) {
            fail_msg("%s", rows[i].url);
        }
    }
}

static void open_fails(struct dir_options options, enum err_code code)
{
    struct err err = ERR_INIT;
    assert_null(dir_open(&options, NULL, &err));
    unit_expect_err(&err, code);
}

/* Refused before any connection is tried. */
static void test_refused_at_once(void **state)
{
    (void)state;
    struct secret password = SECRET_INIT;
    struct secret empty = SECRET_INIT;
    secret_set(&password, "x", 1);
    secret_set(&empty, "", 0);
    open_fails(
        (struct dir_options){
            .url = "ldap://ds.example.com", .bind = DIR_SIMPLE, .bind_dn = "cn=a", .password = &password},
        ERR_DIR_PLAIN_PASSWORD);
    open_fails(
        (struct dir_options){.url = "ldaps://localhost", .bind = DIR_SIMPLE, .bind_dn = "cn=a", .password = &empty},
        ERR_DIR_LOGIN);
    open_fails((struct dir_options){.url = "ldaps://localhost", .bind = DIR_SIMPLE, .password = &password},
               ERR_DIR_LOGIN);
    open_fails((struct dir_options){.url = "ldap://localhost", .bind = DIR_EXTERNAL}, ERR_DIR_EXTERNAL);
    open_fails((struct dir_options){.url = "ldaps://localhost", .start_tls = true}, ERR_DIR_URL);
    open_fails((struct dir_options){.url = "https://localhost"}, ERR_DIR_URL);
    open_fails((struct dir_options){.url = "ldap:///dc=x"}, ERR_DIR_URL);
    open_fails((struct dir_options){.url = NULL}, ERR_DIR_URL);
    open_fails((struct dir_options){.url = "ldaps://localhost"}, ERR_DIR_NO_TRUST);
    secret_release(&password);
    secret_release(&empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_serials),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_token_text),
        cmocka_unit_test(test_ldif),
        cmocka_unit_test(test_where_passwords_may_go),
        cmocka_unit_test(test_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
