/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "dir/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/pem.h"

#define SERIAL_DIGITS 49 /* decimal digits of 20 octets */
#define TOKEN_MAX ((size_t)64 << 10)

char *dir_token_line(const char *token, struct err *err)
{
    struct buf der = BUF_INIT(TOKEN_MAX);
    struct buf line = BUF_INIT(TOKEN_MAX * 2);
    char *text = NULL;
    /* A SEQUENCE of two OCTET STRINGs, as section F of Dogtag's format says; a look at its tag catches mix-ups. */
    if (token && base64_decode(bytes_of_str(token), &der, NULL) && der.len > 2 && der.data[0] == 0x30 &&
        base64_encode(buf_peek(&der), 0, false, &line)) {
        text = xstrdup(buf_str(&line));
    } else {
        err_fail(err, ERR_DIR_TOKEN_TEXT, NULL);
    }
    buf_release(&der);
    buf_release(&line);
    return text;
}

/* digits (most significant first, one octet each) = digits * 16 + add */
static bool shift_in(uint8_t digits[SERIAL_DIGITS], unsigned add)
{
    for (int i = SERIAL_DIGITS - 1; i >= 0; i--) {
        unsigned v = digits[i] * 16U + add;
        digits[i] = (uint8_t)(v % 10);
        add = v / 10;
    }
    return add == 0;
}

static char *from_hex(const char *hex)
{
    uint8_t digits[SERIAL_DIGITS] = {0};
    char text[SERIAL_DIGITS + 1];
    size_t n = strspn(hex, "0123456789abcdefABCDEF");
    if (n == 0 || hex[n] || n > 64) {
        return NULL;
    }
    for (const char *p = hex; *p; p++) {
        unsigned v = *p <= '9' ? (unsigned)(*p - '0') : ((unsigned)*p | 0x20) - 'a' + 10;
        if (!shift_in(digits, v)) {
            return NULL;
        }
    }
    size_t first = 0;
    while (first < SERIAL_DIGITS - 1 && digits[first] == 0) {
        first++;
    }
    for (size_t i = first; i < SERIAL_DIGITS; i++) {
        text[i - first] = (char)('0' + digits[i]);
    }
    text[SERIAL_DIGITS - first] = '\0';
    return xstrdup(text);
}

char *dir_serial_decimal(const char *serial)
{
    if (text_starts(serial, "0x") || text_starts(serial, "0X")) {
        return from_hex(serial + 2);
    }
    size_t n = strspn(serial, "0123456789");
    size_t zeros = strspn(serial, "0");
    if (n == 0 || serial[n] || n - zeros > SERIAL_DIGITS) {
        return NULL;
    }
    return xstrdup(zeros == n ? "0" : serial + zeros);
}

char *dir_cert_record_dn(const char *ca_base, const char *serial, struct err *err)
{
    char *number = dir_serial_decimal(serial);
    if (!number) {
        char *shown = text_visible_str(serial);
        err_fail(err, ERR_DIR_SERIAL, _("Given: %s"), shown);
        free(shown);
        return NULL;
    }
    if (!ca_base || !*ca_base) {
        free(number);
        err_fail(err, ERR_DIR_NO_BASE, NULL);
        return NULL;
    }
    char *dn = xasprintf("cn=%s,ou=certificateRepository,ou=ca,%s", number, ca_base);
    free(number);
    return dn;
}

char *dir_user_dn(const char *base, const char *uid)
{
    char *escaped = text_dn_escape(uid);
    char *dn = base && *base ? xasprintf("uid=%s,%s", escaped, base) : xasprintf("uid=%s", escaped);
    free(escaped);
    return dn;
}

/* ---- LDIF (RFC 2849) ---- */

/* SAFE-STRING: may stand as it is. */
static bool safe_string(const char *value)
{
    size_t len = strlen(value);
    if (len > 0 && (strchr(" :<", value[0]) || value[len - 1] == ' ')) {
        return false;
    }
    for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
        if (*p >= 0x80 || *p == '\n' || *p == '\r') {
            return false;
        }
    }
    return true;
}

static bool put_line(struct buf *out, const char *name, const char *value)
{
    if (safe_string(value)) {
        return buf_printf(out, "%s: %s\n", name, value);
    }
    return buf_printf(out, "%s:: ", name) && base64_encode(bytes_of_str(value), 0, false, out) &&
           buf_append_str(out, "\n");
}

/* Adding what is there already is no error then (389-ds, OpenLDAP, Active Directory); not critical, so others ignore it. */
#define PERMISSIVE_MODIFY "1.2.840.113556.1.4.1413"

static bool begin(struct buf *out, const char *dn, bool permissive)
{
    return put_line(out, "dn", dn) && (!permissive || buf_append_str(out, "control: " PERMISSIVE_MODIFY " false\n")) &&
           buf_append_str(out, "changetype: modify\n");
}

static bool too_big(struct err *err)
{
    return err_fail(err, ERR_DIR_FAILED, "%s", _("The LDIF is too large."));
}

bool dir_token_ldif(const char *user_dn, const char *attribute, const char *token, bool add_class, struct buf *out,
                    struct err *err)
{
    char *line = token ? dir_token_line(token, err) : NULL;
    if (token && !line) {
        return false;
    }
    const char *name = attribute && *attribute ? attribute : DIR_TOKEN_ATTRIBUTE;
    bool good = begin(out, user_dn, line && add_class);
    if (line && add_class) {
        good = good && buf_printf(out, "add: objectClass\nobjectClass: %s\n-\n", DIR_TOKEN_CLASS);
    }
    if (line) {
        good =
            good && buf_printf(out, "replace: %s\n", name) && put_line(out, name, line) && buf_append_str(out, "-\n");
    } else {
        good = good && buf_printf(out, "delete: %s\n-\n", name);
    }
    free(line);
    return good || too_big(err);
}

bool dir_revocation_ldif(const char *ca_base, const char *serial, const char *token, struct buf *out, struct err *err)
{
    char *line = dir_token_line(token, err);
    char *dn = line ? dir_cert_record_dn(ca_base, serial, err) : NULL;
    bool good = dn != NULL;
    if (good) {
        char *value = xasprintf("%s%s", DIR_REVOCATION_PREFIX, line);
        good = (begin(out, dn, false) && buf_printf(out, "add: %s\n", DIR_REVOCATION_ATTRIBUTE) &&
                put_line(out, DIR_REVOCATION_ATTRIBUTE, value) && buf_append_str(out, "-\n")) ||
               too_big(err);
        free(value);
    }
    free(dn);
    free(line);
    return good;
}
