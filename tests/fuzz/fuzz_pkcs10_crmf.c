/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate requests from files: PKCS#10 (PEM, base64, DER, BER), CRMF, archive options. Invariants: a CRMF message
 * that is read gives the same fields when its own DER is read again; POP verification ends; nothing outside the input
 * is read.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cmc/crmf.h"
#include "cmc/oids.h"
#include "cmc/pkidata.h"
#include "cmc/show.h"
#include "fuzz/fuzz.h"
#include "nss/csr.h"
#include "nss/pem.h"

static void check_crmf(struct bytes der)
{
    struct crmf_msg msg;
    struct crmf_msg again;
    if (!crmf_parse(der, &msg, NULL, NULL)) {
        return;
    }
    demand(crmf_parse(buf_peek(&msg.der), &again, NULL, NULL));
    demand(again.req_id == msg.req_id && again.pop == msg.pop && again.n_controls == msg.n_controls);
    demand(bytes_equal(again.cert_request, msg.cert_request) && bytes_equal(again.spki, msg.spki));
    (void)!crmf_verify_pop(&msg, NULL);
    const struct crmf_control *control = crmf_find_control(&msg, OID_PKI_ARCHIVE_OPTIONS);
    struct archive_options options;
    if (control && archive_decode(control->value, &options, NULL)) {
        archive_release(&options);
    }
    crmf_release(&again);
    crmf_release(&msg);
}

static void check_csr(struct bytes in)
{
    struct csr csr;
    if (!csr_parse(in, &csr, NULL)) {
        return;
    }
    struct pkidata pd;
    pkidata_init(&pd);
    demand(!strpbrk(csr.subject, "\033\n\r\a\b"));
    demand(pkidata_add_pkcs10(&pd, buf_peek(&csr.der), NULL, NULL));
    demand(bytes_equal(buf_peek(&pd.requests[0].der), buf_peek(&csr.der)));
    pkidata_release(&pd);
    csr_release(&csr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES(data, size);
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_tree tree = CMC_TREE_INIT;
    struct archive_options options;
    check_csr(in);
    check_crmf(in);
    if (pem_decode(in, &der, NULL, NULL)) {
        check_crmf(buf_peek(&der));
        (void)!cmc_show(buf_peek(&der), &tree, NULL);
    }
    if (archive_decode(in, &options, NULL)) {
        archive_release(&options);
    }
    cmc_tree_release(&tree);
    buf_release(&der);
    return 0;
}
