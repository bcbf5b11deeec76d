/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/show_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "cmc/asn1.h"
#include "cmc/control_plain.h"
#include "cmc/oids.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "nss/dn.h"

#define MAX_SHOWN_EXTENSIONS 64

void show_name(struct cmc_tree *tree, int depth, const char *label, struct bytes name_der)
{
    char *text = dn_text(name_der);
    cmc_tree_add(tree, depth, label, "%s", text);
    free(text);
}

void show_serial(struct cmc_tree *tree, int depth, const char *label, struct bytes integer_content)
{
    char *decimal = control_integer_text(integer_content);
    while (integer_content.len > 1 && integer_content.data[0] == 0) {
        integer_content = BYTES(integer_content.data + 1, integer_content.len - 1);
    }
    char *hex = bytes_hex(integer_content);
    cmc_tree_add(tree, depth, label, "%s (0x%s)", decimal, hex);
    free(hex);
    free(decimal);
}

void show_algorithm(struct cmc_tree *tree, int depth, const char *label, struct bytes der)
{
    struct bytes body;
    struct bytes oid;
    if (!der_only(der, ASN1_SEQUENCE, &body) || !der_take(&body, ASN1_OID, &oid)) {
        cmc_tree_hex(tree, depth, label, der);
        return;
    }
    char *text = show_oid_text(oid);
    if (body.len == 0 || (body.len == 2 && body.data[0] == ASN1_NULL)) {
        cmc_tree_add(tree, depth, label, "%s%s", text, body.len ? ", NULL" : "");
    } else {
        cmc_tree_add(tree, depth, label, "%s", text);
        cmc_tree_der(tree, depth + 1, "", body);
    }
    free(text);
}

static void show_times(struct cmc_tree *tree, int depth, const struct cert *cert)
{
    char *from = when_rfc3339(cert_not_before(cert));
    char *to = when_rfc3339(cert_not_after(cert));
    cmc_tree_add(tree, depth, "validity", "%s - %s", from, to);
    free(from);
    free(to);
}

static void show_cert_short(const struct cert *cert, struct cmc_tree *tree, int depth)
{
    char *subject = cert_subject(cert);
    char *issuer = cert_issuer(cert);
    char *key = cert_key_text(cert);
    cmc_tree_add(tree, depth, "certificate", "%s", subject);
    cmc_tree_add(tree, depth + 1, "issuer", "%s", issuer);
    show_serial(tree, depth + 1, "serialNumber", cert_serial(cert));
    show_times(tree, depth + 1, cert);
    cmc_tree_add(tree, depth + 1, "key", "%s", key);
    free(subject);
    free(issuer);
    free(key);
}

bool show_certificate(struct bytes der, struct cmc_tree *tree, int depth)
{
    struct cert *cert = cert_from_der(der, NULL);
    if (!cert) {
        return false;
    }
    char *text = cert_show(cert); /* lines, already visible */
    char *save = NULL;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        int indent = 0;
        while (line[indent] == ' ') {
            indent++;
        }
        cmc_tree_branch(tree, depth + indent / 2, line + indent);
    }
    free(text);
    cert_free(cert);
    return true;
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING }; content of Extensions. */
static void show_extensions(struct bytes list, struct cmc_tree *tree, int depth)
{
    for (int i = 0; list.len > 0 && i < MAX_SHOWN_EXTENSIONS; i++) {
        struct bytes ext;
        struct bytes oid;
        struct bytes value;
        struct bytes critical = BYTES_NONE;
        if (!der_take(&list, ASN1_SEQUENCE, &ext) || !der_take(&ext, ASN1_OID, &oid)) {
            cmc_tree_hex(tree, depth, _("not readable"), list);
            return;
        }
        bool has_critical = der_take(&ext, ASN1_BOOLEAN, &critical);
        char *name = show_oid_text(oid);
        cmc_tree_add(tree, depth, "extension", "%s%s", name,
                     has_critical && critical.len == 1 && critical.data[0] ? ", critical" : "");
        free(name);
        if (der_take(&ext, ASN1_OCTET_STRING, &value)) {
            struct bytes look = value;
            struct der_tlv tlv;
            if (der_next(&look, &tlv) && look.len == 0) {
                cmc_tree_der(tree, depth + 1, "", value);
            } else {
                cmc_tree_hex(tree, depth + 1, "extnValue", value);
            }
        }
    }
}

static void show_attributes(struct bytes list, struct cmc_tree *tree, int depth)
{
    while (list.len > 0) {
        struct bytes attr;
        struct bytes oid;
        struct bytes values;
        if (!der_take(&list, ASN1_SEQUENCE, &attr) || !der_take(&attr, ASN1_OID, &oid) ||
            !der_take(&attr, ASN1_SET, &values)) {
            cmc_tree_hex(tree, depth, _("not readable"), list);
            return;
        }
        char *dotted = der_oid_text(oid);
        char *name = show_oid_text(oid);
        const struct control_type *type = dotted ? control_type_by_oid(dotted) : NULL;
        cmc_tree_add(tree, depth, "attribute", "%s", name);
        struct bytes extensions;
        if (type && type->show) {
            type->show(values, tree, depth + 1);
        } else if (dotted && strcmp(dotted, OID_EXTENSION_REQUEST) == 0 &&
                   der_only(values, ASN1_SEQUENCE, &extensions)) {
            show_extensions(extensions, tree, depth + 1);
        } else {
            cmc_tree_der(tree, depth + 1, "", values);
        }
        free(name);
        free(dotted);
    }
}

bool show_pkcs10(struct bytes der, struct cmc_tree *tree, int depth)
{
    struct csr csr;
    if (!csr_parse(der, &csr, NULL)) {
        return false;
    }
    cmc_tree_add(tree, depth, "subject", "%s", csr.subject);
    cmc_tree_add(tree, depth, "key", "%s", csr.key_text);
    for (size_t i = 0; i < csr.sans.n; i++) {
        cmc_tree_add(tree, depth, "subjectAltName", "%s", csr.sans.v[i]);
    }
    show_attributes(csr.attributes, tree, depth);
    show_algorithm(tree, depth, "signatureAlgorithm", csr.signature_alg);
    cmc_tree_add(tree, depth, "signature", "%s",
                 csr.signature_ok ? _("verifies with the key of the request") : _("does NOT verify"));
    csr_release(&csr);
    return true;
}

static void show_archive(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct archive_options options;
    if (!archive_decode(value, &options, NULL)) {
        cmc_tree_der(tree, depth, "", value);
        return;
    }
    if (options.enveloped) {
        cmc_tree_add(tree, depth, "encryptedPrivKey", "EnvelopedData");
    } else {
        const char *name = oid_name(options.symm_oid);
        cmc_tree_add(tree, depth, "symmAlg", "%s (%s)", name ? name : _("unknown"), options.symm_oid);
        cmc_tree_hex(tree, depth + 1, "parameters", options.symm_params);
        cmc_tree_hex(tree, depth, "encSymmKey", options.enc_symm_key);
        cmc_tree_hex(tree, depth, "encValue", options.enc_value);
    }
    archive_release(&options);
}

static void show_crmf_controls(const struct crmf_msg *msg, struct cmc_tree *tree, int depth)
{
    for (size_t i = 0; i < msg->n_controls; i++) {
        const struct crmf_control *control = &msg->controls[i];
        const struct control_type *type = control_type_by_oid(control->oid);
        const char *name = type ? type->name : oid_name(control->oid);
        cmc_tree_add(tree, depth, "control", "%s%s%s%s", name ? name : "", name ? " (" : "", control->oid,
                     name ? ")" : "");
        if (strcmp(control->oid, OID_PKI_ARCHIVE_OPTIONS) == 0) {
            show_archive(control->value, tree, depth + 1);
        } else if (type && type->show) {
            type->show(control->value, tree, depth + 1);
        } else {
            cmc_tree_der(tree, depth + 1, "", control->value);
        }
    }
}

bool show_crmf(struct bytes der, struct cmc_tree *tree, int depth)
{
    struct crmf_msg msg;
    size_t n = 0;
    if (!crmf_parse(der, &msg, &n, NULL)) {
        return false;
    }
    if (n > 1) {
        cmc_tree_add(tree, depth, _("messages"), _("%zu; only the first is shown"), n);
    }
    cmc_tree_add(tree, depth, "certReqId", "%u", msg.req_id);
    if (msg.subject) {
        cmc_tree_add(tree, depth, "subject", "%s", msg.subject);
    }
    if (msg.spki.len > 0) {
        char *key = spki_text(msg.spki);
        cmc_tree_add(tree, depth, "key", "%s", key);
        free(key);
    }
    show_extensions(msg.extensions, tree, depth);
    show_crmf_controls(&msg, tree, depth);
    cmc_tree_add(tree, depth, "popo", "%s", crmf_pop_name(msg.pop));
    if (msg.pop == CRMF_POP_SIGNATURE) {
        show_algorithm(tree, depth + 1, "algorithmIdentifier", msg.pop_alg_der);
        cmc_tree_add(tree, depth + 1, "signature", "%s",
                     crmf_verify_pop(&msg, NULL) ? _("verifies with the key of the request") : _("does NOT verify"));
    } else if (msg.popo.len > 0) {
        cmc_tree_der(tree, depth + 1, "", msg.popo);
    }
    cmc_tree_der(tree, depth, "regInfo", msg.reg_info);
    crmf_release(&msg);
    return true;
}

bool show_shared_token(struct bytes der, struct cmc_tree *tree, int depth)
{
    struct bytes body;
    struct bytes key;
    struct bytes cipher;
    if (!der_only(der, ASN1_SEQUENCE, &body) || !der_take(&body, ASN1_OCTET_STRING, &key) ||
        !der_take(&body, ASN1_OCTET_STRING, &cipher)) {
        return false;
    }
    cmc_tree_hex(tree, depth, _("wrapped session key"), key);
    cmc_tree_hex(tree, depth, _("encrypted secret"), cipher);
    return true;
}

void show_tagged_request(const struct tagged_request *request, struct cmc_tree *tree, int depth)
{
    static const char *const names[] = {"tcr", "crm", "orm"};
    cmc_tree_add(tree, depth, names[request->kind], "bodyPartID %u", request->bodypart_id);
    bool shown = false;
    if (request->kind == REQUEST_TCR) {
        shown = show_pkcs10(buf_peek(&request->der), tree, depth + 1);
    } else if (request->kind == REQUEST_CRM) {
        shown = show_crmf(buf_peek(&request->der), tree, depth + 1);
    } else {
        cmc_tree_add(tree, depth + 1, "requestMessageType", "%s", request->orm_type);
    }
    if (!shown) {
        cmc_tree_der(tree, depth + 1, "", buf_peek(&request->der));
    }
}

static void show_controls(const struct control *list, size_t n, struct cmc_tree *tree, int depth)
{
    cmc_tree_add(tree, depth, "controlSequence", "%zu", n);
    for (size_t i = 0; i < n; i++) {
        const struct control *control = &list[i];
        cmc_tree_add(tree, depth + 1, control_name(control), "bodyPartID %u", control->bodypart_id);
        cmc_tree_add(tree, depth + 2, "attrType", "%s", control->oid);
        bool readable = control->type && control->type->show && control->n_values > 0 &&
                        (!control->type->check || control->type->check(buf_peek(&control->value), NULL));
        if (readable) {
            control->type->show(buf_peek(&control->value), tree, depth + 2);
        } else {
            cmc_tree_der(tree, depth + 2, "", buf_peek(&control->value));
        }
        if (control->more_values.len > 0) {
            cmc_tree_der(tree, depth + 2, _("more values:"), buf_peek(&control->more_values));
        }
    }
}

static void show_pkidata_parts(const struct pkidata *pd, struct cmc_tree *tree, int depth)
{
    show_controls(pd->controls, pd->n_controls, tree, depth);
    cmc_tree_add(tree, depth, "reqSequence", "%zu", pd->n_requests);
    for (size_t i = 0; i < pd->n_requests; i++) {
        show_tagged_request(&pd->requests[i], tree, depth + 1);
    }
    cmc_tree_add(tree, depth, "cmsSequence", "%zu", pd->n_cms);
    cmc_tree_add(tree, depth, "otherMsgSequence", "%zu", pd->n_other);
}

bool show_pkidata(struct bytes der, struct cmc_tree *tree, int depth)
{
    struct pkidata pd;
    pkidata_init(&pd);
    if (!pkidata_decode(der, &pd, NULL)) {
        return false;
    }
    show_pkidata_parts(&pd, tree, depth);
    pkidata_release(&pd);
    return true;
}

/* A self-signed request has no certificate: its signature is checked with the key of its first request. */
static void show_signer(const struct signeddata *sd, size_t index, struct bytes self_spki, struct cmc_tree *tree,
                        int depth)
{
    const struct signer_info *info = &sd->signers[index];
    cmc_tree_add(tree, depth, "signerInfo", "version %d", info->version);
    if (info->id == SIGNER_BY_SKI) {
        cmc_tree_hex(tree, depth + 1, "subjectKeyIdentifier", info->ski);
    } else {
        show_name(tree, depth + 1, "issuer", info->issuer_der);
        show_serial(tree, depth + 1, "serialNumber", info->serial);
    }
    const char *name = oid_name(info->digest_oid);
    cmc_tree_add(tree, depth + 1, "digestAlgorithm", "%s%s", name ? name : info->digest_oid,
                 info->digest_has_null ? ", NULL" : "");
    if (info->signed_attrs.len == 0) {
        cmc_tree_add(tree, depth + 1, "signedAttrs", "%s", _("absent"));
    } else {
        const char *type = info->attr_content_type ? oid_name(info->attr_content_type) : NULL;
        cmc_tree_add(tree, depth + 1, "contentType", "%s",
                     type                      ? type
                     : info->attr_content_type ? info->attr_content_type
                                               : _("absent"));
        cmc_tree_hex(tree, depth + 1, "messageDigest", info->attr_digest);
    }
    show_algorithm(tree, depth + 1, "signatureAlgorithm", info->signature_alg_der);
    bool by_cert = signeddata_signer_cert(sd, index) != NULL;
    if (!by_cert && self_spki.len == 0) {
        cmc_tree_add(tree, depth + 1, "signature", "%s",
                     _("not checked: the signer's certificate is not in the message"));
        return;
    }
    bool good = signeddata_verify(sd, index, by_cert ? BYTES_NONE : self_spki, NULL, NULL);
    cmc_tree_add(tree, depth + 1, "signature", "%s",
                 !good     ? _("does NOT verify")
                 : by_cert ? _("verifies with the certificate in the message (says nothing about trust)")
                           : _("verifies with the key of the request"));
}

static void show_outer(const struct signeddata *sd, struct cmc_tree *tree, int depth)
{
    const char *name = oid_name(sd->content_type);
    cmc_tree_add(tree, depth, "contentType", "%s", sd->is_signed ? "id-signedData" : "id-data");
    if (sd->is_signed) {
        cmc_tree_add(tree, depth, "version", "%d", sd->version);
        for (size_t i = 0; i < sd->digests.n; i++) {
            const char *digest = oid_name(sd->digests.v[i]);
            cmc_tree_add(tree, depth, "digestAlgorithm", "%s", digest ? digest : sd->digests.v[i]);
        }
        cmc_tree_add(tree, depth, "eContentType", "%s", name ? name : sd->content_type);
    }
}

static void show_certs_and_signers(const struct signeddata *sd, struct bytes self_spki, struct cmc_tree *tree,
                                   int depth)
{
    cmc_tree_add(tree, depth, "certificates", "%zu", sd->certs.n);
    for (size_t i = 0; i < sd->certs.n; i++) {
        show_cert_short(sd->certs.v[i], tree, depth + 1);
    }
    if (sd->n_unread_certs > 0) {
        cmc_tree_add(tree, depth + 1, _("not readable"), "%zu", sd->n_unread_certs);
    }
    for (size_t i = 0; i < sd->n_signers; i++) {
        show_signer(sd, i, self_spki, tree, depth);
    }
}

bool show_request(struct bytes der, struct cmc_tree *tree, int depth)
{
    struct signeddata sd;
    struct pkidata pd;
    if (!cmc_request_parse(der, &sd, &pd, NULL)) {
        return false;
    }
    struct buf spki = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf ski = BUF_INIT(BUF_MAX_TEXT);
    if (pd.n_requests == 0 || !cmc_request_key(&pd.requests[0], &spki, &ski, NULL)) {
        buf_clear(&spki);
    }
    show_outer(&sd, tree, depth);
    cmc_tree_branch(tree, depth, "PKIData");
    show_pkidata_parts(&pd, tree, depth + 1);
    if (sd.is_signed) {
        show_certs_and_signers(&sd, buf_peek(&spki), tree, depth);
    }
    buf_release(&spki);
    buf_release(&ski);
    pkidata_release(&pd);
    signeddata_release(&sd);
    return true;
}

bool show_response(struct bytes der, struct cmc_tree *tree, int depth)
{
    struct cmc_response r;
    if (!cmc_response_parse(der, &r, NULL)) {
        return false;
    }
    show_outer(&r.sd, tree, depth);
    if (r.kind == CMC_FULL) {
        cmc_tree_add(tree, depth, "PKIResponse", "%s", cmc_outcome_name(r.outcome));
        show_controls(r.controls, r.n_controls, tree, depth + 1);
        cmc_tree_add(tree, depth + 1, "cmsSequence", "%zu", r.n_cms);
        cmc_tree_add(tree, depth + 1, "otherMsgSequence", "%zu", r.n_other);
    }
    show_certs_and_signers(&r.sd, BYTES_NONE, tree, depth);
    cmc_response_release(&r);
    return true;
}
