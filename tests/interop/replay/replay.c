/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "cmc/control_cert.h"
#include "cmc/control_pop.h"
#include "cmc/oids.h"
#include "cmc/response.h"
#include "interop/replay/replay.h"
#include "nss/issue.h"
#include "nss/key.h"
#include "nss/pem.h"
#include "practice/adopt.h"
#include "practice/ca.h"
#include "practice/message.h"

struct replay {
    struct recording recording;
    struct practice_ca *ca;
    size_t agreed, excepted, failed, bugs; /* bugs: among the agreed */
};

static struct cert_list client_chain(const struct replay *replay, const char *name)
{
    struct cert_list chain = CERT_LIST_INIT;
    char *file = xasprintf("%s.pem", name ? name : "");
    struct buf pem = recording_file(&replay->recording, "_client-pem", file);
    if (name && !pem_decode_all(buf_peek(&pem), &chain, NULL)) {
        printf("# no client certificate %s\n", name);
    }
    buf_release(&pem);
    free(file);
    return chain;
}

/* How the recorded server was configured for a case. To add one: a row; the first one that fits counts. */
static const struct {
    const char *prefix;
    bool pop_link, oaep, bypass;
} settings[] = {
    {"neg-plw-", true, false, false}, {"plw-", true, false, false},     {"neg-oaep-", false, true, false},
    {"oaep-", false, true, false},    {"py-oaep-", false, true, false}, {"neg-bypass-", false, false, true},
    {"", false, false, false},
};

static bool set_flag(struct practice_ca *ca, const char *key, bool value, struct err *err)
{
    return practice_switch(ca, key, value ? "true" : "false", err);
}

static bool configure(struct replay *replay, const char *name, struct err *err)
{
    size_t i = 0;
    while (!text_starts(name, settings[i].prefix)) {
        i++;
    }
    return set_flag(replay->ca, "cmc.popLinkWitnessRequired", settings[i].pop_link, err) &&
           set_flag(replay->ca, "keyWrap.useOAEP", settings[i].oaep, err) &&
           set_flag(replay->ca, "kra.keyWrap.useOAEP", settings[i].oaep, err) &&
           set_flag(replay->ca, "cmc.bypassClientAuth", settings[i].bypass, err);
}

/* Certificates that were revoked without being among the recordings: one with that serial from the recorded CA stands in. */
static struct cert *stand_in(struct replay *replay, const struct exchange *x, struct bytes serial, struct err *err)
{
    const struct key_spec key_spec = {.type = KEY_EC, .temporary = true};
    struct cert_list ca = client_chain(replay, "ca_signing");
    struct cert_list client = client_chain(replay, x->tls_client);
    struct buf spki = BUF_INIT(BUF_MAX_TEXT);
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct key *key = key_generate(practice_nssdb(replay->ca), NULL, &key_spec, err);
    struct cert *cert = NULL;
    bool own = strcmp(x->name, "rev-user-own") == 0 || strcmp(x->name, "neg-rev-user-wrong-issuer") == 0;
    if (key && ca.n > 0 && key_spki(key, &spki, err)) {
        const struct issue_spec spec = {
            .serial = serial, .issuer_der = cert_subject_der(ca.v[0]),
            .subject_der = own ? cert_subject_der(client.v[0]) : cert_subject_der(practice_transport_cert(replay->ca)),
            .not_before = x->at - 60, .not_after = x->at + 86400, .spki = buf_peek(&spki), .hash = HASH_SHA256,
        };
        cert = issue_cert(key, &spec, &der, err) ? cert_from_der(buf_peek(&der), err) : NULL;
    }
    key_free(key);
    buf_release(&der);
    buf_release(&spki);
    cert_list_release(&client);
    cert_list_release(&ca);
    return cert;
}

/* Makes sure that the certificate to be revoked is there, unless the recorded server did not know it either. With a shared
 * secret: what the recording's administrator had stored with it. */
static bool prepare_revocation(struct replay *replay, const struct exchange *x, struct err *err)
{
    static const char *const with_token[] = {"rev-shared-secret", "neg-rev-shared-secret-wrong",
                                             "neg-rev-shared-secret-wrong-issuer"};
    struct message m;
    struct revoke_request revoke;
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    bool ok = true;
    bool has_token = false;
    for (size_t i = 0; i < ARRAY_LEN(with_token); i++) {
        has_token = has_token || strcmp(x->name, with_token[i]) == 0;
    }
    message_read(&m, buf_peek(&x->body));
    struct bytes value = message_control(&m, OID_CMC_REVOKE_REQUEST, NULL);
    if (value.len > 0 && strcmp(x->name, "neg-rev-agent-unknown-serial") != 0 && revoke_request_decode(value, &revoke, NULL)) {
        char *hex = bytes_hex(revoke.cert.serial);
        char *serial = xasprintf("0x%s", hex);
        struct cert *cert = stand_in(replay, x, revoke.cert.serial, err);
        ok = cert && practice_adopt_cert(replay->ca, cert, err);
        ok = ok && (!has_token || (adopt_token(replay->ca, "Secret.123", false, &token, err) &&
                                   practice_cert_token(replay->ca, serial, buf_str(&token), err)));
        cert_free(cert);
        free(serial);
        free(hex);
    }
    buf_release(&token);
    message_release(&m);
    return ok;
}

static bool store_oaep_user(struct replay *replay, const char *name, struct err *err)
{
    if (strcmp(name, "oaep-sst-user5") != 0) {
        return true;
    }
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    bool ok = adopt_token(replay->ca, "Secret.123", true, &token, err) &&
              practice_user_token(replay->ca, "user5", buf_str(&token), err);
    buf_release(&token);
    return ok;
}

/* Before a second trip: the recorded challenge, opened with the requester's recorded key, is what our CA waits for. */
static bool adopt_challenge(struct replay *replay, const struct exchange *x, struct err *err)
{
    struct cmc_response first;
    struct encrypted_pop pop;
    struct buf pkcs8 = recording_file(&replay->recording, x->name, "key.der");
    struct buf answer = recording_file(&replay->recording, x->name, "response1.der");
    struct buf challenge = {.max = BUF_MAX_TEXT, .secret = true};
    struct key *key = NULL;
    bool ok = pkcs8.len == 0 || cmc_response_parse(buf_peek(&answer), &first, err);
    if (ok && pkcs8.len > 0) {
        ok = encrypted_pop_decode(first.encrypted_pop, &pop, err) &&
             key_import_pkcs8(practice_nssdb(replay->ca), NULL, buf_peek(&pkcs8), NULL, &key, err) &&
             encrypted_pop_open(practice_nssdb(replay->ca), &pop, key, POP_PADDING_AUTO, &challenge, err) &&
             practice_adopt_pending(replay->ca, first.response_info, buf_peek(&challenge), pop.request, err);
        cmc_response_release(&first);
    }
    if (key && !key_delete(practice_nssdb(replay->ca), key, ok ? err : NULL)) {
        ok = false;
    }
    buf_release(&challenge);
    buf_release(&answer);
    buf_release(&pkcs8);
    return ok;
}

static bool is_as_excepted(const struct exception *e, const struct practice_reply *reply)
{
    struct cmc_response ours;
    if (!cmc_response_parse(buf_peek(&reply->body), &ours, NULL)) {
        return e->status < 0;
    }
    bool same = ours.n_statuses > 0 && ours.statuses[0].status == e->status &&
                (e->fail_info < 0 || ours.statuses[0].fail_info == e->fail_info);
    cmc_response_release(&ours);
    return same;
}

/* Certificates that the recorded server issued exist for what comes later (revocations, signers). */
static bool adopt_issued(struct replay *replay, const struct exchange *x, struct err *err)
{
    struct cmc_response recorded;
    bool ok = true;
    if (!cmc_response_parse(buf_peek(&x->answer), &recorded, NULL)) {
        return true;
    }
    for (size_t i = 0; ok && i < recorded.sd.certs.n; i++) {
        ok = practice_adopt_cert(replay->ca, recorded.sd.certs.v[i], err);
    }
    cmc_response_release(&recorded);
    return ok;
}

/* For the independent judge: REPLAY_ANSWERS names a folder for our CMC answers. */
static bool keep_answer(const struct exchange *x, const struct practice_reply *reply, struct err *err)
{
    const char *folder = getenv("REPLAY_ANSWERS");
    if (!folder || !*folder || reply->body.len == 0 || reply->body.data[0] != 0x30) {
        return true;
    }
    char *path = xasprintf("%s/%s-%d.der", folder, x->name, x->step);
    bool ok = file_write(path, buf_peek(&reply->body), 0600, err);
    free(path);
    return ok;
}

static bool run_one(struct replay *replay, const struct exchange *x, struct err *err)
{
    struct practice_reply reply;
    struct cert_list chain = client_chain(replay, x->tls_client);
    const struct practice_request request = {
        .method = x->method, .path = x->path, .query = x->query, .content_type = x->content_type,
        .body = buf_peek(&x->body), .has_length = x->has_length, .tls_client = &chain, .port = 8443, .at = x->at,
    };
    bool ok = configure(replay, x->name, err) && prepare_revocation(replay, x, err) && store_oaep_user(replay, x->name, err) &&
              (x->step == 0 || adopt_challenge(replay, x, err));
    if (ok) {
        practice_handle(replay->ca, &request, &reply);
        struct verdict v = judge(x, &reply);
        const struct exception *e = exception_find(x->name, x->step);
        const struct server_bug *bug = server_bug_find(x->name, x->step);
        if (e && !bug && is_as_excepted(e, &reply)) {
            printf("ok %s[%d] # differs: %s\n", x->name, x->step, e->why);
            replay->excepted++;
        } else if (!e && v.agrees) {
            printf("ok %s[%d]%s%s\n", x->name, x->step, bug ? " # server bug: " : "", bug ? bug->why : "");
            replay->agreed++;
            replay->bugs += bug != NULL;
        } else {
            printf("not ok %s[%d]: %s\n", x->name, x->step, v.why ? v.why : "agrees, though it is an exception");
            replay->failed++;
        }
        free(v.why);
        ok = keep_answer(x, &reply, err) && adopt_issued(replay, x, err);
        practice_reply_release(&reply);
    }
    cert_list_release(&chain);
    return ok;
}

static bool run_all(struct replay *replay, const char *folder, struct err *err)
{
    const char *top = getenv("top_srcdir");
    char *profiles = path_join(top ? top : ".", "data/profiles");
    const struct practice_init_spec spec = {.profiles = profiles, .adopt = replay->recording.dir};
    bool ok = practice_init(folder, &spec, err);
    replay->ca = ok ? practice_open(folder, err) : NULL;
    ok = replay->ca != NULL;
    const struct server_bug *missing = server_bug_without_case(&replay->recording);
    if (missing) {
        printf("not ok %s[%d]: marked as a bug of the server, and not among the recordings\n", missing->name, missing->step);
        replay->failed++;
    }
    for (size_t i = 0; ok && i < replay->recording.n; i++) {
        ok = run_one(replay, &replay->recording.v[i], err) || err_context(err, "%s", replay->recording.v[i].name);
    }
    practice_close(replay->ca);
    free(profiles);
    return ok;
}

int main(void)
{
    const char *top = getenv("top_srcdir");
    const char *tmp = getenv("TMPDIR");
    char *dir = path_join(top ? top : ".", "tests/vectors/ca");
    char *folder = xasprintf("%s/cmcw-replay-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    struct replay replay = {.agreed = 0};
    struct err err = ERR_INIT;
    bool ok = mkdtemp(folder) && recording_load(dir, &replay.recording, &err) && run_all(&replay, folder, &err);
    if (!ok) {
        err_report(&err, "replay");
    }
    printf("replay: %zu cases, %zu never sent, %zu exchanges: %zu agree (%zu of them in a bug of the server), %zu differ as documented, "
           "%zu failed\n",
           replay.recording.n_cases, replay.recording.n_never_sent, replay.recording.n, replay.agreed, replay.bugs, replay.excepted,
           replay.failed);
    ok = ok && replay.failed == 0 && replay.agreed + replay.excepted == replay.recording.n && replay.recording.n > 0;
    recording_release(&replay.recording);
    err_release(&err);
    if (!dir_remove(folder, NULL)) {
        ok = false;
    }
    free(folder);
    free(dir);
    return ok ? 0 : 1;
}
