/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_REQUEST_H
#define CMCW_CMC_REQUEST_H
/*
 * The builder of Full PKI Requests: cfg values in, ContentInfo out. It follows the order in which Dogtag's CMCRequest
 * numbers body parts (confirmCertAcceptance, lraPOPWitness, getCert, dataReturn, senderNonce, then revokeRequest, or
 * popLinkRandom, requests, transactionId, identification, proof), with unique ids. Nothing is left out silently: what
 * cannot be done is an error before anything is signed.
 *
 * Reading files, numRequests and lint belong to callers; everything here is DER.
 */
#include "base/bytes.h"
#include "base/secret.h"
#include "base/strv.h"
#include "cmc/control_cert.h"
#include "cmc/control_pop.h"
#include "cmc/pkidata.h"
#include "nss/cert.h"
#include "nss/hash.h"

struct key;
struct nssdb;

enum cmc_signer_kind {
    CMC_SIGNER_CERT, /* agent or user certificate */
    CMC_SIGNER_SELF, /* the request's own key, named by the request's SKI (shared secret) */
    CMC_SIGNER_NONE, /* id-data: only a revocation with passphrase */
};
struct cmc_request_input {
    enum request_kind kind; /* REQUEST_TCR or REQUEST_CRM */
    struct bytes der;       /* CertificationRequest; CertReqMsg or CertReqMessages */
};
struct cmc_octets_spec {
    bool enable;
    struct bytes
        value; /* senderNonce: empty = 16 random octets. transactionId: magnitude; empty = derived from the key */
};
struct cmc_proof_spec {
    bool enable;
    enum hash_alg hash, mac;
};
struct cmc_cert_spec {
    bool enable;
    struct bytes issuer_der, serial; /* serial: INTEGER content */
};
struct cmc_revoke_spec {
    bool enable;
    struct bytes issuer_der; /* empty: the signer's issuer */
    struct bytes serial;
    int reason;
    bool has_invalidity;
    int64_t invalidity;
    const struct secret *passphrase; /* NULL or unset: signed mode */
    const char *comment;             /* or NULL */
};
struct cmc_decrypted_pop_spec { /* second trip: everything above but the signer is ignored */
    bool enable;
    struct bytes encrypted_pop; /* value TLV of the control in the first answer */
    struct bytes response_info; /* octets, verbatim */
    enum pop_padding padding;
};
struct cmc_request_spec {
    struct nssdb *db; /* needed for decrypted_pop only */
    const struct cmc_request_input *inputs;
    size_t n_inputs;
    enum cmc_signer_kind signer_kind;
    struct key *signer_key; /* CMC_SIGNER_CERT */
    const struct cert *signer_cert;
    const struct cert_list *signer_chain; /* more certificates to include, or NULL */
    struct key *request_key;              /* SELF signing, popLinkWitnessV2, decryptedPOP; else may be NULL */
    enum hash_alg hash;                   /* of the outer signature; HASH_SHA256 for every Dogtag server */
    const char *identification;           /* NULL: no control */
    const struct secret *secret;          /* witness.sharedSecret */
    struct cmc_proof_spec identity_proof; /* identityProofV2 */
    struct cmc_proof_spec pop_link;       /* popLinkRandom + popLinkWitnessV2, request signed again */
    bool identity_proof_v1;               /* legacy control 3; off unless a drop-in's cfg demands it */
    bool pop_link_v1; /* legacy: popLinkRandom alone, as Dogtag's tool sends it for popLinkWitness.enable */
    struct cmc_octets_spec sender_nonce, transaction_id, data_return;
    struct cmc_cert_spec get_cert, confirm_cert;
    struct lra_pop_witness lra; /* n 0: no control */
    struct cmc_revoke_spec revoke;
    struct cmc_decrypted_pop_spec decrypted_pop;
    bool no_identification_ok; /* identityProofV2 without identification: servers refuse it, so it is refused here
                                  unless set */
    bool dogtag_nonce;         /* the nonce is base64 text as Dogtag's tool makes it, for drop-ins */
    bool requests_first;       /* requests are numbered before all controls, as Dogtag's CMCEnroll does */
};
struct cmc_request_result {
    struct buf pkidata;        /* PKIData DER */
    struct buf rebuilt;        /* the request made again with its witness (DER), else empty */
    struct buf sender_nonce;   /* octets sent */
    struct buf transaction_id; /* INTEGER content sent */
    struct buf pop_link_random;
    struct strv controls; /* "identification=3": name and body part id in the order written */
    uint32_t request_id;  /* body part id of the first request; 0 when there is none */
    struct buf *spki;     /* SubjectPublicKeyInfo of each request, in order: what the answer must certify */
    size_t n_spki;
};
/* result must be zeroed or released. der receives the ContentInfo. */
bool cmc_request_build(const struct cmc_request_spec *spec, struct buf *der, struct cmc_request_result *result,
                       struct err *err) MUST_CHECK;
void cmc_request_result_release(struct cmc_request_result *result);

/* --- reading requests: practice CA, show --- */
struct signeddata;
/* Outer layer and PKIData of a request (signed or id-data). sd and pd are filled; release both.
 * ERR_CMC_NOT_REQUEST when it is something else. */
bool cmc_request_parse(struct bytes in, struct signeddata *sd, struct pkidata *pd, struct err *err) MUST_CHECK;
/* What a message says of itself, so that a refusal of it can be explained (cmc/response.h). Who signed with a certificate, an agent or
 * a user, stays unknown; profile and identification stay NULL. */
struct cmc_sent;
void cmc_request_about(const struct signeddata *sd, const struct pkidata *pd, struct cmc_sent *about);
/* SubjectPublicKeyInfo and key identifier (extnValue octets; PKCS#10: the 20 octets) of one TaggedRequest. */
bool cmc_request_key(const struct tagged_request *request, struct buf *spki, struct buf *ski,
                     struct err *err) MUST_CHECK;
#endif
