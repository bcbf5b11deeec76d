/* SPDX-License-Identifier: Apache-2.0 */
/* Dogtag's text form of a CKA_ID: java.math.BigInteger(octets).toString(16) of 20 octets in two's complement.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/key.h"

#define KEY_ID_LENGTH 20
#define KEY_ID_MAX 128 /* octets of any CKA_ID that we read */

static void negate(uint8_t *octets, size_t n)
{
    unsigned carry = 1;
    for (size_t i = n; i-- > 0;) {
        carry += (uint8_t)~octets[i];
        octets[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

char *key_id_text(struct bytes cka_id)
{
    if (cka_id.len != KEY_ID_LENGTH) {
        char *hex = bytes_hex(cka_id);
        char *text = xasprintf("0x%s", hex);
        free(hex);
        return text;
    }
    uint8_t magnitude[KEY_ID_LENGTH];
    memcpy(magnitude, cka_id.data, sizeof(magnitude));
    bool negative = magnitude[0] & 0x80;
    if (negative) {
        negate(magnitude, sizeof(magnitude));
    }
    char *hex = bytes_hex(BYTES(magnitude, sizeof(magnitude)));
    const char *digits = hex + strspn(hex, "0");
    char *text = xasprintf("%s%s", negative ? "-" : "", *digits ? digits : "0");
    free(hex);
    return text;
}

static bool bad_id(const char *text, struct err *err)
{
    char *visible = text_visible_str(text);
    err_fail(err, ERR_NSS_KEY_ID, "%.*s", 100, visible);
    free(visible);
    return false;
}

/* Hex digits of any number, the first octet may be a single digit. */
static bool read_hex(const char *digits, size_t n, struct buf *out)
{
    char *even = xasprintf("%s%.*s", n % 2 ? "0" : "", (int)n, digits);
    bool ok = bytes_from_hex(even, out);
    free(even);
    return ok;
}

bool key_id_parse(const char *text, struct buf *cka_id, struct err *err)
{
    size_t n = strlen(text);
    while (n && isspace((unsigned char)text[n - 1])) {
        n--;
    }
    bool plain = n > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    bool negative = n > 1 && text[0] == '-';
    const char *digits = text + (plain ? 2 : negative ? 1 : 0);
    n -= (size_t)(digits - text);
    struct buf octets = BUF_INIT(KEY_ID_MAX);
    if (n == 0 || n > 2 * KEY_ID_MAX || strspn(digits, "0123456789abcdefABCDEF") < n ||
        !read_hex(digits, n, &octets)) {
        buf_release(&octets);
        return bad_id(text, err);
    }
    bool ok = true;
    if (plain) {
        ok = buf_append_bytes(cka_id, buf_peek(&octets));
    } else {
        uint8_t value[KEY_ID_LENGTH + 1] = {0};
        size_t skip = 0;
        while (skip < octets.len && octets.data[skip] == 0) {
            skip++;
        }
        size_t len = octets.len - skip;
        ok = len <= KEY_ID_LENGTH;
        if (ok && len) {
            memcpy(value + sizeof(value) - len, octets.data + skip, len);
        }
        if (negative) {
            negate(value, sizeof(value));
        }
        /* The sign must fit as well: 160 bits in two's complement. */
        ok =
            ok && value[0] == (value[1] & 0x80 ? 0xff : 0x00) && buf_append(cka_id, value + 1, KEY_ID_LENGTH);
    }
    buf_release(&octets);
    return ok || bad_id(text, err);
}
