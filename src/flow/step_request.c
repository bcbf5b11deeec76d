/* SPDX-License-Identifier: Apache-2.0 */
/* The two cfg files, and the message made from the first of them. Names in them are relative to the session folder. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "cfg/cfg.h"
#include "flow/run_internal.h"
#include "nss/hash.h"

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

static bool write_one(struct run *run, struct cfg *cfg, const char *name, struct err *err)
{
    bool secret = answer_true(run->session, "tools.passwords");
    char *path = session_file(run->session, name);
    bool ok = set_password(run, cfg, err) &&
              cfg_write(cfg, path, CFG_WRITE_COMMENTS | (secret ? CFG_WRITE_SECRETS : 0), NULL, err);
    free(path);
    return ok;
}

static bool write_request_cfg(struct run *run, const char *dbdir, struct err *err)
{
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    const struct line lines[] = {
        {CFG_NUM_REQUESTS, "1"},
        {CFG_FORMAT, run_answer(run, "format")},
        {CFG_INPUT, FILE_CSR},
        {CFG_OUTPUT, FILE_REQUEST},
        {CFG_DBDIR, dbdir},
        {CFG_TOKENNAME, run_agent_token(run)},
        {CFG_NICKNAME, run_answer(run, "nickname")},
        {CFG_SENDER_NONCE_ENABLE, "true"},
        {CFG_SENDER_NONCE, fact_or_random(run, "nonce", false)},
        {CFG_TRANSACTION_ENABLE, "true"},
        {CFG_TRANSACTION_ID, fact_or_random(run, "transaction", true)},
    };
    bool ok = set_lines(&cfg, lines, ARRAY_LEN(lines), err) && write_one(run, &cfg, FILE_REQUEST_CFG, err);
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
    cfg_init(&cfg, CFG_HTTP);
    char *servlet = run_servlet(run), *port = xasprintf("%d", net.url.port);
    const struct line lines[] = {
        {CFG_HOST, net.url.host},
        {CFG_PORT, port},
        {CFG_SECURE, net.url.tls ? "true" : "false"},
        {CFG_SERVLET, servlet},
        {CFG_INPUT, FILE_REQUEST},
        {CFG_OUTPUT, FILE_RESPONSE},
        {CFG_DBDIR, dbdir},
        {CFG_TOKENNAME, run_agent_token(run)},
        {CFG_CLIENTMODE, "true"},
        {CFG_NICKNAME, run_answer(run, "nickname")},
    };
    bool ok = set_lines(&cfg, lines, ARRAY_LEN(lines), err) && write_one(run, &cfg, FILE_SUBMIT_CFG, err);
    free(servlet);
    free(port);
    cfg_release(&cfg);
    run_net_release(&net);
    return ok;
}

bool run_write_cfgs(struct run *run, struct err *err)
{
    char *dbdir = absolute_dbdir(run);
    bool ok = write_request_cfg(run, dbdir, err) && write_submit_cfg(run, dbdir, err) && session_save(run->session, err);
    free(dbdir);
    return ok;
}

bool step_cfgs_start(struct run *run, struct err *err)
{
    run_note(run, "%s, %s", FILE_REQUEST_CFG, FILE_SUBMIT_CFG);
    return run_write_cfgs(run, err);
}

static void keep_hex(struct run *run, const char *fact, struct bytes octets)
{
    char *hex = octets.len ? bytes_hex(octets) : NULL;
    session_set_fact(run->session, fact, hex);
    free(hex);
}

/* What the answer has to repeat stands in the session, so that an answer that comes days later can be judged. */
bool step_request_start(struct run *run, struct err *err)
{
    struct cfg cfg;
    struct engine_request request;
    cfg_init(&cfg, CFG_REQUEST);
    char *path = session_file(run->session, FILE_REQUEST_CFG);
    bool ok = run_open_agent_db(run, err) && cfg_read(&cfg, path, err) && engine_build(&run->engine, &cfg, &request, err);
    if (ok) {
        keep_hex(run, "sent.nonce", buf_peek(&request.sender_nonce));
        keep_hex(run, "sent.transaction", buf_peek(&request.transaction_id));
        if (request.signer) {
            char *subject = cert_subject(request.signer);
            session_set_fact(run->session, "signer", subject);
            run_note(run, _("Signed by %s."), subject);
            free(subject);
        }
        engine_request_release(&request);
    }
    free(path);
    cfg_release(&cfg);
    return ok;
}
