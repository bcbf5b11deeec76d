/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_REMINDER_H
#define CMCW_FLOW_REMINDER_H
/*
 * Files that remind of a certificate's end, written only when somebody asked for them (answer "reminder", or the result page):
 *   ics         an event for calendars (RFC 5545), with alarms
 *   systemd     a user's timer and service; the service renews unattended, its condition is `cmc needs-renewal`
 *   certmonger  the command that lets certmonger watch the certificate (it has no CMC, so it only warns)
 * Texts are whole files. Nicknames and names of folders come from outside: each format has its own way to write them safely.
 */
#include "base/bytes.h"

struct run;
struct strv;

struct reminder {
    const char *id; /* letters, digits, hyphens: in names of files and units */
    const char *nickname, *subject, *serial, *token, *dbdir;
    int64_t not_before, not_after;
    bool can_sign; /* else it is an encryption certificate, which another one gets a successor for */
    const char *cmc, *wizard; /* absolute paths of the programs */
    const char *answers;      /* absolute path of the answers file that the service uses */
};

/* The day to begin: RENEW_WINDOW_DAYS before the end, or a third of a shorter life. */
int64_t reminder_start(const struct reminder *r);
char *reminder_ics(const struct reminder *r, int64_t now) MUST_CHECK;
char *reminder_service(const struct reminder *r) MUST_CHECK;
char *reminder_timer(const struct reminder *r) MUST_CHECK;
char *reminder_certmonger(const struct reminder *r) MUST_CHECK;

/* What the answer "reminder" asks for, into the folder "reminder.dir" (empty: the enrollment's own). written gets the paths.
 * Nothing asked: true. ERR_FLOW_ANSWER_BAD for a word that is none of the above, ERR_FLOW_RENEW_KIND for a timer that could not
 * renew what the certificate is. */
bool run_write_reminders(struct run *run, struct strv *written, struct err *err) MUST_CHECK;
#endif
