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
            info.tokens += PK11_IsPresent(module->slots[i]) ? 1 : 0;
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

static bool module_exists(const char *name)
{
    SECMODModule *module = SECMOD_FindModule(name);
    if (module) {
        SECMOD_DestroyModule(module);
    }
    return module != NULL;
}

static bool module_fail(const char *name, const char *library, struct err *err)
{
    char *visible_name = text_visible_str(name);
    char *visible_library = text_visible_str(library);
    nss_fail_as(err, ERR_NSS_MODULE, _("Module: %s. Library: %s."), visible_name, visible_library);
    free(visible_name);
    free(visible_library);
    return false;
}

bool nssdb_module_add(struct nssdb *db, const char *name, const char *library, struct err *err)
{
    if (nssdb_read_only(db)) {
        return err_fail(err, ERR_NSS_READ_ONLY, NULL);
    }
    if (*name == '\0' || strpbrk(name, "\"'=\\\n\r") || *library == '\0' || strpbrk(library, "\"\n\r")) {
        return module_fail(name, library, err);
    }
    if (module_exists(name)) {
        module_fail(name, library, err);
        return err_context(err, _("A module with this name is already there."));
    }
    if (strchr(library, '/') && !file_exists(library)) {
        module_fail(name, library, err);
        return err_context(err, _("The library file does not exist."));
    }
    if (SECMOD_AddNewModule(name, library, 0, 0) != SECSuccess) {
        module_fail(name, library, err);
        return err_context(err, _("The library does not load as a PKCS#11 module."));
    }
    return true;
}

bool nssdb_module_remove(struct nssdb *db, const char *name, struct err *err)
{
    int type = 0;
    if (nssdb_read_only(db)) {
        return err_fail(err, ERR_NSS_READ_ONLY, NULL);
    }
    if (!module_exists(name) || SECMOD_DeleteModule(name, &type) != SECSuccess) {
        return module_fail(name, "", err);
    }
    return true;
}
