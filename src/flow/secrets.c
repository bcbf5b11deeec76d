/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/secrets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"

/* One source or one value of a secret. */
struct row {
    char *name;
    char *file;
    int fd; /* -1 = none */
    bool used; /* a file or descriptor that was already offered */
    char *token; /* whose password value is; NULL = anybody's */
    struct secret value; /* typed or read */
};

struct secrets {
    struct row *rows;
    size_t n;
    secrets_ask *ask;
    void *ctx;
};

struct secrets *secrets_new(secrets_ask *ask, void *ctx)
{
    struct secrets *s = xcalloc(1, sizeof *s);
    s->ask = ask;
    s->ctx = ctx;
    return s;
}

struct secrets *secrets_like(const struct secrets *s)
{
    return secrets_new(s->ask, s->ctx);
}

void secrets_ask_through(struct secrets *s, secrets_ask *ask, void *ctx, secrets_ask **before, void **ctx_before)
{
    if (before) {
        *before = s->ask;
        *ctx_before = s->ctx;
    }
    s->ask = ask;
    s->ctx = ctx;
}

void secrets_free(struct secrets *s)
{
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->n; i++) {
        free(s->rows[i].name);
        free(s->rows[i].file);
        free(s->rows[i].token);
        secret_release(&s->rows[i].value);
    }
    free(s->rows);
    free(s);
}

static struct row *add_row(struct secrets *s, const char *name)
{
    s->rows = xrealloc(s->rows, (s->n + 1) * sizeof *s->rows);
    s->rows[s->n] = (struct row){.name = xstrdup(name), .fd = -1, .value = SECRET_INIT};
    return &s->rows[s->n++];
}

void secrets_add_file(struct secrets *s, const char *name, const char *path)
{
    add_row(s, name)->file = xstrdup(path);
}

void secrets_add_fd(struct secrets *s, const char *name, int fd)
{
    add_row(s, name)->fd = fd;
}

void secrets_add_origins(struct secrets *s, const struct answers *answers)
{
    for (size_t i = 0; i < answers->n_origins; i++) {
        const struct secret_origin *o = &answers->origins[i];
        if (o->file) {
            secrets_add_file(s, o->name, o->file);
        } else if (o->fd >= 0) {
            secrets_add_fd(s, o->name, o->fd);
        }
    }
}

/* The row of a typed secret: neither file nor descriptor. */
static struct row *typed_row(const struct secrets *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (!s->rows[i].file && s->rows[i].fd < 0 && strcmp(s->rows[i].name, name) == 0) {
            return &s->rows[i];
        }
    }
    return NULL;
}

void secrets_set(struct secrets *s, const char *name, const struct secret *value)
{
    struct row *row = typed_row(s, name);
    if (!row) {
        row = add_row(s, name);
    }
    secret_release(&row->value);
    row->used = false;
    if (value && secret_is_set(value)) {
        secret_copy(&row->value, value);
    }
}

void secrets_forget(struct secrets *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        struct row *row = &s->rows[i];
        if (strcmp(row->name, name) == 0 && secret_is_set(&row->value)) {
            secret_release(&row->value);
            row->fd = -1;
        }
    }
}

const struct secret *secrets_peek(const struct secrets *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->rows[i].name, name) == 0 && secret_is_set(&s->rows[i].value)) {
            return &s->rows[i].value;
        }
    }
    return NULL;
}

bool secrets_has(const struct secrets *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct row *row = &s->rows[i];
        if (strcmp(row->name, name) == 0 && (row->file || row->fd >= 0 || secret_is_set(&row->value))) {
            return true;
        }
    }
    return false;
}

bool secrets_is_given(const struct secrets *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->rows[i].name, name) == 0 && (s->rows[i].file || s->rows[i].fd >= 0)) {
            return true;
        }
    }
    return false;
}

/* An NSS password file has a line for each token; a pipe gives its lines only once, so what came first is for all. */
static bool is_other_line(const struct row *row, const char *token)
{
    struct stat info;
    return row->file && token && row->token && strcmp(row->token, token) != 0 && stat(row->file, &info) == 0 && S_ISREG(info.st_mode);
}

/* Reads the source into the row once: a descriptor can give its line only once. */
static bool load(struct row *row, const char *token, struct err *err)
{
    if (secret_is_set(&row->value) && !is_other_line(row, token)) {
        return true;
    }
    if (row->fd >= 0) {
        return secret_read_fd(&row->value, row->fd, err);
    }
    if (!row->file || !token) {
        return row->file ? secret_read_file(&row->value, row->file, err) : false;
    }
    free(row->token);
    row->token = xstrdup(token);
    return secret_read_nss_password_file(&row->value, row->file, token, err);
}

bool secrets_get(struct secrets *s, const char *name, const char *token, bool retry, int tries_left, struct secret *out,
                 struct err *err)
{
    for (size_t i = 0; !retry && i < s->n; i++) {
        struct row *row = &s->rows[i];
        if (strcmp(row->name, name) != 0 || (!row->file && row->fd < 0 && !secret_is_set(&row->value))) {
            continue;
        }
        if (!load(row, token, err)) {
            return false;
        }
        row->used = true;
        secret_copy(out, &row->value);
        return true;
    }
    /* What was given beforehand was wrong: forget it, so that the next question is a real one. */
    if (retry) {
        secrets_set(s, name, NULL);
    }
    struct err why = ERR_INIT;
    if (!s->ask || !s->ask(s->ctx, name, token, retry, tries_left, out, &why)) {
        bool nobody = !s->ask || why.code == ERR_SECRET_NEEDED;
        if (nobody && retry) {
            err_fail(err, ERR_NSS_WRONG_PASSWORD, "%s", token ? token : name);
        } else if (nobody) {
            err_fail(err, ERR_SECRET_NEEDED, "%s", token ? token : name);
        } else {
            err_move(err, &why);
        }
        err_release(&why);
        return false;
    }
    secrets_set(s, name, out);
    return true;
}
