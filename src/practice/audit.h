/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_AUDIT_H
#define CMCW_PRACTICE_AUDIT_H
/*
 * The audit log, one line per event as Dogtag's signed audit writes it:
 *   0.practice - [20/Nov/2026:23:05:24 UTC] [14] [6] [AuditEvent=NAME][SubjectID=WHO][Outcome=Success][Key=Value]... name
 * WHO and values are made visible, so that nobody can forge a line. Lines of one request are kept until audit_flush().
 */
#include "practice/ca_private.h"

/* details: "[Key=%s]..." ; arguments are put in after text_visible() and with brackets escaped: give only %s. */
void audit_event(struct practice_ca *ca, int64_t at, const char *event, const char *who, bool success, const char *details, ...)
    PRINTF_LIKE(6, 7);
/* One line for the log: id and context. Caller frees. */
char *audit_reason(const struct err *err) MUST_CHECK;
void audit_flush(struct practice_ca *ca);
#endif
