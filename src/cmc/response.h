/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_RESPONSE_H
#define CMCW_CMC_RESPONSE_H
/*
 * PKI Responses (RFC 5272 4). Parsing judges nothing about trust: call cmc_response_trust (cmc/trust.h) before anything
 * in it is believed, and cmc_response_error for what the CA said.
 *
 *     PKIResponse ::= SEQUENCE { controlSequence SEQUENCE OF TaggedAttribute, cmsSequence SEQUENCE OF
 * TaggedContentInfo, otherMsgSequence SEQUENCE OF OtherMsg }
 */
#include "cmc/control.h"
#include "cmc/signeddata.h"
#include "cmc/status.h"

enum cmc_response_kind { CMC_FULL, CMC_SIMPLE };
enum cmc_outcome {
    CMC_SUCCESS, /* every status is success; or a simple response */
    CMC_FAILED,
    CMC_PENDING,
    CMC_POP_REQUIRED, /* second trip is due: progress, not an error */
    CMC_CONFIRM_REQUIRED,
    CMC_NO_SUPPORT,
    CMC_PARTIAL,
    CMC_NO_STATUS,      /* full response without any status */
    CMC_UNKNOWN_STATUS, /* a status number nobody defined */
};

struct cmc_response {
    enum cmc_response_kind kind;
    struct signeddata sd; /* sd.certs: everything that came along, any order */
    struct control *controls;
    size_t n_controls;
    size_t n_cms, n_other;
    struct cmc_status *statuses;
    size_t n_statuses;
    struct bytes transaction_id; /* INTEGER content; empty when absent. All of these lend from controls */
    struct bytes sender_nonce, recipient_nonce, data_return;
    struct bytes encrypted_pop; /* value TLV for encrypted_pop_decode */
    struct bytes response_info; /* octets, copied verbatim into regInfo */
    bool has_response_info;
    enum cmc_outcome outcome; /* the worst of all statuses */
    size_t decisive;          /* index of the status that made the outcome (when n_statuses > 0) */
};

/* BER or DER. ERR_CMC_NOT_CMS, ERR_CMC_NOT_RESPONSE, ERR_CMC_DECODE, ERR_CMC_HTML (the CA sent a web page). */
bool cmc_response_parse(struct bytes in, struct cmc_response *r, struct err *err) MUST_CHECK;
void cmc_response_release(struct cmc_response *r);
const char *cmc_outcome_name(enum cmc_outcome outcome); /* "success", "popRequired" ...: stable, for JSON */

/* What the sender knows about its request; makes the explanation fit. Zeroed = nothing is known. */
struct cmc_sent {
    enum { CMC_SENT_UNKNOWN, CMC_SENT_AGENT, CMC_SENT_USER, CMC_SENT_SHARED_SECRET, CMC_SENT_UNSIGNED } signer;
    bool second_trip, archival, revocation, ec_key, no_pop, pop_link;
    const char *profile;        /* profileId, or NULL */
    const char *identification; /* or NULL */
};
/* Fills err and returns true when the outcome is not success; returns false (err untouched) when it is. One error code
 * per failInfo, finer where the CA's sentence tells more ("Profile X Not Found"). The statusString stands in the
 * context, made visible. popRequired and pending give exit code 5. sent may be NULL. */
bool cmc_response_error(const struct cmc_response *r, const struct cmc_sent *sent, struct err *err) MUST_CHECK;
/* The same for one status (practice CA's audit, show). */
bool cmc_status_error(const struct cmc_status *status, const struct cmc_sent *sent, struct err *err) MUST_CHECK;
/* Causes in the order of likelihood for a failed status, whole translated sentences, for screens and --json. Appends.
 */
struct strv;
void cmc_status_causes(const struct cmc_status *status, const struct cmc_sent *sent, struct strv *causes);
/* The same list for an error, one by one and not translated (N_()); NULL behind the last. */
const char *cmc_error_cause(enum err_code code, const struct cmc_sent *sent, size_t index);
#endif
