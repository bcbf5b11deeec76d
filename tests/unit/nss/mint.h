/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_NSS_MINT_H
#define CMCW_TESTS_NSS_MINT_H
/* Makes certificates for tests, right ones and wrong ones. */
#include "nss/der.h"
#include "nss/dn.h"
#include "nss/nss_fixture.h"
#include "nss/sign.h"

struct mint {
    const char *subject, *issuer;
    int serial;
    struct key *key, *signer; /* subject's and issuer's */
    bool ca;
    int path_len;         /* with ca; -1 none */
    unsigned usage;       /* one octet of KU_*; 0 = no extension */
    const char *eku;      /* dotted or NULL */
    const char *critical; /* OID of a critical extension of that name or NULL */
    int64_t from, to;     /* 0: RECORDED_TIME -/+ a year */
};

static inline void mint_extension(struct buf *out, const char *oid, bool critical, struct bytes value)
{
    struct buf e = BUF_INIT(10000);
    assert_true(der_put_oid(&e, oid) && (!critical || der_put(&e, ASN1_BOOLEAN, BYTES("\xff", 1))) &&
                der_put(&e, ASN1_OCTET_STRING, value) && der_put(out, ASN1_SEQUENCE, buf_peek(&e)));
    buf_release(&e);
}

static inline void mint_extensions(const struct mint *m, struct buf *tbs)
{
    struct buf list = BUF_INIT(10000);
    struct buf value = BUF_INIT(10000);
    struct buf inner = BUF_INIT(10000);
    if (m->ca) {
        assert_true(der_put(&inner, ASN1_BOOLEAN, BYTES("\xff", 1)) &&
                    (m->path_len < 0 || der_put_int(&inner, m->path_len)) &&
                    der_put(&value, ASN1_SEQUENCE, buf_peek(&inner)));
        mint_extension(&list, "2.5.29.19", true, buf_peek(&value));
    }
    if (m->usage) {
        uint8_t bits[2] = {0, (uint8_t)m->usage};
        buf_clear(&value);
        assert_true(der_put(&value, ASN1_BIT_STRING, BYTES(bits, 2)));
        mint_extension(&list, "2.5.29.15", true, buf_peek(&value));
    }
    if (m->eku) {
        buf_clear(&value);
        buf_clear(&inner);
        assert_true(der_put_oid(&inner, m->eku) && der_put(&value, ASN1_SEQUENCE, buf_peek(&inner)));
        mint_extension(&list, "2.5.29.37", false, buf_peek(&value));
    }
    if (m->critical) {
        mint_extension(&list, m->critical, true, BYTES("\x05\x00", 2));
    }
    buf_clear(&value);
    assert_true(list.len == 0 || (der_put(&value, ASN1_SEQUENCE, buf_peek(&list)) &&
                                  der_put(tbs, ASN1_CONTEXT_CONSTRUCTED(3), buf_peek(&value))));
    buf_release(&list);
    buf_release(&value);
    buf_release(&inner);
}

/* Signs content and wraps { content, algorithm, signature }. */
static inline void mint_sign(struct key *signer, struct bytes content, struct buf *out)
{
    struct buf tbs = BUF_INIT(100000);
    struct buf alg = BUF_INIT(100);
    struct buf signature = BUF_INIT(10000);
    assert_true(der_put(&tbs, ASN1_SEQUENCE, content));
    assert_true(sign_data(signer, HASH_SHA256, buf_peek(&tbs), &signature, &alg, NULL));
    assert_true(buf_append_bytes(&tbs, buf_peek(&alg)) && der_put_bits(&tbs, buf_peek(&signature)) &&
                der_put(out, ASN1_SEQUENCE, buf_peek(&tbs)));
    buf_release(&tbs);
    buf_release(&alg);
    buf_release(&signature);
}

static inline struct cert *mint_cert(const struct mint *m)
{
    struct buf tbs = BUF_INIT(100000);
    struct buf piece = BUF_INIT(100000);
    struct buf der = BUF_INIT(100000);
    int64_t year = 365 * 86400;
    assert_true(der_put_int(&piece, 2) && der_put(&tbs, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&piece)) &&
                der_put_int(&tbs, m->serial) && sign_alg_id(key_type(m->signer), HASH_SHA256, &tbs, NULL) &&
                dn_encode(m->issuer, &tbs, NULL));
    buf_clear(&piece);
    assert_true(der_put_time(&piece, m->from ? m->from : RECORDED_TIME - year) &&
                der_put_time(&piece, m->to ? m->to : RECORDED_TIME + year) &&
                der_put(&tbs, ASN1_SEQUENCE, buf_peek(&piece)) && dn_encode(m->subject, &tbs, NULL) &&
                key_spki(m->key, &tbs, NULL));
    mint_extensions(m, &tbs);
    mint_sign(m->signer, buf_peek(&tbs), &der);
    struct err err = ERR_INIT;
    struct cert *cert = cert_from_der(buf_peek(&der), &err);
    ok_or_report(cert != NULL, &err);
    buf_release(&tbs);
    buf_release(&piece);
    buf_release(&der);
    return cert;
}

static inline struct key *mint_key(struct nssdb *db, bool temporary)
{
    struct err err = ERR_INIT;
    struct key *key =
        key_generate(db, NULL, &(struct key_spec){.type = KEY_EC, .temporary = temporary}, &err);
    ok_or_report(key != NULL, &err);
    return key;
}

/* A CRL that lists one serial. */
static inline void mint_crl(const char *issuer, struct key *signer, int serial, struct buf *der)
{
    struct buf tbs = BUF_INIT(10000);
    struct buf entry = BUF_INIT(10000);
    struct buf list = BUF_INIT(10000);
    assert_true(der_put_int(&tbs, 1) && sign_alg_id(key_type(signer), HASH_SHA256, &tbs, NULL) &&
                dn_encode(issuer, &tbs, NULL) && der_put_time(&tbs, RECORDED_TIME - 100) &&
                der_put_time(&tbs, RECORDED_TIME + 1000000));
    assert_true(der_put_int(&entry, serial) && der_put_time(&entry, RECORDED_TIME - 200) &&
                der_put(&list, ASN1_SEQUENCE, buf_peek(&entry)) &&
                der_put(&tbs, ASN1_SEQUENCE, buf_peek(&list)));
    mint_sign(signer, buf_peek(&tbs), der);
    buf_release(&tbs);
    buf_release(&entry);
    buf_release(&list);
}
#endif
