/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport certificate of the key recovery authority, for which an archived key is wrapped: whoever owns it can
 * read the key. So it has to belong to the confirmed chain, or to be confirmed by its fingerprint; a fingerprint that
 * is given has to fit.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/run_internal.h"
#include "net/carest.h"
#include "nss/chain.h"
#include "nss/pem.h"

static bool fetch(struct run *run, struct cert_list *certs, struct err *err)
{
    struct run_net net;
    if (!run_net_init(run, &net, err)) {
        return false;
    }
    struct carest *rest = carest_open(&net.net, run->engine.db, NULL, &net.url, err);
    struct ca_info info = {0};
    struct err ignored = ERR_INIT;
    bool ok = rest && carest_start(rest, CAREST_TRANSPORT_CERT, NULL, err) && carest_finish(rest, err) &&
              carest_take_chain(rest, certs, err);
    if (ok && carest_start(rest, CAREST_INFO, NULL, &ignored) && carest_finish(rest, &ignored) &&
        carest_take_info(rest, &info, &ignored)) {
        session_set_fact(run->session, "kra.rsa-wrap", info.rsa_wrap);
        session_set_fact(run->session, "kra.key-wrap", info.key_wrap_algorithm);
        ca_info_release(&info);
    }
    err_release(&ignored);
    carest_close(rest);
    run_net_release(&net);
    return ok;
}

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

/* A fingerprint that somebody gave decides; else the confirmed CA must have issued it. */
static bool confirmed(struct run *run, const struct cert *c, struct err *err)
{
    char *shown = NULL;
    bool fits = fingerprint_fits(run, c, &shown), given = *run_answer(run, "transport.fingerprint");
    bool ok = fits || (!given && under_confirmed_ca(run, c));
    if (ok) {
        run_note(run, _("Transport certificate %.23s…"), shown);
    } else if (given) {
        err_fail(err, ERR_FLOW_TRANSPORT_OTHER, _("SHA-256 fingerprint: %s"), shown);
    } else {
        err_fail(err, ERR_FLOW_TRANSPORT, _("SHA-256 fingerprint: %s"), shown);
    }
    free(shown);
    return ok;
}

/* What no key recovery authority would have: said before a key is made. */
static bool usable(struct run *run, const struct cert *c, struct err *err)
{
    int64_t at = run->engine.at ? run->engine.at : when_now();
    unsigned usage = cert_key_usage(c);
    const char *why = cert_key_type(c) != KEY_RSA ? _("Its key is not RSA.")
                      : cert_is_ca(c)             ? _("It is a CA's own certificate.")
                      : !cert_valid_at(c, at)     ? _("It is not valid now.")
                      : !(usage & (KU_ABSENT | KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT))
                          ? _("Its key is not made for encryption.")
                          : NULL;
    if (!why) {
        return true;
    }
    char *subject = cert_subject(c);
    err_fail(err, ERR_CMC_ARCHIVE_TRANSPORT, "%s: %s", subject, why);
    free(subject);
    return false;
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

bool step_transport_start(struct run *run, struct err *err)
{
    struct cert_list certs = CERT_LIST_INIT;
    bool named = *run_answer(run, "transport") != '\0';
    session_set_fact(run->session, "archival.wrap", NULL);
    if (!answer_true(run->session, "archive")) {
        run_note(run, "%s", _("The key is not archived."));
        return true;
    }
    bool ok = run_need_nss(run, err) && (named ? load_file(run, &certs, err) : fetch(run, &certs, err)) &&
              (certs.n || err_fail(err, ERR_FLOW_TRANSPORT, NULL)) && usable(run, certs.v[0], err) &&
              keep(run, certs.v[0], err) && confirmed(run, certs.v[0], err);
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

bool run_transport_shown(struct run *run, char **text, char **fingerprint, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT), print = BUF_INIT(64);
    struct cert_list certs = CERT_LIST_INIT;
    bool ok = session_read_file(run->session, FILE_TRANSPORT, &pem, err) &&
              pem_decode_all(buf_peek(&pem), &certs, err) && cert_fingerprint(certs.v[0], HASH_SHA256, &print, err);
    if (ok) {
        const struct cert *c = certs.v[0];
        char *subject = cert_subject(c), *issuer = cert_issuer(c), *from = when_human(cert_not_before(c)),
             *to = when_human(cert_not_after(c));
        *fingerprint = bytes_hex_colons(buf_peek(&print));
        char *lines = in_two_lines(*fingerprint);
        *text = xasprintf(_("Your private key goes to the key recovery authority, encrypted for this certificate:\n\n"
                            "Subject: %s\nIssuer: %s\nValid from %s to %s\n\n%s\n\nIts SHA-256 fingerprint:\n\n%s\n"
                            "Is it the one that your helpdesk names?"),
                          subject, issuer, from, to,
                          under_confirmed_ca(run, c)
                              ? _("The CA that you confirmed issued it.")
                              : _("The CA that you confirmed did NOT issue it: only its fingerprint can vouch for it."),
                          lines);
        char *const owned[] = {subject, issuer, from, to, lines};
        for (size_t i = 0; i < ARRAY_LEN(owned); i++) {
            free(owned[i]);
        }
    }
    cert_list_release(&certs);
    buf_release(&pem);
    buf_release(&print);
    return ok;
}
