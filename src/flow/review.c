/* SPDX-License-Identifier: Apache-2.0 */
/* What a front end shows before and after a run: rows, commands, effects, message tree, result. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "cfg/profiles.h"
#include "cmc/control_proof.h"
#include "cmc/show.h"
#include "flow/run_internal.h"
#include "nss/csr.h"
#include "nss/dn.h"

/* ---- review ---- */

/* To add a line to the review page: a row. */
static const struct {
    const char *label; /* N_(), at most 22 columns */
    const char *answer;
    const char *page;
} REVIEW[] = {
    /* TRANSLATORS: labels of the review page have at most 22 columns. */
    {N_("Purpose"), "purpose", "purpose"},     {N_("Profile"), NULL, "purpose"},
    {N_("CA"), "ca", "server"},                {N_("Host"), "host", "server"},
    {N_("Protocol"), "protocol", "server"},    {N_("EST user"), "est.user", "server"},
    {N_("Database"), "dbdir", "database"},     {N_("Token"), "tokenname", "database"},
    {N_("Subject"), "subject", "subject"},     {N_("Other names"), "san", "subject"},
    {N_("Note for the agent"), "handover.note", "subject"},
    {N_("Request file"), "input", "open"},     {N_("Key"), "key.type", "key"},
    {N_("Refused because"), "refusal.reason", "decision"},
    {N_("Existing key"), "key.id", "key"},     {N_("Agent certificate"), "nickname", "agent"},
    {N_("Agent's database"), "agent.dbdir", "agent"}, {N_("Agent's file"), "agent.p12", "agent"},
    {N_("User ID"), "identification", "you"},
    {N_("Renews"), "renew.nickname", "renew"}, {N_("Key"), "key.type", "renew"},
    {N_("Keeps its key"), "renew.samekey", "renew"},
    {N_("Database"), "dbdir", "target"}, {N_("Certificate"), "revoke.nickname", "target"},
    {N_("Serial number"), "revRequest.serial", "target"},
    {N_("Reason"), "revRequest.reason", "reason"}, {N_("Not trusted since"), "revRequest.invalidityDate", "reason"},
    {N_("Comment"), "revRequest.comment", "reason"}, {N_("Who asks"), "revoke.by", "revoker"},
    {N_("Signed with"), "nickname", "revoker"},
    {N_("Trips"), "trips", "encryption"}, {N_("Key"), "key.type", "encryption"}, {N_("Wrapped with"), "wrap", "encryption"},
    {N_("The CA's challenge"), "oaep", "encryption"},
    {N_("Signed with"), "nickname", "signer"}, {N_("Archival"), "archive", "encryption"},
    {N_("Archival"), "archive", "key"}, {N_("Wrapped with"), "wrap", "key"},
    {N_("Expected name"), "subject", "you"},   {N_("Identity proof"), "identityProofV2.macAlg", "secret"},
    {N_("New nickname"), "new.nickname", "database"},
};

static bool scenario_asks(const struct run *run, const char *page)
{
    for (const char *const *p = run->scenario->pages; *p; p++) {
        if (strcmp(*p, page) == 0) {
            return true;
        }
    }
    return false;
}

/* Fixed words of an answers file, as its page says them. To add one: a row. */
static const struct {
    const char *answer, *value, *words; /* words: N_() */
} WORDS[] = {
    {"trips", "two", N_("It only decrypts: two trips to the CA")},
    {"trips", "one", N_("It signs, too: one trip")},
    {"revRequest.reason", "superseded", N_("It was replaced by a new one")},
    {"revRequest.reason", "keyCompromise", N_("Its key is lost, stolen, or somebody may have seen it")},
    {"revRequest.reason", "cessationOfOperation", N_("It is no longer needed")},
    {"revRequest.reason", "affiliationChanged", N_("The name or the organization in it has changed")},
    {"revRequest.reason", "certificateHold", N_("For a while only (on hold)")},
    {"revRequest.reason", "caCompromise", N_("The CA that issued it is compromised")},
    {"revRequest.reason", "unspecified", N_("I would rather not say")},
    {"revRequest.reason", "removeFromCRL", N_("Release it from hold")},
};

/* A value for people: what an answers file says in fixed words is translated. */
static char *value_words(const struct run *run, const char *answer)
{
    const struct answer_row *row = answer_row(answer);
    const char *value = run_answer(run, answer), *word = NULL;
    if (row && row->kind == ANSWER_BOOL) {
        word = answer_true(run->session, answer) ? N_("yes") : N_("no");
    } else if (strcmp(answer, "purpose") == 0) {
        word = run_purpose_word(value);
    }
    for (size_t i = 0; i < ARRAY_LEN(WORDS) && !word; i++) {
        bool is_it = strcmp(WORDS[i].answer, answer) == 0 && strcmp(WORDS[i].value, value) == 0;
        word = is_it ? WORDS[i].words : NULL;
    }
    return xstrdup(word ? _(word) : value);
}

static char *review_value(const struct run *run, size_t i)
{
    const char *answer = REVIEW[i].answer;
    if (!answer) {
        return run_profile(run);
    }
    if (strcmp(answer, "key.type") == 0) {
        bool ec = answer_is(run->session, "key.type", "ec");
        return *run_answer(run, "input")
                   ? xstrdup("")
                   : xasprintf("%s %s", ec ? "EC" : "RSA", run_answer(run, ec ? "key.curve" : "key.size"));
    }
    if (strcmp(answer, "revoke.by") == 0) {
        return xstrdup(answer_is(run->session, answer, "agent")    ? _("a CA agent")
                       : answer_is(run->session, answer, "secret") ? _("you, with a secret")
                                                                   : _("you, with a certificate of the same name"));
    }
    if (strcmp(answer, "host") == 0 && *run_answer(run, "host")) {
        return xasprintf("%s:%s", run_answer(run, "host"), run_answer(run, "port"));
    }
    if (strcmp(answer, "protocol") == 0) {
        return xstrdup(run_over_est(run) ? _("EST (RFC 7030)") : "");
    }
    if (strcmp(answer, "est.user") == 0 && !run_over_est(run)) {
        return xstrdup("");
    }
    if (strcmp(answer, "tokenname") == 0 && answer_is(run->session, answer, "internal")) {
        return xstrdup(""); /* the database itself: nothing to know */
    }
    if (strcmp(answer, "dbdir") == 0 || strcmp(answer, "agent.dbdir") == 0 || strcmp(answer, "agent.p12") == 0) {
        return path_tilde(run_answer(run, answer));
    }
    if (strcmp(answer, "refusal.reason") == 0 && !run_refuses(run)) {
        return xstrdup(""); /* was begun, and then approved */
    }
    if (strcmp(answer, "identityProofV2.macAlg") == 0) {
        return xstrdup(proof_mac_shown(run_answer(run, answer)));
    }
    if (strcmp(answer, "wrap") == 0) {
        return answer_true(run->session, "archive") ? run_archival_choice(run) : xstrdup("");
    }
    if (strcmp(answer, "oaep") == 0) {
        return run_needs_second_trip(run) ? run_challenge_choice(run) : xstrdup("");
    }
    return value_words(run, answer);
}

/* Few keys are archived but those of encryption certificates: elsewhere only a yes is worth a line. */
static bool is_silent(const struct run *run, size_t i)
{
    bool about_archival = REVIEW[i].answer && strcmp(REVIEW[i].answer, "archive") == 0;
    return about_archival && strcmp(REVIEW[i].page, "key") == 0 && !answer_true(run->session, "archive");
}

char *run_review_table(struct run *run)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < ARRAY_LEN(REVIEW); i++) {
        char *value = review_value(run, i);
        bool about_request = strcmp(REVIEW[i].page, "open") == 0 || strcmp(REVIEW[i].page, "decision") == 0;
        if (*value && !is_silent(run, i) && scenario_asks(run, REVIEW[i].page) && (about_request || !run_refuses(run))) {
            char *shown = text_visible_str(value);
            buf_add(&out, "%s\t%s\t%s\n", _(REVIEW[i].label), shown, REVIEW[i].page);
            free(shown);
        }
        free(value);
    }
    return buf_take_str(&out);
}

static bool sends(const struct run *run)
{
    return scenario_asks(run, "server") && !run_refuses(run);
}

/* What Dogtag's tool does otherwise when it is not told: an EC key that is gone when the tool ends, and its own choice of wrap. */
static void add_crmf_options(struct run *run, struct buf *out)
{
    if (answer_is(run->session, "key.type", "ec")) {
        buf_add(out, " -t false");
    }
    buf_add(out, " -q %s", run_needs_second_trip(run) ? "POP_NONE" : "POP_SUCCESS");
    if (answer_true(run->session, "archive")) {
        char *wrap = text_shell_quote(run_archival_wrap(run));
        buf_add(out, " -b %s -w %s%s", FILE_TRANSPORT, wrap, run_archives_with_oaep(run) ? " -oaep" : "");
        free(wrap);
    }
}

/* Dogtag's CRMFPopClient refuses a name with other types than these. */
static bool is_crmf_type(const char *type)
{
    static const char *const types[] = {"UID", "C", "CN", "L", "O", "ST", "OU"};
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(types) && !known; i++) {
        known = strcasecmp(type, types[i]) == 0;
    }
    return known;
}

/* The name for CRMFPopClient: where the CA writes the signer's name into the certificate, that part of it which the
 * tool takes. refused: Dogtag's own would refuse it. Caller frees. */
static char *crmf_subject(struct run *run, bool *refused)
{
    char *whole = run_subject(run), *part = NULL;
    struct dn_rdn *rdns = NULL, *kept = NULL;
    struct err ignored = ERR_INIT;
    size_t n = 0, n_kept = 0;
    *refused = false;
    if (dn_split(whole, &rdns, &n, &ignored) && n) {
        kept = xcalloc(n, sizeof *kept);
        for (size_t i = 0; i < n; i++) {
            if (is_crmf_type(rdns[i].type)) {
                kept[n_kept++] = rdns[i]; /* borrowed */
            }
        }
        bool shorten = n_kept && run_signer(run) == SIGNED_BY_USER;
        *refused = n_kept < n && !shorten;
        part = shorten ? dn_join(kept, n_kept) : NULL;
    }
    free(kept);
    dn_rdns_free(rdns, n);
    err_release(&ignored);
    if (part) {
        free(whole);
    }
    return part ? part : whole;
}

/* What the line does not say itself, as comments of the shell. */
static void add_crmf_notes(bool refused, struct buf *out)
{
    buf_add(out, "# %s\n",
            _("CRMFPopClient takes the password only as an argument, where others on this computer can see it."));
    if (refused) {
        buf_add(out, "# %s\n",
                _("Dogtag's own CRMFPopClient refuses this name, because it accepts only UID, C, CN, L, O, ST and OU. The "
                  "CRMFPopClient of cmc-wizard accepts it."));
    }
}

static void add_new_key_command(struct run *run, const char *db, struct buf *out)
{
    bool crmf = run_has_step(run, "crmf"), refused = false, ec = answer_is(run->session, "key.type", "ec");
    bool other = !answer_is(run->session, "tokenname", "internal");
    char *name = crmf ? crmf_subject(run, &refused) : run_subject(run), *subject = text_shell_quote(name);
    char *token = text_shell_quote(run_answer(run, "tokenname"));
    if (crmf) {
        add_crmf_notes(refused, out);
    }
    /* Whoever runs the line says where the password is; the shell misses it when not. */
    buf_add(out, "%s -d %s%s%s %s -a %s %s %s -n %s", crmf ? "CRMFPopClient" : "PKCS10Client", db, other ? " -h " : "",
            other ? token : "", crmf ? "-p \"${PASSWORD?}\"" : "-P \"${PASSWORD_FILE?}\"", ec ? "ec" : "rsa",
            ec ? "-c" : "-l", run_answer(run, ec ? "key.curve" : "key.size"), subject);
    if (crmf) {
        add_crmf_options(run, out);
    }
    buf_add(out, "%s -o %s\n", crmf ? "" : " -y true", crmf ? FILE_CRMF : FILE_CSR);
    free(name);
    free(subject);
    free(token);
}

/* The key and the CSR; nothing when they came in a file. */
static void add_key_command(struct run *run, struct buf *out)
{
    if (*run_answer(run, "input") || run_revokes(run)) {
        return;
    }
    char *db = text_shell_quote(run_dbdir(run));
    if (run_has_step(run, "renew") && answer_true(run->session, "renew.samekey")) { /* Dogtag's tool always makes a key */
        char *name = run_subject(run), *subject = text_shell_quote(name);
        const char *id = session_fact(run->session, "renewed.key-id");
        buf_add(out, "cmc pkcs10 -d %s --key-id %s -n %s -o %s\n", db, id ? id : "ID", subject, FILE_CSR);
        free(name);
        free(subject);
    } else {
        add_new_key_command(run, db, out);
    }
    free(db);
}

char *run_review_commands(struct run *run)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    char *dir = text_shell_quote(run->session->dir), *db = text_shell_quote(run_dbdir(run));
    buf_add(&out, "cd %s\n", dir);
    add_key_command(run, &out);
    if (sends(run) && run_over_est(run)) { /* Dogtag's client knows no EST */
        const char *user = run_answer(run, "est.user");
        char *quoted = text_shell_quote(user);
        buf_add(&out, "CMCRequest %s\ncmc submit%s%s %s\nCMCResponse -d %s -i %s\n", FILE_REQUEST_CFG, *user ? " --http-user " : "",
                *user ? quoted : "", FILE_SUBMIT_CFG, db, FILE_RESPONSE);
        free(quoted);
    } else if (sends(run)) {
        buf_add(&out, "CMCRequest %s\nHttpClient %s\nCMCResponse -d %s -i %s\n", FILE_REQUEST_CFG, FILE_SUBMIT_CFG, db, FILE_RESPONSE);
    }
    if (run_needs_second_trip(run)) {
        buf_add(&out, "CMCRequest %s\nHttpClient %s\nCMCResponse -d %s -i %s\n", FILE_REQUEST_CFG_2, FILE_SUBMIT_CFG_2, db,
                FILE_RESPONSE_2);
    }
    free(dir);
    free(db);
    return buf_take_str(&out);
}

char *run_review_effects(struct run *run)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    char *folder = path_tilde(run->session->dir), *db = path_tilde(run_dbdir(run));
    buf_add(&out, _("Files in %s"), folder);
    buf_add(&out, "\n");
    for (size_t i = 0; i < run->n_rows; i++) {
        const struct step_type *type = run->rows[i].type;
        bool same_key = run_has_step(run, "renew") && answer_true(run->session, "renew.samekey");
        if ((type->effects & STEP_KEY) && !same_key && !*run_answer(run, "input") && !run_step_done(run, i)) {
            buf_add(&out, _("A key pair in %s (token %s)"), db, run_answer(run, "tokenname"));
            buf_add(&out, "\n");
        } else if (type->effects & STEP_CA) {
            struct run_net net;
            char *servlet = run_servlet(run);
            if (run_revokes(run)) {
                const char *serial = session_fact(run->session, "target.serial");
                buf_add(&out,
                        answer_is(run->session, "revRequest.reason", "certificateHold")
                            ? _("The CA puts the certificate %s on hold")
                            : _("The CA revokes the certificate %s; that cannot be taken back"),
                        serial ? serial : run_answer(run, "revRequest.serial"));
                buf_add(&out, "\n");
            }
            if (run_net_init(run, &net, NULL)) {
                /* The profile behind the question mark has a row of its own. */
                char *url = xasprintf("%s://%s:%d%.*s", net.url.tls ? "https" : "http", net.url.host, net.url.port,
                                      (int)strcspn(servlet, "?"), servlet);
                bool is_first = strcmp(type->name, "submit") == 0;
                /* TRANSLATORS: %s is the address of the CA; a long one, so that few columns are left */
                buf_add(&out, !run_needs_second_trip(run) ? _("Message to %s") : is_first ? _("Trip 1 to %s") : _("Trip 2 to %s"), url);
                buf_add(&out, "\n");
                free(url);
                run_net_release(&net);
            }
            free(servlet);
        } else if (strcmp(type->name, "import") == 0) {
            buf_add(&out, _("The certificate and its CA chain in %s"), db);
            buf_add(&out, "\n");
        }
    }
    if (sends(run) && answer_true(run->session, "tools.passwords")) {
        buf_add(&out, "%s\n", _("Passwords stand in the .cfg files (readable only by you)."));
    }
    free(folder);
    free(db);
    return buf_take_str(&out);
}

char *run_review_plan(struct run *run)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    char *table = run_review_table(run), *effects = run_review_effects(run), *commands = run_review_commands(run), *save = NULL;
    for (char *row = strtok_r(table, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
        char *value = strchr(row, '\t'), *page = value ? strchr(value + 1, '\t') : NULL;
        if (page) {
            *value = *page = '\0';
            buf_add(&out, "%s: %s\n", row, value + 1);
        }
    }
    buf_add(&out, "\n%s\n%s\n%s\n%s", _("What would happen:"), effects, _("The same with Dogtag's tools:"), commands);
    free(table);
    free(effects);
    free(commands);
    return buf_take_str(&out);
}

char *run_message_tree(struct run *run)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_tree tree = {0};
    struct err ignored = ERR_INIT;
    char *text = NULL;
    if (session_read_file(run->session, FILE_REQUEST, &der, &ignored) && cmc_show(buf_peek(&der), &tree, &ignored)) {
        text = cmc_tree_print(&tree);
    }
    cmc_tree_release(&tree);
    err_release(&ignored);
    buf_release(&der);
    return text ? text : xstrdup("");
}

/* ---- result ---- */

static bool requested_csr(struct run *run, struct csr *csr)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct err ignored = ERR_INIT;
    bool ok = session_read_file(run->session, FILE_CSR, &text, &ignored) && csr_parse(buf_peek(&text), csr, &ignored);
    err_release(&ignored);
    buf_release(&text);
    return ok;
}

/* What was asked for and what came; false when one of them is not there. Release csr and leaf when true. */
static bool requested_and_issued(struct run *run, struct csr *csr, struct cert **leaf)
{
    struct cert_list pool = CERT_LIST_INIT;
    struct err ignored = ERR_INIT;
    bool requested = requested_csr(run, csr), ok = requested && run_read_cert(run, leaf, &pool, &ignored);
    if (requested && !ok) {
        csr_release(csr);
    }
    err_release(&ignored);
    cert_list_release(&pool);
    return ok;
}

static void result_row(struct buf *out, const char *label, const char *requested, const char *issued)
{
    buf_add(out, "%s\t%s\t%s\n", label, requested, issued);
}

static char *joined_sans(const struct strv *sans)
{
    return strv_join(sans, ", ");
}

char *run_result_table(struct run *run)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    struct csr csr;
    struct cert *leaf = NULL;
    if (requested_and_issued(run, &csr, &leaf)) {
        struct strv sans = STRV_INIT;
        char *subject = cert_subject(leaf), *key = cert_key_text(leaf), *asked = joined_sans(&csr.sans);
        bool readable = cert_sans(leaf, &sans);
        char *got = readable ? joined_sans(&sans) : xstrdup("?");
        result_row(&out, _("Subject"), csr.subject, subject);
        result_row(&out, _("Key"), csr.key_text, key);
        result_row(&out, _("Other names"), asked, got);
        free(subject);
        free(key);
        free(asked);
        free(got);
        strv_release(&sans);
        csr_release(&csr);
        cert_free(leaf);
    }
    return buf_take_str(&out);
}

static void add_fingerprint(const struct cert *leaf, struct json *root)
{
    struct buf hash = BUF_INIT(64);
    struct err ignored = ERR_INIT;
    if (cert_fingerprint(leaf, HASH_SHA256, &hash, &ignored)) {
        char *hex = bytes_hex_colons(buf_peek(&hash));
        json_set_str(root, "fingerprint", hex);
        free(hex);
    }
    err_release(&ignored);
    buf_release(&hash);
}

/* "lost": the other names that were requested and are not in the certificate; empty when all are. "fingerprint": the certificate's. */
static void add_issued(struct run *run, struct json *root)
{
    struct csr csr;
    struct cert *leaf = NULL;
    struct strv got = STRV_INIT;
    if (!requested_and_issued(run, &csr, &leaf)) {
        return;
    }
    bool readable = cert_sans(leaf, &got);
    struct json *lost = json_set_array(root, "lost");
    for (size_t i = 0; i < csr.sans.n; i++) {
        if (!readable || !strv_has(&got, csr.sans.v[i])) {
            json_add_str(lost, csr.sans.v[i]);
        }
    }
    add_fingerprint(leaf, root);
    strv_release(&got);
    csr_release(&csr);
    cert_free(leaf);
}

/* To add a member of the result: a row; the members are versioned with "version" and snapshot-tested. */
static const struct {
    const char *member, *fact;
} RESULT[] = {
    {"subject", "issued.subject"},
    {"issuer", "issued.issuer"},
    {"serial", "issued.serial"},
    {"not-after", "issued.not-after"},
    {"nickname", "nickname"},
    {"proof", "proof"},
    {"revoked", "target.serial"},
    {"status", "revoke.status"},
    {"reason", "revoke.reason"},
    {"status-before", "target.status"},
    {"reason-before", "target.reason"},
    {"key-id", "key.id"},
    {"archival", "archival"},
    {"transport-fingerprint", "transport.sha256"},
    {"wrap", "archival.how"},
    {"challenge", "challenge.how"},
};

/* The answer to what was handed over is here. */
static bool is_answered(const struct run *run)
{
    return run_has_step(run, "package") && session_fact(run->session, "issued.serial");
}

const char *run_readout(const struct run *run, bool words)
{
    const char *answer = session_fact(run->session, words ? "answer.words" : "answer.readout");
    bool request = !answer && !is_answered(run);
    return request ? session_fact(run->session, words ? "package.words" : "package.readout") : answer;
}

/* Of what this side gives or has been given last; and of the request, where that is something else. */
static void add_readouts(const struct run *run, struct json *root)
{
    json_set_str(root, "readout", run_readout(run, false));
    json_set_str(root, "words", run_readout(run, true));
    json_set_str(root, "request-readout", session_fact(run->session, is_answered(run) ? "package.readout" : "desk.readout"));
}

struct json *run_result_json(struct run *run)
{
    struct json *root = json_new_object();
    json_set_num(root, "version", 1);
    json_set_str(root, "session", run->session->id);
    json_set_str(root, "scenario", run->scenario->name);
    json_set_str(root, "state", session_state(run->session));
    for (size_t i = 0; i < ARRAY_LEN(RESULT); i++) {
        const char *value = session_fact(run->session, RESULT[i].fact);
        if (value) {
            json_set_str(root, RESULT[i].member, value);
        }
    }
    add_readouts(run, root);
    add_issued(run, root);
    json_set_str(root, "dbdir", run_dbdir(run));
    json_set_str(root, "token", run_answer(run, "tokenname"));
    json_set_str(root, "folder", run->session->dir);
    return root;
}
