/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/hash.h"

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

static void expect_hmac(enum hash_alg alg, struct bytes key, struct bytes in, const char *hex)
{
    struct buf out = BUF_INIT(HASH_MAX);
    struct err err = ERR_INIT;
    ok_or_report(hmac_compute(alg, key, in, &out, &err), &err);
    unit_expect_text(bytes_hex(buf_peek(&out)), hex);
    buf_release(&out);
}

static void digests(void **state)
{
    (void)state;
    static const struct {
        enum hash_alg alg;
        const char *hex;
    } rows[] = {
        {HASH_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {HASH_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {HASH_SHA384,
         "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
        {HASH_SHA512,
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
         "454d4423643ce80e2a9ac94fa54ca49f"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = BUF_INIT(HASH_MAX);
        assert_true(hash_compute(rows[i].alg, bytes_of_str("abc"), &out, NULL));
        assert_int_equal(out.len, hash_len(rows[i].alg));
        unit_expect_text(bytes_hex(buf_peek(&out)), rows[i].hex);
        buf_release(&out);
    }
}

/* Witness values that a real server accepted the rules of: Hash(secret || identification) as the key. */
static void witnesses(void **state)
{
    (void)state;
    struct buf key256 = BUF_INIT(HASH_MAX);
    struct buf key512 = BUF_INIT(HASH_MAX);
    struct bytes empty_sequence = BYTES("\x30\x00", 2);
    assert_true(hash_compute(HASH_SHA256, bytes_of_str("Secret.123testuser"), &key256, NULL));
    assert_true(hash_compute(HASH_SHA512, bytes_of_str("Secret.123testuser"), &key512, NULL));
    unit_expect_text(bytes_hex(buf_peek(&key256)),
                     "6d6eae42b1fe056a5681addc42cff83902ecc3e27a7cda9102cb5ab722f330e0");
    expect_hmac(HASH_SHA256, buf_peek(&key256), empty_sequence,
                "e562de80fa6f228c8ed94b58fe216c54bd105a4622a0da27334c4b334eb220d9");
    expect_hmac(HASH_SHA256, buf_peek(&key512), empty_sequence,
                "794d6ea85ddbf5b7b20f4fc1e63d15d326ec440a3cdfbc61f970acf8e7335e62");
    expect_hmac(HASH_SHA512, buf_peek(&key256), empty_sequence,
                "66b209d2f1b033122b6a52c8df2808576016e41c5816db0f7680a974fa17ee9b"
                "5cbcd27e63cd02088278a6d7798407414d7a41429d8ec163bcae8154109d049a");
    buf_release(&key256);
    buf_release(&key512);
}

/* RFC 4231 test case 6: a key longer than the block. */
static void long_hmac_key(void **state)
{
    (void)state;
    uint8_t key[131];
    memset(key, 0xaa, sizeof(key));
    expect_hmac(HASH_SHA256, BYTES(key, sizeof(key)),
                bytes_of_str("Test Using Larger Than Block-Size Key - Hash Key First"),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void names_and_oids(void **state)
{
    (void)state;
    enum hash_alg alg;
    assert_true(hash_by_name("sha256", &alg) && alg == HASH_SHA256);
    assert_true(hash_by_name("SHA-512", &alg) && alg == HASH_SHA512);
    assert_false(hash_by_name("MD5", &alg));
    for (int i = HASH_SHA1; i <= HASH_SHA512; i++) {
        assert_true(hash_by_oid(hash_oid((enum hash_alg)i), &alg) && (int)alg == i);
        assert_true(hmac_by_oid(hmac_oid((enum hash_alg)i), &alg) && (int)alg == i);
    }
    struct buf out = BUF_INIT(100);
    assert_true(hash_alg_id(HASH_SHA256, true, &out) && hash_alg_id(HASH_SHA256, false, &out));
    unit_expect_text(bytes_hex(buf_peek(&out)), "300d06096086480165030402010500300b0609608648016503040201");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests),
        cmocka_unit_test(witnesses),
        cmocka_unit_test(long_hmac_key),
        cmocka_unit_test(names_and_oids),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
