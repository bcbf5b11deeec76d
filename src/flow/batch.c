/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/batch.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "cfg/cfg.h"
#include "flow/batch_internal.h"
#include "net/carest.h"
#include "net/submit.h"
#include "nss/certdb.h"
#include "nss/chain.h"
#include "nss/key.h"

#define POLL_MS 200
#define UNREACHED_MAX 3 /* requests in a row that cannot reach the server, and at least one on each connection */
#define LOCK ".cmc-batch.lock"

const char *batch_state_name(enum batch_state state)
{
    static const char *const names[BATCH_STATES] = {
        [BATCH_ISSUED] = "issued", [BATCH_FOUND] = "found", [BATCH_KEPT] = "kept",
        [BATCH_FAILED] = "failed", [BATCH_DOUBT] = "doubt", [BATCH_NOT_TRIED] = "not-tried",
    };
    return state < BATCH_STATES ? names[state] : "";
}

/* ---- names ---- */

/* To add one: a row. */
static const char *const endings[] = {".csr", ".req", ".p10", ".pkcs10", ".pem", ".der", ".crmf"};

static bool ends_as_request(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && dot != name && i < ARRAY_LEN(endings); i++) {
        if (strcasecmp(dot, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool names_of_folder(const char *dir, struct strv *names, struct err *err)
{
    struct strv all = STRV_INIT;
    bool ok = dir_list(dir, &all, err);
    for (size_t i = 0; ok && i < all.n; i++) {
        char *path = path_join(dir, all.v[i]);
        if (ends_as_request(all.v[i]) && !dir_exists(path)) {
            strv_push(names, path);
        }
        free(path);
    }
    strv_release(&all);
    return ok;
}

static bool names_of_list(const char *path, struct strv *names, struct err *err)
{
    bool input = strcmp(path, "-") == 0;
    FILE *f = input ? stdin : fopen(path, "re");
    if (!f) {
        return err_fail_errno(err, ERR_FILE_MISSING, "%s", path);
    }
    char *line = NULL;
    size_t room = 0;
    bool ok = true;
    ssize_t len;
    while (ok && (len = getline(&line, &room, f)) >= 0) {
        bool octets = strlen(line) < (size_t)len;
        const char *name = text_trim(line);
        if (octets || text_starts(name, "-----BEGIN")) { /* a request itself */
            ok = err_fail(err, ERR_FLOW_BATCH_LIST, "%s", path);
        } else if (*name && *name != '#') {
            strv_push(names, name);
        }
    }
    ok = ok && (!ferror(f) || err_fail_errno(err, ERR_FILE_READ, "%s", path));
    free(line);
    if (!input) {
        fclose(f);
    }
    return ok;
}

bool batch_names(const char *dir_or_list, struct strv *names, struct err *err)
{
    bool ok =
        dir_exists(dir_or_list) ? names_of_folder(dir_or_list, names, err) : names_of_list(dir_or_list, names, err);
    return ok && (names->n > 0 || err_fail(err, ERR_FLOW_BATCH_LIST, "%s", dir_or_list));
}

/* ---- the loop ---- */

/* A connection and the request on it. */
struct slot {
    struct net_conn *conn;
    struct exchange *exchange;
    struct batch_item *item;
};

struct loop {
    struct batch *b;
    const struct strv *names;
    const struct batch_hooks *hooks;
    struct batch_counts *counts;
    struct slot slots[BATCH_JOBS_MAX];
    struct batch_item **over; /* per name: what waits for its turn to be told */
    struct batch_item **again; /* whose connection broke: their second turn comes last */
    size_t next, told;
    size_t n_again, next_again;
    size_t unreached;
};

static void tell(struct loop *l, const struct batch_item *item)
{
    bool has = item->state == BATCH_ISSUED || item->state == BATCH_FOUND || item->state == BATCH_KEPT;
    const struct batch_result result = {.index = item->index,
                                        .input = item->name,
                                        .state = item->state,
                                        .subject = item->subject,
                                        .output = has ? item->output : NULL,
                                        .serial = item->serial,
                                        .not_after = item->not_after,
                                        .err = has ? NULL : &item->err};
    if (l->hooks->result) {
        l->hooks->result(l->hooks->ctx, &result);
    }
}

/* Told in the order of the names, whatever came back first. */
static void finish(struct loop *l, struct batch_item *item)
{
    l->counts->done++;
    l->counts->by_state[item->state]++;
    buf_release(&item->message);
    buf_release(&item->der);
    l->over[item->index] = item;
    while (l->told < l->names->n && l->over[l->told]) {
        tell(l, l->over[l->told]);
        batch_item_free(l->over[l->told]);
        l->over[l->told++] = NULL;
    }
}

static bool given_up(const struct loop *l)
{
    size_t jobs = (size_t)l->b->options->jobs;
    return l->unreached >= (jobs > UNREACHED_MAX ? jobs : UNREACHED_MAX);
}

static struct batch_item *next_item(struct loop *l)
{
    struct batch_item *item = xcalloc(1, sizeof *item);
    item->index = l->next;
    item->name = l->names->v[l->next++];
    return item;
}

static void broke(struct loop *l, struct batch_item *item, size_t sent)
{
    l->unreached = sent > 0 ? 0 : l->unreached + 1;
    batch_item_broke(l->b, item, sent);
    if (item->again) {
        finish(l, item);
        return;
    }
    item->again = true;
    item->sent = sent;
    l->again[l->n_again++] = item;
}

/* The line in the journal comes before the first octet. */
static void send_item(struct loop *l, struct slot *slot, struct batch_item *item)
{
    struct batch *b = l->b;
    if (!slot->conn) {
        slot->conn = net_conn_open(&b->net, b->e->db, submit_target_identity(&b->to), &b->to.url, &item->err);
    }
    if (!slot->conn || !batch_journal_sending(&b->journal, item->key, item->name, &item->err)) {
        item->state = BATCH_FAILED;
        finish(l, item);
        return;
    }
    slot->exchange = cmc_submit_on(slot->conn, b->service, NULL, buf_peek(&item->message), &item->err);
    if (!slot->exchange) {
        broke(l, item, 0);
        return;
    }
    slot->item = item;
}

static bool has_more(const struct loop *l)
{
    return (l->next < l->names->n || l->next_again < l->n_again) && !given_up(l);
}

/* The next request that is to be sent; NULL: its state was final, and it is told. */
static struct batch_item *take_next(struct loop *l)
{
    bool first = l->next < l->names->n, send;
    struct batch_item *item = first ? next_item(l) : l->again[l->next_again++];
    if (first) {
        batch_item_prepare(l->b, item);
        send = item->state == BATCH_STATES;
    } else {
        send = batch_item_again(l->b, item);
    }
    if (!send) {
        finish(l, item);
    }
    return send ? item : NULL;
}

/* Fills free connections. */
static void feed(struct loop *l)
{
    for (int i = 0; i < l->b->options->jobs; i++) {
        while (!l->slots[i].item && has_more(l)) {
            struct batch_item *item = take_next(l);
            if (item) {
                send_item(l, &l->slots[i], item);
            }
        }
    }
}

static bool poll_slot(struct loop *l, struct slot *slot)
{
    struct batch_item *item = slot->item;
    enum exchange_state state = exchange_poll(slot->exchange, 0, &item->err);
    if (state == EXCHANGE_RUNNING) {
        return false;
    }
    size_t sent = exchange_sent_bytes(slot->exchange);
    slot->item = NULL;
    if (state == EXCHANGE_DONE) {
        l->unreached = 0;
        batch_item_answer(l->b, item, exchange_answer(slot->exchange));
        finish(l, item);
    } else {
        broke(l, item, sent);
    }
    exchange_free(slot->exchange);
    slot->exchange = NULL;
    return true;
}

/* True while anything is under way. */
static bool turn(struct loop *l)
{
    struct exchange *waiting[BATCH_JOBS_MAX];
    size_t n = 0;
    bool moved = false;
    feed(l);
    for (int i = 0; i < l->b->options->jobs; i++) {
        if (l->slots[i].item) {
            moved |= poll_slot(l, &l->slots[i]);
        }
        if (l->slots[i].item) {
            waiting[n++] = l->slots[i].exchange;
        }
    }
    if (l->hooks->tick) {
        l->hooks->tick(l->hooks->ctx, l->counts);
    }
    if (n > 0 && !moved) {
        exchange_wait(waiting, n, POLL_MS);
    }
    return n > 0 || has_more(l);
}

/* The server cannot be reached any more. */
static void not_tried(struct loop *l)
{
    while (l->next_again < l->n_again) {
        finish(l, l->again[l->next_again++]);
    }
    while (l->next < l->names->n) {
        struct batch_item *item = next_item(l);
        item->state = BATCH_NOT_TRIED;
        err_fail(&item->err, ERR_FLOW_BATCH_STOPPED, NULL);
        finish(l, item);
    }
}

/* ---- all together ---- */

static bool load_signer(struct batch *b, const struct cfg *cfg, struct err *err)
{
    const char *token = cfg_get_or_default(cfg, CFG_TOKENNAME), *dir = NULL, *nickname = NULL;
    if (!cfg_require(cfg, CFG_DBDIR, &dir, err) || !cfg_require(cfg, CFG_NICKNAME, &nickname, err) ||
        !engine_open_db(b->e, dir, false, false, err) || !engine_login(b->e, token, err)) {
        return false;
    }
    b->signer = certdb_find(b->e->db, token, nickname, err);
    if (!b->signer) {
        return err_context(err, _("The certificate that signs the request is missing (nickname=%s)."), nickname);
    }
    b->signer_key = key_of_cert(b->e->db, b->signer, err);
    if (!b->signer_key) {
        return err_context(err, _("The certificate %s cannot sign: its private key is not in this database."),
                           nickname);
    }
    return engine_chain(b->e, b->signer, &b->signer_chain, err);
}

/* The pinned chain; else the CAs above the agent, verified once with the database: to ask it for each answer takes far
 * longer than a signature (it checks its trust records with the password's key). */
static void load_anchors(struct batch *b)
{
    const struct cert_list *pinned = b->options->submit.pinned;
    struct cert_list path = CERT_LIST_INIT;
    int64_t now = b->e->at ? b->e->at : when_now();
    if (!pinned && !chain_build(b->e->db, b->signer, &b->signer_chain, NULL, now, &path, NULL)) {
        return; /* an agent of another CA: the database decides each time */
    }
    for (size_t i = 0; pinned && i < pinned->n; i++) {
        cert_list_push(&b->anchors, pinned->v[i]);
    }
    for (size_t i = 1; i < path.n; i++) {
        cert_list_push(&b->anchors, path.v[i]);
    }
    cert_list_release(&path);
}

static bool run_loop(struct batch *b, const struct strv *names, const struct batch_hooks *hooks,
                     struct batch_counts *counts, struct err *err)
{
    static const struct batch_hooks quiet = {0};
    struct loop l = {.b = b, .names = names, .hooks = hooks ? hooks : &quiet, .counts = counts};
    *counts = (struct batch_counts){.total = names->n};
    l.over = xcalloc(names->n, sizeof *l.over);
    l.again = xcalloc(names->n, sizeof(struct batch_item *));
    while (turn(&l)) {
        ;
    }
    not_tried(&l);
    for (int i = 0; i < BATCH_JOBS_MAX; i++) {
        net_conn_close(l.slots[i].conn);
    }
    free(l.over);
    free(l.again);
    return batch_journal_close(&b->journal, true, err);
}

static void batch_release(struct batch *b)
{
    carest_close(b->rest);
    submit_target_release(&b->to);
    cert_free(b->signer);
    key_free(b->signer_key);
    cert_list_release(&b->signer_chain);
    cert_list_release(&b->anchors);
    tdestroy(b->outputs, free);
}

bool batch_run(struct engine *e, const struct cfg *cfg, const struct strv *names, const struct batch_options *options,
               const struct batch_hooks *hooks, struct batch_counts *counts, struct err *err)
{
    struct batch b = {.e = e, .options = options, .net = submit_net_options(e, &options->submit)};
    struct file_lock lock = FILE_LOCK_INIT;
    char *lock_path = path_join(options->out_dir, LOCK);
    bool ok = (options->jobs >= 1 && options->jobs <= BATCH_JOBS_MAX) || err_fail(err, ERR_INTERNAL, "jobs");
    ok = ok && submit_target_open(e, cfg, &b.to, err) && submit_target_login(e, &options->submit, &b.to, &b.net, err) &&
         load_signer(&b, cfg, err) &&
         dir_create(options->out_dir, 0755, err) && file_lock_take(&lock, lock_path, err);
    if (ok) {
        load_anchors(&b);
        b.service = net_service_of(b.to.url.path);
        ok = batch_journal_open(&b.journal, options->out_dir, err) && run_loop(&b, names, hooks, counts, err);
        struct err ignored = ERR_INIT;
        ok = batch_journal_close(&b.journal, false, &ignored) && ok;
        err_release(&ignored);
    }
    file_lock_release(&lock);
    batch_release(&b);
    free(lock_path);
    return ok;
}
