/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "nss/nssdb.h"

void engine_init(struct engine *e, struct secrets *secrets)
{
    *e = (struct engine){.secrets = secrets};
}

void engine_release(struct engine *e)
{
    nssdb_close(e->db);
    free(e->db_dir);
    *e = (struct engine){0};
}

char *engine_path(const struct engine *e, const char *name)
{
    return e->base_dir ? path_join(e->base_dir, name) : xstrdup(name);
}

/* NSS asks us; we ask the secrets under the name that this engine uses for token passwords. */
static bool ask_token(void *ctx, const char *token, bool retry, int tries_left, struct secret *out, struct err *err)
{
    struct engine *e = ctx;
    if (!e->secrets) {
        return err_fail(err, ERR_SECRET_NEEDED, "%s", token);
    }
    return secrets_get(e->secrets, e->secret_name ? e->secret_name : "password", token, retry, tries_left, out, err);
}

/* "sql:" is how cfg files may spell it; the comparison is of folders. */
static char *db_folder(const struct engine *e, const char *dir)
{
    if (text_starts(dir, "dbm:")) {
        return xstrdup(dir);
    }
    const char *plain = text_starts(dir, "sql:") ? dir + 4 : dir;
    char *path = engine_path(e, *plain ? plain : ".");
    char *absolute = path_absolute(path);
    free(path);
    return absolute;
}

static bool init_new(struct engine *e, struct err *err)
{
    if (!nssdb_needs_init(e->db)) {
        return true;
    }
    struct secret password = SECRET_INIT;
    bool ok = ask_token(e, "internal", false, -1, &password, err) && nssdb_init_password(e->db, &password, err);
    secret_release(&password);
    return ok;
}

bool engine_open_db(struct engine *e, const char *dir, bool writable, bool create, struct err *err)
{
    char *folder = db_folder(e, dir);
    if (e->db && strcmp(e->db_dir, folder) == 0 && (e->db_writable || !writable)) {
        free(folder);
        return true;
    }
    nssdb_close(e->db);
    free(e->db_dir);
    e->db_dir = folder;
    e->db_writable = writable;
    struct password_source source = {ask_token, e};
    enum nssdb_mode mode = create ? NSSDB_CREATE : writable ? NSSDB_WRITE : NSSDB_READ;
    e->db = nssdb_open(folder, mode, &source, err);
    if (!e->db) {
        free(e->db_dir);
        e->db_dir = NULL;
        return err_context(err, _("The database is %s."), dir);
    }
    return !create || init_new(e, err);
}

bool engine_login(struct engine *e, const char *token, struct err *err)
{
    return nssdb_login(e->db, token, err);
}
