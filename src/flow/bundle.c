/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/bundle.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "cfg/cfg.h"
#include "flow/answers.h"
#include "flow/cadesc.h"
#include "flow/dirlook.h"
#include "flow/run_internal.h"
#include "flow/secrets.h"
#include "flow/session.h"
#include "nss/dn.h"

#define WITHHELD "(withheld)"
#define NAME_MIN 3 /* shorter ones would be found in ordinary words */

/* ---- parts ---- */

static void line(struct buf *out, const char *name, const char *value)
{
    char *shown = text_safe(value ? value : "");
    buf_add(out, "%s=%s\n", name, shown);
    free(shown);
}

static void add_about(const struct session *session, struct buf *out)
{
    struct utsname sys = {{0}};
    char *now = when_rfc3339(when_now());
    static const char *const variables[] = {"TERM", "LANG", "LC_ALL", "LANGUAGE", "NO_COLOR", "COLORFGBG", "NSS_SDB_USE_CACHE"};
    (void)session;
    line(out, "program", PACKAGE_NAME " " PACKAGE_VERSION);
    line(out, "time", now);
    if (uname(&sys) == 0) {
        line(out, "system", sys.sysname);
        line(out, "release", sys.release);
        line(out, "machine", sys.machine);
    }
    line(out, "messages", i18n_language());
    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        line(out, variables[i], getenv(variables[i]));
    }
    free(now);
}

/* Only what the answer table knows, and never a row of a secret, whatever the file on disk says. */
static void add_answers(const struct session *session, struct buf *out)
{
    size_t n = 0;
    const struct answer_row *rows = answer_rows(&n);
    for (size_t i = 0; i < n; i++) {
        const char *value = rows[i].kind == ANSWER_SECRET ? NULL : session_answer(session, rows[i].name);
        if (value) {
            line(out, rows[i].name, value);
        }
    }
}

/* To show one more fact: a name. */
static const char *const FACTS[] = {
    "page", "key.id", "key.made", "key.where", "key.elsewhere", "key.unused", "agent.imported", "signer.subject", "signer.issuer",
    "signer.not-after", "submit.state", "submit2.state", "one-trip", "issued.subject", "issued.serial", "issued.issuer",
    "issued.not-after", "nickname", "proof", "package.readout", "clock.ahead", "clock.compared",
    "directory.says", "kra.rsa-wrap", "kra.key-wrap", "archival.wrap",
};

static void add_facts(const struct session *session, struct buf *out)
{
    line(out, "id", session->id);
    line(out, "scenario", json_get_str(session->root, "scenario", ""));
    line(out, "state", session_state(session));
    for (size_t i = 0; i < ARRAY_LEN(FACTS); i++) {
        const char *value = session_fact(session, FACTS[i]);
        if (value) {
            line(out, FACTS[i], value);
        }
    }
    const struct json *steps = json_get(session->root, "steps");
    for (const struct json *step = json_first(steps); step; step = json_next(step)) {
        char *name = xasprintf("step.%s", json_key(step));
        line(out, name, session_step_state(session, json_key(step)));
        free(name);
    }
}

static void add_journal(const struct session *session, struct buf *out)
{
    static const char *const members[] = {"time", "event", "step", "error"};
    struct buf raw = BUF_INIT(BUF_MAX_MESSAGE);
    struct err ignored = ERR_INIT;
    char *text = session_read_file(session, "journal.jsonl", &raw, &ignored) ? buf_take_str(&raw) : NULL, *save = NULL;
    for (char *row = text ? strtok_r(text, "\n", &save) : NULL; row; row = strtok_r(NULL, "\n", &save)) {
        struct json *event = json_parse(bytes_of_str(row), &ignored);
        for (size_t i = 0; event && i < ARRAY_LEN(members); i++) {
            const char *value = json_get_str(event, members[i], NULL);
            char *shown = text_safe(value ? value : "");
            buf_add(out, "%s%s", i && *shown ? " " : "", shown);
            free(shown);
        }
        buf_add(out, "%s", event ? "\n" : "");
        json_free(event);
    }
    err_release(&ignored);
    buf_release(&raw);
    free(text);
}

static void add_cfg(const struct session *session, const char *name, enum cfg_dialect dialect, struct buf *out)
{
    struct cfg cfg;
    struct err ignored = ERR_INIT;
    char *path = session_file(session, name);
    cfg_init(&cfg, dialect);
    if (cfg_read(&cfg, path, &ignored)) {
        for (size_t i = 0; i < cfg.n; i++) {
            const struct cfg_key *row = cfg.v[i].row;
            /* A key that nobody knows may be a misspelt password. */
            line(out, cfg.v[i].key, row && row->type != CFG_TYPE_SECRET ? cfg.v[i].value : WITHHELD);
        }
    }
    err_release(&ignored);
    cfg_release(&cfg);
    free(path);
}

static void add_request_cfg(const struct session *s, struct buf *out)
{
    add_cfg(s, FILE_REQUEST_CFG, CFG_REQUEST, out);
}

static void add_submit_cfg(const struct session *s, struct buf *out)
{
    add_cfg(s, FILE_SUBMIT_CFG, CFG_HTTP, out);
}

static void add_request_cfg_2(const struct session *s, struct buf *out)
{
    add_cfg(s, FILE_REQUEST_CFG_2, CFG_REQUEST, out);
}

static void add_submit_cfg_2(const struct session *s, struct buf *out)
{
    add_cfg(s, FILE_SUBMIT_CFG_2, CFG_HTTP, out);
}

static void add_card(const struct session *session, struct buf *out)
{
    struct buf raw = BUF_INIT(BUF_MAX_MESSAGE);
    struct err ignored = ERR_INIT;
    if (session_read_file(session, FILE_CARD, &raw, &ignored)) {
        char *shown = text_visible_lines(buf_peek(&raw));
        buf_add(out, "%s", shown);
        free(shown);
    }
    err_release(&ignored);
    buf_release(&raw);
}

/* To add a part: a row; file is the one in the enrollment's folder that it shows, NULL when it is none. */
static const struct {
    const char *name, *file;
    void (*add)(const struct session *session, struct buf *out);
    bool keyed; /* its lines are key=value */
} PARTS[] = {
    {"about", NULL, add_about, true},
    {"answers", "session.json", add_answers, true},
    {"facts", "session.json", add_facts, true},
    {"journal", "journal.jsonl", add_journal, false},
    {FILE_REQUEST_CFG, FILE_REQUEST_CFG, add_request_cfg, true},
    {FILE_SUBMIT_CFG, FILE_SUBMIT_CFG, add_submit_cfg, true},
    {FILE_REQUEST_CFG_2, FILE_REQUEST_CFG_2, add_request_cfg_2, true},
    {FILE_SUBMIT_CFG_2, FILE_SUBMIT_CFG_2, add_submit_cfg_2, true},
    {"card", FILE_CARD, add_card, false},
};

/* ---- what is withheld ---- */

/* By the end of the name; the last row takes all others. To add one: a row before it. */
static const struct {
    const char *ending, *reason;
} REASONS[] = {
    {".cmc", "may hold a proof made with a secret"},
    {".csr", "not needed; its subject is among the answers"},
    {".crmf", "may hold an archived key"},
    {".cmcpkg", "names the requester; its digits to compare are among the facts"},
    {".pem", "not needed; names and dates are among the facts"},
    {"", "not on the list of files that are given away"},
};

static bool is_shown(const char *file)
{
    for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
        if (PARTS[i].file && strcmp(PARTS[i].file, file) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- redaction ---- */

/* Every occurrence of one text by another, whatever the case. */
static char *replaced(char *text, const char *what, const char *by)
{
    struct buf out = BUF_INIT(BUF_MAX_MESSAGE);
    size_t len = strlen(what);
    const char *from = text;
    for (const char *at; len && (at = strcasestr(from, what)) != NULL; from = at + len) {
        buf_add(&out, "%.*s%s", (int)(at - from), from, by);
    }
    buf_add(&out, "%s", from);
    free(text);
    return buf_take_str(&out);
}

static char *without_secrets(char *text, const struct secrets *secrets)
{
    size_t n = 0;
    const struct answer_row *rows = answer_rows(&n);
    for (size_t i = 0; secrets && i < n; i++) {
        const struct secret *s = rows[i].kind == ANSWER_SECRET ? secrets_peek(secrets, rows[i].name) : NULL;
        if (s && secret_is_set(s) && s->len > 0) {
            text = replaced(text, s->text, WITHHELD);
        }
    }
    return text;
}

static void add_name(struct strv *names, const char *name)
{
    if (name && strlen(name) >= NAME_MIN && !strv_has(names, name)) {
        strv_push(names, name);
    }
}

static void add_dn_names(struct strv *names, const char *dn)
{
    struct dn_rdn *list = NULL;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    if (dn && *dn && dn_split(dn, &list, &n, &ignored)) {
        for (size_t i = 0; i < n; i++) {
            add_name(names, list[i].value);
        }
        dn_rdns_free(list, n);
    }
    err_release(&ignored);
}

/* Values of a list like "DNS:a, email:b". */
static void add_listed_names(struct strv *names, const char *list)
{
    struct strv parts = STRV_INIT;
    strv_split(&parts, list, ',');
    for (size_t i = 0; i < parts.n; i++) {
        char *part = text_trim(parts.v[i]), *colon = strchr(part, ':');
        add_name(names, colon ? colon + 1 : part);
    }
    strv_release(&parts);
}

/* To mask one more kind of name: a row here. */
static const char *const NAME_ANSWERS[] = {"identification", "host", "proxy", "nickname", "new.nickname", "renew.nickname",
                                           "revoke.nickname", "est.user", "ca"};
static const char *const DN_ANSWERS[] = {"subject"};
static const char *const DN_FACTS[] = {"subject", "signer", "signer.subject", "signer.issuer", "issued.subject", "issued.issuer"};
static const char *const VARIABLES[] = {"HOME", "USER", "LOGNAME"};

static int longer_first(const void *a, const void *b)
{
    size_t x = strlen(*(char *const *)a), y = strlen(*(char *const *)b);
    return x < y ? 1 : x > y ? -1 : strcmp(*(char *const *)a, *(char *const *)b);
}

/* "ldaps://ds.example.com:636/" and "http://proxy.example.com:3128": the name alone, too; errors tell only that. */
static void add_address(struct strv *names, const char *url)
{
    const char *host = strstr(url ? url : "", "://");
    if (host) {
        host += 3 + (host[3] == '['); /* an IPv6 address */
        char *alone = xstrndup(host, strcspn(host, host[-1] == '[' ? "]/" : ":/"));
        add_name(names, alone);
        free(alone);
    }
    add_name(names, url);
}

/* What the helpdesk's description stands for: then there is no answer of that. */
static void add_described(struct strv *names, const char *ca)
{
    struct cadesc desc = {0};
    if (ca && cadesc_known(ca, &desc)) {
        add_name(names, desc.host);
        add_name(names, desc.title);
        add_address(names, desc.directory);
        add_dn_names(names, desc.base_dn);
    }
    cadesc_release(&desc);
}

/* Hosts, nicknames and subjects of a cfg: the description that they came from may be gone. */
static void add_cfg_names(struct strv *names, const struct session *session, const char *file, enum cfg_dialect dialect)
{
    struct cfg cfg;
    struct err ignored = ERR_INIT;
    char *path = session_file(session, file);
    cfg_init(&cfg, dialect);
    if (session_has_file(session, file) && cfg_read(&cfg, path, &ignored)) {
        for (size_t i = 0; i < cfg.n; i++) {
            enum cfg_type type = cfg.v[i].row ? cfg.v[i].row->type : CFG_TYPE_TEXT;
            if (type == CFG_TYPE_HOST || type == CFG_TYPE_NICKNAME) {
                add_name(names, cfg.v[i].value);
            } else if (type == CFG_TYPE_DN) {
                add_dn_names(names, cfg.v[i].value);
            }
        }
    }
    err_release(&ignored);
    cfg_release(&cfg);
    free(path);
}

static void collect_names(struct strv *names, const struct session *session)
{
    for (size_t i = 0; session && i < ARRAY_LEN(NAME_ANSWERS); i++) {
        add_name(names, session_answer(session, NAME_ANSWERS[i]));
    }
    for (size_t i = 0; session && i < ARRAY_LEN(DN_ANSWERS); i++) {
        add_dn_names(names, session_answer(session, DN_ANSWERS[i]));
    }
    for (size_t i = 0; session && i < ARRAY_LEN(DN_FACTS); i++) {
        add_dn_names(names, session_fact(session, DN_FACTS[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(VARIABLES); i++) {
        add_name(names, getenv(VARIABLES[i]));
    }
    if (session) {
        add_listed_names(names, session_answer(session, "san") ? session_answer(session, "san") : "");
        add_name(names, session_fact(session, "nickname"));
        add_dn_names(names, dirlook_dn(session));
        add_address(names, session_answer(session, "proxy"));
        add_described(names, session_answer(session, "ca"));
        add_cfg_names(names, session, FILE_REQUEST_CFG, CFG_REQUEST);
        add_cfg_names(names, session, FILE_SUBMIT_CFG, CFG_HTTP);
    }
    if (names->n) {
        qsort(names->v, names->n, sizeof names->v[0], longer_first);
    }
}

/* Other alphabets know no such borders: there a name is one wherever it stands. */
static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* What stands in front of i. Parts are escaped before they are masked: the last letter of \n, \t, \e and \xHH is a border. */
static char before(const char *text, size_t i)
{
    bool letter = i >= 2 && text[i - 2] == '\\' && strchr("nte", text[i - 1]);
    bool hex = i >= 4 && text[i - 4] == '\\' && text[i - 3] == 'x';
    return i == 0 || letter || hex ? '\0' : text[i - 1];
}

/* Does this name stand here, as a word of its own? before is the octet in front of it. */
static bool stands_here(const char *name, char before, const char *at, size_t left)
{
    size_t len = strlen(name);
    return len <= left && strncasecmp(at, name, len) == 0 && !(is_word(before) && is_word(name[0])) &&
           !(len < left && is_word(name[len - 1]) && is_word(at[len]));
}

static void add_masked(const struct strv *names, const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len;) {
        size_t k = 0;
        while (k < names->n && !stands_here(names->v[k], before(text, i), text + i, len - i)) {
            k++;
        }
        if (k < names->n) {
            buf_add(out, "(name %zu)", k + 1);
            i += strlen(names->v[k]);
        } else {
            buf_add(out, "%c", text[i++]);
        }
    }
}

/* In lines "key=value" a key that looks like a name is none. */
static char *without_names(char *text, const struct strv *names, bool keyed)
{
    struct buf out = BUF_INIT(BUF_MAX_MESSAGE);
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n"), key = keyed ? strcspn(line, "=\n") : 0;
        buf_add(&out, "%.*s", (int)key, line);
        add_masked(names, line + key, len - key, &out);
        line += len;
        if (*line) {
            buf_add(&out, "\n");
            line++;
        }
    }
    free(text);
    return buf_take_str(&out);
}

/* ---- the whole ---- */

/* What is taken out of every part and of the names of files. */
struct redaction {
    const struct secrets *secrets; /* or NULL */
    struct strv names;             /* empty: they stay */
};

static char *redacted(const struct redaction *r, char *text, bool keyed)
{
    text = without_secrets(text, r->secrets);
    return r->names.n ? without_names(text, &r->names, keyed) : text;
}

static void add_withheld(const struct session *session, const struct redaction *redaction, struct buf *out)
{
    struct strv names = STRV_INIT;
    struct err ignored = ERR_INIT;
    if (session && dir_list(session->dir, &names, &ignored)) {
        for (size_t i = 0; i < names.n; i++) {
            size_t r = 0;
            while (!text_ends(names.v[i], REASONS[r].ending)) {
                r++;
            }
            if (!is_shown(names.v[i]) && strcmp(names.v[i], "lock") != 0) {
                char *shown = redacted(redaction, text_visible_str(names.v[i]), false);
                buf_add(out, "withheld %s: %s\n", shown, REASONS[r].reason);
                free(shown);
            }
        }
    }
    buf_add(out, "withheld passwords, PINs, shared secrets: never part of a bundle\n");
    err_release(&ignored);
    strv_release(&names);
}

char *bundle_text(const struct session *session, const struct secrets *secrets, const struct bundle_options *options)
{
    struct buf all = BUF_INIT(BUF_MAX_MESSAGE), parts = BUF_INIT(BUF_MAX_MESSAGE);
    struct redaction r = {.secrets = secrets, .names = STRV_INIT};
    if (options->mask_names) {
        collect_names(&r.names, session);
    }
    buf_add(&all, "cmc-wizard support bundle 1\n\n==== manifest ====\n");
    for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
        struct buf part = BUF_INIT(BUF_MAX_MESSAGE);
        bool there = !PARTS[i].file || (session && session_has_file(session, PARTS[i].file));
        if (there) {
            PARTS[i].add(session, &part);
            char *text = redacted(&r, buf_take_str(&part), PARTS[i].keyed);
            buf_add(&all, "%s: %zu octets\n", PARTS[i].name, strlen(text));
            buf_add(&parts, "\n==== %s ====\n%s", PARTS[i].name, text);
            free(text);
        }
        buf_release(&part);
    }
    add_withheld(session, &r, &all);
    buf_add(&all, "names: %s\n", options->mask_names ? "masked" : "as they are");
    buf_add(&all, "%s", buf_str(&parts));
    buf_release(&parts);
    strv_release(&r.names);
    return buf_take_str(&all);
}

bool bundle_write(const char *text, const char *path, struct err *err)
{
    char *file = path_expand_home(path);
    bool ok = file_write(file, bytes_of_str(text), 0600, err);
    free(file);
    return ok;
}
