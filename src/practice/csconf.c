/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/csconf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"

struct switch_row {
    const char *key;
    bool is_number;
    size_t offset;
    const char *otherwise; /* default */
    const char *about;     /* comment in the file; English, as Dogtag's own file */
};

/* To add one: a member of struct csconf and a row. */
#define FLAG(key, member, otherwise, about) {key, false, offsetof(struct csconf, member), otherwise, about}
#define NUMBER(key, member, otherwise, about) {key, true, offsetof(struct csconf, member), otherwise, about}
static const struct switch_row rows[] = {
    FLAG("cmc.popLinkWitnessRequired", pop_link_witness_required, "false",
         "every request with a proof of possession needs identification, popLinkRandom and popLinkWitnessV2, an agent's too"),
    FLAG("cmc.bypassClientAuth", bypass_client_auth, "false", "agent-signed requests need no TLS client certificate"),
    FLAG("cmc.signerInfo.verify", signer_info_verify, "true", "false: the outer signature is not checked (for experiments)"),
    FLAG("cmc.lraPopWitness.verify.allow", lra_pop_allow, "false", "lraPOPWitness is accepted"),
    FLAG("cmc.revokeCert.verify", revoke_verify, "true", "signed revocation: the signer is compared with the certificate"),
    FLAG("cmc.cert.confirmRequired", confirm_required, "false", "success becomes confirmRequired"),
    FLAG("cmc.response.useSimpleOnSuccess", use_simple_on_success, "false", "success is answered with a Simple PKI Response"),
    FLAG("keyWrap.useOAEP", use_oaep, "false", "RSA-OAEP for encryptedPOP and shared tokens"),
    FLAG("kra.keyWrap.useOAEP", kra_use_oaep, "false", "RSA-OAEP for archival (the KRA's own keyWrap.useOAEP)"),
    FLAG("kra.allowKWP", kra_accept_kwp, "false", "archival with RFC 5649 key wrap, as KRAs from 11.10 on take it"),
    FLAG("ca.requestVerify.enabled", request_verify, "true", "PKCS#10 signatures are verified"),
    FLAG("practice.selfSignedProfiles", old_self_signed_profiles, "false",
         "the names caFullCMCSelfSignedCert and caECFullCMCSelfSignedCert exist, as before 10.5"),
    NUMBER("practice.sharedTokenAttempts", token_attempts, "10", "wrong secrets per user before a pause; 0: no limit"),
    NUMBER("practice.sharedTokenPause", token_pause, "300", "length of that pause in seconds"),
};

static bool *flag_of(struct csconf *conf, const struct switch_row *row)
{
    return (bool *)((char *)conf + row->offset);
}

static long *number_of(struct csconf *conf, const struct switch_row *row)
{
    return (long *)((char *)conf + row->offset);
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

bool csconf_set(struct csconf *conf, const char *key, const char *value, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].key, key) != 0) {
            continue;
        }
        if (rows[i].is_number) {
            return parse_number(value, number_of(conf, &rows[i])) ||
                   err_fail(err, ERR_PRACTICE_SWITCH, _("The switch %s takes a whole number."), key);
        }
        if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
            return err_fail(err, ERR_PRACTICE_SWITCH, _("The switch %s takes true or false."), key);
        }
        *flag_of(conf, &rows[i]) = strcmp(value, "true") == 0;
        return true;
    }
    if (text_starts(key, "auths.instance.SharedToken.")) {
        return true;
    }
    char *shown = text_visible_str(key);
    err_fail(err, ERR_PRACTICE_SWITCH, _("There is no switch named \"%s\"."), shown);
    free(shown);
    return false;
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
        ok = csconf_set(conf, trimmed, equals + 1, err) || err_context(err, _("%s, line %d."), path, number);
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
        if (rows[i].is_number) {
            buf_add(&text, "%s=%ld\n", rows[i].key, *number_of(&copy, &rows[i]));
        } else {
            buf_add(&text, "%s=%s\n", rows[i].key, *flag_of(&copy, &rows[i]) ? "true" : "false");
        }
    }
    bool ok = file_write(path, buf_peek(&text), 0600, err);
    buf_release(&text);
    return ok;
}
