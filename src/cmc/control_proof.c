/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/control_proof.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cmc/asn1.h"
#include "cmc/oids.h"

/* To add an algorithm: a row. */
static const struct {
    enum hash_alg alg;
    const char *hash_name, *mac_name, *mac_shown;
    const char *hash_oid, *mac_oid;
} algorithms[] = {
    {HASH_SHA256, "SHA-256", "SHA-256-HMAC", "HMAC-SHA-256", OID_SHA256, OID_HMAC_SHA256},
    {HASH_SHA384, "SHA-384", "SHA-384-HMAC", "HMAC-SHA-384", OID_SHA384, OID_HMAC_SHA384},
    {HASH_SHA512, "SHA-512", "SHA-512-HMAC", "HMAC-SHA-512", OID_SHA512, OID_HMAC_SHA512},
    {HASH_SHA1, "SHA-1", "SHA-1-HMAC", "HMAC-SHA-1", OID_SHA1, OID_HMAC_SHA1},
    {HASH_SHA1, "SHA-1", "SHA-1-HMAC", "HMAC-SHA-1", OID_SHA1, "1.2.840.113549.2.7"}, /* id-hmacWithSHA1, read only */
};

/* SEQUENCE { AlgorithmIdentifier, AlgorithmIdentifier, OCTET STRING }: RFC 5272 6.2.1, 6.3.1.1 */
struct proof_asn1 {
    struct asn1_alg_id hash, mac;
    SECItem witness;
};
static const SEC_ASN1Template proof_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct proof_asn1)},
    {SEC_ASN1_INLINE, offsetof(struct proof_asn1, hash), asn1_alg_id_template, 0},
    {SEC_ASN1_INLINE, offsetof(struct proof_asn1, mac), asn1_alg_id_template, 0},
    {SEC_ASN1_OCTET_STRING, offsetof(struct proof_asn1, witness), NULL, 0},
    {0, 0, NULL, 0}};

bool proof_hash_by_name(const char *name, enum hash_alg *hash)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        if (strcmp(algorithms[i].hash_name, name) == 0) {
            *hash = algorithms[i].alg;
            return true;
        }
    }
    return false;
}

const char *proof_mac_shown(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        if (strcasecmp(algorithms[i].mac_name, name) == 0) {
            return algorithms[i].mac_shown;
        }
    }
    return name;
}

bool proof_mac_by_name(const char *name, enum hash_alg *mac)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        if (strcmp(algorithms[i].mac_name, name) == 0) {
            *mac = algorithms[i].alg;
            return true;
        }
    }
    return false;
}

bool proof_algs_sendable(enum hash_alg hash, enum hash_alg mac, struct err *err)
{
    if (hash == HASH_SHA1 || mac == HASH_SHA1) {
        return err_fail(err, ERR_CMC_MAC_SHA1, NULL);
    }
    return mac != HASH_SHA384 || err_fail(err, ERR_CMC_MAC_SHA384, NULL);
}

static const char *alg_oid(enum hash_alg alg, bool mac)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        if (algorithms[i].alg == alg) {
            return mac ? algorithms[i].mac_oid : algorithms[i].hash_oid;
        }
    }
    return "";
}

static bool alg_by_oid(const SECItem *oid, bool mac, enum hash_alg *alg)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        if (der_oid_is(asn1_bytes(oid), mac ? algorithms[i].mac_oid : algorithms[i].hash_oid)) {
            *alg = algorithms[i].alg;
            return true;
        }
    }
    return false;
}

bool proof_v2_encode(const struct proof_v2 *proof, struct buf *der, struct err *err)
{
    struct buf body = BUF_INIT(4096);
    bool ok = der_put_alg(&body, alg_oid(proof->hash, false), false) &&
              der_put_alg(&body, alg_oid(proof->mac, true), false) &&
              der_put(&body, ASN1_OCTET_STRING, proof->witness) && der_put(der, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok || asn1_unwritable(err, "IdentifyProofV2");
}

bool proof_v2_decode(struct bytes der, struct proof_v2 *proof, struct err *err)
{
    struct asn1 a;
    struct proof_asn1 raw = {0};
    asn1_init(&a);
    bool ok = asn1_decode(&a, &raw, proof_template, der, "IdentifyProofV2", err);
    if (ok) {
        *proof = (struct proof_v2){.witness = asn1_bytes(&raw.witness),
                                   .hash_oid = asn1_bytes(&raw.hash.oid),
                                   .mac_oid = asn1_bytes(&raw.mac.oid)};
        proof->known = alg_by_oid(&raw.hash.oid, false, &proof->hash) && alg_by_oid(&raw.mac.oid, true, &proof->mac);
    }
    asn1_release(&a);
    return ok;
}

bool proof_witness(enum hash_alg hash, enum hash_alg mac, struct bytes secret, struct bytes identification,
                   struct bytes data, struct buf *witness, struct err *err)
{
    struct buf joined = BUF_INIT(SECRET_MAX + BUF_MAX_TEXT);
    struct buf key = BUF_INIT(64);
    joined.secret = true;
    key.secret = true;
    bool ok = buf_append_bytes(&joined, secret) && buf_append_bytes(&joined, identification);
    if (!ok) {
        err_fail(err, ERR_CMC_TOO_BIG, NULL);
    }
    ok =
        ok && hash_compute(hash, buf_peek(&joined), &key, err) && hmac_compute(mac, buf_peek(&key), data, witness, err);
    buf_release(&joined);
    buf_release(&key);
    return ok;
}

static bool sendable_texts(const struct secret *secret, const char *identification, struct err *err)
{
    if (!secret || !secret_is_set(secret) || secret->len == 0) {
        return err_fail(err, ERR_CMC_SECRET_MISSING, NULL);
    }
    if (!text_is_ascii(secret->text)) {
        return err_fail(err, ERR_CMC_SECRET_NOT_ASCII, NULL);
    }
    if (identification && !text_is_ascii(identification)) {
        return err_fail(err, ERR_CMC_IDENTIFICATION_NOT_ASCII, NULL);
    }
    return true;
}

bool proof_v2_make(enum hash_alg hash, enum hash_alg mac, const struct secret *secret, const char *identification,
                   struct bytes data, struct buf *der, struct err *err)
{
    if (!proof_algs_sendable(hash, mac, err) || !sendable_texts(secret, identification, err)) {
        return false;
    }
    struct buf witness = BUF_INIT(64);
    struct bytes ident = identification ? bytes_of_str(identification) : BYTES_NONE;
    bool ok = proof_witness(hash, mac, BYTES(secret->text, secret->len), ident, data, &witness, err);
    struct proof_v2 proof = {.hash = hash, .mac = mac, .witness = buf_peek(&witness)};
    ok = ok && proof_v2_encode(&proof, der, err);
    buf_release(&witness);
    return ok;
}

bool proof_v2_verify(struct bytes der, struct bytes secret, struct bytes identification, struct bytes data,
                     struct err *err)
{
    struct proof_v2 proof;
    struct buf witness = BUF_INIT(64);
    bool ok = proof_v2_decode(der, &proof, err) && (proof.known || err_fail(err, ERR_CMC_ALG_UNKNOWN, NULL)) &&
              proof_witness(proof.hash, proof.mac, secret, identification, data, &witness, err);
    if (ok && !bytes_equal_ct(buf_peek(&witness), proof.witness)) {
        ok = err_fail(err, ERR_CMC_PROOF_WRONG, NULL);
    }
    buf_release(&witness);
    return ok;
}

bool proof_v1_make(const struct secret *secret, struct bytes data, struct buf *der, struct err *err)
{
    if (!sendable_texts(secret, NULL, err)) {
        return false;
    }
    struct buf witness = BUF_INIT(64);
    bool ok = proof_witness(HASH_SHA1, HASH_SHA1, BYTES(secret->text, secret->len), BYTES_NONE, data, &witness, err) &&
              (der_put(der, ASN1_OCTET_STRING, buf_peek(&witness)) || asn1_unwritable(err, "OCTET STRING"));
    buf_release(&witness);
    return ok;
}
