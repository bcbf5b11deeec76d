/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/key.h"

#include "nss/nss_fixture.h"
#include "nss/sign.h"

#define PASSWORD "Secret.123"

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

static void id_texts(void **state)
{
    (void)state;
    static const struct {
        const char *hex, *text;
    } rows[] = {
        {"da55f57552c6a14538195e63c9b0f234acaf3011", "-25aa0a8aad395ebac7e6a19c364f0dcb5350cfef"},
        {"2500b867acad0064bdba3fde9762a3ff1487fcfa", "2500b867acad0064bdba3fde9762a3ff1487fcfa"},
        {"ffffffffffffffffffffffffffffffffffffff01", "-ff"},
        {"00000000000000000000000000000000000000ff", "ff"},
        {"8000000000000000000000000000000000000000", "-8000000000000000000000000000000000000000"},
        {"7f00000000000000000000000000000000000000", "7f00000000000000000000000000000000000000"},
        {"0000000000000000000000000000000000000000", "0"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf id = BUF_INIT(100);
        struct buf back = BUF_INIT(100);
        assert_true(bytes_from_hex(rows[i].hex, &id));
        char *text = key_id_text(buf_peek(&id));
        assert_string_equal(text, rows[i].text);
        assert_true(key_id_parse(text, &back, NULL));
        assert_true(bytes_equal(buf_peek(&back), buf_peek(&id)));
        free(text);
        buf_release(&id);
        buf_release(&back);
    }
    struct buf out = BUF_INIT(100);
    assert_true(key_id_parse("0xABC \r\n", &out, NULL));
    unit_expect_text(bytes_hex(buf_peek(&out)), "0abc");
    unit_expect_text(key_id_text(buf_peek(&out)), "0x0abc");
    buf_release(&out);
}

static void bad_ids(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "-",
                                      "-0xff",
                                      "xyz",
                                      "0x",
                                      "ffffffffffffffffffffffffffffffffffffffff",
                                      "-8000000000000000000000000000000000000001",
                                      "1 2",
                                      "000000000000000000000000000000000000000000000000000000000001z"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct buf out = BUF_INIT(100);
        struct err err = ERR_INIT;
        assert_false(key_id_parse(bad[i], &out, &err));
        assert_int_equal(out.len, 0);
        unit_expect_err(&err, ERR_NSS_KEY_ID);
        buf_release(&out);
    }
}

static void sign_and_verify(struct key *key)
{
    static const enum hash_alg hashes[] = {HASH_SHA256, HASH_SHA384, HASH_SHA512};
    struct bytes data = bytes_of_str("to be signed");
    struct buf spki = BUF_INIT(10000);
    struct err err = ERR_INIT;
    assert_true(key_spki(key, &spki, NULL));
    for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
        struct buf signature = BUF_INIT(10000);
        struct buf alg = BUF_INIT(100);
        ok_or_report(sign_data(key, hashes[i], data, &signature, &alg, &err), &err);
        ok_or_report(
            sign_verify(buf_peek(&spki), buf_peek(&alg), hashes[i], buf_peek(&signature), data, &err), &err);
        assert_false(
            sign_verify(buf_peek(&spki), buf_peek(&alg), HASH_SHA1, buf_peek(&signature), data, &err));
        unit_expect_err(&err, ERR_NSS_SIGN_ALG);
        assert_false(sign_verify(buf_peek(&spki), buf_peek(&alg), hashes[i], buf_peek(&signature),
                                 bytes_of_str("x"), &err));
        unit_expect_err(&err, ERR_NSS_BAD_SIGNATURE);
        signature.data[signature.len - 1] ^= 1;
        assert_false(
            sign_verify(buf_peek(&spki), buf_peek(&alg), hashes[i], buf_peek(&signature), data, &err));
        err_release(&err);
        buf_release(&signature);
        buf_release(&alg);
    }
    buf_release(&spki);
}

/* Made, found by its id and by its public key in another session, deleted. */
static void life_of(const char *folder, const char *name, const struct key_spec *spec, const char *text)
{
    struct script script = {.answers = {PASSWORD}};
    struct err err = ERR_INIT;
    struct nssdb *db = new_db(folder, name, PASSWORD, &script);
    struct key *key = key_generate(db, NULL, spec, &err);
    ok_or_report(key != NULL, &err);
    unit_expect_text(key_text(key), text);
    assert_string_equal(key_token(key), "internal");
    if (spec->temporary) { /* kept afterwards: the same key; twice does no harm */
        assert_true(key_is_temporary(key));
        ok_or_report(key_keep(db, &key, &err), &err);
        ok_or_report(key_keep(db, &key, &err), &err);
        assert_false(key_is_temporary(key));
    }
    if (!spec->derive) {
        sign_and_verify(key);
    }
    struct buf id = BUF_INIT(100);
    struct buf computed = BUF_INIT(100);
    struct buf spki = BUF_INIT(10000);
    assert_true(key_id(key, &id, NULL) && key_spki(key, &spki, NULL));
    assert_true(key_id_of_spki(buf_peek(&spki), &computed, NULL));
    assert_true(bytes_equal(buf_peek(&id), buf_peek(&computed)));
    assert_int_equal(id.len, 20);
    key_free(key);
    close_clean(db);

    char *dir = path_join(folder, name);
    struct password_source source = {script_ask, &script};
    db = nssdb_open(dir, NSSDB_WRITE, &source, &err);
    free(dir);
    key = key_find(db, NULL, buf_peek(&id), &err);
    ok_or_report(key != NULL, &err);
    assert_int_equal(script.asked, 1);
    struct key *same = key_of_spki(db, buf_peek(&spki), &err);
    ok_or_report(same != NULL, &err);
    key_free(same);
    ok_or_report(key_delete(db, key, &err), &err);
    assert_null(key_find(db, NULL, buf_peek(&id), &err));
    unit_expect_err(&err, ERR_NSS_KEY_NOT_FOUND);
    buf_release(&id);
    buf_release(&computed);
    buf_release(&spki);
    close_clean(db);
}

static void lives(void **state)
{
    life_of(*state, "rsa", &(struct key_spec){.type = KEY_RSA}, "RSA 2048");
    life_of(*state, "rsaw", &(struct key_spec){.type = KEY_RSA, .wrap_ops = true, .extractable = true},
            "RSA 2048");
    life_of(*state, "p256", &(struct key_spec){.type = KEY_EC}, "EC nistp256");
    life_of(*state, "p384", &(struct key_spec){.type = KEY_EC, .curve = "nistp384"}, "EC nistp384");
    life_of(*state, "p521", &(struct key_spec){.type = KEY_EC, .curve = "secp521r1"}, "EC nistp521");
    life_of(*state, "kept", &(struct key_spec){.type = KEY_RSA, .temporary = true, .wrap_ops = true, .extractable = true}, "RSA 2048");
    life_of(*state, "keptec", &(struct key_spec){.type = KEY_EC, .curve = "nistp521", .temporary = true}, "EC nistp521");
    life_of(*state, "ecdh", &(struct key_spec){.type = KEY_EC, .derive = true}, "EC nistp256");
}

static void temporary_keys(void **state)
{
    (void)state;
    struct nssdb *db = open_none();
    struct err err = ERR_INIT;
    struct key *key = key_generate(db, NULL, &(struct key_spec){.type = KEY_EC, .temporary = true}, &err);
    ok_or_report(key != NULL, &err);
    assert_true(key_is_temporary(key));
    sign_and_verify(key);
    key_free(key);
    assert_null(key_generate(
        db, NULL, &(struct key_spec){.type = KEY_EC, .curve = "nistk163", .temporary = true}, &err));
    unit_expect_err(&err, ERR_NSS_KEY_SPEC);
    assert_null(
        key_generate(db, NULL, &(struct key_spec){.type = KEY_RSA, .bits = 12, .temporary = true}, &err));
    unit_expect_err(&err, ERR_NSS_KEY_SPEC);
    close_clean(db);
}

/* A recorded key, imported, has the key id that Dogtag's tool printed for it. */
static void recorded_key_id(void **state)
{
    struct script script = {.answers = {NULL}};
    struct err err = ERR_INIT;
    struct nssdb *db = new_db(*state, "import", PASSWORD, &script);
    struct buf pkcs8 = read_vector("tests/vectors/ca/agent-pkcs10-rsa/key.der");
    struct buf expected = read_vector("tests/vectors/ca/agent-pkcs10-rsa/req.p10.b64.keyId");
    struct key *key = NULL;
    ok_or_report(key_import_pkcs8(db, NULL, buf_peek(&pkcs8), "imported", &key, &err), &err);
    struct buf id = BUF_INIT(100);
    assert_true(key_id(key, &id, NULL));
    unit_expect_text(key_id_text(buf_peek(&id)), buf_str(&expected));
    sign_and_verify(key);
    struct key **all;
    size_t n;
    assert_true(key_list(db, NULL, &all, &n, NULL));
    assert_int_equal(n, 1);
    key_list_free(all, n);
    assert_false(key_import_pkcs8(db, NULL, bytes_of_str("0garbage"), NULL, NULL, &err));
    unit_expect_err(&err, ERR_NSS_BAD_KEY);
    key_free(key);
    buf_release(&id);
    buf_release(&pkcs8);
    buf_release(&expected);
    close_clean(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_texts),       cmocka_unit_test(bad_ids),         cmocka_unit_test(lives),
        cmocka_unit_test(temporary_keys), cmocka_unit_test(recorded_key_id),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
