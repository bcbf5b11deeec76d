/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/curlerr.h"

#include <errno.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/text.h"
#include "net/internal.h"

enum when { ANY_TIME, CONNECTING };

/* First row that fits. To add one: put it before more general rows of the same code. */
static const struct {
    CURLcode curl;
    enum when when;
    enum err_code code;
} rows[] = {
    {CURLE_COULDNT_RESOLVE_HOST, ANY_TIME, ERR_NET_RESOLVE},
    {CURLE_COULDNT_RESOLVE_PROXY, ANY_TIME, ERR_NET_PROXY_RESOLVE},
    {CURLE_COULDNT_CONNECT, ANY_TIME, ERR_NET_CONNECT},
    {CURLE_OPERATION_TIMEDOUT, CONNECTING, ERR_NET_CONNECT_TIMEOUT},
    {CURLE_OPERATION_TIMEDOUT, ANY_TIME, ERR_NET_TIMEOUT},
    {CURLE_GOT_NOTHING, ANY_TIME, ERR_NET_RESET},
    {CURLE_RECV_ERROR, CONNECTING, ERR_NET_CONNECT},
    {CURLE_RECV_ERROR, ANY_TIME, ERR_NET_RESET},
    {CURLE_SEND_ERROR, ANY_TIME, ERR_NET_RESET},
    {CURLE_PARTIAL_FILE, ANY_TIME, ERR_NET_ANSWER_TRUNCATED},
    {CURLE_UNSUPPORTED_PROTOCOL, ANY_TIME, ERR_NET_ANSWER_GARBAGE}, /* "HTTP/0.9 when not allowed" */
    {CURLE_WEIRD_SERVER_REPLY, ANY_TIME, ERR_NET_ANSWER_GARBAGE},
    {CURLE_BAD_CONTENT_ENCODING, ANY_TIME, ERR_NET_ANSWER_GARBAGE},
    {CURLE_FILESIZE_EXCEEDED, ANY_TIME, ERR_NET_ANSWER_TOO_BIG},
    {CURLE_HTTP2, ANY_TIME, ERR_NET_ANSWER_GARBAGE},
    {CURLE_URL_MALFORMAT, ANY_TIME, ERR_NET_URL},
};

static enum err_code row_for(CURLcode curl, bool connecting)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].curl == curl && (rows[i].when == ANY_TIME || connecting)) {
            return rows[i].code;
        }
    }
    return ERR_NET_SETUP;
}

/* A proxy is in between: is it the one to blame? */
static enum err_code proxy_row(CURL *easy, CURLcode curl, enum err_code code)
{
    long connect_code = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_code);
    if (connect_code == 407) {
        return ERR_NET_PROXY_AUTH;
    }
    if (connect_code != 0 && connect_code / 100 != 2) {
        return ERR_NET_PROXY_REFUSED;
    }
    if (curl == CURLE_COULDNT_CONNECT) {
        return ERR_NET_PROXY_CONNECT;
    }
    return code == ERR_NET_CONNECT ? ERR_NET_PROXY_REFUSED : code;
}

static enum err_code refine(enum err_code code, long os_error)
{
    if (code == ERR_NET_CONNECT && os_error == ECONNREFUSED) {
        return ERR_NET_CONNECT_REFUSED;
    }
    return code == ERR_NET_CONNECT && os_error == ETIMEDOUT ? ERR_NET_CONNECT_TIMEOUT : code;
}

bool curl_explain(CURL *easy, CURLcode curl, const char *curl_text, const struct ca_url *url, enum curl_when when,
                  bool proxied, struct err *err)
{
    enum err_code code = row_for(curl, when == CURL_CONNECTING);
    long os_error = 0;
    long connect_code = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error);
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_code);
    if (proxied && when == CURL_CONNECTING) {
        code = proxy_row(easy, curl, code);
    } else if (when == CURL_SENT && code == ERR_NET_CONNECT) {
        code = ERR_NET_RESET; /* libcurl wanted to send it once more: that is not for it to decide */
    } else {
        code = refine(code, os_error);
    }
    char *where = ca_url_authority(url, 0);
    err_fail(err, code, _("Server: %s"), where);
    free(where);
    if (proxied && connect_code != 0) {
        err_context(err, _("The proxy answered with HTTP %ld."), connect_code);
    }
    err_detail(err, ERR_SOURCE_CURL, (long)curl, curl_text && *curl_text ? curl_text : curl_easy_strerror(curl));
    return false;
}
