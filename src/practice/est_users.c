/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/est_users.h"

#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "base/strv.h"
#include "base/text.h"
#include "nss/pem.h"

#define EST_USERS "est-users"
#define ITERATIONS 20000
#define ITERATIONS_MAX 10000000
#define SALT_LEN 16
#define HASH_LEN 32

/* One line, taken apart. */
struct est_user {
    char *name;
    unsigned iterations;
    struct buf salt, hash;
};

static void est_user_release(struct est_user *u)
{
    free(u->name);
    buf_release(&u->salt);
    buf_release(&u->hash);
}

static bool parse_line(const char *line, struct est_user *u)
{
    struct strv parts = STRV_INIT;
    *u = (struct est_user){.salt = BUF_INIT(64), .hash = BUF_INIT(64)};
    strv_split(&parts, line, ':');
    bool ok = parts.n == 4;
    unsigned long n = ok ? strtoul(parts.v[1], NULL, 10) : 0;
    ok = ok && n > 0 && n <= ITERATIONS_MAX && bytes_from_hex(parts.v[2], &u->salt) && bytes_from_hex(parts.v[3], &u->hash) &&
         u->hash.len == HASH_LEN;
    if (ok) {
        u->name = xstrdup(parts.v[0]);
        u->iterations = (unsigned)n;
    }
    strv_release(&parts);
    if (!ok) {
        est_user_release(u);
    }
    return ok;
}

static bool derive(struct bytes password, struct bytes salt, unsigned iterations, uint8_t out[HASH_LEN])
{
    const gnutls_datum_t key = {(unsigned char *)(uintptr_t)password.data, (unsigned)password.len};
    const gnutls_datum_t grain = {(unsigned char *)(uintptr_t)salt.data, (unsigned)salt.len};
    return gnutls_pbkdf2(GNUTLS_MAC_SHA256, &key, &grain, iterations, out, HASH_LEN) == 0;
}

static void read_lines(const struct practice_ca *ca, struct strv *lines)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    char *path = practice_path(ca, EST_USERS);
    if (file_exists(path) && file_read(path, &text, NULL)) {
        strv_split(lines, buf_str(&text), '\n');
    }
    buf_release(&text);
    free(path);
}

static bool is_name(const char *line, const char *name)
{
    size_t len = strlen(name);
    return strncmp(line, name, len) == 0 && line[len] == ':';
}

static bool add_line(const char *name, const struct secret *password, struct buf *out)
{
    uint8_t salt[SALT_LEN], hash[HASH_LEN];
    bytes_random(salt, sizeof salt);
    if (!derive(BYTES(password->text, password->len), BYTES(salt, sizeof salt), ITERATIONS, hash)) {
        return false;
    }
    char *salt_hex = bytes_hex(BYTES(salt, sizeof salt)), *hash_hex = bytes_hex(BYTES(hash, sizeof hash));
    buf_add(out, "%s:%d:%s:%s\n", name, ITERATIONS, salt_hex, hash_hex);
    free(salt_hex);
    free(hash_hex);
    return true;
}

bool est_user_set(const struct practice_ca *ca, const char *name, const struct secret *password, struct err *err)
{
    struct strv lines = STRV_INIT;
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    bool found = false;
    for (const char *c = name; *c; c++) {
        if (*c == ':' || (unsigned char)*c <= ' ' || *c == 0x7f) {
            return err_fail(err, ERR_USAGE, "%s", _("A user's name has no colon, blank or control character."));
        }
    }
    read_lines(ca, &lines);
    for (size_t i = 0; i < lines.n; i++) {
        bool same = is_name(lines.v[i], name);
        found = found || same;
        if (*lines.v[i] && !same) {
            buf_add(&text, "%s\n", lines.v[i]);
        }
    }
    strv_release(&lines);
    char *path = practice_path(ca, EST_USERS);
    bool ok = password ? *name && add_line(name, password, &text) : found;
    ok = ok ? file_write(path, buf_peek(&text), 0600, err) : err_fail(err, password ? ERR_INTERNAL : ERR_PRACTICE_NO_USER, NULL);
    free(path);
    buf_release(&text);
    return ok;
}

static bool password_fits(const struct practice_ca *ca, const char *name, struct bytes password)
{
    struct strv lines = STRV_INIT;
    uint8_t hash[HASH_LEN];
    bool fits = false;
    read_lines(ca, &lines);
    for (size_t i = 0; !fits && i < lines.n; i++) {
        struct est_user u;
        if (!is_name(lines.v[i], name) || !parse_line(lines.v[i], &u)) {
            continue;
        }
        fits = derive(password, buf_peek(&u.salt), u.iterations, hash) &&
               gnutls_memcmp(hash, u.hash.data, HASH_LEN) == 0;
        est_user_release(&u);
    }
    strv_release(&lines);
    return fits;
}

char *est_user_of(const struct practice_ca *ca, const char *authorization)
{
    static const char scheme[] = "Basic ";
    struct buf pair = {.max = BUF_MAX_TEXT, .secret = true};
    char *name = NULL;
    if (!authorization || strncasecmp(authorization, scheme, sizeof scheme - 1) != 0 ||
        !base64_decode(bytes_of_str(authorization + sizeof scheme - 1), &pair, NULL)) {
        buf_release(&pair);
        return NULL;
    }
    const char *colon = memchr(pair.data, ':', pair.len);
    if (colon && colon != buf_str(&pair)) {
        size_t len = (size_t)(colon - buf_str(&pair));
        name = xstrndup(buf_str(&pair), len);
        if (strlen(name) != len || !password_fits(ca, name, BYTES(colon + 1, pair.len - len - 1))) {
            free(name);
            name = NULL;
        }
    }
    buf_release(&pair);
    return name;
}
