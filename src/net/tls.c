/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/tls.h"

#include <private/pprio.h>
#include <secerr.h>
#include <ssl.h>
#include <sslerr.h>
#include <sslproto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "net/internal.h"
#include "nss/nsserr.h"

/* ---- hooks ---- */

static bool chain_read(struct tls *tls, PRFileDesc *fd)
{
    CERTCertList *native = SSL_PeerCertificateChain(fd);
    cert_list_release(&tls->chain);
    if (!native) {
        return false;
    }
    bool good = true;
    for (CERTCertListNode *node = CERT_LIST_HEAD(native); good && !CERT_LIST_END(node, native);
         node = CERT_LIST_NEXT(node)) {
        struct cert *cert = cert_from_native(node->cert, &tls->verdict);
        good = cert != NULL && tls->chain.n < 32;
        if (cert) {
            cert_list_push_take(&tls->chain, cert);
        }
    }
    CERT_DestroyCertList(native);
    return good && tls->chain.n > 0;
}

static SECStatus auth_hook(void *arg, PRFileDesc *fd, PRBool check_signature, PRBool is_server)
{
    struct tls *tls = arg;
    (void)check_signature;
    (void)is_server;
    CERTCertificate *leaf = SSL_PeerCertificate(fd);
    if (!leaf) {
        PORT_SetError(SSL_ERROR_BAD_CERTIFICATE);
        return SECFailure;
    }
    if (tls->leaf) { /* renegotiation: the server must stay who it was */
        bool same = SECITEM_ItemsAreEqual(&leaf->derCert, &tls->leaf->derCert);
        CERT_DestroyCertificate(leaf);
        if (!same) {
            err_fail(&tls->verdict, ERR_NET_SERVER_BAD_CERT, "%s",
                     _("The server showed another certificate in the middle of the connection."));
            PORT_SetError(SSL_ERROR_BAD_CERTIFICATE);
        }
        return same ? SECSuccess : SECFailure;
    }
    if (!chain_read(tls, fd)) {
        err_fail(&tls->verdict, ERR_NET_SERVER_BAD_CERT, "%s", _("The server's chain of certificates cannot be read."));
    } else if (tls_verify(tls, leaf)) {
        tls->leaf = leaf;
        return tls->need_ocsp ? SECWouldBlock : SECSuccess;
    }
    CERT_DestroyCertificate(leaf);
    /* The alert that goes to the server depends on this number only; the reason for people is in the verdict. */
    PORT_SetError(tls->verdict.source == ERR_SOURCE_NSS && tls->verdict.number ? (PRErrorCode)tls->verdict.number
                                                                               : SEC_ERROR_UNTRUSTED_CERT);
    return SECFailure;
}

static SECStatus client_auth_hook(void *arg, PRFileDesc *fd, CERTDistNames *names, CERTCertificate **cert,
                                  SECKEYPrivateKey **key)
{
    struct tls *tls = arg;
    (void)fd;
    (void)names; /* the user chose; a CA that lists other issuers may still accept */
    tls->asked = true;
    if (!tls->params->client_cert) {
        return SECFailure;
    }
    *cert = CERT_DupCertificate(tls->params->client_cert);
    *key = SECKEY_CopyPrivateKey(tls->params->client_key);
    if (!*cert || !*key) {
        CERT_DestroyCertificate(*cert);
        *cert = NULL;
        return SECFailure;
    }
    tls->sent = true;
    return SECSuccess;
}

static void finished_hook(PRFileDesc *fd, void *arg)
{
    (void)fd;
    ((struct tls *)arg)->finished = true;
}

/* ---- set-up ---- */

static bool options_set(PRFileDesc *fd)
{
    /* No session cache: a resumed session would carry the client identity of an earlier one. */
    static const struct {
        PRInt32 option;
        PRIntn value;
    } rows[] = {
        {SSL_SECURITY, PR_TRUE},
        {SSL_HANDSHAKE_AS_CLIENT, PR_TRUE},
        {SSL_NO_CACHE, PR_TRUE},
        {SSL_ENABLE_SESSION_TICKETS, PR_FALSE},
        {SSL_ENABLE_POST_HANDSHAKE_AUTH, PR_TRUE},
        {SSL_ENABLE_RENEGOTIATION, SSL_RENEGOTIATE_REQUIRES_XTN},
        {SSL_ENABLE_OCSP_STAPLING, PR_TRUE},
        {SSL_ENABLE_FDX, PR_TRUE},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (SSL_OptionSet(fd, rows[i].option, rows[i].value) != SECSuccess) {
            return false;
        }
    }
    return true;
}

static bool versions_set(PRFileDesc *fd, const struct net_options *options)
{
    SSLVersionRange range = {SSL_LIBRARY_VERSION_TLS_1_2, SSL_LIBRARY_VERSION_TLS_1_3};
    SSLVersionRange supported;
    if (options->min_tls > range.min) {
        range.min = (PRUint16)options->min_tls;
    }
    if (options->max_tls && options->max_tls < range.max) {
        range.max = (PRUint16)options->max_tls;
    }
    /* The system's crypto policy may allow less. */
    if (SSL_VersionRangeGetSupported(ssl_variant_stream, &supported) == SECSuccess) {
        range.min = range.min > supported.min ? range.min : supported.min;
        range.max = range.max < supported.max ? range.max : supported.max;
    }
    return SSL_VersionRangeSet(fd, &range) == SECSuccess;
}

static bool is_address(const char *host)
{
    return strchr(host, ':') || strspn(host, "0123456789.") == strlen(host);
}

struct tls *tls_new(int fd, const struct tls_params *params, struct err *err)
{
    PRFileDesc *tcp = PR_ImportTCPSocket(fd);
    if (!tcp) {
        close(fd);
        nss_fail_as(err, ERR_NET_SETUP, NULL);
        return NULL;
    }
    PRSocketOptionData nonblocking = {.option = PR_SockOpt_Nonblocking, .value.non_blocking = PR_TRUE};
    PRFileDesc *ssl = PR_SetSocketOption(tcp, &nonblocking) == PR_SUCCESS ? SSL_ImportFD(NULL, tcp) : NULL;
    if (!ssl) {
        nss_fail_as(err, ERR_NET_SETUP, NULL);
        PR_Close(tcp);
        return NULL;
    }
    struct tls *tls = xcalloc(1, sizeof(*tls));
    tls->params = params;
    tls->fd = ssl;
    tls->sock = fd;
    bool good = options_set(ssl) && versions_set(ssl, params->options) &&
                SSL_AuthCertificateHook(ssl, auth_hook, tls) == SECSuccess &&
                SSL_GetClientAuthDataHook(ssl, client_auth_hook, tls) == SECSuccess &&
                SSL_HandshakeCallback(ssl, finished_hook, tls) == SECSuccess &&
                SSL_SetPKCS11PinArg(ssl, nssdb_wincx(params->db)) == SECSuccess &&
                SSL_ResetHandshake(ssl, PR_FALSE) == SECSuccess &&
                (is_address(params->host) || SSL_SetURL(ssl, params->host) == SECSuccess);
    if (!good) {
        nss_fail_as(err, ERR_NET_SETUP, NULL);
        tls_free(tls);
        return NULL;
    }
    return tls;
}

void tls_free(struct tls *tls)
{
    if (!tls) {
        return;
    }
    PR_Close(tls->fd);
    if (tls->leaf) {
        CERT_DestroyCertificate(tls->leaf);
    }
    cert_list_release(&tls->chain);
    strv_release(&tls->notes);
    err_release(&tls->verdict);
    free(tls);
}

/* ---- running ---- */

static void describe(struct tls *tls)
{
    SSLChannelInfo info;
    SSLCipherSuiteInfo suite;
    if (SSL_GetChannelInfo(tls->fd, &info, sizeof(info)) != SECSuccess) {
        return;
    }
    snprintf(tls->version, sizeof(tls->version), "TLS 1.%d", (info.protocolVersion & 0xff) - 1);
    if (SSL_GetCipherSuiteInfo(info.cipherSuite, &suite, sizeof(suite)) == SECSuccess) {
        snprintf(tls->cipher, sizeof(tls->cipher), "%s", suite.cipherSuiteName);
    }
}

enum tls_step tls_handshake(struct tls *tls, struct err *err)
{
    /* In TLS 1.3 the handshake can end within SSL_AuthCertificateComplete; SSL_ForceHandshake would then wait for
     * octets that a server without session tickets never sends. */
    if (tls->finished || SSL_ForceHandshake(tls->fd) == SECSuccess) {
        tls->ready = true;
        describe(tls);
        return TLS_READY;
    }
    PRErrorCode code = PR_GetError();
    if (code == PR_WOULD_BLOCK_ERROR) {
        return tls->need_ocsp ? TLS_NEED_OCSP : TLS_WAIT;
    }
    tls->failure = code;
    tls_explain(tls, code, true, err);
    return TLS_FAILED;
}

bool tls_judged(struct tls *tls, PRErrorCode refuse)
{
    tls->need_ocsp = false;
    return SSL_AuthCertificateComplete(tls->fd, refuse) == SECSuccess;
}

ssize_t tls_read(struct tls *tls, void *data, size_t len)
{
    PRInt32 n = PR_Read(tls->fd, data, (PRInt32)len);
    if (n >= 0) {
        return n;
    }
    PRErrorCode code = PR_GetError();
    if (code == PR_WOULD_BLOCK_ERROR) {
        return -1;
    }
    tls->failure = tls->failure ? tls->failure : code;
    return -2;
}

ssize_t tls_write(struct tls *tls, const void *data, size_t len)
{
    PRInt32 n = PR_Write(tls->fd, data, (PRInt32)len);
    if (n >= 0) {
        return n;
    }
    PRErrorCode code = PR_GetError();
    if (code == PR_WOULD_BLOCK_ERROR) {
        return -1;
    }
    /* The server's alert says more than "reset"; it may wait in the receive buffer. */
    char scrap[512];
    PRInt32 got = PR_Read(tls->fd, scrap, sizeof(scrap));
    PRErrorCode alert = got < 0 ? PR_GetError() : 0;
    if (alert && alert != PR_WOULD_BLOCK_ERROR) {
        code = alert;
    }
    tls->failure = tls->failure ? tls->failure : code;
    return -2;
}

/* ---- words ---- */

enum when { ANY_TIME, IF_ASKED_WITHOUT, IF_SENT, IN_HANDSHAKE };

/* First row that fits. To add one: put it before more general rows of the same error. */
static const struct {
    PRErrorCode error;
    enum when when;
    enum err_code code;
} explanations[] = {
    {SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT, ANY_TIME, ERR_NET_CLIENT_CERT_MISSING},
    {SSL_ERROR_HANDSHAKE_FAILURE_ALERT, IF_SENT, ERR_NET_CLIENT_CERT_REFUSED},
    {SSL_ERROR_HANDSHAKE_FAILURE_ALERT, IF_ASKED_WITHOUT, ERR_NET_CLIENT_CERT_MISSING},
    {SSL_ERROR_HANDSHAKE_FAILURE_ALERT, ANY_TIME, ERR_NET_TLS_CIPHER},
    {SSL_ERROR_BAD_CERT_ALERT, IF_ASKED_WITHOUT, ERR_NET_CLIENT_CERT_MISSING},
    {SSL_ERROR_BAD_CERT_ALERT, ANY_TIME, ERR_NET_CLIENT_CERT_REFUSED},
    {SSL_ERROR_REVOKED_CERT_ALERT, ANY_TIME, ERR_NET_CLIENT_CERT_REFUSED},
    {SSL_ERROR_EXPIRED_CERT_ALERT, ANY_TIME, ERR_NET_CLIENT_CERT_REFUSED},
    {SSL_ERROR_UNSUPPORTED_CERT_ALERT, ANY_TIME, ERR_NET_CLIENT_CERT_REFUSED},
    {SSL_ERROR_CERTIFICATE_UNKNOWN_ALERT, IF_ASKED_WITHOUT, ERR_NET_CLIENT_CERT_MISSING},
    {SSL_ERROR_CERTIFICATE_UNKNOWN_ALERT, ANY_TIME, ERR_NET_CLIENT_CERT_REFUSED},
    {SSL_ERROR_UNKNOWN_CA_ALERT, ANY_TIME, ERR_NET_CLIENT_CERT_REFUSED},
    {SSL_ERROR_ACCESS_DENIED_ALERT, IF_ASKED_WITHOUT, ERR_NET_CLIENT_CERT_MISSING},
    {SSL_ERROR_ACCESS_DENIED_ALERT, ANY_TIME, ERR_NET_CLIENT_CERT_REFUSED},
    {SSL_ERROR_DECRYPT_ERROR_ALERT, IF_SENT, ERR_NET_CLIENT_CERT_REFUSED},
    {SSL_ERROR_NO_CERTIFICATE, ANY_TIME, ERR_NET_CLIENT_KEY},
    {SSL_ERROR_PROTOCOL_VERSION_ALERT, ANY_TIME, ERR_NET_TLS_VERSION},
    {SSL_ERROR_UNSUPPORTED_VERSION, ANY_TIME, ERR_NET_TLS_VERSION},
    {SSL_ERROR_NO_CYPHER_OVERLAP, ANY_TIME, ERR_NET_TLS_CIPHER},
    {SSL_ERROR_INSUFFICIENT_SECURITY_ALERT, ANY_TIME, ERR_NET_TLS_CIPHER},
    {SSL_ERROR_WEAK_SERVER_EPHEMERAL_DH_KEY, ANY_TIME, ERR_NET_TLS_CIPHER},
    {SSL_ERROR_WEAK_SERVER_CERT_KEY, ANY_TIME, ERR_NET_TLS_CIPHER},
    {SSL_ERROR_RX_RECORD_TOO_LONG, IN_HANDSHAKE, ERR_NET_TLS_NOT_TLS},
    {SSL_ERROR_RX_UNKNOWN_RECORD_TYPE, IN_HANDSHAKE, ERR_NET_TLS_NOT_TLS},
    {SSL_ERROR_BAD_SERVER, IN_HANDSHAKE, ERR_NET_TLS_NOT_TLS},
    {PR_END_OF_FILE_ERROR, IN_HANDSHAKE, ERR_NET_TLS_CLOSED},
    {PR_CONNECT_RESET_ERROR, IN_HANDSHAKE, ERR_NET_TLS_CLOSED},
    {PR_CONNECT_ABORTED_ERROR, IN_HANDSHAKE, ERR_NET_TLS_CLOSED},
    {PR_SOCKET_SHUTDOWN_ERROR, IN_HANDSHAKE, ERR_NET_TLS_CLOSED},
    {PR_END_OF_FILE_ERROR, ANY_TIME, ERR_NET_RESET},
    {PR_CONNECT_RESET_ERROR, ANY_TIME, ERR_NET_RESET},
    {PR_CONNECT_ABORTED_ERROR, ANY_TIME, ERR_NET_RESET},
    {PR_SOCKET_SHUTDOWN_ERROR, ANY_TIME, ERR_NET_RESET},
};

static enum err_code explanation(const struct tls *tls, PRErrorCode error, bool during_handshake)
{
    for (size_t i = 0; i < ARRAY_LEN(explanations); i++) {
        bool fits = explanations[i].when == ANY_TIME ||
                    (explanations[i].when == IF_ASKED_WITHOUT && tls->asked && !tls->sent) ||
                    (explanations[i].when == IF_SENT && tls->sent) ||
                    (explanations[i].when == IN_HANDSHAKE && during_handshake);
        if (explanations[i].error == error && fits) {
            return explanations[i].code;
        }
    }
    return ERR_NET_TLS_FAILED;
}

/* What can be seen from here about a certificate that the server did not like. */
static void explain_refusal(const struct tls *tls, struct err *err)
{
    struct cert *cert = cert_from_native(tls->params->client_cert, NULL);
    if (!cert) {
        return;
    }
    char *subject = cert_subject(cert);
    char *until = when_human(cert_not_after(cert));
    err_context(err, _("Client certificate: %s"), subject);
    if (!cert_valid_at(cert, when_now())) {
        err_context(err, _("It was valid until %s."), until);
    }
    free(subject);
    free(until);
    cert_free(cert);
}

bool tls_explain(const struct tls *tls, PRErrorCode error, bool during_handshake, struct err *err)
{
    if (err_is_set(&tls->verdict)) {
        if (err) {
            err_copy(err, &tls->verdict);
        }
        return false;
    }
    enum err_code code = explanation(tls, error, during_handshake);
    err_fail(err, code, NULL);
    if (tls->asked && !tls->sent &&
        (code == ERR_NET_RESET || code == ERR_NET_TLS_CLOSED || code == ERR_NET_TLS_FAILED)) {
        err_context(err, "%s", _("The server had asked for a client certificate, and none was sent: this may be why."));
    }
    if (code == ERR_NET_CLIENT_CERT_REFUSED && tls->sent) {
        explain_refusal(tls, err);
    }
    err_detail(err, ERR_SOURCE_NSS, error, nss_error_symbol(error));
    return false;
}
