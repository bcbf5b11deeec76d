/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/rest.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "nss/issue.h"
#include "nss/pem.h"
#include "practice/respond.h"
#include "practice/store.h"

#define CRL_DAYS 7
#define DAY 86400

void rest_no_attributes(struct json *root)
{
    (void)json_set_array(json_set_object(root, "Attributes"), "Attribute");
}

void rest_status(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    (void)ca;
    (void)request;
    (void)arg;
    struct json *root = json_new_object();
    struct json *response = json_set_object(root, "Response");
    json_set_str(response, "State", "1");
    json_set_str(response, "Type", "CA");
    json_set_str(response, "Status", "running");
    json_set_str(response, "Version", PRACTICE_VERSION "-1");
    json_set_str(response, "ProductVersion", "cmc-practice-ca (answers as a Dogtag Certificate System)");
    respond_json(reply, 200, root);
}

void rest_product(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    (void)ca;
    (void)request;
    (void)arg;
    struct json *root = json_new_object();
    json_set_str(root, "Name", "cmc-practice-ca (answers as a Dogtag Certificate System)");
    json_set_str(root, "Version", PRACTICE_VERSION);
    rest_no_attributes(root);
    respond_json(reply, 200, root);
}

void rest_info(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    (void)request;
    (void)arg;
    struct json *root = json_new_object();
    json_set_str(root, "ArchivalMechanism", "keywrap");
    json_set_str(root, "EncryptionAlgorithm", "AES/CBC/PKCS5Padding");
    json_set_str(root, "KeyWrapAlgorithm", ca->conf.kra_accept_kwp ? "AES KeyWrap/Wrapped" : "AES KeyWrap/Padding");
    json_set_str(root, "RsaPublicKeyWrapAlgorithm", ca->conf.kra_use_oaep ? "RSA_OAEP" : "RSA");
    json_set_str(root, "CaRsaPublicKeyWrapAlgorithm", ca->conf.use_oaep ? "RSA_OAEP" : "RSA");
    rest_no_attributes(root);
    respond_json(reply, 200, root);
}

/* "Fri Nov 20 22:53:25 UTC 2026" */
static char *java_date(int64_t at)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)at;
    struct tm tm;
    if (!gmtime_r(&seconds, &tm)) {
        return xstrdup("");
    }
    return xasprintf("%s %s %02d %02d:%02d:%02d UTC %d", days[tm.tm_wday], months[tm.tm_mon], tm.tm_mday, tm.tm_hour, tm.tm_min,
                     tm.tm_sec, tm.tm_year + 1900);
}

static void chain_with(const struct practice_ca *ca, const struct cert *leaf, struct cert_list *out)
{
    if (leaf) {
        cert_list_push(out, leaf);
    }
    for (size_t i = 0; i < ca->chain.n; i++) {
        if (!cert_list_has(out, ca->chain.v[i])) {
            cert_list_push(out, ca->chain.v[i]);
        }
    }
}

/* certs-only PKCS#7 of the certificate (may be NULL) and the chain. */
static bool chain_der(const struct practice_ca *ca, const struct cert *leaf, struct buf *der)
{
    struct cert_list list = CERT_LIST_INIT;
    chain_with(ca, leaf, &list);
    bool ok = pkcs7_build(&list, der, NULL);
    cert_list_release(&list);
    return ok;
}

static void cert_json(const struct practice_ca *ca, const struct cert *cert, int columns, struct json *root)
{
    struct buf pem = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf p7 = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf p7_text = BUF_INIT(BUF_MAX_MESSAGE);
    char *serial = cert_serial_text(cert);
    char *issuer = cert_issuer(cert);
    char *subject = cert_subject(cert);
    char *from = java_date(cert_not_before(cert));
    char *until = java_date(cert_not_after(cert));
    json_set_str(root, "id", serial);
    json_set_str(root, "IssuerDN", issuer);
    json_set_str(root, "SubjectDN", subject);
    if (pem_encode(cert_der(cert), "CERTIFICATE", 76, true, &pem)) {
        json_set_str(root, "Encoded", buf_str(&pem));
    }
    if (chain_der(ca, cert, &p7) && base64_encode(buf_peek(&p7), columns, true, &p7_text)) {
        json_set_str(root, "PKCS7CertChain", buf_str(&p7_text));
    }
    json_set_str(root, "NotBefore", from);
    json_set_str(root, "NotAfter", until);
    free(until);
    free(from);
    free(subject);
    free(issuer);
    free(serial);
    buf_release(&p7_text);
    buf_release(&p7);
    buf_release(&pem);
}

void rest_signing_cert(struct practice_ca *ca, const struct practice_request *request, const char *arg,
                       struct practice_reply *reply)
{
    (void)request;
    (void)arg;
    struct json *root = json_new_object();
    cert_json(ca, ca->cert, 0, root);
    respond_json(reply, 200, root);
}

void rest_transport_cert(struct practice_ca *ca, const struct practice_request *request, const char *arg,
                         struct practice_reply *reply)
{
    (void)request;
    (void)arg;
    if (!ca->conf.transport_cert) {
        respond_rest_error(reply, 404, "com.netscape.certsrv.base.ResourceNotFoundException", "DRM certificate not found");
        return;
    }
    struct json *root = json_new_object();
    cert_json(ca, ca->transport, 0, root);
    respond_json(reply, 200, root);
}

void rest_cert_chain(struct practice_ca *ca, const struct practice_request *request, const char *arg,
                     struct practice_reply *reply)
{
    (void)request;
    (void)arg;
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE);
    struct json *root = json_new_object();
    struct json *response = json_set_object(root, "Response");
    json_set_str(response, "Status", "0");
    if (chain_der(ca, NULL, &der) && base64_encode(buf_peek(&der), 0, false, &text)) {
        json_set_str(response, "ChainBase64", buf_str(&text));
    }
    respond_json(reply, 200, root);
    buf_release(&text);
    buf_release(&der);
}

void rest_ca_chain(struct practice_ca *ca, const struct practice_request *request, const char *arg,
                   struct practice_reply *reply)
{
    (void)arg;
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    char *op = query_value(request->query, "op");
    if (!chain_der(ca, NULL, &der)) {
        respond_breakdown(reply, "java.lang.NullPointerException");
    } else if (op && strcmp(op, "download") == 0) {
        respond_bytes(reply, "application/x-x509-ca-cert", buf_peek(&der));
    } else {
        respond_bytes(reply, "application/octet-stream", buf_peek(&der));
        reply->disposition = "attachment; filename=ca.p7c";
    }
    free(op);
    buf_release(&der);
}

static bool bytes_of_serial(const char *hex, struct buf *out)
{
    char *even = xasprintf("%s%s", strlen(hex) % 2 ? "0" : "", hex);
    bool ok = bytes_from_hex(even, out);
    if (ok && out->len > 0 && out->data[0] >= 0x80) {
        struct buf padded;
        buf_init(&padded, out->max);
        ok = buf_append_byte(&padded, 0) && buf_append_bytes(&padded, buf_peek(out));
        buf_release(out);
        *out = padded;
    }
    free(even);
    return ok;
}

void rest_crl(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    (void)arg;
    const struct cert_filter filter = {.status = "REVOKED", .issuer_der = cert_subject_der(ca->cert), .at = request->at,
                                       .size = 1000000};
    struct cert_rows rows;
    struct buf der = BUF_INIT((size_t)64 << 20);
    int64_t number = 0;
    if (!store_cert_search(ca->store, &filter, &rows, NULL)) {
        respond_breakdown(reply, "java.lang.NullPointerException");
        return;
    }
    struct issue_revoked *list = xcalloc(rows.n ? rows.n : 1, sizeof *list);
    struct buf *serials = xcalloc(rows.n ? rows.n : 1, sizeof *serials);
    bool ok = store_next(ca->store, "crl", &number, NULL);
    for (size_t i = 0; ok && i < rows.n; i++) {
        buf_init(&serials[i], 64);
        ok = bytes_of_serial(rows.v[i].serial, &serials[i]);
        list[i] = (struct issue_revoked){.serial = buf_peek(&serials[i]), .when = rows.v[i].revoked_on,
                                         .reason = rows.v[i].reason, .invalidity = rows.v[i].invalidity};
    }
    if (ok && issue_crl(ca->key, ca->cert, list, rows.n, request->at, request->at + CRL_DAYS * DAY, (uint64_t)number,
                        HASH_SHA256, &der, NULL)) {
        respond_bytes(reply, "application/octet-stream", buf_peek(&der));
        reply->disposition = "attachment; filename=MasterCRL.crl";
    } else {
        respond_breakdown(reply, "java.lang.NullPointerException");
    }
    for (size_t i = 0; i < rows.n; i++) {
        buf_release(&serials[i]);
    }
    free(serials);
    free(list);
    cert_rows_release(&rows);
    buf_release(&der);
}

static const char *row_status(const struct cert_row *row, int64_t at)
{
    if (row->revoked) {
        return row->not_after < at ? "REVOKED_EXPIRED" : "REVOKED";
    }
    return row->not_after < at ? "EXPIRED" : row->not_before > at ? "INVALID" : "VALID";
}

static void entry_json(const struct cert_row *row, int64_t at, struct json *entries)
{
    struct cert *cert = cert_from_der(buf_peek(&row->der), NULL);
    if (!cert) {
        return;
    }
    struct json *entry = json_add_object(entries);
    char *id = xasprintf("0x%s", row->serial);
    char *issuer = cert_issuer(cert);
    json_set_str(entry, "id", id);
    json_set_str(entry, "SubjectDN", row->subject);
    json_set_str(entry, "IssuerDN", issuer);
    json_set_str(entry, "Status", row_status(row, at));
    json_set_str(entry, "Type", "X.509");
    json_set_num(entry, "Version", 2);
    json_set_str(entry, "KeyAlgorithmOID", cert_key_type(cert) == KEY_EC ? "1.2.840.10045.2.1" : "1.2.840.113549.1.1.1");
    json_set_num(entry, "KeyLength", cert_key_bits(cert));
    json_set_num(entry, "NotValidBefore", (double)row->not_before * 1000);
    json_set_num(entry, "NotValidAfter", (double)row->not_after * 1000);
    json_set_num(entry, "IssuedOn", (double)row->issued_on * 1000);
    json_set_str(entry, "IssuedBy", *row->requester ? row->requester : "system");
    if (row->revoked) {
        json_set_num(entry, "RevokedOn", (double)row->revoked_on * 1000);
    }
    free(issuer);
    free(id);
    cert_free(cert);
}

static void send_rows(struct practice_ca *ca, const struct practice_request *request, const struct cert_filter *filter,
                      struct practice_reply *reply)
{
    struct cert_rows rows;
    if (!store_cert_search(ca->store, filter, &rows, NULL)) {
        respond_rest_error(reply, 500, "com.netscape.certsrv.base.PKIException", "The records could not be read.");
        return;
    }
    struct json *root = json_new_object();
    json_set_num(root, "total", (double)rows.total);
    struct json *entries = json_set_array(root, "entries");
    for (size_t i = 0; i < rows.n; i++) {
        entry_json(&rows.v[i], request->at, entries);
    }
    cert_rows_release(&rows);
    respond_json(reply, 200, root);
}

long rest_number(const char *query, const char *name, long otherwise)
{
    char *text = query_value(query, name);
    char *end = NULL;
    long value = text ? strtol(text, &end, 10) : otherwise;
    bool ok = text && *text && *end == '\0' && value >= 0 && value <= 100000;
    free(text);
    return ok ? value : otherwise;
}

void rest_cert_list(struct practice_ca *ca, const struct practice_request *request, const char *arg,
                    struct practice_reply *reply)
{
    (void)arg;
    char *status = query_value(request->query, "status");
    const struct cert_filter filter = {.at = request->at, .status = status, .start = rest_number(request->query, "start", 0),
                                       .size = rest_number(request->query, "size", 20)};
    send_rows(ca, request, &filter, reply);
    free(status);
}

/* "0x1a" or decimal to hex without zeros in front; NULL when it is neither. */
static char *serial_hex(const char *text)
{
    if (!text) {
        return NULL;
    }
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        text += 2;
        if (!*text || strlen(text) > 64 || strspn(text, "0123456789abcdefABCDEF") != strlen(text)) {
            return NULL;
        }
        text += strspn(text, "0");
        char *lower = xstrdup(*text ? text : "0");
        for (char *p = lower; *p; p++) {
            *p = *p >= 'A' && *p <= 'F' ? (char)(*p + 32) : *p;
        }
        return lower;
    }
    /* Decimal of any length: digit by digit into octets. */
    uint8_t number[40] = {0};
    if (!*text || strlen(text) > 90 || strspn(text, "0123456789") != strlen(text)) {
        return NULL;
    }
    for (const char *p = text; *p; p++) {
        unsigned carry = (unsigned)(*p - '0');
        for (size_t i = sizeof number; i-- > 0;) {
            carry += number[i] * 10U;
            number[i] = (uint8_t)carry;
            carry >>= 8;
        }
    }
    return store_serial(BYTES(number, sizeof number));
}

char *rest_serial(const char *text)
{
    return serial_hex(text);
}

/* "on" for one of Netscape's certificate types. */
static const char *asked_type(const struct json *asked)
{
    static const char *const keys[] = {"certTypeSubEmailCA", "certTypeSubSSLCA", "certTypeSecureEmail", "certTypeSSLClient",
                                       "certTypeSSLServer"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const char *value = json_get_str(asked, keys[i], "");
        if (strcmp(value, "on") == 0) {
            return json_get_str(asked, keys[i], NULL);
        }
    }
    return NULL;
}

void rest_cert_search(struct practice_ca *ca, const struct practice_request *request, const char *arg,
                      struct practice_reply *reply)
{
    (void)arg;
    struct err err = ERR_INIT;
    struct json *asked = json_parse(request->body, &err);
    if (!json_is_object(asked)) {
        respond_rest_error(reply, 400, "com.netscape.certsrv.base.BadRequestException", "The search is not a JSON object.");
        err_release(&err);
        json_free(asked);
        return;
    }
    char *from = serial_hex(json_get_str(asked, "serialFrom", NULL));
    char *to = serial_hex(json_get_str(asked, "serialTo", NULL));
    const char *operation = json_get_str(asked, "validityOperation", "");
    char *validity = xasprintf("%.0f", json_get_num(asked, "validityCount", 0) * json_get_num(asked, "validityUnit", 0));
    const struct cert_filter filter = {
        .cn = json_get_str(asked, "commonName", NULL),
        .uid = json_get_str(asked, "userID", NULL),
        .exactly = json_get_bool(asked, "matchExactly", false),
        .email = json_get_str(asked, "email", NULL),
        .org = json_get_str(asked, "org", NULL),
        .org_unit = json_get_str(asked, "orgUnit", NULL),
        .locality = json_get_str(asked, "locality", NULL),
        .state = json_get_str(asked, "state", NULL),
        .country = json_get_str(asked, "country", NULL),
        .issued_by = json_get_str(asked, "issuedBy", NULL),
        .reason = json_get_str(asked, "revocationReason", NULL),
        .not_before_from = json_get_str(asked, "validNotBeforeFrom", NULL),
        .not_before_to = json_get_str(asked, "validNotBeforeTo", NULL),
        .not_after_from = json_get_str(asked, "validNotAfterFrom", NULL),
        .not_after_to = json_get_str(asked, "validNotAfterTo", NULL),
        .issued_on_from = json_get_str(asked, "issuedOnFrom", NULL),
        .issued_on_to = json_get_str(asked, "issuedOnTo", NULL),
        .revoked_on_from = json_get_str(asked, "revokedOnFrom", NULL),
        .revoked_on_to = json_get_str(asked, "revokedOnTo", NULL),
        .validity_least = strcmp(operation, ">=") == 0 ? validity : NULL,
        .validity_most = strcmp(operation, "<=") == 0 ? validity : NULL,
        .netscape_type = asked_type(asked),
        .serial_from = from,
        .serial_to = to,
        .status = json_get_str(asked, "status", NULL),
        .at = request->at,
        .start = rest_number(request->query, "start", 0),
        .size = rest_number(request->query, "size", 20),
    };
    send_rows(ca, request, &filter, reply);
    free(validity);
    free(to);
    free(from);
    json_free(asked);
}

static void no_such_cert(const char *text, struct practice_reply *reply)
{
    char *message = xasprintf("Certificate ID %.100s not found", text);
    respond_rest_error(reply, 404, "com.netscape.certsrv.cert.CertNotFoundException", message);
    free(message);
}

void rest_cert_show(struct practice_ca *ca, const struct practice_request *request, const char *arg,
                    struct practice_reply *reply)
{
    const char *text = request->path + strlen(arg);
    char *serial = serial_hex(text);
    struct cert_row row;
    bool found = false;
    if (!serial || !store_cert_find(ca->store, BYTES_NONE, serial, &row, &found, NULL) || !found) {
        no_such_cert(text, reply);
        free(serial);
        return;
    }
    free(serial);
    struct cert *cert = cert_from_der(buf_peek(&row.der), NULL);
    if (!cert) {
        no_such_cert(text, reply);
        cert_row_release(&row);
        return;
    }
    struct json *root = json_new_object();
    cert_json(ca, cert, 76, root);
    char *pretty = cert_show(cert);
    json_set_str(root, "PrettyPrint", pretty);
    json_set_str(root, "Status", row_status(&row, request->at));
    if (row.revoked) {
        json_set_num(root, "RevokedOn", (double)row.revoked_on * 1000);
        json_set_num(root, "RevocationReason", row.reason);
    }
    free(pretty);
    cert_free(cert);
    cert_row_release(&row);
    respond_json(reply, 200, root);
}

void rest_request_show(struct practice_ca *ca, const struct practice_request *request, const char *arg,
                       struct practice_reply *reply)
{
    const char *text = request->path + strlen(arg);
    char *hex = serial_hex(text);
    struct request_row row;
    bool found = false;
    long long id = hex && strlen(hex) < 16 ? strtoll(hex, NULL, 16) : -1;
    free(hex);
    if (id < 0 || !store_request_find(ca->store, id, &row, &found, NULL) || !found) {
        char *message = xasprintf("Request ID %.100s not found", text);
        respond_rest_error(reply, 404, "com.netscape.certsrv.request.RequestNotFoundException", message);
        free(message);
        return;
    }
    struct json *root = json_new_object();
    char *shown = xasprintf("0x%llx", id);
    char *url = xasprintf("https://localhost:%d/ca/rest/certrequests/%lld", request->port, id);
    json_set_str(root, "requestID", shown);
    json_set_str(root, "requestType", row.kind);
    json_set_str(root, "requestStatus", row.status);
    json_set_str(root, "requestURL", url);
    json_set_num(root, "creationTime", (double)row.created * 1000);
    json_set_num(root, "modificationTime", (double)row.modified * 1000);
    if (row.cert_serial) {
        char *cert_id = xasprintf("0x%s", row.cert_serial);
        char *cert_url = xasprintf("https://localhost:%d/ca/rest/certs/%s", request->port, cert_id);
        json_set_str(root, "certId", cert_id);
        json_set_str(root, "certURL", cert_url);
        free(cert_url);
        free(cert_id);
    }
    json_set_str(root, "operationResult", "success");
    json_set_str(root, "requestId", shown);
    free(url);
    free(shown);
    request_row_release(&row);
    respond_json(reply, 200, root);
}
