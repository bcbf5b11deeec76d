/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_DESK_H
#define CMCW_FLOW_DESK_H
/*
 * The CA agent's desk: requests that other people made, one by one or a folder full of them. A request comes as a
 * hand-over package or as a bare CSR (PEM, base64, DER). Reading needs an open nssdb (NSSDB_NONE will do). Texts in
 * structs are visible. What the agent decides is in the session of an "agent-desk" enrollment: answers input, decision
 * (approve, refuse), refusal.reason.
 */
#include "base/strv.h"
#include "flow/package.h"
#include "nss/csr.h"

struct session;

struct desk_request {
    struct package package; /* members are "" for a bare CSR */
    bool is_package;
    struct csr csr;
    char *digest;          /* hex: of the package, or SHA-256 of the CSR's DER */
    char *readout, *words; /* the same for the phone */
};

/* A wrong signature of the CSR is no failure here: it is among the findings. ERR_FILE_*, ERR_FLOW_PACKAGE_*,
 * ERR_NSS_BAD_CSR…; a package that names another subject than its CSR is ERR_FLOW_PACKAGE_MISMATCH. */
bool desk_open(const char *path, struct desk_request *out, struct err *err) MUST_CHECK;
void desk_release(struct desk_request *r);
/* What an agent should look at twice, a sentence each; the first kind are reasons to refuse. profile may be "" (not
 * known yet). */
void desk_findings(const struct desk_request *r, const char *purpose, const char *profile, struct strv *grave,
                   struct strv *mild);
/* Answers that the session does not have yet (purpose, profile, key.type) from what was opened, and the facts by which desk_list
 * knows it again. */
bool desk_prefill(const struct desk_request *r, struct session *session, struct err *err) MUST_CHECK;
/* The same from the file that the answer input names; nothing when there is none or the session is no agent's desk. */
bool desk_prefill_input(struct session *session, struct err *err) MUST_CHECK;

/* ---- many ---- */
enum desk_state {
    DESK_NEW,      /* nobody opened it */
    DESK_APPROVED, /* decided, or begun, but not sent yet */
    DESK_REFUSED,  /* a refusal lies there for the person who asked */
    DESK_SENT,     /* the CA answered, and the answer lies there */
    DESK_FAILED,   /* the CA or something on the way said no: it can be tried again */
    DESK_BAD,      /* the file cannot be used: err says why */
};
struct desk_item {
    char *path, *name; /* name: of the file */
    enum desk_state state;
    char *subject, *key_text, *readout; /* "" when BAD */
    char *session;                      /* id of the enrollment that took it up, or "" */
    struct err err;
};
/* All packages and CSRs (.cmcpkg, .csr, .p10, .req, .pem, .der, .b64) of a folder, by name; a bad one is an item like
 * others. The sessions below base (NULL = default) say what became of each: a package is known again by its digest,
 * whatever its file is called. ERR_FILE_MISSING when there is no such folder. */
bool desk_list(const char *base, const char *folder, struct desk_item **list, size_t *n, struct err *err) MUST_CHECK;
void desk_items_free(struct desk_item *list, size_t n);
const char *desk_state_name(enum desk_state state); /* "new" "approved" "refused" "sent" "failed" "bad": stable */
const char *desk_state_word(enum desk_state state); /* N_(): for people */
#endif
