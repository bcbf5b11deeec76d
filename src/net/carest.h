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
    char *subject, *issuer, *status /* "VALID" */, *issued_by; /* raw */
    int64_t not_before, not_after;                             /* seconds; 0 unknown */
};
struct ca_cert_entries {
    struct ca_cert_entry *v;
    size_t n;
    long total;
};
struct ca_request {
    char *id, *type, *status, *result, *cert_serial, *error;
}; /* raw; "" when not told */

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
bool carest_take_entries(struct carest *rest, struct ca_cert_entries *out, struct err *err) MUST_CHECK;
bool carest_take_request(struct carest *rest, struct ca_request *out, struct err *err) MUST_CHECK;
bool carest_take_raw(struct carest *rest, struct buf *out, struct err *err) MUST_CHECK;
void ca_status_release(struct ca_status *s);
void ca_info_release(struct ca_info *i);
void ca_cert_entries_release(struct ca_cert_entries *e);
void ca_request_release(struct ca_request *r);

/* The search's body: NULL parts are left out. Caller frees. */
char *carest_search_json(const char *common_name, const char *user_id, bool exact) MUST_CHECK;
/* Blocking: searches, then fetches each hit until one has this public key; *out NULL (and true) when there is none. At
 * most 200 certificates are looked at, newest first. */
bool carest_find_spki(struct carest *rest, const char *common_name, const char *user_id, struct bytes spki_der,
                      struct cert **out, struct err *err) MUST_CHECK;
/* Chain in which the TLS server proved itself, from the last exchange; lent. */
const struct cert_list *carest_server_chain(const struct carest *rest);
/* The version as numbers, "11.3.1-1" -> 11, 3; false when it does not begin with one. */
bool ca_version_parse(const char *version, int *major, int *minor);
#endif
