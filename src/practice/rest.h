/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_REST_H
#define CMCW_PRACTICE_REST_H
/* Answers of the CA's web services as a Dogtag 11.3 server gives them (JSON), and the chain and CRL pages. arg of rest_*_show is
 * the path in front of the number. */
#include "practice/ca_private.h"

#define REST_ANSWER(name)                                                                                          \
    void name(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
REST_ANSWER(rest_status);
REST_ANSWER(rest_product);
REST_ANSWER(rest_info);
REST_ANSWER(rest_signing_cert);
REST_ANSWER(rest_transport_cert);
REST_ANSWER(rest_cert_chain);
REST_ANSWER(rest_ca_chain);
REST_ANSWER(rest_crl);
REST_ANSWER(rest_cert_search);
REST_ANSWER(rest_cert_list);
REST_ANSWER(rest_cert_show);
REST_ANSWER(rest_request_show);
REST_ANSWER(rest_login);
REST_ANSWER(rest_profiles);
/* The key recovery authority's, for agents: the keys of an owner, and one key. */
REST_ANSWER(rest_keys);
REST_ANSWER(rest_key_show);
/* The empty "Attributes" that many answers end with. */
struct json;
void rest_no_attributes(struct json *root);
/* A whole number of a query, up to 100000; otherwise when there is none. */
long rest_number(const char *query, const char *name, long otherwise);
/* "0x1a" or decimal as the store spells serials; NULL when it is neither. Caller frees. */
char *rest_serial(const char *text) MUST_CHECK;
#endif
