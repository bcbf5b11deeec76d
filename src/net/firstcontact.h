/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_FIRSTCONTACT_H
#define CMCW_NET_FIRSTCONTACT_H
/*
 * The first visit to a server that nothing is known about: only certificates are fetched (the TLS server's own and
 * the CA's chain), over TLS whose server is not yet trusted. No client certificate, password, secret or request goes
 * out. The user compares the fingerprint; what was confirmed is pinned (net_options.pinned_chain) or imported, and a
 * later visit that shows other certificates is ERR_NET_CHAIN_CHANGED.
 */
#include "net/carest.h"

struct first_contact {
    struct cert_list tls_chain; /* the server's own certificate, its issuer, and so on as far as it sent them, in whatever order; what is
                                   not linked to the first is left out. Empty for plain HTTP */
    struct cert_list ca_chain;  /* CA signing certificate first, root last; empty when the server does not tell */
    bool tls_under_ca;          /* the TLS server's certificate leads to ca_chain: confirming that one is enough */
    bool name_ok, time_ok;      /* of the TLS server's certificate */
    struct strv notes;
};

struct first_contact_run;
struct first_contact_run *first_contact_start(const struct net_options *options, struct nssdb *db,
                                              const struct ca_url *url, struct err *err) MUST_CHECK;
enum exchange_state first_contact_poll(struct first_contact_run *run, int wait_ms, struct err *err);
/* After DONE; moves the findings out. */
void first_contact_take(struct first_contact_run *run, struct first_contact *out);
void first_contact_free(struct first_contact_run *run);
/* Blocking. */
bool first_contact(const struct net_options *options, struct nssdb *db, const struct ca_url *url,
                   struct first_contact *out, struct err *err) MUST_CHECK;
void first_contact_release(struct first_contact *fc);
/* The CA certificates that a person can confirm, the issuing CA's first: of the chain that the CA told, else those of tls_chain (the
 * issuers of the TLS server's certificate, which need not be the CA that issues to people: a chain file, a description or the
 * database says better, chainfile.h). Empty when there is none. Appended as references. */
void first_contact_cas(const struct first_contact *fc, struct cert_list *out);
/* The one of them whose fingerprint a person compares: the issuing CA where the CA told its chain; where only TLS showed
 * certificates the last, which vouches for all below it. NULL when there is none. Lent by fc. */
const struct cert *first_contact_asked(const struct first_contact *fc);

/* What a person compares is chain_fingerprint() of nss/chain.h. ERR_NET_CHAIN_CHANGED with
 * both fingerprints unless the chains hold the same certificates. */
bool first_contact_same(const struct cert_list *confirmed, const struct cert_list *now, struct err *err) MUST_CHECK;
#endif
