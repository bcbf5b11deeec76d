/* SPDX-License-Identifier: Apache-2.0 */
/* PKIArchiveOptions (RFC 4211 6.4) for cmc/crmf.h: the private key, wrapped for the key recovery authority. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "cmc/asn1.h"
#include "cmc/crmf.h"
#include "cmc/oids.h"
#include "nss/cert.h"
#include "nss/key.h"

#define SESSION_KEY_LEN 16 /* AES-128: what every KRA takes */
#define CBC_IV_LEN 16
#define DUMMY_PARAMS_LEN 8 /* key wraps have no IV of ours; Dogtag's KRA wants an OCTET STRING there */

/* EncryptedValue ::= SEQUENCE { intendedAlg [0] OPTIONAL, symmAlg [1] AlgorithmIdentifier OPTIONAL,
 *     encSymmKey [2] BIT STRING OPTIONAL, keyAlg [3] OPTIONAL, valueHint [4] OPTIONAL, encValue BIT STRING }: RFC
 * 4211 2.2 */
static bool read_encrypted_value(struct bytes content, struct archive_options *out)
{
    struct bytes skipped;
    struct bytes part;
    if (der_peek(content) == ASN1_CONTEXT_CONSTRUCTED(0) &&
        !der_take(&content, ASN1_CONTEXT_CONSTRUCTED(0), &skipped)) {
        return false;
    }
    struct bytes alg;
    if (!der_take_whole(&content, ASN1_CONTEXT_CONSTRUCTED(1), &out->symm_alg_der) ||
        !der_only(out->symm_alg_der, ASN1_CONTEXT_CONSTRUCTED(1), &alg) || !der_take(&alg, ASN1_OID, &part) ||
        !(out->symm_oid = der_oid_text(part))) {
        return false;
    }
    if (alg.len > 0 && der_peek(alg) == ASN1_OCTET_STRING && !der_take(&alg, ASN1_OCTET_STRING, &out->symm_params)) {
        return false;
    }
    if (!der_take(&content, ASN1_CONTEXT(2), &part) || !der_bits(part, &out->enc_symm_key)) {
        return false;
    }
    while (der_peek(content) == ASN1_CONTEXT_CONSTRUCTED(3) || der_peek(content) == ASN1_CONTEXT(4)) {
        struct der_tlv tlv;
        if (!der_next(&content, &tlv)) {
            return false;
        }
    }
    return der_take(&content, ASN1_BIT_STRING, &part) && der_bits(part, &out->enc_value) && content.len == 0;
}

bool archive_decode(struct bytes value_der, struct archive_options *out, struct err *err)
{
    struct bytes choice;
    struct bytes content;
    *out = (struct archive_options){0};
    bool ok = der_only(value_der, ASN1_CONTEXT_CONSTRUCTED(0), &choice);
    if (ok && der_peek(choice) == ASN1_CONTEXT_CONSTRUCTED(0)) { /* envelopedData [0]: RFC 4211's other choice */
        out->enveloped = true;
        return true;
    }
    ok = ok && der_take(&choice, ASN1_SEQUENCE, &content) && choice.len == 0 && read_encrypted_value(content, out);
    if (!ok) {
        archive_release(out);
    }
    return ok || asn1_damaged(err, "PKIArchiveOptions");
}

void archive_release(struct archive_options *options)
{
    free(options->symm_oid);
    *options = (struct archive_options){0};
}

static bool put_bits(struct buf *out, uint8_t tag, struct bytes bits)
{
    struct buf body = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = buf_append_byte(&body, 0) && buf_append_bytes(&body, bits) && der_put(out, tag, buf_peek(&body));
    buf_release(&body);
    return ok;
}

static bool put_options(enum wrap_alg wrap, struct bytes params, struct bytes session, struct bytes wrapped,
                        struct buf *der)
{
    struct buf alg = BUF_INIT(256);
    struct buf value = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf inner = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = der_put_oid(&alg, wrap_alg_oid(wrap)) && der_put(&alg, ASN1_OCTET_STRING, params) &&
              der_put(&value, ASN1_CONTEXT_CONSTRUCTED(1), buf_peek(&alg)) &&
              put_bits(&value, ASN1_CONTEXT(2), session) && put_bits(&value, ASN1_BIT_STRING, wrapped) &&
              der_put(&inner, ASN1_SEQUENCE, buf_peek(&value)) &&
              der_put(der, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&inner));
    buf_release(&alg);
    buf_release(&value);
    buf_release(&inner);
    return ok;
}

bool archive_transport_check(const struct cert *transport, int64_t at, struct err *err)
{
    unsigned usage = cert_key_usage(transport);
    const char *why = cert_key_type(transport) != KEY_RSA ? _("Its key is not RSA.")
                      : cert_is_ca(transport)             ? _("It is a CA's own certificate.")
                      : !cert_valid_at(transport, at)     ? _("It is not valid now.")
                      : !(usage & (KU_ABSENT | KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT))
                          ? _("Its key is not made for encryption.")
                          : NULL;
    if (!why) {
        return true;
    }
    char *subject = cert_subject(transport);
    err_fail(err, ERR_CMC_ARCHIVE_TRANSPORT, "%s: %s", subject, why);
    free(subject);
    return false;
}

bool archive_build(struct nssdb *db, struct key *key, const struct cert *transport, enum wrap_alg wrap, bool oaep,
                   struct buf *der, struct err *err)
{
    if (cert_key_type(transport) != KEY_RSA) {
        return err_fail(err, ERR_CMC_ARCHIVE_TRANSPORT, NULL);
    }
    uint8_t params[CBC_IV_LEN];
    bytes_random(params, sizeof(params));
    struct bytes iv = BYTES(params, wrap == WRAP_AES_CBC_PAD ? CBC_IV_LEN : DUMMY_PARAMS_LEN);
    struct buf session = BUF_INIT(BUF_MAX_TEXT);
    struct buf wrapped = BUF_INIT(BUF_MAX_TEXT);
    struct skey *skey = skey_generate(db, key_token(key), SESSION_KEY_LEN, err);
    bool ok = skey && crypt_wrap_private_key(skey, key, wrap, iv, &wrapped, err) &&
              crypt_rsa_wrap_key(skey, cert_spki(transport), oaep ? RSA_OAEP_SHA256 : RSA_PKCS1, &session, err) &&
              (put_options(wrap, iv, buf_peek(&session), buf_peek(&wrapped), der) ||
               asn1_unwritable(err, "PKIArchiveOptions"));
    skey_free(skey);
    buf_release(&session);
    buf_release(&wrapped);
    return ok;
}

/* The wraps that the OID can mean, in the order in which a KRA tries them. */
static size_t possible_wraps(const struct archive_options *options, bool accept_kwp, enum wrap_alg wraps[2])
{
    if (strcmp(options->symm_oid, OID_AES128_CBC) == 0) {
        wraps[0] = WRAP_AES_CBC_PAD;
        return 1;
    }
    if (strcmp(options->symm_oid, OID_AES128_WRAP_PAD) == 0) {
        wraps[0] = WRAP_AES_KW_PAD;
        wraps[1] = WRAP_AES_KWP;
        return accept_kwp ? 2 : 1;
    }
    return 0;
}

/* RFC 5208. A wrong session key may leave right-looking padding (once in 256), and NSS makes one up for a damaged PKCS#1 block. */
static bool is_private_key_info(struct bytes der)
{
    struct bytes body, version, algorithm, key;
    return der_only(der, ASN1_SEQUENCE, &body) && der_take(&body, ASN1_INTEGER, &version) &&
           der_take(&body, ASN1_SEQUENCE, &algorithm) && der_take(&body, ASN1_OCTET_STRING, &key);
}

bool archive_open(struct nssdb *db, const struct archive_options *options, const struct key *transport_key, bool oaep,
                  bool accept_kwp, struct buf *pkcs8, enum wrap_alg *wrap_used, struct err *err)
{
    enum wrap_alg wraps[2];
    size_t n = options->enveloped ? 0 : possible_wraps(options, accept_kwp, wraps);
    if (n == 0) {
        return err_fail(err, ERR_CMC_ARCHIVE_OPEN, _("Its algorithm is %s."),
                        options->symm_oid ? options->symm_oid : "EnvelopedData");
    }
    struct skey *skey = crypt_rsa_unwrap_key(db, transport_key, options->enc_symm_key,
                                             oaep ? RSA_OAEP_SHA256 : RSA_PKCS1, SESSION_KEY_LEN, NULL);
    bool ok = false;
    for (size_t i = 0; skey && i < n && !ok; i++) {
        buf_clear(pkcs8);
        ok = crypt_unwrap_private_key(skey, wraps[i], options->symm_params, options->enc_value, pkcs8, NULL) &&
             is_private_key_info(buf_peek(pkcs8));
        if (ok && wrap_used) {
            *wrap_used = wraps[i];
        }
    }
    skey_free(skey);
    return ok || err_fail(err, ERR_CMC_ARCHIVE_OPEN, NULL);
}
