/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/certdb.h"

#include <keyhi.h>
#include <pk11pub.h>
#include <time.h>

#include "nss/mint.h"

#define PASSWORD "Secret.123"
#define SUBJECT "UID=jdoe,O=Example"

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

static void recorded_database(void **state)
{
    struct script script = {.answers = {PASSWORD}};
    struct password_source source = {script_ask, &script};
    struct err err = ERR_INIT;
    char *dir = copy_db(*state, "recorded", "tests/vectors/ca/_client-nssdb");
    struct nssdb *db = nssdb_open(dir, NSSDB_READ, &source, &err);
    ok_or_report(db != NULL, &err);
    struct certdb_entry *list;
    size_t n;
    ok_or_report(certdb_list(db, NULL, &list, &n, &err), &err);
    assert_int_equal(script.asked, 0);
    bool agent = false;
    bool ca = false;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].nickname, "rsaagent") == 0) {
            agent = list[i].has_key && strcmp(list[i].trust, "u,u,u") == 0 &&
                    strcmp(list[i].token, "internal") == 0;
        }
        if (strcmp(list[i].nickname, "ca_signing") == 0) {
            ca = !list[i].has_key && strchr(list[i].trust, 'C');
        }
    }
    assert_true(agent && ca);
    certdb_entries_free(list, n);
    struct cert *cert = certdb_find(db, NULL, "rsaagent", &err);
    ok_or_report(cert != NULL, &err);
    ok_or_report(certdb_nickname_resolves_to(db, NULL, "rsaagent", cert, &err), &err);
    assert_false(certdb_nickname_resolves_to(db, NULL, "ecagent", cert, &err));
    unit_expect_err(&err, ERR_NSS_NICKNAME_OTHER);
    unit_expect_text(certdb_nickname_of(db, cert), "rsaagent");
    ok_or_report(certdb_prove(db, cert, &err), &err);
    assert_int_equal(script.asked, 1);
    struct cert *same = certdb_find_issuer_serial(db, cert_issuer_der(cert), cert_serial(cert));
    assert_true(same && cert_equal(same, cert));
    cert_free(same);
    assert_null(certdb_find(db, NULL, "rsagent\x1b", &err));
    assert_non_null(strstr(err.context[1], "rsaagent"));
    assert_null(strchr(err.context[0], '\x1b'));
    unit_expect_err(&err, ERR_NSS_NICKNAME_NOT_FOUND);
    cert_free(cert);
    cert = certdb_find(db, NULL, "ca_signing", &err);
    assert_true(certdb_is_trusted_ca(db, cert));
    assert_false(certdb_prove(db, cert, &err));
    unit_expect_err(&err, ERR_NSS_KEY_NOT_FOUND);
    cert_free(cert);
    close_clean(db);
    free(dir);
}

/* A renewed certificate: same subject, same nickname. The one with key that is valid is taken, and the proof
 * tells. */
static void one_of_the_same_subject(void **state)
{
    struct script script = {.answers = {PASSWORD}};
    struct err err = ERR_INIT;
    struct nssdb *db = new_db(*state, "same", PASSWORD, &script);
    struct key *ca_key = mint_key(db, true);
    struct key *key = mint_key(db, false);
    struct key *elsewhere = mint_key(db, true);
    int64_t day = 86400;
    int64_t now = (int64_t)time(NULL);
    struct mint m = {SUBJECT, "CN=CA", 1,    key,  ca_key,         false,
                     0,       0,       NULL, NULL, now - 20 * day, now - 10 * day};
    struct cert *expired = mint_cert(&m);
    m.serial = 2;
    m.from = now - 15 * day;
    m.to = now + 100 * day;
    struct cert *valid = mint_cert(&m);
    m.serial = 3;
    m.from = now - 5 * day;
    m.key = elsewhere;
    struct cert *keyless = mint_cert(&m);
    key_free(elsewhere); /* while it lives it is a key of this token */
    const struct cert *all[] = {expired, valid, keyless};
    for (size_t i = 0; i < 3; i++) {
        ok_or_report(certdb_import(db, NULL, all[i], "jdoe", NULL, &err), &err);
    }
    struct cert *found = certdb_find(db, NULL, "jdoe", &err);
    assert_true(found && cert_equal(found, valid));
    cert_free(found);
    struct cert_list list = CERT_LIST_INIT;
    assert_true(certdb_find_all(db, NULL, "jdoe", &list, NULL));
    assert_int_equal(list.n, 3);
    assert_true(cert_equal(list.v[1], expired) && cert_equal(list.v[2], keyless));
    cert_list_release(&list);
    int resolved = 0;
    for (size_t i = 0; i < 3; i++) {
        resolved += certdb_nickname_resolves_to(db, NULL, "jdoe", all[i], NULL);
    }
    assert_int_equal(resolved, 1);
    /* Deleted: never found again; the rest stays. */
    ok_or_report(certdb_delete(db, NULL, keyless, &err), &err);
    assert_false(certdb_has(db, keyless));
    assert_true(certdb_has(db, valid));
    assert_false(certdb_delete(db, NULL, keyless, &err));
    unit_expect_err(&err, ERR_NSS_CERT_NOT_STORED);
    for (size_t i = 0; i < 3; i++) {
        cert_free((struct cert *)(uintptr_t)all[i]);
    }
    key_free(key);
    key_free(ca_key);
    close_clean(db);
}

static void nicknames(void **state)
{
    struct script script = {.answers = {PASSWORD}};
    struct err err = ERR_INIT;
    struct nssdb *db = new_db(*state, "nick", PASSWORD, &script);
    struct key *key = mint_key(db, true);
    struct cert *one = mint_cert(&(struct mint){SUBJECT, "CN=CA", 1, key, key});
    struct cert *other = mint_cert(&(struct mint){"UID=jdoe,O=Other", "CN=CA", 2, key, key});
    char *suggested = certdb_nickname_suggest(db, NULL, cert_subject_der(one), "user");
    assert_string_equal(suggested, "jdoe - user");
    ok_or_report(certdb_nickname_free(db, NULL, suggested, cert_subject_der(one), &err), &err);
    ok_or_report(certdb_import(db, NULL, one, suggested, ",,", &err), &err);
    ok_or_report(certdb_import(db, NULL, one, suggested, ",,", &err), &err);
    ok_or_report(certdb_nickname_free(db, NULL, suggested, cert_subject_der(one), &err), &err);
    assert_false(certdb_nickname_free(db, NULL, suggested, cert_subject_der(other), &err));
    unit_expect_err(&err, ERR_NSS_NICKNAME_TAKEN);
    assert_false(certdb_import(db, NULL, other, suggested, NULL, &err));
    unit_expect_err(&err, ERR_NSS_NICKNAME_TAKEN);
    struct cert *reused = mint_cert(&(struct mint){"UID=third,O=Other", "CN=CA", 1, key, key});
    assert_false(certdb_import(db, NULL, reused, "third", NULL, &err));
    unit_expect_err(&err, ERR_NSS_REUSED_SERIAL);
    cert_free(reused);
    unit_expect_text(certdb_nickname_suggest(db, NULL, cert_subject_der(other), "user"), "jdoe - user 2");
    unit_expect_text(certdb_nickname_suggest(db, NULL, cert_subject_der(one), "server"), "jdoe - user");
    static const char *const bad[] = {"", " a", "a ", "a:b", "a\nb", "\xff"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(certdb_nickname_free(db, NULL, bad[i], cert_subject_der(one), &err));
        unit_expect_err(&err, ERR_NSS_NICKNAME_BAD);
    }
    free(suggested);
    cert_free(one);
    cert_free(other);
    key_free(key);
    close_clean(db);
}

static void trust_flags(void **state)
{
    struct script script = {.answers = {PASSWORD, PASSWORD}};
    struct password_source source = {script_ask, &script};
    struct err err = ERR_INIT;
    struct nssdb *db = new_db(*state, "trust", PASSWORD, &script);
    struct key *key = mint_key(db, true);
    struct cert *ca = mint_cert(&(struct mint){"CN=CA", "CN=CA", 1, key, key, true, -1, KU_KEY_CERT_SIGN});
    key_free(key);
    char trust[16];
    ok_or_report(certdb_import(db, NULL, ca, "CA", NULL, &err), &err);
    close_clean(db);
    char *dir = path_join(*state, "trust");
    db = nssdb_open(dir, NSSDB_WRITE, &source, &err);
    certdb_trust(db, ca, trust);
    assert_string_equal(trust, ",,");
    ok_or_report(certdb_set_trust(db, ca, "CT,C,C", &err), &err);
    assert_int_equal(script.asked, 1); /* trust wants a login */
    close_clean(db);
    db = nssdb_open(dir, NSSDB_READ, &source, &err);
    certdb_trust(db, ca, trust);
    assert_string_equal(trust, "CT,C,C");
    assert_true(certdb_is_trusted_ca(db, ca));
    assert_false(certdb_set_trust(db, ca, ",,", &err));
    unit_expect_err(&err, ERR_NSS_READ_ONLY);
    close_clean(db);
    cert_free(ca);
    free(dir);
}

static void pkcs12_packages(void **state)
{
    struct script script = {.answers = {PASSWORD}};
    struct err err = ERR_INIT;
    struct secret secret = SECRET_INIT;
    struct buf p12 = read_vector("tests/vectors/ca/_client-pem/rsaagent.p12");
    struct nssdb *db = new_db(*state, "p12", PASSWORD, &script);
    struct cert_list none = CERT_LIST_INIT;
    secret_set(&secret, "wrong", 5);
    assert_false(certdb_pkcs12_certs(db, buf_peek(&p12), &secret, &none, &err));
    unit_expect_err(&err, ERR_NSS_P12_PASSWORD);
    assert_int_equal(none.n, 0);
    assert_false(certdb_import_pkcs12(db, NULL, buf_peek(&p12), &secret, NULL, &err));
    unit_expect_err(&err, ERR_NSS_P12_PASSWORD);
    secret_set(&secret, PASSWORD, strlen(PASSWORD));
    assert_false(certdb_import_pkcs12(db, NULL, BYTES(p12.data, p12.len / 2), &secret, NULL, &err));
    unit_expect_err(&err, ERR_NSS_P12_DAMAGED);
    assert_false(certdb_import_pkcs12(db, NULL, bytes_of_str("no package"), &secret, NULL, &err));
    unit_expect_err(&err, ERR_NSS_P12_DAMAGED);
    /* Looking into it stores nothing. */
    struct cert_list inside = CERT_LIST_INIT;
    ok_or_report(certdb_pkcs12_certs(db, buf_peek(&p12), &secret, &inside, &err), &err);
    assert_int_equal(inside.n, 2);
    assert_false(cert_is_ca(inside.v[0]));
    assert_true(cert_is_ca(inside.v[1]));
    assert_false(certdb_has(db, inside.v[0]) || certdb_has(db, inside.v[1]));
    cert_list_release(&inside);
    struct strv nicknames = STRV_INIT;
    ok_or_report(certdb_import_pkcs12(db, NULL, buf_peek(&p12), &secret, &nicknames, &err), &err);
    assert_int_equal(nicknames.n, 1);
    assert_string_equal(nicknames.v[0], "rsaagent");
    struct cert *agent = certdb_find(db, NULL, "rsaagent", &err);
    ok_or_report(agent != NULL, &err);
    ok_or_report(certdb_prove(db, agent, &err), &err);
    struct cert *ca = certdb_find(db, NULL, "ca_signing", &err);
    ok_or_report(ca != NULL, &err);
    cert_free(ca);
    ok_or_report(certdb_import_pkcs12(db, NULL, buf_peek(&p12), &secret, NULL, &err), &err);
    struct buf exported = BUF_INIT(100000);
    ok_or_report(certdb_export_pkcs12(db, agent, &secret, &exported, &err), &err);
    close_clean(db);
    struct script second = {.answers = {PASSWORD}};
    db = new_db(*state, "p12 again", PASSWORD, &second);
    ok_or_report(certdb_import_pkcs12(db, NULL, buf_peek(&exported), &secret, NULL, &err), &err);
    ok_or_report(certdb_prove(db, agent, &err), &err);
    cert_free(agent);
    strv_release(&nicknames);
    secret_release(&secret);
    buf_release(&p12);
    buf_release(&exported);
    close_clean(db);
}

static void expect_proof(struct nssdb *db, const struct cert *cert, bool good)
{
    struct err err = ERR_INIT;
    if (good) {
        ok_or_report(certdb_prove(db, cert, &err), &err);
    } else {
        assert_false(certdb_prove(db, cert, &err));
        unit_expect_err(&err, ERR_NSS_PROOF);
    }
}

/* The proof is of every use that the certificate names, not of one of them. */
static void proof_of_each_use(void **state)
{
    static const struct {
        bool sign_only;
        unsigned usage;
        bool good;
    } cases[] = {
        {false, KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT, true}, {false, KU_KEY_ENCIPHERMENT, true},
        {true, KU_DIGITAL_SIGNATURE, true},                        {true, KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT, false},
        {true, KU_DIGITAL_SIGNATURE | KU_DATA_ENCIPHERMENT, false},
    };
    struct script script = {.answers = {PASSWORD}};
    struct err err = ERR_INIT;
    struct nssdb *db = new_db(*state, "each use", PASSWORD, &script);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        PK11RSAGenParams params = {2048, 65537};
        PK11SlotInfo *slot = PK11_GetInternalKeySlot();
        SECKEYPublicKey *public_key = NULL;
        SECKEYPrivateKey *made = PK11_GenerateKeyPairWithOpFlags(
            slot, CKM_RSA_PKCS_KEY_PAIR_GEN, &params, &public_key, PK11_ATTR_TOKEN | PK11_ATTR_PRIVATE | PK11_ATTR_SENSITIVE,
            CKF_SIGN | (cases[i].sign_only ? 0 : CKF_DECRYPT), CKF_SIGN | CKF_DECRYPT, NULL);
        assert_non_null(made);
        SECItem *spki = SECKEY_EncodeDERSubjectPublicKeyInfo(public_key);
        struct key *key = key_of_spki(db, BYTES(spki->data, spki->len), &err);
        ok_or_report(key != NULL, &err);
        struct mint m = {.subject = SUBJECT, .issuer = SUBJECT, .serial = (int)i + 1, .key = key, .signer = key, .usage = cases[i].usage};
        struct cert *cert = mint_cert(&m);
        expect_proof(db, cert, cases[i].good);
        cert_free(cert);
        key_free(key);
        SECITEM_FreeItem(spki, PR_TRUE);
        SECKEY_DestroyPublicKey(public_key);
        SECKEY_DestroyPrivateKey(made);
        PK11_FreeSlot(slot);
    }
    close_clean(db);
}

/* The same of EC keys: one for keyAgreement decrypts what somebody encrypted for it, unless it was made for signatures,
 * which count too. */
static void proof_of_ec_uses(void **state)
{
    static const struct {
        const char *curve;
        bool derive, agrees;
        unsigned usage;
        bool good;
    } cases[] = {
        {"nistp256", false, true, KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT, true},
        {"nistp384", false, true, KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT, true},
        {"nistp521", false, true, KU_KEY_AGREEMENT, true},
        {"nistp256", true, false, KU_KEY_AGREEMENT, true},
        {"nistp256", true, false, KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT, false}, /* it cannot sign */
        {"nistp256", false, false, KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT, true},
        {"nistp256", false, false, KU_DIGITAL_SIGNATURE, true},
    };
    struct script script = {.answers = {PASSWORD}};
    struct err err = ERR_INIT;
    struct nssdb *db = new_db(*state, "ec uses", PASSWORD, &script);
    struct key *ca = mint_key(db, true);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct key_spec spec = {.type = KEY_EC,
                                      .curve = cases[i].curve,
                                      .derive = cases[i].derive,
                                      .agrees = cases[i].agrees,
                                      .temporary = i % 2 != 0};
        struct key *key = key_generate(db, NULL, &spec, &err);
        ok_or_report(key && key_keep(db, &key, &err), &err); /* as a database gets its keys: the uses stay */
        struct mint m = {.subject = SUBJECT,
                         .issuer = "CN=CA",
                         .serial = (int)i + 1,
                         .key = key,
                         .signer = ca,
                         .usage = cases[i].usage};
        struct cert *cert = mint_cert(&m);
        expect_proof(db, cert, cases[i].good);
        cert_free(cert);
        key_free(key);
    }
    key_free(ca);
    close_clean(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_database), cmocka_unit_test(one_of_the_same_subject),
        cmocka_unit_test(nicknames),         cmocka_unit_test(trust_flags),
        cmocka_unit_test(pkcs12_packages),   cmocka_unit_test(proof_of_each_use),
        cmocka_unit_test(proof_of_ec_uses),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
