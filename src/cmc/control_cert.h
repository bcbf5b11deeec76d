/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_CONTROL_CERT_H
#define CMCW_CMC_CONTROL_CERT_H
/*
 * Controls about existing certificates and about what an RA saw.
 *
 *   getCert (RFC 5272 6.9)  SEQUENCE { issuerName GeneralName, serialNumber INTEGER }
 *       Dogtag wants a bare Name; we write that, and read a bare Name or directoryName [4].
 *   confirmCertAcceptance (6.13)  IssuerAndSerialNumber; Dogtag wraps the Name in one more SEQUENCE; both are read.
 *   revokeRequest (6.11)  SEQUENCE { issuerName Name, serialNumber INTEGER, reason ENUMERATED,
 *       invalidityDate GeneralizedTime OPTIONAL, passphrase OCTET STRING OPTIONAL, comment UTF8String OPTIONAL }
 *   lraPOPWitness (6.8)  SEQUENCE { pkiDataBodyid BodyPartID, bodyIds SEQUENCE OF BodyPartID }
 *
 * Issuers are DER Names; serials are the content octets of the INTEGER (as cert_serial()). Decoders lend.
 */
#include "base/bytes.h"

struct issuer_serial {
    struct bytes issuer_der;
    struct bytes serial;
};

bool get_cert_encode(const struct issuer_serial *is, struct buf *der, struct err *err) MUST_CHECK;
bool get_cert_decode(struct bytes der, struct issuer_serial *is, struct err *err) MUST_CHECK;
/* dogtag_wrap: the extra SEQUENCE that Dogtag's own client writes. */
bool confirm_cert_encode(const struct issuer_serial *is, bool dogtag_wrap, struct buf *der, struct err *err) MUST_CHECK;
bool confirm_cert_decode(struct bytes der, struct issuer_serial *is, struct err *err) MUST_CHECK;

/* CRLReason values that a request may carry; 7 does not exist. */
enum revoke_reason {
    REVOKE_UNSPECIFIED = 0,
    REVOKE_KEY_COMPROMISE = 1,
    REVOKE_CA_COMPROMISE = 2,
    REVOKE_AFFILIATION_CHANGED = 3,
    REVOKE_SUPERSEDED = 4,
    REVOKE_CESSATION_OF_OPERATION = 5,
    REVOKE_CERTIFICATE_HOLD = 6,
    REVOKE_REMOVE_FROM_CRL = 8,
    REVOKE_PRIVILEGE_WITHDRAWN = 9,
    REVOKE_AA_COMPROMISE = 10,
};
/* RFC words, any case, 0..8 as Dogtag's tool takes them. */
bool revoke_reason_by_name(const char *name, int *reason) MUST_CHECK;
const char *revoke_reason_name(int reason); /* "keyCompromise"; "unknown" otherwise */

struct revoke_request {
    struct issuer_serial cert;
    int reason;
    bool has_invalidity;
    int64_t invalidity;
    bool has_passphrase;
    struct bytes passphrase; /* a secret in clear: only ever over TLS; shown masked */
    bool has_comment;
    struct bytes comment; /* UTF-8 as sent */
};
bool revoke_request_encode(const struct revoke_request *r, struct buf *der, struct err *err) MUST_CHECK;
bool revoke_request_decode(struct bytes der, struct revoke_request *r, struct err *err) MUST_CHECK;

#define LRA_MAX_IDS 256
struct lra_pop_witness {
    uint32_t pki_data_id;
    size_t n;
    uint32_t ids[LRA_MAX_IDS];
};
bool lra_pop_witness_encode(const struct lra_pop_witness *w, struct buf *der, struct err *err) MUST_CHECK;
bool lra_pop_witness_decode(struct bytes der, struct lra_pop_witness *w, struct err *err) MUST_CHECK;
#endif
