/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/hash.h"

#include <string.h>
#include <strings.h>

#include <pk11pub.h>
#include <secoid.h>

#include "base/i18n.h"
#include "nss/der.h"
#include "nss/native.h"
#include "nss/nsserr.h"

/* One row per digest, in the order of enum hash_alg. To add one: an enum value, a row, nothing else. */
static const struct hash_row {
    const char *name, *alias, *oid, *hmac_oid;
    size_t len, block;
    SECOidTag tag;
} rows[] = {
    {"SHA-1", "SHA1", "1.3.14.3.2.26", "1.2.840.113549.2.7", 20, 64, SEC_OID_SHA1},
    {"SHA-256", "SHA256", "2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.9", 32, 64, SEC_OID_SHA256},
    {"SHA-384", "SHA384", "2.16.840.1.101.3.4.2.2", "1.2.840.113549.2.10", 48, 128, SEC_OID_SHA384},
    {"SHA-512", "SHA512", "2.16.840.1.101.3.4.2.3", "1.2.840.113549.2.11", 64, 128, SEC_OID_SHA512},
};

size_t hash_len(enum hash_alg alg)
{
    return rows[alg].len;
}

const char *hash_name(enum hash_alg alg)
{
    return rows[alg].name;
}

const char *hash_oid(enum hash_alg alg)
{
    return rows[alg].oid;
}

const char *hmac_oid(enum hash_alg alg)
{
    return rows[alg].hmac_oid;
}

bool hash_by_name(const char *name, enum hash_alg *alg)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcasecmp(name, rows[i].name) == 0 || strcasecmp(name, rows[i].alias) == 0) {
            *alg = (enum hash_alg)i;
            return true;
        }
    }
    return false;
}

bool hash_by_oid(const char *dotted, enum hash_alg *alg)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(dotted, rows[i].oid) == 0) {
            *alg = (enum hash_alg)i;
            return true;
        }
    }
    return false;
}

bool hmac_by_oid(const char *dotted, enum hash_alg *alg)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(dotted, rows[i].hmac_oid) == 0) {
            *alg = (enum hash_alg)i;
            return true;
        }
    }
    /* RFC 5272 names HMAC-SHA1 id-HMAC-SHA1 1.3.6.1.5.5.8.1.2 (RFC 3370). */
    if (strcmp(dotted, "1.3.6.1.5.5.8.1.2") == 0) {
        *alg = HASH_SHA1;
        return true;
    }
    return false;
}

SECOidTag native_hash_tag(enum hash_alg alg)
{
    return rows[alg].tag;
}

bool native_hash_from_tag(SECOidTag tag, enum hash_alg *alg)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].tag == tag) {
            *alg = (enum hash_alg)i;
            return true;
        }
    }
    return false;
}

bool hash_md(int number, struct bytes in, struct buf *out)
{
    uint8_t digest[16];
    SECOidTag tag = number == 2 ? SEC_OID_MD2 : SEC_OID_MD5;
    return in.len <= INT32_MAX && PK11_HashBuf(tag, digest, in.data, (PRInt32)in.len) == SECSuccess &&
           buf_append(out, digest, sizeof(digest));
}

bool hash_pieces(enum hash_alg alg, const struct bytes *pieces, size_t n, uint8_t *digest, struct err *err)
{
    PK11Context *context = PK11_CreateDigestContext(rows[alg].tag);
    if (!context) {
        return nss_fail_as(err, ERR_NSS_HASH, "%s", rows[alg].name);
    }
    bool ok = PK11_DigestBegin(context) == SECSuccess;
    for (size_t i = 0; ok && i < n; i++) {
        struct bytes left = pieces[i];
        while (ok && left.len) { /* NSS counts in 32 bits */
            unsigned now = left.len > (1u << 30) ? 1u << 30 : (unsigned)left.len;
            ok = PK11_DigestOp(context, left.data, now) == SECSuccess;
            left = BYTES(left.data + now, left.len - now);
        }
    }
    unsigned len = 0;
    ok = ok && PK11_DigestFinal(context, digest, &len, (unsigned)rows[alg].len) == SECSuccess &&
         len == rows[alg].len;
    PK11_DestroyContext(context, PR_TRUE);
    return ok || nss_fail_as(err, ERR_NSS_HASH, "%s", rows[alg].name);
}

bool hash_compute(enum hash_alg alg, struct bytes in, struct buf *out, struct err *err)
{
    uint8_t digest[HASH_MAX];
    if (!hash_pieces(alg, &in, 1, digest, err)) {
        return false;
    }
    bool ok = buf_append(out, digest, rows[alg].len);
    mem_wipe(digest, sizeof(digest));
    return ok || err_fail(err, ERR_NSS_TOO_BIG, NULL);
}

/* RFC 2104: H(K xor opad, H(K xor ipad, text)). */
bool hmac_compute(enum hash_alg alg, struct bytes key, struct bytes in, struct buf *out, struct err *err)
{
    const struct hash_row *row = &rows[alg];
    uint8_t pad[128] = {0};
    uint8_t digest[HASH_MAX];
    bool ok = true;
    if (key.len > row->block) {
        ok = hash_pieces(alg, &key, 1, pad, err);
    } else if (key.len) {
        memcpy(pad, key.data, key.len);
    }
    for (size_t i = 0; i < row->block; i++) {
        pad[i] ^= 0x36;
    }
    struct bytes inner[] = {BYTES(pad, row->block), in};
    ok = ok && hash_pieces(alg, inner, 2, digest, err);
    for (size_t i = 0; i < row->block; i++) {
        pad[i] ^= 0x36 ^ 0x5c;
    }
    struct bytes outer[] = {BYTES(pad, row->block), BYTES(digest, row->len)};
    ok = ok && hash_pieces(alg, outer, 2, digest, err);
    if (ok && !buf_append(out, digest, row->len)) {
        ok = err_fail(err, ERR_NSS_TOO_BIG, NULL);
    }
    mem_wipe(pad, sizeof(pad));
    mem_wipe(digest, sizeof(digest));
    return ok;
}

bool hash_alg_id(enum hash_alg alg, bool with_null, struct buf *der)
{
    return der_put_alg(der, rows[alg].oid, with_null);
}
