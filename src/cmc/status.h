/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_STATUS_H
#define CMCW_CMC_STATUS_H
/*
 * statusInfoV2 (RFC 5272 6.1.1) and statusInfo (v1; servers up to mid-2017), judged alike.
 *
 *     CMCStatusInfoV2 ::= SEQUENCE { cMCStatus INTEGER, bodyList SEQUENCE SIZE (1..MAX) OF BodyPartReference,
 *         statusString UTF8String OPTIONAL,
 *         statusInfo CHOICE { failInfo INTEGER, pendInfo SEQUENCE { pendToken OCTET STRING, pendTime GeneralizedTime },
 *                             extendedFailInfo [1] SEQUENCE { failInfoOID OBJECT IDENTIFIER, failInfoValue ANY } }
 * OPTIONAL } BodyPartReference ::= CHOICE { bodyPartID BodyPartID, bodyPartPath SEQUENCE OF BodyPartID }
 *
 * extendedFailInfo is read with tag [1] (implicit or explicit) and untagged. Codes that nobody defined are kept.
 */
#include "base/bytes.h"

enum cmc_status_code {
    CMC_STATUS_SUCCESS = 0,
    CMC_STATUS_FAILED = 2,
    CMC_STATUS_PENDING = 3,
    CMC_STATUS_NO_SUPPORT = 4,
    CMC_STATUS_CONFIRM_REQUIRED = 5,
    CMC_STATUS_POP_REQUIRED = 6,
    CMC_STATUS_PARTIAL = 7,
};
enum cmc_fail_info {
    CMC_FAIL_BAD_ALG = 0,
    CMC_FAIL_BAD_MESSAGE_CHECK = 1,
    CMC_FAIL_BAD_REQUEST = 2,
    CMC_FAIL_BAD_TIME = 3,
    CMC_FAIL_BAD_CERT_ID = 4,
    CMC_FAIL_UNSUPPORTED_EXT = 5,
    CMC_FAIL_MUST_ARCHIVE_KEYS = 6,
    CMC_FAIL_BAD_IDENTITY = 7,
    CMC_FAIL_POP_REQUIRED = 8,
    CMC_FAIL_POP_FAILED = 9,
    CMC_FAIL_NO_KEY_REUSE = 10,
    CMC_FAIL_INTERNAL_CA_ERROR = 11,
    CMC_FAIL_TRY_LATER = 12,
    CMC_FAIL_AUTH_DATA_FAIL = 13,
};

#define STATUS_MAX_BODY 256
#define STATUS_MAX_PATH 8

struct body_part { /* n = 1: a plain bodyPartID; more: a BodyPartPath */
    size_t n;
    uint32_t id[STATUS_MAX_PATH];
    bool is_path;
};
struct cmc_status {
    int status; /* as sent; -1 when it does not fit */
    struct body_part *body;
    size_t n_body;
    char *text; /* statusString made visible, owned; NULL when absent */
    bool has_fail_info;
    int fail_info; /* as sent; -1 when it does not fit */
    bool has_ext;
    char *ext_oid;
    struct buf ext_value; /* TLV */
    bool has_pend;
    struct buf pend_token;
    int64_t pend_time;
    int version;          /* 1 or 2 */
    uint32_t bodypart_id; /* of the control itself */
};

const char *cmc_status_name(int status);       /* "success", "popRequired"; "unknown" */
const char *cmc_fail_info_name(int fail_info); /* "badRequest"; "unknown" */
/* As Dogtag's CMCResponse prints them: "pop required", "bad request"; NULL for codes it does not know. */
const char *cmc_status_dogtag(int status);
const char *cmc_fail_info_dogtag(int fail_info);
const char *cmc_status_dogtag_word(int status); /* "SUCCESS": the Status: line that scripts cut out */

/* value_der of a statusInfo (version 1) or statusInfoV2 (2) control. */
bool cmc_status_decode(struct bytes value_der, int version, struct cmc_status *out, struct err *err) MUST_CHECK;
/* Writes what is set: n_body may be 0 (then bodyList is {0}); text is written as given. */
bool cmc_status_encode(const struct cmc_status *status, struct buf *der, struct err *err) MUST_CHECK;
void cmc_status_release(struct cmc_status *status);
#endif
