/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_STORE_H
#define CMCW_PRACTICE_STORE_H
/*
 * Records of the practice CA in SQLite (WAL): issued certificates, requests (with the challenges of two-trip requests),
 * agents, users with their shared tokens, archived keys. What happens between store_begin() and store_commit() is there
 * wholly or not at all, also after kill -9. Serials are lower case hex without leading zeros; issuers are DER Names; times
 * are seconds since 1970. All failures are ERR_PRACTICE_STORE.
 */
#include "base/bytes.h"
#include "base/err.h"

struct store;
struct cert;

struct store *store_open(const char *path, bool create, struct err *err) MUST_CHECK;
void store_close(struct store *s); /* NULL is fine; an open transaction is undone */
bool store_begin(struct store *s, struct err *err) MUST_CHECK;
bool store_commit(struct store *s, struct err *err) MUST_CHECK;
void store_rollback(struct store *s);

/* Hex serial from INTEGER content. Caller frees. */
char *store_serial(struct bytes integer_content) MUST_CHECK;

struct cert_row {
    int64_t id;
    char *serial;
    struct buf issuer_der, subject_der, der;
    char *subject; /* RFC 4514, visible */
    char *requester; /* may be "" */
    char *profile;   /* may be "" */
    int64_t not_before, not_after, issued_on;
    bool revoked;
    int64_t revoked_on, invalidity;
    int reason;
    char *rev_token; /* base64 or NULL */
    int64_t request_id;
};
void cert_row_release(struct cert_row *row);

/* Stores an issued certificate. An issuer and serial that are there already are left as they are. */
bool store_cert_add(struct store *s, const struct cert *cert, const char *requester, const char *profile, int64_t request_id,
                    int64_t at, struct err *err) MUST_CHECK;
/* *found tells; row is filled when found. issuer may be empty: the newest with that serial. */
bool store_cert_find(struct store *s, struct bytes issuer_der, const char *serial, struct cert_row *row, bool *found,
                     struct err *err) MUST_CHECK;
bool store_cert_revoke(struct store *s, int64_t id, int64_t at, int reason, int64_t invalidity, struct err *err) MUST_CHECK;
/* A new token begins without failures. */
bool store_cert_rev_token(struct store *s, int64_t id, const char *base64, struct err *err) MUST_CHECK;
/* Wrong secrets for its revocation since the last right one; 0 clears. */
bool store_cert_failures_set(struct store *s, int64_t id, int failures, int64_t at, struct err *err) MUST_CHECK;
bool store_cert_failures_find(struct store *s, int64_t id, int *failures, int64_t *last, struct err *err) MUST_CHECK;

/* Filters are joined with AND; NULL or empty ones do not filter. Results by id. */
struct cert_filter {
    const char *cn, *uid;      /* values of the subject */
    bool exactly;              /* else: contains, any case */
    struct bytes spki;
    const char *serial_from, *serial_to;
    const char *email, *org, *org_unit, *locality, *state, *country; /* the same */
    const char *issued_by, *reason; /* requester ("system" when it is empty); reason of the revocation, as number */
    const char *not_before_from, *not_before_to, *not_after_from, *not_after_to; /* milliseconds since 1970 */
    const char *issued_on_from, *issued_on_to, *revoked_on_from, *revoked_on_to;
    const char *validity_least, *validity_most; /* length of the validity, milliseconds */
    const char *netscape_type; /* set: certificates with Netscape's type extension, which this CA never gives */
    const char *status;        /* "VALID", "INVALID", "REVOKED", "EXPIRED", "REVOKED_EXPIRED" */
    struct bytes issuer_der;   /* only this CA's own */
    int64_t at;                /* for EXPIRED */
    long start, size;
};
struct cert_rows {
    struct cert_row *v;
    size_t n;
    long total; /* without start and size */
};
bool store_cert_search(struct store *s, const struct cert_filter *filter, struct cert_rows *rows, struct err *err) MUST_CHECK;
void cert_rows_release(struct cert_rows *rows);

/* Requests. status: "pending", "complete", "rejected". */
struct request_row {
    int64_t id;
    char *kind, *status, *profile, *requester, *text;
    int64_t created, modified;
    struct buf tagged;     /* TaggedRequest TLV, while pending */
    struct buf challenge;  /* encrypted for the issuance protection key, while pending */
    char *cert_serial;     /* NULL when none */
};
void request_row_release(struct request_row *row);
/* New one; id 0 = next free number. */
bool store_request_add(struct store *s, int64_t wanted_id, const char *kind, const char *status, const char *profile,
                       const char *requester, int64_t at, int64_t *id, struct err *err) MUST_CHECK;
bool store_request_set_pop(struct store *s, int64_t id, struct bytes tagged, struct bytes challenge, struct err *err) MUST_CHECK;
/* text: reason or NULL; serial: certificate or NULL. */
bool store_request_done(struct store *s, int64_t id, const char *status, const char *text, const char *serial, int64_t at,
                        struct err *err) MUST_CHECK;
bool store_request_find(struct store *s, int64_t id, struct request_row *row, bool *found, struct err *err) MUST_CHECK;

/* Agents: exactly these certificates. uid is given back (may be NULL). */
bool store_agent_add(struct store *s, struct bytes cert_der, const char *uid, struct err *err) MUST_CHECK;
bool store_agent_is(struct store *s, struct bytes cert_der, char **uid, bool *is, struct err *err) MUST_CHECK;

struct user_row {
    char *uid, *dn, *token; /* token NULL when none */
    int failures;
    int64_t last_failure;
};
void user_row_release(struct user_row *row);
bool store_user_set(struct store *s, const char *uid, const char *dn, struct err *err) MUST_CHECK;
bool store_user_token(struct store *s, const char *uid, const char *base64, struct err *err) MUST_CHECK;
/* failures 0 clears. */
bool store_user_failures(struct store *s, const char *uid, int failures, int64_t at, struct err *err) MUST_CHECK;
bool store_user_find(struct store *s, const char *uid, struct user_row *row, bool *found, struct err *err) MUST_CHECK;

/* Archived keys, encrypted by the caller. */
bool store_key_add(struct store *s, const char *serial, struct bytes wrapped_key, struct bytes blob, int64_t at,
                   struct err *err) MUST_CHECK;
bool store_key_find(struct store *s, const char *serial, struct buf *wrapped_key, struct buf *blob, bool *found,
                    struct err *err) MUST_CHECK;

/* One number: SELECT COUNT(*) of what is named by which. */
enum store_count { COUNT_CERTS, COUNT_REVOKED, COUNT_REQUESTS, COUNT_PENDING, COUNT_AGENTS, COUNT_USERS, COUNT_KEYS };
bool store_count(struct store *s, enum store_count which, long *n, struct err *err) MUST_CHECK;
/* A counter that grows by one with each call (CRL numbers). */
bool store_next(struct store *s, const char *name, int64_t *value, struct err *err) MUST_CHECK;
#endif
