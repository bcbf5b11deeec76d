/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/when.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/i18n.h"

#define DAY 86400
/* What RFC 3339 and GeneralizedTime can say: years 0000 to 9999. */
#define WHEN_FIRST INT64_C(-62167219200)
#define WHEN_LAST INT64_C(253402300799)

struct civil {
    int year, month, day, hour, minute, second;
};

/* Days since 1970-01-01 in the proleptic Gregorian calendar; years start in March so that leap days come last. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct civil civil_from_time(int64_t t)
{
    t = t < WHEN_FIRST ? WHEN_FIRST : t;
    t = t > WHEN_LAST ? WHEN_LAST : t;
    int64_t days = t / DAY - (t % DAY < 0);
    int second = (int)(t - days * DAY);
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int m = (int)((5 * of_year + 2) / 153);
    int month = m < 10 ? m + 3 : m - 9;
    return (struct civil){
        .year = (int)(year_of_era + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(of_year - (153 * m + 2) / 5 + 1),
        .hour = second / 3600,
        .minute = second / 60 % 60,
        .second = second % 60,
    };
}

int64_t when_now(void)
{
    return (int64_t)time(NULL);
}

int64_t when_monotonic_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

char *when_rfc3339(int64_t t)
{
    struct civil c = civil_from_time(t);
    return xasprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

/* %Y %m %d %H %M with leading zeros, %e %k the day and hour without; all else stands for itself. */
static char *format_civil(const struct civil *c, const char *format)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (; *format; format++) {
        const struct {
            char sign;
            int width, value;
        } rows[] = {{'Y', 4, c->year}, {'m', 2, c->month},  {'d', 2, c->day}, {'e', 1, c->day},
                    {'H', 2, c->hour}, {'M', 2, c->minute}, {'k', 1, c->hour}};
        bool done = false;
        for (size_t i = 0; *format == '%' && i < ARRAY_LEN(rows) && !done; i++) {
            done = format[1] == rows[i].sign;
            if (done) {
                buf_add(&out, "%0*d", rows[i].width, rows[i].value);
            }
        }
        if (done) {
            format++;
        } else {
            buf_add_octets(&out, format, 1);
        }
    }
    return buf_take_str(&out);
}

static char *in_words(int64_t t, bool with_time)
{
    struct civil c = civil_from_time(t);
    /* TRANSLATORS: a point in time as your readers write it, in figures: %Y year, %m month, %d day, %H hour, %M minute; %e and %k
     * are day and hour without a leading zero. At most 24 columns; UTC stays. */
    const char *both = C_("date", "%Y-%m-%d %H:%M UTC");
    /* TRANSLATORS: the same without the time of day; at most 14 columns */
    return format_civil(&c, with_time ? both : C_("date", "%Y-%m-%d"));
}

char *when_human(int64_t t)
{
    return in_words(t, true);
}

char *when_day(int64_t t)
{
    return in_words(t, false);
}

char *when_human_text(const char *rfc3339)
{
    int64_t t = 0;
    return when_parse_rfc3339(rfc3339, &t) ? when_human(t) : xstrdup(rfc3339);
}

char *when_day_text(const char *rfc3339)
{
    int64_t t = 0;
    return when_parse_rfc3339(rfc3339, &t) ? when_day(t) : xstrdup(rfc3339);
}

int64_t when_from_utc(int year, int month, int day, int hour, int minute, int second)
{
    return days_from_civil(year, month, day) * DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
}

/* Reads exactly count digits and the character after them (0 = none wanted). */
static bool take_digits(const char **at, int count, char after, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        char c = *(*at)++;
        if (c < '0' || c > '9') {
            return false;
        }
        *value = *value * 10 + (c - '0');
    }
    if (after == '\0') {
        return true;
    }
    char c = *(*at)++;
    return c == after || (after == 'T' && c == 't');
}

static bool in_calendar(const struct civil *c)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (c->month < 1 || c->month > 12 || c->hour > 23 || c->minute > 59 || c->second > 59) {
        return false;
    }
    bool leap = (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;
    return c->day >= 1 && c->day <= days[c->month - 1] + (c->month == 2 && leap);
}

/* "Z" or "+hh:mm"; seconds to subtract. */
static bool take_zone(const char *at, int *offset)
{
    *offset = 0;
    if ((*at == 'Z' || *at == 'z') && at[1] == '\0') {
        return true;
    }
    if (*at != '+' && *at != '-') {
        return false;
    }
    int sign = *at++ == '-' ? -1 : 1;
    int hours = 0;
    int minutes = 0;
    if (!take_digits(&at, 2, ':', &hours) || !take_digits(&at, 2, '\0', &minutes) || *at) {
        return false;
    }
    if (hours > 23 || minutes > 59) {
        return false;
    }
    *offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool when_parse_rfc3339(const char *text, int64_t *t)
{
    struct civil c = {0};
    const char *at = text;
    if (!take_digits(&at, 4, '-', &c.year) || !take_digits(&at, 2, '-', &c.month) ||
        !take_digits(&at, 2, 'T', &c.day) || !take_digits(&at, 2, ':', &c.hour) ||
        !take_digits(&at, 2, ':', &c.minute) || !take_digits(&at, 2, '\0', &c.second) || !in_calendar(&c)) {
        return false;
    }
    if (*at == '.') {
        size_t fraction = strspn(++at, "0123456789");
        if (fraction == 0) {
            return false;
        }
        at += fraction;
    }
    int offset = 0;
    if (!take_zone(at, &offset)) {
        return false;
    }
    *t = when_from_utc(c.year, c.month, c.day, c.hour, c.minute, c.second) - offset;
    return true;
}

bool when_parse_http(const char *text, int64_t *t)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil c = {0};
    const char *at = strchr(text, ',');
    if (!at || at - text != 3 || at[1] != ' ' || strlen(at) < 25) {
        return false;
    }
    at += 2;
    if (!take_digits(&at, 2, ' ', &c.day)) {
        return false;
    }
    for (int m = 0; m < 12; m++) {
        c.month = strncmp(at, months + 3 * m, 3) == 0 ? m + 1 : c.month;
    }
    if (at[3] != ' ') {
        return false;
    }
    at += 4;
    if (!take_digits(&at, 4, ' ', &c.year) || !take_digits(&at, 2, ':', &c.hour) || !take_digits(&at, 2, ':', &c.minute) ||
        !take_digits(&at, 2, ' ', &c.second) || strcmp(at, "GMT") != 0 || c.month == 0 || !in_calendar(&c)) {
        return false;
    }
    *t = when_from_utc(c.year, c.month, c.day, c.hour, c.minute, c.second);
    return true;
}

bool when_parse_day(const char *text, int64_t *t)
{
    char *midnight = xasprintf("%sT00:00:00Z", text);
    bool ok = when_parse_rfc3339(text, t) || when_parse_rfc3339(midnight, t);
    free(midnight);
    return ok;
}
