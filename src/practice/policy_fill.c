/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "nss/cert.h"
#include "nss/dn.h"
#include "nss/issue.h"
#include "practice/ca_private.h"
#include "practice/policy.h"

#define DAY 86400

void enrollment_init(struct enrollment *e, struct practice_ca *ca, const struct profile *profile, int64_t at, int port)
{
    memset(e, 0, sizeof *e);
    e->ca = ca;
    e->profile = profile;
    e->at = at;
    e->port = port;
    e->path_len = -1;
    e->hash = HASH_SHA256;
    buf_init(&e->subject_der, BUF_MAX_TEXT);
    buf_init(&e->extensions, BUF_MAX_TEXT);
}

void enrollment_release(struct enrollment *e)
{
    buf_release(&e->subject_der);
    buf_release(&e->extensions);
    strv_release(&e->extension_oids);
    strv_release(&e->eku);
}

static bool added(struct enrollment *e, const char *oid, bool ok, struct err *err)
{
    strv_push(&e->extension_oids, oid);
    return ok || err_fail(err, ERR_INTERNAL, "%s", oid);
}

static bool set_subject(struct enrollment *e, struct bytes name)
{
    buf_clear(&e->subject_der);
    return buf_append_bytes(&e->subject_der, name);
}

static bool fill_user_subject(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    (void)part;
    /* An empty name is 30 00: the server fails inside. */
    if (e->asked_subject_der.len <= 2 || !set_subject(e, e->asked_subject_der)) {
        return err_fail(err, ERR_INTERNAL, NULL);
    }
    return true;
}

/* The signer's name; without one the constraint objects. */
static bool fill_signer_subject(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    (void)part;
    struct bytes name = e->signer_subject_der.len ? e->signer_subject_der : e->asked_subject_der;
    return set_subject(e, name) || err_fail(err, ERR_INTERNAL, NULL);
}

static bool fill_directory_subject(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    (void)part;
    struct bytes name = e->directory_subject_der.len ? e->directory_subject_der : e->asked_subject_der;
    return set_subject(e, name) || err_fail(err, ERR_INTERNAL, NULL);
}

static bool fill_validity(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    (void)err;
    e->not_before = e->at + profile_number(part, "startTime", 0);
    e->not_after = e->not_before + (int64_t)profile_number(part, "range", 180) * DAY;
    return true;
}

static bool fill_ca_validity(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    if (!fill_validity(e, part, err)) {
        return false;
    }
    int64_t end = cert_not_after(e->ca->cert);
    if (e->not_after > end && end > e->not_before) {
        e->not_after = end;
    }
    return true;
}

static bool fill_nothing(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    (void)e;
    (void)part;
    (void)err;
    return true;
}

static bool fill_aki(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    (void)part;
    return added(e, "2.5.29.35", issue_ext_aki(&e->extensions, cert_ski(e->ca->cert)), err);
}

static bool fill_ski(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    struct buf id = BUF_INIT(64);
    bool ok = spki_key_identifier(e->asked_spki, &id, err) &&
              added(e, "2.5.29.14", issue_ext_ski(&e->extensions, profile_flag(part, "critical"), buf_peek(&id)), err);
    buf_release(&id);
    return ok;
}

#define AIA_MAX 8

static char *numbered(const char *name, long n)
{
    return xasprintf("%s_%ld", name, n);
}

static const char *param_n(const struct profile_part *part, const char *name, long n)
{
    char *key = numbered(name, n);
    const char *value = profile_param(part, key);
    free(key);
    return value;
}

static bool fill_aia(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    struct issue_access list[AIA_MAX];
    char *own = e->port > 0 ? xasprintf("http://localhost:%d/ca/ocsp", e->port) : xstrdup("http://localhost/ca/ocsp");
    size_t n = 0;
    long count = profile_number(part, "authInfoAccessNumADs", 0);
    for (long i = 0; i < count && n < AIA_MAX; i++) {
        if (strcmp(param_n(part, "authInfoAccessADEnable", i), "true") != 0) {
            continue;
        }
        const char *uri = param_n(part, "authInfoAccessADLocation", i);
        list[n++] = (struct issue_access){.method = param_n(part, "authInfoAccessADMethod", i), .uri = *uri ? uri : own};
    }
    bool ok = n == 0 || added(e, "1.3.6.1.5.5.7.1.1",
                              issue_ext_aia(&e->extensions, profile_flag(part, "authInfoAccessCritical"), list, n), err);
    free(own);
    return ok;
}

static bool fill_crldp(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    struct strv uris = STRV_INIT;
    long count = profile_number(part, "crlDistPointsNum", 0);
    for (long i = 0; i < count && i < AIA_MAX; i++) {
        if (strcmp(param_n(part, "crlDistPointsEnable", i), "true") == 0 && *param_n(part, "crlDistPointsPointName", i)) {
            strv_push(&uris, param_n(part, "crlDistPointsPointName", i));
        }
    }
    bool ok = uris.n == 0 ||
              added(e, "2.5.29.31", issue_ext_crldp(&e->extensions, profile_flag(part, "crlDistPointsCritical"), &uris), err);
    strv_release(&uris);
    return ok;
}

static bool fill_basic(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    e->is_ca = profile_flag(part, "basicConstraintsIsCA");
    e->path_len = (int)profile_number(part, "basicConstraintsPathLen", -1);
    e->basic_critical = profile_flag(part, "basicConstraintsCritical");
    return added(e, "2.5.29.19", issue_ext_basic(&e->extensions, e->basic_critical, e->is_ca, e->path_len), err);
}

unsigned policy_key_usage(const struct profile_part *part, unsigned *any)
{
    static const struct {
        const char *param;
        unsigned bit;
    } rows[] = {
        {"keyUsageDigitalSignature", KU_DIGITAL_SIGNATURE}, {"keyUsageNonRepudiation", KU_NON_REPUDIATION},
        {"keyUsageKeyEncipherment", KU_KEY_ENCIPHERMENT},   {"keyUsageDataEncipherment", KU_DATA_ENCIPHERMENT},
        {"keyUsageKeyAgreement", KU_KEY_AGREEMENT},         {"keyUsageKeyCertSign", KU_KEY_CERT_SIGN},
        {"keyUsageCrlSign", KU_CRL_SIGN},                   {"keyUsageEncipherOnly", KU_ENCIPHER_ONLY},
        {"keyUsageDecipherOnly", KU_DECIPHER_ONLY},
    };
    unsigned bits = 0;
    *any = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (profile_flag(part, rows[i].param)) {
            bits |= rows[i].bit;
        } else if (strcmp(profile_param(part, rows[i].param), "-") == 0) {
            *any |= rows[i].bit;
        }
    }
    return bits;
}

static bool fill_key_usage(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    unsigned any = 0;
    e->key_usage = policy_key_usage(part, &any);
    e->key_usage_critical = profile_flag(part, "keyUsageCritical");
    return added(e, "2.5.29.15", issue_ext_key_usage(&e->extensions, e->key_usage_critical, e->key_usage), err);
}

static bool fill_eku(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    profile_values(part, "exKeyUsageOIDs", &e->eku);
    e->eku_critical = profile_flag(part, "exKeyUsageCritical");
    return e->eku.n == 0 || added(e, "2.5.29.37", issue_ext_eku(&e->extensions, e->eku_critical, &e->eku), err);
}

static bool fill_nocheck(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    return added(e, "1.3.6.1.5.5.7.48.1.5", issue_ext_ocsp_nocheck(&e->extensions, profile_flag(part, "ocspNoCheckCritical")),
                 err);
}

static bool is_host_name(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > 253 || name[0] == '.' || name[0] == '-') {
        return false;
    }
    for (const char *p = name; *p; p++) {
        bool star = *p == '*' && p == name && p[1] == '.';
        if (!isalnum((unsigned char)*p) && *p != '-' && *p != '.' && !star) {
            return false;
        }
    }
    return strstr(name, "..") == NULL;
}

static bool fill_cn_to_san(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    (void)part;
    char *cn = dn_value(buf_peek(&e->subject_der), "CN");
    bool ok = true;
    if (cn && is_host_name(cn)) {
        struct strv sans = STRV_INIT;
        strv_pushf(&sans, "DNS:%s", cn);
        ok = issue_ext_san(&e->extensions, false, &sans, err);
        strv_push(&e->extension_oids, "2.5.29.17");
        strv_release(&sans);
    }
    free(cn);
    return ok;
}

static bool fill_signing_alg(struct enrollment *e, const struct profile_part *part, struct err *err)
{
    const char *alg = profile_param(part, "signingAlg");
    e->hash = strstr(alg, "512") ? HASH_SHA512 : strstr(alg, "384") ? HASH_SHA384 : HASH_SHA256;
    (void)err;
    return true;
}

/* To add one: a row, its function above, and a line in data/profiles/README. */
static const struct policy_class classes[] = {
    {"userSubjectNameDefaultImpl", "name", fill_user_subject, NULL},
    {"cmcUserSignedSubjectNameDefaultImpl", "name", fill_signer_subject, NULL},
    {"authTokenSubjectNameDefaultImpl", "name", fill_directory_subject, NULL},
    {"validityDefaultImpl", "range startTime", fill_validity, NULL},
    {"caValidityDefaultImpl", "range startTime", fill_ca_validity, NULL},
    {"userKeyDefaultImpl", "", fill_nothing, NULL},
    {"authorityKeyIdentifierExtDefaultImpl", "", fill_aki, NULL},
    {"subjectKeyIdentifierExtDefaultImpl", "critical", fill_ski, NULL},
    {"authInfoAccessExtDefaultImpl",
     "authInfoAccessCritical authInfoAccessNumADs authInfoAccessADEnable_n authInfoAccessADMethod_n"
     " authInfoAccessADLocationType_n authInfoAccessADLocation_n",
     fill_aia, NULL},
    {"crlDistributionPointsExtDefaultImpl",
     "crlDistPointsCritical crlDistPointsNum crlDistPointsEnable_n crlDistPointsPointType_n crlDistPointsPointName_n"
     " crlDistPointsIssuerType_n crlDistPointsIssuerName_n crlDistPointsReasons_n",
     fill_crldp, NULL},
    {"basicConstraintsExtDefaultImpl", "basicConstraintsCritical basicConstraintsIsCA basicConstraintsPathLen", fill_basic, NULL},
    {"keyUsageExtDefaultImpl", POLICY_KEY_USAGE_PARAMS, fill_key_usage, NULL},
    {"extendedKeyUsageExtDefaultImpl", "exKeyUsageCritical exKeyUsageOIDs", fill_eku, NULL},
    {"ocspNoCheckExtDefaultImpl", "ocspNoCheckCritical", fill_nocheck, NULL},
    {"commonNameToSANDefaultImpl", "", fill_cn_to_san, NULL},
    {"signingAlgDefaultImpl", "signingAlg", fill_signing_alg, NULL},
    {"noDefaultImpl", "", fill_nothing, NULL},
};

const struct policy_class *policy_fill_class(const char *class_id)
{
    for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
        if (strcmp(classes[i].class_id, class_id) == 0) {
            return &classes[i];
        }
    }
    return NULL;
}

bool policy_class_takes(const struct policy_class *cls, const char *param)
{
    size_t len = strlen(param);
    for (const char *p = cls->params; len > 0 && (p = strstr(p, param)) != NULL; p += len) {
        if ((p == cls->params || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0')) {
            return true;
        }
    }
    return false;
}

bool policy_fill_all(struct enrollment *e, struct err *err)
{
    for (size_t i = 0; i < e->profile->n; i++) {
        const struct profile_part *part = &e->profile->policies[i].fill;
        if (!part->cls->fill(e, part, err)) {
            return err_context(err, "%s: %s", e->profile->id, part->class_id);
        }
    }
    return true;
}
