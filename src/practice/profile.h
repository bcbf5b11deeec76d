/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_PROFILE_H
#define CMCW_PRACTICE_PROFILE_H
/*
 * Certificate profiles in the syntax of Dogtag's profile .cfg files; what is understood stands in data/profiles/README.
 * The file's name without ".cfg" is the profile id. A class id or parameter that is not known there is ERR_PRACTICE_PROFILE
 * with file, line and key: a profile that is only half understood must not issue certificates.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/strv.h"

struct profile_param {
    char *key, *value;
};
struct profile_part { /* a default or a constraint */
    char *class_id;
    struct profile_param *params;
    size_t n;
    const struct policy_class *cls; /* row of policy.c */
};
struct profile_policy {
    char *number;
    struct profile_part fill, check;
};
struct profile {
    char *id, *path, *name, *desc, *auth;
    bool enabled;
    bool simple;           /* certReqInputImpl: a bare PKCS#10 */
    bool by_form;          /* keyGenInputImpl: fields of the enrollment page, which no message fills in */
    char *set;
    struct profile_policy *policies;
    size_t n;
};
struct profile_list {
    struct profile *v;
    size_t n;
};

bool profile_read(const char *path, struct profile *profile, struct err *err) MUST_CHECK;
void profile_release(struct profile *profile);
/* All *.cfg of a folder, by id. */
bool profile_list_read(const char *dir, struct profile_list *list, struct err *err) MUST_CHECK;
void profile_list_release(struct profile_list *list);
struct profile *profile_find(const struct profile_list *list, const char *id); /* NULL when absent */
/* Changes the "enable" line of the file and the struct. */
bool profile_enable(struct profile *profile, bool enable, struct err *err) MUST_CHECK;

/* Value of a parameter; "" when it is not there. Lends. */
const char *profile_param(const struct profile_part *part, const char *key);
bool profile_flag(const struct profile_part *part, const char *key); /* "true" */
long profile_number(const struct profile_part *part, const char *key, long otherwise);
/* "exKeyUsageOIDs": parts between commas, trimmed. Appends. */
void profile_values(const struct profile_part *part, const char *key, struct strv *out);
#endif
