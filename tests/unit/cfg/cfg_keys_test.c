/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "unit/unit.h"

#include "cfg/cfg_keys.h"

static void rows_are_complete(void **state)
{
    (void)state;
    for (int i = 0; i < CFG_KEY_COUNT; i++) {
        const struct cfg_key *key = cfg_key((enum cfg_key_id)i);
        assert_int_equal(key->id, i);
        assert_non_null(key->name);
        assert_true(key->dialects & (CFG_REQUEST | CFG_HTTP));
        assert_true(strlen(key->help) >= 20);
        assert_true(cfg_type_word(key->type) != NULL);
        assert_int_equal(key->type == CFG_TYPE_ENUM || key->type == CFG_TYPE_ENUM_CI, key->choices != NULL);
        assert_true(key->type != CFG_TYPE_INT || key->min < key->max);
        if (cfg_key_is_bool(key) && key->otherwise) {
            assert_string_equal(key->otherwise, "false");
        }
        if (key->flags & CFG_F_ALIAS) {
            assert_ptr_not_equal(cfg_key_canonical(key), key);
        }
    }
}

static void names_are_unique_and_found(void **state)
{
    (void)state;
    for (int i = 0; i < CFG_KEY_COUNT; i++) {
        const struct cfg_key *key = cfg_key((enum cfg_key_id)i);
        if (key->dialects & CFG_REQUEST) {
            assert_ptr_equal(cfg_key_find(CFG_REQUEST, key->name), key);
        }
        if (key->dialects & CFG_HTTP) {
            assert_ptr_equal(cfg_key_find(CFG_HTTP, key->name), key);
        }
    }
    assert_null(cfg_key_find(CFG_REQUEST, "servlet"));
    assert_null(cfg_key_find(CFG_HTTP, "format"));
    assert_null(cfg_key_find(CFG_REQUEST, "Format"));
    assert_null(cfg_key_find(CFG_REQUEST, "format "));
}

/* Every word of needs, excludes and used_by is a key of the same dialect; switches are switches. */
static void relations_name_keys(void **state)
{
    (void)state;
    for (int i = 0; i < CFG_KEY_COUNT; i++) {
        const struct cfg_key *key = cfg_key((enum cfg_key_id)i);
        const char *lists[] = {key->needs, key->excludes, key->used_by};
        for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
            char *copy = xstrdup(lists[l] ? lists[l] : "");
            for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
                const struct cfg_key *other = cfg_key_find(key->dialects & CFG_REQUEST ? CFG_REQUEST : CFG_HTTP, word);
                assert_non_null(other);
                assert_true(l == 0 || cfg_key_is_bool(other));
            }
            free(copy);
        }
        assert_true(!key->excludes || cfg_key_is_bool(key));
    }
}

static void nearest_forgives_slips(void **state)
{
    (void)state;
    static const struct {
        enum cfg_dialect dialect;
        const char *written;
        const char *meant; /* NULL: nothing near */
    } cases[] = {
        {CFG_REQUEST, "NICKNAME", "nickname"},
        {CFG_REQUEST, "nicname", "nickname"},
        {CFG_REQUEST, "format ", "format"},
        {CFG_REQUEST, "identityproofv2.hashalg", "identityProofV2.hashAlg"},
        {CFG_REQUEST, "witness.sharedsecret", "witness.sharedSecret"},
        {CFG_REQUEST, "request.privKey", "request.privKeyId"},
        {CFG_REQUEST, "identityProofV2.sharedSecret", "witness.sharedSecret"},
        {CFG_REQUEST, "senderNonce.id", "senderNonce"},
        {CFG_REQUEST, "lraPopWitness.enable", "LraPopWitness.enable"},
        {CFG_REQUEST, "foo.bar", NULL},
        {CFG_REQUEST, "", NULL},
        {CFG_REQUEST, "  ", NULL},
        {CFG_HTTP, "clientauth", "clientmode"},
        {CFG_HTTP, "Servlet", "servlet"},
        {CFG_HTTP, "numRequests", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct cfg_key *near = cfg_key_nearest(cases[i].dialect, cases[i].written);
        if (cases[i].meant) {
            assert_non_null(near);
            assert_string_equal(near->name, cases[i].meant);
        } else {
            assert_null(near);
        }
    }
    char longest[4000];
    memset(longest, 'n', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_null(cfg_key_nearest(CFG_REQUEST, longest));
}

static void switches_follow_their_rule(void **state)
{
    (void)state;
    const struct cfg_key *cs = cfg_key(CFG_IDENTIFICATION_ENABLE);
    const struct cfg_key *ci = cfg_key(CFG_SENDER_NONCE_ENABLE);
    assert_true(cfg_key_enables(cs, "true"));
    assert_false(cfg_key_enables(cs, "TRUE"));
    assert_false(cfg_key_enables(cs, " true"));
    assert_false(cfg_key_enables(cs, NULL));
    assert_true(cfg_key_enables(ci, "TRUE"));
    assert_true(cfg_key_enables(ci, "tRuE"));
    assert_false(cfg_key_enables(ci, "yes"));
    assert_false(cfg_key_enables(ci, ""));
}

static void words_in_lists(void **state)
{
    (void)state;
    assert_true(cfg_word_in("a bb c", "bb"));
    assert_false(cfg_word_in("a bb c", "b"));
    assert_false(cfg_word_in("", "b"));
    assert_false(cfg_word_in(NULL, "b"));
    assert_int_equal(cfg_key_type(cfg_key(CFG_INPUT), CFG_HTTP), CFG_TYPE_PATH_IN);
    assert_int_equal(cfg_key_type(cfg_key(CFG_INPUT), CFG_REQUEST), CFG_TYPE_PATH_LIST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete),
        cmocka_unit_test(names_are_unique_and_found),
        cmocka_unit_test(relations_name_keys),
        cmocka_unit_test(nearest_forgives_slips),
        cmocka_unit_test(switches_follow_their_rule),
        cmocka_unit_test(words_in_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
