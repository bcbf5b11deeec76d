/* SPDX-License-Identifier: Apache-2.0 */
/* The request leaves in a package; the step is over when the agent's answer lies in the session folder. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "flow/package.h"
#include "flow/run_internal.h"
#include "nss/csr.h"
#include "nss/pem.h"

/* What both sides show, and what an answer has to name. */
static void keep_digests(struct session *session, const struct package *p)
{
    char *digits = package_readout(p), *words = package_readout_words(p), *digest = package_digest_hex(p);
    session_set_fact(session, "package.readout", digits);
    session_set_fact(session, "package.words", words);
    session_set_fact(session, "package.digest", digest);
    session_set_fact(session, "answer.readout", NULL); /* of an answer to what was handed over before */
    session_set_fact(session, "answer.words", NULL);
    free(digits);
    free(words);
    free(digest);
}

static bool write_package(struct run *run, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct csr csr;
    bool ok = run_need_digests(run, err) && session_read_file(run->session, FILE_CSR, &text, err) &&
              csr_parse(buf_peek(&text), &csr, err);
    if (ok) {
        struct package p = {.kind = xstrdup(PACKAGE_REQUEST),
                            .id = xstrdup(run->session->id),
                            .purpose = xstrdup(run_answer(run, "purpose")),
                            .profile = run_profile(run),
                            .subject = xstrdup(csr.subject),
                            .note = text_safe(run_answer(run, "handover.note")),
                            .content = buf_take_str(&text)};
        char *json = package_print(&p);
        ok = session_write_file(run->session, FILE_PACKAGE, bytes_of_str(json), err);
        keep_digests(run->session, &p);
        free(json);
        package_release(&p);
        csr_release(&csr);
    }
    buf_release(&text);
    return ok;
}

bool step_package_start(struct run *run, struct err *err)
{
    return session_has_file(run->session, FILE_RESPONSE) || session_has_file(run->session, FILE_CERT) ||
           session_has_file(run->session, FILE_ANSWER_PACKAGE) || write_package(run, err);
}

/* A file can claim any chain: somebody has to vouch for it, as for a server's. */
static bool take_chain(struct run *run, const struct package *p, struct err *err)
{
    struct cert_list chain = CERT_LIST_INIT;
    bool ok = run_open_requester_db(run, err) && pem_decode_all(bytes_of_str(p->chain), &chain, err) &&
              run_chain_is_confirmed(run, &chain, NULL, err) && run_keep_chain(run, &chain, err);
    cert_list_release(&chain);
    return ok;
}

/* The request stays as it is: it can be edited and handed over again, with the same key. */
static bool take_refusal(struct run *run, const struct package *p, struct err *err)
{
    char *path = session_file(run->session, FILE_ANSWER_PACKAGE), *kept = session_file(run->session, FILE_REFUSAL);
    bool ok = rename(path, kept) == 0 || err_fail_errno(err, ERR_FILE_WRITE, "%s", kept);
    free(path);
    free(kept);
    session_set_fact(run->session, "refusal.reason", p->reason);
    return ok && err_fail(err, ERR_FLOW_PACKAGE_REFUSED, _("The agent writes: %s"), p->reason);
}

/* The answer package is a CMC answer (judged like one from the wire) with the chain that the agent saw. */
static bool unpack_answer(struct run *run, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE), der = BUF_INIT(BUF_MAX_MESSAGE);
    struct package p = {0};
    bool ok = run_need_digests(run, err) && session_read_file(run->session, FILE_ANSWER_PACKAGE, &text, err) &&
              package_parse(buf_peek(&text), &p, err) &&
              package_belongs(&p, run->session->id, session_fact(run->session, "package.digest"), err);
    if (ok) {
        char *digits = package_readout(&p), *words = package_readout_words(&p);
        session_set_fact(run->session, "answer.readout", digits);
        session_set_fact(run->session, "answer.words", words);
        free(digits);
        free(words);
    }
    if (ok && strcmp(p.kind, PACKAGE_REFUSAL) == 0) {
        ok = take_refusal(run, &p, err);
    } else {
        ok = ok && pem_decode(bytes_of_str(p.content), &der, NULL, err) && (!*p.chain || take_chain(run, &p, err)) &&
             session_write_file(run->session, FILE_RESPONSE, buf_peek(&der), err);
    }
    package_release(&p);
    buf_release(&text);
    buf_release(&der);
    return ok;
}

enum step_progress step_package_poll(struct run *run, int wait_ms, struct err *err)
{
    (void)wait_ms;
    if (session_has_file(run->session, FILE_ANSWER_PACKAGE)) {
        return unpack_answer(run, err) ? WORK_DONE : WORK_FAILED;
    }
    if (session_has_file(run->session, FILE_RESPONSE) || session_has_file(run->session, FILE_CERT)) {
        return WORK_DONE;
    }
    char *path = session_file(run->session, FILE_PACKAGE);
    err_fail(err, ERR_FLOW_WAITING, _("Give this file to the CA agent: %s"), path);
    const char *digits = session_fact(run->session, "package.readout"),
               *words = session_fact(run->session, "package.words");
    err_context(err, _("Digits to compare on the phone: %s"), digits ? digits : "");
    err_context(err, _("The same as English words: %s"), words ? words : "");
    free(path);
    return WORK_WAITING;
}
