/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_UNIT_NET_NETFIX_H
#define CMCW_TESTS_UNIT_NET_NETFIX_H
/*
 * What the tests of src/net share: a database that trusts one test CA and holds one client certificate with its key,
 * and short ways to run an exchange.
 */
#include <signal.h>

#include "unit/unit.h"

#include "base/secret.h"
#include "harness/testcert.h"
#include "harness/testserver.h"
#include "net/submit.h"
#include "net/transport.h"
#include "nss/certdb.h"
#include "nss/key.h"
#include "nss/nssdb.h"

struct netfix {
    char *folder;
    struct nssdb *db;
    struct testcert ca, server, client;
    struct cert *client_cert;
    struct net_identity identity;
    struct net_options options;
};

static inline struct cert *netfix_cert(const struct testcert *from)
{
    size_t len;
    char *der = testcert_crt(from, false, &len);
    struct cert *cert = cert_from_der(BYTES(der, len), NULL);
    assert_non_null(cert);
    free(der);
    return cert;
}

static inline void netfix_must(bool ok, struct err *err)
{
    if (!ok) {
        char *text = err_format(err, "test");
        fprintf(stderr, "%s\n", text);
        free(text);
    }
    assert_true(ok);
}

static inline void netfix_import_identity(struct netfix *f, const struct testcert *from, const char *nickname)
{
    struct err err = ERR_INIT;
    struct key *key = NULL;
    size_t len;
    char *pkcs8 = testcert_key(from, false, &len);
    struct cert *cert = netfix_cert(from);
    netfix_must(key_import_pkcs8(f->db, NULL, BYTES(pkcs8, len), nickname, &key, &err), &err);
    netfix_must(certdb_import(f->db, NULL, cert, nickname, ",,", &err), &err);
    key_free(key);
    cert_free(cert);
    free(pkcs8);
}

/* password: "" opens without asking. */
static inline void netfix_open(struct netfix *f)
{
    struct err err = ERR_INIT;
    struct secret none = SECRET_INIT;
    void *folder = NULL;
    signal(SIGPIPE, SIG_IGN);
    memset(f, 0, sizeof(*f));
    assert_int_equal(unit_folder(&folder), 0);
    f->folder = folder;
    testcert_make(&f->ca, &(struct testcert_spec){.cn = "Test CA", .ca = true});
    testcert_make(&f->server,
                  &(struct testcert_spec){
                      .cn = "server", .issuer = &f->ca, .dns = "localhost", .ip = "127.0.0.1", .server = true});
    testcert_make(&f->client, &(struct testcert_spec){.cn = "Test Agent", .issuer = &f->ca, .client = true});
    char *dir = path_join(f->folder, "db");
    f->db = nssdb_open(dir, NSSDB_CREATE, NULL, &err);
    netfix_must(f->db != NULL, &err);
    free(dir);
    secret_set(&none, "", 0);
    netfix_must(nssdb_init_password(f->db, &none, &err), &err);
    secret_release(&none);
    struct cert *ca = netfix_cert(&f->ca);
    netfix_must(certdb_import(f->db, NULL, ca, "Test CA", "CT,C,C", &err), &err);
    cert_free(ca);
    netfix_import_identity(f, &f->client, "agent");
    f->client_cert = netfix_cert(&f->client);
    f->identity = (struct net_identity){f->db, f->client_cert};
    f->options =
        (struct net_options){.connect_timeout_ms = 5000, .handshake_timeout_ms = 5000, .total_timeout_ms = 20000};
}

static inline void netfix_close(struct netfix *f)
{
    struct err err = ERR_INIT;
    cert_free(f->client_cert);
    netfix_must(nssdb_close_checked(f->db, &err), &err); /* everything of NSS was given back */
    testcert_release(&f->ca);
    testcert_release(&f->server);
    testcert_release(&f->client);
    unit_folder_remove((void *[]){f->folder});
}

static inline struct ca_url netfix_url(const char *scheme, const char *host, int port, const char *path)
{
    struct ca_url url;
    struct err err = ERR_INIT;
    char *text = xasprintf("%s://%s:%d%s", scheme, host, port, path);
    netfix_must(ca_url_parse(text, &url, &err), &err);
    free(text);
    return url;
}

/* Runs a POST of body to https://localhost:port/x (or http when the server has no certificate). */
static inline struct exchange *netfix_post(struct netfix *f, const struct testserver *server, bool with_identity,
                                           struct bytes body, struct err *err)
{
    struct ca_url url = netfix_url(server->spec.cert ? "https" : "http", "localhost", server->port, "/x?profileId=p");
    struct exchange *x = cmc_submit_start(&f->options, f->db, with_identity ? &f->identity : NULL, &url, body, err);
    ca_url_release(&url);
    if (x) {
        (void)!exchange_finish(x, err);
    }
    return x;
}

/* The same, and it must fail with this error. */
static inline void netfix_expect_failure(struct netfix *f, const struct testserver *server, bool with_identity,
                                         enum err_code expected)
{
    struct err err = ERR_INIT;
    struct exchange *x = netfix_post(f, server, with_identity, bytes_of_str("0123456789"), &err);
    assert_null(x ? exchange_answer(x) : NULL);
    if (err.code != expected) {
        char *text = err_format(&err, "test");
        fprintf(stderr, "%s\n", text);
        free(text);
    }
    exchange_free(x);
    unit_expect_err(&err, expected);
}
#endif
