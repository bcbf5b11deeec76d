/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each CMC status means to a batch: whether the request is over, or stays in doubt, so that the next run asks the CA before it
 * sends again.
 */
#include "unit/flow/issuer.h"

#include "cmc/oids.h"
#include "flow/batch_internal.h"
#include "flow/engine.h"

#define KEY_HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct row {
    int status, fail; /* -1: left out */
    const char *text; /* of the status; NULL: none */
    enum batch_state state;
    enum err_code code;
    bool doubt; /* in the journal afterwards */
};

/* Before the CA answers the request is noted as sent. */
static struct batch_item *sent_item(struct batch *b)
{
    struct batch_item *item = xcalloc(1, sizeof *item);
    struct err err = ERR_INIT;
    item->name = "one.csr";
    item->output = xstrdup("/nowhere/one.pem"); /* nothing of this is ever written */
    snprintf(item->key, sizeof item->key, "%s", KEY_HEX);
    buf_init(&item->spki, BUF_MAX_TEXT);
    ok_or_report(batch_journal_sending(&b->journal, item->key, item->name, &err), &err);
    return item;
}

static void expect_row(const struct issuer *ca, struct batch *b, const struct row *row)
{
    struct response_body body;
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE);
    struct err err = ERR_INIT;
    response_body_init(&body);
    if (row->status >= 0) {
        ok_or_report(response_body_status(&body, row->status, 1, row->fail, row->text, &err), &err);
    } else { /* a message about something else */
        ok_or_report(response_body_add_octets(&body, OID_CMC_DATA_RETURN, bytes_of_str("x"), &err), &err);
    }
    issuer_sign(ca, &body, &text);
    struct http_answer answer = issuer_answer(200, "application/pkcs7-mime", "", buf_peek(&text));
    struct batch_item *item = sent_item(b);
    batch_item_answer(b, item, &answer);
    assert_int_equal(item->state, row->state);
    assert_int_equal(item->err.code, row->code);
    assert_int_equal(batch_journal_doubts(&b->journal, KEY_HEX), row->doubt);
    batch_item_free(item);
    issuer_answer_release(&answer);
    buf_release(&text);
    response_body_release(&body);
}

static void test_statuses(void **state)
{
    const struct issuer *ca = *state;
    static const struct row rows[] = {
        {CMC_STATUS_FAILED, CMC_FAIL_BAD_REQUEST, NULL, BATCH_FAILED, ERR_CA_BAD_REQUEST, false},
        {CMC_STATUS_FAILED, -1, NULL, BATCH_FAILED, ERR_CA_FAILED, false},
        {CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR, "Request Deferred - {0}", BATCH_DOUBT, ERR_CA_DEFERRED, true},
        {CMC_STATUS_PENDING, -1, NULL, BATCH_DOUBT, ERR_CA_PENDING, true},
        {CMC_STATUS_NO_SUPPORT, -1, NULL, BATCH_FAILED, ERR_CA_NO_SUPPORT, false},
        {CMC_STATUS_CONFIRM_REQUIRED, -1, NULL, BATCH_DOUBT, ERR_CA_CONFIRM_REQUIRED, true}, /* its certificate is not here */
        {CMC_STATUS_POP_REQUIRED, CMC_FAIL_POP_REQUIRED, NULL, BATCH_FAILED, ERR_CA_POP_REQUIRED, false},
        {CMC_STATUS_PARTIAL, -1, NULL, BATCH_DOUBT, ERR_CA_PARTIAL, true},
        {1, -1, NULL, BATCH_DOUBT, ERR_CA_UNKNOWN_STATUS, true}, /* RFC 5272 reserves it */
        {99, -1, NULL, BATCH_DOUBT, ERR_CA_UNKNOWN_STATUS, true},
        {-1, -1, NULL, BATCH_DOUBT, ERR_CA_NO_STATUS, true},
    };
    struct engine engine;
    struct err err = ERR_INIT;
    const struct batch_options options = {.out_dir = ca->folder, .jobs = 1};
    engine_init(&engine, NULL);
    engine.at = RECORDED_TIME;
    struct batch b = {.e = &engine, .options = &options, .anchors = CERT_LIST_INIT};
    cert_list_push(&b.anchors, ca->ca);
    ok_or_report(batch_journal_open(&b.journal, ca->folder, &err), &err);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        print_message("status %d, failInfo %d\n", rows[i].status, rows[i].fail);
        expect_row(ca, &b, &rows[i]);
    }
    ok_or_report(batch_journal_close(&b.journal, true, &err), &err);
    cert_list_release(&b.anchors);
    engine_release(&engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_statuses)};
    return cmocka_run_group_tests(tests, issuer_setup, issuer_teardown);
}
