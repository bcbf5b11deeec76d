/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON from outside: the parser itself, CA descriptions, hand-over packages, and answers files (which are text, but come from the
 * same people). Invariants: what was read prints, and what was printed reads back and prints the same; a description or a package
 * that was accepted survives its own printing.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "flow/cadesc.h"
#include "flow/package.h"
#include "fuzz/fuzz.h"

static void check_json(struct bytes text)
{
    struct json *root = json_parse(text, NULL);
    if (!root) {
        return;
    }
    char *once = json_print(root, false);
    struct json *again = json_parse(bytes_of_str(once), NULL);
    demand(again != NULL);
    char *twice = json_print(again, false);
    demand(strcmp(once, twice) == 0);
    free(once);
    free(twice);
    json_free(root);
    json_free(again);
}

static void check_description(struct bytes text)
{
    struct cadesc d, again;
    if (!cadesc_parse(text, &d, NULL)) {
        return;
    }
    char *printed = cadesc_print(&d);
    demand(cadesc_parse(bytes_of_str(printed), &again, NULL));
    demand(strcmp(d.host, again.host) == 0 && d.port == again.port && strcmp(d.fingerprint, again.fingerprint) == 0);
    free(printed);
    cadesc_release(&d);
    cadesc_release(&again);
}

static void check_package(struct bytes text)
{
    struct package p, again;
    if (!package_parse(text, &p, NULL)) {
        return;
    }
    char *printed = package_print(&p);
    demand(package_parse(bytes_of_str(printed), &again, NULL));
    demand(strcmp(p.content, again.content) == 0 && strcmp(p.kind, again.kind) == 0);
    free(printed);
    package_release(&p);
    package_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = BYTES(data, size);
    check_json(text);
    check_description(text);
    if (package_looks_like(text)) {
        check_package(text);
    }
    return 0;
}
