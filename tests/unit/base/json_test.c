/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/json.h"

#include "unit/unit.h"

static struct json *parse(const char *text, struct err *err)
{
    return json_parse(bytes_of_str(text), err);
}

static void test_accepts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"{}", "{}"},
        {" [ ] \n", "[]"},
        {"null", "null"},
        {"-1.5e3", "-1500"},
        {"9007199254740992", "9007199254740992"},
        {"-9007199254740991", "-9007199254740991"},
        {"0.1", "0.1"},
        {"1e300", "1e+300"},
        {"0.30000000000000004", "0.30000000000000004"},
        {"-0", "0"},
        {"1e999", "null"},
        {"{\"a\":[1,true,false,null,\"x\"]}", "{\"a\":[1,true,false,null,\"x\"]}"},
        {"\"\\u00e9\\ud83d\\ude00\\/\"", "\"é😀/\""},
        {"\"\\n\\t\\u0001\\\\\\\"\"", "\"\\n\\u0009\\u0001\\\\\\\"\""},
        {"\"\xe2\x80\xae\xc2\x9b\"", "\"\\u202e\\u009b\""},
        {"\"\\\\u0000\"", "\"\\\\u0000\""},
        {"{\"b\":1,\"a\":{\"b\":2},\"B\":3}", "{\"b\":1,\"a\":{\"b\":2},\"B\":3}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = ERR_INIT;
        struct json *root = parse(rows[i].text, &err);
        if (!root) {
            fail_msg("refused: %s", rows[i].text);
        }
        unit_expect_text(json_print(root, false), rows[i].printed);
        json_free(root);
    }
}

static void test_refuses(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "", " ", "{", "}", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a:1}", "nul", "{} x", "{}{}", "[1] 2", "\"abc", "\"\\x\"",
        "\"\\u12\"", "\"\\ud800\"", "\"\\udc00x\"", "\"a\nb\"", "\"a\tb\"", "\"\\u0000\"", "\"\xff\"", "\"\xc0\xaf\"",
        "\"\xed\xa0\x80\"", "'a'", "[1 2]", "{\"a\":1,\"a\":2}", "[{\"x\":1,\"y\":2,\"x\":1}]", "/* c */ {}", "\"",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = ERR_INIT;
        if (parse(rows[i], &err)) {
            fail_msg("accepted: %s", rows[i]);
        }
        assert_int_equal(err.code, ERR_JSON_DAMAGED);
        assert_int_equal(err.n_context, 1);
        err_release(&err);
    }
    struct err err = ERR_INIT;
    assert_null(json_parse(BYTES("{}\0", 3), &err));
    unit_expect_err(&err, ERR_JSON_DAMAGED);
    assert_null(json_parse(BYTES_NONE, &err));
    unit_expect_err(&err, ERR_JSON_DAMAGED);
    assert_null(parse("[true, xyz]", &err));
    assert_non_null(strstr(err.context[0], "octet 7"));
    err_release(&err);
}

static struct json *nested(int depth)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    for (int i = 0; i < depth; i++) {
        buf_add(&text, "[");
    }
    for (int i = 0; i < depth; i++) {
        buf_add(&text, "]");
    }
    struct json *root = json_parse(buf_peek(&text), NULL);
    buf_release(&text);
    return root;
}

static struct json *numbers(int count)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    buf_add(&text, "[0");
    for (int i = 1; i < count; i++) {
        buf_add(&text, ",%d", i % 10);
    }
    buf_add(&text, "]");
    struct json *root = json_parse(buf_peek(&text), NULL);
    buf_release(&text);
    return root;
}

static void test_limits(void **state)
{
    (void)state;
    struct json *root = nested(JSON_MAX_DEPTH);
    assert_non_null(root);
    json_free(root);
    assert_null(nested(JSON_MAX_DEPTH + 1));
    assert_null(nested(100000));
    root = numbers(JSON_MAX_VALUES - 1);
    assert_int_equal(json_size(root), JSON_MAX_VALUES - 1);
    json_free(root);
    assert_null(numbers(JSON_MAX_VALUES + 1));

    struct err err = ERR_INIT;
    char *big = xmalloc(BUF_MAX_MESSAGE + 1);
    memset(big, ' ', BUF_MAX_MESSAGE + 1);
    assert_null(json_parse(BYTES(big, BUF_MAX_MESSAGE + 1), &err));
    unit_expect_err(&err, ERR_JSON_DAMAGED);
    free(big);
}

static void test_getters(void **state)
{
    (void)state;
    struct json *root = parse("{\"s\":\"x\",\"n\":2.5,\"b\":true,\"z\":null,\"a\":[10,20],\"o\":{\"k\":\"v\"}}", NULL);
    assert_string_equal(json_get_str(root, "s", "-"), "x");
    assert_string_equal(json_get_str(root, "n", "-"), "-");
    assert_string_equal(json_get_str(root, "S", "-"), "-");
    assert_null(json_get_str(NULL, "s", NULL));
    assert_true(json_get_num(root, "n", 0) == 2.5);
    assert_true(json_get_num(root, "s", 7) == 7);
    assert_true(json_get_bool(root, "b", false));
    assert_true(json_get_bool(root, "z", true));
    assert_false(json_get_bool(root, "n", false));
    struct json *a = json_get(root, "a");
    assert_int_equal(json_size(a), 2);
    assert_true(json_num(json_at(a, 1), 0) == 20);
    assert_null(json_at(a, 2));
    assert_string_equal(json_key(json_at(a, 0)), "");
    assert_string_equal(json_key(json_at(root, 5)), "o");
    assert_true(json_next(json_first(a)) == json_at(a, 1));
    assert_null(json_next(json_at(a, 1)));
    assert_int_equal(json_size(NULL), 0);
    assert_int_equal(json_size(json_get(root, "s")), 0);
    assert_null(json_at(NULL, 0));
    assert_null(json_first(json_get(root, "s")));
    assert_null(json_str(json_get(root, "n")));
    assert_string_equal(json_key(NULL), "");
    assert_true(json_is_object(root) && json_is_array(a) && json_is_string(json_get(root, "s")));
    assert_true(json_is_number(json_get(root, "n")) && json_is_bool(json_get(root, "b")));
    assert_false(json_is_object(a) || json_is_array(root) || json_is_string(NULL) || json_is_true(NULL));
    json_free(root);
    json_free(NULL);
}

static void test_setters(void **state)
{
    (void)state;
    struct json *root = json_new_object();
    json_set_str(root, "a", "1");
    json_set_num(root, "b", 2);
    json_set_bool(root, "c", true);
    json_set_null(root, "d");
    json_set_str(root, "a", "one"); /* replaced at its place */
    json_set_str(root, "b", NULL);  /* removed */
    json_remove(root, "none");
    struct json *list = json_set_array(root, "l");
    json_add_str(list, "x");
    json_add_num(list, 1);
    json_set_str(json_add_object(list), "k", "v");
    json_add_take(list, json_new_array());
    json_set_take(json_set_object(root, "o"), "copy", json_dup(list));
    unit_expect_text(json_print(root, false), "{\"a\":\"one\",\"c\":true,\"d\":null,\"l\":[\"x\",1,{\"k\":\"v\"},[]],"
                                              "\"o\":{\"copy\":[\"x\",1,{\"k\":\"v\"},[]]}}");
    assert_null(json_dup(NULL));
    json_free(root);
}

static void test_pretty(void **state)
{
    (void)state;
    struct json *root = parse("{\"a\":[1,{}],\"b\":\"x\",\"c\":[]}", NULL);
    unit_expect_text(json_print(root, true),
                     "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"x\",\n  \"c\": []\n}\n");
    json_free(root);
}

static void test_invalid_utf8_out(void **state)
{
    (void)state;
    struct json *root = json_new_object();
    json_set_str(root, "k\xff", "a\xc3(\xf0\x9f");
    char *text = json_print(root, false);
    assert_string_equal(text, "{\"k\xef\xbf\xbd\":\"a\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\"}");
    struct json *again = parse(text, NULL);
    assert_non_null(again);
    json_free(again);
    free(text);
    json_free(root);
}

static void test_file(void **state)
{
    struct err err = ERR_INIT;
    char *path = path_join(*state, "x.json");
    assert_null(json_read_file(path, &err));
    unit_expect_err(&err, ERR_FILE_MISSING);
    assert_true(file_write(path, bytes_of_str("{\"a\":"), 0600, &err));
    assert_null(json_read_file(path, &err));
    assert_string_equal(err.context[1], path);
    unit_expect_err(&err, ERR_JSON_DAMAGED);
    assert_true(file_write(path, bytes_of_str("{\"a\":1}"), 0600, &err));
    struct json *root = json_read_file(path, &err);
    assert_true(json_get_num(root, "a", 0) == 1);
    json_free(root);
    free(path);
}

/* Texts damaged at random: what is accepted prints as something that reads back the same. */
static void test_damaged_at_random(void **state)
{
    (void)state;
    static const char whole[] = "{\"a\":[1,-2.5e3,{\"b\":\"x\\u00e9\\n\\\\\"},[[],{}]],\"c\":null,\"\xc3\xa9\":true,\"d\":\"\"}";
    int accepted = 0;
    for (int round = 0; round < 5000; round++) {
        char text[sizeof(whole)];
        uint8_t dice[4];
        memcpy(text, whole, sizeof(whole));
        bytes_random(dice, sizeof(dice));
        text[dice[0] % (sizeof(whole) - 1)] = (char)(dice[2] % 2 ? dice[1] : whole[dice[1] % (sizeof(whole) - 1)]);
        size_t len = dice[3] % 4 ? sizeof(whole) - 1 : dice[3] % sizeof(whole);
        struct json *root = json_parse(BYTES(text, len), NULL);
        if (!root) {
            continue;
        }
        accepted++;
        char *once = json_print(root, round % 2);
        struct json *again = json_parse(bytes_of_str(once), NULL);
        assert_non_null(again);
        unit_expect_text(json_print(again, round % 2), once);
        free(once);
        json_free(again);
        json_free(root);
    }
    assert_true(accepted > 0 && accepted < 5000);
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
        cmocka_unit_test(test_accepts), cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_limits),  cmocka_unit_test(test_getters),
        cmocka_unit_test(test_setters), cmocka_unit_test(test_pretty),
        cmocka_unit_test(test_invalid_utf8_out), cmocka_unit_test(test_file),
        cmocka_unit_test(test_damaged_at_random),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
