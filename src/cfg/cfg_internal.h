/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_CFG_CFG_INTERNAL_H
#define CMCW_CFG_CFG_INTERNAL_H
/* Shared by the sources of this folder only. */
#include "cfg/cfg.h"

/* Appends; key and value are taken. */
void cfg_push_take(struct cfg *cfg, char *key, char *value, int line, unsigned flags);
/* For messages: the source, or the dialect's name. */
const char *cfg_name(const struct cfg *cfg);
/* Decimal with an optional sign, within an int: as Java's Integer.parseInt. */
bool cfg_number(const char *text, long *out);
/* Can the dialect's parser read back exactly this? key and value as in struct cfg_entry. */
bool cfg_key_expressible(enum cfg_dialect dialect, const char *key);
bool cfg_value_expressible(enum cfg_dialect dialect, const char *value);
#endif
