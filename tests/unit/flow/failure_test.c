/* SPDX-License-Identifier: Apache-2.0 */
/* What a failure page says: causes ranked by the facts of an enrollment, who can help, a card and a support bundle without secrets. */
#include "unit/unit.h"

#include <locale.h>

#include "base/json.h"
#include "base/strv.h"
#include "base/when.h"
#include "cfg/cfg.h"
#include "cmc/response.h"
#include "flow/answers.h"
#include "flow/bundle.h"
#include "flow/cadesc.h"
#include "flow/failure.h"
#include "flow/secrets.h"

#define CANARY "Kanarienvogel-7261"

struct world {
    char *base;
    struct session *session;
    struct secrets *secrets;
    struct run *run;
};

static void world_init(struct world *w, void *dir, const char *scenario)
{
    struct err err = ERR_INIT;
    w->base = dir;
    w->session = session_create(dir, scenario, &err);
    assert_non_null(w->session);
    w->secrets = secrets_new(NULL, NULL);
    w->run = run_new(w->session, w->secrets, &err);
    assert_non_null(w->run);
}

static void world_release(struct world *w)
{
    run_free(w->run);
    secrets_free(w->secrets);
    session_close(w->session);
}

static void answer(struct world *w, const char *name, const char *value)
{
    struct err err = ERR_INIT;
    assert_true(session_set_answer(w->session, name, value, &err));
}

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

static const char *same(const char *text)
{
    return text;
}

/* The place of the first cause that holds the words, or -1. */
static int place(struct world *w, enum err_code code, const char *words)
{
    struct strv causes = STRV_INIT;
    int at = -1;
    failure_causes(w->run, code, same, &causes);
    for (size_t i = 0; i < causes.n && at < 0; i++) {
        at = strstr(causes.v[i], words) ? (int)i : -1;
    }
    strv_release(&causes);
    return at;
}

static void test_identity(void **state)
{
    struct world w;
    world_init(&w, *state, "shared-secret");
    answer(&w, "identification", "jdoe");
    /* Nothing is odd: the general causes, but not the MAC, which is the usual one. */
    assert_int_equal(place(&w, ERR_CA_BAD_IDENTITY, "The user id was jdoe"), 0);
    assert_int_equal(place(&w, ERR_CA_BAD_IDENTITY, "misspelt or unknown"), -1);
    assert_true(place(&w, ERR_CA_BAD_IDENTITY, "not the one that the helpdesk stored") > 0);
    assert_int_equal(place(&w, ERR_CA_BAD_IDENTITY, "MAC"), -1);
    /* Evidence goes first, the heaviest at the top, and hides what it replaces. */
    answer(&w, "identification", "jdoe@example.com");
    answer(&w, "identityProofV2.macAlg", "SHA-512-HMAC");
    assert_int_equal(place(&w, ERR_CA_BAD_IDENTITY, "“jdoe@example.com” does not look like"), 0);
    assert_int_equal(place(&w, ERR_CA_BAD_IDENTITY, "HMAC-SHA-512"), 1);
    assert_int_equal(place(&w, ERR_CA_BAD_IDENTITY, "The user id was"), -1);
    answer(&w, "identification", "jdoe");
    answer(&w, "subject", "uid=other,ou=people,dc=example,dc=com");
    assert_int_equal(place(&w, ERR_CA_BAD_IDENTITY, "jdoe is not the one in the expected name, other"), 0);
    world_release(&w);
}

static void directory_said(struct world *w, const char *says, const char *dn)
{
    session_set_fact(w->session, "directory.asked", " jdoe");
    session_set_fact(w->session, "directory.says", says);
    session_set_fact(w->session, "directory.dn", dn);
}

/* One refusal for three reasons: the directory tells them apart, and each has its own first cause, way on, helper and card. */
static void test_directory(void **state)
{
    static const struct {
        const char *says, *dn, *cause, *known, *todo, *who, *card, *not_in_card;
    } rows[] = {
        {"unknown", NULL, "The CA's directory knows no user jdoe", "it knows no such user.", "Correct the user id", "You yourself",
         "no such user", "cmc token --list"},
        {"no-token", "uid=jdoe,ou=p", "The CA's directory knows jdoe and shows no secret", "as uid=jdoe,ou=p, and shows no secret",
         "Ask the helpdesk to store a secret", "Your helpdesk: they make the secret", "the user, without a visible token", "no such user"},
        {"token", "uid=jdoe,ou=p", "A secret is stored for jdoe", "as uid=jdoe,ou=p, and a secret is stored", "Type the secret once more",
         "You yourself", "the user, with a token", "No token (shrTok) is stored"},
        {"silent", NULL, "The user id was jdoe", "could not be asked", "Check in this order", "Your helpdesk, who can look all three up",
         "it did not answer", "no such user"},
        {NULL, NULL, "The user id was jdoe", "no directory that this program may read", "Check in this order",
         "Your helpdesk, who can look all three up", "no directory is known", "no such user"},
    };
    struct world w;
    world_init(&w, *state, "shared-secret");
    answer(&w, "identification", "jdoe");
    session_set_fact(w.session, "clock.compared", "true");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = ERR_INIT;
        struct failure f;
        struct buf card = BUF_INIT(BUF_MAX_TEXT);
        directory_said(&w, rows[i].says, rows[i].dn);
        assert_int_equal(place(&w, ERR_CA_BAD_IDENTITY, rows[i].cause), 0);
        err_fail(&err, ERR_CA_BAD_IDENTITY, NULL);
        failure_make(&f, w.run, &err);
        char *text = failure_text(&f), *more = failure_more(&f);
        struct json *event = failure_json(&f), *known = json_get(event, "known");
        assert_int_equal(json_size(known), f.known.n); /* whoever reads events learns what the page says */
        assert_true(f.known.n >= 4);
        for (size_t k = 0; k < f.known.n; k++) {
            assert_string_equal(json_str(json_at(known, k)), f.known.v[k]);
        }
        json_free(event);
        const char *const in_both[] = {rows[i].cause, rows[i].known, rows[i].todo, rows[i].who, "The user id was jdoe.",
                                       "HMAC-SHA-256 and the hash SHA-256; every CA", "clock agrees"};
        for (size_t k = 0; k < ARRAY_LEN(in_both); k++) {
            assert_non_null(strstr(text, in_both[k]));
            assert_non_null(strstr(more, in_both[k]));
        }
        assert_true(file_read(f.card, &card, &err));
        assert_non_null(strstr(buf_str(&card), rows[i].card));
        assert_null(strstr(buf_str(&card), rows[i].not_in_card));
        assert_non_null(strstr(buf_str(&card), "CMC_PROOF_OF_IDENTIFICATION with Outcome=Failure"));
        buf_release(&card);
        free(more);
        free(text);
        failure_release(&f);
        err_release(&err);
    }
    /* What was said of another user does not count. */
    directory_said(&w, "unknown", NULL);
    answer(&w, "identification", "asmith");
    assert_int_equal(place(&w, ERR_CA_BAD_IDENTITY, "The user id was asmith"), 0);
    /* A clock that is off is said, and an unusual MAC. */
    session_set_fact(w.session, "clock.ahead", "7300");
    answer(&w, "identityProofV2.macAlg", "SHA-512-HMAC");
    assert_true(place(&w, ERR_CA_BAD_IDENTITY, "2 hours apart") > 0);
    world_release(&w);
}

static void test_hostile_values(void **state)
{
    struct world w;
    world_init(&w, *state, "shared-secret");
    answer(&w, "identification", "a %1$s%n\x1b[2J=");
    assert_int_equal(place(&w, ERR_CA_BAD_IDENTITY, "a %1$s%n\\e[2J="), 0);
    world_release(&w);
}

static void test_agent(void **state)
{
    struct world w;
    world_init(&w, *state, "agent-signed");
    session_set_fact(w.session, "signer.subject", "UID=agent");
    session_set_fact(w.session, "signer.not-after", "2001-01-01T00:00:00Z");
    assert_int_equal(place(&w, ERR_CA_INVALID_CREDENTIAL, "UID=agent expired on 2001-01-01"), 0);
    session_set_fact(w.session, "signer.not-after", "9999-01-01T00:00:00Z");
    assert_int_equal(place(&w, ERR_CA_INVALID_CREDENTIAL, "signed by UID=agent"), 0);
    answer(&w, "key.type", "ec");
    answer(&w, "key.curve", "nistp521");
    answer(&w, "profile", "caFullCMCUserCert");
    assert_int_equal(place(&w, ERR_CA_KEY_REJECTED, "caFullCMCUserCert does not take EC nistp521"), 0);
    answer(&w, "profile", "caFullCMCUserCertt");
    assert_int_equal(place(&w, ERR_CA_PROFILE_NOT_FOUND, "Is caFullCMCUserCert meant?"), 0);
    answer(&w, "profile", "caFullCMCUserEncCert");
    assert_int_equal(place(&w, ERR_CA_PROFILE_NOT_FOUND, "No CA has the profile caFullCMCUserEncCert from the start"),
                     0);
    assert_int_equal(place(&w, ERR_CA_INTERNAL, "No CA has the profile caFullCMCUserEncCert from the start"),
                     1); /* the key comes first */
    session_set_fact(w.session, "clock.ahead", "-7300");
    assert_int_equal(place(&w, ERR_CA_BAD_TIME, "2 hours apart"), 0);
    answer(&w, "host", "ca");
    assert_int_equal(place(&w, ERR_NET_RESOLVE, "“ca” has no dot"), 0);
    world_release(&w);
}

/* Every error says who can help, and none says an empty why in its list. */
static void test_every_error(void **state)
{
    struct world w;
    world_init(&w, *state, "shared-secret");
    for (int code = 1; code < ERR_COUNT; code++) {
        struct err err = ERR_INIT;
        struct failure f;
        err_fail(&err, (enum err_code)code, "%s", "context");
        failure_make(&f, w.run, &err);
        assert_true(*f.who != '\0');
        for (size_t i = 0; i < f.causes.n; i++) {
            assert_true(*f.causes.v[i] != '\0');
            assert_null(strstr(f.causes.v[i], "$s"));
        }
        char *text = failure_text(&f);
        assert_non_null(strstr(text, err_id((enum err_code)code)));
        struct json *json = failure_json(&f);
        assert_string_equal(json_get_str(json, "id", ""), err_id((enum err_code)code));
        json_free(json);
        free(text);
        failure_release(&f);
        err_release(&err);
    }
    world_release(&w);
}

static void test_card(void **state)
{
    struct world w;
    struct err err = ERR_INIT;
    struct failure f;
    struct buf card = BUF_INIT(BUF_MAX_TEXT);
    struct secret secret = SECRET_INIT;
    world_init(&w, *state, "shared-secret");
    answer(&w, "identification", "jdoe");
    secret_set(&secret, CANARY, strlen(CANARY));
    secrets_set(w.secrets, "witness.sharedSecret", &secret);
    err_fail(&err, ERR_CA_BAD_IDENTITY, NULL);
    failure_make(&f, w.run, &err);
    assert_non_null(f.card);
    err_release(&err);
    assert_true(file_read(f.card, &card, &err));
    assert_non_null(strstr(buf_str(&card), "ca-bad-identity"));
    assert_non_null(strstr(buf_str(&card), "The user id was jdoe"));
    assert_non_null(strstr(buf_str(&card), "CMC_PROOF_OF_IDENTIFICATION"));
    assert_null(strstr(buf_str(&card), CANARY));
    failure_release(&f);
    /* What has nothing to do with a CA makes no card. */
    err_fail(&err, ERR_NSS_WRONG_PASSWORD, NULL);
    failure_make(&f, w.run, &err);
    assert_null(f.card);
    failure_release(&f);
    err_release(&err);
    secret_release(&secret);
    buf_release(&card);
    world_release(&w);
}

/* Whom the description of the CA names stands with who can help, in every front end; a practice CA names nobody. */
static void test_contact(void **state)
{
    struct world w;
    struct err err = ERR_INIT;
    struct cadesc desc;
    assert_true(cadesc_parse(bytes_of_str("{\"version\":1,\"name\":\"site\",\"host\":\"h\",\"chain\":\"PEM\",\"fingerprint\":\"AA\","
                                          "\"contact\":\"call 12\\u001b[2J\"}"),
                             &desc, &err));
    char *config = path_join(*state, "config");
    setenv("XDG_CONFIG_HOME", config, 1);
    world_init(&w, *state, "shared-secret");
    answer(&w, "ca", "site");
    for (int k = 0; k < 2; k++) {
        struct failure f;
        desc.practice = k == 1;
        assert_true(cadesc_save(&desc, &err));
        err_fail(&err, ERR_CA_BAD_IDENTITY, NULL);
        failure_make(&f, w.run, &err);
        char *text = failure_text(&f), *more = failure_more(&f);
        struct json *json = failure_json(&f);
        assert_int_equal(strstr(text, "\nContact of this CA: call 12\\e[2J\n") != NULL, k == 0);
        assert_int_equal(strstr(more, "\nContact of this CA: call 12\\e[2J\n") != NULL, k == 0);
        assert_string_equal(json_get_str(json, "contact", "none"), k == 0 ? "call 12\\e[2J" : "none");
        json_free(json);
        free(more);
        free(text);
        failure_release(&f);
        err_release(&err);
    }
    unsetenv("XDG_CONFIG_HOME");
    cadesc_release(&desc);
    free(config);
    world_release(&w);
}

static void put(struct world *w, const char *name, const char *text)
{
    struct err err = ERR_INIT;
    assert_true(session_write_file(w->session, name, bytes_of_str(text), &err));
}

/* The manifest's number of octets is what stands below "==== NAME ====". */
static void assert_counted(const char *text, const char *name)
{
    char *head = xasprintf("\n==== %s ====\n", name), *row = xasprintf("\n%s: ", name);
    const char *part = strstr(text, head), *said = strstr(text, row);
    assert_non_null(part);
    assert_non_null(said);
    part += strlen(head);
    const char *end = strstr(part, "\n==== ");
    assert_int_equal(strtoul(said + strlen(row), NULL, 10), end ? (size_t)(end - part) : strlen(part));
    free(head);
    free(row);
}

/* The canary lies where a secret may have got: in cfgs, in a mistyped key, in a file that is not on the list, in the journal, and,
 * typed into the wrong field, among the answers. */
static void test_bundle_canary(void **state)
{
    struct world w;
    struct secret secret = SECRET_INIT;
    world_init(&w, *state, "shared-secret");
    answer(&w, "identification", "jdoe" CANARY);
    put(&w, "cmc-request.cfg", "numRequests=1\npassword=" CANARY "\nwitness.sharedSecret=" CANARY "\npasswrd=" CANARY "\n");
    put(&w, "cmc-submit.cfg", "host=ca.example.com\npassword=" CANARY "\n");
    put(&w, "notes.txt", CANARY);
    put(&w, "request.cmc", CANARY);
    put(&w, "journal.jsonl", "{\"time\":\"t\",\"event\":\"e\",\"password\":\"" CANARY "\"}\n" CANARY "\n");
    secret_set(&secret, CANARY, strlen(CANARY));
    secrets_set(w.secrets, "witness.sharedSecret", &secret);
    char *text = bundle_text(w.session, w.secrets, &(struct bundle_options){false});
    assert_null(strstr(text, CANARY));
    assert_non_null(strstr(text, "withheld request.cmc: may hold a proof"));
    assert_non_null(strstr(text, "withheld notes.txt"));
    assert_non_null(strstr(text, "host=ca.example.com"));
    assert_non_null(strstr(text, "password=(withheld)"));
    assert_non_null(strstr(text, "identification=jdoe(withheld)"));
    assert_counted(text, "answers");
    assert_counted(text, "cmc-request.cfg");
    free(text);
    secret_release(&secret);
    world_release(&w);
}

static void describe_site(void *dir)
{
    struct err err = ERR_INIT;
    struct cadesc desc;
    char *config = path_join(dir, "config");
    setenv("XDG_CONFIG_HOME", config, 1);
    assert_true(cadesc_parse(bytes_of_str("{\"version\":1,\"name\":\"site\",\"host\":\"pki.example.edu\",\"chain\":\"PEM\","
                                          "\"fingerprint\":\"AA\",\"directory\":\"ldaps://ds.example.edu:636\"}"),
                             &desc, &err));
    assert_true(cadesc_save(&desc, &err));
    cadesc_release(&desc);
    free(config);
}

/* Names are in answers, in the helpdesk's description, and in cfgs whose description is gone. They are masked as words: a name that
 * is a part of a key, or of another word, stays there. */
static void test_bundle_names(void **state)
{
    struct world w;
    describe_site(*state);
    world_init(&w, *state, "agent-signed");
    answer(&w, "subject", "uid=jdoe,cn=John Doe,ou=people,dc=example,dc=com");
    answer(&w, "host", "ca.example.com");
    answer(&w, "ca", "site");
    answer(&w, "proxy", "http://proxy.example.biz:3128");
    answer(&w, "san", "DNS:www.example.org, email:john@example.net");
    session_set_fact(w.session, "clock.compared", "complete");
    session_set_fact(w.session, "key.unused", "0x1f\tJohn Doe (PIN)\t/srv/db\nJohn Doe");
    put(&w, "cmc-request.cfg", "nickname=Desk Agent\ninput=/srv/jdoe.csr\n");
    put(&w, "cmc-submit.cfg", "host=old.example.info\nhost=CA.example.com\n");
    put(&w, "for-ca-administrator.txt", "CA pki.example.edu, proxy.example.biz, LDAP ds.example.edu, uid JDOE; complete\n");
    put(&w, "jdoe.pem", "x");
    char *text = bundle_text(w.session, NULL, &(struct bundle_options){true});
    static const char *const names[] = {"jdoe", "JDOE", "John Doe", "people", "ca.example.com", "CA.example.com", "www.example.org",
                                        "john@", "pki.example.edu", "ds.example.edu", "proxy.example.biz", "Desk Agent",
                                        "old.example.info"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_null(strstr(text, names[i]));
    }
    assert_non_null(strstr(text, "names: masked"));
    assert_non_null(strstr(text, "\nclock.compared=complete\n"));
    assert_non_null(strstr(text, "; complete\n"));
    assert_non_null(strstr(text, ".pem: not needed"));
    static const char *const parts[] = {"about", "answers", "facts", "cmc-request.cfg", "cmc-submit.cfg", "card"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        assert_counted(text, parts[i]);
    }
    free(text);
    text = bundle_text(w.session, NULL, &(struct bundle_options){false});
    assert_non_null(strstr(text, "\nhost=CA.example.com\n"));
    assert_non_null(strstr(text, "\nproxy=http://proxy.example.biz:3128\n"));
    assert_counted(text, "answers");
    free(text);
    text = bundle_text(NULL, NULL, &(struct bundle_options){false});
    assert_non_null(strstr(text, "==== about ===="));
    assert_null(strstr(text, "==== answers ===="));
    free(text);
    unsetenv("XDG_CONFIG_HOME");
    world_release(&w);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_identity, setup, teardown),
        cmocka_unit_test_setup_teardown(test_directory, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hostile_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_agent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_card, setup, teardown),
        cmocka_unit_test_setup_teardown(test_contact, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bundle_canary, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bundle_names, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
