/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/carest_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/chain.h"
#include "nss/pem.h"

#define ENTRIES_MAX 10000

static bool shape(struct err *err, const char *missing)
{
    return err_fail(err, ERR_NET_REST_SHAPE, _("The answer lacks %s."), missing);
}

static char *text_of(const struct json *object, const char *key)
{
    return xstrdup(json_get_str(object, key, ""));
}

/* The answers of the administration servlets are wrapped in "Response". */
static const struct json *unwrapped(const struct json *root)
{
    const struct json *inner = json_get(root, "Response");
    return json_is_object(inner) ? inner : root;
}

bool carest_json_status(const struct json *root, struct ca_status *out, struct err *err)
{
    const struct json *r = unwrapped(root);
    *out = (struct ca_status){.state = text_of(r, "State"),
                              .type = text_of(r, "Type"),
                              .status = text_of(r, "Status"),
                              .version = text_of(r, "Version"),
                              .product = text_of(r, "ProductVersion")};
    if (!*out->version && !*out->status) {
        ca_status_release(out);
        return shape(err, "Status");
    }
    return true;
}

bool carest_json_info(const struct json *root, struct ca_info *out, struct err *err)
{
    if (!json_is_object(root)) {
        return shape(err, "ArchivalMechanism");
    }
    *out = (struct ca_info){.archival_mechanism = text_of(root, "ArchivalMechanism"),
                            .encryption_algorithm = text_of(root, "EncryptionAlgorithm"),
                            .key_wrap_algorithm = text_of(root, "KeyWrapAlgorithm"),
                            .rsa_wrap = text_of(root, "RsaPublicKeyWrapAlgorithm"),
                            .ca_rsa_wrap = text_of(root, "CaRsaPublicKeyWrapAlgorithm")};
    return true;
}

/* Milliseconds since 1970. */
static int64_t seconds_of(const struct json *object, const char *key)
{
    double ms = json_get_num(object, key, 0);
    return ms > -1e17 && ms < 1e17 ? (int64_t)(ms / 1000) : 0;
}

static int number_of(const struct json *object, const char *key, int otherwise)
{
    double n = json_get_num(object, key, otherwise);
    return n >= 0 && n < 1e6 ? (int)n : otherwise;
}

bool carest_json_entries(const struct json *root, struct ca_cert_entries *out, struct err *err)
{
    const struct json *list = json_get(root, "entries");
    *out = (struct ca_cert_entries){0};
    double total = json_get_num(root, "total", 0);
    if (!json_is_array(list)) { /* no hits: some versions leave the list out */
        return json_is_object(root) && json_is_number(json_get(root, "total")) && total == 0 ? true
                                                                                             : shape(err, "entries");
    }
    size_t n = json_size(list);
    n = n < ENTRIES_MAX ? n : ENTRIES_MAX;
    out->total = total >= (double)n && total < 1e15 ? (long)total : (long)n;
    out->v = xcalloc(n ? n : 1, sizeof(*out->v));
    for (size_t i = 0; i < n; i++) {
        const struct json *e = json_at(list, i);
        if (!json_is_string(json_get(e, "id"))) {
            continue;
        }
        out->v[out->n++] = (struct ca_cert_entry){.serial = text_of(e, "id"),
                                                  .subject = text_of(e, "SubjectDN"),
                                                  .issuer = text_of(e, "IssuerDN"),
                                                  .status = text_of(e, "Status"),
                                                  .issued_by = text_of(e, "IssuedBy"),
                                                  .revoked_by = text_of(e, "RevokedBy"),
                                                  .key_algorithm = text_of(e, "KeyAlgorithmOID"),
                                                  .key_length = number_of(e, "KeyLength", 0),
                                                  .version = number_of(e, "Version", -1),
                                                  .issued_on = seconds_of(e, "IssuedOn"),
                                                  .revoked_on = seconds_of(e, "RevokedOn"),
                                                  .not_before = seconds_of(e, "NotValidBefore"),
                                                  .not_after = seconds_of(e, "NotValidAfter")};
    }
    return true;
}

bool carest_json_request(const struct json *root, struct ca_request *out, struct err *err)
{
    *out = (struct ca_request){.id = text_of(root, "requestID"),
                               .type = text_of(root, "requestType"),
                               .status = text_of(root, "requestStatus"),
                               .result = text_of(root, "operationResult"),
                               .cert_serial = text_of(root, "certId"),
                               .error = text_of(root, "errorMessage")};
    if (!*out->id) {
        free(out->id);
        out->id = text_of(root, "requestId");
    }
    if (!*out->status) {
        ca_request_release(out);
        return shape(err, "requestStatus");
    }
    return true;
}

static bool is_issuer_of_another(const struct cert_list *pool, const struct cert *cert)
{
    for (size_t i = 0; i < pool->n; i++) {
        if (pool->v[i] != cert && bytes_equal(cert_issuer_der(pool->v[i]), cert_subject_der(cert))) {
            return true;
        }
    }
    return false;
}

static bool order(const struct cert *leaf, const struct cert_list *pool, struct cert_list *out, struct err *err)
{
    for (size_t i = 0; !leaf && i < pool->n; i++) {
        leaf = is_issuer_of_another(pool, pool->v[i]) ? NULL : pool->v[i];
    }
    return leaf ? chain_order(leaf, pool, out, err) : shape(err, "Encoded");
}

bool carest_der_chain(struct bytes der, struct cert_list *out, struct err *err)
{
    struct cert_list pool = CERT_LIST_INIT;
    bool good = pem_decode_all(der, &pool, err) && order(NULL, &pool, out, err);
    cert_list_release(&pool);
    return good;
}

/* To add one: where a version puts the chain beside the certificate. */
static const char *const chain_keys[] = {"PKCS7CertChain", "ChainBase64", "PKCS7", "Chain"};

bool carest_json_chain(const struct json *root, struct cert_list *out, struct err *err)
{
    const struct json *r = unwrapped(root);
    const char *encoded = json_get_str(r, "Encoded", "");
    struct cert_list pool = CERT_LIST_INIT;
    struct cert_list own = CERT_LIST_INIT;
    bool good = true;
    if (*encoded) {
        good = pem_decode_all(bytes_of_str(encoded), &own, err);
    }
    for (size_t i = 0; good && i < ARRAY_LEN(chain_keys); i++) {
        const char *text = json_get_str(r, chain_keys[i], "");
        /* A chain that cannot be read is no loss when the certificate itself is there. */
        if (*text && !pem_decode_all(bytes_of_str(text), &pool, *encoded ? NULL : err)) {
            good = *encoded != '\0';
        }
    }
    if (good) {
        good = order(own.n > 0 ? own.v[0] : NULL, &pool, out, err);
    }
    cert_list_release(&own);
    cert_list_release(&pool);
    return good;
}

bool carest_json_cert(const struct json *root, struct ca_cert *out, struct err *err)
{
    *out = (struct ca_cert){.chain = CERT_LIST_INIT, .reason = -1};
    if (!carest_json_chain(root, &out->chain, err)) {
        cert_list_release(&out->chain);
        return false;
    }
    out->status = text_of(root, "Status");
    /* A date in words, or milliseconds. */
    out->revoked_on = text_of(root, "RevokedOn");
    out->revoked_at = seconds_of(root, "RevokedOn");
    out->revoked_by = text_of(root, "RevokedBy");
    double reason = json_get_num(unwrapped(root), "RevocationReason", -1);
    out->reason = reason >= 0 && reason <= 10 ? (int)reason : -1;
    return true;
}

void ca_cert_release(struct ca_cert *c)
{
    cert_list_release(&c->chain);
    free(c->status);
    free(c->revoked_on);
    free(c->revoked_by);
    *c = (struct ca_cert){.chain = CERT_LIST_INIT, .reason = -1};
}

void ca_status_release(struct ca_status *s)
{
    free(s->state);
    free(s->type);
    free(s->status);
    free(s->version);
    free(s->product);
    *s = (struct ca_status){0};
}

void ca_info_release(struct ca_info *i)
{
    free(i->archival_mechanism);
    free(i->encryption_algorithm);
    free(i->key_wrap_algorithm);
    free(i->rsa_wrap);
    free(i->ca_rsa_wrap);
    *i = (struct ca_info){0};
}

void ca_cert_entries_release(struct ca_cert_entries *e)
{
    for (size_t i = 0; i < e->n; i++) {
        free(e->v[i].serial);
        free(e->v[i].subject);
        free(e->v[i].issuer);
        free(e->v[i].status);
        free(e->v[i].issued_by);
        free(e->v[i].revoked_by);
        free(e->v[i].key_algorithm);
    }
    free(e->v);
    *e = (struct ca_cert_entries){0};
}

void ca_request_release(struct ca_request *r)
{
    free(r->id);
    free(r->type);
    free(r->status);
    free(r->result);
    free(r->cert_serial);
    free(r->error);
    *r = (struct ca_request){0};
}

bool ca_version_parse(const char *version, int *major, int *minor)
{
    char *end;
    long first = strtol(version, &end, 10);
    if (end == version || *end != '.' || first < 0 || first > 9999) {
        return false;
    }
    const char *second_text = end + 1;
    long second = strtol(second_text, &end, 10);
    if (end == second_text || second < 0 || second > 9999) {
        return false;
    }
    *major = (int)first;
    *minor = (int)second;
    return true;
}
