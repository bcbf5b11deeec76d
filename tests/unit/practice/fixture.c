/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "unit/practice/fixture.h"

#include "cmc/oids.h"
#include "nss/certdb.h"
#include "nss/dn.h"

void must(bool ok, struct err *err)
{
    if (!ok) {
        err_report(err, "test");
        fail();
    }
}

static void import_agent(struct fixture *f, struct err *err)
{
    char *p12_path = path_join(f->dir, "agent.p12");
    char *password_path = path_join(f->dir, "agent.password");
    struct buf p12 = BUF_INIT(BUF_MAX_TEXT);
    struct secret password = SECRET_INIT;
    struct strv nicknames = STRV_INIT;
    must(file_read(p12_path, &p12, err) && secret_read_file(&password, password_path, err), err);
    must(certdb_import_pkcs12(practice_nssdb(f->ca), NULL, buf_peek(&p12), &password, &nicknames, err), err);
    assert_int_equal(nicknames.n, 1);
    f->agent = certdb_find(practice_nssdb(f->ca), NULL, nicknames.v[0], err);
    must(f->agent != NULL, err);
    f->agent_key = key_of_cert(practice_nssdb(f->ca), f->agent, err);
    must(f->agent_key != NULL, err);
    strv_release(&nicknames);
    secret_release(&password);
    buf_release(&p12);
    free(password_path);
    free(p12_path);
}

int fixture_setup(void **state)
{
    struct err err = ERR_INIT;
    void *folder = NULL;
    struct fixture *f = xcalloc(1, sizeof *f);
    if (unit_folder(&folder) != 0) {
        return -1;
    }
    f->folder = folder;
    f->dir = path_join(folder, "ca");
    f->now = when_now();
    char *profiles = unit_source("data/profiles");
    const struct practice_init_spec spec = {.profiles = profiles, .key_type = "ec"};
    must(practice_init(f->dir, &spec, &err), &err);
    f->ca = practice_open(f->dir, &err);
    must(f->ca != NULL, &err);
    import_agent(f, &err);
    free(profiles);
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    void *folder = f->folder;
    key_free(f->agent_key);
    cert_free(f->agent);
    practice_close(f->ca);
    free(f->dir);
    free(f);
    return unit_folder_remove(&folder);
}

void fixture_reopen(struct fixture *f)
{
    struct err err = ERR_INIT;
    key_free(f->agent_key);
    practice_close(f->ca);
    f->ca = practice_open(f->dir, &err);
    must(f->ca != NULL, &err);
    f->agent_key = key_of_cert(practice_nssdb(f->ca), f->agent, &err);
    must(f->agent_key != NULL, &err);
}

void fixture_post(struct fixture *f, const char *path, const char *query, struct bytes body, const struct cert *tls, int64_t at,
                  struct practice_reply *reply)
{
    struct cert_list chain = CERT_LIST_INIT;
    if (tls) {
        cert_list_push(&chain, tls);
    }
    const struct practice_request request = {.method = "POST", .path = path, .query = query, .body = body, .has_length = true,
                                             .tls_client = &chain, .port = 8443, .at = at};
    practice_handle(f->ca, &request, reply);
    cert_list_release(&chain);
}

void fixture_cmc(struct fixture *f, const char *path, const char *query, struct bytes body, const struct cert *tls,
                 struct cmc_response *response)
{
    struct err err = ERR_INIT;
    struct practice_reply reply;
    fixture_post(f, path, query, body, tls, f->now, &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.content_type, "application/pkcs7-mime");
    must(cmc_response_parse(buf_peek(&reply.body), response, &err), &err);
    practice_reply_release(&reply);
}

void expect_status(const struct cmc_response *r, int status, int fail_info, const char *text)
{
    assert_true(r->n_statuses > 0);
    const struct cmc_status *s = &r->statuses[0];
    if (s->text && (s->status != status || (text && strcmp(text, s->text) != 0))) {
        print_message("statusString: %s\n", s->text);
    }
    assert_int_equal(s->status, status);
    assert_int_equal(s->has_fail_info ? s->fail_info : -1, fail_info);
    if (text) {
        assert_non_null(s->text);
        assert_string_equal(s->text, text);
    }
}

struct cert *issued_of(const struct cmc_response *r)
{
    for (size_t i = 0; i < r->sd.certs.n; i++) {
        if (!cert_is_ca(r->sd.certs.v[i])) {
            return cert_ref(r->sd.certs.v[i]);
        }
    }
    fail_msg("no certificate was issued");
    return NULL;
}

struct key *new_key(struct fixture *f, enum key_type type)
{
    struct err err = ERR_INIT;
    const struct key_spec spec = {.type = type, .temporary = true, .extractable = true, .wrap_ops = type == KEY_RSA};
    struct key *key = key_generate(practice_nssdb(f->ca), NULL, &spec, &err);
    must(key != NULL, &err);
    return key;
}

struct buf new_csr(struct key *key, const char *subject, bool ski)
{
    struct err err = ERR_INIT;
    struct buf name = BUF_INIT(BUF_MAX_TEXT);
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    must(dn_encode(subject, &name, &err), &err);
    const struct csr_spec spec = {.subject_der = buf_peek(&name), .ski = ski};
    must(csr_build(key, &spec, HASH_SHA256, &der, &err), &err);
    buf_release(&name);
    return der;
}

struct buf build(struct cmc_request_spec *spec)
{
    struct err err = ERR_INIT;
    struct cmc_request_result result;
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    memset(&result, 0, sizeof result);
    spec->hash = HASH_SHA256;
    must(cmc_request_build(spec, &der, &result, &err), &err);
    cmc_request_result_release(&result);
    return der;
}

struct buf agent_request(struct fixture *f, enum request_kind kind, struct bytes der)
{
    const struct cmc_request_input input = {kind, der};
    struct cmc_request_spec spec = {.db = practice_nssdb(f->ca), .inputs = &input, .n_inputs = 1, .signer_kind = CMC_SIGNER_CERT,
                                    .signer_key = f->agent_key, .signer_cert = f->agent};
    return build(&spec);
}
