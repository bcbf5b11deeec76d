/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_WHEN_H
#define CMCW_BASE_WHEN_H
/* Points in time: seconds since 1970-01-01T00:00:00Z, signed 64 bit. Verification functions take the time as an
 * argument. Texts are of years 0000 to 9999; what lies outside is shown as the nearest end. */
#include "base/mem.h"

int64_t when_now(void);
int64_t when_monotonic_ms(void);
/* "2026-11-21T00:33:37Z". Caller frees. */
char *when_rfc3339(int64_t t) MUST_CHECK;
/* With "Z" or an offset; fractions of a second are dropped. False, and t untouched, on anything else. */
bool when_parse_rfc3339(const char *text, int64_t *t) MUST_CHECK;
/* The same, or only "2026-11-21": the beginning of that day, UTC. */
bool when_parse_day(const char *text, int64_t *t) MUST_CHECK;
/* The Date header of HTTP, "Sun, 29 Nov 2026 13:40:00 GMT" (RFC 9110 5.6.7, the fixed form). */
bool when_parse_http(const char *text, int64_t *t) MUST_CHECK;
/* For people, in the form of their language (the catalogue has it, so no locale need be installed): "2026-11-21 00:33 UTC",
 * "21.11.2026 00:33 UTC"; and the day alone. Never for files, JSON, logs: those have when_rfc3339(). */
char *when_human(int64_t t) MUST_CHECK;
char *when_day(int64_t t) MUST_CHECK;
/* The same of an RFC 3339 text that came from a saved fact; what is no date comes back as it is. */
char *when_human_text(const char *rfc3339) MUST_CHECK;
char *when_day_text(const char *rfc3339) MUST_CHECK;
/* From broken-down UTC; month 1..12. */
int64_t when_from_utc(int year, int month, int day, int hour, int minute, int second);
#endif
