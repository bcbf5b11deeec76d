/* SPDX-License-Identifier: Apache-2.0 */
/* First contact: what a server tells and sends before anybody trusts it. */
#include "config.h"

#include "unit/net/netfix.h"

#include "base/json.h"
#include "net/firstcontact.h"

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

/* ---- a server that tells a chain, or not ---- */

struct recorded {
    bool none;   /* 404 for everything */
    char *chain; /* JSON that replaces the recorded chain, or NULL */
};

static bool give(struct ts_conn *conn, const struct ts_request *request, void *ctx)
{
    const struct recorded *r = ctx;
    if (r->none || strncmp(request->target, "/ca/ee/ca/getCertChain", 22) != 0) {
        return ts_answer(conn, 404, "Not Found", "text/html", bytes_of_str("<html>Not Found</html>"));
    }
    char *path = unit_source("tests/vectors/ca/_rest/getCertChain-ee.json");
    struct buf content = BUF_INIT(BUF_MAX_TEXT);
    bool there = r->chain || file_read(path, &content, NULL);
    bool good = there && ts_answer(conn, 200, "", "application/json", r->chain ? bytes_of_str(r->chain) : buf_peek(&content));
    buf_release(&content);
    free(path);
    return good;
}

static struct testserver *serve(struct recorded *r, bool tls)
{
    return testserver_start(&(struct testserver_spec){.cert = tls ? &fix.server : NULL, .handler = give, .ctx = r});
}

static char *chain_json(const struct testcert *ca)
{
    char *pem = testcert_crt(ca, true, NULL);
    struct json *root = json_new_object();
    json_set_str(json_set_object(root, "Response"), "ChainBase64", pem);
    char *json = json_print(root, false);
    json_free(root);
    free(pem);
    return json;
}

static void contact(const struct testserver *server, struct first_contact *fc)
{
    struct err err = ERR_INIT;
    struct ca_url url = netfix_url(server->spec.cert ? "https" : "http", "localhost", server->port, "/x");
    netfix_must(first_contact(&fix.options, fix.db, &url, fc, &err), &err);
    ca_url_release(&url);
}

/* A CA that the database does not know, on a server that would take a client certificate. */
static void test_first_contact(void **state)
{
    (void)state;
    struct testcert ca, cert;
    testcert_make(&ca, &(struct testcert_spec){.cn = "New CA", .ca = true});
    testcert_make(&cert, &(struct testcert_spec){.cn = "s", .issuer = &ca, .dns = "localhost", .server = true});
    struct recorded r = {.chain = chain_json(&ca)};
    struct testserver *server = testserver_start(&(struct testserver_spec){
        .cert = &cert, .client_cert = TS_OPTIONAL, .client_ca = &fix.ca, .handler = give, .ctx = &r});
    struct strv headers = STRV_INIT;
    strv_push(&headers, "Authorization: Basic secret");
    fix.options.headers = &headers;
    struct first_contact fc;
    contact(server, &fc);
    fix.options.headers = NULL;
    assert_int_equal(fc.tls_chain.n, 1);
    assert_int_equal(fc.ca_chain.n, 1);
    assert_true(fc.tls_under_ca);
    assert_true(fc.name_ok);
    assert_true(fc.time_ok);
    struct cert_list cas = CERT_LIST_INIT;
    first_contact_cas(&fc, &cas);
    assert_int_equal(cas.n, 1);
    cert_list_release(&cas);
    assert_false(server->last_had_cert);
    char *head = testserver_last_head(server);
    assert_null(strstr(head, "secret"));
    free(head);
    /* What was confirmed is pinned, and then the server is good. */
    struct err err = ERR_INIT;
    fix.options.pinned_chain = &fc.ca_chain;
    struct exchange *x = netfix_post(&fix, server, false, bytes_of_str("x"), &err);
    netfix_must(exchange_answer(x) != NULL, &err);
    fix.options.pinned_chain = NULL;
    exchange_free(x);
    strv_release(&headers);
    first_contact_release(&fc);
    testserver_stop(server);
    free(r.chain);
    testcert_release(&ca);
    testcert_release(&cert);
}

/* The TLS server belongs to another CA than the one that it tells of. */
static void test_first_contact_other_tls_ca(void **state)
{
    (void)state;
    struct recorded r = {0}; /* tells the recorded CA's chain */
    struct testserver *server = serve(&r, true);
    struct first_contact fc;
    contact(server, &fc);
    assert_int_equal(fc.ca_chain.n, 1);
    assert_false(fc.tls_under_ca);
    first_contact_release(&fc);
    testserver_stop(server);
}

static void test_first_contact_without_rest(void **state)
{
    (void)state;
    struct recorded r = {.none = true};
    struct testserver *server = serve(&r, true);
    struct first_contact fc;
    contact(server, &fc);
    assert_int_equal(fc.tls_chain.n, 1);
    assert_int_equal(fc.ca_chain.n, 0);
    /* The TLS server's own certificate is not a CA's: there is nothing to confirm. */
    struct cert_list cas = CERT_LIST_INIT;
    first_contact_cas(&fc, &cas);
    assert_int_equal(cas.n, 0);
    cert_list_release(&cas);
    assert_true(fc.notes.n > 0);
    first_contact_release(&fc);
    testserver_stop(server);
}

/* What a server without REST sends with TLS: nine of ten send more than their own certificate, in any order. */
struct sent {
    const struct testcert *more[4];
    const struct testcert *chain[4]; /* what is left of it above the server's own */
};

static void sends(const struct testcert *leaf, const struct sent *sent)
{
    struct recorded r = {.none = true};
    struct testserver *server =
        testserver_start(&(struct testserver_spec){.cert = leaf, .chain = sent->more, .handler = give, .ctx = &r});
    struct cert_list cas = CERT_LIST_INIT;
    struct first_contact fc;
    contact(server, &fc);
    first_contact_cas(&fc, &cas);
    size_t n = 0;
    for (; sent->chain[n]; n++) {
        struct cert *expected = netfix_cert(sent->chain[n]);
        assert_true(n < cas.n && cert_equal(cas.v[n], expected));
        assert_true(n + 1 < fc.tls_chain.n && cert_equal(fc.tls_chain.v[n + 1], expected));
        cert_free(expected);
    }
    assert_int_equal(cas.n, n);
    assert_int_equal(fc.tls_chain.n, n + 1);
    assert_ptr_equal(first_contact_asked(&fc), n ? cas.v[n - 1] : NULL); /* the last one is compared */
    assert_int_equal(fc.ca_chain.n, 0);
    cert_list_release(&cas);
    first_contact_release(&fc);
    testserver_stop(server);
}

static void test_first_contact_tls_chain(void **state)
{
    (void)state;
    struct testcert root, issuing, leaf, stray, ordinary, below;
    testcert_make(&root, &(struct testcert_spec){.cn = "Site Root", .ca = true});
    testcert_make(&issuing, &(struct testcert_spec){.cn = "Site Issuing", .ca = true, .issuer = &root});
    testcert_make(&leaf, &(struct testcert_spec){.cn = "s", .issuer = &issuing, .dns = "localhost", .server = true});
    testcert_make(&stray, &(struct testcert_spec){.cn = "Site Root", .ca = true}); /* the right name, another key */
    testcert_make(&ordinary, &(struct testcert_spec){.cn = "User", .issuer = &issuing});
    testcert_make(&below, &(struct testcert_spec){.cn = "s", .issuer = &ordinary, .dns = "localhost", .server = true});
    const struct sent linked[] = {
        {{&stray, &root, &issuing}, {&issuing, &root}}, /* in no order, and one that belongs to nobody here */
        {{&issuing, &fix.ca}, {&issuing}},              /* without the root */
        {{&root, &stray}, {NULL}},                      /* the link is missing */
        {{NULL}, {NULL}},
    };
    for (size_t i = 0; i < ARRAY_LEN(linked); i++) {
        sends(&leaf, &linked[i]);
    }
    /* Whoever has an ordinary certificate of the CA cannot hang a server of his own below it. */
    sends(&below, &(struct sent){{&ordinary, &issuing, &root}, {NULL}});
    testcert_release(&root);
    testcert_release(&issuing);
    testcert_release(&leaf);
    testcert_release(&stray);
    testcert_release(&ordinary);
    testcert_release(&below);
}

static void test_first_contact_plain(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct recorded r = {0};
    struct testserver *server = serve(&r, false);
    struct first_contact fc;
    contact(server, &fc);
    assert_int_equal(fc.tls_chain.n, 0);
    assert_int_equal(fc.ca_chain.n, 1);
    assert_true(fc.notes.n > 0);
    first_contact_release(&fc);
    r.none = true; /* neither TLS nor chain: nothing was found */
    struct ca_url url = netfix_url("http", "localhost", server->port, "/x");
    assert_false(first_contact(&fix.options, fix.db, &url, &fc, &err));
    unit_expect_err(&err, ERR_NET_NO_REST);
    ca_url_release(&url);
    testserver_stop(server);
}

static void test_chain_changed(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct cert_list one = CERT_LIST_INIT;
    struct cert_list two = CERT_LIST_INIT;
    cert_list_push_take(&one, netfix_cert(&fix.ca));
    cert_list_push_take(&two, netfix_cert(&fix.server));
    assert_true(first_contact_same(&one, &one, &err));
    assert_false(first_contact_same(&one, &two, &err));
    assert_int_equal(err.n_context, 2);
    unit_expect_err(&err, ERR_NET_CHAIN_CHANGED);
    cert_list_push(&two, one.v[0]);
    assert_false(first_contact_same(&one, &two, &err));
    unit_expect_err(&err, ERR_NET_CHAIN_CHANGED);
    cert_list_release(&one);
    cert_list_release(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_contact),
        cmocka_unit_test(test_first_contact_other_tls_ca),
        cmocka_unit_test(test_first_contact_without_rest),
        cmocka_unit_test(test_first_contact_tls_chain),
        cmocka_unit_test(test_first_contact_plain),
        cmocka_unit_test(test_chain_changed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
