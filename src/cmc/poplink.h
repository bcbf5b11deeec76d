/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_POPLINK_H
#define CMCW_CMC_POPLINK_H
/*
 * popLinkWitnessV2 inside a certificate request (RFC 5272 6.3): PKCS#10 carries it as an attribute, CRMF as a control
 * of the CertRequest; either is signed again with its own key.
 */
#include "base/bytes.h"
#include "nss/hash.h"

struct csr;
struct key;

/* The same CertificationRequest with Attribute { popLinkWitnessV2, SET { value_der } } (an old one is replaced),
 * attributes in DER order, signed again. key must be the request's. ERR_CMC_REQUEST_KEY_MISMATCH. */
bool poplink_csr(const struct csr *csr, struct bytes value_der, struct key *key, enum hash_alg hash, struct buf *der,
                 struct err *err) MUST_CHECK;
/* Witness value of a request appended as TLV; nothing when there is none. ERR_CMC_DECODE for a damaged request. */
struct tagged_request;
bool poplink_find(const struct tagged_request *request, struct buf *value_der, struct err *err) MUST_CHECK;
#endif
