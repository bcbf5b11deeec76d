/* SPDX-License-Identifier: Apache-2.0 */
/* Users, shared tokens and tokens for revocation from a real LDAP directory, read as a Dogtag CA reads them. */
#include "config.h"

#include "unit/practice/fixture.h"

#include "cmc/status.h"
#include "dir/sharedtoken_store.h"
#include "harness/testslapd.h"
#include "nss/certdb.h"
#include "cmc/control_cert.h"
#include "practice/adopt.h"
#include "practice/store.h"

#define SHARED "auths.instance.SharedToken."
#define SECRET "from the directory 7"

static struct dir *as_admin(struct fixture *f, const struct testslapd *slapd)
{
    struct err err = ERR_INIT;
    struct secret password = SECRET_INIT;
    char *url = xasprintf("ldap://127.0.0.1:%d/dc=example,dc=com", slapd->port);
    secret_set(&password, TESTSLAPD_PASSWORD, strlen(TESTSLAPD_PASSWORD));
    const struct dir_options options = {.url = url, .bind = DIR_SIMPLE, .bind_dn = TESTSLAPD_ADMIN, .password = &password};
    struct dir *dir = dir_open(&options, practice_nssdb(f->ca), &err);
    must(dir != NULL, &err);
    secret_release(&password);
    free(url);
    return dir;
}

static void put_token(struct fixture *f, const struct testslapd *slapd, const char *uid, const char *secret)
{
    struct err err = ERR_INIT;
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    struct dir *dir = as_admin(f, slapd);
    must(adopt_token(f->ca, secret, false, &token, &err) && dir_token_put(dir, NULL, uid, NULL, buf_str(&token), &err), &err);
    dir_close(dir);
    buf_release(&token);
}

static void configure(struct fixture *f, const struct testslapd *slapd)
{
    struct err err = ERR_INIT;
    char *port = xasprintf("%d", slapd->port);
    char *path = path_join(f->dir, "password.conf");
    must(file_write(path, bytes_of_str("internaldb=" TESTSLAPD_PASSWORD "\nRule SharedToken=" TESTSLAPD_PASSWORD "\n"), 0600, &err), &err);
    must(practice_switch(f->ca, SHARED "ldap.ldapconn.port", port, &err) &&
             practice_switch(f->ca, SHARED "ldap.ldapauth.bindDN", TESTSLAPD_ADMIN, &err) &&
             practice_switch(f->ca, SHARED "ldap.ldapconn.host", "127.0.0.1", &err) &&
             practice_profile_enable(f->ca, "caECFullCMCSharedTokenCert", true, &err),
         &err);
    free(path);
    free(port);
}

static struct buf request_of(struct fixture *f, const char *uid, const char *secret)
{
    struct key *key = new_key(f, KEY_EC);
    struct buf csr = new_csr(key, "CN=whoever", true);
    struct secret s = SECRET_INIT;
    const struct cmc_request_input input = {REQUEST_TCR, buf_peek(&csr)};
    secret_set(&s, secret, strlen(secret));
    struct cmc_request_spec spec = {.db = practice_nssdb(f->ca), .inputs = &input, .n_inputs = 1, .signer_kind = CMC_SIGNER_SELF,
                                    .request_key = key, .identification = uid, .secret = &s,
                                    .identity_proof = {true, HASH_SHA256, HASH_SHA256}};
    struct buf der = build(&spec);
    secret_release(&s);
    buf_release(&csr);
    key_free(key);
    return der;
}

static void expect(struct fixture *f, const char *uid, const char *secret, bool issued)
{
    struct cmc_response r;
    struct buf der = request_of(f, uid, secret);
    fixture_cmc(f, USER_SIGNED, "profileId=caECFullCMCSharedTokenCert", buf_peek(&der), NULL, &r);
    if (issued) {
        expect_status(&r, CMC_STATUS_SUCCESS, -1, NULL);
        struct cert *cert = issued_of(&r);
        char *name = cert_subject(cert);
        assert_non_null(strcasestr(name, "uid=jdoe,ou=people,dc=example,dc=com"));
        free(name);
        cert_free(cert);
    } else {
        expect_status(&r, CMC_STATUS_FAILED, CMC_FAIL_BAD_IDENTITY,
                      "Proof-of-Identification Verification Failed after verifyIdentityProofV2");
    }
    cmc_response_release(&r);
    buf_release(&der);
}

/* The directory is verified with the CAs that the practice CA's own database trusts: first with none for it. */
static void over_ldaps(struct fixture *f, const struct testslapd *slapd, const struct testcert *ca)
{
    struct err err = ERR_INIT;
    char *port = xasprintf("%d", slapd->tls_port);
    must(practice_switch(f->ca, SHARED "ldap.ldapconn.host", "localhost", &err) &&
             practice_switch(f->ca, SHARED "ldap.ldapconn.port", port, &err) &&
             practice_switch(f->ca, SHARED "ldap.ldapconn.secureConn", "true", &err),
         &err);
    expect(f, "jdoe", SECRET, false);
    size_t len = 0;
    char *der = testcert_crt(ca, false, &len);
    struct cert *cert = cert_from_der(BYTES(der, len), &err);
    must(cert && certdb_import(practice_nssdb(f->ca), NULL, cert, "Directory CA", "CT,,", &err), &err);
    expect(f, "jdoe", SECRET, true);
    expect(f, "jdoe", "wrong", false);
    expect(f, "asmith", SECRET, false);
    must(practice_switch(f->ca, SHARED "ldap.ldapconn.host", "127.0.0.1", &err), &err); /* not the name in the certificate */
    expect(f, "jdoe", SECRET, false);
    must(practice_switch(f->ca, SHARED "ldap.ldapconn.host", "localhost", &err), &err);
    expect(f, "jdoe", SECRET, true);
    cert_free(cert);
    free(der);
    free(port);
}

/* A certificate with a number that we know, in the CA's records; the directory's record has the number 0x10000 + serial. */
static struct cert *numbered(struct fixture *f, unsigned serial)
{
    struct err err = ERR_INIT;
    struct testcert made;
    size_t len = 0;
    testcert_make(&made, &(struct testcert_spec){.cn = "to be revoked", .serial = serial});
    char *der = testcert_crt(&made, false, &len);
    struct cert *cert = cert_from_der(BYTES(der, len), &err);
    must(cert && store_cert_add(f->ca->store, cert, "", "", 0, f->now, &err), &err);
    free(der);
    testcert_release(&made);
    return cert;
}

static void put_revocation(struct fixture *f, const struct testslapd *slapd, const char *serial, const char *secret)
{
    struct err err = ERR_INIT;
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    struct dir *dir = as_admin(f, slapd);
    must(adopt_token(f->ca, secret, false, &token, &err) &&
             dir_revocation_put(dir, "dc=example,dc=com", serial, buf_str(&token), &err),
         &err);
    dir_close(dir);
    buf_release(&token);
}

static void revokes(struct fixture *f, const struct cert *target, const char *passphrase, bool revoked)
{
    struct cmc_response r;
    struct secret secret = SECRET_INIT;
    secret_set(&secret, passphrase, strlen(passphrase));
    struct cmc_request_spec spec = {.db = practice_nssdb(f->ca), .signer_kind = CMC_SIGNER_NONE,
                                    .revoke = {.enable = true, .issuer_der = cert_issuer_der(target), .serial = cert_serial(target),
                                               .reason = REVOKE_KEY_COMPROMISE, .passphrase = &secret}};
    struct buf der = build(&spec);
    fixture_cmc(f, USER_SIGNED, "profileId=caFullCMCUserSignedCert", buf_peek(&der), NULL, &r);
    expect_status(&r, revoked ? CMC_STATUS_SUCCESS : CMC_STATUS_FAILED, revoked ? -1 : CMC_FAIL_BAD_IDENTITY, NULL);
    cmc_response_release(&r);
    buf_release(&der);
    secret_release(&secret);
}

static void records_at(struct fixture *f, const struct testslapd *slapd)
{
    struct err err = ERR_INIT;
    char *port = xasprintf("%d", slapd->port);
    must(practice_switch(f->ca, "internaldb.ldapconn.port", port, &err) &&
             practice_switch(f->ca, "internaldb.ldapauth.bindDN", TESTSLAPD_ADMIN, &err) &&
             practice_switch(f->ca, "internaldb.ldapconn.host", "127.0.0.1", &err),
         &err);
    free(port);
}

/* Tokens for revocation: in the directory's record of the certificate, or in the CA's own. */
static void records(struct fixture *f, struct testslapd *slapd)
{
    struct err err = ERR_INIT;
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    struct cert *known = numbered(f, 27), *unknown = numbered(f, 4711);
    must(practice_profile_enable(f->ca, "caFullCMCUserSignedCert", true, &err), &err);
    put_revocation(f, slapd, "0x1001b", SECRET);
    revokes(f, known, SECRET, false); /* no directory is configured */
    records_at(f, slapd);
    revokes(f, known, "wrong", false);
    revokes(f, unknown, SECRET, false); /* no record */
    revokes(f, known, SECRET, true);
    must(adopt_token(f->ca, "of its own", false, &token, &err) &&
             practice_cert_token(f->ca, "0x11267", buf_str(&token), &err),
         &err);
    testslapd_stop(slapd);
    revokes(f, known, SECRET, false); /* directory gone */
    revokes(f, unknown, "of its own", true);
    buf_release(&token);
    cert_free(known);
    cert_free(unknown);
}

static void users(void **state)
{
    struct fixture *f = *state;
    struct testslapd slapd;
    struct testcert ca;
    struct testcert server;
    testcert_make(&ca, &(struct testcert_spec){.cn = "Directory CA", .ca = true});
    testcert_make(&server, &(struct testcert_spec){.cn = "localhost", .issuer = &ca, .server = true});
    char *folder = path_join(f->folder, "slapd");
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_true(testslapd_start(&slapd, folder, &server, &ca, true));
    configure(f, &slapd);
    put_token(f, &slapd, "jdoe", SECRET);
    expect(f, "jdoe", SECRET, true);
    expect(f, "jdoe", "wrong", false);
    expect(f, "asmith", SECRET, false);   /* no token */
    expect(f, "nobody", SECRET, false);   /* no entry */
    expect(f, "twin", SECRET, false);     /* two entries */
    expect(f, "jdoe)(uid=*", SECRET, false);
    over_ldaps(f, &slapd, &ca);
    records(f, &slapd);
    expect(f, "jdoe", SECRET, false);     /* directory gone */
    testcert_release(&server);
    testcert_release(&ca);
    free(folder);
}

int main(void)
{
    if (!testslapd_available()) {
        printf("slapd is not installed\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(users)};
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
