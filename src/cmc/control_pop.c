/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/control_pop.h"

#include <string.h>

#include "base/err.h"
#include "cmc/asn1.h"
#include "cmc/oids.h"
#include "cmc/pkidata.h"
#include "nss/cert.h"
#include "nss/crypt.h"
#include "nss/dn.h"
#include "nss/hash.h"
#include "nss/key.h"

#define AES_BLOCK 16
#define SESSION_KEY_LEN 16

/* EncryptedPOP: RFC 5272 6.7. request is read by tagged_request_parse. */
struct encrypted_pop_asn1 {
    SECItem request, cms, pop_alg, witness_alg, witness;
};
static const SEC_ASN1Template encrypted_pop_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct encrypted_pop_asn1)},
    {SEC_ASN1_ANY, offsetof(struct encrypted_pop_asn1, request), NULL, 0},
    {SEC_ASN1_ANY, offsetof(struct encrypted_pop_asn1, cms), NULL, 0},
    {SEC_ASN1_ANY, offsetof(struct encrypted_pop_asn1, pop_alg), NULL, 0},
    {SEC_ASN1_ANY, offsetof(struct encrypted_pop_asn1, witness_alg), NULL, 0},
    {SEC_ASN1_OCTET_STRING, offsetof(struct encrypted_pop_asn1, witness), NULL, 0},
    {0, 0, NULL, 0}};

/* DecryptedPOP: RFC 5272 6.7 */
struct decrypted_pop_asn1 {
    SECItem id, alg, pop;
};
static const SEC_ASN1Template decrypted_pop_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct decrypted_pop_asn1)},
    {SEC_ASN1_INTEGER, offsetof(struct decrypted_pop_asn1, id), NULL, 0},
    {SEC_ASN1_ANY, offsetof(struct decrypted_pop_asn1, alg), NULL, 0},
    {SEC_ASN1_OCTET_STRING, offsetof(struct decrypted_pop_asn1, pop), NULL, 0},
    {0, 0, NULL, 0}};

/* KeyTransRecipientInfo ::= SEQUENCE { version, rid, keyEncryptionAlgorithm, encryptedKey OCTET STRING }: RFC
 * 5652 6.2.1 */
static bool read_recipient(struct bytes recipients, struct encrypted_pop *pop)
{
    struct bytes info;
    struct bytes part;
    struct der_tlv rid;
    return der_take(&recipients, ASN1_SEQUENCE, &info) && recipients.len == 0 && der_take(&info, ASN1_INTEGER, &part) &&
           der_next(&info, &rid) && der_take(&info, ASN1_SEQUENCE, &part) &&
           der_take(&info, ASN1_OCTET_STRING, &pop->wrapped_key) && info.len == 0;
}

/* ContentInfo { envelopedData, [0] { version, [originatorInfo [0]], recipientInfos, encryptedContentInfo } }: RFC
 * 5652 6.1 */
static bool read_enveloped(struct bytes cms, struct encrypted_pop *pop)
{
    struct bytes info;
    struct bytes oid;
    struct bytes explicit;
    struct bytes data;
    struct bytes part;
    struct bytes content;
    if (!der_only(cms, ASN1_SEQUENCE, &info) || !der_take(&info, ASN1_OID, &oid) ||
        !der_oid_is(oid, OID_ENVELOPED_DATA) || !der_take(&info, ASN1_CONTEXT_CONSTRUCTED(0), &explicit) ||
        info.len > 0 || !der_only(explicit, ASN1_SEQUENCE, &data) || !der_take(&data, ASN1_INTEGER, &part)) {
        return false;
    }
    if (der_peek(data) == ASN1_CONTEXT_CONSTRUCTED(0) && !der_take(&data, ASN1_CONTEXT_CONSTRUCTED(0), &part)) {
        return false;
    }
    if (!der_take(&data, ASN1_SET, &part) || !read_recipient(part, pop) || !der_take(&data, ASN1_SEQUENCE, &content) ||
        !der_take(&content, ASN1_OID, &part) || !der_take(&content, ASN1_SEQUENCE, &part)) {
        return false;
    }
    if (der_take(&content, ASN1_CONTEXT(0), &pop->content)) {
        return content.len == 0;
    }
    /* in pieces (BER): only a single piece is taken */
    return der_take(&content, ASN1_CONTEXT_CONSTRUCTED(0), &part) &&
           der_take(&part, ASN1_OCTET_STRING, &pop->content) && part.len == 0;
}

static bool read_algorithms(const struct encrypted_pop_asn1 *raw, struct encrypted_pop *pop, struct err *err)
{
    struct bytes alg;
    struct bytes oid;
    if (!der_only(asn1_bytes(&raw->pop_alg), ASN1_SEQUENCE, &alg) || !der_take(&alg, ASN1_OID, &oid)) {
        return asn1_damaged(err, "thePOPAlgID");
    }
    if (!der_oid_is(oid, OID_AES128_CBC) || !der_take(&alg, ASN1_OCTET_STRING, &pop->iv) || pop->iv.len != AES_BLOCK) {
        return err_fail(err, ERR_CMC_ENCRYPTED_POP_ALG, NULL);
    }
    if (!der_only(asn1_bytes(&raw->witness_alg), ASN1_SEQUENCE, &alg) || !der_take(&alg, ASN1_OID, &oid)) {
        return asn1_damaged(err, "witnessAlgID");
    }
    return der_oid_is(oid, OID_SHA256) || err_fail(err, ERR_CMC_ENCRYPTED_POP_ALG, NULL);
}

bool encrypted_pop_decode(struct bytes der, struct encrypted_pop *pop, struct err *err)
{
    struct asn1 a;
    struct encrypted_pop_asn1 raw = {0};
    struct tagged_request request = {0};
    *pop = (struct encrypted_pop){0};
    asn1_init(&a);
    bool ok = asn1_decode(&a, &raw, encrypted_pop_template, der, "EncryptedPOP", err) &&
              tagged_request_parse(asn1_bytes(&raw.request), &request, err);
    if (ok) {
        pop->request = asn1_bytes(&raw.request);
        pop->request_id = request.bodypart_id;
        pop->request_is_crmf = request.kind == REQUEST_CRM;
        pop->pop_alg_der = asn1_bytes(&raw.pop_alg);
        pop->witness = asn1_bytes(&raw.witness);
        ok = (read_enveloped(asn1_bytes(&raw.cms), pop) || asn1_damaged(err, "EnvelopedData")) &&
             read_algorithms(&raw, pop, err);
    }
    tagged_request_release(&request);
    asn1_release(&a);
    return ok;
}

/* --- making a challenge: the CA's side --- */

static bool put_aes_alg(struct buf *out, struct bytes iv)
{
    struct buf alg = BUF_INIT(128);
    bool ok = der_put_oid(&alg, OID_AES128_CBC) && der_put(&alg, ASN1_OCTET_STRING, iv) &&
              der_put(out, ASN1_SEQUENCE, buf_peek(&alg));
    buf_release(&alg);
    return ok;
}

/* RecipientInfo with the placeholders that Dogtag's CA writes: issuer CN=unUsedIssuerName, serial 0. */
static bool put_recipient(struct buf *out, struct bytes wrapped_key)
{
    struct buf name = BUF_INIT(256);
    struct buf rid = BUF_INIT(512);
    struct buf info = BUF_INIT(BUF_MAX_TEXT);
    struct buf one = BUF_INIT(BUF_MAX_TEXT);
    bool ok = dn_encode("CN=unUsedIssuerName", &name, NULL) && buf_append_bytes(&rid, buf_peek(&name)) &&
              der_put_int(&rid, 0) && der_put_int(&info, 0) && der_put(&info, ASN1_SEQUENCE, buf_peek(&rid)) &&
              der_put_alg(&info, OID_RSA, true) && der_put(&info, ASN1_OCTET_STRING, wrapped_key) &&
              der_put(&one, ASN1_SEQUENCE, buf_peek(&info)) && der_put(out, ASN1_SET, buf_peek(&one));
    buf_release(&name);
    buf_release(&rid);
    buf_release(&info);
    buf_release(&one);
    return ok;
}

static bool put_enveloped(struct buf *out, struct bytes wrapped_key, struct bytes content)
{
    static const uint8_t dummy_iv[AES_BLOCK] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct buf encrypted = BUF_INIT(BUF_MAX_TEXT);
    struct buf data = BUF_INIT(BUF_MAX_TEXT);
    struct buf explicit = BUF_INIT(BUF_MAX_TEXT);
    struct buf info = BUF_INIT(BUF_MAX_TEXT);
    bool ok = der_put_oid(&encrypted, OID_DATA) && put_aes_alg(&encrypted, BYTES(dummy_iv, sizeof(dummy_iv))) &&
              der_put(&encrypted, ASN1_CONTEXT(0), content) && der_put_int(&data, 0) &&
              put_recipient(&data, wrapped_key) && der_put(&data, ASN1_SEQUENCE, buf_peek(&encrypted)) &&
              der_put(&explicit, ASN1_SEQUENCE, buf_peek(&data)) && der_put_oid(&info, OID_ENVELOPED_DATA) &&
              der_put(&info, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&explicit)) &&
              der_put(out, ASN1_SEQUENCE, buf_peek(&info));
    buf_release(&encrypted);
    buf_release(&data);
    buf_release(&explicit);
    buf_release(&info);
    return ok;
}

static bool encrypt_challenge(struct nssdb *db, struct bytes spki, bool oaep, struct bytes challenge, struct bytes iv,
                              struct buf *wrapped, struct buf *content, struct err *err)
{
    enum key_type type;
    int bits;
    const char *curve;
    if (!spki_describe(spki, &type, &bits, &curve) || type != KEY_RSA) {
        return err_fail(err, ERR_CMC_CHALLENGE_KEY, NULL);
    }
    struct skey *session = skey_generate(db, NULL, SESSION_KEY_LEN, err);
    bool ok = session && crypt_rsa_wrap_key(session, spki, oaep ? RSA_OAEP_SHA256 : RSA_PKCS1, wrapped, err) &&
              crypt_aes_cbc_encrypt(session, iv, false, challenge, content, err);
    skey_free(session);
    return ok;
}

bool encrypted_pop_make(struct nssdb *db, struct bytes tagged_request_tlv, struct bytes spki, bool oaep,
                        struct buf *challenge_out, struct buf *der, struct err *err)
{
    uint8_t challenge[POP_CHALLENGE_LEN];
    uint8_t iv[AES_BLOCK];
    bytes_random(challenge, sizeof(challenge));
    bytes_random(iv, sizeof(iv));
    struct buf wrapped = BUF_INIT(BUF_MAX_TEXT);
    struct buf content = BUF_INIT(BUF_MAX_TEXT);
    struct buf witness = BUF_INIT(64);
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = encrypt_challenge(db, spki, oaep, BYTES(challenge, sizeof(challenge)), BYTES(iv, sizeof(iv)), &wrapped,
                                &content, err) &&
              hash_compute(HASH_SHA256, BYTES(challenge, sizeof(challenge)), &witness, err);
    if (ok &&
        !(buf_append_bytes(&body, tagged_request_tlv) && put_enveloped(&body, buf_peek(&wrapped), buf_peek(&content)) &&
          put_aes_alg(&body, BYTES(iv, sizeof(iv))) && der_put_alg(&body, OID_SHA256, false) &&
          der_put(&body, ASN1_OCTET_STRING, buf_peek(&witness)) && der_put(der, ASN1_SEQUENCE, buf_peek(&body)) &&
          buf_append(challenge_out, challenge, sizeof(challenge)))) {
        ok = asn1_unwritable(err, "EncryptedPOP");
    }
    mem_wipe(challenge, sizeof(challenge));
    buf_release(&wrapped);
    buf_release(&content);
    buf_release(&witness);
    buf_release(&body);
    return ok;
}

/* --- opening it: the client's side --- */

static bool try_open(struct nssdb *db, const struct encrypted_pop *pop, const struct key *key, enum rsa_padding padding,
                     struct buf *challenge)
{
    struct buf clear = BUF_INIT(4096);
    struct buf witness = BUF_INIT(64);
    clear.secret = true;
    struct skey *session = crypt_rsa_unwrap_key(db, key, pop->wrapped_key, padding, SESSION_KEY_LEN, NULL);
    bool ok = session && crypt_aes_cbc_decrypt(session, pop->iv, false, pop->content, &clear, NULL) &&
              clear.len == POP_CHALLENGE_LEN && hash_compute(HASH_SHA256, buf_peek(&clear), &witness, NULL) &&
              bytes_equal_ct(buf_peek(&witness), pop->witness) && buf_append_bytes(challenge, buf_peek(&clear));
    skey_free(session);
    buf_release(&clear);
    buf_release(&witness);
    return ok;
}

bool encrypted_pop_open(struct nssdb *db, const struct encrypted_pop *pop, const struct key *key,
                        enum pop_padding padding, struct buf *challenge, struct err *err)
{
    if (key_type(key) != KEY_RSA) {
        return err_fail(err, ERR_CMC_CHALLENGE_KEY, NULL);
    }
    challenge->secret = true;
    bool ok = padding != POP_PADDING_OAEP && try_open(db, pop, key, RSA_PKCS1, challenge);
    ok = ok || (padding != POP_PADDING_PKCS1 && try_open(db, pop, key, RSA_OAEP_SHA256, challenge));
    return ok || err_fail(err, ERR_CMC_CHALLENGE, NULL);
}

/* --- the answer --- */

bool decrypted_pop_encode(const struct decrypted_pop *pop, struct buf *der, struct err *err)
{
    struct buf body = BUF_INIT(BUF_MAX_TEXT);
    bool ok = der_put_int(&body, pop->bodypart_id) && buf_append_bytes(&body, pop->pop_alg_der) &&
              der_put(&body, ASN1_OCTET_STRING, pop->pop) && der_put(der, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok || asn1_unwritable(err, "DecryptedPOP");
}

bool decrypted_pop_decode(struct bytes der, struct decrypted_pop *pop, struct err *err)
{
    struct asn1 a;
    struct decrypted_pop_asn1 raw = {0};
    asn1_init(&a);
    bool ok = asn1_decode(&a, &raw, decrypted_pop_template, der, "DecryptedPOP", err);
    if (ok && !asn1_body_part_id(asn1_bytes(&raw.id), &pop->bodypart_id)) {
        ok = asn1_damaged(err, "bodyPartID");
    }
    pop->pop_alg_der = ok ? asn1_bytes(&raw.alg) : BYTES_NONE;
    pop->pop = ok ? asn1_bytes(&raw.pop) : BYTES_NONE;
    asn1_release(&a);
    return ok;
}

bool decrypted_pop_proof(struct bytes challenge, struct bytes tagged_request_tlv, struct buf *pop, struct err *err)
{
    return hmac_compute(HASH_SHA256, challenge, tagged_request_tlv, pop, err);
}
