/* SPDX-License-Identifier: Apache-2.0 */
/* The two cfg files of an enrollment. Names in them are relative to the session folder. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "cfg/cfg.h"
#include "flow/run_internal.h"
#include "flow/serial.h"

/* Random text made once per message and kept, so that both our engine and Dogtag's tool put the same into it. */
static const char *fact_or_random(struct run *run, const char *name, bool digits)
{
    const char *known = session_fact(run->session, name);
    if (!known) {
        uint8_t random[16];
        bytes_random(random, sizeof random);
        char *text = bytes_hex(BYTES(random, sizeof random));
        for (char *c = text; digits && *c; c++) {
            *c = (char)('0' + (unsigned char)*c % 10);
        }
        if (digits && *text == '0') {
            *text = '1';
        }
        session_set_fact(run->session, name, text);
        free(text);
        known = session_fact(run->session, name);
    }
    return known;
}

static char *absolute_dbdir(const struct run *run)
{
    char *home = path_expand_home(run_agent_dbdir(run));
    char *absolute = path_absolute(home);
    free(home);
    return absolute;
}

struct line {
    enum cfg_key_id id;
    const char *value; /* NULL = leave out */
};

static bool set_lines(struct cfg *cfg, const struct line *lines, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (lines[i].value && !cfg_set(cfg, lines[i].id, lines[i].value, err)) {
            return false;
        }
    }
    return true;
}

/* Only with the box "for use with other tools" ticked; else the line is absent and Dogtag's tool stops before it signs. */
static bool set_password(struct run *run, struct cfg *cfg, struct err *err)
{
    struct secret password = SECRET_INIT;
    if (!answer_true(run->session, "tools.passwords")) {
        return true;
    }
    const char *name = run->engine.secret_name ? run->engine.secret_name : "password";
    bool ok = secrets_get(run->secrets, name, "internal", false, -1, &password, err) &&
              cfg_set_secret(cfg, CFG_PASSWORD, &password, err);
    secret_release(&password);
    return ok;
}

/* The same for the shared secret, which Dogtag's tool can take from nowhere else. */
static bool set_shared_secret(struct run *run, struct cfg *cfg, struct err *err)
{
    struct secret secret = SECRET_INIT;
    if (!answer_true(run->session, "tools.passwords")) {
        return true;
    }
    bool ok = secrets_get(run->secrets, "witness.sharedSecret", NULL, false, -1, &secret, err) &&
              cfg_set_secret(cfg, CFG_WITNESS_SHARED_SECRET, &secret, err);
    secret_release(&secret);
    return ok;
}

static bool write_one(struct run *run, struct cfg *cfg, const char *name, struct err *err)
{
    bool secret = answer_true(run->session, "tools.passwords");
    char *path = session_file(run->session, name);
    bool ok = set_password(run, cfg, err) &&
              cfg_write(cfg, path, CFG_WRITE_COMMENTS | (secret ? CFG_WRITE_SECRETS : 0), NULL, err);
    free(path);
    return ok;
}

/* The lines of a proof by shared secret. The request's own key signs: a nickname would be looked up for nothing. */
static bool set_secret_lines(struct run *run, struct cfg *cfg, struct err *err)
{
    const char *hash = run_answer(run, "identityProofV2.hashAlg"), *mac = run_answer(run, "identityProofV2.macAlg");
    bool link = answer_true(run->session, "popLinkWitnessV2.enable");
    const struct line lines[] = {
        {CFG_USE_SHARED_SECRET, "true"},
        {CFG_PRIV_KEY_ID, session_fact(run->session, "key.id")}, /* not there before the key is made */
        {CFG_IDENTIFICATION_ENABLE, "true"},
        {CFG_IDENTIFICATION, run_answer(run, "identification")},
        {CFG_IDENTITY_PROOF_V2_ENABLE, "true"},
        {CFG_IDENTITY_PROOF_V2_HASH, hash},
        {CFG_IDENTITY_PROOF_V2_MAC, mac},
        {CFG_POP_LINK_WITNESS_V2_ENABLE, link ? "true" : "false"},
        {CFG_POP_LINK_WITNESS_V2_KEY_GEN, link ? hash : NULL},
        {CFG_POP_LINK_WITNESS_V2_MAC, link ? mac : NULL},
    };
    return set_lines(cfg, lines, ARRAY_LEN(lines), err) && set_shared_secret(run, cfg, err);
}

/* Old tools of Dogtag take no hex. Before the certificate was looked up: what was typed. */
static char *decimal_serial(const struct run *run)
{
    const char *known = session_fact(run->session, "target.serial");
    struct buf number = BUF_INIT(256);
    struct err ignored = ERR_INIT;
    char *text = serial_parse(known ? known : run_answer(run, "revRequest.serial"), &number, &ignored) ? serial_decimal(buf_peek(&number))
                                                                                                     : xstrdup("");
    err_release(&ignored);
    buf_release(&number);
    return text;
}

/* A revocation: one control, no request. The secret stays out of the file, the issuer says that it comes from elsewhere. */
static bool write_revoke_cfg(struct run *run, const char *dbdir, struct err *err)
{
    struct cfg cfg;
    bool by_secret = run_signer(run) == SIGNED_BY_NEW_KEY;
    const char *day = run_answer(run, "revRequest.invalidityDate"), *comment = run_answer(run, "revRequest.comment");
    char *serial = decimal_serial(run);
    cfg_init(&cfg, CFG_REQUEST);
    const struct line lines[] = {
        {CFG_NUM_REQUESTS, "1"}, /* not used, but Dogtag's tool wants it */
        {CFG_FORMAT, "pkcs10"},
        {CFG_OUTPUT, FILE_REQUEST},
        {CFG_DBDIR, dbdir},
        {CFG_TOKENNAME, run_agent_token(run)},
        {CFG_NICKNAME, by_secret ? NULL : run_answer(run, "nickname")},
        {CFG_REV_ENABLE, "true"},
        {CFG_REV_SERIAL, serial},
        {CFG_REV_REASON, run_answer(run, "revRequest.reason")},
        {CFG_REV_ISSUER, by_secret ? session_fact(run->session, "target.issuer") : NULL},
        {CFG_REV_COMMENT, *comment ? comment : NULL},
        {CFG_REV_INVALIDITY_DATE, *day ? "true" : "false"},
        {CFG_REV_INVALIDITY_TIME, *day ? day : NULL},
        {CFG_SENDER_NONCE_ENABLE, "true"},
        {CFG_SENDER_NONCE, fact_or_random(run, "nonce", false)},
    };
    bool ok = set_lines(&cfg, lines, ARRAY_LEN(lines), err) && write_one(run, &cfg, FILE_REQUEST_CFG, err);
    free(serial);
    cfg_release(&cfg);
    return ok;
}

static bool write_request_cfg(struct run *run, const char *dbdir, struct err *err)
{
    struct cfg cfg;
    bool by_secret = run_signer(run) == SIGNED_BY_NEW_KEY;
    bool controls = by_secret || !run_over_est(run);
    cfg_init(&cfg, CFG_REQUEST);
    const struct line lines[] = {
        {CFG_NUM_REQUESTS, "1"},
        {CFG_FORMAT, session_has_file(run->session, FILE_CRMF) ? "crmf" : run_answer(run, "format")},
        {CFG_INPUT, session_has_file(run->session, FILE_CRMF) ? FILE_CRMF : FILE_CSR},
        {CFG_OUTPUT, FILE_REQUEST},
        {CFG_DBDIR, dbdir},
        {CFG_TOKENNAME, run_agent_token(run)},
        {CFG_NICKNAME, by_secret ? NULL : run_answer(run, "nickname")},
        {CFG_SENDER_NONCE_ENABLE, controls ? "true" : "false"},
        {CFG_SENDER_NONCE, controls ? fact_or_random(run, "nonce", false) : NULL},
        {CFG_TRANSACTION_ENABLE, controls ? "true" : "false"},
        {CFG_TRANSACTION_ID, controls ? fact_or_random(run, "transaction", true) : NULL},
    };
    bool ok = set_lines(&cfg, lines, ARRAY_LEN(lines), err) && (!by_secret || set_secret_lines(run, &cfg, err)) &&
              write_one(run, &cfg, FILE_REQUEST_CFG, err);
    cfg_release(&cfg);
    return ok;
}

/* The second trip: same signer, and the key that has to open the challenge. */
static bool write_proof_cfg(struct run *run, const char *dbdir, struct err *err)
{
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    const struct line lines[] = {
        {CFG_FORMAT, "crmf"},
        {CFG_DBDIR, dbdir},
        {CFG_TOKENNAME, run_agent_token(run)},
        {CFG_NICKNAME, run_answer(run, "nickname")},
        {CFG_PRIV_KEY_ID, session_fact(run->session, "key.id")},
        {CFG_DECRYPTED_POP_ENABLE, "true"},
        {CFG_ENCRYPTED_POP_RESPONSE_FILE, FILE_RESPONSE},
        {CFG_DECRYPTED_POP_REQUEST_FILE, FILE_REQUEST_2},
        {CFG_OAEP, run_challenge_oaep(run)},
    };
    bool ok = set_lines(&cfg, lines, ARRAY_LEN(lines), err) && write_one(run, &cfg, FILE_REQUEST_CFG_2, err);
    cfg_release(&cfg);
    return ok;
}

static bool write_submit_cfg(struct run *run, const char *dbdir, struct err *err)
{
    struct run_net net;
    if (!run_net_init(run, &net, err)) {
        return false;
    }
    struct cfg cfg;
    bool by_secret = run_signer(run) == SIGNED_BY_NEW_KEY; /* no certificate yet: none for the connection either */
    cfg_init(&cfg, CFG_HTTP);
    char *servlet = run_servlet(run), *port = xasprintf("%d", net.url.port);
    const struct line lines[] = {
        {CFG_HOST, net.url.host},
        {CFG_PORT, port},
        {CFG_SECURE, net.url.tls ? "true" : "false"},
        {CFG_SERVLET, servlet},
        {CFG_INPUT, run_trip(run)->request},
        {CFG_OUTPUT, run_trip(run)->response},
        {CFG_DBDIR, dbdir},
        {CFG_TOKENNAME, run_agent_token(run)},
        {CFG_CLIENTMODE, by_secret ? "false" : "true"},
        {CFG_NICKNAME, by_secret ? NULL : run_answer(run, "nickname")},
    };
    bool ok = set_lines(&cfg, lines, ARRAY_LEN(lines), err) && write_one(run, &cfg, run_trip(run)->submit_cfg, err);
    free(servlet);
    free(port);
    cfg_release(&cfg);
    run_net_release(&net);
    return ok;
}

bool run_write_cfgs(struct run *run, struct err *err)
{
    char *dbdir = absolute_dbdir(run);
    bool ok = (run_is_second_trip(run) ? write_proof_cfg : run_revokes(run) ? write_revoke_cfg : write_request_cfg)(run, dbdir, err) &&
              write_submit_cfg(run, dbdir, err) && session_save(run->session, err);
    free(dbdir);
    return ok;
}
