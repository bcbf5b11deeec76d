/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/expiry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/strv.h"
#include "base/text.h"
#include "flow/session.h"
#include "nss/certdb.h"

#define DAY INT64_C(86400)

static bool same_extension(const struct cert *a, const struct cert *b, const char *oid)
{
    struct bytes x = BYTES_NONE, y = BYTES_NONE;
    bool critical;
    bool has_x = cert_extension(a, oid, &x, &critical), has_y = cert_extension(b, oid, &y, &critical);
    return has_x == has_y && bytes_equal(x, y);
}

/* Of two that end in the same second one counts as the later, whichever: not both need a successor. */
static bool is_later(const struct cert *a, const struct cert *b)
{
    int64_t end_a = cert_not_after(a), end_b = cert_not_after(b);
    struct bytes der_a = cert_der(a), der_b = cert_der(b);
    int order = memcmp(der_a.data, der_b.data, der_a.len < der_b.len ? der_a.len : der_b.len);
    return end_a != end_b ? end_a > end_b : order != 0 ? order > 0 : der_a.len > der_b.len;
}

static bool replaces(const struct cert *later, const struct cert *c)
{
    static const char *const key_usage = "2.5.29.15", *const extended = "2.5.29.37";
    return is_later(later, c) && bytes_equal(cert_subject_der(later), cert_subject_der(c)) &&
           bytes_equal(cert_issuer_der(later), cert_issuer_der(c)) && same_extension(later, c, key_usage) &&
           same_extension(later, c, extended);
}

/* dbdir: an answer, which may spell a folder as cfg files do. Caller frees. */
static char *folder_of_answer(const char *dbdir)
{
    char *home = path_expand_home(text_starts(dbdir, "sql:") ? dbdir + 4 : dbdir), *path = path_absolute(home);
    free(home);
    return path;
}

/* Pairs of serial numbers: what a renewal continues ("" for the scenario "encryption"), and what it brought. */
static void add_link(const struct session *s, bool first, const char *dbdir, struct strv *links)
{
    const char *serial = session_fact(s, "issued.serial"), *old = first ? "" : session_fact(s, "renewed.serial");
    const char *dir = session_answer(s, "dbdir");
    char *path = folder_of_answer(dir ? dir : ""), *here = path_absolute(dbdir);
    if (serial && old && (first || *old) && strcmp(path, here) == 0) {
        strv_push(links, old);
        strv_push(links, serial);
    }
    free(path);
    free(here);
}

/* The order of saved enrollments tells nothing (an old one may have been touched last): as long as a pair adds one. */
static void follow_links(const struct strv *links, struct strv *out)
{
    bool more = true;
    while (more) {
        more = false;
        for (size_t i = 0; i + 1 < links->n; i += 2) {
            const char *old = links->v[i], *serial = links->v[i + 1];
            if ((!*old || strv_has(out, old)) && !strv_has(out, serial)) {
                strv_push(out, serial);
                more = true;
            }
        }
    }
}

/* Serial numbers of certificates in this database that saved enrollments of the scenario "encryption" brought,
 * and of what renewed those. */
static void encryption_serials(const char *sessions, const char *dbdir, struct strv *out)
{
    struct session_info *list = NULL;
    struct strv links = STRV_INIT;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    bool ok = session_list(sessions, &list, &n, &ignored);
    for (size_t i = 0; ok && i < n; i++) {
        bool first = strcmp(list[i].scenario, "encryption") == 0;
        bool wanted = !list[i].damaged && (first || strcmp(list[i].scenario, "renewal") == 0);
        struct session *s = wanted ? session_peek(sessions, list[i].id, &ignored) : NULL;
        if (s) {
            add_link(s, first, dbdir, &links);
        }
        session_close(s);
        err_release(&ignored);
    }
    follow_links(&links, out);
    strv_release(&links);
    session_info_free(list, n);
    err_release(&ignored);
}

static bool is_among(const struct cert *c, const struct strv *serials)
{
    char *serial = cert_serial_text(c);
    bool found = strv_has(serials, serial);
    free(serial);
    return found;
}

static void mark_replaced(struct expiry *v, size_t n, const char *sessions)
{
    struct strv serials = STRV_INIT;
    bool asked = false; /* the saved enrollments are read when they make a difference */
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n && !v[i].replaced; j++) {
            if (!replaces(v[j].cert, v[i].cert)) {
                continue;
            }
            if (!asked) {
                encryption_serials(sessions, v[i].dbdir, &serials);
                asked = true;
            }
            v[i].replaced = is_among(v[j].cert, &serials) == is_among(v[i].cert, &serials);
        }
    }
    strv_release(&serials);
}

static int sooner(const void *a, const void *b)
{
    const struct expiry *x = a, *y = b;
    int64_t end_x = cert_not_after(x->cert), end_y = cert_not_after(y->cert);
    return end_x != end_y ? (end_x > end_y) - (end_x < end_y) : strcmp(x->nickname, y->nickname);
}

bool expiry_add_db(struct expiry_list *list, struct nssdb *db, struct err *err)
{
    struct certdb_entry *entries = NULL;
    size_t n = 0, first = list->n;
    if (!certdb_list(db, NULL, &entries, &n, err)) {
        return false;
    }
    list->v = xrealloc(list->v, (list->n + n + 1) * sizeof *list->v);
    for (size_t i = 0; i < n; i++) {
        struct cert *c = entries[i].cert;
        if (entries[i].has_key && !cert_is_ca(c)) {
            unsigned usage = cert_key_usage(c);
            list->v[list->n++] = (struct expiry){.cert = cert_ref(c),
                                                 .nickname = xstrdup(entries[i].nickname),
                                                 .token = xstrdup(entries[i].token),
                                                 .dbdir = xstrdup(nssdb_dir(db)),
                                                 .can_sign = (usage & KU_ABSENT) || (usage & KU_DIGITAL_SIGNATURE)};
        }
    }
    certdb_entries_free(entries, n);
    mark_replaced(list->v + first, list->n - first, list->sessions);
    qsort(list->v, list->n, sizeof *list->v, sooner);
    return true;
}

bool expiry_add_folder(struct expiry_list *list, const char *dir, struct err *err)
{
    struct nssdb *db = nssdb_open(dir, NSSDB_READ, NULL, err);
    bool ok = db && expiry_add_db(list, db, err);
    nssdb_close(db);
    return ok;
}

void expiry_list_release(struct expiry_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        cert_free(list->v[i].cert);
        free(list->v[i].nickname);
        free(list->v[i].token);
        free(list->v[i].dbdir);
    }
    free(list->v);
    *list = (struct expiry_list)EXPIRY_LIST_INIT;
}

static bool has_nickname(const struct expiry *e, const char *nickname)
{
    size_t token = strlen(e->token);
    bool qualified = strncmp(nickname, e->token, token) == 0 && nickname[token] == ':';
    return strcmp(e->nickname, nickname) == 0 || (qualified && strcmp(e->nickname, nickname + token + 1) == 0);
}

static bool has_serial(const struct expiry *e, const char *serial)
{
    char *own = cert_serial_text(e->cert);
    bool same = !*serial || strcmp(own, serial) == 0;
    free(own);
    return same;
}

const struct expiry *expiry_find(const struct expiry_list *list, const char *nickname, const char *serial)
{
    const struct expiry *best = NULL;
    int best_score = -1;
    for (size_t i = 0; i < list->n; i++) { /* the last to end is the last in the list */
        const struct expiry *e = &list->v[i];
        int score = (e->replaced ? 0 : 2) + (e->can_sign ? 1 : 0);
        if (score >= best_score && has_nickname(e, nickname) && has_serial(e, serial)) {
            best = e;
            best_score = score;
        }
    }
    return best;
}

bool expiry_cert_is_user(const struct cert *c)
{
    static const char *const others[] = {"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.9"}; /* serverAuth, OCSPSigning */
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (cert_has_eku(c, others[i])) {
            return false;
        }
    }
    return !cert_is_ca(c);
}

long expiry_days_left(const struct expiry *e, int64_t at)
{
    int64_t left = cert_not_after(e->cert) - at;
    return (long)(left >= 0 ? left / DAY : -((-left + DAY - 1) / DAY));
}

int64_t expiry_window_opens(const struct expiry_list *list, const struct expiry *e)
{
    int64_t end = cert_not_after(e->cert);
    for (size_t i = 0; i < list->n; i++) {
        if (bytes_equal(cert_spki(list->v[i].cert), cert_spki(e->cert)) && cert_not_after(list->v[i].cert) > end) {
            end = cert_not_after(list->v[i].cert);
        }
    }
    return end - RENEW_WINDOW_DAYS * DAY;
}

bool expiry_within_parse(const char *text, struct expiry_within *out)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', DAY}, {'w', 7 * DAY}};
    char *end = NULL;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno || end == text || *text < '0' || *text > '9' || !*end || end[1]) {
        return false;
    }
    if (*end == '%') {
        *out = (struct expiry_within){.percent = (int)n};
        return n <= 100;
    }
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (units[i].unit == *end) {
            *out = (struct expiry_within){.seconds = n * units[i].seconds, .percent = -1};
            return n <= 36525 * DAY / units[i].seconds;
        }
    }
    return false;
}

bool expiry_is_due(const struct expiry *e, const struct expiry_within *within, int64_t at)
{
    int64_t from = cert_not_before(e->cert), to = cert_not_after(e->cert);
    int64_t limit = within->percent < 0 ? within->seconds : (to > from ? (to - from) / 100 * within->percent : 0);
    return !e->replaced && to - at <= limit;
}

static void add_folder(struct strv *out, const char *dir)
{
    char *path = folder_of_answer(dir);
    if (nssdb_present(path) && !strv_has(out, path)) {
        strv_push(out, path);
    }
    free(path);
}

const char *const *expiry_usual_folders(size_t *n)
{
    /* To add a place: a row. */
    static const char *const usual[] = {"~/.dogtag/nssdb", "~/.pki/nssdb", "~/.local/share/pki/nssdb", "/etc/pki/nssdb"};
    *n = ARRAY_LEN(usual);
    return usual;
}

void expiry_folders(const char *sessions, struct strv *out)
{
    const char *data = getenv("XDG_DATA_HOME");
    struct session_info *list = NULL;
    size_t n = 0, n_usual = 0;
    const char *const *usual = expiry_usual_folders(&n_usual);
    struct err ignored = ERR_INIT;
    for (size_t i = 0; i < n_usual; i++) {
        add_folder(out, usual[i]);
    }
    if (data && *data == '/') {
        char *path = path_join(data, "pki/nssdb");
        add_folder(out, path);
        free(path);
    }
    if (session_list(sessions, &list, &n, &ignored)) {
        for (size_t i = 0; i < n; i++) {
            struct session *s = list[i].damaged ? NULL : session_peek(sessions, list[i].id, &ignored);
            const char *dir = s ? session_answer(s, "dbdir") : NULL;
            if (dir && *dir) {
                add_folder(out, dir);
            }
            session_close(s);
            err_release(&ignored);
        }
        session_info_free(list, n);
    }
    err_release(&ignored);
}
