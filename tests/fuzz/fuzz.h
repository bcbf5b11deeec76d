/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_FUZZ_H
#define CMCW_TESTS_FUZZ_H
/* What fuzz targets share. Targets whose decoders need NSS (digests, certificates) are linked with with_nss.c. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An invariant: the run ends where it does not hold. */
static inline void demand(bool truth)
{
    if (!truth) {
        abort();
    }
}
#endif
