/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After a failure: a card that the user gives to the CA's administrator. It holds what this enrollment knows and the audit events to
 * search for, never a secret. In English, and again in the user's language where that is another one.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "cmc/control_proof.h"
#include "cmc/response.h"
#include "flow/dirlook.h"
#include "flow/failure.h"
#include "flow/run_internal.h"

/* Audit events of Dogtag, one per line of its signed audit log. To add one: a row; signer -1 = all. */
static const struct {
    int signer;
    const char *event, *about; /* N_() */
} EVENTS[] = {
    {-1, "CMC_REQUEST_RECEIVED", N_("the request arrived")},
    {SIGNED_BY_AGENT, "CMC_SIGNED_REQUEST_SIG_VERIFY", N_("the agent's signature")},
    {SIGNED_BY_USER, "CMC_USER_SIGNED_REQUEST_SIG_VERIFY", N_("the user's signature")},
    {SIGNED_BY_NEW_KEY, "CMC_USER_SIGNED_REQUEST_SIG_VERIFY", N_("the signature with the new key")},
    {SIGNED_BY_NEW_KEY, "CMC_PROOF_OF_IDENTIFICATION", N_("the proof made with the shared secret")},
    {SIGNED_BY_NEW_KEY, "CMC_ID_POP_LINK_WITNESS", N_("the link between secret and key")},
    {-1, "PROOF_OF_POSSESSION", N_("the proof that the user has the key")},
    {-1, "PROFILE_CERT_REQUEST", N_("the profile took the request")},
    {-1, "CERT_REQUEST_PROCESSED", N_("the profile's decision")},
};

typedef const char *translate(const char *text);

static const char *to_english(const char *text)
{
    return text;
}

static const char *to_users(const char *text)
{
    return _(text);
}

#define LABEL_COLUMNS 34 /* po/budgets says so to translators */

struct card_line {
    const char *label, *value; /* label N_() */
};

static void row(struct buf *out, const char *label, const char *value)
{
    char *shown = text_visible_str(value ? value : "");
    if (*shown) {
        char *padded = text_padded(label, LABEL_COLUMNS);
        buf_add(out, "  %s %s\n", padded, shown);
        free(padded);
    }
    free(shown);
}

/* What the CA's directory says of the user. */
static const char *const SAYS[] = {
    /* TRANSLATORS: values in a table, at most 40 columns */
    [DIRLOOK_NOT_ASKED] = N_("not asked: no directory is known"), [DIRLOOK_SILENT] = N_("not known: it did not answer"),
    [DIRLOOK_UNKNOWN] = N_("no such user"),    [DIRLOOK_NO_TOKEN] = N_("the user, without a visible token"),
    [DIRLOOK_TOKEN] = N_("the user, with a token"),
};

/* "0" when they agree; NULL when the server told no time. */
static const char *clock_of(const struct run *run)
{
    const char *ahead = session_fact(run->session, "clock.ahead");
    return ahead ? ahead : session_fact(run->session, "clock.compared") ? "0" : NULL;
}

/* To add a line: a row; without a value it is left out. */
static void add_facts(struct buf *out, struct run *run, translate *t)
{
    const struct session *s = run->session;
    bool by_secret = run_signer(run) == SIGNED_BY_NEW_KEY;
    char *profile = run_profile(run), *now = when_rfc3339(when_now()), *subject = run_subject(run);
    const struct card_line FACTS[] = {
        {N_("Time here (UTC)"), now},
        {N_("CA"), *run_answer(run, "host") ? run_answer(run, "host") : run_answer(run, "ca")},
        {N_("CA's version"), session_fact(s, "ca.version")},
        {N_("Profile"), profile},
        {N_("Requested subject"), subject},
        {N_("Signer"), session_fact(s, "signer")},
        {N_("User ID"), by_secret ? run_answer(run, "identification") : NULL},
        {N_("Hash of the proof"), by_secret ? run_answer(run, "identityProofV2.hashAlg") : NULL},
        {N_("MAC of the proof"), by_secret ? proof_mac_shown(run_answer(run, "identityProofV2.macAlg")) : NULL},
        {N_("popLinkWitnessV2"), by_secret ? run_answer(run, "popLinkWitnessV2.enable") : NULL},
        {N_("In the CA's directory"), by_secret ? t(SAYS[dirlook_said(s)]) : NULL},
        {N_("Entry in the directory"), by_secret ? dirlook_dn(s) : NULL},
        {N_("Clock here, seconds ahead"), clock_of(run)},
        {N_("transactionId"), session_fact(s, "transaction")},
    };
    for (size_t i = 0; i < ARRAY_LEN(FACTS); i++) {
        row(out, t(FACTS[i].label), FACTS[i].value);
    }
    free(profile);
    free(now);
    free(subject);
}

static void add_answer(struct buf *out, const struct cmc_response *response)
{
    for (size_t i = 0; i < response->n_statuses; i++) {
        const struct cmc_status *s = &response->statuses[i];
        buf_add(out, "  %s%s%s%s%s\n", cmc_status_name(s->status), s->has_fail_info ? ", " : "",
                s->has_fail_info ? cmc_fail_info_name(s->fail_info) : "", s->text ? ": " : "", s->text ? s->text : "");
    }
}

/* The refused answer is kept; before it was set aside it has its usual name. */
static bool read_answer(struct run *run, struct cmc_response *response)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct err ignored = ERR_INIT;
    const struct trip *trip = run_trip(run);
    bool ok = (session_has_file(run->session, trip->response) && session_read_file(run->session, trip->response, &der, &ignored)) ||
              (session_has_file(run->session, trip->refused) && session_read_file(run->session, trip->refused, &der, &ignored));
    ok = ok && cmc_response_parse(buf_peek(&der), response, &ignored);
    err_release(&ignored);
    buf_release(&der);
    return ok;
}

static void add_what_failed(struct buf *out, struct run *run, const struct err *err, translate *t)
{
    struct cmc_response response = {0};
    bool answered = text_starts(err_id(err->code), "ca-") && read_answer(run, &response);
    if (answered) {
        buf_add(out, "\n%s\n", t(N_("The CA's answer:")));
        add_answer(out, &response);
    } else {
        buf_add(out, "\n%s\n", t(N_("What this program saw:")));
        buf_add(out, "  %s\n", t(err_what_english(err->code)));
        if (err->source != ERR_SOURCE_NONE) {
            buf_add(out, "  %s %ld %s\n", err_source_name(err->source), err->number, err->symbol ? err->symbol : "");
        }
    }
    cmc_response_release(&response);
}

#define NOT_KNOWN (1u << DIRLOOK_NOT_ASKED | 1u << DIRLOOK_SILENT)

/* What only somebody at the CA can see, for a proof with a shared secret; by what its directory said. To add one: a row. */
static const struct {
    unsigned says; /* bits 1u << enum dirlook_says */
    const char *text; /* N_() */
} AT_THE_CA[] = {
    {1u << DIRLOOK_UNKNOWN, N_("The user's entry is missing, or is in a part of the directory where the CA does not search.")},
    {NOT_KNOWN | 1u << DIRLOOK_NO_TOKEN,
     N_("No token (shrTok) is stored for the user, or it was made with another secret: cmc token --list shows who has one.")},
    {NOT_KNOWN | 1u << DIRLOOK_NO_TOKEN | 1u << DIRLOOK_TOKEN,
     N_("The token was made for another issuance protection certificate, or with another padding (keyWrap.useOAEP).")},
    {~0u, N_("auths.instance.SharedToken is missing or searches elsewhere: cmc admin --check CS.cfg compares.")},
};

static void add_at_the_ca(enum err_code code, unsigned says, translate *t, struct strv *out)
{
    for (size_t i = 0; code == ERR_CA_BAD_IDENTITY && i < ARRAY_LEN(AT_THE_CA); i++) {
        if (AT_THE_CA[i].says & says) {
            strv_push(out, t(AT_THE_CA[i].text));
        }
    }
}

static void add_causes(struct buf *out, struct run *run, const struct err *err, translate *t)
{
    struct strv causes = STRV_INIT;
    unsigned says = 1u << dirlook_said(run->session);
    if (says & NOT_KNOWN) {
        add_at_the_ca(err->code, says, t, &causes);
        failure_causes(run, err->code, t, &causes);
    } else { /* what is known goes first */
        failure_causes(run, err->code, t, &causes);
        add_at_the_ca(err->code, says, t, &causes);
    }
    buf_add(out, "%s", causes.n ? "\n" : "");
    for (size_t i = 0; i < causes.n; i++) {
        buf_add(out, "%s%s  - %s\n", i ? "" : t(N_("What to look at:")), i ? "" : "\n", causes.v[i]);
    }
    strv_release(&causes);
}

static void add_card(struct buf *out, struct run *run, const struct err *err, translate *t)
{
    buf_add(out, "%s\n\n", t(N_("For the administrator of the certificate authority")));
    buf_add(out, "%s\n\n", t(N_("A certificate enrollment failed. This card holds no secret.")));
    /* TRANSLATORS: label in the card for the administrator: at most 34 columns */
    row(out, t(N_("Error id")), err_id(err->code));
    add_facts(out, run, t);
    add_what_failed(out, run, err, t);
    add_causes(out, run, err, t);
    if (!text_starts(err_id(err->code), "ca-")) {
        return;
    }
    buf_add(out, "\n%s\n", t(N_("Events to search in the CA's signed audit log at that time:")));
    if (err->code == ERR_CA_BAD_IDENTITY) {
        buf_add(out, "  %s\n", t(N_("First of all CMC_PROOF_OF_IDENTIFICATION with Outcome=Failure: it says what the CA did not like.")));
    }
    for (size_t i = 0; i < ARRAY_LEN(EVENTS); i++) {
        if (EVENTS[i].signer < 0 || EVENTS[i].signer == (int)run_signer(run)) {
            row(out, EVENTS[i].event, t(EVENTS[i].about));
        }
    }
}

bool run_write_card(struct run *run, const struct err *why, struct err *err)
{
    static const char probe[] = N_("For the administrator of the certificate authority");
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    add_card(&out, run, why, to_english);
    if (strcmp(probe, _(probe)) != 0) {
        buf_add(&out, "\n----\n\n");
        add_card(&out, run, why, to_users);
    }
    bool ok = session_write_file(run->session, FILE_CARD, buf_peek(&out), err);
    buf_release(&out);
    return ok;
}
