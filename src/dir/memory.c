/* SPDX-License-Identifier: Apache-2.0 */
/* libldap frees a bind request, password included, without wiping it. It lets its memory functions be replaced, once. */
#include "config.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dir/internal.h"

static void *take(ber_len_t size, void *ctx)
{
    (void)ctx;
    return malloc(size);
}

static void *take_zeroed(ber_len_t n, ber_len_t size, void *ctx)
{
    (void)ctx;
    return calloc(n, size);
}

static void give_back(void *memory, void *ctx)
{
    (void)ctx;
    if (memory) {
        mem_wipe(memory, malloc_usable_size(memory));
        free(memory);
    }
}

/* realloc could leave a copy behind. */
static void *grow(void *memory, ber_len_t size, void *ctx)
{
    size_t old = memory ? malloc_usable_size(memory) : 0;
    void *moved = malloc(size);
    if (moved && memory) {
        memcpy(moved, memory, old < size ? old : size);
        give_back(memory, ctx);
    }
    return moved;
}

/* What it took before comes from malloc as well; a second call changes nothing. */
void dir_memory_wiped(void)
{
    BerMemoryFunctions functions = {.bmf_malloc = take, .bmf_calloc = take_zeroed, .bmf_realloc = grow, .bmf_free = give_back};
    (void)ber_set_option(NULL, LBER_OPT_MEMORY_FNS, &functions);
}
