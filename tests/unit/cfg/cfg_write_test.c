/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "unit/unit.h"

#include "base/strv.h"
#include "base/text.h"
#include "cfg/cfg.h"

static char *formatted(const struct cfg *cfg, unsigned flags, const char *heading)
{
    struct buf out = BUF_INIT(CFG_TEXT_MAX);
    assert_true(cfg_format(cfg, flags, heading, &out, NULL));
    char *text = xstrdup(buf_str(&out));
    buf_release(&out);
    return text;
}

/* The same entries, in order, except for secrets that are left out. */
static void expect_equal(const struct cfg *wrote, const struct cfg *read)
{
    size_t at = 0;
    for (size_t i = 0; i < wrote->n; i++) {
        const struct cfg_entry *entry = &wrote->v[i];
        if (entry->row && cfg_key_is_secret(entry->row) && !*entry->value) {
            continue;
        }
        assert_true(at < read->n);
        assert_string_equal(read->v[at].key, entry->key);
        assert_string_equal(read->v[at].value, entry->value);
        assert_ptr_equal(read->v[at].row, entry->row);
        at++;
    }
    assert_int_equal(at, read->n);
}

static void values_that_cannot_be_expressed(void **state)
{
    (void)state;
    static const struct {
        unsigned dialects; /* in which it is refused */
        enum cfg_key_id key;
        const char *value;
    } cases[] = {
        {CFG_REQUEST | CFG_HTTP, CFG_NICKNAME, "two\nlines"},
        {CFG_REQUEST | CFG_HTTP, CFG_NICKNAME, "two\rlines"},
        {CFG_REQUEST | CFG_HTTP, CFG_NICKNAME, "bell\a"},
        {CFG_REQUEST | CFG_HTTP, CFG_NICKNAME, "tab\there"},
        {CFG_REQUEST | CFG_HTTP, CFG_NICKNAME, "del\x7f"},
        {CFG_REQUEST | CFG_HTTP, CFG_NICKNAME, "not UTF-8 \xff"},
        {CFG_REQUEST, CFG_NICKNAME, "blank at the end "},
        {CFG_REQUEST, CFG_NICKNAME, " "},
        {CFG_REQUEST, CFG_PASSWORD, "Secret.123 "},
        {CFG_REQUEST, CFG_INPUT, "my req.p10"},
        {0, CFG_NICKNAME, " blank in front"},
        {0, CFG_NICKNAME, "\"quoted\""},
        {0, CFG_NICKNAME, "back\\slash = # ! :"},
        {0, CFG_OUTPUT, "my cmc.req"},
        {0, CFG_NICKNAME, "J\xc3\xb6rg"},
        {0, CFG_NICKNAME, ""},
    };
    static const enum cfg_dialect dialects[] = {CFG_REQUEST, CFG_HTTP};
    for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
        enum cfg_dialect dialect = dialects[i % 2];
        bool refused = cases[i / 2].dialects & dialect;
        struct err err = ERR_INIT;
        struct cfg cfg;
        cfg_init(&cfg, dialect);
        assert_int_equal(cfg_set(&cfg, cases[i / 2].key, cases[i / 2].value, &err), !refused);
        assert_int_equal(cfg.n, !refused);
        if (refused) {
            for (int c = 0; c < err.n_context; c++) {
                assert_null(strstr(err.context[c], "Secret"));
            }
            unit_expect_err(&err, ERR_CFG_VALUE);
        }
        cfg_release(&cfg);
    }
}

static void lists_of_files(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    struct strv names = STRV_INIT;
    strv_push(&names, "a.req");
    strv_push(&names, "b.req");
    assert_true(cfg_set_list(&cfg, CFG_INPUT, &names, NULL));
    assert_string_equal(cfg_get(&cfg, CFG_INPUT), "a.req b.req");
    strv_push(&names, "my c.req");
    assert_false(cfg_set_list(&cfg, CFG_INPUT, &names, &err));
    unit_expect_err(&err, ERR_CFG_VALUE);
    strv_release(&names);
    strv_push(&names, "");
    assert_false(cfg_set_list(&cfg, CFG_INPUT, &names, &err));
    unit_expect_err(&err, ERR_CFG_VALUE);
    assert_string_equal(cfg_get(&cfg, CFG_INPUT), "a.req b.req");
    strv_release(&names);
    cfg_release(&cfg);
}

static void set_replaces_duplicates_and_aliases(void **state)
{
    (void)state;
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    static const char text[] = "request.selfSign=true\noutput=a\nfoo=1\noutput=b\nrequest.useSharedSecret=false\n";
    assert_true(cfg_parse(&cfg, bytes_of_str(text), NULL, NULL));
    assert_true(cfg_set(&cfg, CFG_OUTPUT, cfg_get(&cfg, CFG_OUTPUT), NULL));
    cfg_set_bool(&cfg, CFG_SELF_SIGN, true);
    cfg_set_int(&cfg, CFG_NUM_REQUESTS, 1);
    unit_expect_text(formatted(&cfg, 0, NULL), "foo=1\noutput=b\nrequest.useSharedSecret=true\nnumRequests=1\n");
    cfg_unset(&cfg, CFG_OUTPUT);
    cfg_unset(&cfg, CFG_USE_SHARED_SECRET);
    unit_expect_text(formatted(&cfg, 0, NULL), "foo=1\nnumRequests=1\n");
    struct cfg copy;
    cfg_init(&copy, CFG_HTTP);
    cfg_copy(&copy, &cfg);
    unit_expect_text(formatted(&copy, 0, NULL), "foo=1\nnumRequests=1\n");
    cfg_release(&copy);
    cfg_release(&cfg);
}

static void sorted_by_the_table(void **state)
{
    (void)state;
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    static const char text[] = "zz=1\noutput=b\nnickname=n\nzy=2\noutput=c\nnumRequests=1\n";
    assert_true(cfg_parse(&cfg, bytes_of_str(text), NULL, NULL));
    cfg_sort(&cfg);
    unit_expect_text(formatted(&cfg, 0, NULL), "numRequests=1\noutput=b\noutput=c\nnickname=n\nzz=1\nzy=2\n");
    assert_string_equal(cfg_get(&cfg, CFG_OUTPUT), "c");
    cfg_release(&cfg);
}

/* Every recorded cfg file of both tools survives a rewrite. */
static void rewrite(const char *path)
{
    struct buf text = BUF_INIT(CFG_TEXT_MAX);
    assert_true(file_read(path, &text, NULL));
    struct cfg cfg, back;
    cfg_init(&cfg, cfg_guess_dialect(buf_peek(&text)));
    cfg_init(&back, cfg.dialect);
    if (cfg_parse(&cfg, buf_peek(&text), path, NULL)) {
        struct buf out = BUF_INIT(CFG_TEXT_MAX);
        assert_true(cfg_format(&cfg, CFG_WRITE_SECRETS | CFG_WRITE_COMMENTS, NULL, &out, NULL));
        assert_true(cfg_parse(&back, buf_peek(&out), NULL, NULL));
        expect_equal(&cfg, &back);
        buf_release(&out);
    }
    cfg_release(&cfg);
    cfg_release(&back);
    buf_release(&text);
}

static size_t rewrite_all(const char *folder)
{
    struct strv names = STRV_INIT;
    size_t count = 0;
    assert_true(dir_list(folder, &names, NULL));
    for (size_t i = 0; i < names.n; i++) {
        char *path = path_join(folder, names.v[i]);
        if (dir_exists(path)) {
            count += rewrite_all(path);
        } else if (text_ends(path, ".cfg")) {
            rewrite(path);
            count++;
        }
        free(path);
    }
    strv_release(&names);
    return count;
}

static void recorded_files_survive_a_rewrite(void **state)
{
    (void)state;
    char *vectors = unit_source("tests/vectors");
    assert_true(rewrite_all(vectors) > 200);
    free(vectors);
}

static void properties_are_escaped(void **state)
{
    (void)state;
    struct cfg cfg;
    cfg_init(&cfg, CFG_HTTP);
    assert_true(cfg_set(&cfg, CFG_NICKNAME, " J\xc3\xb6rg \\ \xf0\x9f\x98\x80 ", NULL));
    assert_true(cfg_set(&cfg, CFG_SERVLET, "/ca/ee/ca/x?profileId=a:b#!", NULL));
    assert_true(cfg_add(&cfg, "odd key=:#!", "v", NULL));
    unit_expect_text(formatted(&cfg, 0, NULL),
        "nickname=\\ J\\u00F6rg \\\\ \\uD83D\\uDE00\\u0020\n"
        "servlet=/ca/ee/ca/x?profileId=a:b#!\nodd\\ key\\=\\:\\#\\!=v\n");
    cfg_release(&cfg);
}

static void secrets_are_left_out_unless_wanted(void **state)
{
    (void)state;
    struct cfg cfg;
    struct secret secret = SECRET_INIT;
    cfg_init(&cfg, CFG_REQUEST);
    assert_true(cfg_set(&cfg, CFG_FORMAT, "crmf", NULL));
    secret_set(&secret, "Secret.123", 10);
    assert_true(cfg_set_secret(&cfg, CFG_PASSWORD, &secret, NULL));
    assert_true(cfg_set_secret(&cfg, CFG_WITNESS_SHARED_SECRET, &secret, NULL));
    secret_release(&secret);
    assert_true(cfg_holds_secret(&cfg));
    unit_expect_text(formatted(&cfg, 0, NULL), "format=crmf\n");
    unit_expect_text(formatted(&cfg, CFG_WRITE_SECRETS, NULL),
        "format=crmf\npassword=Secret.123\nwitness.sharedSecret=Secret.123\n");
    /* An empty one is never written: Dogtag's tool would try it. */
    secret_set(&secret, "", 0);
    assert_true(cfg_set_secret(&cfg, CFG_PASSWORD, &secret, NULL));
    secret_release(&secret);
    assert_true(cfg_set_secret(&cfg, CFG_WITNESS_SHARED_SECRET, &secret, NULL));
    assert_false(cfg_holds_secret(&cfg));
    unit_expect_text(formatted(&cfg, CFG_WRITE_SECRETS, NULL), "format=crmf\n");
    cfg_release(&cfg);
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void files_are_private_when_they_hold_a_secret(void **state)
{
    char *path = path_join(*state, "request.cfg");
    mode_t mask = umask(022);
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    assert_true(cfg_set(&cfg, CFG_FORMAT, "crmf", NULL));
    assert_true(cfg_write(&cfg, path, CFG_WRITE_SECRETS, NULL, NULL));
    assert_int_equal(mode_of(path), 0644);
    assert_true(cfg_set(&cfg, CFG_PASSWORD, "x", NULL));
    assert_true(cfg_write(&cfg, path, CFG_WRITE_SECRETS, NULL, NULL));
    assert_int_equal(mode_of(path), 0600);
    umask(077);
    assert_true(cfg_write(&cfg, path, 0, NULL, NULL));
    assert_int_equal(mode_of(path), 0600);
    umask(mask);
    cfg_release(&cfg);
    struct err err = ERR_INIT;
    char *nowhere = path_join(*state, "no/where.cfg");
    cfg_init(&cfg, CFG_REQUEST);
    assert_false(cfg_write(&cfg, nowhere, 0, NULL, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    cfg_release(&cfg);
    free(nowhere);
    free(path);
}

/* Comments are for people: every line is one, and the file reads back as without them. */
static void comments_do_not_change_the_content(void **state)
{
    (void)state;
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    assert_true(cfg_set(&cfg, CFG_FORMAT, "pkcs10", NULL));
    assert_true(cfg_set(&cfg, CFG_NICKNAME, "agent jdoe", NULL));
    assert_true(cfg_add(&cfg, "site.key", "1", NULL));
    char *text = formatted(&cfg, CFG_WRITE_COMMENTS, "Made for jdoe\n\nnot=a key\033");
    assert_non_null(strstr(text, "# Made for jdoe\n#\n# not=a key\\e\n"));
    assert_non_null(strstr(text, "# ---- Files ----\n"));
    struct cfg back;
    cfg_init(&back, CFG_REQUEST);
    assert_true(cfg_parse(&back, bytes_of_str(text), NULL, NULL));
    assert_int_equal(back.n, 3);
    assert_string_equal(cfg_get(&back, CFG_NICKNAME), "agent jdoe");
    assert_string_equal(cfg_get_by_name(&back, "site.key"), "1");
    free(text);
    cfg_release(&back);
    cfg_release(&cfg);
}

static void odd_keys_are_refused(void **state)
{
    (void)state;
    static const char *const keys[] = {"a=b", "#a", " a", "a\nb", "\xff"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct err err = ERR_INIT;
        struct cfg cfg;
        cfg_init(&cfg, CFG_REQUEST);
        assert_false(cfg_add(&cfg, keys[i], "x", &err));
        unit_expect_err(&err, ERR_CFG_VALUE);
        cfg_release(&cfg);
    }
}

static void damaged_lines_are_not_written(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct buf out = BUF_INIT(1000);
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    assert_true(cfg_scan(&cfg, bytes_of_str("no sign"), NULL, NULL));
    assert_false(cfg_format(&cfg, 0, NULL, &out, &err));
    unit_expect_err(&err, ERR_CFG_VALUE);
    cfg_release(&cfg);
    buf_release(&out);
}

/* ---- property: what the writer writes, the parser reads back equal ---- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Characters that mean something to one of the parsers stand often. */
static void random_text(uint32_t *seed, char *out, size_t max)
{
    static const char *const pieces[] = {"=", ":", "#", "!", "\\", " ", "  ", "\"", "'", "a", "Z", "0", ".", "u0041",
        "\\u", "n", "t", "\t", "\n", "\r", "\f", "\001", "\177", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
        "\xff", "true", "-"};
    size_t len = 0;
    for (uint32_t left = next_random(seed) % 12; left > 0; left--) {
        const char *piece = pieces[next_random(seed) % ARRAY_LEN(pieces)];
        if (len + strlen(piece) + 1 < max) {
            memcpy(out + len, piece, strlen(piece));
            len += strlen(piece);
        }
    }
    out[len] = '\0';
}

static void random_entry(struct cfg *cfg, uint32_t *seed)
{
    char key[80], value[80];
    random_text(seed, value, sizeof(value));
    const struct cfg_key *row = cfg_key((enum cfg_key_id)(next_random(seed) % CFG_KEY_COUNT));
    struct err err = ERR_INIT;
    bool ok;
    if (next_random(seed) % 4 == 0) {
        random_text(seed, key, sizeof(key));
        ok = cfg_add(cfg, key, value, &err);
    } else if (!(row->dialects & cfg->dialect)) {
        return;
    } else {
        ok = cfg_set(cfg, row->id, value, &err);
    }
    if (!ok) {
        unit_expect_err(&err, ERR_CFG_VALUE);
    }
}

static void round_trip(uint32_t seed, enum cfg_dialect dialect)
{
    struct cfg cfg, back;
    cfg_init(&cfg, dialect);
    for (uint32_t left = next_random(&seed) % 20; left > 0; left--) {
        random_entry(&cfg, &seed);
    }
    unsigned flags = CFG_WRITE_SECRETS | (next_random(&seed) % 2 ? CFG_WRITE_COMMENTS : 0);
    struct buf out = BUF_INIT(CFG_TEXT_MAX);
    assert_true(cfg_format(&cfg, flags, "heading", &out, NULL));
    cfg_init(&back, dialect);
    assert_true(cfg_parse(&back, buf_peek(&out), NULL, NULL));
    expect_equal(&cfg, &back);
    cfg_release(&back);
    cfg_release(&cfg);
    buf_release(&out);
}

static void what_is_written_reads_back_equal(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 2000; seed++) {
        round_trip(seed, CFG_REQUEST);
        round_trip(seed, CFG_HTTP);
    }
}

/* Keys of both tools, with values that need no escape: one file serves both parsers. */
static void plain_files_serve_both_parsers(void **state)
{
    (void)state;
    static const char alphabet[] = "abcXYZ019./-_ @=:#";
    for (uint32_t seed = 1; seed <= 500; seed++) {
        uint32_t random = seed;
        struct cfg cfg, other;
        cfg_init(&cfg, CFG_REQUEST);
        for (int i = 0; i < CFG_KEY_COUNT; i++) {
            if (cfg_key((enum cfg_key_id)i)->dialects != (CFG_REQUEST | CFG_HTTP)) {
                continue;
            }
            char value[16] = "v";
            size_t len = 1 + next_random(&random) % 12;
            for (size_t c = 1; c < len; c++) {
                value[c] = alphabet[next_random(&random) % (sizeof(alphabet) - 1)];
            }
            value[len] = '\0';
            struct err err = ERR_INIT;
            if (!cfg_set(&cfg, (enum cfg_key_id)i, value, &err)) {
                unit_expect_err(&err, ERR_CFG_VALUE);
            }
        }
        struct buf out = BUF_INIT(CFG_TEXT_MAX);
        assert_true(cfg_format(&cfg, CFG_WRITE_SECRETS, NULL, &out, NULL));
        cfg_init(&other, CFG_HTTP);
        assert_true(cfg_parse(&other, buf_peek(&out), NULL, NULL));
        expect_equal(&cfg, &other);
        buf_release(&out);
        cfg_release(&other);
        cfg_release(&cfg);
    }
}

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_that_cannot_be_expressed),
        cmocka_unit_test(lists_of_files),
        cmocka_unit_test(set_replaces_duplicates_and_aliases),
        cmocka_unit_test(sorted_by_the_table),
        cmocka_unit_test(properties_are_escaped),
        cmocka_unit_test(recorded_files_survive_a_rewrite),
        cmocka_unit_test(secrets_are_left_out_unless_wanted),
        cmocka_unit_test_setup_teardown(files_are_private_when_they_hold_a_secret, setup, teardown),
        cmocka_unit_test(comments_do_not_change_the_content),
        cmocka_unit_test(odd_keys_are_refused),
        cmocka_unit_test(damaged_lines_are_not_written),
        cmocka_unit_test(what_is_written_reads_back_equal),
        cmocka_unit_test(plain_files_serve_both_parsers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
