/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_CA_H
#define CMCW_PRACTICE_CA_H
/*
 * The practice CA as a library: a certificate authority, agent desk and KRA in one folder, which accepts and refuses CMC
 * requests as a Dogtag 11.3 server does. No sockets here (practice/http.h): tests and the replay of recorded requests call
 * practice_handle() in process. One server at a time works on a folder; NSS is global, so one practice_ca can be open in a
 * process.
 *
 * Folder (0700):
 *   nssdb/, password.txt (0600)   keys of the CA, issuance protection, KRA; random password
 *   state.db                      SQLite (WAL): requests, certificates, agents, users, shared tokens, archived keys
 *   CS.cfg                        switches, key=value, as Dogtag names them (practice/csconf.h)
 *   profiles/NAME.cfg             certificate profiles (practice/profile.h); "enable" lines are changed by an agent
 *   chain.pem                     issuing CA, root
 *   tls/server.pem, server.key    for localhost, 127.0.0.1 and ::1
 *   agent.p12, agent.password     the agent's certificate and key, and the package's password (both 0600); agent.pem
 *   transport.pem, issuance-protection.pem
 *   est-users                     names and hashed passwords for EST
 *   audit.log                     signed-audit style lines
 *   ca-description.json           written by serve
 *
 * Every name in its certificates contains "PRACTICE ONLY".
 */
#include "base/bytes.h"
#include "base/err.h"
#include "nss/cert.h"

struct practice_ca;
struct key;
struct nssdb;

#define PRACTICE_MARK "PRACTICE ONLY"
#define PRACTICE_VERSION "11.3.1" /* of the Dogtag server whose answers are given */

struct practice_init_spec {
    const char *profiles;  /* folder with profile .cfg files to copy; NULL: the installed ones, or those of the build tree */
    const char *adopt;     /* folder of recorded clients (tests/vectors/ca): users, agents, secrets; NULL: none */
    const char *key_type;  /* "rsa" (NULL) or "ec": the CA's keys */
};
/* Makes a new CA in dir. A folder that already holds one is refused: ERR_PRACTICE_EXISTS. */
bool practice_init(const char *dir, const struct practice_init_spec *spec, struct err *err) MUST_CHECK;
/* True when dir holds a practice CA. */
bool practice_present(const char *dir);

/* Takes the folder's lock. ERR_PRACTICE_MISSING, ERR_PRACTICE_RUNNING (names the process), ERR_PRACTICE_DAMAGED. */
struct practice_ca *practice_open(const char *dir, struct err *err) MUST_CHECK;
/* Without the lock: for the desk functions below, also while a server runs. The server sees changed profiles and switches with
 * its next request. */
struct practice_ca *practice_open_desk(const char *dir, struct err *err) MUST_CHECK;
/* A program holds the folder's lock. */
bool practice_is_running(const char *dir);
void practice_close(struct practice_ca *ca); /* NULL is fine */

struct practice_request {
    const char *method;       /* "GET", "POST" */
    const char *path;         /* decoded, without query: "/ca/ee/ca/profileSubmitCMCFull" */
    const char *query;        /* raw text after '?', or NULL */
    const char *content_type; /* or NULL */
    const char *accept;       /* or NULL */
    const char *cookie;       /* or NULL */
    const char *authorization; /* or NULL */
    struct bytes body;
    bool has_length;          /* Content-Length was there; a body without it is what Dogtag cannot read */
    const struct cert_list *tls_client; /* leaf first; NULL or empty: no client certificate */
    const char *peer;         /* address for the audit log, or NULL */
    int port;                 /* our own port, for URLs in answers; 0 unknown */
    int64_t at;               /* time of the request, seconds since 1970 */
    /* What EST adds (practice/est.c); others leave it zeroed. */
    bool over_est;
    const char *est_user;     /* who gave a right name and password, or NULL */
    bool est_renews;          /* simplereenroll: the TLS client asks for a successor of its certificate */
};
struct practice_reply {
    int status;               /* HTTP */
    const char *content_type; /* static text, or NULL */
    const char *disposition;  /* Content-Disposition, static text, or NULL */
    char *cookie;             /* Set-Cookie value, owned, or NULL */
    const char *authenticate; /* WWW-Authenticate, static text, or NULL */
    long retry_after;         /* Retry-After in seconds; 0: none */
    struct buf body;
};
/* Answers anything: failures are answers, too. reply is initialised here; release it. What the request changed is on disk (one
 * transaction) before this returns. */
void practice_handle(struct practice_ca *ca, const struct practice_request *request, struct practice_reply *reply);
void practice_reply_release(struct practice_reply *reply);

/* --- the desk: what an administrator or agent does --- */
/* Issues an agent certificate for uid (new key), as PKCS#12 file with its password file beside it (both 0600). */
bool practice_enroll_agent(struct practice_ca *ca, const char *uid, const char *p12_path, int64_t at, struct err *err) MUST_CHECK;
/* A user in the CA's own directory. dn NULL: uid=UID,ou=people,dc=example,dc=com. */
bool practice_user_add(struct practice_ca *ca, const char *uid, const char *dn, struct err *err) MUST_CHECK;
/* Shared token text (base64, as CMCSharedToken writes it); NULL removes it. ERR_PRACTICE_NO_USER. */
bool practice_user_token(struct practice_ca *ca, const char *uid, const char *token_base64, struct err *err) MUST_CHECK;
/* Revocation token for a certificate; serial as "0x.." or decimal. ERR_PRACTICE_NO_CERT. */
bool practice_cert_token(struct practice_ca *ca, const char *serial, const char *token_base64, struct err *err) MUST_CHECK;
/* ERR_PRACTICE_NO_PROFILE. */
bool practice_profile_enable(struct practice_ca *ca, const char *id, bool enable, struct err *err) MUST_CHECK;
struct practice_profile_row {
    const char *id, *name, *auth; /* lent until the next call that changes profiles */
    bool enabled;
};
size_t practice_profiles(struct practice_ca *ca, struct practice_profile_row **rows); /* caller frees the array only */
/* The archived key of a certificate, with the certificate, as PKCS#12. ERR_PRACTICE_NO_CERT, ERR_PRACTICE_NOT_ARCHIVED. */
struct secret;
bool practice_recover(struct practice_ca *ca, const char *serial, const struct secret *p12_password, struct buf *p12,
                      struct err *err) MUST_CHECK;
/* A user of the EST server (practice/est_users.h); password NULL removes. ERR_USAGE, ERR_PRACTICE_NO_USER. */
bool practice_est_user(struct practice_ca *ca, const char *name, const struct secret *password, struct err *err) MUST_CHECK;
/* Switch of CS.cfg; written to the file. ERR_PRACTICE_SWITCH for an unknown one. */
bool practice_switch(struct practice_ca *ca, const char *key, const char *value, struct err *err) MUST_CHECK;

/* A fault to rehearse (practice/fault.h), on or off; on also makes what it needs. ERR_PRACTICE_FAULT for an unknown one. */
bool practice_fault_set(struct practice_ca *ca, const char *name, bool on, struct err *err) MUST_CHECK;
bool practice_fault_is_on(const struct practice_ca *ca, const char *name);

struct practice_counts {
    long certs, revoked, requests, pending, agents, users, archived;
};
bool practice_counts(struct practice_ca *ca, struct practice_counts *counts, struct err *err) MUST_CHECK;

/* --- for the server, the CA description, tests --- */
const char *practice_dir(const struct practice_ca *ca);
struct nssdb *practice_nssdb(const struct practice_ca *ca);
const struct cert *practice_ca_cert(const struct practice_ca *ca);
const struct cert_list *practice_chain(const struct practice_ca *ca); /* issuing CA, root */
const struct cert *practice_transport_cert(const struct practice_ca *ca);
const struct cert *practice_protection_cert(const struct practice_ca *ca);
/* Writes DIR/ca-description.json for a server on this port. */
bool practice_describe(struct practice_ca *ca, int port, struct err *err) MUST_CHECK;

/* Replay: a certificate that another CA issued counts as one of ours (uid: requester, may be NULL); a trip 1 that another
 * CA answered counts as pending here. */
bool practice_adopt_cert(struct practice_ca *ca, const struct cert *cert, struct err *err) MUST_CHECK;
bool practice_adopt_pending(struct practice_ca *ca, struct bytes request_id, struct bytes challenge,
                            struct bytes tagged_request, struct err *err) MUST_CHECK;
#endif
