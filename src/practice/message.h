/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_MESSAGE_H
#define CMCW_PRACTICE_MESSAGE_H
/* A received Full PKI Request, decoded as far as it goes; and what is said when it is refused. */
#include "base/bytes.h"
#include "base/err.h"
#include "cmc/crmf.h"
#include "cmc/pkidata.h"
#include "cmc/signeddata.h"
#include "nss/csr.h"

struct asked { /* one certificate that is asked for */
    const struct tagged_request *tagged;
    bool readable;
    struct csr csr;       /* REQUEST_TCR */
    struct crmf_msg crmf; /* REQUEST_CRM */
    struct bytes subject_der, spki;
};
struct message {
    struct signeddata sd;
    bool is_cms;    /* sd is filled */
    struct pkidata pd;
    bool is_pkidata; /* pd is filled */
    struct asked *asked;
    size_t n;
};
/* Octets behind the message are left out. Never fails: see is_cms, is_pkidata. */
void message_read(struct message *m, struct bytes body);
void message_release(struct message *m);
/* Value TLV of the last control of that kind (as the server keeps them: by OID); empty when absent. id may be NULL. */
struct bytes message_control(const struct message *m, const char *oid, uint32_t *id);
/* Octets of an OCTET STRING control; empty when absent or damaged. */
struct bytes message_octets(const struct message *m, const char *oid);
struct bytes message_identification(const struct message *m);
bool asked_has_pop(const struct asked *a);
/* PKCS#10 signature or CRMF signature POP. */
bool asked_pop_ok(const struct asked *a);

#define REFUSAL_BODY_MAX 256
struct refusal {
    bool set;
    bool html;     /* the server breaks down and answers a page; text is its message */
    int fail_info;
    char *text;    /* statusString or NULL; already visible */
    uint32_t body[REFUSAL_BODY_MAX];
    size_t n_body; /* 0: {0}, the whole message */
};
/* Always false. An earlier refusal stays. */
bool refuse(struct refusal *r, int fail_info, const char *fmt, ...) PRINTF_LIKE(3, 4);
void refusal_release(struct refusal *r);
#endif
