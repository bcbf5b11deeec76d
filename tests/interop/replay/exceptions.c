/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "interop/replay/replay.h"

#include <string.h>

#include "cmc/status.h"

#define NO_TRANSPORT_KEY "the recorded KRA's transport key is not there, so its blob cannot be opened by ours"

/* To add one: a row, with the reason and what ours answers instead. */
static const struct exception exceptions[] = {
    {"archival-ec", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"archival-rsa-aescbc", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"archival-rsa-pop", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"epop-archival-rsa", 1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"oaep-archival-rsa", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"py-arch-cbc128", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"py-arch-ec-nsswrap", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"py-arch-nsswrap", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"py-oaep-arch-sha256", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
};

const struct exception *exception_find(const char *name, int step)
{
    for (size_t i = 0; i < ARRAY_LEN(exceptions); i++) {
        if (strcmp(exceptions[i].name, name) == 0 && (exceptions[i].step < 0 || exceptions[i].step == step)) {
            return &exceptions[i];
        }
    }
    return NULL;
}

size_t exception_count(void)
{
    return ARRAY_LEN(exceptions);
}
