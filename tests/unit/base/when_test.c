/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/when.h"

#include <time.h>

#include "unit/unit.h"

static void test_known(void **state)
{
    (void)state;
    static const struct {
        int64_t t;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {1795221217, "2026-11-21T00:33:37Z"},
        {951782400, "2000-02-29T00:00:00Z"},
        {4107542400, "2100-03-01T00:00:00Z"},
        {2147483648, "2038-01-19T03:14:08Z"},
        {253402300799, "9999-12-31T23:59:59Z"},
        {-62167219200, "0000-01-01T00:00:00Z"},
        {-2203891200, "1900-03-01T00:00:00Z"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unit_expect_text(when_rfc3339(rows[i].t), rows[i].text);
        int64_t t = 5;
        assert_true(when_parse_rfc3339(rows[i].text, &t));
        assert_true(t == rows[i].t);
    }
    unit_expect_text(when_rfc3339(INT64_MAX), "9999-12-31T23:59:59Z");
    unit_expect_text(when_rfc3339(INT64_MIN), "0000-01-01T00:00:00Z");
    unit_expect_text(when_human(1795221217), "2026-11-21 00:33 UTC");
    unit_expect_text(when_day(1795221217), "2026-11-21");
    unit_expect_text(when_human_text("2026-11-21T00:33:37Z"), "2026-11-21 00:33 UTC");
    unit_expect_text(when_day_text("2026-11-21T00:33:37Z"), "2026-11-21");
    unit_expect_text(when_day_text("soon"), "soon");
}

/* Every day of four centuries against the system's calendar. */
static void test_calendar(void **state)
{
    (void)state;
    for (int64_t day = -100000; day < 60000; day += 7) {
        time_t t = (time_t)(day * 86400 + 12345);
        struct tm tm;
        assert_non_null(gmtime_r(&t, &tm));
        assert_true(when_from_utc(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec) == t);
        char expected[64];
        strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &tm);
        unit_expect_text(when_rfc3339(t), expected);
    }
}

static void test_accepted(void **state)
{
    (void)state;
    int64_t t = 0;
    assert_true(when_parse_rfc3339("2026-11-21t01:33:37.250+01:00", &t));
    assert_true(t == 1795221217);
    assert_true(when_parse_rfc3339("2026-11-20T19:33:37-05:00", &t));
    assert_true(t == 1795221217);
    assert_true(when_parse_rfc3339("2026-11-21T00:33:37z", &t));
    assert_true(t == 1795221217);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "", "2026", "2026-11-21", "2026-11-21T00:33:37", "2026-11-21 00:33:37Z", "2026-13-21T00:33:37Z",
        "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T00:60:00Z", "2026-11-21T00:00:60Z",
        "2026-11-21T00:33:37Zx", "2026-11-21T00:33:37.Z", "2026-11-21T00:33:37+1:00", "2026-11-21T00:33:37+24:00",
        "2026-11-21T00:33:37+01:00x", "+026-11-21T00:33:37Z", "20 6-11-21T00:33:37Z", "99999-11-21T00:33:37Z",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t t = 77;
        assert_false(when_parse_rfc3339(rows[i], &t));
        assert_true(t == 77);
    }
}

static void test_day(void **state)
{
    (void)state;
    int64_t t = 0, same = 0;
    assert_true(when_parse_day("2026-11-21", &t));
    assert_true(when_parse_rfc3339("2026-11-21T00:00:00Z", &same));
    assert_true(t == same);
    assert_true(when_parse_day("2026-11-21T00:33:37Z", &t));
    assert_true(t == same + 33 * 60 + 37);
    static const char *const bad[] = {"", "yesterday", "2026-02-30", "2026-11", "21.11.2026", "2026-11-21T", "2026-11-21 "};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(when_parse_day(bad[i], &t));
    }
}

static void test_clocks(void **state)
{
    (void)state;
    assert_true(when_now() > 1700000000);
    int64_t a = when_monotonic_ms();
    assert_true(when_monotonic_ms() >= a);
}

static void test_http_dates(void **state)
{
    (void)state;
    int64_t t = 0;
    assert_true(when_parse_http("Sun, 06 Nov 1994 08:49:37 GMT", &t));
    assert_int_equal(t, 784111777);
    static const char *const bad[] = {"", "Sun, 06 Nov 1994 08:49:37", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                                      "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMTx",
                                      "Sun, 06 Nov 1994 24:49:37 GMT"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(when_parse_http(bad[i], &t));
        assert_int_equal(t, 784111777);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_dates),
        cmocka_unit_test(test_known),   cmocka_unit_test(test_calendar), cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_clocks),  cmocka_unit_test(test_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
