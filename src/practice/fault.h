/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_PRACTICE_FAULT_H
#define CMCW_PRACTICE_FAULT_H
/*
 * Faults that can be rehearsed: each makes the practice CA behave as a real one on a bad day, until it is switched off. They are
 * switches of CS.cfg (practice.fault.NAME), so a running server takes them up at once, and they stay when it is restarted.
 * To add one: a value here, a row in fault.c, and the place where the server misbehaves.
 */
#include <stdbool.h>
#include <stddef.h>

enum practice_fault {
    FAULT_WRONG_AGENT,      /* the signer is no agent */
    FAULT_REVOKED_AGENT,    /* the signer's certificate is revoked */
    FAULT_BAD_IDENTITY,     /* the proof by shared secret fails */
    FAULT_POP_LINK,         /* popLinkWitnessV2 is demanded from everybody */
    FAULT_DISABLED_PROFILE, /* the profile is not there */
    FAULT_EXPIRED_SERVER,   /* the TLS server certificate has expired */
    FAULT_SLOW,             /* answers come late */
    FAULT_DOWN,             /* connections are closed at once */
    FAULT_OVERLOADED,       /* HTTP 503 */
    FAULT_GARBAGE,          /* an HTML page instead of an answer */
    FAULT_NO_CHAIN,         /* no web services and no chain page; TLS shows the server's certificate alone */
    FAULT_PENDING,          /* the request waits for a decision */
    FAULT_DEFERRED,         /* the same, as Dogtag says it: an error with the word "deferred" */
    FAULT_EST_LATER,        /* an EST server puts the client off (HTTP 202, practice.est.retryAfter) */
    FAULT_COUNT
};

struct fault_row {
    const char *name;   /* "wrong-agent": in commands and in practice.fault.NAME */
    const char *about;  /* N_(): what the CA does; at most 60 columns */
    const char *expect; /* id of the error that the wizard shows; "" = none */
};
const struct fault_row *fault_row(enum practice_fault fault);
/* FAULT_COUNT when there is none of that name. */
enum practice_fault fault_by_name(const char *name);
#endif
