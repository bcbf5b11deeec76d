/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_SHOW_PARTS_H
#define CMCW_CMC_SHOW_PARTS_H
/* Readable forms of whole messages for cmc/show.c; private to src/cmc. der has definite lengths. False: not readable
 * so. */
#include "cmc/control.h"
#include "cmc/crmf.h"
#include "cmc/pkidata.h"
#include "cmc/show.h"
#include "cmc/signeddata.h"
#include "nss/csr.h"

bool show_request(struct bytes der, struct cmc_tree *tree, int depth);
bool show_response(struct bytes der, struct cmc_tree *tree, int depth);
bool show_pkidata(struct bytes der, struct cmc_tree *tree, int depth);
bool show_crmf(struct bytes der, struct cmc_tree *tree, int depth);
bool show_pkcs10(struct bytes der, struct cmc_tree *tree, int depth);
bool show_certificate(struct bytes der, struct cmc_tree *tree, int depth);
bool show_shared_token(struct bytes der, struct cmc_tree *tree, int depth);
void show_tagged_request(const struct tagged_request *request, struct cmc_tree *tree, int depth);
/* "SHA-256 (2.16...)" from OID content octets. Caller frees. */
char *show_oid_text(struct bytes content) MUST_CHECK;
/* AlgorithmIdentifier TLV in one line. */
void show_algorithm(struct cmc_tree *tree, int depth, const char *label, struct bytes der);
void show_name(struct cmc_tree *tree, int depth, const char *label, struct bytes name_der);
void show_serial(struct cmc_tree *tree, int depth, const char *label, struct bytes integer_content);
#endif
