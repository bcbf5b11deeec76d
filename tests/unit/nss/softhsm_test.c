/* SPDX-License-Identifier: Apache-2.0 */
/* A token that is not NSS's own: SoftHSM2 with a private configuration. Exit code 77 when it is not
 * installed. */
#include "config.h"

#include "harness/softhsm.h"
#include "nss/certdb.h"
#include "nss/crypt.h"
#include "nss/mint.h"

#define LABEL "practice token"
#define PIN "123456"

static struct nssdb *open_with_module(const char *folder, struct script *script)
{
    struct err err = ERR_INIT;
    struct nssdb *db = new_db(folder, "db", "pw", script);
    ok_or_report(nssdb_module_add(db, "softhsm", softhsm_library(), &err), &err);
    return db;
}

static void wrong_pins(struct nssdb *db, struct script *script)
{
    struct err err = ERR_INIT;
    *script = (struct script){.answers = {"000000", NULL}};
    assert_false(nssdb_login(db, LABEL, &err));
    assert_int_equal(script->asked, 1);
    unit_expect_err(&err, ERR_NSS_LOGIN_CANCELLED);
    *script = (struct script){.answers = {PIN}};
    ok_or_report(nssdb_login(db, LABEL, &err), &err);
}

static void keys_and_certificates(struct nssdb *db, const struct key_spec *spec)
{
    struct err err = ERR_INIT;
    struct key *key = key_generate(db, LABEL, spec, &err);
    ok_or_report(key != NULL, &err);
    assert_string_equal(key_token(key), LABEL);
    struct cert *cert = mint_cert(
        &(struct mint){spec->type == KEY_RSA ? "CN=rsa" : "CN=ec", "CN=CA", (int)spec->type + 1, key, key});
    const char *nickname = spec->type == KEY_RSA ? "my rsa" : "my ec";
    ok_or_report(certdb_import(db, LABEL, cert, nickname, NULL, &err), &err);
    struct cert *found = certdb_find(db, LABEL, nickname, &err);
    ok_or_report(found != NULL, &err);
    cert_free(found);
    char *full = certdb_nickname_of(db, cert);
    assert_true(full && strncmp(full, LABEL ":", strlen(LABEL) + 1) == 0);
    found = certdb_find(db, NULL, full, &err);
    ok_or_report(found && cert_equal(found, cert), &err);
    cert_free(found);
    ok_or_report(certdb_nickname_resolves_to(db, LABEL, nickname, cert, &err), &err);
    ok_or_report(certdb_prove(db, cert, &err), &err);
    struct buf id = BUF_INIT(100);
    assert_true(key_id(key, &id, NULL));
    struct key *again = key_find(db, NULL, buf_peek(&id), &err);
    ok_or_report(again != NULL, &err);
    key_free(again);
    free(full);
    buf_release(&id);
    cert_free(cert);
    ok_or_report(key_delete(db, key, &err), &err);
}

static void archival(struct nssdb *db)
{
    struct err err = ERR_INIT;
    struct key *key = key_generate(
        db, LABEL, &(struct key_spec){.type = KEY_RSA, .extractable = true, .wrap_ops = true}, &err);
    ok_or_report(key != NULL, &err);
    struct skey *skey = skey_generate(db, LABEL, 16, &err);
    ok_or_report(skey != NULL, &err);
    uint8_t iv[16] = {0};
    struct buf wrapped = BUF_INIT(100000);
    /* Refused with a reason, not with a crash; the standard wrap (RFC 5649) is there. */
    assert_false(crypt_wrap_private_key(skey, key, WRAP_AES_CBC_PAD, BYTES(iv, 16), &wrapped, &err));
    unit_expect_err(&err, ERR_NSS_WRAP);
    /* Known before a key is made, for the type that it will have. */
    assert_false(crypt_token_wraps(db, LABEL, KEY_RSA, WRAP_AES_CBC_PAD));
    assert_false(crypt_token_wraps(db, LABEL, KEY_EC, WRAP_AES_CBC_PAD));
    ok_or_report(crypt_wrap_private_key(skey, key, WRAP_AES_KWP, BYTES_NONE, &wrapped, &err), &err);
    assert_true(wrapped.len > 1000 && wrapped.len % 8 == 0);
    buf_release(&wrapped);
    skey_free(skey);
    key_free(key);
}

static void token_is_used(void **state)
{
    struct script script = {.answers = {NULL}};
    struct nssdb *db = open_with_module(*state, &script);
    struct token_info *tokens;
    size_t n;
    bool seen = false;
    assert_true(nssdb_tokens(db, &tokens, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        seen = seen || (strcmp(tokens[i].name, LABEL) == 0 && tokens[i].needs_login && !tokens[i].logged_in);
    }
    assert_true(seen);
    token_info_free(tokens, n);
    wrong_pins(db, &script);
    keys_and_certificates(db, &(struct key_spec){.type = KEY_RSA});
    keys_and_certificates(db, &(struct key_spec){.type = KEY_EC});
    archival(db);
    close_clean(db);
}

static size_t modules_of(struct nssdb *db, const char *name, int *tokens)
{
    struct module_info *list = NULL;
    size_t n = 0;
    *tokens = -1;
    assert_true(nssdb_modules(db, &list, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        *tokens = strcmp(list[i].name, name) == 0 ? list[i].tokens : *tokens;
    }
    module_info_free(list, n);
    return n;
}

/* What is added is there after the database was closed, and what is removed is not. */
static void module_comes_and_goes(void **state)
{
    struct script script = {.answers = {"pw"}};
    struct err err = ERR_INIT;
    char *dir = path_join(*state, "modules");
    struct nssdb *db = new_db(*state, "modules", "pw", &script);
    int tokens = 0;
    size_t before = modules_of(db, "hsm", &tokens);
    assert_int_equal(tokens, -1);
    ok_or_report(nssdb_module_add(db, "hsm", softhsm_library(), &err), &err);
    assert_false(nssdb_module_add(db, "hsm", "libother.so", &err));
    unit_expect_err(&err, ERR_NSS_MODULE_THERE);
    assert_false(nssdb_module_add(db, "other", softhsm_library(), &err));
    unit_expect_err(&err, ERR_NSS_MODULE_THERE);
    close_clean(db);
    db = nssdb_open(dir, NSSDB_WRITE, NULL, &err);
    ok_or_report(db != NULL, &err);
    assert_int_equal(modules_of(db, "hsm", &tokens), before + 1);
    assert_true(tokens >= 1);
    ok_or_report(nssdb_module_remove(db, "hsm", &err), &err);
    assert_int_equal(modules_of(db, "hsm", &tokens), before);
    close_clean(db);
    db = nssdb_open(dir, NSSDB_READ, NULL, &err);
    ok_or_report(db != NULL, &err);
    assert_int_equal(modules_of(db, "hsm", &tokens), before);
    assert_int_equal(tokens, -1);
    close_clean(db);
    free(dir);
}

static int setup(void **state)
{
    return unit_folder(state) == 0 && softhsm_token(*state, LABEL, PIN, NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

int main(void)
{
    const char *const probe[] = {"softhsm2-util", "--version", NULL};
    if (!softhsm_library() || !softhsm_run(probe)) {
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_is_used),
        cmocka_unit_test(module_comes_and_goes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
