/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "harness/testcert.h"

#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY 86400L

static void must(int rc, const char *what)
{
    if (rc < 0) {
        fprintf(stderr, "testcert: %s: %s\n", what, gnutls_strerror(rc));
        abort();
    }
}
#define MUST(call) must((call), #call)

static void names_set(gnutls_x509_crt_t crt, const struct testcert_spec *spec)
{
    MUST(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, spec->cn, (unsigned)strlen(spec->cn)));
    MUST(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_ORGANIZATION_NAME, 0, "Tests", 5));
    if (spec->dns) {
        MUST(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, spec->dns, (unsigned)strlen(spec->dns),
                                                  GNUTLS_FSAN_APPEND));
    }
    if (spec->ip) {
        struct in_addr address;
        must(inet_pton(AF_INET, spec->ip, &address) == 1 ? 0 : -1, "address");
        MUST(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, &address, sizeof(address),
                                                  GNUTLS_FSAN_APPEND));
    }
}

static void purposes_set(gnutls_x509_crt_t crt, const struct testcert_spec *spec)
{
    MUST(gnutls_x509_crt_set_basic_constraints(crt, spec->ca, -1));
    MUST(gnutls_x509_crt_set_key_usage(crt, spec->ca ? GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN |
                                                           GNUTLS_KEY_DIGITAL_SIGNATURE
                                                     : GNUTLS_KEY_DIGITAL_SIGNATURE));
    if (spec->server) {
        MUST(gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0));
    }
    if (spec->client) {
        MUST(gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_CLIENT, 0));
    }
    if (spec->ocsp) {
        gnutls_datum_t url = {(unsigned char *)(uintptr_t)spec->ocsp, (unsigned)strlen(spec->ocsp)};
        MUST(gnutls_x509_crt_set_authority_info_access(crt, GNUTLS_IA_OCSP_URI, &url));
    }
}

static void key_ids_set(gnutls_x509_crt_t crt, const struct testcert *issuer)
{
    unsigned char id[64];
    size_t len = sizeof(id);
    MUST(gnutls_x509_crt_get_key_id(crt, 0, id, &len));
    MUST(gnutls_x509_crt_set_subject_key_id(crt, id, len));
    if (issuer) {
        len = sizeof(id);
        MUST(gnutls_x509_crt_get_subject_key_id(issuer->crt, id, &len, NULL));
        MUST(gnutls_x509_crt_set_authority_key_id(crt, id, len));
    }
}

void testcert_make(struct testcert *out, const struct testcert_spec *spec)
{
    static unsigned next_serial = 100;
    unsigned number = spec->serial ? spec->serial : ++next_serial;
    unsigned char serial[] = {0x01, (unsigned char)(number >> 8), (unsigned char)number};
    time_t now = time(NULL);
    long from = spec->from_days || spec->to_days ? spec->from_days : -1;
    long to = spec->from_days || spec->to_days ? spec->to_days : 365;
    MUST(gnutls_x509_privkey_init(&out->key));
    MUST(gnutls_x509_privkey_generate(out->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
    MUST(gnutls_x509_crt_init(&out->crt));
    MUST(gnutls_x509_crt_set_version(out->crt, 3));
    MUST(gnutls_x509_crt_set_serial(out->crt, serial, sizeof(serial)));
    MUST(gnutls_x509_crt_set_activation_time(out->crt, now + from * DAY));
    MUST(gnutls_x509_crt_set_expiration_time(out->crt, now + to * DAY));
    MUST(gnutls_x509_crt_set_key(out->crt, out->key));
    names_set(out->crt, spec);
    purposes_set(out->crt, spec);
    key_ids_set(out->crt, spec->issuer);
    const struct testcert *issuer = spec->issuer ? spec->issuer : out;
    MUST(gnutls_x509_crt_sign2(out->crt, issuer->crt, issuer->key, GNUTLS_DIG_SHA256, 0));
}

void testcert_release(struct testcert *cert)
{
    gnutls_x509_crt_deinit(cert->crt);
    gnutls_x509_privkey_deinit(cert->key);
    *cert = (struct testcert){0};
}

static char *datum_take(gnutls_datum_t *datum, size_t *len)
{
    char *copy = calloc(1, datum->size + 1);
    if (!copy) {
        abort();
    }
    memcpy(copy, datum->data, datum->size);
    if (len) {
        *len = datum->size;
    }
    gnutls_free(datum->data);
    return copy;
}

char *testcert_crt(const struct testcert *cert, bool pem, size_t *len)
{
    gnutls_datum_t datum;
    MUST(gnutls_x509_crt_export2(cert->crt, pem ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER, &datum));
    return datum_take(&datum, len);
}

char *testcert_key(const struct testcert *cert, bool pem, size_t *len)
{
    gnutls_datum_t datum;
    MUST(gnutls_x509_privkey_export2_pkcs8(cert->key, pem ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER, NULL,
                                           GNUTLS_PKCS_PLAIN, &datum));
    return datum_take(&datum, len);
}

char *testcert_crl(const struct testcert *ca, const struct testcert *revoked, size_t *len)
{
    gnutls_x509_crl_t crl;
    gnutls_datum_t datum;
    time_t now = time(NULL);
    unsigned char number[] = {1};
    MUST(gnutls_x509_crl_init(&crl));
    MUST(gnutls_x509_crl_set_version(crl, 2));
    MUST(gnutls_x509_crl_set_this_update(crl, now - DAY));
    MUST(gnutls_x509_crl_set_next_update(crl, now + 30 * DAY));
    MUST(gnutls_x509_crl_set_number(crl, number, sizeof(number)));
    if (revoked) {
        MUST(gnutls_x509_crl_set_crt(crl, revoked->crt, now - DAY / 2));
    }
    MUST(gnutls_x509_crl_sign2(crl, ca->crt, ca->key, GNUTLS_DIG_SHA256, 0));
    MUST(gnutls_x509_crl_export2(crl, GNUTLS_X509_FMT_DER, &datum));
    gnutls_x509_crl_deinit(crl);
    return datum_take(&datum, len);
}
