/* SPDX-License-Identifier: Apache-2.0 */
/* The table of controls, their values, PKIData's accept rules and limits. */
#include "config.h"

#include "unit/unit.h"

#include "cmc/control.h"
#include "cmc/control_cert.h"
#include "cmc/control_plain.h"
#include "cmc/control_pop.h"
#include "cmc/oids.h"
#include "cmc/pkidata.h"
#include "cmc/signeddata.h"
#include "nss/der.h"
#include "nss/dn.h"

static void hex(const char *text, struct buf *out)
{
    buf_init(out, BUF_MAX_MESSAGE);
    assert_true(bytes_from_hex(text, out));
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < control_type_count(); i++) {
        const struct control_type *type = control_type_at(i);
        char *oid = xasprintf("%s.%d", OID_CMC, type->number);
        assert_string_equal(type->oid, oid);
        assert_ptr_equal(control_type_by_oid(oid), type);
        assert_ptr_equal(control_type_by_name(type->name), type);
        assert_int_equal(type->check == NULL, type->show == NULL);
        if (type->check) { /* no check takes rubbish */
            assert_false(type->check(BYTES_NONE, NULL));
            assert_false(type->check(BYTES("\x05\x00", 2), NULL));
            assert_false(type->check(BYTES("\x30\x80\x00\x00", 4), NULL));
        }
        free(oid);
    }
    assert_null(control_type_at(control_type_count()));
    assert_null(control_type_by_oid("1.2.3"));
}

static void test_integer_text(void **state)
{
    static const struct {
        const char *hex, *text;
    } rows[] = {
        {"00", "0"},
        {"0f", "15"},
        {"0080", "128"},
        {"0100", "256"},
        {"03e8", "1000"},
        {"ff", "-1"},
        {"80", "-128"},
        {"ff7f", "-129"},
        {"3b9aca00", "1000000000"},
        {"3b9ac9ff", "999999999"},
        {"0de0b6b3a7640000", "1000000000000000000"},
        {"00ffffffffffffffffffffffffffffffff", "340282366920938463463374607431768211455"},
        {"8000000000000000", "-9223372036854775808"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf content;
        hex(rows[i].hex, &content);
        unit_expect_text(control_integer_text(buf_peek(&content)), rows[i].text);
        buf_release(&content);
    }
    unit_expect_text(control_integer_text(BYTES_NONE), "0");
    uint8_t big[600] = {1};
    char *text = control_integer_text(BYTES(big, sizeof(big)));
    assert_non_null(strstr(text, "600 octets"));
    free(text);
}

static void test_values(void **state)
{
    (void)state;
    struct buf name = BUF_INIT(1024);
    struct buf der = BUF_INIT(1024);
    struct issuer_serial back;
    struct err err = ERR_INIT;
    assert_true(dn_encode("CN=CA,O=Example", &name, NULL));
    struct issuer_serial is = {buf_peek(&name), BYTES("\x00\x80", 2)};
    assert_true(get_cert_encode(&is, &der, NULL));
    assert_int_equal(der.data[2], 0x30); /* Dogtag: a bare Name */
    assert_true(get_cert_decode(buf_peek(&der), &back, NULL));
    assert_true(bytes_equal(back.issuer_der, is.issuer_der) && bytes_equal(back.serial, is.serial));
    /* RFC 5272: directoryName [4] */
    struct buf inner = BUF_INIT(1024);
    struct buf general = BUF_INIT(1024);
    assert_true(der_put(&inner, 0xa4, buf_peek(&name)) && der_put(&inner, ASN1_INTEGER, is.serial));
    assert_true(der_put(&general, ASN1_SEQUENCE, buf_peek(&inner)));
    assert_true(get_cert_decode(buf_peek(&general), &back, NULL));
    assert_true(bytes_equal(back.issuer_der, is.issuer_der));
    for (int wrap = 0; wrap < 2; wrap++) {
        buf_clear(&der);
        assert_true(confirm_cert_encode(&is, wrap, &der, NULL));
        assert_true(confirm_cert_decode(buf_peek(&der), &back, NULL));
        assert_true(bytes_equal(back.issuer_der, is.issuer_der) && bytes_equal(back.serial, is.serial));
    }
    is.serial = BYTES_NONE;
    assert_false(get_cert_encode(&is, &der, &err));
    unit_expect_err(&err, ERR_CMC_VALUE);
    assert_false(control_text_encode("", &der, &err));
    unit_expect_err(&err, ERR_CMC_VALUE);
    assert_false(control_text_encode("\xff", &der, &err));
    unit_expect_err(&err, ERR_CMC_VALUE);
    int reason = -1;
    assert_true(revoke_reason_by_name("KEYCOMPROMISE", &reason) && reason == 1);
    assert_true(revoke_reason_by_name("removeFromCRL", &reason) && reason == 8);
    assert_false(revoke_reason_by_name("privilegeWithdrawn", &reason));
    assert_string_equal(revoke_reason_name(7), "unknown");
    buf_release(&name);
    buf_release(&der);
    buf_release(&inner);
    buf_release(&general);
}

static void test_pkidata(void **state)
{
    (void)state;
    struct pkidata pd;
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    pkidata_init(&pd);
    assert_true(pkidata_encode(&pd, &der, NULL));
    unit_expect_text(bytes_hex(buf_peek(&der)), "30083000300030003000");
    assert_true(pkidata_decode(buf_peek(&der), &pd, NULL));
    pkidata_release(&pd);
    /* ids count up and step over those in use */
    uint32_t id = 0;
    assert_true(pkidata_add_control(&pd, OID_CMC_DATA_RETURN, BYTES("\x04\x00", 2), &id, NULL));
    assert_int_equal(id, 1);
    assert_true(pkidata_add_control(&pd, "1.2.3.4", BYTES("\x05\x00", 2), &id, NULL));
    assert_int_equal(id, 2);
    assert_false(pkidata_add_control(&pd, "1.2.3.4", BYTES("\x05\x00\x00", 3), &id, NULL));
    assert_false(pkidata_add_control(&pd, "1.2.3.4", BYTES_NONE, &id, NULL));
    buf_clear(&der);
    assert_true(pkidata_encode(&pd, &der, NULL));
    pkidata_release(&pd);
    assert_true(pkidata_decode(buf_peek(&der), &pd, NULL));
    assert_int_equal(pd.n_controls, 2);
    assert_null(pd.controls[1].type);
    assert_string_equal(control_name(&pd.controls[1]), "1.2.3.4");
    pkidata_release(&pd);
    buf_release(&der);
}

/* PKIData in hex and what becomes of it. */
static void test_accepts(void **state)
{
    static const struct {
        const char *what, *hex;
        enum err_code code;
        size_t controls;
    } rows[] = {
        {"BER, indefinite",
         "3080300030003000300000"
         "00",
         ERR_NONE, 0},
        {"duplicate ids", "302a3022300f02010106082b060105050707043100300f02010106082b060105050707043100300030003000",
         ERR_NONE, 2},
        {"id 0",
         "30193011300f"
         "02010006082b060105050707043100300030003000",
         ERR_NONE, 1},
        {"three sequences", "3006300030003000", ERR_CMC_DECODE, 0},
        {"five sequences", "300a30003000300030003000", ERR_CMC_DECODE, 0},
        {"a SET among them", "30083000310030003000", ERR_CMC_DECODE, 0},
        {"trailing octets", "3008300030003000300000", ERR_CMC_NOT_DER, 0},
        {"cut off", "300830003000300030", ERR_CMC_NOT_DER, 0},
        {"id too large", "301d301530130205010000000006082b060105050707043100300030003000", ERR_CMC_DECODE, 0},
        {"negative id", "30193011300f0201ff06082b060105050707043100300030003000", ERR_CMC_DECODE, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf der;
        struct pkidata pd;
        struct err err = ERR_INIT;
        hex(rows[i].hex, &der);
        pkidata_init(&pd);
        (void)!pkidata_decode(buf_peek(&der), &pd, &err);
        if (err.code != rows[i].code || pd.n_controls != rows[i].controls) {
            fail_msg("%s: %s, %zu controls", rows[i].what, err_id(err.code), pd.n_controls);
        }
        err_release(&err);
        pkidata_release(&pd);
        buf_release(&der);
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct buf one;
    struct buf list = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct pkidata pd;
    struct err err = ERR_INIT;
    pkidata_init(&pd);
    hex("300f02010106082b060105050707043100", &one);
    for (int i = 0; i <= CMC_MAX_CONTROLS; i++) {
        assert_true(buf_append_bytes(&list, buf_peek(&one)));
    }
    assert_true(der_put(&body, ASN1_SEQUENCE, buf_peek(&list)) && buf_append(&body, "0\0000\0000\0", 6));
    assert_true(der_put(&der, ASN1_SEQUENCE, buf_peek(&body)));
    assert_false(pkidata_decode(buf_peek(&der), &pd, &err));
    unit_expect_err(&err, ERR_CMC_TOO_MANY);
    /* nested too deep, in both length forms */
    buf_clear(&der);
    buf_clear(&body);
    for (int i = 0; i < 60; i++) {
        buf_clear(&body);
        assert_true(der_put(&body, ASN1_SEQUENCE, buf_peek(&der)));
        buf_clear(&der);
        assert_true(buf_append_bytes(&der, buf_peek(&body)));
    }
    assert_false(pkidata_decode(buf_peek(&der), &pd, &err));
    unit_expect_err(&err, ERR_CMC_TOO_COMPLEX);
    buf_clear(&der);
    for (int i = 0; i < 100000; i++) {
        assert_true(buf_append(&der, "\x30\x80", 2));
    }
    assert_false(pkidata_decode(buf_peek(&der), &pd, &err));
    assert_true(err.code == ERR_CMC_TOO_COMPLEX || err.code == ERR_CMC_NOT_DER);
    err_release(&err);
    /* very many elements */
    buf_clear(&list);
    buf_clear(&der);
    for (int i = 0; i < 200000; i++) {
        assert_true(buf_append(&list, "\x05\x00", 2));
    }
    assert_true(der_put(&der, ASN1_SEQUENCE, buf_peek(&list)));
    assert_false(pkidata_decode(buf_peek(&der), &pd, &err));
    unit_expect_err(&err, ERR_CMC_TOO_COMPLEX);
    struct signeddata sd;
    assert_false(signeddata_parse(buf_peek(&der), &sd, &err));
    unit_expect_err(&err, ERR_CMC_TOO_COMPLEX);
    buf_release(&one);
    buf_release(&list);
    buf_release(&body);
    buf_release(&der);
}

static void test_requests(void **state)
{
    static const char *const bad[] = {"a000",       "a003020101", "a1020201",   "a100",
                                      "a203020101", "a300",       "300302010a", "a006020100040100"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct buf der;
        struct tagged_request request;
        struct err err = ERR_INIT;
        hex(bad[i], &der);
        assert_false(tagged_request_parse(buf_peek(&der), &request, &err));
        unit_expect_err(&err, ERR_CMC_DECODE);
        buf_release(&der);
    }
    struct buf der;
    struct tagged_request request;
    hex("a20a02010506032a03040500", &der); /* orm: kept, the CA answers badRequest */
    der.data[1] = 10;
    assert_true(tagged_request_parse(buf_peek(&der), &request, NULL));
    assert_int_equal(request.kind, REQUEST_ORM);
    assert_int_equal(request.bodypart_id, 5);
    assert_string_equal(request.orm_type, "1.2.3.4");
    tagged_request_release(&request);
    buf_release(&der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),    cmocka_unit_test(test_integer_text), cmocka_unit_test(test_values),
        cmocka_unit_test(test_pkidata),  cmocka_unit_test(test_accepts),      cmocka_unit_test(test_limits),
        cmocka_unit_test(test_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
