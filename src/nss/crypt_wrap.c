/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys wrapped for archival. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pk11pub.h>
#include <secmod.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/crypt.h"
#include "nss/crypt_private.h"
#include "nss/der.h"
#include "nss/native.h"
#include "nss/nsserr.h"

#define WRAPPED_MAX 32768 /* PKCS#8 of the largest RSA key has about 9400 octets */

/* In the order of enum wrap_alg. The token's second mechanism serves tokens other than NSS's own, where the
 * standard number means the standard (RFC 5649); NSS's own CKM_AES_KEY_WRAP_PAD does not. */
static const struct wrap_row {
    const char *name, *oid;
    CK_MECHANISM_TYPE mechanism, elsewhere;
} rows[] = {
    {"AES/CBC/PKCS5Padding", "2.16.840.1.101.3.4.1.2", CKM_AES_CBC_PAD, CKM_AES_CBC_PAD},
    {"AES KeyWrap/Padding", "2.16.840.1.101.3.4.1.8", CKM_NSS_AES_KEY_WRAP_PAD, CKM_NSS_AES_KEY_WRAP_PAD},
    {"AES KeyWrap/Wrapped", "2.16.840.1.101.3.4.1.8", CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PAD},
};

const char *wrap_alg_name(enum wrap_alg alg)
{
    return rows[alg].name;
}

const char *wrap_alg_oid(enum wrap_alg alg)
{
    return rows[alg].oid;
}

bool wrap_alg_by_name(const char *name, enum wrap_alg *alg)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcasecmp(name, rows[i].name) == 0) {
            *alg = (enum wrap_alg)i;
            return true;
        }
    }
    return false;
}

/* The token's mechanism for it; CKM_INVALID_MECHANISM when it has none. */
static CK_MECHANISM_TYPE mechanism_on(PK11SlotInfo *slot, enum wrap_alg alg)
{
    CK_MECHANISM_TYPE mechanism = rows[alg].mechanism;
    if (!PK11_IsInternal(slot) && !PK11_DoesMechanism(slot, mechanism)) {
        mechanism = rows[alg].elsewhere;
    }
    return PK11_DoesMechanism(slot, mechanism) ? mechanism : CKM_INVALID_MECHANISM;
}

bool crypt_wrap_private_key(struct skey *skey, const struct key *key, enum wrap_alg alg, struct bytes params,
                            struct buf *out, struct err *err)
{
    PK11SlotInfo *slot = key_private(key)->pkcs11Slot;
    CK_MECHANISM_TYPE mechanism = mechanism_on(slot, alg);
    if (mechanism == CKM_INVALID_MECHANISM) {
        char *token = text_visible_str(PK11_GetTokenName(slot));
        err_fail(err, ERR_NSS_WRAP, _("Token %s does not know %s."), token, rows[alg].name);
        free(token);
        return false;
    }
    if (alg == WRAP_AES_CBC_PAD && params.len != 16) {
        return err_fail(err, ERR_NSS_WRAP, _("The length does not fit the AES block size."));
    }
    SECItem iv = native_item(params);
    uint8_t *room = xmalloc(WRAPPED_MAX);
    SECItem wrapped = {siBuffer, room, WRAPPED_MAX};
    bool ok = PK11_WrapPrivKey(slot, skey->native, key_private(key), mechanism,
                               alg == WRAP_AES_CBC_PAD ? &iv : NULL, &wrapped, NULL) == SECSuccess ||
              nss_fail(err, ERR_NSS_WRAP, "%s", rows[alg].name);
    ok = ok && (buf_append(out, wrapped.data, wrapped.len) || err_fail(err, ERR_NSS_TOO_BIG, NULL));
    free(room);
    return ok;
}

/* Read as a KRA reads it: some tokens fill the key up with zeros beforehand, which no decoder of a PrivateKeyInfo takes. */
static bool reads_back(struct nssdb *db, struct skey *skey, enum wrap_alg alg, struct bytes params, struct bytes wrapped)
{
    struct buf spki = BUF_INIT(BUF_MAX_TEXT), blob = BUF_INIT(BUF_MAX_TEXT);
    struct buf pkcs8 = {.max = WRAPPED_MAX, .secret = true};
    struct bytes body;
    struct key *reader = key_generate(db, NULL, &(struct key_spec){.type = KEY_RSA, .temporary = true, .wrap_ops = true}, NULL);
    struct skey *copy = reader && key_spki(reader, &spki, NULL) && crypt_rsa_wrap_key(skey, buf_peek(&spki), RSA_PKCS1, &blob, NULL)
                            ? crypt_rsa_unwrap_key(db, reader, buf_peek(&blob), RSA_PKCS1, 16, NULL) : NULL;
    bool ok = copy && crypt_unwrap_private_key(copy, alg, params, wrapped, &pkcs8, NULL) &&
              der_only(buf_peek(&pkcs8), ASN1_SEQUENCE, &body);
    skey_free(copy);
    key_free(reader);
    buf_release(&spki);
    buf_release(&blob);
    buf_release(&pkcs8);
    return ok;
}

bool crypt_token_wraps(struct nssdb *db, const char *token, enum key_type type, enum wrap_alg alg)
{
    enum key_type tried = nssdb_token_is_internal(token) ? KEY_EC : type;
    PK11SlotInfo *slot = nssdb_slot(db, token, NULL);
    bool wraps = slot && mechanism_on(slot, alg) != CKM_INVALID_MECHANISM;
    if (slot) {
        PK11_FreeSlot(slot);
    }
    if (!wraps) {
        return false;
    }
    const uint8_t iv[16] = {0};
    struct buf wrapped = BUF_INIT(WRAPPED_MAX);
    const struct key_spec spec = {.type = tried, .temporary = true, .extractable = true, .wrap_ops = tried == KEY_RSA};
    struct key *key = key_generate(db, token, &spec, NULL);
    struct skey *skey = key ? skey_generate(db, token, 16, NULL) : NULL;
    wraps = !key || (skey && crypt_wrap_private_key(skey, key, alg, BYTES(iv, sizeof(iv)), &wrapped, NULL));
    if (skey && wraps && !nssdb_token_is_internal(token)) {
        wraps = reads_back(db, skey, alg, BYTES(iv, sizeof(iv)), buf_peek(&wrapped));
    }
    skey_free(skey);
    key_free(key);
    buf_release(&wrapped);
    return wraps;
}

bool crypt_unwrap_private_key(struct skey *skey, enum wrap_alg alg, struct bytes params, struct bytes wrapped,
                              struct buf *pkcs8, struct err *err)
{
    if (alg == WRAP_AES_CBC_PAD) {
        return crypt_aes_cbc_decrypt(skey, params, true, wrapped, pkcs8, err);
    }
    if (wrapped.len < 16 || wrapped.len % 8) {
        return err_fail(err, ERR_NSS_DECRYPT, NULL);
    }
    return crypt_run(skey, rows[alg].mechanism, BYTES_NONE, false, wrapped, pkcs8, err);
}
