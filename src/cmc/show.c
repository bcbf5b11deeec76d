/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "cmc/asn1.h"
#include "cmc/oids.h"
#include "cmc/control_cert.h"
#include "cmc/control_plain.h"
#include "cmc/request.h"
#include "cmc/show_parts.h"

#define HEX_MAX 64

/* --- the tree --- */

static struct cmc_node *push(struct cmc_tree *tree, int depth, const char *label, char *value_taken)
{
    if (tree->n >= CMC_TREE_MAX) {
        free(value_taken);
        return NULL;
    }
    if (tree->n == CMC_TREE_MAX - 1) {
        free(value_taken);
        label = "...";
        value_taken = xstrdup(_("more is not shown"));
        depth = 0;
    }
    if ((tree->n & (tree->n - 1)) == 0) { /* at powers of two */
        tree->v = xrealloc(tree->v, (tree->n ? tree->n * 2 : 16) * sizeof(*tree->v));
    }
    tree->v[tree->n] = (struct cmc_node){.depth = depth, .label = xstrdup(label), .value = value_taken};
    return &tree->v[tree->n++];
}

static void place(const struct cmc_tree *tree, struct cmc_node *node, struct bytes octets)
{
    if (node && tree->base && octets.data >= tree->base && octets.data + octets.len <= tree->base + tree->base_len) {
        node->offset = (size_t)(octets.data - tree->base);
        node->length = octets.len;
    }
}

void cmc_tree_add(struct cmc_tree *tree, int depth, const char *label, const char *value_fmt, ...)
{
    va_list ap;
    va_start(ap, value_fmt);
    push(tree, depth, label, xvasprintf(value_fmt, ap));
    va_end(ap);
}

void cmc_tree_branch(struct cmc_tree *tree, int depth, const char *label)
{
    push(tree, depth, label, NULL);
}

static char *hex_text(struct bytes octets)
{
    char *hex = bytes_hex(BYTES(octets.data, octets.len > HEX_MAX ? HEX_MAX : octets.len));
    char *text = octets.len > HEX_MAX ? xasprintf(_("%s... (%zu octets)"), hex, octets.len) : xstrdup(hex);
    free(hex);
    return text;
}

void cmc_tree_hex(struct cmc_tree *tree, int depth, const char *label, struct bytes octets)
{
    place(tree, push(tree, depth, label, hex_text(octets)), octets);
}

void cmc_tree_text(struct cmc_tree *tree, int depth, const char *label, struct bytes untrusted)
{
    place(tree, push(tree, depth, label, text_visible(untrusted)), untrusted);
}

void cmc_tree_release(struct cmc_tree *tree)
{
    for (size_t i = 0; i < tree->n; i++) {
        free(tree->v[i].label);
        free(tree->v[i].value);
    }
    free(tree->v);
    *tree = (struct cmc_tree){0};
}

/* --- any element --- */

/* Universal tags that are shown by their name. How: the text of the content. */
enum how { HOW_BRANCH, HOW_TEXT, HOW_HEX, HOW_INTEGER, HOW_OID, HOW_BOOL, HOW_NULL };
static const struct {
    uint8_t tag;
    const char *name;
    enum how how;
} universal[] = {
    {ASN1_BOOLEAN, "BOOLEAN", HOW_BOOL},
    {ASN1_INTEGER, "INTEGER", HOW_INTEGER},
    {ASN1_BIT_STRING, "BIT STRING", HOW_HEX},
    {ASN1_OCTET_STRING, "OCTET STRING", HOW_HEX},
    {ASN1_NULL, "NULL", HOW_NULL},
    {ASN1_OID, "OBJECT IDENTIFIER", HOW_OID},
    {0x0a, "ENUMERATED", HOW_INTEGER},
    {ASN1_UTF8, "UTF8String", HOW_TEXT},
    {ASN1_PRINTABLE, "PrintableString", HOW_TEXT},
    {ASN1_TELETEX, "TeletexString", HOW_TEXT},
    {ASN1_IA5, "IA5String", HOW_TEXT},
    {ASN1_UTC_TIME, "UTCTime", HOW_TEXT},
    {ASN1_GENERALIZED_TIME, "GeneralizedTime", HOW_TEXT},
    {0x1a, "VisibleString", HOW_TEXT},
    {ASN1_UNIVERSAL, "UniversalString", HOW_HEX},
    {ASN1_BMP, "BMPString", HOW_HEX},
    {ASN1_SEQUENCE, "SEQUENCE", HOW_BRANCH},
    {ASN1_SET, "SET", HOW_BRANCH},
};

char *show_oid_text(struct bytes content)
{
    char *dotted = der_oid_text(content);
    if (!dotted) {
        return hex_text(content);
    }
    const struct control_type *type = control_type_by_oid(dotted);
    const char *name = type ? type->name : oid_name(dotted);
    char *text = name ? xasprintf("%s (%s)", name, dotted) : xstrdup(dotted);
    free(dotted);
    return text;
}

static char *primitive_text(enum how how, struct bytes content)
{
    switch (how) {
    case HOW_TEXT:
        return text_visible(content);
    case HOW_INTEGER:
        return control_integer_text(content);
    case HOW_OID:
        return show_oid_text(content);
    case HOW_BOOL:
        return xstrdup(content.len == 1 && content.data[0] ? "TRUE" : "FALSE");
    case HOW_NULL:
        return xstrdup("");
    case HOW_HEX:
    case HOW_BRANCH:
        break;
    }
    return hex_text(content);
}

/* A SEQUENCE that is wrapped in a string; empty when there is none, or it is not to be opened. */
static struct bytes wrapped_in(const struct cmc_tree *tree, const struct der_tlv *tlv)
{
    struct bytes inner = tlv->body, body;
    if (tlv->tag == ASN1_BIT_STRING && inner.len > 0 && inner.data[0] == 0) {
        inner = BYTES(inner.data + 1, inner.len - 1);
    }
    bool string = tlv->tag == ASN1_OCTET_STRING || tlv->tag == ASN1_BIT_STRING;
    return tree->deep && string && der_only(inner, ASN1_SEQUENCE, &body) ? inner : BYTES_NONE;
}

static char *content_text(const struct cmc_tree *tree, enum how how, struct bytes content)
{
    bool secret = tree->secret.len > 0 && bytes_equal(tree->secret, content);
    return secret ? xstrdup(_("(secret, not shown)")) : primitive_text(how, content);
}

static void show_tlv(struct cmc_tree *tree, int depth, const char *prefix, const struct der_tlv *tlv)
{
    char name[40];
    enum how how = (tlv->tag & 0x20) ? HOW_BRANCH : HOW_HEX;
    snprintf(name, sizeof(name), "[%s%u]",
             (tlv->tag & 0xc0) == 0x40   ? "APPLICATION "
             : (tlv->tag & 0xc0) == 0xc0 ? "PRIVATE "
                                         : "",
             tlv->tag & 0x1fu);
    for (size_t i = 0; i < ARRAY_LEN(universal); i++) {
        if (universal[i].tag == tlv->tag) {
            snprintf(name, sizeof(name), "%s", universal[i].name);
            how = universal[i].how;
        }
    }
    char *label = prefix[0] ? xasprintf("%s %s", prefix, name) : xstrdup(name);
    struct bytes opened = wrapped_in(tree, tlv);
    how = opened.len > 0 ? HOW_BRANCH : how;
    place(tree, push(tree, depth, label, how == HOW_BRANCH ? NULL : content_text(tree, how, tlv->body)), tlv->whole);
    free(label);
    struct bytes rest = opened.len > 0 ? opened : tlv->body;
    struct der_tlv inner;
    while (how == HOW_BRANCH && depth < ASN1_MAX_DEPTH && tree->n < CMC_TREE_MAX && der_next(&rest, &inner)) {
        show_tlv(tree, depth + 1, "", &inner);
    }
    if (how == HOW_BRANCH && rest.len > 0 && depth < ASN1_MAX_DEPTH && tree->n < CMC_TREE_MAX) {
        cmc_tree_hex(tree, depth + 1, _("not readable"), rest);
    }
}

void cmc_tree_der(struct cmc_tree *tree, int depth, const char *label, struct bytes der)
{
    struct der_tlv tlv;
    while (der.len > 0) {
        if (!der_next(&der, &tlv)) {
            cmc_tree_hex(tree, depth, label[0] ? label : _("not readable"), der);
            return;
        }
        show_tlv(tree, depth, label, &tlv);
    }
}

/* --- what it is --- */

/* Elements of a SEQUENCE and whether all of them are SEQUENCEs. */
static size_t elements(struct bytes der, bool *all_sequences, int *first_tag)
{
    struct bytes body;
    struct der_tlv tlv;
    size_t n = 0;
    *all_sequences = true;
    *first_tag = -1;
    if (!der_only(der, ASN1_SEQUENCE, &body)) {
        return 0;
    }
    *first_tag = der_peek(body);
    while (der_next(&body, &tlv)) {
        n++;
        *all_sequences = *all_sequences && tlv.tag == ASN1_SEQUENCE;
    }
    return n;
}

static enum cmc_what identify_content_info(struct bytes der)
{
    struct signeddata sd;
    if (!signeddata_parse(der, &sd, NULL)) {
        return CMC_IS_OTHER;
    }
    enum cmc_what what = CMC_IS_OTHER;
    struct pkidata pd;
    pkidata_init(&pd);
    if (!sd.is_signed) {
        what = pkidata_decode(buf_peek(&sd.content), &pd, NULL) ? CMC_IS_REQUEST : CMC_IS_OTHER;
    } else if (strcmp(sd.content_type, OID_CCT_PKI_DATA) == 0) {
        what = CMC_IS_REQUEST;
    } else if (strcmp(sd.content_type, OID_CCT_PKI_RESPONSE) == 0) {
        what = CMC_IS_RESPONSE;
    } else if (!sd.has_content && sd.n_signers == 0) {
        what = CMC_IS_CERTS_ONLY;
    }
    pkidata_release(&pd);
    signeddata_release(&sd);
    return what;
}

static enum cmc_what identify_definite(struct bytes der)
{
    bool all_sequences;
    int first;
    size_t n = elements(der, &all_sequences, &first);
    if (first == ASN1_OID && n == 2) {
        return identify_content_info(der);
    }
    if (first == ASN1_OCTET_STRING && n == 2) {
        return CMC_IS_SHARED_TOKEN;
    }
    struct pkidata pd;
    pkidata_init(&pd);
    bool is_pkidata = n == 4 && all_sequences && pkidata_decode(der, &pd, NULL);
    pkidata_release(&pd);
    if (is_pkidata) {
        return CMC_IS_PKIDATA;
    }
    struct cert *cert = cert_from_der(der, NULL);
    if (cert) {
        cert_free(cert);
        return CMC_IS_CERTIFICATE;
    }
    struct csr csr;
    if (first == ASN1_SEQUENCE && n == 3 && csr_parse(der, &csr, NULL)) {
        csr_release(&csr);
        return CMC_IS_PKCS10;
    }
    struct crmf_msg msg;
    if (first == ASN1_SEQUENCE && crmf_parse(der, &msg, NULL, NULL)) {
        bool crmf = msg.subject_der.len > 0 || msg.spki.len > 0;
        crmf_release(&msg);
        return crmf ? CMC_IS_CRMF : CMC_IS_OTHER;
    }
    return CMC_IS_OTHER;
}

enum cmc_what cmc_identify(struct bytes der)
{
    struct buf definite = {0};
    if (!asn1_prepare(der, &definite, NULL)) {
        return CMC_IS_OTHER;
    }
    enum cmc_what what = identify_definite(buf_peek(&definite));
    buf_release(&definite);
    return what;
}

const char *cmc_what_name(enum cmc_what what)
{
    static const char *const names[] = {
        N_("CMC request"),     N_("CMC response"), N_("certificates (PKCS#7)"), N_("PKIData"),    N_("CRMF request"),
        N_("PKCS#10 request"), N_("certificate"),  N_("shared token"),          N_("ASN.1 data"),
    };
    return (size_t)what < ARRAY_LEN(names) ? names[what] : names[ARRAY_LEN(names) - 1];
}

/* The readable form; false when the parts cannot be read after all, then the plain tree follows. */
static bool show_known(enum cmc_what what, struct bytes der, struct cmc_tree *tree)
{
    switch (what) {
    case CMC_IS_REQUEST:
        return show_request(der, tree, 1);
    case CMC_IS_RESPONSE:
    case CMC_IS_CERTS_ONLY:
        return show_response(der, tree, 1);
    case CMC_IS_PKIDATA:
        return show_pkidata(der, tree, 1);
    case CMC_IS_CRMF:
        return show_crmf(der, tree, 1);
    case CMC_IS_PKCS10:
        return show_pkcs10(der, tree, 1);
    case CMC_IS_CERTIFICATE:
        return show_certificate(der, tree, 1);
    case CMC_IS_SHARED_TOKEN:
        return show_shared_token(der, tree, 1);
    case CMC_IS_OTHER:
        break;
    }
    return false;
}

bool cmc_show(struct bytes der, struct cmc_tree *tree, struct err *err)
{
    struct buf definite = {0};
    if (!asn1_prepare(der, &definite, err)) {
        return false;
    }
    enum cmc_what what = identify_definite(buf_peek(&definite));
    tree->base = definite.data;
    tree->base_len = definite.len;
    cmc_tree_branch(tree, 0, _(cmc_what_name(what)));
    size_t before = tree->n;
    if (!show_known(what, buf_peek(&definite), tree)) {
        for (size_t i = before; i < tree->n; i++) {
            free(tree->v[i].label);
            free(tree->v[i].value);
        }
        tree->n = before;
        cmc_tree_der(tree, 1, "", buf_peek(&definite));
    }
    tree->base = NULL;
    tree->base_len = 0;
    buf_release(&definite);
    return true;
}

/* The passphrase of a revokeRequest, which stands in the message as it is. */
static void find_secret(struct bytes der, struct buf *secret)
{
    struct signeddata sd;
    struct pkidata pd;
    struct revoke_request request;
    bool message = cmc_request_parse(der, &sd, &pd, NULL);
    if (!message) {
        pkidata_init(&pd);
    }
    const struct control *control =
        message || pkidata_decode(der, &pd, NULL) ? control_find(pd.controls, pd.n_controls, OID_CMC_REVOKE_REQUEST) : NULL;
    if (control && revoke_request_decode(buf_peek(&control->value), &request, NULL) && request.has_passphrase &&
        !buf_append_bytes(secret, request.passphrase)) {
        buf_clear(secret);
    }
    pkidata_release(&pd);
    if (message) {
        signeddata_release(&sd);
    }
}

bool cmc_show_elements(struct bytes der, struct cmc_tree *tree, struct err *err)
{
    struct buf definite = {0};
    struct buf secret = {.max = BUF_MAX_TEXT, .secret = true};
    if (!asn1_prepare(der, &definite, err)) {
        return false;
    }
    find_secret(buf_peek(&definite), &secret);
    tree->base = definite.data;
    tree->base_len = definite.len;
    tree->deep = true;
    tree->secret = buf_peek(&secret);
    cmc_tree_der(tree, 0, "", buf_peek(&definite));
    tree->base = NULL;
    tree->base_len = 0;
    tree->secret = BYTES_NONE;
    buf_release(&secret);
    buf_release(&definite);
    return true;
}

/* --- printing --- */

char *cmc_tree_print(const struct cmc_tree *tree)
{
    struct buf out = BUF_INIT(SIZE_MAX / 2);
    for (size_t i = 0; i < tree->n; i++) {
        const struct cmc_node *node = &tree->v[i];
        buf_add(&out, "%*s%s", node->depth * 2, "", node->label);
        if (node->value && node->value[0]) {
            buf_add(&out, ": %s", node->value);
        }
        buf_add(&out, "\n");
    }
    return out.len > 0 ? buf_take_str(&out) : xstrdup("");
}

/* Fills array with the nodes from *at on that are at depth or deeper. */
static void to_json(const struct cmc_tree *tree, size_t *at, int depth, struct json *array)
{
    while (*at < tree->n && tree->v[*at].depth >= depth) {
        const struct cmc_node *node = &tree->v[(*at)++];
        struct json *object = json_add_object(array);
        json_set_str(object, "label", node->label);
        if (node->value) {
            json_set_str(object, "value", node->value);
        }
        if (node->length > 0) {
            json_set_num(object, "offset", (double)node->offset);
            json_set_num(object, "length", (double)node->length);
        }
        if (*at < tree->n && tree->v[*at].depth > node->depth) {
            to_json(tree, at, node->depth + 1, json_set_array(object, "children"));
        }
    }
}

struct json *cmc_tree_json(const struct cmc_tree *tree)
{
    struct json *array = json_new_array();
    size_t at = 0;
    to_json(tree, &at, 0, array);
    return array;
}
