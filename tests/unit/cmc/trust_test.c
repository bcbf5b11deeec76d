/* SPDX-License-Identifier: Apache-2.0 */
/* Each reason to distrust an answer: a good answer passes, and the same answer with that one thing wrong does not. */
#include "config.h"

#include "base/file.h"
#include "nss/certdb.h"
#include "nss/der.h"
#include "fixture.h"

#include "cmc/control_plain.h"
#include "cmc/oids.h"
#include "cmc/response_build.h"
#include "cmc/trust.h"

#define NONCE "0123456789abcdef"
#define TRANSACTION "\x01\x02\x03"

/* An answer in the making; start from answer_good() and spoil it. */
struct answer {
    int status, fail_info;
    bool v1; /* statusInfo (id-cmc 1) instead of statusInfoV2 */
    struct key *signing_key;
    const struct cert *signer;
    const struct cert *issued, *extra; /* may be NULL */
    const char *nonce, *transaction;   /* may be NULL */
};

struct world {
    struct fixture *f;
    struct key *key; /* the requested one */
    struct buf spki;
    struct cert *issued;
    struct bytes expected;
};

static struct world world_open(struct fixture *f)
{
    struct world w = {.f = f, .key = f->ec_key};
    fixture_spki(w.key, &w.spki);
    w.expected = buf_peek(&w.spki);
    w.issued = fixture_cert(w.key, "CN=user,O=Example", f->ca_key, f->ca, 0);
    return w;
}

static void world_close(struct world *w)
{
    cert_free(w->issued);
    buf_release(&w->spki);
}

static struct answer answer_good(const struct world *w)
{
    return (struct answer){.fail_info = -1,
                           .signing_key = w->f->ca_key,
                           .signer = w->f->ca,
                           .issued = w->issued,
                           .nonce = NONCE,
                           .transaction = TRANSACTION};
}

static struct answer answer_failure(const struct world *w)
{
    struct answer a = answer_good(w);
    a.status = CMC_STATUS_FAILED;
    a.fail_info = CMC_FAIL_BAD_REQUEST;
    a.issued = NULL;
    a.nonce = a.transaction = NULL;
    return a;
}

static void answer_build(const struct answer *a, const struct world *w, struct buf *der)
{
    struct response_body body;
    struct cert_list certs = CERT_LIST_INIT;
    response_body_init(&body);
    struct body_part part = {.n = 1, .id = {a->status ? 0 : 1}};
    struct cmc_status status = {.version = a->v1 ? 1 : 2, .status = a->status, .body = &part, .n_body = 1,
                                .has_fail_info = a->fail_info >= 0, .fail_info = a->fail_info};
    assert_true(response_body_add_status(&body, &status, NULL));
    if (a->transaction) {
        assert_true(response_body_add_transaction(&body, bytes_of_str(a->transaction), NULL));
    }
    if (a->nonce) {
        assert_true(response_body_add_octets(&body, OID_CMC_RECIPIENT_NONCE, bytes_of_str(a->nonce), NULL));
    }
    cert_list_push(&certs, w->f->root);
    cert_list_push(&certs, w->f->ca);
    if (a->issued) {
        cert_list_push(&certs, a->issued);
    }
    if (a->extra) {
        cert_list_push(&certs, a->extra);
    }
    buf_init(der, BUF_MAX_MESSAGE);
    assert_true(response_build(&body, a->signing_key, a->signer, &certs, HASH_SHA256, der, NULL));
    cert_list_release(&certs);
    response_body_release(&body);
}

static struct cmc_expect expect(const struct world *w)
{
    return (struct cmc_expect){
        .spki = &w->expected,
        .n_spki = 1,
        .transaction_id = bytes_of_str(TRANSACTION),
        .sender_nonce = bytes_of_str(NONCE),
        .anchors = &w->f->anchors,
        .at = FIXTURE_NOW,
    };
}

static void judge_der(struct bytes der, const struct cmc_expect *e, enum err_code code)
{
    struct cmc_response r;
    struct cert_list issued = CERT_LIST_INIT;
    struct err err = ERR_INIT;
    assert_true(cmc_response_parse(der, &r, NULL));
    bool ok = cmc_response_trust(&r, e, &issued, &err);
    if (ok != (code == ERR_NONE)) {
        fail_msg("%s, expected %s: %s", ok ? "trusted" : err_id(err.code), err_id(code), err_what(err.code));
    }
    assert_string_equal(err_id(err.code), err_id(code));
    assert_int_equal(issued.n, ok && r.outcome == CMC_SUCCESS ? e->n_spki : 0);
    if (!ok) {
        assert_int_equal(err_exit(err.code), EXIT_UNTRUSTED);
    }
    err_release(&err);
    cert_list_release(&issued);
    cmc_response_release(&r);
}

static void judge(const struct answer *a, const struct world *w, const struct cmc_expect *e, enum err_code code)
{
    struct buf der;
    answer_build(a, w, &der);
    judge_der(buf_peek(&der), e, code);
    buf_release(&der);
}

static void test_good(void **state)
{
    struct world w = world_open(*state);
    struct answer a = answer_good(&w);
    struct cmc_expect e = expect(&w);
    judge(&a, &w, &e, ERR_NONE);
    a.signer = w.f->root; /* a CA above the issuer */
    a.signing_key = w.f->root_key;
    judge(&a, &w, &e, ERR_NONE);
    struct cert_list pinned = CERT_LIST_INIT; /* the issuing CA itself may be the anchor */
    cert_list_push(&pinned, w.f->ca);
    e.anchors = &pinned;
    a = answer_good(&w);
    judge(&a, &w, &e, ERR_NONE);
    a = answer_failure(&w);
    judge(&a, &w, &e, ERR_NONE);
    cert_list_release(&pinned);
    world_close(&w);
}

static void test_failure(void **state)
{
    struct world w = world_open(*state);
    struct answer a = answer_failure(&w);
    struct cmc_expect e = expect(&w);
    judge(&a, &w, &e, ERR_NONE); /* no nonces, as real servers answer */
    a.nonce = "fedcba9876543210";
    judge(&a, &w, &e, ERR_TRUST_NONCE);
    a.nonce = NONCE;
    a.transaction = "\x05";
    judge(&a, &w, &e, ERR_TRUST_TRANSACTION);
    a.transaction = TRANSACTION;
    judge(&a, &w, &e, ERR_NONE);
    a.signer = w.f->agent; /* an end entity of that CA */
    a.signing_key = w.f->user_key;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_NOT_CA);
    world_close(&w);
}

static void test_signature(void **state)
{
    struct world w = world_open(*state);
    struct answer a = answer_good(&w);
    struct cmc_expect e = expect(&w);
    struct buf der;
    answer_build(&a, &w, &der);
    der.data[der.len - 5] ^= 1; /* in the signature */
    judge_der(buf_peek(&der), &e, ERR_TRUST_SIGNATURE);
    buf_release(&der);
    answer_build(&a, &w, &der);
    for (size_t i = 0; i + sizeof(NONCE) < der.len; i++) { /* in the content */
        if (memcmp(der.data + i, NONCE, sizeof(NONCE) - 1) == 0) {
            der.data[i] ^= 1;
        }
    }
    judge_der(buf_peek(&der), &e, ERR_TRUST_SIGNATURE);
    buf_release(&der);
    a.signing_key = w.f->user_key; /* somebody else's key under the CA's name */
    judge(&a, &w, &e, ERR_TRUST_SIGNATURE);
    world_close(&w);
}

static void test_forged_ca(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct answer a = answer_good(&w);
    struct key *evil = fixture_key(w.f, KEY_EC);
    /* the CA's name on a CA certificate of one's own, and a certificate for the right key under it */
    struct cert *ca = fixture_cert(evil, "CN=Test CA,O=Example", evil, NULL, FIXTURE_CA);
    struct cert *issued = fixture_cert(w.key, "CN=user,O=Example", evil, ca, 0);
    a.signing_key = evil;
    a.signer = ca;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_UNRELATED); /* good certificate, foreign signer */
    a.issued = issued;
    judge(&a, &w, &e, ERR_TRUST_ISSUED_CHAIN); /* all of it forged */
    a = answer_failure(&w);
    a.signing_key = evil;
    a.signer = ca;
    judge(&a, &w, &e, ERR_TRUST_CHAIN);
    /* claims to be issued by the real root, but was not */
    struct cert *claims = fixture_cert(evil, "CN=Test CA,O=Example", evil, w.f->root, FIXTURE_CA);
    a.signer = claims;
    judge(&a, &w, &e, ERR_TRUST_CHAIN);
    cert_free(claims);
    cert_free(ca);
    cert_free(issued);
    key_free(evil);
    world_close(&w);
}

static void test_signer_not_ca(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct answer a = answer_good(&w);
    a.signing_key = w.f->user_key;
    a.signer = w.f->agent;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_NOT_CA);
    /* a CA certificate whose key may not sign certificates does not speak for the CA either */
    struct cert *weak = fixture_cert(w.f->user_key, "CN=Weak CA,O=Example", w.f->root_key, w.f->root,
                                     FIXTURE_CA | FIXTURE_NO_CERT_SIGN);
    a.signer = weak;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_NOT_CA);
    cert_free(weak);
    world_close(&w);
}

static void test_delegate(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct answer a = answer_good(&w);
    struct cert *good = fixture_cert(w.f->user_key, "CN=CMC responder,O=Example", w.f->ca_key, w.f->ca, FIXTURE_CMC_CA);
    struct cert *of_root =
        fixture_cert(w.f->user_key, "CN=CMC responder,O=Example", w.f->root_key, w.f->root, FIXTURE_CMC_CA);
    struct cert *made_up =
        fixture_cert(w.f->user_key, "CN=CMC responder,O=Example", w.f->user_key, w.f->ca, FIXTURE_CMC_CA);
    struct cert *own = fixture_cert(w.f->user_key, "CN=CMC responder,O=Example", w.f->user_key, NULL, FIXTURE_CMC_CA);
    struct cert *old = fixture_cert(w.f->user_key, "CN=CMC responder,O=Example", w.f->ca_key, w.f->ca,
                                    FIXTURE_CMC_CA | FIXTURE_EXPIRED);
    a.signing_key = w.f->user_key;
    a.signer = good;
    judge(&a, &w, &e, ERR_NONE);
    a.signer = of_root; /* delegate of another CA than the issuer */
    judge(&a, &w, &e, ERR_TRUST_SIGNER_UNRELATED);
    a.signer = made_up;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_UNRELATED);
    a.signer = own;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_UNRELATED);
    a.signer = old;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_TIME);
    a = answer_failure(&w);
    a.signing_key = w.f->user_key;
    a.signer = good;
    judge(&a, &w, &e, ERR_NONE);
    a.signer = made_up;
    judge(&a, &w, &e, ERR_TRUST_CHAIN);
    a.signer = own;
    judge(&a, &w, &e, ERR_TRUST_CHAIN);
    cert_free(good);
    cert_free(of_root);
    cert_free(made_up);
    cert_free(own);
    cert_free(old);
    world_close(&w);
}

static void test_tls_server(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct answer a = answer_good(&w);
    /* even with the delegate's purpose the server's own certificate is refused */
    struct cert *server =
        fixture_cert(w.f->user_key, "CN=localhost", w.f->ca_key, w.f->ca, FIXTURE_SERVER | FIXTURE_CMC_CA);
    a.signing_key = w.f->user_key;
    a.signer = server;
    judge(&a, &w, &e, ERR_NONE);
    e.tls_server = server;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_IS_TLS);
    cert_free(server);
    world_close(&w);
}

static void test_unrelated_ca(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct answer a = answer_good(&w);
    struct cert *sister = fixture_cert(w.f->user_key, "CN=Sister CA,O=Example", w.f->root_key, w.f->root, FIXTURE_CA);
    a.signing_key = w.f->user_key; /* trusted, but not in the chain of the issued certificate */
    a.signer = sister;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_UNRELATED);
    cert_free(sister);
    world_close(&w);
}

/* With pinned anchors the database has no say: a CA that it trusts, but that was not confirmed, is not believed. */
static void test_pinned(void **state)
{
    struct world w = world_open(*state);
    struct answer a = answer_good(&w);
    struct cmc_expect e = expect(&w);
    struct cert *other = fixture_cert(w.f->user_key, "CN=Other Root,O=Example", w.f->user_key, NULL, FIXTURE_CA);
    struct cert_list pinned = CERT_LIST_INIT;
    cert_list_push(&pinned, other);
    assert_true(certdb_import(w.f->db, NULL, w.f->root, "root", "CT,C,C", NULL));
    e.db = w.f->db;
    e.anchors = NULL;
    judge(&a, &w, &e, ERR_NONE);
    e.anchors = &pinned;
    judge(&a, &w, &e, ERR_TRUST_ISSUED_CHAIN);
    a = answer_failure(&w);
    judge(&a, &w, &e, ERR_TRUST_CHAIN);
    cert_list_release(&pinned);
    cert_free(other);
    world_close(&w);
}

static void test_time(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct answer a = answer_good(&w);
    struct cert *old =
        fixture_cert(w.f->ca_key, "CN=Test CA,O=Example", w.f->root_key, w.f->root, FIXTURE_CA | FIXTURE_EXPIRED);
    a.signer = old;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_TIME);
    a = answer_failure(&w);
    a.signer = old;
    judge(&a, &w, &e, ERR_TRUST_SIGNER_TIME);
    a = answer_good(&w);
    e.at = FIXTURE_NOW + 2 * FIXTURE_YEAR; /* the clock decides, and it is an argument */
    judge(&a, &w, &e, ERR_TRUST_SIGNER_TIME);
    cert_free(old);
    world_close(&w);
}

static void test_issued(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct answer a = answer_good(&w);
    a.issued = w.f->agent; /* a certificate for another key */
    judge(&a, &w, &e, ERR_TRUST_ISSUED_MISSING);
    a.issued = NULL;
    judge(&a, &w, &e, ERR_TRUST_ISSUED_MISSING);
    struct cert *old = fixture_cert(w.key, "CN=user,O=Example", w.f->ca_key, w.f->ca, FIXTURE_EXPIRED);
    a.issued = old;
    judge(&a, &w, &e, ERR_TRUST_ISSUED_CHAIN);
    struct cert *own = fixture_cert(w.key, "CN=user,O=Example", w.key, NULL, 0);
    a.issued = own;
    judge(&a, &w, &e, ERR_TRUST_ISSUED_CHAIN);
    cert_free(own);
    cert_free(old);
    e.anchors = &(struct cert_list)CERT_LIST_INIT; /* nothing is trusted */
    a = answer_good(&w);
    judge(&a, &w, &e, ERR_TRUST_ISSUED_CHAIN);
    world_close(&w);
}

/* No key is expected: the CA's signature covers the answer's content, and not a certificate that somebody lays beside it. */
static void test_stranger(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct answer a = answer_good(&w);
    struct cert *own = fixture_cert(w.f->user_key, "CN=user,O=Example", w.f->user_key, NULL, 0);
    struct cert *ca = fixture_cert(w.f->user_key, "CN=Test CA,O=Example", w.f->user_key, NULL, FIXTURE_CA);
    struct cert *of_it = fixture_cert(w.key, "CN=user,O=Example", w.f->user_key, ca, 0);
    const struct cert *const strangers[] = {own, ca, of_it};
    e.n_spki = 0;
    judge(&a, &w, &e, ERR_NONE);
    for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
        a = answer_good(&w);
        a.extra = strangers[i];
        judge(&a, &w, &e, ERR_TRUST_ISSUED_CHAIN);
        a.issued = strangers[i];
        a.extra = NULL;
        judge(&a, &w, &e, ERR_TRUST_ISSUED_CHAIN);
    }
    struct cert_list pinned = CERT_LIST_INIT; /* the root in the answer is above what is trusted: no stranger */
    cert_list_push(&pinned, w.f->ca);
    e.anchors = &pinned;
    a = answer_good(&w);
    judge(&a, &w, &e, ERR_NONE);
    a.extra = own;
    judge(&a, &w, &e, ERR_TRUST_ISSUED_CHAIN);
    a = answer_failure(&w);
    a.extra = own; /* of a refusal nothing is used */
    judge(&a, &w, &e, ERR_NONE);
    cert_list_release(&pinned);
    cert_free(of_it);
    cert_free(ca);
    cert_free(own);
    world_close(&w);
}

static void test_replay(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct answer a = answer_good(&w);
    a.nonce = "fedcba9876543210";
    judge(&a, &w, &e, ERR_TRUST_NONCE);
    a.nonce = NULL;
    judge(&a, &w, &e, ERR_TRUST_NONCE);
    a = answer_good(&w);
    a.transaction = "\x09";
    judge(&a, &w, &e, ERR_TRUST_TRANSACTION);
    a.transaction = NULL;
    judge(&a, &w, &e, ERR_TRUST_TRANSACTION);
    e.sender_nonce = e.transaction_id = BYTES_NONE; /* none sent */
    a.nonce = NULL;
    judge(&a, &w, &e, ERR_NONE);
    world_close(&w);
}

static void test_simple(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct cert_list certs = CERT_LIST_INIT;
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    cert_list_push(&certs, w.f->ca);
    assert_true(signeddata_certs_only(&certs, &der, NULL));
    judge_der(buf_peek(&der), &e, ERR_TRUST_ISSUED_MISSING);
    buf_clear(&der);
    cert_list_push(&certs, w.issued);
    assert_true(signeddata_certs_only(&certs, &der, NULL));
    judge_der(buf_peek(&der), &e, ERR_NONE);
    e.n_spki = 0; /* getCert: what came leads to trust */
    judge_der(buf_peek(&der), &e, ERR_NONE);
    struct cert *own = fixture_cert(w.key, "CN=user,O=Example", w.key, NULL, 0);
    cert_list_push(&certs, own);
    buf_clear(&der);
    assert_true(signeddata_certs_only(&certs, &der, NULL));
    judge_der(buf_peek(&der), &e, ERR_TRUST_UNSIGNED);
    cert_free(own);
    cert_list_release(&certs);
    buf_release(&der);
    world_close(&w);
}

/* SignedData { PKIResponse } with an empty SET of signers, or without the signer's certificate: made from a good one.
 */
static void test_no_signer(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    struct answer a = answer_good(&w);
    struct cmc_response r;
    struct buf der;
    struct err err = ERR_INIT;
    answer_build(&a, &w, &der);
    assert_true(cmc_response_parse(buf_peek(&der), &r, NULL));
    size_t n = r.sd.n_signers;
    r.sd.n_signers = 0;
    assert_false(cmc_response_trust(&r, &e, NULL, &err));
    unit_expect_err(&err, ERR_TRUST_UNSIGNED);
    r.sd.n_signers = n;
    for (size_t i = 0; i < r.sd.certs.n; i++) { /* take the CA's certificate out */
        if (cert_equal(r.sd.certs.v[i], w.f->ca)) {
            cert_free(r.sd.certs.v[i]);
            r.sd.certs.v[i] = r.sd.certs.v[--r.sd.certs.n];
        }
    }
    assert_false(cmc_response_trust(&r, &e, NULL, &err));
    unit_expect_err(&err, ERR_TRUST_NO_SIGNER_CERT);
    struct cert_list pinned = CERT_LIST_INIT; /* known beforehand: good enough */
    cert_list_push(&pinned, w.f->ca);
    e.anchors = &pinned;
    assert_true(cmc_response_trust(&r, &e, NULL, &err));
    cert_list_release(&pinned);
    cmc_response_release(&r);
    buf_release(&der);
    world_close(&w);
}

/* Recorded answers of a real CA, at their own time, with its CA certificate as the anchor. */
static void test_recorded(void **state)
{
    static const char *const good[] = {"agent-pkcs10-rsa", "agent-pkcs10-ec", "sst-pkcs10-rsa", "agent-crmf-rsa"};
    struct fixture *f = *state;
    struct buf pem;
    struct cert_list anchors = CERT_LIST_INIT;
    (void)f;
    fixture_vector("ca/agent-pkcs10-rsa/response.der", &pem);
    struct cmc_response first;
    assert_true(cmc_response_parse(buf_peek(&pem), &first, NULL));
    for (size_t i = 0; i < first.sd.certs.n; i++) {
        if (cert_is_ca(first.sd.certs.v[i])) {
            cert_list_push(&anchors, first.sd.certs.v[i]);
        }
    }
    cmc_response_release(&first);
    buf_release(&pem);
    assert_int_equal(anchors.n, 1);
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        char *below = xasprintf("ca/%s/response.der", good[i]);
        struct buf der;
        struct cmc_response r;
        struct err err = ERR_INIT;
        fixture_vector(below, &der);
        assert_true(cmc_response_parse(buf_peek(&der), &r, NULL));
        struct bytes spki = BYTES_NONE;
        int64_t at = 0;
        for (size_t j = 0; j < r.sd.certs.n; j++) {
            if (!cert_is_ca(r.sd.certs.v[j])) {
                spki = cert_spki(r.sd.certs.v[j]);
                at = cert_not_before(r.sd.certs.v[j]) + 60;
            }
        }
        struct cmc_expect e = {.spki = &spki, .n_spki = 1, .anchors = &anchors, .at = at};
        if (!cmc_response_trust(&r, &e, NULL, &err)) {
            fail_msg("%s: %s", below, err_what(err.code));
        }
        cmc_response_release(&r);
        buf_release(&der);
        free(below);
    }
    cert_list_release(&anchors);
}

/* Servers up to mid-2017 send statusInfo: the whole answer is judged as with statusInfoV2. */
static void test_status_v1(void **state)
{
    struct world w = world_open(*state);
    struct cmc_expect e = expect(&w);
    static const struct {
        int status, fail_info;
        enum cmc_outcome outcome;
    } rows[] = {
        {CMC_STATUS_SUCCESS, -1, CMC_SUCCESS},
        {CMC_STATUS_FAILED, CMC_FAIL_BAD_REQUEST, CMC_FAILED},
        {CMC_STATUS_FAILED, CMC_FAIL_BAD_IDENTITY, CMC_FAILED},
        {CMC_STATUS_PENDING, CMC_FAIL_BAD_REQUEST, CMC_FAILED},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum err_code code[2] = {ERR_NONE, ERR_NONE};
        for (int version = 1; version <= 2; version++) {
            struct answer a = rows[i].status ? answer_failure(&w) : answer_good(&w);
            struct buf der;
            struct cmc_response r;
            struct err err = ERR_INIT;
            a.v1 = version == 1;
            a.status = rows[i].status;
            a.fail_info = rows[i].fail_info;
            answer_build(&a, &w, &der);
            assert_true(cmc_response_parse(buf_peek(&der), &r, NULL));
            assert_int_equal(r.n_statuses, 1);
            assert_int_equal(r.statuses[0].version, version);
            assert_int_equal(r.outcome, rows[i].outcome);
            assert_int_equal(cmc_response_error(&r, &(struct cmc_sent){.signer = CMC_SENT_AGENT}, &err), rows[i].status != 0);
            code[version - 1] = err.code;
            judge_der(buf_peek(&der), &e, ERR_NONE);
            e.tls_server = w.f->ca; /* and distrusted for the same reason */
            judge_der(buf_peek(&der), &e, ERR_TRUST_SIGNER_IS_TLS);
            e.tls_server = NULL;
            err_release(&err);
            cmc_response_release(&r);
            buf_release(&der);
        }
        assert_string_equal(err_id(code[0]), err_id(code[1]));
    }
    world_close(&w);
}

/* DER as BER may write it: constructed elements with indefinite length down to those of a SignerInfo and a certificate, and the OCTET
 * STRINGs there (eContent, signature) in pieces. */
static void put_ber(struct buf *out, struct bytes rest, int depth)
{
    struct der_tlv tlv;
    while (der_next(&rest, &tlv)) {
        bool content = depth == 5 && tlv.tag == ASN1_OCTET_STRING;
        if (!content && (depth >= 5 || !(tlv.tag & 0x20))) {
            assert_true(buf_append(out, tlv.whole.data, tlv.whole.len));
            continue;
        }
        uint8_t head[] = {content ? 0x24 : tlv.tag, 0x80};
        assert_true(buf_append(out, head, 2));
        if (content) {
            for (size_t at = 0; at < tlv.body.len; at += 16) {
                size_t len = tlv.body.len - at < 16 ? tlv.body.len - at : 16;
                assert_true(der_put(out, ASN1_OCTET_STRING, BYTES(tlv.body.data + at, len)));
            }
        } else {
            put_ber(out, tlv.body, depth + 1);
        }
        assert_true(buf_append(out, "\0\0", 2));
    }
    assert_int_equal(rest.len, 0);
}

/* A recorded answer, written in BER: it says the same, and its signature holds. */
static void test_ber(void **state)
{
    static const char *const recorded[] = {"ca/agent-pkcs10-rsa/response.der", "ca/agent-pkcs10-ec/response.der",
                                           "ca/neg-sst-wrong-secret/response.der"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(recorded); i++) {
        struct buf der, ber = BUF_INIT(BUF_MAX_MESSAGE);
        struct cmc_response a, b;
        struct err err = ERR_INIT;
        fixture_vector(recorded[i], &der);
        put_ber(&ber, buf_peek(&der), 0);
        const char *keep = getenv("CMCW_BER_SEEDS"); /* a folder: what to add to tests/fuzz/corpus/cmc_response */
        if (keep) {
            char *name = xasprintf("%s/ber-%zu.cmc", keep, i);
            assert_true(file_write(name, buf_peek(&ber), 0644, NULL));
            free(name);
        }
        assert_memory_equal(ber.data, "\x30\x80\x06", 3);
        assert_non_null(memmem(ber.data, ber.len, "\xa0\x80\x24\x80\x04\x10", 6)); /* eContent in pieces */
        assert_true(cmc_response_parse(buf_peek(&der), &a, &err));
        assert_true(cmc_response_parse(buf_peek(&ber), &b, &err));
        assert_int_equal(a.outcome, b.outcome);
        assert_int_equal(a.n_statuses, b.n_statuses);
        assert_int_equal(a.n_controls, b.n_controls);
        assert_int_equal(a.sd.certs.n, b.sd.certs.n);
        struct bytes content = buf_peek(&a.sd.content);
        assert_true(bytes_equal(content, buf_peek(&b.sd.content)));
        assert_true(signeddata_verify(&b.sd, 0, BYTES_NONE, NULL, &err));
        cmc_response_release(&a);
        cmc_response_release(&b);
        buf_release(&der);
        buf_release(&ber);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),       cmocka_unit_test(test_failure),       cmocka_unit_test(test_signature),
        cmocka_unit_test(test_forged_ca),  cmocka_unit_test(test_signer_not_ca), cmocka_unit_test(test_delegate),
        cmocka_unit_test(test_tls_server), cmocka_unit_test(test_unrelated_ca), cmocka_unit_test(test_pinned),  cmocka_unit_test(test_time),
        cmocka_unit_test(test_issued),     cmocka_unit_test(test_replay),        cmocka_unit_test(test_simple),
        cmocka_unit_test(test_no_signer),  cmocka_unit_test(test_recorded),      cmocka_unit_test(test_status_v1),
        cmocka_unit_test(test_ber),        cmocka_unit_test(test_stranger),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
