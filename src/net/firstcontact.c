/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/firstcontact.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "net/submit.h"
#include "nss/chain.h"
#include "nss/native.h"

enum stage { STAGE_CHAIN, STAGE_OVER };

struct first_contact_run {
    struct net_options options;
    struct ca_url url;
    struct carest *rest;
    enum stage stage;
    struct first_contact found;
    struct err err;
    bool failed;
};

struct first_contact_run *first_contact_start(const struct net_options *options, struct nssdb *db,
                                              const struct ca_url *url, struct err *err)
{
    struct first_contact_run *run = xcalloc(1, sizeof(*run));
    if (options) {
        run->options = *options;
    }
    run->options.accept_any_chain = true;
    run->options.insecure = false;
    run->options.pinned_chain = NULL;
    run->options.ocsp = NET_OCSP_OFF;
    run->options.headers = NULL; /* a cookie or token of the caller has no place here */
    ca_url_copy(url, &run->url);
    run->options.login = NULL;
    run->rest = carest_open(&run->options, db, NULL, &run->url, err);
    char *label = net_est_label(run->url.path);
    bool ok = run->rest && carest_start(run->rest, label ? CAREST_EST_CHAIN : CAREST_CHAIN, label, err);
    free(label);
    if (!ok) {
        first_contact_free(run);
        return NULL;
    }
    return run;
}

/* How many of the ordered certificates, the server's own first, make up a path that a CA could have issued. */
static size_t linked(const struct cert_list *ordered, int64_t at)
{
    const struct cert *leaf = ordered->v[0];
    int64_t within = cert_valid_at(leaf, at) ? at : cert_not_after(leaf);
    for (size_t n = ordered->n; n > 1; n--) {
        struct cert_list top = CERT_LIST_INIT;
        cert_list_push(&top, ordered->v[n - 1]);
        bool good = chain_verify_to(leaf, ordered, &top, within, NULL);
        cert_list_release(&top);
        if (good) {
            return n;
        }
    }
    return 1;
}

/* A server may send its certificates in any order, and foreign ones among them: what does not lead on from its own is nobody's word. */
static void take_tls(struct first_contact_run *run)
{
    const struct cert_list *sent = carest_server_chain(run->rest);
    struct cert_list ordered = CERT_LIST_INIT;
    if (sent && sent->n > 0 && run->found.tls_chain.n == 0) {
        bool whole = chain_order(sent->v[0], sent, &ordered, NULL); /* false: too long, cut off there */
        size_t n = linked(&ordered, run->options.at ? run->options.at : when_now());
        for (size_t i = 0; i < n; i++) {
            cert_list_push(&run->found.tls_chain, ordered.v[i]);
        }
        (void)whole;
    }
    cert_list_release(&ordered);
}

/* Errors of the pages, not of the way there: the TLS chain alone is a finding, too. */
static bool way_was_fine(enum err_code code)
{
    return code == ERR_NET_NO_REST || code == ERR_NET_REST_NOT_FOUND || code == ERR_NET_REST_ERROR ||
           code == ERR_NET_REST_SHAPE || code == ERR_NET_HTTP_SERVER;
}

static void judge(struct first_contact_run *run)
{
    struct first_contact *fc = &run->found;
    int64_t at = run->options.at ? run->options.at : when_now();
    if (fc->tls_chain.n == 0) {
        return;
    }
    const struct cert *leaf = fc->tls_chain.v[0];
    CERTCertificate *native = cert_native(leaf, NULL);
    fc->name_ok = native && CERT_VerifyCertName(native, run->url.host) == SECSuccess;
    if (native) {
        CERT_DestroyCertificate(native);
    }
    fc->time_ok = cert_valid_at(leaf, at);
    /* Its own time is told apart, so judge the path at a time when the server's certificate was valid. */
    int64_t within = fc->time_ok ? at : cert_not_after(leaf);
    fc->tls_under_ca = fc->ca_chain.n > 0 && chain_verify_to(leaf, &fc->tls_chain, &fc->ca_chain, within, NULL);
}

static void end(struct first_contact_run *run)
{
    run->stage = STAGE_OVER;
    judge(run);
    if (!run->url.tls) {
        strv_push(&run->found.notes, _("The certificates came over plain HTTP: compare their fingerprint with care."));
    }
    if (run->found.ca_chain.n == 0) {
        strv_push(&run->found.notes,
                  _("The server does not show the CA's certificate chain; it has shown only its own TLS certificates."));
    }
}

static bool after_chain(struct first_contact_run *run, bool good, struct err *why)
{
    take_tls(run);
    if (good) {
        good = carest_take_chain(run->rest, &run->found.ca_chain, why);
    }
    if (!good && !way_was_fine(why->code)) {
        err_move(&run->err, why);
        return false;
    }
    if (!good && run->found.tls_chain.n == 0) {
        err_move(&run->err, why); /* plain HTTP without any certificate: nothing found */
        return false;
    }
    end(run);
    return true;
}

enum exchange_state first_contact_poll(struct first_contact_run *run, int wait_ms, struct err *err)
{
    if (!run->failed && run->stage != STAGE_OVER) {
        struct err why = ERR_INIT;
        enum exchange_state state = carest_poll(run->rest, wait_ms, &why);
        bool good = state == EXCHANGE_DONE;
        if (state != EXCHANGE_RUNNING) {
            run->failed = !after_chain(run, good, &why);
        }
        err_release(&why);
    }
    if (run->failed) {
        if (err) {
            err_copy(err, &run->err);
        }
        return EXCHANGE_FAILED;
    }
    return run->stage == STAGE_OVER ? EXCHANGE_DONE : EXCHANGE_RUNNING;
}

void first_contact_take(struct first_contact_run *run, struct first_contact *out)
{
    *out = run->found;
    run->found = (struct first_contact){0};
}

void first_contact_free(struct first_contact_run *run)
{
    if (run) {
        carest_close(run->rest);
        ca_url_release(&run->url);
        first_contact_release(&run->found);
        err_release(&run->err);
        free(run);
    }
}

bool first_contact(const struct net_options *options, struct nssdb *db, const struct ca_url *url,
                   struct first_contact *out, struct err *err)
{
    struct first_contact_run *run = first_contact_start(options, db, url, err);
    enum exchange_state state = run ? EXCHANGE_RUNNING : EXCHANGE_FAILED;
    while (state == EXCHANGE_RUNNING) {
        state = first_contact_poll(run, 1000, err);
    }
    if (state == EXCHANGE_DONE) {
        first_contact_take(run, out);
    }
    first_contact_free(run);
    return state == EXCHANGE_DONE;
}

void first_contact_release(struct first_contact *fc)
{
    cert_list_release(&fc->tls_chain);
    cert_list_release(&fc->ca_chain);
    strv_release(&fc->notes);
    *fc = (struct first_contact){0};
}

static char *readable_fingerprint(const struct cert_list *chain)
{
    struct buf sum = BUF_INIT(64);
    char *text = chain_fingerprint(chain, &sum, NULL) ? bytes_hex_colons(buf_peek(&sum)) : xstrdup("?");
    buf_release(&sum);
    return text;
}

bool first_contact_same(const struct cert_list *confirmed, const struct cert_list *now, struct err *err)
{
    bool same = confirmed->n == now->n;
    for (size_t i = 0; same && i < now->n; i++) {
        same = cert_list_has(confirmed, now->v[i]);
    }
    if (!same) {
        char *before = readable_fingerprint(confirmed);
        char *after = readable_fingerprint(now);
        err_fail(err, ERR_NET_CHAIN_CHANGED, _("Confirmed: %s"), before);
        err_context(err, _("Now: %s"), after);
        free(before);
        free(after);
    }
    return same;
}

void first_contact_cas(const struct first_contact *fc, struct cert_list *out)
{
    const struct cert_list *from = fc->ca_chain.n ? &fc->ca_chain : &fc->tls_chain;
    for (size_t i = 0; i < from->n; i++) {
        if (cert_is_ca(from->v[i])) {
            cert_list_push(out, from->v[i]);
        }
    }
}

const struct cert *first_contact_asked(const struct first_contact *fc)
{
    struct cert_list cas = CERT_LIST_INIT;
    first_contact_cas(fc, &cas);
    const struct cert *asked = cas.n == 0 ? NULL : fc->ca_chain.n ? cas.v[0] : cas.v[cas.n - 1];
    cert_list_release(&cas); /* fc still holds it */
    return asked;
}
