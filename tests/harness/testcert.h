/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_HARNESS_TESTCERT_H
#define CMCW_TESTS_HARNESS_TESTCERT_H
/*
 * Keys and certificates for tests, made by GnuTLS while the test runs (P-256, SHA-256). Asserts on failure: a test that
 * cannot make its certificates has nothing to say.
 */
#include <gnutls/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct testcert {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
};

struct testcert_spec {
    const struct testcert *issuer; /* NULL: self-signed */
    const char *cn;
    const char *dns;         /* subjectAltName, or NULL */
    const char *ip;          /* IPv4 subjectAltName, or NULL */
    long from_days, to_days; /* relative to now; both 0: -1 .. 365 */
    bool ca;
    bool client, server; /* extended key usages */
    const char *ocsp;    /* URL of a responder, or NULL */
    unsigned serial;     /* 0: a new one */
};

void testcert_make(struct testcert *out, const struct testcert_spec *spec);
void testcert_release(struct testcert *cert);
/* malloc'd, NUL terminated; pem false: DER with its length. */
char *testcert_crt(const struct testcert *cert, bool pem, size_t *len);
/* PKCS#8, not encrypted. */
char *testcert_key(const struct testcert *cert, bool pem, size_t *len);
/* DER of a CRL of ca that lists one certificate (NULL: none). */
char *testcert_crl(const struct testcert *ca, const struct testcert *revoked, size_t *len);
#endif
