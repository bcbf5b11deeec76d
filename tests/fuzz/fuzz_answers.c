/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text files that people hand to the programs by name: answers files and password files (NSS's and Dogtag's form). Invariants:
 * every answer that is taken fits its row; a refusal says something, without control characters; no secret is among the answers.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/secret.h"
#include "base/strv.h"
#include "flow/answers.h"
#include "fuzz/fuzz.h"

static void check_refusal(struct err *err)
{
    demand(err_is_set(err));
    for (int i = 0; i < err->n_context; i++) {
        demand(!strpbrk(err->context[i], "\033\n\r\a\b"));
    }
    err_release(err);
}

static void check_answers(const char *path)
{
    struct answers a;
    struct err err = ERR_INIT;
    if (!answers_read(path, &a, &err)) {
        check_refusal(&err);
        return;
    }
    demand(a.version == ANSWERS_VERSION && a.names->n == a.values->n);
    for (size_t i = 0; i < a.names->n; i++) {
        const struct answer_row *row = answer_row(a.names->v[i]);
        demand(row && (row->kind != ANSWER_SECRET || !*a.values->v[i]));
        demand(answer_check(row, a.values->v[i], NULL));
    }
    answers_release(&a);
}

static void check_passwords(const char *path)
{
    static const char *const tokens[] = {"internal", "NSS Certificate DB", "HSM"};
    for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
        struct secret secret = SECRET_INIT;
        struct err err = ERR_INIT;
        if (!secret_read_nss_password_file(&secret, path, tokens[i], &err)) {
            check_refusal(&err);
        }
        secret_release(&secret);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("answers", 0);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd >= 0 && write(fd, data, size) == (ssize_t)size) {
        check_answers(path);
        check_passwords(path);
    }
    close(fd);
    return 0;
}
