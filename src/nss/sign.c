/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/sign.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <cryptohi.h>
#include <secerr.h>

#include "base/i18n.h"
#include "nss/der.h"
#include "nss/native.h"
#include "nss/nsserr.h"

/* Signature algorithms that are written, and named for people. To add one: a row. */
static const struct sign_row {
    enum key_type type;
    enum hash_alg hash;
    const char *oid;
} rows[] = {
    {KEY_RSA, HASH_SHA1, "1.2.840.113549.1.1.5"},    {KEY_RSA, HASH_SHA256, "1.2.840.113549.1.1.11"},
    {KEY_RSA, HASH_SHA384, "1.2.840.113549.1.1.12"}, {KEY_RSA, HASH_SHA512, "1.2.840.113549.1.1.13"},
    {KEY_EC, HASH_SHA1, "1.2.840.10045.4.1"},        {KEY_EC, HASH_SHA256, "1.2.840.10045.4.3.2"},
    {KEY_EC, HASH_SHA384, "1.2.840.10045.4.3.3"},    {KEY_EC, HASH_SHA512, "1.2.840.10045.4.3.4"},
};

static const struct sign_row *row_of(enum key_type type, enum hash_alg hash)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].type == type && rows[i].hash == hash) {
            return &rows[i];
        }
    }
    return NULL;
}

bool sign_alg_id(enum key_type type, enum hash_alg hash, struct buf *alg_id_der, struct err *err)
{
    const struct sign_row *row = row_of(type, hash);
    if (!row) {
        return err_fail(err, ERR_NSS_SIGN_ALG, NULL);
    }
    return der_put_alg(alg_id_der, row->oid, type == KEY_RSA) || err_fail(err, ERR_NSS_TOO_BIG, NULL);
}

bool sign_data(struct key *key, enum hash_alg hash, struct bytes data, struct buf *signature,
               struct buf *alg_id_der, struct err *err)
{
    SECKEYPrivateKey *private = key_signing(key);
    if (data.len > INT_MAX) {
        return err_fail(err, ERR_NSS_TOO_BIG, NULL);
    }
    if (alg_id_der && !sign_alg_id(key_type(key), hash, alg_id_der, err)) {
        return false;
    }
    SECOidTag tag = SEC_GetSignatureAlgorithmOidTag(SECKEY_GetPrivateKeyType(private), native_hash_tag(hash));
    SECItem result = {siBuffer, NULL, 0};
    if (tag == SEC_OID_UNKNOWN ||
        SEC_SignData(&result, data.data, (int)data.len, private, tag) != SECSuccess) {
        return nss_fail(err, ERR_NSS_SIGN, NULL);
    }
    bool ok = buf_append(signature, result.data, result.len);
    SECITEM_FreeItem(&result, PR_FALSE);
    return ok || err_fail(err, ERR_NSS_TOO_BIG, NULL);
}

static bool verify(struct bytes spki_der, struct bytes alg_id_der, struct bytes signature, struct bytes data,
                   SECOidTag *used, struct err *err)
{
    SECKEYPublicKey *public = native_public_key(spki_der, err);
    if (!public) {
        return false;
    }
    PLArenaPool *arena = PORT_NewArena(DER_DEFAULT_CHUNKSIZE);
    SECAlgorithmID alg;
    memset(&alg, 0, sizeof(alg));
    SECItem alg_item = native_item(alg_id_der);
    SECItem signature_item = native_item(signature);
    bool ok;
    if (!arena || SEC_QuickDERDecodeItem(arena, &alg, SEC_ASN1_GET(SECOID_AlgorithmIDTemplate), &alg_item) !=
                      SECSuccess) {
        ok = nss_fail_as(err, ERR_NSS_SIGN_ALG, NULL);
    } else if (VFY_VerifyDataWithAlgorithmID(data.data, (int)data.len, public, &signature_item, &alg, used,
                                             NULL) != SECSuccess) {
        PRErrorCode number = PORT_GetError();
        bool unknown = number == SEC_ERROR_INVALID_ALGORITHM ||
                       number == SEC_ERROR_SIGNATURE_ALGORITHM_DISABLED ||
                       number == SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED;
        ok = nss_fail_as(err, unknown ? ERR_NSS_SIGN_ALG : ERR_NSS_BAD_SIGNATURE, NULL);
    } else {
        ok = true;
    }
    if (arena) {
        PORT_FreeArena(arena, PR_FALSE);
    }
    SECKEY_DestroyPublicKey(public);
    return ok;
}

bool sign_verify_any(struct bytes spki_der, struct bytes alg_id_der, struct bytes signature,
                     struct bytes data, enum hash_alg *used, struct err *err)
{
    SECOidTag tag = SEC_OID_UNKNOWN;
    enum hash_alg hash;
    if (data.len > INT_MAX || signature.len > INT_MAX) {
        return err_fail(err, ERR_NSS_TOO_BIG, NULL);
    }
    if (!verify(spki_der, alg_id_der, signature, data, &tag, err)) {
        return false;
    }
    if (!native_hash_from_tag(tag, &hash)) {
        return err_fail(err, ERR_NSS_SIGN_ALG, NULL);
    }
    if (used) {
        *used = hash;
    }
    return true;
}

bool sign_verify(struct bytes spki_der, struct bytes alg_id_der, enum hash_alg expected,
                 struct bytes signature, struct bytes data, struct err *err)
{
    enum hash_alg used;
    if (!sign_verify_any(spki_der, alg_id_der, signature, data, &used, err)) {
        return false;
    }
    if (used != expected) {
        return err_fail(err, ERR_NSS_SIGN_ALG, _("The signature uses %s where %s was announced."),
                        hash_name(used), hash_name(expected));
    }
    return true;
}

char *sign_alg_text(struct bytes alg_id_der)
{
    struct bytes content, oid;
    if (!der_only(alg_id_der, ASN1_SEQUENCE, &content) || !der_take(&content, ASN1_OID, &oid)) {
        return xstrdup("?");
    }
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (der_oid_is(oid, rows[i].oid)) {
            /* TRANSLATORS: a digest and a kind of key, as in "SHA-256 with RSA". */
            return xasprintf(_("%s with %s"), hash_name(rows[i].hash),
                             rows[i].type == KEY_RSA ? "RSA" : "ECDSA");
        }
    }
    if (der_oid_is(oid, "1.2.840.113549.1.1.1")) {
        return xstrdup("RSA");
    }
    if (der_oid_is(oid, "1.2.840.113549.1.1.10")) {
        return xstrdup("RSA-PSS");
    }
    char *text = der_oid_text(oid);
    return text ? text : xstrdup("?");
}
