/* SPDX-License-Identifier: Apache-2.0 */
/* SubjectPublicKeyInfo (RFC 5280 4.1.2.7): what kind of key, its identifier, its NSS handle. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <keyhi.h>

#include "base/i18n.h"
#include "nss/cert.h"
#include "nss/der.h"
#include "nss/native.h"
#include "nss/nsserr.h"

/* Named curves that we name. To add one: a row. */
static const struct curve_row {
    const char *name, *oid;
    int bits;
} curves[] = {
    {"nistp256", "1.2.840.10045.3.1.7", 256},
    {"nistp384", "1.3.132.0.34", 384},
    {"nistp521", "1.3.132.0.35", 521},
};

static bool split(struct bytes spki, struct bytes *oid, struct bytes *params, struct bytes *key)
{
    struct bytes content, alg, bit_string;
    *params = BYTES_NONE;
    if (!der_only(spki, ASN1_SEQUENCE, &content) || !der_take(&content, ASN1_SEQUENCE, &alg) ||
        !der_take(&content, ASN1_BIT_STRING, &bit_string) || content.len || !der_bits(bit_string, key) ||
        !der_take(&alg, ASN1_OID, oid)) {
        return false;
    }
    *params = alg;
    return true;
}

static bool rsa_bits(struct bytes key, int *bits)
{
    struct bytes content, modulus, exponent;
    if (!der_only(key, ASN1_SEQUENCE, &content) || !der_take(&content, ASN1_INTEGER, &modulus) ||
        !der_take(&content, ASN1_INTEGER, &exponent) || modulus.len == 0) {
        return false;
    }
    while (modulus.len && modulus.data[0] == 0) {
        modulus = BYTES(modulus.data + 1, modulus.len - 1);
    }
    *bits = (int)modulus.len * 8;
    for (unsigned top = modulus.len ? modulus.data[0] : 0; top && top < 0x80; top <<= 1) {
        (*bits)--;
    }
    return true;
}

bool spki_describe(struct bytes spki, enum key_type *type, int *bits, const char **curve)
{
    struct bytes oid, params, key;
    *type = KEY_OTHER;
    *bits = 0;
    *curve = "";
    if (!split(spki, &oid, &params, &key)) {
        return false;
    }
    if (der_oid_is(oid, "1.2.840.113549.1.1.1") || der_oid_is(oid, "1.2.840.113549.1.1.10")) {
        *type = KEY_RSA;
        return rsa_bits(key, bits);
    }
    if (der_oid_is(oid, "1.2.840.10045.2.1")) {
        *type = KEY_EC;
        struct bytes curve_oid;
        for (size_t i = 0; der_take(&params, ASN1_OID, &curve_oid) && i < ARRAY_LEN(curves); i++) {
            params = BYTES_NONE;
            for (size_t j = 0; j < ARRAY_LEN(curves); j++) {
                if (der_oid_is(curve_oid, curves[j].oid)) {
                    *bits = curves[j].bits;
                    *curve = curves[j].name;
                }
            }
        }
    }
    return true;
}

char *spki_text(struct bytes spki)
{
    enum key_type type;
    int bits;
    const char *curve;
    if (!spki_describe(spki, &type, &bits, &curve)) {
        return xstrdup(_("damaged key"));
    }
    switch (type) {
    case KEY_RSA:
        return xasprintf("RSA %d", bits);
    case KEY_EC:
        return *curve ? xasprintf("EC %s", curve) : xstrdup("EC");
    case KEY_OTHER:
        break;
    }
    struct bytes oid, params, key;
    char *text = split(spki, &oid, &params, &key) ? der_oid_text(oid) : NULL;
    return text ? text : xstrdup("?");
}

bool spki_key_identifier(struct bytes spki, struct buf *out, struct err *err)
{
    struct bytes oid, params, key;
    if (!split(spki, &oid, &params, &key)) {
        return err_fail(err, ERR_NSS_BAD_KEY, NULL);
    }
    return hash_compute(HASH_SHA1, key, out, err);
}

SECKEYPublicKey *native_public_key(struct bytes spki, struct err *err)
{
    SECItem item = native_item(spki);
    CERTSubjectPublicKeyInfo *info = SECKEY_DecodeDERSubjectPublicKeyInfo(&item);
    SECKEYPublicKey *key = info ? SECKEY_ExtractPublicKey(info) : NULL;
    if (info) {
        SECKEY_DestroySubjectPublicKeyInfo(info);
    }
    if (!key) {
        nss_fail_as(err, ERR_NSS_BAD_KEY, NULL);
    }
    return key;
}
