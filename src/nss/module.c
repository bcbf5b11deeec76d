/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#11 modules of an nssdb. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <pk11pub.h>
#include <secmod.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "nss/nssdb.h"
#include "nss/nsserr.h"

bool nssdb_modules(struct nssdb *db, struct module_info **list, size_t *n, struct err *err)
{
    (void)db;
    (void)err;
    *list = NULL;
    *n = 0;
    SECMODListLock *lock = SECMOD_GetDefaultModuleListLock();
    SECMOD_GetReadLock(lock);
    for (SECMODModuleList *m = SECMOD_GetDefaultModuleList(); m; m = m->next) {
        SECMODModule *module = m->module;
        struct module_info info = {.internal = module->internal};
        info.name = text_visible_str(module->commonName ? module->commonName : "");
        info.library = text_visible_str(module->dllName ? module->dllName : "");
        for (int i = 0; module->loaded && i < module->slotCount; i++) {
            PK11SlotInfo *slot = module->slots[i];
            bool holds_keys = !module->internal || PK11_IsInternalKeySlot(slot); /* the other one only computes */
            info.tokens += holds_keys && PK11_IsPresent(slot) ? 1 : 0;
        }
        *list = xrealloc(*list, (*n + 1) * sizeof(**list));
        (*list)[(*n)++] = info;
    }
    SECMOD_ReleaseReadLock(lock);
    return true;
}

void module_info_free(struct module_info *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].name);
        free(list[i].library);
    }
    free(list);
}

/* Found by name, or (when name is NULL) by its library; internal: it is NSS's own. */
static bool module_known(const char *name, const char *library, bool *internal, char **found)
{
    SECMODListLock *lock = SECMOD_GetDefaultModuleListLock();
    bool known = false;
    SECMOD_GetReadLock(lock);
    for (SECMODModuleList *m = SECMOD_GetDefaultModuleList(); m && !known; m = m->next) {
        const char *have = name ? m->module->commonName : m->module->dllName;
        known = have && strcmp(have, name ? name : library) == 0;
        *internal = known && m->module->internal;
        *found = known ? text_visible_str(m->module->commonName ? m->module->commonName : "") : NULL;
    }
    SECMOD_ReleaseReadLock(lock);
    return known;
}

static bool module_fail(enum err_code code, const char *name, const char *library, struct err *err)
{
    char *visible_name = text_visible_str(name);
    char *visible_library = text_visible_str(library);
    if (!*library) {
        err_fail(err, code, _("Module: %s."), visible_name);
    } else if (code == ERR_NSS_MODULE) { /* NSS knows more */
        nss_fail_as(err, code, _("Module: %s. Library: %s."), visible_name, visible_library);
    } else {
        err_fail(err, code, _("Module: %s. Library: %s."), visible_name, visible_library);
    }
    free(visible_name);
    free(visible_library);
    return false;
}

/* A name becomes part of a line of pkcs11.txt. */
static bool is_spellable(const char *name, const char *library)
{
    return *name && !strpbrk(name, "\"'=\\\n\r") && *library && !strpbrk(library, "\"\n\r");
}

bool nssdb_module_add(struct nssdb *db, const char *name, const char *library, struct err *err)
{
    bool internal = false;
    char *taken = NULL;
    if (nssdb_read_only(db)) {
        return err_fail(err, ERR_NSS_READ_ONLY, NULL);
    }
    if (!is_spellable(name, library)) {
        return module_fail(ERR_NSS_MODULE, name, library, err);
    }
    if (strchr(library, '/') && !file_exists(library)) {
        return err_fail(err, ERR_FILE_MISSING, "%s", library);
    }
    if (module_known(name, NULL, &internal, &taken) || module_known(NULL, library, &internal, &taken)) {
        module_fail(ERR_NSS_MODULE_THERE, taken, library, err);
        free(taken);
        return false;
    }
    return SECMOD_AddNewModule(name, library, 0, 0) == SECSuccess || module_fail(ERR_NSS_MODULE, name, library, err);
}

bool nssdb_module_remove(struct nssdb *db, const char *name, struct err *err)
{
    int type = 0;
    bool internal = false;
    char *found = NULL;
    if (nssdb_read_only(db)) {
        return err_fail(err, ERR_NSS_READ_ONLY, NULL);
    }
    if (!module_known(name, NULL, &internal, &found)) {
        return module_fail(ERR_NSS_MODULE_MISSING, name, "", err);
    }
    free(found);
    if (internal) {
        return module_fail(ERR_NSS_MODULE_INTERNAL, name, "", err);
    }
    return SECMOD_DeleteModule(name, &type) == SECSuccess || module_fail(ERR_NSS_MODULE, name, "", err);
}
