/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/crypt.h"

#include "nss/der.h"
#include "nss/nss_fixture.h"

#define PASSWORD "Secret.123"

struct fixture {
    struct script script;
    struct nssdb *db;
    struct key *rsa, *ec;
    struct buf spki;
    void *folder;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    struct err err = ERR_INIT;
    if (unit_folder(&f->folder) != 0) {
        return -1;
    }
    f->script.answers[0] = PASSWORD;
    f->db = new_db(f->folder, "db", PASSWORD, &f->script);
    f->rsa = key_generate(f->db, NULL,
                          &(struct key_spec){.type = KEY_RSA, .wrap_ops = true, .extractable = true}, &err);
    ok_or_report(f->rsa != NULL, &err);
    f->ec = key_generate(f->db, NULL, &(struct key_spec){.type = KEY_EC, .extractable = true}, &err);
    ok_or_report(f->ec != NULL, &err);
    buf_init(&f->spki, 10000);
    assert_true(key_spki(f->rsa, &f->spki, NULL));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    key_free(f->rsa);
    key_free(f->ec);
    buf_release(&f->spki);
    close_clean(f->db);
    void *folder = f->folder;
    free(f);
    return unit_folder_remove(&folder);
}

/* Shared token ciphertext of section N of the protocol notes: AES key 00..0f, IV 01*16, "Secret.123". */
static void known_cbc(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    uint8_t value[16], iv[16];
    for (int i = 0; i < 16; i++) {
        value[i] = (uint8_t)i;
        iv[i] = 1;
    }
    struct skey *skey = skey_import(f->db, NULL, BYTES(value, 16), &err);
    ok_or_report(skey != NULL, &err);
    struct buf cipher = BUF_INIT(1000);
    struct buf clear = BUF_INIT(1000);
    ok_or_report(crypt_aes_cbc_encrypt(skey, BYTES(iv, 16), true, bytes_of_str(PASSWORD), &cipher, &err),
                 &err);
    unit_expect_text(bytes_hex(buf_peek(&cipher)), "30b2c5316303c8d52cc666709d74fcd9");
    ok_or_report(crypt_aes_cbc_decrypt(skey, BYTES(iv, 16), true, buf_peek(&cipher), &clear, &err), &err);
    assert_string_equal(buf_str(&clear), PASSWORD);
    cipher.data[15] ^= 1;
    assert_false(crypt_aes_cbc_decrypt(skey, BYTES(iv, 16), true, buf_peek(&cipher), &clear, &err));
    unit_expect_err(&err, ERR_NSS_DECRYPT);
    assert_false(crypt_aes_cbc_encrypt(skey, BYTES(iv, 16), false, bytes_of_str("short"), &cipher, &err));
    unit_expect_err(&err, ERR_NSS_ENCRYPT);
    assert_false(crypt_aes_cbc_encrypt(skey, BYTES(iv, 8), true, bytes_of_str("x"), &cipher, &err));
    unit_expect_err(&err, ERR_NSS_ENCRYPT);
    assert_null(skey_import(f->db, NULL, BYTES(value, 15), &err));
    unit_expect_err(&err, ERR_NSS_KEY_SPEC);
    buf_release(&cipher);
    buf_release(&clear);
    skey_free(skey);
}

/* 64 octets without padding, as the challenge of a two-trip enrollment. */
static void unpadded_cbc(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    uint8_t challenge[64], iv[16];
    bytes_random(challenge, sizeof(challenge));
    bytes_random(iv, sizeof(iv));
    struct skey *skey = skey_generate(f->db, NULL, 16, &err);
    struct buf cipher = BUF_INIT(1000);
    struct buf clear = BUF_INIT(1000);
    ok_or_report(crypt_aes_cbc_encrypt(skey, BYTES(iv, 16), false, BYTES(challenge, 64), &cipher, &err),
                 &err);
    assert_int_equal(cipher.len, 64);
    ok_or_report(crypt_aes_cbc_decrypt(skey, BYTES(iv, 16), false, buf_peek(&cipher), &clear, &err), &err);
    assert_true(bytes_equal(buf_peek(&clear), BYTES(challenge, 64)));
    buf_release(&cipher);
    buf_release(&clear);
    skey_free(skey);
}

/* Two agree on one key; a third gets another, and an RSA key or another curve none. */
static void agreement(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    const uint8_t iv[16] = {7};
    struct key *keys[4];
    struct buf spki[4];
    for (size_t i = 0; i < 4; i++) {
        const struct key_spec spec = {
            .type = KEY_EC, .curve = i == 3 ? "nistp384" : "nistp256", .temporary = true, .derive = true};
        keys[i] = key_generate(f->db, NULL, &spec, &err);
        ok_or_report(keys[i] != NULL, &err);
        buf_init(&spki[i], 1000);
        assert_true(key_spki(keys[i], &spki[i], NULL));
    }
    struct skey *mine = crypt_ec_agree(f->db, keys[0], buf_peek(&spki[1]), true, &err);
    struct skey *yours = crypt_ec_agree(f->db, keys[1], buf_peek(&spki[0]), false, &err);
    struct skey *thirds = crypt_ec_agree(f->db, keys[2], buf_peek(&spki[0]), false, &err);
    ok_or_report(mine && yours && thirds, &err);
    struct buf cipher = BUF_INIT(100), clear = BUF_INIT(100), other = BUF_INIT(100);
    ok_or_report(crypt_aes_cbc_encrypt(mine, BYTES(iv, 16), true, bytes_of_str("between us"), &cipher, &err), &err);
    ok_or_report(crypt_aes_cbc_decrypt(yours, BYTES(iv, 16), true, buf_peek(&cipher), &clear, &err), &err);
    assert_string_equal(buf_str(&clear), "between us");
    assert_false(crypt_aes_cbc_decrypt(thirds, BYTES(iv, 16), true, buf_peek(&cipher), &other, &err) &&
                 strcmp(buf_str(&other), "between us") == 0);
    err_release(&err);
    assert_null(crypt_ec_agree(f->db, keys[0], buf_peek(&spki[3]), true, &err));
    unit_expect_err(&err, ERR_NSS_DECRYPT);
    assert_null(crypt_ec_agree(f->db, keys[0], buf_peek(&f->spki), true, &err));
    unit_expect_err(&err, ERR_NSS_DECRYPT);
    assert_null(crypt_ec_agree(f->db, f->rsa, buf_peek(&spki[0]), true, &err));
    unit_expect_err(&err, ERR_NSS_DECRYPT);
    skey_free(mine);
    skey_free(yours);
    skey_free(thirds);
    buf_release(&cipher);
    buf_release(&clear);
    buf_release(&other);
    for (size_t i = 0; i < 4; i++) {
        key_free(keys[i]);
        buf_release(&spki[i]);
    }
}

static void rsa_data(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    static const enum rsa_padding paddings[] = {RSA_PKCS1, RSA_OAEP_SHA256};
    for (size_t i = 0; i < 2; i++) {
        struct buf cipher = BUF_INIT(1000);
        struct buf clear = BUF_INIT(1000);
        ok_or_report(
            crypt_rsa_encrypt(buf_peek(&f->spki), paddings[i], bytes_of_str("challenge"), &cipher, &err),
            &err);
        assert_int_equal(cipher.len, 256);
        ok_or_report(crypt_rsa_decrypt(f->rsa, paddings[i], buf_peek(&cipher), &clear, &err), &err);
        assert_string_equal(buf_str(&clear), "challenge");
        if (paddings[i] == RSA_OAEP_SHA256) { /* (v1.5 answers damaged padding with random octets) */
            cipher.data[9] ^= 1;
            assert_false(crypt_rsa_decrypt(f->rsa, paddings[i], buf_peek(&cipher), &clear, &err));
            unit_expect_err(&err, ERR_NSS_DECRYPT);
        }
        buf_release(&cipher);
        buf_release(&clear);
    }
    struct buf ec = BUF_INIT(1000);
    struct buf out = BUF_INIT(1000);
    assert_true(key_spki(f->ec, &ec, NULL));
    assert_false(crypt_rsa_encrypt(buf_peek(&ec), RSA_PKCS1, bytes_of_str("x"), &out, &err));
    unit_expect_err(&err, ERR_NSS_ENCRYPT);
    assert_false(crypt_rsa_decrypt(f->ec, RSA_PKCS1, bytes_of_str("x"), &out, &err));
    unit_expect_err(&err, ERR_NSS_DECRYPT);
    buf_release(&ec);
    buf_release(&out);
}

static void session_keys(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    static const enum rsa_padding paddings[] = {RSA_PKCS1, RSA_OAEP_SHA256};
    static const size_t lengths[] = {16, 32};
    uint8_t iv[16] = {7};
    for (size_t i = 0; i < 4; i++) {
        enum rsa_padding padding = paddings[i / 2];
        struct skey *skey = skey_generate(f->db, NULL, lengths[i % 2], &err);
        ok_or_report(skey != NULL, &err);
        struct buf wrapped = BUF_INIT(1000);
        struct buf cipher = BUF_INIT(1000);
        struct buf clear = BUF_INIT(1000);
        ok_or_report(crypt_rsa_wrap_key(skey, buf_peek(&f->spki), padding, &wrapped, &err), &err);
        assert_int_equal(wrapped.len, 256);
        struct skey *again =
            crypt_rsa_unwrap_key(f->db, f->rsa, buf_peek(&wrapped), padding, lengths[i % 2], &err);
        ok_or_report(again != NULL, &err);
        ok_or_report(crypt_aes_cbc_encrypt(skey, BYTES(iv, 16), true, bytes_of_str("text"), &cipher, &err),
                     &err);
        ok_or_report(crypt_aes_cbc_decrypt(again, BYTES(iv, 16), true, buf_peek(&cipher), &clear, &err),
                     &err);
        assert_string_equal(buf_str(&clear), "text");
        skey_free(again);
        assert_null(crypt_rsa_unwrap_key(f->db, f->rsa, BYTES(wrapped.data, 100), padding, 16, &err));
        unit_expect_err(&err, ERR_NSS_DECRYPT);
        skey_free(skey);
        buf_release(&wrapped);
        buf_release(&cipher);
        buf_release(&clear);
    }
}

/* What is wrapped for the KRA comes out as PrivateKeyInfo of that key: imported elsewhere it has the same
 * public key. */
static void archived(struct fixture *f, const struct key *key, enum wrap_alg alg)
{
    struct err err = ERR_INIT;
    uint8_t iv[16];
    bytes_random(iv, sizeof(iv));
    struct skey *skey = skey_generate(f->db, key_token(key), 16, &err);
    ok_or_report(skey != NULL, &err);
    struct buf wrapped = BUF_INIT(100000);
    struct buf pkcs8 = {.max = 100000, .secret = true};
    ok_or_report(crypt_wrap_private_key(skey, key, alg, BYTES(iv, 16), &wrapped, &err), &err);
    ok_or_report(crypt_unwrap_private_key(skey, alg, BYTES(iv, 16), buf_peek(&wrapped), &pkcs8, &err), &err);
    struct bytes content, version, alg_id, octets;
    assert_true(der_only(buf_peek(&pkcs8), ASN1_SEQUENCE, &content));
    assert_true(der_take(&content, ASN1_INTEGER, &version) && der_take(&content, ASN1_SEQUENCE, &alg_id) &&
                der_take(&content, ASN1_OCTET_STRING, &octets));
    wrapped.data[wrapped.len - 1] ^= 1;
    buf_clear(&pkcs8);
    if (alg != WRAP_AES_CBC_PAD) { /* CBC padding can come out right by chance */
        assert_false(crypt_unwrap_private_key(skey, alg, BYTES(iv, 16), buf_peek(&wrapped), &pkcs8, &err));
        unit_expect_err(&err, ERR_NSS_DECRYPT);
    }
    buf_release(&wrapped);
    buf_release(&pkcs8);
    skey_free(skey);
}

static void archival(void **state)
{
    struct fixture *f = *state;
    static const enum wrap_alg algs[] = {WRAP_AES_CBC_PAD, WRAP_AES_KW_PAD, WRAP_AES_KWP};
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        enum wrap_alg found;
        archived(f, f->rsa, algs[i]);
        archived(f, f->ec, algs[i]);
        assert_true(wrap_alg_by_name(wrap_alg_name(algs[i]), &found) && found == algs[i]);
    }
    enum wrap_alg none;
    assert_true(wrap_alg_by_name("aes keywrap/padding", &none));
    assert_false(wrap_alg_by_name("DES3/CBC/Pad", &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_cbc), cmocka_unit_test(unpadded_cbc), cmocka_unit_test(agreement),
        cmocka_unit_test(rsa_data),  cmocka_unit_test(session_keys), cmocka_unit_test(archival),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
