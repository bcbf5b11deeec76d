/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#12 packages (RFC 7292). */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <nss.h>
#include <p12.h>
#include <p12plcy.h>
#include <pk11pub.h>
#include <secerr.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/certdb.h"
#include "nss/der.h"
#include "nss/key.h"
#include "nss/native.h"
#include "nss/nsserr.h"

struct import {
    struct nssdb *db;
    const char *token;
    struct strv *nicknames; /* may be NULL */
};

/* NSS leaves passwords of packages that it writes to a conversion of the program's. Both directions are
 * big-endian, as in the package, whatever the machine; so nothing is swapped. */
static PRBool convert(PRBool to_unicode, unsigned char *in, unsigned in_len, unsigned char *out,
                      unsigned room, unsigned *out_len, PRBool swap)
{
    (void)swap;
    return PORT_UCS2_UTF8Conversion(to_unicode, in, in_len, out, room, out_len);
}

/* Old packages use old ciphers; what they protect was already there. Own packages use the last row. */
static void enable_ciphers(void)
{
    static const long ciphers[] = {PKCS12_RC2_CBC_40,  PKCS12_RC2_CBC_128, PKCS12_RC4_40,
                                   PKCS12_RC4_128,     PKCS12_DES_56,      PKCS12_DES_EDE3_168,
                                   PKCS12_AES_CBC_128, PKCS12_AES_CBC_192, PKCS12_AES_CBC_256};
    for (size_t i = 0; i < ARRAY_LEN(ciphers); i++) {
        SEC_PKCS12EnableCipher(ciphers[i], 1);
    }
    PORT_SetUCS2_ASCIIConversionFunction(convert);
    SEC_PKCS12SetPreferredCipher(PKCS12_AES_CBC_256, 1);
}

/* BMPString with its two closing zeros, as RFC 7292 appendix B.1 derives keys from it. */
static void to_bmp(const struct secret *password, struct buf *out)
{
    const char *s = password->text ? password->text : "";
    size_t n = strlen(s);
    bool ok = true;
    for (size_t at = 0; ok && at < n;) {
        uint32_t cp = 0;
        size_t used = utf8_decode(s + at, n - at, &cp);
        if (used == 0) { /* not UTF-8: octets are Latin-1 */
            cp = (unsigned char)s[at];
            used = 1;
        }
        at += used;
        if (cp > 0xffff) {
            uint32_t high = 0xd800 + ((cp - 0x10000) >> 10);
            ok = buf_append_byte(out, (uint8_t)(high >> 8)) && buf_append_byte(out, (uint8_t)high);
            cp = 0xdc00 + (cp & 0x3ff);
        }
        ok = ok && buf_append_byte(out, (uint8_t)(cp >> 8)) && buf_append_byte(out, (uint8_t)cp);
    }
    if (!ok || !buf_append(out, "\0", 2)) {
        buf_clear(out);
    }
}

static SECItem *item_of_text(const char *text)
{
    SECItem source = native_item(BYTES(text, strlen(text) + 1)); /* NSS wants the closing zero inside */
    return SECITEM_DupItem(&source);
}

/* A nickname that fits: the package's own when nobody else has it, else one from the subject. */
static SECStatus rename_nickname(const CERTCertificate *native, const SECItem *default_nickname,
                                 SECItem **new_nickname, void *arg)
{
    const struct import *import = arg;
    struct bytes subject = native_bytes(&native->derSubject);
    *new_nickname = NULL;
    char *own =
        default_nickname ? xstrndup((const char *)default_nickname->data, default_nickname->len) : NULL;
    if (!own || !certdb_nickname_free(import->db, import->token, own, subject, NULL)) {
        char *suggested = certdb_nickname_suggest(import->db, import->token, subject, NULL);
        *new_nickname = item_of_text(suggested);
        free(suggested);
        if (!*new_nickname) {
            free(own);
            return SECFailure;
        }
    }
    free(own);
    return SECSuccess;
}

/* Asked only when renaming was not enough: two certificates in one package want one nickname. */
static SECItem *collision(SECItem *old, PRBool *cancel, void *arg)
{
    CERTCertificate *native = arg;
    char *made = native ? CERT_MakeCANickname(native) : NULL;
    if (!made || (old && old->len && strncmp((const char *)old->data, made, old->len) == 0)) {
        *cancel = PR_TRUE;
    }
    SECItem *item = made && !*cancel ? item_of_text(made) : NULL;
    PORT_Free(made);
    return item;
}

static bool verify_package(SEC_PKCS12DecoderContext *decoder, struct bytes p12, struct err *err)
{
    bool read =
        SEC_PKCS12DecoderUpdate(decoder, (unsigned char *)(uintptr_t)p12.data, p12.len) == SECSuccess &&
        SEC_PKCS12DecoderVerify(decoder) == SECSuccess;
    if (read) {
        return true;
    }
    PRErrorCode number = PORT_GetError();
    bool password = number == SEC_ERROR_BAD_PASSWORD ||
                    number == SEC_ERROR_PKCS12_PRIVACY_PASSWORD_INCORRECT ||
                    number == SEC_ERROR_PKCS12_INVALID_MAC;
    return nss_fail_as(err, password ? ERR_NSS_P12_PASSWORD : ERR_NSS_P12_DAMAGED, NULL);
}

static void list_certs(SEC_PKCS12DecoderContext *decoder, bool with_key, struct cert_list *out)
{
    const SEC_PKCS12DecoderItem *item = NULL;
    if (SEC_PKCS12DecoderIterateInit(decoder) != SECSuccess) {
        return;
    }
    while (SEC_PKCS12DecoderIterateNext(decoder, &item) == SECSuccess && item) {
        if (item->type == SEC_OID_PKCS12_V1_CERT_BAG_ID && (bool)item->hasKey == with_key && item->der) {
            struct cert *cert = cert_from_der(native_bytes(item->der), NULL);
            if (cert) {
                cert_list_push_take(out, cert);
            }
        }
    }
}

/* An earlier import that was killed may have left the private half alone; NSS then takes the key for stored, and its public half stays
 * away for ever. Without it NSS works, other programs may not: so a failure here is none. */
static void complete_keys(struct import *import, const struct cert_list *own)
{
    for (size_t i = 0; i < own->n; i++) {
        struct err ignored = ERR_INIT;
        struct key *key = key_of_cert(import->db, own->v[i], &ignored);
        bool kept = key && key_keep(import->db, &key, &ignored);
        (void)kept;
        key_free(key);
        err_release(&ignored);
    }
}

static bool import_bags(struct import *import, SEC_PKCS12DecoderContext *decoder, struct bytes p12, struct err *err)
{
    if (!verify_package(decoder, p12, err)) {
        return false;
    }
    struct cert_list own = CERT_LIST_INIT;
    list_certs(decoder, true, &own);
    bool ok = SEC_PKCS12DecoderRenameCertNicknames(decoder, rename_nickname, import) == SECSuccess &&
              SEC_PKCS12DecoderValidateBags(decoder, collision) == SECSuccess &&
              SEC_PKCS12DecoderImportBags(decoder) == SECSuccess;
    if (!ok) {
        bool conflict = PORT_GetError() == SEC_ERROR_PKCS12_CERT_COLLISION ||
                        PORT_GetError() == SEC_ERROR_CERT_NICKNAME_COLLISION;
        if (PORT_GetError() == SEC_ERROR_PKCS12_DUPLICATE_DATA) {
            ok = true; /* everything is there already */
        } else {
            nss_fail(err, conflict ? ERR_NSS_NICKNAME_TAKEN : ERR_NSS_IMPORT, NULL);
        }
    }
    if (ok) {
        complete_keys(import, &own);
    }
    for (size_t i = 0; ok && import->nicknames && i < own.n; i++) {
        char *nickname = certdb_nickname_of(import->db, own.v[i]);
        if (nickname) {
            strv_push_take(import->nicknames, nickname);
        }
    }
    cert_list_release(&own);
    return ok;
}

/* NSS's decoder loses memory on packages that are cut off, so they do not get that far. */
static bool looks_whole(struct bytes p12)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    bool whole = der_from_ber(p12, &der, NULL);
    buf_release(&der);
    return whole;
}

/* Does something with an opened package. */
typedef bool p12_work(SEC_PKCS12DecoderContext *decoder, struct bytes p12, void *ctx, struct err *err);

static bool open_package(struct nssdb *db, PK11SlotInfo *slot, struct bytes p12, const struct secret *p12_password,
                         p12_work *work, void *ctx, struct err *err)
{
    struct buf bmp = {.max = 4 * SECRET_MAX, .secret = true};
    enable_ciphers();
    to_bmp(p12_password, &bmp);
    SECItem password = native_item(buf_peek(&bmp));
    SEC_PKCS12DecoderContext *decoder = SEC_PKCS12DecoderStart(&password, slot, db, NULL, NULL, NULL, NULL, NULL);
    bool ok = decoder ? work(decoder, p12, ctx, err) : nss_fail_as(err, ERR_NSS_P12_DAMAGED, NULL);
    if (decoder) {
        SEC_PKCS12DecoderFinish(decoder);
    }
    buf_release(&bmp);
    return ok;
}

static bool is_package(struct bytes p12, struct err *err)
{
    if (p12.len > BUF_MAX_MESSAGE) {
        return err_fail(err, ERR_NSS_TOO_BIG, NULL);
    }
    return looks_whole(p12) || err_fail(err, ERR_NSS_P12_DAMAGED, NULL);
}

static bool work_list(SEC_PKCS12DecoderContext *decoder, struct bytes p12, void *ctx, struct err *err)
{
    if (!verify_package(decoder, p12, err)) {
        return false;
    }
    list_certs(decoder, true, ctx);
    list_certs(decoder, false, ctx);
    return true;
}

struct p12_list {
    struct p12_cert *v;
    size_t n;
};

/* NSS counts the closing zero. */
static char *friendly_name(const SECItem *item)
{
    struct bytes name = item ? native_bytes(item) : BYTES_NONE;
    while (name.len && name.data[name.len - 1] == 0) {
        name.len--;
    }
    return text_visible(name);
}

static bool describe(struct p12_list *list, const SEC_PKCS12DecoderItem *item, struct err *err)
{
    struct cert *cert = item->type == SEC_OID_PKCS12_V1_CERT_BAG_ID && item->der
                            ? cert_from_der(native_bytes(item->der), NULL)
                            : NULL;
    if (!cert) {
        return true; /* a key, or a certificate that cannot be read */
    }
    list->v = xrealloc(list->v, (list->n + 1) * sizeof(*list->v));
    list->v[list->n++] = (struct p12_cert){.cert = cert, .name = friendly_name(item->friendlyName),
                                           .id = BUF_INIT(HASH_MAX), .has_key = item->hasKey};
    return cert_fingerprint(cert, HASH_SHA1, &list->v[list->n - 1].id, err);
}

static bool work_describe(SEC_PKCS12DecoderContext *decoder, struct bytes p12, void *ctx, struct err *err)
{
    const SEC_PKCS12DecoderItem *item = NULL;
    bool ok = verify_package(decoder, p12, err) && (SEC_PKCS12DecoderIterateInit(decoder) == SECSuccess ||
                                                    nss_fail_as(err, ERR_NSS_P12_DAMAGED, NULL));
    while (ok && SEC_PKCS12DecoderIterateNext(decoder, &item) == SECSuccess && item) {
        ok = describe(ctx, item, err);
    }
    return ok;
}

/* work on a package that is not stored. */
static bool read_package(struct nssdb *db, struct bytes p12, const struct secret *p12_password, p12_work *work, void *ctx,
                         struct err *err)
{
    PK11SlotInfo *slot = is_package(p12, err) ? nssdb_slot(db, NULL, err) : NULL;
    bool ok = slot && open_package(db, slot, p12, p12_password, work, ctx, err);
    if (slot) {
        PK11_FreeSlot(slot);
    }
    return ok;
}

bool p12_certs(struct nssdb *db, struct bytes p12, const struct secret *p12_password, struct p12_cert **list, size_t *n,
               struct err *err)
{
    struct p12_list found = {NULL, 0};
    bool ok = read_package(db, p12, p12_password, work_describe, &found, err);
    *list = found.v;
    *n = found.n;
    return ok;
}

void p12_certs_free(struct p12_cert *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cert_free(list[i].cert);
        free(list[i].name);
        buf_release(&list[i].id);
    }
    free(list);
}

bool certdb_pkcs12_certs(struct nssdb *db, struct bytes p12, const struct secret *p12_password, struct cert_list *out,
                         struct err *err)
{
    return read_package(db, p12, p12_password, work_list, out, err);
}

static bool work_import(SEC_PKCS12DecoderContext *decoder, struct bytes p12, void *ctx, struct err *err)
{
    return import_bags(ctx, decoder, p12, err);
}

bool certdb_import_pkcs12(struct nssdb *db, const char *token, struct bytes p12, const struct secret *p12_password,
                          struct strv *nicknames_out, struct err *err)
{
    if (nssdb_token_is_internal(token) && nssdb_read_only(db)) {
        return err_fail(err, ERR_NSS_READ_ONLY, NULL);
    }
    PK11SlotInfo *slot = is_package(p12, err) ? nssdb_slot(db, token, err) : NULL;
    struct import import = {db, token, nicknames_out};
    bool ok =
        slot && nssdb_login(db, token, err) && open_package(db, slot, p12, p12_password, work_import, &import, err);
    if (slot) {
        PK11_FreeSlot(slot);
    }
    return ok;
}

struct sink {
    struct buf *out;
    bool full;
};

static void write_out(void *arg, const char *data, unsigned long len)
{
    struct sink *sink = arg;
    sink->full = sink->full || !buf_append(sink->out, data, len);
}

static bool encode_package(SEC_PKCS12ExportContext *context, CERTCertificate *native, SECItem *password,
                           struct buf *out)
{
    /* Integrity comes first: NSS makes no safes without it. */
    if (SEC_PKCS12AddPasswordIntegrity(context, password, SEC_OID_SHA256) != SECSuccess) {
        return false;
    }
    SEC_PKCS12SafeInfo *keys = SEC_PKCS12CreateUnencryptedSafe(context);
    SEC_PKCS12SafeInfo *certs = SEC_PKCS12CreatePasswordPrivSafe(context, password, SEC_OID_AES_256_CBC);
    struct sink sink = {out, false};
    return keys && certs &&
           SEC_PKCS12AddCertOrChainAndKey(context, certs, NULL, native, CERT_GetDefaultCertDB(), keys, NULL,
                                          PR_TRUE, password, SEC_OID_AES_256_CBC, PR_TRUE) == SECSuccess &&
           SEC_PKCS12Encode(context, write_out, &sink) == SECSuccess && !sink.full;
}

bool certdb_export_pkcs12(struct nssdb *db, const struct cert *cert, const struct secret *p12_password,
                          struct buf *out, struct err *err)
{
    struct key *key = key_of_cert(db, cert, err);
    if (!key) {
        return false;
    }
    SECItem der = native_item(cert_der(cert));
    CERTCertificate *native = PK11_FindCertFromDERCertItem(key_private(key)->pkcs11Slot, &der, db);
    SECItem password = native_item(bytes_of_str(p12_password->text ? p12_password->text : ""));
    enable_ciphers();
    SEC_PKCS12ExportContext *context =
        native ? SEC_PKCS12CreateExportContext(NULL, NULL, key_private(key)->pkcs11Slot, db) : NULL;
    size_t start = out->len;
    bool ok = context && encode_package(context, native, &password, out);
    if (!ok) {
        buf_truncate(out, start);
        nss_fail(err, native ? ERR_NSS_P12_EXPORT : ERR_NSS_CERT_NOT_STORED, NULL);
    }
    if (context) {
        SEC_PKCS12DestroyExportContext(context);
    }
    if (native) {
        CERT_DestroyCertificate(native);
    }
    key_free(key);
    return ok;
}
