/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_CMC_FIXTURE_H
#define CMCW_TESTS_CMC_FIXTURE_H
/* A database in a private folder with throw-away keys and certificates, and access to the recorded vectors. */
#include "base/strv.h"
#include "unit/unit.h"

#include "base/bytes.h"
#include "nss/cert.h"
#include "nss/key.h"
#include "nss/nssdb.h"

struct fixture {
    char *dir;
    struct nssdb *db;
    struct key *root_key, *ca_key, *user_key; /* RSA 2048; session keys */
    struct key *ec_key;                       /* P-256 */
    struct cert *root, *ca, *agent;           /* agent: user_key, issued by ca */
    struct cert_list anchors;                 /* root */
};

#define FIXTURE_NOW ((int64_t)1795000000) /* a fixed time: no test depends on today */
#define FIXTURE_YEAR ((int64_t)31536000)

/* Group setup and teardown. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* The same where NSS is all that a test needs: no database, no keys. */
int fixture_nss_setup(void **state);
int fixture_nss_teardown(void **state);

enum fixture_flags {
    FIXTURE_CA = 1,
    FIXTURE_CMC_CA = 2,        /* id-kp-cmcCA */
    FIXTURE_SERVER = 4,        /* serverAuth */
    FIXTURE_EXPIRED = 8,       /* ended a day before FIXTURE_NOW */
    FIXTURE_NO_CERT_SIGN = 16, /* keyUsage without keyCertSign */
};
/* issuer NULL: self-signed (issuer_key is the subject's own). */
struct cert *fixture_cert(struct key *subject_key, const char *dn, struct key *issuer_key, const struct cert *issuer,
                          unsigned flags);
struct key *fixture_key(struct fixture *f, enum key_type type);
/* PKCS#10 of a key. */
void fixture_csr(struct key *key, const char *dn, bool ski, struct buf *der);
/* SubjectPublicKeyInfo; out is initialised here. */
void fixture_spki(struct key *key, struct buf *out);
/* File below tests/vectors; out is initialised here. */
void fixture_vector(const char *below, struct buf *out);
/* Names below a folder of the vectors that hold this text and have that file in them, sorted: no recorded case is left out unseen. */
void fixture_vector_cases(const char *below, const char *part, const char *file, struct strv *out);
/* PKCS#8 file of the vectors as a key in the database. */
struct key *fixture_vector_key(struct fixture *f, const char *below);
/* Runs openssl cms -verify (no trust) on a signed message and compares the content; skipped without openssl.
 * cert: extra certificate for signers that are named by SKI, or NULL. */
void fixture_openssl_judges(struct fixture *f, struct bytes message, struct bytes content, bool ski);
/* tests/harness/judge.py on a message; skipped without python3 and pyasn1. */
void fixture_judge(struct fixture *f, struct bytes message);
#endif
