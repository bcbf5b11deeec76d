/* SPDX-License-Identifier: Apache-2.0 */
/* From a CMCRequest cfg to the message: what cmc_request_spec needs is fetched (files, certificate, keys, secrets),
 * then built. */
#include "config.h"

#include "flow/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/when.h"
#include "cfg/cfg.h"
#include "cmc/control_proof.h"
#include "cmc/crmf.h"
#include "cmc/oids.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "cmc/signeddata.h"
#include "flow/serial.h"
#include "nss/certdb.h"
#include "nss/chain.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "nss/hash.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

#define CHAIN_DEPTH 16

/* Everything that the spec only lends; released together. */
struct build {
    struct engine *e;
    const struct cfg *cfg;
    struct engine_request *out;
    struct cmc_request_spec spec;
    struct cmc_request_result result;
    struct cmc_request_input *inputs;
    struct buf *files; /* parallel to inputs */
    size_t n_inputs;
    struct key *signer_key, *request_key;
    struct secret shared, passphrase;
    struct buf nonce, transaction, data, issuers[3], serials[3], first_answer;
    struct cmc_response answer;
    struct buf resign_content, resign_ski; /* format=test_cmc: PKIData to sign again, and the name of its key */
};

static void build_release(struct build *b)
{
    for (size_t i = 0; i < b->n_inputs; i++) {
        buf_release(&b->files[i]);
    }
    free(b->files);
    free(b->inputs);
    key_free(b->signer_key);
    key_free(b->request_key);
    secret_release(&b->shared);
    secret_release(&b->passphrase);
    buf_release(&b->nonce);
    buf_release(&b->transaction);
    buf_release(&b->data);
    for (size_t i = 0; i < ARRAY_LEN(b->issuers); i++) {
        buf_release(&b->issuers[i]);
        buf_release(&b->serials[i]);
    }
    buf_release(&b->first_answer);
    cmc_response_release(&b->answer);
    buf_release(&b->resign_content);
    buf_release(&b->resign_ski);
    cmc_request_result_release(&b->result);
}

static void say(struct engine *e, const char *event, const char *text)
{
    if (e->say) {
        e->say(e->say_ctx, event, text);
    }
}

/* ---- database and signer ---- */

/* The password line of the cfg is the first answer; a person or file is asked only when it is absent. */
static void offer_cfg_password(struct build *b)
{
    struct secret password = SECRET_INIT;
    if (b->e->secrets && cfg_secret(b->cfg, CFG_PASSWORD, &password)) {
        secrets_set(b->e->secrets, b->e->secret_name ? b->e->secret_name : "password", &password);
    }
    secret_release(&password);
}

static bool open_database(struct build *b, struct err *err)
{
    if (b->e->passing_key) {
        return true;
    }
    offer_cfg_password(b);
    const char *dir = cfg_get_or_default(b->cfg, CFG_DBDIR);
    const char *token = cfg_get_or_default(b->cfg, CFG_TOKENNAME);
    if (!engine_open_db(b->e, dir && *dir ? dir : ".", false, false, err)) {
        return false;
    }
    say(b->e, "database", dir);
    /* Nothing is signed with a passphrase alone: no key is needed, so nobody is asked for its password. */
    if (cfg_mode(b->cfg) == CFG_MODE_REVOKE_SECRET) {
        say(b->e, "login", token);
        return true;
    }
    if (!engine_login(b->e, token, err)) {
        return err_context(err, _("It is about the token “%s”."), token && *token ? token : "internal");
    }
    say(b->e, "login", token);
    return true;
}

static bool load_signer(struct build *b, const char *nickname, struct err *err)
{
    const char *token = cfg_get_or_default(b->cfg, CFG_TOKENNAME);
    struct cert *cert = certdb_find(b->e->db, token, nickname, err);
    if (!cert) {
        return err_context(err, _("The certificate that signs the request is missing (nickname=%s)."), nickname);
    }
    b->out->signer = cert;
    b->spec.signer_cert = cert;
    b->signer_key = key_of_cert(b->e->db, cert, err);
    if (!b->signer_key) {
        return err_context(err, _("The certificate %s cannot sign: its private key is not in this database."),
                           nickname);
    }
    b->spec.signer_key = b->signer_key;
    say(b->e, "signer", nickname);
    return true;
}

/* Issuer by issuer: the database finds names quickly, and listing everything is slow. */
bool engine_chain(struct engine *e, const struct cert *cert, struct cert_list *out, struct err *err)
{
    struct cert_list pool = CERT_LIST_INIT;
    const struct cert *at = cert;
    for (int depth = 0; at && depth < CHAIN_DEPTH && !bytes_equal(cert_issuer_der(at), cert_subject_der(at)); depth++) {
        struct cert_list found = CERT_LIST_INIT;
        const struct cert *issuer = NULL;
        certdb_find_subject(e->db, cert_issuer_der(at), &found);
        for (size_t i = 0; i < found.n; i++) {
            if (cert_is_ca(found.v[i])) {
                cert_list_push(&pool, found.v[i]);
                issuer = !issuer && cert_signed_by(at, found.v[i], NULL) ? pool.v[pool.n - 1] : issuer;
            }
        }
        cert_list_release(&found);
        at = issuer;
    }
    bool ok = chain_order(cert, &pool, out, err);
    cert_list_release(&pool);
    return ok;
}

/* The CA finds its own certificates; other readers want the chain. */
static bool load_chain(struct build *b, struct err *err)
{
    b->spec.signer_chain = &b->out->chain;
    return engine_chain(b->e, b->out->signer, &b->out->chain, err);
}

static bool load_request_key(struct build *b, struct err *err)
{
    const char *id_text = NULL;
    struct buf id = BUF_INIT(256);
    if (b->e->passing_key) {
        b->spec.request_key = b->e->passing_key;
        return true;
    }
    bool ok = cfg_require(b->cfg, CFG_PRIV_KEY_ID, &id_text, err) && key_id_parse(id_text, &id, err);
    if (ok) {
        b->request_key = key_find(b->e->db, NULL, buf_peek(&id), err);
        ok = b->request_key || err_context(err, _("request.privKeyId=%s names no key in this database."), id_text);
    }
    buf_release(&id);
    b->spec.request_key = b->request_key;
    if (ok) {
        say(b->e, "request-key", id_text);
    }
    return ok;
}

/* Dogtag's tool wants a nickname that is there to exist, even where it does not sign. */
static bool look_up(struct build *b, const char *nickname, struct err *err)
{
    struct cert *cert = certdb_find(b->e->db, cfg_get_or_default(b->cfg, CFG_TOKENNAME), nickname, err);
    if (cert) {
        say(b->e, "signer", nickname);
    }
    cert_free(cert);
    return cert != NULL;
}

/* A second trip that nobody signs: Dogtag's tool reads the CA's answer before it stumbles, and scripts read what it says of it. */
static bool lacks_signer_late(const struct build *b)
{
    return b->e->dogtag && cfg_mode(b->cfg) == CFG_MODE_POP && cfg_bool(b->cfg, CFG_USE_SHARED_SECRET) &&
           !cfg_get(b->cfg, CFG_NICKNAME);
}

static bool choose_signer(struct build *b, struct err *err)
{
    enum cfg_mode mode = cfg_mode(b->cfg);
    const char *nickname = cfg_get(b->cfg, CFG_NICKNAME);
    bool self = mode == CFG_MODE_SECRET || (mode == CFG_MODE_RESIGN && cfg_bool(b->cfg, CFG_USE_SHARED_SECRET));
    bool unsigned_message = mode == CFG_MODE_REVOKE_SECRET;
    b->spec.signer_kind = self ? CMC_SIGNER_SELF : unsigned_message ? CMC_SIGNER_NONE : CMC_SIGNER_CERT;
    bool needs_key =
        self || mode == CFG_MODE_POP || (mode == CFG_MODE_SIGNED && cfg_bool(b->cfg, CFG_POP_LINK_WITNESS_V2_ENABLE));
    if (b->spec.signer_kind == CMC_SIGNER_CERT && !lacks_signer_late(b)) {
        if (!cfg_require(b->cfg, CFG_NICKNAME, &nickname, err) || !load_signer(b, nickname, err) ||
            !load_chain(b, err)) {
            return false;
        }
    } else if (nickname && b->e->dogtag && !look_up(b, nickname, err)) {
        return false;
    }
    const char *format = NULL;
    return cfg_require(b->cfg, CFG_FORMAT, &format, err) && (!needs_key || load_request_key(b, err));
}

/* ---- format=test_cmc: the content of an existing message, signed again ---- */

static bool load_resign(struct build *b, struct err *err)
{
    struct strv names = STRV_INIT;
    struct buf raw = BUF_INIT(BUF_MAX_MESSAGE), spki = BUF_INIT(BUF_MAX_TEXT);
    struct signeddata sd;
    struct pkidata pd;
    b->resign_content = (struct buf)BUF_INIT(BUF_MAX_MESSAGE);
    b->resign_ski = (struct buf)BUF_INIT(BUF_MAX_TEXT);
    cfg_list(b->cfg, CFG_INPUT, &names);
    char *path = names.n ? engine_path(b->e, names.v[0]) : NULL;
    bool ok = (path || err_fail(err, ERR_CFG_REQUIRED, "input")) && file_read(path, &raw, err) &&
              cmc_request_parse(buf_peek(&raw), &sd, &pd, err);
    if (ok) {
        ok = buf_append_bytes(&b->resign_content, buf_peek(&sd.content)) || err_fail(err, ERR_INTERNAL, NULL);
        ok = ok && (b->spec.signer_kind != CMC_SIGNER_SELF ||
                    (pd.n_requests > 0 && cmc_request_key(&pd.requests[0], &spki, &b->resign_ski, err)) ||
                    (err_is_set(err) ? false : err_fail(err, ERR_CMC_NO_REQUEST, NULL)));
        signeddata_release(&sd);
        pkidata_release(&pd);
    }
    free(path);
    strv_release(&names);
    buf_release(&raw);
    buf_release(&spki);
    return ok;
}

static bool resign(struct build *b, struct err *err)
{
    bool self = b->spec.signer_kind == CMC_SIGNER_SELF;
    struct signeddata_spec sd = {
        .content_type_oid = OID_CCT_PKI_DATA,
        .content = buf_peek(&b->resign_content),
        .key = self ? b->request_key : b->signer_key,
        .signer = self ? NULL : b->spec.signer_cert,
        .ski = buf_peek(&b->resign_ski),
        .certs = self ? NULL : b->spec.signer_chain,
        .hash = b->spec.hash,
    };
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    bool ok = (!self || b->resign_ski.len > 0 || err_fail(err, ERR_CMC_NO_SKI, NULL)) &&
              signeddata_build(&sd, &b->out->der, err) && (!self || key_spki(b->request_key, &spki, err));
    if (ok && self) {
        b->out->spki = xcalloc(1, sizeof *b->out->spki);
        b->out->spki[0] = spki;
        b->out->n_spki = 1;
        return true;
    }
    buf_release(&spki);
    return ok;
}

/* ---- inputs ---- */

/* PEM, base64 or DER; only the structure tells PKCS#10 and CRMF apart, Dogtag's files carry the same label. */
static bool load_input(struct build *b, size_t i, const char *name, enum request_kind kind, struct err *err)
{
    char *path = engine_path(b->e, name);
    struct buf raw = BUF_INIT(BUF_MAX_TEXT);
    struct csr csr;
    b->files[i] = (struct buf)BUF_INIT(BUF_MAX_TEXT);
    b->n_inputs = i + 1;
    bool ok = file_read(path, &raw, err);
    if (ok && kind == REQUEST_TCR) {
        ok = csr_parse(buf_peek(&raw), &csr, err);
        if (ok) {
            ok = b->e->dogtag || csr_verify(&csr, err);
            ok = ok && (buf_append_bytes(&b->files[i], buf_peek(&csr.der)) || err_fail(err, ERR_FILE_TOO_BIG, NULL));
            strv_push(b->out->subjects, csr.subject);
            csr_release(&csr);
        }
    } else if (ok) {
        ok = pem_decode(buf_peek(&raw), &b->files[i], NULL, err);
    }
    b->inputs[i] = (struct cmc_request_input){kind, buf_peek(&b->files[i])};
    buf_release(&raw);
    free(path);
    char *shown = text_visible_str(name);
    if (!ok) {
        err_context(err, _("The file with the request is %s."), shown);
    }
    free(shown);
    return ok;
}

static bool load_inputs(struct build *b, struct err *err)
{
    struct strv names = STRV_INIT;
    bool crmf = cfg_enum(b->cfg, CFG_FORMAT) == 1;
    bool ok = cfg_inputs(b->cfg, &names, err);
    if (ok && !names.n && !cfg_controls_suffice(b->cfg)) {
        ok = err_fail(err, ERR_CFG_INPUT_COUNT, _("numRequests=0 would make a message that asks for nothing."));
    }
    b->inputs = xcalloc(names.n, sizeof *b->inputs);
    b->files = xcalloc(names.n, sizeof *b->files);
    for (size_t i = 0; ok && i < names.n; i++) {
        ok = load_input(b, i, names.v[i], crmf ? REQUEST_CRM : REQUEST_TCR, err);
    }
    strv_release(&names);
    b->spec.inputs = b->inputs;
    b->spec.n_inputs = b->n_inputs;
    return ok;
}

static bool check_format(const struct cfg *cfg, struct err *err)
{
    const char *format = NULL;
    if (!cfg_require(cfg, CFG_FORMAT, &format, err)) {
        return false;
    }
    if (cfg_enum(cfg, CFG_FORMAT) < 0) {
        char *shown = text_visible_str(format);
        err_fail(err, ERR_CFG_CHOICE, _("format=%s: it must be pkcs10 or crmf."), shown);
        free(shown);
        return false;
    }
    return true;
}

/* ---- proofs ---- */

static bool proof_algorithms(const struct cfg *cfg, enum cfg_key_id hash_id, enum cfg_key_id mac_id,
                             struct cmc_proof_spec *proof, struct err *err)
{
    const char *hash = cfg_get_or_default(cfg, hash_id);
    const char *mac = cfg_get_or_default(cfg, mac_id);
    proof->enable = true;
    if (!proof_hash_by_name(hash, &proof->hash)) {
        char *shown = text_visible_str(hash);
        err_fail(err, ERR_CFG_CHOICE, "%s=%s", cfg_key(hash_id)->name, shown);
        free(shown);
        return false;
    }
    if (!proof_mac_by_name(mac, &proof->mac) || proof->mac == HASH_SHA384) {
        char *shown = text_visible_str(mac);
        err_fail(err, ERR_CFG_CHOICE, _("%s=%s: neither Dogtag's tool nor the CA can compute it; use SHA-256-HMAC."),
                 cfg_key(mac_id)->name, shown);
        free(shown);
        return false;
    }
    return true;
}

/* The secret of the cfg, else the one that a person or file gives; a proof without a secret would prove nothing. */
static bool load_shared_secret(struct build *b, struct err *err)
{
    if (!cfg_secret(b->cfg, CFG_WITNESS_SHARED_SECRET, &b->shared)) {
        if (!b->e->secrets || !secrets_get(b->e->secrets, "witness.sharedSecret", NULL, false, -1, &b->shared, err)) {
            return err_is_set(err) ? false : err_fail(err, ERR_CFG_REQUIRED, "witness.sharedSecret");
        }
    }
    b->spec.secret = &b->shared;
    return b->shared.len > 0 || err_fail(err, ERR_CFG_REQUIRED, "witness.sharedSecret");
}

static bool load_proofs(struct build *b, struct err *err)
{
    const struct cfg *cfg = b->cfg;
    bool id_proof = cfg_bool(cfg, CFG_IDENTITY_PROOF_V2_ENABLE),
         pop_link = cfg_bool(cfg, CFG_POP_LINK_WITNESS_V2_ENABLE);
    if (cfg_bool(cfg, CFG_IDENTIFICATION_ENABLE) &&
        !cfg_require(cfg, CFG_IDENTIFICATION, &b->spec.identification, err)) {
        return false;
    }
    if ((id_proof || pop_link) && !load_shared_secret(b, err)) {
        return false;
    }
    if (id_proof &&
        !proof_algorithms(cfg, CFG_IDENTITY_PROOF_V2_HASH, CFG_IDENTITY_PROOF_V2_MAC, &b->spec.identity_proof, err)) {
        return false;
    }
    if (pop_link &&
        !proof_algorithms(cfg, CFG_POP_LINK_WITNESS_V2_KEY_GEN, CFG_POP_LINK_WITNESS_V2_MAC, &b->spec.pop_link, err)) {
        return false;
    }
    if (!pop_link && cfg_bool(cfg, CFG_POP_LINK_WITNESS_ENABLE)) {
        if (!b->e->dogtag) {
            return err_fail(
                err, ERR_CFG_CHOICE,
                _("popLinkWitness.enable=true: no server reads this old control; use popLinkWitnessV2.enable."));
        }
        b->spec.pop_link_v1 = true;
    }
    if (!id_proof && cfg_bool(cfg, CFG_IDENTITY_PROOF_ENABLE)) {
        b->spec.identity_proof_v1 = true;
        b->spec.secret = cfg_secret(cfg, CFG_IDENTITY_PROOF_SECRET, &b->shared) ? &b->shared : NULL;
        return b->spec.secret || err_fail(err, ERR_CFG_REQUIRED, "identityProof.sharedSecret");
    }
    return true;
}

/* ---- plain controls ---- */

static bool text_octets(const struct cfg *cfg, enum cfg_key_id enable, enum cfg_key_id value, struct buf *hold,
                        struct cmc_octets_spec *out)
{
    out->enable = cfg_bool(cfg, enable);
    const char *text = cfg_get(cfg, value);
    *hold = (struct buf)BUF_INIT(BUF_MAX_TEXT);
    bool ok = !out->enable || !text || buf_append_str(hold, text);
    out->value = buf_peek(hold);
    return ok;
}

/* slot: 0 getCert, 1 confirmCertAcceptance, 2 revokeRequest: which of the held buffers. */
static bool issuer_and_serial(struct build *b, int slot, enum cfg_key_id issuer, enum cfg_key_id serial,
                              struct cmc_cert_spec *out, struct err *err)
{
    const char *issuer_text = NULL, *serial_text = NULL;
    b->issuers[slot] = (struct buf)BUF_INIT(65536);
    b->serials[slot] = (struct buf)BUF_INIT(256);
    bool ok = cfg_require(b->cfg, issuer, &issuer_text, err) && cfg_require(b->cfg, serial, &serial_text, err) &&
              dn_encode(issuer_text, &b->issuers[slot], err) && serial_parse(serial_text, &b->serials[slot], err);
    out->enable = true;
    out->issuer_der = buf_peek(&b->issuers[slot]);
    out->serial = buf_peek(&b->serials[slot]);
    return ok || err_context(err, _("The setting is %s."), cfg_key(serial)->name);
}

static bool load_lra(struct build *b, struct err *err)
{
    struct strv ids = STRV_INIT;
    cfg_list(b->cfg, CFG_LRA_POP_WITNESS_IDS, &ids);
    bool ok = ids.n > 0 || err_fail(err, ERR_CFG_REQUIRED, "LraPopWitness.bodyPartIDs");
    for (size_t i = 0; ok && i < ids.n; i++) {
        char *end = NULL;
        errno = 0;
        unsigned long id = strtoul(ids.v[i], &end, 10);
        ok = (!errno && *ids.v[i] != '-' && !*end && id <= UINT32_MAX && i < LRA_MAX_IDS) ||
             err_fail(err, ERR_CFG_NUMBER, "LraPopWitness.bodyPartIDs");
        if (ok) {
            b->spec.lra.ids[b->spec.lra.n++] = (uint32_t)id;
        }
    }
    strv_release(&ids);
    return ok;
}

static bool load_controls(struct build *b, struct err *err)
{
    const struct cfg *cfg = b->cfg;
    bool ok = text_octets(cfg, CFG_SENDER_NONCE_ENABLE, CFG_SENDER_NONCE, &b->nonce, &b->spec.sender_nonce) &&
              text_octets(cfg, CFG_TRANSACTION_ENABLE, CFG_TRANSACTION_ID, &b->transaction, &b->spec.transaction_id) &&
              text_octets(cfg, CFG_DATA_RETURN_ENABLE, CFG_DATA_RETURN_DATA, &b->data, &b->spec.data_return);
    if (!ok) {
        return err_fail(err, ERR_CFG_TOO_LONG, NULL);
    }
    if (cfg_bool(cfg, CFG_GET_CERT_ENABLE) &&
        !issuer_and_serial(b, 0, CFG_GET_CERT_ISSUER, CFG_GET_CERT_SERIAL, &b->spec.get_cert, err)) {
        return false;
    }
    if (cfg_bool(cfg, CFG_CONFIRM_ENABLE) &&
        !issuer_and_serial(b, 1, CFG_CONFIRM_ISSUER, CFG_CONFIRM_SERIAL, &b->spec.confirm_cert, err)) {
        return false;
    }
    return !cfg_bool(cfg, CFG_LRA_POP_WITNESS_ENABLE) || load_lra(b, err);
}

/* ---- revocation and second trip ---- */

static bool load_passphrase(struct build *b, struct err *err)
{
    if (cfg_mode(b->cfg) != CFG_MODE_REVOKE_SECRET) {
        return true;
    }
    const char *issuer = NULL;
    if (!cfg_secret(b->cfg, CFG_REV_SHARED_SECRET, &b->passphrase) &&
        (!b->e->secrets || !secrets_get(b->e->secrets, "witness.sharedSecret", NULL, false, -1, &b->passphrase, err))) {
        return err_is_set(err) ? false : err_fail(err, ERR_CFG_REQUIRED, "revRequest.sharedSecret");
    }
    if (!b->passphrase.len) {
        return err_fail(err, ERR_CMC_SECRET_MISSING, NULL);
    }
    b->issuers[2] = (struct buf)BUF_INIT(65536);
    if (!cfg_require(b->cfg, CFG_REV_ISSUER, &issuer, err) || !dn_encode(issuer, &b->issuers[2], err)) {
        return err_context(err, _("A revocation by shared secret has to name the issuer (revRequest.issuer)."));
    }
    b->spec.revoke.issuer_der = buf_peek(&b->issuers[2]);
    b->spec.revoke.passphrase = &b->passphrase;
    return true;
}

static bool load_invalidity(struct build *b, struct err *err)
{
    const char *when = cfg_get(b->cfg, CFG_REV_INVALIDITY_TIME);
    if (!b->spec.revoke.has_invalidity || !when || b->e->dogtag) {
        return true;
    }
    return when_parse_day(when, &b->spec.revoke.invalidity) || err_fail(err, ERR_CFG_CHOICE, "revRequest.invalidityDate");
}

static bool load_revocation(struct build *b, struct err *err)
{
    const char *serial = NULL, *reason = NULL;
    b->spec.revoke.enable = true;
    b->serials[2] = (struct buf)BUF_INIT(256);
    if (!cfg_require(b->cfg, CFG_REV_SERIAL, &serial, err) || !serial_parse(serial, &b->serials[2], err) ||
        !cfg_require(b->cfg, CFG_REV_REASON, &reason, err)) {
        return false;
    }
    b->spec.revoke.serial = buf_peek(&b->serials[2]);
    if (!revoke_reason_by_name(reason, &b->spec.revoke.reason)) {
        char *shown = text_visible_str(reason);
        err_fail(err, ERR_CMC_NO_SUCH_REASON, "revRequest.reason=%s", shown);
        free(shown);
        return false;
    }
    b->spec.revoke.comment = cfg_get(b->cfg, CFG_REV_COMMENT);
    b->spec.revoke.has_invalidity = cfg_bool(b->cfg, CFG_REV_INVALIDITY_DATE);
    b->spec.revoke.invalidity = b->e->at ? b->e->at : when_now();
    return load_invalidity(b, err) && load_passphrase(b, err);
}

static bool load_second_trip(struct build *b, struct err *err)
{
    const char *name = NULL;
    if (!cfg_require(b->cfg, CFG_ENCRYPTED_POP_RESPONSE_FILE, &name, err)) {
        return false;
    }
    char *path = engine_path(b->e, name);
    b->first_answer = (struct buf)BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = file_read(path, &b->first_answer, err) && cmc_response_parse(buf_peek(&b->first_answer), &b->answer, err);
    free(path);
    if (!ok) {
        return err_context(err, _("The CA's first answer could not be used (encryptedPopResponseFile)."));
    }
    if (b->e->say_answer) {
        b->e->say_answer(b->e->say_ctx, &b->answer);
    }
    if (b->answer.outcome != CMC_POP_REQUIRED || !b->answer.encrypted_pop.len || !b->answer.has_response_info) {
        return err_fail(err, ERR_CMC_NO_CHALLENGE, NULL);
    }
    const char *oaep = cfg_get(b->cfg, CFG_OAEP);
    b->spec.decrypted_pop = (struct cmc_decrypted_pop_spec){
        .enable = true,
        .encrypted_pop = b->answer.encrypted_pop,
        .response_info = b->answer.response_info,
        .padding = !oaep                        ? POP_PADDING_AUTO
                   : cfg_bool(b->cfg, CFG_OAEP) ? POP_PADDING_OAEP
                                                : POP_PADDING_PKCS1,
    };
    return true;
}

/* ---- all together ---- */

static bool load_mode(struct build *b, struct err *err)
{
    switch (cfg_mode(b->cfg)) {
    case CFG_MODE_POP:
        return load_second_trip(b, err);
    case CFG_MODE_RESIGN:
        return load_resign(b, err);
    case CFG_MODE_REVOKE:
    case CFG_MODE_REVOKE_SECRET:
        return load_controls(b, err) && load_revocation(b, err);
    default:
        return load_controls(b, err) && load_inputs(b, err) && load_proofs(b, err);
    }
}

static bool write_output(struct build *b, struct err *err)
{
    bool second = cfg_mode(b->cfg) == CFG_MODE_POP;
    const char *name = NULL;
    if (b->e->no_output) {
        return true;
    }
    if (!cfg_require(b->cfg, second ? CFG_DECRYPTED_POP_REQUEST_FILE : CFG_OUTPUT, &name, err)) {
        return false;
    }
    char *path = engine_path(b->e, name);
    bool ok = file_write(path, buf_peek(&b->out->der), 0600, err);
    free(path);
    return ok || err_context(err, _("The request was made, but it could not be stored (output)."));
}

static bool keep_result(struct build *b, struct err *err)
{
    struct engine_request *out = b->out;
    bool ok = buf_append_bytes(&out->transaction_id, buf_peek(&b->result.transaction_id)) &&
              buf_append_bytes(&out->sender_nonce, buf_peek(&b->result.sender_nonce)) &&
              buf_append_bytes(&out->rebuilt, buf_peek(&b->result.rebuilt));
    out->spki = b->result.spki;
    out->n_spki = b->result.n_spki;
    b->result.spki = NULL;
    b->result.n_spki = 0;
    for (size_t i = 0; i < b->result.controls.n; i++) {
        say(b->e, "control", b->result.controls.v[i]);
    }
    return ok || err_fail(err, ERR_INTERNAL, NULL);
}

static void out_init(struct engine_request *out)
{
    *out = (struct engine_request){
        .der = BUF_INIT(BUF_MAX_MESSAGE),
        .transaction_id = BUF_INIT(BUF_MAX_TEXT),
        .sender_nonce = BUF_INIT(BUF_MAX_TEXT),
        .rebuilt = BUF_INIT(BUF_MAX_TEXT),
        .subjects = xcalloc(1, sizeof(struct strv)),
    };
    out->der.secret = true; /* a revocation by secret carries it */
}

bool engine_build(struct engine *e, const struct cfg *cfg, struct engine_request *out, struct err *err)
{
    out_init(out);
    struct build b = {.e = e, .cfg = cfg, .out = out, .spec = {.hash = e->sha1 ? HASH_SHA1 : HASH_SHA256}};
    b.spec.dogtag_nonce = e->dogtag;
    b.spec.no_identification_ok = e->dogtag;
    b.spec.requests_first = e->requests_first;
    bool ok = open_database(&b, err);
    b.spec.db = e->db;
    const char *nickname = NULL;
    ok = ok && choose_signer(&b, err) && check_format(cfg, err) && load_mode(&b, err) &&
         (!lacks_signer_late(&b) || cfg_require(cfg, CFG_NICKNAME, &nickname, err));
    if (ok && cfg_mode(cfg) == CFG_MODE_RESIGN) {
        ok = resign(&b, err) && write_output(&b, err);
    } else {
        ok = ok && cmc_request_build(&b.spec, &out->der, &b.result, err) && keep_result(&b, err) &&
             write_output(&b, err);
    }
    build_release(&b);
    if (!ok) {
        engine_request_release(out);
    }
    return ok;
}

void engine_request_release(struct engine_request *r)
{
    buf_release(&r->der);
    buf_release(&r->transaction_id);
    buf_release(&r->sender_nonce);
    buf_release(&r->rebuilt);
    cert_free(r->signer);
    cert_list_release(&r->chain);
    for (size_t i = 0; i < r->n_spki; i++) {
        buf_release(&r->spki[i]);
    }
    free(r->spki);
    if (r->subjects) {
        strv_release(r->subjects);
        free(r->subjects);
    }
    *r = (struct engine_request){0};
}
