/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/when.h"
#include "nss/certdb.h"
#include "nss/dn.h"
#include "nss/issue.h"
#include "nss/pem.h"
#include "practice/adopt.h"
#include "practice/ca_private.h"
#include "practice/policy.h"
#include "practice/store.h"
#include "practice/tls.h"

#define YEAR ((int64_t)365 * 86400)
#define PASSWORD_OCTETS 16

/* What init works on: a practice_ca that is filled while it is made. */
struct making {
    struct practice_ca *ca;
    const struct practice_init_spec *spec;
    struct key *root_key;
    struct cert *root;
    char *organization; /* "OU=Instance 1a2b3c,O=PRACTICE ONLY cmc-wizard" */
    int64_t at;
};

static bool write_secret(const struct practice_ca *ca, const char *name, const struct secret *secret, struct err *err)
{
    char *path = practice_path(ca, name);
    struct buf line = {.max = SECRET_MAX + 2, .secret = true};
    bool ok = buf_append(&line, secret->text, secret->len) && buf_append_byte(&line, '\n')
                  ? file_write(path, buf_peek(&line), 0600, err)
                  : err_fail(err, ERR_INTERNAL, NULL);
    buf_release(&line);
    free(path);
    return ok;
}

static void random_password(struct secret *out)
{
    uint8_t octets[PASSWORD_OCTETS];
    bytes_random(octets, sizeof octets);
    char *hex = bytes_hex(BYTES(octets, sizeof octets));
    secret_set(out, hex, strlen(hex));
    mem_wipe(hex, strlen(hex));
    mem_wipe(octets, sizeof octets);
    free(hex);
}

bool practice_write_pem(const struct practice_ca *ca, const char *name, const struct cert *cert, struct err *err)
{
    char *path = practice_path(ca, name);
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = pem_encode(cert_der(cert), "CERTIFICATE", 64, false, &pem) ? file_write(path, buf_peek(&pem), 0644, err)
                                                                          : err_fail(err, ERR_INTERNAL, NULL);
    buf_release(&pem);
    free(path);
    return ok;
}

static struct key *new_key(struct making *m, bool ca_key, struct err *err)
{
    bool ec = ca_key && m->spec->key_type && strcmp(m->spec->key_type, "ec") == 0;
    const struct key_spec spec = {.type = ec ? KEY_EC : KEY_RSA, .bits = 2048, .curve = "nistp256", .extractable = !ca_key,
                                  .wrap_ops = !ca_key};
    return key_generate(m->ca->db, NULL, &spec, err);
}

/* A CA certificate for key, signed by signer (itself for the root). */
static struct cert *make_ca_cert(struct making *m, const char *cn, struct key *key, struct key *signer, const struct cert *issuer,
                                 struct err *err)
{
    uint8_t serial[8];
    struct buf name = BUF_INIT(BUF_MAX_TEXT);
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    struct buf ski = BUF_INIT(64);
    struct buf exts = BUF_INIT(BUF_MAX_TEXT);
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct cert *cert = NULL;
    char *subject = xasprintf("CN=%s,%s", cn, m->organization);
    bytes_random(serial, sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
    bool ok = dn_encode(subject, &name, err) && key_spki(key, &spki, err) && spki_key_identifier(buf_peek(&spki), &ski, err);
    if (ok) {
        ok = issue_ext_aki(&exts, issuer ? cert_ski(issuer) : buf_peek(&ski)) && issue_ext_basic(&exts, true, true, -1) &&
             issue_ext_key_usage(&exts, true, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_CERT_SIGN | KU_CRL_SIGN) &&
             issue_ext_ski(&exts, false, buf_peek(&ski));
        ok = ok || err_fail(err, ERR_INTERNAL, NULL);
    }
    if (ok) {
        /* Valid since yesterday: clocks of rehearsal machines differ. */
        const struct issue_spec spec = {
            .serial = BYTES(serial, sizeof serial), .subject_der = buf_peek(&name), .spki = buf_peek(&spki),
            .issuer_der = issuer ? cert_subject_der(issuer) : buf_peek(&name), .not_before = m->at - 86400,
            .not_after = m->at + 20 * YEAR, .extensions = buf_peek(&exts), .hash = HASH_SHA256,
        };
        cert = issue_cert(signer, &spec, &der, err) ? cert_from_der(buf_peek(&der), err) : NULL;
    }
    free(subject);
    buf_release(&der);
    buf_release(&exts);
    buf_release(&ski);
    buf_release(&spki);
    buf_release(&name);
    return cert;
}

static bool make_cas(struct making *m, struct err *err)
{
    struct practice_ca *ca = m->ca;
    m->root_key = new_key(m, true, err);
    m->root = m->root_key ? make_ca_cert(m, "Practice Root CA", m->root_key, m->root_key, NULL, err) : NULL;
    ca->key = m->root ? new_key(m, true, err) : NULL;
    ca->cert = ca->key ? make_ca_cert(m, "Practice Issuing CA", ca->key, m->root_key, m->root, err) : NULL;
    if (!ca->cert || !certdb_import(ca->db, NULL, m->root, PRACTICE_NICK_ROOT, "CT,C,C", err) ||
        !certdb_import(ca->db, NULL, ca->cert, PRACTICE_NICK_CA, "CT,C,C", err)) {
        return false;
    }
    cert_list_push(&ca->chain, ca->cert);
    cert_list_push(&ca->chain, m->root);
    return store_cert_add(ca->store, m->root, "system", "", 0, m->at, err) &&
           store_cert_add(ca->store, ca->cert, "system", "", 0, m->at, err);
}

/* A certificate with a new key in the CA's database: issuance protection, transport, storage. */
static bool make_service(struct making *m, const char *cn, const char *nickname, struct cert **cert, struct key **key,
                         struct err *err)
{
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    struct buf exts = BUF_INIT(BUF_MAX_TEXT);
    char *subject = xasprintf("CN=%s,%s", cn, m->organization);
    *key = new_key(m, false, err);
    bool ok = *key && key_spki(*key, &spki, err);
    ok = ok && (issue_ext_key_usage(&exts, true,
                                    KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT) ||
                err_fail(err, ERR_INTERNAL, NULL)) &&
         practice_issue_plain(m->ca, subject, buf_peek(&spki), buf_peek(&exts), m->at, 10 * YEAR, cert, err) &&
         certdb_import(m->ca->db, NULL, *cert, nickname, ",,", err);
    free(subject);
    buf_release(&exts);
    buf_release(&spki);
    return ok;
}

static bool copy_profiles(struct making *m, struct err *err)
{
    struct strv names = STRV_INIT;
    const char *from = m->spec->profiles;
    char *to = practice_path(m->ca, PRACTICE_PROFILES);
    bool ok = dir_create(to, 0700, err) && dir_list(from, &names, err);
    size_t copied = 0;
    for (size_t i = 0; ok && i < names.n; i++) {
        if (!text_ends(names.v[i], ".cfg")) {
            continue;
        }
        char *source = path_join(from, names.v[i]);
        char *target = path_join(to, names.v[i]);
        struct buf text = BUF_INIT(BUF_MAX_TEXT);
        ok = file_read(source, &text, err) && file_write(target, buf_peek(&text), 0600, err);
        copied++;
        buf_release(&text);
        free(target);
        free(source);
    }
    ok = ok && (copied > 0 || err_fail(err, ERR_PRACTICE_NO_PROFILE, "%s", from)) &&
         profile_list_read(to, &m->ca->profiles, err);
    strv_release(&names);
    free(to);
    return ok;
}

static bool write_chain(struct making *m, struct err *err)
{
    char *path = practice_path(m->ca, PRACTICE_CHAIN);
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = true;
    for (size_t i = 0; ok && i < m->ca->chain.n; i++) {
        ok = pem_encode(cert_der(m->ca->chain.v[i]), "CERTIFICATE", 64, false, &pem);
    }
    ok = ok ? file_write(path, buf_peek(&pem), 0644, err) : err_fail(err, ERR_INTERNAL, NULL);
    buf_release(&pem);
    free(path);
    return ok;
}

static bool make_database(struct making *m, struct err *err)
{
    struct secret password = SECRET_INIT;
    char *path = practice_path(m->ca, PRACTICE_NSSDB);
    random_password(&password);
    bool ok = write_secret(m->ca, PRACTICE_PASSWORD, &password, err);
    m->ca->db = ok ? nssdb_open(path, NSSDB_CREATE, NULL, err) : NULL;
    ok = m->ca->db && nssdb_init_password(m->ca->db, &password, err) && nssdb_login_with(m->ca->db, NULL, &password, err);
    secret_release(&password);
    free(path);
    return ok;
}

static bool make_records(struct making *m, struct err *err)
{
    char *state = practice_path(m->ca, PRACTICE_STATE ".new");
    char *conf = practice_path(m->ca, PRACTICE_CONF);
    csconf_defaults(&m->ca->conf);
    m->ca->store = store_open(state, true, err);
    bool ok = m->ca->store && csconf_write(conf, &m->ca->conf, err);
    free(conf);
    free(state);
    return ok;
}

static bool finish_records(struct making *m, struct err *err)
{
    char *from = practice_path(m->ca, PRACTICE_STATE ".new");
    char *to = practice_path(m->ca, PRACTICE_STATE);
    store_close(m->ca->store);
    m->ca->store = NULL;
    bool ok = rename(from, to) == 0 || err_fail_errno(err, ERR_FILE_WRITE, "%s", to);
    free(to);
    free(from);
    return ok;
}

static bool make_all(struct making *m, struct err *err)
{
    struct practice_ca *ca = m->ca;
    char *agent = practice_path(ca, PRACTICE_AGENT_P12);
    bool ok = make_database(m, err) && make_records(m, err) && copy_profiles(m, err) && make_cas(m, err) &&
              make_service(m, "Practice Issuance Protection", PRACTICE_NICK_PROTECTION, &ca->protection, &ca->protection_key,
                           err) &&
              make_service(m, "Practice KRA Transport", PRACTICE_NICK_TRANSPORT, &ca->transport, &ca->transport_key, err) &&
              make_service(m, "Practice KRA Storage", PRACTICE_NICK_STORAGE, &ca->storage, &ca->storage_key, err) &&
              tls_make(ca, m->organization, m->at, err) &&
              practice_write_pem(ca, PRACTICE_TRANSPORT_CERT, ca->transport, err) &&
              practice_write_pem(ca, PRACTICE_PROTECTION_CERT, ca->protection, err) &&
              practice_enroll_agent(ca, "agent", agent, m->at, err) && (!m->spec->adopt || adopt_clients(ca, m->spec->adopt, err)) &&
              finish_records(m, err) && write_chain(m, err);
    free(agent);
    return ok;
}

/* True for a program that runs from its build tree. */
static bool in_build_tree(void)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return text_starts(path, PRACTICE_BUILD_DIR "/");
}

/* The folder of profiles: as asked, that of the source tree for a program in the build tree, else the installed one. */
static char *profiles_folder(const char *asked)
{
    if (asked) {
        return xstrdup(asked);
    }
    return xstrdup(in_build_tree() ? PRACTICE_SOURCE_DIR "/data/profiles" : PKGDATADIR "/profiles");
}

/* What an interrupted init left behind. */
static bool remove_remains(const struct practice_ca *ca, struct err *err)
{
    static const char *const folders[] = {PRACTICE_NSSDB, PRACTICE_PROFILES, PRACTICE_TLS};
    static const char *const files[] = {PRACTICE_STATE, PRACTICE_STATE "-wal", PRACTICE_STATE "-shm", PRACTICE_STATE ".new",
                                        PRACTICE_STATE ".new-wal", PRACTICE_STATE ".new-shm", PRACTICE_CONF, PRACTICE_CHAIN,
                                        PRACTICE_PASSWORD, PRACTICE_AUDIT};
    bool ok = true;
    for (size_t i = 0; ok && i < ARRAY_LEN(folders); i++) {
        char *path = practice_path(ca, folders[i]);
        ok = !dir_exists(path) || dir_remove(path, err);
        free(path);
    }
    for (size_t i = 0; ok && i < ARRAY_LEN(files); i++) {
        char *path = practice_path(ca, files[i]);
        ok = !file_exists(path) || unlink(path) == 0 || err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
        free(path);
    }
    return ok;
}

bool practice_init(const char *dir, const struct practice_init_spec *spec, struct err *err)
{
    uint8_t instance[3];
    if (practice_present(dir)) {
        return err_fail(err, ERR_PRACTICE_EXISTS, "%s", dir);
    }
    if (!dir_create(dir, 0700, err)) {
        return false;
    }
    char *profiles = profiles_folder(spec->profiles);
    struct practice_init_spec own = *spec;
    own.profiles = profiles;
    struct practice_ca *ca = xcalloc(1, sizeof *ca);
    ca->dir = path_absolute(dir);
    ca->lock = (struct file_lock)FILE_LOCK_INIT;
    ca->audit_fd = -1;
    buf_init(&ca->audit, BUF_MAX_TEXT);
    bytes_random(instance, sizeof instance);
    char *hex = bytes_hex(BYTES(instance, sizeof instance));
    struct making m = {.ca = ca, .spec = &own, .at = when_now(),
                       .organization = xasprintf("OU=Instance %s,O=" PRACTICE_MARK " cmc-wizard", hex)};
    char *lock = practice_path(ca, PRACTICE_LOCK);
    bool half_made = file_exists(lock);
    bool ok = file_lock_take(&ca->lock, lock, err) && (!half_made || remove_remains(ca, err)) && make_all(&m, err);
    key_free(m.root_key);
    cert_free(m.root);
    practice_close(ca);
    free(lock);
    free(hex);
    free(m.organization);
    free(profiles);
    return ok;
}
