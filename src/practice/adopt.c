/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/adopt.h"

#include <stdlib.h>
#include <string.h>

#include "nss/crypt.h"
#include "nss/der.h"
#include "nss/pem.h"
#include "practice/store.h"

#define RECORDED_SECRET "Secret.123"
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* To add one: a row; the certificate is _client-pem/NAME.pem. */
static const struct {
    const char *name;
    bool agent;
} clients[] = {
    {"caadmin", true}, {"rsaagent", true}, {"ecagent", true},  {"ecadmin", true},   {"user1", false},
    {"user2", false},  {"nonagent", false}, {"revuser", false}, {"ca_signing", false}, {"issuance_protection", false},
    {"kra_transport", false},
};
static const struct {
    const char *uid, *secret;
} users[] = {
    {"testuser", RECORDED_SECRET}, {"user2", RECORDED_SECRET}, {"user3", RECORDED_SECRET},       {"user4", RECORDED_SECRET},
    {"user5", RECORDED_SECRET},    {"spaced user", "a b c"},   {"longsec", X50 X50 X50 X50},
};
static const char *const enabled_profiles[] = {"caFullCMCUserSignedCert", "caECFullCMCUserSignedCert",
                                               "caFullCMCSharedTokenCert", "caECFullCMCSharedTokenCert"};

bool adopt_token(struct practice_ca *ca, const char *secret, bool oaep, struct buf *base64, struct err *err)
{
    static const uint8_t iv[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct buf wrapped = BUF_INIT(BUF_MAX_TEXT);
    struct buf cipher = BUF_INIT(BUF_MAX_TEXT);
    struct buf body = BUF_INIT(BUF_MAX_TEXT);
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct skey *skey = skey_generate(ca->db, NULL, 16, err);
    bool ok = skey &&
              crypt_rsa_wrap_key(skey, cert_spki(ca->protection), oaep ? RSA_OAEP_SHA256 : RSA_PKCS1, &wrapped, err) &&
              crypt_aes_cbc_encrypt(skey, BYTES(iv, sizeof iv), true, bytes_of_str(secret), &cipher, err);
    ok = ok && ((der_put(&body, ASN1_OCTET_STRING, buf_peek(&wrapped)) && der_put(&body, ASN1_OCTET_STRING, buf_peek(&cipher)) &&
                 der_put(&der, ASN1_SEQUENCE, buf_peek(&body)) && base64_encode(buf_peek(&der), 0, false, base64)) ||
                err_fail(err, ERR_INTERNAL, NULL));
    skey_free(skey);
    buf_release(&der);
    buf_release(&body);
    buf_release(&cipher);
    buf_release(&wrapped);
    return ok;
}

static bool adopt_client(struct practice_ca *ca, const char *dir, const char *name, bool agent, struct err *err)
{
    char *path = xasprintf("%s/_client-pem/%s.pem", dir, name);
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    struct cert_list certs = CERT_LIST_INIT;
    bool ok = file_read(path, &pem, err) && pem_decode_all(buf_peek(&pem), &certs, err) &&
              practice_adopt_cert(ca, certs.v[0], err) &&
              (!agent || store_agent_add(ca->store, cert_der(certs.v[0]), name, err));
    cert_list_release(&certs);
    buf_release(&pem);
    free(path);
    return ok;
}

static bool adopt_user(struct practice_ca *ca, const char *uid, const char *secret, struct err *err)
{
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    bool ok = practice_user_add(ca, uid, NULL, err) && adopt_token(ca, secret, false, &token, err) &&
              practice_user_token(ca, uid, buf_str(&token), err);
    buf_release(&token);
    return ok;
}

bool adopt_clients(struct practice_ca *ca, const char *dir, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < ARRAY_LEN(clients); i++) {
        ok = adopt_client(ca, dir, clients[i].name, clients[i].agent, err);
    }
    for (size_t i = 0; ok && i < ARRAY_LEN(users); i++) {
        ok = adopt_user(ca, users[i].uid, users[i].secret, err);
    }
    for (size_t i = 0; ok && i < ARRAY_LEN(enabled_profiles); i++) {
        ok = practice_profile_enable(ca, enabled_profiles[i], true, err);
    }
    /* The recorded self-signed servlet had a profile of the old name. */
    return ok && practice_switch(ca, "practice.selfSignedProfiles", "true", err);
}
