/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmc/control_plain.h"
#include "cmc/oids.h"
#include "nss/der.h"

/* The first element with a definite length; an indefinite one is taken as it is. */
static struct bytes first_element(struct bytes body)
{
    struct bytes rest = body;
    struct der_tlv tlv;
    return der_next(&rest, &tlv) ? tlv.whole : body;
}

static void read_asked(struct asked *a, const struct tagged_request *tagged)
{
    a->tagged = tagged;
    if (tagged->kind == REQUEST_TCR) {
        a->readable = csr_parse(buf_peek(&tagged->der), &a->csr, NULL);
        if (a->readable) {
            a->subject_der = a->csr.subject_der;
            a->spki = a->csr.spki;
        }
    } else if (tagged->kind == REQUEST_CRM) {
        a->readable = crmf_parse(buf_peek(&tagged->der), &a->crmf, NULL, NULL);
        if (a->readable) {
            a->subject_der = a->crmf.subject_der;
            a->spki = a->crmf.spki;
        }
    }
}

void message_read(struct message *m, struct bytes body)
{
    memset(m, 0, sizeof *m);
    pkidata_init(&m->pd);
    m->is_cms = body.len > 0 && signeddata_parse(first_element(body), &m->sd, NULL);
    if (!m->is_cms || !m->sd.has_content) {
        return;
    }
    m->is_pkidata = pkidata_decode(buf_peek(&m->sd.content), &m->pd, NULL);
    if (!m->is_pkidata) {
        return;
    }
    m->n = m->pd.n_requests;
    m->asked = xcalloc(m->n ? m->n : 1, sizeof *m->asked);
    for (size_t i = 0; i < m->n; i++) {
        read_asked(&m->asked[i], &m->pd.requests[i]);
    }
}

void message_release(struct message *m)
{
    for (size_t i = 0; i < m->n; i++) {
        if (m->asked[i].readable && m->asked[i].tagged->kind == REQUEST_TCR) {
            csr_release(&m->asked[i].csr);
        } else if (m->asked[i].readable) {
            crmf_release(&m->asked[i].crmf);
        }
    }
    free(m->asked);
    pkidata_release(&m->pd);
    if (m->is_cms) {
        signeddata_release(&m->sd);
    }
    memset(m, 0, sizeof *m);
}

struct bytes message_control(const struct message *m, const char *oid, uint32_t *id)
{
    struct bytes value = BYTES_NONE;
    for (size_t i = 0; i < m->pd.n_controls; i++) {
        if (strcmp(m->pd.controls[i].oid, oid) == 0) {
            value = buf_peek(&m->pd.controls[i].value);
            if (id) {
                *id = m->pd.controls[i].bodypart_id;
            }
        }
    }
    return value;
}

struct bytes message_octets(const struct message *m, const char *oid)
{
    struct bytes value = message_control(m, oid, NULL);
    struct bytes octets = BYTES_NONE;
    return value.len && control_octets_decode(value, &octets, NULL) ? octets : BYTES_NONE;
}

struct bytes message_identification(const struct message *m)
{
    struct bytes value = message_control(m, OID_CMC_IDENTIFICATION, NULL);
    struct bytes raw = BYTES_NONE;
    return value.len && control_text_decode(value, &raw, NULL) ? raw : BYTES_NONE;
}

bool asked_has_pop(const struct asked *a)
{
    return a->tagged->kind == REQUEST_TCR || a->crmf.pop != CRMF_POP_NONE;
}

bool asked_pop_ok(const struct asked *a)
{
    if (!a->readable) {
        return false;
    }
    return a->tagged->kind == REQUEST_TCR ? a->csr.signature_ok : crmf_verify_pop(&a->crmf, NULL);
}

bool refuse(struct refusal *r, int fail_info, const char *fmt, ...)
{
    if (r->set) {
        return false;
    }
    r->set = true;
    r->fail_info = fail_info;
    if (fmt) {
        va_list ap;
        va_start(ap, fmt);
        r->text = xvasprintf(fmt, ap);
        va_end(ap);
    }
    return false;
}

void refusal_release(struct refusal *r)
{
    free(r->text);
    memset(r, 0, sizeof *r);
}
