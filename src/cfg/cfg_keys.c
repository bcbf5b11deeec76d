/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cfg/cfg_keys.h"

#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/text.h"

static const struct cfg_key keys[CFG_KEY_COUNT] = {
#define CFG_KEY(id_, name_, dialects_, group_, type_, flags_, required_, otherwise_, choices_, min_, max_, needs_, \
    excludes_, used_by_, alias_, since_, help_)                                                                    \
    [CFG_##id_] = {.id = CFG_##id_, .name = name_, .dialects = dialects_, .group = CFG_GROUP_##group_,             \
        .type = CFG_TYPE_##type_, .flags = flags_, .required = required_, .otherwise = otherwise_,                 \
        .choices = choices_, .min = min_, .max = max_, .needs = needs_, .excludes = excludes_,                     \
        .used_by = used_by_,                                                                                       \
        .alias_of = CFG_##alias_, .since = since_, .help = help_},
#define CFG_NONE CFG_KEY_NONE
#include "cfg/cfg_keys.def"
#undef CFG_NONE
#undef CFG_KEY
};

/* Names that documents and guides use for a key, and that are too far from it for a spelling check.
 * To add one: a row. */
static const struct {
    enum cfg_dialect dialect;
    const char *wrong;
    enum cfg_key_id right;
} known_slips[] = {
    {CFG_REQUEST, "request.privKey", CFG_PRIV_KEY_ID},
    {CFG_REQUEST, "privKeyId", CFG_PRIV_KEY_ID},
    {CFG_REQUEST, "identityProofV2.sharedSecret", CFG_WITNESS_SHARED_SECRET},
    {CFG_REQUEST, "popLinkWitnessV2.sharedSecret", CFG_WITNESS_SHARED_SECRET},
    {CFG_REQUEST, "senderNonce.id", CFG_SENDER_NONCE},
    {CFG_REQUEST, "selfSign", CFG_USE_SHARED_SECRET},
    {CFG_REQUEST, "useSharedSecret", CFG_USE_SHARED_SECRET},
    {CFG_REQUEST, "token", CFG_TOKENNAME},
    {CFG_REQUEST, "db", CFG_DBDIR},
    {CFG_HTTP, "clientauth", CFG_CLIENTMODE},
    {CFG_HTTP, "token", CFG_TOKENNAME},
    {CFG_HTTP, "hostname", CFG_HOST},
    {CFG_HTTP, "url", CFG_SERVLET},
};

static const char *const group_titles[CFG_GROUP_COUNT] = {
    [CFG_GROUP_FILES] = N_("Files"),
    [CFG_GROUP_DATABASE] = N_("NSS database and signer"),
    [CFG_GROUP_SERVER] = N_("Server"),
    [CFG_GROUP_SIGNER] = N_("Signing with the request's own key"),
    [CFG_GROUP_IDENTITY] = N_("Identification and shared secret"),
    [CFG_GROUP_POP_LINK] = N_("Link between proof of possession and shared secret"),
    [CFG_GROUP_DECRYPTED_POP] = N_("Second trip: decryptedPOP"),
    [CFG_GROUP_REVOKE] = N_("Revocation"),
    [CFG_GROUP_CONTROLS] = N_("Other controls"),
    [CFG_GROUP_LEGACY] = N_("Old controls"),
};

static const char *const type_words[] = {
    [CFG_TYPE_BOOL_CS] = N_("switch; only true in lower case switches it on"),
    [CFG_TYPE_BOOL_CI] = N_("switch; true in upper or lower case switches it on"),
    [CFG_TYPE_INT] = N_("whole number"),
    [CFG_TYPE_PATH_IN] = N_("file to read"),
    [CFG_TYPE_PATH_OUT] = N_("file to write"),
    [CFG_TYPE_PATH_LIST] = N_("files to read"),
    [CFG_TYPE_DIR] = N_("folder"),
    [CFG_TYPE_DN] = N_("distinguished name"),
    [CFG_TYPE_SERIAL] = N_("serial number"),
    [CFG_TYPE_ENUM] = N_("one of the words listed, upper and lower case count"),
    [CFG_TYPE_ENUM_CI] = N_("one of the words listed, in upper or lower case"),
    [CFG_TYPE_SECRET] = N_("secret"),
    [CFG_TYPE_NICKNAME] = N_("nickname"),
    [CFG_TYPE_TOKEN] = N_("name of a token"),
    [CFG_TYPE_KEY_ID] = N_("key id"),
    [CFG_TYPE_ID_LIST] = N_("whole numbers parted by blanks"),
    [CFG_TYPE_HOST] = N_("host name"),
    [CFG_TYPE_SERVLET] = N_("path of a URL"),
    [CFG_TYPE_TEXT] = N_("text"),
};

static const struct {
    enum cfg_mode mode;
    const char *word;
} mode_words[] = {
    {CFG_MODE_SIGNED, N_("an enrollment signed with a certificate")},
    {CFG_MODE_SECRET, N_("an enrollment with a shared secret")},
    {CFG_MODE_REVOKE, N_("a revocation signed with a certificate")},
    {CFG_MODE_REVOKE_SECRET, N_("a revocation with a shared secret")},
    {CFG_MODE_POP, N_("the second trip (decryptedPOP)")},
    {CFG_MODE_RESIGN, N_("signing an existing message again")},
    {CFG_MODE_PLAIN, N_("sending without TLS")},
    {CFG_MODE_TLS, N_("sending over TLS")},
    {CFG_MODE_TLS_CLIENT, N_("sending over TLS with a client certificate")},
};

const struct cfg_key *cfg_key(enum cfg_key_id id)
{
    return &keys[id];
}

const struct cfg_key *cfg_key_find(enum cfg_dialect dialect, const char *name)
{
    for (size_t i = 0; i < CFG_KEY_COUNT; i++) {
        if ((keys[i].dialects & dialect) && strcmp(keys[i].name, name) == 0) {
            return &keys[i];
        }
    }
    return NULL;
}

/* Longer names may hold more slips. */
static int allowed_distance(const char *name)
{
    size_t len = strlen(name);
    return len < 4 ? 1 : len < 10 ? 2 : 3;
}

static const struct cfg_key *nearest_by_distance(enum cfg_dialect dialect, const char *name)
{
    const struct cfg_key *best = NULL;
    int best_distance = allowed_distance(name) + 1;
    for (size_t i = 0; i < CFG_KEY_COUNT; i++) {
        if (!(keys[i].dialects & dialect)) {
            continue;
        }
        if (strcasecmp(keys[i].name, name) == 0) {
            return &keys[i];
        }
        int distance = text_distance(keys[i].name, name);
        if (distance < best_distance) {
            best = &keys[i];
            best_distance = distance;
        }
    }
    return best;
}

#define NEAR_NAME_MAX 80 /* octets; no key is half as long, and the distance costs time by the square */

const struct cfg_key *cfg_key_nearest(enum cfg_dialect dialect, const char *name)
{
    if (strlen(name) > NEAR_NAME_MAX) {
        return NULL;
    }
    char copy[NEAR_NAME_MAX + 1];
    memcpy(copy, name, strlen(name) + 1);
    const char *trimmed = text_trim(copy);
    if (!*trimmed) {
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(known_slips); i++) {
        if (known_slips[i].dialect == dialect && strcasecmp(known_slips[i].wrong, trimmed) == 0) {
            return &keys[known_slips[i].right];
        }
    }
    return nearest_by_distance(dialect, trimmed);
}

const struct cfg_key *cfg_key_canonical(const struct cfg_key *key)
{
    return key->alias_of == CFG_KEY_NONE ? key : &keys[key->alias_of];
}

enum cfg_type cfg_key_type(const struct cfg_key *key, enum cfg_dialect dialect)
{
    return key->type == CFG_TYPE_PATH_LIST && dialect == CFG_HTTP ? CFG_TYPE_PATH_IN : key->type;
}

bool cfg_key_is_bool(const struct cfg_key *key)
{
    return key->type == CFG_TYPE_BOOL_CS || key->type == CFG_TYPE_BOOL_CI;
}

bool cfg_key_is_secret(const struct cfg_key *key)
{
    return key->type == CFG_TYPE_SECRET;
}

bool cfg_key_enables(const struct cfg_key *key, const char *value)
{
    if (!value) {
        return false;
    }
    return key->type == CFG_TYPE_BOOL_CI ? strcasecmp(value, "true") == 0 : strcmp(value, "true") == 0;
}

bool cfg_word_in(const char *list, const char *word)
{
    size_t len = strlen(word);
    while (list && *list) {
        size_t span = strcspn(list, " ");
        if (span == len && memcmp(list, word, len) == 0) {
            return true;
        }
        list += span;
        list += strspn(list, " ");
    }
    return false;
}

const char *cfg_group_title(enum cfg_group group)
{
    return group_titles[group];
}

const char *cfg_type_word(enum cfg_type type)
{
    return type_words[type];
}

const char *cfg_mode_word(enum cfg_mode mode)
{
    for (size_t i = 0; i < ARRAY_LEN(mode_words); i++) {
        if (mode_words[i].mode == mode) {
            return mode_words[i].word;
        }
    }
    return "";
}

const char *cfg_dialect_name(enum cfg_dialect dialect)
{
    return dialect == CFG_HTTP ? "HttpClient" : "CMCRequest";
}
