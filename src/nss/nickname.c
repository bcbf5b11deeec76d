/* SPDX-License-Identifier: Apache-2.0 */
/* Nicknames: free or taken, and suggestions. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/certdb.h"
#include "nss/dn.h"

#define NICKNAME_MAX 200

static bool nickname_bad(const char *nickname, struct err *err)
{
    size_t n = strlen(nickname);
    char *visible = text_visible_str(nickname);
    bool bad = n == 0 || n > NICKNAME_MAX || strchr(nickname, ':') || nickname[0] == ' ' ||
               nickname[n - 1] == ' ' || !utf8_valid(nickname, n);
    for (size_t i = 0; !bad && i < n; i++) {
        bad = (unsigned char)nickname[i] < ' ' || nickname[i] == 0x7f;
    }
    if (bad) {
        err_fail(err, ERR_NSS_NICKNAME_BAD, _("Nickname: %s"), visible);
    }
    free(visible);
    return bad;
}

/* Who has this nickname with another subject; index or n. */
static size_t taken_by(const struct certdb_entry *list, size_t n, const char *nickname,
                       struct bytes subject_der)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].nickname, nickname) == 0 &&
            !bytes_equal(cert_subject_der(list[i].cert), subject_der)) {
            return i;
        }
    }
    return n;
}

bool certdb_nickname_free(struct nssdb *db, const char *token, const char *nickname, struct bytes subject_der,
                          struct err *err)
{
    struct certdb_entry *list;
    size_t n;
    if (nickname_bad(nickname, err) || !certdb_list(db, token ? token : "internal", &list, &n, err)) {
        return false;
    }
    size_t other = taken_by(list, n, nickname, subject_der);
    if (other < n) {
        char *visible = text_visible_str(nickname);
        char *subject = cert_subject(list[other].cert);
        char *serial = cert_serial_text(list[other].cert);
        err_fail(err, ERR_NSS_NICKNAME_TAKEN, _("Nickname %s belongs to %s, serial number %s."), visible,
                 subject, serial);
        free(serial);
        free(subject);
        free(visible);
    }
    bool ok = other == n;
    certdb_entries_free(list, n);
    return ok;
}

/* A part of the subject that a person would call the certificate by. */
static char *short_name(struct bytes subject_der)
{
    static const char *const types[] = {"CN", "UID", "E", "OU", "O", "DC"};
    char *name = NULL;
    for (size_t i = 0; i < ARRAY_LEN(types) && !name; i++) {
        name = dn_value(subject_der, types[i]);
    }
    if (!name) {
        name = xstrdup("certificate");
    }
    char *to = name;
    for (const char *from = name; *from; from++) {
        bool odd = (unsigned char)*from < ' ' || *from == 0x7f || *from == ':';
        *to++ = odd ? ' ' : *from;
    }
    *to = '\0';
    char *trimmed = text_trim(name);
    char *copy = xstrndup(*trimmed ? trimmed : "certificate", 100);
    while (*copy && !utf8_valid(copy, strlen(copy))) { /* cut between characters */
        copy[strlen(copy) - 1] = '\0';
    }
    free(name);
    return copy;
}

static const char *existing_nickname(const struct certdb_entry *list, size_t n, struct bytes subject_der)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i].nickname[0] && bytes_equal(cert_subject_der(list[i].cert), subject_der)) {
            return list[i].nickname;
        }
    }
    return NULL;
}

char *certdb_nickname_suggest(struct nssdb *db, const char *token, struct bytes subject_der,
                              const char *purpose)
{
    struct certdb_entry *list = NULL;
    size_t n = 0;
    if (!certdb_list(db, token ? token : "internal", &list, &n, NULL)) {
        list = NULL;
        n = 0;
    }
    const char *existing = existing_nickname(list, n, subject_der);
    char *name = existing ? xstrdup(existing) : NULL;
    if (!name) {
        char *base = short_name(subject_der);
        char *stem = purpose && *purpose ? xasprintf("%s - %s", base, purpose) : xstrdup(base);
        name = xstrdup(stem);
        for (unsigned number = 2; taken_by(list, n, name, subject_der) < n; number++) {
            free(name);
            name = xasprintf("%s %u", stem, number);
        }
        free(stem);
        free(base);
    }
    certdb_entries_free(list, n);
    return name;
}
