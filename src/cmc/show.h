/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_SHOW_H
#define CMCW_CMC_SHOW_H
/*
 * A readable tree of any DER: CMC requests and responses, CRMF, PKCS#10, PKCS#7, certificates, shared tokens; what is
 * none of these is shown element by element. Every text from the message went through text_visible(). Shared secrets in
 * the message (passphrase of a revokeRequest) are masked. PEM and base64 are taken off by the caller (nss/pem.h).
 */
#include "base/bytes.h"

struct json;

struct cmc_node {
    int depth;             /* 0 = root */
    char *label;           /* "identityProofV2", "SEQUENCE"; never NULL */
    char *value;           /* one line, visible; NULL for a branch */
    size_t offset, length; /* octets within the input (definite form); 0, 0 when derived */
};
struct cmc_tree {
    struct cmc_node *v;
    size_t n;
    const uint8_t *base; /* while it is filled: octets that offsets count from */
    size_t base_len;
    bool deep;           /* OCTET STRINGs and BIT STRINGs that hold a SEQUENCE are opened */
    struct bytes secret; /* content that is not shown; lent while it is filled */
};
#define CMC_TREE_INIT                                                                                                  \
    {                                                                                                                  \
        0                                                                                                              \
    }
#define CMC_TREE_MAX 20000 /* nodes; more are cut with a remark */

/* Appends; used by the show functions of controls. */
void cmc_tree_add(struct cmc_tree *tree, int depth, const char *label, const char *value_fmt, ...) PRINTF_LIKE(4, 5);
void cmc_tree_branch(struct cmc_tree *tree, int depth, const char *label);
/* Octets as hex, cut after 64 with their number. */
void cmc_tree_hex(struct cmc_tree *tree, int depth, const char *label, struct bytes octets);
void cmc_tree_text(struct cmc_tree *tree, int depth, const char *label, struct bytes untrusted_utf8);
/* Any element, all the way down. */
void cmc_tree_der(struct cmc_tree *tree, int depth, const char *label, struct bytes der);
void cmc_tree_release(struct cmc_tree *tree);

enum cmc_what {
    CMC_IS_REQUEST,
    CMC_IS_RESPONSE,
    CMC_IS_CERTS_ONLY,
    CMC_IS_PKIDATA,
    CMC_IS_CRMF,
    CMC_IS_PKCS10,
    CMC_IS_CERTIFICATE,
    CMC_IS_SHARED_TOKEN,
    CMC_IS_OTHER
};
/* What the octets are, by structure. */
enum cmc_what cmc_identify(struct bytes der);
const char *cmc_what_name(enum cmc_what what); /* "CMC request": N_() text */

/* ERR_CMC_NOT_DER for something that is no DER or BER at all. */
bool cmc_show(struct bytes der, struct cmc_tree *tree, struct err *err) MUST_CHECK;
/* The same input element by element, each with offset and length in its definite-length form, what is wrapped in OCTET STRINGs and
 * BIT STRINGs as well. A passphrase is masked here, too. */
bool cmc_show_elements(struct bytes der, struct cmc_tree *tree, struct err *err) MUST_CHECK;
/* Indented text, two blanks per level, LF. Caller frees. */
char *cmc_tree_print(const struct cmc_tree *tree) MUST_CHECK;
/* { "label", "value", "offset", "length", "children": [...] }; array of roots. Caller frees with json_free. */
struct json *cmc_tree_json(const struct cmc_tree *tree) MUST_CHECK;
#endif
