/* SPDX-License-Identifier: Apache-2.0 */
/* What a CA's refusal means: error codes and ranked causes for cmc/response.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "cmc/response.h"

#define ANY (-1)

/* Sentences of Dogtag's CA that tell more than the failInfo. The first row that fits wins. To add one: a row (failInfo
 * or ANY, one or two pieces that the sentence must hold in this order, error code). */
static const struct {
    int fail_info;
    const char *piece, *then;
    enum err_code code;
} sentences[] = {
    {ANY, "certificate and CMC signer do not match", NULL, ERR_CA_TLS_SIGNER_DIFFER},
    {ANY, "No Client Certificate Found", NULL, ERR_CA_NO_CLIENT_CERT},
    {ANY, "revoked certificate", NULL, ERR_CA_SIGNER_REVOKED},
    {ANY, "authorization failure", NULL, ERR_CA_NOT_AUTHORIZED},
    {ANY, "POP Link Witness", NULL, ERR_CA_POP_LINK},
    {ANY, "missing id_cmc_identification", NULL, ERR_CA_IDENTIFICATION_NEEDED},
    {ANY, "verifySelfSignedCMC", NULL, ERR_CA_SELF_SIGNATURE},
    {ANY, "Invalid Credential", NULL, ERR_CA_INVALID_CREDENTIAL},
    {ANY, "verifySignerInfo failure", NULL, ERR_CA_INVALID_CREDENTIAL},
    {ANY, "DRM request failed", NULL, ERR_CA_ARCHIVAL_FAILED},
    {ANY, "KRA", "failed", ERR_CA_ARCHIVAL_FAILED},
    {ANY, "Policy Set Not Found", NULL, ERR_CA_POLICY_SET},
    {ANY, "Profile ", " Not Found", ERR_CA_PROFILE_NOT_FOUND},
    {ANY, "Profile ", " Not Enabled", ERR_CA_PROFILE_NOT_FOUND},
    {ANY, "Renewal Grace Period", NULL, ERR_CA_RENEWAL_WINDOW},
    {ANY, "Request Deferred", NULL, ERR_CA_DEFERRED},
    {ANY, "Subject Name Not", NULL, ERR_CA_SUBJECT_REJECTED},
    {ANY, "Key Type", "Not Matched", ERR_CA_KEY_REJECTED},
    {ANY, "Key Parameters", "Not Matched", ERR_CA_KEY_REJECTED},
    {ANY, "Key Length", "Not Matched", ERR_CA_KEY_REJECTED},
    {ANY, "Key Min Length", NULL, ERR_CA_KEY_REJECTED},
    {ANY, "Key Max Length", NULL, ERR_CA_KEY_REJECTED},
    {CMC_FAIL_BAD_IDENTITY, "do not match", NULL, ERR_CA_REVOKE_IDENTITY},
};

/* Index = failInfo. */
static const enum err_code by_fail_info[] = {
    ERR_CA_BAD_ALG,         ERR_CA_BAD_MESSAGE_CHECK, ERR_CA_BAD_REQUEST,  ERR_CA_BAD_TIME,       ERR_CA_BAD_CERT_ID,
    ERR_CA_UNSUPPORTED_EXT, ERR_CA_MUST_ARCHIVE_KEYS, ERR_CA_BAD_IDENTITY, ERR_CA_POP_REQUIRED,   ERR_CA_POP_FAILED,
    ERR_CA_NO_KEY_REUSE,    ERR_CA_INTERNAL,          ERR_CA_TRY_LATER,    ERR_CA_AUTH_DATA_FAIL,
};

#define AGENT (1u << CMC_SENT_AGENT)
#define USER (1u << CMC_SENT_USER)
#define SECRET (1u << CMC_SENT_SHARED_SECRET)
#define UNSIGNED (1u << CMC_SENT_UNSIGNED)
#define ALL (AGENT | USER | SECRET | UNSIGNED | 1u << CMC_SENT_UNKNOWN)

/* Causes by likelihood for each error and kind of signer. To add one: a row at its rank among those of its code. */
static const struct {
    enum err_code code;
    unsigned signers;
    const char *text;
} causes[] = {
    {ERR_CA_INVALID_CREDENTIAL, AGENT | 1u << CMC_SENT_UNKNOWN,
     N_("The signer's exact certificate is not registered for an agent at the CA.")},
    {ERR_CA_INVALID_CREDENTIAL, AGENT | USER | 1u << CMC_SENT_UNKNOWN,
     N_("No TLS client certificate reached the CA, or its subject is not the signer's.")},
    {ERR_CA_INVALID_CREDENTIAL, ALL, N_("The signature of the certificate request itself is damaged.")},
    {ERR_CA_INVALID_CREDENTIAL, AGENT | USER,
     N_("The signer's certificate is expired, revoked, or was issued by another CA.")},
    {ERR_CA_INVALID_CREDENTIAL, SECRET, N_("The profile wants an agent's signature, not a shared secret.")},
    {ERR_CA_BAD_REQUEST, SECRET,
     N_("The proof of identity is missing, or the profile is not made for shared secrets.")},
    {ERR_CA_BAD_REQUEST, AGENT | USER, N_("The signer or the TLS client certificate was not accepted.")},
    {ERR_CA_BAD_REQUEST, ALL, N_("The CA demands popLinkWitnessV2 (cmc.popLinkWitnessRequired).")},
    {ERR_CA_BAD_REQUEST, ALL, N_("The request has a form that this server does not read.")},
    {ERR_CA_BAD_IDENTITY, ALL, N_("The shared secret is not the one that the helpdesk stored.")},
    {ERR_CA_BAD_IDENTITY, ALL, N_("The user id is misspelt or unknown in the CA's directory.")},
    {ERR_CA_BAD_IDENTITY, ALL, N_("No shared token is stored for this user, or it was removed after its first use.")},
    {ERR_CA_BAD_IDENTITY, ALL,
     N_("The shared token was made for another issuance protection certificate or another padding.")},
    {ERR_CA_BAD_IDENTITY, ALL,
     N_("The server cannot verify the MAC that was used; HMAC-SHA-256 works with every server.")},
    {ERR_CA_REVOKE_IDENTITY, UNSIGNED | SECRET,
     N_("The revocation secret is wrong, or none is stored for this certificate.")},
    {ERR_CA_REVOKE_IDENTITY, UNSIGNED | SECRET, N_("The issuer name in the request is not the certificate's issuer.")},
    {ERR_CA_REVOKE_IDENTITY, USER, N_("The certificate belongs to another subject than the signer's.")},
    {ERR_CA_POP_FAILED, ALL, N_("The certificate request was changed after its key signed it.")},
    {ERR_CA_POP_FAILED, ALL, N_("The challenge was opened with another key, or belongs to another request.")},
    {ERR_CA_POP_FAILED, ALL, N_("The request id of the first trip (regInfo) is missing or was changed.")},
    {ERR_CA_INTERNAL, ALL, N_("The profile does not allow something in the request.")},
    {ERR_CA_INTERNAL, ALL, N_("The profile does not exist or is not enabled.")},
    {ERR_CA_INTERNAL, ALL, N_("A part of the server (directory, key recovery authority) does not answer.")},
    {ERR_CA_ARCHIVAL_FAILED, ALL,
     N_("The key was wrapped with an algorithm that the key recovery authority does not take.")},
    {ERR_CA_ARCHIVAL_FAILED, ALL, N_("OAEP is switched on at one side only.")},
    {ERR_CA_ARCHIVAL_FAILED, ALL, N_("The transport certificate is not the current one.")},
    {ERR_CA_ARCHIVAL_FAILED, ALL, N_("The key recovery authority is down.")},
    {ERR_CA_PROFILE_NOT_FOUND, ALL,
     N_("The profile is disabled (user-signed and shared-secret profiles are, as shipped).")},
    {ERR_CA_PROFILE_NOT_FOUND, ALL, N_("The name is misspelt, or the CA's version does not have this profile.")},
    {ERR_CA_KEY_REJECTED, ALL,
     N_("The profile is for the other key type; there are sister profiles with EC in their name.")},
    {ERR_CA_KEY_REJECTED, ALL, N_("User profiles for elliptic curves lack nistp384.")},
    {ERR_CA_SUBJECT_REJECTED, SECRET, N_("The user's directory entry gives no subject name.")},
    {ERR_CA_SUBJECT_REJECTED, ALL, N_("The subject lacks a part that the profile demands (CN or UID).")},
    {ERR_CA_POP_LINK, AGENT | USER,
     N_("The CA's switch cmc.popLinkWitnessRequired applies to agents and users as well.")},
    {ERR_CA_POP_LINK, ALL, N_("The shared secret or the identification used for the witness is wrong.")},
    {ERR_CA_SELF_SIGNATURE, ALL, N_("The request was signed with another key than its own.")},
    {ERR_CA_SELF_SIGNATURE, ALL,
     N_("The request has no subject key identifier, or one in a form that this server does not take.")},
};

static bool sentence_fits(const char *text, const char *piece, const char *then)
{
    const char *at = strstr(text, piece);
    return at && (!then || strstr(at + strlen(piece), then));
}

/* What our own knowledge of the request adds where the CA's sentence says nothing. */
static enum err_code by_context(int fail_info, const struct cmc_sent *sent)
{
    if (!sent) {
        return ERR_NONE;
    }
    if (fail_info == CMC_FAIL_INTERNAL_CA_ERROR && sent->ec_key && sent->no_pop && !sent->second_trip) {
        return ERR_CA_CHALLENGE_EC;
    }
    if (fail_info == CMC_FAIL_BAD_IDENTITY && sent->revocation) {
        return ERR_CA_REVOKE_IDENTITY;
    }
    return ERR_NONE;
}

static enum err_code failed_code(const struct cmc_status *status, const struct cmc_sent *sent)
{
    for (size_t i = 0; status->text && i < ARRAY_LEN(sentences); i++) {
        bool same =
            sentences[i].fail_info == ANY || (status->has_fail_info && status->fail_info == sentences[i].fail_info);
        if (same && sentence_fits(status->text, sentences[i].piece, sentences[i].then)) {
            return sentences[i].code;
        }
    }
    if (!status->has_fail_info || status->fail_info < 0 || (size_t)status->fail_info >= ARRAY_LEN(by_fail_info)) {
        return ERR_CA_FAILED;
    }
    enum err_code code = by_context(status->fail_info, sent);
    return code != ERR_NONE ? code : by_fail_info[status->fail_info];
}

static enum err_code status_code(const struct cmc_status *status, const struct cmc_sent *sent)
{
    switch (status->status) {
    case CMC_STATUS_SUCCESS:
        return ERR_NONE;
    case CMC_STATUS_PENDING:
        return status->has_fail_info ? failed_code(status, sent) : ERR_CA_PENDING;
    case CMC_STATUS_NO_SUPPORT:
        return ERR_CA_NO_SUPPORT;
    case CMC_STATUS_CONFIRM_REQUIRED:
        return ERR_CA_CONFIRM_REQUIRED;
    case CMC_STATUS_POP_REQUIRED:
        return ERR_CA_POP_REQUIRED;
    case CMC_STATUS_PARTIAL:
        return ERR_CA_PARTIAL;
    case CMC_STATUS_FAILED:
        return failed_code(status, sent);
    default:
        return ERR_CA_UNKNOWN_STATUS;
    }
}

bool cmc_status_error(const struct cmc_status *status, const struct cmc_sent *sent, struct err *err)
{
    enum err_code code = status_code(status, sent);
    if (code == ERR_NONE) {
        return false;
    }
    char *number = xasprintf("%d", status->fail_info);
    if (status->has_fail_info) {
        err_fail(err, code, _("The CA's answer: %s, %s (%s)."), cmc_status_name(status->status),
                 cmc_fail_info_name(status->fail_info), number);
    } else {
        err_fail(err, code, _("The CA's answer: %s."), cmc_status_name(status->status));
    }
    free(number);
    if (status->text && status->text[0]) {
        err_context(err, _("The CA's words: \"%s\""), status->text);
    }
    if (status->has_ext) {
        err_context(err, _("The CA adds an extended reason: %s"), status->ext_oid);
    }
    if (status->has_pend) {
        char *token = text_visible(buf_peek(&status->pend_token));
        err_context(err, _("The CA's id of the waiting request: %s"), token);
        free(token);
    }
    if (code == ERR_CA_PROFILE_NOT_FOUND && sent && sent->profile) {
        err_context(err, _("The profile that was asked for: %s"), sent->profile);
    }
    err_detail(err, ERR_SOURCE_CMC, status->has_fail_info ? status->fail_info : status->status,
               status->has_fail_info ? cmc_fail_info_name(status->fail_info) : cmc_status_name(status->status));
    return true;
}

bool cmc_response_error(const struct cmc_response *r, const struct cmc_sent *sent, struct err *err)
{
    if (r->outcome == CMC_SUCCESS) {
        return false;
    }
    if (r->n_statuses == 0) {
        err_fail(err, ERR_CA_NO_STATUS, NULL);
        return true;
    }
    return cmc_status_error(&r->statuses[r->decisive], sent, err);
}

const char *cmc_error_cause(enum err_code code, const struct cmc_sent *sent, size_t index)
{
    unsigned signer = 1u << (sent ? sent->signer : CMC_SENT_UNKNOWN);
    for (size_t i = 0; i < ARRAY_LEN(causes); i++) {
        if (causes[i].code == code && (causes[i].signers & signer) && index-- == 0) {
            return causes[i].text;
        }
    }
    return NULL;
}

void cmc_status_causes(const struct cmc_status *status, const struct cmc_sent *sent, struct strv *out)
{
    enum err_code code = status_code(status, sent);
    const char *text;
    for (size_t i = 0; (text = cmc_error_cause(code, sent, i)) != NULL; i++) {
        strv_push(out, _(text));
    }
}
