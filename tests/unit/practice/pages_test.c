/* SPDX-License-Identifier: Apache-2.0 */
/* REST answers have the shape of the recorded ones; pages and hostile input. */
#include "config.h"

#include "unit/practice/fixture.h"

#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "cmc/oids.h"
#include "cmc/status.h"
#include "nss/pem.h"

static void ask(struct fixture *f, const char *method, const char *path, const char *query, struct bytes body,
                const struct cert *tls, const char *cookie, struct practice_reply *reply)
{
    struct cert_list chain = CERT_LIST_INIT;
    if (tls) {
        cert_list_push(&chain, tls);
    }
    const struct practice_request request = {.method = method, .path = path, .query = query, .body = body, .cookie = cookie,
                                             .has_length = strcmp(method, "POST") == 0, .tls_client = &chain, .port = 8443,
                                             .at = f->now};
    practice_handle(f->ca, &request, reply);
    cert_list_release(&chain);
}

static struct json *get_json(struct fixture *f, const char *path, const char *query, int status)
{
    struct err err = ERR_INIT;
    struct practice_reply reply;
    ask(f, "GET", path, query, BYTES_NONE, NULL, NULL, &reply);
    assert_int_equal(reply.status, status);
    assert_string_equal(reply.content_type, "application/json");
    struct json *root = json_parse(buf_peek(&reply.body), &err);
    must(root != NULL, &err);
    practice_reply_release(&reply);
    return root;
}

static struct json *recorded_json(const char *name)
{
    struct err err = ERR_INIT;
    char *below = xasprintf("tests/vectors/ca/_rest/%s", name);
    char *path = unit_source(below);
    struct json *root = json_read_file(path, &err);
    must(root != NULL, &err);
    free(path);
    free(below);
    return root;
}

/* Every key that the recorded server gave is there, of the same kind. */
static void same_shape(const struct json *recorded, const struct json *ours, const char *where)
{
    for (struct json *e = json_first(recorded); e; e = json_next(e)) {
        struct json *mine = json_is_object(recorded) ? json_get(ours, json_key(e)) : json_first(ours);
        if (!mine) {
            fail_msg("%s has no %s", where, json_key(e));
        }
        assert_int_equal(json_is_object(e), json_is_object(mine));
        assert_int_equal(json_is_array(e), json_is_array(mine));
        assert_int_equal(json_is_string(e), json_is_string(mine));
        assert_int_equal(json_is_number(e), json_is_number(mine));
        same_shape(e, mine, where);
        if (json_is_array(recorded)) {
            break;
        }
    }
}

static void rest(void **state)
{
    static const struct {
        const char *path, *query, *recorded;
        int status;
    } rows[] = {
        {"/ca/admin/ca/getStatus", NULL, "getStatus.json", 200},
        {"/pki/rest/info", NULL, "pki-info.json", 200},
        {"/ca/rest/info", NULL, "info.json", 200},
        {"/ca/rest/config/cert/signing", NULL, "config-cert-signing.json", 200},
        {"/ca/rest/config/cert/transport", NULL, "config-cert-transport.json", 200},
        {"/ca/rest/certs", "size=5", "certs-list.json", 200},
        {"/ca/rest/certs/0xfffffff", NULL, "certs-missing.json", 404},
        {"/ca/ee/ca/getCertChain", NULL, "getCertChain-ee.json", 200},
        {"/ca/rest/profiles", NULL, "profiles-anon.json", 403},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json *ours = get_json(f, rows[i].path, rows[i].query, rows[i].status);
        struct json *recorded = recorded_json(rows[i].recorded);
        if (rows[i].status == 404) {
            json_remove(recorded, "Attributes"); /* names of the server's own parameters */
        }
        same_shape(recorded, ours, rows[i].path);
        json_free(recorded);
        json_free(ours);
    }
}

/* Hexadecimal and decimal serials name the same certificate. */
static void one_certificate(void **state)
{
    struct fixture *f = *state;
    char *hex = cert_serial_text(f->agent);
    char *path = xasprintf("/ca/rest/certs/%s", hex);
    struct json *by_hex = get_json(f, path, NULL, 200);
    struct json *recorded = recorded_json("certs-show.json");
    same_shape(recorded, by_hex, path);
    assert_string_equal(json_get_str(by_hex, "Status", ""), "VALID");
    free(path);
    path = xasprintf("/ca/rest/certs/%llu", strtoull(hex, NULL, 16));
    struct json *by_number = get_json(f, path, NULL, 200);
    assert_string_equal(json_get_str(by_hex, "Encoded", "x"), json_get_str(by_number, "Encoded", "y"));
    json_free(by_number);
    json_free(recorded);
    json_free(by_hex);
    free(path);
    free(hex);
    static const char *const bad[] = {"/ca/rest/certs/", "/ca/rest/certs/0x", "/ca/rest/certs/zz", "/ca/rest/certs/-1",
                                      "/ca/rest/certs/0x1\x1b[0m", "/ca/rest/certrequests/99999", "/ca/rest/certrequests/x"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        json_free(get_json(f, bad[i], NULL, 404));
    }
}

static void search(void **state)
{
    static const struct {
        const char *body;
        int status;
        long total; /* -1: any */
    } rows[] = {
        {"{\"matchExactly\": true, \"userID\": \"agent\", \"subjectInUse\": true}", 200, 1},
        {"{\"matchExactly\": true, \"userID\": \"agen\", \"subjectInUse\": true}", 200, 0},
        {"{\"commonName\": \"KRA Transport\"}", 200, 1},
        {"{\"commonName\": \"%' OR '1\"}", 200, 0},
        {"{}", 200, -1},
        {"[]", 400, -1},
        {"{", 400, -1},
        {"", 400, -1},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = ERR_INIT;
        struct practice_reply reply;
        ask(f, "POST", "/ca/rest/certs/search", "start=0&size=20", bytes_of_str(rows[i].body), NULL, NULL, &reply);
        assert_int_equal(reply.status, rows[i].status);
        struct json *root = json_parse(buf_peek(&reply.body), &err);
        must(root != NULL, &err);
        if (rows[i].total >= 0) {
            assert_int_equal((long)json_get_num(root, "total", -1), rows[i].total);
        }
        json_free(root);
        practice_reply_release(&reply);
    }
}

static void chains(void **state)
{
    static const char *const queries[] = {"op=download&mimeType=application/x-x509-ca-cert", "op=downloadBIN"};
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        struct err err = ERR_INIT;
        struct practice_reply reply;
        struct cert_list list = CERT_LIST_INIT;
        ask(f, "GET", "/ca/ee/ca/getCAChain", queries[i], BYTES_NONE, NULL, NULL, &reply);
        must(pem_decode_all(buf_peek(&reply.body), &list, &err), &err);
        assert_int_equal(list.n, 2);
        assert_true(cert_list_has(&list, practice_ca_cert(f->ca)));
        cert_list_release(&list);
        practice_reply_release(&reply);
    }
}

/* Profiles: an agent who has logged in. */
static void login(void **state)
{
    struct fixture *f = *state;
    struct practice_reply reply;
    ask(f, "GET", "/ca/rest/account/login", NULL, BYTES_NONE, NULL, NULL, &reply);
    assert_int_equal(reply.status, 401);
    practice_reply_release(&reply);
    ask(f, "GET", "/ca/rest/account/login", NULL, BYTES_NONE, practice_transport_cert(f->ca), NULL, &reply);
    assert_int_equal(reply.status, 401);
    practice_reply_release(&reply);
    ask(f, "GET", "/ca/rest/account/login", NULL, BYTES_NONE, f->agent, NULL, &reply);
    assert_int_equal(reply.status, 200);
    assert_non_null(reply.cookie);
    char *cookie = xstrndup(reply.cookie, strcspn(reply.cookie, ";"));
    practice_reply_release(&reply);
    ask(f, "GET", "/ca/rest/profiles", NULL, BYTES_NONE, f->agent, NULL, &reply);
    assert_int_equal(reply.status, 403);
    practice_reply_release(&reply);
    ask(f, "GET", "/ca/rest/profiles", NULL, BYTES_NONE, NULL, cookie, &reply);
    assert_int_equal(reply.status, 403);
    practice_reply_release(&reply);
    ask(f, "GET", "/ca/rest/profiles/caFullCMCUserCert", NULL, BYTES_NONE, f->agent, cookie, &reply);
    assert_int_equal(reply.status, 200);
    practice_reply_release(&reply);
    free(cookie);
}

static void pages(void **state)
{
    struct fixture *f = *state;
    struct practice_reply reply;
    ask(f, "GET", FULL, NULL, BYTES_NONE, f->agent, NULL, &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.content_type, "text/html");
    assert_non_null(strstr(buf_str(&reply.body), "unrecoverable error"));
    practice_reply_release(&reply);
    ask(f, "GET", "/ca/<script>alert(1)</script>\x1b[2J", NULL, BYTES_NONE, NULL, NULL, &reply);
    assert_int_equal(reply.status, 404);
    assert_null(strstr(buf_str(&reply.body), "<script>"));
    assert_null(strchr(buf_str(&reply.body), '\x1b'));
    practice_reply_release(&reply);
}

static void est(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct practice_reply reply;
    struct cert_list certs = CERT_LIST_INIT;
    struct key *key = new_key(f, KEY_EC);
    struct buf csr = new_csr(key, "CN=est", false);
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct buf full = agent_request(f, REQUEST_TCR, buf_peek(&csr));
    assert_true(base64_encode(buf_peek(&csr), 76, true, &text));
    ask(f, "GET", "/.well-known/est/cacerts", NULL, BYTES_NONE, NULL, NULL, &reply);
    assert_int_equal(reply.status, 200);
    must(pem_decode_all(buf_peek(&reply.body), &certs, &err), &err);
    assert_true(cert_list_has(&certs, practice_ca_cert(f->ca)));
    cert_list_release(&certs);
    practice_reply_release(&reply);
    static const struct {
        const char *path;
        bool client;
        int status;
    } simple[] = {
        {"/.well-known/est/caECSimpleCMCUserCert/simpleenroll", true, 200},
        {"/.well-known/est/simpleenroll", true, 400}, /* wants RSA */
        {"/.well-known/est/caECSimpleCMCUserCert/simpleenroll", false, 401},
        {"/.well-known/est/caNoSuchProfile/simpleenroll", true, 400},
        {"/.well-known/est/nothing", true, 404},
        {"/.well-known/est/cacerts", true, 405},
    };
    for (size_t i = 0; i < ARRAY_LEN(simple); i++) {
        ask(f, "POST", simple[i].path, NULL, buf_peek(&text), simple[i].client ? f->agent : NULL, NULL, &reply);
        assert_int_equal(reply.status, simple[i].status);
        if (reply.status == 200) {
            must(pem_decode_all(buf_peek(&reply.body), &certs, &err), &err);
            struct buf spki = BUF_INIT(BUF_MAX_TEXT);
            must(key_spki(key, &spki, &err), &err);
            assert_non_null(cert_list_find_spki(&certs, buf_peek(&spki)));
            buf_release(&spki);
            cert_list_release(&certs);
        }
        practice_reply_release(&reply);
    }
    static const struct {
        const char *path, *type;
        int status;
    } rows[] = {
        {"/.well-known/est/caECFullCMCUserCert/fullcmc", "application/pkcs7-mime; smime-type=CMC-request", 200},
        {"/.well-known/est/fullcmc", "application/pkcs7-mime; smime-type=CMC-request", 400},
        {"/.well-known/est/caECFullCMCUserCert/fullcmc", "application/pkcs7-mime", 415},
        {"/.well-known/est/caECFullCMCUserCert/fullcmc", NULL, 415},
    };
    struct cert_list chain = CERT_LIST_INIT;
    cert_list_push(&chain, f->agent);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct practice_request request = {.method = "POST", .path = rows[i].path, .content_type = rows[i].type,
                                                 .body = buf_peek(&full), .has_length = true, .tls_client = &chain, .at = f->now};
        practice_handle(f->ca, &request, &reply);
        assert_int_equal(reply.status, rows[i].status);
        if (rows[i].status != 415) {
            struct cmc_response r;
            struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
            must(base64_decode(buf_peek(&reply.body), &der, &err) && cmc_response_parse(buf_peek(&der), &r, &err), &err);
            cmc_response_release(&r);
            buf_release(&der);
        }
        practice_reply_release(&reply);
    }
    cert_list_release(&chain);
    buf_release(&full);
    buf_release(&text);
    buf_release(&csr);
    key_free(key);
}

/* The form: pasted base64 as a browser sends it. */
static void form(void **state)
{
    struct fixture *f = *state;
    struct practice_reply reply;
    struct key *key = new_key(f, KEY_EC);
    struct buf csr = new_csr(key, "CN=pasted \\<b\\>,O=x", false);
    struct buf full = agent_request(f, REQUEST_TCR, buf_peek(&csr));
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct buf body = BUF_INIT(BUF_MAX_TEXT);
    assert_true(base64_encode(buf_peek(&full), 76, true, &text));
    assert_true(buf_append_str(&body, "profileId=caECFullCMCUserCert&requestor_name=J+Doe&cert_request="));
    for (size_t i = 0; i < text.len; i++) {
        assert_true(buf_printf(&body, "%%%02X", text.data[i]));
    }
    ask(f, "GET", "/ca/ee/ca/profileSelect", "profileId=%22%3E%3Cscript%3E", BYTES_NONE, NULL, NULL, &reply);
    assert_non_null(strstr(buf_str(&reply.body), "cert_request"));
    assert_null(strstr(buf_str(&reply.body), "<script>"));
    practice_reply_release(&reply);
    ask(f, "POST", "/ca/ee/ca/profileSubmit", NULL, buf_peek(&body), f->agent, NULL, &reply);
    assert_non_null(strstr(buf_str(&reply.body), "Status: success"));
    assert_non_null(strstr(buf_str(&reply.body), "BEGIN CERTIFICATE"));
    assert_null(strstr(buf_str(&reply.body), "<b>,O"));
    practice_reply_release(&reply);
    ask(f, "POST", "/ca/ee/ca/profileSubmit", NULL, BYTES("profileId=x", 11), f->agent, NULL, &reply);
    assert_non_null(strstr(buf_str(&reply.body), "Status: failed"));
    practice_reply_release(&reply);
    ask(f, "GET", "/ca/ee/ca/srchCerts", "cn=pasted", BYTES_NONE, NULL, NULL, &reply);
    assert_non_null(strstr(buf_str(&reply.body), "1 found."));
    practice_reply_release(&reply);
    ask(f, "GET", "/ca/ee/ca/", NULL, BYTES_NONE, NULL, NULL, &reply);
    assert_non_null(strstr(buf_str(&reply.body), "caFullCMCUserCert"));
    practice_reply_release(&reply);
    buf_release(&body);
    buf_release(&text);
    buf_release(&full);
    buf_release(&csr);
    key_free(key);
}

/* Octets of every kind at every servlet: an answer each time, and the CA lives. */
static void garbage(void **state)
{
    static const char *const paths[] = {FULL, USER_SIGNED, "/ca/ee/ca/profileSubmitSelfSignedCMCFull",
                                        "/ca/ee/ca/profileSubmitCMCSimple", "/ca/ee/ca/profileSubmit"};
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct key *key = new_key(f, KEY_EC);
    struct buf csr = new_csr(key, "CN=x", false);
    struct buf good = agent_request(f, REQUEST_TCR, buf_peek(&csr));
    unsigned seed = 1;
    must(practice_profile_enable(f->ca, "caFullCMCUserSignedCert", true, &err), &err);
    for (int i = 0; i < 300; i++) {
        struct practice_reply reply;
        struct buf bad = BUF_INIT(BUF_MAX_MESSAGE);
        seed = seed * 1103515245U + 12345U;
        size_t len = i % 3 == 0 ? seed % good.len : good.len;
        assert_true(buf_append(&bad, good.data, len));
        for (int hit = 0; len > 0 && hit < 3; hit++) {
            seed = seed * 1103515245U + 12345U;
            bad.data[seed % len] = (uint8_t)(seed >> 16);
        }
        ask(f, "POST", paths[i % 5], NULL, buf_peek(&bad), f->agent, NULL, &reply);
        assert_int_equal(reply.status, 200);
        assert_true(reply.body.len > 0);
        practice_reply_release(&reply);
        buf_release(&bad);
    }
    buf_release(&good);
    buf_release(&csr);
    key_free(key);
}

/* What an attacker puts into a name cannot forge a line of the log. */
static void audit(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct practice_reply reply;
    struct key *key = new_key(f, KEY_RSA);
    struct buf csr = new_csr(key, "CN=x\\0a0.practice - [AuditEvent=FORGED][Outcome=Success],O=\\1b[31mred", false);
    struct buf der = agent_request(f, REQUEST_TCR, buf_peek(&csr));
    fixture_post(f, FULL, NULL, buf_peek(&der), f->agent, f->now, &reply);
    practice_reply_release(&reply);
    char *path = path_join(f->dir, "audit.log");
    struct buf log = BUF_INIT(BUF_MAX_MESSAGE);
    must(file_read(path, &log, &err), &err);
    assert_null(strchr(buf_str(&log), '\x1b'));
    assert_null(strstr(buf_str(&log), "[AuditEvent=FORGED]"));
    struct strv lines = STRV_INIT;
    strv_split(&lines, buf_str(&log), '\n');
    for (size_t i = 0; i + 1 < lines.n; i++) {
        assert_true(text_starts(lines.v[i], "0.practice - ["));
        assert_non_null(strstr(lines.v[i], " [14] [6] [AuditEvent="));
    }
    strv_release(&lines);
    buf_release(&log);
    free(path);
    buf_release(&der);
    buf_release(&csr);
    key_free(key);
}

/* One program per folder; a second CA is refused; every name is marked. */
static void folder(void **state)
{
    struct fixture *f = *state;
    struct err err = ERR_INIT;
    struct practice_counts counts;
    assert_null(practice_open("/nonexistent/folder", &err));
    unit_expect_err(&err, ERR_PRACTICE_MISSING);
    const struct practice_init_spec spec = {NULL, NULL, NULL};
    assert_false(practice_init(f->dir, &spec, &err));
    unit_expect_err(&err, ERR_PRACTICE_EXISTS);
    must(practice_counts(f->ca, &counts, &err), &err);
    assert_int_equal(counts.agents, 1);
    const struct cert *marked[] = {practice_ca_cert(f->ca), practice_transport_cert(f->ca), practice_protection_cert(f->ca),
                                   f->agent};
    for (size_t i = 0; i < ARRAY_LEN(marked); i++) {
        char *name = cert_subject(marked[i]);
        assert_non_null(strstr(name, PRACTICE_MARK));
        free(name);
    }
    must(practice_describe(f->ca, 4711, &err), &err);
    char *path = path_join(f->dir, "ca-description.json");
    struct json *root = json_read_file(path, &err);
    must(root != NULL, &err);
    assert_int_equal((int)json_get_num(root, "port", 0), 4711);
    assert_true(json_get_bool(root, "practice", false));
    json_free(root);
    free(path);
    char *uid = xasprintf("%s/second.p12", f->folder);
    must(practice_enroll_agent(f->ca, "second", uid, f->now, &err), &err);
    assert_true(file_exists(uid));
    must(practice_counts(f->ca, &counts, &err), &err);
    assert_int_equal(counts.agents, 2);
    free(uid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rest),    cmocka_unit_test(one_certificate), cmocka_unit_test(search), cmocka_unit_test(chains),
        cmocka_unit_test(login),   cmocka_unit_test(est),             cmocka_unit_test(form),   cmocka_unit_test(pages),
        cmocka_unit_test(garbage), cmocka_unit_test(audit),           cmocka_unit_test(folder),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
