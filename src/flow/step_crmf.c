/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An encryption key's request: CRMF without proof of possession, since the key cannot sign, and with the key itself for the key recovery
 * authority when it is archived. The transport certificate that it is wrapped for is the CA's own word, so it has to belong to the
 * confirmed chain, or to be confirmed by its fingerprint.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/when.h"
#include "cfg/profiles.h"
#include "cmc/crmf.h"
#include "flow/run_internal.h"
#include "net/carest.h"
#include "nss/chain.h"
#include "nss/crypt.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/pem.h"

/* A certificate whose key may do nothing but sign has nothing that a lost key would lock away. */
static void check_usage(struct run *run, struct preflight *out)
{
    static const char *const decrypting[] = {"keyEncipherment", "dataEncipherment", "keyAgreement"};
    char *id = run_profile(run);
    const struct profile *p = profile_find(id);
    bool fits = !p || !p->key_usage;
    for (size_t i = 0; !fits && i < ARRAY_LEN(decrypting); i++) {
        fits = strstr(p->key_usage, decrypting[i]) != NULL;
    }
    if (!fits && answer_true(run->session, "archive")) {
        strv_push_take(out->problems,
                       xasprintf(_("The profile %s makes certificates that only sign: such a key must not be archived."), id));
    } else if (!fits) {
        strv_push_take(out->problems, xasprintf(_("The profile %s makes certificates that only sign, not encrypt."), id));
    }
    free(id);
}

void run_check_encryption(struct run *run, struct preflight *out)
{
    if (answer_is(run->session, "key.type", "ec") && run_needs_second_trip(run)) {
        strv_push(out->problems, _("An EC key cannot go two trips: the CA would fail inside. Choose RSA, or one trip (trips = one)."));
    }
    check_usage(run, out);
    if (!*run_answer(run, "nickname")) {
        strv_push(out->problems, _("Your signing certificate is not named (nickname)."));
    }
    if (!answer_true(run->session, "archive")) {
        strv_push(out->warnings, _("The key is not archived: when it is lost, what was encrypted for you cannot be read any more."));
    }
}

/* ---- transport certificate ---- */

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
    if (ok && carest_start(rest, CAREST_INFO, NULL, &ignored) && carest_finish(rest, &ignored) && carest_take_info(rest, &info, &ignored)) {
        session_set_fact(run->session, "kra.rsa-wrap", info.rsa_wrap);
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

/* Issued by the confirmed CA, or confirmed by hand. */
static bool confirmed(struct run *run, const struct cert *c, struct err *err)
{
    struct cert_list anchors = CERT_LIST_INIT;
    char *shown = NULL;
    int64_t at = run->engine.at ? run->engine.at : when_now();
    struct err why = ERR_INIT;
    bool ok = fingerprint_fits(run, c, &shown) ||
              (run_load_chain(run, &anchors) && chain_verify_to(c, &anchors, &anchors, at, &why));
    if (ok) {
        run_note(run, _("Transport certificate %.23s…"), shown);
    } else {
        err_fail(err, ERR_FLOW_TRANSPORT, _("SHA-256 fingerprint: %s"), shown);
    }
    err_release(&why);
    free(shown);
    cert_list_release(&anchors);
    return ok;
}

bool step_transport_start(struct run *run, struct err *err)
{
    struct cert_list certs = CERT_LIST_INIT;
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    if (!answer_true(run->session, "archive")) {
        run_note(run, "%s", _("The key is not archived."));
        return true;
    }
    bool ok = run_open_agent_db(run, err) && (*run_answer(run, "transport") ? load_file(run, &certs, err) : fetch(run, &certs, err));
    ok = ok && (certs.n || err_fail(err, ERR_FLOW_TRANSPORT, NULL)) && confirmed(run, certs.v[0], err) &&
         (pem_encode(cert_der(certs.v[0]), "CERTIFICATE", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL)) &&
         session_write_file(run->session, FILE_TRANSPORT, buf_peek(&pem), err);
    buf_release(&pem);
    cert_list_release(&certs);
    return ok;
}

/* ---- the request ---- */

/* The choice and where it comes from: an answer, the server's own word, or what every version takes. */
char *run_archival_choice(const struct run *run)
{
    const char *name = run_answer(run, "wrap"), *told = session_fact(run->session, "kra.rsa-wrap");
    bool named = strcmp(name, "auto") != 0, padded = !answer_is(run->session, "archive.oaep", "auto");
    bool oaep = padded ? answer_true(run->session, "archive.oaep") : told && strcmp(told, "RSA_OAEP") == 0;
    const char *wrap = named ? name : wrap_alg_name(WRAP_AES_CBC_PAD), *padding = oaep ? "RSA-OAEP" : "RSA PKCS#1 v1.5";
    const char *why_wrap = named ? _("as answered") : _("every CA takes it");
    const char *why_padding = padded ? _("as answered") : told ? _("the CA says so") : _("the usual one; the CA is asked");
    /* TRANSLATORS: how an archived key is wrapped, and in parentheses why so: cipher (why), padding (why) */
    return xasprintf(_("%s (%s), %s (%s)"), wrap, why_wrap, padding, why_padding);
}

static bool wrap_key(struct run *run, struct key *key, struct buf *archive, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    struct cert_list certs = CERT_LIST_INIT;
    enum wrap_alg wrap = WRAP_AES_CBC_PAD;
    const char *name = run_answer(run, "wrap"), *told = session_fact(run->session, "kra.rsa-wrap");
    bool named = strcmp(name, "auto") != 0;
    bool oaep = answer_is(run->session, "archive.oaep", "auto") ? told && strcmp(told, "RSA_OAEP") == 0
                                                                : answer_true(run->session, "archive.oaep");
    bool ok = (!named || wrap_alg_by_name(name, &wrap) || err_fail(err, ERR_FLOW_ANSWER_BAD, "wrap")) &&
              session_read_file(run->session, FILE_TRANSPORT, &pem, err) && pem_decode_all(buf_peek(&pem), &certs, err) &&
              (certs.n || err_fail(err, ERR_FLOW_TRANSPORT, NULL)) &&
              archive_build(run->engine.db, key, certs.v[0], wrap, oaep, archive, err);
    if (ok) {
        char *how = run_archival_choice(run);
        session_set_fact(run->session, "archival.how", how);
        run_note(run, "%s", how);
        free(how);
    }
    cert_list_release(&certs);
    buf_release(&pem);
    return ok;
}

static bool write_crmf(struct run *run, struct key *key, struct err *err)
{
    struct buf subject = BUF_INIT(BUF_MAX_TEXT), archive = BUF_INIT(BUF_MAX_TEXT), msg = BUF_INIT(BUF_MAX_TEXT);
    struct buf der = BUF_INIT(BUF_MAX_TEXT), pem = BUF_INIT(BUF_MAX_TEXT);
    char *text = run_subject(run);
    bool ok = dn_encode(text, &subject, err) && (!answer_true(run->session, "archive") || wrap_key(run, key, &archive, err));
    struct crmf_spec spec = {.req_id = 1, .subject_der = buf_peek(&subject), .archive_options = buf_peek(&archive), .hash = HASH_SHA256,
                             .sign_pop = !run_needs_second_trip(run)};
    ok = ok && crmf_build(key, &spec, &msg, err) && crmf_wrap(buf_peek(&msg), &der, err) &&
         (pem_encode(buf_peek(&der), "CERTIFICATE REQUEST", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL)) &&
         session_write_file(run->session, FILE_CRMF, buf_peek(&pem), err);
    if (ok) {
        session_set_fact(run->session, "subject", text);
    }
    free(text);
    buf_release(&subject);
    buf_release(&archive);
    buf_release(&msg);
    buf_release(&der);
    buf_release(&pem);
    return ok;
}

bool step_crmf_start(struct run *run, struct err *err)
{
    struct buf id = BUF_INIT(256);
    const char *text = session_fact(run->session, "key.id");
    struct key *key = NULL;
    if (!text) {
        err_fail(err, ERR_FLOW_STEP_ORDER, NULL);
    } else if (run_open_requester_db(run, err) && key_id_parse(text, &id, err)) {
        key = key_find(run->engine.db, run_answer(run, "tokenname"), buf_peek(&id), err);
    }
    bool ok = key && write_crmf(run, key, err);
    key_free(key);
    buf_release(&id);
    return ok;
}
