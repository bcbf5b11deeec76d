/* SPDX-License-Identifier: Apache-2.0 */
/* The CA's REST answers as they were recorded from Dogtag 11.3.1, served again; servers without REST. */
#include "config.h"

#include "unit/net/netfix.h"

#include "base/json.h"
#include "net/carest.h"

static struct netfix fix;

static int setup(void **state)
{
    (void)state;
    netfix_open(&fix);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    netfix_close(&fix);
    return 0;
}

/* ---- a server that gives the recorded answers ---- */

struct recorded {
    bool v2;      /* /rest/ is absent, /v2/ answers */
    bool none;    /* 404 for everything */
    char *chain;  /* JSON that replaces getCertChain's, or NULL */
    char *cert;   /* JSON for any /certs/0x…, or NULL */
    char *search; /* JSON for any search, or NULL */
    int many;     /* not 0: a search has so many hits, in no order; the n-th newest was issued n seconds after 5000 */
    int wanted;   /* of these, the one that cert is of */
    char *other;  /* and JSON for the others */
    int most;     /* not 0: of these, no more are listed */
};

static const struct {
    const char *path, *file;
    int status;
} rows[] = {
    {"/ca/admin/ca/getStatus", "getStatus.json", 200},
    {"/ca/rest/info", "info.json", 200},
    {"/ca/rest/config/cert/signing", "config-cert-signing.json", 200},
    {"/ca/rest/config/cert/transport", "config-cert-transport.json", 200},
    {"/ca/rest/certs/0x1", "certs-show.json", 200},
    {"/ca/rest/certs/1", "certs-show-dec.json", 200},
    {"/ca/rest/certs/0xfffffff", "certs-missing.json", 404},
    {"/ca/rest/certs/search", "certs-search-uid.json", 200},
    {"/ca/rest/certrequests/1", "certrequests-anon.json", 200},
    {"/ca/rest/certrequests/2", "profiles-anon.json", 403},
    {"/ca/ee/ca/getCertChain", "getCertChain-ee.json", 200},
    {"/ca/ee/ca/getCRL", "displayCRL.bin", 200},
};

static bool send_file(struct ts_conn *conn, const char *name, int status)
{
    char *below = xasprintf("tests/vectors/ca/_rest/%s", name);
    char *path = unit_source(below);
    struct buf content = BUF_INIT(BUF_MAX_TEXT);
    bool good = file_read(path, &content, NULL) && ts_answer(conn, status, "", "application/json", buf_peek(&content));
    buf_release(&content);
    free(path);
    free(below);
    return good;
}

#define MANY_FROM 0x1000 /* serial number of the oldest of many */

static const char *override_for(const struct recorded *r, const char *path)
{
    if (strcmp(path, "/ca/ee/ca/getCertChain") == 0) {
        return r->chain;
    }
    if (strcmp(path, "/ca/rest/certs/search") == 0) {
        return r->search;
    }
    if (strncmp(path, "/ca/rest/certs/", 15) != 0) {
        return NULL;
    }
    bool other = r->many && strtol(path + strlen("/ca/rest/certs/"), NULL, 16) != r->wanted + MANY_FROM;
    return other ? r->other : r->cert;
}

static bool give_many(struct ts_conn *conn, const struct ts_request *request, const struct recorded *r)
{
    const char *at = strstr(request->target, "start="), *size = strstr(request->target, "size=");
    int start = at ? atoi(at + 6) : 0, end = start + (size ? atoi(size + 5) : 20);
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    buf_add(&out, "{\"total\":%d,\"entries\":[", r->many);
    for (int i = start; i < end && i < (r->most ? r->most : r->many); i++) {
        int n = (int)((i * 7919L + 13) % r->many);
        buf_add(&out, "%s{\"id\":\"0x%x\",\"IssuedOn\":%d000}", i > start ? "," : "", n + MANY_FROM, n + 5000);
    }
    buf_add(&out, "]}");
    bool good = ts_answer(conn, 200, "OK", "application/json", buf_peek(&out));
    buf_release(&out);
    return good;
}

static bool give(struct ts_conn *conn, const struct ts_request *request, void *ctx)
{
    const struct recorded *r = ctx;
    char *path = xstrndup(request->target, strcspn(request->target, "?"));
    char *newer = strstr(path, "/v2/");
    bool absent = r->none || (r->v2 ? strstr(path, "/rest/") != NULL : newer != NULL);
    if (newer && r->v2) {
        char *old = xasprintf("%.*s/rest/%s", (int)(newer - path), path, newer + 4);
        free(path);
        path = old;
    }
    const char *text = override_for(r, path);
    size_t i = 0;
    while (i < ARRAY_LEN(rows) && strcmp(rows[i].path, path) != 0) {
        i++;
    }
    bool good;
    if (absent) {
        good = send_file(conn, "info-v2.bin", 404);
    } else if (r->many && strcmp(path, "/ca/rest/certs/search") == 0) {
        good = give_many(conn, request, r);
    } else if (text) {
        good = ts_answer(conn, 200, "OK", "application/json", bytes_of_str(text));
    } else {
        good = i < ARRAY_LEN(rows) ? send_file(conn, rows[i].file, rows[i].status)
                                   : ts_answer(conn, 404, "", "", BYTES_NONE);
    }
    free(path);
    return good;
}

static struct testserver *serve(struct recorded *r, bool tls)
{
    return testserver_start(&(struct testserver_spec){.cert = tls ? &fix.server : NULL, .handler = give, .ctx = r});
}

static struct carest *rest_to(const struct testserver *server)
{
    struct err err = ERR_INIT;
    struct ca_url url = netfix_url(server->spec.cert ? "https" : "http", "localhost", server->port, "/whatever");
    struct carest *rest = carest_open(&fix.options, fix.db, NULL, &url, &err);
    netfix_must(rest != NULL, &err);
    ca_url_release(&url);
    return rest;
}

static void ask(struct carest *rest, enum carest_what what, const char *argument)
{
    struct err err = ERR_INIT;
    netfix_must(carest_start(rest, what, argument, &err) && carest_finish(rest, &err), &err);
}

static void ask_fails(struct carest *rest, enum carest_what what, const char *argument, enum err_code code)
{
    struct err err = ERR_INIT;
    assert_false(carest_start(rest, what, argument, &err) && carest_finish(rest, &err));
    unit_expect_err(&err, code);
}

static void all_questions(struct carest *rest)
{
    struct err err = ERR_INIT;
    struct ca_status status;
    struct ca_info info;
    struct ca_request request;
    struct cert_list chain = CERT_LIST_INIT;
    ask(rest, CAREST_STATUS, NULL);
    netfix_must(carest_take_status(rest, &status, &err), &err);
    assert_string_equal(status.version, "11.3.1-1");
    assert_string_equal(status.status, "running");
    assert_string_equal(status.type, "CA");
    ca_status_release(&status);
    ask(rest, CAREST_INFO, NULL);
    netfix_must(carest_take_info(rest, &info, &err), &err);
    assert_string_equal(info.key_wrap_algorithm, "AES KeyWrap/Padding");
    assert_string_equal(info.encryption_algorithm, "AES/CBC/PKCS5Padding");
    assert_string_equal(info.archival_mechanism, "keywrap");
    assert_string_equal(info.rsa_wrap, "RSA");
    ca_info_release(&info);
    ask(rest, CAREST_SIGNING_CERT, NULL);
    netfix_must(carest_take_chain(rest, &chain, &err), &err);
    assert_int_equal(chain.n, 1);
    char *subject = cert_subject(chain.v[0]);
    assert_non_null(strstr(subject, "CN=CA Signing Certificate"));
    free(subject);
    cert_list_release(&chain);
    ask(rest, CAREST_TRANSPORT_CERT, NULL);
    netfix_must(carest_take_chain(rest, &chain, &err), &err);
    assert_int_equal(chain.n, 2);
    subject = cert_subject(chain.v[0]);
    assert_non_null(strstr(subject, "CN=DRM Transport Certificate"));
    free(subject);
    cert_list_release(&chain);
    ask(rest, CAREST_REQUEST, "1");
    netfix_must(carest_take_request(rest, &request, &err), &err);
    assert_string_equal(request.id, "0x1");
    assert_string_equal(request.status, "complete");
    assert_string_equal(request.cert_serial, "0x1");
    ca_request_release(&request);
}

static void test_recorded(void **state)
{
    (void)state;
    struct recorded r = {0};
    struct testserver *server = serve(&r, true);
    struct carest *rest = rest_to(server);
    all_questions(rest);
    assert_int_equal(testserver_connections(server), 1); /* kept alive */
    assert_int_equal(carest_server_chain(rest)->n, 1);
    char *head = testserver_last_head(server);
    assert_non_null(strstr(head, "Accept: application/json\r\n"));
    free(head);
    carest_close(rest);
    testserver_stop(server);
}

static void test_newer_paths(void **state)
{
    (void)state;
    struct recorded r = {.v2 = true};
    struct testserver *server = serve(&r, false);
    struct carest *rest = rest_to(server);
    all_questions(rest);
    unsigned before = testserver_requests(server);
    ask(rest, CAREST_INFO, NULL);
    assert_int_equal(testserver_requests(server), before + 1); /* remembers which paths answer */
    carest_close(rest);
    testserver_stop(server);
}

static void test_chain_and_list(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct recorded r = {0};
    struct cert_list chain = CERT_LIST_INIT;
    struct buf crl = BUF_INIT(BUF_MAX_TEXT);
    struct testserver *server = serve(&r, false);
    struct carest *rest = rest_to(server);
    ask(rest, CAREST_CHAIN, NULL);
    netfix_must(carest_take_chain(rest, &chain, &err), &err);
    assert_int_equal(chain.n, 1);
    assert_true(cert_is_self_signed(chain.v[0]));
    cert_list_release(&chain);
    ask(rest, CAREST_CRL, NULL);
    netfix_must(carest_take_raw(rest, &crl, &err), &err);
    assert_int_equal(crl.len, 582);
    buf_release(&crl);
    carest_close(rest);
    testserver_stop(server);
}

/* Each group of fields switches itself on; dates go out in milliseconds. */
static void test_search_json(void **state)
{
    (void)state;
    const struct ca_search all = {.serial_from = "0x10", .status = "VALID", .issued_by = "caadmin", .not_after_to = 86400};
    unit_expect_text(ca_search_json(&all),
                     "{\"matchExactly\":false,\"serialFrom\":\"0x10\",\"serialNumberRangeInUse\":true,\"status\":\"VALID\","
                     "\"issuedBy\":\"caadmin\",\"issuedByInUse\":true,\"validNotAfterTo\":\"86400000\","
                     "\"validNotAfterInUse\":true}");
    /* Dogtag 11.3.1 overlooks a key that it does not know, and then finds everything. */
    const struct ca_search mail = {.email = "a@b", .reason = "4"};
    unit_expect_text(ca_search_json(&mail), "{\"matchExactly\":false,\"email\":\"a@b\",\"subjectInUse\":true,"
                                            "\"revocationReason\":\"4\",\"revocationReasonInUse\":true}");
    const struct ca_search length = {.validity_operation = ">=", .validity_count = 2, .validity_unit = 86400000,
                                     .type_ssl_client = "on"};
    unit_expect_text(ca_search_json(&length),
                     "{\"matchExactly\":false,\"certTypeSSLClient\":\"on\",\"certTypeInUse\":true,\"validityOperation\":\">=\","
                     "\"validityLengthInUse\":true,\"validityCount\":2,\"validityUnit\":86400000}");
    /* Members from a file stay unless something else is asked for. */
    const struct ca_search file = {.first = "{\"matchExactly\":true,\"commonName\":\"a\",\"userID\":\"b\"}", .common_name = "c"};
    unit_expect_text(ca_search_json(&file),
                     "{\"matchExactly\":true,\"commonName\":\"c\",\"userID\":\"b\",\"subjectInUse\":true}");
    const struct ca_search none = {.exact = true};
    unit_expect_text(ca_search_json(&none), "{\"matchExactly\":true}");
}

/* Old and new paths: page after page until there are enough; one certificate with its status. */
static void test_search_and_show(void **state)
{
    (void)state;
    for (int newer = 0; newer < 2; newer++) {
        struct err err = ERR_INIT;
        struct recorded r = {.v2 = newer == 1};
        struct ca_cert_entries hits;
        struct ca_cert cert;
        const struct ca_search search = {.user_id = "testuser", .exact = true};
        struct testserver *server = serve(&r, false);
        struct carest *rest = rest_to(server);
        netfix_must(carest_search(rest, &search, 0, 25, &hits, &err), &err); /* each recorded page holds 20 of 34 */
        assert_int_equal(hits.n, 25);
        assert_int_equal(hits.total, 34);
        assert_string_equal(hits.v[24].key_algorithm, "1.2.840.113549.1.1.1");
        assert_int_equal(hits.v[24].key_length, 2048);
        assert_int_equal(hits.v[0].issued_on, 1795215851);
        ca_cert_entries_release(&hits);
        netfix_must(carest_search(rest, &search, 20, 0, &hits, &err), &err);
        assert_int_equal(hits.n, 20);
        ca_cert_entries_release(&hits);
        ask(rest, CAREST_CERT, "0x1");
        netfix_must(carest_take_cert(rest, &cert, &err), &err);
        assert_string_equal(cert.status, "VALID");
        assert_int_equal(cert.chain.n, 1);
        ca_cert_release(&cert);
        carest_close(rest);
        testserver_stop(server);
    }
}

static void test_search(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct recorded r = {0};
    struct ca_cert_entries hits;
    struct testserver *server = serve(&r, false);
    struct carest *rest = rest_to(server);
    char *query = carest_search_json(NULL, "testuser", true);
    unit_expect_text(xstrdup(query), "{\"matchExactly\":true,\"userID\":\"testuser\",\"subjectInUse\":true}");
    ask(rest, CAREST_SEARCH, query);
    netfix_must(carest_take_entries(rest, &hits, &err), &err);
    assert_int_equal(hits.total, 34);
    assert_int_equal(hits.n, 20);
    assert_string_equal(hits.v[0].serial, "0x13");
    assert_string_equal(hits.v[0].status, "VALID");
    assert_int_equal(hits.v[0].not_before, 1795215851);
    ca_cert_entries_release(&hits);
    struct buf body = testserver_last_body(server);
    assert_string_equal(buf_str(&body), query);
    buf_release(&body);
    free(query);
    carest_close(rest);
    testserver_stop(server);
}

static char *cert_json(const struct testcert *cert)
{
    struct json *root = json_new_object();
    char *pem = testcert_crt(cert, true, NULL);
    json_set_str(root, "id", "0x5");
    json_set_str(root, "Encoded", pem);
    char *text = json_print(root, false);
    free(pem);
    json_free(root);
    return text;
}

static void test_find_by_key(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct recorded r = {.cert = cert_json(&fix.client)};
    struct cert *found = NULL;
    struct testserver *server = serve(&r, false);
    struct carest *rest = rest_to(server);
    r.search = xstrdup("{\"total\":2,\"entries\":[{\"id\":\"0x4\",\"NotValidBefore\":5000},{\"id\":\"0x5\","
                       "\"NotValidBefore\":9000}]}");
    netfix_must(carest_find_spki(rest, "Test Agent", NULL, 0, cert_spki(fix.client_cert), &found, &err), &err);
    assert_non_null(found);
    assert_true(cert_equal(found, fix.client_cert));
    cert_free(found);
    netfix_must(carest_find_spki(rest, "Test Agent", NULL, 10, cert_spki(fix.client_cert), &found, &err), &err);
    assert_null(found); /* all are older: the validity of both begins before the tenth second */
    struct cert *ca = netfix_cert(&fix.ca); /* no hit has this key */
    netfix_must(carest_find_spki(rest, "Test Agent", NULL, 0, cert_spki(ca), &found, &err), &err);
    assert_null(found);
    cert_free(ca);
    free(r.search);
    r.search = xstrdup("{\"total\":0}");
    netfix_must(carest_find_spki(rest, "Nobody", NULL, 0, cert_spki(fix.client_cert), &found, &err), &err);
    assert_null(found);
    carest_close(rest);
    testserver_stop(server);
    free(r.search);
    free(r.cert);
}

/* More hits than a page holds, in no order: each is looked at that is young enough, and nobody says "none" of what was cut off. */
static void test_find_among_many(void **state)
{
    (void)state;
    static const struct {
        int wanted, most;
        int64_t since;
        bool found, cut;
    } cases[] = {
        {499, 0, 5000, true, false},  {0, 0, 5301, false, false}, {301, 0, 5301, true, false}, {299, 0, 5301, false, false},
        {301, 0, 5000, true, false},  {10, 0, 5000, false, true}, {10, 0, 0, false, true},     {0, 450, 5450, false, true},
        {432, 450, 5400, true, false},
    };
    struct err err = ERR_INIT;
    struct recorded r = {.cert = cert_json(&fix.client), .other = cert_json(&fix.ca), .many = 500};
    struct testserver *server = serve(&r, false);
    struct carest *rest = rest_to(server);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct cert *found = NULL;
        r.wanted = cases[i].wanted;
        r.most = cases[i].most;
        bool ok = carest_find_spki(rest, "Test Agent", NULL, cases[i].since, cert_spki(fix.client_cert), &found, &err);
        assert_int_equal(ok, !cases[i].cut);
        assert_int_equal(found != NULL, cases[i].found);
        if (!ok) {
            unit_expect_err(&err, ERR_NET_ANSWER_TOO_BIG);
        }
        cert_free(found);
    }
    carest_close(rest);
    testserver_stop(server);
    free(r.cert);
    free(r.other);
}

/* The CA is told the time from which on it is asked. */
static void test_find_tells_time(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct recorded r = {.search = xstrdup("{\"total\":0}")};
    struct cert *found = NULL;
    struct testserver *server = serve(&r, false);
    struct carest *rest = rest_to(server);
    netfix_must(carest_find_spki(rest, "Test Agent", NULL, 1795215851, cert_spki(fix.client_cert), &found, &err), &err);
    assert_null(found);
    struct buf body = testserver_last_body(server);
    assert_string_equal(buf_str(&body), "{\"matchExactly\":true,\"commonName\":\"Test Agent\",\"subjectInUse\":true,"
                                        "\"issuedOnFrom\":\"1795215851000\",\"issuedOnInUse\":true}");
    buf_release(&body);
    carest_close(rest);
    testserver_stop(server);
    free(r.search);
}

static void test_errors_of_the_ca(void **state)
{
    (void)state;
    struct recorded r = {0};
    struct testserver *server = serve(&r, false);
    struct carest *rest = rest_to(server);
    ask_fails(rest, CAREST_CERT, "0xfffffff", ERR_NET_REST_NOT_FOUND);
    ask_fails(rest, CAREST_REQUEST, "2", ERR_NET_REST_ERROR);
    ask_fails(rest, CAREST_CERT, "0x1/../../x", ERR_NET_REST_NOT_FOUND);
    ask_fails(rest, CAREST_CERT, "", ERR_NET_REST_NOT_FOUND);
    ask_fails(rest, CAREST_CERT, NULL, ERR_NET_REST_NOT_FOUND);
    carest_close(rest);
    testserver_stop(server);
}

static void test_without_rest(void **state)
{
    (void)state;
    struct recorded r = {.none = true};
    struct testserver *server = serve(&r, false);
    struct carest *rest = rest_to(server);
    ask_fails(rest, CAREST_STATUS, NULL, ERR_NET_NO_REST);
    ask_fails(rest, CAREST_CHAIN, NULL, ERR_NET_NO_REST);
    carest_close(rest);
    testserver_stop(server);
}

/* JSON of another shape, damaged JSON, damaged certificates. */
static void test_shapes(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{\"x\":1}",
        "[]",
        "{",
        "{\"Response\":5}",
        "{\"Response\":{\"ChainBase64\":\"AAAA\"}}",
        "{\"Encoded\":\"-----BEGIN\"}",
        "{\"Encoded\":5}",
    };
    struct recorded r = {0};
    struct testserver *server = serve(&r, false);
    struct carest *rest = rest_to(server);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err = ERR_INIT;
        struct cert_list chain = CERT_LIST_INIT;
        struct ca_status status;
        r.chain = xstrdup(bad[i]);
        ask(rest, CAREST_CHAIN, NULL);
        assert_false(carest_take_chain(rest, &chain, &err));
        assert_true(err_is_set(&err));
        assert_int_equal(chain.n, 0);
        err_release(&err);
        assert_false(carest_take_status(rest, &status, &err));
        unit_expect_err(&err, ERR_NET_REST_SHAPE);
        free(r.chain);
    }
    carest_close(rest);
    testserver_stop(server);
}

static void test_versions(void **state)
{
    (void)state;
    int major = 0;
    int minor = 0;
    assert_true(ca_version_parse("11.3.1-1", &major, &minor));
    assert_int_equal(major, 11);
    assert_int_equal(minor, 3);
    assert_true(ca_version_parse("10.13", &major, &minor));
    assert_int_equal(minor, 13);
    assert_false(ca_version_parse("", &major, &minor));
    assert_false(ca_version_parse("11", &major, &minor));
    assert_false(ca_version_parse("x.1", &major, &minor));
    assert_false(ca_version_parse("11.", &major, &minor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_newer_paths),
        cmocka_unit_test(test_chain_and_list),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_search_json),
        cmocka_unit_test(test_search_and_show),
        cmocka_unit_test(test_find_by_key),
        cmocka_unit_test(test_find_among_many),
        cmocka_unit_test(test_find_tells_time),
        cmocka_unit_test(test_errors_of_the_ca),
        cmocka_unit_test(test_without_rest),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_versions),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
