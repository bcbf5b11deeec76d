/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_RESPONSE_BUILD_H
#define CMCW_CMC_RESPONSE_BUILD_H
/*
 * Making a PKIResponse, for the practice CA and tests. Add controls in the order they shall appear (body part ids count
 * from 1), then build. A stock Dogtag CA writes: statuses, (encryptedPOP, status popRequired, responseInfo),
 * dataReturn, transactionId, recipientNonce, senderNonce.
 */
#include "cmc/control.h"
#include "cmc/signeddata.h"
#include "cmc/status.h"

struct response_body {
    struct control *controls;
    size_t n_controls;
    uint32_t next_id; /* starts at 1 */
};
void response_body_init(struct response_body *body);
void response_body_release(struct response_body *body);
bool response_body_add(struct response_body *body, const char *oid, struct bytes value_der, struct err *err) MUST_CHECK;
bool response_body_add_octets(struct response_body *body, const char *oid, struct bytes octets,
                              struct err *err) MUST_CHECK;
bool response_body_add_status(struct response_body *body, const struct cmc_status *status, struct err *err) MUST_CHECK;
/* Short form: one status with one body id; fail_info < 0 leaves it out; text may be NULL. */
bool response_body_status(struct response_body *body, int status, uint32_t body_id, int fail_info, const char *text,
                          struct err *err) MUST_CHECK;
/* transactionId INTEGER content, as it came in the request. */
bool response_body_add_transaction(struct response_body *body, struct bytes integer_content,
                                   struct err *err) MUST_CHECK;
/* ResponseBody DER (three sequences, all present). */
bool response_body_encode(const struct response_body *body, struct buf *der, struct err *err) MUST_CHECK;
/* Signed Full PKI Response. certs: issued certificate(s) and chain, may be NULL. */
bool response_build(const struct response_body *body, struct key *ca_key, const struct cert *ca_cert,
                    const struct cert_list *certs, enum hash_alg hash, struct buf *der, struct err *err) MUST_CHECK;
#endif
