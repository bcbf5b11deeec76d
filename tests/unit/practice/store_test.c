/* SPDX-License-Identifier: Apache-2.0 */
/* Records come back as they went in, searches find them, and a kill at any instant leaves whole transactions. */
#include "config.h"

#include "practice/store.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/when.h"
#include "nss/cert.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "unit/unit.h"

#define AT INT64_C(1795219200)

static struct nssdb *db;

static void must(bool ok, struct err *err)
{
    if (!ok) {
        err_report(err, "test");
        fail();
    }
}

static struct cert *recorded(const char *name)
{
    struct err err = ERR_INIT;
    struct cert_list list = CERT_LIST_INIT;
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    char *below = xasprintf("tests/vectors/ca/_client-pem/%s.pem", name);
    char *path = unit_source(below);
    must(file_read(path, &pem, &err) && pem_decode_all(buf_peek(&pem), &list, &err), &err);
    struct cert *cert = cert_ref(list.v[0]);
    cert_list_release(&list);
    buf_release(&pem);
    free(path);
    free(below);
    return cert;
}

static struct store *open_new(void **state, const char *name)
{
    struct err err = ERR_INIT;
    char *path = path_join(*state, name);
    struct store *s = store_open(path, true, &err);
    must(s != NULL, &err);
    free(path);
    return s;
}

static void serials(void **state)
{
    (void)state;
    unit_expect_text(store_serial(BYTES("\x00\xff", 2)), "ff");
    unit_expect_text(store_serial(BYTES("\x0a", 1)), "a");
    unit_expect_text(store_serial(BYTES("\x00", 1)), "0");
    unit_expect_text(store_serial(BYTES("\x01\x00", 2)), "100");
}

static void certificates(void **state)
{
    struct err err = ERR_INIT;
    struct store *s = open_new(state, "certs.db");
    struct cert *one = recorded("user1");
    struct cert *two = recorded("nonagent");
    struct cert_row row;
    bool found = false;
    must(store_cert_add(s, one, "caadmin", "caCMCUserCert", 7, AT, &err) && store_cert_add(s, two, NULL, NULL, 0, AT, &err), &err);
    must(store_cert_add(s, one, "again", "other", 8, AT, &err), &err); /* stays as it was */
    must(store_cert_find(s, cert_issuer_der(one), "f", &row, &found, &err), &err);
    assert_true(found);
    assert_string_equal(row.requester, "caadmin");
    assert_string_equal(row.subject, "UID=user1,O=Example");
    assert_int_equal(row.request_id, 7);
    assert_true(bytes_equal(buf_peek(&row.der), cert_der(one)));
    must(store_cert_revoke(s, row.id, AT + 5, 1, 0, &err) && store_cert_rev_token(s, row.id, "abc", &err), &err);
    cert_row_release(&row);
    must(store_cert_find(s, BYTES_NONE, "f", &row, &found, &err), &err);
    assert_true(found && row.revoked);
    assert_int_equal(row.revoked_on, AT + 5);
    assert_string_equal(row.rev_token, "abc");
    cert_row_release(&row);
    must(store_cert_find(s, cert_subject_der(two), "f", &row, &found, &err), &err);
    assert_false(found);
    cert_free(two);
    cert_free(one);
    store_close(s);
}

static long count_found(struct store *s, const struct cert_filter *filter)
{
    struct err err = ERR_INIT;
    struct cert_rows rows;
    must(store_cert_search(s, filter, &rows, &err), &err);
    long total = rows.total;
    cert_rows_release(&rows);
    return total;
}

static void searches(void **state)
{
    static const char *const names[] = {"user1", "user2", "nonagent", "revuser", "caadmin", "ca_signing"};
    struct err err = ERR_INIT;
    struct store *s = open_new(state, "search.db");
    struct cert *user1 = recorded("user1");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct cert *cert = recorded(names[i]);
        must(store_cert_add(s, cert, "", "", 0, AT, &err), &err);
        cert_free(cert);
    }
    assert_int_equal(count_found(s, &(struct cert_filter){.at = AT}), 6);
    assert_int_equal(count_found(s, &(struct cert_filter){.uid = "user", .at = AT}), 3);
    assert_int_equal(count_found(s, &(struct cert_filter){.uid = "USER", .at = AT}), 3);
    assert_int_equal(count_found(s, &(struct cert_filter){.uid = "user", .exactly = true, .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.uid = "user1", .exactly = true, .at = AT}), 1);
    assert_int_equal(count_found(s, &(struct cert_filter){.cn = "CA Signing", .at = AT}), 1);
    assert_int_equal(count_found(s, &(struct cert_filter){.uid = "user' OR 1=1 --", .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.spki = cert_spki(user1), .at = AT}), 1);
    assert_int_equal(count_found(s, &(struct cert_filter){.serial_from = "6", .serial_to = "f", .at = AT}), 2);
    assert_int_equal(count_found(s, &(struct cert_filter){.status = "VALID", .at = AT}), 6);
    assert_int_equal(count_found(s, &(struct cert_filter){.status = "EXPIRED", .at = AT + INT64_C(40) * 365 * 86400}), 6);
    assert_int_equal(count_found(s, &(struct cert_filter){.status = "REVOKED", .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.status = "VALID", .at = AT}), 6);
    assert_int_equal(count_found(s, &(struct cert_filter){.status = "INVALID", .at = 1}), 6);
    assert_int_equal(count_found(s, &(struct cert_filter){.status = "toaster", .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.issued_by = "system", .at = AT}), 6);
    assert_int_equal(count_found(s, &(struct cert_filter){.issued_by = "agent", .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.email = "caadmin@", .at = AT}), 1);
    assert_int_equal(count_found(s, &(struct cert_filter){.email = "nobody@", .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.email = "caadmin@", .exactly = true, .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.email = "caadmin@example.com", .exactly = true, .at = AT}), 1);
    assert_int_equal(count_found(s, &(struct cert_filter){.org = "' OR 1=1 --", .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.not_after_from = "1000", .at = AT}), 6);
    assert_int_equal(count_found(s, &(struct cert_filter){.not_after_to = "1000", .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.issued_on_to = "1000", .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.reason = "0", .at = AT}), 0);
    struct cert_row row;
    bool found = false;
    must(store_cert_find(s, BYTES_NONE, "6", &row, &found, &err) && found && store_cert_revoke(s, row.id, AT, 4, 0, &err), &err);
    cert_row_release(&row);
    assert_int_equal(count_found(s, &(struct cert_filter){.reason = "4", .at = AT}), 1);
    assert_int_equal(count_found(s, &(struct cert_filter){.reason = "1", .at = AT}), 0);
    assert_int_equal(count_found(s, &(struct cert_filter){.status = "REVOKED", .revoked_on_from = "1000", .at = AT}), 1);
    assert_int_equal(count_found(s, &(struct cert_filter){.status = "REVOKED_EXPIRED", .at = AT + INT64_C(40) * 365 * 86400}), 1);
    struct cert_rows rows;
    must(store_cert_search(s, &(struct cert_filter){.start = 4, .size = 3, .at = AT}, &rows, &err), &err);
    assert_int_equal(rows.n, 2);
    assert_int_equal(rows.total, 6);
    cert_rows_release(&rows);
    cert_free(user1);
    store_close(s);
}

static void others(void **state)
{
    struct err err = ERR_INIT;
    struct store *s = open_new(state, "others.db");
    struct request_row request;
    struct user_row user;
    struct buf a = BUF_INIT(100);
    struct buf b = BUF_INIT(100);
    int64_t id = 0;
    int64_t next = 0;
    bool found = false;
    char *uid = NULL;
    must(store_request_add(s, 300, "enrollment", "pending", "p", "r", AT, &id, &err), &err);
    assert_int_equal(id, 300);
    must(store_request_add(s, 0, "enrollment", "pending", "p", "r", AT, &id, &err), &err);
    assert_int_equal(id, 301);
    must(store_request_set_pop(s, 300, BYTES("tlv", 3), BYTES("ch", 2), &err) &&
             store_request_done(s, 300, "complete", "why", "1a", AT + 1, &err) &&
             store_request_find(s, 300, &request, &found, &err),
         &err);
    assert_true(found);
    assert_string_equal(request.status, "complete");
    assert_string_equal(request.cert_serial, "1a");
    assert_int_equal(request.tagged.len, 3);
    assert_int_equal(request.challenge.len, 2);
    request_row_release(&request);
    must(store_request_find(s, 999, &request, &found, &err), &err);
    assert_false(found);
    must(store_agent_add(s, BYTES("der", 3), "boss", &err) && store_agent_is(s, BYTES("der", 3), &uid, &found, &err), &err);
    assert_true(found);
    unit_expect_text(uid, "boss");
    must(store_agent_is(s, BYTES("dex", 3), NULL, &found, &err), &err);
    assert_false(found);
    must(store_user_set(s, "u", "CN=u", &err) && store_user_token(s, "u", "tok", &err) &&
             store_user_failures(s, "u", 4, AT, &err) && store_user_find(s, "u", &user, &found, &err),
         &err);
    assert_true(found && user.failures == 4 && strcmp(user.token, "tok") == 0);
    user_row_release(&user);
    must(store_key_add(s, "1a", BYTES("w", 1), BYTES("bb", 2), AT, &err) && store_key_find(s, "1a", &a, &b, &found, &err), &err);
    assert_true(found && a.len == 1 && b.len == 2);
    must(store_next(s, "crl", &next, &err) && store_next(s, "crl", &next, &err), &err);
    assert_int_equal(next, 2);
    buf_release(&a);
    buf_release(&b);
    store_close(s);
}

/* The child adds two rows per transaction until it is killed; then both are there for each, or neither. */
static void write_pairs(const char *path)
{
    struct store *s = store_open(path, false, NULL);
    int64_t id = 0;
    while (s) {
        if (!store_begin(s, NULL) || !store_request_add(s, 0, "one", "pending", "p", "r", AT, &id, NULL) ||
            !store_request_add(s, 0, "two", "pending", "p", "r", AT, &id, NULL) || !store_commit(s, NULL)) {
            _exit(1);
        }
    }
    _exit(1);
}

static void killed(void **state)
{
    struct err err = ERR_INIT;
    char *path = path_join(*state, "killed.db");
    store_close(open_new(state, "killed.db"));
    long before = 0;
    for (int round = 0; round < 5; round++) {
        pid_t pid = fork();
        if (pid == 0) {
            write_pairs(path);
        }
        usleep(20000 + 7000 * (unsigned)round);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        struct store *s = store_open(path, false, &err);
        must(s != NULL, &err);
        long n = 0;
        must(store_count(s, COUNT_REQUESTS, &n, &err), &err);
        assert_int_equal(n % 2, 0);
        assert_true(n >= before);
        before = n;
        store_close(s);
    }
    assert_true(before > 0);
    free(path);
}

static int setup(void **state)
{
    struct err err = ERR_INIT;
    db = nssdb_open(NULL, NSSDB_NONE, NULL, &err);
    return db ? unit_folder(state) : -1;
}

static int teardown(void **state)
{
    nssdb_close(db);
    return unit_folder_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serials), cmocka_unit_test(certificates), cmocka_unit_test(searches),
        cmocka_unit_test(others),  cmocka_unit_test(killed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
