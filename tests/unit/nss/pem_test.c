/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/pem.h"

#include "nss/nss_fixture.h"

static int setup(void **state)
{
    *state = open_none();
    return 0;
}

static int teardown(void **state)
{
    close_clean(*state);
    return 0;
}

static void expect_decoded(const char *text, const char *hex, const char *expected_label)
{
    struct buf der = BUF_INIT(1000);
    struct err err = ERR_INIT;
    char *label = NULL;
    ok_or_report(pem_decode(bytes_of_str(text), &der, &label, &err), &err);
    unit_expect_text(bytes_hex(buf_peek(&der)), hex);
    unit_expect_text(label, expected_label);
    buf_release(&der);
}

static void shapes(void **state)
{
    (void)state;
    expect_decoded("-----BEGIN X-----\nMAMCAQE=\n-----END X-----\n", "3003020101", "X");
    expect_decoded("text before\r\n\r\n-----BEGIN NEW CERTIFICATE REQUEST-----\r\nMAMC\r\nAQE=\r\n-----END "
                   "NEW CERTIFICATE "
                   "REQUEST-----\r\nand after",
                   "3003020101", "NEW CERTIFICATE REQUEST");
    expect_decoded("-----BEGIN X-----\nProc-Type: 4\nA: b\n\nMAMCAQE=\n-----END X-----\n", "3003020101", "X");
    expect_decoded("MAMCAQE=", "3003020101", "");
    expect_decoded("  MAMC\nAQE", "3003020101", "");
    expect_decoded("0\x03\x02\x01\x01", "3003020101", "");
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
    } rows[] = {
        {"", ERR_FILE_EMPTY},
        {" \n\t", ERR_FILE_EMPTY},
        {"-----BEGIN X-----\nMAMCAQE=\n", ERR_NSS_PEM},
        {"-----BEGIN X-----\n-----END X-----\n", ERR_NSS_PEM},
        {"hello, world", ERR_NSS_PEM},
        {"MAMCA", ERR_NSS_PEM},
        {"MAM=CAQE", ERR_NSS_PEM},
        {"MAMCAQE==", ERR_NSS_PEM},
        {"<html>", ERR_NSS_PEM},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf der = BUF_INIT(1000);
        struct err err = ERR_INIT;
        assert_false(pem_decode(bytes_of_str(rows[i].text), &der, NULL, &err));
        assert_int_equal(der.len, 0);
        unit_expect_err(&err, rows[i].code);
        buf_release(&der);
    }
}

static void base64_round_trips(void **state)
{
    (void)state;
    uint8_t data[200];
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 37);
    }
    for (size_t n = 0; n < sizeof(data); n++) {
        struct buf text = BUF_INIT(1000);
        struct buf back = BUF_INIT(1000);
        assert_true(base64_encode(BYTES(data, n), n % 2 ? 64 : 0, n % 3 == 0, &text));
        assert_true(base64_decode(buf_peek(&text), &back, NULL));
        assert_true(bytes_equal(buf_peek(&back), BYTES(data, n)));
        buf_release(&text);
        buf_release(&back);
    }
}

/* 76 columns with CR LF inside, LF on the BEGIN and END lines: PKCS10Client's own output, octet by octet. */
static void dogtag_layout(void **state)
{
    (void)state;
    struct buf recorded = read_vector("tests/vectors/ca/agent-pkcs10-rsa/req.p10.b64");
    struct buf der = BUF_INIT(100000);
    struct buf text = BUF_INIT(100000);
    char *label = NULL;
    assert_true(pem_decode(buf_peek(&recorded), &der, &label, NULL));
    assert_true(pem_encode(buf_peek(&der), label, 76, true, &text));
    assert_string_equal(buf_str(&text), buf_str(&recorded));
    free(label);
    buf_release(&recorded);
    buf_release(&der);
    buf_release(&text);
}

static void bundles_and_pkcs7(void **state)
{
    (void)state;
    struct cert_list certs = CERT_LIST_INIT;
    struct err err = ERR_INIT;
    struct buf ca = read_vector("tests/vectors/ca/_client-pem/ca_signing.pem");
    struct buf user = read_vector("tests/vectors/ca/_client-pem/user1.pem");
    struct buf both = BUF_INIT(100000);
    assert_true(buf_append_bytes(&both, buf_peek(&ca)) && buf_append_str(&both, "noise\n") &&
                buf_append_bytes(&both, buf_peek(&user)) && buf_append_bytes(&both, buf_peek(&ca)));
    ok_or_report(pem_decode_all(buf_peek(&both), &certs, &err), &err);
    assert_int_equal(certs.n, 2);
    struct buf p7 = BUF_INIT(100000);
    assert_true(pkcs7_build(&certs, &p7, NULL));
    struct cert_list again = CERT_LIST_INIT;
    ok_or_report(pkcs7_certs(buf_peek(&p7), &again, &err), &err);
    assert_int_equal(again.n, 2);
    assert_true(cert_equal(again.v[1], certs.v[1]));
    cert_list_release(&again);
    struct buf recorded = read_vector("tests/vectors/ca/_rest/getCAChain-download.bin");
    ok_or_report(pem_decode_all(buf_peek(&recorded), &again, &err), &err);
    assert_true(cert_list_has(&again, certs.v[0]));
    cert_list_release(&again);
    assert_false(pem_decode_all(
        bytes_of_str("-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n"), &again, &err));
    unit_expect_err(&err, ERR_NSS_NO_CERTS);
    cert_list_release(&certs);
    buf_release(&p7);
    buf_release(&recorded);
    buf_release(&ca);
    buf_release(&user);
    buf_release(&both);
}

static void test_too_big(void **state)
{
    (void)state;
    size_t len = (size_t)BUF_MAX_MESSAGE * 2 + 1;
    uint8_t *huge = xcalloc(len, 1);
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct err err = ERR_INIT;
    memset(huge, 'A', len);
    assert_false(pem_decode(BYTES(huge, len), &der, NULL, &err));
    unit_expect_err(&err, ERR_NSS_TOO_BIG);
    buf_release(&der);
    free(huge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_big),
        cmocka_unit_test(shapes),
        cmocka_unit_test(refusals),
        cmocka_unit_test(base64_round_trips),
        cmocka_unit_test(dogtag_layout),
        cmocka_unit_test(bundles_and_pkcs7),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
