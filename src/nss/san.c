/* SPDX-License-Identifier: Apache-2.0 */
/* subjectAltName entries from their texts (RFC 5280 4.2.1.6). */
#include "config.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/csr.h"
#include "nss/der.h"

#define SAN_MAX 1024 /* octets of one entry */

static bool bad_san(const char *entry, const char *why, struct err *err)
{
    char *visible = text_visible_str(entry);
    err_fail(err, ERR_NSS_SAN, "%s: %s", visible, why);
    free(visible);
    return false;
}

static bool graphic_ascii(const char *s)
{
    for (; *s; s++) {
        if (*s <= ' ' || *s >= 0x7f) {
            return false;
        }
    }
    return true;
}

/* Host name, perhaps with one "*." in front; no empty labels. */
static bool host_name(const char *s)
{
    if (strncmp(s, "*.", 2) == 0) {
        s += 2;
    }
    size_t label = 0;
    if (strlen(s) > 253) {
        return false;
    }
    for (;; s++) {
        if (*s == '.' || *s == '\0') {
            if (label == 0 || label > 63) {
                return false;
            }
            label = 0;
            if (*s == '\0') {
                return true;
            }
            continue;
        }
        bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9');
        if (!letter && *s != '-' && *s != '_') {
            return false;
        }
        label++;
    }
}

static bool put_dns(const char *value, struct buf *out, const char **why)
{
    *why = _("this is not a host name (international names are written in their xn-- form).");
    return host_name(value) && der_put(out, ASN1_CONTEXT(2), bytes_of_str(value));
}

static bool put_email(const char *value, struct buf *out, const char **why)
{
    const char *at = strchr(value, '@');
    *why = _("this is not an e-mail address.");
    return at && at != value && !strchr(at + 1, '@') && graphic_ascii(value) && host_name(at + 1) &&
           der_put(out, ASN1_CONTEXT(1), bytes_of_str(value));
}

static bool put_ip(const char *value, struct buf *out, const char **why)
{
    uint8_t address[16];
    *why = _("this is not an IPv4 or IPv6 address.");
    if (inet_pton(AF_INET, value, address) == 1) {
        return der_put(out, ASN1_CONTEXT(7), BYTES(address, 4));
    }
    return inet_pton(AF_INET6, value, address) == 1 && der_put(out, ASN1_CONTEXT(7), BYTES(address, 16));
}

static bool put_uri(const char *value, struct buf *out, const char **why)
{
    *why = _("this is not a URI.");
    return strchr(value, ':') && *value != ':' && graphic_ascii(value) &&
           der_put(out, ASN1_CONTEXT(6), bytes_of_str(value));
}

/* otherName [0] IMPLICIT SEQUENCE { 1.3.6.1.4.1.311.20.2.3, [0] EXPLICIT UTF8String } */
static bool put_upn(const char *value, struct buf *out, const char **why)
{
    struct buf string = BUF_INIT(2 * SAN_MAX);
    struct buf content = BUF_INIT(2 * SAN_MAX);
    *why = _("this is not a user principal name such as name@example.com.");
    const char *at = strchr(value, '@');
    bool ok = at && at != value && at[1] && utf8_valid(value, strlen(value)) &&
              der_put(&string, ASN1_UTF8, bytes_of_str(value)) &&
              der_put_oid(&content, "1.3.6.1.4.1.311.20.2.3") &&
              der_put(&content, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&string)) &&
              der_put(out, ASN1_CONTEXT_CONSTRUCTED(0), buf_peek(&content));
    buf_release(&string);
    buf_release(&content);
    return ok;
}

/* To add a kind: a row and its function (and the reverse in cert_text.c). */
static const struct {
    const char *kind;
    bool (*put)(const char *value, struct buf *out, const char **why);
} kinds[] = {
    {"DNS", put_dns}, {"IP", put_ip}, {"email", put_email}, {"UPN", put_upn}, {"URI", put_uri},
};

static bool put_entry(const char *entry, struct buf *out, struct err *err)
{
    const char *colon = strchr(entry, ':');
    if (!colon || strlen(entry) > SAN_MAX) {
        return bad_san(entry, _("the kind in front of the colon is missing, or it is too long."), err);
    }
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strlen(kinds[i].kind) == (size_t)(colon - entry) &&
            strncasecmp(entry, kinds[i].kind, (size_t)(colon - entry)) == 0) {
            const char *why = "";
            return kinds[i].put(colon + 1, out, &why) || bad_san(entry, why, err);
        }
    }
    return bad_san(entry, _("the kind in front of the colon is not known."), err);
}

bool sans_encode(const struct strv *sans, struct buf *der, struct err *err)
{
    struct buf names = BUF_INIT(CERT_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < sans->n; i++) {
        ok = put_entry(sans->v[i], &names, err);
    }
    ok = ok && (der_put(der, ASN1_SEQUENCE, buf_peek(&names)) || err_fail(err, ERR_NSS_TOO_BIG, NULL));
    buf_release(&names);
    return ok;
}
