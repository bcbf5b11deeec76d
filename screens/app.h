/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_SCREENS_APP_H
#define CMCW_SCREENS_APP_H
/*
 * The wizard's one context. Pages bind to the session's answers by name through app_form_ops; secrets live in app->secrets only.
 * To add a page: a file pages_*.c (or a table in one), a row in pages.c, its id in a scenario's pages.
 */
#include "flow/engine.h"
#include "flow/run.h"
#include "flow/saved.h"
#include "flow/scenario.h"
#include "flow/secrets.h"
#include "flow/session.h"
#include "screens/wizard.h"
#include "ui/dialog.h"
#include "ui/form.h"
#include "ui/progress.h"

#define APP_MAX_STEPS 16
#define APP_DN_PARTS 7

struct app_page;

struct app {
    const struct wizard_options *options;
    struct ui *ui;
    struct session *session;
    struct secrets *secrets;
    const struct scenario *scenario;
    struct engine engine; /* for looking at databases while pages are asked; released before a run */
    struct frame frame;
    struct frame_step steps[APP_MAX_STEPS];
    struct run *run;      /* for the review page and the run itself */
    char *review_table, *review_notes, *result_table; /* texts of pages, made when the page is entered */
    char *chain_text;     /* what the CA showed at first contact */
    char *chain_pem;      /* the same as PEM, for a description */
    char *spoken_for;     /* the CA whose description was asked for its language last; NULL = none yet */
    bool no_chain;        /* the CA showed none: the page asks for a file */
    void (*translated)(struct app *app); /* makes the texts of the page that is shown anew; NULL = it has none */
    bool returning;       /* came from the review page: Next goes back there */
    bool dirty;           /* answers changed since the last save */
    bool unsynced;        /* what was saved last may still be on its way to the disk */
    enum form_verb left;  /* FORM_QUIT or FORM_ASK_QUIT: so a page within a page was left, and the outer one is to be; else FORM_NEXT */
    char scratch[1024];
    const struct app_page *page; /* the one that is shown */
    struct form_result *result;  /* its own */
    struct form_result results[APP_MAX_STEPS]; /* where the focus was, for each page of the scenario */
    bool other_folder;                         /* database page: the folder is typed */
    char *dn_parts[APP_DN_PARTS], *dn_whole;   /* subject page: fields, and the name they were made from */
};

/* What leaving a page may say. */
enum page_leave { LEAVE_GO, LEAVE_STAY };

struct app_page {
    const struct page *page;
    /* Another page in its place, as the answers are now. NULL = always that one. */
    const struct page *(*variant)(const struct app *app);
    const char *label; /* N_(): rail, at most 14 columns */
    /* Before it is shown: fill defaults, read databases. NULL = nothing. */
    void (*enter)(struct app *app);
    /* On Next, after the fields are valid: may ask, work, or refuse. NULL = go. */
    enum page_leave (*leave)(struct app *app);
    /* A button or own action. NULL = none. */
    void (*action)(struct app *app, const struct form_result *result);
    /* Values of the page's own fields, whose keys start with "page."; NULL = it has none. */
    const char *(*get)(struct app *app, const char *key);
    void (*set)(struct app *app, const char *key, const char *value);
    /* Nothing is to be asked here (unless somebody comes on purpose, from the review page). NULL = never. */
    bool (*skip)(struct app *app);
};

const struct app_page *app_page_find(const char *id);
extern const struct form_ops app_form_ops;

const char *app_get(const struct app *app, const char *name);
void app_set(struct app *app, const char *name, const char *value);
bool app_save(struct app *app);
/* Wipes the session and, as wished, the keys that it made and that have no certificate. False: the user left the page that asked for
 * the key's password; the session is there as before. */
bool app_discard(struct app *app, enum saved_key wish) MUST_CHECK;
/* What the user does with the page, or did with one within it. */
enum form_verb app_ask_page(struct app *app, const struct page *page, struct form_result *result);
/* What Ctrl-C asks. False: stay on the page. */
bool app_asks_leave(struct app *app);
/* Shall the saved enrollment go, and with it its unused key? False: it stays. */
bool app_asks_delete(struct app *app, const char *id, enum saved_key *key);
void app_error(struct app *app, const char *headline, struct err *err); /* shows and releases */
/* form_run for a page within a page: Ctrl-S and Ctrl-C there are for the page around it, too. */
enum form_verb app_inner_form(struct app *app, const struct frame *frame, const struct page *page, const struct form_ops *ops, void *ctx,
                              struct form_result *result) MUST_CHECK;
/* What a field says when its value raised this error: the sentence, the first detail (of its own kind, where there is one) and the id.
 * Releases err. Caller frees. */
char *app_field_problem(struct err *err) MUST_CHECK;
/* Opens the database of the given answers for looking; errors are shown unless quiet. */
bool app_open_db(struct app *app, const char *dbdir_answer, bool quiet);
void app_drop_engine(struct app *app);

/* Flows. Return exit codes or WIZARD_AGAIN. */
int app_enroll(struct app *app);
int app_continue(struct app *app);
int app_helpdesk(struct app *app);
int app_practice(struct app *app);
/* What ends when, over all databases; a renewal begins from there. */
int app_expiry(struct app *app);
/* Asks which reminders are wanted, and writes them. */
void app_remind(struct app *app);
/* An agent's folder of requests, one after the other. */
int app_desk_queue(struct app *app);
bool app_start(struct app *app, const char *scenario);
/* Closes what app_start or app_continue opened, so that another enrollment can begin; it stays saved. */
void app_put_away(struct app *app);
int app_choose_scenario(struct app *app);

/* Pages, one file each group. */
extern const struct app_page PAGE_PURPOSE, PAGE_SERVER, PAGE_DATABASE, PAGE_SUBJECT, PAGE_KEY, PAGE_AGENT, PAGE_OPEN,
    PAGE_REVIEW, PAGE_YOU, PAGE_SECRET, PAGE_DECISION;
extern const struct app_page PAGE_TARGET, PAGE_REASON, PAGE_REVOKER;
extern const struct app_page PAGE_SIGNER, PAGE_ENCRYPTION, PAGE_RENEW;
/* The way of an encryption certificate with the mark where it is: station 0 to 3, 4 behind all, -1 before. One line of at most 76
 * columns; without signs when --ascii or read aloud. Caller frees. */
char *app_trip_map(const struct app *app, int at) MUST_CHECK;
/* The station of the run; -2 when the scenario has no such way. */
int app_trip_at(const struct app *app);
/* "12 days", "ended". Caller frees. */
char *app_days_left(long days) MUST_CHECK;
/* The practice CA's database or a usual one that is there; NULL when none is. Caller frees. */
char *app_usual_db(const struct app *app);
/* That one as the answer dbdir, where there is no answer yet. */
void app_take_usual_db(struct app *app);
/* Work that runs in a thread of its own, such as a question to a directory. */
struct app_work {
    const char *headline, *label;         /* translated */
    bool (*poll)(void *ctx, int wait_ms); /* true when it has ended */
    const char *(*hint)(void *ctx);       /* what may be waited for; NULL or "" = nothing that is known */
    void (*cancel)(void *ctx);            /* poll goes on until it has */
    void *ctx;
};
/* Shows a progress page unless it ends at once. False: the user or a signal ended it; the work has then come to its end, or will when
 * it is asked for its result. */
bool app_wait(struct app *app, const struct frame *frame, const struct app_work *what);
/* fn(arg, err) at a token, in a thread, shown when it takes long; what it asks is asked here. False with ERR_FLOW_CANCELLED: the user
 * or a signal ended it. When the token does not come back even then, the program leaves. */
bool app_errand(struct app *app, const char *label, bool (*fn)(void *arg, struct err *err), void *arg, struct err *err) MUST_CHECK;
/* engine_login of the open database as an errand. */
bool app_login(struct app *app, const char *token, struct err *err) MUST_CHECK;
/* The same after engine_open_db, which loads the PKCS#11 modules that the database names: each may keep it waiting. token NULL: no
 * login. */
bool app_unlock(struct app *app, const char *dir, bool create, const char *token, struct err *err) MUST_CHECK;
/* A token that waits for a touch cannot be interrupted: the program leaves as if it had been killed, which loses nothing. told: says
 * so first. */
_Noreturn void app_leave_token(struct app *app, bool told);
/* Checks of fields: the name of a computer, a port. */
char *app_check_host(void *ctx, const struct field *field, const char *value);
char *app_check_port(void *ctx, const struct field *field, const char *value);
/* PKCS#11 modules of the database of the answer dbdir: list, add, remove. */
void app_modules(struct app *app);
/* First contact with a progress page; asks the user to confirm the fingerprint. A CA that shows no certificates is known from the
 * answer ca.chain, or the user says that the database knows it (fact ca.by-database; then there is no chain_pem). */
bool app_contact(struct app *app);
/* What a confirmation is about, for the facts ca.confirmed and ca.by-database. Caller frees. */
char *app_contact_basis(const struct app *app) MUST_CHECK;
/* Fetches or reads the transport certificate for an archived key, shows it, and asks whether it is the right one; at once true when
 * that was asked already. */
bool app_transport(struct app *app);
/* Carries the run out on the progress page, then the result page. */
int app_run(struct app *app);
/* The agent refused what was handed over: reason and way on. WIZARD_AGAIN: to the review page. */
int app_refused(struct app *app);
/* A CA described for users, in a file; what a caller sees, step by step; failures to rehearse. WIZARD_AGAIN: back to the list. */
int app_describe(struct app *app);
int app_guide(struct app *app);
int app_faults(struct app *app);
/* Helpdesk pages that are no enrollment: a secret for a user; what the CA's administrator has to set. */
int app_token_desk(struct app *app);
int app_admin_page(struct app *app);
/* A list of at least one; the uid that was chosen, or NULL. anonymous: what it does not show may be hidden. Caller frees. */
struct token_result;
char *app_pick_user(struct app *app, const struct frame *frame, const struct token_result *found, bool anonymous) MUST_CHECK;
/* The practice CA: folder, start when needed; fills ca, dbdir and the agent's answers. */
/* With a ui the wait is shown. */
bool practice_ensure(struct ui *ui, const struct frame *frame, struct err *err) MUST_CHECK;
bool practice_answers(struct session *session, struct secrets *secrets, struct err *err) MUST_CHECK;
#define PRACTICE_ENCRYPTION "caFullCMCUserEncCert" /* its profile for keys that only encrypt */
/* The CA of this enrollment is the one that practice_ensure makes. */
bool practice_is_own(const struct session *session);
/* Only where the passwords lie that nobody was told; the session may be one that was peeked at. */
bool practice_secrets(const struct session *session, struct secrets *secrets, struct err *err) MUST_CHECK;
char *practice_dir(const char *below) MUST_CHECK;
/* Faults of the practice CA: lines "NAME on|off ID WHAT" (caller frees, NULL on failure); one of them on or off. */
char *practice_faults(struct err *err) MUST_CHECK;
bool practice_fault(const char *name, bool on, struct err *err) MUST_CHECK;
#endif
