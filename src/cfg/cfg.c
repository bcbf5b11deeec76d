/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cfg/cfg.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "cfg/cfg_internal.h"

void cfg_init(struct cfg *cfg, enum cfg_dialect dialect)
{
    *cfg = (struct cfg){.dialect = dialect};
}

static void entry_release(struct cfg_entry *entry)
{
    /* Any value is wiped: a misspelt "Password" is no known key, but no less a secret. */
    mem_wipe(entry->value, strlen(entry->value));
    free(entry->value);
    free(entry->key);
    *entry = (struct cfg_entry){0};
}

void cfg_release(struct cfg *cfg)
{
    for (size_t i = 0; i < cfg->n; i++) {
        entry_release(&cfg->v[i]);
    }
    free(cfg->v);
    free(cfg->source);
    cfg_init(cfg, cfg->dialect);
}

void cfg_push_take(struct cfg *cfg, char *key, char *value, int line, unsigned flags)
{
    if (cfg->n == cfg->cap) {
        cfg->cap = cfg->cap ? cfg->cap * 2 : 32;
        cfg->v = xrealloc(cfg->v, cfg->cap * sizeof(cfg->v[0]));
    }
    cfg->v[cfg->n++] = (struct cfg_entry){
        .key = key,
        .value = value,
        .row = flags & CFG_ENTRY_NO_EQUALS ? NULL : cfg_key_find(cfg->dialect, key),
        .line = line,
        .flags = flags,
    };
}

void cfg_copy(struct cfg *dst, const struct cfg *src)
{
    cfg_release(dst);
    cfg_init(dst, src->dialect);
    dst->source = xstrdup(src->source);
    for (size_t i = 0; i < src->n; i++) {
        const struct cfg_entry *entry = &src->v[i];
        cfg_push_take(dst, xstrdup(entry->key), xstrdup(entry->value), entry->line, entry->flags);
    }
}

/* ---- reading ---- */

static bool entry_is(const struct cfg_entry *entry, enum cfg_key_id canonical)
{
    return entry->row && cfg_key_canonical(entry->row)->id == canonical;
}

const struct cfg_entry *cfg_entry(const struct cfg *cfg, enum cfg_key_id id)
{
    enum cfg_key_id canonical = cfg_key_canonical(cfg_key(id))->id;
    for (size_t i = cfg->n; i-- > 0;) {
        if (entry_is(&cfg->v[i], canonical)) {
            return &cfg->v[i];
        }
    }
    return NULL;
}

const char *cfg_get(const struct cfg *cfg, enum cfg_key_id id)
{
    const struct cfg_entry *entry = cfg_entry(cfg, id);
    return entry ? entry->value : NULL;
}

const char *cfg_get_or_default(const struct cfg *cfg, enum cfg_key_id id)
{
    const char *value = cfg_get(cfg, id);
    return value ? value : cfg_key_canonical(cfg_key(id))->otherwise;
}

const char *cfg_get_by_name(const struct cfg *cfg, const char *name)
{
    const struct cfg_key *row = cfg_key_find(cfg->dialect, name);
    if (row) {
        return cfg_get(cfg, row->id);
    }
    for (size_t i = cfg->n; i-- > 0;) {
        if (!(cfg->v[i].flags & CFG_ENTRY_NO_EQUALS) && strcmp(cfg->v[i].key, name) == 0) {
            return cfg->v[i].value;
        }
    }
    return NULL;
}

bool cfg_has(const struct cfg *cfg, enum cfg_key_id id)
{
    return cfg_entry(cfg, id) != NULL;
}

bool cfg_bool(const struct cfg *cfg, enum cfg_key_id id)
{
    return cfg_key_enables(cfg_key_canonical(cfg_key(id)), cfg_get(cfg, id));
}

const char *cfg_name(const struct cfg *cfg)
{
    return cfg->source ? cfg->source : cfg_dialect_name(cfg->dialect);
}

/* As Java's Integer.parseInt: an optional sign and decimal digits, nothing else. */
bool cfg_number(const char *text, long *out)
{
    const char *digits = text + (*text == '-' || *text == '+');
    if (!*digits || digits[strspn(digits, "0123456789")]) {
        return false;
    }
    errno = 0;
    long number = strtol(text, NULL, 10);
    if (errno || number > INT_MAX || number < INT_MIN) {
        return false;
    }
    *out = number;
    return true;
}

bool cfg_require(const struct cfg *cfg, enum cfg_key_id id, const char **out, struct err *err)
{
    const char *value = cfg_get_or_default(cfg, id);
    if (!value || !*value) {
        return err_fail(err, ERR_CFG_REQUIRED, "%s: %s", cfg_name(cfg), cfg_key(id)->name);
    }
    *out = value;
    return true;
}

bool cfg_int(const struct cfg *cfg, enum cfg_key_id id, long *out, struct err *err)
{
    const struct cfg_key *row = cfg_key(id);
    const char *text;
    if (!cfg_require(cfg, id, &text, err)) {
        return false;
    }
    long number;
    if (!cfg_number(text, &number) || number < row->min || number > row->max) {
        char *shown = text_visible_str(text);
        err_fail(err, ERR_CFG_NUMBER, "%s: %s=%s (%ld … %ld)", cfg_name(cfg), row->name, shown, row->min, row->max);
        free(shown);
        return false;
    }
    *out = number;
    return true;
}

void cfg_list(const struct cfg *cfg, enum cfg_key_id id, struct strv *out)
{
    const char *at = cfg_get(cfg, id);
    while (at && *at) {
        at += strspn(at, " ");
        size_t len = strcspn(at, " ");
        if (len) {
            strv_push_take(out, xstrndup(at, len));
        }
        at += len;
    }
}

bool cfg_controls_suffice(const struct cfg *cfg)
{
    return cfg_bool(cfg, CFG_GET_CERT_ENABLE) || cfg_bool(cfg, CFG_CONFIRM_ENABLE);
}

bool cfg_inputs(const struct cfg *cfg, struct strv *out, struct err *err)
{
    const char *text = cfg_get(cfg, CFG_NUM_REQUESTS);
    long wanted;
    if (text && cfg_number(text, &wanted) && wanted == 0 && cfg_controls_suffice(cfg)) {
        return true;
    }
    if (!cfg_require(cfg, CFG_INPUT, &text, err) || !cfg_int(cfg, CFG_NUM_REQUESTS, &wanted, err)) {
        return false;
    }
    struct strv names = STRV_INIT;
    cfg_list(cfg, CFG_INPUT, &names);
    if (names.n < (size_t)wanted) {
        char *shown = text_visible_str(text);
        err_fail(err, ERR_CFG_INPUT_COUNT, "%s: numRequests=%ld, input=%s", cfg_name(cfg), wanted, shown);
        free(shown);
        strv_release(&names);
        return false;
    }
    for (size_t i = 0; i < (size_t)wanted; i++) {
        strv_push(out, names.v[i]);
    }
    strv_release(&names);
    return true;
}

bool cfg_secret(const struct cfg *cfg, enum cfg_key_id id, struct secret *out)
{
    const char *value = cfg_get(cfg, id);
    if (!value) {
        return false;
    }
    secret_set(out, value, strlen(value));
    return true;
}

int cfg_enum(const struct cfg *cfg, enum cfg_key_id id)
{
    const struct cfg_key *row = cfg_key(id);
    const char *value = cfg_get(cfg, id);
    const char *at = row->choices;
    for (int i = 0; value && at && *at; i++) {
        size_t len = strcspn(at, " ");
        bool same = strlen(value) == len && (row->type == CFG_TYPE_ENUM_CI ? strncasecmp(at, value, len) == 0
                                                                            : memcmp(at, value, len) == 0);
        if (same) {
            return i;
        }
        at += len;
        at += strspn(at, " ");
    }
    return -1;
}

bool cfg_token_is_internal(const char *tokenname)
{
    return !tokenname || !*tokenname || strcasecmp(tokenname, "internal") == 0
        || strcasecmp(tokenname, "Internal Key Storage Token") == 0;
}

static enum cfg_mode request_mode(const struct cfg *cfg)
{
    const char *format = cfg_get(cfg, CFG_FORMAT);
    if (format && strcmp(format, "test_cmc") == 0) {
        return CFG_MODE_RESIGN;
    }
    if (cfg_bool(cfg, CFG_DECRYPTED_POP_ENABLE)) {
        return CFG_MODE_POP;
    }
    if (cfg_bool(cfg, CFG_REV_ENABLE)) {
        const char *passphrase = cfg_get(cfg, CFG_REV_SHARED_SECRET);
        /* Nobody signs and the issuer is named: the secret comes from elsewhere, which only our own tool can do. */
        bool from_elsewhere = !passphrase && !cfg_get(cfg, CFG_NICKNAME) && cfg_get(cfg, CFG_REV_ISSUER);
        return (passphrase && *passphrase) || from_elsewhere ? CFG_MODE_REVOKE_SECRET : CFG_MODE_REVOKE;
    }
    return cfg_bool(cfg, CFG_USE_SHARED_SECRET) ? CFG_MODE_SECRET : CFG_MODE_SIGNED;
}

enum cfg_mode cfg_mode(const struct cfg *cfg)
{
    if (cfg->dialect == CFG_REQUEST) {
        return request_mode(cfg);
    }
    if (!cfg_bool(cfg, CFG_SECURE)) {
        return CFG_MODE_PLAIN;
    }
    return cfg_bool(cfg, CFG_CLIENTMODE) ? CFG_MODE_TLS_CLIENT : CFG_MODE_TLS;
}

char *cfg_servlet_path(const char *servlet)
{
    return xstrndup(servlet, strcspn(servlet, "?"));
}

char *cfg_servlet_profile(const char *servlet)
{
    const char *at = strchr(servlet, '?');
    while (at) {
        at++;
        if (text_starts(at, "profileId=")) {
            at += strlen("profileId=");
            return xstrndup(at, strcspn(at, "&#"));
        }
        at = strchr(at, '&');
    }
    return NULL;
}

bool cfg_holds_secret(const struct cfg *cfg)
{
    for (size_t i = 0; i < cfg->n; i++) {
        if (cfg->v[i].row && cfg_key_is_secret(cfg->v[i].row) && *cfg->v[i].value) {
            return true;
        }
    }
    return false;
}
