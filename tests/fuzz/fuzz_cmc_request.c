/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMC requests as a CA reads them. Invariants: what decodes encodes again and decodes to the same controls and
 * requests; the tree has no control characters; nothing is read outside the input (sanitizers).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cmc/control_proof.h"
#include "cmc/poplink.h"
#include "cmc/request.h"
#include "cmc/show.h"
#include "cmc/signeddata.h"
#include "fuzz/fuzz.h"

static void check_round_trip(const struct pkidata *pd)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct pkidata copy = *pd;
    struct pkidata again;
    copy.raw_requests = BYTES_NONE;
    pkidata_init(&again);
    demand(pkidata_encode(&copy, &der, NULL));
    demand(pkidata_decode(buf_peek(&der), &again, NULL));
    demand(again.n_controls == pd->n_controls && again.n_requests == pd->n_requests);
    for (size_t i = 0; i < pd->n_controls; i++) {
        demand(strcmp(again.controls[i].oid, pd->controls[i].oid) == 0);
        demand(again.controls[i].bodypart_id == pd->controls[i].bodypart_id);
        demand(bytes_equal(buf_peek(&again.controls[i].value), buf_peek(&pd->controls[i].value)));
    }
    pkidata_release(&again);
    buf_release(&der);
}

static void read_parts(const struct pkidata *pd)
{
    for (size_t i = 0; i < pd->n_controls; i++) {
        const struct control *control = &pd->controls[i];
        if (control->type && control->type->check) {
            (void)control->type->check(buf_peek(&control->value), NULL);
        }
    }
    for (size_t i = 0; i < pd->n_requests && i < 8; i++) {
        struct buf spki = BUF_INIT(BUF_MAX_MESSAGE);
        struct buf ski = BUF_INIT(BUF_MAX_MESSAGE);
        struct buf witness = BUF_INIT(BUF_MAX_MESSAGE);
        (void)!cmc_request_key(&pd->requests[i], &spki, &ski, NULL);
        (void)!poplink_find(&pd->requests[i], &witness, NULL);
        buf_release(&spki);
        buf_release(&ski);
        buf_release(&witness);
    }
}

static void check_tree(struct bytes in)
{
    struct cmc_tree tree = CMC_TREE_INIT;
    if (cmc_show(in, &tree, NULL)) {
        for (size_t i = 0; i < tree.n; i++) {
            demand(!tree.v[i].value || !strpbrk(tree.v[i].value, "\033\n\r\a\b"));
            demand(!strpbrk(tree.v[i].label, "\033\n\r\a\b"));
            demand(tree.v[i].depth >= 0 && (i == 0 || tree.v[i].depth <= tree.v[i - 1].depth + 1));
        }
    }
    cmc_tree_release(&tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES(data, size);
    struct signeddata sd;
    struct pkidata pd;
    if (cmc_request_parse(in, &sd, &pd, NULL)) {
        check_round_trip(&pd);
        read_parts(&pd);
        for (size_t i = 0; i < sd.n_signers; i++) {
            (void)!signeddata_verify(&sd, i, BYTES_NONE, NULL, NULL);
        }
        pkidata_release(&pd);
        signeddata_release(&sd);
    }
    check_tree(in);
    return 0;
}
