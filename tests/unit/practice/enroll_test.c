/* SPDX-License-Identifier: Apache-2.0 */
/* Enrollment at the practice CA: by an agent, with a shared secret, by a user, in two trips, with archival; revocation. */
#include "config.h"

#include "unit/practice/fixture.h"

#include "cmc/oids.h"
#include "cmc/status.h"
#include "nss/cert.h"
#include "nss/crl.h"
#include "nss/pem.h"
#include "practice/adopt.h"

#define SECRET "correct horse 42"

static void by_agent(void **state)
{
    struct fixture *f = *state;
    struct cmc_response r;
    struct key *key = new_key(f, KEY_EC);
    struct buf csr = new_csr(key, "CN=jdoe,O=Example", false);
    struct buf der = agent_request(f, REQUEST_TCR, buf_peek(&csr));
    fixture_cmc(f, FULL, "profileId=caECFullCMCUserCert", buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    struct cert *cert = issued_of(&r);
    unit_expect_text(cert_subject(cert), "CN=jdoe,O=Example");
    assert_int_equal(cert_not_after(cert) - cert_not_before(cert), 180 * 86400);
    assert_int_equal(cert_key_usage(cert), KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_AGREEMENT);
    assert_true(cert_has_eku(cert, "1.3.6.1.5.5.7.3.2"));
    struct err err = ERR_INIT;
    must(cert_signed_by(cert, practice_ca_cert(f->ca), &err), &err);
    cert_free(cert);
    cmc_response_release(&r);
    /* The default profile wants RSA; without the TLS certificate, or with another one, nobody is believed. */
    fixture_cmc(f, FULL, NULL, buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR, "Request Key Type RSA Not Matched Rejected - {1}");
    cmc_response_release(&r);
    fixture_cmc(f, FULL, "profileId=caECFullCMCUserCert", buf_peek(&der), NULL, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_REQUEST, "Invalid Credential.");
    cmc_response_release(&r);
    fixture_cmc(f, FULL, "profileId=caECFullCMCUserCert", buf_peek(&der), practice_transport_cert(f->ca), &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_REQUEST, "Invalid Credential.");
    cmc_response_release(&r);
    buf_release(&der);
    buf_release(&csr);
    key_free(key);
}

static void profiles(void **state)
{
    struct fixture *f = *state;
    struct cmc_response r;
    struct err err = ERR_INIT;
    struct key *key = new_key(f, KEY_EC);
    struct buf csr = new_csr(key, "CN=www.example.com,O=Example", false);
    struct buf der = agent_request(f, REQUEST_TCR, buf_peek(&csr));
    fixture_cmc(f, FULL, "profileId=no\x1bsuch", buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR, NULL);
    assert_null(strchr(r.statuses[0].text, '\x1b'));
    cmc_response_release(&r);
    must(practice_profile_enable(f->ca, "caCMCECserverCert", false, &err), &err);
    fixture_cmc(f, FULL, "profileId=caCMCECserverCert", buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR, "Profile caCMCECserverCert Not Found");
    cmc_response_release(&r);
    must(practice_profile_enable(f->ca, "caCMCECserverCert", true, &err), &err);
    fixture_cmc(f, FULL, "profileId=caCMCECserverCert", buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    struct cert *cert = issued_of(&r);
    struct strv sans = STRV_INIT;
    assert_true(cert_sans(cert, &sans));
    assert_int_equal(sans.n, 1);
    assert_string_equal(sans.v[0], "DNS:www.example.com");
    strv_release(&sans);
    cert_free(cert);
    cmc_response_release(&r);
    assert_false(practice_profile_enable(f->ca, "nothing", true, &err));
    unit_expect_err(&err, ERR_PRACTICE_NO_PROFILE);
    buf_release(&der);
    buf_release(&csr);
    key_free(key);
}

/* Every path of a servlet stands for its own profile. */
static void servlets(void **state)
{
    static const struct {
        const char *path, *rejection;
    } rows[] = {
        {"ServerCert", "Request Key Type RSA Not Matched Rejected - {1}"},
        {"SubsystemCert", "Request Key Type RSA Not Matched Rejected - {1}"},
        {"AuditSigningCert", NULL},
        {"CACert", NULL},
        {"OCSPCert", NULL},
        {"KRAtransportCert", "Request Key Type RSA Not Matched Rejected - {1}"},
        {"KRAstorageCert", "Request Key Type RSA Not Matched Rejected - {1}"},
    };
    struct fixture *f = *state;
    struct key *key = new_key(f, KEY_EC);
    struct buf csr = new_csr(key, "CN=service,O=Example", false);
    struct buf der = agent_request(f, REQUEST_TCR, buf_peek(&csr));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cmc_response r;
        char *path = xasprintf(FULL "%s", rows[i].path);
        fixture_cmc(f, path, NULL, buf_peek(&der), f->agent, &r);
        if (rows[i].rejection) {
            expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR, rows[i].rejection);
        } else {
            expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
        }
        cmc_response_release(&r);
        free(path);
    }
    buf_release(&der);
    buf_release(&csr);
    key_free(key);
}

/* Request of the user uid for an EC key: with a proof and a witness by this secret, or signed by the agent and with a witness alone. */
static struct buf linked_request(struct fixture *f, bool by_agent, const char *uid, const char *secret, struct key *key)
{
    struct buf csr = new_csr(key, "CN=whoever", true);
    struct secret s = SECRET_INIT;
    const struct cmc_request_input input = {REQUEST_TCR, buf_peek(&csr)};
    secret_set(&s, secret, strlen(secret));
    struct cmc_request_spec spec = {.db = practice_nssdb(f->ca), .inputs = &input, .n_inputs = 1,
                                    .signer_kind = by_agent ? CMC_SIGNER_CERT : CMC_SIGNER_SELF,
                                    .signer_key = by_agent ? f->agent_key : NULL, .signer_cert = by_agent ? f->agent : NULL,
                                    .request_key = key, .identification = uid, .secret = &s,
                                    .identity_proof = {!by_agent, HASH_SHA256, HASH_SHA256},
                                    .pop_link = {true, HASH_SHA256, HASH_SHA256}};
    struct buf der = build(&spec);
    secret_release(&s);
    buf_release(&csr);
    return der;
}

static struct buf secret_request(struct fixture *f, const char *uid, const char *secret, struct key *key)
{
    return linked_request(f, false, uid, secret, key);
}

static void add_user(struct fixture *f, const char *uid, const char *secret)
{
    struct err err = ERR_INIT;
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    must(practice_user_add(f->ca, uid, NULL, &err), &err);
    must(adopt_token(f->ca, secret, false, &token, &err), &err);
    must(practice_user_token(f->ca, uid, buf_str(&token), &err), &err);
    buf_release(&token);
}

#define SELF_SIGNED "/ca/ee/ca/profileSubmitSelfSignedCMCFull"
#define SHARED "profileId=caECFullCMCSharedTokenCert"
#define NO_PROOF "Proof-of-Identification Verification Failed after verifyIdentityProofV2"

static void by_secret(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct cmc_response r;
    struct key *key = new_key(f, KEY_EC);
    must(practice_profile_enable(f->ca, "caECFullCMCSharedTokenCert", true, &err), &err);
    add_user(f, "alice", SECRET);
    struct buf good = secret_request(f, "alice", SECRET, key);
    struct buf wrong = secret_request(f, "alice", "wrong secret", key);
    struct buf unknown = secret_request(f, "nobody", SECRET, key);
    fixture_cmc(f, USER_SIGNED, SHARED, buf_peek(&unknown), NULL, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_IDENTITY, NO_PROOF);
    cmc_response_release(&r);
    fixture_cmc(f, USER_SIGNED, SHARED, buf_peek(&wrong), NULL, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_IDENTITY, NO_PROOF);
    cmc_response_release(&r);
    fixture_cmc(f, USER_SIGNED, SHARED, buf_peek(&good), NULL, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    struct cert *cert = issued_of(&r);
    unit_expect_text(cert_subject(cert), "UID=alice,OU=people,DC=example,DC=com");
    cert_free(cert);
    cmc_response_release(&r);
    /* The witness counts only when the switch is on; then an agent needs one, too. */
    must(practice_switch(f->ca, "cmc.popLinkWitnessRequired", "true", &err), &err);
    fixture_cmc(f, USER_SIGNED, SHARED, buf_peek(&good), NULL, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    cmc_response_release(&r);
    struct buf csr = new_csr(key, "CN=by agent", false);
    struct buf agent = agent_request(f, REQUEST_TCR, buf_peek(&csr));
    fixture_cmc(f, FULL, "profileId=caECFullCMCUserCert", buf_peek(&agent), f->agent, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_REQUEST, NULL);
    cmc_response_release(&r);
    must(practice_switch(f->ca, "cmc.popLinkWitnessRequired", "false", &err), &err);
    buf_release(&agent);
    buf_release(&csr);
    buf_release(&unknown);
    buf_release(&wrong);
    buf_release(&good);
    key_free(key);
}

/* As shipped a CA does not know the names that its own servlet has as a default; a switch brings them back. */
static void old_self_signed_names(void **state)
{
    static const struct {
        const char *path, *query, *missing; /* missing: in the refusal */
    } rows[] = {
        {SELF_SIGNED, NULL, "caFullCMCSelfSignedCert"},
        {SELF_SIGNED, "profileId=caFullCMCSelfSignedCert", "caFullCMCSelfSignedCert"},
        {USER_SIGNED, "profileId=caECFullCMCSelfSignedCert", "caECFullCMCSelfSignedCert"},
    };
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct key *ec = new_key(f, KEY_EC), *rsa = new_key(f, KEY_RSA);
    must(practice_profile_enable(f->ca, "caECFullCMCSharedTokenCert", true, &err) &&
             practice_profile_enable(f->ca, "caFullCMCSharedTokenCert", true, &err),
         &err);
    add_user(f, "carol", SECRET);
    for (size_t i = 0; i < ARRAY_LEN(rows) * 2; i++) {
        const size_t row = i % ARRAY_LEN(rows);
        bool known = i >= ARRAY_LEN(rows);
        struct buf der = secret_request(f, "carol", SECRET, row == 2 ? ec : rsa);
        char *text = xasprintf("Profile %s Not Found", rows[row].missing);
        struct cmc_response r;
        must(practice_switch(f->ca, "practice.selfSignedProfiles", known ? "true" : "false", &err), &err);
        fixture_cmc(f, rows[row].path, rows[row].query, buf_peek(&der), NULL, &r);
        expect_status(&r, known ? CMC_STATUS_SUCCESS : CMC_STATUS_FAILED, known ? -1 : CMC_FAIL_INTERNAL_CA_ERROR, known ? NULL : text);
        cmc_response_release(&r);
        free(text);
        buf_release(&der);
    }
    must(practice_switch(f->ca, "practice.selfSignedProfiles", "false", &err), &err);
    key_free(ec);
    key_free(rsa);
}

/* A new CA is one of today's. */
static void old_names_are_off(void **state)
{
    struct fixture *f = *state;
    struct key *rsa = new_key(f, KEY_RSA);
    struct buf der = secret_request(f, "dave", SECRET, rsa);
    struct cmc_response r;
    fixture_cmc(f, SELF_SIGNED, NULL, buf_peek(&der), NULL, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR, "Profile caFullCMCSelfSignedCert Not Found");
    cmc_response_release(&r);
    buf_release(&der);
    key_free(rsa);
}

/* What happened to whom, for the administrator alone: the user is told no more than that it failed. */
static unsigned noted(struct fixture *f, const char *event, const char *key, const char *value, const char *info)
{
    struct err err = ERR_INIT;
    struct buf log = BUF_INIT(BUF_MAX_MESSAGE);
    struct strv lines = STRV_INIT;
    char *path = path_join(f->dir, "audit.log"), *why = xasprintf("[Info=%s]", info);
    char *name = xasprintf("[AuditEvent=%s]", event), *about = xasprintf("[%s=%s]", key, value);
    unsigned n = 0;
    must(file_read(path, &log, &err), &err);
    strv_split(&lines, buf_str(&log), '\n');
    for (size_t i = 0; i < lines.n; i++) {
        n += strstr(lines.v[i], name) && strstr(lines.v[i], "[Outcome=Failure]") &&
             strstr(lines.v[i], about) && strstr(lines.v[i], why);
    }
    strv_release(&lines);
    buf_release(&log);
    free(why);
    free(name);
    free(about);
    free(path);
    return n;
}

static unsigned audited(struct fixture *f, const char *who, const char *info)
{
    return noted(f, "CMC_PROOF_OF_IDENTIFICATION", "SubjectID", who, info);
}

/* After too many wrong secrets even the right one waits, and the audit log says so. */
static void attempts(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct cmc_response r;
    struct key *key = new_key(f, KEY_EC);
    int64_t start = f->now;
    must(practice_switch(f->ca, "practice.sharedTokenAttempts", "3", &err), &err);
    must(practice_profile_enable(f->ca, "caECFullCMCSharedTokenCert", true, &err), &err);
    add_user(f, "bob", SECRET);
    struct buf wrong = secret_request(f, "bob", "guess", key);
    struct buf good = secret_request(f, "bob", SECRET, key);
    for (int i = 0; i < 3; i++) {
        fixture_cmc(f, USER_SIGNED, SHARED, buf_peek(&wrong), NULL, &r);
        expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_IDENTITY, NO_PROOF);
        cmc_response_release(&r);
    }
    assert_int_equal(audited(f, "bob", "wrong proof"), 3);
    assert_int_equal(audited(f, "bob", "too many wrong secrets"), 0);
    fixture_cmc(f, USER_SIGNED, SHARED, buf_peek(&good), NULL, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_IDENTITY, NO_PROOF);
    cmc_response_release(&r);
    assert_int_equal(audited(f, "bob", "too many wrong secrets"), 1);
    f->now += 301;
    fixture_cmc(f, USER_SIGNED, SHARED, buf_peek(&good), NULL, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    cmc_response_release(&r);
    /* A witness is a guess as well, an agent's too. */
    must(practice_switch(f->ca, "cmc.popLinkWitnessRequired", "true", &err), &err);
    for (int i = 0; i < 4; i++) {
        struct buf guess = linked_request(f, true, "bob", i < 3 ? "guess" : SECRET, key);
        fixture_cmc(f, FULL, "profileId=caECFullCMCUserCert", buf_peek(&guess), f->agent, &r);
        expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_REQUEST, NULL);
        cmc_response_release(&r);
        buf_release(&guess);
    }
    assert_int_equal(noted(f, "CMC_ID_POP_LINK_WITNESS", "SubjectID", "bob", "too many wrong secrets"), 1);
    f->now = start;
    must(practice_switch(f->ca, "cmc.popLinkWitnessRequired", "false", &err), &err);
    must(practice_switch(f->ca, "practice.sharedTokenAttempts", "10", &err), &err);
    buf_release(&good);
    buf_release(&wrong);
    key_free(key);
}

/* A signing certificate for key, from the agent. */
static struct cert *user_cert(struct fixture *f, struct key *key, const char *subject)
{
    struct cmc_response r;
    struct buf csr = new_csr(key, subject, false);
    struct buf der = agent_request(f, REQUEST_TCR, buf_peek(&csr));
    fixture_cmc(f, FULL, key_type(key) == KEY_EC ? "profileId=caECFullCMCUserCert" : NULL, buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    struct cert *cert = issued_of(&r);
    cmc_response_release(&r);
    buf_release(&der);
    buf_release(&csr);
    return cert;
}

static struct buf user_request(struct fixture *f, struct key *signer_key, const struct cert *signer, enum request_kind kind,
                               struct bytes der)
{
    const struct cmc_request_input input = {kind, der};
    struct cmc_request_spec spec = {.db = practice_nssdb(f->ca), .inputs = &input, .n_inputs = 1, .signer_kind = CMC_SIGNER_CERT,
                                    .signer_key = signer_key, .signer_cert = signer};
    return build(&spec);
}

static void by_user(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct cmc_response r;
    struct key *old = new_key(f, KEY_EC);
    struct key *fresh = new_key(f, KEY_EC);
    struct cert *signer = user_cert(f, old, "UID=carol,O=Example");
    must(practice_profile_enable(f->ca, "caECFullCMCUserSignedCert", true, &err), &err);
    struct buf csr = new_csr(fresh, "CN=ignored", false);
    struct buf der = user_request(f, old, signer, REQUEST_TCR, buf_peek(&csr));
    fixture_cmc(f, USER_SIGNED, "profileId=caECFullCMCUserSignedCert", buf_peek(&der), signer, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    struct cert *cert = issued_of(&r);
    unit_expect_text(cert_subject(cert), "UID=carol,O=Example");
    cert_free(cert);
    cmc_response_release(&r);
    fixture_cmc(f, USER_SIGNED, "profileId=caECFullCMCUserSignedCert", buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_REQUEST,
                  "Invalid Credential.:SSL client authentication certificate and CMC signer do not match");
    cmc_response_release(&r);
    /* The same key again: only around its certificate's end. */
    struct buf same = new_csr(old, "CN=ignored", false);
    struct buf renewal = user_request(f, old, signer, REQUEST_TCR, buf_peek(&same));
    fixture_cmc(f, USER_SIGNED, "profileId=caECFullCMCUserSignedCert", buf_peek(&renewal), signer, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR,
                  "Request Outside of Renewal Grace Period: 30 days before and 30 days after original cert expiration date Rejected "
                  "- {1}");
    cmc_response_release(&r);
    int64_t start = f->now;
    f->now = cert_not_after(signer) - 10 * 86400;
    fixture_cmc(f, USER_SIGNED, "profileId=caECFullCMCUserSignedCert", buf_peek(&renewal), signer, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    cmc_response_release(&r);
    f->now = cert_not_after(signer) + 86400;
    fixture_cmc(f, USER_SIGNED, "profileId=caECFullCMCUserSignedCert", buf_peek(&renewal), signer, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_REQUEST, NULL);
    cmc_response_release(&r);
    f->now = start;
    buf_release(&renewal);
    buf_release(&same);
    buf_release(&der);
    buf_release(&csr);
    cert_free(signer);
    key_free(fresh);
    key_free(old);
}

/* CRMF for an encryption key: no proof, private key for the KRA when transport is given. */
static struct buf encryption_request(struct fixture *f, struct key *key, bool archive, bool oaep, bool sign)
{
    struct err err = ERR_INIT;
    struct buf name = BUF_INIT(BUF_MAX_TEXT);
    struct buf options = BUF_INIT(BUF_MAX_TEXT);
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    static const uint8_t subject[] = {0x30, 0x0f, 0x31, 0x0d, 0x30, 0x0b, 6, 3, 0x55, 4, 3, 0x0c, 4, 'e', 'p', 'o', 'p'};
    must(buf_append(&name, subject, sizeof subject), &err);
    if (archive) {
        must(archive_build(practice_nssdb(f->ca), key, practice_transport_cert(f->ca), WRAP_AES_CBC_PAD, oaep, &options, &err),
             &err);
    }
    const struct crmf_spec spec = {.subject_der = buf_peek(&name), .archive_options = buf_peek(&options), .sign_pop = sign,
                                   .hash = HASH_SHA256};
    must(crmf_build(key, &spec, &der, &err), &err);
    buf_release(&options);
    buf_release(&name);
    return der;
}

static struct buf second_request(struct fixture *f, const struct cmc_response *first, struct key *key)
{
    struct cmc_request_spec spec = {.db = practice_nssdb(f->ca), .signer_kind = CMC_SIGNER_CERT, .signer_key = f->agent_key,
                                    .signer_cert = f->agent, .request_key = key,
                                    .decrypted_pop = {true, first->encrypted_pop, first->response_info, POP_PADDING_AUTO}};
    return build(&spec);
}

/* Gives the archived key back and compares it with the key that was sent. */
static void expect_recovered(struct fixture *f, const struct cert *cert, bool archived)
{
    struct err err = ERR_INIT;
    struct secret password = SECRET_INIT;
    struct buf p12 = {.max = BUF_MAX_TEXT, .secret = true};
    char *serial = cert_serial_text(cert);
    secret_set(&password, "package", 7);
    bool ok = practice_recover(f->ca, serial, &password, &p12, &err);
    if (archived) {
        must(ok, &err);
        assert_true(p12.len > 1000);
    } else {
        assert_false(ok);
        unit_expect_err(&err, ERR_PRACTICE_NOT_ARCHIVED);
    }
    free(serial);
    secret_release(&password);
    buf_release(&p12);
}

static void two_trips(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    must(practice_profile_enable(f->ca, "caFullCMCUserEncCert", true, &err), &err);
    for (int oaep = 0; oaep < 2; oaep++) {
        /* The second round is user-signed (the agent is a user, too), for an encryption-only profile. */
        const char *path = oaep ? USER_SIGNED : FULL;
        const char *profile = oaep ? "profileId=caFullCMCUserEncCert" : NULL;
        unsigned usage = oaep ? KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT
                              : KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_ENCIPHERMENT;
        struct cmc_response first;
        struct cmc_response second;
        must(practice_switch(f->ca, "keyWrap.useOAEP", oaep ? "true" : "false", &err), &err);
        must(practice_switch(f->ca, "kra.keyWrap.useOAEP", oaep ? "true" : "false", &err), &err);
        struct key *key = new_key(f, KEY_RSA);
        struct buf crmf = encryption_request(f, key, true, oaep, false);
        struct buf one = agent_request(f, REQUEST_CRM, buf_peek(&crmf));
        fixture_cmc(f, path, profile, buf_peek(&one), f->agent, &first);
        expect_status(&first, CMC_STATUS_POP_REQUIRED, CMC_FAIL_POP_REQUIRED, NULL);
        struct buf two = second_request(f, &first, key);
        key_free(key); /* the database closes only without keys */
        fixture_reopen(f); /* days may pass, and the server may be started again */
        f->now += 3 * 86400;
        fixture_cmc(f, path, profile, buf_peek(&two), f->agent, &second);
        expect_status(&second, CMC_STATUS_SUCCESS, -1, NULL);
        struct cert *cert = issued_of(&second);
        assert_int_equal(cert_key_usage(cert), usage);
        expect_recovered(f, cert, true);
        f->now -= 3 * 86400;
        cert_free(cert);
        cmc_response_release(&second);
        cmc_response_release(&first);
        buf_release(&two);
        buf_release(&one);
        buf_release(&crmf);
    }
    must(practice_switch(f->ca, "keyWrap.useOAEP", "false", &err), &err);
    must(practice_switch(f->ca, "kra.keyWrap.useOAEP", "false", &err), &err);
}

/* The private key of somebody else beside the public key that is certified. */
static void foreign_key_archived(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct cmc_response r;
    struct key *key = new_key(f, KEY_RSA);
    struct key *other = new_key(f, KEY_RSA);
    struct buf options = BUF_INIT(BUF_MAX_TEXT);
    struct buf crmf = BUF_INIT(BUF_MAX_TEXT);
    static const uint8_t subject[] = {0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 6, 3, 0x55, 4, 3, 0x0c, 2, 'o', 'k'};
    must(archive_build(practice_nssdb(f->ca), other, practice_transport_cert(f->ca), WRAP_AES_CBC_PAD, false, &options, &err), &err);
    const struct crmf_spec spec = {.subject_der = BYTES(subject, sizeof subject), .archive_options = buf_peek(&options),
                                   .sign_pop = true, .hash = HASH_SHA256};
    must(crmf_build(key, &spec, &crmf, &err), &err);
    struct buf der = agent_request(f, REQUEST_CRM, buf_peek(&crmf));
    fixture_cmc(f, FULL, NULL, buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR,
                  "Request Sending DRM request failed check KRA log for detail Rejected - {1}");
    cmc_response_release(&r);
    buf_release(&der);
    buf_release(&crmf);
    buf_release(&options);
    key_free(other);
    key_free(key);
}

static void archival(void **state)
{
    struct fixture *f = *state;
    struct cmc_response r;
    struct key *key = new_key(f, KEY_RSA);
    struct buf good = encryption_request(f, key, true, false, true);
    struct buf wrong = encryption_request(f, key, true, true, true); /* OAEP on one side only */
    struct buf none = encryption_request(f, key, false, false, true);
    struct buf der = agent_request(f, REQUEST_CRM, buf_peek(&wrong));
    fixture_cmc(f, FULL, NULL, buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR,
                  "Request Sending DRM request failed check KRA log for detail Rejected - {1}");
    cmc_response_release(&r);
    buf_release(&der);
    der = agent_request(f, REQUEST_CRM, buf_peek(&good));
    fixture_cmc(f, FULL, NULL, buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    struct cert *cert = issued_of(&r);
    expect_recovered(f, cert, true);
    cert_free(cert);
    cmc_response_release(&r);
    buf_release(&der);
    der = agent_request(f, REQUEST_CRM, buf_peek(&none));
    fixture_cmc(f, FULL, NULL, buf_peek(&der), f->agent, &r);
    cert = issued_of(&r);
    expect_recovered(f, cert, false);
    cert_free(cert);
    cmc_response_release(&r);
    buf_release(&der);
    struct key *ec = new_key(f, KEY_EC);
    struct buf crmf = encryption_request(f, ec, true, false, true);
    der = agent_request(f, REQUEST_CRM, buf_peek(&crmf));
    fixture_cmc(f, FULL, "profileId=caECFullCMCUserCert", buf_peek(&der), f->agent, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    cert = issued_of(&r);
    expect_recovered(f, cert, true);
    cert_free(cert);
    cmc_response_release(&r);
    buf_release(&der);
    buf_release(&crmf);
    key_free(ec);
    buf_release(&none);
    buf_release(&wrong);
    buf_release(&good);
    key_free(key);
}

static bool crl_has(struct fixture *f, const struct cert *cert)
{
    struct practice_reply reply;
    struct crl crl;
    struct err err = ERR_INIT;
    const struct practice_request request = {.method = "GET", .path = "/ca/ee/ca/getCRL", .query = "op=getCRL", .at = f->now};
    practice_handle(f->ca, &request, &reply);
    must(crl_parse(buf_peek(&reply.body), &crl, &err), &err);
    must(crl_signed_by(&crl, practice_ca_cert(f->ca), &err), &err);
    bool has = crl_lists(&crl, cert_serial(cert), f->now, NULL);
    practice_reply_release(&reply);
    return has;
}

static struct buf revocation(struct fixture *f, enum cmc_signer_kind kind, const struct cert *target, const char *passphrase)
{
    struct secret secret = SECRET_INIT;
    if (passphrase) {
        secret_set(&secret, passphrase, strlen(passphrase));
    }
    struct cmc_request_spec spec = {.db = practice_nssdb(f->ca), .signer_kind = kind,
                                    .signer_key = kind == CMC_SIGNER_CERT ? f->agent_key : NULL,
                                    .signer_cert = kind == CMC_SIGNER_CERT ? f->agent : NULL,
                                    .revoke = {.enable = true, .issuer_der = cert_issuer_der(target),
                                               .serial = cert_serial(target), .reason = REVOKE_KEY_COMPROMISE,
                                               .passphrase = passphrase ? &secret : NULL}};
    struct buf der = build(&spec);
    secret_release(&secret);
    return der;
}

/* The secret of a certificate cannot be guessed on and on either; a new token begins anew. */
static void revocation_attempts(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct cmc_response r;
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    struct key *key = new_key(f, KEY_EC);
    struct cert *cert = user_cert(f, key, "CN=guessed");
    char *serial = cert_serial_text(cert);
    int64_t start = f->now;
    must(practice_profile_enable(f->ca, "caFullCMCUserSignedCert", true, &err) &&
             practice_switch(f->ca, "practice.sharedTokenAttempts", "3", &err) &&
             adopt_token(f->ca, "let go", false, &token, &err) && practice_cert_token(f->ca, serial, buf_str(&token), &err),
         &err);
    struct buf wrong = revocation(f, CMC_SIGNER_NONE, cert, "guess");
    struct buf good = revocation(f, CMC_SIGNER_NONE, cert, "let go");
    const struct {
        struct buf *sent;
        int later; /* seconds */
        bool new_token, revoked;
        const char *said;
        int times;
    } rows[] = {
        {&wrong, 0, false, false, "wrong secret", 1}, {&wrong, 0, false, false, "wrong secret", 2},
        {&wrong, 0, false, false, "wrong secret", 3}, {&good, 0, false, false, "too many wrong secrets", 1},
        {&good, 299, false, false, "too many wrong secrets", 2}, {&wrong, 2, false, false, "wrong secret", 4},
        {&good, 0, false, false, "too many wrong secrets", 3}, {&good, 0, true, true, "wrong secret", 4},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        f->now += rows[i].later;
        must(!rows[i].new_token || practice_cert_token(f->ca, serial, buf_str(&token), &err), &err);
        fixture_cmc(f, USER_SIGNED, NULL, buf_peek(rows[i].sent), NULL, &r);
        expect_status(&r, rows[i].revoked ? CMC_STATUS_SUCCESS : CMC_STATUS_FAILED, rows[i].revoked ? -1 : CMC_FAIL_BAD_IDENTITY, NULL);
        cmc_response_release(&r);
        assert_int_equal(crl_has(f, cert), rows[i].revoked);
        assert_int_equal(noted(f, "CERT_STATUS_CHANGE_REQUEST_PROCESSED", "CertSerialNum", serial, rows[i].said), rows[i].times);
    }
    f->now = start;
    must(practice_switch(f->ca, "practice.sharedTokenAttempts", "10", &err), &err);
    free(serial);
    buf_release(&token);
    buf_release(&wrong);
    buf_release(&good);
    cert_free(cert);
    key_free(key);
}

static void revocations(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct cmc_response r;
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    struct key *key = new_key(f, KEY_EC);
    struct cert *one = user_cert(f, key, "CN=one");
    struct cert *two = user_cert(f, key, "CN=two");
    must(practice_profile_enable(f->ca, "caFullCMCUserSignedCert", true, &err), &err);
    assert_false(crl_has(f, one));
    struct buf by = revocation(f, CMC_SIGNER_CERT, one, NULL);
    fixture_cmc(f, FULL, NULL, buf_peek(&by), f->agent, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    cmc_response_release(&r);
    assert_true(crl_has(f, one));
    fixture_cmc(f, FULL, NULL, buf_peek(&by), f->agent, &r); /* again */
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    cmc_response_release(&r);
    buf_release(&by);
    /* By secret. */
    char *serial = cert_serial_text(two);
    must(adopt_token(f->ca, "let go", false, &token, &err), &err);
    must(practice_cert_token(f->ca, serial, buf_str(&token), &err), &err);
    by = revocation(f, CMC_SIGNER_NONE, two, "wrong");
    fixture_cmc(f, USER_SIGNED, NULL, buf_peek(&by), NULL, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_IDENTITY, NULL);
    cmc_response_release(&r);
    buf_release(&by);
    assert_false(crl_has(f, two));
    by = revocation(f, CMC_SIGNER_NONE, two, "let go");
    fixture_cmc(f, USER_SIGNED, NULL, buf_peek(&by), NULL, &r);
    expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
    cmc_response_release(&r);
    buf_release(&by);
    assert_true(crl_has(f, two));
    /* A revoked certificate signs nothing any more. */
    must(practice_profile_enable(f->ca, "caECFullCMCUserSignedCert", true, &err), &err);
    struct buf csr = new_csr(key, "CN=x", false);
    by = user_request(f, key, two, REQUEST_TCR, buf_peek(&csr));
    fixture_cmc(f, USER_SIGNED, "profileId=caECFullCMCUserSignedCert", buf_peek(&by), two, &r);
    expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_REQUEST, "Invalid Credential.:CMC signing cert is a revoked certificate");
    cmc_response_release(&r);
    buf_release(&by);
    buf_release(&csr);
    free(serial);
    buf_release(&token);
    cert_free(two);
    cert_free(one);
    key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_agent), cmocka_unit_test(profiles),  cmocka_unit_test(servlets), cmocka_unit_test(by_secret),
        cmocka_unit_test(old_names_are_off), cmocka_unit_test(old_self_signed_names),
        cmocka_unit_test(attempts), cmocka_unit_test(by_user),   cmocka_unit_test(archival), cmocka_unit_test(two_trips),
        cmocka_unit_test(foreign_key_archived),
        cmocka_unit_test(revocations), cmocka_unit_test(revocation_attempts),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
