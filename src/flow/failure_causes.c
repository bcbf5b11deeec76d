/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why it probably went wrong. Rows with evidence from this enrollment come first, by weight; then the causes that are general for
 * the error, without those that the evidence replaces or rules out.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "cfg/profiles.h"
#include "cmc/control_proof.h"
#include "cmc/response.h"
#include "flow/dirlook.h"
#include "flow/failure.h"
#include "flow/run_internal.h"
#include "nss/dn.h"

struct facts {
    struct run *run;
    const struct profile *profile; /* NULL when it is not a stock one */
    char *profile_id;
    struct cmc_sent sent;
};

/* True when the row applies; *a and *b (owned) fill %1$s and %2$s. */
typedef bool evidence(const struct facts *f, char **a, char **b);

static const char *answer(const struct facts *f, const char *name)
{
    return run_answer(f->run, name);
}

static bool odd_uid(const struct facts *f, char **a, char **b)
{
    (void)b;
    const char *uid = answer(f, "identification");
    *a = xstrdup(uid);
    return *uid && strpbrk(uid, "@= ,") != NULL;
}

static bool capital_uid(const struct facts *f, char **a, char **b)
{
    (void)b;
    const char *uid = answer(f, "identification");
    *a = xstrdup(uid);
    for (; *uid && !isupper((unsigned char)*uid); uid++) {
    }
    return *uid != '\0';
}

static char *subject_part(const struct facts *f, const char *type)
{
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct err ignored = ERR_INIT;
    char *subject = run_subject(f->run);
    char *value = *subject && dn_encode(subject, &der, &ignored) ? dn_value(buf_peek(&der), type) : NULL;
    free(subject);
    err_release(&ignored);
    buf_release(&der);
    return value;
}

static bool other_uid(const struct facts *f, char **a, char **b)
{
    *a = xstrdup(answer(f, "identification"));
    *b = subject_part(f, "UID");
    return **a && *b && strcasecmp(*a, *b) != 0;
}

static bool directory_says(const struct facts *f, enum dirlook_says says, char **a)
{
    *a = xstrdup(answer(f, "identification"));
    return dirlook_said(f->run->session) == says;
}

static bool user_unknown(const struct facts *f, char **a, char **b)
{
    (void)b;
    return directory_says(f, DIRLOOK_UNKNOWN, a);
}

static bool no_token(const struct facts *f, char **a, char **b)
{
    (void)b;
    return directory_says(f, DIRLOOK_NO_TOKEN, a);
}

static bool token_stored(const struct facts *f, char **a, char **b)
{
    (void)b;
    return directory_says(f, DIRLOOK_TOKEN, a);
}

static bool user_known(const struct facts *f, char **a, char **b)
{
    (void)a;
    (void)b;
    return dirlook_said(f->run->session) >= DIRLOOK_NO_TOKEN;
}

/* Only of use while nobody knows better. */
static bool plain_uid(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(answer(f, "identification"));
    return **a != '\0' && dirlook_said(f->run->session) < DIRLOOK_UNKNOWN;
}

static bool other_mac(const struct facts *f, char **a, char **b)
{
    (void)b;
    const char *mac = answer(f, "identityProofV2.macAlg");
    *a = xstrdup(proof_mac_shown(mac));
    return strcmp(mac, "SHA-256-HMAC") != 0;
}

static bool usual_mac(const struct facts *f, char **a, char **b)
{
    return !other_mac(f, a, b);
}

static bool no_link(const struct facts *f, char **a, char **b)
{
    (void)a;
    (void)b;
    return !answer_true(f->run->session, "popLinkWitnessV2.enable");
}

static bool signer(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(session_fact(f->run->session, "signer.subject"));
    return *a != NULL;
}

static bool signer_expired(const struct facts *f, char **a, char **b)
{
    const char *until = session_fact(f->run->session, "signer.not-after");
    int64_t t = 0;
    *a = xstrdup(session_fact(f->run->session, "signer.subject"));
    *b = until ? xstrndup(until, 10) : NULL;
    return *a && until && when_parse_rfc3339(until, &t) && t < when_now();
}

static bool signer_of_other_ca(const struct facts *f, char **a, char **b)
{
    struct cert_list chain = CERT_LIST_INIT;
    const char *issuer = session_fact(f->run->session, "signer.issuer");
    bool other = issuer && run_load_chain(f->run, &chain) && chain.n > 0;
    for (size_t i = 0; other && i < chain.n; i++) {
        char *subject = cert_subject(chain.v[i]);
        other = strcmp(subject, issuer) != 0;
        free(subject);
    }
    *a = xstrdup(issuer);
    *b = NULL;
    cert_list_release(&chain);
    return other;
}

static bool signer_from_file(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(path_base(answer(f, "agent.p12")));
    return **a != '\0';
}

static bool profile_shipped_disabled(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(f->profile_id);
    return f->profile && f->profile->flags & PROFILE_DISABLED;
}

static bool profile_shipped_enabled(const struct facts *f, char **a, char **b)
{
    (void)a;
    (void)b;
    return f->profile && !(f->profile->flags & (PROFILE_DISABLED | PROFILE_BY_SITE));
}

static bool profile_not_shipped(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(f->profile_id);
    return f->profile && f->profile->flags & PROFILE_BY_SITE;
}

static bool profile_unknown(const struct facts *f, char **a, char **b)
{
    const char *near = f->profile ? NULL : profile_suggest(f->profile_id);
    *a = xstrdup(f->profile_id);
    *b = xstrdup(near);
    return !f->profile && *f->profile_id && near;
}

static bool profile_of_site(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(f->profile_id);
    return !f->profile && *f->profile_id && !profile_suggest(f->profile_id);
}

static bool key_unfit(const struct facts *f, char **a, char **b)
{
    bool ec = answer_is(f->run->session, "key.type", "ec");
    const char *size = answer(f, ec ? "key.curve" : "key.size");
    *a = xstrdup(f->profile_id);
    *b = xasprintf("%s %s", ec ? "EC" : "RSA", size);
    return f->profile && !*answer(f, "input") &&
           !(ec ? profile_takes_curve(f->profile, size) : profile_takes_rsa(f->profile, atoi(size)));
}

static bool no_cn(const struct facts *f, char **a, char **b)
{
    char *cn = subject_part(f, "CN");
    *a = xstrdup(f->profile_id);
    *b = run_subject(f->run);
    bool lacks = !cn && **b && f->profile && f->profile->flags & (PROFILE_CN_REQUIRED | PROFILE_CN_FIRST);
    free(cn);
    return lacks;
}

static bool clock_off(const struct facts *f, char **a, char **b)
{
    (void)b;
    const char *ahead = session_fact(f->run->session, "clock.ahead");
    long seconds = ahead ? strtol(ahead, NULL, 10) : 0;
    long size = seconds < 0 ? -seconds : seconds;
    *a = size < 5400 ? xasprintf(ngettext("%ld minute", "%ld minutes", (unsigned long)(size / 60)), size / 60)
                     : xasprintf(ngettext("%ld hour", "%ld hours", (unsigned long)(size / 3600)), size / 3600);
    return seconds != 0;
}

static bool is_practice(const struct facts *f)
{
    return text_starts(answer(f, "ca"), "practice");
}

static bool practice_down(const struct facts *f, char **a, char **b)
{
    (void)a;
    (void)b;
    return is_practice(f);
}

static bool reached_before(const struct facts *f, char **a, char **b)
{
    (void)a;
    (void)b;
    return !is_practice(f) && strcmp(session_step_state(f->run->session, "server"), "done") == 0;
}

static bool odd_port(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(answer(f, "port"));
    return !is_practice(f) && *answer(f, "host") && strcmp(*a, "8443") != 0;
}

static bool short_host(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(answer(f, "host"));
    return **a && !strpbrk(*a, ".:") && strcmp(*a, "localhost") != 0;
}

static bool numeric_host(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(answer(f, "host"));
    return **a && (strchr(*a, ':') || strspn(*a, "0123456789.") == strlen(*a));
}

static bool by_proxy(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(answer(f, "proxy"));
    return **a != '\0';
}

static bool own_servlet(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(answer(f, "servlet"));
    return **a != '\0';
}

static bool hardware(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(answer(f, "tokenname"));
    return **a && strcmp(*a, "internal") != 0;
}

static bool database(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(run_dbdir(f->run));
    return **a != '\0';
}

static bool fixed_wrap(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(answer(f, "wrap"));
    return answer_true(f->run->session, "archive") && strcmp(*a, "auto") != 0;
}

static bool fixed_oaep(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(answer(f, "archive.oaep"));
    return answer_true(f->run->session, "archive") && strcmp(*a, "auto") != 0;
}

/* Also the msgids of src/cmc/explain.c that a row stands in for. */
#define GENERAL_UID "The user id is misspelt or unknown in the CA's directory."
#define GENERAL_SECRET "The shared secret is not the one that the helpdesk stored."
#define GENERAL_TOKEN "No shared token is stored for this user, or it was removed after its first use."
#define GENERAL_PROTECTION "The shared token was made for another issuance protection certificate or another padding."
#define GENERAL_MAC "The server cannot verify the MAC that was used; HMAC-SHA-256 works with every server."
#define GENERAL_AGENT "The signer's exact certificate is not registered for an agent at the CA."
#define GENERAL_SIGNER "The signer's certificate is expired, revoked, or was issued by another CA."
#define GENERAL_DISABLED "The profile is disabled (user-signed and shared-secret profiles are, as shipped)."
#define GENERAL_NAME "The name is misspelt, or the CA's version does not have this profile."

/* To add a cause: a row; a function that looks for its evidence; %1$s and %2$s are what it found. Text NULL: the evidence only
 * rules the general cause out. */
static const struct {
    enum err_code code;
    int weight;
    evidence *look;
    const char *text;     /* N_() */
    const char *replaces; /* a general cause */
} ROWS[] = {
    {ERR_CA_BAD_IDENTITY, 100, user_unknown,
     N_("The CA's directory knows no user %1$s: the user id is misspelt, or the entry is not there yet."), NULL},
    {ERR_CA_BAD_IDENTITY, 100, no_token,
     N_("The CA's directory knows %1$s and shows no secret for this user: none was stored, or it was removed."),
     GENERAL_TOKEN},
    {ERR_CA_BAD_IDENTITY, 100, token_stored,
     N_("A secret is stored for %1$s; the one that was typed here is a different one."), GENERAL_SECRET},
    {ERR_CA_BAD_IDENTITY, 50, no_token,
     N_("The directory hides the secret from readers like this program; the one that was typed here is a different one."),
     GENERAL_SECRET},
    {ERR_CA_BAD_IDENTITY, 0, user_known, NULL, GENERAL_UID},
    {ERR_CA_BAD_IDENTITY, 0, token_stored, NULL, GENERAL_TOKEN},
    {ERR_CA_BAD_IDENTITY, 0, user_unknown, NULL, GENERAL_UID},
    {ERR_CA_BAD_IDENTITY, 0, user_unknown, NULL, GENERAL_SECRET},
    {ERR_CA_BAD_IDENTITY, 0, user_unknown, NULL, GENERAL_TOKEN},
    {ERR_CA_BAD_IDENTITY, 0, user_unknown, NULL, GENERAL_PROTECTION},
    {ERR_CA_BAD_IDENTITY, 30, clock_off, N_("This computer's clock and the server's are %1$s apart."), NULL},
    {ERR_CA_BAD_IDENTITY, 90, odd_uid,
     N_("“%1$s” does not look like a user id: it has no @, = or blank in it as a rule."), GENERAL_UID},
    {ERR_CA_BAD_IDENTITY, 85, other_uid, N_("The user id %1$s is not the one in the expected name, %2$s."),
     GENERAL_UID},
    {ERR_CA_BAD_IDENTITY, 80, other_mac,
     N_("The proof was made with %1$s; not every server can verify that. HMAC-SHA-256 always works."), GENERAL_MAC},
    {ERR_CA_BAD_IDENTITY, 60, capital_uid, N_("The user id %1$s has capital letters; most directories have none."),
     GENERAL_UID},
    {ERR_CA_BAD_IDENTITY, 40, plain_uid, N_("The user id was %1$s: does the CA know you by exactly that?"),
     GENERAL_UID},
    {ERR_CA_BAD_IDENTITY, 0, usual_mac, NULL, GENERAL_MAC},
    {ERR_CA_POP_LINK, 95, no_link, N_("The request was sent without popLinkWitnessV2, because the answers say so."),
     NULL},
    {ERR_CA_BAD_REQUEST, 80, no_link, N_("The request was sent without popLinkWitnessV2, because the answers say so."),
     NULL},
    {ERR_CA_INVALID_CREDENTIAL, 95, signer_expired, N_("The certificate of %1$s expired on %2$s."), GENERAL_SIGNER},
    {ERR_CA_INVALID_CREDENTIAL, 90, signer_of_other_ca,
     N_("The signer's certificate was issued by %1$s, not by this CA."), GENERAL_SIGNER},
    {ERR_CA_INVALID_CREDENTIAL, 70, signer_from_file,
     N_("The signer's certificate came from the file %1$s: the CA may know a newer one."), NULL},
    {ERR_CA_INVALID_CREDENTIAL, 60, signer,
     N_("The request was signed by %1$s: exactly this certificate must be registered at the CA."), GENERAL_AGENT},
    {ERR_CA_NOT_AUTHORIZED, 80, signer, N_("The request was signed by %1$s, who is in no group that may do this."),
     NULL},
    {ERR_CA_TLS_SIGNER_DIFFER, 80, signer,
     N_("The request was signed by %1$s, and the connection was made as somebody else."), NULL},
    {ERR_CA_PROFILE_NOT_FOUND, 90, profile_unknown, N_("There is no usual profile %1$s. Is %2$s meant?"), GENERAL_NAME},
    {ERR_CA_PROFILE_NOT_FOUND, 85, profile_shipped_disabled,
     N_("The profile %1$s is disabled in a new CA, until its administrator enables it."), GENERAL_DISABLED},
    {ERR_CA_PROFILE_NOT_FOUND, 85, profile_not_shipped,
     N_("No CA has the profile %1$s from the start: its administrator has to make and enable it."), GENERAL_DISABLED},
    {ERR_CA_PROFILE_NOT_FOUND, 70, profile_of_site,
     N_("%1$s is no profile that CAs have from the start: its name may be misspelt."), GENERAL_NAME},
    {ERR_CA_PROFILE_NOT_FOUND, 0, profile_shipped_enabled, NULL, GENERAL_DISABLED},
    {ERR_CA_KEY_REJECTED, 95, key_unfit, N_("The profile %1$s does not take %2$s keys, as far as is known."), NULL},
    {ERR_CA_INTERNAL, 90, key_unfit, N_("The profile %1$s does not take %2$s keys, as far as is known."), NULL},
    {ERR_CA_INTERNAL, 80, profile_shipped_disabled,
     N_("The profile %1$s is disabled in a new CA, until its administrator enables it."), NULL},
    {ERR_CA_INTERNAL, 80, profile_not_shipped,
     N_("No CA has the profile %1$s from the start: its administrator has to make and enable it."), NULL},
    {ERR_CA_INTERNAL, 70, no_cn, N_("The profile %1$s wants a CN in the name, and there is none in %2$s."), NULL},
    {ERR_CA_SUBJECT_REJECTED, 90, no_cn, N_("The profile %1$s wants a CN in the name, and there is none in %2$s."),
     NULL},
    {ERR_CA_BAD_TIME, 95, clock_off, N_("This computer's clock and the server's are %1$s apart."), NULL},
    {ERR_TRUST_SIGNER_TIME, 95, clock_off, N_("This computer's clock and the server's are %1$s apart."), NULL},
    {ERR_NET_SERVER_EXPIRED, 95, clock_off, N_("This computer's clock and the server's are %1$s apart."), NULL},
    {ERR_NET_SERVER_NOT_YET_VALID, 95, clock_off, N_("This computer's clock and the server's are %1$s apart."), NULL},
    {ERR_NSS_CHAIN_EXPIRED, 95, clock_off, N_("This computer's clock and the server's are %1$s apart."), NULL},
    {ERR_NSS_CHAIN_NOT_YET, 95, clock_off, N_("This computer's clock and the server's are %1$s apart."), NULL},
    {ERR_CA_ARCHIVAL_FAILED, 90, fixed_wrap, N_("The answers fix the key's wrapping to %1$s; “auto” asks the server."),
     NULL},
    {ERR_CA_ARCHIVAL_FAILED, 85, fixed_oaep, N_("The answers fix archive.oaep to %1$s; “auto” asks the server."), NULL},
    {ERR_NET_CONNECT_REFUSED, 95, practice_down,
     N_("The practice CA does not run any more; continuing this enrollment starts it again."), NULL},
    {ERR_NET_CONNECT_REFUSED, 80, reached_before, N_("The server did answer before: it may just be restarting."), NULL},
    {ERR_NET_CONNECT_REFUSED, 70, odd_port, N_("Port %1$s was tried; as a rule a CA answers on 8443."), NULL},
    {ERR_NET_CONNECT_TIMEOUT, 80, reached_before, N_("The server did answer before: the network may be interrupted."),
     NULL},
    {ERR_NET_CONNECT_TIMEOUT, 70, odd_port, N_("Port %1$s was tried; as a rule a CA answers on 8443."), NULL},
    {ERR_NET_CONNECT_TIMEOUT, 60, by_proxy, N_("The connection went through the proxy %1$s."), NULL},
    {ERR_NET_CONNECT, 60, by_proxy, N_("The connection went through the proxy %1$s."), NULL},
    {ERR_NET_TLS_NOT_TLS, 80, odd_port, N_("Port %1$s was tried; as a rule a CA answers on 8443."), NULL},
    {ERR_NET_RESOLVE, 85, short_host, N_("“%1$s” has no dot: the full name of the server may be needed."), NULL},
    {ERR_NET_RESOLVE, 80, reached_before, N_("The name was found before: this computer may be offline now."), NULL},
    {ERR_NET_SERVER_NAME, 85, numeric_host,
     N_("%1$s is an address, and certificates carry names: use the server's name."), NULL},
    {ERR_NET_SERVER_NAME, 80, short_host, N_("“%1$s” has no dot: the full name of the server may be needed."), NULL},
    {ERR_NET_HTTP_NOT_FOUND, 85, own_servlet, N_("The path %1$s was given by hand."), NULL},
    {ERR_NET_TIMEOUT, 70, reached_before, N_("The server was reached, but takes long: it may be busy."), NULL},
    {ERR_NSS_WRONG_PASSWORD, 80, hardware, N_("%1$s counts wrong PINs and locks itself after some."), NULL},
    {ERR_NSS_TOKEN_MISSING, 85, hardware,
     N_("%1$s is not plugged in, or its driver (PKCS #11 module) is not part of the database."), NULL},
    {ERR_NSS_LOGIN_NEEDED, 70, hardware, N_("%1$s wants its PIN."), NULL},
    {ERR_NSS_DB_MISSING, 80, database, N_("There is no database in %1$s."), NULL},
    {ERR_FLOW_KEY_LOST, 80, hardware, N_("The key was made on %1$s, and it is another one that is plugged in now."),
     NULL},
    {ERR_FLOW_KEY_LOST, 60, database, N_("The database in %1$s was replaced or restored from an older copy."), NULL},
};

static void facts_init(struct facts *f, struct run *run)
{
    static const int signers[] = {
        [SIGNED_BY_AGENT] = CMC_SENT_AGENT, [SIGNED_BY_NEW_KEY] = CMC_SENT_SHARED_SECRET, [SIGNED_BY_USER] = CMC_SENT_USER};
    *f = (struct facts){.run = run};
    if (run) {
        f->profile_id = run_profile(run);
        f->profile = profile_find(f->profile_id);
        f->sent.signer = signers[run_signer(run)];
        f->sent.revocation = run_revokes(run);
    }
}

/* The sentence with what was found in its places, made visible. */
static char *fill(const char *text, const char *a, const char *b)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    while (*text) {
        const char *value = text_starts(text, "%1$s") ? a : text_starts(text, "%2$s") ? b : NULL;
        if (value) {
            char *shown = text_visible_str(value);
            buf_add(&out, "%s", shown);
            free(shown);
            text += 4;
        } else {
            buf_add(&out, "%c", *text++);
        }
    }
    return buf_take_str(&out);
}

/* Rows of the code whose evidence is there, heaviest first. */
static void add_evidence(const struct facts *f, enum err_code code, const char *(*translate)(const char *), struct strv *out,
                         struct strv *gone)
{
    for (int weight = 100; weight >= 0; weight--) {
        for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
            char *a = NULL, *b = NULL;
            bool mine = ROWS[i].code == code && ROWS[i].weight == weight && !(ROWS[i].replaces && strv_has(gone, ROWS[i].replaces));
            if (mine && ROWS[i].look(f, &a, &b)) {
                if (ROWS[i].text) {
                    strv_push_take(out, fill(translate(ROWS[i].text), a, b));
                }
                if (ROWS[i].replaces) {
                    strv_push(gone, ROWS[i].replaces);
                }
            }
            free(a);
            free(b);
        }
    }
}

void failure_causes(struct run *run, enum err_code code, const char *(*translate)(const char *), struct strv *out)
{
    struct facts f;
    struct strv gone = STRV_INIT;
    facts_init(&f, run);
    if (run) {
        add_evidence(&f, code, translate, out, &gone);
    }
    const char *general;
    for (size_t i = 0; (general = cmc_error_cause(code, &f.sent, i)) != NULL; i++) {
        if (!strv_has(&gone, general)) {
            strv_push(out, translate(general));
        }
    }
    strv_release(&gone);
    free(f.profile_id);
}

/* ---- what is known of a proof with a shared secret ---- */

static bool usual_proof(const struct facts *f, char **a, char **b)
{
    *b = xstrdup(answer(f, "identityProofV2.hashAlg"));
    return !run_revokes(f->run) && usual_mac(f, a, b);
}

static bool newer_proof(const struct facts *f, char **a, char **b)
{
    *b = xstrdup(answer(f, "identityProofV2.hashAlg"));
    return !run_revokes(f->run) && other_mac(f, a, b);
}

static bool clock_right(const struct facts *f, char **a, char **b)
{
    (void)a;
    (void)b;
    return session_fact(f->run->session, "clock.compared") && !session_fact(f->run->session, "clock.ahead");
}

static bool uid_sent(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(answer(f, "identification"));
    return **a != '\0';
}

/* The entry's name is all that these sentences say. */
static bool entry_named(const struct facts *f, evidence *look, char **a)
{
    char *user = NULL, *other = NULL;
    *a = xstrdup(dirlook_dn(f->run->session));
    bool is = *a && look(f, &user, &other);
    free(user);
    free(other);
    return is;
}

static bool entry_without(const struct facts *f, char **a, char **b)
{
    (void)b;
    return entry_named(f, no_token, a);
}

static bool entry_with(const struct facts *f, char **a, char **b)
{
    (void)b;
    return entry_named(f, token_stored, a);
}

static bool directory_silent(const struct facts *f, char **a, char **b)
{
    (void)b;
    return directory_says(f, DIRLOOK_SILENT, a);
}

static bool directory_not_asked(const struct facts *f, char **a, char **b)
{
    (void)b;
    return directory_says(f, DIRLOOK_NOT_ASKED, a);
}

static bool serial_sent(const struct facts *f, char **a, char **b)
{
    (void)b;
    *a = xstrdup(session_fact(f->run->session, "target.serial"));
    return *a != NULL;
}

static bool always(const struct facts *f, char **a, char **b)
{
    (void)f;
    (void)a;
    (void)b;
    return true;
}

/* To add one: a row. ERR_NONE: of every refusal of a proof. */
static const struct {
    enum err_code code;
    evidence *look;
    const char *text; /* N_() */
} KNOWN[] = {
    {ERR_NONE, uid_sent, N_("The user id was %1$s.")},
    {ERR_NONE, usual_proof, N_("The proof was made with %1$s and the hash %2$s; every CA can verify that.")},
    {ERR_NONE, newer_proof, N_("The proof was made with %1$s and the hash %2$s; not every CA can verify that.")},
    {ERR_CA_BAD_IDENTITY, user_unknown, N_("The CA's directory was asked just now: it knows no such user.")},
    {ERR_CA_BAD_IDENTITY, entry_without, N_("The CA's directory was asked just now: it knows the user as %1$s, and shows no secret.")},
    {ERR_CA_BAD_IDENTITY, entry_with, N_("The CA's directory was asked just now: it knows the user as %1$s, and a secret is stored.")},
    {ERR_CA_BAD_IDENTITY, directory_silent,
     N_("The CA's directory could not be asked. A wrong secret, an unknown user and a missing secret look the same from here.")},
    {ERR_CA_BAD_IDENTITY, directory_not_asked,
     N_("There is no directory that this program may read. A wrong secret, an unknown user and a missing secret look the same from "
        "here.")},
    {ERR_CA_REVOKE_IDENTITY, serial_sent, N_("The certificate's serial number was %1$s.")},
    {ERR_CA_REVOKE_IDENTITY, always,
     N_("The secret for a revocation is stored for each certificate by itself; only the CA can see whether there is one.")},
    {ERR_NONE, clock_right, N_("This computer's clock agrees with the server's.")},
    {ERR_NONE, clock_off, N_("This computer's clock and the server's are %1$s apart.")},
};

/* Refusals of a proof with a secret; a revocation has no user id and no proof. */
static bool is_about_proof(const struct run *run, enum err_code code)
{
    static const enum err_code codes[] = {ERR_CA_BAD_IDENTITY, ERR_CA_POP_LINK, ERR_CA_SELF_SIGNATURE, ERR_CA_IDENTIFICATION_NEEDED};
    bool about = code == ERR_CA_REVOKE_IDENTITY && run_revokes(run);
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        about = about || (codes[i] == code && !run_revokes(run));
    }
    return about && run_signer(run) == SIGNED_BY_NEW_KEY;
}

void failure_known(struct run *run, enum err_code code, const char *(*translate)(const char *), struct strv *out)
{
    struct facts f;
    if (!run || !is_about_proof(run, code)) {
        return;
    }
    facts_init(&f, run);
    for (size_t i = 0; i < ARRAY_LEN(KNOWN); i++) {
        char *a = NULL, *b = NULL;
        if ((KNOWN[i].code == code || KNOWN[i].code == ERR_NONE) && KNOWN[i].look(&f, &a, &b)) {
            strv_push_take(out, fill(translate(KNOWN[i].text), a, b));
        }
        free(a);
        free(b);
    }
    free(f.profile_id);
}
