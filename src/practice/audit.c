/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "practice/audit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define AUDIT_VALUE_MAX 400 /* octets of one value */

/* Visible, brackets as \x5b and \x5d, bounded. */
static void add_value(struct buf *line, const char *raw)
{
    char *shown = text_safe(raw ? raw : "");
    size_t left = AUDIT_VALUE_MAX;
    for (const char *p = shown; *p && left > 0; p++, left--) {
        if (*p == '[' || *p == ']') {
            buf_add(line, "\\x%02x", (unsigned)*p);
        } else {
            buf_add(line, "%c", *p);
        }
    }
    if (left == 0) {
        buf_add(line, "...");
    }
    free(shown);
}

static void add_time(struct buf *line, int64_t at)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)at;
    struct tm tm;
    if (!gmtime_r(&seconds, &tm)) {
        memset(&tm, 0, sizeof tm);
    }
    buf_add(line, "[%02d/%s/%04d:%02d:%02d:%02d UTC]", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
            tm.tm_sec);
}

void audit_event(struct practice_ca *ca, int64_t at, const char *event, const char *who, bool success, const char *details, ...)
{
    struct buf line = BUF_INIT(BUF_MAX_TEXT);
    buf_add(&line, "0.practice - ");
    add_time(&line, at);
    buf_add(&line, " [14] [6] [AuditEvent=%s][SubjectID=", event);
    add_value(&line, who);
    buf_add(&line, "][Outcome=%s]", success ? "Success" : "Failure");
    va_list ap;
    va_start(ap, details);
    for (const char *p = details; *p; p++) {
        if (p[0] == '%' && p[1] == 's') {
            add_value(&line, va_arg(ap, const char *));
            p++;
        } else {
            buf_add(&line, "%c", *p);
        }
    }
    va_end(ap);
    buf_add(&line, "\n");
    /* A request that floods the log loses its last lines, never its first. */
    if (!buf_append_bytes(&ca->audit, buf_peek(&line))) {
        audit_flush(ca);
    }
    buf_release(&line);
}

char *audit_reason(const struct err *err)
{
    struct buf line = BUF_INIT(BUF_MAX_TEXT);
    if (err_is_set(err)) {
        buf_add(&line, "%s", err_id(err->code));
        for (int i = 0; i < err->n_context; i++) {
            buf_add(&line, "; %s", err->context[i]);
        }
        if (err->symbol) {
            buf_add(&line, "; %s", err->symbol);
        }
    }
    return buf_take_str(&line);
}

void audit_flush(struct practice_ca *ca)
{
    struct bytes rest = buf_peek(&ca->audit);
    while (ca->audit_fd >= 0 && rest.len > 0) {
        ssize_t n = write(ca->audit_fd, rest.data, rest.len);
        if (n <= 0) {
            break;
        }
        rest.data += n;
        rest.len -= (size_t)n;
    }
    buf_clear(&ca->audit);
}
