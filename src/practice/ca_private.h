/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_CA_PRIVATE_H
#define CMCW_PRACTICE_CA_PRIVATE_H
/* The practice CA's own state, for src/practice only. */
#include <time.h>

#include "base/file.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "practice/ca.h"
#include "practice/csconf.h"
#include "practice/profile.h"

struct practice_ca {
    char *dir;
    struct file_lock lock;
    struct nssdb *db;
    struct store *store;
    struct csconf conf;
    struct profile_list profiles;
    struct timespec conf_read, profiles_read; /* times of CS.cfg and profiles/ when they were read */
    struct cert *cert;               /* issuing CA */
    struct key *key;
    struct cert_list chain;          /* issuing CA, root */
    struct cert *protection, *transport, *storage;
    struct key *protection_key, *transport_key, *storage_key;
    char *audit_path;
    int audit_fd;
    struct buf audit;                /* lines of this request, written before the answer leaves */
};

/* Names of files in the folder. */
#define PRACTICE_NSSDB "nssdb"
#define PRACTICE_PASSWORD "password.txt"
#define PRACTICE_STATE "state.db"
#define PRACTICE_CONF "CS.cfg"
#define PRACTICE_PROFILES "profiles"
#define PRACTICE_CHAIN "chain.pem"
#define PRACTICE_TLS "tls"
#define PRACTICE_TLS_CERT "tls/server.pem"
#define PRACTICE_TLS_EXPIRED "tls/expired.pem"
#define PRACTICE_TLS_KEY "tls/server.key"
#define PRACTICE_AGENT_P12 "agent.p12"
#define PRACTICE_AGENT_PASSWORD "agent.password"
#define PRACTICE_AGENT_CERT "agent.pem"
#define PRACTICE_TRANSPORT_CERT "transport.pem"
#define PRACTICE_PROTECTION_CERT "issuance-protection.pem"
#define PRACTICE_AUDIT "audit.log"
#define PRACTICE_DESCRIPTION "ca-description.json"
#define PRACTICE_LOCK "lock"
#define PRACTICE_PID "pid"
/* Nicknames in its NSS database. */
#define PRACTICE_NICK_ROOT "practice-root"
#define PRACTICE_NICK_CA "practice-ca"
#define PRACTICE_NICK_PROTECTION "practice-issuance-protection"
#define PRACTICE_NICK_TRANSPORT "practice-kra-transport"
#define PRACTICE_NICK_STORAGE "practice-kra-storage"

/* Reads CS.cfg and profiles again when they changed; what cannot be read leaves the old ones in force. */
void practice_refresh(struct practice_ca *ca, int64_t at);
/* Issues from an evaluated enrollment, stores it (inside the caller's transaction). request_id 0: none. */
struct enrollment;
bool practice_issue(struct practice_ca *ca, struct enrollment *e, const char *requester, int64_t request_id, struct cert **issued,
                    struct err *err) MUST_CHECK;
/* What init and enroll-agent make. subject is RFC 4514 text; extensions as for issue_cert. */
bool practice_issue_plain(struct practice_ca *ca, const char *subject, struct bytes spki, struct bytes extensions, int64_t at,
                          int64_t seconds, struct cert **issued, struct err *err) MUST_CHECK;
/* Certificate and key of the CA's database; the caller frees both, after failure too. */
bool practice_load_pair(struct practice_ca *ca, const char *nickname, struct cert **cert, struct key **key, struct err *err) MUST_CHECK;
bool practice_write_pem(const struct practice_ca *ca, const char *name, const struct cert *cert, struct err *err) MUST_CHECK;
char *practice_path(const struct practice_ca *ca, const char *name) MUST_CHECK;
#endif
