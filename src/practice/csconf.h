/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_CSCONF_H
#define CMCW_PRACTICE_CSCONF_H
/*
 * The switches of the practice CA: a CS.cfg with key=value lines, named and defaulted as in a Dogtag CA. Lines that begin
 * with '#' and empty lines are skipped, and so are the many other keys of a real CS.cfg. A key under a prefix that is ours
 * (cmc., practice., auths.instance.SharedToken.) and not in the tables of csconf.c is refused, as is one that is nearly the
 * name of a switch.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "practice/fault.h"

#define CSCONF_TEXT 512 /* octets of a text value, its end included */

/* A directory that is asked instead of, or besides, state.db: host empty = none. */
struct csconf_ldap {
    char host[CSCONF_TEXT];    /* ...ldapconn.host: name, or ldapi://... */
    long port;                 /* ...ldapconn.port */
    bool secure;               /* ...ldapconn.secureConn */
    char base[CSCONF_TEXT];    /* ...basedn */
    char bind_dn[CSCONF_TEXT]; /* ...ldapauth.bindDN; empty: anonymous */
    char prompt[CSCONF_TEXT];  /* ...ldapauth.bindPWPrompt: name of the password in password.conf */
};

struct csconf {
    bool pop_link_witness_required; /* cmc.popLinkWitnessRequired */
    bool bypass_client_auth;        /* cmc.bypassClientAuth */
    bool signer_info_verify;        /* cmc.signerInfo.verify */
    bool lra_pop_allow;             /* cmc.lraPopWitness.verify.allow */
    bool revoke_verify;             /* cmc.revokeCert.verify */
    bool confirm_required;          /* cmc.cert.confirmRequired */
    bool use_simple_on_success;     /* cmc.response.useSimpleOnSuccess */
    char protection[CSCONF_TEXT];   /* ca.cert.issuance_protection.nickname: in the CA's database, with its key */
    bool use_oaep;                  /* keyWrap.useOAEP: encryptedPOP and shared tokens */
    bool kra_use_oaep;              /* kra.keyWrap.useOAEP: archival */
    bool kra_accept_kwp;            /* kra.allowKWP: RFC 5649, as KRAs from 11.10 on */
    bool transport_cert;            /* practice.transportCert: config/cert/transport tells it */
    long keys_page;                 /* practice.keysPage: archived keys on one page at most; 0: as many as asked for */
    long keys_most;                 /* practice.keysMost: archived keys that are listed at most, whatever their total; 0: all */
    bool request_verify;            /* ca.requestVerify.enabled: proof of possession of PKCS#10 */
    bool old_self_signed_profiles;  /* practice.selfSignedProfiles: the old names caFullCMCSelfSignedCert, ... exist */
    bool fault[FAULT_COUNT];        /* practice.fault.NAME: see practice/fault.h; only those that are on stand in the file */
    long slow_seconds;              /* practice.slowSeconds: how late answers are under the fault slow */
    bool est_login;                 /* practice.est.login: enrollment over EST needs a name and a password (practice/est_users.h) */
    long est_retry_after;           /* practice.est.retryAfter: seconds, under the fault est-later; 0: the server does not say */
    char messages[CSCONF_TEXT];     /* practice.messages: folder that keeps what was sent to CMC servlets, and the answers */
    long token_attempts;            /* practice.sharedTokenAttempts: wrong secrets per user, and per certificate that is to be revoked,
                                       before a pause; 0: no limit */
    long token_pause;               /* practice.sharedTokenPause: seconds */
    struct csconf_ldap users;       /* auths.instance.SharedToken.ldap.*: users and their tokens */
    struct csconf_ldap records;     /* internaldb.*: a Dogtag CA's own records; of those only tokens for revocation are looked for */
    char token_attribute[CSCONF_TEXT]; /* auths.instance.SharedToken.shrTokAttr */
};

void csconf_defaults(struct csconf *conf);
/* ERR_PRACTICE_SWITCH names file and line. conf has the defaults first. */
bool csconf_read(const char *path, struct csconf *conf, struct err *err) MUST_CHECK;
/* One switch, which has to be known; value as in the file. ERR_PRACTICE_SWITCH, with the nearest switch. */
bool csconf_set(struct csconf *conf, const char *key, const char *value, struct err *err) MUST_CHECK;
/* Whole file with comments. */
bool csconf_write(const char *path, const struct csconf *conf, struct err *err) MUST_CHECK;
#endif
