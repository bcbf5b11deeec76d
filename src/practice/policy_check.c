/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "nss/cert.h"
#include "nss/dn.h"
#include "practice/ca_private.h"
#include "practice/policy.h"
#include "practice/store.h"

#define DAY 86400

static char *check_nothing(struct enrollment *e, const struct profile_part *part)
{
    (void)e;
    (void)part;
    return NULL;
}

/* Name as Java prints an X500Name: a blank after each comma between RDNs. */
static char *java_name(struct bytes der)
{
    char *raw = dn_text_raw(der);
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (const char *p = raw ? raw : ""; *p; p++) {
        if (*p == '\\' && p[1]) {
            buf_add(&out, "\\%c", p[1]);
            p++;
        } else {
            buf_add(&out, *p == ',' ? "%c " : "%c", *p);
        }
    }
    free(raw);
    return buf_take_str(&out);
}

static bool matches_wholly(const char *pattern, const char *text)
{
    regex_t regex;
    char *anchored = xasprintf("^(%s)$", pattern);
    bool ok = regcomp(&regex, anchored, REG_EXTENDED | REG_NOSUB) == 0;
    if (ok) {
        ok = regexec(&regex, text, 0, NULL, 0) == 0;
        regfree(&regex);
    }
    free(anchored);
    return ok;
}

static char *check_subject(struct enrollment *e, const struct profile_part *part)
{
    char *name = java_name(buf_peek(&e->subject_der));
    bool matches = matches_wholly(profile_param(part, "pattern"), name);
    bool accepts = strcmp(profile_param(part, "accept"), "false") != 0;
    char *reason = matches == accepts ? NULL : xasprintf("Subject Name Not Matched %s", name);
    free(name);
    return reason;
}

static char *check_signer_subject(struct enrollment *e, const struct profile_part *part)
{
    (void)part;
    if (e->signer_subject_der.len == 0) {
        return xstrdup("Subject Name Not Matched {0}java.lang.Exception: CMCUserSignedSubjectNameConstraint: authTokenSubjectName null");
    }
    return dn_equal(e->signer_subject_der, buf_peek(&e->subject_der)) ? NULL : xstrdup("Subject Name Not Matched {0}");
}

static char *check_directory_subject(struct enrollment *e, const struct profile_part *part)
{
    (void)part;
    if (e->directory_subject_der.len == 0) {
        return xstrdup(
            "Subject Name Not Matched {0}java.lang.Exception: CMCSharedTokenSubjectNameConstraint: authTokenSharedTokenSN null");
    }
    return dn_equal(e->directory_subject_der, buf_peek(&e->subject_der)) ? NULL : xstrdup("Subject Name Not Matched {0}");
}

static char *check_validity(struct enrollment *e, const struct profile_part *part)
{
    long range = profile_number(part, "range", 0);
    if (e->not_after - e->not_before > (int64_t)range * DAY) {
        return xasprintf("Validity Out of Range %ld days", range);
    }
    if (profile_flag(part, "notBeforeCheck") && e->not_before > e->at) {
        return xstrdup("Invalid Start Time");
    }
    return profile_flag(part, "notAfterCheck") && e->not_after < e->at ? xstrdup("Invalid End Time") : NULL;
}

static char *check_key(struct enrollment *e, const struct profile_part *part)
{
    enum key_type type = KEY_OTHER;
    int bits = 0;
    const char *curve = "";
    bool known = spki_describe(e->asked_spki, &type, &bits, &curve);
    const char *wanted = profile_param(part, "keyType");
    const char *actual = !known ? "?" : type == KEY_RSA ? "RSA" : type == KEY_EC ? "EC" : "?";
    if (!known || (strcmp(wanted, "-") != 0 && strcmp(wanted, actual) != 0)) {
        return xasprintf("Key Type %s Not Matched", wanted);
    }
    struct strv allowed = STRV_INIT;
    profile_values(part, "keyParameters", &allowed);
    char *size = type == KEY_RSA ? xasprintf("%d", bits) : xstrdup(curve);
    bool ok = strv_has(&allowed, size);
    free(size);
    strv_release(&allowed);
    return ok ? NULL : xasprintf("Key Parameters %s Not Matched", profile_param(part, "keyParameters"));
}

static char *check_key_usage(struct enrollment *e, const struct profile_part *part)
{
    unsigned any = 0;
    unsigned wanted = policy_key_usage(part, &any);
    const char *critical = profile_param(part, "keyUsageCritical");
    if (strcmp(critical, "-") != 0 && (strcmp(critical, "true") == 0) != e->key_usage_critical) {
        return xstrdup("Criticality Not Matched");
    }
    return (e->key_usage & ~any) == wanted ? NULL : xstrdup("Key Usage Not Matched");
}

static char *check_eku(struct enrollment *e, const struct profile_part *part)
{
    struct strv allowed = STRV_INIT;
    profile_values(part, "exKeyUsageOIDs", &allowed);
    char *reason = NULL;
    for (size_t i = 0; !reason && i < e->eku.n; i++) {
        if (!strv_has(&allowed, e->eku.v[i])) {
            reason = xasprintf("OID %s Not Matched", e->eku.v[i]);
        }
    }
    if (!reason && profile_flag(part, "exKeyUsageCritical") != e->eku_critical) {
        reason = xstrdup("Criticality Not Matched");
    }
    strv_release(&allowed);
    return reason;
}

static char *check_basic(struct enrollment *e, const struct profile_part *part)
{
    const char *is_ca = profile_param(part, "basicConstraintsIsCA");
    long least = profile_number(part, "basicConstraintsMinPathLen", -1);
    long most = profile_number(part, "basicConstraintsMaxPathLen", -1);
    if (strcmp(is_ca, "-") != 0 && (strcmp(is_ca, "true") == 0) != e->is_ca) {
        return xstrdup("Is CA Not Matched");
    }
    if (e->path_len >= 0 && e->path_len < least) {
        return xasprintf("Min Path Length Not Matched");
    }
    return most >= 0 && e->path_len > most ? xstrdup("Max Path Length Not Matched") : NULL;
}

static char *check_extension(struct enrollment *e, const struct profile_part *part)
{
    const char *oid = profile_param(part, "extOID");
    return strv_has(&e->extension_oids, oid) ? NULL : xasprintf("Extension %s Not Found", oid);
}

static char *check_signing_alg(struct enrollment *e, const struct profile_part *part)
{
    struct strv allowed = STRV_INIT;
    profile_values(part, "signingAlgsAllowed", &allowed);
    char *alg = xasprintf("SHA%zuwith%s", hash_len(e->hash) * 8, cert_key_type(e->ca->cert) == KEY_EC ? "EC" : "RSA");
    char *reason = strv_has(&allowed, alg) ? NULL : xasprintf("Signing Algorithm Not Matched %s", alg);
    free(alg);
    strv_release(&allowed);
    return reason;
}

/* Certificates with the same key, newest first in time of end; *n 0: none. */
static bool same_key(struct enrollment *e, struct cert_rows *rows)
{
    const struct cert_filter filter = {.spki = e->asked_spki, .size = 1000};
    return store_cert_search(e->ca->store, &filter, rows, NULL);
}

static char *check_unique_key(struct enrollment *e, const struct profile_part *part)
{
    struct cert_rows rows;
    char *reason = NULL;
    bool same_allowed = profile_flag(part, "allowSameKeyRenewal");
    if (!same_key(e, &rows)) {
        return xstrdup("Duplicate Key Not Allowed");
    }
    for (size_t i = 0; !reason && i < rows.n; i++) {
        if (!same_allowed || rows.v[i].revoked || !dn_equal(buf_peek(&rows.v[i].subject_der), buf_peek(&e->subject_der))) {
            reason = xstrdup("Duplicate Key Not Allowed");
        }
    }
    cert_rows_release(&rows);
    return reason;
}

static char *check_grace_period(struct enrollment *e, const struct profile_part *part)
{
    struct cert_rows rows;
    int64_t end = 0;
    if (same_key(e, &rows)) {
        for (size_t i = 0; i < rows.n; i++) {
            end = rows.v[i].not_after > end ? rows.v[i].not_after : end;
        }
        cert_rows_release(&rows);
    }
    long before = profile_number(part, "renewal.graceBefore", 0);
    long after = profile_number(part, "renewal.graceAfter", 0);
    if (end == 0 || (e->at >= end - (int64_t)before * DAY && e->at <= end + (int64_t)after * DAY)) {
        return NULL;
    }
    return xasprintf("Outside of Renewal Grace Period: %ld days before and %ld days after original cert expiration date", before,
                     after);
}

/* To add one: a row, its function above, and a line in data/profiles/README. */
static const struct policy_class classes[] = {
    {"noConstraintImpl", "", NULL, check_nothing},
    {"subjectNameConstraintImpl", "accept pattern", NULL, check_subject},
    {"cmcUserSignedSubjectNameConstraintImpl", "", NULL, check_signer_subject},
    {"cmcSharedTokenSubjectNameConstraintImpl", "", NULL, check_directory_subject},
    {"validityConstraintImpl", "range notBeforeCheck notAfterCheck", NULL, check_validity},
    {"caValidityConstraintImpl", "range notBeforeCheck notAfterCheck", NULL, check_validity},
    {"keyConstraintImpl", "keyType keyParameters", NULL, check_key},
    {"keyUsageExtConstraintImpl", POLICY_KEY_USAGE_PARAMS, NULL, check_key_usage},
    {"extendedKeyUsageExtConstraintImpl", "exKeyUsageCritical exKeyUsageOIDs", NULL, check_eku},
    {"basicConstraintsExtConstraintImpl",
     "basicConstraintsCritical basicConstraintsIsCA basicConstraintsMinPathLen basicConstraintsMaxPathLen", NULL, check_basic},
    {"extensionConstraintImpl", "extCritical extOID", NULL, check_extension},
    {"signingAlgConstraintImpl", "signingAlgsAllowed", NULL, check_signing_alg},
    {"uniqueKeyConstraintImpl", "allowSameKeyRenewal", NULL, check_unique_key},
    {"renewGracePeriodConstraintImpl", "renewal.graceBefore renewal.graceAfter", NULL, check_grace_period},
};

const struct policy_class *policy_check_class(const char *class_id)
{
    for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
        if (strcmp(classes[i].class_id, class_id) == 0) {
            return &classes[i];
        }
    }
    return NULL;
}

char *policy_check_all(struct enrollment *e)
{
    for (size_t i = 0; i < e->profile->n; i++) {
        const struct profile_part *part = &e->profile->policies[i].check;
        char *reason = part->cls->check(e, part);
        if (reason) {
            return reason;
        }
    }
    return NULL;
}
