/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "cmc/control_proof.h"
#include "cmc/oids.h"
#include "cmc/status.h"
#include "nss/crypt.h"
#include "nss/der.h"
#include "nss/dn.h"
#include "nss/pem.h"
#include "practice/audit.h"
#include "practice/cmc_run.h"
#include "practice/store.h"
#include "practice/users.h"

#define TOKEN_KEY_LEN 16
#define FAILED_V2 "Proof-of-Identification Verification Failed after verifyIdentityProofV2"
#define FAILED_V1 "Proof-of-Identification Verification Failed after verifyIdentityProof"
#define LINK_FAILED "POP Link Witness Verification Failed"

/*
 * Shared token (Dogtag's own format): SEQUENCE { OCTET STRING wrappedSessionKey, OCTET STRING ciphertext }, AES-128-CBC with an
 * IV of sixteen 01 octets.
 */
bool identity_open_token(struct practice_ca *ca, const char *base64, struct secret *secret)
{
    static const uint8_t iv[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct buf clear = {.max = SECRET_MAX, .secret = true};
    struct bytes body;
    struct bytes wrapped;
    struct bytes cipher;
    struct skey *skey = NULL;
    bool ok = base64_decode(bytes_of_str(base64), &der, NULL) && der_only(buf_peek(&der), ASN1_SEQUENCE, &body) &&
              der_take(&body, ASN1_OCTET_STRING, &wrapped) && der_take(&body, ASN1_OCTET_STRING, &cipher);
    if (ok) {
        skey = crypt_rsa_unwrap_key(ca->db, ca->protection_key, wrapped, ca->conf.use_oaep ? RSA_OAEP_SHA256 : RSA_PKCS1,
                                    TOKEN_KEY_LEN, NULL);
        ok = skey && crypt_aes_cbc_decrypt(skey, BYTES(iv, sizeof iv), true, cipher, &clear, NULL);
    }
    if (ok) {
        secret_set(secret, buf_str(&clear), clear.len);
    }
    skey_free(skey);
    buf_release(&clear);
    buf_release(&der);
    return ok;
}

/* The server counts characters where it should count octets: only ASCII works. */
static bool is_ascii(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (b.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* User named by the identification control, with the secret. */
static bool find_user(struct cmc_run *run, struct user_row *user, struct secret *secret)
{
    struct bytes identification = message_identification(&run->m);
    char *uid = xstrndup((const char *)identification.data, identification.len);
    bool found = false;
    bool ok = strlen(uid) == identification.len && users_find(run->ca, uid, user, &found, NULL) && found;
    free(uid);
    if (!ok) {
        return false;
    }
    if (!user->token || !identity_open_token(run->ca, user->token, secret)) {
        user_row_release(user);
        return false;
    }
    return true;
}

static bool proof_holds(struct cmc_run *run, struct bytes proof_der, const struct secret *secret)
{
    struct proof_v2 proof;
    struct bytes identification = message_identification(&run->m);
    struct bytes octets = BYTES(secret->text, secret->len);
    /* SHA-1 is unsupported; for HMAC-SHA384 the server asks its library for a name that it does not have. */
    return proof_v2_decode(proof_der, &proof, NULL) && proof.hash != HASH_SHA1 && proof.mac != HASH_SHA1 &&
           proof.mac != HASH_SHA384 && is_ascii(octets) && is_ascii(identification) &&
           proof_v2_verify(proof_der, octets, identification, run->m.pd.raw_requests, NULL);
}

/* Every use of the secret is an attempt: a wrong one is counted, a right one ends the count. *why: for the log. */
static bool counted(struct cmc_run *run, const struct user_row *user, bool paused, bool right, const char *wrong, const char **why)
{
    int failures = right ? 0 : paused ? user->failures : user->failures + 1;
    *why = paused ? "too many wrong secrets" : right ? "" : wrong;
    return (failures == user->failures || store_user_failures(run->ca->store, user->uid, failures, run->request->at, NULL)) && right;
}

static bool prove_v2(struct cmc_run *run, struct bytes proof_der)
{
    struct user_row user = {NULL, NULL, NULL, 0, 0};
    struct secret secret = SECRET_INIT;
    struct bytes identification = message_identification(&run->m);
    char *shown = text_visible(identification);
    const char *why = "no such user, no shared token, or it cannot be opened";
    bool ok = !run->ca->conf.fault[FAULT_BAD_IDENTITY] && find_user(run, &user, &secret);
    if (ok) {
        bool paused = users_paused(run->ca, user.failures, user.last_failure, run->request->at);
        ok = counted(run, &user, paused, !paused && proof_holds(run, proof_der, &secret), "wrong proof", &why);
        ok = ok && dn_encode(user.dn, &run->directory_subject, NULL);
    }
    audit_event(run->ca, run->request->at, "CMC_PROOF_OF_IDENTIFICATION", shown, ok, "[Info=%s]", why);
    free(shown);
    secret_release(&secret);
    user_row_release(&user);
    return ok || refuse(&run->refusal, CMC_FAIL_BAD_IDENTITY, FAILED_V2);
}

/* Asked for where the request's own key signed, and over EST: Dogtag's CMCAuthForEST does not count as an agent's signature, so a
 * control without a proof is refused there. */
bool identity_prove(struct cmc_run *run)
{
    struct bytes v2 = message_control(&run->m, OID_CMC_IDENTITY_PROOF_V2, NULL);
    struct bytes v1 = message_control(&run->m, OID_CMC_IDENTITY_PROOF, NULL);
    if (v2.len > 0) {
        if (message_control(&run->m, OID_CMC_IDENTIFICATION, NULL).len == 0) {
            return refuse(&run->refusal, CMC_FAIL_BAD_IDENTITY,
                          "Invalid Request:id_cmc_identityProofV2 missing id_cmc_identification");
        }
        return prove_v2(run, v2);
    }
    if (v1.len > 0) {
        return refuse(&run->refusal, CMC_FAIL_BAD_IDENTITY, FAILED_V1);
    }
    /* Without any control nothing is asked for here; the profile's constraint then misses the user's name. */
    return run->m.pd.n_controls == 0 ||
           refuse(&run->refusal, CMC_FAIL_BAD_REQUEST, "Invalid Request:missing required identity proof");
}

static struct bytes asked_witness(const struct asked *asked)
{
    struct bytes value = BYTES_NONE;
    if (asked->tagged->kind == REQUEST_TCR) {
        return csr_attribute(&asked->csr, OID_CMC_POP_LINK_WITNESS_V2, &value) ? value : BYTES_NONE;
    }
    const struct crmf_control *control = crmf_find_control(&asked->crmf, OID_CMC_POP_LINK_WITNESS_V2);
    return control ? control->value : BYTES_NONE;
}

bool identity_pop_link(struct cmc_run *run, const struct asked *asked)
{
    struct bytes random = message_octets(&run->m, OID_CMC_POP_LINK_RANDOM);
    struct bytes identification = message_identification(&run->m);
    if (random.len == 0 || identification.len == 0) {
        return refuse(&run->refusal, CMC_FAIL_BAD_REQUEST,
                      LINK_FAILED ":missing needed randomSeed or identification for popLinkWitness(V2)");
    }
    struct bytes witness = asked_witness(asked);
    if (witness.len == 0 && asked->tagged->kind == REQUEST_CRM) {
        return true; /* the server does not miss it (its bug) */
    }
    struct user_row user = {NULL, NULL, NULL, 0, 0};
    struct secret secret = SECRET_INIT;
    bool has_secret = find_user(run, &user, &secret);
    bool ok = has_secret && witness.len > 0;
    const char *why = "wrong or missing witness";
    if (ok) {
        bool paused = users_paused(run->ca, user.failures, user.last_failure, run->request->at);
        bool right = !paused && proof_v2_verify(witness, BYTES(secret.text, secret.len), identification, random, NULL);
        ok = counted(run, &user, paused, right, why, &why);
    }
    char *shown = text_visible(identification);
    audit_event(run->ca, run->request->at, "CMC_ID_POP_LINK_WITNESS", shown, ok, "[Info=%s]", ok ? "" : why);
    if (!ok && (witness.len == 0 || !has_secret)) {
        refuse(&run->refusal, CMC_FAIL_BAD_REQUEST, LINK_FAILED ": failure from verifyPOPLinkWitness: ident_s=%s", shown);
    } else if (!ok) {
        refuse(&run->refusal, CMC_FAIL_BAD_REQUEST, LINK_FAILED ": in POPLinkWitnessV2: ident_s=%s", shown);
    }
    free(shown);
    secret_release(&secret);
    user_row_release(&user);
    return ok;
}
