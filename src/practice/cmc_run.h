/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_CMC_RUN_H
#define CMCW_PRACTICE_CMC_RUN_H
/* One CMC message on its way through the practice CA; for cmc_run.c, identity.c, pop.c, revoke.c, kra.c. */
#include "cmc/response_build.h"
#include "practice/auth.h"
#include "practice/ca_private.h"
#include "practice/message.h"

struct cmc_run {
    struct practice_ca *ca;
    const struct practice_request *request;
    struct profile *profile;
    const char *uid;              /* identification as text for logs; "" when absent */
    struct message m;
    struct auth_token token;
    struct refusal refusal;
    struct buf directory_subject; /* DER Name of the user who proved the identity with a shared secret */
    int64_t request_id;           /* record in the store, 0 none yet */
    struct response_body body;
    struct cert_list certs;       /* for the answer: what was issued, then the chain */
    bool issued;
    bool simple_request;          /* profileSubmitCMCSimple: answered with certificates only */
};

/* The servlets. profile_id: what the path stands for without ?profileId=. */
void cmc_full(struct practice_ca *ca, const struct practice_request *request, const char *profile_id,
              struct practice_reply *reply);
void cmc_simple(struct practice_ca *ca, const struct practice_request *request, const char *profile_id,
                struct practice_reply *reply);

/* identity.c: identityProofV2, identityProof and popLinkWitnessV2. */
bool identity_prove(struct cmc_run *run) MUST_CHECK;
bool identity_pop_link(struct cmc_run *run, const struct asked *asked) MUST_CHECK;
/* Secret inside a shared token; false when it cannot be opened. */
struct secret;
bool identity_open_token(struct practice_ca *ca, const char *base64, struct secret *secret) MUST_CHECK;

/* pop.c: encryptedPOP (first trip) and decryptedPOP (second trip; asked gets the stored request). */
bool pop_challenge(struct cmc_run *run, const struct asked *asked, struct err *err) MUST_CHECK;
bool pop_second_trip(struct cmc_run *run, struct tagged_request *stored) MUST_CHECK;
struct buf;
bool pop_seal_challenge(struct practice_ca *ca, struct bytes challenge, struct buf *sealed, struct err *err) MUST_CHECK;
/* Request id as the octets of responseInfo and regInfo (two's complement, big-endian), and back. */
size_t pop_id_octets(int64_t id, uint8_t out[9]);
bool pop_id_number(struct bytes octets, int64_t *id) MUST_CHECK;

/* revoke.c */
bool revoke_run(struct cmc_run *run, struct bytes value_der, uint32_t control_id, struct err *err) MUST_CHECK;

/* kra.c: false when the KRA does not take the key (reason goes to the audit log). */
bool kra_archive(struct cmc_run *run, const struct asked *asked, struct bytes archive_value, struct buf *wrapped,
                 struct buf *blob) MUST_CHECK;
#endif
