/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_CHAINFILE_H
#define CMCW_FLOW_CHAINFILE_H
/*
 * The chain of a CA that does not show it (it has no REST and no chain page): from a file that its helpdesk gives out, from a CA
 * description, or from a database that trusts it. What is taken must fit the server that was met: its TLS certificate has to
 * lead to one of these CAs, or to one that the database trusts.
 */
#include "nss/cert.h"

struct first_contact;
struct nssdb;

/* CA certificates of a PEM bundle, of PKCS#7, or one of DER; others in it are left out. "~/" is the home folder. Appended.
 * ERR_FLOW_CHAIN_FILE when it holds none, ERR_FILE_*, ERR_NSS_*. */
bool chain_file_read(const char *path, struct cert_list *cas, struct err *err) MUST_CHECK;
bool chain_file_parse(struct bytes text, struct cert_list *cas, struct err *err) MUST_CHECK;
/* The same CAs, the one that issued for the server (else the lowest) first, upwards from there; appended to out. db may be NULL.
 * A server that nobody has met over TLS shows no certificate and fits. ERR_FLOW_CHAIN_FILE when it belongs to another CA. */
bool chain_file_fits(struct nssdb *db, const struct first_contact *fc, const struct cert_list *cas, struct cert_list *out,
                     struct err *err) MUST_CHECK;
/* The CAs between the server's certificate and one that the database trusts, the issuing one first; false when it leads to none. */
bool chain_of_database(struct nssdb *db, const struct first_contact *fc, struct cert_list *out);
#endif
