/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdlib.h>

#include "nss/crypt.h"
#include "nss/der.h"
#include "practice/audit.h"
#include "practice/cmc_run.h"
#include "practice/kra.h"
#include "practice/store.h"

#define STORAGE_KEY_LEN 32
#define KRA_IV_LEN 16

/* At rest: AES-256-CBC under a key of its own, which is wrapped for the storage certificate; blob = IV and ciphertext. */
static bool seal(struct practice_ca *ca, struct bytes pkcs8, struct buf *wrapped, struct buf *blob, struct err *err)
{
    uint8_t iv[KRA_IV_LEN];
    bytes_random(iv, sizeof iv);
    struct skey *skey = skey_generate(ca->db, NULL, STORAGE_KEY_LEN, err);
    bool ok = skey && crypt_rsa_wrap_key(skey, cert_spki(ca->storage), RSA_OAEP_SHA256, wrapped, err) &&
              buf_append(blob, iv, sizeof iv) && crypt_aes_cbc_encrypt(skey, BYTES(iv, sizeof iv), true, pkcs8, blob, err);
    skey_free(skey);
    return ok;
}

bool kra_unseal(struct practice_ca *ca, struct bytes wrapped, struct bytes blob, struct buf *pkcs8, struct err *err)
{
    if (blob.len < KRA_IV_LEN) {
        return err_fail(err, ERR_PRACTICE_DAMAGED, NULL);
    }
    struct skey *skey = crypt_rsa_unwrap_key(ca->db, ca->storage_key, wrapped, RSA_OAEP_SHA256, STORAGE_KEY_LEN, err);
    bool ok = skey && crypt_aes_cbc_decrypt(skey, BYTES(blob.data, KRA_IV_LEN), true,
                                            BYTES(blob.data + KRA_IV_LEN, blob.len - KRA_IV_LEN), pkcs8, err);
    skey_free(skey);
    return ok;
}

/* INTEGER or BIT STRING content after the headers of a key: what private and public half have in common. */
static bool rsa_modulus_of_public(struct bytes bits, struct bytes *modulus)
{
    struct bytes body;
    return der_only(bits, ASN1_SEQUENCE, &body) && der_take(&body, ASN1_INTEGER, modulus);
}

static bool rsa_modulus_of_private(struct bytes octets, struct bytes *modulus)
{
    struct bytes body;
    struct bytes version;
    return der_only(octets, ASN1_SEQUENCE, &body) && der_take(&body, ASN1_INTEGER, &version) &&
           der_take(&body, ASN1_INTEGER, modulus);
}

/* ECPrivateKey (RFC 5915): the public point may be left out; then nothing can be compared. */
static bool ec_point_fits(struct bytes octets, struct bytes bits)
{
    struct bytes body;
    struct bytes skip;
    struct bytes tagged;
    struct bytes point;
    if (!der_only(octets, ASN1_SEQUENCE, &body) || !der_take(&body, ASN1_INTEGER, &skip) ||
        !der_take(&body, ASN1_OCTET_STRING, &skip)) {
        return false;
    }
    if (der_peek(body) == ASN1_CONTEXT_CONSTRUCTED(0) && !der_take(&body, ASN1_CONTEXT_CONSTRUCTED(0), &skip)) {
        return false;
    }
    return !der_take(&body, ASN1_CONTEXT_CONSTRUCTED(1), &tagged) ||
           (der_only(tagged, ASN1_BIT_STRING, &skip) && der_bits(skip, &point) && bytes_equal(point, bits));
}

/* The archived key is a PrivateKeyInfo and belongs to the public key that is certified. */
static bool is_key_of(struct bytes pkcs8, struct bytes spki, struct err *err)
{
    struct bytes body, alg, oid, octets, version, public_body, public_alg, public_oid, string, bits, a, b;
    enum key_type type = KEY_OTHER;
    int size = 0;
    const char *curve = NULL;
    bool ok = der_only(pkcs8, ASN1_SEQUENCE, &body) && der_take(&body, ASN1_INTEGER, &version) &&
              der_take(&body, ASN1_SEQUENCE, &alg) && der_take(&alg, ASN1_OID, &oid) &&
              der_take(&body, ASN1_OCTET_STRING, &octets) && der_only(spki, ASN1_SEQUENCE, &public_body) &&
              der_take(&public_body, ASN1_SEQUENCE, &public_alg) && der_take(&public_alg, ASN1_OID, &public_oid) &&
              der_take(&public_body, ASN1_BIT_STRING, &string) && der_bits(string, &bits) && bytes_equal(oid, public_oid) &&
              spki_describe(spki, &type, &size, &curve);
    if (ok && type == KEY_RSA) {
        ok = rsa_modulus_of_private(octets, &a) && rsa_modulus_of_public(bits, &b) && bytes_equal(a, b);
    } else if (ok) {
        ok = ec_point_fits(octets, bits);
    }
    return ok || err_fail(err, ERR_CMC_ARCHIVE_OPEN, "%s", "not the private half of the key in the request");
}

bool kra_archive(struct cmc_run *run, const struct asked *asked, struct bytes archive_value, struct buf *wrapped,
                 struct buf *blob)
{
    struct err err = ERR_INIT;
    struct archive_options options;
    struct buf pkcs8 = {.max = BUF_MAX_TEXT, .secret = true};
    bool ok = archive_decode(archive_value, &options, &err);
    if (ok) {
        ok = archive_open(run->ca->db, &options, run->ca->transport_key, run->ca->conf.kra_use_oaep,
                          run->ca->conf.kra_accept_kwp, &pkcs8, NULL, &err) &&
             is_key_of(buf_peek(&pkcs8), asked->spki, &err) && seal(run->ca, buf_peek(&pkcs8), wrapped, blob, &err);
        archive_release(&options);
    }
    char *why = audit_reason(&err);
    audit_event(run->ca, run->request->at, "SECURITY_DATA_ARCHIVAL_REQUEST_PROCESSED", run->token.uid, ok, "[FailureReason=%s]",
                why);
    free(why);
    err_release(&err);
    buf_release(&pkcs8);
    return ok;
}
