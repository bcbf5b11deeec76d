/* SPDX-License-Identifier: Apache-2.0 */
/* cmc show FILE: whatever lies around, as one readable tree. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "cmc/show.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/tool.h"

static void print_offsets(const struct cmc_tree *tree)
{
    for (size_t i = 0; i < tree->n; i++) {
        const struct cmc_node *node = &tree->v[i];
        printf("%6zu %6zu  %*s%s%s%s\n", node->offset, node->length, node->depth * 2, "", node->label,
               node->value && *node->value ? ": " : "", node->value ? node->value : "");
    }
}

/* elements: NULL without --der-offsets. */
static void print_tree(const struct cmc_tree *tree, const struct buf *der, bool json, const struct cmc_tree *elements)
{
    const char *what = cmc_what_name(cmc_identify(buf_peek(der)));
    if (json) {
        struct json *root = json_new_object();
        json_set_str(root, "what", what);
        json_set_take(root, "tree", cmc_tree_json(tree));
        if (elements) {
            json_set_take(root, "elements", cmc_tree_json(elements));
        }
        tool_print_json(root);
        return;
    }
    if (!tree->n || strcmp(tree->v[0].label, what) != 0) { /* the tree of a message begins with it */
        printf("%s\n", _(what));
    }
    char *text = cmc_tree_print(tree);
    fputs(text, stdout);
    free(text);
    if (elements) {
        printf("\n%s\n", _("Elements, each with its offset and length in octets:"));
        print_offsets(elements);
    }
}

static bool show_one(const char *path, bool json, bool offsets, struct err *err)
{
    struct buf raw = BUF_INIT_SECRET(BUF_MAX_MESSAGE), der = BUF_INIT_SECRET(BUF_MAX_MESSAGE); /* a revocation by secret carries it */
    struct cmc_tree tree = {0}, elements = {0};
    bool ok = tool_read(path, &raw, err) && pem_decode(buf_peek(&raw), &der, NULL, err) &&
              cmc_show(buf_peek(&der), &tree, err) && (!offsets || cmc_show_elements(buf_peek(&der), &elements, err));
    if (ok) {
        print_tree(&tree, &der, json, offsets ? &elements : NULL);
    }
    cmc_tree_release(&tree);
    cmc_tree_release(&elements);
    buf_release(&raw);
    buf_release(&der);
    return ok;
}

int tool_show(int argc, char **argv)
{
    bool json = false, offsets = false;
    const struct opt table[] = {
        {OPT_FLAG, "json", 0, NULL, N_("Print the tree as JSON."), &json, NULL, 0, 0},
        {OPT_FLAG, "der-offsets", 0, NULL, N_("Print the elements of the DER as well, with offset and length."), &offsets, NULL, 0,
         0},
    };
    const struct opt_usage usage = {"cmc show", N_("[OPTION]... FILE..."),
                                    N_("Shows CMC requests and answers, CRMF, PKCS#10, PKCS#7, certificates and shared "
                                       "tokens, in DER, PEM or base64. - is standard input."),
                                    NULL};
    int rest = 0, code = EXIT_DONE;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    if (rest == argc) {
        err_fail(&err, ERR_USAGE, "%s", _("Name a file to show."));
        return tool_fail(usage.program, &err, json);
    }
    struct nssdb *db = nssdb_open(NULL, NSSDB_NONE, NULL, &err);
    if (!db) {
        return tool_fail(usage.program, &err, json);
    }
    for (int i = rest; i < argc; i++) {
        if (!show_one(argv[i], json, offsets, &err)) {
            err_context(&err, "%s", argv[i]);
            code = tool_fail(usage.program, &err, json);
        }
    }
    nssdb_close(db);
    return code;
}
