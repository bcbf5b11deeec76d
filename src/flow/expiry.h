/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_EXPIRY_H
#define CMCW_FLOW_EXPIRY_H
/*
 * Which own certificates (those with a key, no CA's) end when: for `cmc needs-renewal`, the wizard's overview and the renewal scenario.
 * No password is asked: the public part of a database tells whether it holds the key. Times are seconds since 1970 and are handed
 * in. A certificate counts as replaced when the same database holds a later one with the same subject, issuer, key usage and
 * extended key usage: whoever renewed need not be reminded again. Where the CA's profile makes no difference between them, a certificate
 * that an enrollment of the scenario "encryption" brought, by the saved ones, or a renewal of such a one, is none in the place of
 * another's, nor the other way round.
 */
#include "base/bytes.h"

struct cert;
struct nssdb;
struct strv;

/* Stock user-signed profiles let a key come back only so near to the end of its last certificate. */
#define RENEW_WINDOW_DAYS 30

struct expiry {
    struct cert *cert;
    char *nickname, *token; /* as stored, without "token:" */
    char *dbdir;
    bool can_sign; /* its key usage lets it sign its own renewal */
    bool replaced;
};
struct expiry_list {
    struct expiry *v;
    size_t n;
    const char *sessions; /* folder of the saved enrollments, lent; NULL = the user's */
};
#define EXPIRY_LIST_INIT {NULL, 0, NULL}

/* Adds the certificates of an open database; soonest end first. */
bool expiry_add_db(struct expiry_list *list, struct nssdb *db, struct err *err) MUST_CHECK;
/* Opens the folder for reading, adds, closes: no other database may be open. */
bool expiry_add_folder(struct expiry_list *list, const char *dir, struct err *err) MUST_CHECK;
void expiry_list_release(struct expiry_list *list);
/* The one with this nickname ("token:nick" too) and, when serial is not empty, this serial number ("0x1a2b"). Of several the one
 * that is not replaced and can sign, then the last to end. Lends; NULL when there is none. */
const struct expiry *expiry_find(const struct expiry_list *list, const char *nickname, const char *serial);
/* A person's: none of its uses is a server's or an OCSP responder's, for which user-signed profiles are not made. */
bool expiry_cert_is_user(const struct cert *c);
/* Whole days that are left, 0 on the last day, negative from the end on. */
long expiry_days_left(const struct expiry *e, int64_t at);
/* When the CA begins to take this key again: RENEW_WINDOW_DAYS before the last of all certificates of the key ends. */
int64_t expiry_window_opens(const struct expiry_list *list, const struct expiry *e);

/* "30d", "12h", "2w", "45m", "90s", or "20%" of the whole life. False on anything else, also on more than 100 years. */
struct expiry_within {
    int64_t seconds;
    int percent; /* -1 = seconds count */
};
bool expiry_within_parse(const char *text, struct expiry_within *out) MUST_CHECK;
/* Not replaced, and no more than that is left (or it has ended). */
bool expiry_is_due(const struct expiry *e, const struct expiry_within *within, int64_t at);

/* Where programs of this field keep their database, in the order of the likelihood that it is meant; with "~/". Static. */
const char *const *expiry_usual_folders(size_t *n);
/* Folders with a database: where programs of this field keep theirs, and those of saved enrollments. sessions: NULL = the user's. */
void expiry_folders(const char *sessions, struct strv *out);
#endif
