/* SPDX-License-Identifier: Apache-2.0 */
/*
 *     Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature BIT STRING }           -- RFC 5280 4.1
 *     TBSCertificate ::= SEQUENCE { version [0] EXPLICIT INTEGER 2, serialNumber, signature, issuer, validity, subject,
 *                                   subjectPublicKeyInfo, extensions [3] EXPLICIT SEQUENCE OF Extension OPTIONAL }
 *     CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signature BIT STRING }          -- RFC 5280 5.1
 *     TBSCertList ::= SEQUENCE { version INTEGER 1, signature, issuer, thisUpdate, nextUpdate OPTIONAL,
 *                                revokedCertificates SEQUENCE OF OPTIONAL, crlExtensions [0] EXPLICIT }
 */
#include "config.h"

#include "nss/issue.h"

#include <stdlib.h>

#include "base/when.h"
#include "nss/csr.h"
#include "nss/der.h"
#include "nss/sign.h"

#define OID_EXT_SUBJECT_KEY_ID "2.5.29.14"
#define OID_EXT_KEY_USAGE "2.5.29.15"
#define OID_EXT_SUBJECT_ALT_NAME "2.5.29.17"
#define OID_EXT_BASIC_CONSTRAINTS "2.5.29.19"
#define OID_EXT_CRL_NUMBER "2.5.29.20"
#define OID_EXT_CRL_REASON "2.5.29.21"
#define OID_EXT_INVALIDITY_DATE "2.5.29.24"
#define OID_EXT_CRL_DIST_POINTS "2.5.29.31"
#define OID_EXT_AUTHORITY_KEY_ID "2.5.29.35"
#define OID_EXT_EXT_KEY_USAGE "2.5.29.37"
#define OID_EXT_AUTHORITY_INFO "1.3.6.1.5.5.7.1.1"
#define OID_EXT_OCSP_NOCHECK "1.3.6.1.5.5.7.48.1.5"

#define ISSUE_MAX ((size_t)64 << 20) /* a CRL of a million entries */

/* to = 30 LL from */
static bool put_sequence(struct buf *to, struct buf *from)
{
    bool ok = der_put(to, ASN1_SEQUENCE, buf_peek(from));
    buf_release(from);
    return ok;
}

static bool put_wrapped(struct buf *to, uint8_t tag, struct buf *from)
{
    bool ok = der_put(to, tag, buf_peek(from));
    buf_release(from);
    return ok;
}

/* SEQUENCE { tbs, alg, BIT STRING signature } */
static bool sign_tbs(struct key *key, enum hash_alg hash, struct bytes tbs, struct buf *der, struct err *err)
{
    struct buf signature = BUF_INIT(4096);
    struct buf alg = BUF_INIT(256);
    struct buf body = BUF_INIT(ISSUE_MAX);
    bool ok = sign_data(key, hash, tbs, &signature, &alg, err);
    if (ok) {
        ok = buf_append_bytes(&body, tbs) && buf_append_bytes(&body, buf_peek(&alg)) &&
             der_put_bits(&body, buf_peek(&signature)) && der_put(der, ASN1_SEQUENCE, buf_peek(&body));
        if (!ok) {
            err_fail(err, ERR_INTERNAL, NULL);
        }
    }
    buf_release(&body);
    buf_release(&alg);
    buf_release(&signature);
    return ok;
}

static bool put_tbs(struct buf *out, enum key_type type, const struct issue_spec *spec)
{
    struct buf tbs = BUF_INIT(ISSUE_MAX);
    struct buf part = BUF_INIT(ISSUE_MAX);
    static const uint8_t version3[] = {0xa0, 3, 2, 1, 2};
    bool ok = buf_append(&tbs, version3, sizeof version3) && der_put_unsigned(&tbs, spec->serial) &&
              sign_alg_id(type, spec->hash, &tbs, NULL) && buf_append_bytes(&tbs, spec->issuer_der) &&
              der_put_time(&part, spec->not_before) && der_put_time(&part, spec->not_after) && put_sequence(&tbs, &part) &&
              buf_append_bytes(&tbs, spec->subject_der) && buf_append_bytes(&tbs, spec->spki);
    if (ok && spec->extensions.len > 0) {
        ok = der_put(&part, ASN1_SEQUENCE, spec->extensions) && put_wrapped(&tbs, ASN1_CONTEXT_CONSTRUCTED(3), &part);
    }
    ok = ok && der_put(out, ASN1_SEQUENCE, buf_peek(&tbs));
    buf_release(&part);
    buf_release(&tbs);
    return ok;
}

bool issue_cert(struct key *issuer_key, const struct issue_spec *spec, struct buf *der, struct err *err)
{
    struct buf tbs = BUF_INIT(ISSUE_MAX);
    bool ok = put_tbs(&tbs, key_type(issuer_key), spec) ? sign_tbs(issuer_key, spec->hash, buf_peek(&tbs), der, err)
                                                        : err_fail(err, ERR_INTERNAL, NULL);
    buf_release(&tbs);
    return ok;
}

bool issue_ext(struct buf *out, const char *oid, bool critical, struct bytes value)
{
    static const uint8_t yes[] = {ASN1_BOOLEAN, 1, 0xff};
    struct buf ext = BUF_INIT(ISSUE_MAX);
    bool ok = der_put_oid(&ext, oid) && (!critical || buf_append(&ext, yes, sizeof yes)) &&
              der_put(&ext, ASN1_OCTET_STRING, value);
    return ok ? put_sequence(out, &ext) : (buf_release(&ext), false);
}

/* The extension around a SEQUENCE whose content is body (released). */
static bool ext_sequence(struct buf *out, const char *oid, bool critical, struct buf *body)
{
    struct buf value = BUF_INIT(ISSUE_MAX);
    bool ok = put_sequence(&value, body) && issue_ext(out, oid, critical, buf_peek(&value));
    buf_release(&value);
    return ok;
}

bool issue_ext_aki(struct buf *out, struct bytes key_identifier)
{
    struct buf body = BUF_INIT(1024);
    bool ok = der_put(&body, ASN1_CONTEXT(0), key_identifier);
    return ext_sequence(out, OID_EXT_AUTHORITY_KEY_ID, false, &body) && ok;
}

bool issue_ext_ski(struct buf *out, bool critical, struct bytes key_identifier)
{
    struct buf value = BUF_INIT(1024);
    bool ok = der_put(&value, ASN1_OCTET_STRING, key_identifier) &&
              issue_ext(out, OID_EXT_SUBJECT_KEY_ID, critical, buf_peek(&value));
    buf_release(&value);
    return ok;
}

bool issue_ext_basic(struct buf *out, bool critical, bool is_ca, int path_len)
{
    static const uint8_t yes[] = {ASN1_BOOLEAN, 1, 0xff};
    struct buf body = BUF_INIT(64);
    bool ok = (!is_ca || buf_append(&body, yes, sizeof yes)) && (!is_ca || path_len < 0 || der_put_int(&body, path_len));
    return ext_sequence(out, OID_EXT_BASIC_CONSTRAINTS, critical, &body) && ok;
}

bool issue_ext_key_usage(struct buf *out, bool critical, unsigned bits)
{
    /* KU_* has the first eight named bits as one octet, most significant first, and decipherOnly as 0x100. */
    uint8_t octets[3] = {0, (uint8_t)(bits & 0xff), (bits & KU_DECIPHER_ONLY) ? 0x80 : 0};
    size_t used = octets[2] ? 2 : (octets[1] ? 1 : 0);
    if (used > 0) {
        for (uint8_t last = octets[used]; !(last & 1); last >>= 1) {
            octets[0]++;
        }
    }
    struct buf value = BUF_INIT(64);
    bool ok = der_put(&value, ASN1_BIT_STRING, BYTES(octets, used + 1)) &&
              issue_ext(out, OID_EXT_KEY_USAGE, critical, buf_peek(&value));
    buf_release(&value);
    return ok;
}

bool issue_ext_eku(struct buf *out, bool critical, const struct strv *oids)
{
    struct buf body = BUF_INIT(ISSUE_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < oids->n; i++) {
        ok = der_put_oid(&body, oids->v[i]);
    }
    return ext_sequence(out, OID_EXT_EXT_KEY_USAGE, critical, &body) && ok;
}

bool issue_ext_aia(struct buf *out, bool critical, const struct issue_access *list, size_t n)
{
    struct buf body = BUF_INIT(ISSUE_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        struct buf one = BUF_INIT(ISSUE_MAX);
        ok = der_put_oid(&one, list[i].method) && der_put(&one, ASN1_CONTEXT(6), bytes_of_str(list[i].uri));
        ok = put_sequence(&body, &one) && ok;
    }
    return ext_sequence(out, OID_EXT_AUTHORITY_INFO, critical, &body) && ok;
}

bool issue_ext_crldp(struct buf *out, bool critical, const struct strv *uris)
{
    struct buf body = BUF_INIT(ISSUE_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < uris->n; i++) {
        struct buf uri = BUF_INIT(ISSUE_MAX);
        struct buf full = BUF_INIT(ISSUE_MAX);
        struct buf point = BUF_INIT(ISSUE_MAX);
        ok = der_put(&uri, ASN1_CONTEXT(6), bytes_of_str(uris->v[i]));
        ok = put_wrapped(&full, ASN1_CONTEXT_CONSTRUCTED(0), &uri) && ok;
        ok = put_wrapped(&point, ASN1_CONTEXT_CONSTRUCTED(0), &full) && ok;
        ok = put_sequence(&body, &point) && ok;
    }
    return ext_sequence(out, OID_EXT_CRL_DIST_POINTS, critical, &body) && ok;
}

bool issue_ext_san(struct buf *out, bool critical, const struct strv *sans, struct err *err)
{
    struct buf names = BUF_INIT(ISSUE_MAX);
    bool ok = sans_encode(sans, &names, err);
    if (ok && !issue_ext(out, OID_EXT_SUBJECT_ALT_NAME, critical, buf_peek(&names))) {
        ok = err_fail(err, ERR_INTERNAL, NULL);
    }
    buf_release(&names);
    return ok;
}

bool issue_ext_ocsp_nocheck(struct buf *out, bool critical)
{
    static const uint8_t null[] = {ASN1_NULL, 0};
    return issue_ext(out, OID_EXT_OCSP_NOCHECK, critical, BYTES(null, sizeof null));
}

static bool put_generalized(struct buf *out, int64_t when)
{
    char *text = when_rfc3339(when); /* 2026-11-21T00:33:37Z */
    char digits[16];
    size_t n = 0;
    for (const char *p = text; *p && n < sizeof digits - 1; p++) {
        if ((*p >= '0' && *p <= '9') || *p == 'Z') {
            digits[n++] = *p;
        }
    }
    free(text);
    return der_put(out, ASN1_GENERALIZED_TIME, BYTES(digits, n));
}

static bool put_revoked(struct buf *list, const struct issue_revoked *r)
{
    struct buf entry = BUF_INIT(4096);
    struct buf exts = BUF_INIT(4096);
    bool ok = der_put(&entry, ASN1_INTEGER, r->serial) && der_put_time(&entry, r->when);
    if (ok && r->reason != 0) {
        uint8_t value[] = {0x0a, 1, (uint8_t)r->reason}; /* ENUMERATED */
        ok = issue_ext(&exts, OID_EXT_CRL_REASON, false, BYTES(value, sizeof value));
    }
    if (ok && r->invalidity != 0) {
        struct buf value = BUF_INIT(64);
        ok = put_generalized(&value, r->invalidity) &&
             issue_ext(&exts, OID_EXT_INVALIDITY_DATE, false, buf_peek(&value));
        buf_release(&value);
    }
    if (ok && exts.len > 0) {
        ok = der_put(&entry, ASN1_SEQUENCE, buf_peek(&exts));
    }
    buf_release(&exts);
    return put_sequence(list, &entry) && ok;
}

static bool put_crl_extensions(struct buf *tbs, const struct cert *issuer, uint64_t number)
{
    struct buf exts = BUF_INIT(4096);
    struct buf value = BUF_INIT(64);
    struct buf sequence = BUF_INIT(4096);
    bool ok = (cert_ski(issuer).len == 0 || issue_ext_aki(&exts, cert_ski(issuer))) &&
              der_put_int(&value, (int64_t)number) && issue_ext(&exts, OID_EXT_CRL_NUMBER, false, buf_peek(&value)) &&
              der_put(&sequence, ASN1_SEQUENCE, buf_peek(&exts)) &&
              der_put(tbs, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&sequence));
    buf_release(&sequence);
    buf_release(&value);
    buf_release(&exts);
    return ok;
}

bool issue_crl(struct key *issuer_key, const struct cert *issuer, const struct issue_revoked *list, size_t n,
               int64_t this_update, int64_t next_update, uint64_t number, enum hash_alg hash, struct buf *der,
               struct err *err)
{
    struct buf body = BUF_INIT(ISSUE_MAX);
    struct buf revoked = BUF_INIT(ISSUE_MAX);
    struct buf tbs = BUF_INIT(ISSUE_MAX);
    bool ok = der_put_int(&body, 1) && sign_alg_id(key_type(issuer_key), hash, &body, NULL) &&
              buf_append_bytes(&body, cert_subject_der(issuer)) && der_put_time(&body, this_update) &&
              (next_update == 0 || der_put_time(&body, next_update));
    for (size_t i = 0; ok && i < n; i++) {
        ok = put_revoked(&revoked, &list[i]);
    }
    ok = ok && (n == 0 || der_put(&body, ASN1_SEQUENCE, buf_peek(&revoked))) && put_crl_extensions(&body, issuer, number) &&
         der_put(&tbs, ASN1_SEQUENCE, buf_peek(&body));
    ok = ok ? sign_tbs(issuer_key, hash, buf_peek(&tbs), der, err) : err_fail(err, ERR_INTERNAL, NULL);
    buf_release(&tbs);
    buf_release(&revoked);
    buf_release(&body);
    return ok;
}
