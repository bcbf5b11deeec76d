/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The message before it exists: built like the real one, with a key that lives only for the moment, shown, and wiped. Nothing is kept
 * and nothing is sent; the message itself, which may carry a secret, is in memory only.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cfg/cfg.h"
#include "cmc/show.h"
#include "flow/run_internal.h"
#include "nss/certdb.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/pem.h"

#define PREVIEW_REQUEST "preview.csr"

/* Of the wanted kind; its size does not change the shape of the message, so the quick one is taken. */
static struct key *passing_key(struct run *run, struct err *err)
{
    bool ec = answer_is(run->session, "key.type", "ec");
    struct key_spec spec = {.type = ec ? KEY_EC : KEY_RSA, .bits = ec ? 0 : 2048, .curve = ec ? run_answer(run, "key.curve") : NULL,
                            .temporary = true, .extractable = answer_true(run->session, "archive")};
    return key_generate(run->engine.db, "internal", &spec, err);
}

static bool made_csr(struct run *run, struct key *key, struct buf *der, struct err *err)
{
    struct buf subject = BUF_INIT(BUF_MAX_TEXT);
    struct csr_spec spec = {.ski = true};
    struct strv parts = STRV_INIT;
    strv_split(&parts, run_answer(run, "san"), ',');
    for (size_t i = 0; i < parts.n; i++) {
        char *one = text_trim(parts.v[i]);
        if (*one) {
            strv_push(&spec.sans, one);
        }
    }
    char *name = run_subject(run);
    bool ok = dn_encode(name, &subject, err);
    free(name);
    spec.subject_der = buf_peek(&subject);
    ok = ok && csr_build(key, &spec, HASH_SHA256, der, err);
    strv_release(&parts);
    strv_release(&spec.sans);
    buf_release(&subject);
    return ok;
}

/* A user's own name is asked for; before the run nobody has looked it up. */
static void know_signer(struct run *run)
{
    struct err ignored = ERR_INIT;
    bool wanted = run_signer(run) == SIGNED_BY_USER && !session_fact(run->session, "signer.subject");
    struct cert *signer = wanted ? certdb_find(run->engine.db, run_agent_token(run), run_answer(run, "nickname"), &ignored) : NULL;
    char *subject = signer ? cert_subject(signer) : NULL;
    if (subject) {
        session_set_fact(run->session, "signer.subject", subject);
    }
    free(subject);
    cert_free(signer);
    err_release(&ignored);
}

static const char *request_file(bool crmf)
{
    return crmf ? FILE_CRMF : FILE_CSR;
}

/* The request that is there already, or one like it; *key is then the passing key that it is for. */
static bool write_request(struct run *run, bool crmf, struct key **key, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT);
    bool ok;
    if (session_has_file(run->session, request_file(crmf))) {
        ok = session_read_file(run->session, request_file(crmf), &text, err);
    } else {
        know_signer(run);
        *key = passing_key(run, err);
        ok = *key && (crmf ? run_build_crmf : made_csr)(run, *key, &der, err) &&
             (pem_encode(buf_peek(&der), "CERTIFICATE REQUEST", 64, false, &text) || err_fail(err, ERR_INTERNAL, NULL));
    }
    ok = ok && session_write_file(run->session, PREVIEW_REQUEST, buf_peek(&text), err);
    buf_release(&text);
    buf_release(&der);
    return ok;
}

static char *built_tree(struct run *run, bool crmf, struct err *err)
{
    struct cfg cfg;
    struct engine_request request;
    struct cmc_tree tree = {0};
    char *text = NULL;
    cfg_init(&cfg, CFG_REQUEST);
    char *path = session_file(run->session, FILE_REQUEST_CFG);
    run->engine.no_output = true;
    bool ok = run_write_cfgs(run, err) && cfg_read(&cfg, path, err) && cfg_set(&cfg, CFG_INPUT, PREVIEW_REQUEST, err) &&
              cfg_set(&cfg, CFG_FORMAT, crmf ? "crmf" : run_answer(run, "format"), err) &&
              engine_build(&run->engine, &cfg, &request, err);
    run->engine.no_output = false;
    if (ok) {
        text = cmc_show(buf_peek(&request.der), &tree, err) ? cmc_tree_print(&tree) : NULL;
        cmc_tree_release(&tree);
        engine_request_release(&request);
    }
    free(path);
    cfg_release(&cfg);
    return text;
}

static void wipe(struct run *run, const char *name)
{
    struct err ignored = ERR_INIT;
    char *path = session_file(run->session, name);
    bool gone = file_wipe(path, &ignored);
    (void)gone;
    err_release(&ignored);
    free(path);
}

/* A message that the new key signs needs no certificate, and its database may be one that the run makes. */
static bool open_what_it_needs(struct run *run, bool crmf, bool by_new_key, struct err *err)
{
    if (by_new_key && !session_has_file(run->session, request_file(crmf))) {
        return run_need_digests(run, err);
    }
    return by_new_key ? run_open_requester_db(run, err) : run_open_agent_db(run, err);
}

char *run_preview_tree(struct run *run, struct err *err)
{
    if (session_has_file(run->session, FILE_REQUEST)) {
        return run_message_tree(run);
    }
    bool crmf = run_has_step(run, "crmf"), by_new_key = run_signer(run) == SIGNED_BY_NEW_KEY && !run_revokes(run);
    if (!*run_answer(run, "nickname") && !by_new_key && !run_revokes(run)) {
        err_fail(err, ERR_FLOW_ANSWER_MISSING, "nickname");
        return NULL;
    }
    struct key *key = NULL;
    bool ok = open_what_it_needs(run, crmf, by_new_key, err) && (run_revokes(run) || write_request(run, crmf, &key, err));
    run->engine.passing_key = by_new_key ? key : NULL;
    char *text = ok ? built_tree(run, crmf, err) : NULL;
    run->engine.passing_key = NULL;
    key_free(key);
    wipe(run, PREVIEW_REQUEST);
    return text;
}
