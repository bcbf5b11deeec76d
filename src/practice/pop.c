/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cmc/control_pop.h"
#include "cmc/oids.h"
#include "cmc/status.h"
#include "nss/crypt.h"
#include "practice/audit.h"
#include "practice/cmc_run.h"
#include "practice/store.h"

#define POP_FAILED "Proof-of-Possession Verification Failed"

size_t pop_id_octets(int64_t id, uint8_t out[9])
{
    uint8_t all[9];
    for (int i = 0; i < 9; i++) {
        all[8 - i] = i < 8 ? (uint8_t)((uint64_t)id >> (8 * i)) : 0;
    }
    size_t skip = 0;
    while (skip < 8 && all[skip] == 0 && all[skip + 1] < 0x80) {
        skip++;
    }
    memcpy(out, all + skip, 9 - skip);
    return 9 - skip;
}

bool pop_id_number(struct bytes octets, int64_t *id)
{
    if (octets.len == 0 || octets.len > 8 || octets.data[0] >= 0x80) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < octets.len; i++) {
        value = value << 8 | octets.data[i];
    }
    *id = (int64_t)value;
    return true;
}

bool pop_seal_challenge(struct practice_ca *ca, struct bytes challenge, struct buf *sealed, struct err *err)
{
    return crypt_rsa_encrypt(cert_spki(ca->protection), RSA_PKCS1, challenge, sealed, err);
}

static bool open_challenge(struct practice_ca *ca, struct bytes sealed, struct buf *challenge)
{
    return crypt_rsa_decrypt(ca->protection_key, RSA_PKCS1, sealed, challenge, NULL);
}

bool pop_challenge(struct cmc_run *run, const struct asked *asked, struct err *err)
{
    enum key_type type = KEY_OTHER;
    int bits = 0;
    const char *curve = NULL;
    if (!spki_describe(asked->spki, &type, &bits, &curve) || type != KEY_RSA) {
        /* The server encrypts with RSA, whatever the key is, and breaks down. */
        return refuse(&run->refusal, CMC_FAIL_INTERNAL_CA_ERROR, "Server Internal Error");
    }
    struct buf challenge = {.max = POP_CHALLENGE_LEN, .secret = true};
    struct buf sealed = BUF_INIT(BUF_MAX_TEXT);
    struct buf control = BUF_INIT(BUF_MAX_MESSAGE);
    uint8_t id[9];
    size_t id_len = pop_id_octets(run->request_id, id);
    bool ok = encrypted_pop_make(run->ca->db, buf_peek(&asked->tagged->tlv), asked->spki, run->ca->conf.use_oaep, &challenge,
                                 &control, err) &&
              pop_seal_challenge(run->ca, buf_peek(&challenge), &sealed, err) &&
              store_request_set_pop(run->ca->store, run->request_id, buf_peek(&asked->tagged->tlv), buf_peek(&sealed), err) &&
              response_body_add(&run->body, OID_CMC_ENCRYPTED_POP, buf_peek(&control), err) &&
              response_body_status(&run->body, CMC_STATUS_POP_REQUIRED, asked->tagged->bodypart_id, CMC_FAIL_POP_REQUIRED, NULL,
                                   err) &&
              response_body_add_octets(&run->body, OID_CMC_RESPONSE_INFO, BYTES(id, id_len), err);
    buf_release(&challenge);
    buf_release(&sealed);
    buf_release(&control);
    return ok;
}

static bool proof_holds(struct cmc_run *run, const struct request_row *row)
{
    struct decrypted_pop pop;
    struct buf challenge = {.max = BUF_MAX_TEXT, .secret = true};
    struct buf expected = BUF_INIT(HASH_MAX);
    struct bytes value = message_control(&run->m, OID_CMC_DECRYPTED_POP, NULL);
    bool ok = decrypted_pop_decode(value, &pop, NULL) && row->challenge.len > 0 &&
              open_challenge(run->ca, buf_peek(&row->challenge), &challenge) &&
              decrypted_pop_proof(buf_peek(&challenge), buf_peek(&row->tagged), &expected, NULL) &&
              bytes_equal_ct(pop.pop, buf_peek(&expected));
    buf_release(&challenge);
    buf_release(&expected);
    return ok;
}

bool pop_second_trip(struct cmc_run *run, struct tagged_request *stored)
{
    struct bytes reg_info = message_octets(&run->m, OID_CMC_REG_INFO);
    struct request_row row;
    bool found = false;
    if (reg_info.len == 0) {
        return refuse(&run->refusal, CMC_FAIL_POP_FAILED, POP_FAILED ":missing regInfo");
    }
    if (!pop_id_number(reg_info, &run->request_id) ||
        !store_request_find(run->ca->store, run->request_id, &row, &found, NULL) || !found) {
        run->request_id = 0;
        return refuse(&run->refusal, CMC_FAIL_INTERNAL_CA_ERROR, "Server Internal Error");
    }
    bool holds = proof_holds(run, &row);
    audit_event(run->ca, run->request->at, "PROOF_OF_POSSESSION", run->token.uid, holds, "[Info=%s]", "decryptedPOP");
    bool ok = holds ? tagged_request_parse(buf_peek(&row.tagged), stored, NULL)
                    : refuse(&run->refusal, CMC_FAIL_POP_FAILED, POP_FAILED ":DecryptedPOP failed to verify");
    request_row_release(&row);
    return ok || refuse(&run->refusal, CMC_FAIL_INTERNAL_CA_ERROR, "Server Internal Error");
}
