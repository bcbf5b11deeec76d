/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/der.h"

#include "nss/nss_fixture.h"

static void reader_stays_inside(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "30", "3001", "308101", "30820001", "3080", "3085000000000100", "1f0100", "30840fffffff00"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct buf in = BUF_INIT(100);
        assert_true(bytes_from_hex(bad[i], &in));
        struct bytes rest = buf_peek(&in);
        struct der_tlv tlv;
        assert_false(der_next(&rest, &tlv));
        buf_release(&in);
    }
}

static void oids_round_trip(void **state)
{
    (void)state;
    static const char *const good[] = {"2.5.4.3", "1.2.840.113549.1.1.11", "0.9.2342.19200300.100.1.1",
                                       "2.999.1", "1.0"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct buf out = BUF_INIT(100);
        struct bytes content;
        assert_true(der_put_oid(&out, good[i]));
        assert_true(der_only(buf_peek(&out), ASN1_OID, &content));
        unit_expect_text(der_oid_text(content), good[i]);
        assert_true(der_oid_is(content, good[i]));
        buf_release(&out);
    }
    static const char *const bad[] = {"", "1", "3.1", "1.40", "1..2", "1.2.", "a.b", "1.02", "1.-2"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct buf out = BUF_INIT(100);
        assert_false(der_put_oid(&out, bad[i]));
        buf_release(&out);
    }
    assert_null(der_oid_text(BYTES("\x2a\x80\x01", 3)));
    assert_null(der_oid_text(BYTES("\x2a\x86", 2)));
}

static void integers(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *hex;
    } rows[] = {{0, "020100"},
                {127, "02017f"},
                {128, "02020080"},
                {-1, "0201ff"},
                {-128, "020180"},
                {-129, "0202ff7f"},
                {INT64_MAX, "02087fffffffffffffff"},
                {INT64_MIN, "02088000000000000000"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = BUF_INIT(100);
        struct bytes content;
        int64_t back = 0;
        assert_true(der_put_int(&out, rows[i].value));
        unit_expect_text(bytes_hex(buf_peek(&out)), rows[i].hex);
        assert_true(der_only(buf_peek(&out), ASN1_INTEGER, &content) && der_int(content, &back));
        assert_true(back == rows[i].value);
        buf_release(&out);
    }
    struct buf out = BUF_INIT(100);
    assert_true(der_put_unsigned(&out, BYTES("\0\xff", 2)));
    unit_expect_text(bytes_hex(buf_peek(&out)), "020200ff");
    buf_release(&out);
}

static void times(void **state)
{
    (void)state;
    int64_t t;
    assert_true(der_time(ASN1_UTC_TIME, bytes_of_str("491231235959Z"), &t) && t == 2524607999);
    assert_true(der_time(ASN1_UTC_TIME, bytes_of_str("500101000000Z"), &t) && t < 0);
    assert_true(der_time(ASN1_GENERALIZED_TIME, bytes_of_str("20500101000000Z"), &t) && t == 2524608000);
    assert_false(der_time(ASN1_UTC_TIME, bytes_of_str("501301000000Z"), &t));
    assert_false(der_time(ASN1_UTC_TIME, bytes_of_str("5001010000Z"), &t));
    assert_false(der_time(ASN1_UTC_TIME, bytes_of_str("50010100000+0"), &t));
    struct buf out = BUF_INIT(100);
    assert_true(der_put_time(&out, 2524607999) && der_put_time(&out, 2524608000));
    unit_expect_text(bytes_hex(buf_peek(&out)),
                     "170d3439313233313233353935395a180f32303530303130313030303030305a");
    buf_release(&out);
}

static void set_of_is_sorted(void **state)
{
    (void)state;
    struct bytes e[] = {BYTES("\x02\x01\x05", 3), BYTES("\x02\x01\x01", 3), BYTES("\x01\x01\xff", 3)};
    struct buf out = BUF_INIT(100);
    assert_true(der_put_set_of(&out, ASN1_SET, e, 3));
    unit_expect_text(bytes_hex(buf_peek(&out)), "31090101ff020101020105");
    buf_release(&out);
}

static void ber_becomes_der(void **state)
{
    (void)state;
    static const struct {
        const char *ber, *der;
    } rows[] = {
        {"30800201010000", "3003020101"},
        {"2480040141040142240304014300000000", NULL},
        {"24800401410401420000", "04024142"},
        {"2480040141240304014200"
         "00",
         "04024142"},
        {"3081030201"
         "01",
         "3003020101"},
        {"a0803080020101000000"
         "00",
         "a0053003020101"},
        {"2380030200410302044000"
         "00",
         "0303044140"},
        {"3080020101", NULL},
        {"30030201", NULL},
        {"02800000", NULL},
        {"300302010100", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf in = BUF_INIT(100);
        struct buf out = BUF_INIT(1000);
        struct err err = ERR_INIT;
        assert_true(bytes_from_hex(rows[i].ber, &in));
        bool ok = der_from_ber(buf_peek(&in), &out, &err);
        if (rows[i].der) {
            ok_or_report(ok, &err);
            unit_expect_text(bytes_hex(buf_peek(&out)), rows[i].der);
        } else {
            assert_false(ok);
            unit_expect_err(&err, ERR_NSS_DER);
        }
        buf_release(&in);
        buf_release(&out);
    }
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    struct buf deep = BUF_INIT(10000);
    for (int i = 0; i < 2000; i++) {
        assert_true(buf_append(&deep, "\x30\x80", 2));
    }
    struct buf out = BUF_INIT(10000);
    assert_false(der_from_ber(buf_peek(&deep), &out, NULL));
    buf_release(&deep);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_stays_inside),
        cmocka_unit_test(oids_round_trip),
        cmocka_unit_test(integers),
        cmocka_unit_test(times),
        cmocka_unit_test(set_of_is_sorted),
        cmocka_unit_test(ber_becomes_der),
        cmocka_unit_test(nesting_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
