/* SPDX-License-Identifier: Apache-2.0 */
/* The request leaves in a package; the step is over when the agent's answer lies in the session folder. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "flow/package.h"
#include "flow/run_internal.h"
#include "nss/pem.h"

static bool write_package(struct run *run, struct err *err)
{
    struct buf csr = BUF_INIT(BUF_MAX_TEXT);
    if (!session_read_file(run->session, FILE_CSR, &csr, err)) {
        buf_release(&csr);
        return false;
    }
    char *profile = run_profile(run);
    struct package p = {.kind = xstrdup("request"), .id = xstrdup(run->session->id), .purpose = xstrdup(run_answer(run, "purpose")),
                        .profile = profile, .subject = xstrdup(run_answer(run, "subject")), .content = buf_take_str(&csr)};
    char *text = package_print(&p), *digits = package_readout(&p);
    bool ok = session_write_file(run->session, FILE_PACKAGE, bytes_of_str(text), err);
    session_set_fact(run->session, "package.readout", digits);
    free(text);
    free(digits);
    package_release(&p);
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
              run_chain_is_confirmed(run, &chain, err) && run_keep_chain(run, &chain, err);
    cert_list_release(&chain);
    return ok;
}

/* The answer package is a CMC answer (judged like one from the wire) with the chain that the agent saw. */
static bool unpack_answer(struct run *run, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE), der = BUF_INIT(BUF_MAX_MESSAGE);
    struct package p = {0};
    bool ok = session_read_file(run->session, FILE_ANSWER_PACKAGE, &text, err) && package_parse(buf_peek(&text), &p, err);
    ok = ok && (strcmp(p.kind, "answer") == 0 || err_fail(err, ERR_FLOW_PACKAGE_BAD, NULL));
    ok = ok && pem_decode(bytes_of_str(p.content), &der, NULL, err) && (!*p.chain || take_chain(run, &p, err));
    ok = ok && session_write_file(run->session, FILE_RESPONSE, buf_peek(&der), err);
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
    err_context(err, _("Digits to compare on the phone: %s"), session_fact(run->session, "package.readout"));
    free(path);
    return WORK_WAITING;
}
