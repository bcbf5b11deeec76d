/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_SESSION_H
#define CMCW_FLOW_SESSION_H
/*
 * One enrollment on disk: ${XDG_STATE_HOME:-~/.local/state}/cmc-wizard/sessions/<id>/ (0700) with session.json (0600), the
 * .cfg files, CSR or CRMF, requests, responses, certificates and journal.jsonl.
 *
 * session.json has a version (SESSION_VERSION) and the published schema data/schema/session.schema.json, which has no
 * place for a secret: answers whose row is ANSWER_SECRET are refused here. Every change is written whole (temporary file,
 * fsync, rename) before the setter returns through session_save. One writer by lock. A file of an unknown version or a
 * damaged one is reported and set aside (renamed to session.json.damaged-<time>), never overwritten; an older version is
 * converted, with a copy kept as session.json.v<N>.
 *
 * Times are RFC 3339 UTC. All strings UTF-8.
 */
#include "base/bytes.h"
#include "base/file.h"

struct json;
struct strv;

#define SESSION_VERSION 1

struct session {
    char *id;  /* "20261121-003337-k7q2": sortable, unique; folder name */
    char *dir; /* absolute */
    struct json *root;
    struct file_lock lock;
    bool read_only; /* opened for display only: setters fail */
};

/* A line of the list of saved enrollments. */
struct session_info {
    char *id, *dir;
    char *scenario; /* row name of the scenario table */
    char *title;    /* subject or what else tells it apart; visible text, may be "" */
    char *step;     /* next step's name, "" when done */
    char *state;    /* "editing" "running" "waiting" "done" "failed" */
    int64_t updated;
    bool damaged;
};

/* base: folder of all sessions, NULL for the user's. Caller frees the session with session_close. */
struct session *session_create(const char *base, const char *scenario, struct err *err) MUST_CHECK;
struct session *session_open(const char *base, const char *id, struct err *err) MUST_CHECK;
struct session *session_peek(const char *base, const char *id, struct err *err) MUST_CHECK; /* read only, no lock */
void session_close(struct session *s);
bool session_save(struct session *s, struct err *err) MUST_CHECK;
/* For answers between two pages, which must not wait for a disk: outlives this process at once, and a power cut after session_sync. */
bool session_save_quickly(struct session *s, struct err *err) MUST_CHECK;
bool session_sync(struct session *s, struct err *err) MUST_CHECK;
/* Wipes every file and the folder; s is closed. What lies elsewhere (keys, certificates) is the caller's business. */
bool session_delete(struct session *s, struct err *err) MUST_CHECK;
/* The same for one that cannot be opened because its file is damaged. */
bool session_discard(const char *base, const char *id, struct err *err) MUST_CHECK;
bool session_list(const char *base, struct session_info **list, size_t *n, struct err *err) MUST_CHECK;
void session_info_free(struct session_info *list, size_t n);

/* Answers, by name of the answer table. NULL when not answered; "" is an answer ("left blank"). */
const char *session_answer(const struct session *s, const char *name);
bool session_set_answer(struct session *s, const char *name, const char *value, struct err *err) MUST_CHECK;
/* Facts that steps leave behind: key id, request file, transaction id … ("facts" object). */
const char *session_fact(const struct session *s, const char *name);
void session_set_fact(struct session *s, const char *name, const char *value);
/* "editing", "running", "waiting", "done", "failed". */
const char *session_state(const struct session *s);
void session_set_state(struct session *s, const char *state);

/* Progress of steps: a step is "", "started" or "done"; both marks are saved at once. */
const char *session_step_state(const struct session *s, const char *step);
bool session_mark_step(struct session *s, const char *step, const char *state, struct err *err) MUST_CHECK;
void session_clear_step(struct session *s, const char *step);

/* A file in the session folder, absolute. Caller frees. */
char *session_file(const struct session *s, const char *name) MUST_CHECK;
bool session_write_file(struct session *s, const char *name, struct bytes content, struct err *err) MUST_CHECK;
bool session_read_file(const struct session *s, const char *name, struct buf *out, struct err *err) MUST_CHECK;
bool session_has_file(const struct session *s, const char *name);

/* One line {"time","event",…} to journal.jsonl. detail may be NULL; it is taken. Never carries a secret. */
bool session_journal(struct session *s, const char *event, struct json *detail, struct err *err);
#endif
