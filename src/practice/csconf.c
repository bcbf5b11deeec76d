/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/csconf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"

enum switch_kind { SWITCH_FLAG, SWITCH_NUMBER, SWITCH_TEXT };

struct switch_row {
    const char *key;
    enum switch_kind kind;
    size_t offset;
    const char *otherwise; /* default */
    const char *about;     /* comment in the file; English, as Dogtag's own file */
};

/* To add one: a member of struct csconf and a row. */
#define FLAG(key, member, otherwise, about) {key, SWITCH_FLAG, offsetof(struct csconf, member), otherwise, about}
#define NUMBER(key, member, otherwise, about) {key, SWITCH_NUMBER, offsetof(struct csconf, member), otherwise, about}
#define TEXT(key, member, otherwise, about) {key, SWITCH_TEXT, offsetof(struct csconf, member), otherwise, about}
#define SHARED "auths.instance.SharedToken."
static const struct switch_row rows[] = {
    FLAG("cmc.popLinkWitnessRequired", pop_link_witness_required, "false",
         "every request with a proof of possession needs identification, popLinkRandom and popLinkWitnessV2, an agent's too"),
    FLAG("cmc.bypassClientAuth", bypass_client_auth, "false", "agent-signed requests need no TLS client certificate"),
    FLAG("cmc.signerInfo.verify", signer_info_verify, "true", "false: the outer signature is not checked (for experiments)"),
    FLAG("cmc.lraPopWitness.verify.allow", lra_pop_allow, "false", "lraPOPWitness is accepted"),
    FLAG("cmc.revokeCert.verify", revoke_verify, "true", "signed revocation: the signer is compared with the certificate"),
    FLAG("cmc.cert.confirmRequired", confirm_required, "false", "success becomes confirmRequired"),
    FLAG("cmc.response.useSimpleOnSuccess", use_simple_on_success, "false", "success is answered with a Simple PKI Response"),
    TEXT("ca.cert.issuance_protection.nickname", protection, "practice-issuance-protection",
         "certificate in nssdb whose key opens shared tokens and challenges; counts from the next start on"),
    FLAG("keyWrap.useOAEP", use_oaep, "false", "RSA-OAEP for encryptedPOP and shared tokens"),
    FLAG("kra.keyWrap.useOAEP", kra_use_oaep, "false", "RSA-OAEP for archival (the KRA's own keyWrap.useOAEP)"),
    FLAG("kra.allowKWP", kra_accept_kwp, "false", "archival with RFC 5649 key wrap, as KRAs from 11.10 on take it"),
    FLAG("practice.transportCert", transport_cert, "true",
         "false: config/cert/transport answers 404, as where a CA does not know its KRA's transport certificate"),
    NUMBER("practice.keysPage", keys_page, "0", "archived keys that one page lists at most; 0: as many as asked for"),
    NUMBER("practice.keysMost", keys_most, "0", "archived keys that are listed at most, though there are more; 0: all"),
    FLAG("ca.requestVerify.enabled", request_verify, "true", "PKCS#10 signatures are verified"),
    FLAG("practice.selfSignedProfiles", old_self_signed_profiles, "false",
         "the names caFullCMCSelfSignedCert and caECFullCMCSelfSignedCert exist, as before 10.5"),
    NUMBER("practice.slowSeconds", slow_seconds, "8", "how late answers are while the fault \"slow\" is on"),
    FLAG("practice.est.login", est_login, "false", "enrollment over EST needs a name and a password (cmc-practice-ca est-user)"),
    NUMBER("practice.est.retryAfter", est_retry_after, "3600", "seconds that the fault \"est-later\" asks to wait; 0: it does not say"),
    TEXT("practice.messages", messages, "", "folder that keeps every CMC message and its answer, for looking at them; empty: none"),
    NUMBER("practice.sharedTokenAttempts", token_attempts, "10",
           "wrong secrets per user, and per certificate to be revoked, before a pause; 0: no limit"),
    NUMBER("practice.sharedTokenPause", token_pause, "300", "length of that pause in seconds"),
    TEXT(SHARED "ldap.ldapconn.host", users.host, "", "directory with users and shared tokens; empty: those of state.db"),
    NUMBER(SHARED "ldap.ldapconn.port", users.port, "389", "its port"),
    FLAG(SHARED "ldap.ldapconn.secureConn", users.secure, "false", "ldaps"),
    TEXT(SHARED "ldap.basedn", users.base, "dc=example,dc=com", "where its users are"),
    TEXT(SHARED "ldap.ldapauth.bindDN", users.bind_dn, "", "who reads; empty: anonymous"),
    TEXT(SHARED "ldap.ldapauth.bindPWPrompt", users.prompt, "Rule SharedToken", "name of the password in password.conf"),
    TEXT("internaldb.ldapconn.host", records.host, "",
         "directory where tokens for revocation stand in certificates' records (metaInfo), besides those of state.db; empty: none"),
    NUMBER("internaldb.ldapconn.port", records.port, "389", "its port"),
    FLAG("internaldb.ldapconn.secureConn", records.secure, "false", "ldaps"),
    TEXT("internaldb.basedn", records.base, "dc=example,dc=com", "above ou=certificateRepository,ou=ca"),
    TEXT("internaldb.ldapauth.bindDN", records.bind_dn, "", "who reads; empty: anonymous"),
    TEXT("internaldb.ldapauth.bindPWPrompt", records.prompt, "internaldb", "name of the password in password.conf"),
    TEXT(SHARED "shrTokAttr", token_attribute, "shrTok", "attribute with the token"),
};

/* Keys of a real CS.cfg under prefixes of ours that mean nothing here. */
static const char *const skipped[] = {
    "cmc.token", "cmc.sharedSecret.class", "cmc.revokeCert.sharedSecret.class",
    "ca.requestVerify.token",
    SHARED "pluginName", SHARED "dnpattern", SHARED "ldapByteAttributes", SHARED "ldapStringAttributes",
    SHARED "ldap.ldapauth.authtype", SHARED "ldap.ldapauth.clientCertNickname", SHARED "ldap.ldapconn.version",
    SHARED "ldap.minConns", SHARED "ldap.maxConns",
};

/* Keys that begin so are ours: one that is not known is a slip, and never passed over. */
static const char *const prefixes[] = {"cmc.", "practice.", SHARED};

static bool *flag_of(struct csconf *conf, const struct switch_row *row)
{
    return (bool *)((char *)conf + row->offset);
}

static long *number_of(struct csconf *conf, const struct switch_row *row)
{
    return (long *)((char *)conf + row->offset);
}

static char *text_of(struct csconf *conf, const struct switch_row *row)
{
    return (char *)conf + row->offset;
}

static bool parse_number(const char *text, long *out)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < 0 || value > 1000000000) {
        return false;
    }
    *out = value;
    return true;
}

static bool set_row(struct csconf *conf, const struct switch_row *row, const char *value, struct err *err)
{
    switch (row->kind) {
    case SWITCH_NUMBER:
        return parse_number(value, number_of(conf, row)) ||
               err_fail(err, ERR_PRACTICE_SWITCH, _("The switch %s takes a whole number."), row->key);
    case SWITCH_TEXT:
        if (strlen(value) >= CSCONF_TEXT || strpbrk(value, "\r\n")) {
            return err_fail(err, ERR_PRACTICE_SWITCH, _("The value of %s is too long."), row->key);
        }
        memcpy(text_of(conf, row), value, strlen(value) + 1);
        return true;
    case SWITCH_FLAG:
        break;
    }
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
        return err_fail(err, ERR_PRACTICE_SWITCH, _("The switch %s takes true or false."), row->key);
    }
    *flag_of(conf, row) = strcmp(value, "true") == 0;
    return true;
}

#define FAULT_PREFIX "practice.fault."

static bool set_fault(struct csconf *conf, const char *name, const char *value, struct err *err)
{
    enum practice_fault fault = fault_by_name(name);
    if (fault == FAULT_COUNT) {
        char *shown = text_visible_str(name);
        err_fail(err, ERR_PRACTICE_FAULT, "%s", shown);
        free(shown);
        return false;
    }
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
        return err_fail(err, ERR_PRACTICE_SWITCH, _("The switch %s takes true or false."), name);
    }
    conf->fault[fault] = strcmp(value, "true") == 0;
    return true;
}

static bool is_skipped(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(skipped); i++) {
        if (strcmp(skipped[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_ours(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (text_starts(key, prefixes[i])) {
            return true;
        }
    }
    return false;
}

#define SLIPS_MAX 2

/* The switch whose name is at most SLIPS_MAX slips away, or NULL. */
static const char *nearest(const char *key)
{
    const char *best = NULL;
    int least = SLIPS_MAX + 1;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t a = strlen(key), b = strlen(rows[i].key);
        int distance = a > b + SLIPS_MAX || b > a + SLIPS_MAX ? least : text_distance(key, rows[i].key);
        if (distance < least) {
            least = distance;
            best = rows[i].key;
        }
    }
    return best;
}

static bool unknown(const char *key, struct err *err)
{
    char *shown = text_visible_str(key);
    const char *near = nearest(key);
    err_fail(err, ERR_PRACTICE_SWITCH, near ? _("%s is not known; did you mean %s?") : _("There is no switch named \"%s\"."), shown,
             near);
    free(shown);
    return false;
}

bool csconf_set(struct csconf *conf, const char *key, const char *value, struct err *err)
{
    if (text_starts(key, FAULT_PREFIX)) {
        return set_fault(conf, key + strlen(FAULT_PREFIX), value, err);
    }
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].key, key) == 0) {
            return set_row(conf, &rows[i], value, err);
        }
    }
    return is_skipped(key) || unknown(key, err);
}

/* A line of the file: a real CS.cfg has a thousand keys that are nothing to the practice CA; a slip in one of ours is an error. */
static bool take_line(struct csconf *conf, const char *key, const char *value, struct err *err)
{
    bool known = is_ours(key) || nearest(key);
    return (!known && !is_skipped(key)) || csconf_set(conf, key, value, err);
}

void csconf_defaults(struct csconf *conf)
{
    memset(conf, 0, sizeof *conf);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!csconf_set(conf, rows[i].key, rows[i].otherwise, NULL)) {
            abort();
        }
    }
}

bool csconf_read(const char *path, struct csconf *conf, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    csconf_defaults(conf);
    if (!file_read(path, &text, err)) {
        return false;
    }
    bool ok = strlen(buf_str(&text)) == text.len || err_fail(err, ERR_PRACTICE_SWITCH, "%s", path);
    char *copy = buf_take_str(&text);
    int number = 0;
    char *rest = NULL;
    for (char *line = copy; ok && line; line = rest) {
        rest = strchr(line, '\n');
        if (rest) {
            *rest++ = '\0';
        }
        number++;
        char *trimmed = text_trim(line);
        if (*trimmed == '\0' || *trimmed == '#') {
            continue;
        }
        char *equals = strchr(trimmed, '=');
        if (!equals) {
            ok = err_fail(err, ERR_PRACTICE_SWITCH, _("%s, line %d: there is no \"=\"."), path, number);
            break;
        }
        *equals = '\0';
        ok = take_line(conf, trimmed, equals + 1, err) || err_context(err, _("%s, line %d."), path, number);
    }
    free(copy);
    return ok;
}

bool csconf_write(const char *path, const struct csconf *conf, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct csconf copy = *conf;
    buf_add(&text, "# Switches of the practice CA, named as in a Dogtag CA's CS.cfg.\n");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        buf_add(&text, "\n# %s\n", rows[i].about);
        switch (rows[i].kind) {
        case SWITCH_NUMBER: buf_add(&text, "%s=%ld\n", rows[i].key, *number_of(&copy, &rows[i])); break;
        case SWITCH_TEXT: buf_add(&text, "%s=%s\n", rows[i].key, text_of(&copy, &rows[i])); break;
        case SWITCH_FLAG: buf_add(&text, "%s=%s\n", rows[i].key, *flag_of(&copy, &rows[i]) ? "true" : "false"); break;
        }
    }
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        if (conf->fault[i]) {
            buf_add(&text, "\n%s%s=true\n", FAULT_PREFIX, fault_row((enum practice_fault)i)->name);
        }
    }
    bool ok = file_write(path, buf_peek(&text), 0600, err);
    buf_release(&text);
    return ok;
}
