/* SPDX-License-Identifier: Apache-2.0 */
/* Setters and the writer: what is written, the dialect's parser reads back equal, or it is refused. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "cfg/cfg_internal.h"

/* ---- what can be expressed ---- */

bool cfg_key_expressible(enum cfg_dialect dialect, const char *key)
{
    if (dialect == CFG_HTTP) {
        return true; /* everything can be escaped */
    }
    /* The line is trimmed, '#' begins a comment, and the first '=' ends the key. */
    return !strpbrk(key, "=\r\n") && *key != '#' && (!*key || (unsigned char)*key > 0x20);
}

bool cfg_value_expressible(enum cfg_dialect dialect, const char *value)
{
    if (dialect == CFG_HTTP) {
        return true;
    }
    size_t len = strlen(value);
    return !strpbrk(value, "\r\n") && (len == 0 || (unsigned char)value[len - 1] > 0x20);
}

static bool has_control(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            return true;
        }
    }
    return false;
}

static bool refuse(struct err *err, const char *key, const char *why)
{
    return err_fail(err, ERR_CFG_VALUE, "%s: %s", key, why);
}

static bool check_text(enum cfg_dialect dialect, const char *key, const char *value, struct err *err)
{
    if (!utf8_valid(value, strlen(value))) {
        return refuse(err, key, _("It is not UTF-8 text."));
    }
    if (has_control(value)) {
        return refuse(err, key, _("It holds a line break or another control character."));
    }
    if (!cfg_value_expressible(dialect, value)) {
        return refuse(err, key, _("It ends in a blank, which would be lost."));
    }
    return true;
}

bool cfg_check_value(enum cfg_dialect dialect, enum cfg_key_id id, const char *value, struct err *err)
{
    const struct cfg_key *row = cfg_key(id);
    if (cfg_key_type(row, dialect) == CFG_TYPE_PATH_LIST && strchr(value, ' ')) {
        return refuse(err, row->name, _("The file name holds a blank."));
    }
    return check_text(dialect, row->name, value, err);
}

/* ---- setters ---- */

static void replace(struct cfg *cfg, enum cfg_key_id id, const char *value)
{
    const struct cfg_key *row = cfg_key_canonical(cfg_key(id));
    struct cfg_entry *kept = NULL;
    char *copy = xstrdup(value); /* value may point into an entry that goes */
    for (size_t i = cfg->n; i-- > 0;) {
        struct cfg_entry *entry = &cfg->v[i];
        if (!entry->row || cfg_key_canonical(entry->row) != row) {
            continue;
        }
        mem_wipe(entry->value, strlen(entry->value));
        free(entry->value);
        if (!kept) {
            kept = entry;
            entry->value = copy;
            continue;
        }
        free(entry->key);
        memmove(entry, entry + 1, (cfg->n - i - 1) * sizeof(*entry));
        cfg->n--;
        kept--;
    }
    if (!kept) {
        cfg_push_take(cfg, xstrdup(row->name), copy, 0, 0);
        return;
    }
    free(kept->key);
    kept->key = xstrdup(row->name);
    kept->row = row;
    kept->line = 0;
    kept->flags = 0;
}

bool cfg_set(struct cfg *cfg, enum cfg_key_id id, const char *value, struct err *err)
{
    if (!cfg_check_value(cfg->dialect, id, value, err)) {
        return false;
    }
    replace(cfg, id, value);
    return true;
}

bool cfg_set_list(struct cfg *cfg, enum cfg_key_id id, const struct strv *names, struct err *err)
{
    for (size_t i = 0; i < names->n; i++) {
        if (!*names->v[i]) {
            return refuse(err, cfg_key(id)->name, _("A file name is empty."));
        }
        if (!cfg_check_value(cfg->dialect, id, names->v[i], err)) {
            return false;
        }
    }
    char *joined = strv_join(names, " ");
    replace(cfg, id, joined);
    free(joined);
    return true;
}

bool cfg_set_secret(struct cfg *cfg, enum cfg_key_id id, const struct secret *value, struct err *err)
{
    if (!secret_is_set(value)) {
        cfg_unset(cfg, id);
        return true;
    }
    if (strlen(value->text) != value->len) {
        return refuse(err, cfg_key(id)->name, _("It holds a NUL octet."));
    }
    return cfg_set(cfg, id, value->text, err);
}

void cfg_set_bool(struct cfg *cfg, enum cfg_key_id id, bool value)
{
    replace(cfg, id, value ? "true" : "false");
}

void cfg_set_int(struct cfg *cfg, enum cfg_key_id id, long value)
{
    char *text = xasprintf("%ld", value);
    replace(cfg, id, text);
    free(text);
}

void cfg_unset(struct cfg *cfg, enum cfg_key_id id)
{
    const struct cfg_key *row = cfg_key_canonical(cfg_key(id));
    size_t kept = 0;
    for (size_t i = 0; i < cfg->n; i++) {
        struct cfg_entry *entry = &cfg->v[i];
        if (entry->row && cfg_key_canonical(entry->row) == row) {
            mem_wipe(entry->value, strlen(entry->value));
            free(entry->value);
            free(entry->key);
        } else {
            cfg->v[kept++] = *entry;
        }
    }
    cfg->n = kept;
}

static int rank(const struct cfg_entry *entry)
{
    return entry->row ? (int)cfg_key_canonical(entry->row)->id : CFG_KEY_COUNT;
}

/* Insertion sort: stable, and files are short. */
void cfg_sort(struct cfg *cfg)
{
    for (size_t i = 1; i < cfg->n; i++) {
        struct cfg_entry moved = cfg->v[i];
        size_t at = i;
        for (; at > 0 && rank(&cfg->v[at - 1]) > rank(&moved); at--) {
            cfg->v[at] = cfg->v[at - 1];
        }
        cfg->v[at] = moved;
    }
}

bool cfg_add(struct cfg *cfg, const char *key, const char *value, struct err *err)
{
    const struct cfg_key *row = cfg_key_find(cfg->dialect, key);
    if (!utf8_valid(key, strlen(key)) || has_control(key) || !cfg_key_expressible(cfg->dialect, key)) {
        char *shown = text_visible_str(key);
        refuse(err, shown, _("The key itself cannot be written."));
        free(shown);
        return false;
    }
    bool ok = row ? cfg_check_value(cfg->dialect, row->id, value, err) : check_text(cfg->dialect, key, value, err);
    if (ok) {
        cfg_push_take(cfg, xstrdup(key), xstrdup(value), 0, 0);
    }
    return ok;
}

/* ---- writer ---- */

#define COMMENT_COLUMNS 100

static bool put_comment(struct buf *out, const char *text)
{
    struct strv lines = STRV_INIT;
    text_wrap(text, COMMENT_COLUMNS, &lines);
    bool ok = true;
    for (size_t i = 0; ok && i < lines.n; i++) {
        ok = buf_append_str(out, "# ") && buf_append_str(out, lines.v[i]) && buf_append_str(out, "\n");
    }
    strv_release(&lines);
    return ok;
}

static bool put_heading(struct buf *out, const char *heading)
{
    struct strv lines = STRV_INIT;
    strv_split(&lines, heading, '\n');
    bool ok = true;
    for (size_t i = 0; ok && i < lines.n; i++) {
        char *shown = text_visible_str(lines.v[i]);
        ok = *shown ? put_comment(out, shown) : buf_append_str(out, "#\n");
        free(shown);
    }
    strv_release(&lines);
    return ok;
}

/* One code point as Java Properties writes it. */
static bool put_unicode(struct buf *out, uint32_t cp)
{
    if (cp < 0x10000) {
        return buf_printf(out, "\\u%04X", cp);
    }
    cp -= 0x10000;
    return buf_printf(out, "\\u%04X\\u%04X", 0xd800 + (cp >> 10), 0xdc00 + (cp & 0x3ff));
}

static const char *plain_escape(char c)
{
    switch (c) {
    case '\\':
        return "\\\\";
    case '\t':
        return "\\t";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\f':
        return "\\f";
    default:
        return NULL;
    }
}

/* extra: characters that need a backslash as well. Blanks: the first of a value, all of a key. */
static bool put_escaped(struct buf *out, const char *text, bool is_key)
{
    size_t len = strlen(text);
    bool ok = true;
    for (size_t i = 0; ok && i < len;) {
        uint32_t cp = 0;
        size_t used = utf8_decode(text + i, len - i, &cp);
        char c = text[i];
        const char *escape = plain_escape(c);
        if (used > 1) {
            ok = put_unicode(out, cp);
        } else if (used == 0) {
            ok = buf_append_byte(out, (uint8_t)c); /* not UTF-8: as it came */
        } else if (escape) {
            ok = buf_append_str(out, escape);
        } else if (cp < 0x20 || cp == 0x7f || (c == ' ' && !is_key && i > 0 && i + 1 == len)) {
            ok = put_unicode(out, cp); /* a blank at the end would be kept, but nobody would see it */
        } else if ((c == ' ' && (is_key || i == 0)) || (is_key && strchr("=:#!", c))) {
            ok = buf_append_byte(out, '\\') && buf_append_byte(out, (uint8_t)c);
        } else {
            ok = buf_append_byte(out, (uint8_t)c);
        }
        i += used ? used : 1;
    }
    return ok;
}

static bool put_entry(struct buf *out, enum cfg_dialect dialect, const struct cfg_entry *entry)
{
    if (dialect == CFG_HTTP) {
        return put_escaped(out, entry->key, true) && buf_append_str(out, "=") && put_escaped(out, entry->value, false)
            && buf_append_str(out, "\n");
    }
    return buf_append_str(out, entry->key) && buf_append_str(out, "=") && buf_append_str(out, entry->value)
        && buf_append_str(out, "\n");
}

static bool left_out(const struct cfg_entry *entry, unsigned flags)
{
    return entry->row && cfg_key_is_secret(entry->row) && (!(flags & CFG_WRITE_SECRETS) || !*entry->value);
}

static bool put_comments(struct buf *out, const struct cfg_entry *entry, enum cfg_group *group)
{
    if (!entry->row) {
        return true;
    }
    bool ok = true;
    if (entry->row->group != *group) {
        *group = entry->row->group;
        ok = buf_append_str(out, out->len ? "\n# ---- " : "# ---- ") && buf_append_str(out, _(cfg_group_title(*group)))
            && buf_append_str(out, " ----\n");
    }
    return ok && put_comment(out, _(entry->row->help));
}

static bool writable(const struct cfg *cfg, const struct cfg_entry *entry, struct err *err)
{
    if (entry->flags & (CFG_ENTRY_NO_EQUALS | CFG_ENTRY_BAD_ESCAPE) || !cfg_key_expressible(cfg->dialect, entry->key)
        || !cfg_value_expressible(cfg->dialect, entry->value)) {
        char *shown = text_visible_str(entry->key);
        err_fail(err, ERR_CFG_VALUE, "%s", shown);
        free(shown);
        return false;
    }
    return true;
}

bool cfg_format(const struct cfg *cfg, unsigned flags, const char *heading, struct buf *out, struct err *err)
{
    enum cfg_group group = CFG_GROUP_COUNT;
    bool ok = !heading || put_heading(out, heading);
    for (size_t i = 0; ok && i < cfg->n; i++) {
        const struct cfg_entry *entry = &cfg->v[i];
        if (left_out(entry, flags)) {
            continue;
        }
        if (!writable(cfg, entry, err)) {
            return false;
        }
        ok = (!(flags & CFG_WRITE_COMMENTS) || put_comments(out, entry, &group)) && put_entry(out, cfg->dialect, entry);
    }
    return ok || err_fail(err, ERR_CFG_TOO_LONG, "%s", cfg_name(cfg));
}

bool cfg_write(const struct cfg *cfg, const char *path, unsigned flags, const char *heading, struct err *err)
{
    struct buf out = BUF_INIT(CFG_TEXT_MAX);
    out.secret = true;
    unsigned mode = 0600;
    if (!(flags & CFG_WRITE_SECRETS) || !cfg_holds_secret(cfg)) {
        mode_t mask = umask(077);
        umask(mask);
        mode = 0644 & ~(unsigned)mask;
    }
    bool ok = cfg_format(cfg, flags, heading, &out, err) && file_write(path, buf_peek(&out), mode, err);
    buf_release(&out);
    return ok;
}
