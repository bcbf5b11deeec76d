/* SPDX-License-Identifier: Apache-2.0 */
/* Searches for certificates in the words of Dogtag's CertSearchRequest. */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/json.h"
#include "net/carest.h"
#include "net/carest_json.h"

/* To add a field: a row. Each group is looked at only when its switch is on. */
static const struct {
    size_t offset;
    const char *key, *in_use; /* NULL: has no switch */
} texts[] = {
    {offsetof(struct ca_search, common_name), "commonName", "subjectInUse"},
    {offsetof(struct ca_search, user_id), "userID", "subjectInUse"},
    {offsetof(struct ca_search, email), "email", "subjectInUse"},
    {offsetof(struct ca_search, org_unit), "orgUnit", "subjectInUse"},
    {offsetof(struct ca_search, org), "org", "subjectInUse"},
    {offsetof(struct ca_search, locality), "locality", "subjectInUse"},
    {offsetof(struct ca_search, state), "state", "subjectInUse"},
    {offsetof(struct ca_search, country), "country", "subjectInUse"},
    {offsetof(struct ca_search, serial_from), "serialFrom", "serialNumberRangeInUse"},
    {offsetof(struct ca_search, serial_to), "serialTo", "serialNumberRangeInUse"},
    {offsetof(struct ca_search, status), "status", NULL},
    {offsetof(struct ca_search, issued_by), "issuedBy", "issuedByInUse"},
    {offsetof(struct ca_search, revoked_by), "revokedBy", "revokedByInUse"},
    {offsetof(struct ca_search, reason), "revocationReason", "revocationReasonInUse"},
    {offsetof(struct ca_search, type_ssl_client), "certTypeSSLClient", "certTypeInUse"},
    {offsetof(struct ca_search, type_ssl_server), "certTypeSSLServer", "certTypeInUse"},
    {offsetof(struct ca_search, type_email), "certTypeSecureEmail", "certTypeInUse"},
    {offsetof(struct ca_search, type_email_ca), "certTypeSubEmailCA", "certTypeInUse"},
    {offsetof(struct ca_search, type_ssl_ca), "certTypeSubSSLCA", "certTypeInUse"},
    {offsetof(struct ca_search, validity_operation), "validityOperation", "validityLengthInUse"},
};

/* Dates are texts with the milliseconds since 1970. */
static const struct {
    size_t offset;
    const char *key, *in_use;
} times[] = {
    {offsetof(struct ca_search, not_before_from), "validNotBeforeFrom", "validNotBeforeInUse"},
    {offsetof(struct ca_search, not_before_to), "validNotBeforeTo", "validNotBeforeInUse"},
    {offsetof(struct ca_search, not_after_from), "validNotAfterFrom", "validNotAfterInUse"},
    {offsetof(struct ca_search, not_after_to), "validNotAfterTo", "validNotAfterInUse"},
    {offsetof(struct ca_search, issued_on_from), "issuedOnFrom", "issuedOnInUse"},
    {offsetof(struct ca_search, issued_on_to), "issuedOnTo", "issuedOnInUse"},
    {offsetof(struct ca_search, revoked_on_from), "revokedOnFrom", "revokedOnInUse"},
    {offsetof(struct ca_search, revoked_on_to), "revokedOnTo", "revokedOnInUse"},
};

char *ca_search_json(const struct ca_search *search)
{
    struct json *root = search->first ? json_parse(bytes_of_str(search->first), NULL) : NULL;
    const char *base = (const char *)search;
    bool given = json_is_object(root);
    if (!given) {
        json_free(root);
        root = json_new_object();
    }
    if (search->exact || !given) {
        json_set_bool(root, "matchExactly", search->exact);
    }
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const char *value = *(const char *const *)(const void *)(base + texts[i].offset);
        if (value) {
            json_set_str(root, texts[i].key, value);
        }
        if (value && texts[i].in_use) {
            json_set_bool(root, texts[i].in_use, true);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        int64_t value = *(const int64_t *)(const void *)(base + times[i].offset);
        if (value) {
            char *text = xasprintf("%lld", (long long)value * 1000);
            json_set_str(root, times[i].key, text);
            json_set_bool(root, times[i].in_use, true);
            free(text);
        }
    }
    if (search->validity_operation) {
        json_set_num(root, "validityCount", search->validity_count);
        json_set_num(root, "validityUnit", (double)search->validity_unit);
    }
    char *text = json_print(root, false);
    json_free(root);
    return text;
}

void ca_cert_entries_add(struct ca_cert_entries *to, struct ca_cert_entries *from, size_t most)
{
    size_t n = to->n + from->n < most ? from->n : most - to->n;
    to->v = xrealloc(to->v, (to->n + n + 1) * sizeof(*to->v));
    for (size_t i = 0; i < n; i++) {
        to->v[to->n++] = from->v[i];
        from->v[i] = (struct ca_cert_entry){0};
    }
}
