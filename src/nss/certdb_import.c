/* SPDX-License-Identifier: Apache-2.0 */
/* Storing and deleting certificates, chains and CRLs; the proof that certificate and key belong together. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <cert.h>
#include <certdb.h>
#include <pk11pub.h>
#include <secerr.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/certdb.h"
#include "nss/chain.h"
#include "nss/crl.h"
#include "nss/crypt.h"
#include "nss/key.h"
#include "nss/native.h"
#include "nss/nsserr.h"
#include "nss/sign.h"

static CERTCertificate *on_slot(struct nssdb *db, PK11SlotInfo *slot, const struct cert *cert)
{
    SECItem der = native_item(cert_der(cert));
    CERTCertificate *temporary = cert_native(cert, NULL);
    CERTCertificate *found = temporary ? PK11_FindCertFromDERCertItem(slot, &der, db) : NULL;
    if (temporary) {
        CERT_DestroyCertificate(temporary);
    }
    return found;
}

static bool store(struct nssdb *db, PK11SlotInfo *slot, const struct cert *cert, const char *nickname,
                  struct err *err)
{
    CERTCertificate *native = cert_native(cert, err);
    if (!native) {
        return false;
    }
    bool ok = PK11_ImportCert(slot, native, CK_INVALID_HANDLE, nickname, PR_FALSE) == SECSuccess;
    if (!ok && PORT_GetError() == SEC_ERROR_TOKEN_NOT_LOGGED_IN &&
        PK11_Authenticate(slot, PR_TRUE, db) == SECSuccess) {
        ok = PK11_ImportCert(slot, native, CK_INVALID_HANDLE, nickname, PR_FALSE) == SECSuccess;
    }
    if (!ok) {
        nss_fail(err, ERR_NSS_IMPORT, NULL);
    }
    CERT_DestroyCertificate(native);
    return ok;
}

bool certdb_import(struct nssdb *db, const char *token, const struct cert *cert, const char *nickname,
                   const char *trust, struct err *err)
{
    bool internal = nssdb_token_is_internal(token);
    if (internal && nssdb_read_only(db)) {
        return err_fail(err, ERR_NSS_READ_ONLY, NULL);
    }
    PK11SlotInfo *slot = nssdb_slot(db, token, err);
    if (!slot) {
        return false;
    }
    CERTCertificate *there = on_slot(db, slot, cert);
    bool ok = there != NULL;
    if (there) {
        CERT_DestroyCertificate(there);
    } else {
        /* Tokens of others want a login before anything is stored; the database wants it for trust only. */
        ok = certdb_nickname_free(db, token, nickname, cert_subject_der(cert), err) &&
             (internal || nssdb_login(db, token, err)) && store(db, slot, cert, nickname, err);
    }
    PK11_FreeSlot(slot);
    return ok && (!trust || certdb_set_trust(db, cert, trust, err));
}

bool certdb_delete(struct nssdb *db, const char *token, const struct cert *cert, struct err *err)
{
    PK11SlotInfo *slot = nssdb_slot(db, token, err);
    if (!slot) {
        return false;
    }
    CERTCertificate *native = on_slot(db, slot, cert);
    bool ok = false;
    if (!native) {
        err_fail(err, ERR_NSS_CERT_NOT_STORED, NULL);
    } else if (nssdb_login(db, token, err)) {
        ok = SEC_DeletePermCertificate(native) == SECSuccess || nss_fail(err, ERR_NSS_READ_ONLY, NULL);
    }
    if (native) {
        CERT_DestroyCertificate(native);
    }
    PK11_FreeSlot(slot);
    return ok;
}

static bool import_ca(struct nssdb *db, const struct cert *cert, const char *root_trust, struct err *err)
{
    char *nickname = certdb_nickname_suggest(db, NULL, cert_subject_der(cert), NULL);
    const char *trust = root_trust && cert_is_self_signed(cert) ? root_trust : NULL;
    bool ok = certdb_import(db, NULL, cert, nickname, trust, err);
    free(nickname);
    return ok;
}

bool certdb_import_chain(struct nssdb *db, const struct cert_list *any_order, const char *root_trust,
                         struct err *err)
{
    /* Roots first, so that an interrupted import leaves no chain without its top. */
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < any_order->n; i++) {
            const struct cert *cert = any_order->v[i];
            bool root = cert_is_self_signed(cert);
            if ((cert_is_ca(cert) || root) && root == (round == 0) && !import_ca(db, cert, root_trust, err)) {
                return false;
            }
        }
    }
    return true;
}

static bool crl_checked(struct nssdb *db, struct bytes crl_der, struct err *err)
{
    struct crl crl;
    struct cert_list issuers = CERT_LIST_INIT;
    if (!crl_parse(crl_der, &crl, err)) {
        return false;
    }
    certdb_find_subject(db, crl.issuer, &issuers);
    bool ok = false;
    for (size_t i = 0; i < issuers.n && !ok; i++) {
        ok = certdb_has(db, issuers.v[i]) && cert_is_ca(issuers.v[i]) &&
             crl_signed_by(&crl, issuers.v[i], NULL);
    }
    cert_list_release(&issuers);
    return ok || err_fail(err, ERR_NSS_BAD_CRL, NULL);
}

bool certdb_import_crl(struct nssdb *db, struct bytes crl_der, struct err *err)
{
    if (nssdb_read_only(db)) {
        return err_fail(err, ERR_NSS_READ_ONLY, NULL);
    }
    PK11SlotInfo *slot = crl_checked(db, crl_der, err) ? nssdb_slot(db, NULL, err) : NULL;
    if (!slot) {
        return false;
    }
    SECItem der = native_item(crl_der);
    CERTSignedCrl *crl = PK11_ImportCRL(slot, &der, NULL, SEC_CRL_TYPE, db, CRL_IMPORT_BYPASS_CHECKS, NULL,
                                        CRL_DECODE_DEFAULT_OPTIONS);
    PRErrorCode number = PORT_GetError();
    PK11_FreeSlot(slot);
    if (crl) {
        SEC_DestroyCrl(crl);
        return true;
    }
    /* The one that is stored is as new or newer: nothing to do. */
    return number == SEC_ERROR_OLD_CRL || number == SEC_ERROR_CRL_ALREADY_EXISTS ||
           nss_fail(err, ERR_NSS_BAD_CRL, NULL);
}

static bool prove_by_signing(struct key *key, const struct cert *cert, struct bytes challenge,
                             struct err *err)
{
    struct buf signature = BUF_INIT(CERT_MAX);
    struct buf alg = BUF_INIT(256);
    bool ok = sign_data(key, HASH_SHA256, challenge, &signature, &alg, err) &&
              sign_verify(cert_spki(cert), buf_peek(&alg), HASH_SHA256, buf_peek(&signature), challenge, err);
    buf_release(&signature);
    buf_release(&alg);
    return ok;
}

static bool prove_by_decrypting(struct key *key, const struct cert *cert, struct bytes challenge,
                                struct err *err)
{
    struct buf cipher = BUF_INIT(CERT_MAX);
    struct buf clear = BUF_INIT(CERT_MAX);
    bool ok = crypt_rsa_encrypt(cert_spki(cert), RSA_PKCS1, challenge, &cipher, err) &&
              crypt_rsa_decrypt(key, RSA_PKCS1, buf_peek(&cipher), &clear, err);
    if (ok && !bytes_equal(buf_peek(&clear), challenge)) {
        ok = err_fail(err, ERR_NSS_PROOF, NULL);
    }
    buf_release(&cipher);
    buf_release(&clear);
    return ok;
}

/* On the key's own token; a card that makes no keys has the database do it. */
static struct key *ephemeral_key(struct nssdb *db, const struct key *key, struct bytes spki, struct err *err)
{
    enum key_type type = KEY_OTHER;
    int bits = 0;
    struct key_spec spec = {.type = KEY_EC, .temporary = true, .derive = true};
    if (!spki_describe(spki, &type, &bits, &spec.curve) || type != KEY_EC) {
        err_fail(err, ERR_NSS_BAD_KEY, NULL);
        return NULL;
    }
    struct key *made = key_generate(db, key_token(key), &spec, err);
    return made || nssdb_token_is_internal(key_token(key)) ? made : key_generate(db, NULL, &spec, err);
}

/* Somebody with a key of the moment encrypts for the certificate, as RFC 5753 does it; the stored key decrypts. */
static bool prove_by_agreeing(struct nssdb *db, struct key *key, const struct cert *cert, struct bytes challenge,
                              struct err *err)
{
    struct key *moment = ephemeral_key(db, key, cert_spki(cert), err);
    struct buf public = BUF_INIT(CERT_MAX), cipher = BUF_INIT(CERT_MAX), clear = BUF_INIT(CERT_MAX);
    uint8_t iv[16];
    bytes_random(iv, sizeof(iv));
    bool ok = moment && key_spki(moment, &public, err);
    struct skey *theirs = ok ? crypt_ec_agree(db, moment, cert_spki(cert), true, err) : NULL;
    struct skey *ours = theirs ? crypt_ec_agree(db, key, buf_peek(&public), false, err) : NULL;
    ok = ours && crypt_aes_cbc_encrypt(theirs, BYTES(iv, sizeof(iv)), true, challenge, &cipher, err) &&
         crypt_aes_cbc_decrypt(ours, BYTES(iv, sizeof(iv)), true, buf_peek(&cipher), &clear, err) &&
         (bytes_equal(buf_peek(&clear), challenge) || err_fail(err, ERR_NSS_PROOF, NULL));
    skey_free(theirs);
    skey_free(ours);
    key_free(moment);
    buf_release(&public);
    buf_release(&cipher);
    buf_release(&clear);
    return ok;
}

/* Whether the key was made for this: CKA_DERIVE. */
static bool key_may(const struct key *key, CK_ATTRIBUTE_TYPE use)
{
    SECItem value = {siBuffer, NULL, 0};
    bool may = PK11_ReadRawAttribute(PK11_TypePrivKey, key_private(key), use, &value) == SECSuccess && value.len == 1 &&
               value.data[0];
    SECITEM_FreeItem(&value, PR_FALSE);
    return may;
}

bool certdb_prove(struct nssdb *db, const struct cert *cert, struct err *err)
{
    uint8_t random[32];
    bytes_random(random, sizeof(random));
    struct bytes challenge = BYTES(random, sizeof(random));
    struct key *key = key_of_cert(db, cert, err);
    if (!key) {
        return false;
    }
    unsigned usage = cert_key_usage(cert);
    bool rsa = key_type(key) == KEY_RSA;
    bool for_signing =
        (usage & (KU_ABSENT | KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_CERT_SIGN | KU_CRL_SIGN)) != 0;
    bool agrees =
        key_type(key) == KEY_EC && (usage & KU_KEY_AGREEMENT) != 0 && (!for_signing || key_may(key, CKA_DERIVE));
    bool signs = for_signing || (!rsa && !agrees);
    bool decrypts = rsa && (!signs || (usage & (KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT)) != 0);
    struct err own = ERR_INIT;
    bool ok = (!signs || prove_by_signing(key, cert, challenge, &own)) &&
              (!agrees || prove_by_agreeing(db, key, cert, challenge, &own)) &&
              (!decrypts || prove_by_decrypting(key, cert, challenge, &own));
    if (!ok) {
        err_fail(err, ERR_NSS_PROOF, "%s", err_what(own.code));
        if (err && own.symbol) {
            err_detail(err, own.source, own.number, own.symbol);
        }
    }
    err_release(&own);
    key_free(key);
    return ok;
}
