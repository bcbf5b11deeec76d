/* SPDX-License-Identifier: Apache-2.0 */
/* Input, output and database folders on disk, and what the caller knows of certificates and keys. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/strv.h"
#include "cfg/cfg_internal.h"
#include "cfg/cfg_lint_internal.h"

static char *locate(const struct lint *lint, const char *name)
{
    return lint->facts->base_dir ? path_join(lint->facts->base_dir, name) : xstrdup(name);
}

static bool is_folder(const struct lint *lint, const char *name)
{
    char *path = locate(lint, name);
    bool found = dir_exists(path);
    free(path);
    return found;
}

/* Reads an input file; false when it was reported as missing, empty or a folder. */
static bool take_input(struct lint *lint, const struct cfg_entry *entry, const char *name, struct buf *content)
{
    char *path = locate(lint, name);
    bool ok = false;
    if (dir_exists(path)) {
        lint_report(lint, CFG_LINT_FILE_FOLDER, entry, NULL, LINT_ARGS(name));
    } else if (!file_exists(path) && lint->facts->coming && strcmp(lint->facts->coming, name) == 0) {
        ok = false; /* the first of two commands makes it */
    } else if (!file_exists(path) || !file_read(path, content, NULL)) {
        lint_report(lint, CFG_LINT_FILE_MISSING, entry, NULL, LINT_ARGS(name));
    } else if (content->len == 0) {
        lint_report(lint, CFG_LINT_FILE_EMPTY, entry, NULL, LINT_ARGS(name));
    } else {
        ok = true;
    }
    free(path);
    return ok;
}

static void check_request_file(struct lint *lint, const struct cfg_entry *entry, const char *name)
{
    struct buf content = BUF_INIT(BUF_MAX_MESSAGE);
    if (take_input(lint, entry, name, &content) && lint->mode != CFG_MODE_RESIGN) {
        struct sniffed found = sniff_request(buf_peek(&content));
        const char *format = lint_value(lint, CFG_FORMAT);
        const char *real = found.what == SNIFF_CRMF ? "crmf" : "pkcs10";
        if (found.what == SNIFF_OTHER) {
            lint_report(lint, CFG_LINT_FILE_NOT_REQUEST, entry, NULL, LINT_ARGS(name));
        } else if (format && cfg_enum(lint->cfg, CFG_FORMAT) >= 0 && strcmp(format, real) != 0) {
            lint_report(lint, CFG_LINT_FORMAT_MISMATCH, entry, NULL, LINT_ARGS(format, name, real));
        }
        if (found.what == SNIFF_CRMF && lint->facts->ec_without_proof && lint->facts->ec_without_proof(buf_peek(&content))) {
            lint_report(lint, CFG_LINT_EC_TWO_TRIPS, entry, NULL, LINT_ARGS(name));
        }
        if (found.binary) {
            lint_report(lint, CFG_LINT_FILE_BINARY, entry, NULL, LINT_ARGS(name));
        } else if (found.preamble) {
            lint_report(lint, CFG_LINT_FILE_PREAMBLE, entry, NULL, LINT_ARGS(name));
        }
    }
    buf_release(&content);
}

/* A file that must be DER: the message to send, or the CA's first answer. */
static void check_der_file(struct lint *lint, enum cfg_key_id id)
{
    const char *name = lint_value(lint, id);
    if (!name) {
        return;
    }
    const struct cfg_entry *entry = cfg_entry(lint->cfg, id);
    struct buf content = BUF_INIT(BUF_MAX_MESSAGE);
    if (take_input(lint, entry, name, &content) && content.data[0] != 0x30) {
        lint_report(lint, CFG_LINT_NOT_DER, entry, NULL, LINT_ARGS(name));
    }
    buf_release(&content);
}

static void check_request_inputs(struct lint *lint)
{
    const struct cfg_entry *entry = cfg_entry(lint->cfg, CFG_INPUT);
    const char *text = lint_value(lint, CFG_NUM_REQUESTS);
    long wanted = 1;
    if (!entry || !*entry->value || (text && (!cfg_number(text, &wanted) || wanted <= 0))) {
        return;
    }
    struct strv names = STRV_INIT;
    cfg_list(lint->cfg, CFG_INPUT, &names);
    char *whole = locate(lint, entry->value);
    if (names.n > (size_t)wanted && file_exists(whole)) {
        lint_report(lint, CFG_LINT_PATH_BLANK, entry, NULL, LINT_ARGS(entry->value));
    } else {
        for (size_t i = 0; i < names.n && i < (size_t)wanted; i++) {
            check_request_file(lint, entry, names.v[i]);
        }
    }
    free(whole);
    strv_release(&names);
}

static void check_output(struct lint *lint, enum cfg_key_id output)
{
    const struct cfg_entry *entry = cfg_entry(lint->cfg, output);
    if (!entry || !*entry->value) {
        return;
    }
    char *folder = path_dir(entry->value);
    if (is_folder(lint, entry->value)) {
        lint_report(lint, CFG_LINT_OUTPUT_IS_FOLDER, entry, NULL, LINT_ARGS(entry->value));
    } else if (!is_folder(lint, folder)) {
        lint_report(lint, CFG_LINT_OUTPUT_FOLDER, entry, NULL, LINT_ARGS(entry->value));
    }
    free(folder);
}

/* Needs no file system. */
static void check_overwrite(struct lint *lint, enum cfg_key_id output, enum cfg_key_id input)
{
    const struct cfg_entry *to = cfg_entry(lint->cfg, output);
    if (!to || !lint_value(lint, input)) {
        return;
    }
    struct strv names = STRV_INIT;
    if (cfg_key_type(cfg_key(input), lint->cfg->dialect) == CFG_TYPE_PATH_LIST) {
        cfg_list(lint->cfg, input, &names);
    } else {
        strv_push(&names, cfg_get(lint->cfg, input));
    }
    for (size_t i = 0; i < names.n; i++) {
        if (lint_same_path(to->value, names.v[i])) {
            lint_report(lint, CFG_LINT_OUTPUT_IS_INPUT, to, NULL, LINT_ARGS(cfg_key(input)->name));
            break;
        }
    }
    strv_release(&names);
}

static bool database_file(const struct lint *lint, const char *dir, const char *name)
{
    char *below = path_join(dir, name);
    char *path = locate(lint, below);
    bool found = file_exists(path);
    free(path);
    free(below);
    return found;
}

static void check_database(struct lint *lint)
{
    const struct cfg_entry *entry = cfg_entry(lint->cfg, CFG_DBDIR);
    const char *dir = lint_dbdir(lint->cfg);
    const char *key = cfg_key(CFG_DBDIR)->name;
    if (*dir == '~' || (!entry && lint->cfg->dialect == CFG_HTTP)) {
        return; /* said already */
    }
    if (!is_folder(lint, dir)) {
        lint_report(lint, CFG_LINT_DB_MISSING, entry, key, LINT_ARGS(dir));
    } else if (database_file(lint, dir, "cert9.db")) {
        return;
    } else if (database_file(lint, dir, "cert8.db")) {
        lint_report(lint, CFG_LINT_DB_LEGACY, entry, key, LINT_ARGS(dir));
    } else {
        lint_report(lint, CFG_LINT_DB_EMPTY, entry, key, LINT_ARGS(dir));
    }
}

static void check_certificate(struct lint *lint)
{
    const char *nickname = lint_value(lint, CFG_NICKNAME);
    if (!lint->facts->subject_of || !nickname || !lint_nickname_used(lint)) {
        return;
    }
    const char *dir = cfg_get_or_default(lint->cfg, CFG_DBDIR);
    char *subject = lint->facts->subject_of(lint->facts->ctx, dir, lint_token(lint->cfg), nickname);
    if (!subject) {
        lint_report(lint, CFG_LINT_NICK_UNKNOWN, cfg_entry(lint->cfg, CFG_NICKNAME), NULL, LINT_ARGS(nickname, dir));
    }
    free(subject);
}

static void check_password(struct lint *lint)
{
    const char *dir = cfg_get_or_default(lint->cfg, CFG_DBDIR);
    struct secret password = SECRET_INIT;
    bool logs_in = lint->cfg->dialect != CFG_HTTP || lint->mode == CFG_MODE_TLS_CLIENT;
    if (!lint->facts->password_opens || lint_token(lint->cfg) || !lint_value(lint, CFG_PASSWORD) || !logs_in) {
        return;
    }
    if (cfg_secret(lint->cfg, CFG_PASSWORD, &password) &&
        !lint->facts->password_opens(lint->facts->ctx, dir, &password)) {
        lint_report(lint, CFG_LINT_PASSWORD_WRONG, cfg_entry(lint->cfg, CFG_PASSWORD), NULL, LINT_ARGS(dir));
    }
    secret_release(&password);
}

static void check_key(struct lint *lint)
{
    const char *key_id = lint_value(lint, CFG_PRIV_KEY_ID);
    if (!lint->facts->has_key || !key_id || !lint_used(lint->cfg, cfg_key(CFG_PRIV_KEY_ID))) {
        return;
    }
    const char *dir = cfg_get_or_default(lint->cfg, CFG_DBDIR);
    if (!lint->facts->has_key(lint->facts->ctx, dir, lint_token(lint->cfg), key_id)) {
        lint_report(lint, CFG_LINT_KEY_UNKNOWN, cfg_entry(lint->cfg, CFG_PRIV_KEY_ID), NULL, LINT_ARGS(NULL));
    }
}

void lint_files(struct lint *lint)
{
    bool http = lint->cfg->dialect == CFG_HTTP;
    bool pop = lint->mode == CFG_MODE_POP;
    enum cfg_key_id output = pop ? CFG_DECRYPTED_POP_REQUEST_FILE : CFG_OUTPUT;
    check_overwrite(lint, output, pop ? CFG_ENCRYPTED_POP_RESPONSE_FILE : CFG_INPUT);
    if (!lint->facts->no_files) {
        if (http || lint->mode == CFG_MODE_RESIGN) {
            check_der_file(lint, CFG_INPUT);
        } else if (pop) {
            check_der_file(lint, CFG_ENCRYPTED_POP_RESPONSE_FILE);
        } else if (lint->mode & CFG_MODES_ENROLL) {
            check_request_inputs(lint);
        }
        check_output(lint, output);
        if (lint->mode != CFG_MODE_PLAIN) {
            check_database(lint);
        }
    }
    check_certificate(lint);
    check_password(lint);
    check_key(lint);
}
