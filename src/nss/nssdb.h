/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_NSSDB_H
#define CMCW_NSS_NSSDB_H
/*
 * struct nssdb: NSS, opened on one database folder, with its tokens and PKCS#11 modules. NSS is global to a
 * process: one nssdb can be open at a time, in one thread; a child made by fork() cannot use it. Every key
 * (struct key) must be freed before nssdb_close(); certificates (struct cert) are plain data and may live on.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"

struct nssdb;

enum nssdb_mode {
    NSSDB_READ,   /* must exist; nothing is written */
    NSSDB_WRITE,  /* must exist */
    NSSDB_CREATE, /* folder (0700) and files are made when missing, then as NSSDB_WRITE; see
                     nssdb_init_password */
    NSSDB_NONE    /* no database (dir is ignored, may be NULL): hashing, parsing, verifying, session keys */
};

#define NSSDB_LOGIN_TRIES 3

/* Asked once per try, only when a token really needs its password. token: name for people (already visible).
 * tries_left: how often it can still be given, this time included, -1 when unknown; 1 also when the token
 * says that it locks after one more mistake. Fill out and return true; return false to give up (the login
 * then fails with ERR_NSS_LOGIN_CANCELLED, or with err's code when ask set one). */
struct password_source {
    bool (*ask)(void *ctx, const char *token, bool retry, int tries_left, struct secret *out,
                struct err *err);
    void *ctx;
};

/*
 * dir: "sql:PATH" or a plain path. "dbm:" and folders that hold only cert8.db/key3.db are refused with
 * ERR_NSS_DBM and the command that converts them. The password source is copied (its ctx must outlive the
 * database); NULL = nobody to ask. ERR_NSS_DB_MISSING, ERR_NSS_DB_DAMAGED, ERR_NSS_ALREADY_OPEN.
 */
struct nssdb *nssdb_open(const char *dir, enum nssdb_mode mode, const struct password_source *passwords,
                         struct err *err) MUST_CHECK;
/* Logs out, shuts NSS down, frees. NULL is fine. */
void nssdb_close(struct nssdb *db);
/* The same, and says when something was still in use (a key or a native handle was not freed):
 * ERR_NSS_STILL_IN_USE. */
bool nssdb_close_checked(struct nssdb *db, struct err *err);
/* Folder without "sql:"; "" for NSSDB_NONE. Lends. */
const char *nssdb_dir(const struct nssdb *db);
/* NSSDB_READ or NSSDB_NONE. */
bool nssdb_read_only(const struct nssdb *db);
/* True when the folder holds a database that nssdb_open(NSSDB_READ) would take. No NSS needed. */
bool nssdb_present(const char *dir);

/* Gives a new database its password ("" = none) and logs in. True at once when it already has one. */
bool nssdb_init_password(struct nssdb *db, const struct secret *password, struct err *err) MUST_CHECK;
/* True when the internal token is new and nssdb_init_password() has to come first. */
bool nssdb_needs_init(struct nssdb *db);
/* token: NULL, "", "internal", "Internal Key Storage Token" and "NSS Certificate DB" are the database itself;
 * anything else a token label. Asks up to NSSDB_LOGIN_TRIES times, each answer is checked at once. True at
 * once when logged in or no login is needed. ERR_NSS_TOKEN_MISSING (lists the tokens),
 * ERR_NSS_WRONG_PASSWORD, ERR_NSS_LOGIN_CANCELLED, ERR_NSS_TOKEN_LOCKED, ERR_NSS_TOKEN_NEW,
 * ERR_SECRET_NEEDED. */
bool nssdb_login(struct nssdb *db, const char *token, struct err *err) MUST_CHECK;
/* One try with this password, nobody is asked. */
bool nssdb_login_with(struct nssdb *db, const char *token, const struct secret *password,
                      struct err *err) MUST_CHECK;
void nssdb_logout(struct nssdb *db);
/* NULL, "", and the three spellings above. */
bool nssdb_token_is_internal(const char *token);

struct token_info {
    char *name;   /* to be given back to functions here; "internal" for the database */
    char *label;  /* as the token says, visible */
    char *module; /* visible */
    bool internal, logged_in, needs_login, needs_init, read_only, fips, present;
};
/* All tokens that can hold keys; the internal one is first. Caller frees with token_info_free(). */
bool nssdb_tokens(struct nssdb *db, struct token_info **list, size_t *n, struct err *err) MUST_CHECK;
void token_info_free(struct token_info *list, size_t n);

struct module_info {
    char *name;    /* visible */
    char *library; /* "" for the internal module; visible */
    bool internal;
    int tokens; /* tokens present in it that hold keys */
};
bool nssdb_modules(struct nssdb *db, struct module_info **list, size_t *n, struct err *err) MUST_CHECK;
void module_info_free(struct module_info *list, size_t n);
/* Adds a PKCS#11 library for good (written to pkcs11.txt); it must load. library: an absolute path, or a name that the system's
 * loader finds. ERR_FILE_MISSING, ERR_NSS_MODULE_THERE (name or library is taken), ERR_NSS_MODULE. */
bool nssdb_module_add(struct nssdb *db, const char *name, const char *library, struct err *err) MUST_CHECK;
/* By its name. ERR_NSS_MODULE_MISSING, ERR_NSS_MODULE_INTERNAL, ERR_NSS_MODULE. */
bool nssdb_module_remove(struct nssdb *db, const char *name, struct err *err) MUST_CHECK;

/* A second database of this process: it appears as one more token with this name until nssdb_detach() or
 * close. */
bool nssdb_attach(struct nssdb *db, const char *dir, const char *token, bool read_only,
                  struct err *err) MUST_CHECK;
void nssdb_detach(struct nssdb *db, const char *token);
#endif
