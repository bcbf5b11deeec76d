/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent gives back: certificate files with an answer package, or a refusal with its reason. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "flow/desk.h"
#include "flow/run_internal.h"
#include "nss/pem.h"

void run_keep_request(struct run *run, const struct desk_request *r)
{
    struct session *s = run->session;
    session_set_fact(s, "subject", r->csr.subject);
    session_set_fact(s, "desk.digest", r->digest);
    session_set_fact(s, "desk.readout", r->readout);
    session_set_fact(s, "desk.id", r->is_package ? r->package.id : NULL);
}

static const char *output_dir(const struct run *run)
{
    const char *given = run_answer(run, "output");
    return *given ? given : run->session->dir;
}

/* An answer to a bare CSR names no enrollment. */
static bool write_back(struct run *run, struct package *p, struct err *err)
{
    const char *id = session_fact(run->session, "desk.id"), *subject = session_fact(run->session, "subject");
    p->subject = xstrdup(subject ? subject : "");
    p->id = xstrdup(id ? id : "");
    p->request = xstrdup(id ? session_fact(run->session, "desk.digest") : "");
    char *json = package_print(p), *digits = package_readout(p), *words = package_readout_words(p);
    char *path = path_join(output_dir(run), FILE_ANSWER_PACKAGE);
    bool ok = file_write(path, bytes_of_str(json), 0644, err);
    session_set_fact(run->session, "package.readout", digits);
    session_set_fact(run->session, "package.words", words);
    session_set_fact(run->session, "export.dir", output_dir(run));
    run_note(run, _("Written to %s."), output_dir(run));
    free(json);
    free(digits);
    free(words);
    free(path);
    return ok;
}

static bool write_answer_package(struct run *run, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE), text = BUF_INIT(BUF_MAX_MESSAGE), chain = BUF_INIT(BUF_MAX_TEXT);
    bool ok = session_read_file(run->session, FILE_RESPONSE, &der, err) &&
              session_read_file(run->session, FILE_CHAIN, &chain, err);
    ok = ok && (base64_encode(buf_peek(&der), 64, false, &text) || err_fail(err, ERR_INTERNAL, NULL));
    if (ok) {
        struct package p = {
            .kind = xstrdup(PACKAGE_ANSWER), .content = buf_take_str(&text), .chain = buf_take_str(&chain)};
        ok = write_back(run, &p, err);
        package_release(&p);
    }
    buf_release(&der);
    buf_release(&text);
    buf_release(&chain);
    return ok;
}

bool step_export_start(struct run *run, struct err *err)
{
    struct cert *leaf = NULL;
    struct cert_list pool = CERT_LIST_INIT;
    bool ok = run_need_nss(run, err) && run_read_cert(run, &leaf, &pool, err) &&
              dir_create(output_dir(run), 0700, err) && engine_write_certs(output_dir(run), leaf, &pool, err) &&
              write_answer_package(run, err);
    if (ok) {
        session_set_fact(run->session, "proof", "public-key");
    }
    cert_free(leaf);
    cert_list_release(&pool);
    return ok;
}

bool step_refuse_start(struct run *run, struct err *err)
{
    struct desk_request r;
    const char *reason = run_answer(run, "refusal.reason");
    if (!*reason) {
        return err_fail(err, ERR_FLOW_REASON_MISSING, NULL);
    }
    bool ok = run_need_digests(run, err) && dir_create(output_dir(run), 0700, err) &&
              desk_open(run_answer(run, "input"), &r, err);
    if (ok) {
        struct package p = {.kind = xstrdup(PACKAGE_REFUSAL), .reason = xstrdup(reason)};
        run_keep_request(run, &r);
        ok = write_back(run, &p, err);
        package_release(&p);
        desk_release(&r);
    }
    return ok;
}
