/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CMC_CONTROL_SHOW_H
#define CMCW_CMC_CONTROL_SHOW_H
/* Check and show functions of the control table; private to src/cmc. check: the value decodes. show: adds nodes at
 * depth. */
#include "base/bytes.h"

struct cmc_tree;
struct err;

bool check_text(struct bytes value, struct err *err);
bool check_octets(struct bytes value, struct err *err);
bool check_integer(struct bytes value, struct err *err);
bool check_status_v1(struct bytes value, struct err *err);
bool check_status_v2(struct bytes value, struct err *err);
bool check_encrypted_pop(struct bytes value, struct err *err);
bool check_decrypted_pop(struct bytes value, struct err *err);
bool check_lra(struct bytes value, struct err *err);
bool check_get_cert(struct bytes value, struct err *err);
bool check_confirm(struct bytes value, struct err *err);
bool check_revoke(struct bytes value, struct err *err);
bool check_proof(struct bytes value, struct err *err);

void show_text(struct bytes value, struct cmc_tree *tree, int depth);
void show_octets(struct bytes value, struct cmc_tree *tree, int depth);
void show_integer(struct bytes value, struct cmc_tree *tree, int depth);
void show_request_id(struct bytes value, struct cmc_tree *tree, int depth);
void show_status_v1(struct bytes value, struct cmc_tree *tree, int depth);
void show_status_v2(struct bytes value, struct cmc_tree *tree, int depth);
void show_encrypted_pop(struct bytes value, struct cmc_tree *tree, int depth);
void show_decrypted_pop(struct bytes value, struct cmc_tree *tree, int depth);
void show_lra(struct bytes value, struct cmc_tree *tree, int depth);
void show_get_cert(struct bytes value, struct cmc_tree *tree, int depth);
void show_confirm(struct bytes value, struct cmc_tree *tree, int depth);
void show_revoke(struct bytes value, struct cmc_tree *tree, int depth);
void show_proof(struct bytes value, struct cmc_tree *tree, int depth);
#endif
