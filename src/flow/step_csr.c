/* SPDX-License-Identifier: Apache-2.0 */
/* The request: made with the session's key, or taken from the file or package that somebody else made. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "flow/desk.h"
#include "flow/run_internal.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/pem.h"

static bool store_csr(struct run *run, struct bytes der, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = pem_encode(der, "CERTIFICATE REQUEST", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && session_write_file(run->session, FILE_CSR, buf_peek(&pem), err);
    buf_release(&pem);
    return ok;
}

static bool take_given(struct run *run, struct err *err)
{
    struct desk_request r;
    bool ok = run_need_nss(run, err) && desk_open(run_answer(run, "input"), &r, err);
    if (ok) {
        ok = csr_verify(&r.csr, err) && store_csr(run, buf_peek(&r.csr.der), err);
        run_keep_request(run, &r);
        run_note(run, _("%s, %s"), r.csr.subject, r.csr.key_text);
        desk_release(&r);
    }
    return ok;
}

static struct key *session_key(struct run *run, struct err *err)
{
    struct buf id = BUF_INIT(256);
    const char *text = session_fact(run->session, "key.id");
    struct key *key = NULL;
    if (!text) {
        err_fail(err, ERR_FLOW_STEP_ORDER, NULL);
    } else if (run_open_requester_db(run, err) && key_id_parse(text, &id, err)) {
        key = key_find(run->engine.db, run_answer(run, "tokenname"), buf_peek(&id), err);
    }
    buf_release(&id);
    return key;
}

static void split_sans(const char *text, struct strv *out)
{
    struct strv parts = STRV_INIT;
    strv_split(&parts, text, ',');
    for (size_t i = 0; i < parts.n; i++) {
        char *one = text_trim(parts.v[i]);
        if (*one) {
            strv_push(out, one);
        }
    }
    strv_release(&parts);
}

/* A subject in the CSR is asked for even where the CA replaces it: Dogtag's own tools demand one. */
static bool make(struct run *run, struct key *key, struct err *err)
{
    struct buf subject = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT);
    struct csr_spec spec = {.ski = true};
    split_sans(run_answer(run, "san"), &spec.sans);
    char *text = run_subject(run);
    bool ok = (*text || err_fail(err, ERR_FLOW_ANSWER_MISSING, "subject")) && dn_encode(text, &subject, err);
    spec.subject_der = buf_peek(&subject);
    ok = ok && csr_build(key, &spec, HASH_SHA256, &der, err) && store_csr(run, buf_peek(&der), err);
    if (ok) {
        session_set_fact(run->session, "subject", text);
    }
    free(text);
    strv_release(&spec.sans);
    buf_release(&subject);
    buf_release(&der);
    return ok;
}

bool step_csr_start(struct run *run, struct err *err)
{
    if (*run_answer(run, "input")) {
        return take_given(run, err);
    }
    struct key *key = session_key(run, err);
    bool ok = key && make(run, key, err);
    key_free(key);
    return ok;
}
