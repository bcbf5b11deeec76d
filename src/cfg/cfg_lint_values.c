/* SPDX-License-Identifier: Apache-2.0 */
/* Each effective value by the type of its key. Empty values are the business of cfg_lint_keys.c. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "cfg/cfg_internal.h"
#include "cfg/cfg_lint_internal.h"
#include "cfg/profiles.h"

static void check_bool(struct lint *lint, const struct cfg_entry *entry)
{
    const struct cfg_key *row = cfg_key_canonical(entry->row);
    bool yes = strcasecmp(entry->value, "true") == 0;
    bool no = strcasecmp(entry->value, "false") == 0;
    if (row->id == CFG_REV_ENABLE && !yes && !no) {
        lint_report(lint, CFG_LINT_BOOL_REVOKE, entry, NULL, LINT_ARGS(entry->value));
    } else if (!*entry->value || no || strcmp(entry->value, "true") == 0) {
        return;
    } else if (!yes) {
        lint_report(lint, CFG_LINT_BOOL_WORD, entry, NULL, LINT_ARGS(entry->value));
    } else if (row->flags & CFG_F_MIXED_CASE) {
        lint_report(lint, CFG_LINT_BOOL_MIXED, entry, NULL, LINT_ARGS(entry->value));
    } else if (row->type == CFG_TYPE_BOOL_CS) {
        lint_report(lint, CFG_LINT_BOOL_CASE, entry, NULL, LINT_ARGS(entry->value));
    }
}

static void check_int(struct lint *lint, const struct cfg_entry *entry)
{
    const struct cfg_key *row = entry->row;
    long number;
    if (!cfg_number(entry->value, &number)) {
        lint_report(lint, CFG_LINT_NUMBER, entry, NULL, LINT_ARGS(entry->value));
        return;
    }
    if (row->id == CFG_NUM_REQUESTS && !(lint->mode & CFG_MODES_ENROLL)) {
        return; /* must be a number, but nothing is done with it */
    }
    if (row->id == CFG_NUM_REQUESTS && number == 0 && cfg_controls_suffice(lint->cfg)) {
        return;
    }
    if (row->id == CFG_NUM_REQUESTS && number <= 0) {
        lint_report(lint, CFG_LINT_NUM_ZERO, entry, NULL, LINT_ARGS(entry->value));
    } else if (number < row->min || number > row->max) {
        char *min = xasprintf("%ld", row->min);
        char *max = xasprintf("%ld", row->max);
        lint_report(lint, CFG_LINT_RANGE, entry, NULL, LINT_ARGS(entry->value, min, max));
        free(min);
        free(max);
    } else if (row->id == CFG_NUM_REQUESTS && number > 1) {
        lint_report(lint, CFG_LINT_SEVERAL, entry, NULL, LINT_ARGS(entry->value));
    }
}

static bool is_algorithm(enum cfg_key_id id)
{
    return id == CFG_IDENTITY_PROOF_V2_HASH || id == CFG_IDENTITY_PROOF_V2_MAC || id == CFG_POP_LINK_WITNESS_V2_KEY_GEN
        || id == CFG_POP_LINK_WITNESS_V2_MAC;
}

/* SHA1, SHA-1, SHA-1-HMAC, HmacSHA1 in any case. */
static bool names_sha1(const char *value)
{
    for (; *value; value++) {
        if (strncasecmp(value, "sha", 3) == 0) {
            const char *digit = value + 3 + (value[3] == '-');
            return digit[0] == '1' && !isdigit((unsigned char)digit[1]);
        }
    }
    return false;
}

/* The choice that is meant but written in another case; caller frees; NULL when none. */
static char *choice_in_other_case(const char *choices, const char *value)
{
    size_t len = strlen(value);
    while (*choices) {
        size_t span = strcspn(choices, " ");
        if (span == len && strncasecmp(choices, value, len) == 0) {
            return xstrndup(choices, span);
        }
        choices += span;
        choices += strspn(choices, " ");
    }
    return NULL;
}

/* Servers before compute it with a block of 64 octets, which is no HMAC-SHA-512. The hash that makes the key may be any. */
static void check_mac_for_server(struct lint *lint, const struct cfg_entry *entry)
{
    const char *aim = lint->facts->dogtag;
    bool mac = is_algorithm(entry->row->id) && strcmp(entry->value, "SHA-512-HMAC") == 0;
    if (mac && aim && version_compare(aim, CFG_SHA512_HMAC_SINCE) < 0 && lint_used(lint->cfg, entry->row)) {
        lint_report(lint, CFG_LINT_ALG_SHA512_HMAC, entry, NULL, LINT_ARGS(CFG_SHA512_HMAC_SINCE, aim));
    }
}

static void check_enum(struct lint *lint, const struct cfg_entry *entry)
{
    const struct cfg_key *row = entry->row;
    if (cfg_enum(lint->cfg, row->id) >= 0) {
        if (row->id == CFG_REV_REASON && strcasecmp(entry->value, "removeFromCRL") == 0 && lint_used(lint->cfg, row)) {
            lint_report(lint, CFG_LINT_REMOVE_FROM_CRL, entry, NULL, LINT_ARGS(entry->value));
        }
        check_mac_for_server(lint, entry);
        return;
    }
    if (is_algorithm(row->id)) {
        if (!lint_used(lint->cfg, row)) {
            return;
        }
        if (names_sha1(entry->value)) {
            lint_report(lint, CFG_LINT_ALG_SHA1, entry, NULL, LINT_ARGS(entry->value, row->otherwise));
            return;
        }
        if (strcasecmp(entry->value, "SHA-384-HMAC") == 0) {
            lint_report(lint, CFG_LINT_ALG_SHA384_HMAC, entry, NULL, LINT_ARGS(entry->value));
            return;
        }
    }
    char *meant = choice_in_other_case(row->choices, entry->value);
    if (meant) {
        lint_report(lint, CFG_LINT_CHOICE_CASE, entry, NULL, LINT_ARGS(entry->value, meant));
    } else {
        lint_report(lint, CFG_LINT_CHOICE, entry, NULL, LINT_ARGS(entry->value, row->choices));
    }
    free(meant);
}

#define KEY_ID_DIGITS 40 /* 20 octets */

static void check_key_id(struct lint *lint, const struct cfg_entry *entry)
{
    const char *value = entry->value;
    bool plain = text_starts(value, "0x");
    const char *digits = plain ? value + 2 : value + (*value == '-');
    size_t len = strlen(digits);
    if (!len || strspn(digits, "0123456789abcdefABCDEF") != len || (!plain && len > KEY_ID_DIGITS)) {
        lint_report(lint, CFG_LINT_KEY_ID, entry, NULL, LINT_ARGS(NULL));
    } else if (plain && (!lint->facts->dogtag || version_compare(lint->facts->dogtag, "11.3") < 0)) {
        lint_report(lint, CFG_LINT_KEY_ID_0X, entry, NULL, LINT_ARGS(NULL));
    }
}

#define SERIAL_HEX_MAX 128 /* digits; RFC 5280 allows 40 */

/* Decimal text of hexadecimal digits; caller frees. */
static char *hex_to_decimal(const char *hex)
{
    uint8_t decimal[SERIAL_HEX_MAX * 2] = {0}; /* lowest digit first */
    size_t used = 1;
    for (; *hex; hex++) {
        int carry = isdigit((unsigned char)*hex) ? *hex - '0' : tolower((unsigned char)*hex) - 'a' + 10;
        for (size_t i = 0; i < used; i++) {
            carry += decimal[i] * 16;
            decimal[i] = (uint8_t)(carry % 10);
            carry /= 10;
        }
        while (carry) {
            decimal[used++] = (uint8_t)(carry % 10);
            carry /= 10;
        }
    }
    char *text = xmalloc(used + 1);
    for (size_t i = 0; i < used; i++) {
        text[i] = (char)('0' + decimal[used - 1 - i]);
    }
    text[used] = '\0';
    return text;
}

static void check_serial(struct lint *lint, const struct cfg_entry *entry)
{
    const char *value = entry->value;
    if (value[strspn(value, "0123456789")] == '\0') {
        return;
    }
    const char *hex = value + 2;
    bool is_hex = (text_starts(value, "0x") || text_starts(value, "0X")) && *hex && strlen(hex) <= SERIAL_HEX_MAX
        && hex[strspn(hex, "0123456789abcdefABCDEF")] == '\0';
    if (!is_hex || entry->row->id != CFG_REV_SERIAL) {
        lint_report(lint, CFG_LINT_SERIAL, entry, NULL, LINT_ARGS(value));
    } else if (!lint->facts->dogtag || version_compare(lint->facts->dogtag, "11.5") < 0) {
        char *decimal = hex_to_decimal(hex);
        lint_report(lint, CFG_LINT_SERIAL_HEX, entry, NULL, LINT_ARGS(value, decimal));
        free(decimal);
    }
}

/* Only the shape: an attribute type, then '='. */
static void check_dn(struct lint *lint, const struct cfg_entry *entry)
{
    const char *at = entry->value + strspn(entry->value, " ");
    size_t type = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");
    if (!type || at[type + strspn(at + type, " ")] != '=') {
        lint_report(lint, CFG_LINT_DN, entry, NULL, LINT_ARGS(entry->value));
    }
}

static void check_path(struct lint *lint, const struct cfg_entry *entry)
{
    const char *value = entry->value;
    const char *path = text_starts(value, "sql:") || text_starts(value, "dbm:") ? value + 4 : value;
    if (*path == '~') {
        lint_report(lint, CFG_LINT_TILDE, entry, NULL, LINT_ARGS(NULL));
    }
}

static bool has_prefix(const char *nickname, const char *token)
{
    size_t len = strlen(token);
    return len && strncasecmp(nickname, token, len) == 0 && nickname[len] == ':';
}

static void check_nickname(struct lint *lint, const struct cfg_entry *entry)
{
    const char *token = cfg_get(lint->cfg, CFG_TOKENNAME);
    if (has_prefix(entry->value, "internal") || has_prefix(entry->value, "Internal Key Storage Token")
        || (token && has_prefix(entry->value, token))) {
        lint_report(lint, CFG_LINT_NICK_PREFIX, entry, NULL, LINT_ARGS(NULL));
    }
}

static void check_secret(struct lint *lint, const struct cfg_entry *entry)
{
    if (entry->row->id != CFG_PASSWORD && !text_is_ascii(entry->value)) {
        lint_report(lint, CFG_LINT_SECRET_ASCII, entry, NULL, LINT_ARGS(NULL));
    }
}

static void check_id_list(struct lint *lint, const struct cfg_entry *entry)
{
    if (entry->value[strspn(entry->value, "0123456789 ")]) {
        lint_report(lint, CFG_LINT_NUMBER, entry, NULL, LINT_ARGS(entry->value));
    }
}

static void check_host(struct lint *lint, const struct cfg_entry *entry)
{
    const char *colon = strchr(entry->value, ':');
    bool one_colon = colon && !strchr(colon + 1, ':') && *entry->value != '[';
    if (one_colon || strpbrk(entry->value, "/ \t@?#")) {
        lint_report(lint, CFG_LINT_HOST, entry, NULL, LINT_ARGS(entry->value));
    }
}

static void check_servlet(struct lint *lint, const struct cfg_entry *entry)
{
    if (*entry->value != '/' || strpbrk(entry->value, " \t")) {
        lint_report(lint, CFG_LINT_SERVLET, entry, NULL, LINT_ARGS(entry->value));
    }
}

/* Indexed by type; NULL: any value will do. */
static void (*const checks[])(struct lint *, const struct cfg_entry *) = {
    [CFG_TYPE_BOOL_CS] = check_bool,
    [CFG_TYPE_BOOL_CI] = check_bool,
    [CFG_TYPE_INT] = check_int,
    [CFG_TYPE_PATH_IN] = check_path,
    [CFG_TYPE_PATH_OUT] = check_path,
    [CFG_TYPE_PATH_LIST] = check_path,
    [CFG_TYPE_DIR] = check_path,
    [CFG_TYPE_DN] = check_dn,
    [CFG_TYPE_SERIAL] = check_serial,
    [CFG_TYPE_ENUM] = check_enum,
    [CFG_TYPE_ENUM_CI] = check_enum,
    [CFG_TYPE_SECRET] = check_secret,
    [CFG_TYPE_NICKNAME] = check_nickname,
    [CFG_TYPE_TOKEN] = NULL,
    [CFG_TYPE_KEY_ID] = check_key_id,
    [CFG_TYPE_ID_LIST] = check_id_list,
    [CFG_TYPE_HOST] = check_host,
    [CFG_TYPE_SERVLET] = check_servlet,
    [CFG_TYPE_TEXT] = NULL,
};

void lint_values(struct lint *lint)
{
    for (size_t i = 0; i < lint->cfg->n; i++) {
        const struct cfg_entry *entry = &lint->cfg->v[i];
        if (!entry->row || cfg_entry(lint->cfg, entry->row->id) != entry || entry->flags & CFG_ENTRY_BAD_ESCAPE) {
            continue;
        }
        if (checks[entry->row->type] && (*entry->value || entry->row->id == CFG_REV_ENABLE)) {
            checks[entry->row->type](lint, entry);
        }
    }
}
