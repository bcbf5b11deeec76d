/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nss/pem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "nss/der.h"

static const char begin_mark[] = "-----BEGIN ";
static const char end_mark[] = "-----END ";
static const char dashes[] = "-----";

struct pem_block {
    struct bytes label, body;
};

static const uint8_t *find(struct bytes in, const char *needle)
{
    return in.len ? memmem(in.data, in.len, needle, strlen(needle)) : NULL;
}

static struct bytes behind(struct bytes in, const uint8_t *at)
{
    return BYTES(at, in.len - (size_t)(at - in.data));
}

/* Next block at or behind the front of rest. *begun says whether a BEGIN line was there at all. */
static bool next_block(struct bytes *rest, struct pem_block *block, bool *begun)
{
    const uint8_t *begin = find(*rest, begin_mark);
    *begun = begin != NULL;
    if (!begin) {
        return false;
    }
    struct bytes label = behind(*rest, begin + strlen(begin_mark));
    const uint8_t *label_end = find(label, dashes);
    if (!label_end || memchr(label.data, '\n', (size_t)(label_end - label.data))) {
        return false;
    }
    block->label = BYTES(label.data, (size_t)(label_end - label.data));
    struct bytes body = behind(label, label_end + strlen(dashes));
    const uint8_t *end = find(body, end_mark);
    if (!end) {
        return false;
    }
    block->body = BYTES(body.data, (size_t)(end - body.data));
    *rest = behind(body, end + strlen(end_mark));
    return true;
}

/* RFC 1421 headers ("Proc-Type: ...") stand before an empty line. */
static struct bytes skip_headers(struct bytes body)
{
    const uint8_t *colon = body.len ? memchr(body.data, ':', body.len) : NULL;
    const uint8_t *gap = colon ? find(body, "\n\n") : NULL;
    if (!gap && colon) {
        gap = find(body, "\n\r\n");
    }
    return gap ? behind(body, gap) : body;
}

static bool looks_binary(struct bytes in)
{
    struct bytes rest = in;
    struct der_tlv tlv;
    if (in.len < 2 || in.data[0] != ASN1_SEQUENCE) {
        return false;
    }
    /* '0' is 0x30: text such as "0123" must not be taken for a SEQUENCE. */
    return in.data[1] == 0x80 || der_next(&rest, &tlv) || (in.data[1] & 0x80);
}

static bool all_blank(struct bytes in)
{
    for (size_t i = 0; i < in.len; i++) {
        if (!isspace(in.data[i])) {
            return false;
        }
    }
    return true;
}

bool pem_decode(struct bytes in, struct buf *der, char **label, struct err *err)
{
    if (all_blank(in)) {
        return err_fail(err, ERR_FILE_EMPTY, NULL);
    }
    if (in.len > BUF_MAX_MESSAGE * 2) {
        return err_fail(err, ERR_NSS_TOO_BIG, NULL);
    }
    struct bytes found_label = BYTES_NONE;
    if (looks_binary(in)) {
        if (!buf_append_bytes(der, in)) {
            return err_fail(err, ERR_NSS_TOO_BIG, NULL);
        }
    } else {
        struct pem_block block;
        struct bytes rest = in;
        bool begun = false;
        struct bytes text = in;
        if (next_block(&rest, &block, &begun)) {
            found_label = block.label;
            text = skip_headers(block.body);
        } else if (begun) {
            return err_fail(err, ERR_NSS_PEM, _("The END line is missing."));
        }
        size_t before = der->len;
        if (!base64_decode(text, der, err)) {
            return false;
        }
        if (der->len == before) {
            return err_fail(err, ERR_NSS_PEM, _("There is nothing between the BEGIN and END lines."));
        }
    }
    if (label) {
        *label = xstrndup(found_label.len ? (const char *)found_label.data : "", found_label.len);
    }
    return true;
}

bool pem_encode(struct bytes der, const char *label, int columns, bool crlf, struct buf *out)
{
    return buf_printf(out, "%s%s%s\n", begin_mark, label, dashes) && base64_encode(der, columns, crlf, out) &&
           buf_printf(out, "%s%s%s\n", end_mark, label, dashes);
}

static bool add_der(struct bytes der, struct cert_list *certs, struct err *err)
{
    struct cert *cert = cert_from_der(der, NULL);
    if (!cert) {
        return pkcs7_certs(der, certs, err);
    }
    if (certs->n >= CERT_LIST_MAX) {
        cert_free(cert);
        return err_fail(err, ERR_NSS_TOO_BIG, NULL);
    }
    if (cert_list_has(certs, cert)) {
        cert_free(cert);
    } else {
        cert_list_push_take(certs, cert);
    }
    return true;
}

static bool label_has_certs(struct bytes label)
{
    static const char *const labels[] = {"CERTIFICATE",
                                         "X509 CERTIFICATE",
                                         "TRUSTED CERTIFICATE",
                                         "CERTIFICATE CHAIN",
                                         "PKCS7",
                                         "PKCS #7 SIGNED DATA",
                                         "CMS"};
    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        if (bytes_equal(label, bytes_of_str(labels[i]))) {
            return true;
        }
    }
    return false;
}

/* Every block that can hold certificates; others (keys, requests) are left out. */
static bool add_blocks(struct bytes in, struct cert_list *certs, size_t *blocks, struct err *err)
{
    struct pem_block block;
    bool begun;
    bool ok = true;
    while (ok && next_block(&in, &block, &begun)) {
        (*blocks)++;
        if (!label_has_certs(block.label)) {
            continue;
        }
        struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
        ok = base64_decode(skip_headers(block.body), &der, err) && add_der(buf_peek(&der), certs, err);
        buf_release(&der);
    }
    return ok;
}

bool pem_decode_all(struct bytes in, struct cert_list *certs, struct err *err)
{
    size_t blocks = 0;
    size_t before = certs->n;
    bool ok;
    if (!looks_binary(in) && find(in, begin_mark)) {
        ok = add_blocks(in, certs, &blocks, err);
        if (ok && certs->n == before && blocks == 0) {
            ok = err_fail(err, ERR_NSS_PEM, _("The END line is missing."));
        }
    } else {
        struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
        ok = pem_decode(in, &der, NULL, err) && add_der(buf_peek(&der), certs, err);
        buf_release(&der);
    }
    /* Certificates that were in the list before do count: the bundle may hold nothing new. */
    return ok && (certs->n > 0 || err_fail(err, ERR_NSS_NO_CERTS, NULL));
}
