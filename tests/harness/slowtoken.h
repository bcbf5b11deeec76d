/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_HARNESS_SLOWTOKEN_H
#define CMCW_TESTS_HARNESS_SLOWTOKEN_H
/*
 * A SoftHSM2 token behind slowp11.c, and an NSS database that knows it as the token "slow": it waits for a touch while the file
 * slow_token.touch is not there. Its PIN is SLOW_PIN, the database has no password.
 */
#include "harness/softhsm.h"
#include "nss/nssdb.h"

#define SLOW_LABEL "slow"
#define SLOW_PIN "123456"

/* False: this machine has no SoftHSM2, and the program exits with 77. */
static inline bool slow_token_possible(void)
{
    return softhsm_library() && softhsm_run((const char *const[]){"softhsm2-util", "--version", NULL});
}

/* Whoever waits for a touch goes on from now on, or waits. */
static inline void slow_token_touch(const char *file, bool there)
{
    struct err ignored = ERR_INIT;
    bool done = there ? file_write(file, bytes_of_str("1"), 0600, &ignored) : file_wipe(file, &ignored);
    (void)done;
    err_release(&ignored);
}

/* Token and settings in dir, the database in db; the environment of this process and its children says so. */
static inline bool slow_token_make(const char *dir, const char *db_dir, const char *touch_file)
{
    const char *top = getenv("top_builddir");
    char *slow = path_join(top && *top ? top : ".", "tests/harness/slowp11.so"), *absolute = path_absolute(slow);
    struct err err = ERR_INIT;
    setenv("SLOWP11_MODULE", softhsm_library(), 1);
    setenv("SLOWP11_TOUCH", touch_file, 1);
    bool ok = dir_create(db_dir, 0700, &err) && softhsm_token(dir, SLOW_LABEL, SLOW_PIN, NULL);
    struct nssdb *db = ok ? nssdb_open(db_dir, NSSDB_CREATE, NULL, &err) : NULL;
    struct secret password = SECRET_INIT;
    secret_set(&password, "", 0);
    slow_token_touch(touch_file, true);
    ok = db && nssdb_init_password(db, &password, &err) && nssdb_module_add(db, "slow", absolute, &err);
    if (!ok) {
        fprintf(stderr, "slow token: %s\n", err_is_set(&err) ? err_what(err.code) : "no token");
    }
    nssdb_close(db);
    secret_release(&password);
    free(absolute);
    free(slow);
    return ok;
}
#endif
