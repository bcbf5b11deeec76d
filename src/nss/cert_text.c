/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in words. */
#include "config.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "nss/cert.h"
#include "nss/der.h"
#include "nss/dn.h"
#include "nss/sign.h"

char *cert_subject(const struct cert *cert)
{
    return dn_text(cert_subject_der(cert));
}

char *cert_issuer(const struct cert *cert)
{
    return dn_text(cert_issuer_der(cert));
}

char *cert_serial_text(const struct cert *cert)
{
    char *hex = bytes_hex(cert_serial(cert));
    const char *digits = hex;
    while (digits[0] == '0' && digits[1] != '\0') {
        digits++;
    }
    char *text = xasprintf("0x%s", digits);
    free(hex);
    return text;
}

enum key_type cert_key_type(const struct cert *cert)
{
    enum key_type type;
    int bits;
    const char *curve;
    return spki_describe(cert_spki(cert), &type, &bits, &curve) ? type : KEY_OTHER;
}

int cert_key_bits(const struct cert *cert)
{
    enum key_type type;
    int bits;
    const char *curve;
    return spki_describe(cert_spki(cert), &type, &bits, &curve) ? bits : 0;
}

char *cert_key_text(const struct cert *cert)
{
    return spki_text(cert_spki(cert));
}

static void push_visible(struct strv *out, const char *kind, struct bytes value)
{
    char *visible = text_visible(value);
    strv_pushf(out, "%s:%s", kind, visible);
    free(visible);
}

static void push_ip(struct strv *out, struct bytes value)
{
    char text[INET6_ADDRSTRLEN];
    int family = value.len == 4 ? AF_INET : value.len == 16 ? AF_INET6 : -1;
    if (family != -1 && inet_ntop(family, value.data, text, sizeof(text))) {
        strv_pushf(out, "IP:%s", text);
    } else {
        char *hex = bytes_hex(value);
        strv_pushf(out, "IP:#%s", hex);
        free(hex);
    }
}

/* otherName [0] { type-id, value [0] EXPLICIT }: the Microsoft user principal name is the one that we read.
 */
static void push_other(struct strv *out, struct bytes content)
{
    struct bytes oid, wrapped;
    struct der_tlv value;
    if (!der_take(&content, ASN1_OID, &oid)) {
        strv_push(out, "other:?");
        return;
    }
    if (der_oid_is(oid, "1.3.6.1.4.1.311.20.2.3") &&
        der_take(&content, ASN1_CONTEXT_CONSTRUCTED(0), &wrapped) && der_next(&wrapped, &value)) {
        push_visible(out, "UPN", value.body);
        return;
    }
    char *dotted = der_oid_text(oid);
    strv_pushf(out, "other:%s", dotted ? dotted : "?");
    free(dotted);
}

static void push_name(struct strv *out, const struct der_tlv *name)
{
    char *text;
    switch (name->tag) {
    case ASN1_CONTEXT_CONSTRUCTED(0):
        push_other(out, name->body);
        break;
    case ASN1_CONTEXT(1):
        push_visible(out, "email", name->body);
        break;
    case ASN1_CONTEXT(2):
        push_visible(out, "DNS", name->body);
        break;
    case ASN1_CONTEXT_CONSTRUCTED(4):
        text = dn_text(name->body);
        strv_pushf(out, "DN:%s", text);
        free(text);
        break;
    case ASN1_CONTEXT(6):
        push_visible(out, "URI", name->body);
        break;
    case ASN1_CONTEXT(7):
        push_ip(out, name->body);
        break;
    case ASN1_CONTEXT(8):
        text = der_oid_text(name->body);
        strv_pushf(out, "RID:%s", text ? text : "?");
        free(text);
        break;
    default:
        strv_pushf(out, "other:[%u]", name->tag & 0x1fu);
        break;
    }
}

bool sans_text(struct bytes general_names, struct strv *out)
{
    struct bytes names;
    struct der_tlv name;
    if (!der_only(general_names, ASN1_SEQUENCE, &names)) {
        return false;
    }
    while (names.len) {
        if (!der_next(&names, &name)) {
            return false;
        }
        push_name(out, &name);
    }
    return true;
}

bool cert_sans(const struct cert *cert, struct strv *out)
{
    struct bytes value;
    return !cert_extension(cert, "2.5.29.17", &value, NULL) || sans_text(value, out);
}

/* RFC 5280 4.2.1.3, in its order. */
static const struct {
    unsigned bit;
    const char *name;
} usages[] = {
    {KU_DIGITAL_SIGNATURE, "digitalSignature"},
    {KU_NON_REPUDIATION, "nonRepudiation"},
    {KU_KEY_ENCIPHERMENT, "keyEncipherment"},
    {KU_DATA_ENCIPHERMENT, "dataEncipherment"},
    {KU_KEY_AGREEMENT, "keyAgreement"},
    {KU_KEY_CERT_SIGN, "keyCertSign"},
    {KU_CRL_SIGN, "cRLSign"},
    {KU_ENCIPHER_ONLY, "encipherOnly"},
    {KU_DECIPHER_ONLY, "decipherOnly"},
};

char *key_usage_text(unsigned bits)
{
    struct strv names = STRV_INIT;
    for (size_t i = 0; i < ARRAY_LEN(usages); i++) {
        if (!(bits & KU_ABSENT) && (bits & usages[i].bit)) {
            strv_push(&names, usages[i].name);
        }
    }
    char *text = names.n ? strv_join(&names, ", ") : xstrdup("");
    strv_release(&names);
    return text;
}

/* Extended key usages by name. To add one: a row. */
static const struct {
    const char *oid, *name;
} extended[] = {
    {"1.3.6.1.5.5.7.3.1", "serverAuth"},    {"1.3.6.1.5.5.7.3.2", "clientAuth"},
    {"1.3.6.1.5.5.7.3.3", "codeSigning"},   {"1.3.6.1.5.5.7.3.4", "emailProtection"},
    {"1.3.6.1.5.5.7.3.8", "timeStamping"},  {"1.3.6.1.5.5.7.3.9", "OCSPSigning"},
    {"1.3.6.1.5.5.7.3.27", "cmcCA"},        {"1.3.6.1.5.5.7.3.28", "cmcRA"},
    {"1.3.6.1.5.5.7.3.29", "cmcArchive"},   {"1.3.6.1.4.1.311.20.2.2", "smartcardLogon"},
    {"2.5.29.37.0", "anyExtendedKeyUsage"},
};

static void add_extended(const struct cert *cert, struct buf *out)
{
    struct bytes value, content, oid;
    if (!cert_extension(cert, "2.5.29.37", &value, NULL) || !der_only(value, ASN1_SEQUENCE, &content)) {
        return;
    }
    struct strv names = STRV_INIT;
    while (der_take(&content, ASN1_OID, &oid) && names.n < 50) {
        char *dotted = der_oid_text(oid);
        const char *name = dotted ? dotted : "?";
        for (size_t i = 0; dotted && i < ARRAY_LEN(extended); i++) {
            if (strcmp(dotted, extended[i].oid) == 0) {
                name = extended[i].name;
            }
        }
        strv_push(&names, name);
        free(dotted);
    }
    char *joined = strv_join(&names, ", ");
    buf_add(out, "%s: %s\n", _("Extended key usage"), joined ? joined : "");
    free(joined);
    strv_release(&names);
}

static void add_line_take(struct buf *out, const char *label, char *taken)
{
    buf_add(out, "%s: %s\n", label, taken);
    free(taken);
}

static void add_fingerprint(const struct cert *cert, struct buf *out)
{
    struct buf digest = BUF_INIT(HASH_MAX);
    if (cert_fingerprint(cert, HASH_SHA256, &digest, NULL)) {
        add_line_take(out, _("SHA-256 fingerprint"), bytes_hex_colons(buf_peek(&digest)));
    }
    buf_release(&digest);
}

char *cert_show(const struct cert *cert)
{
    struct buf out = BUF_INIT(8 * CERT_MAX);
    add_line_take(&out, _("Subject"), cert_subject(cert));
    add_line_take(&out, _("Issuer"), cert_issuer(cert));
    add_line_take(&out, _("Serial number"), cert_serial_text(cert));
    add_line_take(&out, _("Valid from"), when_human(cert_not_before(cert)));
    add_line_take(&out, _("Valid until"), when_human(cert_not_after(cert)));
    add_line_take(&out, _("Key"), cert_key_text(cert));
    add_line_take(&out, _("Signature"), sign_alg_text(cert_signature_alg(cert)));
    if (cert_is_ca(cert)) {
        if (cert_path_len(cert) >= 0) {
            buf_add(&out, _("CA: yes, at most %d further CAs below\n"), cert_path_len(cert));
        } else {
            buf_add(&out, "%s", _("CA: yes\n"));
        }
    }
    if (!(cert_key_usage(cert) & KU_ABSENT)) {
        add_line_take(&out, _("Key usage"), key_usage_text(cert_key_usage(cert)));
    }
    add_extended(cert, &out);
    struct strv sans = STRV_INIT;
    if (cert_sans(cert, &sans) && sans.n) {
        add_line_take(&out, _("Alternative names"), strv_join(&sans, ", "));
    }
    strv_release(&sans);
    if (cert_ski(cert).len) {
        add_line_take(&out, _("Key identifier"), bytes_hex(cert_ski(cert)));
    }
    add_fingerprint(cert, &out);
    return buf_take_str(&out);
}
