/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many agent-signed requests in one process, with keys that are there.
 * usage: bench_requests DB PASSWORD-FILE NICKNAME CSR COUNT [FOLDER]    prints requests per CPU second, and the resident memory in KiB
 * after 10 requests and after all; with FOLDER each request is written there as NUMBER.cmc.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "cmc/request.h"
#include "nss/certdb.h"
#include "nss/csr.h"
#include "nss/key.h"
#include "nss/nssdb.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long resident_kib(void)
{
    long pages = 0, ignored = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%ld %ld", &ignored, &pages) != 2) {
        pages = 0;
    }
    if (f) {
        fclose(f);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static bool ask(void *ctx, const char *token, bool retry, int left, struct secret *out, struct err *err)
{
    (void)token;
    (void)left;
    return !retry && secret_read_file(out, ctx, err);
}

static bool one(const struct cmc_request_spec *spec, const char *dir, long number, struct err *err)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_request_result result = {0};
    bool ok = cmc_request_build(spec, &der, &result, err);
    if (ok && dir) {
        char *path = xasprintf("%s/%ld.cmc", dir, number);
        FILE *f = fopen(path, "wb"); /* without the fsync of file_write: only the message is measured */
        ok = f && fwrite(der.data, 1, der.len, f) == der.len;
        if (f) {
            fclose(f);
        }
        free(path);
    }
    cmc_request_result_release(&result);
    buf_release(&der);
    return ok;
}

static bool many(struct nssdb *db, char **argv, long count, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct csr csr = {0};
    struct cert *cert = certdb_find(db, NULL, argv[3], err);
    struct key *key = cert ? key_of_cert(db, cert, err) : NULL;
    bool ok = key && file_read(argv[4], &text, err) && csr_parse(buf_peek(&text), &csr, err);
    struct cmc_request_input input = {REQUEST_TCR, buf_peek(&csr.der)};
    struct cmc_request_spec spec = {.db = db, .inputs = &input, .n_inputs = 1, .signer_kind = CMC_SIGNER_CERT, .signer_key = key,
                                    .signer_cert = cert, .hash = HASH_SHA256, .sender_nonce = {.enable = true},
                                    .transaction_id = {.enable = true}};
    long early = 0;
    double start = now();
    for (long i = 0; ok && i < count; i++) {
        ok = one(&spec, argv[6], i, err);
        if (i == 9) {
            early = resident_kib();
        }
    }
    if (ok) {
        printf("%.1f %ld %ld\n", (double)count / (now() - start), early, resident_kib());
    }
    csr_release(&csr);
    buf_release(&text);
    key_free(key);
    cert_free(cert);
    return ok;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    if (argc != 6 && argc != 7) {
        return 4;
    }
    struct password_source source = {ask, argv[2]};
    struct nssdb *db = nssdb_open(argv[1], NSSDB_READ, &source, &err);
    bool ok = db && nssdb_login(db, NULL, &err) && many(db, argv, strtol(argv[5], NULL, 10), &err);
    int code = ok ? 0 : err_report(&err, "bench_requests");
    err_release(&err);
    nssdb_close(db);
    return code;
}
