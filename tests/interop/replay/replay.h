/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_REPLAY_H
#define CMCW_TESTS_REPLAY_H
/*
 * Every recorded request of tests/vectors/ca goes through the practice CA's library, in the order and at the times of the
 * recording; its answer has to agree with the recorded one. The exceptions stand in one table (exceptions.c), and so do the
 * recorded answers that are bugs of the server: ours has them as well, and each is marked where it is replayed.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "nss/cert.h"

struct exchange { /* one recorded request and its answer */
    char *name;            /* case */
    int step;              /* 0, 1, ... within the case */
    int64_t at;
    char *method, *path, *query, *content_type, *tls_client; /* NULL when absent */
    bool has_length;
    struct buf body;
    int http_status;
    char *answer_type;     /* recorded Content-Type */
    struct buf answer;     /* recorded body */
};
struct recording {
    char *dir;
    struct exchange *v;
    size_t n;
    size_t n_cases, n_never_sent; /* cases of INDEX.tsv; those whose request was never made or sent */
};
bool recording_load(const char *dir, struct recording *recording, struct err *err) MUST_CHECK;
void recording_release(struct recording *recording);
/* File of a case; empty buf (initialised) when it is not there. */
struct buf recording_file(const struct recording *recording, const char *name, const char *file);

/* What is compared. */
struct verdict {
    bool agrees;
    char *why; /* owned; NULL when it agrees */
};
struct practice_reply;
struct verdict judge(const struct exchange *recorded, const struct practice_reply *ours);

/* A case (or one step of it) where our answer is meant to differ. */
struct exception {
    const char *name;
    int step;          /* -1: every one */
    const char *why;
    int status, fail_info; /* what ours has to be instead; status -1: HTTP 404 or a page is fine */
};
/* A case (or one step of it) where the recorded answer is wrong by a standard; ours agrees with it all the same. */
struct server_bug {
    const char *name;
    int step;          /* -1: every one */
    const char *why;
};
const struct server_bug *server_bug_find(const char *name, int step);
/* A row whose case is not among the recordings; NULL: there is none. */
const struct server_bug *server_bug_without_case(const struct recording *recording);
const struct exception *exception_find(const char *name, int step);
size_t exception_count(void);
#endif
