/* SPDX-License-Identifier: Apache-2.0 */
/* BER to DER. Two passes in one recursion: the content of a constructed value is written to a buffer of its
 * own and then gets its header, so memory is bounded by depth times input. */
#include "config.h"

#include "nss/der.h"

#include "base/err.h"
#include "base/i18n.h"

struct ber_header {
    uint8_t tag;
    bool indefinite;
    size_t header, len;
};

static bool read_header(struct bytes in, struct ber_header *h)
{
    if (in.len < 2 || (in.data[0] & 0x1f) == 0x1f) {
        return false;
    }
    *h = (struct ber_header){.tag = in.data[0], .header = 2};
    uint8_t first = in.data[1];
    if (first == 0x80) {
        h->indefinite = true;
        return (h->tag & 0x20) != 0;
    }
    h->len = first;
    if (first & 0x80) {
        size_t octets = first & 0x7f;
        h->len = 0;
        if (octets > 8 || in.len < 2 + octets) {
            return false;
        }
        for (size_t i = 0; i < octets; i++) {
            if (h->len >> 48) {
                return false;
            }
            h->len = h->len << 8 | in.data[2 + i];
        }
        h->header += octets;
    }
    return h->len <= in.len - h->header;
}

static bool convert_one(struct bytes *rest, struct buf *out, int depth);

/* Values up to the end of content, or up to 00 00 when the length was indefinite. */
static bool convert_all(struct bytes *rest, bool until_end_mark, struct buf *out, int depth)
{
    for (;;) {
        if (until_end_mark && rest->len >= 2 && rest->data[0] == 0 && rest->data[1] == 0) {
            *rest = BYTES(rest->data + 2, rest->len - 2);
            return true;
        }
        if (rest->len == 0) {
            return !until_end_mark;
        }
        if (!convert_one(rest, out, depth)) {
            return false;
        }
    }
}

/* The pieces of a constructed string (already DER TLVs) become one primitive string. What is copied on the way may be a secret of the
 * message, so it is wiped. */
static bool join_strings(uint8_t tag, struct bytes pieces, struct buf *out)
{
    struct buf joined = BUF_INIT_SECRET(out->max);
    uint8_t unused_bits = 0;
    bool ok = true;
    bool bits = tag == ASN1_BIT_STRING;
    while (ok && pieces.len) {
        struct der_tlv piece;
        ok = der_next(&pieces, &piece) && piece.tag == tag && (!bits || (piece.body.len && unused_bits == 0));
        if (ok && bits) {
            unused_bits = piece.body.data[0];
            piece.body = BYTES(piece.body.data + 1, piece.body.len - 1);
        }
        ok = ok && (piece.body.len == 0 || buf_append_bytes(&joined, piece.body));
    }
    struct buf whole = BUF_INIT_SECRET(out->max);
    ok = ok && (!bits || buf_append_byte(&whole, unused_bits)) &&
         (joined.len == 0 || buf_append_bytes(&whole, buf_peek(&joined))) &&
         der_put(out, tag, buf_peek(&whole));
    buf_release(&joined);
    buf_release(&whole);
    return ok;
}

static bool convert_one(struct bytes *rest, struct buf *out, int depth)
{
    struct ber_header h;
    if (depth > DER_DEPTH_MAX || !read_header(*rest, &h)) {
        return false;
    }
    struct bytes content = BYTES(rest->data + h.header, h.indefinite ? rest->len - h.header : h.len);
    if (!(h.tag & 0x20)) {
        *rest = BYTES(content.data + content.len, rest->len - h.header - content.len);
        return der_put(out, h.tag, content);
    }
    struct buf inner = BUF_INIT_SECRET(out->max);
    struct bytes left = content;
    bool ok = convert_all(&left, h.indefinite, &inner, depth + 1);
    if (ok) {
        size_t used = h.header + (h.indefinite ? content.len - left.len : content.len);
        uint8_t primitive = (uint8_t)(h.tag & ~0x20);
        *rest = BYTES(rest->data + used, rest->len - used);
        if (primitive == ASN1_OCTET_STRING || primitive == ASN1_BIT_STRING) {
            ok = join_strings(primitive, buf_peek(&inner), out);
        } else {
            ok = der_put(out, h.tag, buf_peek(&inner));
        }
    }
    buf_release(&inner);
    return ok;
}

bool der_from_ber(struct bytes ber, struct buf *out, struct err *err)
{
    struct bytes rest = ber;
    size_t start = out->len;
    if (!convert_one(&rest, out, 0) || rest.len != 0) {
        buf_truncate(out, start);
        return err_fail(err, ERR_NSS_DER, _("The data cannot be read from octet %zu on."),
                        ber.len - rest.len);
    }
    return true;
}
