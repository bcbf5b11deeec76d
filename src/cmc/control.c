/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/control.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cmc/asn1.h"
#include "cmc/control_show.h"
#include "cmc/oids.h"

/* To add one: a row (number, OID, the RFC's name, CMCResponse's title, check, show) and its functions in
 * control_show.c; the encoder and decoder of its value belong into a control_*.c. Rows without functions are shown as a
 * plain tree. */
static const struct control_type types[] = {
    {1, OID_CMC_STATUS_INFO, "statusInfo", NULL, check_status_v1, show_status_v1},
    {2, OID_CMC_IDENTIFICATION, "identification", "CMC Identification", check_text, show_text},
    {3, OID_CMC_IDENTITY_PROOF, "identityProof", "CMC Identity Proof", check_octets, show_octets},
    {4, OID_CMC_DATA_RETURN, "dataReturn", "CMC Data Return", check_octets, show_octets},
    {5, OID_CMC_TRANSACTION_ID, "transactionId", "CMC Transaction Id", check_integer, show_integer},
    {6, OID_CMC_SENDER_NONCE, "senderNonce", "CMC Sender Nonce", check_octets, show_octets},
    {7, OID_CMC_RECIPIENT_NONCE, "recipientNonce", "CMC Recipient Nonce", check_octets, show_octets},
    {8, OID_CMC_ADD_EXTENSIONS, "addExtensions", NULL, NULL, NULL},
    {9, OID_CMC_ENCRYPTED_POP, "encryptedPOP", "CMC encrypted POP", check_encrypted_pop, show_encrypted_pop},
    {10, OID_CMC_DECRYPTED_POP, "decryptedPOP", "CMC decrypted POP", check_decrypted_pop, show_decrypted_pop},
    {11, OID_CMC_LRA_POP_WITNESS, "lraPOPWitness", NULL, check_lra, show_lra},
    {15, OID_CMC_GET_CERT, "getCert", NULL, check_get_cert, show_get_cert},
    {16, OID_CMC_GET_CRL, "getCRL", NULL, NULL, NULL},
    {17, OID_CMC_REVOKE_REQUEST, "revokeRequest", NULL, check_revoke, show_revoke},
    {18, OID_CMC_REG_INFO, "regInfo", NULL, check_octets, show_request_id},
    {19, OID_CMC_RESPONSE_INFO, "responseInfo", "CMC ResponseInfo", check_octets, show_request_id},
    {21, OID_CMC_QUERY_PENDING, "queryPending", NULL, NULL, NULL},
    {22, OID_CMC_POP_LINK_RANDOM, "popLinkRandom", NULL, check_octets, show_octets},
    {23, OID_CMC_POP_LINK_WITNESS, "popLinkWitness", NULL, check_octets, show_octets},
    {24, OID_CMC_CONFIRM_CERT_ACCEPTANCE, "confirmCertAcceptance", NULL, check_confirm, show_confirm},
    {25, OID_CMC_STATUS_INFO_V2, "statusInfoV2", "CMCStatusInfoV2", check_status_v2, show_status_v2},
    {26, OID_CMC ".26", "trustedAnchors", NULL, NULL, NULL},
    {27, OID_CMC ".27", "authData", NULL, NULL, NULL},
    {28, OID_CMC ".28", "batchRequests", NULL, NULL, NULL},
    {29, OID_CMC ".29", "batchResponses", NULL, NULL, NULL},
    {30, OID_CMC ".30", "publishCert", NULL, NULL, NULL},
    {31, OID_CMC ".31", "modCertTemplate", NULL, NULL, NULL},
    {32, OID_CMC ".32", "controlProcessed", NULL, NULL, NULL},
    {33, OID_CMC_POP_LINK_WITNESS_V2, "popLinkWitnessV2", NULL, check_proof, show_proof},
    {34, OID_CMC_IDENTITY_PROOF_V2, "identityProofV2", NULL, check_proof, show_proof},
    {35, OID_CMC ".35", "raIdentityWitness", NULL, NULL, NULL},
    {36, OID_CMC ".36", "changeSubjectName", NULL, NULL, NULL},
    {37, OID_CMC ".37", "responseBody", NULL, NULL, NULL},
};

/* TaggedAttribute ::= SEQUENCE { bodyPartID INTEGER, attrType OBJECT IDENTIFIER, attrValues SET OF ANY }: RFC
 * 5272 3.2.1.1 */
struct tagged_attribute {
    SECItem id, oid;
    SECItem **values;
};
static const SEC_ASN1Template tagged_attribute_template[] = {
    {SEC_ASN1_SEQUENCE, 0, NULL, sizeof(struct tagged_attribute)},
    {SEC_ASN1_INTEGER, offsetof(struct tagged_attribute, id), NULL, 0},
    {SEC_ASN1_OBJECT_ID, offsetof(struct tagged_attribute, oid), NULL, 0},
    {SEC_ASN1_SET_OF, offsetof(struct tagged_attribute, values), asn1_any, 0},
    {0, 0, NULL, 0}};

size_t control_type_count(void)
{
    return ARRAY_LEN(types);
}

const struct control_type *control_type_at(size_t index)
{
    return index < ARRAY_LEN(types) ? &types[index] : NULL;
}

const struct control_type *control_type_by_oid(const char *oid)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (strcmp(types[i].oid, oid) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

const struct control_type *control_type_by_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (strcmp(types[i].name, name) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

const char *control_name(const struct control *control)
{
    return control->type ? control->type->name : control->oid;
}

const struct control *control_find(const struct control *list, size_t n, const char *oid)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].oid, oid) == 0) {
            return &list[i];
        }
    }
    return NULL;
}

/* A new last element, or NULL at the limit. */
static struct control *grow(struct control **list, size_t *n, struct err *err)
{
    if (*n >= CMC_MAX_CONTROLS) {
        err_fail(err, ERR_CMC_TOO_MANY, NULL);
        return NULL;
    }
    *list = xrealloc(*list, (*n + 1) * sizeof(**list));
    struct control *added = &(*list)[(*n)++];
    *added = (struct control){.value = BUF_INIT_SECRET(BUF_MAX_MESSAGE), .more_values = BUF_INIT_SECRET(BUF_MAX_MESSAGE)};
    return added;
}

bool control_push(struct control **list, size_t *n, uint32_t id, const char *oid, struct bytes value_der,
                  struct err *err)
{
    struct bytes rest = value_der;
    struct der_tlv tlv;
    if (!der_next(&rest, &tlv) || rest.len > 0) {
        return asn1_unwritable(err, "AttributeValue");
    }
    struct control *added = grow(list, n, err);
    if (!added) {
        return false;
    }
    added->bodypart_id = id;
    added->oid = xstrdup(oid);
    added->type = control_type_by_oid(oid);
    added->n_values = 1;
    added->value.secret = strcmp(oid, OID_CMC_REVOKE_REQUEST) == 0; /* may hold a passphrase */
    return buf_append_bytes(&added->value, value_der) || asn1_unwritable(err, "AttributeValue");
}

static bool put_control(const struct control *control, struct buf *out)
{
    struct buf body = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    struct buf values = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    body.secret = values.secret = control->value.secret;
    bool ok = der_put_int(&body, control->bodypart_id) && der_put_oid(&body, control->oid) &&
              buf_append_bytes(&values, buf_peek(&control->value)) &&
              buf_append_bytes(&values, buf_peek(&control->more_values)) &&
              der_put(&body, ASN1_SET, buf_peek(&values)) && der_put(out, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    buf_release(&values);
    return ok;
}

bool control_list_encode(const struct control *list, size_t n, struct buf *out, struct err *err)
{
    struct buf body = BUF_INIT_SECRET(BUF_MAX_MESSAGE);
    body.secret = true;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        ok = put_control(&list[i], &body);
    }
    ok = ok && der_put(out, ASN1_SEQUENCE, buf_peek(&body));
    buf_release(&body);
    return ok || asn1_unwritable(err, "controlSequence");
}

static bool decode_one(struct asn1 *a, struct bytes der, struct control **list, size_t *n, struct err *err)
{
    struct tagged_attribute raw = {0};
    uint32_t id;
    if (!asn1_decode(a, &raw, tagged_attribute_template, der, "TaggedAttribute", err)) {
        return false;
    }
    if (!asn1_body_part_id(asn1_bytes(&raw.id), &id)) {
        return asn1_damaged(err, "bodyPartID");
    }
    size_t n_values = asn1_count(raw.values);
    if (n_values > CMC_MAX_VALUES) {
        return err_fail(err, ERR_CMC_TOO_MANY, NULL);
    }
    char *oid = der_oid_text(asn1_bytes(&raw.oid));
    struct control *added = oid ? grow(list, n, err) : NULL;
    if (!added) {
        free(oid);
        return oid ? false : asn1_damaged(err, "attrType");
    }
    added->bodypart_id = id;
    added->oid = oid;
    added->type = control_type_by_oid(oid);
    added->n_values = n_values;
    added->value.secret = strcmp(oid, OID_CMC_REVOKE_REQUEST) == 0;
    bool ok = true;
    for (size_t i = 0; ok && i < n_values; i++) {
        ok = buf_append_bytes(i == 0 ? &added->value : &added->more_values, asn1_bytes(raw.values[i]));
    }
    return ok || asn1_damaged(err, "attrValues");
}

bool control_list_decode(struct bytes sequence_der, struct control **list, size_t *n, struct err *err)
{
    struct bytes body;
    if (!der_only(sequence_der, ASN1_SEQUENCE, &body)) {
        return asn1_damaged(err, "controlSequence");
    }
    struct asn1 a;
    asn1_init(&a);
    struct der_tlv tlv;
    bool ok = true;
    while (ok && body.len > 0) {
        ok = der_next(&body, &tlv) ? decode_one(&a, tlv.whole, list, n, err) : asn1_damaged(err, "controlSequence");
    }
    asn1_release(&a);
    return ok;
}

void control_list_release(struct control **list, size_t *n)
{
    for (size_t i = 0; i < *n; i++) {
        free((*list)[i].oid);
        buf_release(&(*list)[i].value);
        buf_release(&(*list)[i].more_values);
    }
    free(*list);
    *list = NULL;
    *n = 0;
}
