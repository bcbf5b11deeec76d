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

bool crypt_wrap_private_key(struct skey *skey, const struct key *key, enum wrap_alg alg, struct bytes params,
                            struct buf *out, struct err *err)
{
    PK11SlotInfo *slot = key_private(key)->pkcs11Slot;
    CK_MECHANISM_TYPE mechanism = rows[alg].mechanism;
    if (!PK11_IsInternal(slot) && !PK11_DoesMechanism(slot, mechanism)) {
        mechanism = rows[alg].elsewhere;
    }
    if (!PK11_DoesMechanism(slot, mechanism)) {
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
