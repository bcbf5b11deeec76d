/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/control_show.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/when.h"
#include "cmc/control_cert.h"
#include "cmc/control_plain.h"
#include "cmc/control_pop.h"
#include "cmc/control_proof.h"
#include "cmc/show_parts.h"
#include "cmc/status.h"

/* --- check --- */

bool check_text(struct bytes value, struct err *err)
{
    struct bytes raw;
    return control_text_decode(value, &raw, err);
}

bool check_octets(struct bytes value, struct err *err)
{
    struct bytes octets;
    return control_octets_decode(value, &octets, err);
}

bool check_integer(struct bytes value, struct err *err)
{
    struct bytes content;
    return control_integer_decode(value, &content, err);
}

static bool check_status(struct bytes value, int version, struct err *err)
{
    struct cmc_status status;
    if (!cmc_status_decode(value, version, &status, err)) {
        return false;
    }
    cmc_status_release(&status);
    return true;
}

bool check_status_v1(struct bytes value, struct err *err)
{
    return check_status(value, 1, err);
}

bool check_status_v2(struct bytes value, struct err *err)
{
    return check_status(value, 2, err);
}

bool check_encrypted_pop(struct bytes value, struct err *err)
{
    struct encrypted_pop pop;
    return encrypted_pop_decode(value, &pop, err);
}

bool check_decrypted_pop(struct bytes value, struct err *err)
{
    struct decrypted_pop pop;
    return decrypted_pop_decode(value, &pop, err);
}

bool check_lra(struct bytes value, struct err *err)
{
    struct lra_pop_witness w;
    return lra_pop_witness_decode(value, &w, err);
}

bool check_get_cert(struct bytes value, struct err *err)
{
    struct issuer_serial is;
    return get_cert_decode(value, &is, err);
}

bool check_confirm(struct bytes value, struct err *err)
{
    struct issuer_serial is;
    return confirm_cert_decode(value, &is, err);
}

bool check_revoke(struct bytes value, struct err *err)
{
    struct revoke_request r;
    return revoke_request_decode(value, &r, err);
}

bool check_proof(struct bytes value, struct err *err)
{
    struct proof_v2 proof;
    return proof_v2_decode(value, &proof, err);
}

/* --- show: called with values that passed their check --- */

void show_text(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct bytes raw;
    if (control_text_decode(value, &raw, NULL)) {
        cmc_tree_text(tree, depth, "value", raw);
    }
}

void show_octets(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct bytes octets;
    if (control_octets_decode(value, &octets, NULL)) {
        cmc_tree_hex(tree, depth, "value", octets);
    }
}

void show_integer(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct bytes content;
    if (control_integer_decode(value, &content, NULL)) {
        char *text = control_integer_text(content);
        cmc_tree_add(tree, depth, "value", "%s", text);
        free(text);
    }
}

void show_request_id(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct bytes octets;
    if (control_octets_decode(value, &octets, NULL)) {
        char *text = control_integer_text(octets);
        cmc_tree_hex(tree, depth, "value", octets);
        cmc_tree_add(tree, depth, "requestID", "%s", text);
        free(text);
    }
}

static void show_body_list(const struct cmc_status *status, struct cmc_tree *tree, int depth)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < status->n_body; i++) {
        const struct body_part *part = &status->body[i];
        buf_add(&text, "%s", i ? " " : "");
        for (size_t j = 0; j < part->n; j++) {
            buf_add(&text, "%s%u", j ? "/" : "", part->id[j]);
        }
    }
    cmc_tree_add(tree, depth, "bodyList", "%s", buf_str(&text));
    buf_release(&text);
}

static void show_status(struct bytes value, int version, struct cmc_tree *tree, int depth)
{
    struct cmc_status status;
    if (!cmc_status_decode(value, version, &status, NULL)) {
        return;
    }
    cmc_tree_add(tree, depth, "cMCStatus", "%s (%d)", cmc_status_name(status.status), status.status);
    show_body_list(&status, tree, depth);
    if (status.text) {
        cmc_tree_add(tree, depth, "statusString", "%s", status.text);
    }
    if (status.has_fail_info) {
        cmc_tree_add(tree, depth, "failInfo", "%s (%d)", cmc_fail_info_name(status.fail_info), status.fail_info);
    }
    if (status.has_pend) {
        char *when = when_rfc3339(status.pend_time);
        cmc_tree_text(tree, depth, "pendToken", buf_peek(&status.pend_token));
        cmc_tree_add(tree, depth, "pendTime", "%s", when);
        free(when);
    }
    if (status.has_ext) {
        cmc_tree_add(tree, depth, "extendedFailInfo", "%s", status.ext_oid);
        cmc_tree_der(tree, depth + 1, "", buf_peek(&status.ext_value));
    }
    cmc_status_release(&status);
}

void show_status_v1(struct bytes value, struct cmc_tree *tree, int depth)
{
    show_status(value, 1, tree, depth);
}

void show_status_v2(struct bytes value, struct cmc_tree *tree, int depth)
{
    show_status(value, 2, tree, depth);
}

void show_encrypted_pop(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct encrypted_pop pop;
    struct tagged_request request;
    if (!encrypted_pop_decode(value, &pop, NULL)) {
        return;
    }
    if (tagged_request_parse(pop.request, &request, NULL)) {
        show_tagged_request(&request, tree, depth);
        tagged_request_release(&request);
    }
    cmc_tree_hex(tree, depth, "encryptedKey", pop.wrapped_key);
    cmc_tree_hex(tree, depth, "encryptedContent", pop.content);
    show_algorithm(tree, depth, "thePOPAlgID", pop.pop_alg_der);
    cmc_tree_hex(tree, depth, "witness", pop.witness);
}

void show_decrypted_pop(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct decrypted_pop pop;
    if (!decrypted_pop_decode(value, &pop, NULL)) {
        return;
    }
    cmc_tree_add(tree, depth, "bodyPartID", "%u", pop.bodypart_id);
    show_algorithm(tree, depth, "thePOPAlgID", pop.pop_alg_der);
    cmc_tree_hex(tree, depth, "thePOP", pop.pop);
}

void show_lra(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct lra_pop_witness w;
    if (!lra_pop_witness_decode(value, &w, NULL)) {
        return;
    }
    cmc_tree_add(tree, depth, "pkiDataBodyid", "%u", w.pki_data_id);
    for (size_t i = 0; i < w.n; i++) {
        cmc_tree_add(tree, depth, "bodyId", "%u", w.ids[i]);
    }
}

static void show_issuer_serial(const struct issuer_serial *is, struct cmc_tree *tree, int depth)
{
    show_name(tree, depth, "issuerName", is->issuer_der);
    show_serial(tree, depth, "serialNumber", is->serial);
}

void show_get_cert(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct issuer_serial is;
    if (get_cert_decode(value, &is, NULL)) {
        show_issuer_serial(&is, tree, depth);
    }
}

void show_confirm(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct issuer_serial is;
    if (confirm_cert_decode(value, &is, NULL)) {
        show_issuer_serial(&is, tree, depth);
    }
}

void show_revoke(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct revoke_request r;
    if (!revoke_request_decode(value, &r, NULL)) {
        return;
    }
    show_issuer_serial(&r.cert, tree, depth);
    cmc_tree_add(tree, depth, "reason", "%s (%d)", revoke_reason_name(r.reason), r.reason);
    if (r.has_invalidity) {
        char *when = when_rfc3339(r.invalidity);
        cmc_tree_add(tree, depth, "invalidityDate", "%s", when);
        free(when);
    }
    if (r.has_passphrase) {
        cmc_tree_add(tree, depth, "passphrase", "%s", _("(secret, not shown)"));
    }
    if (r.has_comment) {
        cmc_tree_text(tree, depth, "comment", r.comment);
    }
}

void show_proof(struct bytes value, struct cmc_tree *tree, int depth)
{
    struct proof_v2 proof;
    if (!proof_v2_decode(value, &proof, NULL)) {
        return;
    }
    char *hash = show_oid_text(proof.hash_oid);
    char *mac = show_oid_text(proof.mac_oid);
    cmc_tree_add(tree, depth, "hashAlgID", "%s", hash);
    cmc_tree_add(tree, depth, "macAlgID", "%s", mac);
    free(hash);
    free(mac);
    cmc_tree_hex(tree, depth, "witness", proof.witness);
}
