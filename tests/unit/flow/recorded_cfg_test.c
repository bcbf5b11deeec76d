/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recorded cfg files of Dogtag's CMCRequest, of the tool alone and of exchanges with a CA, with the recorded key databases,
 * through our engine: the same controls with the same values wherever nothing is random, every proof recomputed, and each difference
 * named: refused where Dogtag's tool makes a message that no CA takes (or that says something else than its cfg), better where it
 * leaves a control out without a word.
 */
#include "unit/unit.h"

#include "base/secret.h"
#include "base/strv.h"
#include "base/text.h"
#include "cfg/cfg.h"
#include "cmc/control_cert.h"
#include "cmc/control_plain.h"
#include "cmc/control_proof.h"
#include "cmc/oids.h"
#include "cmc/poplink.h"
#include "cmc/request.h"
#include "cmc/signeddata.h"
#include "flow/engine.h"

enum outcome {
    SAME,    /* as recorded */
    BETTER,  /* Dogtag's tool fails or leaves something out, we do what the cfg says */
    REFUSED, /* we stop before signing, with this code */
};

/* Runs of the tool alone. To add a case: a row. */
static const struct recorded {
    const char *name;
    enum outcome outcome;
    enum err_code code;
} CASES[] = {
    {"cmc-self-p10", SAME, ERR_NONE},
    {"cmc-self-p10-ec", SAME, ERR_NONE},
    {"cmc-self-kid-0x", SAME, ERR_NONE},
    {"cmc-self-nick-ok", SAME, ERR_NONE},
    {"cmc-self-selfSign-alias", SAME, ERR_NONE},
    {"cmc-self-crmf-ec", SAME, ERR_NONE},
    {"cmc-self-crmf-none", SAME, ERR_NONE},
    {"cmc-self-badkid", REFUSED, ERR_NSS_KEY_NOT_FOUND},
    {"cmc-self-nokid", REFUSED, ERR_CFG_REQUIRED},
    {"cmc-self-noski", REFUSED, ERR_CMC_NO_SKI},
    {"cmc-self-wrongkey", REFUSED, ERR_CMC_REQUEST_KEY_MISMATCH}, /* Dogtag signs; no CA takes it */
    {"cmc-idv2-256-512", SAME, ERR_NONE},
    {"cmc-idv2-sha512", SAME, ERR_NONE},
    {"cmc-idv2-and-v1", SAME, ERR_NONE},
    {"cmc-idv2-badhash", REFUSED, ERR_CMC_MAC_SHA1},                  /* Dogtag leaves the proof out, exit 0 */
    {"cmc-idv2-defaults", BETTER, ERR_NONE},                          /* likewise */
    {"cmc-idv2-noident", REFUSED, ERR_CMC_IDENTIFICATION_MISSING},    /* every CA refuses it */
    {"cmc-idv2-nosecret", REFUSED, ERR_SECRET_NEEDED},                /* Dogtag proves the secret "null" */
    {"cmc-idv2-utf8", REFUSED, ERR_CMC_SECRET_NOT_ASCII},             /* every CA refuses it */
    {"cmc-pl2-p10", SAME, ERR_NONE},
    {"cmc-pl2-p10-sha512", SAME, ERR_NONE},
    {"cmc-pl2-p10-default", BETTER, ERR_NONE},
    {"cmc-pl2-idv2", SAME, ERR_NONE},
    {"cmc-pl2-both", SAME, ERR_NONE},
    {"cmc-pl2-crmf-none", SAME, ERR_NONE},
    {"cmc-pl2-nokid", REFUSED, ERR_CFG_REQUIRED},
    {"cmc-rev-agent", SAME, ERR_NONE},
    {"cmc-rev-agent-noinput", SAME, ERR_NONE},
    {"cmc-rev-issuer-ignored", SAME, ERR_NONE},
    {"cmc-rev-nonce-trans", SAME, ERR_NONE},
    {"cmc-rev-noreason", REFUSED, ERR_CFG_REQUIRED},
    {"cmc-rev-noserial", REFUSED, ERR_CFG_REQUIRED},
    {"cmc-rev-reason-KEYCOMPROMISE", SAME, ERR_NONE},
    {"cmc-rev-reason-affiliationChanged", SAME, ERR_NONE},
    {"cmc-rev-reason-caCompromise", SAME, ERR_NONE},
    {"cmc-rev-reason-certificateHold", SAME, ERR_NONE},
    {"cmc-rev-reason-cessationOfOperation", SAME, ERR_NONE},
    {"cmc-rev-reason-privilegeWithdrawn", REFUSED, ERR_CMC_NO_SUCH_REASON},
    {"cmc-rev-reason-removeFromCRL", SAME, ERR_NONE},
    {"cmc-rev-reason-superseded", SAME, ERR_NONE},
    {"cmc-rev-secret-empty", REFUSED, ERR_CFG_REQUIRED}, /* an empty secret is none, and nobody signs */
    {"cmc-rev-secret-nick", SAME, ERR_NONE},
    {"cmc-rev-serial-big", SAME, ERR_NONE},
    {"cmc-rev-serial-hex", BETTER, ERR_NONE}, /* newer tools take it as well */
};

/* Exchanges with a real CA: every case that has a cfg is built, and comes out as recorded but for these. To add an exception: a row. */
static const struct recorded EXCEPTIONS[] = {
    {"neg-sst-no-ski", REFUSED, ERR_CMC_NO_SKI},                              /* Dogtag's tool stops as well */
    {"neg-sst-crmf-no-ski", REFUSED, ERR_CMC_NO_SKI},                         /* likewise */
    {"sst-pkcs10-rsa-384", REFUSED, ERR_CFG_CHOICE},                          /* likewise, for SHA-384-HMAC */
    {"plw-agent-pkcs10", REFUSED, ERR_CFG_REQUIRED},                          /* likewise: no request.privKeyId */
    {"neg-plw-agent-wrong-secret", REFUSED, ERR_CFG_REQUIRED},                /* likewise */
    {"neg-sst-no-identification", REFUSED, ERR_CMC_IDENTIFICATION_MISSING},   /* every CA refuses it */
};

struct message {
    struct buf der;
    struct signeddata sd;
    struct pkidata pd;
};

static void message_open(struct message *m, const char *path)
{
    buf_init(&m->der, BUF_MAX_MESSAGE);
    assert_true(file_read(path, &m->der, NULL));
    assert_true(cmc_request_parse(buf_peek(&m->der), &m->sd, &m->pd, NULL));
}

static void message_close(struct message *m)
{
    pkidata_release(&m->pd);
    signeddata_release(&m->sd);
    buf_release(&m->der);
}

static void copy_file(const char *from_dir, const char *name, const char *to_dir)
{
    char *from = path_join(from_dir, name), *to = path_join(to_dir, name);
    struct buf octets = BUF_INIT(BUF_MAX_MESSAGE);
    if (file_exists(from)) {
        assert_true(file_read(from, &octets, NULL) && file_write(to, buf_peek(&octets), 0600, NULL));
    }
    buf_release(&octets);
    free(from);
    free(to);
}

/* The name of the case's database folder, out of its case.json. */
static char *database_of(const char *dir)
{
    static const char mark[] = "\"../_db/";
    char *path = path_join(dir, "case.json");
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    assert_true(file_read(path, &text, NULL));
    const char *at = strstr(buf_str(&text), mark);
    assert_non_null(at);
    at += strlen(mark);
    char *name = xstrndup(at, strcspn(at, "\""));
    buf_release(&text);
    free(path);
    return name;
}

/* The case and its database in a folder of their own: opening a database may write into it. */
static char *stage(const char *root, const char *name, const char *work)
{
    static const char *const files[] = {"request.cfg", "req.p10", "req.crmf", "req2.p10", "other.p10"};
    static const char *const db_files[] = {"cert9.db", "key4.db", "pkcs11.txt"};
    char *from = path_join(root, name), *db = database_of(from), *all = path_join(root, "_db"), *db_from = path_join(all, db);
    char *to = path_join(work, name), *db_to = path_join(to, "nssdb");
    assert_true(dir_create(to, 0700, NULL) && dir_create(db_to, 0700, NULL));
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        copy_file(from, files[i], to);
    }
    for (size_t i = 0; i < ARRAY_LEN(db_files); i++) {
        copy_file(db_from, db_files[i], db_to);
    }
    free(from);
    free(db);
    free(all);
    free(db_from);
    free(db_to);
    return to;
}

/* ---- comparing ---- */

static bool is_proof(const char *oid)
{
    return strcmp(oid, OID_CMC_IDENTITY_PROOF_V2) == 0;
}

static bool is_random(const char *oid)
{
    return strcmp(oid, OID_CMC_POP_LINK_RANDOM) == 0 || strcmp(oid, OID_CMC_SENDER_NONCE) == 0;
}

static bool has_link(const struct message *m)
{
    return control_find(m->pd.controls, m->pd.n_controls, OID_CMC_POP_LINK_RANDOM) != NULL;
}

static void same_algorithms(const struct control *a, const struct control *b)
{
    struct proof_v2 x, y;
    assert_true(proof_v2_decode(buf_peek(&a->value), &x, NULL) && proof_v2_decode(buf_peek(&b->value), &y, NULL));
    assert_int_equal(x.hash, y.hash);
    assert_int_equal(x.mac, y.mac);
    assert_int_equal(x.witness.len, y.witness.len);
}

/* Rebuilt for a fresh witness: key and identifier stay. */
static void same_key(const struct tagged_request *a, const struct tagged_request *b)
{
    struct buf spki[2] = {BUF_INIT(BUF_MAX_TEXT), BUF_INIT(BUF_MAX_TEXT)}, ski[2] = {BUF_INIT(256), BUF_INIT(256)};
    struct err ignored = ERR_INIT;
    bool x = cmc_request_key(a, &spki[0], &ski[0], &ignored), y = cmc_request_key(b, &spki[1], &ski[1], &ignored);
    assert_int_equal(x, y);
    assert_true(bytes_equal(buf_peek(&spki[0]), buf_peek(&spki[1])) && bytes_equal(buf_peek(&ski[0]), buf_peek(&ski[1])));
    err_release(&ignored);
    for (int i = 0; i < 2; i++) {
        buf_release(&spki[i]);
        buf_release(&ski[i]);
    }
}

/* The hour in a revocation is that of its making; all else is the same. */
static void same_revocation(struct bytes a, struct bytes b)
{
    struct revoke_request x, y;
    struct buf again = BUF_INIT(BUF_MAX_TEXT);
    assert_true(revoke_request_decode(a, &x, NULL) && revoke_request_decode(b, &y, NULL));
    x.invalidity = y.invalidity;
    assert_true(revoke_request_encode(&x, &again, NULL) && bytes_equal(buf_peek(&again), b));
    buf_release(&again);
}

static void same_controls(const struct message *ours, const struct message *theirs)
{
    assert_int_equal(ours->pd.n_controls, theirs->pd.n_controls);
    for (size_t i = 0; i < theirs->pd.n_controls; i++) {
        const struct control *a = &ours->pd.controls[i], *b = &theirs->pd.controls[i];
        assert_string_equal(a->oid, b->oid);
        /* The proof covers the requests: they differ when a fresh witness is in them, or numbers are given without collision. */
        if (is_proof(b->oid) && !bytes_equal(ours->pd.raw_requests, theirs->pd.raw_requests)) {
            same_algorithms(a, b);
        } else if (strcmp(b->oid, OID_CMC_REVOKE_REQUEST) == 0) {
            same_revocation(buf_peek(&a->value), buf_peek(&b->value));
        } else if (!is_random(b->oid) || !ours->sd.is_signed) {
            assert_true(bytes_equal(buf_peek(&a->value), buf_peek(&b->value)));
        }
    }
    assert_int_equal(ours->pd.n_requests, theirs->pd.n_requests);
    for (size_t i = 0; i < theirs->pd.n_requests; i++) {
        assert_int_equal(ours->pd.requests[i].kind, theirs->pd.requests[i].kind);
        if (has_link(theirs)) {
            same_key(&ours->pd.requests[i], &theirs->pd.requests[i]);
        } else {
            assert_true(bytes_equal(buf_peek(&ours->pd.requests[i].der), buf_peek(&theirs->pd.requests[i].der)));
        }
    }
}

static void same_outside(const struct message *ours, const struct message *theirs)
{
    assert_int_equal(ours->sd.is_signed, theirs->sd.is_signed);
    assert_string_equal(ours->sd.content_type, theirs->sd.content_type);
    assert_int_equal(ours->sd.n_signers, theirs->sd.n_signers);
    assert_int_equal(ours->sd.certs.n == 0, theirs->sd.certs.n == 0);
    for (size_t i = 0; i < theirs->sd.n_signers; i++) {
        assert_int_equal(ours->sd.signers[i].id, theirs->sd.signers[i].id);
        assert_int_equal(ours->sd.signers[i].version, theirs->sd.signers[i].version);
        assert_true(bytes_equal(ours->sd.signers[i].ski, theirs->sd.signers[i].ski));
    }
}

/* ---- proofs, recomputed ---- */

static void check_proofs(const struct message *m, const struct cfg *cfg)
{
    struct secret secret = SECRET_INIT;
    struct bytes ident = BYTES_NONE, random = BYTES_NONE;
    struct buf witness = BUF_INIT(BUF_MAX_TEXT);
    bool has = cfg_secret(cfg, CFG_WITNESS_SHARED_SECRET, &secret);
    struct bytes key = has ? BYTES(secret.text, secret.len) : BYTES_NONE;
    const struct control *c = control_find(m->pd.controls, m->pd.n_controls, OID_CMC_IDENTIFICATION);
    assert_true(!c || control_text_decode(buf_peek(&c->value), &ident, NULL));
    c = control_find(m->pd.controls, m->pd.n_controls, OID_CMC_IDENTITY_PROOF_V2);
    assert_int_equal(c != NULL, cfg_bool(cfg, CFG_IDENTITY_PROOF_V2_ENABLE));
    assert_true(!c || proof_v2_verify(buf_peek(&c->value), key, ident, m->pd.raw_requests, NULL));
    c = control_find(m->pd.controls, m->pd.n_controls, OID_CMC_POP_LINK_RANDOM);
    assert_int_equal(c != NULL, cfg_bool(cfg, CFG_POP_LINK_WITNESS_V2_ENABLE));
    if (c) {
        assert_true(control_octets_decode(buf_peek(&c->value), &random, NULL));
        assert_true(poplink_find(&m->pd.requests[0], &witness, NULL));
        assert_true(proof_v2_verify(buf_peek(&witness), key, ident, random, NULL));
    }
    buf_release(&witness);
    secret_release(&secret);
}

static void check_signature(const struct message *m, const struct engine_request *r)
{
    if (!m->sd.is_signed) {
        return;
    }
    bool self = m->sd.certs.n == 0;
    assert_true(signeddata_verify(&m->sd, 0, self ? buf_peek(&r->spki[0]) : BYTES_NONE, NULL, NULL));
}

/* ---- one case ---- */

/* All strings are borrowed. */
struct place {
    const char *dir;      /* staged: cfg and inputs */
    const char *cfg, *db; /* paths */
    const char *theirs;   /* path of the recorded request */
};

struct tally {
    int same, better, refused, identity, links;
};

static void compare(const struct recorded *c, const struct place *at, const struct cfg *cfg, const struct engine_request *request,
                    struct tally *sum)
{
    char *ours_path = path_join(at->dir, cfg_get(cfg, CFG_OUTPUT));
    struct message ours, theirs;
    message_open(&ours, ours_path);
    check_proofs(&ours, cfg);
    check_signature(&ours, request);
    sum->identity += control_find(ours.pd.controls, ours.pd.n_controls, OID_CMC_IDENTITY_PROOF_V2) != NULL;
    sum->links += has_link(&ours) && cfg_bool(cfg, CFG_POP_LINK_WITNESS_V2_ENABLE);
    sum->same += c->outcome == SAME;
    sum->better += c->outcome == BETTER;
    if (c->outcome == SAME) {
        message_open(&theirs, at->theirs);
        same_controls(&ours, &theirs);
        same_outside(&ours, &theirs);
        message_close(&theirs);
    }
    message_close(&ours);
    free(ours_path);
}

static void build(const struct recorded *c, const struct place *at, struct tally *sum)
{
    struct engine engine;
    struct engine_request request;
    struct cfg cfg;
    struct err err = ERR_INIT;
    struct secrets *secrets = secrets_new(NULL, NULL);
    print_message("%s\n", c->name);
    cfg_init(&cfg, CFG_REQUEST);
    assert_true(cfg_read(&cfg, at->cfg, NULL) && cfg_set(&cfg, CFG_DBDIR, at->db, NULL));
    engine_init(&engine, secrets);
    engine.base_dir = (char *)(uintptr_t)at->dir;
    bool built = engine_build(&engine, &cfg, &request, &err);
    if (c->outcome == REFUSED) {
        if (built || err.code != c->code) {
            fail_msg("%s: %s", c->name, built ? "built" : err_id(err.code));
        }
        sum->refused++;
    } else {
        if (!built) {
            fail_msg("%s: %s %s", c->name, err_id(err.code), err.n_context ? err.context[0] : "");
        }
        compare(c, at, &cfg, &request, sum);
        engine_request_release(&request);
    }
    err_release(&err);
    engine_release(&engine);
    secrets_free(secrets);
    cfg_release(&cfg);
}

static void test_cases(void **state)
{
    char *vectors = unit_source("tests/vectors/tools");
    struct tally sum = {0};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        char *dir = stage(vectors, CASES[i].name, *state), *cfg = path_join(dir, "request.cfg"), *db = path_join(dir, "nssdb");
        char *theirs = xasprintf("%s/%s/cmc.req", vectors, CASES[i].name);
        build(&CASES[i], &(struct place){dir, cfg, db, theirs}, &sum);
        free(dir);
        free(cfg);
        free(db);
        free(theirs);
    }
    assert_int_equal(sum.same, 28);
    assert_int_equal(sum.better, 3);
    assert_int_equal(sum.refused, 13);
    assert_int_equal(sum.identity, 12);
    assert_int_equal(sum.links, 6);
    free(vectors);
}

/* ---- exchanges with a CA ---- */

/* "cmc-request.cfg" made request.der; "cmc-request1.cfg" request1.der. Second trips need the first answer: request_recorded_test. */
static const struct {
    const char *cfg, *request;
} FIRST_TRIPS[] = {{"cmc-request.cfg", "request.der"}, {"cmc-request1.cfg", "request1.der"}};

static const struct recorded *exception(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(EXCEPTIONS); i++) {
        if (strcmp(EXCEPTIONS[i].name, name) == 0) {
            return &EXCEPTIONS[i];
        }
    }
    return NULL;
}

static char *stage_all(const char *from, const char *work, const char *name)
{
    struct strv names = STRV_INIT;
    char *dir = path_join(from, name), *to = path_join(work, name);
    assert_true(dir_create(to, 0700, NULL) && dir_list(dir, &names, NULL));
    for (size_t i = 0; i < names.n; i++) {
        if (!text_ends(names.v[i], ".log")) {
            copy_file(dir, names.v[i], to);
        }
    }
    strv_release(&names);
    free(dir);
    return to;
}

/* The database that the cfg names, staged once. */
static char *database_for(const char *work, const char *cfg_path)
{
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    assert_true(cfg_read(&cfg, cfg_path, NULL));
    bool ec = text_ends(cfg_get(&cfg, CFG_DBDIR), "-ec");
    cfg_release(&cfg);
    return path_join(work, ec ? "_client-nssdb-ec" : "_client-nssdb");
}

static void one_exchange(const char *vectors, const char *work, const char *name, struct tally *sum)
{
    for (size_t i = 0; i < ARRAY_LEN(FIRST_TRIPS); i++) {
        char *theirs = xasprintf("%s/%s/%s", vectors, name, FIRST_TRIPS[i].request);
        char *recorded_cfg = xasprintf("%s/%s/%s", vectors, name, FIRST_TRIPS[i].cfg);
        if (file_exists(recorded_cfg)) {
            char *dir = stage_all(vectors, work, name), *cfg = path_join(dir, FIRST_TRIPS[i].cfg), *db = database_for(work, cfg);
            const struct recorded as_recorded = {name, SAME, ERR_NONE}, *c = exception(name);
            build(c ? c : &as_recorded, &(struct place){dir, cfg, db, theirs}, sum);
            free(dir);
            free(cfg);
            free(db);
        }
        free(recorded_cfg);
        free(theirs);
    }
}

static void test_exchanges(void **state)
{
    char *vectors = unit_source("tests/vectors/ca"), *work = path_join(*state, "ca");
    struct strv names = STRV_INIT;
    struct tally sum = {0};
    assert_true(dir_create(work, 0700, NULL) && dir_list(vectors, &names, NULL));
    free(stage_all(vectors, work, "_client-nssdb"));
    free(stage_all(vectors, work, "_client-nssdb-ec"));
    for (size_t i = 0; i < names.n; i++) {
        if (names.v[i][0] != '_') {
            one_exchange(vectors, work, names.v[i], &sum);
        }
    }
    print_message("%d as recorded, %d better, %d refused; %d proofs and %d links of ours verify\n", sum.same, sum.better, sum.refused,
                  sum.identity, sum.links);
    assert_int_equal(sum.same, 99); /* no case drops out unseen */
    assert_int_equal(sum.refused, ARRAY_LEN(EXCEPTIONS));
    assert_int_equal(sum.identity, 22);
    assert_int_equal(sum.links, 20);
    strv_release(&names);
    free(vectors);
    free(work);
}

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_exchanges),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
