/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/ca.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "base/when.h"
#include "nss/certdb.h"
#include "nss/dn.h"
#include "nss/issue.h"
#include "nss/pem.h"
#include "practice/audit.h"
#include "practice/ca_private.h"
#include "practice/policy.h"
#include "practice/routes.h"
#include "practice/store.h"

char *practice_path(const struct practice_ca *ca, const char *name)
{
    return path_join(ca->dir, name);
}

/* The chain is written last: a folder without it was left half-made. */
bool practice_present(const char *dir)
{
    char *state = path_join(dir, PRACTICE_STATE);
    char *chain = path_join(dir, PRACTICE_CHAIN);
    bool present = file_exists(state) && file_exists(chain);
    free(chain);
    free(state);
    return present;
}

static bool password_from_file(void *ctx, const char *token, bool retry, int tries_left, struct secret *out, struct err *err)
{
    (void)token;
    (void)tries_left;
    if (retry) {
        return err_fail(err, ERR_PRACTICE_DAMAGED, PRACTICE_PASSWORD);
    }
    char *path = practice_path(ctx, PRACTICE_PASSWORD);
    bool ok = secret_read_file(out, path, err);
    free(path);
    return ok;
}

bool practice_load_pair(struct practice_ca *ca, const char *nickname, struct cert **cert, struct key **key, struct err *err)
{
    *cert = certdb_find(ca->db, NULL, nickname, err);
    *key = *cert ? key_of_cert(ca->db, *cert, err) : NULL;
    return *key != NULL;
}

static bool load_chain(struct practice_ca *ca, struct err *err)
{
    char *path = practice_path(ca, PRACTICE_CHAIN);
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = file_read(path, &pem, err) && pem_decode_all(buf_peek(&pem), &ca->chain, err);
    buf_release(&pem);
    free(path);
    return ok;
}

/* The certificate that CS.cfg names; the file that clients take it from follows. */
static bool load_protection(struct practice_ca *ca, struct err *err)
{
    if (!practice_load_pair(ca, ca->conf.protection, &ca->protection, &ca->protection_key, err)) {
        return err_context(err, "%s: ca.cert.issuance_protection.nickname=%s", PRACTICE_CONF, ca->conf.protection);
    }
    char *path = practice_path(ca, PRACTICE_PROTECTION_CERT);
    struct buf pem = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT);
    bool same = file_exists(path) && file_read(path, &pem, NULL) && pem_decode(buf_peek(&pem), &der, NULL, NULL) &&
                bytes_equal(buf_peek(&der), cert_der(ca->protection));
    buf_release(&pem);
    buf_release(&der);
    free(path);
    return same || practice_write_pem(ca, PRACTICE_PROTECTION_CERT, ca->protection, err);
}

static bool load_nss(struct practice_ca *ca, struct err *err)
{
    const struct password_source source = {password_from_file, ca};
    char *path = practice_path(ca, PRACTICE_NSSDB);
    ca->db = nssdb_open(path, NSSDB_WRITE, &source, err);
    free(path);
    return ca->db && nssdb_login(ca->db, NULL, err) && practice_load_pair(ca, PRACTICE_NICK_CA, &ca->cert, &ca->key, err) &&
           load_protection(ca, err) &&
           practice_load_pair(ca, PRACTICE_NICK_TRANSPORT, &ca->transport, &ca->transport_key, err) &&
           practice_load_pair(ca, PRACTICE_NICK_STORAGE, &ca->storage, &ca->storage_key, err);
}

/* Time of the last change; zero when it cannot be told. */
static struct timespec changed(const struct practice_ca *ca, const char *name)
{
    struct stat st;
    char *path = practice_path(ca, name);
    struct timespec when = {0, 0};
    if (stat(path, &st) == 0) {
        when = st.st_mtim;
    }
    free(path);
    return when;
}

/* Differs from what was read; or is so fresh that a second change might bear the same time. */
static bool is_stale(struct timespec read, struct timespec now)
{
    return read.tv_sec != now.tv_sec || read.tv_nsec != now.tv_nsec || when_now() - now.tv_sec < 2;
}

void practice_refresh(struct practice_ca *ca, int64_t at)
{
    struct err err = ERR_INIT;
    struct timespec conf_now = changed(ca, PRACTICE_CONF);
    struct timespec profiles_now = changed(ca, PRACTICE_PROFILES);
    if (is_stale(ca->conf_read, conf_now)) {
        struct csconf conf;
        char *path = practice_path(ca, PRACTICE_CONF);
        if (csconf_read(path, &conf, &err)) {
            ca->conf = conf;
        }
        ca->conf_read = conf_now;
        free(path);
    }
    if (is_stale(ca->profiles_read, profiles_now)) {
        struct profile_list list;
        char *path = practice_path(ca, PRACTICE_PROFILES);
        if (profile_list_read(path, &list, &err)) {
            profile_list_release(&ca->profiles);
            ca->profiles = list;
        }
        ca->profiles_read = profiles_now;
        free(path);
    }
    if (err_is_set(&err)) {
        char *why = audit_reason(&err);
        audit_event(ca, at, "CONFIG_CERT_PROFILE", "system", false, "[Info=%s]", why);
        free(why);
        err_release(&err);
    }
}

static bool load_files(struct practice_ca *ca, struct err *err)
{
    char *state = practice_path(ca, PRACTICE_STATE);
    char *conf = practice_path(ca, PRACTICE_CONF);
    char *profiles = practice_path(ca, PRACTICE_PROFILES);
    ca->audit_path = practice_path(ca, PRACTICE_AUDIT);
    ca->conf_read = changed(ca, PRACTICE_CONF);
    ca->profiles_read = changed(ca, PRACTICE_PROFILES);
    ca->store = store_open(state, false, err);
    bool ok = ca->store && csconf_read(conf, &ca->conf, err) && profile_list_read(profiles, &ca->profiles, err);
    if (ok) {
        ca->audit_fd = open(ca->audit_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        ok = ca->audit_fd >= 0 || err_fail_errno(err, ERR_FILE_WRITE, "%s", ca->audit_path);
    }
    free(profiles);
    free(conf);
    free(state);
    return ok;
}

static bool take_lock(struct practice_ca *ca, struct err *err)
{
    char *path = practice_path(ca, PRACTICE_LOCK);
    struct err why = ERR_INIT;
    bool ok = file_lock_take(&ca->lock, path, &why);
    if (!ok && why.code == ERR_FILE_LOCKED) {
        char *pid_path = practice_path(ca, PRACTICE_PID);
        struct buf pid = BUF_INIT(64);
        if (file_exists(pid_path) && file_read(pid_path, &pid, NULL)) {
            err_fail(err, ERR_PRACTICE_RUNNING, _("It is the process %d."), atoi(buf_str(&pid)));
        } else {
            err_fail(err, ERR_PRACTICE_RUNNING, NULL);
        }
        buf_release(&pid);
        free(pid_path);
        err_release(&why);
    } else if (!ok) {
        err_move(err, &why);
    }
    free(path);
    return ok;
}

static struct practice_ca *open_folder(const char *dir, bool lock, struct err *err)
{
    if (!practice_present(dir)) {
        err_fail(err, ERR_PRACTICE_MISSING, "%s", dir);
        return NULL;
    }
    struct practice_ca *ca = xcalloc(1, sizeof *ca);
    ca->dir = path_absolute(dir);
    ca->lock = (struct file_lock)FILE_LOCK_INIT;
    ca->audit_fd = -1;
    buf_init(&ca->audit, BUF_MAX_TEXT);
    if ((lock && !take_lock(ca, err)) || !load_files(ca, err) || !load_nss(ca, err) || !load_chain(ca, err)) {
        practice_close(ca);
        return NULL;
    }
    return ca;
}

struct practice_ca *practice_open(const char *dir, struct err *err)
{
    return open_folder(dir, true, err);
}

struct practice_ca *practice_open_desk(const char *dir, struct err *err)
{
    return open_folder(dir, false, err);
}

bool practice_is_running(const char *dir)
{
    struct file_lock lock = FILE_LOCK_INIT;
    struct err why = ERR_INIT;
    char *path = path_join(dir, PRACTICE_LOCK);
    bool running = file_exists(path) && !file_lock_take(&lock, path, &why) && why.code == ERR_FILE_LOCKED;
    file_lock_release(&lock);
    err_release(&why);
    free(path);
    return running;
}

void practice_close(struct practice_ca *ca)
{
    if (!ca) {
        return;
    }
    key_free(ca->key);
    key_free(ca->protection_key);
    key_free(ca->transport_key);
    key_free(ca->storage_key);
    cert_free(ca->cert);
    cert_free(ca->protection);
    cert_free(ca->transport);
    cert_free(ca->storage);
    cert_list_release(&ca->chain);
    nssdb_close(ca->db);
    store_close(ca->store);
    profile_list_release(&ca->profiles);
    if (ca->audit_fd >= 0) {
        audit_flush(ca);
        close(ca->audit_fd);
    }
    buf_release(&ca->audit);
    file_lock_release(&ca->lock);
    free(ca->audit_path);
    free(ca->dir);
    free(ca);
}

/* 8 random octets: two practice CAs on one machine never give the same issuer and serial. */
static void new_serial(uint8_t serial[8])
{
    bytes_random(serial, 8);
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
}

bool practice_issue(struct practice_ca *ca, struct enrollment *e, const char *requester, int64_t request_id, struct cert **issued,
                    struct err *err)
{
    uint8_t serial[8];
    new_serial(serial);
    const struct issue_spec spec = {
        .serial = BYTES(serial, sizeof serial),
        .issuer_der = cert_subject_der(ca->cert),
        .subject_der = buf_peek(&e->subject_der),
        .not_before = e->not_before,
        .not_after = e->not_after,
        .spki = e->asked_spki,
        .extensions = buf_peek(&e->extensions),
        .hash = e->hash,
    };
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = issue_cert(ca->key, &spec, &der, err);
    *issued = ok ? cert_from_der(buf_peek(&der), err) : NULL;
    ok = *issued && store_cert_add(ca->store, *issued, requester, e->profile->id, request_id, e->at, err);
    buf_release(&der);
    return ok;
}

bool practice_issue_plain(struct practice_ca *ca, const char *subject, struct bytes spki, struct bytes extensions, int64_t at,
                          int64_t seconds, struct cert **issued, struct err *err)
{
    struct enrollment e;
    static const struct profile none = {.id = (char *)(uintptr_t) ""};
    *issued = NULL;
    enrollment_init(&e, ca, &none, at, 0);
    e.asked_spki = spki;
    e.not_before = at;
    e.not_after = at + seconds;
    bool ok = issue_ext_aki(&e.extensions, cert_ski(ca->cert)) && buf_append_bytes(&e.extensions, extensions);
    ok = ok || err_fail(err, ERR_INTERNAL, NULL);
    struct buf name = BUF_INIT(BUF_MAX_TEXT);
    ok = ok && dn_encode(subject, &name, err) && (buf_append_bytes(&e.subject_der, buf_peek(&name)) || err_fail(err, ERR_INTERNAL, NULL)) &&
         practice_issue(ca, &e, "", 0, issued, err);
    buf_release(&name);
    enrollment_release(&e);
    return ok;
}

void practice_handle(struct practice_ca *ca, const struct practice_request *request, struct practice_reply *reply)
{
    memset(reply, 0, sizeof *reply);
    buf_init(&reply->body, (size_t)64 << 20);
    practice_refresh(ca, request->at);
    routes_answer(ca, request, reply);
    audit_flush(ca);
}

void practice_reply_release(struct practice_reply *reply)
{
    buf_release(&reply->body);
    free(reply->cookie);
    reply->cookie = NULL;
}

const char *practice_dir(const struct practice_ca *ca)
{
    return ca->dir;
}

struct nssdb *practice_nssdb(const struct practice_ca *ca)
{
    return ca->db;
}

const struct cert *practice_ca_cert(const struct practice_ca *ca)
{
    return ca->cert;
}

const struct cert_list *practice_chain(const struct practice_ca *ca)
{
    return &ca->chain;
}

const struct cert *practice_transport_cert(const struct practice_ca *ca)
{
    return ca->transport;
}

const struct cert *practice_protection_cert(const struct practice_ca *ca)
{
    return ca->protection;
}
