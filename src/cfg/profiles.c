/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cfg/profiles.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/text.h"

#define FULL "/ca/ee/ca/profileSubmitCMCFull"
#define USER_SIGNED "/ca/ee/ca/profileSubmitUserSignedCMCFull"
#define SIMPLE "/ca/ee/ca/profileSubmitCMCSimple"
#define EST_FOLDER "/.well-known/est/"
#define EST_LAST "/fullcmc"
#define EST "/.well-known/est/fullcmc" /* a label may stand in between */

#define RSA_ANY .keys = PROFILE_KEY_RSA, .rsa_min = 1024, .rsa_max = 4096, .rsa_sizes = "1024,2048,3072,4096"
#define RSA_2048 .keys = PROFILE_KEY_RSA, .rsa_min = 2048, .rsa_max = 4096, .rsa_sizes = "2048,3072,4096"
#define EC(list) .keys = PROFILE_KEY_EC, .curves = list
#define RSA_OR_EC(list)                                                                                                \
    .keys = PROFILE_KEY_RSA | PROFILE_KEY_EC, .rsa_min = 1024, .rsa_max = 4096, .rsa_sizes = "1024,2048,3072,4096",    \
    .curves = list
#define P256_P521 "nistp256,nistp521"
#define P256_P384_P521 "nistp256,nistp384,nistp521"
#define TWO_YEARS .days = 720, .days_max = 720
#define HALF_YEAR .days = 180, .days_max = 365
#define USE(ku, eku) .key_usage = ku, .ext_key_usage = eku
#define KU_SIGN_ENCIPHER "digitalSignature,nonRepudiation,keyEncipherment"
#define KU_SIGN_AGREE "digitalSignature,nonRepudiation,keyAgreement"
#define KU_DATA_ENCIPHER "digitalSignature,dataEncipherment,keyEncipherment"
#define KU_DATA_AGREE "digitalSignature,dataEncipherment,keyAgreement"
#define KU_KRA "digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment"
#define EKU_USER "clientAuth,emailProtection"

/* Facts of the stock profiles up to Dogtag 11.10, and of one that sites make (PROFILE_BY_SITE). To add one: a row.
 * profile_choose() takes the first that fits. */
static const struct profile profiles[] = {
    {"caFullCMCUserCert", PROFILE_FOR_USER, PROFILE_AUTH_AGENT, PROFILE_DROPS_SAN, RSA_ANY, HALF_YEAR,
     USE(KU_SIGN_ENCIPHER, EKU_USER), .servlet = FULL,
     .help = N_("A person's certificate for TLS and e-mail, RSA key, vouched for by an agent.")},
    {"caECFullCMCUserCert", PROFILE_FOR_USER, PROFILE_AUTH_AGENT, PROFILE_DROPS_SAN, EC(P256_P521), HALF_YEAR,
     USE(KU_SIGN_AGREE, EKU_USER), .servlet = FULL,
     .help = N_("A person's certificate for TLS and e-mail, EC key, vouched for by an agent.")},
    {"caCMCUserCert", PROFILE_FOR_USER, PROFILE_AUTH_AGENT, PROFILE_DROPS_SAN, RSA_ANY, HALF_YEAR,
     USE(KU_SIGN_ENCIPHER, EKU_USER), .servlet = FULL,
     .help = N_("A person's certificate for TLS and e-mail, RSA key, vouched for by an agent.")},
    {"caCMCECUserCert", PROFILE_FOR_USER, PROFILE_AUTH_AGENT, PROFILE_DROPS_SAN, EC(P256_P521), HALF_YEAR,
     USE(KU_SIGN_AGREE, EKU_USER), .servlet = FULL,
     .help = N_("A person's certificate for TLS and e-mail, EC key, vouched for by an agent.")},
    {"caFullCMCUserSignedCert", PROFILE_FOR_USER, PROFILE_AUTH_USER,
     PROFILE_DISABLED | PROFILE_DROPS_SAN | PROFILE_OWN_SUBJECT, RSA_ANY, HALF_YEAR, USE(KU_SIGN_ENCIPHER, EKU_USER),
     .servlet = USER_SIGNED, .since = "10.5",
     .help = N_("A further certificate for a person who signs with one of this CA, RSA key.")},
    {"caECFullCMCUserSignedCert", PROFILE_FOR_USER, PROFILE_AUTH_USER,
     PROFILE_DISABLED | PROFILE_DROPS_SAN | PROFILE_OWN_SUBJECT, EC(P256_P521), HALF_YEAR, USE(KU_SIGN_AGREE, EKU_USER),
     .servlet = USER_SIGNED, .since = "10.5",
     .help = N_("A further certificate for a person who signs with one of this CA, EC key.")},
    {"caFullCMCUserEncCert", PROFILE_FOR_USER, PROFILE_AUTH_USER,
     PROFILE_BY_SITE | PROFILE_DROPS_SAN | PROFILE_OWN_SUBJECT, RSA_ANY, HALF_YEAR,
     USE("keyEncipherment,dataEncipherment", "emailProtection"), .servlet = USER_SIGNED, .since = "10.5",
     .help = N_("An encryption certificate for a person who signs with one of this CA, RSA key; not a stock profile: a "
                "site adds it.")},
    {"caFullCMCSharedTokenCert", PROFILE_FOR_USER, PROFILE_AUTH_SECRET,
     PROFILE_DISABLED | PROFILE_DROPS_SAN | PROFILE_OWN_SUBJECT, RSA_ANY, HALF_YEAR, USE(KU_SIGN_ENCIPHER, EKU_USER),
     .servlet = USER_SIGNED, .since = "10.5",
     .help = N_("A person's first certificate, vouched for by a shared secret, RSA key.")},
    {"caECFullCMCSharedTokenCert", PROFILE_FOR_USER, PROFILE_AUTH_SECRET,
     PROFILE_DISABLED | PROFILE_DROPS_SAN | PROFILE_OWN_SUBJECT, EC(P256_P521), HALF_YEAR, USE(KU_SIGN_AGREE, EKU_USER),
     .servlet = USER_SIGNED, .since = "10.5",
     .help = N_("A person's first certificate, vouched for by a shared secret, EC key.")},
    {"caCMCserverCert", PROFILE_FOR_SERVER, PROFILE_AUTH_AGENT, PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED, RSA_ANY,
     TWO_YEARS, USE(KU_DATA_ENCIPHER, "serverAuth"), .servlet = FULL, .help = N_("A TLS server, RSA key.")},
    {"caCMCECserverCert", PROFILE_FOR_SERVER, PROFILE_AUTH_AGENT, PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED,
     EC(P256_P384_P521), TWO_YEARS, USE(KU_DATA_AGREE, "serverAuth"), .servlet = FULL,
     .help = N_("A TLS server, EC key.")},
    {"caCMCMLDSAserverCert", PROFILE_FOR_SERVER, PROFILE_AUTH_AGENT, PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED,
     .keys = PROFILE_KEY_MLDSA, TWO_YEARS, USE("digitalSignature", "serverAuth"), .servlet = FULL, .since = "11.10",
     .help = N_("A TLS server, ML-DSA key.")},
    {"caCMCserverCertWithCRLDP", PROFILE_FOR_SERVER, PROFILE_AUTH_AGENT,
     PROFILE_DISABLED | PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED, RSA_ANY, TWO_YEARS,
     USE(KU_DATA_ENCIPHER, "serverAuth"), .servlet = FULL, .since = "10.13",
     .help = N_("A TLS server, RSA key, with the place of the revocation list in the certificate.")},
    {"caCMCECserverCertWithCRLDP", PROFILE_FOR_SERVER, PROFILE_AUTH_AGENT,
     PROFILE_DISABLED | PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED, EC(P256_P384_P521), TWO_YEARS,
     USE(KU_DATA_AGREE, "serverAuth"), .servlet = FULL, .since = "10.13",
     .help = N_("A TLS server, EC key, with the place of the revocation list in the certificate.")},
    {"caCMCsubsystemCert", PROFILE_FOR_SUBSYSTEM, PROFILE_AUTH_AGENT,
     PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED | PROFILE_CN_FIRST, RSA_ANY, TWO_YEARS, USE(KU_KRA, "clientAuth"),
     .servlet = FULL, .help = N_("A PKI subsystem as a TLS client, RSA key.")},
    {"caCMCECsubsystemCert", PROFILE_FOR_SUBSYSTEM, PROFILE_AUTH_AGENT,
     PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED | PROFILE_CN_FIRST, EC(P256_P384_P521), TWO_YEARS,
     USE(KU_DATA_AGREE, "clientAuth"), .servlet = FULL, .help = N_("A PKI subsystem as a TLS client, EC key.")},
    {"caCMCcaCert", PROFILE_FOR_CA, PROFILE_AUTH_AGENT, PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED | PROFILE_CN_FIRST,
     RSA_OR_EC(P256_P384_P521), .days = 7305, .days_max = 7305,
     USE("digitalSignature,nonRepudiation,keyCertSign,cRLSign", NULL), .servlet = FULL,
     .help = N_("A subordinate CA's signing certificate.")},
    {"caCMCocspCert", PROFILE_FOR_OCSP, PROFILE_AUTH_AGENT, PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED | PROFILE_CN_FIRST,
     RSA_OR_EC(P256_P384_P521), TWO_YEARS, USE(NULL, "OCSPSigning"), .servlet = FULL,
     .help = N_("An OCSP responder's signing certificate.")},
    {"caCMCauditSigningCert", PROFILE_FOR_AUDIT, PROFILE_AUTH_AGENT,
     PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED | PROFILE_CN_FIRST, RSA_OR_EC(P256_P521), TWO_YEARS,
     USE("digitalSignature,nonRepudiation", NULL), .servlet = FULL, .help = N_("For signing audit logs.")},
    {"caCMCkraTransportCert", PROFILE_FOR_KRA_TRANSPORT, PROFILE_AUTH_AGENT,
     PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED | PROFILE_CN_FIRST, RSA_ANY, TWO_YEARS, USE(KU_KRA, NULL), .servlet = FULL,
     .help = N_("A KRA's transport certificate.")},
    {"caCMCkraStorageCert", PROFILE_FOR_KRA_STORAGE, PROFILE_AUTH_AGENT,
     PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED | PROFILE_CN_FIRST, RSA_ANY, TWO_YEARS, USE(KU_KRA, NULL), .servlet = FULL,
     .help = N_("A KRA's storage certificate.")},
    {"caCMCcaIssuanceProtectionCert", PROFILE_FOR_ISSUANCE_PROTECTION, PROFILE_AUTH_AGENT,
     PROFILE_DROPS_SAN | PROFILE_CN_REQUIRED | PROFILE_CN_FIRST, RSA_2048, TWO_YEARS, USE(KU_KRA, NULL),
     .servlet = FULL, .since = "10.13",
     .help = N_("A CA's issuance protection certificate, for shared tokens and encryptedPOP.")},
    {"caSimpleCMCUserCert", PROFILE_FOR_USER, PROFILE_AUTH_AGENT_TLS, PROFILE_DROPS_SAN, RSA_ANY, HALF_YEAR,
     USE(KU_SIGN_ENCIPHER, EKU_USER), .servlet = SIMPLE,
     .help = N_("A person's certificate by a Simple PKI Request, RSA key; the agent's TLS certificate vouches.")},
    {"caECSimpleCMCUserCert", PROFILE_FOR_USER, PROFILE_AUTH_AGENT_TLS, PROFILE_DROPS_SAN, EC(P256_P521), HALF_YEAR,
     USE(KU_SIGN_AGREE, EKU_USER), .servlet = SIMPLE,
     .help = N_("A person's certificate by a Simple PKI Request, EC key; the agent's TLS certificate vouches.")},
    {"estFullcmcDeviceCert", PROFILE_FOR_DEVICE, PROFILE_AUTH_EST, PROFILE_DROPS_SAN, RSA_ANY, HALF_YEAR,
     USE("digitalSignature,keyEncipherment", "clientAuth"), .servlet = EST, .since = "11.9",
     .help = N_("A device that enrolls through EST.")},
};

/* To add one: a row. */
static const struct servlet servlets[] = {
    {FULL, "caFullCMCUserCert", PROFILE_AUTH_AGENT, false, false, N_("CMC messages signed by an agent.")},
    {FULL "ServerCert", "caCMCserverCert", PROFILE_AUTH_AGENT, false, false, N_("The same for TLS servers.")},
    {FULL "SubsystemCert", "caCMCsubsystemCert", PROFILE_AUTH_AGENT, false, false, N_("The same for subsystems.")},
    {FULL "AuditSigningCert", "caCMCauditSigningCert", PROFILE_AUTH_AGENT, false, false,
        N_("The same for audit log signing.")},
    {FULL "CACert", "caCMCcaCert", PROFILE_AUTH_AGENT, false, false, N_("The same for subordinate CAs.")},
    {FULL "OCSPCert", "caCMCocspCert", PROFILE_AUTH_AGENT, false, false, N_("The same for OCSP responders.")},
    {FULL "KRAtransportCert", "caCMCkraTransportCert", PROFILE_AUTH_AGENT, false, false,
        N_("The same for KRA transport certificates.")},
    {FULL "KRAstorageCert", "caCMCkraStorageCert", PROFILE_AUTH_AGENT, false, false,
        N_("The same for KRA storage certificates.")},
    {USER_SIGNED, "caFullCMCUserSignedCert", PROFILE_AUTH_USER, false, false,
        N_("CMC messages signed by a user of this CA, or with a shared secret.")},
    {"/ca/ee/ca/profileSubmitSelfSignedCMCFull", "caFullCMCSelfSignedCert", PROFILE_AUTH_SECRET, false, false,
        N_("CMC messages with a shared secret; its default profile no longer exists.")},
    {SIMPLE, "caSimpleCMCUserCert", PROFILE_AUTH_AGENT_TLS, true, false, N_("Simple PKI Requests.")},
    {"/ca/ee/ca/CMCRevReq", NULL, PROFILE_AUTH_AGENT, false, true, N_("Old revocation page; answers HTML.")},
    {EST, "estFullcmcDeviceCert", PROFILE_AUTH_EST, false, false, N_("CMC messages through EST (RFC 7030).")},
};

/* Ids that guides and Dogtag 10.4 use, and the ones that CAs have since 10.5. To add one: a row. */
static const struct {
    const char *wrong, *right;
} slips[] = {
    {"caCMCECCserverCert", "caCMCECserverCert"},
    {"caCMCECCsubsystemCert", "caCMCECsubsystemCert"},
    {"caCMCECCserverCertWithCRLDP", "caCMCECserverCertWithCRLDP"},
    {"caCMCECCUserCert", "caCMCECUserCert"},
    {"caFullCMCSelfSignedCert", "caFullCMCSharedTokenCert"},
    {"caECFullCMCSelfSignedCert", "caECFullCMCSharedTokenCert"},
    {"caFullCMCSharedToken", "caFullCMCSharedTokenCert"},
    {"caECFullCMCSharedToken", "caECFullCMCSharedTokenCert"},
};

const struct profile *profile_at(size_t index)
{
    return index < ARRAY_LEN(profiles) ? &profiles[index] : NULL;
}

const struct servlet *servlet_at(size_t index)
{
    return index < ARRAY_LEN(servlets) ? &servlets[index] : NULL;
}

const struct profile *profile_find(const char *id)
{
    for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
        if (strcmp(profiles[i].id, id) == 0) {
            return &profiles[i];
        }
    }
    return NULL;
}

const struct servlet *servlet_find(const char *path)
{
    for (size_t i = 0; i < ARRAY_LEN(servlets); i++) {
        bool label = strcmp(servlets[i].path, EST) == 0 && text_starts(path, EST_FOLDER) && text_ends(path, EST_LAST);
        if (label || strcmp(servlets[i].path, path) == 0) {
            return &servlets[i];
        }
    }
    return NULL;
}

bool profile_is_slip(const char *id, const char **right)
{
    for (size_t i = 0; i < ARRAY_LEN(slips); i++) {
        if (strcasecmp(slips[i].wrong, id) == 0) {
            *right = slips[i].right;
            return true;
        }
    }
    return false;
}

#define NEAR_MAX 80     /* octets; longer ids are not compared */
#define NEAR_DISTANCE 3 /* more is another name */

const char *profile_suggest(const char *id)
{
    const char *best = NULL;
    if (profile_find(id) || strlen(id) > NEAR_MAX) {
        return NULL;
    }
    if (profile_is_slip(id, &best)) {
        return best;
    }
    int best_distance = NEAR_DISTANCE + 1;
    for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
        int distance = strcasecmp(profiles[i].id, id) == 0 ? 0 : text_distance(profiles[i].id, id);
        if (distance < best_distance) {
            best = profiles[i].id;
            best_distance = distance;
        }
    }
    return best;
}

const char *servlet_suggest(const char *path)
{
    const char *best = NULL;
    if (servlet_find(path) || strlen(path) > NEAR_MAX) {
        return NULL;
    }
    int best_distance = NEAR_DISTANCE + 1;
    for (size_t i = 0; i < ARRAY_LEN(servlets); i++) {
        int distance = strcasecmp(servlets[i].path, path) == 0 ? 0 : text_distance(servlets[i].path, path);
        if (distance < best_distance) {
            best = servlets[i].path;
            best_distance = distance;
        }
    }
    return best;
}

const struct profile *profile_choose(enum profile_purpose purpose, enum profile_auth auth, enum profile_key key)
{
    for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
        if (profiles[i].purpose == purpose && profiles[i].auth == auth && profiles[i].keys & key) {
            return &profiles[i];
        }
    }
    return NULL;
}

/* One of a list parted by commas. */
static bool listed(const char *list, const char *word)
{
    size_t len = strlen(word);
    while (list && *list) {
        size_t span = strcspn(list, ",");
        if (span == len && memcmp(list, word, len) == 0) {
            return true;
        }
        list += span + (list[span] == ',');
    }
    return false;
}

bool profile_takes_rsa(const struct profile *profile, int bits)
{
    char *text = xasprintf("%d", bits);
    bool takes = listed(profile->rsa_sizes, text);
    free(text);
    return takes;
}

bool profile_takes_curve(const struct profile *profile, const char *curve)
{
    return listed(profile->curves, curve);
}

bool profile_encrypts(const struct profile *profile)
{
    return !profile || !profile->key_usage || listed(profile->key_usage, "keyEncipherment") ||
           listed(profile->key_usage, "dataEncipherment") || listed(profile->key_usage, "keyAgreement");
}

char *profile_servlet_url(const char *profile_id, enum profile_auth auth)
{
    const struct profile *profile = profile_find(profile_id);
    const char *path = FULL;
    if (profile) {
        path = profile->servlet;
    } else if (auth == PROFILE_AUTH_USER || auth == PROFILE_AUTH_SECRET) {
        path = USER_SIGNED;
    } else if (auth == PROFILE_AUTH_AGENT_TLS) {
        path = SIMPLE;
    } else if (auth == PROFILE_AUTH_EST) {
        path = EST;
    }
    return xasprintf("%s?profileId=%s", path, profile_id);
}

const char *profile_purpose_word(enum profile_purpose purpose)
{
    static const char *const words[PROFILE_PURPOSE_COUNT] = {
        [PROFILE_FOR_USER] = N_("person"),
        [PROFILE_FOR_SERVER] = N_("TLS server"),
        [PROFILE_FOR_SUBSYSTEM] = N_("PKI subsystem"),
        [PROFILE_FOR_CA] = N_("subordinate CA"),
        [PROFILE_FOR_OCSP] = N_("OCSP responder"),
        [PROFILE_FOR_AUDIT] = N_("audit log signing"),
        [PROFILE_FOR_KRA_TRANSPORT] = N_("KRA transport"),
        [PROFILE_FOR_KRA_STORAGE] = N_("KRA storage"),
        [PROFILE_FOR_ISSUANCE_PROTECTION] = N_("issuance protection"),
        [PROFILE_FOR_DEVICE] = N_("device"),
    };
    return words[purpose];
}

const char *profile_auth_word(enum profile_auth auth)
{
    static const char *const words[] = {
        [PROFILE_AUTH_AGENT] = "signed by a CA agent",
        [PROFILE_AUTH_USER] = "signed with a user's certificate of this CA",
        [PROFILE_AUTH_SECRET] = "with a shared secret",
        [PROFILE_AUTH_AGENT_TLS] = "sent by a CA agent over TLS",
        [PROFILE_AUTH_EST] = "forwarded by an EST server",
    };
    return words[auth];
}

int version_compare(const char *a, const char *b)
{
    while (*a || *b) {
        char *a_end, *b_end;
        long x = strtol(a, &a_end, 10);
        long y = strtol(b, &b_end, 10);
        if (x != y) {
            return x < y ? -1 : 1;
        }
        /* A part that is no number ends the comparison: "11.3.1-SNAPSHOT" equals "11.3.1". */
        if (*a_end != '.' && *b_end != '.') {
            return 0;
        }
        a = *a_end == '.' ? a_end + 1 : "";
        b = *b_end == '.' ? b_end + 1 : "";
    }
    return 0;
}
