/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "fixture.h"

#include <dirent.h>
#include <sys/wait.h>

#include "base/secret.h"
#include "base/strv.h"
#include "cmc/oids.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "nss/issue.h"

struct key *fixture_key(struct fixture *f, enum key_type type)
{
    struct key_spec spec = {
        .type = type, .temporary = true, .extractable = true, .insensitive = true, .wrap_ops = type == KEY_RSA};
    struct err err = ERR_INIT;
    struct key *key = key_generate(f->db, NULL, &spec, &err);
    if (!key) {
        fail_msg("%s", err_what(err.code));
    }
    return key;
}

void fixture_spki(struct key *key, struct buf *out)
{
    buf_init(out, BUF_MAX_TEXT);
    assert_true(key_spki(key, out, NULL));
}

static void put_extensions(unsigned flags, struct bytes spki, struct buf *out)
{
    struct buf ski = BUF_INIT(64);
    struct strv ekus = STRV_INIT;
    bool ca = flags & FIXTURE_CA;
    assert_true(spki_key_identifier(spki, &ski, NULL));
    assert_true(issue_ext_basic(out, true, ca, -1));
    assert_true(issue_ext_key_usage(out, true,
                                    ca && !(flags & FIXTURE_NO_CERT_SIGN)
                                        ? KU_KEY_CERT_SIGN | KU_CRL_SIGN
                                        : KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT));
    assert_true(issue_ext_ski(out, false, buf_peek(&ski)));
    if (flags & FIXTURE_CMC_CA) {
        strv_push(&ekus, OID_KP_CMC_CA);
    }
    if (flags & FIXTURE_SERVER) {
        strv_push(&ekus, "1.3.6.1.5.5.7.3.1");
    }
    if (ekus.n > 0) {
        assert_true(issue_ext_eku(out, false, &ekus));
    }
    strv_release(&ekus);
    buf_release(&ski);
}

struct cert *fixture_cert(struct key *subject_key, const char *dn, struct key *issuer_key, const struct cert *issuer,
                          unsigned flags)
{
    struct buf spki;
    struct buf name = BUF_INIT(BUF_MAX_TEXT);
    struct buf extensions = BUF_INIT(BUF_MAX_TEXT);
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    uint8_t serial[8];
    fixture_spki(subject_key, &spki);
    bytes_random(serial, sizeof(serial));
    serial[0] = 0x11;
    assert_true(dn_encode(dn, &name, NULL));
    put_extensions(flags, buf_peek(&spki), &extensions);
    struct issue_spec spec = {
        .serial = BYTES(serial, sizeof(serial)),
        .issuer_der = issuer ? cert_subject_der(issuer) : buf_peek(&name),
        .subject_der = buf_peek(&name),
        .not_before = FIXTURE_NOW - FIXTURE_YEAR,
        .not_after = flags & FIXTURE_EXPIRED ? FIXTURE_NOW - 86400 : FIXTURE_NOW + FIXTURE_YEAR,
        .spki = buf_peek(&spki),
        .extensions = buf_peek(&extensions),
        .hash = HASH_SHA256,
    };
    assert_true(issue_cert(issuer_key, &spec, &der, NULL));
    struct cert *cert = cert_from_der(buf_peek(&der), NULL);
    assert_non_null(cert);
    buf_release(&spki);
    buf_release(&name);
    buf_release(&extensions);
    buf_release(&der);
    return cert;
}

void fixture_csr(struct key *key, const char *dn, bool ski, struct buf *der)
{
    struct buf name = BUF_INIT(BUF_MAX_TEXT);
    buf_init(der, BUF_MAX_TEXT);
    assert_true(dn_encode(dn, &name, NULL));
    struct csr_spec spec = {.subject_der = buf_peek(&name), .ski = ski};
    assert_true(csr_build(key, &spec, HASH_SHA256, der, NULL));
    buf_release(&name);
}

void fixture_vector(const char *below, struct buf *out)
{
    char *root = unit_source("tests/vectors");
    char *path = path_join(root, below);
    buf_init(out, BUF_MAX_MESSAGE);
    if (!file_read(path, out, NULL)) {
        fail_msg("%s cannot be read", path);
    }
    free(path);
    free(root);
}

void fixture_vector_cases(const char *below, const char *part, const char *file, struct strv *out)
{
    char *root = unit_source("tests/vectors"), *dir = path_join(root, below);
    DIR *folder = opendir(dir);
    assert_non_null(folder);
    for (struct dirent *e = readdir(folder); e; e = readdir(folder)) {
        char *one = path_join(dir, e->d_name), *path = path_join(one, file);
        if (strstr(e->d_name, part) && file_exists(path)) {
            strv_push(out, e->d_name);
        }
        free(one);
        free(path);
    }
    closedir(folder);
    free(dir);
    free(root);
}

struct key *fixture_vector_key(struct fixture *f, const char *below)
{
    struct buf der;
    struct key *key = NULL;
    struct err err = ERR_INIT;
    fixture_vector(below, &der);
    if (!key_import_pkcs8(f->db, NULL, buf_peek(&der), NULL, &key, &err)) {
        fail_msg("%s: %s", below, err_what(err.code));
    }
    buf_release(&der);
    return key;
}

int fixture_setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    struct secret none = SECRET_INIT;
    void *dir = NULL;
    *state = f;
    if (unit_folder(&dir) != 0) {
        return -1;
    }
    f->dir = dir;
    f->db = nssdb_open(f->dir, NSSDB_CREATE, NULL, NULL);
    secret_set(&none, "", 0);
    if (!f->db || !nssdb_init_password(f->db, &none, NULL)) {
        return -1;
    }
    secret_release(&none);
    f->root_key = fixture_key(f, KEY_RSA);
    f->ca_key = fixture_key(f, KEY_RSA);
    f->user_key = fixture_key(f, KEY_RSA);
    f->ec_key = fixture_key(f, KEY_EC);
    f->root = fixture_cert(f->root_key, "CN=Test Root,O=Example", f->root_key, NULL, FIXTURE_CA);
    f->ca = fixture_cert(f->ca_key, "CN=Test CA,O=Example", f->root_key, f->root, FIXTURE_CA);
    f->agent = fixture_cert(f->user_key, "UID=agent,O=Example", f->ca_key, f->ca, 0);
    cert_list_push(&f->anchors, f->root);
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    cert_list_release(&f->anchors);
    cert_free(f->root);
    cert_free(f->ca);
    cert_free(f->agent);
    key_free(f->root_key);
    key_free(f->ca_key);
    key_free(f->user_key);
    key_free(f->ec_key);
    struct err err = ERR_INIT;
    bool clean = nssdb_close_checked(f->db, &err); /* nothing of ours is still held */
    err_release(&err);
    void *dir = f->dir;
    int removed = unit_folder_remove(&dir);
    free(f);
    return clean ? removed : -1;
}

/* Exit status of a shell command, -1 when it could not run. */
static int run(const char *command)
{
    int status = system(command); /* NOLINT: fixed commands on files of our own */
    return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void fixture_openssl_judges(struct fixture *f, struct bytes message, struct bytes content, bool ski)
{
    if (run("openssl version >/dev/null 2>&1") != 0) {
        return;
    }
    char *in = path_join(f->dir, "judged.der");
    char *out = path_join(f->dir, "judged.out");
    assert_true(file_write(in, message, 0600, NULL));
    char *command = xasprintf(ski ? "openssl cms -cmsout -print -noout -inform DER -in '%s' >'%s' 2>/dev/null"
                                  : "openssl cms -verify -noverify -binary -inform DER -in '%s' -out '%s' 2>/dev/null",
                              in, out);
    if (run(command) != 0) {
        fail_msg("openssl refuses the message (%s)", ski ? "print" : "verify");
    }
    if (!ski) {
        struct buf got = BUF_INIT(BUF_MAX_MESSAGE);
        assert_true(file_read(out, &got, NULL));
        assert_true(bytes_equal(buf_peek(&got), content));
        buf_release(&got);
    }
    free(command);
    free(in);
    free(out);
}

void fixture_judge(struct fixture *f, struct bytes message)
{
    char *judge = unit_source("tests/harness/judge.py");
    if (run("python3 -c 'import pyasn1, pyasn1_modules' >/dev/null 2>&1") == 0 && file_exists(judge)) {
        char *in = path_join(f->dir, "judged.der");
        char *out = path_join(f->dir, "judged.txt");
        assert_true(file_write(in, message, 0600, NULL));
        char *command = xasprintf("python3 '%s' '%s' >'%s' 2>&1", judge, in, out);
        if (run(command) != 0) {
            struct buf text = BUF_INIT(BUF_MAX_TEXT);
            (void)!file_read(out, &text, NULL);
            fail_msg("judge.py: %s", buf_str(&text));
        }
        free(command);
        free(in);
        free(out);
    }
    free(judge);
}

int fixture_nss_setup(void **state)
{
    *state = nssdb_open(NULL, NSSDB_NONE, NULL, NULL);
    return *state ? 0 : -1;
}

int fixture_nss_teardown(void **state)
{
    nssdb_close(*state);
    return 0;
}
