/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for libFuzzer where it is not built in, so that every fuzz target is also a test of `make check`: runs the
 * target over its corpus and over small mutations of it, always the same ones.
 *
 *     fuzz_NAME [FILE-OR-FOLDER ...]      default: tests/fuzz/corpus/NAME of the source tree
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/strv.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* A target that needs something set up once has one. */
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

#define MUTATIONS 40 /* per file */
#define INPUT_MAX ((size_t)1 << 20)

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* One to four changes: flip, overwrite, cut off, remove or repeat a piece. copy has room for twice the length. */
static size_t mutate(uint8_t *copy, size_t len, uint32_t *seed)
{
    for (uint32_t changes = 1 + next_random(seed) % 4; changes > 0 && len > 0; changes--) {
        size_t at = next_random(seed) % len;
        size_t piece = 1 + next_random(seed) % (len - at);
        switch (next_random(seed) % 5) {
        case 0:
            copy[at] ^= (uint8_t)(1u << next_random(seed) % 8);
            break;
        case 1:
            copy[at] = (uint8_t)next_random(seed);
            break;
        case 2:
            len = at;
            break;
        case 3:
            memmove(copy + at, copy + at + piece, len - at - piece);
            len -= piece;
            break;
        default:
            piece = piece > 64 ? 64 : piece;
            if (len + piece <= INPUT_MAX) {
                memmove(copy + at + piece, copy + at, len - at);
                len += piece;
            }
            break;
        }
    }
    return len;
}

/* The input ends where its memory ends, so that reading behind it shows under valgrind and ASan. */
static void run_exactly(const uint8_t *data, size_t len)
{
    uint8_t *exact = xmalloc(len ? len : 1);
    if (len) {
        memcpy(exact, data, len);
    }
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static void run_input(struct bytes input)
{
    uint32_t seed = (uint32_t)input.len;
    run_exactly(input.data, input.len);
    uint8_t *copy = xmalloc(INPUT_MAX + 64);
    for (int i = 0; i < MUTATIONS; i++) {
        if (input.len) {
            memcpy(copy, input.data, input.len);
        }
        run_exactly(copy, mutate(copy, input.len, &seed));
    }
    free(copy);
}

static bool run_path(const char *path, size_t *count, struct err *err)
{
    if (dir_exists(path)) {
        struct strv names = STRV_INIT;
        bool ok = dir_list(path, &names, err);
        for (size_t i = 0; ok && i < names.n; i++) {
            char *below = path_join(path, names.v[i]);
            ok = run_path(below, count, err);
            free(below);
        }
        strv_release(&names);
        return ok;
    }
    struct buf content = BUF_INIT(INPUT_MAX);
    bool ok = file_read(path, &content, err);
    if (ok) {
        run_input(buf_peek(&content));
        (*count)++;
    }
    buf_release(&content);
    return ok;
}

static char *default_corpus(const char *program)
{
    const char *name = path_base(program);
    const char *top = getenv("top_srcdir");
    return xasprintf("%s/tests/fuzz/corpus/%s", top && *top ? top : ".", text_starts(name, "fuzz_") ? name + 5 : name);
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    size_t count = 0;
    bool ok = true;
    if (LLVMFuzzerInitialize && LLVMFuzzerInitialize(&argc, &argv) != 0) {
        return EXIT_INTERNAL;
    }
    if (argc < 2) {
        char *corpus = default_corpus(argv[0]);
        ok = run_path(corpus, &count, &err);
        free(corpus);
    }
    for (int i = 1; ok && i < argc; i++) {
        ok = run_path(argv[i], &count, &err);
    }
    if (!ok) {
        int status = err_report(&err, argv[0]);
        err_release(&err);
        return status;
    }
    printf("%zu inputs, %d mutations of each\n", count, MUTATIONS);
    return count ? EXIT_DONE : EXIT_INTERNAL;
}
