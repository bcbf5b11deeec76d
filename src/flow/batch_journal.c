/* SPDX-License-Identifier: Apache-2.0 */
/* Lines "sending@TIME KEY NAME" and "settled KEY NAME"; KEY is the SHA-256 of the public key in hex, TIME seconds since 1970
 * (older files have "sending" alone). The last line of a key counts, and the first time of those that have no end. */
#include "config.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/batch_internal.h"

#define JOURNAL ".cmc-batch.journal"
#define KEY_DIGITS 64
#define JOURNAL_MAX ((size_t)1 << 30)

struct journal_key {
    char key[KEY_DIGITS + 1];
    bool doubt; /* sent, the end is not known */
    bool seen;  /* came in this run */
    int64_t at; /* when it was sent first; 0 unknown */
    char *name;
};

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct journal_key *)a)->key, ((const struct journal_key *)b)->key);
}

static struct journal_key *look_up(const struct batch_journal *j, const char *key)
{
    struct journal_key wanted = {0};
    snprintf(wanted.key, sizeof wanted.key, "%s", key);
    void *const tree = j->keys;
    void **found = tfind(&wanted, &tree, compare);
    return found ? *found : NULL;
}

static struct journal_key *get(struct batch_journal *j, const char *key)
{
    struct journal_key *have = look_up(j, key);
    if (!have) {
        have = xcalloc(1, sizeof *have);
        snprintf(have->key, sizeof have->key, "%s", key);
        if (!tsearch(have, &j->keys, compare)) {
            mem_exhausted();
        }
    }
    return have;
}

static void free_key(void *p)
{
    struct journal_key *k = p;
    free(k->name);
    free(k);
}

static void note(struct batch_journal *j, const char *key, const char *name, bool doubt, int64_t at)
{
    struct journal_key *k = get(j, key);
    k->at = k->doubt && doubt ? k->at : at;
    k->doubt = doubt;
    free(k->name);
    k->name = doubt ? xstrdup(name) : NULL;
}

static void read_line(struct batch_journal *j, char *line)
{
    char *save = NULL, *word = strtok_r(line, " \n", &save), *key = strtok_r(NULL, " \n", &save),
         *name = strtok_r(NULL, "\n", &save);
    if (!word || !key || strlen(key) != KEY_DIGITS || strspn(key, "0123456789abcdef") != KEY_DIGITS) {
        return;
    }
    char *at = strchr(word, '@');
    if (at) {
        *at++ = '\0';
    }
    if (strcmp(word, "sending") == 0 || strcmp(word, "settled") == 0) {
        note(j, key, name ? name : "", word[1] == 'e' && word[2] == 'n', at ? strtoll(at, NULL, 10) : 0);
    }
}

bool batch_journal_open(struct batch_journal *j, const char *dir, struct err *err)
{
    *j = (struct batch_journal){.path = path_join(dir, JOURNAL)};
    if (!file_exists(j->path)) {
        return true;
    }
    FILE *f = fopen(j->path, "re");
    if (!f) {
        return err_fail_errno(err, ERR_FILE_READ, "%s", j->path);
    }
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, f) >= 0) {
        read_line(j, line);
    }
    bool ok = !ferror(f) || err_fail_errno(err, ERR_FILE_READ, "%s", j->path);
    free(line);
    fclose(f);
    return ok;
}

static void add_line(struct buf *out, const char *word, const char *key, const char *name)
{
    char *visible = text_visible_str(name);
    buf_add(out, "%s %s %s\n", word, key, visible);
    free(visible);
}

static bool append(struct batch_journal *j, const char *word, const char *key, const char *name, struct err *err)
{
    struct buf line = BUF_INIT(BUF_MAX_TEXT);
    add_line(&line, word, key, name);
    bool ok = file_append(j->path, buf_peek(&line), 0600, err);
    buf_release(&line);
    return ok;
}

bool batch_journal_sending(struct batch_journal *j, const char *key, const char *name, struct err *err)
{
    int64_t now = when_now();
    char *word = xasprintf("sending@%lld", (long long)now);
    note(j, key, name, true, now);
    bool ok = append(j, word, key, name, err);
    free(word);
    return ok;
}

bool batch_journal_settled(struct batch_journal *j, const char *key, const char *name, bool stored, struct err *err)
{
    note(j, key, name, false, 0);
    return stored || append(j, "settled", key, name, err);
}

bool batch_journal_doubts(const struct batch_journal *j, const char *key)
{
    const struct journal_key *k = look_up(j, key);
    return k && k->doubt;
}

int64_t batch_journal_since(const struct batch_journal *j, const char *key)
{
    const struct journal_key *k = look_up(j, key);
    return k && k->doubt ? k->at : 0;
}

bool batch_journal_first(struct batch_journal *j, const char *key)
{
    struct journal_key *k = get(j, key);
    bool first = !k->seen;
    k->seen = true;
    return first;
}

static void collect(const void *node, VISIT which, void *ctx)
{
    const struct journal_key *k = *(const struct journal_key *const *)node;
    if ((which == postorder || which == leaf) && k->doubt) {
        char *word = k->at ? xasprintf("sending@%lld", (long long)k->at) : xstrdup("sending");
        add_line(ctx, word, k->key, k->name);
        free(word);
    }
}

bool batch_journal_close(struct batch_journal *j, bool compact, struct err *err)
{
    bool ok = true;
    struct buf rest = BUF_INIT(JOURNAL_MAX);
    if (compact && j->path && file_exists(j->path)) {
        twalk_r(j->keys, collect, &rest);
        ok = rest.len > 0 ? file_write(j->path, buf_peek(&rest), 0600, err)
                          : unlink(j->path) == 0 || err_fail_errno(err, ERR_FILE_WRITE, "%s", j->path);
    }
    buf_release(&rest);
    tdestroy(j->keys, free_key);
    free(j->path);
    *j = (struct batch_journal){0};
    return ok;
}
