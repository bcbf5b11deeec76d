/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_UNIT_FLOW_ISSUER_H
#define CMCW_TESTS_UNIT_FLOW_ISSUER_H
/* A CA in a database of its own, which answers with whatever status a test wants, and the HTTP answer around it. */
#include "unit/unit.h"

#include "cmc/response_build.h"
#include "net/submit.h"
#include "nss/mint.h"

struct issuer {
    void *folder;
    struct nssdb *db;
    struct key *key;
    struct cert *ca;
};

static inline int issuer_setup(void **state)
{
    struct issuer *w = xcalloc(1, sizeof *w);
    if (unit_folder(&w->folder) != 0) {
        return -1;
    }
    setenv("XDG_CONFIG_HOME", w->folder, 1);
    struct secret none = SECRET_INIT;
    secret_set(&none, "", 0);
    w->db = nssdb_open(w->folder, NSSDB_CREATE, NULL, NULL);
    if (!w->db || !nssdb_init_password(w->db, &none, NULL)) {
        return -1;
    }
    secret_release(&none);
    w->key = mint_key(w->db, true);
    w->ca = mint_cert(&(struct mint){.subject = "CN=CA", .issuer = "CN=CA", .serial = 1, .key = w->key, .signer = w->key, .ca = true,
                                     .path_len = -1});
    *state = w;
    return 0;
}

static inline int issuer_teardown(void **state)
{
    struct issuer *w = *state;
    cert_free(w->ca);
    key_free(w->key);
    nssdb_close(w->db);
    int code = unit_folder_remove(&w->folder);
    free(w);
    return code;
}

/* A full response with this body, in base64, signed by the CA. */
static inline void issuer_sign(const struct issuer *w, const struct response_body *body, struct buf *text)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct err err = ERR_INIT;
    ok_or_report(response_build(body, w->key, w->ca, NULL, HASH_SHA256, &der, &err), &err);
    assert_true(base64_encode(buf_peek(&der), 76, true, text));
    buf_release(&der);
}

static inline void issuer_message(const struct issuer *w, int status, struct buf *text)
{
    struct response_body body;
    struct err err = ERR_INIT;
    response_body_init(&body);
    int fail = status == CMC_STATUS_FAILED ? CMC_FAIL_BAD_REQUEST : status == CMC_STATUS_POP_REQUIRED ? CMC_FAIL_POP_REQUIRED : -1;
    ok_or_report(response_body_status(&body, status, 1, fail, NULL, &err), &err);
    issuer_sign(w, &body, text);
    response_body_release(&body);
}

static inline struct http_answer issuer_answer(int status, const char *type, const char *headers, struct bytes body)
{
    struct http_answer a = {.status = status, .reason = xstrdup(""), .content_type = xstrdup(type),
                            .headers = BUF_INIT(BUF_MAX_TEXT), .body = BUF_INIT(BUF_MAX_MESSAGE)};
    assert_true(buf_append_bytes(&a.headers, bytes_of_str(headers)) && buf_append_bytes(&a.body, body));
    return a;
}

static inline void issuer_answer_release(struct http_answer *a)
{
    free(a->reason);
    free(a->content_type);
    buf_release(&a->headers);
    buf_release(&a->body);
}
#endif
