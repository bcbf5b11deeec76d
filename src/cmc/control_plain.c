/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/control_plain.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cmc/asn1.h"

#define INTEGER_TEXT_MAX 512 /* octets that are converted to decimal */

bool control_octets_encode(struct bytes octets, struct buf *der, struct err *err)
{
    return der_put(der, ASN1_OCTET_STRING, octets) || asn1_unwritable(err, "OCTET STRING");
}

bool control_octets_decode(struct bytes der, struct bytes *octets, struct err *err)
{
    return der_only(der, ASN1_OCTET_STRING, octets) || asn1_damaged(err, "OCTET STRING");
}

bool control_text_encode(const char *text, struct buf *der, struct err *err)
{
    size_t len = strlen(text);
    if (len == 0 || !utf8_valid(text, len)) {
        return err_fail(err, ERR_CMC_VALUE, _("A text is empty, or it is not UTF-8."));
    }
    return der_put(der, ASN1_UTF8, BYTES(text, len)) || asn1_unwritable(err, "UTF8String");
}

bool control_text_decode(struct bytes der, struct bytes *raw, struct err *err)
{
    return der_only(der, ASN1_UTF8, raw) || asn1_damaged(err, "UTF8String");
}

bool control_integer_encode(struct bytes magnitude, struct buf *der, struct err *err)
{
    return der_put_unsigned(der, magnitude) || asn1_unwritable(err, "INTEGER");
}

bool control_integer_decode(struct bytes der, struct bytes *content, struct err *err)
{
    struct bytes body;
    if (!der_only(der, ASN1_INTEGER, &body) || body.len == 0) {
        return asn1_damaged(err, "INTEGER");
    }
    *content = body;
    return true;
}

/* Divides the big-endian magnitude by 10^9 in place and returns the remainder. */
static uint32_t divide(uint8_t *magnitude, size_t len)
{
    uint64_t rest = 0;
    for (size_t i = 0; i < len; i++) {
        rest = rest << 8 | magnitude[i];
        magnitude[i] = (uint8_t)(rest / 1000000000u);
        rest %= 1000000000u;
    }
    return (uint32_t)rest;
}

static bool all_zero(const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (octets[i]) {
            return false;
        }
    }
    return true;
}

char *control_integer_text(struct bytes content)
{
    if (content.len == 0) {
        return xstrdup("0");
    }
    if (content.len > INTEGER_TEXT_MAX) {
        char *hex = bytes_hex(BYTES(content.data, 32));
        char *text = xasprintf("0x%s... (%zu octets)", hex, content.len);
        free(hex);
        return text;
    }
    uint8_t magnitude[INTEGER_TEXT_MAX];
    memcpy(magnitude, content.data, content.len);
    bool negative = content.data[0] & 0x80;
    if (negative) { /* two's complement: invert, add one */
        unsigned carry = 1;
        for (size_t i = content.len; i-- > 0;) {
            unsigned sum = (uint8_t)~magnitude[i] + carry;
            magnitude[i] = (uint8_t)sum;
            carry = sum >> 8;
        }
    }
    char digits[INTEGER_TEXT_MAX * 3 + 16];
    size_t at = sizeof(digits) - 1;
    digits[at] = '\0';
    do {
        uint32_t part = divide(magnitude, content.len);
        bool last = all_zero(magnitude, content.len);
        for (int i = 0; i < 9 && (!last || part > 0 || i == 0); i++) {
            digits[--at] = (char)('0' + part % 10);
            part /= 10;
        }
    } while (!all_zero(magnitude, content.len));
    return xasprintf("%s%s", negative ? "-" : "", digits + at);
}
