/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_PKIDATA_H
#define CMCW_CMC_PKIDATA_H
/*
 * PKIData, the content of a Full PKI Request (RFC 5272 3.2.1).
 *
 *     PKIData ::= SEQUENCE { controlSequence SEQUENCE OF TaggedAttribute, reqSequence SEQUENCE OF TaggedRequest,
 *                            cmsSequence SEQUENCE OF TaggedContentInfo, otherMsgSequence SEQUENCE OF OtherMsg }
 *     TaggedRequest ::= CHOICE { tcr [0] IMPLICIT SEQUENCE { bodyPartID, CertificationRequest },
 *                                crm [1] IMPLICIT CertReqMsg, orm [2] IMPLICIT SEQUENCE { bodyPartID, OID, ANY } }
 *
 * All four sequences are always written. Body part ids are unique and count from 1; what is read may hold duplicates
 * (Dogtag's own tools make them). Limits when reading: CMC_MAX_REQUESTS requests, CMC_MAX_CONTROLS controls.
 */
#include "base/bytes.h"
#include "cmc/control.h"

#define CMC_MAX_REQUESTS 256

enum request_kind { REQUEST_TCR, REQUEST_CRM, REQUEST_ORM };

struct tagged_request {
    enum request_kind kind;
    uint32_t bodypart_id; /* for crm: its certReqId */
    struct buf der;       /* CertificationRequest or CertReqMsg as DER with tag 30; for orm the requestMessageValue */
    struct buf tlv;       /* the TaggedRequest as it is in reqSequence (a0/a1/a2) */
    char *orm_type;       /* dotted OID for orm, else NULL */
};

struct pkidata {
    struct control *controls;
    size_t n_controls;
    struct tagged_request *requests;
    size_t n_requests;
    uint32_t next_id;          /* next free body part id */
    size_t n_cms, n_other;     /* counted, kept in raw, otherwise ignored */
    struct buf raw;            /* as decoded; empty for one that is being built */
    struct bytes raw_requests; /* reqSequence TLV within raw: what proofs are verified over */
};

void pkidata_init(struct pkidata *pd);
void pkidata_release(struct pkidata *pd);
/* id may be NULL. Takes a copy of the value's TLV. */
bool pkidata_add_control(struct pkidata *pd, const char *oid, struct bytes value_der, uint32_t *id,
                         struct err *err) MUST_CHECK;
/* csr_der: CertificationRequest. */
bool pkidata_add_pkcs10(struct pkidata *pd, struct bytes csr_der, uint32_t *id, struct err *err) MUST_CHECK;
/* One CertReqMsg (or CertReqMessages with one element). Its certReqId is kept, and the id counter steps over it; when
 * it is already in use the request cannot be added: ERR_CMC_ID_IN_USE (add CRMF requests first). */
bool pkidata_add_crmf(struct pkidata *pd, struct bytes certreqmsg_der, uint32_t *id, struct err *err) MUST_CHECK;
/* A TaggedRequest TLV verbatim (second trip). */
bool pkidata_add_tagged(struct pkidata *pd, struct bytes tlv, uint32_t *id, struct err *err) MUST_CHECK;
bool pkidata_encode(const struct pkidata *pd, struct buf *der, struct err *err) MUST_CHECK;
/* BER or DER. pd must be initialised. Values of known controls are not judged here: use control->type->check. */
bool pkidata_decode(struct bytes der, struct pkidata *pd, struct err *err) MUST_CHECK;
/* The reqSequence TLV (30 LL ...) that identityProofV2 covers: as received, or as pkidata_encode writes it. */
bool pkidata_req_sequence(const struct pkidata *pd, struct buf *der, struct err *err) MUST_CHECK;
/* One TaggedRequest TLV from a CHOICE element, for encryptedPOP. */
bool tagged_request_parse(struct bytes tlv, struct tagged_request *out, struct err *err) MUST_CHECK;
void tagged_request_release(struct tagged_request *request);
#endif
