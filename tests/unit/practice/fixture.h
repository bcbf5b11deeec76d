/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_PRACTICE_FIXTURE_H
#define CMCW_TESTS_PRACTICE_FIXTURE_H
/*
 * A practice CA that a test program makes once (EC keys: quick), with its agent's key in the CA's own database, and requests
 * made by our own builder. Times are fixed: nothing depends on today but the validity of what init makes.
 */
#include "base/secret.h"
#include "base/when.h"
#include "cmc/crmf.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "nss/csr.h"
#include "nss/key.h"
#include "practice/ca.h"
#include "unit/unit.h"

struct fixture {
    char *folder, *dir;
    struct practice_ca *ca;
    struct cert *agent;
    struct key *agent_key;
    int64_t now;
};

/* Group setup and teardown. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
void fixture_reopen(struct fixture *f); /* closes and opens the CA, as after a restart */
void must(bool ok, struct err *err);    /* reports and fails */

/* One POST. tls: client certificate or NULL. reply: release it. */
void fixture_post(struct fixture *f, const char *path, const char *query, struct bytes body, const struct cert *tls, int64_t at,
                  struct practice_reply *reply);
/* The same, and the answer as CMC; fails when it is none. */
void fixture_cmc(struct fixture *f, const char *path, const char *query, struct bytes body, const struct cert *tls,
                 struct cmc_response *response);
/* First status is this one; fail_info -1: none. text NULL: not looked at. */
void expect_status(const struct cmc_response *r, int status, int fail_info, const char *text);
/* The certificate of the answer that is no CA's; fails without one. Referenced. */
struct cert *issued_of(const struct cmc_response *r);

struct key *new_key(struct fixture *f, enum key_type type);
struct buf new_csr(struct key *key, const char *subject, bool ski);
/* Agent-signed request with one PKCS#10 or CRMF. */
struct buf agent_request(struct fixture *f, enum request_kind kind, struct bytes der);
struct buf build(struct cmc_request_spec *spec); /* fills in what is the same everywhere; fails on error */

#define FULL "/ca/ee/ca/profileSubmitCMCFull"
#define USER_SIGNED "/ca/ee/ca/profileSubmitUserSignedCMCFull"
#endif
