/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/dn.h"

#include "nss/nss_fixture.h"

static struct buf encode(const char *text)
{
    struct buf der = BUF_INIT(100000);
    struct err err = ERR_INIT;
    ok_or_report(dn_encode(text, &der, &err), &err);
    return der;
}

static void expect_der(const char *text, const char *hex)
{
    struct buf der = encode(text);
    unit_expect_text(bytes_hex(buf_peek(&der)), hex);
    buf_release(&der);
}

static void string_types(void **state)
{
    (void)state;
    expect_der("", "3000");
    expect_der("CN=a", "300c310a300806035504030c0161");
    expect_der("C=DE", "300d310b3009060355040613024445");
    expect_der("E=a@b", "3014311230100"
                        "6092a864886f70d0109011603614062");
    expect_der("CN=J\xc3\xb6rg", "3010310e300c06035504030c054ac3b67267");
    /* text order is reversed */
    expect_der("CN=a,C=DE", "3019310b3009060355040613024445310a300806035504030c0161");
    /* a set of two is sorted */
    expect_der("UID=b+CN=a", "301d311b300806035504030c0161300f060a0992268993f22c6401010c0162");
    expect_der("2.5.4.3=a", "300c310a300806035504030c0161");
    expect_der("cn=#0c0161", "300c310a300806035504030c0161");
}

static void text_round_trips(void **state)
{
    (void)state;
    static const char *const names[] = {
        "CN=Jane Doe,OU=R\\+D,O=Example\\, Inc.,C=US",
        "UID=jdoe+CN=x,O=Y",
        "CN=\\#1",
        "CN=\\ a\\ ",
        "CN=a=b",
        "E=jdoe@example.com,CN=J\xc3\xb6rg",
        "1.2.3.4=#0c0161",
        "CN=a\\\\b",
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct buf der = encode(names[i]);
        char *text = dn_text_raw(buf_peek(&der));
        struct buf again = encode(text);
        assert_true(bytes_equal(buf_peek(&der), buf_peek(&again)));
        free(text);
        buf_release(&der);
        buf_release(&again);
    }
}

static void visible_text(void **state)
{
    (void)state;
    struct buf der = encode("CN=a\\0a\\1bb,O=x\\,y\\e2\\80\\ae");
    unit_expect_text(dn_text(buf_peek(&der)), "CN=a\\n\\eb,O=x\\,y\\u{202E}");
    buf_release(&der);
    unit_expect_text(dn_text(BYTES("\x30\x05", 2)), "(damaged name)");
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
    } rows[] = {
        {"CN", ERR_NSS_DN_SYNTAX},
        {"CN=a,", ERR_NSS_DN_SYNTAX},
        {"=a", ERR_NSS_DN_SYNTAX},
        {"CN=a;O=b", ERR_NSS_DN_SYNTAX},
        {"CN=a\\zz", ERR_NSS_DN_SYNTAX},
        {"CN=\"a", ERR_NSS_DN_SYNTAX},
        {"CN=a\\00", ERR_NSS_DN_SYNTAX},
        {"CN=\\ff", ERR_NSS_DN_SYNTAX},
        {"XN=a", ERR_NSS_DN_KEYWORD},
        {"C=DEU", ERR_NSS_DN_VALUE},
        {"C=\xc3\xb6\xc3\xb6", ERR_NSS_DN_VALUE},
        {"CN=", ERR_NSS_DN_VALUE},
        {"DC=\xc3\xb6", ERR_NSS_DN_VALUE},
        {"CN=#zz", ERR_NSS_DN_VALUE},
        {"CN=#0c05", ERR_NSS_DN_VALUE},
        {"CN=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ERR_NSS_DN_VALUE},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf der = BUF_INIT(10000);
        struct err err = ERR_INIT;
        assert_false(dn_encode(rows[i].text, &der, &err));
        assert_int_equal(der.len, 0);
        unit_expect_err(&err, rows[i].code);
        buf_release(&der);
    }
}

static void column_is_named(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(10000);
    struct err err = ERR_INIT;
    assert_false(dn_encode("CN=\xc3\xb6,O<x", &der, &err));
    assert_non_null(strstr(err.context[0], "7"));
    err_release(&err);
    buf_release(&der);
}

static bool equal(const char *a, const char *b)
{
    struct buf x = encode(a);
    struct buf y = encode(b);
    bool same = dn_equal(buf_peek(&x), buf_peek(&y));
    buf_release(&x);
    buf_release(&y);
    return same;
}

static void equality(void **state)
{
    (void)state;
    assert_true(equal("CN=Jane  Doe,O=X", "cn=jane doe,o=x"));
    assert_true(equal("CN=J\xc3\x96RG", "CN=j\xc3\xb6rg"));
    assert_true(equal("CN=a", "CN=#130161"));
    assert_true(equal("CN=a+UID=b", "UID=B+CN=A"));
    assert_false(equal("CN=a,O=b", "O=b,CN=a"));
    assert_false(equal("CN=a", "UID=a"));
    assert_false(equal("CN=a", "CN=a,O=b"));
    assert_false(equal("CN=a", "CN=b"));
    assert_false(equal("CN=a+UID=b", "CN=a"));
}

static void parts(void **state)
{
    (void)state;
    struct dn_rdn *list;
    size_t n;
    assert_true(dn_split("CN=\"a,b\" , O = x\\2by +OU=z", &list, &n, NULL));
    assert_int_equal(n, 3);
    assert_string_equal(list[0].value, "a,b");
    assert_string_equal(list[1].value, "x+y");
    assert_true(list[2].joined && !list[1].joined);
    unit_expect_text(dn_join(list, n), "CN=a\\,b,O=x\\+y+OU=z");
    dn_rdns_free(list, n);
    struct buf der = encode("CN=one,O=two");
    unit_expect_text(dn_value(buf_peek(&der), "CN"), "one");
    assert_null(dn_value(buf_peek(&der), "UID"));
    buf_release(&der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(string_types), cmocka_unit_test(text_round_trips), cmocka_unit_test(visible_text),
        cmocka_unit_test(refusals),     cmocka_unit_test(column_is_named),  cmocka_unit_test(equality),
        cmocka_unit_test(parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
