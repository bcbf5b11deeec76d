/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_KRA_H
#define CMCW_NET_KRA_H
/*
 * Asks a Dogtag key recovery authority, as one of its agents, whether it keeps the private half of a public key. It answers beside
 * the CA (/kra/rest, or /kra/v2 of newer servers): a login with the TLS client certificate, a search by the name of the owner (some
 * servers list everybody's keys, page by page: the name is compared here too), and the public key of each hit, which decides.
 * Nothing is recovered, and no private key is asked for.
 */
#include "net/carest.h"

/* Blocking. rest was opened with the agent's identity; owner: the certificate's subject (RFC 4514). *id ("0x1a", raw;
 * caller frees): the authority's own number of the key, NULL when it keeps none; ERR_NET_REST_SHAPE when that cannot be
 * told, because not all keys were listed. ERR_NET_NO_REST where there is no such authority, ERR_NET_KRA_NOT_AGENT when
 * it does not let this certificate ask. */
bool kra_find_key(struct carest *rest, const char *owner, struct bytes spki, char **id, struct err *err) MUST_CHECK;
#endif
