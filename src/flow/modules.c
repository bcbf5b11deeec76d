/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/modules.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "nss/nssdb.h"

char *module_name_of(const char *file)
{
    const char *base = path_base(file);
    char *name = xstrdup(text_starts(base, "lib") && base[3] ? base + 3 : base);
    char *end = strstr(name, ".so");
    if (end && end != name) {
        *end = '\0';
    }
    return name;
}

bool module_add(struct nssdb *db, const char *file, const char *name, char **added, struct err *err)
{
    char *home = path_expand_home(file), *library = strchr(home, '/') ? path_absolute(home) : xstrdup(home);
    char *its_name = name && *name ? xstrdup(name) : module_name_of(library);
    bool ok = nssdb_module_add(db, its_name, library, err);
    if (ok && added) {
        *added = its_name;
        its_name = NULL;
    }
    free(its_name);
    free(library);
    free(home);
    return ok;
}

bool module_remove(struct nssdb *db, const char *name, struct err *err)
{
    return nssdb_module_remove(db, name, err);
}
