/* SPDX-License-Identifier: Apache-2.0 */
/* The progress lines of CMCRequest, made from the finished message: what is printed is what was really sent. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cfg/cfg.h"
#include "cmc/control_plain.h"
#include "cmc/control_proof.h"
#include "cmc/crmf.h"
#include "cmc/oids.h"
#include "cmc/request.h"
#include "cmc/signeddata.h"
#include "flow/engine.h"
#include "nss/cert.h"
#include "nss/hash.h"
#include "tools/dogtag.h"

/* ---- controls ---- */

static void value_line(FILE *out, const struct control *c)
{
    struct bytes octets;
    fputs("   Value: ", out);
    if (control_octets_decode(buf_peek(&c->value), &octets, NULL)) {
        dogtag_print_octets(out, octets);
    }
}

static void plain_control(FILE *out, const struct control *c)
{
    (void)out;
    (void)c;
}

static void octets_control(FILE *out, const struct control *c)
{
    value_line(out, c);
}

static void transaction_control(FILE *out, const struct control *c)
{
    struct bytes content;
    if (control_integer_decode(buf_peek(&c->value), &content, NULL)) {
        char *number = control_integer_text(content);
        fprintf(out, "   Value: %s\n", number);
        free(number);
    }
}

static void identification_control(FILE *out, const struct control *c)
{
    struct bytes raw;
    if (control_text_decode(buf_peek(&c->value), &raw, NULL)) {
        char *shown = text_visible(raw);
        fprintf(out, "identification control: identification =%s\n", shown);
        free(shown);
    }
}

static void proof_control(FILE *out, const struct control *c)
{
    struct proof_v2 proof;
    if (proof_v2_decode(buf_peek(&c->value), &proof, NULL)) {
        fprintf(
            out,
            "CMCRequest: addIdentityProofV2Attr: hashAlg=%s; macAlg=%s-HMAC\nIdentity Proof V2 control: \n   Value: ",
            hash_name(proof.hash), hash_name(proof.mac));
        dogtag_print_octets(out, proof.witness);
    }
}

/* To add a control: a row in the order in which CMCRequest prints; first those before createPKIData, then the others.
 */
static const struct row {
    const char *oid, *heading, *done;
    void (*print)(FILE *out, const struct control *c);
    bool late;
} rows[] = {
    {OID_CMC_CONFIRM_CERT_ACCEPTANCE, NULL, "confirm certificate acceptance", plain_control, false},
    {OID_CMC_LRA_POP_WITNESS, NULL, "LRA POP witness", plain_control, false},
    {OID_CMC_GET_CERT, NULL, "get certificate", plain_control, false},
    {OID_CMC_DATA_RETURN, "Data Return Control: ", "data return", octets_control, false},
    {OID_CMC_SENDER_NONCE, "SenderNonce control: ", "sender nonce", octets_control, false},
    {OID_CMC_POP_LINK_RANDOM, NULL, "PopLinkWitness", plain_control, false},
    {OID_CMC_TRANSACTION_ID, "Transaction ID control: ", "transaction management", transaction_control, true},
    {OID_CMC_IDENTIFICATION, NULL, "identification", identification_control, true},
    {OID_CMC_IDENTITY_PROOF_V2, NULL, "identityProofV2", proof_control, true},
    {OID_CMC_IDENTITY_PROOF, "Identity Proof control: ", "identityProof", octets_control, true},
};

static void print_control_rows(FILE *out, const struct pkidata *pd, bool late, bool v2)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct control *c = control_find(pd->controls, pd->n_controls, rows[i].oid);
        if (!c || rows[i].late != late || (v2 && strcmp(rows[i].oid, OID_CMC_POP_LINK_RANDOM) == 0)) {
            continue;
        }
        if (rows[i].heading) {
            fprintf(out, "%s\n", rows[i].heading);
        }
        rows[i].print(out, c);
        fprintf(out, "Successfully create %s control. bpid = %u\n\n", rows[i].done, c->bodypart_id);
    }
}

/* ---- requests ---- */

static void print_pop_link(FILE *out, const struct cfg *cfg, const struct pkidata *pd)
{
    const struct control *c = control_find(pd->controls, pd->n_controls, OID_CMC_POP_LINK_RANDOM);
    fprintf(out, "createPopLinkWitnessV2Attr: begins\n");
    fprintf(out, "createPopLinkWitnessV2Attr: keyGenAlg=%s; macAlg=%s\n",
            cfg_get_or_default(cfg, CFG_POP_LINK_WITNESS_V2_KEY_GEN),
            cfg_get_or_default(cfg, CFG_POP_LINK_WITNESS_V2_MAC));
    fprintf(out, "createPopLinkWitnessV2Attr: Successfully created id_cmc_idPOPLinkRandom control. bpid = %u\n",
            c ? c->bodypart_id : 0);
    fprintf(out, "createPopLinkWitnessV2Attr: Successfully created PopLinkWitnessV2 control.\n");
    fprintf(out, "createPopLinkWitnessV2Attr: returning...\n\n");
}

static void print_signing_algorithm(FILE *out, const char *type)
{
    fprintf(out, "getSigningAlgFromPrivate: begins.\ngetSigningAlgFromPrivate: found signingKeyType=%s\n", type);
    fprintf(out, "getSigningAlgFromPrivate: using SignatureAlgorithm: %sSignatureWithSHA256Digest\n", type);
}

static bool print_rebuilt(FILE *out, struct bytes der, bool crmf, const char *key_type)
{
    struct crmf_msg msg;
    if (!crmf) {
        fprintf(out, "createPKIData: popLinkWitnessV2 enabled. reconstructing pkcs#10\n");
        fprintf(out, "createPKIData:  new pkcs#10 Attribute created for id_cmc_popLinkWitnessV2.\n");
        print_signing_algorithm(out, key_type);
        fprintf(out, "createPKIData:  new pkcs#10 CertificationRequestInfo created.\n");
        fprintf(out, "createPKIData: new pkcs#10 CertificationRequest created.\n");
        fprintf(out, "createPKIData: calling Utils.b64encode.\ncreatePKIData: new PKCS#10 b64encode completes.\n");
    } else {
        fprintf(out, "createPKIData: popLinkWitnessV2 enabled. reconstructing crmf\n");
        if (crmf_parse(der, &msg, NULL, NULL)) {
            if (msg.pop == CRMF_POP_NONE) {
                fprintf(out, "createPKIData: old certReqMsg has no pop, so will the new certReqMsg\n");
            } else {
                fprintf(out, "createNewPOP: begins\ncreateNewPOP: about to create POPOSigningKey\n");
                fprintf(out, "createNewPOP: creating and returning newPopOfSigningKey\n");
            }
            crmf_release(&msg);
        }
        fprintf(out, "createPKIData: new CRMF b64encode completes.\n");
    }
    fprintf(out, "-----BEGIN CERTIFICATE REQUEST-----\n");
    bool ok = dogtag_print_base64(out, der);
    fprintf(out, "\n-----END CERTIFICATE REQUEST-----\n\n");
    return ok;
}

static bool print_requests(FILE *out, const struct cfg *cfg, const struct engine_request *r, const struct pkidata *pd)
{
    bool crmf = cfg_enum(cfg, CFG_FORMAT) == 1, self = cfg_mode(cfg) == CFG_MODE_SECRET;
    bool pop_link = cfg_bool(cfg, CFG_POP_LINK_WITNESS_V2_ENABLE), ok = true;
    enum key_type type = KEY_RSA;
    int bits = 0;
    const char *curve = "";
    fprintf(out, "createPKIData: begins\n");
    if (pop_link) {
        print_pop_link(out, cfg, pd);
    }
    for (size_t i = 0; i < pd->n_requests; i++) {
        fprintf(out, "k=%zu\ncreatePKIData:  format: %s\n", i, crmf ? "crmf" : "pkcs10");
        if (pop_link && i < r->n_spki && r->rebuilt.len) {
            bool known = spki_describe(buf_peek(&r->spki[i]), &type, &bits, &curve);
            ok = print_rebuilt(out, buf_peek(&r->rebuilt), crmf, known && type == KEY_EC ? "EC" : "RSA");
        }
        if (self && crmf) {
            fprintf(out, "CryptoUtil: getSKIExtensionFromCertTemplate: SKIoid == jssOID\n");
            fprintf(out, "createPKIData:  SubjectKeyIdentifier extension found in use_shared_secret request\n");
        } else if (self) {
            fprintf(out, "createPKIData:  SubjectKeyIdentifier extension found\n");
        }
    }
    return ok;
}

static void print_second_trip(FILE *out)
{
    static const char *const lines[] = {"begins",
                                        " previous response parsed.",
                                        "symKey unwrapped.",
                                        "challenge decrypted.",
                                        "Yay! witness verified",
                                        "calculating POP Proof Value",
                                        "popProofValue length = 32",
                                        "constructing DecryptedPOP...",
                                        "DecryptedPOP constructed successfully",
                                        "adding decryptedPop control",
                                        "decryptedPop control added",
                                        "regInfo control added",
                                        " completes."};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        fprintf(out, "constructDecryptedPopRequest: %s\n", lines[i]);
    }
}

/* ---- signature ---- */

static void print_signing(FILE *out, const struct engine_request *r, bool self, bool resign)
{
    enum key_type type = KEY_RSA;
    int bits = 0;
    const char *curve = "";
    struct bytes spki = r->signer ? cert_spki(r->signer) : r->n_spki ? buf_peek(&r->spki[0]) : BYTES_NONE;
    bool ec = spki_describe(spki, &type, &bits, &curve) && type == KEY_EC;
    if (!resign) {
        fprintf(out, self ? "useSharedSecret is true...\n" : "useSharedSecret is false...\n");
    }
    fprintf(out, self ? "signData for useSharedSecret begins: begins: \n" : "signData: begins: \n");
    if (!self) {
        fprintf(out, "getPrivateKey: got signing cert\nsignData:  got signer privKey\n");
    }
    fprintf(out, "createSignedData: begins\n");
    print_signing_algorithm(out, ec ? "EC" : "RSA");
    fprintf(out,
            "createSignedData: digest created for pkidata\ncreateSignedData: digest algorithm "
            "=%sSignatureWithSHA256Digest\n",
            ec ? "EC" : "RSA");
    if (!self) {
        fprintf(out, "createSignedData: building cert chain\nsignData: signed request generated.\n");
    }
}

static bool print_blob(FILE *out, struct bytes der, bool is_signed)
{
    fprintf(out, "getCMCBlob: begins\ngetCMCBlob: generating %s data\n", is_signed ? "signed" : "unsigned");
    fprintf(out, "\nThe CMC enrollment request in base-64 encoded format:\n\n");
    bool ok = dogtag_print_base64(out, der);
    fprintf(out, "\n\n\n");
    return ok;
}

static bool print_parts(FILE *out, const struct cfg *cfg, const struct engine_request *r, const struct pkidata *pd)
{
    enum cfg_mode mode = cfg_mode(cfg);
    bool self = mode == CFG_MODE_SECRET, ok = true;
    print_control_rows(out, pd, false, cfg_bool(cfg, CFG_POP_LINK_WITNESS_V2_ENABLE));
    switch (mode) {
    case CFG_MODE_POP:
        print_second_trip(out);
        break;
    case CFG_MODE_REVOKE:
        fprintf(out, "addRevRequestAttr: no sharedSecret found; request will be signed;\n");
        break;
    case CFG_MODE_REVOKE_SECRET: {
        char *issuer = text_visible_str(cfg_get(cfg, CFG_REV_ISSUER));
        fprintf(out, "addRevRequestAttr: adding revRequestIssuer: %s\n", issuer);
        fprintf(out, "addRevRequestAttr: sharedSecret found; request will be unsigned;\n");
        free(issuer);
        break;
    }
    default:
        ok = print_requests(out, cfg, r, pd);
        print_control_rows(out, pd, true, false);
        break;
    }
    if (mode == CFG_MODE_REVOKE || mode == CFG_MODE_REVOKE_SECRET) {
        fprintf(out, "addRevRequestAttr: RevokeRequest control created.\n");
    }
    if (mode != CFG_MODE_REVOKE_SECRET) {
        print_signing(out, r, self, false);
    }
    return ok && print_blob(out, buf_peek(&r->der), mode != CFG_MODE_REVOKE_SECRET);
}

/* What the tool says while it signs an existing message again. */
static bool print_resign(FILE *out, const struct cfg *cfg, const struct engine_request *r)
{
    const char *id = cfg_get(cfg, CFG_PRIV_KEY_ID);
    static const char *const lines[] = {"input read",           "ContentInfo template decoded",
                                        "SignedData retrieved", "EncapsulatedContentInfo retrieved",
                                        "orig data retrieved",  "PKIData decoded"};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        fprintf(out, "TEST_CMC: %s\n", lines[i]);
    }
    if (!r->signer) {
        fprintf(out, "TEST_CMC: re-signing using private key: %s\n", id ? id : "");
    }
    print_signing(out, r, !r->signer, true);
    fprintf(out, "TEST_CMC: PKIData signed\n");
    return print_blob(out, buf_peek(&r->der), true);
}

bool dogtag_print_request(FILE *out, const struct cfg *cfg, const struct engine_request *request, struct err *err)
{
    struct signeddata sd;
    struct pkidata pd;
    if (cfg_mode(cfg) == CFG_MODE_RESIGN) {
        return print_resign(out, cfg, request) || err_fail(err, ERR_INTERNAL, NULL);
    }
    if (!cmc_request_parse(buf_peek(&request->der), &sd, &pd, err)) {
        return false;
    }
    bool ok = print_parts(out, cfg, request, &pd) || err_fail(err, ERR_INTERNAL, NULL);
    signeddata_release(&sd);
    pkidata_release(&pd);
    return ok;
}
