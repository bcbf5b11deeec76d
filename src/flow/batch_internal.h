/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_BATCH_INTERNAL_H
#define CMCW_FLOW_BATCH_INTERNAL_H
/* What the files of the batch share: batch.c (the loop), batch_item.c (one request), batch_journal.c. */
#include "cmc/pkidata.h"
#include "flow/batch.h"
#include "flow/submit_target.h"
#include "net/submit.h"

/* ---- journal ---- */

/* Which requests were sent without an end that is known, by the SHA-256 of their public key in hex. */
struct batch_journal {
    char *path;
    void *keys; /* tsearch tree of struct journal_key */
};
/* Reads what is there; a damaged line is passed over. */
bool batch_journal_open(struct batch_journal *j, const char *dir, struct err *err) MUST_CHECK;
/* On disk before it returns. name is for people who look into the file. */
bool batch_journal_sending(struct batch_journal *j, const char *key, const char *name, struct err *err) MUST_CHECK;
/* Nothing can have been issued, or the certificate is stored. */
bool batch_journal_settled(struct batch_journal *j, const char *key, const char *name, bool stored,
                           struct err *err) MUST_CHECK;
bool batch_journal_doubts(const struct batch_journal *j, const char *key);
/* When what is in doubt was sent first; 0: unknown. */
int64_t batch_journal_since(const struct batch_journal *j, const char *key);
/* Only what is still in doubt stays in the file; without any it is removed. */
bool batch_journal_close(struct batch_journal *j, bool compact, struct err *err) MUST_CHECK;
/* True the first time that a key comes in this run. */
bool batch_journal_first(struct batch_journal *j, const char *key);

/* ---- one request ---- */

struct batch_item {
    size_t index;
    const char *name; /* lent from the list */
    char *output;     /* path of the certificate */
    char *subject;    /* visible */
    char *serial;
    int64_t not_after;
    char key[65];   /* SHA-256 of spki in hex; "" before it is known */
    struct buf der; /* the request inside */
    struct buf message, spki, subject_der, transaction_id, sender_nonce;
    enum request_kind kind;
    enum batch_state state;
    struct err err;
    bool again;      /* its second turn: the connection broke in the first */
    size_t sent;     /* octets that had left then */
};
struct carest;
struct batch {
    struct engine *e;
    const struct batch_options *options;
    struct submit_target to;
    enum net_service service;
    struct net_options net;
    struct cert *signer;
    struct key *signer_key;
    struct cert_list signer_chain;
    struct cert_list
        anchors; /* CAs that answers are judged by; empty: the database is asked each time, which is slow */
    struct batch_journal journal;
    struct carest *rest; /* for look-ups, opened when needed */
    void *outputs;       /* tsearch tree of paths that belong to a request of this run */
};

/* Reads and checks the request; the state is BATCH_STATES when it is to be sent (message is ready then), else final. */
void batch_item_prepare(struct batch *b, struct batch_item *item);
/* Judges an answer and stores the certificate. */
void batch_item_answer(struct batch *b, struct batch_item *item, const struct http_answer *answer);
/* The exchange failed (item->err says how); sent: octets that left. */
void batch_item_broke(struct batch *b, struct batch_item *item, size_t sent);
/* Second turn: true when it may be sent now; else the state is final. */
bool batch_item_again(struct batch *b, struct batch_item *item) MUST_CHECK;
void batch_item_free(struct batch_item *item);
#endif
