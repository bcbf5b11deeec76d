/* SPDX-License-Identifier: Apache-2.0 */
/* A key pair and its CRMF request, with proof of possession and archival as asked for. */
#include "config.h"

#include "flow/engine.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/when.h"
#include "nss/crypt.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

/* The signature is the last thing in the message: one octet changed makes it wrong, and nothing else. */
static bool break_proof(struct buf *der)
{
    der->data[der->len - 1] ^= 0x01;
    return true;
}

static bool build(struct engine *e, const struct engine_crmf *how, struct key *key, struct buf *der, struct err *err)
{
    struct buf archive = BUF_INIT(BUF_MAX_TEXT), msg = BUF_INIT(BUF_MAX_TEXT);
    bool ok = !how->transport || archive_build(e->db, key, how->transport, how->wrap, how->oaep, &archive, err);
    struct crmf_spec spec = {.req_id = 1,
                             .subject_der = how->subject_der,
                             .archive_options = buf_peek(&archive),
                             .ski = how->ski,
                             .sign_pop = how->pop,
                             .hash = HASH_SHA256};
    ok = ok && crmf_build(key, &spec, &msg, err) && (!how->break_pop || !how->pop || break_proof(&msg)) &&
         crmf_wrap(buf_peek(&msg), der, err);
    buf_release(&archive);
    buf_release(&msg);
    return ok;
}

bool engine_crmf(struct engine *e, const struct engine_crmf *how, struct buf *der, struct key **key, struct err *err)
{
    struct key_spec spec = {.type = how->ec ? KEY_EC : KEY_RSA,
                            .bits = how->ec ? 0 : how->bits,
                            .curve = how->ec ? how->curve : NULL,
                            .temporary = how->temporary,
                            .insensitive = how->insensitive,
                            .extractable = how->extractable || how->transport,
                            .derive = how->derive,
                            .agrees = how->ec && how->transport, /* only what can be decrypted is worth archiving */
                            .wrap_ops = !how->ec};
    *key = NULL;
    if (how->transport && !archive_transport_check(how->transport, e->at ? e->at : when_now(), err)) {
        return false;
    }
    if (how->transport && !crypt_token_wraps(e->db, how->token, spec.type, how->wrap)) {
        return err_fail(err, ERR_FLOW_TOKEN_WRAP, "%s: %s", how->token && *how->token ? how->token : "internal",
                        wrap_alg_name(how->wrap));
    }
    *key = key_generate(e->db, how->token, &spec, err);
    if (!*key) {
        return false;
    }
    if (!build(e, how, *key, der, err)) {
        bool removed = key_delete(e->db, *key, NULL);
        (void)removed;
        *key = NULL;
        return false;
    }
    return true;
}

bool engine_crmf_is_stuck(struct bytes content)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct crmf_msg msg;
    struct err ignored = ERR_INIT;
    enum key_type type = KEY_OTHER;
    int bits = 0;
    const char *curve = NULL;
    bool stuck = false;
    if (pem_decode(content, &der, NULL, &ignored) && crmf_parse(buf_peek(&der), &msg, NULL, &ignored)) {
        stuck = msg.pop == CRMF_POP_NONE && spki_describe(msg.spki, &type, &bits, &curve) && type == KEY_EC;
        crmf_release(&msg);
    }
    err_release(&ignored);
    buf_release(&der);
    return stuck;
}
