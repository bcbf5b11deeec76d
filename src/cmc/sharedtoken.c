/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/sharedtoken.h"

#include <string.h>

#include "base/err.h"
#include "cmc/asn1.h"
#include "nss/crypt.h"
#include "nss/der.h"

#define SESSION_KEY_LEN 16

static const uint8_t fixed_iv[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

bool shared_token_make(struct nssdb *db, struct bytes spki, bool oaep, const struct secret *secret, struct buf *der,
                       struct err *err)
{
    struct buf wrapped = BUF_INIT(65536), cipher = BUF_INIT(BUF_MAX_TEXT), body = BUF_INIT(BUF_MAX_TEXT);
    struct skey *session = skey_generate(db, NULL, SESSION_KEY_LEN, err);
    bool ok = session && crypt_rsa_wrap_key(session, spki, oaep ? RSA_OAEP_SHA256 : RSA_PKCS1, &wrapped, err) &&
              crypt_aes_cbc_encrypt(session, BYTES(fixed_iv, sizeof fixed_iv), true, BYTES(secret->text, secret->len),
                                    &cipher, err);
    ok =
        ok && ((der_put(&body, ASN1_OCTET_STRING, buf_peek(&wrapped)) &&
                der_put(&body, ASN1_OCTET_STRING, buf_peek(&cipher)) && der_put(der, ASN1_SEQUENCE, buf_peek(&body))) ||
               asn1_unwritable(err, "shared token"));
    skey_free(session);
    buf_release(&wrapped);
    buf_release(&cipher);
    buf_release(&body);
    return ok;
}

bool shared_token_open(struct nssdb *db, const struct key *key, bool oaep, struct bytes der, struct secret *out,
                       struct err *err)
{
    struct bytes seq, wrapped, cipher;
    if (!der_only(der, ASN1_SEQUENCE, &seq) || !der_take(&seq, ASN1_OCTET_STRING, &wrapped) ||
        !der_take(&seq, ASN1_OCTET_STRING, &cipher) || seq.len) {
        return asn1_damaged(err, "shared token");
    }
    struct buf clear = BUF_INIT(BUF_MAX_TEXT);
    clear.secret = true;
    struct skey *session =
        crypt_rsa_unwrap_key(db, key, wrapped, oaep ? RSA_OAEP_SHA256 : RSA_PKCS1, SESSION_KEY_LEN, err);
    bool ok = session && crypt_aes_cbc_decrypt(session, BYTES(fixed_iv, sizeof fixed_iv), true, cipher, &clear, err);
    if (ok) {
        secret_set(out, (const char *)clear.data, clear.len);
    }
    skey_free(session);
    buf_release(&clear);
    return ok;
}
