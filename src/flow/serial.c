/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/serial.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"

/* number = number * base + digit on big-endian octets; false when it does not fit. */
static bool push_digit(uint8_t *number, unsigned base, unsigned digit)
{
    unsigned carry = digit;
    for (size_t i = SERIAL_MAX; i-- > 0;) {
        unsigned v = number[i] * base + carry;
        number[i] = (uint8_t)v;
        carry = v >> 8;
    }
    return carry == 0;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

bool serial_parse(const char *text, struct buf *content, struct err *err)
{
    bool hex = text_starts(text, "0x") || text_starts(text, "0X");
    const char *digits = hex ? text + 2 : text;
    unsigned base = hex ? 16 : 10;
    uint8_t number[SERIAL_MAX] = {0};
    bool ok = *digits != '\0';
    for (const char *c = digits; ok && *c; c++) {
        int v = digit_value(*c);
        ok = v < (int)base && push_digit(number, base, (unsigned)v);
    }
    if (!ok) {
        char *shown = text_visible_str(text);
        err_fail(err, ERR_CFG_NUMBER, _("%s is not a serial number (decimal, or hexadecimal after 0x)."), shown);
        free(shown);
        return false;
    }
    size_t start = 0;
    while (start < SERIAL_MAX - 1 && number[start] == 0) {
        start++;
    }
    if (number[start] & 0x80 && !buf_append_byte(content, 0)) {
        return err_fail(err, ERR_INTERNAL, NULL);
    }
    return buf_append(content, number + start, SERIAL_MAX - start) || err_fail(err, ERR_INTERNAL, NULL);
}

char *serial_decimal(struct bytes content)
{
    uint8_t *number = xmalloc(content.len);
    if (content.len) {
        memcpy(number, content.data, content.len);
    }
    size_t room = content.len * 3 + 2, at = room - 1;
    char *out = xcalloc(room, 1);
    bool more = true;
    while (more && at > 0) {
        unsigned rest = 0;
        more = false;
        for (size_t i = 0; i < content.len; i++) {
            unsigned v = rest * 256 + number[i];
            number[i] = (uint8_t)(v / 10);
            rest = v % 10;
            more = more || number[i];
        }
        out[--at] = (char)('0' + rest);
    }
    char *text = xstrdup(out + at);
    free(number);
    free(out);
    return text;
}
