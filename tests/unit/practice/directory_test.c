/* SPDX-License-Identifier: Apache-2.0 */
/* Users and shared tokens from a real LDAP directory, read as a Dogtag CA reads them. */
#include "config.h"

#include "unit/practice/fixture.h"

#include "cmc/status.h"
#include "dir/sharedtoken_store.h"
#include "harness/testslapd.h"
#include "nss/certdb.h"
#include "practice/adopt.h"

#define SHARED "auths.instance.SharedToken."
#define SECRET "from the directory 7"

static void put_token(struct fixture *f, const struct testslapd *slapd, const char *uid, const char *secret)
{
    struct err err = ERR_INIT;
    struct secret password = SECRET_INIT;
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    char *url = xasprintf("ldap://127.0.0.1:%d/dc=example,dc=com", slapd->port);
    secret_set(&password, TESTSLAPD_PASSWORD, strlen(TESTSLAPD_PASSWORD));
    const struct dir_options options = {.url = url, .bind = DIR_SIMPLE, .bind_dn = TESTSLAPD_ADMIN, .password = &password};
    struct dir *dir = dir_open(&options, practice_nssdb(f->ca), &err);
    must(dir != NULL, &err);
    must(adopt_token(f->ca, secret, false, &token, &err) && dir_token_put(dir, NULL, uid, NULL, buf_str(&token), &err), &err);
    dir_close(dir);
    secret_release(&password);
    buf_release(&token);
    free(url);
}

static void configure(struct fixture *f, const struct testslapd *slapd)
{
    struct err err = ERR_INIT;
    char *port = xasprintf("%d", slapd->port);
    char *path = path_join(f->dir, "password.conf");
    must(file_write(path, bytes_of_str("internal=x\nRule SharedToken=" TESTSLAPD_PASSWORD "\n"), 0600, &err), &err);
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
    testslapd_stop(&slapd);
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
