/* SPDX-License-Identifier: Apache-2.0 */
/* What an administrator or agent does at the practice CA. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/when.h"
#include "nss/certdb.h"
#include "nss/dn.h"
#include "nss/issue.h"
#include "nss/pem.h"
#include "practice/audit.h"
#include "practice/ca_private.h"
#include "practice/cmc_run.h"
#include "practice/est_users.h"
#include "practice/kra.h"
#include "practice/rest.h"
#include "practice/store.h"
#include "practice/tls.h"

#define AGENT_SECONDS ((int64_t)2 * 365 * 86400)
#define P12_PASSWORD_OCTETS 12

/* Subject of the CA without its CN: "OU=...,O=..." */
static char *organization_of(const struct practice_ca *ca)
{
    char *whole = dn_text_raw(cert_subject_der(ca->cert));
    char *comma = whole ? strchr(whole, ',') : NULL;
    char *rest = xstrdup(comma ? comma + 1 : "O=" PRACTICE_MARK " cmc-wizard");
    free(whole);
    return rest;
}

static struct cert *agent_cert(struct practice_ca *ca, const char *uid, struct key *key, int64_t at, struct err *err)
{
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    struct buf exts = BUF_INIT(BUF_MAX_TEXT);
    struct strv purposes = STRV_INIT;
    struct cert *cert = NULL;
    char *rest = organization_of(ca);
    char *escaped = text_dn_escape(uid);
    char *subject = xasprintf("UID=%s,CN=Practice Agent %s,%s", escaped, escaped, rest);
    strv_push(&purposes, "1.3.6.1.5.5.7.3.2");
    strv_push(&purposes, "1.3.6.1.5.5.7.3.4");
    bool ok = (issue_ext_key_usage(&exts, true, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_ENCIPHERMENT) &&
               issue_ext_eku(&exts, false, &purposes)) ||
              err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && key_spki(key, &spki, err) &&
         practice_issue_plain(ca, subject, buf_peek(&spki), buf_peek(&exts), at, AGENT_SECONDS, &cert, err) &&
         store_agent_add(ca->store, cert_der(cert), uid, err);
    free(subject);
    free(escaped);
    free(rest);
    strv_release(&purposes);
    buf_release(&exts);
    buf_release(&spki);
    if (!ok) {
        cert_free(cert);
        return NULL;
    }
    return cert;
}

/* "x.p12" -> "x" + suffix */
static char *beside(const char *p12_path, const char *suffix)
{
    size_t len = strlen(p12_path);
    return xasprintf("%.*s%s", (int)(text_ends(p12_path, ".p12") ? len - 4 : len), p12_path, suffix);
}

static bool write_agent_files(struct practice_ca *ca, const struct cert *cert, const char *p12_path, struct err *err)
{
    uint8_t octets[P12_PASSWORD_OCTETS];
    struct secret password = SECRET_INIT;
    struct buf p12 = {.max = BUF_MAX_TEXT, .secret = true};
    struct buf line = {.max = SECRET_MAX, .secret = true};
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bytes_random(octets, sizeof octets);
    char *hex = bytes_hex(BYTES(octets, sizeof octets));
    char *password_path = beside(p12_path, ".password");
    char *pem_path = beside(p12_path, ".pem");
    secret_set(&password, hex, strlen(hex));
    bool ok = certdb_export_pkcs12(ca->db, cert, &password, &p12, err);
    ok = ok && ((buf_printf(&line, "%s\n", hex) && pem_encode(cert_der(cert), "CERTIFICATE", 64, false, &pem)) ||
                err_fail(err, ERR_INTERNAL, NULL));
    ok = ok && file_write(password_path, buf_peek(&line), 0600, err) && file_write(pem_path, buf_peek(&pem), 0644, err) &&
         file_write(p12_path, buf_peek(&p12), 0600, err);
    mem_wipe(hex, strlen(hex));
    free(hex);
    free(pem_path);
    free(password_path);
    secret_release(&password);
    buf_release(&pem);
    buf_release(&line);
    buf_release(&p12);
    return ok;
}

bool practice_enroll_agent(struct practice_ca *ca, const char *uid, const char *p12_path, int64_t at, struct err *err)
{
    const struct key_spec spec = {.type = KEY_RSA, .bits = 2048, .extractable = true};
    if (!*uid || strlen(uid) > 64) {
        return err_fail(err, ERR_USAGE, _("An agent's name has 1 to 64 characters."));
    }
    struct key *key = key_generate(ca->db, NULL, &spec, err);
    if (!key) {
        return false;
    }
    if (!store_begin(ca->store, err)) {
        key_free(key);
        return false;
    }
    char *nickname = xasprintf("practice-agent-%s", uid);
    struct cert *cert = agent_cert(ca, uid, key, at, err);
    bool ok = cert && certdb_import(ca->db, NULL, cert, nickname, ",,", err) && write_agent_files(ca, cert, p12_path, err);
    ok = ok && store_commit(ca->store, err);
    if (!ok) {
        store_rollback(ca->store);
    }
    /* The CA keeps no agent's key. */
    if (cert && certdb_has(ca->db, cert) && !certdb_delete(ca->db, NULL, cert, NULL)) {
        ok = ok && err_fail(err, ERR_INTERNAL, NULL);
    }
    if (!key_delete(ca->db, key, NULL)) {
        audit_event(ca, at, "PRIVATE_KEY_ARCHIVE_REQUEST", uid, false, "[Info=%s]", "key of the agent stays in the database");
    }
    audit_event(ca, at, "CONFIG_ROLE", "admin", ok, "[Scope=users][Operation=OP_ADD][Object=%s]", uid);
    audit_flush(ca);
    free(nickname);
    cert_free(cert);
    return ok;
}

bool practice_user_add(struct practice_ca *ca, const char *uid, const char *dn, struct err *err)
{
    char *escaped = text_dn_escape(uid);
    char *own = dn ? xstrdup(dn) : xasprintf("UID=%s,OU=people,DC=example,DC=com", escaped);
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    bool ok = dn_encode(own, &der, err) && store_user_set(ca->store, uid, own, err);
    buf_release(&der);
    free(own);
    free(escaped);
    return ok;
}

bool practice_user_token(struct practice_ca *ca, const char *uid, const char *token_base64, struct err *err)
{
    struct user_row row;
    bool found = false;
    if (!store_user_find(ca->store, uid, &row, &found, err)) {
        return false;
    }
    if (!found) {
        char *shown = text_visible_str(uid);
        err_fail(err, ERR_PRACTICE_NO_USER, "%s", shown);
        free(shown);
        return false;
    }
    user_row_release(&row);
    return store_user_token(ca->store, uid, token_base64, err);
}

static bool find_cert(struct practice_ca *ca, const char *text, struct cert_row *row, struct err *err)
{
    bool found = false;
    char *serial = rest_serial(text);
    bool ok = !serial || store_cert_find(ca->store, BYTES_NONE, serial, row, &found, err);
    free(serial);
    if (ok && !found) {
        char *shown = text_visible_str(text);
        ok = err_fail(err, ERR_PRACTICE_NO_CERT, "%s", shown);
        free(shown);
    }
    return ok;
}

bool practice_cert_token(struct practice_ca *ca, const char *serial, const char *token_base64, struct err *err)
{
    struct cert_row row;
    if (!find_cert(ca, serial, &row, err)) {
        return false;
    }
    bool ok = store_cert_rev_token(ca->store, row.id, token_base64, err);
    cert_row_release(&row);
    return ok;
}

bool practice_profile_enable(struct practice_ca *ca, const char *id, bool enable, struct err *err)
{
    struct profile *profile = profile_find(&ca->profiles, id);
    if (!profile) {
        char *shown = text_visible_str(id);
        err_fail(err, ERR_PRACTICE_NO_PROFILE, "%s", shown);
        free(shown);
        return false;
    }
    bool ok = profile_enable(profile, enable, err);
    audit_event(ca, when_now(), "CONFIG_CERT_PROFILE", "admin", ok, "[Scope=profiles][Operation=%s][Object=%s]",
                enable ? "OP_ENABLE" : "OP_DISABLE", id);
    audit_flush(ca);
    return ok;
}

size_t practice_profiles(struct practice_ca *ca, struct practice_profile_row **rows)
{
    *rows = xcalloc(ca->profiles.n ? ca->profiles.n : 1, sizeof **rows);
    for (size_t i = 0; i < ca->profiles.n; i++) {
        const struct profile *p = &ca->profiles.v[i];
        (*rows)[i] = (struct practice_profile_row){.id = p->id, .name = p->name, .auth = p->auth, .enabled = p->enabled};
    }
    return ca->profiles.n;
}

/* The key goes through the database, because only there PKCS#12 packages are made; it does not stay. */
static bool package(struct practice_ca *ca, const struct cert *cert, struct bytes pkcs8, const struct secret *password,
                    struct buf *p12, struct err *err)
{
    struct key *key = NULL;
    bool ok = key_import_pkcs8(ca->db, NULL, pkcs8, "practice-recovered", &key, err) &&
              certdb_import(ca->db, NULL, cert, "practice-recovered", ",,", err) &&
              certdb_export_pkcs12(ca->db, cert, password, p12, err);
    if (certdb_has(ca->db, cert) && !certdb_delete(ca->db, NULL, cert, NULL)) {
        ok = ok && err_fail(err, ERR_INTERNAL, NULL);
    }
    if (key && !key_delete(ca->db, key, NULL)) {
        ok = ok && err_fail(err, ERR_INTERNAL, NULL);
    }
    return ok;
}

bool practice_recover(struct practice_ca *ca, const char *serial, const struct secret *p12_password, struct buf *p12,
                      struct err *err)
{
    struct cert_row row;
    struct buf wrapped = BUF_INIT(BUF_MAX_TEXT);
    struct buf blob = BUF_INIT(BUF_MAX_TEXT);
    struct buf pkcs8 = {.max = BUF_MAX_TEXT, .secret = true};
    bool found = false;
    if (!find_cert(ca, serial, &row, err)) {
        return false;
    }
    struct cert *cert = cert_from_der(buf_peek(&row.der), err);
    bool ok = cert && store_key_find(ca->store, row.serial, &wrapped, &blob, &found, err);
    ok = ok && (found || err_fail(err, ERR_PRACTICE_NOT_ARCHIVED, "0x%s", row.serial));
    ok = ok && kra_unseal(ca, buf_peek(&wrapped), buf_peek(&blob), &pkcs8, err) &&
         package(ca, cert, buf_peek(&pkcs8), p12_password, p12, err);
    audit_event(ca, when_now(), "SECURITY_DATA_RECOVERY_REQUEST_PROCESSED", "agent", ok, "[CertSerialNum=0x%s]", row.serial);
    audit_flush(ca);
    cert_free(cert);
    buf_release(&pkcs8);
    buf_release(&blob);
    buf_release(&wrapped);
    cert_row_release(&row);
    return ok;
}

bool practice_est_user(struct practice_ca *ca, const char *name, const struct secret *password, struct err *err)
{
    return est_user_set(ca, name, password, err);
}

/* What the CA could not start with is not written. */
static bool protection_is_there(struct practice_ca *ca, struct err *err)
{
    struct cert *cert = NULL;
    struct key *own = NULL;
    bool ok = practice_load_pair(ca, ca->conf.protection, &cert, &own, err);
    key_free(own);
    cert_free(cert);
    return ok;
}

bool practice_switch(struct practice_ca *ca, const char *key, const char *value, struct err *err)
{
    char *path = practice_path(ca, PRACTICE_CONF);
    const struct csconf before = ca->conf;
    bool ok = csconf_set(&ca->conf, key, value, err) && protection_is_there(ca, err) && csconf_write(path, &ca->conf, err);
    if (!ok) {
        ca->conf = before;
    }
    free(path);
    return ok;
}

bool practice_fault_set(struct practice_ca *ca, const char *name, bool on, struct err *err)
{
    char *key = xasprintf("practice.fault.%s", name);
    bool ok = (!on || fault_by_name(name) != FAULT_EXPIRED_SERVER || tls_make_expired(ca, when_now(), err)) &&
              practice_switch(ca, key, on ? "true" : "false", err);
    free(key);
    return ok;
}

bool practice_fault_is_on(const struct practice_ca *ca, const char *name)
{
    enum practice_fault fault = fault_by_name(name);
    return fault != FAULT_COUNT && ca->conf.fault[fault];
}

bool practice_counts(struct practice_ca *ca, struct practice_counts *counts, struct err *err)
{
    return store_count(ca->store, COUNT_CERTS, &counts->certs, err) &&
           store_count(ca->store, COUNT_REVOKED, &counts->revoked, err) &&
           store_count(ca->store, COUNT_REQUESTS, &counts->requests, err) &&
           store_count(ca->store, COUNT_PENDING, &counts->pending, err) &&
           store_count(ca->store, COUNT_AGENTS, &counts->agents, err) &&
           store_count(ca->store, COUNT_USERS, &counts->users, err) && store_count(ca->store, COUNT_KEYS, &counts->archived, err);
}

bool practice_describe(struct practice_ca *ca, int port, struct err *err)
{
    char *chain_path = practice_path(ca, PRACTICE_CHAIN);
    char *path = practice_path(ca, PRACTICE_DESCRIPTION);
    struct buf chain = BUF_INIT(BUF_MAX_TEXT);
    struct buf digest = BUF_INIT(HASH_MAX);
    bool ok = file_read(chain_path, &chain, err) && cert_fingerprint(ca->cert, HASH_SHA256, &digest, err);
    if (ok) {
        struct json *root = json_new_object();
        char *hex = bytes_hex(buf_peek(&digest));
        json_set_num(root, "version", 1);
        json_set_str(root, "name", "practice");
        json_set_str(root, "title", "Practice CA (" PRACTICE_MARK ")");
        json_set_str(root, "host", "localhost");
        json_set_num(root, "port", port);
        json_set_str(root, "version-of-ca", PRACTICE_VERSION);
        json_set_bool(root, "practice", true);
        json_set_bool(root, "pop-link-required", ca->conf.pop_link_witness_required);
        json_set_str(root, "chain", buf_str(&chain));
        json_set_str(root, "fingerprint", hex);
        json_set_str(root, "base-dn", "dc=example,dc=com");
        json_set_str(root, "contact", "This CA runs on your own machine, for practice only.");
        char *text = json_print(root, true);
        ok = file_write(path, bytes_of_str(text), 0644, err);
        free(text);
        free(hex);
        json_free(root);
    }
    buf_release(&digest);
    buf_release(&chain);
    free(path);
    free(chain_path);
    return ok;
}

bool practice_adopt_cert(struct practice_ca *ca, const struct cert *cert, struct err *err)
{
    return store_cert_add(ca->store, cert, "", "", 0, cert_not_before(cert), err);
}

bool practice_adopt_pending(struct practice_ca *ca, struct bytes request_id, struct bytes challenge,
                            struct bytes tagged_request, struct err *err)
{
    int64_t id = 0;
    struct buf sealed = BUF_INIT(BUF_MAX_TEXT);
    struct request_row row;
    bool found = false;
    if (!pop_id_number(request_id, &id) || !store_request_find(ca->store, id, &row, &found, err)) {
        return err_fail(err, ERR_PRACTICE_ADOPT, NULL);
    }
    if (found) {
        request_row_release(&row);
    }
    bool ok = (found || store_request_add(ca->store, id, "enrollment", "pending", "", "", when_now(), &id, err)) &&
              pop_seal_challenge(ca, challenge, &sealed, err) &&
              store_request_set_pop(ca->store, id, tagged_request, buf_peek(&sealed), err);
    buf_release(&sealed);
    return ok;
}
