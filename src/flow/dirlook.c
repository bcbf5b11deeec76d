/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/dirlook.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "dir/sharedtoken_store.h"
#include "flow/answers.h"
#include "flow/cadesc.h"
#include "flow/session.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

#define LOOK_MS 5000 /* each of connecting and searching */

static bool described(const struct session *session, struct cadesc *desc)
{
    const char *name = answer_get(session, "ca");
    struct err ignored = ERR_INIT;
    bool found = *name && cadesc_find(name, desc, &ignored);
    err_release(&ignored);
    return found;
}

bool dirlook_possible(const struct session *session)
{
    struct cadesc desc = {0};
    bool possible = described(session, &desc) && desc.directory && *desc.directory;
    cadesc_release(&desc);
    return possible;
}

static bool look(const struct cadesc *desc, const char *uid, struct nssdb *db, struct dirlook *out, struct err *err)
{
    struct cert_list chain = CERT_LIST_INIT;
    struct dir_user user = {0};
    struct err why = ERR_INIT;
    bool has_chain = desc->chain_pem && pem_decode_all(BYTES(desc->chain_pem, strlen(desc->chain_pem)), &chain, &why);
    struct dir_options options = {.url = desc->directory, .timeout_ms = LOOK_MS, .anchors = has_chain ? &chain : NULL};
    err_release(&why);
    struct dir *dir = dir_open(&options, db, err);
    bool ok = dir != NULL;
    if (ok && dir_user_find(dir, desc->base_dn, uid, NULL, &user, &why)) {
        *out = (struct dirlook){.known = true, .has_token = user.has_token, .dn = xstrdup(user.dn)};
        dir_user_release(&user);
    } else if (ok && why.code != ERR_DIR_NO_USER) {
        ok = err_fail(err, why.code, NULL);
    }
    err_release(&why);
    dir_close(dir);
    cert_list_release(&chain);
    return ok;
}

bool dirlook(const struct session *session, struct nssdb *db, struct dirlook *out, struct err *err)
{
    struct cadesc desc = {0};
    *out = (struct dirlook){0};
    if (!cadesc_find(answer_get(session, "ca"), &desc, err)) {
        return false;
    }
    struct nssdb *own = db ? NULL : nssdb_open(NULL, NSSDB_NONE, NULL, err);
    bool ok = (db || own) && look(&desc, answer_get(session, "identification"), db ? db : own, out, err);
    nssdb_close(own);
    cadesc_release(&desc);
    return ok;
}

void dirlook_release(struct dirlook *look)
{
    free(look->dn);
    *look = (struct dirlook){0};
}
