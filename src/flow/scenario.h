/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_SCENARIO_H
#define CMCW_FLOW_SCENARIO_H
/*
 * Scenarios and their steps, as tables. A scenario is a row: name, words for the chooser, pages it asks, steps it runs.
 * Steps have start, poll and finish, so that a screen never blocks; a finished step is on disk before the next begins.
 */
#include "base/mem.h"

struct run;
struct err;

enum step_effect {
    STEP_LOCAL = 0,    /* only files of the session */
    STEP_KEY = 1,      /* makes a key */
    STEP_CA = 2,       /* sends something to the CA */
    STEP_DATABASE = 4, /* changes the NSS database */
};

enum step_progress { WORK_RUNNING, WORK_DONE, WORK_FAILED, WORK_WAITING /* somebody else's turn: exit 5 */ };

struct step_type {
    const char *name;  /* "key": stable, in session files and events */
    const char *title; /* N_(): at most 22 columns, e.g. "Make the key" */
    const char *doing; /* N_(): a sentence for the progress page */
    unsigned effects;
    /* Called once; may finish everything at once. What it does must be safe to repeat after a kill at any instant. */
    bool (*start)(struct run *run, struct err *err);
    /* NULL: done after start. */
    enum step_progress (*poll)(struct run *run, int wait_ms, struct err *err);
    void (*cancel)(struct run *run); /* NULL: cannot be cancelled, takes no time worth it */
    bool (*undo)(struct run *run, struct err *err); /* NULL: cannot be undone, or has nothing outside */
};

/* Who signs the message, and thereby which of the CA's profiles and cfg lines fit. */
enum scenario_signer {
    SIGNED_BY_AGENT,   /* CMCAuth profiles */
    SIGNED_BY_NEW_KEY, /* shared secret: the request's own key signs, no certificate anywhere */
    SIGNED_BY_USER,    /* the user's own signing certificate */
};

struct scenario {
    const char *name;    /* "agent-signed" */
    const char *title;   /* N_(): at most 26 columns, for the title bar */
    const char *summary; /* N_(): who needs it, one sentence */
    const char *const *pages; /* ids of pages, NULL terminated */
    const char *const *steps; /* names of steps, NULL terminated */
    enum scenario_signer signer;
    const char *const *refusal_steps; /* instead of steps when the answer decision is refuse; NULL = it cannot be */
};

const struct scenario *scenario_find(const char *name);
/* Steps of a scenario under these answers; "decision" is the answer of that name. */
const char *const *scenario_steps(const struct scenario *s, const char *decision);
const struct scenario *scenario_rows(size_t *n);
const struct step_type *step_find(const char *name);
#endif
