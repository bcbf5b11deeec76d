/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testslapd FOLDER READY-FILE: a directory for shell tests, until TERM or until the script that started it is gone.
 * READY-FILE gets three lines: the ldap:// URL, the ldaps:// URL, the ldapi:// URL; FOLDER/ca.pem is the CA that its
 * TLS certificate belongs to. Exit code 77 when slapd is not installed.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "harness/testslapd.h"

/* desk.pem and desk.key: the client whom the directory takes for its administrator. */
static bool write_client(const char *folder, const struct testcert *ca)
{
    struct testcert desk;
    testcert_make(&desk, &(struct testcert_spec){.cn = TESTSLAPD_CLIENT, .issuer = ca, .client = true});
    char *crt = testcert_crt(&desk, true, NULL), *key = testcert_key(&desk, true, NULL);
    char *crt_path = path_join(folder, TESTSLAPD_CLIENT ".pem"), *key_path = path_join(folder, TESTSLAPD_CLIENT ".key");
    bool good = file_write(crt_path, bytes_of_str(crt), 0644, NULL) && file_write(key_path, bytes_of_str(key), 0600, NULL);
    char *const owned[] = {crt, key, crt_path, key_path};
    for (size_t i = 0; i < ARRAY_LEN(owned); i++) {
        free(owned[i]);
    }
    testcert_release(&desk);
    return good;
}

static bool serve(const char *folder, const char *ready)
{
    struct testcert ca, server;
    struct testslapd slapd;
    testcert_make(&ca, &(struct testcert_spec){.cn = "Directory CA", .ca = true});
    testcert_make(&server, &(struct testcert_spec){
                               .cn = "ds", .issuer = &ca, .dns = "localhost", .ip = "127.0.0.1", .server = true});
    bool good = testslapd_start(&slapd, folder, &server, &ca, true) && write_client(folder, &ca);
    if (good) {
        char *urls =
            xasprintf("ldap://localhost:%d\nldaps://localhost:%d\n%s\n", slapd.port, slapd.tls_port, slapd.ldapi);
        sigset_t ends;
        int signal = 0;
        sigemptyset(&ends);
        sigaddset(&ends, SIGTERM);
        sigaddset(&ends, SIGINT);
        sigprocmask(SIG_BLOCK, &ends, NULL);
        good = file_write(ready, bytes_of_str(urls), 0600, NULL) && sigwait(&ends, &signal) == 0;
        free(urls);
        testslapd_stop(&slapd);
    }
    testcert_release(&ca);
    testcert_release(&server);
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: testslapd FOLDER READY-FILE\n");
        return 4;
    }
    if (!testslapd_available()) {
        return 77;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    mkdir(argv[1], 0700);
    return serve(argv[1], argv[2]) ? 0 : 1;
}
