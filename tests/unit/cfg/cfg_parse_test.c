/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "unit/unit.h"

#include "base/strv.h"
#include "cfg/cfg.h"

/* What a text becomes, as "line:key=value|" per entry; a bad line as "line!". */
static char *shape(enum cfg_dialect dialect, struct bytes text)
{
    struct cfg cfg;
    cfg_init(&cfg, dialect);
    struct buf out = BUF_INIT(1 << 16);
    assert_true(cfg_scan(&cfg, text, NULL, NULL));
    for (size_t i = 0; i < cfg.n; i++) {
        if (cfg.v[i].flags & CFG_ENTRY_NO_EQUALS) {
            buf_add(&out, "%d!%s|", cfg.v[i].line, cfg.v[i].key);
        } else if (cfg.v[i].flags & CFG_ENTRY_BAD_ESCAPE) {
            buf_add(&out, "%d!|", cfg.v[i].line);
        } else {
            buf_add(&out, "%d:%s=%s|", cfg.v[i].line, cfg.v[i].key, cfg.v[i].value);
        }
    }
    cfg_release(&cfg);
    char *text_out = xstrdup(buf_str(&out));
    buf_release(&out);
    return text_out;
}

struct shape_case {
    const char *text, *shape;
};

/* The rules of CMCRequest, one by one. */
static const struct shape_case request_cases[] = {
    {"", ""},
    {"\n\r\n\r", ""},
    {"a=1", "1:a=1|"},
    {"a=1\nb=2\n", "1:a=1|2:b=2|"},
    {"a=1\r\nb=2\rc=3", "1:a=1|2:b=2|3:c=3|"},
    {"a=1\r\r\nb=2", "1:a=1|3:b=2|"},
    {"# a=1\n  # b=2\nc=3", "3:c=3|"},
    {"! a=1", "1:! a=1|"},
    {"; comment", "1!; comment|"},
    {"output: other", "1!output: other|"},
    {"  a=1  ", "1:a=1|"},
    {"\t\001a=1\001\f", "1:a=1|"},
    {"format = crmf", "1:format = crmf|"},
    {"a= x y ", "1:a= x y|"},
    {"a=b=c==", "1:a=b=c==|"},
    {"a=", "1:a=|"},
    {"a=   ", "1:a=|"},
    {"=x", "1:=x|"},
    {"=", "1:=|"},
    {"a=\"x\"", "1:a=\"x\"|"},
    {"a=x\\\nb=y", "1:a=x\\|2:b=y|"},
    {"a=\\u0041", "1:a=\\u0041|"},
    {"a=x # y", "1:a=x # y|"},
    {"a=\xc3\xbc\xff", "1:a=\xc3\xbc\xff|"},
    {"\xef\xbb\xbf# x", "1!\xef\xbb\xbf# x|"},
    {"a=1\na=2", "1:a=1|2:a=2|"},
    {"a=x\x0by", "1:a=x\x0by|"},
};

/* java.util.Properties.load, one by one. */
static const struct shape_case http_cases[] = {
    {"", ""},
    {"host = 127.0.0.1\nport : 9", "1:host=127.0.0.1|2:port=9|"},
    {"host 127.0.0.1", "1:host=127.0.0.1|"},
    {"a\t\f b", "1:a=b|"},
    {"a : = b", "1:a== b|"},
    {"a  b=c", "1:a=b=c|"},
    {"a==b", "1:a==b|"},
    {"a= x ", "1:a=x |"},
    {"#x\n!y\n  # z\na=1", "4:a=1|"},
    {"a", "1:a=|"},
    {"a=", "1:a=|"},
    {"=x", "1:=x|"},
    {"a=b\\\n   c", "1:a=bc|"},
    {"a=b\\\r\n   c\nd=e", "1:a=bc|3:d=e|"},
    {"a=b\\\\\nc=d", "1:a=b\\|2:c=d|"},
    {"a=b\\\n# c", "1:a=b# c|"},
    {"a=b\\\n\nc=d", "1:a=b|3:c=d|"},
    {"a=b\\", "1:a=b|"},
    {"\\\n# c\nd=e", "3:d=e|"},
    {"# x\\\na=1", "2:a=1|"},
    {"a\\=b\\:c\\ d=e", "1:a=b:c d=e|"},
    {"a=\\t\\n\\r\\f\\\\\\x\\\"", "1:a=\t\n\r\f\\x\"|"},
    {"a=\\u0041\\u00fC", "1:a=A\xc3\xbc|"},
    {"a=\\ud83d\\ude00", "1:a=\xf0\x9f\x98\x80|"},
    {"a=\\ud83dx", "1:a=\xef\xbf\xbdx|"},
    {"a=\\u00g1", "1!|"},
    {"a=\\u12", "1!|"},
    {"a=\\u0000", "1!|"},
    {"\\u12=x", "1!|"},
    {"a=\xc3\xbc", "1:a=\xc3\xbc|"},
    {"a=\"x\"", "1:a=\"x\"|"},
    {"  a=1\\\n", "1:a=1|"},
};

static void request_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(request_cases); i++) {
        unit_expect_text(shape(CFG_REQUEST, bytes_of_str(request_cases[i].text)), request_cases[i].shape);
    }
}

static void http_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(http_cases); i++) {
        unit_expect_text(shape(CFG_HTTP, bytes_of_str(http_cases[i].text)), http_cases[i].shape);
    }
}

static void parse_into(struct cfg *cfg, enum cfg_dialect dialect, const char *text)
{
    cfg_init(cfg, dialect);
    assert_true(cfg_parse(cfg, bytes_of_str(text), "test.cfg", NULL));
}

static void strict_parser_stops_where_dogtag_does(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    assert_false(cfg_parse(&cfg, bytes_of_str("a=1\nno sign\n"), "x.cfg", &err));
    assert_string_equal(err.context[0], "x.cfg:2");
    unit_expect_err(&err, ERR_CFG_NO_EQUALS);
    cfg_release(&cfg);
    cfg_init(&cfg, CFG_HTTP);
    assert_false(cfg_parse(&cfg, bytes_of_str("a=1\n\nb=\\u1\n"), NULL, &err));
    assert_string_equal(err.context[0], "HttpClient:3");
    unit_expect_err(&err, ERR_CFG_ESCAPE);
    cfg_release(&cfg);
}

static void limits_are_kept(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    assert_false(cfg_scan(&cfg, BYTES("a=\0b", 4), NULL, &err));
    unit_expect_err(&err, ERR_CFG_NUL);

    struct buf many = BUF_INIT(CFG_TEXT_MAX + 1);
    for (int i = 0; i <= CFG_ENTRIES_MAX; i++) {
        buf_add(&many, "k=%d\n", i);
    }
    assert_false(cfg_scan(&cfg, buf_peek(&many), NULL, &err));
    unit_expect_err(&err, ERR_CFG_TOO_LONG);
    cfg_release(&cfg);

    while (many.len <= CFG_TEXT_MAX) {
        assert_true(buf_append_byte(&many, '#'));
    }
    assert_false(cfg_scan(&cfg, buf_peek(&many), NULL, &err));
    unit_expect_err(&err, ERR_CFG_TOO_LONG);
    buf_release(&many);
    cfg_release(&cfg);
}

static void files_are_read(void **state)
{
    struct err err = ERR_INIT;
    struct cfg cfg;
    cfg_init(&cfg, CFG_REQUEST);
    char *path = path_join(*state, "request.cfg");
    assert_false(cfg_read(&cfg, path, &err));
    unit_expect_err(&err, ERR_CFG_MISSING);
    assert_true(file_write(path, bytes_of_str("format=crmf\nhm\n"), 0600, NULL));
    assert_false(cfg_read(&cfg, path, &err));
    unit_expect_err(&err, ERR_CFG_NO_EQUALS);
    cfg_release(&cfg);
    assert_true(cfg_read_lenient(&cfg, path, NULL));
    assert_string_equal(cfg_get(&cfg, CFG_FORMAT), "crmf");
    assert_string_equal(cfg.source, path);
    cfg_release(&cfg);
    free(path);
}

static void last_line_wins_across_aliases(void **state)
{
    (void)state;
    struct cfg cfg;
    parse_into(&cfg, CFG_REQUEST, "request.selfSign=true\nrequest.useSharedSecret=false\noutput=a\noutput=b\n");
    assert_false(cfg_bool(&cfg, CFG_USE_SHARED_SECRET));
    assert_false(cfg_bool(&cfg, CFG_SELF_SIGN));
    assert_string_equal(cfg_get(&cfg, CFG_OUTPUT), "b");
    cfg_release(&cfg);
    parse_into(&cfg, CFG_REQUEST, "request.useSharedSecret=false\nrequest.selfSign=TRUE\n");
    assert_true(cfg_bool(&cfg, CFG_USE_SHARED_SECRET));
    assert_int_equal(cfg_mode(&cfg), CFG_MODE_SECRET);
    cfg_release(&cfg);
}

static void getters(void **state)
{
    (void)state;
    struct cfg cfg;
    struct err err = ERR_INIT;
    parse_into(&cfg, CFG_REQUEST, "numRequests=2\ninput=a.req  b.req c.req\nnickname=\nfoo=bar\nformat=crmf\n"
                                  "revRequest.reason=KEYCOMPROMISE\npassword=Secret.123\n");
    long number = 0;
    assert_true(cfg_int(&cfg, CFG_NUM_REQUESTS, &number, NULL));
    assert_int_equal(number, 2);
    struct strv names = STRV_INIT;
    assert_true(cfg_inputs(&cfg, &names, NULL));
    assert_int_equal(names.n, 2);
    assert_string_equal(names.v[1], "b.req");
    strv_release(&names);
    const char *text = NULL;
    assert_string_equal(cfg_get(&cfg, CFG_NICKNAME), "");
    assert_false(cfg_require(&cfg, CFG_NICKNAME, &text, &err));
    unit_expect_err(&err, ERR_CFG_REQUIRED);
    assert_null(cfg_get(&cfg, CFG_DBDIR));
    assert_string_equal(cfg_get_or_default(&cfg, CFG_DBDIR), ".");
    assert_string_equal(cfg_get_by_name(&cfg, "foo"), "bar");
    assert_null(cfg_get_by_name(&cfg, "bar"));
    assert_int_equal(cfg_enum(&cfg, CFG_FORMAT), 1);
    assert_int_equal(cfg_enum(&cfg, CFG_REV_REASON), 1);
    assert_int_equal(cfg_enum(&cfg, CFG_IDENTITY_PROOF_V2_HASH), -1);
    struct secret secret = SECRET_INIT;
    assert_true(cfg_secret(&cfg, CFG_PASSWORD, &secret));
    assert_string_equal(secret.text, "Secret.123");
    secret_release(&secret);
    assert_false(cfg_secret(&cfg, CFG_WITNESS_SHARED_SECRET, &secret));
    cfg_release(&cfg);
}

static void numbers_as_java_reads_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
    } cases[] = {{"1", true}, {"+1", true}, {"01", true}, {"100", true}, {"0", false}, {"-1", false}, {"101", false},
        {"1 ", true}, {" 1", false}, {"1x", false}, {"0x1", false}, {"99999999999999999999", false}, {"+", false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct cfg cfg;
        struct err err = ERR_INIT;
        cfg_init(&cfg, CFG_REQUEST);
        long number;
        char *line = xasprintf("numRequests=%s", cases[i].text);
        assert_true(cfg_parse(&cfg, bytes_of_str(line), NULL, NULL));
        assert_int_equal(cfg_int(&cfg, CFG_NUM_REQUESTS, &number, &err), cases[i].ok);
        if (!cases[i].ok) {
            unit_expect_err(&err, ERR_CFG_NUMBER);
        }
        free(line);
        cfg_release(&cfg);
    }
}

static void too_few_inputs(void **state)
{
    (void)state;
    struct cfg cfg;
    struct err err = ERR_INIT;
    struct strv names = STRV_INIT;
    parse_into(&cfg, CFG_REQUEST, "numRequests=2\ninput=a.req\n");
    assert_false(cfg_inputs(&cfg, &names, &err));
    assert_int_equal(names.n, 0);
    unit_expect_err(&err, ERR_CFG_INPUT_COUNT);
    cfg_release(&cfg);
}

static void controls_alone_need_no_input(void **state)
{
    (void)state;
    struct cfg cfg;
    struct err err = ERR_INIT;
    struct strv names = STRV_INIT;
    parse_into(&cfg, CFG_REQUEST, "numRequests=0\ninput=\ngetCert.enable=true\n");
    assert_true(cfg_inputs(&cfg, &names, NULL));
    assert_int_equal(names.n, 0);
    cfg_release(&cfg);
    parse_into(&cfg, CFG_REQUEST, "numRequests=0\ninput=a\nsenderNonce.enable=true\n");
    assert_false(cfg_inputs(&cfg, &names, &err));
    unit_expect_err(&err, ERR_CFG_NUMBER);
    cfg_release(&cfg);
}

static void modes_by_precedence(void **state)
{
    (void)state;
    static const struct {
        enum cfg_dialect dialect;
        const char *text;
        enum cfg_mode mode;
    } cases[] = {
        {CFG_REQUEST, "", CFG_MODE_SIGNED},
        {CFG_REQUEST, "request.useSharedSecret=true", CFG_MODE_SECRET},
        {CFG_REQUEST, "revRequest.enable=TRUE", CFG_MODE_REVOKE},
        {CFG_REQUEST, "revRequest.enable=true\nrevRequest.sharedSecret=", CFG_MODE_REVOKE},
        {CFG_REQUEST, "revRequest.enable=true\nrevRequest.sharedSecret=x", CFG_MODE_REVOKE_SECRET},
        {CFG_REQUEST, "revRequest.enable=true\ndecryptedPop.enable=true", CFG_MODE_POP},
        {CFG_REQUEST, "format=test_cmc\ndecryptedPop.enable=true", CFG_MODE_RESIGN},
        {CFG_HTTP, "", CFG_MODE_PLAIN},
        {CFG_HTTP, "secure=TRUE", CFG_MODE_PLAIN},
        {CFG_HTTP, "secure=true", CFG_MODE_TLS},
        {CFG_HTTP, "secure=true\nclientmode=true", CFG_MODE_TLS_CLIENT},
        {CFG_HTTP, "clientmode=true", CFG_MODE_PLAIN},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct cfg cfg;
        parse_into(&cfg, cases[i].dialect, cases[i].text);
        assert_int_equal(cfg_mode(&cfg), cases[i].mode);
        cfg_release(&cfg);
    }
}

static void tokens_and_servlets(void **state)
{
    (void)state;
    assert_true(cfg_token_is_internal(NULL));
    assert_true(cfg_token_is_internal(""));
    assert_true(cfg_token_is_internal("INTERNAL"));
    assert_true(cfg_token_is_internal("internal key storage token"));
    assert_false(cfg_token_is_internal("softhsm"));
    unit_expect_text(cfg_servlet_path("/a/b?profileId=x&y=z"), "/a/b");
    unit_expect_text(cfg_servlet_profile("/a/b?y=z&profileId=x&q=1"), "x");
    unit_expect_text(cfg_servlet_profile("/a/b?profileId="), "");
    assert_null(cfg_servlet_profile("/a/b?myprofileId=x"));
    assert_null(cfg_servlet_profile("/a/b"));
}

static void dialect_is_guessed(void **state)
{
    (void)state;
    assert_int_equal(cfg_guess_dialect(bytes_of_str("host=a\nport=1\ninput=x\n")), CFG_HTTP);
    assert_int_equal(cfg_guess_dialect(bytes_of_str("numRequests=1\nformat=crmf\ninput=x\n")), CFG_REQUEST);
    assert_int_equal(cfg_guess_dialect(BYTES_NONE), CFG_REQUEST);
    assert_int_equal(cfg_guess_dialect(BYTES("\0", 1)), CFG_REQUEST);
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
        cmocka_unit_test(request_rules),
        cmocka_unit_test(http_rules),
        cmocka_unit_test(strict_parser_stops_where_dogtag_does),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test_setup_teardown(files_are_read, setup, teardown),
        cmocka_unit_test(last_line_wins_across_aliases),
        cmocka_unit_test(getters),
        cmocka_unit_test(numbers_as_java_reads_them),
        cmocka_unit_test(too_few_inputs),
        cmocka_unit_test(controls_alone_need_no_input),
        cmocka_unit_test(modes_by_precedence),
        cmocka_unit_test(tokens_and_servlets),
        cmocka_unit_test(dialect_is_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
