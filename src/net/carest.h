/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_CAREST_H
#define CMCW_NET_CAREST_H
/*
 * What a Dogtag CA tells anonymously over its REST API and end-entity pages: JSON of 11.x, tolerant of what is missing.
 * /ca/rest is asked first, /ca/v2 where that answers 404. A server without any of it gives ERR_NET_NO_REST: offer files
 * instead. Errors that the CA itself reports give ERR_NET_REST_ERROR or ERR_NET_REST_NOT_FOUND with its message.
 *
 * Calls come in two shapes: carest_X_start() + carest_poll() + carest_X_take() for screens, carest_X() blocking for
 * tools. All exchanges of a struct carest share one connection.
 */
#include "net/transport.h"

struct carest;

enum carest_what {
    CAREST_STATUS,         /* -> carest_take_status */
    CAREST_INFO,           /* -> carest_take_info */
    CAREST_SIGNING_CERT,   /* -> carest_take_chain: leaf first */
    CAREST_TRANSPORT_CERT, /* -> carest_take_chain */
    CAREST_CHAIN,          /* the CA's own chain -> carest_take_chain */
    CAREST_CERT,           /* argument: serial "0x1a" or decimal -> carest_take_chain */
    CAREST_SEARCH,         /* argument: JSON made by carest_search_json -> carest_take_entries */
    CAREST_REQUEST,        /* argument: request id -> carest_take_request */
    CAREST_CRL,            /* DER -> carest_take_raw */
    CAREST_KRA_LOGIN,      /* these three for net/kra.h, with an agent's identity; -> carest_take_raw */
    CAREST_KRA_KEYS,       /* argument: query, ready for a URL */
    CAREST_KRA_KEY,        /* argument: the authority's number of the key */
    CAREST_LOGIN,          /* an account by TLS certificate or by a header of the options; nothing to take */
    CAREST_EST_CHAIN,      /* argument: label of an EST server, "" none: its cacerts (RFC 7030 section 4.1) -> carest_take_chain */
};

struct ca_status {
    char *state, *type, *status, *version, *product;
};                            /* raw, "" when not told; version "11.3.1-1" */
struct ca_info {              /* "" when not told */
    char *archival_mechanism; /* "keywrap" or "encrypt" */
    char *encryption_algorithm, *key_wrap_algorithm;
    char *rsa_wrap;    /* of the KRA: "RSA" or "RSA_OAEP" */
    char *ca_rsa_wrap; /* of the CA */
};
struct ca_cert_entry {
    char *serial;                                              /* "0x1a" */
    char *subject, *issuer, *status /* "VALID" */, *issued_by, *revoked_by; /* raw */
    char *key_algorithm;                  /* dotted OID; "" */
    int key_length, version;              /* 0, -1: not told; version 2 is X.509 v3 */
    int64_t not_before, not_after;        /* seconds; 0 unknown */
    int64_t issued_on, revoked_on;
};
struct ca_cert_entries {
    struct ca_cert_entry *v;
    size_t n;
    long total;
};
struct ca_request {
    char *id, *type, *status, *result, *cert_serial, *error;
}; /* raw; "" when not told */

struct ca_cert {
    struct cert_list chain; /* the certificate first, then as much of its chain as the CA told */
    char *status, *revoked_on, *revoked_by; /* raw; "" when not told, or revoked_on not in words */
    int64_t revoked_at;                     /* seconds; 0: not told, or in words */
    int reason;                             /* why it was revoked, as number (RFC 5280 5.3.1); -1: not told */
};

/* base: only scheme, host and port count. identity may be NULL (anonymous). Nothing is sent yet. */
struct carest *carest_open(const struct net_options *options, struct nssdb *db, const struct net_identity *identity,
                           const struct ca_url *base, struct err *err) MUST_CHECK;
void carest_close(struct carest *rest);
bool carest_start(struct carest *rest, enum carest_what what, const char *argument, struct err *err) MUST_CHECK;
enum exchange_state carest_poll(struct carest *rest, int wait_ms, struct err *err);
bool carest_finish(struct carest *rest, struct err *err) MUST_CHECK; /* polls to the end */
void carest_cancel(struct carest *rest);

bool carest_take_status(struct carest *rest, struct ca_status *out, struct err *err) MUST_CHECK;
bool carest_take_info(struct carest *rest, struct ca_info *out, struct err *err) MUST_CHECK;
bool carest_take_chain(struct carest *rest, struct cert_list *out, struct err *err) MUST_CHECK;
bool carest_take_cert(struct carest *rest, struct ca_cert *out, struct err *err) MUST_CHECK; /* after CAREST_CERT */
bool carest_take_entries(struct carest *rest, struct ca_cert_entries *out, struct err *err) MUST_CHECK;
bool carest_take_request(struct carest *rest, struct ca_request *out, struct err *err) MUST_CHECK;
bool carest_take_raw(struct carest *rest, struct buf *out, struct err *err) MUST_CHECK;
void ca_status_release(struct ca_status *s);
void ca_info_release(struct ca_info *i);
void ca_cert_release(struct ca_cert *c);
void ca_cert_entries_release(struct ca_cert_entries *e);
void ca_request_release(struct ca_request *r);

/* What certificates are searched by; NULL parts are left out. Serials: decimal or "0x" hex. */
struct ca_search {
    const char *common_name, *user_id, *email, *org_unit, *org, *locality, *state, *country;
    const char *serial_from, *serial_to;
    const char *status; /* "VALID", "REVOKED", "EXPIRED", "INVALID", "REVOKED_EXPIRED" */
    const char *issued_by, *revoked_by, *reason; /* reason: its number, "4" */
    int64_t not_before_from, not_before_to, not_after_from, not_after_to, issued_on_from, issued_on_to; /* 0: left out */
    int64_t revoked_on_from, revoked_on_to;
    /* "on" or "off": Netscape's certificate types */
    const char *type_ssl_client, *type_ssl_server, *type_email, *type_email_ca, *type_ssl_ca;
    const char *validity_operation; /* "<=" or ">=": certificates that are valid at most, at least so long in all */
    int validity_count;
    int64_t validity_unit; /* milliseconds */
    const char *first;     /* a JSON object with members of a search; what is named above replaces them */
    bool exact; /* subject values as a whole; else parts of them */
};
/* Its JSON, for CAREST_SEARCH. Caller frees. */
char *ca_search_json(const struct ca_search *search) MUST_CHECK;
/* Blocking: up to size entries from the start-th on (size 0: all, at most CA_SEARCH_MAX), page by page. */
#define CA_SEARCH_MAX 10000
bool carest_search(struct carest *rest, const struct ca_search *search, long start, long size, struct ca_cert_entries *out,
                   struct err *err) MUST_CHECK;
/* The search's body: NULL parts are left out. Caller frees. */
char *carest_search_json(const char *common_name, const char *user_id, bool exact) MUST_CHECK;
/* Blocking: searches for what was issued at or after since (seconds; the start of the validity where the CA does not tell), page by page,
 * in whatever order the hits come, and fetches them, newest first, until one has this public key; *out NULL (and true) when none has it.
 * ERR_NET_ANSWER_TOO_BIG when it was not found among CAREST_FIND_MOST fetched ones or CA_SEARCH_MAX hits, and there are more. */
#define CAREST_FIND_MOST 200
bool carest_find_spki(struct carest *rest, const char *common_name, const char *user_id, int64_t since, struct bytes spki_der,
                      struct cert **out, struct err *err) MUST_CHECK;
/* The cookies of the last answer go with every later question: a login lasts as long as they do. */
void carest_keep_cookies(struct carest *rest);
/* Chain in which the TLS server proved itself, from the last exchange; lent. */
const struct cert_list *carest_server_chain(const struct carest *rest);
/* Blocking: the version that the CA tells, raw; NULL when it tells none, for whatever reason. Pin the confirmed chain. Caller frees. */
char *carest_version(const struct net_options *options, struct nssdb *db, const struct ca_url *base) MUST_CHECK;
/* The version as numbers, "11.3.1-1" -> 11, 3; false when it does not begin with one. */
bool ca_version_parse(const char *version, int *major, int *minor);
#endif
