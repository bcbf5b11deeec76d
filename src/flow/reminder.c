/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/reminder.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/expiry.h"
#include "flow/run_internal.h"
#include "nss/cert.h"

#define DAY INT64_C(86400)

int64_t reminder_start(const struct reminder *r)
{
    int64_t third = (r->not_after - r->not_before) / 3, usual = RENEW_WINDOW_DAYS * DAY;
    return r->not_after - (third < usual ? third : usual);
}

/* ---- iCalendar (RFC 5545) ---- */

/* Lines end with CRLF and are folded behind 75 octets at most, never inside a character (3.1). */
static void add_folded(struct buf *out, const char *line)
{
    size_t left = strlen(line), room = 75;
    while (left > room) {
        size_t n = room;
        while (n > 1 && ((unsigned char)line[n] & 0xC0) == 0x80) {
            n--;
        }
        buf_add(out, "%.*s\r\n ", (int)n, line);
        line += n;
        left -= n;
        room = 74; /* the blank counts */
    }
    buf_add(out, "%s\r\n", line);
}

/* TEXT values (3.3.11). */
static char *ics_escape(const char *text)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (const char *c = text; *c; c++) {
        if (strchr("\\;,", *c)) {
            buf_add(&out, "\\%c", *c);
        } else if (*c == '\n') {
            buf_add(&out, "\\n");
        } else {
            buf_add_octets(&out, c, 1);
        }
    }
    return buf_take_str(&out);
}

static void add_text(struct buf *out, const char *name, const char *text)
{
    char *value = ics_escape(text), *line = xasprintf("%s:%s", name, value);
    add_folded(out, line);
    free(value);
    free(line);
}

/* DATE, or DATE-TIME in UTC. */
static void add_time(struct buf *out, const char *name, bool day, int64_t at)
{
    char text[32] = "";
    time_t t = (time_t)at;
    struct tm tm;
    if (gmtime_r(&t, &tm) &&
        (day ? strftime(text, sizeof text, "%Y%m%d", &tm) : strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &tm))) {
        buf_add(out, "%s:%s\r\n", name, text);
    }
}

static void add_alarm(struct buf *out, const char *trigger, const char *summary)
{
    buf_add(out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\n");
    add_text(out, "DESCRIPTION", summary);
    buf_add(out, "TRIGGER:%s\r\nEND:VALARM\r\n", trigger);
}

char *reminder_ics(const struct reminder *r, int64_t now)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    int64_t start = reminder_start(r);
    char *nick = text_visible_str(r->nickname), *until = when_human(r->not_after), *db = text_visible_str(r->dbdir);
    char *summary = xasprintf(_("Renew the certificate %s"), nick);
    char *about = xasprintf(_("Certificate: %s\nSerial number: %s\nDatabase: %s\nIt ends: %s\nTo renew it, start "
                              "cmc-wizard and choose renewal."),
                            r->subject, r->serial, db, until);
    buf_add(&out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//cmc-wizard//renewal reminder//EN\r\nBEGIN:VEVENT\r\n");
    char *uid = xasprintf("%s-%s@cmc-wizard", r->id, r->serial);
    add_text(&out, "UID", uid);
    add_time(&out, "DTSTAMP", false, now);
    add_time(&out, "DTSTART;VALUE=DATE", true, start);
    add_time(&out, "DTEND;VALUE=DATE", true, start + DAY);
    add_text(&out, "SUMMARY", summary);
    add_text(&out, "DESCRIPTION", about);
    buf_add(&out, "TRANSP:TRANSPARENT\r\n");
    /* In the morning of the day, and once more when three quarters of the time are over. */
    char *again = xasprintf("P%ldDT9H", (long)((r->not_after - start) * 3 / 4 / DAY));
    add_alarm(&out, "PT9H", summary);
    add_alarm(&out, again, summary);
    buf_add(&out, "END:VEVENT\r\nEND:VCALENDAR\r\n");
    char *const owned[] = {nick, until, db, summary, about, uid, again};
    for (size_t i = 0; i < ARRAY_LEN(owned); i++) {
        free(owned[i]);
    }
    return buf_take_str(&out);
}

/* ---- systemd ---- */

/* One word of an Exec line: quoted, with "%" and "$" doubled so that neither specifier nor variable is seen in it. */
static void add_word(struct buf *out, const char *word)
{
    buf_add(out, " \"");
    for (const char *c = word; *c; c++) {
        if (*c == '"' || *c == '\\') {
            buf_add(out, "\\%c", *c);
        } else if (*c == '%' || *c == '$') {
            buf_add(out, "%c%c", *c, *c);
        } else if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            buf_add(out, "\\x%02x", (unsigned)*c);
        } else {
            buf_add_octets(out, c, 1);
        }
    }
    buf_add(out, "\"");
}

static void add_exec(struct buf *out, const char *setting, const char *const *argv)
{
    buf_add(out, "%s=", setting);
    struct buf words = BUF_INIT(BUF_MAX_TEXT);
    for (const char *const *a = argv; *a; a++) {
        add_word(&words, *a);
    }
    buf_add(out, "%s\n", buf_str(&words) + 1);
    buf_release(&words);
}

static char *description(const struct reminder *r)
{
    char *nick = text_visible_str(r->nickname), *text = xasprintf(_("Renewal of the certificate %s"), nick);
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (const char *c = text; *c; c++) {
        if (*c == '%') {
            buf_add(&out, "%%");
        }
        if (*c != '\\') { /* at the end of a line it would join it with the next */
            buf_add_octets(&out, c, 1);
        }
    }
    free(nick);
    free(text);
    return buf_take_str(&out);
}

static char *within(const struct reminder *r)
{
    return xasprintf("%ldh", (long)((r->not_after - reminder_start(r)) / 3600));
}

char *reminder_service(const struct reminder *r)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    char *about = description(r), *soon = within(r);
    const char *const condition[] = {r->cmc,       "needs-renewal",
                                     "-d",         r->dbdir,
                                     "--nickname", r->nickname,
                                     "--use",      r->can_sign ? "signing" : "encryption",
                                     "--within",   soon,
                                     NULL};
    const char *const start[] = {r->wizard, "--answers", r->answers, NULL};
    buf_add(&out,
            "# %s\n#   mkdir -p ~/.config/systemd/user && cp cmc-renew-%s.service cmc-renew-%s.timer "
            "~/.config/systemd/user/\n"
            "#   systemctl --user daemon-reload && systemctl --user enable --now cmc-renew-%s.timer\n",
            _("To switch it on:"), r->id, r->id, r->id);
    buf_add(&out, "# %s\n#   loginctl enable-linger\n",
            _("It runs only while you are logged in, unless you allow it to linger:"));
    buf_add(&out, "# %s\n",
            _("When the database has a password, say in the answers file where it is (password.file)."));
    buf_add(&out, "[Unit]\nDescription=%s\n\n[Service]\nType=oneshot\n", about);
    add_exec(&out, "ExecCondition", condition);
    add_exec(&out, "ExecStart", start);
    free(about);
    free(soon);
    return buf_take_str(&out);
}

char *reminder_timer(const struct reminder *r)
{
    char *about = description(r);
    char *text =
        xasprintf("[Unit]\nDescription=%s\n\n[Timer]\nOnCalendar=daily\nPersistent=true\nRandomizedDelaySec=6h\n\n"
                  "[Install]\nWantedBy=timers.target\n",
                  about);
    free(about);
    return text;
}

/* ---- certmonger ---- */

char *reminder_certmonger(const struct reminder *r)
{
    char *dir = text_shell_quote(r->dbdir), *nick = text_shell_quote(r->nickname), *token = text_shell_quote(r->token);
    bool internal = strcmp(r->token, "internal") == 0;
    /* A comment must stay one line. */
    char *text = xasprintf("# %s\ngetcert start-tracking -d %s -n %s%s%s -I cmc-renew-%s -R\n",
                           _("certmonger watches the certificate and warns; it cannot renew with CMC (-R). As root:"),
                           dir, nick, internal ? "" : " -t ", internal ? "" : token, r->id);
    free(dir);
    free(nick);
    free(token);
    return text;
}

/* ---- the files of one enrollment ---- */

/* What the next enrollment is told: where the CA is, the database, and what the certificate was made with. */
static char *next_answers(struct run *run, const struct reminder *r)
{
    static const char *const common[] = {
        "ca", "host", "port", "secure", "proxy", "ca.fingerprint", "ca.chain", "tokenname", "practice.import", NULL};
    static const char *const encryption[] = {
        "nickname", "profile", "key.size",     "archive", "transport", "transport.fingerprint",
        "wrap",     "oaep",    "archive.oaep", NULL};
    const char *const *lists[] = {common, r->can_sign ? NULL : encryption};
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    buf_add(&out, "# %s\n# password.file = PATH\nscenario = %s\ndbdir = %s\n",
            _("Where the password of the database is:"), r->can_sign ? "renewal" : "encryption", r->dbdir);
    if (r->can_sign) {
        buf_add(&out, "renew.nickname = %s\n", r->nickname);
    }
    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        for (const char *const *name = lists[l]; name && *name; name++) {
            const char *value = session_answer(run->session, *name);
            if (value && *value) {
                buf_add(&out, "%s = %s\n", *name, value);
            }
        }
    }
    return buf_take_str(&out);
}

static bool write_text(const char *dir, const char *id, const char *ending, char *taken, struct strv *written,
                       struct err *err)
{
    char *name = xasprintf("cmc-renew-%s.%s", id, ending), *path = path_join(dir, name);
    bool ok = file_write(path, bytes_of_str(taken), 0600, err);
    if (ok) {
        strv_push(written, path);
    }
    free(name);
    free(path);
    free(taken);
    return ok;
}

static bool write_kind(struct run *run, const struct reminder *r, const char *dir, const char *kind,
                       struct strv *written, struct err *err)
{
    if (strcmp(kind, "ics") == 0) {
        return write_text(dir, r->id, "ics", reminder_ics(r, run->engine.at ? run->engine.at : when_now()), written,
                          err);
    }
    if (strcmp(kind, "certmonger") == 0) {
        return write_text(dir, r->id, "certmonger", reminder_certmonger(r), written, err);
    }
    return write_text(dir, r->id, "answers", next_answers(run, r), written, err) &&
           write_text(dir, r->id, "service", reminder_service(r), written, err) &&
           write_text(dir, r->id, "timer", reminder_timer(r), written, err);
}

/* Beside this program. */
static char *program(const char *name)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    self[len < 0 ? 0 : len] = '\0';
    char *dir = path_dir(self), *path = path_join(dir, name);
    free(dir);
    return path;
}

static bool write_all(struct run *run, const struct strv *kinds, const struct cert *leaf, struct strv *written,
                      struct err *err)
{
    const char *nickname = session_fact(run->session, "nickname"), *given = run_answer(run, "reminder.dir");
    char *home = path_expand_home(*given ? given : run->session->dir), *dir = path_absolute(home);
    char *db = path_expand_home(run_dbdir(run)), *dbdir = path_absolute(text_starts(db, "sql:") ? db + 4 : db);
    char *subject = cert_subject(leaf), *serial = cert_serial_text(leaf), *cmc = program("cmc"),
         *wizard = program("cmc-wizard");
    char *name = xasprintf("cmc-renew-%s.answers", run->session->id), *answers = path_join(dir, name);
    unsigned usage = cert_key_usage(leaf);
    struct reminder r = {.id = run->session->id,
                         .nickname = nickname ? nickname : "",
                         .subject = subject,
                         .serial = serial,
                         .token = run_answer(run, "tokenname"),
                         .dbdir = dbdir,
                         .not_before = cert_not_before(leaf),
                         .not_after = cert_not_after(leaf),
                         .can_sign = (usage & KU_ABSENT) || (usage & KU_DIGITAL_SIGNATURE),
                         .cmc = cmc,
                         .wizard = wizard,
                         .answers = answers};
    bool ok = (nickname || err_fail(err, ERR_FLOW_STEP_ORDER, NULL)) &&
              (!strv_has(kinds, "systemd") || expiry_cert_is_user(leaf) ||
               err_fail(err, ERR_FLOW_RENEW_KIND, "%s", nickname)) &&
              dir_create(dir, 0700, err);
    for (size_t i = 0; ok && i < kinds->n; i++) {
        ok = write_kind(run, &r, dir, kinds->v[i], written, err);
    }
    char *const owned[] = {home, dir, db, dbdir, subject, serial, cmc, wizard, name, answers};
    for (size_t i = 0; i < ARRAY_LEN(owned); i++) {
        free(owned[i]);
    }
    return ok;
}

bool run_reminder_kinds(const struct run *run, struct strv *kinds, struct err *err)
{
    static const char *const known[] = {"ics", "systemd", "certmonger"};
    struct strv parts = STRV_INIT;
    bool ok = true;
    strv_split(&parts, run_answer(run, "reminder"), ',');
    for (size_t i = 0; ok && i < parts.n; i++) {
        char *word = text_trim(parts.v[i]);
        bool found = !*word;
        for (size_t k = 0; k < ARRAY_LEN(known); k++) {
            found = found || strcmp(word, known[k]) == 0;
        }
        ok = found || err_fail(err, ERR_FLOW_ANSWER_BAD, "reminder = %s", word);
        if (ok && *word && !strv_has(kinds, word)) {
            strv_push(kinds, word);
        }
    }
    strv_release(&parts);
    return ok;
}

bool run_write_reminders(struct run *run, struct strv *written, struct err *err)
{
    struct strv kinds = STRV_INIT;
    struct cert *leaf = NULL;
    struct cert_list pool = CERT_LIST_INIT;
    bool ok = run_reminder_kinds(run, &kinds, err);
    if (ok && kinds.n) {
        ok = run_need_nss(run, err) && run_read_cert(run, &leaf, &pool, err) &&
             write_all(run, &kinds, leaf, written, err);
    }
    cert_free(leaf);
    cert_list_release(&pool);
    strv_release(&kinds);
    return ok;
}
