/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_MODULES_H
#define CMCW_FLOW_MODULES_H
/* PKCS#11 modules as people add them: by a file, with a name or without. A module is code that runs in every program that opens
 * the database, so only what somebody names is added. */
#include "base/bytes.h"

struct nssdb;

/* "libsofthsm2.so" is "softhsm2". Caller frees. */
char *module_name_of(const char *file) MUST_CHECK;
/* file: "~/" is the home folder, what holds no slash is left to the system's loader. name NULL or "": made from the file. The
 * name that it got is in *added (may be NULL; caller frees). Errors of nssdb_module_add(). */
bool module_add(struct nssdb *db, const char *file, const char *name, char **added, struct err *err) MUST_CHECK;
/* Keys and certificates on its tokens stay there. Errors of nssdb_module_remove(). */
bool module_remove(struct nssdb *db, const char *name, struct err *err) MUST_CHECK;
#endif
