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
} PARTS[] = {
    {"about", NULL, add_about},
    {"answers", "session.json", add_answers},
    {"facts", "session.json", add_facts},
    {"journal", "journal.jsonl", add_journal},
    {FILE_REQUEST_CFG, FILE_REQUEST_CFG, add_request_cfg},
    {FILE_SUBMIT_CFG, FILE_SUBMIT_CFG, add_submit_cfg},
    {FILE_REQUEST_CFG_2, FILE_REQUEST_CFG_2, add_request_cfg_2},
    {FILE_SUBMIT_CFG_2, FILE_SUBMIT_CFG_2, add_submit_cfg_2},
    {"card", FILE_CARD, add_card},
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

static void add_withheld(const struct session *session, struct buf *out)
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
                char *shown = text_visible_str(names.v[i]);
                buf_add(out, "withheld %s: %s\n", shown, REASONS[r].reason);
                free(shown);
            }
        }
    }
    buf_add(out, "withheld passwords, PINs, shared secrets: never part of a bundle\n");
    err_release(&ignored);
    strv_release(&names);
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

/* To mask one more kind of name: a row here or in name_facts. */
static const char *const NAME_ANSWERS[] = {"identification", "host", "proxy", "nickname", "new.nickname", "renew.nickname", "ca"};
static const char *const DN_ANSWERS[] = {"subject"};
static const char *const DN_FACTS[] = {"subject", "signer", "signer.subject", "signer.issuer", "issued.subject", "issued.issuer"};

static int longer_first(const void *a, const void *b)
{
    size_t x = strlen(*(char *const *)a), y = strlen(*(char *const *)b);
    return x < y ? 1 : x > y ? -1 : strcmp(*(char *const *)a, *(char *const *)b);
}

static char *without_names(char *text, const struct session *session)
{
    struct strv names = STRV_INIT;
    for (size_t i = 0; session && i < ARRAY_LEN(NAME_ANSWERS); i++) {
        add_name(&names, session_answer(session, NAME_ANSWERS[i]));
    }
    for (size_t i = 0; session && i < ARRAY_LEN(DN_ANSWERS); i++) {
        add_dn_names(&names, session_answer(session, DN_ANSWERS[i]));
    }
    for (size_t i = 0; session && i < ARRAY_LEN(DN_FACTS); i++) {
        add_dn_names(&names, session_fact(session, DN_FACTS[i]));
    }
    add_listed_names(&names, session && session_answer(session, "san") ? session_answer(session, "san") : "");
    add_name(&names, session ? session_fact(session, "nickname") : NULL);
    add_name(&names, getenv("HOME"));
    add_name(&names, getenv("USER"));
    add_name(&names, getenv("LOGNAME"));
    if (names.n) {
        qsort(names.v, names.n, sizeof names.v[0], longer_first);
    }
    for (size_t i = 0; i < names.n; i++) {
        char *mask = xasprintf("(name %zu)", i + 1);
        text = replaced(text, names.v[i], mask);
        free(mask);
    }
    strv_release(&names);
    return text;
}

/* ---- the whole ---- */

static char *manifest_and_parts(const struct session *session, bool masked)
{
    struct buf all = BUF_INIT(BUF_MAX_MESSAGE), parts = BUF_INIT(BUF_MAX_MESSAGE);
    buf_add(&all, "cmc-wizard support bundle 1\n\n==== manifest ====\n");
    for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
        struct buf part = BUF_INIT(BUF_MAX_MESSAGE);
        bool there = !PARTS[i].file || (session && session_has_file(session, PARTS[i].file));
        if (there) {
            PARTS[i].add(session, &part);
            buf_add(&all, "%s: %zu octets\n", PARTS[i].name, part.len);
            buf_add(&parts, "\n==== %s ====\n%s", PARTS[i].name, buf_str(&part));
        }
        buf_release(&part);
    }
    add_withheld(session, &all);
    buf_add(&all, "names: %s\n", masked ? "masked" : "as they are");
    buf_add(&all, "%s", buf_str(&parts));
    buf_release(&parts);
    return buf_take_str(&all);
}

char *bundle_text(const struct session *session, const struct secrets *secrets, const struct bundle_options *options)
{
    char *text = manifest_and_parts(session, options->mask_names);
    text = without_secrets(text, secrets);
    return options->mask_names ? without_names(text, session) : text;
}

bool bundle_write(const char *text, const char *path, struct err *err)
{
    char *file = path_expand_home(path);
    bool ok = file_write(file, bytes_of_str(text), 0600, err);
    free(file);
    return ok;
}
