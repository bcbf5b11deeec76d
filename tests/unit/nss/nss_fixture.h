/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_NSS_FIXTURE_H
#define CMCW_TESTS_NSS_FIXTURE_H
/* What the tests of src/nss share: recorded databases are copied before they are opened, passwords come from
 * a script. */
#include "base/strv.h"
#include "nss/cert.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "unit/unit.h"

#define RECORDED_TIME 1795219200 /* 2026-11-21T00:00:00Z, when the vectors were valid */

/* Passwords given in order; NULL ends it (the callback then gives up). */
struct script {
    const char *answers[8];
    int asked, last_left;
    bool last_retry;
};

static inline bool script_ask(void *ctx, const char *token, bool retry, int left, struct secret *out,
                              struct err *err)
{
    struct script *s = ctx;
    (void)token;
    (void)err;
    s->last_left = left;
    s->last_retry = retry;
    const char *answer = s->answers[s->asked];
    if (!answer) {
        return false;
    }
    s->asked++;
    secret_set(out, answer, strlen(answer));
    return true;
}

static inline void ok_or_report(bool ok, struct err *err)
{
    if (!ok) {
        err_report(err, "test");
        fail();
    }
}

static inline struct buf read_vector(const char *below)
{
    struct buf out = BUF_INIT(BUF_MAX_MESSAGE);
    struct err err = ERR_INIT;
    char *path = unit_source(below);
    ok_or_report(file_read(path, &out, &err), &err);
    free(path);
    return out;
}

static inline struct cert *cert_vector(const char *below)
{
    struct buf text = read_vector(below);
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct err err = ERR_INIT;
    ok_or_report(pem_decode(buf_peek(&text), &der, NULL, &err), &err);
    struct cert *cert = cert_from_der(buf_peek(&der), &err);
    ok_or_report(cert != NULL, &err);
    buf_release(&text);
    buf_release(&der);
    return cert;
}

/* Copies a recorded database to folder/name; caller frees the path. */
static inline char *copy_db(const char *folder, const char *name, const char *below)
{
    char *to = path_join(folder, name);
    assert_true(dir_create(to, 0700, NULL));
    static const char *const files[] = {"cert9.db", "key4.db", "pkcs11.txt"};
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char *from = path_join(below, files[i]);
        struct buf content = read_vector(from);
        char *target = path_join(to, files[i]);
        assert_true(file_write(target, buf_peek(&content), 0600, NULL));
        free(target);
        free(from);
        buf_release(&content);
    }
    return to;
}

/* A new database with this password in folder/name. */
static inline struct nssdb *new_db(const char *folder, const char *name, const char *password,
                                   struct script *script)
{
    char *dir = path_join(folder, name);
    struct password_source source = {script_ask, script};
    struct err err = ERR_INIT;
    struct nssdb *db = nssdb_open(dir, NSSDB_CREATE, &source, &err);
    ok_or_report(db != NULL, &err);
    struct secret secret = SECRET_INIT;
    secret_set(&secret, password, strlen(password));
    ok_or_report(nssdb_init_password(db, &secret, &err), &err);
    secret_release(&secret);
    free(dir);
    return db;
}

/* Closing must succeed: anything that was not freed makes it fail. */
static inline void close_clean(struct nssdb *db)
{
    struct err err = ERR_INIT;
    ok_or_report(nssdb_close_checked(db, &err), &err);
}

static inline struct nssdb *open_none(void)
{
    struct err err = ERR_INIT;
    struct nssdb *db = nssdb_open(NULL, NSSDB_NONE, NULL, &err);
    ok_or_report(db != NULL, &err);
    return db;
}
#endif
