/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport certificate of the key recovery authority, for which an archived key is wrapped: whoever owns it can
 * read the key. So the confirmed CA has to name it and to have issued it, or it has to be confirmed by its fingerprint; a
 * fingerprint that is given has to fit. A CA that names none is searched. The same visit asks for the paddings (OAEP or
 * not) of the CA and of the KRA, which are two.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "cmc/crmf.h"
#include "flow/run_internal.h"
#include "net/carest.h"
#include "nss/chain.h"
#include "nss/pem.h"

#define TRANSPORT_NAME "Transport" /* stands in the common name of every stock transport certificate */
#define TRANSPORT_SEARCH_MAX 50

/* ---- what the server says ---- */

/* The KRA's padding and wrap, and the CA's own padding, which its challenge on the second trip has. */
static void ask_info(struct run *run, struct carest *rest)
{
    struct ca_info info = {0};
    struct err ignored = ERR_INIT;
    bool told = carest_start(rest, CAREST_INFO, NULL, &ignored) && carest_finish(rest, &ignored) &&
                carest_take_info(rest, &info, &ignored);
    const struct {
        const char *fact, *value;
    } facts[] = {{"kra.rsa-wrap", info.rsa_wrap}, {"kra.key-wrap", info.key_wrap_algorithm}, {"ca.rsa-wrap", info.ca_rsa_wrap}};
    for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
        bool known = told && facts[i].value && *facts[i].value;
        session_set_fact(run->session, facts[i].fact, known ? facts[i].value : NULL);
    }
    ca_info_release(&info);
    err_release(&ignored);
}

/* The server answered, but has no transport certificate to give. */
static bool is_absent(const struct err *why)
{
    static const enum err_code codes[] = {ERR_NET_NO_REST, ERR_NET_REST_NOT_FOUND, ERR_NET_REST_ERROR, ERR_NET_HTTP_SERVER};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (why->code == codes[i]) {
            return true;
        }
    }
    return false;
}

/* One hit of the search, when it can be a transport certificate at all. */
static void take_hit(struct run *run, struct carest *rest, const char *serial, struct cert_list *certs)
{
    struct cert_list chain = CERT_LIST_INIT;
    struct err ignored = ERR_INIT;
    int64_t at = run->engine.at ? run->engine.at : when_now();
    if (carest_start(rest, CAREST_CERT, serial, &ignored) && carest_finish(rest, &ignored) &&
        carest_take_chain(rest, &chain, &ignored) && chain.n && archive_transport_check(chain.v[0], at, &ignored)) {
        cert_list_push(certs, chain.v[0]);
    }
    err_release(&ignored);
    cert_list_release(&chain);
}

/* Whoever gets a certificate with such a name could be found here, so what is found has to be confirmed by its fingerprint. */
static bool search(struct run *run, struct carest *rest, struct cert_list *certs, struct err *err)
{
    const struct ca_search what = {.common_name = TRANSPORT_NAME, .status = "VALID"};
    struct ca_cert_entries found = {0};
    if (!carest_search(rest, &what, 0, TRANSPORT_SEARCH_MAX, &found, err)) {
        return false;
    }
    for (size_t i = found.n; i-- > 0;) { /* the CA tells the oldest first */
        take_hit(run, rest, found.v[i].serial, certs);
    }
    ca_cert_entries_release(&found);
    session_set_fact(run->session, "transport.found", certs->n ? "search" : NULL);
    return certs->n || err_fail(err, ERR_FLOW_TRANSPORT_NONE, NULL);
}

static bool fetch(struct run *run, struct carest *rest, struct cert_list *certs, struct err *err)
{
    struct err why = ERR_INIT;
    bool ok = carest_start(rest, CAREST_TRANSPORT_CERT, NULL, &why) && carest_finish(rest, &why) &&
              carest_take_chain(rest, certs, &why);
    if (!ok && is_absent(&why)) {
        ok = search(run, rest, certs, err);
    } else if (!ok) {
        err_move(err, &why);
    }
    err_release(&why);
    return ok;
}

/* certs NULL: only what the server says of its paddings, and that it says nothing is no failure. */
static bool ask_server(struct run *run, struct cert_list *certs, struct err *err)
{
    struct run_net net;
    if (!run_net_init(run, &net, err)) {
        return false;
    }
    struct err why = ERR_INIT;
    struct carest *rest = carest_open(&net.net, run->engine.db, NULL, &net.url, &why);
    bool ok = !certs || (rest && fetch(run, rest, certs, &why));
    if (ok && rest) {
        ask_info(run, rest);
    } else if (!ok) {
        err_move(err, &why);
    }
    err_release(&why);
    carest_close(rest);
    run_net_release(&net);
    return ok;
}

/* ---- is it the right one? ---- */

static bool load_file(struct run *run, struct cert_list *certs, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    char *path = path_expand_home(run_answer(run, "transport"));
    bool ok = file_read(path, &text, err) && pem_decode_all(buf_peek(&text), certs, err);
    free(path);
    buf_release(&text);
    return ok;
}

static bool fingerprint_fits(struct run *run, const struct cert *c, char **shown)
{
    struct buf print = BUF_INIT(64), wanted = BUF_INIT(64);
    char *plain = xstrdup(run_answer(run, "transport.fingerprint")), *to = plain;
    for (const char *from = plain; *from; from++) {
        if (*from != ':' && *from != ' ') {
            *to++ = *from;
        }
    }
    *to = '\0';
    bool ok = cert_fingerprint(c, HASH_SHA256, &print, NULL);
    *shown = bytes_hex_colons(buf_peek(&print));
    ok = ok && *plain && bytes_from_hex(plain, &wanted) && bytes_equal(buf_peek(&print), buf_peek(&wanted));
    free(plain);
    buf_release(&print);
    buf_release(&wanted);
    return ok;
}

static bool under_confirmed_ca(struct run *run, const struct cert *c)
{
    struct cert_list anchors = CERT_LIST_INIT;
    struct err why = ERR_INIT;
    int64_t at = run->engine.at ? run->engine.at : when_now();
    bool ok = run_load_chain(run, &anchors) && chain_verify_to(c, &anchors, &anchors, at, &why);
    err_release(&why);
    cert_list_release(&anchors);
    return ok;
}

/* A fingerprint that somebody gave decides; else the confirmed CA must have issued it, and named it itself. */
static bool confirmed(struct run *run, const struct cert *c, struct err *err)
{
    char *shown = NULL;
    bool fits = fingerprint_fits(run, c, &shown), given = *run_answer(run, "transport.fingerprint");
    bool searched = session_fact(run->session, "transport.found") != NULL;
    bool ok = fits || (!given && !searched && under_confirmed_ca(run, c));
    session_set_fact(run->session, "transport.sha256", ok ? shown : NULL);
    if (ok) {
        run_note(run, _("Transport certificate %.23s…"), shown);
    } else {
        char *subject = cert_subject(c);
        err_fail(err, given ? ERR_FLOW_TRANSPORT_OTHER : searched ? ERR_FLOW_TRANSPORT_SEARCHED : ERR_FLOW_TRANSPORT,
                 _("SHA-256 fingerprint: %s"), shown);
        err_context(err, "%s", subject);
        free(subject);
    }
    free(shown);
    return ok;
}

/* Of several that a search found, the one whose fingerprint was given; else the newest. */
static const struct cert *pick(struct run *run, const struct cert_list *certs)
{
    for (size_t i = 0; i < certs->n; i++) {
        char *shown = NULL;
        bool fits = fingerprint_fits(run, certs->v[i], &shown);
        free(shown);
        if (fits) {
            return certs->v[i];
        }
    }
    return certs->v[0];
}

/* Written before it is confirmed, so that it can be shown to the one who is asked; what wraps a key reads it after this
 * step. */
static bool keep(struct run *run, const struct cert *c, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = (pem_encode(cert_der(c), "CERTIFICATE", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL)) &&
              session_write_file(run->session, FILE_TRANSPORT, buf_peek(&pem), err);
    buf_release(&pem);
    return ok;
}

static bool settle(struct run *run, const struct cert *c, struct err *err)
{
    int64_t at = run->engine.at ? run->engine.at : when_now();
    return archive_transport_check(c, at, err) && keep(run, c, err) && confirmed(run, c, err);
}

bool step_transport_start(struct run *run, struct err *err)
{
    struct cert_list certs = CERT_LIST_INIT;
    bool named = *run_answer(run, "transport") != '\0', archives = answer_true(run->session, "archive");
    session_set_fact(run->session, "archival.wrap", NULL);
    session_set_fact(run->session, "transport.found", NULL);
    session_set_fact(run->session, "transport.sha256", NULL);
    if (!archives) {
        run_note(run, "%s", _("The key is not archived."));
    }
    bool asks = archives || run_needs_second_trip(run);
    bool ok = !asks || (run_need_nss(run, err) && (!archives || !named || load_file(run, &certs, err)) &&
                        ask_server(run, archives && !named ? &certs : NULL, err));
    ok = ok && (!archives || ((certs.n || err_fail(err, ERR_FLOW_TRANSPORT, NULL)) &&
                              settle(run, named ? certs.v[0] : pick(run, &certs), err)));
    cert_list_release(&certs);
    return ok;
}

/* ---- for a person to compare ---- */

static char *in_two_lines(const char *print)
{
    const size_t half = 16 * 3;
    return strlen(print) > half ? xasprintf("  %.*s\n  %s\n", (int)half, print, print + half)
                                : xasprintf("  %s\n", print);
}

/* The path to the root, a name a line; the issuer's name alone where nobody knows its certificate. */
static char *path_text(struct run *run, const struct cert *c)
{
    struct cert_list anchors = CERT_LIST_INIT, path = CERT_LIST_INIT;
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    struct err ignored = ERR_INIT;
    bool known = run_load_chain(run, &anchors) && chain_order(c, &anchors, &path, &ignored);
    for (size_t i = 1; known && i < path.n; i++) {
        char *name = cert_subject(path.v[i]);
        buf_add(&out, "%s  %s", i > 1 ? "\n" : "", name);
        free(name);
    }
    if (!known || path.n < 2) {
        char *name = cert_issuer(c);
        buf_add(&out, "  %s", name);
        free(name);
    }
    err_release(&ignored);
    cert_list_release(&anchors);
    cert_list_release(&path);
    return buf_take_str(&out);
}

static const char *vouching(struct run *run, const struct cert *c)
{
    if (session_fact(run->session, "transport.found")) {
        return _("The CA does not name it; it was found by a search among the CA's certificates. Only its fingerprint can vouch for it.");
    }
    return under_confirmed_ca(run, c) ? _("The CA that you confirmed issued it.")
                                      : _("The CA that you confirmed did NOT issue it: only its fingerprint can vouch for it.");
}

bool run_transport_shown(struct run *run, char **text, char **fingerprint, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT), print = BUF_INIT(64);
    struct cert_list certs = CERT_LIST_INIT;
    bool ok = session_read_file(run->session, FILE_TRANSPORT, &pem, err) &&
              pem_decode_all(buf_peek(&pem), &certs, err) && cert_fingerprint(certs.v[0], HASH_SHA256, &print, err);
    if (ok) {
        const struct cert *c = certs.v[0];
        char *subject = cert_subject(c), *path = path_text(run, c), *from = when_human(cert_not_before(c)),
             *to = when_human(cert_not_after(c));
        *fingerprint = bytes_hex_colons(buf_peek(&print));
        char *lines = in_two_lines(*fingerprint);
        *text = xasprintf(_("Your private key is encrypted for this certificate of the key recovery authority. Compare its SHA-256 "
                            "fingerprint with the one that your helpdesk names:\n\n%s\n%s\n\n  %s\n\nIssued by:\n\n%s\n\n"
                            "Valid from %s to %s."),
                          lines, vouching(run, c), subject, path, from, to);
        char *const owned[] = {subject, path, from, to, lines};
        for (size_t i = 0; i < ARRAY_LEN(owned); i++) {
            free(owned[i]);
        }
    }
    cert_list_release(&certs);
    buf_release(&pem);
    buf_release(&print);
    return ok;
}
