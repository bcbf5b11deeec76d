/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdlib.h>

#include "nss/crypt.h"
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

bool kra_archive(struct cmc_run *run, const struct asked *asked, struct bytes archive_value, struct buf *wrapped,
                 struct buf *blob)
{
    struct err err = ERR_INIT;
    struct archive_options options;
    struct buf pkcs8 = {.max = BUF_MAX_TEXT, .secret = true};
    (void)asked;
    bool ok = archive_decode(archive_value, &options, &err);
    if (ok) {
        ok = archive_open(run->ca->db, &options, run->ca->transport_key, run->ca->conf.kra_use_oaep,
                          run->ca->conf.kra_accept_kwp, &pkcs8, NULL, &err) &&
             seal(run->ca, buf_peek(&pkcs8), wrapped, blob, &err);
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
