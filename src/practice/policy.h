/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_POLICY_H
#define CMCW_PRACTICE_POLICY_H
/*
 * What the policies of a profile do: defaults fill in the certificate, constraints say no. One table of classes each in
 * policy_fill.c and policy_check.c; names, parameters and sentences are Dogtag's (data/profiles/README).
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/strv.h"
#include "nss/hash.h"
#include "practice/profile.h"

struct practice_ca;

#define POLICY_KEY_USAGE_PARAMS                                                                                 \
    "keyUsageCritical keyUsageDigitalSignature keyUsageNonRepudiation keyUsageKeyEncipherment"                        \
    " keyUsageDataEncipherment keyUsageKeyAgreement keyUsageKeyCertSign keyUsageCrlSign keyUsageEncipherOnly"         \
    " keyUsageDecipherOnly"

/* A certificate in the making. */
struct enrollment {
    struct practice_ca *ca;
    const struct profile *profile;
    int64_t at;
    int port; /* of the server, for the address of its OCSP service */
    /* what was asked for; lent */
    struct bytes asked_subject_der; /* empty when absent */
    struct bytes asked_spki;
    /* who asks; lent */
    struct bytes signer_subject_der;    /* user-signed: the signer's name; empty otherwise */
    struct bytes directory_subject_der; /* shared secret: name of the directory entry; empty otherwise */
    /* what it will be */
    struct buf subject_der;
    int64_t not_before, not_after;
    struct buf extensions;      /* Extension TLVs in order */
    struct strv extension_oids;
    unsigned key_usage;         /* KU_* bits or 0 */
    bool key_usage_critical;
    struct strv eku;
    bool eku_critical;
    bool is_ca;
    int path_len;
    bool basic_critical;
    enum hash_alg hash;
};
void enrollment_init(struct enrollment *e, struct practice_ca *ca, const struct profile *profile, int64_t at, int port);
void enrollment_release(struct enrollment *e);

struct policy_class {
    const char *class_id;
    const char *params; /* names, separated by blanks; "a_n" for numbered ones */
    bool (*fill)(struct enrollment *e, const struct profile_part *part, struct err *err);
    /* NULL: no objection; else the reason, as Dogtag puts it into its sentence. Caller frees. */
    char *(*check)(struct enrollment *e, const struct profile_part *part);
};
const struct policy_class *policy_fill_class(const char *class_id);
const struct policy_class *policy_check_class(const char *class_id);
static inline const struct policy_class *policy_class_find(const char *class_id, bool fill)
{
    return fill ? policy_fill_class(class_id) : policy_check_class(class_id);
}
bool policy_class_takes(const struct policy_class *cls, const char *param);

/* All defaults, in order. False: nothing can be issued for this request ("Server Internal Error"). */
bool policy_fill_all(struct enrollment *e, struct err *err) MUST_CHECK;
/* All constraints, in order. NULL: none objects. Caller frees. */
char *policy_check_all(struct enrollment *e) MUST_CHECK;
/* KU_* bits of the keyUsage... parameters; *any gets those that are "-" . */
unsigned policy_key_usage(const struct profile_part *part, unsigned *any);
#endif
