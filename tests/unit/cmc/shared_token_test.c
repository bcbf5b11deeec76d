/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared tokens: every recorded one opens with the recorded test key and holds the secret that its tool was given; ours open the same
 * way, and have the same layout to the octet where nothing is random.
 */
#include "config.h"

#include "fixture.h"

#include "base/secret.h"
#include "base/text.h"
#include "cmc/sharedtoken.h"
#include "nss/crypt.h"
#include "nss/der.h"
#include "nss/pem.h"

#define KEY "tools/_base/kra-issuanceprot.key.der"
#define MODULUS 256 /* octets */
#define BLOCK 16

/* "…Encrypted Secret Data:\n" and base64, as the tool prints it, or a file with nothing else. */
static const struct token_row {
    const char *file, *secret;
    bool oaep, printed;
} TOKENS[] = {
    {"tools/shtok-b-v/tok.b64", "my shared secret \xc3\xbc", false, false},
    {"tools/shtok-b-v/stdout.txt", "my shared secret \xc3\xbc", false, true},
    {"tools/shtok-oaep/tok.b64", "my shared secret", true, false},
    {"tools/shtok-oaep/stdout.txt", "my shared secret", true, true},
    {"tools/shtok-stdout/stdout.txt", "x", false, true},
};

static void read_token(const struct token_row *row, struct buf *der)
{
    static const char mark[] = "Encrypted Secret Data:";
    struct buf text;
    buf_init(der, BUF_MAX_TEXT);
    fixture_vector(row->file, &text);
    const char *at = row->printed ? strstr(buf_str(&text), mark) : buf_str(&text);
    assert_non_null(at);
    at += row->printed ? strlen(mark) : 0;
    const char *end = row->printed ? strstr(at, "\n\n") : NULL;
    end = end ? end : row->printed && strstr(at, "\r\n\r\n") ? strstr(at, "\r\n\r\n") : at + strlen(at);
    assert_true(base64_decode(BYTES(at, (size_t)(end - at)), der, NULL));
    buf_release(&text);
}

/* SEQUENCE { OCTET STRING as long as the key, OCTET STRING of whole blocks: PKCS#7 always pads } and nothing behind it. */
static void expect_layout(struct bytes der, size_t secret_len)
{
    struct bytes seq, wrapped, cipher;
    assert_true(der_only(der, ASN1_SEQUENCE, &seq) && der_take(&seq, ASN1_OCTET_STRING, &wrapped) &&
                der_take(&seq, ASN1_OCTET_STRING, &cipher));
    assert_int_equal(seq.len, 0);
    assert_int_equal(wrapped.len, MODULUS);
    assert_int_equal(cipher.len, (secret_len / BLOCK + 1) * BLOCK);
}

static void expect_opens(struct fixture *f, const struct key *key, bool oaep, struct bytes der, const char *secret)
{
    struct secret got = SECRET_INIT;
    struct err err = ERR_INIT;
    if (!shared_token_open(f->db, key, oaep, der, &got, &err)) {
        fail_msg("%s (%s)", err_what(err.code), secret);
    }
    assert_int_equal(got.len, strlen(secret));
    assert_memory_equal(got.text, secret, got.len);
    secret_release(&got);
}

/* Which padding was used is told nowhere: the other one must not give another secret. */
static void expect_closed(struct fixture *f, const struct key *key, bool oaep, struct bytes der, const char *secret)
{
    struct secret got = SECRET_INIT;
    struct err err = ERR_INIT;
    bool opened = shared_token_open(f->db, key, oaep, der, &got, &err);
    assert_true(!opened || got.len != strlen(secret) || memcmp(got.text, secret, got.len) != 0);
    if (!opened) {
        unit_expect_err(&err, ERR_NSS_DECRYPT);
    }
    secret_release(&got);
}

static void test_recorded(void **state)
{
    struct fixture *f = *state;
    struct key *key = fixture_vector_key(f, KEY);
    for (size_t i = 0; i < ARRAY_LEN(TOKENS); i++) {
        struct buf der;
        read_token(&TOKENS[i], &der);
        print_message("%s\n", TOKENS[i].file);
        expect_layout(buf_peek(&der), strlen(TOKENS[i].secret));
        expect_opens(f, key, TOKENS[i].oaep, buf_peek(&der), TOKENS[i].secret);
        expect_closed(f, key, !TOKENS[i].oaep, buf_peek(&der), TOKENS[i].secret);
        expect_closed(f, f->ca_key, TOKENS[i].oaep, buf_peek(&der), TOKENS[i].secret);
        buf_release(&der);
    }
    /* Made for the recorded CA, whose key nobody has: the layout at least. */
    struct buf der;
    read_token(&(struct token_row){.file = "ca/oaep-sharedtoken/token.b64"}, &der);
    expect_layout(buf_peek(&der), strlen("Secret.123"));
    buf_release(&der);
    key_free(key);
}

static void test_ours(void **state)
{
    static const char *const secrets[] = {"x", "Secret.123", "fifteen octets.", "sixteen octets..", "my shared secret \xc3\xbc"};
    struct fixture *f = *state;
    struct key *key = fixture_vector_key(f, KEY);
    struct buf spki;
    fixture_spki(key, &spki);
    for (size_t i = 0; i < ARRAY_LEN(secrets) * 2; i++) {
        const char *text = secrets[i / 2];
        bool oaep = i % 2;
        struct secret secret = SECRET_INIT;
        struct buf der = BUF_INIT(BUF_MAX_TEXT), again = BUF_INIT(BUF_MAX_TEXT);
        secret_set(&secret, text, strlen(text));
        assert_true(shared_token_make(f->db, buf_peek(&spki), oaep, &secret, &der, NULL));
        assert_true(shared_token_make(f->db, buf_peek(&spki), oaep, &secret, &again, NULL));
        assert_false(bytes_equal(buf_peek(&der), buf_peek(&again))); /* a session key of its own each time */
        expect_layout(buf_peek(&der), strlen(text));
        expect_opens(f, key, oaep, buf_peek(&der), text);
        expect_closed(f, key, !oaep, buf_peek(&der), text);
        secret_release(&secret);
        buf_release(&der);
        buf_release(&again);
    }
    buf_release(&spki);
    key_free(key);
}

/* The ciphertext of a known session key, computed with openssl: AES-128-CBC, key 00..0f, IV 16 octets 01. */
static void test_cipher(void **state)
{
    static const uint8_t key_octets[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    struct fixture *f = *state;
    struct key *key = fixture_vector_key(f, KEY);
    struct buf spki, wrapped = BUF_INIT(BUF_MAX_TEXT), body = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT),
                     cipher = BUF_INIT(64);
    fixture_spki(key, &spki);
    struct skey *session = skey_import(f->db, NULL, BYTES(key_octets, 16), NULL);
    assert_non_null(session);
    assert_true(bytes_from_hex("30b2c5316303c8d52cc666709d74fcd9", &cipher));
    assert_true(crypt_rsa_wrap_key(session, buf_peek(&spki), RSA_PKCS1, &wrapped, NULL));
    assert_true(der_put(&body, ASN1_OCTET_STRING, buf_peek(&wrapped)) && der_put(&body, ASN1_OCTET_STRING, buf_peek(&cipher)) &&
                der_put(&der, ASN1_SEQUENCE, buf_peek(&body)));
    expect_opens(f, key, false, buf_peek(&der), "Secret.123");
    skey_free(session);
    buf_release(&spki);
    buf_release(&wrapped);
    buf_release(&body);
    buf_release(&der);
    buf_release(&cipher);
    key_free(key);
}

static void test_damaged(void **state)
{
    struct fixture *f = *state;
    struct key *key = fixture_vector_key(f, KEY);
    struct buf der;
    struct secret got = SECRET_INIT;
    struct err err = ERR_INIT;
    read_token(&TOKENS[0], &der);
    for (size_t n = 0; n < der.len; n += n < 8 ? 1 : 41) {
        assert_false(shared_token_open(f->db, key, false, BYTES(der.data, n), &got, &err));
        unit_expect_err(&err, ERR_CMC_DECODE);
    }
    assert_true(buf_append(&der, "", 1)); /* something behind it */
    assert_false(shared_token_open(f->db, key, false, buf_peek(&der), &got, &err));
    unit_expect_err(&err, ERR_CMC_DECODE);
    assert_false(secret_is_set(&got));
    struct buf spki, out = BUF_INIT(BUF_MAX_TEXT);
    struct secret secret = SECRET_INIT;
    secret_set(&secret, "x", 1);
    fixture_spki(f->ec_key, &spki); /* RSA only */
    assert_false(shared_token_make(f->db, buf_peek(&spki), false, &secret, &out, &err));
    unit_expect_err(&err, ERR_NSS_ENCRYPT);
    assert_int_equal(out.len, 0);
    secret_release(&secret);
    buf_release(&spki);
    buf_release(&out);
    buf_release(&der);
    key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_ours),
        cmocka_unit_test(test_cipher),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
