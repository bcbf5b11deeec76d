/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMC responses as a client reads them: parse, judge the status, explain it, judge trust. Invariants: nothing is
 * trusted without an anchor; explanations hold no control characters; nothing is read outside the input (sanitizers).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/strv.h"
#include "cmc/control_pop.h"
#include "cmc/response.h"
#include "cmc/show.h"
#include "cmc/trust.h"
#include "fuzz/fuzz.h"

static void check_statuses(const struct cmc_response *r)
{
    struct err err = ERR_INIT;
    demand(cmc_response_error(r, NULL, &err) == (r->outcome != CMC_SUCCESS));
    for (int i = 0; i < err.n_context; i++) {
        demand(!strpbrk(err.context[i], "\033\n\r\a\b"));
    }
    err_release(&err);
    for (size_t i = 0; i < r->n_statuses; i++) {
        struct strv causes = STRV_INIT;
        struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
        cmc_status_causes(&r->statuses[i], NULL, &causes);
        if (r->statuses[i].status >= 0) {
            demand(cmc_status_encode(&r->statuses[i], &der, NULL));
        }
        strv_release(&causes);
        buf_release(&der);
    }
}

static void check_trust(const struct cmc_response *r)
{
    struct cert_list anchors = CERT_LIST_INIT;
    struct cert_list issued = CERT_LIST_INIT;
    struct bytes spki = r->sd.certs.n > 0 ? cert_spki(r->sd.certs.v[0]) : BYTES_NONE;
    struct cmc_expect expect = {.spki = &spki, .n_spki = r->sd.certs.n > 0, .anchors = &anchors, .at = 1795000000};
    bool trusted = cmc_response_trust(r, &expect, &issued, NULL);
    demand(!trusted && issued.n == 0);
    for (size_t i = 0; i < r->sd.certs.n; i++) { /* with everything trusted: only that it ends */
        cert_list_push(&anchors, r->sd.certs.v[i]);
    }
    (void)!cmc_response_trust(r, &expect, &issued, NULL);
    cert_list_release(&anchors);
    cert_list_release(&issued);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cmc_response r;
    struct cmc_tree tree = CMC_TREE_INIT;
    struct encrypted_pop pop;
    struct bytes in = BYTES(data, size);
    if (cmc_response_parse(in, &r, NULL)) {
        check_statuses(&r);
        check_trust(&r);
        (void)!encrypted_pop_decode(r.encrypted_pop, &pop, NULL);
        cmc_response_release(&r);
    }
    (void)!cmc_show(in, &tree, NULL);
    char *text = cmc_tree_print(&tree);
    demand(!strpbrk(text, "\033\r\a\b"));
    free(text);
    cmc_tree_release(&tree);
    return 0;
}
