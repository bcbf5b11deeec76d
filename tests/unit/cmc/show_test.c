/* SPDX-License-Identifier: Apache-2.0 */
/* The readable tree: kinds of input, hostile text, secrets, JSON. */
#include "config.h"

#include "fixture.h"

#include "unit/unit.h"

#include "base/json.h"
#include "cmc/control_cert.h"
#include "cmc/control_plain.h"
#include "cmc/oids.h"
#include "cmc/pkidata.h"
#include "cmc/show.h"
#include "cmc/signeddata.h"
#include "nss/dn.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

static void vector(const char *below, struct buf *der)
{
    struct buf raw = BUF_INIT(BUF_MAX_MESSAGE);
    char *root = unit_source("tests/vectors");
    char *path = path_join(root, below);
    buf_init(der, BUF_MAX_MESSAGE);
    if (!file_read(path, &raw, NULL) || !pem_decode(buf_peek(&raw), der, NULL, NULL)) {
        fail_msg("%s cannot be read", path);
    }
    buf_release(&raw);
    free(path);
    free(root);
}

static char *shown(struct bytes der)
{
    struct cmc_tree tree = CMC_TREE_INIT;
    struct err err = ERR_INIT;
    if (!cmc_show(der, &tree, &err)) {
        fail_msg("%s", err_what(err.code));
    }
    char *text = cmc_tree_print(&tree);
    cmc_tree_release(&tree);
    return text;
}

static void test_kinds(void **state)
{
    static const struct {
        const char *file;
        enum cmc_what what;
        const char *holds[4];
    } rows[] = {
        {"ca/agent-pkcs10-rsa/request.der",
         CMC_IS_REQUEST,
         {"eContentType: id-cct-PKIData", "subject: CN=Agent P10 RSA,O=Example",
          "verifies with the certificate in the message"}},
        {"ca/agent-pkcs10-rsa/response.der",
         CMC_IS_RESPONSE,
         {"cMCStatus: success (0)", "bodyList: 1", "certificate: CN=Agent P10 RSA"}},
        {"ca/sst-pkcs10-rsa/request.der",
         CMC_IS_REQUEST,
         {"identification", "value: testuser", "hashAlgID: SHA-256", "verifies with the key of the request"}},
        {"ca/epop-rsa/response1.der",
         CMC_IS_RESPONSE,
         {"popRequired", "encryptedKey", "requestID: 44", "thePOPAlgID: aes128-CBC"}},
        {"ca/epop-rsa/request2.der", CMC_IS_REQUEST, {"decryptedPOP", "thePOP", "regInfo"}},
        {"ca/epop-archival-rsa/req.crmf.der", CMC_IS_CRMF, {"pkiArchiveOptions", "encSymmKey", "popo: none"}},
        {"ca/agent-pkcs10-rsa/req.p10.der", CMC_IS_PKCS10, {"key: RSA 2048", "verifies with the key of the request"}},
        {"ca/agent-pkcs10-rsa/issued.pem", CMC_IS_CERTIFICATE, {"Agent P10 RSA"}},
        {"tools/_responses/simple.p7", CMC_IS_CERTS_ONLY, {"certificates"}},
        {"ca/rev-shared-secret/request.der",
         CMC_IS_REQUEST,
         {"revokeRequest", "passphrase: (secret, not shown)", "id-data"}},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf der;
        vector(rows[i].file, &der);
        if (cmc_identify(buf_peek(&der)) != rows[i].what) {
            fail_msg("%s is taken for %s", rows[i].file, cmc_what_name(cmc_identify(buf_peek(&der))));
        }
        char *text = shown(buf_peek(&der));
        for (size_t j = 0; j < 4 && rows[i].holds[j]; j++) {
            if (!strstr(text, rows[i].holds[j])) {
                fail_msg("%s lacks \"%s\":\n%s", rows[i].file, rows[i].holds[j], text);
            }
        }
        assert_null(strstr(text, "Secret.123"));
        free(text);
        buf_release(&der);
    }
}

/* Controls with hostile text, in a message of our own. */
static void test_hostile(void **state)
{
    (void)state;
    struct pkidata pd;
    struct buf value = BUF_INIT(1024);
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf message = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf name = BUF_INIT(1024);
    pkidata_init(&pd);
    assert_true(control_text_encode("a\033[2J\nb\xe2\x80\xae"
                                    "c\xc2\x85",
                                    &value, NULL));
    assert_true(pkidata_add_control(&pd, OID_CMC_IDENTIFICATION, buf_peek(&value), NULL, NULL));
    buf_clear(&value);
    assert_true(dn_encode("CN=x\\0Ay", &name, NULL));
    struct revoke_request r = {.cert = {buf_peek(&name), BYTES("\x01", 1)},
                               .has_passphrase = true,
                               .passphrase = bytes_of_str("canary-7731"),
                               .has_comment = true,
                               .comment = bytes_of_str("\x1b]0;x\a")};
    assert_true(revoke_request_encode(&r, &value, NULL));
    assert_true(pkidata_add_control(&pd, OID_CMC_REVOKE_REQUEST, buf_peek(&value), NULL, NULL));
    assert_true(pkidata_encode(&pd, &der, NULL));
    assert_true(signeddata_unsigned(OID_DATA, buf_peek(&der), &message, NULL));
    for (int i = 0; i < 2; i++) {
        char *text = shown(i ? buf_peek(&message) : buf_peek(&der));
        assert_null(strpbrk(text, "\033\a\r"));
        assert_null(strstr(text, "\xe2\x80\xae"));
        assert_null(strstr(text, "\xc2\x85"));
        assert_null(strstr(text, "canary"));
        assert_non_null(strstr(text, "a\\e[2J\\nb"));
        free(text);
    }
    pkidata_release(&pd);
    buf_release(&value);
    buf_release(&der);
    buf_release(&message);
    buf_release(&name);
}

static void test_any(void **state)
{
    (void)state;
    struct buf der = BUF_INIT(1024);
    struct err err = ERR_INIT;
    struct cmc_tree tree = CMC_TREE_INIT;
    assert_true(bytes_from_hex("301106092a864886f70d0101010500020201000c0161", &der));
    der.data[1] = (uint8_t)(der.len - 2);
    char *text = shown(buf_peek(&der));
    assert_string_equal(
        text, "ASN.1 data\n  SEQUENCE\n    OBJECT IDENTIFIER: rsaEncryption (1.2.840.113549.1.1.1)\n    NULL\n"
              "    INTEGER: 256\n    UTF8String: a\n");
    free(text);
    assert_true(cmc_show(buf_peek(&der), &tree, NULL));
    struct json *json = cmc_tree_json(&tree);
    text = json_print(json, false);
    assert_non_null(strstr(text, "\"label\":\"INTEGER\",\"value\":\"256\",\"offset\":15,\"length\":4"));
    free(text);
    json_free(json);
    cmc_tree_release(&tree);
    assert_false(cmc_show(bytes_of_str("hello"), &tree, &err));
    unit_expect_err(&err, ERR_CMC_NOT_DER);
    assert_false(cmc_show(BYTES_NONE, &tree, &err));
    unit_expect_err(&err, ERR_CMC_NOT_DER);
    buf_clear(&der);
    assert_true(bytes_from_hex("3006040201020400", &der)); /* two OCTET STRINGs: a shared token */
    assert_int_equal(cmc_identify(buf_peek(&der)), CMC_IS_SHARED_TOKEN);
    buf_release(&der);
}

/* The passphrase of a revocation is in neither tree. */
static void test_elements_mask(void **state)
{
    (void)state;
    static const char *const switches[] = {"tree", "elements"};
    char *path = unit_source("tests/vectors/ca/rev-shared-secret/request.der");
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct err err = ERR_INIT;
    if (!file_read(path, &der, &err)) {
        fail_msg("%s", path);
    }
    for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
        struct cmc_tree tree = CMC_TREE_INIT;
        assert_true((i == 0 ? cmc_show : cmc_show_elements)(buf_peek(&der), &tree, &err));
        char *text = cmc_tree_print(&tree);
        assert_null(strstr(text, "Secret.123"));
        assert_null(strstr(text, "5365637265742e313233"));
        assert_non_null(strstr(text, "(secret, not shown)"));
        free(text);
        cmc_tree_release(&tree);
    }
    buf_release(&der);
    free(path);
}

static void test_cut_off(void **state)
{
    (void)state;
    struct cmc_tree tree = CMC_TREE_INIT;
    for (int i = 0; i < CMC_TREE_MAX + 100; i++) {
        cmc_tree_add(&tree, 0, "x", "%d", i);
    }
    assert_int_equal(tree.n, CMC_TREE_MAX);
    assert_string_equal(tree.v[tree.n - 1].label, "...");
    cmc_tree_release(&tree);
    char *none = cmc_tree_print(&tree);
    assert_string_equal(none, "");
    free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_any),
        cmocka_unit_test(test_elements_mask), cmocka_unit_test(test_cut_off),
    };
    return cmocka_run_group_tests(tests, fixture_nss_setup, fixture_nss_teardown);
}
