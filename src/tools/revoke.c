/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tools/revoke.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/when.h"
#include "cmc/control_cert.h"
#include "cmc/request.h"
#include "flow/engine.h"
#include "flow/serial.h"
#include "nss/certdb.h"
#include "nss/dn.h"
#include "nss/key.h"

bool revoke_reason_parse(const char *text, int *reason)
{
    char *end = NULL;
    long number = strtol(text, &end, 10);
    if (*text && !*end) {
        *reason = (int)number;
        return number >= 0 && number <= 10 && number != 7;
    }
    return revoke_reason_by_name(text, reason);
}

void revoke_warn(const char *tool, const char *reason)
{
    int code = -1;
    if (reason && revoke_reason_parse(reason, &code) && code == REVOKE_REMOVE_FROM_CRL) {
        fprintf(stderr,
                _("%s: warning: removeFromCRL releases no hold: the CA answers success, but a certificate on hold stays "
                  "there, and a valid one is revoked. An agent of the CA releases a hold.\n"),
                tool);
    }
}

/* Certificate, key and chain of the signer. */
static bool load_signer(struct engine *e, const struct revoke_options *o, struct cert **cert, struct key **key,
                        struct cert_list *chain, struct err *err)
{
    *cert = certdb_find(e->db, o->token, o->nickname, err);
    *key = *cert ? key_of_cert(e->db, *cert, err) : NULL;
    return *key && engine_chain(e, *cert, chain, err);
}

bool revoke_build(struct engine *e, const struct revoke_options *o, struct buf *der, struct err *err)
{
    struct buf issuer = BUF_INIT(65536), serial = BUF_INIT(256);
    struct cert_list chain = CERT_LIST_INIT;
    struct cmc_request_result result = {0};
    struct cert *signer = NULL;
    struct key *key = NULL;
    struct cmc_request_spec spec = {
        .db = e->db, .hash = HASH_SHA256, .dogtag_nonce = o->dogtag_nonce, .sender_nonce = {.enable = true}};
    spec.revoke.enable = true;
    bool ok = (revoke_reason_parse(o->reason, &spec.revoke.reason) || err_fail(err, ERR_CMC_NO_SUCH_REASON, "%s", o->reason)) &&
              serial_parse(o->serial, &serial, err) && (!o->issuer || dn_encode(o->issuer, &issuer, err)) &&
              (!o->nickname || load_signer(e, o, &signer, &key, &chain, err));
    spec.signer_kind = o->nickname ? CMC_SIGNER_CERT : CMC_SIGNER_NONE;
    spec.signer_cert = signer;
    spec.signer_key = key;
    spec.signer_chain = &chain;
    spec.revoke.issuer_der = buf_peek(&issuer);
    spec.revoke.serial = buf_peek(&serial);
    spec.revoke.comment = o->comment;
    spec.revoke.has_invalidity = o->invalidity != NULL;
    ok = ok && (!o->invalidity || when_parse_day(o->invalidity, &spec.revoke.invalidity) ||
                err_fail(err, ERR_CFG_CHOICE, "%s", o->invalidity));
    spec.revoke.passphrase = o->passphrase;
    if (ok) {
        ok = cmc_request_build(&spec, der, &result, err);
        cmc_request_result_release(&result);
    }
    cert_free(signer);
    key_free(key);
    cert_list_release(&chain);
    buf_release(&issuer);
    buf_release(&serial);
    return ok;
}
