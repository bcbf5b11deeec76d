/* SPDX-License-Identifier: Apache-2.0 */
/* cmc response FILE: is the answer trustworthy, what does it say, and where are the certificates. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/strv.h"
#include "base/when.h"
#include "cmc/oids.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "cmc/signeddata.h"
#include "cmc/trust.h"
#include "flow/engine.h"
#include "nss/chain.h"
#include "nss/csr.h"
#include "nss/der.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/tool.h"

struct options {
    struct tool_options common;
    const char *chain, *csr, *request, *output, *certs_dir, *time;
    bool no_verify;
};

/* What the answer has to fit: keys, nonce and transaction of the request, the anchors. */
struct expected {
    struct buf *spki;
    struct bytes *views;
    size_t n;
    struct buf nonce, transaction;
    struct cert_list anchors;
    bool has_about; /* --request was read */
    struct cmc_sent about;
};

static void expect_key(struct expected *x, struct bytes spki)
{
    for (size_t i = 0; i < x->n; i++) {
        if (bytes_equal(buf_peek(&x->spki[i]), spki)) {
            return; /* --csr and --request name the same key */
        }
    }
    x->spki = xrealloc(x->spki, (x->n + 1) * sizeof *x->spki);
    x->spki[x->n] = (struct buf)BUF_INIT(BUF_MAX_TEXT);
    if (buf_append_bytes(&x->spki[x->n], spki)) {
        x->n++;
    }
}

static void expected_release(struct expected *x)
{
    for (size_t i = 0; i < x->n; i++) {
        buf_release(&x->spki[i]);
    }
    free(x->spki);
    free(x->views);
    buf_release(&x->nonce);
    buf_release(&x->transaction);
    cert_list_release(&x->anchors);
}

static bool expect_csr(struct expected *x, const char *path, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct csr csr;
    bool ok = file_read(path, &text, err) && csr_parse(buf_peek(&text), &csr, err);
    if (ok) {
        expect_key(x, csr.spki);
        csr_release(&csr);
    }
    buf_release(&text);
    return ok;
}

/* A control that cannot be read is an error: a check that is left out silently is none. */
static bool expect_controls(struct expected *x, const struct pkidata *pd, struct err *err)
{
    const struct {
        const char *oid;
        uint8_t tag;
        struct buf *into;
    } rows[] = {{OID_CMC_SENDER_NONCE, ASN1_OCTET_STRING, &x->nonce},
                {OID_CMC_TRANSACTION_ID, ASN1_INTEGER, &x->transaction}};
    for (size_t i = 0; i < pd->n_controls * ARRAY_LEN(rows); i++) {
        const struct control *c = &pd->controls[i / ARRAY_LEN(rows)];
        struct bytes content = BYTES_NONE;
        if (strcmp(c->oid, rows[i % ARRAY_LEN(rows)].oid) != 0) {
            continue;
        }
        if (!der_only(buf_peek(&c->value), rows[i % ARRAY_LEN(rows)].tag, &content) ||
            !buf_append_bytes(rows[i % ARRAY_LEN(rows)].into, content)) {
            return err_fail(err, ERR_CMC_DECODE, "%s", c->oid);
        }
    }
    return true;
}

static bool expect_request(struct expected *x, const char *path, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE), ski = BUF_INIT(BUF_MAX_TEXT);
    struct signeddata sd;
    struct pkidata pd;
    bool ok = file_read(path, &der, err) && cmc_request_parse(buf_peek(&der), &sd, &pd, err);
    if (ok) {
        for (size_t i = 0; ok && i < pd.n_requests; i++) {
            struct buf spki = BUF_INIT(BUF_MAX_TEXT);
            ok = cmc_request_key(&pd.requests[i], &spki, &ski, err);
            if (ok) {
                expect_key(x, buf_peek(&spki));
            }
            buf_release(&spki);
        }
        ok = ok && expect_controls(x, &pd, err);
        cmc_request_about(&sd, &pd, &x->about);
        x->has_about = true;
        signeddata_release(&sd);
        pkidata_release(&pd);
    }
    buf_release(&der);
    buf_release(&ski);
    return ok;
}

static bool load_expected(const struct options *o, struct expected *x, struct err *err)
{
    *x = (struct expected){.nonce = BUF_INIT(BUF_MAX_TEXT), .transaction = BUF_INIT(BUF_MAX_TEXT)};
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    bool ok = (!o->csr || expect_csr(x, o->csr, err)) && (!o->request || expect_request(x, o->request, err)) &&
              (!o->chain || (file_read(o->chain, &pem, err) && pem_decode_all(buf_peek(&pem), &x->anchors, err)));
    buf_release(&pem);
    x->views = xcalloc(x->n + 1, sizeof *x->views);
    for (size_t i = 0; i < x->n; i++) {
        x->views[i] = buf_peek(&x->spki[i]);
    }
    return ok;
}

/* ---- output ---- */

static void print_certs(const struct cert_list *certs)
{
    for (size_t i = 0; i < certs->n; i++) {
        char *subject = cert_subject(certs->v[i]), *serial = cert_serial_text(certs->v[i]);
        char *until = when_human(cert_not_after(certs->v[i]));
        printf(_("Certificate  %s\n             serial %s, valid until %s\n"), subject, serial, until);
        free(subject);
        free(serial);
        free(until);
    }
}

static void json_certs(struct json *root, const char *key, const struct cert_list *certs)
{
    struct json *list = json_set_array(root, key);
    for (size_t i = 0; i < certs->n; i++) {
        struct json *row = json_add_object(list);
        char *subject = cert_subject(certs->v[i]), *serial = cert_serial_text(certs->v[i]);
        char *issuer = cert_issuer(certs->v[i]), *until = when_rfc3339(cert_not_after(certs->v[i]));
        json_set_str(row, "subject", subject);
        json_set_str(row, "issuer", issuer);
        json_set_str(row, "serial", serial);
        json_set_str(row, "not-after", until);
        free(subject);
        free(issuer);
        free(serial);
        free(until);
    }
}

static struct json *json_response(const struct cmc_response *r, const struct cert_list *issued, bool trusted)
{
    struct json *root = json_new_object();
    json_set_str(root, "kind", r->kind == CMC_FULL ? "full" : "simple");
    json_set_str(root, "outcome", cmc_outcome_name(r->outcome));
    json_set_bool(root, "trusted", trusted);
    struct json *list = json_set_array(root, "statuses");
    for (size_t i = 0; i < r->n_statuses; i++) {
        struct json *row = json_add_object(list);
        json_set_str(row, "status", cmc_status_name(r->statuses[i].status));
        json_set_num(row, "number", r->statuses[i].status);
        if (r->statuses[i].has_fail_info) {
            json_set_str(row, "failInfo", cmc_fail_info_name(r->statuses[i].fail_info));
        }
        if (r->statuses[i].text) {
            json_set_str(row, "statusString", r->statuses[i].text);
        }
    }
    json_certs(root, "issued", issued);
    json_certs(root, "certificates", &r->sd.certs);
    return root;
}

static bool write_outputs(const struct options *o, const struct cmc_response *r, const struct cert_list *issued,
                          struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE);
    bool ok = true;
    if (o->output) {
        ok = pem_encode(buf_peek(&r->sd.der), "PKCS7", 64, false, &text) || err_fail(err, ERR_INTERNAL, NULL);
        ok = ok && file_write(o->output, buf_peek(&text), 0644, err);
    }
    if (ok && o->certs_dir && issued->n) {
        ok = dir_create(o->certs_dir, 0755, err) && engine_write_certs(o->certs_dir, issued->v[0], &r->sd.certs, err);
    }
    buf_release(&text);
    return ok;
}

static bool judge(const struct options *o, struct engine *e, const struct cmc_response *r, struct expected *x,
                  struct cert_list *issued, struct err *err)
{
    int64_t at = e->at ? e->at : when_now();
    struct cmc_expect expect = {.spki = x->views,
                                .n_spki = x->n,
                                .transaction_id = buf_peek(&x->transaction),
                                .sender_nonce = buf_peek(&x->nonce),
                                .anchors = x->anchors.n ? &x->anchors : NULL,
                                .db = x->anchors.n ? NULL : e->db,
                                .at = at};
    return o->no_verify || cmc_response_trust(r, &expect, issued, err);
}

/* PEM, base64 or DER; a web page goes on as it is, because the parser of answers knows what to say about it. */
static bool decode(struct bytes raw, struct buf *der, struct err *err)
{
    size_t i = 0;
    while (i < raw.len && raw.data[i] <= ' ') {
        i++;
    }
    if (i < raw.len && raw.data[i] == '<') {
        return buf_append_bytes(der, raw) || err_fail(err, ERR_FILE_TOO_BIG, NULL);
    }
    return pem_decode(raw, der, NULL, err);
}

static int run(const struct options *o, const char *path, struct err *err)
{
    struct engine engine;
    struct expected x = {0};
    struct buf raw = BUF_INIT(BUF_MAX_MESSAGE), der = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_response r;
    struct cert_list issued = CERT_LIST_INIT;
    struct err outcome = ERR_INIT;
    engine_init(&engine, NULL);
    bool parsed = false;
    bool ok = !o->time || when_parse_rfc3339(o->time, &engine.at) || err_fail(err, ERR_USAGE, "--time");
    engine.db = NULL;
    ok = ok && (o->common.dbdir ? engine_open_db(&engine, o->common.dbdir, false, false, err)
                                : (engine.db = nssdb_open(NULL, NSSDB_NONE, NULL, err)) != NULL);
    ok = ok && load_expected(o, &x, err);
    ok = ok && tool_read(path, &raw, err) && decode(buf_peek(&raw), &der, err) &&
         (parsed = cmc_response_parse(buf_peek(&der), &r, err)) && judge(o, &engine, &r, &x, &issued, err) &&
         write_outputs(o, &r, &issued, err);
    int code = EXIT_DONE;
    if (ok) {
        bool failed = cmc_response_error(&r, x.has_about ? &x.about : NULL, &outcome);
        if (o->common.json) {
            struct json *root = json_response(&r, &issued, !o->no_verify);
            if (failed) {
                json_set_take(root, "error", tool_error_json(&outcome));
            }
            tool_print_json(root);
        } else {
            printf(_("Outcome      %s\n"), cmc_outcome_name(r.outcome));
            if (!failed) { /* of a refusal there is only the CA's own */
                print_certs(issued.n ? &issued : &r.sd.certs);
            }
        }
        code = failed ? err_report(&outcome, "cmc response") : EXIT_DONE;
    }
    if (parsed) {
        cmc_response_release(&r);
    }
    expected_release(&x);
    cert_list_release(&issued);
    err_release(&outcome);
    buf_release(&raw);
    buf_release(&der);
    engine_release(&engine);
    return ok ? code : -1;
}

int tool_response(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT};
    const struct opt table[] = {
        {OPT_STR, "dbdir", 'd', N_("DIR"), N_("NSS database whose trusted CAs count."), &o.common.dbdir, NULL, 0, 0},
        {OPT_STR, "chain", 0, N_("FILE"), N_("PEM file of the CA certificates that count, instead of a database."),
         &o.chain, NULL, 0, 0},
        {OPT_STR, "csr", 0, N_("FILE"), N_("The PKCS#10 request: the certificate must be for its key."), &o.csr, NULL,
         0, 0},
        {OPT_STR, "request", 0, N_("FILE"), N_("The CMC request that was sent: keys, nonce and transaction must fit."),
         &o.request, NULL, 0, 0},
        {OPT_STR, "output", 'o', N_("FILE"), N_("Write the answer as PKCS#7 PEM."), &o.output, NULL, 0, 0},
        {OPT_STR, "certs", 0, N_("DIR"), N_("Write certificate.pem, chain.pem and chain.p7b there."), &o.certs_dir,
         NULL, 0, 0},
        {OPT_STR, "time", 0, N_("TIME"), N_("Judge as of this time (2026-11-21T00:00:00Z) instead of now."), &o.time,
         NULL, 0, 0},
        {OPT_FLAG, "no-verify", 0, NULL, N_("Do not judge the signature: for looking at answers only."), &o.no_verify,
         NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {
        "cmc response", N_("[OPTION]... FILE"),
        N_("Verifies a CA's answer (signature, chain, nonces, key), says what it means, and takes the certificates "
           "out."),
        N_("Without --dbdir or --chain nothing is trusted, and the exit code is 7 unless --no-verify is given.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    if (argc - rest != 1) {
        err_fail(&err, ERR_USAGE, "%s", _("Name one answer file."));
        return tool_fail(usage.program, &err, o.common.json);
    }
    if (o.certs_dir && !o.csr && !o.request) {
        err_fail(&err, ERR_USAGE, "%s", _("--certs needs --csr or --request: they say which certificate is yours."));
        return tool_fail(usage.program, &err, o.common.json);
    }
    code = run(&o, argv[rest], &err);
    return code < 0 ? tool_fail(usage.program, &err, o.common.json) : code;
}
