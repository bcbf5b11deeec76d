/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_ENGINE_H
#define CMCW_FLOW_ENGINE_H
/*
 * From .cfg files to messages and back: what `cmc request`, `cmc submit`, `cmc response`, the drop-ins and the wizard's run
 * have in common. The wizard has no other path: it writes cfg files and calls these with them.
 * NSS is opened once per process: the engine keeps the databases that it is given, and opens the cfg's own when none fits.
 * All outputs are written whole or not at all.
 */
#include "base/bytes.h"
#include "cmc/crmf.h"
#include "cmc/response.h"
#include "flow/secrets.h"
#include "nss/cert.h"

struct cfg;
struct nssdb;
struct key;

struct engine {
    struct nssdb *db;        /* open database or NULL */
    char *db_dir;            /* its folder, absolute */
    bool db_writable;
    struct secrets *secrets; /* borrowed */
    const char *base_dir;    /* borrowed: relative names in cfg files start here; NULL = current folder */
    int64_t at;              /* verification time; 0 = now */
    const char *secret_name; /* name under which token passwords are asked; "password" when NULL */
    /* Progress lines for a person, e.g. Dogtag's own under its tools' names; may be NULL. */
    void (*say)(void *ctx, const char *event, const char *text);
    /* The CA's first answer, when a second trip is built; may be NULL. */
    void (*say_answer)(void *ctx, const struct cmc_response *answer);
    void *say_ctx;
    /* As Dogtag's tool does it, where that hurts nobody: nonces as base64 text, a nickname is looked up even when it does not
     * sign, requests are not checked for their own signature, identityProofV2 without identification. */
    bool dogtag;
    bool sha1;      /* the outer signature, for those who need what old CMCEnroll made; else SHA-256 */
    bool requests_first; /* body part ids as CMCEnroll gives them (cmc/request.h) */
    bool no_output; /* engine_build writes no file */
    /* A preview's: signs as the request's own key would, which is not there yet, so neither key nor database is looked for. Lent, NULL
     * as a rule; db must be open, NSSDB_NONE is enough. */
    struct key *passing_key;
};

void engine_init(struct engine *e, struct secrets *secrets);
void engine_release(struct engine *e);
/* Opens dir (relative to base_dir), or keeps it when it is the open one already. A writable one also serves reading. */
bool engine_open_db(struct engine *e, const char *dir, bool writable, bool create, struct err *err) MUST_CHECK;
bool engine_login(struct engine *e, const char *token, struct err *err) MUST_CHECK;
char *engine_path(const struct engine *e, const char *name) MUST_CHECK;

/* ---- request ---- */
struct engine_request {
    struct buf der;             /* the CMC message */
    struct cert *signer;        /* NULL when signed with the request's own key, or unsigned */
    struct cert_list chain;
    struct buf transaction_id, sender_nonce; /* contents; empty when not sent */
    struct buf *spki;           /* public keys that certificates are expected for */
    size_t n_spki;
    struct strv *subjects;      /* of the requests, visible */
    struct buf rebuilt;         /* re-signed CSR or CRMF when popLinkWitnessV2 changed it */
};
/* Builds what the cfg (CMCRequest dialect) asks for and writes its output file. The password line of the cfg, when there,
 * is used first. ERR_CFG_*, ERR_NSS_*, ERR_CMC_*, ERR_FILE_*. */
bool engine_build(struct engine *e, const struct cfg *cfg, struct engine_request *out, struct err *err) MUST_CHECK;
void engine_request_release(struct engine_request *r);

/* CA certificates of the database that lead upwards from cert, which comes first. */
bool engine_chain(struct engine *e, const struct cert *cert, struct cert_list *out, struct err *err) MUST_CHECK;

/* ---- CRMF ---- */
struct engine_crmf {
    const char *token;         /* NULL = internal */
    struct bytes subject_der;
    bool ec;
    int bits;                  /* RSA */
    const char *curve;         /* EC */
    bool temporary;            /* session key: gone when the program ends */
    bool derive;               /* EC for key agreement: cannot prove possession by signing */
    bool insensitive, extractable;
    bool pop;                  /* signature as proof of possession; false for keys that only decrypt */
    bool break_pop;            /* a wrong one, to test a CA (-q POP_FAIL) */
    enum crmf_ski ski;
    const struct cert *transport; /* archival: the KRA's transport certificate; NULL = none */
    enum wrap_alg wrap;
    bool oaep;
};
/* Key and CertReqMessages. *key is the caller's; on failure a key that was made is removed again. */
bool engine_crmf(struct engine *e, const struct engine_crmf *how, struct buf *der, struct key **key, struct err *err) MUST_CHECK;

/* The file (any form) holds a CRMF request for an EC key without proof of possession: the CA would need a second trip, which it can
 * take with RSA keys only. Any other content is false. */
bool engine_crmf_is_stuck(struct bytes content);

/* ---- submit ---- */
struct submit; /* one running exchange */
enum submit_state { SUBMIT_RUNNING, SUBMIT_DONE, SUBMIT_FAILED };
struct submit_options {
    const struct cert_list *pinned; /* chain that the server must show; NULL = database trust */
    const char *proxy;              /* NULL = none */
    const char *user;               /* for an EST server (HTTP Basic), with the secret "est.password"; NULL = none */
    int timeout_ms;                 /* whole exchange; 0 = 60000 */
    bool insecure;                  /* no verification at all, and secrets even over plain HTTP; said loudly by the caller */
    struct bytes message;           /* sent instead of the cfg's input file; len 0 = the file */
    bool other_subject;             /* the TLS client certificate may have another subject than the signer; a stock CA refuses that */
};
/* cfg in HttpClient's dialect. ERR_FLOW_SUBJECT_MISMATCH before a byte leaves, where the message's signer is known. */
struct submit *submit_start(struct engine *e, const struct cfg *cfg, const struct submit_options *options, struct err *err) MUST_CHECK;
enum submit_state submit_poll(struct submit *s, int wait_ms, struct err *err) MUST_CHECK;
/* After SUBMIT_DONE: checks that the answer is CMC and writes the cfg's output file. */
bool submit_finish(struct submit *s, struct err *err) MUST_CHECK;
/* options.insecure lets a message go that proves a secret (or holds a passphrase) where others can read it: say so before polling. */
enum submit_exposure {
    SUBMIT_EXPOSES_NOTHING,
    SUBMIT_EXPOSES_PROOF,  /* secrets can be tried against it */
    SUBMIT_EXPOSES_UNREAD, /* not known: it cannot be read here */
    SUBMIT_EXPOSES_SECRET  /* the secret itself, of a revocation */
};
enum submit_exposure submit_exposes(const struct submit *s);
/* What the message says of itself, for cmc_response_error(); lends. NULL when it could not be read. */
struct cmc_sent;
const struct cmc_sent *submit_about(const struct submit *s);
/* When the server wants to be asked again (a 202 of EST): seconds since 1970, 0 when it does not say. */
int64_t submit_retry_at(const struct submit *s);
/* Octets of the body that left us: 0 means that a retry is safe. */
size_t submit_sent(const struct submit *s);
/* TLS chain of the server, leaf first; lends; empty before the handshake. */
const struct cert_list *submit_server_chain(const struct submit *s);
struct bytes submit_body(const struct submit *s);
/* Octets of the request; header lines of the answer with the status line, as received. */
size_t submit_body_size(const struct submit *s);
struct bytes submit_headers(const struct submit *s);
int submit_http_status(const struct submit *s);
/* Translated: "Waiting for the CA". */
const char *submit_phase(const struct submit *s);
void submit_cancel(struct submit *s);
void submit_free(struct submit *s); /* NULL is fine */
/* start, poll, finish for command line tools. */
bool engine_submit(struct engine *e, const struct cfg *cfg, const struct submit_options *options, struct err *err) MUST_CHECK;

/* ---- response ---- */
struct engine_import {
    const char *token;        /* NULL = internal */
    const char *nickname;     /* NULL or "": made from subject and purpose */
    const char *purpose;      /* for that nickname: "user", "server" … */
    bool trust_root;          /* the chain was confirmed: give its root CT,C,C */
    bool allow_practice;      /* a practice CA's certificate may go into a real database */
};
/* Imports leaf and chain, names it and proves it (signature or decryption with the stored key). nickname_out: caller frees.
 * When the key is not in this database: ERR_FLOW_KEY_LOST, and nothing is imported. */
bool engine_import(struct engine *e, struct cert *leaf, const struct cert_list *pool, const struct engine_import *how,
                   char **nickname_out, struct err *err) MUST_CHECK;
/* A PKCS#12 package with key, certificate and chain into the open database; the practice rule is asked of every
 * certificate in it before anything is stored. nicknames (may be NULL) gets those with a key. ERR_FLOW_NOT_PRACTICE,
 * and certdb_import_pkcs12's. */
bool engine_import_pkcs12(struct engine *e, const char *token, struct bytes p12, const struct secret *password,
                          bool allow_practice, struct strv *nicknames, struct err *err) MUST_CHECK;
/* Files for somebody whose key is elsewhere: certificate.pem, chain.pem (leaf first), chain.p7b in dir. */
bool engine_write_certs(const char *dir, const struct cert *leaf, const struct cert_list *pool, struct err *err) MUST_CHECK;
/* A database is a practice one when the file cmc-wizard-practice lies in its folder; the practice set-up makes it. */
bool engine_db_is_practice(const char *dir);
bool engine_mark_practice_db(const char *dir, struct err *err) MUST_CHECK;
/* A practice CA puts PRACTICE_MARK into the name of its CA certificates, visible in every issuer. */
bool cert_is_practice(const struct cert *c);
/* Refuses a practice CA's certificate in a database that is not a practice one, unless the user confirmed. ERR_FLOW_NOT_PRACTICE. */
bool engine_practice_allowed(const struct engine *e, const struct cert *cert, bool confirmed, struct err *err) MUST_CHECK;
#define PRACTICE_MARK "PRACTICE ONLY"
#endif
