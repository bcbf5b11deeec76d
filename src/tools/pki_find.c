/* SPDX-License-Identifier: Apache-2.0 */
/* What pki ca-cert-find searches by: its options, and a file with search constraints. */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "tools/dogtag_args.h"
#include "tools/find.h"
#include "tools/pki.h"

/* ---- --input: Dogtag's CertSearchRequest as XML, or the same as JSON ---- */

enum member_kind { TEXT, SWITCH, NUMBER };
/* To add an element: a row. The JSON member has the same name but for the address. */
static const struct member {
    const char *element, *name; /* name NULL: the same */
    enum member_kind kind;
} members[] = {
    {"issuerDN", NULL, TEXT},
    {"serialNumberRangeInUse", NULL, SWITCH},
    {"serialTo", NULL, TEXT},
    {"serialFrom", NULL, TEXT},
    {"subjectInUse", NULL, SWITCH},
    {"eMail", "email", TEXT},
    {"commonName", NULL, TEXT},
    {"userID", NULL, TEXT},
    {"orgUnit", NULL, TEXT},
    {"org", NULL, TEXT},
    {"locality", NULL, TEXT},
    {"state", NULL, TEXT},
    {"country", NULL, TEXT},
    {"matchExactly", NULL, SWITCH},
    {"status", NULL, TEXT},
    {"revokedBy", NULL, TEXT},
    {"revokedByInUse", NULL, SWITCH},
    {"revokedOnInUse", NULL, SWITCH},
    {"revokedOnFrom", NULL, TEXT},
    {"revokedOnTo", NULL, TEXT},
    {"revocationReason", NULL, TEXT},
    {"revocationReasonInUse", NULL, SWITCH},
    {"issuedBy", NULL, TEXT},
    {"issuedByInUse", NULL, SWITCH},
    {"issuedOnInUse", NULL, SWITCH},
    {"issuedOnFrom", NULL, TEXT},
    {"issuedOnTo", NULL, TEXT},
    {"validNotBeforeInUse", NULL, SWITCH},
    {"validNotBeforeFrom", NULL, TEXT},
    {"validNotBeforeTo", NULL, TEXT},
    {"validNotAfterInUse", NULL, SWITCH},
    {"validNotAfterFrom", NULL, TEXT},
    {"validNotAfterTo", NULL, TEXT},
    {"validityLengthInUse", NULL, SWITCH},
    {"validityOperation", NULL, TEXT},
    {"validityCount", NULL, NUMBER},
    {"validityUnit", NULL, NUMBER},
    {"certTypeInUse", NULL, SWITCH},
    {"certTypeSubEmailCA", NULL, TEXT},
    {"certTypeSubSSLCA", NULL, TEXT},
    {"certTypeSecureEmail", NULL, TEXT},
    {"certTypeSSLClient", NULL, TEXT},
    {"certTypeSSLServer", NULL, TEXT},
};

/* The five entities that XML has without a declaration. */
static char *decode_entities(const char *text, size_t len)
{
    static const struct {
        const char *name;
        char value;
    } rows[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    char *out = xmalloc(len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; n++) {
        size_t used = 1;
        out[n] = text[i];
        for (size_t k = 0; text[i] == '&' && k < ARRAY_LEN(rows); k++) {
            size_t long_is = strlen(rows[k].name);
            if (long_is <= len - i && memcmp(text + i, rows[k].name, long_is) == 0) {
                out[n] = rows[k].value;
                used = long_is;
                break;
            }
        }
        i += used;
    }
    out[n] = '\0';
    return out;
}

/* Content of the first element of this name; NULL when there is none. Caller frees. */
static char *element(const char *xml, const char *name)
{
    char *open = xasprintf("<%s>", name), *close = xasprintf("</%s>", name);
    const char *at = strstr(xml, open), *end = at ? strstr(at, close) : NULL;
    char *value = NULL;
    if (end) {
        at += strlen(open);
        value = decode_entities(at, (size_t)(end - at));
    }
    free(open);
    free(close);
    return value;
}

static void take_element(struct json *root, const struct member *m, const char *value)
{
    const char *name = m->name ? m->name : m->element;
    switch (m->kind) {
    case TEXT:
        json_set_str(root, name, value);
        break;
    case SWITCH:
        json_set_bool(root, name, strcasecmp(value, "true") == 0);
        break;
    case NUMBER:
        json_set_num(root, name, (double)strtoll(value, NULL, 10));
        break;
    }
}

static struct json *from_xml(const char *xml)
{
    struct json *root = strstr(xml, "<CertSearchRequest") ? json_new_object() : NULL;
    for (size_t i = 0; root && i < ARRAY_LEN(members); i++) {
        char *value = element(xml, members[i].element);
        if (value) {
            take_element(root, &members[i], value);
        }
        free(value);
    }
    return root;
}

/* NULL with an error. Caller frees. */
static char *read_constraints(const char *file, struct err *err)
{
    struct buf content = BUF_INIT(BUF_MAX_TEXT);
    if (!file_read(file, &content, err)) {
        return NULL;
    }
    const char *text = buf_str(&content);
    bool binary = strlen(text) != content.len || !utf8_valid(text, content.len);
    struct json *root = binary                                 ? NULL
                        : text[strspn(text, " \t\r\n")] == '{' ? json_parse(buf_peek(&content), NULL)
                                                               : from_xml(text);
    char *out = json_is_object(root) ? json_print(root, false) : NULL;
    json_free(root);
    buf_release(&content);
    if (!out) {
        pki_misuse(err, "Not search constraints (XML CertSearchRequest, or JSON)", file);
    }
    return out;
}

/* ---- values of options ---- */

static bool set_dates(const struct pki_dates *d, struct ca_search *search, struct err *err)
{
    const struct {
        const char *text;
        int64_t *to;
    } rows[] = {
        {d->before_from, &search->not_before_from},  {d->before_to, &search->not_before_to},
        {d->after_from, &search->not_after_from},    {d->after_to, &search->not_after_to},
        {d->issued_from, &search->issued_on_from},   {d->issued_to, &search->issued_on_to},
        {d->revoked_from, &search->revoked_on_from}, {d->revoked_to, &search->revoked_on_to},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].text && !find_date(rows[i].text, rows[i].to, err)) {
            return false;
        }
    }
    return true;
}

/* Dogtag's words for lengths; a month has thirty days. */
static bool set_validity(struct pki_find *a, struct err *err)
{
    static const struct {
        const char *name;
        int64_t milliseconds;
    } units[] = {{"day", 86400000}, {"week", 604800000}, {"month", 2592000000}, {"year", 31536000000}};
    struct ca_search *s = &a->search;
    if (!s->validity_operation && !a->validity_count && !a->validity_unit) {
        return true;
    }
    if (!s->validity_operation) {
        return err_fail(err, ERR_USAGE, "Missing validity duration operation");
    }
    if (strcmp(s->validity_operation, "<=") != 0 && strcmp(s->validity_operation, ">=") != 0) {
        return pki_misuse(err, "Invalid validity duration operation", s->validity_operation);
    }
    if (!a->validity_count || !dogtag_number(a->validity_count, 0, INT_MAX, &s->validity_count)) {
        return pki_misuse(err, "Missing or invalid validity duration count",
                          a->validity_count ? a->validity_count : "");
    }
    const char *unit = a->validity_unit ? a->validity_unit : "month";
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (strcasecmp(units[i].name, unit) == 0) {
            s->validity_unit = units[i].milliseconds;
            return true;
        }
    }
    return pki_misuse(err, "Invalid validity duration unit", unit);
}

/* Its number, or Dogtag's name of it: Key_Compromise. */
static bool set_reason(struct pki_find *a, struct err *err)
{
    static const char *const names[] = {
        "Unspecified",     "Key_Compromise",         "CA_Compromise",    "Affiliation_Changed",
        "Superseded",      "Cessation_of_Operation", "Certificate_Hold", NULL,
        "Remove_from_CRL", "Privilege_Withdrawn",    "AA_Compromise"};
    if (!a->reason) {
        return true;
    }
    int number = -1;
    bool ok = dogtag_number(a->reason, 0, (long)ARRAY_LEN(names) - 1, &number) && names[number];
    for (size_t i = 0; !ok && i < ARRAY_LEN(names); i++) {
        ok = names[i] && strcasecmp(names[i], a->reason) == 0;
        number = ok ? (int)i : -1;
    }
    snprintf(a->reason_number, sizeof a->reason_number, "%d", number);
    a->search.reason = a->reason_number;
    return ok || pki_misuse(err, "Invalid revocation reason", a->reason);
}

static bool types_ok(const struct ca_search *s, struct err *err)
{
    const char *const values[] = {s->type_ssl_client, s->type_ssl_server, s->type_email, s->type_email_ca,
                                  s->type_ssl_ca};
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        if (values[i] && strcmp(values[i], "on") != 0 && strcmp(values[i], "off") != 0) {
            return pki_misuse(err, "A certificate type is on or off", values[i]);
        }
    }
    return true;
}

bool pki_find_args(struct pki_find *a, int argc, char **argv, struct err *err)
{
    *a = (struct pki_find){.start = "0", .size_n = PKI_PAGE};
    struct ca_search *s = &a->search;
    const struct pki_arg rows[] = {
        {"name", &s->common_name, NULL},
        {"email", &s->email, NULL},
        {"uid", &s->user_id, NULL},
        {"org", &s->org, NULL},
        {"orgUnit", &s->org_unit, NULL},
        {"locality", &s->locality, NULL},
        {"state", &s->state, NULL},
        {"country", &s->country, NULL},
        {"matchExactly", NULL, &s->exact},
        {"status", &s->status, NULL},
        {"minSerialNumber", &s->serial_from, NULL},
        {"maxSerialNumber", &s->serial_to, NULL},
        {"issuedBy", &s->issued_by, NULL},
        {"revokedBy", &s->revoked_by, NULL},
        {"revocationReason", &a->reason, NULL},
        {"validNotBeforeFrom", &a->dates.before_from, NULL},
        {"validNotBeforeTo", &a->dates.before_to, NULL},
        {"validNotAfterFrom", &a->dates.after_from, NULL},
        {"validNotAfterTo", &a->dates.after_to, NULL},
        {"issuedOnFrom", &a->dates.issued_from, NULL},
        {"issuedOnTo", &a->dates.issued_to, NULL},
        {"revokedOnFrom", &a->dates.revoked_from, NULL},
        {"revokedOnTo", &a->dates.revoked_to, NULL},
        {"validityOperation", &s->validity_operation, NULL},
        {"validityCount", &a->validity_count, NULL},
        {"validityUnit", &a->validity_unit, NULL},
        {"certTypeSSLClient", &s->type_ssl_client, NULL},
        {"certTypeSSLServer", &s->type_ssl_server, NULL},
        {"certTypeSecureEmail", &s->type_email, NULL},
        {"certTypeSubEmailCA", &s->type_email_ca, NULL},
        {"certTypeSubSSLCA", &s->type_ssl_ca, NULL},
        {"input", &a->input, NULL},
        {"start", &a->start, NULL},
        {"size", &a->size, NULL},
    };
    struct pki_words words = {.max = 0};
    bool ok =
        pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err) &&
        (dogtag_number(a->start, 0, 1000000000, &a->start_n) || pki_misuse(err, "Invalid page start", a->start)) &&
        (!a->size || dogtag_number(a->size, 1, CA_SEARCH_MAX, &a->size_n) ||
         pki_misuse(err, "Invalid page size", a->size)) &&
        set_dates(&a->dates, s, err) && set_reason(a, err) && set_validity(a, err) && types_ok(s, err) &&
        (!a->input || (a->constraints = read_constraints(a->input, err)) != NULL);
    s->first = a->constraints;
    return ok;
}

void pki_find_release(struct pki_find *a)
{
    free(a->constraints);
}
