/* SPDX-License-Identifier: Apache-2.0 */
/* The program cmc-practice-ca over HTTPS: one process serves, this one is the client (src/net). */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/json.h"
#include "base/secret.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/when.h"
#include "cmc/request.h"
#include "cmc/response.h"
#include "net/transport.h"
#include "nss/certdb.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/pem.h"
#include "unit/unit.h"

#define FULL "/ca/ee/ca/profileSubmitCMCFull"
#define START_MS 60000

struct site {
    char *folder, *dir, *ready_file, *program;
    pid_t pid;
    struct nssdb *db;
    struct cert_list chain;
    struct cert *agent;
    struct key *agent_key;
    struct buf request; /* agent-signed, EC key */
};

static struct site site;

static void must(bool ok, struct err *err)
{
    if (!ok) {
        err_report(err, "test");
        fail();
    }
}

/* Runs the program; out (may be NULL) gets its standard output's file. */
static pid_t run(const char *out, char *const argv[])
{
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(out ? out : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0) {
            _exit(126);
        }
        execv(argv[0], argv);
        _exit(127);
    }
    return pid;
}

static int run_to_end(const char *out, char *const argv[])
{
    int status = 0;
    pid_t pid = run(out, argv);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void wait_for_file(const char *path)
{
    int64_t until = when_monotonic_ms() + START_MS;
    while (!file_exists(path)) {
        if (when_monotonic_ms() > until) {
            fail_msg("%s: does not appear", path);
        }
        usleep(10000);
    }
}

static void wait_for_end_of_child(void)
{
    int64_t until = when_monotonic_ms() + START_MS;
    while (waitpid(-1, NULL, WNOHANG) <= 0) {
        if (when_monotonic_ms() > until) {
            fail_msg("it does not end");
        }
        usleep(10000);
    }
}

static void start_server(void)
{
    char *argv[] = {site.program, (char *)(uintptr_t) "serve", site.dir, (char *)(uintptr_t) "--port=0",
                    (char *)(uintptr_t) "--ready-file", site.ready_file, NULL};
    char *out = path_join(site.folder, "out.txt");
    site.pid = run(out, argv);
    wait_for_file(site.ready_file);
    free(out);
}

static void stop_server(int how)
{
    int status = 0;
    assert_int_equal(kill(site.pid, how), 0);
    assert_int_equal(waitpid(site.pid, &status, 0), site.pid);
    if (how == SIGTERM) {
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        assert_false(file_exists(site.ready_file));
    } else {
        (void)unlink(site.ready_file);
    }
    site.pid = 0;
}

static char *read_text(const char *path)
{
    struct err err = ERR_INIT;
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    must(file_read(path, &text, &err), &err);
    return buf_take_str(&text);
}

static int server_port(void)
{
    char *url = read_text(site.ready_file);
    char *colon = strrchr(url, ':');
    int port = colon ? atoi(colon + 1) : 0;
    free(url);
    return port;
}

static void make_request(void)
{
    struct err err = ERR_INIT;
    const struct key_spec key_spec = {.type = KEY_EC, .temporary = true};
    struct key *key = key_generate(site.db, NULL, &key_spec, &err);
    struct buf name = BUF_INIT(BUF_MAX_TEXT);
    struct buf csr = BUF_INIT(BUF_MAX_TEXT);
    struct cmc_request_result result;
    must(key && dn_encode("CN=over the net", &name, &err), &err);
    const struct csr_spec csr_spec = {.subject_der = buf_peek(&name)};
    must(csr_build(key, &csr_spec, HASH_SHA256, &csr, &err), &err);
    const struct cmc_request_input input = {REQUEST_TCR, buf_peek(&csr)};
    const struct cmc_request_spec spec = {.db = site.db, .inputs = &input, .n_inputs = 1, .signer_kind = CMC_SIGNER_CERT,
                                          .signer_key = site.agent_key, .signer_cert = site.agent, .hash = HASH_SHA256};
    memset(&result, 0, sizeof result);
    buf_init(&site.request, BUF_MAX_MESSAGE);
    must(cmc_request_build(&spec, &site.request, &result, &err), &err);
    cmc_request_result_release(&result);
    buf_release(&csr);
    buf_release(&name);
    key_free(key);
}

static void load_client(void)
{
    struct err err = ERR_INIT;
    struct secret empty = SECRET_INIT;
    struct secret password = SECRET_INIT;
    struct strv nicknames = STRV_INIT;
    struct buf p12 = BUF_INIT(BUF_MAX_TEXT);
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    char *db = path_join(site.folder, "client");
    char *p12_path = path_join(site.dir, "agent.p12");
    char *password_path = path_join(site.dir, "agent.password");
    char *chain_path = path_join(site.dir, "chain.pem");
    secret_set(&empty, "", 0);
    site.db = nssdb_open(db, NSSDB_CREATE, NULL, &err);
    must(site.db && nssdb_init_password(site.db, &empty, &err), &err);
    must(file_read(p12_path, &p12, &err) && secret_read_file(&password, password_path, &err) &&
             file_read(chain_path, &pem, &err) && pem_decode_all(buf_peek(&pem), &site.chain, &err) &&
             certdb_import_pkcs12(site.db, NULL, buf_peek(&p12), &password, &nicknames, &err),
         &err);
    site.agent = certdb_find(site.db, NULL, nicknames.v[0], &err);
    site.agent_key = site.agent ? key_of_cert(site.db, site.agent, &err) : NULL;
    must(site.agent_key != NULL, &err);
    strv_release(&nicknames);
    secret_release(&password);
    secret_release(&empty);
    buf_release(&pem);
    buf_release(&p12);
    free(chain_path);
    free(password_path);
    free(p12_path);
    free(db);
}

static int setup(void **state)
{
    void *folder = NULL;
    const char *build = getenv("top_builddir");
    if (unit_folder(&folder) != 0) {
        return -1;
    }
    *state = folder;
    site.folder = folder;
    site.dir = path_join(folder, "ca");
    site.ready_file = path_join(folder, "ready");
    site.program = path_join(build ? build : ".", "cmc-practice-ca");
    char *profiles = unit_source("data/profiles");
    char *argv[] = {site.program, (char *)(uintptr_t) "init", site.dir, (char *)(uintptr_t) "--key-type=ec",
                    (char *)(uintptr_t) "--profiles", profiles, NULL};
    int code = run_to_end(NULL, argv);
    free(profiles);
    if (code != 0) {
        return -1;
    }
    start_server(); /* before NSS: a child of a process with NSS cannot use it */
    load_client();
    make_request();
    return 0;
}

static int teardown(void **state)
{
    if (site.pid > 0) {
        (void)kill(site.pid, SIGKILL);
        (void)waitpid(site.pid, NULL, 0);
    }
    buf_release(&site.request);
    key_free(site.agent_key);
    cert_free(site.agent);
    cert_list_release(&site.chain);
    nssdb_close(site.db);
    free(site.dir);
    free(site.ready_file);
    free(site.program);
    return unit_folder_remove(state);
}

/* One exchange; the answer is the caller's exchange. NULL with err filled when it failed. */
static struct exchange *talk(const char *method, const char *path, struct bytes body, const struct cert *as, struct err *err)
{
    struct ca_url url;
    const struct net_options options = {.pinned_chain = &site.chain, .ocsp = NET_OCSP_OFF};
    const struct net_identity identity = {site.db, (struct cert *)(uintptr_t)as};
    must(ca_url_make(true, "localhost", server_port(), path, &url, err), err);
    struct exchange *x = exchange_start(&options, site.db, as ? &identity : NULL, &url, method,
                                        body.len ? "application/pkcs7-mime" : NULL, body, err);
    if (x && !exchange_finish(x, err)) {
        exchange_free(x);
        x = NULL;
    }
    ca_url_release(&url);
    return x;
}

static void expect_issued(void)
{
    struct err err = ERR_INIT;
    struct cmc_response r;
    struct exchange *x = talk("POST", FULL "?profileId=caECFullCMCUserCert", buf_peek(&site.request), site.agent, &err);
    must(x != NULL, &err);
    const struct http_answer *answer = exchange_answer(x);
    assert_int_equal(answer->status, 200);
    must(cmc_response_parse(buf_peek(&answer->body), &r, &err), &err);
    assert_int_equal(r.outcome, CMC_SUCCESS);
    cmc_response_release(&r);
    exchange_free(x);
}

static void enrolls(void **state)
{
    (void)state;
    expect_issued();
}

static void optional_certificate(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct cmc_response r;
    struct exchange *x = talk("GET", "/ca/admin/ca/getStatus", BYTES_NONE, NULL, &err);
    must(x != NULL, &err);
    assert_int_equal(exchange_answer(x)->status, 200);
    assert_true(exchange_answer(x)->certificate_asked);
    exchange_free(x);
    x = talk("POST", FULL, buf_peek(&site.request), NULL, &err);
    must(x != NULL, &err);
    must(cmc_response_parse(buf_peek(&exchange_answer(x)->body), &r, &err), &err);
    assert_int_equal(r.outcome, CMC_FAILED);
    cmc_response_release(&r);
    exchange_free(x);
    x = talk("GET", "/nowhere", BYTES_NONE, NULL, &err);
    must(x != NULL, &err);
    assert_int_equal(exchange_answer(x)->status, 404);
    exchange_free(x);
}

/* Certificates of other CAs do not get through the handshake. */
static void foreign_certificate(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct strv nicknames = STRV_INIT;
    struct secret password = SECRET_INIT;
    struct buf p12 = BUF_INIT(BUF_MAX_TEXT);
    char *path = unit_source("tests/vectors/ca/_client-pem/user1.p12");
    secret_set(&password, "Secret.123", 10);
    must(file_read(path, &p12, &err) && certdb_import_pkcs12(site.db, NULL, buf_peek(&p12), &password, &nicknames, &err), &err);
    struct cert *foreign = certdb_find(site.db, NULL, nicknames.v[0], &err);
    must(foreign != NULL, &err);
    assert_null(talk("GET", "/ca/rest/info", BYTES_NONE, foreign, &err));
    assert_true(err_is_set(&err));
    err_release(&err);
    cert_free(foreign);
    strv_release(&nicknames);
    secret_release(&password);
    buf_release(&p12);
    free(path);
    expect_issued();
}

static void kept_alive(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct ca_url url;
    const struct net_options options = {.pinned_chain = &site.chain, .ocsp = NET_OCSP_OFF};
    const struct net_identity identity = {site.db, site.agent};
    must(ca_url_make(true, "localhost", server_port(), FULL "?profileId=caECFullCMCUserCert", &url, &err), &err);
    struct net_conn *conn = net_conn_open(&options, site.db, &identity, &url, &err);
    must(conn != NULL, &err);
    for (int i = 0; i < 20; i++) {
        struct exchange *x = exchange_on(conn, "POST", NULL, "application/pkcs7-mime", buf_peek(&site.request), &err);
        must(x && exchange_finish(x, &err), &err);
        assert_int_equal(exchange_answer(x)->status, 200);
        assert_int_equal(exchange_answer(x)->body.data[0], 0x30);
        exchange_free(x);
    }
    assert_int_equal(net_conn_connects(conn), 1);
    net_conn_close(conn);
    ca_url_release(&url);
}

/* A form's body is eaten; one that is too big is refused. */
static void odd_bodies(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct buf huge = BUF_INIT(SIZE_MAX - 1);
    uint8_t *zeros = xcalloc(1, BUF_MAX_MESSAGE + 1);
    assert_true(buf_append(&huge, zeros, BUF_MAX_MESSAGE + 1));
    struct exchange *x = talk("POST", FULL, buf_peek(&huge), site.agent, &err);
    if (x) {
        assert_int_equal(exchange_answer(x)->status, 413);
        exchange_free(x);
    } else {
        err_release(&err); /* the server closed before all was sent */
    }
    buf_release(&huge);
    free(zeros);
    expect_issued();
}

static void one_per_folder(void **state)
{
    (void)state;
    char *out = path_join(site.folder, "second.txt");
    char *argv[] = {site.program, (char *)(uintptr_t) "serve", site.dir, (char *)(uintptr_t) "--port=0", NULL};
    assert_int_equal(run_to_end(out, argv), EXIT_USAGE);
    char *text = read_text(out);
    assert_non_null(strstr(text, "[practice-running]"));
    free(text);
    char *status[] = {site.program, (char *)(uintptr_t) "status", site.dir, NULL};
    assert_int_equal(run_to_end(out, status), 0);
    text = read_text(out);
    assert_non_null(strstr(text, "running as process"));
    free(text);
    free(out);
}

/* The desk works while the server runs, and the server sees it at once. */
static void desk(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    static const struct {
        const char *verb;
        int outcome;
    } rows[] = {{"disable", CMC_FAILED}, {"enable", CMC_SUCCESS}, {"disable", CMC_FAILED}, {"enable", CMC_SUCCESS}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cmc_response r;
        char *argv[] = {site.program, (char *)(uintptr_t) "profile", site.dir, (char *)(uintptr_t)rows[i].verb,
                        (char *)(uintptr_t) "caECFullCMCUserCert", NULL};
        assert_int_equal(run_to_end(NULL, argv), 0);
        struct exchange *x = talk("POST", FULL "?profileId=caECFullCMCUserCert", buf_peek(&site.request), site.agent, &err);
        must(x && cmc_response_parse(buf_peek(&exchange_answer(x)->body), &r, &err), &err);
        assert_int_equal(r.outcome, rows[i].outcome);
        cmc_response_release(&r);
        exchange_free(x);
    }
    char *p12 = path_join(site.folder, "more.p12");
    char *argv[] = {site.program, (char *)(uintptr_t) "enroll-agent", site.dir, (char *)(uintptr_t) "more", p12, NULL};
    assert_int_equal(run_to_end(NULL, argv), 0);
    assert_true(file_exists(p12));
    free(p12);
    expect_issued();
}

static long issued_so_far(void)
{
    struct err err = ERR_INIT;
    struct exchange *x = talk("GET", "/ca/rest/certs?size=1", BYTES_NONE, NULL, &err);
    must(x != NULL, &err);
    struct json *root = json_parse(buf_peek(&exchange_answer(x)->body), &err);
    must(root != NULL, &err);
    long total = (long)json_get_num(root, "total", -1);
    json_free(root);
    exchange_free(x);
    return total;
}

/* What was answered is there after a kill, and the folder can be served again at once. */
static void killed(void **state)
{
    (void)state;
    expect_issued();
    long before = issued_so_far();
    stop_server(SIGKILL);
    start_server();
    assert_int_equal(issued_so_far(), before);
    expect_issued();
    stop_server(SIGTERM);
    start_server();
    assert_int_equal(issued_so_far(), before + 1);
}

/* The server ends with the process that started it. */
static void ends_with_parent(void **state)
{
    (void)state;
    stop_server(SIGTERM);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* to see its end: until then the folder is locked */
    pid_t middle = fork();
    if (middle == 0) {
        start_server();
        _exit(0);
    }
    assert_int_equal(waitpid(middle, NULL, 0), middle);
    wait_for_end_of_child();
    assert_false(file_exists(site.ready_file));
    start_server();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enrolls),    cmocka_unit_test(optional_certificate), cmocka_unit_test(foreign_certificate),
        cmocka_unit_test(kept_alive), cmocka_unit_test(odd_bodies),           cmocka_unit_test(one_per_folder),
        cmocka_unit_test(desk),
        cmocka_unit_test(killed),     cmocka_unit_test(ends_with_parent),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
