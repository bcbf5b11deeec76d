/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/chain.h"

#include "nss/certdb.h"
#include "nss/crl.h"
#include "nss/mint.h"

#define ROOT "CN=Root,O=Example"
#define SUB "CN=Sub,O=Example"
#define LOW "CN=Low,O=Example"
#define LEAF "UID=jdoe,O=Example"
#define CA_USAGE (KU_KEY_CERT_SIGN | KU_CRL_SIGN)

struct fixture {
    struct nssdb *db;
    char *folder;
    struct script script;
    struct key *root_key, *sub_key, *low_key, *leaf_key;
    struct cert *root, *sub, *leaf;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    void *folder = NULL;
    if (unit_folder(&folder) != 0) {
        return -1;
    }
    f->folder = folder;
    f->script.answers[0] = "pw";
    f->db = new_db(f->folder, "db", "pw", &f->script);
    f->root_key = mint_key(f->db, true);
    f->sub_key = mint_key(f->db, true);
    f->low_key = mint_key(f->db, true);
    f->leaf_key = mint_key(f->db, true);
    f->root = mint_cert(&(struct mint){ROOT, ROOT, 1, f->root_key, f->root_key, true, 1, CA_USAGE});
    f->sub = mint_cert(&(struct mint){SUB, ROOT, 2, f->sub_key, f->root_key, true, 0, CA_USAGE});
    f->leaf = mint_cert(&(struct mint){LEAF, SUB, 3, f->leaf_key, f->sub_key});
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    cert_free(f->root);
    cert_free(f->sub);
    cert_free(f->leaf);
    key_free(f->root_key);
    key_free(f->sub_key);
    key_free(f->low_key);
    key_free(f->leaf_key);
    close_clean(f->db);
    void *folder = f->folder;
    free(f);
    return unit_folder_remove(&folder);
}

/* ERR_NONE or the reason for leaf over these intermediates up to the root as only anchor. */
static enum err_code judge(struct fixture *f, const struct cert *leaf, const struct cert *middle,
                           const struct cert *middle2, int64_t at)
{
    struct cert_list pool = CERT_LIST_INIT;
    struct cert_list anchors = CERT_LIST_INIT;
    struct err err = ERR_INIT;
    if (middle) {
        cert_list_push(&pool, middle);
    }
    if (middle2) {
        cert_list_push(&pool, middle2);
    }
    cert_list_push(&anchors, f->root);
    bool ok = chain_verify_to(leaf, &pool, &anchors, at, &err);
    enum err_code code = err.code;
    assert_true(ok == (code == ERR_NONE));
    err_release(&err);
    cert_list_release(&pool);
    cert_list_release(&anchors);
    return code;
}

static void good_paths(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(judge(f, f->leaf, f->sub, NULL, RECORDED_TIME), ERR_NONE);
    assert_int_equal(judge(f, f->sub, NULL, NULL, RECORDED_TIME), ERR_NONE);
    assert_int_equal(judge(f, f->root, NULL, NULL, RECORDED_TIME), ERR_NONE);
}

static void time_decides(void **state)
{
    struct fixture *f = *state;
    int64_t day = 86400;
    assert_int_equal(judge(f, f->leaf, f->sub, NULL, RECORDED_TIME + 400 * day), ERR_NSS_CHAIN_EXPIRED);
    assert_int_equal(judge(f, f->leaf, f->sub, NULL, RECORDED_TIME - 400 * day), ERR_NSS_CHAIN_NOT_YET);
    struct cert *old =
        mint_cert(&(struct mint){SUB, ROOT, 9, f->sub_key, f->root_key, true, 0, CA_USAGE, NULL, NULL,
                                 RECORDED_TIME - 9 * day, RECORDED_TIME - 8 * day});
    assert_int_equal(judge(f, f->leaf, old, NULL, RECORDED_TIME), ERR_NSS_CHAIN_EXPIRED);
    assert_int_equal(judge(f, f->leaf, old, f->sub, RECORDED_TIME), ERR_NONE);
    cert_free(old);
}

static void unknown_and_untrusted(void **state)
{
    struct fixture *f = *state;
    struct cert *self =
        mint_cert(&(struct mint){LEAF, LEAF, 3, f->leaf_key, f->leaf_key, true, -1, CA_USAGE});
    assert_int_equal(judge(f, f->leaf, NULL, NULL, RECORDED_TIME), ERR_NSS_CHAIN_UNKNOWN_ISSUER);
    assert_int_equal(judge(f, self, NULL, NULL, RECORDED_TIME), ERR_NSS_CHAIN_UNTRUSTED);
    /* A look-alike of the root, with its name and another key. */
    struct cert *fake = mint_cert(&(struct mint){ROOT, ROOT, 1, f->low_key, f->low_key, true, 1, CA_USAGE});
    struct cert *forged = mint_cert(&(struct mint){LEAF, ROOT, 4, f->leaf_key, f->low_key});
    assert_int_equal(judge(f, forged, fake, NULL, RECORDED_TIME), ERR_NSS_CHAIN_SIGNATURE);
    cert_free(self);
    cert_free(fake);
    cert_free(forged);
}

static void issuers_must_be_cas(void **state)
{
    struct fixture *f = *state;
    struct cert *below = mint_cert(&(struct mint){LOW, SUB, 5, f->low_key, f->sub_key});
    struct cert *leaf = mint_cert(&(struct mint){LEAF, LOW, 6, f->leaf_key, f->low_key});
    assert_int_equal(judge(f, leaf, below, f->sub, RECORDED_TIME), ERR_NSS_CHAIN_NOT_CA);
    cert_free(below);
    below = mint_cert(&(struct mint){LOW, SUB, 5, f->low_key, f->sub_key, true, -1, CA_USAGE});
    assert_int_equal(judge(f, leaf, below, f->sub, RECORDED_TIME), ERR_NSS_CHAIN_PATH_LEN);
    cert_free(below);
    below = mint_cert(&(struct mint){LOW, ROOT, 5, f->low_key, f->root_key, true, -1, KU_DIGITAL_SIGNATURE});
    assert_int_equal(judge(f, leaf, below, NULL, RECORDED_TIME), ERR_NSS_CHAIN_KEY_USAGE);
    cert_free(below);
    below =
        mint_cert(&(struct mint){LOW, ROOT, 5, f->low_key, f->root_key, true, -1, CA_USAGE, NULL, "1.2.3.4"});
    assert_int_equal(judge(f, leaf, below, NULL, RECORDED_TIME), ERR_NSS_CHAIN_CRITICAL);
    cert_free(below);
    cert_free(leaf);
}

static void database_trust(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct cert_list pool = CERT_LIST_INIT;
    struct cert_list path = CERT_LIST_INIT;
    cert_list_push(&pool, f->sub);
    cert_list_push(&pool, f->root);
    assert_false(chain_verify(f->db, f->leaf, &pool, RECORDED_TIME, &err));
    unit_expect_err(&err, ERR_NSS_CHAIN_UNTRUSTED);
    ok_or_report(certdb_import_chain(f->db, &pool, NULL, &err), &err);
    assert_false(chain_verify(f->db, f->leaf, NULL, RECORDED_TIME, &err));
    unit_expect_err(&err, ERR_NSS_CHAIN_UNTRUSTED);
    ok_or_report(certdb_set_trust(f->db, f->root, "CT,C,C", &err), &err);
    ok_or_report(chain_build(f->db, f->leaf, NULL, NULL, RECORDED_TIME, &path, &err), &err);
    assert_int_equal(path.n, 3);
    assert_true(cert_equal(path.v[0], f->leaf) && cert_equal(path.v[2], f->root));
    /* Trust belongs to the certificate, not to its name. */
    struct cert *fake = mint_cert(&(struct mint){ROOT, ROOT, 1, f->low_key, f->low_key, true, 1, CA_USAGE});
    assert_false(certdb_is_trusted_ca(f->db, fake));
    struct cert *forged = mint_cert(&(struct mint){LEAF, ROOT, 4, f->leaf_key, f->low_key});
    struct cert_list fakes = CERT_LIST_INIT;
    cert_list_push(&fakes, fake);
    assert_false(chain_verify(f->db, forged, &fakes, RECORDED_TIME, NULL));
    cert_list_release(&fakes);
    cert_free(fake);
    cert_free(forged);
    cert_list_release(&pool);
    cert_list_release(&path);
}

static void revoked_by_crl(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct buf der = BUF_INIT(10000);
    ok_or_report(chain_verify(f->db, f->leaf, NULL, RECORDED_TIME, &err), &err);
    mint_crl(SUB, f->low_key, 3, &der); /* not the CA's key */
    assert_false(certdb_import_crl(f->db, buf_peek(&der), &err));
    unit_expect_err(&err, ERR_NSS_BAD_CRL);
    buf_clear(&der);
    mint_crl(SUB, f->sub_key, 3, &der);
    ok_or_report(certdb_import_crl(f->db, buf_peek(&der), &err), &err);
    assert_false(chain_verify(f->db, f->leaf, NULL, RECORDED_TIME, &err));
    unit_expect_err(&err, ERR_NSS_CHAIN_REVOKED);
    struct crl crl;
    ok_or_report(crl_parse(buf_peek(&der), &crl, &err), &err);
    assert_true(crl_lists(&crl, cert_serial(f->leaf), RECORDED_TIME, NULL));
    assert_false(crl_lists(&crl, cert_serial(f->leaf), RECORDED_TIME - 300, NULL));
    assert_false(crl_lists(&crl, cert_serial(f->root), RECORDED_TIME, NULL));
    for (size_t n = 0; n < der.len; n += 3) {
        assert_false(crl_parse(BYTES(der.data, n), &crl, NULL));
    }
    buf_release(&der);
}

static void order_of_a_heap(void **state)
{
    struct fixture *f = *state;
    struct cert_list pool = CERT_LIST_INIT;
    struct cert_list out = CERT_LIST_INIT;
    struct buf print = BUF_INIT(100);
    cert_list_push(&pool, f->leaf);
    cert_list_push(&pool, f->root);
    cert_list_push(&pool, f->sub);
    assert_true(chain_order(f->leaf, &pool, &out, NULL));
    assert_int_equal(out.n, 3);
    assert_true(cert_equal(out.v[1], f->sub) && cert_equal(out.v[2], f->root));
    assert_true(chain_fingerprint(&out, &print, NULL) && print.len == 32);
    cert_list_release(&out);
    cert_list_release(&pool);
    assert_true(chain_order(f->leaf, &pool, &out, NULL));
    assert_int_equal(out.n, 1);
    cert_list_release(&out);
    buf_release(&print);
}

/* Two CAs that certify each other must not make the search run in circles. */
static void loops_end(void **state)
{
    struct fixture *f = *state;
    struct cert *a = mint_cert(&(struct mint){SUB, LOW, 20, f->sub_key, f->low_key, true, -1, CA_USAGE});
    struct cert *b = mint_cert(&(struct mint){LOW, SUB, 21, f->low_key, f->sub_key, true, -1, CA_USAGE});
    assert_int_equal(judge(f, f->leaf, a, b, RECORDED_TIME), ERR_NSS_CHAIN_UNKNOWN_ISSUER);
    struct cert_list pool = CERT_LIST_INIT;
    struct cert_list out = CERT_LIST_INIT;
    struct err err = ERR_INIT;
    cert_list_push(&pool, a);
    cert_list_push(&pool, b);
    assert_false(chain_order(f->leaf, &pool, &out, &err));
    unit_expect_err(&err, ERR_NSS_CHAIN_PATH_LEN);
    cert_list_release(&pool);
    cert_list_release(&out);
    cert_free(a);
    cert_free(b);
}

static void recorded_chain(void **state)
{
    (void)state;
    struct cert_list anchors = CERT_LIST_INIT;
    struct err err = ERR_INIT;
    cert_list_push_take(&anchors, cert_vector("tests/vectors/ca/_client-pem/ca_signing.pem"));
    struct cert *user = cert_vector("tests/vectors/ca/_client-pem/user1.pem");
    struct cert *stranger = cert_vector("tests/vectors/ca/_client-pem/stranger.pem");
    int64_t at = cert_not_before(user) + 60;
    ok_or_report(chain_verify_to(user, NULL, &anchors, at, &err), &err);
    assert_false(chain_verify_to(stranger, NULL, &anchors, cert_not_before(stranger) + 60, NULL));
    cert_free(user);
    cert_free(stranger);
    cert_list_release(&anchors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_paths),
        cmocka_unit_test(time_decides),
        cmocka_unit_test(unknown_and_untrusted),
        cmocka_unit_test(issuers_must_be_cas),
        cmocka_unit_test(database_trust),
        cmocka_unit_test(revoked_by_crl),
        cmocka_unit_test(order_of_a_heap),
        cmocka_unit_test(loops_end),
        cmocka_unit_test(recorded_chain),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
