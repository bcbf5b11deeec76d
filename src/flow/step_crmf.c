/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An encryption key's request: CRMF without proof of possession when the key cannot sign, and with the key itself for the key recovery
 * authority when it is archived.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "cfg/profiles.h"
#include "cmc/crmf.h"
#include "flow/run_internal.h"
#include "nss/crypt.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/pem.h"

/* A certificate whose key may do nothing but sign has nothing that a lost key would lock away. */
static void check_usage(struct run *run, struct preflight *out)
{
    char *id = run_profile(run), *text = NULL;
    bool fits = profile_encrypts(profile_find(id));
    if (!fits && answer_true(run->session, "archive")) {
        text = xasprintf(_("The profile %s makes certificates that only sign: such a key must not be archived."), id);
    } else if (!fits) {
        text = xasprintf(_("The profile %s makes certificates that only sign, not encrypt."), id);
    }
    if (text) {
        run_problem(out, ERR_FLOW_ONLY_SIGNS, text);
    }
    free(text);
    free(id);
}

void run_check_archival(struct run *run, struct preflight *out)
{
    bool wanted = answer_true(run->session, "archive");
    if (wanted && *run_answer(run, "input")) {
        run_problem(out, ERR_FLOW_NO_ARCHIVAL,
                    _("A request that was made elsewhere does not bring its key: it cannot be archived (archive)."));
    } else if (wanted && !run_has_step(run, "crmf")) {
        run_problem(out, ERR_FLOW_NO_ARCHIVAL, _("This way makes a request without the key: it cannot be archived (archive)."));
    } else if (wanted) {
        check_usage(run, out);
        if (*run_answer(run, "san")) {
            run_problem(out, ERR_FLOW_NO_ARCHIVAL, _("A request that carries the key carries no other names (san)."));
        }
    }
}

/* What a request for an encryption key, which is CRMF made here, cannot carry. */
static void refuse_answer(struct run *run, const char *name, const char *archived, struct preflight *out)
{
    struct err why = ERR_INIT;
    if (!*run_answer(run, name)) {
        return;
    }
    if (answer_true(run->session, "archive")) {
        run_problem(out, ERR_FLOW_NO_ARCHIVAL, archived);
    } else {
        err_fail(&why, ERR_FLOW_ANSWER_BAD, "%s", name);
        run_problem_of(out, &why);
    }
}

void run_check_encryption(struct run *run, struct preflight *out)
{
    refuse_answer(run, "input", _("A request that was made elsewhere does not bring its key: it cannot be archived (archive)."), out);
    refuse_answer(run, "san", _("A request that carries the key carries no other names (san)."), out);
    if (answer_is(run->session, "key.type", "ec") && run_needs_second_trip(run)) {
        run_problem(out, ERR_FLOW_EC_TWO_TRIPS,
                    _("An EC key cannot go two trips: the CA would fail inside. Choose RSA, or one trip (trips = one)."));
    }
    check_usage(run, out);
    if (!*run_answer(run, "nickname")) {
        run_problem(out, ERR_FLOW_ANSWER_MISSING, _("Your signing certificate is not named (nickname)."));
    }
    if (!answer_true(run->session, "archive")) {
        strv_push(out->warnings, _("The key is not archived: when it is lost, what was encrypted for you cannot be read any more."));
    }
}

/* ---- the request ---- */

static bool is_oaep(const struct run *run, const char *answer, const char *fact)
{
    const char *told = session_fact(run->session, fact);
    return answer_is(run->session, answer, "auto") ? told && strcmp(told, "RSA_OAEP") == 0 : answer_true(run->session, answer);
}

bool run_archives_with_oaep(const struct run *run)
{
    return is_oaep(run, "archive.oaep", "kra.rsa-wrap");
}

const char *run_challenge_oaep(const struct run *run)
{
    bool known = !answer_is(run->session, "oaep", "auto") || session_fact(run->session, "ca.rsa-wrap");
    return !known ? NULL : is_oaep(run, "oaep", "ca.rsa-wrap") ? "true" : "false";
}

char *run_challenge_choice(const struct run *run)
{
    const char *oaep = run_challenge_oaep(run);
    bool answered = !answer_is(run->session, "oaep", "auto");
    if (!oaep) {
        return xstrdup(_("RSA PKCS#1 v1.5 or RSA-OAEP, whichever opens it"));
    }
    /* TRANSLATORS: the padding of the CA's challenge, and in parentheses how it is known */
    return xasprintf(_("%s (%s)"), strcmp(oaep, "true") == 0 ? "RSA-OAEP" : "RSA PKCS#1 v1.5",
                     answered ? _("as answered") : _("the CA says so"));
}

/* What the KRA says that it wraps with itself; false when it says nothing, or what nobody here knows. */
static bool is_wrap_told(const struct run *run, enum wrap_alg *wrap)
{
    const char *told = session_fact(run->session, "kra.key-wrap");
    return told && wrap_alg_by_name(told, wrap);
}

const char *run_archival_wrap(const struct run *run)
{
    const char *name = run_answer(run, "wrap"), *chosen = session_fact(run->session, "archival.wrap");
    enum wrap_alg told = WRAP_AES_CBC_PAD;
    if (strcmp(name, "auto") != 0) {
        return name;
    }
    bool known = is_wrap_told(run, &told);
    return chosen ? chosen : wrap_alg_name(known ? told : WRAP_AES_CBC_PAD);
}

static const char *why_wrap(const struct run *run, const char *wrap)
{
    enum wrap_alg told;
    if (!answer_is(run->session, "wrap", "auto")) {
        return _("as answered");
    }
    if (is_wrap_told(run, &told) && strcmp(wrap, wrap_alg_name(told)) == 0) {
        return _("the CA says so");
    }
    return session_fact(run->session, "archival.wrap") ? _("every CA takes it") : _("the usual one; the CA is asked");
}

/* The choice and where it comes from: an answer, the server's own word, or what every version takes. */
char *run_archival_choice(const struct run *run)
{
    const char *told = session_fact(run->session, "kra.rsa-wrap"), *wrap = run_archival_wrap(run);
    bool answered = !answer_is(run->session, "archive.oaep", "auto");
    const char *padding = run_archives_with_oaep(run) ? "RSA-OAEP" : "RSA PKCS#1 v1.5";
    const char *why_padding = answered ? _("as answered") : told ? _("the CA says so") : _("the usual one; the CA is asked");
    /* TRANSLATORS: how an archived key is wrapped, and in parentheses why so: cipher (why), padding (why) */
    return xasprintf(_("%s (%s), %s (%s)"), wrap, why_wrap(run, wrap), padding, why_padding);
}

/* As answered; else as the KRA says that it wraps, and AES-CBC, which KRAs read whatever they say, where it says nothing or the token
 * cannot do that. */
bool run_choose_wrap(struct run *run, enum wrap_alg *wrap, struct err *err)
{
    const char *name = run_answer(run, "wrap"), *token = run_answer(run, "tokenname");
    bool named = strcmp(name, "auto") != 0;
    enum key_type type = answer_is(run->session, "key.type", "ec") ? KEY_EC : KEY_RSA;
    *wrap = WRAP_AES_CBC_PAD;
    if (named && !wrap_alg_by_name(name, wrap)) {
        return err_fail(err, ERR_FLOW_ANSWER_BAD, "wrap");
    }
    bool told = !named && is_wrap_told(run, wrap);
    bool can = crypt_token_wraps(run->engine.db, token, type, *wrap);
    if (!can && told && *wrap != WRAP_AES_CBC_PAD) {
        *wrap = WRAP_AES_CBC_PAD;
        can = crypt_token_wraps(run->engine.db, token, type, *wrap);
    }
    session_set_fact(run->session, "archival.wrap", can ? wrap_alg_name(*wrap) : NULL);
    return can || err_fail(err, ERR_FLOW_TOKEN_WRAP, "%s: %s", *token ? token : "internal", wrap_alg_name(*wrap));
}

static bool wrap_key(struct run *run, struct key *key, struct buf *archive, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    struct cert_list certs = CERT_LIST_INIT;
    enum wrap_alg wrap = WRAP_AES_CBC_PAD;
    bool ok = run_choose_wrap(run, &wrap, err) &&
              session_read_file(run->session, FILE_TRANSPORT, &pem, err) && pem_decode_all(buf_peek(&pem), &certs, err) &&
              (certs.n || err_fail(err, ERR_FLOW_TRANSPORT, NULL)) &&
              archive_build(run->engine.db, key, certs.v[0], wrap, run_archives_with_oaep(run), archive, err);
    cert_list_release(&certs);
    buf_release(&pem);
    return ok;
}

bool run_build_crmf(struct run *run, struct key *key, struct buf *der, struct err *err)
{
    struct buf subject = BUF_INIT(BUF_MAX_TEXT), archive = BUF_INIT(BUF_MAX_TEXT), msg = BUF_INIT(BUF_MAX_TEXT);
    char *text = run_subject(run);
    bool ok = dn_encode(text, &subject, err) && (!answer_true(run->session, "archive") || wrap_key(run, key, &archive, err));
    struct crmf_spec spec = {.req_id = 1, .subject_der = buf_peek(&subject), .archive_options = buf_peek(&archive), .hash = HASH_SHA256,
                             .sign_pop = !run_needs_second_trip(run)};
    ok = ok && crmf_build(key, &spec, &msg, err) && crmf_wrap(buf_peek(&msg), der, err);
    free(text);
    buf_release(&subject);
    buf_release(&archive);
    buf_release(&msg);
    return ok;
}

static bool write_crmf(struct run *run, struct key *key, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_TEXT), pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = run_build_crmf(run, key, &der, err) &&
              (pem_encode(buf_peek(&der), "CERTIFICATE REQUEST", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL)) &&
              session_write_file(run->session, FILE_CRMF, buf_peek(&pem), err);
    if (ok) {
        char *subject = run_subject(run), *how = answer_true(run->session, "archive") ? run_archival_choice(run) : NULL;
        session_set_fact(run->session, "subject", subject);
        session_set_fact(run->session, "archival.how", how);
        if (how) {
            run_note(run, "%s", how);
        }
        free(subject);
        free(how);
    }
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
