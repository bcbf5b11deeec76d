/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lint over the recorded cfg files of tests/vectors/tools, and over short texts for everything the recordings do not
 * show. Expected findings are written as "line:id" in order, parted by blanks; 0 is a finding without a line.
 */
#include "config.h"

#include "unit/unit.h"

#include "base/strv.h"
#include "base/text.h"
#include "cfg/cfg_lint.h"

/* The certificates of the recorded databases that these cfg files name. */
static char *recorded_subject(void *ctx, const char *dbdir, const char *token, const char *nickname)
{
    (void)ctx;
    (void)dbdir;
    (void)token;
    static const char *const known[][2] = {
        {"PKI Administrator for EXAMPLE", "CN=PKI Administrator,O=EXAMPLE"},
        {"agent-ec", "CN=EC Agent,O=EXAMPLE"},
        {"agent-other", "CN=PKI Administrator,O=EXAMPLE"},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (strcmp(known[i][0], nickname) == 0) {
            return xstrdup(known[i][1]);
        }
    }
    return NULL;
}

/* "line:id line:id"; ids without their common "cfg-". Every finding must be complete. */
static char *findings(const struct cfg_problems *problems)
{
    struct strv list = STRV_INIT;
    for (size_t i = 0; i < problems->n; i++) {
        const struct cfg_problem *problem = &problems->v[i];
        const char *id = cfg_lint_id(problem->what);
        assert_true(text_starts(id, "cfg-"));
        assert_null(strchr(problem->reason, '{'));
        assert_null(strchr(problem->remedy, '{'));
        assert_true(*problem->reason && *problem->remedy);
        assert_null(strstr(problem->reason, "Secret.123"));
        assert_null(strstr(problem->remedy, "Secret.123"));
        assert_null(strstr(problem->key, "Secret.123"));
        strv_pushf(&list, "%d:%s", problem->line, id + 4);
    }
    char *text = strv_join(&list, " ");
    strv_release(&list);
    return text;
}

static void copy_case(const char *from, const char *to)
{
    struct strv names = STRV_INIT;
    assert_true(dir_list(from, &names, NULL));
    assert_true(names.n > 0);
    for (size_t i = 0; i < names.n; i++) {
        char *source = path_join(from, names.v[i]);
        char *target = path_join(to, names.v[i]);
        struct buf content = BUF_INIT(BUF_MAX_TEXT);
        assert_true(dir_exists(source) || file_read(source, &content, NULL));
        assert_true(dir_exists(source) || file_write(target, buf_peek(&content), 0600, NULL));
        buf_release(&content);
        free(source);
        free(target);
    }
    strv_release(&names);
}

/* In each folder of a case an empty database stands for the recorded one, which is kept elsewhere. */
static void make_database(const char *folder)
{
    char *dir = path_join(folder, "nssdb");
    char *file = path_join(dir, "cert9.db");
    assert_true(dir_create(dir, 0700, NULL));
    assert_true(file_write(file, bytes_of_str("x"), 0600, NULL));
    free(file);
    free(dir);
}

struct vector_case {
    const char *name;
    const char *cfg; /* file in the case */
    const char *expected;
};

#define REQUEST "request.cfg"
#define HTTP "http.cfg"

static const struct vector_case vector_cases[] = {
    {"cmc-parse-colon", REQUEST, "10:no-equals"},
    {"cmc-parse-dbdir-default", REQUEST, "0:db-default"},
    {"cmc-parse-dbdir-sql", REQUEST, ""},
    {"cmc-parse-dup", REQUEST, "10:duplicate"},
    {"cmc-parse-eq-in-value", REQUEST, ""},
    {"cmc-parse-format-CRMF", REQUEST, "9:choice-case"},
    {"cmc-parse-identification-TRUE", REQUEST, "10:bool-case 11:unused"},
    {"cmc-parse-indent", REQUEST, "10:duplicate"},
    {"cmc-parse-inline-comment", REQUEST, "4:inline-comment"},
    {"cmc-parse-noeq", REQUEST, "10:no-equals"},
    {"cmc-parse-nolastnl", REQUEST, ""},
    {"cmc-parse-nonce-TRUE", REQUEST, ""},
    {"cmc-parse-quotes", REQUEST, "6:quotes 6:nickname-unknown"},
    {"cmc-parse-semicolon", REQUEST, "10:no-equals"},
    {"cmc-parse-spaces", REQUEST, "10:blank-before-equals"},
    {"cmc-parse-spaces2", REQUEST, "9:blank-before-equals 0:required"},
    {"cmc-parse-token-INTERNAL", REQUEST, ""},
    {"cmc-parse-token-default", REQUEST, ""},
    {"cmc-parse-token-full", REQUEST, ""},
    {"cmc-parse-unknown", REQUEST, "10:unknown-key 11:misspelt-key"},
    {"cmc-parse-value-leading-space", REQUEST, "4:blank-after-equals"},
    {"cmc-err-bad-format", REQUEST, "9:choice"},
    {"cmc-err-bad-nick", REQUEST, "6:nickname-unknown"},
    {"cmc-err-binary-p10", REQUEST, "3:file-binary"},
    {"cmc-err-crmf-as-p10", REQUEST, "3:format-mismatch"},
    {"cmc-err-empty-nick", REQUEST, "6:empty"},
    {"cmc-err-empty-pw", REQUEST, "8:password-empty"},
    {"cmc-err-emptycfg", REQUEST,
        "0:required 0:required 0:required 0:required 0:required 0:password-missing 0:db-default 0:db-empty"},
    {"cmc-err-garbage-p10", REQUEST, "3:file-not-request"},
    {"cmc-err-no-input", REQUEST, "0:required"},
    {"cmc-err-no-nick", REQUEST, "0:required"},
    {"cmc-err-no-num", REQUEST, "0:required"},
    {"cmc-err-no-output", REQUEST, "0:required"},
    {"cmc-err-no-pw", REQUEST, "0:password-missing"},
    {"cmc-err-output-dir", REQUEST, "4:output-folder"},
    {"cmc-err-wrong-pw", REQUEST, ""}, /* only a login tells */
    {"cmc-num-abc", REQUEST, "2:number"},
    {"cmc-zero", REQUEST, "2:num-zero"},
    {"cmc-one-two", REQUEST, "3:input-extra"},
    {"cmc-two-one", REQUEST, "2:several-requests 3:input-count"},
    {"cmc-space-in-path", REQUEST, "3:input-extra 3:path-blank"},
    {"cmc-idv2-badhash", REQUEST, "10:proof-ignored 11:alg-sha1 13:secret-ignored 14:secret-ignored"},
    {"cmc-idv2-defaults", REQUEST, "10:proof-ignored 11:secret-ignored 12:secret-ignored 0:alg-default 0:alg-default"},
    {"cmc-idv2-and-v1", REQUEST, "10:excludes 10:proof-ignored 13:secret-ignored 14:secret-ignored 16:legacy"},
    {"cmc-idv2-noident", REQUEST, "10:needs 10:proof-without-identification 10:proof-ignored 13:secret-ignored"},
    {"cmc-idv2-nosecret", REQUEST, "10:needs 10:proof-ignored 13:secret-ignored"},
    {"cmc-idv2-utf8", REQUEST, "10:proof-ignored 13:secret-ascii 13:secret-ignored 14:secret-ignored"},
    {"cmc-pl2-nokid", REQUEST, "10:needs"},
    {"cmc-pl2-p10-default", REQUEST, "0:alg-default 0:alg-default"},
    {"cmc-rev-agent", REQUEST, ""},
    {"cmc-rev-noreason", REQUEST, "0:required"},
    {"cmc-rev-noserial", REQUEST, "0:required"},
    {"cmc-rev-reason-KEYCOMPROMISE", REQUEST, ""},
    {"cmc-rev-reason-privilegeWithdrawn", REQUEST, "12:choice"},
    {"cmc-rev-reason-removeFromCRL", REQUEST, "12:remove-from-crl"},
    {"cmc-rev-secret-empty", REQUEST, "0:required"},
    {"cmc-rev-secret-nick", REQUEST, "6:nickname-looked-up"},
    {"cmc-rev-serial-hex", REQUEST, "11:serial-hex"},
    {"cmc-rev-nonce-trans", REQUEST, "10:excludes"},
    {"cmc-self-kid-0x", REQUEST, "10:key-id-0x"},
    {"cmc-self-nick-ok", REQUEST, "6:nickname-looked-up"},
    {"cmc-self-nokid", REQUEST, "0:required"},
    {"cmc-self-p10", REQUEST, ""},
    {"cmc-self-selfSign-alias", REQUEST, ""},
    {"http-4hdr-404", HTTP, "3:plain-http 11:profile-default"},
    {"http-6hdr", HTTP, "3:plain-http 11:profile-default"},
    {"http-err-badport", HTTP, "2:number 3:plain-http 6:servlet-unknown"},
    {"http-err-inputmissing", HTTP, "3:plain-http 4:file-missing 6:servlet-unknown"},
    {"http-err-nohost", HTTP, "2:plain-http 5:servlet-unknown 0:required"},
    {"http-err-noinput", HTTP, "3:plain-http 5:servlet-unknown 0:required"},
    {"http-err-noport", HTTP, "2:plain-http 5:servlet-unknown 0:required"},
    {"http-err-nosecure", HTTP, "5:servlet-unknown 0:required"},
    {"http-err-noservlet", HTTP, "3:plain-http 0:required"},
    {"http-err-secure-nodb", HTTP, "6:servlet-unknown 0:required 0:password-missing"},
    {"http-spaces", HTTP, "3:plain-http 6:servlet-unknown"},
    {"http-tls-client", HTTP, "11:profile-disabled"},
    {"http-tls-ec", HTTP, "11:profile-disabled"},
    {"http-tls-expired", HTTP, "11:profile-disabled 11:profile-needs-client"},
    {"http-tls-ip", HTTP, "11:profile-disabled"},
    {"http-tls-noclient", HTTP, "11:profile-disabled 11:profile-needs-client"},
    {"http-tls-untrusted", HTTP, "11:profile-disabled 11:profile-needs-client"},
};

static void recorded_files(void **state)
{
    (void)state;
    char *vectors = unit_source("tests/vectors/tools");
    for (size_t i = 0; i < ARRAY_LEN(vector_cases); i++) {
        void *folder;
        assert_int_equal(unit_folder(&folder), 0);
        char *source = path_join(vectors, vector_cases[i].name);
        copy_case(source, folder);
        make_database(folder);
        char *path = path_join(folder, vector_cases[i].cfg);
        struct cfg_lint_facts facts = {.subject_of = recorded_subject, .base_dir = folder};
        struct cfg_problems problems = CFG_PROBLEMS_INIT;
        assert_true(cfg_lint_file(path, 0, &facts, &problems, NULL));
        char *got = findings(&problems);
        if (strcmp(got, vector_cases[i].expected) != 0) {
            print_error("in %s:\n", vector_cases[i].name);
        }
        unit_expect_text(got, vector_cases[i].expected);
        cfg_problems_release(&problems);
        free(path);
        free(source);
        assert_int_equal(unit_folder_remove(&folder), 0);
    }
    free(vectors);
}

struct text_case {
    enum cfg_dialect dialect;
    const char *text;
    const char *expected; /* findings beside those of the missing keys */
};

/* A complete request, to which a case adds lines from line 9 on. */
static const char good_request[] = "numRequests=1\ninput=req.p10\noutput=cmc.req\nformat=pkcs10\ndbdir=./nssdb\n"
                                   "tokenname=internal\nnickname=agent-ec\npassword=x\n";
static const char good_submit[] = "host=ca.example.com\nport=8443\nsecure=true\ninput=cmc.req\noutput=cmc.resp\n"
                                  "dbdir=./nssdb\ntokenname=internal\nclientmode=true\nnickname=agent-ec\npassword=x\n";
#define SERVLET "servlet=/ca/ee/ca/profileSubmitCMCFull?profileId=caFullCMCUserCert\n"

static const struct text_case text_cases[] = {
    {CFG_REQUEST, "", ""},
    {CFG_REQUEST, "senderNonce.id=x\n", "9:sender-nonce-id"},
    {CFG_REQUEST, "servlet=/x\nclientmode=true\n", "9:other-dialect 10:other-dialect"},
    {CFG_REQUEST, "nickname=agent-ec\xff\n", "9:not-utf8 9:duplicate 9:nickname-unknown"},
    {CFG_REQUEST, "nickname=internal:agent-ec\n", "9:duplicate 9:nickname-prefix 9:nickname-unknown"},
    {CFG_REQUEST, "output=~/cmc.req\n", "9:duplicate 9:tilde"},
    {CFG_REQUEST, "output=./req.p10\n", "9:duplicate 9:output-is-input"},
    {CFG_REQUEST, "numRequests=101\n", "2:input-count 9:duplicate 9:range"},
    {CFG_REQUEST, "request.selfSign=false\nrequest.useSharedSecret=false\n", "10:alias-twice"},
    {CFG_REQUEST, "senderNonce.enable=yes\n", "9:bool-word"},
    {CFG_REQUEST, "identification.enable=False\n", ""},
    {CFG_REQUEST, "revRequest.enable=no\n", "9:revoke-word"},
    {CFG_REQUEST, "revRequest.enable=\n", "9:revoke-word"},
    {CFG_REQUEST, "oaep=true\n", "9:unused"},
    {CFG_REQUEST, "revRequest.serial=1\nrevRequest.invalidityDatePresent=false\n", "9:unused"},
    {CFG_REQUEST, "dataReturn.enable=true\n", "9:needs"},
    {CFG_REQUEST, "numRequests=0\ninput=\ngetCert.enable=true\ngetCert.issuer=CN=x\ngetCert.serial=1\n",
     "9:duplicate 10:duplicate"},
    {CFG_REQUEST, "numRequests=-1\n", "9:duplicate 9:num-zero"},
    {CFG_REQUEST, "getCert.enable=true\ngetCert.issuer=nonsense\ngetCert.serial=0x1\n", "10:dn 11:serial"},
    {CFG_REQUEST, "LraPopWitness.enable=true\nLraPopWitness.bodyPartIDs=1 2 x\n", "10:number"},
    {CFG_REQUEST, "popLinkWitness.enable=true\n", "9:legacy"},
    {CFG_REQUEST, "popLinkWitnessV2.enable=TRUE\nwitness.sharedSecret=s\nrequest.privKeyId=-ff\n",
     "9:bool-mixed 10:unused 11:unused"},
    {CFG_REQUEST,
     "popLinkWitnessV2.enable=true\nwitness.sharedSecret=s\nrequest.privKeyId=-ff\n"
     "popLinkWitnessV2.keyGenAlg=SHA1\npopLinkWitnessV2.macAlg=SHA-384-HMAC\n",
     "12:alg-sha1 13:alg-sha384-hmac"},
    {CFG_REQUEST,
     "popLinkWitnessV2.enable=true\nwitness.sharedSecret=s\nrequest.privKeyId=-fg\n"
     "popLinkWitnessV2.keyGenAlg=sha-256\npopLinkWitnessV2.macAlg=HmacSHA256\n",
     "11:key-id 12:choice-case 13:choice"},
    {CFG_REQUEST, "request.useSharedSecret=true\nrequest.privKeyId=2500b867acad0064bdba3fde9762a3ff1487fcfa0\n",
     "7:nickname-looked-up 9:secret-without-proof 10:key-id"},
    {CFG_REQUEST,
     "request.useSharedSecret=true\nrequest.privKeyId=0x25\nidentityProofV2.enable=true\nidentification=u\n"
     "witness.sharedSecret=s\nidentityProofV2.hashAlg=SHA-512\nidentityProofV2.macAlg=SHA-512-HMAC\n",
     "7:nickname-looked-up 10:key-id-0x 11:proof-without-identification 12:unused"},
    {CFG_REQUEST, "decryptedPop.enable=true\nrevRequest.enable=true\n", "9:excludes 0:required 0:required 0:required"},
    {CFG_REQUEST,
     "revRequest.enable=true\nrevRequest.serial=-1\nrevRequest.reason=superseded\nrevRequest.sharedSecret=s\n"
     "revRequest.issuer=/CN=x\n",
     "7:nickname-looked-up 10:serial 13:dn"},
    {CFG_REQUEST, "format=test_cmc\n", "9:duplicate 9:resign"},
    {CFG_HTTP, SERVLET, ""},
    {CFG_HTTP, "servlet=profileSubmitCMCFull\n", "11:servlet"},
    {CFG_HTTP, "servlet=https://ca.example.com/ca\n", "11:servlet"},
    {CFG_HTTP, "servlet=/ca/ee/ca/profileSubmitCMCfull?profileId=caCMCUserCert\n", "11:servlet-misspelt"},
    {CFG_HTTP, "servlet=/ca/ee/ca/profileSubmitCMCSimple\n", "11:servlet-simple"},
    {CFG_HTTP, "servlet=/ca/ee/ca/CMCRevReq\n", "11:servlet-defunct"},
    {CFG_HTTP, "servlet=/ca/ee/ca/profileSubmitSelfSignedCMCFull\n", "11:profile-gone"},
    {CFG_HTTP, "servlet=/ca/ee/ca/profileSubmitCMCFull?profileId=caCMCECCserverCert\n", "11:profile-slip"},
    {CFG_HTTP, "servlet=/ca/ee/ca/profileSubmitCMCFull?profileId=caFullCMCSelfSignedCert\n", "11:profile-slip"},
    {CFG_HTTP, "servlet=/ca/ee/ca/profileSubmitCMCFull?profileId=caCMCserverCrt\n", "11:profile-misspelt"},
    {CFG_HTTP, "servlet=/ca/ee/ca/profileSubmitCMCFull?profileId=siteSmartcards\n", "11:profile-unknown"},
    {CFG_HTTP, "servlet=/ca/ee/ca/profileSubmitUserSignedCMCFull?profileId=caCMCUserCert\n", "11:profile-path"},
    {CFG_HTTP, "servlet=/ca/ee/ca/profileSubmitUserSignedCMCFull?profileId=caFullCMCUserEncCert\n",
     "11:profile-by-site"},
    {CFG_HTTP, "host=https://ca.example.com\n" SERVLET, "11:duplicate 11:host"},
    {CFG_HTTP, "host=ca.example.com:8443\n" SERVLET, "11:duplicate 11:host"},
    {CFG_HTTP, "host=::1\n" SERVLET, "11:duplicate"},
    {CFG_HTTP, "port=8080\n" SERVLET, "11:duplicate 11:port-secure"},
    {CFG_HTTP, "port=70000\n" SERVLET, "11:duplicate 11:range"},
    {CFG_HTTP, "secure=TRUE\n" SERVLET,
     "2:port-secure 8:client-without-tls 11:duplicate 11:bool-case 11:plain-http 12:profile-needs-client"},
    {CFG_HTTP, "clientmode=True\n" SERVLET, "11:duplicate 11:bool-case 12:profile-needs-client"},
    {CFG_HTTP, "numHeaderLines=6\n" SERVLET, "11:header-lines"},
    {CFG_HTTP, "output=cmc.req\n" SERVLET, "11:duplicate 11:output-is-input"},
    {CFG_HTTP, "output=x \n" SERVLET, "11:trailing-blank 11:duplicate"},
    {CFG_HTTP, "nickname=\\u12\n" SERVLET, "11:bad-escape 11:nickname-unknown"},
    {CFG_HTTP, "clientauth=true\n" SERVLET, "11:misspelt-key"},
    {CFG_HTTP, "format=crmf\n" SERVLET, "11:other-dialect"},
};

static void written_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(text_cases); i++) {
        const struct text_case *row = &text_cases[i];
        char *text = xasprintf("%s%s", row->dialect == CFG_HTTP ? good_submit : good_request, row->text);
        struct cfg cfg;
        cfg_init(&cfg, row->dialect);
        assert_true(cfg_scan(&cfg, bytes_of_str(text), NULL, NULL));
        struct cfg_lint_facts facts = {.subject_of = recorded_subject, .no_files = true};
        struct cfg_problems problems = CFG_PROBLEMS_INIT;
        cfg_lint(&cfg, &facts, &problems);
        char *got = findings(&problems);
        if (strcmp(got, row->expected) != 0) {
            print_error("with %s\n", row->text);
        }
        unit_expect_text(got, row->expected);
        cfg_problems_release(&problems);
        cfg_release(&cfg);
        free(text);
    }
}

static void byte_order_mark(void **state)
{
    (void)state;
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    assert_true(cfg_scan(&cfg, bytes_of_str("\xef\xbb\xbfnumRequests=1\n"), NULL, NULL));
    struct cfg_lint_facts facts = {.no_files = true};
    struct cfg_problems problems = CFG_PROBLEMS_INIT;
    cfg_lint(&cfg, &facts, &problems);
    assert_true(cfg_problems_has(&problems, CFG_LINT_BOM));
    assert_int_equal(problems.v[0].line, 1);
    cfg_problems_release(&problems);
    cfg_release(&cfg);
}

static struct cfg_problems lint_text(enum cfg_dialect dialect, const char *text, const struct cfg_lint_facts *facts)
{
    struct cfg cfg;
    struct cfg_problems problems = CFG_PROBLEMS_INIT;
    cfg_init(&cfg, dialect);
    assert_true(cfg_scan(&cfg, bytes_of_str(text), NULL, NULL));
    cfg_lint(&cfg, facts, &problems);
    cfg_release(&cfg);
    return problems;
}

/* Keys and profiles that came later are told for older servers only. */
static void versions(void **state)
{
    (void)state;
    char *request = xasprintf("%sdecryptedPop.enable=true\noaep=true\nrequest.privKeyId=0x25\n"
                              "encryptedPopResponseFile=a\ndecryptedPopRequestFile=b\n", good_request);
    char *submit = xasprintf("%s%s", good_submit,
        "servlet=/ca/ee/ca/profileSubmitCMCFull?profileId=caCMCserverCertWithCRLDP\n");
    struct cfg_lint_facts facts = {.no_files = true, .dogtag = "10.5.18"};
    struct cfg_problems problems = lint_text(CFG_REQUEST, request, &facts);
    unit_expect_text(findings(&problems), "10:version 11:key-id-0x");
    cfg_problems_release(&problems);
    problems = lint_text(CFG_HTTP, submit, &facts);
    unit_expect_text(findings(&problems), "11:profile-version 11:profile-disabled");
    cfg_problems_release(&problems);
    facts.dogtag = "11.10.1";
    problems = lint_text(CFG_REQUEST, request, &facts);
    unit_expect_text(findings(&problems), "");
    cfg_problems_release(&problems);
    free(request);
    free(submit);
}

/* HMAC-SHA-512 of older servers is none; the hash that makes the key may be any, whatever the version. */
static void mac_for_old_servers(void **state)
{
    (void)state;
    static const struct {
        const char *version, *hash, *mac, *found;
    } rows[] = {
        {"10.5", "SHA-256", "SHA-512-HMAC", "12:alg-sha512-hmac 15:alg-sha512-hmac"},
        {"10.7.4", "SHA-512", "SHA-512-HMAC", "12:alg-sha512-hmac 15:alg-sha512-hmac"},
        {"10.8", "SHA-512", "SHA-512-HMAC", ""},
        {NULL, "SHA-256", "SHA-512-HMAC", ""},
        {"10.5", "SHA-384", "SHA-256-HMAC", ""},
        {"10.5", "SHA-512", "SHA-256-HMAC", ""},
        {"11.3", "SHA-384", "SHA-384-HMAC", "12:alg-sha384-hmac 15:alg-sha384-hmac"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *text = xasprintf("numRequests=1\ninput=a\noutput=b\nformat=pkcs10\ndbdir=db\npassword=x\n"
                               "request.useSharedSecret=true\nrequest.privKeyId=25\nidentification.enable=true\n"
                               "identification=jdoe\nidentityProofV2.enable=true\nidentityProofV2.macAlg=%1$s\n"
                               "identityProofV2.hashAlg=%2$s\npopLinkWitnessV2.enable=true\npopLinkWitnessV2.macAlg=%1$s\n"
                               "popLinkWitnessV2.keyGenAlg=%2$s\nwitness.sharedSecret=s\n",
                               rows[i].mac, rows[i].hash);
        struct cfg_lint_facts facts = {.no_files = true, .dogtag = rows[i].version};
        struct cfg_problems problems = lint_text(CFG_REQUEST, text, &facts);
        unit_expect_text(findings(&problems), rows[i].found);
        cfg_problems_release(&problems);
        free(text);
    }
}

/* cmc.popLinkWitnessRequired counts for agents as well, but not for CRMF, which passes without. */
static void link_that_the_ca_demands(void **state)
{
    (void)state;
    char *linked = xasprintf("%spopLinkWitnessV2.enable=true\npopLinkWitnessV2.macAlg=SHA-256-HMAC\nrequest.privKeyId=25\n"
                             "popLinkWitnessV2.keyGenAlg=SHA-256\nwitness.sharedSecret=s\n", good_request);
    const struct {
        const char *text, *found;
    } rows[] = {{good_request, "0:pop-link-required"}, {linked, ""}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cfg_lint_facts facts = {.no_files = true, .pop_link_required = true};
        struct cfg_problems problems = lint_text(CFG_REQUEST, rows[i].text, &facts);
        unit_expect_text(findings(&problems), rows[i].found);
        cfg_problems_release(&problems);
    }
    char *crmf = xstrdup(good_request), *format = strstr(crmf, "format=pkcs10");
    assert_non_null(format);
    memcpy(format, "format=crmf\n#", strlen("format=pkcs10"));
    struct cfg_lint_facts facts = {.no_files = true, .pop_link_required = true};
    struct cfg_problems problems = lint_text(CFG_REQUEST, crmf, &facts);
    unit_expect_text(findings(&problems), "");
    cfg_problems_release(&problems);
    free(crmf);
    free(linked);
}

/* Session files carry no secret: our tools ask, so that is no mistake. */
static void secrets_that_will_be_asked(void **state)
{
    (void)state;
    static const char text[] = "numRequests=1\ninput=a\noutput=b\nformat=pkcs10\ndbdir=db\n"
                               "request.useSharedSecret=true\nrequest.privKeyId=25\n"
                               "identification.enable=true\nidentification=jdoe\n"
                               "identityProofV2.enable=true\nidentityProofV2.hashAlg=SHA-256\n"
                               "identityProofV2.macAlg=SHA-256-HMAC\n";
    struct cfg_lint_facts facts = {.no_files = true, .will_ask_secrets = true};
    struct cfg_problems problems = lint_text(CFG_REQUEST, text, &facts);
    unit_expect_text(findings(&problems), "10:password-asked 0:password-asked");
    assert_int_equal(cfg_problems_count(&problems, CFG_WARNING), 0);
    cfg_problems_release(&problems);
    facts.will_ask_secrets = false;
    problems = lint_text(CFG_REQUEST, text, &facts);
    unit_expect_text(findings(&problems), "10:needs 0:password-missing");
    cfg_problems_release(&problems);
}

static bool no_key(void *ctx, const char *dbdir, const char *token, const char *key_id)
{
    assert_string_equal(ctx, "ctx");
    assert_string_equal(dbdir, "./nssdb");
    assert_null(token);
    return strcmp(key_id, "26") == 0;
}

static void keys_are_looked_up(void **state)
{
    (void)state;
    char ctx[] = "ctx";
    char *text = xasprintf("%spopLinkWitnessV2.enable=true\nwitness.sharedSecret=s\n"
                           "popLinkWitnessV2.keyGenAlg=SHA-256\npopLinkWitnessV2.macAlg=SHA-256-HMAC\n"
                           "request.privKeyId=25\n", good_request);
    struct cfg_lint_facts facts = {.ctx = ctx, .no_files = true, .has_key = no_key};
    struct cfg_problems problems = lint_text(CFG_REQUEST, text, &facts);
    unit_expect_text(findings(&problems), "13:key-unknown");
    cfg_problems_release(&problems);
    text[strlen(text) - 2] = '6';
    problems = lint_text(CFG_REQUEST, text, &facts);
    unit_expect_text(findings(&problems), "");
    cfg_problems_release(&problems);
    free(text);
}

/* Of this database only "x" is the password. Every call is counted. */
static bool only_x(void *ctx, const char *dbdir, const struct secret *password)
{
    ++*(int *)ctx;
    assert_string_equal(dbdir, "./nssdb");
    return password->len == 1 && password->text[0] == 'x';
}

/* Once, and never on a card: that counts wrong PINs. Not where nobody logs in. */
static void passwords_are_tried(void **state)
{
    (void)state;
    static const struct {
        enum cfg_dialect dialect;
        const char *more, *expected;
        int calls;
    } rows[] = {
        {CFG_REQUEST, "", "", 1},
        {CFG_REQUEST, "password=y\n", "9:duplicate 9:password-wrong", 1},
        {CFG_REQUEST, "password=y\ntokenname=card\n", "9:duplicate 10:duplicate", 0},
        {CFG_REQUEST, "password=\n", "9:duplicate 9:password-empty", 0},
        {CFG_HTTP, SERVLET "password=y\n", "12:duplicate 12:password-wrong", 1},
        {CFG_HTTP, SERVLET "password=y\nclientmode=false\n", NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int calls = 0;
        char *text = xasprintf("%s%s", rows[i].dialect == CFG_HTTP ? good_submit : good_request, rows[i].more);
        struct cfg_lint_facts facts = {.ctx = &calls, .no_files = true, .password_opens = only_x};
        struct cfg_problems problems = lint_text(rows[i].dialect, text, &facts);
        char *got = findings(&problems);
        assert_int_equal(calls, rows[i].calls);
        assert_true(rows[i].expected || !cfg_problems_has(&problems, CFG_LINT_PASSWORD_WRONG));
        unit_expect_text(got, rows[i].expected ? rows[i].expected : got);
        cfg_problems_release(&problems);
        free(text);
    }
}

/* What a file says is shown harmless. */
static void hostile_text_is_made_visible(void **state)
{
    (void)state;
    struct cfg_lint_facts facts = {.no_files = true};
    struct cfg_problems problems = lint_text(CFG_HTTP, "ho\\u001bst=x\nport=\\u001b[2J\\u202e\n", &facts);
    for (size_t i = 0; i < problems.n; i++) {
        char *line = cfg_problem_format(&problems.v[i]);
        assert_null(strchr(line, '\033'));
        assert_null(strstr(line, "\xe2\x80\xae"));
        free(line);
    }
    assert_true(cfg_problems_has(&problems, CFG_LINT_NUMBER));
    cfg_problems_release(&problems);
}

static void the_printed_line(void **state)
{
    (void)state;
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    char *text = xasprintf("%sfoo=1\n", good_request);
    assert_true(cfg_scan(&cfg, bytes_of_str(text), "my.cfg", NULL));
    struct cfg_lint_facts facts = {.no_files = true};
    struct cfg_problems problems = CFG_PROBLEMS_INIT;
    cfg_lint(&cfg, &facts, &problems);
    assert_int_equal(problems.n, 1);
    unit_expect_text(cfg_problem_format(&problems.v[0]),
        "my.cfg:9: warning: foo: CMCRequest does not know the key foo and ignores it. Remove the line, or look up the "
        "right key in cmc-request.cfg(5). [cfg-unknown-key]");
    assert_string_equal(cfg_severity_word(problems.v[0].severity), "warning");
    cfg_problems_release(&problems);
    cfg_release(&cfg);
    free(text);
}

static void ids_are_unique(void **state)
{
    (void)state;
    for (int i = 0; i < CFG_LINT_COUNT; i++) {
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(cfg_lint_id((enum cfg_lint_id)i), cfg_lint_id((enum cfg_lint_id)j));
        }
    }
}

static void unreadable_file(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct cfg_problems problems = CFG_PROBLEMS_INIT;
    assert_false(cfg_lint_file("no/such/file.cfg", 0, NULL, &problems, &err));
    unit_expect_err(&err, ERR_CFG_MISSING);
    assert_int_equal(problems.n, 0);
}

/* Files and folders that the recordings do not have. */
static void files_and_folders(void **state)
{
    char *folder = *state;
    make_database(folder);
    static const struct {
        const char *name, *content;
    } files[] = {
        {"empty.p10", ""},
        {"preamble.p10", "Certificate Request:\n-----BEGIN CERTIFICATE REQUEST-----\nMIIBADCBqgIBADA=\n-----END"},
        {"good.p10", "MIIBADCBqgIBADAA\n"},
        {"cmc.req", "-----BEGIN CMC-----\n"},
        {"old/cert8.db", "x"},
        {"none/readme", "x"},
    };
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char *path = path_join(folder, files[i].name);
        char *dir = path_dir(path);
        assert_true(dir_create(dir, 0700, NULL));
        assert_true(file_write(path, bytes_of_str(files[i].content), 0600, NULL));
        free(dir);
        free(path);
    }
    static const struct {
        enum cfg_dialect dialect;
        const char *text, *expected;
    } cases[] = {
        {CFG_REQUEST, "input=good.p10\n", "9:duplicate"},
        {CFG_REQUEST, "input=empty.p10\n", "9:duplicate 9:file-empty"},
        {CFG_REQUEST, "input=preamble.p10\n", "9:duplicate 9:file-preamble"},
        {CFG_REQUEST, "input=nssdb\n", "9:duplicate 9:file-folder"},
        {CFG_REQUEST, "input=good.p10\noutput=old\n", "9:duplicate 10:duplicate 10:output-is-folder"},
        {CFG_REQUEST, "input=good.p10\ndbdir=old\n", "9:duplicate 10:duplicate 10:db-legacy"},
        {CFG_REQUEST, "input=good.p10\ndbdir=none\n", "9:duplicate 10:duplicate 10:db-empty"},
        {CFG_REQUEST, "input=good.p10\ndbdir=nowhere\n", "9:duplicate 10:duplicate 10:db-missing"},
        {CFG_REQUEST, "input=good.p10\ndbdir=sql:nssdb\n", "9:duplicate 10:duplicate"},
        {CFG_HTTP, SERVLET, "4:submit-not-der"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *text = xasprintf("%s%s", cases[i].dialect == CFG_HTTP ? good_submit : good_request, cases[i].text);
        struct cfg_lint_facts facts = {.base_dir = folder};
        struct cfg_problems problems = lint_text(cases[i].dialect, text, &facts);
        unit_expect_text(findings(&problems), cases[i].expected);
        cfg_problems_release(&problems);
        free(text);
    }
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
        cmocka_unit_test(recorded_files),
        cmocka_unit_test(written_mistakes),
        cmocka_unit_test(byte_order_mark),
        cmocka_unit_test(versions),
        cmocka_unit_test(mac_for_old_servers),
        cmocka_unit_test(link_that_the_ca_demands),
        cmocka_unit_test(secrets_that_will_be_asked),
        cmocka_unit_test(keys_are_looked_up),
        cmocka_unit_test(passwords_are_tried),
        cmocka_unit_test(hostile_text_is_made_visible),
        cmocka_unit_test(the_printed_line),
        cmocka_unit_test(ids_are_unique),
        cmocka_unit_test(unreadable_file),
        cmocka_unit_test_setup_teardown(files_and_folders, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
