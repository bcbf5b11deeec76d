/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hand-over packages from outside. Invariants: what was accepted survives its own printing with the same digest, holds
 * nothing that a terminal or a path would stumble over, and belongs to no other enrollment than the one that it names.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "flow/package.h"
#include "fuzz/fuzz.h"

static void check_calm(const char *text)
{
    char *safe = text_safe(text);
    demand(strcmp(safe, text) == 0);
    free(safe);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct package p, again;
    if (!package_parse(BYTES(data, size), &p, NULL)) {
        return 0;
    }
    char *printed = package_print(&p), *before = package_digest_hex(&p);
    demand(package_parse(bytes_of_str(printed), &again, NULL));
    char *after = package_digest_hex(&again);
    demand(strlen(before) == 64 && strcmp(before, after) == 0);
    check_calm(p.subject);
    demand(!strchr(p.id, '/') && !strchr(p.profile, '/') && *p.id != '.');
    demand(!*p.id || !package_belongs(&p, "another", NULL, NULL));
    free(printed);
    free(before);
    free(after);
    package_release(&p);
    package_release(&again);
    return 0;
}
