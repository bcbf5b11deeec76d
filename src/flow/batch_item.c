/* SPDX-License-Identifier: Apache-2.0 */
/* One request of a batch: from its file to a signed message, and from the answer to a certificate file. */
#include "config.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "cmc/crmf.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "cmc/trust.h"
#include "flow/batch_internal.h"
#include "net/carest.h"
#include "net/submit.h"
#include "nss/chain.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "nss/hash.h"
#include "nss/pem.h"

/* A CA's clock may be behind ours. */
#define CLOCK_SLACK (60 * 60)

void batch_item_free(struct batch_item *item)
{
    free(item->output);
    free(item->subject);
    free(item->serial);
    buf_release(&item->der);
    buf_release(&item->message);
    buf_release(&item->spki);
    buf_release(&item->subject_der);
    buf_release(&item->transaction_id);
    buf_release(&item->sender_nonce);
    err_release(&item->err);
    free(item);
}

/* ---- the request ---- */

static bool take(struct batch_item *item, struct bytes der, struct bytes spki, struct bytes subject_der,
                 struct err *err)
{
    return (buf_append_bytes(&item->der, der) && buf_append_bytes(&item->spki, spki) &&
            buf_append_bytes(&item->subject_der, subject_der)) ||
           err_fail(err, ERR_FILE_TOO_BIG, NULL);
}

static bool take_crmf(struct batch_item *item, struct bytes text, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct crmf_msg msg;
    bool ok = pem_decode(text, &der, NULL, err) && crmf_parse(buf_peek(&der), &msg, NULL, err);
    if (ok) {
        item->kind = REQUEST_CRM;
        item->subject = xstrdup(msg.subject);
        ok = (msg.pop != CRMF_POP_SIGNATURE || crmf_verify_pop(&msg, err)) &&
             take(item, buf_peek(&der), msg.spki, msg.subject_der, err);
        crmf_release(&msg);
    }
    buf_release(&der);
    return ok;
}

static bool take_csr(struct batch_item *item, struct bytes text, struct err *err)
{
    struct csr csr;
    struct err why = ERR_INIT;
    item->kind = REQUEST_TCR;
    if (!csr_parse(text, &csr, &why)) {
        if (why.code != ERR_NSS_CSR_IS_CRMF) {
            err_move(err, &why);
            return false;
        }
        err_release(&why);
        return take_crmf(item, text, err);
    }
    item->subject = xstrdup(csr.subject);
    bool ok =
        (csr.signature_ok || csr_verify(&csr, err)) && take(item, buf_peek(&csr.der), csr.spki, csr.subject_der, err);
    csr_release(&csr);
    return ok;
}

static bool name_key(struct batch_item *item, struct err *err)
{
    struct buf hash = BUF_INIT(64);
    bool ok = hash_compute(HASH_SHA256, buf_peek(&item->spki), &hash, err);
    if (ok) {
        char *hex = bytes_hex(buf_peek(&hash));
        snprintf(item->key, sizeof item->key, "%s", hex);
        free(hex);
    }
    buf_release(&hash);
    return ok;
}

static bool load(struct batch_item *item, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    buf_init(&item->der, BUF_MAX_TEXT);
    buf_init(&item->spki, BUF_MAX_TEXT);
    buf_init(&item->subject_der, BUF_MAX_TEXT);
    bool ok = file_read(item->name, &text, err) && take_csr(item, buf_peek(&text), err) && name_key(item, err);
    buf_release(&text);
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* OUT/NAME.pem: the request's name without its ending. */
static bool name_output(struct batch *b, struct batch_item *item, struct err *err)
{
    const char *base = path_base(item->name), *dot = strrchr(base, '.');
    char *stem = dot && dot != base ? xstrndup(base, (size_t)(dot - base)) : xstrdup(base);
    char *file = xasprintf("%s.pem", stem);
    item->output = path_join(b->options->out_dir, file);
    free(file);
    free(stem);
    if (tfind(item->output, &b->outputs, compare_names)) {
        return err_fail(err, ERR_FLOW_BATCH_TAKEN, "%s", item->output);
    }
    if (!tsearch(xstrdup(item->output), &b->outputs, compare_names)) {
        mem_exhausted();
    }
    return true;
}

/* ---- the certificate ---- */

static void keep_facts(struct batch_item *item, const struct cert *cert)
{
    free(item->subject);
    free(item->serial);
    item->subject = cert_subject(cert);
    item->serial = cert_serial_text(cert);
    item->not_after = cert_not_after(cert);
}

/* A certificate for this key that an earlier run stored. */
static bool is_kept(struct batch *b, struct batch_item *item, bool *kept, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    struct cert_list certs = CERT_LIST_INIT;
    *kept = false;
    if (!file_exists(item->output)) {
        return true;
    }
    bool ok = file_read(item->output, &pem, err);
    if (ok) {
        const struct cert *cert =
            pem_decode_all(buf_peek(&pem), &certs, NULL) ? cert_list_find_spki(&certs, buf_peek(&item->spki)) : NULL;
        ok = cert || err_fail(err, ERR_FLOW_BATCH_TAKEN, "%s", item->output);
        *kept = ok;
        if (ok) {
            keep_facts(item, cert);
            ok = batch_journal_settled(&b->journal, item->key, item->name, true, err);
        }
    }
    cert_list_release(&certs);
    buf_release(&pem);
    return ok;
}

static bool store(struct batch *b, struct batch_item *item, const struct cert *leaf, const struct cert_list *pool,
                  struct err *err)
{
    struct cert_list chain = CERT_LIST_INIT;
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = !b->options->with_chain || chain_order(leaf, pool, &chain, err);
    ok = ok && (pem_encode(cert_der(leaf), "CERTIFICATE", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL));
    for (size_t i = 1; ok && i < chain.n; i++) {
        ok = pem_encode(cert_der(chain.v[i]), "CERTIFICATE", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL);
    }
    ok = ok && file_write(item->output, buf_peek(&pem), 0644, err) &&
         batch_journal_settled(&b->journal, item->key, item->name, true, err);
    if (ok) {
        keep_facts(item, leaf);
    }
    buf_release(&pem);
    cert_list_release(&chain);
    return ok;
}

/* ---- a request that an earlier run sent ---- */

static bool search(struct batch *b, struct batch_item *item, struct cert **found, struct err *err)
{
    if (!b->rest) {
        struct net_options net = b->net;
        net.login = NULL; /* the search is open to everybody */
        b->rest = carest_open(&net, b->e->db, NULL, &b->to.url, err);
    }
    if (!b->rest) {
        return false;
    }
    char *cn = dn_value(buf_peek(&item->subject_der), "CN"), *uid = dn_value(buf_peek(&item->subject_der), "UID");
    int64_t since = batch_journal_since(&b->journal, item->key) - CLOCK_SLACK; /* an older one is of another request */
    bool ok = carest_find_spki(b->rest, cn, cn ? NULL : uid, since, buf_peek(&item->spki), found, err);
    free(cn);
    free(uid);
    return ok;
}

/* No answer of success brought it: chain and key decide. came: what came along with it. */
static bool store_found(struct batch *b, struct batch_item *item, struct cert *cert, const struct cert_list *came,
                        struct err *err)
{
    const struct cert_list *known = b->anchors.n ? &b->anchors : &b->signer_chain;
    struct cert_list pool = CERT_LIST_INIT;
    int64_t now = b->e->at ? b->e->at : when_now();
    for (size_t i = 0; i < known->n; i++) {
        cert_list_push(&pool, known->v[i]);
    }
    for (size_t i = 0; i < came->n; i++) {
        cert_list_push(&pool, came->v[i]);
    }
    bool ok = b->anchors.n ? chain_verify_to(cert, &pool, &b->anchors, now, err)
                           : chain_verify(b->e->db, cert, &pool, now, err);
    ok = ok && store(b, item, cert, &pool, err);
    cert_list_release(&pool);
    return ok;
}

/* True when it may be sent; else the state is final. */
static bool settle_doubt(struct batch *b, struct batch_item *item)
{
    struct cert *found = NULL;
    if (!batch_journal_doubts(&b->journal, item->key)) {
        return true;
    }
    struct err why = ERR_INIT;
    bool asked = search(b, item, &found, &why);
    err_release(&why);
    if (found) {
        item->state =
            store_found(b, item, found, &(struct cert_list)CERT_LIST_INIT, &item->err) ? BATCH_FOUND : BATCH_DOUBT;
        cert_free(found);
        return false;
    }
    if (b->options->resend) {
        return true;
    }
    item->state = BATCH_DOUBT;
    err_fail(&item->err, ERR_FLOW_RESEND_ASK, "%s",
             asked ? _("The CA knows no certificate for this key yet.") : _("The CA could not be asked."));
    err_context(&item->err, "%s", _("cmc batch --resend sends it again."));
    return false;
}

/* ---- message ---- */

static bool build(struct batch *b, struct batch_item *item, struct err *err)
{
    const bool controls = b->service == NET_CMC_FULL; /* over EST the CA would want a proof with them */
    const struct cmc_request_input input = {item->kind, buf_peek(&item->der)};
    const struct cmc_request_spec spec = {.db = b->e->db,
                                          .inputs = &input,
                                          .n_inputs = 1,
                                          .signer_kind = CMC_SIGNER_CERT,
                                          .signer_key = b->signer_key,
                                          .signer_cert = b->signer,
                                          .signer_chain = &b->signer_chain,
                                          .hash = HASH_SHA256,
                                          .sender_nonce = {.enable = controls},
                                          .transaction_id = {.enable = controls}};
    struct cmc_request_result result = {0};
    buf_init(&item->message, BUF_MAX_MESSAGE);
    buf_init(&item->transaction_id, BUF_MAX_TEXT);
    buf_init(&item->sender_nonce, BUF_MAX_TEXT);
    if (net_service_is_simple(b->service)) {
        return (item->kind == REQUEST_TCR || err_fail(err, ERR_NSS_CSR_IS_CRMF, NULL)) &&
               (buf_append_bytes(&item->message, buf_peek(&item->der)) || err_fail(err, ERR_INTERNAL, NULL));
    }
    bool ok = cmc_request_build(&spec, &item->message, &result, err) &&
              ((buf_append_bytes(&item->transaction_id, buf_peek(&result.transaction_id)) &&
                buf_append_bytes(&item->sender_nonce, buf_peek(&result.sender_nonce))) ||
               err_fail(err, ERR_INTERNAL, NULL));
    cmc_request_result_release(&result);
    return ok;
}

void batch_item_prepare(struct batch *b, struct batch_item *item)
{
    bool kept = false;
    item->state = BATCH_FAILED;
    if (!load(item, &item->err) || !name_output(b, item, &item->err)) {
        return;
    }
    if (!batch_journal_first(&b->journal, item->key)) {
        err_fail(&item->err, ERR_FLOW_BATCH_SAME_KEY, NULL);
        return;
    }
    if (!is_kept(b, item, &kept, &item->err)) {
        return;
    }
    if (kept) {
        item->state = BATCH_KEPT;
        return;
    }
    if (settle_doubt(b, item) && build(b, item, &item->err)) {
        item->state = BATCH_STATES;
    }
}

bool batch_item_again(struct batch *b, struct batch_item *item)
{
    err_release(&item->err);
    item->err = (struct err)ERR_INIT;
    return item->sent == 0 || settle_doubt(b, item);
}

/* ---- the answer ---- */

static bool judge(struct batch *b, struct batch_item *item, const struct http_answer *answer, struct cmc_response *r,
                  struct cert_list *issued, struct err *err)
{
    const struct bytes spki = buf_peek(&item->spki);
    const struct cert_list *chain = &answer->server_chain;
    const struct cmc_expect expect = {.spki = &spki,
                                      .n_spki = 1,
                                      .sender_nonce = buf_peek(&item->sender_nonce),
                                      .transaction_id = buf_peek(&item->transaction_id),
                                      .anchors = b->anchors.n ? &b->anchors : NULL,
                                      .db = b->anchors.n ? NULL : b->e->db,
                                      .at = b->e->at ? b->e->at : when_now(),
                                      .tls_server = chain->n ? chain->v[0] : NULL};
    return cmc_response_trust(r, &expect, issued, err);
}

/* No certificate comes from what was sent: it may be sent again. */
static void settle(struct batch *b, struct batch_item *item)
{
    struct err why = ERR_INIT;
    if (!batch_journal_settled(&b->journal, item->key, item->name, false, &why)) {
        err_context(&item->err, "%s", err_what(why.code));
    }
    err_release(&why);
}

/* The CA waits for nobody: it has taken nothing, or no certificate comes without a message of another kind. A request
 * that was put aside comes as an error from Dogtag. */
static bool is_end(const struct cmc_response *r, const struct err *said)
{
    switch (r->outcome) {
    case CMC_FAILED: return said->code != ERR_CA_DEFERRED;
    case CMC_POP_REQUIRED:
    case CMC_NO_SUPPORT: return true;
    case CMC_SUCCESS:
    case CMC_PENDING:
    case CMC_CONFIRM_REQUIRED:
    case CMC_PARTIAL:
    case CMC_NO_STATUS:
    case CMC_UNKNOWN_STATUS: break;
    }
    return false;
}

/* Not sent again: the next run looks for the certificate, unless it came along (confirmRequired) and is kept here. */
static void take_unfinished(struct batch *b, struct batch_item *item, const struct cmc_response *r)
{
    struct cert *cert =
        r->outcome == CMC_CONFIRM_REQUIRED ? cert_list_find_spki(&r->sd.certs, buf_peek(&item->spki)) : NULL;
    struct err why = ERR_INIT;
    if (!cert) {
        item->state = BATCH_DOUBT;
    } else if (!store_found(b, item, cert, &r->sd.certs, &why)) {
        item->state = BATCH_DOUBT;
        err_context(&item->err, "%s", err_what(why.code));
    }
    err_release(&why);
}

static void take_answer(struct batch *b, struct batch_item *item, const struct http_answer *answer,
                        struct cmc_response *r)
{
    const struct cmc_sent sent = {.signer = CMC_SENT_AGENT};
    struct cert_list issued = CERT_LIST_INIT;
    if (judge(b, item, answer, r, &issued, &item->err)) {
        if (cmc_response_error(r, &sent, &item->err)) {
            if (is_end(r, &item->err)) {
                settle(b, item);
            } else {
                take_unfinished(b, item, r);
            }
        } else if (store(b, item, issued.v[0], &r->sd.certs, &item->err)) {
            item->state = BATCH_ISSUED;
        }
    }
    cert_list_release(&issued);
}

void batch_item_answer(struct batch *b, struct batch_item *item, const struct http_answer *answer)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_response r;
    item->state = BATCH_FAILED;
    if (!cmc_answer_take(answer, &der, &item->err)) {
        if (answer->status < 500) {
            settle(b, item); /* a page where CMC was due; 202: the same request is due again (RFC 7030 4.2.3) */
        }
    } else if (cmc_response_parse(buf_peek(&der), &r, &item->err)) {
        take_answer(b, item, answer, &r);
        cmc_response_release(&r);
    }
    buf_release(&der);
}

void batch_item_broke(struct batch *b, struct batch_item *item, size_t sent)
{
    item->state = sent > 0 ? BATCH_DOUBT : BATCH_FAILED;
    if (sent == 0) {
        settle(b, item);
    } else {
        err_context(
            &item->err, "%s",
            _("The request may have reached the CA. Run the same command again: it looks for the certificate first."));
    }
}
