/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First contact: only the chain is fetched, and compared with what was confirmed: the chain of an earlier visit, a CA description,
 * the answers ca.fingerprint and ca.chain, or (where no fingerprint is given) the database's own trust. A CA that shows no chain is
 * known from the same sources, and last from what its server sent with TLS. Nothing else goes out before that; then the CA's version
 * is asked.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "cfg/profiles.h"
#include "flow/cadesc.h"
#include "flow/chainfile.h"
#include "flow/run_internal.h"
#include "net/carest.h"
#include "nss/chain.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

/* The server's own word is enough for nothing; this opens whatever database there is, so that its trust can be asked. */
static bool open_any_db(struct run *run, struct err *err)
{
    const char *dir = run_agent_dbdir(run);
    if (run_revokes(run) && *dir && nssdb_present(dir)) {
        return engine_open_db(&run->engine, dir, true, false, err); /* looking at certificates takes no password */
    }
    if (*dir && nssdb_present(dir)) {
        return run_open_agent_db(run, err);
    }
    return *run_dbdir(run) ? run_open_requester_db(run, err) : engine_open_db(&run->engine, ".", false, false, err);
}

bool step_server_start(struct run *run, struct err *err)
{
    struct run_net net;
    if (!open_any_db(run, err) || !run_net_init(run, &net, err)) {
        return false;
    }
    net.net.pinned_chain = NULL;
    session_set_fact(run->session, "ca.version", NULL);
    /* Over plain HTTP the server proves nothing: a file is worth more than all that it would say. */
    bool file_will_do = !net.url.tls && *run_answer(run, "ca.chain");
    run->contact = file_will_do ? NULL : first_contact_start(&net.net, run->engine.db, &net.url, err);
    run_net_release(&net);
    return file_will_do || run->contact != NULL;
}

static char *hex_only(const char *fingerprint)
{
    char *out = xcalloc(strlen(fingerprint) + 1, 1);
    size_t n = 0;
    for (const char *c = fingerprint; *c; c++) {
        if (strchr("0123456789abcdefABCDEF", *c)) {
            out[n++] = (char)(*c >= 'A' && *c <= 'F' ? *c + 32 : *c);
        }
    }
    return out;
}

/* A fingerprint may be that of the CA's own certificate, of the root, or of any CA in between. */
static bool fingerprint_matches(const char *given, const struct cert_list *chain)
{
    char *want = hex_only(given);
    bool found = false;
    for (size_t i = 0; *want && i < chain->n && !found; i++) {
        struct buf print = BUF_INIT(64);
        struct err ignored = ERR_INIT;
        if (cert_is_ca(chain->v[i]) && cert_fingerprint(chain->v[i], HASH_SHA256, &print, &ignored)) {
            char *have = bytes_hex(buf_peek(&print));
            found = strcmp(want, have) == 0;
            free(have);
        }
        err_release(&ignored);
        buf_release(&print);
    }
    free(want);
    return found;
}

/* Of the certificate that a person compares; asked NULL: the first CA of the chain. */
static char *shown_fingerprint(const struct cert_list *chain, const struct cert *asked)
{
    struct buf print = BUF_INIT(64);
    struct err ignored = ERR_INIT;
    for (size_t i = 0; !asked && i < chain->n; i++) {
        asked = cert_is_ca(chain->v[i]) ? chain->v[i] : NULL;
    }
    char *text = asked && cert_fingerprint(asked, HASH_SHA256, &print, &ignored) ? bytes_hex_colons(buf_peek(&print)) : xstrdup("");
    err_release(&ignored);
    buf_release(&print);
    return text;
}

static bool described(struct run *run, const struct cert_list *chain, bool *known, struct err *err)
{
    const char *name = run_answer(run, "ca");
    struct cadesc desc;
    if (!*name) {
        return true;
    }
    if (!cadesc_find(name, &desc, err)) {
        return false;
    }
    *known = fingerprint_matches(desc.fingerprint, chain);
    cadesc_release(&desc);
    return *known || err_fail(err, ERR_FLOW_CHAIN_CHANGED, _("It is not the one in the description %s."), name);
}

static bool database_trusts(struct run *run, const struct cert_list *chain)
{
    struct err ignored = ERR_INIT;
    bool ok = chain->n && run->engine.db &&
              chain_verify(run->engine.db, chain->v[0], chain, run->engine.at ? run->engine.at : when_now(), &ignored);
    err_release(&ignored);
    return ok;
}

static bool same_as_before(struct run *run, const struct cert_list *chain, bool *known, struct err *err)
{
    struct cert_list before = CERT_LIST_INIT;
    bool had = run_load_chain(run, &before);
    bool same = had && chain->n && cert_list_has(&before, chain->v[0]);
    cert_list_release(&before);
    *known = same;
    return !had || same || err_fail(err, ERR_FLOW_CHAIN_CHANGED, NULL);
}

/* The file that was named is a confirmation in itself; a fingerprint that was given as well must be in it, as in any chain. */
static bool file_vouches(struct run *run, const struct cert_list *chain, bool *vouches, struct err *err)
{
    const char *path = run_answer(run, "ca.chain");
    struct cert_list cas = CERT_LIST_INIT;
    bool ok = !*path || chain_file_read(path, &cas, err);
    *vouches = ok && chain->n && cert_list_has(&cas, chain->v[0]);
    cert_list_release(&cas);
    return ok;
}

bool run_keep_chain(struct run *run, const struct cert_list *chain, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = true;
    for (size_t i = 0; ok && i < chain->n; i++) {
        ok = pem_encode(cert_der(chain->v[i]), "CERTIFICATE", 64, false, &pem);
    }
    ok = ok ? session_write_file(run->session, FILE_CHAIN, buf_peek(&pem), err) : err_fail(err, ERR_INTERNAL, NULL);
    buf_release(&pem);
    return ok;
}

bool run_chain_is_confirmed(struct run *run, const struct cert_list *chain, const struct cert *asked, struct err *err)
{
    bool known = false;
    if (!same_as_before(run, chain, &known, err) || (!known && !described(run, chain, &known, err))) {
        return false;
    }
    /* Who gives a fingerprint means that one, whatever the database trusts. */
    const char *confirmed = run_answer(run, "ca.fingerprint");
    bool vouches = false;
    if (!known && !file_vouches(run, chain, &vouches, err)) {
        return false;
    }
    known = *confirmed ? fingerprint_matches(confirmed, chain) : known || vouches || database_trusts(run, chain);
    if (!known) {
        char *print = shown_fingerprint(chain, asked);
        err_fail(err, *confirmed ? ERR_FLOW_CHAIN_CHANGED : ERR_FLOW_CHAIN_UNCONFIRMED, _("SHA-256 fingerprint: %s"), print);
        free(print);
    }
    return known;
}

/* ---- a CA that shows no chain ---- */

/* Each adds CAs that may be the server's, or nothing when it knows none; to add a source: a function and a row. */
static bool from_before(struct run *run, struct cert_list *cas, struct err *err)
{
    (void)err;
    bool had = run_load_chain(run, cas);
    (void)had; /* cas stays empty where nobody was met before */
    return true;
}

static bool from_file(struct run *run, struct cert_list *cas, struct err *err)
{
    const char *path = run_answer(run, "ca.chain");
    return !*path || chain_file_read(path, cas, err);
}

static bool from_description(struct run *run, struct cert_list *cas, struct err *err)
{
    const char *name = run_answer(run, "ca");
    struct cadesc desc;
    if (!*name) {
        return true;
    }
    bool ok = cadesc_find(name, &desc, err);
    if (ok) {
        ok = chain_file_parse(bytes_of_str(desc.chain_pem), cas, err);
        cadesc_release(&desc);
    }
    return ok;
}

/* What the server sent with TLS, where the fingerprint that was given is among it; else what the database trusts; else again what came
 * with TLS, for the fingerprint that the refusal names. False when there is nothing. */
static bool from_tls(struct run *run, const struct first_contact *fc, struct cert_list *chain)
{
    struct cert_list cas = CERT_LIST_INIT;
    const char *given = run_answer(run, "ca.fingerprint");
    first_contact_cas(fc, &cas);
    bool named = *given && fingerprint_matches(given, &cas);
    if (named || !chain_of_database(run->engine.db, fc, chain)) {
        first_contact_cas(fc, chain);
    }
    cert_list_release(&cas);
    return chain->n > 0;
}

/* *met: it came from the server itself, now or before, and from nobody who would name one of it. */
static bool known_chain(struct run *run, const struct first_contact *fc, struct cert_list *chain, bool *met, struct err *err)
{
    static const struct {
        bool (*take)(struct run *run, struct cert_list *cas, struct err *err);
        enum err_code misfit; /* when the server belongs to none of them */
        bool met;
    } sources[] = {{from_before, ERR_FLOW_CHAIN_CHANGED, true},
                   {from_file, ERR_FLOW_CHAIN_FILE, false},
                   {from_description, ERR_FLOW_CHAIN_CHANGED, false}};
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        struct cert_list cas = CERT_LIST_INIT;
        struct err why = ERR_INIT;
        bool ok = sources[i].take(run, &cas, err);
        bool found = ok && cas.n;
        if (found && !chain_file_fits(run->engine.db, fc, &cas, chain, &why)) {
            ok = err_fail(err, sources[i].misfit, "%s", why.n_context ? why.context[0] : err_what(why.code));
        }
        err_release(&why);
        cert_list_release(&cas);
        if (!ok || found) {
            *met = sources[i].met;
            return ok;
        }
    }
    *met = true;
    return from_tls(run, fc, chain) || err_fail(err, ERR_FLOW_NO_CHAIN, NULL);
}

/* What a person compares of the chain: NULL, its first CA, unless it came with TLS alone. */
static const struct cert *asked_of(const struct first_contact *fc, const struct cert_list *chain, bool met)
{
    const struct cert *asked = first_contact_asked(fc);
    return met && asked && cert_list_has(chain, asked) ? asked : NULL;
}

static bool judge(struct run *run, const struct first_contact *fc, struct err *err)
{
    struct cert_list chain = CERT_LIST_INIT;
    bool told = fc->ca_chain.n > 0, met = false, ok = true;
    if (told) {
        first_contact_cas(fc, &chain);
    } else {
        ok = known_chain(run, fc, &chain, &met, err);
    }
    const struct cert *asked = ok ? asked_of(fc, &chain, met) : NULL;
    ok = ok && run_chain_is_confirmed(run, &chain, asked, err) && run_keep_chain(run, &chain, err);
    if (ok) {
        char *print = shown_fingerprint(&chain, asked);
        run_note(run, told ? _("Fingerprint %s") : _("The CA shows no chain; the known one has the fingerprint %s"), print);
        free(print);
    }
    cert_list_release(&chain);
    return ok;
}

/* ---- the version ---- */

#define VERSION_MS 5000 /* nobody waits longer for what is only good to know */

/* What the description says, until the CA says better. */
static void keep_described_version(struct run *run)
{
    char *version = run_ca_version(run->session);
    session_set_fact(run->session, "ca.version", version);
    free(version);
}

/* Only now, and only of a server that belongs to the confirmed chain. A CA without REST is none the worse for it. */
static bool ask_version(struct run *run)
{
    struct run_net net;
    struct err ignored = ERR_INIT;
    if (run_over_est(run) || !run_net_init(run, &net, &ignored)) {
        err_release(&ignored);
        return false;
    }
    cert_list_release(&run->pinned);
    run->pinned = net.pinned;
    net.pinned = (struct cert_list)CERT_LIST_INIT;
    net.net.pinned_chain = run->pinned.n ? &run->pinned : NULL;
    net.net.total_timeout_ms = net.net.connect_timeout_ms = net.net.handshake_timeout_ms = VERSION_MS;
    run->rest = carest_open(&net.net, run->engine.db, NULL, &net.url, &ignored);
    bool ok = run->rest && carest_start(run->rest, CAREST_STATUS, NULL, &ignored);
    run_net_release(&net);
    err_release(&ignored);
    return ok;
}

static void keep_version(struct run *run, bool answered)
{
    struct ca_status told = {0};
    struct err ignored = ERR_INIT;
    if (answered && carest_take_status(run->rest, &told, &ignored)) {
        char *version = text_visible_str(told.version);
        if (*version) {
            session_set_fact(run->session, "ca.version", version);
        }
        free(version);
        ca_status_release(&told);
    }
    err_release(&ignored);
    char *id = run_profile(run);
    const struct profile *p = profile_find(id);
    char *too_new = p ? run_profile_too_new(run->session, p) : NULL;
    if (too_new) {
        run_note(run, "%s", too_new);
    }
    free(too_new);
    free(id);
}

static enum step_progress poll_version(struct run *run, int wait_ms)
{
    struct err ignored = ERR_INIT;
    enum exchange_state state = carest_poll(run->rest, wait_ms, &ignored);
    err_release(&ignored);
    if (state == EXCHANGE_RUNNING) {
        return WORK_RUNNING;
    }
    keep_version(run, state == EXCHANGE_DONE);
    step_server_cancel(run);
    return WORK_DONE;
}

enum step_progress step_server_poll(struct run *run, int wait_ms, struct err *err)
{
    if (run->rest) {
        return poll_version(run, wait_ms);
    }
    struct first_contact fc = {0};
    if (run->contact) {
        switch (first_contact_poll(run->contact, wait_ms, err)) {
        case EXCHANGE_RUNNING:
            return WORK_RUNNING;
        case EXCHANGE_FAILED:
            return WORK_FAILED;
        case EXCHANGE_DONE:
            break;
        }
        first_contact_take(run->contact, &fc);
    }
    bool ok = judge(run, &fc, err);
    first_contact_release(&fc);
    if (ok) {
        keep_described_version(run);
    }
    return !ok ? WORK_FAILED : ask_version(run) ? WORK_RUNNING : WORK_DONE;
}

void step_server_cancel(struct run *run)
{
    first_contact_free(run->contact);
    run->contact = NULL;
    carest_close(run->rest);
    run->rest = NULL;
}
