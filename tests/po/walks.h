/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_PO_WALKS_H
#define CMCW_TESTS_PO_WALKS_H
/*
 * Every scenario, page by page, as a person at the keyboard walks it: what stands there, and the keys that lead on. Looked at in every
 * language (screens_*.tap), compared with the other front ends (parity.tap, parity_errors.tap) and kept as dumps
 * (tests/screens/walks/). To add a page: a row; to add a walk: a table and a row in WALKS.
 */
#include "base/mem.h"

/* One page. Keys are those of term.h, and {path:NAME} a file below the CA's folder, {line:NAME} its first line,
 * {env:NAME}; {row:TEXT} goes to that row, {see:TEXT} waits for it. */
struct stop {
    const char *page; /* its name, that of the dump */
    const char *see;  /* what stands there in English when the page is ready */
    const char *keys; /* what leads on; "" ends the walk */
    const char *open; /* keys that open something over the page, each after a blank; Esc closes it; NULL = help only */
    bool pass;        /* goes by: is waited for, not looked at */
    bool words;       /* shows words that are the same in every language */
    /* A question or view keeps its language: the question of the page to which Esc leads, where another one is chosen. NULL: a page. */
    const char *below;
    const char *again; /* and what opens it there once more; NULL: <Enter> */
};

static const struct stop AGENT[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "<Enter>"},
    {.page = "who", .see = "Who vouches for you at the certificate authority?",
     .keys = "{row:A CA agent signs it here, now}<Space><Enter>"},
    {.page = "purpose", .see = "What is the certificate for?", .keys = "<Enter>", .open = "<C-c>"},
    {.page = "server", .see = "Which certificate authority issues it?", .keys = "localhost<Tab><End><C-u>{env:PORT}<Enter>"},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>",
     .below = "Which certificate authority issues it?"},
    {.page = "database", .see = "Where do the key and the certificate belong?", .keys = "<Tab>Secret.123<Tab>Secret.123<Enter>"},
    {.page = "subject", .see = "Whose certificate is it?", .keys = "Jane Doe<Enter>"},
    {.page = "key", .see = "What kind of key do you need?", .keys = "<Enter>"},
    {.page = "agent", .see = "Which CA agent signs the request?", .keys = "{path:agent.p12}<Tab>{line:agent.password}<Enter>"},
    {.page = "practice", .see = "This agent belongs to a practice CA.", .keys = "<Down><Enter>",
     .below = "Which CA agent signs the request?"},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>", .open = "<F6> <C-c>"},
    {.page = "result", .see = "The certificate is there, and it works.", .keys = "", .open = "<F6>"},
};

static const struct stop SECRET[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "<Enter>", .pass = true},
    {.page = "who", .see = "Who vouches for you at the certificate authority?",
     .keys = "{row:Nobody yet: I have a secret from the helpdesk}<Space><Enter>",
     .pass = true},
    {.page = "server", .see = "Which certificate authority issues it?", .keys = "localhost<Tab><End><C-u>{env:PORT}<Enter>"},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>", .pass = true},
    {.page = "database", .see = "Where do the key and the certificate belong?", .keys = "{env:DATABASE_KEYS}<Enter>", .pass = true},
    {.page = "you", .see = "Who are you to the certificate authority?", .keys = "jdoe<Enter>"},
    {.page = "secret", .see = "What is the secret that the helpdesk gave you?", .keys = "{env:SECRET}<Enter>"},
    {.page = "key", .see = "What kind of key do you need?", .keys = "<Enter>", .pass = true},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>", .open = "<F6>"},
    {.page = "result", .see = "The certificate is there, and it works.", .keys = "", .open = "<F6> <F7> <F8>"},
};

static const struct stop ENCRYPTION[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "<Enter>", .pass = true},
    {.page = "who", .see = "Who vouches for you at the certificate authority?",
     .keys = "{row:I do: I have a signing certificate, and want one to encrypt}<Space><Enter>",
     .pass = true},
    {.page = "server", .see = "Which certificate authority issues it?",
     .keys = "localhost<Tab><End><C-u>{env:PORT}<Enter>",
     .pass = true},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>", .pass = true},
    {.page = "database", .see = "Where do the key and the certificate belong?", .keys = "{env:DATABASE_KEYS}<Enter>"},
    {.page = "signer", .see = "Which of your certificates signs the request?", .keys = "<Enter>"},
    {.page = "encryption", .see = "What kind of encryption key?", .keys = "<Enter>"},
    {.page = "transport", .see = "Is this the right transport certificate?", .keys = "<Enter>", .below = "What kind of encryption key?"},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>", .open = "<F6>"},
    {.page = "result", .see = "The certificate is there, and it works.", .keys = "", .open = "<F6>"},
};

static const struct stop HANDOVER[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "<Enter>", .pass = true},
    {.page = "who", .see = "Who vouches for you at the certificate authority?",
     .keys = "{row:A CA agent somewhere else}<Space><Enter>",
     .pass = true},
    {.page = "purpose", .see = "What is the certificate for?", .keys = "<Enter>", .pass = true},
    {.page = "database", .see = "Where do the key and the certificate belong?",
     .keys = "<Tab>Secret.123<Tab>Secret.123<Enter>",
     .pass = true},
    {.page = "subject", .see = "Whose certificate is it?", .keys = "Jane<Enter>", .pass = true},
    {.page = "key", .see = "What kind of key do you need?", .keys = "<Enter>", .pass = true},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    {.page = "result", .see = "Now it is somebody else's turn.", .keys = "", .words = true},
};

/* The agent's answer to that request. */
static const struct stop IMPORT[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:Continue a saved enrollment}<Space><Enter>", .pass = true},
    {.page = "saved", .see = "Which enrollment do you want to continue?", .keys = "<Space><Enter>", .pass = true},
    {.page = "answer", .see = "Has the CA agent's answer arrived?", .keys = "{path:answer.cmcpkg}<Enter>"},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>", .pass = true},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>", .pass = true},
    {.page = "password", .see = "What is the password of the database?", .keys = "{env:PASSWORD}<Enter>", .pass = true},
    {.page = "result", .see = "The certificate is there, and it works.", .keys = "", .pass = true},
};

static const struct stop DESK[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:Helpdesk and CA agents}<Space><Enter>", .pass = true},
    {.page = "helpdesk", .see = "What does the helpdesk want to do?", .keys = "<Enter>"},
    {.page = "request", .see = "Whose request do you want to sign?", .keys = "{path:request}<Enter>"},
    {.page = "decision", .see = "Do you approve this request?", .keys = "<Space><Enter>", .words = true},
    {.page = "purpose", .see = "What is the certificate for?", .keys = "<Enter>", .pass = true},
    {.page = "server", .see = "Which certificate authority issues it?", .keys = "localhost<Tab><End><C-u>{env:PORT}<Enter>", .pass = true},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>", .pass = true},
    {.page = "agent", .see = "Which CA agent signs the request?", .keys = "{row:practice-agent-agent}<Space><Enter>"},
    {.page = "password", .see = "What is the password of the database?", .keys = "{env:PASSWORD}<Enter>",
     .below = "Which CA agent signs the request?"},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>", .open = "<F6>"},
    {.page = "result", .see = "Done: now give the answer back.", .keys = "", .words = true},
};

static const struct stop REFUSAL[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:Helpdesk and CA agents}<Space><Enter>", .pass = true},
    {.page = "helpdesk", .see = "What does the helpdesk want to do?", .keys = "<Enter>", .pass = true},
    {.page = "request", .see = "Whose request do you want to sign?", .keys = "{path:request}<Enter>", .pass = true},
    {.page = "decision", .see = "Do you approve this request?",
     .keys = "{row:Refuse, with a reason}<Space><Tab>Wrong department.<Enter>", .pass = true},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>", .words = true},
    {.page = "result", .see = "Done: now give the answer back.", .keys = "", .pass = true},
};

static const struct stop RENEWAL[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "<Enter>", .pass = true},
    {.page = "who", .see = "Who vouches for you at the certificate authority?",
     .keys = "{row:I do: my certificate ends soon, and I want the next one}<Space><Enter>", .pass = true},
    {.page = "server", .see = "Which certificate authority issues it?", .keys = "localhost<Tab><End><C-u>{env:PORT}<Enter>", .pass = true},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>", .pass = true},
    {.page = "database", .see = "Where do the key and the certificate belong?", .keys = "{env:DATABASE_KEYS}<Enter>", .pass = true},
    {.page = "renew", .see = "Which certificate do you want to renew?", .keys = "<Enter>"},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    {.page = "result", .see = "The certificate is there, and it works.", .keys = "", .pass = true},
};

static const struct stop REVOKE[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:Revoke a certificate}<Space><Enter>", .pass = true},
    {.page = "server", .see = "Which certificate authority issues it?", .keys = "localhost<Tab><End><C-u>{env:PORT}<Enter>", .pass = true},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>", .pass = true},
    {.page = "target", .see = "Which certificate is to be revoked?", .keys = "{row:jdoe - user}<Space><Enter>"},
    {.page = "reason", .see = "Why is this certificate to be revoked?",
     .keys = "{row:Its key is lost, stolen, or somebody may have seen it}<Space><Enter>"},
    {.page = "revoker", .see = "Who asks the CA to revoke it?", .keys = "<Enter>"},
    {.page = "password", .see = "What is the password of the database?", .keys = "{env:PASSWORD}<Enter>",
     .below = "Who asks the CA to revoke it?"},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    {.page = "confirm", .see = "Revoke this certificate?", .keys = "<Down><Enter>", .below = "Is everything right?"},
    {.page = "result", .see = "The certificate is revoked.", .keys = ""},
};

static const struct stop SAVED[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:Continue a saved enrollment}<Space><Enter>", .pass = true},
    {.page = "saved", .see = "Which enrollment do you want to continue?", .keys = ""},
};

static const struct stop TOKEN[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "<Down><Down><Down><Space><Enter>", .pass = true},
    {.page = "helpdesk", .see = "What does the helpdesk want to do?",
     .keys = "{row:Make a secret for a user's first certificate}<Space><Enter>",
     .pass = true},
    {.page = "user", .see = "Who shall get a secret?", .keys = "jdoe<Enter>"},
    {.page = "protection", .see = "Which certificate protects secrets at the CA?", .keys = "{path:issuance-protection.pem}<Enter>"},
    {.page = "token", .see = "Where does the token go?", .keys = "<Esc>"},
    {.page = "protection", .see = "Which certificate protects secrets at the CA?", .keys = "", .pass = true},
};

/* ---- the helpdesk's jobs and practice (jobs.tap): Ctrl-S ends what has no end of its own ---- */

#define STOPS_TO_JOB(job)                                                                                                                  \
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:Helpdesk and CA agents}<Space><Enter>", .pass = true},         \
    {                                                                                                                                      \
        .page = "helpdesk", .see = "What does the helpdesk want to do?", .keys = "{row:" job "}<Space><Enter>", .pass = true              \
    }

static const struct stop JOB_TOKEN[] = {
    STOPS_TO_JOB("Make a secret for a user's first certificate"),
    {.page = "user", .see = "Who shall get a secret?", .keys = "jdoe<Enter>"},
    {.page = "protection", .see = "Which certificate protects secrets at the CA?", .keys = "{path:issuance-protection.pem}<Enter>"},
    {.page = "token", .see = "Where does the token go?", .keys = "{row:Into a file}<Space><Tab>{path:jdoe.token}<Enter>"},
    {.page = "made", .see = "The token is made.", .keys = "<C-s>"},
};

static const struct stop JOB_QUEUE[] = {
    STOPS_TO_JOB("Work through a folder of requests"),
    {.page = "folder", .see = "Where are the requests that people gave you?", .keys = "{path:in}<Enter>"},
    {.page = "queue", .see = "Which request is next?", .keys = "<Enter>"},
    {.page = "decision", .see = "Do you approve this request?", .keys = "{row:Refuse, with a reason}<Space><Tab>Who are you?<Enter>"},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    {.page = "result", .see = "Done: now give the answer back.", .keys = "<Enter>"},
    {.page = "queue", .see = "Which request is next?", .keys = "<C-s>"},
};

static const struct stop JOB_REVOKE[] = {
    STOPS_TO_JOB("Revoke somebody's certificate"),
    {.page = "server", .see = "Which certificate authority issues it?", .keys = "localhost<Tab><End><C-u>{env:PORT}<Enter>"},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>"},
    {.page = "target", .see = "Which certificate is to be revoked?", .keys = "{row:Another certificate}<Space><Tab>{env:SERIAL}<Enter>"},
    {.page = "reason", .see = "Why is this certificate to be revoked?",
     .keys = "{row:Its key is lost, stolen, or somebody may have seen it}<Space><Enter>"},
    {.page = "revoker", .see = "Who asks the CA to revoke it?", .keys = "<Enter>"},
    {.page = "password", .see = "What is the password of the database?", .keys = "{env:PASSWORD}<Enter>"},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    {.page = "confirm", .see = "Revoke this certificate?", .keys = "<Down><Enter>"},
    {.page = "result", .see = "The certificate is revoked.", .keys = ""},
};

static const struct stop JOB_DESCRIBE[] = {
    STOPS_TO_JOB("Describe a CA for your users"),
    {.page = "server", .see = "Which certificate authority do you describe?", .keys = "localhost<Tab><End><C-u>{env:PORT}<Enter>"},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>"},
    {.page = "words", .see = "What should your users read?", .keys = "<Enter>"},
    {.page = "written", .see = "The description is written", .keys = "<Esc>"},
    {.page = "helpdesk", .see = "What does the helpdesk want to do?", .keys = "<C-s>"},
};

static const struct stop JOB_GUIDE[] = {
    STOPS_TO_JOB("Guide somebody on the phone"),
    {.page = "guide", .see = "Which enrollment is the call about?", .keys = "<Enter>"},
    {.page = "where", .see = "Where is the caller now?", .keys = "<Enter>"},
    {.page = "page", .see = "They see the question: ", .keys = "<Esc>"},
    {.page = "where", .see = "Where is the caller now?", .keys = "<C-s>"},
};

static const struct stop JOB_ADMIN[] = {
    STOPS_TO_JOB("Prepare a CA for shared secrets"),
    {.page = "admin", .see = "Which CA is to be prepared?", .keys = "<End><C-u>11.3<Enter>"},
    {.page = "text", .see = "F5 copy", .keys = "<Esc>"},
    {.page = "admin", .see = "Which CA is to be prepared?", .keys = "<C-s>"},
};

/* A failure that is rehearsed: switched on, then met. */
static const struct stop JOB_FAULTS[] = {
    STOPS_TO_JOB("Rehearse failures with the practice CA"),
    {.page = "faults", .see = "What should go wrong at the practice CA?", .keys = "{row:The profile is disabled.}<Space><Enter>"},
    {.page = "on", .see = "on     The profile is disabled.", .keys = "<F6>"},
    {.page = "practice", .see = "nothing can go wrong", .keys = "<Esc>"},
    {.page = "practise", .see = "What would you like to practise?", .keys = "<Enter>"},
    {.page = "purpose", .see = "What is the certificate for?", .keys = "<Enter>"},
    {.page = "database", .see = "Where do the key and the certificate belong?", .keys = "<Enter>"},
    {.page = "subject", .see = "Whose certificate is it?", .keys = "<Enter>"},
    {.page = "key", .see = "What kind of key do you need?", .keys = "<Enter>"},
    {.page = "agent", .see = "Which CA agent signs the request?", .keys = "<Enter>"},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    {.page = "failure", .see = "It did not work this time.", .keys = "<Esc>"},
    {.page = "again", .see = "Is everything right?", .keys = "<C-s>"},
};

/* ---- walks that fail (parity_errors.tap): each ends with what Ctrl-C asks, where Enter saves and leaves ---- */

#define STOP_FAILED(page_again, again)                                                                                 \
    {.page = "failure", .see = "Error id: ", .keys = "<Esc>"},                                    \
        {.page = page_again, .see = again, .keys = "<C-c>"},                                                           \
    {                                                                                                                  \
        .page = "leave", .see = "Leave the wizard?", .keys = ""                                   \
    }

/* A saved enrollment is continued; the run fails, before or behind what is asked. */
static const struct stop FAILS_AT_ONCE[] = {
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    STOP_FAILED("again", "Is everything right?"),
};

static const struct stop FAILS[] = {
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    {.page = "password",
     .see = "What is the password of the database?",
     .keys = "{env:PASSWORD}<Enter>"},
    STOP_FAILED("again", "Is everything right?"),
};

static const struct stop FAILS_BY_SECRET[] = {
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    {.page = "password",
     .see = "What is the password of the database?",
     .keys = "{env:PASSWORD}<Enter>"},
    {.page = "secret",
     .see = "What is the secret that the helpdesk gave you?",
     .keys = "{env:SECRET}<Enter>"},
    STOP_FAILED("again", "Is everything right?"),
};

/* It waits: the program says so when it ends. */
static const struct stop WAITS[] = {
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    {.page = "password",
     .see = "What is the password of the database?",
     .keys = "{env:PASSWORD}<Enter>"},
    {.page = "failure", .see = "Error id: ", .keys = "<Esc>"},
    {.page = "result", .see = "Now it is somebody else's turn.", .keys = ""},
};

/* What became of the request is not known. */
static const struct stop DOUBTS[] = {
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>"},
    {.page = "password",
     .see = "What is the password of the database?",
     .keys = "{env:PASSWORD}<Enter>"},
    {.page = "failure", .see = "Did the request arrive?", .keys = "<Down><Down><Enter>"},
    {.page = "again", .see = "Is everything right?", .keys = "<C-c>"},
    {.page = "leave", .see = "Leave the wizard?", .keys = ""},
};

/* From the start: the first look at the CA, an answer that its page refuses, a file. */
#define STOPS_TO_SERVER(port)                                                                                          \
    {.page = "welcome", .see = "What would you like to do?", .keys = "<Enter>"},                                       \
        {.page = "who",                                                                                                \
         .see = "Who vouches for you at the certificate authority?",                                                   \
         .keys = "{row:Nobody yet: I have a secret from the helpdesk}<Space><Enter>"},                                 \
    {                                                                                                                  \
        .page = "server", .see = "Which certificate authority issues it?",                                             \
        .keys = "localhost<Tab><End><C-u>" port "<Enter>"                                                              \
    }

static const struct stop NO_CONTACT[] = {
    STOPS_TO_SERVER("{env:PORT}"),
    STOP_FAILED("again", "Which certificate authority issues it?"),
};

static const struct stop BAD_PORT[] = {
    STOPS_TO_SERVER("99999"),
    {.page = "refused", .see = "A port is a number from 1 to 65535.", .keys = "<C-c>"},
    {.page = "leave", .see = "Leave the wizard?", .keys = ""},
};

static const struct stop BAD_PACKAGE[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:Helpdesk and CA agents}<Space><Enter>"},
    {.page = "helpdesk", .see = "What does the helpdesk want to do?", .keys = "<Enter>"},
    {.page = "request", .see = "Whose request do you want to sign?", .keys = "{path:request}<Enter>"},
    {.page = "failure", .see = "[nss-pem]", .keys = "<C-c>"},
    {.page = "leave", .see = "Leave the wizard?", .keys = ""},
};

/* The secret is another one than the CA knows. */
static const struct stop FAILURE[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "<Enter>", .pass = true},
    {.page = "who", .see = "Who vouches for you at the certificate authority?",
     .keys = "{row:Nobody yet: I have a secret from the helpdesk}<Space><Enter>", .pass = true},
    {.page = "server", .see = "Which certificate authority issues it?", .keys = "localhost<Tab><End><C-u>{env:PORT}<Enter>", .pass = true},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>", .pass = true},
    {.page = "database", .see = "Where do the key and the certificate belong?", .keys = "{env:DATABASE_KEYS}<Enter>", .pass = true},
    {.page = "you", .see = "Who are you to the certificate authority?", .keys = "jdoe<Enter>", .pass = true},
    {.page = "secret", .see = "What is the secret that the helpdesk gave you?", .keys = "somebody-elses-1234567890<Enter>", .pass = true},
    {.page = "key", .see = "What kind of key do you need?", .keys = "<Enter>", .pass = true},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>", .pass = true},
    {.page = "failure", .see = "It did not work this time.", .keys = "", .words = true, .below = "Is everything right?",
     .again = "<Enter>{see:What is the secret that the helpdesk gave you?}somebody-elses-1234567890<Enter>"},
};

/* An enrollment that was killed when its request was on the way. */
static const struct stop DOUBT[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:Continue a saved enrollment}<Space><Enter>", .pass = true},
    {.page = "saved", .see = "Which enrollment do you want to continue?", .keys = "<Space><Enter>", .pass = true},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>", .pass = true},
    {.page = "password", .see = "What is the password of the database?", .keys = "{env:PASSWORD}<Enter>", .pass = true},
    {.page = "doubt", .see = "Did the request arrive?", .keys = "", .below = "Is everything right?"},
};

/* The agent's no, at home. */
static const struct stop REFUSED[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:Continue a saved enrollment}<Space><Enter>", .pass = true},
    {.page = "saved", .see = "Which enrollment do you want to continue?", .keys = "<Space><Enter>", .pass = true},
    {.page = "answer", .see = "Has the CA agent's answer arrived?", .keys = "{path:refusal.cmcpkg}<Enter>", .pass = true},
    {.page = "review", .see = "Is everything right?", .keys = "<Enter>", .pass = true},
    {.page = "refused", .see = "The CA agent refused your request.", .keys = "", .words = true},
};

static const struct stop EXPIRY[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:See which certificates end soon}<Space><Enter>", .pass = true},
    {.page = "expiry", .see = "Which of your certificates end when?", .keys = ""},
};

#define HELPDESK(job) \
    {.page = "welcome", .see = "What would you like to do?", .keys = "{row:Helpdesk and CA agents}<Space><Enter>", .pass = true}, \
    {.page = "helpdesk", .see = "What does the helpdesk want to do?", .keys = "{row:" job "}<Space><Enter>", .pass = true}

static const struct stop GUIDE[] = {
    HELPDESK("Guide somebody on the phone"),
    {.page = "guide", .see = "Which enrollment is the call about?", .keys = "<Enter>"},
    {.page = "guide-where", .see = "Where is the caller now?", .keys = "<Enter>"},
    {.page = "guide-page", .see = "They see the question: %s", .keys = "", .below = "Where is the caller now?", .again = "<Home><Enter>"},
};

static const struct stop ADMIN[] = {
    HELPDESK("Prepare a CA for shared secrets"),
    {.page = "admin", .see = "Which CA is to be prepared?", .keys = "<Enter>"},
    {.page = "admin-text", .see = "Prepare a CA for shared secrets", .keys = "", .words = true, .below = "Which CA is to be prepared?"},
};

static const struct stop DESCRIBE[] = {
    HELPDESK("Describe a CA for your users"),
    {.page = "describe", .see = "Which certificate authority do you describe?", .keys = "localhost<Tab><End><C-u>{env:PORT}<Enter>"},
    {.page = "fingerprint", .see = "Is this the right certificate authority?", .keys = "<Up><Enter>", .pass = true},
    {.page = "describe-words", .see = "What should your users read?", .keys = ""},
};

static const struct stop QUEUE[] = {
    HELPDESK("Work through a folder of requests"),
    {.page = "queue-folder", .see = "Where are the requests that people gave you?", .keys = "{path:in}<Enter>"},
    {.page = "queue", .see = "Which request is next?", .keys = ""},
};

static const struct stop FAULTS[] = {
    HELPDESK("Rehearse failures with the practice CA"),
    {.page = "faults", .see = "What should go wrong at the practice CA?", .keys = ""},
};

static const struct stop MODULES[] = {
    {.page = "welcome", .see = "What would you like to do?", .keys = "<Enter>", .pass = true},
    {.page = "who", .see = "Who vouches for you at the certificate authority?",
     .keys = "{row:A CA agent somewhere else}<Space><Enter>", .pass = true},
    {.page = "purpose", .see = "What is the certificate for?", .keys = "<Enter>", .pass = true},
    {.page = "database", .see = "Where do the key and the certificate belong?",
     .keys = "{env:DATABASE_KEYS}{row:Smart card or HSM...}<Enter>", .pass = true},
    {.page = "modules", .see = "Which smart cards and HSMs does the database know?", .keys = "", .words = true},
};

static const struct {
    const char *name;
    const struct stop *stops;
    size_t n;
} WALKS[] = {
    {"agent", AGENT, ARRAY_LEN(AGENT)},
    {"secret", SECRET, ARRAY_LEN(SECRET)},
    {"encryption", ENCRYPTION, ARRAY_LEN(ENCRYPTION)},
    {"handover", HANDOVER, ARRAY_LEN(HANDOVER)},
    {"import", IMPORT, ARRAY_LEN(IMPORT)},
    {"desk", DESK, ARRAY_LEN(DESK)},
    {"refusal", REFUSAL, ARRAY_LEN(REFUSAL)},
    {"renewal", RENEWAL, ARRAY_LEN(RENEWAL)},
    {"revoke", REVOKE, ARRAY_LEN(REVOKE)},
    {"saved", SAVED, ARRAY_LEN(SAVED)},
    {"token", TOKEN, ARRAY_LEN(TOKEN)},
    {"job-token", JOB_TOKEN, ARRAY_LEN(JOB_TOKEN)},
    {"job-queue", JOB_QUEUE, ARRAY_LEN(JOB_QUEUE)},
    {"job-revoke", JOB_REVOKE, ARRAY_LEN(JOB_REVOKE)},
    {"job-describe", JOB_DESCRIBE, ARRAY_LEN(JOB_DESCRIBE)},
    {"job-guide", JOB_GUIDE, ARRAY_LEN(JOB_GUIDE)},
    {"job-admin", JOB_ADMIN, ARRAY_LEN(JOB_ADMIN)},
    {"job-faults", JOB_FAULTS, ARRAY_LEN(JOB_FAULTS)},
    {"fails-at-once", FAILS_AT_ONCE, ARRAY_LEN(FAILS_AT_ONCE)},
    {"fails", FAILS, ARRAY_LEN(FAILS)},
    {"fails-by-secret", FAILS_BY_SECRET, ARRAY_LEN(FAILS_BY_SECRET)},
    {"waits", WAITS, ARRAY_LEN(WAITS)},
    {"doubts", DOUBTS, ARRAY_LEN(DOUBTS)},
    {"no-contact", NO_CONTACT, ARRAY_LEN(NO_CONTACT)},
    {"bad-port", BAD_PORT, ARRAY_LEN(BAD_PORT)},
    {"bad-package", BAD_PACKAGE, ARRAY_LEN(BAD_PACKAGE)},
    {"failure", FAILURE, ARRAY_LEN(FAILURE)},
    {"doubt", DOUBT, ARRAY_LEN(DOUBT)},
    {"refused", REFUSED, ARRAY_LEN(REFUSED)},
    {"expiry", EXPIRY, ARRAY_LEN(EXPIRY)},
    {"guide", GUIDE, ARRAY_LEN(GUIDE)},
    {"admin", ADMIN, ARRAY_LEN(ADMIN)},
    {"describe", DESCRIBE, ARRAY_LEN(DESCRIBE)},
    {"queue", QUEUE, ARRAY_LEN(QUEUE)},
    {"faults", FAULTS, ARRAY_LEN(FAULTS)},
    {"modules", MODULES, ARRAY_LEN(MODULES)},
};
#endif
