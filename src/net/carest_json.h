/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_CAREST_JSON_H
#define CMCW_NET_CAREST_JSON_H
/* The CA's JSON into our structs; what is missing becomes "". ERR_NET_REST_SHAPE when the main thing is missing.
 * Private to src/net and its tests. */
#include "base/json.h"
#include "net/carest.h"

bool carest_json_status(const struct json *root, struct ca_status *out, struct err *err) MUST_CHECK;
bool carest_json_info(const struct json *root, struct ca_info *out, struct err *err) MUST_CHECK;
bool carest_json_entries(const struct json *root, struct ca_cert_entries *out, struct err *err) MUST_CHECK;
bool carest_json_request(const struct json *root, struct ca_request *out, struct err *err) MUST_CHECK;
/* Leaf first, appended. */
/* Moves entries over until there are as many as most. */
void ca_cert_entries_add(struct ca_cert_entries *to, struct ca_cert_entries *from, size_t most);
bool carest_json_cert(const struct json *root, struct ca_cert *out, struct err *err) MUST_CHECK;
bool carest_json_chain(const struct json *root, struct cert_list *out, struct err *err) MUST_CHECK;
bool carest_der_chain(struct bytes pkcs7_or_cert, struct cert_list *out, struct err *err) MUST_CHECK;
#endif
