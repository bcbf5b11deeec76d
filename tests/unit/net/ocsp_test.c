/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation by OCSP; the responder's answers are made by openssl. Skipped without it. */
#include "config.h"

#include "unit/net/netfix.h"

static struct netfix fix;

enum mode { MODE_GOOD, MODE_REVOKED, MODE_STRANGER, MODE_GARBAGE, MODE_SLOW };

struct responder {
    enum mode mode;
    unsigned serial;
    struct testcert stranger;
};

static void write_text(const char *name, const char *text)
{
    char *path = path_join(fix.folder, name);
    assert_true(file_write(path, bytes_of_str(text), 0600, NULL));
    free(path);
}

static void write_pair(const char *stem, const struct testcert *cert)
{
    char *pem = testcert_crt(cert, true, NULL);
    char *key = testcert_key(cert, true, NULL);
    char *name = xasprintf("%s.pem", stem);
    write_text(name, pem);
    free(name);
    name = xasprintf("%s.key", stem);
    write_text(name, key);
    free(name);
    free(pem);
    free(key);
}

static int setup(void **state)
{
    (void)state;
    netfix_open(&fix);
    write_pair("ca", &fix.ca);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    netfix_close(&fix);
    return 0;
}

/* Runs in the server's thread. */
static bool respond(struct ts_conn *conn, const struct ts_request *request, void *ctx)
{
    const struct responder *r = ctx;
    if (r->mode == MODE_SLOW) {
        ts_sleep(1500);
    }
    if (r->mode == MODE_GARBAGE || r->mode == MODE_SLOW) {
        return ts_answer(conn, 200, "OK", "application/ocsp-response", bytes_of_str("garbage"));
    }
    char *command = xasprintf(
        "cd '%s' && openssl ocsp -index index.txt -CA ca.pem -rsigner %s.pem -rkey %s.key -reqin req.der "
        "-respout resp.der -ndays 1 >/dev/null 2>&1",
        fix.folder, r->mode == MODE_STRANGER ? "stranger" : "ca", r->mode == MODE_STRANGER ? "stranger" : "ca");
    char *in = path_join(fix.folder, "req.der");
    char *out = path_join(fix.folder, "resp.der");
    struct buf answer = BUF_INIT(BUF_MAX_TEXT);
    bool good = file_write(in, buf_peek(&request->body), 0600, NULL) && system(command) == 0 &&
                file_read(out, &answer, NULL) &&
                ts_answer(conn, 200, "OK", "application/ocsp-response", buf_peek(&answer));
    buf_release(&answer);
    free(in);
    free(out);
    free(command);
    return good;
}

struct scene {
    struct responder responder;
    struct testserver *ocsp, *server;
    struct testcert cert;
    char url[64];
};

static void scene_open(struct scene *s, enum mode mode)
{
    memset(s, 0, sizeof(*s));
    s->responder.mode = mode;
    s->ocsp = testserver_start(&(struct testserver_spec){.handler = respond, .ctx = &s->responder});
    snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%d/ocsp", s->ocsp->port);
    testcert_make(
        &s->cert,
        &(struct testcert_spec){
            .cn = "watched", .issuer = &fix.ca, .dns = "localhost", .server = true, .ocsp = s->url, .serial = 0x500});
    s->server =
        testserver_start(&(struct testserver_spec){.cert = &s->cert, .client_cert = TS_REQUIRED, .client_ca = &fix.ca});
    bool listed = mode == MODE_REVOKED || mode == MODE_STRANGER;
    write_text("index.txt", listed ? "R\t491231235959Z\t200101000000Z\t010500\tunknown\t/CN=watched\n"
                                   : "V\t491231235959Z\t\t010500\tunknown\t/CN=watched\n");
    if (mode == MODE_STRANGER) {
        testcert_make(&s->responder.stranger, &(struct testcert_spec){.cn = "Stranger", .ca = true});
        write_pair("stranger", &s->responder.stranger);
        testcert_release(&s->responder.stranger);
    }
}

static void scene_close(struct scene *s)
{
    testserver_stop(s->server);
    testserver_stop(s->ocsp);
    testcert_release(&s->cert);
}

static void goes_on(struct scene *s, size_t notes)
{
    struct err err = ERR_INIT;
    struct exchange *x = netfix_post(&fix, s->server, true, bytes_of_str("x"), &err);
    netfix_must(exchange_answer(x) != NULL, &err);
    assert_int_equal(exchange_answer(x)->notes.n, notes);
    assert_true(exchange_answer(x)->certificate_sent);
    exchange_free(x);
}

static void test_good(void **state)
{
    (void)state;
    struct scene s;
    static const enum net_tls versions[] = {NET_TLS_1_2, NET_TLS_1_3};
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        scene_open(&s, MODE_GOOD);
        fix.options.max_tls = versions[i];
        fix.options.ocsp = NET_OCSP_REQUIRED;
        goes_on(&s, 0);
        fix.options.ocsp = NET_OCSP_SOFT;
        fix.options.max_tls = 0;
        assert_int_equal(testserver_requests(s.ocsp), 1);
        scene_close(&s);
    }
}

static void test_revoked(void **state)
{
    (void)state;
    struct scene s;
    static const enum net_tls versions[] = {NET_TLS_1_2, NET_TLS_1_3};
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        scene_open(&s, MODE_REVOKED);
        fix.options.max_tls = versions[i];
        netfix_expect_failure(&fix, s.server, true, ERR_NET_SERVER_REVOKED);
        fix.options.max_tls = 0;
        assert_int_equal(testserver_requests(s.server), 0);
        scene_close(&s);
    }
}

static void test_switched_off(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, MODE_REVOKED);
    fix.options.ocsp = NET_OCSP_OFF;
    goes_on(&s, 0);
    fix.options.ocsp = NET_OCSP_SOFT;
    assert_int_equal(testserver_requests(s.ocsp), 0);
    scene_close(&s);
}

/* "Revoked", but said by somebody whom nobody asked. */
static void test_stranger(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, MODE_STRANGER);
    goes_on(&s, 1);
    scene_close(&s);
}

static void test_garbage(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, MODE_GARBAGE);
    goes_on(&s, 1);
    fix.options.ocsp = NET_OCSP_REQUIRED;
    netfix_expect_failure(&fix, s.server, true, ERR_NET_SERVER_REVOCATION_UNKNOWN);
    fix.options.ocsp = NET_OCSP_SOFT;
    scene_close(&s);
}

static void test_slow(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, MODE_SLOW);
    fix.options.ocsp_timeout_ms = 300;
    goes_on(&s, 1);
    fix.options.ocsp_timeout_ms = 0;
    scene_close(&s);
}

static void test_unreachable(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, MODE_GOOD);
    testserver_stop(s.ocsp);
    goes_on(&s, 1);
    s.ocsp = NULL;
    scene_close(&s);
}

/* A pinned chain: the responder counts as well. */
static void test_pinned(void **state)
{
    (void)state;
    struct scene s;
    struct cert_list pins = CERT_LIST_INIT;
    scene_open(&s, MODE_REVOKED);
    cert_list_push_take(&pins, netfix_cert(&fix.ca));
    fix.options.pinned_chain = &pins;
    netfix_expect_failure(&fix, s.server, true, ERR_NET_SERVER_REVOKED);
    fix.options.pinned_chain = NULL;
    cert_list_release(&pins);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),        cmocka_unit_test(test_revoked), cmocka_unit_test(test_switched_off),
        cmocka_unit_test(test_stranger),    cmocka_unit_test(test_garbage), cmocka_unit_test(test_slow),
        cmocka_unit_test(test_unreachable), cmocka_unit_test(test_pinned),
    };
    if (system("openssl version >/dev/null 2>&1") != 0) {
        return 77;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
