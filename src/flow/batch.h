/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_BATCH_H
#define CMCW_FLOW_BATCH_H
/*
 * Many enrollments by one agent: each file with a PKCS#10 (or CRMF) request becomes an agent-signed CMC request, is
 * sent over one of a few kept connections, its answer is judged, and the certificate is written to OUT/NAME.pem. One
 * loop drives all connections; the agent's key is found once.
 *
 * A CA issues again for a request that it gets again, so nothing is sent twice: the journal OUT/.cmc-batch.journal
 * holds a line on disk before the first octet of a request leaves. A run that finds such a line without a certificate
 * asks the CA for a certificate with this public key; when there is none, the request is in doubt and only sent again
 * with resend. A file OUT/NAME.pem with the right public key is done. One run at a time per folder (ERR_FILE_LOCKED).
 *
 * Bad requests, refusals and broken connections end their own request only; when several in a row cannot even reach the
 * server, the rest is not tried. A request whose connection broke has a second turn when all others are done: where nothing
 * had left it is sent; else the CA is asked for its certificate, by the same rule as in a later run.
 */
#include "base/strv.h"
#include "flow/engine.h"

enum batch_state {
    BATCH_ISSUED,    /* answered with a certificate */
    BATCH_FOUND,     /* sent by an earlier run; the CA had the certificate */
    BATCH_KEPT,      /* its file was there */
    BATCH_FAILED,    /* bad request, refusal, answer not trusted; or the CA wants more, though the certificate is stored */
    BATCH_DOUBT,     /* sent, and no certificate is known (or the CA has put it aside): not sent again */
    BATCH_NOT_TRIED, /* the server cannot be reached */
    BATCH_STATES
};
/* "issued", "found" …: stable, for JSON. */
const char *batch_state_name(enum batch_state state);

struct batch_options {
    const char *out_dir; /* is made when it is missing */
    int jobs;            /* connections, 1..BATCH_JOBS_MAX */
    bool resend;         /* send again what is in doubt */
    bool with_chain;     /* the chain behind the certificate in the same file */
    struct submit_options submit;
};
#define BATCH_JOBS_MAX 32

/* Everything is lent for the call. Texts are visible. */
struct batch_result {
    size_t index; /* in names */
    const char *input;
    enum batch_state state;
    const char *subject;   /* of the request, then of the certificate; NULL unknown */
    const char *output;    /* the certificate's file; NULL when there is none, or an error */
    const char *serial;    /* "0x1a"; NULL when there is none */
    int64_t not_after;     /* seconds; 0 when there is no certificate */
    const struct err *err; /* why not, or what the CA still wants; else NULL */
};
struct batch_counts {
    size_t total, done, by_state[BATCH_STATES];
};
struct batch_hooks {
    void (*result)(void *ctx, const struct batch_result *result); /* in the order of names; may be NULL */
    void (*tick)(void *ctx, const struct batch_counts *counts);   /* often; may be NULL */
    void *ctx;
};

/* The names of requests: in a folder the files that end as requests do (.csr .req .p10 .pem .der .crmf …), sorted; else
 * lines of a text file ("-": standard input), without empty ones and those that begin with "#". ERR_FLOW_BATCH_LIST. */
bool batch_names(const char *dir_or_list, struct strv *names, struct err *err) MUST_CHECK;
/* cfg in HttpClient's dialect: where to, and nickname, who signs (and is shown in TLS where clientmode says so). False
 * only when nothing can be begun; what happened to each request is in counts and results. */
bool batch_run(struct engine *e, const struct cfg *cfg, const struct strv *names, const struct batch_options *options,
               const struct batch_hooks *hooks, struct batch_counts *counts, struct err *err) MUST_CHECK;
#endif
