/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NET_CURLERR_H
#define CMCW_NET_CURLERR_H
/* libcurl's result codes in our words. Private to src/net. */
#include <curl/curl.h>

#include "net/transport.h"

enum curl_when { CURL_CONNECTING /* nothing of the request was sent */, CURL_SENT };

/* proxied: a proxy is set. Always false. */
bool curl_explain(CURL *easy, CURLcode curl, const char *curl_text, const struct ca_url *url, enum curl_when when,
                  bool proxied, struct err *err);
#endif
