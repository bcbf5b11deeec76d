/* SPDX-License-Identifier: Apache-2.0 */
/* base64 (RFC 4648 section 4). */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "nss/pem.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool base64_encode(struct bytes in, int columns, bool crlf, struct buf *out)
{
    int column = 0;
    for (size_t i = 0; i < in.len; i += 3) {
        uint32_t group = (uint32_t)in.data[i] << 16;
        group |= i + 1 < in.len ? (uint32_t)in.data[i + 1] << 8 : 0;
        group |= i + 2 < in.len ? in.data[i + 2] : 0;
        char quad[4] = {alphabet[group >> 18], alphabet[group >> 12 & 63], alphabet[group >> 6 & 63],
                        alphabet[group & 63]};
        if (i + 1 >= in.len) {
            quad[2] = '=';
        }
        if (i + 2 >= in.len) {
            quad[3] = '=';
        }
        if (!buf_append(out, quad, 4)) {
            return false;
        }
        column += 4;
        if (columns && (column >= columns || i + 3 >= in.len)) {
            column = 0;
            if (!buf_append_str(out, crlf ? "\r\n" : "\n")) {
                return false;
            }
        }
    }
    return true;
}

bool base64_decode(struct bytes in, struct buf *out, struct err *err)
{
    size_t start = out->len;
    uint32_t group = 0;
    int have = 0;
    int padding = 0;
    for (size_t i = 0; i < in.len; i++) {
        uint8_t c = in.data[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f') {
            continue;
        }
        if (c == '=' && have >= 2 && padding < 4 - have) {
            padding++;
            continue;
        }
        const char *digit = c ? memchr(alphabet, c, 64) : NULL;
        if (!digit || padding) {
            buf_truncate(out, start);
            return err_fail(err, ERR_NSS_PEM, _("Octet %zu is not base64."), i + 1);
        }
        group = group << 6 | (uint32_t)(digit - alphabet);
        if (++have == 4) {
            uint8_t octets[3] = {(uint8_t)(group >> 16), (uint8_t)(group >> 8), (uint8_t)group};
            have = 0;
            group = 0;
            if (!buf_append(out, octets, 3)) {
                buf_truncate(out, start);
                return err_fail(err, ERR_NSS_TOO_BIG, NULL);
            }
        }
    }
    uint8_t tail[2] = {(uint8_t)(have == 2 ? group >> 4 : group >> 10), (uint8_t)(group >> 2)};
    if (have == 1 || (padding && padding != 4 - have) ||
        (have >= 2 && !buf_append(out, tail, (size_t)have - 1))) {
        buf_truncate(out, start);
        return err_fail(err, ERR_NSS_PEM, _("The base64 text is cut off."));
    }
    return true;
}
